/*
 * flat.h
 *		Reads the bytes of a checklist in place.
 *
 * Inline functions over the layout that checklist.h draws.  The bytes were
 * made by checklist_build.c alone (the binary input function reads text, as
 * jsonpath's does), so they are trusted.
 */
#ifndef HANDOVER_FLAT_H
#define HANDOVER_FLAT_H

#include "checklist.h"

/* What every checklist knows without storing it; NAME_STATE and so on. */
static const Span flat_known_names[NAME_FIRST] = {
	{"state", 5}, {"attributes", 10}
};

typedef const uint8 *Cursor;

typedef struct FlatSection
{
	int			name;			/* of the element */
	uint8		flags;
	int			nfields;
	Cursor		fields;
	int			nrules;
	Cursor		rules;
	Cursor		end;
} FlatSection;

typedef struct FlatRule
{
	uint8		bits;
	int			number;
	int32		count;			/* 0 unless CLAIM_AT_LEAST */
	int32		weight;
	int			nwhere;
	Cursor		terms;
} FlatRule;

typedef struct FlatTerm
{
	uint8		bits;
	int			slot;
	int32		integer;		/* words, level, boolean */
	Span		bytes;			/* a number, unaligned, or a text */
} FlatTerm;

static inline uint32
flat_varint(Cursor *cursor)
{
	Cursor		c = *cursor;
	uint32		value = *c++;

	if (unlikely(value >= 0x80))
	{
		int			shift = 7;

		value &= 0x7F;
		for (;;)
		{
			uint32		byte = *c++;

			value |= (byte & 0x7F) << shift;
			if (byte < 0x80)
				break;
			shift += 7;
		}
	}
	*cursor = c;
	return value;
}

static inline Span
flat_bytes(Cursor *cursor)
{
	Span		bytes;

	bytes.len = flat_varint(cursor);
	bytes.str = (const char *) *cursor;
	*cursor += bytes.len;
	return bytes;
}

/*
 * All names, by their reference.  Into "names", which must have room for
 * nnames + NAME_FIRST, or into palloc'd memory if that is NULL.
 */
static inline Span *
flat_names(const Checklist *checklist, Span *names)
{
	Cursor		cursor = checklist->data;

	Assert(checklist->version == CHECKLIST_VERSION);
	if (names == NULL)
		names = palloc_array(Span, checklist->nnames + NAME_FIRST);
	for (int i = 0; i < NAME_FIRST; i++)
		names[i] = flat_known_names[i];
	for (int i = 0; i < checklist->nnames; i++)
		names[i + NAME_FIRST] = flat_bytes(&cursor);
	return names;
}

static inline Cursor
flat_sections(const Checklist *checklist)
{
	return (Cursor) checklist + checklist->sections;
}

/* The next section, or false at the end. */
static inline bool
flat_section(const Checklist *checklist, Cursor *cursor, FlatSection *section)
{
	uint32		length;

	if (*cursor >= (Cursor) checklist + VARSIZE(checklist))
		return false;
	section->name = flat_varint(cursor);
	section->flags = *(*cursor)++;
	section->nfields = flat_varint(cursor);
	section->fields = *cursor;
	for (int i = 0; i < section->nfields; i++)
		(void) flat_varint(cursor);
	section->nrules = flat_varint(cursor);
	length = flat_varint(cursor);
	section->rules = *cursor;
	section->end = *cursor += length;
	return true;
}

/* The fields of a section by slot. */
static inline Span *
flat_fields(const FlatSection *section, const Span *names)
{
	Cursor		cursor = section->fields;
	Span	   *fields = palloc_array(Span, section->nfields);

	for (int i = 0; i < section->nfields; i++)
		fields[i] = names[flat_varint(&cursor)];
	return fields;
}

/* The next rule of a section, or false at the end. */
static inline bool
flat_rule(const FlatSection *section, Cursor *cursor, FlatRule *rule)
{
	Cursor		c = *cursor;
	uint32		length;

	if (c >= section->end)
		return false;
	length = flat_varint(&c);
	*cursor = c + length;
	rule->bits = *c++;
	rule->number = flat_varint(&c);
	rule->count = (RULE_KIND(rule->bits) == CLAIM_AT_LEAST) ?
		(int32) flat_varint(&c) : 0;
	rule->weight = (rule->bits & RULE_WEIGHTED) ?
		(int32) flat_varint(&c) : WEIGHT_SCALE;
	rule->nwhere = flat_varint(&c);
	rule->terms = c;
	return true;
}

static inline void
flat_term(Cursor *cursor, FlatTerm *term)
{
	term->bits = *(*cursor)++;
	term->slot = flat_varint(cursor);
	term->integer = 0;
	if (TERM_OP(term->bits) == TERM_FILLED)
		return;
	if (!(term->bits & TERM_WORDS) &&
		(TERM_KIND(term->bits) == VALUE_NUMBER ||
		 TERM_KIND(term->bits) == VALUE_TEXT))
		term->bytes = flat_bytes(cursor);
	else
		term->integer = flat_varint(cursor);
}

#endif							/* HANDOVER_FLAT_H */
