/*
 * attribute_value.c
 *		Reads one attribute of an item as a plain SQL value, for reports.
 *
 * Items are checked when they are written, but the catalogue may have said
 * something else by then, or nothing.  So nothing here is an error: what
 * cannot be read as what is asked for is NULL.  Nothing depends on settings of
 * the session either, so that a report is the same for all who read it, and an
 * index can hold what it shows; but for timezone_abbreviations, since the
 * server's decoder takes no other list of them.
 */
#include "postgres.h"

#include <ctype.h>

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "attribute_value.h"
#include "value.h"

#define BOOLEAN_MAX_LENGTH	5	/* "false" */
#define NUMBER_MAX_LENGTH	64	/* of a number that is a text */
#define NUMBER_SCALE		4	/* numeric(18,4), as reports show it */
#define NUMBER_BOUND		INT64CONST(100000000000000)
#define RATING_SCALE		2

/* Not all clients know other years; in UTC. */
#define FIRST_YEAR			1
#define LAST_YEAR			9999

/* The attribute, NULL if there is none. */
static JsonbValue *
get_attribute(Jsonb *attributes, const char *name, int len)
{
	JsonbValue *value;

	if (attributes == NULL || !JB_ROOT_IS_OBJECT(attributes))
		return NULL;
	value = getKeyJsonValueFromContainer(&attributes->root, name, len, NULL);
	return value != NULL && value->type != jbvNull ? value : NULL;
}

/* That of the arguments of a function. */
static JsonbValue *
attribute_argument(FunctionCallInfo fcinfo)
{
	text	   *name = PG_GETARG_TEXT_PP(1);

	return get_attribute(PG_GETARG_JSONB_P(0), VARDATA_ANY(name),
						 VARSIZE_ANY_EXHDR(name));
}

/* ------------------------------------------------------------------------
 * Text
 * ------------------------------------------------------------------------
 */

static void
append_value(StringInfo buf, const JsonbValue *value)
{
	switch (value->type)
	{
		case jbvString:
			appendBinaryStringInfo(buf, value->val.string.val,
								   value->val.string.len);
			break;
		case jbvNumeric:
			appendStringInfoString(buf,
								   DatumGetCString(DirectFunctionCall1(numeric_out,
																	   NumericGetDatum(value->val.numeric))));
			break;
		case jbvBool:
			appendStringInfoString(buf,
								   value->val.boolean ? "true" : "false");
			break;
		case jbvBinary:
			(void) JsonbToCString(buf, value->val.binary.data,
								  value->val.binary.len);
			break;
		default:
			break;
	}
}

/* "Ana, Bo" */
static void
append_list(StringInfo buf, const JsonbContainer *container)
{
	Walk		walk;
	JsonbValue	value;

	walk_begin(&walk, container);
	while (walk_next(&walk, &value))
	{
		if (value.type == jbvNull)
			continue;
		if (buf->len > 0)
			appendStringInfoString(buf, ", ");
		append_value(buf, &value);
	}
}

/* A list comes with commas between, an object as JSON. */
static Span
read_words(JsonbValue *value)
{
	StringInfoData buf;

	if (value->type == jbvString)
		return (Span) {value->val.string.val, value->val.string.len};
	initStringInfo(&buf);
	if (value_is_array(value))
		append_list(&buf, value->val.binary.data);
	else
		append_value(&buf, value);
	return (Span) {buf.data, buf.len};
}

/* ------------------------------------------------------------------------
 * Numbers
 * ------------------------------------------------------------------------
 */

/* Is it an optional sign, digits, and perhaps a point and digits? */
static bool
is_plain_number(const char *str)
{
	bool		digits = false;

	if (*str == '-' || *str == '+')
		str++;
	for (; isdigit((unsigned char) *str); str++)
		digits = true;
	if (*str == '.')
		for (str++; isdigit((unsigned char) *str); str++)
			digits = true;
	return digits && *str == '\0';
}

