/*
 * workspace.h
 *		The tables of a workspace, as its triggers see them.
 *
 * A table of handovers is one that has the trigger guard_handover; its rows
 * are the headers.  A table of items has the trigger count_items, and a
 * foreign key of one column to a table of handovers.  Nothing is known by the
 * name of a table, so that workspaces, partitions and shards are all alike.
 */
#ifndef HANDOVER_WORKSPACE_H
#define HANDOVER_WORKSPACE_H

#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/rel.h"

#include "handover.h"

/* The columns of a table of handovers that its trigger reads or writes. */
typedef enum HeaderColumn
{
	HEADER_ID,
	HEADER_ROLE,
	HEADER_INDUSTRIES,
	HEADER_STATUS,
	HEADER_CHECKLIST,
	HEADER_TALLY,
	HEADER_REMARK,
	HEADER_UPDATED_AT,

	/* from here on, not for clients to write */
	HEADER_RESTORED_STATUS,
	HEADER_RETURNS,

	/* who and when, each for a step; "by" first */
	HEADER_CREATED_BY,
	HEADER_CREATED_AT,
	HEADER_SUBMITTED_BY,
	HEADER_SUBMITTED_AT,
	HEADER_RETURNED_BY,
	HEADER_RETURNED_AT,
	HEADER_ACCEPTED_BY,
	HEADER_ACCEPTED_AT,
	HEADER_CLOSED_BY,
	HEADER_CLOSED_AT,
	HEADER_CANCELLED_BY,
	HEADER_CANCELLED_AT
} HeaderColumn;

#define N_HEADER_COLUMNS	(HEADER_CANCELLED_AT + 1)

#define PLAN_MAX_ARGS		6

/* A plan that is kept, and what it was made of. */
typedef struct KeptPlan
{
	char	   *query;			/* in TopMemoryContext */
	int			nargs;
	Oid			types[PLAN_MAX_ARGS];
	SPIPlanPtr	plan;
} KeptPlan;

/* Columns of times that must not come before each other, if the table has them. */
#define N_PERIOD			3

/* Rows of a relation that hang on a handover, and how to find them. */
typedef struct ItemTable
{
	Oid			relid;			/* hash key; must be first */
	bool		valid;
	Oid			header;			/* the table of handovers */
	AttrNumber	parent;			/* column that refers to it */
	Oid			parent_type;
	Oid			parent_equals;	/* header's key = parent */
	AttrNumber	element;		/* column, or 0: all are of element_name */
	char		element_name[NAMEDATALEN];
	AttrNumber	attributes;		/* column, or 0 */
	KeptPlan	touch;
	KeptPlan	exists;
	KeptPlan	rows;
} ItemTable;

typedef struct HeaderTable
{
	Oid			relid;			/* hash key; must be first */
	bool		valid;
	Oid			owner;
	AttrNumber	columns[N_HEADER_COLUMNS];
	AttrNumber	period[N_PERIOD];	/* 0 for one that there is not */
	int			nreferring;
	Oid		   *referring;		/* tables that refer to it, in TopMemoryContext */
	KeptPlan	sign;			/* of sign_handover() */
	KeptPlan	rules;			/* of handover_check_findings() */
	KeptPlan	findings;
} HeaderTable;

extern bool handover_is_item_table(Relation relation);
extern bool handover_is_header_table(Relation relation);
extern const ItemTable *handover_item_table(Relation relation);
extern HeaderTable *handover_header_table(Relation relation);
extern Span handover_item_element(const ItemTable *table, Datum element,
								  bool isnull);
extern ForeignKeyCacheInfo *handover_find_parent(Relation relation);
extern bool handover_parent_exists(Relation relation, HeapTuple row);
extern bool handover_is_part_of(Relation relation, Oid relid);
extern char *handover_qualified_name(Relation relation);
extern SPIPlanPtr handover_plan(KeptPlan *kept, const char *query, int nargs,
								Oid *types);

/* Runs what follows as the owner of a table, as referential checks do. */
typedef struct SavedUser
{
	Oid			user;
	int			context;
} SavedUser;

extern bool handover_may_count(Relation items, Oid header_owner);
extern SavedUser handover_become(Oid owner);
extern void handover_become_again(SavedUser saved);

/* Complains if a function was not called as the trigger it is. */
extern void handover_check_trigger(FunctionCallInfo fcinfo, const char *name,
								   TriggerEvent timing);

#define become handover_become
#define become_again handover_become_again

#endif							/* HANDOVER_WORKSPACE_H */
