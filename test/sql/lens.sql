--
-- A lens is a way to weigh priorities, at one moment.  None can be made under which a score is not
-- a number, or what is more pressing scores less.  As text it is a JSON object, from which an
-- equal one is read.
--
SET search_path = public, handover;
SET timezone = 'UTC';

-- by name
SELECT name, jsonb_pretty(lens(name, '2026-01-01')::jsonb) FROM unnest('{default,itil,taskwarrior}'::text[]) AS name;
SELECT lens('other', '2026-01-01');
SELECT lens('Default', '2026-01-01');
SELECT lens('default', 'infinity');
SELECT lens('default', '-infinity');
SELECT lens(NULL, '2026-01-01') IS NULL AS "null", lens('default', NULL) IS NULL AS "null";

-- from weights
SELECT lens_from_weights('2026-01-01', 30, 20, 20, 30) = lens('default', '2026-01-01') AS same;
SELECT lens_from_weights('2026-01-01', urgency => 1, importance => 0, impact => 0, deadline => 2.5, age => 3);
SELECT lens_from_weights('2026-01-01', NULL, 0, 0, 0) IS NULL AS "null";

-- from tables
SELECT lens_from_tables('2026-01-01', '{7.5,15,22.5,30}', '{5,10,15,20}', '{5,10,15,20}', deadline => 30) = lens('default', '2026-01-01') AS same;
SELECT lens_from_tables('2026-01-01', NULL, matrix => '{{0,20,40,60},{20,40,60,80},{40,60,80,80},{60,80,80,80}}', deadline => 19) = lens('itil', '2026-01-01') AS same;
SELECT lens_from_tables('2026-01-01', '{0,0,1,1}', deadline => 5, far => 0, near => 0.5, late => 2, lead => '2 days', lag => '-1 day', age => 1, age_span => '36:00:00.000001');
SELECT lens_from_tables(NULL, '{1,2,3,4}') IS NULL AS "null", lens_from_tables('2026-01-01', '{1,2,3,4}', far => NULL) IS NULL AS "null",
       lens_from_tables('2026-01-01', NULL) IS NULL AS all_nothing;

-- at another moment, with a threshold
SELECT lens_at(lens('default', '2026-01-01'), '2027-01-01') = lens('default', '2027-01-01') AS same;
SELECT lens_at(lens('default', '2026-01-01'), 'infinity');
SELECT threshold(lens('taskwarrior', '2026-01-01'), 10.5);
SELECT threshold(lens('default', '2026-01-01'), 'NaN');
SELECT threshold(lens('default', '2026-01-01'), '-infinity') = lens('default', '2026-01-01') AS same;

-- what is refused
CREATE FUNCTION pg_temp.try(expression text) RETURNS TABLE (code text, message text, detail text)
LANGUAGE plpgsql AS $$
DECLARE
    lens handover.lens;
BEGIN
    EXECUTE 'SELECT ' || expression INTO lens;
    RETURN QUERY SELECT '00000'::text, 'accepted'::text, ''::text;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
    RETURN NEXT;
END $$;
SELECT arguments, code, message FROM unnest(ARRAY[
    '-1, 0, 0, 0', '0, -1e-300, 0, 0', '0, 0, ''NaN'', 0', '0, 0, 0, -1', '0, 0, 0, 0, -1',
    '''infinity'', 0, 0, 0', '0, 0, 0, ''NaN''', '0, 0, 0, ''infinity''', '0, 0, 0, 0, ''infinity''', '0, 0, 0, 0, ''NaN''',
    '1e308, 1e308, 0, 0', '1e30, 1, 0, 0', '1e30, 1e30, 0, 0', '0, 0, 0, 0.6e30, 0.6e30', '0, 0, 0, 0']) AS arguments,
    pg_temp.try('handover.lens_from_weights(''2026-01-01'', ' || arguments || ')');
