--
-- Reports on items: all of them with typed columns, one for each element with fields of its own,
-- and dependencies. Values that are not what a column wants are NULL, never an error.
--

\pset null '(null)'
SET client_min_messages = warning;
SELECT handover.create_workspace('ws');
INSERT INTO ws.handover (id, title, role, outgoing, incoming, outgoing_team, incoming_team, checklist)
VALUES (1, 'Night shift', 'general', 'Ana', 'Bo', 'North', 'South', ''), (2, repeat('long ', 100), NULL, NULL, NULL, NULL, NULL, '');
INSERT INTO ws.item (handover_id, element, title, details, state, owner, new_owner, due_at, urgency, importance, impact, critical, outcome, instructions, contingency,
                     next_step, link, acknowledged_by, acknowledged_at, read_back, attributes, created_at, origin_handover, origin_item) VALUES
    (1, 'task', 'Swap disk', 'In rack 2', 'blocked', 'Ana', 'Bo', '2026-03-10 23:30Z', 'critical', 'low', 'high', true, 'db7 runs', 'see runbook', 'call Cy', 'order it', 'https://x', 'Bo',
     '2026-03-02 23:00-05', 'I swap it',
     '{"nature": "repair", "effective_at": "2026-03-05", "deliverable": ["report", "disk"], "nuance": "n", "challenge": "c", "objective": "o", "external_ref": "T-1", "parent": "p",
       "disputed": true, "verified_by": "Cy", "verified_at": "2026-03-06T23:30:00-02:00"}', '2026-03-01 22:00Z', NULL, NULL),
    (1, 'contact', 'Mobile of Di', 'secret', NULL, NULL, NULL, 'infinity', NULL, NULL, NULL, NULL, 'secret', 'secret', 'secret', 'secret', 'secret', NULL, 'infinity', 'secret',
     '{"name": "Di", "channel": "phone", "address": "+43 1", "deliverable": "secret", "nuance": "secret", "challenge": "secret", "objective": "secret"}', '2026-03-01Z', NULL, NULL),
    (1, 'risk', NULL, 'none open', 'none', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{}', '2026-03-01Z', 7, 8),
    (2, 'task', repeat('x', 300), NULL, 'done', NULL, NULL, '2026-03-01Z', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{}', '2026-03-01Z', NULL, NULL);
INSERT INTO ws.dependency (handover_id, id, item, waits_for, outside, details) VALUES (1, 1, 1, 2, NULL, 'd'), (1, 2, 1, NULL, 'delivery', NULL), (1, 3, 3, 1, NULL, NULL), (1, 4, 2, NULL, 'rain', NULL);

SELECT d.column_name, to_jsonb(one) ->> d.column_name AS one, to_jsonb(two) ->> d.column_name AS two
  FROM ws_report.item AS one, ws_report.item AS two, ws_report.data_dictionary AS d
 WHERE one.item_id = 1 AND two.item_id = 2 AND d.view_name = 'item' AND d.column_name <> 'days_left' ORDER BY d.position;
SELECT item_id, days_left = due_date - (now() AT TIME ZONE 'UTC')::date AS days_left FROM ws_report.item ORDER BY 1;
SELECT item_id, element, length(title) AS title, length(handover_title) AS handover_title, state, state_rank, is_open, open_count, due_at, due_date, is_overdue, is_carried, carried_count,
       critical_count, is_disputed, disputed_count, is_acknowledged
  FROM ws_report.item WHERE item_id > 2 ORDER BY item_id;
-- nothing that a contact says is in the reports, but in that on contacts
SELECT v.report, count(*) FROM (SELECT 'item', i::text FROM ws_report.item AS i UNION ALL SELECT 'dependency', d::text FROM ws_report.dependency AS d
                                UNION ALL SELECT 'timeline', t::text FROM ws_report.timeline AS t UNION ALL SELECT 'worklist', w::text FROM ws_report.worklist AS w
                                UNION ALL SELECT 'contact', c::text FROM ws_report.contact AS c) AS v (report, line)
 WHERE line ~ 'secret|Mobile|Di\M|\+43' GROUP BY 1;
SELECT handover_id, item_id, title, details, name, kind, organisation, channel, address, topic, backup_contact FROM ws_report.contact;
SELECT dependency_id, handover_title, status, outgoing_team, incoming_team, item_id, element, title, waits_for_id, waits_for_element, waits_for_title, outside, details, is_open, open_count
  FROM ws_report.dependency ORDER BY 1;

-- ------------------------------------------------------------------------
-- Each element, with all of its fields as they should be, ...
-- ------------------------------------------------------------------------

INSERT INTO ws.item (handover_id, element, title, attributes)
SELECT 1, e.name, 'fields of ' || e.name,
       (SELECT jsonb_object_agg(n.name, CASE coalesce(f.type, 'text') WHEN 'number' THEN '12.5' WHEN 'boolean' THEN 'true' WHEN 'time' THEN '"2026-03-31T23:30:00-02:00"' WHEN 'level' THEN '"high"'
                                             WHEN 'choice' THEN to_jsonb(f.choices[2]) WHEN 'rating' THEN '4.5' ELSE to_jsonb('the ' || n.name) END::jsonb)
          FROM unnest(e.fields) AS n (name) LEFT JOIN handover.field AS f ON f.element = e.name AND f.name = n.name
         WHERE n.name <> 'password')
  FROM handover.element AS e
 WHERE e.builtin AND e.fields <> '{}' AND e.name NOT IN ('handover', 'item', 'dependency')
 ORDER BY e.name;
CREATE FUNCTION pg_temp.fields(condition text) RETURNS TABLE (report text, column_name text, value text) LANGUAGE plpgsql AS $$
BEGIN
    FOR report IN SELECT e.name FROM handover.element AS e WHERE e.builtin AND e.fields <> '{}' AND e.name NOT IN ('handover', 'item', 'dependency', 'feedback') ORDER BY 1 LOOP
        RETURN QUERY EXECUTE format($q$ SELECT %L, d.column_name::text, to_jsonb(v) ->> d.column_name FROM ws_report.%I AS v, ws_report.data_dictionary AS d
                                         WHERE d.view_name = %L AND d.position > 22 AND %s ORDER BY v.item_id, d.position $q$, report, report, report, condition);
    END LOOP;
END $$;
SELECT * FROM pg_temp.fields('v.title LIKE ''fields of %''');

-- ------------------------------------------------------------------------
-- ... and as they should not be: of another type than their column
-- ------------------------------------------------------------------------

SET session_replication_role = replica;
INSERT INTO ws.item (handover_id, element, title, attributes)
SELECT 1, e.name, 'garbage ' || g.n, (SELECT jsonb_object_agg(n.name, g.value) FROM unnest(e.fields) AS n (name))
  FROM handover.element AS e
       CROSS JOIN (VALUES (1, '"soon"'::jsonb), (2, '1e400'), (3, '[]'), (4, '{"a": [1]}'), (5, '[null, "x", {"y": 1}]'), (6, 'null'), (7, '"2026-02-30"'), (8, '"infinity"'), (9, '""'),
                          (10, to_jsonb(repeat('x', 1000)))) AS g (n, value)
 WHERE e.builtin AND e.fields <> '{}' AND e.name NOT IN ('handover', 'item', 'dependency');
SET session_replication_role = origin;
-- typed columns show nothing of it
SELECT f.report, f.column_name, f.value
  FROM pg_temp.fields('v.title LIKE ''garbage %''') AS f
       JOIN ws_report.data_dictionary AS d ON d.view_name = f.report AND d.column_name = f.column_name
 WHERE d.type !~ '^(character varying|text)' AND f.value IS NOT NULL AND NOT (d.type IN ('boolean', 'integer') AND f.value IN ('false', '0'));
-- texts show it as far as they go
SELECT DISTINCT left(f.value, 30) AS value, length(f.value) FROM pg_temp.fields('v.title LIKE ''garbage %''') AS f
       JOIN ws_report.data_dictionary AS d ON d.view_name = f.report AND d.column_name = f.column_name
 WHERE d.type ~ '^(character varying|text)' AND f.value IS NOT NULL ORDER BY 2, 1;
-- nor is it a rating, a time, or a service level
SELECT count(*) FROM ws_report.feedback WHERE feedback_rating IS NULL AND given_at = (SELECT i.created_at FROM ws.item AS i WHERE i.id = feedback.item_id);
SELECT ws.submit(1), ws.accept(1);
SELECT question_after_count, open_question_count, service_level_count, feedback_count FROM ws_report.after_effect;

SELECT handover.drop_workspace('ws', true);
