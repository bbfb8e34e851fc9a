-- The workspace of which bench/report.sh asks what dashboards do: :handovers handovers of three
-- years and three roles, with 20 items each and a rating for half of those that are closed, for
-- 200 teams and 1,000 people. One in twenty is open. Those of a team lie scattered; handovers and
-- items lie in the order in which they were made, the items of a day mixed.
--
-- The moves are not made one by one but written as the triggers would have written them; the
-- documents of the signoffs are left out, which real ones keep outside of the table as well.
-- The audit log has what is added, and the changes of a_day(), each a transaction of its own.

SET client_min_messages = warning;
SET synchronous_commit = off;
SELECT setseed(0.577215) \g /dev/null
SELECT handover.create_workspace('big') \g /dev/null
ALTER TABLE big.handover SET (autovacuum_enabled = off);
ALTER TABLE big.item SET (autovacuum_enabled = off);
ALTER TABLE big.signoff SET (autovacuum_enabled = off);

-- ---------------------------------------------------------------------------------------------
-- What happens to each
-- ---------------------------------------------------------------------------------------------

CREATE UNLOGGED TABLE fate AS
SELECT h, ('{it_support_specialist,it_operations_manager,social_media_coordinator}'::text[])[h % 3 + 1] AS role,
       'team ' || floor(random() * 200) + 1 AS outgoing_team, 'team ' || floor(random() * 200) + 1 AS incoming_team,
       'person ' || floor(random() * 1000) + 1 AS outgoing, 'person ' || floor(random() * 1000) + 1 AS incoming,
       d.created_at, d.created_at + random() * interval '5 days' AS submitted_at,
       NULL::timestamptz AS accepted_at, NULL::timestamptz AS closed_at, NULL::timestamptz AS returned_at,
       date_trunc('day', d.created_at) + (3 + floor(random() * 14)) * interval '1 day' AS effective_at,
       random() AS luck
FROM generate_series(1, :handovers) AS h,
     LATERAL (SELECT now() - interval '3 years' * (1 - h::double precision / :handovers) AS created_at) AS d;
UPDATE fate SET accepted_at = submitted_at + interval '1 hour' - ln(1 - random()) * interval '30 hours',
                returned_at = CASE WHEN luck < 0.1 THEN submitted_at - interval '6 hours' END;
UPDATE fate SET closed_at = greatest(accepted_at, effective_at) + random() * interval '20 days';
-- what has not happened yet, and what never does
UPDATE fate SET submitted_at = NULL, accepted_at = NULL, closed_at = NULL, returned_at = NULL WHERE submitted_at > now() OR luck > 0.99;
UPDATE fate SET accepted_at = NULL, closed_at = NULL WHERE accepted_at > now() OR luck > 0.985;
UPDATE fate SET closed_at = NULL WHERE closed_at > now() OR luck > 0.97;
VACUUM ANALYZE fate;

-- ---------------------------------------------------------------------------------------------
-- The handovers and their items
-- ---------------------------------------------------------------------------------------------

CREATE TABLE sample (n integer PRIMARY KEY, element text, title text, details text, urgency handover.level, importance handover.level,
    impact handover.level, critical boolean, outcome text, instructions text, contingency text, link text, attributes jsonb);
INSERT INTO sample
SELECT n, e, initcap(e) || ' number ' || n || ' of the service', 'What there is to know about it, in a line or two of text',
       (ARRAY['low', 'medium', 'high']::handover.level[])[n % 3 + 1], 'medium', CASE WHEN e = 'risk' THEN 'high'::handover.level END,
       CASE WHEN n = 1 THEN true END, 'It works as it did before', 'Open the runbook and follow it step by step, then say so in the channel',
       CASE WHEN e = 'risk' THEN 'Call the vendor' END, 'https://wiki.example.com/' || n,
       CASE e WHEN 'contact' THEN '{"channel": "phone", "address": "+49 30 1234567"}'::jsonb
              WHEN 'access_grant' THEN '{"account": "svc-vpn", "access_level": "admin", "secret_location": "vault/vpn", "transfer_status": "granted",
                                         "granted_at": "2026-11-01T09:00:00Z", "privileged": true}'
              WHEN 'knowledge' THEN '{"category": "technical"}'
              WHEN 'procedure' THEN '{"category": "troubleshooting"}'
              WHEN 'project' THEN '{"status": "on track"}'
              WHEN 'metric' THEN '{"kind": "service_level", "unit": "%", "target": 99.5, "actual_before": 99.1, "actual_after": 99.2}'
              WHEN 'training_session' THEN '{"trainer": "Ana", "planned_at": "2026-11-20", "competence_rating": 4}'
              WHEN 'question' THEN '{"asked_by": "Bo", "answer": "In the runbook"}'
              ELSE '{}' END
FROM unnest('{task,task,task,task,task,task,responsibility,responsibility,project,milestone,issue,risk,
              contact,contact,document,knowledge,access_grant,metric,question,training_session}'::text[]) WITH ORDINALITY AS s (e, n);

