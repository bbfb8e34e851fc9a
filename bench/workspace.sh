#!/bin/bash
# What it costs that a workspace sees to its handovers: run by "make bench-workspace".
# ROUNDS of each comparison (default 21), ITEMS to load at once (1,000,000), LOADS of them by each
# (3), HANDOVERS of the overview (100,000) with 20 items each, and CLIENT_SECONDS, how long eight
# clients run each time (10), may be set. What is compared is explained in bench/workspace.sql.

set -euo pipefail
rounds=${ROUNDS:-21}
items=${ITEMS:-1000000}
loads=${LOADS:-3}
handovers=${HANDOVERS:-100000}
seconds=${CLIENT_SECONDS:-10}
export PGOPTIONS="-c client_min_messages=warning"
here=$(dirname "$0")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

contestants="bare ours template deferred counted"
tables=$(for name in $contestants; do printf '%s.handover, %s.item, ' "$name" "$name"; done)

heading() {
	echo
	echo "== $1"
	echo "(load average $(cut -d ' ' -f 1-3 /proc/loadavg))"
}

# compare ROUNDS ROWS CALL [NAME...]: a procedure of each, against that of bare
compare() {
	local rounds=$1 rows=$2 call=$3 name
	shift 3
	for name in "${@:-$contestants}"; do
		# shellcheck disable=SC2086 # the list is made of words
		printf '%s\n' $name
	done | sed "s/.*/&|CALL &.$call/" | "$here/measure" "$rounds" "$rows" bare
}

psql -X -q -v ON_ERROR_STOP=1 -f "$here/workspace.sql"
echo "$(psql -X -At -c 'SHOW server_version'), $(nproc) cores, $(sed -n 's/^model name\t: //p' /proc/cpuinfo | head -n 1)"

# ------------------------------------------------------------------------
# A new handover
# ------------------------------------------------------------------------

heading "a new handover, 20 items in one statement, submitted, committed: us a handover, against no enforcement"
compare "$rounds" 200 "new_handovers(200)"

heading "the same with a row in signoff, that is the whole document and its SHA-256; bare_signed writes it by hand"
compare "$rounds" 200 "new_handovers(200)" bare bare_signed ours_signed template_signed

heading "the same without signing, 20 statements of one row in one transaction: us a handover"
compare "$rounds" 100 "new_handovers_row_by_row(100)"

# ------------------------------------------------------------------------
# One more item
# ------------------------------------------------------------------------

for name in $contestants; do
	psql -X -q -v ON_ERROR_STOP=1 -c "CALL $name.fill(1, 1, 40)" -c "CALL $name.fill(2, 2, 2000)" -c "CALL $name.fill(1001, 2000, 40)" \
		-c "UPDATE $name.handover SET status = 'submitted' WHERE status = 'draft'" -c "CALL $name.fill(3001, 4000, 40)"
done
psql -X -q -c "VACUUM ANALYZE ${tables%, }"
export AFTER="CALL take_back();
VACUUM ${tables%, }"
heading "one more item, committed, to one of 1,000 submitted handovers with 40 each: us an item"
compare "$rounds" 1000 "more_items(1000, 1001, 2000)"
heading "one more item to one of 1,000 drafts with 40 each"
compare "$rounds" 1000 "more_items(1000, 3001, 4000)"
heading "one more item to always the same submitted handover with 40 (240 in the end)"
compare "$rounds" 200 "more_items(200, 1, 1)"
heading "one more item to always the same submitted handover with 2,000 (2,200 in the end)"
compare "$rounds" 200 "more_items(200, 2, 2)"
unset AFTER

# ------------------------------------------------------------------------
# Eight clients
# ------------------------------------------------------------------------

heading "8 clients, one more item to one of 1,000 submitted handovers with 40 each: transactions a second"
cat > "$tmp/more" <<-END
	\set h random(1001, 2000)
	INSERT INTO :name.item (handover_id, element, title, details, owner, new_owner, due_at, urgency, instructions)
	VALUES (:h, 'task', 'One task more', 'What there is to know about it', 'Ana', 'Bo', '2027-01-01', 'high', 'Follow the runbook');
