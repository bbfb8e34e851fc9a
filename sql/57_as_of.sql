/*
 * as_of: a table as it was, and the way back.
 *
 * A table is rolled back in thought: from what it holds now, by what the log says
 * of the changes since.  So nothing is asked of the time before it was audited.
 */

CREATE FUNCTION @extschema@.audit_row_key("row" anyelement) RETURNS text
    AS 'MODULE_PATHNAME', 'handover_audit_row_key' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.audit_row_key(anyelement) IS
    'part of as_of(): the key of a row of a table, as the log writes it under pinned settings; NULL if it has none';

CREATE FUNCTION @extschema@.audit_record(base anyelement, image jsonb) RETURNS anyelement
    AS 'MODULE_PATHNAME', 'handover_audit_record' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.audit_record(anyelement, jsonb) IS
    'a row with the columns that an entry of the log has of it; the others stay as in base';
-- it runs what domains check as the owner of the table
REVOKE ALL ON FUNCTION @extschema@.audit_record(anyelement, jsonb) FROM PUBLIC;

-- What was masked or redacted is not known any more.
CREATE FUNCTION @extschema@.audit_image(image jsonb, columns text[], present text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT pg_catalog.jsonb_object_agg(audit_image.present[known.place],
                                       CASE WHEN m.value IN ('"[masked]"', '"[redacted]"') THEN 'null' ELSE m.value END)
      FROM pg_catalog.jsonb_each(audit_image.image) AS m
           CROSS JOIN LATERAL (SELECT pg_catalog.array_position(audit_image.columns, m.key)) AS known (place)
     WHERE audit_image.present[known.place] IS NOT NULL;
END;
COMMENT ON FUNCTION @extschema@.audit_image(jsonb, text[], text[]) IS
    'part of as_of(): what an entry has of a row, by the names that the columns have now';

-- Entries of the rows of a table by transactions that were done later than that, each with when: with the last change of
-- whatever table, so that a transaction is seen whole or not at all.
CREATE FUNCTION @extschema@.audit_changes(relation regclass, since timestamptz)
RETURNS TABLE (finished timestamptz, transaction_id bigint, command bigint, id bigint, operation "char", key text, old jsonb,
               columns text[], columns_now text[])
LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH done AS MATERIALIZED (
        SELECT l.transaction_id, max(l.changed_at) AS finished
          FROM @extschema@.audit_log AS l
         WHERE l.changed_at > audit_changes.since
         GROUP BY l.transaction_id
    )
    SELECT done.finished, l.transaction_id, l.command, l.id, l.operation, l.key, l.old, k.columns, k.columns_now
      FROM @extschema@.audit_relations(audit_changes.relation) AS k
           JOIN @extschema@.audit_log AS l ON l.relation_id = k.id
           JOIN done ON done.transaction_id = l.transaction_id
     WHERE l.operation <> 'E'
       AND l.transaction_id >= (SELECT min(done.transaction_id) FROM done);
END;
COMMENT ON FUNCTION @extschema@.audit_changes(regclass, timestamptz) IS
    'part of as_of(): entries of the rows of a table since then; order by finished, transaction_id, command, id';

-- Is all in the log that has happened to a table since?
CREATE FUNCTION @extschema@.check_as_of(relation regclass, at timestamptz) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    settings @extschema@.audit_table;
    why text;
    dropped timestamptz;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = check_as_of.relation AND (i.indisprimary OR i.indisreplident)) THEN
        RAISE EXCEPTION 'table % has no primary key', relation
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = 'The log cannot tell its rows apart.';
    END IF;
    SELECT t.* INTO settings FROM @extschema@.audit_table AS t WHERE t.relation = @extschema@.audit_root(check_as_of.relation);
    SELECT b.sealed_at INTO dropped FROM @extschema@.audit_block AS b WHERE b.block = @extschema@.dropped_block();
    WITH member AS (
        SELECT p.relid FROM pg_partition_tree(relation) AS p
        UNION SELECT a.relid FROM pg_partition_ancestors(relation) AS a
        UNION SELECT relation
    ),
    event AS (
        SELECT l.key, l.new, done.later,
               -- of each kind, is it the one that held then, or a later one?
               done.later
                   OR l.changed_at = max(l.changed_at) FILTER (WHERE NOT done.later) OVER (PARTITION BY l.key) AS counts
          FROM member
               CROSS JOIN LATERAL @extschema@.audit_relations(member.relid) AS k
               CROSS JOIN unnest('{audit,trigger,suspend,detach,drop,rewrite}'::text[]) AS e (name)
               JOIN @extschema@.audit_log AS l
                 ON @extschema@.audit_place(l.relation_id, l.key) = @extschema@.audit_place(k.id, e.name)
                AND l.relation_id = k.id AND l.key = e.name
               -- of a transaction that was done later, as its rows are
               CROSS JOIN LATERAL (SELECT l.changed_at > at
                                          OR EXISTS (SELECT FROM @extschema@.audit_log AS o
                                                      WHERE o.transaction_id = l.transaction_id AND o.changed_at > at)) AS done (later)
         WHERE l.operation = 'E'
    )
    SELECT CASE WHEN settings IS NULL THEN 'It is not audited.'
                WHEN dropped > at THEN format('Entries that were sealed until %s have been dropped.', dropped)
                WHEN settings.audited_since > at THEN format('It is audited since %s.', settings.audited_since)
                WHEN EXISTS (SELECT FROM event AS e WHERE e.key IN ('suspend', 'detach', 'drop') AND e.later)
                  OR EXISTS (SELECT FROM event AS e WHERE e.key = 'trigger' AND e.counts AND e.new ? 'discrepancy')
                  OR EXISTS (SELECT FROM @extschema@.audit_check() AS c JOIN member ON member.relid::text = c.relation)
                THEN 'Not all changes were logged since.'
                WHEN settings.condition IS NOT NULL OR EXISTS (SELECT FROM event AS e WHERE e.key = 'audit' AND e.counts AND e.new ? 'condition')
                THEN 'Changes are logged only under a condition.'
                WHEN EXISTS (SELECT FROM @extschema@.audit_changes(relation, at) AS c WHERE c.operation = 'T')
                THEN 'It was emptied by TRUNCATE since.'
                -- a column that was added has the values that it was added with
                WHEN EXISTS (SELECT FROM event AS e WHERE e.key = 'rewrite' AND e.later AND (e.new -> 'reason' ? 'type' OR e.new ? 'generated'))
                THEN 'Its rows were rewritten by ALTER TABLE since.' END
      INTO why;
    IF why IS NOT NULL THEN
        RAISE EXCEPTION 'cannot tell what table % was like at %', relation, at
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = why;
    END IF;
