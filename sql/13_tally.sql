/*
 * tally: how far a handover satisfies a checklist, counted rule by rule.
 */

CREATE TYPE @extschema@.tally;

CREATE FUNCTION @extschema@.tally_in(cstring) RETURNS @extschema@.tally
    AS 'MODULE_PATHNAME', 'handover_tally_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.tally_in(cstring) IS 'I/O';
CREATE FUNCTION @extschema@.tally_out(@extschema@.tally) RETURNS cstring
    AS 'MODULE_PATHNAME', 'handover_tally_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.tally_out(@extschema@.tally) IS 'I/O';
CREATE FUNCTION @extschema@.tally_recv(internal) RETURNS @extschema@.tally
    AS 'MODULE_PATHNAME', 'handover_tally_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.tally_recv(internal) IS 'I/O';
CREATE FUNCTION @extschema@.tally_send(@extschema@.tally) RETURNS bytea
    AS 'MODULE_PATHNAME', 'handover_tally_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.tally_send(@extschema@.tally) IS 'I/O';

CREATE TYPE @extschema@.tally (
    INPUT = @extschema@.tally_in,
    OUTPUT = @extschema@.tally_out,
    RECEIVE = @extschema@.tally_recv,
    SEND = @extschema@.tally_send,
    ALIGNMENT = int4,
    STORAGE = extended
);
COMMENT ON TYPE @extschema@.tally IS 'how far a handover satisfies a checklist, counted rule by rule';

-- comparison: equality means something, the order is for sorting alone

CREATE FUNCTION @extschema@.tally_eq(@extschema@.tally, @extschema@.tally) RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_eq' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.tally_eq(@extschema@.tally, @extschema@.tally) IS 'implementation of = operator';
CREATE FUNCTION @extschema@.tally_ne(@extschema@.tally, @extschema@.tally) RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_ne' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.tally_ne(@extschema@.tally, @extschema@.tally) IS 'implementation of <> operator';
CREATE FUNCTION @extschema@.tally_lt(@extschema@.tally, @extschema@.tally) RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_lt' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.tally_lt(@extschema@.tally, @extschema@.tally) IS 'implementation of < operator';
CREATE FUNCTION @extschema@.tally_le(@extschema@.tally, @extschema@.tally) RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_le' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.tally_le(@extschema@.tally, @extschema@.tally) IS 'implementation of <= operator';
CREATE FUNCTION @extschema@.tally_gt(@extschema@.tally, @extschema@.tally) RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_gt' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.tally_gt(@extschema@.tally, @extschema@.tally) IS 'implementation of > operator';
CREATE FUNCTION @extschema@.tally_ge(@extschema@.tally, @extschema@.tally) RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_ge' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.tally_ge(@extschema@.tally, @extschema@.tally) IS 'implementation of >= operator';
CREATE FUNCTION @extschema@.tally_cmp(@extschema@.tally, @extschema@.tally) RETURNS integer
    AS 'MODULE_PATHNAME', 'handover_cmp' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.tally_cmp(@extschema@.tally, @extschema@.tally) IS 'less-equal-greater';
CREATE FUNCTION @extschema@.tally_hash(@extschema@.tally) RETURNS integer
    AS 'MODULE_PATHNAME', 'handover_hash' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.tally_hash(@extschema@.tally) IS 'hash';