/* The number, NULL if it is none. */
static Numeric
read_number(const JsonbValue *value)
{
	char		digits[NUMBER_MAX_LENGTH + 1];

	if (value->type == jbvNumeric)
		return value->val.numeric;
	if (value->type != jbvString ||
		value->val.string.len > NUMBER_MAX_LENGTH)
		return NULL;
	memcpy(digits, value->val.string.val, value->val.string.len);
	digits[value->val.string.len] = '\0';
	if (!is_plain_number(digits))
		return NULL;
	return DatumGetNumeric(DirectFunctionCall3(numeric_in,
											   CStringGetDatum(digits),
											   ObjectIdGetDatum(InvalidOid),
											   Int32GetDatum(-1)));
}

static Numeric
round_number(Numeric number, int scale)
{
	return DatumGetNumeric(DirectFunctionCall2(numeric_round,
											   NumericGetDatum(number),
											   Int32GetDatum(scale)));
}

static bool
is_between(Numeric low, Numeric number, Numeric high)
{
	return DatumGetBool(DirectFunctionCall2(numeric_ge, NumericGetDatum(number),
											NumericGetDatum(low))) &&
		DatumGetBool(DirectFunctionCall2(numeric_le, NumericGetDatum(number),
										 NumericGetDatum(high)));
}

/* The number as reports show it, NULL if it does not fit. */
static Numeric
read_figure(const JsonbValue *value)
{
	Numeric		number = value ? read_number(value) : NULL;
	Numeric		bound = int64_div_fast_to_numeric(NUMBER_BOUND *
												  INT64CONST(10000) - 1,
												  NUMBER_SCALE);

	if (number == NULL)
		return NULL;
	number = round_number(number, NUMBER_SCALE);
	if (!is_between(DatumGetNumeric(DirectFunctionCall1(numeric_uminus,
														NumericGetDatum(bound))),
					number, bound))
		return NULL;
	return number;
}

/* The rating, NULL if it is none. */
static Numeric
read_rating(const JsonbValue *value)
{
	Numeric		number = value ? read_number(value) : NULL;

	if (number == NULL ||
		!is_between(int64_to_numeric(1), number, int64_to_numeric(5)))
		return NULL;
	return number;
}

/* ------------------------------------------------------------------------
 * Words that mean something
 * ------------------------------------------------------------------------
 */

/* parse_bool_with_len() would look at a second byte of "o", and a first of "". */
static bool
read_boolean(const JsonbValue *value, bool *result)
{
	char		word[BOOLEAN_MAX_LENGTH + 1];

	if (value == NULL)
		return false;
	if (value->type == jbvBool)
	{
		*result = value->val.boolean;
		return true;
	}
	if (value->type != jbvString ||
		value->val.string.len > BOOLEAN_MAX_LENGTH)
		return false;
	memcpy(word, value->val.string.val, value->val.string.len);
	word[value->val.string.len] = '\0';
	return parse_bool(word, result);
}

/* The level, -1 if it is none. */
static int
read_level(const JsonbValue *value)
{
	return value != NULL && value->type == jbvString ?
		level_of(value->val.string.val, value->val.string.len) : -1;
}

/* ------------------------------------------------------------------------
 * Times
 * ------------------------------------------------------------------------
 */

/* Words that mean another time each day, wherever they stand. */
static bool
is_moving(const char *word)
{
	static const char *const moving[] = {"now", "today", "tomorrow", "yesterday"};

	for (int i = 0; i < lengthof(moving); i++)
		if (strcmp(word, moving[i]) == 0)
			return true;
	return false;
}

/*
 * The decoder of PostgreSQL 15 has one error of its own: a name with "/" that
 * is of no zone.
 */
static bool
is_unknown_zone(const char *field, int type)
{
	return type == DTK_DATE && !isdigit((unsigned char) *field) &&
		pg_tzset(field) == NULL;
}

