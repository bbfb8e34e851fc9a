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

DROP SCHEMA regress_mallory, regress_victim CASCADE;
DROP OWNED BY regress_handover_mallory, regress_handover_victim;
DROP ROLE regress_handover_mallory, regress_handover_victim;
