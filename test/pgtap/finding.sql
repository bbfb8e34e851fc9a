--
-- Findings: for each of them a handover that has it, made by one change of a handover that has none, and another
-- change of the same kind that does not bring it about.
--

SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS handover;

BEGIN;
SELECT plan(175);
SELECT handover.create_workspace('ws');

-- Nothing is wrong with it: accepted and taken over five days ago, with something of every element.
CREATE FUNCTION pg_temp.sound(id bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('session_replication_role', 'origin', true);
    INSERT INTO ws.handover (id, title, role, outgoing, incoming, scope, expectation, effective_at, transition_start_at, support_until,
                             priority_acknowledged_by, priority_acknowledged_at, checklist)
    VALUES (sound.id, 'Night shift', 'general', 'Ana ' || sound.id, 'Bo', 'the night shift', 'calm nights', now() - interval '5 days', now() - interval '8 days',
            now() + interval '10 days', 'Bo', now() - interval '6 days', '');
    INSERT INTO ws.item (handover_id, element, title, details, state, new_owner, due_at, urgency, importance, impact, critical, outcome, instructions, contingency,
                         link, acknowledged_by, acknowledged_at, read_back, attributes, created_at)
    SELECT sound.id, v.element, v.title, 'what there is to be known', v.state, 'Bo', now() + interval '30 days', 'high', 'high', 'high', v.critical,
           'the database runs again', 'see what the runbook says', 'call the vendor', 'https://wiki/x', 'Bo', now() - interval '5 days', 'understood',
           v.attributes::jsonb, now() - interval '20 days'
      FROM (VALUES ('task', 'Swap disk', 'ongoing', true, '{}'), ('task', 'Order disk', NULL, false, '{}'), ('responsibility', 'Backups', NULL, false, '{}'),
                   ('project', 'Move', 'ongoing', false, '{}'), ('milestone', 'Audit', NULL, false, '{}'), ('issue', 'Slow disk', 'pending', false, '{}'),
                   ('risk', 'Disk fails', NULL, false, '{"likelihood": "high"}'),
                   ('change_request', 'New rack', 'pending', false, '{"approval_status": "in_review", "next_approver": "Cy"}'),
                   ('system', 'db7', NULL, false, '{"complex": true, "assessed_at": "2026-01-01", "criticality": "high", "freeze_start_at": "2020-01-01", "freeze_end_at": "2020-02-01"}'),
                   ('access_grant', 'root', NULL, false, '{"privileged": true, "security_protocol": "ssh", "transfer_status": "verified", "account": "root"}'),
                   ('procedure', 'Be kind', NULL, false, '{"category": "community"}'), ('knowledge', 'Why', NULL, false, '{"applies_to": "Move"}'),
                   ('escalation_path', 'Call', NULL, false, '{}'), ('contact', 'Di', NULL, false, '{"channel": "phone", "address": "555"}'),
                   ('platform_insight', 'Forum', NULL, false, '{}'), ('succession_plan', 'Next', NULL, false, '{"candidate": "Ed"}'),
                   ('metric', 'Uptime', NULL, false, '{"kind": "service_level", "actual_before": 99, "actual_after": 99.5}'),
                   ('campaign', 'Spring', 'ongoing', false, '{"kpi": "reach"}'), ('dependency', 'none', 'none', NULL, '{}'), ('question', 'Where?', 'done', true, '{}')
           ) AS v (element, title, state, critical, attributes);
    INSERT INTO ws.item (handover_id, element, title, state, link, attributes, created_at)
    SELECT sound.id, v.element, v.title, v.state, 'https://wiki/x', v.attributes, now() - interval '20 days'
      FROM (VALUES ('document', 'Runbook', NULL, jsonb_build_object('last_reviewed_at', now() - interval '100 days', 'access_grant', 'ROOT')),
                   ('session', 'Walkthrough', NULL, jsonb_build_object('held_at', now() - interval '1 day', 'both_parties', true, 'duration', 60)),
                   ('training_session', 'Shadowing', NULL, jsonb_build_object('planned_at', now() - interval '7 days', 'completed_at', now() - interval '6 days', 'competence_rating', 4)),
                   ('content_calendar', 'Post', NULL, jsonb_build_object('scheduled_at', now() - interval '2 days')),
                   ('feedback', 'Good', NULL, '{"part": "incoming", "rated_by": "Bo", "efficiency": 5, "completeness": 5}'),
                   ('question', 'Who?', NULL, jsonb_build_object('asked_at', now() - interval '9 days', 'answer_due_at', now() + interval '1 day'))) AS v (element, title, state, attributes);
    -- from here on nothing is stamped, counted or refused
    PERFORM set_config('session_replication_role', 'replica', true);
    UPDATE ws.item AS i SET attributes = i.attributes || jsonb_build_object('answered_at', now() - interval '18 days', 'revoked_at', now())
     WHERE i.handover_id = sound.id AND i.element IN ('question', 'access_grant');
    UPDATE ws.handover AS h
       SET status = 'accepted', created_at = now() - interval '20 days', submitted_at = now() - interval '10 days', accepted_at = now() - interval '5 days',
           updated_at = now() - interval '5 days'
     WHERE h.id = sound.id;
END $$;

-- A change is the end of an UPDATE of items, or any statement; $ is the handover.
CREATE FUNCTION pg_temp.findings(change text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    id bigint := nextval('ws.handover_id_seq');
BEGIN
    PERFORM pg_temp.sound(id);
    EXECUTE replace(CASE WHEN change ~ '^(UPDATE|DELETE|INSERT|SELECT)' THEN change ELSE 'UPDATE ws.item SET ' || regexp_replace(change, ' WHERE |$', ' WHERE handover_id = $ AND ')
                         || CASE WHEN change ~ ' WHERE ' THEN '' ELSE 'true' END END, '$', id::text);
    RETURN ARRAY(SELECT DISTINCT f.code FROM ws_report.finding AS f WHERE f.handover_id = id ORDER BY 1);
END $$;

CREATE TEMPORARY TABLE found (code text, has boolean, change text);
COPY found FROM stdin DELIMITER '~';
incomplete_handover~t~UPDATE ws.handover SET checklist = 'require badge to close', tally = handover.tally('require badge to close', '{}') WHERE id = $
incomplete_handover~f~UPDATE ws.handover SET checklist = 'suggest badge to close', tally = handover.tally('suggest badge to close', '{}') WHERE id = $
missing_scope~t~UPDATE ws.handover SET scope = ' ' WHERE id = $
missing_scope~f~UPDATE ws.handover SET scope = 'x' WHERE id = $
missing_contact~t~attributes = '{"channel": "phone", "address": " "}' WHERE element = 'contact'
missing_contact~f~title = NULL WHERE element = 'contact'
missing_document~t~DELETE FROM ws.item WHERE handover_id = $ AND element = 'document'
missing_document~f~state = 'done' WHERE element = 'document'
ambiguous_task~t~outcome = 'As discussed.' WHERE title = 'Order disk'
ambiguous_task~t~instructions = 'do it now' WHERE title = 'Order disk'
ambiguous_task~f~outcome = 'TBD', state = 'done' WHERE title = 'Order disk'
inadequate_documentation~t~details = NULL, instructions = '', link = NULL, critical = true WHERE element = 'milestone'
inadequate_documentation~f~details = NULL, instructions = '', critical = true WHERE element = 'milestone'
overloaded_documentation~t~INSERT INTO ws.item (handover_id, element, title) SELECT $, 'asset', n FROM generate_series(1, 100) AS n
overloaded_documentation~f~INSERT INTO ws.item (handover_id, element, title) SELECT $, 'asset', n FROM generate_series(1, 60) AS n
overloaded_documentation~t~details = repeat('x', 2001)
overloaded_documentation~t~INSERT INTO ws.item (handover_id, element, state) SELECT $, 'asset', 'done' FROM generate_series(1, 30) AS n
verbal_only~t~details = NULL, instructions = NULL, link = NULL WHERE element NOT IN ('risk', 'document')
verbal_only~f~details = NULL, instructions = NULL, link = NULL WHERE element NOT IN ('risk', 'document', 'task')
no_interaction~t~attributes = attributes || '{"both_parties": false}' WHERE element = 'session'
no_interaction~f~attributes = '{"both_parties": true}', state = 'done' WHERE element = 'session'
communication_breakdown~t~attributes = jsonb_build_object('asked_at', now() - interval '4 days') WHERE title = 'Who?'
communication_breakdown~f~attributes = jsonb_build_object('asked_at', now() - interval '2 days') WHERE title = 'Who?'
unanswered_question~t~attributes = jsonb_build_object('answer_due_at', now() - interval '1 hour') WHERE title = 'Who?'
unanswered_question~t~attributes = attributes || '{"blocking": true}' WHERE title = 'Who?'
unanswered_question~f~attributes = jsonb_build_object('answer_due_at', now() - interval '1 hour'), state = 'done' WHERE title = 'Who?'
silent_handover~t~UPDATE ws.item SET attributes = '{"held_at": "2020-01-01", "both_parties": true}', acknowledged_at = '2020-01-01' WHERE handover_id = $; UPDATE ws.handover SET accepted_at = now() - interval '8 days', updated_at = NULL WHERE id = $
silent_handover~f~UPDATE ws.item SET attributes = '{"held_at": "2020-01-01", "both_parties": true}', acknowledged_at = '2020-01-01' WHERE handover_id = $; UPDATE ws.handover SET accepted_at = now() - interval '6 days', updated_at = NULL WHERE id = $
misaligned_expectation~t~UPDATE ws.handover SET expectation = NULL WHERE id = $
misaligned_expectation~t~attributes = '{"disputed": true}' WHERE element = 'milestone'
misaligned_expectation~f~attributes = '{"disputed": false}' WHERE element = 'milestone'
priority_not_communicated~t~UPDATE ws.handover SET priority_acknowledged_at = NULL WHERE id = $
priority_not_communicated~f~UPDATE ws.handover SET priority_acknowledged_at = NULL, status = 'draft' WHERE id = $
neglected_open_task~t~SELECT pg_temp.sound(5000); UPDATE ws.handover SET incoming = 'Ana $' WHERE id = 5000
neglected_open_task~f~SELECT pg_temp.sound(5001); UPDATE ws.handover SET incoming = 'Ana $' WHERE id = 5001; INSERT INTO ws.item (handover_id, element, state, origin_handover, origin_item) SELECT $, 'task', 'done', handover_id, id FROM ws.item WHERE handover_id = 5001
overlooked_item~t~acknowledged_at = NULL WHERE element = 'task'
overlooked_item~t~due_at = now() - interval '6 days' WHERE element = 'task'
overlooked_item~f~due_at = now() + interval '6 days' WHERE element = 'task'
missing_deadline~t~due_at = NULL WHERE element = 'task'
missing_deadline~f~due_at = NULL WHERE element = 'risk'
unprioritized_task~t~impact = NULL WHERE element = 'project'
unprioritized_task~f~impact = NULL WHERE element = 'milestone'
unowned_item~t~new_owner = ' ' WHERE element = 'issue'
unowned_item~f~new_owner = NULL, state = 'done' WHERE element = 'issue'
knowledge_gap~t~state = 'none' WHERE element IN ('knowledge', 'procedure')
knowledge_gap~t~critical = true, attributes = '{}' WHERE element = 'training_session'
knowledge_gap~f~state = 'none' WHERE element = 'knowledge'
missing_project_knowledge~t~link = NULL, title = 'Other' WHERE element = 'project'
missing_project_knowledge~f~link = NULL, title = 'MOVE' WHERE element = 'project'
assumed_familiarity~t~instructions = NULL, link = NULL, read_back = NULL WHERE element = 'issue'
assumed_familiarity~f~instructions = NULL, link = NULL WHERE element = 'issue'
missing_community_insight~t~UPDATE ws.item SET state = 'none' WHERE handover_id = $ AND element = 'escalation_path'; UPDATE ws.handover SET role = 'social_media_coordinator' WHERE id = $
missing_community_insight~f~UPDATE ws.handover SET role = 'social_media_coordinator' WHERE id = $
missing_community_insight~f~DELETE FROM ws.item WHERE handover_id = $ AND element = 'escalation_path'
training_incomplete~t~attributes = attributes || '{"competence_rating": 2.9}' WHERE element = 'training_session'
training_incomplete~t~attributes = attributes - 'completed_at' WHERE element = 'training_session'
training_incomplete~f~attributes = attributes - 'competence_rating' WHERE element = 'training_session'
missing_kpi~t~attributes = '{"applies_to": "db7"}' WHERE element = 'campaign'; UPDATE ws.item SET attributes = '{"applies_to": "db7"}' WHERE handover_id = $ AND element = 'metric'
missing_kpi~f~attributes = '{"applies_to": ["Spring", "db7"]}' WHERE element = 'metric'
hidden_risk~t~DELETE FROM ws.item WHERE handover_id = $ AND element IN ('risk', 'issue')
hidden_risk~f~state = 'none' WHERE element IN ('risk', 'issue')
risk_without_contingency~t~contingency = NULL WHERE element = 'risk'
risk_without_contingency~f~contingency = NULL, impact = 'low', attributes = '{"likelihood": "low"}' WHERE element = 'risk'
ignored_operational_implication~t~DELETE FROM ws.item WHERE handover_id = $ AND element IN ('risk', 'milestone', 'dependency')
ignored_operational_implication~f~DELETE FROM ws.item WHERE handover_id = $ AND element IN ('risk', 'milestone')
undocumented_dependency~t~DELETE FROM ws.item WHERE handover_id = $ AND element = 'dependency'
undocumented_dependency~f~DELETE FROM ws.item WHERE handover_id = $ AND element = 'dependency'; INSERT INTO ws.dependency (handover_id, item, outside) SELECT handover_id, id, 'vendor' FROM ws.item WHERE handover_id = $ AND element IN ('system', 'project')
system_not_assessed~t~attributes = '{"complex": true}' WHERE element = 'system'
system_not_assessed~f~attributes = '{"complex": false}' WHERE element = 'system'
rushed_handover~t~UPDATE ws.handover SET submitted_at = effective_at - interval '2 days' WHERE id = $
rushed_handover~t~UPDATE ws.handover SET transition_start_at = effective_at - interval '3 hours' WHERE id = $
rushed_handover~t~attributes = attributes || '{"duration": 9}' WHERE element = 'session'
rushed_handover~f~attributes = attributes || '{"duration": 10}' WHERE element = 'session'
critical_deadline_at_cutover~t~due_at = now() - interval '7 days', critical = true WHERE element = 'milestone'
critical_deadline_at_cutover~f~due_at = now() - interval '9 days', critical = true WHERE element = 'milestone'
access_not_transferred~t~attributes = attributes || '{"transfer_status": "granted"}' WHERE element = 'access_grant'
access_not_transferred~f~attributes = attributes || '{"transfer_status": "granted", "verified_at": "2026-01-01"}' WHERE element = 'access_grant'
access_not_revoked~t~UPDATE ws.item SET attributes = attributes - 'revoked_at' WHERE handover_id = $; UPDATE ws.handover SET accepted_at = now() - interval '8 days' WHERE id = $
access_not_revoked~f~attributes = attributes - 'revoked_at'
access_not_revoked~t~UPDATE ws.item SET attributes = attributes || '{"shared": true}' WHERE handover_id = $; UPDATE ws.handover SET accepted_at = now() - interval '8 days' WHERE id = $
missing_security_protocol~t~attributes = attributes - 'security_protocol' WHERE element = 'access_grant'
missing_security_protocol~f~attributes = attributes - 'security_protocol' - 'privileged' WHERE element = 'access_grant'
pending_change_without_status~t~attributes = '{}' WHERE element = 'change_request'
pending_change_without_status~t~attributes = '{"approval_status": "requested"}' WHERE element = 'change_request'
pending_change_without_status~f~attributes = '{"approval_status": "approved"}' WHERE element = 'change_request'
stale_document~t~attributes = attributes || '{"last_reviewed_at": "2020-01-01"}' WHERE element = 'document'
stale_document~f~attributes = attributes - 'last_reviewed_at' WHERE element = 'document'
stale_item~t~acknowledged_at = NULL, created_at = now() - interval '41 days' WHERE element = 'task'
stale_item~f~acknowledged_at = NULL, created_at = now() - interval '39 days' WHERE element = 'task'
inaccessible_document~t~link = NULL WHERE element = 'document'
inaccessible_document~t~attributes = attributes || '{"access_grant": "vault"}' WHERE element = 'document'
inaccessible_document~f~attributes = '{}' WHERE element = 'document'
no_successor~t~UPDATE ws.handover SET incoming = NULL WHERE id = $
no_successor~t~UPDATE ws.item SET state = 'none' WHERE handover_id = $ AND element = 'succession_plan'; UPDATE ws.handover SET role = 'it_operations_manager' WHERE id = $
no_successor~f~UPDATE ws.handover SET incoming = NULL, incoming_team = 'South' WHERE id = $
no_support_period~t~UPDATE ws.handover SET support_until = effective_at WHERE id = $
no_support_period~f~UPDATE ws.handover SET support_until = effective_at + interval '1 day' WHERE id = $
publishing_gap~t~attributes = jsonb_build_object('scheduled_at', now() + interval '3 days') WHERE element = 'content_calendar'
publishing_gap~f~attributes = jsonb_build_object('scheduled_at', now() + interval '1 days') WHERE element = 'content_calendar'
publishing_gap~f~DELETE FROM ws.item WHERE handover_id = $ AND element = 'content_calendar'
service_disruption~t~due_at = now() - interval '1 day' WHERE element = 'issue'
service_disruption~f~due_at = now() - interval '1 day', state = 'done' WHERE element = 'issue'
critical_service_cutover~t~attributes = attributes || '{"freeze_end_at": "2100-01-01"}' WHERE element = 'system'
critical_service_cutover~f~attributes = attributes || '{"freeze_end_at": "2100-01-01", "criticality": "low"}' WHERE element = 'system'
service_level_drop~t~attributes = attributes || '{"actual_after": 98.9}' WHERE element = 'metric'
service_level_drop~f~attributes = attributes || '{"actual_after": 98.9, "kind": "kpi"}' WHERE element = 'metric'
no_feedback~t~UPDATE ws.item SET attributes = attributes || '{"rated_by": "Ana $"}' WHERE handover_id = $ AND element = 'feedback'; UPDATE ws.handover SET status = 'closed', closed_at = now() - interval '15 days' WHERE id = $
no_feedback~f~UPDATE ws.handover SET status = 'closed', closed_at = now() - interval '15 days' WHERE id = $
repeat_finding~t~SELECT pg_temp.sound(4000); UPDATE ws.handover SET scope = NULL, outgoing = 'Flo', id = CASE id WHEN 4000 THEN -1 ELSE id END WHERE id IN (4000, $)
repeat_finding~f~SELECT pg_temp.sound(4001); UPDATE ws.handover SET scope = NULL, outgoing = 'Gus', role = id, id = CASE id WHEN 4001 THEN -2 ELSE id END WHERE id IN (4001, $)
\.
-- the rules of an industry are known by their labels
INSERT INTO found
SELECT 'industry_requirement_missing', v.has,
       format('UPDATE ws.handover SET status = ''draft'', industries = %L, checklist = c.list, tally = handover.tally(c.list, %L) FROM (SELECT handover.compose(NULL, ''healthcare'') AS list) AS c WHERE id = $', v.industries, '{}')
  FROM (VALUES (true, '{healthcare}'), (false, '{}')) AS v (has, industries);

SELECT is(pg_temp.findings('SELECT'), '{}', 'nothing is found in a sound handover');
SELECT is(pg_temp.findings(format('UPDATE ws.handover SET status = %L WHERE id = $', s)), '{}', 'nor if it is ' || s)
  FROM unnest('{draft,submitted,closed,cancelled}'::text[]) AS s;
SELECT ok(f.codes @> ARRAY[found.code] = found.has, concat(found.code, CASE WHEN found.has THEN ': ' ELSE ' not: ' END, found.change, ' finds ', f.codes::text))
  FROM found CROSS JOIN LATERAL (SELECT pg_temp.findings(found.change) AS codes OFFSET 0) AS f;

SELECT set_eq('SELECT code::text FROM handover.finding', 'SELECT code FROM found WHERE has', 'each finding of the catalogue is found, and no other');
SELECT set_eq('SELECT code::text FROM handover.finding', 'SELECT code FROM found WHERE NOT has', 'each is missing where it should be');
SELECT is(count(*), 48::bigint, 'there are 48') FROM handover.finding;
SELECT is(count(DISTINCT f.finding_key), count(*), 'the key is one') FROM ws_report.finding AS f;
-- repeat_finding is a query; the others are computed from all of these, or not at all
SELECT throws_ok(format('SELECT handover.findings(h, s.settings - %L, NULL, NULL, NULL, NULL, NULL) FROM ws.handover AS h CROSS JOIN handover.finding_settings AS s', concat(s.code, '.', s.name, '.')),
                 '22023', format('setting "%s.%s" of findings is missing', s.code, s.name))
  FROM handover.finding_setting AS s WHERE s.role = '' AND s.code <> 'repeat_finding';

-- ------------------------------------------------------------------------
-- What a sentence says
-- ------------------------------------------------------------------------

SELECT isnt(pg_temp.findings('UPDATE ws.item SET due_at = NULL WHERE handover_id = $ AND title = ''Swap disk''; UPDATE ws.handover SET title = ''told'' WHERE id = $'), '{}');
SELECT results_eq('SELECT sentence::text, found, threshold, severity::text, severity_rank::integer, item_id, is_error, warning_count FROM ws_report.finding WHERE handover_title = ''told''',
                  $$VALUES ('1 of 2 open tasks has no deadline', 1.00, 0.00, 'warning', 2, NULL::bigint, false, 1)$$, 'of a handover');
SELECT isnt(pg_temp.findings('UPDATE ws.item SET attributes = ''{"shared": true, "transfer_status": "granted"}'' WHERE handover_id = $ AND element = ''access_grant''; UPDATE ws.handover SET title = ''grant'' WHERE id = $'), '{}');
SELECT results_eq('SELECT sentence::text, element::text, title::text, category::text, severity::text FROM ws_report.finding WHERE handover_title = ''grant'' AND code = ''access_not_transferred''',
                  $$VALUES ('granted when the new owner took over, not verified', 'access_grant', 'root', 'compliance', 'error')$$, 'of an item');
SELECT isnt(pg_temp.findings('UPDATE ws.item SET critical = false WHERE handover_id = $; UPDATE ws.handover SET submitted_at = effective_at - interval ''1 day'', title = ''rushed'' WHERE id = $'), '{}');
SELECT is((SELECT severity::text FROM ws_report.finding WHERE handover_title = 'rushed' AND code = 'rushed_handover'), 'warning', 'rushed without anything critical is a warning only');

-- ------------------------------------------------------------------------
-- Nothing that an attribute or a time may hold is an error
-- ------------------------------------------------------------------------

SELECT pg_temp.sound(3000);
INSERT INTO ws.item (handover_id, element, title, critical, due_at, attributes, acknowledged_at)
SELECT 3000, e.name, g.value::text, true, t.at, (SELECT jsonb_object_agg(n.name, g.value)
                                                   FROM unnest(e.fields || '{disputed,blocking,updated_at,verified_at,depends_on,access_grant,freeze_start_at,freeze_end_at}') AS n (name)), t.at
  FROM handover.element AS e
       CROSS JOIN (VALUES ('"soon"'::jsonb), ('1e400'), ('-1'), ('99999999999999.9999'), ('0.0001'), ('[]'), ('[null, "x", {"y": 1}]'), ('null'), ('{"a": [1]}'), ('"2026-02-30"'), ('"infinity"'), ('"294276-12-31"'),
                          ('"4000-01-01 BC"'), ('""'), ('true'), ('"high"'), ('"service_level"'), ('"requested"'), (to_jsonb(repeat('x', 1000)))) AS g (value)
       CROSS JOIN (VALUES ('infinity'::timestamptz), ('-infinity'), ('294276-12-31Z'), ('4713-01-02Z BC'), (now())) AS t (at);
SELECT lives_ok(format('UPDATE ws.handover SET title = repeat(%L, 400), effective_at = %L, submitted_at = %L, accepted_at = %L, support_until = %L WHERE id = 3000', 'x', v, v, v, v), 'at ' || v)
    || E'\n' || lives_ok('SELECT count(f::text) FROM ws_report.finding AS f WHERE f.handover_id = 3000', 'there are findings at ' || v)
  FROM unnest('{infinity,-infinity,294276-12-31Z,4713-01-02Z BC}'::text[]) AS v;
SELECT cmp_ok(count(*), '>', 1000::bigint, 'there are many') FROM ws_report.finding WHERE handover_id = 3000;
SELECT is(count(*), 0::bigint, 'none names a contact') FROM ws_report.finding WHERE element = 'contact' AND title IS NOT NULL;

-- ------------------------------------------------------------------------
-- Settings: the user's before those that are shipped, those of a role before those of every role
-- ------------------------------------------------------------------------

INSERT INTO handover.finding_setting (code, name, value) VALUES ('stale_document', 'days', 90);
SELECT is(pg_temp.findings('SELECT'), '{stale_document}', 'a lower threshold finds more');
INSERT INTO handover.finding_setting (code, role, name, value) VALUES ('stale_document', 'general', 'days', 110);
SELECT is(pg_temp.findings('SELECT'), '{}', 'one for the role comes first');
SELECT is(pg_temp.findings('UPDATE ws.handover SET role = NULL WHERE id = $'), '{stale_document}', 'but not for a handover without a role');
INSERT INTO handover.finding_setting (code, role, name, value) VALUES ('no_successor', 'it_operations_manager', 'succession_plan', 0);
SELECT is(pg_temp.findings('UPDATE ws.item SET state = ''none'' WHERE handover_id = $ AND element = ''succession_plan''; UPDATE ws.handover SET role = ''it_operations_manager'' WHERE id = $'),
          '{stale_document}', 'what is shipped for a role can be turned off');
SELECT is(handover.finding_setting('stale_document', 'days', r), v::numeric, concat('setting for ', r)) FROM (VALUES ('general', 110), ('', 90), ('other', 90), (NULL, 90)) AS t (r, v);
SET LOCAL session_replication_role = origin;
SELECT throws_ok('INSERT INTO handover.finding_setting (code, name, value) VALUES (''stale_document'', ''day'', 1)', '42704', 'finding "stale_document" has no setting "day"');
SELECT throws_ok('INSERT INTO handover.finding_setting (code, name, value) VALUES (''stale_document'', ''days'', -1)', '23514');
SELECT throws_ok('DELETE FROM handover.finding_setting WHERE builtin');

SELECT * FROM finish();
ROLLBACK;
