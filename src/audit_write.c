/*
 * audit_write.c
 *		Writes the audit log.
 *
 * Rows go into the tables directly: who changes an audited table needs no
 * right on the log, gets none, and no trigger or policy of the log comes
 * between.  The tables have no expressions, predicates or constraints but NOT
 * NULL, so this is what the server does with its own catalogs.
 *
 * Entries are collected and written together, when the statement ends, when
 * there are many, and before the transaction commits: not every statement has
 * a trigger at its end (one that writes to a partition directly has none).
 * An entry is written in the subtransaction that it belongs to, or in a parent
 * to which this has committed, and is dropped if it aborts.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "commands/sequence.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "audit.h"

#define LOG_COLUMNS		10
#define MAX_ENTRIES		1000
#define MAX_BYTES		(1024 * 1024)

typedef struct Pending
{
	SubTransactionId subid;
	HeapTuple	row;
} Pending;

static MemoryContext context = NULL;	/* of all below; a child of the transaction's */
static Pending *pending = NULL;
static int	npending = 0;
static int	max_pending = 0;
static Size nbytes = 0;
static int64 last_id = 0;		/* within the transaction */

/* ------------------------------------------------------------------------
 * Writing
 * ------------------------------------------------------------------------
 */

static Oid
our_relation(const char *name)
{
	Oid			relid = get_relname_relid(name,
										  get_namespace_oid("handover", false));

	if (!OidIsValid(relid))
		elog(ERROR, "table \"handover.%s\" does not exist", name);
	return relid;
}

int64
handover_audit_next_id(const char *sequence)
{
	return nextval_internal(our_relation(sequence), false);
}

void
handover_audit_insert(const char *table, Datum *values, bool *nulls)
{
	Relation	relation = table_open(our_relation(table), RowExclusiveLock);
	HeapTuple	row = heap_form_tuple(RelationGetDescr(relation),
									  values, nulls);

	CatalogTupleInsert(relation, row);
	heap_freetuple(row);
	table_close(relation, RowExclusiveLock);
}

static void
write_rows(HeapTuple *rows, int n)
{
	Relation	relation = table_open(our_relation("audit_log"),
									  RowExclusiveLock);
	CatalogIndexState indexes = CatalogOpenIndexes(relation);

	if (n == 1)
		CatalogTupleInsertWithInfo(relation, rows[0], indexes);
	else
	{
		/* a copy, which is not counted for each slot */
		TupleDesc	tupdesc = CreateTupleDescCopy(RelationGetDescr(relation));
		TupleTableSlot **slots = palloc_array(TupleTableSlot *, n);

		for (int i = 0; i < n; i++)
		{
			slots[i] = MakeSingleTupleTableSlot(tupdesc, &TTSOpsHeapTuple);
			ExecStoreHeapTuple(rows[i], slots[i], false);
		}
		CatalogTuplesMultiInsertWithInfo(relation, slots, n, indexes);
		for (int i = 0; i < n; i++)
			ExecDropSingleTupleTableSlot(slots[i]);
		pfree(slots);
		FreeTupleDesc(tupdesc);
	}
	CatalogCloseIndexes(indexes);
	table_close(relation, RowExclusiveLock);
}

/* Has this transaction not dropped the extension? */
static bool
log_exists(void)
{
	Oid			schema = get_namespace_oid("handover", true);

	return OidIsValid(schema) &&
		OidIsValid(get_relname_relid("audit_log", schema));
}

/*
 * Writes what is pending in the present subtransaction.  What belongs to one
 * further out waits for that.
 */
void
handover_audit_flush(void)
{
	SubTransactionId subid = GetCurrentSubTransactionId();
	HeapTuple  *rows;
	int			n = 0;
	int			kept = 0;

	if (npending == 0)
		return;
	rows = palloc_array(HeapTuple, npending);
	for (int i = 0; i < npending; i++)
	{
		if (pending[i].subid == subid)
		{
			rows[n++] = pending[i].row;
			nbytes -= pending[i].row->t_len;
		}
		else
			pending[kept++] = pending[i];
	}
	npending = kept;
	if (n > 0)
		write_rows(rows, n);
	for (int i = 0; i < n; i++)
		heap_freetuple(rows[i]);
	pfree(rows);
}

