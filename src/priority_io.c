/*
 * priority_io.c
 *		handover.priority: making one, text and binary, what it is made of.
 *
 * The text is that of a row, "(high,medium,,2026-12-01T12:00:00+00:00,)":
 * urgency, importance, impact, due time, since when; what is unset is empty.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "jsonb_push.h"
#include "priority.h"

#define N_FIELDS	(N_AXES + 2)

/* ------------------------------------------------------------------------
 * Parts
 * ------------------------------------------------------------------------
 */

static TimestampTz
due_from_timestamp(TimestampTz due)
{
	return TIMESTAMP_IS_NOEND(due) ? DUE_INFINITY : due;
}

static TimestampTz
due_to_timestamp(TimestampTz due)
{
	return due == DUE_INFINITY ? DT_NOEND : due;
}

/*
 * Seconds since 2000, cut to what 32 bits hold: whoever waits since before
 * 2000 waits since 2000.  False if it is later than that.
 */
static bool
since_from_timestamp(TimestampTz since, uint32 *result)
{
	if (since <= 0)
		*result = 0;
	else if (since / USECS_PER_SEC > SINCE_MAX)
		return false;
	else
		*result = since / USECS_PER_SEC;
	return true;
}

static TimestampTz
since_to_timestamp(uint32 since)
{
	return (TimestampTz) since * USECS_PER_SEC;
}

static bool
since_error(struct Node *escontext)
{
	ereturn(escontext, false,
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			 errmsg("\"since\" of a priority is out of range"),
			 errdetail("It must be before the year 2136.")));
}

/* A moment in ISO form and UTC, whatever the session's settings. */
static char *
moment_text(TimestampTz moment)
{
	int			utc = 0;

	return JsonEncodeDateTime(palloc(MAXDATELEN + 1),
							  TimestampTzGetDatum(moment), TIMESTAMPTZOID,
							  &utc);
}

/* The labels of the enum, as far as a call site has met them. */
typedef struct EnumCache
{
	int			n;
	Oid			value[N_LEVELS];
	int			step[N_LEVELS];
} EnumCache;

/*
 * The step of a value of the enum handover.level.
 */
static int
step_of_enum(FunctionCallInfo fcinfo, Oid value)
{
	EnumCache  *cache = fcinfo->flinfo->fn_extra;
	char	   *name;
	int			level;

	if (cache == NULL)
	{
		cache = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt,
									   sizeof(EnumCache));
		fcinfo->flinfo->fn_extra = cache;
	}
	for (int i = 0; i < cache->n; i++)
		if (cache->value[i] == value)
			return cache->step[i];

	name = DatumGetCString(DirectFunctionCall1(enum_out,
											   ObjectIdGetDatum(value)));
	level = level_of(name, strlen(name));
	if (level < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("level \"%s\" is not known", name),
				 errhint("The labels of the type handover.level must stay as they were.")));
	if (cache->n < N_LEVELS)
	{
		cache->value[cache->n] = value;
		cache->step[cache->n++] = level + 1;
	}
	return level + 1;
}

/* The value of the enum for a step; NULL for an unset one. */
static Datum
enum_of_step(FunctionCallInfo fcinfo, int step)
{
	Oid		   *values = fcinfo->flinfo->fn_extra;

	if (step == 0)
		PG_RETURN_NULL();
	if (values == NULL)
	{
		Oid			type = get_func_rettype(fcinfo->flinfo->fn_oid);

		values = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt,
										sizeof(Oid) * N_STEPS);
		for (int i = 1; i < N_STEPS; i++)
			values[i] = DatumGetObjectId(DirectFunctionCall2(enum_in,
															 CStringGetDatum(unconstify(char *, level_name(i - 1))),
															 ObjectIdGetDatum(type)));
		fcinfo->flinfo->fn_extra = values;
	}
	PG_RETURN_OID(values[step]);
}

static bool
malformed(const char *str, struct Node *escontext)
{
	ereturn(escontext, false,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s: \"%s\"",
					"priority", str),
			 errdetail("Expected \"(urgency,importance,impact,due_at,since)\", what is unset being left empty.")));
}

/* A moment as timestamptz reads it. */
static bool
read_moment(char *str, TimestampTz *moment, struct Node *escontext)
{
	Datum		result;

	if (!DirectInputFunctionCallSafe(timestamptz_in, str, InvalidOid, -1,
									 escontext, &result))
		return false;
	*moment = DatumGetTimestampTz(result);
	return true;
}

