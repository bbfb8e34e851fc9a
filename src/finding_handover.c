/*
 * finding_handover.c
 *		What is wrong with a handover as a whole.
 *
 * One pass over the items counts; then each function is one finding.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "attribute_value.h"
#include "finding.h"

/* What the items come to.  Those that say that there is nothing are none. */
typedef struct Facts
{
	int			items;
	int			written;		/* with details, instructions or a link */
	int			ndetails;		/* so many have details, */
	int			median_characters;	/* of this median length */
	int			unneeded;		/* done, or of low priority */
	int			documents;
	int			contacts;		/* with channel and address */
	int			knowledge;		/* and procedures */
	int			community_procedures;
	int			insights;
	int			paths;
	int			sessions;		/* held */
	int			both_sessions;	/* with both sides */
	double		session_minutes;
	int			disputed;
	int			late_questions; /* answered late, or not at all */
	int			tasks;			/* open */
	int			undated_tasks;
	int			work;			/* open */
	int			unprioritized;
	int			unowned;
	int			unfamiliar;
	int			unacknowledged;
	int			overdue_at_cutover;
	int			stale;
	int			due_trainings;	/* critical, and not completed */
	int			plans;			/* for succession, with a candidate */
	int			posts;
	int			posts_after;	/* scheduled soon after the cutover */
	int			overdue_after;	/* since the cutover */
	int			critical;		/* open */
	int			ratings;		/* by others than who hands over */
	bool		tells_risks;	/* a risk or an issue, be it that there is none */
	bool		tells_implications; /* a risk, milestone or dependency */
	Moment		last_at;		/* when something last happened */
} Facts;

/* ------------------------------------------------------------------------
 * The pass over the items
 * ------------------------------------------------------------------------
 */

static bool
has_words(const FindingItem *item, const char *name)
{
	return !handover_is_blank(handover_words_of(item, name));
}

static bool
is_written(const FindingItem *item)
{
	switch (item->kind)
	{
		case ELEMENT_SESSION:
		case ELEMENT_PARTICIPANT:
		case ELEMENT_QUESTION:
		case ELEMENT_FEEDBACK:
		case ELEMENT_IMPROVEMENT:
		case ELEMENT_CONTACT:
			return false;
		default:
			return !handover_is_blank(item->details) ||
				!handover_is_blank(item->instructions) ||
				!handover_is_blank(item->link);
	}
}

/* When an item was made, seen or changed. */
static Moment
touched_at(const FindingItem *item)
{
	return later(later(item->created_at, item->acknowledged_at),
				 handover_moment_of(item, "updated_at"));
}

static void
count_session(Facts *facts, const FindingItem *item)
{
	double		minutes;

	if (!item->is_held)
		return;
	facts->sessions++;
	if (handover_attribute_truth(item->attributes, "both_parties"))
		facts->both_sessions++;
	if (handover_attribute_figure(item->attributes, "duration", &minutes))
		facts->session_minutes += minutes;
}

static void
count_question(const Search *search, Facts *facts, const FindingItem *item)
{
	double		late;

	if (handover_question_lateness(item, item->is_open ? moment(search->now) :
								   handover_moment_of(item, "answered_at"),
								   search->settings[COMMUNICATION_BREAKDOWN_ANSWER_DAYS],
								   &late) &&
		late > 0)
		facts->late_questions++;
}

static void
count_post(const Search *search, Facts *facts, const FindingItem *item)
{
	double		days;

	facts->posts++;
	if (days_between(search->cutover, handover_moment_of(item, "scheduled_at"), &days) &&
		days >= 0 && days <= search->settings[PUBLISHING_GAP_DAYS])
		facts->posts_after++;
}

static bool
is_rated_by_another(const Search *search, const FindingItem *item)
{
	Span		rated_by;

	if (handover_attribute_is(item, "part", "outgoing"))
		return false;
	return !handover_attribute_words(item->attributes, "rated_by", &rated_by) ||
		search->header.outgoing.str == NULL ||
		!span_equal(rated_by, search->header.outgoing);
}

