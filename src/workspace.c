/*
 * workspace.c
 *		The tables of a workspace, as its triggers see them.
 *
 * What a trigger must know of its tables is looked up once a session and kept
 * until the server says that the table has changed.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "catalog/pg_class.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/parse_coerce.h"
#include "parser/parse_func.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "workspace.h"

/*
 * The columns of a table of handovers, and of which type each must be, since
 * the trigger reads and writes their values as what they are: one of the
 * server's, or one of ours by its name.  The key may be of any type.
 */
static const struct
{
	const char *name;
	Oid			type;			/* or 0 */
	const char *our_type;
}			header_columns[N_HEADER_COLUMNS] = {
	[HEADER_ID] = {"id"},
	[HEADER_ROLE] = {"role", TEXTOID},
	[HEADER_INDUSTRIES] = {"industries", TEXTARRAYOID},
	[HEADER_STATUS] = {"status", 0, "status"},
	[HEADER_CHECKLIST] = {"checklist", 0, "checklist"},
	[HEADER_TALLY] = {"tally", 0, "tally"},
	[HEADER_REMARK] = {"remark", TEXTOID},
	[HEADER_UPDATED_AT] = {"updated_at", TIMESTAMPTZOID},
	[HEADER_RESTORED_STATUS] = {"restored_status", 0, "status"},
	[HEADER_RETURNS] = {"returns", INT4OID},
	[HEADER_CREATED_BY] = {"created_by", TEXTOID},
	[HEADER_CREATED_AT] = {"created_at", TIMESTAMPTZOID},
	[HEADER_SUBMITTED_BY] = {"submitted_by", TEXTOID},
	[HEADER_SUBMITTED_AT] = {"submitted_at", TIMESTAMPTZOID},
	[HEADER_RETURNED_BY] = {"returned_by", TEXTOID},
	[HEADER_RETURNED_AT] = {"returned_at", TIMESTAMPTZOID},
	[HEADER_ACCEPTED_BY] = {"accepted_by", TEXTOID},
	[HEADER_ACCEPTED_AT] = {"accepted_at", TIMESTAMPTZOID},
	[HEADER_CLOSED_BY] = {"closed_by", TEXTOID},
	[HEADER_CLOSED_AT] = {"closed_at", TIMESTAMPTZOID},
	[HEADER_CANCELLED_BY] = {"cancelled_by", TEXTOID},
	[HEADER_CANCELLED_AT] = {"cancelled_at", TIMESTAMPTZOID}
};

static const char *const period_columns[N_PERIOD] = {
	"transition_start_at", "effective_at", "support_until"
};

static HTAB *item_tables = NULL;
static HTAB *header_tables = NULL;

/* How often something was forgotten: what is looked up meanwhile may be old. */
static uint64 forgotten = 0;

/* ------------------------------------------------------------------------
 * Keeping
 * ------------------------------------------------------------------------
 */

static void
forget(Datum argument, Oid relid)
{
	HASH_SEQ_STATUS all;
	ItemTable  *item;
	HeaderTable *header;

	forgotten++;
	hash_seq_init(&all, item_tables);
	while ((item = hash_seq_search(&all)) != NULL)
		if (relid == InvalidOid || item->relid == relid ||
			item->header == relid)
			item->valid = false;
	hash_seq_init(&all, header_tables);
	while ((header = hash_seq_search(&all)) != NULL)
		if (relid == InvalidOid || header->relid == relid)
			header->valid = false;
}

/* A schema has another name: that is in the text of queries. */
static void
forget_all(Datum argument, int cache, uint32 hash)
{
	forget(argument, InvalidOid);
}

static void
open_tables(void)
{
	HASHCTL		control = {0};

	if (header_tables != NULL)
		return;
	control.keysize = sizeof(Oid);
	control.entrysize = sizeof(ItemTable);
	item_tables = hash_create("handover items", 16, &control,
							  HASH_ELEM | HASH_BLOBS);
	control.entrysize = sizeof(HeaderTable);
	header_tables = hash_create("handover headers", 16, &control,
								HASH_ELEM | HASH_BLOBS);
	CacheRegisterRelcacheCallback(forget, (Datum) 0);
	CacheRegisterSyscacheCallback(NAMESPACEOID, forget_all, (Datum) 0);
}

