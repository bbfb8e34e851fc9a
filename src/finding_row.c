/*
 * finding_row.c
 *		The row of a handover, and those of its items, as findings read them.
 *
 * Columns are known by their names, so that a workspace may have others, too.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "attribute_value.h"
#include "finding.h"

/* What a column is read as. */
typedef enum Kind
{
	KIND_KEY,					/* bigint: int64 */
	KIND_WORDS,					/* text: Span */
	KIND_MOMENT,				/* timestamptz: Moment */
	KIND_TRUTH,					/* boolean: bool, false if NULL */
	KIND_LEVEL,					/* enum: int */
	KIND_STATUS,				/* enum: Status */
	KIND_JSON,					/* jsonb: Jsonb * */
	KIND_LIST					/* text[]: ArrayType * */
} Kind;

typedef struct Field
{
	const char *name;
	Kind		kind;
	size_t		offset;
} Field;

static const Field header_fields[] = {
	{"status", KIND_STATUS, offsetof(FindingHeader, status)},
	{"role", KIND_WORDS, offsetof(FindingHeader, role)},
	{"outgoing", KIND_WORDS, offsetof(FindingHeader, outgoing)},
	{"incoming", KIND_WORDS, offsetof(FindingHeader, incoming)},
	{"incoming_team", KIND_WORDS, offsetof(FindingHeader, incoming_team)},
	{"scope", KIND_WORDS, offsetof(FindingHeader, scope)},
	{"expectation", KIND_WORDS, offsetof(FindingHeader, expectation)},
	{"priority_acknowledged_by", KIND_WORDS, offsetof(FindingHeader, priority_acknowledged_by)},
	{"priority_acknowledged_at", KIND_MOMENT, offsetof(FindingHeader, priority_acknowledged_at)},
	{"transition_start_at", KIND_MOMENT, offsetof(FindingHeader, transition_start_at)},
	{"effective_at", KIND_MOMENT, offsetof(FindingHeader, effective_at)},
	{"support_until", KIND_MOMENT, offsetof(FindingHeader, support_until)},
	{"created_at", KIND_MOMENT, offsetof(FindingHeader, created_at)},
	{"updated_at", KIND_MOMENT, offsetof(FindingHeader, updated_at)},
	{"submitted_at", KIND_MOMENT, offsetof(FindingHeader, submitted_at)},
	{"returned_at", KIND_MOMENT, offsetof(FindingHeader, returned_at)},
	{"accepted_at", KIND_MOMENT, offsetof(FindingHeader, accepted_at)},
	{"closed_at", KIND_MOMENT, offsetof(FindingHeader, closed_at)},
	{"industries", KIND_LIST, offsetof(FindingHeader, industries)}
};

static const Field item_fields[] = {
	{"id", KIND_KEY, offsetof(FindingItem, id)},
	{"element", KIND_WORDS, offsetof(FindingItem, element)},
	{"title", KIND_WORDS, offsetof(FindingItem, title)},
	{"details", KIND_WORDS, offsetof(FindingItem, details)},
	{"state", KIND_WORDS, offsetof(FindingItem, state)},
	{"new_owner", KIND_WORDS, offsetof(FindingItem, new_owner)},
	{"outcome", KIND_WORDS, offsetof(FindingItem, outcome)},
	{"instructions", KIND_WORDS, offsetof(FindingItem, instructions)},
	{"contingency", KIND_WORDS, offsetof(FindingItem, contingency)},
	{"link", KIND_WORDS, offsetof(FindingItem, link)},
	{"read_back", KIND_WORDS, offsetof(FindingItem, read_back)},
	{"due_at", KIND_MOMENT, offsetof(FindingItem, due_at)},
	{"created_at", KIND_MOMENT, offsetof(FindingItem, created_at)},
	{"acknowledged_at", KIND_MOMENT, offsetof(FindingItem, acknowledged_at)},
	{"urgency", KIND_LEVEL, offsetof(FindingItem, urgency)},
	{"importance", KIND_LEVEL, offsetof(FindingItem, importance)},
	{"impact", KIND_LEVEL, offsetof(FindingItem, impact)},
	{"critical", KIND_TRUTH, offsetof(FindingItem, critical)},
	{"attributes", KIND_JSON, offsetof(FindingItem, attributes)}
};

#define MAX_FIELDS Max(lengthof(header_fields), lengthof(item_fields))

/* How rows of one type are read, as it was at the first of them. */
typedef struct RowMap
{
	MemoryContext context;		/* has what is below */
	Oid			type;
	int32		typmod;
	uint64		identifier;		/* another once the type is altered */
	TupleDesc	tupdesc;		/* counted no reference: a copy */
	int			columns[MAX_FIELDS];	/* from 0; -1 for none */
	Datum	   *values;
	bool	   *nulls;
} RowMap;