/* In UTC. */
static TimestampTz
start_of_year(int year)
{
	return (date2j(year, 1, 1) - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY;
}

/* As timestamptz_in() reads it, but for such words, and without its errors. */
static bool
decode_time(const char *str, TimestampTz *result)
{
	char		workbuf[MAXDATELEN + MAXDATEFIELDS];
	char	   *field[MAXDATEFIELDS];
	int			ftype[MAXDATEFIELDS];
	int			nf;
	int			dtype;
	int			tz;
	fsec_t		fsec;
	struct pg_tm tm;
	DateTimeErrorExtra extra;

	if (ParseDateTime(str, workbuf, sizeof(workbuf), field, ftype,
					  MAXDATEFIELDS, &nf) != 0)
		return false;
	for (int i = 0; i < nf; i++)
		if (is_moving(field[i]) || is_unknown_zone(field[i], ftype[i]))
			return false;
	return DecodeDateTime(field, ftype, nf, &dtype, &tm, &fsec, &tz,
						  &extra) == 0 &&
		dtype == DTK_DATE &&
		tm2timestamp(&tm, fsec, &tz, result) == 0 &&
		*result >= start_of_year(FIRST_YEAR) &&
		*result < start_of_year(LAST_YEAR + 1);
}

/*
 * The same whatever the session's settings: a time without a zone is in UTC,
 * and 1/2/2027 is in January.
 */
static bool
read_time(const JsonbValue *value, TimestampTz *result)
{
	pg_tz	   *saved_zone = session_timezone;
	int			saved_order = DateOrder;
	char	   *str;
	bool		found = false;

	if (value->type != jbvString || value->val.string.len == 0 ||
		value->val.string.len > MAXDATELEN ||
		!isdigit((unsigned char) value->val.string.val[0]))
		return false;
	str = pnstrdup(value->val.string.val, value->val.string.len);

	/* The decoder knows no others than the session's. */
	session_timezone = pg_tzset("UTC");
	DateOrder = DATEORDER_MDY;
	PG_TRY();
	{
		found = decode_time(str, result);
	}
	PG_FINALLY();
	{
		session_timezone = saved_zone;
		DateOrder = saved_order;
	}
	PG_END_TRY();
	return found;
}

/* ------------------------------------------------------------------------
 * For other files
 * ------------------------------------------------------------------------
 */

static JsonbValue *
named_attribute(Jsonb *attributes, const char *name)
{
	return get_attribute(attributes, name, strlen(name));
}

/* The text; a list with commas between.  Without one, str is NULL. */
bool
handover_attribute_words(Jsonb *attributes, const char *name, Span *result)
{
	JsonbValue *value = named_attribute(attributes, name);

	*result = value ? read_words(value) : (Span) {NULL, 0};
	return value != NULL;
}

bool
handover_attribute_moment(Jsonb *attributes, const char *name,
						  TimestampTz *result)
{
	JsonbValue *value = named_attribute(attributes, name);

	return value != NULL && read_time(value, result);
}

/* A number of numeric(18,4). */
bool
handover_attribute_figure(Jsonb *attributes, const char *name, double *result)
{
	Numeric		number = read_figure(named_attribute(attributes, name));

	if (number != NULL)
		*result = DatumGetFloat8(DirectFunctionCall1(numeric_float8,
													 NumericGetDatum(number)));
	return number != NULL;
}

/* A rating from 1 to 5. */
bool
handover_attribute_score(Jsonb *attributes, const char *name, double *result)
{
	Numeric		rating = read_rating(named_attribute(attributes, name));

	if (rating != NULL)
		*result = DatumGetFloat8(DirectFunctionCall1(numeric_float8,
													 NumericGetDatum(round_number(rating, RATING_SCALE))));
	return rating != NULL;
}

/* Whether it says true. */
bool
handover_attribute_truth(Jsonb *attributes, const char *name)
{
	bool		result;

	return read_boolean(named_attribute(attributes, name), &result) && result;
}

/* A Level, -1 if it is none. */
int
handover_attribute_grade(Jsonb *attributes, const char *name)
{
	return read_level(named_attribute(attributes, name));
}

/* ------------------------------------------------------------------------
 * SQL functions
 * ------------------------------------------------------------------------
 */

/*
 * attribute_text(attributes jsonb, name text) returns text
 *
 * A list comes with commas between, an object as JSON.
 */
PG_FUNCTION_INFO_V1(handover_attribute_text);
Datum
handover_attribute_text(PG_FUNCTION_ARGS)
{
	JsonbValue *value = attribute_argument(fcinfo);
	Span		words;

	if (value == NULL)
		PG_RETURN_NULL();
	words = read_words(value);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(words.str, words.len));
}

