/*
 * template: checklists by role and industry.
 *
 * A role's template is complete in itself.  Here it is written as what the
 * template "general" asks of any role, and what this role asks beyond that.
 *
 * Weights: 3 where harm is done if it is missing, 2 for the core of the role
 * or industry, 1 for whatever else is required, 0.5 for what is suggested.
 */

CREATE TABLE @extschema@.template (
    name        text    PRIMARY KEY,
    kind        text    NOT NULL,
    title       text    NOT NULL,
    description text    NOT NULL DEFAULT '',
    includes    text[]  NOT NULL DEFAULT '{}',
    checklist   @extschema@.checklist NOT NULL,
    builtin     boolean NOT NULL DEFAULT false,
    CONSTRAINT template_name_says_something
        CHECK (btrim(name) <> ''),
    CONSTRAINT template_kind_is_known
        CHECK (kind IN ('role', 'industry')),
    CONSTRAINT template_title_says_something
        CHECK (btrim(title) <> ''),
    CONSTRAINT template_includes_are_names
        CHECK (array_position(includes, NULL) IS NULL
               AND array_position(includes, '') IS NULL
               AND coalesce(array_ndims(includes), 1) = 1)
);

COMMENT ON TABLE @extschema@.template IS
    'checklists by role and industry, which compose() puts together; add your own with builtin false';
COMMENT ON COLUMN @extschema@.template.name IS
    'name for compose()';
COMMENT ON COLUMN @extschema@.template.kind IS
    'role, or industry, which adds to a role';
COMMENT ON COLUMN @extschema@.template.title IS
    'name for people';
COMMENT ON COLUMN @extschema@.template.description IS
    'whom it is for and what it is about';
COMMENT ON COLUMN @extschema@.template.includes IS
    'names of templates that compose() adds whenever it takes this one';
COMMENT ON COLUMN @extschema@.template.checklist IS
    'its own rules, without those of the templates that it includes';
COMMENT ON COLUMN @extschema@.template.builtin IS
    'comes with the extension and cannot be changed; pg_dump leaves it out';

-- ------------------------------------------------------------------------
-- Roles
-- ------------------------------------------------------------------------

