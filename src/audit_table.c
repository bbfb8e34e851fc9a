/*
 * audit_table.c
 *		What the triggers of the audit log know of the tables that they watch.
 *
 * A trigger writes only for tables that handover.audit() has registered, and
 * that lets nobody register a table that is another's; so a trigger made by
 * hand cannot forge entries.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "audit.h"
#include "workspace.h"

static HTAB *tables = NULL;
static Oid	registry_relid = InvalidOid;

/* ------------------------------------------------------------------------
 * Keeping
 * ------------------------------------------------------------------------
 */

static void
forget(Datum argument, Oid relid)
{
	HASH_SEQ_STATUS all;
	AuditTable *table;

	hash_seq_init(&all, tables);
	while ((table = hash_seq_search(&all)) != NULL)
		if (relid == InvalidOid || relid == registry_relid ||
			table->relid == relid)
			table->valid = false;
}

/* A schema has another name: that is in audit_relation. */
static void
forget_all(Datum argument, int cache, uint32 hash)
{
	forget(argument, InvalidOid);
}

/* A row of audit_relation may go with what is rolled back. */
static void
forget_aborted(XactEvent event, void *argument)
{
	/* What is prepared may be rolled back later, and is not told of then. */
	if (event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE)
		forget((Datum) 0, InvalidOid);
}

static void
forget_aborted_sub(SubXactEvent event, SubTransactionId id,
				   SubTransactionId parent, void *argument)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		forget((Datum) 0, InvalidOid);
}

static void
open_tables(void)
{
	HASHCTL		control = {0};

	if (tables != NULL)
		return;
	control.keysize = sizeof(Oid);
	control.entrysize = sizeof(AuditTable);
	tables = hash_create("handover audited tables", 32, &control,
						 HASH_ELEM | HASH_BLOBS);
	CacheRegisterRelcacheCallback(forget, (Datum) 0);
	CacheRegisterSyscacheCallback(NAMESPACEOID, forget_all, (Datum) 0);
	RegisterXactCallback(forget_aborted, NULL);
	RegisterSubXactCallback(forget_aborted_sub, NULL);
}

/* ------------------------------------------------------------------------
 * Looking up
 * ------------------------------------------------------------------------
 */

static bool
is_in(const char *name, Datum array)
{
	Datum	   *names;
	bool	   *nulls;
	int			n;

	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false,
					  TYPALIGN_INT, &names, &nulls, &n);
	for (int i = 0; i < n; i++)
		if (!nulls[i] && strcmp(TextDatumGetCString(names[i]), name) == 0)
			return true;
	return false;
}

static void
find_columns(AuditTable *table, Relation relation, Datum exclude, Datum mask)
{
	MemoryContext old = MemoryContextSwitchTo(table->context);

	table->pin_settings = false;
	table->tupdesc = CreateTupleDescCopyConstr(RelationGetDescr(relation));
	table->columns = palloc0_array(AuditColumn, table->tupdesc->natts);
	table->readers = palloc0_array(ColumnReader, table->tupdesc->natts);
	for (int i = 0; i < table->tupdesc->natts; i++)
	{
		Form_pg_attribute attr = TupleDescAttr(table->tupdesc, i);
		char	   *name = NameStr(attr->attname);

		/* What 18 generates when it is read is not in the row. */
		if (attr->attisdropped || attr->attgenerated == 'v' ||
			is_in(name, exclude))
			table->columns[i] = AUDIT_EXCLUDED;
		else if (is_in(name, mask))
			table->columns[i] = AUDIT_MASKED;
		if (table->columns[i] == AUDIT_EXCLUDED)
			continue;
		handover_open_column_as_text(&table->readers[i], attr->atttypid,
									 table->context);
		if (table->readers[i].is_output && !handover_audit_is_plain(attr->atttypid))
			table->pin_settings = true;
	}
	MemoryContextSwitchTo(old);
	handover_audit_sort_columns(table);
}

/* The names of the columns by number; NULL for one that was dropped. */
static Datum
column_names(Relation relation)
{
	TupleDesc	tupdesc = RelationGetDescr(relation);
	int			n = tupdesc->natts;
	Datum	   *names = palloc_array(Datum, n);
	bool	   *dropped = palloc_array(bool, n);
	int			lower = 1;

	for (int i = 0; i < n; i++)
	{
		Form_pg_attribute attr = TupleDescAttr(tupdesc, i);

		dropped[i] = attr->attisdropped;
		names[i] = CStringGetTextDatum(NameStr(attr->attname));
	}
	if (n == 0)
		return PointerGetDatum(construct_empty_array(TEXTOID));
	return PointerGetDatum(construct_md_array(names, dropped, 1, &n, &lower,
											  TEXTOID, -1, false,
											  TYPALIGN_INT));
}

