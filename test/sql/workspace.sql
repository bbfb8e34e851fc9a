--
-- A workspace is two schemas that are made, upgraded and dropped together.  What was added to it
-- survives an upgrade, and nothing is dropped by mistake.  People and tools find a comment on
-- everything, and in the reports nothing but plain types.
--
\set SHOW_CONTEXT never
SET client_min_messages = warning;

SELECT handover.create_workspace('ws');
SELECT handover.create_workspace('ws');

-- Everything that it consists of, with its definition but for what depends on the major.
CREATE VIEW pg_temp.made AS
    SELECT 'column' AS kind, format('%s.%s', c.oid::regclass, a.attname) AS name,
           format('%s %s %s', format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin,
               d.adrelid)) AS definition
      FROM pg_class AS c
           JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
           LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
     WHERE c.relnamespace IN ('ws'::regnamespace, 'ws_report'::regnamespace) AND c.relkind IN ('r', 'v')
    UNION ALL
    SELECT 'view', c.oid::regclass::text, pg_get_viewdef(c.oid)
      FROM pg_class AS c
     WHERE c.relnamespace IN ('ws'::regnamespace, 'ws_report'::regnamespace) AND c.relkind = 'v'
    UNION ALL
    SELECT 'index', i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
      FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
     WHERE c.relnamespace = 'ws'::regnamespace
    UNION ALL
    SELECT 'constraint', format('%s.%s', conrelid::regclass, conname), pg_get_constraintdef(oid)
      FROM pg_constraint
     WHERE connamespace = 'ws'::regnamespace AND contype <> 'n'     -- 18 has NOT NULL here, too
    UNION ALL
    SELECT 'trigger', format('%s.%s', tgrelid::regclass, tgname), pg_get_triggerdef(t.oid)
      FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
     WHERE c.relnamespace = 'ws'::regnamespace AND NOT tgisinternal
    UNION ALL
    SELECT 'function', oid::regprocedure::text, pg_get_functiondef(oid)
      FROM pg_proc
     WHERE pronamespace = 'ws'::regnamespace;
CREATE TEMP TABLE before AS SELECT * FROM pg_temp.made;
SELECT DISTINCT kind FROM before ORDER BY kind;
SELECT n.nspname, c.relname, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE nspname IN ('ws', 'ws_report') AND relkind IN ('r', 'v', 'S') ORDER BY nspname, relname COLLATE "C";

--
-- Upgrade
--
SELECT handover.upgrade_workspace('ws');
SELECT * FROM pg_temp.made EXCEPT SELECT * FROM before;
SELECT * FROM before EXCEPT SELECT * FROM pg_temp.made;
-- what was taken away comes back, what was added and what is in it stays
ALTER TABLE ws.item ADD room text;
CREATE INDEX ON ws.item (handover_id, room);
INSERT INTO ws.handover (id, title, checklist) VALUES (1, 'Night shift', 'require task where room');
INSERT INTO ws.item (handover_id, element, title, room) VALUES (1, 'task', 'Swap the disk', '2.14');
DROP FUNCTION ws.submit(bigint, text);
DROP VIEW ws_report.gap;
DROP TRIGGER count_update ON ws.item;
SELECT handover.upgrade_workspace('ws');
SELECT name, definition FROM pg_temp.made EXCEPT SELECT name, definition FROM before ORDER BY name;
SELECT name, definition FROM before EXCEPT SELECT name, definition FROM pg_temp.made ORDER BY name;
SELECT status, tally OPERATOR(handover.=) handover.tally(checklist, '{"task": [{"room": "2.14"}]}') AS counted
    FROM ws.handover;
SELECT ws.submit(1);
-- nor does a search_path or a setting of the caller matter
SET search_path = ws_report, ws;
SELECT handover.upgrade_workspace('ws');
SHOW search_path;
RESET search_path;
SELECT name, definition FROM before EXCEPT SELECT name, definition FROM pg_temp.made ORDER BY name;

-- a superuser who upgrades gives nothing of the owner's to themselves
CREATE ROLE regress_handover_owner;
CREATE ROLE regress_handover_other;
SELECT current_database() AS db \gset
GRANT CREATE ON DATABASE :"db" TO regress_handover_owner;
SET ROLE regress_handover_owner;
SELECT handover.create_workspace('Own "1"');
-- nor may anybody do it but who may become the owner
SET SESSION AUTHORIZATION regress_handover_other;
SELECT handover.create_workspace('theirs');
SELECT handover.upgrade_workspace('Own "1"');
SELECT handover.drop_workspace('Own "1"');
SELECT handover.drop_workspace('Own "1"', true);
RESET SESSION AUTHORIZATION;
DROP FUNCTION "Own ""1""".close(bigint, text);
DROP VIEW "Own ""1""_report".overview;
SELECT handover.upgrade_workspace('Own "1"');
SELECT current_user = session_user AS self_again;
-- all is its owner's but the report on the log, which is not theirs to read
SELECT pg_get_userbyid(owner) AS owner, count(*) > 20 AS many
  FROM (SELECT relowner AS owner FROM pg_class WHERE relnamespace IN ('"Own ""1"""'::regnamespace,
      '"Own ""1""_report"'::regnamespace) AND relname <> 'timeline'
        UNION ALL
        SELECT proowner FROM pg_proc WHERE pronamespace = '"Own ""1"""'::regnamespace) AS object
 GROUP BY owner;
