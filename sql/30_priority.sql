/*
 * priority: what makes something pressing, apart from the moment.
 *
 * The input function is STABLE, since it reads times as timestamptz does.
 */

CREATE TYPE @extschema@.priority;

CREATE FUNCTION @extschema@.priority_in(cstring) RETURNS @extschema@.priority
    AS 'MODULE_PATHNAME', 'handover_priority_in' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.priority_in(cstring) IS 'I/O';
CREATE FUNCTION @extschema@.priority_out(@extschema@.priority) RETURNS cstring
    AS 'MODULE_PATHNAME', 'handover_priority_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.priority_out(@extschema@.priority) IS 'I/O';
CREATE FUNCTION @extschema@.priority_recv(internal) RETURNS @extschema@.priority
    AS 'MODULE_PATHNAME', 'handover_priority_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.priority_recv(internal) IS 'I/O';
CREATE FUNCTION @extschema@.priority_send(@extschema@.priority) RETURNS bytea
    AS 'MODULE_PATHNAME', 'handover_priority_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.priority_send(@extschema@.priority) IS 'I/O';

CREATE TYPE @extschema@.priority (
    INPUT = @extschema@.priority_in,
    OUTPUT = @extschema@.priority_out,
    RECEIVE = @extschema@.priority_recv,
    SEND = @extschema@.priority_send,
    INTERNALLENGTH = 16,
    ALIGNMENT = double
);
COMMENT ON TYPE @extschema@.priority IS 'urgency, importance, impact, due time and since when: what makes something pressing';

-- making one, and what it is made of

CREATE FUNCTION @extschema@.priority(urgency @extschema@.level, importance @extschema@.level, impact @extschema@.level, due_at timestamptz DEFAULT NULL, since timestamptz DEFAULT NULL) RETURNS @extschema@.priority
    AS 'MODULE_PATHNAME', 'handover_make_priority' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.priority(@extschema@.level, @extschema@.level, @extschema@.level, timestamptz, timestamptz) IS 'a priority; NULL for what is unset, never NULL itself';
CREATE FUNCTION @extschema@.urgency(@extschema@.priority) RETURNS @extschema@.level
    AS 'MODULE_PATHNAME', 'handover_priority_urgency' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.urgency(@extschema@.priority) IS 'its urgency, NULL if unset';
CREATE FUNCTION @extschema@.importance(@extschema@.priority) RETURNS @extschema@.level
    AS 'MODULE_PATHNAME', 'handover_priority_importance' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.importance(@extschema@.priority) IS 'its importance, NULL if unset';
CREATE FUNCTION @extschema@.impact(@extschema@.priority) RETURNS @extschema@.level
    AS 'MODULE_PATHNAME', 'handover_priority_impact' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.impact(@extschema@.priority) IS 'its impact, NULL if unset';
CREATE FUNCTION @extschema@.due_at(@extschema@.priority) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'handover_priority_due_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.due_at(@extschema@.priority) IS 'its due time, NULL if it has none';
CREATE FUNCTION @extschema@.since(@extschema@.priority) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'handover_priority_since' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.since(@extschema@.priority) IS 'since when it waits, to the second, NULL if that is not known';
CREATE FUNCTION @extschema@.jsonb(@extschema@.priority) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'handover_priority_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.jsonb(@extschema@.priority) IS 'its parts as an object, times in UTC';
CREATE CAST (@extschema@.priority AS jsonb) WITH FUNCTION @extschema@.jsonb(@extschema@.priority);
COMMENT ON CAST (@extschema@.priority AS jsonb) IS 'its parts as an object, times in UTC';

-- comparison: by urgency, importance, impact, then the earlier due time, then the longer wait

