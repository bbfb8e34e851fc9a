/*
 * finding.h
 *		What is wrong with a handover, computed from its row and its items.
 *
 * finding_row.c reads the rows, finding_setting.c the settings;
 * finding_handover.c finds what is about the handover, finding_item.c what is
 * about one item, finding_mention.c which items others name; finding.c is
 * called by SQL.  sql/67_finding.sql has the catalogue, and doc/finding.md
 * says when each is found.
 */
#ifndef HANDOVER_FINDING_H
#define HANDOVER_FINDING_H

#include <math.h>

#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/float.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#include "handover.h"
#include "status.h"

/* A time, if it is known; it may be infinity. */
typedef struct Moment
{
	bool		known;
	TimestampTz at;
} Moment;

/* Nobody has said. */
#define NO_LEVEL (-1)

/* What findings ask for; the others are ELEMENT_OTHER. */
typedef enum FindingElement
{
	ELEMENT_OTHER,
	ELEMENT_ACCESS_GRANT,
	ELEMENT_CAMPAIGN,
	ELEMENT_CHANGE_REQUEST,
	ELEMENT_CONTACT,
	ELEMENT_CONTENT_CALENDAR,
	ELEMENT_DEPENDENCY,
	ELEMENT_DOCUMENT,
	ELEMENT_ESCALATION_PATH,
	ELEMENT_FEEDBACK,
	ELEMENT_IMPROVEMENT,
	ELEMENT_ISSUE,
	ELEMENT_KNOWLEDGE,
	ELEMENT_METRIC,
	ELEMENT_MILESTONE,
	ELEMENT_PARTICIPANT,
	ELEMENT_PLATFORM_INSIGHT,
	ELEMENT_PROCEDURE,
	ELEMENT_PROJECT,
	ELEMENT_QUESTION,
	ELEMENT_RESPONSIBILITY,
	ELEMENT_RISK,
	ELEMENT_SESSION,
	ELEMENT_SUCCESSION_PLAN,
	ELEMENT_SYSTEM,
	ELEMENT_TASK,
	ELEMENT_TRAINING_SESSION
} FindingElement;

/* Texts that are NULL have str NULL. */
typedef struct FindingItem
{
	/* columns; those that the row lacks are NULL */
	int64		id;
	Span		element;
	Span		title;
	Span		details;
	Span		state;
	Span		new_owner;
	Span		outcome;
	Span		instructions;
	Span		contingency;
	Span		link;
	Span		read_back;
	Moment		due_at;
	Moment		created_at;
	Moment		acknowledged_at;
	int			urgency;		/* a Level, or NO_LEVEL */
	int			importance;
	int			impact;
	bool		critical;
	Jsonb	   *attributes;		/* NULL if there are none */

	/* what follows from them */
	FindingElement kind;
	bool		is_real;		/* does not say that there is nothing */
	bool		is_done;
	bool		is_open;		/* neither done nor none */
	bool		is_work;		/* open, and something that somebody has to own */
	bool		is_held;		/* a session that took place */
} FindingItem;

typedef struct FindingHeader
{
	Status		status;
	Span		role;
	Span		outgoing;
	Span		incoming;
	Span		incoming_team;
	Span		scope;
	Span		expectation;
	Span		priority_acknowledged_by;
	Moment		priority_acknowledged_at;
	Moment		transition_start_at;
	Moment		effective_at;
	Moment		support_until;
	Moment		created_at;
	Moment		updated_at;
	Moment		submitted_at;
	Moment		returned_at;
	Moment		accepted_at;
	Moment		closed_at;
	ArrayType  *industries;		/* NULL if there are none */
} FindingHeader;

/* In the order of the table in finding_setting.c. */
typedef enum FindingSetting
{
	AMBIGUOUS_TASK_CHARACTERS,
	OVERLOADED_DOCUMENTATION_ITEMS,
	OVERLOADED_DOCUMENTATION_CHARACTERS,
	OVERLOADED_DOCUMENTATION_UNNEEDED_PCT,
	OVERLOADED_DOCUMENTATION_UNNEEDED_ITEMS,
	VERBAL_ONLY_WRITTEN_ITEMS,
	VERBAL_ONLY_DOCUMENTS,
	COMMUNICATION_BREAKDOWN_ANSWER_DAYS,
	UNANSWERED_QUESTION_ANSWER_DAYS,
	SILENT_HANDOVER_DAYS,
	PRIORITY_NOT_COMMUNICATED_ITEMS,
	MISSING_COMMUNITY_INSIGHT_REQUIRED,
	TRAINING_INCOMPLETE_RATING,
	MISSING_KPI_SYSTEMS,
	RUSHED_HANDOVER_NOTICE_DAYS,
	RUSHED_HANDOVER_OVERLAP_HOURS,
	RUSHED_HANDOVER_SESSION_MINUTES,
	CRITICAL_DEADLINE_AT_CUTOVER_DAYS,
	ACCESS_NOT_REVOKED_DAYS,
	STALE_DOCUMENT_DAYS,
	STALE_ITEM_DAYS,
	NO_SUCCESSOR_SUCCESSION_PLAN,
	PUBLISHING_GAP_REQUIRED,
	PUBLISHING_GAP_DAYS,
	SERVICE_DISRUPTION_ITEMS,
	SERVICE_LEVEL_DROP_PCT,
	NO_FEEDBACK_DAYS
} FindingSetting;

