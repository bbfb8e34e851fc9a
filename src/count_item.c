/*
 * count_item.c
 *		One item against the rules of one section.
 *
 * An item comes as the values of the fields that the section names, wherever
 * they are from.  All terms of a rule look at the same item: that is what
 * makes "every critical task has instructions" exact.
 */
#include "postgres.h"

#include "count.h"

/*
 * Opens a section.  "fields" has room for flat->nfields names.
 */
void
handover_open_section(const FlatSection *flat, const Span *names,
					  Span *fields, Section *section)
{
	Cursor		cursor = flat->fields;

	section->flat = *flat;
	section->element = names[flat->name];
	section->fields = fields;
	for (int i = 0; i < flat->nfields; i++)
	{
		int			name = flat_varint(&cursor);

		fields[i] = names[name];
		if (name == NAME_STATE)
			section->state = i;
		else if (name == NAME_ATTRIBUTES)
			section->attributes = i;
	}
}

/*
 * Finds fields in an object: both are in the order of jsonb's keys, so one
 * pass over the keys does, and one over the values as far as they are wanted.
 *
 * This is where counting spends its time, so it reads the entries itself: most
 * keys are passed by with a comparison of lengths and an addition.
 */
void
handover_match_object(const JsonbContainer *object,
					  const Span *fields, int nfields, JsonbValue *slots)
{
	uint32		n = JsonContainerSize(object);
	const char *base = (const char *) &object->children[2 * n];
	uint32		offset = 0;
	int			found = 0;
	int			f = 0;
	Walk		values;

	/* A slot that is found remembers where, until the value is read. */
	for (uint32 i = 0; i < n; i++)
	{
		JEntry		entry = object->children[i];
		int			len = JBE_OFFLENFLD(entry);
		const char *key = base + offset;

		if (JBE_HAS_OFF(entry))
			len -= offset;
		offset += len;
		for (; f < nfields && fields[f].len <= len; f++)
		{
			slots[f].type = jbvNull;
			if (fields[f].len == len)
			{
				/* Most differ in the first byte; save the call. */
				int			cmp = (unsigned char) fields[f].str[0] -
					(unsigned char) key[0];

				if (cmp == 0)
					cmp = memcmp(fields[f].str, key, len);
				if (cmp > 0)
					break;		/* a later key may be it */
				if (cmp == 0)
				{
					slots[f].type = jbvBinary;
					slots[f].val.binary.len = i;
					found++;
					f++;
					break;
				}
			}
		}
	}
	for (; f < nfields; f++)
		slots[f].type = jbvNull;

	walk_begin(&values, object);
	values.index = n;
	values.end = 2 * n;
	values.offset = offset;		/* the keys end where the values begin */
	for (f = 0; found > 0; f++)
	{
		if (slots[f].type == jbvNull)
			continue;
		walk_skip(&values, n + slots[f].val.binary.len);
		walk_next(&values, &slots[f]);
		found--;
	}
}

/* What the item itself lacks may be in its attributes. */
static void
fill_from_attributes(const Section *section, JsonbValue *slots)
{
	const JsonbValue *attributes = &slots[section->attributes];

	for (int i = 0; i < section->flat.nfields; i++)
		if (slots[i].type == jbvNull)
			(void) getKeyJsonValueFromContainer(attributes->val.binary.data,
												section->fields[i].str,
												section->fields[i].len,
												&slots[i]);
}

/* Do the next n terms hold?  Stops at the first that does not. */
static inline bool
test_terms(Cursor *terms, int n, const JsonbValue *slots)
{
	for (int i = 0; i < n; i++)
	{
		FlatTerm	term;

		flat_term(terms, &term);
		if (!handover_test_term(&term, &slots[term.slot]))
			return false;
	}
	return true;
}

/*
 * Adds an item to the counts of the rules of its section.  "slots" holds the
 * values of the section's fields, all null for a misfit; it may be changed.
 */
void
handover_count_item(const Section *section, JsonbValue *slots,
					ItemKind kind, Count *counts)
{
	Cursor		cursor = section->flat.rules;
	const JsonbValue *state = &slots[section->state];
	FlatRule	rule;
	bool		is_none;

	if (value_is_object(&slots[section->attributes]))
		fill_from_attributes(section, slots);
	is_none = !(section->flat.flags & SECTION_HEADER) &&
		state->type == jbvString && state->val.string.len == 4 &&
		memcmp(state->val.string.val, "none", 4) == 0;

	while (flat_rule(&section->flat, &cursor, &rule))
	{
		Count	   *count = &counts[rule.number];
		Cursor		terms = rule.terms;
		bool		misfit = (kind == ITEM_MISFIT);

		if (is_none && !(rule.bits & RULE_AT_ITS_WORD))
		{
			if (RULE_KIND(rule.bits) == CLAIM_AT_LEAST &&
				(section->flat.flags & SECTION_MAY_BE_NONE))
				count->population++;
			continue;
		}
		if (!misfit && !test_terms(&terms, rule.nwhere, slots))
			continue;
		switch (RULE_KIND(rule.bits))
		{
			case CLAIM_AT_LEAST:
				count->hits += (kind == ITEM_REAL);
				break;
			case CLAIM_NO:
				count->hits++;
				break;
			case CLAIM_EVERY:
				count->population++;
				count->hits += !misfit && test_terms(&terms, 1, slots);
				break;
		}
	}
}