/*
 * attribute_number(attributes jsonb, name text) returns numeric
 *
 * To four decimal places; NULL if it has more than 14 before the point.
 */
PG_FUNCTION_INFO_V1(handover_attribute_number);
Datum
handover_attribute_number(PG_FUNCTION_ARGS)
{
	Numeric		number = read_figure(attribute_argument(fcinfo));

	if (number == NULL)
		PG_RETURN_NULL();
	PG_RETURN_NUMERIC(number);
}

/*
 * attribute_rating(attributes jsonb, name text) returns numeric
 *
 * From 1 to 5, to two decimal places.
 */
PG_FUNCTION_INFO_V1(handover_attribute_rating);
Datum
handover_attribute_rating(PG_FUNCTION_ARGS)
{
	Numeric		rating = read_rating(attribute_argument(fcinfo));

	if (rating == NULL)
		PG_RETURN_NULL();
	PG_RETURN_NUMERIC(round_number(rating, RATING_SCALE));
}

/*
 * mean_rating(attributes jsonb) returns numeric
 *
 * Of those of the four ratings of a feedback that were given.
 */
PG_FUNCTION_INFO_V1(handover_mean_rating);
Datum
handover_mean_rating(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {
		"efficiency", "completeness", "confidence", "support"
	};
	Jsonb	   *attributes = PG_GETARG_JSONB_P(0);
	Datum		sum = NumericGetDatum(int64_to_numeric(0));
	int			n = 0;

	for (int i = 0; i < lengthof(names); i++)
	{
		Numeric		rating = read_rating(named_attribute(attributes, names[i]));

		if (rating == NULL)
			continue;
		sum = DirectFunctionCall2(numeric_add, sum, NumericGetDatum(rating));
		n++;
	}
	if (n == 0)
		PG_RETURN_NULL();
	return DirectFunctionCall2(numeric_div, sum,
							   NumericGetDatum(int64_to_numeric(n)));
}

/*
 * attribute_boolean(attributes jsonb, name text) returns boolean
 */
PG_FUNCTION_INFO_V1(handover_attribute_boolean);
Datum
handover_attribute_boolean(PG_FUNCTION_ARGS)
{
	bool		result;

	if (!read_boolean(attribute_argument(fcinfo), &result))
		PG_RETURN_NULL();
	PG_RETURN_BOOL(result);
}

/*
 * attribute_level(attributes jsonb, name text) returns text
 *
 * low, medium, high or critical.
 */
PG_FUNCTION_INFO_V1(handover_attribute_level);
Datum
handover_attribute_level(PG_FUNCTION_ARGS)
{
	int			level = read_level(attribute_argument(fcinfo));

	if (level < 0)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(level_name(level)));
}

/*
 * attribute_time(attributes jsonb, name text) returns timestamptz
 */
PG_FUNCTION_INFO_V1(handover_attribute_time);
Datum
handover_attribute_time(PG_FUNCTION_ARGS)
{
	JsonbValue *value = attribute_argument(fcinfo);
	TimestampTz result;

	if (value == NULL || !read_time(value, &result))
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(result);
}
