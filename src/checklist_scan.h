/*
 * checklist_scan.h
 *		Tokens of the rule language, and errors about them.
 *
 * Every function here that returns bool returns false after an error that
 * escontext took; its caller gives up at once.
 */
#ifndef HANDOVER_CHECKLIST_SCAN_H
#define HANDOVER_CHECKLIST_SCAN_H

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

typedef struct Scanner
{
	const char *input;
	const char *next;			/* where the lexer goes on */
	Token		token;			/* the one looked at */
	struct Node *escontext;
} Scanner;

extern bool handover_scan(Scanner *scanner);
extern bool handover_token_is(const Token *token, TokenKind kind,
							  const char *text);
extern bool handover_syntax_error(Scanner *scanner, const char *expected);
extern bool handover_range_error(Scanner *scanner, const char *what,
								 const char *range);
extern bool handover_limit_error(Scanner *scanner, const char *what,
								 int limit);

#define syntax_error handover_syntax_error
#define range_error handover_range_error
#define limit_error handover_limit_error

static inline bool
scan_is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

#endif							/* HANDOVER_CHECKLIST_SCAN_H */
