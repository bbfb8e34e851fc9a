--
-- A score is what the levels weigh, plus the deadline's weight times its pressure, plus the age's
-- weight times the wait.  The pressure is 0 without a due time, 0.2 until 14 days before it, then a
-- line to 1 at 7 days after it.  <-> is minus the score; explain gives the terms.
--
SET search_path = public, handover;
SET timezone = 'UTC';
SET datestyle = 'ISO, MDY';
SET extra_float_digits = 1;

-- under the default lens: 0 to 100
SELECT score(p::priority, '2026-01-01') FROM unnest('{"(,,,,)","(critical,critical,critical,2025-12-25,)","(critical,critical,critical,,)","(low,low,low,,)","(medium,,,,)","(,high,,,)","(,,critical,,)"}'::text[]) AS p;
SELECT score(NULL::priority, '2026-01-01') IS NULL AS "null", score('(high,,,,)', NULL::lens) IS NULL AS "null", '(high,,,,)'::priority <-> NULL::timestamptz IS NULL AS "null";
SELECT score('(high,,,,)', 'infinity'::timestamptz);
SELECT '(high,,,,)'::priority <-> '-infinity'::timestamptz;

-- the ramp's edges, of a deadline that weighs 30
CREATE FUNCTION pg_temp.due(timestamptz) RETURNS priority LANGUAGE sql AS $$ SELECT priority(NULL, NULL, NULL, $1) $$;
SELECT due_in, score(pg_temp.due('2026-01-01'::timestamptz + due_in::interval), '2026-01-01')
FROM unnest('{14 days 0.000001 sec,14 days,14 days -0.000001 sec,7 days,0.000001 sec,0,-0.000001 sec,-7 days 0.000001 sec,-7 days,-7 days -0.000001 sec,-1000 years}'::text[]) AS due_in;
SELECT due, score(pg_temp.due(due), '2026-01-01') AS score, pg_temp.due(due) <~> '2026-01-01' AS seconds
FROM unnest('{NULL,infinity,-infinity,4714-11-24 00:00:00+00 BC,294276-12-31 23:59:59.999999+00}'::timestamptz[]) AS due;
-- from one end of time to the other
SELECT at, score(pg_temp.due(due), at), pg_temp.due(due) <~> at AS seconds
FROM unnest('{4714-11-24 00:00:00+00 BC,294276-12-31 23:59:59.999999+00}'::timestamptz[]) AS at,
     unnest('{4714-11-24 00:00:00+00 BC,294276-12-31 23:59:59.999999+00,infinity,-infinity,NULL}'::timestamptz[]) AS due
ORDER BY at, due;
-- a step instead of a ramp, and one that is over before the due time
SELECT due_in, score(p, lens_from_tables('2026-01-01', NULL, deadline => 10, far => 0, near => 0, lead => '0', lag => '0.000001 sec')) AS step,
       score(p, lens_from_tables('2026-01-01', NULL, deadline => 10, far => 0, near => 0.5, lead => '2 days', lag => '-1 day')) AS early
FROM unnest('{3 days,2 days,36 hours,1 day 0.000001 sec,1 day,0.000001 sec,0,-0.000001 sec}'::text[]) AS due_in,
     pg_temp.due('2026-01-01'::timestamptz + due_in::interval) AS p;

-- the age: of the whole seconds since then, over 365 days
SELECT since, score(priority(NULL, NULL, NULL, NULL, since), lens_from_weights('2026-01-01', 0, 0, 0, 0, 73))
FROM unnest('{NULL,2027-01-01,2026-01-01,2025-12-31 23:59:59.5,2025-12-31,2025-01-01,2024-01-01,1999-01-01,2136-02-07 06:28:14}'::timestamptz[]) AS since;

-- tables and matrix
SELECT u, i, score(priority(u, 'critical', i), lens_from_tables('2026-01-01', '{1,2,3,4}', matrix => '{{10,20,30,40},{20,30,40,50},{30,40,50,60},{40,50,60,70}}'))
FROM unnest('{NULL,low,critical}'::level[]) AS u, unnest('{NULL,low,high}'::level[]) AS i
ORDER BY u NULLS FIRST, i NULLS FIRST;
-- by ITIL, a band is 20 and the deadline never outweighs one
SELECT p, band(p), score(p, lens('itil', '2026-01-01'))
FROM unnest('{"(low,,low,2020-01-01,)","(medium,,low,,)","(medium,,low,2020-01-01,)","(medium,,medium,,)","(critical,critical,critical,2020-01-01,)"}'::priority[]) AS p;

-- Taskwarrior, in floats and whole seconds: what "task" prints (12 * pressure + coefficient)
SELECT p, score(p, lens('taskwarrior', '2026-01-01'))::real
FROM unnest('{"(high,,,,)","(medium,,,,)","(low,,,,)","(critical,,,,)","(,,,,)","(,,,2026-03-01,)","(,,,2026-01-15,)","(,,,2026-01-15 00:00:01,)","(,,,2026-01-01,)","(,,,2025-12-31 23:59:59.5,)","(,,,2025-12-25,)","(high,,,2025-12-25,)","(high,,,infinity,)","(high,,,-infinity,)"}'::priority[]) AS p;

