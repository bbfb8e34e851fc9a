-- of open handovers, which is what pages ask for: those of all may be a million
SELECT f.finding_key, f.code, f.label, f.severity, f.severity_rank, f.category, f.sentence, f.handover_id, f.handover_title, f.role, f.outgoing_team, f.incoming_team,
       f.element, f.title, f.is_error, f.error_count, f.warning_count, f.is_open, f.is_overridden,
       (now() AT TIME ZONE 'UTC')::date - f.created_date AS days_ago
  FROM (SELECT * FROM finding AS o WHERE o.is_open UNION ALL SELECT (NULL::finding).*) AS f
