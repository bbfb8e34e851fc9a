# The dashboards in dashboard/ ask what the reports can answer: each query of Grafana's, with its
# macros and variables replaced as Grafana does, each chart of Superset's as the statement that
# Superset makes of it, and each source of Evidence's.  By a reader, of a workspace with handovers
# and of an empty one.

use strict;
use warnings;

use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use YAML::XS;

$YAML::XS::Boolean = 'JSON::PP';

my $node = PostgreSQL::Test::Cluster->new('dashboard');
$node->init;
$node->append_conf('postgresql.conf', "timezone = 'UTC'");
$node->start;
$node->safe_psql('postgres', q{
CREATE EXTENSION handover;
SET client_min_messages = warning;
SELECT handover.create_workspace('ops');
SELECT handover.create_workspace('Leer "Ä"');
CREATE ROLE regress_handover_dashboard LOGIN;
ALTER ROLE regress_handover_dashboard SET jit = off;
SELECT handover.grant_reader('ops', 'regress_handover_dashboard');
SELECT handover.grant_reader('Leer "Ä"', 'regress_handover_dashboard');
INSERT INTO ops.handover (id, title, role, outgoing, outgoing_team, incoming_team, effective_at, checklist) VALUES
    (1, 'Accepted', 'general', 'Ana', 'North', 'South', now() + interval '1 day', 'suggest task; suggest risk'),
    (2, 'Late, and waiting', 'general', 'Ana', 'North', 'South', now() - interval '1 day', 'suggest task'),
    (3, 'Draft', 'it_support_specialist', 'Bo', 'South', 'North', now() + interval '5 days', 'require task'),
    (4, 'It''s <b>one</b> more', NULL, 'Bo', 'North', 'O''Hara', NULL, 'require task; require risk');
INSERT INTO ops.item (handover_id, element, title, urgency, impact) VALUES (1, 'task', 'First', 'critical', 'critical'), (2, 'task', 'Second', 'low', 'low');
SELECT ops.submit(1), ops.submit(2);
SELECT ops.accept(1, 'read back');
SET handover.actor = 'Eve';
UPDATE ops.item SET title = 'Second, changed' WHERE handover_id = 2;
SELECT handover.record_findings('ops');
}) or die;

