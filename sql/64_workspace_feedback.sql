/*
 * workspace_feedback: how handovers went: what people say, and what came after.
 */

CREATE FUNCTION @extschema@.create_workspace_feedback() RETURNS void
LANGUAGE plpgsql
AS $create$
BEGIN

CREATE OR REPLACE VIEW after_effect AS
SELECT e.handover_id,
       e.title::varchar(255) AS title,
       e.role,
       e.status::text::varchar(16) AS status,
       e.outgoing,
       e.incoming,
       e.outgoing_team,
       e.incoming_team,
       e.accepted_at,
       (e.accepted_at AT TIME ZONE 'UTC')::date AS accepted_date,
       e.cutover_at,
       (e.cutover_at AT TIME ZONE 'UTC')::date AS cutover_date,
       e.overdue_after_count,
       e.question_after_count,
       e.open_question_count,
       e.service_level_count,
       round(e.service_level_before_pct, 2)::numeric(24,2) AS service_level_before_pct,
       round(e.service_level_after_pct, 2)::numeric(24,2) AS service_level_after_pct,
       round(e.service_level_after_pct - e.service_level_before_pct, 2)::numeric(24,2) AS service_level_change_pct,
       e.feedback_count,
       round(e.feedback_rating, 2)::numeric(3,2) AS feedback_rating,
       round(e.completeness::numeric, 2)::numeric(5,2) AS completeness_pct,
       round(e.submitted_completeness::numeric, 2)::numeric(5,2) AS submitted_completeness_pct,
       e.returns AS return_count
  FROM visible_effect AS e;
COMMENT ON VIEW after_effect IS 'What came after a handover? One row is a handover that was accepted. Days are in UTC.';
COMMENT ON COLUMN after_effect.handover_id IS 'key of the handover';
COMMENT ON COLUMN after_effect.title IS 'what is handed over, in a few words';
COMMENT ON COLUMN after_effect.role IS 'role whose work it is, by its template';
COMMENT ON COLUMN after_effect.status IS 'accepted or closed';
COMMENT ON COLUMN after_effect.outgoing IS 'person or team that hands over';
COMMENT ON COLUMN after_effect.incoming IS 'person or team that takes over';
COMMENT ON COLUMN after_effect.outgoing_team IS 'team of who hands over';
COMMENT ON COLUMN after_effect.incoming_team IS 'team of who takes over';
COMMENT ON COLUMN after_effect.accepted_at IS 'when it was accepted';
COMMENT ON COLUMN after_effect.accepted_date IS 'day on which it was accepted';
COMMENT ON COLUMN after_effect.cutover_at IS 'when the new owner takes over: as planned, or else when it was accepted';
COMMENT ON COLUMN after_effect.cutover_date IS 'day on which the new owner takes over';
COMMENT ON COLUMN after_effect.overdue_after_count IS 'number of open items that have become overdue since the new owner took over';
COMMENT ON COLUMN after_effect.question_after_count IS 'number of questions asked after it was accepted';
COMMENT ON COLUMN after_effect.open_question_count IS 'number of questions that are open';
COMMENT ON COLUMN after_effect.service_level_count IS 'number of service levels with a target that were measured both before and after';
COMMENT ON COLUMN after_effect.service_level_before_pct IS 'mean of these before the new owner took over, in per cent of their targets';
COMMENT ON COLUMN after_effect.service_level_after_pct IS 'mean of these after the new owner took over, in per cent of their targets';
COMMENT ON COLUMN after_effect.service_level_change_pct IS 'service_level_after_pct less service_level_before_pct; whether more is better depends on what is measured';
COMMENT ON COLUMN after_effect.feedback_count IS 'number of ratings given';
COMMENT ON COLUMN after_effect.feedback_rating IS 'mean of the ratings given, 1 to 5';
COMMENT ON COLUMN after_effect.completeness_pct IS 'how far all rules of its checklist are met, 0 to 100';
COMMENT ON COLUMN after_effect.submitted_completeness_pct IS 'how far all rules of its checklist were met when it was last submitted, 0 to 100; empty if that is not known';
COMMENT ON COLUMN after_effect.return_count IS 'number of times that it was returned';

