/*
 * workspace_flow: how handovers move: who gives and receives, from day to day,
 * from team to team, and what waits.
 *
 * What can be filtered by goes below the grouping, so that an index finds it:
 * days are the very expressions that the table has indexes on.
 */

CREATE FUNCTION @extschema@.create_workspace_flow() RETURNS void
LANGUAGE plpgsql
AS $create$
BEGIN

-- From a year before today, or from the year of the first handover, to the end of next year.
CREATE OR REPLACE VIEW calendar AS
SELECT d.day_date,
       extract(year FROM d.day_date)::integer AS year,
       extract(quarter FROM d.day_date)::smallint AS quarter,
       extract(month FROM d.day_date)::smallint AS month,
       date_trunc('month', d.day_date::timestamp)::date AS month_date,
       to_char(d.day_date::timestamp, 'YYYY-MM')::varchar(8) AS month_label,
       extract(week FROM d.day_date)::smallint AS iso_week,
       to_char(d.day_date::timestamp, 'IYYY-"W"IW')::varchar(8) AS week_label,
       (d.day_date - (extract(isodow FROM d.day_date)::integer - 1))::date AS week_date,
       (ARRAY['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'])[extract(isodow FROM d.day_date)::integer]::varchar(16) AS weekday,
       extract(isodow FROM d.day_date)::smallint AS weekday_rank,
       extract(isodow FROM d.day_date) >= 6 AS is_weekend,
       (extract(isodow FROM d.day_date) >= 6)::integer AS weekend_count,
       d.day_date - d.today AS days_from_today,
       d.day_date < d.today AS is_past,
       (d.day_date < d.today)::integer AS past_count
  FROM (SELECT bounds.first + n AS day_date, bounds.today
          FROM (SELECT least(today.day - 365,
                             date_trunc('year', (SELECT min((h.created_at AT TIME ZONE 'UTC')::date)
                                                   FROM visible_handover AS h)::timestamp)::date) AS first,
                       (date_trunc('year', today.day::timestamp) + interval '2 years' - interval '1 day')::date AS last,
                       today.day AS today
                  FROM (SELECT (now() AT TIME ZONE 'UTC')::date AS day) AS today
                -- once, and not for each use of it
                OFFSET 0) AS bounds
               CROSS JOIN LATERAL generate_series(0, bounds.last - bounds.first) AS n) AS d;
COMMENT ON VIEW calendar IS 'Days, to join what has a date with. One row is a day, from a year ago or the year of the first handover to the end of next year. Days are in UTC.';
COMMENT ON COLUMN calendar.day_date IS 'the day, its key';
COMMENT ON COLUMN calendar.year IS 'year';
COMMENT ON COLUMN calendar.quarter IS 'quarter of the year, 1 to 4';
COMMENT ON COLUMN calendar.month IS 'month of the year, 1 to 12';
COMMENT ON COLUMN calendar.month_date IS 'first day of its month';
COMMENT ON COLUMN calendar.month_label IS 'year and month, such as 2026-11';
COMMENT ON COLUMN calendar.iso_week IS 'week of the year by ISO 8601, 1 to 53';
COMMENT ON COLUMN calendar.week_label IS 'year and week by ISO 8601, such as 2026-W48';
COMMENT ON COLUMN calendar.week_date IS 'Monday of its week';
COMMENT ON COLUMN calendar.weekday IS 'Monday to Sunday';
COMMENT ON COLUMN calendar.weekday_rank IS 'day of the week in its order: 1 Monday to 7 Sunday';
COMMENT ON COLUMN calendar.is_weekend IS 'whether it is a Saturday or Sunday';
COMMENT ON COLUMN calendar.weekend_count IS '1 if it is a Saturday or Sunday, else 0; to be summed';
COMMENT ON COLUMN calendar.days_from_today IS 'days from today to it; negative if it is past';
COMMENT ON COLUMN calendar.is_past IS 'whether it is over';
COMMENT ON COLUMN calendar.past_count IS '1 if it is over, else 0; to be summed';

