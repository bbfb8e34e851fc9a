--
-- What an owner of tables could do to the audit log, to who reads it, and to the server.
--
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE ROLE regress_handover_mallory;
CREATE ROLE regress_handover_victim;
CREATE SCHEMA regress_mallory AUTHORIZATION regress_handover_mallory;
CREATE SCHEMA regress_victim AUTHORIZATION regress_handover_victim;
GRANT USAGE ON SCHEMA regress_mallory TO PUBLIC;
SET search_path = regress_mallory;

-- rows of type record, each of another table: the key of one is not looked for in another
SET ROLE regress_handover_mallory;
CREATE TABLE wide (a integer, b integer, k text PRIMARY KEY);
CREATE TABLE narrow (k integer PRIMARY KEY);
CREATE TABLE number (a integer, b integer, k bigint PRIMARY KEY);
CREATE FUNCTION either(place integer) RETURNS record LANGUAGE plpgsql AS $$
DECLARE
    wide wide;
    narrow narrow;
    number number;
BEGIN
    CASE place WHEN 0 THEN wide.k := 'a'; RETURN wide;
               WHEN 1 THEN narrow.k := 1; RETURN narrow;
               ELSE number.k := 66; RETURN number; END CASE;
END $$;
SELECT handover.audit_row_key(either(place)) FROM generate_series(0, 2) AS place;
RESET ROLE;

