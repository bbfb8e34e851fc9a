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

const char *
handover_current_actor(void)
{
	if (actor_setting != NULL && actor_setting[0] != '\0')
		return actor_setting;
	return GetUserNameFromId(GetSessionUserId(), false);
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
