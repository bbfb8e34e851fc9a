--
-- Making, upgrading and dropping a workspace: by its owner, by a superuser for its owner, and by
-- nobody else; what was added to it stays.
--

\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE ROLE regress_handover_owner;
CREATE ROLE regress_handover_member IN ROLE regress_handover_owner;
CREATE ROLE regress_handover_reader;

-- ------------------------------------------------------------------------
-- Making one takes no more than the right to create schemas
-- ------------------------------------------------------------------------

SET ROLE regress_handover_owner;
SELECT handover.create_workspace('ops');
RESET ROLE;
SELECT format('GRANT CREATE ON DATABASE %I TO regress_handover_owner', current_database()) \gexec
SET ROLE regress_handover_owner;
SELECT handover.create_workspace('ops');
RESET ROLE;
SELECT format('REVOKE CREATE ON DATABASE %I FROM regress_handover_owner', current_database()) \gexec

-- ------------------------------------------------------------------------
-- What is added to it
-- ------------------------------------------------------------------------

SET ROLE regress_handover_owner;
ALTER TABLE ops.item ADD COLUMN effort integer NOT NULL DEFAULT 1, ADD COLUMN cost_centre text DEFAULT 'K-100';
ALTER TABLE ops.item ADD CONSTRAINT item_effort_is_positive CHECK (effort > 0);
ALTER TABLE ops.handover ADD COLUMN site text;
CREATE INDEX item_cost_centre ON ops.item (cost_centre);
CREATE VIEW ops.mine AS SELECT d.handover_id, d.document ->> 'site' AS site FROM ops.document AS d;
CREATE VIEW ops_report.mine AS SELECT o.handover_id, o.status, g.label FROM ops_report.overview AS o JOIN ops_report.gap AS g USING (handover_id);
CREATE FUNCTION ops.number_open() RETURNS bigint LANGUAGE sql
    BEGIN ATOMIC SELECT count(*) FROM ops_report.overview WHERE is_open; END;
CREATE TRIGGER mine BEFORE UPDATE ON ops.item FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
ALTER TABLE ops.item ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON ops.item FOR SELECT USING (owner = current_user);
COMMENT ON COLUMN ops.item.effort IS 'in hours';
COMMENT ON VIEW ops_report.mine IS 'gaps with status';
COMMENT ON SCHEMA ops IS 'handovers of operations';
GRANT USAGE ON SCHEMA ops_report, ops TO regress_handover_reader;
GRANT SELECT ON ops_report.gap TO regress_handover_reader;
GRANT SELECT, UPDATE (title) ON ops.item TO regress_handover_reader;
REVOKE EXECUTE ON FUNCTION ops.submit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.submit TO regress_handover_reader;
ALTER VIEW ops_report.gap SET (security_barrier = true, security_invoker = true);
INSERT INTO ops.handover (title, site, checklist) VALUES ('Night', 'Graz', 'require contact; every task where effort > 2 has cost_centre');
INSERT INTO ops.item (handover_id, element, title, effort) VALUES (1, 'contact', 'Bo', 1), (1, 'task', 'Swap disk', 3);
SELECT ops.submit(1);
RESET ROLE;

-- Everything in the two schemas, as the server describes it.
CREATE VIEW pg_temp.description AS
SELECT 'class' AS kind, c.oid::regclass::text AS name,
       concat_ws(' | ', c.relkind, pg_get_userbyid(c.relowner), c.relacl, c.reloptions, obj_description(c.oid, 'pg_class'),
                 CASE c.relkind WHEN 'v' THEN pg_get_viewdef(c.oid) WHEN 'i' THEN pg_get_indexdef(c.oid) END) AS text
  FROM pg_class AS c WHERE c.relnamespace::regnamespace::text ~ '^ops'
UNION ALL
SELECT 'column', concat(a.attrelid::regclass, '.', a.attname),
       concat_ws(' | ', format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attacl, pg_get_expr(d.adbin, d.adrelid),
                 col_description(a.attrelid, a.attnum))
  FROM pg_attribute AS a
       JOIN pg_class AS c ON c.oid = a.attrelid
       LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE c.relnamespace::regnamespace::text ~ '^ops' AND a.attnum > 0
UNION ALL
SELECT 'function', p.oid::regprocedure::text,
       concat_ws(' | ', pg_get_userbyid(p.proowner), p.proacl, obj_description(p.oid, 'pg_proc'), pg_get_functiondef(p.oid))
  FROM pg_proc AS p WHERE p.pronamespace::regnamespace::text ~ '^ops'
UNION ALL
SELECT 'trigger', concat(t.tgrelid::regclass, '.', t.tgname), concat_ws(' | ', t.tgenabled, pg_get_triggerdef(t.oid), obj_description(t.oid, 'pg_trigger'))
  FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid WHERE c.relnamespace::regnamespace::text ~ '^ops' AND NOT t.tgisinternal
