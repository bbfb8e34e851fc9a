/*
 * lens_io.c
 *		handover.lens as text: a JSON object, read and written by the server's
 *		own jsonb.
 *
 * Members: at (a time), urgency, importance, impact (five numbers each: unset,
 * low, medium, high, critical), matrix (five rows of five), deadline, far,
 * near, late, lead and lag (seconds), age, age_span (seconds), threshold,
 * single_precision.  Only "at" must be there; what is missing is as in
 * lens_from_tables(at).  Binary is a version byte and the text.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "common/shortest_dec.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/float.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "jsonb_push.h"
#include "priority.h"

#define LENS_VERSION	1

static const char *const axis_names[N_AXES] = {
	"urgency", "importance", "impact"
};

/* ------------------------------------------------------------------------
 * Writing
 * ------------------------------------------------------------------------
 */

static Numeric
double_numeric(double number)
{
	char		buf[DOUBLE_SHORTEST_DECIMAL_LEN];

	double_to_shortest_decimal_buf(number, buf);
	return DatumGetNumeric(DirectFunctionCall3(numeric_in,
											   CStringGetDatum(buf),
											   ObjectIdGetDatum(InvalidOid),
											   Int32GetDatum(-1)));
}

static void
push_double(JsonbParseState **state, const char *key, double number)
{
	push_number(state, key, double_numeric(number));
}

static void
push_steps(JsonbParseState **state, const double *numbers)
{
	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < N_STEPS; i++)
	{
		JsonbValue	v;

		v.type = jbvNumeric;
		v.val.numeric = double_numeric(numbers[i]);
		pushJsonbValue(state, WJB_ELEM, &v);
	}
	pushJsonbValue(state, WJB_END_ARRAY, NULL);
}

/* Microseconds as a number of seconds. */
static void
push_span(JsonbParseState **state, const char *key, int64 usecs)
{
	Numeric		seconds = int64_div_fast_to_numeric(usecs, 6);

	push_number(state, key,
				DatumGetNumeric(DirectFunctionCall1(numeric_trim_scale,
													NumericGetDatum(seconds))));
}

static Jsonb *
lens_to_jsonb(const Lens *lens)
{
	JsonbParseState *state = NULL;
	int			utc = 0;

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	push_string(&state, "at",
				JsonEncodeDateTime(palloc(MAXDATELEN + 1),
								   TimestampTzGetDatum(lens->at),
								   TIMESTAMPTZOID, &utc));
	for (int axis = 0; axis < N_AXES; axis++)
	{
		if (lens->table[axis][N_STEPS - 1] == 0)
			continue;
		push_key(&state, axis_names[axis]);
		push_steps(&state, lens->table[axis]);
	}
	if (lens->matrix[N_STEPS - 1][N_STEPS - 1] > 0)
	{
		push_key(&state, "matrix");
		pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
		for (int i = 0; i < N_STEPS; i++)
			push_steps(&state, lens->matrix[i]);
		pushJsonbValue(&state, WJB_END_ARRAY, NULL);
	}
	push_double(&state, "deadline", lens->deadline);
	push_double(&state, "far", lens->far);
	push_double(&state, "near", lens->start);
	push_double(&state, "late", lens->end);
	push_span(&state, "lead", lens->lead);
	push_span(&state, "lag", lens->lag);
	push_double(&state, "age", lens->age);
	push_span(&state, "age_span", lens->age_span);
	if (lens->threshold == get_float8_infinity())
		push_string(&state, "threshold", "infinity");
	else if (!isinf(lens->threshold))
		push_double(&state, "threshold", lens->threshold);
	if (lens->flags & LENS_SINGLE)
		push_boolean(&state, "single_precision", true);
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}

/* ------------------------------------------------------------------------
 * Reading: each function returns false after an error that escontext took
 * ------------------------------------------------------------------------
 */

static bool
malformed(const char *key, const char *expected, struct Node *escontext)
{
	ereturn(escontext, false,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s", "lens"),
			 errdetail("\"%s\" must be %s.", key, expected)));
}

static bool
is_array_of(const JsonbValue *value, int n)
{
	return value->type == jbvBinary &&
		JsonContainerIsArray(value->val.binary.data) &&
		JsonContainerSize(value->val.binary.data) == n;
}

static bool
read_double(const JsonbValue *value, const char *key, double *number,
			struct Node *escontext)
{
	char	   *str;
	Datum		result;

