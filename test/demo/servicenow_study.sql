--
-- Does completeness at handover go with how an incident ends?  Asked of the log that servicenow.sql
-- has loaded; doc/study.md tells what was found.  To run it again:
--     make demo DATA=incident_event_log.csv.xz
--     make psql < test/demo/servicenow_study.sql
--
-- One row is an incident.  What counts is its first handover: the mean of several would mix what was
-- handed over with how often.  Outcomes are those of its last event: made_sla, and reopen_count = 0.
--

\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
\pset null ''
\pset pager off
SET search_path = public;
SET timezone = 'UTC';
SET client_min_messages = warning;

CREATE TEMPORARY TABLE event AS
SELECT *, to_timestamp(sys_updated_at, 'DD/MM/YYYY HH24:MI') AS updated_at,
       lag(assignment_group) OVER incident AS outgoing, lag(assigned_to) OVER incident AS owner
  FROM servicenow_event
WINDOW incident AS (PARTITION BY number ORDER BY to_timestamp(sys_updated_at, 'DD/MM/YYYY HH24:MI'), sys_mod_count::integer);

CREATE TEMPORARY TABLE incident AS
SELECT number,
       h.completeness,
       h.status = 'submitted' AS complete,
       ending.made_sla::boolean AS kept_sla,
       ending.reopen_count::integer = 0 AS not_reopened,
       first.made_sla::boolean AS sla_open,
       first.u_symptom <> '?' AS has_symptom, first.owner <> '?' AS has_owner, first.assigned_to <> '?' AS has_new_owner, first.knowledge::boolean AS has_article,
       CASE WHEN age < 1 THEN 'within 1 h' WHEN age < 8 THEN '1 to 8 h' WHEN age < 24 THEN '8 to 24 h' WHEN age < 120 THEN '1 to 5 days' ELSE 'later' END AS age,
       first.reopen_count::integer = 0 AND first.incident_state NOT IN ('Resolved', 'Closed') AS unsolved,
       first.priority,
       first.assignment_group AS incoming,
       least(ending.reassignment_count::integer, 6) AS reassignments
  FROM (SELECT DISTINCT ON (number) * FROM event
         WHERE outgoing <> assignment_group AND outgoing <> '?' AND assignment_group <> '?'
         ORDER BY number, updated_at, sys_mod_count::integer) AS first
       JOIN (SELECT DISTINCT ON (number) number, made_sla, reopen_count, reassignment_count FROM event
              ORDER BY number, updated_at DESC, sys_mod_count::integer DESC) AS ending USING (number)
       JOIN (SELECT DISTINCT ON (external_ref) external_ref AS number, completeness::numeric, status::text FROM servicenow.handover
              ORDER BY external_ref, effective_at, id) AS h USING (number)
       CROSS JOIN LATERAL (SELECT extract(epoch FROM first.updated_at - to_timestamp(first.opened_at, 'DD/MM/YYYY HH24:MI')) / 3600 AS age) AS since;

-- An outcome can follow a handover only if it had not come before.  When an SLA was missed the log does
-- not tell: the flag falls at the end.  Hence the strata by age, below.
\qecho '== Of how many the flag of the SLA has fallen by the first handover'
SELECT count(*) FILTER (WHERE NOT sla_open) AS fallen, count(*) AS of FROM incident;

CREATE TEMPORARY TABLE observation AS
SELECT 'SLA kept' AS outcome, 'all' AS incidents, kept_sla AS good, i.* FROM incident AS i
UNION ALL
SELECT 'not reopened', 'all', not_reopened, i.* FROM incident AS i
UNION ALL
SELECT 'not reopened', 'unsolved at handover', not_reopened, i.* FROM incident AS i WHERE unsolved;

