/*
 * workspace_function: what one does with the handovers of a workspace.
 *
 * Functions of the workspace, so that a call names it: ops.submit(42).  Those
 * that move a handover are plain UPDATEs, and UPDATEs do as well.
 */

CREATE FUNCTION @extschema@.moved(id bigint, status @extschema@.status) RETURNS @extschema@.status
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF status IS NULL THEN
        RAISE EXCEPTION 'handover % does not exist', coalesce(id::text, 'NULL')
            USING ERRCODE = 'no_data_found';
    END IF;
    RETURN status;
END
$function$;
COMMENT ON FUNCTION @extschema@.moved(bigint, @extschema@.status) IS
    'part of the functions of a workspace: the status of a handover that was moved, an error if there was none';

CREATE FUNCTION @extschema@.create_workspace_functions() RETURNS void
LANGUAGE plpgsql
AS $create$
BEGIN

CREATE OR REPLACE FUNCTION submit(id bigint, remark text DEFAULT NULL) RETURNS @extschema@.status
LANGUAGE sql
BEGIN ATOMIC
    WITH moved AS (
        UPDATE handover AS h SET status = 'submitted', remark = submit.remark WHERE h.id = submit.id
        RETURNING h.status
    )
    SELECT @extschema@.moved(submit.id, (SELECT moved.status FROM moved));
END;
COMMENT ON FUNCTION submit(bigint, text) IS 'submits a handover to who takes over';

CREATE OR REPLACE FUNCTION return(id bigint, remark text) RETURNS @extschema@.status
LANGUAGE sql
BEGIN ATOMIC
    WITH moved AS (
        UPDATE handover AS h SET status = 'draft', remark = return.remark WHERE h.id = return.id
        RETURNING h.status
    )
    SELECT @extschema@.moved(return.id, (SELECT moved.status FROM moved));
END;
COMMENT ON FUNCTION return(bigint, text) IS 'returns a submitted handover, saying what is to be done about it';

CREATE OR REPLACE FUNCTION accept(id bigint, read_back text DEFAULT NULL, remark text DEFAULT NULL) RETURNS @extschema@.status
LANGUAGE sql
BEGIN ATOMIC
    WITH moved AS (
        UPDATE handover AS h
           SET status = 'accepted', read_back = coalesce(accept.read_back, h.read_back), remark = accept.remark
         WHERE h.id = accept.id
        RETURNING h.status
    )
    SELECT @extschema@.moved(accept.id, (SELECT moved.status FROM moved));
END;
COMMENT ON FUNCTION accept(bigint, text, text) IS 'accepts a submitted handover, repeating its expectations in own words';

CREATE OR REPLACE FUNCTION close(id bigint, remark text DEFAULT NULL) RETURNS @extschema@.status
LANGUAGE sql
BEGIN ATOMIC
    WITH moved AS (
        UPDATE handover AS h SET status = 'closed', remark = close.remark WHERE h.id = close.id
        RETURNING h.status
    )
    SELECT @extschema@.moved(close.id, (SELECT moved.status FROM moved));
END;
COMMENT ON FUNCTION close(bigint, text) IS 'closes an accepted handover';

CREATE OR REPLACE FUNCTION cancel(id bigint, remark text DEFAULT NULL) RETURNS @extschema@.status
LANGUAGE sql
BEGIN ATOMIC
    WITH moved AS (
        UPDATE handover AS h SET status = 'cancelled', remark = cancel.remark WHERE h.id = cancel.id
        RETURNING h.status
    )
    SELECT @extschema@.moved(cancel.id, (SELECT moved.status FROM moved));
END;
COMMENT ON FUNCTION cancel(bigint, text) IS 'cancels a handover that is not closed';

CREATE OR REPLACE FUNCTION acknowledge(handover_id bigint, item_id bigint, read_back text DEFAULT NULL) RETURNS boolean
LANGUAGE sql
BEGIN ATOMIC
    WITH acknowledged AS (
        UPDATE item AS i
           SET acknowledged_by = @extschema@.actor(), acknowledged_at = now(),
               read_back = coalesce(acknowledge.read_back, i.read_back)
         WHERE i.handover_id = acknowledge.handover_id AND i.id = acknowledge.item_id
        RETURNING true
    )
    SELECT EXISTS (SELECT FROM acknowledged);
END;
COMMENT ON FUNCTION acknowledge(bigint, bigint, text) IS 'confirms an item, repeating it in own words; false if there is none';

CREATE OR REPLACE FUNCTION recount(VARIADIC ids bigint[] DEFAULT '{}') RETURNS bigint
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $function$
DECLARE
    next record;
    recounted bigint := 0;
BEGIN
    -- One by one, in the order in which statements that change items take them, so as not to deadlock.
    FOR next IN
        SELECT h.id
          FROM handover AS h
         WHERE recount.ids = '{}' OR h.id = ANY (recount.ids)
         ORDER BY h.id
    LOOP
        UPDATE handover AS h SET tally = NULL WHERE h.id = next.id;
        IF FOUND THEN
            recounted := recounted + 1;
        END IF;
    END LOOP;
    RETURN recounted;
END
$function$;
COMMENT ON FUNCTION recount(bigint[]) IS 'counts the items of these handovers, or of all, anew; returns how many handovers';

END
$create$;
COMMENT ON FUNCTION @extschema@.create_workspace_functions() IS
    'part of create_workspace(): makes the functions in the first schema of the search_path';