INSERT INTO @extschema@.template (name, kind, title, description, checklist, builtin) VALUES
('general', 'role', 'Any role',
 'What every handover needs, whatever the work. The other roles have all of it and more.',
$checklist$
-- the handover itself
every handover has outgoing weight 2 'name who hands over';
every handover has incoming weight 2 'name who takes over';
every handover has scope weight 2 'say what is handed over';
every handover has effective_at 'give the day on which the new owner takes over';
every handover has expectation 'write down what is expected of the new owner';
every handover has question_channel 'say where questions are asked and answered';
suggest every handover has excluded weight 0.5 'say what is not handed over, and why';
suggest every handover has reason weight 0.5 'say why the work changes hands';
suggest every handover has objective weight 0.5 'say which goal the work serves';
suggest every handover has summary weight 0.5 'sum up the handover in a few lines';
suggest every handover has coordinator weight 0.5 'name someone who coordinates both sides';
suggest every handover has transition_start_at weight 0.5 'give the day on which the transition begins';
suggest participant where part = stakeholder weight 0.5 'name the stakeholders who must know';

-- work
require task where state <> none weight 2 'list at least one task to take over';
require responsibility weight 2 'list the standing duties, or say that there are none';
every task where state <> done has title 'give each open task a title';
every task where state <> done has new_owner 'name who takes over each open task';
every responsibility has new_owner 'name who takes over each standing duty';
suggest every task where state <> done has outcome weight 0.5 'say what each open task should lead to';
suggest every task where state <> done has instructions weight 0.5 'explain how each open task is done';
suggest every task where state <> done has words(instructions) >= 5 weight 0.5 'write instructions of five words or more';
suggest every task where state <> done has words(outcome) >= 3 weight 0.5 'write expected results of three words or more';
suggest every task where state <> done has due_at weight 0.5 'give each open task a due date';
suggest every task where state <> done has next_step weight 0.5 'say what the next step of each open task is';
suggest every task where state <> done has urgency weight 0.5 'rate how urgent each open task is';
suggest every task where state <> done has importance weight 0.5 'rate how important each open task is';
suggest every task where state <> done has impact weight 0.5 'rate what it means if an open task fails';
suggest every project where state <> done has new_owner weight 0.5 'name who takes over each open project';
suggest every project where state <> done has link weight 0.5 'link what there is to know about each open project';
suggest no task where state = done and urgency = low weight 0.5 'leave out what is done and was not urgent';

-- what lies ahead
require milestone 'list the deadlines ahead, or say that there are none';
require risk weight 2 'list what may go wrong, or say that nothing is likely to';
every milestone where state <> done has due_at 'give each deadline its date';
suggest issue weight 0.5 'list what is unresolved, or say that nothing is';
suggest dependency weight 0.5 'list what waits for what, or say that nothing does';
suggest every risk where impact >= high has contingency weight 0.5 'say what to do if a serious risk comes true';

-- what there is to know
require contact where channel and address weight 3 'name at least one person to call, with a channel that works';
require document where link weight 2 'link at least one document';
require knowledge weight 2 'write down what only the outgoing owner knows';
every document has link 'say where to find each document';
suggest every contact has channel weight 0.5 'say how to reach each contact';
suggest contact where backup_contact weight 0.5 'name a stand-in for at least one contact';
suggest every document has last_reviewed_at weight 0.5 'say when each document was last reviewed';

-- access
no access_grant where password weight 3 'keep passwords in a vault and give only their place';
every access_grant where privileged has security_protocol weight 3 'state the security protocol for each privileged access';
suggest every access_grant has secret_location weight 0.5 'say where the secret of each access is kept';

-- any item
every item where state = none has details 'give the reason wherever there is nothing to hand over';
every item where critical has details weight 2 'describe everything that is critical';
suggest every item has words(details) <= 300 weight 0.5 'keep each description under 300 words';

-- before it is accepted
every item where critical has acknowledged_at to accept weight 3 'have the new owner confirm everything that is critical';
every item where critical has read_back to accept weight 2 'have the new owner say in own words what is critical';
no item where disputed to accept weight 2 'settle what the new owner disputes';
no question where state <> done to accept weight 2 'answer every open question';
every question where state = done has answer to accept 'write down the answer to each question';
every task where state <> done has acknowledged_at to accept weight 2 'have the new owner confirm each open task';
every responsibility has acknowledged_at to accept 'have the new owner confirm each standing duty';
every knowledge has acknowledged_at to accept 'have the new owner confirm what was explained';
every access_grant has verified_at to accept weight 2 'have the new owner try out each access';
suggest every handover has priority_acknowledged_at to accept weight 0.5 'have the new owner confirm the order of priority';
suggest every handover has read_back to accept weight 0.5 'have the new owner repeat the expectations in own words';
suggest every procedure has acknowledged_at to accept weight 0.5 'have the new owner confirm each procedure';

-- before it is closed
every handover has support_until to close 'say until when the outgoing side helps out';
every access_grant where not shared has revoked_at to close weight 3 'withdraw the access of the outgoing owner';
every access_grant where shared has rotated_at to close weight 3 'change the secret of every shared access';
every training_session has completed_at to close 'complete the training that was planned';
require feedback where part = incoming and efficiency >= 1 and efficiency <= 5 and completeness >= 1 and completeness <= 5 to close 'have the new owner rate efficiency and completeness from 1 to 5';
suggest every training_session has competence_rating to close weight 0.5 'rate what each training has achieved';
suggest no training_session where competence_rating < 3 to close weight 0.5 'repeat training that was rated below 3';
suggest every feedback has comment to close weight 0.5 'add a comment to each rating';
suggest improvement to close weight 0.5 'say what should go better next time'
$checklist$, true);

