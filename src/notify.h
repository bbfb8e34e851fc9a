/*
 * notify.h
 *		Tells who listens that a handover has moved.
 */
#ifndef HANDOVER_NOTIFY_H
#define HANDOVER_NOTIFY_H

#include "executor/spi.h"
#include "utils/rel.h"

#include "status.h"

extern void handover_define_notify(void);
extern void handover_notify_move(Relation relation, SPITupleTable *signoff,
								 const char *step, Status to);

#endif							/* HANDOVER_NOTIFY_H */