\qecho '== Incidents'
SELECT outcome, incidents, count(*) AS number, count(*) FILTER (WHERE good) AS good, round(100.0 * count(*) FILTER (WHERE good) / count(*), 1) AS "%",
       round(100.0 * count(*) FILTER (WHERE complete) / count(*), 1) AS "first handover complete, %"
  FROM observation GROUP BY 1, 2 ORDER BY 1 DESC, 2;

-- Spearman's rho: Pearson's of the mean ranks.  Interval by Fisher's z, with the variance of Bonett and Wright.
\qecho '== Rank correlation of the completeness of the first handover, with 95 % interval'
WITH ranked AS (
    SELECT outcome, incidents,
           rank() OVER x + (count(*) OVER (PARTITION BY outcome, incidents, completeness) - 1) / 2.0 AS x,
           rank() OVER y + (count(*) OVER (PARTITION BY outcome, incidents, good) - 1) / 2.0 AS y
      FROM observation
    WINDOW x AS (PARTITION BY outcome, incidents ORDER BY completeness), y AS (PARTITION BY outcome, incidents ORDER BY good)
),
rho AS (SELECT outcome, incidents, corr(x, y) AS rho, count(*) AS n FROM ranked GROUP BY 1, 2)
SELECT outcome, incidents, n, round(rho::numeric, 3) AS rho,
       round(tanh(atanh(rho) - 1.96 * sqrt((1 + rho ^ 2 / 2) / (n - 3)))::numeric, 3) AS low,
       round(tanh(atanh(rho) + 1.96 * sqrt((1 + rho ^ 2 / 2) / (n - 3)))::numeric, 3) AS high
  FROM rho ORDER BY 1 DESC, 2;

-- Wilson's interval
\qecho '== By bands of completeness'
SELECT outcome, incidents, band, n, round(100 * p, 1) AS "good, %",
       round(100 * (p + z / 2 / n - sqrt(z * (p * (1 - p) + z / 4 / n) / n)) / (1 + z / n), 1) AS low,
       round(100 * (p + z / 2 / n + sqrt(z * (p * (1 - p) + z / 4 / n) / n)) / (1 + z / n), 1) AS high
  FROM (SELECT outcome, incidents,
               CASE WHEN completeness < 70 THEN 'below 70' WHEN completeness < 80 THEN '70 to 80' WHEN completeness < 88 THEN '80 to 88' ELSE 'above 88' END AS band,
               min(completeness) AS lowest, count(*)::numeric AS n, avg(good::integer) AS p, 1.96 ^ 2 AS z
          FROM observation GROUP BY 1, 2, 3) AS bands
 ORDER BY 1 DESC, 2, lowest;

