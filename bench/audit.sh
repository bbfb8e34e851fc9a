#!/bin/bash
# What it costs that every change is logged: run by "make bench-audit".
# ROUNDS of 1,000 single statements each (default 21), LOADS of ROWS at once (5 of 200,000),
# DOCUMENTS with a large text (5,000), CLIENT_SECONDS, how long eight clients run each time (10), and
# TRANSACTIONS to seal (50,000) may be set; so may PARTS (single bulk document clients seal), and
# CONTESTANTS, which are explained in bench/audit.sql.

set -euo pipefail
rounds=${ROUNDS:-21}
loads=${LOADS:-5}
rows=${ROWS:-200000}
documents=${DOCUMENTS:-5000}
seconds=${CLIENT_SECONDS:-10}
transactions=${TRANSACTIONS:-50000}
parts=${PARTS:-single bulk document clients seal}
read -ra contestants <<< "${CONTESTANTS:-none row statement twice table_log ours ours_full}"
chunk=1000
client_rows=100000
# the same actor for all
export PGOPTIONS="-c client_min_messages=warning -c handover.actor=Ana -c synchronous_commit=on"
here=$(dirname "$0")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

heading() {
	echo
	echo "== $1"
	echo "(load average $(cut -d ' ' -f 1-3 /proc/loadavg))"
}

run() {
	psql -X -q -v ON_ERROR_STOP=1 "$@"
}

# Is the first among the others?
is_among() {
	local word=$1
	shift
	[[ " $* " == *" $word "* ]]
}

# A list for SQL: listed SUFFIX NAME...
listed() {
	local suffix=$1
	shift
	printf "%s$suffix\n" "$@" | paste -s -d ,
}

total=$(((rounds + 1) * chunk)) # of single statements, for each
source_rows=$(printf '%s\n' "$rows" "$total" $client_rows | sort -n | tail -n 1)
run -v rows="$source_rows" -v documents="$documents" -f "$here/audit.sql"
echo "$(psql -X -At -c 'SHOW server_version'), $(nproc) cores, $(sed -n 's/^model name\t: //p' /proc/cpuinfo | head -n 1)"

present=$(psql -X -At -c "SELECT string_agg(c, ' ') FROM contestants() AS c")
asked=("${contestants[@]}")
contestants=(none) # the others are compared with it
for name in "${asked[@]}"; do
	if [ "$name" = none ]; then
		continue
	elif is_among "$name" "$present"; then
		contestants+=("$name")
	else
		echo "$name is left out: this server does not have it"
	fi
done

# Statements that empty the logs, and fill tables with so many rows: start_anew ROWS NAME...
start_anew() {
	local n=$1
	shift
	echo "CALL start_anew($n, '{$(listed '' "$@")}');
VACUUM ANALYZE $(listed .item "$@");
CHECKPOINT"
}

# change NAME insert|update|delete one|many: a statement in one line; "one" is the row :id of pgbench
change() {
	local name=$1 values where set change entry
	if [ "$3" = one ]; then
		values="VALUES (:id, :number, :status, :amount, :is_open, :due_on, now(), :owner, :title, :details, :link, :tags)"
		where="n.id = :id"
	else
		values="SELECT i, i % 1000, 'open', i % 10000 + 0.25, i % 3 = 0, '2027-01-01', now(), 'Ana of the service desk',
			'Item number ' || i || ' of the service',
			'What there is to know about it, in a line or two of text, 81dc9bdb52d04dc20036dbd8313ed055',
			'https://wiki.example.com/' || i, 'second line, 34, service desk' FROM generate_series(1, $rows) AS i"
		where="n.id BETWEEN 1 AND $rows"
	fi
	set="SET status = 'closed', amount = n.amount + 1, updated_at = now()"
	case $2 in
	insert) change="INSERT INTO $name.item AS n $values" ;;
	update) change="UPDATE $name.item AS n $set WHERE $where" ;;
	delete) change="DELETE FROM $name.item AS n WHERE $where" ;;
	esac
	if [ "$name" = twice ]; then
		case $2 in
		insert) change+=" RETURNING 'I'::\"char\", id, NULL::jsonb, to_jsonb(n)" ;;
		update)
			change="UPDATE twice.item AS n $set FROM twice.item AS o WHERE o.id = n.id AND $where
				RETURNING 'U'::\"char\", n.id, to_jsonb(o), to_jsonb(n)"
			;;
		delete) change+=" RETURNING 'D'::\"char\", id, to_jsonb(n), NULL::jsonb" ;;
		esac
		entry="(operation, key, old, new)"
		change="WITH entry $entry AS ($change) INSERT INTO twice.log $entry SELECT * FROM entry"
	fi
	tr -s '\n\t' ' ' <<< "$change"
}

