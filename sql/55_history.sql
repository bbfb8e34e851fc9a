/*
 * history: what the log tells of one row.
 */

-- The key of a row as the log writes it: the text of its column, or of an array of several.
CREATE FUNCTION @extschema@.audit_key(VARIADIC key text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE WHEN pg_catalog.octet_length(whole.key) > 2000
                THEN 'sha256:' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(whole.key, pg_catalog.getdatabaseencoding())), 'hex')
                ELSE whole.key END
      FROM (SELECT CASE pg_catalog.cardinality(audit_key.key) WHEN 1 THEN audit_key.key[1] ELSE audit_key.key::text END) AS whole (key);
END;
COMMENT ON FUNCTION @extschema@.audit_key(text[]) IS
    'the key of a row as the log writes it, of its columns in the order of the primary key';

/*
 * The log speaks of a table by the OID and the names that it had then, in the
 * database where it then was.  Here it is the same whatever its names are; in
 * another database it is the one that had last had the names with which it began
 * here, which a dump has brought along.
 */
CREATE VIEW @extschema@.audit_relation_now AS
WITH here AS (
    SELECT r.id, r.relation, r.schema_name, r.table_name, r.columns
      FROM @extschema@.audit_relation AS r
           JOIN @extschema@.audit_incarnation AS i ON i.id = r.incarnation
),
began AS (
    SELECT DISTINCT ON (h.relation) h.relation, h.schema_name, h.table_name, h.columns
      FROM here AS h
     ORDER BY h.relation, h.id
),
elsewhere AS (
    SELECT DISTINCT ON (last.incarnation, last.schema_name, last.table_name)
           last.incarnation, last.schema_name, last.table_name, last.relation, last.columns
      FROM (SELECT DISTINCT ON (r.incarnation, r.relation) r.incarnation, r.relation, r.schema_name, r.table_name, r.columns, r.id
              FROM @extschema@.audit_relation AS r
             WHERE NOT EXISTS (SELECT FROM @extschema@.audit_incarnation AS i WHERE i.id = r.incarnation)
             ORDER BY r.incarnation, r.relation, r.id DESC) AS last
     ORDER BY last.incarnation, last.schema_name, last.table_name, last.id DESC
)
SELECT h.relation AS relid, h.id, h.columns, NULL::text[] AS columns_last, NULL::text[] AS columns_first
  FROM here AS h
UNION ALL
SELECT coalesce(b.relation, c.oid), r.id, r.columns, e.columns, b.columns
  FROM elsewhere AS e
       LEFT JOIN began AS b ON b.schema_name = e.schema_name AND b.table_name = e.table_name
       -- not changed here yet
       LEFT JOIN pg_catalog.pg_namespace AS n ON b.relation IS NULL AND n.nspname = e.schema_name
       LEFT JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = e.table_name
       JOIN @extschema@.audit_relation AS r ON r.incarnation = e.incarnation AND r.relation = e.relation;
COMMENT ON VIEW @extschema@.audit_relation_now IS
    'rows of audit_relation with the tables that they are about now';
COMMENT ON COLUMN @extschema@.audit_relation_now.relid IS 'OID of the table now; NULL if there is none';
COMMENT ON COLUMN @extschema@.audit_relation_now.id IS 'key of audit_relation';
COMMENT ON COLUMN @extschema@.audit_relation_now.columns IS 'columns then, by number';
COMMENT ON COLUMN @extschema@.audit_relation_now.columns_last IS 'of another database: the same with the last names that they had there';
COMMENT ON COLUMN @extschema@.audit_relation_now.columns_first IS 'of another database: columns here when the table was first logged here';

-- (With a setting it is not drawn into the query that calls it, whose planner knows less of how few rows it has.)
CREATE FUNCTION @extschema@.audit_relations(relation regclass) RETURNS TABLE (id integer, relid oid, columns text[], columns_now text[])
LANGUAGE sql STABLE ROWS 4
SET jit = off
BEGIN ATOMIC
    SELECT n.id, n.relid, n.columns,
           ARRAY(SELECT present.columns[CASE WHEN n.columns_last IS NULL THEN c.n
                                             ELSE coalesce(pg_catalog.array_position(n.columns_first, n.columns_last[c.n]),
                                                           pg_catalog.array_position(present.columns, n.columns_last[c.n])) END]
                   FROM pg_catalog.generate_series(1, pg_catalog.cardinality(n.columns)) AS c (n)
                  ORDER BY c.n)
      FROM @extschema@.audit_relation_now AS n
           CROSS JOIN LATERAL (SELECT pg_catalog.array_agg(CASE WHEN NOT a.attisdropped THEN a.attname::text END ORDER BY a.attnum)
                                 FROM pg_catalog.pg_attribute AS a
                                WHERE a.attrelid = n.relid AND a.attnum > 0) AS present (columns)
     WHERE n.relid = audit_relations.relation
        OR n.relid IN (SELECT p.relid FROM pg_catalog.pg_partition_tree(audit_relations.relation) AS p);
END;
COMMENT ON FUNCTION @extschema@.audit_relations(regclass) IS
    'rows of audit_relation that are about a table or its partitions, with the names of their columns then and now; NULL for one that is gone';

CREATE FUNCTION @extschema@.history(relation regclass, VARIADIC key text[])
RETURNS TABLE (changed_at timestamptz, actor text, role_name text, operation text, old jsonb, new jsonb, transaction_id bigint, id bigint)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT l.changed_at, c.actor, c.role_name,
           CASE l.operation WHEN 'I' THEN 'INSERT' WHEN 'U' THEN 'UPDATE' ELSE 'DELETE' END,
           l.old, l.new, l.transaction_id, l.id
      FROM @extschema@.audit_relations(history.relation) AS r
           JOIN @extschema@.audit_log AS l
             ON @extschema@.audit_place(l.relation_id, l.key) = @extschema@.audit_place(r.id, @extschema@.audit_key(VARIADIC history.key))
           LEFT JOIN @extschema@.audit_context AS c ON c.id = l.context_id
     WHERE l.relation_id = r.id
       AND l.key = @extschema@.audit_key(VARIADIC history.key)
       AND l.operation IN ('I', 'U', 'D')
     ORDER BY l.changed_at, l.transaction_id, l.id;
END;
COMMENT ON FUNCTION @extschema@.history(regclass, text[]) IS
    'what happened to one row, by the columns of its primary key, in order';
