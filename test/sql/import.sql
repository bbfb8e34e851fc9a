--
-- A document becomes a handover with its items, and comes back the same; what is not understood is
-- kept and told, and what is wrong leaves nothing behind.
--
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT handover.create_workspace('ws');

--
-- The nine examples, there and back
--
\getenv abs_srcdir PG_ABS_SRCDIR
\set d1 `cat :'abs_srcdir'/data/example/01_system_access.json`
\set d2 `cat :'abs_srcdir'/data/example/02_ongoing_project.json`
\set d3 `cat :'abs_srcdir'/data/example/03_change_management.json`
\set d4 `cat :'abs_srcdir'/data/example/04_project_management.json`
\set d5 `cat :'abs_srcdir'/data/example/05_infrastructure.json`
\set d6 `cat :'abs_srcdir'/data/example/06_succession.json`
\set d7 `cat :'abs_srcdir'/data/example/07_campaign.json`
\set d8 `cat :'abs_srcdir'/data/example/08_content.json`
\set d9 `cat :'abs_srcdir'/data/example/09_community.json`
CREATE TABLE ws.example (n integer PRIMARY KEY, document jsonb NOT NULL, handover_id bigint, again bigint,
    unknown text[]);
INSERT INTO ws.example (n, document) VALUES (1, :'d1'), (2, :'d2'), (3, :'d3'), (4, :'d4'), (5, :'d5'),
    (6, :'d6'), (7, :'d7'), (8, :'d8'), (9, :'d9');
-- a password is not stored, even of an example
SELECT ws.import(document) FROM ws.example WHERE n = 1;
UPDATE ws.example SET document = document #- '{access_grant,-2,password}' WHERE n = 1;
-- Members of a document that are no object or list, by their paths.
CREATE FUNCTION ws.leaf(document jsonb) RETURNS TABLE (path text, value jsonb) LANGUAGE sql AS $$
    WITH RECURSIVE part (path, value) AS (
        SELECT '', document
        UNION ALL
        SELECT part.path || '.' || member.key, member.value
          FROM part, LATERAL (SELECT key, value FROM jsonb_each(CASE jsonb_typeof(part.value)
              WHEN 'object' THEN part.value ELSE '{}' END)
                              UNION ALL
                              SELECT place::text, entry.value
                                FROM jsonb_array_elements(CASE jsonb_typeof(part.value)
                                    WHEN 'array' THEN part.value ELSE '[]' END)
                                     WITH ORDINALITY AS entry (value, place)) AS member)
    SELECT path, value FROM part WHERE jsonb_typeof(value) NOT IN ('object', 'array')
$$;
UPDATE ws.example SET (handover_id, unknown) = (SELECT i.handover_id, i.unknown
    FROM ws.import(document, 'draft') AS i);
SELECT n, unknown FROM ws.example WHERE unknown <> '{}' ORDER BY n;
-- all of it comes back, but that a text is the title of an item now and what is empty was left out
SELECT n, path, given, back
  FROM ws.example JOIN ws.document AS d USING (handover_id),
       LATERAL (SELECT * FROM ws.leaf(example.document - 'status') AS a (path, given) FULL
           JOIN ws.leaf(d.document - 'status') AS b (path, back) USING (path)) AS leaf
 WHERE given IS DISTINCT FROM back
 ORDER BY n, path;
-- the second time, all of it
UPDATE ws.example SET again = (SELECT i.handover_id FROM ws.document AS d, ws.import(d.document) AS i
    WHERE d.handover_id = example.handover_id);
SELECT count(*) AS same, count(DISTINCT first.document) AS documents
  FROM ws.example JOIN ws.document AS first ON first.handover_id = example.handover_id
      JOIN ws.document AS second ON second.handover_id = again
 WHERE first.document = second.document AND first.markdown = second.markdown;
SELECT (SELECT count(*) FROM ws.item) AS items, (SELECT count(*) FROM ws.dependency) AS dependencies,
       (SELECT count(*) FROM ws.example, jsonb_each(document) AS s, jsonb_array_elements(s.value)
           WHERE jsonb_typeof(s.value) = 'array' AND s.key <> 'industries') AS entries;
