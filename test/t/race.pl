# Eight clients change 50 handovers at random, each transaction at a random isolation level, and at no
# moment is a handover incomplete for its status, or its tally another than what counting its items gives.
# Of what they do, a client is refused what it should be; and statements of their own never deadlock.
#
# HANDOVER_RACE_SECONDS says how long (10).

use strict;
use warnings;

use POSIX ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $clients = 8;
my $slots = 50;
my $seconds = $ENV{HANDOVER_RACE_SECONDS} || 10;

my $node = PostgreSQL::Test::Cluster->new('race');
$node->init;
$node->append_conf('postgresql.conf',
	"max_connections = 20\ndeadlock_timeout = 100ms\njit = off\nlog_min_error_statement = panic");
$node->start;

# A slot is a place for one handover at a time: when that is closed or cancelled, another takes it.
$node->safe_psql(
	'postgres', qq{
CREATE EXTENSION handover;
SELECT handover.create_workspace('ops');
INSERT INTO ops.handover (external_ref, checklist)
SELECT slot::text, 'require contact' FROM generate_series(1, $slots) AS slot;
CREATE INDEX ON ops.handover (external_ref, id);
} . q{
CREATE FUNCTION live(slot integer) RETURNS bigint STABLE LANGUAGE sql
    AS $$ SELECT max(id) FROM ops.handover WHERE external_ref = slot::text $$;
CREATE FUNCTION any_item(slot integer) RETURNS bigint LANGUAGE sql
    AS $$ SELECT id FROM ops.item WHERE handover_id = live(slot) ORDER BY random() LIMIT 1 $$;
-- the fewer there are, the less often there is one: what is deleted like this does not run out
CREATE FUNCTION nth_item(slot integer) RETURNS bigint LANGUAGE sql
    AS $$ SELECT id FROM ops.item WHERE handover_id = live(slot) ORDER BY id OFFSET floor(random() * 20) LIMIT 1 $$;
CREATE FUNCTION any_dependency(slot integer) RETURNS bigint LANGUAGE sql
    AS $$ SELECT id FROM ops.dependency WHERE handover_id = live(slot) ORDER BY random() LIMIT 1 $$;

-- What must hold at every moment. The CHECK of the table keeps a handover from being incomplete by its
-- tally, so it is judged by its document, which knows nothing of tallies.
CREATE VIEW wrong AS
SELECT (SELECT count(*)
          FROM ops.handover AS h JOIN ops.document AS d ON d.handover_id = h.id
         WHERE NOT handover.complete(h.checklist, d.document, h.status)) AS incomplete,
       (SELECT count(*) FROM ops.discrepancy) AS discrepancies;
CREATE PROCEDURE watch(seconds float, INOUT polls integer, INOUT incomplete bigint, INOUT discrepancies bigint)
LANGUAGE plpgsql AS $$
DECLARE
    until timestamptz := clock_timestamp() + seconds * interval '1 second';
    now_wrong wrong;
BEGIN
    WHILE clock_timestamp() < until LOOP
        SELECT * INTO now_wrong FROM wrong;
        COMMIT;
        polls := polls + 1;
        incomplete := incomplete + now_wrong.incomplete;
        discrepancies := discrepancies + now_wrong.discrepancies;
        PERFORM pg_sleep(0.02);
    END LOOP;
END $$;
});

# ----------------------------------------------------------------------
# What the clients do
# ----------------------------------------------------------------------

sub one_of { return $_[ int(rand(@_)) ]; }

# Half of the time one of a few, where the clients meet.
sub slot { return 1 + int(rand(rand() < 0.5 ? 5 : $slots)); }

# The handover of some slot.
sub live { return 'live(' . slot() . ')'; }

# All of them require a contact, on which a check at the end relies; and so does what NULL has composed.
my @checklists = (
	"'require contact'",
	"'require 2 contact; every task has owner to accept; suggest 3 task'",
	"'require contact; no question where state <> done to accept; no dependency where outside to close'",
	"'every handover has scope; require contact; every item where critical has instructions to accept'",
	"'require contact; require task to accept; every item has title; no risk where urgency >= high to close'");

sub checklist { return one_of(@checklists, 'NULL'); }

# The columns element to attributes, with literals for them.
my $item_columns = 'element, title, state, owner, critical, urgency, instructions, attributes';

