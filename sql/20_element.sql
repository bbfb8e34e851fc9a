/*
 * element: the catalogue of what a handover is made of.
 *
 * An element is a section of a handover and its rows are items.  The catalogue
 * is for people and for lint(); counting never reads it, so a checklist means
 * the same in every database and a rule may name an element that is not here.
 */

CREATE TABLE @extschema@.element (
    name        text    PRIMARY KEY,
    title       text    NOT NULL,
    description text    NOT NULL,
    fields      text[]  NOT NULL DEFAULT '{}',
    may_be_none boolean NOT NULL DEFAULT true,
    work        boolean NOT NULL DEFAULT true,
    carried     boolean NOT NULL DEFAULT true,
    builtin     boolean NOT NULL DEFAULT false,
    CONSTRAINT element_name_fits
        CHECK (octet_length(name) BETWEEN 1 AND 255),
    CONSTRAINT element_title_says_something
        CHECK (btrim(title) <> ''),
    CONSTRAINT element_fields_are_names
        CHECK (array_position(fields, NULL) IS NULL
               AND array_position(fields, '') IS NULL
               AND coalesce(array_ndims(fields), 1) = 1),
    -- The rule language itself knows these four; a row cannot change that.
    CONSTRAINT element_may_be_none_as_the_language_has_it
        CHECK (may_be_none = (name NOT IN ('handover', 'item', 'contact', 'document')))
);

COMMENT ON TABLE @extschema@.element IS
    'elements of a handover and their fields, for people and for lint(); add your own with builtin false';
COMMENT ON COLUMN @extschema@.element.name IS
    'name in rules, and key of the list of items in a document';
COMMENT ON COLUMN @extschema@.element.title IS
    'name for people';
COMMENT ON COLUMN @extschema@.element.description IS
    'what belongs here';
COMMENT ON COLUMN @extschema@.element.fields IS
    'fields of its own; those of the row "item" are common to all elements but the header';
COMMENT ON COLUMN @extschema@.element.may_be_none IS
    'whether an item with state none can declare that there is nothing of it';
COMMENT ON COLUMN @extschema@.element.work IS
    'whether its items are work to be done, which a worklist shows, and not something to know';
COMMENT ON COLUMN @extschema@.element.carried IS
    'whether open items are carried forward into the next handover, and do not belong to this one alone';
COMMENT ON COLUMN @extschema@.element.builtin IS
    'comes with the extension and cannot be changed; pg_dump leaves it out';

INSERT INTO @extschema@.element (name, title, description, fields, may_be_none, builtin) VALUES
-- the header, and what every item has
('handover', 'Handover',
 'The header of a handover: who passes what to whom, when and why. Its priority_acknowledged_ fields say that the new owner has seen the order in which the work is to be done.',
 '{title,role,industries,reason,outgoing,incoming,outgoing_team,incoming_team,coordinator,scope,excluded,objective,expectation,summary,question_channel,transition_start_at,effective_at,support_until,status,priority_acknowledged_by,priority_acknowledged_at,read_back,external_ref}',
 false, true),
('item', 'Item',
 'Any item of any element, and the fields that all of them share. The state is upcoming, ongoing, pending, blocked, done or none; an item without a state is open.',
 '{title,details,state,nature,owner,new_owner,due_at,effective_at,urgency,importance,impact,critical,outcome,deliverable,instructions,nuance,challenge,contingency,next_step,objective,link,external_ref,parent,depends_on,acknowledged_by,acknowledged_at,read_back,disputed,verified_by,verified_at,updated_at}',
 false, true),
-- work
('responsibility', 'Responsibility',
 'A standing duty that passes on: what has to be done again and again, and how often.',
 '{recurrence}', true, true),
('task', 'Task',
 'An open piece of work: upcoming, ongoing, pending or blocked. A task that is part of another names it as its parent.',
 '{}', true, true),
('project', 'Project',
 'An ongoing project, its status and what it still has to deliver; content projects too.',
 '{category,status,phase,stakeholder}', true, true),
('milestone', 'Milestone',
 'A dated event or a deadline ahead.',
 '{category,applies_to}', true, true),
('issue', 'Issue',
 'What is wrong or open now: a pending issue, an outstanding query, an unfinished resolution.',
 '{category,workaround,applies_to}', true, true),
('risk', 'Risk',
 'What may go wrong: a challenge, a roadblock, an area of concern, and what to do if it happens.',
 '{category,likelihood,applies_to}', true, true),
