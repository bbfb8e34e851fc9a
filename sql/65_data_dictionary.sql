/*
 * data_dictionary: what the columns of the reports mean, as a report.
 *
 * For tools that do not show comments.
 */

CREATE FUNCTION @extschema@.create_workspace_dictionary() RETURNS void
LANGUAGE plpgsql
AS $create$
BEGIN

CREATE OR REPLACE VIEW data_dictionary AS
SELECT (c.relname || '.' || a.attname)::varchar(128) AS column_key,
       c.relname::varchar(63) AS view_name,
       (row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum))::smallint AS position,
       a.attname::varchar(63) AS column_name,
       format_type(a.atttypid, a.atttypmod)::varchar(63) AS type,
       of_column.description AS comment,
       of_view.description AS view_comment
  FROM pg_class AS c
       JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       LEFT JOIN pg_description AS of_column
              ON of_column.objoid = c.oid AND of_column.classoid = 'pg_class'::regclass AND of_column.objsubid = a.attnum
       LEFT JOIN pg_description AS of_view
              ON of_view.objoid = c.oid AND of_view.classoid = 'pg_class'::regclass AND of_view.objsubid = 0
 WHERE c.relnamespace = (SELECT report.oid
                           FROM pg_class AS h
                                JOIN pg_namespace AS workspace ON workspace.oid = h.relnamespace
                                JOIN pg_namespace AS report ON report.nspname = workspace.nspname || '_report'
                          WHERE h.oid = 'handover'::regclass)
   AND c.relkind IN ('v', 'm', 'r', 'p', 'f')
   AND has_column_privilege(c.oid, a.attnum, 'SELECT');
COMMENT ON VIEW data_dictionary IS 'What do the columns of the reports mean? One row is a column of a report that the reader may read.';
COMMENT ON COLUMN data_dictionary.column_key IS 'key, made of the names of report and column';
COMMENT ON COLUMN data_dictionary.view_name IS 'name of the report';
COMMENT ON COLUMN data_dictionary.position IS 'place of the column in the report, from 1';
COMMENT ON COLUMN data_dictionary.column_name IS 'name of the column';
COMMENT ON COLUMN data_dictionary.type IS 'type of the column';
COMMENT ON COLUMN data_dictionary.comment IS 'what the column means';
COMMENT ON COLUMN data_dictionary.view_comment IS 'what the report answers, and what one row of it is';

END
$create$;
COMMENT ON FUNCTION @extschema@.create_workspace_dictionary() IS
    'part of create_workspace(): makes the report on the reports in the first schema of the search_path';
