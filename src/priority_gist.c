/*
 * priority_gist.c
 *		GiST support: the most pressing first, through any lens at any moment.
 *
 * The key of an inner page is the join of what is below it: the highest of each
 * level, the earliest due time, the longest wait.  That is itself a priority,
 * and it dominates all that is below, so its score is an upper bound of theirs
 * under every lens.  The bound and the score of a leaf come from the same code,
 * each step of which is monotone, rounding included; hence the order is exact
 * without any slack and without a recheck.  Index-only scans work, since a
 * leaf holds the value itself.
 *
 * The order in which sorted builds and splits lay out priorities is the snake:
 * a reflected mixed-radix Gray code over the levels, from the highest, in which
 * neighbouring combinations differ by one step of one axis; within a
 * combination by due time, to and fro, so that a page that straddles two
 * combinations still has a tight corner.
 */
#include "postgres.h"

#include <math.h>

#include "access/gist.h"
#include "access/stratnum.h"
#include "utils/sortsupport.h"
#include "utils/timestamp.h"

#include "priority.h"

/* strategies, as in sql/33_priority_gist.sql */
#define STRATEGY_DOMINATES		1
#define STRATEGY_REACHES		2
#define STRATEGY_DISTANCE_AT	15
#define STRATEGY_DISTANCE_LENS	16
#define STRATEGY_DISTANCE_DUE	17

/* What penalty() charges, found by trial: see doc/priority.md. */
#define PENALTY_RISE			64.0	/* a step that the corner must rise */
#define PENALTY_BELOW			2.0 /* a step below the corner */
#define PENALTY_DAYS			365.0	/* of due time: half of the last unit */

/* One step of a level weighs as much as this due time when splitting. */
#define SPLIT_DAYS_PER_STEP		60.0

/* More entries than this come from a sorted build, which wants even halves. */
#define SPLIT_EVENLY_ABOVE		300

/* ------------------------------------------------------------------------
 * Joins
 * ------------------------------------------------------------------------
 */

/* Makes *join dominate p, too. */
static inline void
join_priority(Priority *join, const Priority *p)
{
	for (int i = 0; i < N_AXES; i++)
		join->step[i] = Max(join->step[i], p->step[i]);
	join->due = Min(join->due, p->due);
	join->since = Min(join->since, p->since);
}

static Priority *
entry_priority(const GISTENTRY *entry)
{
	return DatumGetPriorityP(entry->key);
}

/* ------------------------------------------------------------------------
 * The snake
 * ------------------------------------------------------------------------
 */

/* The place of the levels along the snake, from 0 for the highest. */
static int
snake_rank(const Priority *p)
{
	int			rank = 0;

	for (int i = 0; i < N_AXES; i++)
	{
		int			digit = N_STEPS - 1 - p->step[i];

		rank = rank * N_STEPS + (rank % 2 ? N_STEPS - 1 - digit : digit);
	}
	return rank;
}

static int
compare_snake(const Priority *a, const Priority *b)
{
	int			a_rank = snake_rank(a);
	int			b_rank = snake_rank(b);

	if (a_rank != b_rank)
		return a_rank < b_rank ? -1 : 1;
	if (a->due != b->due)
		return ((a->due < b->due) == (a_rank % 2 == 0)) ? -1 : 1;
	if (a->since != b->since)
		return a->since < b->since ? -1 : 1;
	return 0;
}

static int
compare_snake_datums(Datum a, Datum b, SortSupport ssup)
{
	return compare_snake(DatumGetPriorityP(a), DatumGetPriorityP(b));
}

#if SIZEOF_DATUM == 8

/* Bits of the due time in an abbreviated key; the rank has the rest. */
#define ABBREVIATED_DUE_BITS	57

/* Rank, then the high bits of the due time in the direction of the snake. */
static Datum
abbreviate(Datum original, SortSupport ssup)
{
	const Priority *p = DatumGetPriorityP(original);
	uint64		rank = snake_rank(p);
	uint64		due = (uint64) p->due ^ (UINT64CONST(1) << 63);

	if (rank % 2)
		due = ~due;
	return UInt64GetDatum((rank << ABBREVIATED_DUE_BITS) |
						  (due >> (64 - ABBREVIATED_DUE_BITS)));
}

static int
compare_abbreviated(Datum a, Datum b, SortSupport ssup)
{
	uint64		x = DatumGetUInt64(a);
	uint64		y = DatumGetUInt64(b);

	return x == y ? 0 : (x < y ? -1 : 1);
}

/* A comparison of the full keys costs little more; never give up. */
static bool
never_abort(int memtupcount, SortSupport ssup)
{
	return false;
}

