--
-- What the log tells of rows and of tables as they were, and the way back.
--
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE ROLE regress_handover_clerk;
CREATE SCHEMA regress_as_of;
SET search_path = regress_as_of;
CREATE TABLE moment (name text PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp());
-- a moment that no change shares
CREATE FUNCTION note(text) RETURNS void LANGUAGE sql AS $$
    SELECT pg_sleep(0.002); INSERT INTO moment VALUES ($1); SELECT pg_sleep(0.002); $$;
CREATE FUNCTION at(text) RETURNS timestamptz STABLE LANGUAGE sql AS $$ SELECT at FROM moment WHERE name = $1 $$;

CREATE TYPE mood AS ENUM ('calm', 'busy');
CREATE TYPE pair AS (x timestamptz, y bytea);
CREATE DOMAIN short AS text CHECK (length(VALUE) < 10);
CREATE TABLE duty (
    id integer, area text, title text, mood mood, pair pair, list text[], during tstzrange, n numeric, f float8, j jsonb, js json,
    raw bytea, short short, at timestamptz, iv interval, big bigint, doubled integer GENERATED ALWAYS AS (id * 2) STORED,
    secret text, hidden text, PRIMARY KEY (id, area));
SELECT handover.audit('duty', mask => '{secret}', exclude => '{hidden}');
SELECT note('empty');
INSERT INTO duty (id, area, title, mood, pair, list, during, n, f, j, js, raw, short, at, iv, big, secret, hidden) VALUES
    (1, 'a', 'Backups', 'calm', ROW('2026-01-01 00:00Z', '\x00ff'), '{a,"b c",NULL}', '[2026-01-01 00:00Z,)', 'NaN', 0.1, '{"k": [1, "x"]}', '{"k":  1}',
     '\xdeadbeef', 'x', '2026-01-02 03:04:05.678Z', '-1 year 2 days -03:04:05', 9007199254740993, 's', 'h'),
    (2, 'a', 'Printers', NULL, NULL, '{}', 'empty', '-Infinity', '-Infinity', '"text"', 'null', '', '', 'infinity', '0', -1, NULL, NULL),
    (3, 'b, "c"', 'Phones', NULL, NULL, NULL, NULL, NULL, NULL, 'null', NULL, NULL, NULL, NULL, NULL, NULL, 's', 'h');
CREATE TABLE first_three AS SELECT * FROM duty;
SELECT note('three');
-- settings of the session change nothing
SET timezone = 'Asia/Kathmandu'; SET datestyle = 'German, DMY'; SET intervalstyle = 'sql_standard'; SET bytea_output = 'escape'; SET extra_float_digits = 0;
UPDATE duty SET mood = 'busy', pair = NULL, list = '{z}', during = NULL, n = 1.50, f = 2, j = '[]', js = '1', raw = NULL, short = 'y', at = NULL, iv = '1 mon', big = NULL WHERE id = 1;
UPDATE duty SET title = 'Ink' WHERE id = 2;
UPDATE duty SET title = 'Paper' WHERE id = 2;
DELETE FROM duty WHERE id = 3;
INSERT INTO duty (id, area, title) VALUES (3, 'b, "c"', 'Anew'), (4, 'd', 'Keys');
UPDATE duty SET id = 20 WHERE id = 2;
DELETE FROM duty WHERE id = 4;
SELECT id, area, title FROM handover.as_of(NULL::duty, at('three')) ORDER BY id;
-- all but what was excluded, or masked and has gone since, is as it was
SELECT count(*) AS same FROM handover.as_of(NULL::duty, at('three')) AS was JOIN first_three AS ft USING (id, area)
 WHERE (to_jsonb(was) - 'secret' - 'hidden') = (to_jsonb(ft) - 'secret' - 'hidden') AND was.js::text IS NOT DISTINCT FROM ft.js::text;
RESET timezone; RESET datestyle; RESET intervalstyle; RESET bytea_output; RESET extra_float_digits;
SELECT count(*) AS same FROM handover.as_of(NULL::duty, at('three')) AS was JOIN first_three AS ft USING (id, area)
 WHERE (to_jsonb(was) - 'secret' - 'hidden') = (to_jsonb(ft) - 'secret' - 'hidden') AND was.js::text IS NOT DISTINCT FROM ft.js::text;
SELECT id, secret, hidden FROM handover.as_of(NULL::duty, at('three')) ORDER BY id;
SELECT count(*) AS none FROM handover.as_of(NULL::duty, at('empty'));
SELECT count(*) FROM (SELECT to_jsonb(d) - 'hidden' FROM handover.as_of(NULL::duty, clock_timestamp()) AS d EXCEPT SELECT to_jsonb(d) - 'hidden' FROM duty AS d) AS x;
SELECT count(*) AS nothing FROM handover.as_of(NULL::duty, NULL);

