/*
 * audit_value.c
 *		Rows as the audit log keeps them.
 *
 * A row is a jsonb object by column name: numbers, booleans, texts and jsonb as
 * they are, times in UTC, everything else as the text that the output function
 * of its type gives, from which the input function makes the value again.  No
 * cast is called, which could be anybody's.
 *
 * The object is put together in its final form, which jsonb.h describes, and not
 * by pushJsonbValue(): a table's columns are always the same, so they are sorted
 * once, and not with every row.  That was a fifth of what logging a row took.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "audit.h"

/* What stands for a value that is masked. */
static char mask[] = "[masked]";

/* The columns of an object, keys first, as they are written. */
typedef struct ObjectWriter
{
	StringInfoData buffer;
	int			entries;		/* where its JEntrys begin */
	int			nchildren;		/* that are written */
	uint32		length;			/* of their data */
} ObjectWriter;

/* ------------------------------------------------------------------------
 * The order of columns
 * ------------------------------------------------------------------------
 */

/* The order of keys in jsonb: by length, then by bytes. */
static int
compare_columns(const void *a, const void *b, void *tupdesc)
{
	const char *x = NameStr(TupleDescAttr((TupleDesc) tupdesc,
										  *(const int *) a)->attname);
	const char *y = NameStr(TupleDescAttr((TupleDesc) tupdesc,
										  *(const int *) b)->attname);
	size_t		x_length = strlen(x);
	size_t		y_length = strlen(y);

	if (x_length != y_length)
		return x_length < y_length ? -1 : 1;
	return memcmp(x, y, x_length);
}

/*
 * Finds the order of the columns that are logged; before that, what each is to
 * the log must be known.
 */
void
handover_audit_sort_columns(AuditTable *table)
{
	int			natts = table->tupdesc->natts;

	table->nlogged = 0;
	table->logged = MemoryContextAlloc(table->context, sizeof(int) * natts);
	for (int i = 0; i < natts; i++)
		if (table->columns[i] != AUDIT_EXCLUDED)
			table->logged[table->nlogged++] = i;
	qsort_arg(table->logged, table->nlogged, sizeof(int), compare_columns,
			  table->tupdesc);
}

/* ------------------------------------------------------------------------
 * Writing
 * ------------------------------------------------------------------------
 */

/* Numbers and containers are aligned; what that takes belongs to the child. */
static void
align(StringInfo buffer)
{
	static const char zeros[sizeof(uint32)] = {0};

	appendBinaryStringInfo(buffer, zeros, INTALIGN(buffer->len) - buffer->len);
}

/* Enters a child whose data were appended since the buffer had this length. */
static void
enter(ObjectWriter *writer, JEntry type, int begin)
{
	uint32		length = writer->buffer.len - begin;
	JEntry		entry;

	writer->length += length;
	if (writer->length > JENTRY_OFFLENMASK)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("row is too large for the audit log"),
				 errdetail("Its columns have more than %u bytes together.",
						   JENTRY_OFFLENMASK)));
	/* Every so often an entry has the offset of its end instead. */
	if (writer->nchildren % JB_OFFSET_STRIDE == 0)
		entry = type | writer->length | JENTRY_HAS_OFF;
	else
		entry = type | length;
	memcpy(writer->buffer.data + writer->entries +
		   sizeof(JEntry) * writer->nchildren, &entry, sizeof(JEntry));
	writer->nchildren++;
}

static void
write_value(ObjectWriter *writer, JsonbValue *value)
{
	StringInfo	buffer = &writer->buffer;
	int			begin = buffer->len;

	switch (value->type)
	{
		case jbvNull:
			enter(writer, JENTRY_ISNULL, begin);
			break;
		case jbvBool:
			enter(writer, value->val.boolean ? JENTRY_ISBOOL_TRUE :
				  JENTRY_ISBOOL_FALSE, begin);
			break;
		case jbvString:
			appendBinaryStringInfo(buffer, value->val.string.val,
								   value->val.string.len);
			enter(writer, JENTRY_ISSTRING, begin);
			break;
		case jbvNumeric:
			align(buffer);
			appendBinaryStringInfo(buffer, (char *) value->val.numeric,
								   VARSIZE_ANY(value->val.numeric));
			enter(writer, JENTRY_ISNUMERIC, begin);
			break;
		case jbvBinary:
			align(buffer);
			appendBinaryStringInfo(buffer, (char *) value->val.binary.data,
								   value->val.binary.len);
			enter(writer, JENTRY_ISCONTAINER, begin);
			break;
		default:
			elog(ERROR, "unexpected type of jsonb value: %d", value->type);
	}
}

static void
write_column(ObjectWriter *writer, AuditTable *table, int i, Datum datum,
			 bool isnull)
{
	JsonbValue	value;

	if (table->columns[i] == AUDIT_MASKED)
	{
		value.type = jbvString;
		value.val.string.val = mask;
		value.val.string.len = strlen(mask);
	}
	else if (isnull)
		value.type = jbvNull;
	else
		handover_read_column(&table->readers[i], datum, &value);
	write_value(writer, &value);
}

/* Begins an object with these columns: all up to the first value. */
static void
begin_object(ObjectWriter *writer, AuditTable *table, const int *columns, int n)
{
	StringInfo	buffer = &writer->buffer;
	uint32		header = n | JB_FOBJECT;

	initStringInfo(buffer);
	writer->entries = VARHDRSZ + sizeof(uint32);
	enlargeStringInfo(buffer, writer->entries + 2 * n * sizeof(JEntry));
	buffer->len = writer->entries + 2 * n * sizeof(JEntry);
	memcpy(buffer->data + VARHDRSZ, &header, sizeof(header));
	for (int i = 0; i < n; i++)
	{
		int			begin = buffer->len;
		char	   *name = NameStr(TupleDescAttr(table->tupdesc,
												 columns[i])->attname);

		appendBinaryStringInfo(buffer, name, strlen(name));
		enter(writer, JENTRY_ISSTRING, begin);
	}
}

/* Begins one with all columns: that is always the same, and kept. */
static void
begin_whole_object(ObjectWriter *writer, AuditTable *table)
{
	if (table->object_head != NULL)
	{
		initStringInfo(&writer->buffer);
		appendBinaryStringInfo(&writer->buffer, table->object_head,
							   table->object_head_length);
		writer->entries = VARHDRSZ + sizeof(uint32);
		writer->nchildren = table->nlogged;
		writer->length = table->names_length;
		return;
	}
	begin_object(writer, table, table->logged, table->nlogged);
	table->object_head = MemoryContextAlloc(table->context, writer->buffer.len);
	memcpy(table->object_head, writer->buffer.data, writer->buffer.len);
	table->object_head_length = writer->buffer.len;
	table->names_length = writer->length;
}

/*
 * The columns that are wanted, or all.
 */
Jsonb *
handover_audit_row(AuditTable *table, Datum *values, bool *nulls,
				   const bool *wanted)
{
	ObjectWriter writer = {0};
	int		   *columns = table->logged;
	int			n = table->nlogged;

	if (wanted == NULL)
		begin_whole_object(&writer, table);
	else
	{
		columns = palloc_array(int, table->nlogged);
		n = 0;
		for (int i = 0; i < table->nlogged; i++)
			if (wanted[table->logged[i]])
				columns[n++] = table->logged[i];
		begin_object(&writer, table, columns, n);
	}
	for (int i = 0; i < n; i++)
		write_column(&writer, table, columns[i], values[columns[i]],
					 nulls[columns[i]]);
	SET_VARSIZE(writer.buffer.data, writer.buffer.len);
	return (Jsonb *) writer.buffer.data;
}
