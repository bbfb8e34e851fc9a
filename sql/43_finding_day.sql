/*
 * finding_day: how many findings there were, day by day.
 *
 * The report "finding" computes how things are now.  What it was like earlier
 * cannot be computed any more, and all open handovers of a large workspace are
 * too many for a dashboard; so record_findings(), called once a day, say,
 * keeps the figures.
 */

CREATE FUNCTION @extschema@.create_workspace_finding_day() RETURNS void
LANGUAGE plpgsql
AS $create$
BEGIN

CREATE TABLE IF NOT EXISTS finding_day (
    day         date NOT NULL,
    code        varchar(63) NOT NULL,
    severity    varchar(16) NOT NULL,
    role        varchar(63) NOT NULL DEFAULT '',
    findings    integer NOT NULL,
    handovers   integer NOT NULL,
    PRIMARY KEY (day, code, severity, role)
);

COMMENT ON TABLE finding_day IS 'findings on open handovers as they were counted on a day; filled by handover.record_findings()';
COMMENT ON COLUMN finding_day.day IS 'the day, in UTC';
COMMENT ON COLUMN finding_day.code IS 'name of the finding; see handover.finding';
COMMENT ON COLUMN finding_day.severity IS 'error, warning or information';
COMMENT ON COLUMN finding_day.role IS 'role of the handovers; empty if they have none';
COMMENT ON COLUMN finding_day.findings IS 'number of findings';
COMMENT ON COLUMN finding_day.handovers IS 'number of handovers that had them';

END
$create$;
COMMENT ON FUNCTION @extschema@.create_workspace_finding_day() IS
    'part of create_workspace(): makes the table of findings by day in the first schema of the search_path';

CREATE FUNCTION @extschema@.record_findings(workspace text) RETURNS integer
    AS 'MODULE_PATHNAME', 'handover_record_findings' LANGUAGE C
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION @extschema@.record_findings(text) IS
    'counts the findings on open handovers of a workspace, for its report finding_trend, in place of what was counted earlier that day; returns how many there are';
