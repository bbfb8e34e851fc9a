--
-- A priority is three levels, a due time and since when it waits, each of which may be unset.
-- Whatever it is made from, it reads back to an equal one, as text and in binary; what is
-- malformed is refused; its order is by urgency, importance, impact, the earlier due time, the
-- longer wait, and extends dominance.  (Properties over generated data are in
-- test/pgtap/priority.sql.)
--
SET search_path = public, handover;
SET timezone = 'UTC';
SET datestyle = 'ISO, MDY';

-- made, and read back
CREATE TABLE p (id serial, p priority);
INSERT INTO p (p) VALUES
    (priority('high', 'medium', 'low', '2026-12-01 12:00', '2026-11-01')),
    (priority('critical', 'critical', 'critical')),
    (priority(NULL, NULL, NULL)),
    (priority('low', NULL, NULL)),
    (priority(NULL, 'low', NULL)),
    (priority(NULL, NULL, 'low')),
    (priority(NULL, NULL, NULL, 'infinity')),
    (priority(NULL, NULL, NULL, '-infinity')),
    (priority(NULL, NULL, NULL, '4714-11-24 00:00:00+00 BC')),
    (priority(NULL, NULL, NULL, '294276-12-31 23:59:59.999999+00')),
    (priority(NULL, NULL, NULL, '2026-12-01 12:00:00.000001+05:30')),
    (priority(NULL, NULL, NULL, '1999-12-31 23:59:59.999999')),
    (priority(NULL, NULL, NULL, NULL, '2026-11-01 10:11:12.999999')),
    (priority(NULL, NULL, NULL, NULL, '2000-01-01')),
    (priority(NULL, NULL, NULL, NULL, '2136-02-07 06:28:14')),
    (priority('medium', since => '2026-11-01', importance => 'high', impact => NULL));
SELECT id, p FROM p ORDER BY id;
SELECT id, p AS differs FROM p WHERE p::text::priority <> p;
SELECT id, encode(priority_send(p), 'hex') AS sent FROM p WHERE id IN (1, 2, 3, 7, 8, 15) ORDER BY id;

-- times are in UTC and ISO form, whatever the session's settings
SET timezone = 'America/New_York';
SET datestyle = 'SQL, DMY';
SELECT p, jsonb(p) FROM p WHERE id IN (1, 7, 9) ORDER BY id;
SELECT '(,,,2026-12-01 12:00,)'::priority AS in_new_york;
SET timezone = 'UTC';
SET datestyle = 'ISO, MDY';

-- the wait is to the second, and counts from 2000 at the earliest
SELECT since(priority(NULL, NULL, NULL, NULL, s::timestamptz)) FROM unnest('{1999-12-31,1970-01-01,-infinity,2000-01-01 00:00:00.999999}'::text[]) AS s;
SELECT priority(NULL, NULL, NULL, NULL, '2136-02-07 06:28:15');
SELECT priority(NULL, NULL, NULL, NULL, 'infinity');

-- its parts
SELECT id, urgency(p), importance(p), impact(p), due_at(p), since(p) FROM p ORDER BY id;
SELECT jsonb(p), p::jsonb = jsonb(p) AS cast FROM p WHERE id IN (1, 3, 7) ORDER BY id;
SELECT priority(NULL, NULL, NULL) IS NULL AS made_null, urgency(NULL::priority) IS NULL AS part_of_null;

-- blanks do not matter
SELECT '  ( high , ,low,  2026-12-01  , ) '::priority;

-- malformed
CREATE FUNCTION pg_temp.try(input text) RETURNS TABLE (code text, message text, detail text)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM input::handover.priority;
    RETURN QUERY SELECT '00000'::text, 'accepted'::text, ''::text;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
    RETURN NEXT;
END $$;
SELECT input, code, message FROM unnest(ARRAY[
    '', '(', ')', '()', 'high', 'high,,,,', '(high,,,,', 'high,,,,)', '(,,,)', '(,,,,,)', '((,,,,)', '(,,,,))', '(,,,,) x',
    '(HIGH,,,,)', '(hi gh,,,,)', '(1,,,,)', '(,urgent,,,)', '(,,"low",,)', '(null,,,,)',
    '(,,,soon,)', '(,,,2026-13-01,)', '(,,,294277-01-01,)', '(,,,,4715-01-01 BC)', '(,,,,later)', '(,,,,2136-02-07 06:28:15)', '(,,,,infinity)']) AS input,
    pg_temp.try(input);
