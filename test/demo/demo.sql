--
-- The example handovers, loaded and shown.  Run by psql, in a database that has the extension:
--     psql -X -q -v examples=test/data/example -f test/demo/demo.sql
--

\set ON_ERROR_STOP on
\pset format wrapped
\pset columns 110
\pset footer off
\pset null ''

-- ------------------------------------------------------------------------
-- A table of documents
-- ------------------------------------------------------------------------

-- lz4 reads back faster than what PostgreSQL compresses with by default; not every server has it.
SELECT CASE WHEN 'lz4' = ANY (enumvals) THEN 'COMPRESSION lz4' ELSE '' END AS compression
  FROM pg_settings
 WHERE name = 'default_toast_compression' \gset

-- The checklist is a copy, so a handover keeps the rules it began with when its template changes.
-- The tally says how far each rule is met; what is asked later is answered from it, without
-- reading the document again.
CREATE TABLE handover_document (
    name         text PRIMARY KEY,
    document     jsonb :compression NOT NULL,
    checklist    handover.checklist NOT NULL,
    status       handover.status NOT NULL DEFAULT 'draft',
    tally        handover.tally GENERATED ALWAYS AS (handover.tally(checklist, document)) STORED,
    completeness double precision GENERATED ALWAYS AS (handover.completeness(checklist, document)) STORED
);

COMMENT ON TABLE handover_document IS
    'handovers as documents; a status is what a handover claims, and nothing here checks it';

\set system_access `cat :'examples'/01_system_access.json`
\set ongoing_project `cat :'examples'/02_ongoing_project.json`
\set change_management `cat :'examples'/03_change_management.json`
\set project_management `cat :'examples'/04_project_management.json`
\set infrastructure `cat :'examples'/05_infrastructure.json`
\set succession `cat :'examples'/06_succession.json`
\set campaign `cat :'examples'/07_campaign.json`
\set content `cat :'examples'/08_content.json`
\set community `cat :'examples'/09_community.json`

INSERT INTO handover_document (name, document, checklist, status)
SELECT example.name,
       example.document,
       handover.compose(example.document ->> 'role',
                        VARIADIC ARRAY(SELECT jsonb_array_elements_text(example.document -> 'industries'))),
       (example.document ->> 'status')::handover.status
  FROM (VALUES ('system_access', :'system_access'::jsonb),
               ('ongoing_project', :'ongoing_project'),
               ('change_management', :'change_management'),
               ('project_management', :'project_management'),
               ('infrastructure', :'infrastructure'),
               ('succession', :'succession'),
               ('campaign', :'campaign'),
               ('content', :'content'),
               ('community', :'community')) AS example (name, document);

ANALYZE handover_document;

-- ------------------------------------------------------------------------
-- What is asked of it
-- ------------------------------------------------------------------------

\qecho
\qecho '== Where each handover stands: is it what its status claims?'
SELECT name,
       document ->> 'role' AS role,
       status,
       handover.complete(checklist, tally, status) AS complete,
       round(completeness::numeric, 1) AS completeness,
       cardinality(handover.missing(checklist, tally, status)) AS missing
  FROM handover_document
 ORDER BY complete, completeness, name;

-- A draft may lack anything, so for a draft this is what keeps it from being submitted.
\qecho '== What is missing, in words (for a draft: before it can be submitted)'
SELECT handover_document.name,
       handover_document.status,
       gap.label AS missing
  FROM handover_document
       CROSS JOIN LATERAL unnest(handover.missing(checklist, tally, greatest(status, 'submitted')))
           WITH ORDINALITY AS gap (label, place)
 ORDER BY handover_document.name, gap.place;

-- ------------------------------------------------------------------------
-- A table that refuses
-- ------------------------------------------------------------------------

-- complete() in place of require_complete() would refuse as well, without saying why.
CREATE TABLE checked_document (
    LIKE handover_document INCLUDING ALL,
    CONSTRAINT checked_document_is_complete
        CHECK (handover.require_complete(checklist, document, status))
);

\qecho '== A table with a CHECK refuses a handover that is not what its status claims:'
\qecho '==   CHECK (handover.require_complete(checklist, document, status))'
\set ON_ERROR_STOP off
INSERT INTO checked_document (name, document, checklist, status)
SELECT name, document, checklist, status
  FROM handover_document
 WHERE name = 'campaign';
\set ON_ERROR_STOP on
\qecho 'SQLSTATE' :LAST_ERROR_SQLSTATE
\qecho

\qecho '== The same handover is taken as a draft'
INSERT INTO checked_document (name, document, checklist)
SELECT name, document, checklist
  FROM handover_document
 WHERE name = 'campaign'
RETURNING name, status, round(completeness::numeric, 1) AS completeness;

-- ------------------------------------------------------------------------
-- Rule by rule
-- ------------------------------------------------------------------------

\qecho '== Rule by rule: what "change_management" does not meet in full, by stage'
SELECT review.rule,
       review.label,
       review.verb,
       review.stage,
       review.expected,
       review.actual,
       round(review.degree::numeric, 2) AS degree
  FROM handover_document
       CROSS JOIN LATERAL handover.review(checklist, tally) AS review
 WHERE handover_document.name = 'change_management'
   AND NOT review.satisfied
 ORDER BY review.verb,
          array_position('{submit,accept,close}', review.stage),
          review.weight DESC, review.rule;

-- ------------------------------------------------------------------------
-- What to pick up first
-- ------------------------------------------------------------------------

-- The moment is fixed, so that the demo prints the same on any day; on a table, now() will do.
\qecho '== What to pick up first on 1 December 2026: the most pressing open tasks of all handovers'
SELECT handover_document.name,
       task.item ->> 'title' AS task,
       task.item ->> 'new_owner' AS owner,
       (task.item ->> 'due_at')::date AS due,
       handover.quadrant(task.priority) AS quadrant,
       round(handover.score(task.priority, '2026-12-01')::numeric, 1) AS score
  FROM handover_document
       CROSS JOIN LATERAL jsonb_array_elements(document -> 'task') AS entry (item)
       CROSS JOIN LATERAL (SELECT entry.item,
                                  handover.priority((entry.item ->> 'urgency')::handover.level,
                                                    (entry.item ->> 'importance')::handover.level,
                                                    (entry.item ->> 'impact')::handover.level,
                                                    (entry.item ->> 'due_at')::timestamptz) AS priority) AS task
 WHERE jsonb_typeof(task.item) = 'object'
   AND task.item ->> 'state' NOT IN ('done', 'none')
 ORDER BY task.priority OPERATOR(handover.<->) '2026-12-01',
          task.priority OPERATOR(handover.<~>) '2026-12-01'
 LIMIT 8;
