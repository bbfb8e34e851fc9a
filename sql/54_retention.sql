/*
 * retention: the log is not kept for ever.
 *
 * Only whole blocks go, the oldest first, and their hashes stay: so the chain
 * can be verified from the first block on.
 */

CREATE FUNCTION @extschema@.drop_blocks(sealed_before timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET handover.log_maintenance = on
SET jit = off
AS $function$
DECLARE
    already bigint := @extschema@.dropped_block();
    upto bigint;
    lowest bigint;
    highest bigint;
    dropped bigint;
    transactions bigint;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'drop_blocks() needs isolation level READ COMMITTED'
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = 'It must see what was sealed while it waited.';
    END IF;
    IF sealed_before > clock_timestamp() THEN
        RAISE EXCEPTION 'cannot drop blocks that are yet to be sealed'
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('%s is not in the past.', sealed_before);
    END IF;
    LOCK TABLE @extschema@.audit_block IN SHARE ROW EXCLUSIVE MODE;

    -- up to the first that is to stay, whatever the clock said when others were sealed
    SELECT max(b.block), min(b.first_transaction), max(b.last_transaction) INTO upto, lowest, highest
      FROM @extschema@.audit_block AS b
     WHERE b.block > already
       AND b.block < ALL (SELECT k.block FROM @extschema@.audit_block AS k
                           WHERE k.block > already AND k.sealed_at >= sealed_before);
    IF upto IS NULL OR sealed_before IS NULL THEN
        RETURN 0;
    END IF;
    DELETE FROM @extschema@.audit_statement AS s
     USING @extschema@.audit_transaction AS t
     WHERE s.transaction_id = t.id AND t.id BETWEEN lowest AND highest AND t.block <= upto;
    DELETE FROM @extschema@.audit_log AS l
     USING @extschema@.audit_transaction AS t
     WHERE l.transaction_id = t.id AND l.transaction_id BETWEEN lowest AND highest AND t.id BETWEEN lowest AND highest AND t.block <= upto;
    GET DIAGNOSTICS dropped = ROW_COUNT;
    DELETE FROM @extschema@.audit_transaction AS t
     WHERE t.id BETWEEN lowest AND highest AND t.block <= upto;
    GET DIAGNOSTICS transactions = ROW_COUNT;
    -- the names of tables stay, and are sealed with the next block
    UPDATE @extschema@.audit_relation AS r SET block = NULL WHERE r.block <= upto;
    -- so does who is still spoken of, or may yet be: a session uses a context for a day, counted from the beginning of a
    -- transaction, and of transactions that are prepared it is not known when they began
    DELETE FROM @extschema@.audit_context AS c
     WHERE c.block <= upto
       AND c.created_at < (SELECT least(now(), min(CASE WHEN a.state = 'disabled' THEN a.backend_start ELSE a.xact_start END))
                             FROM pg_stat_activity AS a) - interval '1 day 1 hour'
       AND NOT EXISTS (SELECT FROM pg_prepared_xacts)
       AND NOT EXISTS (SELECT FROM @extschema@.audit_log AS l WHERE l.context_id = c.id);
    UPDATE @extschema@.audit_context AS c SET block = NULL WHERE c.block <= upto;
    PERFORM @extschema@.audit_event(jsonb_build_object('event', 'drop_blocks', 'first', already + 1, 'last', upto,
        'sealed_before', sealed_before AT TIME ZONE 'UTC', 'transactions', transactions, 'entries', dropped));
    RETURN dropped;
END
$function$;
COMMENT ON FUNCTION @extschema@.drop_blocks(timestamptz) IS
    'drops the entries of the oldest blocks, all that were sealed before; returns how many entries; this itself is logged';
REVOKE ALL ON FUNCTION @extschema@.drop_blocks(timestamptz) FROM PUBLIC;
