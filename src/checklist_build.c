/*
 * checklist_build.c
 *		Between a list of rules and the bytes of a checklist.
 *
 * Building first drops the rules that others imply, so that a checklist says
 * nothing twice, then lays out the bytes that checklist.h draws.
 */
#include "postgres.h"

#include "common/cryptohash.h"
#include "common/sha2.h"
#include "miscadmin.h"

#include "checklist.h"
#include "flat.h"

/* ------------------------------------------------------------------------
 * Which rule implies which
 * ------------------------------------------------------------------------
 */

static bool
same_term(const Term *a, const Term *b)
{
	if (a->op != b->op || a->negated != b->negated || a->words != b->words ||
		!span_equal(a->field, b->field))
		return false;
	if (a->op == TERM_FILLED)
		return true;
	if (a->words)
		return a->integer == b->integer;
	if (a->kind != b->kind)
		return false;
	switch (a->kind)
	{
		case VALUE_NUMBER:
			return VARSIZE_ANY(a->number) == VARSIZE_ANY(b->number) &&
				memcmp(a->number, b->number, VARSIZE_ANY(a->number)) == 0;
		case VALUE_TEXT:
			return span_equal(a->text, b->text);
		case VALUE_LEVEL:
		case VALUE_BOOLEAN:
			return a->integer == b->integer;
	}
	return false;				/* not reached */
}

/* Does a term compare state with none? */
static bool
compares_with_none(const Term *term)
{
	return span_is(term->field, "state") && term->op != TERM_FILLED &&
		!term->words && term->kind == VALUE_TEXT &&
		span_is(term->text, "none");
}

/* Does the rule speak of items that declare that there is nothing? */
static bool
asks_for_none(const Rule *rule)
{
	for (int i = 0; i < rule->nwhere; i++)
		if (compares_with_none(&rule->where[i]))
			return true;
	return rule->kind == CLAIM_EVERY && compares_with_none(&rule->has);
}

/* Is every term of a's "where" one of b's? */
static bool
where_within(const Rule *a, const Rule *b)
{
	if (a->nwhere > b->nwhere)
		return false;
	for (int i = 0; i < a->nwhere; i++)
	{
		bool		found = false;

		for (int j = 0; j < b->nwhere && !found; j++)
			found = same_term(&a->where[i], &b->where[j]);
		if (!found)
			return false;
	}
	return true;
}

/*
 * Does a claim at least what b claims, but for the count?  "every" and "no"
 * say more the fewer terms narrow them; for "at least" another "where" is
 * another thing to look for.
 */
static bool
claims_as_much(const Rule *a, const Rule *b)
{
	if (a->kind != b->kind || !span_equal(a->element, b->element) ||
		asks_for_none(a) != asks_for_none(b) || !where_within(a, b))
		return false;
	if (a->kind == CLAIM_AT_LEAST)
		return where_within(b, a);
	return a->kind != CLAIM_EVERY || same_term(&a->has, &b->has);
}

/* Does a handover that satisfies a, when a is due, satisfy b when b is? */
static bool
implies(const Rule *a, const Rule *b)
{
	return a->require >= b->require && a->stage <= b->stage &&
		a->count >= b->count && claims_as_much(a, b);
}

/*
 * Drops every rule that another one implies.  A stricter rule stands where
 * the first laxer one stood; of two that ask the same, the later one's weight
 * and label are kept, as with jsonb's ||.
 */
List *
handover_merge_rules(List *rules)
{
	List	   *kept = NIL;
	ListCell   *lc;

	foreach(lc, rules)
	{
		Rule	   *rule = lfirst(lc);
		bool		placed = false;
		ListCell   *lc2;

		CHECK_FOR_INTERRUPTS();
		foreach(lc2, kept)
		{
			Rule	   *other = lfirst(lc2);

			if (implies(rule, other))
			{
				if (placed)
					kept = foreach_delete_current(kept, lc2);
				else
					lfirst(lc2) = rule;
				placed = true;
			}
			else if (implies(other, rule))
			{
				/* Nothing in kept implies other, so rule replaced nothing. */
				Assert(!placed);
				placed = true;
				break;
			}
		}
		if (!placed)
			kept = lappend(kept, rule);
	}
	return kept;
}

/* ------------------------------------------------------------------------
 * Building
 * ------------------------------------------------------------------------
 */

