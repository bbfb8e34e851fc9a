--
-- The order of priorities is total and extends dominance; what dominates never scores less, under
-- any lens; and what the index gives first is, bit for bit, what sorting by the score gives first.
-- The rows are aimed at edges: the ends of time, neighbours by a microsecond, the ends of ramps,
-- and many that are equal.
--
-- Not in a transaction, because of VACUUM: it leaves nothing but removes its schema itself.
--

SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS handover;
CREATE EXTENSION IF NOT EXISTS btree_gist;

DROP SCHEMA IF EXISTS scratch_priority CASCADE;
CREATE SCHEMA scratch_priority;
SET search_path = scratch_priority, handover, public;
SET timezone = 'UTC';
SET jit = off;
SELECT plan(45);

DO $$ BEGIN PERFORM setseed(0.577215); END $$;

--
-- Random priorities, moments and lenses
--

CREATE FUNCTION pick(anyarray) RETURNS anyelement LANGUAGE plpgsql AS $$
BEGIN
    RETURN $1[1 + floor(random() * cardinality($1))];
END $$;

-- A time near 2026-01-01 or anywhere, and near an edge of the usual ramp rather often.
CREATE FUNCTION random_time() RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
    base timestamptz := '2026-01-01';
    kind double precision := random();
BEGIN
    IF kind < 0.4 THEN
        RETURN base + (random() * 120 - 60) * interval '1 day';
    ELSIF kind < 0.5 THEN
        RETURN base + floor(random() * 120 - 60) * interval '1 day';
    ELSIF kind < 0.8 THEN
        RETURN base + pick('{0,14 days,-7 days,7 days,-14 days,21 days,-21 days}'::interval[]) + floor(random() * 7 - 3) * interval '1 microsecond';
    ELSIF kind < 0.85 THEN
        RETURN pick('{4714-11-24 00:00:00+00 BC,4714-11-24 00:00:00.000001+00 BC,294276-12-31 23:59:59.999999+00,294276-12-31 23:59:59+00}'::timestamptz[]);
    ELSIF kind < 0.9 THEN
        RETURN timestamptz '2000-01-01' + floor(random() * 7 - 3) * interval '1 microsecond';
    END IF;
    RETURN base + (random() * 100000 - 50000) * interval '1 day';
END $$;

CREATE FUNCTION random_priority() RETURNS priority LANGUAGE plpgsql AS $$
DECLARE
    levels level[] := '{NULL,low,medium,high,critical}';
    kind double precision := random();
    since timestamptz;
BEGIN
    IF kind < 0.1 THEN
        RETURN '(high,high,high,2026-01-01,2025-01-01)';
    END IF;
    IF random() < 0.5 THEN
        since := pick('{1999-01-01,2000-01-01,2000-01-01 00:00:01,2025-01-01,2025-12-31 23:59:59,2026-01-01,2136-02-07 06:28:14}'::timestamptz[]);
    ELSIF random() < 0.5 THEN
        since := timestamptz '2020-01-01' + random() * interval '2500 days';
    END IF;
    RETURN priority(pick(levels), pick(levels), pick(levels),
                    CASE WHEN kind < 0.25 THEN NULL WHEN kind < 0.27 THEN 'infinity' WHEN kind < 0.29 THEN '-infinity' ELSE random_time() END, since);
END $$;

CREATE FUNCTION random_weight() RETURNS double precision LANGUAGE sql AS $$
    SELECT CASE floor(random() * 8)
        WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 2 THEN floor(random() * 100) WHEN 3 THEN 1e-300 * random()
        WHEN 4 THEN 1e25 * random() WHEN 5 THEN 1e-7 * random() ELSE 100 * random() END
$$;

-- n numbers that do not fall
CREATE FUNCTION random_steps(n integer) RETURNS double precision[] LANGUAGE sql AS $$
    SELECT array_agg(w ORDER BY w) FROM (SELECT random_weight() AS w FROM generate_series(1, n)) AS r
$$;

CREATE FUNCTION random_matrix() RETURNS double precision[] LANGUAGE sql AS $$
    SELECT array_agg(cells ORDER BY u)
    FROM (SELECT a.n AS u, array_agg(greatest(a.w, b.w) + a.w ORDER BY b.n) AS cells
          FROM unnest(random_steps(4)) WITH ORDINALITY AS a (w, n), unnest(random_steps(4)) WITH ORDINALITY AS b (w, n)
          GROUP BY a.n) AS r
