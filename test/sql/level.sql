--
-- level is ordered, and the rule language knows the same labels in the same order.
--
SELECT enum_range(NULL::handover.level);
SELECT 'critical'::handover.level > 'high' AND 'high' > 'medium'::handover.level AS ordered;
SELECT 'urgent'::handover.level;

-- each pair compares in a rule as it does in SQL, from a document and from a row
SELECT op, count(*) AS pairs,
       bool_and(handover.complete(format('require task where urgency %s %s', op, b)::handover.checklist,
                                  jsonb_build_object('task', jsonb_build_array(jsonb_build_object('urgency', a)))) = expected) AS documents,
       bool_and(handover.complete(format('require task where urgency %s %s', op, b)::handover.checklist,
                                  handover.tally(format('require task where urgency %s %s', op, b)::handover.checklist,
                                                 'task', row_of), 'submitted') = expected) AS rows
FROM (SELECT a, b, op, row_of,
             CASE op WHEN '=' THEN a = b WHEN '<>' THEN a <> b WHEN '<' THEN a < b
                     WHEN '<=' THEN a <= b WHEN '>' THEN a > b WHEN '>=' THEN a >= b END AS expected
      FROM unnest(enum_range(NULL::handover.level)) AS a
      CROSS JOIN LATERAL (SELECT a AS urgency) AS row_of
      CROSS JOIN unnest(enum_range(NULL::handover.level)) AS b
      CROSS JOIN unnest('{=,<>,<,<=,>,>=}'::text[]) AS op) AS pair
GROUP BY op ORDER BY op;
