/*
 * change.h
 *		The items that one statement has changed, a handover at a time.
 */
#ifndef HANDOVER_CHANGE_H
#define HANDOVER_CHANGE_H

#include "utils/tuplesort.h"
#include "utils/tuplestore.h"

#include "count.h"
#include "workspace.h"

/* Rows of a transition table, in the order of their handovers. */
typedef struct RowStream
{
	Tuplestorestate *store;		/* NULL if the statement has none */
	int			pointer;		/* ours, of the store */
	Tuplesortstate *sort;		/* instead of the store, if it is unordered */
	TupleTableSlot *slot;		/* the next row; empty at the end */
} RowStream;

typedef struct Change
{
	const ItemTable *table;
	Oid			row_type;		/* of the rows */
	RowStream	old;
	RowStream	new;
	Datum		parent;			/* the handover at hand */
	bool		counted;		/* by the trigger of the handover */
	int			depth;			/* of the trigger that has this */
	struct Change *outer;		/* of a statement further out */
} Change;

extern int	handover_trigger_depth(void);
extern Change *handover_begin_change(const ItemTable *table,
									 TriggerData *trigger);
extern bool handover_next_parent(Change *change);
extern void handover_skip_parent(Change *change);
extern void handover_end_change(Change *change);
extern void handover_count_change(Change *change, const Checklist *checklist,
								  Count *counts);

/* The statement whose handover is being touched, or NULL. */
extern Change *handover_current_change;

#endif							/* HANDOVER_CHANGE_H */