CREATE OR REPLACE VIEW team AS
SELECT t.team,
       sum(t.outgoing)::integer AS outgoing_count,
       sum(t.incoming)::integer AS incoming_count,
       coalesce(sum(t.outgoing) FILTER (WHERE t.is_open), 0)::integer AS outgoing_open_count,
       coalesce(sum(t.incoming) FILTER (WHERE t.is_open), 0)::integer AS incoming_open_count,
       max(t.created_date) AS last_created_date
  FROM (SELECT h.outgoing_team AS team, 1 AS outgoing, 0 AS incoming, h.status IN ('draft', 'submitted', 'accepted') AS is_open,
               (h.created_at AT TIME ZONE 'UTC')::date AS created_date
          FROM visible_handover AS h
         WHERE h.outgoing_team IS NOT NULL
        UNION ALL
        SELECT h.incoming_team AS team, 0 AS outgoing, 1 AS incoming, h.status IN ('draft', 'submitted', 'accepted') AS is_open,
               (h.created_at AT TIME ZONE 'UTC')::date AS created_date
          FROM visible_handover AS h
         WHERE h.incoming_team IS NOT NULL) AS t
 GROUP BY t.team;
COMMENT ON VIEW team IS 'Which teams are there? One row is a team that hands over or takes over. Days are in UTC.';
COMMENT ON COLUMN team.team IS 'name of the team, its key';
COMMENT ON COLUMN team.outgoing_count IS 'number of handovers in which it hands over';
COMMENT ON COLUMN team.incoming_count IS 'number of handovers in which it takes over';
COMMENT ON COLUMN team.outgoing_open_count IS 'number of open handovers in which it hands over';
COMMENT ON COLUMN team.incoming_open_count IS 'number of open handovers in which it takes over';
COMMENT ON COLUMN team.last_created_date IS 'day on which the last of its handovers was made';

CREATE OR REPLACE VIEW workload AS
SELECT encode(sha256(convert_to(concat_ws(E'\t', w.party_kind, w.role, w.party), 'UTF8')), 'hex')::varchar(64) AS workload_key,
       w.party_kind::varchar(16) AS party_kind,
       w.party,
       w.role,
       sum(w.outgoing)::integer AS outgoing_count,
       sum(w.incoming)::integer AS incoming_count,
       coalesce(sum(w.outgoing) FILTER (WHERE w.is_open), 0)::integer AS outgoing_open_count,
       coalesce(sum(w.incoming) FILTER (WHERE w.is_open), 0)::integer AS incoming_open_count,
       coalesce(sum(w.outgoing) FILTER (WHERE w.status = 'draft'), 0)::integer AS to_submit_count,
       coalesce(sum(w.incoming) FILTER (WHERE w.status = 'submitted'), 0)::integer AS to_accept_count,
       (count(*) FILTER (WHERE w.is_open AND w.is_late))::integer AS late_count,
       coalesce(sum(w.outgoing_item), 0)::integer AS outgoing_open_item_count,
       coalesce(sum(w.incoming_item), 0)::integer AS incoming_open_item_count,
       coalesce(sum(w.incoming_item) FILTER (WHERE w.is_critical), 0)::integer AS incoming_critical_item_count,
       coalesce(sum(w.incoming_item) FILTER (WHERE w.is_overdue), 0)::integer AS incoming_overdue_item_count,
       coalesce(sum(w.outgoing) FILTER (WHERE w.is_recent), 0)::integer AS outgoing_recent_count,
       coalesce(sum(w.incoming) FILTER (WHERE w.is_recent), 0)::integer AS incoming_recent_count
  FROM (SELECT p.party_kind, p.party, p.role, p.status, p.is_outgoing::integer AS outgoing, (NOT p.is_outgoing)::integer AS incoming,
               p.status IN ('draft', 'submitted', 'accepted') AS is_open, @extschema@.is_late(p.status, p.effective_at, p.accepted_at) AS is_late,
               (p.created_at AT TIME ZONE 'UTC')::date > (now() AT TIME ZONE 'UTC')::date - 30 AS is_recent,
               0 AS outgoing_item, 0 AS incoming_item, false AS is_critical, false AS is_overdue
          FROM visible_party AS p
        UNION ALL
        SELECT p.party_kind, p.party, p.role, NULL AS status, 0 AS outgoing, 0 AS incoming,
               false AS is_open, false AS is_late, false AS is_recent,
               p.is_outgoing::integer AS outgoing_item, (NOT p.is_outgoing)::integer AS incoming_item, item.critical AS is_critical, item.due_at < now() AS is_overdue
          FROM visible_party AS p
               JOIN item ON item.handover_id = p.handover_id
         WHERE p.status IN ('draft', 'submitted', 'accepted')
           AND (item.state IS NULL OR item.state NOT IN ('done', 'none'))) AS w
 GROUP BY w.party_kind, w.party, w.role;
