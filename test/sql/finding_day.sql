--
-- Findings as they were from day to day: record_findings() and the report finding_trend.
--

SET client_min_messages = warning;
\set SHOW_CONTEXT never
SET TIME ZONE 'Asia/Tokyo';
SELECT handover.create_workspace('fday');
SELECT * FROM fday_report.finding_trend;
SELECT handover.record_findings('fday');

INSERT INTO fday.handover (id, role, outgoing, incoming, scope, expectation, checklist)
SELECT n, CASE WHEN n < 3 THEN 'general' END, 'Ana', 'Bo', CASE n WHEN 1 THEN 'all' END, 'calm', '' FROM generate_series(1, 4) AS n;
INSERT INTO fday.item (handover_id, element, title) VALUES (1, 'task', 'a'), (1, 'task', 'b'), (2, 'task', 'c');
-- as many as the report has, and no more for being asked twice
SELECT handover.record_findings('fday') = count(*) AS all_of_them FROM fday_report.finding WHERE is_open;
SELECT handover.record_findings('fday') = sum(finding_count) AS once FROM fday_report.finding_trend;
SELECT f.role, f.code, f.label, f.severity, f.severity_rank, f.category, f.finding_count, f.handover_count, f.is_latest, f.latest_count, f.day_date = (now() AT TIME ZONE 'UTC')::date AS today
  FROM fday_report.finding_trend AS f WHERE f.code IN ('missing_scope', 'ambiguous_task') ORDER BY f.role, f.code;
SELECT count(*) = count(DISTINCT finding_trend_key) AS key_is_one FROM fday_report.finding_trend;

-- what was counted earlier stays, and what is closed or corrected is no longer counted
UPDATE fday.finding_day SET day = day - 1;
UPDATE fday.handover SET scope = 'some' WHERE id = 2;
DO $$ BEGIN PERFORM fday.cancel(3); END $$;
SELECT handover.record_findings('fday') > 0 AS some;
SELECT f.is_latest, f.role, f.finding_count FROM fday_report.finding_trend AS f WHERE f.code = 'missing_scope' ORDER BY f.day_date, f.role;

-- ------------------------------------------------------------------------
-- Who may record, and who may see
-- ------------------------------------------------------------------------

CREATE ROLE regress_fday_reader;
CREATE ROLE regress_fday_party;
SELECT handover.grant_reader('fday', 'regress_fday_reader');
SELECT handover.grant_reader('fday', 'regress_fday_party');
SET ROLE regress_fday_reader;
SELECT count(*) > 0 AS seen FROM fday_report.finding_trend;
SELECT handover.record_findings('fday');
RESET ROLE;
SELECT handover.record_findings('nowhere');
SELECT handover.record_findings(NULL);

-- a restricted workspace shows figures of all handovers to who sees all handovers; no warning, since that is so by design
RESET client_min_messages;
SELECT handover.restrict_workspace('fday');
INSERT INTO fday.party_member (role_name, party, all_parties) VALUES ('regress_fday_reader', '', true), ('regress_fday_party', 'Ana', false);
SET ROLE regress_fday_reader;
SELECT count(*) > 0 AS seen FROM fday_report.finding_trend;
SET ROLE regress_fday_party;
SELECT count(*) > 0 AS findings, (SELECT count(*) FROM fday_report.finding_trend) AS figures FROM fday_report.finding;
RESET ROLE;
SELECT handover.record_findings('fday') > 0 AS still;
SELECT handover.restrict_workspace('fday', false);
SET ROLE regress_fday_party;
SELECT count(*) > 0 AS seen FROM fday_report.finding_trend;
RESET ROLE;

-- ------------------------------------------------------------------------
-- Whoever may act as the owner records what the owner sees, and runs as the owner
-- ------------------------------------------------------------------------

SET client_min_messages = warning;
CREATE ROLE regress_fday_owner;
CREATE ROLE regress_fday_member NOINHERIT IN ROLE regress_fday_owner;
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO regress_fday_owner', current_database()); END $$;
SET ROLE regress_fday_owner;
SELECT handover.create_workspace('fday2');
SELECT handover.restrict_workspace('fday2');
INSERT INTO fday2.handover (id, role, outgoing, checklist) VALUES (1, 'general', 'Ana', '');
CREATE FUNCTION fday2.say() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE WARNING 'runs as %', current_user;
    RETURN NULL;
END $$;
CREATE TRIGGER say AFTER INSERT ON fday2.finding_day EXECUTE FUNCTION fday2.say();
SET ROLE regress_fday_member;
SELECT handover.record_findings('fday2') > 0 AS some;
RESET ROLE;
SELECT handover.record_findings('fday2') > 0 AS some;
CREATE OR REPLACE FUNCTION fday2.say() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RESET ROLE;
    RETURN NULL;
END $$;
SELECT handover.record_findings('fday2');
-- so would one that waits until the end
CREATE CONSTRAINT TRIGGER say_later AFTER DELETE ON fday2.finding_day DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fday2.say();
SELECT handover.record_findings('fday2');
SELECT count(*) > 0 AS still FROM fday2.finding_day;
DROP TABLE fday2.finding_day CASCADE;
SELECT handover.record_findings('fday2');
SELECT handover.drop_workspace('fday2', true);
DO $$ BEGIN EXECUTE format('REVOKE CREATE ON DATABASE %I FROM regress_fday_owner', current_database()); END $$;
DROP ROLE regress_fday_member;
DROP ROLE regress_fday_owner;

SELECT handover.revoke_reader('fday', 'regress_fday_reader');
SELECT handover.revoke_reader('fday', 'regress_fday_party');
SELECT handover.drop_workspace('fday', true);
DROP ROLE regress_fday_reader;
DROP ROLE regress_fday_party;
