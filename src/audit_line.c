/*
 * audit_line.c
 *		What is hashed of the audit log: the text of an array of JSON.
 *
 * The text is to the byte that of jsonb_build_array(), with times and hashes as
 * doc/audit.md says; but it is made in one go, since a log that is sealed every
 * minute is sealed at the cost of those who write it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/cryptohash.h"
#include "common/sha2.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "handover.h"

static void
append_text(StringInfo line, Datum value)
{
	escape_json(line, TextDatumGetCString(value));
}

/* In UTC, to the microsecond. */
static void
append_time(StringInfo line, TimestampTz time)
{
	struct pg_tm tm;
	fsec_t		fsec;

	if (TIMESTAMP_NOT_FINITE(time) ||
		timestamp2tm(time, NULL, &tm, &fsec, NULL, NULL) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("timestamp out of range")));
	appendStringInfo(line, "\"%04d-%02d-%02dT%02d:%02d:%02d.%06dZ\"",
					 tm.tm_year, tm.tm_mon, tm.tm_mday,
					 tm.tm_hour, tm.tm_min, tm.tm_sec, fsec);
}

static void
append_hex(StringInfo line, bytea *bytes)
{
	static const char digits[] = "0123456789abcdef";

	appendStringInfoChar(line, '"');
	for (int i = 0; i < VARSIZE_ANY_EXHDR(bytes); i++)
	{
		unsigned char byte = ((unsigned char *) VARDATA_ANY(bytes))[i];

		appendStringInfoChar(line, digits[byte >> 4]);
		appendStringInfoChar(line, digits[byte & 15]);
	}
	appendStringInfoChar(line, '"');
}

static void
append_texts(StringInfo line, ArrayType *array)
{
	Datum	   *values;
	bool	   *nulls;
	int			n;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT,
					  &values, &nulls, &n);
	appendStringInfoChar(line, '[');
	for (int i = 0; i < n; i++)
	{
		if (i > 0)
			appendStringInfoString(line, ", ");
		if (nulls[i])
			appendStringInfoString(line, "null");
		else
			append_text(line, values[i]);
	}
	appendStringInfoChar(line, ']');
}

static void
append_value(StringInfo line, Oid type, Datum value)
{
	char		letter[2] = {0};
	Jsonb	   *jsonb;

	switch (type)
	{
		case INT4OID:
			appendStringInfo(line, "%d", DatumGetInt32(value));
			break;
		case INT8OID:
			appendStringInfo(line, INT64_FORMAT, DatumGetInt64(value));
			break;
		case TEXTOID:
			append_text(line, value);
			break;
		case TEXTARRAYOID:
			append_texts(line, DatumGetArrayTypeP(value));
			break;
		case CHAROID:
			letter[0] = DatumGetChar(value);
			escape_json(line, letter);
			break;
		case TIMESTAMPTZOID:
			append_time(line, DatumGetTimestampTz(value));
			break;
		case BYTEAOID:
			append_hex(line, DatumGetByteaPP(value));
			break;
		case JSONBOID:
			jsonb = DatumGetJsonbP(value);
			(void) JsonbToCString(line, &jsonb->root, VARSIZE(jsonb));
			break;
		case UUIDOID:
			appendStringInfo(line, "\"%s\"",
							 DatumGetCString(DirectFunctionCall1(uuid_out,
																 value)));
			break;
		case OIDOID:
			appendStringInfo(line, "\"%u\"", DatumGetObjectId(value));
			break;
		default:
			elog(ERROR, "cannot hash values of type %u", type);
	}
}

/* The arguments of a call, as an array. */
static void
append_arguments(StringInfo line, FunctionCallInfo fcinfo)
{
	appendStringInfoChar(line, '[');
	for (int i = 0; i < PG_NARGS(); i++)
	{
		if (i > 0)
			appendStringInfoString(line, ", ");
		if (PG_ARGISNULL(i))
			appendStringInfoString(line, "null");
		else
			append_value(line, get_fn_expr_argtype(fcinfo->flinfo, i),
						 PG_GETARG_DATUM(i));
	}
	appendStringInfoChar(line, ']');
}

/*
 * audit_line(VARIADIC "any") returns text
 *
 * The text of an array of JSON with these values, of the types that the tables
 * of the log have.
 */
PG_FUNCTION_INFO_V1(handover_audit_line);
Datum
handover_audit_line(PG_FUNCTION_ARGS)
{
	StringInfoData line;

	initStringInfo(&line);
	append_arguments(&line, fcinfo);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(line.data, line.len));
}

/*
 * audit_hash(VARIADIC "any") returns bytea
 *
 * SHA-256 of the same in UTF-8, without a line feed.
 */
PG_FUNCTION_INFO_V1(handover_audit_hash);
Datum
handover_audit_hash(PG_FUNCTION_ARGS)
{
	pg_cryptohash_ctx *context = pg_cryptohash_create(PG_SHA256);
	bytea	   *digest = palloc(VARHDRSZ + PG_SHA256_DIGEST_LENGTH);
	StringInfoData line;
	char	   *utf8;

	initStringInfo(&line);
	append_arguments(&line, fcinfo);
	utf8 = pg_server_to_any(line.data, line.len, PG_UTF8);
	SET_VARSIZE(digest, VARHDRSZ + PG_SHA256_DIGEST_LENGTH);
	if (context == NULL ||
		pg_cryptohash_init(context) < 0 ||
		pg_cryptohash_update(context, (const uint8 *) utf8,
							 utf8 == line.data ? line.len : strlen(utf8)) < 0 ||
		pg_cryptohash_final(context, (uint8 *) VARDATA(digest),
							PG_SHA256_DIGEST_LENGTH) < 0)
		elog(ERROR, "could not compute SHA-256");
	pg_cryptohash_free(context);
	PG_RETURN_BYTEA_P(digest);
}
