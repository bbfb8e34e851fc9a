--
-- Tallies are numbers that add up: whatever order and grouping rows are counted in, the sum is the
-- same, and what is added can be taken away again.  A tally belongs to what its checklist counts:
-- with another checklist it is refused, while how many, how heavy, when and for whom may change.
--

SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS handover;

BEGIN;
CREATE SCHEMA scratch;
SET LOCAL search_path = scratch, handover, public;
\ir lib/generate.sql
SELECT plan(47);

DO $$ BEGIN PERFORM setseed(0.577215); END $$;

CREATE TABLE list AS
    SELECT id, generate.checklist()::checklist AS checklist FROM generate_series(1, 100) AS id;
CREATE TABLE item AS
    SELECT id, floor(random() * 5)::integer AS part, generate.item() AS item,
           generate.one_of('task', 'task', 'risk', 'contact', 'handover', 'Open Task') AS element
    FROM generate_series(1, 200) AS id;
CREATE TABLE tallied AS
    SELECT l.id, checklist, i.id AS item, part, tally(checklist, element, item) AS tally FROM list AS l, item AS i;
CREATE TABLE whole AS
    SELECT id, checklist, (SELECT tally_agg(tally ORDER BY item) FROM tallied AS t WHERE t.id = l.id) AS tally FROM list AS l;

SELECT cmp_ok(count(DISTINCT tally::text), '>=', 400::bigint, 'generated tallies differ') FROM tallied;

--
-- + and -
--

CREATE TABLE three AS
    SELECT a.checklist, a.tally AS a, b.tally AS b, w.tally AS c
    FROM tallied AS a
    JOIN tallied AS b ON b.id = a.id AND b.item = a.item % 200 + 1
    JOIN whole AS w ON w.id = a.id;

SELECT is_empty($$ SELECT a, b FROM three WHERE a + b - b <> a LIMIT 3 $$, 'a + b - b = a');
SELECT is_empty($$ SELECT a, b FROM three WHERE a - b + b <> a LIMIT 3 $$, 'a - b + b = a, even if a - b is below zero');
SELECT is_empty($$ SELECT a, b FROM three WHERE a + b <> b + a LIMIT 3 $$, '+ commutes');
SELECT is_empty($$ SELECT a, b, c FROM three WHERE (a + b) + c <> a + (b + c) LIMIT 3 $$, '+ associates');
SELECT is_empty($$ SELECT a, b, c FROM three WHERE c - (a + b) <> c - a - b LIMIT 3 $$, 'c - (a + b) = c - a - b');
SELECT is_empty($$ SELECT a FROM three WHERE a + empty_tally(checklist) <> a OR a - empty_tally(checklist) <> a
                      OR a - a <> empty_tally(checklist) OR empty_tally(checklist) + a <> a LIMIT 3 $$,
                'empty_tally(checklist) is zero');
SELECT is_empty($$ SELECT a, b FROM three WHERE (a = b) <> (a - b = empty_tally(checklist)) LIMIT 3 $$,
                'a = b if and only if a - b is zero');

-- The counts are what is added.
CREATE FUNCTION pg_temp.counts(tally) RETURNS integer[] LANGUAGE sql AS $$
    SELECT array_agg(count::integer ORDER BY rule, n)
    FROM jsonb_array_elements($1::jsonb -> 'rules') WITH ORDINALITY AS r (counts, rule),
         LATERAL (VALUES (1, counts ->> 'hits'), (2, counts ->> 'population')) AS c (n, count)
$$;
SELECT is_empty(
    $$ SELECT id, tally FROM whole AS w, LATERAL unnest(pg_temp.counts(w.tally)) WITH ORDINALITY AS c (count, n)
       WHERE count <> (SELECT sum((pg_temp.counts(t.tally))[n]) FROM tallied AS t WHERE t.id = w.id) AND w.id % 10 = 0 LIMIT 3 $$,
    'a sum has the sums of the counts');

--
-- tally_agg
--

