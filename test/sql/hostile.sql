-- What a writer, a trigger, the owner of another table or of a table that only looks like one of
-- ours may try: no tally is wrong, nothing incomplete moves on, no role gets rights, nothing crashes.

\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE ROLE regress_handover_owner;
CREATE ROLE regress_handover_writer;
CREATE ROLE regress_handover_other;
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO regress_handover_owner, regress_handover_other', current_database()); END $$;
SET ROLE regress_handover_owner;
SELECT handover.create_workspace('ops');
GRANT USAGE ON SCHEMA ops TO regress_handover_writer, regress_handover_other;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ops TO regress_handover_writer;

--
-- a writer
--
SET ROLE regress_handover_writer;
INSERT INTO ops.handover (id, checklist) VALUES (1, 'require 2 contact'), (2, 'no question');
INSERT INTO ops.item (handover_id, element, title) VALUES (1, 'contact', 'Bo'), (2, 'question', 'Why?');

-- a status that a dump had is not a way to another, nor is the number of returns for writers
UPDATE ops.handover SET restored_status = 'cancelled' WHERE id = 1;
INSERT INTO ops.handover (checklist, restored_status) VALUES ('suggest task', 'closed');
UPDATE ops.handover SET returns = 7 WHERE id = 1;
INSERT INTO ops.handover (checklist, returns) VALUES ('suggest task', 7);

-- another key, with the items in the same statement, would count them twice
WITH h AS (UPDATE ops.handover SET id = 9 WHERE id = 1),
     i AS (UPDATE ops.item SET handover_id = 9 WHERE handover_id = 1)
SELECT;

-- a key that is deleted and inserted again, while the items of the first still go
WITH d AS (DELETE FROM ops.handover WHERE id = 2 RETURNING id)
INSERT INTO ops.handover (id, checklist) SELECT id, 'no question' FROM d;
INSERT INTO ops.item (handover_id, element, title) VALUES (2, 'question', 'Why not?');
UPDATE ops.handover SET status = 'submitted' WHERE id = 2;
TABLE ops.discrepancy;

-- rows that are spilled to disk, before and after, of one handover after the other
SET work_mem = '64kB';
INSERT INTO ops.handover (id, checklist) SELECT g, 'require 500 task; every task has owner' FROM generate_series(11, 15) AS g;
INSERT INTO ops.item (handover_id, element, title) SELECT 11 + g / 500, 'task', 'x' FROM generate_series(0, 2499) AS g;
UPDATE ops.item SET owner = 'Ana' WHERE handover_id > 10;
UPDATE ops.item SET owner = NULL, handover_id = 26 - handover_id WHERE handover_id > 10 AND id % 2 = 0;
RESET work_mem;
SELECT id, tally FROM ops.handover WHERE id > 10 ORDER BY id;
TABLE ops.discrepancy;

-- signoffs of a handover that a policy hides
INSERT INTO ops.handover (id, checklist) VALUES (3, 'suggest task');
UPDATE ops.handover SET status = 'submitted' WHERE id = 3;
SET ROLE regress_handover_owner;
GRANT TRUNCATE ON ops.signoff TO regress_handover_writer;
ALTER TABLE ops.handover ENABLE ROW LEVEL SECURITY;
SET ROLE regress_handover_writer;
DELETE FROM ops.signoff WHERE handover_id = 3;
TRUNCATE ops.signoff;
SET ROLE regress_handover_owner;
ALTER TABLE ops.handover DISABLE ROW LEVEL SECURITY;

--
-- triggers of the user's own
--
CREATE FUNCTION ops.tamper() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    CASE TG_ARGV[0]
        WHEN 'status' THEN NEW.status := 'cancelled';
        WHEN 'stamp' THEN NEW.created_by := 'nobody';
        WHEN 'tally' THEN NEW.tally := handover.tally(NEW.checklist, '{"contact": [{"a": 1}, {"a": 2}]}');
        WHEN 'none' THEN NEW.checklist := NULL;
        WHEN 'scope' THEN NEW.scope := 'all';
        WHEN 'failing' THEN
            IF pg_trigger_depth() < 3 THEN
                BEGIN
                    UPDATE ops.handover SET title = 'x' WHERE id = NEW.id;
                    RAISE 'no';
                EXCEPTION WHEN OTHERS THEN
                    NULL;
                END;
            END IF;
    END CASE;
    RETURN NEW;
END $$;

