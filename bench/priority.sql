-- The table of bench/priority.sh: :rows tickets, one in ten of them open. Levels are skewed, as
-- they are in a service desk; one ticket in five has no due time, the others are due within a year
-- before and two months after 2026-01-01. The same facts stand in plain columns, for what is
-- compared with. "frozen" is the score at the time of loading.

SET synchronous_commit = off;
SELECT setseed(0.577215) \g /dev/null

CREATE UNLOGGED TABLE ticket (
    id integer, open boolean NOT NULL,
    urgency smallint NOT NULL, importance smallint NOT NULL, impact smallint NOT NULL, due timestamptz,
    priority handover.priority NOT NULL, frozen double precision NOT NULL,
    title text NOT NULL
) WITH (autovacuum_enabled = off);

-- 35, 30, 20, 11 and 4 per cent
CREATE FUNCTION skewed(double precision) RETURNS smallint LANGUAGE sql IMMUTABLE
RETURN width_bucket($1, '{0.35,0.65,0.85,0.96}'::double precision[]);

INSERT INTO ticket
SELECT id, open, u, m, i, due, p, handover.score(p, '2026-01-01'), 'Ticket number ' || id
FROM (SELECT id, open, u, m, i, due,
             handover.priority(l[u], l[m], l[i], due) AS p
      FROM (SELECT id, random() < 0.1 AS open, skewed(random()) AS u, skewed(random()) AS m, skewed(random()) AS i,
                   CASE WHEN random() < 0.8 THEN timestamptz '2026-01-01' + (random() * 425 - 365) * interval '1 day' END AS due
            FROM generate_series(1, :rows) AS id OFFSET 0) AS r,
           (VALUES ('{low,medium,high,critical}'::handover.level[])) AS v (l)) AS t;
VACUUM ANALYZE ticket;

-- The same score as SQL has it, in floats throughout. STABLE, as time zones make it, so that it is inlined.
CREATE FUNCTION by_sql(u smallint, m smallint, i smallint, due timestamptz, at timestamptz, wu float8, wm float8, wi float8, wd float8)
RETURNS double precision LANGUAGE sql STABLE
RETURN u * 0.25::float8 * wu + m * 0.25::float8 * wm + i * 0.25::float8 * wi + wd * CASE
    WHEN due IS NULL THEN 0::float8
    WHEN due > at + interval '336 hours' THEN 0.2::float8
    WHEN due <= at - interval '168 hours' THEN 1::float8
    ELSE 0.2::float8 + 0.8::float8 * (date_part('epoch', at - due) + 1209600::float8) / 1814400::float8 END;

CREATE FUNCTION by_plpgsql(u smallint, m smallint, i smallint, due timestamptz, at timestamptz, wu float8, wm float8, wi float8, wd float8)
RETURNS double precision LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    overdue float8;
    pressure float8 := 0;
BEGIN
    IF due IS NOT NULL THEN
        overdue := date_part('epoch', at - due);
        IF overdue < -1209600 THEN
            pressure := 0.2;
        ELSIF overdue >= 604800 THEN
            pressure := 1;
        ELSE
            pressure := 0.2::float8 + 0.8::float8 * (overdue + 1209600) / 1814400;
        END IF;
    END IF;
    RETURN u * 0.25::float8 * wu + m * 0.25::float8 * wm + i * 0.25::float8 * wi + wd * pressure;
END $$;
