/*
 * document_row.c
 *		A row of a workspace as an object of a document.
 *
 * The reverse of import: columns that are filled become members, those of
 * "attributes" stand beside them, and what is NULL is left out.  Times are in
 * UTC, and a time at midnight is a day, so that a document is the same
 * whatever the settings of the session.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "jsonb_push.h"
#include "row_value.h"
#include "value.h"

typedef struct DocumentRow
{
	MemoryContext context;		/* all of this lives in it */
	TupleDesc	tupdesc;
	ArrayType  *skip;			/* the names of what is skipped */
	ColumnReader *readers;
	bool	   *skipped;
} DocumentRow;

static bool
is_named(const char *name, Datum *names, int n)
{
	for (int i = 0; i < n; i++)
	{
		text	   *t = DatumGetTextPP(names[i]);

		if (span_is((Span) {VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t)}, name))
			return true;
	}
	return false;
}

/*
 * How to read rows of this type, kept with the call site.
 */
static DocumentRow *
get_row(FunctionCallInfo fcinfo, HeapTupleHeader header, ArrayType *skip)
{
	DocumentRow *row = fcinfo->flinfo->fn_extra;
	MemoryContext context;
	MemoryContext old;
	TupleDesc	tupdesc;
	Datum	   *names;
	bool	   *nulls;
	int			n;

	if (row != NULL &&
		row->tupdesc->tdtypeid == HeapTupleHeaderGetTypeId(header) &&
		row->tupdesc->tdtypmod == HeapTupleHeaderGetTypMod(header) &&
		VARSIZE(row->skip) == VARSIZE(skip) &&
		memcmp(row->skip, skip, VARSIZE(skip)) == 0)
		return row;

	fcinfo->flinfo->fn_extra = NULL;
	if (row != NULL)
		MemoryContextDelete(row->context);
	context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt,
									"handover document row",
									ALLOCSET_SMALL_SIZES);
	tupdesc = lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(header),
									 HeapTupleHeaderGetTypMod(header));
	deconstruct_array(skip, TEXTOID, -1, false, TYPALIGN_INT,
					  &names, &nulls, &n);
	old = MemoryContextSwitchTo(context);
	row = palloc0_object(DocumentRow);
	row->context = context;
	row->tupdesc = CreateTupleDescCopyConstr(tupdesc);
	ReleaseTupleDesc(tupdesc);
	row->skip = palloc(VARSIZE(skip));
	memcpy(row->skip, skip, VARSIZE(skip));
	row->readers = palloc_array(ColumnReader, row->tupdesc->natts);
	row->skipped = palloc0_array(bool, row->tupdesc->natts);
	for (int i = 0; i < row->tupdesc->natts; i++)
	{
		Form_pg_attribute attr = TupleDescAttr(row->tupdesc, i);

		row->skipped[i] = attr->attisdropped ||
			is_named(NameStr(attr->attname), names, n);
		if (!row->skipped[i])
			handover_open_column(&row->readers[i], attr->atttypid, context);
	}
	MemoryContextSwitchTo(old);
	fcinfo->flinfo->fn_extra = row;
	return row;
}

/*
 * "2026-12-01", or "2026-12-01T17:30:00Z".
 */
static void
time_value(Datum datum, JsonbValue *value)
{
	TimestampTz time = DatumGetTimestampTz(datum);
	char	   *text = palloc(MAXDATELEN + 1);
	int			utc = 0;

	JsonEncodeDateTime(text, datum, TIMESTAMPTZOID, &utc);
	if (!TIMESTAMP_NOT_FINITE(time))
	{
		char	   *part = strchr(text, time % USECS_PER_DAY == 0 ? 'T' : '+');

		/* Years before Christ end otherwise; they stay as they are. */
		if (part != NULL && strstr(text, "BC") == NULL)
			strcpy(part, *part == 'T' ? "" : "Z");
	}
	value->type = jbvString;
	value->val.string.val = text;
	value->val.string.len = strlen(text);
}

static void
push_value(JsonbParseState **state, JsonbValue *value)
{
	pushJsonbValue(state, WJB_VALUE, value);
}

/* Members of "attributes", but for those that have a column with a value. */
static void
push_attributes(JsonbParseState **state, DocumentRow *row, bool *nulls,
				Jsonb *attributes)
{
	JsonbIterator *it = JsonbIteratorInit(&attributes->root);
	JsonbValue	value;
	JsonbIteratorToken token;

	if (!JB_ROOT_IS_OBJECT(attributes))
		return;
	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
	{
		char	   *name;
		bool		hidden = false;

		if (token != WJB_KEY)
			continue;
		name = pnstrdup(value.val.string.val, value.val.string.len);
		for (int i = 0; i < row->tupdesc->natts && !hidden; i++)
			hidden = !row->skipped[i] && !nulls[i] &&
				strcmp(NameStr(TupleDescAttr(row->tupdesc, i)->attname),
					   name) == 0;
		if (!hidden)
			pushJsonbValue(state, WJB_KEY, &value);
		JsonbIteratorNext(&it, &value, true);
		if (!hidden)
			push_value(state, &value);
	}
}

/* ------------------------------------------------------------------------
 * SQL functions
 * ------------------------------------------------------------------------
 */

/*
 * to_document(record, skip text[]) returns jsonb
 *
 * The row as an object: its columns but those named, without NULLs, times in
 * UTC, and the members of a jsonb column "attributes" beside them.
 */
PG_FUNCTION_INFO_V1(handover_to_document);
Datum
handover_to_document(PG_FUNCTION_ARGS)
{
	HeapTupleHeader header = PG_GETARG_HEAPTUPLEHEADER(0);
	DocumentRow *row = get_row(fcinfo, header, PG_GETARG_ARRAYTYPE_P(1));
	int			natts = row->tupdesc->natts;
	Datum	   *values = palloc_array(Datum, natts);
	bool	   *nulls = palloc_array(bool, natts);
	Jsonb	   *attributes = NULL;
	JsonbParseState *state = NULL;
	HeapTupleData tuple;

	tuple.t_len = HeapTupleHeaderGetDatumLength(header);
	ItemPointerSetInvalid(&tuple.t_self);
	tuple.t_tableOid = InvalidOid;
	tuple.t_data = header;
	heap_deform_tuple(&tuple, row->tupdesc, values, nulls);

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	for (int i = 0; i < natts; i++)
	{
		char	   *name = NameStr(TupleDescAttr(row->tupdesc, i)->attname);
		JsonbValue	value;

		if (row->skipped[i] || nulls[i])
			continue;
		if (strcmp(name, "attributes") == 0 &&
			row->readers[i].type == JSONBOID)
		{
			attributes = DatumGetJsonbP(values[i]);
			continue;
		}
		if (row->readers[i].type == TIMESTAMPTZOID)
			time_value(values[i], &value);
		else
			handover_read_column(&row->readers[i], values[i], &value);

		/* A null of jsonb says no more than that of SQL. */
		nulls[i] = value.type == jbvNull;
		if (nulls[i])
			continue;
		handover_push_key(&state, name);
		push_value(&state, &value);
	}
	if (attributes != NULL)
		push_attributes(&state, row, nulls, attributes);
	PG_RETURN_JSONB_P(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT,
													   NULL)));
}
