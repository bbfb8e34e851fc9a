/*
 * audit_store.c
 *		The tables of the audit log: their OIDs, keys and single rows.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "commands/sequence.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "audit.h"
#include "workspace.h"

static const char *const names[AUDIT_NRELATIONS] = {
	[AUDIT_LOG] = "audit_log",
	[AUDIT_LOG_PLACE] = "audit_log_place",
	[AUDIT_LOG_TIME] = "audit_log_time",
	[AUDIT_CONTEXT] = "audit_context",
	[AUDIT_CONTEXT_ID_SEQ] = "audit_context_id_seq",
	[AUDIT_RELATION] = "audit_relation",
	[AUDIT_RELATION_ID_SEQ] = "audit_relation_id_seq",
	[AUDIT_STATEMENT] = "audit_statement",
	[AUDIT_STATEMENT_ID_SEQ] = "audit_statement_id_seq",
	[AUDIT_INCARNATION] = "audit_incarnation"
};

/* The columns of those tables into which rows are written, up to InvalidOid. */
static const Oid log_types[] = {
	INT8OID, INT8OID, INT8OID, INT8OID, TIMESTAMPTZOID, INT8OID, INT4OID,
	CHAROID, UUIDOID, TEXTOID, JSONBOID, JSONBOID, BYTEAOID, InvalidOid
};
static const Oid context_types[] = {
	INT8OID, TIMESTAMPTZOID, TEXTOID, TEXTOID, TEXTOID, INT4OID, TEXTOID,
	TEXTOID, TEXTOID, INT8OID, InvalidOid
};
static const Oid relation_types[] = {
	INT4OID, UUIDOID, OIDOID, OIDOID, TEXTOID, TEXTOID, TEXTARRAYOID, INT8OID,
	InvalidOid
};
static const Oid statement_types[] = {
	INT8OID, INT8OID, UUIDOID, TEXTOID, BYTEAOID, InvalidOid
};
static const Oid *const types[AUDIT_NRELATIONS] = {
	[AUDIT_LOG] = log_types,
	[AUDIT_CONTEXT] = context_types,
	[AUDIT_RELATION] = relation_types,
	[AUDIT_STATEMENT] = statement_types
};

static Oid	relids[AUDIT_NRELATIONS];	/* InvalidOid: look it up */
static uint64 changes = 1;

/* See handover_audit_transaction(). */
static int64 base = -1;			/* -1: not known */
static bool base_is_new = false;	/* read in this transaction */

/* ------------------------------------------------------------------------
 * Looking up
 * ------------------------------------------------------------------------
 */

static void
forget(Datum argument, Oid relid)
{
	for (int i = 0; i < AUDIT_NRELATIONS; i++)
		if (relid == InvalidOid || relids[i] == relid)
		{
			relids[i] = InvalidOid;
			changes++;
		}
}

/* A schema has another name. */
static void
forget_all(Datum argument, int cache, uint32 hash)
{
	forget((Datum) 0, InvalidOid);
}

/* What was read of the base may have been written by what is rolled back. */
static void
end_transaction(XactEvent event, void *argument)
{
	if (event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT &&
		event != XACT_EVENT_PREPARE)
		return;
	if (base_is_new && event != XACT_EVENT_COMMIT)
		base = -1;
	base_is_new = false;
}

static void
end_subtransaction(SubXactEvent event, SubTransactionId id,
				   SubTransactionId parent, void *argument)
{
	if (base_is_new && event == SUBXACT_EVENT_ABORT_SUB)
	{
		base = -1;
		base_is_new = false;
	}
}

/*
 * The library may be newer than what CREATE or ALTER EXTENSION has made, or
 * older; to write values of other types would take the server down.
 */
static void
check_columns(Oid relid, const Oid *expected)
{
	Relation	relation = table_open(relid, AccessShareLock);
	TupleDesc	tupdesc = RelationGetDescr(relation);
	int			n = 0;

	while (n < tupdesc->natts && OidIsValid(expected[n]) &&
		   TupleDescAttr(tupdesc, n)->atttypid == expected[n])
		n++;
	if (n < tupdesc->natts || OidIsValid(expected[n]))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"handover.%s\" is not the one that the library of this version knows",
						RelationGetRelationName(relation)),
				 errhint("Update the extension with ALTER EXTENSION handover UPDATE, or install the library of the version that it has.")));
	table_close(relation, AccessShareLock);
}

static void
look_up(AuditRelation relation)
{
	static bool registered = false;
	Oid			relid;

	if (!registered)
	{
		CacheRegisterRelcacheCallback(forget, (Datum) 0);
		CacheRegisterSyscacheCallback(NAMESPACEOID, forget_all, (Datum) 0);
		RegisterXactCallback(end_transaction, NULL);
		RegisterSubXactCallback(end_subtransaction, NULL);
		registered = true;
	}
	relid = get_relname_relid(names[relation],
							  get_namespace_oid("handover", false));
	if (!OidIsValid(relid))
		elog(ERROR, "relation \"handover.%s\" does not exist", names[relation]);
	if (types[relation] != NULL)
		check_columns(relid, types[relation]);
	relids[relation] = relid;
}

Oid
handover_audit_relid(AuditRelation relation)
{
	if (!OidIsValid(relids[relation]))
		look_up(relation);
	return relids[relation];
}

/*
 * A number that is another one once any of these relations has changed.
 */
uint64
handover_audit_changes(void)
{
	return changes;
}

/* Has this transaction not dropped the extension? */
bool
handover_audit_log_exists(void)
{
	Oid			schema = get_namespace_oid("handover", true);

	return OidIsValid(schema) &&
		OidIsValid(get_relname_relid(names[AUDIT_LOG], schema));
}

/* ------------------------------------------------------------------------
 * Keys and rows
 * ------------------------------------------------------------------------
 */

int64
handover_audit_next_id(AuditRelation sequence)
{
	return nextval_internal(handover_audit_relid(sequence), false);
}

void
handover_audit_insert(AuditRelation table, Datum *values, bool *nulls)
{
	Relation	relation = table_open(handover_audit_relid(table),
									  RowExclusiveLock);
	HeapTuple	row = heap_form_tuple(RelationGetDescr(relation),
									  values, nulls);

	CatalogTupleInsert(relation, row);
	heap_freetuple(row);
	table_close(relation, RowExclusiveLock);
}

static void
read_base(Oid relid)
{
	Relation	relation = table_open(relid, AccessShareLock);
	SavedUser	saved = become(relation->rd_rel->relowner);
	bool		isnull;

	table_close(relation, AccessShareLock);
	SPI_connect();
	if (SPI_execute("SELECT handover.audit_base()", false, 1) != SPI_OK_SELECT ||
		SPI_processed != 1)
		elog(ERROR, "could not read \"handover.audit_incarnation\"");
	base = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0],
									   SPI_tuptable->tupdesc, 1, &isnull));
	base_is_new = true;
	SPI_finish();
	become_again(saved);
}

/*
 * What the log calls this transaction: its id in the server, after a dump was
 * restored with something added, so that it is above those that came along.
 */
int64
handover_audit_transaction(void)
{
	static Oid	base_relid = InvalidOid;	/* whose base it is */
	Oid			relid = handover_audit_relid(AUDIT_INCARNATION);

	if (base < 0 || relid != base_relid)
	{
		read_base(relid);
		base_relid = relid;
	}
	return base + (int64) U64FromFullTransactionId(GetTopFullTransactionId());
}
