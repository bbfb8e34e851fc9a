--
-- The nine examples: what they claim, whether it is so, and what each lacks.  Five are complete
-- for their status (the draft because a draft may lack anything); four are not, each on purpose,
-- as test/data/example/README.md says.  First as documents, then as rows of a workspace; at the
-- end the demo itself, with all that it prints.
--

\pset null '(null)'
\getenv abs_srcdir PG_ABS_SRCDIR

\set system_access `cat :'abs_srcdir'/data/example/01_system_access.json`
\set ongoing_project `cat :'abs_srcdir'/data/example/02_ongoing_project.json`
\set change_management `cat :'abs_srcdir'/data/example/03_change_management.json`
\set project_management `cat :'abs_srcdir'/data/example/04_project_management.json`
\set infrastructure `cat :'abs_srcdir'/data/example/05_infrastructure.json`
\set succession `cat :'abs_srcdir'/data/example/06_succession.json`
\set campaign `cat :'abs_srcdir'/data/example/07_campaign.json`
\set content `cat :'abs_srcdir'/data/example/08_content.json`
\set community `cat :'abs_srcdir'/data/example/09_community.json`

CREATE TABLE demo_document (
    place     integer PRIMARY KEY,
    name      text NOT NULL UNIQUE,
    document  jsonb NOT NULL,
    checklist handover.checklist NOT NULL,
    status    handover.status NOT NULL,
    tally     handover.tally GENERATED ALWAYS AS (handover.tally(checklist, document)) STORED
);

INSERT INTO demo_document (place, name, document, checklist, status)
SELECT example.place,
       example.name,
       example.document,
       handover.compose(example.document ->> 'role',
                        VARIADIC ARRAY(SELECT jsonb_array_elements_text(example.document -> 'industries'))),
       (example.document ->> 'status')::handover.status
  FROM (VALUES (1, 'system_access', :'system_access'::jsonb),
               (2, 'ongoing_project', :'ongoing_project'),
               (3, 'change_management', :'change_management'),
               (4, 'project_management', :'project_management'),
               (5, 'infrastructure', :'infrastructure'),
               (6, 'succession', :'succession'),
               (7, 'campaign', :'campaign'),
               (8, 'content', :'content'),
               (9, 'community', :'community')) AS example (place, name, document);

-- every role and every industry has its example
SELECT template.name
  FROM handover.template
 WHERE template.builtin
   AND template.name NOT IN ('general', 'regulated')    -- part of the others
   AND NOT EXISTS (SELECT
                     FROM demo_document
                    WHERE document ->> 'role' = template.name
                       OR document -> 'industries' ? template.name)
 ORDER BY template.name COLLATE "C";

-- what each claims, and whether it is so
SELECT name, status,
       handover.complete(checklist, document, status) AS complete,
       round(handover.completeness(checklist, document)::numeric, 1) AS completeness
  FROM demo_document
 ORDER BY place;

-- what keeps it from being so
SELECT name, gap.label AS missing
  FROM demo_document
       CROSS JOIN LATERAL unnest(handover.missing(checklist, document, status))
           WITH ORDINALITY AS gap (label, place)
 ORDER BY demo_document.place, gap.place;

-- what keeps the draft from being submitted
SELECT unnest(handover.missing(checklist, document, 'submitted')) AS missing
  FROM demo_document
 WHERE status = 'draft';

-- document and tally answer alike
SELECT name
  FROM demo_document
       CROSS JOIN unnest(enum_range(NULL::handover.status)) AS claimed (status)
 WHERE handover.complete(checklist, document, claimed.status)
           IS DISTINCT FROM handover.complete(checklist, tally, claimed.status)
    OR handover.missing(checklist, document, claimed.status)
           IS DISTINCT FROM handover.missing(checklist, tally, claimed.status)
    OR handover.completeness(checklist, document)
           IS DISTINCT FROM handover.completeness(checklist, tally);

-- a CHECK takes those that are what they claim and refuses the others
CREATE TABLE demo_checked (
    document  jsonb NOT NULL,
    checklist handover.checklist NOT NULL,
    status    handover.status NOT NULL,
    CHECK (handover.require_complete(checklist, document, status))
);

INSERT INTO demo_checked (document, checklist, status)
SELECT document, checklist, status
  FROM demo_document
 WHERE name IN ('ongoing_project', 'project_management', 'succession', 'content', 'community');

INSERT INTO demo_checked (document, checklist, status)
SELECT document, checklist, status FROM demo_document WHERE name = 'system_access';
INSERT INTO demo_checked (document, checklist, status)
SELECT document, checklist, status FROM demo_document WHERE name = 'change_management';
INSERT INTO demo_checked (document, checklist, status)
SELECT document, checklist, status FROM demo_document WHERE name = 'infrastructure';
INSERT INTO demo_checked (document, checklist, status)
SELECT document, checklist, status FROM demo_document WHERE name = 'campaign';

