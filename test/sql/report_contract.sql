--
-- The contract with reporting tools: types that all of them know, a comment on everything, names
-- that say what they mean, and the columns as they are. Columns are added at the end of a report,
-- and none is taken away or changed: in the list at the end, lines are only ever added.
--

SET client_min_messages = warning;
SELECT handover.create_workspace('ws');

CREATE TEMPORARY VIEW report_column AS
SELECT c.table_name::text AS report, c.ordinal_position AS position, c.column_name::text AS name, c.data_type::text AS type,
       c.character_maximum_length AS length, c.numeric_precision AS precision, c.numeric_scale AS scale, c.domain_name,
       (SELECT col_description(r.oid, c.ordinal_position) FROM pg_class AS r
         WHERE r.relnamespace = 'ws_report'::regnamespace AND r.relname = c.table_name) AS comment
  FROM information_schema.columns AS c
 WHERE c.table_schema = 'ws_report';

-- ------------------------------------------------------------------------
-- Guards: each of these shows nothing
-- ------------------------------------------------------------------------

-- types that not every client knows
SELECT report, name, type FROM report_column
 WHERE type NOT IN ('bigint', 'integer', 'smallint', 'boolean', 'numeric', 'character varying', 'text', 'date', 'timestamp with time zone')
    OR domain_name IS NOT NULL;
-- a numeric without a precision, or of more digits than a client has; a varchar without a length, or of more than 255
SELECT report, name, precision, scale FROM report_column WHERE type = 'numeric' AND (precision IS NULL OR scale IS NULL OR precision > 28);
SELECT report, name, length FROM report_column WHERE type = 'character varying' AND (length IS NULL OR length > 255);
-- what is to be grouped or filtered by, as text without an end
SELECT report, name FROM report_column
 WHERE type = 'text'
   AND name ~ '(^|_)(key|name|label|title|role|team|status|state|element|kind|category|owner|outgoing|incoming|coordinator|by|verb|stage|band|party|platform|theme|unit)$';
-- no comment
SELECT report, name FROM report_column WHERE coalesce(btrim(comment), '') = '';
SELECT c.relname FROM pg_class AS c
 WHERE c.relnamespace = 'ws_report'::regnamespace AND c.relkind = 'v' AND coalesce(obj_description(c.oid, 'pg_class'), '') !~ 'One row is .*\.$';
-- names to be quoted, or longer than PostgreSQL keeps
SELECT report, name FROM report_column WHERE name !~ '^[a-z][a-z_]*$' OR length(name) > 40;
-- what a name tells of its type, and a type of its name
SELECT report, name, type FROM report_column
 WHERE name ~ '_at$' <> (type = 'timestamp with time zone')
    OR name ~ '_date$' <> (type = 'date')
    OR name ~ '^is_' <> (type = 'boolean')
    OR name ~ '_count$' AND type <> 'integer'
    OR name ~ '_rank$' AND type <> 'smallint'
    OR name ~ '_(pct|hours|sum|rating|minutes)$' AND type <> 'numeric'
    OR name ~ '_id$' AND type <> 'bigint';
-- a boolean without its number to sum; a time without its day; a rank without its label
SELECT b.report, b.name FROM report_column AS b
 WHERE b.type = 'boolean'
   AND NOT EXISTS (SELECT FROM report_column AS n WHERE n.report = b.report AND n.name = regexp_replace(b.name, '^is_', '') || '_count');
SELECT t.report, t.name FROM report_column AS t
 WHERE t.type = 'timestamp with time zone'
   AND NOT EXISTS (SELECT FROM report_column AS d WHERE d.report = t.report AND d.name = regexp_replace(t.name, '_at$', '_date'));
SELECT r.report, r.name FROM report_column AS r
 WHERE r.name ~ '_rank$'
   AND NOT EXISTS (SELECT FROM report_column AS l WHERE l.report = r.report AND l.name = regexp_replace(r.name, '_rank$', '') AND l.type = 'character varying');
