--
-- What the C code says of a checklist and a document is what the reference says, for whatever
-- document: counts rule by rule, complete, completeness, missing and review, asked of the document
-- or of its tally.  None of them is ever NULL.  Checklists and tallies survive being written and
-- read, as text and as binary; equality, order, hashes and || are what
-- they claim to be.
--

SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS handover;

BEGIN;
CREATE SCHEMA scratch;
SET LOCAL search_path = scratch, handover, public;
\ir lib/reference.sql
\ir lib/generate.sql
SELECT plan(50);

DO $$ BEGIN PERFORM setseed(0.271828); END $$;

CREATE TABLE generated AS
    SELECT id, generate.checklist() AS source FROM generate_series(1, 300) AS id;
CREATE TABLE list AS
    SELECT id, source, source::checklist AS checklist FROM generated;
CREATE TABLE document AS
    SELECT id, generate.document() AS document FROM generate_series(1, 300) AS id;
INSERT INTO document VALUES (301, NULL), (302, '{}'), (303, '{"task": [{"state": "none", "a": 1}]}');

-- Each checklist with ten of the documents and the last three.
CREATE TABLE pair AS
    SELECT l.id * 1000 + d.id AS id, l.checklist, d.document,
           tally(l.checklist, d.document) AS tally,
           reference.counts(l.checklist::jsonb, d.document) AS counts
    FROM list AS l, document AS d
    WHERE (l.id - d.id + 300) % 300 < 10 OR d.id > 300;

CREATE TABLE answer AS
    SELECT p.*, status,
           complete(checklist, document, status) AS complete,
           complete(checklist, tally, status) AS tally_complete,
           missing(checklist, document, status) AS missing,
           missing(checklist, tally, status) AS tally_missing,
           reference.missing(counts, status::text) AS reference_missing
    FROM pair AS p, unnest(enum_range(NULL::status)) AS status;

--
-- Is the generator any good?
--

CREATE TABLE counted AS
    SELECT p.id, rule, rule ->> 'kind' AS kind, (rule -> 'hits')::integer AS hits,
           (rule -> 'population')::integer AS population, reference.degree(rule) AS degree
    FROM pair AS p, jsonb_array_elements(counts) AS rule;

SELECT ok(count(*) FILTER (WHERE degree = 1) >= 500
          AND count(*) FILTER (WHERE degree = 0) >= 500
          AND (kind = 'no' OR count(*) FILTER (WHERE degree > 0 AND degree < 1) >= 100),
          format('generated rules of kind "%s" are met, not met and half met', kind))
FROM counted GROUP BY kind ORDER BY kind;

SELECT cmp_ok(count(*), '>=', 300::bigint, 'generated items are declared none')
FROM counted WHERE kind = 'at least' AND population > 0;

SELECT ok(count(*) FILTER (WHERE complete) >= 500 AND count(*) FILTER (WHERE NOT complete) >= 500,
          'generated documents are complete and incomplete as ' || status)
FROM answer WHERE status IN ('submitted', 'accepted', 'closed') GROUP BY status ORDER BY status;

--
-- Counts
--

SELECT is_empty(
    $$ SELECT n, rule -> 'claim', count, format('%s/%s', rule -> 'hits', rule -> 'population'), document
       FROM pair,
            ROWS FROM (string_to_table(nullif(split_part(tally::text, ': ', 2), ''), ', '),
                       jsonb_array_elements(counts)) WITH ORDINALITY AS r (count, rule, n)
       WHERE count IS DISTINCT FROM format('%s/%s', rule -> 'hits', rule -> 'population')
       LIMIT 3 $$,
    'a tally has the counts of the reference, rule by rule');

SELECT is_empty(
    $$ SELECT checklist, tally FROM pair
       WHERE tally::jsonb -> 'rules' IS DISTINCT FROM
             (SELECT coalesce(jsonb_agg(jsonb_build_object('hits', rule -> 'hits', 'population', rule -> 'population')
                                        ORDER BY n), '[]')
              FROM jsonb_array_elements(counts) WITH ORDINALITY AS r (rule, n))
       LIMIT 3 $$,
    'so has its jsonb');