COMMENT ON VIEW workload IS 'Who gives, who receives, how much? One row is a person or team and a role. Items are those of open handovers.';
COMMENT ON COLUMN workload.workload_key IS 'key, made of kind, name and role';
COMMENT ON COLUMN workload.party_kind IS 'person or team: named as outgoing or incoming, or as outgoing_team or incoming_team';
COMMENT ON COLUMN workload.party IS 'name of the person or team';
COMMENT ON COLUMN workload.role IS 'role whose work it is, by its template';
COMMENT ON COLUMN workload.outgoing_count IS 'number of handovers in which it hands over';
COMMENT ON COLUMN workload.incoming_count IS 'number of handovers in which it takes over';
COMMENT ON COLUMN workload.outgoing_open_count IS 'number of open handovers in which it hands over';
COMMENT ON COLUMN workload.incoming_open_count IS 'number of open handovers in which it takes over';
COMMENT ON COLUMN workload.to_submit_count IS 'number of drafts that it is to submit';
COMMENT ON COLUMN workload.to_accept_count IS 'number of submitted handovers that it is to accept';
COMMENT ON COLUMN workload.late_count IS 'number of its open handovers that are late: not accepted when the new owner was to take over';
COMMENT ON COLUMN workload.outgoing_open_item_count IS 'number of open items that it hands over';
COMMENT ON COLUMN workload.incoming_open_item_count IS 'number of open items that it takes over';
COMMENT ON COLUMN workload.incoming_critical_item_count IS 'number of open items that it takes over and that are critical';
COMMENT ON COLUMN workload.incoming_overdue_item_count IS 'number of open items that it takes over and whose due time is over';
COMMENT ON COLUMN workload.outgoing_recent_count IS 'number of handovers made in the last 30 days in which it hands over';
COMMENT ON COLUMN workload.incoming_recent_count IS 'number of handovers made in the last 30 days in which it takes over';

