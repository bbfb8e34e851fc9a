-- Seventy handovers of the past 280 days, of two roles, of none, and of seven others, late in the evening, some complete and some not.
BEGIN;
SET LOCAL handover.actor = 'Ida <b>Bold</b>';
CREATE TEMPORARY TABLE past ON COMMIT DROP AS
SELECT n, nextval(pg_get_serial_sequence('ops.handover', 'id')) AS id, date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - n * interval '4 days' - interval '30 minutes' AS at
  FROM generate_series(0, 69) AS n;
INSERT INTO ops.handover (id, title, role, outgoing, incoming, outgoing_team, incoming_team, effective_at, checklist)
SELECT p.id, 'Shift ' || p.n, CASE WHEN p.n % 10 = 9 THEN 'role ' || p.n ELSE (ARRAY['general', 'it_support_specialist', NULL])[1 + p.n % 3] END,
       'Jo', 'Ida', 'Desk', (ARRAY['Ward', 'Field'])[1 + p.n % 2], p.at + interval '3 days', 'suggest task; suggest risk'
  FROM past AS p;
INSERT INTO ops.item (handover_id, element, title, urgency, impact)
SELECT p.id, e.element, 'Look after bed ' || p.n, (ARRAY['low', 'medium', 'high', 'critical'])[1 + p.n % 4]::handover.level, (ARRAY['low', 'high', 'critical'])[1 + p.n % 3]::handover.level
  FROM past AS p
       CROSS JOIN (VALUES ('task', 2), ('risk', 5)) AS e (element, every)
 WHERE p.n % e.every <> 1;
SELECT count(ops.submit(p.id)) FROM past AS p WHERE p.n % 4 > 0;
SELECT count(ops.accept(p.id, 'read back')) FROM past AS p WHERE p.n % 4 > 1;
-- no trigger is to say when they were made
SET LOCAL session_replication_role = replica;
UPDATE ops.handover AS h SET created_at = p.at FROM past AS p WHERE p.id = h.id;
COMMIT;
