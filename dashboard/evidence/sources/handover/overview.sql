-- The last row is all NULL, here and in the other sources: a source without rows has no columns either.
-- Times are texts in UTC, so that every browser shows the same.
SELECT o.handover_id, o.title, o.role, o.reason, o.status, o.status_rank, o.is_open, o.open_count, o.outgoing, o.incoming,
       o.outgoing_team, o.incoming_team, o.coordinator, o.completeness_pct, o.next_status, o.missing_count, o.missing,
       o.item_count, o.open_item_count, o.critical_item_count, o.overdue_item_count, o.blocked_item_count,
       o.created_date, o.accept_hours, o.waiting_count, o.late_count, o.return_count, o.days_to_effective,
       to_char(o.effective_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') AS effective_utc,
       to_char(o.submitted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') AS submitted_utc,
       to_char(o.accepted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') AS accepted_utc,
       (now() AT TIME ZONE 'UTC')::date - o.created_date AS days_ago
  FROM (SELECT * FROM overview UNION ALL SELECT (NULL::overview).*) AS o