/* By what it is; not called for what says that there is nothing. */
static void
count_element(const Search *search, Facts *facts, const FindingItem *item)
{
	switch (item->kind)
	{
		case ELEMENT_DOCUMENT:
			facts->documents++;
			break;
		case ELEMENT_CONTACT:
			facts->contacts += has_words(item, "channel") &&
				has_words(item, "address");
			break;
		case ELEMENT_KNOWLEDGE:
			facts->knowledge++;
			break;
		case ELEMENT_PROCEDURE:
			facts->knowledge++;
			facts->community_procedures += handover_attribute_is(item, "category",
													 "community");
			break;
		case ELEMENT_PLATFORM_INSIGHT:
			facts->insights++;
			break;
		case ELEMENT_ESCALATION_PATH:
			facts->paths++;
			break;
		case ELEMENT_SESSION:
			count_session(facts, item);
			break;
		case ELEMENT_QUESTION:
			count_question(search, facts, item);
			break;
		case ELEMENT_TRAINING_SESSION:
			facts->due_trainings += item->is_open && item->critical &&
				!handover_moment_of(item, "completed_at").known;
			break;
		case ELEMENT_SUCCESSION_PLAN:
			facts->plans += has_words(item, "candidate");
			break;
		case ELEMENT_CONTENT_CALENDAR:
			count_post(search, facts, item);
			break;
		case ELEMENT_FEEDBACK:
			facts->ratings += is_rated_by_another(search, item);
			break;
		case ELEMENT_TASK:
			facts->tasks += item->is_open;
			facts->undated_tasks += item->is_open && !item->due_at.known;
			break;
		default:
			break;
	}
}

static void
count_work(const Search *search, Facts *facts, const FindingItem *item)
{
	const FindingHeader *header = &search->header;
	double		days;

	facts->work++;
	facts->unprioritized += item->urgency == NO_LEVEL ||
		item->importance == NO_LEVEL || item->impact == NO_LEVEL;
	facts->unowned += handover_is_blank(item->new_owner);
	facts->unfamiliar += handover_is_blank(item->instructions) &&
		handover_is_blank(item->link) && handover_is_blank(item->read_back);
	facts->unacknowledged += !item->acknowledged_at.known;
	facts->overdue_at_cutover += is_before(item->due_at, search->cutover) &&
		search->cutover.at <= search->now;
	facts->stale += days_between(touched_at(item),
								 header->submitted_at.known ?
								 header->submitted_at : moment(search->now),
								 &days) &&
		days > search->settings[STALE_ITEM_DAYS];
}

static void
count_open(const Search *search, Facts *facts, const FindingItem *item)
{
	facts->critical += item->critical;
	facts->overdue_after += item->due_at.known && search->cutover.known &&
		item->due_at.at >= search->cutover.at &&
		item->due_at.at < search->now;
	if (item->is_work)
		count_work(search, facts, item);
}

/* Also of what says that there is nothing. */
static void
count_word(Facts *facts, const FindingItem *item)
{
	facts->tells_risks |= item->kind == ELEMENT_RISK ||
		item->kind == ELEMENT_ISSUE;
	facts->tells_implications |= item->kind == ELEMENT_RISK ||
		item->kind == ELEMENT_MILESTONE || item->kind == ELEMENT_DEPENDENCY;
	if (item->kind != ELEMENT_SESSION)
		facts->last_at = later(facts->last_at, touched_at(item));
	else if (item->is_held)
		facts->last_at = later(facts->last_at, handover_moment_of(item, "held_at"));
}

static int
compare_ints(const void *a, const void *b)
{
	int			x = *(const int *) a;
	int			y = *(const int *) b;

	return x < y ? -1 : x > y;
}

/* The lower one of two in the middle, as percentile_disc(0.5) has it. */
static int
median(int *values, int n)
{
	qsort(values, n, sizeof(int), compare_ints);
	return n > 0 ? values[(n - 1) / 2] : 0;
}

