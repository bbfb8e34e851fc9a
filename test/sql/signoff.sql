--
-- Each move is signed: by whom, when, and with the handover as it then was, which its hash seals.
-- What was signed is only added to, by the database, and goes only with its handover.
--
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT handover.create_workspace('ws');
CREATE VIEW ws.signed AS
    SELECT s.handover_id, row_number() OVER (PARTITION BY s.handover_id
        ORDER BY s.id) AS n, s.step, s.signed_by, s.signed_at = h.updated_at AS last, s.remark, s.read_back,
           s.document ->> 'status' AS status, s.sha256 = sha256(convert_to(s.document::text, 'UTF8')) AS sealed
      FROM ws.signoff AS s JOIN ws.handover AS h ON h.id = s.handover_id;
INSERT INTO ws.handover (id, title, checklist) VALUES (1, 'Night shift',
    'require task; every handover has read_back to close'), (2, 'Größe ☃ "x" \', ''), (3, NULL, '');
INSERT INTO ws.item (handover_id, id, element, title) VALUES (1, 1, 'task', 'Swap the disk');

--
-- Who, when, what
--
SELECT ws.submit(1, 'please look');
SET handover.actor = 'Bo';
SELECT ws.return(1, 'which disk?');
UPDATE ws.item SET title = 'Swap disk 3 in db7' WHERE id = 1;
BEGIN;
SET LOCAL handover.actor = 'Ana Núñez';
UPDATE ws.handover SET status = 'submitted' WHERE id = 1;
COMMIT;
SELECT ws.accept(1, 'disk 3 is swapped before Monday', 'thanks');
SET handover.actor = '';
SELECT ws.close(1);
SELECT handover_id, n, step, CASE signed_by WHEN session_user THEN 'the session' ELSE signed_by END
    AS signed_by, last, remark, read_back, status, sealed
  FROM ws.signed ORDER BY handover_id, n;
SELECT count(*) FILTER (WHERE session_user_name = session_user) AS by_the_session_user, count(*) AS signoffs
  FROM ws.signoff;
SELECT created_by = session_user AS created, submitted_by, returned_by, accepted_by,
    closed_by = session_user AS closed FROM ws.handover WHERE id = 1;
SELECT document FROM ws.signoff WHERE step IN ('submitted', 'accepted') ORDER BY id;
-- what has changed since does not change what was signed
UPDATE ws.handover SET title = 'Day shift', read_back = 'changed' WHERE id = 1;
UPDATE ws.item SET title = 'changed';
SELECT DISTINCT document ->> 'title' AS title FROM ws.signoff;
SELECT count(*) AS broken_seals FROM ws.signed WHERE NOT sealed;
-- no move, no signature: other columns, the same status, a move that fails or is taken back
UPDATE ws.handover SET status = status, summary = 'x';
UPDATE ws.handover SET status = 'accepted' WHERE id = 2;
BEGIN;
SELECT ws.submit(2);
ROLLBACK;
-- several moves at once, and one after the other in one transaction
BEGIN;
UPDATE ws.handover SET status = 'submitted', remark = 'both' WHERE id > 1;
UPDATE ws.handover SET status = CASE id WHEN 2 THEN 'cancelled' ELSE 'accepted' END::handover.status WHERE id > 1;
COMMIT;
SELECT handover_id, n, step, last, remark, read_back, status, sealed FROM ws.signed WHERE handover_id > 1
    ORDER BY handover_id, n;
-- of a statement that changes the items too, the end is signed
INSERT INTO ws.handover (id, title, checklist) VALUES (4, 'Week 50', 'require 2 task');
INSERT INTO ws.item (handover_id, id, element, title) VALUES (4, 1, 'task', 'a'), (4, 2, 'task', 'b');
WITH gone AS (DELETE FROM ws.item WHERE handover_id = 4
    AND id = 1), made AS (INSERT INTO ws.item (handover_id, id, element, title) VALUES (4, 3, 'task', 'c'))
UPDATE ws.handover SET status = 'submitted' WHERE id = 4;
SELECT document -> 'task' AS task FROM ws.signoff WHERE handover_id = 4;

--
-- Nobody writes it
--
CREATE ROLE regress_handover_clerk;
GRANT USAGE ON SCHEMA ws TO regress_handover_clerk;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ws.handover, ws.item, ws.dependency,
    ws.signoff TO regress_handover_clerk;
SELECT count(*) AS signoffs, min(id) AS first FROM ws.signoff \gset
SET ROLE regress_handover_clerk;
INSERT INTO ws.signoff (handover_id, step, signed_by, session_user_name, signed_at, document, sha256)
    VALUES (3, 'closed', 'nobody', 'nobody', now(), '{}', '\x');
INSERT INTO ws.signoff SELECT * FROM ws.signoff ON CONFLICT (handover_id, id) DO UPDATE SET remark = 'x';
UPDATE ws.signoff SET signed_by = 'nobody' WHERE id = :first;
UPDATE ws.signoff SET remark = remark;
DELETE FROM ws.signoff WHERE id = :first;
TRUNCATE ws.signoff;
-- but a move is signed, with no right to write there
RESET ROLE;
REVOKE ALL ON ws.signoff FROM regress_handover_clerk;
SET ROLE regress_handover_clerk;
UPDATE ws.handover SET status = 'closed' WHERE id = 3;
RESET ROLE;
SELECT n, step, sealed FROM ws.signed WHERE handover_id = 3 ORDER BY n DESC LIMIT 1;
-- who cannot see a handover cannot take its signatures for orphans
GRANT SELECT, DELETE, TRUNCATE ON ws.signoff TO regress_handover_clerk;
ALTER TABLE ws.handover ENABLE ROW LEVEL SECURITY;
SET ROLE regress_handover_clerk;
SELECT count(*) FROM ws.handover;
DELETE FROM ws.signoff;
TRUNCATE ws.signoff;
RESET ROLE;
ALTER TABLE ws.handover DISABLE ROW LEVEL SECURITY;
-- its owner neither, except to add what a dump has
UPDATE ws.signoff SET remark = 'x';
DELETE FROM ws.signoff;
TRUNCATE ws.signoff;
SELECT count(*) - :signoffs AS added FROM ws.signoff;
CREATE TEMP TABLE dump AS SELECT * FROM ws.signoff WHERE handover_id = 2;
INSERT INTO ws.signoff (handover_id, step, signed_by, session_user_name, signed_at, document, sha256)
SELECT 3, step, signed_by, session_user_name, signed_at, document, sha256 FROM dump;
\set VERBOSITY terse
INSERT INTO ws.signoff (handover_id, step, signed_by, session_user_name, signed_at, document, sha256)
SELECT 3, 'lost', signed_by, session_user_name, signed_at, document, sha256 FROM dump;
\set VERBOSITY default
INSERT INTO ws.signoff (handover_id, step, signed_by, session_user_name, signed_at, document, sha256)
SELECT 77, step, signed_by, session_user_name, signed_at, document, sha256 FROM dump;
SELECT count(*) - :signoffs AS added FROM ws.signoff;
-- it goes with its handover
DELETE FROM ws.handover WHERE id = 1;
SELECT handover_id, count(*) FROM ws.signoff GROUP BY 1 ORDER BY 1;
SET ROLE regress_handover_clerk;
DELETE FROM ws.handover WHERE id = 2;
RESET ROLE;
SELECT handover_id, count(*) FROM ws.signoff GROUP BY 1 ORDER BY 1;
TRUNCATE ws.handover CASCADE;
SELECT count(*) FROM ws.signoff;
TRUNCATE ws.signoff;
REVOKE ALL ON ALL TABLES IN SCHEMA ws FROM regress_handover_clerk;
REVOKE ALL ON SCHEMA ws FROM regress_handover_clerk;
DROP ROLE regress_handover_clerk;

--
-- The document is the same whatever the settings of the session
--
ALTER TABLE ws.item ADD estimate double precision, ADD since date, ADD seen timestamp, ADD small real;
INSERT INTO ws.handover (id, title, effective_at, checklist, attributes)
SELECT n, 'Night shift', '2026-12-01 00:30:00.000001Z', '', '{"budget": 0.1,
    "when": "2026-12-01T17:30:00+02:00"}' FROM generate_series(1, 4) AS n;
