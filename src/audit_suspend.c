/*
 * audit_suspend.c
 *		Tables whose rows are not logged for the rest of the transaction.
 *
 * suspend_audit() has written why.  What is rolled back to before it was called
 * is logged again.
 */
#include "postgres.h"

#include "access/xact.h"
#include "fmgr.h"
#include "utils/memutils.h"

#include "audit.h"

typedef struct Suspended
{
	Oid			relid;			/* as it is registered */
	SubTransactionId subid;
	struct Suspended *next;
} Suspended;

static Suspended *suspended = NULL; /* in memory of the transaction */

static void
end_transaction(XactEvent event, void *argument)
{
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
		event == XACT_EVENT_PREPARE)
		suspended = NULL;
}

static void
end_subtransaction(SubXactEvent event, SubTransactionId id,
				   SubTransactionId parent, void *argument)
{
	Suspended **link = &suspended;

	while (*link != NULL)
	{
		if ((*link)->subid == id && event == SUBXACT_EVENT_ABORT_SUB)
		{
			*link = (*link)->next;
			continue;
		}
		if ((*link)->subid == id && event == SUBXACT_EVENT_COMMIT_SUB)
			(*link)->subid = parent;
		link = &(*link)->next;
	}
}

bool
handover_audit_is_suspended(Oid relid)
{
	for (Suspended *s = suspended; s != NULL; s = s->next)
		if (s->relid == relid)
			return true;
	return false;
}

/*
 * audit_suspend(relation regclass) returns void
 *
 * No rows of this table or of its partitions are logged until the transaction
 * ends.
 */
PG_FUNCTION_INFO_V1(handover_audit_suspend);
Datum
handover_audit_suspend(PG_FUNCTION_ARGS)
{
	static bool registered = false;
	Suspended  *new = MemoryContextAlloc(TopTransactionContext,
										 sizeof(Suspended));

	if (!registered)
	{
		RegisterXactCallback(end_transaction, NULL);
		RegisterSubXactCallback(end_subtransaction, NULL);
		registered = true;
	}
	new->relid = PG_GETARG_OID(0);
	new->subid = GetCurrentSubTransactionId();
	new->next = suspended;
	suspended = new;
	PG_RETURN_VOID();
}