struct FindingReader
{
	RowMap		header;
	RowMap		item;
	Oid			levels[N_LEVELS];	/* values of the enum */
};

FindingReader *
handover_finding_reader(MemoryContext context)
{
	FindingReader *reader = MemoryContextAllocZero(context,
												   sizeof(FindingReader));

	reader->header.context = AllocSetContextCreate(context, "row of a handover",
												   ALLOCSET_SMALL_SIZES);
	reader->item.context = AllocSetContextCreate(context, "rows of items",
												 ALLOCSET_SMALL_SIZES);
	return reader;
}

/* ------------------------------------------------------------------------
 * Which column is where
 * ------------------------------------------------------------------------
 */

/* A type for the message, and whether a column is of it. */
static const char *
kind_type(Kind kind, Oid type, bool *fits)
{
	Oid			base = getBaseType(type);

	switch (kind)
	{
		case KIND_KEY:
			*fits = base == INT8OID;
			return "bigint";
		case KIND_WORDS:
			*fits = base == TEXTOID || base == VARCHAROID;
			return "text";
		case KIND_MOMENT:
			*fits = base == TIMESTAMPTZOID;
			return "timestamp with time zone";
		case KIND_TRUTH:
			*fits = base == BOOLOID;
			return "boolean";
		case KIND_LEVEL:
			*fits = type_is_enum(base);
			return "handover.level";
		case KIND_STATUS:
			*fits = type_is_enum(base);
			return "handover.status";
		case KIND_JSON:
			*fits = base == JSONBOID;
			return "jsonb";
		case KIND_LIST:
			*fits = base == TEXTARRAYOID;
			return "text[]";
	}
	return NULL;
}

static int
find_column(TupleDesc tupdesc, const Field *field)
{
	for (int i = 0; i < tupdesc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(tupdesc, i);
		const char *type;
		bool		fits = false;

		if (attribute->attisdropped ||
			strcmp(NameStr(attribute->attname), field->name) != 0)
			continue;
		type = kind_type(field->kind, attribute->atttypid, &fits);
		if (!fits)
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column \"%s\" is of type %s, not %s", field->name,
							format_type_be(attribute->atttypid), type)));
		return i;
	}
	return -1;
}

/* The values of the enum of levels, which the first column of it tells. */
static void
find_levels(FindingReader *reader, const Field *fields, int nfields)
{
	for (int i = 0; i < nfields; i++)
	{
		int			column = reader->item.columns[i];
		Oid			type;

		if (fields[i].kind != KIND_LEVEL || column < 0)
			continue;
		type = getBaseType(TupleDescAttr(reader->item.tupdesc,
										 column)->atttypid);
		for (int level = 0; level < N_LEVELS; level++)
			reader->levels[level] =
				GetSysCacheOid2(ENUMTYPOIDNAME, Anum_pg_enum_oid,
								ObjectIdGetDatum(type),
								CStringGetDatum(level_name((Level) level)));
		return;
	}
}

/* Rows of one array may be of several types, so the last map makes room. */
static void
map_row(FindingReader *reader, RowMap *map, Oid type, int32 typmod,
		uint64 identifier, const Field *fields, int nfields)
{
	MemoryContext old = MemoryContextSwitchTo(map->context);

	map->type = InvalidOid;
	MemoryContextReset(map->context);
	map->tupdesc = lookup_rowtype_tupdesc_copy(type, typmod);
	for (int i = 0; i < nfields; i++)
		map->columns[i] = find_column(map->tupdesc, &fields[i]);
	map->values = palloc_array(Datum, map->tupdesc->natts);
	map->nulls = palloc_array(bool, map->tupdesc->natts);
	if (map == &reader->item)
		find_levels(reader, fields, nfields);
	map->type = type;
	map->typmod = typmod;
	map->identifier = identifier;
	MemoryContextSwitchTo(old);
}

/* ------------------------------------------------------------------------
 * Reading a row
 * ------------------------------------------------------------------------
 */

static int
level_of_value(const FindingReader *reader, Oid value)
{
	for (int level = 0; level < N_LEVELS; level++)
		if (reader->levels[level] == value)
			return level;
	return NO_LEVEL;
}

