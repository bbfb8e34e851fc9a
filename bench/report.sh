#!/bin/bash
# How long the reports take that a dashboard asks for: run by "make bench-report". HANDOVERS
# (default 100,000), with 20 items each, and TRIES of each query (50) may be set; REPORTS="finding gap" asks
# these alone; RESTRICTED=1 asks as a reader who sees one team's handovers alone, of a restricted workspace. bench/report.sql makes the workspace.
#
# The reader has nothing but what grant_reader() grants, and no JIT (JIT=on for the default): it takes
# longer to compile such queries than to run them. Printed are the median and the maximum of the CPU time of the backend,
# planning included, without parallel workers, whose time would not count, and the median of the time at the client; then of one run the rows that it returns and the pages
# that it reads or finds in shared buffers, from EXPLAIN (ANALYZE, BUFFERS).

set -euo pipefail
handovers=${HANDOVERS:-100000}
tries=${TRIES:-50}
here=$(dirname "$0")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

psql -X -q -v ON_ERROR_STOP=1 -v handovers="$handovers" -f "$here/report.sql"
since=$(psql -X -At -c 'SELECT clock_timestamp()')
psql -X -q -v ON_ERROR_STOP=1 -c "CALL big.a_day($((handovers / 32 + 1)))" -c "VACUUM ANALYZE handover.audit_log" -c "VACUUM ANALYZE handover.audit_transaction"
psql -X -q -v ON_ERROR_STOP=1 <<-END
	SELECT handover.record_findings('big') \\g /dev/null
	INSERT INTO big.finding_day SELECT d.day - n, d.code, d.severity, d.role, d.findings, d.handovers FROM big.finding_day AS d, generate_series(1, 365) AS n;
	VACUUM ANALYZE big.finding_day;
END
if [ -n "${RESTRICTED:-}" ]; then
	psql -X -q -v ON_ERROR_STOP=1 <<-END
		SELECT handover.restrict_workspace('big') \\g /dev/null
		INSERT INTO big.party_member (role_name, party) VALUES ('bench_reader', 'team 7'), ('bench_reader', 'person 7');
		ANALYZE big.party_member;
	END
fi
export PGOPTIONS="-c role=bench_reader -c jit=${JIT:-off} -c max_parallel_workers_per_gather=0 -c search_path=big_report"

echo "$(psql -X -At -c 'SHOW server_version'), $(nproc) cores, $(sed -n 's/^model name\t: //p' /proc/cpuinfo | head -n 1), shared_buffers $(psql -X -At -c 'SHOW shared_buffers'), jit ${JIT:-off}"
psql -X -At -c "SELECT count(*) || ' entries of the log' FROM timeline" -c "SELECT count(*) || ' handovers, ' || sum(open_count) || ' of them open' FROM overview" -c "SELECT sum(item_count) || ' items' FROM overview"
echo "(load average $(cut -d ' ' -f 1-3 /proc/loadavg))"
printf '%-22s %-28s %9s %9s %10s %8s %9s\n' report query "CPU ms" "most" "elapsed ms" rows pages

