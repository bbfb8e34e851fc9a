/*
 * priority_compare.c
 *		Two priorities: equality, an order, and which dominates.
 *
 * The order is by urgency, importance, impact, then the earlier due time (none
 * comes last), then the longer wait: max() is the most pressing in that sense.
 * It extends dominance, and it is not the order of any lens.
 */
#include "postgres.h"

#include "common/hashfn.h"

#include "priority.h"

int
handover_compare_priorities(const Priority *a, const Priority *b)
{
	for (int i = 0; i < N_AXES; i++)
		if (a->step[i] != b->step[i])
			return a->step[i] < b->step[i] ? -1 : 1;
	if (a->due != b->due)
		return a->due > b->due ? -1 : 1;
	if (a->since != b->since)
		return a->since > b->since ? -1 : 1;
	return 0;
}

/*
 * Is a at least as pressing as b under every lens at every moment?
 */
bool
handover_dominates(const Priority *a, const Priority *b)
{
	for (int i = 0; i < N_AXES; i++)
		if (a->step[i] < b->step[i])
			return false;
	return a->due <= b->due && a->since <= b->since;
}

/* ------------------------------------------------------------------------
 * SQL functions, of (priority, priority)
 * ------------------------------------------------------------------------
 */

static inline int
compare_arguments(FunctionCallInfo fcinfo)
{
	return handover_compare_priorities(PG_GETARG_PRIORITY_P(0),
									   PG_GETARG_PRIORITY_P(1));
}

PG_FUNCTION_INFO_V1(handover_priority_eq);
Datum
handover_priority_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) == 0);
}

PG_FUNCTION_INFO_V1(handover_priority_ne);
Datum
handover_priority_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) != 0);
}

PG_FUNCTION_INFO_V1(handover_priority_lt);
Datum
handover_priority_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) < 0);
}

PG_FUNCTION_INFO_V1(handover_priority_le);
Datum
handover_priority_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) <= 0);
}

PG_FUNCTION_INFO_V1(handover_priority_gt);
Datum
handover_priority_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) > 0);
}

PG_FUNCTION_INFO_V1(handover_priority_ge);
Datum
handover_priority_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) >= 0);
}

PG_FUNCTION_INFO_V1(handover_priority_cmp);
Datum
handover_priority_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_arguments(fcinfo));
}

PG_FUNCTION_INFO_V1(handover_priority_hash);
Datum
handover_priority_hash(PG_FUNCTION_ARGS)
{
	return hash_any((unsigned char *) PG_GETARG_PRIORITY_P(0),
					sizeof(Priority));
}

PG_FUNCTION_INFO_V1(handover_priority_hash_extended);
Datum
handover_priority_hash_extended(PG_FUNCTION_ARGS)
{
	return hash_any_extended((unsigned char *) PG_GETARG_PRIORITY_P(0),
							 sizeof(Priority), PG_GETARG_INT64(1));
}

PG_FUNCTION_INFO_V1(handover_priority_larger);
Datum
handover_priority_larger(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(PG_GETARG_DATUM(compare_arguments(fcinfo) >= 0 ? 0 : 1));
}

PG_FUNCTION_INFO_V1(handover_priority_smaller);
Datum
handover_priority_smaller(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(PG_GETARG_DATUM(compare_arguments(fcinfo) <= 0 ? 0 : 1));
}

/*
 * priority @>= priority: at least as pressing under every lens at every moment.
 */
PG_FUNCTION_INFO_V1(handover_priority_dominates);
Datum
handover_priority_dominates(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(handover_dominates(PG_GETARG_PRIORITY_P(0),
									  PG_GETARG_PRIORITY_P(1)));
}

/* priority <=@ priority, its commutator */
PG_FUNCTION_INFO_V1(handover_priority_dominated);
Datum
handover_priority_dominated(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(handover_dominates(PG_GETARG_PRIORITY_P(1),
									  PG_GETARG_PRIORITY_P(0)));
}
