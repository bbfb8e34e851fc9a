/*
 * timeline: the audit log of a workspace, and a report on it in words.
 */

/*
 * The owner of tables may read what the log says of them; so a report of theirs may, whoever reads it.  That takes
 * a policy for each owner: current_user would be the reader.
 */
CREATE FUNCTION @extschema@.open_log(owner name) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    policy name := 'of tables of ' || CASE WHEN octet_length(owner) < 50 THEN owner::text ELSE md5(owner) END;
    protected name;
BEGIN
    IF NOT pg_has_role(@extschema@.caller(), owner, 'USAGE') THEN
        RAISE EXCEPTION 'must be a member of role "%"', owner
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- a policy is made under a lock that writers wait for, so not for anybody
    IF NOT has_database_privilege(owner, current_database(), 'CREATE')
       AND NOT EXISTS (SELECT
                         FROM @extschema@.audit_table AS t
                              JOIN pg_class AS c ON c.oid = t.relation
                        WHERE pg_get_userbyid(c.relowner) = owner) THEN
        RAISE EXCEPTION 'role "%" has no table that is audited, and may make no workspace', owner
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF EXISTS (SELECT FROM pg_policy AS p
                WHERE p.polrelid = '@extschema@.audit_log'::regclass AND p.polname LIKE 'of tables of %' AND p.polroles = ARRAY[to_regrole(quote_ident(owner))::oid]) THEN
        RETURN;
    END IF;
    -- of a role that had this name before
    IF EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = '@extschema@.audit_log'::regclass AND p.polname = policy) THEN
        policy := 'of tables of role ' || to_regrole(quote_ident(owner))::oid;
    END IF;
    FOREACH protected IN ARRAY '{audit_log,audit_context}'::name[] LOOP
        EXECUTE format('CREATE POLICY %I ON @extschema@.%I FOR SELECT TO %I
                        USING (relation_id IN (SELECT n.id
                                                 FROM @extschema@.audit_relation_now AS n
                                                      JOIN pg_catalog.pg_class AS c ON c.oid = n.relid
                                                      -- the role that the policy is for, whatever its name is by then
                                                      JOIN pg_catalog.pg_policy AS own ON own.polroles = ARRAY[c.relowner]
                                                WHERE own.polrelid = ''@extschema@.audit_log''::pg_catalog.regclass
                                                  AND own.polname = %1$L))', policy, protected, owner);
    END LOOP;
    EXECUTE format('GRANT SELECT ON @extschema@.audit_log, @extschema@.audit_context, @extschema@.audit_relation_now TO %I', owner);
END
$function$;
COMMENT ON FUNCTION @extschema@.open_log(name) IS
    'part of audit_workspace(): lets a role of the caller read what is logged of tables that it owns';

CREATE FUNCTION @extschema@.audit_workspace(name text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    found record;
BEGIN
    PERFORM @extschema@.check_workspace(name);
    PERFORM @extschema@.open_log((SELECT pg_get_userbyid(n.nspowner) FROM pg_namespace AS n WHERE n.oid = to_regnamespace(quote_ident(name))));
    FOR found IN
        -- what the database computes is not logged: a handover is touched with each of its items;
        -- what was signed is logged by its hash
        SELECT c.oid::regclass AS relation, t.exclude
          FROM (VALUES ('handover', '{tally,completeness}'::text[]), ('item', '{priority}'), ('dependency', '{}'), ('signoff', '{document}'),
                       ('party_member', '{}'), ('finding_rule', '{}'), ('finding_override', '{}'))
                   AS t (name, exclude)
               JOIN pg_class AS c ON c.relname = t.name
         WHERE c.relnamespace = to_regnamespace(quote_ident(audit_workspace.name))
           AND c.relkind IN ('r', 'p')
           AND NOT (@extschema@.is_audited(c.oid)
                    AND EXISTS (SELECT FROM pg_trigger AS g WHERE g.tgrelid = c.oid AND g.tgname = 'zz_audit_row'))
         ORDER BY c.relname
    LOOP
        PERFORM @extschema@.audit(found.relation, exclude => found.exclude, skip_unchanged => true);
    END LOOP;
END
$function$;
COMMENT ON FUNCTION @extschema@.audit_workspace(text) IS
    'audits the tables of a workspace that are not audited yet, and lets its owner read what is logged of them';

-- ------------------------------------------------------------------------
-- In words
-- ------------------------------------------------------------------------

-- A number of a key: key_part('{17,5}', 2) is 5.  It is said to cost much, so that all of the log is not searched by it.
CREATE FUNCTION @extschema@.key_part(key text, place integer) RETURNS bigint
    AS 'MODULE_PATHNAME', 'handover_key_part' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.key_part(text, integer) IS
    'a number of the key of an entry of the log; NULL if it is none';

CREATE FUNCTION @extschema@.value_in_words(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN value ~ '^\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00$' THEN pg_catalog.replace(pg_catalog.split_part(value, ':', 1), 'T', ' ')
                                                                                  || ':' || pg_catalog.split_part(value, ':', 2) || ' UTC'
            ELSE pg_catalog."left"(value, 60) END;
COMMENT ON FUNCTION @extschema@.value_in_words(text) IS
    'part of change_in_words(): a value of an entry of the log, as people read it';

-- Values are told of what is short and about the work; of the rest only that it changed.
CREATE FUNCTION @extschema@.change_in_words(operation "char", subject text, old jsonb, new jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE change_in_words.operation
               WHEN 'I' THEN CASE change_in_words.subject WHEN 'signoff' THEN 'signed: ' || coalesce(change_in_words.new ->> 'step', '')
                                                          WHEN 'override' THEN 'finding overridden: ' || coalesce(pg_catalog.replace(change_in_words.new ->> 'code', '_', ' '), '')
                                                          ELSE 'added' END
               WHEN 'D' THEN 'removed'
               WHEN 'T' THEN 'removed all'
               ELSE (SELECT coalesce(pg_catalog.string_agg(
                         CASE WHEN m.key IN ('status', 'state', 'owner', 'new_owner', 'outgoing', 'incoming', 'coordinator', 'outgoing_team', 'incoming_team',
                                             'urgency', 'importance', 'impact', 'critical', 'due_at', 'effective_at', 'support_until',
                                             'transition_start_at', 'element', 'role')
                              THEN pg_catalog.replace(m.key, '_', ' ')
                                   || coalesce(' from ' || @extschema@.value_in_words(change_in_words.old ->> m.key), '')
                                   || ' to ' || coalesce(@extschema@.value_in_words(change_in_words.new ->> m.key), 'nothing')
                              WHEN m.key = 'attributes' AND pg_catalog.jsonb_typeof(m.value) = 'object'
                                   AND pg_catalog.jsonb_typeof(change_in_words.old -> m.key) = 'object'
                              THEN (SELECT pg_catalog.string_agg(a.key, ', ' ORDER BY a.key)
                                      FROM pg_catalog.jsonb_object_keys(m.value || (change_in_words.old -> m.key)) AS a (key)
                                     WHERE m.value -> a.key IS DISTINCT FROM change_in_words.old -> m.key -> a.key)
                              ELSE pg_catalog.replace(m.key, '_', ' ') END, '; ' ORDER BY m.key), 'nothing')
                       FROM pg_catalog.jsonb_each(change_in_words.new) AS m
                      WHERE m.key NOT LIKE '%\_by' AND m.key NOT IN ('updated_at', 'submitted_at', 'returned_at', 'accepted_at', 'closed_at',
                                                                    'cancelled_at', 'returns', 'restored_status')) END;
END;
COMMENT ON FUNCTION @extschema@.change_in_words("char", text, jsonb, jsonb) IS
    'what an entry of the log says of a table of a workspace, in words; texts, attributes and names of contacts are not told';

CREATE FUNCTION @extschema@.create_workspace_timeline() RETURNS void
LANGUAGE plpgsql
AS $create$
BEGIN

CREATE OR REPLACE VIEW timeline AS
SELECT (l.transaction_id || '.' || l.id)::varchar(64) AS entry_key,
       h.id AS handover_id,
       l.changed_at,
       (l.changed_at AT TIME ZONE 'UTC')::date AS changed_date,
       c.actor::varchar(255) AS actor,
       c.application_name::varchar(255) AS application,
       s.subject::varchar(16) AS subject,
       (CASE l.operation WHEN 'I' THEN 'added' WHEN 'U' THEN 'changed' ELSE 'removed' END)::varchar(16) AS action,
       (CASE l.operation WHEN 'I' THEN 1 WHEN 'U' THEN 2 ELSE 3 END)::smallint AS action_rank,
       h.title::varchar(255) AS title,
       h.role,
       h.status::text::varchar(16) AS status,
       h.outgoing_team,
       h.incoming_team,
       CASE s.subject WHEN 'item' THEN @extschema@.key_part(l.key, 2) END AS item_id,
       coalesce(i.element, l.new ->> 'element', l.old ->> 'element')::varchar(255) AS element,
       (CASE WHEN s.subject = 'item' AND coalesce(i.element, l.new ->> 'element', l.old ->> 'element') IS DISTINCT FROM 'contact'
             THEN coalesce(i.title, l.new ->> 'title', l.old ->> 'title') END)::varchar(255) AS item_title,
       @extschema@.change_in_words(l.operation, s.subject, l.old, l.new) AS what,
       coalesce(l.changed_at > h.submitted_at, false) AS is_after_submission,
       coalesce(l.changed_at > h.submitted_at, false)::integer AS after_submission_count
  FROM visible_handover AS h
       -- The key of a handover is its number; keys of the other tables begin with it, so that an index
       -- finds them from there, and finds the handover from here.  (OFFSET 0 keeps the planner from
       -- taking this apart: it would not see that there are few of them.)
       CROSS JOIN LATERAL (SELECT v.subject, n.id,
                                  @extschema@.audit_place_from(n.id, h.id) AS first_place,
                                  @extschema@.audit_place_to(n.id, h.id) AS last_place
                             FROM (VALUES ('handover', 'handover'::regclass), ('item', 'item'::regclass), ('dependency', 'dependency'::regclass),
                                          ('signoff', 'signoff'::regclass), ('override', 'finding_override'::regclass)) AS v (subject, relation)
                                  JOIN @extschema@.audit_relation_now AS n ON n.relid = v.relation
                           OFFSET 0) AS s
       JOIN @extschema@.audit_log AS l
         -- Said four times: of each condition on a value that it does not know, the planner thinks that it leaves
         -- a third, and would rather read all of the log.  The index is searched once.
         ON @extschema@.audit_place(l.relation_id, l.key) >= s.first_place AND @extschema@.audit_place(l.relation_id, l.key) <= s.last_place
        AND @extschema@.audit_place(l.relation_id, l.key) >= s.first_place AND @extschema@.audit_place(l.relation_id, l.key) <= s.last_place
        AND @extschema@.audit_place(l.relation_id, l.key) >= s.first_place AND @extschema@.audit_place(l.relation_id, l.key) <= s.last_place
        AND @extschema@.audit_place(l.relation_id, l.key) >= s.first_place AND @extschema@.audit_place(l.relation_id, l.key) <= s.last_place
        AND l.relation_id = s.id
        AND @extschema@.key_part(l.key, 1) = h.id
       -- one by one, by the key: the planner thinks that there are so few entries that any way would do
       CROSS JOIN LATERAL (SELECT a.actor, a.application_name
                             FROM @extschema@.audit_context AS a WHERE a.id = l.context_id OFFSET 0) AS c
       -- of what is returned alone, and not of all that is sorted
       CROSS JOIN LATERAL (SELECT (SELECT item.element
                                     FROM item
                                    WHERE s.subject = 'item' AND item.handover_id = h.id AND item.id = @extschema@.key_part(l.key, 2)) AS element,
                                  (SELECT item.title
                                     FROM item
                                    WHERE s.subject = 'item' AND item.handover_id = h.id AND item.id = @extschema@.key_part(l.key, 2)) AS title) AS i
 WHERE l.operation <> 'E';
COMMENT ON VIEW timeline IS 'Who changed what, when? One row is a change of a row of the workspace, from the audit log. Handovers that were deleted are left out. Days are in UTC.';
COMMENT ON COLUMN timeline.entry_key IS 'key of the entry in the audit log';
COMMENT ON COLUMN timeline.handover_id IS 'key of the handover';
COMMENT ON COLUMN timeline.changed_at IS 'when it was changed';
COMMENT ON COLUMN timeline.changed_date IS 'day on which it was changed';
COMMENT ON COLUMN timeline.actor IS 'person that changed it, as far as the application told';
COMMENT ON COLUMN timeline.application IS 'application by which it was changed, as it calls itself';
COMMENT ON COLUMN timeline.subject IS 'handover, item, dependency, signoff or override';
COMMENT ON COLUMN timeline.action IS 'added, changed or removed';
COMMENT ON COLUMN timeline.action_rank IS 'action in its order: 1 added, 2 changed, 3 removed';
COMMENT ON COLUMN timeline.title IS 'what is handed over, in a few words';
COMMENT ON COLUMN timeline.role IS 'role whose work it is, by its template';
COMMENT ON COLUMN timeline.status IS 'status that the handover has now: draft, submitted, accepted, closed or cancelled';
COMMENT ON COLUMN timeline.outgoing_team IS 'team of who hands over';
COMMENT ON COLUMN timeline.incoming_team IS 'team of who takes over';
COMMENT ON COLUMN timeline.item_id IS 'key of the item, if it is about one';
COMMENT ON COLUMN timeline.element IS 'what the item is: task, issue, ...';
COMMENT ON COLUMN timeline.item_title IS 'the item in a few words; not told of contacts';
COMMENT ON COLUMN timeline.what IS 'what was changed, in words';
COMMENT ON COLUMN timeline.is_after_submission IS 'whether it was changed after the handover was last submitted';
COMMENT ON COLUMN timeline.after_submission_count IS '1 if it was changed after the handover was last submitted, else 0; to be summed';

END
$create$;
COMMENT ON FUNCTION @extschema@.create_workspace_timeline() IS
    'part of create_workspace(): makes the report on the log in the first schema of the search_path, from the tables of the second';