	if (value->type != jbvNumeric)
		return malformed(key, "a number", escontext);
	str = DatumGetCString(DirectFunctionCall1(numeric_out,
											  NumericGetDatum(value->val.numeric)));
	if (!DirectInputFunctionCallSafe(float8in, str, InvalidOid, -1, escontext,
									 &result))
		return false;
	*number = DatumGetFloat8(result);
	return true;
}

/* Seconds, into microseconds. */
static bool
read_span(const JsonbValue *value, const char *key, int64 *usecs,
		  struct Node *escontext)
{
	double		seconds;
	Datum		exact;

	/* A double tells whether it is in range, and is not exact beyond 285 years. */
	if (!read_double(value, key, &seconds, escontext))
		return false;
	if (!(fabs(seconds) < 9e12))
		return malformed(key, "a number of seconds in range", escontext);
	exact = DirectFunctionCall2(numeric_mul,
								NumericGetDatum(value->val.numeric),
								NumericGetDatum(int64_to_numeric(USECS_PER_SEC)));
	*usecs = DatumGetInt64(DirectFunctionCall1(numeric_int8, exact));
	return true;
}

static bool
read_steps(const JsonbValue *value, const char *key, double *numbers,
		   struct Node *escontext)
{
	if (!is_array_of(value, N_STEPS))
		return malformed(key, "made of arrays of five numbers", escontext);
	for (int i = 0; i < N_STEPS; i++)
		if (!read_double(getIthJsonbValueFromContainer(value->val.binary.data, i),
						 key, &numbers[i], escontext))
			return false;
	return true;
}

static bool
read_matrix(const JsonbValue *value, Lens *lens, struct Node *escontext)
{
	if (!is_array_of(value, N_STEPS))
		return malformed("matrix", "an array of five arrays", escontext);
	for (int i = 0; i < N_STEPS; i++)
		if (!read_steps(getIthJsonbValueFromContainer(value->val.binary.data, i),
						"matrix", lens->matrix[i], escontext))
			return false;
	return true;
}

static bool
read_moment(const JsonbValue *value, Lens *lens, struct Node *escontext)
{
	Datum		result;

	if (value->type != jbvString)
		return malformed("at", "a time", escontext);
	if (!DirectInputFunctionCallSafe(timestamptz_in,
									 pnstrdup(value->val.string.val,
											  value->val.string.len),
									 InvalidOid, -1, escontext, &result))
		return false;
	lens->at = DatumGetTimestampTz(result);
	return true;
}

/* Members that are a number, and those that are a number of seconds. */
static const struct
{
	const char *key;
	size_t		offset;
	bool		is_span;
}			numbers[] = {
	{"deadline", offsetof(Lens, deadline), false},
	{"far", offsetof(Lens, far), false},
	{"near", offsetof(Lens, start), false},
	{"late", offsetof(Lens, end), false},
	{"age", offsetof(Lens, age), false},
	{"threshold", offsetof(Lens, threshold), false},
	{"lead", offsetof(Lens, lead), true},
	{"lag", offsetof(Lens, lag), true},
	{"age_span", offsetof(Lens, age_span), true}
};

static bool
read_member(Lens *lens, const char *key, const JsonbValue *value,
			struct Node *escontext)
{
	for (int i = 0; i < lengthof(numbers); i++)
	{
		char	   *field = (char *) lens + numbers[i].offset;

		if (strcmp(key, numbers[i].key) != 0)
			continue;
		if (strcmp(key, "threshold") == 0 && value->type == jbvString &&
			value->val.string.len == 8 &&
			memcmp(value->val.string.val, "infinity", 8) == 0)
		{
			lens->threshold = get_float8_infinity();
			return true;
		}
		if (numbers[i].is_span)
			return read_span(value, key, (int64 *) field, escontext);
		return read_double(value, key, (double *) field, escontext);
	}
	for (int axis = 0; axis < N_AXES; axis++)
		if (strcmp(key, axis_names[axis]) == 0)
			return read_steps(value, key, lens->table[axis], escontext);
	if (strcmp(key, "matrix") == 0)
		return read_matrix(value, lens, escontext);
	if (strcmp(key, "at") == 0)
		return read_moment(value, lens, escontext);
	if (strcmp(key, "single_precision") == 0)
	{
		if (value->type != jbvBool)
			return malformed(key, "true or false", escontext);
		lens->flags = value->val.boolean ? LENS_SINGLE : 0;
		return true;
	}
	ereturn(escontext, false,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s", "lens"),
			 errdetail("A lens has no \"%s\".", key)));
}

