/*
 * workspace_view: the views of a workspace.
 *
 * They show types of handover; for tools that know no others there are reports.
 */

CREATE FUNCTION @extschema@.create_workspace_views() RETURNS void
LANGUAGE plpgsql
AS $create$
BEGIN

CREATE OR REPLACE VIEW document AS
SELECT entire.handover_id,
       entire.document,
       @extschema@.markdown(entire.document) AS markdown
  FROM (SELECT h.id AS handover_id,
               @extschema@.to_document(h, '{id,checklist,tally,completeness,restored_status,remark,returns,created_by,created_at,updated_at,submitted_by,submitted_at,returned_by,returned_at,accepted_by,accepted_at,closed_by,closed_at,cancelled_by,cancelled_at}')
                   || coalesce((SELECT jsonb_object_agg(list.element, list.items)
                                  FROM (SELECT part.element, jsonb_agg(part.item ORDER BY part.source, part.id) AS items
                                          FROM (SELECT 1 AS source, i.id, i.element,
                                                       @extschema@.to_document(i, '{handover_id,id,element,created_at,origin_handover,origin_item,priority}') AS item
                                                  FROM item AS i
                                                 WHERE i.handover_id = h.id
                                                UNION ALL
                                                SELECT 2 AS source, d.id, 'dependency' AS element,
                                                       @extschema@.to_document(d, '{handover_id,id,item,waits_for}')
                                                           || jsonb_strip_nulls(jsonb_build_object('item', waiting.title, 'waits_for', awaited.title)) AS item
                                                  FROM dependency AS d
                                                       JOIN item AS waiting ON waiting.handover_id = d.handover_id AND waiting.id = d.item
                                                       LEFT JOIN item AS awaited ON awaited.handover_id = d.handover_id AND awaited.id = d.waits_for
                                                 WHERE d.handover_id = h.id) AS part
                                         GROUP BY part.element) AS list), '{}') AS document
          FROM handover AS h) AS entire;
COMMENT ON VIEW document IS 'each handover as one document';
COMMENT ON COLUMN document.handover_id IS 'the handover';
COMMENT ON COLUMN document.document IS 'the handover with its items, as import() takes it; times in UTC';
COMMENT ON COLUMN document.markdown IS 'the same, for people';

CREATE OR REPLACE VIEW discrepancy AS
SELECT h.id AS handover_id, h.status, h.restored_status, h.tally, counted.tally AS counted
  FROM handover AS h
       CROSS JOIN LATERAL (SELECT @extschema@.counted_tally(h) AS tally OFFSET 0) AS counted
 WHERE h.tally OPERATOR(@extschema@.<>) counted.tally
    OR h.restored_status IS NOT NULL;
COMMENT ON VIEW discrepancy IS 'handovers whose tally is not what counting them gives, or that a dump was not restored with in whole: none, ever';
COMMENT ON COLUMN discrepancy.handover_id IS 'the handover';
COMMENT ON COLUMN discrepancy.status IS 'its status';
COMMENT ON COLUMN discrepancy.restored_status IS 'status that it had in a dump and may not have yet';
COMMENT ON COLUMN discrepancy.tally IS 'as stored';
COMMENT ON COLUMN discrepancy.counted IS 'as counted now';

END
$create$;
COMMENT ON FUNCTION @extschema@.create_workspace_views() IS
    'part of create_workspace(): makes the views in the first schema of the search_path';