CREATE FUNCTION @extschema@.priority_eq(@extschema@.priority, @extschema@.priority) RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_priority_eq' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.priority_eq(@extschema@.priority, @extschema@.priority) IS 'implementation of = operator';
CREATE FUNCTION @extschema@.priority_ne(@extschema@.priority, @extschema@.priority) RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_priority_ne' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.priority_ne(@extschema@.priority, @extschema@.priority) IS 'implementation of <> operator';
CREATE FUNCTION @extschema@.priority_lt(@extschema@.priority, @extschema@.priority) RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_priority_lt' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.priority_lt(@extschema@.priority, @extschema@.priority) IS 'implementation of < operator';
CREATE FUNCTION @extschema@.priority_le(@extschema@.priority, @extschema@.priority) RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_priority_le' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.priority_le(@extschema@.priority, @extschema@.priority) IS 'implementation of <= operator';
CREATE FUNCTION @extschema@.priority_gt(@extschema@.priority, @extschema@.priority) RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_priority_gt' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.priority_gt(@extschema@.priority, @extschema@.priority) IS 'implementation of > operator';
CREATE FUNCTION @extschema@.priority_ge(@extschema@.priority, @extschema@.priority) RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_priority_ge' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.priority_ge(@extschema@.priority, @extschema@.priority) IS 'implementation of >= operator';
CREATE FUNCTION @extschema@.priority_cmp(@extschema@.priority, @extschema@.priority) RETURNS integer
    AS 'MODULE_PATHNAME', 'handover_priority_cmp' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.priority_cmp(@extschema@.priority, @extschema@.priority) IS 'less-equal-greater';
CREATE FUNCTION @extschema@.priority_hash(@extschema@.priority) RETURNS integer
    AS 'MODULE_PATHNAME', 'handover_priority_hash' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.priority_hash(@extschema@.priority) IS 'hash';