/* The row of audit_relation for the table by its present names. */
static int32
find_relation_id(Relation relation, Oid root)
{
	Oid			types[5] = {OIDOID, TEXTOID, TEXTOID, TEXTARRAYOID, OIDOID};
	Datum		arguments[5];
	Datum		values[8] = {0};
	bool		nulls[8] = {0};
	int32		id;
	bool		isnull;

	arguments[0] = ObjectIdGetDatum(RelationGetRelid(relation));
	arguments[1] = CStringGetTextDatum(get_namespace_name(RelationGetNamespace(relation)));
	arguments[2] = CStringGetTextDatum(RelationGetRelationName(relation));
	arguments[3] = column_names(relation);
	arguments[4] = ObjectIdGetDatum(root);
	SPI_execute_with_args("SELECT i.id, r.id FROM handover.audit_incarnation AS i"
						  " LEFT JOIN handover.audit_relation AS r"
						  " ON r.incarnation OPERATOR(pg_catalog.=) i.id"
						  " AND r.relation OPERATOR(pg_catalog.=) $1"
						  " AND r.schema_name OPERATOR(pg_catalog.=) $2"
						  " AND r.table_name OPERATOR(pg_catalog.=) $3"
						  " AND r.columns OPERATOR(pg_catalog.=) $4"
						  " AND r.root OPERATOR(pg_catalog.=) $5"
						  " ORDER BY r.id",
						  5, types, arguments, NULL, false, 1);
	if (SPI_processed != 1)
		elog(ERROR, "table \"handover.audit_incarnation\" is empty");
	values[1] = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1,
							  &isnull);
	id = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[0],
									 SPI_tuptable->tupdesc, 2, &isnull));
	if (!isnull)
		return id;
	id = (int32) handover_audit_next_id(AUDIT_RELATION_ID_SEQ);
	values[0] = Int32GetDatum(id);
	values[2] = arguments[0];
	values[3] = arguments[4];
	values[4] = arguments[1];
	values[5] = arguments[2];
	values[6] = arguments[3];
	nulls[7] = true;			/* for seal() to fill */
	handover_audit_insert(AUDIT_RELATION, values, nulls);
	return id;
}

/* The table that was registered: a partition is so with its parents. */
static bool
find_registered(Oid relid, Oid *types, Datum *arguments)
{
	arguments[0] = ObjectIdGetDatum(relid);
	SPI_execute_with_args("WITH RECURSIVE ancestor (relid, depth) AS ("
						  " SELECT $1, 0 UNION ALL"
						  " SELECT i.inhparent, a.depth OPERATOR(pg_catalog.+) 1 FROM ancestor AS a"
						  " JOIN pg_catalog.pg_inherits AS i ON i.inhrelid OPERATOR(pg_catalog.=) a.relid"
						  " JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) a.relid"
						  " WHERE c.relispartition)"
						  " SELECT t.exclude, t.mask, t.skip_unchanged, t.require_actor, t.with_query, a.relid"
						  " FROM ancestor AS a JOIN handover.audit_table AS t"
						  " ON t.relation::pg_catalog.oid OPERATOR(pg_catalog.=) a.relid"
						  " ORDER BY a.depth LIMIT 1",
						  1, types, arguments, NULL, false, 1);
	return SPI_processed > 0;
}

static void
read_table(AuditTable *table, Relation relation)
{
	Relation	registry = table_openrv(makeRangeVar("handover", "audit_table", -1),
										AccessShareLock);
	SavedUser	saved = become(registry->rd_rel->relowner);
	Oid			types[1] = {OIDOID};
	Datum		arguments[1];
	HeapTuple	row;
	TupleDesc	tupdesc;
	bool		isnull;

	registry_relid = RelationGetRelid(registry);
	table_close(registry, AccessShareLock);
	SPI_connect();
	if (!find_registered(table->relid, types, arguments))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" is not audited",
						RelationGetRelationName(relation)),
				 errhint("Only handover.audit() makes triggers that write into the log; call it if the table came out of part of a dump.")));
	row = SPI_tuptable->vals[0];
	tupdesc = SPI_tuptable->tupdesc;
	find_columns(table, relation, SPI_getbinval(row, tupdesc, 1, &isnull),
				 SPI_getbinval(row, tupdesc, 2, &isnull));
	table->skip_unchanged =
		DatumGetBool(SPI_getbinval(row, tupdesc, 3, &isnull));
	table->require_actor =
		DatumGetBool(SPI_getbinval(row, tupdesc, 4, &isnull));
	table->with_query = DatumGetBool(SPI_getbinval(row, tupdesc, 5, &isnull));
	table->root = DatumGetObjectId(SPI_getbinval(row, tupdesc, 6, &isnull));
	handover_audit_find_key(&table->key, relation, table->context);
	table->pin_settings = table->pin_settings || table->key.pin_settings;
	table->relation_id = table->root_id = find_relation_id(relation, table->root);
	if (table->root != table->relid)
	{
		Relation	root = table_open(table->root, AccessShareLock);

		table->root_id = find_relation_id(root, table->root);
		table_close(root, AccessShareLock);
	}
	SPI_finish();
	become_again(saved);
}

/*
 * What is known of a table that is audited; an error if it is not.
 */
AuditTable *
handover_audit_table(Relation relation)
{
	Oid			relid = RelationGetRelid(relation);
	static AuditTable *last = NULL; /* they stay where they are */
	AuditTable *table;
	bool		found;

	if (last != NULL && last->relid == relid && last->valid)
		return last;
	open_tables();
	table = last = hash_search(tables, &relid, HASH_ENTER, &found);
	if (!found)
		memset((char *) table + sizeof(Oid), 0, sizeof(*table) - sizeof(Oid));
	if (table->valid)
		return table;
	if (table->context != NULL)
		MemoryContextDelete(table->context);
	table->context = NULL;
	table->object_head = NULL;
	table->context = AllocSetContextCreate(CacheMemoryContext,
										   "handover audited table",
										   ALLOCSET_SMALL_SIZES);

	/* What is told to forget while it is read, is forgotten. */
	table->valid = true;
	PG_TRY();
	{
		read_table(table, relation);
	}
	PG_CATCH();
	{
		table->valid = false;
		PG_RE_THROW();
	}
	PG_END_TRY();
	return table;
}