-- rows count as the document does, unless an entry is a text: such a misfit must never help a document
SELECT n, round(h.completeness) AS completeness
  FROM ws.example JOIN ws.handover AS h ON h.id = handover_id
 WHERE h.tally OPERATOR(handover.=) handover.tally(h.checklist, example.document)
   AND h.checklist OPERATOR(handover.=) handover.compose(h.role, VARIADIC h.industries)
 ORDER BY n;
SELECT count(*) AS wrong FROM ws.discrepancy;

--
-- Moves
--
-- up to what the document says, or the caller, one move after the other
CREATE FUNCTION ws.regress_moves(document jsonb, up_to handover.status, OUT status handover.status,
    OUT signed text) LANGUAGE plpgsql AS $$
DECLARE
    imported bigint;
BEGIN
    SELECT handover_id INTO imported FROM ws.import(document, up_to);
    SELECT h.status, (SELECT string_agg(s.step, ', ' ORDER BY s.id) FROM ws.signoff AS s
        WHERE s.handover_id = h.id) INTO status, signed
      FROM ws.handover AS h WHERE h.id = imported;
END $$;
SELECT n, document ->> 'status' AS claims, m.* FROM ws.example, ws.regress_moves(document, NULL) AS m
    WHERE n IN (2, 4, 6, 8, 9) ORDER BY n;
SELECT up_to, m.* FROM unnest(enum_range(NULL::handover.status)) AS up_to,
       ws.regress_moves('{"title": "x", "status": "submitted", "checklist": "every handover has title"}',
           up_to) AS m ORDER BY up_to;
SELECT count(*) AS before FROM ws.handover \gset
SELECT ws.import('{"title": "x", "status": "closed",
    "checklist": "every handover has title; require task to close"}');
SELECT ws.import(document) FROM ws.example WHERE n = 7;
SELECT ws.import('{"status": "done"}');
SELECT ws.import('{"status": "accepted"}', 'draft') IS NOT NULL AS as_a_draft;
SELECT count(*) - :before AS added FROM ws.handover;
DROP TABLE ws.example;
DELETE FROM ws.handover;

--
-- What is not understood
--
-- Imports a document as it is and returns what comes back, and what was said.
CREATE FUNCTION ws.regress_import(document jsonb, OUT back jsonb, OUT unknown text[]) LANGUAGE plpgsql AS $$
DECLARE
    imported bigint;
BEGIN
    SELECT i.handover_id, i.unknown INTO imported, unknown FROM ws.import(document) AS i;
    SELECT d.document - 'status' INTO back FROM ws.document AS d WHERE d.handover_id = imported;
    DELETE FROM ws.handover WHERE id = imported;
END $$;
-- keys that the catalogue does not have, with a suggestion, in the header and in items
\x
SELECT back, array_to_string(unknown, E'\n') AS unknown
    FROM ws.regress_import('{"titel": "x", "scope": "y", "tasks": [{"title": "a"}], "risc": {"title": "b"},
    "handover": {"scope": "z"}, "item": 5, "id": 7,
    "task": [{"title": "a", "ownr": "Ana", "due": "2026-12-01", "id": 3, "handover_id": 77, "element": "risk",
    "created_at": "2026-01-01"}, {"title": "b", "xyzzy": {"a": [1, null]}}],
    "created_by": "nobody", "returns": 5, "tally": "x", "restored_status": "closed"}');
-- of another kind than the column: they go to the attributes, where rules find them, and come back
SELECT back, array_to_string(unknown, E'\n') AS unknown
    FROM ws.regress_import('{"title": 5, "industries": "finance", "effective_at": 2026, "scope": ["a", "b"],
    "summary": {"a": 1}, "excluded": true, "attributes": "x",
    "task": [{"title": 7, "owner": ["Ana", "Bo"], "critical": "yes", "due_at": {"in": "May"}, "urgency": 3,
    "attributes": [1], "link": "x"}]}');
