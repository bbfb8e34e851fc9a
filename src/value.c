/*
 * value.c
 *		What a rule can ask of one value: is it filled, how many words has it,
 *		how does it compare.
 *
 * Nothing here is an error and nothing is unknown: a value of another kind
 * than a comparison wants makes it false.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "chars.h"
#include "value.h"

bool
handover_filled_text(const char *str, int len)
{
	while (len > 0)
	{
		int			char_len;

		if (char_kind(str, len, &char_len) == CHAR_VISIBLE)
			return true;
		str += char_len;
		len -= char_len;
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

/* Runs between white space in which something is visible. */
static int32
count_words(const char *str, int len)
{
	int32		words = 0;
	bool		inside = false;

	/* A text may be long, and many rules may ask. */
	CHECK_FOR_INTERRUPTS();
	while (len > 0)
	{
		int			char_len;
		CharKind	kind = char_kind(str, len, &char_len);

		if (kind == CHAR_SPACE)
			inside = false;
		else if (kind == CHAR_VISIBLE && !inside)
		{
			words++;
			inside = true;
		}
		str += char_len;
		len -= char_len;
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
