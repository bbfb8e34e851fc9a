/*
 * Rights.  Functions and types are PUBLIC's by default, and none reveals or
 * changes anything that its caller could not.
 */

-- anybody may use the types
GRANT USAGE ON SCHEMA @extschema@ TO PUBLIC;
