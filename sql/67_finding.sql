/*
 * finding: the catalogue of what can be found wrong with a handover, and from
 * which figure on it is.
 *
 * The report "finding" shows them; see sql/68_workspace_finding.sql.  They are
 * computed in src/finding.h and what it names.
 */

CREATE TABLE @extschema@.finding (
    code        varchar(63) PRIMARY KEY,
    severity    varchar(16) NOT NULL CHECK (severity IN ('error', 'warning', 'information')),
    category    varchar(16) NOT NULL CHECK (category IN ('documentation', 'communication', 'knowledge', 'operation', 'people', 'compliance')),
    title       varchar(255) NOT NULL,
    description varchar(255) NOT NULL
);
COMMENT ON TABLE @extschema@.finding IS 'what the report "finding" of a workspace looks for';
COMMENT ON COLUMN @extschema@.finding.code IS 'name of the finding';
COMMENT ON COLUMN @extschema@.finding.severity IS 'error, warning or information; of rushed_handover, that of a handover with critical items';
COMMENT ON COLUMN @extschema@.finding.category IS 'which challenge it belongs to: documentation, communication, knowledge, operation, people or compliance';
COMMENT ON COLUMN @extschema@.finding.title IS 'name for people';
COMMENT ON COLUMN @extschema@.finding.description IS 'what is found, in a sentence';

