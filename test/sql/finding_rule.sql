--
-- Findings that keep a handover from a status: by the rules of the workspace, as the handover is
-- once it has moved; and who overrides them.
--

\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE ROLE regress_handover_owner;
CREATE ROLE regress_handover_writer;
SELECT format('GRANT CREATE ON DATABASE %I TO regress_handover_owner', current_database()) \gexec
SET ROLE regress_handover_owner;
SELECT handover.create_workspace('ops');
GRANT USAGE ON SCHEMA ops TO regress_handover_writer;
GRANT SELECT, INSERT, UPDATE, DELETE ON ops.handover, ops.item, ops.finding_override TO regress_handover_writer;

INSERT INTO ops.handover (title, outgoing, incoming, support_until, effective_at, checklist)
VALUES ('Night', 'Ana', 'Bo', '2026-12-31', '2026-12-01', ''), ('Day', 'Ana', 'Bo', '2026-12-31', '2026-12-01', '');
INSERT INTO ops.item (handover_id, element, title, outcome, instructions) VALUES
    (1, 'task', 'Swap disk', 'the disk is new', 'see the runbook'), (1, 'task', 'Order disk', 'a disk is there', 'call the vendor'), (1, 'risk', 'Fire', NULL, NULL);
UPDATE ops.item SET impact = 'high' WHERE title = 'Fire';

-- without rules, findings are told, and keep from nothing
SELECT code, sentence, is_overridden, overridden_count FROM ops_report.finding WHERE handover_id = 1 AND code IN ('missing_scope', 'missing_deadline', 'risk_without_contingency') ORDER BY 1;
BEGIN;
SELECT ops.submit(1);
ROLLBACK;

-- ------------------------------------------------------------------------
-- Rules
-- ------------------------------------------------------------------------

INSERT INTO ops.finding_rule VALUES ('missing_scop', 'submitted');
INSERT INTO ops.finding_rule VALUES ('missing_scope', 'draft');
INSERT INTO ops.finding_rule VALUES ('missing_scope', 'submitted'), ('missing_deadline', 'submitted'), ('risk_without_contingency', 'submitted'),
    ('priority_not_communicated', 'submitted'), ('unowned_item', 'accepted'), ('stale_document', 'submitted');
SET ROLE regress_handover_writer;
-- the order of priority is of no interest in a draft, but is once the handover is submitted
SELECT ops.submit(1);
SELECT status FROM ops.handover WHERE id = 1;
-- what the move itself writes counts
UPDATE ops.handover SET status = 'submitted', scope = 'the night shift' WHERE id = 1;
UPDATE ops.handover SET scope = 'the night shift' WHERE id = 1;

-- ------------------------------------------------------------------------
-- Overriding: by whom the database says, with a reason, once and for all
-- ------------------------------------------------------------------------

SET handover.actor = 'Cy';
\set VERBOSITY terse
INSERT INTO ops.finding_override (handover_id, code, reason) VALUES (1, 'missing_deadline', E' \n');
\set VERBOSITY default
INSERT INTO ops.finding_override (handover_id, code, reason) VALUES (1, 'missing_deadlines', 'standing work');
INSERT INTO ops.finding_override (handover_id, code, reason, signed_by) VALUES (1, 'missing_deadline', 'standing work', 'Di');
INSERT INTO ops.finding_override (handover_id, code, reason, signed_at) VALUES (1, 'missing_deadline', 'standing work', '2020-01-01');
INSERT INTO ops.finding_override (handover_id, code, reason) VALUES (1, 'missing_deadline', 'standing work'), (1, 'priority_not_communicated', 'told by phone');
-- the finding is on an item, so this one is of no use
INSERT INTO ops.finding_override (handover_id, code, reason) VALUES (1, 'risk_without_contingency', 'insured');
SELECT ops.submit(1);
INSERT INTO ops.finding_override (handover_id, code, item_id, reason) VALUES (1, 'risk_without_contingency', 3, 'insured');
SELECT ops.submit(1);
SELECT handover_id, code, item_id, reason, signed_by, signed_at <= now() AS signed FROM ops.finding_override ORDER BY id;
UPDATE ops.finding_override SET reason = 'x';
DELETE FROM ops.finding_override;
RESET ROLE;
TRUNCATE ops.finding_override;
SET ROLE regress_handover_owner;
SELECT code, item_id, severity, is_overridden, overridden_count FROM ops_report.finding WHERE handover_id = 1 AND code IN ('missing_deadline', 'risk_without_contingency', 'unowned_item') ORDER BY 1;

-- an error stands, whatever is said of it
INSERT INTO ops.finding_override (handover_id, code, reason) VALUES (1, 'unowned_item', 'the team knows');
SELECT ops.accept(1);
-- a rule is for its status alone: it may be returned, and cancelled
BEGIN;
SELECT ops.return(1, 'who?');
SELECT ops.cancel(1);
ROLLBACK;
UPDATE ops.item SET new_owner = 'Bo' WHERE handover_id = 1;
SELECT ops.accept(1);
-- it is asked of a move only
UPDATE ops.item SET new_owner = NULL WHERE handover_id = 1;
SELECT status FROM ops.handover WHERE id = 1;
SELECT ops.close(1);
-- many findings are not all told
INSERT INTO ops.item (handover_id, element, title, impact) SELECT 2, 'risk', 'Risk ' || n, 'critical' FROM generate_series(10, 24) AS n;
UPDATE ops.handover SET scope = 'x' WHERE id = 2;
SELECT ops.submit(2);
-- whoever restores a dump owns the table
INSERT INTO ops.finding_override (handover_id, code, reason, signed_by, signed_at) VALUES (2, 'stale_item', 'restored', 'Di', '2020-01-01Z');
SELECT signed_by, signed_at = '2020-01-01Z' AS as_it_was FROM ops.finding_override WHERE handover_id = 2;
-- it goes with its handover
DELETE FROM ops.handover WHERE id = 2;
SELECT count(*) FROM ops.finding_override WHERE handover_id = 2;
RESET handover.actor;
RESET ROLE;

-- ------------------------------------------------------------------------
-- Changes are in the audit log
-- ------------------------------------------------------------------------

SELECT table_name, operation, count(*) FROM handover.audit_entry WHERE table_name LIKE 'finding%' AND operation <> 'EVENT' GROUP BY 1, 2 ORDER BY 1, 2;

-- ------------------------------------------------------------------------
-- A workspace from before there were rules goes on as it was, and gets them by an upgrade
-- ------------------------------------------------------------------------

SET ROLE regress_handover_owner;
DROP VIEW ops_report.finding, ops_report.timeline;
DROP TABLE ops.finding_rule, ops.finding_override;
INSERT INTO ops.handover (id, title, checklist) VALUES (7, 'Old', '');
SELECT ops.submit(7);
SELECT handover.upgrade_workspace('ops');
INSERT INTO ops.finding_rule VALUES ('missing_scope', 'accepted'), ('silent_handover', 'accepted');
SELECT ops.accept(7);
RESET ROLE;
SELECT relname, count(*) FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE relnamespace = 'ops'::regnamespace AND relname LIKE 'finding%' AND tgname = 'zz_audit_row' GROUP BY 1 ORDER BY 1;

SET ROLE regress_handover_owner;
SELECT handover.drop_workspace('ops', true);
RESET ROLE;
SELECT format('REVOKE CREATE ON DATABASE %I FROM regress_handover_owner', current_database()) \gexec
DROP ROLE regress_handover_owner, regress_handover_writer;
