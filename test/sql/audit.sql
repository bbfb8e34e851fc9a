--
-- The audit log: every change of an audited table, whoever makes it, and nothing else.
--
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE ROLE regress_handover_owner;
CREATE ROLE regress_handover_clerk;
CREATE SCHEMA regress_audit;
GRANT USAGE, CREATE ON SCHEMA regress_audit TO regress_handover_owner;
GRANT USAGE ON SCHEMA regress_audit TO regress_handover_clerk;
SET search_path = regress_audit;

-- what was logged since the last look: transactions and commands by dense rank
CREATE SEQUENCE seen;
CREATE FUNCTION look(OUT tx bigint, OUT cmd bigint, OUT "table" text, OUT op text, OUT key text, OUT old jsonb, OUT new jsonb)
RETURNS SETOF record LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY
    SELECT dense_rank() OVER (ORDER BY e.transaction_id),
           dense_rank() OVER (PARTITION BY e.transaction_id ORDER BY e.command),
           e.table_name, left(e.operation, 1), e.key, e.old, e.new
      FROM handover.audit_entry AS e
     WHERE e.transaction_id > (SELECT last_value FROM seen) AND e.operation <> 'EVENT'
     ORDER BY e.transaction_id, e.command, e.key, e.id;
    PERFORM setval('seen', coalesce((SELECT max(transaction_id) FROM handover.audit_log), 1));
END $$;
DO $$ BEGIN PERFORM setval('seen', coalesce(max(transaction_id), 1)) FROM handover.audit_log; END $$;

-- ------------------------------------------------------------------------
-- Who may have what audited
-- ------------------------------------------------------------------------
SET ROLE regress_handover_owner;
CREATE TABLE duty (id integer PRIMARY KEY, title text, note text, secret text);
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON duty TO regress_handover_clerk;
CREATE VIEW duties AS SELECT * FROM duty;
CREATE TEMPORARY TABLE passing (id integer);
SELECT handover.audit('duty');
SELECT handover.audit('duties');
SELECT handover.audit('passing');
SELECT handover.audit('pg_class');
SELECT handover.audit('handover.template');
SELECT handover.audit(NULL);
SELECT handover.audit('duty', exclude => '{nothing}');
SET ROLE regress_handover_clerk;
SELECT handover.audit('duty');
SELECT handover.unaudit('duty');
SELECT handover.register_audit(ROW('duty', '{}', '{}', NULL, false, false, false, false, NULL, NULL)::handover.audit_table);
SELECT handover.unregister_audit('duty');
SELECT handover.audit_event('{"event": "forged"}', 1);
RESET ROLE;
SELECT handover.audit('pg_class');
SELECT handover.audit('handover.audit_log');
SELECT count(*) AS registered FROM handover.audit_table WHERE relation = 'duty'::regclass OR relation::text ~ 'pg_class|handover';
DO $$ BEGIN PERFORM look(); END $$;

-- ------------------------------------------------------------------------
-- Every way to change a table, by one with no right on the log
-- ------------------------------------------------------------------------
SET ROLE regress_handover_clerk;
INSERT INTO duty VALUES (1, 'Backups', NULL, 'x'), (2, 'Printers', 'room 4', 'y');
UPDATE duty SET title = 'Printer' WHERE id = 2;
UPDATE duty SET title = title WHERE id = 2;
INSERT INTO duty VALUES (2, 'Ink') ON CONFLICT (id) DO UPDATE SET note = excluded.title;
INSERT INTO duty VALUES (2, 'Ink') ON CONFLICT DO NOTHING;
MERGE INTO duty AS d USING (VALUES (2, 'Scanner'), (3, 'Phones'), (1, NULL)) AS v (id, title) ON d.id = v.id
    WHEN MATCHED AND v.title IS NULL THEN DELETE
    WHEN MATCHED THEN UPDATE SET title = v.title
    WHEN NOT MATCHED THEN INSERT (id, title) VALUES (v.id, v.title);
COPY duty (id, title) FROM STDIN;
4	Keys
5	Doors
\.
WITH gone AS (DELETE FROM duty WHERE id = 4 RETURNING id), moved AS (UPDATE duty SET id = 50 WHERE id = 5 RETURNING id)
INSERT INTO duty (id, title) SELECT id + 100, 'from ' || id FROM gone UNION ALL SELECT id + 100, 'from ' || id FROM moved;
TRUNCATE duty;
-- nothing changed, nothing logged
UPDATE duty SET title = 'x' WHERE false;
DELETE FROM duty;
SELECT FROM handover.audit_log;
RESET ROLE;
SELECT * FROM look();