-- a transaction is seen whole or not at all, also one that goes on in another name
BEGIN;
UPDATE duty SET title = 'one' WHERE id = 1;
SET LOCAL handover.actor = 'Bo';
SELECT note('amid');
UPDATE duty SET title = 'two' WHERE id = 20;
COMMIT;
SELECT id, title FROM handover.as_of(NULL::duty, at('amid')) ORDER BY id;
-- the order of changes of one row within a transaction is not that of its triggers
CREATE FUNCTION more() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE duty SET title = 'nested' WHERE id = NEW.id AND title <> 'nested'; RETURN NULL; END $$;
CREATE TRIGGER aa_more AFTER UPDATE OF title ON duty FOR EACH ROW WHEN (NEW.title = 'outer') EXECUTE FUNCTION more();
SELECT note('before nested');
UPDATE duty SET title = 'outer' WHERE id = 1;
SELECT id, title FROM handover.as_of(NULL::duty, at('before nested')) WHERE id = 1;
DROP TRIGGER aa_more ON duty;

-- names change, columns come and go
SELECT note('old names');
ALTER TABLE duty RENAME COLUMN title TO headline;
ALTER TABLE duty DROP COLUMN f;
ALTER TABLE duty ADD COLUMN extra text DEFAULT 'e';
ALTER TABLE duty RENAME COLUMN hidden TO concealed;
ALTER TABLE duty RENAME TO task;
ALTER TABLE task RENAME COLUMN secret TO hush;
UPDATE task SET headline = 'changed', hush = 'not shown', concealed = 'not shown either' WHERE id = 1;
DELETE FROM task WHERE id = 20;
SELECT id, headline, extra, concealed FROM handover.as_of(NULL::task, at('old names')) ORDER BY id;
SELECT id, headline FROM handover.as_of(NULL::task, at('three')) ORDER BY id;
SELECT operation, old, new FROM handover.history('task', '1', 'a') ORDER BY changed_at DESC LIMIT 2;
SELECT exclude, mask FROM handover.audit_table WHERE relation = 'task'::regclass;
SELECT new FROM handover.audit_entry WHERE operation = 'EVENT' AND key = 'alter' AND schema_name = 'regress_as_of' ORDER BY transaction_id, id;
ALTER TABLE task DROP COLUMN hush;
SELECT exclude, mask FROM handover.audit_table WHERE relation = 'task'::regclass;

-- partitions, from one to another
CREATE TABLE shift (id integer, area text, title text, PRIMARY KEY (id, area)) PARTITION BY LIST (area);
CREATE TABLE shift_a PARTITION OF shift FOR VALUES IN ('a');
CREATE TABLE shift_b (title text, area text NOT NULL, gone integer, id integer NOT NULL);
ALTER TABLE shift_b DROP COLUMN gone;
ALTER TABLE shift ATTACH PARTITION shift_b FOR VALUES IN ('b');
SELECT handover.audit('shift');
INSERT INTO shift VALUES (1, 'a', 'one'), (2, 'b', 'two');
SELECT note('shifts');
UPDATE shift SET area = 'b' WHERE id = 1;
UPDATE shift SET title = 'changed';
DELETE FROM shift_b WHERE id = 2;
SELECT * FROM handover.as_of(NULL::shift, at('shifts')) ORDER BY id;
SELECT * FROM handover.as_of(NULL::shift_b, at('shifts')) ORDER BY id;

