/*
 * reader: who reads the reports, and which handovers they see there.
 */

-- No reader gets the report contact but by grant_reader(), whatever is granted on what is new in its schema.
CREATE FUNCTION @extschema@.withhold_contact(workspace text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    reader record;
BEGIN
    FOR reader IN
        SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS name
          FROM pg_class AS c
               CROSS JOIN LATERAL aclexplode(c.relacl) AS a
         WHERE c.oid = to_regclass(format('%I.contact', workspace || '_report'))
           AND a.grantee <> c.relowner
    LOOP
        EXECUTE format('REVOKE ALL ON %I.contact FROM %s', workspace || '_report', reader.name);
    END LOOP;
END
$function$;
COMMENT ON FUNCTION @extschema@.withhold_contact(text) IS
    'part of fill_workspace(): takes the report on contacts back from all to whom it was granted as it was made';

CREATE FUNCTION @extschema@.grant_reader(workspace text, reader name, contacts boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    report CONSTANT text := workspace || '_report';
    owner name;
BEGIN
    PERFORM @extschema@.check_workspace(workspace);
    owner := @extschema@.workspace_owner(workspace);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', report, reader);
    EXECUTE (SELECT format('GRANT SELECT ON %s TO %I', string_agg(format('%I.%I', report, c.relname), ', '), reader)
               FROM pg_class AS c
              WHERE c.relnamespace = to_regnamespace(quote_ident(report))
                AND c.relkind IN ('v', 'm', 'r', 'p', 'f')
                AND pg_has_role(c.relowner, 'USAGE')
                AND (c.relname <> 'contact' OR contacts));
    IF contacts IS NOT TRUE AND to_regclass(format('%I.contact', report)) IS NOT NULL THEN
        EXECUTE format('REVOKE SELECT ON %I.contact FROM %I', report, reader);
    END IF;
    -- what an upgrade adds
    EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT SELECT ON TABLES TO %I', owner, report, reader);
END
$function$;
COMMENT ON FUNCTION @extschema@.grant_reader(text, name, boolean) IS
    'lets a role read the reports of a workspace, those to come included, and nothing else of it; that on contacts only if asked for';

CREATE FUNCTION @extschema@.revoke_reader(workspace text, reader name) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    report CONSTANT text := workspace || '_report';
    owner name;
BEGIN
    PERFORM @extschema@.check_workspace(workspace);
    owner := @extschema@.workspace_owner(workspace);
    EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I REVOKE SELECT ON TABLES FROM %I', owner, report, reader);
    EXECUTE (SELECT format('REVOKE SELECT ON %s FROM %I', string_agg(format('%I.%I', report, c.relname), ', '), reader)
               FROM pg_class AS c
              WHERE c.relnamespace = to_regnamespace(quote_ident(report))
                AND c.relkind IN ('v', 'm', 'r', 'p', 'f')
                AND pg_has_role(c.relowner, 'USAGE'));
    EXECUTE format('REVOKE USAGE ON SCHEMA %I FROM %I', report, reader);
END
$function$;
COMMENT ON FUNCTION @extschema@.revoke_reader(text, name) IS
    'takes back what grant_reader() granted';

-- ------------------------------------------------------------------------
-- Which handovers they see
-- ------------------------------------------------------------------------

CREATE FUNCTION @extschema@.bar_reports(workspace text, restricted boolean) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    report record;
BEGIN
    FOR report IN
        SELECT c.oid::regclass AS name, CASE WHEN restricted THEN 'SET (security_barrier = true)' ELSE 'RESET (security_barrier)' END AS option
          FROM pg_class AS c
         WHERE c.relnamespace = to_regnamespace(quote_ident(workspace || '_report'))
           AND c.relkind = 'v'
           AND pg_get_userbyid(c.relowner) = current_user
           AND ('security_barrier=true' = ANY (c.reloptions)) IS DISTINCT FROM restricted
    LOOP
        EXECUTE format('ALTER VIEW %s %s', report.name, report.option);
    END LOOP;
END
$function$;
COMMENT ON FUNCTION @extschema@.bar_reports(text, boolean) IS
    'part of fill_workspace(): once a workspace is restricted, no report tries a condition on a row before it is known that the row may be seen';

CREATE FUNCTION @extschema@.restrict_workspace(workspace text, restricted boolean DEFAULT true) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    report record;
    open_report text;
BEGIN
    IF restricted IS NULL THEN
        RAISE EXCEPTION 'restricted must be true or false'
            USING ERRCODE = 'null_value_not_allowed';
    END IF;
    PERFORM @extschema@.refill_workspace(workspace, restricted);
    IF NOT restricted THEN
        RETURN;
    END IF;
    -- reports of the user's own that go round the restriction
    SELECT string_agg(DISTINCT format('"%s"', c.relname), ', ' ORDER BY format('"%s"', c.relname)) INTO open_report
      FROM pg_class AS c
           JOIN pg_rewrite AS r ON r.ev_class = c.oid
           JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
           JOIN pg_class AS used ON used.oid = d.refobjid AND used.relkind IN ('r', 'p')
                AND used.relnamespace = to_regnamespace(quote_ident(workspace))
     WHERE c.relnamespace = to_regnamespace(quote_ident(workspace || '_report'))
       AND c.relname <> 'data_dictionary'
       AND NOT EXISTS (SELECT FROM pg_depend AS v
                        WHERE v.classid = 'pg_rewrite'::regclass AND v.objid = r.oid AND v.refclassid = 'pg_class'::regclass
                          AND v.refobjid IN (to_regclass(format('%I.visible_handover', workspace)), to_regclass(format('%I.visible_party', workspace)),
                                             to_regclass(format('%I.visible_effect', workspace)), to_regclass(format('%I.visible_finding', workspace)), to_regclass(format('%I.visible_finding_day', workspace))));
    IF open_report IS NOT NULL THEN
        RAISE WARNING 'reports of workspace "%" read its tables without visible_handover', workspace
            USING DETAIL = format('These are %s.', open_report),
                  HINT = 'Have them join visible_handover, or readers see in them what they are not party to.';
    END IF;
END
$function$;
COMMENT ON FUNCTION @extschema@.restrict_workspace(text, boolean) IS
    'has the reports of a workspace show a reader only the handovers that the reader, or a team of the reader, is party to; see its table party_member';