UNION ALL
SELECT 'constraint', concat(n.conrelid::regclass, '.', n.conname), pg_get_constraintdef(n.oid)
  FROM pg_constraint AS n WHERE n.connamespace::regnamespace::text ~ '^ops'
UNION ALL
SELECT 'policy', concat(p.polrelid::regclass, '.', p.polname), pg_get_expr(p.polqual, p.polrelid)
  FROM pg_policy AS p JOIN pg_class AS c ON c.oid = p.polrelid WHERE c.relnamespace::regnamespace::text ~ '^ops'
UNION ALL
SELECT 'schema', s.nspname::text, concat_ws(' | ', pg_get_userbyid(s.nspowner), s.nspacl, obj_description(s.oid, 'pg_namespace'))
  FROM pg_namespace AS s WHERE s.nspname ~ '^ops'
UNION ALL
SELECT 'row', 'handover', h::text FROM ops.handover AS h
UNION ALL
SELECT 'row', 'item', i::text FROM ops.item AS i;

CREATE TEMPORARY TABLE before AS SELECT * FROM pg_temp.description;
SELECT kind, count(*) > 0 AS some FROM before GROUP BY kind ORDER BY kind;
CREATE VIEW pg_temp.changed AS
SELECT 'lost' AS what, t.* FROM (SELECT * FROM before EXCEPT ALL SELECT * FROM pg_temp.description) AS t
UNION ALL
SELECT 'new', t.* FROM (SELECT * FROM pg_temp.description EXCEPT ALL SELECT * FROM before) AS t;

-- ------------------------------------------------------------------------
-- Upgrading changes nothing of it: by the owner, a member of theirs, a superuser; twice
-- ------------------------------------------------------------------------

SET ROLE regress_handover_owner;
SELECT handover.upgrade_workspace('ops');
RESET ROLE;
SELECT what, kind, name FROM pg_temp.changed ORDER BY 1, 2, 3;
SET ROLE regress_handover_member;
SELECT handover.upgrade_workspace('ops');
SELECT current_user;
RESET ROLE;
SELECT what, kind, name FROM pg_temp.changed ORDER BY 1, 2, 3;
SELECT handover.upgrade_workspace('ops');
SELECT handover.upgrade_workspace('ops');
SELECT current_user = session_user AS user_is_as_before, current_setting('search_path') = (SELECT reset_val FROM pg_settings WHERE name = 'search_path') AS search_path_is_as_before;
SELECT what, kind, name FROM pg_temp.changed ORDER BY 1, 2, 3;

-- what was lost, or spoilt, is there again, and the owner's
DROP VIEW ops.discrepancy;
DROP FUNCTION ops.close;
DROP TRIGGER count_delete ON ops.item;
DROP INDEX ops.handover_incoming_team;
ALTER TABLE ops.item DISABLE TRIGGER count_insert;
COMMENT ON TABLE ops.handover IS 'another';
SELECT count(*) FROM pg_temp.changed;
SELECT handover.upgrade_workspace('ops');
SELECT what, kind, name FROM pg_temp.changed ORDER BY 1, 2, 3;

-- others may not
SET ROLE regress_handover_reader;
SELECT handover.upgrade_workspace('ops');
SELECT handover.drop_workspace('ops', true);
RESET ROLE;
SET SESSION AUTHORIZATION regress_handover_reader;
SELECT handover.upgrade_workspace('ops');
RESET SESSION AUTHORIZATION;

-- nor does the owner where they have lost the right to: nothing goes astray into another schema
ALTER SCHEMA ops_report OWNER TO regress_handover_reader;
SELECT handover.upgrade_workspace('ops');
SELECT to_regclass('ops.gap');
ALTER SCHEMA ops_report OWNER TO regress_handover_owner;

-- a table that is gone is told, not made anew
ALTER TABLE ops.signoff SET SCHEMA public;
SELECT handover.upgrade_workspace('ops');
ALTER TABLE public.signoff SET SCHEMA ops;

-- ------------------------------------------------------------------------
-- Dropping
-- ------------------------------------------------------------------------

SELECT handover.drop_workspace('ops');
DELETE FROM ops.handover;
CREATE TABLE ops_report.target (day date);
SELECT handover.drop_workspace('ops');
DROP TABLE ops_report.target;
CREATE MATERIALIZED VIEW ops.kept AS SELECT * FROM ops_report.mine;
CREATE TABLE ops."Shift Plan" (day date);
SELECT handover.drop_workspace('ops');
DROP MATERIALIZED VIEW ops.kept;
DROP TABLE ops."Shift Plan";
DROP VIEW pg_temp.changed, pg_temp.description;
SET ROLE regress_handover_owner;
SELECT handover.drop_workspace('ops');
RESET ROLE;
SELECT count(*) FROM pg_namespace WHERE nspname ~ '^ops';

DROP ROLE regress_handover_owner, regress_handover_member, regress_handover_reader;
