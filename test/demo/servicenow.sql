--
-- The log of ServiceNow incidents in servicenow_event, read as handovers from one group to
-- another, stored in a workspace, and what comes of it.  doc/demo.md explains the reading.
--

\set ON_ERROR_STOP on
\pset format wrapped
\pset columns 110
\pset footer off
\pset null ''

SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';

INSERT INTO servicenow_clock (step, rows)
SELECT 'load the log', count(*) FROM servicenow_event;

-- ------------------------------------------------------------------------
-- What a complete handover of an incident must contain
-- ------------------------------------------------------------------------

-- A template of one's own.  Nothing is asked that the log could not tell.
INSERT INTO handover.template (name, kind, title, description, checklist) VALUES
('servicenow_incident', 'role', 'ServiceNow incident', 'An incident that passes from one group to another.',
$checklist$
-- the incident
every issue has state 'say where the incident stands';
every issue has urgency 'rate how urgent the incident is';
every issue has impact 'rate how far the incident reaches';
every issue has category 'file the incident under a category';
every issue has details weight 2 'record the symptom';
suggest every issue has verified_at weight 0.5 'confirm the priority';
suggest system weight 0.5 'name the configuration item';
suggest document where category = knowledge_article weight 0.5 'point to a knowledge article';

-- people
require contact where name and channel weight 2 'name the caller, and a way to reach them';
every issue has owner 'name who worked on it so far';
suggest every issue has new_owner 'name who goes on with it';
every issue where critical has new_owner weight 3 'name who goes on with a critical incident'
$checklist$);

-- ------------------------------------------------------------------------
-- The handovers
-- ------------------------------------------------------------------------

SELECT handover.create_workspace('servicenow') \g /dev/null

-- A handover is two successive events of an incident under different groups, both known.  Time
-- alone does not order events, being in minutes; the count of modifications does within a minute.
-- By that count alone, five incidents would be out of order: their first event has a wrong one.
--
-- What is handed over is what the new group finds: the incident as the first event under it left
-- it, which is the change that moved it, whatever else was filled in by the way included.  Only
-- the owner so far is taken from the event before.
CREATE TEMPORARY TABLE servicenow_step AS
WITH event AS (
    SELECT *,
           to_timestamp(sys_updated_at, 'DD/MM/YYYY HH24:MI') AS updated_at
      FROM servicenow_event
),
step AS (
    SELECT *,
           lag(assignment_group) OVER incident AS outgoing,
           lag(assigned_to) OVER incident AS owner,
           min(updated_at) FILTER (WHERE u_priority_confirmation::boolean) OVER incident AS confirmed_at
      FROM event
    WINDOW incident AS (PARTITION BY number ORDER BY updated_at, sys_mod_count::integer)
)
SELECT nextval(pg_get_serial_sequence('servicenow.handover', 'id')) AS id,
       number,
       updated_at AS effective_at,
       outgoing,
       assignment_group AS incoming,
       CASE WHEN incident_state = 'New' THEN 'upcoming'
            WHEN incident_state = 'Active' THEN 'ongoing'
            WHEN incident_state LIKE 'Awaiting %' THEN 'pending'
            WHEN incident_state IN ('Resolved', 'Closed') THEN 'done' END AS state,
       lower(substring(urgency FROM '^\d - (Low|Medium|High)$'))::handover.level AS urgency,
       lower(substring(impact FROM '^\d - (Low|Medium|High)$'))::handover.level AS impact,
       priority,
       nullif(category, '?') AS category,
       nullif(subcategory, '?') AS subcategory,
       nullif(location, '?') AS location,
       nullif(u_symptom, '?') AS symptom,
       CASE WHEN u_priority_confirmation::boolean THEN confirmed_at END AS verified_at,
       nullif(owner, '?') AS owner,
       nullif(assigned_to, '?') AS new_owner,
       nullif(caller_id, '?') AS caller,
       lower(nullif(contact_type, '?')) AS channel,
       nullif(cmdb_ci, '?') AS configuration_item,
       knowledge::boolean AS has_article
  FROM step
 WHERE outgoing <> assignment_group
   AND outgoing <> '?'
   AND assignment_group <> '?';

