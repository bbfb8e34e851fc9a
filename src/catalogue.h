/*
 * catalogue.h
 *		The catalogue of elements, as triggers see it.
 */
#ifndef HANDOVER_CATALOGUE_H
#define HANDOVER_CATALOGUE_H

#include "nodes/pg_list.h"

#include "handover.h"

typedef enum FieldType
{
	FIELD_NUMBER,
	FIELD_BOOLEAN,
	FIELD_TIME,
	FIELD_LEVEL,
	FIELD_CHOICE,
	FIELD_RATING,
	FIELD_SECRET
} FieldType;

/* A field whose values are checked. */
typedef struct Field
{
	char	   *name;
	FieldType	type;
	bool		ordered;		/* a choice only moves on */
	int			nchoices;
	char	  **choices;
} Field;

typedef struct Element
{
	char	   *name;
	int			length;			/* of the name */
	List	   *fields;			/* of Field */
} Element;

/* Fields that items of all elements have are those of "item". */
extern void handover_refresh_catalogue(void);
extern const Element *handover_find_element(Span name);
extern char *handover_nearest_element(Span name);

#endif							/* HANDOVER_CATALOGUE_H */
