-- A team with quotes and a title with markup, and a handover that is late.
BEGIN;
SET LOCAL handover.actor = 'Ida <b>Bold</b>';
INSERT INTO ops.handover (title, role, outgoing, incoming, outgoing_team, incoming_team, effective_at, checklist)
VALUES ('<img src=x onerror="alert(1)"> & ''quotes''', 'it_support_specialist', 'Ida', 'Jo', 'O''Neill & <i>Sons</i>', 'Desk', '2026-01-01 23:30+00', 'require task'),
       ('Night shift', 'it_support_specialist', 'Jo', 'Ida', 'Desk', 'O''Neill & <i>Sons</i>', '2036-12-31 23:30+00', 'require task');
INSERT INTO ops.item (handover_id, element, title, due_at, urgency, impact, importance)
SELECT h.id, 'task', '<script>alert(2)</script>', '2036-12-31 23:30+00', 'critical', 'high', 'low' FROM ops.handover AS h WHERE h.outgoing_team IS NOT NULL;
COMMIT;