INSERT INTO @extschema@.finding (code, severity, category, title, description) VALUES
('incomplete_handover', 'error', 'documentation', 'Incomplete handover', 'Requirements of the checklist are not met that are due before the next status.'),
('industry_requirement_missing', 'error', 'compliance', 'Industry requirement missing', 'A requirement that the industry adds to the checklist is not met.'),
('missing_scope', 'error', 'people', 'Scope missing', 'The handover does not say what is handed over.'),
('missing_contact', 'error', 'communication', 'Contact missing', 'No contact has both a channel and an address.'),
('missing_document', 'error', 'documentation', 'Document missing', 'No document is handed over.'),
('ambiguous_task', 'error', 'documentation', 'Ambiguous task', 'An open task has no outcome or no instructions, or one that is too short or says nothing.'),
('inadequate_documentation', 'warning', 'documentation', 'Inadequate documentation', 'An open critical item has no details, no instructions and no link.'),
('overloaded_documentation', 'warning', 'documentation', 'Overloaded documentation', 'There are too many items, or their details are too long, or too many of them are done or of low priority.'),
('verbal_only', 'error', 'documentation', 'Only said, not written', 'There were sessions, but hardly anything was written down.'),
('no_interaction', 'warning', 'communication', 'No interaction', 'Both sides never met in a session.'),
('communication_breakdown', 'warning', 'communication', 'Communication breakdown', 'There was no session, or questions were left waiting, or items are disputed.'),
('unanswered_question', 'error', 'communication', 'Unanswered question', 'A question is open that should have been answered by now, or that acceptance depends on.'),
('silent_handover', 'information', 'communication', 'Silent handover', 'Nothing has happened in an open handover for too long.'),
('misaligned_expectation', 'error', 'communication', 'Misaligned expectations', 'The handover says nothing of what is expected, or items are disputed.'),
('priority_not_communicated', 'warning', 'communication', 'Priority not communicated', 'The new owner has not acknowledged the order of priority.'),
('neglected_open_task', 'error', 'operation', 'Neglected open task', 'What the outgoing owner once took over is still open there, and is in no later handover.'),
('overlooked_item', 'error', 'operation', 'Overlooked item', 'Open work was accepted without being acknowledged, or was overdue when the new owner took over.'),
('missing_deadline', 'warning', 'operation', 'Deadline missing', 'Open tasks have no deadline.'),
('unprioritized_task', 'warning', 'operation', 'Work without priority', 'Open work lacks its urgency, importance or impact.'),
('unowned_item', 'error', 'people', 'Work without owner', 'Open work has no new owner.'),
('knowledge_gap', 'error', 'knowledge', 'Knowledge gap', 'Neither knowledge nor procedures are handed over, or critical training is not completed.'),
('missing_project_knowledge', 'warning', 'knowledge', 'Project knowledge missing', 'An open project has neither a link nor knowledge, a procedure or a document that applies to it.'),
('assumed_familiarity', 'warning', 'knowledge', 'Assumed familiarity', 'Open work has neither instructions nor a link, and nobody has repeated what it is.'),
('missing_community_insight', 'error', 'knowledge', 'Community insight missing', 'A procedure for the community, an insight into the platform or an escalation path is missing.'),
('training_incomplete', 'warning', 'knowledge', 'Training incomplete', 'Training was not completed before the new owner took over, or has achieved too little.'),
('missing_kpi', 'warning', 'knowledge', 'Figures missing', 'No metric applies to an open campaign or a system.'),
('hidden_risk', 'error', 'operation', 'Hidden risk', 'The handover has neither risks nor issues, and does not say that there are none.'),
('risk_without_contingency', 'warning', 'operation', 'Risk without contingency', 'A high risk does not say what to do if it comes true.'),
('ignored_operational_implication', 'error', 'operation', 'Operational implications ignored', 'The handover says nothing of risks, milestones and dependencies.'),
('undocumented_dependency', 'warning', 'operation', 'Undocumented dependency', 'No dependency of a system or an open project is given, nor that there is none.'),
('system_not_assessed', 'warning', 'operation', 'System not assessed', 'A complex system has not been assessed.'),
('rushed_handover', 'error', 'people', 'Rushed handover', 'There was too little notice, too short a transition, or too little time for what is critical.'),
('critical_deadline_at_cutover', 'warning', 'operation', 'Critical deadline at cutover', 'A critical item is due just when the new owner takes over.'),
('access_not_transferred', 'error', 'compliance', 'Access not transferred', 'The new owner has taken over without an access that works.'),
('access_not_revoked', 'warning', 'compliance', 'Access not revoked', 'The outgoing owner has kept an access, or the secret of a shared one.'),
('missing_security_protocol', 'error', 'compliance', 'Security protocol missing', 'A privileged access has no security protocol.'),
('pending_change_without_status', 'error', 'operation', 'Pending change without status', 'A pending change does not say where its approval stands, or who is next to approve.'),
('stale_document', 'warning', 'documentation', 'Stale document', 'A document has not been reviewed for too long.'),
('stale_item', 'warning', 'documentation', 'Stale items', 'Open work had not been updated for long when the handover was submitted.'),
('inaccessible_document', 'error', 'documentation', 'Inaccessible document', 'A document has no link, or the new owner lacks the access that it needs.'),
('no_successor', 'error', 'people', 'No successor', 'Nobody takes over, or there is no plan for succession.'),
('no_support_period', 'warning', 'people', 'No support period', 'The outgoing owner does not help out after the new owner takes over.'),
('publishing_gap', 'warning', 'operation', 'Publishing gap', 'No content is scheduled for the days after the new owner takes over.'),
('service_disruption', 'information', 'operation', 'Service disruption', 'Items have become overdue since the new owner took over.'),
('critical_service_cutover', 'warning', 'operation', 'Cutover in a freeze', 'The new owner takes over within a freeze or peak of a critical system.'),
('service_level_drop', 'information', 'operation', 'Service level has dropped', 'A service level is lower than before the new owner took over.'),
('no_feedback', 'information', 'people', 'No feedback', 'Nobody but the outgoing owner has rated a handover that was closed some time ago.'),
('repeat_finding', 'warning', 'people', 'Repeated finding', 'What is found here was also found in the last handovers of the same owner and role.');

-- ------------------------------------------------------------------------
-- From which figure on: the shipped rows stay, and one of the user's for the
-- same role comes before them
-- ------------------------------------------------------------------------

CREATE TABLE @extschema@.finding_setting (
    code        varchar(63) NOT NULL REFERENCES @extschema@.finding,
    role        varchar(63) NOT NULL DEFAULT '',
    name        varchar(63) NOT NULL,
    value       numeric NOT NULL,
    description varchar(255) NOT NULL DEFAULT '',
    builtin     boolean NOT NULL DEFAULT false,
    PRIMARY KEY (code, role, name, builtin),
    CONSTRAINT finding_setting_value_is_in_range
        CHECK (value BETWEEN 0 AND 1000000)
);
COMMENT ON TABLE @extschema@.finding_setting IS 'from which figure on something is found; add your own with builtin false, which come before those that are shipped';
COMMENT ON COLUMN @extschema@.finding_setting.code IS 'name of the finding';
COMMENT ON COLUMN @extschema@.finding_setting.role IS 'role of the handovers that it is for; empty for every role that has none of its own';
COMMENT ON COLUMN @extschema@.finding_setting.name IS 'name of the setting; the unit is in it';
COMMENT ON COLUMN @extschema@.finding_setting.value IS 'the figure; 0 or 1 of what is off or on';
COMMENT ON COLUMN @extschema@.finding_setting.description IS 'what it sets';
COMMENT ON COLUMN @extschema@.finding_setting.builtin IS 'comes with the extension and cannot be changed; pg_dump leaves it out';

