/*
 * finding_setting.c
 *		From which figures on something is found.
 *
 * They come as a jsonb that has the value of each finding, setting and role,
 * as the view handover.finding_settings makes it: "stale_item.days.lab", and
 * "stale_item.days." for every role that has none of its own.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

#include "finding.h"

static const char *const names[N_FINDING_SETTINGS] = {
	"ambiguous_task.characters",
	"overloaded_documentation.items",
	"overloaded_documentation.characters",
	"overloaded_documentation.unneeded_pct",
	"overloaded_documentation.unneeded_items",
	"verbal_only.written_items",
	"verbal_only.documents",
	"communication_breakdown.answer_days",
	"unanswered_question.answer_days",
	"silent_handover.days",
	"priority_not_communicated.items",
	"missing_community_insight.required",
	"training_incomplete.rating",
	"missing_kpi.systems",
	"rushed_handover.notice_days",
	"rushed_handover.overlap_hours",
	"rushed_handover.session_minutes",
	"critical_deadline_at_cutover.days",
	"access_not_revoked.days",
	"stale_document.days",
	"stale_item.days",
	"no_successor.succession_plan",
	"publishing_gap.required",
	"publishing_gap.days",
	"service_disruption.items",
	"service_level_drop.pct",
	"no_feedback.days"
};

/* Those of one role. */
typedef struct RoleSettings
{
	Span		role;
	double		values[N_FINDING_SETTINGS];
	struct RoleSettings *next;
} RoleSettings;

/* All handovers of a query have the same settings, and few roles. */
struct FindingSettings
{
	MemoryContext context;		/* has all that is read from one jsonb */
	Jsonb	   *jsonb;
	RoleSettings *roles;
};

FindingSettings *
handover_finding_settings(MemoryContext context)
{
	FindingSettings *settings = MemoryContextAllocZero(context,
													   sizeof(FindingSettings));

	settings->context = AllocSetContextCreate(context, "settings of findings",
											  ALLOCSET_SMALL_SIZES);
	return settings;
}

static bool
find_value(Jsonb *jsonb, const char *name, Span role, double *value)
{
	char	   *key = psprintf("%s.%.*s", name, role.len, role.str);
	JsonbValue *found = JB_ROOT_IS_OBJECT(jsonb) ?
		getKeyJsonValueFromContainer(&jsonb->root, key, strlen(key), NULL) : NULL;

	if (found == NULL || found->type != jbvNumeric)
		return false;
	*value = DatumGetFloat8(DirectFunctionCall1(numeric_float8,
												NumericGetDatum(found->val.numeric)));
	return true;
}

static void
read_settings(Jsonb *jsonb, Span role, double *values)
{
	for (int i = 0; i < N_FINDING_SETTINGS; i++)
		if (!find_value(jsonb, names[i], role, &values[i]) &&
			!find_value(jsonb, names[i], (Span) {"", 0}, &values[i]))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("setting \"%s\" of findings is missing", names[i])));
}

/*
 * The settings that hold for a role; for none, if it is NULL.  They are good
 * until they are asked for with another jsonb.
 */
const double *
handover_settings_of(FindingSettings *settings, Jsonb *jsonb, Span role)
{
	RoleSettings *known;
	MemoryContext old;

	if (role.str == NULL)
		role = (Span) {"", 0};
	if (settings->jsonb == NULL ||
		VARSIZE(settings->jsonb) != VARSIZE(jsonb) ||
		memcmp(settings->jsonb, jsonb, VARSIZE(jsonb)) != 0)
	{
		settings->jsonb = NULL;
		settings->roles = NULL;
		MemoryContextReset(settings->context);
		settings->jsonb = MemoryContextAlloc(settings->context, VARSIZE(jsonb));
		memcpy(settings->jsonb, jsonb, VARSIZE(jsonb));
	}
	for (known = settings->roles; known != NULL; known = known->next)
		if (span_equal(known->role, role))
			return known->values;

	old = MemoryContextSwitchTo(settings->context);
	known = palloc_object(RoleSettings);
	known->role = (Span) {pnstrdup(role.str, role.len), role.len};
	read_settings(settings->jsonb, role, known->values);
	known->next = settings->roles;
	settings->roles = known;
	MemoryContextSwitchTo(old);
	return known->values;
}
