--
-- Documents of 24 items and about 20 kB of jsonb, and five ways to ask the same 13 things of them.
--
-- The others are written as favourably as they can be: they look whether a key is there, and let
-- pass what is null, blank or wrongly shaped.  On these documents all give the same answer, which
-- is checked below.
--

-- so many words from a vocabulary of 500, which compress about as English does
CREATE FUNCTION words(seed integer, n integer) RETURNS text IMMUTABLE LANGUAGE sql AS $$
    SELECT string_agg((SELECT translate(left(md5(w::text), 3 + w % 7), '0123456789', 'ghijklmnop')
                       FROM abs(hashint4(seed * 1000 + i) % 500) AS w), ' ')
    FROM generate_series(1, n) AS i $$;

CREATE TABLE base (id integer PRIMARY KEY, document jsonb NOT NULL);

-- 1,000 documents, of which every eighth lacks one thing
INSERT INTO base
SELECT id, jsonb_build_object('title', 'Handover ' || id, 'successor', 'person ' || id, 'scope', words(id, 40)) || sections
FROM generate_series(1, 1000) AS id,
     LATERAL (SELECT jsonb_object_agg(element, items) AS sections
              FROM (SELECT element, jsonb_agg(item) AS items
                    FROM (SELECT (ARRAY['task', 'task', 'task', 'contact', 'access', 'document', 'deadline',
                                        'project', 'knowledge', 'issue', 'risk', 'metric'])[n % 12 + 1] AS element,
                                 jsonb_build_object('title', words(id + n, 5), 'owner', 'person ' || n, 'due', '2026-12-0' || n % 9 + 1,
                                     'state', 'ongoing', 'urgency', (ARRAY['low', 'medium', 'high', 'critical'])[n % 4 + 1],
                                     'expected_outcome', words(id * n, 25), 'instructions', words(id - n, 60), 'details', words(n, 30)) AS item
                          FROM generate_series(1, 24) AS n) AS item
                    GROUP BY element) AS section) AS s;
UPDATE base SET document = CASE id / 8 % 4
    WHEN 0 THEN document - 'successor'
    WHEN 1 THEN document - 'contact'
    WHEN 2 THEN document #- '{task,1,owner}'
    ELSE jsonb_set(document, '{task,0,urgency}', '"critical"') #- '{task,0,instructions}' END
WHERE id % 8 = 0;

-- ours
CREATE FUNCTION rules() RETURNS handover.checklist IMMUTABLE LANGUAGE sql AS $$ SELECT
    'require every handover has successor; require 3 task; require contact; require access; require document;
     require deadline; require project; require knowledge; every task has owner, due, expected_outcome;
     every task where urgency = critical has instructions; every access has owner, instructions;
     every issue has owner, urgency; suggest risk'::handover.checklist $$;

-- jsonpath
CREATE FUNCTION path() RETURNS jsonpath IMMUTABLE LANGUAGE sql AS $$ SELECT
    'exists($.successor) && $.task.size() >= 3 && $.contact.size() >= 1 && $.access.size() >= 1 && $.document.size() >= 1
     && $.deadline.size() >= 1 && $.project.size() >= 1 && $.knowledge.size() >= 1
     && !exists($.task[*] ? (!exists(@.owner) || !exists(@.due) || !exists(@.expected_outcome)))
     && !exists($.task[*] ? (@.urgency == "critical" && !exists(@.instructions)))
     && !exists($.access[*] ? (!exists(@.owner) || !exists(@.instructions)))
     && !exists($.issue[*] ? (!exists(@.owner) || !exists(@.urgency)))'::jsonpath $$;

-- plain operators, inlined
CREATE FUNCTION by_operators(d jsonb) RETURNS boolean IMMUTABLE LANGUAGE sql AS $$ SELECT
    d ? 'successor'
    AND jsonb_array_length(COALESCE(d -> 'task', '[]')) >= 3 AND jsonb_array_length(COALESCE(d -> 'contact', '[]')) >= 1
    AND jsonb_array_length(COALESCE(d -> 'access', '[]')) >= 1 AND jsonb_array_length(COALESCE(d -> 'document', '[]')) >= 1
    AND jsonb_array_length(COALESCE(d -> 'deadline', '[]')) >= 1 AND jsonb_array_length(COALESCE(d -> 'project', '[]')) >= 1
    AND jsonb_array_length(COALESCE(d -> 'knowledge', '[]')) >= 1
    AND NOT d @? '$.task[*] ? (!exists(@.owner) || !exists(@.due) || !exists(@.expected_outcome))'
    AND NOT d @? '$.task[*] ? (@.urgency == "critical" && !exists(@.instructions))'
    AND NOT d @? '$.access[*] ? (!exists(@.owner) || !exists(@.instructions))'
    AND NOT d @? '$.issue[*] ? (!exists(@.owner) || !exists(@.urgency))' $$;

-- PL/pgSQL
CREATE FUNCTION by_plpgsql(d jsonb) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$
DECLARE
    name text;
    item jsonb;
