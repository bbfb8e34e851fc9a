/*
 * verdict.c
 *		What counts mean: which rules hold, and how far.
 */
#include "postgres.h"

#include "verdict.h"
#include "flat.h"

static inline Claim
claim_of(const FlatRule *rule)
{
	Claim		claim;

	claim.number = rule->number;
	claim.kind = RULE_KIND(rule->bits);
	claim.require = (rule->bits & RULE_REQUIRE) != 0;
	claim.stage = RULE_STAGE(rule->bits);
	claim.count = rule->count;
	claim.weight = rule->weight;
	return claim;
}

bool
handover_satisfied(const Claim *claim, const Count *count)
{
	switch (claim->kind)
	{
		case CLAIM_AT_LEAST:
			return count->hits >= claim->count || count->population > 0;
		case CLAIM_NO:
			return count->hits <= 0;
		case CLAIM_EVERY:
			return count->hits >= count->population;
	}
	pg_unreachable();
}

/* Kept within 0 and 1, since a difference of tallies may hold anything. */
static double
fraction(int32 part, int32 whole)
{
	if (part <= 0 || whole <= 0)
		return 0;
	return Min((double) part / whole, 1);
}

/*
 * How far a rule is met, from 0 to 1: 2 of 3 contacts is 2/3, 4 of 5 tasks
 * with an owner is 4/5; "no" is met or not.  1 exactly if it is satisfied.
 */
double
handover_degree(const Claim *claim, const Count *count)
{
	if (handover_satisfied(claim, count))
		return 1;
	switch (claim->kind)
	{
		case CLAIM_AT_LEAST:
			return fraction(count->hits, claim->count);
		case CLAIM_NO:
			return 0;
		case CLAIM_EVERY:
			return fraction(count->hits, count->population);
	}
	pg_unreachable();
}

/*
 * Does every "require" rule hold that is due at a stage or before it?
 */
bool
handover_is_complete(const Checklist *checklist, const Count *counts,
					 int stage)
{
	Cursor		cursor = flat_sections(checklist);
	FlatSection section;

	if (stage < (int) STAGE_SUBMIT)
		return true;
	while (flat_section(checklist, &cursor, &section))
	{
		Cursor		rest = section.rules;
		FlatRule	rule;

		while (flat_rule(&section, &rest, &rule))
		{
			Claim		claim = claim_of(&rule);

			if (claim.require && (int) claim.stage <= stage &&
				!handover_satisfied(&claim, &counts[claim.number]))
				return false;
		}
	}
	return true;
}

/*
 * From 0 to 100: the mean of how far the rules are met, by weight; rules of
 * every verb and stage.  100 exactly if all that have a weight are satisfied.
 */
double
handover_completeness(const Checklist *checklist, const Count *counts)
{
	Claim	   *claims = handover_claims(checklist);
	double		met = 0;
	double		total = 0;
	bool		all = true;

	for (int i = 0; i < checklist->nrules; i++)
	{
		double		degree = handover_degree(&claims[i], &counts[i]);

		if (claims[i].weight == 0)
			continue;
		met += claims[i].weight * degree;
		total += claims[i].weight;
		all = all && handover_satisfied(&claims[i], &counts[i]);
	}
	pfree(claims);
	if (all)
		return 100;
	/* Rounding must not make it look complete. */
	return Min(met / total * 100, 100 - 1e-9);
}

/*
 * All rules in their order, as far as counts are judged by them.
 */
Claim *
handover_claims(const Checklist *checklist)
{
	Claim	   *claims = palloc_array(Claim, Max(checklist->nrules, 1));
	Cursor		cursor = flat_sections(checklist);
	FlatSection section;

	while (flat_section(checklist, &cursor, &section))
	{
		Cursor		rest = section.rules;
		FlatRule	rule;

		while (flat_rule(&section, &rest, &rule))
			claims[rule.number] = claim_of(&rule);
	}
	return claims;
}
