/*
 * plan: in which order the work of a handover can be done.
 */

CREATE FUNCTION @extschema@.create_workspace_plan() RETURNS void
LANGUAGE plpgsql
AS $create$
BEGIN

-- An item is as pressing as the most pressing that waits for it.  So whatever
-- an item waits for scores no less than the item; of two with the same score,
-- the one that waits for fewer, directly and through others, comes first: it
-- waits for all that what it waits for does, and for that.  No search is needed.
CREATE OR REPLACE FUNCTION plan(handover_id bigint, lens @extschema@.lens DEFAULT @extschema@.lens('default', now()))
RETURNS TABLE (place bigint, item_id bigint, element text, title text, state text, new_owner text, due_at timestamptz,
               score double precision, inherited_score double precision, waits_for bigint[], outside text[])
LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH RECURSIVE todo AS (
        SELECT i.id, i.element, i.title, i.state, i.new_owner, i.due_at,
               @extschema@.score(i.priority, plan.lens) AS score
          FROM item AS i
         WHERE i.handover_id = plan.handover_id
           AND (i.state IS NULL OR i.state NOT IN ('done', 'none'))
           AND (EXISTS (SELECT FROM @extschema@.element AS e WHERE e.name = i.element AND e.work)
                OR EXISTS (SELECT
                             FROM dependency AS d
                            WHERE d.handover_id = i.handover_id AND i.id IN (d.item, d.waits_for)))
    ),
    needs AS (
        SELECT d.item, d.waits_for
          FROM dependency AS d
               JOIN todo AS waiting ON waiting.id = d.item
               JOIN todo AS awaited ON awaited.id = d.waits_for
         WHERE d.handover_id = plan.handover_id
    ),
    reached (item, waits_for) AS (
        SELECT needs.item, needs.waits_for
          FROM needs
        UNION
        SELECT reached.item, needs.waits_for
          FROM reached JOIN needs ON needs.item = reached.waits_for
    ),
    inherited AS (
        SELECT todo.id,
               greatest(todo.score, max(waiting.score)) AS score
          FROM todo
               LEFT JOIN reached ON reached.waits_for = todo.id
               LEFT JOIN todo AS waiting ON waiting.id = reached.item
         GROUP BY todo.id, todo.score
    ),
    waits AS (
        SELECT reached.item, count(*) AS awaited
          FROM reached
         GROUP BY reached.item
    )
    SELECT row_number() OVER (ORDER BY inherited.score DESC, coalesce(waits.awaited, 0), todo.score DESC, todo.due_at, todo.id),
           todo.id, todo.element, todo.title, todo.state, todo.new_owner, todo.due_at,
           todo.score, inherited.score,
           ARRAY(SELECT needs.waits_for FROM needs WHERE needs.item = todo.id ORDER BY needs.waits_for),
           ARRAY(SELECT d.outside
                   FROM dependency AS d
                  WHERE d.handover_id = plan.handover_id AND d.item = todo.id AND d.outside IS NOT NULL
                  ORDER BY d.id)
      FROM todo
           JOIN inherited ON inherited.id = todo.id
           LEFT JOIN waits ON waits.item = todo.id
     ORDER BY 1;
END;
COMMENT ON FUNCTION plan(bigint, @extschema@.lens) IS
    'open work of a handover in an order in which it can be done: nothing before what it waits for, and that as pressing as what waits for it';

END
$create$;
COMMENT ON FUNCTION @extschema@.create_workspace_plan() IS
    'part of create_workspace(): makes plan() in the first schema of the search_path';
