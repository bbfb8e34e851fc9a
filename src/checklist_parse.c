/*
 * checklist_parse.c
 *		The rule language: from tokens to a list of rules.
 *
 * A recursive-descent parser.  The grammar is in doc/checklist.md.  It nests
 * nowhere, so neither does the parser: whatever the input, the stack stays
 * flat.
 *
 * Every function here that can fail returns false after an error that
 * escontext took, and its caller gives up at once.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "checklist_scan.h"

#define at_word(p, word)		handover_token_is(&(p)->token, TOKEN_WORD, word)
#define at_symbol(p, symbol)	handover_token_is(&(p)->token, TOKEN_SYMBOL, symbol)
#define advance handover_scan

/* ------------------------------------------------------------------------
 * Parser: one function a line of the grammar
 * ------------------------------------------------------------------------
 */

static bool
parse_name(Scanner *p, const char *expected, Span *name)
{
	if (p->token.kind != TOKEN_QUOTED &&
		(p->token.kind != TOKEN_WORD ||
		 handover_is_reserved(p->token.text.str, p->token.text.len)))
		return syntax_error(p, expected);
	*name = p->token.text;
	return advance(p);
}

/*
 * A number without a fraction in [least, most].
 */
static bool
parse_integer(Scanner *p, const char *what, int32 least, int32 most,
			  int32 *result)
{
	int64		value = 0;

	Assert(p->token.kind == TOKEN_NUMBER);
	for (int i = 0; i < p->token.text.len; i++)
	{
		char		c = p->token.text.str[i];

		/* A sign or a point; -0 is not worth an exception. */
		if (!scan_is_digit(c))
			return range_error(p, what,
							   psprintf("a whole number from %d to %d",
										least, most));
		value = Min(value * 10 + (c - '0'), (int64) PG_INT32_MAX);
	}
	if (value < least || value > most)
		return range_error(p, what, psprintf("a whole number from %d to %d",
											 least, most));
	*result = (int32) value;
	return advance(p);
}

/*
 * A weight, read into thousandths.
 */
static bool
parse_weight(Scanner *p, int32 *weight)
{
	const char *range =
		psprintf("from 0 to %d, with at most three decimals",
				 CHECKLIST_MAX_WEIGHT);
	int64		value = 0;
	int			decimals = -1;	/* no point seen */

	if (p->token.kind != TOKEN_NUMBER)
		return syntax_error(p, "a number");
	for (int i = 0; i < p->token.text.len; i++)
	{
		char		c = p->token.text.str[i];

		if (c == '.')
			decimals = 0;
		else if (!scan_is_digit(c))
			return range_error(p, "weight", range);
		else if (decimals < 3)
		{
			value = Min(value * 10 + (c - '0'), (int64) PG_INT32_MAX);
			if (decimals >= 0)
				decimals++;
		}
		else if (c != '0')
			return range_error(p, "weight", range);
	}
	for (int i = Max(decimals, 0); i < 3; i++)
		value *= 10;
	if (value > (int64) CHECKLIST_MAX_WEIGHT * WEIGHT_SCALE)
		return range_error(p, "weight", range);
	*weight = (int32) value;
	return advance(p);
}

/* The number of a comparison; 1.50 and 1.5 become the same bytes. */
static Numeric
number_value(const Token *token)
{
	Datum		number;

	number = DirectFunctionCall3(numeric_in,
								 CStringGetDatum(pnstrdup(token->text.str,
														  token->text.len)),
								 ObjectIdGetDatum(InvalidOid),
								 Int32GetDatum(-1));
	return DatumGetNumeric(DirectFunctionCall1(numeric_trim_scale, number));
}

