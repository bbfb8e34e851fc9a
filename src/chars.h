/*
 * chars.h
 *		Which characters a person sees.
 */
#ifndef HANDOVER_CHARS_H
#define HANDOVER_CHARS_H

#include "mb/pg_wchar.h"

typedef enum CharKind
{
	CHAR_VISIBLE,
	CHAR_SPACE,
	CHAR_INVISIBLE
} CharKind;

/*
 * What kind of character begins at str, and its length.  ASCII in every
 * encoding; in UTF-8 also what Unicode calls White_Space, and characters of no
 * width, because a form that sends nothing else has sent nothing that a person
 * could read.
 */
static inline CharKind
char_kind(const char *str, int len, int *char_len)
{
	unsigned char c = str[0];
	pg_wchar	wide;

	*char_len = 1;
	if (c == ' ' || (c >= '\t' && c <= '\r'))
		return CHAR_SPACE;
	if (!IS_HIGHBIT_SET(c) || GetDatabaseEncoding() != PG_UTF8)
		return CHAR_VISIBLE;

	*char_len = Min(pg_utf_mblen((const unsigned char *) str), len);
	wide = utf8_to_unicode((const unsigned char *) str);
	if (wide == 0x85 || wide == 0xA0 || wide == 0x1680 ||
		(wide >= 0x2000 && wide <= 0x200A) || wide == 0x2028 ||
		wide == 0x2029 || wide == 0x202F || wide == 0x205F || wide == 0x3000)
		return CHAR_SPACE;
	if ((wide >= 0x200B && wide <= 0x200F) || wide == 0x2060 ||
		wide == 0xFEFF)
		return CHAR_INVISIBLE;
	return CHAR_VISIBLE;
}

#endif							/* HANDOVER_CHARS_H */
