--
-- A workspace is audited from its beginning, and its timeline tells who changed what, in words; no more than that.
--
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
CREATE ROLE regress_handover_owner;
CREATE ROLE regress_handover_clerk;
CREATE ROLE regress_handover_reader;
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO regress_handover_owner', current_database()); END $$;
SET ROLE regress_handover_owner;
SELECT handover.create_workspace('regress_tl');
SELECT handover.create_workspace('regress_quiet', false);
GRANT USAGE ON SCHEMA regress_tl TO regress_handover_clerk;
GRANT SELECT, INSERT, UPDATE, DELETE ON regress_tl.handover, regress_tl.item, regress_tl.dependency, regress_tl.finding_override TO regress_handover_clerk;
GRANT USAGE ON SCHEMA regress_tl_report TO regress_handover_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA regress_tl_report TO regress_handover_reader;

SET ROLE regress_handover_clerk;
SET handover.actor = 'Ana';
INSERT INTO regress_tl.handover (title, outgoing, incoming, outgoing_team, incoming_team, checklist)
VALUES ('Night shift', 'Ana', 'Bo', 'Ops', 'Desk', 'require task; require contact'), ('Another', 'Ana', 'Cy', NULL, NULL, 'require task');
INSERT INTO regress_tl.item (handover_id, element, title, details, attributes) VALUES
    (1, 'task', 'Swap disk', 'In rack 4', '{}'),
    (1, 'contact', 'Mrs. Secret', NULL, '{"channel": "phone", "address": "+44 117 555 0142"}'),
    (12, 'task', 'of no handover', NULL, '{}');
INSERT INTO regress_tl.item (handover_id, element, title, details, attributes) VALUES
    (1, 'task', 'Swap disk', 'In rack 4', '{}'),
    (1, 'contact', 'Mrs. Secret', NULL, '{"channel": "phone", "address": "+44 117 555 0142"}');
UPDATE regress_tl.item SET attributes = attributes || '{"address": "+44 117 555 0199"}' WHERE element = 'contact';
UPDATE regress_tl.item SET title = 'Swap both disks', details = 'Personal', owner = 'Ana', due_at = '2026-12-01' WHERE element = 'task';
-- changes nothing that is logged
UPDATE regress_tl.item SET title = title;
SELECT regress_tl.submit(1);
SET handover.actor = 'Bo';
UPDATE regress_tl.item SET state = 'done', due_at = NULL WHERE element = 'task';
INSERT INTO regress_tl.item (handover_id, element, title) VALUES (1, 'task', 'Later');
DELETE FROM regress_tl.item WHERE title = 'Later';
INSERT INTO regress_tl.dependency (handover_id, item, outside) SELECT 1, id, 'the vendor' FROM regress_tl.item WHERE title = 'Swap both disks';
INSERT INTO regress_tl.finding_override (handover_id, code, reason) VALUES (1, 'missing_scope', 'Personal');
UPDATE regress_tl.handover SET incoming = 'Di', scope = 'All', checklist = 'require task' WHERE id = 1;
RESET ROLE;

SET ROLE regress_handover_reader;
SELECT handover_id AS id, actor, subject, action, element, item_title, what, is_after_submission AS after
  FROM regress_tl_report.timeline ORDER BY changed_at, entry_key;