INSERT INTO @extschema@.template (name, kind, title, description, checklist, builtin)
SELECT 'it_support_specialist', 'role', 'IT support specialist',
       'Tickets and issues, access to systems, troubleshooting, projects and changes of an IT support desk.',
       general.checklist OPERATOR(@extschema@.||)
$checklist$
-- work
every task where state <> done has instructions weight 2 'explain how each open task is done';
every task where state <> done has due_at 'give each open task a due date';
suggest every task where state <> done has nuance weight 0.5 'say what is peculiar about each open task';
suggest every task where state <> done has challenge weight 0.5 'say what may be difficult about each open task';
require project 'list the ongoing projects, or say that there are none';
every project where state <> done has status 'say how each open project stands';
suggest every project where state <> done has challenge weight 0.5 'name the areas of concern of each open project';
require issue weight 2 'list what is unresolved, or say that nothing is';
every issue where state <> done has details 'describe each open issue';
suggest every issue where state <> done has next_step weight 0.5 'say what comes next for each open issue';

-- changes
suggest change_request weight 0.5 'list the pending changes, or say that there are none';
every change_request where state <> done has approval_status 'say how the approval of each pending change stands';
every change_request where state <> done and approval_status <> approved has next_approver 'name who approves each pending change next';
suggest every change_request where state <> done has approval_workflow weight 0.5 'say how each pending change is approved';
suggest every change_request where state <> done has stakeholder_communication weight 0.5 'say who is told about each pending change, and how';
suggest every change_request where state <> done has discussion_link weight 0.5 'link the discussion of each pending change';
suggest procedure where category = change weight 0.5 'describe how changes are requested and approved';

-- access and systems
require access_grant weight 2 'list the access to be passed on, or say that there is none';
every access_grant has account 'name the account of each access';
every access_grant has access_level 'state the level of each access';
suggest every access_grant has user_group weight 0.5 'name the user group of each access';
suggest system weight 0.5 'list the systems in operation, or say that there are none';
suggest asset weight 0.5 'list the tools and resources, or say that there are none';

-- what there is to know
require procedure where category = troubleshooting and state <> none weight 2 'add at least one troubleshooting guide';
require knowledge where category = technical weight 2 'share at least one technical insight';
suggest knowledge where category = decision weight 0.5 'explain why things were decided as they were';
suggest escalation_path weight 0.5 'say whom to call when things get worse';
suggest training_session weight 0.5 'plan training, or say that none is needed';
suggest compliance_requirement weight 0.5 'list the rules to comply with, or say that there are none';

-- before it is accepted
require session where both_parties and held_at and state <> none to accept weight 2 'meet at least once, with both sides there';
every handover has priority_acknowledged_at to accept 'have the new owner confirm the order of priority';
every procedure has acknowledged_at to accept 'have the new owner confirm each procedure'
$checklist$, true
  FROM @extschema@.template AS general
 WHERE general.name = 'general';

INSERT INTO @extschema@.template (name, kind, title, description, checklist, builtin)
SELECT 'it_operations_manager', 'role', 'IT operations manager',
       'Operated systems, projects, service levels, training and succession of an IT operations team.',
       general.checklist OPERATOR(@extschema@.||)
$checklist$
-- work
every task where state <> done has outcome 'say what each open task should lead to';
every task where state = pending has due_at 'give each pending task a due date';
require project weight 2 'list the ongoing projects, or say that there are none';
every project where state <> done has status weight 2 'say how each open project stands';
every project where state <> done has depends_on 'say what each open project depends on, or that it depends on nothing';
suggest every project where state <> done has deliverable weight 0.5 'say what each open project still has to deliver';
suggest every project where state <> done has objective weight 0.5 'say which goal each open project serves';
suggest every responsibility has recurrence weight 0.5 'say how often each standing duty comes up';
suggest change_request weight 0.5 'list the pending changes, or say that there are none';

