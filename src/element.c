/*
 * element.c
 *		Helpers of the catalogue of elements and of the templates: the nearest
 *		known name, and the guard of the rows that the extension ships.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/varlena.h"

#include "handover.h"

/* A name is near if at most this part of its letters differs. */
#define NEAR_PART		2

/* varstr_levenshtein() takes no longer strings. */
#define MAX_LEVENSHTEIN	255

/*
 * nearest(name text, candidates text[]) returns text
 *
 * The candidate with the least Levenshtein distance, the first of several;
 * NULL if more than half of the letters of the name would have to change.
 * Distances are the server's own, as in its hints about column names.
 */
PG_FUNCTION_INFO_V1(handover_nearest);
Datum
handover_nearest(PG_FUNCTION_ARGS)
{
	text	   *name = PG_GETARG_TEXT_PP(0);
	ArrayType  *candidates = PG_GETARG_ARRAYTYPE_P(1);
	int			name_len = VARSIZE_ANY_EXHDR(name);
	int			limit = pg_mbstrlen_with_len(VARDATA_ANY(name), name_len) /
		NEAR_PART;
	Datum	   *elements;
	bool	   *nulls;
	int			n;
	text	   *best = NULL;

	if (name_len > MAX_LEVENSHTEIN)
		PG_RETURN_NULL();
	deconstruct_array(candidates, TEXTOID, -1, false, TYPALIGN_INT,
					  &elements, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		text	   *candidate;
		int			len;
		int			distance;

		CHECK_FOR_INTERRUPTS();
		if (nulls[i])
			continue;
		candidate = DatumGetTextPP(elements[i]);
		len = VARSIZE_ANY_EXHDR(candidate);
		if (len > MAX_LEVENSHTEIN)
			continue;
		distance = varstr_levenshtein_less_equal(VARDATA_ANY(name), name_len,
												 VARDATA_ANY(candidate), len,
												 1, 1, 1, limit, true);
		if (distance <= limit)
		{
			best = candidate;
			limit = distance - 1;
			if (limit < 0)
				break;
		}
	}
	if (best == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(best);
}

static void
refuse(Relation relation)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("rows of \"%s\" that the extension ships cannot be added, changed or removed",
					RelationGetRelationName(relation)),
			 errhint("Copy the row under a name of your own and change the copy.")));
}

/*
 * protect_builtin() returns trigger
 *
 * BEFORE ROW, and BEFORE TRUNCATE, on a table with a boolean column "builtin":
 * refuses to add, change or remove rows that the extension ships.  They are
 * part of its installation script, so pg_dump leaves them out, and a change
 * would be lost with it.  The extension's own scripts may.
 */
PG_FUNCTION_INFO_V1(handover_protect_builtin);
Datum
handover_protect_builtin(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = (TriggerData *) fcinfo->context;
	TupleDesc	tupdesc;
	int			column;
	HeapTuple	rows[2];

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" was not called by trigger manager",
						"protect_builtin")));
	if (!TRIGGER_FIRED_BEFORE(trigdata->tg_event) ||
		TRIGGER_FIRED_FOR_ROW(trigdata->tg_event) ==
		TRIGGER_FIRED_BY_TRUNCATE(trigdata->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired BEFORE ROW or BEFORE TRUNCATE",
						"protect_builtin")));

	tupdesc = RelationGetDescr(trigdata->tg_relation);
	column = SPI_fnumber(tupdesc, "builtin");
	if (column <= 0 || SPI_gettypeid(tupdesc, column) != BOOLOID)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("relation \"%s\" has no boolean column \"builtin\"",
						RelationGetRelationName(trigdata->tg_relation))));
	if (TRIGGER_FIRED_BY_TRUNCATE(trigdata->tg_event))
		refuse(trigdata->tg_relation);

	rows[0] = trigdata->tg_trigtuple;
	rows[1] = TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event) ?
		trigdata->tg_newtuple : NULL;
	for (int i = 0; i < 2 && !creating_extension; i++)
	{
		bool		isnull;

		if (rows[i] != NULL &&
			DatumGetBool(heap_getattr(rows[i], column, tupdesc, &isnull)) &&
			!isnull)
			refuse(trigdata->tg_relation);
	}
	if (TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event))
		return PointerGetDatum(trigdata->tg_newtuple);
	return PointerGetDatum(trigdata->tg_trigtuple);
}
