/*
 * actor.c
 *		Who does what is done: a person, as far as the application tells.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"

#include "actor.h"

static char *actor_setting = NULL;

/* Called once, when the library is loaded. */
void
handover_define_actor(void)
{
	DefineCustomStringVariable("handover.actor",
							   "Names the person on whose behalf the session acts.",
							   "Empty for the user that logged in. An application that logs in as itself sets it, best by SET LOCAL.",
							   &actor_setting, "", PGC_USERSET, 0,
							   NULL, NULL, NULL);
}

/* The setting; empty if there is none. */
const char *
handover_actor_setting(void)
{
	return actor_setting ? actor_setting : "";
}

const char *
handover_current_actor(void)
{
	const char *actor = handover_actor_setting();

	return actor[0] != '\0' ? actor :
		GetUserNameFromId(GetSessionUserId(), false);
}

/*
 * actor() returns text
 *
 * The setting handover.actor, or else the session user.
 */
PG_FUNCTION_INFO_V1(handover_actor);
Datum
handover_actor(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(handover_current_actor()));
}

/*
 * caller() returns name
 *
 * The role that the client acts as: that of SET ROLE, or the session user,
 * whoever the functions in between run as.
 */
PG_FUNCTION_INFO_V1(handover_caller);
Datum
handover_caller(PG_FUNCTION_ARGS)
{
	/* There the client is not who has chosen what runs: VACUUM, REINDEX ... */
	if (InSecurityRestrictedOperation())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("cannot change what is audited within security-restricted operation")));
	return DirectFunctionCall1(namein,
							   CStringGetDatum(GetUserNameFromId(GetOuterUserId(),
																 false)));
}

/*
 * The functions of the audit log that have its owner's rights act for a role on
 * a table of this.  GetOuterUserId() is not that role: within a function with the
 * rights of its owner it would be whoever has called that, a superuser perhaps,
 * for whom the owner must not act.  So the function without such rights that
 * calls them says first for whom.
 */
static Oid	vouched_relation = InvalidOid;
static Oid	vouched_role = InvalidOid;

/*
 * vouch(relation regclass) returns void
 *
 * The next function that asks for it acts on this table for the present role.
 */
PG_FUNCTION_INFO_V1(handover_vouch);
Datum
handover_vouch(PG_FUNCTION_ARGS)
{
	/* There the client is not who has chosen what runs: VACUUM, REINDEX ... */
	if (InSecurityRestrictedOperation())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("cannot change what is audited within security-restricted operation")));
	vouched_relation = PG_GETARG_OID(0);
	vouched_role = GetUserId();
	PG_RETURN_VOID();
}

/*
 * vouched(relation regclass) returns name
 *
 * The role that this was said for, once.
 */
PG_FUNCTION_INFO_V1(handover_vouched);
Datum
handover_vouched(PG_FUNCTION_ARGS)
{
	Oid			role = vouched_role;

	vouched_role = InvalidOid;
	if (!OidIsValid(role) || vouched_relation != PG_GETARG_OID(0))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("this is part of functions of the audit log, and not called alone")));
	return DirectFunctionCall1(namein,
							   CStringGetDatum(GetUserNameFromId(role, false)));
}
