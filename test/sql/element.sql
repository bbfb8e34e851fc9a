--
-- The catalogue names elements and their fields, and finds what a checklist misspells.
--
SELECT count(*) AS elements, count(*) FILTER (WHERE builtin) AS shipped FROM handover.element;
-- what the language says of declared none, the catalogue says too
SELECT name FROM handover.element WHERE NOT may_be_none ORDER BY name;
SELECT name, may_be_none FROM handover.element
WHERE name <> 'handover' AND may_be_none <> handover.complete(format('require %I', name)::handover.checklist,
                                       jsonb_build_object(name, '[{"state": "none"}]'::jsonb));
-- no field twice, none that an item has anyway
SELECT e.name, f FROM handover.element e, unnest(fields) f GROUP BY e.name, f HAVING count(*) > 1;
SELECT e.name, f FROM handover.element e, unnest(fields) f
WHERE name NOT IN ('item', 'handover') AND f IN (SELECT unnest(fields) FROM handover.element WHERE name = 'item');

-- lint
SELECT * FROM handover.lint('require task where ownr; every tsk has owner, due_at; require contact where adress = ''x'';
    every handover has scop; no item where secret_locaton; require qqqqqqqq; every task has words(instructions) > 3, zzz');
SELECT * FROM handover.lint('every item where secret_location has owner; every access_grant has owner, secret_location');
SELECT * FROM handover.lint('');
-- the user's own elements and fields count
INSERT INTO handover.element (name, title, description, fields) VALUES ('badge', 'Badge', 'A key card', '{door}');
SELECT * FROM handover.lint('require badge where door; require bage');
INSERT INTO handover.field (element, name) VALUES ('badge', 'floor'), ('issue', 'major'), ('item', 'colour');
SELECT * FROM handover.lint('every badge has floor, colour; every issue has major, colour; every task has major; every item has major');
DELETE FROM handover.element WHERE name = 'badge';
DELETE FROM handover.field;
DELETE FROM handover.field WHERE NOT builtin;

-- nearest
SELECT handover.nearest('acess_grant', '{asset,access_grant,task}'), handover.nearest('task', '{task}'),
       handover.nearest('xyz', '{task,contact}') IS NULL AS far, handover.nearest('a', '{}') IS NULL AS nothing,
       handover.nearest('größe', '{grosse,größe,NULL}'), handover.nearest(repeat('x', 300), ARRAY[repeat('x', 300)]) IS NULL AS long,
       handover.nearest(NULL, '{a}') IS NULL AS strict;
