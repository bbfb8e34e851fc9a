/*
 * checklist_parse.c
 *		The rule language: from text to a list of rules.
 *
 * A recursive-descent parser over a lexer that hands out one token at a time.
 * The grammar is in doc/checklist.md.  It nests nowhere, so neither does the
 * parser: whatever the input, the stack stays flat.
 *
 * Errors go through errsave(), since the type's input function may be asked
 * to fail softly; therefore every function here that can fail returns false,
 * and its caller gives up at once.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "checklist.h"

typedef enum TokenKind
{
	TOKEN_END,
	TOKEN_WORD,					/* folded to lower case */
	TOKEN_QUOTED,				/* "…", its quotes taken off */
	TOKEN_STRING,				/* '…', its quotes taken off */
	TOKEN_NUMBER,
	TOKEN_SYMBOL
} TokenKind;

typedef struct Token
{
	TokenKind	kind;
	const char *start;			/* in the input */
	int			length;			/* in the input */
	Span		text;			/* what it says */
} Token;

typedef struct Parser
{
	const char *input;
	const char *next;			/* where the lexer goes on */
	Token		token;			/* the one looked at */
	struct Node *escontext;
} Parser;

/* Words that cannot name an element or a field unless quoted. */
static const char *const reserved[] = {
	"require", "suggest", "every", "no", "where", "and", "not", "has", "to",
	"weight"
};

static const char *const stage_words[N_STAGES] = {"submit", "accept", "close"};

bool
handover_is_reserved(const char *str, int len)
{
	for (int i = 0; i < lengthof(reserved); i++)
		if (strlen(reserved[i]) == (size_t) len &&
			memcmp(reserved[i], str, len) == 0)
			return true;
	return false;
}

/* ------------------------------------------------------------------------
 * Errors
 * ------------------------------------------------------------------------
 */

/* Says where the parser stands, as people count: lines and characters from 1. */
static const char *
position(Parser *p, const char *at)
{
	int			line = 1;
	const char *bol = p->input;

	for (const char *c = p->input; c < at; c++)
	{
		if (*c == '\n')
		{
			line++;
			bol = c + 1;
		}
	}
	return psprintf("line %d, character %d",
					line, pg_mbstrlen_with_len(bol, at - bol) + 1);
}

/* The token as the user wrote it, cut to a length that a message can bear. */
static char *
token_excerpt(const char *start, int length)
{
	return pnstrdup(start, pg_mbcliplen(start, length, 40));
}

static bool
syntax_error(Parser *p, const char *expected)
{
	if (p->token.kind == TOKEN_END)
		errsave(p->escontext,
				(errcode(ERRCODE_SYNTAX_ERROR),
				 errmsg("syntax error at end of checklist"),
				 errdetail("Expected %s at %s.",
						   expected, position(p, p->token.start))));
	else
		errsave(p->escontext,
				(errcode(ERRCODE_SYNTAX_ERROR),
				 errmsg("syntax error in checklist at or near \"%s\"",
						token_excerpt(p->token.start, p->token.length)),
				 errdetail("Expected %s at %s.",
						   expected, position(p, p->token.start))));
	return false;
}

static bool
lexical_error(Parser *p, const char *what, const char *at)
{
	errsave(p->escontext,
			(errcode(ERRCODE_SYNTAX_ERROR),
			 errmsg("%s in checklist at or near \"%s\"",
					what, token_excerpt(at, strlen(at))),
			 errdetail("It begins at %s.", position(p, at))));
	return false;
}

static bool
range_error(Parser *p, const char *what, const char *range)
{
	errsave(p->escontext,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("%s \"%s\" in checklist is out of range", what,
					token_excerpt(p->token.start, p->token.length)),
			 errdetail("It must be %s; it stands at %s.",
					   range, position(p, p->token.start))));
	return false;
}

static bool
limit_error(Parser *p, const char *what, int limit)
{
	errsave(p->escontext,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("%s of checklist exceeds the limit of %d", what, limit),
			 errdetail("It stands at %s.", position(p, p->token.start))));
	return false;
}

/* ------------------------------------------------------------------------
 * Lexer
 * ------------------------------------------------------------------------
 */

static inline bool
is_word_start(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
		IS_HIGHBIT_SET(c);
}

static inline bool
is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
is_word_part(unsigned char c)
{
	return is_word_start(c) || is_digit(c) || c == '$';
}

