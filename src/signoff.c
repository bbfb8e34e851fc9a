/*
 * signoff.c
 *		Signs each move of a handover, with the handover as it then was.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "actor.h"
#include "finding_rule.h"
#include "notify.h"
#include "status.h"
#include "workspace.h"

/* While a move is being signed, by this session's own trigger. */
static bool signing = false;

/* The word for the move, which is that of the status but for a return. */
static const char *
step_name(Status to)
{
	return to == STATUS_DRAFT ? "returned" : handover_status_name(to);
}

/*
 * The statement that signs, for the tables of one workspace.  OFFSET 0 keeps
 * the planner from making the document twice, once for each use of it.
 */
static char *
sign_query(Relation relation)
{
	const char *schema =
		quote_identifier(get_namespace_name(RelationGetNamespace(relation)));

	return psprintf("INSERT INTO %s.signoff (handover_id, step, signed_by, session_user_name, signed_at, remark, read_back, document, sha256, completeness) "
					"SELECT d.handover_id, $2, $3, SESSION_USER, pg_catalog.now(), $4, $5, d.document, "
					"pg_catalog.sha256(pg_catalog.convert_to(d.document::pg_catalog.text, 'UTF8')), $6 "
					"FROM (SELECT v.handover_id, v.document FROM %s.document AS v"
					" WHERE v.handover_id OPERATOR(pg_catalog.=) $1 OFFSET 0) AS d "
					"RETURNING handover_id, id",
					schema, schema);
}

static void
sign(Relation relation, HeapTuple row, Status to)
{
	HeaderTable *table = handover_header_table(relation);
	TupleDesc	tupdesc = RelationGetDescr(relation);
	Oid			types[6] = {INT8OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, FLOAT8OID};
	Datum		arguments[6];
	char		nulls[7] = "      ";
	bool		isnull;
	bool		outer = signing;
	int			read_back = SPI_fnumber(tupdesc, "read_back");
	int			completeness = SPI_fnumber(tupdesc, "completeness");
	SPIPlanPtr	plan;
	SavedUser	saved;

	types[0] = SPI_gettypeid(tupdesc, table->columns[HEADER_ID]);
	arguments[0] = SPI_getbinval(row, tupdesc, table->columns[HEADER_ID],
								 &isnull);
	arguments[1] = CStringGetTextDatum(step_name(to));
	arguments[2] = CStringGetTextDatum(handover_current_actor());
	arguments[3] = SPI_getbinval(row, tupdesc, table->columns[HEADER_REMARK],
								 &isnull);
	nulls[3] = isnull ? 'n' : ' ';
	arguments[4] = (Datum) 0;
	isnull = true;
	if (read_back > 0)
	{
		types[4] = SPI_gettypeid(tupdesc, read_back);
		arguments[4] = SPI_getbinval(row, tupdesc, read_back, &isnull);
	}
	nulls[4] = isnull ? 'n' : ' ';
	arguments[5] = (Datum) 0;
	isnull = true;
	if (completeness > 0)
	{
		types[5] = SPI_gettypeid(tupdesc, completeness);
		arguments[5] = SPI_getbinval(row, tupdesc, completeness, &isnull);
	}
	nulls[5] = isnull ? 'n' : ' ';

	saved = become(table->owner);
	signing = true;
	PG_TRY();
	{
		plan = handover_plan(&table->sign, sign_query(relation), 6, types);
		SPI_execute_plan(plan, arguments, nulls, false, 0);
		if (SPI_processed > 0)
			handover_notify_move(relation, SPI_tuptable, step_name(to), to);
	}
	PG_FINALLY();
	{
		signing = outer;
	}
	PG_END_TRY();
	become_again(saved);
}

/*
 * Is there still the handover that a row belongs to?  Without a row, is
 * there any?  Whoever may see it: it is asked for as its owner.
 */
