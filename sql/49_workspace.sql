/*
 * workspace: a schema with the tables, functions and views for handovers.
 */

CREATE FUNCTION @extschema@.fill_workspace(name text, restricted boolean DEFAULT NULL) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
SET check_function_bodies = off
AS $function$
DECLARE
    workspace text := quote_ident(name);
    report text := quote_ident(name || '_report');
    option text;
    -- reports that are named as tables or views of the workspace are
    namesakes CONSTANT name[] := '{item,dependency,document}';
    namesake name;
    contact_is_new boolean;
    was_restricted CONSTANT boolean := @extschema@.is_restricted(name);
    -- CREATE OR REPLACE VIEW forgets them
    options text[] := ARRAY(SELECT format('ALTER VIEW %I.%I SET (%s)', n.nspname, c.relname, array_to_string(c.reloptions, ', '))
                              FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                             WHERE n.nspname IN (name, name || '_report') AND c.relkind = 'v' AND c.reloptions IS NOT NULL
                               AND pg_get_userbyid(c.relowner) = current_user);
BEGIN
    -- pg_catalog comes before all of these, being not named; a schema that may not be used is
    -- passed over, and all would go into the next one
    PERFORM set_config('search_path', report || ', pg_temp', true);
    IF current_schema() IS DISTINCT FROM name || '_report' THEN
        RAISE EXCEPTION 'permission denied for schema %', name || '_report'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('search_path', workspace || ', pg_temp', true);
    IF current_schema() IS DISTINCT FROM name THEN
        RAISE EXCEPTION 'permission denied for schema %', name
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM @extschema@.create_workspace_tables();
    PERFORM @extschema@.create_workspace_finding_rule();
    PERFORM @extschema@.create_workspace_finding_day();
    PERFORM @extschema@.create_workspace_functions();
    PERFORM @extschema@.create_workspace_views();
    PERFORM @extschema@.create_workspace_import();
    PERFORM @extschema@.create_workspace_plan();
    restricted := coalesce(restricted, was_restricted);
    PERFORM @extschema@.create_workspace_visible(restricted);
    PERFORM @extschema@.create_workspace_visible_finding();
    contact_is_new := to_regclass(report || '.contact') IS NULL;
    -- the names shall mean the tables while the reports are made
    FOREACH namesake IN ARRAY namesakes LOOP
        IF to_regclass(format('%s.%I', report, namesake)) IS NOT NULL THEN
            EXECUTE format('ALTER VIEW %s.%I RENAME TO %I', report, namesake, 'report_' || namesake);
        END IF;
    END LOOP;
    PERFORM set_config('search_path', report || ', ' || workspace || ', pg_temp', true);
    PERFORM @extschema@.create_workspace_reports();
    PERFORM @extschema@.create_workspace_timeline();
    PERFORM @extschema@.create_workspace_flow();
    PERFORM @extschema@.create_workspace_item();
    PERFORM @extschema@.create_workspace_element();
    PERFORM @extschema@.create_workspace_feedback();
    PERFORM @extschema@.create_workspace_finding();
    PERFORM @extschema@.create_workspace_dictionary();
    FOREACH namesake IN ARRAY namesakes LOOP
        EXECUTE format('ALTER VIEW %s.%I RENAME TO %I', report, 'report_' || namesake, namesake);
    END LOOP;
    FOREACH option IN ARRAY options LOOP
        EXECUTE option;
    END LOOP;
    IF restricted OR was_restricted THEN
        PERFORM @extschema@.bar_reports(name, restricted);
    END IF;
    IF contact_is_new THEN
        PERFORM @extschema@.withhold_contact(name);
    END IF;
    -- tables that are new are audited if the others are
    IF EXISTS (SELECT FROM pg_trigger AS g WHERE g.tgrelid = format('%I.handover', name)::regclass AND g.tgname = 'zz_audit_row') THEN
        PERFORM @extschema@.audit_workspace(name);
    END IF;
END
$function$;
COMMENT ON FUNCTION @extschema@.fill_workspace(text, boolean) IS
    'part of create_workspace(), upgrade_workspace() and restrict_workspace(): makes what is not there yet';

CREATE FUNCTION @extschema@.create_workspace(name text, audited boolean DEFAULT true) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF name IS NULL OR octet_length(name) NOT BETWEEN 1 AND 56 THEN
        RAISE EXCEPTION 'invalid name of a workspace: "%"', name
            USING ERRCODE = 'invalid_name',
                  DETAIL = 'It has 1 to 56 bytes, since the schema of its reports is named after it, with "_report".';
    END IF;
    EXECUTE format('CREATE SCHEMA %I', name);
    EXECUTE format('CREATE SCHEMA %I', name || '_report');
    EXECUTE format('COMMENT ON SCHEMA %I IS %L', name, 'workspace of handovers');
    EXECUTE format('COMMENT ON SCHEMA %I IS %L', name || '_report', 'reports on the handovers of workspace ' || name);
    PERFORM @extschema@.fill_workspace(name);
    IF audited THEN
        PERFORM @extschema@.audit_workspace(name);
    END IF;
END
$function$;
COMMENT ON FUNCTION @extschema@.create_workspace(text, boolean) IS
    'makes a schema of this name with the tables for handovers, and one with its reports; their changes are logged, if that is not turned off';

