--
-- An item is of an element of the catalogue, and those of its attributes that have a type there
-- have a value of that type: whatever statement writes them, and as soon as the catalogue says so.
--
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT handover.create_workspace('ws');
INSERT INTO ws.handover (id, checklist) VALUES (1, 'require item'), (2, '');
CREATE FUNCTION ws.regress_try(element text, attributes jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
    hint text;
BEGIN
    INSERT INTO ws.item (handover_id, element, attributes) VALUES (1, element, attributes);
    DELETE FROM ws.item;
    RETURN 'OK';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' ', SQLSTATE, SQLERRM || '.', nullif(detail, ''), nullif(hint, ''));
END $$;

--
-- Values
--
-- of each type: which values are of it, and what is said of the others
CREATE TABLE ws.regress_field (type text, element text, name text);
INSERT INTO ws.regress_field VALUES ('number', 'metric', 'target'), ('boolean', 'system', 'complex'),
    ('time', 'question', 'asked_at'),
    ('level', 'risk', 'likelihood'), ('choice', 'metric', 'kind'), ('rating', 'feedback', 'support'),
    ('secret', 'access_grant', 'password'),
    ('text', 'metric', 'unit');
SELECT v.value, string_agg(f.type, ', ' ORDER BY f.type) FILTER (WHERE t.result = 'OK') AS of_type,
       string_agg(DISTINCT left(t.result, 5), ', ') FILTER (WHERE t.result <> 'OK') AS else
  FROM unnest(ARRAY['0', '5', '5.5', '-1e30', 'true', 'false', '"true"', '"5"', '"2026-12-01"',
      '"2026-12-01T17:30:00+02"', '"high"', '"High"', '"kpi"',
                    '""', '["kpi"]', '[]', '{"a": 1}']::jsonb[]) WITH ORDINALITY AS v (value, n),
       ws.regress_field AS f, ws.regress_try(f.element, jsonb_build_object(f.name, v.value)) AS t (result)
 GROUP BY v.n, v.value ORDER BY v.n;
SELECT f.type, t.result FROM ws.regress_field AS f, ws.regress_try(f.element, jsonb_build_object(f.name,
    '"x"'::jsonb)) AS t (result) ORDER BY f.type;
SELECT ws.regress_try('metric', '{"target": [1, 2]}'), ws.regress_try('metric', '{"actual": {"a": 1}}');
-- times as the server reads them, but none that depends on the day
SELECT value, ws.regress_try('session', jsonb_build_object('held_at', value)) AS result
  FROM (VALUES (1, '2026-12-01 17:30'), (2, '2026-12-01T17:30:00Z'), (4, '2026-02-30'),
      (5, '2026-12-01 25:00'), (6, 'tomorrow'),
               (7, 'now'), (8, 'infinity'), (9, ' 2026-12-01'), (10, '5 pm'), (11, '2026'),
               (12, '300000-01-01')) AS v (n, value)
 ORDER BY n;
SELECT left(value::text, 15) AS value, left(ws.regress_try('feedback', jsonb_build_object('confidence',
    value)), 70) AS result
  FROM (VALUES ('1'::jsonb), ('0.99'), ('1.5'), ('5'), ('5.0000000001'), ('1e1000'),
      ('-1e1000')) AS v (value) ORDER BY v.value;
-- null is no value; nor is what is deeper, or of another element, looked at
SELECT ws.regress_try('access_grant', '{"password": null, "transfer_status": null, "rotated_at": null,
    "privileged": null}'),
       ws.regress_try('access_grant', '{"of": {"password": "x"}, "likelihood": "perhaps"}'),
       ws.regress_try('task', '{"privileged": "perhaps"}');
-- what all items have, every element has; its own comes beside it
SELECT ws.regress_try('task', '{"disputed": 1}'), ws.regress_try('task', '{"password": ""}'),
    ws.regress_try('risk', '{"effective_at": "soon"}');
