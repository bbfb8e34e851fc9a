/*
 * audit_context.c
 *		Who changes things: rows of audit_context, which entries refer to.
 *
 * A session writes a row for each combination that it meets, and uses it from
 * then on, so most transactions write none.  A row is used for a day, counted
 * from the beginning of a transaction: drop_blocks() relies on it, when it looks
 * for those that nothing can refer to any more.
 *
 * A row is about one table, with its partitions: by that it is told who may
 * read it, see open_log().
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "actor.h"
#include "audit.h"

/* Beyond these, the one that was not used for longest is forgotten. */
#define MAX_CONTEXTS	1024

#define LIFETIME		USECS_PER_DAY

/* A row that was written, and may be rolled back. */
typedef struct Written
{
	int64		id;
	SubTransactionId subid;		/* that wrote it; Invalid once it has committed */
} Written;

/* A row of audit_context, and what it says. */
typedef struct Context
{
	Written		row;
	TimestampTz created_at;
	Oid			session_user;
	Oid			role;
	int32		root_id;		/* the table in audit_relation; 0 for none */
	char	   *actor;
	char	   *application;
	char	   *labels;
	struct Context *next;
} Context;

/* The last that was used first. */
static Context *contexts = NULL;
static Oid	contexts_relid = InvalidOid;	/* of the table that has them */
static bool any_uncommitted = false;

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
free_context(Context **link)
{
	Context    *context = *link;

	*link = context->next;
	pfree(context->actor);
	pfree(context->application);
	pfree(context->labels);
	pfree(context);
}

static void
end_transaction(XactEvent event, void *argument)
{
	Context   **link = &contexts;

	if (event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT &&
		event != XACT_EVENT_PREPARE)
		return;
	statement.id = 0;
	if (!any_uncommitted)
		return;
	while (*link != NULL)
	{
		if ((*link)->row.subid == InvalidSubTransactionId)
			link = &(*link)->next;
		else if (event == XACT_EVENT_COMMIT)
		{
			(*link)->row.subid = InvalidSubTransactionId;
			link = &(*link)->next;
		}
		else					/* what is prepared may yet be rolled back */
			free_context(link);
	}
	any_uncommitted = false;
}

/*
 * What a subtransaction has written goes when it aborts, and is its parent's
 * when it commits.
 */
static void
end_subtransaction(SubXactEvent event, SubTransactionId id,
				   SubTransactionId parent, void *argument)
{
	Context   **link = &contexts;

	if (event != SUBXACT_EVENT_COMMIT_SUB && event != SUBXACT_EVENT_ABORT_SUB)
		return;
	while (any_uncommitted && *link != NULL)
	{
		if ((*link)->row.subid == id && event == SUBXACT_EVENT_ABORT_SUB)
		{
			free_context(link);
			continue;
		}
		if ((*link)->row.subid == id)
			(*link)->row.subid = parent;
		link = &(*link)->next;
	}
	if (statement.id != 0 && statement.subid == id)
	{
		if (event == SUBXACT_EVENT_ABORT_SUB)
			statement.id = 0;
		else
			statement.subid = parent;
	}
}

static Written
written(int64 id)
{
	static bool registered = false;

	if (!registered)
	{
		RegisterXactCallback(end_transaction, NULL);
		RegisterSubXactCallback(end_subtransaction, NULL);
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
find_context(const char *actor, const char *labels, Oid role, int32 root_id)
{
	TimestampTz oldest = GetCurrentTransactionStartTimestamp() - LIFETIME;
	int			n = 0;

	for (Context **link = &contexts; *link != NULL;)
	{
		Context    *context = *link;

		if (++n > MAX_CONTEXTS || context->created_at < oldest)
		{
			free_context(link);
			continue;
		}
		if (context->session_user == GetSessionUserId() &&
			context->role == role &&
			context->root_id == root_id &&
			strcmp(context->actor, actor) == 0 &&
			strcmp(context->application, not_null(application_name)) == 0 &&
			strcmp(context->labels, labels) == 0)
		{
			*link = context->next;
			context->next = contexts;
			contexts = context;
			return context;
		}
		link = &context->next;
	}
	return NULL;
}

static Context *
write_context(const char *actor, const char *labels, Oid role, int32 root_id)
{
	Datum		values[10] = {0};
	bool		nulls[10] = {0};
	TimestampTz now = GetCurrentTimestamp();
	int64		id = handover_audit_next_id(AUDIT_CONTEXT_ID_SEQ);
	MemoryContext old;
	Context    *context;

	values[0] = Int64GetDatum(id);
	values[1] = TimestampTzGetDatum(now);
	values[2] = CStringGetTextDatum(actor[0] != '\0' ? actor :
									user_name(GetSessionUserId()));
	values[3] = CStringGetTextDatum(user_name(GetSessionUserId()));
	values[4] = CStringGetTextDatum(user_name(role));
	values[5] = Int32GetDatum(root_id);
	nulls[5] = root_id == 0;
	values[6] = text_or_null(not_null(application_name), &nulls[6]);
	values[7] = text_or_null(client_address(), &nulls[7]);
	values[8] = text_or_null(labels, &nulls[8]);
	nulls[9] = true;			/* for seal() to fill */
	handover_audit_insert(AUDIT_CONTEXT, values, nulls);

	old = MemoryContextSwitchTo(TopMemoryContext);
	context = palloc_object(Context);
	context->row = written(id);
	context->created_at = now;
	context->session_user = GetSessionUserId();
	context->role = role;
	context->root_id = root_id;
	context->actor = pstrdup(actor);
	context->application = pstrdup(not_null(application_name));
	context->labels = pstrdup(labels);
	context->next = contexts;
	contexts = context;
	any_uncommitted = true;
	MemoryContextSwitchTo(old);
	return context;
}

/*
 * The id of the row that says who is at work, in which role, on which table as
 * it is registered.
 */
int64
handover_audit_context(Oid role, int32 root_id, bool require_actor)
{
	const char *actor = handover_actor_setting();
	const char *labels = not_null(labels_setting);
	Oid			relid = handover_audit_relid(AUDIT_CONTEXT);
	Context    *context;

	if (require_actor && actor[0] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("this table is changed only in the name of an actor"),
				 errhint("SET LOCAL handover.actor = '...';")));
	/* The extension was dropped, and made again. */
	while (relid != contexts_relid && contexts != NULL)
		free_context(&contexts);
	contexts_relid = relid;
	context = find_context(actor, labels, role, root_id);
	if (context == NULL)
		context = write_context(actor, labels, role, root_id);
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
	id = handover_audit_next_id(AUDIT_STATEMENT_ID_SEQ);
	values[0] = Int64GetDatum(id);
	values[1] = Int64GetDatum(transaction);
	values[2] = handover_audit_salt();
	values[3] = CStringGetTextDatum(text);
	nulls[4] = true;			/* for redact() to fill */
	handover_audit_insert(AUDIT_STATEMENT, values, nulls);
	statement = written(id);
	statement_says = MemoryContextStrdup(TopTransactionContext, text);
	return id;
}