-- attributes given as such, beside others
SELECT back, array_to_string(unknown, E'\n') AS unknown
    FROM ws.regress_import('{"title": "x", "attributes": {"budget": 5, "title": "hidden", "scope": "shown"},
    "task": [{"title": "a", "colour": "red", "attributes": {"size": 3, "owner": "Ana", "title": "hidden",
    "colour": "blue"}}]}');
-- texts, lists of one, and what says nothing
SELECT back, array_to_string(unknown, E'\n') AS unknown
    FROM ws.regress_import('{"title": null, "scope": "", "task": ["call Bob", " ", "", null, {},
    {"title": null}, {"title": " ", "owner": ""}, {"attributes": {"a": [""]}}, {"state": "none"}],
    "contact": "Bo", "risk": {"title": "one"}, "asset": null, "question": [], "document": [{"critical": false}]}');
-- a declared none is no text, but an item
SELECT back, array_to_string(unknown, E'\n') AS unknown
    FROM ws.regress_import('{"task": {"state": "none", "details": "nothing is open"},
    "contact": [{"state": "none"}]}');
\x
-- times: with a zone or in UTC, whatever the session has; a day is midnight in UTC
SET TimeZone = 'Asia/Kolkata';
SET DateStyle = 'German';
SELECT * FROM ws.regress_import('{"effective_at": "2026-12-01", "support_until": "2026-12-01T17:30:00",
    "transition_start_at": "2026-11-30T17:30:00+02:00",
    "task": [{"title": "a", "due_at": "2026-12-01T00:00:00Z"},
        {"title": "b", "due_at": "2026-12-01 00:00:00.5"}, {"title": "c", "due_at": "infinity"}]}');
RESET TimeZone;
RESET DateStyle;

--
-- All or nothing
--
SELECT ws.import('{"title": "x", "task": [{"title": "a"}, {"title": "b", "due_at": "2026-12-01"},
    {"title": "c", "due_at": "soon"}]}');
SELECT ws.import('{"title": "x", "task": [{"title": "a"}, {"title": "b", "urgency": "very"}]}');
SELECT ws.import('{"title": "x", "task": [{"title": "a"}, 5]}');
SELECT ws.import('{"title": "x", "task": [{"title": "a"}, ["b"]]}');
SELECT ws.import('{"title": "x", "task": true}');
SELECT ws.import('{"title": "x", "feedback": [{"title": "a", "support": 6}]}');
SELECT ws.import('{"title": "x", "role": "it_suport_specialist"}');
SELECT ws.import('{"title": "x", "checklist": "require 2 task;; no"}');
SELECT ws.import('{"title": "x", "task": [{"title": "a"},
    {"title": "b"}], "dependency": [{"item": "a", "waits_for": "b"}, {"item": "b", "waits_for": "a"}]}');
SELECT ws.import(document) FROM (VALUES (NULL::jsonb)) AS v (document);
SELECT ws.import('null');
SELECT ws.import('[{"title": "x"}]');
SELECT ws.import('"x"', 'closed');
SELECT count(*) AS left FROM ws.handover;
-- an empty one is a handover nonetheless
SELECT * FROM ws.regress_import('{}');

--
-- Checklists, columns of the user's, dependencies
--
SELECT handover_id IS NOT NULL AS imported
  FROM ws.import('{"checklist": "require 2 task; every task has owner weight 2", "task": [{"title": "a",
      "owner": "Ana"}], "role": "general"}');
SELECT checklist, round(completeness) AS completeness FROM ws.handover;
DELETE FROM ws.handover;

ALTER TABLE ws.item ADD effort numeric, ADD since date, ADD tags text[], ADD specification jsonb,
    ADD quick boolean, ADD "Room No" varchar(5),
    ADD twice numeric GENERATED ALWAYS AS (effort * 2) STORED, ADD filled text DEFAULT 'by default';
