/*
 * count_row.c
 *		Counts one row of a table, or one jsonb object, as an item of an element.
 *
 * A row is matched by column name.  Which column is which field, and how its
 * type is read, is looked up once for a checklist and a type of row; a
 * RowCounter remembers both for as long as its caller keeps it.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "access/sysattr.h"
#include "catalog/pg_class.h"
#include "nodes/bitmapset.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/typcache.h"

#include "count.h"
#include "row_value.h"
#include "workspace.h"

/* A section, and for each slot the column it is read from, -1 if none. */
typedef struct RowSection
{
	Section		section;
	int		   *columns;
	JsonbValue *slots;
} RowSection;

struct RowCounter
{
	MemoryContext context;		/* everything below lives in it */
	const Checklist *checklist; /* a copy */
	int			nsections;
	RowSection *sections;

	/* the type of row; row_id is 0 before the first */
	uint64		row_id;
	MemoryContext row_context;	/* everything below lives in it */
	TupleDesc	tupdesc;
	bool	   *by_itself;		/* columns that say nothing of an item */
	bool	   *unread;			/* columns that are not there for a trigger */
	ColumnReader *readers;
	Datum	   *values;
	bool	   *nulls;
};

/* ------------------------------------------------------------------------
 * Opening
 * ------------------------------------------------------------------------
 */

static void
open_sections(RowCounter *counter)
{
	Span	   *names = flat_names(counter->checklist, NULL);
	Cursor		cursor = flat_sections(counter->checklist);
	FlatSection flat;

	counter->sections = palloc_array(RowSection,
									 counter->checklist->nrules + 1);
	while (flat_section(counter->checklist, &cursor, &flat))
	{
		RowSection *row = &counter->sections[counter->nsections++];

		handover_open_section(&flat, names, palloc_array(Span, flat.nfields),
							  &row->section);
		row->columns = palloc_array(int, flat.nfields);
		row->slots = palloc_array(JsonbValue, flat.nfields);
	}
}

/*
 * A counter for a checklist, which is copied; it lives in a new child of the
 * context.
 */