INSERT INTO ws.item (handover_id, id, element, title, due_at, importance, estimate, since, seen, small)
SELECT n, 1, 'task', 'a', '2026-12-01 00:00Z', 'high', 0.1::float8 + 0.2::float8, '2026-11-02',
    '2026-11-03 12:00', 0.3 FROM generate_series(1, 4) AS n;
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET extra_float_digits = 1;
SELECT ws.submit(1);
SET TimeZone = 'Asia/Kolkata'; SET DateStyle = 'German'; SET extra_float_digits = -15;
SELECT ws.submit(2);
SET TimeZone = 'America/St_Johns'; SET DateStyle = 'SQL, DMY'; SET extra_float_digits = 3; SET search_path = pg_temp;
SELECT ws.submit(3);
BEGIN;
SET LOCAL client_encoding = 'LATIN1'; SET LOCAL standard_conforming_strings = off; SET LOCAL xmloption = document;
SELECT ws.submit(4);
COMMIT;
RESET TimeZone; RESET DateStyle; RESET extra_float_digits; RESET search_path;
SELECT count(DISTINCT document) AS documents, count(DISTINCT sha256) AS hashes, count(*) AS signoffs
    FROM ws.signoff;
SELECT document FROM ws.signoff WHERE handover_id = 1;

SELECT handover.drop_workspace('ws', true);