INSERT INTO servicenow_clock (step, rows)
SELECT 'read it as handovers', count(*) FROM servicenow_event;

-- From here on as any application would: rows for the tables, and the triggers do the rest.  The
-- checklist is that of the role.
SET handover.actor = 'ServiceNow';

INSERT INTO servicenow.handover
       (id, title, role, reason, outgoing, incoming, outgoing_team, incoming_team, effective_at, external_ref)
SELECT id, format('%s from %s to %s', number, outgoing, incoming), 'servicenow_incident', 'reassignment',
       outgoing, incoming, outgoing, incoming, effective_at, number
  FROM servicenow_step;

INSERT INTO servicenow_clock (step, rows)
SELECT 'store the handovers', count(*) FROM servicenow.handover;

-- One statement, so that each handover is counted once.  An item waits since it was handed over.
INSERT INTO servicenow.item
       (handover_id, created_at, element, title, details, state, owner, new_owner, urgency, impact, critical, attributes)
SELECT step.id, step.effective_at, part.*
  FROM servicenow_step AS step
       CROSS JOIN LATERAL (
           SELECT 'issue', number, symptom, state, owner, new_owner, urgency, impact, priority = '1 - Critical',
                  jsonb_strip_nulls(jsonb_build_object(
                      'external_ref', number,
                      'category', category,
                      'verified_at', verified_at,
                      'company_priority', priority,
                      'subcategory', subcategory,
                      'location', location))
           UNION ALL
           SELECT 'contact', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                  jsonb_strip_nulls(jsonb_build_object('name', caller, 'kind', 'caller', 'channel', channel))
           UNION ALL
           SELECT 'system', configuration_item, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{}'
            WHERE configuration_item IS NOT NULL
           UNION ALL
           SELECT 'document', 'Knowledge article', NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                  '{"category": "knowledge_article"}'
            WHERE has_article) AS part;

INSERT INTO servicenow_clock (step, rows)
SELECT 'store their items', count(*) FROM servicenow.item;

ANALYZE servicenow.handover, servicenow.item;

-- Each is signed with the document that it then is.
UPDATE servicenow.handover SET status = 'submitted' WHERE handover.complete(checklist, tally, 'submitted');

INSERT INTO servicenow_clock (step, rows)
SELECT 'submit the complete ones', count(*) FROM servicenow.signoff;

-- how each incident ended: its last event tells
CREATE TEMPORARY TABLE servicenow_incident AS
SELECT ending.number,
       ending.made_sla,
       count(*) AS handovers,
       avg(handover.completeness) AS completeness
  FROM servicenow.handover
       JOIN (SELECT DISTINCT ON (number) number, made_sla::boolean
               FROM servicenow_event
              ORDER BY number,
                       to_timestamp(sys_updated_at, 'DD/MM/YYYY HH24:MI') DESC,
                       sys_mod_count::integer DESC) AS ending ON ending.number = handover.external_ref
 GROUP BY ending.number, ending.made_sla;

-- ------------------------------------------------------------------------
-- What comes of it
-- ------------------------------------------------------------------------

\qecho
\qecho '== ServiceNow: incidents that passed from one group to another'
SELECT count(*) AS handovers,
       count(DISTINCT external_ref) AS incidents,
       (SELECT count(*)
          FROM (SELECT outgoing_team FROM servicenow.handover
                UNION
                SELECT incoming_team FROM servicenow.handover) AS party) AS groups,
       count(*) FILTER (WHERE status = 'submitted') AS complete,
       round(100.0 * count(*) FILTER (WHERE status = 'submitted') / count(*), 1) AS "complete %"
  FROM servicenow.handover;

