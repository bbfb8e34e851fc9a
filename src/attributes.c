/*
 * attributes.c
 *		Checks items against the catalogue: their element, and the values of
 *		those of their attributes that have a type there.
 *
 * The catalogue is a table, and a CHECK that reads a table is none that a dump
 * could rely on.  So this is part of the trigger that counts items.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "attributes.h"
#include "catalogue.h"
#include "value.h"

#define RATING_MIN 1
#define RATING_MAX 5

/* One attribute of one item. */
typedef struct Attribute
{
	const char *element;
	const Field *field;
	JsonbValue *value;
} Attribute;

/* ------------------------------------------------------------------------
 * Values
 * ------------------------------------------------------------------------
 */

static char *
value_text(JsonbValue *value)
{
	switch (value->type)
	{
		case jbvString:
			return pnstrdup(value->val.string.val, value->val.string.len);
		case jbvNumeric:
			return numeric_normalize(value->val.numeric);
		case jbvBool:
			return pstrdup(value->val.boolean ? "true" : "false");
		default:
			return pstrdup(JsonContainerIsArray(value->val.binary.data) ?
						   "[...]" : "{...}");
	}
}

pg_noreturn static void
refuse(const Attribute *attribute, const char *wanted)
{
	ereport(ERROR,
			(errcode(ERRCODE_CHECK_VIOLATION),
			 errmsg("invalid value for \"%s\" of element \"%s\": \"%s\"",
					attribute->field->name, attribute->element,
					value_text(attribute->value)),
			 errdetail("It must be %s.", wanted)));
}

/* "requested, granted, verified or revoked" */
static char *
choices_text(const Field *field)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < field->nchoices; i++)
	{
		if (i > 0)
			appendStringInfoString(&buf, i == field->nchoices - 1 ?
								   " or " : ", ");
		appendStringInfoString(&buf, field->choices[i]);
	}
	return buf.data;
}

/* The place of a value among the choices, or -1. */
static int
choice_of(const Field *field, const JsonbValue *value)
{
	if (value->type == jbvString)
		for (int i = 0; i < field->nchoices; i++)
			if (span_is((Span) {value->val.string.val, value->val.string.len},
						field->choices[i]))
				return i;
	return -1;
}

static void
time_context(void *argument)
{
	Attribute  *attribute = argument;

	errcontext("\"%s\" of element \"%s\"", attribute->field->name,
			   attribute->element);
}

/* A time as timestamptz reads it, but for words such as "tomorrow". */
static void
check_time(Attribute *attribute)
{
	ErrorContextCallback callback;
	char	   *text;

	if (attribute->value->type != jbvString)
		refuse(attribute, "a time");
	text = value_text(attribute->value);
	if (text[0] < '0' || text[0] > '9')
		refuse(attribute, "a time, such as 2026-12-01 or 2026-12-01T17:30:00Z");
	callback.callback = time_context;
	callback.arg = attribute;
	callback.previous = error_context_stack;
	error_context_stack = &callback;
	(void) DirectFunctionCall3(timestamptz_in, CStringGetDatum(text),
							   ObjectIdGetDatum(InvalidOid),
							   Int32GetDatum(-1));
	error_context_stack = callback.previous;
}

static bool
is_rating(const JsonbValue *value)
{
	double		number;

	if (value->type != jbvNumeric)
		return false;
	number = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow,
												NumericGetDatum(value->val.numeric)));
	return number >= RATING_MIN && number <= RATING_MAX;
}

static void
check_value(Attribute *attribute)
{
	const JsonbValue *value = attribute->value;

	switch (attribute->field->type)
	{
		case FIELD_NUMBER:
			if (value->type != jbvNumeric)
				refuse(attribute, "a number");
			break;
		case FIELD_BOOLEAN:
			if (value->type != jbvBool)
				refuse(attribute, "true or false");
			break;
		case FIELD_TIME:
			check_time(attribute);
			break;
		case FIELD_LEVEL:
			if (value->type != jbvString ||
				level_of(value->val.string.val, value->val.string.len) < 0)
				refuse(attribute, "low, medium, high or critical");
			break;
		case FIELD_CHOICE:
			if (choice_of(attribute->field, value) < 0)
				refuse(attribute, choices_text(attribute->field));
			break;
		case FIELD_RATING:
			if (!is_rating(value))
				refuse(attribute, "a number from 1 to 5");
			break;
		case FIELD_SECRET:
			ereport(ERROR,
					(errcode(ERRCODE_CHECK_VIOLATION),
					 errmsg("\"%s\" of element \"%s\" must not be stored",
							attribute->field->name, attribute->element),
					 errdetail("A handover says where a secret is kept, never the secret."),
					 errhint("Give its place in \"secret_location\".")));
	}
}

/* ------------------------------------------------------------------------
 * Items
 * ------------------------------------------------------------------------
 */

static JsonbValue *
get_attribute(JsonbContainer *attributes, const char *name)
{
	JsonbValue *value = getKeyJsonValueFromContainer(attributes, name,
													 strlen(name), NULL);

	return value != NULL && value->type != jbvNull ? value : NULL;
}

static void
check_fields(const Element *from, const char *element,
			 JsonbContainer *attributes)
{
	ListCell   *lc;

	foreach(lc, from->fields)
	{
		Attribute	attribute;

		attribute.element = element;
		attribute.field = lfirst(lc);
		attribute.value = get_attribute(attributes, attribute.field->name);
		if (attribute.value != NULL)
			check_value(&attribute);
	}
}

