/*
 * checklist_scan.c
 *		The rule language: from text to tokens, and errors with their place.
 *
 * Errors go through errsave(), since the type's input function may be asked
 * to fail softly.
 */
#include "postgres.h"

#include "chars.h"
#include "checklist_scan.h"

/* Words that cannot name an element or a field unless quoted. */
static const char *const reserved[] = {
	"require", "suggest", "every", "no", "where", "and", "not", "has", "to",
	"weight"
};

bool
handover_is_reserved(const char *str, int len)
{
	for (int i = 0; i < lengthof(reserved); i++)
		if (span_is((Span) {str, len}, reserved[i]))
			return true;
	return false;
}

/* ------------------------------------------------------------------------
 * Errors
 * ------------------------------------------------------------------------
 */

/* Says where the parser stands, as people count: lines and characters from 1. */
static const char *
position(Scanner *p, const char *at)
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

bool
handover_syntax_error(Scanner *p, const char *expected)
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
lexical_error(Scanner *p, const char *what, const char *at)
{
	errsave(p->escontext,
			(errcode(ERRCODE_SYNTAX_ERROR),
			 errmsg("%s in checklist at or near \"%s\"",
					what, token_excerpt(at, strlen(at))),
			 errdetail("It begins at %s.", position(p, at))));
	return false;
}

bool
handover_range_error(Scanner *p, const char *what, const char *range)
{
	errsave(p->escontext,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("%s \"%s\" in checklist is out of range", what,
					token_excerpt(p->token.start, p->token.length)),
			 errdetail("It must be %s; it stands at %s.",
					   range, position(p, p->token.start))));
	return false;
}

bool
handover_limit_error(Scanner *p, const char *what, int limit)
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

/*
 * A letter of ASCII, or any other character that a person sees but typographic
 * punctuation, quotes above all, which come along when text is pasted.
 */
static inline bool
is_word_start(const char *c)
{
	int			len = strnlen(c, MAX_MULTIBYTE_CHAR_LEN);
	int			length;
	pg_wchar	wide;

	if ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || *c == '_')
		return true;
	if (!IS_HIGHBIT_SET(*c) || char_kind(c, len, &length) != CHAR_VISIBLE)
		return false;
	if (GetDatabaseEncoding() != PG_UTF8)
		return true;
	wide = utf8_to_unicode((const unsigned char *) c);
	return !(wide >= 0x2010 && wide <= 0x205E) && wide != 0xAB && wide != 0xBB;
}

static inline bool
is_word_part(const char *c)
{
	return is_word_start(c) || scan_is_digit(*c) || *c == '$';
}

/* White space, as value.c knows it too, and comments. */
static const char *
skip_blank(const char *c)
{
	int			length;

	for (;;)
	{
		while (*c != '\0' &&
			   char_kind(c, strnlen(c, MAX_MULTIBYTE_CHAR_LEN), &length) == CHAR_SPACE)
			c += length;
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

	while (is_word_part(c))
		c += IS_HIGHBIT_SET(*c) ? pg_mblen(c) : 1;
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
	while (scan_is_digit(*c))
		c++;
	if (c[0] == '.' && scan_is_digit(c[1]))
	{
		c++;
		while (scan_is_digit(*c))
			c++;
	}
	text->len = c - text->str;
	return c;
}

/* Moves on to the next token. */
bool
handover_scan(Scanner *p)
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
	else if (is_word_start(c))
	{
		token->kind = TOKEN_WORD;
		end = lex_word(c, &token->text);
	}
	else if (scan_is_digit(*c) ||
			 ((*c == '-' || *c == '+') && scan_is_digit(c[1])))
	{
		token->kind = TOKEN_NUMBER;
		end = lex_number(c, &token->text);
		if (is_word_part(end) || *end == '.')
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
	if (token->kind == TOKEN_STRING && token->text.len > CHECKLIST_MAX_SIZE)
		return limit_error(p, "length of a string", CHECKLIST_MAX_SIZE);
	if (token->kind == TOKEN_NUMBER && token->length > CHECKLIST_MAX_DIGITS)
		return limit_error(p, "length of a number", CHECKLIST_MAX_DIGITS);
	return true;
}

bool
handover_token_is(const Token *token, TokenKind kind, const char *text)
{
	return token->kind == kind && span_is(token->text, text);
}