sub item
{
	return join ', ',
		one_of("'contact'", "'contact'", "'task'", "'task'", "'question'", "'risk'"),
		one_of("'Swap disk'", "'Ask Bo'"), one_of('NULL', "'pending'", "'done'", "'done'", "'none'"),
		one_of("'Ana'", 'NULL'), one_of('true', 'false', 'NULL'), one_of("'low'", "'high'", 'NULL'),
		one_of("'Slowly'", "'Slowly'", 'NULL'), one_of("'{}'", q('{"channel": "phone"}'));
}

# A move, by a function or by hand. Neither does anything where the handover has that status already.
sub moved_to
{
	my ($status, $call) = @_;
	my $where = 'id = ' . live() . " AND status <> '$status'";
	return one_of(
		"SELECT ops.$call FROM (SELECT id FROM ops.handover WHERE $where FOR NO KEY UPDATE) AS h",
		"UPDATE ops.handover SET status = '$status', remark = 'so' WHERE $where");
}

# One item of a slot, or one of its dependencies.
sub item_of { my ($slot, $which) = @_; return "handover_id = live($slot) AND id = (SELECT $which($slot))"; }

# kind => [ how often, the statement, errors that it may meet beside those that all may ]
my %kinds = (
	insert => [ 12, sub {
			return "INSERT INTO ops.item (handover_id, $item_columns) VALUES (" . live() . ', ' . item() . ')';
		} ],
	# into several handovers, in no order
	insert_many => [ 4, sub {
			return "INSERT INTO ops.item (handover_id, $item_columns) VALUES "
			  . join(', ', map { '(' . live() . ', ' . item() . ')' } 1 .. 2 + int(rand(3)));
		} ],
	update => [ 16, sub {
			return "UPDATE ops.item SET ($item_columns) = ROW(" . item() . ') WHERE ' . item_of(slot(), 'any_item');
		} ],
	delete => [ 24, sub { 'DELETE FROM ops.item WHERE ' . item_of(slot(), 'nth_item') } ],
	# refused if the item waits, or another waits for it
	move => [ 10, sub { 'UPDATE ops.item SET handover_id = ' . live() . ' WHERE ' . item_of(slot(), 'any_item') },
		'23503' ],
	# refused if it is there already, or an item is gone by then
	depend => [ 8, sub {
			my $slot = slot();
			return 'INSERT INTO ops.dependency (handover_id, item, waits_for, outside) '
			  . "SELECT live($slot), a, b, " . one_of('NULL', 'NULL', "'a truck'")
			  . " FROM (SELECT any_item($slot) AS a, any_item($slot) AS b OFFSET 0) AS pair WHERE a <> b";
		}, '23503', '23505' ],
	depend_else => [ 3, sub {
			my $slot = slot();
			return 'UPDATE ops.dependency SET waits_for = other '
			  . "FROM (SELECT any_item($slot) AS other OFFSET 0) AS picked "
			  . 'WHERE ' . item_of($slot, 'any_dependency') . ' AND item <> other';
		}, '23503', '23505' ],
	undepend => [ 4, sub { 'DELETE FROM ops.dependency WHERE ' . item_of(slot(), 'any_dependency') } ],
	submit => [ 8, sub { moved_to('submitted', 'submit(id)') }, '55000' ],
	return => [ 3, sub { moved_to('draft', "return(id, 'so')") }, '55000' ],
	accept => [ 6, sub { moved_to('accepted', 'accept(id)') }, '55000' ],
	close => [ 1, sub { moved_to('closed', 'close(id)') }, '55000' ],
	cancel => [ 0.5, sub { moved_to('cancelled', 'cancel(id)') }, '55000' ],
	renew => [ 4, sub {
			my $slot = slot();
			return "INSERT INTO ops.handover (external_ref, checklist) SELECT $slot, " . checklist()
			  . " WHERE (SELECT status FROM ops.handover WHERE id = live($slot)) IN ('closed', 'cancelled')";
		} ],
	header => [ 3, sub { 'UPDATE ops.handover SET scope = ' . one_of("'all'", 'NULL') . ' WHERE id = ' . live() } ],
	checklist => [ 4, sub { 'UPDATE ops.handover SET checklist = ' . checklist() . ' WHERE id = ' . live() } ],
	recount => [ 3, sub { 'SELECT ops.recount(' . join(', ', map { live() } 1 .. 1 + int(rand(3))) . ')' } ],
	recount_all => [ 0.3, sub { 'SELECT ops.recount()' } ]);

# What takes several items in the order in which it finds them may deadlock with its like, as in any table.
# So these are no statements of their own.
my %wide_kinds = (
	update_many => [ 6, sub {
			return "UPDATE ops.item SET ($item_columns) = ROW(" . item() . ") WHERE element <> 'contact' "
			  . 'AND handover_id IN (' . live() . ', ' . live() . ')';
		} ],
	delete_many => [ 2, sub {
			return 'DELETE FROM ops.item WHERE element = \'task\' AND handover_id IN (' . live() . ', ' . live() . ')';
		} ]);