-- UPDATE, COPY, ON CONFLICT, MERGE: the same, and nothing of the statement stays
INSERT INTO ws.item (handover_id, id, element, attributes) SELECT 1, n, 'metric', jsonb_build_object('target',
    n) FROM generate_series(1, 3) AS n;
UPDATE ws.item SET attributes = jsonb_build_object('target', CASE id WHEN 2 THEN '"many"'::jsonb ELSE '5' END);
UPDATE ws.item SET element = 'risk', attributes = '{"likelihood": 2}' WHERE id = 3;
COPY ws.item (handover_id, id, element, attributes) FROM stdin;
1	4	metric	{"target": 4}
1	5	metric	{"actual": [4]}
\.
INSERT INTO ws.item (handover_id, id, element, attributes) VALUES (1, 1, 'metric', '{}')
    ON CONFLICT (handover_id, id) DO UPDATE SET attributes = '{"kind": "other"}';
MERGE INTO ws.item AS i USING (VALUES (1), (7)) AS v (id) ON i.id = v.id
    WHEN MATCHED THEN UPDATE SET attributes = '{}'
    WHEN NOT MATCHED THEN INSERT (handover_id, id, element, attributes)
        VALUES (1, v.id, 'metric', '{"measured_at": 5}');
SELECT id, element, attributes FROM ws.item ORDER BY id;
-- one that is no object is none at all
\set VERBOSITY sqlstate
INSERT INTO ws.item (handover_id, element, attributes) VALUES (1, 'task', '[]'::jsonb);
INSERT INTO ws.item (handover_id, element, attributes) VALUES (1, 'task', NULL);
INSERT INTO ws.item (handover_id, element) VALUES (1, NULL);
INSERT INTO ws.item (handover_id, element, state) VALUES (1, 'task', 'finished');
\set VERBOSITY default
DELETE FROM ws.item;

--
-- What is ordered goes on, and is not taken away
--
SELECT name, choices FROM handover.field WHERE ordered ORDER BY element, name;
INSERT INTO ws.item (handover_id, id, element, attributes) VALUES (1, 1, 'access_grant', '{}'),
    (1, 2, 'access_grant', '{"transfer_status": "requested"}'),
    (2, 3, 'access_grant', '{"transfer_status": "verified"}'),
    (2, 4, 'access_grant', '{"transfer_status": "revoked"}');
UPDATE ws.item SET attributes = '{"transfer_status": "granted"}' WHERE id = 1;
UPDATE ws.item SET attributes = attributes || '{"transfer_status": "verified", "account": "x"}' WHERE id = 2;
UPDATE ws.item SET attributes = attributes || '{"account": "y"}';
UPDATE ws.item SET attributes = '{"transfer_status": "granted"}' WHERE id = 3;
UPDATE ws.item SET attributes = attributes - 'transfer_status' WHERE id = 4;
UPDATE ws.item SET attributes = '{"transfer_status": null}' WHERE id = 4;
UPDATE ws.item SET attributes = '{"transfer_status": "lost"}' WHERE id = 4;
-- several rows at once, some of them in other handovers: each is compared with what it was itself
UPDATE ws.item SET attributes = '{"transfer_status": "revoked"}', handover_id = 3 - handover_id;
SELECT id, handover_id, attributes FROM ws.item ORDER BY id;
UPDATE ws.item SET attributes = CASE WHEN id = 3 THEN '{"transfer_status": "requested"}' ELSE attributes END;
WITH a AS (UPDATE ws.item SET attributes = attributes || '{"shared": true}' WHERE id < 3)
UPDATE ws.item SET attributes = attributes || '{"shared": false}' WHERE id > 2;
SET work_mem = '64kB';
INSERT INTO ws.item (handover_id, id, element, details, attributes)
SELECT 1 + n % 2, n, 'access_grant', repeat('x', 100),
       jsonb_build_object('transfer_status', (ARRAY['requested', 'granted', 'verified'])[1 + n % 3])
           FROM generate_series(11, 5010) AS n;
