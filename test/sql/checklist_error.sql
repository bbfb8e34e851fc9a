--
-- Whatever is malformed is refused, each with its own clear error and position.
--
SET search_path = public, handover;
\set VERBOSITY default
CREATE FUNCTION pg_temp.try(input text) RETURNS TABLE (code text, message text, detail text)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM input::handover.checklist;
    RETURN QUERY SELECT '00000'::text, 'accepted'::text, ''::text;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
    RETURN NEXT;
END $$;

CREATE TEMP TABLE bad (id serial, input text);
INSERT INTO bad (input) VALUES
    -- syntax
    ('task'),
    ('require'),
    ('require;'),
    ('require 2'),
    ('require to'),
    ('require "task'),
    ('require ""'),
    ('require task ''label'),
    ('require task '''''),
    ('require task where'),
    ('require task where a and'),
    ('require task where a or b'),
    ('require task where a = '),
    ('require task where a = b c'),
    ('require task where a == 1'),
    ('require task where a != 1'),
    ('require task where a = null'),
    ('require task where a < true'),
    ('require task where words(a)'),
    ('require task where words(a) > many'),
    ('require task where words(a > 1'),
    ('require task where not'),
    ('every task'),
    ('every task where a'),
    ('every task has'),
    ('every task has a,'),
    ('no task has a'),
    ('require every 2 task has a'),
    ('require task to leave'),
    ('require task weight'),
    ('require task weight heavy'),
    ('require task ''label'' to accept'),
    (E'require task;\n  require contact where größe ? 1'),
    ('require task where a = 1.2.3'),
    ('require task where a = 1e5'),
    ('require 3task'),
    ('require (task)'),
    ('require task require contact'),
    ('require task where a = "b"'),
    ('{"require": "task"}'),
    ('require “task”'),
    -- range
    ('require 0 task'),
    ('require -1 task'),
    ('require 1.5 task'),
    ('require 1000001 task'),
    ('require 99999999999999999999 task'),
    ('require task weight -1'),
    ('require task weight 1000000.001'),
    ('require task weight 0.0001'),
    ('require task where words(a) > 1.5'),
    ('require task where words(a) > 1000001'),
    -- limits
    ('require ' || repeat('x', 256)),
    ('require task where a = ' || repeat('9', 65)),
    ('require task where a' || repeat(' and a', 32)),
    ('every task has a' || repeat(', a', 1000)),
    (repeat('require task;', 1001)),
    ((SELECT string_agg(format('require e%s where a = ''%s''', i, repeat('x', 100)), ';') FROM generate_series(1, 1000) i));
SELECT id, CASE WHEN length(input) > 60 THEN left(input, 40) || '…' ELSE input END AS input, e.*
FROM bad, pg_temp.try(input) e ORDER BY id;
-- each says something of its own
SELECT count(*) - count(DISTINCT (e.message, e.detail)) AS alike FROM bad, pg_temp.try(input) e;

-- where the server has soft errors, the same come softly (nothing to show on one that has not)
DO $$
DECLARE
    wrong text;
BEGIN
    IF current_setting('server_version_num')::integer >= 160000 THEN
        EXECUTE $q$ SELECT string_agg(input, E'\n') FROM bad, pg_temp.try(input) AS hard, pg_input_error_info(input, 'handover.checklist') AS soft
                    WHERE pg_input_is_valid(input, 'handover.checklist')
                       OR (soft.sql_error_code, soft.message, coalesce(soft.detail, '')) IS DISTINCT FROM (hard.code, hard.message, hard.detail) $q$
            INTO wrong;
        IF wrong IS NOT NULL OR pg_input_is_valid('0123456789abcdef: x', 'handover.tally')
           OR NOT pg_input_is_valid('require task', 'handover.checklist') THEN
            RAISE EXCEPTION 'not soft: %', wrong;
        END IF;
    END IF;
END $$;

-- what nobody sees is no letter
SELECT e.code, e.detail FROM pg_temp.try(E'require ta\u200bsk') e;

