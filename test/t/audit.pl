# The audit log of a whole server: it goes through a dump and its restore, through replication, prepared transactions
# and crashes; and writers and a sealer do not get in each other's way.
#
# HANDOVER_AUDIT_SECONDS says how long eight clients write (10), HANDOVER_AUDIT_CRASHES how often the server is killed
# under load (5).

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

my $seconds = $ENV{HANDOVER_AUDIT_SECONDS} || 10;
my $crashes = $ENV{HANDOVER_AUDIT_CRASHES} || 5;
my $dir = PostgreSQL::Test::Utils::tempdir();

sub new_node
{
	my ($name, @settings) = @_;
	my $server = PostgreSQL::Test::Cluster->new($name);
	$server->init(allows_streaming => 'logical');
	$server->append_conf('postgresql.conf', join "\n",
		'max_prepared_transactions = 10', 'log_min_error_statement = panic', @settings);
	$server->start;
	return $server;
}

my $node = new_node('audit');

# Each name is tested once, so it tells the place.
sub sql_is
{
	my ($server, $database, $query, $expected, $name) = @_;
	return is($server->safe_psql($database, $query), $expected, $name);
}

# ----------------------------------------------------------------------
# Dump and restore
# ----------------------------------------------------------------------

$node->safe_psql('postgres', 'CREATE DATABASE source');
$node->safe_psql(
	'source', q{
CREATE EXTENSION handover;
-- a column that is dropped has a number that it does not have in the copy
CREATE TABLE person (gone text, id integer, name text, pin text, note text, PRIMARY KEY (id));
ALTER TABLE person DROP COLUMN gone;
CREATE TABLE passing (id integer PRIMARY KEY);
CREATE FUNCTION at_night() RETURNS boolean STABLE LANGUAGE sql RETURN false;
CREATE TABLE sometimes (id integer PRIMARY KEY);
SELECT handover.audit('sometimes', condition => $$now() > '2026-01-01 10:00+05:45' AND current_setting('a.load', true) IS DISTINCT FROM 'on' OR NOT public.at_night()$$);
SELECT handover.audit('person', mask => '{pin}', with_query => true, always => true);
SELECT handover.audit('passing');
SELECT handover.create_workspace('ops');
SET handover.actor = 'Zoë';
INSERT INTO person VALUES (1, 'Ann', '1', 'a'), (2, 'Bo', '2', 'b');
INSERT INTO passing VALUES (1);
DROP TABLE passing;
ALTER TABLE person RENAME COLUMN name TO full_name;
UPDATE person SET full_name = 'Anna', pin = '3' WHERE id = 1;
INSERT INTO ops.handover (title, checklist) VALUES ('Night shift', 'require task');
INSERT INTO ops.item (handover_id, element, title) VALUES (1, 'task', 'Swap disk');
SELECT handover.seal();
SELECT handover.redact('person', '{2}', '{note}', 'asked for');
UPDATE ops.item SET state = 'done';
SELECT handover.seal();
INSERT INTO person VALUES (3, 'Cy', '3', 'not sealed');
});
my $log = q{
SELECT md5(string_agg(l::text, '|' ORDER BY transaction_id, id)) FROM handover.audit_log AS l;
SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM handover.audit_transaction AS t;
SELECT md5(string_agg(c::text, '|' ORDER BY id)) FROM handover.audit_context AS c;
SELECT md5(string_agg(s::text, '|' ORDER BY id)) FROM handover.audit_statement AS s;
SELECT md5(string_agg(b::text, '|' ORDER BY block)) FROM handover.audit_block AS b;
SELECT last_value FROM handover.audit_context_id_seq;
};
my $before = $node->safe_psql('source', $log);
my $anchor = $node->safe_psql('source', 'SELECT sha256 FROM handover.head()');
my $history = q{
SELECT operation, old, new, actor FROM handover.history('person', '1') ORDER BY transaction_id;
SELECT id, full_name, note FROM handover.as_of(NULL::person, (SELECT max(sealed_at) FROM handover.audit_block)) ORDER BY id;
SELECT subject, action, what FROM ops_report.timeline ORDER BY changed_at, entry_key;
};
my $told = $node->safe_psql('source', $history);
like($told, qr/UPDATE.*Anna/, 'there is something to copy');