/*
 * The kept plan of a query, made anew only if the text or the types of its
 * parameters are others than those of the plan: the server itself sees to it
 * that a plan is not out of date.  An old plan may be running, so it stays;
 * that takes a table to be altered.
 */
SPIPlanPtr
handover_plan(KeptPlan *kept, const char *query, int nargs, Oid *types)
{
	SPIPlanPtr	fresh;
	char	   *copy;

	Assert(nargs <= PLAN_MAX_ARGS);
	if (kept->plan != NULL && kept->nargs == nargs &&
		memcmp(kept->types, types, nargs * sizeof(Oid)) == 0 &&
		strcmp(kept->query, query) == 0)
		return kept->plan;
	fresh = SPI_prepare(query, nargs, types);
	if (fresh == NULL)
		elog(ERROR, "could not prepare \"%s\": %s", query,
			 SPI_result_code_string(SPI_result));
	copy = MemoryContextStrdup(TopMemoryContext, query);
	SPI_keepplan(fresh);
	if (kept->query != NULL)
		pfree(kept->query);
	kept->query = copy;
	kept->nargs = nargs;
	memcpy(kept->types, types, nargs * sizeof(Oid));
	kept->plan = fresh;
	return fresh;
}

/* ------------------------------------------------------------------------
 * Looking up
 * ------------------------------------------------------------------------
 */

/* A trigger function of ours; its OID, since it may be in no search_path. */
static Oid
our_function(const char *name)
{
	return LookupFuncName(list_make2(makeString("handover"),
									 makeString(pstrdup(name))),
						  0, NULL, false);
}

/* A type of ours, likewise. */
static Oid
our_type(const char *name)
{
	return GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
						   CStringGetDatum(name),
						   ObjectIdGetDatum(get_namespace_oid("handover",
															  false)));
}

/*
 * The first trigger of a relation that calls a function, or NULL.  It is the
 * relation cache's, and may be gone as soon as a catalogue is looked at.
 */
static Trigger *
find_trigger(Relation relation, Oid function)
{
	TriggerDesc *triggers = relation->trigdesc;

	for (int i = 0; triggers != NULL && i < triggers->numtriggers; i++)
		if (triggers->triggers[i].tgfoid == function)
			return &triggers->triggers[i];
	return NULL;
}

bool
handover_is_item_table(Relation relation)
{
	return find_trigger(relation, our_function("count_items")) != NULL;
}

bool
handover_is_header_table(Relation relation)
{
	return find_trigger(relation, our_function("guard_handover")) != NULL;
}

/* The number of a column, or 0 if there is none. */
static AttrNumber
find_column(Relation relation, const char *name)
{
	int			column = SPI_fnumber(RelationGetDescr(relation), name);

	return column > 0 ? column : 0;
}

/* Does a foreign key refer to the key of a table of handovers? */
static bool
refers_to_header(const ForeignKeyCacheInfo *key, Oid guard)
{
	Relation	header;
	bool		found;

	if (key->nkeys != 1 || !foreign_key_enforced(key))
		return false;
	header = table_open(key->confrelid, AccessShareLock);
	found = find_trigger(header, guard) != NULL &&
		find_column(header, header_columns[HEADER_ID].name) == key->confkey[0];
	table_close(header, AccessShareLock);
	return found;
}

/*
 * The foreign key of one column to the key of a table of handovers, or NULL.
 * Of several, as to the handover that an item comes from, that of the column
 * "handover_id".
 */
ForeignKeyCacheInfo *
handover_find_parent(Relation relation)
{
	Oid			guard = our_function("guard_handover");
	ForeignKeyCacheInfo *parent = NULL;
	bool		several = false;
	AttrNumber	own = find_column(relation, "handover_id");
	ListCell   *lc;

	/* The relation cache may rebuild its list while we look at other tables. */
	foreach(lc, copyObject(RelationGetFKeyList(relation)))
	{
		ForeignKeyCacheInfo *key = lfirst(lc);

		if (!refers_to_header(key, guard))
			continue;

		/* To a table that is partitioned there is one for each partition, too. */
		if (parent != NULL && parent->conkey[0] == key->conkey[0])
		{
			if (get_rel_relispartition(parent->confrelid))
				parent = key;
		}
		else if (parent == NULL || key->conkey[0] == own)
			parent = key;
		else if (parent->conkey[0] != own)
			several = true;
	}
	if (several && parent->conkey[0] != own)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("table \"%s\" has several foreign keys to tables of handovers",
						RelationGetRelationName(relation)),
				 errhint("Name the column \"handover_id\" that says where a row belongs.")));
	return parent;
}

