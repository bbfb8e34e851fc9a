/*
 * complete.c
 *		What is asked of a checklist in SQL: complete, completeness, missing,
 *		review, require_complete, each of a document and of a tally.
 *
 * The answers are used in constraints, where NULL would pass for true; so no
 * function here is strict, and none but review returns nothing: a document
 * that is NULL is an empty one, and without a checklist or a status nothing is
 * complete.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "checklist_cache.h"
#include "count.h"
#include "status.h"
#include "verdict.h"

/* Room on the stack for the counts of a checklist; more is allocated. */
#define STACK_COUNTS	64

/* ------------------------------------------------------------------------
 * Arguments
 * ------------------------------------------------------------------------
 */

/*
 * Counts the second argument for a checklist.  "space" has STACK_COUNTS.
 */
static Count *
count_argument(FunctionCallInfo fcinfo, const Checklist *checklist,
			   bool is_tally, Count *space)
{
	Count	   *counts = (checklist->nrules <= STACK_COUNTS) ? space :
		palloc_array(Count, checklist->nrules);

	if (is_tally && !PG_ARGISNULL(1))
	{
		Tally	   *tally = PG_GETARG_TALLY_P(1);

		handover_check_tally(checklist, tally);
		handover_tally_counts(tally, counts);
		PG_FREE_IF_COPY(tally, 1);
		return counts;
	}

	memset(counts, 0, sizeof(Count) * checklist->nrules);
	if (!is_tally)
	{
		Jsonb	   *document = PG_ARGISNULL(1) ? NULL : PG_GETARG_JSONB_P(1);

		handover_count_document(checklist,
								document ? &document->root : NULL, counts);
		if (document)
			PG_FREE_IF_COPY(document, 1);
	}
	return counts;
}

/* The status last met by a call site. */
typedef struct StatusCache
{
	Oid			value;
	Status		status;
} StatusCache;

/*
 * The third argument, a value of the enum handover.status.
 */
static Status
get_status(FunctionCallInfo fcinfo)
{
	StatusCache *cache = fcinfo->flinfo->fn_extra;
	Oid			value = PG_GETARG_OID(2);

	if (cache == NULL)
	{
		cache = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt,
									   sizeof(*cache));
		fcinfo->flinfo->fn_extra = cache;
	}
	if (cache->value != value)
	{
		cache->status = handover_status_of(value);
		cache->value = value;
	}
	return cache->status;
}

static Datum
text_array(Datum *elements, int n)
{
	return PointerGetDatum(construct_array(elements, n, TEXTOID, -1, false,
										   TYPALIGN_INT));
}

/* ------------------------------------------------------------------------
 * The functions, for a document and for a tally
 * ------------------------------------------------------------------------
 */

static Datum
complete(FunctionCallInfo fcinfo, bool is_tally)
{
	Count		space[STACK_COUNTS];
	const Checklist *checklist;
	int			stage;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(2))
		PG_RETURN_BOOL(false);
	checklist = handover_get_checklist(PG_GETARG_DATUM(0));
	stage = handover_status_stage(get_status(fcinfo));
	PG_RETURN_BOOL(handover_is_complete(checklist,
										count_argument(fcinfo, checklist,
													   is_tally, space),
										stage));
}

static Datum
completeness(FunctionCallInfo fcinfo, bool is_tally)
{
	Count		space[STACK_COUNTS];
	const Checklist *checklist;

	if (PG_ARGISNULL(0))
		PG_RETURN_FLOAT8(0);
	checklist = handover_get_checklist(PG_GETARG_DATUM(0));
	PG_RETURN_FLOAT8(handover_completeness(checklist,
										   count_argument(fcinfo, checklist,
														  is_tally, space)));
}

