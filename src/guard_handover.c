/*
 * guard_handover.c
 *		The trigger of a table of handovers: keeps the tally, and lets a
 *		handover move only where it may.
 *
 * The tally counts the header and all items.  Whoever changes an item touches
 * its handover (count_items.c), and this trigger adds the change to the row
 * that the server has just locked, under the checklist that this row has.  So
 * all writers of a handover queue up at its row, at any isolation level, and
 * the CHECK of the table judges what they have come to together.
 *
 * A row that an INSERT brings along with a tally comes from a dump that is
 * restored with triggers on.  Its items will come later, or never; so it is a
 * draft until they are there and complete for the status that it had.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "change.h"
#include "checklist_cache.h"
#include "compose_cache.h"
#include "counter_cache.h"
#include "header.h"
#include "verdict.h"

static const Span header_element = {ELEMENT_HEADER, sizeof(ELEMENT_HEADER) - 1};

/* ------------------------------------------------------------------------
 * The row
 * ------------------------------------------------------------------------
 */

/* A handover as messages name it: by its key. */
char *
handover_header_name(const Header *header)
{
	Oid			type = TupleDescAttr(header->tupdesc,
									 header_at(header, HEADER_ID))->atttypid;
	Oid			output;
	bool		is_varlena;

	getTypeOutputInfo(type, &output, &is_varlena);
	return OidOutputFunctionCall(output, header_value(header, HEADER_ID));
}

/* Has the statement changed a column?  Compares bytes. */
bool
handover_header_changed(const Header *header, HeaderColumn column)
{
	int			at = header_at(header, column);
	Form_pg_attribute attr = TupleDescAttr(header->tupdesc, at);

	if (header->old_values == NULL)
		return true;
	if (header->old_nulls[at] || header->nulls[at])
		return header->old_nulls[at] != header->nulls[at];
	return !datum_image_eq(header->old_values[at], header->values[at],
						   attr->attbyval, attr->attlen);
}

static Oid
column_type(const Header *header, HeaderColumn column)
{
	return TupleDescAttr(header->tupdesc, header_at(header, column))->atttypid;
}

static Status
status_of(const Header *header)
{
	if (header_is_null(header, HEADER_STATUS))
		ereport(ERROR,
				(errcode(ERRCODE_NOT_NULL_VIOLATION),
				 errmsg("status of a handover must not be null")));
	return handover_status_of(DatumGetObjectId(header_value(header,
															HEADER_STATUS)));
}

static void
open_header(Header *header, TriggerData *trigger)
{
	HeapTuple	new = trigger->tg_trigtuple;
	int			natts;

	header->trigger = trigger;
	header->tupdesc = RelationGetDescr(trigger->tg_relation);
	header->table = handover_header_table(trigger->tg_relation);
	natts = header->tupdesc->natts;
	header->old_values = NULL;
	if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
	{
		header->old_values = palloc_array(Datum, natts);
		header->old_nulls = palloc_array(bool, natts);
		heap_deform_tuple(trigger->tg_trigtuple, header->tupdesc,
						  header->old_values, header->old_nulls);
		new = trigger->tg_newtuple;
	}
	header->values = palloc_array(Datum, natts);
	header->nulls = palloc_array(bool, natts);
	header->replaced = palloc0_array(bool, natts);
	heap_deform_tuple(new, header->tupdesc, header->values, header->nulls);
	if (header_is_null(header, HEADER_ID))
		ereport(ERROR,
				(errcode(ERRCODE_NOT_NULL_VIOLATION),
				 errmsg("key of a handover must not be null")));
}

/*
 * The checklist, for this row alone: reading rows may run anything, and that
 * may push another one out of the cache.
 */
static const Checklist *
own_checklist(const Header *header)
{
	const Checklist *kept =
		handover_get_checklist(header_value(header, HEADER_CHECKLIST));
	Checklist  *own = palloc(VARSIZE(kept));

	memcpy(own, kept, VARSIZE(kept));
	return own;
}

static HeapTuple
close_header(Header *header)
{
	TriggerData *trigger = header->trigger;

	return heap_modify_tuple(header->old_values ? trigger->tg_newtuple :
							 trigger->tg_trigtuple,
							 header->tupdesc, header->values, header->nulls,
							 header->replaced);
}

/* ------------------------------------------------------------------------
 * Counting and judging
 * ------------------------------------------------------------------------
 */

/* Adds the header itself, before or after, to counts. */
static void
count_header(Header *header, const Checklist *checklist, Datum *values,
			 bool *nulls, Count *counts)
{
	RowCounter *counter = handover_get_counter(checklist,
											   header->trigger->tg_relation->rd_rel->reltype);

	handover_count_values(counter, header_element, values, nulls, counts);
	handover_release_counter(counter);
}

