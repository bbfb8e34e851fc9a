/*
 * workspace_item: every item with columns of plain types.
 *
 * The reports here are named as tables of the workspace are, and would be found
 * in their place by the statements that make reports.  So they are made as
 * report_item and so on; fill_workspace() gives them their names at the end.
 */

CREATE FUNCTION @extschema@.create_workspace_item() RETURNS void
LANGUAGE plpgsql
AS $create$
BEGIN

-- Whom to call, and where, is in the report contact alone, which not every reader may read.
CREATE OR REPLACE VIEW report_item AS
SELECT i.handover_id,
       i.id AS item_id,
       h.title::varchar(255) AS handover_title,
       h.role,
       h.status::text::varchar(16) AS status,
       array_position('{draft,submitted,accepted,closed,cancelled}', h.status::text)::smallint AS status_rank,
       h.outgoing,
       h.incoming,
       h.outgoing_team,
       h.incoming_team,
       i.element::varchar(255) AS element,
       (CASE WHEN i.element <> 'contact' THEN i.title END)::varchar(255) AS title,
       CASE WHEN i.element <> 'contact' THEN i.details END AS details,
       i.state::varchar(16) AS state,
       array_position('{blocked,ongoing,pending,upcoming,done,none}', i.state)::smallint AS state_rank,
       i.state IS NULL OR i.state NOT IN ('done', 'none') AS is_open,
       (i.state IS NULL OR i.state NOT IN ('done', 'none'))::integer AS open_count,
       i.owner,
       i.new_owner,
       @extschema@.finite(i.due_at) AS due_at,
       (@extschema@.finite(i.due_at) AT TIME ZONE 'UTC')::date AS due_date,
       CASE WHEN isfinite(i.due_at)
            THEN (i.due_at AT TIME ZONE 'UTC')::date - (now() AT TIME ZONE 'UTC')::date END AS days_left,
       coalesce(i.due_at < now() AND (i.state IS NULL OR i.state NOT IN ('done', 'none')), false) AS is_overdue,
       coalesce(i.due_at < now() AND (i.state IS NULL OR i.state NOT IN ('done', 'none')), false)::integer AS overdue_count,
       i.urgency::text::varchar(16) AS urgency,
       array_position('{low,medium,high,critical}', i.urgency::text)::smallint AS urgency_rank,
       i.importance::text::varchar(16) AS importance,
       array_position('{low,medium,high,critical}', i.importance::text)::smallint AS importance_rank,
       i.impact::text::varchar(16) AS impact,
       array_position('{low,medium,high,critical}', i.impact::text)::smallint AS impact_rank,
       round(@extschema@.score(i.priority, now())::numeric, 2)::numeric(6,2) AS score,
       ('P' || @extschema@.band(i.priority))::varchar(2) AS band,
       @extschema@.band(i.priority)::smallint AS band_rank,
       @extschema@.quadrant(i.priority)::varchar(16) AS quadrant,
       coalesce(i.critical, false) AS is_critical,
       coalesce(i.critical, false)::integer AS critical_count,
       CASE WHEN i.element <> 'contact' THEN i.outcome END AS outcome,
       CASE WHEN i.element <> 'contact' THEN i.instructions END AS instructions,
       CASE WHEN i.element <> 'contact' THEN i.contingency END AS contingency,
       CASE WHEN i.element <> 'contact' THEN i.next_step END AS next_step,
       CASE WHEN i.element <> 'contact' THEN i.link END AS link,
       i.acknowledged_at IS NOT NULL AS is_acknowledged,
       (i.acknowledged_at IS NOT NULL)::integer AS acknowledged_count,
       i.acknowledged_by,
       @extschema@.finite(i.acknowledged_at) AS acknowledged_at,
       (@extschema@.finite(i.acknowledged_at) AT TIME ZONE 'UTC')::date AS acknowledged_date,
       CASE WHEN i.element <> 'contact' THEN i.read_back END AS read_back,
       @extschema@.attribute_text(i.attributes, 'nature')::varchar(255) AS nature,
       @extschema@.attribute_time(i.attributes, 'effective_at') AS effective_at,
       (@extschema@.attribute_time(i.attributes, 'effective_at') AT TIME ZONE 'UTC')::date AS effective_date,
       CASE WHEN i.element <> 'contact' THEN @extschema@.attribute_text(i.attributes, 'deliverable') END AS deliverable,
       CASE WHEN i.element <> 'contact' THEN @extschema@.attribute_text(i.attributes, 'nuance') END AS nuance,
       CASE WHEN i.element <> 'contact' THEN @extschema@.attribute_text(i.attributes, 'challenge') END AS challenge,
       CASE WHEN i.element <> 'contact' THEN @extschema@.attribute_text(i.attributes, 'objective') END AS objective,
       @extschema@.attribute_text(i.attributes, 'external_ref')::varchar(255) AS external_ref,
       @extschema@.attribute_text(i.attributes, 'parent')::varchar(255) AS parent,
       coalesce(@extschema@.attribute_boolean(i.attributes, 'disputed'), false) AS is_disputed,
       coalesce(@extschema@.attribute_boolean(i.attributes, 'disputed'), false)::integer AS disputed_count,
       @extschema@.attribute_text(i.attributes, 'verified_by')::varchar(255) AS verified_by,
       @extschema@.attribute_time(i.attributes, 'verified_at') AS verified_at,
       (@extschema@.attribute_time(i.attributes, 'verified_at') AT TIME ZONE 'UTC')::date AS verified_date,
       i.origin_item IS NOT NULL AS is_carried,
       (i.origin_item IS NOT NULL)::integer AS carried_count,
       i.created_at,
       (i.created_at AT TIME ZONE 'UTC')::date AS created_date
  FROM item AS i
       JOIN visible_handover AS h ON h.id = i.handover_id;
