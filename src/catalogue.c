/*
 * catalogue.c
 *		The catalogue of elements, as triggers see it.
 *
 * It is read once a session, and again after somebody has changed it: then a
 * trigger of its tables tells all sessions that these tables have changed, as
 * if it had been their definition.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "nodes/makefuncs.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/formatting.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "catalogue.h"
#include "workspace.h"

PGDLLEXPORT Datum handover_nearest(PG_FUNCTION_ARGS);

static const char *const type_names[] = {
	"number", "boolean", "time", "level", "choice", "rating", "secret"
};

static MemoryContext context = NULL;	/* NULL if not read */
static List *elements = NIL;
static bool outdated = false;
static Oid	element_relid = InvalidOid;
static Oid	field_relid = InvalidOid;

static void
forget(Datum argument, Oid relid)
{
	if (relid == InvalidOid || relid == element_relid || relid == field_relid)
		outdated = true;
}

static Element *
find(Span name)
{
	ListCell   *lc;

	foreach(lc, elements)
	{
		Element    *element = lfirst(lc);

		if (span_equal(name, (Span) {element->name, element->length}))
			return element;
	}
	return NULL;
}

/* A row of the query below. */
static void
add_row(MemoryContext fresh, HeapTuple row, TupleDesc tupdesc)
{
	char	   *element_name = SPI_getvalue(row, tupdesc, 1);
	char	   *field_name = SPI_getvalue(row, tupdesc, 2);
	char	   *type = SPI_getvalue(row, tupdesc, 3);
	Element    *element = find((Span) {element_name, strlen(element_name)});
	MemoryContext old = MemoryContextSwitchTo(fresh);
	Field	   *field;
	Datum	   *choices;
	bool	   *nulls;
	bool		isnull;

	if (element == NULL)
	{
		element = palloc0_object(Element);
		element->name = pstrdup(element_name);
		element->length = strlen(element_name);
		elements = lappend(elements, element);
	}
	for (int i = 0; field_name != NULL && i < lengthof(type_names); i++)
	{
		if (strcmp(type, type_names[i]) != 0)
			continue;
		field = palloc0_object(Field);
		field->name = pstrdup(field_name);
		field->type = (FieldType) i;
		field->ordered = DatumGetBool(SPI_getbinval(row, tupdesc, 5, &isnull));
		deconstruct_array(DatumGetArrayTypeP(SPI_getbinval(row, tupdesc, 4,
														   &isnull)),
						  TEXTOID, -1, false, TYPALIGN_INT,
						  &choices, &nulls, &field->nchoices);
		field->choices = palloc_array(char *, field->nchoices);
		for (int j = 0; j < field->nchoices; j++)
			field->choices[j] = TextDatumGetCString(choices[j]);
		element->fields = lappend(element->fields, field);
	}
	MemoryContextSwitchTo(old);
}

/*
 * Reads the catalogue, as its owner and as it is now: it is kept, and should
 * not be as it was when this transaction began.
 */
static void
read_catalogue(void)
{
	static bool registered = false;
	Relation	relation;
	SavedUser	saved;
	MemoryContext fresh;

	if (!registered)
		CacheRegisterRelcacheCallback(forget, (Datum) 0);
	registered = true;
	if (context != NULL)
		MemoryContextDelete(context);
	context = NULL;
	elements = NIL;

	relation = table_openrv(makeRangeVar("handover", "field", -1),
							AccessShareLock);
	field_relid = RelationGetRelid(relation);
	element_relid = RangeVarGetRelid(makeRangeVar("handover", "element", -1),
									 NoLock, false);
	saved = become(relation->rd_rel->relowner);
	table_close(relation, AccessShareLock);
	outdated = false;
	SPI_connect();
	PushActiveSnapshot(GetLatestSnapshot());
	SPI_execute("SELECT e.name, f.name, f.type, f.choices, f.ordered"
				" FROM handover.element AS e LEFT JOIN handover.field AS f"
				" ON f.element OPERATOR(pg_catalog.=) e.name", true, 0);
	PopActiveSnapshot();

	/* If anything fails from here on, it is read again. */
	fresh = AllocSetContextCreate(CurrentMemoryContext, "handover catalogue",
								  ALLOCSET_DEFAULT_SIZES);
	for (uint64 i = 0; i < SPI_processed; i++)
		add_row(fresh, SPI_tuptable->vals[i], SPI_tuptable->tupdesc);
	MemoryContextSetParent(fresh, CacheMemoryContext);
	context = fresh;
	SPI_finish();
	become_again(saved);
}

/*
 * Reads the catalogue if it was not read yet, or has changed since.
 */
void
handover_refresh_catalogue(void)
{
	if (context == NULL || outdated)
		read_catalogue();
}

/*
 * An element by its name, or NULL.  It holds until the catalogue is refreshed.
 */
const Element *
handover_find_element(Span name)
{
	return find(name);
}

/* The element spelt most like the name, or NULL. */
char *
handover_nearest_element(Span name)
{
	Datum	   *names = palloc_array(Datum, list_length(elements) + 1);
	int			n = 0;
	ListCell   *lc;
	FmgrInfo	nearest;
	LOCAL_FCINFO(fcinfo, 2);
	Datum		found;

	foreach(lc, elements)
		names[n++] = CStringGetTextDatum(((Element *) lfirst(lc))->name);
	MemSet(&nearest, 0, sizeof(nearest));
	InitFunctionCallInfoData(*fcinfo, &nearest, 2, InvalidOid, NULL, NULL);
	fcinfo->args[0].value =
		CStringGetTextDatum(asc_tolower(name.str, name.len));
	fcinfo->args[0].isnull = false;
	fcinfo->args[1].value = PointerGetDatum(construct_array(names, n, TEXTOID,
															-1, false,
															TYPALIGN_INT));
	fcinfo->args[1].isnull = false;
	found = handover_nearest(fcinfo);
	return fcinfo->isnull ? NULL : TextDatumGetCString(found);
}

/*
 * catalogue_changed() returns trigger
 *
 * AFTER any change FOR EACH STATEMENT on a table of the catalogue.
 */
PG_FUNCTION_INFO_V1(handover_catalogue_changed);
Datum
handover_catalogue_changed(PG_FUNCTION_ARGS)
{
	handover_check_trigger(fcinfo, "catalogue_changed", 0);
	CacheInvalidateRelcache(((TriggerData *) fcinfo->context)->tg_relation);
	return PointerGetDatum(NULL);
}