static inline bool
is_space(unsigned char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static const char *
skip_blank(const char *c)
{
	for (;;)
	{
		while (is_space(*c))
			c++;
		if (c[0] != '-' || c[1] != '-')
			return c;
		while (*c != '\0' && *c != '\n' && *c != '\r')
			c++;
	}
}

/*
 * A run in quotes, a quote within being doubled.  Returns the character after
 * the closing quote, or NULL if there is none.
 */
static const char *
lex_quoted(const char *c, Span *text)
{
	char		quote = *c++;
	const char *end = c;
	char	   *copy;
	int			len = 0;

	/* Find the end first, to allocate no more than the run. */
	while (*end != '\0' && (*end != quote || end[1] == quote))
		end += (*end == quote) ? 2 : 1;
	if (*end == '\0')
		return NULL;

	copy = palloc(end - c + 1);
	for (; c < end; c += (*c == quote) ? 2 : 1)
		copy[len++] = *c;
	text->str = copy;
	text->len = len;
	return end + 1;
}

static const char *
lex_word(const char *c, Span *text)
{
	const char *start = c;
	char	   *copy;

	while (is_word_part(*c))
		c++;
	copy = palloc(c - start);
	for (int i = 0; i < c - start; i++)
		copy[i] = (start[i] >= 'A' && start[i] <= 'Z') ?
			start[i] - 'A' + 'a' : start[i];
	text->str = copy;
	text->len = c - start;
	return c;
}

/* Digits with an optional sign and point; no exponent, so sizes stay small. */
static const char *
lex_number(const char *c, Span *text)
{
	text->str = c;
	if (*c == '-' || *c == '+')
		c++;
	while (is_digit(*c))
		c++;
	if (c[0] == '.' && is_digit(c[1]))
	{
		c++;
		while (is_digit(*c))
			c++;
	}
	text->len = c - text->str;
	return c;
}

/* Moves on to the next token. */
static bool
advance(Parser *p)
{
	Token	   *token = &p->token;
	const char *c = skip_blank(p->next);
	const char *end;

	token->start = c;
	if (*c == '\0')
	{
		token->kind = TOKEN_END;
		end = c;
	}
	else if (*c == '\'' || *c == '"')
	{
		token->kind = (*c == '"') ? TOKEN_QUOTED : TOKEN_STRING;
		end = lex_quoted(c, &token->text);
		if (end == NULL)
			return lexical_error(p, *c == '"' ? "unterminated quoted name" :
								 "unterminated quoted string", c);
		if (token->kind == TOKEN_QUOTED && token->text.len == 0)
			return lexical_error(p, "zero-length quoted name", c);
	}
	else if (is_word_start(*c))
	{
		token->kind = TOKEN_WORD;
		end = lex_word(c, &token->text);
	}
	else if (is_digit(*c) ||
			 ((*c == '-' || *c == '+') && is_digit(c[1])))
	{
		token->kind = TOKEN_NUMBER;
		end = lex_number(c, &token->text);
		if (is_word_part(*end) || *end == '.')
			return lexical_error(p, "malformed number", c);
	}
	else
	{
		token->kind = TOKEN_SYMBOL;
		end = c + pg_mblen(c);
		if ((c[0] == '<' && (c[1] == '=' || c[1] == '>')) ||
			(c[0] == '>' && c[1] == '='))
			end = c + 2;
		token->text.str = c;
		token->text.len = end - c;
	}
	token->length = end - c;
	p->next = end;

	if ((token->kind == TOKEN_WORD || token->kind == TOKEN_QUOTED) &&
		token->text.len > CHECKLIST_MAX_NAME)
		return limit_error(p, "length of a name", CHECKLIST_MAX_NAME);
	if (token->kind == TOKEN_NUMBER && token->length > CHECKLIST_MAX_DIGITS)
		return limit_error(p, "length of a number", CHECKLIST_MAX_DIGITS);
	return true;
}

static bool
token_is(const Token *token, TokenKind kind, const char *text)
{
	return token->kind == kind &&
		token->text.len == strlen(text) &&
		memcmp(token->text.str, text, token->text.len) == 0;
}

#define at_word(p, word)		token_is(&(p)->token, TOKEN_WORD, word)
#define at_symbol(p, symbol)	token_is(&(p)->token, TOKEN_SYMBOL, symbol)

/* ------------------------------------------------------------------------
 * Parser: one function a line of the grammar
 * ------------------------------------------------------------------------
 */

static bool
parse_name(Parser *p, const char *expected, Span *name)
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
parse_integer(Parser *p, const char *what, int32 least, int32 most,
			  int32 *result)
{
	int64		value = 0;

	Assert(p->token.kind == TOKEN_NUMBER);
	for (int i = 0; i < p->token.text.len; i++)
	{
		char		c = p->token.text.str[i];

		/* A sign or a point; -0 is not worth an exception. */
		if (!is_digit(c))
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
parse_weight(Parser *p, int32 *weight)
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
		else if (!is_digit(c))
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
parse_value(Parser *p, Term *term)
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
parse_compare(Parser *p, Term *term)
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
parse_term(Parser *p, Term *term)
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
parse_where(Parser *p, Rule *rule)
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
parse_claim(Parser *p, bool verb_given, Rule *rule)
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
parse_stage(Parser *p, Rule *rule)
{
	if (!at_word(p, "to"))
		return true;
	if (!advance(p))
		return false;
	for (int i = 0; i < N_STAGES; i++)
	{
		if (at_word(p, stage_words[i]))
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
parse_rule(Parser *p, List **rules)
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
	Parser		p = {0};
	List	   *rules = NIL;

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
