/*
 * count_items.c
 *		The trigger of a table of items: has their handover count them.
 *
 * It fires once a statement and touches each handover once, whatever the
 * number of items.  It may fire without rows, and several times a statement,
 * as triggers of distributed tables do.
 */
#include "postgres.h"

#include "access/table.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "attributes.h"
#include "change.h"
#include "header.h"

/*
 * The handover at hand has not counted what has changed.  Complains if it is
 * there.  If it comes yet, which a deferred foreign key allows, it will count
 * all of its items.
 */
static void
check_gone(const Change *change)
{
	const ItemTable *table = change->table;

	SPI_execute_plan(table->exists.plan, (Datum *) &change->parent,
					 NULL, false, 1);
	if (SPI_processed == 0)
		handover_remember_recount(table->header, change->parent,
								  table->parent_type);
	else
		ereport(ERROR,
				(errcode(ERRCODE_TRIGGERED_DATA_CHANGE_VIOLATION),
				 errmsg("table \"%s\" did not count its items",
						get_rel_name(change->table->header)),
				 errhint("Its trigger zz_guard is disabled, or another trigger or rule keeps rows from being updated.")));
}

/*
 * Touches the handover at hand; its own trigger (guard_handover.c) counts.
 * Nothing is touched if it is gone, as in a cascade.
 */
static void
touch(Change *change, Oid owner)
{
	SavedUser	saved = become(owner);

	change->outer = handover_current_change;
	handover_current_change = change;
	PG_TRY();
	{
		int			result = SPI_execute_plan(change->table->touch.plan,
											  &change->parent, NULL, false, 0);

		if (result != SPI_OK_UPDATE)
			elog(ERROR, "could not touch a handover: %s",
				 SPI_result_code_string(result));
		if (!change->counted)
			check_gone(change);
	}
	PG_FINALLY();
	{
		handover_current_change = change->outer;
	}
	PG_END_TRY();
	become_again(saved);
	if (!change->counted)
		handover_skip_parent(change);
}

/* The owner of the table of handovers, who must have it that items count. */
static Oid
owner_of_header(const ItemTable *table, Relation items)
{
	Relation	header = table_open(table->header, AccessShareLock);
	Oid			owner = header->rd_rel->relowner;

	if (!handover_may_count(items, owner))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("rows of table \"%s\" may not count as items of table \"%s\"",
						RelationGetRelationName(items),
						RelationGetRelationName(header)),
				 errhint("The owner of the items must be that of the handovers, or a member of that role.")));
	table_close(header, AccessShareLock);
	return owner;
}

/*
 * All items are gone: every handover is counted anew.
 */
static void
count_truncated(const ItemTable *table, Oid owner)
{
	SavedUser	saved = become(owner);

	SPI_execute(psprintf("UPDATE %s SET tally = NULL",
						 quote_qualified_identifier(get_namespace_name(get_rel_namespace(table->header)),
													get_rel_name(table->header))),
				false, 0);
	become_again(saved);
}

/* ------------------------------------------------------------------------
 * SQL functions
 * ------------------------------------------------------------------------
 */

/*
 * count_items() returns trigger, count_items('element') returns trigger
 *
 * AFTER INSERT, UPDATE, DELETE or TRUNCATE FOR EACH STATEMENT on a table with
 * a foreign key to a table of handovers, with REFERENCING NEW TABLE and OLD
 * TABLE as the event has them.  The argument is the element of all rows, for a
 * table without a column "element".
 */
PG_FUNCTION_INFO_V1(handover_count_items);
Datum
handover_count_items(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	const ItemTable *table;
	Oid			owner;

	handover_check_trigger(fcinfo, "count_items", 0);
	SPI_connect();
	table = handover_item_table(trigger->tg_relation);
	owner = owner_of_header(table, trigger->tg_relation);
	if (TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event))
		count_truncated(table, owner);
	else
	{
		Change	   *change;

		if ((!TRIGGER_FIRED_BY_DELETE(trigger->tg_event) &&
			 trigger->tg_newtable == NULL) ||
			(!TRIGGER_FIRED_BY_INSERT(trigger->tg_event) &&
			 trigger->tg_oldtable == NULL))
			ereport(ERROR,
					(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
					 errmsg("trigger \"%s\" has no transition tables",
							trigger->tg_trigger->tgname),
					 errhint("Create it with REFERENCING OLD TABLE AS ... NEW TABLE AS ..., as far as the event has them.")));
		handover_check_attributes(table, trigger);
		change = handover_begin_change(table, trigger);
		while (handover_next_parent(change))
			touch(change, owner);
		handover_end_change(change);
	}
	SPI_finish();
	return PointerGetDatum(NULL);
}
