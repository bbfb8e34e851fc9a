/*
 * trigger: what keeps the tables of a workspace.
 *
 * A trigger function runs for whoever writes to the table, and needs no right
 * of that user but to write there: what it does elsewhere it does as the owner
 * of the table, like the triggers of a foreign key.
 */

CREATE FUNCTION @extschema@.guard_handover() RETURNS trigger
    AS 'MODULE_PATHNAME', 'handover_guard_handover' LANGUAGE C;
COMMENT ON FUNCTION @extschema@.guard_handover() IS
    'trigger of a table of handovers: keeps the tally, and lets a handover move only where it may';

CREATE FUNCTION @extschema@.count_items() RETURNS trigger
    AS 'MODULE_PATHNAME', 'handover_count_items' LANGUAGE C;
COMMENT ON FUNCTION @extschema@.count_items() IS
    'trigger of a table of items: checks them against the catalogue and has their handover count them';

CREATE FUNCTION @extschema@.sign_handover() RETURNS trigger
    AS 'MODULE_PATHNAME', 'handover_sign_handover' LANGUAGE C;
COMMENT ON FUNCTION @extschema@.sign_handover() IS
    'trigger of a table of handovers: records each move with the handover as it then was';

CREATE FUNCTION @extschema@.guard_signoff() RETURNS trigger
    AS 'MODULE_PATHNAME', 'handover_guard_signoff' LANGUAGE C;
COMMENT ON FUNCTION @extschema@.guard_signoff() IS
    'trigger of a table of signoffs: refuses all changes but those of sign_handover()';

CREATE FUNCTION @extschema@.refuse_cycle() RETURNS trigger
    AS 'MODULE_PATHNAME', 'handover_refuse_cycle' LANGUAGE C;
COMMENT ON FUNCTION @extschema@.refuse_cycle() IS
    'trigger of a table of dependencies: refuses those by which an item would wait for itself';

CREATE FUNCTION @extschema@.counted_tally(handover record) RETURNS @extschema@.tally
    AS 'MODULE_PATHNAME', 'handover_counted_tally' LANGUAGE C STABLE STRICT COST 1000;
COMMENT ON FUNCTION @extschema@.counted_tally(record) IS
    'the tally of a row of a table of handovers as counting it and its items gives now';
