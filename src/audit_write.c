/*
 * audit_write.c
 *		Writes the audit log.
 *
 * Rows go into the tables directly: who changes an audited table needs no
 * right on the log, gets none, and no trigger or policy of the log comes
 * between.  The tables have no constraints but NOT NULL, so this is what the
 * server does with its own catalogs.
 *
 * Entries are collected and written together, when the statement ends, when
 * there are many, and before the transaction commits: not every statement has
 * a trigger at its end (one that writes to a partition directly has none).
 * An entry is written in the subtransaction that it belongs to, or in a parent
 * to which this has committed, and is dropped if it aborts.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/index.h"
#include "executor/executor.h"
#include "executor/tuptable.h"
#include "nodes/execnodes.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "audit.h"

/* The columns of audit_log, in their order. */
typedef enum LogColumn
{
	LOG_TRANSACTION_ID,
	LOG_ID,
	LOG_CONTEXT_ID,
	LOG_COMMAND,
	LOG_CHANGED_AT,
	LOG_STATEMENT_ID,
	LOG_RELATION_ID,
	LOG_OPERATION,
	LOG_SALT,
	LOG_KEY,
	LOG_OLD,
	LOG_NEW,
	LOG_SHA256
} LogColumn;

#define LOG_COLUMNS		(LOG_SHA256 + 1)
#define MAX_ENTRIES		1000
#define MAX_BYTES		(1024 * 1024)

typedef struct Pending
{
	SubTransactionId subid;
	HeapTuple	row;
	int64		place;			/* see audit_place.c */
	TimestampTz changed_at;
} Pending;

/* What waits to be written.  Rows go with the transaction, the array stays. */
static MemoryContext row_context = NULL;
static Pending *pending = NULL;
static int	npending = 0;
static int	max_pending = 0;
static Size nbytes = 0;

/*
 * Of the tables of the log: kept until the server says that one has changed,
 * and made anew when nothing waits.
 */
static uint64 known = 0;		/* the change when it was */
static MemoryContext known_context = NULL;
static TupleDesc log_tupdesc = NULL;
static TupleTableSlot **slots = NULL;	/* MAX_ENTRIES, made when they are needed */
static int	nslots = 0;			/* that may hold a row */

/* Indexes of the log, likewise, but made anew with the next batch. */
static uint64 indexes_known = 0;
static MemoryContext index_context = NULL;
static int	nindexes = 0;
static Oid *index_relids = NULL;
static IndexInfo **index_infos = NULL;

static int64 last_id = 0;		/* within the transaction */

/* ------------------------------------------------------------------------
 * Writing
 * ------------------------------------------------------------------------
 */

/* Learns which indexes the log has. */
static void
learn_indexes(Relation relation)
{
	List	   *list = RelationGetIndexList(relation);
	MemoryContext old;
	ListCell   *cell;

	if (index_context == NULL)
		index_context = AllocSetContextCreate(CacheMemoryContext,
											  "handover audit log indexes",
											  ALLOCSET_SMALL_SIZES);
	MemoryContextReset(index_context);
	nindexes = 0;
	old = MemoryContextSwitchTo(index_context);
	index_relids = palloc_array(Oid, list_length(list) + 1);
	index_infos = palloc_array(IndexInfo *, list_length(list) + 1);
	indexes_known = handover_audit_changes();
	foreach(cell, list)
	{
		Relation	index = index_open(lfirst_oid(cell), RowExclusiveLock);

		index_infos[nindexes] = BuildIndexInfo(index);
		index_relids[nindexes++] = RelationGetRelid(index);
		index_close(index, NoLock);
	}
	MemoryContextSwitchTo(old);
	list_free(list);
}

static void
insert_places(Relation relation, Relation index, IndexInfo *info,
			  Pending *rows, int n)
{
	bool		isnull = false;

	for (int i = 0; i < n; i++)
	{
		Datum		place = Int64GetDatum(rows[i].place);

		index_insert(index, &place, &isnull, &slots[i]->tts_tid, relation,
					 UNIQUE_CHECK_NO, false, info);
	}
}

/*
 * This index keeps but the least and the greatest value of some pages: it is told
 * of those of each page, and not of each row.
 */
static void
insert_times(Relation relation, Relation index, IndexInfo *info,
			 Pending *rows, int n)
{
	for (int first = 0, next; first < n; first = next)
	{
		BlockNumber page = ItemPointerGetBlockNumber(&slots[first]->tts_tid);
		int			told[2] = {first, first};

		for (next = first + 1; next < n; next++)
		{
			if (ItemPointerGetBlockNumber(&slots[next]->tts_tid) != page)
				break;
			if (rows[next].changed_at < rows[told[0]].changed_at)
				told[0] = next;
			if (rows[next].changed_at > rows[told[1]].changed_at)
				told[1] = next;
		}
		for (int i = 0; i < (told[0] == told[1] ? 1 : 2); i++)
		{
			Datum		values[INDEX_MAX_KEYS];
			bool		nulls[INDEX_MAX_KEYS];

			FormIndexDatum(info, slots[told[i]], NULL, values, nulls);
			index_insert(index, values, nulls, &slots[told[i]]->tts_tid,
						 relation, UNIQUE_CHECK_NO, false, info);
		}
	}
}

