--
-- The example handovers in a workspace, and what becomes of them.  Run by psql, in a database that
-- has the extension; from standard input, so that errors are shown as psql shows them to people:
--     psql -X -q -v examples=test/data/example < test/demo/demo.sql
--
-- What it prints is the same on any day and any server: expected/demo.out holds it.
--

\set ON_ERROR_STOP on
\set SHOW_CONTEXT never
\pset format wrapped
\pset columns 110
\pset footer off
\pset null ''

-- For the operators of priorities; and for times.
SET search_path = "$user", public, handover;
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';

SELECT handover.create_workspace('ops') \g /dev/null

\set system_access `cat :'examples'/01_system_access.json`
\set ongoing_project `cat :'examples'/02_ongoing_project.json`
\set change_management `cat :'examples'/03_change_management.json`
\set project_management `cat :'examples'/04_project_management.json`
\set infrastructure `cat :'examples'/05_infrastructure.json`
\set succession `cat :'examples'/06_succession.json`
\set campaign `cat :'examples'/07_campaign.json`
\set content `cat :'examples'/08_content.json`
\set community `cat :'examples'/09_community.json`

-- ------------------------------------------------------------------------
-- Documents become rows
-- ------------------------------------------------------------------------

-- The person on whose behalf the session acts; an application sets it for each of its users.
SET handover.actor = 'Mara Ritter';

\qecho
\qecho '== A workspace, by SELECT handover.create_workspace(''ops'')'
\qecho '== A document with a password in it is refused: SELECT * FROM ops.import(document)'
\set ON_ERROR_STOP off
SELECT * FROM ops.import(:'system_access');

\qecho
\qecho '== So is one that claims to be accepted and is not complete'
SELECT * FROM ops.import(:'change_management');
\set ON_ERROR_STOP on

