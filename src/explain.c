/*
 * explain.c
 *		A priority in words: its band, its quadrant, and where a score is from.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "priority.h"

/*
 * The band of urgency and impact, as most ITIL tools have it: high and high is
 * 1, high and medium 2, high and low or medium and medium 3, medium and low 4,
 * low and low 5.  Critical counts one above high.  By urgency, by impact: low,
 * medium, high, critical.
 */
static const int bands[N_LEVELS][N_LEVELS] = {
	{5, 4, 3, 2},
	{4, 3, 2, 1},
	{3, 2, 1, 1},
	{2, 1, 1, 1}
};

int
handover_band(int urgency, int impact)
{
	Assert(urgency > 0 && impact > 0);
	return bands[urgency - 1][impact - 1];
}

/* ------------------------------------------------------------------------
 * SQL functions
 * ------------------------------------------------------------------------
 */

/*
 * band(priority) returns smallint
 *
 * 1 to 5; NULL if urgency or impact is unset.
 */
PG_FUNCTION_INFO_V1(handover_priority_band);
Datum
handover_priority_band(PG_FUNCTION_ARGS)
{
	Priority   *p = PG_GETARG_PRIORITY_P(0);

	if (p->step[AXIS_URGENCY] == 0 || p->step[AXIS_IMPACT] == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT16(handover_band(p->step[AXIS_URGENCY],
								  p->step[AXIS_IMPACT]));
}

/*
 * band(priority, matrix smallint[]) returns smallint
 *
 * The same by a matrix of one's own: four rows, for the urgency low, medium,
 * high and critical, of four bands each, for the impact.
 */
PG_FUNCTION_INFO_V1(handover_priority_band_by);
Datum
handover_priority_band_by(PG_FUNCTION_ARGS)
{
	Priority   *p = PG_GETARG_PRIORITY_P(0);
	ArrayType  *matrix = PG_GETARG_ARRAYTYPE_P(1);

	if (ARR_HASNULL(matrix) || ARR_NDIM(matrix) != 2 ||
		ARR_DIMS(matrix)[0] != N_LEVELS || ARR_DIMS(matrix)[1] != N_LEVELS)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("matrix of bands must have %d rows of %d numbers",
						N_LEVELS, N_LEVELS)));
	if (p->step[AXIS_URGENCY] == 0 || p->step[AXIS_IMPACT] == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT16(((int16 *) ARR_DATA_PTR(matrix))
					[(p->step[AXIS_URGENCY] - 1) * N_LEVELS +
					 p->step[AXIS_IMPACT] - 1]);
}

/*
 * bands() returns smallint[]: the matrix that band(priority) uses.
 */
PG_FUNCTION_INFO_V1(handover_bands);
Datum
handover_bands(PG_FUNCTION_ARGS)
{
	Datum		elements[N_LEVELS * N_LEVELS];
	int			dims[2] = {N_LEVELS, N_LEVELS};
	int			lbs[2] = {1, 1};

	for (int u = 0; u < N_LEVELS; u++)
		for (int i = 0; i < N_LEVELS; i++)
			elements[u * N_LEVELS + i] = Int16GetDatum(bands[u][i]);
	PG_RETURN_ARRAYTYPE_P(construct_md_array(elements, NULL, 2, dims, lbs,
											 INT2OID, sizeof(int16), true,
											 TYPALIGN_SHORT));
}

/*
 * quadrant(priority) returns text
 *
 * Eisenhower's: high and critical count as urgent, and as important.
 */
PG_FUNCTION_INFO_V1(handover_quadrant);
Datum
handover_quadrant(PG_FUNCTION_ARGS)
{
	Priority   *p = PG_GETARG_PRIORITY_P(0);
	bool		urgent = p->step[AXIS_URGENCY] > LEVEL_HIGH;
	bool		important = p->step[AXIS_IMPORTANCE] > LEVEL_HIGH;
	const char *name;

	if (important)
		name = urgent ? "do first" : "schedule";
	else
		name = urgent ? "delegate" : "drop";
	PG_RETURN_TEXT_P(cstring_to_text(name));
}

static const char *
step_name(int step)
{
	return step == 0 ? "unset" : level_name(step - 1);
}

/* A length of time in words, as people say it: days, or hours below two days. */
static char *
span_words(double seconds)
{
	double		days = seconds / SECS_PER_DAY;

	if (days >= 2)
		return psprintf("%.0f days", days);
	if (seconds >= 2 * SECS_PER_HOUR)
		return psprintf("%.0f hours", seconds / SECS_PER_HOUR);
	return psprintf("%.0f minutes", seconds / SECS_PER_MINUTE);
}

static char *
due_words(const Priority *p, const Lens *lens)
{
	double		seconds = handover_seconds_to_due(p, lens->at);

	if (p->due == DUE_NONE)
		return pstrdup("no due time");
	if (p->due == DUE_INFINITY)
		return pstrdup("due at some time");
	if (p->due == DUE_MINUS_INFINITY)
		return pstrdup("overdue since ever");
	if (seconds < 0)
		return psprintf("overdue by %s", span_words(-seconds));
	return psprintf("due in %s", span_words(seconds));
}

static char *
since_words(const Priority *p, const Lens *lens)
{
	double		seconds;

	if (p->since == SINCE_NONE)
		return pstrdup("not known since when");
	seconds = ((double) lens->at - (double) p->since * USECS_PER_SEC) /
		USECS_PER_SEC;
	if (seconds < 0)
		return pstrdup("not waiting yet");
	return psprintf("waiting for %s", span_words(seconds));
}

static void
put_term(ReturnSetInfo *rsinfo, const char *term, const char *words,
		 double weight, double contribution)
{
	Datum		values[4];
	bool		nulls[4] = {0};

	values[0] = CStringGetTextDatum(term);
	values[1] = CStringGetTextDatum(words);
	values[2] = Float8GetDatum(weight);
	values[3] = Float8GetDatum(contribution);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/*
 * explain(priority, lens) returns table (term, words, weight, contribution)
 *
 * The terms of the score: each that has a weight, which is the most that it
 * could contribute.  The contributions add up to the score, but for rounding.
 */
PG_FUNCTION_INFO_V1(handover_explain);
Datum
handover_explain(PG_FUNCTION_ARGS)
{
	static const char *const names[N_AXES] = {
		"urgency", "importance", "impact"
	};
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Priority   *p = PG_GETARG_PRIORITY_P(0);
	Lens	   *lens = PG_GETARG_LENS_P(1);
	double		most = lens->matrix[N_STEPS - 1][N_STEPS - 1];

	InitMaterializedSRF(fcinfo, 0);
	for (int axis = 0; axis < N_AXES; axis++)
		if (lens->table[axis][N_STEPS - 1] > 0)
			put_term(rsinfo, names[axis], step_name(p->step[axis]),
					 lens->table[axis][N_STEPS - 1],
					 lens->table[axis][p->step[axis]]);
	if (most > 0)
		put_term(rsinfo, "urgency and impact",
				 psprintf("%s and %s", step_name(p->step[AXIS_URGENCY]),
						  step_name(p->step[AXIS_IMPACT])),
				 most,
				 lens->matrix[p->step[AXIS_URGENCY]][p->step[AXIS_IMPACT]]);
	if (lens->deadline > 0)
		put_term(rsinfo, "deadline", due_words(p, lens),
				 lens->deadline * lens->end,
				 lens->deadline * handover_pressure(p, lens));
	if (lens->age > 0)
		put_term(rsinfo, "age", since_words(p, lens), lens->age,
				 lens->age * handover_waited(p, lens));
	return (Datum) 0;
}