END
$function$;
COMMENT ON FUNCTION @extschema@.check_as_of(regclass, timestamptz) IS
    'part of as_of(): an error unless the log has all that has happened to a table since';

CREATE FUNCTION @extschema@.as_of(relation anyelement, at timestamptz) RETURNS SETOF anyelement
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
-- as when the log was written
SET datestyle = 'ISO, YMD'
SET intervalstyle = 'postgres'
SET timezone = 'UTC'
SET extra_float_digits = 3
SET bytea_output = 'hex'
SET lc_monetary = 'C'
SET jit = off
AS $function$
DECLARE
    relid regclass;
    hidden jsonb;
BEGIN
    SELECT t.typrelid INTO relid FROM pg_type AS t WHERE t.oid = pg_typeof(relation) AND t.typrelid <> 0;
    IF relid IS NULL THEN
        RAISE EXCEPTION 'type % is not the row type of a table', pg_typeof(relation)
            USING ERRCODE = 'wrong_object_type',
                  HINT = 'Call it so: SELECT * FROM handover.as_of(NULL::public.some_table, now() - interval ''1 day'')';
    END IF;
    IF at IS NULL THEN
        RETURN;
    END IF;
    PERFORM @extschema@.check_as_of(relid, at);
    -- what the log has not been shown, it does not know
    SELECT jsonb_object_agg(c.name, NULL::text) INTO hidden
      FROM (SELECT k.columns_now[array_position(k.columns, x.name)]
              FROM @extschema@.audit_relations(@extschema@.audit_root(relid)) AS k
                   CROSS JOIN unnest('{audit,alter}'::text[]) AS e (name)
                   JOIN @extschema@.audit_log AS l
                     ON @extschema@.audit_place(l.relation_id, l.key) = @extschema@.audit_place(k.id, e.name)
                    AND l.relation_id = k.id AND l.key = e.name AND l.operation = 'E'
                   CROSS JOIN LATERAL jsonb_array_elements_text(l.new -> 'exclude') AS x (name)
            UNION
            SELECT x.name
              FROM @extschema@.audit_table AS t
                   CROSS JOIN LATERAL unnest(t.exclude) AS x (name)
             WHERE t.relation = @extschema@.audit_root(relid)) AS c (name)
     WHERE c.name IS NOT NULL;
    RETURN QUERY EXECUTE format($query$
        WITH later AS (
            SELECT c.key, c.operation, c.old, c.columns, c.columns_now,
                   row_number() OVER (PARTITION BY c.key ORDER BY c.finished, c.transaction_id, c.command, c.id) AS n
              FROM @extschema@.audit_changes(%1$L, $1) AS c
             WHERE c.operation <> 'T'
        ),
        state AS (
            SELECT later.key, bool_or(later.n = 1 AND later.operation = 'I') AS is_new, min(later.n) FILTER (WHERE later.operation = 'D') AS deleted
              FROM later
             GROUP BY later.key
        ),
        image AS (
            SELECT first.key, jsonb_object_agg(first.name, first.value) AS image
              FROM (SELECT DISTINCT ON (later.key, m.key) later.key, m.key AS name, m.value
                      FROM later
                           JOIN state ON state.key = later.key
                           CROSS JOIN LATERAL jsonb_each(@extschema@.audit_image(later.old, later.columns, later.columns_now)) AS m
                     WHERE later.operation <> 'I' AND NOT state.is_new AND later.n <= coalesce(state.deleted, later.n)
                     ORDER BY later.key, m.key, later.n) AS first
             GROUP BY first.key
        )
        SELECT was.*
          FROM state
               LEFT JOIN image ON image.key = state.key
               CROSS JOIN LATERAL @extschema@.audit_record(NULL::%1$s, coalesce(image.image, '{}') || $2) AS was
         WHERE NOT state.is_new AND state.deleted IS NOT NULL
        UNION ALL
        SELECT was.*
          FROM %2$s %1$s AS present
               LEFT JOIN state ON state.key = @extschema@.audit_row_key(present.*)
               LEFT JOIN image ON image.key = state.key
               CROSS JOIN LATERAL @extschema@.audit_record(present.*, coalesce(image.image, '{}') || $2) AS was
         WHERE state.key IS NULL OR NOT state.is_new AND state.deleted IS NULL
        $query$, relid, CASE (SELECT c.relkind FROM pg_class AS c WHERE c.oid = relid) WHEN 'p' THEN '' ELSE 'ONLY' END)
        USING at, coalesce(hidden, '{}');
