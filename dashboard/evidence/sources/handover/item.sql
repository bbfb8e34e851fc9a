SELECT i.handover_id, i.item_id, i.element, i.title, i.state, i.state_rank, i.is_open, i.owner, i.new_owner, i.due_date::text AS due, i.is_overdue,
       i.score, i.band, i.band_rank, i.is_critical, i.next_step, i.is_acknowledged
  FROM (SELECT * FROM item UNION ALL SELECT (NULL::item).*) AS i
