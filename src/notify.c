/*
 * notify.c
 *		Tells who listens that a handover has moved, so that programs need not
 *		ask again and again.
 *
 * Any role of the database may listen on any channel.  So what is told is
 * which handover has moved, how, and who did it, and nothing that it says:
 * whoever may see it asks for it by its key.  Like all notifications it comes
 * with the commit, and never if the transaction fails.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/async.h"
#include "mb/pg_wchar.h"
#include "utils/datetime.h"
#include "utils/guc.h"
#include "utils/json.h"
#include "utils/lsyscache.h"

#include "actor.h"
#include "notify.h"

#define CHANNEL				"handover"

/*
 * NOTIFY takes less than 8000 bytes.  A byte of a text is up to 6 once it is
 * escaped, and there are three texts at most.
 */
#define MAX_TEXT			255

static bool notify_setting = false;

/* Called once, when the library is loaded. */
void
handover_define_notify(void)
{
	DefineCustomBoolVariable("handover.notify",
							 "Notifies the channel \"" CHANNEL "\" of each move of a handover.",
							 "A transaction that has notified cannot be prepared for a two-phase commit.",
							 &notify_setting, false, PGC_USERSET, 0,
							 NULL, NULL, NULL);
}

/* As much of a text as is told, whole characters only. */
static void
append_text(StringInfo buf, const char *text)
{
	int			len = strlen(text);

	if (len > MAX_TEXT)
		len = pg_mbcliplen(text, len, MAX_TEXT);
	escape_json(buf, pnstrdup(text, len));
}

/* A column of the signoff: a number if that is what it is, else a text. */
static void
append_key(StringInfo buf, SPITupleTable *signoff, int column)
{
	char	   *value = SPI_getvalue(signoff->vals[0], signoff->tupdesc,
									 column);
	Oid			type = getBaseType(SPI_gettypeid(signoff->tupdesc, column));

	if (value == NULL)
		appendStringInfoString(buf, "null");
	else if (type == INT2OID || type == INT4OID || type == INT8OID)
		appendStringInfoString(buf, value);
	else
		append_text(buf, value);
}

/*
 * The handover, in its table, has taken a step, as the first row of a query
 * that returned handover_id and id of the signoff says.
 */
void
handover_notify_move(Relation relation, SPITupleTable *signoff,
					 const char *step, Status to)
{
	StringInfoData buf;
	char		at[MAXDATELEN + 1];
	int			utc = 0;

	if (!notify_setting)
		return;
	initStringInfo(&buf);
	appendStringInfoString(&buf, "{\"workspace\": ");
	append_text(&buf, get_namespace_name(RelationGetNamespace(relation)));
	appendStringInfoString(&buf, ", \"handover_id\": ");
	append_key(&buf, signoff, 1);
	appendStringInfo(&buf, ", \"step\": \"%s\", \"status\": \"%s\", \"signed_by\": ",
					 step, handover_status_name(to));
	append_text(&buf, handover_current_actor());
	appendStringInfoString(&buf, ", \"signoff_id\": ");
	append_key(&buf, signoff, 2);
	JsonEncodeDateTime(at, TimestampTzGetDatum(GetCurrentTransactionStartTimestamp()),
					   TIMESTAMPTZOID, &utc);
	appendStringInfo(&buf, ", \"at\": \"%s\"}", at);
	Async_Notify(CHANNEL, buf.data);
	pfree(buf.data);
}
