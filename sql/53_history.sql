/*
 * history: what the log tells of a row, of a table, of a transaction.
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

CREATE FUNCTION @extschema@.history(relation regclass, VARIADIC key text[])
RETURNS TABLE (changed_at timestamptz, actor text, role_name text, operation text, old jsonb, new jsonb, transaction_id bigint, id bigint)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT l.changed_at, t.actor, t.role_name,
           CASE l.operation WHEN 'I' THEN 'INSERT' WHEN 'U' THEN 'UPDATE' ELSE 'DELETE' END,
           l.old, l.new, l.transaction_id, l.id
      FROM @extschema@.audit_log AS l
           JOIN @extschema@.audit_transaction AS t ON t.id = l.transaction_id
     WHERE l.relation_id IN (SELECT r.id FROM @extschema@.audit_relation AS r 
                               WHERE r.relation = history.relation
                                  OR r.relation IN (SELECT p.relid FROM pg_catalog.pg_partition_tree(history.relation) AS p))
       AND l.key = @extschema@.audit_key(VARIADIC history.key)
     ORDER BY l.changed_at, l.transaction_id, l.id;
END;
COMMENT ON FUNCTION @extschema@.history(regclass, text[]) IS
    'what happened to one row, by the columns of its primary key, in order';
