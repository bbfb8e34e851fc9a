/*
 * row_value.h
 *		The value of a column, as jsonb would have it.
 */
#ifndef HANDOVER_ROW_VALUE_H
#define HANDOVER_ROW_VALUE_H

#include "fmgr.h"
#include "utils/jsonb.h"

/* How a column becomes a JsonbValue; looked up once per type of row. */
typedef struct ColumnReader
{
	Oid			type;			/* what is under any domain */
	FmgrInfo	convert;		/* output function, or to_jsonb() */
	bool		is_output;
} ColumnReader;

extern void handover_open_column(ColumnReader *reader, Oid type,
								 MemoryContext context);
extern void handover_open_column_as_text(ColumnReader *reader, Oid type,
										 MemoryContext context);
extern void handover_read_column(ColumnReader *reader, Datum datum,
								 JsonbValue *value);
extern void handover_jsonb_value(Jsonb *jsonb, JsonbValue *value);

#endif							/* HANDOVER_ROW_VALUE_H */
