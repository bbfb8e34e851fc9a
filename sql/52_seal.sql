/*
 * seal: blocks of the log, each with a hash that covers the one before.
 *
 * doc/audit.md writes down what is hashed, for those who verify it without us.
 */

CREATE FUNCTION @extschema@.sha256_accum(internal, text) RETURNS internal
    AS 'MODULE_PATHNAME', 'handover_sha256_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.sha256_accum(internal, text) IS 'transition function of sha256_agg';
CREATE FUNCTION @extschema@.sha256_final(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'handover_sha256_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.sha256_final(internal) IS 'final function of sha256_agg';
CREATE AGGREGATE @extschema@.sha256_agg(text) (
    SFUNC = @extschema@.sha256_accum, STYPE = internal, FINALFUNC = @extschema@.sha256_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.sha256_agg(text) IS
    'SHA-256 of texts in UTF-8, each with the end of a line after it';

CREATE TABLE @extschema@.audit_block (
    block        bigint PRIMARY KEY,
    previous     bytea,
    sha256       bytea NOT NULL,
    transactions bigint NOT NULL,
    entries      bigint NOT NULL,
    sealed_at    timestamptz NOT NULL,
    sealed_by    text NOT NULL
);
COMMENT ON TABLE @extschema@.audit_block IS 'blocks of the log that are sealed; written by seal() only';
COMMENT ON COLUMN @extschema@.audit_block.block IS 'number, from 1, without gaps';
COMMENT ON COLUMN @extschema@.audit_block.previous IS 'hash of the block before';
COMMENT ON COLUMN @extschema@.audit_block.sha256 IS 'hash of this one';
COMMENT ON COLUMN @extschema@.audit_block.transactions IS 'number of rows of audit_transaction in it';
COMMENT ON COLUMN @extschema@.audit_block.entries IS 'number of entries in it';
COMMENT ON COLUMN @extschema@.audit_block.sealed_at IS 'when it was sealed';
COMMENT ON COLUMN @extschema@.audit_block.sealed_by IS 'actor that sealed it';
SELECT pg_catalog.pg_extension_config_dump('@extschema@.audit_block', '');

CREATE TRIGGER protect_log BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON @extschema@.audit_block
    FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.protect_log();
COMMENT ON TRIGGER protect_log ON @extschema@.audit_block IS
    'refuses every change but those of the functions of the log';

-- What is hashed of a transaction, line by line: itself, then its entries.
CREATE FUNCTION @extschema@.audit_lines(transaction_id bigint) RETURNS TABLE (place bigint, line text)
LANGUAGE sql STABLE STRICT
BEGIN ATOMIC
    SELECT 0::bigint,
           pg_catalog.jsonb_build_array(t.id, t.xid::text,
               pg_catalog.to_char(t.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
               t.actor, t.session_user_name, t.role_name, t.application_name, t.client_address, t.labels)::text
      FROM @extschema@.audit_transaction AS t
     WHERE t.id = audit_lines.transaction_id
    UNION ALL
    SELECT l.id,
           pg_catalog.jsonb_build_array(l.transaction_id, l.id, l.command,
               pg_catalog.to_char(l.changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
               r.relation, r.schema_name, r.table_name, l.operation, l.key,
               pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(l.old::text, 'UTF8')), 'hex'),
               pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(l.new::text, 'UTF8')), 'hex'),
               s.query)::text
      FROM @extschema@.audit_log AS l
           LEFT JOIN @extschema@.audit_relation AS r ON r.id = l.relation_id
           LEFT JOIN @extschema@.audit_statement AS s ON s.id = l.statement_id AND s.transaction_id = l.transaction_id
     WHERE l.transaction_id = audit_lines.transaction_id;
END;
COMMENT ON FUNCTION @extschema@.audit_lines(bigint) IS
    'what is hashed of a transaction: a line for itself, and one for each entry';