-- systems and resources
require system where state <> none weight 2 'list at least one system in operation';
every system has depends_on 'say what each system depends on, or that it depends on nothing';
every system where complex has assessed_at weight 2 'assess each complex system';
every system where complex has assessed_by 'name who assessed each complex system';
every system where complex has configuration weight 2 'say where the configuration of each complex system is';
every system where complex has intricacy 'say what is tricky about each complex system';
every system where complex has training weight 2 'name the training for each complex system';
every system where complex has knowledge weight 2 'name the insight to read on each complex system';
suggest every system has criticality weight 0.5 'say how critical each system is';
suggest every system has link weight 0.5 'link what there is to know about each system';
suggest access_grant weight 0.5 'list the access to be passed on, or say that there is none';
suggest asset weight 0.5 'list the tools and resources, or say that there are none';
require metric where kind = service_level weight 2 'list the service levels to keep, or say that there are none';
every metric where kind = service_level has target 'set the target of each service level';
suggest every metric where kind = service_level has actual weight 0.5 'say where each service level stands today';

-- what there is to know
require knowledge where state <> none weight 2 'write down at least one operational insight';
suggest knowledge where category = operational weight 0.5 'mark which insights are about daily operation';
suggest procedure weight 0.5 'describe how things are done, or say that there is nothing to describe';
suggest escalation_path weight 0.5 'say whom to call when things get worse';
suggest compliance_requirement weight 0.5 'list the rules to comply with, or say that there are none';

-- training, succession, support
require training_session weight 2 'plan training, or say that none is needed';
suggest training_session where kind = hands_on weight 0.5 'plan hands-on training';
suggest training_session where kind = mentorship weight 0.5 'plan mentorship';
require succession_plan weight 2 'name possible successors, or say why there is none';
every succession_plan has candidate 'name the candidate of each succession plan';
every succession_plan has preparation_step 'say how each candidate is prepared';
suggest every succession_plan has readiness_level weight 0.5 'rate how ready each candidate is';
suggest every succession_plan has target_at weight 0.5 'say by when each candidate is to be ready';
every handover has support_until weight 2 'say until when the outgoing side helps out';
suggest participant where part = supporter weight 0.5 'name who helps out after the handover';
suggest every question has answer_due_at weight 0.5 'say by when each question is to be answered';

-- before it is accepted
require session where both_parties and held_at to accept 'meet at least once, or say why no meeting is needed';
require training_session where completed_at to accept weight 2 'hold at least one training';
every handover has read_back to accept 'have the new owner repeat the expectations in own words';

-- before it is closed
suggest every feedback where part = incoming has confidence to close weight 0.5 'have the new owner rate how confident they feel'
$checklist$, true
  FROM @extschema@.template AS general
 WHERE general.name = 'general';

INSERT INTO @extschema@.template (name, kind, title, description, checklist, builtin)
SELECT 'social_media_coordinator', 'role', 'Social media coordinator',
       'Campaigns, content and community on social media platforms.',
       general.checklist OPERATOR(@extschema@.||)
$checklist$
-- work
every task where state <> done has outcome weight 2 'say what each open task should lead to';
every task where state <> done has due_at weight 2 'give each open task a due date';
every task where state <> done has deliverable 'say what each open task has to deliver';
suggest every task where state <> done has nature weight 0.5 'say what kind of work each open task is';
suggest every task where state <> done has objective weight 0.5 'say which goal each open task serves';
suggest task where state = upcoming weight 0.5 'list what is coming up';
suggest project weight 0.5 'list the content projects, or say that there are none';
require issue 'list what is unresolved, or say that nothing is';
every issue where state <> done has next_step 'say what comes next for each open issue';

