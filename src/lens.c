/*
 * lens.c
 *		Making a lens: from weights, from tables of levels, from a matrix, by
 *		name.
 *
 * Whatever the way, handover_finish_lens() checks it, so that there is no lens
 * under which a score is NaN or a more pressing priority scores less.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "common/int.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/timestamp.h"

#include "priority.h"

/* Greatest sum of weights: what a float takes without overflowing. */
#define MAX_WEIGHT		1e30

/* Longest lead, lag and age: 100,000 years, as microseconds. */
#define MAX_SPAN		(INT64CONST(36525000) * USECS_PER_DAY)

/* The ramp and the age of Taskwarrior, which are the defaults here too. */
#define DEFAULT_FAR		0.2
#define DEFAULT_START	0.2
#define DEFAULT_END		1.0
#define DEFAULT_LEAD	(14 * USECS_PER_DAY)
#define DEFAULT_LAG		(7 * USECS_PER_DAY)
#define DEFAULT_AGE_SPAN (365 * USECS_PER_DAY)

/* How much of its weight a step has: unset, low, medium, high, critical. */
static const double linear[N_STEPS] = {0, 0.25, 0.5, 0.75, 1};

/* ------------------------------------------------------------------------
 * Checking
 * ------------------------------------------------------------------------
 */

