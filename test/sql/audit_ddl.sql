--
-- What is done to an audited table itself is in the log, by whomever, and whatever session_replication_role says.
--
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE ROLE regress_handover_owner;
CREATE SCHEMA regress_ddl;
GRANT USAGE, CREATE ON SCHEMA regress_ddl TO regress_handover_owner;
SET search_path = regress_ddl;
CREATE SEQUENCE seen;
CREATE FUNCTION look(OUT role text, OUT "table" text, OUT event text, OUT details jsonb) RETURNS SETOF record LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY
    SELECT CASE e.role_name WHEN session_user THEN 'self' ELSE e.role_name END, e.table_name, e.key, e.new - 'event' FROM handover.audit_entry AS e
     WHERE e.transaction_id > (SELECT last_value FROM seen) AND e.operation = 'EVENT'
     ORDER BY e.transaction_id, e.command, e.id;
    PERFORM setval('seen', (SELECT max(transaction_id) FROM handover.audit_log));
END $$;
DO $$ BEGIN PERFORM setval('seen', coalesce(max(transaction_id), 1)) FROM handover.audit_log; END $$;

SET ROLE regress_handover_owner;
CREATE TABLE duty (id integer PRIMARY KEY, title text, secret text);
CREATE TABLE unwatched (id integer PRIMARY KEY);
SELECT handover.audit('duty', mask => '{secret}');
ALTER TABLE duty DISABLE TRIGGER zz_audit_row;
INSERT INTO duty VALUES (1, 'not logged');
-- is said once
ALTER TABLE duty ADD COLUMN note text;
ALTER TABLE duty ENABLE TRIGGER zz_audit_row;
ALTER TABLE duty ADD COLUMN more text;
DROP TRIGGER zz_audit_truncate ON duty;
ALTER TRIGGER zz_audit_row ON duty RENAME TO harmless;
ALTER TRIGGER harmless ON duty RENAME TO zz_audit_row;
CREATE OR REPLACE TRIGGER zz_audit_row AFTER INSERT ON duty FOR EACH ROW WHEN (false) EXECUTE FUNCTION handover.audit_row();
SELECT handover.audit('duty', mask => '{secret}');
-- another condition than what was registered
SELECT handover.audit('duty', mask => '{secret}', condition => 'current_setting(''regress.load'', true) IS DISTINCT FROM ''on'' AND true');
CREATE OR REPLACE TRIGGER zz_audit_row AFTER INSERT OR UPDATE OR DELETE ON duty FOR EACH ROW WHEN (false) EXECUTE FUNCTION handover.audit_row();
-- the same, in other words
CREATE OR REPLACE TRIGGER zz_audit_row AFTER INSERT OR UPDATE OR DELETE ON duty FOR EACH ROW
    WHEN ((("current_setting"('regress.load'::text, true) IS DISTINCT FROM 'on'::text)) AND true) EXECUTE FUNCTION handover.audit_row();
CREATE OR REPLACE TRIGGER zz_audit_row AFTER UPDATE ON duty FOR EACH ROW WHEN (OLD.title <> NEW.title) EXECUTE FUNCTION handover.audit_row();
SELECT handover.audit('duty', mask => '{secret}');
ALTER TABLE duty RENAME COLUMN secret TO title2;
ALTER TABLE duty RENAME COLUMN title TO secret;
ALTER TABLE duty RENAME COLUMN title2 TO title;
ALTER TABLE unwatched ADD COLUMN note text;
RESET ROLE;
SELECT * FROM look();
SELECT mask FROM handover.audit_table WHERE relation = 'duty'::regclass;
-- a rolled back change did not happen
BEGIN;
ALTER TABLE duty DISABLE TRIGGER ALL;
ROLLBACK;
SET session_replication_role = replica;
ALTER TABLE duty DISABLE TRIGGER USER;
ALTER TABLE duty ENABLE TRIGGER USER;
RESET session_replication_role;
SELECT * FROM look();

-- switching off for a load
SET ROLE regress_handover_owner;
SELECT handover.suspend_audit('duty', '');
SELECT handover.suspend_audit('unwatched', 'load');
BEGIN;
INSERT INTO duty (id) VALUES (10);
SAVEPOINT a;
SELECT handover.suspend_audit('duty', 'rolled back');
INSERT INTO duty (id) VALUES (11);
ROLLBACK TO a;
INSERT INTO duty (id) VALUES (12);
SAVEPOINT b;
SELECT handover.suspend_audit('duty', 'nightly load');
INSERT INTO duty (id) VALUES (13);
RELEASE b;
INSERT INTO duty (id) VALUES (14);
COMMIT;
INSERT INTO duty (id) VALUES (15);
RESET ROLE;
SELECT * FROM look();
SELECT key FROM handover.audit_entry WHERE table_name = 'duty' AND operation = 'INSERT' ORDER BY transaction_id, id;
CREATE ROLE regress_handover_clerk;
GRANT INSERT ON duty TO regress_handover_clerk;
GRANT USAGE ON SCHEMA regress_ddl TO regress_handover_clerk;
SET ROLE regress_handover_clerk;
SELECT handover.suspend_audit('duty', 'load');
SELECT handover.audit_suspend('duty');
SELECT handover.audit_triggers_changed('duty'), handover.audit_columns_changed('duty');
RESET ROLE;

