/*
 * score.c
 *		A priority seen through a lens: the one place where a score is computed.
 *
 * The index relies on every step being monotone, rounding included: a table
 * look-up, a difference of integers, int64 to double, division by a positive
 * constant, multiplication by a constant that is not negative, addition,
 * clamping.  No function of libm is, to the last bit; so none is used.  The
 * Makefile forbids the compiler to fuse a multiplication with an addition
 * here, so that a score is the same on every machine.
 */
#include "postgres.h"

#include "common/int.h"
#include "utils/float.h"
#include "utils/timestamp.h"

#include "priority.h"

/* at - then, in microseconds; beyond the range of int64, its end. */
static inline int64
elapsed(TimestampTz at, TimestampTz then)
{
	int64		result;

	if (unlikely(pg_sub_s64_overflow(at, then, &result)))
		return then < 0 ? PG_INT64_MAX : PG_INT64_MIN;
	return result;
}

/* How far the ramp is gone, 0 to 1, from lead before the due time to lag after. */
static inline double
ramp(int64 overdue, const Lens *lens)
{
	int64		span = lens->lead + lens->lag;

	return (double) (overdue + lens->lead) / (double) span;
}

/*
 * The pressure of the deadline, 0 to 1.
 */
double
handover_pressure(const Priority *p, const Lens *lens)
{
	int64		overdue;
	double		result;

	if (p->due == DUE_NONE)
		return 0;
	if (p->due == DUE_INFINITY)
		return lens->far;
	if (p->due == DUE_MINUS_INFINITY)
		return lens->end;
	overdue = elapsed(lens->at, p->due);
	if (overdue < -lens->lead)
		return lens->far;
	if (overdue >= lens->lag)
		return lens->end;
	result = lens->start + (lens->end - lens->start) * ramp(overdue, lens);
	return Min(result, lens->end);
}

/*
 * How far the wait counts, 0 to 1.
 */
double
handover_waited(const Priority *p, const Lens *lens)
{
	int64		waited;

	if (p->since == SINCE_NONE)
		return 0;
	waited = elapsed(lens->at, (int64) p->since * USECS_PER_SEC);
	if (waited <= 0)
		return 0;
	if (waited >= lens->age_span)
		return 1;
	return (double) waited / (double) lens->age_span;
}

/*
 * The same as Taskwarrior 2.6 sums it: whole seconds, days as a double made a
 * float, the terms as floats, the deadline's first.
 */
static double
single_score(const Priority *p, const Lens *lens)
{
	float		sum = 0;

	if (p->due != DUE_NONE)
	{
		float		pressure;

		if (p->due == DUE_INFINITY)
			pressure = (float) lens->far;
		else if (p->due == DUE_MINUS_INFINITY)
			pressure = (float) lens->end;
		else
		{
			/* Both are cut to seconds, downwards, as time_t is. */
			int64		at = lens->at / USECS_PER_SEC -
				(lens->at % USECS_PER_SEC < 0);
			int64		due = p->due / USECS_PER_SEC -
				(p->due % USECS_PER_SEC < 0);
			float		days = (float) ((double) (at - due) / SECS_PER_DAY);
			double		lead = (double) lens->lead / USECS_PER_DAY;
			double		lag = (double) lens->lag / USECS_PER_DAY;

			if (days >= lag)
				pressure = (float) lens->end;
			else if (days >= -lead)
				pressure = (float) ((days + lead) * (lens->end - lens->start) /
									(lead + lag) + lens->start);
			else
				pressure = (float) lens->far;
			pressure = Min(pressure, (float) lens->end);
		}
		sum += pressure * (float) lens->deadline;
	}
	sum += (float) lens->base[priority_combination(p)];
	if (lens->age > 0)
		sum += (float) handover_waited(p, lens) * (float) lens->age;
	return sum;
}

double
handover_score(const Priority *p, const Lens *lens)
{
	double		score;

	if (unlikely(lens->flags & LENS_SINGLE))
		return single_score(p, lens);
	score = lens->base[priority_combination(p)];
	score += lens->deadline * handover_pressure(p, lens);
	if (lens->age > 0)
		score += lens->age * handover_waited(p, lens);
	return score;
}

/* ------------------------------------------------------------------------
 * SQL functions
 * ------------------------------------------------------------------------
 */

/*
 * score(priority, timestamptz) returns double precision
 *
 * 0 to 100, through the default lens at that moment, which must be finite.
 */
PG_FUNCTION_INFO_V1(handover_score_at);
Datum
handover_score_at(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(handover_score(PG_GETARG_PRIORITY_P(0),
									handover_default_lens(PG_GETARG_TIMESTAMPTZ(1))));
}

/*
 * score(priority, lens) returns double precision
 */
PG_FUNCTION_INFO_V1(handover_score_lens);
Datum
handover_score_lens(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(handover_score(PG_GETARG_PRIORITY_P(0),
									PG_GETARG_LENS_P(1)));
}

/*
 * priority <-> timestamptz, priority <-> lens: minus the score, so that the
 * most pressing comes first in ascending order.
 */
PG_FUNCTION_INFO_V1(handover_distance_at);
Datum
handover_distance_at(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(-handover_score(PG_GETARG_PRIORITY_P(0),
									 handover_default_lens(PG_GETARG_TIMESTAMPTZ(1))));
}

PG_FUNCTION_INFO_V1(handover_distance_lens);
Datum
handover_distance_lens(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(-handover_score(PG_GETARG_PRIORITY_P(0),
									 PG_GETARG_LENS_P(1)));
}

/* Seconds from a moment to the due time; +infinity if there is none. */
double
handover_seconds_to_due(const Priority *p, TimestampTz at)
{
	if (p->due == DUE_NONE || p->due == DUE_INFINITY)
		return get_float8_infinity();
	if (p->due == DUE_MINUS_INFINITY)
		return -get_float8_infinity();
	return (double) elapsed(p->due, at) / USECS_PER_SEC;
}

/*
 * priority <~> timestamptz: seconds from that moment to the due time, to break
 * ties by; +infinity if there is none.
 */
PG_FUNCTION_INFO_V1(handover_distance_due);
Datum
handover_distance_due(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(handover_seconds_to_due(PG_GETARG_PRIORITY_P(0),
											 PG_GETARG_TIMESTAMPTZ(1)));
}

/*
 * priority @>= lens: is the score under the lens at least its threshold?
 */
PG_FUNCTION_INFO_V1(handover_reaches);
Datum
handover_reaches(PG_FUNCTION_ARGS)
{
	const Lens *lens = PG_GETARG_LENS_P(1);

	PG_RETURN_BOOL(handover_score(PG_GETARG_PRIORITY_P(0), lens) >=
				   lens->threshold);
}
