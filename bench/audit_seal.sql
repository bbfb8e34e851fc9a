--
-- A log to be sealed, in a database of its own: one that was emptied could not be verified.
--
-- Variables: rows, how many are logged; at_once, how many by one transaction.
--

SET client_min_messages = warning;
CREATE EXTENSION handover;
CREATE TABLE item (id bigint PRIMARY KEY, number integer, status text, amount numeric(12, 2), is_open boolean, due_on date,
    updated_at timestamptz, owner varchar(40), title text, details text, link text, tags text);
SELECT handover.audit('item') \g /dev/null

CREATE PROCEDURE make_log(rows bigint, at_once bigint) LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1..rows BY at_once LOOP
        INSERT INTO item
        SELECT id, id % 1000, 'open', id % 100000 / 7.0, id % 3 = 0, '2027-01-01', now(), 'Ana of the service desk',
               'Item number ' || id || ' of the service',
               'What there is to know about it, in a line or two of text, ' || md5(id::text), 'https://wiki.example.com/' || id,
               'second line, ' || (id % 50) || ', service desk'
        FROM generate_series(i, least(i + at_once - 1, rows)) AS id;
        COMMIT;
    END LOOP;
END $$;
CALL make_log(:rows, :at_once);
VACUUM ANALYZE;