-- visible at once, and gone with what is rolled back
BEGIN;
INSERT INTO duty (id, title) VALUES (1, 'kept');
SELECT op, key, new ->> 'title' AS title FROM look();
SAVEPOINT a;
INSERT INTO duty (id, title) VALUES (2, 'rolled back');
SAVEPOINT b;
INSERT INTO duty (id, title) VALUES (3, 'rolled back, too');
RELEASE b;
ROLLBACK TO a;
INSERT INTO duty (id, title) VALUES (4, 'kept');
SAVEPOINT c;
INSERT INTO duty (id, title) VALUES (5, 'kept in c');
RELEASE c;
COMMIT;
BEGIN;
DELETE FROM duty;
ROLLBACK;
SELECT dense_rank() OVER (ORDER BY transaction_id) AS tx, key, new ->> 'title' AS title FROM handover.audit_entry
 WHERE transaction_id >= (SELECT last_value FROM seen) AND operation = 'INSERT' ORDER BY transaction_id, command, id;
DO $$ BEGIN PERFORM look(); END $$;

-- the order of a nested trigger's changes is told by the command, whichever trigger fires first
CREATE FUNCTION more() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id < 100 THEN
        UPDATE duty SET note = 'nested' WHERE id = NEW.id;
        BEGIN
            INSERT INTO duty (id, title) VALUES (NEW.id + 100, 'rolled back');
            INSERT INTO duty (id, title) VALUES (NEW.id + 100, 'duplicate');
        EXCEPTION WHEN unique_violation THEN
            INSERT INTO duty (id, title) VALUES (NEW.id + 200, 'handled');
        END;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER aa_more AFTER INSERT ON duty FOR EACH ROW EXECUTE FUNCTION more();
INSERT INTO duty (id, title) VALUES (10, 'first'), (11, 'second');
SELECT * FROM look();
DROP TRIGGER aa_more ON duty;
CREATE TRIGGER zzz_more AFTER INSERT ON duty FOR EACH ROW EXECUTE FUNCTION more();
INSERT INTO duty (id, title) VALUES (20, 'first'), (21, 'second');
SELECT * FROM look();
DROP TRIGGER zzz_more ON duty;

-- ------------------------------------------------------------------------
-- Options; audit() called again changes them
-- ------------------------------------------------------------------------
TRUNCATE duty;
INSERT INTO duty VALUES (1, 'Backups', 'tape', 'x');
DO $$ BEGIN PERFORM look(); END $$;
SELECT handover.audit('duty', exclude => '{note}', mask => '{secret}', skip_unchanged => true);
INSERT INTO duty VALUES (2, 'Printers', 'ink', 'y');
UPDATE duty SET title = title;
UPDATE duty SET note = 'other' WHERE id = 1;
UPDATE duty SET secret = NULL, note = NULL WHERE id = 1;
DELETE FROM duty WHERE id = 1;
SELECT * FROM look();
SELECT handover.audit('duty', require_actor => true);
UPDATE duty SET title = 'refused';
TRUNCATE duty;
BEGIN;
SET LOCAL handover.actor = 'Ann';
SET LOCAL handover.labels = 'ticket 17';
UPDATE duty SET title = 'accepted';
SET LOCAL handover.actor = 'Ben';
UPDATE duty SET title = 'again';
SAVEPOINT s;
SET LOCAL handover.actor = 'Cid';
UPDATE duty SET title = 'and again';
ROLLBACK TO s;
UPDATE duty SET title = 'back with Ben';
SET LOCAL ROLE regress_handover_clerk;
UPDATE duty SET title = 'as clerk';
RESET ROLE;
COMMIT;
SELECT dense_rank() OVER (ORDER BY transaction_id) AS transaction, actor, labels, session_user_name = session_user AS session, role_name = session_user AS same_role,
       CASE role_name WHEN session_user THEN '' ELSE role_name END AS role, new
  FROM handover.audit_log AS l JOIN handover.audit_context AS c ON c.id = l.context_id
 WHERE l.transaction_id > (SELECT last_value FROM seen) AND operation = 'U' ORDER BY l.transaction_id, l.command, l.id;
