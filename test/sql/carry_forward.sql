--
-- What is open in an accepted handover goes on into the next one, each item once however often that
-- is asked for, with what it waits for; who took over hands over next.
--
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT handover.create_workspace('ws');
CREATE VIEW ws.carried AS
    SELECT i.handover_id AS h, i.title, i.element, i.state, i.owner, i.new_owner, i.origin_handover AS "from",
        o.title = i.title AS of_this, i.attributes
      FROM ws.item AS i LEFT JOIN ws.item AS o ON o.handover_id = i.origin_handover AND o.id = i.origin_item
     ORDER BY i.handover_id, i.id;
CREATE VIEW ws.waits AS
    SELECT d.handover_id AS h, w.title AS item, a.title AS waits_for, d.outside, d.details
      FROM ws.dependency AS d JOIN ws.item AS w ON w.handover_id = d.handover_id AND w.id = d.item
           LEFT JOIN ws.item AS a ON a.handover_id = d.handover_id AND a.id = d.waits_for
     ORDER BY d.handover_id, d.id;

INSERT INTO ws.handover (id, title, outgoing, outgoing_team, incoming, incoming_team, scope, checklist)
VALUES (1, 'Night shift', 'Ana', 'night', 'Bo', 'day', 'all of it',
    'require task; every task has owner; every task has acknowledged_by to accept');
