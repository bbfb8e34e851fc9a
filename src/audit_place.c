/*
 * audit_place.c
 *		Where the log's index has an entry: a number made of its table and key.
 *
 * Every change of an audited table writes this index, and a number is compared
 * and stored for half of what a table and a text take.  A place is not unique:
 * whoever looks an entry up compares its table and key, too.
 *
 *		20 bits		table, by its key in audit_relation
 *		24 bits		the number with which the key begins, or a hash of a key that
 *					begins with none
 *		20 bits		a hash of the key
 *
 * So the rows of one handover stand together, and rows that are added one after
 * the other near each other, which is kind to caches.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "utils/builtins.h"

#include "audit.h"

#define TABLE_BITS		20
#define NUMBER_BITS		24
#define HASH_BITS		20

#define low_bits(number, bits)	((uint64) (number) & ((UINT64CONST(1) << (bits)) - 1))

static int64
place(int32 relation_id, uint64 number, uint64 hash)
{
	return (int64) (low_bits(relation_id, TABLE_BITS) << (NUMBER_BITS + HASH_BITS) |
					low_bits(number, NUMBER_BITS) << HASH_BITS |
					low_bits(hash, HASH_BITS));
}

/* The number that is the key, or the first of its columns: "17", "{17,...}". */
static bool
first_number(const char *key, int length, uint64 *number)
{
	const char *digits = length > 0 && key[0] == '{' ? key + 1 : key;
	const char *end = key + length;
	const char *at;

	*number = 0;
	for (at = digits; at < end && *at >= '0' && *at <= '9'; at++)
		*number = *number * 10 + (*at - '0');	/* may wrap */
	return at > digits && (at == end || *at == ',');
}

/*
 * The place of an entry, by its table (0 for none) and its key (NULL for none).
 */
int64
handover_audit_place(int32 relation_id, const char *key, int length)
{
	uint64		hash;
	uint64		number;

	if (key == NULL)
		return place(relation_id, 0, 0);
	hash = hash_bytes_extended((const unsigned char *) key, length, 0);
	if (!first_number(key, length, &number))
		number = hash >> HASH_BITS;
	return place(relation_id, number, hash);
}

/*
 * audit_place(relation_id integer, key text) returns bigint
 */
PG_FUNCTION_INFO_V1(handover_audit_place_of);
Datum
handover_audit_place_of(PG_FUNCTION_ARGS)
{
	int32		relation_id = PG_ARGISNULL(0) ? 0 : PG_GETARG_INT32(0);
	text	   *key;

	if (PG_ARGISNULL(1))
		PG_RETURN_INT64(handover_audit_place(relation_id, NULL, 0));
	key = PG_GETARG_TEXT_PP(1);
	PG_RETURN_INT64(handover_audit_place(relation_id, VARDATA_ANY(key),
										 VARSIZE_ANY_EXHDR(key)));
}

/*
 * audit_place_from(relation_id integer, number bigint) returns bigint
 * audit_place_to(relation_id integer, number bigint) returns bigint
 *
 * The first and the last place of keys that begin with a number.
 */
PG_FUNCTION_INFO_V1(handover_audit_place_from);
Datum
handover_audit_place_from(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(place(PG_GETARG_INT32(0), (uint64) PG_GETARG_INT64(1), 0));
}

PG_FUNCTION_INFO_V1(handover_audit_place_to);
Datum
handover_audit_place_to(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(place(PG_GETARG_INT32(0), (uint64) PG_GETARG_INT64(1),
						  ~UINT64CONST(0)));
}
