/*
 * score: a priority through a lens, in numbers and in words.
 */

CREATE FUNCTION @extschema@.score(@extschema@.priority, timestamptz) RETURNS double precision
    AS 'MODULE_PATHNAME', 'handover_score_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.score(@extschema@.priority, timestamptz) IS '0 to 100 through the default lens at a moment';
CREATE FUNCTION @extschema@.score(@extschema@.priority, @extschema@.lens) RETURNS double precision
    AS 'MODULE_PATHNAME', 'handover_score_lens' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.score(@extschema@.priority, @extschema@.lens) IS 'the score through a lens';

CREATE FUNCTION @extschema@.distance(@extschema@.priority, timestamptz) RETURNS double precision
    AS 'MODULE_PATHNAME', 'handover_distance_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.distance(@extschema@.priority, timestamptz) IS 'implementation of <-> operator';
CREATE FUNCTION @extschema@.distance(@extschema@.priority, @extschema@.lens) RETURNS double precision
    AS 'MODULE_PATHNAME', 'handover_distance_lens' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.distance(@extschema@.priority, @extschema@.lens) IS 'implementation of <-> operator';
CREATE FUNCTION @extschema@.due_distance(@extschema@.priority, timestamptz) RETURNS double precision
    AS 'MODULE_PATHNAME', 'handover_distance_due' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.due_distance(@extschema@.priority, timestamptz) IS 'implementation of <~> operator';
CREATE FUNCTION @extschema@.reaches(@extschema@.priority, @extschema@.lens) RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_reaches' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.reaches(@extschema@.priority, @extschema@.lens) IS 'implementation of @>= operator';

CREATE OPERATOR @extschema@.<-> (
    LEFTARG = @extschema@.priority, RIGHTARG = timestamptz, FUNCTION = @extschema@.distance
);
COMMENT ON OPERATOR @extschema@.<-> (@extschema@.priority, timestamptz) IS 'minus the score through the default lens at that moment';
CREATE OPERATOR @extschema@.<-> (
    LEFTARG = @extschema@.priority, RIGHTARG = @extschema@.lens, FUNCTION = @extschema@.distance
);
COMMENT ON OPERATOR @extschema@.<-> (@extschema@.priority, @extschema@.lens) IS 'minus the score through the lens';
CREATE OPERATOR @extschema@.<~> (
    LEFTARG = @extschema@.priority, RIGHTARG = timestamptz, FUNCTION = @extschema@.due_distance
);
COMMENT ON OPERATOR @extschema@.<~> (@extschema@.priority, timestamptz) IS 'seconds from that moment to the due time, infinity without one';
CREATE OPERATOR @extschema@.@>= (
    LEFTARG = @extschema@.priority, RIGHTARG = @extschema@.lens, FUNCTION = @extschema@.reaches,
    RESTRICT = contsel, JOIN = contjoinsel
);
COMMENT ON OPERATOR @extschema@.@>= (@extschema@.priority, @extschema@.lens) IS 'is the score through the lens at least its threshold?';

CREATE FUNCTION @extschema@.explain(@extschema@.priority, @extschema@.lens,
    OUT term text, OUT words text, OUT weight double precision, OUT contribution double precision)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'handover_explain' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 5;
COMMENT ON FUNCTION @extschema@.explain(@extschema@.priority, @extschema@.lens) IS
    'the terms of a score: what each is, the most it could contribute, and what it does';

CREATE FUNCTION @extschema@.band(@extschema@.priority) RETURNS smallint
    AS 'MODULE_PATHNAME', 'handover_priority_band' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.band(@extschema@.priority) IS '1 to 5 by the matrix of urgency and impact, NULL if one is unset';
CREATE FUNCTION @extschema@.band(@extschema@.priority, matrix smallint[]) RETURNS smallint
    AS 'MODULE_PATHNAME', 'handover_priority_band_by' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.band(@extschema@.priority, smallint[]) IS 'the band by your own matrix: a row for each urgency, a column for each impact';
CREATE FUNCTION @extschema@.bands() RETURNS smallint[]
    AS 'MODULE_PATHNAME', 'handover_bands' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.bands() IS 'the matrix of band(priority)';
CREATE FUNCTION @extschema@.quadrant(@extschema@.priority) RETURNS text
    AS 'MODULE_PATHNAME', 'handover_quadrant' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.quadrant(@extschema@.priority) IS 'do first, schedule, delegate or drop, by urgency and importance';
