--
-- The shipped templates are sound, compose as they should, and are told apart from the user's own.
--
SET search_path = public, handover;
\set SHOW_CONTEXT never
SELECT name, kind, includes FROM handover.template ORDER BY kind, name;

-- no rule names what the catalogue does not know
SELECT t.name, l.message FROM handover.template t, handover.lint(t.checklist) l;
-- every rule tells a person in words; no label is used for two rules of one template
SELECT t.name, r ->> 'claim' FROM handover.template t, jsonb_array_elements(t.checklist::jsonb) r WHERE r ->> 'label' IS NULL;
SELECT t.name, r ->> 'label' FROM handover.template t, jsonb_array_elements(t.checklist::jsonb) r GROUP BY 1, 2 HAVING count(*) > 1;
-- each role asks for something at every stage
SELECT t.name, r ->> 'stage' AS stage, count(*) FILTER (WHERE r ->> 'verb' = 'require') > 0 AS required,
       count(*) FILTER (WHERE r ->> 'verb' = 'suggest') > 0 AS suggested
FROM handover.template t, jsonb_array_elements(t.checklist::jsonb) r
WHERE kind = 'role' GROUP BY 1, 2 ORDER BY 1, 2;
-- what every role must ask for, by element
SELECT t.name, array_agg(DISTINCT r ->> 'element' ORDER BY r ->> 'element') FILTER (WHERE r ->> 'kind' = 'at least') AS required
FROM handover.template t, jsonb_array_elements(t.checklist::jsonb) r
WHERE kind = 'role' AND r ->> 'verb' = 'require' GROUP BY 1 ORDER BY 1;

-- relation rules: each of these alone makes a handover incomplete
CREATE TEMP TABLE defect (role text, document jsonb);
INSERT INTO defect VALUES
    ('it_support_specialist', '{"task": [{"title": "t", "due_at": "2026-12-01"}]}'),
    ('it_support_specialist', '{"access_grant": [{"title": "root", "privileged": true}]}'),
    ('it_support_specialist', '{"question": [{"title": "why?"}]}'),
    ('it_operations_manager', '{"system": [{"title": "core", "complex": true}]}'),
    ('social_media_coordinator', '{"campaign": [{"title": "spring"}]}');
SELECT role, r.stage, r.claim, r.label
FROM defect d, jsonb_object_keys(document) AS element, handover.review(handover.compose(role), document) r
WHERE NOT r.satisfied AND r.verb = 'require' AND r.claim ~ ('^(every|no) ' || element || '\M')
ORDER BY role, r.rule;

-- compose: the role, then the industries, then what they include, each once
SELECT handover.compose('it_support_specialist') = checklist AS alone FROM handover.template WHERE name = 'it_support_specialist';
SELECT jsonb_array_length(handover.compose('it_support_specialist', 'healthcare')::jsonb)
     > jsonb_array_length(handover.compose('it_support_specialist')::jsonb) AS more;
SELECT handover.compose('it_support_specialist', 'healthcare', 'healthcare', NULL)
     = handover.compose('it_support_specialist', VARIADIC ARRAY['healthcare']) AS once;
SELECT handover.compose('it_support_specialist', 'healthcare')
     = handover.compose('it_support_specialist', 'healthcare', 'regulated') AS includes;
SELECT count(*) = 0 AS implied FROM (
    SELECT r ->> 'claim' FROM jsonb_array_elements(handover.compose(NULL, 'regulated')::jsonb) r
    EXCEPT SELECT r ->> 'claim' FROM jsonb_array_elements(handover.compose(NULL, 'finance')::jsonb) r) x;
-- no combination is refused or holds a label twice
SELECT role.name, count(*) AS combinations, max(pg_column_size(c)) < 8000 AS small
FROM handover.template role, handover.template industry, handover.compose(role.name, industry.name) c
WHERE role.kind = 'role' AND industry.kind = 'industry' GROUP BY 1 ORDER BY 1;

SELECT handover.compose('it_suport_specialist');
SELECT handover.compose('it_support_specialist', 'helthcare');
SELECT handover.compose('healthcare');
SELECT handover.compose(NULL, 'it_support_specialist');
SELECT handover.compose(NULL);
SELECT handover.compose('qqqqqqqqqqqqqqqqqqqqq');

-- one's own: copied, changed, included, with a warning for what nobody knows
SELECT handover.copy_template('it_support_specialist', 'regress_desk', 'Service desk');
SELECT name, kind, title, builtin, checklist = handover.compose('it_support_specialist') AS same FROM handover.template WHERE name = 'regress_desk';
UPDATE handover.template SET checklist = 'require badge; every task has ownr', includes = '{regress_floor}' WHERE name = 'regress_desk';
INSERT INTO handover.template (name, kind, title, includes, checklist)
VALUES ('regress_floor', 'industry', 'Floor', '{regress_desk}', 'require contact');
SELECT handover.compose('regress_desk');
UPDATE handover.template SET includes = '{regress_flor}' WHERE name = 'regress_desk';
SELECT handover.compose('regress_desk');
SELECT handover.copy_template('nothing', 'mine');
SELECT handover.copy_template('it_support_specialist', 'healthcare');
DELETE FROM handover.template WHERE name LIKE 'regress%';

-- malformed rows are refused
INSERT INTO handover.template (name, kind, title, checklist) VALUES (' ', 'role', 'x', '');
INSERT INTO handover.template (name, kind, title, checklist) VALUES ('x', 'team', 'x', '');
INSERT INTO handover.template (name, kind, title, checklist) VALUES ('x', 'role', 'x', 'require');
