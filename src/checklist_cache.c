/*
 * checklist_cache.c
 *		Checklists that were read from a table a moment ago.
 *
 * A handover keeps a copy of its checklist, some kilobytes that TOAST moves
 * out of the row.  One change of an item needs it several times: to count the
 * item, to judge the handover, in the CHECK, in the generated column.  Reading
 * it back costs more than all of these together, so what was read is kept
 * here, under its TOAST pointer.
 *
 * A stored value never changes.  Its pointer may mean another value only once
 * the value is gone and the OID counter has come round, which takes four
 * thousand million OIDs; so what is older than a minute is read again.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "checklist_cache.h"

#define CACHE_ENTRIES	64
#define MAX_AGE			(60 * USECS_PER_SEC)

typedef struct CacheEntry
{
	struct varatt_external pointer;
	TimestampTz read_at;
	Checklist  *checklist;		/* NULL if the entry is free */
} CacheEntry;

static CacheEntry cache[CACHE_ENTRIES];

/*
 * The checklist of a datum.  It is not the caller's: it must not be changed,
 * and holds until the next call, or as long as the datum does.
 */
const Checklist *
handover_get_checklist(Datum datum)
{
	struct varlena *attribute = (struct varlena *) DatumGetPointer(datum);
	struct varatt_external pointer;
	CacheEntry *entry;
	Checklist  *read;
	TimestampTz now;

	if (!VARATT_IS_EXTERNAL_ONDISK(attribute))
		return DatumGetChecklistP(datum);

	VARATT_EXTERNAL_GET_POINTER(pointer, attribute);
	entry = &cache[pointer.va_valueid % CACHE_ENTRIES];
	now = GetCurrentTimestamp();
	if (entry->checklist != NULL &&
		memcmp(&entry->pointer, &pointer, sizeof(pointer)) == 0 &&
		now - entry->read_at >= 0 && now - entry->read_at < MAX_AGE)
		return entry->checklist;

	/* Whatever fails from here on leaves the entry free. */
	read = DatumGetChecklistP(datum);
	if (entry->checklist != NULL)
	{
		pfree(entry->checklist);
		entry->checklist = NULL;
	}
	entry->checklist = MemoryContextAlloc(CacheMemoryContext, VARSIZE(read));
	memcpy(entry->checklist, read, VARSIZE(read));
	pfree(read);
	entry->pointer = pointer;
	entry->read_at = now;
	return entry->checklist;
}
