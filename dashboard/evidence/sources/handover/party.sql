-- Pages ask by number, so that no name needs quotes.
SELECT row_number() OVER (ORDER BY p.party_kind DESC, p.party)::integer AS party_id, p.party, p.party_kind
  FROM (SELECT DISTINCT w.party, w.party_kind FROM workload AS w) AS p
UNION ALL
SELECT 0, NULL, NULL
