/*
 * workspace_finding: what is wrong with the handovers, one row a finding.
 *
 * Each finding is one SELECT with its code as a constant, so that the planner
 * leaves out those that a query does not ask for.  Those on a handover share
 * one pass over its items, visible_fact; those on an item share another.  A
 * condition on the handover or its parties goes down into both.  In a UNION
 * ALL all SELECTs must have the very same types, or nothing goes down.
 */

CREATE FUNCTION @extschema@.create_workspace_visible_finding() RETURNS void
LANGUAGE plpgsql
AS $create$
BEGIN

-- Work is what somebody has to own: a responsibility, task, project, issue, change or campaign.
CREATE OR REPLACE VIEW visible_fact AS
SELECT h.id AS handover_id, h.title, h.role, h.industries, h.status, h.outgoing, h.incoming, h.outgoing_team, h.incoming_team,
       h.scope, h.expectation, h.transition_start_at, h.effective_at, h.support_until, h.priority_acknowledged_by, h.priority_acknowledged_at,
       h.created_at, h.submitted_at, h.closed_at, h.checklist, h.tally, s.settings, c.cutover_at,
       h.status IN ('accepted', 'closed') AS is_accepted,
       coalesce(h.status IN ('accepted', 'closed') OR c.cutover_at <= now(), false) AS has_taken_over,
       greatest(h.created_at, h.updated_at, h.submitted_at, h.returned_at, h.accepted_at, i.last_at) AS last_at,
       i.items, i.written, i.median_characters, i.unneeded, i.documents, i.contacts, i.knowledge, i.community_procedures, i.insights, i.paths,
       i.sessions, i.both_sessions, i.session_minutes, i.disputed, i.breakdown_questions, i.tasks, i.undated_tasks,
       i.work, i.unprioritized, i.unowned, i.unfamiliar, i.unacknowledged, i.overdue_at_cutover, i.stale, i.due_trainings,
       i.risk_words, i.implication_words, i.plans, i.posts, i.posts_after, i.overdue_after, i.critical, i.ratings
  FROM visible_handover AS h
       CROSS JOIN @extschema@.finding_settings AS s
       CROSS JOIN LATERAL (SELECT CASE WHEN isfinite(h.effective_at) THEN h.effective_at ELSE h.accepted_at END AS cutover_at) AS c
       LEFT JOIN LATERAL (
           SELECT (count(*) FILTER (WHERE o.is_real))::numeric AS items,
                  (count(*) FILTER (WHERE o.is_real AND r.element NOT IN ('session', 'participant', 'question', 'feedback', 'improvement', 'contact')
                                      AND NOT (@extschema@.is_blank(r.details) AND @extschema@.is_blank(r.instructions) AND @extschema@.is_blank(r.link))))::numeric AS written,
                  percentile_disc(0.5) WITHIN GROUP (ORDER BY length(r.details)) FILTER (WHERE o.is_real) AS median_characters,
                  (count(*) FILTER (WHERE r.state = 'done' OR o.is_open AND r.urgency = 'low' AND r.importance = 'low'))::numeric AS unneeded,
                  (count(*) FILTER (WHERE o.is_real AND r.element = 'document'))::numeric AS documents,
                  (count(*) FILTER (WHERE o.is_real AND r.element = 'contact'
                                      AND NOT @extschema@.is_blank(@extschema@.attribute_text(r.attributes, 'channel'))
                                      AND NOT @extschema@.is_blank(@extschema@.attribute_text(r.attributes, 'address'))))::numeric AS contacts,
                  (count(*) FILTER (WHERE o.is_real AND r.element IN ('knowledge', 'procedure')))::numeric AS knowledge,
                  (count(*) FILTER (WHERE o.is_real AND r.element = 'procedure' AND r.attributes ->> 'category' = 'community'))::numeric AS community_procedures,
                  (count(*) FILTER (WHERE o.is_real AND r.element = 'platform_insight'))::numeric AS insights,
                  (count(*) FILTER (WHERE o.is_real AND r.element = 'escalation_path'))::numeric AS paths,
                  (count(*) FILTER (WHERE o.is_held))::numeric AS sessions,
                  (count(*) FILTER (WHERE o.is_held AND @extschema@.attribute_boolean(r.attributes, 'both_parties')))::numeric AS both_sessions,
                  coalesce(sum(CASE WHEN o.is_held THEN @extschema@.attribute_number(r.attributes, 'duration') END), 0) AS session_minutes,
                  max(CASE WHEN r.element <> 'session' THEN greatest(r.created_at, r.acknowledged_at, @extschema@.attribute_time(r.attributes, 'updated_at'))
                           WHEN o.is_held THEN @extschema@.attribute_time(r.attributes, 'held_at') END) AS last_at,
                  (count(*) FILTER (WHERE o.is_real AND @extschema@.attribute_boolean(r.attributes, 'disputed')))::numeric AS disputed,
                  (count(*) FILTER (WHERE o.is_real AND r.element = 'question'
                                      AND coalesce(@extschema@.days_between(@extschema@.attribute_time(r.attributes, 'answer_due_at'), q.end_at),
                                                   @extschema@.days_between(coalesce(@extschema@.attribute_time(r.attributes, 'asked_at'), r.created_at), q.end_at)
                                                       - @extschema@.threshold(s.settings, 'communication_breakdown.answer_days', h.role)) > 0))::numeric AS breakdown_questions,
                  (count(*) FILTER (WHERE o.is_open AND r.element = 'task'))::numeric AS tasks,
                  (count(*) FILTER (WHERE o.is_open AND r.element = 'task' AND r.due_at IS NULL))::numeric AS undated_tasks,
                  (count(*) FILTER (WHERE o.is_work))::numeric AS work,
                  (count(*) FILTER (WHERE o.is_work AND (r.urgency IS NULL OR r.importance IS NULL OR r.impact IS NULL)))::numeric AS unprioritized,
                  (count(*) FILTER (WHERE o.is_work AND @extschema@.is_blank(r.new_owner)))::numeric AS unowned,
                  (count(*) FILTER (WHERE o.is_work AND @extschema@.is_blank(r.instructions) AND @extschema@.is_blank(r.link)
                                      AND @extschema@.is_blank(r.read_back)))::numeric AS unfamiliar,
                  (count(*) FILTER (WHERE o.is_work AND r.acknowledged_at IS NULL))::numeric AS unacknowledged,
                  (count(*) FILTER (WHERE o.is_work AND r.due_at < c.cutover_at AND c.cutover_at <= now()))::numeric AS overdue_at_cutover,
                  (count(*) FILTER (WHERE o.is_work AND @extschema@.days_between(greatest(r.created_at, r.acknowledged_at, @extschema@.attribute_time(r.attributes, 'updated_at')),
                                                                                 coalesce(h.submitted_at, now()))
                                                            > @extschema@.threshold(s.settings, 'stale_item.days', h.role)))::numeric AS stale,
                  (count(*) FILTER (WHERE o.is_open AND r.element = 'training_session' AND r.critical
                                      AND @extschema@.attribute_time(r.attributes, 'completed_at') IS NULL))::numeric AS due_trainings,
                  (count(*) FILTER (WHERE r.element IN ('risk', 'issue')))::numeric AS risk_words,
                  (count(*) FILTER (WHERE r.element IN ('risk', 'milestone', 'dependency')))::numeric AS implication_words,
                  (count(*) FILTER (WHERE o.is_real AND r.element = 'succession_plan'
                                      AND NOT @extschema@.is_blank(@extschema@.attribute_text(r.attributes, 'candidate'))))::numeric AS plans,
                  (count(*) FILTER (WHERE o.is_real AND r.element = 'content_calendar'))::numeric AS posts,
                  (count(*) FILTER (WHERE o.is_real AND r.element = 'content_calendar'
                                      AND @extschema@.days_between(c.cutover_at, @extschema@.attribute_time(r.attributes, 'scheduled_at'))
                                          BETWEEN 0 AND @extschema@.threshold(s.settings, 'publishing_gap.days', h.role)))::numeric AS posts_after,
                  (count(*) FILTER (WHERE o.is_open AND r.due_at >= c.cutover_at AND r.due_at < now()))::numeric AS overdue_after,
                  (count(*) FILTER (WHERE o.is_open AND r.critical))::numeric AS critical,
                  (count(*) FILTER (WHERE o.is_real AND r.element = 'feedback' AND r.attributes ->> 'part' IS DISTINCT FROM 'outgoing'
                                      AND @extschema@.attribute_text(r.attributes, 'rated_by') IS DISTINCT FROM h.outgoing))::numeric AS ratings
             FROM item AS r
                  CROSS JOIN LATERAL (SELECT r.state IS DISTINCT FROM 'none' AS is_real,
                                             r.state IS NULL OR r.state NOT IN ('done', 'none') AS is_open,
                                             (r.state IS NULL OR r.state NOT IN ('done', 'none'))
                                                 AND r.element IN ('responsibility', 'task', 'project', 'issue', 'change_request', 'campaign') AS is_work,
                                             r.element = 'session' AND r.state IS DISTINCT FROM 'none'
                                                 AND (r.state = 'done' OR @extschema@.attribute_time(r.attributes, 'held_at') <= now()) AS is_held) AS o
                  CROSS JOIN LATERAL (SELECT CASE WHEN o.is_open THEN now() ELSE @extschema@.attribute_time(r.attributes, 'answered_at') END AS end_at) AS q
            WHERE r.handover_id = h.id) AS i ON true
 WHERE h.status <> 'cancelled';
