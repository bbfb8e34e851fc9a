--
-- Ways to see to it that a handover is complete before it is submitted, on equal tables:
--
--   bare      none: no triggers, no check
--   ours      a workspace as create_workspace() makes it, but for the trigger that signs and the audit log
--   template  the same, with the checklist of a role (88 rules) instead of the 12 below
--   deferred  by hand: a deferred constraint trigger in PL/pgSQL that locks the handover and counts
--             all its items
--   counted   by hand: statement triggers in PL/pgSQL that keep counts in the handover, as jsonb,
--             under a CHECK
--
-- Those by hand enforce the 12 rules and nothing else, and are written as favourably as they can
-- be: they look for NULL alone and let pass what is blank, they know no attributes but those of the
-- rules, and they leave drafts alone where that is enough.  None but ours fills the columns
-- checklist, tally and completeness.
--
-- Signing is compared apart: in ours_signed and template_signed, which are whole workspaces, and in
-- bare_signed, which has no triggers either and whose client writes the same row into signoff.
--

SET client_min_messages = warning;

-- What is inserted: 20 items that satisfy the 12 rules, and those of the template too.
CREATE TABLE sample (n integer PRIMARY KEY, element text, title text, details text, state text, owner text, new_owner text,
    due_at timestamptz, urgency handover.level, importance handover.level, impact handover.level, critical boolean,
    outcome text, instructions text, contingency text, link text, attributes jsonb);
INSERT INTO sample
SELECT n, e, initcap(e) || ' number ' || n || ' of the service', 'What there is to know about it, in a line or two of text',
       CASE WHEN e = 'task' THEN 'ongoing' END, 'Ana', 'Bo', timestamptz '2027-01-01' + n * interval '1 day',
       (ARRAY['low', 'medium', 'high']::handover.level[])[n % 3 + 1], 'medium', CASE WHEN e = 'risk' THEN 'high'::handover.level END,
       NULL, 'It works as it did before', 'Open the runbook and follow it step by step, then say so in the channel',
       CASE WHEN e = 'risk' THEN 'Call the vendor' END, 'https://wiki.example.com/' || n,
       CASE e WHEN 'contact' THEN '{"channel": "phone", "address": "+49 30 1234567"}'::jsonb
              WHEN 'access_grant' THEN '{"account": "svc-vpn", "access_level": "admin", "secret_location": "vault/vpn"}'
              WHEN 'knowledge' THEN '{"category": "technical"}'
              WHEN 'procedure' THEN '{"category": "troubleshooting"}'
              WHEN 'project' THEN '{"status": "on track"}'
              ELSE '{}' END
FROM unnest('{task,task,task,task,task,task,responsibility,responsibility,project,milestone,issue,risk,risk,
              contact,contact,document,knowledge,access_grant,access_grant,procedure}'::text[]) WITH ORDINALITY AS s (e, n);
UPDATE sample SET critical = true WHERE n = 1;

CREATE FUNCTION rules() RETURNS handover.checklist IMMUTABLE LANGUAGE sql AS $$ SELECT
    'every handover has scope; every handover has incoming; require 3 task; every task has title;
     every task where state <> done has new_owner, due_at; every task where critical has instructions;
     require contact where channel; require risk; every risk where impact >= high has contingency;
     every access_grant has secret_location; no question where state <> done to accept'::handover.checklist $$;

-- ---------------------------------------------------------------------------------------------
-- The tables
-- ---------------------------------------------------------------------------------------------

SELECT handover.create_workspace(name, false) FROM unnest('{ours,ours_signed,template,template_signed,bare,bare_signed,deferred,counted}'::text[]) AS name \g /dev/null

DO $$
DECLARE
    name text;
    t record;
BEGIN
    FOREACH name IN ARRAY '{bare,bare_signed,deferred,counted}'::text[] LOOP
        FOR t IN SELECT tgname, tgrelid::regclass AS tab FROM pg_trigger JOIN pg_class AS c ON c.oid = tgrelid
                 WHERE NOT tgisinternal AND c.relnamespace = name::regnamespace LOOP
            EXECUTE format('DROP TRIGGER %I ON %s', t.tgname, t.tab);
        END LOOP;
        EXECUTE format('ALTER TABLE %I.handover DROP CONSTRAINT handover_is_complete,
            ALTER checklist DROP NOT NULL, ALTER tally DROP NOT NULL, ALTER completeness DROP EXPRESSION,
            ALTER created_by SET DEFAULT session_user, ALTER created_at SET DEFAULT now()', name);
    END LOOP;
    -- vacuumed between rounds only
    FOR t IN SELECT oid::regclass AS tab FROM pg_class WHERE relname IN ('handover', 'item') AND relkind = 'r' LOOP
        EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = off)', t.tab);
    END LOOP;
    ALTER TABLE ours.handover DISABLE TRIGGER sign;
    ALTER TABLE template.handover DISABLE TRIGGER sign;
