--
-- Any table with a foreign key to handovers can be one of items, whatever the types of the keys and
-- partitioned or not, and so can any table be one of handovers: their tallies are what tally_agg()
-- makes of the rows.
--
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET search_path = public, handover;
SELECT create_workspace('ws');

CREATE PROCEDURE ws.regress_count(items regclass, argument text DEFAULT '') LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER count_insert AFTER INSERT ON %1$s REFERENCING NEW TABLE AS new_row
                        FOR EACH STATEMENT EXECUTE FUNCTION handover.count_items(%2$s);
                    CREATE TRIGGER count_update AFTER UPDATE ON %1$s
                        REFERENCING OLD TABLE AS "old row" NEW TABLE AS "new row"
                        FOR EACH STATEMENT EXECUTE FUNCTION handover.count_items(%2$s);
                    CREATE TRIGGER count_delete AFTER DELETE ON %1$s REFERENCING OLD TABLE AS old_row
                        FOR EACH STATEMENT EXECUTE FUNCTION handover.count_items(%2$s);
                    CREATE TRIGGER count_truncate AFTER TRUNCATE ON %1$s
                        FOR EACH STATEMENT EXECUTE FUNCTION handover.count_items(%2$s)', items, argument);
END $$;

--
-- Keys and partitions
--
-- Runs the same statements on a pair of tables; returns the tallies of its four handovers, and which are wrong.
CREATE FUNCTION ws.regress_pair(key text, header_type text, parent text, row_type text, header_part text,
                                row_part text, OUT step integer, OUT tallies text, OUT wrong text)
RETURNS SETOF record LANGUAGE plpgsql AS $$
DECLARE
    statement text;