-- partitions come and go
CREATE TABLE shift (id integer, area text, PRIMARY KEY (id, area)) PARTITION BY LIST (area);
CREATE TABLE shift_a PARTITION OF shift FOR VALUES IN ('a');
SELECT handover.audit('shift', always => true);
CREATE TABLE shift_b PARTITION OF shift FOR VALUES IN ('b') PARTITION BY RANGE (id);
CREATE TABLE shift_b1 PARTITION OF shift_b FOR VALUES FROM (1) TO (10);
CREATE TABLE shift_c (id integer NOT NULL, area text NOT NULL);
ALTER TABLE shift ATTACH PARTITION shift_c FOR VALUES IN ('c');
SELECT relation, discrepancy FROM handover.audit_check() WHERE relation LIKE '%shift%';
DO $$ BEGIN PERFORM look(); END $$;
TRUNCATE shift_b1;
SELECT table_name, operation FROM handover.audit_entry WHERE operation = 'TRUNCATE' ORDER BY transaction_id DESC LIMIT 1;
-- what is wrong with one part is said whichever other a command is about, and once
ALTER TABLE shift_b1 DISABLE TRIGGER zz_audit_row;
CREATE TABLE shift_d PARTITION OF shift FOR VALUES IN ('d');
ALTER TABLE shift_d DISABLE TRIGGER zz_audit_truncate;
ALTER TABLE shift_c SET (fillfactor = 90);
ALTER TABLE shift_b1 ENABLE ALWAYS TRIGGER zz_audit_row;
ALTER TABLE shift_d ENABLE ALWAYS TRIGGER zz_audit_truncate;
SELECT * FROM look();
ALTER TABLE shift DETACH PARTITION shift_a;
-- is a table like any other now
INSERT INTO shift_a VALUES (1, 'a');
TRUNCATE shift_a;
-- and so are the parts of one that has parts itself
CREATE TABLE shift_e PARTITION OF shift FOR VALUES IN ('e') PARTITION BY HASH (id);
CREATE TABLE shift_e1 PARTITION OF shift_e FOR VALUES WITH (MODULUS 1, REMAINDER 0);
ALTER TABLE shift DETACH PARTITION shift_e;
INSERT INTO shift_e VALUES (1, 'e');
TRUNCATE shift_e1;
TRUNCATE shift_e;
DROP TABLE shift_b;
SELECT * FROM look();

-- ALTER TABLE that writes all rows anew with other values, by whatever command
SET ROLE regress_handover_owner;
CREATE TABLE roster (id integer PRIMARY KEY, title varchar(20), n integer, gone text);
CREATE TABLE roster_child () INHERITS (roster);
ALTER TABLE roster_child ADD PRIMARY KEY (id);
CREATE TYPE post AS (id integer, title text);
CREATE TABLE typed OF post (PRIMARY KEY (id));
CREATE TABLE week (id integer, area text, title text, PRIMARY KEY (id, area)) PARTITION BY LIST (area);
CREATE TABLE week_a PARTITION OF week FOR VALUES IN ('a');
CREATE TABLE week_b PARTITION OF week FOR VALUES IN ('b') PARTITION BY RANGE (id);
CREATE TABLE week_b1 PARTITION OF week_b FOR VALUES FROM (1) TO (10);
SELECT handover.audit(t, exclude => x) FROM (VALUES ('roster'::regclass, '{gone}'::text[]), ('roster_child', '{}'), ('typed', '{}'), ('week', '{}')) AS v (t, x);
INSERT INTO roster VALUES (1, 'Backups', 1);
RESET ROLE;
DO $$ BEGIN PERFORM look(); END $$;
SET ROLE regress_handover_owner;
ALTER TABLE roster ALTER COLUMN n TYPE bigint USING n * 100, DROP COLUMN gone;
ALTER TABLE roster ADD COLUMN seen uuid DEFAULT gen_random_uuid();
ALTER TYPE post ALTER ATTRIBUTE id TYPE bigint CASCADE;
ALTER TABLE week ALTER COLUMN title TYPE text USING upper(title);
-- neither of these changes a value
ALTER TABLE roster ALTER COLUMN title TYPE text;
ALTER TABLE roster ADD COLUMN constant text DEFAULT 'x';
ALTER TABLE roster SET UNLOGGED;
ALTER TABLE roster SET LOGGED;
ALTER TABLE unwatched ALTER COLUMN id TYPE bigint;
BEGIN;
ALTER TABLE roster ALTER COLUMN n TYPE integer;
ROLLBACK;
RESET ROLE;
SET session_replication_role = replica;
ALTER TABLE roster ALTER COLUMN n TYPE integer;
RESET session_replication_role;
SELECT * FROM look();
SELECT exclude FROM handover.audit_table WHERE relation = 'roster'::regclass;
SELECT handover.seal() > 0 AS sealed;
SELECT * FROM handover.verify();
SELECT discrepancy FROM handover.audit_check() WHERE relation LIKE 'regress_ddl.%';
DROP TABLE roster, roster_child, typed, week;
DO $$ BEGIN PERFORM look(); END $$;

-- the end
SELECT handover.unaudit('shift');
DROP TABLE shift, duty, unwatched;
SELECT "table", event, details FROM look();
SELECT count(*) AS registered FROM handover.audit_table AS t WHERE NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = t.relation);
-- the event triggers themselves
BEGIN;
ALTER EVENT TRIGGER handover_audit_ddl ENABLE;
ALTER EVENT TRIGGER handover_audit_drop DISABLE;
ALTER EVENT TRIGGER handover_audit_rewrite ENABLE REPLICA;
SELECT * FROM handover.audit_check() WHERE relation IS NULL;
ROLLBACK;
SELECT * FROM handover.audit_check() WHERE relation IS NULL;

DROP SCHEMA regress_ddl CASCADE;
DROP OWNED BY regress_handover_owner, regress_handover_clerk;
DROP ROLE regress_handover_owner, regress_handover_clerk;
