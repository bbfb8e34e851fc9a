/*
 * finding_words.c
 *		What the texts of a handover say, and how a sentence on it counts.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "attribute_value.h"
#include "finding.h"

#define BLANKS " \t\n\r"
#define PUNCTUATION BLANKS ".!?-"

static Span
trim(Span words, const char *characters)
{
	while (words.len > 0 && strchr(characters, words.str[0]) != NULL)
	{
		words.str++;
		words.len--;
	}
	while (words.len > 0 && strchr(characters, words.str[words.len - 1]) != NULL)
		words.len--;
	return words;
}

/* Is nothing said? */
bool
handover_is_blank(Span words)
{
	return words.str == NULL || trim(words, BLANKS).len == 0;
}

/* Is something said that says nothing? */
bool
handover_is_placeholder(Span words)
{
	static const char *const placeholders[] = {
		"tbd", "tba", "tbc", "todo", "to do", "to be done", "to be defined",
		"to be determined", "n/a", "na", "none", "etc", "asap", "x", "xxx",
		"as discussed", "as agreed", "as usual", "as always", "as before",
		"same as before", "same as above", "see above", "ask me", "you know"
	};

	if (words.str == NULL)
		return true;
	words = trim(words, PUNCTUATION);
	if (words.len == 0)
		return true;
	for (int i = 0; i < lengthof(placeholders); i++)
		if (words.len == strlen(placeholders[i]) &&
			pg_strncasecmp(words.str, placeholders[i], words.len) == 0)
			return true;
	return false;
}

/* Length in characters; 0 of a text that is NULL. */
int
handover_characters(Span words)
{
	return words.str == NULL ? 0 : pg_mbstrlen_with_len(words.str, words.len);
}

/* What an attribute says; NULL if there is none. */
Span
handover_words_of(const FindingItem *item, const char *name)
{
	Span		words;

	(void) handover_attribute_words(item->attributes, name, &words);
	return words;
}

/* Does an attribute say that, and nothing else? */
bool
handover_attribute_is(const FindingItem *item, const char *name,
					  const char *value)
{
	Span		words;

	return handover_attribute_words(item->attributes, name, &words) &&
		span_is(words, value);
}

/* The time that an attribute says. */
Moment
handover_moment_of(const FindingItem *item, const char *name)
{
	Moment		result = {false, 0};

	result.known = handover_attribute_moment(item->attributes, name,
											 &result.at);
	return result;
}

/* "1 day", "3 days" */
char *
handover_counted(double number, const char *noun)
{
	return psprintf("%s %s%s", handover_figure(number), noun,
					number == 1 ? "" : "s");
}

/* A number as people write it. */
char *
handover_figure(double number)
{
	return psprintf("%.15g", number);
}
