/*
 * audit_value.c
 *		Rows as the audit log keeps them.
 *
 * A row is a jsonb object by column name: numbers, booleans, texts and jsonb as
 * they are, times in UTC, everything else as the text that the output function
 * of its type gives, from which the input function makes the value again.  No
 * cast is called, which could be anybody's.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "audit.h"
#include "jsonb_push.h"

/* What stands for a value that is masked. */
static char mask[] = "[masked]";

static void
push_column(JsonbParseState **state, AuditTable *table, int i, Datum datum,
			bool isnull)
{
	JsonbValue	value;

	handover_push_key(state, NameStr(TupleDescAttr(table->tupdesc, i)->attname));
	if (table->columns[i] == AUDIT_MASKED)
	{
		value.type = jbvString;
		value.val.string.val = mask;
		value.val.string.len = strlen(mask);
	}
	else if (isnull)
		value.type = jbvNull;
	else
		handover_read_column(&table->readers[i], datum, &value);
	pushJsonbValue(state, WJB_VALUE, &value);
}

/*
 * The columns that are wanted, or all; NULL if there are none.
 */
Jsonb *
handover_audit_row(AuditTable *table, Datum *values, bool *nulls,
				   const bool *wanted)
{
	JsonbParseState *state = NULL;

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	for (int i = 0; i < table->tupdesc->natts; i++)
		if (table->columns[i] != AUDIT_EXCLUDED &&
			(wanted == NULL || wanted[i]))
			push_column(&state, table, i, values[i], nulls[i]);
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}
