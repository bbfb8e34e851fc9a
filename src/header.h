/*
 * header.h
 *		A row of a table of handovers while it is being written.
 */
#ifndef HANDOVER_HEADER_H
#define HANDOVER_HEADER_H

#include "count.h"
#include "status.h"
#include "workspace.h"

/* The row before and after, by the server's numbers of columns less one. */
typedef struct Header
{
	const HeaderTable *table;
	TriggerData *trigger;
	TupleDesc	tupdesc;
	Datum	   *old_values;		/* of an UPDATE, else NULL */
	bool	   *old_nulls;
	Datum	   *values;
	bool	   *nulls;
	bool	   *replaced;		/* what the trigger has changed */
} Header;

#define header_at(header, column) ((header)->table->columns[column] - 1)

static inline bool
header_is_null(const Header *header, HeaderColumn column)
{
	return header->nulls[header_at(header, column)];
}

static inline Datum
header_value(const Header *header, HeaderColumn column)
{
	return header->values[header_at(header, column)];
}

static inline void
header_set(Header *header, HeaderColumn column, Datum value)
{
	int			at = header_at(header, column);

	header->values[at] = value;
	header->nulls[at] = false;
	header->replaced[at] = true;
}

static inline void
header_set_null(Header *header, HeaderColumn column)
{
	int			at = header_at(header, column);

	header->values[at] = (Datum) 0;
	header->nulls[at] = true;
	header->replaced[at] = true;
}

extern char *handover_header_name(const Header *header);
extern bool handover_header_changed(const Header *header,
									HeaderColumn column);

/* lifecycle.c */
extern void handover_stamp_creation(Header *header);
extern void handover_check_stamps(const Header *header);
extern void handover_move(Header *header, Status from, Status to);

/* recount.c */
extern void handover_recount(const HeaderTable *table, Relation relation,
							 Datum id, const Checklist *checklist,
							 bool in_query, Count *counts);
extern void handover_remember_recount(Oid relid, Datum key, Oid type);
extern bool handover_was_recounted(Oid relid, Datum key, Oid type);

#endif							/* HANDOVER_HEADER_H */