# A query with its parameters: a team, a person and a handover.
filled() {
	local query=${1//$'\n'/ }
	query=${query//:team/$2}
	query=${query//:person/$3}
	echo "${query//:handover/$4}"
}

# One session runs the query, with other parameters each time, after three times to warm up. The CPU time is what the
# kernel says that the backend had of it, see bench/measure; the elapsed time is psql's.
session() {
	local i
	printf '%s\n' "\\pset footer off" "SELECT pg_backend_pid() AS pid \\gset" "\\setenv BACKEND :pid" "\\timing on"
	RANDOM=57721
	for ((i = -3; i < $2; i++)); do
		echo "\\! echo -n '$i '; cut -d ' ' -f 1 /proc/\$BACKEND/schedstat"
		echo "$(filled "$1" $((RANDOM % 200 + 1)) $((RANDOM % 1000 + 1)) $(((RANDOM * 32768 + RANDOM) % handovers + 1))) \\g /dev/null"
		echo "\\! cut -d ' ' -f 1 /proc/\$BACKEND/schedstat"
	done
}

# The plan of one run: how many rows came out of it, and pages went into it.
plan() {
	psql -X -At -v ON_ERROR_STOP=1 -c "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) $(filled "$1" 7 7 $((handovers / 2)))" > "$tmp/plan"
	awk -F '[:,]' '/"Actual Rows"/ && !top++ { rows = $2 } /"Shared Hit Blocks"/ && !hit++ { pages += $2 } /"Shared Read Blocks"/ && !read++ { pages += $2 }
		END { printf "%8d %9d\n", rows, pages }' "$tmp/plan"
}

# ask REPORT NAME QUERY [TRIES]
ask() {
	[[ -z ${REPORTS:-} || " $REPORTS " == *" $1 "* ]] || return 0
	session "$3" "${4:-$tries}" | psql -X -q -v ON_ERROR_STOP=1 > "$tmp/out"
	printf '%-22s %-28s %s %s\n' "$1" "$2" "$(paste - - - < "$tmp/out" | awk '
		function median(values, n,    i, j, t) {
			for (i = 2; i <= n; i++)
				for (j = i; j > 1 && values[j] < values[j - 1]; j--) { t = values[j]; values[j] = values[j - 1]; values[j - 1] = t }
			return n % 2 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2
		}
		$1 >= 0 { n++; cpu[n] = ($NF - $2) / 1e6; elapsed[n] = $4; if (cpu[n] > most) most = cpu[n] }
		END { printf "%9.1f %9.1f %10.1f", median(cpu, n), most, median(elapsed, n) }')" "$(plan "$3")"
}

team="incoming_team = 'team :team'"
month="created_date > current_date - 30"

ask overview "one team, open" "SELECT * FROM overview WHERE $team AND is_open"
ask overview "one handover" "SELECT * FROM overview WHERE handover_id = :handover"
ask overview "30 days, by day and role" "SELECT created_date, role, count(*), sum(waiting_count), sum(late_count), avg(completeness_pct),
	percentile_cont(0.5) WITHIN GROUP (ORDER BY accept_hours) FROM overview WHERE $month GROUP BY 1, 2"
ask overview "all, by day and role" "SELECT created_date, role, count(*), sum(waiting_count), sum(late_count), avg(completeness_pct),
	percentile_cont(0.5) WITHIN GROUP (ORDER BY accept_hours) FROM overview GROUP BY 1, 2" 10
ask overview "all, status and open items" "SELECT status, min(status_rank), count(*), sum(open_item_count), sum(overdue_item_count) FROM overview WHERE is_open GROUP BY 1" 10
ask gap "one team, open, by label" "SELECT label, sum(blocking_count), count(*) FROM gap WHERE $team AND is_open GROUP BY 1 ORDER BY 2 DESC, 3 DESC LIMIT 10"
ask gap "one handover" "SELECT * FROM gap WHERE handover_id = :handover"
ask gap "30 days, by label" "SELECT label, sum(blocking_count), count(*) FROM gap WHERE $month GROUP BY 1 ORDER BY 2 DESC, 3 DESC LIMIT 10"
ask finding "one handover" "SELECT severity, code, title, sentence FROM finding WHERE handover_id = :handover ORDER BY severity_rank"
ask finding "one team, open" "SELECT severity, code, title, sentence FROM finding WHERE $team AND is_open ORDER BY severity_rank"
ask finding "one team, open, by label" "SELECT label, count(*), sum(error_count) FROM finding WHERE $team AND is_open GROUP BY 1"
ask finding "one person, open" "SELECT severity, code, title, sentence FROM finding WHERE incoming = 'person :person' AND is_open"
ask finding "one team, all" "SELECT label, count(*), sum(error_count) FROM finding WHERE $team GROUP BY 1"
ask finding "all open, by label" "SELECT label, count(*), sum(error_count) FROM finding WHERE is_open GROUP BY 1" 1
ask finding_trend "30 days, by day and label" "SELECT day_date, label, sum(finding_count) FROM finding_trend WHERE day_date > current_date - 30 GROUP BY 1, 2"
ask finding_trend "latest, by label" "SELECT label, sum(finding_count), sum(handover_count) FROM finding_trend WHERE is_latest GROUP BY 1"
ask worklist "one team" "SELECT * FROM worklist WHERE $team"
ask worklist "one handover" "SELECT * FROM worklist WHERE handover_id = :handover"
ask worklist "first 20 of all" "SELECT * FROM worklist LIMIT 20"
ask worklist "one team, by band and status" "SELECT band, min(band_rank), status, count(*) FROM worklist WHERE $team GROUP BY band, status"
ask waiting "all" "SELECT * FROM waiting"
ask waiting "one team" "SELECT * FROM waiting WHERE $team"
ask workload "one team" "SELECT * FROM workload WHERE party_kind = 'team' AND party = 'team :team'"
ask workload "one person" "SELECT * FROM workload WHERE party_kind = 'person' AND party = 'person :person'"
ask trend "30 days" "SELECT * FROM trend WHERE day_date > current_date - 30"
ask trend "30 days, one role" "SELECT * FROM trend WHERE day_date > current_date - 30 AND role = 'it_support_specialist'"
ask flow "30 days" "SELECT * FROM flow WHERE week_date > current_date - 30"
ask flow "one team" "SELECT * FROM flow WHERE $team"
ask after_effect "one team" "SELECT * FROM after_effect WHERE $team"
ask after_effect "one handover" "SELECT * FROM after_effect WHERE handover_id = :handover"
ask after_effect "30 days, by role" "SELECT role, count(*), sum(overdue_after_count), sum(question_after_count), avg(service_level_change_pct), avg(feedback_rating)
	FROM after_effect WHERE accepted_date > current_date - 30 GROUP BY 1"
ask feedback "one team" "SELECT * FROM feedback WHERE $team"
ask feedback "30 days" "SELECT * FROM feedback WHERE given_date > current_date - 30"
ask item "one handover" "SELECT * FROM item WHERE handover_id = :handover"
ask item "one team, open, by element" "SELECT element, count(*), sum(open_count), sum(overdue_count) FROM item WHERE $team AND status IN ('draft', 'submitted', 'accepted') GROUP BY 1"
ask item "30 days, by element" "SELECT element, count(*), sum(open_count), sum(overdue_count) FROM item WHERE $month GROUP BY 1"
ask dependency "one team, open" "SELECT * FROM dependency WHERE $team AND status IN ('draft', 'submitted', 'accepted')"
today="changed_at > '$since'"
ask timeline "one handover" "SELECT * FROM timeline WHERE handover_id = :handover ORDER BY changed_at"
ask timeline "a day, newest 100" "SELECT * FROM timeline WHERE $today ORDER BY changed_at DESC LIMIT 100"
ask timeline "a day, by role and action" "SELECT role, subject, action, min(action_rank), count(*) FROM timeline WHERE $today GROUP BY 1, 2, 3"
ask timeline "one team, a day" "SELECT * FROM timeline WHERE $team AND $today"
ask timeline "one team, open, newest 100" "SELECT * FROM timeline WHERE $team AND status IN ('draft', 'submitted', 'accepted') ORDER BY changed_at DESC LIMIT 100"
ask timeline "one team, by action" "SELECT subject, action, count(*) FROM timeline WHERE $team GROUP BY 1, 2"
ask team "all" "SELECT * FROM team"
ask calendar "all" "SELECT * FROM calendar"
ask data_dictionary "all" "SELECT * FROM data_dictionary"
elements=$(psql -X -At -c "SELECT DISTINCT d.view_name FROM data_dictionary AS d JOIN handover.element AS e ON e.name = d.view_name
	WHERE e.name NOT IN ('feedback', 'dependency', 'item') ORDER BY 1")
for element in $elements; do
	ask "$element" "one team, open" "SELECT * FROM $element WHERE $team AND status IN ('draft', 'submitted', 'accepted')"
done
for element in access_grant metric training_session question; do
	ask "$element" "30 days" "SELECT count(*), sum(open_count) FROM $element WHERE $month"
done
