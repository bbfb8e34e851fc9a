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
    block             bigint PRIMARY KEY,
    previous          bytea,
    sha256            bytea  NOT NULL,
    relations         bigint NOT NULL,
    contexts          bigint NOT NULL,
    transactions      bigint NOT NULL,
    entries           bigint NOT NULL,
    first_transaction bigint,
    last_transaction  bigint,
    sealed_at         timestamptz NOT NULL,
    sealed_by         text   NOT NULL,
    incarnation       uuid   NOT NULL,
    complete_to       bigint NOT NULL
);
COMMENT ON TABLE @extschema@.audit_block IS 'blocks of the log that are sealed; written by seal() only';
COMMENT ON COLUMN @extschema@.audit_block.block IS 'number, from 1, without gaps';
COMMENT ON COLUMN @extschema@.audit_block.previous IS 'hash of the block before';
COMMENT ON COLUMN @extschema@.audit_block.sha256 IS 'hash of this one';
COMMENT ON COLUMN @extschema@.audit_block.relations IS 'number of rows of audit_relation in it';
COMMENT ON COLUMN @extschema@.audit_block.contexts IS 'number of rows of audit_context in it';
COMMENT ON COLUMN @extschema@.audit_block.transactions IS 'number of rows of audit_transaction in it';
COMMENT ON COLUMN @extschema@.audit_block.entries IS 'number of entries in it';
COMMENT ON COLUMN @extschema@.audit_block.first_transaction IS 'lowest of its transactions';
COMMENT ON COLUMN @extschema@.audit_block.last_transaction IS 'highest of its transactions';
COMMENT ON COLUMN @extschema@.audit_block.sealed_at IS 'when it was sealed';
COMMENT ON COLUMN @extschema@.audit_block.sealed_by IS 'actor that sealed it';
COMMENT ON COLUMN @extschema@.audit_block.incarnation IS 'database that it was sealed in; see audit_incarnation';
COMMENT ON COLUMN @extschema@.audit_block.complete_to IS 'of transactions with a lower id, all is sealed, and nothing will come';
SELECT pg_catalog.pg_extension_config_dump('@extschema@.audit_block', '');

CREATE TRIGGER protect_log BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON @extschema@.audit_block
    FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.protect_log();
COMMENT ON TRIGGER protect_log ON @extschema@.audit_block IS
    'refuses every change but those of the functions of the log';

-- ------------------------------------------------------------------------
-- What is hashed: doc/audit.md has all of it in one place.
-- ------------------------------------------------------------------------

CREATE FUNCTION @extschema@.audit_line(VARIADIC "any") RETURNS text
    AS 'MODULE_PATHNAME', 'handover_audit_line' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.audit_line("any") IS
    'a line that is hashed: an array of JSON, times in UTC to the microsecond, bytes in hexadecimal';
CREATE FUNCTION @extschema@.audit_hash(VARIADIC "any") RETURNS bytea
    AS 'MODULE_PATHNAME', 'handover_audit_hash' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.audit_hash("any") IS
    'SHA-256 of such a line, without the line feed';

-- What may have to be redacted is hashed apart, and with salt.
CREATE FUNCTION @extschema@.audit_content(salt uuid, key text, old jsonb, new jsonb) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN @extschema@.audit_hash(salt, key, old, new);
COMMENT ON FUNCTION @extschema@.audit_content(uuid, text, jsonb, jsonb) IS
    'hash of what an entry says of a row';

CREATE FUNCTION @extschema@.audit_query(salt uuid, query text) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN @extschema@.audit_hash(salt, query);
COMMENT ON FUNCTION @extschema@.audit_query(uuid, text) IS
    'hash of the text of a statement';

-- Of transactions, a line for each entry.
CREATE FUNCTION @extschema@.audit_lines(first bigint, last bigint) RETURNS TABLE (transaction_id bigint, id bigint, line text)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT l.transaction_id, l.id,
           @extschema@.audit_line(l.id, l.context_id, l.command, l.changed_at, l.relation_id, l.operation,
               coalesce(l.sha256, @extschema@.audit_content(l.salt, l.key, l.old, l.new)), l.statement_id,
               coalesce(s.sha256, CASE WHEN s.id IS NOT NULL THEN @extschema@.audit_query(s.salt, s.query) END))
      FROM @extschema@.audit_log AS l
           LEFT JOIN @extschema@.audit_statement AS s ON s.id = l.statement_id AND s.transaction_id = l.transaction_id
     WHERE l.transaction_id BETWEEN audit_lines.first AND audit_lines.last;
END;
COMMENT ON FUNCTION @extschema@.audit_lines(bigint, bigint) IS
    'what is hashed of the transactions of a range of keys: a line for each entry';

