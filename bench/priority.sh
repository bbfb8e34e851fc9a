#!/bin/bash
# How long it takes to find the ten most pressing of many: run by "make bench-priority".
# ROWS of the table (default 10,000,000), TRIES of a query by an index (default 2,000) and SCANS of
# one without (default 5) may be set.

set -euo pipefail
rows=${ROWS:-10000000}
tries=${TRIES:-2000}
scans=${SCANS:-5}
here=$(dirname "$0")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# A moment within 400 days of 2026-01-01, and weights, at random.
random='\set day random(-400, 400)
\set u random(0, 100)
\set m random(0, 100)
\set i random(0, 100)
\set d random(0, 100)'
at="(timestamptz '2026-01-01' + :day * interval '1 day')"
lens="handover.lens_from_weights($at, :u, :m, :i, :d)"
arguments="urgency, importance, impact, due, $at, :u::float8, :m::float8, :i::float8, :d::float8"

load() {
	echo "(load average $(cut -d ' ' -f 1-3 /proc/loadavg))"
}

# latency NAME TIMES QUERY [SETTINGS]: milliseconds at the client, each time at another moment by other weights
latency() {
	# A query by an index warms up, and is planned with its parameters at first.
	local warm=$(($2 > 100 ? 500 : 0))
	printf '%s\n%s;\n' "$random" "$3" > "$tmp/script"
	PGOPTIONS="-c jit=off -c max_parallel_workers_per_gather=0 ${4:-}" \
		pgbench -n -M prepared -c 1 -t $(($2 + warm)) --random-seed=577215 -f "$tmp/script" -l --log-prefix="$tmp/log" > "$tmp/out" 2>&1 ||
		{ cat "$tmp/out" >&2; exit 1; }
	cut -d ' ' -f 3 "$tmp"/log.* | tail -n +$((warm + 1)) | sort -n | awk -v name="$1" '
		{ v[NR] = $1 / 1000 }
		function at(part,    i) { i = int(NR * part + 0.999999); return v[i < 1 ? 1 : i] }
		END { printf "%-44s %10.3f %10.3f %10.3f %8d\n", name, at(0.5), at(0.99), v[NR], NR }'
	rm "$tmp"/log.*
}

# index NAME STATEMENT
index() {
	local started ended
	started=$(date +%s%N)
	psql -X -q -c "SET maintenance_work_mem = '1GB'; SET max_parallel_maintenance_workers = 0; $2"
	ended=$(date +%s%N)
	printf '%-44s %10.2f %10s\n' "$1" "$(((ended - started) / 10000000))e-2" \
		"$(psql -X -At -c "SELECT pg_size_pretty(pg_relation_size('$1'))")"
}

psql -X -q -v ON_ERROR_STOP=1 -v rows="$rows" -f "$here/priority.sql"
echo "== $rows tickets, $(psql -X -At -c "SELECT pg_size_pretty(pg_relation_size('ticket'))")"
load

echo
echo "== without an index, by sorting: ms at the client: median, 99 %, longest, number"
scan="-c enable_indexscan=off -c enable_indexonlyscan=off -c enable_bitmapscan=off"
for where in "" " WHERE open"; do
	latency "score(priority, lens)$where" "$scans" "SELECT id FROM ticket$where ORDER BY handover.score(priority, (SELECT $lens)) DESC LIMIT 10" "$scan"
	latency "SQL expression$where" "$scans" "SELECT id FROM ticket$where ORDER BY by_sql($arguments) DESC LIMIT 10" "$scan"
	latency "PL/pgSQL function$where" $((scans < 3 ? scans : 3)) "SELECT id FROM ticket$where ORDER BY by_plpgsql($arguments) DESC LIMIT 10" "$scan"
done
load

echo
echo "== building an index: seconds, size"
index ticket_priority "CREATE INDEX ticket_priority ON ticket USING gist (priority)"
index ticket_frozen "CREATE INDEX ticket_frozen ON ticket (frozen DESC)"
index ticket_priority_open "CREATE INDEX ticket_priority_open ON ticket USING gist (priority) WHERE open"
index ticket_frozen_open "CREATE INDEX ticket_frozen_open ON ticket (frozen DESC) WHERE open"
psql -X -q -c "VACUUM ANALYZE ticket"
load