CREATE TRIGGER a BEFORE UPDATE ON ops.handover FOR EACH ROW EXECUTE FUNCTION ops.tamper('status');
INSERT INTO ops.item (handover_id, element, title) VALUES (1, 'contact', 'Cy');
CREATE OR REPLACE TRIGGER a BEFORE UPDATE ON ops.handover FOR EACH ROW EXECUTE FUNCTION ops.tamper('stamp');
INSERT INTO ops.item (handover_id, element, title) VALUES (1, 'contact', 'Cy');
CREATE OR REPLACE TRIGGER a BEFORE UPDATE ON ops.handover FOR EACH ROW EXECUTE FUNCTION ops.tamper('tally');
INSERT INTO ops.item (handover_id, element, title) VALUES (1, 'task', 'Cy');
CREATE OR REPLACE TRIGGER a BEFORE UPDATE ON ops.handover FOR EACH ROW EXECUTE FUNCTION ops.tamper('none');
INSERT INTO ops.handover (id, checklist, role) VALUES (4, 'require handover where scope; require contact', 'it_operations_manager');
INSERT INTO ops.item (handover_id, element, title) VALUES (4, 'task', 'composed anew');
SELECT checklist OPERATOR(handover.=) handover.compose('it_operations_manager') AS composed FROM ops.handover WHERE id = 4;
CREATE OR REPLACE TRIGGER a BEFORE UPDATE ON ops.handover FOR EACH ROW EXECUTE FUNCTION ops.tamper('scope');
INSERT INTO ops.handover (id, checklist) VALUES (5, 'require handover where scope; require contact');
INSERT INTO ops.item (handover_id, element, title) VALUES (5, 'contact', 'Cy');
SELECT tally FROM ops.handover WHERE id = 5;
CREATE OR REPLACE TRIGGER a BEFORE UPDATE ON ops.handover FOR EACH ROW EXECUTE FUNCTION ops.tamper('failing');
INSERT INTO ops.item (handover_id, element, title) VALUES (5, 'contact', 'Di');
SELECT tally FROM ops.handover WHERE id = 5;
CREATE OR REPLACE TRIGGER a BEFORE UPDATE ON ops.handover FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
INSERT INTO ops.item (handover_id, element, title) VALUES (5, 'contact', 'Ed');
DROP TRIGGER a ON ops.handover;

-- a column that is generated after the trigger counted
ALTER TABLE ops.handover ADD COLUMN twice text GENERATED ALWAYS AS (scope || scope) STORED;
INSERT INTO ops.handover (id, scope, checklist) VALUES (6, 'x', 'require handover where twice');
UPDATE ops.handover SET tally = NULL WHERE id = 6;
ALTER TABLE ops.handover DROP COLUMN twice;

-- a second foreign key, and a column with the name of an alias
ALTER TABLE ops.item ADD CONSTRAINT a_origin FOREIGN KEY (origin_handover) REFERENCES ops.handover;
ALTER TABLE ops.item ADD COLUMN t text;
INSERT INTO ops.item (handover_id, element, origin_handover, t) VALUES (5, 'contact', 1, 'x');
UPDATE ops.handover SET tally = NULL WHERE id = 5;
TABLE ops.discrepancy;

-- a type whose function writes items while an item is being counted
CREATE TYPE ops.mood AS ENUM ('good');
CREATE FUNCTION ops.mood_json(ops.mood) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ops.item (handover_id, element, link)
    SELECT 7, 'task', 'x' WHERE NOT EXISTS (SELECT FROM ops.item WHERE handover_id = 7);
    RETURN to_json($1::text);
END $$;
CREATE CAST (ops.mood AS json) WITH FUNCTION ops.mood_json(ops.mood);
ALTER TABLE ops.item ADD COLUMN moods_of_all ops.mood[];
INSERT INTO ops.handover (id, checklist) SELECT g, 'every task has details, moods_of_all' FROM generate_series(7, 8) AS g;
INSERT INTO ops.item (handover_id, element, details, moods_of_all) VALUES (8, 'task', 'x', '{good}');
SELECT id, tally FROM ops.handover WHERE id IN (7, 8) ORDER BY id;
ALTER TABLE ops.item DROP COLUMN moods_of_all;

-- another name of the schema, in a session that knows the old one
ALTER SCHEMA ops RENAME TO opera;
INSERT INTO opera.item (handover_id, element, title) VALUES (5, 'contact', 'Flo');
ALTER SCHEMA opera RENAME TO ops;
UPDATE ops.handover SET tally = NULL;
TABLE ops.discrepancy;

--
-- the owner of other tables
--
GRANT REFERENCES ON ops.handover TO regress_handover_other;
SET ROLE regress_handover_other;
CREATE SCHEMA other;
CREATE TABLE other.note (handover_id bigint NOT NULL REFERENCES ops.handover, element text NOT NULL, title text);
INSERT INTO other.note VALUES (1, 'contact', 'nobody');
CREATE TRIGGER count_insert AFTER INSERT ON other.note REFERENCING NEW TABLE AS new_row
    FOR EACH STATEMENT EXECUTE FUNCTION handover.count_items();
