/*
 * compose_cache.h
 *		Checklists composed of templates, for tables of handovers.
 */
#ifndef HANDOVER_COMPOSE_CACHE_H
#define HANDOVER_COMPOSE_CACHE_H

#include "fmgr.h"

extern Datum handover_compose(Datum role, Datum industries);

#endif							/* HANDOVER_COMPOSE_CACHE_H */