/* Is a relation the one of this OID, or a partition of it? */
bool
handover_is_part_of(Relation relation, Oid relid)
{
	return RelationGetRelid(relation) == relid ||
		(relation->rd_rel->relispartition &&
		 list_member_oid(get_partition_ancestors(RelationGetRelid(relation)),
						 relid));
}

/* The name of a relation, in any search_path. */
char *
handover_qualified_name(Relation relation)
{
	return quote_qualified_identifier(get_namespace_name(RelationGetNamespace(relation)),
									  RelationGetRelationName(relation));
}

/*
 * "left = $1" with the operator of a foreign key, in any search_path.
 */
static char *
key_equals(const char *left, Oid left_type, Oid operator, Oid right_type)
{
	StringInfoData buf;

	initStringInfo(&buf);
	generate_operator_clause(&buf, left, left_type, operator,
							 "$1", right_type);
	return buf.data;
}

/*
 * The plan that touches a handover: an UPDATE that changes nothing, for its
 * trigger to put in the tally what has changed.  Unlike a lock, an UPDATE is
 * seen by transactions that took their snapshot before.  And that which asks
 * whether there is anything to touch.
 */
static void
plan_touch(ItemTable *table, Relation header, AttrNumber key)
{
	Form_pg_attribute attr = TupleDescAttr(RelationGetDescr(header), key - 1);
	char	   *name = handover_qualified_name(header);
	char	   *clause = key_equals(quote_identifier(NameStr(attr->attname)),
									attr->atttypid, table->parent_equals,
									table->parent_type);

	handover_plan(&table->touch,
				  psprintf("UPDATE %s SET tally = tally WHERE %s", name, clause),
				  1, &table->parent_type);
	handover_plan(&table->exists,
				  psprintf("SELECT FROM %s WHERE %s", name, clause),
				  1, &table->parent_type);
}

/*
 * The plan that finds the rows of a handover, each column in its place.  Not
 * as whole rows, which would bring along what TOAST keeps elsewhere.
 */
static void
plan_rows(ItemTable *table, Relation relation, Oid key_type)
{
	TupleDesc	tupdesc = RelationGetDescr(relation);
	Form_pg_attribute attr = TupleDescAttr(tupdesc, table->parent - 1);
	char	   *parent = psprintf("t.%s",
								  quote_identifier(NameStr(attr->attname)));
	StringInfoData query;

	initStringInfo(&query);
	appendStringInfoString(&query, "SELECT ");
	for (int i = 0; i < tupdesc->natts; i++)
	{
		attr = TupleDescAttr(tupdesc, i);
		if (i > 0)
			appendStringInfoString(&query, ", ");
		if (attr->attisdropped ||
			attr->attgenerated == ATTRIBUTE_GENERATED_VIRTUAL)
			appendStringInfoString(&query, "NULL");
		else
			appendStringInfo(&query, "t.%s",
							 quote_identifier(NameStr(attr->attname)));
	}
	appendStringInfo(&query, " FROM %s AS t WHERE ",
					 handover_qualified_name(relation));
	generate_operator_clause(&query, "$1", key_type, table->parent_equals,
							 parent, table->parent_type);
	handover_plan(&table->rows, query.data, 1, &key_type);
}

/*
 * The key of a handover and what refers to it are compared as they are, so the
 * operator of the foreign key must take both without a conversion.
 */
static void
check_key_types(const ItemTable *table, Relation relation, Oid key_type)
{
	Oid			left;
	Oid			right;

	op_input_types(table->parent_equals, &left, &right);
	if (!IsBinaryCoercible(key_type, left) ||
		!IsBinaryCoercible(table->parent_type, right))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of table \"%s\" must be of type %s",
						NameStr(TupleDescAttr(RelationGetDescr(relation),
											  table->parent - 1)->attname),
						RelationGetRelationName(relation),
						format_type_be(key_type)),
				 errdetail("It is of type %s.",
						   format_type_be(table->parent_type))));
}

/*
 * What is known of a table of items, of which the caller is connected to SPI.
 */