/*
 * One of the five fields, trimmed.  False after an error.
 */
static bool
read_field(const char *input, int i, char *field, Priority *p,
		   struct Node *escontext)
{
	TimestampTz moment;

	if (*field == '\0')
		return true;
	if (i < N_AXES)
	{
		int			level = level_of(field, strlen(field));

		if (level < 0)
			return malformed(input, escontext);
		p->step[i] = level + 1;
		return true;
	}
	if (!read_moment(field, &moment, escontext))
		return false;
	if (i == N_AXES)
		p->due = due_from_timestamp(moment);
	else if (!since_from_timestamp(moment, &p->since))
		return since_error(escontext);
	return true;
}

static char *
trim(char *str)
{
	char	   *end;

	while (*str == ' ')
		str++;
	end = str + strlen(str);
	while (end > str && end[-1] == ' ')
		*--end = '\0';
	return str;
}

static Priority *
new_priority(void)
{
	Priority   *p = palloc0(sizeof(Priority));

	p->due = DUE_NONE;
	p->since = SINCE_NONE;
	return p;
}

/* ------------------------------------------------------------------------
 * SQL functions
 * ------------------------------------------------------------------------
 */

/*
 * priority_in(cstring) returns priority
 */
PG_FUNCTION_INFO_V1(handover_priority_in);
Datum
handover_priority_in(PG_FUNCTION_ARGS)
{
	const char *input = PG_GETARG_CSTRING(0);
	struct Node *escontext = HANDOVER_ESCONTEXT(fcinfo);
	char	   *str = trim(pstrdup(input));
	int			len = strlen(str);
	Priority   *p = new_priority();

	if (len < 2 || str[0] != '(' || str[len - 1] != ')')
	{
		(void) malformed(input, escontext);
		PG_RETURN_NULL();
	}
	str[len - 1] = '\0';
	str++;
	for (int i = 0; i < N_FIELDS; i++)
	{
		char	   *comma = strchr(str, ',');

		if ((comma == NULL) != (i == N_FIELDS - 1))
		{
			(void) malformed(input, escontext);
			PG_RETURN_NULL();
		}
		if (comma != NULL)
			*comma = '\0';
		if (!read_field(input, i, trim(str), p, escontext))
			PG_RETURN_NULL();
		if (comma != NULL)
			str = comma + 1;
	}
	PG_RETURN_POINTER(p);
}

/*
 * priority_out(priority) returns cstring
 */
PG_FUNCTION_INFO_V1(handover_priority_out);
Datum
handover_priority_out(PG_FUNCTION_ARGS)
{
	Priority   *p = PG_GETARG_PRIORITY_P(0);
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfoChar(&buf, '(');
	for (int i = 0; i < N_AXES; i++)
		appendStringInfo(&buf, "%s,",
						 p->step[i] ? level_name(p->step[i] - 1) : "");
	if (p->due != DUE_NONE)
		appendStringInfoString(&buf, moment_text(due_to_timestamp(p->due)));
	appendStringInfoChar(&buf, ',');
	if (p->since != SINCE_NONE)
		appendStringInfoString(&buf,
							   moment_text(since_to_timestamp(p->since)));
	appendStringInfoChar(&buf, ')');
	PG_RETURN_CSTRING(buf.data);
}

/*
 * priority_recv(internal) returns priority
 *
 * Three bytes of levels (0 unset, 1 low to 4 critical), a byte of zero, the due
 * time as int64 (the greatest: none), since as int32 (all bits: none).
 */
PG_FUNCTION_INFO_V1(handover_priority_recv);
Datum
handover_priority_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	Priority   *p = new_priority();

	for (int i = 0; i < N_AXES; i++)
		p->step[i] = pq_getmsgbyte(buf);
	p->flags = pq_getmsgbyte(buf);
	p->due = pq_getmsgint64(buf);
	p->since = pq_getmsgint(buf, 4);

	for (int i = 0; i < N_AXES; i++)
		if (p->step[i] >= N_STEPS)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
					 errmsg("invalid level in external priority value")));
	if (p->flags != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("unsupported flags in external priority value")));
	if (p->due != DUE_NONE && p->due != DUE_INFINITY &&
		p->due != DUE_MINUS_INFINITY && !IS_VALID_TIMESTAMP(p->due))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("timestamp out of range")));
	PG_RETURN_POINTER(p);
}

