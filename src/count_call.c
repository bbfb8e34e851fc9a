/*
 * count_call.c
 *		The SQL functions that count one item: a row of any table, or a jsonb
 *		object.
 *
 * What the items of a call are, and the counter for its checklist, are kept
 * with the call site (fn_extra).
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "count.h"
#include "row_value.h"

typedef struct CallCache
{
	RowCounter *counter;
	Oid			item_type;		/* as the call declares it */
	bool		is_row;
} CallCache;

static CallCache *
get_cache(FunctionCallInfo fcinfo, const Checklist *checklist)
{
	CallCache  *cache = fcinfo->flinfo->fn_extra;

	if (cache == NULL)
	{
		cache = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt,
									   sizeof(*cache));
		fcinfo->flinfo->fn_extra = cache;
	}
	if (cache->counter != NULL &&
		!handover_counter_is_for(cache->counter, checklist))
	{
		handover_close_counter(cache->counter);
		cache->counter = NULL;
	}
	if (cache->counter == NULL)
		cache->counter = handover_open_counter(fcinfo->flinfo->fn_mcxt,
											   checklist);
	return cache;
}

/*
 * Finds out once what the items of a call are.
 */
static void
set_item_type(CallCache *cache, Oid type)
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
count_item_argument(FunctionCallInfo fcinfo, int argno, CallCache *cache,
					text *element, Count *counts)
{
	Datum		datum = PG_GETARG_DATUM(argno);
	Span		name = {VARDATA_ANY(element), VARSIZE_ANY_EXHDR(element)};

	set_item_type(cache, get_fn_expr_argtype(fcinfo->flinfo, argno));
	if (cache->is_row)
		handover_count_row(cache->counter, name,
						   DatumGetHeapTupleHeader(datum), counts);
	else
	{
		JsonbValue	object;

		handover_jsonb_value(DatumGetJsonbP(datum), &object);
		handover_count_jsonb(cache->counter, name, &object, counts);
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
