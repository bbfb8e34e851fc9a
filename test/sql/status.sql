--
-- A status asks for the rules of its stage and of those before it; draft and cancelled ask for none.
--
SELECT enum_range(NULL::handover.status);

SELECT status, handover.missing('require a; require b to accept; require c to close', '{}'::jsonb, status),
       handover.complete('require a; require b to accept; require c to close', '{}'::jsonb, status)
FROM unnest(enum_range(NULL::handover.status)) AS status;

-- the same call site meets several statuses
SELECT status, handover.complete('require b to accept', '{}'::jsonb, status)
FROM unnest('{accepted,submitted,closed,draft,accepted,cancelled}'::handover.status[]) AS status;
