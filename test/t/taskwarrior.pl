# The lens "taskwarrior" scores what the program itself prints as urgency, to the last digit.
#
# 2,000 random tasks, with a due time and a priority or without, at a moment at which the clock of
# the program is stopped by faketime; its other coefficients are set to 0.  Skipped where Debian's
# packages taskwarrior and faketime are not installed.

use strict;
use warnings;

use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $version = `task --version 2>/dev/null` // '';
chomp $version;
plan skip_all => 'needs Taskwarrior 2 and faketime'
  unless $version =~ /^2\./ && `faketime -f '2026-01-01 12:00:00' date +%Y 2>/dev/null` =~ /^2026$/;

use constant DAY => 86400;
my $tasks = 2000;
my $now = 1767268800;    # 2026-01-01 12:00:00 UTC

# Due times on the edges of the ramp, next to them, on whole days, and anywhere.
srand(577215);
my @edges = map { my $day = $_; map { $day * DAY + $_ } -2 .. 2 } -14, -7, -1, 0, 1, 7, 14, 15;
my %level = (H => 'high', M => 'medium', L => 'low');
my (@tasks, @rows);
foreach my $id (1 .. $tasks)
{
	my $kind = rand;
	my $in = $kind < 0.1 ? undef
	  : $kind < 0.2 ? $edges[ rand @edges ]
	  : $kind < 0.3 ? int(rand(60) - 30) * DAY
	  : $kind < 0.9 ? int((rand(24) - 8) * DAY)
	  : int((rand(8000) - 4000) * DAY);
	my $priority = (undef, 'L', 'M', 'H')[ rand 4 ];
	push @tasks,
	  {
		description => "$id",
		uuid => sprintf('00000000-0000-4000-8000-%012d', $id),
		status => 'pending',
		entry => stamp($now),
		defined $in ? (due => stamp($now + $in)) : (),
		$priority ? (priority => $priority) : ()
	  };
	push @rows, sprintf "(%d, priority(%s, NULL, NULL, %s))", $id,
	  $priority ? "'$level{$priority}'" : 'NULL', defined $in ? 'to_timestamp(' . ($now + $in) . ')' : 'NULL';
}

sub stamp
{
	my ($s, $mi, $h, $d, $mo, $y) = gmtime shift;
	return sprintf '%04d%02d%02dT%02d%02d%02dZ', $y + 1900, $mo + 1, $d, $h, $mi, $s;
}

# What the program prints.
my $home = PostgreSQL::Test::Utils::tempdir;
append_to_file("$home/tasks.json", encode_json(\@tasks));
my @off = map { "urgency.$_.coefficient=0" }
  qw(active age annotations blocked blocking project scheduled tags waiting user.tag.next);
append_to_file("$home/taskrc", join "\n", "data.location=$home/data", 'confirmation=no', 'hooks=off', 'gc=off',
	'verbose=nothing', 'recurrence=no', 'json.array=on', @off, '');
mkdir "$home/data";
local $ENV{TASKRC} = "$home/taskrc";
local $ENV{TZ} = 'UTC';
local $ENV{HOME} = $home;
my @task = ('faketime', '-f', '2026-01-01 12:00:00', 'task');
my ($printed, $errors);
IPC::Run::run([ @task, 'import', "$home/tasks.json" ], '<', \undef, '>', \$printed, '2>', \$errors);
ok(IPC::Run::run([ @task, 'export' ], '<', \undef, '>', \$printed, '2>', \$errors), 'the program exports its tasks')
  or diag $errors;
# Urgencies are kept as text, to compare what is printed.
my %urgency = $printed =~ /"description":"(\d+)".*?"urgency":([-+.\de]+)/g;
is(scalar(keys %urgency), $tasks, 'all of them');

# What the lens gives.
my $node = PostgreSQL::Test::Cluster->new('taskwarrior');
$node->init;
$node->start;
my $scores = $node->safe_psql('postgres',
	"CREATE EXTENSION handover; SET search_path = public, handover;\n"
	  . "SELECT id, score(p, lens('taskwarrior', to_timestamp($now))) FROM (VALUES "
	  . join(",\n", @rows) . ') AS t (id, p) ORDER BY id');
my @different;
my %seen;
foreach (split /\n/, $scores)
{
	my ($id, $score) = split /\|/;
	$seen{$urgency{$id}}++;
	push @different, "task $id: $tasks[$id - 1]{due} $tasks[$id - 1]{priority}: $urgency{$id}, but $score"
	  if sprintf('%.6g', $score) ne sprintf('%.6g', $urgency{$id});
}
cmp_ok(scalar(keys %seen), '>', 500, 'they differ');
is(scalar(@different), 0, "urgencies of Taskwarrior $version, to the last digit")
  or diag join "\n", @different[ 0 .. ($#different < 9 ? $#different : 9) ];

$node->stop;
done_testing();
