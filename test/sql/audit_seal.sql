--
-- The seal of the audit log: whatever is changed of what was sealed is found, and nothing else.
--
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET client_encoding = 'UTF8';
CREATE ROLE regress_handover_clerk;
CREATE SCHEMA regress_seal;
CREATE TABLE regress_seal.duty (id integer PRIMARY KEY, title text);
SELECT handover.audit('regress_seal.duty', with_query => true);
-- what other tests have left is a block of its own, and goes
SELECT handover.seal() > 0 AS sealed;
SELECT handover.drop_blocks(clock_timestamp()) > 0 AS dropped;
VACUUM handover.audit_log, handover.audit_transaction;
SELECT handover.seal() > 0 AS sealed;
SELECT coalesce((handover.head()).block, 0) AS base \gset
SELECT handover.seal() IS NULL AS nothing_left;

SET handover.actor = 'Zoë "Z" O''Neill';
SET handover.labels = 'ticket 17';
INSERT INTO regress_seal.duty VALUES (1, 'Müllabfuhr'), (2, NULL);
UPDATE regress_seal.duty SET title = E'two\nlines' WHERE id = 2;
RESET handover.labels;
-- what this transaction has written itself is for the next seal
BEGIN;
INSERT INTO regress_seal.duty VALUES (3, 'later');
SELECT handover.seal() - :base AS block;
COMMIT;
RESET handover.actor;
SELECT handover.seal() - :base AS block;
DELETE FROM regress_seal.duty WHERE id = 1;
SELECT handover.seal() - :base AS block;
INSERT INTO regress_seal.duty VALUES (4, 'not sealed');
SELECT block - :base AS block, transactions, entries, sealed_by = session_user AS by_user FROM handover.audit_block WHERE block > :base ORDER BY block;
SELECT * FROM handover.verify();
SELECT * FROM handover.verify(:base + 1, :base + 2);
SELECT * FROM handover.verify(anchor => (handover.head()).sha256);
-- an older anchor holds, too: it is still in the chain
SELECT * FROM handover.verify(anchor => (SELECT sha256 FROM handover.audit_block WHERE block = :base + 1));
SELECT block - :base AS block, sha256 = (SELECT sha256 FROM handover.audit_block WHERE block = :base + 3) AS hash, sealed_at <= now() AS past FROM handover.head();

-- who may not, and when not
SET ROLE regress_handover_clerk;
SELECT handover.seal();
DO $$ BEGIN PERFORM FROM handover.verify(); EXCEPTION WHEN insufficient_privilege THEN RAISE WARNING 'permission denied for verify()'; END $$;
SELECT * FROM handover.head();
RESET ROLE;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT handover.seal();
ROLLBACK;

-- ------------------------------------------------------------------------
-- A third party, who has the tables, sha256() and the documented lines
-- ------------------------------------------------------------------------
-- JSON as PostgreSQL writes it, put together by hand
CREATE FUNCTION regress_seal.line(VARIADIC parts jsonb[]) RETURNS text LANGUAGE sql AS $$
    SELECT '[' || string_agg(coalesce(p::text, 'null'), ', ' ORDER BY n) || ']' FROM unnest(parts) WITH ORDINALITY AS u (p, n) $$;
