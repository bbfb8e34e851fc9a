/*
 * checklist_cache.c
 *		Checklists that were read from a table a moment ago.
 *
 * A handover keeps a copy of its checklist, some kilobytes that TOAST moves
 * out of the row.  One change of an item needs it several times: to count the
 * item, to judge the handover, in the CHECK, in the generated column.  Reading
 * it back costs more than all of these together, so what was read is kept
 * here.  It is found by its TOAST pointer; but handovers of one role have
 * equal checklists, so few are kept for many pointers.
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

#define POINTERS		1024
#define CHECKLISTS		64
#define MAX_AGE			(60 * USECS_PER_SEC)

typedef struct PointerEntry
{
	struct varatt_external pointer;
	TimestampTz read_at;
	int			place;			/* of the checklist */
	uint64		number;			/* that it had, 0 if the entry is free */
} PointerEntry;

typedef struct ChecklistEntry
{
	Checklist  *checklist;		/* NULL if the entry is free */
	uint64		number;			/* none has had it before */
} ChecklistEntry;

static PointerEntry pointers[POINTERS];
static ChecklistEntry checklists[CHECKLISTS];
static uint64 last_number = 0;

static bool
same_checklist(const Checklist *a, const Checklist *b)
{
	return VARSIZE(a) == VARSIZE(b) && memcmp(a, b, VARSIZE(a)) == 0;
}

/*
 * The place of a checklist among those that are kept; if it is not yet one of
 * them, it takes the place of the one that came first.
 */
static int
keep(const Checklist *checklist)
{
	ChecklistEntry *entry;
	Checklist  *copy;

	for (int i = 0; i < CHECKLISTS; i++)
		if (checklists[i].checklist != NULL &&
			same_checklist(checklists[i].checklist, checklist))
			return i;

	copy = MemoryContextAlloc(CacheMemoryContext, VARSIZE(checklist));
	memcpy(copy, checklist, VARSIZE(checklist));
	entry = &checklists[last_number % CHECKLISTS];
	if (entry->checklist != NULL)
		pfree(entry->checklist);
	entry->checklist = copy;
	entry->number = ++last_number;
	return entry - checklists;
}

/*
 * The checklist of a datum.  It is not the caller's: it must not be changed,
 * and holds until the next call, or as long as the datum does.
 */
const Checklist *
handover_get_checklist(Datum datum)
{
	struct varlena *attribute = (struct varlena *) DatumGetPointer(datum);
	struct varatt_external pointer;
	PointerEntry *entry;
	Checklist  *read;
	TimestampTz now;

	if (!VARATT_IS_EXTERNAL_ONDISK(attribute))
		return DatumGetChecklistP(datum);

	VARATT_EXTERNAL_GET_POINTER(pointer, attribute);
	entry = &pointers[pointer.va_valueid % POINTERS];
	now = GetCurrentTimestamp();
	if (entry->number > 0 &&
		checklists[entry->place].number == entry->number &&
		memcmp(&entry->pointer, &pointer, sizeof(pointer)) == 0 &&
		now - entry->read_at >= 0 && now - entry->read_at < MAX_AGE)
		return checklists[entry->place].checklist;

	/* Whatever fails from here on leaves the entry as it was. */
	read = DatumGetChecklistP(datum);
	entry->place = keep(read);
	entry->number = checklists[entry->place].number;
	entry->pointer = pointer;
	entry->read_at = now;
	pfree(read);
	return checklists[entry->place].checklist;
}
