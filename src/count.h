/*
 * count.h
 *		Counting items: what documents and rows have in common.
 */
#ifndef HANDOVER_COUNT_H
#define HANDOVER_COUNT_H

#include "access/htup.h"

#include "tally.h"
#include "value.h"

/*
 * A section of a checklist, opened for counting: its fields by name, and which
 * of them counting itself looks at.
 */
typedef struct Section
{
	FlatSection flat;
	Span		element;
	Span	   *fields;			/* flat.nfields of them */
	int			state;			/* slot of "state" */
	int			attributes;		/* slot of "attributes" */
} Section;

/*
 * What an item is.  A misfit is an entry of another shape than an object: it
 * must never help, so no "where" passes it by, and it has nothing.
 */
typedef enum ItemKind
{
	ITEM_REAL,
	ITEM_EMPTY,					/* a header in which nothing is filled */
	ITEM_MISFIT
} ItemKind;

/* count_item.c */
extern void handover_open_section(const FlatSection *flat, const Span *names,
								  Span *fields, Section *section);
extern void handover_count_item(const Section *section, JsonbValue *slots,
								ItemKind kind, Count *counts);
extern void handover_match_object(const JsonbContainer *object,
								  const Span *fields, int nfields,
								  JsonbValue *slots);

/* count_document.c */
extern void handover_count_document(const Checklist *checklist,
									const JsonbContainer *root,
									Count *counts);
extern void handover_count_header(const Section *section,
								  const JsonbContainer *root,
								  JsonbValue *slots, Count *counts);
extern void handover_count_entry(const Section *section,
								 const JsonbValue *entry, JsonbValue *slots,
								 Count *counts);

/* count_row.c */
typedef struct RowCounter RowCounter;

extern RowCounter *handover_open_counter(MemoryContext parent,
										 const Checklist *checklist);
extern void handover_keep_counter(RowCounter *counter, MemoryContext parent);
extern void handover_close_counter(RowCounter *counter);
extern bool handover_counter_is_for(const RowCounter *counter,
									const Checklist *checklist);
extern void handover_counter_set_type(RowCounter *counter, Oid type,
									  int32 typmod);
extern void handover_count_values(RowCounter *counter, Span element,
								  const Datum *values, const bool *nulls,
								  Count *counts);
extern void handover_count_row(RowCounter *counter, Span element,
							   HeapTupleHeader header, Count *counts);
extern void handover_count_jsonb(RowCounter *counter, Span element,
								 const JsonbValue *object, Count *counts);

#endif							/* HANDOVER_COUNT_H */
