/*
 * handover.c
 *		The module itself, and the words it has in common with its SQL.
 */
#include "postgres.h"

#include "fmgr.h"

#include "actor.h"
#include "audit.h"
#include "handover.h"
#include "notify.h"

PG_MODULE_MAGIC_EXT(.name = "handover", .version = "0.1");

void		_PG_init(void);

void
_PG_init(void)
{
	handover_define_actor();
	handover_define_log_maintenance();
	handover_define_labels();
	handover_define_notify();
}

static const char *const level_names[N_LEVELS] = {
	"low", "medium", "high", "critical"
};

int
handover_level_of(const char *str, int len)
{
	for (int i = 0; i < N_LEVELS; i++)
		if (span_is((Span) {str, len}, level_names[i]))
			return i;
	return -1;
}

const char *
handover_level_name(Level level)
{
	return level_names[level];
}
