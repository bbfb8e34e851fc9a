/*
 * Rights.  Functions and types are PUBLIC's by default, and none reveals or
 * changes anything that its caller could not.
 */

-- anybody may use the types, and read what the templates ask for; who may add
-- templates of their own is for the administrator to grant
GRANT USAGE ON SCHEMA @extschema@ TO PUBLIC;
GRANT SELECT ON @extschema@.element, @extschema@.field, @extschema@.template TO PUBLIC;
