#!/bin/bash
# What it costs a move of a handover that who listens is told: run by "make bench-notify". Clients
# submit handovers and return them, each in a transaction of its own that waits for the disk.
# SECONDS_EACH of each run (default 10) and ROUNDS of them (5) may be set; the medians are printed.
#
# A transaction that notifies holds a lock from before it writes its commit until it has: commits
# that notify wait for each other, where others share a flush. So it matters how many there are at once.

set -euo pipefail
seconds=${SECONDS_EACH:-10}
rounds=${ROUNDS:-5}
here=$(dirname "$0")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"; kill $listener 2>/dev/null || true' EXIT

psql -X -q -v ON_ERROR_STOP=1 <<-END
	SET client_min_messages = warning;
	ALTER SYSTEM SET fsync = on;
	ALTER SYSTEM SET synchronous_commit = on;
	SELECT pg_reload_conf() \g /dev/null
	SELECT handover.create_workspace('ops') \g /dev/null
	INSERT INTO ops.handover (id, title, checklist) SELECT n, 'Handover ' || n, 'require 5 task; every task has owner' FROM generate_series(1, 10000) AS n;
	INSERT INTO ops.item (handover_id, element, title, owner) SELECT n, 'task', 'Task ' || k, 'Ana' FROM generate_series(1, 10000) AS n, generate_series(1, 20) AS k;
	VACUUM ANALYZE;
END
cat > "$tmp/move" <<-'END'
	\set h random(1, 10000)
	UPDATE ops.handover SET status = CASE status WHEN 'draft' THEN 'submitted'::handover.status ELSE 'draft' END, remark = 'moved' WHERE id = :h;
END
echo "$(psql -X -At -c 'SHOW server_version'), $(nproc) cores, $(sed -n 's/^model name\t: //p' /proc/cpuinfo | head -n 1)"
# somebody who listens, and reads what comes
(echo "LISTEN handover;"; while sleep 0.2; do echo "SELECT 1 \\g /dev/null"; done) | psql -X -q > "$tmp/heard" 2>&1 &
listener=$!

for ((round = 0; round <= rounds; round++)); do
	for clients in 1 8; do
		for notify in off on; do
			PGOPTIONS="-c handover.notify=$notify" pgbench -n -M prepared -c $clients -j 2 -T "$((round ? seconds : 2))" -f "$tmp/move" > "$tmp/out" 2>&1 ||
				{ cat "$tmp/out" >&2; exit 1; }
			echo "$round $clients-clients-notify-$notify $(sed -n 's/^tps = \([0-9.]*\).*/\1/p' "$tmp/out")"
		done
	done
done | "$here/report" tps 1-clients-notify-off
echo "notifications heard: $(grep -c '^Asynchronous notification "handover"' "$tmp/heard")"