#define N_FINDING_SETTINGS (NO_FEEDBACK_DAYS + 1)

/* Which items others name; see finding_mention.c. */
typedef struct Mentions Mentions;

/* One handover, and where its findings go. */
typedef struct Search
{
	MemoryContext context;		/* lasts as long as the search */
	FindingHeader header;
	FindingItem *items;
	int			nitems;
	const double *settings;		/* those of its role */
	TimestampTz now;

	/* what SQL looks up elsewhere */
	ArrayType  *linked;			/* keys of items that a dependency names */
	ArrayType  *missing;		/* labels of rules that are not met */
	ArrayType  *industry_missing;	/* those that its industries have */
	int64		neglected;		/* items once taken over, and open there */

	/* what follows from the header */
	Moment		cutover;		/* when the new owner takes over */
	bool		is_pending;		/* draft, submitted or accepted */
	bool		is_accepted;	/* or closed */
	bool		has_taken_over;
	const Mentions *mentions;	/* NULL until it is asked for */

	ReturnSetInfo *result;
} Search;

/* There is no figure. */
#define NO_FIGURE (get_float8_nan())

/* finding.c */
extern void handover_found(Search *search, const char *code,
						   const FindingItem *item, double found,
						   double threshold, char *sentence);
extern void handover_found_as(Search *search, const char *code,
							  const char *severity, double found,
							  double threshold, char *sentence);

/* finding_handover.c, finding_item.c */
extern void handover_search_handover(Search *search);
extern void handover_search_item(Search *search, const FindingItem *item);
extern bool handover_question_lateness(const FindingItem *item, Moment until,
									   double answer_days, double *late);

/* finding_mention.c */
extern bool handover_is_explained(Search *search, Span title);
extern bool handover_is_measured(Search *search, Span title);
extern bool handover_is_accessible(Search *search, Span name);
extern bool handover_needs_nothing(Search *search);

/* finding_row.c */
typedef struct FindingReader FindingReader;

extern FindingReader *handover_finding_reader(MemoryContext context);
extern void handover_read_header(FindingReader *reader, Datum row,
								 FindingHeader *header);
extern void handover_read_item(FindingReader *reader, Datum row,
							   TimestampTz now, FindingItem *item);

/* finding_setting.c */
typedef struct FindingSettings FindingSettings;

extern FindingSettings *handover_finding_settings(MemoryContext context);
extern const double *handover_settings_of(FindingSettings *settings,
										  Jsonb *jsonb, Span role);

/* finding_words.c */
extern bool handover_is_blank(Span words);
extern bool handover_is_placeholder(Span words);
extern int	handover_characters(Span words);
extern Span handover_words_of(const FindingItem *item, const char *name);
extern bool handover_attribute_is(const FindingItem *item, const char *name,
								  const char *value);
extern Moment handover_moment_of(const FindingItem *item, const char *name);
extern char *handover_counted(double number, const char *noun);
extern char *handover_figure(double number);

/* Days between two times; not if one is unknown, or infinity. */
static inline bool
days_between(Moment since, Moment until, double *days)
{
	if (!since.known || !until.known ||
		TIMESTAMP_NOT_FINITE(since.at) || TIMESTAMP_NOT_FINITE(until.at))
		return false;
	*days = ((double) until.at - (double) since.at) / USECS_PER_DAY;
	return true;
}

/* The later of two times of which one, or both, may be unknown. */
static inline Moment
later(Moment a, Moment b)
{
	return !a.known || (b.known && b.at > a.at) ? b : a;
}

static inline Moment
moment(TimestampTz at)
{
	return (Moment) {true, at};
}

static inline bool
is_before(Moment a, Moment b)
{
	return a.known && b.known && a.at < b.at;
}

#endif							/* HANDOVER_FINDING_H */
