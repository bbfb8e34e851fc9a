# The examples of README.md print what it says they print.
#
# A block marked sql is run by psql, all in one session; the block right after
# it, if it is not marked, is what must be printed.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('readme');
$node->init;
$node->start;

my @examples;
my $text = slurp_file('README.md');
while ($text =~ /^```sql\n(.*?)^```\n(?:^```\n(.*?)^```\n)?/msg)
{
	push @examples, { sql => $1, expected => $2 // '' };
}
cmp_ok(scalar(@examples), '>', 4, 'the page has examples');

# The page begins with an example, before it comes to CREATE EXTENSION.
my $first = $examples[0];
$first->{run} = "CREATE EXTENSION handover;\n$first->{sql}\nDROP EXTENSION handover;";
my $script = join '', map { "\\echo ==== example\n" . ($_->{run} // $_->{sql}) . "\n" } @examples;

my $out = '';
IPC::Run::run(
	[ 'psql', '-X', '-q', '-d', $node->connstr('postgres') ],
	'<' => \$script,
	'>' => \$out,
	'2>&1');
my @printed = split /^==== example\n/m, $out;
shift @printed;

for my $i (0 .. $#examples)
{
	my ($subject) = ($examples[$i]{sql} =~ /(\w[^\n]{0,50})/);
	is(trimmed($printed[$i]), trimmed($examples[$i]{expected}), "example " . ($i + 1) . ": $subject");
}

# psql ends a table with an empty line, which would look odd on the page.
sub trimmed
{
	return $_[0] =~ s/\n+\z/\n/r;
}

$node->stop;
done_testing();
