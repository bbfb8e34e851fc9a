/*
 * tally.h
 *		handover.tally: how far a handover satisfies a checklist, counted.
 *
 *		vl_len_			4 bytes
 *		version			1 byte		TALLY_VERSION
 *		width			1 byte		of a number: 1, 2 or 4 bytes, signed
 *		nrules			2 bytes
 *		fingerprint		8 bytes		of the checklist counted for
 *		counts			nrules times: hits, population
 *
 * What the two numbers count depends on the claim of the rule:
 *
 *		at least	items that match		items that declare there are none
 *		no			items that match		0
 *		every		items that match and	items that match
 *					have the term
 *
 * Both are sums over items, so tallies add up and subtract; a difference may
 * hold negative numbers.  The width is the least that holds all numbers, so
 * that equal tallies are equal bytes and a tally of thirty rules has 76 bytes.
 */
#ifndef HANDOVER_TALLY_H
#define HANDOVER_TALLY_H

#include "fmgr.h"

#include "checklist.h"

#define TALLY_VERSION	1

typedef struct Count
{
	int32		hits;
	int32		population;
} Count;

typedef struct Tally
{
	int32		vl_len_;		/* varlena header (do not touch directly!) */
	uint8		version;
	uint8		width;
	uint16		nrules;
	uint32		fingerprint[2]; /* high, low */
	char		data[FLEXIBLE_ARRAY_MEMBER];
} Tally;

#define DatumGetTallyP(d)		((Tally *) PG_DETOAST_DATUM(d))
#define PG_GETARG_TALLY_P(n)	DatumGetTallyP(PG_GETARG_DATUM(n))

/* tally_ops.c */
extern Tally *handover_build_tally(const uint32 *fingerprint, int nrules,
								   const Count *counts);
extern Count *handover_tally_counts(const Tally *tally, Count *counts);
extern void handover_add_counts(const Tally *tally, Count *counts);
extern void handover_check_tally(const Checklist *checklist,
								 const Tally *tally);

#endif							/* HANDOVER_TALLY_H */
