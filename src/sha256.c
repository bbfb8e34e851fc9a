/*
 * sha256.c
 *		SHA-256 of texts that come one by one.
 */
#include "postgres.h"

#include "common/cryptohash.h"
#include "common/sha2.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/memutils.h"

#include "handover.h"

typedef struct HashState
{
	pg_cryptohash_ctx *context;
} HashState;

static void
free_hash(Datum argument)
{
	HashState  *state = (HashState *) DatumGetPointer(argument);

	if (state->context != NULL)
		pg_cryptohash_free(state->context);
	state->context = NULL;
}

static void
check(int result, HashState *state)
{
	if (result < 0)
		elog(ERROR, "could not compute SHA-256: %s",
			 pg_cryptohash_error(state->context));
}

static void
update(HashState *state, const char *bytes, size_t length)
{
	check(pg_cryptohash_update(state->context, (const uint8 *) bytes, length),
		  state);
}

/*
 * sha256_accum(internal, text) returns internal
 *
 * Transition function of sha256_agg(text): adds the text in UTF-8, and the end
 * of a line.  A NULL adds nothing.
 */
PG_FUNCTION_INFO_V1(handover_sha256_accum);
Datum
handover_sha256_accum(PG_FUNCTION_ARGS)
{
	HashState  *state;

	if (PG_ARGISNULL(0))
	{
		MemoryContext context;
		MemoryContext old;

		if (!AggCheckCallContext(fcinfo, &context))
			elog(ERROR, "sha256_accum called in non-aggregate context");
		old = MemoryContextSwitchTo(context);
		state = palloc0(sizeof(HashState));
		state->context = pg_cryptohash_create(PG_SHA256);
		MemoryContextSwitchTo(old);
		AggRegisterCallback(fcinfo, free_hash, PointerGetDatum(state));
		check(pg_cryptohash_init(state->context), state);
	}
	else
		state = (HashState *) PG_GETARG_POINTER(0);
	if (!PG_ARGISNULL(1))
	{
		text	   *line = PG_GETARG_TEXT_PP(1);
		int			length = VARSIZE_ANY_EXHDR(line);
		char	   *utf8 = pg_server_to_any(VARDATA_ANY(line), length,
											PG_UTF8);

		if (utf8 != VARDATA_ANY(line))
			length = strlen(utf8);
		update(state, utf8, length);
		update(state, "\n", 1);
	}
	PG_RETURN_POINTER(state);
}

/*
 * sha256_final(internal) returns bytea
 */
PG_FUNCTION_INFO_V1(handover_sha256_final);
Datum
handover_sha256_final(PG_FUNCTION_ARGS)
{
	HashState  *state;
	bytea	   *digest;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = (HashState *) PG_GETARG_POINTER(0);
	digest = palloc(VARHDRSZ + PG_SHA256_DIGEST_LENGTH);
	SET_VARSIZE(digest, VARHDRSZ + PG_SHA256_DIGEST_LENGTH);
	check(pg_cryptohash_final(state->context, (uint8 *) VARDATA(digest),
							  PG_SHA256_DIGEST_LENGTH), state);
	free_hash(PointerGetDatum(state));
	PG_RETURN_BYTEA_P(digest);
}
