/*
 * value.h
 *		What a rule can ask of one value of a document or a row.
 *
 * Values of every origin come as JsonbValue: a scalar, or jbvBinary for a
 * list or an object.
 */
#ifndef HANDOVER_VALUE_H
#define HANDOVER_VALUE_H

#include "utils/jsonb.h"

#include "flat.h"

extern bool handover_filled_text(const char *str, int len);
extern bool handover_filled_container(const JsonbContainer *container);
extern bool handover_test_term(const FlatTerm *term, const JsonbValue *value);

/*
 * A value is filled if it holds, at any depth, a scalar that is not null, not
 * false and not blank.
 */
static inline bool
value_filled(const JsonbValue *value)
{
	switch (value->type)
	{
		case jbvString:
			/* Most texts begin with a letter. */
			if (value->val.string.len > 0 &&
				value->val.string.val[0] > ' ' &&
				value->val.string.val[0] < 0x7F)
				return true;
			return handover_filled_text(value->val.string.val,
										value->val.string.len);
		case jbvNumeric:
			return true;
		case jbvBool:
			return value->val.boolean;
		case jbvBinary:
			return handover_filled_container(value->val.binary.data);
		default:
			return false;
	}
}

static inline bool
value_is_object(const JsonbValue *value)
{
	return value->type == jbvBinary &&
		JsonContainerIsObject(value->val.binary.data);
}

static inline bool
value_is_array(const JsonbValue *value)
{
	return value->type == jbvBinary &&
		JsonContainerIsArray(value->val.binary.data) &&
		!JsonContainerIsScalar(value->val.binary.data);
}

/*
 * Reading a container from front to back.  The server's own accessors find
 * one member at a time, and its iterator copies; here a member costs a few
 * instructions.  The layout is that of utils/jsonb.h.
 */
typedef struct Walk
{
	const JsonbContainer *container;
	char	   *base;			/* where the data of the children begin */
	uint32		index;			/* of the child read next */
	uint32		end;			/* one after the last */
	uint32		offset;			/* of that child's data */
} Walk;

static inline void
walk_begin(Walk *walk, const JsonbContainer *container)
{
	bool		pairs = JsonContainerIsObject(container);
	uint32		n = JsonContainerSize(container);

	walk->container = container;
	walk->base = (char *) &container->children[pairs ? 2 * n : n];
	walk->index = 0;
	walk->end = n;
	walk->offset = 0;
}

/* Moves to the values of an object; without it a walk reads its keys. */
static inline void
walk_values(Walk *walk, uint32 first)
{
	walk->offset = getJsonbOffset(walk->container, walk->end + first);
	walk->index = walk->end + first;
	walk->end *= 2;
}

/* Passes by the children before an index. */
static inline void
walk_skip(Walk *walk, uint32 index)
{
	for (; walk->index < index; walk->index++)
		JBE_ADVANCE_OFFSET(walk->offset,
						   walk->container->children[walk->index]);
}

/* The next child, or false at the end.  A container's length is not set. */
static inline bool
walk_next(Walk *walk, JsonbValue *value)
{
	JEntry		entry;
	uint32		length;

	if (walk->index >= walk->end)
		return false;
	entry = walk->container->children[walk->index++];
	length = JBE_OFFLENFLD(entry);
	if (JBE_HAS_OFF(entry))
		length -= walk->offset;
	switch (entry & JENTRY_TYPEMASK)
	{
		case JENTRY_ISSTRING:
			value->type = jbvString;
			value->val.string.val = walk->base + walk->offset;
			value->val.string.len = length;
			break;
		case JENTRY_ISNUMERIC:
			value->type = jbvNumeric;
			value->val.numeric =
				(Numeric) (walk->base + INTALIGN(walk->offset));
			break;
		case JENTRY_ISBOOL_FALSE:
		case JENTRY_ISBOOL_TRUE:
			value->type = jbvBool;
			value->val.boolean = JBE_ISBOOL_TRUE(entry);
			break;
		case JENTRY_ISCONTAINER:
			value->type = jbvBinary;
			value->val.binary.data =
				(JsonbContainer *) (walk->base + INTALIGN(walk->offset));
			value->val.binary.len = 0;
			break;
		default:
			value->type = jbvNull;
			break;
	}
	walk->offset += length;
	return true;
}

#endif							/* HANDOVER_VALUE_H */
