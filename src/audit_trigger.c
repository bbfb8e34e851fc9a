/*
 * audit_trigger.c
 *		The triggers of audited tables.
 *
 * Row triggers, since a statement trigger of a partitioned table does not see
 * what is written to a partition directly, nor what replication applies.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "access/xact.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/combocid.h"
#include "utils/datum.h"
#include "utils/guc.h"
#include "utils/rel.h"

#include "audit.h"
#include "workspace.h"

/*
 * Settings that output functions look at, pinned as pg_dump does; times in
 * UTC.  Undone by AtEOXact_GUC().
 */
static int
pin_settings(void)
{
	static const char *const settings[][2] = {
		{"datestyle", "ISO, YMD"}, {"intervalstyle", "postgres"},
		{"timezone", "UTC"}, {"extra_float_digits", "3"},
		{"bytea_output", "hex"}, {"lc_monetary", "C"},
		{"search_path", "pg_catalog"}
	};
	int			level = NewGUCNestLevel();

	for (int i = 0; i < lengthof(settings); i++)
		(void) set_config_option(settings[i][0], settings[i][1],
								 PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
								 true, 0, false);
	return level;
}

/*
 * The command that made a row version, or that ended it: of several changes of
 * one transaction, in whatever order their triggers fire, it tells the order.
 */
static CommandId
command_of(HeapTuple row, bool ended)
{
	HeapTupleHeader header = row->t_data;

	if (ended)
		return TransactionIdIsCurrentTransactionId(HeapTupleHeaderGetUpdateXid(header)) ?
			HeapTupleHeaderGetCmax(header) : GetCurrentCommandId(false);
	return TransactionIdIsCurrentTransactionId(HeapTupleHeaderGetXmin(header)) ?
		HeapTupleHeaderGetCmin(header) : GetCurrentCommandId(false);
}

/*
 * Is a value of a column another one?  Bytes are compared first, so a value
 * outside the row is not fetched to see that it stayed; one that is compressed
 * or stored otherwise is the same.
 */
static inline bool
has_changed(Form_pg_attribute attr, Datum old, bool old_null,
			Datum new, bool new_null)
{
	if (old_null || new_null)
		return old_null != new_null;
	return !datumIsEqual(old, new, attr->attbyval, attr->attlen) &&
		!datum_image_eq(old, new, attr->attbyval, attr->attlen);
}

/* Which columns has an UPDATE changed? */
static bool
find_changed(AuditTable *table, Datum *old_values, bool *old_nulls,
			 Datum *values, bool *nulls, bool *changed)
{
	bool		any = false;

	for (int i = 0; i < table->tupdesc->natts; i++)
	{
		changed[i] = table->columns[i] != AUDIT_EXCLUDED &&
			has_changed(TupleDescAttr(table->tupdesc, i), old_values[i],
						old_nulls[i], values[i], nulls[i]);
		any = any || changed[i];
	}
	return any;
}

static bool
has_null(bool *nulls, AuditKey *key)
{
	for (int i = 0; i < key->n; i++)
		if (nulls[key->columns[i] - 1])
			return true;
	return false;
}

/* A row before or after, as the columns of its table. */
typedef struct Image
{
	Datum	   *values;
	bool	   *nulls;
} Image;

static Image
open_image(Relation relation, HeapTuple row)
{
	TupleDesc	tupdesc = RelationGetDescr(relation);
	Image		image;

	image.values = palloc_array(Datum, tupdesc->natts);
	image.nulls = palloc_array(bool, tupdesc->natts);
	heap_deform_tuple(row, tupdesc, image.values, image.nulls);
	return image;
}

static void
write_entry(AuditTable *table, char operation, CommandId command,
			Image *old, Image *new, const bool *wanted)
{
	Image	   *keyed = old ? old : new;
	AuditEntry	entry = {0};

	entry.relation_id = table->relation_id;
	entry.role = GetUserId();
	entry.root_id = table->root_id;
	entry.operation = operation;
	entry.command = command;
	if (table->key.n > 0 && !has_null(keyed->nulls, &table->key))
	{
		entry.key = handover_audit_key(&table->key, keyed->values, keyed->nulls);
		entry.has_key = true;
	}
	if (old)
		entry.old = handover_audit_row(table, old->values, old->nulls, wanted);
	if (new)
		entry.new = handover_audit_row(table, new->values, new->nulls, wanted);
	handover_audit_write(&entry, table->with_query, table->require_actor);
}

/*
 * Has a column of the key changed?  What its type takes for equal may have
 * another text, and so be another key in the log.
 */
static bool
key_changed(AuditTable *table, Image *old, Image *new)
{
	for (int i = 0; i < table->key.n; i++)
	{
		int			at = table->key.columns[i] - 1;

		if (has_changed(TupleDescAttr(table->tupdesc, at), old->values[at],
						old->nulls[at], new->values[at], new->nulls[at]))
			return true;
	}
	return false;
}

/*
 * An UPDATE is logged with the columns that it has changed.  One that changes
 * the key ends the history of one key and begins that of another.
 */
