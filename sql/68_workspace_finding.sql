/*
 * workspace_finding: what is wrong with the handovers, one row a finding.
 *
 * findings() computes them in C, for one handover at a time: what they need of
 * other rows is looked up here, where the reader may.  A condition on the
 * handover or its parties goes down to the handovers, so that no others are
 * computed, and one on the code keeps repeats from being looked for.  In a
 * UNION ALL all SELECTs must have the very same types, or nothing goes down.
 */

CREATE FUNCTION @extschema@.create_workspace_visible_finding() RETURNS void
LANGUAGE plpgsql
AS $create$
BEGIN

-- Each argument is looked up only for handovers of which it may say something, and the settings once.
-- OFFSET 0 keeps what is found from being computed again wherever it is named.
CREATE OR REPLACE VIEW visible_found AS
SELECT h.id AS handover_id, h.title AS handover_title, h.role, h.status, h.outgoing, h.incoming, h.outgoing_team, h.incoming_team, h.created_at, f.found
  FROM visible_handover AS h
       CROSS JOIN LATERAL (
           SELECT ARRAY(SELECT f FROM @extschema@.findings(
               h,
               (SELECT s.settings FROM @extschema@.finding_settings AS s),
               (SELECT array_agg(i) FROM item AS i WHERE i.handover_id = h.id),
               ARRAY(SELECT unnest(ARRAY[d.item, coalesce(d.waits_for, d.item)]) FROM dependency AS d WHERE d.handover_id = h.id),
               @extschema@.missing(h.checklist, h.tally, @extschema@.next_status(h.status)),
               CASE WHEN h.industries <> '{}' THEN
                   ARRAY(SELECT u.label
                           FROM @extschema@.unmet(h.checklist, h.tally) AS u
                          WHERE u.verb = 'require'
                            AND EXISTS (SELECT FROM @extschema@.industry_rule(h.industries) AS r WHERE r.label = u.label)
                          ORDER BY u.rule)
               END,
               -- what the outgoing owner once took over, and is open there still
               CASE WHEN h.status IN ('draft', 'submitted', 'accepted') THEN
                   (SELECT count(*)
                      FROM visible_handover AS p
                           JOIN item AS i ON i.handover_id = p.id
                     WHERE p.incoming = h.outgoing AND p.id <> h.id AND p.created_at <= h.created_at AND p.status IN ('accepted', 'closed')
                       AND (i.state IS NULL OR i.state NOT IN ('done', 'none'))
                       AND i.element IN ('responsibility', 'task', 'project', 'issue', 'change_request', 'campaign')
                       AND NOT EXISTS (SELECT FROM item AS later
                                        WHERE later.origin_handover = i.handover_id AND later.origin_item = i.id))
               END) AS f) AS found
           OFFSET 0) AS f
 WHERE h.status <> 'cancelled';
COMMENT ON VIEW visible_found IS 'what is found in each handover, but for what earlier ones say; part of reports';
EXECUTE (SELECT string_agg(format('COMMENT ON COLUMN visible_found.%I IS %L', a.attname,
                                  CASE a.attname WHEN 'found' THEN 'its findings' ELSE 'as in the report "finding"' END), '; ')
           FROM pg_attribute AS a WHERE a.attrelid = to_regclass('visible_found') AND a.attnum > 0);

-- The last handovers of the same owner and role are looked at one by one, only if the handover is open.
CREATE OR REPLACE VIEW visible_finding AS
SELECT v.handover_id, v.handover_title, v.role, v.status, v.outgoing, v.incoming, v.outgoing_team, v.incoming_team, v.created_at,
       f.item_id, f.element, f.title, f.code, f.severity, f.found, f.threshold, f.sentence
  FROM visible_found AS v
       CROSS JOIN LATERAL (
           SELECT u.item_id, u.element, u.title, u.code, u.severity, u.found, u.threshold, u.sentence
             FROM unnest(v.found) AS u
           UNION ALL
           SELECT NULL::bigint AS item_id, NULL::text AS element, NULL::text AS title, 'repeat_finding' AS code, NULL::text AS severity,
                  r.found, 0::numeric AS threshold,
                  format('%s that the last handovers of %s had as well: %s',
                         CASE r.found WHEN 1 THEN '1 finding' ELSE r.found || ' findings' END, v.outgoing, r.codes) AS sentence
             FROM (SELECT count(DISTINCT u.code)::numeric AS found, string_agg(DISTINCT u.code, ', ' ORDER BY u.code) AS codes
                     FROM unnest(v.found) AS u
                    WHERE u.code IN (
                              SELECT g.code
                                FROM (SELECT p.id FROM visible_handover AS p
                                       WHERE v.status IN ('draft', 'submitted', 'accepted')
                                         AND p.outgoing = v.outgoing AND p.role IS NOT DISTINCT FROM v.role AND p.id < v.handover_id AND p.status <> 'cancelled'
                                       ORDER BY p.id DESC
                                       LIMIT @extschema@.threshold((SELECT s.settings FROM @extschema@.finding_settings AS s), 'repeat_finding.handovers', v.role)::bigint) AS e
                                     CROSS JOIN LATERAL (SELECT w.found FROM visible_found AS w WHERE w.handover_id = e.id OFFSET 0) AS w
                                     CROSS JOIN LATERAL unnest(w.found) AS g)) AS r
            WHERE r.found > 0) AS f;