-- names and keys of several lines: all that revert() says of them is comment
SET ROLE regress_handover_mallory;
CREATE TABLE regress_mallory."keyless
SELECT 'run by who reverts' AS attack; --" (a integer);
CREATE TABLE keyed (k text PRIMARY KEY, "v
SELECT 'run by who reverts' AS attack; --" integer, v integer);
SELECT handover.audit(c.oid, mask => ARRAY(SELECT a.attname::text FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname LIKE '%attack%'))
  FROM pg_class AS c WHERE c.relnamespace = 'regress_mallory'::regnamespace AND c.relname LIKE 'key%' AND c.relkind = 'r' ORDER BY c.relname;
BEGIN;
SET LOCAL handover.labels = 'attack';
SELECT format('INSERT INTO %s VALUES (1)', c.oid::regclass) FROM pg_class AS c WHERE c.relname LIKE 'keyless%' \gexec
INSERT INTO keyed VALUES (E'a\r\nSELECT ''run by who reverts'' AS attack; --', 1, 1);
UPDATE keyed SET v = v;
DELETE FROM keyed;
SELECT format('TRUNCATE %s', c.oid::regclass) FROM pg_class AS c WHERE c.relname LIKE 'keyless%' \gexec
COMMIT;
RESET ROLE;
SELECT replace(replace(r.statement, E'\n', '\n'), E'\r', '\r') AS statement FROM handover.revert((SELECT DISTINCT l.transaction_id FROM handover.audit_log AS l JOIN handover.audit_context AS c ON c.id = l.context_id WHERE c.labels = 'attack')) AS r ORDER BY r.place;
SELECT r.statement FROM handover.revert((SELECT DISTINCT l.transaction_id FROM handover.audit_log AS l JOIN handover.audit_context AS c ON c.id = l.context_id WHERE c.labels = 'attack')) AS r WHERE r.statement LIKE '--%' ORDER BY r.place \gexec

-- a domain is checked as the owner of the table, not as who asks what the table was like; columns have any names
SET ROLE regress_handover_mallory;
CREATE FUNCTION check_as_whom(value text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF value = 'seen' THEN
        RAISE WARNING 'checked as %', current_user;
        BEGIN
            EXECUTE 'RESET ROLE';
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE WARNING '%', sqlerrm;
        END;
    END IF;
    RETURN true;
END $$;
CREATE DOMAIN checked AS text CHECK (check_as_whom(value));
CREATE TABLE past (id integer PRIMARY KEY, present integer, state integer, image text, value checked);
SELECT handover.audit('past');
INSERT INTO past VALUES (1, 10, 20, 'x', 'old'), (2, 10, 20, 'x', 'old');
RESET ROLE;
SELECT clock_timestamp() AS then \gset
SET ROLE regress_handover_mallory;
UPDATE past SET present = 11, value = 'new' WHERE id = 1;
DELETE FROM past WHERE id = 2;
RESET ROLE;
SELECT * FROM handover.as_of(NULL::past, :'then') ORDER BY id;
SELECT * FROM handover.audit_record(NULL::past, '{"id": 3, "value": "seen"}');

-- a trigger like that of a partition does not make a table one that has left another's
SET ROLE regress_handover_mallory;
CREATE TABLE stray (id integer);
CREATE TRIGGER zz_audit_truncate AFTER TRUNCATE ON stray FOR EACH STATEMENT EXECUTE FUNCTION handover.audit_truncate();
SET ROLE regress_handover_victim;
CREATE TABLE regress_victim.part (id integer PRIMARY KEY) PARTITION BY LIST (id);
CREATE TABLE regress_victim.part_1 PARTITION OF regress_victim.part FOR VALUES IN (1);
CREATE TABLE regress_victim.part_2 PARTITION OF regress_victim.part FOR VALUES IN (2);
SELECT handover.audit('regress_victim.part');
ALTER TABLE regress_victim.part ALTER id SET STATISTICS 10;
ALTER TABLE regress_victim.part DETACH PARTITION regress_victim.part_2;
RESET ROLE;
SELECT table_name, new FROM handover.audit_entry WHERE key = 'detach' AND schema_name = 'regress_victim';
SELECT tgname FROM pg_trigger WHERE tgrelid = 'stray'::regclass;

-- a column that is excluded stays so, and a partition has its triggers, by whatever command
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO regress_handover_victim', current_database()); END $$;
SET ROLE regress_handover_victim;
CREATE TABLE regress_victim.hidden (id integer PRIMARY KEY, a text, b text);
SELECT handover.audit('regress_victim.hidden', exclude => '{a}', mask => '{b}');
ALTER VIEW regress_victim.hidden RENAME COLUMN a TO c;
ALTER MATERIALIZED VIEW regress_victim.hidden RENAME COLUMN b TO d;
INSERT INTO regress_victim.hidden VALUES (1, 'hidden', 'hidden');
CREATE SCHEMA regress_victim_2 CREATE TABLE part_3 PARTITION OF regress_victim.part FOR VALUES IN (3);
RESET ROLE;
SELECT new FROM handover.audit_entry WHERE schema_name = 'regress_victim' AND table_name = 'hidden' AND operation = 'INSERT';
SELECT * FROM handover.audit_check() WHERE relation LIKE 'regress_victim%';
DROP SCHEMA regress_victim_2 CASCADE;

-- also when it has its name from elsewhere: a table from which it is inherited, or a type
SET ROLE regress_handover_victim;
CREATE TYPE regress_victim.post AS (id integer, a text, b text, c text);
CREATE TABLE regress_victim.typed OF regress_victim.post (PRIMARY KEY (id));
CREATE TABLE regress_victim.parent (a text, b text, c text);
CREATE TABLE regress_victim.between () INHERITS (regress_victim.parent);
CREATE TABLE regress_victim.child (id integer PRIMARY KEY) INHERITS (regress_victim.between);
CREATE TABLE regress_victim.typed_child (PRIMARY KEY (id)) INHERITS (regress_victim.typed);
SELECT handover.audit('regress_victim.' || t, exclude => '{a}', mask => '{b,c}') FROM unnest('{typed,typed_child,child}'::text[]) AS t;
ALTER TYPE regress_victim.post RENAME ATTRIBUTE a TO d CASCADE;
ALTER TYPE regress_victim.post RENAME ATTRIBUTE b TO e CASCADE;
ALTER TYPE regress_victim.post DROP ATTRIBUTE c CASCADE;
ALTER TABLE regress_victim.parent RENAME COLUMN a TO d;
ALTER VIEW regress_victim.parent RENAME COLUMN b TO e;
ALTER TABLE regress_victim.parent DROP COLUMN c;
INSERT INTO regress_victim.typed VALUES (1, 'hidden', 'hidden');
INSERT INTO regress_victim.typed_child VALUES (2, 'hidden', 'hidden');
INSERT INTO regress_victim.child (id, d, e) VALUES (3, 'hidden', 'hidden');
RESET ROLE;
SELECT table_name, new FROM handover.audit_entry WHERE schema_name = 'regress_victim' AND table_name ~ 'typed|child' AND operation = 'INSERT' ORDER BY key;
SELECT relation, exclude, mask FROM handover.audit_table WHERE relation::text ~ 'typed|child' ORDER BY relation::text;
SELECT * FROM handover.audit_check() WHERE relation LIKE 'regress_victim%';
DROP TABLE regress_victim.typed, regress_victim.typed_child, regress_victim.parent, regress_victim.between, regress_victim.child;

-- what is part of the key cannot be hidden
SET ROLE regress_handover_victim;
CREATE TABLE regress_victim.insured (ssn text, year integer, photo bytea, name text, PRIMARY KEY (year, ssn) INCLUDE (photo));
SELECT handover.audit('regress_victim.insured', mask => '{name,ssn}');
SELECT handover.audit('regress_victim.insured', exclude => '{year}');
SELECT handover.audit('regress_victim.insured', exclude => '{photo}', mask => '{name}');
RESET ROLE;

-- the owner of tables who is an auditor, too, stays one without a table
SELECT handover.grant_auditor('regress_handover_victim');
SET ROLE regress_handover_victim;
CREATE SCHEMA regress_victim_2 CREATE TABLE last (id integer PRIMARY KEY);
SELECT handover.open_log('regress_handover_victim');
DROP TABLE regress_victim.part, regress_victim.hidden, regress_victim.insured;
SELECT count(*) > 0 AS reads FROM handover.audit_log;
RESET ROLE;

-- who has the name that a role had before is not who it was
SET ROLE regress_handover_mallory;
SELECT handover.open_log('regress_handover_mallory');
RESET ROLE;
ALTER ROLE regress_handover_mallory RENAME TO regress_handover_renamed;
CREATE ROLE regress_handover_mallory;
CREATE TABLE secret (id integer PRIMARY KEY);
ALTER TABLE secret OWNER TO regress_handover_mallory;
SELECT handover.audit('secret');
SET handover.actor = 'Somebody else';
INSERT INTO secret VALUES (1);
RESET handover.actor;
SELECT handover.open_log('regress_handover_mallory');
SET ROLE regress_handover_mallory;
SELECT DISTINCT c.actor = session_user AS self, c.actor = 'Somebody else' AS other FROM handover.audit_context AS c ORDER BY 1, 2;
SET ROLE regress_handover_renamed;
SELECT count(*) FILTER (WHERE c.actor = 'Somebody else') AS "of another's", count(*) FILTER (WHERE c.labels = 'attack') > 0 AS "of its own",
       (SELECT count(*) FROM handover.audit_log AS l WHERE NOT EXISTS (SELECT FROM handover.audit_context AS c WHERE c.id = l.context_id) AND l.operation <> 'E') AS "of nobody"
  FROM handover.audit_context AS c;
SELECT count(*) FILTER (WHERE r.table_name = 'secret') AS "of another's", count(*) FILTER (WHERE r.table_name = 'past') > 0 AS "of its own"
  FROM handover.audit_log AS l
       JOIN (SELECT n.id, c.relname AS table_name FROM handover.audit_relation_now AS n JOIN pg_class AS c ON c.oid = n.relid) AS r ON r.id = l.relation_id;
RESET ROLE;
-- nor does the one that had a table before read on
ALTER TABLE secret OWNER TO regress_handover_renamed;
SET ROLE regress_handover_renamed;
SELECT count(*) AS "of what is its own now" FROM handover.audit_log AS l JOIN handover.audit_context AS c ON c.id = l.context_id WHERE c.actor = 'Somebody else';
SET ROLE regress_handover_mallory;
SELECT count(*) AS "of what was its own" FROM handover.audit_context;
RESET ROLE;
DROP TABLE secret;
DROP OWNED BY regress_handover_mallory;
DROP ROLE regress_handover_mallory;
ALTER ROLE regress_handover_renamed RENAME TO regress_handover_mallory;

-- a function with its owner's rights does to a table what its owner may, whoever calls it
SET ROLE regress_handover_victim;
CREATE TABLE regress_victim.target (id integer PRIMARY KEY);
SELECT handover.audit('regress_victim.target');
RESET ROLE;
CREATE TABLE regress_mallory.oid AS SELECT 'regress_victim.target'::regclass AS target;
GRANT SELECT ON regress_mallory.oid TO regress_handover_mallory;
SET ROLE regress_handover_mallory;
CREATE FUNCTION end_audit(by text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    EXECUTE format('SELECT handover.%s FROM regress_mallory.oid', by);
    RETURN 'done';
EXCEPTION WHEN insufficient_privilege THEN
    RETURN sqlerrm;
END $$;
RESET ROLE;
SELECT by, end_audit(by)
  FROM (VALUES ('unaudit(target)'), ('unregister_audit(target)'), ('suspend_audit(target, ''load'')'), ('record_suspension(target, ''load'')'),
               ('vouch(target), handover.unregister_audit(target)'),
               ('register_audit(ROW(target, ''{id}'', ''{}'', ''false'', true, false, false, false, NULL, NULL)::handover.audit_table)')) AS f (by);
SELECT handover.is_audited('regress_victim.target');
SET ROLE regress_handover_victim;
CREATE FUNCTION regress_victim.load() RETURNS void LANGUAGE sql SECURITY DEFINER AS $$ SELECT handover.suspend_audit('regress_victim.target', 'load') $$;
RESET ROLE;
GRANT USAGE ON SCHEMA regress_victim TO regress_handover_mallory;
SET ROLE regress_handover_mallory;
SELECT regress_victim.load();
RESET ROLE;

-- a partition that is a foreign table is in the way of nothing
CREATE FOREIGN DATA WRAPPER regress_nothing;
CREATE SERVER regress_nowhere FOREIGN DATA WRAPPER regress_nothing;
CREATE TABLE regress_victim.far (id integer) PARTITION BY LIST (id);
SELECT handover.audit('regress_victim.far');
CREATE FOREIGN TABLE regress_victim.far_1 PARTITION OF regress_victim.far FOR VALUES IN (1) SERVER regress_nowhere;
CREATE TABLE regress_victim.far_2 PARTITION OF regress_victim.far FOR VALUES IN (2);
SELECT handover.audit('regress_victim.far', always => true);
SELECT * FROM handover.audit_check() WHERE relation LIKE 'regress_victim.far%';
SELECT handover.unaudit('regress_victim.far');
DROP FOREIGN DATA WRAPPER regress_nothing CASCADE;

-- a library of one version and tables of another: an error, and nothing worse
CREATE TABLE regress_victim.between (id integer PRIMARY KEY);
SELECT handover.audit('regress_victim.between');
BEGIN;
ALTER TABLE handover.audit_context ADD COLUMN later text;
INSERT INTO regress_victim.between VALUES (1);
ROLLBACK;
BEGIN;
ALTER TABLE handover.audit_log ADD COLUMN later text;
INSERT INTO regress_victim.between VALUES (1);
ROLLBACK;
INSERT INTO regress_victim.between VALUES (1);

DROP SCHEMA regress_mallory, regress_victim CASCADE;
DROP OWNED BY regress_handover_mallory, regress_handover_victim;
DROP ROLE regress_handover_mallory, regress_handover_victim;
