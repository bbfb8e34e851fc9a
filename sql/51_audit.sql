/*
 * audit: which tables are watched, and how.
 */

CREATE FUNCTION @extschema@.audit_row() RETURNS trigger
    AS 'MODULE_PATHNAME', 'handover_audit_row_trigger' LANGUAGE C;
COMMENT ON FUNCTION @extschema@.audit_row() IS
    'trigger of an audited table: logs each row that changes';
CREATE FUNCTION @extschema@.audit_flush() RETURNS trigger
    AS 'MODULE_PATHNAME', 'handover_audit_flush_trigger' LANGUAGE C;
COMMENT ON FUNCTION @extschema@.audit_flush() IS
    'trigger of an audited table: writes what a statement has left to be logged';
CREATE FUNCTION @extschema@.audit_truncate() RETURNS trigger
    AS 'MODULE_PATHNAME', 'handover_audit_truncate_trigger' LANGUAGE C;
COMMENT ON FUNCTION @extschema@.audit_truncate() IS
    'trigger of an audited table: logs that it was emptied';

CREATE TABLE @extschema@.audit_table (
    relation       regclass PRIMARY KEY,
    exclude        text[]  NOT NULL DEFAULT '{}',
    mask           text[]  NOT NULL DEFAULT '{}',
    condition      text,
    skip_unchanged boolean NOT NULL DEFAULT false,
    require_actor  boolean NOT NULL DEFAULT false,
    with_query     boolean NOT NULL DEFAULT false,
    always         boolean NOT NULL DEFAULT false,
    audited_since  timestamptz NOT NULL DEFAULT clock_timestamp(),
    incarnation    uuid    NOT NULL
);

COMMENT ON TABLE @extschema@.audit_table IS 'tables that are audited; written by audit() and unaudit() only';
COMMENT ON COLUMN @extschema@.audit_table.relation IS 'the table; its partitions are audited with it';
COMMENT ON COLUMN @extschema@.audit_table.exclude IS 'columns that the log does not show';
COMMENT ON COLUMN @extschema@.audit_table.mask IS 'columns of which the log shows that they changed, not to what';
COMMENT ON COLUMN @extschema@.audit_table.condition IS 'when changes are logged, as in the WHEN of the trigger, and as the server writes it; NULL for always';
COMMENT ON COLUMN @extschema@.audit_table.skip_unchanged IS 'whether an update that changes nothing is left out';
COMMENT ON COLUMN @extschema@.audit_table.require_actor IS 'whether a change without the setting handover.actor is refused';
COMMENT ON COLUMN @extschema@.audit_table.with_query IS 'whether the text of the statement is kept';
COMMENT ON COLUMN @extschema@.audit_table.always IS 'whether what replication applies is logged, too';
COMMENT ON COLUMN @extschema@.audit_table.audited_since IS 'when this began';
COMMENT ON COLUMN @extschema@.audit_table.incarnation IS
    'database that it was registered in; after a dump is restored, that one until audit() or seal() is called: until then, what is done to the table may be part of the restore';

SELECT pg_catalog.pg_extension_config_dump('@extschema@.audit_table', '');

CREATE TRIGGER protect_log BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON @extschema@.audit_table
    FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.protect_log();
COMMENT ON TRIGGER protect_log ON @extschema@.audit_table IS
    'refuses every change but those of the functions of the log';
CREATE TRIGGER catalogue_changed AFTER INSERT OR UPDATE OR DELETE ON @extschema@.audit_table
    FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.catalogue_changed();
COMMENT ON TRIGGER catalogue_changed ON @extschema@.audit_table IS
    'tells all sessions to read it anew';

CREATE FUNCTION @extschema@.audit_relation_id(relation regclass) RETURNS integer
    AS 'MODULE_PATHNAME', 'handover_audit_relation_id' LANGUAGE C STRICT;
COMMENT ON FUNCTION @extschema@.audit_relation_id(regclass) IS
    'part of the functions of the log: the key in audit_relation of a table that is audited';
REVOKE ALL ON FUNCTION @extschema@.audit_relation_id(regclass) FROM PUBLIC;

CREATE FUNCTION @extschema@.audit_event(event jsonb, relation_id integer DEFAULT NULL) RETURNS void
    AS 'MODULE_PATHNAME', 'handover_audit_event' LANGUAGE C;
