SELECT w.*
  FROM (SELECT * FROM workload UNION ALL SELECT (NULL::workload).*) AS w