DO $$ BEGIN PERFORM look(); END $$;
SELECT handover.audit('duty', with_query => true);
BEGIN;
INSERT INTO duty (id, title) SELECT i, 'with query' FROM generate_series(3, 5) AS i;
UPDATE duty SET title = 'once' WHERE id IN (3, 4);
COMMIT;
SELECT key, operation, query, dense_rank() OVER (ORDER BY statement_id) AS statement
  FROM handover.audit_log AS l JOIN handover.audit_statement AS s ON s.id = l.statement_id ORDER BY l.transaction_id, l.command, l.id;
DO $$ BEGIN PERFORM look(); END $$;
-- a condition cannot speak of rows, since one trigger serves all kinds of changes
SELECT handover.audit('duty', condition => $$current_setting('regress.bulk', true) IS DISTINCT FROM 'yes'$$);
UPDATE duty SET title = 'seen' WHERE id = 3;
SET regress.bulk = 'yes';
UPDATE duty SET title = 'not seen' WHERE id = 3;
RESET regress.bulk;
SELECT * FROM look();
SELECT handover.audit('duty');
-- what was done to the log itself
SELECT new, transaction_id > 0 AS ok FROM handover.audit_entry WHERE table_name = 'duty' AND operation = 'EVENT' ORDER BY transaction_id, command, id;

-- ------------------------------------------------------------------------
-- Foreign keys that cascade; keys of several columns, of none
-- ------------------------------------------------------------------------
CREATE TABLE team (id integer PRIMARY KEY);
CREATE TABLE member (team integer REFERENCES team ON UPDATE CASCADE ON DELETE CASCADE, name text, PRIMARY KEY (name, team));
CREATE TABLE loose (a text, b integer);
CREATE TABLE named (a text NOT NULL, b integer);
CREATE UNIQUE INDEX named_a ON named (a);
ALTER TABLE named REPLICA IDENTITY USING INDEX named_a;
SELECT handover.audit_schema('regress_audit');
SELECT handover.audit_schema('regress_audit');
SELECT handover.audit_schema('regress_none');
SET ROLE regress_handover_owner;
SELECT handover.audit_schema('regress_audit');
RESET ROLE;
INSERT INTO team VALUES (1), (2);
INSERT INTO member VALUES (1, 'Ann "A"'), (1, 'NULL'), (2, 'B\C');
UPDATE team SET id = 7 WHERE id = 1;
DELETE FROM team;
INSERT INTO loose VALUES ('a', 1);
UPDATE loose SET b = 2;
INSERT INTO named VALUES ('a', 1);
UPDATE named SET b = 2;
UPDATE named SET a = 'z';
SELECT * FROM look();
SELECT operation, old, new FROM handover.history('member', 'Ann "A"', '7');
SELECT operation, old, new FROM handover.history('duty', '3') ORDER BY transaction_id, id LIMIT 2;

-- ------------------------------------------------------------------------
-- Partitions
-- ------------------------------------------------------------------------
CREATE TABLE shift (id integer, area text, PRIMARY KEY (id, area)) PARTITION BY LIST (area);
CREATE TABLE shift_a PARTITION OF shift FOR VALUES IN ('a');
CREATE TABLE shift_b (area text NOT NULL, gone integer, id integer NOT NULL);
ALTER TABLE shift_b DROP COLUMN gone;
ALTER TABLE shift ATTACH PARTITION shift_b FOR VALUES IN ('b');
SELECT handover.audit('shift');
INSERT INTO shift VALUES (1, 'a'), (2, 'b');
INSERT INTO shift_a VALUES (3, 'a');
UPDATE shift_b SET id = 4;
UPDATE shift SET area = 'b' WHERE id = 1;
DELETE FROM shift_b WHERE id = 1;
TRUNCATE shift_b;
CREATE TABLE shift_c PARTITION OF shift FOR VALUES IN ('c');
SELECT * FROM handover.audit_check() WHERE relation LIKE '%shift%';
SELECT handover.audit('shift');
INSERT INTO shift_c VALUES (9, 'c');
TRUNCATE shift;
SELECT * FROM look();
-- written to a partition directly and not visible before the end: there is no trigger at its end
BEGIN;
INSERT INTO shift_a VALUES (5, 'a');
SAVEPOINT s;
INSERT INTO shift_a VALUES (6, 'a');
ROLLBACK TO s;
INSERT INTO shift_a VALUES (7, 'a');
COMMIT;
SELECT "table", op, key FROM look();
SELECT operation FROM handover.history('shift', '5', 'a');
-- a partition that leaves is not audited any more
ALTER TABLE shift DETACH PARTITION shift_c;
INSERT INTO shift_c VALUES (10, 'c');
SELECT * FROM look();
SELECT * FROM handover.audit_check() WHERE relation LIKE '%shift%';

