--
-- A checklist prints canonically, and what it prints reads back to an equal value.
--
SET search_path = public, handover;
CREATE TEMP TABLE written (id integer, checklist text);
INSERT INTO written VALUES
    (1, ''),
    (3, 'require task'),
    (4, 'REQUIRE 1 Task WHERE Urgency >= HIGH To Submit Weight 1.000'),
    (5, 'no question where not answered to accept'),
    (6, 'every task has owner, due_at, words(instructions) >= 5 weight 2 ''what, by whom, by when'''),
    (7, 'suggest 2 contact where channel <> ''fax'' and not phone = '''' to close weight 0.5'),
    (8, 'every "Weird ""element""" where "Field" = 1.50 and "where" = +2 and x = -0.0 has not "to"'),
    (9, 'every task where state <> done and critical = true and a < -1 and not b <= 2 has urgency = low'),
    (10, E'-- what must be there\nrequire task; -- one\n\trequire contact -- two\n'),
    (11, 'require größe where straße = ''ü'''),
    (12, 'require task where state = done; require task where state = ''done''; require task where u = ''high'''),
    (13, 'every task where words has words, words(words) < 3'),
    (15, E'require\u00a0task\u3000where\u2003critical'),
    (14, 'require item ''it''''s "quoted"; a -- comment is not one here''');
SELECT id, checklist::handover.checklist FROM written ORDER BY id;
SELECT count(*) AS read_back FROM written
WHERE checklist::handover.checklist::text::handover.checklist = checklist::handover.checklist;

-- what is written differently is equal if it says the same
SELECT 'require task where not a <> 1'::handover.checklist = 'require 1 task where a=1 to submit weight 1' AS equal;
SELECT 'require task'::handover.checklist <> 'require task to accept' AS different;

-- an equal rule is kept once, a stricter one replaces a laxer where that stood
SELECT 'require task; require task'::handover.checklist AS once;
SELECT 'require task ''a''; require contact; require 3 task ''b'''::handover.checklist AS stricter;
SELECT 'suggest task; require contact; require task'::handover.checklist AS required;
SELECT 'require task to close; require contact; require task to accept'::handover.checklist AS earlier;
SELECT 'require 3 task; suggest task'::handover.checklist AS laxer;
SELECT 'require task; require 3 task to accept'::handover.checklist AS both_needed;
SELECT 'require task; require 2 task to accept; suggest 3 task; require 4 task'::handover.checklist AS replaces_three;
SELECT 'every task where a has c; every task where b and a has c; every task has d; every task where a and b has c'::handover.checklist AS wider;
SELECT 'no task where a and b; suggest no task where a; no task where b'::handover.checklist AS wider_no;
SELECT 'require task where a; require task; require task where b and a; require task where a and b'::handover.checklist AS at_least;
SELECT 'every task has c; every task where state = none has c; no risk; no risk where state <> none'::handover.checklist AS declared_none;
SELECT 'require task where a; require task where b; every task where a has c; every task where b has c; every task where a has d'::handover.checklist AS unlike;

SELECT 'require task; no risk'::handover.checklist || 'require 2 task; every task has owner' AS concatenated;
SELECT ''::handover.checklist || 'require task' AS nothing_before;
SELECT NULL::handover.checklist || 'require task' IS NULL AS strict;
-- of two that ask the same, the later one's weight and label
SELECT 'require task weight 3 ''old''; no risk'::handover.checklist || 'require task ''new''' AS relabelled;

-- equality, hash
SELECT count(DISTINCT checklist::handover.checklist) FROM written;
SELECT checklist, count(*)
FROM unnest('{require task,require 1 task,no risk}'::handover.checklist[]) AS checklist
GROUP BY checklist ORDER BY checklist::text;
SET enable_hashjoin = on; SET enable_mergejoin = off; SET enable_nestloop = off;
SELECT count(*) FROM written a JOIN written b ON a.checklist::handover.checklist = b.checklist::handover.checklist;
RESET enable_mergejoin; RESET enable_nestloop; RESET enable_hashjoin;
CREATE TEMP TABLE parted (c handover.checklist) PARTITION BY HASH (c);
CREATE TEMP TABLE parted_0 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TEMP TABLE parted_1 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parted SELECT checklist::handover.checklist FROM written;
SELECT count(*) FROM parted WHERE c = 'require task';

-- jsonb
SELECT jsonb_pretty('suggest 2 contact where phone and urgency >= high to close weight 0.5 ''x'';
                     every task where a <> 1.5 has not words(b) < 3'::handover.checklist::jsonb);
SELECT ''::handover.checklist::jsonb;

-- binary
CREATE TEMP TABLE kept (c handover.checklist);
INSERT INTO kept SELECT checklist::handover.checklist FROM written;
SELECT handover.checklist_send('no a');
\getenv abs_builddir PG_ABS_BUILDDIR
\set file :abs_builddir '/results/checklist.bin'
\set copy_out '\\copy kept TO ' :'file' ' WITH (FORMAT binary)'
\set copy_in '\\copy back FROM ' :'file' ' WITH (FORMAT binary)'
CREATE TEMP TABLE back (LIKE kept);
:copy_out
:copy_in
SELECT count(*) FROM kept NATURAL JOIN back;

-- compact, since a constant in a CHECK is read again at every statement
SELECT pg_column_size('require handover where successor; require 3 task; require contact; require access;
    require document; require deadline; require project; require knowledge; every task has owner, due, outcome;
    every task where urgency = critical has instructions; every access has owner, instructions; suggest risk'::handover.checklist)
    < 350 AS compact;
