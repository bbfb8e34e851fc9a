--
-- The image of a row in the audit log is what to_jsonb() makes of the row, whatever the row is.
--

SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS handover;
SET timezone = 'UTC';

BEGIN;
CREATE SCHEMA scratch;
SET LOCAL search_path = scratch, public;
SELECT plan(5);
DO $$ BEGIN PERFORM setseed(0.57721566); END $$;

-- more columns than jsonb has between two offsets, names of all lengths
DO $$
BEGIN
    EXECUTE (SELECT 'CREATE TABLE wide (id bigint PRIMARY KEY, ' || string_agg(format('%I %s', repeat(chr(97 + n % 26), 1 + n % 7) || n,
        (ARRAY['text', 'numeric', 'boolean', 'jsonb', 'integer', 'float8', 'date', 'timestamp', 'timestamptz', 'bigint'])[1 + n % 10]), ', ' ORDER BY n) || ')'
        FROM generate_series(1, 70) AS n);
END $$;
SELECT handover.audit('wide');

CREATE FUNCTION some_jsonb(depth integer) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    RETURN CASE floor(random() * CASE WHEN depth > 0 THEN 8 ELSE 5 END)
        WHEN 0 THEN 'null' WHEN 1 THEN to_jsonb(random() < 0.5) WHEN 2 THEN to_jsonb((random() * 1000)::numeric(10, 3))
        WHEN 3 THEN to_jsonb(repeat('é"\', floor(random() * 4)::integer)) WHEN 4 THEN to_jsonb((random() * 1e15)::bigint)
        WHEN 5 THEN (SELECT coalesce(jsonb_agg(some_jsonb(depth - 1)), '[]') FROM generate_series(1, floor(random() * 5)::integer))
        ELSE (SELECT coalesce(jsonb_object_agg(md5(random()::text), some_jsonb(depth - 1)), '{}') FROM generate_series(1, floor(random() * 40)::integer)) END;
END $$;
CREATE FUNCTION some_value(type text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    IF random() < 0.2 THEN
        RETURN NULL;
    END IF;
    RETURN CASE type
        WHEN 'text' THEN repeat('ü' || chr(33 + floor(random() * 90)::integer), floor(random() * random() * 300)::integer)
        WHEN 'numeric' THEN (ARRAY['NaN', 'Infinity', '-Infinity', '0', '1e-20', '123456789012345678901234567890.5', (random() * 1000)::text])[1 + floor(random() * 7)::integer]
        WHEN 'boolean' THEN (random() < 0.5)::text
        WHEN 'jsonb' THEN some_jsonb(2)::text
        WHEN 'double precision' THEN (ARRAY['NaN', 'Infinity', '0.1', '-1e300', random()::text])[1 + floor(random() * 5)::integer]
        WHEN 'date' THEN (date '2000-01-01' + floor(random() * 20000)::integer)::text
        WHEN 'timestamp without time zone' THEN (timestamp '2000-01-01' + random() * interval '10000 days')::text
        WHEN 'timestamp with time zone' THEN (timestamptz '2000-01-01' + random() * interval '10000 days')::text
        ELSE (floor(random() * 2e9) - 1e9)::bigint::text END;
END $$;
CREATE PROCEDURE fill(n integer) LANGUAGE plpgsql AS $$
DECLARE
    columns text := (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'wide'::regclass AND attnum > 1);
BEGIN
    FOR i IN 1..n LOOP
        EXECUTE format('INSERT INTO wide (id, %s) VALUES (%s, %s)', columns, i,
            (SELECT string_agg(quote_nullable(some_value(format_type(atttypid, NULL))), ', ' ORDER BY attnum)
               FROM pg_attribute WHERE attrelid = 'wide'::regclass AND attnum > 1));
    END LOOP;
END $$;
CALL fill(500);
CREATE FUNCTION logged(letter "char") RETURNS TABLE (key text, old jsonb, new jsonb) LANGUAGE sql AS $$
    SELECT l.key, l.old, l.new FROM handover.audit_log AS l JOIN handover.audit_relation_now AS n ON n.id = l.relation_id AND n.relid = 'wide'::regclass
     WHERE l.operation = letter $$;
SELECT results_eq($$ SELECT w.id FROM wide AS w JOIN logged('I') AS l ON l.key = w.id::text AND l.new = to_jsonb(w) AND l.new::text = to_jsonb(w)::text ORDER BY 1 $$,
    $$ SELECT generate_series(1, 500)::bigint $$, 'what is logged of a row is to_jsonb() of it');
-- bytes are what is compared by an index and sent to another server
SELECT is((SELECT count(*) FROM logged('I') AS l WHERE l.new IS DISTINCT FROM (l.new::text)::jsonb OR hashtext(jsonb_send(l.new)::text) <> hashtext(jsonb_send((l.new::text)::jsonb)::text)
             OR pg_column_size(l.new || '{}') <> pg_column_size((l.new::text)::jsonb || '{}')), 0::bigint, 'to the byte as jsonb makes it of its text');
SELECT is((SELECT count(*) FROM logged('I') AS l, jsonb_each(l.new) AS m WHERE (l.new -> m.key) IS DISTINCT FROM m.value OR NOT l.new ? m.key), 0::bigint, 'each member is found by its key');
CREATE TABLE before AS SELECT * FROM wide;
DO $$
BEGIN
    -- a few columns of each row, another few each time
    FOR i IN 1..500 LOOP
        EXECUTE (SELECT format('UPDATE wide SET %s WHERE id = %s', string_agg(format('%I = (SELECT %1$I FROM before WHERE id = %s)', attname, 1 + floor(random() * 500)), ', '), i)
                   FROM (SELECT attname FROM pg_attribute WHERE attrelid = 'wide'::regclass AND attnum > 1 ORDER BY random() LIMIT 1 + floor(random() * 10)) AS a);
    END LOOP;
END $$;
SELECT is((SELECT count(*) FROM logged('U') AS l JOIN before AS b ON b.id::text = l.key JOIN wide AS w USING (id)
            WHERE to_jsonb(b) || l.new = to_jsonb(w) AND to_jsonb(w) || l.old = to_jsonb(b)
              AND ARRAY(SELECT jsonb_object_keys(l.old)) = ARRAY(SELECT jsonb_object_keys(l.new))), 500::bigint, 'what an update has changed leads from the row before to that after, and back');
SELECT is((SELECT count(*) FROM logged('U') AS l, jsonb_each(l.new) AS m WHERE (l.old -> m.key) = m.value AND (l.old -> m.key)::text = m.value::text
              -- NULL and the null of JSON are one in the log
              AND m.value <> 'null'), 0::bigint, 'and is not what it left as it was');
SELECT * FROM finish();
ROLLBACK;