COMMENT ON VIEW visible_fact IS 'what findings on a handover are computed from; part of reports';
EXECUTE (SELECT string_agg(format('COMMENT ON COLUMN visible_fact.%I IS %L', a.attname, coalesce(m.meaning, 'as of the handover')), '; ')
           FROM pg_attribute AS a
                LEFT JOIN (VALUES
               ('settings', 'settings of findings'),
               ('cutover_at', 'when the new owner takes over: as planned, or else when it was accepted'),
               ('is_accepted', 'whether it is accepted or closed'),
               ('has_taken_over', 'whether the new owner has taken over'),
               ('last_at', 'when something last happened'),
               ('items', 'number of items'),
               ('written', 'number of items with details, instructions or a link'),
               ('median_characters', 'median length of the details'),
               ('unneeded', 'number of items that are done or of low priority'),
               ('documents', 'number of documents'),
               ('contacts', 'number of contacts with channel and address'),
               ('knowledge', 'number of pieces of knowledge and procedures'),
               ('community_procedures', 'number of procedures for the community'),
               ('insights', 'number of insights into platforms'),
               ('paths', 'number of escalation paths'),
               ('sessions', 'number of sessions held'),
               ('both_sessions', 'number of sessions held with both sides'),
               ('session_minutes', 'minutes of sessions held'),
               ('disputed', 'number of disputed items'),
               ('breakdown_questions', 'number of questions answered late or not at all'),
               ('tasks', 'number of open tasks'),
               ('undated_tasks', 'number of open tasks without a due time'),
               ('work', 'number of open items of work'),
               ('unprioritized', 'number of those without urgency, importance or impact'),
               ('unowned', 'number of those without a new owner'),
               ('unfamiliar', 'number of those without instructions and link that nobody repeated'),
               ('unacknowledged', 'number of those that are not acknowledged'),
               ('overdue_at_cutover', 'number of those that were overdue when the new owner took over'),
               ('stale', 'number of those that had not been updated for long when it was submitted'),
               ('due_trainings', 'number of critical trainings that are not completed'),
               ('risk_words', 'number of risks and issues, declared absent or not'),
               ('implication_words', 'number of risks, milestones and dependencies, declared absent or not'),
               ('plans', 'number of plans for succession with a candidate'),
               ('posts', 'number of contents in the calendar'),
               ('posts_after', 'number of those scheduled soon after the new owner takes over'),
               ('overdue_after', 'number of open items that have become overdue since then'),
               ('critical', 'number of open critical items'),
               ('ratings', 'number of ratings by others than who hands over')) AS m (name, meaning) ON m.name = a.attname
          WHERE a.attrelid = to_regclass('visible_fact') AND a.attnum > 0);