/* Names in the order of jsonb's keys; see lengthCompareJsonbString(). */
static int
compare_names(const void *a, const void *b)
{
	const Span *x = a;
	const Span *y = b;

	if (x->len != y->len)
		return x->len > y->len ? 1 : -1;
	return memcmp(x->str, y->str, x->len);
}

/* A sorted set of names. */
typedef struct NameSet
{
	int			n;
	int			allocated;
	Span	   *names;
} NameSet;

static void
add_name(NameSet *set, Span name)
{
	if (set->n == set->allocated)
	{
		set->allocated = Max(16, set->allocated * 2);
		set->names = set->names == NULL ?
			palloc_array(Span, set->allocated) :
			repalloc_array(set->names, Span, set->allocated);
	}
	set->names[set->n++] = name;
}

static void
sort_names(NameSet *set)
{
	int			kept = 0;

	if (set->n > 1)
		qsort(set->names, set->n, sizeof(Span), compare_names);
	for (int i = 0; i < set->n; i++)
		if (i == 0 || !span_equal(set->names[i], set->names[kept - 1]))
			set->names[kept++] = set->names[i];
	set->n = kept;
}

/* The place of a name that is in the set. */
static int
find_name(const NameSet *set, Span name)
{
	Span	   *found = bsearch(&name, set->names, set->n, sizeof(Span),
								compare_names);

	Assert(found != NULL);
	return found - set->names;
}

/* The reference by which the bytes name a name. */
static int
name_id(const NameSet *names, Span name)
{
	for (int i = 0; i < NAME_FIRST; i++)
		if (span_equal(name, flat_known_names[i]))
			return i;
	return find_name(names, name) + NAME_FIRST;
}

static uint8
section_flags(Span element)
{
	if (span_is(element, ELEMENT_HEADER))
		return SECTION_HEADER;
	if (span_is(element, ELEMENT_ANY))
		return SECTION_ANY;
	/* Someone can always be called, and something was always written. */
	if (span_is(element, "contact") || span_is(element, "document"))
		return 0;
	return SECTION_MAY_BE_NONE;
}

static void
put_varint(StringInfo buf, uint32 value)
{
	while (value >= 0x80)
	{
		appendStringInfoChar(buf, (char) ((value & 0x7F) | 0x80));
		value >>= 7;
	}
	appendStringInfoChar(buf, (char) value);
}

static void
put_bytes(StringInfo buf, const void *bytes, int len)
{
	put_varint(buf, len);
	appendBinaryStringInfo(buf, bytes, len);
}

static void
put_term(StringInfo buf, const Term *term, const NameSet *fields)
{
	uint8		bits = TERM_BITS(term->op, term->kind);

	if (term->negated)
		bits |= TERM_NEGATED;
	if (term->words)
		bits |= TERM_WORDS;
	appendStringInfoChar(buf, (char) bits);
	put_varint(buf, find_name(fields, term->field));

	if (term->op == TERM_FILLED)
		return;
	if (term->words)
		put_varint(buf, term->integer);
	else if (term->kind == VALUE_NUMBER)
		put_bytes(buf, term->number, VARSIZE(term->number));
	else if (term->kind == VALUE_TEXT)
		put_bytes(buf, term->text.str, term->text.len);
	else
		put_varint(buf, term->integer);
}

static void
put_rule(StringInfo buf, const Rule *rule, int number, const NameSet *fields)
{
	StringInfoData body;
	uint8		bits = RULE_BITS(rule->kind, rule->stage);

	if (rule->require)
		bits |= RULE_REQUIRE;
	if (rule->weight != WEIGHT_SCALE)
		bits |= RULE_WEIGHTED;
	if (asks_for_none(rule))
		bits |= RULE_AT_ITS_WORD;

	initStringInfo(&body);
	appendStringInfoChar(&body, (char) bits);
	put_varint(&body, number);
	if (rule->kind == CLAIM_AT_LEAST)
		put_varint(&body, rule->count);
	if (bits & RULE_WEIGHTED)
		put_varint(&body, rule->weight);
	put_varint(&body, rule->nwhere);
	for (int i = 0; i < rule->nwhere; i++)
		put_term(&body, &rule->where[i], fields);
	if (rule->kind == CLAIM_EVERY)
		put_term(&body, &rule->has, fields);
	put_bytes(&body, rule->label.str ? rule->label.str : "", rule->label.len);

	put_bytes(buf, body.data, body.len);
	pfree(body.data);
}

