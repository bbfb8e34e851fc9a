/*
 * Rights.  Functions and types are PUBLIC's by default, and none reveals or
 * changes anything that its caller could not.
 */

-- anybody may use the types, and read what the templates ask for; who may add
-- templates of their own is for the administrator to grant
GRANT USAGE ON SCHEMA @extschema@ TO PUBLIC;
GRANT SELECT ON @extschema@.element, @extschema@.field, @extschema@.template,
    @extschema@.finding, @extschema@.finding_setting, @extschema@.finding_settings TO PUBLIC;

-- Who audits reads all of the log.
CREATE FUNCTION @extschema@.grant_auditor(auditor name) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    policy CONSTANT name := 'auditor ' || CASE WHEN octet_length(auditor) < 55 THEN auditor::text ELSE md5(auditor) END;
    protected name;
BEGIN
    EXECUTE format('GRANT SELECT ON @extschema@.audit_log, @extschema@.audit_context, @extschema@.audit_transaction, @extschema@.audit_statement, @extschema@.audit_relation,
                                    @extschema@.audit_incarnation, @extschema@.audit_table, @extschema@.audit_block, @extschema@.audit_relation_now,
                                    @extschema@.audit_entry TO %I', auditor);
    EXECUTE format('GRANT EXECUTE ON FUNCTION @extschema@.audit_record(anyelement, jsonb) TO %I', auditor);
    FOREACH protected IN ARRAY '{audit_log,audit_context,audit_statement}'::name[] LOOP
        IF NOT EXISTS (SELECT FROM pg_policy AS p
                        WHERE p.polrelid = format('@extschema@.%I', protected)::regclass AND p.polname = policy) THEN
            EXECUTE format('CREATE POLICY %I ON @extschema@.%I FOR SELECT TO %I USING (true)', policy, protected, auditor);
        END IF;
    END LOOP;
END
$function$;
COMMENT ON FUNCTION @extschema@.grant_auditor(name) IS
    'lets a role read the whole audit log, with its functions; for the owner of the log to call';
REVOKE ALL ON FUNCTION @extschema@.grant_auditor(name) FROM PUBLIC;
