--
-- Reports on how handovers move: waiting, workload, trend, flow, team, calendar; and on how they
-- went: after_effect and feedback.
--

\pset null '(null)'
SET client_min_messages = warning;
SELECT handover.create_workspace('ws');

-- of an empty workspace: days all the same, for each role that there is a template of
SELECT count(DISTINCT day_date) >= 366 AS a_year, count(DISTINCT role) = (SELECT count(*) FROM handover.template WHERE kind = 'role') AS roles,
       sum(created_count + submitted_count + returned_count + accepted_count + closed_count + cancelled_count + late_count + feedback_count) AS anything,
       count(submitted_completeness_pct), count(*) = count(DISTINCT trend_key) AS unique_key, max(day_date) = (now() AT TIME ZONE 'UTC')::date AS up_to_today
  FROM ws_report.trend;
SELECT (SELECT count(*) FROM ws_report.waiting), (SELECT count(*) FROM ws_report.workload), (SELECT count(*) FROM ws_report.flow), (SELECT count(*) FROM ws_report.team),
       (SELECT count(*) FROM ws_report.after_effect), (SELECT count(*) FROM ws_report.feedback);
SELECT count(*) = max(day_date) - min(day_date) + 1 AS whole, min(day_date) <= (now() AT TIME ZONE 'UTC')::date - 365 AS from_year_ago,
       max(day_date) = make_date(extract(year FROM now() AT TIME ZONE 'UTC')::integer + 1, 12, 31) AS to_end_of_next_year,
       count(*) FILTER (WHERE days_from_today = 0) AS today
  FROM ws_report.calendar;
SELECT DISTINCT bool_and(past_count = is_past::integer AND weekend_count = is_weekend::integer AND is_past = (days_from_today < 0)
                         AND extract(isodow FROM week_date) = 1 AND day_date - week_date BETWEEN 0 AND 6
                         AND weekday = trim(to_char(day_date::timestamp, 'Day')) AND is_weekend = (weekday IN ('Saturday', 'Sunday'))
                         AND month_label = to_char(day_date::timestamp, 'YYYY-MM') AND month_date = date_trunc('month', day_date::timestamp)::date) AS right_all
  FROM ws_report.calendar;

-- ------------------------------------------------------------------------
-- Two months of handovers. Their times are what they would be had it gone so.
-- ------------------------------------------------------------------------

INSERT INTO ws.handover (id, title, role, outgoing, incoming, outgoing_team, incoming_team, effective_at, checklist) VALUES
    (1, 'On time', 'general', 'Ana', 'Bo', 'North', 'South', '2026-03-05 00:00Z', 'every handover has scope weight 3; suggest task'),
    (2, 'Late', 'general', 'Ana', 'Cy', 'North', 'South', '2026-03-04 00:00Z', 'suggest task; suggest risk'),
    (3, 'Waits', 'general', 'Bo', 'Ana', 'South', 'North', '2026-03-06 00:00Z', 'suggest task; require contact to accept ''name someone''; suggest risk'),
    (4, 'Draft', NULL, 'Cy', NULL, 'North', NULL, 'infinity', 'require 3 task'),
    (5, 'Gone', 'general', 'Ana', 'Bo', 'North', 'South', '2026-03-05 00:00Z', ''),
    (6, 'Waits without end', 'general', 'Bo', 'Cy', NULL, 'South', NULL, ''),
    (7, 'Soon', NULL, 'Dee', 'Ana', 'East', 'North', now() + interval '2 days', '');