SELECT arguments, code, message FROM unnest(ARRAY[
    -- tables that fall or have another shape
    '''{4,3,2,1}''', '''{1,2,3,2.9999999}''', '''{-1,0,0,0}''', '''{1,2,3,NaN}''', '''{1,2,3,infinity}''',
    'NULL, ''{2,1,1,1}''', 'NULL, NULL, ''{2,1,1,1}''',
    '''{}''', '''{1,2,3}''', '''{1,2,3,4,5}''', '''{1,2,3,NULL}''', '''{{1,2,3,4}}''', '''[0:3]={1,2,3,4}''',
    'NULL, matrix => ''{1,2,3,4}''', 'NULL, matrix => ''{{1,2},{3,4}}''', 'NULL, matrix => ''{}''',
    'NULL, matrix => ''{{{1,2,3,4},{1,2,3,4},{1,2,3,4},{1,2,3,4}}}''',
    'NULL, matrix => ''{{1,2,3,4},{1,2,3,4},{1,2,3,4},{1,2,3,NULL}}''',
    'NULL, matrix => ''{{1,2,3,4},{1,2,3,4},{1,2,3,4},{1,2,4,3}}''',
    'NULL, matrix => ''{{1,2,3,4},{1,2,3,4},{1,2,3,4},{0,2,3,4}}''',
    'NULL, matrix => ''{{1,2,3,4},{1,2,3,4},{1,2,3,4},{1,2,3,infinity}}''',
    -- the ramp
    'NULL, far => 0.3', 'NULL, near => 1.1', 'NULL, far => -0.1', 'NULL, late => ''infinity''', 'NULL, far => ''NaN''',
    'NULL, late => 0.1', 'NULL, far => 0, near => 0, late => 0', 'NULL, deadline => 1e30, late => 2',
    'NULL, deadline => -1', 'NULL, age => -1',
    -- lengths of time
    'NULL, lead => ''1 month''', 'NULL, lag => ''1 year''', 'NULL, age_span => ''1 mon -30 days''',
    'NULL, lead => ''36525000 days'', lag => ''1 day''', 'NULL, lead => ''36525001 days''', 'NULL, lead => ''0'', lag => ''-36525001 days''',
    'NULL, lead => ''0'', lag => ''0''', 'NULL, lead => ''-8 days''', 'NULL, lead => ''-7 days''', 'NULL, lead => ''-6 days''',
    'NULL, age_span => ''0''', 'NULL, age_span => ''-1 day''', 'NULL, age_span => ''36525001 days''',
    'NULL, lead => ''100000000 days''', 'NULL, lead => ''-100000000 days''']) AS arguments,
    pg_temp.try('handover.lens_from_tables(''2026-01-01'', ' || arguments || ')');
SELECT detail FROM pg_temp.try('handover.lens_from_tables(''2026-01-01'', ''{1}'')');
SELECT detail FROM pg_temp.try('handover.lens_from_tables(''2026-01-01'', NULL, lead => ''1 month'')');

-- text that is not a lens
SELECT input, code, left(message, 70) AS message, detail FROM unnest(ARRAY[
    '', '1', 'null', '"at"', '[]', '{}', '{"at"}', '{"at": 1}', '{"at": null}', '{"at": "soon"}', '{"at": "infinity"}', '{"At": "2026-01-01"}',
    '{"at": "2026-01-01", "weight": 1}', '{"at": "2026-01-01", "urgency": 1}', '{"at": "2026-01-01", "urgency": [1, 2, 3, 4]}',
    '{"at": "2026-01-01", "impact": [0, 1, 2, 3, null]}', '{"at": "2026-01-01", "impact": {"a": 1}}',
    '{"at": "2026-01-01", "urgency": [4, 3, 2, 1, 0]}', '{"at": "2026-01-01", "matrix": []}', '{"at": "2026-01-01", "matrix": [1, 2, 3, 4, 5]}',
    '{"at": "2026-01-01", "matrix": [[0, 0, 0, 0, 1], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]]}',
    '{"at": "2026-01-01", "deadline": "1"}', '{"at": "2026-01-01", "deadline": -1}', '{"at": "2026-01-01", "deadline": 1e400}',
    '{"at": "2026-01-01", "far": 0.5}', '{"at": "2026-01-01", "lead": "14 days"}', '{"at": "2026-01-01", "lead": 1e300}',
    '{"at": "2026-01-01", "lag": 1e13}', '{"at": "2026-01-01", "lead": 0, "lag": 0}', '{"at": "2026-01-01", "age_span": 0.0000001}',
    '{"at": "2026-01-01", "single_precision": 1}', '{"at": "2026-01-01", "threshold": null}']) AS input,
    pg_temp.try(quote_literal(input) || '::handover.lens');