-- ------------------------------------------------------------------------
-- What cannot be told
-- ------------------------------------------------------------------------
CREATE TABLE loose (a text);
CREATE TABLE other (id integer PRIMARY KEY);
SELECT * FROM handover.as_of(1, now());
SELECT * FROM handover.as_of(NULL::pair, now());
SELECT * FROM handover.as_of(NULL::loose, now());
\set VERBOSITY default
SELECT * FROM handover.as_of(NULL::other, '2026-01-01');
CREATE FUNCTION attempt(relation regclass, moment text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE detail text;
BEGIN
    PERFORM handover.check_as_of(relation, at(moment));
    RETURN 'can be told';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN regexp_replace(detail, '(since|until) .*\d.*', '\1 ...');
END $$;
\set VERBOSITY terse
SELECT note('unaudited');
SELECT handover.audit('other');
SELECT attempt('other', 'unaudited');
SELECT note('audited');
INSERT INTO other VALUES (1);
SELECT attempt('other', 'audited');
TRUNCATE other;
SELECT attempt('other', 'audited');
SELECT note('truncated');
ALTER TABLE other DISABLE TRIGGER zz_audit_row;
SELECT attempt('other', 'truncated');
SELECT note('disabled');
ALTER TABLE other ENABLE TRIGGER zz_audit_row;
SELECT attempt('other', 'disabled');
SELECT note('enabled');
SELECT attempt('other', 'enabled');
BEGIN;
SELECT handover.suspend_audit('other', 'load');
COMMIT;
SELECT attempt('other', 'enabled');
SELECT note('suspended');
SELECT handover.audit('other', condition => 'true');
SELECT attempt('other', 'suspended');
SELECT handover.audit('other');
SELECT note('unconditional');
SELECT attempt('other', 'unconditional');
SELECT handover.unaudit('other');
SELECT attempt('other', 'unconditional');
-- values that ALTER TABLE has changed are not in the log, those of a column that it has added are in the table
SELECT handover.audit('other');
ALTER TABLE other ADD COLUMN title text;
INSERT INTO other VALUES (2, 'Backups');
SELECT note('added');
ALTER TABLE other ADD COLUMN stamp uuid DEFAULT gen_random_uuid(), ADD COLUMN twice integer GENERATED ALWAYS AS (id * 2) STORED;
SELECT attempt('other', 'added');
SELECT note('stamped');
BEGIN;
ALTER TABLE other ALTER COLUMN title TYPE text USING upper(title);
SELECT note('amid rewrite');
INSERT INTO other VALUES (3, 'Phones');
COMMIT;
SELECT attempt('other', 'stamped');
SELECT attempt('other', 'amid rewrite');
SELECT note('rewritten');
SELECT attempt('other', 'rewritten');
DO $$ BEGIN
    IF current_setting('server_version_num')::integer >= 170000 THEN
        EXECUTE 'ALTER TABLE other ALTER COLUMN twice SET EXPRESSION AS (id * 3)';
        ASSERT attempt('other', 'rewritten') LIKE 'Its rows were rewritten%';
    END IF;
END $$;
ALTER TABLE shift ALTER COLUMN title TYPE text USING upper(title);
SELECT attempt('shift', 'shifts'), attempt('shift_b', 'shifts');
SELECT note('rewritten shifts');
SELECT attempt('shift', 'rewritten shifts'), attempt('shift_b', 'rewritten shifts');

ALTER TABLE shift DETACH PARTITION shift_a;
SELECT attempt('shift', 'rewritten shifts');
SELECT note('detached');
DROP TABLE shift_b;
SELECT attempt('shift', 'detached');
-- who may not read the log
GRANT USAGE ON SCHEMA regress_as_of TO regress_handover_clerk;
GRANT SELECT ON task TO regress_handover_clerk;
SET ROLE regress_handover_clerk;
SELECT * FROM handover.as_of(NULL::task, now());
RESET ROLE;

-- ------------------------------------------------------------------------
-- The way back
-- ------------------------------------------------------------------------
CREATE TABLE ledger (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "Who?" text, amount numeric, j jsonb, note text, twice numeric GENERATED ALWAYS AS (amount * 2) STORED, pin text);
SELECT handover.audit('ledger', mask => '{pin}');
INSERT INTO ledger ("Who?", amount, j, note, pin) VALUES ('Ann''s', 1.50, '"x"', NULL, '1'), ('Bo', 2, '{"a": null}', 'n', '2'), ('Cy', 3, NULL, 'n', '3');
CREATE TABLE copy AS SELECT * FROM ledger;
BEGIN;
UPDATE ledger SET amount = amount + 1, j = NULL, note = 'changed', pin = '9' WHERE id = 1;
DELETE FROM ledger WHERE id = 2;
INSERT INTO ledger ("Who?") VALUES ('Di');
COMMIT;
SELECT max(transaction_id) AS undo FROM handover.audit_log \gset
UPDATE ledger SET note = 'later' WHERE id = 1;
SELECT place, statement, is_overtaken FROM handover.revert(:undo) ORDER BY place;
SELECT statement FROM handover.revert(:undo) ORDER BY place \gexec
SELECT count(*) AS back FROM (SELECT to_jsonb(l) - 'pin' FROM ledger AS l INTERSECT SELECT to_jsonb(c) - 'pin' FROM copy AS c) AS x;
BEGIN;
ALTER TABLE ledger ALTER COLUMN note TYPE text USING upper(note);
UPDATE ledger SET note = 'x' WHERE id = 3;
COMMIT;
SELECT place, statement FROM handover.revert((SELECT max(transaction_id) FROM handover.audit_log)) ORDER BY place;
SELECT is_overtaken, count(*) FROM handover.revert(:undo) GROUP BY 1;
TRUNCATE ledger;
SELECT statement FROM handover.revert((SELECT max(transaction_id) FROM handover.audit_log));
SELECT count(*) AS none FROM handover.revert(0);

DROP SCHEMA regress_as_of CASCADE;
DROP ROLE regress_handover_clerk;