-- Sentences end up in a column of 255 characters.
CREATE OR REPLACE VIEW visible_finding AS
SELECT n.handover_id, n.title AS handover_title, n.role, n.status, n.outgoing, n.incoming, n.outgoing_team, n.incoming_team, n.created_at,
       NULL::bigint AS item_id, NULL::text AS element, NULL::text AS title,
       f.code, f.severity, f.found, f.threshold, f.sentence
  FROM visible_fact AS n
       CROSS JOIN LATERAL (
        SELECT 'incomplete_handover' AS code, NULL::text AS severity, cardinality(m.labels)::numeric AS found, 0::numeric AS threshold,
               format('%s requirements not met to be %s: %s', cardinality(m.labels), @extschema@.next_status(n.status), array_to_string(m.labels, '; ')) AS sentence,
               cardinality(m.labels) > 0 AS is_found
          FROM (SELECT @extschema@.missing(n.checklist, n.tally, @extschema@.next_status(n.status)) AS labels) AS m
        UNION ALL
        SELECT 'industry_requirement_missing' AS code, NULL AS severity, m.number AS found, 0::numeric AS threshold,
               format('%s requirements of %s not met: %s', m.number, array_to_string(n.industries, ', '), m.labels) AS sentence,
               cardinality(n.industries) > 0 AND m.number > 0 AS is_found
          FROM (SELECT count(*)::numeric AS number, string_agg(u.label, '; ' ORDER BY u.rule) AS labels
                  FROM @extschema@.unmet(n.checklist, n.tally) AS u
                 WHERE u.verb = 'require'
                   AND EXISTS (SELECT FROM @extschema@.industry_rule(n.industries) AS r WHERE r.label = u.label)) AS m
        UNION ALL
        SELECT 'missing_scope' AS code, NULL AS severity, 0::numeric AS found, 1::numeric AS threshold,
               'the scope does not say what is handed over' AS sentence,
               @extschema@.is_blank(n.scope) AS is_found
        UNION ALL
        SELECT 'missing_contact' AS code, NULL AS severity, 0::numeric AS found, 1::numeric AS threshold,
               'no contact with a channel and an address' AS sentence,
               n.contacts = 0 AS is_found
        UNION ALL
        SELECT 'missing_document' AS code, NULL AS severity, 0::numeric AS found, 1::numeric AS threshold,
               'no document is handed over' AS sentence,
               n.documents = 0 AS is_found
        UNION ALL
        SELECT 'overloaded_documentation' AS code, NULL AS severity, n.items AS found, t.items AS threshold,
               format('%s items, median of details %s characters, done or of low priority: %s of %s', n.items, coalesce(n.median_characters, 0), n.unneeded, n.items) AS sentence,
               n.items > t.items
               OR n.median_characters > @extschema@.threshold(n.settings, 'overloaded_documentation.characters', n.role)
               OR n.items >= @extschema@.threshold(n.settings, 'overloaded_documentation.unneeded_items', n.role)
                  AND 100 * n.unneeded > n.items * @extschema@.threshold(n.settings, 'overloaded_documentation.unneeded_pct', n.role) AS is_found
          FROM (SELECT @extschema@.threshold(n.settings, 'overloaded_documentation.items', n.role) AS items) AS t
        UNION ALL
        SELECT 'verbal_only' AS code, NULL AS severity, n.written AS found, t.items AS threshold,
               format('%s sessions, but only %s items in writing and %s documents', n.sessions, n.written, n.documents) AS sentence,
               n.sessions > 0
               AND (n.written < t.items OR n.documents < @extschema@.threshold(n.settings, 'verbal_only.documents', n.role)) AS is_found
          FROM (SELECT @extschema@.threshold(n.settings, 'verbal_only.written_items', n.role) AS items) AS t
        UNION ALL
        SELECT 'no_interaction' AS code, NULL AS severity, 0::numeric AS found, 1::numeric AS threshold,
               format('both sides took part in none of %s sessions', n.sessions) AS sentence,
               n.both_sessions = 0 AS is_found
        UNION ALL
        SELECT 'communication_breakdown' AS code, NULL AS severity, n.breakdown_questions + n.disputed AS found, 0::numeric AS threshold,
               format('%s sessions, %s questions answered late or not at all, %s items disputed', n.sessions, n.breakdown_questions, n.disputed) AS sentence,
               n.sessions = 0 OR n.breakdown_questions > 0 OR n.disputed > 0 AS is_found
        UNION ALL
        SELECT 'silent_handover' AS code, NULL AS severity, t.silent AS found, t.days AS threshold,
               format('nothing happened for %s days', floor(t.silent)) AS sentence,
               n.status IN ('draft', 'submitted', 'accepted') AND t.silent > t.days AS is_found
          FROM (SELECT @extschema@.days_between(n.last_at, now()) AS silent, @extschema@.threshold(n.settings, 'silent_handover.days', n.role) AS days) AS t
        UNION ALL
        SELECT 'misaligned_expectation' AS code, NULL AS severity, n.disputed AS found, 0::numeric AS threshold,
               format('%s items disputed%s', n.disputed, CASE WHEN @extschema@.is_blank(n.expectation) THEN ', and no word of what is expected' END) AS sentence,
               n.disputed > 0 OR @extschema@.is_blank(n.expectation) AS is_found
        UNION ALL
        SELECT 'priority_not_communicated' AS code, NULL AS severity, n.work AS found, t.items AS threshold,
               format('the order of %s open items of work is not acknowledged', n.work) AS sentence,
               n.status <> 'draft' AND n.work >= t.items
               AND (n.priority_acknowledged_at IS NULL OR @extschema@.is_blank(n.priority_acknowledged_by)) AS is_found
          FROM (SELECT @extschema@.threshold(n.settings, 'priority_not_communicated.items', n.role) AS items) AS t
        UNION ALL
        SELECT 'neglected_open_task' AS code, NULL AS severity, m.number AS found, 0::numeric AS threshold,
               format('%s open items that were once handed over to %s are in no later handover', m.number, n.outgoing) AS sentence,
               n.status IN ('draft', 'submitted', 'accepted') AND m.number > 0 AS is_found
          FROM (SELECT count(*)::numeric AS number
                  FROM visible_handover AS p
                       JOIN item AS i ON i.handover_id = p.id
                 WHERE p.incoming = n.outgoing AND p.id <> n.handover_id AND p.created_at <= n.created_at AND p.status IN ('accepted', 'closed')
                   AND (i.state IS NULL OR i.state NOT IN ('done', 'none')) AND i.element IN ('responsibility', 'task', 'project', 'issue', 'change_request', 'campaign')
                   AND NOT EXISTS (SELECT FROM item AS later
                                    WHERE later.origin_handover = i.handover_id AND later.origin_item = i.id)) AS m
        UNION ALL
        SELECT 'overlooked_item' AS code, NULL AS severity, CASE WHEN n.is_accepted THEN n.unacknowledged ELSE 0 END + n.overdue_at_cutover AS found, 0::numeric AS threshold,
               format('not acknowledged: %s of %s open items of work; overdue when the new owner takes over: %s', n.unacknowledged, n.work, n.overdue_at_cutover) AS sentence,
               n.is_accepted AND n.unacknowledged > 0 OR n.overdue_at_cutover > 0 AS is_found
        UNION ALL
        SELECT 'missing_deadline' AS code, NULL AS severity, n.undated_tasks AS found, 0::numeric AS threshold,
               format('%s of %s open tasks have no deadline', n.undated_tasks, n.tasks) AS sentence,
               n.undated_tasks > 0 AS is_found
        UNION ALL
        SELECT 'unprioritized_task' AS code, NULL AS severity, n.unprioritized AS found, 0::numeric AS threshold,
               format('%s of %s open items of work lack urgency, importance or impact', n.unprioritized, n.work) AS sentence,
               n.unprioritized > 0 AS is_found
        UNION ALL
        SELECT 'unowned_item' AS code, NULL AS severity, n.unowned AS found, 0::numeric AS threshold,
               format('%s of %s open items of work have no new owner', n.unowned, n.work) AS sentence,
               n.unowned > 0 AS is_found
        UNION ALL
        SELECT 'knowledge_gap' AS code, NULL AS severity, n.knowledge AS found, 1::numeric AS threshold,
               format('%s pieces of knowledge or procedures, %s critical trainings not completed', n.knowledge, n.due_trainings) AS sentence,
               n.knowledge = 0 OR n.has_taken_over AND n.due_trainings > 0 AS is_found
        UNION ALL
        SELECT 'assumed_familiarity' AS code, NULL AS severity, n.unfamiliar AS found, 0::numeric AS threshold,
               format('%s of %s open items of work have no instructions, no link and were not repeated', n.unfamiliar, n.work) AS sentence,
               n.unfamiliar > 0 AS is_found
        UNION ALL
        SELECT 'missing_community_insight' AS code, NULL AS severity, ((n.community_procedures > 0)::integer + (n.insights > 0)::integer + (n.paths > 0)::integer)::numeric AS found, 3::numeric AS threshold,
               format('procedures for the community: %s, insights into platforms: %s, escalation paths: %s', n.community_procedures, n.insights, n.paths) AS sentence,
               @extschema@.threshold(n.settings, 'missing_community_insight.required', n.role) > 0
               AND (n.community_procedures = 0 OR n.insights = 0 OR n.paths = 0) AS is_found
        UNION ALL
        SELECT 'hidden_risk' AS code, NULL AS severity, 0::numeric AS found, 1::numeric AS threshold,
               'neither risks nor issues, and no word that there are none' AS sentence,
               n.risk_words = 0 AS is_found
        UNION ALL
        SELECT 'ignored_operational_implication' AS code, NULL AS severity, 0::numeric AS found, 1::numeric AS threshold,
               'no word of risks, milestones or dependencies' AS sentence,
               n.implication_words = 0 AND NOT EXISTS (SELECT FROM dependency AS d WHERE d.handover_id = n.handover_id) AS is_found
        UNION ALL
        SELECT 'rushed_handover' AS code, CASE WHEN n.critical > 0 THEN 'error' ELSE 'warning' END AS severity, t.notice AS found, t.days AS threshold,
               format('%s days of notice, %s hours of transition, %s minutes of sessions for %s critical items',
                      coalesce(round(t.notice, 1)::text, 'unknown'), coalesce(round(t.overlap, 1)::text, 'unknown'), round(n.session_minutes), n.critical) AS sentence,
               t.notice < t.days
               OR t.overlap < @extschema@.threshold(n.settings, 'rushed_handover.overlap_hours', n.role)
               OR n.status <> 'draft' AND n.critical > 0
                  AND n.session_minutes < n.critical * @extschema@.threshold(n.settings, 'rushed_handover.session_minutes', n.role) AS is_found
          FROM (SELECT @extschema@.days_between(coalesce(n.submitted_at, now()), n.effective_at) AS notice,
                       24 * @extschema@.days_between(n.transition_start_at, n.effective_at) AS overlap,
                       @extschema@.threshold(n.settings, 'rushed_handover.notice_days', n.role) AS days) AS t
        UNION ALL
        SELECT 'stale_item' AS code, NULL AS severity, n.stale AS found, t.days AS threshold,
               format('%s of %s open items of work not updated for %s days', n.stale, n.work, t.days) AS sentence,
               n.stale > 0 AS is_found
          FROM (SELECT @extschema@.threshold(n.settings, 'stale_item.days', n.role) AS days) AS t
        UNION ALL
        SELECT 'no_successor' AS code, NULL AS severity, n.plans AS found, 1::numeric AS threshold,
               CASE WHEN @extschema@.is_blank(n.incoming) AND @extschema@.is_blank(n.incoming_team) THEN 'nobody takes over' ELSE 'no plan for succession with a candidate' END AS sentence,
               @extschema@.is_blank(n.incoming) AND @extschema@.is_blank(n.incoming_team)
               OR n.plans = 0 AND @extschema@.threshold(n.settings, 'no_successor.succession_plan', n.role) > 0 AS is_found
        UNION ALL
        SELECT 'no_support_period' AS code, NULL AS severity, greatest(@extschema@.days_between(n.cutover_at, n.support_until), 0) AS found, 0::numeric AS threshold,
               CASE WHEN n.support_until IS NULL THEN 'no time of support is given' ELSE 'support ends when the new owner takes over' END AS sentence,
               n.support_until IS NULL OR n.support_until <= n.cutover_at AS is_found
        UNION ALL
        SELECT 'publishing_gap' AS code, NULL AS severity, n.posts_after AS found, 1::numeric AS threshold,
               format('no content scheduled for %s days after the new owner takes over', t.days) AS sentence,
               isfinite(n.cutover_at) AND n.posts_after = 0
               AND (n.posts > 0 OR @extschema@.threshold(n.settings, 'publishing_gap.required', n.role) > 0) AS is_found
          FROM (SELECT @extschema@.threshold(n.settings, 'publishing_gap.days', n.role) AS days) AS t
        UNION ALL
        SELECT 'service_disruption' AS code, NULL AS severity, n.overdue_after AS found, t.items AS threshold,
               format('%s items have become overdue since the new owner took over', n.overdue_after) AS sentence,
               n.is_accepted AND n.overdue_after > t.items AS is_found
          FROM (SELECT @extschema@.threshold(n.settings, 'service_disruption.items', n.role) AS items) AS t
        UNION ALL
        SELECT 'no_feedback' AS code, NULL AS severity, n.ratings AS found, 1::numeric AS threshold,
               format('closed %s days ago, and rated by nobody but who handed over', floor(t.closed)) AS sentence,
               n.status = 'closed' AND n.ratings = 0 AND t.closed > @extschema@.threshold(n.settings, 'no_feedback.days', n.role) AS is_found
          FROM (SELECT @extschema@.days_between(n.closed_at, now()) AS closed) AS t
       ) AS f
 WHERE f.is_found
