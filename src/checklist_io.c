/*
 * checklist_io.c
 *		handover.checklist as the server's type system sees it: input and
 *		output, casts, concatenation.  Comparison is in compare.c.
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "checklist.h"

/*
 * Text to checklist, for both input functions.  NULL after an error that
 * escontext took.
 */
static Checklist *
checklist_from_text(const char *str, struct Node *escontext)
{
	List	   *rules = handover_parse_rules(str, escontext);

	if (SOFT_ERROR_OCCURRED(escontext))
		return NULL;
	return handover_build_checklist(rules, escontext);
}

/* ------------------------------------------------------------------------
 * SQL functions
 * ------------------------------------------------------------------------
 */

/*
 * checklist_in(cstring) returns checklist
 *
 * The rule language.  Errors: 42601 with the position and what was expected;
 * 22003 for a number out of its range; 54000 for a limit.
 */
PG_FUNCTION_INFO_V1(handover_checklist_in);
Datum
handover_checklist_in(PG_FUNCTION_ARGS)
{
	char	   *str = PG_GETARG_CSTRING(0);
	Checklist  *result = checklist_from_text(str, HANDOVER_ESCONTEXT(fcinfo));

	if (result == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(result);
}

/*
 * checklist_out(checklist) returns cstring
 *
 * The canonical text, one rule a line.
 */
PG_FUNCTION_INFO_V1(handover_checklist_out);
Datum
handover_checklist_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(handover_checklist_text(PG_GETARG_CHECKLIST_P(0)));
}

/*
 * checklist_recv(internal) returns checklist
 *
 * A version byte and the text, so that binary input is validated as text is
 * and the stored form can change.
 */
PG_FUNCTION_INFO_V1(handover_checklist_recv);
Datum
handover_checklist_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(buf);
	char	   *str;
	int			len;

	if (version != CHECKLIST_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("unsupported version of type checklist: %d",
						version)));
	str = pq_getmsgtext(buf, buf->len - buf->cursor, &len);
	PG_RETURN_POINTER(checklist_from_text(str, NULL));
}

/*
 * checklist_send(checklist) returns bytea
 */
PG_FUNCTION_INFO_V1(handover_checklist_send);
Datum
handover_checklist_send(PG_FUNCTION_ARGS)
{
	char	   *str = handover_checklist_text(PG_GETARG_CHECKLIST_P(0));
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint8(&buf, CHECKLIST_VERSION);
	pq_sendtext(&buf, str, strlen(str));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/*
 * checklist || checklist
 *
 * All rules of both, those that another one implies left out.
 */
PG_FUNCTION_INFO_V1(handover_checklist_concat);
Datum
handover_checklist_concat(PG_FUNCTION_ARGS)
{
	List	   *rules = NIL;

	for (int i = 0; i < 2; i++)
	{
		const Checklist *part = PG_GETARG_CHECKLIST_P(i);
		Rule	   *opened = handover_rules(part);

		for (int j = 0; j < part->nrules; j++)
			rules = lappend(rules, &opened[j]);
	}
	PG_RETURN_POINTER(handover_build_checklist(rules, NULL));
}

/*
 * jsonb(checklist) returns jsonb: the rules, for tools that read JSON.
 */
PG_FUNCTION_INFO_V1(handover_checklist_to_jsonb);
Datum
handover_checklist_to_jsonb(PG_FUNCTION_ARGS)
{
	PG_RETURN_JSONB_P(handover_checklist_jsonb(PG_GETARG_CHECKLIST_P(0)));
}