/* ------------------------------------------------------------------------
 * Ends of transactions
 * ------------------------------------------------------------------------
 */

static void
end_transaction(XactEvent event, void *argument)
{
	switch (event)
	{
		case XACT_EVENT_PRE_COMMIT:
		case XACT_EVENT_PRE_PREPARE:
			if (npending == 0)
				break;
			/* A value outside the row wants one; and the log may be gone. */
			PushActiveSnapshot(GetTransactionSnapshot());
			if (log_exists())
				handover_audit_flush();
			PopActiveSnapshot();
			break;
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PREPARE:
			npending = max_pending = 0;
			nbytes = 0;
			last_id = 0;
			pending = NULL;
			context = NULL;		/* goes with the transaction */
			break;
		default:
			break;
	}
}

static void
end_subtransaction(SubXactEvent event, SubTransactionId id,
				   SubTransactionId parent, void *argument)
{
	int			kept = 0;

	for (int i = 0; i < npending; i++)
	{
		if (pending[i].subid == id)
		{
			if (event == SUBXACT_EVENT_ABORT_SUB)
			{
				nbytes -= pending[i].row->t_len;
				continue;
			}
			if (event == SUBXACT_EVENT_COMMIT_SUB)
				pending[i].subid = parent;
		}
		pending[kept++] = pending[i];
	}
	npending = kept;
}

static void
open_pending(void)
{
	static bool registered = false;

	if (!registered)
	{
		RegisterXactCallback(end_transaction, NULL);
		RegisterSubXactCallback(end_subtransaction, NULL);
		registered = true;
	}
	if (context == NULL)
		context = AllocSetContextCreate(TopTransactionContext,
										"handover audit log",
										ALLOCSET_DEFAULT_SIZES);
	if (npending < max_pending)
		return;
	if (pending == NULL)
	{
		max_pending = 16;
		pending = MemoryContextAlloc(context, sizeof(Pending) * max_pending);
	}
	else
	{
		max_pending *= 2;
		pending = repalloc_array(pending, Pending, max_pending);
	}
}

/*
 * Adds one entry, and before it who is at work.
 */
void
handover_audit_write(const AuditEntry *entry, bool with_query,
					 bool require_actor)
{
	int64		transaction = handover_audit_context(require_actor);
	Relation	relation;
	MemoryContext old;
	Datum		values[LOG_COLUMNS] = {0};
	bool		nulls[LOG_COLUMNS] = {0};

	values[0] = Int64GetDatum(transaction);
	values[1] = Int64GetDatum(++last_id);
	values[2] = Int64GetDatum((int64) entry->command);
	values[3] = TimestampTzGetDatum(GetCurrentTimestamp());
	values[4] = Int32GetDatum(entry->relation_id);
	nulls[4] = entry->relation_id == 0;
	values[5] = CharGetDatum(entry->operation);
	values[6] = entry->key;
	nulls[6] = !entry->has_key;
	values[7] = PointerGetDatum(entry->old);
	nulls[7] = entry->old == NULL;
	values[8] = PointerGetDatum(entry->new);
	nulls[8] = entry->new == NULL;
	nulls[9] = !with_query;
	if (with_query)
		values[9] = Int64GetDatum(handover_audit_statement(transaction));

	open_pending();
	relation = table_open(our_relation("audit_log"), RowExclusiveLock);
	old = MemoryContextSwitchTo(context);
	pending[npending].row = heap_form_tuple(RelationGetDescr(relation),
											values, nulls);
	MemoryContextSwitchTo(old);
	pending[npending].subid = GetCurrentSubTransactionId();
	nbytes += pending[npending].row->t_len;
	npending++;
	table_close(relation, NoLock);
	if (npending >= MAX_ENTRIES || nbytes >= MAX_BYTES)
		handover_audit_flush();
}