CREATE OR REPLACE VIEW trend AS
SELECT (to_char(e.day_date::timestamp, 'YYYY-MM-DD') || coalesce(' ' || e.role, ''))::varchar(80) AS trend_key,
       e.day_date,
       e.role,
       sum(e.created)::integer AS created_count,
       (count(*) FILTER (WHERE e.step = 'submitted'))::integer AS submitted_count,
       (count(*) FILTER (WHERE e.step = 'returned'))::integer AS returned_count,
       (count(*) FILTER (WHERE e.step = 'accepted'))::integer AS accepted_count,
       (count(*) FILTER (WHERE e.step = 'closed'))::integer AS closed_count,
       (count(*) FILTER (WHERE e.step = 'cancelled'))::integer AS cancelled_count,
       round((avg(e.completeness) FILTER (WHERE e.step = 'submitted'))::numeric, 2)::numeric(5,2) AS submitted_completeness_pct,
       round(avg(e.lead_hours), 2)::numeric(12,2) AS lead_hours,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY e.lead_hours))::numeric, 2)::numeric(12,2) AS median_lead_hours,
       round(avg(e.accept_hours), 2)::numeric(12,2) AS accept_hours,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY e.accept_hours))::numeric, 2)::numeric(12,2) AS median_accept_hours,
       (count(*) FILTER (WHERE e.is_late))::integer AS late_count,
       count(e.rating)::integer AS feedback_count,
       round(avg(e.rating), 2)::numeric(3,2) AS feedback_rating,
       round((sum(e.completeness) FILTER (WHERE e.step = 'submitted'))::numeric, 2)::numeric(14,2) AS submitted_completeness_sum,
       (count(e.completeness) FILTER (WHERE e.step = 'submitted'))::integer AS submitted_completeness_count,
       round(sum(e.accept_hours), 2)::numeric(14,2) AS accept_hours_sum,
       count(e.accept_hours)::integer AS accept_hours_count,
       round(sum(e.lead_hours), 2)::numeric(14,2) AS lead_hours_sum
  FROM (SELECT c.day_date, r.role, 0 AS created, NULL::text AS step, NULL::double precision AS completeness,
               NULL::numeric AS lead_hours, NULL::numeric AS accept_hours, NULL::boolean AS is_late, NULL::numeric AS rating
          FROM calendar AS c
               CROSS JOIN (SELECT t.name::varchar(63) AS role FROM @extschema@.template AS t WHERE t.kind = 'role') AS r
         WHERE c.days_from_today <= 0
        -- each column has its name in each part, or a dump would give it another
        UNION ALL
        SELECT (h.created_at AT TIME ZONE 'UTC')::date AS day_date, h.role, 1 AS created, NULL AS step, NULL AS completeness,
               NULL AS lead_hours, NULL AS accept_hours, NULL AS is_late, NULL AS rating
          FROM visible_handover AS h
        UNION ALL
        SELECT (s.signed_at AT TIME ZONE 'UTC')::date AS day_date, h.role, 0 AS created, s.step, s.completeness,
               CASE s.step WHEN 'accepted' THEN @extschema@.hours_between(h.created_at, h.accepted_at) END AS lead_hours,
               CASE s.step WHEN 'accepted' THEN @extschema@.hours_between(h.submitted_at, h.accepted_at) END AS accept_hours,
               CASE s.step WHEN 'accepted' THEN h.accepted_at > h.effective_at END AS is_late, NULL AS rating
          FROM signoff AS s
               -- one by one: those of some days are few, and the planner would rather read all handovers
               CROSS JOIN LATERAL (SELECT v.role, v.created_at, v.submitted_at, v.accepted_at, v.effective_at
                                     FROM visible_handover AS v WHERE v.id = s.handover_id OFFSET 0) AS h
        UNION ALL
        SELECT (coalesce(@extschema@.attribute_time(i.attributes, 'given_at'), i.created_at) AT TIME ZONE 'UTC')::date AS day_date, h.role,
               0 AS created, NULL AS step, NULL AS completeness, NULL AS lead_hours, NULL AS accept_hours, NULL AS is_late,
               @extschema@.mean_rating(i.attributes) AS rating
          FROM item AS i
               JOIN visible_handover AS h ON h.id = i.handover_id
         WHERE i.element = 'feedback' AND i.state IS DISTINCT FROM 'none') AS e
 GROUP BY e.day_date, e.role;
COMMENT ON VIEW trend IS 'How do handovers go, from day to day? One row is a day and a role; days on which nothing happened are there, too. Days are in UTC.';
COMMENT ON COLUMN trend.trend_key IS 'key, made of day and role';
COMMENT ON COLUMN trend.day_date IS 'the day';
COMMENT ON COLUMN trend.role IS 'role whose work it is, by its template';
COMMENT ON COLUMN trend.created_count IS 'number of handovers made on the day';
COMMENT ON COLUMN trend.submitted_count IS 'number of submissions on the day; a handover that was returned may be submitted again';
COMMENT ON COLUMN trend.returned_count IS 'number of returns on the day';
COMMENT ON COLUMN trend.accepted_count IS 'number of handovers accepted on the day';
COMMENT ON COLUMN trend.closed_count IS 'number of handovers closed on the day';
COMMENT ON COLUMN trend.cancelled_count IS 'number of handovers cancelled on the day';
COMMENT ON COLUMN trend.submitted_completeness_pct IS 'mean completeness of what was submitted on the day, as it then was, 0 to 100';
COMMENT ON COLUMN trend.lead_hours IS 'mean of the hours from draft to acceptance, of handovers accepted on the day';
COMMENT ON COLUMN trend.median_lead_hours IS 'median of the hours from draft to acceptance, of handovers accepted on the day';
COMMENT ON COLUMN trend.accept_hours IS 'mean of the hours from submission to acceptance, of handovers accepted on the day';
COMMENT ON COLUMN trend.median_accept_hours IS 'median of the hours from submission to acceptance, of handovers accepted on the day';
COMMENT ON COLUMN trend.late_count IS 'number of handovers accepted on the day, after the new owner was to take over';
COMMENT ON COLUMN trend.feedback_count IS 'number of ratings given on the day';
COMMENT ON COLUMN trend.feedback_rating IS 'mean of the ratings given on the day, 1 to 5';
COMMENT ON COLUMN trend.submitted_completeness_sum IS 'sum of the completeness of what was submitted on the day; for means over several days';
COMMENT ON COLUMN trend.submitted_completeness_count IS 'number of submissions on the day whose completeness is known; for means over several days';
COMMENT ON COLUMN trend.accept_hours_sum IS 'sum of the hours from submission to acceptance; for means over several days';
COMMENT ON COLUMN trend.accept_hours_count IS 'number of acceptances whose hours from submission are known; for means over several days';
COMMENT ON COLUMN trend.lead_hours_sum IS 'sum of the hours from draft to acceptance; for means over several days';