UPDATE ws.handover SET scope = 'all' WHERE id = 1;
INSERT INTO ws.item (handover_id, element, title, state, owner, critical, due_at, attributes, created_at) VALUES
    (1, 'task', 'done', 'done', 'Ana', NULL, '2026-03-10Z', '{}', '2026-03-01Z'),
    (1, 'task', 'overdue', NULL, 'Ana', true, '2026-03-10Z', '{}', '2026-03-01Z'),
    (1, 'task', 'overdue before', 'ongoing', 'Ana', NULL, '2026-03-01Z', '{}', '2026-03-01Z'),
    (1, 'task', 'to come', NULL, 'Ana', NULL, '2999-03-10Z', '{}', '2026-03-01Z'),
    (1, 'question', 'before', 'done', NULL, NULL, NULL, '{"asked_at": "2026-03-02"}', '2026-03-20Z'),
    (1, 'question', 'after', 'done', NULL, NULL, NULL, '{"asked_at": "2026-03-12"}', '2026-03-02Z'),
    (1, 'question', 'after, without a time', NULL, NULL, NULL, NULL, '{}', '2026-03-20Z'),
    (1, 'question', 'nothing', 'none', NULL, NULL, NULL, '{}', '2026-03-20Z'),
    (1, 'metric', 'answer', NULL, NULL, NULL, NULL, '{"kind": "service_level", "target": 200, "actual_before": 180, "actual_after": 190}', '2026-03-01Z'),
    (1, 'metric', 'uptime', NULL, NULL, NULL, NULL, '{"kind": "service_level", "target": 50, "actual_before": 40, "actual": 30, "measured_at": "2026-03-09"}', '2026-03-01Z'),
    (1, 'metric', 'one of two', NULL, NULL, NULL, NULL, '{"kind": "service_level", "target": 10, "actual_after": 9}', '2026-03-01Z'),
    (1, 'metric', 'no target', NULL, NULL, NULL, NULL, '{"kind": "service_level", "target": 0, "actual_before": 1, "actual_after": 9}', '2026-03-01Z'),
    (1, 'metric', 'no level', NULL, NULL, NULL, NULL, '{"kind": "kpi", "target": 10, "actual_before": 1, "actual_after": 9}', '2026-03-01Z'),
    (1, 'feedback', NULL, NULL, NULL, NULL, NULL, '{"rated_by": "Bo", "part": "incoming", "efficiency": 4, "completeness": 5, "given_at": "2026-03-15T10:00:00Z", "comment": "fine"}', '2026-03-16Z'),
    (1, 'feedback', NULL, NULL, NULL, NULL, NULL, '{"rated_by": ["Ana", "Cy"], "part": "outgoing", "support": 2}', '2026-03-15 12:00Z'),
    (1, 'feedback', NULL, 'none', NULL, NULL, NULL, '{"efficiency": 1}', '2026-03-15Z'),
    (2, 'task', 'open', NULL, 'Ana', NULL, NULL, '{}', '2026-03-02Z'),
    (2, 'feedback', NULL, NULL, NULL, NULL, NULL, '{}', '2026-03-15Z'),
    (3, 'task', 'open', 'blocked', 'Bo', true, '2026-03-07Z', '{}', '2026-03-03Z'),
    (4, 'task', 'open', NULL, 'Cy', NULL, NULL, '{}', '2026-03-04Z');
SELECT ws.submit(h.id) FROM ws.handover AS h WHERE id IN (1, 2, 3, 5, 6, 7) \g /dev/null
SELECT ws.return(1, 'no'), ws.submit(1), ws.accept(1), ws.accept(2), ws.cancel(5) \g /dev/null
DELETE FROM ws.item WHERE handover_id = 1 AND title = 'done';
SELECT ws.close(1) \g /dev/null

SET session_replication_role = replica;
UPDATE ws.handover AS h
   SET created_at = t.created_at, submitted_at = t.submitted_at, accepted_at = t.accepted_at, closed_at = t.closed_at
  FROM (VALUES (1, timestamptz '2026-03-01 23:00Z', timestamptz '2026-03-03 11:00Z', timestamptz '2026-03-04 12:30Z', timestamptz '2026-03-20Z'),
               (2, '2026-03-02 00:00Z', '2026-03-03 12:00Z', '2026-03-04 18:00Z', NULL),
               (3, '2026-03-03 00:00Z', '2026-03-05 00:00Z', NULL, NULL),
               (4, '2026-03-04 00:00Z', NULL, NULL, NULL),
               (5, '2026-03-04 00:00Z', '2026-03-04 01:00Z', NULL, NULL),
               (6, '2026-03-09 00:00Z', '2026-03-09 00:00Z', NULL, NULL),
               (7, now() - interval '5 days', now() - interval '90 minutes', NULL, NULL)) AS t (id, created_at, submitted_at, accepted_at, closed_at)
 WHERE t.id = h.id;
