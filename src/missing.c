/*
 * missing.c
 *		What a handover lacks, in words.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "verdict.h"

/* Is a rule due at a stage, needed, and not satisfied? */
static bool
is_missing(const Claim *claim, const Count *count, int stage)
{
	return claim->require && (int) claim->stage <= stage &&
		!handover_satisfied(claim, count);
}

/* The labels of what is missing, each once, in the order of the rules. */
ArrayType *
handover_missing_labels(const Checklist *checklist, const Count *counts,
						int stage)
{
	Claim	   *claims = handover_claims(checklist);
	Rule	   *rules = NULL;
	char	  **labels = palloc_array(char *, Max(checklist->nrules, 1));
	Datum	   *elements = palloc_array(Datum, Max(checklist->nrules, 1));
	int			n = 0;

	for (int i = 0; i < checklist->nrules; i++)
	{
		bool		seen = false;

		if (!is_missing(&claims[i], &counts[i], stage))
			continue;
		if (rules == NULL)
			rules = handover_rules(checklist);
		labels[n] = handover_rule_label(&rules[i]);
		for (int j = 0; j < n && !seen; j++)
			seen = strcmp(labels[j], labels[n]) == 0;
		if (seen)
			continue;
		elements[n] = CStringGetTextDatum(labels[n]);
		n++;
	}
	return construct_array(elements, n, TEXTOID, -1, false, TYPALIGN_INT);
}

/* "label (0 of 2); label (3 found)": what is missing, and how much of it. */
char *
handover_missing_detail(const Checklist *checklist, const Count *counts,
						int stage)
{
	Claim	   *claims = handover_claims(checklist);
	Rule	   *rules = handover_rules(checklist);
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < checklist->nrules; i++)
	{
		if (!is_missing(&claims[i], &counts[i], stage))
			continue;
		if (buf.len > 0)
			appendStringInfoString(&buf, "; ");
		appendStringInfoString(&buf, handover_rule_label(&rules[i]));
		if (claims[i].kind == CLAIM_NO)
			appendStringInfo(&buf, " (%d found)", counts[i].hits);
		else
			appendStringInfo(&buf, " (%d of %d)", counts[i].hits,
							 claims[i].kind == CLAIM_EVERY ?
							 counts[i].population : claims[i].count);
	}
	return buf.data;
}