CREATE OR REPLACE VIEW flow AS
SELECT encode(sha256(convert_to(concat_ws(E'\t', f.week_date, coalesce('>' || f.outgoing_team, ''), coalesce('>' || f.incoming_team, '')), 'UTF8')), 'hex')::varchar(64) AS flow_key,
       f.week_date,
       f.outgoing_team,
       f.incoming_team,
       count(*)::integer AS handover_count,
       (count(*) FILTER (WHERE f.status IN ('draft', 'submitted', 'accepted')))::integer AS open_count,
       (count(*) FILTER (WHERE f.status = 'submitted'))::integer AS waiting_count,
       count(f.accepted_at)::integer AS accepted_count,
       round(avg(f.completeness)::numeric, 2)::numeric(5,2) AS completeness_pct,
       round(avg(f.accept_hours), 2)::numeric(12,2) AS accept_hours,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY f.accept_hours))::numeric, 2)::numeric(12,2) AS median_accept_hours,
       (count(*) FILTER (WHERE f.is_late))::integer AS late_count,
       sum(f.returns)::integer AS return_count,
       round(sum(f.completeness)::numeric, 2)::numeric(14,2) AS completeness_sum,
       round(sum(f.accept_hours), 2)::numeric(14,2) AS accept_hours_sum,
       count(f.accept_hours)::integer AS accept_hours_count
  FROM (SELECT date_trunc('week', h.created_at AT TIME ZONE 'UTC')::date AS week_date,
               h.outgoing_team, h.incoming_team, h.status, h.accepted_at, h.completeness, h.returns,
               @extschema@.hours_between(h.submitted_at, h.accepted_at) AS accept_hours,
               @extschema@.is_late(h.status, h.effective_at, h.accepted_at) AS is_late
          FROM visible_handover AS h
         WHERE h.status <> 'cancelled') AS f
 GROUP BY f.week_date, f.outgoing_team, f.incoming_team;
COMMENT ON VIEW flow IS 'How does work flow between teams? One row is a pair of teams and a week, by the day on which handovers were made. Cancelled handovers are left out. Weeks begin on Monday, in UTC.';
COMMENT ON COLUMN flow.flow_key IS 'key, made of week and teams';
COMMENT ON COLUMN flow.week_date IS 'Monday of the week in which the handovers were made';
COMMENT ON COLUMN flow.outgoing_team IS 'team of who hands over';
COMMENT ON COLUMN flow.incoming_team IS 'team of who takes over';
COMMENT ON COLUMN flow.handover_count IS 'number of handovers';
COMMENT ON COLUMN flow.open_count IS 'number of those that are open';
COMMENT ON COLUMN flow.waiting_count IS 'number of those that are submitted and not accepted';
COMMENT ON COLUMN flow.accepted_count IS 'number of those that were accepted';
COMMENT ON COLUMN flow.completeness_pct IS 'mean of how far all rules of their checklists are met, 0 to 100';
COMMENT ON COLUMN flow.accept_hours IS 'mean of the hours from submission to acceptance';
COMMENT ON COLUMN flow.median_accept_hours IS 'median of the hours from submission to acceptance';
COMMENT ON COLUMN flow.late_count IS 'number of those that are late: not accepted when the new owner was to take over';
COMMENT ON COLUMN flow.return_count IS 'number of times that they were returned';
COMMENT ON COLUMN flow.completeness_sum IS 'sum of their completeness; for means over several weeks or teams';
COMMENT ON COLUMN flow.accept_hours_sum IS 'sum of the hours from submission to acceptance; for means over several weeks or teams';
COMMENT ON COLUMN flow.accept_hours_count IS 'number of acceptances whose hours from submission are known; for means over several weeks or teams';

