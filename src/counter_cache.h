/*
 * counter_cache.h
 *		Counters that triggers use again and again.
 */
#ifndef HANDOVER_COUNTER_CACHE_H
#define HANDOVER_COUNTER_CACHE_H

#include "count.h"

extern RowCounter *handover_get_counter(const Checklist *checklist,
										Oid row_type);
extern void handover_release_counter(RowCounter *counter);

#endif							/* HANDOVER_COUNTER_CACHE_H */