('dependency', 'Dependency',
 'An item that waits for another item, or for something outside.',
 '{item,waits_for,outside}', true, true),
('change_request', 'Change request',
 'A pending change and where its approval stands.',
 '{planned_at,approval_status,approval_workflow,next_approver,discussion_link,stakeholder_communication}',
 true, true),
-- systems and access
('system', 'System',
 'A system in operation. Training and knowledge name the session and the insight that go with it; from freeze_start_at to freeze_end_at nothing is to be changed.',
 '{configuration,intricacy,criticality,complex,assessed_at,assessed_by,training,knowledge,freeze_start_at,freeze_end_at}',
 true, true),
('access_grant', 'Access grant',
 'An account or a permission that moves: transfer_status is requested, granted, verified or revoked. It says where the secret is kept, never the secret; password is a field only so that a rule can refuse it. Access that several people share is not revoked: its secret is changed, at rotated_at.',
 '{account,system,platform,access_level,user_group,privileged,shared,security_protocol,transfer_status,granted_at,revoked_at,rotated_at,secret_location,password}',
 true, true),
('asset', 'Asset',
 'A content repository, a visual asset, a tool, a link to a resource.',
 '{kind,licence}', true, true),
-- knowledge
('procedure', 'Procedure',
 'How something is done: troubleshooting guide, approval protocol, community norms, how-to. The category is troubleshooting, change, approval, community, interaction_norm, operation or your own.',
 '{category,applies_to,last_reviewed_at}', true, true),
('escalation_path', 'Escalation path',
 'Whom to call, when, and within what time; for the ordinary case and for a crisis (kind is escalation or crisis).',
 '{kind,trigger,contact,time_limit}', true, true),
('knowledge', 'Knowledge',
 'An insight into the domain, the technology or the operation, or a best practice. The category is technical, operational, decision, specialised, trend or your own.',
 '{category,applies_to}', true, true),
('training_session', 'Training session',
 'Training, hands-on work, mentorship or shadowing, planned or held. The rating of competence is from 1 to 5.',
 '{kind,trainer,trainee,planned_at,completed_at,competence_rating,applies_to}', true, true),
('document', 'Document',
 'A document, brief, report, standard, reference or page, with a link to it. Its access_grant names the access that it needs, by title or account.',
 '{category,last_reviewed_at,applies_to,access_grant}', false, true),
('contact', 'Contact',
 'A person or a party to reach, and how: the channel is phone, email, collaboration_tool, project_platform or your own, the address is what that channel needs.',
 '{name,kind,organisation,channel,address,topic,backup_contact}', false, true),
('metric', 'Metric',
 'A figure that is watched: an indicator of performance or a service level (kind is kpi or service_level).',
 '{kind,unit,target,actual,actual_before,actual_after,measured_at,applies_to}', true, true),
('compliance_requirement', 'Compliance requirement',
 'A rule, a standard or a duty to protect data, and where the evidence is. The category is patient_data, data_privacy, transactional_security, regulatory or your own.',
 '{category,standard,evidence_location}', true, true),
('succession_plan', 'Succession plan',
 'A candidate for succession and how the candidate is prepared, by when.',
 '{candidate,readiness_level,preparation_step,target_at}', true, true),
-- social media
('campaign', 'Campaign',
 'A social media campaign. Its kpi names what it is measured by.',
 '{strategy,status,platform,kpi,start_at,end_at,cadence,budget}', true, true),
('content_calendar', 'Content calendar',
 'A scheduled post, a theme or an engagement activity (kind is post, theme or engagement).',
 '{kind,scheduled_at,platform,theme,status}', true, true),
('platform_insight', 'Platform insight',
 'What works on a platform and how its audience behaves.',
 '{platform,audience,practice,sensitivity}', true, true),
-- the handing over itself
('participant', 'Participant',
 'A person who takes part, and as what: outgoing, incoming, coordinator, approver, stakeholder, supporter or observer.',
 '{name,part,address}', true, true),
('question', 'Question',
 'A query, a concern or a request for support of the new owner. It is open until its state is done; a blocking one is to be answered before acceptance.',
 '{kind,applies_to,asked_by,asked_at,answer,answered_by,answered_at,answer_due_at,blocking}', true, true),
('session', 'Session',
 'A meeting, a call, a chat or a walkthrough. both_parties says that outgoing and incoming side were both there; the duration is in minutes.',
 '{kind,channel,topic,held_at,duration,both_parties,participants}', true, true),
