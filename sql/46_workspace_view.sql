/*
 * workspace_view: the views of a workspace.
 *
 * Those in the workspace itself show types of handover; those in its report
 * schema show plain types only, for tools that know no others.
 */

CREATE FUNCTION @extschema@.create_workspace_views() RETURNS void
LANGUAGE plpgsql
AS $create$
BEGIN

CREATE OR REPLACE VIEW document AS
SELECT entire.handover_id,
       entire.document,
       @extschema@.markdown(entire.document) AS markdown
  FROM (SELECT h.id AS handover_id,
               @extschema@.to_document(h, '{id,checklist,tally,completeness,restored_status,remark,returns,created_by,created_at,updated_at,submitted_by,submitted_at,returned_by,returned_at,accepted_by,accepted_at,closed_by,closed_at,cancelled_by,cancelled_at}')
                   || coalesce((SELECT jsonb_object_agg(list.element, list.items)
                                  FROM (SELECT part.element, jsonb_agg(part.item ORDER BY part.source, part.id) AS items
                                          FROM (SELECT 1 AS source, i.id, i.element,
                                                       @extschema@.to_document(i, '{handover_id,id,element,created_at,origin_handover,origin_item,priority}') AS item
                                                  FROM item AS i
                                                 WHERE i.handover_id = h.id
                                                UNION ALL
                                                SELECT 2, d.id, 'dependency',
                                                       @extschema@.to_document(d, '{handover_id,id,item,waits_for}')
                                                           || jsonb_strip_nulls(jsonb_build_object('item', waiting.title, 'waits_for', awaited.title))
                                                  FROM dependency AS d
                                                       JOIN item AS waiting ON waiting.handover_id = d.handover_id AND waiting.id = d.item
                                                       LEFT JOIN item AS awaited ON awaited.handover_id = d.handover_id AND awaited.id = d.waits_for
                                                 WHERE d.handover_id = h.id) AS part
                                         GROUP BY part.element) AS list), '{}') AS document
          FROM handover AS h) AS entire;
COMMENT ON VIEW document IS 'each handover as one document';
COMMENT ON COLUMN document.handover_id IS 'the handover';
COMMENT ON COLUMN document.document IS 'the handover with its items, as import() takes it; times in UTC';
COMMENT ON COLUMN document.markdown IS 'the same, for people';

CREATE OR REPLACE VIEW discrepancy AS
SELECT h.id AS handover_id, h.status, h.restored_status, h.tally, counted.tally AS counted
  FROM handover AS h
       CROSS JOIN LATERAL (SELECT @extschema@.tally_agg(part.tally) AS tally
                             FROM (SELECT @extschema@.tally(h.checklist, 'handover', h) AS tally
                                   UNION ALL
                                   SELECT @extschema@.tally(h.checklist, i.element, i) FROM item AS i WHERE i.handover_id = h.id
                                   UNION ALL
                                   SELECT @extschema@.tally(h.checklist, 'dependency', d) FROM dependency AS d WHERE d.handover_id = h.id) AS part) AS counted
 WHERE h.tally OPERATOR(@extschema@.<>) counted.tally
    OR h.restored_status IS NOT NULL;
COMMENT ON VIEW discrepancy IS 'handovers whose tally is not what counting them gives, or that a dump was not restored with in whole: none, ever';
COMMENT ON COLUMN discrepancy.handover_id IS 'the handover';
COMMENT ON COLUMN discrepancy.status IS 'its status';
COMMENT ON COLUMN discrepancy.restored_status IS 'status that it had in a dump and may not have yet';
COMMENT ON COLUMN discrepancy.tally IS 'as stored';
COMMENT ON COLUMN discrepancy.counted IS 'as counted now';

END
$create$;
COMMENT ON FUNCTION @extschema@.create_workspace_views() IS
    'part of create_workspace(): makes the views in the first schema of the search_path';

-- What is missing for the next status, that is what keeps a handover from moving on.
CREATE FUNCTION @extschema@.next_status(status @extschema@.status) RETURNS @extschema@.status
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE status WHEN 'draft'::@extschema@.status THEN 'submitted'::@extschema@.status
                   WHEN 'submitted' THEN 'accepted'
                   WHEN 'accepted' THEN 'closed'
                   ELSE status END;
COMMENT ON FUNCTION @extschema@.next_status(@extschema@.status) IS
    'the status that a handover moves on to, the same if to none';

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
       h.effective_at,
       (h.effective_at AT TIME ZONE 'UTC')::date AS effective_date,
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
       h.returns AS return_count
  FROM handover AS h
       CROSS JOIN LATERAL (SELECT (count(*) FILTER (WHERE item.state IS DISTINCT FROM 'none'))::integer AS item_count,
                                  (count(*) FILTER (WHERE open.is_open))::integer AS open_item_count,
                                  (count(*) FILTER (WHERE open.is_open AND item.critical))::integer AS critical_item_count,
                                  (count(*) FILTER (WHERE open.is_open AND item.due_at < now()))::integer AS overdue_item_count,
                                  (count(*) FILTER (WHERE item.state = 'blocked'))::integer AS blocked_item_count,
                                  min(item.due_at) FILTER (WHERE open.is_open AND item.due_at >= now() AND isfinite(item.due_at)) AS next_due_at
                             FROM item
                                  CROSS JOIN LATERAL (SELECT item.state IS NULL OR item.state NOT IN ('done', 'none') AS is_open) AS open
                            WHERE item.handover_id = h.id) AS i;
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
       round(100 * review.degree::numeric, 2)::numeric(5,2) AS met_pct
  FROM handover AS h
       CROSS JOIN LATERAL @extschema@.review(h.checklist, h.tally) AS review
 WHERE NOT review.satisfied
   AND h.status <> 'cancelled';
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

END
$create$;
COMMENT ON FUNCTION @extschema@.create_workspace_reports() IS
    'part of create_workspace(): makes the reports in the first schema of the search_path, from the tables of the second';
