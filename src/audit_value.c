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

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"

#include "audit.h"
#include "jsonb_push.h"

/* Bytes of a key that is written as it is. */
#define MAX_KEY	2000

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

/* An index holds no longer one; audit_key() does the same. */
static Datum
shorten(Datum key)
{
	text	   *whole = DatumGetTextPP(key);
	Datum		digest;
	char	   *hex;

	if (VARSIZE_ANY_EXHDR(whole) <= MAX_KEY)
		return key;
	digest = DirectFunctionCall1(sha256_bytea, key);
	hex = TextDatumGetCString(DirectFunctionCall2(binary_encode, digest,
												  CStringGetTextDatum("hex")));
	return CStringGetTextDatum(psprintf("sha256:%s", hex));
}

/*
 * The key of a row as text: its column, or several columns as the text of an
 * array, in the order of the index.
 */
Datum
handover_audit_key(AuditTable *table, Datum *values, bool *nulls)
{
	Datum		texts[INDEX_MAX_KEYS];
	bool		missing[INDEX_MAX_KEYS];
	int			dims[1];
	int			lower[1] = {1};
	ArrayType  *array;

	for (int i = 0; i < table->nkeys; i++)
	{
		int			at = table->keys[i] - 1;

		missing[i] = nulls[at];
		if (!nulls[at])
			texts[i] = CStringGetTextDatum(OutputFunctionCall(&table->key_output[i],
															  values[at]));
	}
	if (table->nkeys == 1)
		return shorten(texts[0]);
	dims[0] = table->nkeys;
	array = construct_md_array(texts, missing, 1, dims, lower,
							   TEXTOID, -1, false, TYPALIGN_INT);
	return shorten(CStringGetTextDatum(OidOutputFunctionCall(F_ARRAY_OUT,
															 PointerGetDatum(array))));
}