/* All rules of one element, with the fields that they look at. */
static void
put_section(StringInfo buf, Span element, List *rules, const NameSet *names)
{
	NameSet		fields = {0};
	StringInfoData body;
	int			nrules = 0;
	int			number = 0;
	ListCell   *lc;

	for (int i = 0; i < NAME_FIRST; i++)
		add_name(&fields, flat_known_names[i]);
	foreach(lc, rules)
	{
		Rule	   *rule = lfirst(lc);

		if (!span_equal(rule->element, element))
			continue;
		for (int i = 0; i < rule->nwhere; i++)
			add_name(&fields, rule->where[i].field);
		if (rule->kind == CLAIM_EVERY)
			add_name(&fields, rule->has.field);
	}
	sort_names(&fields);

	initStringInfo(&body);
	foreach(lc, rules)
	{
		Rule	   *rule = lfirst(lc);

		if (span_equal(rule->element, element))
		{
			put_rule(&body, rule, number, &fields);
			nrules++;
		}
		number++;
	}

	put_varint(buf, name_id(names, element));
	appendStringInfoChar(buf, (char) section_flags(element));
	put_varint(buf, fields.n);
	for (int i = 0; i < fields.n; i++)
		put_varint(buf, name_id(names, fields.names[i]));
	put_varint(buf, nrules);
	put_bytes(buf, body.data, body.len);
	pfree(body.data);
	if (fields.names)
		pfree(fields.names);
}

/*
 * The first 64 bits of the SHA-256 of all claims, counts left out, one a
 * line.  It says what a tally counts and in which order, and nothing else: so
 * a tally outlives a change of counts, stages, weights, verbs and labels, and
 * is the same on machines of any kind.  Stored tallies depend on it: how claims
 * are written must not change once it is released.
 */
static void
fingerprint(List *rules, uint32 *result)
{
	pg_cryptohash_ctx *ctx = pg_cryptohash_create(PG_SHA256);
	uint8		digest[PG_SHA256_DIGEST_LENGTH];
	StringInfoData text;
	ListCell   *lc;

	initStringInfo(&text);
	foreach(lc, rules)
	{
		handover_append_claim(&text, lfirst(lc), false);
		appendStringInfoChar(&text, '\n');
	}
	if (ctx == NULL ||
		pg_cryptohash_init(ctx) < 0 ||
		pg_cryptohash_update(ctx, (uint8 *) text.data, text.len) < 0 ||
		pg_cryptohash_final(ctx, digest, sizeof(digest)) < 0)
		elog(ERROR, "could not compute the fingerprint of a checklist");
	pg_cryptohash_free(ctx);
	pfree(text.data);

	for (int i = 0; i < 2; i++)
		result[i] = ((uint32) digest[4 * i] << 24) |
			((uint32) digest[4 * i + 1] << 16) |
			((uint32) digest[4 * i + 2] << 8) |
			(uint32) digest[4 * i + 3];
}

/* The texts of rules, which the size of a checklist of them cannot be below. */
static Size
text_size(List *rules)
{
	Size		size = 0;
	ListCell   *lc;

	foreach(lc, rules)
	{
		Rule	   *rule = lfirst(lc);

		size += rule->label.len;
		for (int i = 0; i < rule->nwhere; i++)
			size += rule->where[i].text.len;
		size += rule->has.text.len;
	}
	return size;
}

static bool
check_text_size(List *rules, int limit, struct Node *escontext)
{
	if (text_size(rules) > (Size) limit)
		ereturn(escontext, false,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("size of checklist exceeds the limit of %d bytes",
						limit)));
	return true;
}

/*
 * Lays out a checklist.  NULL after an error that escontext took.
 */