-- Mantel and Haenszel: complete against not, compared only within strata.  Intervals: of the odds ratio
-- by Robins, Breslow and Greenland, of the difference by Greenland and Robins.
\qecho '== First handover complete against not: difference in percentage points, and odds ratio, with 95 % intervals'
CREATE TEMPORARY VIEW effect AS
WITH cell AS (
    SELECT outcome, incidents, e.exposure, s.place, s.strata, s.stratum,
           (count(*) FILTER (WHERE present AND good))::numeric AS a, (count(*) FILTER (WHERE present AND NOT good))::numeric AS b,
           (count(*) FILTER (WHERE NOT present AND good))::numeric AS c, (count(*) FILTER (WHERE NOT present AND NOT good))::numeric AS d, count(*)::numeric AS n
      FROM observation AS o
           CROSS JOIN LATERAL (VALUES (1, 'none', ''), (2, 'priority', priority), (3, 'reassignments', reassignments::text),
                                      (4, 'priority, reassignments', concat_ws(' ', priority, reassignments)),
                                      (5, 'priority, group that takes over', concat_ws(' ', priority, incoming)),
                                      (6, 'priority, age at handover', concat_ws(' ', priority, age)),
                                      (7, 'priority, group, age at handover', concat_ws(' ', priority, incoming, age)),
                                      (8, 'priority, group, reassignments', concat_ws(' ', priority, incoming, reassignments))) AS s (place, strata, stratum)
           CROSS JOIN LATERAL (VALUES ('complete', complete), ('symptom', has_symptom), ('owner so far', has_owner), ('new owner', has_new_owner),
                                      ('knowledge article', has_article)) AS e (exposure, present)
     GROUP BY 1, 2, 3, 4, 5, 6
),
used AS (SELECT * FROM cell WHERE a + b > 0 AND c + d > 0),
summed AS (
    SELECT outcome, incidents, exposure, place, strata, count(*) AS number, sum(n) AS n,
           sum(a * d / n) AS r, sum(b * c / n) AS s,
           sum((a + d) / n * a * d / n) AS pr, sum((a + d) / n * b * c / n + (b + c) / n * a * d / n) AS psqr, sum((b + c) / n * b * c / n) AS qs,
           sum((a * (c + d) - c * (a + b)) / n) AS difference, sum((a + b) * (c + d) / n) AS weight,
           sum((a * b * (c + d) ^ 3 + c * d * (a + b) ^ 3) / ((a + b) * (c + d) * n ^ 2)) AS spread
      FROM used GROUP BY 1, 2, 3, 4, 5
)
SELECT outcome, incidents, exposure, place, strata, number, n, difference / weight AS difference, sqrt(spread) / weight AS difference_error,
       r / nullif(s, 0) AS ratio, sqrt(pr / (2 * r ^ 2) + psqr / (2 * r * s) + qs / (2 * s ^ 2)) AS ratio_error
  FROM summed WHERE r > 0 AND s > 0;

SELECT outcome, incidents, strata AS "compared within", number AS strata, n,
       round(100 * difference, 1) AS points, round(100 * (difference - 1.96 * difference_error), 1) AS low, round(100 * (difference + 1.96 * difference_error), 1) AS high,
       round(ratio, 2) AS odds, round(ratio * exp(-1.96 * ratio_error), 2) AS low, round(ratio * exp(1.96 * ratio_error), 2) AS high
  FROM effect WHERE exposure = 'complete' ORDER BY outcome DESC, incidents, place;

\qecho '== Single parts, there or not at the first handover, compared within priority and age at handover'
SELECT outcome, exposure AS part, number AS strata, n,
       round(100 * difference, 1) AS points, round(100 * (difference - 1.96 * difference_error), 1) AS low, round(100 * (difference + 1.96 * difference_error), 1) AS high,
       round(ratio, 2) AS odds, round(ratio * exp(-1.96 * ratio_error), 2) AS low, round(ratio * exp(1.96 * ratio_error), 2) AS high
  FROM effect WHERE incidents = 'all' AND strata = 'priority, age at handover' ORDER BY outcome DESC, exposure;

\qecho '== The same in each priority and each number of reassignments (6 is 6 or more), where there are 30 incidents of each kind'
SELECT outcome, strata, stratum, complete AS "n complete", others AS "n not", round(100 * p, 1) AS "complete, good %", round(100 * q, 1) AS "not, good %",
       round(100 * (p - q), 1) AS points,
       round(100 * (p - q - 1.96 * sqrt(p * (1 - p) / complete + q * (1 - q) / others)), 1) AS low,
       round(100 * (p - q + 1.96 * sqrt(p * (1 - p) / complete + q * (1 - q) / others)), 1) AS high
  FROM (SELECT outcome, incidents, strata, stratum, count(*) FILTER (WHERE complete) AS complete, count(*) FILTER (WHERE NOT complete) AS others,
               avg(good::integer) FILTER (WHERE complete) AS p, avg(good::integer) FILTER (WHERE NOT complete) AS q
          FROM observation CROSS JOIN LATERAL (VALUES ('priority', priority), ('reassignments', reassignments::text)) AS s (strata, stratum)
         WHERE incidents = 'all'
         GROUP BY 1, 2, 3, 4) AS of_stratum
 WHERE complete >= 30 AND others >= 30
 ORDER BY 1 DESC, 2, 3, 4;
