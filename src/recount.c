/*
 * recount.c
 *		Counts a handover from its rows.
 *
 * A recount may see rows whose own trigger has still to add them: those that
 * the same command has changed, or one further out.  So once a handover was
 * recounted, the rest of the transaction recounts it instead of adding.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/typcache.h"

#include "counter_cache.h"
#include "header.h"
#include "tally.h"

/* How many rows of a handover are read at a time. */
#define BATCH 1000

/* ------------------------------------------------------------------------
 * What was recounted in this transaction
 * ------------------------------------------------------------------------
 */

/*
 * By hash: two keys with the same one cost a needless recount, no more.  For
 * the same reason an aborted subtransaction takes nothing back.
 */
typedef struct Recounted
{
	Oid			relid;
	uint32		hash;
} Recounted;

static HTAB *recounted = NULL;

static void
forget_recounts(XactEvent event, void *argument)
{
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
		event == XACT_EVENT_PREPARE)
		recounted = NULL;		/* its memory goes with the transaction */
}

static Recounted
recounted_key(Oid relid, Datum key, Oid type)
{
	TypeCacheEntry *cache = lookup_type_cache(type,
											  TYPECACHE_HASH_PROC_FINFO);
	Recounted	entry;

	entry.relid = relid;
	entry.hash = OidIsValid(cache->hash_proc_finfo.fn_oid) ?
		DatumGetUInt32(FunctionCall1Coll(&cache->hash_proc_finfo,
										 cache->typcollation, key)) : 0;
	return entry;
}

