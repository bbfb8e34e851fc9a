/*
 * visible_handover: the handovers that a report may show to who reads it.
 *
 * Reports run with the rights of the owner of the workspace, and so see all
 * handovers.  Each reads them through this view, and no other way.  Once a
 * workspace is restricted, the view shows a reader those alone that the reader
 * is party to, and all reports are barriers: no condition of a query is tried
 * on a row before it is known that the row may be seen.
 *
 * The view itself is no barrier, or the planner could not look up the
 * handover of an item in it.
 */

CREATE FUNCTION @extschema@.create_workspace_visible() RETURNS void
LANGUAGE plpgsql
AS $create$
BEGIN

-- Who belongs to which party; asked only once the workspace is restricted.
CREATE TABLE IF NOT EXISTS party_member (
    role_name   name NOT NULL,
    party       varchar(255),
    all_parties boolean NOT NULL DEFAULT false,
    CONSTRAINT party_member_key
        UNIQUE NULLS NOT DISTINCT (role_name, party),
    -- a party that is missing by mistake opens nothing
    CONSTRAINT party_member_names_a_party
        CHECK (all_parties = (party IS NULL))
);

COMMENT ON TABLE party_member IS 'which role of the database belongs to which party, once handover.restrict_workspace() has restricted the reports';
COMMENT ON COLUMN party_member.role_name IS 'role of the database; members of it belong to the party, too';
COMMENT ON COLUMN party_member.party IS 'person or team, as a handover names it';
COMMENT ON COLUMN party_member.all_parties IS 'whether it sees all handovers; then party is NULL';

CREATE OR REPLACE VIEW visible_handover AS
SELECT h.id, h.title, h.role, h.industries, h.reason, h.outgoing, h.incoming, h.outgoing_team, h.incoming_team, h.coordinator,
       h.scope, h.excluded, h.objective, h.expectation, h.summary, h.question_channel,
       h.transition_start_at, h.effective_at, h.support_until, h.priority_acknowledged_by, h.priority_acknowledged_at,
       h.read_back, h.external_ref, h.attributes, h.status, h.remark, h.returns,
       h.created_by, h.created_at, h.updated_at, h.submitted_by, h.submitted_at, h.returned_by, h.returned_at,
       h.accepted_by, h.accepted_at, h.closed_by, h.closed_at, h.cancelled_by, h.cancelled_at,
       h.checklist, h.tally, h.completeness
  FROM handover AS h;
COMMENT ON VIEW visible_handover IS 'handovers that reports show to who reads them: all, or those that the reader is party to; reports read handovers here only';
EXECUTE (SELECT string_agg(format('COMMENT ON COLUMN visible_handover.%I IS %L', v.attname, col_description(h.attrelid, h.attnum)), '; ')
           FROM pg_attribute AS v
                JOIN pg_attribute AS h ON h.attrelid = to_regclass('handover') AND h.attname = v.attname
          WHERE v.attrelid = to_regclass('visible_handover') AND v.attnum > 0);

END
$create$;
COMMENT ON FUNCTION @extschema@.create_workspace_visible() IS
    'part of create_workspace(): makes the view of handovers that reports read, in the first schema of the search_path';