COMMENT ON VIEW visible_finding IS 'what is wrong with handovers that reports show; part of reports';
EXECUTE (SELECT string_agg(format('COMMENT ON COLUMN visible_finding.%I IS %L', a.attname, 'as in the report "finding"'), '; ')
           FROM pg_attribute AS a WHERE a.attrelid = to_regclass('visible_finding') AND a.attnum > 0);

END
$create$;
COMMENT ON FUNCTION @extschema@.create_workspace_visible_finding() IS
    'part of create_workspace(): makes the views that the report on findings reads, in the first schema of the search_path';

CREATE FUNCTION @extschema@.create_workspace_finding() RETURNS void
LANGUAGE plpgsql
AS $create$
BEGIN

CREATE OR REPLACE VIEW finding AS
SELECT concat_ws('-', f.handover_id, f.code, f.item_id)::varchar(128) AS finding_key,
       -- not that of the catalogue, so that a condition on it goes down
       f.code::varchar(63) AS code,
       c.title AS label,
       coalesce(f.severity, c.severity)::varchar(16) AS severity,
       array_position('{error,warning,information}', coalesce(f.severity, c.severity)::text)::smallint AS severity_rank,
       c.category::varchar(255) AS category,
       f.sentence::varchar(255) AS sentence,
       f.handover_id,
       f.handover_title::varchar(255) AS handover_title,
       f.role,
       f.status::text::varchar(16) AS status,
       array_position('{draft,submitted,accepted,closed,cancelled}', f.status::text)::smallint AS status_rank,
       f.outgoing,
       f.incoming,
       f.outgoing_team,
       f.incoming_team,
       f.item_id,
       f.element::varchar(255) AS element,
       f.title::varchar(255) AS title,
       round(f.found, 2)::numeric(24,2) AS found,
       round(f.threshold, 2)::numeric(24,2) AS threshold,
       coalesce(f.severity, c.severity) = 'error' AS is_error,
       (coalesce(f.severity, c.severity) = 'error')::integer AS error_count,
       coalesce(f.severity, c.severity) = 'warning' AS is_warning,
       (coalesce(f.severity, c.severity) = 'warning')::integer AS warning_count,
       f.status IN ('draft', 'submitted', 'accepted') AS is_open,
       (f.status IN ('draft', 'submitted', 'accepted'))::integer AS open_count,
       f.created_at,
       (f.created_at AT TIME ZONE 'UTC')::date AS created_date,
       coalesce(o.is_overridden, false) AS is_overridden,
       coalesce(o.is_overridden, false)::integer AS overridden_count
  FROM visible_finding AS f
       JOIN @extschema@.finding AS c ON c.code::text = f.code
       LEFT JOIN LATERAL (SELECT bool_or(true) AS is_overridden
                            FROM finding_override AS s
                           WHERE s.handover_id = f.handover_id AND s.code::text = f.code AND s.item_id IS NOT DISTINCT FROM f.item_id) AS o ON true;