# ------------------------------------------------------------------------
# Single statements
# ------------------------------------------------------------------------

# single KIND: one client of pgbench sends each contestant's statement so many times in turn, and
# notes before and after how long its backend was on a CPU. It shares one CPU with the backend: to wake
# up another that idles takes a virtual machine about as long as the statement.
single() {
	local kind=$1 name n=${#contestants[@]} turn=0 cpu
	cpu=$(sed -n 's/^Cpus_allowed_list:.*[^0-9]//p' /proc/self/status)
	# shellcheck disable=SC2016 # expanded by the shell that runs it
	echo 'read -r time rest < "/proc/$1/schedstat"; echo "$2 $3 $time"' > "$tmp/stamp"
	: > "$tmp/stamps"
	cat <<-END > "$tmp/single"
		\\if :i = 0
		SELECT pg_backend_pid() AS pid \\gset
		\\shell taskset -c -p $cpu :pid > $tmp/taskset
		\\endif
		\\set round :i / ($chunk * $n)
		\\set turn :i / $chunk % $n
		\\set step :i % $chunk
		\\set number :round * $chunk + :step
		\\set id permute(:number, $total, 1) + 1
		\\set amount :number % 10000 + 0.25
		\\if :step = 0
		\\shell sh $tmp/stamp :pid :round :turn >> $tmp/stamps
		\\endif
		\\if :turn < 0
	END
	for name in "${contestants[@]}"; do
		printf '\\elif :turn = %s\n%s;\n' $turn "$(change "$name" "$kind" one)"
		turn=$((turn + 1))
	done >> "$tmp/single"
	cat <<-END >> "$tmp/single"
		\\endif
		\\if :step = $chunk - 1
		\\shell sh $tmp/stamp :pid :round :turn >> $tmp/stamps
		\\endif
		\\set i :i + 1
	END
	taskset -c "$cpu" pgbench -n -M prepared -c 1 -t $((total * n)) -f "$tmp/single" -D i=0 -D status=open -D is_open=true -D due_on=2027-01-01 \
		-D owner="Ana of the service desk" -D title="Item number 1234 of the service" \
		-D details="What there is to know about it, in a line or two of text, 81dc9bdb52d04dc20036dbd8313ed055" \
		-D link="https://wiki.example.com/1234" -D tags="second line, 34, service desk" > "$tmp/out" 2>&1 ||
		{ cat "$tmp/out" >&2; exit 1; }
	paste -d ' ' - - < "$tmp/stamps" | awk -v n=$chunk -v list="${contestants[*]}" '
		BEGIN { split(list, names, " ") }
		{ printf "%s %s %.6f\n", $1, names[$2 + 1], ($6 - $3) / n / 1000 }' | "$here/report" us none
	check_logs
}

# Has everyone logged each of the single statements?
check_logs() {
	local name log expected found
	for name in "${contestants[@]}"; do
		log=$name.log expected=$total
		case $name in
		none) continue ;;
		table_log) log="table_log.log WHERE trigger_tuple = 'new' OR trigger_mode = 'DELETE'" ;;
		ours*) log=handover.audit_log expected=$((total * $(printf '%s\n' "${contestants[@]}" | grep -c '^ours'))) ;;
		esac
		found=$(psql -X -At -c "SELECT count(*) FROM $log")
		[ "$found" = $expected ] || { echo "$name has logged $found changes of $expected" >&2; exit 1; }
	done
}