#endif

/* ------------------------------------------------------------------------
 * Splitting
 * ------------------------------------------------------------------------
 */

typedef struct SplitEntry
{
	Priority	p;
	OffsetNumber offset;
} SplitEntry;

static int
compare_split_entries(const void *a, const void *b)
{
	return compare_snake(&((const SplitEntry *) a)->p,
						 &((const SplitEntry *) b)->p);
}

/* How much a corner claims: its steps, and its due time in such steps. */
static double
height(const Priority *corner, double no_due)
{
	double		due = (double) corner->due;

	if (corner->due >= DUE_INFINITY)
		due = no_due;
	else if (corner->due == DUE_MINUS_INFINITY)
		due = (double) MIN_TIMESTAMP;
	return corner->step[AXIS_URGENCY] + corner->step[AXIS_IMPORTANCE] +
		corner->step[AXIS_IMPACT] -
		due / USECS_PER_DAY / SPLIT_DAYS_PER_STEP;
}

/*
 * Where to cut n sorted entries: the corners of the parts, each as often as it
 * has entries, shall claim least; neither part gets less than 30 per cent.
 */
static int
best_cut(const SplitEntry *entries, int n)
{
	int			best = n / 2;
	double		least = 0;
	double		no_due = 0;
	Priority   *right;
	Priority	left;
	bool		any = false;

	if (n > SPLIT_EVENLY_ABOVE)
		return best;

	/* Without a due time is like a year after the latest. */
	for (int i = 0; i < n; i++)
		if (entries[i].p.due < DUE_INFINITY &&
			entries[i].p.due != DUE_MINUS_INFINITY)
		{
			if (!any || (double) entries[i].p.due > no_due)
				no_due = (double) entries[i].p.due;
			any = true;
		}
	no_due += 365.0 * USECS_PER_DAY;

	right = palloc_array(Priority, n);
	right[n - 1] = entries[n - 1].p;
	for (int i = n - 2; i >= 0; i--)
	{
		right[i] = right[i + 1];
		join_priority(&right[i], &entries[i].p);
	}

	left = entries[0].p;
	any = false;
	for (int cut = 1; cut < n; cut++)
	{
		double		claim;

		if (cut >= n * 3 / 10 && cut <= n - n * 3 / 10)
		{
			claim = cut * height(&left, no_due) +
				(n - cut) * height(&right[cut], no_due);
			if (!any || claim < least)
			{
				least = claim;
				best = cut;
				any = true;
			}
		}
		join_priority(&left, &entries[cut].p);
	}
	pfree(right);
	return best;
}

/* One part of a split: its offsets and its key. */
static OffsetNumber *
split_part(const SplitEntry *entries, int n, Datum *key)
{
	OffsetNumber *offsets = palloc_array(OffsetNumber, n);
	Priority   *join = palloc_object(Priority);

	*join = entries[0].p;
	for (int i = 0; i < n; i++)
	{
		offsets[i] = entries[i].offset;
		join_priority(join, &entries[i].p);
	}
	*key = PointerGetDatum(join);
	return offsets;
}

/* ------------------------------------------------------------------------
 * Support functions
 * ------------------------------------------------------------------------
 */

/*
 * Can anything below the entry match?  On a leaf: does it?  Both operators
 * hold for a join if they hold for what is below it.
 */
PG_FUNCTION_INFO_V1(handover_gist_consistent);
Datum
handover_gist_consistent(PG_FUNCTION_ARGS)
{
	Priority   *key = entry_priority((GISTENTRY *) PG_GETARG_POINTER(0));
	StrategyNumber strategy = (StrategyNumber) PG_GETARG_UINT16(2);
	bool	   *recheck = (bool *) PG_GETARG_POINTER(4);
	const Lens *lens;

	*recheck = false;
	switch (strategy)
	{
		case STRATEGY_DOMINATES:
			PG_RETURN_BOOL(handover_dominates(key, PG_GETARG_PRIORITY_P(1)));
		case STRATEGY_REACHES:
			lens = PG_GETARG_LENS_P(1);
			PG_RETURN_BOOL(handover_score(key, lens) >= lens->threshold);
		default:
			elog(ERROR, "unrecognized strategy number: %d", strategy);
	}
}

PG_FUNCTION_INFO_V1(handover_gist_union);
Datum
handover_gist_union(PG_FUNCTION_ARGS)
{
	GistEntryVector *entries = (GistEntryVector *) PG_GETARG_POINTER(0);
	int		   *size = (int *) PG_GETARG_POINTER(1);
	Priority   *join = palloc_object(Priority);

	*join = *entry_priority(&entries->vector[0]);
	for (int i = 1; i < entries->n; i++)
		join_priority(join, entry_priority(&entries->vector[i]));
	*size = sizeof(Priority);
	PG_RETURN_POINTER(join);
}

