# A dump restores to what it was made from: checklists, tallies, constraints,
# and the templates that users added, but not twice those that are shipped.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('dump');
$node->init;
$node->start;

$node->safe_psql('postgres', 'CREATE DATABASE source');
$node->safe_psql(
	'source', q{
CREATE EXTENSION handover;
SELECT handover.copy_template('it_support_specialist', 'service_desk', 'Service desk');
INSERT INTO handover.finding_setting (code, role, name, value) VALUES ('stale_item', '', 'days', 14), ('stale_item', 'service_desk', 'days', 5);
INSERT INTO handover.element (name, title, description, fields) VALUES ('badge', 'Badge', 'A key card', '{door}');
INSERT INTO handover.field (element, name) VALUES ('badge', 'floor'), ('issue', 'major');
INSERT INTO handover.template (name, kind, title, includes, checklist)
VALUES ('lab', 'role', 'Lab', '{service_desk}', 'require badge ''hand over the badge''');
-- an owner who is nobody in particular
CREATE ROLE regress_handover_owner LOGIN;
CREATE SCHEMA work AUTHORIZATION regress_handover_owner;
SET ROLE regress_handover_owner;
CREATE DOMAIN work.document AS jsonb CHECK (handover.require_complete('require task ''say what is open''', VALUE));
CREATE TABLE work.handover (
    id integer PRIMARY KEY,
    document work.document,
    checklist handover.checklist NOT NULL DEFAULT 'require contact; every task where urgency >= high has "Owner" weight 0.25 ''it''''s needed''',
    status handover.status NOT NULL DEFAULT 'draft',
    tally handover.tally GENERATED ALWAYS AS (handover.tally(checklist, document)) STORED,
    kept handover.tally,
    CHECK (handover.complete(checklist, tally, status)),
    CHECK (checklist OPERATOR(handover.||) 'require risk' OPERATOR(handover.<>) 'no task'));
CREATE INDEX ON work.handover (id) WHERE NOT handover.complete(checklist, tally, 'submitted');
CREATE INDEX ON work.handover USING hash (checklist);
INSERT INTO work.handover (id, document, kept)
SELECT i, format('{"task": [{"urgency": "%s", "Owner": "x"}]}', (ARRAY['low', 'high'])[i % 2 + 1])::jsonb,
       handover.tally('require task', 'task', NULL::jsonb)
FROM generate_series(1, 100) i;
CREATE MATERIALIZED VIEW work.gap AS SELECT id, r.* FROM work.handover, handover.review(checklist, tally) r;
});

# What must be the same in a copy.
my $contents = q{
SELECT md5(string_agg(h::text, '|' ORDER BY id)) FROM work.handover h;
SELECT count(*), count(DISTINCT kept), bool_and(tally OPERATOR(handover.=) handover.tally(checklist, document)) FROM work.handover;
SELECT md5(string_agg(t::text, '|' ORDER BY name)) FROM handover.template t;
SELECT md5(string_agg(e::text, '|' ORDER BY name)) FROM handover.element e;
SELECT f FROM handover.field f ORDER BY f;
SELECT s FROM handover.finding_setting s ORDER BY s;
SELECT md5(string_agg(g::text, '|' ORDER BY id, rule)) FROM work.gap g;
SELECT handover.compose('lab');
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'work.handover'::regclass ORDER BY 1;
};
my $before = $node->safe_psql('source', $contents);
like($before, qr/^100\|1\|t$/m, 'there is something to copy');

my $dir = $node->basedir;
my @connection = ('--host' => $node->host, '--port' => $node->port);

sub same
{
	my ($database, $how) = @_;
	is($node->safe_psql($database, $contents), $before, "$how: contents are the same");
	my ($status, $out, $err) = $node->psql($database,
		q{INSERT INTO work.handover (id, document) VALUES (101, '{}')});
	like($err, qr/Missing: say what is open/, "$how: incomplete documents are refused");
	($status, $out, $err) = $node->psql($database,
		q{DELETE FROM handover.template WHERE name = 'healthcare'});
	like($err, qr/that the extension ships cannot/, "$how: shipped templates are guarded");
}

command_ok([ 'pg_dump', @connection, '--file' => "$dir/plain.sql", 'source' ], 'plain: dump');
unlike(slurp_file("$dir/plain.sql"), qr/healthcare/, 'shipped templates are not in the dump');
$node->safe_psql('postgres', 'CREATE DATABASE plain');
command_ok(
	[ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', @connection, '--file' => "$dir/plain.sql", 'plain' ],
	'plain: restore');
same('plain', 'plain');

command_ok([ 'pg_dump', @connection, '--format' => 'directory', '--jobs' => 2, '--file' => "$dir/parallel", 'source' ],
	'parallel: dump');
$node->safe_psql('postgres', 'CREATE DATABASE parallel');
command_ok(
	[ 'pg_restore', @connection, '--jobs' => 4, '--exit-on-error', '--dbname' => 'parallel', "$dir/parallel" ],
	'parallel: restore');
same('parallel', 'parallel');

# The owner of the tables dumps and restores them, where the extension is there already.
command_ok(
	[ 'pg_dump', @connection, '--username' => 'regress_handover_owner', '--schema' => 'work',
		'--format' => 'custom', '--file' => "$dir/owner.dump", 'source' ],
	'owner: dump');
$node->safe_psql('postgres', 'CREATE DATABASE owned OWNER regress_handover_owner');
$node->safe_psql('owned', 'CREATE EXTENSION handover');
command_ok(
	[ 'pg_restore', @connection, '--username' => 'regress_handover_owner', '--exit-on-error',
		'--dbname' => 'owned', "$dir/owner.dump" ],
	'owner: restore');
is( $node->safe_psql('owned', 'SELECT md5(string_agg(h::text, \'|\' ORDER BY id)) FROM work.handover h'),
	$node->safe_psql('source', 'SELECT md5(string_agg(h::text, \'|\' ORDER BY id)) FROM work.handover h'),
	'owner: contents are the same');

# Text and binary COPY.
foreach my $format ('text', 'csv', 'binary')
{
	$node->safe_psql(
		'source', qq{
CREATE TABLE work.copy_$format (checklist handover.checklist, status handover.status, tally handover.tally, kept handover.tally);
COPY (SELECT checklist, status, tally, kept FROM work.handover ORDER BY id) TO '$dir/copy.$format' WITH (FORMAT $format);
COPY work.copy_$format FROM '$dir/copy.$format' WITH (FORMAT $format);
});
	is( $node->safe_psql(
			'source', qq{
SELECT count(*) FROM (SELECT checklist, status, tally, kept FROM work.handover
                      EXCEPT ALL SELECT * FROM work.copy_$format) AS lost}),
		0, "COPY in format $format loses nothing");
}

# DROP EXTENSION does not take what uses it along unasked.
my ($status, $out, $err) = $node->psql('source', 'DROP EXTENSION handover');
like($err, qr/cannot drop extension handover because other objects depend on it/,
	'the extension is not dropped from under its tables');

$node->stop;
done_testing();
