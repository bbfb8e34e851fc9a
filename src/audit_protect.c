/*
 * audit_protect.c
 *		Keeps everybody but its own functions from changing the log.
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/rel.h"

#include "audit.h"
#include "workspace.h"

static bool log_maintenance = false;

/* Called once, when the library is loaded. */
void
handover_define_log_maintenance(void)
{
	DefineCustomBoolVariable("handover.log_maintenance",
							 "Lets the functions of the audit log change it.",
							 "They set it for themselves; nobody else should.",
							 &log_maintenance, false, PGC_SUSET,
							 GUC_NO_SHOW_ALL | GUC_NOT_IN_SAMPLE,
							 NULL, NULL, NULL);
}

/*
 * A dump is restored by the owner of the log, by COPY or row by row, into a
 * database that has logged nothing of its own yet.
 */
static bool
is_restore(TriggerData *trigger)
{
	bool		is_fresh;

	if (!TRIGGER_FIRED_BY_INSERT(trigger->tg_event) ||
		!object_ownercheck(RelationRelationId,
						   RelationGetRelid(trigger->tg_relation),
						   GetUserId()))
		return false;
	SPI_connect();
	SPI_execute("SELECT FROM handover.audit_relation AS r"
				" JOIN handover.audit_incarnation AS i"
				" ON i.id OPERATOR(pg_catalog.=) r.incarnation", true, 1);
	is_fresh = SPI_processed == 0;
	SPI_finish();
	return is_fresh;
}

/*
 * protect_log() returns trigger
 *
 * BEFORE any change FOR EACH STATEMENT on a table of the log.  The triggers
 * that write it go past this one, and so does replication.
 */
PG_FUNCTION_INFO_V1(handover_protect_log);
Datum
handover_protect_log(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	handover_check_trigger(fcinfo, "protect_log", TRIGGER_EVENT_BEFORE);
	if (!log_maintenance && !creating_extension && !is_restore(trigger))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" is written by the database only",
						RelationGetRelationName(trigger->tg_relation)),
				 errdetail("It is part of the audit log."),
				 errtable(trigger->tg_relation)));
	return PointerGetDatum(NULL);
}
