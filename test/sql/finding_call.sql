--
-- findings() with rows of all kinds: it knows their columns by name, and looks them up by type.
--

SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE SCHEMA fcall;
CREATE TYPE fcall.thing AS (id bigint, element text, title text, link text, attributes jsonb);
CREATE TYPE fcall.task AS (title text, element varchar(20), id bigint);

-- what is found on items of a handover of which nothing is known
\set found 'handover.finding_settings AS s CROSS JOIN LATERAL handover.findings(ROW(), s.settings, '
\set on_items ', NULL, NULL, NULL, NULL) AS f WHERE f.item_id IS NOT NULL'

-- rows of several types in one array, NULL, and rows without a name for anything
SELECT f.item_id, f.code, f.title
  FROM :found ARRAY[ROW(1, 'system', 'db', NULL, NULL)::fcall.thing, ROW('b', 'task', 2)::fcall.task, NULL, ROW(), ROW(3, 'task'),
                    ROW(4, 'system', 'db', NULL, '{"complex": true}')::fcall.thing]::record[] :on_items ORDER BY f.item_id, f.code;
SELECT f.item_id, f.code, f.title FROM :found ARRAY[[ROW('a', 'task', 1)::fcall.task], [ROW('b', 'task', 2)::fcall.task]] :on_items;
CREATE TYPE fcall.wrong AS (id bigint, element integer);
SELECT f.item_id FROM :found ARRAY[ROW(1, 2)::fcall.wrong] :on_items;

-- a type that is altered while a query reads rows of it
CREATE FUNCTION fcall.one(n bigint) RETURNS fcall.task LANGUAGE plpgsql AS $$
DECLARE
    task fcall.task;
BEGIN
    EXECUTE $q$SELECT (jsonb_populate_record(NULL::fcall.task, '{"title": "7", "element": "task"}')).*$q$ INTO task;
    task.id := n;
    RETURN task;
END $$;
BEGIN;
DECLARE one CURSOR FOR SELECT f.* FROM generate_series(1, 3) AS n CROSS JOIN LATERAL (SELECT f.item_id, f.code FROM :found ARRAY[fcall.one(n)] :on_items) AS f;
FETCH one;
ALTER TYPE fcall.task DROP ATTRIBUTE element, ADD ATTRIBUTE element text;
FETCH one;
ALTER TYPE fcall.task ALTER ATTRIBUTE title TYPE integer;
FETCH one;
ROLLBACK;

-- what names what is looked up once for all items, or this would take minutes
SET statement_timeout = '30s';
SELECT f.code, count(*)
  FROM :found (SELECT array_agg(ROW(n, v.element, v.title || n, v.link, v.attributes)::fcall.thing)
                 FROM generate_series(1, 4000) AS n
                      CROSS JOIN (VALUES ('system', 'System ', NULL, '{}'::jsonb), ('metric', 'metric ', NULL, '{"applies_to": "x, SYSTEM 7, "}'),
                                         ('document', 'document ', 'x', '{"access_grant": "Root"}'),
                                         ('access_grant', 'access ', NULL, '{"account": "root"}')) AS v (element, title, link, attributes)) :on_items
 GROUP BY f.code ORDER BY f.code;
RESET statement_timeout;

DROP SCHEMA fcall CASCADE;
