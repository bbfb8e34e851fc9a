--
-- Tallies count, print, add up, and refuse what they were not made for.
-- (Properties over generated data are in test/pgtap/tally.sql.)
--
SET search_path = public, handover;
\set checklist '\'require 2 contact; no question where not answer; every task where critical has owner\''
SELECT handover.empty_tally(:checklist);
SELECT handover.tally(:checklist, '{"contact": [{"name": "Bo"}], "question": [{"title": "why?"}],
    "task": [{"critical": true, "owner": "Ana"}, {"critical": true}, {"title": "other"}]}') AS t \gset
SELECT :'t'::handover.tally AS document, :'t'::handover.tally::text::handover.tally = :'t' AS reads_back;
SELECT :'t'::handover.tally::jsonb;

-- item by item, jsonb or row
SELECT handover.tally(:checklist, 'contact', '{"name": "Bo"}'::jsonb) + handover.tally(:checklist, 'question', '{"title": "why?"}'::jsonb)
     + handover.tally_agg(:checklist, 'task', task) = :'t' AS same
FROM (VALUES (true, 'Ana', NULL), (true, NULL, NULL), (NULL, NULL, 'other')) AS task(critical, owner, title);
SELECT handover.tally(:checklist, 'contact', NULL::jsonb) AS null_item, handover.tally(:checklist, NULL, '{"a": 1}'::jsonb) AS null_element,
       handover.tally(NULL::handover.checklist, 'contact', '{}'::jsonb) IS NULL AS null_checklist;
SELECT handover.tally(:checklist, 'contact', 'Bo'::text);
SELECT handover.tally_agg(:checklist, 'contact', c) FROM (SELECT 1 WHERE false) c;

-- the header is there, even if nothing is in it
SELECT handover.tally(c, '{}') = handover.tally(c, 'handover', h) AS row, handover.tally(c, '{}') = handover.tally(c, 'handover', '{}'::jsonb) AS object,
       handover.tally(c, '[]') = handover.tally(c, 'handover', '1'::jsonb) AS other, handover.tally(c, 'handover', NULL::jsonb) = handover.empty_tally(c) AS none
FROM (SELECT NULL::text AS scope) AS h, CAST('require handover; every handover has scope; no handover where not scope' AS handover.checklist) AS c;
SELECT handover.tally_agg(:'t'::handover.tally) FROM generate_series(1, 300);
SELECT handover.tally_agg(t) FROM (VALUES (NULL::handover.tally), (:'t')) AS v(t);
SELECT :'t'::handover.tally - :'t'::handover.tally - :'t'::handover.tally AS negative;

-- the width of numbers follows what they hold
SELECT n, pg_column_size(format('0123456789abcdef: %s/%s', n, -n)::handover.tally)
FROM unnest('{0,127,128,32767,32768,2147483647}'::int[]) AS n;
SELECT '0123456789abcdef: 1/1, 2147483647/0'::handover.tally + '0123456789abcdef: 1/1, 1/0';
SELECT '0123456789abcdef: 1/1, -2147483648/0'::handover.tally - '0123456789abcdef: 1/1, 1/0';

-- an old row counts with what a column added later has in it
CREATE TEMP TABLE grown (title text);
INSERT INTO grown VALUES ('a');
ALTER TABLE grown ADD owner text DEFAULT 'Ana';
CREATE FUNCTION pg_temp.note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE NOTICE 'old %, new %', handover.tally('every task has owner', 'task', OLD), handover.tally('every task has owner', 'task', NEW);
    RETURN NULL;
END $$;
CREATE TRIGGER note AFTER UPDATE ON grown FOR EACH ROW EXECUTE FUNCTION pg_temp.note();
UPDATE grown SET title = 'b';

-- not of this checklist
SELECT handover.complete('require task', :'t'::handover.tally, 'submitted');
SELECT handover.completeness('require task', :'t'::handover.tally);
SELECT handover.missing('require task', :'t'::handover.tally, 'submitted');
SELECT handover.require_complete('require task', :'t'::handover.tally, 'submitted');
SELECT * FROM handover.review('require task', :'t'::handover.tally);
SELECT :'t'::handover.tally + handover.empty_tally('require task');
SELECT handover.tally_agg(c, 'task', '{"a": 1}'::jsonb) FROM unnest('{require task,no task}'::handover.checklist[]) AS c;
-- but a checklist that counts the same will do: only counts, weights, stages, verbs and labels differ
SELECT handover.missing('suggest 5 contact; require no question where not answer to accept weight 3 ''open questions'';
                         every task where critical has owner to close', :'t'::handover.tally, 'accepted');

-- equality
SELECT count(DISTINCT t) FROM (VALUES ('0123456789abcdef: 1/1'::handover.tally), ('0123456789ABCDEF:1/1'), ('0123456789abcdef: 1/2')) AS v(t);
SELECT :'t'::handover.tally <> handover.empty_tally(:checklist) AS different;