ALTER TABLE ws.handover ADD sponsor text, ADD budget integer;
SELECT * FROM ws.regress_import('{"sponsor": "p", "budget": 5, "task": [{"title": "a", "effort": 1.50,
    "since": "2026-12-01", "tags": ["x", "y z"], "specification": {"a": [1]}, "quick": false,
    "Room No": "2.14", "twice": 7, "filled": "given"},
        {"title": "b", "effort": "much", "tags": "x", "specification": [1], "quick": "no"}]}');
SELECT ws.import('{"task": [{"title": "a", "Room No": "2.14.15"}]}');
-- a column that holds a null of JSON does not hide what the attributes say, in the document as in rules
INSERT INTO ws.handover (id, checklist) VALUES (1000, 'require task where specification = x');
INSERT INTO ws.item (handover_id, element, title, specification, attributes)
    VALUES (1000, 'task', 'a', 'null', '{"specification": "x"}');
SELECT document -> 'task' AS task, h.tally OPERATOR(handover.=) handover.tally(h.checklist,
    d.document) AS counts_alike
  FROM ws.document AS d JOIN ws.handover AS h ON h.id = d.handover_id WHERE h.id = 1000;
DELETE FROM ws.handover;
ALTER TABLE ws.item DROP twice, DROP effort, DROP since, DROP tags, DROP specification, DROP quick,
    DROP "Room No", DROP filled;
ALTER TABLE ws.handover DROP sponsor, DROP budget;

-- A dependency names items by their titles; one whose title is none, or of several, stays as it was said.
SELECT handover_id FROM ws.import('{"task": [{"title": "a"}, {"title": "b"}, {"title": "twice"},
    {"title": "twice"}], "risk": [{"title": "r"}],
    "checklist": "require 3 dependency where waits_for; every dependency has details; no dependency where outside",
    "dependency": [{"item": "a", "waits_for": "b", "details": "x"}, {"item": "r", "waits_for": "a"},
        {"item": "b", "outside": "vendor"}, {"item": "a", "waits_for": "r2"},
                   {"item": "twice", "waits_for": "b"}, {"item": "a", "waits_for": "r", "since": "May"},
                   {"waits_for": "b"}, "a waits", {"item": "a"},
                   {"item": "b", "waits_for": null, "outside": "bank"},
                   {"item": "a", "waits_for": "twice", "details": 5},
                   {"item": "r", "waits_for": "b", "details": 5}]}') \gset
SELECT waiting.title AS item, awaited.title AS waits_for, d.outside, d.details
  FROM ws.dependency AS d JOIN ws.item AS waiting USING (handover_id) LEFT
      JOIN ws.item AS awaited ON awaited.handover_id = d.handover_id AND awaited.id = d.waits_for
 WHERE waiting.id = d.item ORDER BY d.id;
SELECT title, attributes FROM ws.item WHERE element = 'dependency' ORDER BY id;
SELECT jsonb_array_elements(document -> 'dependency') AS dependency FROM ws.document
    WHERE handover_id = :handover_id;
SELECT d.document -> 'dependency' = again.back -> 'dependency' AS the_same,
    h.tally OPERATOR(handover.=) handover.tally(h.checklist, d.document) AS counts_alike
  FROM ws.document AS d JOIN ws.handover AS h ON h.id = d.handover_id, ws.regress_import(d.document) AS again
      WHERE d.handover_id = :handover_id;

-- the user's own element is a section, once it is in the catalogue
SELECT * FROM ws.regress_import('{"badge": [{"title": "a", "door": 5}]}');
INSERT INTO handover.element (name, title, description, fields) VALUES ('badge', 'Badge', 'A key card', '{door}');
INSERT INTO handover.field (element, name) VALUES ('badge', 'floor'), ('item', 'colour');
SELECT * FROM ws.regress_import('{"badge": [{"title": "a", "door": 5, "floor": 1, "colour": "red", "flor": 2}]}');
DELETE FROM handover.field WHERE NOT builtin;
DELETE FROM handover.element WHERE NOT builtin;

SELECT count(*) AS wrong FROM ws.discrepancy;
SELECT handover.drop_workspace('ws', true);