COMMENT ON VIEW report_item IS 'What is handed over? One row is an item; handover_id and item_id are its key. What contacts say is left out. Days are in UTC.';
COMMENT ON COLUMN report_item.handover_id IS 'key of the handover';
COMMENT ON COLUMN report_item.item_id IS 'key of the item';
COMMENT ON COLUMN report_item.handover_title IS 'what is handed over, in a few words';
COMMENT ON COLUMN report_item.role IS 'role whose work it is, by its template';
COMMENT ON COLUMN report_item.status IS 'status of the handover: draft, submitted, accepted, closed or cancelled';
COMMENT ON COLUMN report_item.status_rank IS 'status in its order: 1 draft, 2 submitted, 3 accepted, 4 closed, 5 cancelled';
COMMENT ON COLUMN report_item.outgoing IS 'person or team that hands over';
COMMENT ON COLUMN report_item.incoming IS 'person or team that takes over';
COMMENT ON COLUMN report_item.outgoing_team IS 'team of who hands over';
COMMENT ON COLUMN report_item.incoming_team IS 'team of who takes over';
COMMENT ON COLUMN report_item.element IS 'what the item is: task, issue, ...';
COMMENT ON COLUMN report_item.title IS 'the item in a few words; empty for contacts';
COMMENT ON COLUMN report_item.details IS 'the item at length; of one with state none, why there is nothing; empty for contacts';
COMMENT ON COLUMN report_item.state IS 'upcoming, ongoing, pending, blocked, done; none says that there is nothing of this element; empty if nobody has said';
COMMENT ON COLUMN report_item.state_rank IS 'state in its order: 1 blocked, 2 ongoing, 3 pending, 4 upcoming, 5 done, 6 none';
COMMENT ON COLUMN report_item.is_open IS 'whether it is neither done nor says that there is nothing';
COMMENT ON COLUMN report_item.open_count IS '1 if it is open, else 0; to be summed';
COMMENT ON COLUMN report_item.owner IS 'who has it so far';
COMMENT ON COLUMN report_item.new_owner IS 'who takes it over';
COMMENT ON COLUMN report_item.due_at IS 'by when it is due';
COMMENT ON COLUMN report_item.due_date IS 'day by which it is due';
COMMENT ON COLUMN report_item.days_left IS 'days until it is due; negative if that is past';
COMMENT ON COLUMN report_item.is_overdue IS 'whether it is open and its due time is over';
COMMENT ON COLUMN report_item.overdue_count IS '1 if it is open and its due time is over, else 0; to be summed';
COMMENT ON COLUMN report_item.urgency IS 'low, medium, high or critical';
COMMENT ON COLUMN report_item.urgency_rank IS 'urgency in its order: 1 low, 2 medium, 3 high, 4 critical';
COMMENT ON COLUMN report_item.importance IS 'low, medium, high or critical';
COMMENT ON COLUMN report_item.importance_rank IS 'importance in its order: 1 low, 2 medium, 3 high, 4 critical';
COMMENT ON COLUMN report_item.impact IS 'low, medium, high or critical';
COMMENT ON COLUMN report_item.impact_rank IS 'impact in its order: 1 low, 2 medium, 3 high, 4 critical';
COMMENT ON COLUMN report_item.score IS 'how pressing it is now, 0 to 100, from urgency, importance, impact and due time';
COMMENT ON COLUMN report_item.band IS 'P1 to P5, by impact and urgency';
COMMENT ON COLUMN report_item.band_rank IS 'band as a number: 1 is the most pressing';
COMMENT ON COLUMN report_item.quadrant IS 'do first, schedule, delegate or drop';
COMMENT ON COLUMN report_item.is_critical IS 'whether it was marked as critical';
COMMENT ON COLUMN report_item.critical_count IS '1 if it was marked as critical, else 0; to be summed';
COMMENT ON COLUMN report_item.outcome IS 'what it should lead to; empty for contacts';
COMMENT ON COLUMN report_item.instructions IS 'how it is done; empty for contacts';
COMMENT ON COLUMN report_item.contingency IS 'what to do if it goes wrong; empty for contacts';
COMMENT ON COLUMN report_item.next_step IS 'what comes next; empty for contacts';
COMMENT ON COLUMN report_item.link IS 'where to find it; empty for contacts';
COMMENT ON COLUMN report_item.is_acknowledged IS 'whether the new owner has confirmed it';
COMMENT ON COLUMN report_item.acknowledged_count IS '1 if the new owner has confirmed it, else 0; to be summed';
COMMENT ON COLUMN report_item.acknowledged_by IS 'who of the new owners has confirmed it';
COMMENT ON COLUMN report_item.acknowledged_at IS 'when the new owner confirmed it';
COMMENT ON COLUMN report_item.acknowledged_date IS 'day on which the new owner confirmed it';
COMMENT ON COLUMN report_item.read_back IS 'what it is, in the words of the new owner; empty for contacts';
COMMENT ON COLUMN report_item.nature IS 'kind of work that it is';
COMMENT ON COLUMN report_item.effective_at IS 'when it passes on, if not with the rest';
COMMENT ON COLUMN report_item.effective_date IS 'day on which it passes on, if not with the rest';
COMMENT ON COLUMN report_item.deliverable IS 'what it has to deliver; empty for contacts';
COMMENT ON COLUMN report_item.nuance IS 'what one has to know about it; empty for contacts';
COMMENT ON COLUMN report_item.challenge IS 'what is hard about it; empty for contacts';
COMMENT ON COLUMN report_item.objective IS 'which goal it serves; empty for contacts';
COMMENT ON COLUMN report_item.external_ref IS 'the same in another system';
COMMENT ON COLUMN report_item.parent IS 'the item that it is part of';
COMMENT ON COLUMN report_item.is_disputed IS 'whether the two sides do not agree on it';
COMMENT ON COLUMN report_item.disputed_count IS '1 if the two sides do not agree on it, else 0; to be summed';
COMMENT ON COLUMN report_item.verified_by IS 'who has checked it';
COMMENT ON COLUMN report_item.verified_at IS 'when it was checked';
COMMENT ON COLUMN report_item.verified_date IS 'day on which it was checked';
COMMENT ON COLUMN report_item.is_carried IS 'whether it was carried forward from an earlier handover';
COMMENT ON COLUMN report_item.carried_count IS '1 if it was carried forward from an earlier handover, else 0; to be summed';
COMMENT ON COLUMN report_item.created_at IS 'since when it waits';
COMMENT ON COLUMN report_item.created_date IS 'day since which it waits';

