--
-- The table that a ServiceNow event log is loaded into: the columns of the file, word for word,
-- for COPY in CSV format with a header.  What they mean is for servicenow.sql to say.
--

CREATE UNLOGGED TABLE servicenow_event (
    number                  text NOT NULL,
    incident_state          text,
    active                  text,
    reassignment_count      text,
    reopen_count            text,
    sys_mod_count           text,
    made_sla                text,
    caller_id               text,
    opened_by               text,
    opened_at               text,
    sys_created_by          text,
    sys_created_at          text,
    sys_updated_by          text,
    sys_updated_at          text,
    contact_type            text,
    location                text,
    category                text,
    subcategory             text,
    u_symptom               text,
    cmdb_ci                 text,
    impact                  text,
    urgency                 text,
    priority                text,
    assignment_group        text,
    assigned_to             text,
    knowledge               text,
    u_priority_confirmation text,
    notify                  text,
    problem_id              text,
    rfc                     text,
    vendor                  text,
    caused_by               text,
    closed_code             text,
    resolved_by             text,
    resolved_at             text,
    closed_at               text
);

COMMENT ON TABLE servicenow_event IS
    'audit log of a ServiceNow instance: each row is an incident as one change left it; "?" is unknown';

-- when each step was done and over how many rows; the first is just before the log is loaded
CREATE TABLE servicenow_clock (
    step text PRIMARY KEY,
    rows bigint,
    done timestamptz NOT NULL DEFAULT clock_timestamp()
);

INSERT INTO servicenow_clock (step) VALUES ('start');
