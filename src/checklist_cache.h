/*
 * checklist_cache.h
 *		Checklists that were read from a table a moment ago.
 */
#ifndef HANDOVER_CHECKLIST_CACHE_H
#define HANDOVER_CHECKLIST_CACHE_H

#include "checklist.h"

extern const Checklist *handover_get_checklist(Datum datum);

#endif							/* HANDOVER_CHECKLIST_CACHE_H */
