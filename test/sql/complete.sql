--
-- What is asked of a checklist: complete, completeness, missing, review, require_complete.
-- (They are compared with an independent implementation in test/pgtap/document.sql.)
--
\pset null '(null)'

-- incomplete documents that other checkers let through
CREATE TEMP TABLE hostile (id integer, document jsonb);
INSERT INTO hostile VALUES
    (1, NULL), (2, 'null'), (3, '[]'), (4, '"task"'), (5, '{}'), (6, '{"task": null}'), (7, '{"task": "n/a"}'),
    (8, '{"task": {}}'), (9, '{"task": []}'), (10, '{"task": [null]}'), (11, '{"task": [""]}'), (12, '{"task": ["call Bob"]}'),
    (13, '{"task": [{}]}'), (14, '{"task": [{"owner": null}]}'), (15, '{"task": [{"owner": ""}]}'),
    (16, '{"task": [{"owner": "   "}]}'), (17, '{"task": [{"owner": "\u00a0\u200b\u3000"}]}'), (18, '{"task": [{"owner": [null]}]}'),
    (19, '{"task": [{"owner": {"name": ""}}]}'), (20, '{"task": [{"owner": false}]}'), (21, '{"task": {"owner": "Ana"}}'),
    (22, '{"task": [[{"owner": "Ana"}]]}'), (23, '{"task": [{"owner": "Ana"}, {"title": "x"}]}'),
    (24, '{"task": [{"owner": "Ana"}, "call Bob"]}'), (25, '{"Task": [{"owner": "Ana"}]}'), (26, '[{"task": [{"owner": "Ana"}]}]');
SELECT id, document FROM hostile
WHERE handover.complete('require task; every task has owner', document) IS NOT FALSE;
SELECT count(*) FROM hostile;
-- and what is complete
SELECT document, handover.complete('require task; every task has owner', document)
FROM (VALUES ('{"task": [{"owner": "Ana"}]}'::jsonb), ('{"task": [{"owner": "Ana"}, null, {}, ""]}'), ('{"task": [{"owner": 0}]}'),
             ('{"task": [{"owner": {"name": "Ana"}}]}'), ('{"task": [{"title": "x", "attributes": {"owner": "Ana"}}]}'),
             ('{"task": [{"owner": null, "attributes": {"owner": "Ana"}}]}'), ('{"task": [{"state": "none"}]}')) AS v(document);

-- what does not fit never helps: no "where" passes it by
SELECT document, handover.complete('no access_grant where password', document) AS no,
       handover.complete('every access_grant where privileged has security_protocol', document) AS every,
       handover.complete('require access_grant', document) AS at_least
FROM (VALUES ('{"access_grant": {"title": "vpn", "password": "hunter2"}}'::jsonb), ('{"access_grant": [[{"password": "hunter2"}]]}'),
             ('{"access_grant": ["vpn, root"]}'), ('{"access_grant": "n/a"}'), ('{"access_grant": [{"title": "vpn"}]}'), ('{"access_grant": [null, ""]}')) AS v(document);

-- declared none
SELECT rule, handover.complete(rule, '{"task": [{"state": "none", "details": "quiet week"}], "contact": [{"state": "none"}]}') AS complete
FROM unnest('{require 3 task where owner,every task has owner,no task,require contact,every contact has phone,no contact,require item,no item,
    require task where state <> none,no task where state = none,every task where state = none has details,every task where state = none has owner,
    suggest task}'::handover.checklist[]) AS rule;
-- the header is not
SELECT handover.complete('require handover where state = ''none''', '{"state": "none"}') AS header;

-- joint rules are exact
SELECT handover.complete('every task where critical has instructions',
                         '{"task": [{"critical": true}, {"instructions": "do"}]}') AS joint;

-- elements of the language itself
SELECT * FROM handover.review('every handover has scope; require handover where title; no handover where reason = leave;
    require 3 item; every item where critical has owner; every item has title',
    '{"title": "Night shift", "reason": "leave", "industries": ["finance"], "handover": [{"title": "not an item"}],
      "task": [{"title": "a", "critical": true}, "b"], "risk": [{"title": "c"}, {"state": "none"}], "attributes": {"scope": "all"}}'::jsonb);