\qecho '== Completeness of the handovers'
SELECT round(min(completeness)::numeric, 1) AS lowest,
       round(percentile_cont(0.10) WITHIN GROUP (ORDER BY completeness)::numeric, 1) AS "10 %",
       round(percentile_cont(0.25) WITHIN GROUP (ORDER BY completeness)::numeric, 1) AS "25 %",
       round(percentile_cont(0.50) WITHIN GROUP (ORDER BY completeness)::numeric, 1) AS median,
       round(percentile_cont(0.75) WITHIN GROUP (ORDER BY completeness)::numeric, 1) AS "75 %",
       round(percentile_cont(0.90) WITHIN GROUP (ORDER BY completeness)::numeric, 1) AS "90 %",
       round(max(completeness)::numeric, 1) AS highest,
       round(avg(completeness)::numeric, 1) AS mean
  FROM servicenow.handover;

\qecho '== What is missing most often'
SELECT review.label,
       review.verb,
       count(*) FILTER (WHERE NOT review.satisfied) AS missing,
       round(100.0 * count(*) FILTER (WHERE NOT review.satisfied) / count(*), 1) AS "%"
  FROM servicenow.handover
       CROSS JOIN LATERAL handover.review(checklist, tally) AS review
 GROUP BY review.rule, review.label, review.verb
 ORDER BY missing DESC, review.rule;

\qecho '== Completeness of an incident (the mean of its handovers), by how the incident ended'
SELECT CASE WHEN GROUPING(handovers > 1) = 1 THEN 'once or more'
            WHEN handovers > 1 THEN 'more than once'
            ELSE 'once' END AS "handed over",
       CASE WHEN made_sla THEN 'within SLA' ELSE 'SLA missed' END AS ended,
       count(*) AS incidents,
       round(avg(completeness)::numeric, 1) AS mean,
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY completeness)::numeric, 1) AS median
  FROM servicenow_incident
 GROUP BY GROUPING SETS ((made_sla), (handovers > 1, made_sla))
 ORDER BY GROUPING(handovers > 1) DESC, handovers > 1, made_sla DESC;

\qecho 'An association, not a cause: what makes an incident hard to solve may also make it hard to describe.'
\qecho

-- The log knows no due times; so what counts is urgency, impact, and how long an incident waits.
\qecho '== What one group picks up first, on 1 June 2016 at 9:00: open incidents that were handed to it'
WITH handed AS (
    SELECT DISTINCT ON (handover.external_ref)
           handover.external_ref AS number, handover.incoming_team AS incoming, handover.effective_at, item.priority
      FROM servicenow.handover
           JOIN servicenow.item ON item.handover_id = handover.id AND item.element = 'issue'
     WHERE handover.effective_at <= '2016-06-01 09:00Z'
     ORDER BY handover.external_ref, handover.effective_at DESC, handover.id DESC
),
ended AS (
    SELECT number, min(to_timestamp(sys_updated_at, 'DD/MM/YYYY HH24:MI')) AS ended_at
      FROM servicenow_event
     WHERE incident_state IN ('Resolved', 'Closed')
     GROUP BY number
),
waiting AS (
    SELECT handed.*
      FROM handed LEFT JOIN ended USING (number)
     WHERE ended_at IS NULL OR ended_at > '2016-06-01 09:00Z'
)
SELECT incoming AS "group",
       number,
       handover.band(priority) AS band,
       effective_at AT TIME ZONE 'UTC' AS handed_over,
       round(handover.score(priority, lens)::numeric, 1) AS score,
       (SELECT string_agg(term || ': ' || words, ', ') FROM handover.explain(priority, lens)) AS because
  FROM waiting,
       handover.lens_from_weights('2016-06-01 09:00Z', urgency => 40, importance => 0, impact => 40, deadline => 0, age => 20) AS lens
 WHERE incoming = (SELECT incoming FROM waiting GROUP BY incoming ORDER BY count(*) DESC, incoming LIMIT 1)
 ORDER BY priority OPERATOR(handover.<->) lens, effective_at
 LIMIT 5;

\qecho '== Time taken'
SELECT step,
       rows,
       round(seconds, 2) AS seconds,
       round(rows / seconds) AS "rows per second"
  FROM (SELECT step, rows, done,
               extract(epoch FROM done - lag(done) OVER (ORDER BY done)) AS seconds
          FROM servicenow_clock) AS clock
 WHERE rows IS NOT NULL
 ORDER BY done;