echo
echo "== by an index: ms at the client: median, 99 %, longest, number"
latency "nothing: SELECT 1" "$tries" "SELECT 1"
for where in "" " WHERE open"; do
	latency "warm up" "$tries" "SELECT id FROM ticket$where ORDER BY priority OPERATOR(handover.<->) $lens LIMIT 100" > /dev/null
	latency "<-> lens$where" "$tries" "SELECT id FROM ticket$where ORDER BY priority OPERATOR(handover.<->) $lens LIMIT 10"
	latency "<-> lens, <~> moment$where" "$tries" "SELECT id FROM ticket$where ORDER BY priority OPERATOR(handover.<->) $lens, priority OPERATOR(handover.<~>) $at LIMIT 10"
	latency "<-> moment$where" "$tries" "SELECT id FROM ticket$where ORDER BY priority OPERATOR(handover.<->) $at LIMIT 10"
	latency "<-> lens, 100 rows$where" "$tries" "SELECT id FROM ticket$where ORDER BY priority OPERATOR(handover.<->) $lens LIMIT 100"
	latency "btree, frozen score$where" "$tries" "SELECT id FROM ticket$where ORDER BY frozen DESC LIMIT 10"
	latency "btree, frozen score, 100 rows$where" "$tries" "SELECT id FROM ticket$where ORDER BY frozen DESC LIMIT 100"
done
load

# What the index gives must be what sorting gives.
psql -X -q -At -v ON_ERROR_STOP=1 <<-END
	SET search_path = public, handover;
	CREATE FUNCTION top(at timestamptz) RETURNS double precision[] LANGUAGE sql AS \$\$
	    SELECT array_agg(s) FROM (SELECT score(priority, lens('itil', at)) AS s FROM ticket ORDER BY priority <-> lens('itil', at) LIMIT 100) AS t \$\$;
	CREATE TABLE answer AS SELECT at, top(at) FROM generate_series('2025-06-01'::timestamptz, '2026-02-01', interval '61 days') AS at;
	SET enable_indexscan = off;
	SELECT 'scores as by sorting: ' || count(*) FILTER (WHERE top = top(at)) || ' of ' || count(*) FROM answer;
END

echo
echo "== a row more: us of CPU, against no index"
psql -X -q -c "CREATE UNLOGGED TABLE more AS SELECT * FROM ticket WHERE id <= 50000"
for name in none btree gist gist_open; do
	psql -X -q -c "CREATE UNLOGGED TABLE into_$name (LIKE ticket) WITH (autovacuum_enabled = off); INSERT INTO into_$name SELECT * FROM ticket WHERE id <= 500000"
done
psql -X -q -c "CREATE INDEX ON into_btree (frozen)" -c "CREATE INDEX ON into_gist USING gist (priority)" \
	-c "CREATE INDEX ON into_gist_open USING gist (priority) WHERE open"
for name in none btree gist gist_open; do
	echo "$name|INSERT INTO into_$name SELECT * FROM more"
done | "$here/measure" 5 50000 none
load

echo
echo "== a score: ns of CPU a row in the executor, over reading the column"
psql -X -q -c "CREATE UNLOGGED TABLE sample AS SELECT * FROM ticket WHERE id <= 200000" -c "VACUUM ANALYZE sample"
constant="timestamptz '2026-01-01'"
FLOOR=column "$here/measure" 11 200 score <<-END | sed 's/  us / ns /'
	column|SELECT count(priority) FROM sample
	score|SELECT count(handover.score(priority, handover.lens('default', $constant))) FROM sample
	score_at|SELECT count(handover.score(priority, $constant)) FROM sample
	score_taskwarrior|SELECT count(handover.score(priority, handover.lens('taskwarrior', $constant))) FROM sample
	sql|SELECT count(by_sql(urgency, importance, impact, due, $constant, 30, 20, 20, 30)) FROM sample
	plpgsql|SELECT count(by_plpgsql(urgency, importance, impact, due, $constant, 30, 20, 20, 30)) FROM sample
END
load
