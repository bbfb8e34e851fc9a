--
-- The reports say in plain values where each handover stands and what it lacks: the same whatever the
-- time zone of the session, for times without end, empty columns and long texts, and to readers
-- who have rights on the reports alone.
--
\set SHOW_CONTEXT never
\pset null '(null)'
SET client_min_messages = warning;
SET DateStyle = 'ISO';
SET TimeZone = 'UTC';
SELECT handover.create_workspace('ws');
INSERT INTO ws.handover (id, title, role, industries, reason, outgoing, incoming, outgoing_team, incoming_team,
    coordinator, effective_at, checklist) VALUES
    (1, 'Service desk', 'it_support_specialist', '{finance,healthcare}', 'leave', 'Ana', 'Bo', 'night', 'day',
        'Cy', '2999-12-31 20:00Z',
     'require task ''list the work''; every task has owner weight 3 ''say who has it''; suggest 2 contact;
      no question where state <> done to accept; every handover has summary to close weight 0.5'),
    (2, repeat('long ', 100), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'infinity', 
     ('require 3 task weight 1000000; no risk where impact = critical ''' || repeat('very ',
         60) || 'bad''')::handover.checklist),
    (3, 'Empty', NULL, '{}', NULL, NULL, NULL, NULL, NULL, NULL, '-infinity', ''),
    (4, 'Gone', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '1999-12-31 20:00Z', 'require 2 task'),
    (5, 'Done', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'require task; suggest contact');
INSERT INTO ws.item (handover_id, element, title, state, owner, critical, due_at, impact) VALUES
    (1, 'task', 'a', NULL, 'Ana', true, '1999-12-31 20:00Z', NULL),
    (1, 'task', 'b', 'blocked', NULL, NULL, '2999-12-30 20:00Z', NULL),
    (1, 'task', 'c', 'done', NULL, true, '1999-12-31 20:00Z', NULL),
    (1, 'task', 'd', 'ongoing', 'Bo', true, '2999-12-29 20:00Z', NULL),
    (1, 'risk', NULL, 'none', NULL, true, '1999-12-31 20:00Z', NULL),
    (1, 'question', 'q', 'pending', NULL, NULL, 'infinity', NULL),
    (2, 'risk', 'flood', NULL, NULL, NULL, 'infinity', 'critical'),
    (2, 'task', 't', NULL, NULL, NULL, '-infinity', NULL), (5, 'task', 't', 'done', NULL, NULL, NULL, NULL);

--
-- Where does each stand?
--
SELECT handover_id, left(title, 20) AS title, length(title), role, industries, reason, outgoing, incoming,
    outgoing_team, incoming_team, coordinator FROM ws_report.overview ORDER BY handover_id;
SELECT handover_id, status, status_rank, is_open, open_count, completeness_pct, next_status, is_ready,
    ready_count, missing_count, left(missing, 40) AS missing, return_count
  FROM ws_report.overview ORDER BY handover_id;
SELECT handover_id, item_count, open_item_count, critical_item_count, overdue_item_count, blocked_item_count,
    next_due_at, next_due_date FROM ws_report.overview ORDER BY handover_id;
SELECT handover_id, effective_at, effective_date, CASE
    WHEN isfinite(effective_date) THEN effective_date - (now() AT TIME ZONE 'UTC')::date END IS NOT DISTINCT
    FROM days_to_effective AS days,
       created_date = (created_at AT TIME ZONE 'UTC')::date AS created, submitted_at, submitted_date,
           accepted_at, accepted_date, accept_hours, closed_at, closed_date
  FROM ws_report.overview ORDER BY handover_id;
-- days are in UTC
SET TimeZone = 'Asia/Kolkata';
SELECT handover_id, next_due_at, next_due_date, effective_at, effective_date, CASE
    WHEN isfinite(effective_date) THEN effective_date - (now() AT TIME ZONE 'UTC')::date END IS NOT DISTINCT
    FROM days_to_effective AS days FROM ws_report.overview ORDER BY handover_id;
SET TimeZone = 'UTC';

--
-- Which rule fails where?
--
SELECT handover_id, rule, left(title, 12) AS title, role, status, outgoing, incoming, outgoing_team,
    incoming_team, left(label, 30) AS label, length(label), left(claim, 40) AS claim
  FROM ws_report.gap ORDER BY handover_id, rule;
SELECT handover_id, rule, verb, stage, stage_rank, is_blocking, blocking_count, weight, expected_count,
    actual_count, met_pct FROM ws_report.gap ORDER BY handover_id, rule;
-- a gap blocks if and only if it is missing for the next status, and nothing else does
SELECT o.handover_id, o.missing_count, sum(g.blocking_count) AS blocking
  FROM ws_report.overview AS o LEFT JOIN ws_report.gap AS g USING (handover_id)
 GROUP BY o.handover_id, o.missing_count, o.status HAVING o.missing_count <> coalesce(sum(g.blocking_count), 0)
     AND o.status <> 'cancelled';

--
-- As they move on
--
UPDATE ws.item SET owner = 'Bo' WHERE handover_id = 1 AND element = 'task';
SELECT ws.submit(1), ws.return(1, 'no'), ws.submit(1), ws.submit(3), ws.accept(3), ws.cancel(4), ws.submit(5),
    ws.accept(5), ws.close(5);
SELECT handover_id, status, status_rank, is_open, open_count, completeness_pct, next_status, is_ready,
    ready_count, missing_count, left(missing, 45) AS missing, return_count
  FROM ws_report.overview ORDER BY handover_id;
SELECT handover_id, submitted_date = (submitted_at AT TIME ZONE 'UTC')::date AS submitted,
    accepted_date = (accepted_at AT TIME ZONE 'UTC')::date AS accepted,
       accept_hours, closed_date = (closed_at AT TIME ZONE 'UTC')::date AS closed FROM ws_report.overview
           ORDER BY handover_id;
SELECT handover_id, rule, status, left(label, 40) AS label, stage, is_blocking, met_pct FROM ws_report.gap
    ORDER BY handover_id, rule;
SELECT o.handover_id, o.missing_count, sum(g.blocking_count) AS blocking
  FROM ws_report.overview AS o LEFT JOIN ws_report.gap AS g USING (handover_id)
 GROUP BY o.handover_id, o.missing_count, o.status HAVING o.missing_count <> coalesce(sum(g.blocking_count), 0)
     AND o.status <> 'cancelled';

--
-- Readers need no rights but on the reports
--
CREATE ROLE regress_handover_reader;
GRANT USAGE ON SCHEMA ws_report TO regress_handover_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA ws_report TO regress_handover_reader;
SET ROLE regress_handover_reader;
SET search_path = pg_catalog;
SELECT handover_id, status, is_ready FROM ws_report.overview ORDER BY handover_id LIMIT 2;
SELECT count(*) FROM ws_report.gap;
SELECT * FROM ws.handover;
RESET search_path;
RESET ROLE;
REVOKE ALL ON ALL TABLES IN SCHEMA ws_report FROM regress_handover_reader;
REVOKE ALL ON SCHEMA ws_report FROM regress_handover_reader;
DROP ROLE regress_handover_reader;

SELECT handover.drop_workspace('ws', true);
