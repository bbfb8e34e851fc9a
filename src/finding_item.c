/*
 * finding_item.c
 *		What is wrong with one item.
 *
 * Each function is one finding, and looks at the items that it is for.  A
 * contact is never named.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "attribute_value.h"
#include "finding.h"

/* ------------------------------------------------------------------------
 * Attributes
 * ------------------------------------------------------------------------
 */

static bool
is_true(const FindingItem *item, const char *name)
{
	return handover_attribute_truth(item->attributes, name);
}

/* A level that asks for care. */
static bool
is_high(int level)
{
	return level >= (int) LEVEL_HIGH;
}

static const char *
level_words(int level)
{
	return level == NO_LEVEL ? "unknown" : level_name((Level) level);
}

/* Is the item in a dependency? */
static bool
is_linked(const Search *search, const FindingItem *item)
{
	const int64 *keys;
	int			n;

	if (search->linked == NULL)
		return false;
	keys = (const int64 *) ARR_DATA_PTR(search->linked);
	n = ArrayGetNItems(ARR_NDIM(search->linked), ARR_DIMS(search->linked));
	for (int i = 0; i < n; i++)
		if (keys[i] == item->id)
			return true;
	return false;
}

/* ------------------------------------------------------------------------
 * Documentation
 * ------------------------------------------------------------------------
 */

/* "no outcome", "outcome that says nothing"; NULL if nothing is wrong. */
static char *
ambiguity(Span words, const char *name, double characters)
{
	if (handover_is_blank(words))
		return psprintf("no %s", name);
	if (handover_is_placeholder(words))
		return psprintf("%s that says nothing", name);
	if (handover_characters(words) < characters)
		return psprintf("%s of %s", name,
						handover_counted(handover_characters(words),
										 "character"));
	return NULL;
}

static void
ambiguous_task(Search *search, const FindingItem *item)
{
	double		characters = search->settings[AMBIGUOUS_TASK_CHARACTERS];
	double		found = NO_FIGURE;
	char	   *outcome;
	char	   *instructions;

	if (item->kind != ELEMENT_TASK || !item->is_open)
		return;
	outcome = ambiguity(item->outcome, "outcome", characters);
	instructions = ambiguity(item->instructions, "instructions", characters);
	if (outcome == NULL && instructions == NULL)
		return;
	if (item->outcome.str != NULL)
		found = handover_characters(item->outcome);
	if (item->instructions.str != NULL)
		found = item->outcome.str == NULL ? handover_characters(item->instructions) :
			Min(found, handover_characters(item->instructions));
	handover_found(search, "ambiguous_task", item, found, characters,
				   psprintf("%s%s%s", outcome ? outcome : "",
							outcome && instructions ? ", " : "",
							instructions ? instructions : ""));
}

static void
inadequate_documentation(Search *search, const FindingItem *item)
{
	if (item->critical && item->is_open && item->kind != ELEMENT_CONTACT &&
		handover_is_blank(item->details) &&
		handover_is_blank(item->instructions) && handover_is_blank(item->link))
		handover_found(search, "inadequate_documentation", item, 0, 1,
					   "critical, with no details, no instructions and no link");
}

static void
stale_document(Search *search, const FindingItem *item)
{
	double		threshold = search->settings[STALE_DOCUMENT_DAYS];
	double		days;

	if (item->kind == ELEMENT_DOCUMENT && item->is_real &&
		days_between(handover_moment_of(item, "last_reviewed_at"), moment(search->now),
					 &days) &&
		days > threshold)
		handover_found(search, "stale_document", item, days, threshold,
					   psprintf("last reviewed %s ago",
								handover_counted(floor(days), "day")));
}

static void
inaccessible_document(Search *search, const FindingItem *item)
{
	Span		access;

	if (item->kind != ELEMENT_DOCUMENT || !item->is_real)
		return;
	if (handover_is_blank(item->link))
		handover_found(search, "inaccessible_document", item, 0, 1, "no link");
	else if (handover_attribute_words(item->attributes, "access_grant",
									  &access) &&
			 !handover_is_accessible(search, access))
		handover_found(search, "inaccessible_document", item, 0, 1,
					   "the new owner lacks the access that it needs");
}

/* ------------------------------------------------------------------------
 * Communication
 * ------------------------------------------------------------------------
 */

/*
 * By how many days a question is late, or was answered late; negative if it
 * is not.  Without answer_due_at, answer_days are given from when it was asked.
 */
bool
handover_question_lateness(const FindingItem *item, Moment until,
						   double answer_days, double *late)
{
	Moment		asked_at = handover_moment_of(item, "asked_at");

	if (days_between(handover_moment_of(item, "answer_due_at"), until, late))
		return true;
	if (!days_between(asked_at.known ? asked_at : item->created_at, until,
					  late))
		return false;
	*late -= answer_days;
	return true;
}

