/*
 * priority_gist: the most pressing first, from an index.
 */

CREATE FUNCTION @extschema@.priority_gist_consistent(internal, @extschema@.priority, smallint, oid, internal) RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_gist_consistent' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.priority_gist_consistent(internal, @extschema@.priority, smallint, oid, internal) IS 'GiST support';
CREATE FUNCTION @extschema@.priority_gist_union(internal, internal) RETURNS @extschema@.priority
    AS 'MODULE_PATHNAME', 'handover_gist_union' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.priority_gist_union(internal, internal) IS 'GiST support';
CREATE FUNCTION @extschema@.priority_gist_penalty(internal, internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'handover_gist_penalty' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.priority_gist_penalty(internal, internal, internal) IS 'GiST support';
CREATE FUNCTION @extschema@.priority_gist_picksplit(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'handover_gist_picksplit' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.priority_gist_picksplit(internal, internal) IS 'GiST support';
CREATE FUNCTION @extschema@.priority_gist_same(@extschema@.priority, @extschema@.priority, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'handover_gist_same' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.priority_gist_same(@extschema@.priority, @extschema@.priority, internal) IS 'GiST support';
CREATE FUNCTION @extschema@.priority_gist_distance(internal, @extschema@.priority, smallint, oid, internal) RETURNS double precision
    AS 'MODULE_PATHNAME', 'handover_gist_distance' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.priority_gist_distance(internal, @extschema@.priority, smallint, oid, internal) IS 'GiST support';
CREATE FUNCTION @extschema@.priority_gist_sortsupport(internal) RETURNS void
    AS 'MODULE_PATHNAME', 'handover_gist_sortsupport' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.priority_gist_sortsupport(internal) IS 'GiST support';

-- no compress, decompress or fetch: a leaf holds the value itself, so index-only scans work
CREATE OPERATOR CLASS @extschema@.priority_pressing_ops
    DEFAULT FOR TYPE @extschema@.priority USING gist AS
    OPERATOR 1 @extschema@.@>= (@extschema@.priority, @extschema@.priority),
    OPERATOR 2 @extschema@.@>= (@extschema@.priority, @extschema@.lens),
    OPERATOR 15 @extschema@.<-> (@extschema@.priority, timestamptz) FOR ORDER BY pg_catalog.float_ops,
    OPERATOR 16 @extschema@.<-> (@extschema@.priority, @extschema@.lens) FOR ORDER BY pg_catalog.float_ops,
    OPERATOR 17 @extschema@.<~> (@extschema@.priority, timestamptz) FOR ORDER BY pg_catalog.float_ops,
    FUNCTION 1 @extschema@.priority_gist_consistent(internal, @extschema@.priority, smallint, oid, internal),
    FUNCTION 2 @extschema@.priority_gist_union(internal, internal),
    FUNCTION 5 @extschema@.priority_gist_penalty(internal, internal, internal),
    FUNCTION 6 @extschema@.priority_gist_picksplit(internal, internal),
    FUNCTION 7 @extschema@.priority_gist_same(@extschema@.priority, @extschema@.priority, internal),
    FUNCTION 8 (@extschema@.priority, @extschema@.priority) @extschema@.priority_gist_distance(internal, @extschema@.priority, smallint, oid, internal),
    FUNCTION 11 @extschema@.priority_gist_sortsupport(internal);
COMMENT ON OPERATOR CLASS @extschema@.priority_pressing_ops USING gist IS 'the most pressing first, through any lens';
