--
-- Whatever statement changes items, each handover's tally is afterwards that of its items: however
-- many handovers a statement is about, in whatever order, and whatever other triggers do meanwhile.
--
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT handover.create_workspace('ws');
-- hits and population of each rule, and whether counting anew gives the same
CREATE VIEW ws.state AS
    SELECT h.id, h.status, split_part(h.tally::text, ': ', 2) AS tally, d.handover_id IS NULL AS "right"
      FROM ws.handover AS h LEFT JOIN ws.discrepancy AS d ON d.handover_id = h.id
     ORDER BY h.id;
INSERT INTO ws.handover (id, checklist)
SELECT n, 'require contact; every task has owner; no risk where impact = critical; require 2 item where due_at'
    FROM generate_series(1, 4) AS n;

--
-- INSERT, UPDATE, DELETE
--
INSERT INTO ws.item (handover_id, id, element, title) VALUES (1, 1, 'contact', 'Bo');
INSERT INTO ws.item (handover_id, id, element, title, owner, impact, due_at) VALUES
    (3, 2, 'task', 'Swap the disk', 'Ana', 'high', '2026-12-01'), (1, 3, 'task', 'Order disks', NULL, NULL, NULL),
    (2, 4, 'risk', 'No disk left', NULL, 'critical', '2026-12-02'),
    (1, 5, 'task', 'Pay for them', 'Bo', NULL, '2026-12-03');
SELECT * FROM ws.state;
-- a value more, one less, one that no rule asks about
UPDATE ws.item SET owner = 'Ana' WHERE id = 3;
UPDATE ws.item SET due_at = NULL, impact = 'low' WHERE id = 4;
UPDATE ws.item SET details = 'at length';
SELECT * FROM ws.state;
-- another element, and another handover; all at once
UPDATE ws.item SET element = 'contact' WHERE id = 2;
UPDATE ws.item SET handover_id = 4 WHERE id = 5;
UPDATE ws.item SET handover_id = 5 - handover_id;
SELECT * FROM ws.state;
UPDATE ws.item SET handover_id = 5 - handover_id, owner = NULL, due_at = '2026-12-01';
SELECT * FROM ws.state;
-- nothing
INSERT INTO ws.item (handover_id, element) SELECT 1, 'task' WHERE false;
UPDATE ws.item SET owner = 'x' WHERE false;
UPDATE ws.item SET owner = owner, title = title;
DELETE FROM ws.item WHERE false;
SELECT * FROM ws.state;
DELETE FROM ws.item WHERE id = 3;
DELETE FROM ws.item;
SELECT * FROM ws.state;
-- no handover
INSERT INTO ws.item (handover_id, id, element, title) VALUES (1, 1, 'task', 'x'), (77, 2, 'task', 'y');
\set VERBOSITY terse
INSERT INTO ws.item (handover_id, id, element, title) VALUES (NULL, 1, 'task', 'x');
\set VERBOSITY default
SELECT count(*) FROM ws.item;

--
-- ON CONFLICT, MERGE, COPY
--
INSERT INTO ws.item (handover_id, id, element, title, owner) VALUES (1, 1, 'task', 'a', NULL),
    (2, 2, 'task', 'b', NULL), (3, 3, 'contact', 'c', NULL);
INSERT INTO ws.item (handover_id, id, element, title, owner) VALUES (3, 3, 'task', 'd', 'Ana'),
    (1, 1, 'task', 'e', 'Ana'), (1, 7, 'task', 'f', 'Ana')
    ON CONFLICT DO NOTHING;
SELECT * FROM ws.state;
INSERT INTO ws.item (handover_id, id, element, title, owner) VALUES (3, 3, 'task', 'd', 'Ana'),
    (1, 1, 'task', 'e', 'Ana'), (1, 8, 'task', 'f', 'Ana')
    ON CONFLICT (handover_id, id) DO UPDATE SET element = EXCLUDED.element, owner = EXCLUDED.owner,
        handover_id = 4;
SELECT * FROM ws.state;
INSERT INTO ws.item (handover_id, id, element) VALUES (2, 2, 'task')
    ON CONFLICT (handover_id, id) DO UPDATE SET owner = 'x' WHERE false;