static void
log_update(AuditTable *table, TriggerData *trigger)
{
	Image		old = open_image(trigger->tg_relation, trigger->tg_trigtuple);
	Image		new = open_image(trigger->tg_relation, trigger->tg_newtuple);
	CommandId	command = command_of(trigger->tg_newtuple, false);
	bool	   *changed = palloc_array(bool, table->tupdesc->natts);

	if (key_changed(table, &old, &new))
	{
		write_entry(table, AUDIT_DELETE, command, &old, NULL, NULL);
		write_entry(table, AUDIT_INSERT, command, NULL, &new, NULL);
	}
	else if (find_changed(table, old.values, old.nulls, new.values, new.nulls,
						  changed) || !table->skip_unchanged)
		write_entry(table, AUDIT_UPDATE, command, &old, &new, changed);
}

static void
log_row(TriggerData *trigger)
{
	AuditTable *table = handover_audit_table(trigger->tg_relation);
	int			level;

	if (handover_audit_is_suspended(table->root))
		return;
	level = table->pin_settings ? pin_settings() : -1;
	if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
		log_update(table, trigger);
	else
	{
		bool		inserted = TRIGGER_FIRED_BY_INSERT(trigger->tg_event);
		Image		row = open_image(trigger->tg_relation,
									 trigger->tg_trigtuple);

		write_entry(table, inserted ? AUDIT_INSERT : AUDIT_DELETE,
					command_of(trigger->tg_trigtuple, !inserted),
					inserted ? NULL : &row, inserted ? &row : NULL, NULL);
	}
	if (level >= 0)
		AtEOXact_GUC(true, level);
}

/* ------------------------------------------------------------------------
 * SQL functions
 * ------------------------------------------------------------------------
 */

/*
 * audit_row() returns trigger
 *
 * AFTER INSERT OR UPDATE OR DELETE FOR EACH ROW on a table that is registered
 * in audit_table, or on a partition of one.
 */
PG_FUNCTION_INFO_V1(handover_audit_row_trigger);
Datum
handover_audit_row_trigger(PG_FUNCTION_ARGS)
{
	handover_check_trigger(fcinfo, "audit_row", TRIGGER_EVENT_ROW);
	log_row((TriggerData *) fcinfo->context);
	return PointerGetDatum(NULL);
}

/*
 * audit_flush() returns trigger
 *
 * AFTER INSERT OR UPDATE OR DELETE FOR EACH STATEMENT on such a table, after
 * the one above: writes what the statement has left, so that it can be seen
 * from then on.
 */
PG_FUNCTION_INFO_V1(handover_audit_flush_trigger);
Datum
handover_audit_flush_trigger(PG_FUNCTION_ARGS)
{
	handover_check_trigger(fcinfo, "audit_flush", 0);
	handover_audit_flush();
	return PointerGetDatum(NULL);
}

/*
 * audit_truncate() returns trigger
 *
 * AFTER TRUNCATE FOR EACH STATEMENT on such a table.
 */
PG_FUNCTION_INFO_V1(handover_audit_truncate_trigger);
Datum
handover_audit_truncate_trigger(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	AuditTable *table;
	AuditEntry	entry = {0};

	handover_check_trigger(fcinfo, "audit_truncate", 0);
	table = handover_audit_table(trigger->tg_relation);
	entry.relation_id = table->relation_id;
	entry.role = GetUserId();
	entry.root_id = table->root_id;
	entry.operation = AUDIT_TRUNCATE;
	entry.command = GetCurrentCommandId(false);
	handover_audit_write(&entry, table->with_query, table->require_actor);
	handover_audit_flush();
	return PointerGetDatum(NULL);
}

/* The name of an event is its key, so that it can be found. */
static Datum
event_name(Jsonb *event)
{
	JsonbValue	name;

	if (!JB_ROOT_IS_OBJECT(event) ||
		getKeyJsonValueFromContainer(&event->root, "event", strlen("event"),
									 &name) == NULL ||
		name.type != jbvString)
		elog(ERROR, "event of the audit log has no name");
	return PointerGetDatum(cstring_to_text_with_len(name.val.string.val,
													name.val.string.len));
}

/*
 * audit_relation_id(relation regclass) returns integer
 *
 * The key in audit_relation of a table that is audited, by its present names.
 */
PG_FUNCTION_INFO_V1(handover_audit_relation_id);
Datum
handover_audit_relation_id(PG_FUNCTION_ARGS)
{
	Relation	relation = relation_open(PG_GETARG_OID(0), AccessShareLock);
	int32		id = handover_audit_table(relation)->relation_id;

	relation_close(relation, AccessShareLock);
	PG_RETURN_INT32(id);
}

/*
 * audit_event(event jsonb, relation_id integer) returns void
 *
 * Writes an entry about the log itself, of a table or, for NULL, of none.  The
 * member "event" is its name.  The functions that call this run as the owner of
 * the log; who is said to have done it is who has called them.
 */
PG_FUNCTION_INFO_V1(handover_audit_event);
Datum
handover_audit_event(PG_FUNCTION_ARGS)
{
	AuditEntry	entry = {0};

	if (PG_ARGISNULL(0))
		PG_RETURN_VOID();
	entry.operation = AUDIT_EVENT;
	entry.role = GetOuterUserId();
	entry.command = GetCurrentCommandId(true);
	entry.new = PG_GETARG_JSONB_P(0);
	entry.key = event_name(entry.new);
	entry.has_key = true;
	entry.relation_id = PG_ARGISNULL(1) ? 0 : PG_GETARG_INT32(1);
	handover_audit_write(&entry, false, false);
	handover_audit_flush();
	PG_RETURN_VOID();
}