BEGIN
    DROP TABLE IF EXISTS ws.row, ws.header, ws.key;
    EXECUTE format('CREATE TABLE ws.key AS
                        SELECT title, (%s)::%s AS id FROM unnest(''{a,b,c,d}''::text[]) WITH ORDINALITY AS k (title, n)',
                   key, header_type);
    EXECUTE format('CREATE TABLE ws.header (LIKE ws.handover INCLUDING ALL EXCLUDING IDENTITY EXCLUDING INDEXES)');
    EXECUTE format('ALTER TABLE ws.header ALTER id TYPE %s USING NULL', header_type);
    IF header_part <> '' THEN
        ALTER TABLE ws.header RENAME TO header_1;
        EXECUTE 'CREATE TABLE ws.header (LIKE ws.header_1 INCLUDING ALL) ' || header_part;
        CREATE TABLE ws.header_0 PARTITION OF ws.header FOR VALUES WITH (MODULUS 2, REMAINDER 0);
        ALTER TABLE ws.header ATTACH PARTITION ws.header_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
    END IF;
    ALTER TABLE ws.header ADD PRIMARY KEY (id);
    CREATE TRIGGER zz_guard BEFORE INSERT OR UPDATE ON ws.header FOR EACH ROW
        EXECUTE FUNCTION handover.guard_handover();
    -- by its name, the foreign key comes after those to partitions that the server makes of it
    EXECUTE format('CREATE TABLE ws.row (id integer, element text, owner text, place text, %I %s NOT NULL
                        CONSTRAINT z REFERENCES ws.header ON DELETE CASCADE, PRIMARY KEY (id, element)) %s',
                   parent, row_type, row_part);
    CALL ws.regress_count('ws.row');
    IF row_part <> '' THEN
        CREATE TABLE ws.row_task PARTITION OF ws.row FOR VALUES IN ('task');
        -- its columns are in another order, and one is gone
        EXECUTE format('CREATE TABLE ws.row_other (place text, x integer, owner text, %I %s NOT NULL,
                            element text NOT NULL, id integer NOT NULL)', parent, row_type);
        ALTER TABLE ws.row_other DROP x;
        ALTER TABLE ws.row ATTACH PARTITION ws.row_other DEFAULT;
    END IF;
    step := 0;
    FOREACH statement IN ARRAY ARRAY[
        'INSERT INTO ws.header (title, id, checklist)
         SELECT title, id, ''require contact; every task has owner; require item where place'' FROM ws.key',
        'INSERT INTO ws.row (id, parent, element, owner, place)
         SELECT v.id, k.id, v.element, v.owner, v.place
           FROM (VALUES (1, ''a'', ''contact'', ''Bo'', NULL), (2, ''b'', ''task'', ''Ana'', ''x''),
                        (3, ''a'', ''task'', NULL, NULL), (4, ''d'', ''task'', NULL, ''y''),
                        (5, ''c'', ''contact'', ''Bo'', ''z'')) AS v (id, title, element, owner, place)
                JOIN ws.key AS k USING (title)
          ORDER BY v.id',
        'UPDATE ws.row AS r SET parent = k.id, place = r.id FROM ws.key AS k
          WHERE k.title = CASE WHEN r.id > 3 THEN ''a'' ELSE ''d'' END',
        'UPDATE ws.row SET element = CASE element WHEN ''task'' THEN ''contact'' ELSE ''task'' END WHERE id > 1',
        'UPDATE ws.header SET checklist = ''require task where owner; require item''',
        'DELETE FROM ws.row WHERE id IN (1, 4)',
        'WITH made AS (INSERT INTO ws.row (id, parent, element, owner)
                       SELECT 6 + ascii(title), id, ''task'', ''Di'' FROM ws.key)
         UPDATE ws.header SET checklist = ''require task where owner; every item has owner'' WHERE title < ''c''',
        'DELETE FROM ws.header WHERE title = ''c''',
        'UPDATE ws.header SET tally = NULL',
        'TRUNCATE ws.row'] LOOP
        step := step + 1;
        EXECUTE replace(statement, 'parent', parent);
        EXECUTE 'SELECT string_agg(split_part(tally::text, '': '', 2), '';  '' ORDER BY title) FROM ws.header'
           INTO tallies;
        EXECUTE format('SELECT string_agg(h.title, '', '' ORDER BY h.title) FROM ws.header AS h
                         WHERE h.tally <> (SELECT tally_agg(part)
                                             FROM (SELECT tally(h.checklist, ''handover'', h) AS part
                                                   UNION ALL
                                                   SELECT tally(h.checklist, i.element, i) FROM ws.row AS i
                                                    WHERE i.%I = h.id) AS parts)', parent)
           INTO wrong;
        RETURN NEXT;
    END LOOP;
END $$;
CREATE TEMP TABLE ran AS
    SELECT v.variant, r.*
      FROM (VALUES (1, 'n', 'bigint', 'parent', 'bigint', '', ''),
                   (2, 'n * 100000', 'bigint', 'handover_id', 'integer', '', ''),
                   (3, '-n', 'smallint', 'parent', 'bigint', '', 'PARTITION BY LIST (element)'),
                   (4, 'md5(title)', 'uuid', 'handover_id', 'uuid', '', ''),
                   (5, '(ARRAY[''b'', ''B'', ''ä'', ''''])[n]', 'text', 'parent', 'varchar', '', ''),
                   (6, 'title', 'varchar', 'parent', 'text', 'PARTITION BY HASH (id)', 'PARTITION BY LIST (element)'),
                   (7, 'n / 7.0', 'numeric', 'handover_id', 'numeric', 'PARTITION BY HASH (id)', ''),
                   (8, 'n', 'bigint', 'handover_id', 'integer', 'PARTITION BY HASH (id)', 'PARTITION BY LIST (element)')
           ) AS v (variant, key, header_type, parent, row_type, header_part, row_part),
           LATERAL ws.regress_pair(v.key, v.header_type, v.parent, v.row_type, v.header_part, v.row_part) AS r;
SELECT step, tallies, wrong, string_agg(variant::text, ',' ORDER BY variant) AS variants
    FROM ran GROUP BY 1, 2, 3 ORDER BY 1, 4;
DROP TABLE ran;

--
-- The element of all rows, told by the trigger; several tables of items, one without a key
--
INSERT INTO ws.handover (id, checklist) VALUES (1,
    'require contact where phone; require 2 item; every badge has door'), (2, 'require badge');
CREATE TABLE ws.phone_book (handover_id bigint REFERENCES ws.handover ON DELETE CASCADE, phone text, person text);
CALL ws.regress_count('ws.phone_book', '''contact''');
CREATE TABLE ws."Badge" (id integer PRIMARY KEY, "Of" bigint NOT NULL REFERENCES ws.handover
    ON DELETE SET NULL, door integer, attributes text DEFAULT '{}');
CALL ws.regress_count('ws."Badge"', '''badge''');
CREATE VIEW ws.state AS
    SELECT h.id, h.status, split_part(h.tally::text, ': ', 2) AS tally,
           h.tally = (SELECT tally_agg(part)
                        FROM (SELECT empty_tally(h.checklist) AS part
                              UNION ALL SELECT tally(h.checklist, i.element, i) FROM ws.item AS i
                                  WHERE i.handover_id = h.id
                              UNION ALL SELECT tally(h.checklist, 'contact', p) FROM ws.phone_book AS p
                                  WHERE p.handover_id = h.id
                              UNION ALL SELECT tally(h.checklist, 'badge', b) FROM ws."Badge" AS b
                                  WHERE b."Of" = h.id) AS parts) AS "right"
      FROM ws.handover AS h ORDER BY h.id;
INSERT INTO ws.phone_book VALUES (1, '2.14', 'Bo'), (2, '2.15', 'Cy');
INSERT INTO ws."Badge" VALUES (1, 1, 14), (2, 2, NULL), (3, 1, NULL);
INSERT INTO ws.item (handover_id, id, element, title) VALUES (1, 1, 'contact', 'Ana'), (2, 2, 'task', 'x');
SELECT * FROM ws.state;
UPDATE ws.phone_book SET handover_id = 1, phone = NULL WHERE handover_id = 2;
UPDATE ws."Badge" SET door = 15 WHERE id = 3;
UPDATE ws.handover SET tally = NULL;
SELECT * FROM ws.state;
SELECT ws.submit(1), ws.submit(2);
DELETE FROM ws.phone_book;
TRUNCATE ws."Badge";
UPDATE ws.phone_book SET handover_id = NULL;
DELETE FROM ws.handover WHERE id = 1;
DELETE FROM ws."Badge" WHERE "Of" = 1;
DELETE FROM ws.handover WHERE id = 1;
SELECT * FROM ws.state;
SELECT (SELECT count(*) FROM ws.phone_book) AS phones, (SELECT count(*) FROM ws."Badge") AS badges;
DROP VIEW ws.state;

-- A table that becomes one of items, or is none any more, after the session has looked at it.
CREATE TABLE ws.late (id integer PRIMARY KEY, handover_id bigint NOT NULL REFERENCES ws.handover
    ON DELETE CASCADE, element text, attributes integer);
INSERT INTO ws.handover (id, checklist) VALUES (3, 'require contact');
INSERT INTO ws.late VALUES (1, 3, 'contact', 1);
UPDATE ws.handover SET tally = NULL WHERE id = 3;
CALL ws.regress_count('ws.late');
INSERT INTO ws.late VALUES (2, 3, 'contact', 77);
SELECT split_part(tally::text, ': ', 2) AS tally FROM ws.handover WHERE id = 3;
SELECT ws.recount(3);
SELECT split_part(tally::text, ': ', 2) AS tally FROM ws.handover WHERE id = 3;
DROP TRIGGER count_insert ON ws.late;
DROP TRIGGER count_update ON ws.late;
DROP TRIGGER count_delete ON ws.late;
DROP TRIGGER count_truncate ON ws.late;
SELECT ws.recount(3);
SELECT split_part(tally::text, ': ', 2) AS tally FROM ws.handover WHERE id = 3;
-- another name, another schema, columns in another order
CALL ws.regress_count('ws.late');
ALTER TABLE ws.late RENAME TO later;
CREATE SCHEMA "ws Later";
ALTER TABLE ws.later SET SCHEMA "ws Later";
ALTER TABLE ws.handover RENAME TO "Handover";
ALTER TABLE "ws Later".later DROP element, ADD element text, ADD UNIQUE (handover_id, id);
UPDATE "ws Later".later SET element = 'contact' WHERE id = 1;
SELECT split_part(tally::text, ': ', 2) AS tally FROM ws."Handover" WHERE id = 3;
UPDATE ws."Handover" SET tally = NULL WHERE id = 3;
SELECT split_part(tally::text, ': ', 2) AS tally FROM ws."Handover" WHERE id = 3;
ALTER TABLE ws."Handover" RENAME TO handover;
DROP SCHEMA "ws Later" CASCADE;
UPDATE ws.handover SET tally = NULL WHERE id = 3;
SELECT split_part(tally::text, ': ', 2) AS tally FROM ws.handover WHERE id = 3;

-- A handover keeps its key, whatever a foreign key would allow; items of several handovers.
CREATE TABLE ws.follower (id integer PRIMARY KEY, handover_id bigint NOT NULL REFERENCES ws.handover
    ON UPDATE CASCADE ON DELETE CASCADE, element text);
CALL ws.regress_count('ws.follower', '''contact''');
ALTER TABLE ws.follower ADD phone text;
INSERT INTO ws.follower VALUES (1, 3, NULL, '2.14'), (2, 3, NULL, '2.15');
UPDATE ws.handover SET id = 33 WHERE id = 3;
INSERT INTO ws.handover (id, checklist) SELECT 33, checklist FROM ws.handover WHERE id = 3;
INSERT INTO ws.follower VALUES (3, 33, NULL, '2.16');
SELECT id, split_part(tally::text, ': ', 2) AS tally,
    (SELECT count(*) FROM ws.follower WHERE handover_id = 33) AS contacts FROM ws.handover WHERE id > 2;
DROP TABLE ws.follower;

-- Where the foreign key waits, items may come before their handover.
CREATE TABLE ws.early (id integer PRIMARY KEY, handover_id bigint NOT NULL REFERENCES ws.handover
    ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, element text, owner text);
CALL ws.regress_count('ws.early');
BEGIN;
INSERT INTO ws.early VALUES (1, 4, 'contact', 'Bo');
INSERT INTO ws.handover (id, checklist) VALUES (4, 'require contact');
SELECT split_part(tally::text, ': ', 2) AS tally FROM ws.handover WHERE id = 4;
ROLLBACK;
BEGIN;
INSERT INTO ws.handover (id, checklist) VALUES (4, 'require contact');
INSERT INTO ws.early VALUES (1, 4, 'contact', 'Bo');
WITH changed AS (UPDATE ws.early SET owner = 'Ana') DELETE FROM ws.handover WHERE id = 4;
COMMIT;
SELECT count(*) FROM ws.early;
DROP TABLE ws.early;

-- Only the owner of the handovers may bring along items: to read them runs what their types bring along.
CREATE ROLE regress_handover_other;
CREATE TABLE ws.foreign_item (id integer PRIMARY KEY, handover_id bigint NOT NULL REFERENCES ws.handover,
    element text, owner text);
CALL ws.regress_count('ws.foreign_item');
INSERT INTO ws.foreign_item VALUES (1, 33, 'contact', 'Bo');
ALTER TABLE ws.foreign_item OWNER TO regress_handover_other;
INSERT INTO ws.foreign_item VALUES (2, 33, 'contact', 'Bo');
SELECT ws.recount(33);
SELECT split_part(tally::text, ': ', 2) AS tally FROM ws.handover WHERE id = 33;
DROP TABLE ws.foreign_item;
DROP ROLE regress_handover_other;

SELECT drop_workspace('ws', true);
