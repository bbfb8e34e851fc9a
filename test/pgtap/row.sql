--
-- A row and the document that to_jsonb makes of it, in UTC, give the same answers: for columns of
-- all types, in whatever session, wherever the row comes from, and in a parallel plan.
--

SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS handover;

BEGIN;
CREATE SCHEMA scratch;
SET LOCAL search_path = scratch, handover, public;
\ir lib/generate.sql
SELECT plan(48);

DO $$ BEGIN PERFORM setseed(0.314159); END $$;

-- The session is far from what to_jsonb is asked for.
SET LOCAL timezone = 'Asia/Kathmandu';
SET LOCAL datestyle = 'SQL, DMY';
SET LOCAL intervalstyle = 'sql_standard';
SET LOCAL bytea_output = 'escape';

CREATE TYPE part AS (x integer, y text, due_at timestamptz, z level);
CREATE TYPE state AS ENUM ('ongoing', 'done', 'none', ' ');
CREATE DOMAIN note AS text;
CREATE DOMAIN share AS numeric CHECK (value >= 0);
CREATE DOMAIN shares AS share[];
CREATE DOMAIN whole AS part;

CREATE TABLE typed (
    title text,
    code varchar(20),
    padded char(12),
    name name,
    "int" integer,
    big bigint,
    small smallint,
    f4 float4,
    f8 float8,
    num numeric,
    ok boolean,
    day date,
    at timestamp,
    "Due At" timestamptz,
    hour timetz,
    urgency level,
    state state,
    data jsonb,
    raw json,
    tags text[],
    nums integer[],
    times timestamptz[],
    part part,
    parts part[],
    whole whole,
    key uuid,
    note note,
    share share,
    shares shares,
    span interval,
    bytes bytea,
    range int4range,
    oid oid,
    attributes jsonb
);
CREATE TABLE field AS
    SELECT attname::text AS name FROM pg_attribute WHERE attrelid = 'typed'::regclass AND attnum > 0;

-- One of some texts, or often NULL: fields are there to be missing.
CREATE FUNCTION pg_temp.pick(VARIADIC pool text[]) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN CASE WHEN generate.chance(0.5) THEN generate.any_of(pool) END;
END $$;

CREATE FUNCTION pg_temp.part() RETURNS part LANGUAGE plpgsql AS $$
DECLARE
    r part;
BEGIN
    r.x := pg_temp.pick('0', '1', '3');
    r.y := pg_temp.pick(VARIADIC generate.texts());
    r.due_at := pg_temp.pick('2026-01-31 23:30:00+00', 'infinity');
    r.z := pg_temp.pick('low', 'high');
    RETURN r;
END $$;

CREATE FUNCTION pg_temp.typed() RETURNS typed LANGUAGE plpgsql AS $$
DECLARE
    texts CONSTANT text[] := generate.texts();
    r typed;