static void
unanswered_question(Search *search, const FindingItem *item)
{
	double		late;
	bool		known;

	if (item->kind != ELEMENT_QUESTION || !item->is_open)
		return;
	known = handover_question_lateness(item, moment(search->now),
									   search->settings[UNANSWERED_QUESTION_ANSWER_DAYS],
									   &late);
	if (known && late > 0)
		handover_found(search, "unanswered_question", item, late, 0,
					   psprintf("to be answered %.1f days ago", late));
	else if (search->is_accepted &&
			 (item->critical || is_true(item, "blocking")))
		handover_found(search, "unanswered_question", item,
					   known ? late : NO_FIGURE, 0,
					   "open though acceptance depended on it");
}

/* ------------------------------------------------------------------------
 * Knowledge
 * ------------------------------------------------------------------------
 */

static void
missing_project_knowledge(Search *search, const FindingItem *item)
{
	if (item->kind == ELEMENT_PROJECT && item->is_open &&
		handover_is_blank(item->link) &&
		!handover_is_explained(search, item->title))
		handover_found(search, "missing_project_knowledge", item, 0, 1,
					   "a project with no link, and no knowledge, procedure or document that applies to it");
}

static void
training_incomplete(Search *search, const FindingItem *item)
{
	double		threshold = search->settings[TRAINING_INCOMPLETE_RATING];
	double		rating = NO_FIGURE;
	Moment		completed_at;
	char	   *sentence = NULL;

	if (item->kind != ELEMENT_TRAINING_SESSION || !item->is_real)
		return;
	(void) handover_attribute_score(item->attributes, "competence_rating",
									&rating);
	completed_at = handover_moment_of(item, "completed_at");
	if (is_before(search->cutover, completed_at))
		sentence = "completed only after the new owner took over";
	else if (rating < threshold)
		sentence = psprintf("competence rated %s", handover_figure(rating));
	else if (!completed_at.known && item->is_open &&
			 (search->has_taken_over ||
			  is_before(search->cutover, handover_moment_of(item, "planned_at"))))
		sentence = "not completed before the new owner takes over";
	if (sentence != NULL)
		handover_found(search, "training_incomplete", item, rating, threshold,
					   sentence);
}

static void
missing_kpi(Search *search, const FindingItem *item)
{
	bool		needed = false;

	if (item->kind == ELEMENT_CAMPAIGN)
		needed = item->is_open &&
			handover_is_blank(handover_words_of(item, "kpi"));
	else if (item->kind == ELEMENT_SYSTEM)
		needed = item->is_real && search->settings[MISSING_KPI_SYSTEMS] > 0;
	if (needed && !handover_is_measured(search, item->title))
		handover_found(search, "missing_kpi", item, 0, 1,
					   "no metric applies to it");
}

/* ------------------------------------------------------------------------
 * Operation
 * ------------------------------------------------------------------------
 */

static void
risk_without_contingency(Search *search, const FindingItem *item)
{
	int			likelihood;

	if (item->kind != ELEMENT_RISK || !item->is_open ||
		!handover_is_blank(item->contingency))
		return;
	likelihood = handover_attribute_grade(item->attributes, "likelihood");
	if (item->critical || is_high(item->impact) || is_high(likelihood))
		handover_found(search, "risk_without_contingency", item, 0, 1,
					   psprintf("likelihood %s, impact %s, and no word of what to do",
								level_words(likelihood),
								level_words(item->impact)));
}

static void
undocumented_dependency(Search *search, const FindingItem *item)
{
	bool		needed = item->kind == ELEMENT_SYSTEM ? item->is_real :
		item->kind == ELEMENT_PROJECT && item->is_open;

	if (!needed ||
		!handover_is_blank(handover_words_of(item, "depends_on")) ||
		is_linked(search, item) || handover_needs_nothing(search))
		return;
	handover_found(search, "undocumented_dependency", item, 0, 1,
				   psprintf("no dependency of the %.*s is given, nor that there is none",
							item->element.len, item->element.str));
}

static void
system_not_assessed(Search *search, const FindingItem *item)
{
	if (item->kind == ELEMENT_SYSTEM && item->is_real &&
		is_true(item, "complex") && !handover_moment_of(item, "assessed_at").known)
		handover_found(search, "system_not_assessed", item, 0, 1,
					   "complex, and never assessed");
}

static void
critical_deadline_at_cutover(Search *search, const FindingItem *item)
{
	double		threshold = search->settings[CRITICAL_DEADLINE_AT_CUTOVER_DAYS];
	double		days;

	if (item->critical && item->is_open &&
		days_between(search->cutover, item->due_at, &days) &&
		fabs(days) <= threshold)
		handover_found(search, "critical_deadline_at_cutover", item,
					   fabs(days), threshold,
					   psprintf("critical, and due %.1f days %s the new owner takes over",
								fabs(days), days < 0 ? "before" : "after"));
}