-- campaigns
require campaign weight 2 'list the campaigns, or say that there are none';
every campaign where state <> done has objective weight 2 'state the objective of each campaign';
every campaign where state <> done has strategy 'state the strategy of each campaign';
every campaign where state <> done has status 'say how each campaign stands';
every campaign where state <> done has kpi weight 2 'say what each campaign is measured by';
require metric where kind = kpi weight 2 'list the performance figures, or say that there are none';
suggest every metric where kind = kpi has target weight 0.5 'set the target of each performance figure';
suggest every metric where kind = kpi has actual weight 0.5 'say where each performance figure stands today';
suggest every campaign where state <> done has start_at weight 0.5 'say when each campaign starts';
suggest every campaign where state <> done has end_at weight 0.5 'say when each campaign ends';
suggest every campaign where state <> done has cadence weight 0.5 'say how often each campaign posts';

-- content
require content_calendar weight 2 'list the content planned, or say that nothing is';
every content_calendar where state <> done has scheduled_at 'say when each planned content goes out';
every content_calendar where state <> done has platform 'say where each planned content goes out';
suggest every content_calendar where state <> done has theme weight 0.5 'name the theme of each planned content';
suggest content_calendar where kind = engagement weight 0.5 'plan activities that engage the audience';
require asset 'list the tools and content to work with, or say that there are none';
every asset has link 'say where to find each tool or piece of content';

-- platforms and community
require access_grant where state <> none weight 2 'list the platform accounts to be passed on';
every access_grant has account 'name the account of each access';
suggest every access_grant has platform weight 0.5 'name the platform of each access';
require platform_insight where state <> none weight 2 'describe at least one platform and its audience';
every platform_insight has platform 'name the platform of each insight';
every platform_insight has audience 'describe the audience of each platform';
suggest every platform_insight has practice weight 0.5 'say what works best on each platform';
require procedure where category = community weight 2 'describe how to deal with the community';
suggest procedure where category = interaction_norm weight 0.5 'describe the tone to take with the audience';
require escalation_path weight 3 'say whom to call in a crisis';
every escalation_path has trigger 'say when each escalation begins';
every escalation_path has contact weight 2 'name whom to call in each escalation';
suggest every escalation_path has time_limit weight 0.5 'say within what time to escalate';
suggest escalation_path where kind = crisis weight 0.5 'prepare for a crisis';

-- what there is to know
every document has last_reviewed_at 'say when each document was last reviewed';
suggest document where category = campaign_brief weight 0.5 'link the brief of the current campaign';
suggest document where category = standard weight 0.5 'link the standards to be kept';
suggest document where category = reference weight 0.5 'link earlier campaigns for reference';
suggest contact where kind = stakeholder weight 0.5 'name a contact for each stakeholder';
suggest training_session weight 0.5 'plan time to settle in, or say that none is needed';

-- before it is accepted
suggest session where both_parties and held_at to accept weight 0.5 'meet at least once, with both sides there'
$checklist$, true
  FROM @extschema@.template AS general
 WHERE general.name = 'general';

-- ------------------------------------------------------------------------
-- Industries
-- ------------------------------------------------------------------------