BEGIN
    IF generate.chance(0.05) THEN
        RETURN r;
    END IF;
    r.title := pg_temp.pick(VARIADIC texts);
    r.code := left(pg_temp.pick(VARIADIC texts), 20);
    r.padded := left(pg_temp.pick(VARIADIC texts), 12);
    r.name := pg_temp.pick(VARIADIC texts);
    r.int := pg_temp.pick('0', '1', '3', '10', '-1', '2147483647');
    r.big := pg_temp.pick('0', '1', '3', '-9223372036854775808', '1000000');
    r.small := pg_temp.pick('0', '1', '3', '-32768');
    r.f4 := pg_temp.pick('0', '-0', '1', '0.1', '1e30', 'NaN', 'Infinity', '-Infinity');
    r.f8 := pg_temp.pick('0', '-0', '1', '0.1', '1e300', '1e-300', 'NaN', 'Infinity', '-Infinity');
    r.num := pg_temp.pick('0', '1.00', '0.1', '0.10000000000000001', '1e40', 'NaN', 'Infinity', '-Infinity',
                          '12345678901234567890.5');
    r.ok := pg_temp.pick('true', 'false');
    r.day := pg_temp.pick('2026-01-31', '2026-02-01', 'infinity', '-infinity', '0044-03-15 BC');
    r.at := pg_temp.pick('2026-01-31 00:00', '2026-02-01 00:00:00.5', 'infinity');
    r."Due At" := pg_temp.pick('2026-01-31 23:30:00+00', '2026-02-01 00:00:00+00', '2026-01-31 12:00:00.123456+05:45',
                               '0044-03-15 12:00:00+00 BC', 'infinity', '-infinity');
    r.hour := pg_temp.pick('12:00+02', '23:59:59.5-08');
    r.urgency := pg_temp.pick('low', 'medium', 'high', 'critical');
    r.state := pg_temp.pick('ongoing', 'done', 'none', 'none', ' ');
    r.data := pg_temp.pick('null', '1', '1.0', '0.1', '"high"', '""', 'false', 'true', '{}', '[null]', '{"a": [0]}');
    r.raw := pg_temp.pick('null', ' 1 ', '1.0', '"high"', ' "" ', '{"a": 1, "a": ""}', '{"a": "", "a": 1}', '[ ]',
                          '[null, {}]', '"\u00a0"', 'true', 'false', '1e2', '{"b": [{"a": 0}]}');
    r.tags := pg_temp.pick('{}', '{NULL}', '{""}', '{" ",a}', '{{" "},{b}}', '{high}');
    r.nums := pg_temp.pick('{}', '{NULL}', '{0}', '{{NULL},{1}}', '[3:4]={NULL,2}');
    r.times := pg_temp.pick('{}', '{NULL}', '{2026-01-31 23:30:00+00}');
    r.part := CASE WHEN generate.chance(0.5) THEN pg_temp.part() END;
    r.parts := CASE WHEN generate.chance(0.5) THEN ARRAY[NULL, pg_temp.part()] END;
    r.whole := CASE WHEN generate.chance(0.5) THEN pg_temp.part() END;
    r.key := pg_temp.pick('00000000-0000-0000-0000-000000000000');
    r.note := pg_temp.pick(VARIADIC texts);
    r.share := pg_temp.pick('0', '1.00', '0.1');
    r.shares := pg_temp.pick('{}', '{NULL}', '{0.10}');
    r.span := pg_temp.pick('0', '1 day 02:00', '-3 months');
    r.bytes := pg_temp.pick('', '\x00ff', 'a');
    r.range := pg_temp.pick('empty', '[1,3)', '(,)');
    r.oid := pg_temp.pick('0', '1');
    r.attributes := CASE WHEN generate.chance(0.6) THEN
        (SELECT coalesce(jsonb_object_agg(name, generate.value()), '{}') FROM field WHERE random() < 0.3)
        ELSE pg_temp.pick('null', '{}', '"x"', '[{"title": "x"}]')::jsonb END;
    RETURN r;
END $$;

-- What rows are compared by.  The header has no field of which a list could be taken for a section.
CREATE TABLE check_list AS
    SELECT id, generate.checklist('{task,task,task,item,handover,risk,contact}', array_agg(name), 12)::checklist AS checklist
    FROM field, generate_series(1, 50) AS id GROUP BY id;
CREATE TABLE header AS
    SELECT 'Handover'::text AS title, 3 AS "int", 'high'::level AS urgency, 'none'::state AS state,
           '2026-01-31 23:30:00+00'::timestamptz AS "Due At", 0.1::float4 AS f4, '{"num": 1.00}'::jsonb AS attributes;

-- What to_jsonb makes of rows of a relation or query, asked in UTC.
CREATE FUNCTION pg_temp.document(source text) RETURNS jsonb LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
    document jsonb;