END
$function$;
COMMENT ON FUNCTION @extschema@.as_of(anyelement, timestamptz) IS
    'the rows of a table as they were then: as_of(NULL::public.some_table, time)';

-- ------------------------------------------------------------------------
-- The way back
-- ------------------------------------------------------------------------

CREATE FUNCTION @extschema@.audit_literal(value jsonb, type oid) RETURNS text
LANGUAGE sql STABLE
RETURN CASE WHEN value IS NULL OR value = 'null' THEN 'NULL'
            WHEN type = 'pg_catalog.jsonb'::pg_catalog.regtype THEN pg_catalog.quote_literal(value::text)
            ELSE pg_catalog.quote_literal(value #>> '{}') END;
COMMENT ON FUNCTION @extschema@.audit_literal(jsonb, oid) IS
    'part of revert(): a value of the log in SQL';

-- A comment ends with its line, and so must what is in it: a name or a key may have several.
CREATE FUNCTION @extschema@.audit_comment(remark text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '-- ' || pg_catalog.translate(remark, E'\n\r', '  ');
COMMENT ON FUNCTION @extschema@.audit_comment(text) IS
    'part of revert(): a comment in SQL';

CREATE FUNCTION @extschema@.revert(transaction_id bigint)
RETURNS TABLE (place integer, statement text, is_overtaken boolean)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET jit = off
BEGIN ATOMIC
    WITH entry AS (
        SELECT l.transaction_id, l.id, l.command, l.operation, l.key, l.old, l.new, l.changed_at, k.relid, k.columns, k.columns_now
          FROM @extschema@.audit_log AS l
               JOIN @extschema@.audit_relation AS r ON r.id = l.relation_id
               -- in this database, or else by its name
               CROSS JOIN LATERAL (SELECT pg_catalog.to_regclass(pg_catalog.format('%I.%I', r.schema_name, r.table_name))::oid
                                    WHERE NOT EXISTS (SELECT FROM @extschema@.audit_incarnation AS i WHERE i.id = r.incarnation)
                                   UNION ALL
                                   SELECT c.oid FROM pg_catalog.pg_class AS c
                                    WHERE c.oid = r.relation
                                      AND EXISTS (SELECT FROM @extschema@.audit_incarnation AS i WHERE i.id = r.incarnation)) AS there (relid)
               CROSS JOIN LATERAL @extschema@.audit_relations(there.relid) AS k
         WHERE l.transaction_id = revert.transaction_id AND k.id = r.id AND (l.operation <> 'E' OR l.key = 'rewrite')
    ),
    named AS (
        SELECT e.transaction_id, e.id, e.command, e.operation, e.relid, e.key, e.changed_at, e.columns_now,
               @extschema@.audit_image(e.old, e.columns, e.columns_now) AS old,
               @extschema@.audit_image(e.new, e.columns, e.columns_now) AS new,
               -- what was masked, redacted or excluded, or has gone since, cannot come back
               ARRAY(SELECT coalesce(e.columns_now[pg_catalog.array_position(e.columns, m.key)], m.key)
                       FROM pg_catalog.jsonb_each(e.old) AS m
                      WHERE m.value IN ('"[masked]"', '"[redacted]"')
                         OR e.columns_now[pg_catalog.array_position(e.columns, m.key)] IS NULL
                      ORDER BY 1) AS lost
          FROM entry AS e
    ),
    clause AS (
        SELECT n.*, known.key_columns,
               (SELECT string_agg(pg_catalog.format('%I = %s', c.name, pg_catalog.quote_literal(
                                      CASE pg_catalog.cardinality(known.key_columns) WHEN 1 THEN n.key ELSE (n.key::text[])[c.place] END)),
                                  ' AND ' ORDER BY c.place)
                  FROM pg_catalog.unnest(known.key_columns) WITH ORDINALITY AS c (name, place)) AS condition,
               (SELECT string_agg(pg_catalog.format('%I = %s', a.attname, @extschema@.audit_literal(n.old -> a.attname::text, a.atttypid)),
                                  ', ' ORDER BY a.attnum)
                  FROM pg_catalog.pg_attribute AS a
                 WHERE a.attrelid = n.relid AND a.attnum > 0 AND a.attgenerated = '' AND n.old ? a.attname::text
                   AND a.attname <> ALL (n.lost)) AS assignments,
               (SELECT string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attnum)
                  FROM pg_catalog.pg_attribute AS a
                 WHERE a.attrelid = n.relid AND a.attnum > 0 AND a.attgenerated = '' AND n.old ? a.attname::text) AS names,
               (SELECT string_agg(@extschema@.audit_literal(n.old -> a.attname::text, a.atttypid), ', ' ORDER BY a.attnum)
                  FROM pg_catalog.pg_attribute AS a
                 WHERE a.attrelid = n.relid AND a.attnum > 0 AND a.attgenerated = '' AND n.old ? a.attname::text) AS literals
          FROM named AS n
               CROSS JOIN LATERAL (SELECT ARRAY(SELECT a.attname::text
                                                  FROM pg_catalog.pg_index AS i
                                                       CROSS JOIN LATERAL pg_catalog.unnest(i.indkey::smallint[]) WITH ORDINALITY AS c (n, place)
                                                       JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = c.n
                                                 WHERE i.indrelid = n.relid AND c.place <= i.indnkeyatts
                                                   AND (i.indisprimary
                                                        OR i.indisreplident AND NOT EXISTS (SELECT FROM pg_catalog.pg_index AS p
                                                                                              WHERE p.indrelid = n.relid AND p.indisprimary))
                                                 ORDER BY c.place)) AS known (key_columns)
    )
    SELECT (row_number() OVER (ORDER BY c.command DESC, c.id DESC))::integer,
           CASE WHEN c.operation = 'T' THEN @extschema@.audit_comment(pg_catalog.format('TRUNCATE of %s cannot be undone', c.relid::regclass))
                WHEN c.operation = 'E' THEN @extschema@.audit_comment(pg_catalog.format('ALTER TABLE has rewritten %s, which cannot be undone', c.relid::regclass))
                WHEN c.condition IS NULL THEN @extschema@.audit_comment(pg_catalog.format('a row of %s has no key that would find it', c.relid::regclass))
                WHEN c.operation = 'I' THEN pg_catalog.format('DELETE FROM %s WHERE %s;', c.relid::regclass, c.condition)
                WHEN c.operation = 'D'
                THEN pg_catalog.format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE VALUES (%s);', c.relid::regclass, c.names, c.literals)
                WHEN c.assignments IS NULL THEN @extschema@.audit_comment(pg_catalog.format('nothing to set in %s WHERE %s', c.relid::regclass, c.condition))
                ELSE pg_catalog.format('UPDATE %s SET %s WHERE %s;', c.relid::regclass, c.assignments, c.condition) END
           || CASE WHEN c.lost = '{}' OR c.operation IN ('T', 'I', 'E') THEN ''
                   ELSE ' ' || @extschema@.audit_comment('not known: ' || pg_catalog.array_to_string(c.lost, ', ')) END,
           EXISTS (SELECT
                     FROM @extschema@.audit_relations(c.relid) AS k
                          JOIN @extschema@.audit_log AS l
                            ON @extschema@.audit_place(l.relation_id, l.key) IN (@extschema@.audit_place(k.id, c.key), @extschema@.audit_place(k.id, 'rewrite'))
                           AND l.relation_id = k.id
                           AND CASE l.operation WHEN 'E' THEN l.key = 'rewrite' ELSE l.key = c.key END
                    WHERE l.transaction_id <> c.transaction_id AND l.changed_at > c.changed_at)
      FROM clause AS c
     ORDER BY 1;
END;
COMMENT ON FUNCTION @extschema@.revert(bigint) IS
    'statements that would undo what a transaction has changed, last first, and whether a later one has changed the same row; nothing is run';