INSERT INTO @extschema@.template (name, kind, title, description, includes, checklist, builtin) VALUES
('regulated', 'industry', 'Highly regulated sectors',
 'Work under rules that must be shown to be kept. Part of healthcare and finance.',
 '{}',
$checklist$
require compliance_requirement weight 2 'list the rules to comply with, or say that there are none';
every compliance_requirement has standard weight 2 'name the standard behind each compliance rule';
every compliance_requirement has evidence_location weight 2 'say where the evidence for each compliance rule is'
$checklist$, true),
('healthcare', 'industry', 'Healthcare',
 'Patient data, and access that is protected by a protocol.',
 '{regulated}',
$checklist$
require compliance_requirement where category = patient_data weight 3 'say how patient data is protected';
every access_grant has security_protocol weight 3 'state the security protocol for each access'
$checklist$, true),
('finance', 'industry', 'Finance',
 'Data privacy, secure transactions and the rules of the regulator.',
 '{regulated}',
$checklist$
require compliance_requirement where category = data_privacy weight 3 'say how personal data is kept private';
require compliance_requirement where category = transactional_security weight 3 'say how transactions are kept secure';
require compliance_requirement where category = regulatory weight 2 'list the rules of the regulator'
$checklist$, true),
('manufacturing', 'industry', 'Manufacturing',
 'The systems of a plant, how they are run, and the standards they are under.',
 '{}',
$checklist$
require compliance_requirement where standard weight 2 'name the standards that the plant is under';
require system weight 2 'list the systems of the plant, or say that there are none';
require procedure weight 2 'describe how the plant is run, or say that there is nothing to describe'
$checklist$, true),
('cybersecurity', 'industry', 'Cybersecurity-intensive sectors',
 'Specialised knowledge, training, and access that is protected by a protocol.',
 '{}',
$checklist$
require 2 knowledge where category = specialised weight 2 'share at least two pieces of specialised knowledge';
require training_session weight 2 'plan training, or say that none is needed';
require escalation_path weight 3 'say whom to call in an incident';
every access_grant has security_protocol weight 3 'state the security protocol for each access'
$checklist$, true),
('fashion_design', 'industry', 'Fashion and design',
 'Visual assets, mood boards and creative direction.',
 '{}',
$checklist$
require asset where kind = visual_asset weight 2 'pass on the visual assets';
require asset where kind = mood_board weight 2 'pass on the mood boards';
require document where category = creative_direction weight 2 'link the creative direction'
$checklist$, true),
('technology', 'industry', 'Technology',
 'Emerging trends, themes of the content, news of the industry.',
 '{}',
$checklist$
require knowledge where category = trend weight 2 'describe the trends to follow';
every content_calendar has theme 'give all content in the calendar a theme';
suggest document where category = news_source weight 0.5 'link the sources of industry news'
$checklist$, true),
('health_wellness', 'industry', 'Health and wellness',
 'Educational content, health resources and a community with particular needs.',
 '{}',
$checklist$
require asset where kind = educational_content weight 2 'pass on the educational content';
require document where category = health_resource weight 2 'link the health resources';
require procedure where category = community weight 2 'describe how to deal with the community';
every platform_insight has sensitivity weight 3 'say what the audience of each platform is sensitive to'
$checklist$, true);

SELECT pg_catalog.pg_extension_config_dump('@extschema@.template', 'WHERE NOT builtin');

CREATE TRIGGER protect_builtin
    BEFORE INSERT OR UPDATE OR DELETE ON @extschema@.template
    FOR EACH ROW EXECUTE FUNCTION @extschema@.protect_builtin();

COMMENT ON TRIGGER protect_builtin ON @extschema@.template IS
    'refuses to add, change or remove rows that are builtin';

CREATE TRIGGER protect_builtin_truncate
    BEFORE TRUNCATE ON @extschema@.template
    FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.protect_builtin();

COMMENT ON TRIGGER protect_builtin_truncate ON @extschema@.template IS
    'refuses to remove rows that are builtin';

CREATE TRIGGER catalogue_changed
    AFTER INSERT OR UPDATE OR DELETE ON @extschema@.template
    FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.catalogue_changed();

COMMENT ON TRIGGER catalogue_changed ON @extschema@.template IS
    'tells all sessions to read the templates anew';

-- ------------------------------------------------------------------------
-- Putting templates together
-- ------------------------------------------------------------------------