static bool
invalid(struct Node *escontext, const char *what, const char *must)
{
	ereturn(escontext, false,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s of a lens must %s", what, must)));
}

static bool
check_weight(double weight, const char *what, struct Node *escontext)
{
	if (isnan(weight) || isinf(weight) || weight < 0)
		return invalid(escontext, what, "be finite and not negative");
	return true;
}

/* n weights, "stride" apart, that do not fall. */
static bool
check_rising(const double *weights, int n, int stride, const char *what,
			 struct Node *escontext)
{
	for (int i = 0; i < n; i++)
	{
		if (!check_weight(weights[i * stride], what, escontext))
			return false;
		if (i > 0 && weights[(i - 1) * stride] > weights[i * stride])
			return invalid(escontext, what, "not fall");
	}
	return true;
}

static bool
check_moment(TimestampTz at, struct Node *escontext)
{
	if (TIMESTAMP_NOT_FINITE(at))
		return invalid(escontext, "moment", "be finite");
	return true;
}

static bool
check_span(int64 span, int64 least, const char *what, struct Node *escontext)
{
	if (span < least || span > MAX_SPAN)
		return invalid(escontext, what, least > 0 ?
					   "be positive and not beyond 100,000 years" :
					   "not be beyond 100,000 years");
	return true;
}

static bool
check_tables(const Lens *lens, struct Node *escontext)
{
	static const char *const names[N_AXES] = {
		"urgency", "importance", "impact"
	};

	for (int axis = 0; axis < N_AXES; axis++)
		if (!check_rising(lens->table[axis], N_STEPS, 1, names[axis],
						  escontext))
			return false;
	for (int i = 0; i < N_STEPS; i++)
		if (!check_rising(lens->matrix[i], N_STEPS, 1, "matrix", escontext) ||
			!check_rising(&lens->matrix[0][i], N_STEPS, N_STEPS, "matrix",
						  escontext))
			return false;
	return true;
}

static bool
check_lens(const Lens *lens, struct Node *escontext)
{
	double		ramp[] = {lens->far, lens->start, lens->end};
	double		most;

	if (!check_moment(lens->at, escontext) ||
		!check_tables(lens, escontext) ||
		!check_weight(lens->deadline, "deadline", escontext) ||
		!check_rising(ramp, lengthof(ramp), 1, "ramp", escontext) ||
		!check_weight(lens->age, "age", escontext) ||
		!check_span(lens->lead, -MAX_SPAN, "lead", escontext) ||
		!check_span(lens->lag, -MAX_SPAN, "lag", escontext) ||
		!check_span(lens->lead + lens->lag, 1, "lead and lag together",
					escontext) ||
		!check_span(lens->age_span, 1, "age_span", escontext))
		return false;
	if (isnan(lens->threshold))
		return invalid(escontext, "threshold", "be a number");

	most = lens->table[AXIS_URGENCY][N_STEPS - 1] +
		lens->table[AXIS_IMPORTANCE][N_STEPS - 1] +
		lens->table[AXIS_IMPACT][N_STEPS - 1] +
		lens->matrix[N_STEPS - 1][N_STEPS - 1] +
		lens->deadline * Max(lens->end, 1) + lens->age;
	if (!(most <= MAX_WEIGHT && lens->end <= MAX_WEIGHT))
		return invalid(escontext, "sum of weights", "not exceed 1e30");
	return true;
}

/*
 * Checks a lens in which all but base is set, and fills base.  False after an
 * error that escontext took.
 */
bool
handover_finish_lens(Lens *lens, struct Node *escontext)
{
	if (!check_lens(lens, escontext))
		return false;

	/*
	 * Lenses are compared by their bytes, so minus zero becomes zero.  The
	 * numbers that are given stand together, from the tables to the threshold.
	 */
	for (double *number = lens->table[0]; number <= &lens->threshold; number++)
		*number += 0.0;

	for (int u = 0; u < N_STEPS; u++)
		for (int m = 0; m < N_STEPS; m++)
			for (int i = 0; i < N_STEPS; i++)
				lens->base[(u * N_STEPS + m) * N_STEPS + i] =
					lens->table[AXIS_URGENCY][u] +
					lens->table[AXIS_IMPORTANCE][m] +
					lens->table[AXIS_IMPACT][i] + lens->matrix[u][i];
	return true;
}

/* ------------------------------------------------------------------------
 * Parts
 * ------------------------------------------------------------------------
 */

static void
init_lens(Lens *lens, TimestampTz at)
{
	memset(lens, 0, sizeof(*lens));
	lens->at = at;
	lens->far = DEFAULT_FAR;
	lens->start = DEFAULT_START;
	lens->end = DEFAULT_END;
	lens->lead = DEFAULT_LEAD;
	lens->lag = DEFAULT_LAG;
	lens->age_span = DEFAULT_AGE_SPAN;
	lens->threshold = -get_float8_infinity();
}

/* A lens under which nothing has weight, with the usual ramp. */
Lens *
handover_new_lens(TimestampTz at)
{
	Lens	   *lens = palloc(sizeof(Lens));

	init_lens(lens, at);
	return lens;
}

static void
set_weight(Lens *lens, Axis axis, double weight)
{
	for (int step = 0; step < N_STEPS; step++)
		lens->table[axis][step] = weight * linear[step];
}

/* Numbers of an array that must hold "rows" rows of "columns" each. */
static Datum *
array_numbers(ArrayType *array, int rows, int columns, const char *what)
{
	Datum	   *numbers;
	int			n;

	if (ARR_HASNULL(array) ||
		ARR_NDIM(array) != (rows > 1 ? 2 : 1) ||
		ARR_DIMS(array)[0] != (rows > 1 ? rows : columns) ||
		(rows > 1 && ARR_DIMS(array)[1] != columns))
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 rows > 1 ?
				 errmsg("%s of a lens must have %d rows of %d numbers",
						what, rows, columns) :
				 errmsg("%s of a lens must have %d numbers", what, columns),
				 errdetail("There is one for each level: low, medium, high, critical.")));
	deconstruct_array(array, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL,
					  TYPALIGN_DOUBLE, &numbers, NULL, &n);
	return numbers;
}

/* An argument that is a table of an axis, or NULL for none. */
static void
set_table(Lens *lens, Axis axis, FunctionCallInfo fcinfo, int argno,
		  const char *what)
{
	Datum	   *numbers;

	if (PG_ARGISNULL(argno))
		return;
	numbers = array_numbers(PG_GETARG_ARRAYTYPE_P(argno), 1, N_LEVELS, what);
	for (int i = 0; i < N_LEVELS; i++)
		lens->table[axis][i + 1] = DatumGetFloat8(numbers[i]);
}