UNION ALL
SELECT h.handover_id, h.handover_title, h.role, h.status, h.outgoing, h.incoming, h.outgoing_team, h.incoming_team, h.created_at,
       i.id AS item_id, i.element, CASE WHEN i.element <> 'contact' THEN i.title END AS title,
       f.code, NULL::text AS severity, f.found, f.threshold, f.sentence
  FROM visible_handover AS v
       CROSS JOIN @extschema@.finding_settings AS s
       JOIN item AS i ON i.handover_id = v.id
       CROSS JOIN LATERAL (SELECT v.id AS handover_id, v.title AS handover_title, v.role, v.status, v.outgoing, v.incoming, v.outgoing_team, v.incoming_team,
                                  v.created_at, v.accepted_at, s.settings, c.cutover_at,
                                  coalesce(v.status IN ('accepted', 'closed') OR c.cutover_at <= now(), false) AS has_taken_over,
                                  i.state IS DISTINCT FROM 'none' AS is_real,
                                  i.state IS NULL OR i.state NOT IN ('done', 'none') AS is_open
                             FROM (SELECT CASE WHEN isfinite(v.effective_at) THEN v.effective_at ELSE v.accepted_at END AS cutover_at) AS c) AS h
       CROSS JOIN LATERAL (
        SELECT 'ambiguous_task' AS code, least(length(i.outcome), length(i.instructions))::numeric AS found, t.characters AS threshold,
               concat_ws(', ',
                      CASE WHEN @extschema@.is_blank(i.outcome) THEN 'no outcome' WHEN @extschema@.is_placeholder(i.outcome) THEN 'outcome that says nothing'
                           WHEN length(i.outcome) < t.characters THEN 'outcome of ' || length(i.outcome) || ' characters' END,
                      CASE WHEN @extschema@.is_blank(i.instructions) THEN 'no instructions' WHEN @extschema@.is_placeholder(i.instructions) THEN 'instructions that say nothing'
                           WHEN length(i.instructions) < t.characters THEN 'instructions of ' || length(i.instructions) || ' characters' END) AS sentence,
               i.element = 'task' AND h.is_open
               AND (@extschema@.is_placeholder(i.outcome) OR length(i.outcome) < t.characters
                    OR @extschema@.is_placeholder(i.instructions) OR length(i.instructions) < t.characters) AS is_found
          FROM (SELECT @extschema@.threshold(h.settings, 'ambiguous_task.characters', h.role) AS characters) AS t
        UNION ALL
        SELECT 'inadequate_documentation' AS code, 0::numeric AS found, 1::numeric AS threshold,
               'critical, with no details, no instructions and no link' AS sentence,
               i.critical AND h.is_open AND i.element <> 'contact'
               AND @extschema@.is_blank(i.details) AND @extschema@.is_blank(i.instructions) AND @extschema@.is_blank(i.link) AS is_found
        UNION ALL
        SELECT 'unanswered_question' AS code, t.late AS found, 0::numeric AS threshold,
               CASE WHEN t.late > 0 THEN format('to be answered %s days ago', round(t.late, 1)) ELSE 'open though acceptance depended on it' END AS sentence,
               i.element = 'question' AND h.is_open
               AND (t.late > 0 OR h.status IN ('accepted', 'closed') AND (i.critical OR @extschema@.attribute_boolean(i.attributes, 'blocking'))) AS is_found
          FROM (SELECT coalesce(@extschema@.days_between(@extschema@.attribute_time(i.attributes, 'answer_due_at'), now()),
                                @extschema@.days_between(coalesce(@extschema@.attribute_time(i.attributes, 'asked_at'), i.created_at), now())
                                    - @extschema@.threshold(h.settings, 'unanswered_question.answer_days', h.role)) AS late) AS t
        UNION ALL
        SELECT 'missing_project_knowledge' AS code, 0::numeric AS found, 1::numeric AS threshold,
               'a project with no link, and no knowledge, procedure or document that applies to it' AS sentence,
               i.element = 'project' AND h.is_open AND @extschema@.is_blank(i.link)
               AND NOT EXISTS (SELECT FROM item AS k
                            WHERE k.handover_id = i.handover_id AND k.element IN ('knowledge', 'procedure', 'document')
                              AND k.state IS DISTINCT FROM 'none' AND @extschema@.applies_to(k.attributes, i.title)) AS is_found
        UNION ALL
        SELECT 'training_incomplete' AS code, t.rating AS found, @extschema@.threshold(h.settings, 'training_incomplete.rating', h.role) AS threshold,
               CASE WHEN t.completed_at > h.cutover_at THEN 'completed only after the new owner took over'
                    WHEN t.rating < @extschema@.threshold(h.settings, 'training_incomplete.rating', h.role) THEN format('competence rated %s', t.rating)
                    ELSE 'not completed before the new owner takes over' END AS sentence,
               i.element = 'training_session' AND h.is_real
               AND (t.rating < @extschema@.threshold(h.settings, 'training_incomplete.rating', h.role)
                    OR t.completed_at > h.cutover_at
                    OR t.completed_at IS NULL AND h.is_open AND (h.has_taken_over OR t.planned_at > h.cutover_at)) AS is_found
          FROM (SELECT @extschema@.attribute_rating(i.attributes, 'competence_rating')::numeric AS rating,
                       @extschema@.attribute_time(i.attributes, 'completed_at') AS completed_at,
                       @extschema@.attribute_time(i.attributes, 'planned_at') AS planned_at) AS t
        UNION ALL
        SELECT 'missing_kpi' AS code, 0::numeric AS found, 1::numeric AS threshold, 'no metric applies to it' AS sentence,
               (i.element = 'campaign' AND h.is_open AND @extschema@.is_blank(@extschema@.attribute_text(i.attributes, 'kpi'))
                OR i.element = 'system' AND h.is_real AND @extschema@.threshold(h.settings, 'missing_kpi.systems', h.role) > 0)
               AND NOT EXISTS (SELECT FROM item AS k
                            WHERE k.handover_id = i.handover_id AND k.element = 'metric' AND k.state IS DISTINCT FROM 'none'
                              AND (k.attributes -> 'applies_to' IS NULL OR @extschema@.applies_to(k.attributes, i.title))) AS is_found
        UNION ALL
        SELECT 'risk_without_contingency' AS code, 0::numeric AS found, 1::numeric AS threshold,
               format('likelihood %s, impact %s, and no word of what to do', coalesce(@extschema@.attribute_level(i.attributes, 'likelihood'), 'unknown'), coalesce(i.impact::text, 'unknown')) AS sentence,
               i.element = 'risk' AND h.is_open AND @extschema@.is_blank(i.contingency)
               AND (i.critical OR i.impact IN ('high', 'critical') OR @extschema@.attribute_level(i.attributes, 'likelihood') IN ('high', 'critical')) AS is_found
        UNION ALL
        SELECT 'undocumented_dependency' AS code, 0::numeric AS found, 1::numeric AS threshold,
               format('no dependency of the %s is given, nor that there is none', i.element) AS sentence,
               (i.element = 'system' AND h.is_real OR i.element = 'project' AND h.is_open)
               AND @extschema@.is_blank(@extschema@.attribute_text(i.attributes, 'depends_on'))
               AND NOT EXISTS (SELECT FROM dependency AS d WHERE d.handover_id = i.handover_id AND i.id IN (d.item, d.waits_for))
               AND NOT EXISTS (SELECT FROM item AS d WHERE d.handover_id = i.handover_id AND d.element = 'dependency' AND d.state = 'none') AS is_found
        UNION ALL
        SELECT 'system_not_assessed' AS code, 0::numeric AS found, 1::numeric AS threshold,
               'complex, and never assessed' AS sentence,
               i.element = 'system' AND h.is_real AND @extschema@.attribute_boolean(i.attributes, 'complex')
               AND @extschema@.attribute_time(i.attributes, 'assessed_at') IS NULL AS is_found
        UNION ALL
        SELECT 'critical_deadline_at_cutover' AS code, abs(t.days) AS found, @extschema@.threshold(h.settings, 'critical_deadline_at_cutover.days', h.role) AS threshold,
               format('critical, and due %s days %s the new owner takes over', abs(round(t.days, 1)), CASE WHEN t.days < 0 THEN 'before' ELSE 'after' END) AS sentence,
               i.critical AND h.is_open AND abs(t.days) <= @extschema@.threshold(h.settings, 'critical_deadline_at_cutover.days', h.role) AS is_found
          FROM (SELECT @extschema@.days_between(h.cutover_at, i.due_at) AS days) AS t
        UNION ALL
        SELECT 'access_not_transferred' AS code, greatest(@extschema@.days_between(h.cutover_at, now()), 0) AS found, 0::numeric AS threshold,
               format('%s when the new owner took over, not verified', coalesce(i.attributes ->> 'transfer_status', 'not even requested')) AS sentence,
               i.element = 'access_grant' AND h.is_real AND h.has_taken_over
               AND coalesce(i.attributes ->> 'transfer_status', '') NOT IN ('verified', 'revoked')
               AND @extschema@.attribute_time(i.attributes, 'verified_at') IS NULL AS is_found
        UNION ALL
        SELECT 'access_not_revoked' AS code, t.days AS found, @extschema@.threshold(h.settings, 'access_not_revoked.days', h.role) AS threshold,
               format('%s days after acceptance, %s', floor(t.days), CASE WHEN t.shared THEN 'the shared secret is still the same' ELSE 'the outgoing owner still has access' END) AS sentence,
               i.element = 'access_grant' AND h.is_real AND t.days > @extschema@.threshold(h.settings, 'access_not_revoked.days', h.role)
               AND CASE WHEN t.shared THEN @extschema@.attribute_time(i.attributes, 'rotated_at') IS NULL
                    ELSE i.attributes ->> 'transfer_status' IS DISTINCT FROM 'revoked' AND @extschema@.attribute_time(i.attributes, 'revoked_at') IS NULL END AS is_found
          FROM (SELECT @extschema@.days_between(h.accepted_at, now()) AS days, coalesce(@extschema@.attribute_boolean(i.attributes, 'shared'), false) AS shared) AS t
        UNION ALL
        SELECT 'missing_security_protocol' AS code, 0::numeric AS found, 1::numeric AS threshold,
               'privileged, and without a security protocol' AS sentence,
               i.element = 'access_grant' AND h.is_real AND @extschema@.attribute_boolean(i.attributes, 'privileged')
               AND @extschema@.is_blank(@extschema@.attribute_text(i.attributes, 'security_protocol')) AS is_found
        UNION ALL
        SELECT 'pending_change_without_status' AS code, 0::numeric AS found, 1::numeric AS threshold,
               CASE WHEN @extschema@.is_blank(i.attributes ->> 'approval_status') THEN 'no word of where its approval stands' ELSE 'no word of who is next to approve' END AS sentence,
               i.element = 'change_request' AND h.is_open
               AND (@extschema@.is_blank(i.attributes ->> 'approval_status')
                    OR i.attributes ->> 'approval_status' IN ('requested', 'in_review') AND @extschema@.is_blank(@extschema@.attribute_text(i.attributes, 'next_approver'))) AS is_found
        UNION ALL
        SELECT 'stale_document' AS code, t.days AS found, @extschema@.threshold(h.settings, 'stale_document.days', h.role) AS threshold,
               format('last reviewed %s days ago', floor(t.days)) AS sentence,
               i.element = 'document' AND h.is_real AND t.days > @extschema@.threshold(h.settings, 'stale_document.days', h.role) AS is_found
          FROM (SELECT @extschema@.days_between(@extschema@.attribute_time(i.attributes, 'last_reviewed_at'), now()) AS days) AS t
        UNION ALL
        SELECT 'inaccessible_document' AS code, 0::numeric AS found, 1::numeric AS threshold,
               CASE WHEN @extschema@.is_blank(i.link) THEN 'no link' ELSE 'the new owner lacks the access that it needs' END AS sentence,
               i.element = 'document' AND h.is_real
               AND (@extschema@.is_blank(i.link)
                    OR i.attributes -> 'access_grant' IS NOT NULL
                       AND NOT EXISTS (SELECT FROM item AS a
                                        WHERE a.handover_id = i.handover_id AND a.element = 'access_grant'
                                          AND lower(@extschema@.attribute_text(i.attributes, 'access_grant')) IN (lower(a.title), lower(@extschema@.attribute_text(a.attributes, 'account')))
                                          AND (a.attributes ->> 'transfer_status' IN ('granted', 'verified') OR @extschema@.attribute_time(a.attributes, 'verified_at') IS NOT NULL))) AS is_found
        UNION ALL
        SELECT 'critical_service_cutover' AS code, 0::numeric AS found, 1::numeric AS threshold,
               format('criticality %s, and in a freeze or peak when the new owner takes over', @extschema@.attribute_level(i.attributes, 'criticality')) AS sentence,
               i.element = 'system' AND h.is_real AND @extschema@.attribute_level(i.attributes, 'criticality') IN ('high', 'critical')
               AND h.cutover_at BETWEEN @extschema@.attribute_time(i.attributes, 'freeze_start_at') AND @extschema@.attribute_time(i.attributes, 'freeze_end_at') AS is_found
        UNION ALL
        SELECT 'service_level_drop' AS code, t.drop AS found, @extschema@.threshold(h.settings, 'service_level_drop.pct', h.role) AS threshold,
               format('from %s to %s, lower by %s per cent', @extschema@.attribute_number(i.attributes, 'actual_before'), @extschema@.attribute_number(i.attributes, 'actual_after'), round(t.drop, 1)) AS sentence,
               i.element = 'metric' AND h.is_real AND i.attributes ->> 'kind' = 'service_level'
               AND t.drop > @extschema@.threshold(h.settings, 'service_level_drop.pct', h.role) AS is_found
          FROM (SELECT (100 * (@extschema@.attribute_number(i.attributes, 'actual_before') - @extschema@.attribute_number(i.attributes, 'actual_after'))
                            / nullif(abs(@extschema@.attribute_number(i.attributes, 'actual_before')), 0))::numeric AS drop) AS t
       ) AS f
 WHERE v.status <> 'cancelled' AND f.is_found;