CREATE FUNCTION regress_seal.at(t timestamptz) RETURNS jsonb LANGUAGE sql AS $$
    SELECT to_jsonb(to_char(t AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) $$;
CREATE FUNCTION regress_seal.hash(t text) RETURNS bytea LANGUAGE sql AS $$ SELECT sha256(convert_to(t, 'UTF8')) $$;
CREATE FUNCTION regress_seal.hex(b bytea) RETURNS jsonb LANGUAGE sql AS $$ SELECT to_jsonb(encode(b, 'hex')) $$;
CREATE VIEW regress_seal.entry_line AS
SELECT l.transaction_id, l.id AS place,
       regress_seal.line(to_jsonb(l.id), to_jsonb(l.context_id), to_jsonb(l.command), regress_seal.at(l.changed_at), to_jsonb(l.relation_id), to_jsonb(l.operation::text),
           regress_seal.hex(regress_seal.hash(regress_seal.line(to_jsonb(l.salt::text), to_jsonb(l.key), l.old, l.new))), to_jsonb(l.statement_id),
           regress_seal.hex((SELECT regress_seal.hash(regress_seal.line(to_jsonb(s.salt::text), to_jsonb(s.query)))
                               FROM handover.audit_statement AS s WHERE s.id = l.statement_id))) AS line
  FROM handover.audit_log AS l;
CREATE VIEW regress_seal.transaction_hash AS
SELECT t.id, t.block, t.entries, t.sha256,
       regress_seal.hash((SELECT string_agg(e.line || E'\n', '' ORDER BY e.place) FROM regress_seal.entry_line AS e WHERE e.transaction_id = t.id)) AS computed
  FROM handover.audit_transaction AS t;
SELECT count(*) AS transactions, count(*) FILTER (WHERE sha256 = computed) AS same FROM regress_seal.transaction_hash WHERE block > :base;
SELECT b.block - :base AS block,
       b.sha256 = regress_seal.hash(
           regress_seal.line(to_jsonb(b.block), regress_seal.hex(b.previous), to_jsonb(b.relations), to_jsonb(b.contexts), to_jsonb(b.transactions), to_jsonb(b.entries),
               to_jsonb(b.first_transaction), to_jsonb(b.last_transaction), regress_seal.at(b.sealed_at), to_jsonb(b.sealed_by),
               to_jsonb(b.incarnation::text), to_jsonb(b.complete_to)) || E'\n'
           || coalesce((SELECT string_agg(regress_seal.line(to_jsonb(r.id), to_jsonb(r.incarnation::text), to_jsonb(r.relation::text), to_jsonb(r.root::text),
                                              to_jsonb(r.schema_name), to_jsonb(r.table_name), to_jsonb(r.columns)) || E'\n', '' ORDER BY r.id)
                          FROM handover.audit_relation AS r WHERE r.block = b.block), '')
           || coalesce((SELECT string_agg(regress_seal.line(to_jsonb(c.id), regress_seal.at(c.created_at), to_jsonb(c.actor), to_jsonb(c.session_user_name),
                                              to_jsonb(c.role_name), to_jsonb(c.relation_id), to_jsonb(c.application_name), to_jsonb(c.client_address),
                                              to_jsonb(c.labels)) || E'\n', '' ORDER BY c.id)
                          FROM handover.audit_context AS c WHERE c.block = b.block), '')
           || (SELECT string_agg(regress_seal.line(to_jsonb(h.id), to_jsonb(h.entries), regress_seal.hex(h.computed)) || E'\n', '' ORDER BY h.id)
                 FROM regress_seal.transaction_hash AS h WHERE h.block = b.block)) AS same,
       b.previous IS NOT DISTINCT FROM p.sha256 AS linked
  FROM handover.audit_block AS b LEFT JOIN handover.audit_block AS p ON p.block = b.block - 1
 WHERE b.block > :base ORDER BY 1;
-- the aggregate itself
SELECT handover.sha256_agg(t ORDER BY t) = sha256(convert_to(E'a\nß\n', 'UTF8')) AS same, handover.sha256_agg(t) FILTER (WHERE false) IS NULL AS none
  FROM unnest('{ß,a,NULL}'::text[]) AS t;

-- ------------------------------------------------------------------------
-- Every change, by a superuser who knows how: each is undone after verify() has seen it
-- ------------------------------------------------------------------------
CREATE FUNCTION regress_seal.forge(change text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
    n bigint;
BEGIN
    BEGIN
        SET LOCAL handover.log_maintenance = on;
        EXECUTE change;
        GET DIAGNOSTICS n = ROW_COUNT;
        -- what else runs on the server, such as autovacuum, decides whether it was passed over, too
        SELECT coalesce(string_agg(DISTINCT v.discrepancy, ', ') FILTER (WHERE v.discrepancy NOT LIKE 'it was passed over%'), string_agg(DISTINCT v.discrepancy, ', '))
          INTO found FROM handover.verify() AS v;
        RAISE EXCEPTION USING ERRCODE = 'ZZ001', MESSAGE = CASE n WHEN 0 THEN 'NOTHING CHANGED' ELSE coalesce(found, 'NOT FOUND') END;
    EXCEPTION WHEN SQLSTATE 'ZZ001' THEN
        RETURN SQLERRM;
    END;
END $$;
-- each column of a sealed row
SELECT c.relname AS "table", a.attname AS "column", regress_seal.forge(format('UPDATE handover.%I AS x SET %I = %s WHERE %s', c.relname, a.attname,
           CASE WHEN a.atttypid = 'bytea'::regtype THEN $e$'\x00'$e$
                WHEN a.atttypid = 'uuid'::regtype THEN 'gen_random_uuid()'
                WHEN a.atttypid = 'text[]'::regtype THEN format($e$%I || '{x}'::text[]$e$, a.attname)
                WHEN a.atttypid = 'timestamptz'::regtype THEN format('%I + interval ''1 us''', a.attname)
                WHEN a.atttypid = 'jsonb'::regtype THEN $e$'{"id": 99}'$e$
                WHEN a.atttypid = '"char"'::regtype THEN $e$'D'$e$
                WHEN a.atttypid = 'text'::regtype THEN format($e$coalesce(%I, '') || '!'$e$, a.attname)
                WHEN a.atttypid = 'oid'::regtype THEN '1'
                ELSE format('coalesce(%I, 0) + 1000000', a.attname) END,
           CASE c.relname WHEN 'audit_log' THEN format($e$x.key = '2' AND x.operation = 'U' AND x.relation_id = %L$e$, l.relation_id)
                          WHEN 'audit_transaction' THEN format('x.id = %L', l.transaction_id)
                          WHEN 'audit_context' THEN format('x.id = %L', l.context_id)
                          WHEN 'audit_statement' THEN format('x.id = %L', l.statement_id)
                          WHEN 'audit_relation' THEN format('x.id = %L', l.relation_id)
                          ELSE format('x.block = %s', :base + 2) END)) AS found
  FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       JOIN handover.audit_log AS l ON l.key = '2' AND l.operation = 'U'
       JOIN handover.audit_relation AS r ON r.id = l.relation_id AND r.schema_name = 'regress_seal'
 WHERE c.relnamespace = 'handover'::regnamespace AND c.relname IN ('audit_log', 'audit_context', 'audit_transaction', 'audit_statement', 'audit_relation', 'audit_block')
 ORDER BY c.relname, a.attnum;
-- and to NULL
SELECT c.relname AS "table", a.attname AS "column", regress_seal.forge(format('UPDATE handover.%I AS x SET %I = NULL WHERE %s', c.relname, a.attname,
           CASE c.relname WHEN 'audit_log' THEN format($e$x.key = '2' AND x.operation = 'U' AND x.relation_id = %L$e$, l.relation_id)
                          WHEN 'audit_context' THEN format('x.id = %L', l.context_id)
                          ELSE format('x.block = %s', :base + 2) END)) AS found
  FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND NOT a.attnotnull
       JOIN handover.audit_log AS l ON l.key = '2' AND l.operation = 'U'
       JOIN handover.audit_relation AS r ON r.id = l.relation_id AND r.schema_name = 'regress_seal'
       JOIN handover.audit_context AS t ON t.id = l.context_id
 WHERE c.relnamespace = 'handover'::regnamespace AND c.relname IN ('audit_log', 'audit_context', 'audit_block')
   AND (c.relname, a.attname) <> ('audit_log', 'sha256')
   AND to_jsonb(t) ->> a.attname IS DISTINCT FROM (CASE c.relname WHEN 'audit_context' THEN NULL ELSE '' END)
 ORDER BY c.relname, a.attnum;
-- rows that go, come and change places
SELECT change, regress_seal.forge(replace(change, '$first', (:base + 1)::text)) AS found
  FROM unnest(ARRAY[
    'DELETE FROM handover.audit_log WHERE (transaction_id, id) = (SELECT l.transaction_id, l.id FROM handover.audit_log AS l JOIN handover.audit_transaction AS t ON t.id = l.transaction_id WHERE t.block = $first ORDER BY 1, 2 LIMIT 1)',
    'INSERT INTO handover.audit_log SELECT l.transaction_id, l.id + 100, l.context_id, l.command, l.changed_at, l.statement_id, l.relation_id, l.operation, l.salt, l.key, l.old, l.new FROM handover.audit_log AS l JOIN handover.audit_transaction AS t ON t.id = l.transaction_id WHERE t.block = $first LIMIT 1',
    'UPDATE handover.audit_log AS l SET new = o.new, key = o.key FROM handover.audit_log AS o, handover.audit_transaction AS t WHERE t.block = $first AND l.transaction_id = t.id AND o.transaction_id = t.id AND l.operation = ''I'' AND o.operation = ''I'' AND l.id <> o.id',
    'WITH two AS (SELECT l.ctid AS at, row_number() OVER (ORDER BY l.id DESC) AS place FROM handover.audit_log AS l JOIN handover.audit_transaction AS t ON t.id = l.transaction_id WHERE t.block = $first AND l.operation = ''I'') UPDATE handover.audit_log AS l SET id = 1000 + two.place FROM two WHERE l.ctid = two.at',
    'DELETE FROM handover.audit_transaction WHERE id = (SELECT min(id) FROM handover.audit_transaction WHERE block = $first)',
    'INSERT INTO handover.audit_transaction SELECT id + 1000000, block, entries, sha256 FROM handover.audit_transaction WHERE block = $first LIMIT 1',
    'UPDATE handover.audit_transaction SET block = block + 1 WHERE block = $first',
    'DELETE FROM handover.audit_statement',
    'DELETE FROM handover.audit_relation',
    'DELETE FROM handover.audit_context',
    'DELETE FROM handover.audit_block WHERE block = $first',
    'DELETE FROM handover.audit_block WHERE block = (SELECT max(block) FROM handover.audit_block)',
    'DELETE FROM handover.audit_log',
    'DELETE FROM handover.audit_transaction',
    'WITH b AS (UPDATE handover.audit_block SET previous = ''\x00'' WHERE block = $first RETURNING block) SELECT FROM b',
    'UPDATE handover.audit_block AS b SET sha256 = handover.audit_block_hash(b) , sealed_by = ''Somebody'' WHERE block = $first']) WITH ORDINALITY AS c (change, n)
 ORDER BY n;
-- an entry that was changed, and all that is computed of it after: the block of its own hash is not that of the next
SELECT regress_seal.forge(format('WITH t AS (UPDATE handover.audit_transaction SET sha256 = ''\x11'' WHERE block = %s), c AS (UPDATE handover.audit_context SET actor = ''Somebody'' WHERE block = %1$s) UPDATE handover.audit_block SET sha256 = ''\x12'' WHERE block = %1$s', :base + 1));
-- a log whose end was cut off, or all of which was sealed anew, is consistent: what was kept elsewhere tells
SELECT sha256 AS kept FROM handover.head() \gset
BEGIN;
SET LOCAL handover.log_maintenance = on;
DELETE FROM handover.audit_log AS l USING handover.audit_transaction AS t WHERE t.id = l.transaction_id AND t.block = :base + 3;
DELETE FROM handover.audit_transaction WHERE block = :base + 3;
UPDATE handover.audit_context SET block = NULL WHERE block = :base + 3;
DELETE FROM handover.audit_block WHERE block = :base + 3;
SELECT * FROM handover.verify();
SELECT * FROM handover.verify(anchor => :'kept');
ROLLBACK;
BEGIN;
SET LOCAL handover.log_maintenance = on;
UPDATE handover.audit_context SET actor = 'Somebody' WHERE block = :base + 1;
UPDATE handover.audit_context SET block = NULL WHERE block > :base;
DELETE FROM handover.audit_transaction WHERE block > :base;
DELETE FROM handover.audit_block WHERE block > :base;
SELECT handover.seal() - :base AS block;
SELECT * FROM handover.verify();
SELECT * FROM handover.verify(anchor => :'kept');
ROLLBACK;
-- what was not meddled with is not accused, whatever the session's settings
SET timezone = 'Asia/Kathmandu'; SET datestyle = 'German'; SET bytea_output = 'escape'; SET extra_float_digits = 0; SET intervalstyle = 'iso_8601';
SELECT * FROM handover.verify(anchor => (handover.head()).sha256);
RESET timezone; RESET datestyle; RESET bytea_output; RESET extra_float_digits; RESET intervalstyle;
VACUUM FULL handover.audit_log;
ALTER TABLE regress_seal.duty RENAME TO task;
DROP TABLE regress_seal.task;
SELECT * FROM handover.verify(anchor => :'kept');

DROP SCHEMA regress_seal CASCADE;
DROP ROLE regress_handover_clerk;