-- <-> is minus the score; an untyped literal is a moment
SELECT pg_typeof('2026-01-01'::timestamptz), priority('high', 'low', 'low', '2026-01-01') <-> '2026-01-01' AS distance,
       priority('high', 'low', 'low', '2026-01-01') <~> '2025-12-31' AS seconds;
SELECT p <-> '2026-01-01' = -score(p, '2026-01-01') AS at, p <-> lens('itil', '2026-01-01') = -score(p, lens('itil', '2026-01-01')) AS lens
FROM (VALUES (priority('high', 'low', 'low', '2026-01-01', '2025-01-01'))) AS v (p);

-- is it at least the threshold? without one, everything is
SELECT threshold, '(high,,,,)'::priority @>= threshold(lens('default', '2026-01-01'), threshold) AS reaches
FROM unnest('{-infinity,22.4,22.5,22.500000000000004,infinity}'::float8[]) AS threshold;
SELECT '(,,,,)'::priority @>= lens('default', '2026-01-01') AS without;

-- explain: the terms that have a weight, which add up to the score
SELECT * FROM explain('(high,medium,low,2026-01-05,2025-12-01)', lens('default', '2026-01-01'));
SELECT * FROM explain('(high,,low,2025-12-20,)', lens('itil', '2026-01-01'));
SELECT * FROM explain('(high,,,2026-01-01 01:30,)', lens('taskwarrior', '2026-01-01'));
SELECT * FROM explain('(,,,,2025-12-31 22:00)', lens_from_weights('2026-01-01', 1, 0, 0, 2, 3));
SELECT * FROM explain('(high,,,,)', lens_from_tables('2026-01-01', NULL));
SELECT p, words FROM unnest('{"(,,,,)","(,,,infinity,)","(,,,-infinity,)","(,,,2026-01-01,)","(,,,2026-01-01 00:59,)","(,,,2026-01-02 23:00,)","(,,,2026-01-03,)","(,,,2025-12-31 23:00,)","(,,,2024-01-01,)","(,,,,2026-01-02)","(,,,,2026-01-01)","(,,,,1990-01-01)"}'::priority[]) AS p,
     explain(p, lens_from_weights('2026-01-01', 0, 0, 0, 1, 1)) AS e
WHERE (term = 'age') = (since(p) IS NOT NULL);
SELECT name, p, score(p, l) AS score, sum(contribution) AS explained
FROM unnest('{default,itil,taskwarrior}'::text[]) AS name, lens(name, '2026-01-01') AS l,
     unnest('{"(high,medium,low,2026-01-05 06:07:08,2025-12-01)","(low,,critical,2020-01-01,)"}'::priority[]) AS p, explain(p, l)
GROUP BY name, p, score(p, l)
HAVING abs(score(p, l) - sum(contribution)) > CASE name WHEN 'taskwarrior' THEN 1e-5 ELSE 1e-12 END;
SELECT count(*) FROM explain(NULL, lens('default', '2026-01-01'));

-- the band of all pairs, and by a matrix of one's own
SELECT u AS urgency, array_agg(band(priority(u, NULL, i)) ORDER BY i) AS low_to_critical
FROM unnest(enum_range(NULL::level)) AS u, unnest(enum_range(NULL::level)) AS i GROUP BY u ORDER BY u;
SELECT bands();
SELECT band('(high,critical,,,)') AS no_impact, band('(,critical,high,,)') AS no_urgency, band(NULL::priority) AS "null";
SELECT bool_and(band(p, bands()) = band(p)) AS same, bool_and(band(p, '{{1,2,3,4},{5,6,7,8},{9,10,11,12},{13,14,15,16}}') = (ord_u - 1) * 4 + ord_i) AS rows_are_urgency
FROM unnest(enum_range(NULL::level)) WITH ORDINALITY AS u (u, ord_u), unnest(enum_range(NULL::level)) WITH ORDINALITY AS i (i, ord_i), priority(u, NULL, i) AS p;
SELECT band('(high,,,,)', bands()) AS no_impact;
SELECT band('(high,,high,,)', '{1,2,3,4}');
SELECT band('(high,,high,,)', '{{1,2},{3,4}}');
SELECT band('(high,,high,,)', '{{1,2,3,4},{1,2,3,4},{1,2,3,4},{1,2,3,NULL}}');
SELECT band('(,,,,)', '{}');

-- the quadrant of all pairs
SELECT coalesce(u::text, 'unset') AS urgency, array_agg(quadrant(priority(u, m, NULL)) ORDER BY m NULLS FIRST) AS unset_to_critical
FROM unnest(enum_range(NULL::level) || NULL::level) AS u, unnest(enum_range(NULL::level) || NULL::level) AS m GROUP BY u ORDER BY u NULLS FIRST;