('feedback', 'Feedback',
 'How the handover went, rated from 1 to 5, and by whom: part is incoming, outgoing, coordinator or stakeholder.',
 '{rated_by,part,efficiency,completeness,confidence,support,comment,given_at}', true, true),
('improvement', 'Improvement',
 'What should go better next time, and who sees to it.',
 '{proposed_by,applies_to}', true, true);

-- the guard of these rows comes further below
UPDATE @extschema@.element SET work = false
 WHERE name IN ('handover', 'item', 'dependency', 'system', 'asset', 'procedure', 'escalation_path',
                'knowledge', 'document', 'contact', 'metric', 'compliance_requirement',
                'platform_insight', 'participant', 'session', 'feedback');
UPDATE @extschema@.element SET carried = false
 WHERE name IN ('handover', 'item', 'participant', 'session', 'feedback', 'improvement');

SELECT pg_catalog.pg_extension_config_dump('@extschema@.element', 'WHERE NOT builtin');

-- ------------------------------------------------------------------------
-- Fields of which more is known than their name: those that users add to
-- elements, shipped ones included, and those whose values a workspace checks.
-- No foreign key: that of an extension is there before the data, in whatever
-- order a parallel pg_restore brings them.
-- ------------------------------------------------------------------------

CREATE TABLE @extschema@.field (
    element     text    NOT NULL,
    name        text    NOT NULL,
    description text    NOT NULL DEFAULT '',
    type        text    NOT NULL DEFAULT 'text',
    choices     text[]  NOT NULL DEFAULT '{}',
    ordered     boolean NOT NULL DEFAULT false,
    carried     boolean NOT NULL DEFAULT true,
    builtin     boolean NOT NULL DEFAULT false,
    PRIMARY KEY (element, name),
    CONSTRAINT field_name_says_something
        CHECK (btrim(name) <> ''),
    CONSTRAINT field_type_is_known
        CHECK (type IN ('text', 'number', 'boolean', 'time', 'level', 'choice', 'rating', 'secret')),
    CONSTRAINT field_choices_are_names
        CHECK (array_position(choices, NULL) IS NULL
               AND array_position(choices, '') IS NULL
               AND coalesce(array_ndims(choices), 1) = 1
               AND (type = 'choice') = (choices <> '{}')),
    CONSTRAINT field_ordered_are_choices
        CHECK (type = 'choice' OR NOT ordered)
);

COMMENT ON TABLE @extschema@.field IS
    'fields of your own beside those of the catalogue, and the values that a field may have in a workspace';
COMMENT ON COLUMN @extschema@.field.element IS
    'the element that has it; item for all of them';
COMMENT ON COLUMN @extschema@.field.name IS
    'key in a document, column of a row';
COMMENT ON COLUMN @extschema@.field.description IS
    'what it says';
COMMENT ON COLUMN @extschema@.field.type IS
    'what its values are: text (anything), number, boolean, time, level, choice (one of choices), rating (1 to 5), secret (none at all)';
COMMENT ON COLUMN @extschema@.field.choices IS
    'the values of a choice';
COMMENT ON COLUMN @extschema@.field.ordered IS
    'whether a value only moves on to a later choice';
COMMENT ON COLUMN @extschema@.field.carried IS
    'whether it is carried forward into the next handover, where the work that it tells of is not to be done anew';
COMMENT ON COLUMN @extschema@.field.builtin IS
    'comes with the extension and cannot be changed; pg_dump leaves it out';

