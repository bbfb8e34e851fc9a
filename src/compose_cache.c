/*
 * compose_cache.c
 *		Checklists composed of templates, for tables of handovers.
 *
 * Composing takes milliseconds, since it also looks everything up in the
 * catalogue, and handovers come in the same few roles.  What was composed is
 * kept until somebody changes a template; see catalogue.c for how that is told.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "nodes/makefuncs.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/memutils.h"

#include "checklist.h"
#include "compose_cache.h"
#include "workspace.h"

#define CACHE_ENTRIES	32

typedef struct CacheEntry
{
	char	   *key;			/* NULL if the entry is free */
	Checklist  *checklist;
} CacheEntry;

static CacheEntry cache[CACHE_ENTRIES];
static int	next_entry = 0;
static MemoryContext context = NULL;
static bool outdated = false;
static Oid	template_relid = InvalidOid;

static void
forget(Datum argument, Oid relid)
{
	if (relid == InvalidOid || relid == template_relid)
		outdated = true;
}

static void
open_cache(void)
{
	if (context == NULL)
	{
		context = AllocSetContextCreate(CacheMemoryContext,
										"handover templates",
										ALLOCSET_SMALL_SIZES);
		CacheRegisterRelcacheCallback(forget, (Datum) 0);
		outdated = true;
	}
	if (!outdated)
		return;
	MemoryContextReset(context);
	memset(cache, 0, sizeof(cache));
	template_relid = RangeVarGetRelid(makeRangeVar("handover", "template", -1),
									  NoLock, false);
	outdated = false;
}

/* Role and industries, each with its length, so that none looks like two. */
static char *
make_key(Datum role, Datum industries)
{
	StringInfoData key;
	Datum	   *names;
	bool	   *nulls;
	int			n;
	char	   *name = TextDatumGetCString(role);

	initStringInfo(&key);
	appendStringInfo(&key, "%zu:%s", strlen(name), name);
	deconstruct_array(DatumGetArrayTypeP(industries), TEXTOID, -1, false,
					  TYPALIGN_INT, &names, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		if (nulls[i])
			continue;
		name = TextDatumGetCString(names[i]);
		appendStringInfo(&key, " %zu:%s", strlen(name), name);
	}
	return key.data;
}

/* Into the caller's context. */
static Checklist *
compose(Datum role, Datum industries)
{
	static KeptPlan plan;
	Oid			types[2] = {TEXTOID, TEXTARRAYOID};
	Datum		arguments[2] = {role, industries};
	MemoryContext caller = CurrentMemoryContext;
	bool		isnull;
	Checklist  *composed;
	Checklist  *copy;

	SPI_connect();
	SPI_execute_plan(handover_plan(&plan,
								   "SELECT handover.compose($1, VARIADIC $2)",
								   2, types),
					 arguments, NULL, false, 1);
	composed = DatumGetChecklistP(SPI_getbinval(SPI_tuptable->vals[0],
												SPI_tuptable->tupdesc, 1,
												&isnull));
	copy = MemoryContextAlloc(caller, VARSIZE(composed));
	memcpy(copy, composed, VARSIZE(composed));
	SPI_finish();
	return copy;
}

/*
 * The checklist of a role (text) and industries (text[]), none of them NULL.
 * It is the caller's own.
 */
Datum
handover_compose(Datum role, Datum industries)
{
	char	   *key = make_key(role, industries);
	CacheEntry *entry;
	Checklist  *checklist;

	open_cache();
	for (int i = 0; i < CACHE_ENTRIES; i++)
	{
		entry = &cache[i];
		if (entry->key == NULL || strcmp(entry->key, key) != 0)
			continue;
		checklist = palloc(VARSIZE(entry->checklist));
		memcpy(checklist, entry->checklist, VARSIZE(entry->checklist));
		return PointerGetDatum(checklist);
	}

	checklist = compose(role, industries);

	/* What became outdated in between was composed of what there was before. */
	if (outdated)
		return PointerGetDatum(checklist);
	entry = &cache[next_entry];
	next_entry = (next_entry + 1) % CACHE_ENTRIES;
	if (entry->key != NULL)
	{
		pfree(entry->key);
		pfree(entry->checklist);
		entry->key = NULL;
	}
	entry->checklist = MemoryContextAlloc(context, VARSIZE(checklist));
	memcpy(entry->checklist, checklist, VARSIZE(checklist));
	entry->key = MemoryContextStrdup(context, key);
	return PointerGetDatum(checklist);
}
