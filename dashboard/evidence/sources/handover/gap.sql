SELECT g.handover_id, g.rule, g.title, g.role, g.outgoing_team, g.incoming_team, g.label, g.stage, g.stage_rank, g.is_blocking, g.blocking_count,
       g.expected_count, g.actual_count, g.met_pct, g.is_open, g.created_date, (now() AT TIME ZONE 'UTC')::date - g.created_date AS days_ago
  FROM (SELECT * FROM gap UNION ALL SELECT (NULL::gap).*) AS g
