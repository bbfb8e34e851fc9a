/*
 * workspace_element: a report for each element that has fields of its own.
 *
 * All begin alike; what only that element has follows, read from attributes.
 * A field becomes one column or two, by what it is:
 *
 *      text, memo      the text, up to 255 characters or at length
 *      number          numeric(18,4)
 *      rating          numeric(3,2), 1 to 5
 *      level, choice   the word, and its place in the order as ..._rank
 *      boolean         is_..., false if nobody has said, and ..._count to sum
 *      time            ..._at, and its day as ..._date
 */

CREATE FUNCTION @extschema@.create_workspace_element() RETURNS void
LANGUAGE plpgsql
AS $create$
DECLARE
    next record;
    header CONSTANT text := $view$
SELECT i.handover_id,
       i.id AS item_id,
       h.title::varchar(255) AS handover_title,
       h.role,
       h.status::text::varchar(16) AS status,
       h.outgoing,
       h.incoming,
       h.outgoing_team,
       h.incoming_team,
       i.title::varchar(255) AS title,
       i.details,
       i.state::varchar(16) AS state,
       i.state IS NULL OR i.state NOT IN ('done', 'none') AS is_open,
       (i.state IS NULL OR i.state NOT IN ('done', 'none'))::integer AS open_count,
       i.owner,
       i.new_owner,
       @extschema@.finite(i.due_at) AS due_at,
       (@extschema@.finite(i.due_at) AT TIME ZONE 'UTC')::date AS due_date,
       coalesce(i.critical, false) AS is_critical,
       coalesce(i.critical, false)::integer AS critical_count,
       i.created_at,
       (i.created_at AT TIME ZONE 'UTC')::date AS created_date$view$;
    header_comments CONSTANT text[] := ARRAY[
        'key of the handover',
        'key of the item',
        'what is handed over, in a few words',
        'role whose work it is, by its template',
        'status of the handover: draft, submitted, accepted, closed or cancelled',
        'person or team that hands over',
        'person or team that takes over',
        'team of who hands over',
        'team of who takes over',
        'the item in a few words',
        'the item at length; of one with state none, why there is nothing',
        'upcoming, ongoing, pending, blocked, done; none says that there is nothing of this element; empty if nobody has said',
        'whether it is neither done nor says that there is nothing',
        '1 if it is open, else 0; to be summed',
        'who has it so far',
        'who takes it over',
        'by when it is due',
        'day by which it is due',
        'whether it was marked as critical',
        '1 if it was marked as critical, else 0; to be summed',
        'since when it waits',
        'day since which it waits'];
BEGIN