INSERT INTO @extschema@.finding_setting (code, role, name, value, description, builtin) VALUES
('ambiguous_task', '', 'characters', 10, 'an outcome or instructions with fewer are too short', true),
('overloaded_documentation', '', 'items', 100, 'more items are too many', true),
('overloaded_documentation', '', 'characters', 2000, 'details whose median is above are too long', true),
('overloaded_documentation', '', 'unneeded_pct', 50, 'more items that are done or of low priority are too many', true),
('overloaded_documentation', '', 'unneeded_items', 10, 'with fewer items, their share does not count', true),
('verbal_only', '', 'written_items', 3, 'fewer items with details, instructions or a link are too few', true),
('verbal_only', '', 'documents', 1, 'fewer documents are too few', true),
('communication_breakdown', '', 'answer_days', 3, 'days in which a question is to be answered that does not say by when', true),
('unanswered_question', '', 'answer_days', 3, 'days in which a question is to be answered that does not say by when', true),
('silent_handover', '', 'days', 7, 'more days without an update or a session are too many', true),
('priority_not_communicated', '', 'items', 2, 'with less open work there is no order', true),
('missing_community_insight', '', 'required', 0, 'whether the role works with a community', true),
('missing_community_insight', 'social_media_coordinator', 'required', 1, 'whether the role works with a community', true),
('training_incomplete', '', 'rating', 3, 'a rating of competence below is too low', true),
('missing_kpi', '', 'systems', 1, 'whether systems are to have metrics, and not campaigns alone', true),
('rushed_handover', '', 'notice_days', 3, 'fewer days from submission until the new owner takes over are too few', true),
('rushed_handover', '', 'overlap_hours', 4, 'fewer hours of transition before the new owner takes over are too few', true),
('rushed_handover', '', 'session_minutes', 10, 'fewer minutes of sessions for each critical item are too few', true),
('critical_deadline_at_cutover', '', 'days', 3, 'days before and after the new owner takes over', true),
('access_not_revoked', '', 'days', 7, 'days after acceptance in which access is to be revoked', true),
('stale_document', '', 'days', 180, 'more days since the last review are too many', true),
('stale_item', '', 'days', 30, 'more days from the last update to submission are too many', true),
('no_successor', '', 'succession_plan', 0, 'whether the role needs a plan for succession', true),
('no_successor', 'it_operations_manager', 'succession_plan', 1, 'whether the role needs a plan for succession', true),
('publishing_gap', '', 'required', 0, 'whether the role always publishes, and not only if there is a calendar', true),
('publishing_gap', 'social_media_coordinator', 'required', 1, 'whether the role always publishes, and not only if there is a calendar', true),
('publishing_gap', '', 'days', 7, 'days after the new owner takes over', true),
('service_disruption', '', 'items', 0, 'more items that have become overdue are too many', true),
('service_level_drop', '', 'pct', 0, 'by more per cent is a drop', true),
('no_feedback', '', 'days', 14, 'days after it was closed in which it is to be rated', true),
('repeat_finding', '', 'handovers', 3, 'number of earlier handovers to look at', true);

SELECT pg_catalog.pg_extension_config_dump('@extschema@.finding_setting', 'WHERE NOT builtin');

CREATE TRIGGER protect_builtin
    BEFORE INSERT OR UPDATE OR DELETE ON @extschema@.finding_setting
    FOR EACH ROW EXECUTE FUNCTION @extschema@.protect_builtin();
COMMENT ON TRIGGER protect_builtin ON @extschema@.finding_setting IS 'refuses to add, change or remove rows that are builtin';
CREATE TRIGGER protect_builtin_truncate
    BEFORE TRUNCATE ON @extschema@.finding_setting
    FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.protect_builtin();
COMMENT ON TRIGGER protect_builtin_truncate ON @extschema@.finding_setting IS 'refuses to remove rows that are builtin';