MERGE INTO ws.item AS i
    USING (VALUES (4, 1, NULL), (4, 3, 'Cy'), (2, 2, 'Bo'), (2, 9, 'Di'),
        (3, 9, 'Di')) AS v (handover_id, id, owner)
    ON i.handover_id = v.handover_id AND i.id = v.id
    WHEN MATCHED AND v.owner IS NULL THEN DELETE
    WHEN MATCHED AND v.owner = 'Bo' THEN UPDATE SET owner = v.owner, handover_id = 3
    WHEN MATCHED THEN DO NOTHING
    WHEN NOT MATCHED THEN INSERT (handover_id, id, element, owner) VALUES (v.handover_id, v.id, 'task', v.owner);
SELECT * FROM ws.state;
COPY ws.item (handover_id, id, element, title, owner) FROM stdin;
4	20	contact	Bo	\N
1	21	task	Order disks	Ana
4	22	task	Swap the disk	\N
1	23	contact	Cy	\N
\.
SELECT * FROM ws.state;
COPY ws.item (handover_id, id, element, title) FROM stdin;
1	30	task	Order disks
1	31	tsk	Swap the disk
\.
SELECT * FROM ws.state;
DELETE FROM ws.item;

--
-- Many rows: in order and not, more than fits in memory
--
SET work_mem = '64kB';
INSERT INTO ws.item (handover_id, id, element, title, owner)
SELECT 1 + n / 5001, n, CASE n % 10 WHEN 0 THEN 'contact' ELSE 'task' END, 'number ' || n, CASE
    WHEN n % 3 > 0 THEN 'Ana' END
  FROM generate_series(1, 20000) AS n;
SELECT * FROM ws.state;
DELETE FROM ws.item WHERE id % 2 = 0;
INSERT INTO ws.item (handover_id, id, element, title, owner)
SELECT 1 + n * 7919 % 4, n, CASE n % 10 WHEN 0 THEN 'contact' ELSE 'task' END, 'number ' || n, CASE
    WHEN n % 3 > 0 THEN 'Ana' END
  FROM generate_series(20001, 40000) AS n;
SELECT * FROM ws.state;
UPDATE ws.item SET handover_id = 1 + id % 4, owner = CASE WHEN owner IS NULL THEN 'Bo' END;
SELECT * FROM ws.state;
SELECT handover_id, count(*) FILTER (WHERE element = 'contact') AS contacts,
    count(owner) FILTER (WHERE element = 'task') AS owned,
       count(*) FILTER (WHERE element = 'task') AS tasks FROM ws.item GROUP BY handover_id ORDER BY handover_id;
