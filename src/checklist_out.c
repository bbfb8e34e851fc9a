/*
 * checklist_out.c
 *		A checklist in words: its canonical text, and as jsonb.
 *
 * The text reads back to an equal checklist, and it is what binary output
 * sends: equal checklists print alike and different ones differently.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "checklist.h"
#include "jsonb_push.h"

static const char *const stage_names[N_STAGES] = {"submit", "accept", "close"};

static const char *const op_names[] = {"", "=", "<", "<=", ">", ">="};

const char *
handover_stage_name(Stage stage)
{
	return stage_names[stage];
}

/* ------------------------------------------------------------------------
 * Text
 * ------------------------------------------------------------------------
 */

static void
append_quoted(StringInfo buf, char quote, Span text)
{
	appendStringInfoChar(buf, quote);
	for (int i = 0; i < text.len; i++)
	{
		if (text.str[i] == quote)
			appendStringInfoChar(buf, quote);
		appendStringInfoChar(buf, text.str[i]);
	}
	appendStringInfoChar(buf, quote);
}

/* A name, in quotes where the lexer would not read it back bare. */
static void
append_name(StringInfo buf, Span name)
{
	bool		bare = !handover_is_reserved(name.str, name.len) &&
		!(name.str[0] >= '0' && name.str[0] <= '9') && name.str[0] != '$';

	for (int i = 0; i < name.len && bare; i++)
	{
		unsigned char c = name.str[i];

		bare = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
			c == '_' || c == '$' || IS_HIGHBIT_SET(c);
	}
	if (bare)
		appendBinaryStringInfo(buf, name.str, name.len);
	else
		append_quoted(buf, '"', name);
}

static char *
number_text(Numeric number)
{
	return DatumGetCString(DirectFunctionCall1(numeric_out,
											   NumericGetDatum(number)));
}

static void
append_term(StringInfo buf, const Term *term)
{
	const char *op = op_names[term->op];

	if (term->op == TERM_EQ && term->negated)
		op = "<>";
	else if (term->negated)
		appendStringInfoString(buf, "not ");
	if (term->words)
		appendStringInfoString(buf, "words(");
	append_name(buf, term->field);
	if (term->words)
		appendStringInfoChar(buf, ')');
	if (term->op == TERM_FILLED)
		return;

	appendStringInfo(buf, " %s ", op);
	if (term->words)
		appendStringInfo(buf, "%d", term->integer);
	else
	{
		switch (term->kind)
		{
			case VALUE_NUMBER:
				appendStringInfoString(buf, number_text(term->number));
				break;
			case VALUE_TEXT:
				append_quoted(buf, '\'', term->text);
				break;
			case VALUE_LEVEL:
				appendStringInfoString(buf, level_name(term->integer));
				break;
			case VALUE_BOOLEAN:
				appendStringInfoString(buf, term->integer ? "true" : "false");
				break;
		}
	}
}

/*
 * What a rule claims, without verb, stage, weight and label.  The count of
 * "at least" is left out if it is 1, or if the caller wants none.
 */
void
handover_append_claim(StringInfo buf, const Rule *rule, bool with_count)
{
	switch (rule->kind)
	{
		case CLAIM_AT_LEAST:
			if (with_count && rule->count != 1)
				appendStringInfo(buf, "%d ", rule->count);
			break;
		case CLAIM_NO:
			appendStringInfoString(buf, "no ");
			break;
		case CLAIM_EVERY:
			appendStringInfoString(buf, "every ");
			break;
	}
	append_name(buf, rule->element);
	for (int i = 0; i < rule->nwhere; i++)
	{
		appendStringInfoString(buf, i == 0 ? " where " : " and ");
		append_term(buf, &rule->where[i]);
	}
	if (rule->kind == CLAIM_EVERY)
	{
		appendStringInfoString(buf, " has ");
		append_term(buf, &rule->has);
	}
}

/* A weight: thousandths, without zeros at the end. */
static void
append_weight(StringInfo buf, int32 weight)
{
	int32		rest = weight % WEIGHT_SCALE;

	appendStringInfo(buf, "%d", weight / WEIGHT_SCALE);
	if (rest == 0)
		return;
	appendStringInfo(buf, ".%03d", rest);
	while (buf->data[buf->len - 1] == '0')
		buf->data[--buf->len] = '\0';
}

