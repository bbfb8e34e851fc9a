/*
 * jsonb_push.h
 *		Writes the members of a jsonb object, one call each.
 */
#ifndef HANDOVER_JSONB_PUSH_H
#define HANDOVER_JSONB_PUSH_H

#include "utils/jsonb.h"
#include "utils/numeric.h"

extern void handover_push_key(JsonbParseState **state, const char *key);
extern void handover_push_text(JsonbParseState **state, const char *key,
							   const char *str, int len);
extern void handover_push_string(JsonbParseState **state, const char *key,
								 const char *str);
extern void handover_push_number(JsonbParseState **state, const char *key,
								 Numeric number);
extern void handover_push_boolean(JsonbParseState **state, const char *key,
								  bool value);
extern void handover_push_null(JsonbParseState **state, const char *key);

#define push_key handover_push_key
#define push_text handover_push_text
#define push_string handover_push_string
#define push_number handover_push_number
#define push_boolean handover_push_boolean
#define push_null handover_push_null

#endif							/* HANDOVER_JSONB_PUSH_H */