UPDATE ws.signoff AS s
   SET signed_at = CASE s.step WHEN 'returned' THEN '2026-03-02Z' WHEN 'accepted' THEN h.accepted_at WHEN 'closed' THEN h.closed_at
                               WHEN 'cancelled' THEN '2026-03-05Z'
                               ELSE CASE WHEN s.id = (SELECT min(o.id) FROM ws.signoff AS o WHERE o.handover_id = 1) THEN '2026-03-01 23:30Z' ELSE h.submitted_at END END
  FROM ws.handover AS h WHERE h.id = s.handover_id;
SET session_replication_role = origin;

-- ------------------------------------------------------------------------
-- What waits: by deadline, then by how long
-- ------------------------------------------------------------------------

SELECT handover_id, title, role, outgoing, incoming, outgoing_team, incoming_team, coordinator, submitted_by = session_user AS submitted_by,
       submitted_at IS NOT DISTINCT FROM (SELECT h.submitted_at FROM ws.handover AS h WHERE h.id = handover_id) AS submitted
  FROM ws_report.waiting;
SELECT handover_id, submitted_date = (submitted_at AT TIME ZONE 'UTC')::date AS day, abs(waiting_hours - extract(epoch FROM now() - submitted_at) / 3600) < 0.01 AS hours,
       CASE WHEN deadline_at < now() THEN deadline_at END AS deadline_at, deadline_date = (deadline_at AT TIME ZONE 'UTC')::date AS deadline_day,
       sign(hours_to_deadline), is_late, late_count, completeness_pct, is_ready, ready_count, missing_count, missing, return_count
  FROM ws_report.waiting;
SELECT handover_id, waiting_hours, hours_to_deadline FROM ws_report.waiting WHERE handover_id = 7;

-- ------------------------------------------------------------------------
-- Who has how much
-- ------------------------------------------------------------------------

SELECT party_kind, party, role, outgoing_count AS out, incoming_count AS inc, outgoing_open_count AS out_open, incoming_open_count AS in_open, to_submit_count AS to_submit,
       to_accept_count AS to_accept, late_count AS late, outgoing_open_item_count AS out_item, incoming_open_item_count AS in_item,
       incoming_critical_item_count AS critical, incoming_overdue_item_count AS overdue, outgoing_recent_count AS out_recent, incoming_recent_count AS in_recent
  FROM ws_report.workload ORDER BY party_kind, party, role;
SELECT count(*) = count(DISTINCT workload_key) AS unique_key, count(workload_key) = count(*) AS not_null FROM ws_report.workload;
SELECT team, outgoing_count, incoming_count, outgoing_open_count, incoming_open_count,
       CASE WHEN last_created_date < '2026-06-01' THEN last_created_date END AS last FROM ws_report.team ORDER BY team;

-- ------------------------------------------------------------------------
-- Day by day, and week by week
-- ------------------------------------------------------------------------

SELECT trend_key, created_count AS created, submitted_count AS submitted, returned_count AS returned, accepted_count AS accepted, closed_count AS closed,
       cancelled_count AS cancelled, late_count AS late, feedback_count AS feedback, feedback_rating AS rating
  FROM ws_report.trend WHERE created_count + submitted_count + returned_count + accepted_count + closed_count + cancelled_count + feedback_count > 0
   AND day_date < '2026-06-01' ORDER BY trend_key;
SELECT day_date, role, submitted_completeness_pct AS pct, submitted_completeness_sum AS sum, submitted_completeness_count AS n, lead_hours, median_lead_hours AS median,
       lead_hours_sum AS sum, accept_hours, median_accept_hours AS median, accept_hours_sum AS sum, accept_hours_count AS n
  FROM ws_report.trend WHERE submitted_completeness_count + accept_hours_count > 0 AND day_date < '2026-06-01' ORDER BY trend_key;
-- the sums are those of the handovers, however the days are cut
SELECT sum(created_count) = (SELECT count(*) FROM ws.handover) AS created, sum(submitted_count) = (SELECT count(*) FROM ws.signoff WHERE step = 'submitted') AS submitted,
       sum(accepted_count) = (SELECT sum(accepted_count) FROM ws_report.overview) AS accepted, count(*) = count(DISTINCT trend_key) AS unique_key,
       count(*) FILTER (WHERE role IS NULL AND created_count = 0 AND submitted_count = 0) AS days_of_no_role
  FROM ws_report.trend;
