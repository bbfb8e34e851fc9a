--
-- What may go from the log goes in whole blocks, or value by value; what stays can be verified, and tells.
--
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
CREATE ROLE regress_handover_clerk;
CREATE SCHEMA regress_retention;
SET search_path = regress_retention;
CREATE TABLE person (email text PRIMARY KEY, name text, born date, note jsonb);
SELECT handover.audit('person', with_query => true);
-- what other tests have left is not looked at
SELECT handover.seal() > 0 AS sealed;
SELECT handover.drop_blocks(clock_timestamp()) > 0 AS dropped;
VACUUM handover.audit_log, handover.audit_transaction;
SELECT (handover.head()).block AS base \gset
GRANT USAGE ON SCHEMA regress_retention TO regress_handover_clerk;
CREATE FUNCTION verify() RETURNS SETOF text LANGUAGE sql AS $$ SELECT discrepancy FROM handover.verify() $$;

SET handover.actor = 'Ana';
INSERT INTO person VALUES ('ann@example.com', 'Ann', '1990-02-03', '{"phone": "1"}'), ('bo@example.com', 'Bo', '1991-03-04', NULL),
    ('cy@example.com', 'Cy', NULL, NULL);
UPDATE person SET born = '1990-02-04' WHERE name = 'Ann';
SELECT handover.seal() - :base AS block;
ALTER TABLE person RENAME COLUMN born TO birthday;
UPDATE person SET birthday = '1990-02-05', note = note || '{"phone": "2"}' WHERE name = 'Ann';
SELECT handover.seal() - :base AS block;
DELETE FROM person WHERE name = 'Bo';
SELECT * FROM verify();
SELECT sha256 AS anchor FROM handover.head() \gset

-- ------------------------------------------------------------------------
-- Redaction
-- ------------------------------------------------------------------------
SET ROLE regress_handover_clerk;
SELECT handover.redact('person', '{ann@example.com}', '{birthday}', 'asked for');
SELECT handover.drop_blocks(now());
SELECT handover.seal();
SELECT handover.grant_auditor('regress_handover_clerk');
RESET ROLE;
SELECT handover.redact('person', '{ann@example.com}', '{birthday}', ' ');
SELECT handover.redact('person', '{nobody@example.com}', '{birthday}', 'asked for') AS none;
SELECT handover.redact('person', '{ann@example.com}', '{nothing}', 'asked for') AS none;
SELECT handover.redact('person', '{ann@example.com}', '{birthday}', 'asked for') AS entries;
SELECT operation, key, old, new, query FROM handover.audit_entry
 WHERE table_name = 'person' AND operation <> 'EVENT' ORDER BY transaction_id, command, id;
-- in the name of who did it, with the reason, and without the value
SELECT actor, e.new - 'transaction_id' - 'id' - 'sha256' AS event FROM handover.audit_entry AS e
 WHERE table_name = 'person' AND key = 'redact' ORDER BY transaction_id, id;
SELECT count(*) AS left_anywhere FROM handover.audit_log AS l LEFT JOIN handover.audit_statement AS s ON s.id = l.statement_id WHERE l::text || s::text ~ '1990';
SELECT * FROM handover.verify(anchor => :'anchor');
SELECT handover.seal() - :base AS block;
SELECT * FROM handover.verify(anchor => :'anchor');
-- and again, of what is redacted already and of what is not sealed
SELECT handover.redact('person', '{ann@example.com}', '{birthday,note}', 'asked for more') AS entries;
SELECT handover.redact('person', '{bo@example.com}', '{name}', 'gone') AS entries;
SELECT * FROM verify();
-- a key that is redacted is redacted in all entries, which nobody finds by it again
SELECT handover.redact('person', '{bo@example.com}', '{email}', 'gone') AS entries;
SELECT count(*) AS none FROM handover.history('person', 'bo@example.com');
SELECT key, old - 'note' AS old, new - 'note' AS new FROM handover.audit_entry WHERE key = '[redacted]' ORDER BY transaction_id, id;
SELECT * FROM handover.verify(anchor => :'anchor');
SELECT handover.seal() - :base AS block;
SELECT * FROM handover.verify(anchor => :'anchor');
-- what is not known any more is NULL
SELECT r.statement FROM handover.audit_log AS l CROSS JOIN LATERAL handover.revert(l.transaction_id) AS r
 WHERE l.key = 'ann@example.com' AND l.operation = 'U' ORDER BY l.transaction_id;