-- one name of several types
SELECT name, string_agg(DISTINCT concat_ws(' ', type, length, precision, scale), ', ') FROM report_column GROUP BY name
HAVING count(DISTINCT (type, length, precision, scale)) > 1;
-- keys come first: one column that ends so, or the day or team; or two, of which the first is the handover
SELECT first.report, first.name, second.name AS second
  FROM report_column AS first JOIN report_column AS second ON second.report = first.report AND second.position = 2
 WHERE first.position = 1
   AND first.name !~ '_(key|id|date)$' AND first.name <> 'team';
-- reports that do not see handovers through the view that can be restricted
SELECT c.relname
  FROM pg_class AS c
 WHERE c.relnamespace = 'ws_report'::regnamespace AND c.relkind = 'v' AND c.relname <> 'data_dictionary'
   AND NOT EXISTS (SELECT FROM pg_rewrite AS r JOIN pg_depend AS d ON d.objid = r.oid AND d.classid = 'pg_rewrite'::regclass
                    WHERE r.ev_class = c.oid AND d.refobjid IN ('ws.visible_handover'::regclass, 'ws.visible_party'::regclass, 'ws.visible_effect'::regclass, 'ws.visible_finding'::regclass, 'ws.visible_finding_day'::regclass));
-- or that read the table beside it
SELECT c.relname
  FROM pg_class AS c
 WHERE c.relnamespace = 'ws_report'::regnamespace AND c.relkind = 'v' AND c.relname NOT IN ('data_dictionary', 'timeline')
   AND EXISTS (SELECT FROM pg_rewrite AS r JOIN pg_depend AS d ON d.objid = r.oid AND d.classid = 'pg_rewrite'::regclass
                WHERE r.ev_class = c.oid AND d.refobjid = 'ws.handover'::regclass);

-- ------------------------------------------------------------------------
-- The dictionary says the same as the server does
-- ------------------------------------------------------------------------

SELECT count(*) > 1000 AS many,
       count(*) FILTER (WHERE d.view_name IS NULL OR r.report IS NULL OR d.comment IS DISTINCT FROM r.comment OR d.position <> r.position
                           OR d.type NOT LIKE r.type || '%') AS different
  FROM ws_report.data_dictionary AS d
       FULL JOIN report_column AS r ON r.report = d.view_name AND r.name = d.column_name;
SELECT count(*) = count(DISTINCT column_key) AS unique_key, min(position), count(DISTINCT view_name) = count(DISTINCT (view_name, view_comment)) AS one_comment
  FROM ws_report.data_dictionary;
-- an element with fields of its own has its report, and no field is forgotten
SELECT e.name AS element, f.name AS field
  FROM handover.element AS e CROSS JOIN unnest(e.fields) AS f (name)
 WHERE e.builtin AND e.name NOT IN ('handover', 'item')
   AND NOT EXISTS (SELECT FROM report_column AS r
                    WHERE r.report = e.name
                      AND (r.name IN (f.name, 'is_' || f.name, f.name || '_rating', f.name || '_minutes', f.name || '_id')
                           OR e.name IN ('project', 'campaign') AND r.name = e.name || '_' || f.name
                           OR e.name = 'content_calendar' AND r.name = 'content_' || f.name))
 ORDER BY 1, 2;

-- ------------------------------------------------------------------------
-- All of it
-- ------------------------------------------------------------------------

-- not aligned, so that a line that is added changes no other
\pset format unaligned
\pset footer off
SELECT view_name, position, column_name, type FROM ws_report.data_dictionary ORDER BY view_name COLLATE "C", position;
SELECT view_name, view_comment FROM ws_report.data_dictionary WHERE position = 1 ORDER BY view_name COLLATE "C";
\pset format aligned
\pset footer on

SELECT handover.drop_workspace('ws');