if is_among single "$parts"; then
	for kind in insert update delete; do
		heading "$kind of one row, a prepared statement and a transaction each: us a statement, against no log"
		filled=$total
		[ $kind != insert ] || filled=0
		run <<< "$(start_anew $filled "${contestants[@]}")"
		single $kind
	done
fi

# ------------------------------------------------------------------------
# Many rows in one statement
# ------------------------------------------------------------------------

if is_among bulk "$parts"; then
	for kind in insert update delete; do
		heading "$kind of $rows rows in one statement: us a row, against no log"
		filled=$rows
		[ $kind != insert ] || filled=0
		AFTER=$(start_anew "$filled" "${contestants[@]}")
		run <<< "$AFTER"
		for name in "${contestants[@]}"; do
			# ours_full has one row more than ours, whatever the statement changes
			[ "$name" = ours_full ] || echo "$name|$(change "$name" $kind many)"
		done | AFTER=$AFTER "$here/measure" "$loads" "$rows" none
	done
fi

# ------------------------------------------------------------------------
# Beside a large text
# ------------------------------------------------------------------------

if is_among document "$parts"; then
	heading "update of a short column beside a text of 12 kB, $documents rows in one statement: us a row, against no log"
	names=()
	for name in none row ours; do
		is_among $name "${contestants[@]}" || continue
		names+=("$name")
		echo "$name|UPDATE $name.document SET status = CASE status WHEN 'open' THEN 'closed' ELSE 'open' END"
	done > "$tmp/changes"
	{
		start_anew 0 none
		echo "; SET session_replication_role = replica;"
		printf 'INSERT INTO %s.document SELECT * FROM source_document;\n' "${names[@]}"
	} | run
	AFTER="CALL empty_logs();
VACUUM $(listed .document "${names[@]}");
CHECKPOINT" "$here/measure" "$loads" "$documents" none < "$tmp/changes"
	sed 's/.*|//; s/$/;/' "$tmp/changes" | run
	psql -X -At -F ' ' -c "SELECT 'log of ' || l.name || ':', (sum(pg_total_relation_size(c.oid)) / 1024)::bigint, 'kB'
		  FROM pg_class AS c JOIN (VALUES ('row', 'row', '^log$'), ('ours', 'handover', '^audit_(log|transaction)')) AS l (name, schema, pattern)
		    ON c.relnamespace = l.schema::regnamespace AND c.relname ~ l.pattern
		 WHERE c.relkind = 'r' AND l.name = ANY ('{$(listed '' "${names[@]}")}') GROUP BY l.name ORDER BY l.name DESC"
fi

# ------------------------------------------------------------------------
# Eight clients
# ------------------------------------------------------------------------

# clients NAME SECONDS: prints "NAME tps FIGURE", and "NAME us FIGURE", the CPU time of the whole server
# a transaction
clients() {
	local schema=${1%_sealed} before sealer=
	run <<< "$(start_anew $client_rows "$schema")"
	cat <<-END > "$tmp/client"
		\\set id random(:client_id * $client_rows / 8 + 1, (:client_id + 1) * $client_rows / 8)
		$(change "$schema" update one);
	END
	before=$($SERVER_CPU)
	if [ "$1" != "$schema" ]; then
		psql -X -q -v ON_ERROR_STOP=1 <<< 'SELECT handover.seal() \watch 1' > "$tmp/sealer" 2>&1 &
		sealer=$!
	fi
	pgbench -n -M prepared -c 8 -j 2 -T "$2" ${RATE:+-R "$RATE"} -f "$tmp/client" > "$tmp/out" 2>&1 || { cat "$tmp/out" >&2; exit 1; }
	if [ -n "$sealer" ]; then
		# only if it still runs: a number may be another process's by now
		jobs -pr | grep -qx "$sealer" || { cat "$tmp/sealer" >&2; exit 1; }
		kill "$sealer"
		wait "$sealer" || true
		# waits for one that is under way, and seals what it has left
		run -o /dev/null -c "SELECT handover.seal()"
	fi
	sleep 0.5 # until all sessions have ended, since their time counts only then
	awk -v name="$1" -v before="$before" -v after="$($SERVER_CPU)" '
		/^number of transactions actually/ { split($NF, part, "/"); printf "%s us %.3f\n", name, (after - before) * 1e6 / part[1] }
		/^tps/ { print name, "tps", $3 }' "$tmp/out"
}