END $$;

-- ---------------------------------------------------------------------------------------------
-- By hand: a deferred constraint trigger
-- ---------------------------------------------------------------------------------------------

CREATE FUNCTION deferred.check_handover(key bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    h record;
    ok boolean;
BEGIN
    SELECT status, scope, incoming INTO h FROM deferred.handover WHERE id = key FOR NO KEY UPDATE;
    IF NOT FOUND OR h.status IN ('draft', 'cancelled') THEN
        RETURN;
    END IF;
    SELECT h.scope IS NOT NULL AND h.incoming IS NOT NULL
           AND count(*) FILTER (WHERE element = 'task' AND state IS DISTINCT FROM 'none') >= 3
           AND count(*) FILTER (WHERE element = 'task' AND title IS NULL) = 0
           AND count(*) FILTER (WHERE element = 'task' AND state IS DISTINCT FROM 'done' AND new_owner IS NULL) = 0
           AND count(*) FILTER (WHERE element = 'task' AND state IS DISTINCT FROM 'done' AND due_at IS NULL) = 0
           AND count(*) FILTER (WHERE element = 'task' AND critical AND instructions IS NULL) = 0
           AND count(*) FILTER (WHERE element = 'contact' AND attributes ? 'channel') >= 1
           AND count(*) FILTER (WHERE element = 'risk') >= 1
           AND count(*) FILTER (WHERE element = 'risk' AND impact >= 'high' AND contingency IS NULL) = 0
           AND count(*) FILTER (WHERE element = 'access_grant' AND NOT attributes ? 'secret_location') = 0
           AND (h.status = 'submitted' OR count(*) FILTER (WHERE element = 'question' AND state IS DISTINCT FROM 'done') = 0)
      INTO ok FROM deferred.item WHERE handover_id = key;
    IF NOT ok THEN
        RAISE EXCEPTION 'handover % is not complete', key USING ERRCODE = 'check_violation';
    END IF;
END $$;

CREATE FUNCTION deferred.check_header() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM deferred.check_handover(NEW.id);
    RETURN NULL;
END $$;
CREATE FUNCTION deferred.check_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM deferred.check_handover(OLD.handover_id);
    END IF;
    IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.handover_id <> OLD.handover_id THEN
        PERFORM deferred.check_handover(NEW.handover_id);
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER check_handover AFTER INSERT OR UPDATE ON deferred.handover
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status NOT IN ('draft', 'cancelled'))
    EXECUTE FUNCTION deferred.check_header();
CREATE CONSTRAINT TRIGGER check_handover AFTER INSERT OR UPDATE OR DELETE ON deferred.item
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION deferred.check_item();

-- ---------------------------------------------------------------------------------------------
-- By hand: counts in the handover, under a CHECK
-- ---------------------------------------------------------------------------------------------

DO $$
DECLARE
    -- what is counted, and of which items
    parts text[] := '{
        {task,"element = ''task'' AND state IS DISTINCT FROM ''none''"},
        {untitled,"element = ''task'' AND title IS NULL"},
        {unowned,"element = ''task'' AND state IS DISTINCT FROM ''done'' AND new_owner IS NULL"},
        {undated,"element = ''task'' AND state IS DISTINCT FROM ''done'' AND due_at IS NULL"},
        {unexplained,"element = ''task'' AND critical AND instructions IS NULL"},
        {contact,"element = ''contact'' AND attributes ? ''channel''"},
        {risk,"element = ''risk''"},
        {unprepared,"element = ''risk'' AND impact >= ''high'' AND contingency IS NULL"},
        {unlocated,"element = ''access_grant'' AND NOT attributes ? ''secret_location''"},
        {question,"element = ''question'' AND state IS DISTINCT FROM ''done''"}}';
    zero text := '';
    added text := '';
    sums text := '';
    counts text := '';
    part text[];