CREATE OR REPLACE VIEW waiting AS
SELECT h.id AS handover_id,
       h.title::varchar(255) AS title,
       h.role,
       h.outgoing,
       h.incoming,
       h.outgoing_team,
       h.incoming_team,
       h.coordinator,
       h.submitted_by::varchar(255) AS submitted_by,
       h.submitted_at,
       (h.submitted_at AT TIME ZONE 'UTC')::date AS submitted_date,
       @extschema@.hours_between(h.submitted_at, now())::numeric(12,2) AS waiting_hours,
       @extschema@.finite(h.effective_at) AS deadline_at,
       (@extschema@.finite(h.effective_at) AT TIME ZONE 'UTC')::date AS deadline_date,
       @extschema@.hours_between(now(), h.effective_at)::numeric(12,2) AS hours_to_deadline,
       coalesce(h.effective_at < now(), false) AS is_late,
       coalesce(h.effective_at < now(), false)::integer AS late_count,
       round(h.completeness::numeric, 2)::numeric(5,2) AS completeness_pct,
       @extschema@.complete(h.checklist, h.tally, 'accepted') AS is_ready,
       @extschema@.complete(h.checklist, h.tally, 'accepted')::integer AS ready_count,
       cardinality(@extschema@.missing(h.checklist, h.tally, 'accepted')) AS missing_count,
       array_to_string(@extschema@.missing(h.checklist, h.tally, 'accepted'), '; ') AS missing,
       h.returns AS return_count
  FROM visible_handover AS h
 WHERE h.status = 'submitted'
 ORDER BY h.effective_at, h.submitted_at, h.id;
COMMENT ON VIEW waiting IS 'What waits for acceptance? One row is a handover that is submitted and not accepted, most pressing first: by the time at which the new owner takes over, then by how long it waits. Days are in UTC.';
COMMENT ON COLUMN waiting.handover_id IS 'key of the handover';
COMMENT ON COLUMN waiting.title IS 'what is handed over, in a few words';
COMMENT ON COLUMN waiting.role IS 'role whose work it is, by its template';
COMMENT ON COLUMN waiting.outgoing IS 'person or team that hands over';
COMMENT ON COLUMN waiting.incoming IS 'person or team that takes over';
COMMENT ON COLUMN waiting.outgoing_team IS 'team of who hands over';
COMMENT ON COLUMN waiting.incoming_team IS 'team of who takes over';
COMMENT ON COLUMN waiting.coordinator IS 'who coordinates both sides';
COMMENT ON COLUMN waiting.submitted_by IS 'who submitted it';
COMMENT ON COLUMN waiting.submitted_at IS 'when it was last submitted';
COMMENT ON COLUMN waiting.submitted_date IS 'day on which it was last submitted';
COMMENT ON COLUMN waiting.waiting_hours IS 'hours since it was last submitted';
COMMENT ON COLUMN waiting.deadline_at IS 'when the new owner takes over, by when it should be accepted';
COMMENT ON COLUMN waiting.deadline_date IS 'day on which the new owner takes over';
COMMENT ON COLUMN waiting.hours_to_deadline IS 'hours until the new owner takes over; negative if that is past';
COMMENT ON COLUMN waiting.is_late IS 'whether the new owner was to take over before now';
COMMENT ON COLUMN waiting.late_count IS '1 if the new owner was to take over before now, else 0; to be summed';
COMMENT ON COLUMN waiting.completeness_pct IS 'how far all rules of its checklist are met, 0 to 100';
COMMENT ON COLUMN waiting.is_ready IS 'whether nothing is missing for its acceptance';
COMMENT ON COLUMN waiting.ready_count IS '1 if nothing is missing for its acceptance, else 0; to be summed';
COMMENT ON COLUMN waiting.missing_count IS 'number of requirements missing for its acceptance';
COMMENT ON COLUMN waiting.missing IS 'what is missing for its acceptance, in words, with semicolons between';
COMMENT ON COLUMN waiting.return_count IS 'number of times that it was returned';

END
$create$;
COMMENT ON FUNCTION @extschema@.create_workspace_flow() IS
    'part of create_workspace(): makes the reports on the flow of handovers in the first schema of the search_path, from the tables of the second';
