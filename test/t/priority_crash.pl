# The index on priorities is the same after a crash, and on a standby: it gives first what sorting
# by the score gives first.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('priority_primary');
$node->init(allows_streaming => 1);
$node->append_conf('postgresql.conf', "fsync = on\nfull_page_writes = on\nautovacuum = off");
$node->start;
$node->safe_psql(
	'postgres', q{
CREATE EXTENSION handover;
SELECT setseed(0.577215);
CREATE FUNCTION random_priority() RETURNS handover.priority LANGUAGE sql AS $$
    SELECT handover.priority(l[1 + floor(random() * 5)], l[1 + floor(random() * 5)], l[1 + floor(random() * 5)],
                             CASE WHEN random() < 0.8 THEN timestamptz '2026-01-01' + (random() * 60 - 30) * interval '1 day' END)
    FROM (VALUES ('{NULL,low,medium,high,critical}'::handover.level[])) AS v (l)
$$;
-- indexed when the rows are there, and row by row
CREATE TABLE built (id integer, p handover.priority);
INSERT INTO built SELECT id, random_priority() FROM generate_series(1, 20000) AS id;
CREATE INDEX ON built USING gist (p);
CREATE TABLE inserted (LIKE built);
CREATE INDEX ON inserted USING gist (p);
});

my $standby = PostgreSQL::Test::Cluster->new('priority_standby');
$node->backup('backup');
$standby->init_from_backup($node, 'backup', has_streaming => 1);
$standby->start;

# Splits, updates, deletions and VACUUM are all in the log since the last checkpoint.
$node->safe_psql('postgres', $_) foreach (
	'CHECKPOINT',
	'INSERT INTO inserted SELECT * FROM built',
	'UPDATE inserted SET p = random_priority() WHERE id % 5 = 0',
	'DELETE FROM built WHERE id % 3 = 0',
	'VACUUM built; VACUUM inserted',
	'INSERT INTO built SELECT 20000 + id, random_priority() FROM generate_series(1, 5000) AS id');

# The scores, by the index and by sorting.
sub check
{
	my ($server, $name) = @_;
	foreach my $table ('built', 'inserted')
	{
		my $query = join ';', map {
			my $order = "ORDER BY p OPERATOR(handover.<->) handover.lens($_)";
			"SELECT md5(string_agg(s::text, ' ')) FROM (SELECT handover.score(p, handover.lens($_)) AS s FROM $table $order LIMIT $_[2]) AS t"
		} map { my $lens = $_; map { "'$lens', timestamptz '2026-01-01' + interval '$_ days'" } -40, -10, 0, 10, 40 }
		  'default', 'itil', 'taskwarrior';
		my $plan = $server->safe_psql('postgres', "SET enable_seqscan = off; SET enable_sort = off; EXPLAIN $query");
		like($plan, qr/Index (Only )?Scan using ${table}_p_idx/, "$name: $table is scanned by its index");
		is( $server->safe_psql('postgres', "SET enable_seqscan = off; SET enable_sort = off; $query"),
			$server->safe_psql('postgres', "SET enable_indexscan = off; SET enable_indexonlyscan = off; SET enable_bitmapscan = off; $query"),
			"$name: $table, the first $_[2]");
	}
}

check($node, 'before', 100);
$node->wait_for_catchup($standby);
check($standby, 'on a standby', 100);

$node->stop('immediate');
$node->start;
check($node, 'after a crash', 30000);

$standby->promote;
check($standby, 'promoted', 30000);
$standby->safe_psql('postgres', 'INSERT INTO inserted SELECT id, random_priority() FROM generate_series(1, 5000) AS id');
check($standby, 'and written to', 100);

$node->stop;
$standby->stop;
done_testing();
