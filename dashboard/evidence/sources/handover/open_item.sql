-- counted here, since there may be many times more items than handovers
SELECT w.handover_id, w.band, w.band_rank, count(*)::integer AS open_items
  FROM worklist AS w
 GROUP BY w.handover_id, w.band, w.band_rank
UNION ALL
SELECT NULL, NULL, NULL, NULL