SET ROLE regress_handover_owner;
INSERT INTO "Own ""1""".handover (checklist) VALUES ('require 2 contact');
SELECT "Own ""1""".submit(1);
SELECT handover_id, status, missing FROM "Own ""1""_report".overview;
SELECT * FROM "Own ""1""".import('{"title": "x", "contact": [{"name": "Bo"}]}');
SELECT handover.drop_workspace('Own "1"', true);
RESET ROLE;
REVOKE ALL ON DATABASE :"db" FROM regress_handover_owner;
DROP ROLE regress_handover_owner, regress_handover_other;

--
-- Comments and types
--
ALTER TABLE ws.item DROP room;
-- no object of it goes without a comment; the indexes and the sequences are parts of tables
SELECT 'schema' AS kind, nspname AS name FROM pg_namespace
 WHERE nspname IN ('ws', 'ws_report') AND obj_description(oid, 'pg_namespace') IS NULL
UNION ALL
SELECT 'relation', c.oid::regclass::text FROM pg_class AS c
 WHERE c.relnamespace IN ('ws'::regnamespace, 'ws_report'::regnamespace) AND c.relkind IN ('r', 'v')
   AND coalesce(obj_description(c.oid, 'pg_class'), '') = ''
UNION ALL
SELECT 'column', format('%s.%s', c.oid::regclass, a.attname)
  FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relnamespace IN ('ws'::regnamespace, 'ws_report'::regnamespace) AND c.relkind IN ('r', 'v')
   AND coalesce(col_description(c.oid, a.attnum), '') = ''
UNION ALL
SELECT 'trigger', format('%s.%s', tgrelid::regclass, tgname)
  FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
 WHERE c.relnamespace IN ('ws'::regnamespace, 'ws_report'::regnamespace) AND NOT tgisinternal
   AND coalesce(obj_description(t.oid, 'pg_trigger'), '') = ''
UNION ALL
SELECT 'function', oid::regprocedure::text FROM pg_proc
 WHERE pronamespace IN ('ws'::regnamespace, 'ws_report'::regnamespace)
   AND coalesce(obj_description(oid, 'pg_proc'), '') = ''
ORDER BY 1, 2;
SELECT obj_description('ws'::regnamespace, 'pg_namespace'), obj_description('ws_report'::regnamespace,
    'pg_namespace');

-- the reports have types that any tool reads: these, numeric(p,s), varchar(n) up to 255 ...
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) AS type
  FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
 WHERE c.relnamespace = 'ws_report'::regnamespace
   AND format_type(a.atttypid, a.atttypmod) NOT IN ('bigint', 'integer', 'smallint', 'boolean', 'date',
       'timestamp with time zone')
   AND NOT (a.atttypid = 'numeric'::regtype AND a.atttypmod <> -1)
   AND NOT (a.atttypid = 'varchar'::regtype AND a.atttypmod - 4 BETWEEN 1 AND 255)
 ORDER BY 1, 2;
-- ... and nothing else but the text above; no name is longer than PostgreSQL keeps, nor one to be quoted
SELECT c.relname, a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
 WHERE c.relnamespace = 'ws_report'::regnamespace AND (length(a.attname) > 30 OR a.attname !~ '^[a-z][a-z_]*$');

--
-- Drop
--
SELECT handover.drop_workspace('ws');
INSERT INTO ws.handover (id, checklist) VALUES (2, '');
SELECT handover.drop_workspace('ws', false);
DELETE FROM ws.handover;
CREATE TABLE ws.ticket (id integer);
CREATE MATERIALIZED VIEW ws."Summary" AS SELECT count(*) FROM ws.handover;
SELECT handover.drop_workspace('ws');
DROP TABLE ws.ticket;
DROP MATERIALIZED VIEW ws."Summary";
CREATE VIEW ws.of_mine AS SELECT title FROM ws.handover;
SELECT handover.drop_workspace('ws');
SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'ws%';

SELECT handover.create_workspace('ws');
INSERT INTO ws.handover (checklist) VALUES ('');
CREATE TABLE ws.ticket (id integer);
SELECT handover.drop_workspace('ws', cascade => true);
SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'ws%';

-- only a workspace
SELECT handover.drop_workspace('ws');
SELECT handover.drop_workspace('public', true);
SELECT handover.drop_workspace('handover', true);
SELECT handover.drop_workspace(NULL);
SELECT handover.upgrade_workspace('pg_catalog');
SELECT handover.upgrade_workspace('no such');
-- one whose reports were dropped is none, and upgrade does not guess
SELECT handover.create_workspace('ws');
DROP SCHEMA ws_report CASCADE;
SELECT handover.upgrade_workspace('ws');
DROP SCHEMA ws CASCADE;

--
-- Names
--
SELECT handover.create_workspace('');
SELECT handover.create_workspace(NULL);
SELECT handover.create_workspace(repeat('x', 57));
SELECT handover.create_workspace(repeat('ä', 29));
SELECT handover.create_workspace('pg_mine');
SELECT handover.create_workspace('public');
CREATE SCHEMA ws_report;
SELECT handover.create_workspace('ws');
SELECT count(*) FROM pg_namespace WHERE nspname = 'ws';
DROP SCHEMA ws_report;
SELECT handover.create_workspace(repeat('x', 56));
SELECT nspname FROM pg_namespace WHERE nspname LIKE 'xxx%' ORDER BY 1;
SELECT handover.drop_workspace(repeat('x', 56));
-- several side by side, and a function in one is none of the other's
SELECT handover.create_workspace('Größe "x"; --'), handover.create_workspace('select');
INSERT INTO "select".handover (id, checklist) VALUES (1, '');
SELECT "select".submit(1), (SELECT count(*) FROM "Größe ""x""; --".handover) AS there;
SELECT "Größe ""x""; --".submit(1);
SELECT handover.drop_workspace('Größe "x"; --'), handover.drop_workspace('select', true);