SELECT is_empty($$ SELECT w.id FROM whole AS w
                   WHERE tally <> (SELECT tally_agg(t.tally ORDER BY random()) FROM tallied AS t WHERE t.id = w.id) LIMIT 3 $$,
                'tally_agg of tallies, in whatever order');
SELECT is_empty($$ SELECT w.id FROM whole AS w
                   WHERE tally <> (SELECT tally_agg(part.tally)
                                   FROM (SELECT tally_agg(t.tally) AS tally FROM tallied AS t WHERE t.id = w.id GROUP BY t.part) AS part)
                   LIMIT 3 $$,
                'the parts of a partition add up to the whole');
SELECT is_empty($$ SELECT w.id FROM whole AS w
                   WHERE tally <> (SELECT tally_agg(checklist, element, item ORDER BY random()) FROM item) LIMIT 3 $$,
                'tally_agg of items, in whatever order');
SELECT is_empty($$ SELECT w.id FROM whole AS w
                   WHERE tally <> (SELECT tally_agg(part.tally)
                                   FROM (SELECT tally_agg(checklist, element, item) AS tally FROM item GROUP BY part, element) AS part)
                   LIMIT 3 $$,
                'and part by part');
SELECT is_empty($$ SELECT w.id FROM whole AS w
                   WHERE tally <> (SELECT tally_agg(checklist, element, item) FILTER (WHERE part <> 2)
                                        + tally_agg(checklist, element, item) FILTER (WHERE part = 2) FROM item) LIMIT 3 $$,
                'without some, and some');
SELECT is_empty($$ SELECT w.id FROM whole AS w
                   WHERE tally - (SELECT tally_agg(checklist, element, item) FROM item WHERE part = 2)
                         <> (SELECT tally_agg(checklist, element, item) FROM item WHERE part <> 2) LIMIT 3 $$,
                'a part that is taken away leaves the others');
SELECT is_empty($$ SELECT w.id FROM whole AS w
                   WHERE tally <> (SELECT tally_agg(t) FROM (SELECT tally AS t FROM tallied AS t WHERE t.id = w.id
                                                             UNION ALL SELECT NULL) AS t) LIMIT 3 $$,
                'NULL adds nothing');
SELECT is((SELECT tally_agg(tally) FROM tallied WHERE false), NULL, 'the sum of no tallies is NULL');
SELECT is((SELECT tally_agg(checklist, 'task', item) FROM tallied WHERE false), NULL, 'so is the tally of no items');

-- Grouped, sorted and hashed plans, and GROUPING SETS, which combine.
CREATE TABLE plain AS SELECT id, part, tally_agg(tally) AS tally FROM tallied GROUP BY id, part;
SET LOCAL enable_hashagg = off;
SELECT set_eq('SELECT id, part, tally_agg(tally)::text FROM tallied GROUP BY id, part', 'SELECT id, part, tally::text FROM plain',
              'sorted groups');
RESET enable_hashagg;
SET LOCAL enable_sort = off;
SELECT set_eq('SELECT id, part, tally_agg(tally)::text FROM tallied GROUP BY id, part', 'SELECT id, part, tally::text FROM plain',
              'hashed groups');
RESET enable_sort;
SELECT set_eq('SELECT id, part, tally_agg(tally)::text FROM tallied GROUP BY GROUPING SETS ((id, part), (id))',
              'SELECT id, part, tally::text FROM plain UNION ALL SELECT id, NULL, tally::text FROM whole',
              'grouping sets');

-- combine
ALTER TABLE tallied SET (parallel_workers = 2);
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
CREATE FUNCTION pg_temp.plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query;
END $$;
SELECT ok(count(*) FILTER (WHERE line LIKE '%Partial%Aggregate%') > 0 AND count(*) FILTER (WHERE line LIKE '%Gather%') > 0,
          'tally_agg is planned as a parallel aggregate')
FROM pg_temp.plan('SELECT id, tally_agg(tally) FROM tallied GROUP BY id') AS line;
CREATE TABLE combined AS SELECT id, tally_agg(tally) AS tally FROM tallied GROUP BY id;
SELECT set_eq('SELECT id, tally::text FROM combined', 'SELECT id, tally::text FROM whole', 'and gives the same');
RESET parallel_setup_cost;
RESET parallel_tuple_cost;

