/*
 * finding_rule.c
 *		Keeps a handover from a status while there are findings that a rule of
 *		its workspace binds to that status.
 *
 * They are read after the row was written, when the report shows it with its
 * new status and stamps.  The row is locked by then, and whoever changes an
 * item has to lock it, too, so nothing comes in between.
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "actor.h"
#include "finding_rule.h"
#include "workspace.h"

/* So many findings are told. */
#define MAX_TOLD 10

/* Has the workspace a rule for the status?  One that is of old has no table. */
static bool
is_bound(HeaderTable *table, Relation relation, Datum status, Oid type)
{
	Oid			namespace = RelationGetNamespace(relation);
	char	   *query;

	if (!OidIsValid(get_relname_relid("finding_rule", namespace)))
		return false;
	query = psprintf("SELECT FROM %s WHERE status OPERATOR(pg_catalog.=) $1 LIMIT 1",
					 quote_qualified_identifier(get_namespace_name(namespace),
												"finding_rule"));
	SPI_execute_plan(handover_plan(&table->rules, query, 1, &type), &status,
					 NULL, false, 1);
	return SPI_processed > 0;
}

/* An error stands whatever is said of it; what is less may be overridden. */
static char *
findings_query(Relation relation)
{
	char	   *schema = get_namespace_name(RelationGetNamespace(relation));

	return psprintf("SELECT f.code, f.sentence, f.title FROM %s AS f"
					" WHERE f.handover_id OPERATOR(pg_catalog.=) $1"
					" AND f.code OPERATOR(pg_catalog.=) ANY (ARRAY(SELECT r.code FROM %s AS r WHERE r.status OPERATOR(pg_catalog.=) $2))"
					" AND (f.is_error OR NOT f.is_overridden)"
					" ORDER BY f.severity_rank, f.code, f.item_id",
					quote_qualified_identifier(psprintf("%s_report", schema),
											   "finding"),
					quote_qualified_identifier(schema, "finding_rule"));
}

/* Refuses a move, given what was found. */
static void
refuse(Relation relation, const char *handover, Status to)
{
	TupleDesc	tupdesc = SPI_tuptable->tupdesc;
	char	   *schema = get_namespace_name(RelationGetNamespace(relation));
	StringInfoData told;

	initStringInfo(&told);
	for (uint64 i = 0; i < Min(SPI_processed, MAX_TOLD); i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];
		char	   *title = SPI_getvalue(row, tupdesc, 3);

		appendStringInfo(&told, "%s%s: ", i > 0 ? "; " : "",
						 SPI_getvalue(row, tupdesc, 1));
		if (title != NULL)
			appendStringInfo(&told, "\"%s\" ", title);
		appendStringInfoString(&told, SPI_getvalue(row, tupdesc, 2));
	}
	if (SPI_processed > MAX_TOLD)
		appendStringInfo(&told, "; and " UINT64_FORMAT " more",
						 SPI_processed - MAX_TOLD);
	ereport(ERROR,
			(errcode(ERRCODE_CHECK_VIOLATION),
			 errmsg("findings keep handover %s from being %s", handover,
					handover_status_name(to)),
			 errdetail("Found: %s.", told.data),
			 errhint("Correct what is an error; correct the rest, or say in %s why it is no obstacle.",
					 quote_qualified_identifier(schema, "finding_override")),
			 errtable(relation)));
}

/*
 * Refuses that a handover moves to a status to which findings are bound that
 * it has.  The caller is connected to SPI, and the row is written.
 */
void
handover_check_findings(Relation relation, HeapTuple row, Status to)
{
	HeaderTable *table = handover_header_table(relation);
	TupleDesc	tupdesc = RelationGetDescr(relation);
	AttrNumber	id = table->columns[HEADER_ID];
	AttrNumber	status = table->columns[HEADER_STATUS];
	Oid			types[2];
	Datum		arguments[2];
	bool		isnull;
	SavedUser	saved;

	if (to == STATUS_DRAFT || to == STATUS_CANCELLED)
		return;
	types[0] = SPI_gettypeid(tupdesc, id);
	arguments[0] = SPI_getbinval(row, tupdesc, id, &isnull);
	types[1] = SPI_gettypeid(tupdesc, status);
	arguments[1] = SPI_getbinval(row, tupdesc, status, &isnull);

	saved = become(table->owner);
	if (is_bound(table, relation, arguments[1], types[1]))
	{
		SPI_execute_plan(handover_plan(&table->findings,
									   findings_query(relation), 2, types),
						 arguments, NULL, false, 0);
		if (SPI_processed > 0)
			refuse(relation, SPI_getvalue(row, tupdesc, id), to);
	}
	become_again(saved);
}

/* ------------------------------------------------------------------------
 * SQL functions
 * ------------------------------------------------------------------------
 */

/* Says who signs, and when; only the owner, who restores a dump, brings it along. */
static HeapTuple
stamp(Relation relation, HeapTuple row)
{
	TupleDesc	tupdesc = RelationGetDescr(relation);
	int			columns[2] = {SPI_fnumber(tupdesc, "signed_by"),
	SPI_fnumber(tupdesc, "signed_at")};
	Datum		values[2];
	bool		nulls[2] = {false, false};
	bool		given[2];

	for (int i = 0; i < 2; i++)
	{
		if (columns[i] <= 0)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("table \"%s\" has no columns \"signed_by\" and \"signed_at\"",
							RelationGetRelationName(relation))));
		given[i] = !heap_attisnull(row, columns[i], tupdesc);
	}
	if (given[0] && given[1] &&
		object_ownercheck(RelationRelationId, RelationGetRelid(relation),
						  GetUserId()))
		return row;
	if (given[0] || given[1])
		ereport(ERROR,
				(errcode(ERRCODE_GENERATED_ALWAYS),
				 errmsg("who signs in table \"%s\", and when, is written by the database only",
						RelationGetRelationName(relation)),
				 errtable(relation)));
	values[0] = CStringGetTextDatum(handover_current_actor());
	values[1] = TimestampTzGetDatum(GetCurrentTransactionStartTimestamp());
	return heap_modify_tuple_by_cols(row, tupdesc, 2, columns, values, nulls);
}

/*
 * guard_finding_override() returns trigger
 *
 * BEFORE INSERT OR UPDATE OR DELETE FOR EACH ROW and AFTER TRUNCATE FOR EACH
 * STATEMENT on the table finding_override: rows are signed as they are added,
 * nothing changes them, and they go only with their handover.
 */
PG_FUNCTION_INFO_V1(handover_guard_finding_override);
Datum
handover_guard_finding_override(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	bool		truncated = CALLED_AS_TRIGGER(fcinfo) &&
		TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event);
	Relation	relation;

	handover_check_trigger(fcinfo, "guard_finding_override", truncated ? 0 :
						   TRIGGER_EVENT_BEFORE | TRIGGER_EVENT_ROW);
	relation = trigger->tg_relation;
	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		return PointerGetDatum(stamp(relation, trigger->tg_trigtuple));
	if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ||
		handover_parent_exists(relation,
							   truncated ? NULL : trigger->tg_trigtuple))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("rows of table \"%s\" are added only",
						RelationGetRelationName(relation)),
				 errdetail("They say who has overridden what was found, and why."),
				 errtable(relation)));
	return PointerGetDatum(truncated ? NULL : trigger->tg_trigtuple);
}