SET TimeZone = 'Asia/Kolkata';
SELECT day_date, created_count FROM ws_report.trend WHERE created_count > 0 AND day_date < '2026-06-01' ORDER BY trend_key;
SELECT count(*) - count(DISTINCT day_date), max(day_date) = (now() AT TIME ZONE 'UTC')::date FROM ws_report.trend WHERE role = 'general';
RESET TimeZone;
SELECT week_date, outgoing_team, incoming_team, handover_count AS n, open_count AS open, waiting_count AS waiting, accepted_count AS accepted, completeness_pct,
       completeness_sum AS sum, accept_hours, median_accept_hours AS median, accept_hours_sum AS sum, accept_hours_count AS n, late_count AS late, return_count AS returns
  FROM ws_report.flow WHERE week_date < '2026-06-01' ORDER BY 1, 2, 3;
SELECT count(*) = count(DISTINCT flow_key) AS unique_key, count(flow_key) = count(*) AS not_null, sum(handover_count) FROM ws_report.flow;

-- ------------------------------------------------------------------------
-- What the overview says of the same
-- ------------------------------------------------------------------------

SELECT handover_id, is_waiting, waiting_count AS n, is_accepted, accepted_count AS n, is_late, late_count AS n, lead_hours, CASE WHEN handover_id < 7 THEN notice_hours END AS notice_hours,
       accept_hours, completeness_pct, submitted_completeness_pct
  FROM ws_report.overview ORDER BY handover_id;
-- items and signoffs are left out of the plan of who does not ask for them
EXPLAIN (COSTS off) SELECT created_date, role, count(*), avg(completeness_pct), sum(late_count), sum(waiting_count) FROM ws_report.overview GROUP BY created_date, role;

-- ------------------------------------------------------------------------
-- What came after
-- ------------------------------------------------------------------------

SELECT handover_id, title, role, status, outgoing, incoming, outgoing_team, incoming_team, accepted_at, accepted_date, cutover_at, cutover_date FROM ws_report.after_effect ORDER BY 1;
SELECT handover_id, overdue_after_count AS overdue, question_after_count AS questions, open_question_count AS open, service_level_count AS levels, service_level_before_pct AS before,
       service_level_after_pct AS after, service_level_change_pct AS change, feedback_count AS n, feedback_rating AS rating, completeness_pct, submitted_completeness_pct,
       return_count
  FROM ws_report.after_effect ORDER BY 1;
SELECT handover_id, handover_title, role, status, outgoing, incoming, outgoing_team, incoming_team, rated_by, part, given_at, given_date FROM ws_report.feedback ORDER BY item_id;
SELECT handover_id, efficiency_rating AS e, completeness_rating AS c, confidence_rating AS f, support_rating AS s, feedback_rating AS mean, comment, accepted_date, cutover_date,
       overdue_after_count AS overdue, question_after_count AS questions, service_level_before_pct AS before, service_level_after_pct AS after, service_level_change_pct AS change,
       completeness_pct, submitted_completeness_pct, return_count
  FROM ws_report.feedback ORDER BY item_id;

-- what was true when it was signed stays, whatever becomes of the handover
SELECT count(DISTINCT s.completeness), count(*) FILTER (WHERE s.completeness = handover.completeness(h.checklist, s.document) IS NOT TRUE) AS not_as_the_document
  FROM ws.signoff AS s JOIN ws.handover AS h ON h.id = s.handover_id;
INSERT INTO ws.item (handover_id, element, title) VALUES (3, 'contact', 'Di'), (3, 'risk', 'Rain');
SELECT handover_id, completeness_pct, submitted_completeness_pct FROM ws_report.overview WHERE handover_id = 3;
SELECT sum(submitted_completeness_sum) FROM ws_report.trend WHERE day_date = '2026-03-05';
-- and nobody changes it
UPDATE ws.signoff SET completeness = 100 WHERE handover_id = 3;

SELECT handover.drop_workspace('ws', true);
