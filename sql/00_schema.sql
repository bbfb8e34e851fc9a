/*
 * handover: what complete work handovers must contain, and whether they do.
 */

-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION handover" to load this file. \quit

-- Nothing that somebody put into the schema before can be taken for what is meant below, which is
-- pg_catalog's or written with its schema.
SET LOCAL search_path = pg_catalog, pg_temp;

-- And nobody but a superuser, or who installs this, shall own a schema that all others rely on.
DO $$
DECLARE
    schema_owner name;
BEGIN
    SELECT r.rolname INTO schema_owner
      FROM pg_namespace AS n JOIN pg_roles AS r ON r.oid = n.nspowner
     WHERE n.nspname = '@extschema@' AND NOT r.rolsuper AND r.rolname <> current_user;
    IF FOUND THEN
        RAISE EXCEPTION 'schema "%" belongs to role "%"', '@extschema@', schema_owner
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = 'Whoever owns the schema could change what its functions do for others.',
                  HINT = 'Drop the schema, or give it to a superuser, and try again.';
    END IF;
END $$;

COMMENT ON SCHEMA @extschema@ IS 'work handovers: checklists, completeness, templates';