foreach my $how ([ 'plain' ], [ 'plain', '--inserts' ], [ 'custom' ], [ 'custom', '-j', 4 ])
{
	my ($format, @options) = @$how;
	my $name = join ' ', @$how;
	my $database = $name =~ s/\W+/_/gr;
	my @restore_options = $format eq 'custom' ? @options : ();
	my @dump_options = $format eq 'plain' ? @options : ();
	$node->command_ok(
		[ 'pg_dump', '--format' => $format, @dump_options, '--file' => "$dir/$database", '--dbname' => $node->connstr('source') ],
		"$name: dump");
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->command_ok(
		$format eq 'plain'
		? [ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '--output' => '/dev/null', '--file' => "$dir/$database", $node->connstr($database) ]
		: [ 'pg_restore', '--exit-on-error', @restore_options, '--dbname' => $node->connstr($database), "$dir/$database" ],
		"$name: restore");
	sql_is($node, $database, $log, $before, "$name: the log is the same, and has nothing of its own restore");
	sql_is($node, $database, "SELECT count(*) FROM handover.verify(anchor => '$anchor')", '0', "$name: it verifies");
	sql_is($node, $database, 'SELECT count(*) FROM handover.audit_check()', '0', "$name: all triggers are there");
	sql_is($node, $database, $history, $told, "$name: it tells the same");
	sql_is(
		$node, $database, q{
-- a column that is masked stays so under another name, also when nothing was logged here yet
SELECT handover.seal() > 0;
ALTER TABLE person RENAME COLUMN pin TO code;
UPDATE person SET full_name = 'Annie', code = '9' WHERE id = 1;
SELECT id, full_name FROM handover.as_of(NULL::person, (SELECT max(sealed_at) FROM handover.audit_block)) WHERE id = 1;
ALTER TABLE person DISABLE TRIGGER zz_audit_row;
ALTER TABLE person ENABLE ALWAYS TRIGGER zz_audit_row;
SELECT count(*) FROM handover.history('person', '1');
SELECT new FROM handover.history('person', '1') ORDER BY transaction_id DESC LIMIT 1;
SELECT count(*) FROM handover.audit_entry WHERE key = 'trigger';
SELECT handover.seal() > 0;
SELECT count(*) FROM handover.verify()},
		qq{t\n1|Anna\n3\n{"code": "[masked]", "full_name": "Annie"}\n2\nt\n0},
		"$name: it goes on");
}

# ----------------------------------------------------------------------
# Prepared transactions
# ----------------------------------------------------------------------

sql_is(
	$node, 'source', q{
CREATE TABLE two (id integer PRIMARY KEY);
SELECT handover.audit('two');
BEGIN;
INSERT INTO two VALUES (1);
SAVEPOINT a;
INSERT INTO two VALUES (2);
ROLLBACK TO a;
PREPARE TRANSACTION 'kept';
BEGIN;
INSERT INTO two VALUES (3);
PREPARE TRANSACTION 'dropped';
INSERT INTO two VALUES (4);
SELECT handover.seal() > 0;
SELECT key FROM handover.audit_entry WHERE table_name = 'two' AND operation = 'INSERT' ORDER BY key},
	"\nt\n4",
	'what is prepared is not in the log yet');
$node->stop('immediate');
$node->start;
sql_is(
	$node, 'source', q{
COMMIT PREPARED 'kept';
ROLLBACK PREPARED 'dropped';
SELECT handover.seal() > 0;
SELECT key, block IS NOT NULL FROM handover.audit_entry WHERE table_name = 'two' AND operation = 'INSERT' ORDER BY key;
INSERT INTO two VALUES (5);
SELECT handover.seal() > 0;
SELECT count(*) FROM handover.verify()},
	"t\n1|t\n4|t\nt\n0",
	'what was committed in two phases is sealed in a later block, and nothing is passed over');

# ----------------------------------------------------------------------
# Logical replication: a subscriber logs what ALWAYS is asked for
# ----------------------------------------------------------------------