static Lens *
lens_from_text(char *str, struct Node *escontext)
{
	Datum		datum;
	Jsonb	   *object;
	JsonbIterator *it;
	JsonbValue	key;
	JsonbValue	value;
	Lens	   *lens;

	if (!DirectInputFunctionCallSafe(jsonb_in, str, InvalidOid, -1, escontext,
									 &datum))
		return NULL;
	object = DatumGetJsonbP(datum);
	if (!JB_ROOT_IS_OBJECT(object) ||
		getKeyJsonValueFromContainer(&object->root, "at", 2, &value) == NULL)
	{
		(void) malformed("at", "there, in a JSON object", escontext);
		return NULL;
	}

	lens = handover_new_lens(0);
	it = JsonbIteratorInit(&object->root);
	(void) JsonbIteratorNext(&it, &key, true);
	while (JsonbIteratorNext(&it, &key, true) == WJB_KEY)
	{
		(void) JsonbIteratorNext(&it, &value, true);
		if (!read_member(lens, pnstrdup(key.val.string.val, key.val.string.len),
						 &value, escontext))
			return NULL;
	}
	return handover_finish_lens(lens, escontext) ? lens : NULL;
}

/* ------------------------------------------------------------------------
 * SQL functions
 * ------------------------------------------------------------------------
 */

/*
 * lens_in(cstring) returns lens
 */
PG_FUNCTION_INFO_V1(handover_lens_in);
Datum
handover_lens_in(PG_FUNCTION_ARGS)
{
	Lens	   *lens = lens_from_text(PG_GETARG_CSTRING(0),
									  HANDOVER_ESCONTEXT(fcinfo));

	if (lens == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(lens);
}

/*
 * lens_out(lens) returns cstring
 */
PG_FUNCTION_INFO_V1(handover_lens_out);
Datum
handover_lens_out(PG_FUNCTION_ARGS)
{
	Jsonb	   *object = lens_to_jsonb(PG_GETARG_LENS_P(0));

	PG_RETURN_CSTRING(JsonbToCString(NULL, &object->root, VARSIZE(object)));
}

/*
 * lens_recv(internal) returns lens
 */
PG_FUNCTION_INFO_V1(handover_lens_recv);
Datum
handover_lens_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(buf);
	int			len;

	if (version != LENS_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("unsupported version of type lens: %d", version)));
	PG_RETURN_POINTER(lens_from_text(pq_getmsgtext(buf, buf->len - buf->cursor,
												   &len), NULL));
}

/*
 * lens_send(lens) returns bytea
 */
PG_FUNCTION_INFO_V1(handover_lens_send);
Datum
handover_lens_send(PG_FUNCTION_ARGS)
{
	Jsonb	   *object = lens_to_jsonb(PG_GETARG_LENS_P(0));
	char	   *str = JsonbToCString(NULL, &object->root, VARSIZE(object));
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint8(&buf, LENS_VERSION);
	pq_sendtext(&buf, str, strlen(str));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/*
 * jsonb(lens) returns jsonb
 */
PG_FUNCTION_INFO_V1(handover_lens_to_jsonb);
Datum
handover_lens_to_jsonb(PG_FUNCTION_ARGS)
{
	PG_RETURN_JSONB_P(lens_to_jsonb(PG_GETARG_LENS_P(0)));
}

/*
 * lens = lens: the same weights at the same moment.
 */
PG_FUNCTION_INFO_V1(handover_lens_eq);
Datum
handover_lens_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(memcmp(PG_GETARG_LENS_P(0), PG_GETARG_LENS_P(1),
						  sizeof(Lens)) == 0);
}

PG_FUNCTION_INFO_V1(handover_lens_ne);
Datum
handover_lens_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(memcmp(PG_GETARG_LENS_P(0), PG_GETARG_LENS_P(1),
						  sizeof(Lens)) != 0);
}

PG_FUNCTION_INFO_V1(handover_lens_hash);
Datum
handover_lens_hash(PG_FUNCTION_ARGS)
{
	return hash_any((unsigned char *) PG_GETARG_LENS_P(0), sizeof(Lens));
}

PG_FUNCTION_INFO_V1(handover_lens_hash_extended);
Datum
handover_lens_hash_extended(PG_FUNCTION_ARGS)
{
	return hash_any_extended((unsigned char *) PG_GETARG_LENS_P(0),
							 sizeof(Lens), PG_GETARG_INT64(1));
}
