-- What is most pressing comes first, now; nothing comes before what it waits for, and that inherits its score.
SET client_min_messages = warning;
SELECT handover.create_workspace('ws');
INSERT INTO ws.handover (id, title, checklist, incoming_team) VALUES
    (1, 'Night shift', 'require task', 'blue'), (2, 'Day shift', 'require task', 'red'), (3, 'Cancelled', 'require task', 'red');
UPDATE ws.handover SET status = 'cancelled' WHERE id = 3;
INSERT INTO ws.item (handover_id, id, element, title, state, urgency, importance, impact, critical, due_at) VALUES
    (1, 1, 'task', 'low', NULL, 'low', 'low', 'low', NULL, NULL),
    (1, 2, 'task', 'high', 'ongoing', 'high', 'high', 'high', true, '2000-01-01'),
    (1, 3, 'issue', 'medium', 'blocked', 'medium', 'high', 'low', NULL, NULL),
    (1, 4, 'task', 'unrated', NULL, NULL, NULL, NULL, NULL, NULL),
    (1, 5, 'task', 'done', 'done', 'critical', 'critical', 'critical', NULL, NULL),
    (1, 6, 'risk', NULL, 'none', NULL, NULL, NULL, NULL, NULL),
    (1, 7, 'contact', 'no work', NULL, 'critical', 'critical', 'critical', NULL, NULL),
    (2, 8, 'change_request', 'other', 'pending', 'critical', 'low', 'medium', NULL, NULL),
    (3, 9, 'task', 'cancelled', NULL, 'critical', 'critical', 'critical', NULL, NULL);
-- high waits for low, low for unrated and for what is done, medium for high and for the sun
INSERT INTO ws.dependency (handover_id, item, waits_for, outside) VALUES
    (1, 2, 1, NULL), (1, 1, 4, NULL), (1, 1, 5, NULL), (1, 3, 2, NULL), (1, 3, NULL, 'the sun');
-- open work of open handovers; in the order of their scores
SELECT handover_id, item_id, title, band, quadrant, is_overdue, is_critical, is_blocked, waits_for_count FROM ws_report.worklist;
SELECT bool_and(score <= before) AS in_order
  FROM (SELECT score, lag(score, 1, 100.00) OVER () AS before FROM ws_report.worklist) AS list;
SELECT title FROM ws_report.worklist WHERE incoming_team = 'blue' LIMIT 1;
-- the index answers it, as soon as there is enough to sort
INSERT INTO ws.item (handover_id, id, element, title, urgency) SELECT 2, 1000 + n, 'task', 'x', 'low' FROM generate_series(1, 5000) AS n;
ANALYZE ws.item;
CREATE FUNCTION pg_temp.plan_has(query text, what text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        IF line ~ what THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $$;
SELECT pg_temp.plan_has('SELECT * FROM ws_report.worklist LIMIT 10', 'Index Scan using item_priority') AS by_index,
       pg_temp.plan_has('SELECT * FROM ws_report.worklist LIMIT 10', 'Sort Key') AS sorted;
-- the order in which it can be done
SELECT place, item_id, title, round(score::numeric, 1) AS score, round(inherited_score::numeric, 1) AS inherited, waits_for, outside
  FROM ws.plan(1, handover.lens('default', '2026-01-01'));
SELECT count(*) FROM ws.plan(99);
-- under another lens, another order, and still nothing before what it waits for
SELECT place, title FROM ws.plan(1, handover.lens_from_weights('2026-01-01', urgency => 0, importance => 100, impact => 0, deadline => 0, age => 0));
-- a chain, a fan and a diamond, at random: 200 items, each waits for some with a smaller id
INSERT INTO ws.handover (id, checklist) VALUES (4, 'require task');
SELECT setseed(0.5) \g /dev/null
INSERT INTO ws.item (handover_id, id, element, title, urgency, impact)
SELECT 4, 100000 + n, 'task', n, (ARRAY['low', 'medium', 'high', 'critical'])[1 + floor(random() * 4)::int]::handover.level, 'low'
  FROM generate_series(1, 200) AS n;
INSERT INTO ws.dependency (handover_id, item, waits_for)
SELECT DISTINCT 4, 100000 + n, 100001 + floor(random() * (n - 1))::int FROM generate_series(2, 200) AS n, generate_series(1, 3);
SELECT count(*) > 300 AS many,
       count(*) FILTER (WHERE waiting.place < awaited.place) AS before_what_it_waits_for,
       count(*) FILTER (WHERE waiting.inherited_score > awaited.inherited_score) AS not_inherited
  FROM ws.dependency AS d
       JOIN ws.plan(4) AS waiting ON waiting.item_id = d.item
       JOIN ws.plan(4) AS awaited ON awaited.item_id = d.waits_for
 WHERE d.handover_id = 4;
SELECT handover.drop_workspace('ws', true);
