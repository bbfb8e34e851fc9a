/*
 * audit_ddl: what is done to an audited table itself.
 *
 * The owner of a table can disable its triggers, and that is nobody's to forbid;
 * but it is in the log, and so is a change of values that no row trigger sees.
 * Columns that are excluded or masked stay so under another name.
 */

-- The tables of a command that are registered, or are parts of one that is.
CREATE FUNCTION @extschema@.audit_root(relation oid) RETURNS regclass
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT t.relation
      FROM (SELECT a.relid::oid, a.place
              FROM pg_catalog.pg_partition_ancestors(audit_root.relation) WITH ORDINALITY AS a (relid, place)
            UNION ALL
            SELECT audit_root.relation, 0) AS member (relid, place)
           JOIN @extschema@.audit_table AS t ON t.relation::oid = member.relid
     ORDER BY member.place LIMIT 1;
END;
COMMENT ON FUNCTION @extschema@.audit_root(oid) IS
    'part of the functions of the log: the table by which a table or partition is audited; NULL if it is not';

-- The tables that a command on one, or on a type, is about: what is inherited from it, too, and what is of the type.  Partitions
-- are audited with the table that they are of.
CREATE FUNCTION @extschema@.audit_concerned(relation oid) RETURNS SETOF oid
LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH RECURSIVE concerned (relid) AS (
        SELECT audit_concerned.relation
        UNION
        SELECT below.relid
          FROM concerned AS k
               CROSS JOIN LATERAL (SELECT i.inhrelid
                                     FROM pg_catalog.pg_inherits AS i
                                          JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid AND NOT c.relispartition
                                    WHERE i.inhparent = k.relid
                                   UNION ALL
                                   SELECT c.oid
                                     FROM pg_catalog.pg_class AS type
                                          JOIN pg_catalog.pg_class AS c ON c.reloftype = type.reltype
                                    WHERE type.oid = k.relid AND type.relkind = 'c') AS below (relid)
    )
    SELECT k.relid FROM concerned AS k;
END;
COMMENT ON FUNCTION @extschema@.audit_concerned(oid) IS
    'part of the functions of the log: a table, and those whose columns are named with its own; of a composite type, its tables';

