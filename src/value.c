/*
 * value.c
 *		What a rule can ask of one value: is it filled, how many words has it,
 *		how does it compare.
 *
 * Nothing here is an error and nothing is unknown: a value of another kind
 * than a comparison wants makes it false.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "value.h"

/*
 * The length of the white-space or zero-width character at str, or 0 if there
 * is another one.  ASCII in every encoding; in UTF-8 also what Unicode calls
 * White_Space, and the invisible U+200B, U+2060 and U+FEFF, because a form
 * that sends one of them has sent nothing that a person could read.
 */
static int
space_length(const char *str, int len)
{
	unsigned char c = str[0];
	pg_wchar	wide;

	if (c == ' ' || (c >= '\t' && c <= '\r'))
		return 1;
	if (!IS_HIGHBIT_SET(c) || GetDatabaseEncoding() != PG_UTF8)
		return 0;
	if (pg_utf_mblen((const unsigned char *) str) > len)
		return 0;
	wide = utf8_to_unicode((const unsigned char *) str);
	if (wide == 0x85 || wide == 0xA0 || wide == 0x1680 ||
		(wide >= 0x2000 && wide <= 0x200B) || wide == 0x2028 ||
		wide == 0x2029 || wide == 0x202F || wide == 0x205F ||
		wide == 0x2060 || wide == 0x3000 || wide == 0xFEFF)
		return pg_utf_mblen((const unsigned char *) str);
	return 0;
}

bool
handover_filled_text(const char *str, int len)
{
	while (len > 0)
	{
		int			space = space_length(str, len);

		if (space == 0)
			return true;
		str += space;
		len -= space;
	}
	return false;
}

/* A list or an object; see value_filled(). */
bool
handover_filled_container(const JsonbContainer *container)
{
	Walk		walk;
	JsonbValue	value;

	check_stack_depth();
	walk_begin(&walk, container);
	if (JsonContainerIsObject(container))
		walk_values(&walk, 0);
	while (walk_next(&walk, &value))
		if (value_filled(&value))
			return true;
	return false;
}

/* Runs of what is not white space. */
static int32
count_words(const char *str, int len)
{
	int32		words = 0;
	bool		inside = false;

	while (len > 0)
	{
		int			space = space_length(str, len);

		if (space == 0 && !inside)
			words++;
		inside = (space == 0);
		str += Max(space, 1);
		len -= Max(space, 1);
	}
	return words;
}

/* Is "left op right", if comparing left with right gave cmp? */
static bool
holds(TermOp op, int cmp)
{
	switch (op)
	{
		case TERM_EQ:
			return cmp == 0;
		case TERM_LT:
			return cmp < 0;
		case TERM_LE:
			return cmp <= 0;
		case TERM_GT:
			return cmp > 0;
		case TERM_GE:
			return cmp >= 0;
		case TERM_FILLED:
			break;
	}
	pg_unreachable();
}

static int
compare_text(const JsonbValue *value, Span text)
{
	int			cmp = memcmp(value->val.string.val, text.str,
							 Min(value->val.string.len, text.len));

	return cmp != 0 ? cmp : value->val.string.len - text.len;
}

/* The term's number stands unaligned in the checklist; copy it to compare. */
static int
compare_number(const JsonbValue *value, Span number)
{
	union
	{
		char		bytes[CHECKLIST_MAX_DIGITS * 2];
		int32		align;
	}			copy;

	Assert(number.len <= (int) sizeof(copy));
	memcpy(copy.bytes, number.str, number.len);
	return DatumGetInt32(DirectFunctionCall2(numeric_cmp,
											 NumericGetDatum(value->val.numeric),
											 PointerGetDatum(copy.bytes)));
}

static bool
test_comparison(const FlatTerm *term, const JsonbValue *value)
{
	TermOp		op = TERM_OP(term->bits);

	if (term->bits & TERM_WORDS)
	{
		int32		words = (value->type != jbvString) ? 0 :
			count_words(value->val.string.val, value->val.string.len);

		return holds(op, words - term->integer);
	}
	switch (TERM_KIND(term->bits))
	{
		case VALUE_NUMBER:
			return value->type == jbvNumeric &&
				holds(op, compare_number(value, term->bytes));
		case VALUE_TEXT:
			return value->type == jbvString &&
				holds(op, compare_text(value, term->bytes));
		case VALUE_LEVEL:
			{
				int			level = (value->type != jbvString) ? -1 :
					level_of(value->val.string.val, value->val.string.len);

				return level >= 0 && holds(op, level - term->integer);
			}
		case VALUE_BOOLEAN:
			return value->type == jbvBool &&
				value->val.boolean == (term->integer != 0);
	}
	pg_unreachable();
}

/*
 * Does a term hold for the value of its field?  jbvNull if there is none.
 */
bool
handover_test_term(const FlatTerm *term, const JsonbValue *value)
{
	bool		result;

	if (TERM_OP(term->bits) == TERM_FILLED)
		result = value_filled(value);
	else
		result = test_comparison(term, value);
	return result != ((term->bits & TERM_NEGATED) != 0);
}
