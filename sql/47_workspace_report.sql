/*
 * workspace_report: the views that reporting tools read.
 *
 * In a schema of their own, with plain types, stable names and a comment on
 * every column.  Columns are only ever added, at the end.
 */

-- What is missing for the next status, that is what keeps a handover from moving on.
CREATE FUNCTION @extschema@.next_status(status @extschema@.status) RETURNS @extschema@.status
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE status WHEN 'draft'::@extschema@.status THEN 'submitted'::@extschema@.status
                   WHEN 'submitted' THEN 'accepted'
                   WHEN 'accepted' THEN 'closed'
                   ELSE status END;
COMMENT ON FUNCTION @extschema@.next_status(@extschema@.status) IS
    'the status that a handover moves on to, the same if to none';

-- These are expanded into the queries that use them.

CREATE FUNCTION @extschema@.finite(moment timestamptz) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN isfinite(moment) THEN moment END;
COMMENT ON FUNCTION @extschema@.finite(timestamptz) IS
    'a time, NULL if it is infinity, which many clients do not know';

CREATE FUNCTION @extschema@.hours_between(since timestamptz, until timestamptz) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN isfinite(since) AND isfinite(until) THEN round(extract(epoch FROM until - since) / 3600, 2) END;
COMMENT ON FUNCTION @extschema@.hours_between(timestamptz, timestamptz) IS
    'hours from one time to another, to two decimal places; NULL if one of them is infinity';

