/*
 * audit_record.c
 *		Rows again, from what the audit log keeps of them.
 *
 * The reverse of audit_value.c: each value goes through the input function of
 * its type, as it came from the output function.  That of a domain runs what its
 * owner has written, and who reads the log shall not run it in their own name: it
 * runs as the owner of the table, as what VACUUM and REINDEX call does.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "handover.h"

/* How the columns of a type of rows are read. */
typedef struct RecordReader
{
	Oid			type;
	Oid			owner;			/* of the table */
	TupleDesc	tupdesc;
	bool	   *is_jsonb;
	FmgrInfo   *input;
	Oid		   *ioparam;
} RecordReader;

static RecordReader *
open_reader(FmgrInfo *flinfo, Oid type)
{
	RecordReader *reader = flinfo->fn_extra;
	MemoryContext old;
	TupleDesc	tupdesc;
	HeapTuple	class;

	if (reader != NULL && reader->type == type)
		return reader;
	tupdesc = lookup_rowtype_tupdesc(type, -1);
	old = MemoryContextSwitchTo(flinfo->fn_mcxt);
	reader = palloc0_object(RecordReader);
	reader->type = type;
	class = SearchSysCache1(RELOID,
							ObjectIdGetDatum(get_typ_typrelid(type)));
	if (!HeapTupleIsValid(class))
		elog(ERROR, "cache lookup failed for row type %u", type);
	reader->owner = ((Form_pg_class) GETSTRUCT(class))->relowner;
	ReleaseSysCache(class);
	reader->tupdesc = CreateTupleDescCopy(tupdesc);
	ReleaseTupleDesc(tupdesc);
	reader->is_jsonb = palloc0_array(bool, reader->tupdesc->natts);
	reader->input = palloc0_array(FmgrInfo, reader->tupdesc->natts);
	reader->ioparam = palloc0_array(Oid, reader->tupdesc->natts);
	for (int i = 0; i < reader->tupdesc->natts; i++)
	{
		Form_pg_attribute attr = TupleDescAttr(reader->tupdesc, i);
		Oid			function;

		if (attr->attisdropped)
			continue;
		reader->is_jsonb[i] = getBaseType(attr->atttypid) == JSONBOID;
		getTypeInputInfo(attr->atttypid, &function, &reader->ioparam[i]);
		fmgr_info_cxt(function, &reader->input[i], flinfo->fn_mcxt);
	}
	MemoryContextSwitchTo(old);
	flinfo->fn_extra = reader;
	return reader;
}

/* A value as its type's input function reads it; NULL for null. */
static char *
value_text(JsonbValue *value, bool is_jsonb)
{
	Jsonb	   *jsonb;

	if (value->type == jbvNull)
		return NULL;
	if (value->type == jbvString && !is_jsonb)
		return pnstrdup(value->val.string.val, value->val.string.len);
	jsonb = JsonbValueToJsonb(value);
	return JsonbToCString(NULL, &jsonb->root, VARSIZE(jsonb));
}

/*
 * audit_record(base anyelement, image jsonb) returns anyelement
 *
 * The row base with the columns that the image has; what it does not have stays,
 * and is NULL if base is NULL.  What the image has and the row has not is passed over.
 */
PG_FUNCTION_INFO_V1(handover_audit_record);
Datum
handover_audit_record(PG_FUNCTION_ARGS)
{
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, 0);
	RecordReader *reader;
	Datum	   *values;
	bool	   *nulls;
	Jsonb	   *image;
	Oid			user;
	int			context;

	if (!OidIsValid(type) || get_typtype(type) != TYPTYPE_COMPOSITE)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("type %s is not the row type of a table",
						format_type_be(type))));
	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	image = PG_GETARG_JSONB_P(1);
	reader = open_reader(fcinfo->flinfo, type);
	values = palloc0_array(Datum, reader->tupdesc->natts);
	nulls = palloc_array(bool, reader->tupdesc->natts);
	memset(nulls, true, reader->tupdesc->natts);
	if (!PG_ARGISNULL(0))
	{
		HeapTupleHeader header = PG_GETARG_HEAPTUPLEHEADER(0);
		HeapTupleData row;

		row.t_len = HeapTupleHeaderGetDatumLength(header);
		ItemPointerSetInvalid(&row.t_self);
		row.t_tableOid = InvalidOid;
		row.t_data = header;
		heap_deform_tuple(&row, reader->tupdesc, values, nulls);
	}
	/* After an error, the end of the (sub)transaction resets it. */
	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(reader->owner,
						   context | SECURITY_RESTRICTED_OPERATION);
	for (int i = 0; i < reader->tupdesc->natts; i++)
	{
		Form_pg_attribute attr = TupleDescAttr(reader->tupdesc, i);
		JsonbValue	value;
		char	   *text;

		if (attr->attisdropped || !JB_ROOT_IS_OBJECT(image) ||
			getKeyJsonValueFromContainer(&image->root, NameStr(attr->attname),
										 strlen(NameStr(attr->attname)),
										 &value) == NULL)
			continue;
		text = value_text(&value, reader->is_jsonb[i]);
		nulls[i] = text == NULL;
		values[i] = InputFunctionCall(&reader->input[i], text,
									  reader->ioparam[i], attr->atttypmod);
	}
	SetUserIdAndSecContext(user, context);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(reader->tupdesc,
													  values, nulls)));
}
