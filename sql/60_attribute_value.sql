/*
 * attribute_value: an attribute of an item as a plain value, for reports.
 *
 * What cannot be read as what is asked for is NULL, never an error.
 */

CREATE FUNCTION @extschema@.attribute_text(attributes jsonb, name text) RETURNS text
    AS 'MODULE_PATHNAME', 'handover_attribute_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.attribute_text(jsonb, text) IS
    'an attribute as text; a list with commas between';

CREATE FUNCTION @extschema@.attribute_number(attributes jsonb, name text) RETURNS numeric
    AS 'MODULE_PATHNAME', 'handover_attribute_number' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.attribute_number(jsonb, text) IS
    'an attribute as a number that fits into numeric(18,4), NULL if it is none';

CREATE FUNCTION @extschema@.attribute_rating(attributes jsonb, name text) RETURNS numeric
    AS 'MODULE_PATHNAME', 'handover_attribute_rating' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.attribute_rating(jsonb, text) IS
    'an attribute as a rating from 1 to 5, NULL if it is none';

CREATE FUNCTION @extschema@.mean_rating(attributes jsonb) RETURNS numeric
    AS 'MODULE_PATHNAME', 'handover_mean_rating' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.mean_rating(jsonb) IS
    'mean of the ratings of a feedback, of efficiency, completeness, confidence and support; NULL if there are none';

CREATE FUNCTION @extschema@.attribute_boolean(attributes jsonb, name text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'handover_attribute_boolean' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.attribute_boolean(jsonb, text) IS
    'an attribute as true or false, NULL if it is neither';

CREATE FUNCTION @extschema@.attribute_level(attributes jsonb, name text) RETURNS text
    AS 'MODULE_PATHNAME', 'handover_attribute_level' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.attribute_level(jsonb, text) IS
    'an attribute that is low, medium, high or critical, NULL if it is none of these';

-- as immutable as AT TIME ZONE, which depends on the rules of zones, too
CREATE FUNCTION @extschema@.attribute_time(attributes jsonb, name text) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'handover_attribute_time' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.attribute_time(jsonb, text) IS
    'an attribute as a time, NULL if it is none; without a zone it is in UTC';