-- Four claim more than they are, which leaves them drafts; one is to be submitted and accepted
-- below, so that its read-back is yet to come.
\qecho
\qecho '== As drafts they come in, the password taken out: SELECT * FROM ops.import(document, ''draft'')'
\qecho '== All nine are in; what import() did not know, or did not take as it was, it says'
SELECT import.handover_id AS id, example.document ->> 'title' AS title, import.unknown
  FROM (VALUES (:'system_access'::jsonb #- '{access_grant,2,password}', 'draft'),
               (:'ongoing_project'::jsonb - 'read_back', 'draft'),
               (:'change_management', 'draft'),
               (:'project_management', NULL),
               (:'infrastructure', 'draft'),
               (:'succession', NULL),
               (:'campaign', 'draft'),
               (:'content', NULL),
               (:'community', NULL)) AS example (document, up_to)
       CROSS JOIN LATERAL ops.import(example.document, example.up_to::handover.status)
 WHERE import.unknown <> '{}';

SELECT max(id) FILTER (WHERE title LIKE 'Exchange migration%') AS exchange,
       max(id) FILTER (WHERE title LIKE 'Manufacturing%') AS manufacturing,
       max(id) FILTER (WHERE title LIKE 'Data centre%') AS infrastructure,
       max(id) FILTER (WHERE title LIKE 'Winter capsule%') AS campaign,
       max(id) FILTER (WHERE title LIKE 'Content of%') AS content,
       max(id) FILTER (WHERE title LIKE 'Community%') AS community
  FROM ops.handover \gset

-- ------------------------------------------------------------------------
-- Where they stand
-- ------------------------------------------------------------------------

\qecho '== Where each stands, what it lacks for its next status, how many items are open: ops_report.overview'
SELECT handover_id AS id, split_part(title, ':', 1) AS title, status, completeness_pct AS "%",
       next_status AS next, missing_count AS lacks, open_item_count AS "open"
  FROM ops_report.overview
 ORDER BY handover_id;

\qecho '== What keeps handover' :infrastructure 'from being submitted: ops_report.gap'
SELECT label AS missing, actual_count || ' of ' || expected_count AS found, claim
  FROM ops_report.gap
 WHERE handover_id = :infrastructure AND is_blocking
 ORDER BY rule;

-- ------------------------------------------------------------------------
-- From hand to hand.  The statements are shown with what they return.
-- ------------------------------------------------------------------------

\set ECHO queries
\pset format unaligned
\pset tuples_only on

\qecho '== Chiara submits the campaign, is told what it lacks, puts that right and submits it'
SET handover.actor = 'Chiara Rinaldi';
\set ON_ERROR_STOP off
SELECT ops.submit(:campaign);
\set ON_ERROR_STOP on
UPDATE ops.item SET new_owner = 'Noah Bennett' WHERE handover_id = :campaign AND element = 'task';
UPDATE ops.item SET attributes = attributes || '{"kpi": "pieces sold"}'
 WHERE handover_id = :campaign AND title = 'Winter capsule';
DELETE FROM ops.item WHERE handover_id = :campaign AND element = 'contact' AND state = 'none';
INSERT INTO ops.item (handover_id, element, attributes) VALUES
    (:campaign, 'contact', '{"name": "Agency Bianchi", "channel": "phone", "address": "+39 02 555 0100"}');
SELECT ops.submit(:campaign);

\qecho
\qecho '== Felix returns what he cannot work with'
SET handover.actor = 'Felix Braun';
SELECT ops.return(:content, 'Who approves a clip when Sofia is away?');

\qecho
\qecho '== Priya submits the migration; Tom accepts it, in words of his own'
SET handover.actor = 'Priya Nair';
SELECT ops.submit(:exchange, 'Batch 6 is booked');
SET handover.actor = 'Tom Ashworth';
SELECT ops.accept(:exchange, 'Two batches a week; the old server goes on 11 December');

\qecho
\qecho '== What was accepted cannot lose what it was accepted with'
\set ON_ERROR_STOP off
DELETE FROM ops.item WHERE handover_id = :exchange AND element = 'contact';
\set ON_ERROR_STOP on

\set ECHO none
\pset format wrapped
\pset tuples_only off

\qecho
\qecho '== Who signed what, with the hash of the handover as it then was: ops.signoff'
SELECT handover_id AS id, step, signed_by, coalesce(remark, read_back) AS "remark or read-back",
       left(encode(sha256, 'hex'), 12) AS sha256
  FROM ops.signoff
 WHERE handover_id IN (:campaign, :content, :exchange)
 ORDER BY handover_id, id;

-- ------------------------------------------------------------------------
-- What comes next
-- ------------------------------------------------------------------------

\qecho '== Who took over hands over next, with what is still open: SELECT ops.carry_forward(':manufacturing')'
SET handover.actor = 'Daniel Okafor';
SELECT ops.carry_forward(:manufacturing) AS next \gset
SELECT item.handover_id AS id, handover.status, item.title AS task, item.owner, item.new_owner AS "new owner",
       item.origin_handover AS "from"
  FROM ops.item JOIN ops.handover ON handover.id = item.handover_id
 WHERE item.handover_id = :next AND item.element = 'task'
 ORDER BY item.id;

-- The moment is fixed, so that the demo prints the same on any day; else now() will do.
\qecho '== What to pick up first on 1 December 2026: ORDER BY priority <-> ''2026-12-01'''
SELECT item.handover_id AS id, item.title, coalesce(item.new_owner, item.owner) AS who, item.due_at::date AS due,
       quadrant(item.priority) AS quadrant, round(score(item.priority, '2026-12-01')::numeric, 1) AS score
  FROM ops.item JOIN ops.handover ON handover.id = item.handover_id
 WHERE handover.status < 'closed'
   AND (item.state IS NULL OR item.state NOT IN ('done', 'none'))
 ORDER BY item.priority <-> '2026-12-01', item.priority <~> '2026-12-01'
 LIMIT 6;

-- ------------------------------------------------------------------------
-- For people
-- ------------------------------------------------------------------------

\qecho '== The beginning of handover' :community 'in Markdown: ops.document'
\pset format unaligned
\pset tuples_only on
SELECT split_part(markdown, '- **Invite', 1) || '...' FROM ops.document WHERE handover_id = :community;
