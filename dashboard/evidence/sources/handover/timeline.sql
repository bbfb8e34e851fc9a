-- of the last 90 days
SELECT t.entry_key, t.handover_id, t.changed_date::text AS changed_on, t.actor, t.application, t.subject, t.action, t.action_rank, t.title, t.role,
       t.outgoing_team, t.incoming_team, t.element, t.item_title, t.what, t.is_after_submission, t.after_submission_count,
       to_char(t.changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS changed_utc
  FROM (SELECT * FROM timeline AS l WHERE l.changed_at >= now() - interval '90 days' UNION ALL SELECT (NULL::timeline).*) AS t