-- the limits themselves are within
SELECT e.* FROM (VALUES
    ('require ' || repeat('x', 255)),
    ('require 1000000 task weight 1000000'),
    ('require task weight 0'),
    ('require task where a = ' || repeat('9', 64)),
    ('require task where a' || repeat(' and a', 31)),
    ((SELECT string_agg(format('require e%s', i), ';') FROM generate_series(1, 1000) i))) v(input), pg_temp.try(input) e;

-- what is huge or deep is an error or an answer
SELECT e.code, e.message, left(e.detail, 60) AS detail FROM (VALUES
    (repeat('x', 1000000)),
    (repeat('require task; ', 70000)),
    (repeat('(', 10000)),
    ('require task where ' || repeat('not ', 10000) || 'a'),
    ('require task where ' || repeat('words(', 10000)),
    ('require task where a = ''' || repeat('x', 1000000) || ''''),
    (repeat('''', 1000001)),
    (repeat('''''', 500000)),
    ('-- ' || repeat('x', 1000000)),
    (repeat(E'\n', 1000000) || 'x'),
    (repeat(';', 1000000)),
    ('every task where a = ''' || repeat('x', 60000) || ''' has f' || (SELECT string_agg(i::text, ', f') FROM generate_series(1, 990) i)),
    ('every a has ' || repeat('b, ', 300000) || 'b'),
    ((SELECT string_agg('every e where ' || (SELECT string_agg('f' || (i * 7 + j) % 31, ' and ') FROM generate_series(1, 31) j) || ' and g' || i || ' has h', ';')
      FROM generate_series(1, 1000) i))) v(input), pg_temp.try(input) e;

-- a concatenation has the same limits
SELECT (SELECT string_agg(format('require a%s', i), ';') FROM generate_series(1, 600) i)::handover.checklist
    || (SELECT string_agg(format('require b%s', i), ';') FROM generate_series(1, 600) i)::handover.checklist;

-- tallies
SELECT ''::handover.tally;
SELECT '0123456789abcdef'::handover.tally;
SELECT '0123456789abcdef: 1'::handover.tally;
SELECT '0123456789abcdef: 1/2,'::handover.tally;
SELECT '0123456789abcdef: 1/2 3/4'::handover.tally;
SELECT '0123456789abcdef: 1/2147483648'::handover.tally;
SELECT '0123456789abcdeg: 1/2'::handover.tally;
SELECT '0123456789ABCDEF:1/-2,+3/4'::handover.tally;

-- one full message, as a user sees it
SELECT 'require task where owner = '::handover.checklist;

-- binary input is as strict
CREATE TEMP TABLE received (c handover.checklist, t handover.tally);
CREATE FUNCTION pg_temp.receive(col text, bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    file text := current_setting('data_directory') || '/receive.bin';
    lo oid;
BEGIN
    -- a binary COPY file of one row and one column
    lo := lo_from_bytea(0, '\x5047434f50590aff0d0a00'::bytea || int4send(0) || int4send(0)
                           || int2send(1::smallint) || int4send(length(bytes)) || bytes || '\xffff'::bytea);
    PERFORM lo_export(lo, file);
    PERFORM lo_unlink(lo);
    EXECUTE format('COPY received (%I) FROM %L WITH (FORMAT binary)', col, file);
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT pg_temp.receive('c', '\x01'::bytea || 'require task'), pg_temp.receive('c', '\x02'::bytea || 'require task'),
       pg_temp.receive('c', '\x01'::bytea || 'task'), pg_temp.receive('c', '');
SELECT pg_temp.receive('t', '\x0100000101020304050607080000000100000002'), pg_temp.receive('t', '\x02'),
       pg_temp.receive('t', '\x0101'), pg_temp.receive('t', '\x010003e9'),
       pg_temp.receive('t', '\x01000002010203040506070800000001'), pg_temp.receive('t', '\x0100000001020304050607080000');
SELECT * FROM received WHERE c IS NOT NULL OR t IS NOT NULL;