SELECT count(*) AS changes, sum(after_submission_count) AS after, count(DISTINCT entry_key) AS keys FROM regress_tl_report.timeline WHERE handover_id = 1;
SELECT title, status, outgoing_team, incoming_team FROM regress_tl_report.timeline WHERE handover_id = 1 LIMIT 1;
SELECT count(*) AS told FROM regress_tl_report.timeline AS t WHERE (to_jsonb(t) - '{entry_key,changed_at}'::text[])::text ~ '555|Secret|Personal|rack';
SELECT count(*) FROM regress_tl.item;
SELECT count(*) FROM handover.audit_log;
SELECT count(*) FROM handover.audit_entry;
SELECT count(*) FROM handover.audit_context;
RESET ROLE;
-- the owner reads what is logged of their tables, and of no others
CREATE TABLE others (id integer PRIMARY KEY);
SELECT handover.audit('others');
SET handover.actor = 'Somebody else';
INSERT INTO others VALUES (1);
RESET handover.actor;
SET ROLE regress_handover_owner;
SELECT DISTINCT c.relname FROM handover.audit_log AS l JOIN handover.audit_relation_now AS n ON n.id = l.relation_id JOIN pg_class AS c ON c.oid = n.relid ORDER BY 1;
SELECT DISTINCT actor FROM handover.audit_context WHERE actor IN ('Ana', 'Bo', 'Somebody else') ORDER BY 1;
SELECT handover.open_log('regress_handover_clerk');
SELECT count(*) FROM regress_quiet_report.timeline;
-- later is soon enough
SELECT handover.audit_workspace('regress_quiet');
INSERT INTO regress_quiet.handover (checklist) VALUES ('require task');
SELECT subject, action, what FROM regress_quiet_report.timeline;
SELECT handover.audit_workspace('regress_none');
RESET ROLE;
SET ROLE regress_handover_clerk;
SELECT handover.audit_workspace('regress_tl');
RESET ROLE;
SELECT relation, exclude, skip_unchanged FROM handover.audit_table WHERE relation::text LIKE 'regress\_tl.%' ORDER BY relation::text;
SELECT * FROM handover.audit_check();
-- upgraded twice it is as it was; a table that is not audited any more is again
SET ROLE regress_handover_owner;
SELECT handover.unaudit('regress_tl.dependency');
SELECT handover.upgrade_workspace('regress_tl');
SELECT handover.upgrade_workspace('regress_tl');
RESET ROLE;
SELECT count(*) AS audited FROM handover.audit_table WHERE relation::text LIKE 'regress\_tl.%';
SELECT * FROM handover.audit_check();
-- renamed, it is known by what it is
ALTER TABLE regress_tl.item RENAME TO thing;
UPDATE regress_tl.thing SET state = 'ongoing' WHERE element = 'task';
SELECT what FROM regress_tl_report.timeline ORDER BY changed_at DESC LIMIT 1;
-- who has no audited tables any more has nothing to read
SET ROLE regress_handover_owner;
SELECT handover.drop_workspace('regress_tl', true), handover.drop_workspace('regress_quiet', true);
SELECT count(*) FROM handover.audit_log;
RESET ROLE;
SELECT count(*) AS policies FROM pg_policy WHERE polname LIKE '%regress_handover%';
DROP TABLE others;
DO $$ BEGIN EXECUTE format('REVOKE CREATE ON DATABASE %I FROM regress_handover_owner', current_database()); END $$;
DROP ROLE regress_handover_owner, regress_handover_clerk, regress_handover_reader;

-- auditors read all of it
CREATE ROLE regress_handover_auditor;
SELECT handover.grant_auditor('regress_handover_auditor');
SELECT handover.grant_auditor('regress_handover_auditor');
SET ROLE regress_handover_auditor;
SELECT count(*) > 10 AS all_of_it FROM handover.audit_entry;
SELECT count(*) > 10 AS all_of_it FROM handover.audit_log;
SELECT * FROM handover.verify();
DELETE FROM handover.audit_log;
RESET ROLE;
DROP OWNED BY regress_handover_auditor;
DROP ROLE regress_handover_auditor;

-- In a log of some size, the changes of a handover and of a team are looked up by the key of the log, those of a
-- time by the index of times: all of the log is never read.
SELECT handover.create_workspace('regress_tl');
INSERT INTO regress_tl.handover (incoming_team, checklist) SELECT 'team ' || n % 50, 'require task' FROM generate_series(1, 2000) AS n;
INSERT INTO regress_tl.item (handover_id, element, title) SELECT id, 'task', 'Task ' || n FROM regress_tl.handover, generate_series(1, 5) AS n;
SELECT clock_timestamp() AS since \gset
UPDATE regress_tl.item SET state = 'done' WHERE handover_id = 77;
VACUUM ANALYZE handover.audit_log;
VACUUM ANALYZE handover.audit_context;
ANALYZE regress_tl.handover, regress_tl.item;
CREATE FUNCTION pg_temp.reads(query text) RETURNS text
LANGUAGE plpgsql
SET jit = off
AS $$
DECLARE
    line text;
    found text[] := '{}';
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        found := found || substring(line FROM 'Seq Scan on audit_log|using audit_log_place|Scan on audit_log_place|Scan on audit_log_time');
    END LOOP;
    RETURN array_to_string(found, ', ');
END
$$;
SELECT pg_temp.reads($$SELECT * FROM regress_tl_report.timeline WHERE handover_id = 77$$) AS one_handover;
SELECT pg_temp.reads($$SELECT * FROM regress_tl_report.timeline WHERE incoming_team = 'team 7'$$) AS one_team;
SELECT pg_temp.reads(format('SELECT * FROM regress_tl_report.timeline WHERE changed_at > %L', :'since')) AS one_time;
SELECT count(*) FROM regress_tl_report.timeline WHERE handover_id = 77;
SELECT count(*) FROM regress_tl_report.timeline WHERE incoming_team = 'team 7';
SELECT count(*) FROM regress_tl_report.timeline WHERE changed_at > :'since';
SELECT handover.drop_workspace('regress_tl', true);
