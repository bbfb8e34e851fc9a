/*
 * verdict.h
 *		What counts mean: which rules hold, and how far.
 */
#ifndef HANDOVER_VERDICT_H
#define HANDOVER_VERDICT_H

#include "utils/array.h"

#include "tally.h"

/* A rule as far as its counts are to be judged. */
typedef struct Claim
{
	int			number;			/* of the rule, from 0 */
	ClaimKind	kind;
	bool		require;
	Stage		stage;
	int32		count;
	int32		weight;			/* in 1/WEIGHT_SCALE */
} Claim;

/* verdict.c */
extern bool handover_satisfied(const Claim *claim, const Count *count);
extern double handover_degree(const Claim *claim, const Count *count);
extern bool handover_is_complete(const Checklist *checklist,
								 const Count *counts, int stage);
extern double handover_completeness(const Checklist *checklist,
									const Count *counts);
extern Claim *handover_claims(const Checklist *checklist);

/* missing.c */
extern ArrayType *handover_missing_labels(const Checklist *checklist,
										  const Count *counts, int stage);
extern char *handover_missing_detail(const Checklist *checklist,
									 const Count *counts, int stage);

#endif							/* HANDOVER_VERDICT_H */