const ItemTable *
handover_item_table(Relation relation)
{
	Oid			relid = RelationGetRelid(relation);
	ItemTable  *table;
	ForeignKeyCacheInfo *key;
	Trigger    *trigger;
	Relation	header;
	Oid			key_type;
	uint64		before;
	bool		has_name;
	bool		found;

	open_tables();
	before = forgotten;
	table = hash_search(item_tables, &relid, HASH_ENTER, &found);
	if (!found)
		memset((char *) table + sizeof(Oid), 0, sizeof(*table) - sizeof(Oid));
	if (table->valid)
		return table;

	key = handover_find_parent(relation);
	trigger = find_trigger(relation, our_function("count_items"));
	if (key == NULL || trigger == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("table \"%s\" has no foreign key to a table of handovers",
						RelationGetRelationName(relation)),
				 errhint("A table of handovers has the trigger function handover.guard_handover().")));
	table->header = key->confrelid;
	table->parent = key->conkey[0];
	table->parent_type = TupleDescAttr(RelationGetDescr(relation),
									   table->parent - 1)->atttypid;
	table->parent_equals = key->conpfeqop[0];
	table->element = 0;
	if (trigger->tgnargs > 0)
		strlcpy(table->element_name, trigger->tgargs[0], NAMEDATALEN);
	has_name = trigger->tgnargs > 0;
	table->attributes = find_column(relation, "attributes");
	if (table->attributes != 0 &&
		getBaseType(TupleDescAttr(RelationGetDescr(relation),
								  table->attributes - 1)->atttypid) != JSONBOID)
		table->attributes = 0;
	if (!has_name)
	{
		table->element = find_column(relation, "element");
		if (table->element == 0 ||
			TupleDescAttr(RelationGetDescr(relation),
						  table->element - 1)->atttypid != TEXTOID)
			ereport(ERROR,
					(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
					 errmsg("table \"%s\" has no column \"%s\" of type %s",
							RelationGetRelationName(relation), "element",
							"text"),
					 errhint("Or name the element of all of its rows as the argument of the trigger.")));
	}

	header = table_open(table->header, AccessShareLock);
	key_type = TupleDescAttr(RelationGetDescr(header),
							 key->confkey[0] - 1)->atttypid;
	check_key_types(table, relation, key_type);
	plan_touch(table, header, key->confkey[0]);
	plan_rows(table, relation, key_type);
	table_close(header, AccessShareLock);
	table->valid = before == forgotten;
	return table;
}

/*
 * The element of an item, of which the column of that name is given, if there
 * is one.  It may point into the datum.
 */
Span
handover_item_element(const ItemTable *table, Datum element, bool isnull)
{
	text	   *name;

	if (table->element == 0)
		return (Span) {table->element_name, strlen(table->element_name)};
	if (isnull)
		return (Span) {"", 0};
	name = DatumGetTextPP(element);
	return (Span) {VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)};
}

/*
 * The tables with a foreign key to a table of handovers, which may be tables of
 * items: each has left it a trigger of the server's own.
 */
static void
find_referring(HeaderTable *table, Relation relation)
{
	TriggerDesc *triggers = relation->trigdesc;
	List	   *referring = NIL;
	ListCell   *lc;

	for (int i = 0; triggers != NULL && i < triggers->numtriggers; i++)
		if (OidIsValid(triggers->triggers[i].tgconstrrelid))
			referring = list_append_unique_oid(referring,
											   triggers->triggers[i].tgconstrrelid);
	if (table->referring != NULL)
		pfree(table->referring);
	table->referring = NULL;
	table->nreferring = 0;
	table->referring = MemoryContextAlloc(TopMemoryContext, sizeof(Oid) *
										  (list_length(referring) + 1));
	foreach(lc, referring)
		table->referring[table->nreferring++] = lfirst_oid(lc);
}

/*
 * Complains if a trigger that may change the row fires after ours, by its
 * name, so that what we have judged would not be what is stored.
 */