my $subscriber = new_node('audit_subscriber');
my $tables = q{
CREATE EXTENSION handover;
CREATE TABLE quiet (id integer PRIMARY KEY, title text);
CREATE TABLE loud (id integer PRIMARY KEY, title text);
};
$node->safe_psql('postgres', 'CREATE DATABASE publisher');
$node->safe_psql('publisher', "$tables INSERT INTO loud VALUES (1, 'there before'); CREATE PUBLICATION all_of_it FOR TABLE quiet, loud");
$subscriber->safe_psql('postgres', "$tables SELECT handover.audit('quiet'), handover.audit('loud', always => true)");
$subscriber->safe_psql('postgres',
	"CREATE SUBSCRIPTION all_of_it CONNECTION '" . $node->connstr('publisher') =~ s/'/''/gr . "' PUBLICATION all_of_it");
$subscriber->wait_for_subscription_sync($node, 'all_of_it', 'postgres');
$node->safe_psql('publisher', $_) foreach (
	q{INSERT INTO quiet VALUES (2, 'a'); INSERT INTO loud VALUES (2, 'a')},
	q{UPDATE loud SET title = 'b' WHERE id = 2},
	q{BEGIN; DELETE FROM loud WHERE id = 1; INSERT INTO loud VALUES (3, 'c'); COMMIT},
	q{TRUNCATE loud, quiet});
$node->wait_for_catchup('all_of_it');
sql_is(
	$subscriber, 'postgres', q{
SELECT table_name, operation, key, old, new, application_name FROM handover.audit_entry
 WHERE operation NOT IN ('EVENT') ORDER BY transaction_id, command, id},
	join("\n",
		'loud|INSERT|1||{"id": 1, "title": "there before"}|',
		'loud|INSERT|2||{"id": 2, "title": "a"}|',
		'loud|UPDATE|2|{"title": "a"}|{"title": "b"}|',
		'loud|DELETE|1|{"id": 1, "title": "there before"}||',
		'loud|INSERT|3||{"id": 3, "title": "c"}|',
		'loud|TRUNCATE||||'),
	'what replication applies is logged where that was asked for, and nowhere else')
  or diag($subscriber->safe_psql('postgres', q{SELECT table_name, operation, key, application_name FROM handover.audit_entry ORDER BY transaction_id, command, id}));
$subscriber->safe_psql('postgres', 'DROP SUBSCRIPTION all_of_it');
sql_is(
	$subscriber, 'postgres', q{
SET session_replication_role = replica;
INSERT INTO quiet VALUES (5); INSERT INTO loud VALUES (5);
RESET session_replication_role;
SELECT table_name FROM handover.audit_entry WHERE key = '5'},
	'loud', 'so it is with session_replication_role');
$subscriber->stop;

# ----------------------------------------------------------------------
# Parallel query, row security, rights
# ----------------------------------------------------------------------

sql_is(
	$node, 'source', q{
CREATE ROLE regress_handover_owner;
CREATE ROLE regress_handover_writer;
GRANT ALL ON SCHEMA public TO regress_handover_owner;
SET ROLE regress_handover_owner;
CREATE TABLE secured (id integer PRIMARY KEY, who text DEFAULT current_user);
ALTER TABLE secured ENABLE ROW LEVEL SECURITY;
ALTER TABLE secured FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON secured USING (who = current_user);
GRANT SELECT, INSERT, UPDATE, DELETE ON secured TO regress_handover_writer;
SELECT handover.audit('secured');
CREATE FUNCTION definer() RETURNS void LANGUAGE sql SECURITY DEFINER AS $$ INSERT INTO secured VALUES (2) $$;
SET ROLE regress_handover_writer;
INSERT INTO secured VALUES (1);
SELECT definer();
UPDATE secured SET who = who;
RESET ROLE;
CREATE TABLE big AS SELECT g AS id FROM generate_series(1, 50000) AS g;
ANALYZE big;
CREATE TABLE target (id bigint PRIMARY KEY);
SELECT handover.audit('target');
SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
INSERT INTO target SELECT sum(id) FROM big;
SELECT operation, key, session_user_name = session_user, role_name FROM handover.audit_entry
 WHERE table_name IN ('secured', 'target') AND operation <> 'EVENT' ORDER BY transaction_id, id},
	"\n\n\n"
	  . "INSERT|1|t|regress_handover_writer\n"
	  . "INSERT|2|t|regress_handover_owner\n"
	  . "UPDATE|1|t|regress_handover_writer\n"
	  . 'INSERT|1250025000|t|' . $node->safe_psql('source', 'SELECT current_user'),
	'row security hides nothing from the log, which tells the role in force, and a parallel plan is logged like any');

# ----------------------------------------------------------------------
# Writers and a sealer
# ----------------------------------------------------------------------

$node->safe_psql('postgres', 'CREATE DATABASE busy');
$node->safe_psql(
	'busy', q{
CREATE EXTENSION handover;
CREATE TABLE account (id integer PRIMARY KEY, n integer NOT NULL DEFAULT 0);
CREATE TABLE done (client integer, n integer, PRIMARY KEY (client, n));
SELECT handover.audit('account'), handover.audit('done');
INSERT INTO account SELECT generate_series(1, 200);
});
my $write = "$dir/write.sql";
append_to_file($write, q{
\set id random(1, 200)
\set pause random(0, 3)
\set fate random(1, 10)
BEGIN;
UPDATE account SET n = n + 1 WHERE id = :id;
\if :pause = 0
SELECT pg_sleep(0.01);
\endif
SAVEPOINT a;
INSERT INTO account VALUES (nextval('more'));
\if :fate = 1
ROLLBACK TO a;
\endif
\if :fate = 2
ROLLBACK;
\else
COMMIT;
\endif
});
$node->safe_psql('busy', 'CREATE SEQUENCE more START 1000');
my $until = time + $seconds;
my $bench = IPC::Run::start(
	[ 'pgbench', '-n', '-c', 8, '-j', 2, '-T', $seconds, '-f', $write, '-h', $node->host, '-p', $node->port, 'busy' ],
	'>' => \my $out, '2>' => \my $err);
my $blocks = 0;
my $accused = '';
while (time < $until)
{
	$node->safe_psql('busy', 'SELECT handover.seal()');
	$blocks++;
	$accused .= $node->safe_psql('busy', 'SELECT * FROM handover.verify()') if $blocks % 20 == 0;
}
ok($bench->finish, 'eight clients write') or diag($err);
is($accused, '', "and $blocks times a sealer beside them, the log is not accused");
$node->safe_psql('busy', 'SELECT handover.seal()');
sql_is($node, 'busy', 'SELECT * FROM handover.verify()', '', 'nor in the end');
sql_is(
	$node, 'busy', q{
SELECT count(*) FROM handover.audit_log AS l WHERE NOT EXISTS (SELECT FROM handover.audit_transaction AS t WHERE t.id = l.transaction_id);
SELECT (SELECT sum(entries) FROM handover.audit_block) = (SELECT count(*) FROM handover.audit_log),
       (SELECT sum(transactions) FROM handover.audit_block) = (SELECT count(*) FROM handover.audit_transaction)},
	"0\nt|t",
	'every entry is in one block, and none in two');
sql_is(
	$node, 'busy', q{
SELECT count(*) > 100 FROM account;
SELECT count(*) FROM (
    (SELECT id::text, n FROM account EXCEPT ALL
     SELECT key, (coalesce(sum((new ->> 'n')::integer - coalesce((old ->> 'n')::integer, 0)), 0))::integer
       FROM handover.audit_entry WHERE table_name = 'account' AND operation IN ('INSERT', 'UPDATE') GROUP BY key)) AS differs},
	"t\n0",
	'the log leads to what is in the tables');
# What is sealed is looked at once; what is left to look at is what came since.
cmp_ok(
	$node->safe_psql('busy', q{
SELECT count(*) FROM handover.audit_transaction WHERE id >= (SELECT max(complete_to) FROM handover.audit_block)}),
	'<', $node->safe_psql('busy', 'SELECT count(*) / 2 FROM handover.audit_transaction'),
	'a sealer does not begin from the beginning');

# ----------------------------------------------------------------------
# Crashes
# ----------------------------------------------------------------------

my $crash = "$dir/crash.sql";
append_to_file($crash, q{
\set n :n + 1
INSERT INTO done VALUES (:client_id + :base, :n);
});
$node->append_conf('postgresql.conf', "fsync = on\nsynchronous_commit = on\nrestart_after_crash = off");
$node->restart;
my ($lost, $invented, $seals, $written, $tries) = ('', '', '', 0, 200);
for my $round (1 .. $crashes)
{
	my $base = $round * 100;
	my $load = IPC::Run::start(
		[ 'pgbench', '-n', '-c', 4, '-j', 1, '-T', 60, '-D', 'n=0', '-D', "base=$base", '-f', $crash,
			'-h', $node->host, '-p', $node->port, 'busy' ],
		'>' => \my $load_out, '2>' => \my $load_err);
	# on a busy machine, long after they were started
	$node->poll_query_until('busy', "SELECT count(DISTINCT client) = 4 FROM done WHERE client >= $base")
	  or die "the clients of round $round do not write: $load_err";
	sleep(rand(0.4));
	$node->safe_psql('busy', 'SELECT handover.seal()') if $round % 2;
	$node->kill9;
	$load->finish;
	# its sessions notice a little later, and hold its memory until then
	until ($node->start(fail_ok => 1))
	{
		die 'the server does not come back' if $tries-- == 0;
		$node->{_pid} = undef;
		sleep(0.1);
	}
	$lost .= $node->safe_psql('busy', q{
SELECT array[client, n]::text FROM done EXCEPT SELECT key FROM handover.audit_entry WHERE table_name = 'done' AND operation = 'INSERT'});
	$invented .= $node->safe_psql('busy', q{
SELECT key FROM handover.audit_entry WHERE table_name = 'done' AND operation = 'INSERT' EXCEPT SELECT array[client, n]::text FROM done});
	$written = $node->safe_psql('busy', 'SELECT count(DISTINCT client) FROM done');
	$node->safe_psql('busy', 'SELECT handover.seal()');
	$seals .= $node->safe_psql('busy', 'SELECT * FROM handover.verify(); SELECT transaction_id FROM handover.audit_log EXCEPT SELECT id FROM handover.audit_transaction');
}
is($written, 4 * $crashes, "killed $crashes times, with four clients each at work");
is($lost, '', 'each committed change is in the log');
is($invented, '', 'and no other');
is($seals, '', 'and it is sealed whole');

$node->stop;
done_testing();