my %moves = map { $_ => 1 } qw(submit return accept close cancel);

sub choose
{
	my (%from) = @_;
	my $sum = 0;
	$sum += $_->[0] foreach values %from;
	my $at = rand($sum);
	foreach my $kind (sort keys %from)
	{
		$at -= $from{$kind}[0];
		return ($kind, $from{$kind}[1]->()) if $at < 0;
	}
}

# What psql is told, and how it tells what came of it: kind, SQLSTATE, rows, and the last error there was.
sub statement
{
	my ($kind, $sql) = @_;
	return "$sql;\n\\echo $kind :SQLSTATE :ROW_COUNT :LAST_ERROR_MESSAGE\n";
}

sub level { return one_of('READ COMMITTED', 'READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'); }

# One transaction: a statement of its own, or (with probability $several) several.
sub transaction
{
	my ($several) = @_;
	return "SET default_transaction_isolation = '" . lc(level()) . "';\n" . statement(choose(%kinds))
	  if rand() >= $several;

	my $text = statement('begin', 'BEGIN ISOLATION LEVEL ' . level());
	foreach (1 .. 2 + int(rand(3)))
	{
		my $undone = rand() < 0.2;
		$text .= statement('savepoint', 'SAVEPOINT before') if $undone;
		$text .= statement(choose(%kinds, %wide_kinds));
		$text .= statement('undo', 'ROLLBACK TO before') if $undone;
	}
	return $text . (rand() < 0.1 ? statement('rollback', 'ROLLBACK') : statement('commit', 'COMMIT'));
}

# A client: psql, and a process that tells it what to do. Returns the latter.
sub start_client
{
	my ($file, $until, $several) = @_;
	my $pid = fork // die "fork: $!";
	return $pid if $pid;

	# Whatever happens here, the end of this process must not be that of the test.
	my $ended_well = eval {
		srand($$);
		$SIG{PIPE} = 'IGNORE';
		my $connection = $node->connstr('postgres');
		# by "exec", so that closing the pipe waits for psql and has its exit status
		open my $psql, '|-', "exec psql -X -q -o /dev/null -d \"$connection\" > $file.out 2> $file.err"
		  or die "psql: $!";
		# F_SETPIPE_SZ, where there is such a thing: what waits in the pipe is done when time is over
		fcntl($psql, 1031, 4096);
		print $psql "\\set VERBOSITY sqlstate\n";
		print $psql transaction($several) while time() < $until;
		close $psql;
	};
	POSIX::_exit($ended_well ? 0 : 1);
}

# ----------------------------------------------------------------------
# The race
# ----------------------------------------------------------------------

# Over both races: what succeeded, by kind, and how many moves were committed.
my %succeeded;
my $committed_moves = 0;