static void
check_last(Relation relation)
{
	Oid			guard = our_function("guard_handover");
	TriggerDesc *triggers = relation->trigdesc;
	Trigger    *ours = NULL;

	for (int i = 0; triggers != NULL && i < triggers->numtriggers; i++)
	{
		Trigger    *trigger = &triggers->triggers[i];

		if (trigger->tgfoid == guard)
			ours = trigger;
		else if (ours != NULL && trigger->tgenabled != TRIGGER_DISABLED &&
				 TRIGGER_FOR_ROW(trigger->tgtype) &&
				 TRIGGER_FOR_BEFORE(trigger->tgtype) &&
				 (TRIGGER_FOR_INSERT(trigger->tgtype) ||
				  TRIGGER_FOR_UPDATE(trigger->tgtype)))
			ereport(ERROR,
					(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
					 errmsg("trigger \"%s\" of table \"%s\" fires after \"%s\"",
							trigger->tgname,
							RelationGetRelationName(relation), ours->tgname),
					 errhint("Triggers fire in the order of their names: rename it.")));
	}
}

/*
 * Of which types the columns are is checked, too.
 */
static AttrNumber
find_header_column(Relation relation, HeaderColumn column)
{
	const char *name = header_columns[column].name;
	AttrNumber	number = find_column(relation, name);
	Oid			type;
	Oid			wanted = header_columns[column].type;

	if (number == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("table \"%s\" of handovers has no column \"%s\"",
						RelationGetRelationName(relation), name)));
	type = TupleDescAttr(RelationGetDescr(relation), number - 1)->atttypid;
	if (header_columns[column].our_type != NULL)
		wanted = our_type(header_columns[column].our_type);

	/* What is only read may be anything that is stored as the type is. */
	if (OidIsValid(wanted) && type != wanted &&
		!((column == HEADER_ROLE || column == HEADER_REMARK) &&
		  IsBinaryCoercible(type, wanted)))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of table \"%s\" must be of type %s",
						name, RelationGetRelationName(relation),
						format_type_be(wanted)),
				 errdetail("It is of type %s.", format_type_be(type))));
	return number;
}

/*
 * What is known of a table of handovers.
 */
HeaderTable *
handover_header_table(Relation relation)
{
	Oid			relid = RelationGetRelid(relation);
	HeaderTable *table;
	uint64		before;
	bool		found;

	open_tables();
	before = forgotten;
	table = hash_search(header_tables, &relid, HASH_ENTER, &found);
	if (!found)
		memset((char *) table + sizeof(Oid), 0, sizeof(*table) - sizeof(Oid));
	if (table->valid)
		return table;

	table->owner = relation->rd_rel->relowner;
	for (int i = 0; i < N_HEADER_COLUMNS; i++)
		table->columns[i] = find_header_column(relation, i);
	for (int i = 0; i < N_PERIOD; i++)
	{
		AttrNumber	column = find_column(relation, period_columns[i]);

		if (column > 0 &&
			TupleDescAttr(RelationGetDescr(relation),
						  column - 1)->atttypid != TIMESTAMPTZOID)
			column = 0;
		table->period[i] = column;
	}
	check_last(relation);
	find_referring(table, relation);
	table->valid = before == forgotten;
	return table;
}

/* ------------------------------------------------------------------------
 * Running
 * ------------------------------------------------------------------------
 */

/*
 * Do rows of a table count in handovers of this owner?  A foreign key alone
 * takes no more than the right to refer to them; but who adds to their tally
 * writes to them, and what reading such rows runs, runs as their owner.
 */
bool
handover_may_count(Relation items, Oid header_owner)
{
	return has_privs_of_role(items->rd_rel->relowner, header_owner);
}

SavedUser
handover_become(Oid owner)
{
	SavedUser	saved;

	GetUserIdAndSecContext(&saved.user, &saved.context);
	SetUserIdAndSecContext(owner, saved.context |
						   SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_NOFORCE_RLS);
	return saved;
}

void
handover_become_again(SavedUser saved)
{
	SetUserIdAndSecContext(saved.user, saved.context);
}

/*
 * "timing" is made of the bits of a trigger's event: what it is fired by is
 * not looked at.
 */
void
handover_check_trigger(FunctionCallInfo fcinfo, const char *name,
					   TriggerEvent timing)
{
	TriggerEvent bits = TRIGGER_EVENT_ROW | TRIGGER_EVENT_TIMINGMASK;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" was not called by trigger manager",
						name)));
	if ((((TriggerData *) fcinfo->context)->tg_event & bits) != timing)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired %s %s", name,
						(timing & TRIGGER_EVENT_BEFORE) ? "BEFORE" : "AFTER",
						(timing & TRIGGER_EVENT_ROW) ? "ROW" : "STATEMENT")));
}
