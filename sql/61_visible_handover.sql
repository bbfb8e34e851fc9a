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

CREATE FUNCTION @extschema@.is_restricted(workspace text) RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT EXISTS (SELECT
                     FROM pg_catalog.pg_rewrite AS r
                          JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
                    WHERE r.ev_class = to_regclass(pg_catalog.format('%I.visible_handover', is_restricted.workspace))
                      AND d.refclassid = 'pg_catalog.pg_class'::regclass
                      AND d.refobjid = to_regclass(pg_catalog.format('%I.reader_party', is_restricted.workspace)));
END;
COMMENT ON FUNCTION @extschema@.is_restricted(text) IS
    'whether the reports of a workspace show a reader only the handovers that the reader is party to';

CREATE FUNCTION @extschema@.create_workspace_visible(restricted boolean) RETURNS void
LANGUAGE plpgsql
AS $create$
DECLARE
    condition text := '';
BEGIN

-- Who belongs to which party; asked only once the workspace is restricted.
CREATE TABLE IF NOT EXISTS party_member (
    role_name   name NOT NULL,
    party       varchar(255) NOT NULL DEFAULT '',
    all_parties boolean NOT NULL DEFAULT false,
    PRIMARY KEY (role_name, party),
    -- a party that is left out by mistake opens nothing
    CONSTRAINT party_member_names_a_party
        CHECK (all_parties = (party = ''))
);

COMMENT ON TABLE party_member IS 'which role of the database belongs to which party, once handover.restrict_workspace() has restricted the reports';
COMMENT ON COLUMN party_member.role_name IS 'role of the database; members of it belong to the party, too';
COMMENT ON COLUMN party_member.party IS 'person or team, as a handover names it';
COMMENT ON COLUMN party_member.all_parties IS 'whether it sees all handovers; then party is empty';

-- Who reads; of a role that is gone, nobody is a member.
CREATE OR REPLACE VIEW reader_party AS
SELECT m.party
  FROM party_member AS m
 WHERE NOT m.all_parties
   AND pg_has_role(to_regrole(quote_ident(m.role_name)), 'USAGE');
COMMENT ON VIEW reader_party IS 'the parties that who reads it belongs to';
COMMENT ON COLUMN reader_party.party IS 'person or team, as a handover names it';

CREATE OR REPLACE VIEW reader_of_all AS
SELECT current_user AS role_name
 WHERE EXISTS (SELECT FROM party_member AS m WHERE m.all_parties AND pg_has_role(to_regrole(quote_ident(m.role_name)), 'USAGE'))
    OR EXISTS (SELECT FROM pg_class AS c WHERE c.oid = 'handover'::regclass AND pg_has_role(c.relowner, 'USAGE'))
    OR EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = current_user AND r.rolbypassrls);
COMMENT ON VIEW reader_of_all IS 'a row if who reads it sees all handovers: the owner of the workspace, who bypasses row security, or who belongs to all parties';
COMMENT ON COLUMN reader_of_all.role_name IS 'who reads it';

IF restricted THEN
    -- Each alternative can be looked up in an index, the last one as a range of keys: all, or none.
    condition := $condition$
 WHERE h.outgoing = ANY (ARRAY(SELECT p.party FROM reader_party AS p))
    OR h.incoming = ANY (ARRAY(SELECT p.party FROM reader_party AS p))
    OR h.outgoing_team = ANY (ARRAY(SELECT p.party FROM reader_party AS p))
    OR h.incoming_team = ANY (ARRAY(SELECT p.party FROM reader_party AS p))
    OR h.coordinator = ANY (ARRAY(SELECT p.party FROM reader_party AS p))
    OR h.id BETWEEN (SELECT -9223372036854775808 AS first FROM reader_of_all) AND 9223372036854775807$condition$;
    CREATE INDEX IF NOT EXISTS handover_coordinator ON handover (coordinator);
END IF;

EXECUTE $view$
CREATE OR REPLACE VIEW visible_handover AS
SELECT h.id, h.title, h.role, h.industries, h.reason, h.outgoing, h.incoming, h.outgoing_team, h.incoming_team, h.coordinator,
       h.scope, h.excluded, h.objective, h.expectation, h.summary, h.question_channel,
       h.transition_start_at, h.effective_at, h.support_until, h.priority_acknowledged_by, h.priority_acknowledged_at,
       h.read_back, h.external_ref, h.attributes, h.status, h.remark, h.returns,
       h.created_by, h.created_at, h.updated_at, h.submitted_by, h.submitted_at, h.returned_by, h.returned_at,
       h.accepted_by, h.accepted_at, h.closed_by, h.closed_at, h.cancelled_by, h.cancelled_at,
       h.checklist, h.tally, h.completeness
  FROM handover AS h$view$ || condition;