CREATE OR REPLACE VIEW report_dependency AS
SELECT d.handover_id,
       d.id AS dependency_id,
       h.title::varchar(255) AS handover_title,
       h.role,
       h.status::text::varchar(16) AS status,
       h.outgoing,
       h.incoming,
       h.outgoing_team,
       h.incoming_team,
       d.item AS item_id,
       waiting.element::varchar(255) AS element,
       (CASE WHEN waiting.element <> 'contact' THEN waiting.title END)::varchar(255) AS title,
       d.waits_for AS waits_for_id,
       awaited.element::varchar(255) AS waits_for_element,
       (CASE WHEN awaited.element <> 'contact' THEN awaited.title END)::varchar(255) AS waits_for_title,
       d.outside::varchar(255) AS outside,
       d.details,
       (waiting.state IS NULL OR waiting.state NOT IN ('done', 'none'))
           AND (d.waits_for IS NULL OR awaited.state IS NULL OR awaited.state NOT IN ('done', 'none')) AS is_open,
       ((waiting.state IS NULL OR waiting.state NOT IN ('done', 'none'))
           AND (d.waits_for IS NULL OR awaited.state IS NULL OR awaited.state NOT IN ('done', 'none')))::integer AS open_count
  FROM dependency AS d
       JOIN visible_handover AS h ON h.id = d.handover_id
       JOIN item AS waiting ON waiting.handover_id = d.handover_id AND waiting.id = d.item
       LEFT JOIN item AS awaited ON awaited.handover_id = d.handover_id AND awaited.id = d.waits_for;