CREATE FUNCTION @extschema@.check_workspace(name text) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF NOT EXISTS (SELECT
                     FROM pg_trigger AS t
                          JOIN pg_class AS c ON c.oid = t.tgrelid
                    WHERE t.tgfoid = '@extschema@.guard_handover'::regproc
                      AND c.relnamespace = to_regnamespace(quote_ident(name))
                      AND c.relname = 'handover'
                      -- a view would run what its owner likes, as whoever reads it
                      AND c.relkind IN ('r', 'p'))
       OR to_regnamespace(quote_ident(name || '_report')) IS NULL THEN
        RAISE EXCEPTION '"%" is not a workspace', name
            USING ERRCODE = 'wrong_object_type',
                  HINT = 'A workspace is made by handover.create_workspace().';
    END IF;
END
$function$;
COMMENT ON FUNCTION @extschema@.check_workspace(text) IS
    'an error if there is no workspace of this name';

CREATE FUNCTION @extschema@.workspace_owner(name text) RETURNS name
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    schema_owner name := (SELECT pg_get_userbyid(n.nspowner) FROM pg_namespace AS n WHERE n.oid = to_regnamespace(quote_ident(name)));
BEGIN
    IF NOT pg_has_role(schema_owner, 'MEMBER') THEN
        RAISE EXCEPTION 'must be owner of workspace "%"', name
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN schema_owner;
END
$function$;
COMMENT ON FUNCTION @extschema@.workspace_owner(text) IS
    'the owner of a workspace, an error if the caller is not a member of that role';

CREATE FUNCTION @extschema@.refill_workspace(name text, restricted boolean) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    schema_owner name;
    previous text := current_setting('role');
    missing text;
BEGIN
    PERFORM @extschema@.check_workspace(name);
    -- What is made shall be the owner's, and run nothing of theirs with other rights.
    schema_owner := @extschema@.workspace_owner(name);
    -- An empty table in place of one that was renamed would hide what that holds.
    SELECT string_agg(format('"%s"', t), ', ' ORDER BY t) INTO missing
      FROM unnest('{item,dependency,signoff}'::text[]) AS t
     WHERE to_regclass(format('%I.%I', refill_workspace.name, t)) IS NULL;
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'workspace "%" lacks tables', name
            USING ERRCODE = 'undefined_table',
                  DETAIL = format('These are %s.', missing),
                  HINT = 'If they were renamed, give them their names back.';
    END IF;
    IF schema_owner <> current_user THEN
        EXECUTE format('SET LOCAL ROLE %I', schema_owner);
        PERFORM @extschema@.fill_workspace(name, restricted);
        EXECUTE format('SET LOCAL ROLE %I', previous);
    ELSE
        PERFORM @extschema@.fill_workspace(name, restricted);
    END IF;
END
$function$;
COMMENT ON FUNCTION @extschema@.refill_workspace(text, boolean) IS
    'part of upgrade_workspace() and restrict_workspace()';

CREATE FUNCTION @extschema@.upgrade_workspace(name text) RETURNS void
LANGUAGE sql
BEGIN ATOMIC
    SELECT @extschema@.refill_workspace(upgrade_workspace.name, NULL);
END;
COMMENT ON FUNCTION @extschema@.upgrade_workspace(text) IS
    'brings a workspace up to the version of the extension; what was added to it stays';

CREATE FUNCTION @extschema@.drop_workspace(name text, cascade boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $function$
DECLARE
    handovers bigint;
    others text;
BEGIN
    PERFORM @extschema@.check_workspace(name);
    -- somebody may have made a schema to which one of another's is that of the reports, by its name
    IF (SELECT count(DISTINCT n.nspowner) > 1
          FROM pg_namespace AS n
         WHERE n.nspname IN (name, name || '_report')) THEN
        RAISE EXCEPTION 'schemas "%" and "%" have different owners', name, name || '_report'
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Drop them one by one, if they are one workspace.';
    END IF;
    IF cascade IS NOT TRUE THEN
        SELECT string_agg(format('"%s"', c.relname), ', ' ORDER BY c.relname) INTO others
          FROM pg_class AS c
         WHERE c.relnamespace IN (quote_ident(name)::regnamespace, quote_ident(name || '_report')::regnamespace)
           AND c.relkind IN ('r', 'p', 'f', 'm')
           AND (c.relname NOT IN ('handover', 'item', 'dependency', 'signoff', 'party_member', 'finding_rule', 'finding_override', 'finding_day')
                OR c.relnamespace <> quote_ident(name)::regnamespace);
        IF others IS NOT NULL THEN
            RAISE EXCEPTION 'workspace "%" holds other tables', name
                USING ERRCODE = 'dependent_objects_still_exist',
                      DETAIL = format('These are %s.', others),
                      HINT = 'To drop them with it, call drop_workspace(..., true).';
        END IF;
        -- only of a table can a sample be taken, so no view is read that took its place just now
        EXECUTE format('SELECT count(*) FROM %I.handover TABLESAMPLE SYSTEM (100)', name) INTO handovers;
        IF handovers > 0 THEN
            RAISE EXCEPTION 'workspace "%" is not empty', name
                USING ERRCODE = 'dependent_objects_still_exist',
                      DETAIL = format('It has %s.', CASE handovers WHEN 1 THEN '1 handover' ELSE handovers || ' handovers' END),
                      HINT = 'To drop it all the same, call drop_workspace(..., true).';
        END IF;
    END IF;
    EXECUTE format('DROP SCHEMA %I CASCADE', name || '_report');
    EXECUTE format('DROP SCHEMA %I CASCADE', name);
END
$function$;
COMMENT ON FUNCTION @extschema@.drop_workspace(text, boolean) IS
    'drops a workspace and its reports; one that has handovers only with cascade';
