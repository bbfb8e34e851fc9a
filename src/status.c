/*
 * status.c
 *		handover.status: where a handover stands, and what that asks of it.
 *
 * The type is an enum of SQL, whose values are known by their labels.
 */
#include "postgres.h"

#include "utils/fmgrprotos.h"

#include "status.h"

static const struct
{
	const char *name;
	int			stage;
}			statuses[N_STATUSES] = {
	{"draft", NO_STAGE},
	{"submitted", STAGE_SUBMIT},
	{"accepted", STAGE_ACCEPT},
	{"closed", STAGE_CLOSE},
	{"cancelled", NO_STAGE}
};

Status
handover_status_of(Oid value)
{
	char	   *name = DatumGetCString(DirectFunctionCall1(enum_out,
														   ObjectIdGetDatum(value)));

	for (int i = 0; i < N_STATUSES; i++)
		if (strcmp(name, statuses[i].name) == 0)
			return (Status) i;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("status \"%s\" is not known", name),
			 errhint("The labels of the type handover.status must stay as they were.")));
}

/* The value of the enum, of which "type" is the OID. */
Oid
handover_status_value(Status status, Oid type)
{
	return DatumGetObjectId(DirectFunctionCall2(enum_in,
												CStringGetDatum(statuses[status].name),
												ObjectIdGetDatum(type)));
}

const char *
handover_status_name(Status status)
{
	return statuses[status].name;
}

/* The last stage whose rules a handover of this status must satisfy. */
int
handover_status_stage(Status status)
{
	return statuses[status].stage;
}
