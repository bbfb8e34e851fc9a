--
-- Whatever is done in a workspace, in whatever order: each tally is that of the rows, and that of the
-- document that they make; and no handover is further on than it is complete.  What is refused
-- changes nothing, and is refused for a reason.
--

SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS handover;

BEGIN;
CREATE SCHEMA scratch;
SET LOCAL search_path = scratch, handover, public;
\ir lib/generate.sql
SELECT plan(13);

DO $$ BEGIN PERFORM setseed(0.69314718); END $$;

SELECT create_workspace('ops');
-- elements that the generator draws from, and columns for some of its fields
INSERT INTO element (name, title, description) VALUES ('Open Task', 'Open task', 'generated'),
    ('where', 'Where', 'generated');
ALTER TABLE ops.item ADD a text, ADD b jsonb, ADD "Due At" text;
ALTER TABLE ops.handover ADD a text, ADD b jsonb;

--
-- One random change of anything, as a statement
--

CREATE FUNCTION some_handover() RETURNS bigint LANGUAGE sql AS $$ SELECT id FROM ops.handover
    ORDER BY random() LIMIT 1 $$;
CREATE FUNCTION some_element() RETURNS text LANGUAGE sql AS $$ SELECT generate.one_of('task', 'task', 'risk',
    'contact', 'document', 'Open Task', 'where', 'dependency') $$;
-- what is in "attributes" of a document is not told from what stands beside it
CREATE FUNCTION some_attributes() RETURNS jsonb LANGUAGE sql AS $$ SELECT generate.item() - 'attributes' $$;
CREATE FUNCTION some_checklist() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN generate.checklist(generate.elements() || '{dependency}'::text[], array_remove(generate.fields(),
        'attributes') || '{title,scope,owner}'::text[],
                              generate.any_of(ARRAY[1, 2, 3, 8]));
END $$;
-- values of columns a, b, "Due At", state, urgency and owner
CREATE FUNCTION some_values() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN concat_ws(', ',
        CASE WHEN generate.chance(0.3) THEN quote_literal(generate.any_of(generate.texts())) ELSE 'NULL' END,
        CASE WHEN generate.chance(0.3) THEN quote_literal(generate.value()) ELSE 'NULL' END,
        CASE WHEN generate.chance(0.3) THEN quote_literal(generate.any_of(generate.texts())) ELSE 'NULL' END,
        quote_nullable(generate.any_of(ARRAY[NULL, NULL, 'done', 'none', 'blocked'])),
        quote_nullable(generate.any_of(ARRAY[NULL, 'low', 'high', 'critical'])),
        quote_nullable(generate.any_of(ARRAY[NULL, 'Ana', ' '])));
END $$;
-- some of the items, by their keys
CREATE FUNCTION some_items() RETURNS text LANGUAGE sql AS $$ SELECT format('id %% 4 = %s', floor(random() * 4)) $$;

