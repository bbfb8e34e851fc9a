/*
 * What is asked of a checklist, of a document and of a tally.
 *
 * None is STRICT: in a constraint NULL would pass for true.
 */

CREATE FUNCTION @extschema@.complete(checklist @extschema@.checklist, document jsonb, status @extschema@.status DEFAULT 'submitted') RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_complete_document' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.complete(@extschema@.checklist, jsonb, @extschema@.status) IS
    'does every "require" rule hold that a handover of this status must satisfy?';

CREATE FUNCTION @extschema@.complete(checklist @extschema@.checklist, tally @extschema@.tally, status @extschema@.status) RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_complete_tally' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 2;
COMMENT ON FUNCTION @extschema@.complete(@extschema@.checklist, @extschema@.tally, @extschema@.status) IS
    'does every "require" rule hold that a handover of this status must satisfy?';

CREATE FUNCTION @extschema@.completeness(checklist @extschema@.checklist, document jsonb) RETURNS double precision
    AS 'MODULE_PATHNAME', 'handover_completeness_document' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.completeness(@extschema@.checklist, jsonb) IS
    '0 to 100: how far the rules are met, by weight';

CREATE FUNCTION @extschema@.completeness(checklist @extschema@.checklist, tally @extschema@.tally) RETURNS double precision
    AS 'MODULE_PATHNAME', 'handover_completeness_tally' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 2;
COMMENT ON FUNCTION @extschema@.completeness(@extschema@.checklist, @extschema@.tally) IS
    '0 to 100: how far the rules are met, by weight';

CREATE FUNCTION @extschema@.missing(checklist @extschema@.checklist, document jsonb, status @extschema@.status DEFAULT 'submitted') RETURNS text[]
    AS 'MODULE_PATHNAME', 'handover_missing_document' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.missing(@extschema@.checklist, jsonb, @extschema@.status) IS
    'labels of the rules that keep it from being complete';

CREATE FUNCTION @extschema@.missing(checklist @extschema@.checklist, tally @extschema@.tally, status @extschema@.status) RETURNS text[]
    AS 'MODULE_PATHNAME', 'handover_missing_tally' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 2;
COMMENT ON FUNCTION @extschema@.missing(@extschema@.checklist, @extschema@.tally, @extschema@.status) IS
    'labels of the rules that keep it from being complete';

CREATE FUNCTION @extschema@.require_complete(checklist @extschema@.checklist, document jsonb, status @extschema@.status DEFAULT 'submitted') RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_require_complete_document' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.require_complete(@extschema@.checklist, jsonb, @extschema@.status) IS
    'true, or an error that lists what is missing';

CREATE FUNCTION @extschema@.require_complete(checklist @extschema@.checklist, tally @extschema@.tally, status @extschema@.status) RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_require_complete_tally' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 2;
COMMENT ON FUNCTION @extschema@.require_complete(@extschema@.checklist, @extschema@.tally, @extschema@.status) IS
    'true, or an error that lists what is missing';

CREATE FUNCTION @extschema@.review(checklist @extschema@.checklist, document jsonb,
    OUT rule integer, OUT claim text, OUT verb text, OUT stage text, OUT weight double precision, OUT label text,
    OUT expected integer, OUT actual integer, OUT declared_none integer, OUT satisfied boolean, OUT degree double precision)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'handover_review_document' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 20;
COMMENT ON FUNCTION @extschema@.review(@extschema@.checklist, jsonb) IS
    'one row a rule: what it claims, what was expected and found, how far it is met (0 to 1)';

CREATE FUNCTION @extschema@.review(checklist @extschema@.checklist, tally @extschema@.tally,
    OUT rule integer, OUT claim text, OUT verb text, OUT stage text, OUT weight double precision, OUT label text,
    OUT expected integer, OUT actual integer, OUT declared_none integer, OUT satisfied boolean, OUT degree double precision)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'handover_review_tally' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 20;
COMMENT ON FUNCTION @extschema@.review(@extschema@.checklist, @extschema@.tally) IS
    'one row a rule: what it claims, what was expected and found, how far it is met (0 to 1)';

CREATE FUNCTION @extschema@.unmet(checklist @extschema@.checklist, tally @extschema@.tally,
    OUT rule integer, OUT claim text, OUT verb text, OUT stage text, OUT weight double precision, OUT label text,
    OUT expected integer, OUT actual integer, OUT declared_none integer, OUT satisfied boolean, OUT degree double precision)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'handover_unmet_tally' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 10;
COMMENT ON FUNCTION @extschema@.unmet(@extschema@.checklist, @extschema@.tally) IS
    'the rows of review() that are not satisfied';
