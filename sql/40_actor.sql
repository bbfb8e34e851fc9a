/*
 * actor: who does what is done.
 */

CREATE FUNCTION @extschema@.actor() RETURNS text
    AS 'MODULE_PATHNAME', 'handover_actor' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.actor() IS
    'the person on whose behalf the session acts: the setting handover.actor, or else the session user';
