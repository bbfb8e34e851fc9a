/*
 * finding.c
 *		The function findings(): all that is wrong with a handover.
 *
 * Views call it once for each handover that they show.  It is given what it
 * needs, and reads no table: the reader of a view may not do so.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"

#include "finding.h"

#define N_RESULT_COLUMNS 8

/* What lasts for all calls of a query. */
typedef struct FindingCache
{
	FindingReader *reader;
	FindingSettings *settings;
} FindingCache;

/* ------------------------------------------------------------------------
 * Rows that go out
 * ------------------------------------------------------------------------
 */

/* A figure to two decimal places, as the report shows it. */
static void
set_figure(double figure, Datum *value, bool *isnull)
{
	*isnull = isnan(figure);
	if (*isnull)
		return;
	if (figure == rint(figure) && fabs(figure) < 1e15)
		*value = NumericGetDatum(int64_to_numeric((int64) figure));
	else
		*value = DirectFunctionCall1(float8_numeric,
									 Float8GetDatum(figure));
}

static void
set_words(Span words, Datum *value, bool *isnull)
{
	*isnull = words.str == NULL;
	if (!*isnull)
		*value = PointerGetDatum(cstring_to_text_with_len(words.str,
														  words.len));
}

static void
put_finding(Search *search, const char *code, const char *severity,
			const FindingItem *item, double found, double threshold,
			char *sentence)
{
	ReturnSetInfo *result = search->result;
	Datum		values[N_RESULT_COLUMNS];
	bool		nulls[N_RESULT_COLUMNS] = {0};

	values[0] = CStringGetTextDatum(code);
	nulls[1] = severity == NULL;
	if (severity != NULL)
		values[1] = CStringGetTextDatum(severity);
	nulls[2] = nulls[3] = nulls[4] = true;
	if (item != NULL)
	{
		nulls[2] = false;
		values[2] = Int64GetDatum(item->id);
		set_words(item->element, &values[3], &nulls[3]);
		/* that of a contact is a name */
		if (item->kind != ELEMENT_CONTACT)
			set_words(item->title, &values[4], &nulls[4]);
	}
	set_figure(found, &values[5], &nulls[5]);
	set_figure(threshold, &values[6], &nulls[6]);
	values[7] = CStringGetTextDatum(sentence);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * Something was found: about an item, or about the handover if it is NULL.
 */
void
handover_found(Search *search, const char *code, const FindingItem *item,
			   double found, double threshold, char *sentence)
{
	put_finding(search, code, NULL, item, found, threshold, sentence);
}

/* About the handover, with another severity than the catalogue's. */
void
handover_found_as(Search *search, const char *code, const char *severity,
				  double found, double threshold, char *sentence)
{
	put_finding(search, code, severity, NULL, found, threshold, sentence);
}

/* ------------------------------------------------------------------------
 * Arguments
 * ------------------------------------------------------------------------
 */

static void
read_items(Search *search, FindingReader *reader, ArrayType *array)
{
	Oid			type = ARR_ELEMTYPE(array);
	int16		length;
	bool		by_value;
	char		align;
	Datum	   *rows;
	bool	   *nulls;
	int			n;

	get_typlenbyvalalign(type, &length, &by_value, &align);
	deconstruct_array(array, type, length, by_value, align, &rows, &nulls, &n);
	search->items = palloc_array(FindingItem, Max(n, 1));
	for (int i = 0; i < n; i++)
		if (!nulls[i])
			handover_read_item(reader, rows[i], search->now,
							   &search->items[search->nitems++]);
}

/* The new owner takes over as planned, or else when it was accepted. */
static void
conclude(Search *search)
{
	const FindingHeader *header = &search->header;

	search->cutover = header->accepted_at;
	if (header->effective_at.known &&
		!TIMESTAMP_NOT_FINITE(header->effective_at.at))
		search->cutover = header->effective_at;
	search->is_pending = header->status == STATUS_DRAFT ||
		header->status == STATUS_SUBMITTED ||
		header->status == STATUS_ACCEPTED;
	search->is_accepted = header->status == STATUS_ACCEPTED ||
		header->status == STATUS_CLOSED;
	search->has_taken_over = search->is_accepted ||
		(search->cutover.known && search->cutover.at <= search->now);
}

/* What is made for one item is gone with it, since there may be many. */
static void
search_items(Search *search)
{
	MemoryContext scratch = AllocSetContextCreate(search->context,
												  "findings on an item",
												  ALLOCSET_DEFAULT_SIZES);

	for (int i = 0; i < search->nitems; i++)
	{
		MemoryContext old = MemoryContextSwitchTo(scratch);

		CHECK_FOR_INTERRUPTS();
		handover_search_item(search, &search->items[i]);
		MemoryContextSwitchTo(old);
		MemoryContextReset(scratch);
	}
	MemoryContextDelete(scratch);
}

static FindingCache *
cache_of(FunctionCallInfo fcinfo)
{
	FindingCache *cache = fcinfo->flinfo->fn_extra;

	if (cache == NULL)
	{
		MemoryContext context = fcinfo->flinfo->fn_mcxt;

		cache = MemoryContextAllocZero(context, sizeof(FindingCache));
		cache->reader = handover_finding_reader(context);
		cache->settings = handover_finding_settings(context);
		fcinfo->flinfo->fn_extra = cache;
	}
	return cache;
}

/* An array argument, NULL if it is. */
static ArrayType *
array_argument(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? NULL : PG_GETARG_ARRAYTYPE_P(n);
}

/* ------------------------------------------------------------------------
 * SQL functions
 * ------------------------------------------------------------------------
 */

/*
 * findings(handover record, settings jsonb, items record[], linked bigint[],
 *			missing text[], industry_missing text[], neglected bigint)
 *		returns setof found_finding
 *
 * Columns of the rows are known by name, and NULL where there is none.
 */
PG_FUNCTION_INFO_V1(handover_findings);
Datum
handover_findings(PG_FUNCTION_ARGS)
{
	FindingCache *cache = cache_of(fcinfo);
	Search		search = {0};

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return (Datum) 0;
	search.context = CurrentMemoryContext;
	search.result = (ReturnSetInfo *) fcinfo->resultinfo;
	search.now = GetCurrentTransactionStartTimestamp();
	handover_read_header(cache->reader, PG_GETARG_DATUM(0), &search.header);
	search.settings = handover_settings_of(cache->settings,
										   PG_GETARG_JSONB_P(1),
										   search.header.role);
	if (!PG_ARGISNULL(2))
		read_items(&search, cache->reader, PG_GETARG_ARRAYTYPE_P(2));
	search.linked = array_argument(fcinfo, 3);
	if (search.linked != NULL && array_contains_nulls(search.linked))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("keys of linked items must not be null")));
	search.missing = array_argument(fcinfo, 4);
	search.industry_missing = array_argument(fcinfo, 5);
	search.neglected = PG_ARGISNULL(6) ? 0 : PG_GETARG_INT64(6);
	conclude(&search);
	handover_search_handover(&search);
	search_items(&search);
	return (Datum) 0;
}