COMMENT ON VIEW visible_finding IS 'findings but those on findings; part of reports';
EXECUTE (SELECT string_agg(format('COMMENT ON COLUMN visible_finding.%I IS %L', a.attname, 'as in the report "finding"'), '; ')
           FROM pg_attribute AS a WHERE a.attrelid = to_regclass('visible_finding') AND a.attnum > 0);

-- OFFSET 0 keeps the earlier handovers apart, so that the findings of each are looked up.
CREATE OR REPLACE VIEW visible_repeat AS
SELECT h.id AS handover_id, h.title AS handover_title, h.role, h.status, h.outgoing, h.incoming, h.outgoing_team, h.incoming_team, h.created_at,
       NULL::bigint AS item_id, NULL::text AS element, NULL::text AS title,
       'repeat_finding' AS code, NULL::text AS severity, r.found, 0::numeric AS threshold,
       format('%s findings that the last handovers of %s had as well: %s', r.found, h.outgoing, r.codes) AS sentence
  FROM visible_handover AS h
       CROSS JOIN @extschema@.finding_settings AS s
       CROSS JOIN LATERAL (SELECT count(*)::numeric AS found, string_agg(b.code, ', ' ORDER BY b.code) AS codes
                             FROM (SELECT f.code FROM visible_finding AS f WHERE f.handover_id = h.id
                                   INTERSECT
                                   SELECT g.code
                                     FROM (SELECT p.id FROM visible_handover AS p
                                            WHERE p.outgoing = h.outgoing AND p.role IS NOT DISTINCT FROM h.role AND p.id < h.id AND p.status <> 'cancelled'
                                            ORDER BY p.id DESC
                                            LIMIT @extschema@.threshold(s.settings, 'repeat_finding.handovers', h.role)::bigint) AS e
                                          CROSS JOIN LATERAL (SELECT f.code FROM visible_finding AS f WHERE f.handover_id = e.id OFFSET 0) AS g) AS b) AS r
 WHERE h.status IN ('draft', 'submitted', 'accepted') AND h.outgoing IS NOT NULL AND r.found > 0;
