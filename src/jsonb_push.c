/*
 * jsonb_push.c
 *		Writes the members of a jsonb object, one call each.
 */
#include "postgres.h"

#include "jsonb_push.h"

void
handover_push_key(JsonbParseState **state, const char *key)
{
	JsonbValue	v;

	v.type = jbvString;
	v.val.string.val = unconstify(char *, key);
	v.val.string.len = strlen(key);
	pushJsonbValue(state, WJB_KEY, &v);
}

void
handover_push_text(JsonbParseState **state, const char *key,
				   const char *str, int len)
{
	JsonbValue	v;

	push_key(state, key);
	v.type = jbvString;
	v.val.string.val = unconstify(char *, str);
	v.val.string.len = len;
	pushJsonbValue(state, WJB_VALUE, &v);
}

void
handover_push_string(JsonbParseState **state, const char *key,
					 const char *str)
{
	push_text(state, key, str, strlen(str));
}

void
handover_push_number(JsonbParseState **state, const char *key, Numeric number)
{
	JsonbValue	v;

	push_key(state, key);
	v.type = jbvNumeric;
	v.val.numeric = number;
	pushJsonbValue(state, WJB_VALUE, &v);
}

void
handover_push_boolean(JsonbParseState **state, const char *key, bool value)
{
	JsonbValue	v;

	push_key(state, key);
	v.type = jbvBool;
	v.val.boolean = value;
	pushJsonbValue(state, WJB_VALUE, &v);
}

void
handover_push_null(JsonbParseState **state, const char *key)
{
	JsonbValue	v;

	push_key(state, key);
	v.type = jbvNull;
	pushJsonbValue(state, WJB_VALUE, &v);
}