COMMENT ON FUNCTION @extschema@.audit_event(jsonb, integer) IS
    'part of the functions of the log: writes what happened to the log itself';
REVOKE ALL ON FUNCTION @extschema@.audit_event(jsonb, integer) FROM PUBLIC;

-- Only who owns a table may have it audited, or no longer.
CREATE FUNCTION @extschema@.check_auditor(relation regclass, caller name) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    kind "char";
BEGIN
    SELECT c.relkind INTO kind
      FROM pg_class AS c
     WHERE c.oid = check_auditor.relation;
    IF kind IS NULL OR kind NOT IN ('r', 'p') THEN
        RAISE EXCEPTION '% is not a table', coalesce(relation::text, 'NULL')
            USING ERRCODE = 'wrong_object_type';
    END IF;
    IF NOT EXISTS (SELECT
                     FROM pg_class AS c
                    WHERE c.oid = check_auditor.relation
                      AND pg_has_role(caller, c.relowner, 'USAGE')) THEN
        RAISE EXCEPTION 'must be owner of table %', relation
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF EXISTS (SELECT
                 FROM pg_class AS c
                WHERE c.oid = check_auditor.relation
                  AND (c.relnamespace = '@extschema@'::regnamespace OR c.relpersistence = 't'
                       OR c.relnamespace = 'pg_catalog'::regnamespace)) THEN
        RAISE EXCEPTION 'table % cannot be audited', relation
            USING ERRCODE = 'feature_not_supported',
                  DETAIL = 'Tables of the system, of the log itself and temporary ones cannot.';
    END IF;
END
$function$;
COMMENT ON FUNCTION @extschema@.check_auditor(regclass, name) IS
    'part of audit(): an error unless the caller owns the table and it can be audited';

CREATE FUNCTION @extschema@.caller() RETURNS name
    AS 'MODULE_PATHNAME', 'handover_caller' LANGUAGE C STABLE;
COMMENT ON FUNCTION @extschema@.caller() IS
    'part of audit(): the role that the client acts as, whatever functions it has called';

CREATE FUNCTION @extschema@.vouch(relation regclass) RETURNS void
    AS 'MODULE_PATHNAME', 'handover_vouch' LANGUAGE C STRICT;
COMMENT ON FUNCTION @extschema@.vouch(regclass) IS
    'part of audit(): says that the function called next acts on this table for the present role';
CREATE FUNCTION @extschema@.vouched(relation regclass) RETURNS name
    AS 'MODULE_PATHNAME', 'handover_vouched' LANGUAGE C STRICT;
COMMENT ON FUNCTION @extschema@.vouched(regclass) IS
    'part of audit(): the role for which a function with the rights of the owner of the log acts on a table';
REVOKE ALL ON FUNCTION @extschema@.vouched(regclass) FROM PUBLIC;

-- As the server tells it, whatever the settings and names that whoever asks goes by; so two can be compared, also after a restore.
CREATE FUNCTION @extschema@.audit_condition(trigger oid) RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
SET datestyle = 'ISO, YMD'
SET intervalstyle = 'postgres'
SET timezone = 'UTC'
SET extra_float_digits = 3
SET bytea_output = 'hex'
SET lc_monetary = 'C'
BEGIN ATOMIC
    SELECT pg_catalog.pg_get_expr(g.tgqual, g.tgrelid)
      FROM pg_catalog.pg_trigger AS g
     WHERE g.oid = audit_condition.trigger
       -- AFTER ROW of INSERT, UPDATE and DELETE, whose condition cannot name two rows, which would be an error here
       AND g.tgtype = 29;
END;
COMMENT ON FUNCTION @extschema@.audit_condition(oid) IS
    'part of audit(): the condition of a trigger for rows, written always in the same way; NULL for none';