/*
 * priority_send(priority) returns bytea
 */
PG_FUNCTION_INFO_V1(handover_priority_send);
Datum
handover_priority_send(PG_FUNCTION_ARGS)
{
	Priority   *p = PG_GETARG_PRIORITY_P(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	for (int i = 0; i < N_AXES; i++)
		pq_sendint8(&buf, p->step[i]);
	pq_sendint8(&buf, p->flags);
	pq_sendint64(&buf, p->due);
	pq_sendint32(&buf, p->since);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/*
 * priority(urgency level, importance level, impact level, due_at timestamptz,
 *			since timestamptz) returns priority
 *
 * NULL for what is unset; never NULL.  22008 for a "since" after 2136.
 */
PG_FUNCTION_INFO_V1(handover_make_priority);
Datum
handover_make_priority(PG_FUNCTION_ARGS)
{
	Priority   *p = new_priority();

	for (int i = 0; i < N_AXES; i++)
		if (!PG_ARGISNULL(i))
			p->step[i] = step_of_enum(fcinfo, PG_GETARG_OID(i));
	if (!PG_ARGISNULL(N_AXES))
		p->due = due_from_timestamp(PG_GETARG_TIMESTAMPTZ(N_AXES));
	if (!PG_ARGISNULL(N_AXES + 1) &&
		!since_from_timestamp(PG_GETARG_TIMESTAMPTZ(N_AXES + 1), &p->since))
		(void) since_error(NULL);
	PG_RETURN_POINTER(p);
}

/*
 * urgency(priority), importance(priority), impact(priority) returns level
 *
 * NULL if it is unset.
 */
PG_FUNCTION_INFO_V1(handover_priority_urgency);
Datum
handover_priority_urgency(PG_FUNCTION_ARGS)
{
	return enum_of_step(fcinfo, PG_GETARG_PRIORITY_P(0)->step[AXIS_URGENCY]);
}

PG_FUNCTION_INFO_V1(handover_priority_importance);
Datum
handover_priority_importance(PG_FUNCTION_ARGS)
{
	return enum_of_step(fcinfo, PG_GETARG_PRIORITY_P(0)->step[AXIS_IMPORTANCE]);
}

PG_FUNCTION_INFO_V1(handover_priority_impact);
Datum
handover_priority_impact(PG_FUNCTION_ARGS)
{
	return enum_of_step(fcinfo, PG_GETARG_PRIORITY_P(0)->step[AXIS_IMPACT]);
}

/*
 * due_at(priority), since(priority) returns timestamptz
 *
 * NULL if it has none.  since is exact to the second.
 */
PG_FUNCTION_INFO_V1(handover_priority_due_at);
Datum
handover_priority_due_at(PG_FUNCTION_ARGS)
{
	Priority   *p = PG_GETARG_PRIORITY_P(0);

	if (p->due == DUE_NONE)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(due_to_timestamp(p->due));
}

PG_FUNCTION_INFO_V1(handover_priority_since);
Datum
handover_priority_since(PG_FUNCTION_ARGS)
{
	Priority   *p = PG_GETARG_PRIORITY_P(0);

	if (p->since == SINCE_NONE)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(since_to_timestamp(p->since));
}

/*
 * jsonb(priority) returns jsonb: urgency, importance, impact, due_at, since,
 * null for what is unset; times in UTC.
 */
PG_FUNCTION_INFO_V1(handover_priority_to_jsonb);
Datum
handover_priority_to_jsonb(PG_FUNCTION_ARGS)
{
	static const char *const names[N_AXES] = {
		"urgency", "importance", "impact"
	};
	Priority   *p = PG_GETARG_PRIORITY_P(0);
	JsonbParseState *state = NULL;

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	for (int i = 0; i < N_AXES; i++)
	{
		if (p->step[i] == 0)
			push_null(&state, names[i]);
		else
			push_string(&state, names[i], level_name(p->step[i] - 1));
	}
	if (p->due == DUE_NONE)
		push_null(&state, "due_at");
	else
		push_string(&state, "due_at", moment_text(due_to_timestamp(p->due)));
	if (p->since == SINCE_NONE)
		push_null(&state, "since");
	else
		push_string(&state, "since",
					moment_text(since_to_timestamp(p->since)));
	PG_RETURN_JSONB_P(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT,
													   NULL)));
}
