/*
 * attribute_value.h
 *		An attribute of an item as a plain value.
 *
 * Each returns whether there is one that can be read so; nothing is an error.
 */
#ifndef HANDOVER_ATTRIBUTE_VALUE_H
#define HANDOVER_ATTRIBUTE_VALUE_H

#include "datatype/timestamp.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

#include "handover.h"

/* Attributes may be NULL: there are none. */
extern bool handover_attribute_words(Jsonb *attributes, const char *name,
									 Span *result);
extern bool handover_attribute_moment(Jsonb *attributes, const char *name,
									  TimestampTz *result);
extern bool handover_attribute_figure(Jsonb *attributes, const char *name,
									  double *result);
extern bool handover_attribute_score(Jsonb *attributes, const char *name,
									 double *result);
extern bool handover_attribute_truth(Jsonb *attributes, const char *name);
extern int	handover_attribute_grade(Jsonb *attributes, const char *name);

#endif							/* HANDOVER_ATTRIBUTE_VALUE_H */