-- Twenty items cannot be all that a template asks for; so of those of the roles, the rules are kept
-- that these meet, and the suggestions.
CREATE TEMPORARY TABLE met AS
SELECT role.name, string_agg(concat_ws(' ', r.verb, r.claim, 'to', r.stage, 'weight', r.weight, quote_literal(r.label)), '; ' ORDER BY r.rule)::handover.checklist AS checklist
FROM unnest('{it_support_specialist,it_operations_manager,social_media_coordinator}'::text[]) AS role (name),
     LATERAL (SELECT handover.compose(role.name) AS rules) AS c,
     LATERAL handover.review(c.rules, (SELECT handover.tally_agg(c.rules, s.element, s) FROM (
         SELECT element, title, details, 'Ana' AS owner, 'Bo' AS new_owner, now() AS due_at, urgency, importance, impact, critical, outcome,
                instructions, contingency, link, attributes, now() AS acknowledged_at, 'Bo' AS acknowledged_by, CASE element WHEN 'question' THEN 'done' END AS state
         FROM sample) AS s)) AS r
WHERE r.verb = 'suggest' OR r.satisfied AND r.claim NOT LIKE '%handover%'
GROUP BY role.name;

INSERT INTO big.handover (id, title, role, checklist, outgoing, incoming, outgoing_team, incoming_team, scope, effective_at, expectation, question_channel)
SELECT h, 'Handover number ' || h, role, met.checklist, outgoing, incoming, outgoing_team, incoming_team,
       'All that the team does for its service', effective_at, 'Keep it running', '#desk'
FROM fate JOIN met ON met.name = fate.role ORDER BY h;

INSERT INTO big.item (handover_id, element, title, details, state, owner, new_owner, due_at, urgency, importance, impact, critical,
                      outcome, instructions, contingency, link, attributes, created_at, acknowledged_by, acknowledged_at)
SELECT h, element, title, details,
       -- drafts are not complete
       CASE WHEN element = 'question' OR random() < CASE WHEN closed_at IS NULL THEN 0.3 ELSE 0.95 END THEN 'done' END, outgoing, CASE WHEN submitted_at IS NOT NULL OR random() < 0.5 THEN incoming END,
       CASE WHEN element IN ('task', 'milestone') OR random() < 0.3 THEN created_at + random() * interval '60 days' END, urgency, importance, impact, critical,
       outcome, instructions, contingency, link, attributes,
       created_at + CASE WHEN element = 'question' THEN interval '9 days' ELSE interval '1 hour' END * random(),
       CASE WHEN accepted_at IS NOT NULL THEN incoming END, accepted_at
FROM fate, sample
ORDER BY date_trunc('day', created_at), random();

INSERT INTO big.item (handover_id, element, attributes, created_at)
SELECT h, 'feedback', jsonb_build_object('rated_by', incoming, 'part', 'incoming', 'efficiency', 1 + floor(random() * 5), 'completeness', 1 + floor(random() * 5)),
       closed_at
FROM fate WHERE closed_at IS NOT NULL AND h % 2 = 0
ORDER BY closed_at;

-- ---------------------------------------------------------------------------------------------
-- Their moves
-- ---------------------------------------------------------------------------------------------

SET session_replication_role = replica;
UPDATE big.handover AS t
   SET created_at = f.created_at, submitted_at = f.submitted_at, accepted_at = f.accepted_at, closed_at = f.closed_at,
       returned_at = f.returned_at, returns = (f.returned_at IS NOT NULL)::integer,
       status = CASE WHEN f.closed_at IS NOT NULL THEN 'closed' WHEN f.accepted_at IS NOT NULL THEN 'accepted'
                     WHEN f.submitted_at IS NOT NULL THEN 'submitted' ELSE 'draft' END::handover.status
  FROM fate AS f WHERE f.h = t.id;
INSERT INTO big.signoff (handover_id, step, signed_by, session_user_name, signed_at, document, sha256, completeness)
SELECT f.h, s.step, 'somebody', session_user, s.at, '{}', sha256('{}'), t.completeness - CASE WHEN s.step = 'submitted' THEN random() * 3 ELSE 0 END
FROM fate AS f
     JOIN big.handover AS t ON t.id = f.h
     CROSS JOIN LATERAL (VALUES ('submitted', f.returned_at - interval '6 hours'), ('returned', f.returned_at), ('submitted', f.submitted_at),
                                ('accepted', f.accepted_at), ('closed', f.closed_at)) AS s (step, at)
WHERE s.at IS NOT NULL
ORDER BY s.at;
-- two tasks of each wait for a third
INSERT INTO big.dependency (handover_id, item, waits_for)
SELECT t.handover_id, unnest(t.ids[2:3]), t.ids[1]
FROM (SELECT handover_id, array_agg(id ORDER BY id) AS ids FROM big.item WHERE element = 'task' GROUP BY handover_id) AS t;
SET session_replication_role = origin;
DROP TABLE fate, sample;
-- Loading has left three versions of each handover, which use over years does not.
VACUUM FULL big.handover;
VACUUM ANALYZE big.handover, big.item, big.signoff, big.dependency;

-- What is changed in open handovers in a day or so, two items at a time.
CREATE PROCEDURE big.a_day(changes integer)
LANGUAGE plpgsql
AS $$
DECLARE
    open CONSTANT bigint[] := (SELECT array_agg(h.id ORDER BY random()) FROM big.handover AS h WHERE h.status IN ('draft', 'submitted', 'accepted'));
BEGIN
    FOR n IN 1 .. changes LOOP
        UPDATE big.item AS i
           SET state = CASE i.state WHEN 'ongoing' THEN 'pending' ELSE 'ongoing' END, next_step = 'Step ' || n
         WHERE i.handover_id = open[n % cardinality(open) + 1] AND i.element = 'responsibility';
        COMMIT;
    END LOOP;
END
$$;

CREATE ROLE bench_reader;
SELECT handover.grant_reader('big', 'bench_reader', true) \g /dev/null
