/*
 * priority.h
 *		handover.priority: what makes something pressing; handover.lens: how
 *		that is seen, at one moment.
 *
 * A priority is a fact that does not age: three levels, a due time, and since
 * when it waits.  A score is a priority seen through a lens, which has the
 * moment and the weights; it is computed, never stored.
 *
 * Priorities form a lattice: one dominates another if each of its levels is at
 * least as high, it is due no later, and it has waited no less.  Every lens is
 * monotone on it: what dominates never scores less.  This is what the index
 * lives on (priority_gist.c), and why the constructors of a lens refuse
 * weights that are negative and tables that fall.
 */
#ifndef HANDOVER_PRIORITY_H
#define HANDOVER_PRIORITY_H

#include "datatype/timestamp.h"
#include "fmgr.h"

#include "handover.h"

typedef enum Axis
{
	AXIS_URGENCY,
	AXIS_IMPORTANCE,
	AXIS_IMPACT
} Axis;

#define N_AXES		3

/* On an axis: 0 is unset, then the levels, so 1 + Level. */
#define N_STEPS		(1 + N_LEVELS)
#define N_COMBINATIONS	(N_STEPS * N_STEPS * N_STEPS)

/*
 * 16 bytes, aligned as a double, no padding.  Equal priorities are equal
 * bytes.
 */
typedef struct Priority
{
	TimestampTz due;			/* DUE_NONE if there is none */
	uint8		step[N_AXES];	/* below N_STEPS */
	uint8		flags;			/* none yet, zero */
	uint32		since;			/* seconds since 2000-01-01 UTC, or SINCE_NONE */
} Priority;

/*
 * No due time is later than the due time 'infinity'; so that one, which the
 * server has at the end of the range, moves down by one.
 */
#define DUE_NONE		PG_INT64_MAX
#define DUE_INFINITY	(PG_INT64_MAX - 1)
#define DUE_MINUS_INFINITY	PG_INT64_MIN

#define SINCE_NONE		PG_UINT32_MAX
#define SINCE_MAX		(PG_UINT32_MAX - 1)

#define DatumGetPriorityP(d)	((Priority *) DatumGetPointer(d))
#define PG_GETARG_PRIORITY_P(n) DatumGetPriorityP(PG_GETARG_DATUM(n))

static inline int
priority_combination(const Priority *p)
{
	return (p->step[AXIS_URGENCY] * N_STEPS + p->step[AXIS_IMPORTANCE]) *
		N_STEPS + p->step[AXIS_IMPACT];
}

/*
 * A lens, of fixed size, aligned as a double, no padding.
 *
 * score = base[combination] + deadline * pressure(at - due) + age * waited
 *
 * base holds the sum of the three tables and of the matrix, for each of the
 * combinations of levels.  The tables and the matrix are kept to explain a
 * score, and to print a lens.
 *
 * pressure is 0 without a due time; far until "lead" before the due time; from
 * there a line from start to end, "lag" after it; then end.  (Taskwarrior's
 * ramp: far and start 0.2, end 1, lead 14 days, lag 7 days.)  waited grows from
 * 0 to 1 over age_span from "since" on; 0 without it.
 */
typedef struct Lens
{
	double		base[N_COMBINATIONS];
	double		table[N_AXES][N_STEPS];
	double		matrix[N_STEPS][N_STEPS];	/* by urgency, by impact */
	double		deadline;		/* weight */
	double		far;			/* parts of that weight */
	double		start;
	double		end;
	double		age;			/* weight */
	double		threshold;		/* for @>=; -infinity if there is none */
	TimestampTz at;
	int64		lead;			/* microseconds, > -lag */
	int64		lag;
	int64		age_span;		/* microseconds, > 0 */
	uint32		flags;
	uint32		reserved;		/* zero */
} Lens;

StaticAssertDecl(sizeof(Priority) == 16, "as sql/30_priority.sql has it");
StaticAssertDecl(sizeof(Lens) == 1408, "as sql/31_lens.sql has it");

/* The score is computed as Taskwarrior does: whole seconds, 32-bit floats. */
#define LENS_SINGLE		0x01

#define DatumGetLensP(d)		((Lens *) DatumGetPointer(d))
#define PG_GETARG_LENS_P(n)		DatumGetLensP(PG_GETARG_DATUM(n))

/* priority_compare.c */
extern int	handover_compare_priorities(const Priority *a, const Priority *b);
extern bool handover_dominates(const Priority *a, const Priority *b);

/* lens.c */
extern Lens *handover_new_lens(TimestampTz at);
extern bool handover_finish_lens(Lens *lens, struct Node *escontext);
extern const Lens *handover_default_lens(TimestampTz at);

/* explain.c */
extern int	handover_band(int urgency, int impact);

/* score.c */
extern double handover_score(const Priority *p, const Lens *lens);
extern double handover_pressure(const Priority *p, const Lens *lens);
extern double handover_waited(const Priority *p, const Lens *lens);
extern double handover_seconds_to_due(const Priority *p, TimestampTz at);

#endif							/* HANDOVER_PRIORITY_H */