-- ------------------------------------------------------------------------
-- Columns: generated, dropped, renamed, added with a default
-- ------------------------------------------------------------------------
CREATE TABLE thing (id integer PRIMARY KEY, a integer, dropped text, b integer GENERATED ALWAYS AS (a * 2) STORED);
SELECT handover.audit('thing');
INSERT INTO thing VALUES (1, 1, 'x');
ALTER TABLE thing DROP COLUMN dropped;
ALTER TABLE thing ADD COLUMN c text DEFAULT 'added';
UPDATE thing SET a = 2;
SELECT 'loose'::regclass::oid AS loose \gset
ALTER TABLE thing RENAME COLUMN c TO d;
DELETE FROM thing;
BEGIN;
INSERT INTO thing (id, a) VALUES (2, 1);
ALTER TABLE thing ALTER COLUMN d DROP DEFAULT, ALTER COLUMN d TYPE integer USING 5;
ALTER TABLE thing RENAME TO thing2;
UPDATE thing2 SET d = 6;
ALTER TABLE thing2 RENAME TO thing;
DROP TABLE loose;
COMMIT;
SELECT * FROM look();
SELECT regexp_replace(relation, '\d+', 'OID'), discrepancy FROM handover.audit_check() WHERE relation = :'loose' AND discrepancy = 'the table is gone';
-- a schema that is renamed
CREATE SCHEMA regress_audit_old;
CREATE TABLE regress_audit_old.t (id integer PRIMARY KEY);
SELECT handover.audit('regress_audit_old.t');
INSERT INTO regress_audit_old.t VALUES (1);
ALTER SCHEMA regress_audit_old RENAME TO regress_audit_new;
INSERT INTO regress_audit_new.t VALUES (2);
SELECT schema_name, key FROM handover.audit_entry WHERE table_name = 't' AND operation = 'INSERT' ORDER BY transaction_id, id;
SELECT handover.unaudit('regress_audit_new.t');
DROP SCHEMA regress_audit_new CASCADE;
DO $$ BEGIN PERFORM look(); END $$;

-- ------------------------------------------------------------------------
-- Types: the same whatever the session's settings, and no cast of anybody's is called
-- ------------------------------------------------------------------------
CREATE TYPE mood AS ENUM ('calm', 'busy');
CREATE DOMAIN short AS text CHECK (length(VALUE) < 100);
CREATE TYPE pair AS (x timestamptz, y bytea);
CREATE FUNCTION hostile(pair) RETURNS json LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'taken over'; END $$;
CREATE CAST (pair AS json) WITH FUNCTION hostile(pair);
CREATE TABLE types (at timestamptz, n integer GENERATED ALWAYS AS IDENTITY, arr text[], e mood, dom short, r tstzrange, p pair, y bytea,
    nan numeric, inf numeric, f float8, i interval, many timestamptz[], j jsonb, js json, d date, ts timestamp, m numeric(10, 2),
    t time, b boolean, big bigint, u uuid, c "char", bp char(4), PRIMARY KEY (at, d, f));
SELECT handover.audit('types');
CREATE FUNCTION fill() RETURNS void LANGUAGE sql AS $$
    INSERT INTO types VALUES ('2026-01-02 03:04:05.678+00', DEFAULT, '{a,"b c",NULL}', 'busy', 'text', '[2026-01-01 00:00+00,2026-02-01 00:00+00)',
        ROW('2026-01-02 03:04:05+00', '\xdeadbeef'::bytea)::pair, '\x00ff', 'NaN', '-Infinity', 0.1::float8 + 0.2::float8, '1 year 2 days 03:04:05',
        '{"2026-01-02 03:04:05+00",infinity}', '{"k": [1.50, null]}', '{"k":  1}', '2026-03-04', '2026-03-04 05:06:07', 1.5,
        '01:02:03', true, 9007199254740993, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'x', 'ab');