static void
read_field(const FindingReader *reader, Kind kind, Datum value, bool isnull,
		   void *target)
{
	switch (kind)
	{
		case KIND_KEY:
			*(int64 *) target = isnull ? 0 : DatumGetInt64(value);
			break;
		case KIND_WORDS:
			if (isnull)
				*(Span *) target = (Span) {NULL, 0};
			else
			{
				text	   *words = DatumGetTextPP(value);

				*(Span *) target = (Span) {VARDATA_ANY(words),
										   VARSIZE_ANY_EXHDR(words)};
			}
			break;
		case KIND_MOMENT:
			*(Moment *) target = (Moment) {!isnull,
										   isnull ? 0 : DatumGetTimestampTz(value)};
			break;
		case KIND_TRUTH:
			*(bool *) target = !isnull && DatumGetBool(value);
			break;
		case KIND_LEVEL:
			*(int *) target = isnull ? NO_LEVEL :
				level_of_value(reader, DatumGetObjectId(value));
			break;
		case KIND_STATUS:
			*(Status *) target = isnull ? STATUS_DRAFT :
				handover_status_of(DatumGetObjectId(value));
			break;
		case KIND_JSON:
			*(Jsonb **) target = isnull ? NULL : DatumGetJsonbP(value);
			break;
		case KIND_LIST:
			*(ArrayType **) target = isnull ? NULL : DatumGetArrayTypeP(value);
			break;
	}
}

static void
read_row(FindingReader *reader, RowMap *map, Datum row, const Field *fields,
		 int nfields, char *target)
{
	HeapTupleHeader header = DatumGetHeapTupleHeader(row);
	Oid			type = HeapTupleHeaderGetTypeId(header);
	int32		typmod = HeapTupleHeaderGetTypMod(header);
	uint64		identifier = assign_record_type_identifier(type, typmod);
	HeapTupleData tuple;

	if (map->type != type || map->typmod != typmod ||
		map->identifier != identifier)
		map_row(reader, map, type, typmod, identifier, fields, nfields);
	tuple.t_len = HeapTupleHeaderGetDatumLength(header);
	ItemPointerSetInvalid(&tuple.t_self);
	tuple.t_tableOid = InvalidOid;
	tuple.t_data = header;
	heap_deform_tuple(&tuple, map->tupdesc, map->values, map->nulls);
	for (int i = 0; i < nfields; i++)
	{
		int			column = map->columns[i];

		read_field(reader, fields[i].kind,
				   column < 0 ? (Datum) 0 : map->values[column],
				   column < 0 || map->nulls[column],
				   target + fields[i].offset);
	}
}

void
handover_read_header(FindingReader *reader, Datum row, FindingHeader *header)
{
	read_row(reader, &reader->header, row, header_fields,
			 lengthof(header_fields), (char *) header);
}

/* In the order of the enum, which is that of their names. */
static const char *const element_names[] = {
	"", "access_grant", "campaign", "change_request", "contact",
	"content_calendar", "dependency", "document", "escalation_path",
	"feedback", "improvement", "issue", "knowledge", "metric", "milestone",
	"participant", "platform_insight", "procedure", "project", "question",
	"responsibility", "risk", "session", "succession_plan", "system", "task",
	"training_session"
};

static FindingElement
element_of(Span name)
{
	for (int i = 1; i < lengthof(element_names); i++)
		if (span_is(name, element_names[i]))
			return (FindingElement) i;
	return ELEMENT_OTHER;
}

/* Is it something that somebody has to own, while it is open? */
static bool
is_owned(FindingElement element)
{
	switch (element)
	{
		case ELEMENT_RESPONSIBILITY:
		case ELEMENT_TASK:
		case ELEMENT_PROJECT:
		case ELEMENT_ISSUE:
		case ELEMENT_CHANGE_REQUEST:
		case ELEMENT_CAMPAIGN:
			return true;
		default:
			return false;
	}
}

static bool
was_held(const FindingItem *item, TimestampTz now)
{
	TimestampTz held_at;

	return item->kind == ELEMENT_SESSION && item->is_real &&
		(item->is_done ||
		 (handover_attribute_moment(item->attributes, "held_at", &held_at) &&
		  held_at <= now));
}

void
handover_read_item(FindingReader *reader, Datum row, TimestampTz now,
				   FindingItem *item)
{
	read_row(reader, &reader->item, row, item_fields, lengthof(item_fields),
			 (char *) item);
	item->kind = item->element.str ? element_of(item->element) : ELEMENT_OTHER;
	item->is_real = item->state.str == NULL || !span_is(item->state, "none");
	item->is_done = item->state.str != NULL && span_is(item->state, "done");
	item->is_open = item->is_real && !item->is_done;
	item->is_work = item->is_open && is_owned(item->kind);
	item->is_held = was_held(item, now);
}
