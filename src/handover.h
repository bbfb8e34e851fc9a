/*
 * handover.h
 *		The words that every file of the extension shares.
 */
#ifndef HANDOVER_H
#define HANDOVER_H

#include "handover_compat.h"

/*
 * handover.level and handover.status are enums of SQL; these are their labels
 * in order, for code that meets them as text or has to count with them.
 */
typedef enum Level
{
	LEVEL_LOW,
	LEVEL_MEDIUM,
	LEVEL_HIGH,
	LEVEL_CRITICAL
} Level;

#define N_LEVELS 4

typedef enum Stage
{
	STAGE_SUBMIT,
	STAGE_ACCEPT,
	STAGE_CLOSE
} Stage;

#define N_STAGES 3

/* A run of bytes somewhere else, not terminated. */
typedef struct Span
{
	const char *str;
	int			len;
} Span;

static inline bool
span_equal(Span a, Span b)
{
	return a.len == b.len && memcmp(a.str, b.str, a.len) == 0;
}

static inline bool
span_is(Span span, const char *text)
{
	return span.len == strlen(text) && memcmp(span.str, text, span.len) == 0;
}

/* level_of: the level that a text names, or -1.  level_name: the reverse. */
extern int	handover_level_of(const char *str, int len);
extern const char *handover_level_name(Level level);

#define level_of handover_level_of
#define level_name handover_level_name

#endif							/* HANDOVER_H */