-- A setting that is misspelt would set nothing.
CREATE FUNCTION @extschema@.check_finding_setting() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    known text := (SELECT string_agg(DISTINCT format('"%s"', s.name), ', ') FROM @extschema@.finding_setting AS s WHERE s.code = NEW.code AND s.builtin);
BEGIN
    IF NOT EXISTS (SELECT FROM @extschema@.finding_setting AS s WHERE s.code = NEW.code AND s.name = NEW.name AND s.builtin) THEN
        RAISE EXCEPTION 'finding "%" has no setting "%"', NEW.code, NEW.name
            USING ERRCODE = 'undefined_object',
                  DETAIL = coalesce(format('It has %s.', known), 'It has none.');
    END IF;
    RETURN NEW;
END
$function$;
COMMENT ON FUNCTION @extschema@.check_finding_setting() IS
    'trigger: refuses settings that no finding asks for';
CREATE TRIGGER check_name
    BEFORE INSERT OR UPDATE ON @extschema@.finding_setting
    FOR EACH ROW WHEN (NOT NEW.builtin) EXECUTE FUNCTION @extschema@.check_finding_setting();
COMMENT ON TRIGGER check_name ON @extschema@.finding_setting IS 'refuses settings that no finding asks for';

-- All of them at once, so that a report reads them once, and not for each handover.
CREATE VIEW @extschema@.finding_settings AS
SELECT coalesce(jsonb_object_agg(s.key, s.value ORDER BY s.builtin DESC), '{}') AS settings
  FROM (SELECT concat(s.code, '.', s.name, '.', s.role) AS key, s.value, s.builtin FROM @extschema@.finding_setting AS s) AS s;
COMMENT ON VIEW @extschema@.finding_settings IS 'the settings of findings in one row; part of reports';
COMMENT ON COLUMN @extschema@.finding_settings.settings IS 'the value of each finding, setting and role, with dots between';

-- This one is expanded into the queries that use it.
CREATE FUNCTION @extschema@.threshold(settings jsonb, setting text, role text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(settings -> (setting || '.' || role), settings -> (setting || '.'))::numeric;
COMMENT ON FUNCTION @extschema@.threshold(jsonb, text, text) IS
    'part of reports: a setting of a finding for a role, as view finding_settings has it';

CREATE FUNCTION @extschema@.finding_setting(code text, name text, role text DEFAULT '') RETURNS numeric
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT @extschema@.threshold(s.settings, finding_setting.code || '.' || finding_setting.name, finding_setting.role)
      FROM @extschema@.finding_settings AS s;
END;
COMMENT ON FUNCTION @extschema@.finding_setting(text, text, text) IS
    'a setting of a finding as it is for handovers of a role; NULL if there is none';

-- ------------------------------------------------------------------------
-- Parts of reports
-- ------------------------------------------------------------------------

CREATE FUNCTION @extschema@.is_blank(words text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(btrim(words, E' \t\n\r') = '', true);
COMMENT ON FUNCTION @extschema@.is_blank(text) IS
    'whether nothing is said';

CREATE FUNCTION @extschema@.industry_rule(industries text[]) RETURNS TABLE (label text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
BEGIN ATOMIC
    WITH RECURSIVE part AS (
        SELECT t.name, t.includes, t.checklist FROM @extschema@.template AS t WHERE t.name = ANY (industry_rule.industries)
        UNION
        SELECT t.name, t.includes, t.checklist FROM part JOIN @extschema@.template AS t ON t.name = ANY (part.includes)
    )
    SELECT r.label FROM part CROSS JOIN LATERAL @extschema@.review(part.checklist, '{}'::jsonb) AS r;
END;
COMMENT ON FUNCTION @extschema@.industry_rule(text[]) IS
    'part of reports: the labels of the rules that industries add to a checklist';

CREATE TYPE @extschema@.found_finding AS (code text, severity text, item_id bigint, element text, title text, found numeric, threshold numeric, sentence text);
COMMENT ON TYPE @extschema@.found_finding IS 'part of reports: what is wrong with a handover, or with one of its items';

CREATE FUNCTION @extschema@.findings(handover record, settings jsonb, items record[], linked bigint[], missing text[], industry_missing text[], neglected bigint)
RETURNS SETOF @extschema@.found_finding
    AS 'MODULE_PATHNAME', 'handover_findings' LANGUAGE C STABLE PARALLEL SAFE COST 1000 ROWS 10;
COMMENT ON FUNCTION @extschema@.findings(record, jsonb, record[], bigint[], text[], text[], bigint) IS
    'part of reports: what is wrong with a handover and its items now, but for what earlier handovers say; severity is NULL where it is that of the catalogue';