COMMENT ON VIEW visible_repeat IS 'findings that the last handovers of the same owner and role had as well; part of reports';
EXECUTE (SELECT string_agg(format('COMMENT ON COLUMN visible_repeat.%I IS %L', a.attname, 'as in the report "finding"'), '; ')
           FROM pg_attribute AS a WHERE a.attrelid = to_regclass('visible_repeat') AND a.attnum > 0);

END
$create$;
COMMENT ON FUNCTION @extschema@.create_workspace_visible_finding() IS
    'part of create_workspace(): makes the views that the report on findings reads, in the first schema of the search_path';

CREATE FUNCTION @extschema@.create_workspace_finding() RETURNS void
LANGUAGE plpgsql
AS $create$
BEGIN

CREATE OR REPLACE VIEW finding AS
SELECT concat_ws('-', f.handover_id, f.code, f.item_id)::varchar(128) AS finding_key,
       -- not that of the catalogue, so that a condition on it goes down
       f.code::varchar(63) AS code,
       c.title AS label,
       coalesce(f.severity, c.severity)::varchar(16) AS severity,
       array_position('{error,warning,information}', coalesce(f.severity, c.severity)::text)::smallint AS severity_rank,
       c.category::varchar(255) AS category,
       f.sentence::varchar(255) AS sentence,
       f.handover_id,
       f.handover_title::varchar(255) AS handover_title,
       f.role,
       f.status::text::varchar(16) AS status,
       array_position('{draft,submitted,accepted,closed,cancelled}', f.status::text)::smallint AS status_rank,
       f.outgoing,
       f.incoming,
       f.outgoing_team,
       f.incoming_team,
       f.item_id,
       f.element::varchar(255) AS element,
       f.title::varchar(255) AS title,
       round(f.found, 2)::numeric(24,2) AS found,
       round(f.threshold, 2)::numeric(24,2) AS threshold,
       coalesce(f.severity, c.severity) = 'error' AS is_error,
       (coalesce(f.severity, c.severity) = 'error')::integer AS error_count,
       coalesce(f.severity, c.severity) = 'warning' AS is_warning,
       (coalesce(f.severity, c.severity) = 'warning')::integer AS warning_count,
       f.status IN ('draft', 'submitted', 'accepted') AS is_open,
       (f.status IN ('draft', 'submitted', 'accepted'))::integer AS open_count,
       f.created_at,
       (f.created_at AT TIME ZONE 'UTC')::date AS created_date,
       coalesce(o.is_overridden, false) AS is_overridden,
       coalesce(o.is_overridden, false)::integer AS overridden_count
  FROM (SELECT v.handover_id, v.handover_title, v.role, v.status, v.outgoing, v.incoming, v.outgoing_team, v.incoming_team, v.created_at,
               v.item_id, v.element, v.title, v.code, v.severity, v.found, v.threshold, v.sentence
          FROM visible_finding AS v
        UNION ALL
        SELECT r.handover_id, r.handover_title, r.role, r.status, r.outgoing, r.incoming, r.outgoing_team, r.incoming_team, r.created_at,
               r.item_id, r.element, r.title, r.code, r.severity, r.found, r.threshold, r.sentence
          FROM visible_repeat AS r) AS f
       JOIN @extschema@.finding AS c ON c.code::text = f.code
       LEFT JOIN LATERAL (SELECT bool_or(true) AS is_overridden
                            FROM finding_override AS s
                           WHERE s.handover_id = f.handover_id AND s.code::text = f.code AND s.item_id IS NOT DISTINCT FROM f.item_id) AS o ON true;
