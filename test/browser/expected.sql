-- What the pages show, as text.
SET search_path = ops_report;

-- What the charts show: a point each, x as text, in their order.
CREATE TEMPORARY VIEW role_completeness AS
SELECT p.part, CASE WHEN dense_rank() OVER (PARTITION BY p.part ORDER BY n.handovers DESC, coalesce(o.role, 'no role')) <= 8 THEN coalesce(o.role, 'no role') ELSE 'other roles' END AS role,
       CASE p.part WHEN 'week' THEN date_trunc('week', o.created_date)::date ELSE o.created_date END AS since,
       o.completeness_pct
  FROM overview AS o
       CROSS JOIN (VALUES ('week', 100000), ('day', 30)) AS p (part, days)
       CROSS JOIN LATERAL (SELECT count(*) AS handovers FROM overview AS r
                            WHERE r.role IS NOT DISTINCT FROM o.role AND (now() AT TIME ZONE 'UTC')::date - r.created_date <= p.days) AS n
 WHERE (now() AT TIME ZONE 'UTC')::date - o.created_date <= p.days;
CREATE TEMPORARY VIEW point (title, name, x, y, rank) AS
SELECT 'Handovers by status', 'Handovers', s.status, count(o.handover_id), s.rank
  FROM (VALUES (1, 'draft'), (2, 'submitted'), (3, 'accepted'), (4, 'closed'), (5, 'cancelled')) AS s (rank, status)
       LEFT JOIN overview AS o ON o.status = s.status
 GROUP BY s.rank, s.status
UNION ALL
SELECT 'Open items by priority band', initcap(s.status), 'P' || b, count(w.item_id), b
  FROM (VALUES ('draft'), ('submitted'), ('accepted')) AS s (status)
       CROSS JOIN generate_series(1, 5) AS b
       LEFT JOIN worklist AS w ON w.band_rank = b AND w.status = s.status
 GROUP BY s.status, b
UNION ALL
SELECT 'All roles' || CASE c.part WHEN 'day' THEN ' (30 days)' ELSE '' END, initcap(y.name), c.since::text, round(avg(y.value), 1), c.since - '2000-01-01'
  FROM role_completeness AS c
       CROSS JOIN LATERAL (VALUES ('mean', c.completeness_pct), ('complete', CASE WHEN c.completeness_pct = 100 THEN 100 ELSE 0 END)) AS y (name, value)
 GROUP BY c.part, y.name, c.since
UNION ALL
SELECT CASE y.name WHEN 'mean' THEN 'Mean completeness by role, %' ELSE 'Complete handovers by role, %' END || CASE c.part WHEN 'day' THEN ' (30 days)' ELSE '' END,
       c.role, c.since::text, round(avg(y.value), 1), c.since - '2000-01-01'
  FROM role_completeness AS c
       CROSS JOIN LATERAL (VALUES ('mean', c.completeness_pct), ('complete', CASE WHEN c.completeness_pct = 100 THEN 100 ELSE 0 END)) AS y (name, value)
 GROUP BY c.part, y.name, c.role, c.since
UNION ALL
SELECT 'Changes by day (UTC)', y.name, d.day_date::text, y.value, d.day_date - '2000-01-01'
  FROM calendar AS d
       LEFT JOIN (SELECT changed_date, count(*) AS changes, sum(after_submission_count) AS after FROM timeline GROUP BY changed_date) AS t ON t.changed_date = d.day_date
       CROSS JOIN LATERAL (VALUES ('Changes', coalesce(t.changes, 0)), ('After Submission', coalesce(t.after, 0))) AS y (name, value)
 WHERE (now() AT TIME ZONE 'UTC')::date - d.day_date BETWEEN 0 AND 90
