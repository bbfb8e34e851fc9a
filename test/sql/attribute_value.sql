--
-- Attributes as plain values: what cannot be read as what is asked for is NULL, never an error,
-- and nothing depends on settings of the session.
--

\pset null '(null)'
SET search_path = pg_catalog;

--
-- Text: a list with commas between, an object as JSON
--
SELECT n, handover.attribute_text(a, 'x') AS text
  FROM unnest('{"{\"x\": \"plain\"}","{\"x\": \"\"}","{\"x\": 1.50}","{\"x\": false}","{\"x\": null}","{\"y\": 1}","{\"x\": []}",
                "{\"x\": [\"a\", null, 2, true, [\"b\", \"c\"]]}","{\"x\": {\"k\": [1]}}","{}","[1]","7","\"x\"","null"}'::jsonb[])
           WITH ORDINALITY AS v (a, n) ORDER BY n;

--
-- Numbers that fit into numeric(18,4), also if they are texts
--
SELECT left(v.x::text, 25) AS x, handover.attribute_number(jsonb_build_object('x', v.x), 'x') AS number,
       handover.attribute_number(jsonb_build_object('x', v.x), 'x')::numeric(18,4) AS shown
  FROM unnest('{0,-1,1.00005,99.5,99999999999999.9999,99999999999999.99994,99999999999999.99995,-99999999999999.9999,100000000000000,1e300,1e-300}'::numeric[])
           WITH ORDINALITY AS v (x, n) ORDER BY n;
SELECT quote_literal(v.x) AS text, handover.attribute_number(jsonb_build_object('x', v.x), 'x') AS number
  FROM unnest(ARRAY['12', '+3.5', '-.5', '7.', '.', '-', '', ' 1', '1 ', '1e3', 'NaN', 'Infinity', '0x10', '1_000', '12%', repeat('9', 64), '0.' || repeat('1', 62),
                    '0.' || repeat('1', 63), '١٢'])
           WITH ORDINALITY AS v (x, n) ORDER BY n;
SELECT handover.attribute_number(a, 'x') AS number
  FROM unnest('{"{\"x\": true}","{\"x\": [1]}","{\"x\": {}}","{\"x\": null}","{}","[]"}'::jsonb[]) AS v (a);

--
-- Ratings
--
SELECT handover.attribute_rating(a, 'x') AS rating
  FROM unnest('{"{\"x\": 1}","{\"x\": 5}","{\"x\": 4.256}","{\"x\": \"3\"}","{\"x\": 0.999}","{\"x\": 5.0001}","{\"x\": \"good\"}","{\"x\": [3]}","{}"}'::jsonb[])
           WITH ORDINALITY AS v (a, n) ORDER BY n;
SELECT round(handover.mean_rating(a), 4) AS mean
  FROM unnest('{"{\"efficiency\": 1, \"completeness\": 2, \"confidence\": 4, \"support\": 5}","{\"efficiency\": 4, \"support\": \"5\", \"confidence\": \"high\"}",
                "{\"completeness\": 9}","{}","[4]"}'::jsonb[])
           WITH ORDINALITY AS v (a, n) ORDER BY n;

--
-- Booleans and levels
--
SELECT v.x, handover.attribute_boolean(jsonb_build_object('x', v.x), 'x') AS boolean, handover.attribute_level(jsonb_build_object('x', v.x), 'x') AS level
  FROM unnest('{true,false,yes,off,maybe,low,medium,high,critical,High,"",1}'::text[]) WITH ORDINALITY AS v (x, n) ORDER BY n;
SELECT handover.attribute_boolean('{"x": true}', 'x'), handover.attribute_boolean('{"x": false}', 'x'), handover.attribute_boolean('{"x": 1}', 'x'),
       handover.attribute_boolean('{"x": null}', 'x'), handover.attribute_level('{"x": 2}', 'x');
-- what follows a text is not part of it
SELECT handover.attribute_boolean('{"x": "", "y": "true"}', 'x');
SELECT handover.attribute_boolean('{"x": "o", "y": "n"}', 'x'), handover.attribute_boolean('{"x": "o", "y": "f"}', 'x');

--
-- Times: without a zone they are in UTC, whatever the session's zone; words that move are none
--
CREATE TEMPORARY TABLE moment (n integer GENERATED ALWAYS AS IDENTITY, x text);
INSERT INTO moment (x) VALUES ('2026-12-01'), ('2026-12-01T17:30:00Z'), ('2026-12-01 17:30:00.123456+05:30'), ('2026-12-01 17:30'), ('20261201'),
    ('2026-12-01 10:00 Europe/Berlin'), ('2026-07-01 10:00 Europe/Berlin'), ('2026-12-01 10:00 CET'), ('1/2/2027'), ('31/1/2027'), ('2026-02-30'), ('2026-13-01'),
    ('2026-12-01 25:00'), ('2026-12-01 10:00 Nowhere/Land'), ('10:00 today'), ('12:00 now'), ('2026-12-01 tomorrow'), ('today'), ('infinity'), ('1 day'), ('soon'), (''),
    ('300000-01-01'), ('0001-01-01 BC'), ('294276-12-31 23:59:59'), ('9999-12-31 23:59:59.9999999'), ('9999-12-31 23:00 -02'), ('0001-01-01 +02'), ('0001-01-01'), ('9999-12-31'), (repeat('2', 500)), ('2026-12-01' || repeat(' ', 500));
SET TimeZone = 'UTC';
SELECT left(x, 40) AS x, handover.attribute_time(jsonb_build_object('x', x), 'x') AS moment FROM moment ORDER BY n;
CREATE TEMPORARY TABLE plainly AS SELECT n, handover.attribute_time(jsonb_build_object('x', x), 'x') AS moment FROM moment;
SET TimeZone = 'Asia/Kolkata';
SET DateStyle = 'SQL, DMY';
SELECT count(*) FROM moment JOIN plainly USING (n) WHERE handover.attribute_time(jsonb_build_object('x', x), 'x') IS DISTINCT FROM plainly.moment;
SELECT '1/2/2027 00:00'::timestamptz = handover.attribute_time('{"x": "2027-02-01 00:00+05:30"}', 'x') AS session_is_as_before;
RESET DateStyle;
RESET TimeZone;
SELECT handover.attribute_time(a, 'x') AS moment
  FROM unnest('{"{\"x\": 20261201}","{\"x\": true}","{\"x\": [\"2026-12-01\"]}","{\"x\": null}","{}","[]"}'::jsonb[]) AS v (a);
DROP TABLE moment, plainly;
