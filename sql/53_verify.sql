/*
 * verify: what of the sealed log is not as it was when it was sealed.
 */

-- Blocks up to this one were dropped, as the log itself says.
CREATE FUNCTION @extschema@.dropped_block() RETURNS bigint
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT coalesce(max((l.new ->> 'last')::bigint), 0)
      FROM @extschema@.audit_log AS l
     WHERE @extschema@.audit_place(l.relation_id, l.key) = @extschema@.audit_place(NULL, 'drop_blocks')
       AND l.relation_id IS NULL AND l.key = 'drop_blocks' AND l.operation = 'E';
END;
COMMENT ON FUNCTION @extschema@.dropped_block() IS
    'the last block of which drop_blocks() has dropped the entries; 0 if there is none';

-- What was redacted has the hash that it had before; what it has now is in the log.
CREATE FUNCTION @extschema@.altered_redactions() RETURNS TABLE (block bigint, transaction_id bigint, id bigint)
LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH redaction AS (
        SELECT DISTINCT ON (2, 3, 1)
               l.new ->> 'part' AS part, (l.new ->> 'transaction_id')::bigint AS transaction_id, (l.new ->> 'id')::bigint AS id,
               l.new ->> 'sha256' AS sha256
          FROM @extschema@.audit_relation AS r
               JOIN @extschema@.audit_log AS l ON @extschema@.audit_place(l.relation_id, l.key) = @extschema@.audit_place(r.id, 'redact')
         WHERE l.relation_id = r.id AND l.key = 'redact' AND l.operation = 'E'
         ORDER BY 2, 3, 1, l.changed_at DESC, l.transaction_id DESC, l.id DESC
    )
    SELECT t.block, l.transaction_id, l.id
      FROM @extschema@.audit_log AS l
           LEFT JOIN redaction ON redaction.part = 'entry' AND redaction.transaction_id = l.transaction_id AND redaction.id = l.id
           LEFT JOIN @extschema@.audit_transaction AS t ON t.id = l.transaction_id
     WHERE l.sha256 IS NOT NULL
       AND redaction.sha256 IS DISTINCT FROM pg_catalog.encode(@extschema@.audit_content(l.salt, l.key, l.old, l.new), 'hex')
    UNION ALL
    SELECT t.block, s.transaction_id, NULL
      FROM @extschema@.audit_statement AS s
           LEFT JOIN redaction ON redaction.part = 'statement' AND redaction.transaction_id = s.transaction_id AND redaction.id = s.id
           LEFT JOIN @extschema@.audit_transaction AS t ON t.id = s.transaction_id
     WHERE s.sha256 IS NOT NULL
       AND redaction.sha256 IS DISTINCT FROM pg_catalog.encode(@extschema@.audit_query(s.salt, s.query), 'hex');
END;
COMMENT ON FUNCTION @extschema@.altered_redactions() IS
    'part of verify(): entries that were redacted, and are not as that has left them';

