--
-- A handover's tally is that of its header and its items, and nobody writes it, nor who moved the
-- handover and when: by whatever statement or trigger of the user's.
--
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET search_path = public, handover;
SELECT create_workspace('ws');

-- What becomes of a statement: its SQLSTATE and message, or OK.
CREATE FUNCTION regress_try(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    RETURN 'OK';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;

--
-- The checklist
--
-- is composed of role and industries
INSERT INTO ws.handover (id, role, industries) VALUES (1, NULL, NULL), (2, 'it_support_specialist', '{}'),
    (3, 'it_operations_manager', '{finance,healthcare}');
SELECT id, checklist = compose('general') AS general, checklist = compose('it_support_specialist') AS support,
       checklist = compose('it_operations_manager', 'finance', 'healthcare') AS operations FROM ws.handover
           ORDER BY id;
INSERT INTO ws.handover (role) VALUES ('it_suport_specialist');
INSERT INTO ws.handover (role, industries) VALUES ('it_support_specialist', '{finance,retial}');
INSERT INTO ws.handover (role) VALUES ('finance');
-- it stays when the role changes, unless it is asked for anew
UPDATE ws.handover SET role = 'social_media_coordinator' WHERE id = 2;
SELECT checklist = compose('it_support_specialist') AS as_it_was FROM ws.handover WHERE id = 2;
UPDATE ws.handover SET checklist = NULL WHERE id = 2;
SELECT checklist = compose('social_media_coordinator') AS of_the_role FROM ws.handover WHERE id = 2;
SELECT count(*) FROM ws.discrepancy;
DELETE FROM ws.handover;

-- One that counts otherwise counts all items; one that only weighs or words them otherwise need not.
INSERT INTO ws.handover (id, scope, checklist) VALUES (1, 'the night', 'require task; every handover has scope');
INSERT INTO ws.item (handover_id, id, element, title, owner) VALUES (1, 1, 'task', 'Swap the disk', 'Ana'),
    (1, 2, 'task', 'Order disks', NULL);
SELECT tally::jsonb -> 'rules' AS tally, completeness FROM ws.handover;
UPDATE ws.handover SET checklist = 'every handover has scope, summary; every task has owner; require contact';
SELECT tally::jsonb -> 'rules' AS tally, round(completeness) FROM ws.handover;
UPDATE ws.handover SET checklist = 'suggest every handover has scope, summary weight 5;
    every task has owner to close ''say who''; require 3 contact';
SELECT tally::jsonb -> 'rules' AS tally, round(completeness) FROM ws.handover;
UPDATE ws.handover SET checklist = '', title = 'empty';
SELECT tally::jsonb -> 'rules' AS tally, completeness FROM ws.handover;
SELECT count(*) FROM ws.discrepancy;

--
-- The tally
--
UPDATE ws.handover SET checklist = 'require task; every handover has scope, summary';
SELECT tally FROM ws.handover \gset
-- nobody writes it, but the same or NULL may be written
UPDATE ws.handover SET tally = tally + tally;
UPDATE ws.handover SET tally = empty_tally(checklist);
UPDATE ws.handover SET tally = tally;
UPDATE ws.handover SET tally = :'tally';
UPDATE ws.handover SET tally = NULL;
SELECT tally::text = :'tally' AS the_same FROM ws.handover;
-- what was wrong is right after a recount, by a function for some or all
ALTER TABLE ws.handover DISABLE TRIGGER zz_guard;
UPDATE ws.handover SET tally = tally + tally;
INSERT INTO ws.handover (id, checklist, tally, created_by, created_at)
VALUES (2, 'require contact', empty_tally('require contact') + tally('require contact', 'contact',
    '{"a": 1}'::jsonb), 'x', 'epoch');
ALTER TABLE ws.handover ENABLE TRIGGER zz_guard;
SELECT handover_id, status, tally::jsonb -> 'rules' AS tally, counted::jsonb -> 'rules' AS counted
    FROM ws.discrepancy ORDER BY handover_id;
SELECT ws.recount(1, 1, 77, NULL), (SELECT count(*) FROM ws.discrepancy) AS before;
SELECT count(*) AS left FROM ws.discrepancy;
SELECT ws.recount(), (SELECT count(*) FROM ws.discrepancy) AS before;
SELECT count(*) AS left FROM ws.discrepancy;
-- an INSERT may bring one only for who owns the table, as a dump does
CREATE ROLE regress_handover_clerk;
GRANT USAGE ON SCHEMA ws TO regress_handover_clerk;
GRANT SELECT, INSERT, UPDATE, DELETE ON ws.handover, ws.item, ws.dependency TO regress_handover_clerk;
GRANT SELECT ON ws.signoff, ws.document TO regress_handover_clerk;
SET ROLE regress_handover_clerk;
INSERT INTO ws.handover (id, checklist, tally) VALUES (3, 'require contact', empty_tally('require contact'));
RESET ROLE;
-- what it says is not believed, and the status has to wait for the items
INSERT INTO ws.handover (id, checklist, tally, created_by, created_at) VALUES
    (3, 'require contact', tally('require contact', '{"contact": [{"name": "Bo"}]}'), 'Ana', 'epoch');
INSERT INTO ws.handover (id, checklist, tally, status, created_by, created_at, submitted_by, submitted_at,
    returns) VALUES
    (4, 'require 2 contact; no handover where status = draft', empty_tally('no contact'), 'submitted', 'Ana',
        'epoch', 'Bo', 'epoch', 3);
SELECT handover_id, status, restored_status, tally = counted AS alike FROM ws.discrepancy;
SELECT id, status, tally::jsonb -> 'rules' AS tally, created_by, submitted_by, returns FROM ws.handover
    WHERE id > 2 ORDER BY id;
INSERT INTO ws.item (handover_id, element, title) VALUES (4, 'contact', 'Bo');
SELECT status, restored_status FROM ws.handover WHERE id = 4;
INSERT INTO ws.item (handover_id, element, title) VALUES (4, 'contact', 'Ana');
SELECT status, restored_status, submitted_by, returns, tally::jsonb -> 'rules' AS tally FROM ws.handover
    WHERE id = 4;
SELECT (SELECT count(*) FROM ws.discrepancy) AS discrepancies, (SELECT count(*) FROM ws.signoff) AS signoffs;
INSERT INTO ws.handover (id, tally) VALUES (5, empty_tally('no contact'));
DELETE FROM ws.handover;

-- Columns that have their value only after the trigger are none that it could count.
ALTER TABLE ws.handover ADD full_title text GENERATED ALWAYS AS (title || scope) STORED;
INSERT INTO ws.handover (id, title, scope, checklist) VALUES (1, 'a', 'b',
    'require handover where completeness > 10; require handover where tally;
     require handover where full_title; require contact');
UPDATE ws.handover SET summary = 'c';
INSERT INTO ws.item (handover_id, element, title) VALUES (1, 'contact', 'Bo');
SELECT tally::jsonb -> 'rules' AS tally, completeness, full_title FROM ws.handover;
SELECT count(*) FROM ws.discrepancy;
ALTER TABLE ws.handover DROP full_title;
DELETE FROM ws.handover;

--
-- The stamps
--
INSERT INTO ws.handover (id, checklist) VALUES (1, '');
SELECT count(*) AS stamps FROM pg_attribute WHERE attrelid = 'ws.handover'::regclass AND attname ~ '_(by|at)$'
    AND attname ~ '^(created|submitted|returned|accepted|closed|cancelled)';
SELECT attname,
       regress_try(format('INSERT INTO ws.handover (checklist, %I) VALUES ('''', %L)', attname, value)) AS insert,
       regress_try(format('UPDATE ws.handover SET %I = %L', attname, value)) AS update
  FROM pg_attribute
       CROSS JOIN LATERAL (SELECT CASE format_type(atttypid, NULL) WHEN 'text' THEN 'Ana' WHEN 'integer' THEN '1'
                                                                  
                                                                       WHEN 'status' THEN 'draft' ELSE '2026-01-01' END) AS v (value)
 WHERE attrelid = 'ws.handover'::regclass
   AND (attname ~ '^(created|submitted|returned|accepted|closed|cancelled)_' OR attname IN ('returns',
       'restored_status'))
 ORDER BY attnum;
UPDATE ws.handover SET created_by = NULL;
-- the same may be written, and what the database writes anyhow
UPDATE ws.handover SET created_by = created_by, submitted_at = NULL, returns = 0, updated_at = 'epoch';
SELECT created_by = session_user AS by, created_at <= now() AS at, updated_at = 'epoch' AS updated
    FROM ws.handover;
-- no way around a move: neither a status to be restored ...
UPDATE ws.handover SET restored_status = 'closed';
INSERT INTO ws.handover (checklist, restored_status) VALUES ('', 'accepted');
SELECT id, status FROM ws.handover;
DELETE FROM ws.handover;

--
-- Triggers of the user's
--
CREATE FUNCTION regress_before() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    CASE TG_ARGV[0]
        WHEN 'status' THEN NEW.status := 'submitted';
        WHEN 'stamp' THEN NEW.accepted_by := 'nobody';
        WHEN 'tally' THEN NEW.tally := handover.empty_tally('require 77 disk');
        WHEN 'scope' THEN NEW.scope := coalesce(NEW.scope, 'all');
        WHEN 'summary' THEN NEW.summary := NULL;
        WHEN 'checklist' THEN NEW.checklist := 'require task where owner';
        WHEN 'skip' THEN RETURN NULL;
    END CASE;
    RETURN NEW;
END $$;
INSERT INTO ws.handover (id, checklist) VALUES (1, 'require task; every handover has scope, summary');
-- what they change on an item's behalf is judged as any other UPDATE
CREATE TRIGGER before BEFORE UPDATE ON ws.handover FOR EACH ROW EXECUTE FUNCTION regress_before('status');
UPDATE ws.handover SET title = 'b';
INSERT INTO ws.item (handover_id, element, title) VALUES (1, 'task', 'Swap the disk');
CREATE OR REPLACE TRIGGER before BEFORE UPDATE ON ws.handover FOR EACH ROW
    EXECUTE FUNCTION regress_before('stamp');
UPDATE ws.handover SET title = 'b';
INSERT INTO ws.item (handover_id, element, title) VALUES (1, 'task', 'Swap the disk');
CREATE OR REPLACE TRIGGER before BEFORE UPDATE ON ws.handover FOR EACH ROW
    EXECUTE FUNCTION regress_before('tally');
UPDATE ws.handover SET title = 'b';
INSERT INTO ws.item (handover_id, element, title) VALUES (1, 'task', 'Swap the disk');
-- and counted as well
CREATE OR REPLACE TRIGGER before BEFORE UPDATE ON ws.handover FOR EACH ROW
    EXECUTE FUNCTION regress_before('scope');
INSERT INTO ws.item (handover_id, id, element, title) VALUES (1, 1, 'task', 'Swap the disk');
SELECT status, scope, tally::jsonb -> 'rules' AS tally, updated_at IS NOT NULL AS updated FROM ws.handover;
SELECT count(*) FROM ws.discrepancy;
UPDATE ws.handover SET summary = 'short';
SELECT ws.submit(1);
CREATE OR REPLACE TRIGGER before BEFORE UPDATE ON ws.handover FOR EACH ROW
    EXECUTE FUNCTION regress_before('summary');
UPDATE ws.item SET owner = 'Ana';
CREATE OR REPLACE TRIGGER before BEFORE UPDATE ON ws.handover FOR EACH ROW
    EXECUTE FUNCTION regress_before('checklist');
UPDATE ws.item SET owner = 'Ana';
SELECT status, checklist, tally::jsonb -> 'rules' AS tally FROM ws.handover;
INSERT INTO ws.item (handover_id, id, element, owner) VALUES (1, 100, 'task', 'Bo');
SELECT status, tally::jsonb -> 'rules' AS tally FROM ws.handover;
SELECT count(*) FROM ws.discrepancy;
-- but nothing may keep a handover from counting its items, as this one that PostgreSQL comes with would
CREATE OR REPLACE TRIGGER before BEFORE UPDATE ON ws.handover FOR EACH ROW
    EXECUTE FUNCTION suppress_redundant_updates_trigger();
INSERT INTO ws.item (handover_id, element, title) VALUES (1, 'task', 'Order disks');
DELETE FROM ws.item;
CREATE OR REPLACE TRIGGER before BEFORE UPDATE ON ws.handover FOR EACH ROW EXECUTE FUNCTION regress_before('skip');
DELETE FROM ws.item;
UPDATE ws.handover SET title = 'c';
DROP TRIGGER before ON ws.handover;
ALTER TABLE ws.handover DISABLE TRIGGER zz_guard;
DELETE FROM ws.item;
ALTER TABLE ws.handover ENABLE TRIGGER zz_guard;
SELECT title, status, (SELECT count(*) FROM ws.item) AS items,
    (SELECT count(*) FROM ws.discrepancy) AS discrepancies FROM ws.handover;

--
-- Rights: who may write to the tables needs no others
--
SET ROLE regress_handover_clerk;
INSERT INTO ws.handover (id, checklist) VALUES (20, 'require task; every task has owner to accept');
INSERT INTO ws.item (handover_id, id, element, title) VALUES (20, 1, 'task', 'Swap the disk');
SELECT ws.submit(20);
SELECT ws.acknowledge(20, 1, 'swap it'), ws.acknowledge(20, 2);
UPDATE ws.item SET owner = 'Ana' WHERE handover_id = 20;
SELECT ws.accept(20, 'it shall be swapped');
SELECT h.status, i.acknowledged_by = session_user AS confirmed, i.acknowledged_at = now() AS now, i.read_back,
    count(s.*) AS signoffs
  FROM ws.handover AS h JOIN ws.item AS i ON i.handover_id = h.id JOIN ws.signoff AS s ON s.handover_id = h.id
 WHERE h.id = 20 GROUP BY 1, 2, 3, 4;
DELETE FROM ws.item WHERE handover_id = 20;
DELETE FROM ws.handover WHERE id = 20;
RESET ROLE;
REVOKE ALL ON SCHEMA ws FROM regress_handover_clerk;
REVOKE ALL ON ALL TABLES IN SCHEMA ws FROM regress_handover_clerk;
DROP ROLE regress_handover_clerk;

DROP FUNCTION regress_try, regress_before;
SELECT drop_workspace('ws', true);