static void
gather(const Search *search, Facts *facts)
{
	const FindingHeader *header = &search->header;
	int		   *lengths = palloc_array(int, Max(search->nitems, 1));

	memset(facts, 0, sizeof(Facts));
	for (int i = 0; i < search->nitems; i++)
	{
		const FindingItem *item = &search->items[i];

		count_word(facts, item);
		if (!item->is_real)
			continue;
		facts->items++;
		facts->written += is_written(item);
		if (item->details.str != NULL)
			lengths[facts->ndetails++] = handover_characters(item->details);
		facts->unneeded += item->is_done ||
			(item->urgency == (int) LEVEL_LOW &&
			 item->importance == (int) LEVEL_LOW);
		facts->disputed += handover_attribute_truth(item->attributes,
													"disputed");
		count_element(search, facts, item);
		if (item->is_open)
			count_open(search, facts, item);
	}
	facts->median_characters = median(lengths, facts->ndetails);
	facts->last_at = later(facts->last_at,
						   later(later(header->created_at, header->updated_at),
								 later(later(header->submitted_at,
											 header->returned_at),
									   header->accepted_at)));
}

/* ------------------------------------------------------------------------
 * Documentation
 * ------------------------------------------------------------------------
 */

/* The labels of an array with something between. */
static char *
joined(ArrayType *labels, const char *separator, int *n)
{
	StringInfoData buf;
	Datum	   *values;
	bool	   *nulls;

	initStringInfo(&buf);
	*n = 0;
	if (labels == NULL)
		return buf.data;
	deconstruct_array(labels, TEXTOID, -1, false, TYPALIGN_INT, &values,
					  &nulls, n);
	for (int i = 0; i < *n; i++)
		if (!nulls[i])
			appendStringInfo(&buf, "%s%s", buf.len > 0 ? separator : "",
							 TextDatumGetCString(values[i]));
	return buf.data;
}

static void
incomplete_handover(Search *search, const Facts *facts)
{
	Status		status = search->header.status;
	int			n;
	char	   *labels = joined(search->missing, "; ", &n);

	if (n > 0)
		handover_found(search, "incomplete_handover", NULL, n, 0,
					   psprintf("%s not met to be %s: %s",
								handover_counted(n, "requirement"),
								handover_status_name(status < STATUS_CLOSED ?
													 status + 1 : status),
								labels));
}

static void
industry_requirement_missing(Search *search, const Facts *facts)
{
	int			n;
	int			n_industries;
	char	   *labels = joined(search->industry_missing, "; ", &n);

	if (n > 0)
		handover_found(search, "industry_requirement_missing", NULL, n, 0,
					   psprintf("%s of %s not met: %s",
								handover_counted(n, "requirement"),
								joined(search->header.industries, ", ",
									   &n_industries), labels));
}

static void
missing_document(Search *search, const Facts *facts)
{
	if (facts->documents == 0)
		handover_found(search, "missing_document", NULL, 0, 1,
					   "no document is handed over");
}

static void
overloaded_documentation(Search *search, const Facts *facts)
{
	const double *settings = search->settings;
	double		items = settings[OVERLOADED_DOCUMENTATION_ITEMS];

	if (facts->items > items ||
		(facts->ndetails > 0 &&
		 facts->median_characters > settings[OVERLOADED_DOCUMENTATION_CHARACTERS]) ||
		(facts->items >= settings[OVERLOADED_DOCUMENTATION_UNNEEDED_ITEMS] &&
		 100.0 * facts->unneeded > facts->items * settings[OVERLOADED_DOCUMENTATION_UNNEEDED_PCT]))
		handover_found(search, "overloaded_documentation", NULL, facts->items,
					   items,
					   psprintf("%s, median of details %s, done or of low priority: %d of %d",
								handover_counted(facts->items, "item"),
								handover_counted(facts->median_characters,
												 "character"),
								facts->unneeded, facts->items));
}

static void
verbal_only(Search *search, const Facts *facts)
{
	double		items = search->settings[VERBAL_ONLY_WRITTEN_ITEMS];

	if (facts->sessions > 0 &&
		(facts->written < items ||
		 facts->documents < search->settings[VERBAL_ONLY_DOCUMENTS]))
		handover_found(search, "verbal_only", NULL, facts->written, items,
					   psprintf("%s, but only %s in writing and %s",
								handover_counted(facts->sessions, "session"),
								handover_counted(facts->written, "item"),
								handover_counted(facts->documents, "document")));
}

