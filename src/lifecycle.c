/*
 * lifecycle.c
 *		How a handover moves from status to status, and who is recorded for it.
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "access/xact.h"
#include "nodes/bitmapset.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "actor.h"
#include "header.h"
#include "value.h"

/* Where a handover may go from each status. */
static const bool moves[N_STATUSES][N_STATUSES] = {
	[STATUS_DRAFT] = {
		[STATUS_SUBMITTED] = true, [STATUS_CANCELLED] = true
	},
	[STATUS_SUBMITTED] = {
		[STATUS_DRAFT] = true, [STATUS_ACCEPTED] = true,
		[STATUS_CANCELLED] = true
	},
	[STATUS_ACCEPTED] = {
		[STATUS_CLOSED] = true, [STATUS_CANCELLED] = true
	}
};

/* Where a move is recorded; "by" first. */
static const HeaderColumn stamps[N_STATUSES] = {
	[STATUS_DRAFT] = HEADER_RETURNED_BY,
	[STATUS_SUBMITTED] = HEADER_SUBMITTED_BY,
	[STATUS_ACCEPTED] = HEADER_ACCEPTED_BY,
	[STATUS_CLOSED] = HEADER_CLOSED_BY,
	[STATUS_CANCELLED] = HEADER_CANCELLED_BY
};

static void
stamp(Header *header, HeaderColumn by)
{
	header_set(header, by, CStringGetTextDatum(handover_current_actor()));
	header_set(header, by + 1,
			   TimestampTzGetDatum(GetCurrentTransactionStartTimestamp()));
}

void
handover_stamp_creation(Header *header)
{
	stamp(header, HEADER_CREATED_BY);
}

/* Has a client written a column, in an INSERT or by another value? */
static bool
is_written(const Header *header, HeaderColumn column)
{
	return header->old_values != NULL ?
		handover_header_changed(header, column) :
		!header_is_null(header, column);
}

static void
refuse_column(const Header *header, HeaderColumn column, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_GENERATED_ALWAYS),
			 errmsg("column \"%s\" of a handover is written by the database only",
					NameStr(TupleDescAttr(header->tupdesc,
										  header_at(header, column))->attname)),
			 errhint("%s", hint)));
}

/*
 * Who, when and how often are not for clients to write, nor what would move a
 * handover past all checks; but nobody need wait for the rest of a dump.
 */
void
handover_check_stamps(const Header *header)
{
	for (int i = HEADER_CREATED_BY; i < N_HEADER_COLUMNS; i++)
		if (is_written(header, i))
			refuse_column(header, i, "It records who moved the handover to another status, and when.");
	if (is_written(header, HEADER_RESTORED_STATUS) &&
		!header_is_null(header, HEADER_RESTORED_STATUS))
		refuse_column(header, HEADER_RESTORED_STATUS,
					  "It is the status that the handover had in a dump. Set it to NULL to do without.");
	if (header->old_values != NULL ? is_written(header, HEADER_RETURNS) :
		!header_is_null(header, HEADER_RETURNS) &&
		DatumGetInt32(header_value(header, HEADER_RETURNS)) != 0)
		refuse_column(header, HEADER_RETURNS,
					  "It says how often the handover was returned.");
}

/* "submitted or cancelled": where a handover may go from a status. */
static char *
allowed_moves(Status from)
{
	StringInfoData buf;
	int			left = 0;

	for (int i = 0; i < N_STATUSES; i++)
		left += moves[from][i];
	initStringInfo(&buf);
	for (int i = 0; i < N_STATUSES; i++)
	{
		if (!moves[from][i])
			continue;
		appendStringInfoString(&buf, handover_status_name(i));
		left--;
		if (left > 0)
			appendStringInfoString(&buf, left == 1 ? " or " : ", ");
	}
	return buf.data;
}

static void
check_move(const Header *header, Status from, Status to)
{
	if (moves[from][to])
		return;
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("handover %s cannot move from %s to %s",
					handover_header_name(header), handover_status_name(from),
					handover_status_name(to)),
			 from == STATUS_CLOSED || from == STATUS_CANCELLED ?
			 errdetail("A handover that is %s stays so.",
					   handover_status_name(from)) :
			 errdetail("From %s it can move to %s.",
					   handover_status_name(from), allowed_moves(from))));
}

/* Did the statement itself name the column? */
static bool
is_given(const Header *header, HeaderColumn column)
{
	return bms_is_member(header->table->columns[column] -
						 FirstLowInvalidHeapAttributeNumber,
						 header->trigger->tg_updatedcols);
}

static bool
is_blank(const Header *header, HeaderColumn column)
{
	text	   *t;

	if (header_is_null(header, column))
		return true;
	t = DatumGetTextPP(header_value(header, column));
	return !handover_filled_text(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t));
}

/*
 * Moves a handover, or complains.  A remark belongs to the move that it is
 * given with, so that of an earlier one does not stand for it.
 */
void
handover_move(Header *header, Status from, Status to)
{
	check_move(header, from, to);

	/* What signs the move fires for statements that name the column. */
	if (!is_given(header, HEADER_STATUS))
		ereport(ERROR,
				(errcode(ERRCODE_TRIGGERED_DATA_CHANGE_VIOLATION),
				 errmsg("status of handover %s was changed by a trigger",
						handover_header_name(header)),
				 errhint("Only an UPDATE that names the column can move a handover.")));

	if (!is_given(header, HEADER_REMARK))
		header_set_null(header, HEADER_REMARK);
	if (to == STATUS_DRAFT)
	{
		if (is_blank(header, HEADER_REMARK))
			ereport(ERROR,
					(errcode(ERRCODE_CHECK_VIOLATION),
					 errmsg("handover %s cannot be returned without a remark",
							handover_header_name(header)),
					 errhint("Say in the column \"remark\" what is to be done about it.")));
		header_set_null(header, HEADER_SUBMITTED_BY);
		header_set_null(header, HEADER_SUBMITTED_AT);
		header_set(header, HEADER_RETURNS,
				   Int32GetDatum(1 + DatumGetInt32(header_value(header,
																HEADER_RETURNS))));
	}
	stamp(header, stamps[to]);
}