# Runs queries, each as { name, sql }, in one session of the reader.  Leaves in each its columns, as
# [ name, type ], and its rows; or the error.
sub run
{
	my @query = @_;
	my $script = join '', map { "\\echo ==== query\n$_->{sql}\n\\gdesc\n\\echo ==== rows\n$_->{sql};\n" } @query;
	my $out = '';
	IPC::Run::run(
		[
			'psql', '-X', '-q', '-A', '-t', '-F', "\x1f", '-R', "\x1e", '-U', 'regress_handover_dashboard', '-d', $node->connstr('postgres')
		],
		'<' => \$script,
		'>' => \$out,
		'2>&1');
	my (undef, @answer) = split /^==== query\n/m, $out;
	is(scalar(@answer), scalar(@query), 'every query has been run');
	foreach my $i (0 .. $#query)
	{
		my ($columns, $rows) = split /^==== rows\n/m, $answer[$i] =~ s/\x1e\n/\n/gr;
		$query[$i]{error} = $answer[$i] =~ /(psql:.*|ERROR:.*)/ ? $1 : '';
		s/\n\z// foreach $columns, $rows;
		$query[$i]{columns} = [ map { [ split /\x1f/ ] } split /\x1e/, $columns ];
		$query[$i]{rows} = [ map { [ split /\x1f/, $_, -1 ] } split /\x1e/, $rows ];
	}
	return @query;
}

sub is_number { return $_[0] =~ /^(smallint|integer|bigint|numeric|double precision)/ }
sub names { return map { $_->[0] } @{ $_[0]{columns} } }

# A value by the name of its column
sub value
{
	my ($query, $row, $column) = @_;
	my ($at) = grep { ($query->{columns}[$_][0]) eq $column } 0 .. $#{ $query->{columns} };
	return defined $at && $query->{rows}[$row] ? $query->{rows}[$row][$at] : undef;
}

# ------------------------------------------------------------------------
# Grafana
# ------------------------------------------------------------------------

# The time chosen
my ($from, $to) = map { $node->safe_psql('postgres', qq{SELECT to_char(now() + interval '$_', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')}) } '-30 days', '1 hour';

# What Grafana puts in the place of its macros, an hour being an interval of its choice
sub macros
{
	my ($sql) = @_;
	my %seconds = (s => 1, m => 60, h => 3600, d => 86400, w => 604800);
	$sql =~ s/\$__interval\b/1h/g;
	$sql =~ s/\$__timeFilter\(([^)]*)\)/$1 BETWEEN '$from' AND '$to'/g;
	$sql =~ s/\$__time(From|To)\(\)/$1 eq 'From' ? "'$from'" : "'$to'"/ge;
	$sql =~ s{\$__timeGroup(Alias)?\(([^,)]*),\s*'?(\d+)([smhdw])'?\)}
		{my $s = $3 * $seconds{$4}; "floor(extract(epoch from $2)/$s)*$s" . ($1 ? ' AS "time"' : '')}ge;
	return $sql;
}

# Variables are replaced before macros.  What allows many is a list of literals; what allows one is itself,
# quotes doubled, unless it is said to be raw.
sub interpolated
{
	my ($sql, $variables, $value) = @_;
	my $replace = sub {
		my ($name, $format) = @_;
		return "\$$name" unless exists $variables->{$name} && exists $value->{$name};
		my $chosen = $value->{$name};
		return join(',', map { "'" . s/'/''/gr . "'" } @$chosen) if ref $chosen;
		return $variables->{$name}{allValue} if $variables->{$name}{multi};
		return $format eq 'raw' ? $chosen : $chosen =~ s/'/''/gr;
	};
	$sql =~ s/\$\{(\w+)(?::(\w+))?\}|\$(?!__)(\w+)/$replace->($1 \/\/ $3, $2 \/\/ '')/ge;
	return macros($sql);
}

# All queries of a dashboard, its variables being as said
sub ask
{
	my ($board, $case, %value) = @_;
	my %variable = map { $_->{name} => $_ } @{ $board->{templating}{list} };
	my @query = map { { name => "variable $_->{name}", sql => $_->{query}, variable => 1 } } grep { $_->{type} eq 'query' } values %variable;
	foreach my $panel (@{ $board->{panels} })
	{
		push @query, { name => $panel->{title}, sql => $_->{rawSql}, format => $_->{format}, panel => $panel } foreach @{ $panel->{targets} };
	}
	$_->{sql} = interpolated($_->{sql}, \%variable, \%value) foreach @query;
	run(@query);
	foreach my $query (@query)
	{
		my $name = "Grafana: $board->{title}: $query->{name}: $case";
		unlike($query->{sql}, qr/\$/, "$name: every variable and macro is known");
		is($query->{error}, '', "$name: no error");
		is(join(', ', trouble($query)), '', "$name: what the panel needs");
	}
	return { map { $_->{name} => $_ } @query };
}

# What the kind of panel does not find in its result
sub trouble
{
	my ($query) = @_;
	my %type = map { @$_ } @{ $query->{columns} };
	my @name = names($query);
	my $panel = $query->{panel};
	my @trouble;
	if ($query->{variable})
	{
		push @trouble, 'a variable has one column, or __text and __value' unless @name == 1 || "@{[ sort @name ]}" eq '__text __value';
		return @trouble;
	}
	push @trouble, 'names of columns are not unique' if keys %type != @name;
	if ($query->{format} eq 'time_series')
	{
		push @trouble, 'no time' unless ($type{time} // '') =~ /^(timestamp with time zone|numeric)/;
		push @trouble, 'no number' unless grep { $_ ne 'time' && is_number($type{$_}) } @name;
		push @trouble, "neither number nor metric: $_" foreach grep { $_ ne 'time' && $_ ne 'metric' && !is_number($type{$_}) } @name;
	}
	if ($panel->{type} eq 'stat')
	{
		push @trouble, 'not one value' if @name != 1 || @{ $query->{rows} } > 1;
		push @trouble, 'no number' unless is_number($type{ $name[0] }) || ($panel->{options}{reduceOptions}{fields} // '') eq '/.*/';
	}
	if ($panel->{type} eq 'barchart')
	{
		push @trouble, "no $panel->{options}{xField}" if $name[0] ne $panel->{options}{xField};
		push @trouble, "no number: $_" foreach grep { !is_number($type{$_}) } @name[ 1 .. $#name ];
	}
	my @wanted = map { $_->{id} eq 'groupingToMatrix' ? @{ $_->{options} }{qw(columnField rowField valueField)} : () } @{ $panel->{transformations} // [] };
	push @wanted, grep { !@wanted } map { $_->{matcher}{options} } @{ $panel->{fieldConfig}{overrides} };
	push @trouble, "no column $_" foreach grep { !exists $type{$_} } @wanted;
	return @trouble;
}

my @file = glob 'dashboard/grafana/*.json';
cmp_ok(scalar(@file), '>=', 3, 'there are dashboards for Grafana');
my (%uid, %answer);
foreach my $file (@file)
{
	my $board = eval { decode_json(slurp_file($file)) };
	ok($board, "$file is JSON") or next;
	ok($board->{uid} && !$uid{ $board->{uid} }++, "$file: has an uid of its own");
	my %id = map { $_->{id} => 1 } @{ $board->{panels} };
	is(scalar(keys %id), scalar(@{ $board->{panels} }), "$file: so has each panel");
	my ($report) = grep { $_->{name} eq 'report' } @{ $board->{templating}{list} };
	is($report->{current}{value}, 'ops_report', "$file: of the workspace ops, unless another is chosen");
	# panels overlap if two of them have a cell in common
	my %cell;
	foreach my $at (map { $_->{gridPos} } @{ $board->{panels} })
	{
		foreach my $y ($at->{y} .. $at->{y} + $at->{h} - 1) { $cell{"$_,$y"}++ foreach $at->{x} .. $at->{x} + $at->{w} - 1; }
	}
	is(scalar(grep { $_ > 1 } values %cell), 0, "$file: no panel covers another");

	my $name = $board->{uid};
	$answer{$name} = ask($board, 'all', source => 'x', report => 'ops_report', team => 'All', role => 'All', handover => '2');
	$answer{"$name some"} = ask($board, 'of a team and a role', source => 'x', report => 'ops_report', team => ['South'], role => [ 'general', 'none' ], handover => '4');
	$answer{"$name quoted"} = ask($board, 'of a team with a quote', source => 'x', report => 'ops_report', team => [ "O'Hara", 'x' ], role => 'All', handover => '3');
	$answer{"$name empty"} = ask($board, 'empty', source => 'x', report => "\"Leer \"\"\xc3\x84\"\"_report\"", team => 'All', role => 'All', handover => '');
}

# Numbers that the four handovers have
my ($all, $some, $quoted, $empty) = @answer{ map { "handover-overview$_" } '', ' some', ' quoted', ' empty' };
is($all->{Handovers}{rows}[0][0], 4, 'handovers');
is($some->{Handovers}{rows}[0][0], 2, 'of a team and a role');
is($quoted->{Handovers}{rows}[0][0], 1, 'of a team with a quote, and without a role');
is($empty->{Handovers}{rows}[0][0], 0, 'none');
is($all->{'Submitted, not accepted'}{rows}[0][0], 1, 'waiting');
is($empty->{'Submitted, not accepted'}{rows}[0][0], 0, 'none waits');
is($all->{Completeness}{rows}[0][0], '37.5', 'completeness: (50 + 100 + 0 + 0) / 4');
is($some->{Completeness}{rows}[0][0], '75.0', 'of a team and a role: (50 + 100) / 2');
is($all->{Late}{rows}[0][0], 1, 'late');
is(value($all->{'Waiting for acceptance, most pressing first'}, 0, 'title'), 'Late, and waiting', 'what waits');
is_deeply($all->{'Completeness from team to team'}{rows}, [ [ 'North', "O'Hara", '0.0' ], [ 'North', 'South', '75.0' ], [ 'South', 'North', '0.0' ] ], 'teams to teams');
is_deeply($all->{'Open items by band and status of the handover'}{rows}[0], [ 'P1', 0, 0, 1 ], 'open items by band');
is_deeply([ sort { $b <=> $a } map { $_->[1] } @{ $all->{'Rules most often missing'}{rows} } ], [ 2, 1 ], 'a task is missing twice, a risk once');
my $weeks = $all->{'Findings by week'};
my $findings = 0;
foreach my $row (@{ $weeks->{rows} }) { $findings += $_ foreach @$row[ 1 .. $#$row ]; }
is($findings, $node->safe_psql('postgres', 'SELECT count(*) FROM ops_report.finding'), 'findings by week are all findings');
cmp_ok($findings, '>', 0, 'and there are some');
cmp_ok(scalar(@{ $empty->{'Findings by week'}{rows} }), '>=', 4, 'weeks in which nothing happened');
my $after = $answer{'handover-changes'}{'Changes after submission'};
is_deeply([ map { value($after, $_, 'actor') . ': ' . value($after, $_, 'item_title') } grep { value($after, $_, 'actor') eq 'Eve' } 0 .. $#{ $after->{rows} } ],
	['Eve: Second, changed'], 'what was changed after submission');
my $changes = 0;
$changes += $_->[2] foreach @{ $answer{'handover-changes'}{'Changes by what was done'}{rows} };
is($changes, $answer{'handover-changes'}{Changes}{rows}[0][0], 'changes by the hour are all changes');
is(scalar(@{ $answer{'handover-one some'}{'What it lacks'}{rows} }), 2, 'what one handover lacks');
is_deeply($answer{'handover-one'}{Status}{rows}, [ ['submitted'] ], 'where it stands');
is_deeply([ map { $_->[0] } @{ $answer{'handover-one'}{'variable report'}{rows} } ], [ "\"Leer \"\"\xc3\x84\"\"_report\"", 'ops_report' ], 'workspaces to choose from');

# ------------------------------------------------------------------------
# Superset
# ------------------------------------------------------------------------

my %yaml = map { $_ => eval { Load(slurp_file($_)) } } split /\n/, qx{find dashboard/superset -name '*.yaml'};
is(scalar(grep { !defined } values %yaml), 0, 'all of the bundle is YAML');
is($yaml{'dashboard/superset/metadata.yaml'}{type}, 'Dashboard', 'a bundle of a dashboard');
is(scalar(grep { ($_->{version} // '') ne '1.0.0' } values %yaml), 0, 'version 1.0.0 each');

sub below { my ($directory) = @_; return map { $yaml{$_} } sort grep { m{^dashboard/superset/$directory/} } keys %yaml; }
my %database = map { $_->{uuid} => $_ } below('databases');
my %dataset = map { $_->{uuid} => $_ } below('datasets');
my %chart = map { $_->{uuid} => $_ } below('charts');
is(scalar(grep { !$database{ $_->{database_uuid} } } values %dataset), 0, 'each dataset has a database');
is(scalar(grep { !$dataset{ $_->{dataset_uuid} } } values %chart), 0, 'each chart has a dataset');
like($_->{sqlalchemy_uri}, qr{^postgresql\+psycopg2://\w+:XXXXXXXXXX@}, 'a database without a password') foreach values %database;

# What of a dataset is not in its view
my %column;
$column{ $_->[0] }{ $_->[1] } = $_->[2]
  foreach map { [ split /\|/ ] } split /\n/,
  $node->safe_psql('postgres', q{SELECT view_name, column_name, upper(replace(type, 'character varying', 'varchar')) FROM ops_report.data_dictionary});
foreach my $dataset (values %dataset)
{
	my $view = $column{ $dataset->{table_name} };
	my @wrong = grep { ($view->{ $_->{column_name} } // '') ne $_->{type} || $_->{is_dttm} != ($_->{type} =~ /^(DATE|TIMESTAMP)/ ? 1 : 0) } @{ $dataset->{columns} };
	is(join(', ', map { $_->{column_name} } @wrong), '', "Superset: dataset $dataset->{table_name}: columns of the view");
	ok($view->{ $dataset->{main_dttm_col} }, "Superset: dataset $dataset->{table_name}: its time");
}

my %made;

# The statement that Superset makes of a chart, and what the chart names that its dataset does not have
sub statement
{
	my ($chart, $schema, $more) = @_;
	my ($dataset, $is) = ($dataset{ $chart->{dataset_uuid} }, $chart->{params});
	my %metric = map { $_->{metric_name} => $_->{expression} } @{ $dataset->{metrics} };
	my %known = map { $_->{column_name} => $_ } @{ $dataset->{columns} };
	my @metric = grep { defined } $is->{metric}, @{ $is->{metrics} // [] };
	my @group = grep { defined } $is->{x_axis}, ref $is->{groupby} ? @{ $is->{groupby} } : $is->{groupby};
	my @raw = @{ $is->{all_columns} // [] };
	my @order = map { decode_json($_) } @{ $is->{order_by_cols} // [] };
	my @filter = @{ $is->{adhoc_filters} };
	die "no such operator: $_->{operator}\n" foreach grep { $_->{operator} !~ /^(TEMPORAL_RANGE|IS TRUE)$/ } @filter;
	my @unknown = (grep { !$metric{$_} } @metric), grep { !$known{$_} } @group, @raw, (map { $_->[0] } @order), map { $_->{subject} } @filter;
	return (undef, @unknown) if @unknown;

	my %grain = (P1D => 'day', P1W => 'week');
	my @select = map { $known{$_}{is_dttm} && $is->{time_grain_sqla} ? "date_trunc('$grain{$is->{time_grain_sqla}}', \"$_\") AS \"$_\"" : "\"$_\"" } @group, @raw;
	my @where = map {
		$_->{operator} eq 'TEMPORAL_RANGE'
		  ? ("\"$_->{subject}\" >= (now() - interval '30 days')::date", "\"$_->{subject}\" < now() + interval '1 day'")
		  : "\"$_->{subject}\" $_->{operator}"
	} @filter;
	push @where, $more if $more && !grep { !$known{$_} } qw(incoming_team role);
	my $sql = 'SELECT ' . join(', ', @select, map { "$metric{$_} AS \"$_\"" } @metric) . " FROM $schema.\"$dataset->{table_name}\"";
	$sql .= ' WHERE ' . join(' AND ', @where) if @where;
	$sql .= ' GROUP BY ' . join(', ', 1 .. @group) if @group;
	$sql .= ' ORDER BY ' . join(', ', map { "\"$_->[0]\" " . ($_->[1] ? 'ASC' : 'DESC') } @order) if @order;
	$sql .= " ORDER BY \"$metric[0]\" DESC" if @group && !@order;
	return "$sql LIMIT " . ($is->{row_limit} // 50000);
}

foreach my $case ([ 'all', 'ops_report', '' ], [ 'of a team and a role', 'ops_report', q{incoming_team IN ('South') AND role IN ('general')} ],
	[ 'empty', "\"Leer \"\"\xc3\x84\"\"_report\"", '' ])
{
	my @query;
	foreach my $chart (values %chart)
	{
		my ($sql, @unknown) = statement($chart, @$case[ 1, 2 ]);
		is(join(', ', @unknown), '', "Superset: $chart->{slice_name}: its dataset has what it names");
		push @query, { name => $chart->{slice_name}, sql => $sql } if defined $sql;
	}
	run(@query);
	is($_->{error}, '', "Superset: $_->{name}: $case->[0]: no error") foreach @query;
	$made{ $case->[0] } = { map { $_->{name} => $_ } @query };
}
is($made{all}{Handovers}{rows}[0][0], 4, 'handovers');
is($made{'of a team and a role'}{Handovers}{rows}[0][0], 2, 'of a team and a role');
is($made{all}{Completeness}{rows}[0][0] + 0, 37.5, 'completeness');
is($made{all}{'Submitted, not accepted'}{rows}[0][0], 1, 'waiting');
is($made{empty}{Late}{rows}[0][0], 0, 'none is late');
is_deeply([ sort map { "$_->[0] < $_->[1]: " . ($_->[2] + 0) } @{ $made{all}{'Completeness from team to team'}{rows} } ],
	[ 'North < South: 0', "O'Hara < North: 0", 'South < North: 75' ], 'teams to teams');

# The page
my ($board) = below('dashboards');
my %on_page;
foreach my $part (grep { ref $_ && $_->{type} eq 'CHART' } values %{ $board->{position} })
{
	my $uuid = $part->{meta}{uuid};
	ok($chart{$uuid}, "Superset: there is the chart $part->{meta}{sliceName}");
	$on_page{$uuid} = 1;
}
is_deeply([ sort keys %on_page ], [ sort keys %chart ], 'Superset: every chart is on the page');
foreach my $row (grep { ref $_ && $_->{type} eq 'ROW' } values %{ $board->{position} })
{
	my $width = 0;
	$width += $board->{position}{$_}{meta}{width} foreach @{ $row->{children} };
	cmp_ok($width, '<=', 12, "Superset: $row->{id} fits");
}
foreach my $filter (@{ $board->{metadata}{native_filter_configuration} })
{
	foreach my $target (grep { $_->{datasetUuid} } @{ $filter->{targets} })
	{
		ok((grep { $_->{column_name} eq $target->{column}{name} } @{ $dataset{ $target->{datasetUuid} }{columns} }), "Superset: filter $filter->{name} has its column");
	}
}

# ------------------------------------------------------------------------
# Evidence
# ------------------------------------------------------------------------

# What pages make of the sources is seen in a browser: test/bin/browser
my @source = glob 'dashboard/evidence/sources/handover/*.sql';
cmp_ok(scalar(@source), '>', 0, 'there are sources for Evidence');
foreach my $case ([ 'all', 'ops_report' ], [ 'empty', "\"Leer \"\"\xc3\x84\"\"_report\"" ])
{
	my @query = map { { name => s{.*/|\.sql$}{}gr, sql => slurp_file($_) =~ s/\s+\z//r } } @source;
	my $schema = $case->[1] =~ s/'/''/gr;
	run({ name => 'schema', sql => "SELECT set_config('search_path', '$schema', false)" }, @query);
	foreach my $query (@query)
	{
		my $name = "Evidence: $query->{name}: $case->[0]";
		is($query->{error}, '', "$name: no error");
		cmp_ok(scalar(@{ $query->{rows} }), '>', 0, "$name: has a row, and so columns");
		my %seen;
		is(join(', ', grep { $seen{$_}++ } names($query)), '', "$name: names of columns are unique");
	}
	my ($open) = grep { $_->{name} eq 'open_item' } @query;
	my $items = 0;
	$items += value($open, $_, 'open_items') || 0 foreach 0 .. $#{ $open->{rows} };
	is($items, $node->safe_psql('postgres', "SELECT count(*) FROM $case->[1].worklist"), "Evidence: open items: $case->[0]");
}

$node->stop;
done_testing();
