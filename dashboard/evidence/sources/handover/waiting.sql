SELECT w.handover_id, w.title, w.role, w.outgoing, w.incoming, w.outgoing_team, w.incoming_team, w.waiting_hours, w.hours_to_deadline, w.is_late, w.completeness_pct, w.missing,
       to_char(w.submitted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') AS submitted_utc
  FROM (SELECT * FROM waiting UNION ALL SELECT (NULL::waiting).*) AS w