COMMENT ON VIEW visible_handover IS 'handovers that reports show to who reads them: all, or those that the reader is party to; reports read handovers here only';
EXECUTE (SELECT string_agg(format('COMMENT ON COLUMN visible_handover.%I IS %L', v.attname, col_description(h.attrelid, h.attnum)), '; ')
           FROM pg_attribute AS v
                JOIN pg_attribute AS h ON h.attrelid = to_regclass('handover') AND h.attname = v.attname
          WHERE v.attrelid = to_regclass('visible_handover') AND v.attnum > 0);

-- Figures of all handovers are for who may see them all.
EXECUTE $view$
CREATE OR REPLACE VIEW visible_finding_day AS
SELECT d.day, d.code, d.severity, d.role, d.findings, d.handovers
  FROM finding_day AS d$view$ || CASE WHEN restricted THEN $condition$
 WHERE EXISTS (SELECT FROM reader_of_all)$condition$ ELSE '' END;
COMMENT ON VIEW visible_finding_day IS 'findings by day that reports show to who reads them: all, or none; part of reports';
EXECUTE (SELECT string_agg(format('COMMENT ON COLUMN visible_finding_day.%I IS %L', v.attname, col_description('finding_day'::regclass, v.attnum)), '; ')
           FROM pg_attribute AS v
          WHERE v.attrelid = to_regclass('visible_finding_day') AND v.attnum > 0);

-- Parts of reports that several of them, or several of their lines, have in common.

CREATE OR REPLACE VIEW visible_party AS
SELECT h.id AS handover_id, 'person' AS party_kind, h.outgoing AS party, true AS is_outgoing,
       h.role, h.status, h.effective_at, h.accepted_at, h.created_at
  FROM visible_handover AS h
 WHERE h.outgoing IS NOT NULL
UNION ALL
SELECT h.id AS handover_id, 'person' AS party_kind, h.incoming AS party, false AS is_outgoing, h.role, h.status, h.effective_at, h.accepted_at, h.created_at
  FROM visible_handover AS h
 WHERE h.incoming IS NOT NULL
UNION ALL
SELECT h.id AS handover_id, 'team' AS party_kind, h.outgoing_team AS party, true AS is_outgoing, h.role, h.status, h.effective_at, h.accepted_at, h.created_at
  FROM visible_handover AS h
 WHERE h.outgoing_team IS NOT NULL
UNION ALL
SELECT h.id AS handover_id, 'team' AS party_kind, h.incoming_team AS party, false AS is_outgoing, h.role, h.status, h.effective_at, h.accepted_at, h.created_at
  FROM visible_handover AS h
 WHERE h.incoming_team IS NOT NULL;
COMMENT ON VIEW visible_party IS 'handovers that reports show, once for each of their parties; part of reports';
COMMENT ON COLUMN visible_party.handover_id IS 'the handover';
COMMENT ON COLUMN visible_party.party_kind IS 'person or team';
COMMENT ON COLUMN visible_party.party IS 'name of the person or team';
COMMENT ON COLUMN visible_party.is_outgoing IS 'whether it hands over, and does not take over';
COMMENT ON COLUMN visible_party.role IS 'as of the handover';
COMMENT ON COLUMN visible_party.status IS 'as of the handover';
COMMENT ON COLUMN visible_party.effective_at IS 'as of the handover';
COMMENT ON COLUMN visible_party.accepted_at IS 'as of the handover';
COMMENT ON COLUMN visible_party.created_at IS 'as of the handover';