DELETE FROM ws.item WHERE id % 5 > 0;
SELECT ws.recount(), (SELECT count(*) FROM ws.discrepancy) AS wrong;
SELECT * FROM ws.state;
DELETE FROM ws.item;
RESET work_mem;
SELECT * FROM ws.state;
-- each handover is written once a statement, and in the order of their keys: else two statements
-- about the same handovers could wait for each other for ever
CREATE TABLE ws.touched (n serial, id bigint);
CREATE FUNCTION ws.regress_touched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ws.touched (id) VALUES (NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER touched AFTER UPDATE ON ws.handover FOR EACH ROW EXECUTE FUNCTION ws.regress_touched();
INSERT INTO ws.item (handover_id, id, element, title)
SELECT (ARRAY[3, 1, 4, 1, 3, 2])[n], n, 'task', 'x' FROM generate_series(1, 6) AS n;
SELECT string_agg(id::text, ' ' ORDER BY n) AS touched FROM ws.touched;
TRUNCATE ws.touched;
UPDATE ws.item SET handover_id = 5 - handover_id WHERE id <> 6;
SELECT string_agg(id::text, ' ' ORDER BY n) AS touched FROM ws.touched;
TRUNCATE ws.touched;
UPDATE ws.item SET handover_id = 2 WHERE id IN (3, 5);
UPDATE ws.item SET title = 'y' WHERE false;
DELETE FROM ws.item;
SELECT string_agg(id::text, ' ' ORDER BY n) AS touched FROM ws.touched;
DROP TRIGGER touched ON ws.handover;
DROP TABLE ws.touched;
SELECT * FROM ws.state;

--
-- Several changes in one statement, and statements that are taken back
--
-- a handover and its items
WITH made AS (INSERT INTO ws.handover (id, checklist) VALUES (11, 'require contact; every task has owner'),
    (10, 'require contact') RETURNING id)
INSERT INTO ws.item (handover_id, id, element, title) SELECT made.id, n, 'contact', 'Bo'
    FROM made, generate_series(1, 3) AS n;
-- items and another checklist
WITH made AS (INSERT INTO ws.item (handover_id, id, element, title) VALUES (11, 4, 'contact', 'Ana'),
    (11, 5, 'task', 'x') RETURNING handover_id)
UPDATE ws.handover SET checklist = 'every contact has title, owner; require task'
    WHERE id = (SELECT DISTINCT handover_id FROM made);
SELECT * FROM ws.state WHERE id > 4;
WITH changed AS (UPDATE ws.handover SET checklist = 'require 2 contact; every task has owner'
    WHERE id = 11 RETURNING id),
     gone AS (DELETE FROM ws.item WHERE handover_id = 11 AND id < 3),
     owned AS (UPDATE ws.item SET owner = 'Bo' WHERE handover_id = 11 AND id = 5)
INSERT INTO ws.item (handover_id, id, element, title) SELECT id, 6, 'task', 'y' FROM changed;
SELECT * FROM ws.state WHERE id > 4;
-- items from one to the other
WITH gone AS (DELETE FROM ws.item WHERE handover_id = 10 RETURNING id, element, title)
INSERT INTO ws.item (handover_id, id, element, title) SELECT 11, id + 10, element, title FROM gone;
SELECT * FROM ws.state WHERE id > 4;
-- a move must find what it needs: what the statement does to items comes too late for it
WITH gone AS (DELETE FROM ws.item WHERE handover_id = 11 AND element = 'task' AND owner IS NULL)
UPDATE ws.handover SET status = 'submitted' WHERE id = 11;
WITH moved AS (UPDATE ws.handover SET status = 'submitted' WHERE id = 10)
INSERT INTO ws.item (handover_id, id, element, title) VALUES (10, 1, 'contact', 'Bo');
-- and must leave it, whichever part comes first
UPDATE ws.item SET owner = 'Bo' WHERE handover_id = 11 AND element = 'task';
WITH gone AS (DELETE FROM ws.item WHERE handover_id = 11 AND element = 'contact')
UPDATE ws.handover SET status = 'submitted' WHERE id = 11;
WITH moved AS (UPDATE ws.handover SET status = 'submitted' WHERE id = 11)
DELETE FROM ws.item WHERE handover_id = 11 AND element = 'contact';
SELECT * FROM ws.state WHERE id > 4;
WITH gone AS (DELETE FROM ws.item WHERE handover_id = 11 AND element = 'task')
UPDATE ws.handover SET status = 'submitted' WHERE id = 11;
INSERT INTO ws.item (handover_id, id, element, title) VALUES (10, 1, 'contact', 'Bo');
WITH moved AS (UPDATE ws.handover SET status = 'submitted' WHERE id = 10)
INSERT INTO ws.item (handover_id, id, element, title) VALUES (10, 2, 'contact', 'Bo');
SELECT * FROM ws.state WHERE id > 4;
-- a handover goes with its items
WITH changed AS (UPDATE ws.item SET title = 'z' WHERE handover_id = 10)
DELETE FROM ws.handover WHERE id = 10;
SELECT * FROM ws.state WHERE id > 4;
SELECT count(*) FROM ws.item WHERE handover_id = 10;

BEGIN;
INSERT INTO ws.item (handover_id, id, element, title) VALUES (1, 1, 'contact', 'Bo');
SAVEPOINT a;
INSERT INTO ws.item (handover_id, id, element, title) VALUES (1, 2, 'contact', 'Ana');
UPDATE ws.handover SET checklist = 'require task' WHERE id = 1;
SAVEPOINT b;
INSERT INTO ws.item (handover_id, id, element, title) VALUES (1, 3, 'task', 'x'), (2, 3, 'task', 'y');
ROLLBACK TO a;
INSERT INTO ws.item (handover_id, id, element, title) VALUES (1, 4, 'task', 'z');
DELETE FROM ws.item WHERE id = 1;
RELEASE a;
COMMIT;
SELECT * FROM ws.state WHERE id < 3;
BEGIN ISOLATION LEVEL SERIALIZABLE;
UPDATE ws.handover SET tally = NULL;
INSERT INTO ws.item (handover_id, id, element, title) VALUES (2, 1, 'contact', 'Bo');
ROLLBACK;
SELECT * FROM ws.state WHERE id < 3;

--
-- Other triggers
--
-- they may change the checklist while the items are still to be counted: row by row, before and
-- after the counting, at the end of the transaction
CREATE FUNCTION ws.regress_checklist() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ws.handover SET checklist = format('require task; require contact where title <> %L',
        random())::handover.checklist
     WHERE id = CASE TG_LEVEL WHEN 'ROW' THEN NEW.handover_id ELSE 2 END;
    RETURN NULL;
END $$;
CREATE TRIGGER a_row AFTER INSERT OR UPDATE ON ws.item FOR EACH ROW EXECUTE FUNCTION ws.regress_checklist();
INSERT INTO ws.item (handover_id, id, element, title) VALUES (2, 101, 'task', 'a'), (1, 102, 'task', 'b'),
    (2, 103, 'contact', 'c'), (3, 104, 'contact', 'd');
UPDATE ws.item SET handover_id = 2 WHERE handover_id = 3;
SELECT * FROM ws.state WHERE id < 4;
DROP TRIGGER a_row ON ws.item;
CREATE TRIGGER a_statement AFTER INSERT OR DELETE ON ws.item FOR EACH STATEMENT
    EXECUTE FUNCTION ws.regress_checklist();
INSERT INTO ws.item (handover_id, id, element, title) VALUES (2, 105, 'task', 'a'), (3, 106, 'contact', 'd');
DROP TRIGGER a_statement ON ws.item;
CREATE TRIGGER z_statement AFTER INSERT OR DELETE ON ws.item FOR EACH STATEMENT
    EXECUTE FUNCTION ws.regress_checklist();
INSERT INTO ws.item (handover_id, id, element, title) VALUES (2, 107, 'task', 'a'), (3, 108, 'contact', 'd');
DELETE FROM ws.item WHERE id IN (105, 106);
SELECT * FROM ws.state WHERE id < 4;
DROP TRIGGER z_statement ON ws.item;
CREATE CONSTRAINT TRIGGER at_the_end AFTER INSERT OR UPDATE ON ws.item DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION ws.regress_checklist();
BEGIN;
INSERT INTO ws.item (handover_id, id, element, title) VALUES (2, 109, 'task', 'a'), (3, 110, 'contact', 'd');
UPDATE ws.item SET title = 'e' WHERE handover_id < 3;
DELETE FROM ws.item WHERE id IN (107, 108);
COMMIT;
SELECT * FROM ws.state WHERE id < 4;
DROP TRIGGER at_the_end ON ws.item;
-- the tally that a handover is touched with may make its own triggers change items
CREATE FUNCTION ws.regress_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id < 4 THEN
        INSERT INTO ws.item (handover_id, element, title) VALUES (NEW.id + 1, 'task', 'follows');
        DELETE FROM ws.item WHERE handover_id = NEW.id + 1 AND element = 'contact';
    END IF;
    RETURN NULL;
END $$;
SELECT setval('ws.item_id_seq', 3000);
CREATE TRIGGER follow AFTER UPDATE ON ws.handover FOR EACH ROW EXECUTE FUNCTION ws.regress_follow();
INSERT INTO ws.item (handover_id, id, element, title) VALUES (1, 1000, 'task', 'a'), (3, 1001, 'contact', 'b'),
    (2, 1002, 'contact', 'c');
UPDATE ws.handover SET tally = NULL WHERE id IN (2, 3);
SELECT * FROM ws.state WHERE id < 5;
DROP TRIGGER follow ON ws.handover;
-- one that drops rows, or makes others of them, is counted by what it leaves
CREATE FUNCTION ws.regress_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.element := 'contact';
    NEW.handover_id := 4;
    RETURN CASE WHEN NEW.title <> 'no' THEN NEW END;
END $$;
CREATE TRIGGER change BEFORE INSERT OR UPDATE ON ws.item FOR EACH ROW EXECUTE FUNCTION ws.regress_change();
INSERT INTO ws.item (handover_id, id, element, title) VALUES (1, 2000, 'task', 'yes'), (1, 2001, 'task', 'no');
UPDATE ws.item SET title = CASE id % 2 WHEN 0 THEN 'no' ELSE 'yes' END WHERE handover_id < 3 AND id > 100;
SELECT * FROM ws.state WHERE id < 5;
DROP TRIGGER change ON ws.item;
DELETE FROM ws.handover WHERE id > 4;
DELETE FROM ws.item;

--
-- Rows that say nothing count nothing, as in a document
--
UPDATE ws.handover SET checklist = 'require task; require item; every task has owner';
INSERT INTO ws.item (handover_id, id, element, title, details, critical, attributes) VALUES
    (1, 1, 'task', NULL, NULL, NULL, '{}'), (1, 2, 'task', ' ', E'\t\n', NULL, '{"kind": "", "list": [null],
        "of": {"a": []}}'),
    (2, 1, 'task', NULL, NULL, false, '{"disputed": false}'), (2, 2, 'task', NULL, 'x', NULL, '{}'),
    (3, 1, 'task', NULL, NULL, true, '{}'), (4, 1, 'task', NULL, NULL, NULL, '{"budget": 0}');
SELECT * FROM ws.state WHERE id < 5;
UPDATE ws.item SET title = 'now' WHERE handover_id = 1;
UPDATE ws.item SET title = NULL, details = NULL WHERE handover_id = 2;
SELECT * FROM ws.state WHERE id < 5;
-- nor does a column that was filled by default, also if it was added later
ALTER TABLE ws.item ADD room text DEFAULT 'none yet', ADD floor integer;
INSERT INTO ws.item (handover_id, id, element, floor) VALUES (2, 3, 'task', NULL), (3, 3, 'task', 5);
SELECT * FROM ws.state WHERE id < 5;
UPDATE ws.handover SET checklist = 'require task where room = ''none yet''; require task where floor > 4'
    WHERE id IN (3, 4);
DELETE FROM ws.item WHERE id = 1;
SELECT * FROM ws.state WHERE id < 5;
ALTER TABLE ws.item DROP room, DROP floor;
UPDATE ws.handover SET tally = NULL;
SELECT * FROM ws.state WHERE id < 5;
DELETE FROM ws.handover;

--
-- Dependencies count as items of that element
--
INSERT INTO ws.handover (id, checklist) VALUES
    (1, 'require dependency where waits_for; no dependency where outside = ''vendor'';
         every dependency has details; require 4 item');
INSERT INTO ws.item (handover_id, id, element, title) SELECT 1, n, 'task', 'task ' || n
    FROM generate_series(1, 3) AS n;
INSERT INTO ws.dependency (handover_id, id, item, waits_for, outside, details) VALUES (1, 1, 1, 2, NULL, NULL),
    (1, 2, 2, NULL, 'vendor', 'x');
INSERT INTO ws.item (handover_id, id, element, title, attributes)
    VALUES (1, 4, 'dependency', 'in words', '{"outside": "vendor"}');
SELECT * FROM ws.state;
UPDATE ws.dependency SET waits_for = 3, outside = NULL;
SELECT * FROM ws.state;
DELETE FROM ws.item WHERE id = 3;
SELECT * FROM ws.state;
SELECT count(*) FROM ws.dependency;

--
-- TRUNCATE, and handovers that go
--
INSERT INTO ws.item (handover_id, id, element, title) VALUES (1, 3, 'task', 'again');
INSERT INTO ws.dependency (handover_id, id, item, waits_for) VALUES (1, 3, 1, 3);
INSERT INTO ws.handover (id, checklist) VALUES (2, 'require dependency'), (3, 'require contact');
INSERT INTO ws.item (handover_id, id, element, title) VALUES (2, 1, 'task', 'a'), (3, 1, 'contact', 'b');
INSERT INTO ws.dependency (handover_id, id, item, outside) VALUES (2, 1, 1, 'somebody');
SELECT ws.submit(2);
TRUNCATE ws.dependency;
TRUNCATE ws.item;
TRUNCATE ws.item CASCADE;
SELECT * FROM ws.state;
SELECT ws.cancel(2), ws.submit(3);
TRUNCATE ws.dependency;
SELECT * FROM ws.state;
TRUNCATE ws.item CASCADE;
SELECT ws.cancel(3);
TRUNCATE ws.item CASCADE;
SELECT * FROM ws.state;
SELECT (SELECT count(*) FROM ws.item) AS items, (SELECT count(*) FROM ws.dependency) AS dependencies;
INSERT INTO ws.item (handover_id, id, element, title) SELECT h, n, 'task', 'x'
    FROM generate_series(1, 3) AS h, generate_series(1, 100) AS n;
INSERT INTO ws.dependency (handover_id, item, waits_for) SELECT h, n, n + 1
    FROM generate_series(1, 3) AS h, generate_series(1, 99) AS n;
DELETE FROM ws.handover WHERE id < 3;
SELECT * FROM ws.state;
SELECT (SELECT count(*) FROM ws.item) AS items, (SELECT count(*) FROM ws.dependency) AS dependencies,
    (SELECT count(*) FROM ws.signoff) AS signoffs;
TRUNCATE ws.handover CASCADE;
SELECT (SELECT count(*) FROM ws.item) AS items, (SELECT count(*) FROM ws.signoff) AS signoffs;

SELECT handover.drop_workspace('ws');
