/*
 * count_row.c
 *		One row of a table, or one jsonb object, as an item of an element.
 *
 * A row is matched by column name.  Which column is which field, and how its
 * type is read, is looked up once for a checklist and a type of row and kept
 * with the call site (fn_extra).
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "count.h"
#include "row_value.h"

/* A section, and for each slot the column it is read from, -1 if none. */
typedef struct RowSection
{
	Section		section;
	int		   *columns;
	JsonbValue *slots;
} RowSection;

typedef struct RowCache
{
	MemoryContext context;		/* everything below lives in it */
	const Checklist *checklist; /* a copy */
	int			nsections;
	RowSection *sections;

	/* what the items are, and of a row its type; row_id is 0 without one */
	Oid			item_type;		/* as the call declares it */
	bool		is_row;
	uint64		row_id;
	MemoryContext row_context;	/* everything below lives in it */
	TupleDesc	tupdesc;
	ColumnReader *readers;
	Datum	   *values;
	bool	   *nulls;
} RowCache;

/* ------------------------------------------------------------------------
 * The cache
 * ------------------------------------------------------------------------
 */

static void
open_sections(RowCache *cache)
{
	Span	   *names = flat_names(cache->checklist, NULL);
	Cursor		cursor = flat_sections(cache->checklist);
	FlatSection flat;

	cache->sections = palloc_array(RowSection, cache->checklist->nrules + 1);
	while (flat_section(cache->checklist, &cursor, &flat))
	{
		RowSection *row = &cache->sections[cache->nsections++];

		handover_open_section(&flat, names, palloc_array(Span, flat.nfields),
							  &row->section);
		row->columns = palloc_array(int, flat.nfields);
		row->slots = palloc_array(JsonbValue, flat.nfields);
	}
}

/*
 * The cache of this call site for a checklist.
 */
static RowCache *
get_cache(FunctionCallInfo fcinfo, const Checklist *checklist)
{
	RowCache   *cache = fcinfo->flinfo->fn_extra;
	MemoryContext old;
	MemoryContext context;
	Checklist  *copy;

	if (cache != NULL)
	{
		if (VARSIZE(cache->checklist) == VARSIZE(checklist) &&
			memcmp(cache->checklist, checklist, VARSIZE(checklist)) == 0)
			return cache;
		fcinfo->flinfo->fn_extra = NULL;
		MemoryContextDelete(cache->context);
	}

	context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt,
									"handover rows", ALLOCSET_SMALL_SIZES);
	old = MemoryContextSwitchTo(context);
	cache = palloc0_object(RowCache);
	cache->context = context;
	copy = palloc(VARSIZE(checklist));
	memcpy(copy, checklist, VARSIZE(checklist));
	cache->checklist = copy;
	open_sections(cache);
	MemoryContextSwitchTo(old);
	fcinfo->flinfo->fn_extra = cache;
	return cache;
}

/* Of several columns of one name, as a query may have, the last, as jsonb has. */
static int
find_column(TupleDesc tupdesc, Span field)
{
	for (int i = tupdesc->natts - 1; i >= 0; i--)
	{
		Form_pg_attribute attr = TupleDescAttr(tupdesc, i);

		if (!attr->attisdropped &&
			strlen(NameStr(attr->attname)) == (size_t) field.len &&
			memcmp(NameStr(attr->attname), field.str, field.len) == 0)
			return i;
	}
	return -1;
}

/*
 * Makes the cache one for rows of this type.
 */
static void
set_row_type(RowCache *cache, Oid type, int32 typmod)
{
	uint64		row_id = assign_record_type_identifier(type, typmod);
	MemoryContext old;
	TupleDesc	tupdesc;

	if (cache->row_id == row_id)
		return;

	cache->row_id = 0;
	if (cache->row_context == NULL)
		cache->row_context = AllocSetContextCreate(cache->context,
												   "handover type of row",
												   ALLOCSET_SMALL_SIZES);
	MemoryContextReset(cache->row_context);
	tupdesc = lookup_rowtype_tupdesc(type, typmod);
	old = MemoryContextSwitchTo(cache->row_context);

	/* With what a column added later has in rows that are older. */
	cache->tupdesc = CreateTupleDescCopyConstr(tupdesc);
	ReleaseTupleDesc(tupdesc);
	cache->readers = palloc_array(ColumnReader, cache->tupdesc->natts);
	cache->values = palloc_array(Datum, cache->tupdesc->natts);
	cache->nulls = palloc_array(bool, cache->tupdesc->natts);
	for (int i = 0; i < cache->tupdesc->natts; i++)
	{
		Form_pg_attribute attr = TupleDescAttr(cache->tupdesc, i);

		if (!attr->attisdropped)
			handover_open_column(&cache->readers[i], attr->atttypid,
								 cache->row_context);
	}
	for (int i = 0; i < cache->nsections; i++)
	{
		RowSection *row = &cache->sections[i];

		for (int j = 0; j < row->section.flat.nfields; j++)
			row->columns[j] = find_column(cache->tupdesc,
										  row->section.fields[j]);
	}
	MemoryContextSwitchTo(old);
	cache->row_id = row_id;
}

/* ------------------------------------------------------------------------
 * Counting
 * ------------------------------------------------------------------------
 */

static bool
row_filled(RowCache *cache)
{
	for (int i = 0; i < cache->tupdesc->natts; i++)
	{
		JsonbValue	value;

		if (cache->nulls[i] || TupleDescAttr(cache->tupdesc, i)->attisdropped)
			continue;
		handover_read_column(&cache->readers[i], cache->values[i], &value);
		if (value_filled(&value))
			return true;
	}
	return false;
}