-- The new owner takes over at the time that was planned, or else once the handover is accepted.
CREATE OR REPLACE VIEW visible_effect AS
SELECT h.id AS handover_id,
       cutover.at AS cutover_at,
       i.overdue_after_count,
       i.question_after_count,
       i.open_question_count,
       i.service_level_count,
       i.service_level_before_pct,
       i.service_level_after_pct,
       i.feedback_count,
       i.feedback_rating,
       signed.completeness AS submitted_completeness,
       h.title, h.role, h.status, h.outgoing, h.incoming, h.outgoing_team, h.incoming_team, h.accepted_at, h.completeness, h.returns
  FROM visible_handover AS h
       CROSS JOIN LATERAL (SELECT CASE WHEN isfinite(h.effective_at) THEN h.effective_at ELSE h.accepted_at END AS at) AS cutover
       LEFT JOIN LATERAL (SELECT (count(*) FILTER (WHERE part.is_open AND part.due_at >= cutover.at AND part.due_at < now()))::integer AS overdue_after_count,
                                 (count(*) FILTER (WHERE part.asked_at > h.accepted_at))::integer AS question_after_count,
                                 (count(*) FILTER (WHERE part.is_open AND part.element = 'question'))::integer AS open_question_count,
                                 (count(part.before) FILTER (WHERE part.after IS NOT NULL))::integer AS service_level_count,
                                 avg(part.before) FILTER (WHERE part.after IS NOT NULL) AS service_level_before_pct,
                                 avg(part.after) FILTER (WHERE part.before IS NOT NULL) AS service_level_after_pct,
                                 count(part.rating)::integer AS feedback_count,
                                 avg(part.rating) AS feedback_rating
                            FROM (SELECT item.element, item.due_at, item.state IS NULL OR item.state NOT IN ('done', 'none') AS is_open,
                                         CASE item.element WHEN 'question'
                                              THEN coalesce(@extschema@.attribute_time(item.attributes, 'asked_at'), item.created_at) END AS asked_at,
                                         CASE WHEN item.element = 'metric' AND item.attributes ->> 'kind' = 'service_level'
                                              THEN 100 * coalesce(@extschema@.attribute_number(item.attributes, 'actual_before'),
                                                                  CASE WHEN @extschema@.attribute_time(item.attributes, 'measured_at') < cutover.at
                                                                       THEN @extschema@.attribute_number(item.attributes, 'actual') END)
                                                       / nullif(@extschema@.attribute_number(item.attributes, 'target'), 0) END AS before,
                                         CASE WHEN item.element = 'metric' AND item.attributes ->> 'kind' = 'service_level'
                                              THEN 100 * coalesce(@extschema@.attribute_number(item.attributes, 'actual_after'),
                                                                  CASE WHEN @extschema@.attribute_time(item.attributes, 'measured_at') >= cutover.at
                                                                       THEN @extschema@.attribute_number(item.attributes, 'actual') END)
                                                       / nullif(@extschema@.attribute_number(item.attributes, 'target'), 0) END AS after,
                                         CASE item.element WHEN 'feedback' THEN @extschema@.mean_rating(item.attributes) END AS rating
                                    FROM item
                                   WHERE item.handover_id = h.id
                                     AND item.state IS DISTINCT FROM 'none'
                                     AND (item.element IN ('question', 'metric', 'feedback') OR item.due_at >= cutover.at AND item.due_at < now())) AS part) AS i ON true
       LEFT JOIN LATERAL (SELECT (array_agg(s.completeness ORDER BY s.id DESC))[1] AS completeness
                            FROM signoff AS s
                           WHERE s.handover_id = h.id AND s.step = 'submitted') AS signed ON true
 WHERE h.status IN ('accepted', 'closed');
COMMENT ON VIEW visible_effect IS 'what came after each handover that was accepted; part of reports';
COMMENT ON COLUMN visible_effect.handover_id IS 'the handover';
COMMENT ON COLUMN visible_effect.cutover_at IS 'when the new owner takes over: as planned, or else when it was accepted';
COMMENT ON COLUMN visible_effect.overdue_after_count IS 'number of open items that have become overdue since then';
COMMENT ON COLUMN visible_effect.question_after_count IS 'number of questions asked after acceptance';
COMMENT ON COLUMN visible_effect.open_question_count IS 'number of questions that are open';
COMMENT ON COLUMN visible_effect.service_level_count IS 'number of service levels measured both before and after';
COMMENT ON COLUMN visible_effect.service_level_before_pct IS 'mean of these before, in per cent of their targets';
COMMENT ON COLUMN visible_effect.service_level_after_pct IS 'mean of these after, in per cent of their targets';
COMMENT ON COLUMN visible_effect.feedback_count IS 'number of ratings';
COMMENT ON COLUMN visible_effect.feedback_rating IS 'mean of the ratings, 1 to 5';
COMMENT ON COLUMN visible_effect.submitted_completeness IS 'how far all rules were met when it was last submitted, 0 to 100';
COMMENT ON COLUMN visible_effect.title IS 'as of the handover';
COMMENT ON COLUMN visible_effect.role IS 'as of the handover';
COMMENT ON COLUMN visible_effect.status IS 'as of the handover';
COMMENT ON COLUMN visible_effect.outgoing IS 'as of the handover';
COMMENT ON COLUMN visible_effect.incoming IS 'as of the handover';
COMMENT ON COLUMN visible_effect.outgoing_team IS 'as of the handover';
COMMENT ON COLUMN visible_effect.incoming_team IS 'as of the handover';
COMMENT ON COLUMN visible_effect.accepted_at IS 'as of the handover';
COMMENT ON COLUMN visible_effect.completeness IS 'as of the handover';
COMMENT ON COLUMN visible_effect.returns IS 'as of the handover';

END
$create$;
COMMENT ON FUNCTION @extschema@.create_workspace_visible(boolean) IS
    'part of create_workspace(): makes the view of handovers that reports read, in the first schema of the search_path';
