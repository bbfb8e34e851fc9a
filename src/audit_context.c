/*
 * audit_context.c
 *		Who changes things: a row of audit_transaction for each transaction, and
 *		others if it goes on in another name, or in tables of another owner.
 *
 * By the owner of the tables it is told who may read a row: see open_log().
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"
#include "miscadmin.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/xid8.h"

#include "actor.h"
#include "audit.h"

/* A row that was written, and may be rolled back. */
typedef struct Written
{
	int64		id;
	SubTransactionId subid;		/* that wrote it */
} Written;

/* A row of audit_transaction, and what it says. */
typedef struct Context
{
	Written		row;
	Oid			session_user;
	Oid			role;
	Oid			owner;			/* of the tables; InvalidOid for none */
	char	   *actor;
	char	   *application;
	char	   *labels;
	struct Context *next;
} Context;

/* All that this transaction has, the last that was used first; in its memory. */
static Context *contexts;

static Written statement;		/* id 0 for none */
static char *statement_says;

static char *labels_setting = NULL;

/* Called once, when the library is loaded. */
void
handover_define_labels(void)
{
	DefineCustomStringVariable("handover.labels",
							   "Tells the audit log what else is to be known of a transaction.",
							   "Any text, such as the number of a request; best by SET LOCAL.",
							   &labels_setting, "", PGC_USERSET, 0,
							   NULL, NULL, NULL);
}

static void
forget(XactEvent event, void *argument)
{
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
		event == XACT_EVENT_PREPARE)
	{
		contexts = NULL;
		statement.id = 0;
	}
}

/*
 * What a subtransaction has written goes when it aborts, and is its parent's
 * when it commits.
 */
static void
forget_sub(SubXactEvent event, SubTransactionId id, SubTransactionId parent,
		   void *argument)
{
	Context   **link = &contexts;

	while (*link != NULL)
	{
		if ((*link)->row.subid == id && event == SUBXACT_EVENT_ABORT_SUB)
		{
			*link = (*link)->next;
			continue;
		}
		if ((*link)->row.subid == id && event == SUBXACT_EVENT_COMMIT_SUB)
			(*link)->row.subid = parent;
		link = &(*link)->next;
	}
	if (statement.id != 0 && statement.subid == id)
	{
		if (event == SUBXACT_EVENT_ABORT_SUB)
			statement.id = 0;
		else if (event == SUBXACT_EVENT_COMMIT_SUB)
			statement.subid = parent;
	}
}

static Written
written(int64 id)
{
	static bool registered = false;

	if (!registered)
	{
		RegisterXactCallback(forget, NULL);
		RegisterSubXactCallback(forget_sub, NULL);
		registered = true;
	}
	return (Written) {id, GetCurrentSubTransactionId()};
}

static const char *
not_null(const char *text)
{
	return text ? text : "";
}

static Datum
text_or_null(const char *text, bool *isnull)
{
	*isnull = text[0] == '\0';
	return *isnull ? (Datum) 0 : CStringGetTextDatum(text);
}

/* The name of a role, or its number if it has gone. */
static char *
user_name(Oid user)
{
	char	   *name = GetUserNameFromId(user, true);

	return name ? name : psprintf("%u", user);
}

/* Where the client is; nothing for a local one. */
static const char *
client_address(void)
{
	LOCAL_FCINFO(fcinfo, 0);
	Datum		address;

	InitFunctionCallInfoData(*fcinfo, NULL, 0, InvalidOid, NULL, NULL);
	address = inet_client_addr(fcinfo);
	if (fcinfo->isnull)
		return "";
	return TextDatumGetCString(DirectFunctionCall1(network_host, address));
}

