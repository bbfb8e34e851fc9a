/*
 * audit_log: who changed what.
 *
 * The tables are the extension's own, and written by its triggers alone.
 */

-- A restored dump has the same entries, and other OIDs.
CREATE TABLE @extschema@.audit_incarnation (
    id               uuid PRIMARY KEY,
    transaction_base bigint
);
INSERT INTO @extschema@.audit_incarnation VALUES (pg_catalog.gen_random_uuid());
COMMENT ON TABLE @extschema@.audit_incarnation IS
    'one row: which database this is; another after a dump is restored, the same after pg_upgrade';
COMMENT ON COLUMN @extschema@.audit_incarnation.id IS 'made at random with the extension';
COMMENT ON COLUMN @extschema@.audit_incarnation.transaction_base IS
    'what is added to transaction ids of the server; 0, or what makes them greater than those that a dump has brought; NULL until one is needed';

CREATE SEQUENCE @extschema@.audit_relation_id_seq AS integer;
COMMENT ON SEQUENCE @extschema@.audit_relation_id_seq IS 'keys of audit_relation; gaps mean nothing';
CREATE TABLE @extschema@.audit_relation (
    id          integer PRIMARY KEY,
    incarnation uuid NOT NULL,
    relation    oid  NOT NULL,
    root        oid  NOT NULL,
    schema_name text NOT NULL,
    table_name  text NOT NULL,
    columns     text[] NOT NULL,
    block       bigint
);

-- not unique: two sessions that meet a new name at once shall not meet each other
CREATE INDEX audit_relation_relation ON @extschema@.audit_relation (relation);

COMMENT ON TABLE @extschema@.audit_relation IS
    'tables that the log speaks of, by the names that they had; written by the database only';
COMMENT ON COLUMN @extschema@.audit_relation.id IS 'key';
COMMENT ON COLUMN @extschema@.audit_relation.incarnation IS 'database that it was in; see audit_incarnation';
COMMENT ON COLUMN @extschema@.audit_relation.relation IS 'OID of the table there';
COMMENT ON COLUMN @extschema@.audit_relation.root IS 'OID of the table that is registered: itself, or a parent';
COMMENT ON COLUMN @extschema@.audit_relation.schema_name IS 'its schema then';
COMMENT ON COLUMN @extschema@.audit_relation.table_name IS 'its name then';
COMMENT ON COLUMN @extschema@.audit_relation.columns IS 'its columns then, by number; NULL for one that was dropped';
COMMENT ON COLUMN @extschema@.audit_relation.block IS 'block that this is sealed in';

CREATE SEQUENCE @extschema@.audit_context_id_seq;
COMMENT ON SEQUENCE @extschema@.audit_context_id_seq IS 'keys of audit_context; gaps mean nothing';
CREATE TABLE @extschema@.audit_context (
    id                bigint PRIMARY KEY,
    created_at        timestamptz NOT NULL,
    actor             text NOT NULL,
    session_user_name text NOT NULL,
    role_name         text NOT NULL,
    relation_id       integer,
    application_name  text,
    client_address    text,
    labels            text,
    block             bigint
);
CREATE INDEX audit_context_block ON @extschema@.audit_context (block);

COMMENT ON TABLE @extschema@.audit_context IS
    'who changed things: a row for each combination that a session has met; written by the database only';
COMMENT ON COLUMN @extschema@.audit_context.id IS 'key';
COMMENT ON COLUMN @extschema@.audit_context.created_at IS 'when it was met first; a session uses it for a day';
COMMENT ON COLUMN @extschema@.audit_context.actor IS 'the person, by the setting handover.actor, or else the session user';
COMMENT ON COLUMN @extschema@.audit_context.session_user_name IS 'user that logged in';
COMMENT ON COLUMN @extschema@.audit_context.role_name IS 'role in force';
COMMENT ON COLUMN @extschema@.audit_context.relation_id IS 'table, as it is registered: who may read that, may read this; NULL for what is about the log itself';
COMMENT ON COLUMN @extschema@.audit_context.application_name IS 'application, as it calls itself';
COMMENT ON COLUMN @extschema@.audit_context.client_address IS 'where the client is';
COMMENT ON COLUMN @extschema@.audit_context.labels IS 'whatever else is to be known, by the setting handover.labels';
COMMENT ON COLUMN @extschema@.audit_context.block IS 'block that this is sealed in';

