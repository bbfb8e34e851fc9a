SELECT row_number() OVER (ORDER BY r.role)::integer AS role_id, r.role
  FROM (SELECT DISTINCT o.role FROM overview AS o WHERE o.role IS NOT NULL) AS r
UNION ALL
SELECT 0, NULL
