# A workspace is the user's own data, so it must survive whatever is done to data: a dump restored
# as a whole, or its rows alone into a workspace that is there, with triggers on and off, by whoever
# owns it; logical replication; TRUNCATE and cascades.  Tallies, statuses and stamps are the same
# afterwards, and what the triggers keep is kept.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('workspace_dump');
$node->init(allows_streaming => 'logical');
$node->start;

my $dir = $node->basedir;
my @connection = ('--host' => $node->host, '--port' => $node->port);
my @as_owner = (@connection, '--username' => 'regress_handover_owner');
my $quoted = '"Ops ""Team"" ä"';

# ------------------------------------------------------------------------
# What is restored
# ------------------------------------------------------------------------

# Somebody in particular owns the workspaces; another one only writes to them.
my $roles = q{
CREATE ROLE regress_handover_owner LOGIN;
CREATE ROLE regress_handover_writer LOGIN;
CREATE ROLE regress_handover_reader LOGIN;
};

# A database in which the owner may make workspaces.
sub create_database
{
	my ($server, $name) = @_;
	$server->safe_psql('postgres', "CREATE DATABASE $name");
	$server->safe_psql('postgres', "GRANT CREATE ON DATABASE $name TO regress_handover_owner");
	$server->safe_psql($name, 'CREATE EXTENSION handover');
	return;
}

# What users make of a workspace; also what they must do before its rows alone are restored.
my $workspaces = q{
SET ROLE regress_handover_owner;
SELECT handover.create_workspace('ops');
SELECT handover.create_workspace('Ops "Team" ä');
ALTER TABLE ops.handover
    ADD COLUMN site text DEFAULT 'Graz',
    ADD COLUMN budget numeric(12,2) NOT NULL DEFAULT 0;
ALTER TABLE ops.item
    ADD COLUMN cost_centre text DEFAULT 'K-100',
    ADD COLUMN effort integer NOT NULL DEFAULT 1 CHECK (effort > 0);
COMMENT ON COLUMN ops.item.effort IS 'in hours';
CREATE INDEX item_cost_centre ON ops.item (cost_centre) WHERE state <> 'done';
CREATE INDEX item_pressing ON ops.item USING gist (priority);
CREATE VIEW ops_report.costly AS SELECT o.handover_id, o.completeness_pct, h.budget
  FROM ops_report.overview AS o JOIN ops.handover AS h ON h.id = o.handover_id WHERE h.budget > 0;
GRANT USAGE ON SCHEMA ops TO regress_handover_writer;
GRANT SELECT, INSERT, UPDATE, DELETE ON ops.handover, ops.item, ops.dependency TO regress_handover_writer;
SELECT handover.grant_reader(name, 'regress_handover_reader') FROM unnest('{ops,"Ops \"Team\" ä"}'::text[]) AS name;
SELECT handover.restrict_workspace('Ops "Team" ä');
RESET ROLE;
};

my $catalogue = q{
INSERT INTO handover.element (name, title, description, fields)
VALUES ('badge', 'Badge', 'A key card', '{door}');
INSERT INTO handover.field (element, name, type, choices, ordered)
VALUES ('badge', 'floor', 'number', '{}', false),
       ('badge', 'stage', 'choice', '{ordered,printed,issued}', true);
INSERT INTO handover.template (name, kind, title, includes, checklist)
VALUES ('lab', 'role', 'Lab', '{}',
        'require contact; require badge where stage = issued to accept ''hand over the badge''');
};

$node->safe_psql('postgres', $roles);
create_database($node, 'source');
$node->safe_psql('source', $catalogue . $workspaces);

