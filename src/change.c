/*
 * change.c
 *		The items that one statement has changed, a handover at a time.
 *
 * Handovers come in the order of their keys, so that statements lock them in
 * one order.  Rows mostly come in that order by themselves, all of one
 * handover or loaded handover by handover; then they are read where the
 * server keeps them, and else through a sort that spills to disk.
 */
#include "postgres.h"

#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/typcache.h"

#include "change.h"
#include "counter_cache.h"

Change	   *handover_current_change = NULL;

/* How keys are compared, and copied. */
typedef struct KeyType
{
	TypeCacheEntry *cache;
	Oid			collation;
} KeyType;

/* How many triggers run within each other. */
int
handover_trigger_depth(void)
{
	return DatumGetInt32(OidFunctionCall0(F_PG_TRIGGER_DEPTH));
}

static KeyType
key_type(const ItemTable *table)
{
	KeyType		type;

	type.cache = lookup_type_cache(table->parent_type,
								   TYPECACHE_CMP_PROC_FINFO |
								   TYPECACHE_LT_OPR);
	if (!OidIsValid(type.cache->cmp_proc_finfo.fn_oid) ||
		!OidIsValid(type.cache->lt_opr))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("could not identify an ordering operator for type %s",
						format_type_be(table->parent_type))));
	type.collation = type.cache->typcollation;
	return type;
}

static int
compare(const KeyType *type, Datum a, Datum b)
{
	return DatumGetInt32(FunctionCall2Coll(&type->cache->cmp_proc_finfo,
										   type->collation, a, b));
}

/* ------------------------------------------------------------------------
 * Streams
 * ------------------------------------------------------------------------
 */

/*
 * Reads the next row.  One that was spilled to disk is the slot's from then on,
 * so it must outlive the trigger of the handover, which reads ahead.
 */
static void
advance(RowStream *stream)
{
	MemoryContext old = MemoryContextSwitchTo(stream->slot->tts_mcxt);

	if (stream->sort != NULL)
		tuplesort_gettupleslot(stream->sort, true, false, stream->slot, NULL);
	else
	{
		tuplestore_select_read_pointer(stream->store, stream->pointer);
		tuplestore_gettupleslot(stream->store, true, false, stream->slot);
	}
	MemoryContextSwitchTo(old);
}

static Datum
parent_of(const ItemTable *table, RowStream *stream)
{
	bool		isnull;
	Datum		parent = slot_getattr(stream->slot, table->parent, &isnull);

	if (isnull)
		ereport(ERROR,
				(errcode(ERRCODE_NOT_NULL_VIOLATION),
				 errmsg("an item must belong to a handover")));
	return parent;
}

/* Are the rows in the order of their handovers?  Reads them all. */
static bool
in_order(const ItemTable *table, const KeyType *type, RowStream *stream)
{
	Datum		last = (Datum) 0;
	bool		first = true;
	bool		ordered = true;
	bool		by_value = type->cache->typbyval;

	for (advance(stream); !TupIsNull(stream->slot) && ordered;
		 advance(stream))
	{
		Datum		parent = parent_of(table, stream);

		CHECK_FOR_INTERRUPTS();
		ordered = first || compare(type, last, parent) <= 0;
		if (first || by_value || compare(type, last, parent) != 0)
			last = datumCopy(parent, by_value, type->cache->typlen);
		first = false;
	}
	return ordered;
}

static void
open_stream(RowStream *stream, const ItemTable *table, const KeyType *type,
			Tuplestorestate *store, TupleDesc tupdesc)
{
	bool		ordered;

	stream->store = store;
	if (store == NULL)
		return;
	stream->slot = MakeSingleTupleTableSlot(tupdesc, &TTSOpsMinimalTuple);
	stream->pointer = tuplestore_alloc_read_pointer(store, EXEC_FLAG_REWIND);
	tuplestore_select_read_pointer(store, stream->pointer);
	tuplestore_rescan(store);
	ordered = in_order(table, type, stream);
	tuplestore_select_read_pointer(store, stream->pointer);
	tuplestore_rescan(store);
	if (!ordered)
	{
		AttrNumber	column = table->parent;
		Oid			operator = type->cache->lt_opr;
		Oid			collation = type->collation;
		bool		nulls_first = false;
		Tuplesortstate *sort;

		sort = tuplesort_begin_heap(tupdesc, 1, &column, &operator,
									&collation, &nulls_first, work_mem,
									NULL, TUPLESORT_NONE);
		for (advance(stream); !TupIsNull(stream->slot); advance(stream))
			tuplesort_puttupleslot(sort, stream->slot);
		tuplesort_performsort(sort);
		stream->sort = sort;
	}
	advance(stream);
}