CREATE FUNCTION some_change(kind text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    h CONSTANT bigint := some_handover();
    accepted CONSTANT bigint := (SELECT id FROM ops.handover WHERE status IN ('accepted', 'closed') ORDER BY random() LIMIT 1);
    n CONSTANT integer := 1 + floor(random() * 4);
BEGIN
    RETURN CASE kind
        WHEN 'insert handover' THEN
            format('INSERT INTO ops.handover (title, scope, checklist, attributes, a, b) VALUES (%L, %L, %L, %L, %L, %L)',
                   generate.any_of(ARRAY[NULL, 'x']), generate.any_of(ARRAY[NULL, 'all', ' ']), some_checklist(),
                   some_attributes(), generate.any_of(generate.texts()), generate.value())
        WHEN 'insert items' THEN
            'INSERT INTO ops.item (handover_id, element, title, attributes, a, b, "Due At", state, urgency, owner)
             VALUES '
            || (SELECT string_agg(format('(%s, %L, %L, %L, %s)', some_handover(), some_element(),
                                         generate.any_of(ARRAY[NULL, 'one', 'two', 'three', 'four']),
                                         CASE WHEN generate.chance(0.2) THEN '{}' ELSE some_attributes() END,
                                         some_values()), ', ')
                  FROM generate_series(1, n))
        WHEN 'update items' THEN
            format('UPDATE ops.item SET attributes = %L, (a, b, "Due At", state, urgency, owner) = ROW(%s) WHERE %s',
                   some_attributes(), some_values(), some_items())
        WHEN 'update element' THEN
            format('UPDATE ops.item SET element = %L WHERE %s', some_element(), some_items())
        WHEN 'move items' THEN
            format('UPDATE ops.item SET handover_id = %s
                     WHERE %s AND NOT EXISTS (SELECT FROM ops.dependency AS d WHERE id IN (d.item, d.waits_for))', h, some_items())
        WHEN 'delete items' THEN format('DELETE FROM ops.item WHERE %s', some_items())
        WHEN 'merge items' THEN
            format('MERGE INTO ops.item AS i
                        USING (SELECT id FROM ops.item WHERE handover_id = %s UNION ALL SELECT -1) AS v
                        ON i.handover_id = %s AND i.id = v.id
                        WHEN MATCHED AND v.id %% 3 = 0 THEN DELETE
                        WHEN MATCHED AND v.id %% 3 = 1 THEN UPDATE SET attributes = %L
                        WHEN NOT MATCHED AND v.id IS NOT NULL THEN
                            INSERT (handover_id, element, title, attributes) VALUES (%s, %L, ''merged'', %L)',
                   h, h, some_attributes(), h, some_element(), some_attributes())
        WHEN 'wait' THEN
            format('INSERT INTO ops.dependency (handover_id, item, waits_for, outside, details)
                    SELECT w.handover_id, w.id, CASE WHEN a.id %% 3 > 0 THEN a.id END,
                           CASE WHEN a.id %% 3 <> 1 THEN ''vendor'' END, %L
                      FROM ops.item AS w JOIN ops.item AS a USING (handover_id)
                     WHERE w.handover_id = %s AND w.id <> a.id AND w.title IS NOT NULL AND a.title IS NOT NULL
                     ORDER BY random() LIMIT %s', generate.any_of(generate.texts()), h, n)
        WHEN 'wait no more' THEN format('DELETE FROM ops.dependency WHERE %s', some_items())
        WHEN 'update handover' THEN
            format('UPDATE ops.handover SET scope = %L, attributes = %L, a = %L, b = %L WHERE id = %s',
                   generate.any_of(ARRAY[NULL, 'all', ' ']), some_attributes(),
                   generate.any_of(generate.texts()), generate.value(), h)
        WHEN 'update checklist' THEN
            format('UPDATE ops.handover SET checklist = %L WHERE id = %s', some_checklist(), h)
        WHEN 'recount' THEN format('UPDATE ops.handover SET tally = NULL WHERE id <= %s', h)
        WHEN 'delete handover' THEN format('DELETE FROM ops.handover WHERE id = %s', h)
        WHEN 'move on' THEN
            format('UPDATE ops.handover SET status = handover.next_status(status), scope = coalesce(scope, ''all'')
                     WHERE id %s %s', generate.one_of('=', '>='), h)
        WHEN 'move' THEN
            format('UPDATE ops.handover SET status = %L, remark = %L WHERE id = %s',
                   generate.any_of(enum_range(NULL::status)), generate.any_of(ARRAY[NULL, 'so']), h)
        WHEN 'return' THEN 'UPDATE ops.handover SET status = ''draft'', remark = ''so'' WHERE status = ''submitted'''
        WHEN 'carry forward' THEN
            format('SELECT ops.carry_forward(%s, %s)', coalesce(accepted, h),
                   CASE WHEN generate.chance(0.7) THEN h::text ELSE 'NULL' END)
        WHEN 'import' THEN
            format('SELECT i.unknown FROM ops.document AS d, ops.import(d.document) AS i WHERE d.handover_id = %s', h)
        WHEN 'all at once' THEN
            format('WITH gone AS (DELETE FROM ops.item WHERE handover_id = %1$s AND %2$s),
                         changed AS (UPDATE ops.item SET attributes = %3$L WHERE handover_id = %1$s AND NOT %2$s),
                         made AS (INSERT INTO ops.item (handover_id, element, title, attributes)
                                  VALUES (%1$s, %4$L, ''made'', %3$L))
                    UPDATE ops.handover SET checklist = %5$L, status = handover.next_status(status) WHERE id = %1$s',
                   h, some_items(), some_attributes(), some_element(), some_checklist())
        END;
END $$;

--
-- 300 sequences of changes
--

CREATE TABLE made (sequence integer, kind text, statement text, code text, message text);
CREATE TABLE wrong (sequence integer, statement text, problem text, detail text);
CREATE TABLE signed (step text);
CREATE TABLE seen (tally text, status status);
-- what a refused change must leave as it was
CREATE FUNCTION everything() RETURNS text LANGUAGE sql AS $$
    SELECT md5(concat((SELECT string_agg(h::text, '' ORDER BY id) FROM ops.handover AS h),
        (SELECT string_agg(i::text, '' ORDER BY id) FROM ops.item AS i),
                      (SELECT string_agg(d::text, '' ORDER BY id) FROM ops.dependency AS d),
                          (SELECT count(*) FROM ops.signoff)))
$$;

CREATE PROCEDURE run(sequence integer) LANGUAGE plpgsql AS $$
DECLARE
    -- what was recounted once is recounted to the end of the transaction, so half of the sequences do without
    kinds CONSTANT text[] := '{insert items,insert items,insert items,update items,update items,update element,
        move items,delete items,merge items,wait,wait no more,update handover,insert handover,delete handover,
        move on,move on,move on,move,return,carry forward,import}'::text[]
        || CASE sequence % 2 WHEN 0 THEN '{update checklist,recount,all at once}'::text[] END;
    kind text;
    change text;
    code text;
    message text;
    before text;
    after text;
BEGIN
    FOR i IN 1 .. 2 LOOP
        EXECUTE some_change('insert handover');
    END LOOP;
    after := everything();
    FOR i IN 1 .. 14 LOOP
        kind := CASE WHEN i = 1 THEN 'insert items' ELSE generate.any_of(kinds) END;
        IF kind <> 'insert handover' AND some_handover() IS NULL THEN
            kind := 'insert handover';
        END IF;
        change := some_change(kind);
        before := after;
        BEGIN
            EXECUTE change;
            code := '00000';
            message := NULL;
        EXCEPTION WHEN OTHERS THEN
            code := SQLSTATE;
            message := SQLERRM;
        END;
        after := everything();
        IF code <> '00000' AND after <> before THEN
            INSERT INTO wrong VALUES (sequence, change, 'was refused, but changed something', message);
        END IF;
        INSERT INTO made VALUES (sequence, kind, change, code, message);

        INSERT INTO wrong SELECT sequence, change, 'tally is not that of the rows', d::text
            FROM ops.discrepancy AS d;
        INSERT INTO wrong
        SELECT sequence, change, p.problem, format('%s: %s; %s; %s', h.id, h.checklist, h.tally, d.document)
          FROM ops.handover AS h JOIN (SELECT handover_id, document
              FROM ops.document OFFSET 0) AS d ON d.handover_id = h.id,
               LATERAL (VALUES ('tally is not that of the document', h.tally <> tally(h.checklist, d.document)),
                               ('is not as complete as its status says', NOT complete(h.checklist, d.document,
                                   h.status)),
                               ('completeness is not that of the document',
                                   h.completeness <> completeness(h.checklist, d.document))) AS p (problem,
                                   is_there)
         WHERE p.is_there;
    END LOOP;
END $$;

CREATE PROCEDURE run_all() LANGUAGE plpgsql AS $$
BEGIN
    FOR sequence IN 1 .. 300 LOOP
        CALL run(sequence);
        INSERT INTO wrong SELECT sequence, NULL, 'is not what was signed', s.id::text FROM ops.signoff AS s
            WHERE sha256 <> sha256(convert_to(document::text, 'UTF8'));
        INSERT INTO signed SELECT step FROM ops.signoff;
        INSERT INTO seen SELECT DISTINCT tally::text, status FROM ops.handover;
        TRUNCATE ops.handover CASCADE;
    END LOOP;
END $$;
CALL run_all();

SELECT is_empty(format('SELECT * FROM wrong WHERE problem = %L LIMIT 3', problem), 'never: ' || problem)
FROM unnest(ARRAY['tally is not that of the rows', 'tally is not that of the document',
    'is not as complete as its status says',
                  'completeness is not that of the document', 'was refused, but changed something',
                      'is not what was signed']) AS problem;

-- what is refused is incomplete, a cycle, no move, nothing to carry forward, there already or still waited
-- for; only documents hold anything for a column that it cannot take
SELECT is_empty($$ SELECT kind, code, message, statement FROM made
                   WHERE code NOT IN ('00000', '23514', '55000') AND NOT (kind = 'import' AND code = '22P02')
                       AND NOT (kind = 'wait' AND code = '23505')
                     AND NOT (kind = 'move items' AND code IN ('23503', '23505'))
                         AND NOT (kind = 'carry forward' AND code = '22023') LIMIT 3 $$,
                'nothing else is refused');

-- and all of it has happened
SELECT is_empty($$ SELECT kind, count(*) FILTER (WHERE code = '00000') FROM made GROUP BY kind
    HAVING count(*) FILTER (WHERE code = '00000') < 3 $$,
                'each kind of change was made often enough');
SELECT cmp_ok(count(*), '>=', 50::bigint, 'changes were refused for what would be missing')
FROM made WHERE message LIKE '%is not complete enough%';
SELECT cmp_ok(count(DISTINCT kind), '>=', 3::bigint, 'also of what has moved on already')
FROM made WHERE message LIKE '%is not complete enough%' AND kind NOT IN ('move on', 'move', 'import', 'all at once');
SELECT cmp_ok(count(*), '>=', 5::bigint, 'items would have waited for each other') FROM made
    WHERE message = 'items would wait for each other';
SELECT is_empty($$ SELECT step FROM unnest('{submitted,returned,accepted,closed,cancelled}'::text[]) AS step
                   WHERE (SELECT count(*) FROM signed
                       WHERE signed.step = step.step) < 5 $$, 'all moves were made');
SELECT cmp_ok(count(DISTINCT tally), '>=', 200::bigint, 'tallies differ') FROM seen;

SELECT * FROM finish();
ROLLBACK;
