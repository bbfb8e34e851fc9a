/*
 * attributes.h
 *		What the items of a statement may say.
 */
#ifndef HANDOVER_ATTRIBUTES_H
#define HANDOVER_ATTRIBUTES_H

#include "workspace.h"

extern void handover_check_attributes(const ItemTable *table,
									  TriggerData *trigger);

#endif							/* HANDOVER_ATTRIBUTES_H */
