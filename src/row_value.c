/*
 * row_value.c
 *		The value of a column, as jsonb would have it.
 *
 * A row must count as the document that to_jsonb() would make of it.  The
 * common types are converted here, as to_jsonb() does, but without building a
 * jsonb; every other goes through to_jsonb() itself.  In one respect this is
 * stricter: times with time zone are given in UTC and floats in their shortest
 * exact form, so that no setting of the session changes an answer.
 */
#include "postgres.h"

#include "access/transam.h"
#include "catalog/pg_type.h"
#include "common/shortest_dec.h"
#include "nodes/makefuncs.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/fmgroids.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "row_value.h"

/* Longest output of JsonEncodeDateTime() and of the shortest-decimal code. */
#define SCALAR_BUFFER (MAXDATELEN + 1)

/* Is the type one that handover_read_column() reads by itself? */
static bool
is_known(Oid type)
{
	switch (type)
	{
		case BOOLOID:
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case FLOAT4OID:
		case FLOAT8OID:
		case NUMERICOID:
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
		case JSONBOID:
		case DATEOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			return true;
		default:
			return false;
	}
}

/*
 * Prepares to read values of a type, by its output function if need be.  What
 * it needs lives in context.
 */
void
handover_open_column_as_text(ColumnReader *reader, Oid type,
							 MemoryContext context)
{
	Oid			function;
	bool		is_varlena;

	reader->type = getBaseType(type);
	reader->is_output = false;
	if (is_known(reader->type))
		return;
	getTypeOutputInfo(reader->type, &function, &is_varlena);
	fmgr_info_cxt(function, &reader->convert, context);
	reader->is_output = true;
}

/*
 * The same by to_jsonb(), if need be, which may call a cast of the type.
 */
void
handover_open_column(ColumnReader *reader, Oid type, MemoryContext context)
{
	Oid			base = getBaseType(type);

	if (is_known(base) || get_typtype(base) == TYPTYPE_ENUM)
		handover_open_column_as_text(reader, type, context);
	else
	{
		MemoryContext old = MemoryContextSwitchTo(context);
		Node	   *argument = (Node *) makeNullConst(type, -1, InvalidOid);

		reader->type = base;
		reader->is_output = false;

		/* to_jsonb() learns the type of its argument from the call. */
		fmgr_info_cxt(F_TO_JSONB, &reader->convert, context);
		fmgr_info_set_expr((Node *) makeFuncExpr(F_TO_JSONB, JSONBOID,
												 list_make1(argument),
												 InvalidOid, InvalidOid,
												 COERCE_EXPLICIT_CALL),
						   &reader->convert);
		MemoryContextSwitchTo(old);
	}
}

static void
string_value(JsonbValue *value, const char *str)
{
	value->type = jbvString;
	value->val.string.val = unconstify(char *, str);
	value->val.string.len = strlen(str);
}

/* A number, unless it is one that JSON does not know; that is a text. */
static void
number_value(JsonbValue *value, Numeric number)
{
	if (numeric_is_nan(number) || numeric_is_inf(number))
		string_value(value, DatumGetCString(DirectFunctionCall1(numeric_out,
																NumericGetDatum(number))));
	else
	{
		value->type = jbvNumeric;
		value->val.numeric = number;
	}
}

static void
decimal_value(JsonbValue *value, char *decimal)
{
	number_value(value,
				 DatumGetNumeric(DirectFunctionCall3(numeric_in,
													 CStringGetDatum(decimal),
													 ObjectIdGetDatum(InvalidOid),
													 Int32GetDatum(-1))));
}

/* The whole of a jsonb, as a scalar or a container. */
void
handover_jsonb_value(Jsonb *jsonb, JsonbValue *value)
{
	if (JB_ROOT_IS_SCALAR(jsonb))
		(void) JsonbExtractScalar(&jsonb->root, value);
	else
	{
		value->type = jbvBinary;
		value->val.binary.data = &jsonb->root;
		value->val.binary.len = VARSIZE(jsonb) - VARHDRSZ;
	}
}

/*
 * The value of a column that is not NULL.  It may point into the datum.
 */
void
handover_read_column(ColumnReader *reader, Datum datum, JsonbValue *value)
{
	char	   *buffer;
	text	   *t;
	int			utc = 0;

	switch (reader->type)
	{
		case BOOLOID:
			value->type = jbvBool;
			value->val.boolean = DatumGetBool(datum);
			return;
		case INT2OID:
			number_value(value, int64_to_numeric(DatumGetInt16(datum)));
			return;
		case INT4OID:
			number_value(value, int64_to_numeric(DatumGetInt32(datum)));
			return;
		case INT8OID:
			number_value(value, int64_to_numeric(DatumGetInt64(datum)));
			return;
		case FLOAT4OID:
			buffer = palloc(SCALAR_BUFFER);
			float_to_shortest_decimal_buf(DatumGetFloat4(datum), buffer);
			decimal_value(value, buffer);
			return;
		case FLOAT8OID:
			buffer = palloc(SCALAR_BUFFER);
			double_to_shortest_decimal_buf(DatumGetFloat8(datum), buffer);
			decimal_value(value, buffer);
			return;
		case NUMERICOID:
			number_value(value, DatumGetNumeric(datum));
			return;
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
			t = DatumGetTextPP(datum);
			value->type = jbvString;
			value->val.string.val = VARDATA_ANY(t);
			value->val.string.len = VARSIZE_ANY_EXHDR(t);
			return;
		case JSONBOID:
			handover_jsonb_value(DatumGetJsonbP(datum), value);
			return;
		case DATEOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			buffer = palloc(SCALAR_BUFFER);
			string_value(value,
						 JsonEncodeDateTime(buffer, datum, reader->type,
											reader->type == TIMESTAMPTZOID ?
											&utc : NULL));
			return;
		default:
			if (reader->is_output)
				string_value(value, OutputFunctionCall(&reader->convert,
													   datum));
			else
				handover_jsonb_value(DatumGetJsonbP(FunctionCall1(&reader->convert,
																  datum)),
									 value);
	}
}
