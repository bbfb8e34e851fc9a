/*
 * lens: what a score is taken through: weights, ramp, age and a moment.
 *
 * CATEGORY 'D', as the types of dates and times have: so an untyped literal
 * beside an operator of ours that takes a lens or a timestamptz is a
 * timestamptz, the preferred type there.
 */

CREATE TYPE @extschema@.lens;

CREATE FUNCTION @extschema@.lens_in(cstring) RETURNS @extschema@.lens
    AS 'MODULE_PATHNAME', 'handover_lens_in' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.lens_in(cstring) IS 'I/O';
CREATE FUNCTION @extschema@.lens_out(@extschema@.lens) RETURNS cstring
    AS 'MODULE_PATHNAME', 'handover_lens_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.lens_out(@extschema@.lens) IS 'I/O';
CREATE FUNCTION @extschema@.lens_recv(internal) RETURNS @extschema@.lens
    AS 'MODULE_PATHNAME', 'handover_lens_recv' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.lens_recv(internal) IS 'I/O';
CREATE FUNCTION @extschema@.lens_send(@extschema@.lens) RETURNS bytea
    AS 'MODULE_PATHNAME', 'handover_lens_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.lens_send(@extschema@.lens) IS 'I/O';

CREATE TYPE @extschema@.lens (
    INPUT = @extschema@.lens_in,
    OUTPUT = @extschema@.lens_out,
    RECEIVE = @extschema@.lens_recv,
    SEND = @extschema@.lens_send,
    INTERNALLENGTH = 1408,
    ALIGNMENT = double,
    CATEGORY = 'D'
);
COMMENT ON TYPE @extschema@.lens IS 'how priorities are weighed, at one moment';

-- making one

CREATE FUNCTION @extschema@.lens(name text, at timestamptz) RETURNS @extschema@.lens
    AS 'MODULE_PATHNAME', 'handover_lens_by_name' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.lens(text, timestamptz) IS 'the lens "default", "itil" or "taskwarrior" at a moment';
CREATE FUNCTION @extschema@.lens_from_weights(at timestamptz, urgency double precision, importance double precision, impact double precision, deadline double precision, age double precision DEFAULT 0) RETURNS @extschema@.lens
    AS 'MODULE_PATHNAME', 'handover_lens_from_weights' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.lens_from_weights(timestamptz, double precision, double precision, double precision, double precision, double precision) IS 'a lens from weights: what a critical level, a deadline 7 days ago, a wait of 365 days score';
CREATE FUNCTION @extschema@.lens_from_tables(at timestamptz, urgency double precision[], importance double precision[] DEFAULT NULL,
    impact double precision[] DEFAULT NULL, matrix double precision[] DEFAULT NULL, deadline double precision DEFAULT 0,
    far double precision DEFAULT 0.2, near double precision DEFAULT 0.2, late double precision DEFAULT 1,
    lead interval DEFAULT '14 days', lag interval DEFAULT '7 days',
    age double precision DEFAULT 0, age_span interval DEFAULT '365 days') RETURNS @extschema@.lens
    AS 'MODULE_PATHNAME', 'handover_lens_from_tables' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.lens_from_tables(timestamptz, double precision[], double precision[], double precision[], double precision[], double precision, double precision, double precision, double precision, interval, interval, double precision, interval) IS 'a lens from tables of the four levels, or a matrix of urgency and impact, with a ramp and an age of its own';
CREATE FUNCTION @extschema@.lens_at(@extschema@.lens, timestamptz) RETURNS @extschema@.lens
    AS 'MODULE_PATHNAME', 'handover_lens_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.lens_at(@extschema@.lens, timestamptz) IS 'the same lens at another moment';
CREATE FUNCTION @extschema@.threshold(@extschema@.lens, score double precision) RETURNS @extschema@.lens
    AS 'MODULE_PATHNAME', 'handover_threshold' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.threshold(@extschema@.lens, double precision) IS 'the same lens, with the score that priority @>= lens asks for';
CREATE FUNCTION @extschema@.jsonb(@extschema@.lens) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'handover_lens_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.jsonb(@extschema@.lens) IS 'the lens as an object';
CREATE CAST (@extschema@.lens AS jsonb) WITH FUNCTION @extschema@.jsonb(@extschema@.lens);
COMMENT ON CAST (@extschema@.lens AS jsonb) IS 'the lens as an object';

-- equality

CREATE FUNCTION @extschema@.lens_eq(@extschema@.lens, @extschema@.lens) RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_lens_eq' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.lens_eq(@extschema@.lens, @extschema@.lens) IS 'implementation of = operator';
CREATE FUNCTION @extschema@.lens_ne(@extschema@.lens, @extschema@.lens) RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_lens_ne' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.lens_ne(@extschema@.lens, @extschema@.lens) IS 'implementation of <> operator';
CREATE FUNCTION @extschema@.lens_hash(@extschema@.lens) RETURNS integer
    AS 'MODULE_PATHNAME', 'handover_lens_hash' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.lens_hash(@extschema@.lens) IS 'hash';
CREATE FUNCTION @extschema@.lens_hash_extended(@extschema@.lens, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'handover_lens_hash_extended' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.lens_hash_extended(@extschema@.lens, bigint) IS 'hash';

CREATE OPERATOR @extschema@.= (
    LEFTARG = @extschema@.lens, RIGHTARG = @extschema@.lens, FUNCTION = @extschema@.lens_eq,
    COMMUTATOR = OPERATOR(@extschema@.=),
    NEGATOR = OPERATOR(@extschema@.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel,
    HASHES
);
COMMENT ON OPERATOR @extschema@.= (@extschema@.lens, @extschema@.lens) IS 'the same weights at the same moment';
CREATE OPERATOR @extschema@.<> (
    LEFTARG = @extschema@.lens, RIGHTARG = @extschema@.lens, FUNCTION = @extschema@.lens_ne,
    COMMUTATOR = OPERATOR(@extschema@.<>),
    NEGATOR = OPERATOR(@extschema@.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR @extschema@.<> (@extschema@.lens, @extschema@.lens) IS 'not the same weights at the same moment';

CREATE OPERATOR CLASS @extschema@.lens_ops
    DEFAULT FOR TYPE @extschema@.lens USING hash AS
    OPERATOR 1 @extschema@.=,
    FUNCTION 1 @extschema@.lens_hash(@extschema@.lens),
    FUNCTION 2 @extschema@.lens_hash_extended(@extschema@.lens, bigint);
COMMENT ON OPERATOR CLASS @extschema@.lens_ops USING hash IS 'equality';