-- Of a block: what it is, the tables and the people that are new in it, and its transactions by their hashes.
CREATE FUNCTION @extschema@.audit_block_hash(block @extschema@.audit_block) RETURNS bytea
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT @extschema@.sha256_agg(l.line ORDER BY l.part, l.place)
      FROM (SELECT 0, 0::bigint,
                   @extschema@.audit_line((audit_block_hash.block).block, (audit_block_hash.block).previous,
                       (audit_block_hash.block).relations, (audit_block_hash.block).contexts, (audit_block_hash.block).transactions, (audit_block_hash.block).entries,
                       (audit_block_hash.block).first_transaction, (audit_block_hash.block).last_transaction,
                       (audit_block_hash.block).sealed_at, (audit_block_hash.block).sealed_by,
                       (audit_block_hash.block).incarnation, (audit_block_hash.block).complete_to)
            UNION ALL
            SELECT 1, r.id,
                   @extschema@.audit_line(r.id, r.incarnation, r.relation, r.root, r.schema_name, r.table_name, r.columns)
              FROM @extschema@.audit_relation AS r
             WHERE r.block = (audit_block_hash.block).block
            UNION ALL
            SELECT 2, c.id,
                   @extschema@.audit_line(c.id, c.created_at, c.actor, c.session_user_name, c.role_name, c.relation_id,
                                          c.application_name, c.client_address, c.labels)
              FROM @extschema@.audit_context AS c
             WHERE c.block = (audit_block_hash.block).block
            UNION ALL
            SELECT 3, t.id,
                   @extschema@.audit_line(t.id, t.entries, t.sha256)
              FROM @extschema@.audit_transaction AS t
             WHERE t.id BETWEEN (audit_block_hash.block).first_transaction AND (audit_block_hash.block).last_transaction
               AND t.block = (audit_block_hash.block).block) AS l (part, place, line);
END;
COMMENT ON FUNCTION @extschema@.audit_block_hash(@extschema@.audit_block) IS
    'hash of a block: a line for itself, one for each table and context that is new in it, and one for each transaction';

-- ------------------------------------------------------------------------
-- Sealing
-- ------------------------------------------------------------------------

CREATE FUNCTION @extschema@.seal() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET handover.log_maintenance = on
SET jit = off
SET enable_hashagg = off
-- there is one of these, and it sorts
SET work_mem = '64MB'
AS $function$
DECLARE
    last @extschema@.audit_block;
    here CONSTANT uuid := (SELECT i.id FROM @extschema@.audit_incarnation AS i);
    base CONSTANT bigint := @extschema@.audit_base();
    own CONSTANT bigint := base + pg_current_xact_id()::text::bigint;
    sealed @extschema@.audit_block;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'seal() needs isolation level READ COMMITTED'
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = 'It must see what was sealed while it waited.';
    END IF;
    -- sealers come one after the other; writers do not meet this lock
    LOCK TABLE @extschema@.audit_block IN SHARE ROW EXCLUSIVE MODE;
    SELECT * INTO last FROM @extschema@.audit_block AS b ORDER BY b.block DESC LIMIT 1;
    last.complete_to := coalesce(last.complete_to, 0);
    -- whoever seals has a dump restored whole
    UPDATE @extschema@.audit_table AS t SET incarnation = here WHERE t.incarnation <> here;

    sealed.block := coalesce(last.block, 0) + 1;
    sealed.previous := last.sha256;
    sealed.sealed_at := clock_timestamp();
    sealed.sealed_by := @extschema@.actor();
    sealed.incarnation := here;

    -- Transactions below this have ended, so all that they have written can be seen, and will be sealed now. (That is
    -- how what is not sealed is found again without an index of it, which every change would have to write.)
    sealed.complete_to := greatest(last.complete_to, base + pg_snapshot_xmin(pg_current_snapshot())::text::bigint);

    -- What this statement sees is committed, but for what this transaction has written itself.
    WITH already AS MATERIALIZED (
        SELECT t.id FROM @extschema@.audit_transaction AS t WHERE t.id >= last.complete_to
    ),
    done AS (
        INSERT INTO @extschema@.audit_transaction AS t (id, block, entries, sha256)
        -- sorted once, and not for each transaction
        SELECT l.transaction_id, sealed.block, count(*), @extschema@.sha256_agg(l.line)
          FROM (SELECT x.transaction_id, x.line
                  FROM @extschema@.audit_lines(last.complete_to, 9223372036854775807) AS x
                 WHERE x.transaction_id <> own AND NOT EXISTS (SELECT FROM already AS a WHERE a.id = x.transaction_id)
                 ORDER BY x.transaction_id, x.id) AS l
         GROUP BY l.transaction_id
        RETURNING t.id, t.entries
    )
    SELECT count(*), coalesce(sum(d.entries), 0), min(d.id), max(d.id)
      INTO sealed.transactions, sealed.entries, sealed.first_transaction, sealed.last_transaction
      FROM done AS d;
    UPDATE @extschema@.audit_context AS c SET block = sealed.block WHERE c.block IS NULL;
    GET DIAGNOSTICS sealed.contexts = ROW_COUNT;
    UPDATE @extschema@.audit_relation AS r SET block = sealed.block WHERE r.block IS NULL;
    GET DIAGNOSTICS sealed.relations = ROW_COUNT;
    IF sealed.transactions = 0 AND sealed.relations = 0 AND sealed.contexts = 0 THEN
        RETURN NULL;
    END IF;
    sealed.sha256 := @extschema@.audit_block_hash(sealed);
    INSERT INTO @extschema@.audit_block SELECT sealed.*;
    -- else only VACUUM does that, and what is new is looked through whole
    PERFORM brin_summarize_new_values('@extschema@.audit_log_time');
    RETURN sealed.block;
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