static void
set_matrix(Lens *lens, FunctionCallInfo fcinfo, int argno)
{
	Datum	   *numbers;

	if (PG_ARGISNULL(argno))
		return;
	numbers = array_numbers(PG_GETARG_ARRAYTYPE_P(argno), N_LEVELS, N_LEVELS,
							"matrix");
	for (int i = 0; i < N_LEVELS; i++)
		for (int j = 0; j < N_LEVELS; j++)
			lens->matrix[i + 1][j + 1] =
				DatumGetFloat8(numbers[i * N_LEVELS + j]);
}

/* An interval of fixed length, in microseconds. */
static int64
interval_usecs(const Interval *interval, const char *what)
{
	int64		days;
	int64		result;

	if (interval->month != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s of a lens must not have months or years", what),
				 errdetail("Their length depends on the date."),
				 errhint("Use days.")));
	/* What overflows will be refused as out of range. */
	if (pg_mul_s64_overflow(interval->day, USECS_PER_DAY, &days) ||
		pg_add_s64_overflow(days, interval->time, &result))
		return interval->day < 0 ? PG_INT64_MIN : PG_INT64_MAX;
	return result;
}

/* ------------------------------------------------------------------------
 * By name
 * ------------------------------------------------------------------------
 */

/*
 * The default: 0 to 100.  Urgency 30, importance 20, impact 20, deadline 30.
 */
static void
set_default(Lens *lens)
{
	set_weight(lens, AXIS_URGENCY, 30);
	set_weight(lens, AXIS_IMPORTANCE, 20);
	set_weight(lens, AXIS_IMPACT, 20);
	lens->deadline = 30;
}

/*
 * ITIL: the band of impact and urgency decides, 20 a band, the deadline within
 * a band (its term stays below 20).
 */
static void
set_itil(Lens *lens)
{
	for (int u = 1; u < N_STEPS; u++)
		for (int i = 1; i < N_STEPS; i++)
			lens->matrix[u][i] = 20 * (5 - handover_band(u, i));
	lens->deadline = 19;
}

/*
 * Taskwarrior 2.6: urgency.uda.priority.{H,M,L}.coefficient 6, 3.9, 1.8 and
 * urgency.due.coefficient 12, its other terms left out.  Critical counts as H.
 */
static void
set_taskwarrior(Lens *lens)
{
	static const double table[N_STEPS] = {0, 1.8, 3.9, 6.0, 6.0};

	memcpy(lens->table[AXIS_URGENCY], table, sizeof(table));
	lens->deadline = 12;
	lens->flags = LENS_SINGLE;
}

/*
 * The default lens at a moment.  It is the same memory at each call.
 */
const Lens *
handover_default_lens(TimestampTz at)
{
	static Lens lens;
	static bool finished = false;

	if (!finished)
	{
		init_lens(&lens, 0);
		set_default(&lens);
		(void) handover_finish_lens(&lens, NULL);
		finished = true;
	}
	(void) check_moment(at, NULL);
	lens.at = at;
	return &lens;
}

/* ------------------------------------------------------------------------
 * SQL functions
 * ------------------------------------------------------------------------
 */

/*
 * lens(name text, at timestamptz) returns lens
 *
 * One of the lenses by name: default, itil, taskwarrior.  22023 for another.
 */
PG_FUNCTION_INFO_V1(handover_lens_by_name);
Datum
handover_lens_by_name(PG_FUNCTION_ARGS)
{
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	Lens	   *lens = handover_new_lens(PG_GETARG_TIMESTAMPTZ(1));

	if (strcmp(name, "default") == 0)
		set_default(lens);
	else if (strcmp(name, "itil") == 0)
		set_itil(lens);
	else if (strcmp(name, "taskwarrior") == 0)
		set_taskwarrior(lens);
	else
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("lens \"%s\" is not known", name),
				 errhint("Known are default, itil, taskwarrior.")));
	(void) handover_finish_lens(lens, NULL);
	PG_RETURN_POINTER(lens);
}

