-- The workspace of which bench/workspace.sh asks for an overview: :handovers handovers of three
-- roles, with 20 items each, for 200 teams; one in ten is open (a draft), the others are closed.
-- Those of a team lie scattered, and the items of a thousand handovers lie mixed, as if they had
-- been written side by side.

SET client_min_messages = warning;
SET synchronous_commit = off;
SELECT setseed(0.577215) \g /dev/null
SELECT handover.create_workspace('big', false) \g /dev/null
ALTER TABLE big.handover SET (autovacuum_enabled = off);
ALTER TABLE big.item SET (autovacuum_enabled = off);

INSERT INTO big.handover (id, title, role, outgoing, incoming, outgoing_team, incoming_team, scope, effective_at, expectation, question_channel)
SELECT h, 'Handover number ' || h, ('{it_support_specialist,it_operations_manager,social_media_coordinator}'::text[])[h % 3 + 1],
       'person ' || h % 1000, 'person ' || h % 997, 'team ' || floor(random() * 200) + 1, 'team ' || floor(random() * 200) + 1,
       'All that the team does for its service', timestamptz '2026-11-01' + random() * interval '60 days', 'Keep it running', '#desk'
FROM generate_series(1, :handovers) AS h;

INSERT INTO big.item (handover_id, element, title, details, state, owner, new_owner, due_at, urgency, importance, impact, critical,
                      outcome, instructions, contingency, link, attributes)
SELECT h, element, title, details, CASE WHEN element = 'task' AND random() < 0.3 THEN 'done' ELSE state END, owner, new_owner,
       timestamptz '2026-10-01' + random() * interval '120 days', urgency, importance, impact, critical,
       outcome, instructions, contingency, link, attributes
FROM generate_series(1, :handovers) AS h, sample
ORDER BY h / 1000, random();

-- What these lack does not matter here, so nine in ten are closed as they are.
ALTER TABLE big.handover DROP CONSTRAINT handover_is_complete;
SET session_replication_role = replica;
UPDATE big.handover SET status = 'closed', submitted_at = created_at, accepted_at = created_at, closed_at = created_at WHERE id % 10 <> 3;
SET session_replication_role = origin;
ALTER TABLE big.handover ADD CONSTRAINT handover_is_complete CHECK (handover.complete(checklist, tally, status)) NOT VALID;
VACUUM ANALYZE big.handover, big.item;