BEGIN
    IF NOT d ? 'successor' OR jsonb_array_length(COALESCE(d -> 'task', '[]')) < 3 THEN
        RETURN false;
    END IF;
    FOREACH name IN ARRAY '{contact,access,document,deadline,project,knowledge}'::text[] LOOP
        IF jsonb_array_length(COALESCE(d -> name, '[]')) < 1 THEN
            RETURN false;
        END IF;
    END LOOP;
    FOR item IN SELECT jsonb_array_elements(d -> 'task') LOOP
        IF NOT item ?& '{owner,due,expected_outcome}' OR item ->> 'urgency' = 'critical' AND NOT item ? 'instructions' THEN
            RETURN false;
        END IF;
    END LOOP;
    FOR item IN SELECT jsonb_array_elements(d -> 'access') LOOP
        IF NOT item ?& '{owner,instructions}' THEN
            RETURN false;
        END IF;
    END LOOP;
    FOR item IN SELECT jsonb_array_elements(d -> 'issue') LOOP
        IF NOT item ?& '{owner,urgency}' THEN
            RETURN false;
        END IF;
    END LOOP;
    RETURN true;
END $$;

DO $$
DECLARE
    n integer;
    complete integer;
    bytes integer;
BEGIN
    SELECT count(*), count(*) FILTER (WHERE handover.complete(rules(), document)), avg(pg_column_size(document || '{}')) INTO n, complete, bytes FROM base;
    IF EXISTS (SELECT FROM base WHERE NOT (handover.complete(rules(), document) = (document @@ path())
                                           AND (document @@ path()) = by_operators(document)
                                           AND by_operators(document) = by_plpgsql(document))) THEN
        RAISE EXCEPTION 'the ways differ';
    END IF;
    RAISE INFO '% documents of % bytes of jsonb, % complete by each way; the checklist has % bytes',
        n, bytes, complete, pg_column_size(rules());
END $$;

-- the same documents, as they come to be stored
CREATE TABLE plain (LIKE base);
CREATE TABLE lz4 (LIKE base);
ALTER TABLE plain ALTER COLUMN document SET COMPRESSION pglz;
ALTER TABLE lz4 ALTER COLUMN document SET COMPRESSION lz4;
INSERT INTO plain SELECT id, document || '{}' FROM base;
INSERT INTO lz4 SELECT id, document || '{}' FROM base;

-- the answer kept in the row
CREATE TABLE kept (id integer, document jsonb COMPRESSION lz4,
    tally handover.tally GENERATED ALWAYS AS (handover.tally(rules(), document)) STORED,
    complete boolean GENERATED ALWAYS AS (handover.complete(rules(), document)) STORED);
INSERT INTO kept SELECT n, document || '{}' FROM generate_series(1, :documents) AS n JOIN base ON base.id = n % 1000 + 1;
-- all but a few of a real table are complete
UPDATE kept SET document = (SELECT document FROM base WHERE id = 1) WHERE NOT complete AND id % 100 <> 7;
CREATE INDEX kept_incomplete ON kept (id) WHERE NOT complete;

-- one small document a statement: the checklist as a constant in a CHECK, and in a DOMAIN
CREATE TABLE single_none (document jsonb);
DO $$
DECLARE
    large text := handover.compose('it_support_specialist')::text;
BEGIN
    EXECUTE format('CREATE TABLE single_check (document jsonb CHECK (handover.complete(%L, document)))', rules());
    EXECUTE format('CREATE TABLE single_path (document jsonb CHECK (document @@ %L::jsonpath))', path());
    EXECUTE format('CREATE DOMAIN small_domain AS jsonb CHECK (handover.complete(%L, VALUE))', rules());
    EXECUTE format('CREATE TABLE single_large_check (document jsonb CHECK (handover.complete(%L, document, %L)))', large, 'draft');
    EXECUTE format('CREATE DOMAIN large_domain AS jsonb CHECK (handover.complete(%L, VALUE, %L))', large, 'draft');
    RAISE INFO 'the large checklist has % bytes', pg_column_size(large::handover.checklist);
END $$;
CREATE TABLE single_domain (document small_domain);
CREATE TABLE single_large_domain (document large_domain);
CREATE PROCEDURE one_by_one(name text, n integer) LANGUAGE plpgsql AS $$
DECLARE
    d jsonb := (SELECT jsonb_build_object('successor', 1) || jsonb_object_agg(e, '[{"owner": 1, "due": 1, "expected_outcome": 1,
        "instructions": 1, "urgency": "low"}, {"owner": 1, "due": 1, "expected_outcome": 1}, {"owner": 1, "due": 1, "expected_outcome": 1, "instructions": 1, "urgency": 1}]'::jsonb - CASE WHEN e IN ('access', 'issue') THEN 1 ELSE -9 END)
        FROM unnest('{task,contact,access,document,deadline,project,knowledge,issue}'::text[]) AS e);
BEGIN
    -- one cached plan for each table
    EXECUTE format($q$DO $d$ DECLARE d jsonb := %L; BEGIN FOR i IN 1..%s LOOP INSERT INTO %I VALUES (d); END LOOP; END $d$ $q$, d, n, name);
    EXECUTE format('TRUNCATE %I', name);
END $$;
VACUUM ANALYZE;