Checklist *
handover_build_checklist(List *rules, struct Node *escontext)
{
	NameSet		elements = {0};
	NameSet		names = {0};
	StringInfoData buf;
	Checklist  *checklist;
	Checklist	header = {0};
	ListCell   *lc;

	/* Small texts can become large rules, since "has" repeats what is before. */
	if (!check_text_size(rules, CHECKLIST_MAX_TEXT, escontext))
		return NULL;
	rules = handover_merge_rules(rules);
	if (!check_text_size(rules, CHECKLIST_MAX_SIZE, escontext))
		return NULL;
	if (list_length(rules) > CHECKLIST_MAX_RULES)
		ereturn(escontext, NULL,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("number of rules of checklist exceeds the limit of %d",
						CHECKLIST_MAX_RULES)));

	foreach(lc, rules)
	{
		Rule	   *rule = lfirst(lc);

		add_name(&elements, rule->element);
		add_name(&names, rule->element);
		for (int i = 0; i < rule->nwhere; i++)
			add_name(&names, rule->where[i].field);
		if (rule->kind == CLAIM_EVERY)
			add_name(&names, rule->has.field);
	}
	sort_names(&elements);
	sort_names(&names);

	/* The names that are never stored leave the set. */
	for (int i = 0; i < names.n; i++)
	{
		for (int known = 0; known < NAME_FIRST; known++)
		{
			if (span_equal(names.names[i], flat_known_names[known]))
			{
				names.n--;
				memmove(&names.names[i], &names.names[i + 1],
						(names.n - i) * sizeof(Span));
				i--;
				break;
			}
		}
	}

	header.version = CHECKLIST_VERSION;
	header.nrules = list_length(rules);
	header.nnames = names.n;
	fingerprint(rules, header.fingerprint);

	initStringInfo(&buf);
	appendBinaryStringInfo(&buf, (char *) &header, offsetof(Checklist, data));
	for (int i = 0; i < names.n; i++)
		put_bytes(&buf, names.names[i].str, names.names[i].len);
	header.sections = Min(buf.len, PG_UINT16_MAX);
	for (int i = 0; i < elements.n; i++)
		put_section(&buf, elements.names[i], rules, &names);

	if (buf.len > CHECKLIST_MAX_SIZE)
		ereturn(escontext, NULL,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("size of checklist exceeds the limit of %d bytes",
						CHECKLIST_MAX_SIZE)));
	checklist = (Checklist *) buf.data;
	checklist->sections = header.sections;
	SET_VARSIZE(checklist, buf.len);
	return checklist;
}

/* ------------------------------------------------------------------------
 * Back to rules
 * ------------------------------------------------------------------------
 */

static void
open_term(Cursor *cursor, const Span *fields, Term *term)
{
	FlatTerm	flat;

	flat_term(cursor, &flat);
	memset(term, 0, sizeof(*term));
	term->field = fields[flat.slot];
	term->op = TERM_OP(flat.bits);
	term->negated = (flat.bits & TERM_NEGATED) != 0;
	term->words = (flat.bits & TERM_WORDS) != 0;
	term->kind = TERM_KIND(flat.bits);
	term->integer = flat.integer;
	if (term->op == TERM_FILLED || term->words)
		return;
	if (term->kind == VALUE_TEXT)
		term->text = flat.bytes;
	else if (term->kind == VALUE_NUMBER)
	{
		term->number = palloc(flat.bytes.len);
		memcpy(term->number, flat.bytes.str, flat.bytes.len);
	}
}

/*
 * The rules of a checklist in their order, nrules of them.  What they point
 * to is in the checklist itself.
 */
Rule *
handover_rules(const Checklist *checklist)
{
	Rule	   *rules = palloc0_array(Rule, Max(checklist->nrules, 1));
	Span	   *names = flat_names(checklist, NULL);
	Cursor		cursor = flat_sections(checklist);
	FlatSection section;

	while (flat_section(checklist, &cursor, &section))
	{
		Span	   *fields = flat_fields(&section, names);
		Cursor		rest = section.rules;
		FlatRule	flat;

		while (flat_rule(&section, &rest, &flat))
		{
			Rule	   *rule = &rules[flat.number];
			Cursor		terms = flat.terms;

			rule->kind = RULE_KIND(flat.bits);
			rule->require = (flat.bits & RULE_REQUIRE) != 0;
			rule->stage = RULE_STAGE(flat.bits);
			rule->count = flat.count;
			rule->weight = flat.weight;
			rule->element = names[section.name];
			rule->nwhere = flat.nwhere;
			rule->where = palloc_array(Term, Max(flat.nwhere, 1));
			for (int i = 0; i < flat.nwhere; i++)
				open_term(&terms, fields, &rule->where[i]);
			if (rule->kind == CLAIM_EVERY)
				open_term(&terms, fields, &rule->has);
			rule->label = flat_bytes(&terms);
			if (rule->label.len == 0)
				rule->label.str = NULL;
		}
	}
	return rules;
}