RowCounter *
handover_open_counter(MemoryContext parent, const Checklist *checklist)
{
	MemoryContext context = AllocSetContextCreate(parent, "handover rows",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	RowCounter *counter = palloc0_object(RowCounter);
	Checklist  *copy = palloc(VARSIZE(checklist));

	counter->context = context;
	memcpy(copy, checklist, VARSIZE(checklist));
	counter->checklist = copy;
	open_sections(counter);
	MemoryContextSwitchTo(old);
	return counter;
}

/* Has a counter live as long as another context. */
void
handover_keep_counter(RowCounter *counter, MemoryContext parent)
{
	MemoryContextSetParent(counter->context, parent);
}

void
handover_close_counter(RowCounter *counter)
{
	MemoryContextDelete(counter->context);
}

bool
handover_counter_is_for(const RowCounter *counter, const Checklist *checklist)
{
	return VARSIZE(counter->checklist) == VARSIZE(checklist) &&
		memcmp(counter->checklist, checklist, VARSIZE(checklist)) == 0;
}

/* Of several columns of one name, as a query may have, the last, as jsonb has. */
static int
find_column(TupleDesc tupdesc, Span field)
{
	for (int i = tupdesc->natts - 1; i >= 0; i--)
	{
		Form_pg_attribute attr = TupleDescAttr(tupdesc, i);

		if (!attr->attisdropped &&
			strlen(NameStr(attr->attname)) == (size_t) field.len &&
			memcmp(NameStr(attr->attname), field.str, field.len) == 0)
			return i;
	}
	return -1;
}

/*
 * What a table of items fills by itself does not make an item: its key, the
 * element, whatever has a default or is generated.  In rows of other types,
 * every column counts, as every key of a document does.
 */
static void
find_columns_by_itself(RowCounter *counter, Oid type)
{
	Oid			relid = get_typ_typrelid(type);
	Relation	relation;
	Bitmapset  *key;

	counter->by_itself = palloc0_array(bool, counter->tupdesc->natts);
	counter->unread = palloc0_array(bool, counter->tupdesc->natts);
	if (!OidIsValid(relid) || get_rel_relkind(relid) == RELKIND_COMPOSITE_TYPE)
		return;
	relation = relation_open(relid, AccessShareLock);
	if (handover_is_item_table(relation))
	{
		key = RelationGetIndexAttrBitmap(relation,
										 INDEX_ATTR_BITMAP_PRIMARY_KEY);
		for (int i = 0; i < counter->tupdesc->natts; i++)
		{
			Form_pg_attribute attr = TupleDescAttr(counter->tupdesc, i);
			char	   *name = NameStr(attr->attname);

			if (strcmp(name, "attributes") == 0)
				continue;
			counter->by_itself[i] = attr->atthasdef ||
				attr->attidentity != '\0' || strcmp(name, "element") == 0 ||
				bms_is_member(attr->attnum - FirstLowInvalidHeapAttributeNumber,
							  key);
			counter->unread[i] =
				attr->attgenerated == ATTRIBUTE_GENERATED_VIRTUAL;
		}
	}

	/*
	 * The trigger of handovers runs before their columns are generated, and
	 * makes the tally itself.  What it cannot count must not count elsewhere.
	 */
	else if (handover_is_header_table(relation))
		for (int i = 0; i < counter->tupdesc->natts; i++)
		{
			Form_pg_attribute attr = TupleDescAttr(counter->tupdesc, i);

			counter->unread[i] = attr->attgenerated != '\0' ||
				strcmp(NameStr(attr->attname), "tally") == 0;
		}
	relation_close(relation, AccessShareLock);
}

/*
 * Makes the counter one for rows of this type.
 */
void
handover_counter_set_type(RowCounter *counter, Oid type, int32 typmod)
{
	uint64		row_id = assign_record_type_identifier(type, typmod);
	MemoryContext old;
	TupleDesc	tupdesc;

	if (counter->row_id == row_id)
		return;

	counter->row_id = 0;
	if (counter->row_context == NULL)
		counter->row_context = AllocSetContextCreate(counter->context,
													 "handover type of row",
													 ALLOCSET_SMALL_SIZES);
	MemoryContextReset(counter->row_context);
	tupdesc = lookup_rowtype_tupdesc(type, typmod);
	old = MemoryContextSwitchTo(counter->row_context);

	/* With what a column added later has in rows that are older. */
	counter->tupdesc = CreateTupleDescCopyConstr(tupdesc);
	ReleaseTupleDesc(tupdesc);
	find_columns_by_itself(counter, type);
	counter->readers = palloc_array(ColumnReader, counter->tupdesc->natts);
	counter->values = palloc_array(Datum, counter->tupdesc->natts);
	counter->nulls = palloc_array(bool, counter->tupdesc->natts);
	for (int i = 0; i < counter->tupdesc->natts; i++)
	{
		Form_pg_attribute attr = TupleDescAttr(counter->tupdesc, i);

		if (!attr->attisdropped)
			handover_open_column(&counter->readers[i], attr->atttypid,
								 counter->row_context);
	}
	for (int i = 0; i < counter->nsections; i++)
	{
		RowSection *row = &counter->sections[i];

		for (int j = 0; j < row->section.flat.nfields; j++)
		{
			int			column = find_column(counter->tupdesc,
											 row->section.fields[j]);

			row->columns[j] = column >= 0 && counter->unread[column] ?
				-1 : column;
		}
	}
	MemoryContextSwitchTo(old);
	counter->row_id = row_id;
}

/* ------------------------------------------------------------------------
 * Counting
 * ------------------------------------------------------------------------
 */

static bool
row_filled(RowCounter *counter, const Datum *values, const bool *nulls)
{
	for (int i = 0; i < counter->tupdesc->natts; i++)
	{
		JsonbValue	value;

		if (nulls[i] || counter->by_itself[i] || counter->unread[i] ||
			TupleDescAttr(counter->tupdesc, i)->attisdropped)
			continue;
		handover_read_column(&counter->readers[i], values[i], &value);
		if (value_filled(&value))
			return true;
	}
	return false;
}

static void
count_section(RowCounter *counter, RowSection *row, const Datum *values,
			  const bool *nulls, bool filled, Count *counts)
{
	if (!filled && !(row->section.flat.flags & SECTION_HEADER))
		return;
	for (int i = 0; i < row->section.flat.nfields; i++)
	{
		int			column = row->columns[i];

		if (column < 0 || nulls[column])
			row->slots[i].type = jbvNull;
		else
			handover_read_column(&counter->readers[column],
								 values[column], &row->slots[i]);
	}
	handover_count_item(&row->section, row->slots,
						filled ? ITEM_REAL : ITEM_EMPTY, counts);
}

/* The same for a jsonb object. */
static void
count_object(RowSection *row, const JsonbValue *object, Count *counts)
{
	if (row->section.flat.flags & SECTION_HEADER)
		handover_count_header(&row->section,
							  object->type == jbvBinary ?
							  object->val.binary.data : NULL,
							  row->slots, counts);
	else
		handover_count_entry(&row->section, object, row->slots, counts);
}

/* Does a section count items of this element? */
static bool
section_counts(const Section *section, Span element)
{
	return span_equal(element, section->element) ||
		((section->flat.flags & SECTION_ANY) &&
		 !span_is(element, ELEMENT_HEADER));
}

/*
 * Adds a row, as values of the type that was set, to counts.
 */
void
handover_count_values(RowCounter *counter, Span element, const Datum *values,
					  const bool *nulls, Count *counts)
{
	bool		opened = false;
	bool		filled = false;

	for (int i = 0; i < counter->nsections; i++)
	{
		RowSection *row = &counter->sections[i];

		if (!section_counts(&row->section, element))
			continue;
		/* An item that no rule asks about is not looked at. */
		if (!opened)
			filled = row_filled(counter, values, nulls);
		opened = true;
		count_section(counter, row, values, nulls, filled, counts);
	}
}

/* Does any rule ask about items of this element? */
static bool
asks_about(const RowCounter *counter, Span element)
{
	for (int i = 0; i < counter->nsections; i++)
		if (section_counts(&counter->sections[i].section, element))
			return true;
	return false;
}

/*
 * The same for a row that brings its type along.
 */
void
handover_count_row(RowCounter *counter, Span element, HeapTupleHeader header,
				   Count *counts)
{
	HeapTupleData tuple;

	if (!asks_about(counter, element))
		return;
	handover_counter_set_type(counter, HeapTupleHeaderGetTypeId(header),
							  HeapTupleHeaderGetTypMod(header));
	tuple.t_len = HeapTupleHeaderGetDatumLength(header);
	ItemPointerSetInvalid(&tuple.t_self);
	tuple.t_tableOid = InvalidOid;
	tuple.t_data = header;
	heap_deform_tuple(&tuple, counter->tupdesc, counter->values,
					  counter->nulls);
	handover_count_values(counter, element, counter->values, counter->nulls,
						  counts);
}

/*
 * The same for a jsonb object.
 */
void
handover_count_jsonb(RowCounter *counter, Span element,
					 const JsonbValue *object, Count *counts)
{
	for (int i = 0; i < counter->nsections; i++)
		if (section_counts(&counter->sections[i].section, element))
			count_object(&counter->sections[i], object, counts);
}
