/*
 * audit.h
 *		The audit log: what its triggers and its writer have in common.
 */
#ifndef HANDOVER_AUDIT_H
#define HANDOVER_AUDIT_H

#include "commands/trigger.h"
#include "utils/jsonb.h"

#include "row_value.h"
#include "handover.h"

/* The letters of audit_log.operation. */
#define AUDIT_INSERT	'I'
#define AUDIT_UPDATE	'U'
#define AUDIT_DELETE	'D'
#define AUDIT_TRUNCATE	'T'
#define AUDIT_EVENT		'E'		/* something about the log itself */

/* What a column of an audited table is to the log. */
typedef enum AuditColumn
{
	AUDIT_LOGGED,
	AUDIT_MASKED,				/* that it changed shows, to what does not */
	AUDIT_EXCLUDED				/* nothing shows, not even that it changed */
} AuditColumn;

/* The columns that tell rows apart, and how they become text. */
typedef struct AuditKey
{
	int			n;				/* 0: the table has no key */
	AttrNumber *columns;
	FmgrInfo   *output;
	bool		pin_settings;	/* some output depends on settings */
} AuditKey;

/* A table as its triggers know it, until the server says it has changed. */
typedef struct AuditTable
{
	Oid			relid;			/* hash key; must be first */
	bool		valid;
	MemoryContext context;		/* everything below lives in it */
	Oid			root;			/* as it is registered: itself, or a parent */
	int32		relation_id;	/* of its row in audit_relation */
	int32		root_id;		/* of that of the root */
	bool		skip_unchanged;
	bool		require_actor;
	bool		with_query;
	bool		pin_settings;	/* some output depends on settings */
	TupleDesc	tupdesc;
	AuditColumn *columns;		/* by number less one */
	int			nlogged;
	int		   *logged;			/* columns that are not excluded, as jsonb sorts them */
	char	   *object_head;	/* see audit_value.c */
	int			object_head_length;
	uint32		names_length;
	ColumnReader *readers;
	AuditKey	key;
} AuditTable;

/* One row of the log before it is written. */
typedef struct AuditEntry
{
	int32		relation_id;	/* 0 for an event of no table */
	Oid			role;			/* in force */
	int32		root_id;		/* likewise, of the table as it is registered */
	CommandId	command;
	char		operation;
	Datum		key;			/* text; see has_key */
	bool		has_key;
	Jsonb	   *old;			/* NULL for none */
	Jsonb	   *new;
} AuditEntry;

/* Relations of the log that are written past the executor. */
typedef enum AuditRelation
{
	AUDIT_LOG,
	AUDIT_LOG_PLACE,
	AUDIT_LOG_TIME,
	AUDIT_CONTEXT,
	AUDIT_CONTEXT_ID_SEQ,
	AUDIT_RELATION,
	AUDIT_RELATION_ID_SEQ,
	AUDIT_STATEMENT,
	AUDIT_STATEMENT_ID_SEQ,
	AUDIT_INCARNATION
} AuditRelation;

#define AUDIT_NRELATIONS	(AUDIT_INCARNATION + 1)

/* audit_table.c */
extern AuditTable *handover_audit_table(Relation relation);

/* audit_key.c */
extern bool handover_audit_is_plain(Oid type);
extern void handover_audit_find_key(AuditKey *key, Relation relation,
									MemoryContext context);
extern Datum handover_audit_key(AuditKey *key, Datum *values, bool *nulls);

/* audit_value.c */
extern void handover_audit_sort_columns(AuditTable *table);
extern Jsonb *handover_audit_row(AuditTable *table, Datum *values,
								 bool *nulls, const bool *wanted);

/* audit_suspend.c */
extern bool handover_audit_is_suspended(Oid relid);

/* audit_protect.c */
extern void handover_define_log_maintenance(void);

/* audit_place.c */
extern int64 handover_audit_place(int32 relation_id, const char *key, int length);

/* audit_context.c */
extern void handover_define_labels(void);
extern int64 handover_audit_context(Oid role, int32 root_id,
									bool require_actor);
extern int64 handover_audit_statement(int64 transaction);

/* audit_store.c */
extern Oid	handover_audit_relid(AuditRelation relation);
extern uint64 handover_audit_changes(void);
extern bool handover_audit_log_exists(void);
extern int64 handover_audit_next_id(AuditRelation sequence);
extern void handover_audit_insert(AuditRelation table, Datum *values,
								  bool *nulls);
extern int64 handover_audit_transaction(void);

/* audit_write.c */
extern Datum handover_audit_salt(void);
extern void handover_audit_write(const AuditEntry *entry, bool with_query,
								 bool require_actor);
extern void handover_audit_flush(void);

#endif							/* HANDOVER_AUDIT_H */