static void
pending_change_without_status(Search *search, const FindingItem *item)
{
	char	   *sentence = NULL;

	if (item->kind != ELEMENT_CHANGE_REQUEST || !item->is_open)
		return;
	if (handover_is_blank(handover_words_of(item, "approval_status")))
		sentence = "no word of where its approval stands";
	else if ((handover_attribute_is(item, "approval_status", "requested") ||
			  handover_attribute_is(item, "approval_status", "in_review")) &&
			 handover_is_blank(handover_words_of(item, "next_approver")))
		sentence = "no word of who is next to approve";
	if (sentence != NULL)
		handover_found(search, "pending_change_without_status", item, 0, 1,
					   sentence);
}

static void
critical_service_cutover(Search *search, const FindingItem *item)
{
	Moment		start;
	Moment		end;
	int			criticality;

	if (item->kind != ELEMENT_SYSTEM || !item->is_real)
		return;
	criticality = handover_attribute_grade(item->attributes, "criticality");
	start = handover_moment_of(item, "freeze_start_at");
	end = handover_moment_of(item, "freeze_end_at");
	if (is_high(criticality) && search->cutover.known && start.known &&
		end.known && search->cutover.at >= start.at &&
		search->cutover.at <= end.at)
		handover_found(search, "critical_service_cutover", item, 0, 1,
					   psprintf("criticality %s, and in a freeze or peak when the new owner takes over",
								level_words(criticality)));
}

/* By more per cent than the setting; figures that are equal are no drop. */
static void
service_level_drop(Search *search, const FindingItem *item)
{
	double		threshold = search->settings[SERVICE_LEVEL_DROP_PCT];
	double		before;
	double		after;
	double		drop;

	if (item->kind != ELEMENT_METRIC || !item->is_real ||
		!handover_attribute_is(item, "kind", "service_level") ||
		!handover_attribute_figure(item->attributes, "actual_before",
								   &before) ||
		!handover_attribute_figure(item->attributes, "actual_after", &after) ||
		before == 0)
		return;
	/* such as decimal arithmetic has it, so that 5 per cent are no more than 5 */
	drop = rint(100 * (before - after) / fabs(before) * 1e9) / 1e9;
	if (drop > threshold)
		handover_found(search, "service_level_drop", item, drop, threshold,
					   psprintf("from %s to %s, lower by %.1f per cent",
								handover_figure(before), handover_figure(after),
								drop));
}

/* ------------------------------------------------------------------------
 * Compliance
 * ------------------------------------------------------------------------
 */

static void
access_not_transferred(Search *search, const FindingItem *item)
{
	Span		status;
	double		days = NO_FIGURE;

	if (item->kind != ELEMENT_ACCESS_GRANT || !item->is_real ||
		!search->has_taken_over ||
		handover_attribute_is(item, "transfer_status", "verified") ||
		handover_attribute_is(item, "transfer_status", "revoked") ||
		handover_moment_of(item, "verified_at").known)
		return;
	status = handover_words_of(item, "transfer_status");
	if (!days_between(search->cutover, moment(search->now), &days) || days < 0)
		days = 0;
	handover_found(search, "access_not_transferred", item, days, 0,
				   psprintf("%s when the new owner took over, not verified",
							status.str == NULL ? "not even requested" :
							pnstrdup(status.str, status.len)));
}

static void
access_not_revoked(Search *search, const FindingItem *item)
{
	double		threshold = search->settings[ACCESS_NOT_REVOKED_DAYS];
	bool		shared;
	double		days;

	if (item->kind != ELEMENT_ACCESS_GRANT || !item->is_real ||
		!days_between(search->header.accepted_at, moment(search->now),
					  &days) ||
		days <= threshold)
		return;
	shared = is_true(item, "shared");
	if (shared ? handover_moment_of(item, "rotated_at").known :
		(handover_attribute_is(item, "transfer_status", "revoked") ||
		 handover_moment_of(item, "revoked_at").known))
		return;
	handover_found(search, "access_not_revoked", item, days, threshold,
				   psprintf("%s after acceptance, %s",
							handover_counted(floor(days), "day"),
							shared ? "the shared secret is still the same" :
							"the outgoing owner still has access"));
}

static void
missing_security_protocol(Search *search, const FindingItem *item)
{
	if (item->kind == ELEMENT_ACCESS_GRANT && item->is_real &&
		is_true(item, "privileged") &&
		handover_is_blank(handover_words_of(item, "security_protocol")))
		handover_found(search, "missing_security_protocol", item, 0, 1,
					   "privileged, and without a security protocol");
}

/*
 * All that is wrong with an item.
 */
void
handover_search_item(Search *search, const FindingItem *item)
{
	static void (*const findings[]) (Search *, const FindingItem *) = {
		ambiguous_task, inadequate_documentation, unanswered_question,
		missing_project_knowledge, training_incomplete, missing_kpi,
		risk_without_contingency, undocumented_dependency,
		system_not_assessed, critical_deadline_at_cutover,
		access_not_transferred, access_not_revoked, missing_security_protocol,
		pending_change_without_status, stale_document, inaccessible_document,
		critical_service_cutover, service_level_drop
	};

	for (int i = 0; i < lengthof(findings); i++)
		findings[i] (search, item);
}
