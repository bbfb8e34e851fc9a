-- Filters go by number, so that no name needs quotes.
SELECT row_number() OVER (ORDER BY t.team)::integer AS team_id, t.team, t.outgoing_count, t.incoming_count, t.outgoing_open_count, t.incoming_open_count
  FROM team AS t
UNION ALL
SELECT 0, NULL, NULL, NULL, NULL, NULL
