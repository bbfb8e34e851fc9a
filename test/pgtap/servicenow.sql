--
-- The demo's reading of a real ServiceNow log: it finds the handovers that are there, every answer
-- about them is one, and the same by every way to it.  HANDOVER_DATA is the log's file (its whole
-- path; CSV, compressed by xz or not); without it there is nothing to test.
--

\getenv data HANDOVER_DATA
\if :{?data}
\else
\echo '1..0 # SKIP HANDOVER_DATA is not set'
\quit
\endif

BEGIN;
SELECT plan(19);

\o /dev/null
\ir ../demo/servicenow_table.sql
\copy servicenow_event FROM PROGRAM 'xz -dcf "$HANDOVER_DATA"' (FORMAT csv, HEADER)
\ir ../demo/servicenow.sql
\o
\pset format unaligned

-- for the operators of tallies
SET LOCAL search_path = public, handover;

-- Each as one document, beside the tally that the triggers have kept.
CREATE TEMPORARY TABLE servicenow_handover AS
SELECT h.id, h.incoming, h.status, h.checklist, h.tally, h.completeness, d.document
  FROM servicenow.handover AS h
       JOIN servicenow.document AS d ON d.handover_id = h.id;
ALTER TABLE servicenow_handover ADD PRIMARY KEY (id);

-- ------------------------------------------------------------------------
-- The reading
-- ------------------------------------------------------------------------

-- doc/demo.md says which log this is.
SELECT CASE WHEN (SELECT count(*) FROM servicenow_event) = 119998
            THEN is(count(*), 15030::bigint, 'handovers between groups that are both known')
            ELSE skip('the log is not that of 119,998 events', 1) END
  FROM servicenow.handover;

-- The file has the events of an incident in the order of time.
SELECT is(count(*), (SELECT count(*) FROM servicenow_handover), 'as many in the order of the file')
  FROM (SELECT assignment_group AS incoming,
               lag(assignment_group) OVER (PARTITION BY number ORDER BY ctid) AS outgoing
          FROM servicenow_event) AS step
 WHERE outgoing <> incoming AND '?' NOT IN (outgoing, incoming);

SELECT is(count(*), 0::bigint, 'no unknown value gets into a document')
  FROM servicenow_handover
 WHERE jsonb_path_exists(document, 'strict $.** ? (@ == "?" || @ == null)');

SELECT is(count(*), 0::bigint, 'the template names nothing that is not in the catalogue')
  FROM handover.lint(handover.compose('servicenow_incident'));

-- ------------------------------------------------------------------------
-- The priority
-- ------------------------------------------------------------------------

-- What ServiceNow made of urgency and impact, beside what band() does.
CREATE TEMP TABLE banded AS
SELECT left(event.priority, 1)::smallint AS theirs,
       (SELECT band(priority(given.urgency, NULL, given.impact))) AS ours,
       given.urgency, given.impact, band(priority(given.urgency, NULL, given.impact), company.matrix) AS by_matrix
  FROM servicenow_event AS event
       CROSS JOIN LATERAL (SELECT CASE left(event.urgency, 1) WHEN '1' THEN 'high' WHEN '2' THEN 'medium' WHEN '3' THEN 'low' END::level AS urgency,
                                  CASE left(event.impact, 1) WHEN '1' THEN 'high' WHEN '2' THEN 'medium' WHEN '3' THEN 'low' END::level AS impact) AS given
       -- that company's own matrix: the usual one, but for low and low
       CROSS JOIN LATERAL (SELECT '{{4,4,3,2},{4,3,2,1},{3,2,1,1},{2,1,1,1}}'::smallint[] AS matrix) AS company;

SELECT is(count(*), 0::bigint, 'the band is the log''s priority, but where both urgency and impact are low')
  FROM banded
 WHERE ours IS DISTINCT FROM theirs AND (urgency, impact) <> ('low', 'low');

SELECT is(count(*), 0::bigint, 'and by the matrix of the log''s company it is so everywhere')
  FROM banded
 WHERE by_matrix IS DISTINCT FROM theirs;

-- ------------------------------------------------------------------------
-- The answers
-- ------------------------------------------------------------------------

SELECT is(count(*), 0::bigint, 'no answer is NULL')
  FROM servicenow_handover
       CROSS JOIN unnest(enum_range(NULL::handover.status)) AS claimed (status)
 WHERE num_nulls(tally, completeness,
                 handover.complete(checklist, document, claimed.status),
                 handover.missing(checklist, document, claimed.status)) > 0;

