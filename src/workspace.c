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
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "parser/parse_func.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "workspace.h"

static const char *const header_columns[N_HEADER_COLUMNS] = {
	"id", "role", "industries", "status", "checklist", "tally",
	"restored_status", "remark", "returns", "updated_at",
	"created_by", "created_at", "submitted_by", "submitted_at",
	"returned_by", "returned_at", "accepted_by", "accepted_at",
	"closed_by", "closed_at", "cancelled_by", "cancelled_at"
};

static const char *const period_columns[N_PERIOD] = {
	"transition_start_at", "effective_at", "support_until"
};

static HTAB *item_tables = NULL;
static HTAB *header_tables = NULL;

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

	hash_seq_init(&all, item_tables);
	while ((item = hash_seq_search(&all)) != NULL)
		if (relid == InvalidOid || item->relid == relid ||
			item->header == relid)
			item->valid = false;

	/* Any table may just have become one of items, by a trigger of its own. */
	hash_seq_init(&all, header_tables);
	while ((header = hash_seq_search(&all)) != NULL)
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
 * The kept plan of a query, made anew only if the text is another than that of
 * the plan: the server itself sees to it that a plan is not out of date.  An
 * old plan may be running, so it stays; that takes a table to be renamed.
 */
SPIPlanPtr
handover_plan(SPIPlanPtr *plan, char **kept, const char *query,
			  int nargs, Oid *types)
{
	SPIPlanPtr	fresh;

	if (*plan != NULL && strcmp(*kept, query) == 0)
		return *plan;
	fresh = SPI_prepare(query, nargs, types);
	if (fresh == NULL)
		elog(ERROR, "could not prepare \"%s\": %s", query,
			 SPI_result_code_string(SPI_result));
	*kept = MemoryContextStrdup(TopMemoryContext, query);
	SPI_keepplan(fresh);
	*plan = fresh;
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

/* The first trigger of a relation that calls a function, or NULL. */
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

/* The number of a column, or 0 if there is none. */
static AttrNumber
find_column(Relation relation, const char *name)
{
	int			column = SPI_fnumber(RelationGetDescr(relation), name);

	return column > 0 ? column : 0;
}

/* The foreign key of one column to a table of handovers, or NULL. */
ForeignKeyCacheInfo *
handover_find_parent(Relation relation)
{
	Oid			guard = our_function("guard_handover");
	ListCell   *lc;

	foreach(lc, RelationGetFKeyList(relation))
	{
		ForeignKeyCacheInfo *key = lfirst(lc);
		Relation	header;
		bool		found;

		if (key->nkeys != 1)
			continue;
		header = table_open(key->confrelid, AccessShareLock);
		found = find_trigger(header, guard) != NULL;
		table_close(header, AccessShareLock);
		if (found)
			return key;
	}
	return NULL;
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
 * seen by transactions that took their snapshot before.
 */
static void
plan_touch(ItemTable *table, Relation header, AttrNumber key)
{
	Form_pg_attribute attr = TupleDescAttr(RelationGetDescr(header), key - 1);
	char	   *query;

	query = psprintf("UPDATE %s SET tally = tally WHERE %s",
					 handover_qualified_name(header),
					 key_equals(quote_identifier(NameStr(attr->attname)),
								attr->atttypid, table->parent_equals,
								table->parent_type));
	handover_plan(&table->touch_plan, &table->touch_query, query,
				  1, &table->parent_type);
}

/* The plan that finds the rows of a handover. */
static void
plan_rows(ItemTable *table, Relation relation, Oid key_type)
{
	Form_pg_attribute attr = TupleDescAttr(RelationGetDescr(relation),
										   table->parent - 1);
	char	   *parent = psprintf("t.%s",
								  quote_identifier(NameStr(attr->attname)));
	StringInfoData clause;

	initStringInfo(&clause);
	generate_operator_clause(&clause, "$1", key_type, table->parent_equals,
							 parent, table->parent_type);
	handover_plan(&table->rows_plan, &table->rows_query,
				  psprintf("SELECT t FROM %s AS t WHERE %s",
						   handover_qualified_name(relation), clause.data),
				  1, &key_type);
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
	bool		found;

	open_tables();
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
	table->attributes = find_column(relation, "attributes");
	table->element = 0;
	if (trigger->tgnargs > 0)
		strlcpy(table->element_name, trigger->tgargs[0], NAMEDATALEN);
	else
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
	plan_touch(table, header, key->confkey[0]);
	plan_rows(table, relation,
			  TupleDescAttr(RelationGetDescr(header),
							key->confkey[0] - 1)->atttypid);
	table_close(header, AccessShareLock);
	table->valid = true;
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
 * The tables of items of a table of handovers.  Every table with a foreign key
 * to it has left it a trigger of the server's own.
 */
static void
find_items(HeaderTable *table, Relation relation)
{
	TriggerDesc *triggers = relation->trigdesc;
	List	   *items = NIL;

	for (int i = 0; i < triggers->numtriggers; i++)
	{
		Oid			relid = triggers->triggers[i].tgconstrrelid;
		Relation	item;

		if (!OidIsValid(relid) || list_member_oid(items, relid))
			continue;
		item = table_open(relid, AccessShareLock);
		if (handover_is_item_table(item))
			items = lappend_oid(items, relid);
		table_close(item, AccessShareLock);
	}
	if (table->items != NULL)
		pfree(table->items);
	table->items = MemoryContextAlloc(TopMemoryContext,
									  sizeof(Oid) * (list_length(items) + 1));
	table->nitems = 0;
	for (int i = 0; i < list_length(items); i++)
		table->items[table->nitems++] = list_nth_oid(items, i);
}

/*
 * What is known of a table of handovers.
 */
HeaderTable *
handover_header_table(Relation relation)
{
	Oid			relid = RelationGetRelid(relation);
	HeaderTable *table;
	bool		found;

	open_tables();
	table = hash_search(header_tables, &relid, HASH_ENTER, &found);
	if (!found)
		memset((char *) table + sizeof(Oid), 0, sizeof(*table) - sizeof(Oid));
	if (table->valid)
		return table;

	table->owner = relation->rd_rel->relowner;
	for (int i = 0; i < N_HEADER_COLUMNS; i++)
	{
		table->columns[i] = find_column(relation, header_columns[i]);
		if (table->columns[i] == 0)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("table \"%s\" of handovers has no column \"%s\"",
							RelationGetRelationName(relation),
							header_columns[i])));
	}
	for (int i = 0; i < N_PERIOD; i++)
	{
		AttrNumber	column = find_column(relation, period_columns[i]);

		if (column > 0 &&
			TupleDescAttr(RelationGetDescr(relation),
						  column - 1)->atttypid != TIMESTAMPTZOID)
			column = 0;
		table->period[i] = column;
	}
	find_items(table, relation);
	table->valid = true;
	return table;
}

/* ------------------------------------------------------------------------
 * Running
 * ------------------------------------------------------------------------
 */

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