/*
 * lens_from_weights(at timestamptz, urgency float8, importance float8,
 *		impact float8, deadline float8, age float8) returns lens
 *
 * From weights: what a critical level scores; high, medium and low score three,
 * two and one quarter of it.  deadline: what is overdue by 7 days scores; age:
 * what has waited for 365 days does.
 */
PG_FUNCTION_INFO_V1(handover_lens_from_weights);
Datum
handover_lens_from_weights(PG_FUNCTION_ARGS)
{
	Lens	   *lens = handover_new_lens(PG_GETARG_TIMESTAMPTZ(0));

	for (int axis = 0; axis < N_AXES; axis++)
		set_weight(lens, axis, PG_GETARG_FLOAT8(1 + axis));
	lens->deadline = PG_GETARG_FLOAT8(4);
	lens->age = PG_GETARG_FLOAT8(5);
	(void) handover_finish_lens(lens, NULL);
	PG_RETURN_POINTER(lens);
}

/*
 * lens_from_tables(at timestamptz, urgency float8[], importance float8[],
 *		impact float8[], matrix float8[], deadline float8, far float8, near float8, late float8,
 *		lead interval, lag interval, age float8, age_span interval)
 *		returns lens
 *
 * From tables: what low, medium, high and critical score, NULL for nothing;
 * matrix: by urgency (rows) and impact (columns), beside them.  None may fall.
 * far, near, late: the part of the deadline's weight before lead, at lead and
 * from lag on.
 */
PG_FUNCTION_INFO_V1(handover_lens_from_tables);
Datum
handover_lens_from_tables(PG_FUNCTION_ARGS)
{
	Lens	   *lens;

	for (int i = 0; i < PG_NARGS(); i++)
		if (PG_ARGISNULL(i) && !(i >= 1 && i <= 4))
			PG_RETURN_NULL();

	lens = handover_new_lens(PG_GETARG_TIMESTAMPTZ(0));
	set_table(lens, AXIS_URGENCY, fcinfo, 1, "urgency");
	set_table(lens, AXIS_IMPORTANCE, fcinfo, 2, "importance");
	set_table(lens, AXIS_IMPACT, fcinfo, 3, "impact");
	set_matrix(lens, fcinfo, 4);
	lens->deadline = PG_GETARG_FLOAT8(5);
	lens->far = PG_GETARG_FLOAT8(6);
	lens->start = PG_GETARG_FLOAT8(7);
	lens->end = PG_GETARG_FLOAT8(8);
	lens->lead = interval_usecs(PG_GETARG_INTERVAL_P(9), "lead");
	lens->lag = interval_usecs(PG_GETARG_INTERVAL_P(10), "lag");
	lens->age = PG_GETARG_FLOAT8(11);
	lens->age_span = interval_usecs(PG_GETARG_INTERVAL_P(12), "age_span");
	(void) handover_finish_lens(lens, NULL);
	PG_RETURN_POINTER(lens);
}

static Lens *
copy_lens(const Lens *lens)
{
	Lens	   *copy = palloc(sizeof(Lens));

	memcpy(copy, lens, sizeof(Lens));
	return copy;
}

/*
 * lens_at(lens, timestamptz) returns lens: the same at another moment.
 */
PG_FUNCTION_INFO_V1(handover_lens_at);
Datum
handover_lens_at(PG_FUNCTION_ARGS)
{
	Lens	   *lens = copy_lens(PG_GETARG_LENS_P(0));

	lens->at = PG_GETARG_TIMESTAMPTZ(1);
	(void) check_moment(lens->at, NULL);
	PG_RETURN_POINTER(lens);
}

/*
 * threshold(lens, float8) returns lens: the same, with the score that
 * "priority @>= lens" asks for.
 */
PG_FUNCTION_INFO_V1(handover_threshold);
Datum
handover_threshold(PG_FUNCTION_ARGS)
{
	Lens	   *lens = copy_lens(PG_GETARG_LENS_P(0));

	lens->threshold = PG_GETARG_FLOAT8(1);
	(void) handover_finish_lens(lens, NULL);
	PG_RETURN_POINTER(lens);
}