-- who changes what was redacted is found out, even if the hash that it had is left alone
CREATE FUNCTION forge(change text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    SET LOCAL handover.log_maintenance = on;
    EXECUTE change;
    RETURN QUERY SELECT DISTINCT * FROM verify() AS v ORDER BY 1;
END $$;
BEGIN;
SELECT forge($$UPDATE handover.audit_log SET new = '{"birthday": "2000-01-01"}' WHERE sha256 IS NOT NULL AND key = 'ann@example.com' AND operation = 'U'$$);
ROLLBACK;
BEGIN;
SELECT forge($$UPDATE handover.audit_log SET salt = gen_random_uuid() WHERE sha256 IS NOT NULL$$);
ROLLBACK;
BEGIN;
SELECT forge($$UPDATE handover.audit_log SET sha256 = NULL WHERE sha256 IS NOT NULL$$);
ROLLBACK;
BEGIN;
SELECT forge($$UPDATE handover.audit_statement SET query = 'nothing' WHERE sha256 IS NOT NULL$$);
ROLLBACK;
-- or who redacts by hand, and does not say so
BEGIN;
SELECT forge($$UPDATE handover.audit_log AS l SET sha256 = handover.audit_content(salt, key, old, new), new = '{}' WHERE key = 'cy@example.com'$$);
ROLLBACK;
BEGIN;
SELECT forge($$DELETE FROM handover.audit_log WHERE key = 'redact'$$);
ROLLBACK;

-- ------------------------------------------------------------------------
-- Whole blocks
-- ------------------------------------------------------------------------
SELECT handover.drop_blocks(NULL) AS none;
SELECT handover.drop_blocks('2026-01-01') AS none;
SELECT handover.drop_blocks(clock_timestamp() + interval '1 hour');
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT handover.drop_blocks(now());
ROLLBACK;
SELECT sealed_at AS second FROM handover.audit_block WHERE block = :base + 2 \gset
SELECT handover.drop_blocks(:'second') AS entries;
SELECT * FROM handover.verify(anchor => :'anchor');
SELECT block - :base AS block, count(*) AS transactions FROM handover.audit_transaction WHERE block > :base GROUP BY block ORDER BY block;
SELECT new - 'sealed_before' - 'first' - 'last' AS event, (new ->> 'first')::bigint - :base AS first, (new ->> 'last')::bigint - :base AS last FROM handover.audit_entry WHERE key = 'drop_blocks' ORDER BY transaction_id DESC, id DESC LIMIT 1;
SELECT handover.drop_blocks(:'second') AS none;
SELECT handover.seal() - :base AS block;
-- names of tables that were sealed in what has gone are sealed anew
SELECT bool_and(block > :base + 1) AS sealed_anew FROM handover.audit_relation WHERE schema_name = 'regress_retention';
SELECT * FROM handover.verify(anchor => :'anchor');
SELECT operation, old, new FROM handover.history('person', 'ann@example.com');
-- the newest go, too, and with them that something was dropped before
SELECT handover.drop_blocks(clock_timestamp()) > 0 AS some;
SELECT * FROM handover.verify(anchor => :'anchor');
SELECT count(*) AS events FROM handover.audit_log;
-- entries that are put back, or left, where all should have gone
BEGIN;
SELECT forge(format($$INSERT INTO handover.audit_transaction VALUES (1, %s, 1, '')$$, :base + 1));
ROLLBACK;
-- dropped by hand
SELECT handover.seal() - :base AS block;
BEGIN;
SELECT forge($$DELETE FROM handover.audit_log AS l USING handover.audit_transaction AS t WHERE t.id = l.transaction_id$$);
ROLLBACK;
SELECT * FROM verify();

DROP SCHEMA regress_retention CASCADE;
DROP ROLE regress_handover_clerk;
