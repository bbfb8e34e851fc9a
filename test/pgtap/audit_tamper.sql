--
-- Of a thousand changes of a sealed log, made at random by a superuser who may do everything, each is found, while the
-- log as it is is never accused.
--

SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS handover;
SET timezone = 'UTC';
SELECT plan(4);

CREATE SCHEMA scratch;
SET search_path = scratch, public;
SET synchronous_commit = off;
CREATE TABLE a (id integer PRIMARY KEY, title text, n integer);
CREATE TABLE b (id integer PRIMARY KEY, a integer, note text);
SELECT handover.audit('a', with_query => true), handover.audit('b');
CREATE PROCEDURE work(transactions integer) LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1..transactions LOOP
        PERFORM set_config('handover.actor', (ARRAY['Ann', 'Bo', 'Cy'])[1 + i % 3], true);
        INSERT INTO a SELECT i * 10 + k, 'title ' || k, k FROM generate_series(1, 1 + i % 4) AS k;
        UPDATE a SET n = n + 1, title = title || '!' WHERE id % 7 = i % 7 AND id > i * 10 - 30;
        IF i % 3 = 0 THEN
            INSERT INTO b VALUES (i, i * 10, 'note');
            DELETE FROM a WHERE id = i * 10 - 9;
        END IF;
        COMMIT;
        IF i % 10 = 0 THEN
            PERFORM handover.seal();
            COMMIT;
        END IF;
    END LOOP;
END $$;
SELECT handover.seal() \g /dev/null
SELECT handover.drop_blocks(clock_timestamp()) \g /dev/null
CALL work(60);
SELECT handover.redact('a', '{11}', '{title}', 'to have something that is redacted') \g /dev/null
CALL work(0);
SELECT handover.seal() \g /dev/null

-- A change, at random: of a value, a row that goes, comes, or trades places with another, the end cut off.
CREATE FUNCTION some_row(relation text) RETURNS tid LANGUAGE plpgsql AS $$
DECLARE found tid;
BEGIN
    EXECUTE format('SELECT ctid FROM handover.%I AS x WHERE %s ORDER BY random() LIMIT 1', relation,
        CASE relation WHEN 'audit_log' THEN 'EXISTS (SELECT FROM handover.audit_transaction AS t WHERE t.id = x.transaction_id)'
                      WHEN 'audit_statement' THEN 'EXISTS (SELECT FROM handover.audit_log AS l WHERE l.statement_id = x.id)'
                      WHEN 'audit_block' THEN 'block > handover.dropped_block()'
                      ELSE 'block > handover.dropped_block()' END) INTO found;
    RETURN found;