static void
stale_item(Search *search, const Facts *facts)
{
	double		days = search->settings[STALE_ITEM_DAYS];

	if (facts->stale > 0)
		handover_found(search, "stale_item", NULL, facts->stale, days,
					   psprintf("%d of %s of work not updated for %s",
								facts->stale,
								handover_counted(facts->work, "open item"),
								handover_counted(days, "day")));
}

/* ------------------------------------------------------------------------
 * Communication
 * ------------------------------------------------------------------------
 */

static void
missing_contact(Search *search, const Facts *facts)
{
	if (facts->contacts == 0)
		handover_found(search, "missing_contact", NULL, 0, 1,
					   "no contact with a channel and an address");
}

static void
no_interaction(Search *search, const Facts *facts)
{
	if (facts->both_sessions == 0)
		handover_found(search, "no_interaction", NULL, 0, 1,
					   facts->sessions == 0 ? "no session was held" :
					   psprintf("sessions in which both sides took part: 0 of %d",
								facts->sessions));
}

static void
communication_breakdown(Search *search, const Facts *facts)
{
	if (facts->sessions == 0 || facts->late_questions > 0 ||
		facts->disputed > 0)
		handover_found(search, "communication_breakdown", NULL,
					   facts->late_questions + facts->disputed, 0,
					   psprintf("%s, %s answered late or not at all, %s disputed",
								handover_counted(facts->sessions, "session"),
								handover_counted(facts->late_questions,
												 "question"),
								handover_counted(facts->disputed, "item")));
}

static void
silent_handover(Search *search, const Facts *facts)
{
	double		threshold = search->settings[SILENT_HANDOVER_DAYS];
	double		days;

	if (search->is_pending &&
		days_between(facts->last_at, moment(search->now), &days) &&
		days > threshold)
		handover_found(search, "silent_handover", NULL, days, threshold,
					   psprintf("nothing happened for %s",
								handover_counted(floor(days), "day")));
}

static void
misaligned_expectation(Search *search, const Facts *facts)
{
	bool		is_blank = handover_is_blank(search->header.expectation);

	if (facts->disputed > 0)
		handover_found(search, "misaligned_expectation", NULL, facts->disputed,
					   0, psprintf("%s disputed%s",
								   handover_counted(facts->disputed, "item"),
								   is_blank ? ", and no word of what is expected" : ""));
	else if (is_blank)
		handover_found(search, "misaligned_expectation", NULL, 0, 0,
					   "no word of what is expected");
}

static void
priority_not_communicated(Search *search, const Facts *facts)
{
	const FindingHeader *header = &search->header;
	double		items = search->settings[PRIORITY_NOT_COMMUNICATED_ITEMS];

	if (header->status != STATUS_DRAFT && facts->work >= items &&
		(!header->priority_acknowledged_at.known ||
		 handover_is_blank(header->priority_acknowledged_by)))
		handover_found(search, "priority_not_communicated", NULL, facts->work,
					   items,
					   psprintf("the order of %s of work is not acknowledged",
								handover_counted(facts->work, "open item")));
}

/* ------------------------------------------------------------------------
 * Operation
 * ------------------------------------------------------------------------
 */

static void
neglected_open_task(Search *search, const Facts *facts)
{
	Span		outgoing = search->header.outgoing;

	if (search->is_pending && search->neglected > 0)
		handover_found(search, "neglected_open_task", NULL, search->neglected,
					   0, psprintf("%s once handed over to %.*s %s in no later handover",
								   handover_counted(search->neglected,
													"open item"),
								   outgoing.len, outgoing.str,
								   search->neglected == 1 ? "is" : "are"));
}

static void
overlooked_item(Search *search, const Facts *facts)
{
	int			unacknowledged = search->is_accepted ?
		facts->unacknowledged : 0;

	if (unacknowledged + facts->overdue_at_cutover > 0)
		handover_found(search, "overlooked_item", NULL,
					   unacknowledged + facts->overdue_at_cutover, 0,
					   psprintf("not acknowledged: %d of %s of work; overdue when the new owner takes over: %d",
								facts->unacknowledged,
								handover_counted(facts->work, "open item"),
								facts->overdue_at_cutover));
}

