/*
 * checklist.h
 *		handover.checklist: what a complete handover must contain.
 *
 * A checklist is stored flat and used in place: counting a document reads the
 * bytes below from front to back and builds nothing.  It is also small, since
 * the server reads the constant of a CHECK constraint anew at every statement.
 *
 *		vl_len_			4 bytes
 *		version			1 byte		CHECKLIST_VERSION
 *		flags			1 byte		none yet, zero
 *		nrules			2 bytes
 *		fingerprint		8 bytes		of what is counted, see below
 *		nnames			2 bytes		in the list of names
 *		sections		2 bytes		where the sections begin, from the start
 *		names			nnames times: length, bytes
 *		sections		one for each element that a rule names
 *
 *		section			name, flags byte, nfields, field names, nrules,
 *						length of the rules in bytes, rules
 *		rule			length of the rest, bits, number, [count], [weight],
 *						nwhere, terms, [term of "has"], label length, label
 *		term			bits, slot, [value]
 *
 * Lengths, counts and references are varints (7 bits a byte, low end first,
 * the high bit says that more follow); nothing but the header is aligned.  A
 * name is given by its place in the list of names, after NAME_FIRST names that
 * every checklist has without storing them.  Names, sections and the fields of
 * a section are in the order of jsonb's keys (shorter first, then by bytes),
 * so that an object is matched in one pass over its keys.  A slot is the place
 * of a field in the list of its section.  Rules stand with their section; the
 * number of a rule, from 0, is its place in the text and in a tally.
 *
 * Equal checklists are equal bytes.  Only this header, flat.h, which
 * reads, and checklist_build.c, which writes, know the layout.
 */
#ifndef HANDOVER_CHECKLIST_H
#define HANDOVER_CHECKLIST_H

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "nodes/pg_list.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

#include "handover.h"

#define CHECKLIST_VERSION		1

/* Limits; each has an error of its own. */
#define CHECKLIST_MAX_RULES		1000
#define CHECKLIST_MAX_SIZE		65535	/* bytes, offsets are 16 bits wide */
#define CHECKLIST_MAX_TEXT		1000000 /* bytes to read, and of rules read */
#define CHECKLIST_MAX_NAME		255 /* bytes */
#define CHECKLIST_MAX_DIGITS	64	/* of a number, its point and sign too */
#define CHECKLIST_MAX_TERMS		32	/* of one "where" */
#define CHECKLIST_MAX_COUNT		1000000
#define CHECKLIST_MAX_WEIGHT	1000000

/* Weights are kept in thousandths. */
#define WEIGHT_SCALE			1000

typedef struct Checklist
{
	int32		vl_len_;		/* varlena header (do not touch directly!) */
	uint8		version;
	uint8		flags;
	uint16		nrules;
	uint32		fingerprint[2]; /* high, low */
	uint16		nnames;
	uint16		sections;
	uint8		data[FLEXIBLE_ARRAY_MEMBER];
} Checklist;

#define DatumGetChecklistP(d)		((Checklist *) PG_DETOAST_DATUM(d))
#define PG_GETARG_CHECKLIST_P(n)	DatumGetChecklistP(PG_GETARG_DATUM(n))

/* The names that every checklist has, being fields that counting looks at. */
#define NAME_STATE				0
#define NAME_ATTRIBUTES			1
#define NAME_FIRST				2

/* Elements that mean something to the language itself. */
#define ELEMENT_HEADER			"handover"
#define ELEMENT_ANY				"item"

/* flags of a section */
#define SECTION_MAY_BE_NONE		0x01	/* an item may declare that there are none */
#define SECTION_HEADER			0x02	/* the header of the handover */
#define SECTION_ANY				0x04	/* every element's items */

typedef enum ClaimKind
{
	CLAIM_AT_LEAST,
	CLAIM_NO,
	CLAIM_EVERY
} ClaimKind;

typedef enum TermOp
{
	TERM_FILLED,
	TERM_EQ,					/* "<>" is this, negated */
	TERM_LT,
	TERM_LE,
	TERM_GT,
	TERM_GE
} TermOp;

typedef enum ValueKind
{
	VALUE_NUMBER,
	VALUE_TEXT,
	VALUE_LEVEL,
	VALUE_BOOLEAN
} ValueKind;

/* bits of a rule */
#define RULE_KIND(bits)			((ClaimKind) ((bits) & 0x03))
#define RULE_REQUIRE			0x04
#define RULE_STAGE(bits)		((Stage) (((bits) >> 3) & 0x03))
#define RULE_WEIGHTED			0x20
#define RULE_AT_ITS_WORD		0x40	/* compares state with none */
#define RULE_BITS(kind, stage)	((uint8) ((kind) | ((stage) << 3)))

/* bits of a term */
#define TERM_OP(bits)			((TermOp) ((bits) & 0x07))
#define TERM_NEGATED			0x08
#define TERM_WORDS				0x10
#define TERM_KIND(bits)			((ValueKind) (((bits) >> 5) & 0x03))
#define TERM_BITS(op, kind)		((uint8) ((op) | ((kind) << 5)))

/*
 * The same in the open, for everything but counting.
 */
typedef struct Term
{
	Span		field;
	TermOp		op;
	bool		negated;
	bool		words;			/* the number of words of the field is meant */
	ValueKind	kind;			/* what it compares with, unless TERM_FILLED */
	Span		text;			/* VALUE_TEXT */
	Numeric		number;			/* VALUE_NUMBER, unless words */
	int32		integer;		/* words, level or boolean */
} Term;

typedef struct Rule
{
	ClaimKind	kind;
	bool		require;		/* else suggest */
	Stage		stage;
	int32		count;			/* CLAIM_AT_LEAST, else 0 */
	int32		weight;			/* in 1/WEIGHT_SCALE */
	Span		element;
	int			nwhere;
	Term	   *where;
	Term		has;			/* CLAIM_EVERY */
	Span		label;			/* str is NULL if there is none */
} Rule;

/* checklist_scan.c */
extern bool handover_is_reserved(const char *str, int len);

/* checklist_parse.c */
extern List *handover_parse_rules(const char *str, struct Node *escontext);

/* checklist_build.c */
extern List *handover_merge_rules(List *rules);
extern Checklist *handover_build_checklist(List *rules,
										   struct Node *escontext);
extern Rule *handover_rules(const Checklist *checklist);

/* checklist_out.c */
extern void handover_append_claim(StringInfo buf, const Rule *rule,
								  bool with_count);
extern char *handover_rule_label(const Rule *rule);
extern const char *handover_stage_name(Stage stage);
extern char *handover_checklist_text(const Checklist *checklist);
extern Jsonb *handover_checklist_jsonb(const Checklist *checklist);

#endif							/* HANDOVER_CHECKLIST_H */