-- Logs what is wrong with the triggers of a table, if that has changed.  As long as nothing was, only the part
-- that a command is about is looked at, and what is below it: a table can have thousands.
CREATE FUNCTION @extschema@.audit_triggers_changed(relation regclass, part regclass DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET handover.log_maintenance = on
SET jit = off
-- or all tables would be read to find one: it is not known beforehand how few parts a partition has
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $function$
DECLARE
    before jsonb;
    present jsonb;
BEGIN
    SELECT l.new -> 'discrepancy' INTO before
      FROM @extschema@.audit_relation AS r
           JOIN @extschema@.audit_incarnation AS i ON i.id = r.incarnation
           JOIN @extschema@.audit_log AS l
             ON @extschema@.audit_place(l.relation_id, l.key) = @extschema@.audit_place(r.id, 'trigger')
            AND l.relation_id = r.id AND l.key = 'trigger' AND l.operation = 'E'
     WHERE r.relation = audit_triggers_changed.relation
     ORDER BY l.changed_at DESC, l.transaction_id DESC, l.id DESC
     LIMIT 1;
    IF part IS NOT NULL AND before IS NULL AND NOT EXISTS (SELECT FROM @extschema@.audit_check_triggers(relation, part)) THEN
        RETURN;
    END IF;
    SELECT jsonb_agg(d.line ORDER BY d.line) INTO present
      FROM (SELECT c.relation || ': ' || c.discrepancy
              FROM @extschema@.audit_check_triggers(audit_triggers_changed.relation, audit_triggers_changed.relation) AS c) AS d (line);
    IF present IS DISTINCT FROM before THEN
        PERFORM @extschema@.audit_event(jsonb_strip_nulls(jsonb_build_object('event', 'trigger', 'discrepancy', present)),
                                        @extschema@.audit_relation_id(relation));
    END IF;
END
$function$;
COMMENT ON FUNCTION @extschema@.audit_triggers_changed(regclass, regclass) IS
    'part of the functions of the log: logs what is wrong with the triggers of a table, if that has changed';
REVOKE ALL ON FUNCTION @extschema@.audit_triggers_changed(regclass, regclass) FROM PUBLIC;

-- Columns may have other names now, or be gone.  As long as a dump is perhaps being restored, nothing is logged of it.
CREATE FUNCTION @extschema@.audit_columns_changed(relation regclass) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET handover.log_maintenance = on
AS $function$
DECLARE
    here CONSTANT uuid := (SELECT i.id FROM @extschema@.audit_incarnation AS i);
    settings @extschema@.audit_table;
    before text[];
    excluded text[];
    masked text[];
BEGIN
    SELECT * INTO settings FROM @extschema@.audit_table AS t WHERE t.relation = audit_columns_changed.relation;
    SELECT r.columns INTO before
      FROM @extschema@.audit_relation AS r
     WHERE r.relation = audit_columns_changed.relation AND r.incarnation = here
     ORDER BY r.id DESC LIMIT 1;
    IF before IS NULL THEN
        -- as a dump makes the table, without columns that were dropped
        SELECT array_remove(n.columns_last, NULL) INTO before
          FROM @extschema@.audit_relation_now AS n
         WHERE n.relid = audit_columns_changed.relation
         ORDER BY n.id DESC LIMIT 1;
    END IF;
    -- one that was not there then has the name that was written
    SELECT coalesce(array_agg(coalesce(a.attname, name) ORDER BY place) FILTER (WHERE what = 'exclude' AND a.attisdropped IS NOT TRUE), '{}'),
           coalesce(array_agg(coalesce(a.attname, name) ORDER BY place) FILTER (WHERE what = 'mask' AND a.attisdropped IS NOT TRUE), '{}')
      INTO excluded, masked
      FROM (SELECT 'exclude', name, place FROM unnest(settings.exclude) WITH ORDINALITY AS c (name, place)
            UNION ALL
            SELECT 'mask', name, place FROM unnest(settings.mask) WITH ORDINALITY AS c (name, place)) AS hidden (what, name, place)
           LEFT JOIN pg_attribute AS a ON a.attrelid = audit_columns_changed.relation AND a.attnum = array_position(before, hidden.name);
    IF excluded <> settings.exclude OR masked <> settings.mask THEN
        UPDATE @extschema@.audit_table AS t
           SET exclude = excluded, mask = masked
         WHERE t.relation = audit_columns_changed.relation;
        IF settings.incarnation = here THEN
            PERFORM @extschema@.audit_event(jsonb_build_object('event', 'alter', 'exclude', excluded, 'mask', masked),
                                            @extschema@.audit_relation_id(relation));
        END IF;
    ELSIF settings.incarnation = here THEN
        PERFORM @extschema@.audit_relation_id(relation);
    END IF;
END
$function$;
COMMENT ON FUNCTION @extschema@.audit_columns_changed(regclass) IS
    'part of the functions of the log: has columns that are excluded or masked stay so under another name';
REVOKE ALL ON FUNCTION @extschema@.audit_columns_changed(regclass) FROM PUBLIC;

CREATE FUNCTION @extschema@.audit_ddl() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET handover.log_maintenance = on
SET jit = off
-- as above
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $function$
DECLARE
    command record;
    part record;
BEGIN
    FOR command IN
        -- ALTER VIEW and its like rename the columns of tables, too
        SELECT DISTINCT @extschema@.audit_root(concerned.relation) AS root, concerned.relation,
               CASE WHEN g.oid IS NULL AND c.command_tag LIKE 'ALTER %' THEN 'ALTER TABLE' ELSE c.command_tag END AS command_tag
          FROM pg_event_trigger_ddl_commands() AS c
               LEFT JOIN pg_trigger AS g ON g.oid = c.objid AND c.classid = 'pg_trigger'::regclass
               -- seldom are there others
               LEFT JOIN pg_class AS k ON k.oid = c.objid AND (k.relkind = 'c' OR k.relhassubclass AND k.relkind <> 'p')
               CROSS JOIN LATERAL (SELECT coalesce(g.tgrelid, c.objid) WHERE k.oid IS NULL
                                   UNION ALL
                                   SELECT @extschema@.audit_concerned(k.oid) WHERE k.oid IS NOT NULL) AS concerned (relation)
         WHERE c.classid IN ('pg_class'::regclass, 'pg_trigger'::regclass)
    LOOP
        CONTINUE WHEN command.root IS NULL;
        IF command.command_tag = 'ALTER TABLE' THEN
            PERFORM @extschema@.audit_columns_changed(command.root);
        END IF;
        -- the dump that it came in is perhaps still being restored
        CONTINUE WHEN NOT EXISTS (SELECT
                                    FROM @extschema@.audit_table AS t
                                         JOIN @extschema@.audit_incarnation AS i ON i.id = t.incarnation
                                   WHERE t.relation = command.root);
        IF command.command_tag IN ('ALTER TABLE', 'CREATE TABLE') THEN
            -- A new part gets the trigger for its rows from its parent, but not that for TRUNCATE;
            -- one that has left, and parts of its own, keep that, and have nothing to log into.
            FOR part IN
                SELECT p.relid::regclass AS relation, t.always
                  FROM @extschema@.audit_table AS t
                       -- the part that was made, or what is below the table that has a new one
                       CROSS JOIN LATERAL pg_partition_tree(command.relation) AS p
                 WHERE t.relation = command.root AND p.relid <> t.relation
                   -- before 16, foreign tables have none for TRUNCATE
                   AND EXISTS (SELECT FROM pg_class AS x WHERE x.oid = p.relid AND x.relkind <> 'f')
                   AND EXISTS (SELECT FROM pg_trigger AS g WHERE g.tgrelid = p.relid AND g.tgname = 'zz_audit_row')
                   AND NOT EXISTS (SELECT FROM pg_trigger AS g WHERE g.tgrelid = p.relid AND g.tgname = 'zz_audit_truncate')
            LOOP
                EXECUTE format('CREATE TRIGGER zz_audit_truncate AFTER TRUNCATE ON %s
                                FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.audit_truncate()', part.relation);
                IF part.always THEN
                    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER zz_audit_truncate, ENABLE ALWAYS TRIGGER zz_audit_row', part.relation);
                END IF;
                PERFORM @extschema@.audit_relation_id(part.relation);
            END LOOP;
            FOR part IN
                SELECT gone.relation,
                       (SELECT max(r.id) FROM @extschema@.audit_relation AS r
                               JOIN @extschema@.audit_incarnation AS i ON i.id = r.incarnation
                         WHERE r.relation = command.root::oid) AS relation_id
                  FROM (SELECT g.tgrelid::regclass AS relation
                          FROM pg_trigger AS g
                         WHERE g.tgname = 'zz_audit_truncate' AND g.tgfoid = '@extschema@.audit_truncate'::regproc
                           -- as the log knows it: a trigger of this name can be anybody's
                           AND EXISTS (SELECT FROM @extschema@.audit_relation AS r
                                              JOIN @extschema@.audit_incarnation AS i ON i.id = r.incarnation
                                        WHERE r.relation = g.tgrelid AND r.root = command.root::oid)
                           -- what was a part has been written to as one, or nothing is lost
                           AND command.command_tag = 'ALTER TABLE'
                           AND (SELECT x.relkind FROM pg_class AS x WHERE x.oid = command.relation) = 'p'
                           AND NOT EXISTS (SELECT FROM pg_trigger AS o WHERE o.tgrelid = g.tgrelid AND o.tgname = 'zz_audit_row')
                        -- before it is asked of each of those that have such a trigger
                        OFFSET 0) AS gone
                 WHERE @extschema@.audit_root(gone.relation) IS NULL
            LOOP
                PERFORM @extschema@.audit_event(jsonb_build_object('event', 'detach', 'partition', part.relation::text), part.relation_id);
                EXECUTE format('DROP TRIGGER zz_audit_truncate ON %s', part.relation);
            END LOOP;
        END IF;
        PERFORM @extschema@.audit_triggers_changed(command.root, command.relation);
    END LOOP;
END
$function$;
COMMENT ON FUNCTION @extschema@.audit_ddl() IS
    'event trigger: logs what weakens the triggers of an audited table';

CREATE FUNCTION @extschema@.audit_drop() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET handover.log_maintenance = on
AS $function$
DECLARE
    gone record;
BEGIN
    FOR gone IN
        SELECT d.objid, d.object_identity, last.id AS relation_id,
               (SELECT max(r.id)
                  FROM @extschema@.audit_relation AS r
                       JOIN @extschema@.audit_table AS t ON t.relation = last.root
                 WHERE r.relation = last.root AND last.root <> d.objid
                   AND NOT EXISTS (SELECT FROM pg_event_trigger_dropped_objects() AS o WHERE o.objid = last.root)) AS root_id
          FROM pg_event_trigger_dropped_objects() AS d
               CROSS JOIN LATERAL (SELECT r.id, r.root
                                     FROM @extschema@.audit_relation AS r
                                          JOIN @extschema@.audit_incarnation AS i ON i.id = r.incarnation
                                    WHERE r.relation = d.objid
                                    ORDER BY r.id DESC LIMIT 1) AS last
         WHERE d.object_type = 'table' AND d.objsubid = 0
         ORDER BY 2
    LOOP
        PERFORM @extschema@.audit_event(jsonb_build_object('event', 'drop', 'table', gone.object_identity), coalesce(gone.root_id, gone.relation_id));
        DELETE FROM @extschema@.audit_table AS t WHERE t.relation::oid = gone.objid;
    END LOOP;
    -- who has no audited table left has nothing to read: see open_log()
    IF FOUND THEN
        FOR gone IN
            SELECT p.polname, p.polrelid::regclass AS relation, p.polroles[1]::regrole AS owner,
                   EXISTS (SELECT FROM pg_policy AS a
                            WHERE a.polrelid = p.polrelid AND a.polroles = p.polroles AND a.polname LIKE 'auditor %') AS is_auditor
              FROM pg_policy AS p
             WHERE p.polrelid IN ('@extschema@.audit_log'::regclass, '@extschema@.audit_context'::regclass)
               AND p.polname LIKE 'of tables of %'
               AND NOT EXISTS (SELECT
                                 FROM @extschema@.audit_table AS t
                                      JOIN pg_class AS c ON c.oid = t.relation
                                WHERE c.relowner = p.polroles[1])
        LOOP
            EXECUTE format('DROP POLICY %I ON %s', gone.polname, gone.relation);
            IF NOT gone.is_auditor THEN
                EXECUTE format('REVOKE SELECT ON %s, @extschema@.audit_relation_now FROM %s', gone.relation, gone.owner);
            END IF;
        END LOOP;
    END IF;
    FOR gone IN
        SELECT DISTINCT @extschema@.audit_root(to_regclass(format('%I.%I', d.address_names[1], d.address_names[2]))) AS root
          FROM pg_event_trigger_dropped_objects() AS d
         WHERE d.object_type = 'trigger' AND d.address_names[3] LIKE 'zz\_audit\_%'
    LOOP
        CONTINUE WHEN gone.root IS NULL;
        PERFORM @extschema@.audit_triggers_changed(gone.root);
    END LOOP;
END
$function$;
COMMENT ON FUNCTION @extschema@.audit_drop() IS
    'event trigger: logs that an audited table, or a trigger of one, was dropped';

-- ALTER TABLE writes all rows anew past their triggers.  What is only stored elsewhere, or otherwise, has its values still.
CREATE FUNCTION @extschema@.audit_rewrite() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET handover.log_maintenance = on
AS $function$
DECLARE
    rewritten CONSTANT regclass := pg_event_trigger_table_rewrite_oid();
    registered CONSTANT regclass := @extschema@.audit_root(rewritten);
    -- AT_REWRITE_DEFAULT_VAL and AT_REWRITE_COLUMN_REWRITE: see event_trigger.h
    writes_default CONSTANT boolean := pg_event_trigger_table_rewrite_reason() & 2 <> 0;
    writes_type CONSTANT boolean := pg_event_trigger_table_rewrite_reason() & 4 <> 0;
    before text[];
    generated text[];
BEGIN
    IF registered IS NULL OR NOT (writes_default OR writes_type) THEN
        RETURN;
    END IF;
    IF writes_default AND current_setting('server_version_num')::integer >= 170000 THEN
        -- SET EXPRESSION is like a column that is added, to all that is told here; so what was there before may have been meant
        SELECT r.columns INTO before
          FROM @extschema@.audit_relation AS r
               JOIN @extschema@.audit_incarnation AS i ON i.id = r.incarnation
         WHERE r.relation = registered::oid
         ORDER BY r.id DESC LIMIT 1;
        SELECT array_agg(a.attname::text ORDER BY a.attnum) INTO generated
          FROM pg_attribute AS a
               JOIN @extschema@.audit_table AS t ON t.relation = registered
         WHERE a.attrelid = rewritten AND a.attgenerated = 's'
           AND (before IS NULL OR a.attname = ANY (before)) AND a.attname <> ALL (t.exclude);
    END IF;
    -- while it is known still which columns the same command has dropped
    PERFORM @extschema@.audit_columns_changed(registered);
    PERFORM @extschema@.audit_event(jsonb_strip_nulls(jsonb_build_object('event', 'rewrite',
                                        'reason', array_remove(ARRAY[CASE WHEN writes_default THEN 'default' END,
                                                                     CASE WHEN writes_type THEN 'type' END], NULL),
                                        'generated', generated)),
                                    @extschema@.audit_relation_id(rewritten));
END
$function$;
COMMENT ON FUNCTION @extschema@.audit_rewrite() IS
    'event trigger: logs that ALTER TABLE has given the rows of an audited table other values';

-- whatever session_replication_role says
CREATE EVENT TRIGGER handover_audit_ddl ON ddl_command_end
    WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE', 'CREATE TRIGGER', 'ALTER TRIGGER', 'CREATE SCHEMA',
                 'ALTER VIEW', 'ALTER MATERIALIZED VIEW', 'ALTER FOREIGN TABLE', 'ALTER INDEX', 'ALTER SEQUENCE', 'ALTER TYPE')
    EXECUTE FUNCTION @extschema@.audit_ddl();
ALTER EVENT TRIGGER handover_audit_ddl ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER handover_audit_ddl IS 'logs what weakens the triggers of an audited table';
CREATE EVENT TRIGGER handover_audit_drop ON sql_drop
    EXECUTE FUNCTION @extschema@.audit_drop();
ALTER EVENT TRIGGER handover_audit_drop ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER handover_audit_drop IS 'logs that an audited table, or a trigger of one, was dropped';
CREATE EVENT TRIGGER handover_audit_rewrite ON table_rewrite
    EXECUTE FUNCTION @extschema@.audit_rewrite();
ALTER EVENT TRIGGER handover_audit_rewrite ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER handover_audit_rewrite IS 'logs that ALTER TABLE has given the rows of an audited table other values';

-- ------------------------------------------------------------------------
-- Switching off, for one transaction
-- ------------------------------------------------------------------------

CREATE FUNCTION @extschema@.audit_suspend(relation regclass) RETURNS void
    AS 'MODULE_PATHNAME', 'handover_audit_suspend' LANGUAGE C STRICT;
COMMENT ON FUNCTION @extschema@.audit_suspend(regclass) IS
    'part of suspend_audit(): has the triggers of a table log no rows until the transaction ends';
REVOKE ALL ON FUNCTION @extschema@.audit_suspend(regclass) FROM PUBLIC;

CREATE FUNCTION @extschema@.record_suspension(relation regclass, reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM @extschema@.check_auditor(relation, @extschema@.vouched(relation));
    IF NOT EXISTS (SELECT FROM @extschema@.audit_table AS t WHERE t.relation = record_suspension.relation) THEN
        RAISE EXCEPTION 'table % is not audited', relation
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    PERFORM @extschema@.audit_event(jsonb_build_object('event', 'suspend', 'reason', reason), @extschema@.audit_relation_id(relation));
    PERFORM @extschema@.audit_suspend(relation);
END
$function$;
COMMENT ON FUNCTION @extschema@.record_suspension(regclass, text) IS
    'part of suspend_audit(): logs that the audit of a table of the caller is suspended, and suspends it';

CREATE FUNCTION @extschema@.suspend_audit(relation regclass, reason text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM @extschema@.check_auditor(relation, current_user);
    IF coalesce(btrim(reason), '') = '' THEN
        RAISE EXCEPTION 'suspending the audit of a table needs a reason'
            USING ERRCODE = 'null_value_not_allowed';
    END IF;
    PERFORM @extschema@.vouch(relation);
    PERFORM @extschema@.record_suspension(relation, reason);
END
$function$;
COMMENT ON FUNCTION @extschema@.suspend_audit(regclass, text) IS
    'logs no rows of a table until the transaction ends, for a load; that it was done, by whom and why is logged';
