--
-- Items of a handover wait for each other without a cycle, however the dependencies came, and only
-- for items of the same handover.
--
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT handover.create_workspace('ws');
INSERT INTO ws.handover (id, checklist) VALUES (1, 'require dependency'), (2, 'require dependency');
INSERT INTO ws.item (handover_id, id, element, title) SELECT h, n, 'task', 'task ' || n
    FROM generate_series(1, 2) AS h, generate_series(1, 5) AS n;
CREATE VIEW ws.waits AS SELECT handover_id AS h, string_agg(item || '->' || coalesce(waits_for::text, outside),
    ' ' ORDER BY item, waits_for) AS waits
                          FROM ws.dependency GROUP BY handover_id ORDER BY handover_id;

-- for itself, at once and through others, within one statement
INSERT INTO ws.dependency (handover_id, item, waits_for) VALUES (1, 1, 1);
INSERT INTO ws.dependency (handover_id, item, waits_for) VALUES (1, 1, 2), (1, 2, 1);
INSERT INTO ws.dependency (handover_id, item, waits_for) VALUES (2, 1, 2), (2, 2, 3), (1, 2, 3), (2, 3, 1);
INSERT INTO ws.dependency (handover_id, item, waits_for) SELECT 1, n, n % 5 + 1 FROM generate_series(1, 5) AS n;
SELECT * FROM ws.waits;
-- and across statements
INSERT INTO ws.dependency (handover_id, item, waits_for) VALUES (1, 1, 2);
INSERT INTO ws.dependency (handover_id, item, waits_for) VALUES (1, 2, 1);
INSERT INTO ws.dependency (handover_id, item, waits_for) VALUES (1, 2, 3);
INSERT INTO ws.dependency (handover_id, item, waits_for) VALUES (1, 3, 1);
INSERT INTO ws.dependency (handover_id, item, waits_for) VALUES (1, 3, 2);
-- what is reached in one handover is not reached in another
INSERT INTO ws.dependency (handover_id, item, waits_for) VALUES (2, 2, 1), (2, 3, 2);
INSERT INTO ws.dependency (handover_id, item, waits_for) VALUES (2, 1, 3);
-- a diamond is none, nor is it to wait for something outside, for several
INSERT INTO ws.dependency (handover_id, item, waits_for) VALUES (1, 1, 4), (1, 4, 3), (1, 1, 3);
INSERT INTO ws.dependency (handover_id, item, outside) VALUES (1, 3, 'vendor'), (1, 3, 'vendor'), (1, 5, 'bank');
SELECT * FROM ws.waits;
-- UPDATE
UPDATE ws.dependency SET waits_for = 1 WHERE handover_id = 1 AND item = 2 AND waits_for = 3;
UPDATE ws.dependency SET item = 3, waits_for = 1 WHERE handover_id = 1 AND item = 1 AND waits_for = 3;
UPDATE ws.dependency SET waits_for = 1 WHERE handover_id = 1 AND item = 5;
UPDATE ws.dependency SET waits_for = 5 WHERE handover_id = 1 AND item = 3 AND id = (SELECT min(id)
    FROM ws.dependency WHERE handover_id = 1 AND item = 3);
UPDATE ws.dependency SET item = waits_for, waits_for = item WHERE handover_id = 2;
UPDATE ws.dependency SET details = 'x';
SELECT * FROM ws.waits;
-- ON CONFLICT and MERGE
INSERT INTO ws.dependency (handover_id, item, waits_for) VALUES (1, 1, 2)
    ON CONFLICT (handover_id, item, waits_for) DO NOTHING;
INSERT INTO ws.dependency (handover_id, item, waits_for) VALUES (1, 1, 2)
    ON CONFLICT (handover_id, item, waits_for) DO UPDATE SET item = 3, waits_for = 5;
MERGE INTO ws.dependency AS d USING (VALUES (3, 5)) AS v (item, waits_for) ON d.handover_id = 1
    AND d.item = v.item AND d.waits_for = v.waits_for
    WHEN NOT MATCHED THEN INSERT (handover_id, item, waits_for) VALUES (1, v.item, v.waits_for);
-- in one transaction, one way and then the other
BEGIN;
DELETE FROM ws.dependency WHERE handover_id = 2;
INSERT INTO ws.dependency (handover_id, item, waits_for) VALUES (2, 3, 2), (2, 2, 1);
COMMIT;
SELECT * FROM ws.waits;

-- it is for items of the same handover, once each, and for something
INSERT INTO ws.item (handover_id, id, element, title) VALUES (2, 6, 'task', 'of the second');
INSERT INTO ws.dependency (handover_id, item, waits_for) VALUES (1, 1, 6);
INSERT INTO ws.dependency (handover_id, item, waits_for) VALUES (1, 6, 1);
INSERT INTO ws.dependency (handover_id, item, waits_for) VALUES (1, 1, 2);
\set VERBOSITY terse
INSERT INTO ws.dependency (handover_id, item) VALUES (1, 1);
INSERT INTO ws.dependency (handover_id, item, waits_for) VALUES (1, NULL, 1);
\set VERBOSITY default
-- items that go take theirs along
DELETE FROM ws.item WHERE handover_id = 1 AND id = 3;
SELECT * FROM ws.waits;
SELECT count(*) AS wrong FROM ws.discrepancy;

-- 2^20 ways from one end to the other, and a long chain: neither takes long
SET statement_timeout = '60s';
DELETE FROM ws.dependency;
INSERT INTO ws.item (handover_id, id, element, title) SELECT 1, 1000 + n, 'task', 'n'
    FROM generate_series(1, 61) AS n;
INSERT INTO ws.dependency (handover_id, item, waits_for)
SELECT 1, 1000 + 3 * n + a, 1000 + 3 * n + b FROM generate_series(0, 19) AS n, (VALUES (1, 2), (1, 3), (2, 4),
    (3, 4)) AS edge (a, b);
SELECT count(*) FROM ws.dependency;
INSERT INTO ws.dependency (handover_id, item, waits_for) VALUES (1, 1061, 1001);
DELETE FROM ws.dependency;
INSERT INTO ws.item (handover_id, id, element, title) SELECT 2, 1000 + n, 'task', 'n'
    FROM generate_series(1, 300) AS n;
INSERT INTO ws.dependency (handover_id, item, waits_for) SELECT 2, 1000 + n, 1001 + n
    FROM generate_series(1, 299) AS n;
INSERT INTO ws.dependency (handover_id, item, waits_for) VALUES (2, 1300, 1001);
SELECT count(*) FROM ws.dependency;
SELECT count(*) AS wrong FROM ws.discrepancy;
RESET statement_timeout;

-- who may write dependencies needs to read none
CREATE ROLE regress_handover_clerk;
GRANT USAGE ON SCHEMA ws TO regress_handover_clerk;
GRANT INSERT ON ws.dependency TO regress_handover_clerk;
SET ROLE regress_handover_clerk;
INSERT INTO ws.dependency (handover_id, item, waits_for) VALUES (1, 1, 2);
INSERT INTO ws.dependency (handover_id, item, waits_for) VALUES (1, 2, 1);
RESET ROLE;
REVOKE ALL ON ws.dependency FROM regress_handover_clerk;
REVOKE ALL ON SCHEMA ws FROM regress_handover_clerk;
DROP ROLE regress_handover_clerk;

SELECT handover.drop_workspace('ws', true);
