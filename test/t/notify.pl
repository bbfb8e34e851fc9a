# Who listens is told of each move of a handover, once it is committed, if the setting is on; and
# nothing of what the handover says.

use strict;
use warnings;

use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('notify');
$node->init;
$node->append_conf('postgresql.conf', 'max_prepared_transactions = 5');
$node->start;
$node->safe_psql('postgres', q{
CREATE DATABASE source;
CREATE ROLE regress_handover_listener LOGIN;
});
$node->safe_psql('source', q{
CREATE EXTENSION handover;
SELECT handover.create_workspace('ops');
SELECT handover.create_workspace('Ops "Team" ä');
INSERT INTO ops.handover (title, checklist)
SELECT 'secret title', 'suggest every handover has summary' FROM generate_series(1, 20) AS n;
INSERT INTO "Ops ""Team"" ä".handover (id, title, checklist) VALUES (9007199254740993, 'secret title', '');
});

# What a session hears that does this, as a list of payloads.
sub heard
{
	my ($sql, %param) = @_;
	my $out = $node->safe_psql('source', "LISTEN handover;\n$sql\nSELECT 1;", %param);
	my @payload = $out =~ /^Asynchronous notification "handover" with payload "(.*)" received from server process with PID \d+\.$/mg;
	return map { utf8::encode($_) if utf8::is_utf8($_); $_ } @payload;
}

is(scalar(heard(q{SELECT ops.submit(1);})), 0, 'nothing is told unless it is asked for');

my $on = 'SET handover.notify = on; ';
my @payload = heard("$on SET handover.actor = 'Ana \"x\" \xc3\x84'; SELECT ops.return(1, 'secret remark'); SELECT ops.submit(1, 'secret remark'); "
	  . "SELECT ops.accept(1, 'secret words'); SELECT ops.close(1); SELECT ops.cancel(2);");
is(scalar(@payload), 5, 'each move is told');
my @told = map { decode_json($_) } @payload;
is_deeply([ map { "$_->{step} $_->{status}" } @told ],
	[ 'returned draft', 'submitted submitted', 'accepted accepted', 'closed closed', 'cancelled cancelled' ], 'in order, with what it leads to');
is_deeply([ map { $_->{handover_id} } @told ], [ 1, 1, 1, 1, 2 ], 'of its handover');
is_deeply([ sort keys %{ $told[0] } ], [qw(at handover_id signed_by signoff_id status step workspace)], 'and nothing else');
is($told[0]{workspace}, 'ops', 'in its workspace');
is($told[0]{signed_by}, "Ana \"x\" \x{c4}", 'by whom');
unlike(join(' ', @payload), qr/secret/, 'nothing that it says');
foreach my $move (@told)
{
	is( $node->safe_psql('source', "SELECT step, signed_at = '$move->{at}' FROM ops.signoff WHERE handover_id = $move->{handover_id} AND id = $move->{signoff_id}"),
		"$move->{step}|t", "there is the signoff: $move->{step}");
	like($move->{at}, qr/^\d{4}-\d\d-\d\dT[\d:.]+\+00:00$/, 'at a time in UTC');
}

($told[0]) = map { decode_json($_) } heard("$on SELECT \"Ops \"\"Team\"\" \xc3\xa4\".submit(9007199254740993);");
is($told[0]{workspace}, "Ops \"Team\" \x{e4}", 'a name that must be quoted');
like((heard("$on SELECT \"Ops \"\"Team\"\" \xc3\xa4\".return(9007199254740993, 'no');"))[0], qr/"handover_id": 9007199254740993,/, 'a number as it is');

# with the commit, and in the order of the moves, equal ones too
is(scalar(heard("$on BEGIN; SELECT ops.submit(3); ROLLBACK;")), 0, 'nothing is told of what did not happen');
is(scalar(heard("$on BEGIN; SAVEPOINT s; SELECT ops.submit(3); ROLLBACK TO s; SELECT ops.submit(4); COMMIT;")), 1, 'nor of a part that did not');
is(scalar(heard("$on BEGIN; SELECT ops.submit(5); SELECT ops.return(5, 'no'); SELECT ops.submit(5); SELECT ops.return(5, 'no'); COMMIT;")), 4,
	'equal moves of one transaction are told apart');
is(scalar(heard("$on UPDATE ops.handover SET status = 'submitted' WHERE id BETWEEN 6 AND 10; UPDATE ops.handover SET scope = 'x' WHERE id = 6;")), 5,
	'plain updates are moves; what is no move is not told');
is(scalar(heard("$on INSERT INTO ops.handover (checklist) VALUES (''); SELECT ops.import('{\"title\": \"x\"}');")), 0, 'nor is a draft');

# however long the actor's name
@payload = heard("$on SELECT set_config('handover.actor', repeat(E'\\x01', 9000), false) IS NULL; SELECT ops.submit(11);");
cmp_ok(length($payload[0]), '<', 2500, 'a payload is short');
is(decode_json($payload[0])->{signed_by}, "\x01" x 255, 'and cut where it has to be');
@payload = heard("$on SELECT set_config('handover.actor', repeat('\xe2\x82\xac', 9000), false) IS NULL; SELECT ops.submit(12);");
is(decode_json($payload[0])->{signed_by}, "\x{20ac}" x 85, 'between characters');

# two phases
my ($status, undef, $error) = $node->psql('source', "$on BEGIN; SELECT ops.submit(13); PREPARE TRANSACTION 'on';");
like($error, qr/cannot PREPARE a transaction that has executed LISTEN, UNLISTEN, or NOTIFY/, 'a transaction that has told cannot be prepared');
is( $node->safe_psql('source', "BEGIN; SELECT ops.submit(14); PREPARE TRANSACTION 'off'; COMMIT PREPARED 'off'; SELECT status FROM ops.handover WHERE id = 14"),
	"submitted\nsubmitted", 'one that has not can');

# for a database, by its owner
$node->safe_psql('postgres', 'ALTER DATABASE source SET handover.notify = on');
is(scalar(heard('SELECT ops.submit(15);')), 1, 'a database has it on');
is(scalar(heard('SET handover.notify = off; SELECT ops.submit(16);')), 0, 'a load turns it off');
is(scalar(heard('SELECT count(*) FROM pg_class;', extra_params => [ '--username' => 'regress_handover_listener' ])), 0, 'anybody may listen');

$node->stop;
done_testing();