BEGIN
    EXECUTE format('SELECT to_jsonb(h) || jsonb_build_object(''task'', (SELECT jsonb_agg(to_jsonb(t)) FROM %s AS t))
                    FROM header AS h', source) INTO STRICT document;
    RETURN document;
END $$;

CREATE FUNCTION pg_temp.by_document(source text) RETURNS TABLE (id integer, tally text) LANGUAGE plpgsql AS $$
DECLARE
    document CONSTANT jsonb := pg_temp.document(source);
BEGIN
    RETURN QUERY SELECT c.id, tally(c.checklist, document)::text FROM check_list AS c;
END $$;

CREATE FUNCTION pg_temp.by_row(source text) RETURNS TABLE (id integer, tally text) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format(
        'SELECT c.id, (coalesce((SELECT tally_agg(c.checklist, ''task'', t) FROM %s AS t), empty_tally(c.checklist))
                       + tally(c.checklist, ''handover'', h))::text
         FROM check_list AS c, header AS h', source);
END $$;

CREATE FUNCTION pg_temp.same(source text, description text) RETURNS text LANGUAGE sql AS $$
    SELECT set_eq(format('SELECT id, tally FROM pg_temp.by_row(%L)', source),
                  format('SELECT id, tally FROM pg_temp.by_document(%L)', source), description)
$$;

--
-- Tables
--

CREATE TABLE stored AS
    SELECT id, floor(random() * 10)::integer AS part_of, pg_temp.typed() AS item FROM generate_series(1, 400) AS id;
INSERT INTO typed SELECT (item).* FROM stored;

SELECT pg_temp.same('typed', 'rows of a table');

-- Is the data any good?
SELECT cmp_ok(count(*) FILTER (WHERE hits NOT IN ('0/0', '400/400')), '>=', 100::bigint, 'which tell checklists apart')
FROM pg_temp.by_row('typed') AS r, string_to_table(split_part(r.tally, ': ', 2), ', ') AS hits;
SELECT cmp_ok(count(*), '>=', 5::bigint, 'some are not filled') FROM typed AS t WHERE t IS NULL;

SELECT pg_temp.same(format('(SELECT (item).* FROM stored WHERE part_of = %s OFFSET 0)', n), 'a random subset of rows, ' || n)
FROM generate_series(0, 9) AS n;
SELECT pg_temp.same('(SELECT * FROM typed WHERE false)', 'no rows');

-- One rule at a time, where each column is compared with each of its values as to_jsonb writes them.
CREATE TABLE written (field text, value jsonb);
SET LOCAL timezone = 'UTC';
INSERT INTO written
    SELECT DISTINCT column_value.key, column_value.value FROM typed AS t, jsonb_each(to_jsonb(t) - 'attributes') AS column_value
    WHERE jsonb_typeof(column_value.value) IN ('string', 'number', 'boolean') AND length(column_value.value::text) < 60
      AND coalesce(t.state::text, t.attributes ->> 'state', '') <> 'none';
SET LOCAL timezone = 'Asia/Kathmandu';
CREATE TABLE by_value AS
    SELECT field, value, generate.name(field) || ' = ' ||
           CASE jsonb_typeof(value) WHEN 'string' THEN generate.string(value #>> '{}') ELSE value::text END AS term
    FROM written;
CREATE TABLE compared AS
    SELECT *, format('no task where %s; %s%s', term, 'no task where ',
                     replace(term, ' = ', ' < '))::checklist AS checklist
    FROM by_value WHERE jsonb_typeof(value) <> 'boolean';
SELECT cmp_ok(count(*), '>=', 200::bigint, 'there are values to compare with') FROM compared;
SELECT is_empty(
    $$ WITH document AS MATERIALIZED (SELECT pg_temp.document('typed') AS document)
       SELECT field, value, by_row, tally(checklist, document)
       FROM document, compared,
            LATERAL (SELECT tally_agg(checklist, 'task', t) AS by_row FROM typed AS t) AS r
       WHERE by_row <> tally(checklist, document) LIMIT 3 $$,
    'a column equals its value, and is less than what is greater, as in the document');
SELECT is_empty(
    $$ SELECT field, value, by_row
       FROM compared, LATERAL (SELECT tally_agg(checklist, 'task', t) AS by_row FROM typed AS t) AS r
       WHERE by_row::text LIKE '%: 0/0,%' LIMIT 3 $$,
    'and some row has it');

--
-- Where rows may come from
--

SELECT pg_temp.same('(SELECT item.title, item."int" AS state, item.attributes FROM typed AS item)', 'rows of a query');
SELECT pg_temp.same('(SELECT row_number() OVER () AS id, t.* FROM typed AS t)', 'rows of a query with more columns');
SELECT pg_temp.same('(SELECT t.* FROM (VALUES (1)) AS v (x) LEFT JOIN typed AS t ON false)', 'a row of an outer join that has none');
SELECT pg_temp.same('(VALUES (1, ''x'', NULL::level), (2, '''', ''low''))', 'a list of values');

CREATE VIEW viewed AS SELECT urgency, title AS state, "Due At", part, nums, attributes FROM typed;
SELECT pg_temp.same('viewed', 'rows of a view');
CREATE MATERIALIZED VIEW kept AS SELECT * FROM typed;
SELECT pg_temp.same('kept', 'rows of a materialized view');
CREATE FUNCTION pg_temp.returned() RETURNS SETOF typed LANGUAGE sql AS 'SELECT * FROM typed';
SELECT pg_temp.same('pg_temp.returned()', 'rows of a function');

SELECT set_eq($$ SELECT c.id, tally_agg(c.checklist, 'task', s.item)::text FROM check_list AS c, stored AS s GROUP BY c.id $$,
              $$ SELECT c.id, tally_agg(c.checklist, 'task', t)::text FROM check_list AS c, typed AS t GROUP BY c.id $$,
              'a column that holds rows');
SELECT set_eq($$ SELECT c.id, tally_agg(tally(c.checklist, 'task', t))::text FROM check_list AS c, typed AS t GROUP BY c.id $$,
              $$ SELECT c.id, tally_agg(c.checklist, 'task', t)::text FROM check_list AS c, typed AS t GROUP BY c.id $$,
              'tally_agg is the sum of the tallies of rows');
SET LOCAL timezone = 'UTC';
CREATE TABLE jsonbs AS SELECT to_jsonb(t) AS item FROM typed AS t;
SET LOCAL timezone = 'Asia/Kathmandu';
SELECT set_eq($$ SELECT c.id, tally_agg(c.checklist, 'task', j.item)::text FROM check_list AS c, jsonbs AS j GROUP BY c.id $$,
              $$ SELECT c.id, tally_agg(c.checklist, 'task', t)::text FROM check_list AS c, typed AS t GROUP BY c.id $$,
              'items as jsonb');

-- Items of jsonb that are no objects are what such entries of a list are.
CREATE TABLE entry AS SELECT id, generate.value() AS item FROM generate_series(1, 200) AS id;
SELECT set_eq($$ SELECT c.id, tally_agg(c.checklist, 'task', e.item)::text FROM check_list AS c, entry AS e
                 WHERE NOT c.checklist::jsonb @> '[{"element": "handover"}]' GROUP BY c.id $$,
              $$ SELECT c.id, tally(c.checklist, jsonb_build_object('task', jsonb_agg(e.item)))::text FROM check_list AS c, entry AS e
                 WHERE NOT c.checklist::jsonb @> '[{"element": "handover"}]' GROUP BY c.id, c.checklist $$,
              'entries of whatever kind');

-- Rows of one column may be of different types.
SELECT is(
    (SELECT tally_agg('require task where f1 = 1; require task where f1 = ''x''; every task has f2; no task where f3 = 3',
                      'task', CASE n % 3 WHEN 0 THEN ROW(1, 'a'::text) WHEN 1 THEN ROW('x'::text, false, 3) ELSE ROW(1) END)
     FROM generate_series(1, 9) AS n)::text,
    (SELECT tally('require task where f1 = 1; require task where f1 = ''x''; every task has f2; no task where f3 = 3',
                  jsonb_build_object('task', jsonb_agg(to_jsonb(
                      CASE n % 3 WHEN 0 THEN ROW(1, 'a'::text) WHEN 1 THEN ROW('x'::text, false, 3) ELSE ROW(1) END))))
     FROM generate_series(1, 9) AS n)::text,
    'rows of different types in one query');

--
-- Tables that change: the session has seen each row type before it does
--

CREATE TABLE altered AS SELECT 'none'::text AS state, 1 AS junk, t.* FROM (SELECT title, "int", urgency, attributes FROM typed) AS t;
SELECT pg_temp.same('altered', 'a table');
ALTER TABLE altered DROP COLUMN junk;
SELECT pg_temp.same('altered', 'after a column is dropped');
ALTER TABLE altered DROP COLUMN state;
SELECT pg_temp.same('altered', 'after state is dropped');
ALTER TABLE altered ADD COLUMN note text DEFAULT 'stands in no row', ADD COLUMN ok boolean DEFAULT false, ADD COLUMN state text;
SELECT pg_temp.same('altered', 'after columns are added, with a default');
ALTER TABLE altered ALTER COLUMN "int" TYPE text USING "int"::text;
SELECT pg_temp.same('altered', 'after a type is changed');
ALTER TABLE altered RENAME COLUMN "int" TO name;
SELECT pg_temp.same('altered', 'after a column is renamed');
ALTER TABLE altered RENAME COLUMN attributes TO data;
SELECT pg_temp.same('altered', 'after attributes is renamed');
ALTER TABLE altered ADD COLUMN attributes json DEFAULT '{"code": "x", "num": 1}';
SELECT pg_temp.same('altered', 'attributes as json');
ALTER TABLE altered DROP COLUMN attributes;
SELECT pg_temp.same('altered', 'without attributes');
CREATE TYPE more AS (code text, "int" integer, num numeric);
ALTER TABLE altered ADD COLUMN attributes more DEFAULT ROW('x', NULL, 1)::more;
SELECT pg_temp.same('altered', 'attributes as a composite');

-- Partitions and children whose columns stand in another order.
CREATE TABLE parted (title text, "int" integer, urgency level, attributes jsonb) PARTITION BY LIST (urgency);
CREATE TABLE parted_1 (junk text, attributes jsonb, urgency level, "int" integer, title text);
ALTER TABLE parted_1 DROP COLUMN junk;
ALTER TABLE parted ATTACH PARTITION parted_1 FOR VALUES IN ('low', 'high');
CREATE TABLE parted_2 PARTITION OF parted DEFAULT;
INSERT INTO parted SELECT title, "int", urgency, attributes FROM typed;
SELECT pg_temp.same('parted', 'a partitioned table');
SELECT pg_temp.same('parted_1', 'its partition');
CREATE TABLE parent (title text, urgency level);
CREATE TABLE child (note text, state state) INHERITS (parent);
INSERT INTO parent SELECT title, urgency FROM typed;
INSERT INTO child SELECT title, urgency, note, state FROM typed;
SELECT pg_temp.same('parent', 'a table with children');
SELECT pg_temp.same('child', 'its child');

-- Values out of line and compressed
CREATE TABLE long (title text, attributes jsonb, note text);
ALTER TABLE long ALTER COLUMN note SET STORAGE EXTERNAL;
INSERT INTO long VALUES (repeat('two words ', 100000), jsonb_build_object('code', repeat('x', 100000)), repeat(' ', 100000)),
                        (repeat(' ', 100000), jsonb_build_object('num', 1, 'name', repeat(' ', 100000)), repeat('x', 100000));
SELECT pg_temp.same('long', 'long values');

--
-- Parallel
--

CREATE TABLE much AS SELECT t.* FROM typed AS t, generate_series(1, 5);
ALTER TABLE much SET (parallel_workers = 2);
CREATE TABLE serial_tally AS
    SELECT c.id, c.checklist, (SELECT tally_agg(c.checklist, 'task', t) FROM much AS t) AS tally FROM check_list AS c;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
-- Its name until PostgreSQL 15, and since.
DO $$ BEGIN SET LOCAL force_parallel_mode = on; EXCEPTION WHEN undefined_object THEN SET LOCAL debug_parallel_query = on; END $$;

CREATE FUNCTION pg_temp.plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query;
END $$;
SELECT ok(count(*) FILTER (WHERE line LIKE '%Partial Aggregate%') > 0 AND count(*) FILTER (WHERE line LIKE '%Gather%') > 0,
          'tally_agg is planned as a parallel aggregate')
FROM pg_temp.plan($$ SELECT tally_agg('every task has title', 'task', t) FROM much AS t $$) AS line;

CREATE FUNCTION pg_temp.in_parallel(checklist) RETURNS tally LANGUAGE plpgsql AS $$
DECLARE
    result tally;
BEGIN
    EXECUTE format('SELECT tally_agg(%L::checklist, ''task'', t) FROM much AS t', $1) INTO result;
    RETURN result;
END $$;
SELECT is_empty($$ SELECT id FROM serial_tally WHERE pg_temp.in_parallel(checklist) IS DISTINCT FROM tally $$,
                'and gives the same');

--
-- Where to_jsonb would not do
--

SET LOCAL extra_float_digits = -10;
SELECT is((SELECT tally('no task where f = 0.30000000000000004; no task where g = 0.1', 'task', t)::jsonb -> 'rules'
           FROM (SELECT 0.1::float8 + 0.2 AS f, 0.1::float4 AS g) AS t),
          '[{"hits": 1, "population": 0}, {"hits": 1, "population": 0}]'::jsonb,
          'floats are read in their shortest exact form, whatever the session shows');
RESET extra_float_digits;
SELECT is((SELECT tally('no task where f = 1', 'task', t) FROM (SELECT 1 AS f, 2 AS f) AS t),
          (SELECT tally('no task where f = 1', jsonb_build_object('task', jsonb_build_array(to_jsonb(t))))
           FROM (SELECT 1 AS f, 2 AS f) AS t),
          'of two columns of the same name, the last counts');

SELECT * FROM finish();
ROLLBACK;