# The examples.  A password is refused, so it goes; what is not complete for what it claims is a draft.
my %draft = map { $_ => 1 } qw(01_system_access 03_change_management 05_infrastructure 07_campaign);
foreach my $file (sort glob 'test/data/example/*.json')
{
	my ($name) = $file =~ m{([^/]+)\.json$};
	my $up_to = $draft{$name} ? "'draft'" : 'NULL';
	my $document = slurp_file($file);
	like($document, qr/"password"/, 'an example has a password') if $name eq '01_system_access';
	$node->safe_psql(
		'source', "
SET ROLE regress_handover_owner;
SET handover.actor = 'Ana';
SELECT ops.import(\$document\$$document\$document\$::jsonb #- '{access_grant,2,password}', $up_to)");
}

# Each in a transaction of its own, and so at a time of its own.
my @history = (
	# one that went there and back again, with dependencies that its checklist asks for
	q{WITH h AS (
	      INSERT INTO ops.handover (title, outgoing, incoming, checklist)
	      VALUES ('Shift', 'Ana', 'Bo',
	              'require 2 task; require contact where channel; require dependency where waits_for to accept;
	               no dependency where not details to accept')
	      RETURNING id)
	  INSERT INTO ops.item (handover_id, id, element, title, owner, due_at, urgency, attributes)
	  SELECT h.id, v.*
	    FROM h, (VALUES
	      (10001, 'task', 'Order disks', 'Ana', timestamptz '2026-12-01', 'high'::handover.level, '{}'::jsonb),
	      (10002, 'task', 'Swap disks', 'Ana', '2026-12-08', 'critical', '{"disputed": false}'),
	      (10003, 'contact', 'Supplier', NULL, NULL, NULL, '{"channel": "phone", "address": "+43 1"}')) AS v},
	q{INSERT INTO ops.dependency (handover_id, item, waits_for, outside, details)
	  SELECT id, v.*
	    FROM ops.handover, (VALUES
	      (10002, 10001, NULL, 'no disks, no swap'),
	      (10001, NULL, 'approval of the budget', 'asked on Monday')) AS v
	   WHERE title = 'Shift'},
	q{SELECT ops.submit(id) FROM ops.handover WHERE title = 'Shift'},
	q{SELECT ops.return(id, 'Who pays?') FROM ops.handover WHERE title = 'Shift'},
	q{UPDATE ops.item SET cost_centre = 'K-200', effort = 8 WHERE title = 'Swap disks'},
	q{SELECT ops.submit(id, 'K-200 does') FROM ops.handover WHERE title = 'Shift'},
	q{SELECT ops.accept(id, 'Swap the disks once they are here') FROM ops.handover WHERE title = 'Shift'},
	q{SELECT ops.acknowledge(handover_id, id, 'swap') FROM ops.item WHERE id = 10002},
	q{SELECT ops.carry_forward(id) FROM ops.handover WHERE title = 'Shift'},

	# some hundred of four kinds; rules read the status, and columns and elements of the user's
	# own; one kind is composed of the user's template
	q{INSERT INTO ops.handover (title, role, outgoing, incoming, scope, budget, site, checklist)
	  SELECT 'Generated ' || n, CASE n % 4 WHEN 3 THEN 'lab' END, 'Ana', 'Bo', 'Part ' || n,
	         n % 7, CASE WHEN n % 5 > 0 THEN 'Wien' END,
	         (ARRAY['require contact; every task has owner; suggest risk weight 0.5',
	                'require 2 badge where floor > 1; every handover has site;
	                 no question where not answer to accept',
	                'require task; every task where effort >= 3 has cost_centre to accept;
	                 require dependency to accept; suggest handover where status = closed;
	                 every handover where status = accepted has read_back to accept']
	         )[1 + n % 4]::handover.checklist
	    FROM generate_series(1, 320) AS n},
	q{INSERT INTO ops.item (handover_id, element, title, owner, state, effort, cost_centre, urgency, due_at,
	                        attributes)
	  SELECT h.id, e.element, e.element || ' ' || k, CASE WHEN (h.id + k) % 11 > 0 THEN 'Ana' END,
	         CASE WHEN e.element = 'risk' THEN 'none' WHEN e.element = 'task' AND k = 3 THEN 'done' END,
	         1 + (h.id + k) % 5, CASE WHEN (h.id + k) % 13 > 0 THEN 'K-300' END,
	         (enum_range(NULL::handover.level))[1 + (h.id + k) % 5],
	         timestamptz '2026-12-01' + k * interval '1 day',
	         CASE WHEN e.element = 'badge'
	              THEN jsonb_build_object('floor', k, 'stage', stages[1 + (h.id + k) % 3])
	              WHEN e.element = 'question' AND h.id % 7 > 0 THEN '{"answer": "yes"}'
	              ELSE '{}' END
	    FROM ops.handover AS h
	         CROSS JOIN (VALUES ('{ordered,printed,issued}'::text[])) AS s (stages)
	         CROSS JOIN (VALUES ('contact', 1), ('task', 4), ('risk', 1), ('badge', 3), ('question', 2))
	             AS e (element, number)
	         CROSS JOIN LATERAL generate_series(1, e.number) AS k
	   WHERE h.title LIKE 'Generated %'},
	q{INSERT INTO ops.dependency (handover_id, item, waits_for)
	  SELECT a.handover_id, a.id, b.id FROM ops.item AS a JOIN ops.item AS b USING (handover_id)
	   WHERE a.title = 'task 1' AND b.title = 'task 2' AND a.handover_id % 3 > 0},
	# each moves as far as it is meant to, and may
	(map {
		my ($call, $which) = @$_;
		qq{DO \$\$
		   DECLARE
		       h record;
		   BEGIN
		       FOR h IN SELECT * FROM ops.handover WHERE title LIKE 'Generated %' AND $which ORDER BY id LOOP
		           BEGIN
		               PERFORM $call;
		           EXCEPTION WHEN check_violation THEN
		               NULL;
		           END;
		       END LOOP;
		   END \$\$}
	} ([ 'ops.submit(h.id)', 'id % 5 > 0' ],
		[ q{ops.return(h.id, 'not yet')}, q{status = 'submitted' AND id % 9 = 0} ],
		[ 'ops.submit(h.id)', 'returns > 0 AND id % 2 = 0' ],
		[ q{ops.accept(h.id, 'as agreed')}, q{status = 'submitted' AND id % 7 > 1} ],
		[ 'ops.close(h.id)', q{status = 'accepted' AND id % 3 = 0} ],
		[ q{ops.cancel(h.id, 'obsolete')}, q{status <> 'closed' AND id % 17 = 0} ])),

	# a name that must be quoted
	qq{INSERT INTO $quoted.party_member VALUES ('regress_handover_reader', 'Team 4')},
	qq{INSERT INTO $quoted.handover (title, incoming_team, checklist)
	   SELECT 'Q ' || n, 'Team ' || n, 'require contact; every task has owner' FROM generate_series(1, 5) AS n},
	qq{INSERT INTO $quoted.item (handover_id, element, title)
	   SELECT id, 'contact', 'Bo' FROM $quoted.handover WHERE id > 2},
	qq{SELECT $quoted.submit(id) FROM $quoted.handover WHERE id > 2},
	qq{SELECT $quoted.accept(5, 'all clear')},

	# findings that are rules, and one that was overridden
	map {
		(   qq{INSERT INTO $_.finding_rule VALUES ('no_feedback', 'closed'), ('stale_item', 'accepted')},
			qq{INSERT INTO $_.finding_override (handover_id, code, reason) VALUES (5, 'stale_item', 'standing work')})
	} ('ops', $quoted));
$node->safe_psql('source', "SET ROLE regress_handover_owner; SET handover.actor = 'Bo'; $_") foreach @history;

is( $node->safe_psql('source', 'SELECT status, count(*) > 5 FROM ops.handover GROUP BY 1 ORDER BY 1'),
	join("\n", map { "$_|t" } qw(draft submitted accepted closed cancelled)),
	'there are handovers of every status');
is( $node->safe_psql(
		'source', q{
SELECT string_agg(step, ', ' ORDER BY s.id) FROM ops.signoff AS s JOIN ops.handover AS h ON h.id = s.handover_id
 WHERE h.title = 'Shift' AND returns = 1}),
	'submitted, returned, submitted, accepted',
	'one of them went there and back again');
is( $node->safe_psql(
		'source', q{
SELECT count(DISTINCT (submitted_at, accepted_at)) > 3, count(*) FILTER (WHERE updated_at > created_at) > 100,
       count(*) FILTER (WHERE returns > 0) > 5
  FROM ops.handover;
SELECT substr(title, 11)::integer % 4 AS kind, count(*) FILTER (WHERE status IN ('accepted', 'closed')) > 5
  FROM ops.handover WHERE title LIKE 'Generated %' GROUP BY 1 ORDER BY 1}),
	"t|t|t\n0|t\n1|t\n2|t\n3|t",
	'and of many histories, and kinds');

# ------------------------------------------------------------------------
# How copies are compared
# ------------------------------------------------------------------------

my @tables = (
	[ 'dependency', 'handover_id, id' ], [ 'handover', 'id' ],
	[ 'item', 'handover_id, id' ], [ 'signoff', 'handover_id, id' ], [ 'party_member', 'role_name, party' ],
	[ 'finding_rule', 'code, status' ], [ 'finding_override', 'handover_id, id' ]);

# All rows, and where the sequences stand, as lines.
sub contents
{
	my ($server, $database, %but) = @_;
	my $query = '';
	foreach my $schema ('ops', $quoted)
	{
		$query .= "SELECT '$_->[0]', t FROM $schema.$_->[0] AS t ORDER BY $_->[1];\n" foreach @tables;
		next if $but{sequences};
		$query .= "SELECT '$_->[0]_id_seq', last_value, is_called FROM $schema.$_->[0]_id_seq;\n"
		  foreach grep { $_->[1] =~ /\bid$/ } @tables;
	}
	foreach my $table ('element', 'field', 'template')
	{
		$query .= "SELECT '$table', t FROM handover.$table AS t WHERE NOT builtin ORDER BY name;\n"
		  unless $but{catalogue};
	}
	return $server->safe_psql($database, $query);
}

# is() for texts of a megabyte: shows the first line that differs.
sub same_lines
{
	my ($got, $expected, $name) = @_;
	return pass($name) if $got eq $expected;
	my @got = split /\n/, $got;
	my @expected = split /\n/, $expected;
	my $i = 0;
	$i++ while $i < @got && $i < @expected && $got[$i] eq $expected[$i];
	fail($name);
	diag(scalar(@got), ' lines, expected ', scalar(@expected), "; the first to differ:\n",
		$got[$i] // '(none)', "\nexpected:\n", $expected[$i] // '(none)');
	return;
}

sub counted_right
{
	my ($server, $database, $how) = @_;
	is( $server->safe_psql($database, "
SELECT count(*) FROM ops.discrepancy;
SELECT count(*) FROM $quoted.discrepancy"),
		"0\n0",
		"$how: nothing is miscounted");
	return;
}

# What pg_dump says of a database but for its rows, and but for a key of pg_dump's own.
sub schema_of
{
	my ($database) = @_;
	my ($out, $err);
	IPC::Run::run([ 'pg_dump', @connection, '--schema-only', $database ], '>' => \$out, '2>' => \$err) or die $err;
	$out =~ s/^\\(un)?restrict .*\n//mg;
	return $out;
}

# What psql prints, and its errors.
sub run_sql
{
	my ($database, $sql, %param) = @_;
	my ($status, $out, $err) = $node->psql($database, $sql,
		on_error_stop => 1,
		$param{as} ? (extra_params => [ '--username' => $param{as} ]) : ());
	return ($out, $err);
}

sub refused
{
	my ($database, $sql, $expected, $name, %param) = @_;
	my ($out, $err) = run_sql($database, $sql, %param);
	like($err, $expected, $name);
	return;
}

# Does in a copy what is done in a workspace. Ids go on where those of the source ended.
sub still_works
{
	my ($database, $how, %param) = @_;

	refused($database, $_->[1], $_->[2], "$how: $_->[0]", %param) foreach (
		[ 'an incomplete handover is not submitted', q{
INSERT INTO ops.handover (title, checklist) VALUES ('New', 'require badge');
SELECT ops.submit(max(id)) FROM ops.handover},
			qr/is not complete enough to be submitted.*at least 1 badge \(0 of 1\).*ops_report\.gap/s ],
		[ 'an item is of a known element', q{
INSERT INTO ops.item (handover_id, element) SELECT max(id), 'bdge' FROM ops.handover},
			qr/element "bdge" is not in the catalogue.*Did you mean "badge"/s ],
		[ 'no item waits for itself', q{
INSERT INTO ops.dependency (handover_id, item, waits_for)
SELECT handover_id, waits_for, item FROM ops.dependency WHERE waits_for IS NOT NULL LIMIT 1},
			qr/items would wait for each other/ ],
		[ 'a tally is not written by hand', q{
UPDATE ops.handover SET tally = tally OPERATOR(handover.+) tally WHERE title = 'Shift' AND returns = 1},
			qr/is counted by the database only/ ],
		[ 'a signoff stays', q{UPDATE ops.signoff SET remark = 'x'},
			qr/table "signoff" is written by the database only/ ],
		[ 'no status is passed over', q{UPDATE ops.handover SET status = 'closed' WHERE status = 'draft'},
			qr/cannot move from draft to closed/ ]);

	my ($out, $err) = run_sql($database, q{
SET handover.actor = 'Eve';
INSERT INTO ops.item (handover_id, element, attributes)
SELECT max(id), 'badge', '{"stage": "ordered"}' FROM ops.handover;
SELECT ops.submit(max(id)), ops.accept(max(id), 'read'), ops.carry_forward(max(id)) - max(id), ops.close(max(id))
  FROM ops.handover;
SELECT count(*), bool_and(signed_by = 'Eve'), bool_and(sha256 = sha256(convert_to(document::text, 'UTF8'))),
       bool_and(document -> 'badge' -> 0 ->> 'stage' = 'ordered')
  FROM ops.signoff WHERE handover_id = (SELECT max(id) - 1 FROM ops.handover);
SELECT element, effort, cost_centre FROM ops.item WHERE handover_id = (SELECT max(id) FROM ops.handover);
SELECT unknown FROM ops.import('{"title": "Doc", "colour": "red", "badge": {"stage": "issued"}, "budget": 5}');
SELECT completeness_pct > 0, budget FROM ops_report.costly ORDER BY handover_id DESC LIMIT 1;
SELECT document ->> 'budget', markdown LIKE '# Doc%' FROM ops.document ORDER BY handover_id DESC LIMIT 1;
SELECT count(*) > 0 FROM ops_report.gap WHERE handover_id = (SELECT max(id) FROM ops.handover);
SELECT ops.cancel(max(id)) FROM ops.handover;
SELECT ops.recount() > 300;
}, %param);
	is( "$out$err",
		join("\n",
			'submitted|accepted|1|closed', '3|t|t|t', 'badge|1|K-100', '{"colour is not in the catalogue"}',
			't|5.00', '5.00|t', 't', 'cancelled', 't'),
		"$how: handovers go on");
	($out, $err) = run_sql($database, qq{
INSERT INTO $quoted.item (handover_id, element, title) VALUES (1, 'contact', 'Bo');
SELECT $quoted.submit(1);
SELECT unknown FROM $quoted.import('{"title": "Doc", "contact": {"name": "Bo"}}', 'draft');
SELECT $quoted.carry_forward(5);
}, %param);
	is("$out$err", "submitted\n{}\n7", "$how: where the name is quoted, too");
	counted_right($node, $database, "$how, gone on");
	($out, $err) = run_sql($database, q{
SELECT count(*) > 300 FROM ops_report.overview;
SELECT string_agg(handover_id::text, ',') FROM "Ops ""Team"" ä_report".overview;
SELECT count(*), sum(handover_count) FROM "Ops ""Team"" ä_report".flow;
SELECT count(*) FROM "Ops ""Team"" ä_report".contact}, as => 'regress_handover_reader');
	is($out, "t\n4\n1|1", "$how: a reader sees what the reader is party to");
	like($err, qr/permission denied for view contact/, "$how: but no contacts");
	return;
}

my $source = contents($node, 'source');
my $source_schema = schema_of('source');
cmp_ok(scalar(split /\n/, $source), '>', 3000, 'there is something to copy');
counted_right($node, 'source', 'source');

sub dump_ok
{
	my ($how, $file, @options) = @_;
	my $err;
	my $done = IPC::Run::run([ 'pg_dump', @connection, '--file' => $file, @options, 'source' ], '2>' => \$err);
	ok($done, "$how: dump");
	is($err, '', "$how: dump warns of nothing");
	return;
}

my @psql = ('psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '--output' => '/dev/null');
my @restore = ('pg_restore', '--exit-on-error');

# ------------------------------------------------------------------------
# All of it: tables come with their rows before their triggers
# ------------------------------------------------------------------------

dump_ok('plain', "$dir/plain.sql");
$node->safe_psql('postgres', 'CREATE DATABASE plain');
command_ok([ @psql, @connection, '--file' => "$dir/plain.sql", 'plain' ], 'plain: restore');

dump_ok('custom', "$dir/custom.dump", '--format' => 'custom');
$node->safe_psql('postgres', 'CREATE DATABASE custom');
command_ok([ @restore, @connection, '--jobs' => 4, '--dbname' => 'custom', "$dir/custom.dump" ], 'custom: restore');

foreach my $database ('plain', 'custom')
{
	same_lines(contents($node, $database), $source, "$database: contents are the same");
	same_lines(schema_of($database), $source_schema, "$database: the schema is the same");
	counted_right($node, $database, $database);
	still_works($database, $database);
}

# ------------------------------------------------------------------------
# By the owner of the database and of the workspaces, who is no superuser: into a database where
# somebody else has put the extension, and what the catalogue was extended by
# ------------------------------------------------------------------------

my @schemas = map { ('--schema' => $_) } 'ops', 'ops_report', $quoted, $quoted =~ s/"$/_report"/r;
my @catalogue = map { ('--table' => "handover.$_") } qw(element field template);

dump_ok('owner', "$dir/owner.dump", '--username' => 'regress_handover_owner', @schemas, '--format' => 'custom');
dump_ok('catalogue', "$dir/catalogue.sql", '--data-only', @catalogue);
$node->safe_psql('postgres', 'CREATE DATABASE owned OWNER regress_handover_owner');
$node->safe_psql('owned', 'CREATE EXTENSION handover');
command_ok([ @restore, @as_owner, '--jobs' => 4, '--dbname' => 'owned', "$dir/owner.dump" ], 'owner: restore');
command_ok([ @psql, @connection, '--file' => "$dir/catalogue.sql", 'owned' ], 'owner: restore of the catalogue');
# What is audited is known to the extension, and was not in this dump.
refused('owned', 'DELETE FROM ops.item', qr/table "item" is not audited/, 'owner: nothing is changed without a log');
$node->safe_psql('owned', q{
SET SESSION AUTHORIZATION regress_handover_owner;
SELECT handover.upgrade_workspace('ops'), handover.upgrade_workspace('Ops "Team" ä')});
same_lines(contents($node, 'owned'), $source, 'owner: contents are the same');
counted_right($node, 'owned', 'owner');
is( $node->safe_psql(
		'owned', q{
SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class
 WHERE relnamespace::regnamespace::text ~* '^"?ops' AND relkind IN ('r', 'v', 'S')}),
	'regress_handover_owner',
	'owner: all is theirs');
still_works('owned', 'owner', as => 'regress_handover_owner');

# Who may only write to the three tables can do all that is to be done, and no more.
my @as_writer = (as => 'regress_handover_writer');
my ($out, $err) = run_sql('owned', q{
INSERT INTO ops.handover (title, checklist) VALUES ('Theirs', 'require contact; require dependency to accept');
INSERT INTO ops.item (handover_id, element, title) SELECT max(id), 'contact', 'Bo' FROM ops.handover;
INSERT INTO ops.item (handover_id, element, title) SELECT max(id), 'task', 'Wait' FROM ops.handover;
INSERT INTO ops.dependency (handover_id, item, outside)
SELECT handover_id, id, 'rain' FROM ops.item WHERE title = 'Wait';
SELECT tally FROM ops.handover WHERE title = 'Theirs';
SELECT ops.submit(id), ops.accept(id) FROM ops.handover WHERE title = 'Theirs';
UPDATE ops.item SET title = NULL WHERE title = 'Wait';
DELETE FROM ops.dependency WHERE outside = 'rain';
}, @as_writer);
like($out, qr/^\w+: 1\/0, 1\/0\nsubmitted\|accepted$/, 'writer: what they write is counted');
like($err, qr/is not complete enough to be accepted/, 'writer: an accepted handover stays complete');
is( $node->safe_psql(
		'owned', q{
SELECT s.step, s.signed_by FROM ops.signoff AS s JOIN ops.handover AS h ON h.id = s.handover_id
 WHERE title = 'Theirs' ORDER BY s.id}),
	"submitted|regress_handover_writer\naccepted|regress_handover_writer",
	'writer: their moves are signed');
($out, $err) = run_sql('owned', q{
DELETE FROM ops.handover WHERE title = 'Theirs';
SELECT count(*) FROM ops.handover WHERE title = 'Theirs'}, @as_writer);
is("$out$err", '0', 'writer: a handover goes with its signoffs');
counted_right($node, 'owned', 'writer');

refused('owned', $_->[1], $_->[2], "writer: refused is $_->[0]", @as_writer) foreach (
	[ 'to read signoffs', 'SELECT count(*) FROM ops.signoff', qr/permission denied for table signoff/ ],
	[ 'a tally', q{
INSERT INTO ops.handover (checklist, tally) SELECT checklist, tally FROM ops.handover LIMIT 1},
		qr/tally of handover \d+ is counted by the database only/ ],
	[ 'a tally with its status', q{
INSERT INTO ops.handover (checklist, tally, status)
SELECT checklist, tally, status FROM ops.handover WHERE status = 'accepted' LIMIT 1},
		qr/tally of handover \d+ is counted by the database only/ ],
	[ 'a status', q{INSERT INTO ops.handover (checklist, status) VALUES ('suggest task', 'submitted')},
		qr/handover \d+ cannot begin as submitted/ ],
	[ 'a status to come', q{INSERT INTO ops.handover (checklist, restored_status) VALUES ('suggest task', 'closed')},
		qr/column "restored_status" of a handover is written by the database only/ ],
	[ 'a status to come, later', q{UPDATE ops.handover SET restored_status = 'closed' WHERE status = 'draft'},
		qr/column "restored_status" of a handover is written by the database only/ ],
	[ 'a stamp', q{INSERT INTO ops.handover (checklist, submitted_by) VALUES ('suggest task', 'me')},
		qr/column "submitted_by" of a handover is written by the database only/ ],
	[ 'a number of returns', q{INSERT INTO ops.handover (checklist, returns) VALUES ('suggest task', 3)},
		qr/column "returns" of a handover is written by the database only/ ],
	[ 'another number of returns', q{UPDATE ops.handover SET returns = 0 WHERE returns > 0},
		qr/column "returns" of a handover is written by the database only/ ]);
$node->safe_psql('owned', 'GRANT ALL ON ops.signoff TO regress_handover_writer');
refused('owned', $_, qr/table "signoff" is written by the database only/,
	'writer: refused in signoff, with all rights, is ' . substr($_, 0, 6), @as_writer) foreach (
	q{INSERT INTO ops.signoff (handover_id, step, signed_by, signed_at, document, sha256)
	  SELECT id, 'accepted', 'me', now(), '{}', '' FROM ops.handover LIMIT 1},
	q{UPDATE ops.signoff SET signed_by = 'me'},
	q{DELETE FROM ops.signoff});

# ------------------------------------------------------------------------
# The rows alone, into workspaces that are there.  pg_dump brings tables in an order that suits
# foreign keys, if it is told that rows are all it dumps.
# ------------------------------------------------------------------------

sub fresh
{
	my ($database) = @_;
	create_database($node, $database);
	# the log comes with the rows
	$node->safe_psql($database, $workspaces =~ s/(create_workspace\('[^']*')/$1, false/gr);
	return;
}

# Statuses, tallies and times of the last change are among the contents.
sub restored
{
	my ($database, $how, %but) = @_;
	same_lines(
		contents($node, $database, %but),
		%but ? contents($node, 'source', %but) : $source,
		"$how: contents are the same");
	is( $node->safe_psql($database, "
SELECT count(restored_status) FROM ops.handover;
SELECT count(restored_status) FROM $quoted.handover"),
		"0\n0",
		"$how: no handover waits for its status");
	counted_right($node, $database, $how);
	return;
}

dump_ok('rows', "$dir/rows.sql", '--data-only');
dump_ok('inserts', "$dir/inserts.sql", '--data-only', '--inserts', '--rows-per-insert' => 1);
dump_ok('disabled', "$dir/disabled.sql", '--data-only', '--disable-triggers');
foreach my $plain ([ 'rows' ], [ 'rows', '-1' ], [ 'inserts' ], [ 'inserts', '-1' ], [ 'disabled' ])
{
	my ($file, @options) = @$plain;
	my $how = join ' ', @$plain;
	my $database = join '_', $file, map { 'single' } @options;
	fresh($database);
	command_ok([ @psql, @options, @connection, '--file' => "$dir/$file.sql", $database ], "$how: restore");
	restored($database, $how);
	still_works($database, $how);
}

dump_ok('custom rows', "$dir/rows.dump", '--data-only', '--format' => 'custom');
my @restore_rows = (@restore, @connection, '--data-only');
fresh('rows_custom');
command_ok([ @restore_rows, '--dbname' => 'rows_custom', "$dir/rows.dump" ], 'custom rows: restore');
restored('rows_custom', 'custom rows');

# With --jobs, pg_restore minds no foreign keys here, so it is told to bring the headers first.
fresh('parallel');
command_ok([ @restore_rows, '--dbname' => 'parallel', @$_, "$dir/rows.dump" ], "custom rows: restore @$_")
  foreach (
	[ '--schema' => 'handover' ],
	[ '--table' => 'handover', '--table' => 'party_member', '--table' => 'finding_rule' ],
	[ '--jobs' => 4, '--table' => 'item', '--table' => 'signoff', '--table' => 'finding_override' ],
	[ '--jobs' => 4, '--table' => 'dependency' ]);
restored('parallel', 'custom rows in parallel', sequences => 1);

# Out of a dump of everything they come in the order of their names, so triggers must be off.
fresh('disabled_custom');
command_ok(
	[ @restore_rows, '--disable-triggers', '--jobs' => 4, '--dbname' => 'disabled_custom', "$dir/custom.dump" ],
	'custom, triggers off: restore');
restored('disabled_custom', 'custom, triggers off');
still_works('disabled_custom', 'custom, triggers off');

# The owner, triggers on.  Elements of the user's own must be in the catalogue first.
dump_ok('owner, rows', "$dir/owner.sql", '--username' => 'regress_handover_owner', @schemas, '--data-only');
fresh('rows_owner');
(undef, $err) = run_command([ @psql, '-1', @as_owner, '--file' => "$dir/owner.sql", 'rows_owner' ]);
like($err, qr/element "badge" is not in the catalogue/, 'owner, rows: refused without the elements that they are of');
command_ok([ @psql, @connection, '--file' => "$dir/catalogue.sql", 'rows_owner' ],
	'owner, rows: restore of the catalogue');
command_ok([ @psql, '-1', @as_owner, '--file' => "$dir/owner.sql", 'rows_owner' ], 'owner, rows: restore');
restored('rows_owner', 'owner, rows');
still_works('rows_owner', 'owner, rows', as => 'regress_handover_owner');

# Until all of it is there, a handover claims no more than it has.
fresh('half');
$node->safe_psql('half', $catalogue);
my @half = (@restore_rows, '--dbname' => 'half', '--schema' => 'ops');
command_ok([ @half, '--table' => 'handover', '--table' => 'item', "$dir/rows.dump" ], 'half of the rows: restore');
my $waiting = $node->safe_psql(
	'source', q{
SELECT id, status FROM ops.handover
 WHERE checklist::text LIKE '%require dependency%' AND status IN ('accepted', 'closed') ORDER BY id});
like($waiting, qr/accepted/, 'half of the rows: some handovers need their dependencies');
is( $node->safe_psql(
		'half', q{
SELECT id, restored_status FROM ops.handover WHERE restored_status IS NOT NULL ORDER BY id}),
	$waiting,
	'half of the rows: these wait for them');
is( $node->safe_psql(
		'half', q{
SELECT handover_id, restored_status FROM ops.discrepancy
 WHERE status = 'draft' AND tally OPERATOR(handover.=) counted ORDER BY 1}),
	$waiting,
	'half of the rows: the view discrepancy tells');
my ($one) = $waiting =~ /^(\d+)/;
refused('half', "UPDATE ops.handover SET restored_status = 'cancelled' WHERE id = $one",
	qr/column "restored_status" of a handover is written by the database only/,
	'half of the rows: nobody changes what they wait for');
($out, $err) = run_sql('half', "
BEGIN;
UPDATE ops.handover SET restored_status = NULL WHERE id = $one RETURNING status, restored_status;
ROLLBACK");
is("$out$err", 'draft|', 'half of the rows: but one can do without');
command_ok([ @half, '--table' => 'dependency', "$dir/rows.dump" ], 'half of the rows: restore of the dependencies');
is( $node->safe_psql('half', 'SELECT count(*) FROM ops.discrepancy; SELECT h FROM ops.handover AS h ORDER BY id'),
	$node->safe_psql('source', 'SELECT 0; SELECT h FROM ops.handover AS h ORDER BY id'),
	'half of the rows: then all handovers are as they were');

# ------------------------------------------------------------------------
# TRUNCATE, cascades, and triggers that are off
# ------------------------------------------------------------------------

$node->safe_psql('postgres', 'CREATE DATABASE emptied TEMPLATE source');
refused('emptied', 'TRUNCATE ops.item, ops.dependency', qr/handover \d+ is not complete enough to be \w+/,
	'items are not truncated from under what was submitted');
same_lines(contents($node, 'emptied'), $source, 'and nothing has changed');
is( $node->safe_psql(
		'emptied', q{
BEGIN;
DELETE FROM ops.handover WHERE status NOT IN ('draft', 'cancelled');
SELECT count(*) FROM ops.discrepancy;
TRUNCATE ops.item, ops.dependency;
SELECT count(*) FROM ops.discrepancy;
ROLLBACK}),
	"0\n0",
	'drafts without items are counted anew');
is( $node->safe_psql(
		'emptied', q{
WITH gone AS (DELETE FROM ops.handover WHERE id % 2 = 0 RETURNING id) SELECT count(*) > 100 FROM gone;
SELECT count(*) FILTER (WHERE handover_id % 2 = 0), count(*) > 0 FROM ops.item;
SELECT count(*) FILTER (WHERE handover_id % 2 = 0), count(*) > 0 FROM ops.dependency;
SELECT count(*) FILTER (WHERE handover_id % 2 = 0), count(*) > 0 FROM ops.signoff;
SELECT count(*) FROM ops.discrepancy;
TRUNCATE ops.handover CASCADE;
SELECT (SELECT count(*) FROM ops.handover) + (SELECT count(*) FROM ops.item) + (SELECT count(*) FROM ops.signoff)}),
	"t\n0|t\n0|t\n0|t\n0\n0",
	'what belongs to a handover goes with it');

# As in replication: rows go in as they are.
my $tally = q{handover.tally('require contact', '{"contact": [{"name": "a"}, {"name": "b"}]}')};
is( $node->safe_psql(
		'emptied', qq{
SET session_replication_role = replica;
INSERT INTO ops.handover (id, checklist, tally, status, created_by, created_at, returns)
VALUES (7, 'require contact', $tally, 'accepted', 'me', '2020-02-02', 4);
UPDATE ops.handover SET remark = 'kept' WHERE id = 7;
INSERT INTO ops.item (handover_id, element) VALUES (7, 'bdge');
DELETE FROM ops.item;
SELECT tally OPERATOR(handover.=) $tally, status, created_by, updated_at IS NULL, returns, completeness
  FROM ops.handover;
SELECT count(*) FROM ops.signoff;
SELECT status FROM ops.discrepancy}),
	"t|accepted|me|t|4|100\n0\naccepted",
	'with session_replication_role = replica, rows stay as they are written');
refused('emptied', q{
SET session_replication_role = replica;
UPDATE ops.handover SET tally = handover.tally('require contact', '{}')},
	qr/violates check constraint "handover_is_complete"/, 'but the constraint holds even then');

# ------------------------------------------------------------------------
# Logical replication, into workspaces that know nothing of the user's own elements
# ------------------------------------------------------------------------

my $subscriber = PostgreSQL::Test::Cluster->new('workspace_subscriber');
$subscriber->init(allows_streaming => 'logical');
$subscriber->start;
$subscriber->safe_psql('postgres', $roles);
create_database($subscriber, 'copy');
$subscriber->safe_psql('copy', $workspaces);
my $connstr = $node->connstr('source') =~ s/'/''/gr;
$node->safe_psql('source', "CREATE PUBLICATION handovers FOR TABLES IN SCHEMA ops, $quoted");
$subscriber->safe_psql('copy', "CREATE SUBSCRIPTION handovers CONNECTION '$connstr' PUBLICATION handovers");
$subscriber->wait_for_subscription_sync($node, 'handovers', 'copy');

# A publication has rows, and no sequences.
sub replicated
{
	my ($how) = @_;
	my %but = (catalogue => 1, sequences => 1);
	$node->wait_for_catchup('handovers');
	same_lines(contents($subscriber, 'copy', %but), contents($node, 'source', %but), "replication: $how");
	counted_right($subscriber, 'copy', "replication: $how");
	return;
}

replicated('rows that were there');
still_works('source', 'publisher');
replicated('all that is done in a workspace');
$node->safe_psql(
	'source', q{
UPDATE ops.item SET details = 'seen', effort = effort + 1 WHERE element <> 'task';
DELETE FROM ops.handover WHERE id % 3 = 0;
INSERT INTO ops.handover (title, checklist) SELECT 'Late ' || n, 'require contact' FROM generate_series(1, 50) AS n;
INSERT INTO ops.item (handover_id, element, title)
SELECT id, 'contact', 'Bo' FROM ops.handover WHERE title LIKE 'Late %';
SELECT ops.submit(id) FROM ops.handover WHERE title LIKE 'Late %';
});
replicated('statements over many handovers');
$node->safe_psql('source', 'TRUNCATE ops.handover CASCADE');
replicated('TRUNCATE');

$subscriber->safe_psql('copy', 'DROP SUBSCRIPTION handovers');
is( $subscriber->safe_psql(
		'copy', qq{
SELECT setval(pg_get_serial_sequence('$quoted.signoff', 'id'), max(id)) > 0 FROM $quoted.signoff;
SELECT setval(pg_get_serial_sequence('$quoted.item', 'id'), max(id)) > 0 FROM $quoted.item;
INSERT INTO $quoted.item (handover_id, element, title) VALUES (2, 'contact', 'Eve');
SELECT $quoted.submit(2), $quoted.accept(2);
SELECT count(*) FROM $quoted.discrepancy}),
	"t\nt\nsubmitted|accepted\n0",
	'replication: the subscriber can take over, once its sequences have');

$subscriber->stop;
$node->stop;
done_testing();