/* Takes the header before from counts, and adds it as it is now. */
static void
recount_header(Header *header, const Checklist *checklist, Datum *values,
			   bool *nulls, Count *counts)
{
	Count	   *before = palloc0_array(Count, Max(checklist->nrules, 1));

	count_header(header, checklist, values, nulls, before);
	count_header(header, checklist, header->values, header->nulls, counts);
	for (int i = 0; i < checklist->nrules; i++)
	{
		counts[i].hits -= before[i].hits;
		counts[i].population -= before[i].population;
	}
}

/*
 * Refuses what is not complete, before the CHECK does, and says what it lacks.
 */
static void
judge(const Header *header, const Checklist *checklist, const Count *counts,
	  Status status)
{
	int			stage = handover_status_stage(status);
	Relation	relation = header->trigger->tg_relation;
	char	   *report;

	if (handover_is_complete(checklist, counts, stage))
		return;
	report = quote_qualified_identifier(psprintf("%s_report",
												 get_namespace_name(RelationGetNamespace(relation))),
										"gap");
	ereport(ERROR,
			(errcode(ERRCODE_CHECK_VIOLATION),
			 errmsg("handover %s is not complete enough to be %s",
					handover_header_name(header),
					handover_status_name(status)),
			 errdetail("Missing: %s.",
					   handover_missing_detail(checklist, counts, stage)),
			 handover_header_changed(header, HEADER_STATUS) ?
			 errhint("SELECT * FROM %s WHERE handover_id = %s shows all that it lacks.",
					 report, handover_header_name(header)) :
			 errhint("It is %s already, so this change must not make it incomplete.",
					 handover_status_name(status)),
			 errtable(relation)));
}

/*
 * Gives a restored handover the status back that it had, once it may have it.
 * A rule may ask for the status itself, so the header is counted with it.
 */
static Status
restore_status(Header *header, const Checklist *checklist, Count *counts,
			   Status status)
{
	Datum		restored = header_value(header, HEADER_RESTORED_STATUS);
	Datum		draft = header_value(header, HEADER_STATUS);
	Status		had = handover_status_of(DatumGetObjectId(restored));
	int			natts = header->tupdesc->natts;
	Datum	   *values = palloc_array(Datum, natts);
	bool	   *nulls = palloc_array(bool, natts);
	Count	   *after = palloc_array(Count, Max(checklist->nrules, 1));

	memcpy(values, header->values, natts * sizeof(Datum));
	memcpy(nulls, header->nulls, natts * sizeof(bool));
	memcpy(after, counts, checklist->nrules * sizeof(Count));
	header_set(header, HEADER_STATUS, restored);
	header_set_null(header, HEADER_RESTORED_STATUS);
	recount_header(header, checklist, values, nulls, after);
	if (!handover_is_complete(checklist, after, handover_status_stage(had)))
	{
		header_set(header, HEADER_STATUS, draft);
		header_set(header, HEADER_RESTORED_STATUS, restored);
		return status;
	}
	memcpy(counts, after, checklist->nrules * sizeof(Count));
	return had;
}

/* What every write ends with: the counts become the tally, and are judged. */
static void
settle(Header *header, const Checklist *checklist, Count *counts)
{
	Status		status = status_of(header);

	if (!header_is_null(header, HEADER_RESTORED_STATUS))
		status = restore_status(header, checklist, counts, status);
	judge(header, checklist, counts, status);
	header_set(header, HEADER_TALLY,
			   PointerGetDatum(handover_build_tally(checklist->fingerprint,
													checklist->nrules,
													counts)));
}

static Count *
stored_counts(Header *header, const Checklist *checklist, Datum datum)
{
	Tally	   *tally = DatumGetTallyP(datum);

	handover_check_tally(checklist, tally);
	return handover_tally_counts(tally, NULL);
}

/* The header as it is now, and all items. */
static Count *
count_all(Header *header, const Checklist *checklist)
{
	Count	   *counts = palloc0_array(Count, Max(checklist->nrules, 1));

	count_header(header, checklist, header->values, header->nulls, counts);
	SPI_connect();
	handover_recount(header->table, header->trigger->tg_relation,
					 header_value(header, HEADER_ID), checklist, false, counts);
	SPI_finish();
	return counts;
}

/*
 * The statement on items that touches this row, or NULL if it is any other
 * UPDATE: one of a trigger of the user's, too, that fires on the way.
 */