static void
missing_deadline(Search *search, const Facts *facts)
{
	if (facts->undated_tasks > 0)
		handover_found(search, "missing_deadline", NULL, facts->undated_tasks,
					   0, psprintf("%d of %s %s no deadline",
								   facts->undated_tasks,
								   handover_counted(facts->tasks, "open task"),
								   facts->undated_tasks == 1 ? "has" : "have"));
}

static void
unprioritized_task(Search *search, const Facts *facts)
{
	if (facts->unprioritized > 0)
		handover_found(search, "unprioritized_task", NULL,
					   facts->unprioritized, 0,
					   psprintf("%d of %s of work %s urgency, importance or impact",
								facts->unprioritized,
								handover_counted(facts->work, "open item"),
								facts->unprioritized == 1 ? "lacks" : "lack"));
}

static void
hidden_risk(Search *search, const Facts *facts)
{
	if (!facts->tells_risks)
		handover_found(search, "hidden_risk", NULL, 0, 1,
					   "neither risks nor issues, and no word that there are none");
}

static void
ignored_operational_implication(Search *search, const Facts *facts)
{
	if (!facts->tells_implications &&
		(search->linked == NULL || ARR_NDIM(search->linked) == 0))
		handover_found(search, "ignored_operational_implication", NULL, 0, 1,
					   "no word of risks, milestones or dependencies");
}

static void
publishing_gap(Search *search, const Facts *facts)
{
	if (search->cutover.known && !TIMESTAMP_NOT_FINITE(search->cutover.at) &&
		facts->posts_after == 0 &&
		(facts->posts > 0 || search->settings[PUBLISHING_GAP_REQUIRED] > 0))
		handover_found(search, "publishing_gap", NULL, 0, 1,
					   psprintf("no content scheduled for %s after the new owner takes over",
								handover_counted(search->settings[PUBLISHING_GAP_DAYS],
												 "day")));
}

static void
service_disruption(Search *search, const Facts *facts)
{
	double		items = search->settings[SERVICE_DISRUPTION_ITEMS];

	if (search->is_accepted && facts->overdue_after > items)
		handover_found(search, "service_disruption", NULL,
					   facts->overdue_after, items,
					   psprintf("%s %s become overdue since the new owner took over",
								handover_counted(facts->overdue_after, "item"),
								facts->overdue_after == 1 ? "has" : "have"));
}

/* ------------------------------------------------------------------------
 * Knowledge
 * ------------------------------------------------------------------------
 */

static void
knowledge_gap(Search *search, const Facts *facts)
{
	if (facts->knowledge == 0 ||
		(search->has_taken_over && facts->due_trainings > 0))
		handover_found(search, "knowledge_gap", NULL, facts->knowledge, 1,
					   psprintf("%s of knowledge or procedures, %s not completed",
								handover_counted(facts->knowledge, "piece"),
								handover_counted(facts->due_trainings,
												 "critical training")));
}

static void
assumed_familiarity(Search *search, const Facts *facts)
{
	bool		one = facts->unfamiliar == 1;

	if (facts->unfamiliar > 0)
		handover_found(search, "assumed_familiarity", NULL, facts->unfamiliar,
					   0, psprintf("%d of %s of work %s no instructions, no link and %s not repeated",
								   facts->unfamiliar,
								   handover_counted(facts->work, "open item"),
								   one ? "has" : "have", one ? "was" : "were"));
}

static void
missing_community_insight(Search *search, const Facts *facts)
{
	int			found = (facts->community_procedures > 0) +
		(facts->insights > 0) + (facts->paths > 0);

	if (search->settings[MISSING_COMMUNITY_INSIGHT_REQUIRED] > 0 && found < 3)
		handover_found(search, "missing_community_insight", NULL, found, 3,
					   psprintf("procedures for the community: %d, insights into platforms: %d, escalation paths: %d",
								facts->community_procedures, facts->insights,
								facts->paths));
}

/* ------------------------------------------------------------------------
 * People
 * ------------------------------------------------------------------------
 */

static void
missing_scope(Search *search, const Facts *facts)
{
	if (handover_is_blank(search->header.scope))
		handover_found(search, "missing_scope", NULL, 0, 1,
					   "the scope does not say what is handed over");
}