END
for ((round = 0; round <= 5; round++)); do
	for name in $contestants; do
		sed "s/:name/$name/" "$tmp/more" > "$tmp/more_$name"
		pgbench -n -M prepared -c 8 -j 2 -T "$((round ? seconds : 2))" -f "$tmp/more_$name" > "$tmp/out" 2>&1 ||
			{ cat "$tmp/out" >&2; exit 1; }
		echo "$round $name $(sed -n 's/^tps = \([0-9.]*\).*/\1/p' "$tmp/out")"
		psql -X -q -c "CALL take_back()" -c "VACUUM $name.handover, $name.item"
	done
done | awk '
	function median(v, n,    i, j, t) {
		for (i = 2; i <= n; i++)
			for (j = i; j > 1 && v[j] < v[j - 1]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
		return v[int((n + 1) / 2)]
	}
	$1 > 0 { if ($1 == 1) names[++n] = $2; tps[$1, $2] = $3; rounds = $1 }
	END {
		printf "%-28s %12s %10s\n", "", "tps", "ratio"
		for (i = 1; i <= n; i++) {
			for (r = 1; r <= rounds; r++) { v[r] = tps[r, names[i]]; q[r] = v[r] / tps[r, "bare"] }
			printf "%-28s %12.0f %10.2f\n", names[i], median(v, rounds), median(q, rounds)
		}
	}'

# ------------------------------------------------------------------------
# Loading
# ------------------------------------------------------------------------

drafts=$((items / 20))
data=$(psql -X -At -c "SHOW data_directory")
trap 'rm -rf "$tmp" "$data/bench_ordered" "$data/bench_shuffled"' EXIT
for order in ordered shuffled; do
	psql -X -q -v ON_ERROR_STOP=1 <<-END
		SELECT setseed(0.577215) \g /dev/null
		COPY (SELECT h, element, title, details, state, owner, new_owner, due_at, urgency, importance, impact, critical, outcome,
		             instructions, contingency, link, attributes
		      FROM generate_series(1, $drafts) AS h, sample
		      ORDER BY $([ $order = ordered ] && echo "h, n" || echo "random()")) TO '$data/bench_$order'
	END
done
export AFTER="CALL start_anew($drafts);
VACUUM ANALYZE ${tables%, };
CHECKPOINT"
psql -X -q -v ON_ERROR_STOP=1 <<< "$AFTER"
for order in ordered shuffled; do
	heading "COPY of $items items into $drafts drafts, $order: us an item"
	compare "$loads" "$items" "load('bench_$order')"
done
unset AFTER
rm "$data/bench_ordered" "$data/bench_shuffled"
psql -X -q -c "CALL start_anew(0)"

# ------------------------------------------------------------------------
# The overview
# ------------------------------------------------------------------------

psql -X -q -v ON_ERROR_STOP=1 -v handovers="$handovers" -f "$here/workspace_overview.sql"
heading "overview of one team's open handovers among $handovers: ms at the client"
printf '%-44s %10s %10s %10s %8s\n' "" median "99 %" longest number

# latency NAME TIMES QUERY
latency() {
	printf '\\set team random(1, 200)\n%s;\n' "$3" > "$tmp/script"
	pgbench -n -c 1 -t "$2" --random-seed=577215 -f "$tmp/script" -l --log-prefix="$tmp/log" > "$tmp/out" 2>&1 ||
		{ cat "$tmp/out" >&2; exit 1; }
	cut -d ' ' -f 3 "$tmp"/log.* | sort -n | awk -v name="$1" '
		{ v[NR] = $1 / 1000 }
		function at(part,    i) { i = int(NR * part + 0.999999); return v[i < 1 ? 1 : i] }
		END { printf "%-44s %10.2f %10.2f %10.2f %8d\n", name, at(0.5), at(0.99), v[NR], NR }'
	rm "$tmp"/log.*
}
latency "warm up" 200 "SELECT * FROM big_report.overview WHERE incoming_team = 'team :team' AND is_open" > /dev/null
latency "one team, open" 100 "SELECT * FROM big_report.overview WHERE incoming_team = 'team :team' AND is_open"
latency "one team, all" 100 "SELECT * FROM big_report.overview WHERE incoming_team = 'team :team'"
latency "all open" 5 "SELECT * FROM big_report.overview WHERE is_open"
latency "all" 3 "SELECT * FROM big_report.overview"