BEGIN
    FOREACH part SLICE 1 IN ARRAY parts LOOP
        zero := zero || format(', %L, 0', part[1]);
        added := added || format(', %L, (h.counts ->> %L)::integer + d.%I', part[1], part[1], part[1]);
        sums := sums || format(', sum(%I) AS %I', part[1], part[1]);
        counts := counts || format(', count(*) FILTER (WHERE %s) AS %I', part[2], part[1]);
    END LOOP;
    EXECUTE format('ALTER TABLE counted.handover ADD COLUMN counts jsonb NOT NULL DEFAULT jsonb_build_object(%s)', substr(zero, 3));
    EXECUTE format('
        CREATE FUNCTION counted.count_insert() RETURNS trigger LANGUAGE plpgsql AS $f$
        BEGIN
            UPDATE counted.handover AS h SET counts = jsonb_build_object(%s)
              FROM (SELECT handover_id%s FROM new_row GROUP BY handover_id) AS d
             WHERE h.id = d.handover_id;
            RETURN NULL;
        END $f$', substr(added, 3), counts);
    EXECUTE format('
        CREATE FUNCTION counted.count_delete() RETURNS trigger LANGUAGE plpgsql AS $f$
        BEGIN
            UPDATE counted.handover AS h SET counts = jsonb_build_object(%s)
              FROM (SELECT handover_id%s FROM old_row GROUP BY handover_id) AS d
             WHERE h.id = d.handover_id;
            RETURN NULL;
        END $f$', substr(added, 3), replace(counts, 'count(*)', '-count(*)'));
    EXECUTE format('
        CREATE FUNCTION counted.count_update() RETURNS trigger LANGUAGE plpgsql AS $f$
        BEGIN
            UPDATE counted.handover AS h SET counts = jsonb_build_object(%s)
              FROM (SELECT handover_id%s
                      FROM (SELECT handover_id%s FROM new_row GROUP BY handover_id
                            UNION ALL
                            SELECT handover_id%s FROM old_row GROUP BY handover_id) AS change
                     GROUP BY handover_id) AS d
             WHERE h.id = d.handover_id;
            RETURN NULL;
        END $f$', substr(added, 3), sums, counts, replace(counts, 'count(*)', '-count(*)'));
END $$;
CREATE TRIGGER count_insert AFTER INSERT ON counted.item REFERENCING NEW TABLE AS new_row
    FOR EACH STATEMENT EXECUTE FUNCTION counted.count_insert();
CREATE TRIGGER count_update AFTER UPDATE ON counted.item REFERENCING OLD TABLE AS old_row NEW TABLE AS new_row
    FOR EACH STATEMENT EXECUTE FUNCTION counted.count_update();
CREATE TRIGGER count_delete AFTER DELETE ON counted.item REFERENCING OLD TABLE AS old_row
    FOR EACH STATEMENT EXECUTE FUNCTION counted.count_delete();
ALTER TABLE counted.handover ADD CHECK (status IN ('draft', 'cancelled') OR (
    scope IS NOT NULL AND incoming IS NOT NULL AND (counts ->> 'task')::integer >= 3
    AND (counts ->> 'untitled')::integer = 0 AND (counts ->> 'unowned')::integer = 0 AND (counts ->> 'undated')::integer = 0
    AND (counts ->> 'unexplained')::integer = 0 AND (counts ->> 'contact')::integer >= 1
    AND (counts ->> 'risk')::integer >= 1 AND (counts ->> 'unprepared')::integer = 0 AND (counts ->> 'unlocated')::integer = 0
    AND (status = 'submitted' OR (counts ->> 'question')::integer = 0)));

-- ---------------------------------------------------------------------------------------------
-- What is done: for each of them procedures of its own, so that each keeps its plans
-- ---------------------------------------------------------------------------------------------

CREATE PROCEDURE make_procedures(name text) LANGUAGE plpgsql AS $make$
DECLARE
    -- names of the columns that are given, and their values from "s"
    given text := 'element, title, details, state, owner, new_owner, due_at, urgency, importance, impact, critical, outcome, instructions, contingency, link, attributes';
    header text := 'title, outgoing, incoming, incoming_team, scope, effective_at, expectation, question_channel';
    header_values text := $$'Second line of the service desk', 'Ana', 'Bo', 'team 17', 'All of second line', '2027-01-01', 'Keep it running', '#desk'$$;
    signing text := '';
BEGIN
    -- only ours knows checklists
    IF name ~ '^ours' THEN
        header := header || ', checklist';
        header_values := header_values || ', ' || quote_literal(rules()) || '::handover.checklist';
    ELSIF name ~ '^template' THEN
        header := header || ', checklist';
        header_values := header_values || ', ' || quote_literal(handover.compose('it_support_specialist')) || '::handover.checklist';
    END IF;

    -- by hand, and so that the document is made once
    IF name = 'bare_signed' THEN
        signing := $s$
                SELECT d.document INTO document FROM bare_signed.document AS d WHERE d.handover_id = h;
                INSERT INTO bare_signed.signoff (handover_id, step, signed_by, session_user_name, signed_at, document, sha256)
                VALUES (h, 'submitted', session_user, session_user, now(), document, sha256(convert_to(document::text, 'UTF8')));$s$;
    END IF;

    -- n handovers with 20 items each, in one statement or in twenty, submitted; a transaction each
    EXECUTE format($p$
        CREATE PROCEDURE %1$I.new_handovers(n integer) LANGUAGE plpgsql AS $f$
        DECLARE
            h bigint;
            document jsonb;
        BEGIN
            FOR i IN 1..n LOOP
                INSERT INTO %1$I.handover (%2$s) VALUES (%3$s) RETURNING id INTO h;
                INSERT INTO %1$I.item (handover_id, %4$s) SELECT h, %4$s FROM sample;
                UPDATE %1$I.handover SET status = 'submitted' WHERE id = h;%5$s
                COMMIT;
            END LOOP;
        END $f$;
        CREATE PROCEDURE %1$I.new_handovers_row_by_row(n integer) LANGUAGE plpgsql AS $f$
        DECLARE
            h bigint;
            document jsonb;
        BEGIN
            FOR i IN 1..n LOOP
                INSERT INTO %1$I.handover (%2$s) VALUES (%3$s) RETURNING id INTO h;
                FOR j IN 1..20 LOOP
                    INSERT INTO %1$I.item (handover_id, %4$s) SELECT h, %4$s FROM sample AS s WHERE s.n = j;
                END LOOP;
                UPDATE %1$I.handover SET status = 'submitted' WHERE id = h;%5$s
                COMMIT;
            END LOOP;
        END $f$ $p$, name, header, header_values, given, signing);

    -- n items more, each to one of the handovers from first to last; a transaction each
    EXECUTE format($p$
        CREATE PROCEDURE %1$I.more_items(n integer, first bigint, last bigint) LANGUAGE plpgsql AS $f$
        DECLARE
            h bigint;
        BEGIN
            FOR i IN 1..n LOOP
                h := first + i::bigint * 7919 %% (last - first + 1);
                INSERT INTO %1$I.item (handover_id, element, title, details, owner, new_owner, due_at, urgency, instructions)
                VALUES (h, 'task', 'One task more', 'What there is to know about it', 'Ana', 'Bo', '2027-01-01', 'high', 'Follow the runbook');
                COMMIT;
            END LOOP;
        END $f$ $p$, name);

    -- many handovers at once, drafts, with a multiple of 20 items each
    EXECUTE format($p$
        CREATE PROCEDURE %1$I.fill(first bigint, last bigint, items integer) LANGUAGE plpgsql AS $f$
        BEGIN
            INSERT INTO %1$I.handover (id, %2$s) SELECT h, %3$s FROM generate_series(first, last) AS h;
            INSERT INTO %1$I.item (handover_id, %4$s)
            SELECT h, %4$s FROM generate_series(first, last) AS h, sample AS s, generate_series(1, items / 20);
        END $f$ $p$, name, header, header_values, given);

    -- items from a file below the directory of the server's data
    EXECUTE format($p$
        CREATE PROCEDURE %1$I.load(file text) LANGUAGE plpgsql AS $f$
        BEGIN
            EXECUTE format('COPY %1$I.item (handover_id, %2$s) FROM %%L', current_setting('data_directory') || '/' || file);
        END $f$ $p$, name, given);
END $make$;

CREATE FUNCTION contestants() RETURNS text[] IMMUTABLE LANGUAGE sql AS $$ SELECT '{bare,ours,template,deferred,counted}'::text[] $$;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY contestants() || '{bare_signed,ours_signed,template_signed}'::text[] LOOP
        CALL make_procedures(name);
        -- below that, keys are given
        EXECUTE format('ALTER TABLE %I.handover ALTER id RESTART WITH 100000001', name);
    END LOOP;
END $$;

-- takes back what more_items() has done
CREATE PROCEDURE take_back() LANGUAGE plpgsql AS $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY contestants() LOOP
        EXECUTE format('DELETE FROM %I.item WHERE title = ''One task more''', name);
    END LOOP;
END $$;

-- empty tables, but for so many drafts without items
CREATE PROCEDURE start_anew(drafts integer) LANGUAGE plpgsql AS $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY contestants() LOOP
        EXECUTE format('TRUNCATE %I.handover CASCADE', name);
        EXECUTE format('CALL %I.fill(1, %s, 0)', name, drafts);
        COMMIT;
    END LOOP;
END $$;

-- ---------------------------------------------------------------------------------------------
-- All three that enforce the 12 rules refuse the same
-- ---------------------------------------------------------------------------------------------

-- Is what the statement does to handover 1 refused, with the status set before or after it?
CREATE FUNCTION refuses(name text, statement text, before handover.status, after handover.status) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SET LOCAL search_path = %I, public', name);
    BEGIN
        IF before <> 'draft' THEN
            UPDATE handover SET status = 'submitted' WHERE id = 1;
        END IF;
        IF before = 'accepted' THEN
            UPDATE handover SET status = before WHERE id = 1;
        END IF;
        SET CONSTRAINTS ALL IMMEDIATE;
        SET CONSTRAINTS ALL DEFERRED;
        EXECUTE statement;
        IF after <> before THEN
            UPDATE handover SET status = after WHERE id = 1;
        END IF;
        SET CONSTRAINTS ALL IMMEDIATE;
        RAISE EXCEPTION 'not refused' USING ERRCODE = 'ZZ000';
    EXCEPTION
        WHEN check_violation THEN
            RETURN true;
        WHEN SQLSTATE 'ZZ000' THEN
            RETURN false;
    END;
END $$;

DO $$
DECLARE
    name text;
    defect text;
    refused boolean;
    n integer := 0;
    defects text[] := ARRAY[
        'SELECT',
        'UPDATE handover SET scope = NULL WHERE id = 1',
        'UPDATE handover SET incoming = NULL WHERE id = 1',
        'DELETE FROM item WHERE element = ''task'' AND id > (SELECT min(id) + 1 FROM item)',
        'UPDATE item SET title = NULL WHERE id = (SELECT min(id) FROM item)',
        'UPDATE item SET new_owner = NULL WHERE id = (SELECT min(id) FROM item)',
        'UPDATE item SET due_at = NULL WHERE id = (SELECT min(id) FROM item)',
        'UPDATE item SET instructions = NULL WHERE critical',
        'DELETE FROM item WHERE element = ''contact''',
        'UPDATE item SET element = ''issue'' WHERE element = ''risk''',
        'UPDATE item SET contingency = NULL WHERE element = ''risk''',
        'UPDATE item SET attributes = attributes - ''secret_location'' WHERE element = ''access_grant''',
        'INSERT INTO item (handover_id, element, title, new_owner) VALUES (1, ''task'', ''Without a date'', ''Bo'')'];
BEGIN
    FOREACH name IN ARRAY '{ours,deferred,counted}'::text[] LOOP
        EXECUTE format('CALL %I.fill(1, 1, 20)', name);
        FOREACH defect IN ARRAY defects LOOP
            FOR refused IN SELECT refuses(name, defect, b::handover.status, a::handover.status)
                           FROM (VALUES ('draft', 'submitted'), ('submitted', 'submitted'), ('submitted', 'accepted'), ('accepted', 'accepted')) AS v (b, a) LOOP
                IF refused <> (defect <> 'SELECT') THEN
                    RAISE EXCEPTION '% errs on: %', name, defect;
                END IF;
                n := n + 1;
            END LOOP;
        END LOOP;
        defect := 'INSERT INTO item (handover_id, element, title) VALUES (1, ''question'', ''Which one?'')';
        IF refuses(name, defect, 'draft', 'submitted') OR NOT refuses(name, defect, 'submitted', 'accepted')
           OR NOT refuses(name, defect, 'accepted', 'accepted') THEN
            RAISE EXCEPTION '% errs on: %', name, defect;
        END IF;
        n := n + 3;
        EXECUTE format('DELETE FROM %I.handover', name);
    END LOOP;
    RAISE INFO '% answers of the three, and all agree; the checklist has % bytes, that of the template %', n,
        pg_column_size(rules()), pg_column_size(handover.compose('it_support_specialist')::text::handover.checklist);
END $$;

-- No table is empty, so that plans are those of tables that are in use.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY contestants() || '{bare_signed,ours_signed,template_signed}'::text[] LOOP
        EXECUTE format('CALL %I.fill(10001, 15000, 20)', name);
    END LOOP;
END $$;
VACUUM ANALYZE;