static void
count_row(RowCache *cache, RowSection *row, bool filled, Count *counts)
{
	if (!filled && !(row->section.flat.flags & SECTION_HEADER))
		return;
	for (int i = 0; i < row->section.flat.nfields; i++)
	{
		int			column = row->columns[i];

		if (column < 0 || cache->nulls[column])
			row->slots[i].type = jbvNull;
		else
			handover_read_column(&cache->readers[column],
								 cache->values[column], &row->slots[i]);
	}
	handover_count_item(&row->section, row->slots,
						filled ? ITEM_REAL : ITEM_EMPTY, counts);
}

/* The same for a jsonb object. */
static void
count_object(RowSection *row, const JsonbValue *object, Count *counts)
{
	if (row->section.flat.flags & SECTION_HEADER)
		handover_count_header(&row->section,
							  object->type == jbvBinary ?
							  object->val.binary.data : NULL,
							  row->slots, counts);
	else
		handover_count_entry(&row->section, object, row->slots, counts);
}

static void
deform_row(RowCache *cache, HeapTupleHeader header)
{
	HeapTupleData tuple;

	set_row_type(cache, HeapTupleHeaderGetTypeId(header),
				 HeapTupleHeaderGetTypMod(header));
	tuple.t_len = HeapTupleHeaderGetDatumLength(header);
	ItemPointerSetInvalid(&tuple.t_self);
	tuple.t_tableOid = InvalidOid;
	tuple.t_data = header;
	heap_deform_tuple(&tuple, cache->tupdesc, cache->values, cache->nulls);
}

/* Does a section count items of this element? */
static bool
section_counts(const Section *section, Span element)
{
	return span_equal(element, section->element) ||
		((section->flat.flags & SECTION_ANY) &&
		 !span_is(element, ELEMENT_HEADER));
}

/*
 * Finds out once what the items of a call are.
 */
static void
set_item_type(RowCache *cache, Oid type)
{
	Oid			base;

	if (cache->item_type == type && OidIsValid(type))
		return;
	if (!OidIsValid(type))
		elog(ERROR, "could not determine the type of an item");
	base = getBaseType(type);
	cache->is_row = type_is_rowtype(base);
	if (!cache->is_row && base != JSONBOID)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("an item must be a row or a jsonb object, not of type %s",
						format_type_be(type)),
				 errhint("Pass the whole row, by the name of its table or alias.")));
	cache->item_type = type;
}

/*
 * Counts one item, the anyelement argument "argno", into counts.
 */
static void
count_item_argument(FunctionCallInfo fcinfo, int argno, RowCache *cache,
					text *element, Count *counts)
{
	Datum		datum = PG_GETARG_DATUM(argno);
	Span		name = {VARDATA_ANY(element), VARSIZE_ANY_EXHDR(element)};
	JsonbValue	object;
	bool		opened = false;
	bool		filled = false;

	set_item_type(cache, get_fn_expr_argtype(fcinfo->flinfo, argno));
	for (int i = 0; i < cache->nsections; i++)
	{
		RowSection *row = &cache->sections[i];

		if (!section_counts(&row->section, name))
			continue;

		/* An item that no rule asks about is not looked at. */
		if (!opened && cache->is_row)
		{
			deform_row(cache, DatumGetHeapTupleHeader(datum));
			filled = row_filled(cache);
		}
		else if (!opened)
			handover_jsonb_value(DatumGetJsonbP(datum), &object);
		opened = true;
		if (cache->is_row)
			count_row(cache, row, filled, counts);
		else
			count_object(row, &object, counts);
	}
}

/* ------------------------------------------------------------------------
 * SQL functions
 * ------------------------------------------------------------------------
 */

/*
 * tally(checklist, element text, item anyelement) returns tally
 *
 * The tally of one item: a row of any table, or a jsonb object.  An item or an
 * element that is NULL counts nothing.  NULL only for a NULL checklist.
 * 42804 for an item of another type.
 */
PG_FUNCTION_INFO_V1(handover_tally_item);
Datum
handover_tally_item(PG_FUNCTION_ARGS)
{
	const Checklist *checklist;
	Count	   *counts;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	checklist = PG_GETARG_CHECKLIST_P(0);
	counts = palloc0_array(Count, Max(checklist->nrules, 1));
	if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2))
		count_item_argument(fcinfo, 2, get_cache(fcinfo, checklist),
							PG_GETARG_TEXT_PP(1), counts);
	PG_RETURN_POINTER(handover_build_tally(checklist->fingerprint,
										   checklist->nrules, counts));
}

/*
 * tally_accum(tally, checklist, element text, item anyelement) returns tally
 *
 * Transition function of tally_agg(checklist, text, anyelement): adds one
 * item.  A NULL checklist adds nothing.
 */
PG_FUNCTION_INFO_V1(handover_tally_accum);
Datum
handover_tally_accum(PG_FUNCTION_ARGS)
{
	const Checklist *checklist;
	Count	   *counts;
	Tally	   *state = PG_ARGISNULL(0) ? NULL : PG_GETARG_TALLY_P(0);

	if (PG_ARGISNULL(1))
	{
		if (state == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(state);
	}
	checklist = PG_GETARG_CHECKLIST_P(1);
	counts = palloc0_array(Count, Max(checklist->nrules, 1));
	if (!PG_ARGISNULL(2) && !PG_ARGISNULL(3))
		count_item_argument(fcinfo, 3, get_cache(fcinfo, checklist),
							PG_GETARG_TEXT_PP(2), counts);
	if (state != NULL)
	{
		handover_check_tally(checklist, state);
		handover_add_counts(state, counts);
	}
	PG_RETURN_POINTER(handover_build_tally(checklist->fingerprint,
										   checklist->nrules, counts));
}