CREATE OR REPLACE VIEW feedback AS
SELECT i.handover_id,
       i.id AS item_id,
       h.title::varchar(255) AS handover_title,
       h.role,
       h.status::text::varchar(16) AS status,
       h.outgoing,
       h.incoming,
       h.outgoing_team,
       h.incoming_team,
       @extschema@.attribute_text(i.attributes, 'rated_by')::varchar(255) AS rated_by,
       @extschema@.attribute_text(i.attributes, 'part')::varchar(255) AS part,
       given.at AS given_at,
       (given.at AT TIME ZONE 'UTC')::date AS given_date,
       @extschema@.attribute_rating(i.attributes, 'efficiency')::numeric(3,2) AS efficiency_rating,
       @extschema@.attribute_rating(i.attributes, 'completeness')::numeric(3,2) AS completeness_rating,
       @extschema@.attribute_rating(i.attributes, 'confidence')::numeric(3,2) AS confidence_rating,
       @extschema@.attribute_rating(i.attributes, 'support')::numeric(3,2) AS support_rating,
       round(@extschema@.mean_rating(i.attributes), 2)::numeric(3,2) AS feedback_rating,
       @extschema@.attribute_text(i.attributes, 'comment') AS comment,
       (h.accepted_at AT TIME ZONE 'UTC')::date AS accepted_date,
       (e.cutover_at AT TIME ZONE 'UTC')::date AS cutover_date,
       e.overdue_after_count,
       e.question_after_count,
       round(e.service_level_before_pct, 2)::numeric(24,2) AS service_level_before_pct,
       round(e.service_level_after_pct, 2)::numeric(24,2) AS service_level_after_pct,
       round(e.service_level_after_pct - e.service_level_before_pct, 2)::numeric(24,2) AS service_level_change_pct,
       round(h.completeness::numeric, 2)::numeric(5,2) AS completeness_pct,
       round(e.submitted_completeness::numeric, 2)::numeric(5,2) AS submitted_completeness_pct,
       h.returns AS return_count
  FROM item AS i
       JOIN visible_handover AS h ON h.id = i.handover_id
       CROSS JOIN LATERAL (SELECT coalesce(@extschema@.attribute_time(i.attributes, 'given_at'), i.created_at) AS at) AS given
       LEFT JOIN visible_effect AS e ON e.handover_id = h.id
 WHERE i.element = 'feedback' AND i.state IS DISTINCT FROM 'none';
COMMENT ON VIEW feedback IS 'How did handovers go, and what came after? One row is a rating, that is an item of element feedback; handover_id and item_id are its key. Days are in UTC.';
COMMENT ON COLUMN feedback.handover_id IS 'key of the handover';
COMMENT ON COLUMN feedback.item_id IS 'key of the rating';
COMMENT ON COLUMN feedback.handover_title IS 'what is handed over, in a few words';
COMMENT ON COLUMN feedback.role IS 'role whose work it is, by its template';
COMMENT ON COLUMN feedback.status IS 'status of the handover: draft, submitted, accepted, closed or cancelled';
COMMENT ON COLUMN feedback.outgoing IS 'person or team that hands over';
COMMENT ON COLUMN feedback.incoming IS 'person or team that takes over';
COMMENT ON COLUMN feedback.outgoing_team IS 'team of who hands over';
COMMENT ON COLUMN feedback.incoming_team IS 'team of who takes over';
COMMENT ON COLUMN feedback.rated_by IS 'who gave the rating';
COMMENT ON COLUMN feedback.part IS 'incoming, outgoing, coordinator or stakeholder';
COMMENT ON COLUMN feedback.given_at IS 'when it was given';
COMMENT ON COLUMN feedback.given_date IS 'day on which it was given';
COMMENT ON COLUMN feedback.efficiency_rating IS 'how efficient the handover was, 1 to 5';
COMMENT ON COLUMN feedback.completeness_rating IS 'how complete it was, in the eyes of who rates, 1 to 5';
COMMENT ON COLUMN feedback.confidence_rating IS 'how confident who rates is with the work, 1 to 5';
COMMENT ON COLUMN feedback.support_rating IS 'how good the support was, 1 to 5';
COMMENT ON COLUMN feedback.feedback_rating IS 'mean of the four ratings, or of those given, 1 to 5';
COMMENT ON COLUMN feedback.comment IS 'what was said with it';
COMMENT ON COLUMN feedback.accepted_date IS 'day on which the handover was accepted';
COMMENT ON COLUMN feedback.cutover_date IS 'day on which the new owner takes over';
COMMENT ON COLUMN feedback.overdue_after_count IS 'number of open items that have become overdue since the new owner took over; the same in each rating of a handover, so not to be summed';
COMMENT ON COLUMN feedback.question_after_count IS 'number of questions asked after the handover was accepted; the same in each rating of a handover, so not to be summed';
COMMENT ON COLUMN feedback.service_level_before_pct IS 'mean of the service levels before the new owner took over, in per cent of their targets';
COMMENT ON COLUMN feedback.service_level_after_pct IS 'mean of the service levels after the new owner took over, in per cent of their targets';
COMMENT ON COLUMN feedback.service_level_change_pct IS 'service_level_after_pct less service_level_before_pct; whether more is better depends on what is measured';
COMMENT ON COLUMN feedback.completeness_pct IS 'how far all rules of the checklist of the handover are met, 0 to 100';
COMMENT ON COLUMN feedback.submitted_completeness_pct IS 'how far all rules of its checklist were met when it was last submitted, 0 to 100; empty if that is not known';
COMMENT ON COLUMN feedback.return_count IS 'number of times that the handover was returned';

END
$create$;
COMMENT ON FUNCTION @extschema@.create_workspace_feedback() IS
    'part of create_workspace(): makes the reports on how handovers went in the first schema of the search_path, from the tables of the second';