/* What is ordered may not go back, nor be taken away. */
static void
check_order(const Element *element, JsonbContainer *before,
			JsonbContainer *after)
{
	ListCell   *lc;

	foreach(lc, element->fields)
	{
		const Field *field = lfirst(lc);
		JsonbValue *old;
		JsonbValue *new;

		if (!field->ordered)
			continue;
		old = before ? get_attribute(before, field->name) : NULL;
		if (old == NULL)
			continue;
		new = after ? get_attribute(after, field->name) : NULL;
		if (new != NULL && choice_of(field, new) >= choice_of(field, old))
			continue;
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("\"%s\" of element \"%s\" cannot go from %s to %s",
						field->name, element->name, value_text(old),
						new ? value_text(new) : "nothing"),
				 errdetail("It goes from %s, in this order.",
						   choices_text(field))));
	}
}

static JsonbContainer *
attributes_of(const ItemTable *table, TupleTableSlot *slot)
{
	bool		isnull;
	Datum		datum;
	Jsonb	   *attributes;

	if (table->attributes == 0)
		return NULL;
	datum = slot_getattr(slot, table->attributes, &isnull);
	if (isnull)
		return NULL;
	attributes = DatumGetJsonbP(datum);
	return JB_ROOT_IS_OBJECT(attributes) ? &attributes->root : NULL;
}

static Span
element_name(const ItemTable *table, TupleTableSlot *slot)
{
	bool		isnull;
	Datum		element = slot_getattr(slot, table->element, &isnull);

	return handover_item_element(table, element, isnull);
}

pg_noreturn static void
refuse_element(Span name, bool reserved)
{
	char	   *text = pnstrdup(name.str, name.len);
	char	   *nearest = reserved ? NULL : handover_nearest_element(name);

	ereport(ERROR,
			(errcode(ERRCODE_CHECK_VIOLATION),
			 reserved ?
			 errmsg("an item cannot be of element \"%s\"", text) :
			 errmsg("element \"%s\" is not in the catalogue", text),
			 nearest != NULL ?
			 errhint("Did you mean \"%s\"? Elements of your own go into handover.element.",
					 nearest) :
			 reserved ? 0 :
			 errhint("Elements of your own go into handover.element.")));
}

static void
check_item(const ItemTable *table, TupleTableSlot *old, TupleTableSlot *new)
{
	Span		name = element_name(table, new);
	JsonbContainer *attributes = attributes_of(table, new);
	const Element *element;
	const Element *any;

	if (span_is(name, "handover") || span_is(name, "item"))
		refuse_element(name, true);
	any = handover_find_element((Span) {"item", 4});
	element = handover_find_element(name);
	if (element == NULL)
		refuse_element(name, false);
	if (attributes != NULL)
	{
		if (any != NULL)
			check_fields(any, element->name, attributes);
		check_fields(element, element->name, attributes);
	}
	if (old != NULL && span_equal(element_name(table, old), name))
		check_order(element, attributes_of(table, old), attributes);
}

/* A row that was spilled to disk is the slot's from then on. */
static bool
next_row(Tuplestorestate *store, int pointer, TupleTableSlot *slot)
{
	MemoryContext old = MemoryContextSwitchTo(slot->tts_mcxt);
	bool		found;

	tuplestore_select_read_pointer(store, pointer);
	found = tuplestore_gettupleslot(store, true, false, slot);
	MemoryContextSwitchTo(old);
	return found;
}

static int
open_rows(Tuplestorestate *store)
{
	int			pointer = tuplestore_alloc_read_pointer(store,
														EXEC_FLAG_REWIND);

	tuplestore_select_read_pointer(store, pointer);
	tuplestore_rescan(store);
	return pointer;
}

/*
 * Checks what a statement has written.  An UPDATE leaves its rows before and
 * after in the same order.
 */
void
handover_check_attributes(const ItemTable *table, TriggerData *trigger)
{
	TupleDesc	tupdesc = RelationGetDescr(trigger->tg_relation);
	bool		is_update = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event);
	Tuplestorestate *after = trigger->tg_newtable;
	Tuplestorestate *before = is_update ? trigger->tg_oldtable : NULL;
	TupleTableSlot *new;
	TupleTableSlot *old = NULL;
	int			new_pointer;
	int			old_pointer = 0;
	MemoryContext context;

	if (after == NULL || table->element == 0)
		return;
	handover_refresh_catalogue();
	context = AllocSetContextCreate(CurrentMemoryContext, "handover attributes",
									ALLOCSET_SMALL_SIZES);
	new = MakeSingleTupleTableSlot(tupdesc, &TTSOpsMinimalTuple);
	new_pointer = open_rows(after);
	if (before != NULL)
	{
		old = MakeSingleTupleTableSlot(tupdesc, &TTSOpsMinimalTuple);
		old_pointer = open_rows(before);
	}
	while (next_row(after, new_pointer, new))
	{
		MemoryContext caller;

		CHECK_FOR_INTERRUPTS();
		if (before != NULL && !next_row(before, old_pointer, old))
			elog(ERROR, "transition tables differ in their number of rows");
		/* Not sooner: the slots keep the rows that a store on disk gives. */
		caller = MemoryContextSwitchTo(context);
		check_item(table, old, new);
		MemoryContextSwitchTo(caller);
		MemoryContextReset(context);
	}
	ExecDropSingleTupleTableSlot(new);
	if (old != NULL)
		ExecDropSingleTupleTableSlot(old);
	MemoryContextDelete(context);
}