/*
 * What it costs to put an entry below a corner.  Raising the corner is dear;
 * among corners that already cover the entry the closest is the best.
 */
PG_FUNCTION_INFO_V1(handover_gist_penalty);
Datum
handover_gist_penalty(PG_FUNCTION_ARGS)
{
	Priority   *corner = entry_priority((GISTENTRY *) PG_GETARG_POINTER(0));
	Priority   *entry = entry_priority((GISTENTRY *) PG_GETARG_POINTER(1));
	float	   *penalty = (float *) PG_GETARG_POINTER(2);
	double		result = 0;
	double		days = fabs((double) corner->due - (double) entry->due) /
		USECS_PER_DAY;

	for (int i = 0; i < N_AXES; i++)
	{
		int			rise = entry->step[i] - corner->step[i];

		result += rise > 0 ? PENALTY_RISE * rise : PENALTY_BELOW * -rise;
	}
	result += days / (days + PENALTY_DAYS);
	if (entry->due < corner->due)
		result += 1;
	*penalty = (float) result;
	PG_RETURN_POINTER(penalty);
}

PG_FUNCTION_INFO_V1(handover_gist_picksplit);
Datum
handover_gist_picksplit(PG_FUNCTION_ARGS)
{
	GistEntryVector *vector = (GistEntryVector *) PG_GETARG_POINTER(0);
	GIST_SPLITVEC *split = (GIST_SPLITVEC *) PG_GETARG_POINTER(1);
	int			n = vector->n - FirstOffsetNumber;
	SplitEntry *entries = palloc_array(SplitEntry, n);
	int			cut;

	for (int i = 0; i < n; i++)
	{
		OffsetNumber offset = FirstOffsetNumber + i;

		entries[i].p = *entry_priority(&vector->vector[offset]);
		entries[i].offset = offset;
	}
	qsort(entries, n, sizeof(SplitEntry), compare_split_entries);
	cut = best_cut(entries, n);

	split->spl_nleft = cut;
	split->spl_left = split_part(entries, cut, &split->spl_ldatum);
	split->spl_nright = n - cut;
	split->spl_right = split_part(entries + cut, n - cut, &split->spl_rdatum);
	pfree(entries);
	PG_RETURN_POINTER(split);
}

PG_FUNCTION_INFO_V1(handover_gist_same);
Datum
handover_gist_same(PG_FUNCTION_ARGS)
{
	bool	   *result = (bool *) PG_GETARG_POINTER(2);

	*result = handover_compare_priorities(PG_GETARG_PRIORITY_P(0),
										  PG_GETARG_PRIORITY_P(1)) == 0;
	PG_RETURN_POINTER(result);
}

/*
 * Exact on a leaf, a lower bound above it, by the same code.
 */
PG_FUNCTION_INFO_V1(handover_gist_distance);
Datum
handover_gist_distance(PG_FUNCTION_ARGS)
{
	Priority   *key = entry_priority((GISTENTRY *) PG_GETARG_POINTER(0));
	StrategyNumber strategy = (StrategyNumber) PG_GETARG_UINT16(2);

	switch (strategy)
	{
		case STRATEGY_DISTANCE_AT:
			PG_RETURN_FLOAT8(-handover_score(key, handover_default_lens(PG_GETARG_TIMESTAMPTZ(1))));
		case STRATEGY_DISTANCE_LENS:
			PG_RETURN_FLOAT8(-handover_score(key, PG_GETARG_LENS_P(1)));
		case STRATEGY_DISTANCE_DUE:
			PG_RETURN_FLOAT8(handover_seconds_to_due(key,
													 PG_GETARG_TIMESTAMPTZ(1)));
		default:
			elog(ERROR, "unrecognized strategy number: %d", strategy);
	}
}

PG_FUNCTION_INFO_V1(handover_gist_sortsupport);
Datum
handover_gist_sortsupport(PG_FUNCTION_ARGS)
{
	SortSupport ssup = (SortSupport) PG_GETARG_POINTER(0);

	ssup->comparator = compare_snake_datums;
#if SIZEOF_DATUM == 8
	if (ssup->abbreviate)
	{
		ssup->abbrev_full_comparator = ssup->comparator;
		ssup->comparator = compare_abbreviated;
		ssup->abbrev_converter = abbreviate;
		ssup->abbrev_abort = never_abort;
	}
#endif
	PG_RETURN_VOID();
}