static Datum
missing(FunctionCallInfo fcinfo, bool is_tally)
{
	Count		space[STACK_COUNTS];
	const Checklist *checklist;
	int			stage;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(2))
	{
		Datum		what = CStringGetTextDatum(PG_ARGISNULL(0) ?
											   "a checklist" : "a status");

		return text_array(&what, 1);
	}
	checklist = handover_get_checklist(PG_GETARG_DATUM(0));
	stage = handover_status_stage(get_status(fcinfo));
	return PointerGetDatum(handover_missing_labels(checklist,
												   count_argument(fcinfo,
																  checklist,
																  is_tally,
																  space),
												   stage));
}

static Datum
require_complete(FunctionCallInfo fcinfo, bool is_tally)
{
	Count		space[STACK_COUNTS];
	Count	   *counts;
	const Checklist *checklist;
	Status		status;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(2))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s of a handover must not be null",
						PG_ARGISNULL(0) ? "checklist" : "status")));
	checklist = handover_get_checklist(PG_GETARG_DATUM(0));
	status = get_status(fcinfo);
	counts = count_argument(fcinfo, checklist, is_tally, space);
	if (!handover_is_complete(checklist, counts,
							  handover_status_stage(status)))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("handover is not complete enough to be %s",
						handover_status_name(status)),
				 errdetail("Missing: %s.",
						   handover_missing_detail(checklist, counts,
												   handover_status_stage(status))),
				 errhint("handover.review() shows every rule and how far it is met.")));
	PG_RETURN_BOOL(true);
}

/* The columns of review. */
enum
{
	REVIEW_RULE,
	REVIEW_CLAIM,
	REVIEW_VERB,
	REVIEW_STAGE,
	REVIEW_WEIGHT,
	REVIEW_LABEL,
	REVIEW_EXPECTED,
	REVIEW_ACTUAL,
	REVIEW_DECLARED_NONE,
	REVIEW_SATISFIED,
	REVIEW_DEGREE,
	N_REVIEW
};

static void
review_row(const Rule *rule, const Claim *claim, const Count *count,
		   Datum *values)
{
	StringInfoData buf;
	int32		expected = 0;	/* of "no" */

	if (claim->kind == CLAIM_AT_LEAST)
		expected = claim->count;
	else if (claim->kind == CLAIM_EVERY)
		expected = count->population;

	initStringInfo(&buf);
	handover_append_claim(&buf, rule, true);
	values[REVIEW_RULE] = Int32GetDatum(claim->number + 1);
	values[REVIEW_CLAIM] = CStringGetTextDatum(buf.data);
	values[REVIEW_VERB] = CStringGetTextDatum(claim->require ? "require" :
											  "suggest");
	values[REVIEW_STAGE] =
		CStringGetTextDatum(handover_stage_name(claim->stage));
	values[REVIEW_WEIGHT] = Float8GetDatum((double) claim->weight /
										   WEIGHT_SCALE);
	values[REVIEW_LABEL] = CStringGetTextDatum(handover_rule_label(rule));
	values[REVIEW_EXPECTED] = Int32GetDatum(expected);
	values[REVIEW_ACTUAL] = Int32GetDatum(count->hits);
	values[REVIEW_DECLARED_NONE] =
		Int32GetDatum(claim->kind == CLAIM_AT_LEAST ? count->population : 0);
	values[REVIEW_SATISFIED] = BoolGetDatum(handover_satisfied(claim, count));
	values[REVIEW_DEGREE] = Float8GetDatum(handover_degree(claim, count));
}

static Datum
review(FunctionCallInfo fcinfo, bool is_tally, bool only_unmet)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Count		space[STACK_COUNTS];
	Count	   *counts;
	const Checklist *checklist;
	Rule	   *rules;
	Claim	   *claims;
	bool		nulls[N_REVIEW] = {0};

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	checklist = handover_get_checklist(PG_GETARG_DATUM(0));
	counts = count_argument(fcinfo, checklist, is_tally, space);
	rules = handover_rules(checklist);
	claims = handover_claims(checklist);
	for (int i = 0; i < checklist->nrules; i++)
	{
		Datum		values[N_REVIEW];

		if (only_unmet && handover_satisfied(&claims[i], &counts[i]))
			continue;
		review_row(&rules[i], &claims[i], &counts[i], values);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc,
							 values, nulls);
	}
	return (Datum) 0;
}