INSERT INTO ws.item (handover_id, id, element, title, state, owner, new_owner, due_at, urgency, critical,
    read_back, created_at, attributes) VALUES
    (1, 1, 'task', 'open', NULL, 'Ana', 'Bo', '2026-12-01', 'high', true, 'I do it', '2026-11-01 00:00Z',
        '{"nature": "x", "disputed": false, "verified_by": "Cy", "verified_at": "2026-11-02"}'),
    (1, 2, 'task', 'blocked', 'blocked', 'Ana', NULL, NULL, NULL, NULL, NULL, '2026-11-01 00:00Z', '{}'),
    (1, 3, 'task', 'done', 'done', 'Ana', 'Bo', NULL, NULL, NULL, NULL, '2026-11-01 00:00Z', '{}'),
    (1, 4, 'risk', NULL, 'none', NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-01 00:00Z', '{}'),
    (1, 5, 'contact', 'Cy', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-01 00:00Z', '{"phone": "2.14"}');
INSERT INTO ws.dependency (handover_id, item, waits_for, outside, details) VALUES
    (1, 1, 2, NULL, 'first'), (1, 1, 3, NULL, 'for what is done'), (1, 5, 3, 'vendor', 'and for somebody'),
    (1, 2, NULL, 'bank', NULL), (1, 3, 2, NULL, NULL);
SELECT setval('ws.handover_id_seq', 100), setval('ws.item_id_seq', 100);

-- only from one that was accepted, into another
SELECT ws.carry_forward(1);
SELECT ws.submit(1);
SELECT ws.carry_forward(1);
SELECT count(*) FROM unnest('{1,2,3}'::bigint[]) AS id WHERE ws.acknowledge(1, id);
SELECT ws.accept(1);
SELECT ws.carry_forward(77);
SELECT ws.carry_forward(NULL);
SELECT ws.carry_forward(1, 77);
SELECT ws.carry_forward(1, 1);
SELECT count(*) AS handovers FROM ws.handover;

-- into a new one, which Bo hands over; nobody has confirmed anything of it
SELECT ws.carry_forward(1);
SELECT id, status, title, outgoing, outgoing_team, incoming, incoming_team, scope, checklist FROM ws.handover
    ORDER BY id;
SELECT * FROM ws.carried WHERE h = 101;
SELECT title, due_at = '2026-12-01' AS due, urgency, critical, read_back, acknowledged_by, acknowledged_at,
    created_at = '2026-11-01 00:00Z' AS since FROM ws.item WHERE handover_id = 101 ORDER BY id;
SELECT * FROM ws.waits WHERE h = 101;
SELECT (SELECT count(*) FROM ws.item WHERE handover_id = 1) AS items,
    (SELECT count(*) FROM ws.dependency WHERE handover_id = 1) AS dependencies;
SELECT count(*) AS wrong FROM ws.discrepancy;

-- into one that is there: again and again, whatever became of it meanwhile
INSERT INTO ws.handover (id, title, outgoing, checklist) VALUES (2, 'Late shift', 'Di', 'require 3 item');
SELECT ws.carry_forward(1, 2);
SELECT ws.carry_forward(1, 2);
SELECT outgoing, outgoing_team, status FROM ws.handover WHERE id = 2;
UPDATE ws.item SET title = 'changed', state = 'done' WHERE handover_id = 2 AND title = 'open';
DELETE FROM ws.item WHERE handover_id = 2 AND title = 'Cy';
DELETE FROM ws.dependency WHERE handover_id = 2 AND outside = 'bank';
INSERT INTO ws.item (handover_id, id, element, title) VALUES (1, 6, 'contact', 'new'),
    (2, 7, 'contact', 'its own');
SELECT ws.carry_forward(1, 2);
SELECT * FROM ws.carried WHERE h = 2;
SELECT * FROM ws.waits WHERE h = 2;
-- also from another, and into one that is further on, if it stays complete
SELECT ws.submit(2);
INSERT INTO ws.handover (id, outgoing, checklist) VALUES (3, 'Eve', 'no risk where impact = critical');
INSERT INTO ws.item (handover_id, id, element, title, impact) VALUES (3, 1, 'risk', 'flood', 'low');
SELECT ws.submit(3), ws.accept(3), ws.close(3);
SELECT ws.carry_forward(3, 2);
UPDATE ws.handover SET checklist = 'require 3 item; no risk' WHERE id = 101;
SELECT ws.carry_forward(3, 101);
SELECT h, count(*) AS items, count(DISTINCT "from") AS origins FROM ws.carried GROUP BY h ORDER BY h;
UPDATE ws.handover SET checklist = 'require 3 item', status = 'submitted' WHERE id = 101;
UPDATE ws.handover SET checklist = 'require 3 item; no task where title = ''more''' WHERE id = 101;
INSERT INTO ws.item (handover_id, id, element, title) VALUES (3, 2, 'task', 'more');
SELECT ws.carry_forward(3, 101);
-- and on from there: the origin is the one before
UPDATE ws.handover SET status = 'accepted' WHERE id = 101;
SELECT ws.carry_forward(101);
SELECT * FROM ws.carried WHERE h > 101;
SELECT * FROM ws.waits WHERE h > 101;
SELECT count(*) AS wrong FROM ws.discrepancy;

-- columns of the user's own go along, in whatever search_path
ALTER TABLE ws.item ADD room text, ADD "Room No" integer,
    ADD twice integer GENERATED ALWAYS AS ("Room No" * 2) STORED;
INSERT INTO ws.handover (id, checklist) VALUES (4, 'require task where room');
INSERT INTO ws.item (handover_id, id, element, title, room, "Room No") VALUES (4, 1, 'task', 'x', 'big', 14);
SELECT ws.submit(4), ws.accept(4);
SET search_path = pg_temp;
CREATE TEMP TABLE item (id integer);
SELECT ws.carry_forward(4) AS next \gset
RESET search_path;
SELECT title, room, "Room No", twice FROM ws.item WHERE handover_id = :next;
-- nothing open: an empty one
INSERT INTO ws.handover (id, checklist) VALUES (5, '');
SELECT ws.submit(5), ws.accept(5), ws.carry_forward(5) AS next \gset
SELECT count(*) FROM ws.item WHERE handover_id = :next;
SELECT count(*) AS wrong FROM ws.discrepancy;
SELECT handover.drop_workspace('ws', true);