static bool
parse_value(Scanner *p, Term *term)
{
	const Span *text = &p->token.text;

	switch (p->token.kind)
	{
		case TOKEN_NUMBER:
			term->kind = VALUE_NUMBER;
			term->number = number_value(&p->token);
			break;
		case TOKEN_STRING:
			term->kind = VALUE_TEXT;
			term->text = *text;
			break;
		case TOKEN_WORD:
			if (level_of(text->str, text->len) >= 0)
			{
				term->kind = VALUE_LEVEL;
				term->integer = level_of(text->str, text->len);
			}
			else if (at_word(p, "true") || at_word(p, "false"))
			{
				if (term->op != TERM_EQ)
					return syntax_error(p, "a value that has an order");
				term->kind = VALUE_BOOLEAN;
				term->integer = at_word(p, "true");
			}
			else if (at_word(p, "null"))
				return syntax_error(p, "a value (\"not field\" asks for what is missing)");
			else
			{
				term->kind = VALUE_TEXT;
				term->text = *text;
			}
			break;
		default:
			return syntax_error(p, "a number, a string or a word");
	}
	return advance(p);
}

/*
 * A comparison operator, if there is one here.  "<>" is "not =", so that both
 * ways of writing it are the same rule.
 */
static bool
parse_compare(Scanner *p, Term *term)
{
	if (at_symbol(p, "="))
		term->op = TERM_EQ;
	else if (at_symbol(p, "<>"))
	{
		term->op = TERM_EQ;
		term->negated = !term->negated;
	}
	else if (at_symbol(p, "<"))
		term->op = TERM_LT;
	else if (at_symbol(p, "<="))
		term->op = TERM_LE;
	else if (at_symbol(p, ">"))
		term->op = TERM_GT;
	else if (at_symbol(p, ">="))
		term->op = TERM_GE;
	else
		return true;			/* TERM_FILLED */
	return advance(p);
}

static bool
parse_term(Scanner *p, Term *term)
{
	bool		maybe_words;

	memset(term, 0, sizeof(*term));
	if (at_word(p, "not"))
	{
		term->negated = true;
		if (!advance(p))
			return false;
	}
	maybe_words = at_word(p, "words");
	if (!parse_name(p, "a field", &term->field))
		return false;
	if (maybe_words && at_symbol(p, "("))
	{
		term->words = true;
		if (!advance(p) ||
			!parse_name(p, "a field", &term->field))
			return false;
		if (!at_symbol(p, ")"))
			return syntax_error(p, "\")\"");
		if (!advance(p))
			return false;
	}
	if (!parse_compare(p, term))
		return false;
	if (term->words)
	{
		if (term->op == TERM_FILLED)
			return syntax_error(p, "a comparison");
		if (p->token.kind != TOKEN_NUMBER)
			return syntax_error(p, "a number of words");
		return parse_integer(p, "number of words", 0, CHECKLIST_MAX_COUNT,
							 &term->integer);
	}
	return term->op == TERM_FILLED || parse_value(p, term);
}

static bool
parse_where(Scanner *p, Rule *rule)
{
	int			allocated = 4;

	if (!at_word(p, "where"))
		return true;
	rule->where = palloc_array(Term, allocated);
	do
	{
		if (rule->nwhere >= CHECKLIST_MAX_TERMS)
			return limit_error(p, "number of terms of a \"where\"",
							   CHECKLIST_MAX_TERMS);
		if (rule->nwhere == allocated)
		{
			allocated *= 2;
			rule->where = repalloc_array(rule->where, Term, allocated);
		}
		if (!advance(p) ||
			!parse_term(p, &rule->where[rule->nwhere]))
			return false;
		rule->nwhere++;
	} while (at_word(p, "and"));
	return true;
}

/*
 * A claim, but for what follows "has".
 */
static bool
parse_claim(Scanner *p, bool verb_given, Rule *rule)
{
	if (at_word(p, "every"))
	{
		rule->kind = CLAIM_EVERY;
		if (!advance(p))
			return false;
	}
	else if (at_word(p, "no"))
	{
		rule->kind = CLAIM_NO;
		if (!advance(p))
			return false;
	}
	else if (!verb_given)
		return syntax_error(p, "\"require\", \"suggest\", \"every\" or \"no\"");
	else
	{
		rule->kind = CLAIM_AT_LEAST;
		rule->count = 1;
		if (p->token.kind == TOKEN_NUMBER &&
			!parse_integer(p, "count", 1, CHECKLIST_MAX_COUNT, &rule->count))
			return false;
	}
	return parse_name(p, "an element", &rule->element) &&
		parse_where(p, rule);
}