CREATE FUNCTION @extschema@.tally_hash_extended(@extschema@.tally, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'handover_hash_extended' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.tally_hash_extended(@extschema@.tally, bigint) IS 'hash';

CREATE OPERATOR @extschema@.= (
    LEFTARG = @extschema@.tally, RIGHTARG = @extschema@.tally, FUNCTION = @extschema@.tally_eq,
    COMMUTATOR = OPERATOR(@extschema@.=), NEGATOR = OPERATOR(@extschema@.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR @extschema@.= (@extschema@.tally, @extschema@.tally) IS 'the same counts for the same checklist';
CREATE OPERATOR @extschema@.<> (
    LEFTARG = @extschema@.tally, RIGHTARG = @extschema@.tally, FUNCTION = @extschema@.tally_ne,
    COMMUTATOR = OPERATOR(@extschema@.<>), NEGATOR = OPERATOR(@extschema@.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR @extschema@.<> (@extschema@.tally, @extschema@.tally) IS 'not the same counts for the same checklist';
CREATE OPERATOR @extschema@.< (
    LEFTARG = @extschema@.tally, RIGHTARG = @extschema@.tally, FUNCTION = @extschema@.tally_lt,
    COMMUTATOR = OPERATOR(@extschema@.>), NEGATOR = OPERATOR(@extschema@.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR @extschema@.< (@extschema@.tally, @extschema@.tally) IS 'less than';
CREATE OPERATOR @extschema@.<= (
    LEFTARG = @extschema@.tally, RIGHTARG = @extschema@.tally, FUNCTION = @extschema@.tally_le,
    COMMUTATOR = OPERATOR(@extschema@.>=), NEGATOR = OPERATOR(@extschema@.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR @extschema@.<= (@extschema@.tally, @extschema@.tally) IS 'less than or equal';
CREATE OPERATOR @extschema@.> (
    LEFTARG = @extschema@.tally, RIGHTARG = @extschema@.tally, FUNCTION = @extschema@.tally_gt,
    COMMUTATOR = OPERATOR(@extschema@.<), NEGATOR = OPERATOR(@extschema@.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR @extschema@.> (@extschema@.tally, @extschema@.tally) IS 'greater than';
CREATE OPERATOR @extschema@.>= (
    LEFTARG = @extschema@.tally, RIGHTARG = @extschema@.tally, FUNCTION = @extschema@.tally_ge,
    COMMUTATOR = OPERATOR(@extschema@.<=), NEGATOR = OPERATOR(@extschema@.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR @extschema@.>= (@extschema@.tally, @extschema@.tally) IS 'greater than or equal';

CREATE OPERATOR CLASS @extschema@.tally_ops
    DEFAULT FOR TYPE @extschema@.tally USING btree AS
    OPERATOR 1 @extschema@.<, OPERATOR 2 @extschema@.<=, OPERATOR 3 @extschema@.=,
    OPERATOR 4 @extschema@.>=, OPERATOR 5 @extschema@.>,
    FUNCTION 1 @extschema@.tally_cmp(@extschema@.tally, @extschema@.tally);
COMMENT ON OPERATOR CLASS @extschema@.tally_ops USING btree IS 'an order for sorting';
CREATE OPERATOR CLASS @extschema@.tally_ops
    DEFAULT FOR TYPE @extschema@.tally USING hash AS
    OPERATOR 1 @extschema@.=,
    FUNCTION 1 @extschema@.tally_hash(@extschema@.tally),
    FUNCTION 2 @extschema@.tally_hash_extended(@extschema@.tally, bigint);
COMMENT ON OPERATOR CLASS @extschema@.tally_ops USING hash IS 'equality';

-- arithmetic

CREATE FUNCTION @extschema@.tally_add(@extschema@.tally, @extschema@.tally) RETURNS @extschema@.tally
    AS 'MODULE_PATHNAME', 'handover_tally_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.tally_add(@extschema@.tally, @extschema@.tally) IS 'implementation of + operator';
CREATE FUNCTION @extschema@.tally_subtract(@extschema@.tally, @extschema@.tally) RETURNS @extschema@.tally
    AS 'MODULE_PATHNAME', 'handover_tally_subtract' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.tally_subtract(@extschema@.tally, @extschema@.tally) IS 'implementation of - operator';

CREATE OPERATOR @extschema@.+ (
    LEFTARG = @extschema@.tally, RIGHTARG = @extschema@.tally,
    FUNCTION = @extschema@.tally_add, COMMUTATOR = OPERATOR(@extschema@.+)
);
COMMENT ON OPERATOR @extschema@.+ (@extschema@.tally, @extschema@.tally) IS 'counts of both together';
CREATE OPERATOR @extschema@.- (
    LEFTARG = @extschema@.tally, RIGHTARG = @extschema@.tally,
    FUNCTION = @extschema@.tally_subtract
);
COMMENT ON OPERATOR @extschema@.- (@extschema@.tally, @extschema@.tally) IS 'counts of the first without the second';

-- counting

CREATE FUNCTION @extschema@.empty_tally(checklist @extschema@.checklist) RETURNS @extschema@.tally
    AS 'MODULE_PATHNAME', 'handover_empty_tally' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.empty_tally(@extschema@.checklist) IS 'a tally in which nothing is counted yet';

CREATE FUNCTION @extschema@.tally(checklist @extschema@.checklist, document jsonb) RETURNS @extschema@.tally
    AS 'MODULE_PATHNAME', 'handover_tally_document' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.tally(@extschema@.checklist, jsonb) IS 'the tally of a document';

-- STABLE: a column is read by the output function of its type, and some of those are no better
CREATE FUNCTION @extschema@.tally(checklist @extschema@.checklist, element text, item anyelement) RETURNS @extschema@.tally
    AS 'MODULE_PATHNAME', 'handover_tally_item' LANGUAGE C STABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION @extschema@.tally(@extschema@.checklist, text, anyelement) IS
    'the tally of one item of an element: a row, or a jsonb object';

CREATE FUNCTION @extschema@.tally_accum(@extschema@.tally, @extschema@.checklist, text, anyelement) RETURNS @extschema@.tally
    AS 'MODULE_PATHNAME', 'handover_tally_accum' LANGUAGE C STABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION @extschema@.tally_accum(@extschema@.tally, @extschema@.checklist, text, anyelement) IS 'aggregate transition function';

CREATE AGGREGATE @extschema@.tally_agg(checklist @extschema@.checklist, element text, item anyelement) (
    SFUNC = @extschema@.tally_accum,
    STYPE = @extschema@.tally,
    COMBINEFUNC = @extschema@.tally_add,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.tally_agg(@extschema@.checklist, text, anyelement) IS 'the tally of a set of rows';

CREATE AGGREGATE @extschema@.tally_agg(tally @extschema@.tally) (
    SFUNC = @extschema@.tally_add,
    STYPE = @extschema@.tally,
    COMBINEFUNC = @extschema@.tally_add,
    MSFUNC = @extschema@.tally_add,
    MINVFUNC = @extschema@.tally_subtract,
    MSTYPE = @extschema@.tally,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.tally_agg(@extschema@.tally) IS 'the sum of tallies of the same checklist';

CREATE FUNCTION @extschema@.jsonb(@extschema@.tally) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'handover_tally_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.jsonb(@extschema@.tally) IS 'fingerprint and counts as an object';
CREATE CAST (@extschema@.tally AS jsonb) WITH FUNCTION @extschema@.jsonb(@extschema@.tally);
COMMENT ON CAST (@extschema@.tally AS jsonb) IS 'fingerprint and counts as an object';
