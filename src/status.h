/*
 * status.h
 *		handover.status: where a handover stands, and what that asks of it.
 */
#ifndef HANDOVER_STATUS_H
#define HANDOVER_STATUS_H

#include "handover.h"

/* In the order of the enum. */
typedef enum Status
{
	STATUS_DRAFT,
	STATUS_SUBMITTED,
	STATUS_ACCEPTED,
	STATUS_CLOSED,
	STATUS_CANCELLED
} Status;

#define N_STATUSES 5

/* What a status of a handover asks for: stages up to this; -1 for none. */
#define NO_STAGE (-1)

extern Status handover_status_of(Oid value);
extern Oid	handover_status_value(Status status, Oid type);
extern const char *handover_status_name(Status status);
extern int	handover_status_stage(Status status);

#endif							/* HANDOVER_STATUS_H */
