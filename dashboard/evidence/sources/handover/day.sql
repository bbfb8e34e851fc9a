-- days up to today, of the past year at least, so that a chart has an axis whatever there is to show
SELECT c.day_date, c.day_date::text AS day, (now() AT TIME ZONE 'UTC')::date - c.day_date AS days_ago
  FROM calendar AS c
 WHERE c.day_date <= (now() AT TIME ZONE 'UTC')::date