COMMENT ON VIEW finding IS 'What is wrong with which handover? One row is a finding on a handover, or on one of its items. Cancelled handovers are left out. Days are in UTC.';
COMMENT ON COLUMN finding.finding_key IS 'key, made of handover, code and item';
COMMENT ON COLUMN finding.code IS 'name of the finding; see handover.finding';
COMMENT ON COLUMN finding.label IS 'name of the finding for people';
COMMENT ON COLUMN finding.severity IS 'error, warning or information';
COMMENT ON COLUMN finding.severity_rank IS 'severity in its order: 1 error, 2 warning, 3 information';
COMMENT ON COLUMN finding.category IS 'documentation, communication, knowledge, operation, people or compliance';
COMMENT ON COLUMN finding.sentence IS 'what was found, in words';
COMMENT ON COLUMN finding.handover_id IS 'key of the handover';
COMMENT ON COLUMN finding.handover_title IS 'what is handed over, in a few words';
COMMENT ON COLUMN finding.role IS 'role whose work it is, by its template';
COMMENT ON COLUMN finding.status IS 'status of the handover: draft, submitted, accepted or closed';
COMMENT ON COLUMN finding.status_rank IS 'status in its order: 1 draft, 2 submitted, 3 accepted, 4 closed';
COMMENT ON COLUMN finding.outgoing IS 'person or team that hands over';
COMMENT ON COLUMN finding.incoming IS 'person or team that takes over';
COMMENT ON COLUMN finding.outgoing_team IS 'team of who hands over';
COMMENT ON COLUMN finding.incoming_team IS 'team of who takes over';
COMMENT ON COLUMN finding.item_id IS 'key of the item; empty if it is about the handover';
COMMENT ON COLUMN finding.element IS 'what the item is: task, risk, ...; empty if it is about the handover';
COMMENT ON COLUMN finding.title IS 'the item, in a few words; empty if it is about the handover';
COMMENT ON COLUMN finding.found IS 'figure that was found';
COMMENT ON COLUMN finding.threshold IS 'figure that it was compared with';
COMMENT ON COLUMN finding.is_error IS 'whether its severity is error';
COMMENT ON COLUMN finding.error_count IS '1 if its severity is error, else 0; to be summed';
COMMENT ON COLUMN finding.is_warning IS 'whether its severity is warning';
COMMENT ON COLUMN finding.warning_count IS '1 if its severity is warning, else 0; to be summed';
COMMENT ON COLUMN finding.is_open IS 'whether the handover is a draft, submitted or accepted';
COMMENT ON COLUMN finding.open_count IS '1 if the handover is a draft, submitted or accepted, else 0; to be summed';
COMMENT ON COLUMN finding.created_at IS 'when the draft of the handover was made';
COMMENT ON COLUMN finding.created_date IS 'day on which the draft of the handover was made';
COMMENT ON COLUMN finding.is_overridden IS 'whether somebody has signed that it is no obstacle; see the table finding_override';
COMMENT ON COLUMN finding.overridden_count IS '1 if somebody has signed that it is no obstacle, else 0; to be summed';

CREATE OR REPLACE VIEW finding_trend AS
SELECT concat_ws(' ', to_char(d.day::timestamp, 'YYYY-MM-DD'), d.code, d.severity, nullif(d.role, ''))::varchar(160) AS finding_trend_key,
       d.day AS day_date,
       d.code,
       coalesce(c.title, d.code)::varchar(255) AS label,
       d.severity,
       array_position('{error,warning,information}', d.severity::text)::smallint AS severity_rank,
       c.category::varchar(255) AS category,
       nullif(d.role, '')::varchar(63) AS role,
       d.findings AS finding_count,
       d.handovers AS handover_count,
       d.day = l.day AS is_latest,
       (d.day = l.day)::integer AS latest_count
  FROM visible_finding_day AS d
       LEFT JOIN @extschema@.finding AS c ON c.code = d.code
       CROSS JOIN (SELECT max(m.day) AS day FROM visible_finding_day AS m) AS l;
COMMENT ON VIEW finding_trend IS 'How many findings were there, from day to day? One row is a finding on open handovers of a role, as it was counted on a day by handover.record_findings(). Days are in UTC.';
COMMENT ON COLUMN finding_trend.finding_trend_key IS 'key, made of day, code, severity and role';
COMMENT ON COLUMN finding_trend.day_date IS 'the day';
COMMENT ON COLUMN finding_trend.code IS 'name of the finding; see handover.finding';
COMMENT ON COLUMN finding_trend.label IS 'name of the finding for people';
COMMENT ON COLUMN finding_trend.severity IS 'error, warning or information';
COMMENT ON COLUMN finding_trend.severity_rank IS 'severity in its order: 1 error, 2 warning, 3 information';
COMMENT ON COLUMN finding_trend.category IS 'documentation, communication, knowledge, operation, people or compliance';
COMMENT ON COLUMN finding_trend.role IS 'role whose work it is, by its template';
COMMENT ON COLUMN finding_trend.finding_count IS 'number of findings';
COMMENT ON COLUMN finding_trend.handover_count IS 'number of handovers that had them';
COMMENT ON COLUMN finding_trend.is_latest IS 'whether it is the last day that was counted';
COMMENT ON COLUMN finding_trend.latest_count IS '1 if it is the last day that was counted, else 0; to be summed';

END
$create$;
COMMENT ON FUNCTION @extschema@.create_workspace_finding() IS
    'part of create_workspace(): makes the reports on findings in the first schema of the search_path, from the views of the second';
