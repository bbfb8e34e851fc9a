--
-- Readers of the reports: what they are granted and what is taken back; and, once a workspace is
-- restricted, that they see those handovers alone that they or their teams are party to, in every
-- report, whatever they try.
--

\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE ROLE regress_handover_owner;
CREATE ROLE regress_handover_reader;
CREATE ROLE regress_handover_clerk;
SELECT format('GRANT CREATE ON DATABASE %I TO regress_handover_owner', current_database()) \gexec
SET ROLE regress_handover_owner;
SELECT handover.create_workspace('ops');
RESET ROLE;
SELECT format('REVOKE CREATE ON DATABASE %I FROM regress_handover_owner', current_database()) \gexec

-- ------------------------------------------------------------------------
-- Granting
-- ------------------------------------------------------------------------

-- who may grant, what, and to whom
SET ROLE regress_handover_clerk;
SELECT handover.grant_reader('ops', 'regress_handover_clerk');
SELECT handover.revoke_reader('ops', 'regress_handover_clerk');
SELECT handover.restrict_workspace('ops');
SET ROLE regress_handover_owner;
SELECT handover.grant_reader('none', 'regress_handover_reader');
SELECT handover.grant_reader('ops', 'regress_handover_nobody');
SELECT handover.restrict_workspace('ops', NULL);
SELECT handover.grant_reader('ops', 'regress_handover_reader');

