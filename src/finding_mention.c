/*
 * finding_mention.c
 *		Which items others name: what explains or measures them, and whose
 *		access was given.
 *
 * A handover may have many of both, so the names are sorted once, when the
 * first of them is asked for.  Upper and lower case are the same.
 */
#include "postgres.h"

#include "catalog/pg_collation.h"
#include "utils/formatting.h"

#include "finding.h"

typedef struct NameSet
{
	char	  **names;			/* in lower case, in order */
	int			n;
	int			size;
} NameSet;

struct Mentions
{
	NameSet		explained;		/* what knowledge, procedures and documents are for */
	NameSet		measured;		/* what metrics are for */
	NameSet		accessible;		/* titles and accounts of access that was given */
	bool		measures_all;	/* a metric does not say what it is for */
	bool		needs_nothing;	/* a dependency says that there is none */
};

/* ------------------------------------------------------------------------
 * Sets of names
 * ------------------------------------------------------------------------
 */

static char *
lower(Span name)
{
	return str_tolower(name.str, name.len, DEFAULT_COLLATION_OID);
}

static void
add_name(NameSet *set, Span name)
{
	if (name.str == NULL)
		return;
	if (set->n == set->size)
	{
		set->size = Max(2 * set->size, 8);
		set->names = set->names == NULL ? palloc_array(char *, set->size) :
			repalloc_huge(set->names, sizeof(char *) * set->size);
	}
	set->names[set->n++] = lower(name);
}

/* A name, or a list of them with commas between; it is both. */
static void
add_list(NameSet *set, Span list)
{
	int			start = 0;

	add_name(set, list);
	for (int i = 0; i + 1 < list.len; i++)
		if (list.str[i] == ',' && list.str[i + 1] == ' ')
		{
			add_name(set, (Span) {list.str + start, i - start});
			start = i + 2;
		}
	if (start > 0)
		add_name(set, (Span) {list.str + start, list.len - start});
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *) a, *(char *const *) b);
}

static void
sort_names(NameSet *set)
{
	if (set->n > 1)
		qsort(set->names, set->n, sizeof(char *), compare_names);
}

static bool
has_name(const NameSet *set, Span name)
{
	char	   *key;
	bool		found;

	if (name.str == NULL || set->n == 0)
		return false;
	key = lower(name);
	found = bsearch(&key, set->names, set->n, sizeof(char *),
					compare_names) != NULL;
	pfree(key);
	return found;
}

/* ------------------------------------------------------------------------
 * The pass over the items
 * ------------------------------------------------------------------------
 */

/* Has the new owner this access, be it said to be none? */
static bool
is_given(const FindingItem *access)
{
	return handover_attribute_is(access, "transfer_status", "granted") ||
		handover_attribute_is(access, "transfer_status", "verified") ||
		handover_moment_of(access, "verified_at").known;
}

static void
add_item(Mentions *mentions, const FindingItem *item)
{
	Span		applies_to;

	switch (item->kind)
	{
		case ELEMENT_KNOWLEDGE:
		case ELEMENT_PROCEDURE:
		case ELEMENT_DOCUMENT:
			if (item->is_real)
				add_list(&mentions->explained,
						 handover_words_of(item, "applies_to"));
			break;
		case ELEMENT_METRIC:
			if (!item->is_real)
				break;
			applies_to = handover_words_of(item, "applies_to");
			mentions->measures_all |= applies_to.str == NULL;
			add_list(&mentions->measured, applies_to);
			break;
		case ELEMENT_ACCESS_GRANT:
			if (!is_given(item))
				break;
			add_name(&mentions->accessible, item->title);
			add_name(&mentions->accessible,
					 handover_words_of(item, "account"));
			break;
		case ELEMENT_DEPENDENCY:
			mentions->needs_nothing |= !item->is_real;
			break;
		default:
			break;
	}
}

static const Mentions *
mentions_of(Search *search)
{
	MemoryContext old;
	Mentions   *mentions;

	if (search->mentions != NULL)
		return search->mentions;
	old = MemoryContextSwitchTo(search->context);
	mentions = palloc0_object(Mentions);
	for (int i = 0; i < search->nitems; i++)
		add_item(mentions, &search->items[i]);
	sort_names(&mentions->explained);
	sort_names(&mentions->measured);
	sort_names(&mentions->accessible);
	search->mentions = mentions;
	MemoryContextSwitchTo(old);
	return mentions;
}

/* ------------------------------------------------------------------------
 * Questions
 * ------------------------------------------------------------------------
 */

/* Does knowledge, a procedure or a document apply to what has this title? */
bool
handover_is_explained(Search *search, Span title)
{
	return has_name(&mentions_of(search)->explained, title);
}

/* Does a metric?  One that does not say to what applies to all. */
bool
handover_is_measured(Search *search, Span title)
{
	const Mentions *mentions = mentions_of(search);

	return mentions->measures_all || has_name(&mentions->measured, title);
}

/* Has the new owner the access of that title or account? */
bool
handover_is_accessible(Search *search, Span name)
{
	return has_name(&mentions_of(search)->accessible, name);
}

/* Does the handover say that there are no dependencies? */
bool
handover_needs_nothing(Search *search)
{
	return mentions_of(search)->needs_nothing;
}