$$;

CREATE FUNCTION random_lens() RETURNS lens LANGUAGE plpgsql AS $$
DECLARE
    at timestamptz := random_time();
    ramp double precision[] := (SELECT array_agg(r ORDER BY r) FROM (SELECT pick(ARRAY[0, 0.2, 1, random(), 2 * random()]) AS r FROM generate_series(1, 3)) AS x);
    lens lens;
BEGIN
    CASE floor(random() * 3)
        WHEN 0 THEN
            RETURN lens(pick('{default,itil,taskwarrior}'::text[]), at);
        WHEN 1 THEN
            RETURN lens_from_weights(at, random_weight(), random_weight(), random_weight(), random_weight(), pick(ARRAY[0, 1, random_weight()]));
        ELSE
            lens := lens_from_tables(at,
                CASE WHEN random() < 0.7 THEN random_steps(4) END, CASE WHEN random() < 0.5 THEN random_steps(4) END,
                CASE WHEN random() < 0.5 THEN random_steps(4) END, CASE WHEN random() < 0.3 THEN random_matrix() END,
                random_weight(), ramp[1], ramp[2], ramp[3],
                random() * pick('{1 microsecond,1 second,1 day,100 days,100000 days}'::interval[]) + interval '1 microsecond',
                random() * pick('{0,1 second,1 day,100 days,100000 days}'::interval[]),
                CASE WHEN random() < 0.5 THEN random_weight() ELSE 0 END,
                random() * pick('{1 second,1 day,1000 days}'::interval[]) + interval '1 microsecond');
            RETURN CASE WHEN random() < 0.3 THEN (lens::jsonb || '{"single_precision": true}')::text::lens ELSE lens END;
    END CASE;
END $$;

CREATE TABLE sample AS SELECT id, random_priority() AS p FROM generate_series(1, 300) AS id;
CREATE TABLE view AS SELECT id, random_lens() AS lens FROM generate_series(1, 500) AS id;

SELECT cmp_ok(count(DISTINCT p), '>', 200::bigint, 'priorities differ') FROM sample;
SELECT cmp_ok(count(DISTINCT lens::text), '>', 450::bigint, 'lenses differ') FROM view;

--
-- The order, equality and hashes
--

CREATE TABLE pair AS SELECT a.p AS a, b.p AS b FROM sample AS a, sample AS b;
SELECT is_empty($$ SELECT a, b FROM pair WHERE (a < b)::int + (a = b)::int + (a > b)::int <> 1 LIMIT 3 $$, 'exactly one of <, = and > holds');
SELECT is_empty($$ SELECT a, b FROM pair WHERE (a <= b) <> NOT (a > b) OR (a >= b) <> NOT (a < b) OR (a <> b) <> NOT (a = b) OR (a < b) <> (b > a)
                      OR sign(priority_cmp(a, b)) <> -sign(priority_cmp(b, a)) LIMIT 3 $$, 'the operators agree');
SELECT is_empty($$ SELECT p FROM (SELECT p, row_number() OVER (ORDER BY p) AS n FROM sample) AS s
                   JOIN (SELECT p AS q, row_number() OVER (ORDER BY p) AS m FROM sample) AS t ON n < m AND p > q LIMIT 3 $$, 'the order is transitive');
SELECT is_empty($$ SELECT a, b FROM pair WHERE a @>= b AND NOT a >= b LIMIT 3 $$, 'the order extends dominance');
SELECT is_empty($$ SELECT a, b FROM pair WHERE a @>= b AND b @>= a AND a <> b OR (a @>= b) <> (b <=@ a) LIMIT 3 $$, 'dominance is antisymmetric, <=@ its commutator');
SELECT is_empty($$ SELECT a, b FROM pair WHERE (a @>= b) <>
                      (coalesce(urgency(a) >= urgency(b), urgency(b) IS NULL) AND coalesce(importance(a) >= importance(b), importance(b) IS NULL)
                       AND coalesce(impact(a) >= impact(b), impact(b) IS NULL) AND coalesce(due_at(a) <= due_at(b), due_at(b) IS NULL)
                       AND coalesce(since(a) <= since(b), since(b) IS NULL)) LIMIT 3 $$, 'dominance is what it is said to be');