-- Written by seal(), and not by who changes things.
CREATE TABLE @extschema@.audit_transaction (
    id      bigint PRIMARY KEY,
    block   bigint NOT NULL,
    entries bigint NOT NULL,
    sha256  bytea  NOT NULL
);
COMMENT ON TABLE @extschema@.audit_transaction IS
    'transactions that are sealed; written by seal() only';
COMMENT ON COLUMN @extschema@.audit_transaction.id IS 'key: transaction id of the server, above those of the log that a dump has brought';
COMMENT ON COLUMN @extschema@.audit_transaction.block IS 'block that it is sealed in';
COMMENT ON COLUMN @extschema@.audit_transaction.entries IS 'number of its entries';
COMMENT ON COLUMN @extschema@.audit_transaction.sha256 IS 'SHA-256 of its entries';

CREATE SEQUENCE @extschema@.audit_statement_id_seq;
COMMENT ON SEQUENCE @extschema@.audit_statement_id_seq IS 'keys of audit_statement; gaps mean nothing';
CREATE TABLE @extschema@.audit_statement (
    id             bigint PRIMARY KEY,
    transaction_id bigint NOT NULL,
    salt           uuid NOT NULL,
    query          text NOT NULL,
    sha256         bytea
);

COMMENT ON TABLE @extschema@.audit_statement IS
    'texts of statements, where audit() was asked for them; written by the database only';
COMMENT ON COLUMN @extschema@.audit_statement.id IS 'key';
COMMENT ON COLUMN @extschema@.audit_statement.transaction_id IS 'transaction that ran it';
COMMENT ON COLUMN @extschema@.audit_statement.salt IS 'random, so that what is redacted cannot be guessed by its hash';
COMMENT ON COLUMN @extschema@.audit_statement.query IS 'what the client sent; parameters are not in it';
COMMENT ON COLUMN @extschema@.audit_statement.sha256 IS 'hash that it had, if it was redacted since';

CREATE TABLE @extschema@.audit_log (
    transaction_id bigint NOT NULL,
    id             bigint NOT NULL,
    context_id     bigint NOT NULL,
    command        bigint NOT NULL,
    changed_at     timestamptz NOT NULL,
    statement_id   bigint,
    relation_id    integer,
    operation      "char" NOT NULL,
    salt           uuid NOT NULL,
    key            text COLLATE "C",
    old            jsonb,
    new            jsonb,
    sha256         bytea
);

-- A number for the table and the key of a row: equal for equal ones, and seldom for others.
CREATE FUNCTION @extschema@.audit_place(relation_id integer, key text) RETURNS bigint
    AS 'MODULE_PATHNAME', 'handover_audit_place_of' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.audit_place(integer, text) IS
    'where the index of the log has entries of this table with this key; compare those, too';