-- no example has a key that the catalogue of elements does not know
WITH entry AS (
    SELECT name, section.key AS element, section.value
      FROM demo_document
           CROSS JOIN jsonb_each(document) AS section
),
used AS (
    SELECT name, 'handover' AS element, element AS field
      FROM entry
     WHERE NOT EXISTS (SELECT
                         FROM handover.element
                        WHERE element.name = entry.element)
    UNION
    SELECT entry.name, entry.element, field ->> 'key'
      FROM entry
           JOIN handover.element AS catalogue ON catalogue.name = entry.element
           CROSS JOIN LATERAL jsonb_path_query(
               entry.value, '$[*] ? (@.type() == "object").keyvalue()') AS field
)
SELECT used.*
  FROM used
 WHERE NOT EXISTS (SELECT
                     FROM handover.element
                    WHERE (element.name = used.element
                           OR element.name = 'item' AND used.element <> 'handover')
                      AND used.field = ANY (element.fields))
 ORDER BY name, element, field;

-- nothing else is wrong with the four: with that put right, each is what it claims
CREATE FUNCTION demo_correct(document jsonb, element text, correction jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    SELECT jsonb_set(document, ARRAY[element], jsonb_agg(item.value || correction ORDER BY item.place))
      FROM jsonb_array_elements(document -> element) WITH ORDINALITY AS item (value, place);
END;

UPDATE demo_document
   SET document = demo_correct(document, 'access_grant',
                               '{"password": null, "security_protocol": "two factors"}')
 WHERE name = 'system_access';
UPDATE demo_document
   SET document = demo_correct(demo_correct(demo_correct(document,
                      'question', '{"state": "done", "answer": "yes"}'),
                      'change_request', '{"approval_status": "requested", "next_approver": "the board"}'),
                      'task', '{"disputed": false}')
 WHERE name = 'change_management';
UPDATE demo_document
   SET document = demo_correct(demo_correct(document #- '{task,-1}',
                      'system', '{"assessed_at": "2026-11-20", "assessed_by": "Grace Liu"}'),
                      'access_grant', '{"security_protocol": "two factors"}')
 WHERE name = 'infrastructure';
UPDATE demo_document
   SET document = demo_correct(demo_correct(document,
                      'task', '{"new_owner": "Noah Bennett"}'),
                      'campaign', '{"kpi": "saves"}')
                  || '{"contact": [{"name": "Agency", "channel": "phone", "address": "+39 02 555 0100"}]}'
 WHERE name = 'campaign';

SELECT name, handover.complete(checklist, tally, status) AS complete,
       handover.missing(checklist, tally, status) AS missing
  FROM demo_document
 WHERE name IN ('system_access', 'change_management', 'infrastructure', 'campaign')
 ORDER BY place;

-- imported, each goes as far as it claims
SELECT handover.create_workspace('demo');
SET handover.actor = 'regress_handover_importer';

CREATE TABLE demo_imported AS
SELECT place, name, import.handover_id, import.unknown
  FROM demo_document
       CROSS JOIN LATERAL demo.import(document);

SELECT name, h.status, demo_imported.unknown
  FROM demo_imported
       JOIN demo.handover AS h ON h.id = demo_imported.handover_id
 ORDER BY place;

-- rows count as documents do
SELECT name
  FROM demo_document
       JOIN demo_imported USING (place, name)
       JOIN demo.handover AS h ON h.id = demo_imported.handover_id
 WHERE h.checklist::text <> demo_document.checklist::text
    OR h.tally::text <> demo_document.tally::text;
SELECT * FROM demo.discrepancy;

DROP FUNCTION demo_correct(jsonb, text, jsonb);
DROP TABLE demo_document, demo_checked, demo_imported;
SET client_min_messages = warning;
SELECT handover.drop_workspace('demo', true);

-- The demo, as "make demo" runs it: by a psql of its own, so that its errors name no file.
\setenv HANDOVER_DATABASE :DBNAME
\! psql -X -q -d "$HANDOVER_DATABASE" -v examples="$PG_ABS_SRCDIR/data/example" < "$PG_ABS_SRCDIR/demo/demo.sql" 2>&1

-- what it leaves behind is in order
SELECT * FROM ops.discrepancy;
SELECT count(*) AS not_intact FROM ops.signoff WHERE sha256 <> sha256(convert_to(document::text, 'UTF8'));
SELECT handover.drop_workspace('ops', true);