CREATE FUNCTION @extschema@.template_not_found(name text, includer text)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    guess text := @extschema@.nearest(
        template_not_found.name,
        (SELECT array_agg(t.name ORDER BY t.name) FROM @extschema@.template AS t));
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'undefined_object',
        MESSAGE = CASE WHEN template_not_found.includer IS NULL
                       THEN format('template "%s" does not exist', template_not_found.name)
                       ELSE format('template "%s", which template "%s" includes, does not exist',
                                   template_not_found.name, template_not_found.includer) END,
        HINT = CASE WHEN guess IS NULL
                    THEN 'The table "template" lists the templates there are.'
                    ELSE format('Perhaps you meant the template "%s".', guess) END;
END;
$function$;

COMMENT ON FUNCTION @extschema@.template_not_found(text, text) IS
    'internal: raises the error for a template that does not exist';

CREATE FUNCTION @extschema@.compose(role text, VARIADIC industries text[] DEFAULT '{}')
RETURNS @extschema@.checklist
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    wanted   text[] := array_remove(compose.role || compose.industries, NULL);
    includer text[];                    -- beside wanted: who includes it, if any
    template @extschema@.template%ROWTYPE;
    result   @extschema@.checklist;
    added    text[];
    kind     text;
    place    integer := 1;
    finding  record;
BEGIN
    IF cardinality(wanted) = 0 THEN
        RAISE EXCEPTION 'neither a role nor an industry is given'
            USING ERRCODE = 'null_value_not_allowed',
                  HINT = 'Pass the name of a role, then those of industries.';
    END IF;

    includer := array_fill(NULL::text, ARRAY[cardinality(wanted)]);
    WHILE place <= cardinality(wanted) LOOP
        SELECT t.* INTO template
          FROM @extschema@.template AS t
         WHERE t.name = wanted[place];
        IF NOT FOUND THEN
            PERFORM @extschema@.template_not_found(wanted[place], includer[place]);
        END IF;

        -- What a template includes may be of either kind, what is asked for not.
        IF includer[place] IS NULL THEN
            kind := CASE WHEN place = 1 AND compose.role IS NOT NULL
                         THEN 'role' ELSE 'industry' END;
            IF template.kind <> kind THEN
                RAISE EXCEPTION 'template "%" is not of kind "%"', template.name, kind
                    USING ERRCODE = 'invalid_parameter_value',
                          DETAIL = format('It is of kind "%s".', template.kind),
                          HINT = 'Pass the role first, NULL if there is none, then the industries.';
            END IF;
        END IF;

        IF result IS NULL THEN
            result := template.checklist;
        ELSE
            result := result OPERATOR(@extschema@.||) template.checklist;
        END IF;

        -- Whatever is in the list already is not added again, so circles end.
        added := ARRAY(SELECT DISTINCT include.name
                         FROM unnest(template.includes) AS include (name)
                        WHERE include.name <> ALL (wanted)
                        ORDER BY include.name);
        wanted := wanted || added;
        includer := includer || array_fill(template.name, ARRAY[cardinality(added)]);
        place := place + 1;
    END LOOP;

    FOR finding IN
        SELECT lint.rule, lint.message FROM @extschema@.lint(result) AS lint
    LOOP
        RAISE WARNING 'rule % of the checklist: %', finding.rule, finding.message
            USING HINT = 'Correct the template, or add to the catalogue, in the tables "element" and "field".';
    END LOOP;
    RETURN result;
END;
$function$;

COMMENT ON FUNCTION @extschema@.compose(text, text[]) IS
    'the checklist of a role and any number of industries, with the templates that they include';

CREATE FUNCTION @extschema@.copy_template(source text, name text, title text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    INSERT INTO @extschema@.template (name, kind, title, description, includes, checklist)
    SELECT copy_template.name, original.kind, coalesce(copy_template.title, original.title),
           original.description, original.includes, original.checklist
      FROM @extschema@.template AS original
     WHERE original.name = copy_template.source;
    IF NOT FOUND THEN
        PERFORM @extschema@.template_not_found(copy_template.source, NULL);
    END IF;
END;
$function$;

COMMENT ON FUNCTION @extschema@.copy_template(text, text, text) IS
    'copies a template to one of your own, which you may change';