-- What needs the rights of the owner of the log; nothing here runs what the caller has written.
CREATE FUNCTION @extschema@.register_audit(settings @extschema@.audit_table) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET handover.log_maintenance = on
AS $function$
BEGIN
    PERFORM @extschema@.check_auditor(settings.relation, @extschema@.vouched(settings.relation));
    -- what there is, whatever was said
    settings.condition := (SELECT @extschema@.audit_condition(g.oid) FROM pg_trigger AS g
                            WHERE g.tgrelid = settings.relation AND g.tgname = 'zz_audit_row');
    INSERT INTO @extschema@.audit_table AS t (relation, exclude, mask, condition, skip_unchanged, require_actor, with_query, always, incarnation)
    SELECT settings.relation, settings.exclude, settings.mask, settings.condition, settings.skip_unchanged,
           settings.require_actor, settings.with_query, settings.always, i.id
      FROM @extschema@.audit_incarnation AS i
        ON CONFLICT ON CONSTRAINT audit_table_pkey DO UPDATE
       SET exclude = excluded.exclude, mask = excluded.mask, condition = excluded.condition,
           skip_unchanged = excluded.skip_unchanged, require_actor = excluded.require_actor,
           with_query = excluded.with_query, always = excluded.always, incarnation = excluded.incarnation;
    PERFORM @extschema@.audit_event(jsonb_build_object('event', 'audit')
                                        || jsonb_strip_nulls(to_jsonb(settings) - 'relation' - 'audited_since' - 'incarnation'),
                                    @extschema@.audit_relation_id(settings.relation));
    -- so that it is known of each part whose part it was, should it be dropped
    PERFORM @extschema@.audit_relation_id(p.relid) FROM pg_partition_tree(settings.relation) AS p;
    PERFORM @extschema@.audit_triggers_changed(settings.relation);
END
$function$;
COMMENT ON FUNCTION @extschema@.register_audit(@extschema@.audit_table) IS
    'part of audit(): registers a table of the caller, and logs that';

CREATE FUNCTION @extschema@.unregister_audit(relation regclass) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET handover.log_maintenance = on
AS $function$
BEGIN
    PERFORM @extschema@.check_auditor(relation, @extschema@.vouched(relation));
    IF NOT EXISTS (SELECT FROM @extschema@.audit_table AS t WHERE t.relation = unregister_audit.relation) THEN
        RAISE EXCEPTION 'table % is not audited', relation
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    PERFORM @extschema@.audit_event(jsonb_build_object('event', 'unaudit'), @extschema@.audit_relation_id(relation));
    DELETE FROM @extschema@.audit_table AS t WHERE t.relation = unregister_audit.relation;
END
$function$;
COMMENT ON FUNCTION @extschema@.unregister_audit(regclass) IS
    'part of unaudit(): logs that a table of the caller is audited no more, and forgets it';

CREATE FUNCTION @extschema@.audit(relation regclass, exclude text[] DEFAULT '{}', mask text[] DEFAULT '{}', condition text DEFAULT NULL,
                                  skip_unchanged boolean DEFAULT false, require_actor boolean DEFAULT false,
                                  with_query boolean DEFAULT false, always boolean DEFAULT false)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    fires text := CASE WHEN always THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END;
    part regclass;
    unknown text;
