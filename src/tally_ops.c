/*
 * tally_ops.c
 *		Tallies as numbers: building, reading, adding.
 */
#include "postgres.h"

#include "common/int.h"

#include "tally.h"

static Size
tally_size(int nrules, int width)
{
	return offsetof(Tally, data) + (Size) nrules * 2 * width;
}

static inline int
width_of(int32 n)
{
	if (n >= PG_INT8_MIN && n <= PG_INT8_MAX)
		return 1;
	if (n >= PG_INT16_MIN && n <= PG_INT16_MAX)
		return 2;
	return 4;
}

static inline int32
get_number(const Tally *tally, int i)
{
	switch (tally->width)
	{
		case 1:
			return ((const int8 *) tally->data)[i];
		case 2:
			return ((const int16 *) tally->data)[i];
		default:
			return ((const int32 *) tally->data)[i];
	}
}

static inline void
put_number(Tally *tally, int i, int32 n)
{
	switch (tally->width)
	{
		case 1:
			((int8 *) tally->data)[i] = (int8) n;
			break;
		case 2:
			((int16 *) tally->data)[i] = (int16) n;
			break;
		default:
			((int32 *) tally->data)[i] = n;
			break;
	}
}

Tally *
handover_build_tally(const uint32 *fingerprint, int nrules,
					 const Count *counts)
{
	const int32 *numbers = (const int32 *) counts;
	int			width = 1;
	Tally	   *tally;

	for (int i = 0; i < 2 * nrules; i++)
		width = Max(width, width_of(numbers[i]));
	tally = palloc0(tally_size(nrules, width));
	SET_VARSIZE(tally, tally_size(nrules, width));
	tally->version = TALLY_VERSION;
	tally->width = width;
	tally->nrules = nrules;
	tally->fingerprint[0] = fingerprint[0];
	tally->fingerprint[1] = fingerprint[1];
	for (int i = 0; i < 2 * nrules; i++)
		put_number(tally, i, numbers[i]);
	return tally;
}

/*
 * The counts of a tally: into "counts", which has room for nrules, or into
 * palloc'd memory if that is NULL.
 */
Count *
handover_tally_counts(const Tally *tally, Count *counts)
{
	int32	   *numbers;

	if (counts == NULL)
		counts = palloc_array(Count, Max(tally->nrules, 1));
	numbers = (int32 *) counts;
	for (int i = 0; i < 2 * tally->nrules; i++)
		numbers[i] = get_number(tally, i);
	return counts;
}

static bool
same_fingerprint(const uint32 *a, const uint32 *b)
{
	return a[0] == b[0] && a[1] == b[1];
}

/*
 * Refuses a tally that counts something else than the checklist asks for.
 */
void
handover_check_tally(const Checklist *checklist, const Tally *tally)
{
	if (checklist->nrules != tally->nrules ||
		!same_fingerprint(checklist->fingerprint, tally->fingerprint))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("tally was not made for this checklist"),
				 errdetail("Rules and fingerprint of the checklist: %d, %08x%08x; of the tally: %d, %08x%08x.",
						   checklist->nrules,
						   checklist->fingerprint[0], checklist->fingerprint[1],
						   tally->nrules,
						   tally->fingerprint[0], tally->fingerprint[1]),
				 errhint("Count again with handover.tally().")));
}

static void
check_pair(const Tally *a, const Tally *b)
{
	if (a->nrules != b->nrules ||
		!same_fingerprint(a->fingerprint, b->fingerprint))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("tallies were not made for the same checklist")));
}

pg_noreturn static void
out_of_range(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("tally out of range")));
}

/*
 * Adds a tally to counts of the same checklist.
 */
void
handover_add_counts(const Tally *tally, Count *counts)
{
	int32	   *numbers = (int32 *) counts;

	for (int i = 0; i < 2 * tally->nrules; i++)
		if (pg_add_s32_overflow(numbers[i], get_number(tally, i),
								&numbers[i]))
			out_of_range();
}

/* ------------------------------------------------------------------------
 * SQL functions
 * ------------------------------------------------------------------------
 */

/*
 * tally + tally, tally - tally
 *
 * Rule by rule.  22023 if they are not of the same checklist, 22003 if a sum
 * leaves 32 bits.
 */
PG_FUNCTION_INFO_V1(handover_tally_add);
Datum
handover_tally_add(PG_FUNCTION_ARGS)
{
	Tally	   *a = PG_GETARG_TALLY_P(0);
	Tally	   *b = PG_GETARG_TALLY_P(1);
	Count	   *counts = handover_tally_counts(a, NULL);

	check_pair(a, b);
	handover_add_counts(b, counts);
	PG_RETURN_POINTER(handover_build_tally(a->fingerprint, a->nrules,
										   counts));
}

PG_FUNCTION_INFO_V1(handover_tally_subtract);
Datum
handover_tally_subtract(PG_FUNCTION_ARGS)
{
	Tally	   *a = PG_GETARG_TALLY_P(0);
	Tally	   *b = PG_GETARG_TALLY_P(1);
	Count	   *counts = handover_tally_counts(a, NULL);
	int32	   *numbers = (int32 *) counts;

	check_pair(a, b);
	for (int i = 0; i < 2 * b->nrules; i++)
		if (pg_sub_s32_overflow(numbers[i], get_number(b, i), &numbers[i]))
			out_of_range();
	PG_RETURN_POINTER(handover_build_tally(a->fingerprint, a->nrules,
										   counts));
}
