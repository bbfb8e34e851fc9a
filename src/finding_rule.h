/*
 * finding_rule.h
 *		Findings that keep a handover from a status.
 */
#ifndef HANDOVER_FINDING_RULE_H
#define HANDOVER_FINDING_RULE_H

#include "access/htup.h"
#include "utils/rel.h"

#include "status.h"

extern void handover_check_findings(Relation relation, HeapTuple row,
									Status to);

#endif							/* HANDOVER_FINDING_RULE_H */
