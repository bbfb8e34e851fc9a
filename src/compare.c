/*
 * compare.c
 *		Comparison of checklists, and of tallies: by their bytes.
 *
 * Both types are laid out so that equal values are equal bytes, with no
 * padding that is not zero.  The order means nothing; it is there for DISTINCT,
 * UNION and whatever else sorts, as xid8's or jsonb's is.  It does not depend
 * on a collation.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "fmgr.h"

#include "handover_compat.h"

/* Shorter first, as that is quicker to tell. */
static int
compare(FunctionCallInfo fcinfo)
{
	struct varlena *a = PG_GETARG_VARLENA_PP(0);
	struct varlena *b = PG_GETARG_VARLENA_PP(1);
	Size		a_size = VARSIZE_ANY_EXHDR(a);
	Size		b_size = VARSIZE_ANY_EXHDR(b);
	int			result;

	if (a_size != b_size)
		result = a_size < b_size ? -1 : 1;
	else
		result = memcmp(VARDATA_ANY(a), VARDATA_ANY(b), a_size);
	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return result;
}

/* ------------------------------------------------------------------------
 * SQL functions: of (checklist, checklist) and of (tally, tally)
 * ------------------------------------------------------------------------
 */

PG_FUNCTION_INFO_V1(handover_eq);
Datum
handover_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) == 0);
}

PG_FUNCTION_INFO_V1(handover_ne);
Datum
handover_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) != 0);
}

PG_FUNCTION_INFO_V1(handover_lt);
Datum
handover_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) < 0);
}

PG_FUNCTION_INFO_V1(handover_le);
Datum
handover_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) <= 0);
}

PG_FUNCTION_INFO_V1(handover_gt);
Datum
handover_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) > 0);
}

PG_FUNCTION_INFO_V1(handover_ge);
Datum
handover_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) >= 0);
}

PG_FUNCTION_INFO_V1(handover_cmp);
Datum
handover_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare(fcinfo));
}

PG_FUNCTION_INFO_V1(handover_hash);
Datum
handover_hash(PG_FUNCTION_ARGS)
{
	struct varlena *a = PG_GETARG_VARLENA_PP(0);
	Datum		result = hash_any((unsigned char *) VARDATA_ANY(a),
								  VARSIZE_ANY_EXHDR(a));

	PG_FREE_IF_COPY(a, 0);
	PG_RETURN_DATUM(result);
}

PG_FUNCTION_INFO_V1(handover_hash_extended);
Datum
handover_hash_extended(PG_FUNCTION_ARGS)
{
	struct varlena *a = PG_GETARG_VARLENA_PP(0);
	Datum		result = hash_any_extended((unsigned char *) VARDATA_ANY(a),
										   VARSIZE_ANY_EXHDR(a),
										   PG_GETARG_INT64(1));

	PG_FREE_IF_COPY(a, 0);
	PG_RETURN_DATUM(result);
}
