--
-- Ways to log who changed what, on equal tables of 12 columns and about 300 bytes:
--
--   none       nothing is logged
--   row        by hand: a row trigger in PL/pgSQL that writes the row before and after as jsonb
--   statement  by hand: the same by statement triggers with transition tables
--   twice      no trigger: the client writes the same entry itself, in the same statement
--   table_log  the extension of that name, which is in C
--   ours       handover.audit()
--   ours_full  the same, with_query
--   chained    row, with a chain of hashes whose head it locks and moves
--
-- The logs by hand are written as favourably as they can be: they know the one table that they are
-- for, and its key as a bigint.  Each of their entries has what ours has of a change, and who made
-- it; each log has a primary key and an index of the keys of the rows.
--
-- Variables: rows and documents, how many there are to take rows from.
--

SET client_min_messages = warning;

CREATE TABLE source (
    id         bigint PRIMARY KEY,
    number     integer,
    status     text,
    amount     numeric(12, 2),
    is_open    boolean,
    due_on     date,
    updated_at timestamptz,
    owner      varchar(40),
    title      text,
    details    text,
    link       text,
    tags       text
);
INSERT INTO source
SELECT i, i % 1000, 'open', i % 100000 / 7.0, i % 3 = 0, date '2027-01-01' + (i % 365)::integer, timestamptz '2026-11-27' + i * interval '1 second',
       'Ana of the service desk', 'Item number ' || i || ' of the service',
       'What there is to know about it, in a line or two of text, ' || md5(i::text), 'https://wiki.example.com/' || i,
       'second line, ' || (i % 50) || ', service desk'
FROM generate_series(1, :rows) AS i;

-- of 12 kB that do not compress, beside the row
CREATE TABLE source_document (id bigint PRIMARY KEY, status text, body text);
ALTER TABLE source_document ALTER body SET STORAGE EXTERNAL;
INSERT INTO source_document
SELECT i, 'open', (SELECT string_agg(md5(i || '.' || part), '') FROM generate_series(1, 384) AS part)
FROM generate_series(1, :documents) AS i;

-- ---------------------------------------------------------------------------------------------
-- The tables
-- ---------------------------------------------------------------------------------------------

CREATE FUNCTION contestants() RETURNS SETOF text STABLE LANGUAGE sql AS $$
    SELECT n FROM unnest('{none,row,statement,twice,table_log,ours,ours_full,chained}'::text[]) AS n
    WHERE n <> 'table_log' OR EXISTS (SELECT FROM pg_available_extensions WHERE name = 'table_log')
$$;