/* Whatever index somebody has added. */
static void
insert_others(Relation relation, Relation index, IndexInfo *info, int n)
{
	EState	   *estate = CreateExecutorState();
	ExprContext *econtext = GetPerTupleExprContext(estate);
	ExprState  *predicate = ExecPrepareQual(info->ii_Predicate, estate);

	info->ii_ExpressionsState = NIL;
	for (int i = 0; i < n; i++)
	{
		Datum		values[INDEX_MAX_KEYS];
		bool		nulls[INDEX_MAX_KEYS];

		econtext->ecxt_scantuple = slots[i];
		if (!ExecQual(predicate, econtext))
			continue;
		FormIndexDatum(info, slots[i], estate, values, nulls);
		index_insert(index, values, nulls, &slots[i]->tts_tid, relation,
					 info->ii_Unique ? UNIQUE_CHECK_YES : UNIQUE_CHECK_NO,
					 false, info);
	}
	info->ii_ExpressionsState = NIL;
	FreeExecutorState(estate);
}

/*
 * Not CatalogTuplesMultiInsertWithInfo(): that one looks for the place of a row
 * in the row that it was given, and what is stored of a large row is another.
 * Index by index is kinder to the caches.
 */
static void
insert_rows(Relation relation, Pending *rows, int n)
{
	heap_multi_insert(relation, slots, n, GetCurrentCommandId(true), 0, NULL);
	if (indexes_known != handover_audit_changes())
		learn_indexes(relation);
	for (int i = 0; i < nindexes; i++)
	{
		Relation	index = index_open(index_relids[i], RowExclusiveLock);
		IndexInfo  *info = index_infos[i];

		if (!info->ii_ReadyForInserts)
		{
			index_close(index, NoLock);
			continue;
		}
		/* What an access method keeps is kept for this batch only. */
		info->ii_Context = CurrentMemoryContext;
		info->ii_AmCache = NULL;
		if (RelationGetRelid(index) == handover_audit_relid(AUDIT_LOG_PLACE))
			insert_places(relation, index, info, rows, n);
		else if (RelationGetRelid(index) == handover_audit_relid(AUDIT_LOG_TIME))
			insert_times(relation, index, info, rows, n);
		else
			insert_others(relation, index, info, n);
#if PG_VERSION_NUM >= 170000
		index_insert_cleanup(index, info);
#endif
		index_close(index, NoLock);
	}
}

/* Writes the rows, and frees them. */
static void
write_rows(Pending *rows, int n)
{
	Relation	relation = table_open(handover_audit_relid(AUDIT_LOG),
									  RowExclusiveLock);

	Assert(n <= MAX_ENTRIES);
	nslots = Max(nslots, n);
	for (int i = 0; i < n; i++)
	{
		if (slots[i] == NULL)
		{
			MemoryContext old = MemoryContextSwitchTo(known_context);

			slots[i] = MakeSingleTupleTableSlot(log_tupdesc,
												&TTSOpsHeapTuple);
			MemoryContextSwitchTo(old);
		}
		ExecStoreHeapTuple(rows[i].row, slots[i], true);
	}
	insert_rows(relation, rows, n);
	for (int i = 0; i < n; i++)
		ExecClearTuple(slots[i]);
	table_close(relation, NoLock);
}

/*
 * Writes what is pending in the present subtransaction.  What belongs to one
 * further out waits for that.
 */