void
handover_remember_recount(Oid relid, Datum key, Oid type)
{
	static bool registered = false;
	Recounted	entry = recounted_key(relid, key, type);

	if (!registered)
		RegisterXactCallback(forget_recounts, NULL);
	registered = true;
	if (recounted == NULL)
	{
		HASHCTL		control = {0};

		control.keysize = sizeof(Recounted);
		control.entrysize = sizeof(Recounted);
		control.hcxt = TopTransactionContext;
		recounted = hash_create("handover recounts", 32, &control,
								HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	(void) hash_search(recounted, &entry, HASH_ENTER, NULL);
}

bool
handover_was_recounted(Oid relid, Datum key, Oid type)
{
	Recounted	entry;

	if (recounted == NULL)
		return false;
	entry = recounted_key(relid, key, type);
	return hash_search(recounted, &entry, HASH_FIND, NULL) != NULL;
}

/* ------------------------------------------------------------------------
 * Counting
 * ------------------------------------------------------------------------
 */

static Span
element_of(const ItemTable *table, const Datum *values, const bool *nulls)
{
	int			at = Max(table->element - 1, 0);

	return handover_item_element(table, values[at], nulls[at]);
}

/*
 * A trigger counts what is there by now, a query what its snapshot sees.
 */
static void
count_rows(const ItemTable *table, Relation relation, Datum key,
		   const Checklist *checklist, bool in_query, Count *counts)
{
	RowCounter *counter = handover_get_counter(checklist,
											   relation->rd_rel->reltype);
	Portal		portal = SPI_cursor_open(NULL, table->rows.plan, &key, NULL,
										 in_query);
	MemoryContext row_context = AllocSetContextCreate(CurrentMemoryContext,
													  "handover item",
													  ALLOCSET_DEFAULT_SIZES);
	int			natts = RelationGetNumberOfAttributes(relation);
	Datum	   *values = palloc_array(Datum, natts);
	bool	   *nulls = palloc_array(bool, natts);
	uint64		n;

	do
	{
		SPITupleTable *rows;

		SPI_cursor_fetch(portal, true, BATCH);
		rows = SPI_tuptable;
		n = SPI_processed;
		if (rows->tupdesc->natts != natts)
			elog(ERROR, "a row of items has not the columns of its table");
		for (uint64 i = 0; i < n; i++)
		{
			MemoryContext old = MemoryContextSwitchTo(row_context);

			heap_deform_tuple(rows->vals[i], rows->tupdesc, values, nulls);
			handover_count_values(counter, element_of(table, values, nulls),
								  values, nulls, counts);
			MemoryContextSwitchTo(old);
			MemoryContextReset(row_context);
		}
		SPI_freetuptable(rows);
	} while (n > 0);
	SPI_cursor_close(portal);
	MemoryContextDelete(row_context);
	handover_release_counter(counter);
}

/*
 * Adds all items of a handover to counts.  A trigger does so as the owner of
 * each table, whoever may see them, as referential checks do; a query as far
 * as the current user sees them.  The caller is connected to SPI, and the
 * checklist is its own.
 */
void
handover_recount(const HeaderTable *table, Relation relation, Datum id,
				 const Checklist *checklist, bool in_query, Count *counts)
{
	for (int i = 0; i < table->nreferring; i++)
	{
		Relation	item = table_open(table->referring[i], AccessShareLock);

		if (handover_is_item_table(item) &&
			handover_may_count(item, table->owner))
		{
			const ItemTable *items = handover_item_table(item);
			SavedUser	saved;

			if (!in_query)
				saved = become(item->rd_rel->relowner);
			if (handover_is_part_of(relation, items->header))
				count_rows(items, item, id, checklist, in_query, counts);
			if (!in_query)
				become_again(saved);
		}
		table_close(item, AccessShareLock);
	}
}

/* ------------------------------------------------------------------------
 * SQL functions
 * ------------------------------------------------------------------------
 */

/*
 * counted_tally(record) returns tally
 *
 * The tally of a handover, a row of a table of handovers, as counting it and
 * its items gives now, as far as the caller may read them.  NULL without a
 * checklist.
 */
PG_FUNCTION_INFO_V1(handover_counted_tally);
Datum
handover_counted_tally(PG_FUNCTION_ARGS)
{
	HeapTupleHeader row = PG_GETARG_HEAPTUPLEHEADER(0);
	Oid			type = HeapTupleHeaderGetTypeId(row);
	Oid			relid = get_typ_typrelid(type);
	Relation	relation;
	HeaderTable *table;
	HeapTupleData tuple;
	Datum		id;
	Datum		datum;
	bool		isnull;
	const Checklist *checklist;
	RowCounter *counter;
	Count	   *counts;

	if (!OidIsValid(relid) || get_rel_relkind(relid) == RELKIND_COMPOSITE_TYPE)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("type %s is not that of a row of handovers",
						format_type_be(type))));
	relation = table_open(relid, AccessShareLock);
	SPI_connect();
	table = handover_header_table(relation);
	tuple.t_len = HeapTupleHeaderGetDatumLength(row);
	ItemPointerSetInvalid(&tuple.t_self);
	tuple.t_tableOid = InvalidOid;
	tuple.t_data = row;
	id = heap_getattr(&tuple, table->columns[HEADER_ID],
					  RelationGetDescr(relation), &isnull);
	datum = heap_getattr(&tuple, table->columns[HEADER_CHECKLIST],
						 RelationGetDescr(relation), &isnull);
	if (isnull)
	{
		SPI_finish();
		table_close(relation, AccessShareLock);
		PG_RETURN_NULL();
	}
	checklist = DatumGetChecklistP(datum);
	counts = palloc0_array(Count, Max(checklist->nrules, 1));
	counter = handover_get_counter(checklist, type);
	handover_count_row(counter, (Span) {ELEMENT_HEADER, strlen(ELEMENT_HEADER)},
					   row, counts);
	handover_release_counter(counter);
	handover_recount(table, relation, id, checklist, true, counts);
	datum = SPI_datumTransfer(PointerGetDatum(handover_build_tally(checklist->fingerprint,
																   checklist->nrules,
																   counts)),
							  false, -1);
	SPI_finish();
	table_close(relation, AccessShareLock);
	return datum;
}
