/*
 * counter_cache.c
 *		Counters that triggers use again and again.
 *
 * Handovers of one role have the same checklist, and a trigger meets the same
 * few types of rows; so a counter is kept for as many pairs as a session is
 * likely to be busy with.  One that is in use is pinned, and nobody else's:
 * reading a row may run functions of its types, and these anything, counting
 * other rows included.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/memutils.h"

#include "counter_cache.h"

#define CACHE_ENTRIES	32

typedef struct CacheEntry
{
	RowCounter *counter;		/* NULL if the entry is free */
	Oid			row_type;
	SubTransactionId pinned_by; /* or InvalidSubTransactionId */
	uint64		used;			/* when, by the clock below */
} CacheEntry;

static CacheEntry cache[CACHE_ENTRIES];
static uint64 uses = 0;

/* What an error left pinned, the end of the transaction frees. */
static void
unpin_all(XactEvent event, void *argument)
{
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
		event == XACT_EVENT_PREPARE)
		for (int i = 0; i < CACHE_ENTRIES; i++)
			cache[i].pinned_by = InvalidSubTransactionId;
}

/* Likewise that of a subtransaction, and of what it began. */
static void
unpin_some(SubXactEvent event, SubTransactionId mine, SubTransactionId parent,
		   void *argument)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		for (int i = 0; i < CACHE_ENTRIES; i++)
			if (cache[i].pinned_by >= mine)
				cache[i].pinned_by = InvalidSubTransactionId;
}

/* The entry to use for another counter, or NULL if all are in use. */
static CacheEntry *
oldest_entry(void)
{
	CacheEntry *oldest = NULL;

	for (int i = 0; i < CACHE_ENTRIES; i++)
		if (cache[i].pinned_by == InvalidSubTransactionId &&
			(oldest == NULL || cache[i].used < oldest->used))
			oldest = &cache[i];
	return oldest;
}

/*
 * A counter for a checklist and rows of a type, for the caller to release.
 */
RowCounter *
handover_get_counter(const Checklist *checklist, Oid row_type)
{
	static bool registered = false;
	CacheEntry *entry;
	RowCounter *counter;

	if (!registered)
	{
		RegisterXactCallback(unpin_all, NULL);
		RegisterSubXactCallback(unpin_some, NULL);
	}
	registered = true;

	for (int i = 0; i < CACHE_ENTRIES; i++)
	{
		entry = &cache[i];
		if (entry->counter != NULL && entry->row_type == row_type &&
			entry->pinned_by == InvalidSubTransactionId &&
			handover_counter_is_for(entry->counter, checklist))
		{
			handover_counter_set_type(entry->counter, row_type, -1);
			entry->pinned_by = GetCurrentSubTransactionId();
			entry->used = ++uses;
			return entry->counter;
		}
	}

	counter = handover_open_counter(CurrentMemoryContext, checklist);
	handover_counter_set_type(counter, row_type, -1);
	entry = oldest_entry();
	if (entry == NULL)
		return counter;
	handover_keep_counter(counter, TopMemoryContext);
	if (entry->counter != NULL)
		handover_close_counter(entry->counter);
	entry->counter = counter;
	entry->row_type = row_type;
	entry->pinned_by = GetCurrentSubTransactionId();
	entry->used = ++uses;
	return counter;
}

void
handover_release_counter(RowCounter *counter)
{
	for (int i = 0; i < CACHE_ENTRIES; i++)
	{
		if (cache[i].counter == counter)
		{
			cache[i].pinned_by = InvalidSubTransactionId;
			return;
		}
	}
	handover_close_counter(counter);
}
