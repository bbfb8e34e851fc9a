/*
 * handover_compat.h
 *		Lets every other file be written for the newest server.
 *
 * What a newer major has and an older one lacks is defined here, under its
 * new name.  No other file looks at PG_VERSION_NUM.
 */
#ifndef HANDOVER_COMPAT_H
#define HANDOVER_COMPAT_H

#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#include "varatt.h"
#endif

/* Soft errors came with 16; before it, an error that may be soft is hard. */
#if PG_VERSION_NUM < 160000
struct Node;
#define errsave(context, ...) \
	do { (void) (context); ereport(ERROR, __VA_ARGS__); } while (0)
#define ereturn(context, value, ...) \
	do { errsave(context, __VA_ARGS__); return value; } while (0)
#define DirectInputFunctionCallSafe(function, str, typioparam, typmod, context, result) \
	((void) (context), \
	 *(result) = DirectFunctionCall3(function, CStringGetDatum(str), \
									 ObjectIdGetDatum(typioparam), \
									 Int32GetDatum(typmod)), true)
#define SOFT_ERROR_OCCURRED(context) ((void) (context), false)
#define HANDOVER_ESCONTEXT(fcinfo) ((void) (fcinfo), (struct Node *) NULL)
#else
#define HANDOVER_ESCONTEXT(fcinfo) ((fcinfo)->context)
#endif

/* So did what else is to be said of a time that cannot be read. */
#if PG_VERSION_NUM < 160000
typedef int DateTimeErrorExtra;
#define DecodeDateTime(field, ftype, nf, dtype, tm, fsec, tzp, extra) \
	((void) (extra), DecodeDateTime(field, ftype, nf, dtype, tm, fsec, tzp))
#endif

/* Typed allocation came with 16 too. */
#ifndef palloc_object
#define palloc_object(type) ((type *) palloc(sizeof(type)))
#define palloc0_object(type) ((type *) palloc0(sizeof(type)))
#define palloc_array(type, count) ((type *) palloc(sizeof(type) * (count)))
#define palloc0_array(type, count) ((type *) palloc0(sizeof(type) * (count)))
#define repalloc_array(pointer, type, count) \
	((type *) repalloc(pointer, sizeof(type) * (count)))
#endif

/* 16 has one function for all kinds of objects; only tables are asked about. */
#if PG_VERSION_NUM < 160000
#define object_ownercheck(classid, objectid, roleid) \
	pg_class_ownercheck(objectid, roleid)
#endif

/* 18 has columns that are computed when they are read. */
#ifndef ATTRIBUTE_GENERATED_VIRTUAL
#define ATTRIBUTE_GENERATED_VIRTUAL 'v'
#endif

/* 18 has foreign keys that are not enforced. */
#if PG_VERSION_NUM >= 180000
#define foreign_key_enforced(key) ((key)->conenforced)
#else
#define foreign_key_enforced(key) true
#endif

/* 18 takes a name and a version into the magic block. */
#if PG_VERSION_NUM < 180000
#define PG_MODULE_MAGIC_EXT(...) PG_MODULE_MAGIC
#endif

/* 18 says so in front, as C11 does. */
#ifndef pg_noreturn
#define pg_noreturn pg_attribute_noreturn()
#endif

#endif							/* HANDOVER_COMPAT_H */
