# Installing is safe where somebody else has been before: nothing that was put
# into the schema "handover" is run or taken for what is meant.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('install');
$node->init;
$node->start;

# What would run with the installer's rights, if it were taken for the server's.
my $trap = q{
CREATE FUNCTION handover.array_ndims(text[]) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        ALTER ROLE regress_handover_mallory SUPERUSER;
    END IF;
    RETURN 1;
END $$;
CREATE FUNCTION handover.array_position(text[], text) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'taken over';
END $$;
CREATE FUNCTION handover.arrow(jsonb, jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RAISE EXCEPTION 'taken over';
END $$;
CREATE OPERATOR handover.-> (LEFTARG = jsonb, RIGHTARG = jsonb, FUNCTION = handover.arrow);
CREATE OPERATOR handover.|| (LEFTARG = jsonb, RIGHTARG = jsonb, FUNCTION = handover.arrow);
};

$node->safe_psql('postgres', 'CREATE ROLE regress_handover_mallory LOGIN');
$node->safe_psql('postgres', 'CREATE DATABASE foreign_schema');
$node->safe_psql('foreign_schema', "CREATE SCHEMA handover AUTHORIZATION regress_handover_mallory");
$node->safe_psql('foreign_schema', "SET ROLE regress_handover_mallory; $trap");
my ($status, $out, $err) = $node->psql('foreign_schema', 'CREATE EXTENSION handover');
like($err, qr/schema "handover" belongs to role "regress_handover_mallory"/,
	'a schema of somebody else is refused');

$node->safe_psql('postgres', 'CREATE DATABASE open_schema');
$node->safe_psql('open_schema', 'CREATE SCHEMA handover; GRANT USAGE, CREATE ON SCHEMA handover TO regress_handover_mallory');
$node->safe_psql('open_schema', "SET ROLE regress_handover_mallory; $trap");
$node->safe_psql('open_schema', 'CREATE EXTENSION handover');
is($node->safe_psql('open_schema', q{SELECT count(*) FROM handover.lint('require tsk')}),
	1, 'nothing is taken over by what was in the schema before');
is($node->safe_psql('open_schema', q{SELECT rolsuper FROM pg_roles WHERE rolname = 'regress_handover_mallory'}),
	'f', 'nobody became a superuser');
is($node->safe_psql('open_schema', q{SELECT handover.compose('it_support_specialist') IS NOT NULL}),
	't', 'and everything is there');

# Dropping leaves nothing, and it can be installed again.
$node->safe_psql('postgres', 'CREATE DATABASE again');
$node->safe_psql('again', 'CREATE EXTENSION handover; DROP EXTENSION handover; DROP SCHEMA handover; CREATE EXTENSION handover');
is($node->safe_psql('again', q{SELECT handover.complete('require task', '{}')}), 'f', 'it can be installed again');

$node->stop;
done_testing();
