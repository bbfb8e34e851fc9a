--
-- Who may do what; and nothing of ours looks where a hostile user can put something.
--
CREATE ROLE regress_handover_user;
CREATE ROLE regress_handover_author;
GRANT INSERT, UPDATE, DELETE ON handover.template, handover.element TO regress_handover_author;
SELECT current_database() AS db \gset
GRANT CREATE ON DATABASE :"db" TO regress_handover_user;

-- any user may use types, functions and templates
SET ROLE regress_handover_user;
CREATE SCHEMA regress_handover_hostile;
SELECT handover.complete('require task', '{"task": [{"title": "x"}]}');
SELECT count(*) > 0 AS templates FROM handover.template;
SELECT handover.compose('it_support_specialist') IS NOT NULL AS composed;
-- but not write them
INSERT INTO handover.template (name, kind, title, description, checklist) VALUES ('mine', 'role', 'Mine', '', 'require task');
DELETE FROM handover.element;
TRUNCATE handover.template;

-- the author of templates may write their own, never the shipped ones
SET ROLE regress_handover_author;
SELECT handover.copy_template('it_support_specialist', 'regress_support');
UPDATE handover.template SET checklist = checklist OPERATOR(handover.||) 'require 2 contact' WHERE name = 'regress_support';
UPDATE handover.template SET title = 'x' WHERE name = 'it_support_specialist';
DELETE FROM handover.template WHERE name = 'healthcare';
UPDATE handover.template SET builtin = true WHERE name = 'regress_support';
INSERT INTO handover.element (name, title, description, builtin) VALUES ('regress_badge', 'Badge', 'A key card', true);
DELETE FROM handover.template WHERE name = 'regress_support';
RESET ROLE;
TRUNCATE handover.template;
TRUNCATE handover.element;

-- a hostile search_path changes nothing
SET ROLE regress_handover_user;
SELECT handover.compose('it_support_specialist', 'finance') AS expected \gset
CREATE FUNCTION regress_handover_hostile.concat(handover.checklist, handover.checklist) RETURNS handover.checklist
    LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'taken over'; END $$;
CREATE OPERATOR regress_handover_hostile.|| (LEFTARG = handover.checklist, RIGHTARG = handover.checklist,
    FUNCTION = regress_handover_hostile.concat);
CREATE FUNCTION regress_handover_hostile.eq(text, text) RETURNS boolean
    LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'taken over'; END $$;
CREATE OPERATOR regress_handover_hostile.= (LEFTARG = text, RIGHTARG = text, FUNCTION = regress_handover_hostile.eq);
CREATE TABLE regress_handover_hostile.template AS SELECT name, kind, 'require nothing'::handover.checklist AS checklist FROM handover.template;
CREATE TABLE regress_handover_hostile.element AS SELECT * FROM handover.element WHERE false;
SET search_path = regress_handover_hostile, pg_catalog;
SELECT handover.compose('it_support_specialist', 'finance')::text OPERATOR(pg_catalog.=) :'expected' AS same;
SELECT count(*) FROM handover.lint('require task');
RESET search_path;
RESET ROLE;

-- everything runs with the rights of its caller, but what keeps the audit log
SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
WHERE nspname = 'handover' AND prosecdef ORDER BY p.oid::regprocedure::text;
-- every procedural function pins its search_path, but for those by which create_workspace() fills
-- the schemas that it has put there
SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace JOIN pg_language l ON l.oid = prolang
WHERE nspname = 'handover' AND prokind = 'f' AND lanname <> 'c' AND proconfig IS NULL AND prosqlbody IS NULL
AND proname !~ '^create_workspace_';

-- the guard refuses to be used as anything else
SELECT handover.protect_builtin();
CREATE TABLE regress_handover_other (a integer);
CREATE TRIGGER t AFTER INSERT ON regress_handover_other FOR EACH ROW EXECUTE FUNCTION handover.protect_builtin();
INSERT INTO regress_handover_other VALUES (1);
DROP TRIGGER t ON regress_handover_other;
CREATE TRIGGER t BEFORE INSERT ON regress_handover_other FOR EACH ROW EXECUTE FUNCTION handover.protect_builtin();
INSERT INTO regress_handover_other VALUES (1);
DROP TABLE regress_handover_other;

SET client_min_messages = warning;
DROP SCHEMA regress_handover_hostile CASCADE;
RESET client_min_messages;
REVOKE ALL ON handover.template, handover.element FROM regress_handover_author;
REVOKE ALL ON DATABASE :"db" FROM regress_handover_user;
DROP ROLE regress_handover_user, regress_handover_author;