DO $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT contestants() LOOP
        EXECUTE format('CREATE SCHEMA %I', name);
        EXECUTE format('CREATE TABLE %I.item (LIKE source INCLUDING ALL)', name);
        EXECUTE format('CREATE TABLE %I.document (LIKE source_document INCLUDING ALL)', name);
        IF name IN ('row', 'statement', 'twice', 'chained') THEN
            EXECUTE format('
                CREATE TABLE %1$I.log (
                    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                    changed_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
                    xid               xid8 NOT NULL DEFAULT pg_current_xact_id(),
                    actor             text NOT NULL DEFAULT coalesce(nullif(current_setting(''handover.actor'', true), ''''), session_user),
                    session_user_name text NOT NULL DEFAULT session_user,
                    application_name  text DEFAULT current_setting(''application_name''),
                    client_address    inet DEFAULT inet_client_addr(),
                    operation         "char" NOT NULL,
                    key               bigint NOT NULL,
                    old               jsonb,
                    new               jsonb
                );
                CREATE INDEX ON %1$I.log (key)', name);
        END IF;
    END LOOP;
END $$;

-- ---------------------------------------------------------------------------------------------
-- By hand
-- ---------------------------------------------------------------------------------------------

CREATE FUNCTION row.log_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO row.log (operation, key, new) VALUES ('I', NEW.id, to_jsonb(NEW));
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO row.log (operation, key, old, new) VALUES ('U', OLD.id, to_jsonb(OLD), to_jsonb(NEW));
    ELSE
        INSERT INTO row.log (operation, key, old) VALUES ('D', OLD.id, to_jsonb(OLD));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON row.item FOR EACH ROW EXECUTE FUNCTION row.log_change();
CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON row.document FOR EACH ROW EXECUTE FUNCTION row.log_change();

CREATE FUNCTION statement.log_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO statement.log (operation, key, new) SELECT 'I', n.id, to_jsonb(n) FROM new_row AS n;
    RETURN NULL;
END $$;
CREATE FUNCTION statement.log_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO statement.log (operation, key, old, new)
    SELECT 'U', o.id, to_jsonb(o), to_jsonb(n) FROM old_row AS o JOIN new_row AS n ON n.id = o.id;
    RETURN NULL;
END $$;
CREATE FUNCTION statement.log_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO statement.log (operation, key, old) SELECT 'D', o.id, to_jsonb(o) FROM old_row AS o;
    RETURN NULL;
END $$;
CREATE TRIGGER log_insert AFTER INSERT ON statement.item REFERENCING NEW TABLE AS new_row
    FOR EACH STATEMENT EXECUTE FUNCTION statement.log_insert();
CREATE TRIGGER log_update AFTER UPDATE ON statement.item REFERENCING OLD TABLE AS old_row NEW TABLE AS new_row
    FOR EACH STATEMENT EXECUTE FUNCTION statement.log_update();
CREATE TRIGGER log_delete AFTER DELETE ON statement.item REFERENCING OLD TABLE AS old_row
    FOR EACH STATEMENT EXECUTE FUNCTION statement.log_delete();

-- The usual design: the hash of an entry covers that of the one before.
ALTER TABLE chained.log ADD previous bytea, ADD sha256 bytea;
CREATE TABLE chained.head (sha256 bytea NOT NULL);
INSERT INTO chained.head VALUES ('');
CREATE FUNCTION chained.log_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before bytea;
    digest bytea;
BEGIN
    SELECT h.sha256 INTO before FROM chained.head AS h FOR UPDATE;
    digest := sha256(before || convert_to(to_jsonb(OLD)::text || to_jsonb(NEW)::text, 'UTF8'));
    INSERT INTO chained.log (operation, key, old, new, previous, sha256)
    VALUES ('U', OLD.id, to_jsonb(OLD), to_jsonb(NEW), before, digest);
    UPDATE chained.head SET sha256 = digest;
    RETURN NULL;
END $$;
CREATE TRIGGER log_change AFTER UPDATE ON chained.item FOR EACH ROW EXECUTE FUNCTION chained.log_change();

-- ---------------------------------------------------------------------------------------------
-- Extensions
-- ---------------------------------------------------------------------------------------------

DO $$
BEGIN
    IF 'table_log' IN (SELECT contestants()) THEN
        CREATE EXTENSION table_log;
        PERFORM table_log_init(5, 'table_log', 'item', 'table_log', 'log');
        CREATE INDEX ON table_log.log (id);
    END IF;
END $$;

SELECT handover.audit('ours.item') \g /dev/null
SELECT handover.audit('ours.document') \g /dev/null
SELECT handover.audit('ours_full.item', with_query => true) \g /dev/null

-- vacuumed between rounds only
DO $$
DECLARE
    t regclass;
BEGIN
    FOR t IN SELECT c.oid FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
             WHERE c.relkind = 'r' AND (n.nspname IN (SELECT contestants()) OR n.nspname = 'handover' AND c.relname ~ '^audit_') LOOP
        EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = off)', t);
    END LOOP;
END $$;

-- ---------------------------------------------------------------------------------------------
-- Between rounds
-- ---------------------------------------------------------------------------------------------

-- empty logs; nothing of this is logged
CREATE PROCEDURE empty_logs() LANGUAGE plpgsql
SET session_replication_role = replica
SET handover.log_maintenance = on
AS $$
BEGIN
    EXECUTE (SELECT 'TRUNCATE ' || string_agg(c.oid::regclass::text, ', ')
             FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
             WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
               AND (n.nspname IN (SELECT contestants()) AND c.relname = 'log'
                    OR n.nspname = 'handover' AND c.relname IN ('audit_log', 'audit_transaction', 'audit_statement', 'audit_block')));
END $$;

-- empty logs, and tables with the first n rows
CREATE PROCEDURE start_anew(n bigint, names text[]) LANGUAGE plpgsql
SET session_replication_role = replica
AS $$
DECLARE
    name text;
BEGIN
    CALL empty_logs();
    FOREACH name IN ARRAY names LOOP
        EXECUTE format('TRUNCATE %I.item', name);
        EXECUTE format('INSERT INTO %I.item SELECT * FROM source WHERE id <= $1 ORDER BY id', name) USING n;
    END LOOP;
END $$;

VACUUM ANALYZE;