SELECT detail FROM pg_temp.try('high');
SELECT detail FROM pg_temp.try('(,,,,infinity)');

-- the same without an error, where the server can ask (16 and later)
CREATE FUNCTION pg_temp.soft(input text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    valid boolean := false;
BEGIN
    IF current_setting('server_version_num')::integer >= 160000 THEN
        EXECUTE 'SELECT pg_input_is_valid($1, ''handover.priority'')' INTO valid USING input;
    END IF;
    RETURN valid;
END $$;
SELECT input AS accepted FROM unnest('{"","(high)","(,,,soon,)","(,,,,infinity)","(1,,,,)"}'::text[]) AS input WHERE pg_temp.soft(input);

-- the order of the type, which max and min, DISTINCT, GROUP BY, btree and hash follow
SELECT p FROM p ORDER BY p DESC, id;
SELECT max(p), min(p) FROM p;
SELECT max(p) FROM p WHERE false;
SELECT count(*), count(DISTINCT p) FROM (SELECT p FROM p UNION ALL SELECT p::text::priority FROM p) AS twice;
SELECT a, a < b AS lt, a <= b AS le, a = b AS eq, a <> b AS ne, a >= b AS ge, a > b AS gt, priority_cmp(a, b) AS cmp
FROM (VALUES ('(high,,,,)'::priority, '(high,,,infinity,)'::priority), ('(high,,,,)', '(high,,,,)'),
             ('(high,,,-infinity,)', '(critical,,,,)'), ('(,,,,2026-01-01)', '(,,,,2025-01-01)')) AS v (a, b);
CREATE INDEX p_btree ON p (p);
CREATE INDEX p_hash ON p USING hash (p);
SET enable_seqscan = off;
SELECT id FROM p WHERE p > '(high,,,,)' ORDER BY p;
DROP INDEX p_btree;
SELECT id FROM p WHERE p = '(high,medium,low,2026-12-01 12:00,2026-11-01)';
RESET enable_seqscan;
CREATE TABLE parted (p priority) PARTITION BY HASH (p);
CREATE TABLE parted_0 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parted SELECT p FROM p;
SELECT count(*), count(DISTINCT tableoid) AS partitions FROM parted;
SELECT p FROM parted WHERE p = '(critical,critical,critical,,)';
SELECT a.id FROM p a JOIN p b USING (p) WHERE a.id <> b.id;

-- dominance: no less in anything
SELECT a, b, a @>= b AS dominates, b <=@ a AS dominated, b @>= a AS "back"
FROM (VALUES ('(high,low,low,2026-01-01,2025-01-01)'::priority, '(high,low,low,2026-01-01,2025-01-01)'::priority),
             ('(high,low,low,,)', '(,,,,)'), ('(high,,,,)', '(,low,,,)'),
             ('(,,,2026-01-01,)', '(,,,2026-01-02,)'), ('(,,,2026-01-01,)', '(,,,infinity,)'), ('(,,,infinity,)', '(,,,,)'),
             ('(,,,-infinity,)', '(,,,4714-11-24 BC,)'), ('(,,,,2025-01-01)', '(,,,,2026-01-01)'), ('(,,,,2026-01-01)', '(,,,,)'),
             ('(critical,,,2027-01-01,)', '(high,,,2026-01-01,)')) AS v (a, b);

-- on anybody's table: a generated column, an expression index
CREATE TABLE ticket (id integer PRIMARY KEY, urgency level, due timestamptz, opened timestamptz NOT NULL,
    priority priority GENERATED ALWAYS AS (priority(urgency, NULL, NULL, due, opened)) STORED);
CREATE INDEX ON ticket USING gist (priority);
CREATE INDEX ON ticket USING gist (priority(urgency, NULL, NULL, due));
INSERT INTO ticket VALUES (1, 'low', '2026-01-02', '2025-12-01'), (2, 'critical', NULL, '2025-12-02'), (3, NULL, '2025-12-01', '2025-11-01');
UPDATE ticket SET urgency = 'high' WHERE id = 1;
SELECT id, priority FROM ticket ORDER BY priority <-> '2026-01-01';
SELECT id FROM ticket ORDER BY priority(urgency, NULL, NULL, due) <-> '2026-01-01';

DROP TABLE p, parted, ticket;
