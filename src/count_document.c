/*
 * count_document.c
 *		A whole document against a whole checklist.
 *
 * The document is read where it lies: its keys are matched with the elements
 * of the checklist in one pass, and each list is walked once.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "count.h"

/* Room on the stack; more is allocated. */
#define STACK_NAMES		64
#define STACK_SLOTS		32

static void
clear_slots(const Section *section, JsonbValue *slots)
{
	for (int i = 0; i < section->flat.nfields; i++)
		slots[i].type = jbvNull;
}

/* Something of another shape than an object, or a list of objects. */
static void
count_misfit(const Section *section, JsonbValue *slots, Count *counts)
{
	clear_slots(section, slots);
	handover_count_item(section, slots, ITEM_MISFIT, counts);
}

/*
 * Is an object filled?  Most often one of the fields already found tells.
 */
static bool
object_filled(const JsonbValue *object, const JsonbValue *slots, int nslots)
{
	for (int i = 0; i < nslots; i++)
		if (value_filled(&slots[i]))
			return true;
	return value_filled(object);
}

/*
 * One entry of a list.  What is not filled is no item; what is no object is
 * a misfit.
 */
void
handover_count_entry(const Section *section, const JsonbValue *entry,
					 JsonbValue *slots, Count *counts)
{
	int			nfields = section->flat.nfields;

	if (value_is_object(entry))
	{
		handover_match_object(entry->val.binary.data, section->fields,
							  nfields, slots);
		if (object_filled(entry, slots, nfields))
			handover_count_item(section, slots, ITEM_REAL, counts);
	}
	else if (!(section->flat.flags & SECTION_ANY) && value_filled(entry))
	{
		/* Under no element in particular a list of scalars is a field. */
		count_misfit(section, slots, counts);
	}
}

/* What stands below the key of an element. */
static void
count_list(const Section *section, const JsonbValue *list, JsonbValue *slots,
		   Count *counts)
{
	Walk		walk;
	JsonbValue	entry;

	if (value_is_array(list))
	{
		walk_begin(&walk, list->val.binary.data);
		while (walk_next(&walk, &entry))
		{
			CHECK_FOR_INTERRUPTS();
			handover_count_entry(section, &entry, slots, counts);
		}
	}
	else if (value_filled(list))
		count_misfit(section, slots, counts);
}

/*
 * The header, which is there even if the document is empty.  "root" is NULL
 * for a document that is NULL.
 */
void
handover_count_header(const Section *section, const JsonbContainer *root,
					  JsonbValue *slots, Count *counts)
{
	bool		is_object = root != NULL && JsonContainerIsObject(root);

	if (is_object)
		handover_match_object(root, section->fields, section->flat.nfields,
							  slots);
	else
		clear_slots(section, slots);
	handover_count_item(section, slots,
						is_object && handover_filled_container(root) ?
						ITEM_REAL : ITEM_EMPTY, counts);
}

/* The items of all elements, for rules that speak of "item". */
static void
count_all_lists(const Section *section, const JsonbContainer *root,
				JsonbValue *slots, Count *counts)
{
	Walk		keys;
	Walk		values;
	JsonbValue	key = {0};
	JsonbValue	value;

	walk_begin(&keys, root);
	walk_begin(&values, root);
	walk_values(&values, 0);
	while (walk_next(&keys, &key) && walk_next(&values, &value))
	{
		Span		element = {key.val.string.val, key.val.string.len};

		if (!value_is_array(&value) || span_is(element, ELEMENT_HEADER))
			continue;
		count_list(section, &value, slots, counts);
	}
}

/*
 * Adds a document to the counts.  "root" is NULL for a document that is NULL.
 */
void
handover_count_document(const Checklist *checklist,
						const JsonbContainer *root, Count *counts)
{
	Span		names_space[STACK_NAMES];
	Span		fields_space[STACK_SLOTS];
	JsonbValue	slots_space[STACK_SLOTS];
	Span	   *names;
	Cursor		cursor = flat_sections(checklist);
	FlatSection flat;
	bool		is_object = root != NULL && JsonContainerIsObject(root);
	Walk		keys = {0};
	JsonbValue	key = {0};
	bool		more = false;

	names = flat_names(checklist,
					   checklist->nnames + NAME_FIRST <= STACK_NAMES ?
					   names_space : NULL);
	if (is_object)
	{
		walk_begin(&keys, root);
		more = walk_next(&keys, &key);
	}

	while (flat_section(checklist, &cursor, &flat))
	{
		Section		section;
		Span	   *fields = fields_space;
		JsonbValue *slots = slots_space;
		Span		element = names[flat.name];
		int			cmp = -1;

		/* Sections come in the order of keys: find this one's. */
		while (more)
		{
			cmp = element.len - key.val.string.len;
			if (cmp == 0)
				cmp = memcmp(element.str, key.val.string.val, element.len);
			if (cmp <= 0)
				break;
			more = walk_next(&keys, &key);
			cmp = -1;
		}
		if (cmp != 0 && !(flat.flags & (SECTION_HEADER | SECTION_ANY)))
			continue;

		if (flat.nfields > STACK_SLOTS)
		{
			fields = palloc_array(Span, flat.nfields);
			slots = palloc_array(JsonbValue, flat.nfields);
		}
		handover_open_section(&flat, names, fields, &section);
		if (flat.flags & SECTION_HEADER)
			handover_count_header(&section, root, slots, counts);
		else if (flat.flags & SECTION_ANY)
		{
			if (is_object)
				count_all_lists(&section, root, slots, counts);
		}
		else
		{
			Walk		values;
			JsonbValue	list;

			walk_begin(&values, root);
			walk_values(&values, keys.index - 1);
			walk_next(&values, &list);
			count_list(&section, &list, slots, counts);
		}
		if (fields != fields_space)
		{
			pfree(fields);
			pfree(slots);
		}
	}
	if (names != names_space)
		pfree(names);
}

/* ------------------------------------------------------------------------
 * SQL functions
 * ------------------------------------------------------------------------
 */

/*
 * tally(checklist, jsonb) returns tally
 *
 * The tally of a document.  A NULL document counts as an empty one; NULL only
 * for a NULL checklist.
 */
PG_FUNCTION_INFO_V1(handover_tally_document);
Datum
handover_tally_document(PG_FUNCTION_ARGS)
{
	const Checklist *checklist;
	Count	   *counts;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	checklist = PG_GETARG_CHECKLIST_P(0);
	counts = palloc0_array(Count, Max(checklist->nrules, 1));
	handover_count_document(checklist,
							PG_ARGISNULL(1) ? NULL :
							&PG_GETARG_JSONB_P(1)->root,
							counts);
	PG_RETURN_POINTER(handover_build_tally(checklist->fingerprint,
										   checklist->nrules, counts));
}

/*
 * empty_tally(checklist) returns tally: nothing counted yet.
 */
PG_FUNCTION_INFO_V1(handover_empty_tally);
Datum
handover_empty_tally(PG_FUNCTION_ARGS)
{
	const Checklist *checklist = PG_GETARG_CHECKLIST_P(0);
	Count	   *counts = palloc0_array(Count, Max(checklist->nrules, 1));

	PG_RETURN_POINTER(handover_build_tally(checklist->fingerprint,
										   checklist->nrules, counts));
}