BEGIN
    PERFORM @extschema@.check_auditor(relation, current_user);
    SELECT c INTO unknown
      FROM unnest(exclude || mask) AS c
     WHERE NOT EXISTS (SELECT FROM pg_attribute AS a
                        WHERE a.attrelid = audit.relation AND a.attname = c AND a.attnum > 0 AND NOT a.attisdropped)
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'column "%" of table % does not exist', unknown, relation USING ERRCODE = 'undefined_column';
    END IF;
    -- it would show in the key of each entry
    SELECT a.attname INTO unknown
      FROM pg_index AS i
           JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY ((i.indkey::smallint[])[0:i.indnkeyatts - 1])
     WHERE i.indrelid = audit.relation AND a.attname = ANY (exclude || mask)
       AND (i.indisprimary OR i.indisreplident AND NOT EXISTS (SELECT FROM pg_index AS p WHERE p.indrelid = i.indrelid AND p.indisprimary))
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'column "%" of table % cannot be hidden', unknown, relation
            USING ERRCODE = 'feature_not_supported',
                  DETAIL = 'It is part of the key by which the log tells rows apart.';
    END IF;
    -- as the caller: what a condition says is theirs
    EXECUTE format('CREATE OR REPLACE TRIGGER zz_audit_row AFTER INSERT OR UPDATE OR DELETE ON %s
                    FOR EACH ROW%s EXECUTE FUNCTION @extschema@.audit_row()',
                   relation, CASE WHEN condition IS NULL THEN '' ELSE format(' WHEN (%s)', condition) END);
    EXECUTE format('CREATE OR REPLACE TRIGGER zz_audit_row_flush AFTER INSERT OR UPDATE OR DELETE ON %s
                    FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.audit_flush()', relation);
    FOR part IN SELECT p.relid FROM pg_partition_tree(relation) AS p UNION SELECT relation
    LOOP
        -- before 16, foreign tables have none for TRUNCATE
        IF (SELECT c.relkind FROM pg_class AS c WHERE c.oid = part) = 'f' THEN
            EXECUTE format('ALTER FOREIGN TABLE %s %s TRIGGER zz_audit_row', part, fires);
            CONTINUE;
        END IF;
        EXECUTE format('CREATE OR REPLACE TRIGGER zz_audit_truncate AFTER TRUNCATE ON %s
                        FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.audit_truncate()', part);
        EXECUTE format('ALTER TABLE %s %s TRIGGER zz_audit_truncate, %2$s TRIGGER zz_audit_row', part, fires);
    END LOOP;
    EXECUTE format('COMMENT ON TRIGGER zz_audit_row ON %s IS %L', relation, 'logs each row that changes');
    EXECUTE format('COMMENT ON TRIGGER zz_audit_row_flush ON %s IS %L', relation, 'writes what is left to be logged');
    EXECUTE format('COMMENT ON TRIGGER zz_audit_truncate ON %s IS %L', relation, 'logs that the table was emptied');
    PERFORM @extschema@.vouch(relation);
    PERFORM @extschema@.register_audit(ROW(relation, exclude, mask, condition, skip_unchanged, require_actor, with_query, always, NULL, NULL)
                                           ::@extschema@.audit_table);
END
$function$;
COMMENT ON FUNCTION @extschema@.audit(regclass, text[], text[], text, boolean, boolean, boolean, boolean) IS
    'logs every change of a table from now on; called again, changes how';

CREATE FUNCTION @extschema@.unaudit(relation regclass) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    part regclass;
BEGIN
    PERFORM @extschema@.check_auditor(relation, current_user);
    PERFORM @extschema@.vouch(relation);
    PERFORM @extschema@.unregister_audit(relation);
    EXECUTE format('DROP TRIGGER IF EXISTS zz_audit_row ON %s', relation);
    EXECUTE format('DROP TRIGGER IF EXISTS zz_audit_row_flush ON %s', relation);
    FOR part IN SELECT p.relid FROM pg_partition_tree(relation) AS p UNION SELECT relation
    LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS zz_audit_truncate ON %s', part);
    END LOOP;
END
$function$;
COMMENT ON FUNCTION @extschema@.unaudit(regclass) IS
    'logs no more changes of a table; this itself is logged';

CREATE FUNCTION @extschema@.is_audited(relation regclass) RETURNS boolean
LANGUAGE sql STABLE STRICT SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM @extschema@.audit_table AS t WHERE t.relation = is_audited.relation);
END;
COMMENT ON FUNCTION @extschema@.is_audited(regclass) IS
    'whether audit() was called for a table';

CREATE FUNCTION @extschema@.audit_schema(name text) RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    found regclass;
    n bigint := 0;
BEGIN
    IF to_regnamespace(quote_ident(name)) IS NULL THEN
        RAISE EXCEPTION 'schema "%" does not exist', name USING ERRCODE = 'invalid_schema_name';
    END IF;
    FOR found IN
        SELECT c.oid
          FROM pg_class AS c
         WHERE c.relnamespace = to_regnamespace(quote_ident(name))
           AND c.relkind IN ('r', 'p') AND NOT c.relispartition
           AND NOT @extschema@.is_audited(c.oid)
         ORDER BY c.relname
    LOOP
        PERFORM @extschema@.audit(found);
        n := n + 1;
    END LOOP;
    RETURN n;
END
$function$;
COMMENT ON FUNCTION @extschema@.audit_schema(text) IS
    'audits all tables of a schema that are not yet; returns how many';

-- What is registered and what is there, of a table that is registered or of a part of it, and of what is below that.
CREATE FUNCTION @extschema@.audit_check_triggers(root regclass, part regclass)
RETURNS TABLE (relation text, discrepancy text)
LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH wanted AS (
        SELECT p.relid AS relation, t.always, trigger.name, trigger.calls, trigger.type, t.condition
          FROM @extschema@.audit_table AS t
               CROSS JOIN LATERAL (SELECT tree.relid FROM pg_catalog.pg_partition_tree(audit_check_triggers.part) AS tree
                                   UNION SELECT audit_check_triggers.part) AS p
               JOIN pg_catalog.pg_class AS c ON c.oid = p.relid
               -- AFTER ROW of INSERT, UPDATE and DELETE, and AFTER TRUNCATE: see pg_trigger.h
               CROSS JOIN (VALUES ('zz_audit_row', '@extschema@.audit_row'::pg_catalog.regproc, 29),
                                  ('zz_audit_truncate', '@extschema@.audit_truncate'::pg_catalog.regproc, 32)) AS trigger (name, calls, type)
         WHERE t.relation = audit_check_triggers.root
           -- before 16, foreign tables have none for TRUNCATE
           AND (trigger.name = 'zz_audit_row' OR c.relkind <> 'f')
    )
    SELECT wanted.relation::text,
           CASE WHEN g.oid IS NULL THEN 'trigger ' || wanted.name || ' is missing'
                WHEN g.tgfoid <> wanted.calls
                THEN 'trigger ' || wanted.name || ' calls another function'
                WHEN NOT shape.ok THEN 'trigger ' || wanted.name || ' does not fire for every change'
                WHEN NOT shape.same THEN 'trigger ' || wanted.name || ' has another condition'
                WHEN g.tgenabled = 'D' THEN 'trigger ' || wanted.name || ' is disabled'
                WHEN g.tgenabled = 'R' THEN 'trigger ' || wanted.name || ' fires in replication only'
                WHEN wanted.always THEN 'trigger ' || wanted.name || ' does not fire in replication'
                ELSE 'trigger ' || wanted.name || ' fires in replication, too' END
      FROM wanted
           LEFT JOIN pg_catalog.pg_trigger AS g ON g.tgrelid = wanted.relation AND g.tgname = wanted.name
           CROSS JOIN LATERAL (
               SELECT g.tgtype = wanted.type
                      AND pg_catalog.cardinality(g.tgattr::smallint[]) = 0
                      AND (g.tgqual IS NOT NULL) = (wanted.name = 'zz_audit_row' AND wanted.condition IS NOT NULL) AS ok,
                      g.tgqual IS NULL OR wanted.condition IS NULL OR @extschema@.audit_condition(g.oid) IS NOT DISTINCT FROM wanted.condition AS same
           ) AS shape
     WHERE g.oid IS NULL OR NOT shape.ok OR NOT shape.same
        OR g.tgenabled <> CASE WHEN wanted.always THEN 'A' ELSE 'O' END
        OR g.tgfoid <> wanted.calls;
END;
COMMENT ON FUNCTION @extschema@.audit_check_triggers(regclass, regclass) IS
    'part of audit_check(): what is not as it should be, of the triggers of a table that is registered or of parts of it';

CREATE FUNCTION @extschema@.audit_check()
RETURNS TABLE (relation text, discrepancy text)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT NULL, 'event trigger ' || e.name || ' is missing or does not always fire'
      FROM (VALUES ('handover_audit_ddl'), ('handover_audit_drop'), ('handover_audit_rewrite')) AS e (name)
     WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_event_trigger AS g WHERE g.evtname = e.name AND g.evtenabled = 'A')
    UNION ALL
    SELECT t.relation::oid::text, 'the table is gone'
      FROM @extschema@.audit_table AS t
     WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid = t.relation)
    UNION ALL
    SELECT t.relation::text, 'column "' || c.name || '" does not exist and is to be ' || c.what
      FROM @extschema@.audit_table AS t
           CROSS JOIN LATERAL (SELECT x.name, 'excluded' FROM pg_catalog.unnest(t.exclude) AS x (name)
                               UNION ALL SELECT x.name, 'masked' FROM pg_catalog.unnest(t.mask) AS x (name)) AS c (name, what)
     WHERE EXISTS (SELECT FROM pg_catalog.pg_class AS k WHERE k.oid = t.relation)
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a
                        WHERE a.attrelid = t.relation AND a.attname = c.name AND a.attnum > 0 AND NOT a.attisdropped)
    UNION ALL
    SELECT c.relation, c.discrepancy
      FROM @extschema@.audit_table AS t
           CROSS JOIN LATERAL @extschema@.audit_check_triggers(t.relation, t.relation) AS c
     ORDER BY 1, 2;
END;
COMMENT ON FUNCTION @extschema@.audit_check() IS
    'tables that are registered and whose triggers are not as they should be: none';
