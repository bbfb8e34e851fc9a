-- days of the past year, so that a chart has an axis whatever there is to show
SELECT c.day_date, c.day_date::text AS day, current_date - c.day_date AS days_ago
  FROM calendar AS c
 WHERE c.day_date BETWEEN current_date - 365 AND current_date