UNION ALL
SELECT 'Findings by severity', initcap(s.severity), w.week::text, count(f.finding_key), w.week - '2000-01-01'
  FROM (VALUES ('error'), ('warning'), ('information')) AS s (severity)
       CROSS JOIN (SELECT DISTINCT date_trunc('week', day_date)::date AS week
                     FROM calendar
                    WHERE day_date BETWEEN (SELECT least((now() AT TIME ZONE 'UTC')::date - 90, min(created_date)) FROM finding WHERE is_open)
                                       AND (now() AT TIME ZONE 'UTC')::date) AS w
       LEFT JOIN finding AS f ON f.is_open AND f.severity = s.severity AND date_trunc('week', f.created_date)::date = w.week
 GROUP BY s.severity, w.week;

SELECT jsonb_build_object(
    'figures', (SELECT jsonb_build_object('Handovers', count(*)::text, 'Submitted, not accepted', sum(waiting_count)::text, 'Late', sum(late_count)::text,
                                          'Completeness, %', round(avg(completeness_pct), 1)::text,
                                          'Complete handovers, %', round(100.0 * count(*) FILTER (WHERE completeness_pct = 100) / count(*), 1)::text) FROM overview),
    'handovers', (SELECT jsonb_agg(o.handover_id::text) FROM (SELECT handover_id FROM overview ORDER BY status_rank, handover_id LIMIT 10) AS o),
    'team', (SELECT jsonb_build_object('Handovers', count(*)::text, 'Late', sum(late_count)::text) FROM overview
              WHERE 'O''Neill & <i>Sons</i>' IN (outgoing_team, incoming_team)),
    'findings', (SELECT jsonb_build_object('Findings', count(*)::text, 'Errors', sum(error_count)::text, 'Warnings', sum(warning_count)::text,
                                           'Handovers with any', count(DISTINCT handover_id)::text) FROM finding WHERE is_open),
    'severities', (SELECT jsonb_agg(s.severity ORDER BY s.severity_rank)
                     FROM (SELECT DISTINCT c.severity, c.severity_rank
                             FROM (SELECT label, severity, severity_rank FROM finding WHERE is_open GROUP BY label, severity, severity_rank
) AS c) AS s),
    'errors', (SELECT count(*)::text FROM finding WHERE is_open AND is_error),
    'changes', (SELECT jsonb_build_object('Changes', count(*)::text, 'People', count(DISTINCT actor)::text, 'Handovers', count(DISTINCT handover_id)::text,
                                          'After submission', sum(after_submission_count)::text) FROM timeline),
    'last', (SELECT round(completeness_pct, 1)::text FROM overview ORDER BY handover_id DESC LIMIT 1),
    'flow', (SELECT jsonb_agg(jsonb_build_array(coalesce(f.outgoing_team, 'no team'), coalesce(f.incoming_team, 'no team'), f.handovers::text) ORDER BY f.rank)
               FROM (SELECT outgoing_team, incoming_team, count(*) AS handovers,
                            row_number() OVER (ORDER BY count(*) DESC, coalesce(outgoing_team, 'no team'), coalesce(incoming_team, 'no team')) AS rank
                       FROM overview GROUP BY 1, 2) AS f
              WHERE f.rank <= 10),
    'gaps', (SELECT jsonb_agg(jsonb_build_array(g.label, g.handovers::text, g.blocking::text) ORDER BY g.rank)
               FROM (SELECT label, count(*) AS handovers, sum(blocking_count) AS blocking, row_number() OVER (ORDER BY count(*) DESC, label) AS rank
                       FROM gap WHERE is_open GROUP BY label) AS g
              WHERE g.rank <= 15),
    'charts', (SELECT jsonb_object_agg(c.title, c.series)
                 FROM (SELECT s.title, jsonb_object_agg(s.name, s.points) AS series
                         FROM (SELECT p.title, p.name, jsonb_agg(jsonb_build_array(p.x, p.y) ORDER BY p.rank) AS points
                                 FROM point AS p GROUP BY p.title, p.name) AS s
                        GROUP BY s.title) AS c));