CREATE FUNCTION @extschema@.audit_place_from(relation_id integer, number bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'handover_audit_place_from' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.audit_place_from(integer, bigint) IS
    'first place of entries of this table whose key begins with this number';
CREATE FUNCTION @extschema@.audit_place_to(relation_id integer, number bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'handover_audit_place_to' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.audit_place_to(integer, bigint) IS
    'last place of entries of this table whose key begins with this number';

-- What a transaction has written stands together, and in the order of time, so a small index finds it; the key of
-- a row, (transaction_id, id), in a btree would cost every entry a fifth of all that it costs.
CREATE INDEX audit_log_place ON @extschema@.audit_log (@extschema@.audit_place(relation_id, key));
CREATE INDEX audit_log_time ON @extschema@.audit_log USING brin (transaction_id, changed_at) WITH (pages_per_range = 16);

COMMENT ON TABLE @extschema@.audit_log IS
    'every change of an audited table; written by the database only';
COMMENT ON COLUMN @extschema@.audit_log.id IS 'with transaction_id, the key: number within the transaction, in the order in which triggers fired; gaps mean nothing';
COMMENT ON COLUMN @extschema@.audit_log.transaction_id IS 'transaction: its id in the server, above those of the log that a dump has brought';
COMMENT ON COLUMN @extschema@.audit_log.context_id IS 'who changed it';
COMMENT ON COLUMN @extschema@.audit_log.command IS 'command of the transaction: with the id, the order of the changes';
COMMENT ON COLUMN @extschema@.audit_log.changed_at IS 'when the trigger fired; of several changes of one row, it tells the order';
COMMENT ON COLUMN @extschema@.audit_log.relation_id IS 'table; NULL for what is about the log itself';
COMMENT ON COLUMN @extschema@.audit_log.operation IS 'I insert, U update, D delete, T truncate, E event';
COMMENT ON COLUMN @extschema@.audit_log.salt IS 'random, so that what is redacted cannot be guessed by its hash';
COMMENT ON COLUMN @extschema@.audit_log.key IS 'primary key of the row, before the change: the text of its column, or of an array of several; of an event, its name';
COMMENT ON COLUMN @extschema@.audit_log.old IS 'the row before; of an update, the columns that have changed';
COMMENT ON COLUMN @extschema@.audit_log.new IS 'the row after; of an update, the columns that have changed; of an event, what happened';
COMMENT ON COLUMN @extschema@.audit_log.statement_id IS 'statement that the client sent, if that is kept';
COMMENT ON COLUMN @extschema@.audit_log.sha256 IS 'hash that key, old and new had, if any of them was redacted since';

SELECT pg_catalog.pg_extension_config_dump('@extschema@.audit_relation', '');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.audit_relation_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.audit_context', '');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.audit_context_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.audit_transaction', '');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.audit_statement', '');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.audit_statement_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.audit_log', '');

-- lz4 packs images of rows faster than what is usual; not every server has it
DO $$
BEGIN
    IF 'lz4' = ANY ((SELECT s.enumvals FROM pg_settings AS s WHERE s.name = 'default_toast_compression')::text[]) THEN
        ALTER TABLE @extschema@.audit_log ALTER COLUMN old SET COMPRESSION lz4;
        ALTER TABLE @extschema@.audit_log ALTER COLUMN new SET COMPRESSION lz4;
    END IF;
END $$;

-- For people.
CREATE VIEW @extschema@.audit_entry AS
SELECT l.transaction_id, l.id, l.changed_at, c.actor, c.session_user_name, c.role_name, c.application_name, c.client_address, c.labels,
       r.schema_name, r.table_name,
       CASE l.operation WHEN 'I' THEN 'INSERT' WHEN 'U' THEN 'UPDATE' WHEN 'D' THEN 'DELETE'
                        WHEN 'T' THEN 'TRUNCATE' ELSE 'EVENT' END AS operation,
       l.key, l.old, l.new, s.query, l.command, t.block
  FROM @extschema@.audit_log AS l
       LEFT JOIN @extschema@.audit_context AS c ON c.id = l.context_id
       LEFT JOIN @extschema@.audit_transaction AS t ON t.id = l.transaction_id
       LEFT JOIN @extschema@.audit_relation AS r ON r.id = l.relation_id
       LEFT JOIN @extschema@.audit_statement AS s ON s.id = l.statement_id;
COMMENT ON VIEW @extschema@.audit_entry IS
    'the log with who and where; order by transaction_id, command, id';