SELECT is_empty($$ SELECT a, b FROM pair WHERE (a = b) <> (a::text = b::text) OR (a = b) <> (priority_send(a) = priority_send(b)) LIMIT 3 $$,
                'equal priorities have equal texts');
SELECT is_empty($$ SELECT a, b FROM pair WHERE a = b AND (priority_hash(a) <> priority_hash(b) OR priority_hash_extended(a, 7) <> priority_hash_extended(b, 7)) LIMIT 3 $$,
                'equal priorities have equal hashes');
SELECT cmp_ok(count(DISTINCT priority_hash(p)), '>=', count(DISTINCT p) - 1, 'different priorities rarely do') FROM sample;
SELECT is_empty($$ SELECT p FROM sample WHERE priority_hash_extended(p, 0) & 4294967295 <> priority_hash(p)::bigint & 4294967295 LIMIT 3 $$,
                'the extended hash begins as the other does');
SELECT is_empty($$ SELECT p FROM sample WHERE p::text::priority <> p OR priority(urgency(p), importance(p), impact(p), due_at(p), since(p)) <> p LIMIT 3 $$,
                'priorities read back from their text and from their parts');
SELECT is_empty($$ SELECT lens FROM view WHERE lens::text::lens <> lens OR lens_hash(lens) <> lens_hash(lens::text::lens) LIMIT 3 $$,
                'lenses read back from their text');

