/*
 * redaction: a value that must not be kept goes, and the log can still be
 * verified.
 *
 * What was redacted keeps the hash that it had, so the block that it is in stays
 * as it is; what it has become is hashed into the entry that says that it was
 * redacted.  The salt goes with the value: the hash that stays tells nothing.
 */

CREATE FUNCTION @extschema@.redact(relation regclass, key text[], columns text[], reason text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET handover.log_maintenance = on
SET jit = off
AS $function$
DECLARE
    whole text := @extschema@.audit_key(VARIADIC key);
    entry record;
    was bytea;
    became record;
    redacted bigint := 0;
    in_key boolean;
BEGIN
    IF coalesce(btrim(reason), '') = '' THEN
        RAISE EXCEPTION 'a redaction needs a reason'
            USING ERRCODE = 'null_value_not_allowed';
    END IF;
    -- sealing looks at the same rows
    LOCK TABLE @extschema@.audit_block IN SHARE ROW EXCLUSIVE MODE;
    in_key := EXISTS (SELECT
                        FROM pg_index AS i
                             JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::smallint[])
                       WHERE i.indrelid = redact.relation AND (i.indisprimary OR i.indisreplident) AND a.attname = ANY (redact.columns));
    FOR entry IN
        SELECT l.ctid, l.transaction_id, l.id, l.relation_id, l.salt, l.key, l.old, l.new, l.sha256, l.statement_id,
               -- by the names that they have now, or had then
               ARRAY(SELECT known.columns[c.n] FROM unnest(known.columns_now) WITH ORDINALITY AS c (now, n)
                      WHERE c.now = ANY (redact.columns) OR known.columns[c.n] = ANY (redact.columns)) AS names
          FROM @extschema@.audit_relations(redact.relation) AS known
               JOIN @extschema@.audit_log AS l
                 ON @extschema@.audit_place(l.relation_id, l.key) = @extschema@.audit_place(known.id, whole)
                AND l.relation_id = known.id AND l.key = whole
         WHERE l.operation IN ('I', 'U', 'D')
         ORDER BY l.transaction_id, l.id
    LOOP
        CONTINUE WHEN NOT (coalesce(entry.old ?| entry.names, false) OR coalesce(entry.new ?| entry.names, false) OR in_key);
        was := coalesce(entry.sha256, @extschema@.audit_content(entry.salt, entry.key, entry.old, entry.new));
        UPDATE @extschema@.audit_log AS l
           SET salt = gen_random_uuid(), sha256 = was,
               key = CASE WHEN in_key THEN '[redacted]' ELSE l.key END,
               old = (SELECT jsonb_object_agg(m.key, CASE WHEN m.key = ANY (entry.names) THEN '"[redacted]"' ELSE m.value END) FROM jsonb_each(l.old) AS m),
               new = (SELECT jsonb_object_agg(m.key, CASE WHEN m.key = ANY (entry.names) THEN '"[redacted]"' ELSE m.value END) FROM jsonb_each(l.new) AS m)
         WHERE l.ctid = entry.ctid
        RETURNING l.salt, l.key, l.old, l.new INTO became;
        PERFORM @extschema@.audit_event(jsonb_build_object('event', 'redact', 'part', 'entry', 'transaction_id', entry.transaction_id, 'id', entry.id,
            'columns', entry.names, 'reason', reason,
            'sha256', encode(@extschema@.audit_content(became.salt, became.key, became.old, became.new), 'hex')), entry.relation_id);
        redacted := redacted + 1;

        -- the statement may hold the value, too
        IF entry.statement_id IS NOT NULL THEN
            UPDATE @extschema@.audit_statement AS s
               SET salt = gen_random_uuid(), sha256 = coalesce(s.sha256, @extschema@.audit_query(s.salt, s.query)), query = '[redacted]'
             WHERE s.id = entry.statement_id AND s.query <> '[redacted]'
            RETURNING s.salt, s.query INTO became;
            IF FOUND THEN
                PERFORM @extschema@.audit_event(jsonb_build_object('event', 'redact', 'part', 'statement', 'transaction_id', entry.transaction_id,
                    'id', entry.statement_id, 'reason', reason,
                    'sha256', encode(@extschema@.audit_query(became.salt, became.query), 'hex')), entry.relation_id);
            END IF;
        END IF;
    END LOOP;
    RETURN redacted;
END
$function$;
COMMENT ON FUNCTION @extschema@.redact(regclass, text[], text[], text) IS
    'takes the values of these columns of one row out of the log; returns from how many entries; this itself is logged, but for the values';
REVOKE ALL ON FUNCTION @extschema@.redact(regclass, text[], text[], text) FROM PUBLIC;
