/*
 * checklist: what a complete handover must contain.
 */

CREATE TYPE @extschema@.checklist;

CREATE FUNCTION @extschema@.checklist_in(cstring) RETURNS @extschema@.checklist
    AS 'MODULE_PATHNAME', 'handover_checklist_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.checklist_in(cstring) IS 'I/O';
CREATE FUNCTION @extschema@.checklist_out(@extschema@.checklist) RETURNS cstring
    AS 'MODULE_PATHNAME', 'handover_checklist_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.checklist_out(@extschema@.checklist) IS 'I/O';
CREATE FUNCTION @extschema@.checklist_recv(internal) RETURNS @extschema@.checklist
    AS 'MODULE_PATHNAME', 'handover_checklist_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.checklist_recv(internal) IS 'I/O';
CREATE FUNCTION @extschema@.checklist_send(@extschema@.checklist) RETURNS bytea
    AS 'MODULE_PATHNAME', 'handover_checklist_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.checklist_send(@extschema@.checklist) IS 'I/O';

CREATE TYPE @extschema@.checklist (
    INPUT = @extschema@.checklist_in,
    OUTPUT = @extschema@.checklist_out,
    RECEIVE = @extschema@.checklist_recv,
    SEND = @extschema@.checklist_send,
    ALIGNMENT = int4,
    STORAGE = extended
);
COMMENT ON TYPE @extschema@.checklist IS 'rules that say what a complete handover must contain';

-- comparison: equality means something, the order is for sorting alone

CREATE FUNCTION @extschema@.checklist_eq(@extschema@.checklist, @extschema@.checklist) RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_eq' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.checklist_eq(@extschema@.checklist, @extschema@.checklist) IS 'implementation of = operator';
CREATE FUNCTION @extschema@.checklist_ne(@extschema@.checklist, @extschema@.checklist) RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_ne' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.checklist_ne(@extschema@.checklist, @extschema@.checklist) IS 'implementation of <> operator';
CREATE FUNCTION @extschema@.checklist_lt(@extschema@.checklist, @extschema@.checklist) RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_lt' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.checklist_lt(@extschema@.checklist, @extschema@.checklist) IS 'implementation of < operator';
CREATE FUNCTION @extschema@.checklist_le(@extschema@.checklist, @extschema@.checklist) RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_le' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.checklist_le(@extschema@.checklist, @extschema@.checklist) IS 'implementation of <= operator';
CREATE FUNCTION @extschema@.checklist_gt(@extschema@.checklist, @extschema@.checklist) RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_gt' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.checklist_gt(@extschema@.checklist, @extschema@.checklist) IS 'implementation of > operator';
CREATE FUNCTION @extschema@.checklist_ge(@extschema@.checklist, @extschema@.checklist) RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_ge' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.checklist_ge(@extschema@.checklist, @extschema@.checklist) IS 'implementation of >= operator';
CREATE FUNCTION @extschema@.checklist_cmp(@extschema@.checklist, @extschema@.checklist) RETURNS integer
    AS 'MODULE_PATHNAME', 'handover_cmp' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.checklist_cmp(@extschema@.checklist, @extschema@.checklist) IS 'less-equal-greater';
CREATE FUNCTION @extschema@.checklist_hash(@extschema@.checklist) RETURNS integer
    AS 'MODULE_PATHNAME', 'handover_hash' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.checklist_hash(@extschema@.checklist) IS 'hash';