CREATE FUNCTION @extschema@.is_late(status @extschema@.status, effective_at timestamptz, accepted_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(status <> 'cancelled'::@extschema@.status AND effective_at < coalesce(accepted_at, now()), false);
COMMENT ON FUNCTION @extschema@.is_late(@extschema@.status, timestamptz, timestamptz) IS
    'whether a handover was not accepted when the new owner was to take over';

CREATE FUNCTION @extschema@.create_workspace_reports() RETURNS void
LANGUAGE plpgsql
AS $create$
BEGIN

CREATE OR REPLACE VIEW overview AS
SELECT h.id AS handover_id,
       h.title::varchar(255) AS title,
       h.role,
       array_to_string(h.industries, ', ')::varchar(255) AS industries,
       h.reason,
       h.status::text::varchar(16) AS status,
       array_position('{draft,submitted,accepted,closed,cancelled}', h.status::text)::smallint AS status_rank,
       h.status IN ('draft', 'submitted', 'accepted') AS is_open,
       (h.status IN ('draft', 'submitted', 'accepted'))::integer AS open_count,
       h.outgoing,
       h.incoming,
       h.outgoing_team,
       h.incoming_team,
       h.coordinator,
       round(h.completeness::numeric, 2)::numeric(5,2) AS completeness_pct,
       @extschema@.next_status(h.status)::text::varchar(16) AS next_status,
       @extschema@.complete(h.checklist, h.tally, @extschema@.next_status(h.status)) AS is_ready,
       @extschema@.complete(h.checklist, h.tally, @extschema@.next_status(h.status))::integer AS ready_count,
       cardinality(@extschema@.missing(h.checklist, h.tally, @extschema@.next_status(h.status))) AS missing_count,
       array_to_string(@extschema@.missing(h.checklist, h.tally, @extschema@.next_status(h.status)), '; ') AS missing,
       i.item_count,
       i.open_item_count,
       i.critical_item_count,
       i.overdue_item_count,
       i.blocked_item_count,
       i.next_due_at,
       (i.next_due_at AT TIME ZONE 'UTC')::date AS next_due_date,
       @extschema@.finite(h.effective_at) AS effective_at,
       (@extschema@.finite(h.effective_at) AT TIME ZONE 'UTC')::date AS effective_date,
       CASE WHEN isfinite(h.effective_at)
            THEN (h.effective_at AT TIME ZONE 'UTC')::date - (now() AT TIME ZONE 'UTC')::date END AS days_to_effective,
       h.created_at,
       (h.created_at AT TIME ZONE 'UTC')::date AS created_date,
       h.submitted_at,
       (h.submitted_at AT TIME ZONE 'UTC')::date AS submitted_date,
       h.accepted_at,
       (h.accepted_at AT TIME ZONE 'UTC')::date AS accepted_date,
       round(extract(epoch FROM h.accepted_at - h.submitted_at) / 3600, 2)::numeric(12,2) AS accept_hours,
       h.closed_at,
       (h.closed_at AT TIME ZONE 'UTC')::date AS closed_date,
       h.returns AS return_count,
       h.status = 'submitted' AS is_waiting,
       (h.status = 'submitted')::integer AS waiting_count,
       h.accepted_at IS NOT NULL AS is_accepted,
       (h.accepted_at IS NOT NULL)::integer AS accepted_count,
       @extschema@.is_late(h.status, h.effective_at, h.accepted_at) AS is_late,
       @extschema@.is_late(h.status, h.effective_at, h.accepted_at)::integer AS late_count,
       @extschema@.hours_between(h.created_at, h.accepted_at)::numeric(12,2) AS lead_hours,
       @extschema@.hours_between(h.submitted_at, h.effective_at)::numeric(12,2) AS notice_hours,
       round(signed.completeness::numeric, 2)::numeric(5,2) AS submitted_completeness_pct
  FROM visible_handover AS h
       -- joins that a query asks nothing of are left out of its plan
       LEFT JOIN LATERAL (SELECT (count(*) FILTER (WHERE item.state IS DISTINCT FROM 'none'))::integer AS item_count,
                                  (count(*) FILTER (WHERE open.is_open))::integer AS open_item_count,
                                  (count(*) FILTER (WHERE open.is_open AND item.critical))::integer AS critical_item_count,
                                  (count(*) FILTER (WHERE open.is_open AND item.due_at < now()))::integer AS overdue_item_count,
                                  (count(*) FILTER (WHERE item.state = 'blocked'))::integer AS blocked_item_count,
                                  min(item.due_at) FILTER (WHERE open.is_open AND item.due_at >= now() AND isfinite(item.due_at)) AS next_due_at
                             FROM item
                                  CROSS JOIN LATERAL (SELECT item.state IS NULL OR item.state NOT IN ('done', 'none') AS is_open) AS open
                            WHERE item.handover_id = h.id) AS i ON true
       LEFT JOIN LATERAL (SELECT (array_agg(s.completeness ORDER BY s.id DESC))[1] AS completeness
                            FROM signoff AS s
                           WHERE s.handover_id = h.id AND s.step = 'submitted') AS signed ON true;
COMMENT ON VIEW overview IS 'Where does each handover stand? One row is a handover. Days are in UTC.';
COMMENT ON COLUMN overview.handover_id IS 'key of the handover';
COMMENT ON COLUMN overview.title IS 'what is handed over, in a few words';
COMMENT ON COLUMN overview.role IS 'role whose work it is, by its template';
COMMENT ON COLUMN overview.industries IS 'industries that add to what it must contain, with commas between';
COMMENT ON COLUMN overview.reason IS 'why the work changes hands';
COMMENT ON COLUMN overview.status IS 'draft, submitted, accepted, closed or cancelled';
COMMENT ON COLUMN overview.status_rank IS 'status in its order: 1 draft, 2 submitted, 3 accepted, 4 closed, 5 cancelled';
COMMENT ON COLUMN overview.is_open IS 'whether it is a draft, submitted or accepted';
COMMENT ON COLUMN overview.open_count IS '1 if it is open, else 0; to be summed';
COMMENT ON COLUMN overview.outgoing IS 'person or team that hands over';
COMMENT ON COLUMN overview.incoming IS 'person or team that takes over';
COMMENT ON COLUMN overview.outgoing_team IS 'team of who hands over';
COMMENT ON COLUMN overview.incoming_team IS 'team of who takes over';
COMMENT ON COLUMN overview.coordinator IS 'who coordinates both sides';
COMMENT ON COLUMN overview.completeness_pct IS 'how far all rules of its checklist are met, 0 to 100';
COMMENT ON COLUMN overview.next_status IS 'status that it moves on to; its own if it is closed or cancelled';
COMMENT ON COLUMN overview.is_ready IS 'whether nothing is missing for the next status';
COMMENT ON COLUMN overview.ready_count IS '1 if nothing is missing for the next status, else 0; to be summed';
COMMENT ON COLUMN overview.missing_count IS 'number of requirements missing for the next status';
COMMENT ON COLUMN overview.missing IS 'what is missing for the next status, in words, with semicolons between';
COMMENT ON COLUMN overview.item_count IS 'number of items, without those that declare that there is nothing';
COMMENT ON COLUMN overview.open_item_count IS 'number of items that are not done';
COMMENT ON COLUMN overview.critical_item_count IS 'number of open items that are critical';
COMMENT ON COLUMN overview.overdue_item_count IS 'number of open items whose due time is over';
COMMENT ON COLUMN overview.blocked_item_count IS 'number of items that are blocked';
COMMENT ON COLUMN overview.next_due_at IS 'next due time among open items';
COMMENT ON COLUMN overview.next_due_date IS 'day of the next due time among open items';
COMMENT ON COLUMN overview.effective_at IS 'when the new owner takes over';
COMMENT ON COLUMN overview.effective_date IS 'day on which the new owner takes over';
COMMENT ON COLUMN overview.days_to_effective IS 'days until the new owner takes over; negative if that is past';
COMMENT ON COLUMN overview.created_at IS 'when the draft was made';
COMMENT ON COLUMN overview.created_date IS 'day on which the draft was made';
COMMENT ON COLUMN overview.submitted_at IS 'when it was last submitted; empty while it is a draft';
COMMENT ON COLUMN overview.submitted_date IS 'day on which it was last submitted';
COMMENT ON COLUMN overview.accepted_at IS 'when it was accepted';
COMMENT ON COLUMN overview.accepted_date IS 'day on which it was accepted';
COMMENT ON COLUMN overview.accept_hours IS 'hours from submission to acceptance';
COMMENT ON COLUMN overview.closed_at IS 'when it was closed';
COMMENT ON COLUMN overview.closed_date IS 'day on which it was closed';
COMMENT ON COLUMN overview.return_count IS 'number of times that it was returned';
COMMENT ON COLUMN overview.is_waiting IS 'whether it is submitted and not accepted';
COMMENT ON COLUMN overview.waiting_count IS '1 if it is submitted and not accepted, else 0; to be summed';
COMMENT ON COLUMN overview.is_accepted IS 'whether it was accepted';
COMMENT ON COLUMN overview.accepted_count IS '1 if it was accepted, else 0; to be summed';
COMMENT ON COLUMN overview.is_late IS 'whether it was not accepted when the new owner was to take over; never if it is cancelled';
COMMENT ON COLUMN overview.late_count IS '1 if it is late, else 0; to be summed';
COMMENT ON COLUMN overview.lead_hours IS 'hours from draft to acceptance';
COMMENT ON COLUMN overview.notice_hours IS 'hours from submission to when the new owner takes over; negative if it was submitted later';
COMMENT ON COLUMN overview.submitted_completeness_pct IS 'how far all rules of its checklist were met when it was last submitted, 0 to 100; empty if that is not known';

CREATE OR REPLACE VIEW gap AS
SELECT h.id AS handover_id,
       review.rule,
       h.title::varchar(255) AS title,
       h.role,
       h.status::text::varchar(16) AS status,
       h.outgoing,
       h.incoming,
       h.outgoing_team,
       h.incoming_team,
       review.label::varchar(255) AS label,
       review.claim::varchar(255) AS claim,
       review.verb::varchar(16) AS verb,
       review.stage::varchar(16) AS stage,
       array_position('{submit,accept,close}', review.stage)::smallint AS stage_rank,
       review.verb = 'require' AND array_position('{submit,accept,close}', review.stage)
           <= array_position('{submitted,accepted,closed}', @extschema@.next_status(h.status)::text) AS is_blocking,
       (review.verb = 'require' AND array_position('{submit,accept,close}', review.stage)
           <= array_position('{submitted,accepted,closed}', @extschema@.next_status(h.status)::text))::integer AS blocking_count,
       review.weight::numeric(10,3) AS weight,
       review.expected AS expected_count,
       review.actual AS actual_count,
       round(100 * review.degree::numeric, 2)::numeric(5,2) AS met_pct,
       h.status IN ('draft', 'submitted', 'accepted') AS is_open,
       h.created_at,
       (h.created_at AT TIME ZONE 'UTC')::date AS created_date,
       (h.status IN ('draft', 'submitted', 'accepted'))::integer AS open_count
  FROM visible_handover AS h
       CROSS JOIN LATERAL @extschema@.unmet(h.checklist, h.tally) AS review
 WHERE h.status <> 'cancelled';
COMMENT ON VIEW gap IS 'Which rule fails where? One row is a rule that a handover does not meet in full; handover_id and rule are its key. Cancelled handovers are left out.';
COMMENT ON COLUMN gap.handover_id IS 'key of the handover';
COMMENT ON COLUMN gap.rule IS 'number of the rule in the checklist of the handover';
COMMENT ON COLUMN gap.title IS 'what is handed over, in a few words';
COMMENT ON COLUMN gap.role IS 'role whose work it is, by its template';
COMMENT ON COLUMN gap.status IS 'draft, submitted, accepted or closed';
COMMENT ON COLUMN gap.outgoing IS 'person or team that hands over';
COMMENT ON COLUMN gap.incoming IS 'person or team that takes over';
COMMENT ON COLUMN gap.outgoing_team IS 'team of who hands over';
COMMENT ON COLUMN gap.incoming_team IS 'team of who takes over';
COMMENT ON COLUMN gap.label IS 'what is to be done, in words';
COMMENT ON COLUMN gap.claim IS 'the rule itself';
COMMENT ON COLUMN gap.verb IS 'require or suggest';
COMMENT ON COLUMN gap.stage IS 'submit, accept or close: the move before which it is due';
COMMENT ON COLUMN gap.stage_rank IS 'stage in its order: 1 submit, 2 accept, 3 close';
COMMENT ON COLUMN gap.is_blocking IS 'whether it keeps the handover from its next status';
COMMENT ON COLUMN gap.blocking_count IS '1 if it keeps the handover from its next status, else 0; to be summed';
COMMENT ON COLUMN gap.weight IS 'weight of the rule in the completeness';
COMMENT ON COLUMN gap.expected_count IS 'number of items expected; 0 if there should be none';
COMMENT ON COLUMN gap.actual_count IS 'number of items found';
COMMENT ON COLUMN gap.met_pct IS 'how far the rule is met, 0 to 100';
COMMENT ON COLUMN gap.is_open IS 'whether the handover is a draft, submitted or accepted';
COMMENT ON COLUMN gap.created_at IS 'when the draft was made';
COMMENT ON COLUMN gap.created_date IS 'day on which the draft was made';
COMMENT ON COLUMN gap.open_count IS '1 if the handover is open, else 0; to be summed';

CREATE OR REPLACE VIEW worklist AS
SELECT i.handover_id,
       i.id AS item_id,
       h.title::varchar(255) AS handover_title,
       h.status::text::varchar(16) AS status,
       h.outgoing,
       h.incoming,
       h.outgoing_team,
       h.incoming_team,
       i.element::varchar(255) AS element,
       i.title::varchar(255) AS title,
       i.state::varchar(16) AS state,
       i.owner,
       i.new_owner,
       round(@extschema@.score(i.priority, now())::numeric, 2)::numeric(6,2) AS score,
       ('P' || @extschema@.band(i.priority))::varchar(2) AS band,
       @extschema@.band(i.priority)::smallint AS band_rank,
       @extschema@.quadrant(i.priority)::varchar(16) AS quadrant,
       i.urgency::text::varchar(16) AS urgency,
       i.importance::text::varchar(16) AS importance,
       i.impact::text::varchar(16) AS impact,
       coalesce(i.critical, false) AS is_critical,
       coalesce(i.critical, false)::integer AS critical_count,
       @extschema@.finite(i.due_at) AS due_at,
       (@extschema@.finite(i.due_at) AT TIME ZONE 'UTC')::date AS due_date,
       CASE WHEN isfinite(i.due_at)
            THEN (i.due_at AT TIME ZONE 'UTC')::date - (now() AT TIME ZONE 'UTC')::date END AS days_left,
       coalesce(i.due_at < now(), false) AS is_overdue,
       coalesce(i.due_at < now(), false)::integer AS overdue_count,
       i.state = 'blocked' IS TRUE OR waits.open_count > 0 OR waits.outside_count > 0 AS is_blocked,
       (i.state = 'blocked' IS TRUE OR waits.open_count > 0 OR waits.outside_count > 0)::integer AS blocked_count,
       waits.open_count AS waits_for_count,
       i.next_step,
       @extschema@.finite(i.acknowledged_at) AS acknowledged_at,
       h.role,
       i.created_at,
       (i.created_at AT TIME ZONE 'UTC')::date AS created_date,
       (@extschema@.finite(i.acknowledged_at) AT TIME ZONE 'UTC')::date AS acknowledged_date
  FROM item AS i
       JOIN visible_handover AS h ON h.id = i.handover_id
       CROSS JOIN LATERAL (SELECT (count(*) FILTER (WHERE awaited.id IS NOT NULL
                                                       AND (awaited.state IS NULL OR awaited.state NOT IN ('done', 'none'))))::integer AS open_count,
                                  (count(*) FILTER (WHERE d.waits_for IS NULL))::integer AS outside_count
                             FROM dependency AS d
                                  LEFT JOIN item AS awaited ON awaited.handover_id = d.handover_id AND awaited.id = d.waits_for
                            WHERE d.handover_id = i.handover_id AND d.item = i.id) AS waits
 WHERE (i.state IS NULL OR i.state NOT IN ('done', 'none'))
   AND h.status IN ('draft', 'submitted', 'accepted')
   AND EXISTS (SELECT FROM @extschema@.element AS e WHERE e.name = i.element AND e.work)
 ORDER BY i.priority OPERATOR(@extschema@.<->) now(), i.priority OPERATOR(@extschema@.<~>) now();
COMMENT ON VIEW worklist IS 'What do I pick up first? One row is an open item of an open handover, most pressing first; handover_id and item_id are its key. Days are in UTC.';
COMMENT ON COLUMN worklist.handover_id IS 'key of the handover';
COMMENT ON COLUMN worklist.item_id IS 'key of the item';
COMMENT ON COLUMN worklist.handover_title IS 'what is handed over, in a few words';
COMMENT ON COLUMN worklist.status IS 'status of the handover: draft, submitted or accepted';
COMMENT ON COLUMN worklist.outgoing IS 'person or team that hands over';
COMMENT ON COLUMN worklist.incoming IS 'person or team that takes over';
COMMENT ON COLUMN worklist.outgoing_team IS 'team of who hands over';
COMMENT ON COLUMN worklist.incoming_team IS 'team of who takes over';
COMMENT ON COLUMN worklist.element IS 'what the item is: task, issue, ...';
COMMENT ON COLUMN worklist.title IS 'the item in a few words';
COMMENT ON COLUMN worklist.state IS 'upcoming, ongoing, pending or blocked; empty if nobody has said';
COMMENT ON COLUMN worklist.owner IS 'who has it so far';
COMMENT ON COLUMN worklist.new_owner IS 'who takes it over';
COMMENT ON COLUMN worklist.score IS 'how pressing it is now, 0 to 100, from urgency, importance, impact and due time';
COMMENT ON COLUMN worklist.band IS 'P1 to P5, by impact and urgency';
COMMENT ON COLUMN worklist.band_rank IS 'band as a number: 1 is the most pressing';
COMMENT ON COLUMN worklist.quadrant IS 'do first, schedule, delegate or drop';
COMMENT ON COLUMN worklist.urgency IS 'low, medium, high or critical';
COMMENT ON COLUMN worklist.importance IS 'low, medium, high or critical';
COMMENT ON COLUMN worklist.impact IS 'low, medium, high or critical';
COMMENT ON COLUMN worklist.is_critical IS 'whether it was marked as critical';
COMMENT ON COLUMN worklist.critical_count IS '1 if it was marked as critical, else 0; to be summed';
COMMENT ON COLUMN worklist.due_at IS 'by when it is due';
COMMENT ON COLUMN worklist.due_date IS 'day by which it is due';
COMMENT ON COLUMN worklist.days_left IS 'days until it is due; negative if that is past';
COMMENT ON COLUMN worklist.is_overdue IS 'whether its due time is over';
COMMENT ON COLUMN worklist.overdue_count IS '1 if its due time is over, else 0; to be summed';
COMMENT ON COLUMN worklist.is_blocked IS 'whether it is blocked, waits for an open item or for something outside';
COMMENT ON COLUMN worklist.blocked_count IS '1 if it is blocked, else 0; to be summed';
COMMENT ON COLUMN worklist.waits_for_count IS 'number of open items that it waits for';
COMMENT ON COLUMN worklist.next_step IS 'what comes next';
COMMENT ON COLUMN worklist.acknowledged_at IS 'when the new owner confirmed it';
COMMENT ON COLUMN worklist.role IS 'role whose work it is, by its template';
COMMENT ON COLUMN worklist.created_at IS 'since when it waits';
COMMENT ON COLUMN worklist.created_date IS 'day since which it waits';
COMMENT ON COLUMN worklist.acknowledged_date IS 'day on which the new owner confirmed it';

END
$create$;
COMMENT ON FUNCTION @extschema@.create_workspace_reports() IS
    'part of create_workspace(): makes the reports in the first schema of the search_path, from the tables of the second';