$$;
SET timezone = 'UTC'; SET datestyle = 'ISO, YMD';
SELECT fill();
DELETE FROM types;
SET timezone = 'Asia/Kathmandu'; SET datestyle = 'German, DMY'; SET intervalstyle = 'sql_standard';
SET bytea_output = 'escape'; SET extra_float_digits = 0;
SELECT fill();
DELETE FROM types;
SHOW datestyle;
RESET timezone; RESET datestyle; RESET intervalstyle; RESET bytea_output; RESET extra_float_digits;
SELECT key, jsonb_pretty(new - 'n') FROM handover.audit_entry WHERE table_name = 'types' AND operation = 'INSERT' ORDER BY transaction_id LIMIT 1;
SELECT count(DISTINCT new - 'n') AS rows_in, count(DISTINCT old - 'n') AS rows_out, count(DISTINCT key) AS keys, count(*)
  FROM handover.audit_entry WHERE table_name = 'types' AND operation <> 'EVENT';
DO $$ BEGIN PERFORM look(); END $$;
-- nor does a key depend on them where nothing else would
CREATE TABLE dated (d date PRIMARY KEY, n integer);
SELECT handover.audit('dated');
INSERT INTO dated VALUES ('2026-03-04', 1);
SET datestyle = 'German, DMY';
UPDATE dated SET n = 2;
RESET datestyle;
SELECT operation, key FROM handover.audit_entry WHERE table_name = 'dated' AND operation <> 'EVENT' ORDER BY transaction_id;
-- a large value that stays is not copied, even if the row is
CREATE TABLE large (id integer PRIMARY KEY, n integer, body text, raw bytea);
ALTER TABLE large ALTER COLUMN body SET STORAGE EXTERNAL;
SELECT handover.audit('large');
INSERT INTO large VALUES (1, 1, repeat('x', 100000), repeat('y', 3000)::bytea);
UPDATE large SET n = 2;
UPDATE large SET body = body || 'z';
SELECT operation, length(old::text) AS old, length(new::text) AS new FROM handover.audit_entry
 WHERE table_name = 'large' AND operation <> 'EVENT' ORDER BY transaction_id, id;
-- a key whose text is longer than an index can hold
CREATE TABLE long_key (k bytea PRIMARY KEY);
SELECT handover.audit('long_key');
INSERT INTO long_key SELECT string_agg(sha256(i::text::bytea), ''::bytea ORDER BY i) FROM generate_series(1, 80) AS i;
SELECT length(key) < 2500 AS fits, length(new ->> 'k') AS length, key = handover.audit_key((SELECT k::text FROM long_key)) AS same FROM handover.audit_entry WHERE table_name = 'long_key' AND operation = 'INSERT';
-- a key that is stored otherwise is the same
CREATE TABLE stored_key (k text PRIMARY KEY, n integer);
SELECT handover.audit('stored_key');
INSERT INTO stored_key VALUES (repeat('x', 2500), 1);
ALTER TABLE stored_key ALTER COLUMN k SET STORAGE EXTERNAL;
UPDATE stored_key SET k = k || '', n = 2;
UPDATE stored_key SET k = k || 'y', n = 3;
SELECT operation, old - 'k' AS old, new - 'k' AS new FROM handover.audit_entry WHERE table_name = 'stored_key' AND operation <> 'EVENT' ORDER BY transaction_id, id;
-- many rows in one statement: more than are held back
CREATE TABLE many (id integer PRIMARY KEY);
SELECT handover.audit('many');
INSERT INTO many SELECT generate_series(1, 2500);
SELECT count(*), count(DISTINCT id) AS ids, count(DISTINCT transaction_id) AS transactions, min(key::integer), max(key::integer)
  FROM handover.audit_entry WHERE table_name = 'many' AND operation = 'INSERT';
