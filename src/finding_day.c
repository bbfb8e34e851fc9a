/*
 * finding_day.c
 *		Counts the findings of a workspace once a day.
 *
 * Whoever may act as the owner of the workspace may count, and a job of a
 * superuser may count those of all workspaces.  The figures are always those
 * that the owner sees, and what the owner has put on the table or the report
 * runs as the owner, with no way out: SET ROLE is refused, and so are triggers
 * that would wait until the end of the transaction.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

static const char *
table_of(const char *workspace)
{
	return quote_qualified_identifier(workspace, "finding_day");
}

/* The owner of a workspace; an error if it is none, or the owner is another. */
static Oid
check_owner(Datum workspace, bool isnull)
{
	Oid			type = TEXTOID;
	char		null = isnull ? 'n' : ' ';

	SPI_execute_with_args("SELECT w.owner FROM handover.check_workspace($1) AS c"
						  " CROSS JOIN LATERAL handover.workspace_owner($1) AS w (owner)",
						  1, &type, &workspace, &null, true, 1);
	return get_role_oid(SPI_getvalue(SPI_tuptable->vals[0],
									 SPI_tuptable->tupdesc, 1), false);
}

/* A workspace that is of old has no table. */
static void
check_table(const char *workspace)
{
	if (!OidIsValid(get_relname_relid("finding_day",
									  get_namespace_oid(workspace, false))))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("workspace \"%s\" has no table \"finding_day\"",
						workspace),
				 errhint("Call handover.upgrade_workspace().")));
}

/*
 * In place of what was counted earlier that day; returns how many there are.
 *
 * One at a time, or two that come together would both find nothing to replace.
 * Where the snapshot is older than the lock, ON CONFLICT makes a failure to
 * serialize of what would be a key that is there already.
 */
static int32
count_findings(const char *workspace)
{
	SPI_execute(psprintf("LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE",
						 table_of(workspace)), false, 0);
	SPI_execute(psprintf("DELETE FROM %s AS d WHERE d.day = (now() AT TIME ZONE 'UTC')::date",
						 table_of(workspace)), false, 0);
	SPI_execute(psprintf("INSERT INTO %s AS d (day, code, severity, role, findings, handovers)"
						 " SELECT (now() AT TIME ZONE 'UTC')::date, f.code, f.severity, coalesce(f.role, ''), count(*), count(DISTINCT f.handover_id)"
						 " FROM %s AS f WHERE f.is_open GROUP BY f.code, f.severity, coalesce(f.role, '')"
						 " ON CONFLICT (day, code, severity, role) DO UPDATE SET findings = excluded.findings, handovers = excluded.handovers",
						 table_of(workspace),
						 quote_qualified_identifier(psprintf("%s_report", workspace),
													"finding")), false, 0);
	SPI_execute(psprintf("SELECT coalesce(sum(d.findings), 0)::integer FROM %s AS d WHERE d.day = (now() AT TIME ZONE 'UTC')::date",
						 table_of(workspace)), false, 1);
	return pg_strtoint32(SPI_getvalue(SPI_tuptable->vals[0],
									  SPI_tuptable->tupdesc, 1));
}

/* ------------------------------------------------------------------------
 * SQL functions
 * ------------------------------------------------------------------------
 */

/*
 * record_findings(workspace text) returns integer
 */
PG_FUNCTION_INFO_V1(handover_record_findings);
Datum
handover_record_findings(PG_FUNCTION_ARGS)
{
	Datum		name = PG_ARGISNULL(0) ? (Datum) 0 : PG_GETARG_DATUM(0);
	char	   *workspace;
	Oid			owner;
	Oid			user;
	int			context;
	int32		recorded;

	SPI_connect();
	owner = check_owner(name, PG_ARGISNULL(0));
	workspace = TextDatumGetCString(name);
	check_table(workspace);

	/* After an error, the end of the (sub)transaction resets it. */
	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(owner, context | SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_RESTRICTED_OPERATION);
	recorded = count_findings(workspace);
	SetUserIdAndSecContext(user, context);
	SPI_finish();
	PG_RETURN_INT32(recorded);
}