UPDATE ws.item SET attributes = jsonb_build_object('transfer_status',
    (ARRAY['granted', 'verified', 'revoked'])[1 + id % 3]) WHERE id > 10;
UPDATE ws.item SET attributes = jsonb_build_object('transfer_status', CASE
    WHEN id = 4000 THEN 'requested' ELSE 'revoked' END) WHERE id > 10;
RESET work_mem;
SELECT attributes, count(*) FROM ws.item WHERE id > 10 GROUP BY attributes ORDER BY attributes;
DELETE FROM ws.item WHERE id > 10;
-- another element has another order
UPDATE ws.item SET element = 'task', attributes = '{}' WHERE id = 4;
DELETE FROM ws.item;

--
-- Elements
--
SELECT element, ws.regress_try(element, '{"kind": "kpi"}') AS result
  FROM unnest('{task,tsk,Task,acess_grant,handover,item,dependency,badge,"",qqqqqqqq,"two words"}'::text[])
           WITH ORDINALITY AS e (element, n)
 ORDER BY n;
SELECT replace(ws.regress_try(repeat('task', 100), '{}'), 'task', '') AS too_long;
-- the user's own count at once, their fields too ...
INSERT INTO handover.element (name, title, description) VALUES ('badge', 'Badge', 'A key card');
SELECT ws.regress_try('badge', '{"door": "x"}'), ws.regress_try('bagde', '{}');
INSERT INTO handover.field (element, name, type) VALUES ('badge', 'door', 'number'),
    ('item', 'colour', 'level'), ('task', 'effort', 'number');
SELECT ws.regress_try('badge', '{"door": "x"}'), ws.regress_try('badge', '{"door": 5}'), ws.regress_try('risk',
    '{"colour": "red"}'), ws.regress_try('task', '{"effort": "much"}');
INSERT INTO handover.field (element, name, type, choices, ordered)
    VALUES ('badge', 'step', 'choice', '{made,given,back}', true);
INSERT INTO ws.item (handover_id, id, element, attributes) VALUES (1, 1, 'badge', '{"step": "given"}');
UPDATE ws.item SET attributes = '{"step": "made"}';
-- ... and in other sessions
SELECT pg_backend_pid() AS pid \gset
\c
SET client_min_messages = warning;
SELECT pg_backend_pid() <> :pid AS another_session, ws.regress_try('badge', '{"door": "x"}') AS result;
-- and not after they were taken back
BEGIN;
UPDATE handover.field SET type = 'text' WHERE element = 'badge' AND name = 'door';
SELECT ws.regress_try('badge', '{"door": "x"}');
ROLLBACK;
SELECT ws.regress_try('badge', '{"door": "x"}');
BEGIN;
SAVEPOINT a;
DELETE FROM handover.field WHERE element = 'badge';
SELECT ws.regress_try('badge', '{"door": "x"}');
ROLLBACK TO a;
SELECT ws.regress_try('badge', '{"door": "x"}');
COMMIT;
-- what was stored before a field had its type stays; it is judged when it is written again
UPDATE ws.item SET attributes = '{"step": "back", "size": "large"}';
INSERT INTO handover.field (element, name, type) VALUES ('badge', 'size', 'number');
UPDATE ws.handover SET tally = NULL;
UPDATE ws.item SET title = 'x';
UPDATE ws.item SET title = 'x', attributes = '{"step": "back", "size": 5}';
DELETE FROM handover.field WHERE NOT builtin;
DELETE FROM handover.element WHERE NOT builtin;
UPDATE ws.item SET title = 'y';
DELETE FROM ws.item;
SELECT ws.regress_try('badge', '{}');
SELECT count(*) AS wrong FROM ws.discrepancy;
SELECT handover.drop_workspace('ws', true);