/* ------------------------------------------------------------------------
 * SQL functions
 * ------------------------------------------------------------------------
 */

/*
 * complete(checklist, jsonb, status DEFAULT 'submitted') returns boolean
 * complete(checklist, tally, status) returns boolean
 *
 * Does every "require" rule hold that a handover of that status must satisfy?
 * Never NULL: false without a checklist or a status.
 */
PG_FUNCTION_INFO_V1(handover_complete_document);
Datum
handover_complete_document(PG_FUNCTION_ARGS)
{
	return complete(fcinfo, false);
}

PG_FUNCTION_INFO_V1(handover_complete_tally);
Datum
handover_complete_tally(PG_FUNCTION_ARGS)
{
	return complete(fcinfo, true);
}

/*
 * completeness(checklist, jsonb) returns double precision
 * completeness(checklist, tally) returns double precision
 *
 * 0 to 100: how far the rules are met, the mean by weight, over rules of every
 * verb and stage.  100 exactly if all with a weight are satisfied.  Never
 * NULL: 0 without a checklist.
 */
PG_FUNCTION_INFO_V1(handover_completeness_document);
Datum
handover_completeness_document(PG_FUNCTION_ARGS)
{
	return completeness(fcinfo, false);
}

PG_FUNCTION_INFO_V1(handover_completeness_tally);
Datum
handover_completeness_tally(PG_FUNCTION_ARGS)
{
	return completeness(fcinfo, true);
}

/*
 * missing(checklist, jsonb, status DEFAULT 'submitted') returns text[]
 * missing(checklist, tally, status) returns text[]
 *
 * The labels of the rules for which complete() is false; empty, never NULL, if
 * it is true.
 */
PG_FUNCTION_INFO_V1(handover_missing_document);
Datum
handover_missing_document(PG_FUNCTION_ARGS)
{
	return missing(fcinfo, false);
}

PG_FUNCTION_INFO_V1(handover_missing_tally);
Datum
handover_missing_tally(PG_FUNCTION_ARGS)
{
	return missing(fcinfo, true);
}

/*
 * require_complete(checklist, jsonb, status DEFAULT 'submitted') returns boolean
 * require_complete(checklist, tally, status) returns boolean
 *
 * True, or error 23514 whose DETAIL lists what is missing.  22004 without a
 * checklist or a status.
 */
PG_FUNCTION_INFO_V1(handover_require_complete_document);
Datum
handover_require_complete_document(PG_FUNCTION_ARGS)
{
	return require_complete(fcinfo, false);
}

PG_FUNCTION_INFO_V1(handover_require_complete_tally);
Datum
handover_require_complete_tally(PG_FUNCTION_ARGS)
{
	return require_complete(fcinfo, true);
}

/*
 * review(checklist, jsonb) returns setof record
 * review(checklist, tally) returns setof record
 *
 * One row a rule, in order: what it claims, what was expected and found, and
 * how far it is met (0 to 1).  No row without a checklist.
 */
PG_FUNCTION_INFO_V1(handover_review_document);
Datum
handover_review_document(PG_FUNCTION_ARGS)
{
	return review(fcinfo, false, false);
}

PG_FUNCTION_INFO_V1(handover_review_tally);
Datum
handover_review_tally(PG_FUNCTION_ARGS)
{
	return review(fcinfo, true, false);
}

/*
 * unmet(checklist, tally) returns setof record
 *
 * The rows of review() that are not satisfied, without the cost of the others.
 */
PG_FUNCTION_INFO_V1(handover_unmet_tally);
Datum
handover_unmet_tally(PG_FUNCTION_ARGS)
{
	return review(fcinfo, true, true);
}