-- Every operator with every value: in the item, in its attributes, below null, and hidden by a blank.
CREATE TABLE term AS
    SELECT string_agg(format('no task where %s%s', negated, term), '; ')::checklist AS checklist
    FROM (VALUES (''), ('not ')) AS n (negated),
         (SELECT 'f'
          UNION ALL
          SELECT format('f %s %s', operator, value)
          FROM unnest('{=,<>,<,<=,>,>=}'::text[]) AS operator,
               unnest('{medium,1,0.1,12345678901234567890.5,''high'',''2026-02-01'',''a''}'::text[]) AS value
          UNION ALL
          SELECT format('f %s %s', operator, value)
          FROM unnest('{=,<>}'::text[]) AS operator, unnest('{true,false,done,'''',low,critical,none}'::text[]) AS value
          UNION ALL
          SELECT format('words(f) %s %s', operator, number)
          FROM unnest('{=,<>,<,<=,>,>=}'::text[]) AS operator, unnest('{1,2}'::integer[]) AS number) AS t (term);

CREATE TABLE termed AS
    SELECT value, item, t.checklist, tally(t.checklist, document) AS tally,
           reference.counts(t.checklist::jsonb, document) AS counts
    FROM term AS t,
         (SELECT to_jsonb(text) FROM unnest(generate.texts()) AS text
          UNION ALL SELECT to_jsonb(number) FROM unnest(generate.numbers()) AS number
          UNION ALL SELECT unnest(generate.others())) AS v (value),
         LATERAL (VALUES (jsonb_build_object('x', 1, 'f', value)),
                         (jsonb_build_object('x', 1, 'attributes', jsonb_build_object('f', value))),
                         (jsonb_build_object('f', NULL, 'attributes', jsonb_build_object('x', 1, 'f', value))),
                         (jsonb_build_object('x', 1, 'f', ' ', 'attributes', jsonb_build_object('f', value))),
                         (value)) AS i (item),
         LATERAL jsonb_build_object('task', jsonb_build_array(item)) AS document;

SELECT is_empty(
    $$ SELECT rule -> 'claim', item, rule -> 'hits', hits
       FROM termed,
            ROWS FROM (string_to_table(split_part(tally::text, ': ', 2), ', '),
                       jsonb_array_elements(counts)) AS r (hits, rule)
       WHERE hits IS DISTINCT FROM format('%s/0', rule -> 'hits')
       LIMIT 3 $$,
    'every operator holds for the values that it should');

SELECT is_empty(
    $$ SELECT rule -> 'claim' FROM termed, jsonb_array_elements(counts) AS rule
       GROUP BY 1 HAVING count(DISTINCT rule -> 'hits') < 2 $$,
    'and each for some and not for others');

--
-- Blank text, code point by code point
--

CREATE TABLE text_of AS
    SELECT code, chr(code) AS text FROM generate_series(1, 65535) AS code WHERE code NOT BETWEEN 55296 AND 57343;

SELECT is_empty(
    $$ SELECT to_hex(code) FROM text_of
       WHERE complete('every handover has f', jsonb_build_object('f', text)) IS DISTINCT FROM reference.words(text) > 0
       LIMIT 10 $$,
    'the characters that are blank');

--
-- Verdicts
--

SELECT is_empty($$ SELECT checklist, document, status FROM answer
                   WHERE complete IS DISTINCT FROM (reference_missing = '{}') LIMIT 3 $$,
                'complete(checklist, document, status)');
SELECT is_empty($$ SELECT checklist, document, status FROM answer
                   WHERE tally_complete IS DISTINCT FROM (reference_missing = '{}') LIMIT 3 $$,
                'complete(checklist, tally, status)');
SELECT is_empty($$ SELECT checklist, document, status, missing FROM answer
                   WHERE missing IS DISTINCT FROM reference_missing LIMIT 3 $$,
                'missing(checklist, document, status)');
SELECT is_empty($$ SELECT checklist, document, status, tally_missing FROM answer
                   WHERE tally_missing IS DISTINCT FROM reference_missing LIMIT 3 $$,
                'missing(checklist, tally, status)');
SELECT is_empty($$ SELECT checklist, document, status FROM answer
                   WHERE complete IS DISTINCT FROM (missing = '{}') LIMIT 3 $$,
                'complete if and only if nothing is missing');
SELECT is_empty($$ SELECT checklist, document FROM answer
                   WHERE status = 'submitted' AND (complete(checklist, document), missing(checklist, document))
                         IS DISTINCT FROM (complete, missing) LIMIT 3 $$,
                'the status is "submitted" where none is given');

SELECT is_empty($$ SELECT checklist, document, completeness(checklist, document), reference.completeness(counts) FROM pair
                   WHERE (abs(completeness(checklist, document) - reference.completeness(counts)) <= 1e-9) IS NOT TRUE LIMIT 3 $$,
                'completeness(checklist, document)');
SELECT is_empty($$ SELECT checklist, document, completeness(checklist, tally), reference.completeness(counts) FROM pair
                   WHERE (abs(completeness(checklist, tally) - reference.completeness(counts)) <= 1e-9) IS NOT TRUE LIMIT 3 $$,
                'completeness(checklist, tally)');
SELECT is_empty($$ SELECT checklist, document FROM pair
                   WHERE (completeness(checklist, document) BETWEEN 0 AND 100) IS NOT TRUE LIMIT 3 $$,
                'completeness is 0 to 100');

CREATE TABLE expected_review AS
    SELECT p.id, n::integer AS rule, rule ->> 'claim' AS claim, rule ->> 'verb' AS verb, rule ->> 'stage' AS stage,
           (rule -> 'weight')::double precision AS weight, reference.label(rule) AS label,
           (rule -> 'hits')::integer AS actual, reference.degree(rule) = 1 AS satisfied, reference.degree(rule) AS degree
    FROM pair AS p, jsonb_array_elements(counts) WITH ORDINALITY AS r (rule, n);

SELECT set_eq(
    $$ SELECT id, r.rule, r.claim, r.verb, r.stage, r.weight, r.label, r.actual, r.satisfied, round(r.degree::numeric, 9)
       FROM pair, review(checklist, document) AS r $$,
    $$ SELECT id, rule, claim, verb, stage, weight, label, actual, satisfied, round(degree::numeric, 9) FROM expected_review $$,
    'review(checklist, document)');
SELECT set_eq(
    $$ SELECT id, r.* FROM pair, review(checklist, tally) AS r $$,
    $$ SELECT id, r.* FROM pair, review(checklist, document) AS r $$,
    'review(checklist, tally)');

-- true, or the SQLSTATE of the error
CREATE FUNCTION pg_temp.required(checklist, jsonb, tally, status) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    BEGIN
        result := require_complete($1, $2, $4);
    EXCEPTION WHEN OTHERS THEN
        result := SQLSTATE;
    END;
    BEGIN
        result := result || ' ' || require_complete($1, $3, $4);
    EXCEPTION WHEN OTHERS THEN
        result := result || ' ' || SQLSTATE;
    END;
    RETURN result;
END $$;
SELECT is_empty($$ SELECT checklist, document, status FROM answer
                   WHERE id % 4 = 0
                     AND pg_temp.required(checklist, document, tally, status) IS DISTINCT FROM
                         CASE WHEN complete THEN 'true true' ELSE '23514 23514' END LIMIT 3 $$,
                'require_complete is true, or fails with 23514');

--
-- Never NULL
--

SELECT is_empty($$ SELECT checklist, document FROM pair
                   WHERE tally IS NULL OR completeness(checklist, document) IS NULL
                      OR completeness(checklist, tally) IS NULL
                      OR completeness(checklist, NULL::tally) IS NULL LIMIT 3 $$,
                'no tally and no completeness is NULL');
SELECT is_empty($$ SELECT checklist, document FROM answer
                   WHERE complete IS NULL OR tally_complete IS NULL OR missing IS NULL OR tally_missing IS NULL
                      OR array_position(missing, NULL) IS NOT NULL LIMIT 3 $$,
                'nothing complete or missing is NULL');
SELECT is_empty($$ SELECT checklist, status FROM answer
                   WHERE complete(checklist, NULL::tally, status) IS NULL
                      OR complete(checklist, document, NULL) IS NOT FALSE
                      OR complete(checklist, tally, NULL) IS NOT FALSE
                      OR complete(NULL, document, status) IS NOT FALSE
                      OR complete(NULL, tally, status) IS NOT FALSE
                      OR missing(checklist, document, NULL) = '{}'
                      OR missing(checklist, tally, NULL) = '{}' LIMIT 3 $$,
                'nor is it with a NULL argument, and nothing is complete then');
SELECT is_empty($$ SELECT checklist, status FROM answer
                   WHERE complete(checklist, NULL::tally, status) <> (missing(checklist, NULL::tally, status) = '{}')
                      OR complete(checklist, NULL::tally, status) AND NOT complete(checklist, empty_tally(checklist), status) LIMIT 3 $$,
                'a NULL tally has counted nothing');
SELECT is_empty($$ SELECT r FROM pair, review(checklist, document) AS r WHERE NOT r IS NOT NULL LIMIT 3 $$,
                'no column of review is NULL');

--
-- Written and read
--

SELECT is_empty($$ SELECT source FROM list WHERE checklist::text::checklist <> checklist
                      OR checklist::text::checklist::text <> checklist::text LIMIT 3 $$,
                'the text of a checklist is canonical and reads back equal');
SELECT is_empty($$ SELECT source FROM list WHERE checklist::text::checklist::jsonb <> checklist::jsonb LIMIT 3 $$,
                'and means the same');
SELECT is_empty($$ SELECT tally FROM pair WHERE tally::text::tally <> tally OR tally::text::tally::text <> tally::text LIMIT 3 $$,
                'so does the text of a tally');

\set file `mktemp`
\setenv HANDOVER_FILE :file
CREATE TABLE copied (id integer, checklist checklist, tally tally);
\copy (SELECT id, checklist, tally FROM pair) TO PROGRAM 'cat > "$HANDOVER_FILE"' (FORMAT binary)
\copy copied FROM PROGRAM 'cat "$HANDOVER_FILE"' (FORMAT binary)
\! rm -f "$HANDOVER_FILE"
SELECT results_eq('SELECT id, checklist::text, tally::text FROM copied ORDER BY id',
                  'SELECT id, checklist::text, tally::text FROM pair ORDER BY id',
                  'binary copies are read as they were written');
SELECT is_empty($$ SELECT p.tally FROM pair AS p JOIN copied AS c USING (id)
                   WHERE p.checklist <> c.checklist OR p.tally <> c.tally LIMIT 3 $$,
                'and are equal');

--
-- Equality, hashes and order
--

CREATE TABLE again AS
    SELECT checklist FROM list WHERE id <= 150
    UNION ALL SELECT checklist::text::checklist FROM list WHERE id <= 150;

SELECT is_empty($$ SELECT a.checklist, b.checklist FROM again AS a, again AS b
                   WHERE (a.checklist = b.checklist) <> (a.checklist::text = b.checklist::text)
                      OR (a.checklist <> b.checklist) <> (a.checklist::text <> b.checklist::text) LIMIT 3 $$,
                'checklists are equal if and only if their texts are');
SELECT is_empty($$ SELECT a.checklist, b.checklist FROM again AS a JOIN again AS b ON a.checklist::text = b.checklist::text
                   WHERE checklist_hash(a.checklist) <> checklist_hash(b.checklist)
                      OR checklist_hash_extended(a.checklist, 42) <> checklist_hash_extended(b.checklist, 42)
                      OR checklist_hash_extended(a.checklist, 0)::bit(32) <> checklist_hash(a.checklist)::bit(32) LIMIT 3 $$,
                'equal checklists have equal hashes');
SELECT is((SELECT count(DISTINCT checklist_hash(checklist)) FROM again), (SELECT count(DISTINCT checklist::text) FROM again),
          'different ones have different hashes');

CREATE TABLE tallied AS
    SELECT tally FROM pair WHERE id % 20 = 0
    UNION ALL SELECT tally::text::tally FROM pair WHERE id % 20 = 0;

SELECT is_empty($$ SELECT a.tally, b.tally FROM tallied AS a, tallied AS b
                   WHERE (a.tally = b.tally) <> (a.tally::text = b.tally::text)
                      OR (a.tally <> b.tally) <> (a.tally::text <> b.tally::text) LIMIT 3 $$,
                'tallies are equal if and only if their texts are');
SELECT is_empty($$ SELECT a.tally, b.tally FROM tallied AS a JOIN tallied AS b ON a.tally::text = b.tally::text
                   WHERE tally_hash(a.tally) <> tally_hash(b.tally)
                      OR tally_hash_extended(a.tally, 42) <> tally_hash_extended(b.tally, 42)
                      OR tally_hash_extended(a.tally, 0)::bit(32) <> tally_hash(a.tally)::bit(32) LIMIT 3 $$,
                'equal tallies have equal hashes');

SELECT is_empty($$ SELECT a.checklist, b.checklist
                   FROM (SELECT checklist, row_number() OVER (ORDER BY checklist) AS n FROM again) AS a,
                        (SELECT checklist, row_number() OVER (ORDER BY checklist) AS n FROM again) AS b
                   WHERE (a.checklist < b.checklist)::integer + (a.checklist = b.checklist)::integer + (a.checklist > b.checklist)::integer <> 1
                      OR (a.checklist <= b.checklist) = (a.checklist > b.checklist)
                      OR (a.checklist >= b.checklist) = (a.checklist < b.checklist)
                      OR (a.checklist < b.checklist) <> (b.checklist > a.checklist)
                      OR sign(checklist_cmp(a.checklist, b.checklist)) <> (a.checklist > b.checklist)::integer - (a.checklist < b.checklist)::integer
                      OR a.n < b.n AND a.checklist > b.checklist LIMIT 3 $$,
                'checklists have an order');
SELECT is_empty($$ SELECT a.tally, b.tally
                   FROM (SELECT tally, row_number() OVER (ORDER BY tally) AS n FROM tallied) AS a,
                        (SELECT tally, row_number() OVER (ORDER BY tally) AS n FROM tallied) AS b
                   WHERE (a.tally < b.tally)::integer + (a.tally = b.tally)::integer + (a.tally > b.tally)::integer <> 1
                      OR (a.tally <= b.tally) = (a.tally > b.tally)
                      OR (a.tally >= b.tally) = (a.tally < b.tally)
                      OR (a.tally < b.tally) <> (b.tally > a.tally)
                      OR sign(tally_cmp(a.tally, b.tally)) <> (a.tally > b.tally)::integer - (a.tally < b.tally)::integer
                      OR a.n < b.n AND a.tally > b.tally LIMIT 3 $$,
                'tallys have an order');

--
-- ||
--

-- The rules as a set: in no order.
CREATE FUNCTION pg_temp.rules(checklist) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_agg(rule - 'rule' ORDER BY rule - 'rule') FROM jsonb_array_elements($1::jsonb) AS rule
$$;
-- Few claims, so that rules of two checklists are often about the same.
CREATE FUNCTION pg_temp.claims() RETURNS text[] LANGUAGE sql AS $$
    SELECT ARRAY['1 task', '2 task', '3 task', '2 task where a', '3 task where a', '2 task where a and b',
                 'task where b and a', 'task where state = none', 'no task', 'no task where a', 'no task where b and a',
                 'no task where a and not b', 'no task where state = none', 'no task where state <> none and a',
                 'every task has a', 'every task has a, b', 'every task where b has a',
                 'every task where b and state <> none has a', 'every task where urgency and b has a',
                 'every task has state <> none', 'every task where a has state <> none']
$$;
CREATE FUNCTION pg_temp.small() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    checklist text := '';
BEGIN
    FOR i IN 1 .. floor(random() * 5) LOOP
        checklist := checklist || generate.one_of('require ', 'suggest ') || generate.any_of(pg_temp.claims())
            || generate.tail() || ';';
    END LOOP;
    RETURN checklist;
END $$;
CREATE TABLE small AS
    SELECT id, pg_temp.small()::checklist AS checklist FROM generate_series(1, 900) AS id;
CREATE TABLE overlay AS
    SELECT a.checklist AS a, b.checklist AS b, c.checklist AS c
    FROM small AS a
    JOIN small AS b ON b.id = a.id % 900 + 1
    JOIN small AS c ON c.id = b.id % 900 + 1
    UNION ALL
    SELECT ('require ' || a)::checklist, ('require ' || b)::checklist, ''
    FROM unnest(pg_temp.claims()) AS a, unnest(pg_temp.claims()) AS b;

SELECT is_empty($$ SELECT a FROM overlay WHERE a || a <> a OR a || '' <> a OR '' || a <> a LIMIT 3 $$,
                'c || c = c, and the empty checklist changes nothing');
SELECT is_empty($$ SELECT a, b, c FROM overlay
                   WHERE pg_temp.rules((a || b) || c) IS DISTINCT FROM pg_temp.rules(a || (b || c)) LIMIT 3 $$,
                '|| associates, but for the order of rules');
SELECT is_empty($$ SELECT a, b FROM overlay WHERE a <> '' AND a || b <> (a::text || ';' || b::text)::checklist LIMIT 3 $$,
                'a || b is what one checklist with the rules of both is');
SELECT is_empty($$ SELECT a, b, d.document, status
                   FROM overlay, document AS d, unnest(enum_range('submitted'::status, 'closed')) AS status
                   WHERE (d.id % 20 = 0 OR d.id > 300)
                     AND complete(a || b, d.document, status)
                         <> (complete(a, d.document, status) AND complete(b, d.document, status)) LIMIT 3 $$,
                'what is complete by a || b is complete by a and by b, and the reverse');
SELECT cmp_ok(count(*), '>=', 100::bigint, 'generated checklists often overlap')
FROM overlay WHERE jsonb_array_length((a || b)::jsonb) < jsonb_array_length(a::jsonb) + jsonb_array_length(b::jsonb);

--
-- Nothing of it: a few cases by hand
--

SELECT is(complete('every task has state <> none', '{"task": [{"state": "none"}]}'::jsonb), false,
          'a rule that compares state with none after "has" is taken at its word');
SELECT is(complete('no task where state >= none', '{"task": [{"state": "none"}]}'::jsonb), false,
          'so is one that compares it by another operator than = and <>');
SELECT is(complete('require task where a', '{"task": [{"state": "none"}]}'::jsonb), true,
          'none satisfies "at least", whatever the where');
SELECT is(complete('require contact', '{"contact": [{"state": "none"}]}'::jsonb), false,
          'but not of contacts');

SELECT * FROM finish();
ROLLBACK;