-- rows that go by a cascade are not a transaction each; whose name they go in differs (18: the owner's)
SET ROLE regress_handover_owner;
CREATE TABLE up (id integer PRIMARY KEY);
CREATE TABLE down (id integer PRIMARY KEY REFERENCES up ON DELETE CASCADE);
GRANT SELECT, DELETE ON up TO regress_handover_clerk;
SELECT handover.audit('up'), handover.audit('down');
INSERT INTO up SELECT generate_series(1, 50);
INSERT INTO down SELECT generate_series(1, 50);
SET ROLE regress_handover_clerk;
DELETE FROM up;
RESET ROLE;
SELECT count(*), count(DISTINCT transaction_id) <= 2 AS few FROM handover.audit_entry
 WHERE table_name IN ('up', 'down') AND operation = 'DELETE';

-- what a deferred trigger changes at the end of the transaction, also to a partition, where no statement ends
CREATE TABLE settled (id integer PRIMARY KEY, n integer) PARTITION BY RANGE (id);
CREATE TABLE settled_1 PARTITION OF settled FOR VALUES FROM (1) TO (100);
SELECT handover.audit('settled');
CREATE FUNCTION settle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE regress_audit.settled_1 SET n = n + 1 WHERE id = NEW.id AND n < 2; RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER settle AFTER INSERT OR UPDATE ON settled DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION settle();
BEGIN;
INSERT INTO settled VALUES (1, 0);
SELECT count(*) AS so_far FROM handover.history('settled', '1');
COMMIT;
SELECT operation, old, new FROM handover.history('settled', '1');
SELECT count(DISTINCT transaction_id) AS transactions FROM handover.history('settled', '1');

-- rows that COPY freezes
BEGIN;
TRUNCATE many;
COPY many FROM STDIN WITH (FREEZE);
1
2
\.
COMMIT;
SELECT operation, key FROM handover.audit_entry WHERE table_name = 'many' AND operation <> 'EVENT' ORDER BY transaction_id DESC, command DESC, key DESC LIMIT 3;
-- a prepared transaction, if the server has any
SELECT setting = '0' AS no_prepared FROM pg_settings WHERE name = 'max_prepared_transactions' \gset
CREATE TABLE prepared (id integer PRIMARY KEY);
SELECT handover.audit('prepared');
ALTER TABLE prepared RENAME TO prepared2;
BEGIN;
INSERT INTO prepared2 VALUES (1);
\if :no_prepared
ROLLBACK;
\else
PREPARE TRANSACTION 'regress_handover_a';
ROLLBACK PREPARED 'regress_handover_a';
\endif
BEGIN;
INSERT INTO prepared2 VALUES (2);
\if :no_prepared
COMMIT;
\else
PREPARE TRANSACTION 'regress_handover_b';
COMMIT PREPARED 'regress_handover_b';
\endif
SELECT table_name, key FROM handover.audit_entry WHERE key = '2' AND table_name IS DISTINCT FROM 'duty' AND (table_name IS NULL OR table_name ~ 'prepared');

-- ------------------------------------------------------------------------
-- Nobody else writes the log
-- ------------------------------------------------------------------------
CREATE TABLE unregistered (id integer PRIMARY KEY);
CREATE TRIGGER own AFTER INSERT ON unregistered FOR EACH ROW EXECUTE FUNCTION handover.audit_row();
INSERT INTO unregistered VALUES (1);
DROP TRIGGER own ON unregistered;
CREATE TRIGGER own AFTER TRUNCATE ON unregistered EXECUTE FUNCTION handover.audit_truncate();
TRUNCATE unregistered;
DROP TRIGGER own ON unregistered;
SELECT handover.audit_row();
CREATE TRIGGER own BEFORE INSERT ON unregistered FOR EACH ROW EXECUTE FUNCTION handover.audit_row();
INSERT INTO unregistered VALUES (1);
DROP TRIGGER own ON unregistered;
CREATE TRIGGER own AFTER INSERT ON unregistered FOR EACH ROW EXECUTE FUNCTION handover.audit_flush();
INSERT INTO unregistered VALUES (1);
DROP TRIGGER own ON unregistered;
CREATE TRIGGER own AFTER INSERT ON unregistered FOR EACH STATEMENT EXECUTE FUNCTION handover.audit_truncate();
INSERT INTO unregistered VALUES (1);
DROP TRIGGER own ON unregistered;
CREATE TRIGGER own AFTER INSERT ON unregistered FOR EACH STATEMENT EXECUTE FUNCTION handover.protect_log();
INSERT INTO unregistered VALUES (1);
DROP TABLE unregistered;
-- an empty table of the log takes what a dump brings, so none is
SELECT handover.seal() > 0 AS sealed;
DO $$
DECLARE
    name text;
    command text;
BEGIN
    FOREACH name IN ARRAY '{audit_relation,audit_context,audit_transaction,audit_statement,audit_log,audit_table,audit_block}'::text[] LOOP
        FOREACH command IN ARRAY ARRAY['INSERT INTO handover.%1$I SELECT * FROM handover.%1$I WHERE false', 'DELETE FROM handover.%1$I',
                                       'TRUNCATE handover.%1$I', 'UPDATE handover.%1$I SET %2$I = %2$I'] LOOP
            BEGIN
                EXECUTE format(command, name, (SELECT attname FROM pg_attribute WHERE attrelid = ('handover.' || name)::regclass AND attnum = 1));
                RAISE WARNING '% went through', format(command, name, '');
            EXCEPTION WHEN object_not_in_prerequisite_state THEN
                NULL;
            END;
        END LOOP;
    END LOOP;
END $$;
SET ROLE regress_handover_clerk;
SET handover.log_maintenance = on;
\c -
SET client_min_messages = warning;
-- nor by setting it before the library is loaded
SET ROLE regress_handover_clerk;
SET handover.log_maintenance = on;
SELECT handover.actor() <> '' AS loaded;
SHOW handover.log_maintenance;
RESET ROLE;
SET search_path = regress_audit;
-- nor does what a superuser maintains for another act for the superuser
GRANT CREATE ON SCHEMA regress_audit TO regress_handover_clerk;
SET ROLE regress_handover_clerk;
CREATE FUNCTION regress_audit.act() RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    IF session_user <> current_user THEN
        PERFORM handover.unregister_audit('regress_audit.many');
        RAISE WARNING 'taken over';
    END IF;
    RETURN 1;
EXCEPTION WHEN insufficient_privilege THEN
    RETURN 1;
END $$;
CREATE FUNCTION regress_audit.harmless(i integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN regress_audit.act();
END $$;
CREATE TABLE trap (i integer);
CREATE INDEX ON trap (regress_audit.harmless(i));
INSERT INTO trap VALUES (1);
RESET ROLE;
ANALYZE trap;
SELECT count(*) FROM handover.audit_table WHERE relation = 'many'::regclass;

-- ------------------------------------------------------------------------
-- audit_check(), unaudit()
-- ------------------------------------------------------------------------
SELECT handover.audit('duty');
ALTER TABLE duty DISABLE TRIGGER zz_audit_row;
SELECT * FROM handover.audit_check() WHERE relation LIKE '%duty';
ALTER TABLE duty ENABLE ALWAYS TRIGGER zz_audit_row;
SELECT * FROM handover.audit_check() WHERE relation LIKE '%duty';
ALTER TABLE duty ENABLE REPLICA TRIGGER zz_audit_truncate;
SELECT * FROM handover.audit_check() WHERE relation LIKE '%duty';
DROP TRIGGER zz_audit_row ON duty;
SELECT * FROM handover.audit_check() WHERE relation LIKE '%duty';
CREATE TRIGGER zz_audit_row AFTER INSERT OR UPDATE OR DELETE ON duty FOR EACH ROW EXECUTE FUNCTION more();
SELECT * FROM handover.audit_check() WHERE relation LIKE '%duty';
SELECT handover.audit('duty');
SELECT * FROM handover.audit_check() WHERE relation LIKE '%duty';
CREATE OR REPLACE TRIGGER zz_audit_row AFTER INSERT ON duty FOR EACH ROW EXECUTE FUNCTION handover.audit_row();
SELECT * FROM handover.audit_check() WHERE relation LIKE '%duty';
CREATE OR REPLACE TRIGGER zz_audit_row AFTER INSERT OR UPDATE OR DELETE ON duty FOR EACH ROW WHEN (false) EXECUTE FUNCTION handover.audit_row();
SELECT * FROM handover.audit_check() WHERE relation LIKE '%duty';
CREATE OR REPLACE TRIGGER zz_audit_row AFTER INSERT OR UPDATE OF note OR DELETE ON duty FOR EACH ROW EXECUTE FUNCTION handover.audit_row();
SELECT * FROM handover.audit_check() WHERE relation LIKE '%duty';
SELECT handover.unaudit('duty');
SELECT handover.unaudit('duty');
SELECT * FROM handover.audit_check() WHERE relation LIKE '%duty';
INSERT INTO duty (id) VALUES (777777);
SELECT count(*) FROM handover.audit_entry WHERE key = '777777';
SELECT operation, new ->> 'event' AS event FROM handover.audit_entry WHERE table_name = 'duty' ORDER BY transaction_id DESC, command DESC, id DESC LIMIT 1;

DROP SCHEMA regress_audit CASCADE;
DROP OWNED BY regress_handover_owner, regress_handover_clerk;
DROP ROLE regress_handover_owner, regress_handover_clerk;