INSERT INTO other.note VALUES (1, 'contact', 'nobody');
SET ROLE regress_handover_writer;
UPDATE ops.handover SET tally = NULL WHERE id = 1 RETURNING tally;

-- tables that only look like ours: columns, keys and references of other types
SET ROLE regress_handover_other;
SELECT handover.create_workspace('mine');
CREATE TABLE other.h (LIKE mine.handover INCLUDING DEFAULTS INCLUDING GENERATED);
CREATE TRIGGER zz_guard BEFORE INSERT OR UPDATE OR DELETE ON other.h FOR EACH ROW EXECUTE FUNCTION handover.guard_handover();
ALTER TABLE other.h ALTER role TYPE bigint USING 4242;
INSERT INTO other.h (id, role) VALUES (1, 4242);
ALTER TABLE other.h ALTER role TYPE varchar(10), ALTER remark TYPE bigint USING 4242;
INSERT INTO other.h (id, remark) VALUES (1, 4242);
ALTER TABLE other.h ALTER remark TYPE text, ALTER id DROP NOT NULL, ALTER id TYPE text;
INSERT INTO other.h (id, checklist, tally) VALUES (NULL, 'suggest task', handover.tally('suggest task', '{}'));
ALTER TABLE other.h ALTER id TYPE numeric USING 1, ADD PRIMARY KEY (id), ADD COLUMN code uuid UNIQUE;
INSERT INTO other.h (id, code, checklist) VALUES (1, '5b30857f-0bfa-48b5-ac0b-5c64e28078d1', 'suggest task');
CREATE TABLE other.i (handover_id integer REFERENCES other.h, code uuid REFERENCES other.h (code), element text, attributes bigint);
CREATE TRIGGER count_insert AFTER INSERT ON other.i REFERENCING NEW TABLE AS new_row
    FOR EACH STATEMENT EXECUTE FUNCTION handover.count_items();
INSERT INTO other.i VALUES (1, '5b30857f-0bfa-48b5-ac0b-5c64e28078d1', 'task', 4242);
ALTER TABLE other.i ALTER handover_id TYPE numeric;
INSERT INTO other.i VALUES (1, '5b30857f-0bfa-48b5-ac0b-5c64e28078d1', 'task', 4242);
ALTER TABLE other.i DROP handover_id;
INSERT INTO other.i VALUES ('5b30857f-0bfa-48b5-ac0b-5c64e28078d1', 'task', 4242);

-- keys of another type in a session that has counted by the old one
CREATE TABLE other.j (handover_id numeric REFERENCES other.h, element text);
CREATE TRIGGER count_insert AFTER INSERT ON other.j REFERENCING NEW TABLE AS new_row
    FOR EACH STATEMENT EXECUTE FUNCTION handover.count_items();
INSERT INTO other.j VALUES (1, 'task');
ALTER TABLE other.j DROP CONSTRAINT j_handover_id_fkey, ALTER handover_id TYPE bigint;
ALTER TABLE other.h ALTER id TYPE bigint;
ALTER TABLE other.j ADD FOREIGN KEY (handover_id) REFERENCES other.h;
INSERT INTO other.j VALUES (1, 'task');

-- a view that would run something as whoever drops a workspace
CREATE SCHEMA trap;
CREATE SCHEMA trap_report;
CREATE VIEW trap.handover AS SELECT 1 / 0 AS id;
CREATE TRIGGER zz INSTEAD OF INSERT ON trap.handover FOR EACH ROW EXECUTE FUNCTION handover.guard_handover();
RESET ROLE;
SELECT handover.drop_workspace('trap');

-- the schema of somebody else, by its name the reports of this one
CREATE SCHEMA sale_report;
SET ROLE regress_handover_other;
CREATE SCHEMA sale;
CREATE TABLE sale.handover (id integer);
CREATE TRIGGER zz BEFORE INSERT ON sale.handover FOR EACH ROW EXECUTE FUNCTION handover.guard_handover();
RESET ROLE;
SELECT handover.drop_workspace('sale', true);

-- keys of attributes in Markdown
SELECT handover.markdown('{"title": "x", "a\n# b<script>": "c"}');

DROP SCHEMA ops, ops_report, mine, mine_report, other, trap, trap_report, sale, sale_report CASCADE;
DO $$ BEGIN EXECUTE format('REVOKE CREATE ON DATABASE %I FROM regress_handover_owner, regress_handover_other', current_database()); END $$;
DROP ROLE regress_handover_owner, regress_handover_writer, regress_handover_other;