COMMENT ON COLUMN @extschema@.audit_entry.transaction_id IS 'transaction';
COMMENT ON COLUMN @extschema@.audit_entry.id IS 'number of the entry in the transaction';
COMMENT ON COLUMN @extschema@.audit_entry.changed_at IS 'when the row changed';
COMMENT ON COLUMN @extschema@.audit_entry.actor IS 'the person, as far as the application told';
COMMENT ON COLUMN @extschema@.audit_entry.session_user_name IS 'user that logged in';
COMMENT ON COLUMN @extschema@.audit_entry.role_name IS 'role in force';
COMMENT ON COLUMN @extschema@.audit_entry.application_name IS 'application, as it calls itself';
COMMENT ON COLUMN @extschema@.audit_entry.client_address IS 'where the client is';
COMMENT ON COLUMN @extschema@.audit_entry.labels IS 'whatever else is to be known';
COMMENT ON COLUMN @extschema@.audit_entry.schema_name IS 'schema of the table then';
COMMENT ON COLUMN @extschema@.audit_entry.table_name IS 'name of the table then';
COMMENT ON COLUMN @extschema@.audit_entry.operation IS 'INSERT, UPDATE, DELETE, TRUNCATE or EVENT';
COMMENT ON COLUMN @extschema@.audit_entry.key IS 'primary key of the row, before the change';
COMMENT ON COLUMN @extschema@.audit_entry.old IS 'the row before, or what of it has changed';
COMMENT ON COLUMN @extschema@.audit_entry.new IS 'the row after, or what of it has changed';
COMMENT ON COLUMN @extschema@.audit_entry.query IS 'statement that the client sent, if that is kept';
COMMENT ON COLUMN @extschema@.audit_entry.command IS 'command of the transaction';
COMMENT ON COLUMN @extschema@.audit_entry.block IS 'block that it is sealed in; NULL for not yet';

-- ------------------------------------------------------------------------
-- Nobody changes the log
-- ------------------------------------------------------------------------

CREATE FUNCTION @extschema@.protect_log() RETURNS trigger
    AS 'MODULE_PATHNAME', 'handover_protect_log' LANGUAGE C;
COMMENT ON FUNCTION @extschema@.protect_log() IS
    'trigger: refuses every change of the log but those of its own functions';

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY '{audit_incarnation,audit_relation,audit_context,audit_transaction,audit_statement,audit_log}'::text[] LOOP
        EXECUTE format('CREATE TRIGGER protect_log BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON @extschema@.%I
                        FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.protect_log()', name);
        EXECUTE format('COMMENT ON TRIGGER protect_log ON @extschema@.%I IS %L', name,
                       'refuses every change but those of the functions of the log');
    END LOOP;
END $$;

-- ------------------------------------------------------------------------
-- Who may read it
-- ------------------------------------------------------------------------

-- Triggers go past this, and so do superusers; others see what a policy shows them.
ALTER TABLE @extschema@.audit_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE @extschema@.audit_context ENABLE ROW LEVEL SECURITY;
ALTER TABLE @extschema@.audit_statement ENABLE ROW LEVEL SECURITY;

-- ------------------------------------------------------------------------
-- What transactions are called
-- ------------------------------------------------------------------------

CREATE FUNCTION @extschema@.audit_base() RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET handover.log_maintenance = on
AS $function$
DECLARE
    base bigint := (SELECT i.transaction_base FROM @extschema@.audit_incarnation AS i);
BEGIN
    IF base IS NULL THEN
        -- once in the life of a database; others wait, and see what it came to
        LOCK TABLE @extschema@.audit_incarnation IN SHARE ROW EXCLUSIVE MODE;
        SELECT i.transaction_base INTO base FROM @extschema@.audit_incarnation AS i;
    END IF;
    IF base IS NULL THEN
        SELECT greatest(0, greatest(max(l.transaction_id), (SELECT max(b.complete_to) FROM @extschema@.audit_block AS b)) + 1
                               - pg_snapshot_xmin(pg_current_snapshot())::text::bigint) INTO base
          FROM @extschema@.audit_log AS l;
        UPDATE @extschema@.audit_incarnation AS i SET transaction_base = base;
    END IF;
    RETURN base;
END
$function$;
COMMENT ON FUNCTION @extschema@.audit_base() IS
    'part of the functions of the log: what is added to transaction ids, see audit_incarnation';
REVOKE ALL ON FUNCTION @extschema@.audit_base() FROM PUBLIC;