# Reads what one client says of its statements, and adds it to %$result.
sub read_client
{
	my ($file, $result, @always) = @_;
	my ($in_transaction, $failed, $moves, $moves_before) = (0, 0, 0, 0);

	foreach (split /\n/, slurp_file($file))
	{
		my ($kind, $state, $rows, $message) = split / /, $_, 4;
		my $ok = $state eq '00000';
		my $entry = $kinds{$kind} // $wide_kinds{$kind};

		if ($kind eq 'begin')
		{
			($in_transaction, $failed, $moves) = (1, 0, 0);
		}
		elsif ($kind eq 'savepoint')
		{
			$moves_before = $moves if $ok;
		}
		elsif ($kind eq 'undo')
		{
			($failed, $moves) = (0, $moves_before) if $ok;
		}
		elsif ($kind eq 'commit' || $kind eq 'rollback')
		{
			$committed_moves += $moves if $kind eq 'commit' && $ok && !$failed;
			$in_transaction = 0;
		}

		# After an error, nothing is done until the transaction ends, not even a savepoint made.
		next if $in_transaction && $failed && ($state eq '25P02' || $state eq '3B001');

		$result->{statements}++ if $entry;
		if (!$ok)
		{
			my @expected = (@always, $entry ? @$entry[ 2 .. $#$entry ] : ());
			$result->{errors}{$state}++;
			$result->{unexpected}{"$kind $state $message"}++ unless grep { $_ eq $state } @expected;
			$failed = 1;
		}
		elsif ($entry && $rows > 0)
		{
			$succeeded{$kind}++;
			$result->{succeeded}++;
			next unless $moves{$kind};
			$result->{moves}++;
			$moves++ if $in_transaction;
			$committed_moves++ unless $in_transaction;
		}
	}
}

sub figures
{
	my (%of) = @_;
	return join ', ', map { "$_ $of{$_}" } sort keys %of;
}

# A race of transactions that may have several statements, with the errors that all may meet. Returns
# how often each error was met.
sub race
{
	my ($name, $several, @always) = @_;
	my $file = "$PostgreSQL::Test::Utils::tmp_check/race_$name";
	my $time = $seconds / 2;
	my $start = time();
	my @pids = map { start_client("${file}_$_", $start + $time, $several) } 1 .. $clients;
	my ($polls, $incomplete, $discrepancies) = split /\|/, $node->safe_psql('postgres', "CALL watch($time, 0, 0, 0)");
	my $ended_well = 0;
	foreach my $pid (@pids)
	{
		waitpid $pid, 0;
		$ended_well++ if $? == 0;
	}
	my $elapsed = time() - $start;
	is($ended_well, $clients, "$name: all clients got to their end");
	cmp_ok($polls, '>', $time / 5, "$name: somebody watched all the time");
	is($incomplete, 0, "$name: no handover was incomplete at any moment");
	is($discrepancies, 0, "$name: no tally was wrong at any moment");

	my %result = (errors => {}, unexpected => {});
	read_client("${file}_$_.out", \%result, @always) foreach 1 .. $clients;
	is(figures(%{ $result{unexpected} }), '', "$name: no error but those to be expected");
	diag sprintf('%s: %d statements in %.1f s, %.0f a second; %d changed something, %d of these moved a handover; '
		  . 'watched %d times',
		$name, $result{statements}, $elapsed, $result{statements} / $elapsed, $result{succeeded}, $result{moves}, $polls);
	diag "$name: errors " . figures(%{ $result{errors} });
	return %{ $result{errors} };
}

# What is refused as incomplete or for a cycle, and what fails to serialize, may happen to everything; a
# deadlock only where transactions of several statements take part.
my %errors = race('single', 0, '23514', '40001');
race('mixed', 0.3, '23514', '40001', '40P01');

cmp_ok($errors{'23514'} // 0, '>', 0, 'something was refused as incomplete');
cmp_ok($errors{'40001'} // 0, '>', 0, 'something failed to serialize');
is(join(' ', grep { !$succeeded{$_} } sort keys %kinds, keys %wide_kinds), '', 'everything succeeded now and then');
note 'succeeded: ' . figures(%succeeded);

# ----------------------------------------------------------------------
# Afterwards
# ----------------------------------------------------------------------

is($node->safe_psql('postgres', 'SELECT * FROM wrong'), '0|0', 'afterwards, all is complete and counted right');
is($node->safe_psql('postgres', q{SELECT count(*) FROM ops.signoff
                                  WHERE sha256 <> sha256(convert_to(document::text, 'UTF8'))}),
	0, 'every signoff has the SHA-256 of its document');
is($node->safe_psql('postgres', q{SELECT count(*) FROM ops.signoff
                                  WHERE step IN ('submitted', 'accepted', 'closed')
                                    AND NOT handover.complete('require contact', document, 'submitted')}),
	0, 'nothing was signed that had no contact');
is($node->safe_psql('postgres', 'SELECT count(*) FROM ops.signoff'), $committed_moves, 'as many signoffs as moves');
is( $node->safe_psql(
		'postgres', q{
SELECT count(*)
  FROM ops.handover AS h
       LEFT JOIN LATERAL (SELECT s.step FROM ops.signoff AS s
                           WHERE s.handover_id = h.id ORDER BY s.id DESC LIMIT 1) AS last ON true
 WHERE h.status::text <> replace(coalesce(last.step, 'draft'), 'returned', 'draft')
    OR h.returns <> (SELECT count(*) FROM ops.signoff AS s WHERE s.handover_id = h.id AND s.step = 'returned')}),
	0, 'the last signoff of a handover tells its status');
is( $node->safe_psql(
		'postgres', q{
WITH RECURSIVE reached (handover_id, item, last) AS (
    SELECT handover_id, item, waits_for FROM ops.dependency
    UNION
    SELECT r.handover_id, r.item, d.waits_for
      FROM reached AS r JOIN ops.dependency AS d ON d.handover_id = r.handover_id AND d.item = r.last)
SELECT count(*) FROM reached WHERE item = last}),
	0, 'no item waits for itself');

$node->stop;
done_testing();
