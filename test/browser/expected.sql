-- What the pages show, as text.
SET search_path = ops_report;
SELECT jsonb_build_object(
    'figures', (SELECT jsonb_build_object('Handovers', count(*)::text, 'Submitted, not accepted', sum(waiting_count)::text, 'Late', sum(late_count)::text,
                                          'Completeness, %', round(avg(completeness_pct), 1)::text) FROM overview),
    'handovers', (SELECT jsonb_agg(o.handover_id::text) FROM (SELECT handover_id FROM overview ORDER BY status_rank, handover_id LIMIT 10) AS o),
    'team', (SELECT jsonb_build_object('Handovers', count(*)::text, 'Late', sum(late_count)::text) FROM overview
              WHERE 'O''Neill & <i>Sons</i>' IN (outgoing_team, incoming_team)),
    'findings', (SELECT jsonb_build_object('Findings', count(*)::text, 'Errors', sum(error_count)::text, 'Warnings', sum(warning_count)::text,
                                           'Handovers with any', count(DISTINCT handover_id)::text) FROM finding WHERE is_open),
    'severities', (SELECT jsonb_agg(s.severity ORDER BY s.severity_rank)
                     FROM (SELECT DISTINCT c.severity, c.severity_rank
                             FROM (SELECT label, severity, severity_rank FROM finding WHERE is_open GROUP BY label, severity, severity_rank
) AS c) AS s),
    'errors', (SELECT count(*)::text FROM finding WHERE is_open AND is_error),
    'changes', (SELECT jsonb_build_object('Changes', count(*)::text, 'People', count(DISTINCT actor)::text, 'Handovers', count(DISTINCT handover_id)::text,
                                          'After submission', sum(after_submission_count)::text) FROM timeline),
    'last', (SELECT round(completeness_pct, 1)::text FROM overview ORDER BY handover_id DESC LIMIT 1));