-- Moving windows take away what leaves the frame.
CREATE TABLE sparse AS
    SELECT id, item, CASE WHEN generate.chance(0.7) THEN tally END AS tally FROM tallied WHERE id % 5 = 0;
CREATE FUNCTION pg_temp.windows(preceding integer, following integer) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format(
        'SELECT format(''%%s %%s %%s'', id, item, tally_agg(tally) OVER (PARTITION BY id ORDER BY item
                       ROWS BETWEEN %s AND %s))
         FROM sparse', preceding || ' PRECEDING', following || ' FOLLOWING');
END $$;
CREATE FUNCTION pg_temp.recomputed(preceding integer, following integer) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT format('%s %s %s', id, item, (SELECT tally_agg(tally) FROM sparse AS f
                                         WHERE f.id = s.id AND f.item BETWEEN s.item - $1 AND s.item + $2))
    FROM sparse AS s
$$;
SELECT set_eq(format('SELECT pg_temp.windows(%s, %s)', p, f), format('SELECT pg_temp.recomputed(%s, %s)', p, f),
              format('a moving window, %s before and %s after', p, f))
FROM (VALUES (0, 0), (1, 0), (3, 2), (0, 10)) AS w (p, f);

--
-- Whose tally
--

CREATE FUNCTION pg_temp.code(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE query;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;

-- Different elements, fields, operators, values, kinds, orders and numbers of rules
CREATE TABLE other AS
    SELECT n, checklist::checklist
    FROM (VALUES (0, 'task where a; every task has a'), (1, 'risk where a; every task has a'), (2, 'task where b; every task has a'),
                 (3, 'task where not a; every task has a'), (4, 'task where a; every task has b'), (5, 'task where a; no task'),
                 (6, 'task where a'), (7, 'every task has a; require task where a'), (8, 'task where a = 1; every task has a'),
                 (9, 'task where a = 2; every task has a'), (10, 'task where a = ''1''; every task has a'),
                 (11, 'task where a < 1; every task has a'), (12, 'task where words(a) < 1; every task has a'),
                 (13, 'task where words(a) < 2; every task has a'), (14, 'task where a = high; every task has a'),
                 (15, 'task where a = ''high''; every task has a'), (16, 'task where a and b; every task has a'),
                 (17, 'task where b and a; every task has a'), (18, 'task where "A"; every task has a'),
                 (19, 'task where a; every task has a; no task'), (20, '')) AS v (n, claims),
         LATERAL (SELECT CASE WHEN claims LIKE 'every%' OR claims = '' THEN claims ELSE 'require ' || claims END) AS c (checklist);
CREATE TABLE refused AS
    SELECT name, a.checklist AS a, b.checklist AS b,
           pg_temp.code(format(query, a.checklist, empty_tally(a.checklist), empty_tally(b.checklist))) AS code
    FROM other AS a JOIN other AS b ON a.n <> b.n,
         (VALUES ('+', 'SELECT %2$L::tally + %3$L'),
                 ('-', 'SELECT %2$L::tally - %3$L'),
                 ('tally_agg', 'SELECT tally_agg(t) FROM (VALUES (%2$L::tally), (%3$L)) AS v (t)'),
                 ('complete', 'SELECT complete(%1$L::checklist, %3$L::tally, ''submitted'')'),
                 ('complete as a draft', 'SELECT complete(%1$L::checklist, %3$L::tally, ''draft'')'),
                 ('completeness', 'SELECT completeness(%1$L::checklist, %3$L::tally)'),
                 ('missing', 'SELECT missing(%1$L::checklist, %3$L::tally, ''submitted'')'),
                 ('missing as a draft', 'SELECT missing(%1$L::checklist, %3$L::tally, ''draft'')'),
                 ('require_complete', 'SELECT require_complete(%1$L::checklist, %3$L::tally, ''closed'')'),
                 ('review', 'SELECT * FROM review(%1$L::checklist, %3$L::tally)')) AS q (name, query);
SELECT is_empty(format('SELECT a, b, code FROM refused WHERE name = %L AND code <> ''22023'' LIMIT 3', name),
                'a tally of another checklist is refused by ' || name)
FROM refused GROUP BY name ORDER BY name;
SELECT throws_ok($$ SELECT tally_agg(c, 'task', '{"a": 1}'::jsonb) FROM (VALUES ('require task'::checklist), ('no task')) AS v (c) $$,
                 '22023', NULL, 'so is a second checklist within tally_agg');

-- The same claims with another count, verb, stage, weight and label.
CREATE TABLE claim AS
    SELECT DISTINCT ON (bare) l.id AS list, rule ->> 'kind' = 'at least' AS counted, bare
    FROM list AS l, jsonb_array_elements(checklist::jsonb) AS rule,
         LATERAL (SELECT CASE WHEN rule ->> 'kind' = 'at least' THEN regexp_replace(rule ->> 'claim', '^\d+ ', '')
                              ELSE rule ->> 'claim' END) AS b (bare);
CREATE FUNCTION pg_temp.variant(list integer) RETURNS checklist LANGUAGE sql AS $$
    SELECT coalesce(string_agg(
        generate.one_of('require ', 'suggest ') || CASE WHEN counted THEN generate.one_of('', '2 ', '5 ') ELSE '' END
        || bare || generate.tail(), '; ' ORDER BY bare), '')::checklist
    FROM claim WHERE claim.list = $1
$$;
CREATE TABLE variant AS
    SELECT id, pg_temp.variant(id) AS a, pg_temp.variant(id) AS b, generate.document() AS document
    FROM list, generate_series(1, 10);
SELECT cmp_ok(count(*), '>=', 500::bigint, 'generated variants differ') FROM variant WHERE a <> b;
SELECT is_empty($$ SELECT a, b FROM variant WHERE tally(a, document) <> tally(b, document) LIMIT 3 $$,
                'a tally does not depend on count, verb, stage, weight and label');
SELECT is_empty($$ SELECT a, b, status FROM variant, unnest(enum_range(NULL::status)) AS status
                   WHERE complete(b, tally(a, document), status) <> complete(b, document, status)
                      OR missing(b, tally(a, document), status) <> missing(b, document, status)
                      OR completeness(b, tally(a, document)) <> completeness(b, document) LIMIT 3 $$,
                'and serves the changed checklist');

--
-- Limits
--

CREATE FUNCTION pg_temp.with_counts(hits text, population text) RETURNS tally LANGUAGE sql AS $$
    SELECT regexp_replace(empty_tally('every task has a'::checklist)::text, ' .*', format(' %s/%s', hits, population))::tally
$$;
SELECT is(pg_temp.with_counts('2147483646', '0') + pg_temp.with_counts('1', '0'), pg_temp.with_counts('2147483647', '0'),
          'the greatest count');
SELECT throws_ok($$ SELECT pg_temp.with_counts('2147483647', '0') + pg_temp.with_counts('1', '0') $$, '22003', NULL,
                 'hits that are too many');
SELECT throws_ok($$ SELECT pg_temp.with_counts('0', '2147483647') + pg_temp.with_counts('0', '1') $$, '22003', NULL,
                 'a population that is too large');
SELECT throws_ok($$ SELECT pg_temp.with_counts('-2147483648', '0') - pg_temp.with_counts('1', '0') $$, '22003', NULL,
                 'hits that are too few');
SELECT throws_ok($$ SELECT pg_temp.with_counts('0', '0') - pg_temp.with_counts('0', '-2147483648') $$, '22003', NULL,
                 'minus the least count');
SELECT throws_ok($$ SELECT tally_agg(t) FROM (VALUES (pg_temp.with_counts('2147483647', '2147483647')),
                                                     (tally('every task has a', 'task', '{"a": 1}'::jsonb))) AS v (t) $$, '22003', NULL,
                 'a sum that is too large');

SELECT * FROM finish();
ROLLBACK;