-- how far: 2 of 3 is two thirds, and weights count
SELECT handover.completeness('require 3 contact', '{"contact": [{"a": 1}, {"a": 1}]}'::jsonb),
       handover.completeness('every task has owner weight 3; require contact', '{"task": [{"owner": 1}, {"a": 1}, {"a": 1}]}'::jsonb),
       handover.completeness('', '{}'::jsonb) AS nothing_asked,
       handover.completeness('require task weight 0; require contact', '{"contact": [{"a": 1}]}'::jsonb) AS weightless,
       handover.completeness('require task weight 0', '{}'::jsonb) AS only_weightless,
       handover.completeness('require 1000000 task; require contact weight 1000000', '{"contact": [{"a": 1}]}'::jsonb) < 100 AS not_quite;

-- suggestions never refuse
SELECT handover.complete('suggest task', '{}'), handover.completeness('suggest task', '{}'::jsonb), handover.missing('suggest task', '{}');

-- a label is said once; without one the claim is
SELECT handover.missing('every task has owner, due_at ''who and when''; require 2 contact; no task', '{"task": [{"title": "x"}]}');

-- never NULL
SELECT handover.complete(NULL, '{}'), handover.complete('', NULL), handover.complete('', '{}'::jsonb, NULL),
       handover.completeness(NULL::handover.checklist, '{}'::jsonb), handover.completeness('require task', NULL::jsonb),
       handover.missing(NULL, '{}'), handover.missing('require task', NULL), handover.missing('', '{}'::jsonb, NULL);
SELECT handover.complete(NULL, NULL::handover.tally, 'closed'), handover.complete('require task', NULL::handover.tally, 'closed'),
       handover.complete('require task', NULL::handover.tally, 'draft'), handover.missing('require task', NULL::handover.tally, 'closed');
SELECT * FROM handover.review(NULL::handover.checklist, '{}'::jsonb);
SELECT count(*) FROM handover.review('require task', NULL::jsonb);

-- require_complete
SELECT handover.require_complete('require task', '{"task": [{"title": "x"}]}');
SELECT handover.require_complete('require 2 contact ''two people to call''; every task has owner; no question where not answer ''open questions'';
    require risk to accept ''say what may go wrong''',
    '{"task": [{"title": "x"}], "question": [{"title": "why?"}]}');
SELECT handover.require_complete('require risk to accept ''say what may go wrong''', '{}'::jsonb, 'accepted');
SELECT handover.require_complete('require risk', NULL);
SELECT handover.require_complete(NULL, '{}');
SELECT handover.require_complete('', '{}'::jsonb, NULL);

-- documents at their worst: an answer, or the server's own error about the stack
CREATE FUNCTION pg_temp.survives(document text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RETURN handover.complete('every task has owner; every item has owner; every handover has task', document::jsonb) IS NOT NULL;
EXCEPTION WHEN statement_too_complex THEN
    RETURN true;
END $$;
SELECT levels, pg_temp.survives('{"task": ' || repeat('[', levels) || repeat(']', levels) || '}') AS empty,
       pg_temp.survives('{"task": [{"owner": ' || repeat('{"a":', levels) || '1' || repeat('}', levels) || '}]}') AS filled
FROM unnest('{1000,10000,100000}'::int[]) AS levels;
SELECT handover.complete('every task has owner', ('{"task": [{"title": "t", "owner": ' || repeat('[', 1000) || '""' || repeat(']', 1000) || '}]}')::jsonb) AS blank_inside,
       handover.complete('every task has owner', ('{"task": [{"title": "t", "owner": ' || repeat('[', 1000) || '"Ana"' || repeat(']', 1000) || '}]}')::jsonb) AS filled_inside;
SELECT handover.tally('require 100000 task; every task has owner; every item has owner',
    jsonb_build_object('task', (SELECT jsonb_agg(jsonb_build_object('owner', CASE WHEN i % 10 > 0 THEN i END)) FROM generate_series(1, 100000) i))) AS many_items;
SELECT handover.tally('require a9999; every handover has a5000, b', (SELECT jsonb_object_agg('a' || i, jsonb_build_array(jsonb_build_object('x', i)))
    FROM generate_series(1, 10000) i)) AS many_keys;