FOR next IN
    WITH field (place, element, kind, name, column_name, comment) AS (VALUES
        (1, 'responsibility', 'text', 'recurrence', 'recurrence', 'how often it is to be done'),
        (1, 'project', 'text', 'category', 'category', 'kind of project'),
        (2, 'project', 'text', 'status', 'project_status', 'where the project stands'),
        (3, 'project', 'text', 'phase', 'phase', 'phase that the project is in'),
        (4, 'project', 'text', 'stakeholder', 'stakeholder', 'who has a stake in it'),
        (1, 'milestone', 'text', 'category', 'category', 'kind of milestone'),
        (2, 'milestone', 'text', 'applies_to', 'applies_to', 'what it belongs to'),
        (1, 'issue', 'text', 'category', 'category', 'kind of issue'),
        (2, 'issue', 'memo', 'workaround', 'workaround', 'how to get by until it is solved'),
        (3, 'issue', 'text', 'applies_to', 'applies_to', 'what it is about'),
        (1, 'risk', 'text', 'category', 'category', 'kind of risk'),
        (2, 'risk', 'level', 'likelihood', 'likelihood', 'how likely it is'),
        (3, 'risk', 'text', 'applies_to', 'applies_to', 'what it threatens'),
        (1, 'change_request', 'time', 'planned_at', 'planned', 'when the change is planned'),
        (2, 'change_request', 'choice', 'approval_status', 'approval_status', 'where its approval stands'),
        (3, 'change_request', 'memo', 'approval_workflow', 'approval_workflow', 'how it is approved'),
        (4, 'change_request', 'text', 'next_approver', 'next_approver', 'who is to approve it next'),
        (5, 'change_request', 'memo', 'discussion_link', 'discussion_link', 'where it is discussed'),
        (6, 'change_request', 'memo', 'stakeholder_communication', 'stakeholder_communication', 'what those concerned are told'),
        (1, 'system', 'memo', 'configuration', 'configuration', 'how it is configured, or where that is found'),
        (2, 'system', 'memo', 'intricacy', 'intricacy', 'what is intricate about it'),
        (3, 'system', 'level', 'criticality', 'criticality', 'how critical it is'),
        (4, 'system', 'boolean', 'complex', 'complex', 'it is complex'),
        (5, 'system', 'time', 'assessed_at', 'assessed', 'when it was assessed'),
        (6, 'system', 'text', 'assessed_by', 'assessed_by', 'who assessed it'),
        (7, 'system', 'text', 'training', 'training', 'training session that goes with it'),
        (8, 'system', 'text', 'knowledge', 'knowledge', 'knowledge that goes with it'),
        (9, 'system', 'time', 'freeze_start_at', 'freeze_start', 'from when on nothing is to be changed'),
        (10, 'system', 'time', 'freeze_end_at', 'freeze_end', 'until when nothing is to be changed'),
        (1, 'access_grant', 'text', 'account', 'account', 'account or permission that moves'),
        (2, 'access_grant', 'text', 'system', 'system', 'system that it opens'),
        (3, 'access_grant', 'text', 'platform', 'platform', 'platform that it opens'),
        (4, 'access_grant', 'text', 'access_level', 'access_level', 'what it allows'),
        (5, 'access_grant', 'text', 'user_group', 'user_group', 'group of users that it belongs to'),
        (6, 'access_grant', 'boolean', 'privileged', 'privileged', 'it is privileged'),
        (7, 'access_grant', 'boolean', 'shared', 'shared', 'several people share it'),
        (8, 'access_grant', 'text', 'security_protocol', 'security_protocol', 'how it is protected'),
        (9, 'access_grant', 'choice', 'transfer_status', 'transfer_status', 'where its transfer stands'),
        (10, 'access_grant', 'time', 'granted_at', 'granted', 'when it was granted to the new owner'),
        (11, 'access_grant', 'time', 'revoked_at', 'revoked', 'when it was withdrawn from the outgoing owner'),
        (12, 'access_grant', 'time', 'rotated_at', 'rotated', 'when its secret was last changed'),
        (13, 'access_grant', 'text', 'secret_location', 'secret_location', 'where its secret is kept, never the secret'),
        (1, 'asset', 'text', 'kind', 'kind', 'kind of asset'),
        (2, 'asset', 'text', 'licence', 'licence', 'licence under which it may be used'),
        (1, 'procedure', 'text', 'category', 'category', 'troubleshooting, change, approval, community, interaction_norm, operation or another'),
        (2, 'procedure', 'text', 'applies_to', 'applies_to', 'what it is for'),
        (3, 'procedure', 'time', 'last_reviewed_at', 'last_reviewed', 'when it was last reviewed'),
        (1, 'escalation_path', 'text', 'kind', 'kind', 'escalation or crisis'),
        (2, 'escalation_path', 'memo', 'trigger', 'trigger', 'when to take it'),
        (3, 'escalation_path', 'text', 'time_limit', 'time_limit', 'within what time'),
        (1, 'knowledge', 'text', 'category', 'category', 'technical, operational, decision, specialised, trend or another'),
        (2, 'knowledge', 'text', 'applies_to', 'applies_to', 'what it is about'),
        (1, 'training_session', 'text', 'kind', 'kind', 'training, hands-on work, mentorship, shadowing or another'),
        (2, 'training_session', 'text', 'trainer', 'trainer', 'who trains'),
        (3, 'training_session', 'text', 'trainee', 'trainee', 'who is trained'),
        (4, 'training_session', 'time', 'planned_at', 'planned', 'when it is planned'),
        (5, 'training_session', 'time', 'completed_at', 'completed', 'when it was completed'),
        (6, 'training_session', 'rating', 'competence_rating', 'competence_rating', 'competence reached, 1 to 5'),
        (7, 'training_session', 'text', 'applies_to', 'applies_to', 'what it is about'),
        (1, 'document', 'text', 'category', 'category', 'kind of document'),
        (2, 'document', 'time', 'last_reviewed_at', 'last_reviewed', 'when it was last reviewed'),
        (3, 'document', 'text', 'applies_to', 'applies_to', 'what it is about'),
        (4, 'document', 'text', 'access_grant', 'access_grant', 'access that it needs, by title or account'),
        (1, 'contact', 'text', 'name', 'name', 'name of the person or party'),
        (2, 'contact', 'text', 'kind', 'kind', 'kind of contact'),
        (3, 'contact', 'text', 'organisation', 'organisation', 'organisation that it belongs to'),
        (4, 'contact', 'text', 'channel', 'channel', 'phone, email, collaboration_tool, project_platform or another'),
        (5, 'contact', 'text', 'address', 'address', 'number, address or name that the channel needs'),
        (6, 'contact', 'text', 'topic', 'topic', 'what to call about'),
        (7, 'contact', 'text', 'backup_contact', 'backup_contact', 'whom to call otherwise'),
        (1, 'metric', 'text', 'kind', 'kind', 'kpi or service_level'),
        (2, 'metric', 'text', 'unit', 'unit', 'unit of the figures'),
        (3, 'metric', 'number', 'target', 'target', 'figure to reach, in the unit of the row'),
        (4, 'metric', 'number', 'actual', 'actual', 'figure last measured, in the unit of the row'),
        (5, 'metric', 'number', 'actual_before', 'actual_before', 'figure before the handover, in the unit of the row'),
        (6, 'metric', 'number', 'actual_after', 'actual_after', 'figure after the handover, in the unit of the row'),
        (7, 'metric', 'time', 'measured_at', 'measured', 'when it was last measured'),
        (8, 'metric', 'text', 'applies_to', 'applies_to', 'what it measures'),
        (1, 'compliance_requirement', 'text', 'category', 'category', 'patient_data, data_privacy, transactional_security, regulatory or another'),
        (2, 'compliance_requirement', 'text', 'standard', 'standard', 'rule or standard to keep'),
        (3, 'compliance_requirement', 'memo', 'evidence_location', 'evidence_location', 'where the evidence is'),
        (1, 'succession_plan', 'text', 'candidate', 'candidate', 'who is to succeed'),
        (2, 'succession_plan', 'level', 'readiness_level', 'readiness_level', 'how ready the candidate is'),
        (3, 'succession_plan', 'memo', 'preparation_step', 'preparation_step', 'how the candidate is prepared'),
        (4, 'succession_plan', 'time', 'target_at', 'target', 'by when the candidate is to be ready'),
        (1, 'campaign', 'memo', 'strategy', 'strategy', 'strategy of the campaign'),
        (2, 'campaign', 'text', 'status', 'campaign_status', 'where the campaign stands'),
        (3, 'campaign', 'text', 'platform', 'platform', 'platforms that it runs on, with commas between'),
        (4, 'campaign', 'text', 'kpi', 'kpi', 'what it is measured by'),
        (5, 'campaign', 'time', 'start_at', 'start', 'when it begins'),
        (6, 'campaign', 'time', 'end_at', 'end', 'when it ends'),
        (7, 'campaign', 'text', 'cadence', 'cadence', 'how often something is published'),
        (8, 'campaign', 'text', 'budget', 'budget', 'what it may cost, as it was written'),
        (1, 'content_calendar', 'text', 'kind', 'kind', 'post, theme or engagement'),
        (2, 'content_calendar', 'time', 'scheduled_at', 'scheduled', 'when it is to be published'),
        (3, 'content_calendar', 'text', 'platform', 'platform', 'platforms that it is for, with commas between'),
        (4, 'content_calendar', 'text', 'theme', 'theme', 'its theme'),
        (5, 'content_calendar', 'text', 'status', 'content_status', 'where the content stands'),
        (1, 'platform_insight', 'text', 'platform', 'platform', 'platform that it is about'),
        (2, 'platform_insight', 'memo', 'audience', 'audience', 'how its audience behaves'),
        (3, 'platform_insight', 'memo', 'practice', 'practice', 'what works there'),
        (4, 'platform_insight', 'memo', 'sensitivity', 'sensitivity', 'what is sensitive there'),
        (1, 'participant', 'text', 'name', 'name', 'who takes part'),
        (2, 'participant', 'text', 'part', 'part', 'outgoing, incoming, coordinator, approver, stakeholder, supporter or observer'),
        (1, 'question', 'text', 'kind', 'kind', 'kind of question'),
        (2, 'question', 'text', 'applies_to', 'applies_to', 'what it is about'),
        (3, 'question', 'text', 'asked_by', 'asked_by', 'who asks'),
        (4, 'question', 'time', 'asked_at', 'asked', 'when it was asked'),
        (5, 'question', 'memo', 'answer', 'answer', 'the answer'),
        (6, 'question', 'text', 'answered_by', 'answered_by', 'who answered it'),
        (7, 'question', 'time', 'answered_at', 'answered', 'when it was answered'),
        (8, 'question', 'time', 'answer_due_at', 'answer_due', 'by when it is to be answered'),
        (9, 'question', 'boolean', 'blocking', 'blocking', 'it is to be answered before acceptance'),
        (1, 'session', 'text', 'kind', 'kind', 'meeting, call, chat, walkthrough or another'),
        (2, 'session', 'text', 'channel', 'channel', 'where it was held'),
        (3, 'session', 'text', 'topic', 'topic', 'what it was about'),
        (4, 'session', 'time', 'held_at', 'held', 'when it was held'),
        (5, 'session', 'number', 'duration', 'duration_minutes', 'how long it took, in minutes'),
        (6, 'session', 'boolean', 'both_parties', 'both_parties', 'outgoing and incoming side were both there'),
        (7, 'session', 'text', 'participants', 'participants', 'who took part, with commas between'),
        (1, 'improvement', 'text', 'proposed_by', 'proposed_by', 'who proposes it'),
        (2, 'improvement', 'text', 'applies_to', 'applies_to', 'what it is about')
    ),
    report_column (element, place, name, definition, comment) AS (
        SELECT f.element, 2 * f.place + c.second, c.name, c.definition, c.comment
          FROM field AS f
               LEFT JOIN @extschema@.field AS known ON known.element = f.element AND known.name = f.name
               CROSS JOIN LATERAL (
                   SELECT 0, f.column_name, format('@extschema@.attribute_text(i.attributes, %L)::varchar(255)', f.name), f.comment
                    WHERE f.kind = 'text'
                   UNION ALL
                   SELECT 0, f.column_name, format('@extschema@.attribute_text(i.attributes, %L)', f.name), f.comment
                    WHERE f.kind = 'memo'
                   UNION ALL
                   SELECT 0, f.column_name, format('@extschema@.attribute_number(i.attributes, %L)::numeric(18,4)', f.name), f.comment
                    WHERE f.kind = 'number'
                   UNION ALL
                   SELECT 0, f.column_name, format('@extschema@.attribute_rating(i.attributes, %L)::numeric(3,2)', f.name), f.comment
                    WHERE f.kind = 'rating'
                   UNION ALL
                   SELECT v.second, v.name, format(v.definition, f.name), v.comment
                     FROM (VALUES (0, f.column_name, '@extschema@.attribute_level(i.attributes, %L)::varchar(16)',
                                   f.comment || ': low, medium, high or critical'),
                                  (1, f.column_name || '_rank',
                                   'array_position(''{low,medium,high,critical}'', @extschema@.attribute_level(i.attributes, %L))::smallint',
                                   f.column_name || ' in its order: 1 low, 2 medium, 3 high, 4 critical')) AS v (second, name, definition, comment)
                    WHERE f.kind = 'level'
                   UNION ALL
                   SELECT v.second, v.name, format(v.definition, f.name, known.choices), v.comment
                     FROM (VALUES (0, f.column_name, '@extschema@.attribute_text(i.attributes, %1$L)::varchar(255)',
                                   f.comment || ': ' || array_to_string(known.choices, ', ')),
                                  (1, f.column_name || '_rank', 'array_position(%2$L, @extschema@.attribute_text(i.attributes, %1$L))::smallint',
                                   f.column_name || ' in its order: '
                                       || (SELECT string_agg(o.place || ' ' || o.choice, ', ' ORDER BY o.place)
                                             FROM unnest(known.choices) WITH ORDINALITY AS o (choice, place)))) AS v (second, name, definition, comment)
                    WHERE f.kind = 'choice'
                   UNION ALL
                   SELECT v.second, v.name, format(v.definition, f.name), v.comment
                     FROM (VALUES (0, 'is_' || f.column_name, 'coalesce(@extschema@.attribute_boolean(i.attributes, %L), false)',
                                   'whether ' || f.comment),
                                  (1, f.column_name || '_count', 'coalesce(@extschema@.attribute_boolean(i.attributes, %L), false)::integer',
                                   '1 if ' || f.comment || ', else 0; to be summed')) AS v (second, name, definition, comment)
                    WHERE f.kind = 'boolean'
                   UNION ALL
                   SELECT v.second, v.name, format(v.definition, f.name), v.comment
                     FROM (VALUES (0, f.column_name || '_at', '@extschema@.attribute_time(i.attributes, %L)', f.comment),
                                  (1, f.column_name || '_date', '(@extschema@.attribute_time(i.attributes, %L) AT TIME ZONE ''UTC'')::date',
                                   'day: ' || f.comment)) AS v (second, name, definition, comment)
                    WHERE f.kind = 'time') AS c (second, name, definition, comment)
    )
    SELECT r.element,
           -- see workspace_item
           CASE r.element WHEN 'document' THEN 'report_document' ELSE r.element END AS view_name,
           string_agg(format(E',\n       %s AS %I', r.definition, r.name), '' ORDER BY r.place) AS definitions,
           array_agg(r.name ORDER BY r.place) AS names,
           array_agg(r.comment ORDER BY r.place) AS comments,
           e.description
      FROM report_column AS r
           JOIN @extschema@.element AS e ON e.name = r.element
     GROUP BY r.element, e.description
     ORDER BY r.element
LOOP
    EXECUTE format('CREATE OR REPLACE VIEW %I AS', next.view_name) || header || next.definitions || format('
  FROM item AS i
       JOIN visible_handover AS h ON h.id = i.handover_id
 WHERE i.element = %L', next.element);
    EXECUTE format('COMMENT ON VIEW %I IS %L', next.view_name,
                   format('%s One row is an item of element %s; handover_id and item_id are its key. Days are in UTC.', next.description, next.element));
    EXECUTE (SELECT string_agg(format('COMMENT ON COLUMN %I.%I IS %L', next.view_name, a.attname,
                                      (header_comments || next.comments)[a.attnum]), '; ')
               FROM pg_attribute AS a
              WHERE a.attrelid = to_regclass(quote_ident(next.view_name)) AND a.attnum > 0);
END LOOP;

END
$create$;
COMMENT ON FUNCTION @extschema@.create_workspace_element() IS
    'part of create_workspace(): makes a report for each element with fields of its own in the first schema of the search_path, from the tables of the second';
