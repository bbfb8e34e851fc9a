#!/bin/bash
# How long the reports take that a dashboard asks for: run by "make bench-report". HANDOVERS
# (default 100,000), with 20 items each, and TRIES of each query (50) may be set; RESTRICTED=1 asks
# as a reader who sees one team's handovers alone, of a restricted workspace. bench/report.sql makes the workspace.
#
# The reader has nothing but what grant_reader() grants, and no JIT (JIT=on for the default): it takes
# longer to compile such queries than to run them. Printed are the median and the 99th percentile at the client,
# then of one run the rows that it returns and the pages that it reads, from its plan.

set -euo pipefail
handovers=${HANDOVERS:-100000}
tries=${TRIES:-50}
here=$(dirname "$0")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

psql -X -q -v ON_ERROR_STOP=1 -v handovers="$handovers" -f "$here/report.sql"
if [ -n "${RESTRICTED:-}" ]; then
	psql -X -q -v ON_ERROR_STOP=1 <<-END
		SELECT handover.restrict_workspace('big') \\g /dev/null
		INSERT INTO big.party_member (role_name, party) VALUES ('bench_reader', 'team 7'), ('bench_reader', 'person 7');
		ANALYZE big.party_member;
	END
fi
export PGOPTIONS="-c role=bench_reader -c jit=${JIT:-off} -c search_path=big_report"

echo "$(psql -X -At -c 'SHOW server_version'), $(nproc) cores, $(sed -n 's/^model name\t: //p' /proc/cpuinfo | head -n 1), shared_buffers $(psql -X -At -c 'SHOW shared_buffers'), jit ${JIT:-off}"
psql -X -At -c "SELECT count(*) || ' handovers, ' || sum(open_count) || ' of them open' FROM overview" -c "SELECT sum(item_count) || ' items' FROM overview"
echo "(load average $(cut -d ' ' -f 1-3 /proc/loadavg))"
printf '%-22s %-28s %9s %9s %8s %9s\n' report query "median ms" "99 % ms" rows pages

# The plan of one run: how many rows came out of it, and pages went into it.
plan() {
	sed -e 's/:team\b/7/g; s/:person\b/7/g' -e "s/:handover\b/$((handovers / 2))/g" <<< "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) $1" > "$tmp/explain"
	psql -X -At -v ON_ERROR_STOP=1 -f "$tmp/explain" > "$tmp/plan"
	awk -F '[:,]' '/"Actual Rows"/ && !top++ { rows = $2 } /"Shared Hit Blocks"/ && !hit++ { pages += $2 } /"Shared Read Blocks"/ && !read++ { pages += $2 }
		END { printf "%8d %9d\n", rows, pages }' "$tmp/plan"
}

# ask REPORT NAME QUERY
ask() {
	printf '\\set team random(1, 200)\n\\set person random(1, 1000)\n\\set handover random(1, %d)\n%s;\n' "$handovers" "${3//$'\n'/ }" > "$tmp/script"
	pgbench -n -c 1 -t 3 -f "$tmp/script" > "$tmp/out" 2>&1 || { cat "$tmp/out" >&2; exit 1; }
	pgbench -n -c 1 -t "${4:-$tries}" --random-seed=577215 -f "$tmp/script" -l --log-prefix="$tmp/log" > "$tmp/out" 2>&1 || { cat "$tmp/out" >&2; exit 1; }
	printf '%-22s %-28s %s %s\n' "$1" "$2" "$(cut -d ' ' -f 3 "$tmp"/log.* | sort -n | awk '
		{ v[NR] = $1 / 1000 }
		function at(part,    i) { i = int(NR * part + 0.999999); return v[i < 1 ? 1 : i] }
		END { printf "%9.1f %9.1f", at(0.5), at(0.99) }')" "$(plan "$3")"
	rm "$tmp"/log.*
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