-- all reports but that on contacts, now and after an upgrade; nothing else, and nothing to write
CREATE FUNCTION pg_temp.readable(reader name) RETURNS TABLE (readable bigint, not_readable text, elsewhere bigint, writable bigint) LANGUAGE sql AS $$
    SELECT count(*) FILTER (WHERE n.nspname = 'ops_report' AND r.may_read),
           string_agg(c.relname, ', ' ORDER BY c.relname) FILTER (WHERE n.nspname = 'ops_report' AND NOT r.may_read),
           count(*) FILTER (WHERE n.nspname = 'ops' AND r.may_read),
           count(*) FILTER (WHERE has_table_privilege(reader, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER'))
      FROM pg_class AS c
           JOIN pg_namespace AS n ON n.oid = c.relnamespace
           CROSS JOIN LATERAL (SELECT has_table_privilege(reader, c.oid, 'SELECT') AND has_schema_privilege(reader, n.oid, 'USAGE') AS may_read) AS r
     WHERE n.nspname IN ('ops', 'ops_report') AND c.relkind IN ('r', 'v', 'S') $$;
SELECT readable = (SELECT count(*) - 1 FROM pg_class WHERE relnamespace = 'ops_report'::regnamespace AND relkind = 'v') AS all_but_one,
       not_readable, elsewhere, writable FROM pg_temp.readable('regress_handover_reader');
DROP VIEW ops_report.team;
DROP VIEW ops_report.contact;
CREATE VIEW ops_report.mine AS SELECT h.id AS handover_id FROM ops.visible_handover AS h;
SELECT handover.upgrade_workspace('ops');
SELECT not_readable, elsewhere, writable FROM pg_temp.readable('regress_handover_reader');
SELECT has_table_privilege('regress_handover_reader', 'ops_report.mine', 'SELECT') AS mine;
DROP VIEW ops_report.mine;
RESET ROLE;
SET ROLE regress_handover_reader;
SELECT count(*) FROM ops_report.overview;
SELECT count(*) FROM ops_report.contact;
SELECT count(DISTINCT view_name) > 35 AS all_reports, count(*) FILTER (WHERE view_name = 'contact') AS contact FROM ops_report.data_dictionary;
SELECT count(*) FROM ops.visible_handover;
SELECT count(*) FROM ops.item;
DELETE FROM ops_report.overview;

-- contacts if asked for, and no longer if not
RESET ROLE;
SELECT handover.grant_reader('ops', 'regress_handover_reader', contacts => true);
SELECT not_readable FROM pg_temp.readable('regress_handover_reader');
SELECT handover.grant_reader('ops', 'regress_handover_reader', NULL);
SELECT not_readable FROM pg_temp.readable('regress_handover_reader');

-- nothing is left in the end
SELECT handover.grant_reader('ops', 'regress_handover_reader', true), handover.revoke_reader('ops', 'regress_handover_reader');
SELECT handover.revoke_reader('ops', 'regress_handover_reader');
SELECT readable, elsewhere, writable, has_schema_privilege('regress_handover_reader', 'ops_report', 'USAGE') AS usage
  FROM pg_temp.readable('regress_handover_reader');
SELECT count(*) FROM pg_default_acl AS d WHERE d.defaclnamespace = 'ops_report'::regnamespace;
DROP ROLE regress_handover_reader;

-- ------------------------------------------------------------------------
-- Restricting
-- ------------------------------------------------------------------------

CREATE ROLE regress_handover_ana;
CREATE ROLE regress_handover_desk;
CREATE ROLE regress_handover_bo IN ROLE regress_handover_desk;
CREATE ROLE regress_handover_cy NOINHERIT IN ROLE regress_handover_desk;
CREATE ROLE regress_handover_quality;
CREATE ROLE regress_handover_bypass BYPASSRLS;
CREATE ROLE regress_handover_mallory;
SET ROLE regress_handover_owner;
SELECT handover.grant_reader('ops', role, true) FROM unnest('{regress_handover_ana,regress_handover_bo,regress_handover_cy,regress_handover_desk,
    regress_handover_quality,regress_handover_bypass,regress_handover_mallory}'::name[]) AS role \g /dev/null

-- in each of five parts, and in none; all of them have something in each report
INSERT INTO ops.handover (id, title, role, outgoing, incoming, outgoing_team, incoming_team, coordinator, checklist)
SELECT n, 'secret ' || n, CASE n WHEN 6 THEN 'rare_role' END, CASE n WHEN 1 THEN 'Ana' ELSE 'Zoe ' || n END, CASE n WHEN 2 THEN 'Ana' ELSE 'Yan ' || n END,
       CASE n WHEN 3 THEN 'Desk' ELSE 'North ' || n END, CASE n WHEN 4 THEN 'Desk' ELSE 'South ' || n END, CASE n WHEN 5 THEN 'Ana' END,
       'every handover has scope to close ''secret gap''; suggest 40 task ''secret suggestion'''
  FROM generate_series(1, 7) AS n;
INSERT INTO ops.item (handover_id, element, title, details, due_at, attributes)
SELECT h.id, e.name, 'secret ' || e.name || ' of ' || h.id, 'secret', '2020-01-01Z',
       CASE e.name WHEN 'feedback' THEN '{"efficiency": 5, "comment": "secret"}' ELSE '{}' END::jsonb
  FROM ops.handover AS h CROSS JOIN handover.element AS e
 WHERE e.name NOT IN ('handover', 'item', 'dependency') AND e.builtin;
INSERT INTO ops.dependency (handover_id, item, outside)
SELECT i.handover_id, i.id, 'secret' FROM ops.item AS i WHERE i.element = 'task';
SELECT ops.submit(id) FROM ops.handover \g /dev/null
SELECT ops.accept(id) FROM ops.handover WHERE id <> 7 \g /dev/null

-- what each report shows to who reads it
CREATE FUNCTION pg_temp.shown() RETURNS TABLE (report text, handovers text) LANGUAGE plpgsql AS $$
BEGIN
    FOR report IN SELECT DISTINCT view_name FROM ops_report.data_dictionary WHERE column_name = 'handover_id' ORDER BY 1 LOOP
        EXECUTE format('SELECT string_agg(DISTINCT handover_id::text, '','' ORDER BY handover_id::text) FROM ops_report.%I', report) INTO handovers;
        RETURN NEXT;
    END LOOP;
    report := 'team'; SELECT string_agg(right(team, 1), ',' ORDER BY team COLLATE "C") INTO handovers FROM ops_report.team; RETURN NEXT;
    report := 'workload'; SELECT string_agg(DISTINCT right(party, 1), ',') INTO handovers FROM ops_report.workload; RETURN NEXT;
    report := 'trend'; SELECT concat_ws(' ', sum(created_count), sum(submitted_count), sum(accepted_count), sum(feedback_count),
                                        count(*) FILTER (WHERE t.role = 'rare_role')) INTO handovers FROM ops_report.trend AS t; RETURN NEXT;
    report := 'flow'; SELECT concat_ws(' ', count(*), sum(handover_count)) INTO handovers FROM ops_report.flow; RETURN NEXT;
END $$;
SELECT * FROM pg_temp.shown();

SELECT handover.restrict_workspace('ops');
-- somebody must say who belongs to what: until then, the owner alone sees anything
SET ROLE regress_handover_ana;
SELECT DISTINCT handovers FROM pg_temp.shown() ORDER BY 1;
SET ROLE regress_handover_owner;
INSERT INTO ops.party_member (role_name, party) VALUES ('regress_handover_ana', 'Ana'), ('regress_handover_desk', 'Desk'), ('regress_handover_gone', 'Zoe 7');
INSERT INTO ops.party_member (role_name, all_parties) VALUES ('regress_handover_quality', true);
-- a party that is left out opens nothing
INSERT INTO ops.party_member (role_name) VALUES ('regress_handover_mallory');
INSERT INTO ops.party_member (role_name, party, all_parties) VALUES ('regress_handover_mallory', 'Desk', true);

SET ROLE regress_handover_ana;
SELECT * FROM pg_temp.shown();
SET ROLE regress_handover_bo;
SELECT * FROM pg_temp.shown();
-- what one must SET ROLE for one has not yet
SET ROLE regress_handover_cy;
SELECT DISTINCT handovers FROM pg_temp.shown() ORDER BY 1;
SET ROLE regress_handover_mallory;
SELECT DISTINCT handovers FROM pg_temp.shown() ORDER BY 1;
-- all of it: the owner, a superuser, who bypasses row security, and who belongs to all
CREATE FUNCTION pg_temp.everything() RETURNS boolean LANGUAGE sql AS
    $$ SELECT bool_and(coalesce(handovers = CASE report WHEN 'waiting' THEN '7' WHEN 'after_effect' THEN '1,2,3,4,5,6' ELSE '1,2,3,4,5,6,7' END, false))
         FROM pg_temp.shown() WHERE report NOT IN ('team', 'workload', 'trend', 'flow') $$;
SELECT pg_temp.everything();
SET ROLE regress_handover_quality;
SELECT pg_temp.everything();
SET ROLE regress_handover_bypass;
SELECT pg_temp.everything();
SET ROLE regress_handover_owner;
SELECT pg_temp.everything();
RESET ROLE;
SELECT pg_temp.everything();

-- ------------------------------------------------------------------------
-- What Mallory tries
-- ------------------------------------------------------------------------

-- a function that tells what it sees, so cheap that the planner would call it first; and one that
-- makes an error of it
CREATE SCHEMA regress_handover_den AUTHORIZATION regress_handover_mallory;
SET ROLE regress_handover_mallory;
CREATE FUNCTION regress_handover_den.tell(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE COST 0.0000001 AS
    $$ BEGIN IF $1 LIKE '%secret%' THEN RAISE WARNING 'told: %', $1; END IF; RETURN true; END $$;
CREATE FUNCTION regress_handover_den.try(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE query INTO result;
    RETURN coalesce(result, 'nothing');
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
-- every text of every report, each alone
SELECT DISTINCT regress_handover_den.try(format('SELECT count(*) FROM ops_report.%I WHERE %s', d.view_name,
           string_agg(format('regress_handover_den.tell(%I)', d.column_name), ' AND '))) AS found
  FROM ops_report.data_dictionary AS d
 WHERE d.type LIKE 'character varying%' OR d.type = 'text'
 GROUP BY d.view_name
HAVING d.view_name NOT IN ('data_dictionary', 'calendar', 'trend') ORDER BY 1;
SELECT regress_handover_den.try('SELECT sum(created_count) FROM ops_report.trend WHERE regress_handover_den.tell(''secret '' || role) IS NOT NULL AND role = ''rare_role''');
-- keys
SELECT DISTINCT regress_handover_den.try(format('SELECT count(*) FROM ops_report.%I WHERE 1 / (handover_id - 6) > 1', d.view_name)) AS found
  FROM ops_report.data_dictionary AS d WHERE d.column_name = 'handover_id';
-- joins with a table of one's own, row by row and by hash
CREATE TABLE regress_handover_den.guess AS SELECT n::bigint AS id FROM generate_series(1, 7) AS n;
SELECT regress_handover_den.try('SELECT count(*) FROM regress_handover_den.guess AS g JOIN ops_report.item AS i ON i.handover_id = g.id AND regress_handover_den.tell(i.title)');
SELECT regress_handover_den.try('SELECT count(*) FROM regress_handover_den.guess AS g LEFT JOIN ops_report.overview AS o ON o.handover_id = g.id WHERE o.handover_id IS NOT NULL');
SELECT regress_handover_den.try('SELECT count(*) FROM regress_handover_den.guess AS g, LATERAL (SELECT regress_handover_den.tell(o.title) FROM ops_report.overview AS o WHERE o.handover_id = g.id OFFSET 0) AS t');
-- an operator of one's own
CREATE OPERATOR regress_handover_den.~~~ (RIGHTARG = text, FUNCTION = regress_handover_den.tell);
SELECT regress_handover_den.try('SELECT count(*) FROM ops_report.gap WHERE OPERATOR(regress_handover_den.~~~) label::text');
-- saying to be somebody else
SET handover.actor = 'Ana';
SELECT count(*) FROM ops_report.overview;
RESET handover.actor;
SELECT regress_handover_den.try('SELECT count(*) FROM ops.party_member');
SELECT regress_handover_den.try('SELECT count(*) FROM ops.reader_party');
SELECT regress_handover_den.try('INSERT INTO ops.party_member (role_name, all_parties) VALUES (current_user, true)');
SELECT regress_handover_den.try('ALTER VIEW ops_report.overview RESET (security_barrier)');
SELECT regress_handover_den.try('SELECT handover.restrict_workspace(''ops'', false)');
SELECT regress_handover_den.try('SELECT handover.create_workspace_visible(false)');
-- tables in the way
CREATE TEMPORARY TABLE party_member (role_name name, party varchar(255), all_parties boolean);
INSERT INTO party_member VALUES (current_user, '', true);
CREATE TABLE regress_handover_den.reader_of_all AS SELECT current_user AS role_name;
SET search_path = regress_handover_den, pg_temp, ops;
SELECT count(*) FROM ops_report.overview;
RESET search_path;
DROP TABLE pg_temp.party_member;
RESET ROLE;

-- so it does tell, where it may
GRANT USAGE ON SCHEMA regress_handover_den TO PUBLIC;
SET ROLE regress_handover_ana;
SELECT count(*) FROM ops_report.waiting WHERE regress_handover_den.tell(title);
SELECT count(*) FROM ops_report.overview WHERE regress_handover_den.tell(title) AND handover_id IN (1, 6);
-- and would, were it not for the barrier
RESET ROLE;
ALTER VIEW ops_report.overview RESET (security_barrier);
SET ROLE regress_handover_mallory;
SET enable_indexscan = off;
SET enable_bitmapscan = off;
SELECT count(*) FROM ops_report.overview WHERE regress_handover_den.tell(title) AND handover_id = 6;
RESET enable_indexscan;
RESET enable_bitmapscan;
RESET ROLE;
-- which an upgrade puts back
SELECT handover.upgrade_workspace('ops');
SELECT count(*) FROM pg_class WHERE relnamespace = 'ops_report'::regnamespace AND relkind = 'v' AND 'security_barrier=true' = ANY (reloptions) IS NOT TRUE;
SET ROLE regress_handover_mallory;
SELECT count(*) FROM ops_report.overview WHERE regress_handover_den.tell(title) AND handover_id = 6;
RESET ROLE;

-- ------------------------------------------------------------------------
-- A report of the owner's own that goes round it is told of; the restriction can be lifted
-- ------------------------------------------------------------------------

SET ROLE regress_handover_owner;
CREATE VIEW ops_report.tasks AS SELECT i.handover_id, i.title FROM ops.item AS i WHERE i.element = 'task';
CREATE VIEW ops_report.risks AS SELECT i.handover_id, i.title FROM ops.item AS i JOIN ops.visible_handover AS h ON h.id = i.handover_id WHERE i.element = 'risk';
SELECT handover.restrict_workspace('ops');
DROP VIEW ops_report.tasks, ops_report.risks;
SET ROLE regress_handover_owner;
SELECT handover.is_restricted('ops'), handover.restrict_workspace('ops', false), handover.is_restricted('ops');
SELECT handover.is_restricted('ops'), handover.is_restricted('none');
SELECT count(*) FROM pg_class WHERE relnamespace IN ('ops'::regnamespace, 'ops_report'::regnamespace) AND relkind = 'v' AND reloptions IS NOT NULL;
SET ROLE regress_handover_mallory;
SELECT pg_temp.everything();
RESET ROLE;

DROP SCHEMA regress_handover_den CASCADE;
SELECT handover.drop_workspace('ops', true);
SELECT format('DROP OWNED BY %I', r) FROM unnest('{regress_handover_owner,regress_handover_mallory}'::name[]) AS r \gexec
DROP ROLE regress_handover_owner, regress_handover_clerk, regress_handover_ana, regress_handover_bo, regress_handover_cy, regress_handover_desk,
    regress_handover_quality, regress_handover_bypass, regress_handover_mallory;
