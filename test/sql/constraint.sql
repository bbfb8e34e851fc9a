--
-- A table refuses incomplete documents, however they come.
--
\set good '\'{"task": [{"title": "t", "owner": "Ana"}], "contact": [{"name": "Bo", "phone": "1"}]}\''
\set bad '\'{"task": [{"title": "t"}], "contact": []}\''
CREATE TABLE checked (id integer PRIMARY KEY, status handover.status NOT NULL DEFAULT 'submitted', document jsonb,
    CHECK (handover.complete('require contact; every task has owner', document, status)));
CREATE TABLE told (id integer PRIMARY KEY, document jsonb
    CHECK (handover.require_complete('require contact ''someone to call''; every task has owner ''an owner for each task''', document)));
CREATE DOMAIN handover_document AS jsonb
    CHECK (handover.require_complete('require contact ''someone to call''; every task has owner ''an owner for each task''', VALUE));
CREATE TABLE typed (id integer PRIMARY KEY, document handover_document);

-- INSERT
INSERT INTO checked VALUES (1, 'submitted', :bad);
INSERT INTO checked VALUES (1, 'submitted', NULL);
INSERT INTO told VALUES (1, :bad);
INSERT INTO typed VALUES (1, :bad);
INSERT INTO typed VALUES (1, NULL);
INSERT INTO checked VALUES (1, 'submitted', :good), (2, 'draft', :bad);
INSERT INTO told VALUES (1, :good);
INSERT INTO typed VALUES (1, :good);
INSERT INTO checked VALUES (1, 'submitted', :bad) ON CONFLICT (id) DO UPDATE SET document = excluded.document;

-- UPDATE, of the document and of the status alone
UPDATE checked SET document = :bad WHERE id = 1;
UPDATE checked SET status = 'submitted' WHERE id = 2;
UPDATE told SET document = document - 'contact';
UPDATE typed SET document = document - 'contact';
UPDATE typed SET document['contact'] = '[]';

-- COPY
COPY checked FROM stdin;
3	submitted	{"task": [{"title": "t", "owner": " "}], "contact": [{"name": "Bo"}]}
\.
COPY typed FROM stdin;
3	{"contact": [{"name": null}]}
\.

-- MERGE
MERGE INTO checked USING (VALUES (1)) AS v(id) ON checked.id = v.id WHEN MATCHED THEN UPDATE SET document = '{}';
MERGE INTO told USING (VALUES (2)) AS v(id) ON told.id = v.id WHEN NOT MATCHED THEN INSERT VALUES (v.id, '{}');
MERGE INTO typed USING (VALUES (2)) AS v(id) ON typed.id = v.id WHEN NOT MATCHED THEN INSERT VALUES (v.id, '{}');

-- prepared statements, with generic plans too
SET plan_cache_mode = force_generic_plan;
PREPARE into_checked AS INSERT INTO checked VALUES ($1, $2, $3);
PREPARE into_typed AS INSERT INTO typed VALUES ($1, $2);
EXECUTE into_checked (4, 'submitted', :good);
EXECUTE into_checked (5, 'accepted', :bad);
EXECUTE into_checked (5, 'draft', :bad);
EXECUTE into_typed (4, :good);
EXECUTE into_typed (5, :bad);
RESET plan_cache_mode;

-- functions, parameters and casts are guarded by the domain as well
CREATE FUNCTION pg_temp.f(d handover_document) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN 'taken'; END $$;
SELECT pg_temp.f(:good::jsonb);
SELECT pg_temp.f(:bad::jsonb);
SELECT '{}'::jsonb::handover_document;

-- through a view, a partition, an inherited table
CREATE VIEW checked_view AS SELECT * FROM checked;
INSERT INTO checked_view VALUES (6, 'closed', :bad);
CREATE TABLE parted (LIKE checked INCLUDING CONSTRAINTS) PARTITION BY LIST (status);
CREATE TABLE parted_draft PARTITION OF parted FOR VALUES IN ('draft');
CREATE TABLE parted_rest PARTITION OF parted DEFAULT;
INSERT INTO parted VALUES (1, 'draft', :bad);
UPDATE parted SET status = 'submitted';
INSERT INTO parted_rest VALUES (1, 'submitted', :bad);

-- nothing bad got in
SELECT id, status, handover.missing('require contact; every task has owner', document) FROM checked ORDER BY id;
SELECT count(*) FROM told;
SELECT count(*) FROM typed;

-- a NULL slips through nowhere
SELECT handover.complete('require contact', document) IS NULL AS unknown FROM (VALUES (NULL::jsonb), ('null'), ('{"contact": null}')) AS v(document);

-- the checklist in a column, the answer stored: the question asked often costs nothing
CREATE TABLE kept (
    id integer PRIMARY KEY,
    status handover.status NOT NULL DEFAULT 'draft',
    checklist handover.checklist NOT NULL,
    document jsonb NOT NULL,
    tally handover.tally GENERATED ALWAYS AS (handover.tally(checklist, document)) STORED,
    completeness double precision GENERATED ALWAYS AS (handover.completeness(checklist, document)) STORED,
    complete boolean GENERATED ALWAYS AS (handover.complete(checklist, document, status)) STORED,
    CHECK (handover.complete(checklist, tally, status)));
CREATE INDEX ON kept (id) WHERE NOT complete;
INSERT INTO kept VALUES (1, 'draft', 'require contact; every task has owner', :bad), (2, 'submitted', 'require contact', :good);
SELECT id, tally, completeness, complete, handover.missing(checklist, tally, 'submitted') FROM kept ORDER BY id;
UPDATE kept SET status = 'submitted' WHERE id = 1;
UPDATE kept SET status = 'submitted', document = :good WHERE id = 1;
UPDATE kept SET checklist = checklist OPERATOR(handover.||) 'require risk' WHERE id = 1;
SELECT id, completeness, complete FROM kept ORDER BY id;

DROP TABLE checked, told, typed, parted, kept CASCADE;
DROP FUNCTION pg_temp.f;
DROP DOMAIN handover_document;