INSERT INTO @extschema@.field (element, name, type, choices, ordered, builtin) VALUES
('item', 'effective_at', 'time', '{}', false, true),
('item', 'verified_at', 'time', '{}', false, true),
('item', 'disputed', 'boolean', '{}', false, true),
('item', 'password', 'secret', '{}', false, true),
('risk', 'likelihood', 'level', '{}', false, true),
('change_request', 'planned_at', 'time', '{}', false, true),
('change_request', 'approval_status', 'choice', '{requested,in_review,approved,rejected,withdrawn}', false, true),
('system', 'complex', 'boolean', '{}', false, true),
('system', 'criticality', 'level', '{}', false, true),
('system', 'assessed_at', 'time', '{}', false, true),
('system', 'freeze_start_at', 'time', '{}', false, true),
('system', 'freeze_end_at', 'time', '{}', false, true),
('access_grant', 'transfer_status', 'choice', '{requested,granted,verified,revoked}', true, true),
('access_grant', 'privileged', 'boolean', '{}', false, true),
('access_grant', 'shared', 'boolean', '{}', false, true),
('access_grant', 'granted_at', 'time', '{}', false, true),
('access_grant', 'revoked_at', 'time', '{}', false, true),
('access_grant', 'rotated_at', 'time', '{}', false, true),
('procedure', 'last_reviewed_at', 'time', '{}', false, true),
('escalation_path', 'kind', 'choice', '{escalation,crisis}', false, true),
('training_session', 'planned_at', 'time', '{}', false, true),
('training_session', 'completed_at', 'time', '{}', false, true),
('training_session', 'competence_rating', 'rating', '{}', false, true),
('document', 'last_reviewed_at', 'time', '{}', false, true),
('metric', 'kind', 'choice', '{kpi,service_level}', false, true),
('metric', 'target', 'number', '{}', false, true),
('metric', 'actual', 'number', '{}', false, true),
('metric', 'actual_before', 'number', '{}', false, true),
('metric', 'actual_after', 'number', '{}', false, true),
('metric', 'measured_at', 'time', '{}', false, true),
('succession_plan', 'readiness_level', 'level', '{}', false, true),
('succession_plan', 'target_at', 'time', '{}', false, true),
('campaign', 'start_at', 'time', '{}', false, true),
('campaign', 'end_at', 'time', '{}', false, true),
('content_calendar', 'kind', 'choice', '{post,theme,engagement}', false, true),
('content_calendar', 'scheduled_at', 'time', '{}', false, true),
('participant', 'part', 'choice', '{outgoing,incoming,coordinator,approver,stakeholder,supporter,observer}', false, true),
('question', 'asked_at', 'time', '{}', false, true),
('question', 'answered_at', 'time', '{}', false, true),
('question', 'answer_due_at', 'time', '{}', false, true),
('question', 'blocking', 'boolean', '{}', false, true),
('session', 'held_at', 'time', '{}', false, true),
('session', 'duration', 'number', '{}', false, true),
('session', 'both_parties', 'boolean', '{}', false, true),
('feedback', 'part', 'choice', '{incoming,outgoing,coordinator,stakeholder}', false, true),
('feedback', 'efficiency', 'rating', '{}', false, true),
('feedback', 'completeness', 'rating', '{}', false, true),
('feedback', 'confidence', 'rating', '{}', false, true),
('feedback', 'support', 'rating', '{}', false, true),
('feedback', 'given_at', 'time', '{}', false, true);

INSERT INTO @extschema@.field (element, name, builtin) VALUES
('item', 'verified_by', true);

-- what is to be done anew by the next who takes over
UPDATE @extschema@.field SET carried = false
 WHERE element = 'item' AND name IN ('disputed', 'verified_by', 'verified_at')
    OR element = 'access_grant' AND name IN ('transfer_status', 'granted_at', 'revoked_at', 'rotated_at')
    OR element = 'training_session' AND name IN ('completed_at', 'competence_rating');

SELECT pg_catalog.pg_extension_config_dump('@extschema@.field', 'WHERE NOT builtin');

-- ------------------------------------------------------------------------
-- Shipped rows stay as they are
-- ------------------------------------------------------------------------

CREATE FUNCTION @extschema@.protect_builtin() RETURNS trigger
LANGUAGE C
AS 'MODULE_PATHNAME', 'handover_protect_builtin';

COMMENT ON FUNCTION @extschema@.protect_builtin() IS
    'trigger: rows that come with the extension are neither added, changed nor removed';

CREATE FUNCTION @extschema@.catalogue_changed() RETURNS trigger
LANGUAGE C
AS 'MODULE_PATHNAME', 'handover_catalogue_changed';

COMMENT ON FUNCTION @extschema@.catalogue_changed() IS
    'trigger: tells all sessions to read the catalogue anew';

CREATE TRIGGER protect_builtin
    BEFORE INSERT OR UPDATE OR DELETE ON @extschema@.element
    FOR EACH ROW EXECUTE FUNCTION @extschema@.protect_builtin();

COMMENT ON TRIGGER protect_builtin ON @extschema@.element IS
    'refuses to add, change or remove rows that are builtin';

CREATE TRIGGER protect_builtin_truncate
    BEFORE TRUNCATE ON @extschema@.element
    FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.protect_builtin();

COMMENT ON TRIGGER protect_builtin_truncate ON @extschema@.element IS
    'refuses to remove rows that are builtin';

CREATE TRIGGER catalogue_changed
    AFTER INSERT OR UPDATE OR DELETE ON @extschema@.element
    FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.catalogue_changed();

COMMENT ON TRIGGER catalogue_changed ON @extschema@.element IS
    'tells all sessions to read the catalogue anew';