static bool
parse_stage(Scanner *p, Rule *rule)
{
	if (!at_word(p, "to"))
		return true;
	if (!advance(p))
		return false;
	for (int i = 0; i < N_STAGES; i++)
	{
		if (at_word(p, handover_stage_name(i)))
		{
			rule->stage = i;
			return advance(p);
		}
	}
	return syntax_error(p, "\"submit\", \"accept\" or \"close\"");
}

/*
 * A rule, which is several if "has" lists several terms: they are appended to
 * *rules and differ in nothing else.
 */
static bool
parse_rule(Scanner *p, List **rules)
{
	Rule		rule = {0};
	List	   *terms = NIL;
	bool		verb_given = at_word(p, "require") || at_word(p, "suggest");

	rule.require = !at_word(p, "suggest");
	rule.weight = WEIGHT_SCALE;
	if (verb_given && !advance(p))
		return false;
	if (!parse_claim(p, verb_given, &rule))
		return false;
	if (rule.kind == CLAIM_EVERY)
	{
		if (!at_word(p, "has"))
			return syntax_error(p, rule.nwhere > 0 ? "\"and\" or \"has\"" :
								"\"where\" or \"has\"");
		do
		{
			Term	   *term = palloc_object(Term);

			if (list_length(terms) >= CHECKLIST_MAX_RULES)
				return limit_error(p, "number of rules", CHECKLIST_MAX_RULES);
			if (!advance(p) || !parse_term(p, term))
				return false;
			terms = lappend(terms, term);
		} while (at_symbol(p, ","));
	}
	if (!parse_stage(p, &rule))
		return false;
	if (at_word(p, "weight") &&
		(!advance(p) || !parse_weight(p, &rule.weight)))
		return false;
	if (p->token.kind == TOKEN_STRING)
	{
		rule.label = p->token.text;
		if (rule.label.len == 0)
			return syntax_error(p, "a label that says something");
		if (!advance(p))
			return false;
	}

	/* One rule for each term of "has"; other claims have none. */
	for (int i = 0; i < Max(list_length(terms), 1); i++)
	{
		Rule	   *copy = palloc_object(Rule);

		*copy = rule;
		if (terms != NIL)
			copy->has = *(Term *) list_nth(terms, i);
		if (list_length(*rules) >= CHECKLIST_MAX_RULES)
			return limit_error(p, "number of rules", CHECKLIST_MAX_RULES);
		*rules = lappend(*rules, copy);
	}
	return true;
}

/*
 * Reads the text of a checklist into a list of Rule, in the order and number
 * in which they are written.  NIL if the text holds no rule, and after an
 * error that escontext took.
 */
List *
handover_parse_rules(const char *str, struct Node *escontext)
{
	Scanner		p = {0};
	List	   *rules = NIL;

	if (strlen(str) > CHECKLIST_MAX_TEXT)
		ereturn(escontext, NIL,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("text of checklist exceeds the limit of %d bytes",
						CHECKLIST_MAX_TEXT)));
	p.input = str;
	p.next = str;
	p.escontext = escontext;
	if (!advance(&p))
		return NIL;
	while (p.token.kind != TOKEN_END)
	{
		CHECK_FOR_INTERRUPTS();
		if (!parse_rule(&p, &rules))
			return NIL;
		if (p.token.kind == TOKEN_END)
			break;
		if (!at_symbol(&p, ";"))
		{
			syntax_error(&p, "\";\" or the end");
			return NIL;
		}
		if (!advance(&p))
			return NIL;
	}
	return rules;
}
