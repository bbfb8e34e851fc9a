--
-- Trigger functions complain, with 39P01, if they are used as anything else than what they are,
-- and about tables that they could not keep.
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
-- A table of handovers is one that has all columns, of the right types
--
CREATE TABLE ws.other (LIKE ws.handover INCLUDING ALL EXCLUDING INDEXES);
ALTER TABLE ws.other DROP remark;
CREATE TRIGGER zz_guard BEFORE INSERT OR UPDATE ON ws.other FOR EACH ROW EXECUTE FUNCTION guard_handover();
INSERT INTO ws.other (checklist) VALUES ('');
ALTER TABLE ws.other ADD remark integer;
INSERT INTO ws.other (checklist) VALUES ('');
ALTER TABLE ws.other DROP remark, ADD remark varchar(10);
INSERT INTO ws.other (checklist) VALUES ('');
ALTER TABLE ws.other DROP tally CASCADE, ADD tally integer;
INSERT INTO ws.other (checklist) VALUES ('');
ALTER TABLE ws.other DROP tally, ADD tally tally, DROP checklist, ADD checklist text;
UPDATE ws.other SET checklist = 'require task';
ALTER TABLE ws.other DROP checklist, ADD checklist checklist, ALTER status DROP DEFAULT, ALTER status TYPE text;
UPDATE ws.other SET checklist = '';
DROP TABLE ws.other;

--
-- Trigger functions refuse to be called as anything else
--
SELECT name, regress_try(format('SELECT handover.%s()', name)) AS error
  FROM unnest('{catalogue_changed,count_items,guard_handover,guard_signoff,refuse_cycle,sign_handover}'::text[]) AS name
 ORDER BY name;
CREATE TABLE ws.other (a integer);
CREATE FUNCTION regress_fire(function text, timing text, event text,
    level text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    TRUNCATE ws.other;
    INSERT INTO ws.other VALUES (1);
    EXECUTE format('CREATE TRIGGER t %s %s ON ws.other FOR EACH %s EXECUTE FUNCTION handover.%s()', timing,
        event, level, function);
    result := regress_try(CASE event WHEN 'INSERT' THEN 'INSERT INTO ws.other VALUES (2)'
                                     WHEN 'UPDATE' THEN 'UPDATE ws.other SET a = 2'
                                     WHEN 'DELETE' THEN 'DELETE FROM ws.other'
                                     ELSE 'TRUNCATE ws.other' END);
    DROP TRIGGER t ON ws.other;
    RETURN result;
END $$;
SELECT function, timing, level, regress_fire(function, timing, 'UPDATE', level) AS error
  FROM (VALUES ('catalogue_changed'), ('count_items'), ('guard_handover'), ('guard_signoff'), ('refuse_cycle'),
      ('sign_handover')) AS f (function),
       (VALUES ('BEFORE'), ('AFTER')) AS t (timing), (VALUES ('ROW'), ('STATEMENT')) AS l (level)
 ORDER BY function, timing, level;
-- events that do not concern them
SELECT regress_fire('guard_handover', 'BEFORE', 'DELETE', 'ROW') AS guard_handover,
       regress_fire('sign_handover', 'AFTER', 'INSERT', 'ROW') AS sign_handover,
       regress_fire('guard_signoff', 'BEFORE', 'TRUNCATE', 'STATEMENT') AS guard_signoff;
DROP TABLE ws.other;
-- what a table of items needs: transition tables, a foreign key, an element
INSERT INTO ws.handover (id, checklist) VALUES (1, '');
CREATE TABLE ws.other (id integer PRIMARY KEY, handover_id bigint NOT NULL);
CREATE TRIGGER count_insert AFTER INSERT ON ws.other FOR EACH STATEMENT EXECUTE FUNCTION count_items('task');
INSERT INTO ws.other VALUES (1, 1);
CREATE TABLE ws.no_handover (id bigint PRIMARY KEY);
INSERT INTO ws.no_handover VALUES (1);
ALTER TABLE ws.other ADD FOREIGN KEY (handover_id) REFERENCES ws.no_handover;
INSERT INTO ws.other VALUES (1, 1);
ALTER TABLE ws.other ADD FOREIGN KEY (handover_id) REFERENCES ws.handover;
INSERT INTO ws.other VALUES (1, 1);
CREATE OR REPLACE TRIGGER count_insert AFTER INSERT ON ws.other REFERENCING NEW TABLE AS new_row
    FOR EACH STATEMENT EXECUTE FUNCTION count_items();
INSERT INTO ws.other VALUES (1, 1);
ALTER TABLE ws.other ADD element integer;
INSERT INTO ws.other VALUES (1, 1);
ALTER TABLE ws.other DROP element, ADD element text;
INSERT INTO ws.other VALUES (1, 1, 'task');
CREATE TRIGGER count_update AFTER UPDATE ON ws.other REFERENCING NEW TABLE AS new_row FOR EACH STATEMENT
    EXECUTE FUNCTION count_items();
UPDATE ws.other SET id = 2;
CREATE OR REPLACE TRIGGER count_update AFTER UPDATE ON ws.other REFERENCING OLD TABLE AS old_row
    FOR EACH STATEMENT EXECUTE FUNCTION count_items();
UPDATE ws.other SET id = 2;
CREATE TRIGGER count_delete AFTER DELETE ON ws.other FOR EACH STATEMENT EXECUTE FUNCTION count_items();
DELETE FROM ws.other;
DROP TABLE ws.other, ws.no_handover;
CREATE TRIGGER cycle_other AFTER INSERT ON ws.dependency FOR EACH STATEMENT EXECUTE FUNCTION refuse_cycle();
INSERT INTO ws.dependency (handover_id, item, outside) SELECT handover_id, id, 'x' FROM ws.item;
DROP TRIGGER cycle_other ON ws.dependency;

DROP FUNCTION regress_try, regress_fire;
SELECT drop_workspace('ws', true);