CREATE TRIGGER protect_builtin
    BEFORE INSERT OR UPDATE OR DELETE ON @extschema@.field
    FOR EACH ROW EXECUTE FUNCTION @extschema@.protect_builtin();

COMMENT ON TRIGGER protect_builtin ON @extschema@.field IS
    'refuses to add, change or remove rows that are builtin';

CREATE TRIGGER protect_builtin_truncate
    BEFORE TRUNCATE ON @extschema@.field
    FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.protect_builtin();

COMMENT ON TRIGGER protect_builtin_truncate ON @extschema@.field IS
    'refuses to remove rows that are builtin';

CREATE TRIGGER catalogue_changed
    AFTER INSERT OR UPDATE OR DELETE ON @extschema@.field
    FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.catalogue_changed();

COMMENT ON TRIGGER catalogue_changed ON @extschema@.field IS
    'tells all sessions to read the catalogue anew';

-- ------------------------------------------------------------------------
-- Checking a checklist against the catalogue
-- ------------------------------------------------------------------------

CREATE FUNCTION @extschema@.nearest(name text, candidates text[]) RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'handover_nearest';

COMMENT ON FUNCTION @extschema@.nearest(text, text[]) IS
    'the candidate spelt most like the name, NULL if none is near enough';

CREATE FUNCTION @extschema@.lint(checklist @extschema@.checklist)
RETURNS TABLE (rule integer, name text, nearest text, message text)
LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 10
BEGIN ATOMIC
    WITH claim AS (
        SELECT (entry.value ->> 'rule')::integer AS number,
               entry.value ->> 'element' AS element,
               coalesce(entry.value -> 'where', '[]')
                   || coalesce(entry.value -> 'has', '[]') AS terms
          FROM pg_catalog.jsonb_array_elements(lint.checklist::jsonb) AS entry (value)
    ),
    own AS (
        SELECT catalogue.name AS element, field.name AS field
          FROM @extschema@.element AS catalogue
               CROSS JOIN LATERAL pg_catalog.unnest(catalogue.fields) AS field (name)
        UNION
        SELECT added.element, added.name
          FROM @extschema@.field AS added
    ),
    known AS (
        SELECT own.element, own.field
          FROM own
        UNION
        -- what all items have, every element has
        SELECT catalogue.name, own.field
          FROM @extschema@.element AS catalogue
               JOIN own ON own.element = 'item'
         WHERE catalogue.name <> 'handover'
        UNION
        -- what one element has, some item has
        SELECT 'item', own.field
          FROM own
         WHERE own.element <> 'handover'
    ),
    unknown AS (
        SELECT claim.number,
               claim.element AS name,
               pg_catalog.format('element "%s"', claim.element) AS what,
               (SELECT pg_catalog.array_agg(catalogue.name ORDER BY catalogue.name)
                  FROM @extschema@.element AS catalogue) AS candidates
          FROM claim
         WHERE NOT EXISTS (SELECT
                             FROM @extschema@.element AS catalogue
                            WHERE catalogue.name = claim.element)
        UNION
        -- an element that is not known is told once, not again for each field
        SELECT claim.number,
               term.value ->> 'field',
               pg_catalog.format('field "%s" of element "%s"',
                                 term.value ->> 'field', claim.element),
               (SELECT pg_catalog.array_agg(known.field ORDER BY known.field)
                  FROM known
                 WHERE known.element = claim.element)
          FROM claim
               CROSS JOIN LATERAL pg_catalog.jsonb_array_elements(claim.terms) AS term (value)
         WHERE term.value ? 'field'
           AND EXISTS (SELECT
                         FROM @extschema@.element AS catalogue
                        WHERE catalogue.name = claim.element)
           AND NOT EXISTS (SELECT
                             FROM known
                            WHERE known.element = claim.element
                              AND known.field = term.value ->> 'field')
    ),
    guess AS (
        SELECT unknown.number, unknown.name, unknown.what,
               @extschema@.nearest(unknown.name, unknown.candidates) AS nearest
          FROM unknown
    )
    SELECT guess.number,
           guess.name,
           guess.nearest,
           guess.what || ' is not in the catalogue'
               || coalesce('; did you mean "' || guess.nearest || '"?', '')
      FROM guess
     ORDER BY guess.number, guess.what COLLATE "C";
END;

COMMENT ON FUNCTION @extschema@.lint(@extschema@.checklist) IS
    'one row for each element or field that a checklist names and the catalogue does not have';