SELECT is(count(*), 0::bigint, 'completeness is from 0 to 100, and 100 is complete')
  FROM servicenow_handover
 WHERE completeness NOT BETWEEN 0 AND 100
    OR completeness = 100 AND NOT handover.complete(checklist, tally, 'closed');

SELECT is(count(*), 0::bigint, 'document and tally answer alike')
  FROM servicenow_handover
       CROSS JOIN unnest(enum_range(NULL::handover.status)) AS claimed (status)
 WHERE completeness <> handover.completeness(checklist, tally)
    OR handover.complete(checklist, document, claimed.status)
           <> handover.complete(checklist, tally, claimed.status)
    OR handover.missing(checklist, document, claimed.status)
           <> handover.missing(checklist, tally, claimed.status);

SELECT is(count(*), 0::bigint, 'complete is to miss nothing')
  FROM servicenow_handover
       CROSS JOIN unnest(enum_range(NULL::handover.status)) AS claimed (status)
 WHERE handover.complete(checklist, tally, claimed.status)
           <> (handover.missing(checklist, tally, claimed.status) = '{}');

SELECT is(count(*), 0::bigint, 'completeness is the weighted mean of the degrees in the review')
  FROM servicenow_handover
       CROSS JOIN LATERAL (SELECT 100 * sum(weight * degree) / sum(weight) AS mean
                             FROM handover.review(checklist, tally)) AS review
 WHERE abs(completeness - mean) > 1e-9;

SELECT is(count(*), 0::bigint, 'the tally of a document is the sum over its header and its items')
  FROM servicenow_handover
       CROSS JOIN LATERAL (
           SELECT handover.tally_agg(checklist, part.element, part.item) AS sum
             FROM (SELECT 'handover' AS element, document AS item
                   UNION ALL
                   SELECT section.key, item
                     FROM jsonb_each(document) AS section
                          CROSS JOIN LATERAL jsonb_path_query(section.value, 'lax $[*]') AS item
                    WHERE jsonb_typeof(section.value) = 'array') AS part) AS parts
 WHERE tally IS DISTINCT FROM parts.sum;

SELECT is(count(*), 0::bigint, 'counting the rows anew gives the tallies that the triggers have kept')
  FROM servicenow.discrepancy;

SELECT is((SELECT handover.tally_agg(tally) FROM servicenow_handover),
          (SELECT handover.tally_agg(sum)
             FROM (SELECT handover.tally_agg(tally) AS sum FROM servicenow_handover GROUP BY incoming) AS part),
          'the sum of all tallies is that of the sums by group');

-- ------------------------------------------------------------------------
-- The moves
-- ------------------------------------------------------------------------

SELECT is(count(*), 0::bigint, 'what is complete was submitted, and nothing else')
  FROM servicenow_handover
 WHERE handover.complete(checklist, document, 'submitted') <> (status = 'submitted');

SELECT is((SELECT count(*) FROM servicenow.signoff
            WHERE step = 'submitted' AND signed_by = 'ServiceNow'
              AND sha256 = sha256(convert_to(document::text, 'UTF8'))
              AND document = (SELECT h.document FROM servicenow_handover AS h WHERE h.id = signoff.handover_id)),
          (SELECT count(*) FROM servicenow_handover WHERE status = 'submitted'),
          'each submission is signed with the handover as it is');

-- ------------------------------------------------------------------------
-- The same, counted in the log itself
-- ------------------------------------------------------------------------

CREATE FUNCTION pg_temp.missing(label text) RETURNS bigint
LANGUAGE sql
AS $$
    SELECT count(*)
      FROM servicenow_handover
           CROSS JOIN LATERAL handover.review(checklist, tally) AS review
     WHERE review.label = missing.label AND NOT review.satisfied
$$;

CREATE TEMPORARY TABLE step AS
SELECT *
  FROM (SELECT *,
               lag(assignment_group) OVER incident AS outgoing,
               lag(assigned_to) OVER incident AS owner
          FROM servicenow_event
        WINDOW incident AS (PARTITION BY number ORDER BY ctid)) AS event
 WHERE outgoing <> assignment_group AND '?' NOT IN (outgoing, assignment_group);

SELECT is(pg_temp.missing('record the symptom'), count(*), 'symptoms')
  FROM step WHERE u_symptom = '?';
SELECT is(pg_temp.missing('name who worked on it so far'), count(*), 'owners')
  FROM step WHERE owner = '?';
SELECT is(pg_temp.missing('name who goes on with a critical incident'), count(*), 'new owners of critical ones')
  FROM step WHERE assigned_to = '?' AND priority = '1 - Critical';

SELECT * FROM finish();
ROLLBACK;