-- Binary, by way of a file of the server.
CREATE FUNCTION copied(source text, target text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    file text := current_setting('data_directory') || '/handover_priority.copy';
BEGIN
    EXECUTE format('COPY %s TO %L (FORMAT binary)', source, file);
    EXECUTE format('COPY %s FROM %L (FORMAT binary)', target, file);
END $$;
CREATE TABLE sample_copy (LIKE sample);
CREATE TABLE view_copy (LIKE view);
SELECT copied('sample', 'sample_copy'), copied('view', 'view_copy') \g /dev/null
SELECT is_empty($$ SELECT id FROM sample JOIN sample_copy AS c USING (id) WHERE sample.p <> c.p $$, 'priorities read back from binary');
SELECT is_empty($$ SELECT id FROM view JOIN view_copy AS c USING (id) WHERE view.lens <> c.lens $$, 'lenses read back from binary');
CREATE TABLE p_only (p priority);
CREATE TABLE lens_only (l lens);
-- the binary form of a bytea is its bytes
SELECT throws_ok(format($$ SELECT copied('(SELECT ''\x%s''::bytea)', 'p_only') $$, bytes), code, message, 'binary: ' || message)
FROM (VALUES ('050000007fffffffffffffffffffffff', '22P03', 'invalid level in external priority value'),
             ('000000017fffffffffffffffffffffff', '22P03', 'unsupported flags in external priority value'),
             ('000000007ffffffffffffffdffffffff', '22008', 'timestamp out of range'),
             ('000000008000000000000001ffffffff', '22008', 'timestamp out of range'),
             ('000000007fffffffffffffff', '08P01', 'insufficient data left in message'),
             ('000000007fffffffffffffffffffffff00', '22P03', 'incorrect binary data format')) AS v (bytes, code, message);
SELECT throws_ok($$ SELECT copied('(SELECT ''\x027b7d''::bytea)', 'lens_only') $$, '22P03', 'unsupported version of type lens: 2', 'binary: another version of lens');

--
-- Dominance and scores
--

-- b, and an a that dominates it: as it is, or raised in some of its parts
CREATE FUNCTION raised(b priority) RETURNS priority LANGUAGE plpgsql AS $$
DECLARE
    other priority := random_priority();
    due timestamptz := due_at(b);
BEGIN
    IF random() < 0.3 AND isfinite(due) AND due > '4714-11-24 00:00:01+00 BC' THEN
        due := due - interval '1 microsecond';
    ELSIF random() < 0.5 THEN
        due := least(due, due_at(other));
    END IF;
    RETURN priority(
        CASE WHEN random() < 0.3 THEN greatest(urgency(b), urgency(other)) ELSE urgency(b) END,
        CASE WHEN random() < 0.3 THEN greatest(importance(b), importance(other)) ELSE importance(b) END,
        CASE WHEN random() < 0.3 THEN greatest(impact(b), impact(other)) ELSE impact(b) END,
        due, CASE WHEN random() < 0.3 THEN least(since(b), since(other)) ELSE since(b) END);
END $$;
CREATE TABLE above AS SELECT raised(p) AS a, p AS b FROM sample, generate_series(1, 10);
SELECT is_empty($$ SELECT a, b FROM above WHERE NOT a @>= b LIMIT 3 $$, 'raised priorities dominate');
SELECT is_empty($$ SELECT a, b, lens FROM above, view WHERE NOT score(a, lens) >= score(b, lens) LIMIT 3 $$,
                '1,500,000 times, what dominates scores no less, to the last bit');
SELECT is_empty($$ SELECT a, b, lens FROM above, view, LATERAL (SELECT raised(a) AS c OFFSET 0) AS r WHERE view.id <= 10 AND NOT score(c, lens) >= score(a, lens) LIMIT 3 $$,
                'nor what dominates that');
SELECT is_empty($$ SELECT p, lens FROM sample, view WHERE NOT score(p, lens) BETWEEN 0 AND 1.1e31 LIMIT 3 $$, 'no score is negative or not a number');
SELECT is_empty($$ SELECT p, lens, s, e FROM sample, view, score(p, lens) AS s, LATERAL (SELECT coalesce(sum(contribution), 0) AS e FROM explain(p, lens)) AS x
                   WHERE view.id <= 100 AND abs(s - e) > CASE WHEN lens::jsonb ? 'single_precision' THEN s * 1e-5 + 1e-37 ELSE s * 1e-14 END LIMIT 3 $$, 'explain adds up to the score');
SELECT is_empty($$ SELECT p, lens FROM sample, view WHERE lens::jsonb ->> 'at' = '2026-01-01' AND score(p, '2026-01-01') <> score(p, lens('default', '2026-01-01')) $$,
                'without a lens, it is the default one');

--
-- The index
--

-- The same rows twice: indexed when they are there, and one by one.  HANDOVER_PRIORITY_ROWS says how many.
\getenv rows HANDOVER_PRIORITY_ROWS
\if :{?rows}
\else
\set rows 50000
\endif
CREATE TABLE built (id integer PRIMARY KEY, p priority, open boolean, project integer) WITH (autovacuum_enabled = off);
CREATE TABLE inserted (LIKE built INCLUDING ALL) WITH (autovacuum_enabled = off);
CREATE INDEX inserted_p ON inserted USING gist (p);
INSERT INTO built SELECT id, CASE WHEN id % 1000 > 0 THEN random_priority() END, random() < 0.1, floor(random() * 20) FROM generate_series(1, :rows) AS id;
INSERT INTO inserted SELECT * FROM built;
CREATE INDEX built_p ON built USING gist (p);
ANALYZE built, inserted;

-- Runs a query with or without indexes.  With: it must be what the plan shows.
CREATE FUNCTION run(query text, plan text, lens lens, moment timestamptz, other priority, OUT result text) LANGUAGE plpgsql AS $$
DECLARE
    line text;
    found boolean := plan IS NULL;
BEGIN
    PERFORM set_config('enable_' || setting, CASE WHEN (setting = ANY ('{seqscan,sort}')) = (plan IS NULL) THEN 'on' ELSE 'off' END, false)
    FROM unnest('{seqscan,sort,indexscan,indexonlyscan,bitmapscan}'::text[]) AS setting;
    IF plan IS NOT NULL THEN
        FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query USING lens, moment, other LOOP
            found := found OR line ~ plan;
        END LOOP;
    END IF;
    IF NOT found THEN
        RAISE 'the plan has no % for %', plan, query;
    END IF;
    EXECUTE query INTO result USING lens, moment, other;
END $$;

-- Queries that must give the same with and without an index.  An order is compared by its numbers, since which of the equal come first is not said.
CREATE FUNCTION nearest(relation text, k integer, condition text DEFAULT 'true') RETURNS text LANGUAGE sql AS $$
    SELECT format('SELECT md5(string_agg(encode(float8send(d), ''hex''), '','')) FROM (SELECT p <-> $1 AS d FROM %s WHERE %s AND $2 IS NOT NULL AND $3 IS NOT NULL ORDER BY p <-> $1 LIMIT %s) AS s', relation, condition, k)
$$;
CREATE FUNCTION nearest_at(relation text, k integer, condition text DEFAULT 'true') RETURNS text LANGUAGE sql AS $$
    SELECT format('SELECT md5(string_agg(encode(float8send(d), ''hex''), '','')) FROM (SELECT p <-> $2 AS d FROM %s WHERE %s AND $1 IS NOT NULL AND $3 IS NOT NULL ORDER BY p <-> $2 LIMIT %s) AS s', relation, condition, k)
$$;
CREATE FUNCTION nearest_due(relation text, k integer, condition text DEFAULT 'true') RETURNS text LANGUAGE sql AS $$
    SELECT format('SELECT md5(string_agg(encode(float8send(d) || float8send(e), ''hex''), '','')) FROM (SELECT p <-> $1 AS d, p <~> $2 AS e FROM %s WHERE %s AND $3 IS NOT NULL ORDER BY p <-> $1, p <~> $2 LIMIT %s) AS s', relation, condition, k)
$$;
CREATE FUNCTION filtered(relation text, condition text) RETURNS text LANGUAGE sql AS $$
    SELECT format('SELECT count(*) || md5(coalesce(string_agg(id::text, '','' ORDER BY id), '''')) FROM %s WHERE %s AND $1 IS NOT NULL AND $2 IS NOT NULL AND $3 IS NOT NULL', relation, condition)
$$;

-- n random lenses, moments and priorities; for each, every query of the list with the index against the same on "plain" without one.
CREATE FUNCTION differences(n integer, kind text, relations text[], plain text, plan text, condition text DEFAULT 'true') RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    lens lens;
    other priority;
    moment timestamptz;
    k integer;
    query text;
    expected text;
    actual text;
    relation text;
BEGIN
    FOR i IN 1 .. n LOOP
        lens := random_lens();
        moment := random_time();
        other := random_priority();
        k := pick('{1,10,100}'::integer[]);
        IF kind = 'reaches' THEN
            -- exactly the score of a row, or a bit more
            lens := threshold(lens, score(other, lens) * pick('{1,1,1.0000000000000002,1.5}'::double precision[]));
        END IF;
        FOREACH relation IN ARRAY plain || relations LOOP
            query := CASE kind
                WHEN 'lens' THEN nearest(relation, k, condition) WHEN 'at' THEN nearest_at(relation, k, condition) WHEN 'due' THEN nearest_due(relation, k, condition)
                WHEN 'reaches' THEN filtered(relation, CASE WHEN expected IS NULL THEN format('score(p, $1) >= (jsonb($1) ->> ''threshold'')::float8 AND %s', condition) ELSE 'p @>= $1 AND ' || condition END)
                WHEN 'dominates' THEN filtered(relation, 'p @>= $3 AND ' || condition) END;
            IF expected IS NULL THEN
                expected := run(query, NULL, lens, moment, other);
            ELSE
                actual := run(query, plan, lens, moment, other);
                IF actual IS DISTINCT FROM expected THEN
                    RETURN NEXT format('%s of %s: %s at %s, %s, k = %s', kind, relation, lens, moment, other, k);
                END IF;
            END IF;
        END LOOP;
        expected := NULL;
    END LOOP;
END $$;

SELECT is_empty($$ SELECT differences(200, 'lens', '{built,inserted}', 'built', 'Index (Only )?Scan using (built|inserted)_p ') $$, 'the first by a lens: sorted build, insertion');
SELECT is_empty($$ SELECT differences(50, 'at', '{built,inserted}', 'built', 'Index (Only )?Scan using (built|inserted)_p ') $$, 'the first at a moment');
SELECT is_empty($$ SELECT differences(100, 'due', '{built,inserted}', 'built', 'Index (Only )?Scan using (built|inserted)_p ') $$, 'the first by a lens, then by the due time');
SELECT is_empty($$ SELECT differences(25, 'reaches', '{built,inserted}', 'built', 'Scan (using|on) (built|inserted)_p') $$, 'all that reach a threshold');
SELECT is_empty($$ SELECT differences(40, 'dominates', '{built,inserted}', 'built', 'Scan (using|on) (built|inserted)_p') $$, 'all that dominate');

-- All rows, not only the first: every leaf is seen, NULL last.
SELECT is(run(nearest(relation, 2 * :rows), 'Index (Only )?Scan using', l, '2026-01-01', '(,,,,)'), run(nearest(relation, 2 * :rows), NULL, l, '2026-01-01', '(,,,,)'), 'the whole order: ' || relation)
FROM unnest('{built,inserted}'::text[]) AS relation, lens('default', '2026-01-01') AS l;

-- Changed, deleted, inserted; the same in both.
RESET enable_seqscan;
RESET enable_sort;
CREATE TABLE change AS SELECT floor(random() * :rows)::integer + 1 AS id, random_priority() AS p FROM generate_series(1, :rows / 5);
UPDATE built SET p = c.p FROM (SELECT id, max(p) AS p FROM change GROUP BY id) AS c WHERE c.id = built.id;
DELETE FROM built WHERE id % 7 = 0;
INSERT INTO built SELECT :rows + id, random_priority(), true, 1 FROM generate_series(1, :rows / 10) AS id;
UPDATE inserted SET p = b.p FROM built AS b WHERE b.id = inserted.id AND b.p <> inserted.p;
DELETE FROM inserted WHERE id % 7 = 0;
INSERT INTO inserted SELECT * FROM built WHERE id > :rows;
SELECT is_empty($$ SELECT differences(100, 'lens', '{built,inserted}', 'built', 'Index (Only )?Scan using (built|inserted)_p ') $$, 'after changes');
RESET enable_seqscan;
VACUUM built;
VACUUM inserted;
SELECT is_empty($$ SELECT differences(100, 'due', '{built,inserted}', 'built', 'Index (Only )?Scan using (built|inserted)_p ') $$, 'after VACUUM');
RESET enable_seqscan;
DELETE FROM inserted;
VACUUM inserted;
INSERT INTO inserted SELECT * FROM built;
SELECT is_empty($$ SELECT differences(60, 'lens', '{inserted}', 'built', 'Index (Only )?Scan using inserted_p ') $$, 'emptied and filled again');

-- Other indexes.
CREATE TABLE other (LIKE built) WITH (autovacuum_enabled = off);
RESET enable_seqscan;
INSERT INTO other SELECT * FROM built;
CREATE INDEX other_open ON other USING gist (p) WHERE open;
SELECT is_empty($$ SELECT differences(60, 'lens', '{other}', 'built', 'Index (Only )?Scan using other_open ', 'open') $$, 'partial');
DROP INDEX other_open;
CREATE INDEX other_project ON other USING gist (project, p);
SELECT is_empty($$ SELECT differences(60, 'due', '{other}', 'built', 'Index (Only )?Scan using other_project ', 'project = 7') $$, 'of several columns, with btree_gist');
DROP INDEX other_project;
CREATE INDEX other_include ON other USING gist (p) INCLUDE (id, open);
RESET enable_seqscan;
VACUUM ANALYZE other;
SELECT is_empty($$ SELECT differences(60, 'lens', '{other}', 'built', 'Index Only Scan using other_include ', 'open') $$, 'index-only, with INCLUDE');
CREATE TABLE parted (LIKE built) PARTITION BY HASH (id);
SELECT format('CREATE TABLE parted_%s PARTITION OF parted FOR VALUES WITH (MODULUS 4, REMAINDER %1$s)', i) FROM generate_series(0, 3) AS i \gexec
CREATE INDEX ON parted USING gist (p);
INSERT INTO parted SELECT * FROM built;
ANALYZE parted;
SELECT is_empty($$ SELECT differences(60, 'due', '{parted}', 'built', 'Merge Append') $$, 'of partitions');
SELECT is_empty($$ SELECT differences(10, 'reaches', '{parted,other}', 'built', 'Scan (using|on) (parted_0_p|other_include)') $$, 'thresholds on those');
-- nothing but equal rows
CREATE TABLE equal AS SELECT id, '(high,low,,2026-01-01,)'::priority AS p FROM generate_series(1, 20000) AS id;
CREATE TABLE equal_inserted (LIKE equal);
CREATE INDEX ON equal_inserted USING gist (p);
INSERT INTO equal_inserted SELECT * FROM equal;
CREATE INDEX ON equal USING gist (p);
SELECT is_empty($$ SELECT differences(30, 'lens', '{equal,equal_inserted}', 'equal', 'Index (Only )?Scan using') $$, 'where all are equal');

RESET enable_seqscan;
RESET enable_sort;
SELECT * FROM finish();
DROP SCHEMA scratch_priority CASCADE;
