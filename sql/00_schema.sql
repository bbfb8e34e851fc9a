/*
 * handover: what complete work handovers must contain, and whether they do.
 */

-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION handover" to load this file. \quit

COMMENT ON SCHEMA @extschema@ IS 'work handovers: checklists, completeness, templates';