COMMENT ON VIEW finding IS 'What is wrong with which handover? One row is a finding on a handover, or on one of its items. Cancelled handovers are left out. Days are in UTC.';
COMMENT ON COLUMN finding.finding_key IS 'key, made of handover, code and item';
COMMENT ON COLUMN finding.code IS 'name of the finding; see handover.finding';
COMMENT ON COLUMN finding.label IS 'name of the finding for people';
COMMENT ON COLUMN finding.severity IS 'error, warning or information';
COMMENT ON COLUMN finding.severity_rank IS 'severity in its order: 1 error, 2 warning, 3 information';
COMMENT ON COLUMN finding.category IS 'documentation, communication, knowledge, operation, people or compliance';
COMMENT ON COLUMN finding.sentence IS 'what was found, in words';
COMMENT ON COLUMN finding.handover_id IS 'key of the handover';
COMMENT ON COLUMN finding.handover_title IS 'what is handed over, in a few words';
COMMENT ON COLUMN finding.role IS 'role whose work it is, by its template';
COMMENT ON COLUMN finding.status IS 'status of the handover: draft, submitted, accepted or closed';
COMMENT ON COLUMN finding.status_rank IS 'status in its order: 1 draft, 2 submitted, 3 accepted, 4 closed';
COMMENT ON COLUMN finding.outgoing IS 'person or team that hands over';
COMMENT ON COLUMN finding.incoming IS 'person or team that takes over';
COMMENT ON COLUMN finding.outgoing_team IS 'team of who hands over';
COMMENT ON COLUMN finding.incoming_team IS 'team of who takes over';
COMMENT ON COLUMN finding.item_id IS 'key of the item; empty if it is about the handover';
COMMENT ON COLUMN finding.element IS 'what the item is: task, risk, ...; empty if it is about the handover';
COMMENT ON COLUMN finding.title IS 'the item, in a few words; empty if it is about the handover';
COMMENT ON COLUMN finding.found IS 'figure that was found';
COMMENT ON COLUMN finding.threshold IS 'figure that it was compared with';
COMMENT ON COLUMN finding.is_error IS 'whether its severity is error';
COMMENT ON COLUMN finding.error_count IS '1 if its severity is error, else 0; to be summed';
COMMENT ON COLUMN finding.is_warning IS 'whether its severity is warning';
COMMENT ON COLUMN finding.warning_count IS '1 if its severity is warning, else 0; to be summed';
COMMENT ON COLUMN finding.is_open IS 'whether the handover is a draft, submitted or accepted';
COMMENT ON COLUMN finding.open_count IS '1 if the handover is a draft, submitted or accepted, else 0; to be summed';
COMMENT ON COLUMN finding.created_at IS 'when the draft of the handover was made';
COMMENT ON COLUMN finding.created_date IS 'day on which the draft of the handover was made';
COMMENT ON COLUMN finding.is_overridden IS 'whether somebody has signed that it is no obstacle; see the table finding_override';
COMMENT ON COLUMN finding.overridden_count IS '1 if somebody has signed that it is no obstacle, else 0; to be summed';

END
$create$;
COMMENT ON FUNCTION @extschema@.create_workspace_finding() IS
    'part of create_workspace(): makes the report on findings in the first schema of the search_path, from the views of the second';
