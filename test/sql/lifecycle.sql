--
-- A handover begins as a draft and moves only where it may, once it is complete enough, by plain
-- UPDATEs and by functions alike; and it stays complete enough for where it is.
--
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET search_path = public, handover;
SELECT create_workspace('ws');

-- What becomes of a statement: its SQLSTATE and message, or OK.
CREATE FUNCTION regress_try(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    RETURN 'OK';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;

-- Whatever is tried: from each status to each, by a plain UPDATE; what is signed then, or the error.
CREATE FUNCTION regress_move(from_status status, to_status status, remark text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    step status;
    result text;
BEGIN
    DELETE FROM ws.handover;
    INSERT INTO ws.handover (id, checklist) VALUES (1, '');
    FOREACH step IN ARRAY CASE from_status WHEN 'draft' THEN '{}'
                                           WHEN 'cancelled' THEN '{cancelled}'
                                           ELSE enum_range('submitted', from_status) END LOOP
        UPDATE ws.handover SET status = step;
    END LOOP;
    result := regress_try(format('UPDATE ws.handover SET status = %L, remark = %L', to_status, remark));
    RETURN CASE WHEN result = 'OK' THEN (SELECT coalesce(string_agg(s.step, ', ' ORDER BY s.id), '')
                                           FROM ws.signoff AS s) ELSE result END;
END $$;
SELECT from_status, to_status, regress_move(from_status, to_status, NULL) AS signed_or_error
  FROM unnest(enum_range(NULL::status)) AS from_status, unnest(enum_range(NULL::status)) AS to_status
 ORDER BY from_status, to_status;
SELECT from_status, to_status, regress_move(from_status, to_status, 'so') AS signed_with_a_remark
  FROM unnest(enum_range(NULL::status)) AS from_status, unnest(enum_range(NULL::status)) AS to_status
 WHERE to_status = 'draft'
 ORDER BY from_status, to_status;
-- the error tells where it may go
SELECT regress_move('draft', 'submitted', NULL);
UPDATE ws.handover SET status = 'closed';
SELECT ws.accept(1), ws.close(1);
UPDATE ws.handover SET status = 'cancelled';
UPDATE ws.handover SET status = NULL;
INSERT INTO ws.handover (status) VALUES (NULL);
DELETE FROM ws.handover;
-- none begins further on
SELECT status, regress_try(format('INSERT INTO ws.handover (id, checklist, status) VALUES (2, '''', %L)', status))
  FROM unnest(enum_range(NULL::status)) AS status ORDER BY status;
INSERT INTO ws.handover (id, checklist, status) VALUES (3, '', 'accepted');
INSERT INTO ws.handover (id, checklist) VALUES (NULL, '');
UPDATE ws.handover SET id = NULL;

-- The functions obey the same, and are refused where there is none.
DELETE FROM ws.handover;
INSERT INTO ws.handover (id, checklist) VALUES (1, '');
SELECT ws.accept(1);
SELECT ws.submit(1, 'please look');
SELECT status, remark, submitted_by = session_user AS by, submitted_at = updated_at AS at, returns
    FROM ws.handover;
-- a return says why: this time, and in words
SELECT ws.return(1, NULL);
SELECT ws.return(1, E' \t');
UPDATE ws.handover SET status = 'draft';
SELECT ws.return(1, 'the disk is missing');
SELECT status, remark, submitted_by, submitted_at, returned_by = session_user AS by,
    returned_at = updated_at AS at, returns FROM ws.handover;
UPDATE ws.handover SET status = 'submitted';
SELECT status, remark, submitted_by = session_user AS by, returns FROM ws.handover;
SELECT ws.return(1, 'still missing');
SELECT ws.submit(1);
UPDATE ws.handover SET remark = 'said in between';
UPDATE ws.handover SET status = 'draft';
SELECT ws.accept(1, 'I keep it running'), ws.close(1, 'all done');
SELECT status, remark, read_back, returns, accepted_by = session_user AS accepted_by,
    closed_by = session_user AS closed_by,
       cancelled_by, returned_by = session_user AS returned_by FROM ws.handover;
SELECT ws.cancel(1);
SELECT ws.submit(2);
SELECT ws.return(NULL, 'x');
INSERT INTO ws.handover (id, checklist) VALUES (2, '');
SELECT ws.submit(2), ws.accept(2, 'said once');
SELECT ws.cancel(2, 'no longer needed');
SELECT status, remark, read_back, cancelled_by = session_user AS by FROM ws.handover WHERE id = 2;

-- A move is refused while something is missing for it, in words; a draft may lack anything.
DELETE FROM ws.handover;
INSERT INTO ws.handover (id, title, checklist) VALUES (1, 'a',
    'require task ''list the work''; every task has owner to accept; no question where state <> done to close');
SELECT ws.submit(1);
\set VERBOSITY sqlstate
SELECT ws.submit(1);
\set VERBOSITY default
INSERT INTO ws.item (handover_id, id, element, title) VALUES (1, 1, 'task', 'Swap the disk'),
    (1, 2, 'question', 'Where?');
SELECT ws.submit(1);
SELECT ws.accept(1);
UPDATE ws.item SET owner = 'Ana' WHERE id = 1;
SELECT ws.accept(1);
SELECT ws.close(1);
-- nor may it come to lack it later
DELETE FROM ws.item WHERE element = 'task';
UPDATE ws.item SET owner = ' ' WHERE element = 'task';
INSERT INTO ws.item (handover_id, id, element, title) VALUES (1, 3, 'task', 'Order disks');
UPDATE ws.handover SET checklist = 'require 2 task';
SELECT ws.cancel(1);
DELETE FROM ws.item;
SELECT status, tally::jsonb -> 'rules' AS tally FROM ws.handover;
-- the CHECK says the same, should the trigger be off
ALTER TABLE ws.handover DISABLE TRIGGER zz_guard;
\set VERBOSITY terse
UPDATE ws.handover SET status = 'submitted';
\set VERBOSITY default
ALTER TABLE ws.handover ENABLE TRIGGER zz_guard;
-- one without items, and one without rules
INSERT INTO ws.handover (id, scope, checklist) VALUES (2, 'all', 'every handover has scope; no issue'),
    (3, NULL, '');
SELECT ws.submit(2), ws.accept(2), ws.close(2), ws.submit(3), ws.accept(3), ws.close(3);
-- several in one statement
INSERT INTO ws.handover (id, checklist) SELECT n, 'every handover has scope' FROM generate_series(10, 12) AS n;
UPDATE ws.handover SET status = 'submitted', scope = CASE WHEN id <> 11 THEN 'x' END WHERE id >= 10;
UPDATE ws.handover SET status = 'submitted', scope = 'x' WHERE id >= 10;
SELECT status, count(*) FROM ws.handover WHERE id >= 10 GROUP BY status;
INSERT INTO ws.handover (id, checklist) VALUES (10, '')
    ON CONFLICT (id) DO UPDATE SET status = 'accepted', remark = 'again';
INSERT INTO ws.handover (id, checklist, tally) VALUES (10, '', NULL)
    ON CONFLICT (id) DO UPDATE SET tally = EXCLUDED.tally;
MERGE INTO ws.handover AS h USING (VALUES (11, 'accepted'), (12, 'cancelled'),
    (13, NULL)) AS v (id, status) ON v.id = h.id
    WHEN MATCHED THEN UPDATE SET status = v.status::status
    WHEN NOT MATCHED THEN INSERT (id, checklist) VALUES (v.id, '');
SELECT h.id, h.status, string_agg(s.step, ', ' ORDER BY s.id) AS signed
  FROM ws.handover AS h LEFT JOIN ws.signoff AS s ON s.handover_id = h.id WHERE h.id >= 10 GROUP BY h.id
      ORDER BY h.id;
SELECT count(*) FROM ws.discrepancy;
DELETE FROM ws.handover;

DROP FUNCTION regress_try, regress_move;
SELECT drop_workspace('ws', true);