# of UNIT BASE NAME...: a report of these
of() {
	local unit=$1 base=$2
	shift 2
	awk -v unit="$unit" -v list=" $* " '$3 == unit && index(list, " " $2 " ") { print $1, $2, $4 }' "$tmp/clients" |
		"$here/report" "$unit" "$base"
}

if is_among clients "$parts"; then
	heading "8 clients, update of one row, each among $((client_rows / 8)) of its own; ours_sealed with seal() every second"
	names=(none)
	is_among row "${contestants[@]}" && names+=(row chained)
	is_among ours "${contestants[@]}" && names+=(ours ours_sealed)
	for ((round = 0; round <= 3; round++)); do
		for name in "${names[@]}"; do
			clients "$name" "$((round ? seconds : 2))" | sed "s/^/$round /"
		done
	done > "$tmp/clients"
	echo "transactions a second, against no log"
	of tps none "${names[@]}"
	echo "CPU time of the whole server a transaction, with the sealing of all of them"
	of us none "${names[@]}"
	if is_among row "${contestants[@]}"; then
		echo "a chain whose head each transaction locks, against the same log without it"
		of tps row row chained
	fi
	if is_among ours "${contestants[@]}"; then
		echo "blocks that are sealed beside, against the same log without them"
		of tps ours ours ours_sealed
	fi
fi

# ------------------------------------------------------------------------
# Sealing
# ------------------------------------------------------------------------

# seal ROWS AT_ONCE: seals and verifies copies of a log with so many rows, AT_ONCE a transaction
seal() {
	local round
	run -d postgres -c "CREATE DATABASE bench_log"
	run -d bench_log -v rows="$1" -v at_once="$2" -f "$here/audit_seal.sql"
	for ((round = 0; round <= 3; round++)); do
		run -d postgres -c "CREATE DATABASE bench_copy TEMPLATE bench_log"
		run -d bench_copy -At <<-END | paste -s -d ' ' > "$tmp/seal"
			SELECT pg_backend_pid() AS pid \\gset
			\\setenv BACKEND :pid
			\\! cut -d ' ' -f 1 /proc/\$BACKEND/schedstat
			SELECT handover.seal() \\g /dev/null
			\\! cut -d ' ' -f 1 /proc/\$BACKEND/schedstat
			SELECT count(*) FROM handover.verify();
			\\! cut -d ' ' -f 1 /proc/\$BACKEND/schedstat
			SELECT handover.seal() IS NULL;
		END
		run -d postgres -c "DROP DATABASE bench_copy"
		awk -v round=$round -v n="$1" '
			$3 != 0 { print "verify() finds " $3 " discrepancies" > "/dev/stderr"; exit 1 }
			$5 != "t" { print "seal() has left something" > "/dev/stderr"; exit 1 }
			{ printf "%d seal %.3f\n%d verify %.3f\n", round, n * 1e9 / ($2 - $1), round, n * 1e9 / ($4 - $2) }' "$tmp/seal"
	done > "$tmp/sealed"
	"$here/report" rows/s seal < "$tmp/sealed"
	run -d postgres -c "DROP DATABASE bench_log"
}

if is_among seal "$parts"; then
	heading "sealing and verifying $transactions transactions of one row: rows a second of CPU time"
	seal "$transactions" 1
	heading "sealing and verifying 4 transactions, $rows rows: rows a second of CPU time"
	seal "$rows" $(((rows + 3) / 4))
fi