END $$;
CREATE FUNCTION other_value(type regtype, attname text) RETURNS text LANGUAGE sql AS $$
    SELECT CASE type::text
        WHEN 'bytea' THEN format('CASE WHEN %1$I = ''\x01'' THEN ''\x02'' ELSE ''\x01'' END::bytea', attname)
        WHEN 'uuid' THEN 'gen_random_uuid()'
        WHEN 'text[]' THEN format('%I || ''{x}''::text[]', attname)
        WHEN 'timestamp with time zone' THEN format('coalesce(%I, now()) + (1 + floor(random() * 1e6)) * interval ''1 us''', attname)
        WHEN 'jsonb' THEN format('coalesce(%I, ''{}'') || jsonb_build_object(''n'', random())', attname)
        WHEN '"char"' THEN format('CASE WHEN %I = ''U'' THEN ''D'' ELSE ''U'' END::"char"', attname)
        WHEN 'text' THEN format('coalesce(%I, '''') || chr(97 + floor(random() * 26)::integer)', attname)
        WHEN 'oid' THEN format('(%I::bigint + 1)::oid', attname)
        ELSE format('coalesce(%I, 0) + 1 + floor(random() * 5)::integer', attname) END $$;
CREATE FUNCTION some_tampering(kind text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    relation text := (ARRAY['audit_log', 'audit_log', 'audit_log', 'audit_transaction', 'audit_context', 'audit_block', 'audit_relation', 'audit_statement'])[1 + floor(random() * 8)::integer];
    this tid;
    other tid;
    change record;
BEGIN
    IF kind IN ('insert', 'swap', 'cut') THEN
        relation := (ARRAY['audit_log', 'audit_transaction'])[1 + floor(random() * 2)::integer];
    END IF;
    this := some_row(relation);
    CASE kind
    WHEN 'change' THEN
        SELECT a.attname, a.atttypid INTO change FROM pg_attribute AS a
         WHERE a.attrelid = format('handover.%I', relation)::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY random() LIMIT 1;
        RETURN format('UPDATE handover.%I SET %I = %s WHERE ctid = %L', relation, change.attname, other_value(change.atttypid, change.attname), this);
    WHEN 'delete' THEN
        RETURN format('DELETE FROM handover.%I WHERE ctid = %L', relation, this);
    WHEN 'insert' THEN
        RETURN CASE relation
            WHEN 'audit_log' THEN format('INSERT INTO handover.audit_log SELECT transaction_id, id + 1000, context_id, command, changed_at, statement_id, relation_id, operation, salt, key, old, new, sha256 FROM handover.audit_log WHERE ctid = %L', this)
            ELSE format('INSERT INTO handover.audit_transaction SELECT id + 1000000, block, entries, sha256 FROM handover.audit_transaction WHERE ctid = %L', this) END;
    WHEN 'swap' THEN
        LOOP
            other := some_row(relation);
            EXIT WHEN other <> this;
        END LOOP;
        RETURN CASE relation
            WHEN 'audit_log' THEN format('WITH x AS (SELECT * FROM handover.audit_log WHERE ctid = %1$L), y AS (SELECT * FROM handover.audit_log WHERE ctid = %2$L)
                UPDATE handover.audit_log AS l SET key = CASE WHEN l.ctid = %1$L THEN y.key ELSE x.key END, old = CASE WHEN l.ctid = %1$L THEN y.old ELSE x.old END, new = CASE WHEN l.ctid = %1$L THEN y.new ELSE x.new END
                  FROM x, y WHERE l.ctid IN (%1$L, %2$L) AND (x.key, x.old, x.new) IS DISTINCT FROM (y.key, y.old, y.new)', this, other)
            ELSE format('WITH x AS (SELECT * FROM handover.audit_transaction WHERE ctid = %1$L), y AS (SELECT * FROM handover.audit_transaction WHERE ctid = %2$L)
                UPDATE handover.audit_transaction AS t SET block = CASE WHEN t.ctid = %1$L THEN y.block ELSE x.block END
                  FROM x, y WHERE t.ctid IN (%1$L, %2$L) AND x.block <> y.block', this, other) END;
    WHEN 'cut' THEN
        RETURN format('WITH cut AS (DELETE FROM handover.audit_block WHERE block > (SELECT max(block) FROM handover.audit_block) - %s RETURNING block),
            gone AS (DELETE FROM handover.audit_transaction AS t USING cut WHERE t.block = cut.block RETURNING t.id), free AS (UPDATE handover.audit_relation AS r SET block = NULL FROM cut WHERE r.block = cut.block),
            nobody AS (UPDATE handover.audit_context AS c SET block = NULL FROM cut WHERE c.block = cut.block)
            DELETE FROM handover.audit_log AS l USING gone WHERE l.transaction_id = gone.id', 1 + floor(random() * 3)::integer);
    END CASE;
END $$;
CREATE TABLE found (kind text, change text, rows integer, discrepancies text[]);
CREATE TABLE anchor AS SELECT sha256 FROM handover.head();
CREATE PROCEDURE tamper(n integer) LANGUAGE plpgsql AS $$
DECLARE
    kind text;
    change text;
    changed integer;
    discrepancies text[];
BEGIN
    SET LOCAL handover.log_maintenance = on;
    FOR i IN 1..n LOOP
        kind := (ARRAY['change', 'change', 'change', 'delete', 'insert', 'swap', 'cut'])[1 + i % 7];
        change := some_tampering(kind);
        BEGIN
            EXECUTE change;
            GET DIAGNOSTICS changed = ROW_COUNT;
            discrepancies := ARRAY(SELECT DISTINCT v.discrepancy FROM anchor, handover.verify(anchor => anchor.sha256) AS v);
            RAISE EXCEPTION USING ERRCODE = 'ZZ001', MESSAGE = 'undo';
        EXCEPTION
            WHEN SQLSTATE 'ZZ001' THEN NULL;
            -- what the tables themselves refuse is refused
            WHEN unique_violation OR not_null_violation THEN changed := 0;
        END;
        INSERT INTO found VALUES (kind, change, changed, discrepancies);
    END LOOP;
END $$;
DO $$ BEGIN PERFORM setseed(0.31415926); END $$;
CALL tamper(1200);

SELECT cmp_ok((SELECT count(*) FROM found WHERE rows > 0), '>=', 1000::bigint, 'a thousand changes were made');
SELECT is_empty($$ SELECT kind, change FROM found WHERE rows > 0 AND discrepancies = '{}' $$, 'each was found');
SELECT bag_eq($$ SELECT DISTINCT kind FROM found WHERE rows > 0 $$, $$ VALUES ('change'), ('delete'), ('insert'), ('swap'), ('cut') $$, 'of all kinds');
SELECT is_empty($$ SELECT * FROM handover.verify(anchor => (SELECT sha256 FROM anchor)) $$, 'and the log as it is is not accused');
SELECT * FROM finish();

SELECT handover.unaudit('a'), handover.unaudit('b') \g /dev/null
DROP SCHEMA scratch CASCADE;