static void
unowned_item(Search *search, const Facts *facts)
{
	if (facts->unowned > 0)
		handover_found(search, "unowned_item", NULL, facts->unowned, 0,
					   psprintf("%d of %s of work %s no new owner",
								facts->unowned,
								handover_counted(facts->work, "open item"),
								facts->unowned == 1 ? "has" : "have"));
}

/* "2.5 days of notice", "no notice", "unknown notice" */
static char *
notice_words(bool known, double days)
{
	if (!known)
		return "unknown notice";
	return days <= 0 ? "no notice" : psprintf("%.1f days of notice", days);
}

static void
rushed_handover(Search *search, const Facts *facts)
{
	const FindingHeader *header = &search->header;
	const double *settings = search->settings;
	double		threshold = settings[RUSHED_HANDOVER_NOTICE_DAYS];
	double		notice = NO_FIGURE;
	double		overlap;
	bool		knows_notice = days_between(header->submitted_at.known ?
											header->submitted_at :
											moment(search->now),
											header->effective_at, &notice);
	bool		knows_overlap = days_between(header->transition_start_at,
											 header->effective_at, &overlap);

	if (knows_overlap)
		overlap *= 24;
	if ((knows_notice && notice < threshold) ||
		(knows_overlap && overlap < settings[RUSHED_HANDOVER_OVERLAP_HOURS]) ||
		(header->status != STATUS_DRAFT && facts->critical > 0 &&
		 facts->session_minutes <
		 facts->critical * settings[RUSHED_HANDOVER_SESSION_MINUTES]))
		handover_found_as(search, "rushed_handover",
						  facts->critical > 0 ? "error" : "warning", notice,
						  threshold,
						  psprintf("%s, %s hours of transition, %.0f minutes of sessions for %s",
								   notice_words(knows_notice, notice),
								   knows_overlap ? psprintf("%.1f", overlap) :
								   "unknown", facts->session_minutes,
								   handover_counted(facts->critical,
													"critical item")));
}

static void
no_successor(Search *search, const Facts *facts)
{
	bool		nobody = handover_is_blank(search->header.incoming) &&
		handover_is_blank(search->header.incoming_team);

	if (nobody ||
		(facts->plans == 0 &&
		 search->settings[NO_SUCCESSOR_SUCCESSION_PLAN] > 0))
		handover_found(search, "no_successor", NULL, facts->plans, 1,
					   nobody ? "nobody takes over" :
					   "no plan for succession with a candidate");
}

static void
no_support_period(Search *search, const Facts *facts)
{
	Moment		until = search->header.support_until;
	double		days = NO_FIGURE;

	if (until.known && !(search->cutover.known && until.at <= search->cutover.at))
		return;
	if (days_between(search->cutover, until, &days))
		days = Max(days, 0);
	handover_found(search, "no_support_period", NULL, isnan(days) ? 0 : days, 0,
				   until.known ? "support ends when the new owner takes over" :
				   "no time of support is given");
}

static void
no_feedback(Search *search, const Facts *facts)
{
	double		days;

	if (search->header.status == STATUS_CLOSED && facts->ratings == 0 &&
		days_between(search->header.closed_at, moment(search->now), &days) &&
		days > search->settings[NO_FEEDBACK_DAYS])
		handover_found(search, "no_feedback", NULL, 0, 1,
					   psprintf("closed %s ago, and rated by nobody but who handed over",
								handover_counted(floor(days), "day")));
}

/*
 * All that is wrong with the handover as a whole.
 */
void
handover_search_handover(Search *search)
{
	static void (*const findings[]) (Search *, const Facts *) = {
		incomplete_handover, industry_requirement_missing, missing_scope,
		missing_contact, missing_document, overloaded_documentation,
		verbal_only, no_interaction, communication_breakdown, silent_handover,
		misaligned_expectation, priority_not_communicated,
		neglected_open_task, overlooked_item, missing_deadline,
		unprioritized_task, unowned_item, knowledge_gap, assumed_familiarity,
		missing_community_insight, hidden_risk,
		ignored_operational_implication, rushed_handover, stale_item,
		no_successor, no_support_period, publishing_gap, service_disruption,
		no_feedback
	};
	Facts		facts;

	gather(search, &facts);
	for (int i = 0; i < lengthof(findings); i++)
		findings[i] (search, &facts);
}