bool
handover_parent_exists(Relation relation, HeapTuple row)
{
	ForeignKeyCacheInfo *key = handover_find_parent(relation);
	Relation	header;
	StringInfoData query;
	Oid			type = InvalidOid;
	Datum		parent = (Datum) 0;
	char		is_null = ' ';
	bool		exists;
	SavedUser	saved;

	if (key == NULL)
		return false;
	SPI_connect();
	header = table_open(key->confrelid, AccessShareLock);
	initStringInfo(&query);
	appendStringInfo(&query, "SELECT FROM %s",
					 handover_qualified_name(header));
	if (row != NULL)
	{
		Form_pg_attribute attr = TupleDescAttr(RelationGetDescr(header),
											   key->confkey[0] - 1);
		bool		isnull;

		type = SPI_gettypeid(RelationGetDescr(relation), key->conkey[0]);
		parent = SPI_getbinval(row, RelationGetDescr(relation),
							   key->conkey[0], &isnull);
		is_null = isnull ? 'n' : ' ';
		appendStringInfoString(&query, " WHERE ");
		generate_operator_clause(&query,
								 quote_identifier(NameStr(attr->attname)),
								 attr->atttypid, key->conpfeqop[0], "$1", type);
	}
	saved = become(header->rd_rel->relowner);
	SPI_execute_with_args(query.data, row != NULL ? 1 : 0, &type, &parent,
						  &is_null, false, 1);
	exists = SPI_processed > 0;
	SPI_finish();
	become_again(saved);
	table_close(header, AccessShareLock);
	return exists;
}

/* ------------------------------------------------------------------------
 * SQL functions
 * ------------------------------------------------------------------------
 */

/*
 * sign_handover() returns trigger
 *
 * AFTER UPDATE OF status FOR EACH ROW on a table of handovers: writes a row
 * into the table signoff beside it, with what the view document then shows and
 * the SHA-256 of its text in UTF-8.  23514 if findings keep it from the move.
 */
PG_FUNCTION_INFO_V1(handover_sign_handover);
Datum
handover_sign_handover(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	TupleDesc	tupdesc;
	int			column;
	Datum		from;
	Datum		to;
	bool		isnull;

	handover_check_trigger(fcinfo, "sign_handover", TRIGGER_EVENT_ROW);
	if (!TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
		return PointerGetDatum(NULL);
	SPI_connect();
	tupdesc = RelationGetDescr(trigger->tg_relation);
	column = SPI_fnumber(tupdesc, "status");
	from = SPI_getbinval(trigger->tg_trigtuple, tupdesc, column, &isnull);
	to = SPI_getbinval(trigger->tg_newtuple, tupdesc, column, &isnull);
	if (DatumGetObjectId(from) != DatumGetObjectId(to))
	{
		Status		status = handover_status_of(DatumGetObjectId(to));

		handover_check_findings(trigger->tg_relation, trigger->tg_newtuple,
								status);
		sign(trigger->tg_relation, trigger->tg_newtuple, status);
	}
	SPI_finish();
	return PointerGetDatum(NULL);
}

/*
 * guard_signoff() returns trigger
 *
 * BEFORE INSERT OR UPDATE OR DELETE FOR EACH ROW and AFTER TRUNCATE FOR EACH
 * STATEMENT on the table signoff: only sign_handover() adds to it (and the
 * owner, who restores a dump), nothing changes it, and what it says of a
 * handover goes only with that handover.
 */
PG_FUNCTION_INFO_V1(handover_guard_signoff);
Datum
handover_guard_signoff(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	bool		truncated = CALLED_AS_TRIGGER(fcinfo) &&
		TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event);
	Relation	relation;
	bool		allowed = false;

	handover_check_trigger(fcinfo, "guard_signoff", truncated ? 0 :
						   TRIGGER_EVENT_BEFORE | TRIGGER_EVENT_ROW);
	relation = trigger->tg_relation;
	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		allowed = signing ||
			object_ownercheck(RelationRelationId, RelationGetRelid(relation),
							  GetUserId());
	else if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
		allowed = false;
	else
		allowed = !handover_parent_exists(relation, truncated ? NULL :
										  trigger->tg_trigtuple);
	if (!allowed)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" is written by the database only",
						RelationGetRelationName(relation)),
				 errdetail("It keeps who moved a handover, and the handover as it then was."),
				 errtable(relation)));
	return PointerGetDatum(truncated ? NULL : trigger->tg_trigtuple);
}