CREATE FUNCTION @extschema@.audit_block_hash(block bigint, previous bytea, sealed_at timestamptz, sealed_by text) RETURNS bytea
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT @extschema@.sha256_agg(l.line ORDER BY l.place)
      FROM (SELECT 0::bigint, 'block ' || audit_block_hash.block || ' after '
                       || coalesce(pg_catalog.encode(audit_block_hash.previous, 'hex'), 'none')
                       || pg_catalog.to_char(audit_block_hash.sealed_at AT TIME ZONE 'UTC', '" at "YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
                       || ' by ' || pg_catalog.to_jsonb(audit_block_hash.sealed_by)
            UNION ALL
            SELECT t.id, t.id || ' ' || t.entries || ' ' || coalesce(pg_catalog.encode(t.sha256, 'hex'), '')
              FROM @extschema@.audit_transaction AS t
             WHERE t.block = audit_block_hash.block) AS l (place, line);
END;
COMMENT ON FUNCTION @extschema@.audit_block_hash(bigint, bytea, timestamptz, text) IS
    'hash of a block: a line that says after which, when and by whom, and one for each transaction, by its hash';

CREATE FUNCTION @extschema@.seal() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET handover.log_maintenance = on
AS $function$
DECLARE
    last @extschema@.audit_block;
    number bigint;
    counted record;
    moment timestamptz;
BEGIN
    -- sealers come one after the other; writers do not meet this lock
    LOCK TABLE @extschema@.audit_block IN SHARE ROW EXCLUSIVE MODE;
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'seal() needs isolation level READ COMMITTED'
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = 'It must see what was sealed while it waited.';
    END IF;
    SELECT * INTO last FROM @extschema@.audit_block AS b ORDER BY b.block DESC LIMIT 1;
    number := coalesce(last.block, 0) + 1;
    moment := clock_timestamp();

    -- What this statement sees is committed, but for what this transaction has written itself.
    WITH unsealed AS MATERIALIZED (
        SELECT t.id
          FROM @extschema@.audit_transaction AS t
         WHERE t.block IS NULL AND t.xid <> pg_current_xact_id()
    )
    UPDATE @extschema@.audit_transaction AS t
       SET block = number, entries = hashed.entries, sha256 = hashed.sha256
      FROM (SELECT u.id, count(*) - 1 AS entries, @extschema@.sha256_agg(l.line ORDER BY l.place) AS sha256
              FROM unsealed AS u CROSS JOIN LATERAL @extschema@.audit_lines(u.id) AS l
             GROUP BY u.id) AS hashed
     WHERE t.id = hashed.id;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT count(*) AS transactions, sum(t.entries)::bigint AS entries INTO counted
      FROM @extschema@.audit_transaction AS t
     WHERE t.block = number;
    INSERT INTO @extschema@.audit_block (block, previous, sha256, transactions, entries, sealed_at, sealed_by)
    VALUES (number, last.sha256, @extschema@.audit_block_hash(number, last.sha256, moment, @extschema@.actor()),
            counted.transactions, counted.entries, moment, @extschema@.actor());
    RETURN number;
END
$function$;
COMMENT ON FUNCTION @extschema@.seal() IS
    'seals what was committed and is not sealed yet as a block, and returns its number; NULL if there is nothing';
REVOKE ALL ON FUNCTION @extschema@.seal() FROM PUBLIC;

CREATE FUNCTION @extschema@.head(OUT block bigint, OUT sha256 bytea, OUT sealed_at timestamptz)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT b.block, b.sha256, b.sealed_at
      FROM @extschema@.audit_block AS b
     ORDER BY b.block DESC
     LIMIT 1;
END;
COMMENT ON FUNCTION @extschema@.head() IS
    'the last block and its hash: keep it where the database cannot reach';

CREATE FUNCTION @extschema@.verify(first bigint DEFAULT NULL, last bigint DEFAULT NULL, anchor bytea DEFAULT NULL)
RETURNS TABLE (block bigint, transaction_id bigint, discrepancy text)
LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH sealed AS (
        SELECT b.block, b.previous, b.sha256, b.transactions, b.entries, b.sealed_at, b.sealed_by,
               lag(b.sha256) OVER (ORDER BY b.block) AS before,
               lag(b.block) OVER (ORDER BY b.block) AS number_before
          FROM @extschema@.audit_block AS b
    ),
    wanted AS (
        SELECT sealed.*
          FROM sealed
         WHERE sealed.block BETWEEN coalesce(verify.first, sealed.block) AND coalesce(verify.last, sealed.block)
    ),
    counted AS (
        SELECT w.block, count(t.id) AS transactions, coalesce(sum(t.entries), 0) AS entries
          FROM wanted AS w
               LEFT JOIN @extschema@.audit_transaction AS t ON t.block = w.block
         GROUP BY w.block
    ),
    hashed AS (
        SELECT t.block, t.id, t.entries, t.sha256, found.entries AS found, found.sha256 AS now
          FROM wanted AS w
               JOIN @extschema@.audit_transaction AS t ON t.block = w.block
               CROSS JOIN LATERAL (SELECT count(*) - 1 AS entries, @extschema@.sha256_agg(l.line ORDER BY l.place) AS sha256
                                     FROM @extschema@.audit_lines(t.id) AS l) AS found
    )
    SELECT w.block, NULL::bigint,
           CASE WHEN w.number_before IS NULL AND w.block <> 1 THEN 'the blocks before are missing'
                WHEN w.block - w.number_before <> 1 THEN 'a block before is missing'
                ELSE 'its link to the block before was changed' END
      FROM wanted AS w
     WHERE w.block - coalesce(w.number_before, 0) <> 1
        OR w.previous IS DISTINCT FROM w.before
    UNION ALL
    SELECT w.block, NULL,
           CASE WHEN c.transactions < w.transactions THEN 'transactions are missing'
                WHEN c.transactions > w.transactions THEN 'transactions were added'
                ELSE 'the block was changed' END
      FROM wanted AS w
           JOIN counted AS c ON c.block = w.block
     WHERE c.transactions <> w.transactions OR c.entries <> w.entries
        OR w.sha256 <> @extschema@.audit_block_hash(w.block, w.previous, w.sealed_at, w.sealed_by)
    UNION ALL
    SELECT h.block, h.id,
           CASE WHEN h.found < h.entries THEN 'entries are missing'
                WHEN h.found > h.entries THEN 'entries were added'
                ELSE 'the transaction or an entry was changed' END
      FROM hashed AS h
     WHERE h.found IS DISTINCT FROM h.entries OR h.now IS DISTINCT FROM h.sha256
    UNION ALL
    SELECT t.block, t.id, 'its block does not exist'
      FROM @extschema@.audit_transaction AS t
     WHERE t.block IS NOT NULL
       AND NOT EXISTS (SELECT FROM @extschema@.audit_block AS b WHERE b.block = t.block)
    UNION ALL
    SELECT NULL, l.transaction_id, 'entries of no transaction'
      FROM @extschema@.audit_log AS l
     WHERE NOT EXISTS (SELECT FROM @extschema@.audit_transaction AS t WHERE t.id = l.transaction_id)
     GROUP BY l.transaction_id
    UNION ALL
    SELECT NULL, NULL, 'no block has the hash that was kept elsewhere'
     WHERE verify.anchor IS NOT NULL
       AND NOT EXISTS (SELECT FROM @extschema@.audit_block AS b WHERE b.sha256 = verify.anchor)
     ORDER BY 1, 2, 3;
END;
COMMENT ON FUNCTION @extschema@.verify(bigint, bigint, bytea) IS
    'what of the sealed log is not as it was when it was sealed: nothing; anchor is a hash that head() gave';