CREATE FUNCTION @extschema@.checklist_hash_extended(@extschema@.checklist, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'handover_hash_extended' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.checklist_hash_extended(@extschema@.checklist, bigint) IS 'hash';

CREATE OPERATOR @extschema@.= (
    LEFTARG = @extschema@.checklist, RIGHTARG = @extschema@.checklist, FUNCTION = @extschema@.checklist_eq,
    COMMUTATOR = OPERATOR(@extschema@.=), NEGATOR = OPERATOR(@extschema@.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR @extschema@.= (@extschema@.checklist, @extschema@.checklist) IS 'the same rules in the same order';
CREATE OPERATOR @extschema@.<> (
    LEFTARG = @extschema@.checklist, RIGHTARG = @extschema@.checklist, FUNCTION = @extschema@.checklist_ne,
    COMMUTATOR = OPERATOR(@extschema@.<>), NEGATOR = OPERATOR(@extschema@.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR @extschema@.<> (@extschema@.checklist, @extschema@.checklist) IS 'not the same rules in the same order';
CREATE OPERATOR @extschema@.< (
    LEFTARG = @extschema@.checklist, RIGHTARG = @extschema@.checklist, FUNCTION = @extschema@.checklist_lt,
    COMMUTATOR = OPERATOR(@extschema@.>), NEGATOR = OPERATOR(@extschema@.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR @extschema@.< (@extschema@.checklist, @extschema@.checklist) IS 'less than';
CREATE OPERATOR @extschema@.<= (
    LEFTARG = @extschema@.checklist, RIGHTARG = @extschema@.checklist, FUNCTION = @extschema@.checklist_le,
    COMMUTATOR = OPERATOR(@extschema@.>=), NEGATOR = OPERATOR(@extschema@.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR @extschema@.<= (@extschema@.checklist, @extschema@.checklist) IS 'less than or equal';
CREATE OPERATOR @extschema@.> (
    LEFTARG = @extschema@.checklist, RIGHTARG = @extschema@.checklist, FUNCTION = @extschema@.checklist_gt,
    COMMUTATOR = OPERATOR(@extschema@.<), NEGATOR = OPERATOR(@extschema@.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR @extschema@.> (@extschema@.checklist, @extschema@.checklist) IS 'greater than';
CREATE OPERATOR @extschema@.>= (
    LEFTARG = @extschema@.checklist, RIGHTARG = @extschema@.checklist, FUNCTION = @extschema@.checklist_ge,
    COMMUTATOR = OPERATOR(@extschema@.<=), NEGATOR = OPERATOR(@extschema@.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR @extschema@.>= (@extschema@.checklist, @extschema@.checklist) IS 'greater than or equal';

CREATE OPERATOR CLASS @extschema@.checklist_ops
    DEFAULT FOR TYPE @extschema@.checklist USING btree AS
    OPERATOR 1 @extschema@.<, OPERATOR 2 @extschema@.<=, OPERATOR 3 @extschema@.=,
    OPERATOR 4 @extschema@.>=, OPERATOR 5 @extschema@.>,
    FUNCTION 1 @extschema@.checklist_cmp(@extschema@.checklist, @extschema@.checklist);
COMMENT ON OPERATOR CLASS @extschema@.checklist_ops USING btree IS 'an order for sorting';
CREATE OPERATOR CLASS @extschema@.checklist_ops
    DEFAULT FOR TYPE @extschema@.checklist USING hash AS
    OPERATOR 1 @extschema@.=,
    FUNCTION 1 @extschema@.checklist_hash(@extschema@.checklist),
    FUNCTION 2 @extschema@.checklist_hash_extended(@extschema@.checklist, bigint);
COMMENT ON OPERATOR CLASS @extschema@.checklist_ops USING hash IS 'equality';

-- operations

CREATE FUNCTION @extschema@.checklist_concat(@extschema@.checklist, @extschema@.checklist) RETURNS @extschema@.checklist
    AS 'MODULE_PATHNAME', 'handover_checklist_concat' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.checklist_concat(@extschema@.checklist, @extschema@.checklist) IS 'implementation of || operator';
CREATE OPERATOR @extschema@.|| (
    LEFTARG = @extschema@.checklist, RIGHTARG = @extschema@.checklist,
    FUNCTION = @extschema@.checklist_concat
);
COMMENT ON OPERATOR @extschema@.|| (@extschema@.checklist, @extschema@.checklist) IS
    'the rules of both; an equal rule is kept once, a stricter one replaces a laxer';

CREATE FUNCTION @extschema@.jsonb(@extschema@.checklist) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'handover_checklist_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.jsonb(@extschema@.checklist) IS 'the rules as an array of objects';
CREATE CAST (@extschema@.checklist AS jsonb) WITH FUNCTION @extschema@.jsonb(@extschema@.checklist);
COMMENT ON CAST (@extschema@.checklist AS jsonb) IS 'the rules as an array of objects';
