/*
 * level: how urgent, important or far-reaching something is.
 *
 * The rule language knows the labels and their order: see src/handover.c.
 */

CREATE TYPE @extschema@.level AS ENUM ('low', 'medium', 'high', 'critical');
COMMENT ON TYPE @extschema@.level IS 'low < medium < high < critical';
