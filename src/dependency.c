/*
 * dependency.c
 *		Refuses dependencies that would wait for themselves.
 *
 * Two sessions may each add half of a cycle.  Both have touched the handover
 * by then (count_items.c, whose trigger fires first), so the second has waited
 * for the first and sees what it wrote, or has failed to serialize.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/rel.h"

#include "workspace.h"

/*
 * The first dependency among the new ones whose item is reached from itself,
 * in words, or NULL.
 */
static char *
find_cycle(TriggerData *trigger)
{
	char	   *query = psprintf(
		"WITH RECURSIVE reached (handover_id, item, waits_for, last) AS ("
		" SELECT n.handover_id, n.item, n.waits_for, n.waits_for"
		" FROM %s AS n WHERE n.waits_for IS NOT NULL"
		" UNION"
		" SELECT r.handover_id, r.item, r.waits_for, d.waits_for"
		" FROM reached AS r JOIN %s AS d"
		" ON d.handover_id OPERATOR(pg_catalog.=) r.handover_id"
		" AND d.item OPERATOR(pg_catalog.=) r.last"
		" WHERE d.waits_for IS NOT NULL)"
		" SELECT item, waits_for FROM reached"
		" WHERE last OPERATOR(pg_catalog.=) item"
		" ORDER BY handover_id, item, waits_for LIMIT 1",
		quote_identifier(trigger->tg_trigger->tgnewtable),
		handover_qualified_name(trigger->tg_relation));
	HeapTuple	row;
	TupleDesc	tupdesc;

	SPI_execute(query, false, 1);
	if (SPI_processed == 0)
		return NULL;
	row = SPI_tuptable->vals[0];
	tupdesc = SPI_tuptable->tupdesc;
	return psprintf("Item %s would wait for item %s, which waits for item %s, itself or through others.",
					SPI_getvalue(row, tupdesc, 1),
					SPI_getvalue(row, tupdesc, 2),
					SPI_getvalue(row, tupdesc, 1));
}

/*
 * refuse_cycle() returns trigger
 *
 * AFTER INSERT or UPDATE FOR EACH STATEMENT on a table of dependencies, with
 * the columns handover_id, item and waits_for, REFERENCING NEW TABLE; its name
 * must come after that of the trigger that calls count_items().
 */
PG_FUNCTION_INFO_V1(handover_refuse_cycle);
Datum
handover_refuse_cycle(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	char	   *cycle;
	SavedUser	saved;

	handover_check_trigger(fcinfo, "refuse_cycle", 0);
	if (trigger->tg_newtable == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("trigger \"%s\" has no transition tables",
						trigger->tg_trigger->tgname)));
	SPI_connect();
	SPI_register_trigger_data(trigger);
	saved = become(trigger->tg_relation->rd_rel->relowner);
	cycle = find_cycle(trigger);
	become_again(saved);
	if (cycle != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("items would wait for each other"),
				 errdetail("%s", cycle),
				 errtable(trigger->tg_relation)));
	SPI_finish();
	return PointerGetDatum(NULL);
}