static void
close_stream(RowStream *stream)
{
	if (stream->sort != NULL)
		tuplesort_end(stream->sort);
	if (stream->slot != NULL)
		ExecDropSingleTupleTableSlot(stream->slot);
}

/* Is there a row, and is it of this handover? */
static bool
is_of(Change *change, const KeyType *type, RowStream *stream)
{
	return stream->store != NULL && !TupIsNull(stream->slot) &&
		compare(type, parent_of(change->table, stream), change->parent) == 0;
}

/* ------------------------------------------------------------------------
 * Changes
 * ------------------------------------------------------------------------
 */

/*
 * What a statement has changed, for an AFTER STATEMENT trigger with transition
 * tables; it may have none of them.
 */
Change *
handover_begin_change(const ItemTable *table, TriggerData *trigger)
{
	Change	   *change = palloc0_object(Change);
	TupleDesc	tupdesc = RelationGetDescr(trigger->tg_relation);
	KeyType		type = key_type(table);

	change->table = table;
	change->row_type = trigger->tg_relation->rd_rel->reltype;
	change->depth = handover_trigger_depth();
	open_stream(&change->old, table, &type, trigger->tg_oldtable, tupdesc);
	open_stream(&change->new, table, &type, trigger->tg_newtable, tupdesc);
	return change;
}

/*
 * Goes on to the next handover, or returns false.
 */
bool
handover_next_parent(Change *change)
{
	KeyType		type = key_type(change->table);
	RowStream  *old = &change->old;
	RowStream  *new = &change->new;
	bool		has_old = old->store != NULL && !TupIsNull(old->slot);
	bool		has_new = new->store != NULL && !TupIsNull(new->slot);
	Datum		parent;

	if (!has_old && !has_new)
		return false;
	if (has_old && has_new)
	{
		Datum		a = parent_of(change->table, old);
		Datum		b = parent_of(change->table, new);

		parent = compare(&type, a, b) <= 0 ? a : b;
	}
	else
		parent = parent_of(change->table, has_old ? old : new);
	change->parent = datumCopy(parent, type.cache->typbyval,
							   type.cache->typlen);
	change->counted = false;
	return true;
}

/*
 * Passes by what nobody has counted: the handover itself may be gone.
 */
void
handover_skip_parent(Change *change)
{
	KeyType		type = key_type(change->table);

	while (is_of(change, &type, &change->old))
		advance(&change->old);
	while (is_of(change, &type, &change->new))
		advance(&change->new);
}

void
handover_end_change(Change *change)
{
	close_stream(&change->old);
	close_stream(&change->new);
}

static void
count_stream(Change *change, RowStream *stream, RowCounter *counter,
			 Count *counts)
{
	KeyType		type = key_type(change->table);
	MemoryContext row_context = AllocSetContextCreate(CurrentMemoryContext,
													  "handover item",
													  ALLOCSET_DEFAULT_SIZES);

	while (is_of(change, &type, stream))
	{
		MemoryContext old = MemoryContextSwitchTo(row_context);
		int			element = Max(change->table->element - 1, 0);
		Datum	   *values;
		bool	   *nulls;

		CHECK_FOR_INTERRUPTS();
		slot_getallattrs(stream->slot);
		values = stream->slot->tts_values;
		nulls = stream->slot->tts_isnull;
		handover_count_values(counter,
							  handover_item_element(change->table,
													values[element],
													nulls[element]),
							  values, nulls, counts);
		MemoryContextSwitchTo(old);
		MemoryContextReset(row_context);
		advance(stream);
	}
	MemoryContextDelete(row_context);
}

/*
 * Adds to counts what has changed in the items of the handover at hand.
 */
void
handover_count_change(Change *change, const Checklist *checklist,
					  Count *counts)
{
	RowCounter *counter = handover_get_counter(checklist, change->row_type);
	int			nrules = checklist->nrules;
	Count	   *removed = palloc0_array(Count, Max(nrules, 1));

	count_stream(change, &change->old, counter, removed);
	count_stream(change, &change->new, counter, counts);
	for (int i = 0; i < nrules; i++)
	{
		counts[i].hits -= removed[i].hits;
		counts[i].population -= removed[i].population;
	}
	pfree(removed);
	handover_release_counter(counter);
	change->counted = true;
}
