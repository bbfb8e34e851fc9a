/*
 * audit_key.c
 *		The key of a row in the audit log.
 *
 * It is the text of the primary key, or else of the replica identity, by which
 * the history of a row is found in an index, whatever else is in the row.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/typcache.h"

#include "audit.h"

/* Bytes of a key that is written as it is. */
#define MAX_KEY	2000

/* Does the text of a type depend on no setting? */
bool
handover_audit_is_plain(Oid type)
{
	Oid			base = getBaseType(type);

	return base == UUIDOID || base == INETOID || base == CIDROID ||
		base == NAMEOID || base == OIDOID || base == INT2OID ||
		base == INT4OID || base == INT8OID || base == TEXTOID ||
		base == VARCHAROID || base == BPCHAROID || base == BOOLOID || base == TEXTARRAYOID ||
		base == INT8ARRAYOID || base == INT4ARRAYOID ||
		get_typtype(base) == TYPTYPE_ENUM;
}

/*
 * The columns of the primary key, or else of the replica identity; none if the
 * table has neither.
 */
void
handover_audit_find_key(AuditKey *key, Relation relation,
						MemoryContext context)
{
	Oid			index_relid = RelationGetReplicaIndex(relation);
	Relation	index;
	int			n;

	if (OidIsValid(relation->rd_pkindex))
		index_relid = relation->rd_pkindex;
	key->n = 0;
	key->pin_settings = false;
	if (!OidIsValid(index_relid))
		return;
	index = index_open(index_relid, AccessShareLock);
	n = index->rd_index->indnkeyatts;
	key->columns = MemoryContextAlloc(context, sizeof(AttrNumber) * n);
	key->output = MemoryContextAlloc(context, sizeof(FmgrInfo) * n);
	for (int i = 0; i < n; i++)
	{
		AttrNumber	column = index->rd_index->indkey.values[i];
		Oid			type = TupleDescAttr(RelationGetDescr(relation),
										 column - 1)->atttypid;
		Oid			output;
		bool		is_varlena;

		/* A key is text, and so depends on settings where a row does not. */
		if (!handover_audit_is_plain(type))
			key->pin_settings = true;
		getTypeOutputInfo(type, &output, &is_varlena);
		fmgr_info_cxt(output, &key->output[i], context);
		key->columns[key->n++] = column;
	}
	index_close(index, AccessShareLock);
}

/* An index holds no longer one; audit_key() does the same. */
static Datum
shorten(Datum key)
{
	text	   *whole = DatumGetTextPP(key);
	Datum		digest;
	char	   *hex;

	if (VARSIZE_ANY_EXHDR(whole) <= MAX_KEY)
		return key;
	digest = DirectFunctionCall1(sha256_bytea, key);
	hex = TextDatumGetCString(DirectFunctionCall2(binary_encode, digest,
												  CStringGetTextDatum("hex")));
	return CStringGetTextDatum(psprintf("sha256:%s", hex));
}

/*
 * The key of a row as text: its column, or several columns as the text of an
 * array, in the order of the index.
 */
Datum
handover_audit_key(AuditKey *key, Datum *values, bool *nulls)
{
	Datum		texts[INDEX_MAX_KEYS];
	bool		missing[INDEX_MAX_KEYS];
	int			dims[1];
	int			lower[1] = {1};
	ArrayType  *array;

	for (int i = 0; i < key->n; i++)
	{
		int			at = key->columns[i] - 1;

		missing[i] = nulls[at];
		if (!nulls[at])
			texts[i] = CStringGetTextDatum(OutputFunctionCall(&key->output[i],
															  values[at]));
	}
	if (key->n == 1)
		return shorten(texts[0]);
	dims[0] = key->n;
	array = construct_md_array(texts, missing, 1, dims, lower,
							   TEXTOID, -1, false, TYPALIGN_INT);
	return shorten(CStringGetTextDatum(OidOutputFunctionCall(F_ARRAY_OUT,
															 PointerGetDatum(array))));
}

/* The key of the rows of a type; of type record, they are of any. */
typedef struct RowKey
{
	Oid			type;
	AuditKey	key;
} RowKey;

static AuditKey *
open_row_key(FmgrInfo *flinfo, Oid type)
{
	RowKey	   *known = flinfo->fn_extra;
	Oid			relid;
	Relation	relation;

	if (known != NULL && known->type == type)
		return &known->key;
	relid = get_typ_typrelid(type);
	if (!OidIsValid(relid))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("type %s is not the row type of a table",
						format_type_be(type))));
	relation = relation_open(relid, AccessShareLock);
	known = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(RowKey));
	known->type = type;
	handover_audit_find_key(&known->key, relation, flinfo->fn_mcxt);
	relation_close(relation, AccessShareLock);
	flinfo->fn_extra = known;
	return &known->key;
}

/*
 * audit_row_key(row anyelement) returns text
 *
 * The key of a row of a table; NULL if the table has none.  The settings that
 * output functions look at are the caller's: see pin_settings().
 */
PG_FUNCTION_INFO_V1(handover_audit_row_key);
Datum
handover_audit_row_key(PG_FUNCTION_ARGS)
{
	HeapTupleHeader header = PG_GETARG_HEAPTUPLEHEADER(0);
	Oid			type = HeapTupleHeaderGetTypeId(header);
	AuditKey   *key = open_row_key(fcinfo->flinfo, type);
	TupleDesc	tupdesc;
	HeapTupleData row;
	Datum	   *values;
	bool	   *nulls;
	bool		has_null = false;
	Datum		result = (Datum) 0;

	if (key->n == 0)
		PG_RETURN_NULL();
	tupdesc = lookup_rowtype_tupdesc(type, HeapTupleHeaderGetTypMod(header));
	row.t_len = HeapTupleHeaderGetDatumLength(header);
	ItemPointerSetInvalid(&row.t_self);
	row.t_tableOid = InvalidOid;
	row.t_data = header;
	values = palloc_array(Datum, tupdesc->natts);
	nulls = palloc_array(bool, tupdesc->natts);
	heap_deform_tuple(&row, tupdesc, values, nulls);
	for (int i = 0; i < key->n; i++)
		has_null = has_null || nulls[key->columns[i] - 1];
	if (!has_null)
		result = handover_audit_key(key, values, nulls);
	ReleaseTupleDesc(tupdesc);
	if (has_null)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(result);
}

/*
 * key_part(key text, place integer) returns bigint
 *
 * The number at a place of a key that is one number, or an array of numbers;
 * NULL if there is none.
 */
PG_FUNCTION_INFO_V1(handover_key_part);
Datum
handover_key_part(PG_FUNCTION_ARGS)
{
	char	   *at = text_to_cstring(PG_GETARG_TEXT_PP(0));
	int32		place = PG_GETARG_INT32(1);
	bool		is_array = *at == '{';

	if (is_array)
		at++;
	for (int i = 1;; i++)
	{
		int64		number = 0;
		int			ndigits = 0;

		/* 18 digits always fit. */
		while (*at >= '0' && *at <= '9' && ndigits < 18)
		{
			number = number * 10 + (*at++ - '0');
			ndigits++;
		}
		if (ndigits == 0 || *at != (is_array ? (strchr(at, ',') ? ',' : '}') : '\0'))
			PG_RETURN_NULL();
		if (i == place)
			PG_RETURN_INT64(number);
		if (*at++ != ',')
			PG_RETURN_NULL();
	}
}
