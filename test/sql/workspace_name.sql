--
-- A workspace by any name: one that must be quoted, one that is too long, and names that change
-- while a session knows the old ones.
--

\set SHOW_CONTEXT never
SET client_min_messages = warning;

-- ------------------------------------------------------------------------
-- Names that there cannot be
-- ------------------------------------------------------------------------

SELECT handover.create_workspace(NULL);
SELECT handover.create_workspace('');
SELECT handover.create_workspace(repeat('x', 57));
SELECT handover.create_workspace(repeat('ä', 29));
SELECT handover.create_workspace('pg_ops');
SELECT handover.create_workspace('public');
CREATE SCHEMA night_report;
SELECT handover.create_workspace('night');
DROP SCHEMA night_report;
SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'night%';
SELECT handover.upgrade_workspace(NULL);
SELECT handover.upgrade_workspace('public');
SELECT handover.upgrade_workspace('nowhere');
SELECT handover.drop_workspace(NULL);
SELECT handover.drop_workspace('public');

-- ------------------------------------------------------------------------
-- Names that there can be: long ones, and such as must be quoted
-- ------------------------------------------------------------------------

SELECT repeat('ä', 28) AS long \gset
SELECT handover.create_workspace(:'long');
INSERT INTO :"long".handover (checklist) VALUES ('require contact');
INSERT INTO :"long".item (handover_id, element, title) VALUES (1, 'contact', 'Bo');
SELECT :"long".submit(1);
SELECT count(*) FROM :"long".discrepancy;
SELECT handover.drop_workspace(:'long', true);

\set team 'Ops "Team" ä, $user'
\set report :team _report
SELECT handover.create_workspace(:'team');
INSERT INTO :"team".handover (title, checklist) VALUES ('First', 'require 2 contact; require dependency to accept');
SELECT :"team".submit(1);
INSERT INTO :"team".item (handover_id, element, title) SELECT 1, 'contact', 'Bo ' || n FROM generate_series(1, 2) AS n;
INSERT INTO :"team".dependency (handover_id, item, waits_for) VALUES (1, 1, 2);
INSERT INTO :"team".dependency (handover_id, item, waits_for) VALUES (1, 2, 1);
SELECT :"team".submit(1), :"team".accept(1), :"team".acknowledge(1, 1), :"team".recount(), :"team".carry_forward(1);
SELECT * FROM :"team".import('{"title": "Third", "contact": {"name": "Eve"}}');
SELECT step, document ->> 'title' AS title FROM :"team".signoff ORDER BY id;
SELECT handover_id, title, status, item_count FROM :"report".overview ORDER BY 1;
SELECT handover_id, label, actual_count FROM :"report".gap ORDER BY 1, rule LIMIT 1;
SELECT handover.upgrade_workspace(:'team');
SELECT :"team".close(1);
SELECT count(*) FROM :"team".discrepancy;
SELECT handover.drop_workspace(:'team');
SELECT handover.drop_workspace(:'team', NULL);
SELECT handover.drop_workspace(:'team', true);
SELECT handover.drop_workspace(:'team', true);

-- ------------------------------------------------------------------------
-- Names that change
-- ------------------------------------------------------------------------

SELECT handover.create_workspace('day');
INSERT INTO day.handover (title, checklist) VALUES ('Day', 'require 2 contact');
INSERT INTO day.item (handover_id, element, title) VALUES (1, 'contact', 'Ana');
SELECT day.submit(1);
ALTER SCHEMA day RENAME TO night;
ALTER SCHEMA day_report RENAME TO night_report;

-- this session has written there by the old name, and there is another one of that name
SELECT handover.create_workspace('day');
INSERT INTO day.handover (title, checklist) VALUES ('Another', 'require 2 contact');
INSERT INTO night.item (handover_id, element, title) VALUES (1, 'contact', 'Bo');
SELECT title, tally, updated_at IS NULL AS untouched FROM day.handover;
SELECT title, tally FROM night.handover;
SELECT night.submit(1), night.accept(1), night.recount(), night.acknowledge(1, 1);
SELECT step, document ->> 'title' AS title FROM night.signoff ORDER BY id;
SELECT title, status, item_count FROM night_report.overview;
SELECT count(*) FROM night.discrepancy;
SELECT handover.drop_workspace('day', true);

-- only what finds its tables by name has to be told
DO $$
BEGIN
    PERFORM night.carry_forward(1);
EXCEPTION WHEN undefined_object OR undefined_table THEN
    RAISE INFO 'carry_forward() finds nothing';
END $$;
DO $$
BEGIN
    PERFORM night.import('{"title": "Letter"}');
EXCEPTION WHEN undefined_object OR undefined_table THEN
    RAISE INFO 'import() finds nothing';
END $$;
SELECT handover.upgrade_workspace('night');
SELECT night.carry_forward(1);
SELECT * FROM night.import('{"title": "Letter"}');

-- one without the other is no workspace
ALTER SCHEMA night_report RENAME TO day_report;
SELECT handover.upgrade_workspace('night');
ALTER SCHEMA day_report RENAME TO night_report;

-- a table of another name is known all the same
ALTER TABLE night.item RENAME TO thing;
INSERT INTO night.thing (handover_id, element, title) VALUES (2, 'contact', 'Eve');
SELECT tally FROM night.handover WHERE id = 2;
SELECT night.submit(2), night.recount(2);
SELECT jsonb_array_length(document -> 'contact') FROM night.signoff WHERE handover_id = 2;
SELECT count(*) FROM night.discrepancy;
-- an upgrade does not put an empty one in its place
SELECT handover.upgrade_workspace('night');
SELECT to_regclass('night.item');
ALTER TABLE night.thing RENAME TO item;
ALTER TABLE night.handover RENAME TO passing;
INSERT INTO night.item (handover_id, element, title) VALUES (2, 'contact', 'Kim');
SELECT tally FROM night.passing WHERE id = 2;
SELECT handover.upgrade_workspace('night');
ALTER TABLE night.passing RENAME TO handover;
SELECT handover.upgrade_workspace('night');
SELECT count(*) FROM night.discrepancy;

-- a table that becomes one of items while its handovers are in use
INSERT INTO night.handover (id, checklist) VALUES (99, 'require vehicle');
CREATE TABLE night.vehicle (handover_id bigint REFERENCES night.handover ON DELETE CASCADE, title text);
SELECT night.recount(99);
CREATE TRIGGER count_insert AFTER INSERT ON night.vehicle REFERENCING NEW TABLE AS new_row
    FOR EACH STATEMENT EXECUTE FUNCTION handover.count_items('vehicle');
INSERT INTO night.vehicle VALUES (99, 'Van');
SELECT tally FROM night.handover WHERE id = 99;
SELECT night.recount(99);
SELECT tally FROM night.handover WHERE id = 99;

SELECT handover.drop_workspace('night', true);