static void
append_rule(StringInfo buf, const Rule *rule)
{
	appendStringInfoString(buf, rule->require ? "require " : "suggest ");
	handover_append_claim(buf, rule, true);
	if (rule->stage != STAGE_SUBMIT)
		appendStringInfo(buf, " to %s", stage_names[rule->stage]);
	if (rule->weight != WEIGHT_SCALE)
	{
		appendStringInfoString(buf, " weight ");
		append_weight(buf, rule->weight);
	}
	if (rule->label.str != NULL)
	{
		appendStringInfoChar(buf, ' ');
		append_quoted(buf, '\'', rule->label);
	}
}

/*
 * What to tell a person: the label, or else the claim, with its count.
 */
char *
handover_rule_label(const Rule *rule)
{
	StringInfoData buf;

	if (rule->label.str != NULL)
		return pnstrdup(rule->label.str, rule->label.len);
	initStringInfo(&buf);
	if (rule->kind == CLAIM_AT_LEAST)
		appendStringInfo(&buf, "at least %d ", rule->count);
	handover_append_claim(&buf, rule, false);
	return buf.data;
}

char *
handover_checklist_text(const Checklist *checklist)
{
	Rule	   *rules = handover_rules(checklist);
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < checklist->nrules; i++)
	{
		if (i > 0)
			appendStringInfoString(&buf, ";\n");
		append_rule(&buf, &rules[i]);
	}
	return buf.data;
}

/* ------------------------------------------------------------------------
 * jsonb
 * ------------------------------------------------------------------------
 */

static void
push_term(JsonbParseState **state, const Term *term)
{
	bool		unequal = term->op == TERM_EQ && term->negated;

	pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
	push_text(state, "field", term->field.str, term->field.len);
	push_boolean(state, "not", term->negated && !unequal);
	push_boolean(state, "words", term->words);
	if (term->op != TERM_FILLED)
	{
		push_string(state, "op", unequal ? "<>" : op_names[term->op]);
		if (term->words)
			push_number(state, "value", int64_to_numeric(term->integer));
		else
		{
			switch (term->kind)
			{
				case VALUE_NUMBER:
					push_number(state, "value", term->number);
					break;
				case VALUE_TEXT:
					push_text(state, "value", term->text.str, term->text.len);
					break;
				case VALUE_LEVEL:
					push_string(state, "value", level_name(term->integer));
					push_boolean(state, "level", true);
					break;
				case VALUE_BOOLEAN:
					push_boolean(state, "value", term->integer != 0);
					break;
			}
		}
	}
	pushJsonbValue(state, WJB_END_OBJECT, NULL);
}

static void
push_rule(JsonbParseState **state, const Rule *rule, int number)
{
	static const char *const kinds[] = {"at least", "no", "every"};
	StringInfoData claim;
	StringInfoData weight;

	/* What is pushed is copied only when the whole is built. */
	initStringInfo(&claim);
	handover_append_claim(&claim, rule, true);
	initStringInfo(&weight);
	append_weight(&weight, rule->weight);

	pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
	push_number(state, "rule", int64_to_numeric(number));
	push_string(state, "verb", rule->require ? "require" : "suggest");
	push_string(state, "claim", claim.data);
	push_string(state, "kind", kinds[rule->kind]);
	if (rule->kind == CLAIM_AT_LEAST)
		push_number(state, "count", int64_to_numeric(rule->count));
	push_text(state, "element", rule->element.str, rule->element.len);

	push_key(state, "where");
	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < rule->nwhere; i++)
		push_term(state, &rule->where[i]);
	pushJsonbValue(state, WJB_END_ARRAY, NULL);
	if (rule->kind == CLAIM_EVERY)
	{
		push_key(state, "has");
		push_term(state, &rule->has);
	}

	push_string(state, "stage", stage_names[rule->stage]);
	push_number(state, "weight",
				DatumGetNumeric(DirectFunctionCall3(numeric_in,
													CStringGetDatum(weight.data),
													ObjectIdGetDatum(InvalidOid),
													Int32GetDatum(-1))));
	if (rule->label.str != NULL)
		push_text(state, "label", rule->label.str, rule->label.len);
	else
		push_null(state, "label");
	pushJsonbValue(state, WJB_END_OBJECT, NULL);
}

/*
 * An array of objects, one a rule, in order: see doc/checklist.md.
 */
Jsonb *
handover_checklist_jsonb(const Checklist *checklist)
{
	Rule	   *rules = handover_rules(checklist);
	JsonbParseState *state = NULL;

	pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < checklist->nrules; i++)
		push_rule(&state, &rules[i], i + 1);
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_ARRAY, NULL));
}