COMMENT ON VIEW report_dependency IS 'What waits for what? One row is an item that waits for another item, or for something outside; handover_id and dependency_id are its key.';
COMMENT ON COLUMN report_dependency.handover_id IS 'key of the handover';
COMMENT ON COLUMN report_dependency.dependency_id IS 'key of the dependency';
COMMENT ON COLUMN report_dependency.handover_title IS 'what is handed over, in a few words';
COMMENT ON COLUMN report_dependency.role IS 'role whose work it is, by its template';
COMMENT ON COLUMN report_dependency.status IS 'status of the handover: draft, submitted, accepted, closed or cancelled';
COMMENT ON COLUMN report_dependency.outgoing IS 'person or team that hands over';
COMMENT ON COLUMN report_dependency.incoming IS 'person or team that takes over';
COMMENT ON COLUMN report_dependency.outgoing_team IS 'team of who hands over';
COMMENT ON COLUMN report_dependency.incoming_team IS 'team of who takes over';
COMMENT ON COLUMN report_dependency.item_id IS 'key of the item that waits';
COMMENT ON COLUMN report_dependency.element IS 'what the item that waits is: task, issue, ...';
COMMENT ON COLUMN report_dependency.title IS 'the item that waits, in a few words; empty for contacts';
COMMENT ON COLUMN report_dependency.waits_for_id IS 'key of the item that it waits for; empty if that is outside the handover';
COMMENT ON COLUMN report_dependency.waits_for_element IS 'what the item that it waits for is: task, issue, ...';
COMMENT ON COLUMN report_dependency.waits_for_title IS 'the item that it waits for, in a few words; empty for contacts';
COMMENT ON COLUMN report_dependency.outside IS 'what it waits for outside the handover';
COMMENT ON COLUMN report_dependency.details IS 'what else is to be said';
COMMENT ON COLUMN report_dependency.is_open IS 'whether the item is open and still waits: for an open item, or for something outside';
COMMENT ON COLUMN report_dependency.open_count IS '1 if the item still waits, else 0; to be summed';

END
$create$;
COMMENT ON FUNCTION @extschema@.create_workspace_item() IS
    'part of create_workspace(): makes the reports on items in the first schema of the search_path, from the tables of the second';