-- the least that is one: what is missing is as in lens_from_tables; of members that come twice the last counts
SELECT '{"at": "2026-01-01"}'::lens = lens_from_tables('2026-01-01', NULL) AS same;
SELECT '{"deadline": 1, "at": "2026-01-01", "deadline": 2}'::lens;

-- the text does not depend on the session
SET timezone = 'America/New_York';
SET datestyle = 'SQL, DMY';
SELECT lens('default', '2026-01-01 00:00+00');
SET timezone = 'UTC';
SET datestyle = 'ISO, MDY';

-- read back, as text and in binary: a version byte and the text
CREATE TABLE l (id serial, lens lens);
INSERT INTO l (lens) SELECT lens(name, '2026-01-01') FROM unnest('{default,itil,taskwarrior}'::text[]) AS name;
INSERT INTO l (lens) VALUES
    (lens_from_weights('4714-11-24 00:00:00+00 BC', 1e-300, 1e29, 0.1, 1.0 / 3, 5e-324)),
    (lens_from_weights('294276-12-31 23:59:59.999999+00', 0, 0, 0, 0)),
    (threshold(lens('itil', '2026-01-01 00:00:00.000001'), -0.1)),
    ('{"at": "2026-01-01", "urgency": [1, 1, 1, 1, 1], "lead": -0.000001, "lag": 0.000002, "age_span": 0.000001}');
SELECT id, lens AS differs FROM l WHERE lens::text::lens <> lens OR lens::jsonb::text::lens <> lens;
SELECT get_byte(lens_send(lens), 0) AS version, convert_from(substr(lens_send(lens), 2), 'UTF8') = lens::text AS text FROM l WHERE id = 1;
SELECT lens::jsonb ->> 'at' AS at FROM l WHERE lens::jsonb ->> 'at' NOT LIKE '2026-01-01T00:00:00+%' ORDER BY id;

-- equality: the same weights at the same moment
SELECT count(*), count(DISTINCT lens::text) AS texts FROM l;
SELECT count(*) FROM (SELECT lens FROM l UNION SELECT lens::text::lens FROM l) AS u;
SELECT a.id, b.id FROM l a JOIN l b ON a.lens = b.lens AND a.id <> b.id;
SELECT lens('default', '2026-01-01') = lens('default', '2026-01-02') AS another_moment, lens('default', '2026-01-01') <> lens('itil', '2026-01-01') AS other_weights;

--
-- Bugs
--

-- a number of days whose microseconds do not fit into 64 bits is refused, not wrapped around
SELECT code, message FROM pg_temp.try('handover.lens_from_tables(''2026-01-01'', NULL, lead => ''213503983 days'')');
SELECT code, message FROM pg_temp.try('handover.lens_from_tables(''2026-01-01'', NULL, age_span => ''-213503982 days'')');
-- a part of the deadline that does not fit into a float is refused, even if the deadline has no weight
SELECT code FROM pg_temp.try('''{"at": "2026-01-01", "late": 1e300, "single_precision": true}''::handover.lens');
-- a threshold that nothing reaches is kept
SELECT threshold(lens('default', '2026-01-01'), 'infinity')::text::lens = threshold(lens('default', '2026-01-01'), 'infinity') AS same;
-- a weight of minus zero is zero
SELECT lens_from_weights('2026-01-01', '-0', '-0', '-0', '-0', '-0') = lens_from_weights('2026-01-01', 0, 0, 0, 0) AS same;
SELECT lens_from_tables('2026-01-01', '{-0,-0,0,1}', far => '-0') = lens_from_tables('2026-01-01', '{0,0,0,1}', far => 0) AS same;
SELECT threshold(lens('default', '2026-01-01'), '-0') = threshold(lens('default', '2026-01-01'), 0) AS same;
-- a length of more than 285 years keeps its microseconds
SELECT lens_from_tables('2026-01-01', NULL, lead => '200000 days 0.000001 sec') AS long \gset
SELECT :'long'::lens = lens_from_tables('2026-01-01', NULL, lead => '200000 days 0.000001 sec') AS same, :'long'::jsonb -> 'lead' AS lead;

DROP TABLE l;