/* The row for who is at work, moved to the front; NULL if there is none yet. */
static Context *
find_context(const char *actor, const char *labels, Oid role, Oid owner)
{
	for (Context **link = &contexts; *link != NULL; link = &(*link)->next)
	{
		Context    *context = *link;

		if (context->session_user == GetSessionUserId() &&
			context->role == role &&
			context->owner == owner &&
			strcmp(context->actor, actor) == 0 &&
			strcmp(context->application, not_null(application_name)) == 0 &&
			strcmp(context->labels, labels) == 0)
		{
			*link = context->next;
			context->next = contexts;
			contexts = context;
			return context;
		}
	}
	return NULL;
}

static Context *
write_context(const char *actor, const char *labels, Oid role, Oid owner)
{
	Datum		values[13] = {0};
	bool		nulls[13] = {0};
	/* seal() relies on this order: who has an id has a transaction id before. */
	FullTransactionId xid = GetTopFullTransactionId();
	int64		id = handover_audit_next_id("audit_transaction_id_seq");
	MemoryContext old;
	Context    *context;

	values[0] = Int64GetDatum(id);
	values[1] = FullTransactionIdGetDatum(xid);
	values[2] = TimestampTzGetDatum(GetCurrentTransactionStartTimestamp());
	values[3] = CStringGetTextDatum(actor[0] != '\0' ? actor :
									user_name(GetSessionUserId()));
	values[4] = CStringGetTextDatum(user_name(GetSessionUserId()));
	values[5] = CStringGetTextDatum(user_name(role));
	nulls[6] = !OidIsValid(owner);
	if (OidIsValid(owner))
		values[6] = CStringGetTextDatum(user_name(owner));
	values[7] = text_or_null(not_null(application_name), &nulls[7]);
	values[8] = text_or_null(client_address(), &nulls[8]);
	values[9] = text_or_null(labels, &nulls[9]);
	nulls[10] = nulls[11] = nulls[12] = true;	/* for seal() to fill */
	handover_audit_insert("audit_transaction", values, nulls);

	old = MemoryContextSwitchTo(TopTransactionContext);
	context = palloc_object(Context);
	context->row = written(id);
	context->session_user = GetSessionUserId();
	context->role = role;
	context->owner = owner;
	context->actor = pstrdup(actor);
	context->application = pstrdup(not_null(application_name));
	context->labels = pstrdup(labels);
	context->next = contexts;
	contexts = context;
	MemoryContextSwitchTo(old);
	return context;
}

/*
 * The id of the row that says who is at work, in which role, on tables of which
 * owner.
 */
int64
handover_audit_context(Oid role, Oid owner, bool require_actor)
{
	const char *actor = handover_actor_setting();
	const char *labels = not_null(labels_setting);
	Context    *context;

	if (require_actor && actor[0] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("this table is changed only in the name of an actor"),
				 errhint("SET LOCAL handover.actor = '...';")));
	context = find_context(actor, labels, role, owner);
	if (context == NULL)
		context = write_context(actor, labels, role, owner);
	return context->row.id;
}

/*
 * The id of the row with the text of the statement that the client sent.
 */
int64
handover_audit_statement(int64 transaction)
{
	const char *text = not_null(debug_query_string);
	Datum		values[5] = {0};
	bool		nulls[5] = {0};
	int64		id;

	if (statement.id != 0 && strcmp(statement_says, text) == 0)
		return statement.id;
	id = handover_audit_next_id("audit_statement_id_seq");
	values[0] = Int64GetDatum(id);
	values[1] = Int64GetDatum(transaction);
	values[2] = handover_audit_salt();
	values[3] = CStringGetTextDatum(text);
	nulls[4] = true;			/* for redact() to fill */
	handover_audit_insert("audit_statement", values, nulls);
	statement = written(id);
	statement_says = MemoryContextStrdup(TopTransactionContext, text);
	return id;
}

/*
 * next_xid() returns xid8
 *
 * The transaction id that is given out next.
 */
PG_FUNCTION_INFO_V1(handover_next_xid);
Datum
handover_next_xid(PG_FUNCTION_ARGS)
{
	PG_RETURN_FULLTRANSACTIONID(ReadNextFullTransactionId());
}