void
handover_audit_flush(void)
{
	SubTransactionId subid = GetCurrentSubTransactionId();
	Pending    *rows;
	int			n = 0;
	int			kept = 0;

	if (npending == 0)
		return;
	rows = palloc_array(Pending, npending);
	for (int i = 0; i < npending; i++)
	{
		if (pending[i].subid == subid)
		{
			rows[n++] = pending[i];
			nbytes -= pending[i].row->t_len;
		}
		else
			pending[kept++] = pending[i];
	}
	npending = kept;
	if (n > 0)
		write_rows(rows, n);
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
			if (handover_audit_log_exists())
				handover_audit_flush();
			PopActiveSnapshot();
			break;
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PREPARE:
			npending = 0;
			nbytes = 0;
			last_id = 0;
			/* An error may have left rows in them. */
			for (int i = 0; i < nslots; i++)
				if (slots[i] != NULL)
					ExecClearTuple(slots[i]);
			nslots = 0;
			if (row_context != NULL)
				MemoryContextReset(row_context);
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

/* Learns what the log looks like, if that is not known or has changed. */
static void
learn_log(void)
{
	Relation	relation = table_open(handover_audit_relid(AUDIT_LOG),
									  RowExclusiveLock);
	MemoryContext old;

	if (known_context == NULL)
		known_context = AllocSetContextCreate(CacheMemoryContext,
											  "handover audit log",
											  ALLOCSET_DEFAULT_SIZES);
	for (int i = 0; i < nslots; i++)
		if (slots[i] != NULL)
			ExecClearTuple(slots[i]);
	nslots = 0;
	MemoryContextReset(known_context);
	old = MemoryContextSwitchTo(known_context);
	/* a copy, which is not counted for each slot */
	log_tupdesc = CreateTupleDescCopy(RelationGetDescr(relation));
	slots = palloc0_array(TupleTableSlot *, MAX_ENTRIES);
	MemoryContextSwitchTo(old);
	table_close(relation, NoLock);
	known = handover_audit_changes();
}

static void
open_pending(void)
{
	if (row_context == NULL)
	{
		RegisterXactCallback(end_transaction, NULL);
		RegisterSubXactCallback(end_subtransaction, NULL);
		row_context = AllocSetContextCreate(TopMemoryContext,
											"handover audit log rows",
											ALLOCSET_DEFAULT_SIZES);
	}
	if (npending == 0 && known != handover_audit_changes())
		learn_log();
	if (npending == max_pending)
	{
		max_pending = Max(16, max_pending * 2);
		pending = pending == NULL ?
			MemoryContextAlloc(TopMemoryContext, sizeof(Pending) * max_pending) :
			repalloc_array(pending, Pending, max_pending);
	}
}

/* ------------------------------------------------------------------------
 * Adding
 * ------------------------------------------------------------------------
 */

/*
 * Random bytes that are hashed with what may have to be redacted: without
 * them, a birthday could be found by trying all.  They are made many at a time,
 * since that is what takes long.
 */
Datum
handover_audit_salt(void)
{
	static pg_uuid_t salts[256];
	static int	nleft = 0;
	pg_uuid_t  *salt = palloc_object(pg_uuid_t);

	if (nleft == 0)
	{
		if (!pg_strong_random(salts, sizeof(salts)))
			ereport(ERROR,
					(errcode(ERRCODE_INTERNAL_ERROR),
					 errmsg("could not generate random values")));
		nleft = lengthof(salts);
	}
	*salt = salts[--nleft];
	memset(&salts[nleft], 0, sizeof(pg_uuid_t));
	return UUIDPGetDatum(salt);
}

/*
 * Adds one entry, and before it who is at work.
 */
void
handover_audit_write(const AuditEntry *entry, bool with_query,
					 bool require_actor)
{
	int64		transaction = handover_audit_transaction();
	TimestampTz now = GetCurrentTimestamp();
	MemoryContext old;
	Datum		values[LOG_COLUMNS] = {0};
	bool		nulls[LOG_COLUMNS] = {0};
	int64		place;

	values[LOG_TRANSACTION_ID] = Int64GetDatum(transaction);
	values[LOG_ID] = Int64GetDatum(++last_id);
	values[LOG_CONTEXT_ID] =
		Int64GetDatum(handover_audit_context(entry->role, entry->root_id,
											 require_actor));
	values[LOG_COMMAND] = Int64GetDatum((int64) entry->command);
	values[LOG_CHANGED_AT] = TimestampTzGetDatum(now);
	nulls[LOG_STATEMENT_ID] = !with_query;
	if (with_query)
		values[LOG_STATEMENT_ID] =
			Int64GetDatum(handover_audit_statement(transaction));
	values[LOG_RELATION_ID] = Int32GetDatum(entry->relation_id);
	nulls[LOG_RELATION_ID] = entry->relation_id == 0;
	values[LOG_OPERATION] = CharGetDatum(entry->operation);
	values[LOG_SALT] = handover_audit_salt();
	values[LOG_KEY] = entry->key;
	nulls[LOG_KEY] = !entry->has_key;
	values[LOG_OLD] = PointerGetDatum(entry->old);
	nulls[LOG_OLD] = entry->old == NULL;
	values[LOG_NEW] = PointerGetDatum(entry->new);
	nulls[LOG_NEW] = entry->new == NULL;
	nulls[LOG_SHA256] = true;
	place = handover_audit_place(entry->relation_id,
								 entry->has_key ? VARDATA_ANY(entry->key) : NULL,
								 entry->has_key ? VARSIZE_ANY_EXHDR(entry->key) : 0);

	open_pending();
	old = MemoryContextSwitchTo(row_context);
	pending[npending].row = heap_form_tuple(log_tupdesc, values, nulls);
	MemoryContextSwitchTo(old);
	pending[npending].subid = GetCurrentSubTransactionId();
	pending[npending].place = place;
	pending[npending].changed_at = now;
	nbytes += pending[npending].row->t_len;
	npending++;
	if (npending >= MAX_ENTRIES || nbytes >= MAX_BYTES)
		handover_audit_flush();
}