static Change *
touching(const Header *header)
{
	Change	   *change = handover_current_change;
	FmgrInfo	equals;

	if (change == NULL || change->counted ||
		handover_trigger_depth() != change->depth + 1 ||
		!handover_is_part_of(header->trigger->tg_relation,
							 change->table->header))
		return NULL;
	fmgr_info(get_opcode(change->table->parent_equals), &equals);
	return DatumGetBool(FunctionCall2Coll(&equals,
										  TupleDescAttr(header->tupdesc,
														header_at(header, HEADER_ID))->attcollation,
										  header_value(header, HEADER_ID),
										  change->parent)) ? change : NULL;
}

/* Has the UPDATE, or a trigger before this one, written anything else? */
static bool
row_changed(const Header *header)
{
	for (int i = 0; i < header->tupdesc->natts; i++)
	{
		Form_pg_attribute attr = TupleDescAttr(header->tupdesc, i);

		if (header->old_nulls[i] != header->nulls[i])
			return true;
		if (header->nulls[i] || attr->attisdropped)
			continue;

		/* Bytes as they are stored tell enough, and open nothing. */
		if (attr->attlen == -1 ?
			VARSIZE_ANY(DatumGetPointer(header->old_values[i])) !=
			VARSIZE_ANY(DatumGetPointer(header->values[i])) ||
			memcmp(DatumGetPointer(header->old_values[i]),
				   DatumGetPointer(header->values[i]),
				   VARSIZE_ANY(DatumGetPointer(header->values[i]))) != 0 :
			!datum_image_eq(header->old_values[i], header->values[i],
							attr->attbyval, attr->attlen))
			return true;
	}
	return false;
}

/* ------------------------------------------------------------------------
 * INSERT and UPDATE
 * ------------------------------------------------------------------------
 */

/* Fills the checklist from the templates of role and industries. */
static void
compose(Header *header)
{
	Datum		role = header_is_null(header, HEADER_ROLE) ?
		CStringGetTextDatum("general") : header_value(header, HEADER_ROLE);
	Datum		industries = header_is_null(header, HEADER_INDUSTRIES) ?
		PointerGetDatum(construct_empty_array(TEXTOID)) :
		header_value(header, HEADER_INDUSTRIES);

	header_set(header, HEADER_CHECKLIST, handover_compose(role, industries));
}

/* The transition, the change and the support come in this order. */
static void
check_period(const Header *header)
{
	int			last = -1;

	for (int i = 0; i < N_PERIOD; i++)
	{
		int			at = header->table->period[i] - 1;

		if (at < 0 || header->nulls[at])
			continue;
		if (last >= 0 && DatumGetTimestampTz(header->values[last]) >
			DatumGetTimestampTz(header->values[at]))
			ereport(ERROR,
					(errcode(ERRCODE_CHECK_VIOLATION),
					 errmsg("\"%s\" of handover %s comes before \"%s\"",
							NameStr(TupleDescAttr(header->tupdesc, at)->attname),
							handover_header_name(header),
							NameStr(TupleDescAttr(header->tupdesc,
												  last)->attname)),
					 errtable(header->trigger->tg_relation)));
		last = at;
	}
}

static void
refuse_tally(const Header *header)
{
	ereport(ERROR,
			(errcode(ERRCODE_GENERATED_ALWAYS),
			 errmsg("tally of handover %s is counted by the database only",
					handover_header_name(header)),
			 errhint("Set it to NULL to have it counted again.")));
}

/*
 * A row of a dump.  Only the owner of the table may bring one, who could
 * switch the trigger off as well.
 */
static void
insert_restored(Header *header)
{
	Relation	relation = header->trigger->tg_relation;
	const Checklist *checklist;
	Count	   *counts;
	Status		status = status_of(header);

	if (!object_ownercheck(RelationRelationId, RelationGetRelid(relation),
						   GetUserId()) ||
		header_is_null(header, HEADER_CHECKLIST))
		refuse_tally(header);
	if (status != STATUS_DRAFT)
	{
		header_set(header, HEADER_RESTORED_STATUS,
				   header_value(header, HEADER_STATUS));
		header_set(header, HEADER_STATUS,
				   ObjectIdGetDatum(handover_status_value(STATUS_DRAFT,
														  column_type(header, HEADER_STATUS))));
	}
	handover_remember_recount(header->table->relid,
							  header_value(header, HEADER_ID),
							  column_type(header, HEADER_ID));
	checklist = own_checklist(header);
	counts = count_all(header, checklist);
	settle(header, checklist, counts);
}

