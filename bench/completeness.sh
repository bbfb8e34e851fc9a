#!/bin/bash
# What it costs to ask whether documents are complete: run by "make bench-completeness".
# ROUNDS and DOCUMENTS (of the table with stored answers) may be set.

set -euo pipefail
rounds=${ROUNDS:-11}
documents=${DOCUMENTS:-100000}
here=$(dirname "$0")

psql -X -q -v ON_ERROR_STOP=1 -v documents="$documents" -f "$here/completeness.sql"

# The CASE makes the document new to the planner at each row, so that nothing is asked only once.
memory() {
	echo "SELECT count(*) FROM (SELECT document || '{}' AS document FROM base WHERE id <= 20 AND id % 8 > 0 OFFSET 0) AS d,
		generate_series(1, 500) AS n WHERE $1" | tr -d '\n\t'
}
echo "== in memory: the check alone, us a document, against jsonpath"
FLOOR=visit "$here/measure" "$rounds" 9000 jsonpath <<-END
	visit|$(memory "(CASE WHEN n > 0 THEN document END) IS NOT NULL")
	handover.complete|$(memory "handover.complete(rules(), CASE WHEN n > 0 THEN document END)")
	handover.completeness|$(memory "handover.completeness(rules(), CASE WHEN n > 0 THEN document END) > 0")
	handover.tally|$(memory "handover.tally(rules(), CASE WHEN n > 0 THEN document END) IS NOT NULL")
	jsonpath|$(memory "(CASE WHEN n > 0 THEN document END) @@ path()")
	operators|$(memory "by_operators(CASE WHEN n > 0 THEN document END)")
	plpgsql|$(memory "by_plpgsql(CASE WHEN n > 0 THEN document END)")
END

for table in plain lz4; do
	echo
	echo "== from a table, compressed by $([ $table = plain ] && echo pglz || echo lz4): us a document, against opening it alone"
	"$here/measure" "$rounds" 1000 open <<-END
		visit|SELECT count(*) FROM $table WHERE document IS NOT NULL
		open|SELECT count(*) FROM $table WHERE jsonb_typeof(document) = 'object'
		handover.complete|SELECT count(*) FROM $table WHERE handover.complete(rules(), document)
		jsonpath|SELECT count(*) FROM $table WHERE document @@ path()
		operators|SELECT count(*) FROM $table WHERE by_operators(document)
		plpgsql|SELECT count(*) FROM $table WHERE by_plpgsql(document)
	END
done

echo
echo "== with the answer kept in the row: us a document, against opening it"
"$here/measure" "$rounds" 1000 open <<-END
	open|SELECT count(*) FROM (SELECT document FROM kept LIMIT 1000) AS k WHERE jsonb_typeof(document) = 'object'
	stored_tally|SELECT count(*) FROM (SELECT tally FROM kept LIMIT 1000) AS k WHERE handover.complete(rules(), tally, 'submitted')
	stored_answer|SELECT count(*) FROM (SELECT complete FROM kept LIMIT 1000) AS k WHERE complete
END

echo
echo "== one small document a statement: us a statement, against no check"
"$here/measure" "$rounds" 2000 none <<-END
	none|CALL one_by_one('single_none', 2000)
	check|CALL one_by_one('single_check', 2000)
	domain|CALL one_by_one('single_domain', 2000)
	jsonpath_check|CALL one_by_one('single_path', 2000)
	large_check|CALL one_by_one('single_large_check', 2000)
	large_domain|CALL one_by_one('single_large_domain', 2000)
END

echo
echo "== find the incomplete among $documents by a partial index: ms a statement"
psql -X -q -At -c "SELECT count(*) || ' are incomplete' FROM kept WHERE NOT complete"
"$here/measure" "$rounds" 1000 partial_index <<-END
	partial_index|SELECT id FROM kept WHERE NOT complete ORDER BY id
END