CREATE FUNCTION @extschema@.priority_hash_extended(@extschema@.priority, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'handover_priority_hash_extended' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.priority_hash_extended(@extschema@.priority, bigint) IS 'hash';
CREATE FUNCTION @extschema@.priority_larger(@extschema@.priority, @extschema@.priority) RETURNS @extschema@.priority
    AS 'MODULE_PATHNAME', 'handover_priority_larger' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.priority_larger(@extschema@.priority, @extschema@.priority) IS 'larger of two';
CREATE FUNCTION @extschema@.priority_smaller(@extschema@.priority, @extschema@.priority) RETURNS @extschema@.priority
    AS 'MODULE_PATHNAME', 'handover_priority_smaller' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.priority_smaller(@extschema@.priority, @extschema@.priority) IS 'smaller of two';

CREATE OPERATOR @extschema@.= (
    LEFTARG = @extschema@.priority, RIGHTARG = @extschema@.priority, FUNCTION = @extschema@.priority_eq,
    COMMUTATOR = OPERATOR(@extschema@.=),
    NEGATOR = OPERATOR(@extschema@.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel,
    HASHES, MERGES
);
COMMENT ON OPERATOR @extschema@.= (@extschema@.priority, @extschema@.priority) IS 'equal';
CREATE OPERATOR @extschema@.<> (
    LEFTARG = @extschema@.priority, RIGHTARG = @extschema@.priority, FUNCTION = @extschema@.priority_ne,
    COMMUTATOR = OPERATOR(@extschema@.<>),
    NEGATOR = OPERATOR(@extschema@.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR @extschema@.<> (@extschema@.priority, @extschema@.priority) IS 'not equal';
CREATE OPERATOR @extschema@.< (
    LEFTARG = @extschema@.priority, RIGHTARG = @extschema@.priority, FUNCTION = @extschema@.priority_lt,
    COMMUTATOR = OPERATOR(@extschema@.>),
    NEGATOR = OPERATOR(@extschema@.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR @extschema@.< (@extschema@.priority, @extschema@.priority) IS 'less pressing in the order of the type';
CREATE OPERATOR @extschema@.<= (
    LEFTARG = @extschema@.priority, RIGHTARG = @extschema@.priority, FUNCTION = @extschema@.priority_le,
    COMMUTATOR = OPERATOR(@extschema@.>=),
    NEGATOR = OPERATOR(@extschema@.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR @extschema@.<= (@extschema@.priority, @extschema@.priority) IS 'not more pressing in the order of the type';
CREATE OPERATOR @extschema@.> (
    LEFTARG = @extschema@.priority, RIGHTARG = @extschema@.priority, FUNCTION = @extschema@.priority_gt,
    COMMUTATOR = OPERATOR(@extschema@.<),
    NEGATOR = OPERATOR(@extschema@.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR @extschema@.> (@extschema@.priority, @extschema@.priority) IS 'more pressing in the order of the type';
CREATE OPERATOR @extschema@.>= (
    LEFTARG = @extschema@.priority, RIGHTARG = @extschema@.priority, FUNCTION = @extschema@.priority_ge,
    COMMUTATOR = OPERATOR(@extschema@.<=),
    NEGATOR = OPERATOR(@extschema@.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR @extschema@.>= (@extschema@.priority, @extschema@.priority) IS 'not less pressing in the order of the type';

CREATE OPERATOR CLASS @extschema@.priority_ops
    DEFAULT FOR TYPE @extschema@.priority USING btree AS
    OPERATOR 1 @extschema@.<, OPERATOR 2 @extschema@.<=, OPERATOR 3 @extschema@.=, OPERATOR 4 @extschema@.>=, OPERATOR 5 @extschema@.>,
    FUNCTION 1 @extschema@.priority_cmp(@extschema@.priority, @extschema@.priority);
COMMENT ON OPERATOR CLASS @extschema@.priority_ops USING btree IS 'the order of the type';
CREATE OPERATOR CLASS @extschema@.priority_ops
    DEFAULT FOR TYPE @extschema@.priority USING hash AS
    OPERATOR 1 @extschema@.=,
    FUNCTION 1 @extschema@.priority_hash(@extschema@.priority),
    FUNCTION 2 @extschema@.priority_hash_extended(@extschema@.priority, bigint);
COMMENT ON OPERATOR CLASS @extschema@.priority_ops USING hash IS 'equality';

CREATE AGGREGATE @extschema@.max(@extschema@.priority) (
    SFUNC = @extschema@.priority_larger, STYPE = @extschema@.priority, COMBINEFUNC = @extschema@.priority_larger,
    SORTOP = OPERATOR(@extschema@.>), PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.max(@extschema@.priority) IS 'the most pressing in the order of the type';
CREATE AGGREGATE @extschema@.min(@extschema@.priority) (
    SFUNC = @extschema@.priority_smaller, STYPE = @extschema@.priority, COMBINEFUNC = @extschema@.priority_smaller,
    SORTOP = OPERATOR(@extschema@.<), PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.min(@extschema@.priority) IS 'the least pressing in the order of the type';

-- dominance: more pressing through every lens at every moment

CREATE FUNCTION @extschema@.dominates(@extschema@.priority, @extschema@.priority) RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_priority_dominates' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.dominates(@extschema@.priority, @extschema@.priority) IS 'implementation of @>= operator';
CREATE FUNCTION @extschema@.dominated(@extschema@.priority, @extschema@.priority) RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_priority_dominated' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.dominated(@extschema@.priority, @extschema@.priority) IS 'implementation of <=@ operator';

CREATE OPERATOR @extschema@.@>= (
    LEFTARG = @extschema@.priority, RIGHTARG = @extschema@.priority, FUNCTION = @extschema@.dominates,
    COMMUTATOR = OPERATOR(@extschema@.<=@),
    RESTRICT = contsel, JOIN = contjoinsel
);
COMMENT ON OPERATOR @extschema@.@>= (@extschema@.priority, @extschema@.priority) IS 'at least as pressing through every lens at every moment';
CREATE OPERATOR @extschema@.<=@ (
    LEFTARG = @extschema@.priority, RIGHTARG = @extschema@.priority, FUNCTION = @extschema@.dominated,
    COMMUTATOR = OPERATOR(@extschema@.@>=),
    RESTRICT = contsel, JOIN = contjoinsel
);
COMMENT ON OPERATOR @extschema@.<=@ (@extschema@.priority, @extschema@.priority) IS 'at most as pressing through every lens at every moment';