static void
insert_row(Header *header)
{
	const Checklist *checklist;
	Count	   *counts;
	Status		status = status_of(header);

	if (status != STATUS_DRAFT)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("handover %s cannot begin as %s",
						handover_header_name(header),
						handover_status_name(status)),
				 errdetail("A handover begins as draft."),
				 errhint("Insert it and its items, then submit it.")));
	check_period(header);
	handover_check_stamps(header);
	handover_stamp_creation(header);
	if (header_is_null(header, HEADER_CHECKLIST))
		compose(header);
	checklist = own_checklist(header);

	/* One of this key may have been deleted just now, its items not yet. */
	if (handover_was_recounted(header->table->relid,
							   header_value(header, HEADER_ID),
							   column_type(header, HEADER_ID)))
		counts = count_all(header, checklist);
	else
	{
		counts = palloc0_array(Count, Max(checklist->nrules, 1));
		count_header(header, checklist, header->values, header->nulls, counts);
	}
	settle(header, checklist, counts);
}

/* Does the checklist count the same as before? */
static bool
counts_alike(Header *header, const Checklist *checklist)
{
	Tally	   *tally;

	if (header_is_null(header, HEADER_TALLY))
		return false;
	tally = DatumGetTallyP(header_value(header, HEADER_TALLY));
	return tally->nrules == checklist->nrules &&
		memcmp(tally->fingerprint, checklist->fingerprint,
			   sizeof(tally->fingerprint)) == 0;
}

/* The counts of the row, with what the touching statement has changed. */
static Count *
updated_counts(Header *header, const Checklist *checklist, Change *change)
{
	bool		recount = !counts_alike(header, checklist);
	Count	   *counts;

	if (recount)
		handover_remember_recount(header->table->relid,
								  header_value(header, HEADER_ID),
								  column_type(header, HEADER_ID));
	else if (change != NULL)
		recount = handover_was_recounted(header->table->relid,
										 header_value(header, HEADER_ID),
										 column_type(header, HEADER_ID));
	if (recount)
	{
		counts = count_all(header, checklist);
		if (change != NULL)
		{
			handover_skip_parent(change);
			change->counted = true;
		}
		return counts;
	}
	counts = stored_counts(header, checklist,
						   header_value(header, HEADER_TALLY));
	if (row_changed(header))
		recount_header(header, checklist, header->old_values,
					   header->old_nulls, counts);
	if (change != NULL)
		handover_count_change(change, checklist, counts);
	return counts;
}

static void
update_row(Header *header)
{
	Status		from = handover_status_of(DatumGetObjectId(header->old_values[header_at(header, HEADER_STATUS)]));
	Status		to = status_of(header);
	Change	   *change = touching(header);
	const Checklist *checklist;

	/* Signoffs and items hang on it, and are counted under it. */
	if (handover_header_changed(header, HEADER_ID))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("key of a handover cannot be changed to %s",
						handover_header_name(header))));
	if (!header_is_null(header, HEADER_TALLY) &&
		handover_header_changed(header, HEADER_TALLY))
		refuse_tally(header);
	check_period(header);
	handover_check_stamps(header);
	if (from != to)
	{
		handover_move(header, from, to);
		header_set_null(header, HEADER_RESTORED_STATUS);
	}
	if (header_is_null(header, HEADER_CHECKLIST))
		compose(header);
	if (change == NULL)
		header_set(header, HEADER_UPDATED_AT,
				   TimestampTzGetDatum(GetCurrentTransactionStartTimestamp()));
	checklist = own_checklist(header);
	settle(header, checklist, updated_counts(header, checklist, change));
}

/* ------------------------------------------------------------------------
 * SQL functions
 * ------------------------------------------------------------------------
 */

/*
 * guard_handover() returns trigger
 *
 * BEFORE INSERT OR UPDATE OR DELETE FOR EACH ROW on a table of handovers.
 * 23514 for a handover that is not complete enough for its status, 55000 for a
 * move that is not allowed, 428C9 for a tally or a stamp written by hand, 0A000
 * for another key.
 */
PG_FUNCTION_INFO_V1(handover_guard_handover);
Datum
handover_guard_handover(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Header		header;

	handover_check_trigger(fcinfo, "guard_handover",
						   TRIGGER_EVENT_BEFORE | TRIGGER_EVENT_ROW);
	open_header(&header, trigger);
	if (TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
	{
		/* Its items go later; the same statement may insert its key again. */
		handover_remember_recount(header.table->relid,
								  header_value(&header, HEADER_ID),
								  column_type(&header, HEADER_ID));
		return PointerGetDatum(trigger->tg_trigtuple);
	}
	if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
		update_row(&header);
	else if (!header_is_null(&header, HEADER_TALLY))
		insert_restored(&header);
	else
		insert_row(&header);
	return PointerGetDatum(close_header(&header));
}