CREATE FUNCTION @extschema@.verify(first bigint DEFAULT NULL, last bigint DEFAULT NULL, anchor bytea DEFAULT NULL)
RETURNS TABLE (block bigint, transaction_id bigint, discrepancy text)
LANGUAGE sql STABLE
SET jit = off
SET enable_hashagg = off
BEGIN ATOMIC
    WITH chain AS (
        SELECT b.block, b.previous, b.sha256, b.relations, b.contexts, b.transactions, b.entries, b.first_transaction, b.last_transaction, b AS row,
               lag(b.sha256) OVER (ORDER BY b.block) AS before,
               lag(b.block) OVER (ORDER BY b.block) AS number_before
          FROM @extschema@.audit_block AS b
    ),
    wanted AS (
        SELECT chain.*, chain.block <= dropped.block AS is_dropped
          FROM chain
               CROSS JOIN (SELECT @extschema@.dropped_block()) AS dropped (block)
         WHERE chain.block BETWEEN coalesce(verify.first, chain.block) AND coalesce(verify.last, chain.block)
    ),
    sealed AS MATERIALIZED (
        SELECT t.block, t.id, t.entries, t.sha256
          FROM wanted AS w
               JOIN @extschema@.audit_transaction AS t
                 ON t.id BETWEEN w.first_transaction AND w.last_transaction AND t.block = w.block
    ),
    hashed AS MATERIALIZED (
        SELECT s.block, s.id, s.entries, s.sha256, found.entries AS found, found.sha256 AS now
          FROM sealed AS s
               -- sorted once, and not for each transaction
               LEFT JOIN (SELECT l.transaction_id, count(*) AS entries, @extschema@.sha256_agg(l.line) AS sha256
                            FROM (SELECT x.transaction_id, x.line
                                    FROM @extschema@.audit_lines((SELECT min(s.id) FROM sealed AS s), (SELECT max(s.id) FROM sealed AS s)) AS x
                                   WHERE x.transaction_id IN (SELECT s.id FROM sealed AS s)
                                   ORDER BY x.transaction_id, x.id) AS l
                           GROUP BY l.transaction_id) AS found ON found.transaction_id = s.id
    ),
    counted AS (
        SELECT w.block, count(h.id) AS transactions, coalesce(sum(h.entries), 0) AS entries,
               (SELECT count(*) FROM @extschema@.audit_relation AS r WHERE r.block = w.block) AS relations,
               (SELECT count(*) FROM @extschema@.audit_context AS c WHERE c.block = w.block) AS contexts
          FROM wanted AS w
               LEFT JOIN hashed AS h ON h.block = w.block
         GROUP BY w.block
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
           CASE WHEN w.is_dropped THEN 'transactions of a block that was dropped'
                WHEN c.transactions < w.transactions THEN 'transactions are missing'
                WHEN c.transactions > w.transactions THEN 'transactions were added'
                WHEN c.relations < w.relations THEN 'tables are missing'
                WHEN c.relations > w.relations THEN 'tables were added'
                WHEN c.contexts < w.contexts THEN 'contexts are missing'
                WHEN c.contexts > w.contexts THEN 'contexts were added'
                ELSE 'the block was changed' END
      FROM wanted AS w
           JOIN counted AS c ON c.block = w.block
     WHERE CASE WHEN w.is_dropped THEN c.transactions > 0 OR c.relations > 0 OR c.contexts > 0
                ELSE c.transactions <> w.transactions OR c.entries <> w.entries OR c.relations <> w.relations OR c.contexts <> w.contexts
                     OR w.sha256 <> @extschema@.audit_block_hash(w.row) END
    UNION ALL
    SELECT h.block, h.id,
           CASE WHEN h.found IS NULL THEN 'all its entries are missing'
                WHEN h.found < h.entries THEN 'entries are missing'
                WHEN h.found > h.entries THEN 'entries were added'
                ELSE 'the transaction or an entry was changed' END
      FROM hashed AS h
     WHERE h.found IS DISTINCT FROM h.entries OR h.now IS DISTINCT FROM h.sha256
    UNION ALL
    SELECT a.block, a.transaction_id, 'what was redacted was changed since'
      FROM @extschema@.altered_redactions() AS a
     WHERE verify.first IS NULL AND verify.last IS NULL
        OR a.block BETWEEN coalesce(verify.first, a.block) AND coalesce(verify.last, a.block)
    -- what is in no block, or in one that there is not
    UNION ALL
    SELECT t.block, t.id, 'its block does not exist, or is not its own'
      FROM @extschema@.audit_transaction AS t
     WHERE verify.first IS NULL AND verify.last IS NULL
       AND NOT EXISTS (SELECT FROM @extschema@.audit_block AS b
                        WHERE b.block = t.block AND t.id BETWEEN b.first_transaction AND b.last_transaction)
    UNION ALL
    SELECT NULL, l.transaction_id, 'it was passed over when later ones were sealed'
      FROM @extschema@.audit_log AS l
     WHERE verify.first IS NULL AND verify.last IS NULL
       AND l.transaction_id < (SELECT max(b.complete_to) FROM @extschema@.audit_block AS b)
       AND NOT EXISTS (SELECT FROM @extschema@.audit_transaction AS t WHERE t.id = l.transaction_id)
     GROUP BY l.transaction_id
    UNION ALL
    SELECT NULL, l.transaction_id, 'entries of nobody'
      FROM @extschema@.audit_log AS l
     WHERE verify.first IS NULL AND verify.last IS NULL
       AND NOT EXISTS (SELECT FROM @extschema@.audit_context AS c WHERE c.id = l.context_id)
     GROUP BY l.transaction_id
    UNION ALL
    SELECT NULL, NULL, 'no block has the hash that was kept elsewhere'
     WHERE verify.anchor IS NOT NULL
       AND NOT EXISTS (SELECT FROM @extschema@.audit_block AS b WHERE b.sha256 = verify.anchor)
     ORDER BY 1, 2, 3;
END;
COMMENT ON FUNCTION @extschema@.verify(bigint, bigint, bytea) IS
    'what of the sealed log is not as it was when it was sealed: nothing; anchor is a hash that head() gave';
