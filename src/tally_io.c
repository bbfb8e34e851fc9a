/*
 * tally_io.c
 *		handover.tally: text, binary and jsonb.
 *
 * The text is the fingerprint of the checklist, a colon, and for each rule its
 * two numbers: "3b1f8a90c2d4e6f7: 2/0, 4/5".  It loses nothing, so a column of
 * tallies and a parallel aggregate's state can be dumped and sent.
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "jsonb_push.h"
#include "tally.h"

static const char *
skip_spaces(const char *c)
{
	while (*c == ' ' || (*c >= '\t' && *c <= '\r'))
		c++;
	return c;
}

/* Sixteen hexadecimal digits.  False if there are not. */
static bool
read_fingerprint(const char **c, uint32 *fingerprint)
{
	for (int i = 0; i < 2; i++)
	{
		fingerprint[i] = 0;
		for (int j = 0; j < 8; j++)
		{
			char		digit = *(*c)++;

			fingerprint[i] <<= 4;
			if (digit >= '0' && digit <= '9')
				fingerprint[i] |= digit - '0';
			else if (digit >= 'a' && digit <= 'f')
				fingerprint[i] |= digit - 'a' + 10;
			else if (digit >= 'A' && digit <= 'F')
				fingerprint[i] |= digit - 'A' + 10;
			else
				return false;
		}
	}
	return true;
}

/* A decimal number.  False if there is none or it leaves 32 bits. */
static bool
read_number(const char **c, int32 *number)
{
	char	   *end;
	long		value;

	if (**c != '-' && (**c < '0' || **c > '9'))
		return false;
	errno = 0;
	value = strtol(*c, &end, 10);
	if (end == *c || errno != 0 || value < PG_INT32_MIN || value > PG_INT32_MAX)
		return false;
	*number = (int32) value;
	*c = end;
	return true;
}

/* ------------------------------------------------------------------------
 * SQL functions
 * ------------------------------------------------------------------------
 */

/*
 * tally_in(cstring) returns tally
 */
PG_FUNCTION_INFO_V1(handover_tally_in);
Datum
handover_tally_in(PG_FUNCTION_ARGS)
{
	const char *str = PG_GETARG_CSTRING(0);
	const char *c = skip_spaces(str);
	Count	   *counts = palloc_array(Count, CHECKLIST_MAX_RULES);
	uint32		fingerprint[2];
	int			n = 0;

	if (!read_fingerprint(&c, fingerprint) || *c++ != ':')
		goto malformed;
	c = skip_spaces(c);
	while (*c != '\0')
	{
		if (n == CHECKLIST_MAX_RULES ||
			!read_number(&c, &counts[n].hits) || *c++ != '/' ||
			!read_number(&c, &counts[n].population))
			goto malformed;
		n++;
		c = skip_spaces(c);
		if (*c == '\0')
			break;
		if (*c++ != ',')
			goto malformed;
		c = skip_spaces(c);
		if (*c == '\0')
			goto malformed;
	}
	PG_RETURN_POINTER(handover_build_tally(fingerprint, n, counts));

malformed:
	ereturn(HANDOVER_ESCONTEXT(fcinfo), (Datum) 0,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s: \"%s\"",
					"tally", str)));
}

/*
 * tally_out(tally) returns cstring
 */
PG_FUNCTION_INFO_V1(handover_tally_out);
Datum
handover_tally_out(PG_FUNCTION_ARGS)
{
	Tally	   *tally = PG_GETARG_TALLY_P(0);
	Count	   *counts = handover_tally_counts(tally, NULL);
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfo(&buf, "%08x%08x:",
					 tally->fingerprint[0], tally->fingerprint[1]);
	for (int i = 0; i < tally->nrules; i++)
		appendStringInfo(&buf, "%s %d/%d", i == 0 ? "" : ",",
						 counts[i].hits, counts[i].population);
	PG_RETURN_CSTRING(buf.data);
}

/*
 * tally_recv(internal) returns tally
 *
 * Version byte, flags byte (zero), number of rules (int16), fingerprint
 * (two int32), then two int32 a rule.
 */
PG_FUNCTION_INFO_V1(handover_tally_recv);
Datum
handover_tally_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(buf);
	int			flags = pq_getmsgbyte(buf);
	int			nrules = (int) pq_getmsgint(buf, 2);
	uint32		fingerprint[2];
	Count	   *counts;

	if (version != TALLY_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("unsupported version of type tally: %d", version)));
	if (flags != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("unsupported flags of type tally: %d", flags)));
	if (nrules > CHECKLIST_MAX_RULES)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("tally has %d rules, the limit is %d",
						nrules, CHECKLIST_MAX_RULES)));
	for (int i = 0; i < 2; i++)
		fingerprint[i] = pq_getmsgint(buf, 4);
	counts = palloc_array(Count, Max(nrules, 1));
	for (int i = 0; i < nrules; i++)
	{
		counts[i].hits = (int32) pq_getmsgint(buf, 4);
		counts[i].population = (int32) pq_getmsgint(buf, 4);
	}
	PG_RETURN_POINTER(handover_build_tally(fingerprint, nrules, counts));
}

/*
 * tally_send(tally) returns bytea
 */
PG_FUNCTION_INFO_V1(handover_tally_send);
Datum
handover_tally_send(PG_FUNCTION_ARGS)
{
	Tally	   *tally = PG_GETARG_TALLY_P(0);
	Count	   *counts = handover_tally_counts(tally, NULL);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint8(&buf, TALLY_VERSION);
	pq_sendint8(&buf, 0);
	pq_sendint16(&buf, tally->nrules);
	for (int i = 0; i < 2; i++)
		pq_sendint32(&buf, tally->fingerprint[i]);
	for (int i = 0; i < tally->nrules; i++)
	{
		pq_sendint32(&buf, counts[i].hits);
		pq_sendint32(&buf, counts[i].population);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/*
 * jsonb(tally) returns jsonb: {"fingerprint": …, "rules": [{"hits": …,
 * "population": …}, …]}
 */
PG_FUNCTION_INFO_V1(handover_tally_to_jsonb);
Datum
handover_tally_to_jsonb(PG_FUNCTION_ARGS)
{
	Tally	   *tally = PG_GETARG_TALLY_P(0);
	Count	   *counts = handover_tally_counts(tally, NULL);
	JsonbParseState *state = NULL;

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	push_string(&state, "fingerprint",
				psprintf("%08x%08x", tally->fingerprint[0],
						 tally->fingerprint[1]));
	push_key(&state, "rules");
	pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < tally->nrules; i++)
	{
		pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
		push_number(&state, "hits", int64_to_numeric(counts[i].hits));
		push_number(&state, "population",
					int64_to_numeric(counts[i].population));
		pushJsonbValue(&state, WJB_END_OBJECT, NULL);
	}
	pushJsonbValue(&state, WJB_END_ARRAY, NULL);
	PG_RETURN_JSONB_P(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT,
													   NULL)));
}
