/*
 * workspace_import: handovers that come as documents, or from a handover before.
 */

-- Which columns of a table a document may fill, and with what kind of JSON. A
-- value of another kind goes into attributes, where rules find it as well.
CREATE FUNCTION @extschema@.document_columns(relation regclass, skip text[]) RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(pg_catalog.jsonb_object_agg(a.attname,
               CASE WHEN t.typcategory = 'B' THEN 'boolean'
                    WHEN t.typcategory = 'N' THEN 'number'
                    WHEN t.typcategory = 'A' THEN 'array'
                    WHEN t.oid = 'pg_catalog.jsonb'::pg_catalog.regtype THEN 'object'
                    ELSE 'string' END), '{}')
      FROM pg_catalog.pg_attribute AS a
           JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
     WHERE a.attrelid = document_columns.relation
       AND a.attnum > 0 AND NOT a.attisdropped
       AND a.attgenerated = '' AND a.attidentity = ''
       AND a.attname <> ALL (document_columns.skip);
END;
COMMENT ON FUNCTION @extschema@.document_columns(regclass, text[]) IS
    'part of import(): columns of a table and the kind of JSON that each takes';

-- An object as what fills columns, and what goes into attributes. Null is nothing.
CREATE FUNCTION @extschema@.split_object(object jsonb, columns jsonb, OUT filled jsonb, OUT attributes jsonb)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(pg_catalog.jsonb_object_agg(member.key, member.value) FILTER (WHERE fits.yes), '{}'),
           CASE WHEN split_object.columns ? 'attributes'
                THEN coalesce(CASE WHEN pg_catalog.jsonb_typeof(split_object.object -> 'attributes') = 'object'
                                   THEN split_object.object -> 'attributes' END, '{}')
                     || coalesce(pg_catalog.jsonb_object_agg(member.key, member.value) FILTER (WHERE NOT fits.yes), '{}')
           END
      FROM pg_catalog.jsonb_each(split_object.object) AS member (key, value)
           CROSS JOIN LATERAL (SELECT coalesce(pg_catalog.jsonb_typeof(member.value)
                                               = split_object.columns ->> member.key, false) AS yes) AS fits
     WHERE pg_catalog.jsonb_typeof(member.value) <> 'null'
       AND (member.key <> 'attributes' OR pg_catalog.jsonb_typeof(member.value) <> 'object');
END;
COMMENT ON FUNCTION @extschema@.split_object(jsonb, jsonb) IS
    'part of import(): what of an object fills columns, and what goes into attributes';

-- Keys of an object that nobody has heard of, in words.
CREATE FUNCTION @extschema@.unknown_keys(object jsonb, element text, columns jsonb, place text) RETURNS SETOF text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    WITH known AS (
        SELECT field.name
          FROM @extschema@.element AS e
               CROSS JOIN LATERAL pg_catalog.unnest(e.fields) AS field (name)
         WHERE e.name = unknown_keys.element
            OR e.name = 'item' AND unknown_keys.element <> 'handover'
        UNION
        SELECT f.name
          FROM @extschema@.field AS f
         WHERE f.element = unknown_keys.element
            OR f.element = 'item' AND unknown_keys.element <> 'handover'
        UNION
        SELECT field.name
          FROM pg_catalog.jsonb_object_keys(unknown_keys.columns) AS field (name)
        UNION
        SELECT e.name
          FROM @extschema@.element AS e
         WHERE unknown_keys.element = 'handover' AND e.name NOT IN ('handover', 'item')
    )
    SELECT unknown_keys.place || member.key || ' is not in the catalogue'
           || coalesce('; did you mean "'
                       || @extschema@.nearest(member.key, (SELECT pg_catalog.array_agg(known.name ORDER BY known.name) FROM known))
                       || '"?', '')
      FROM pg_catalog.jsonb_object_keys(unknown_keys.object) AS member (key)
     WHERE member.key NOT IN (SELECT known.name FROM known);
END;
COMMENT ON FUNCTION @extschema@.unknown_keys(jsonb, text, jsonb, text) IS
    'part of import(): keys of an object that are not in the catalogue, in words';

-- RAISE takes no NULL for what an error does not have, and shows an empty text.
CREATE FUNCTION @extschema@.raise_again(code text, message text, detail text, hint text) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF detail <> '' AND hint <> '' THEN
        RAISE EXCEPTION USING ERRCODE = code, MESSAGE = message, DETAIL = detail, HINT = hint;
    ELSIF detail <> '' THEN
        RAISE EXCEPTION USING ERRCODE = code, MESSAGE = message, DETAIL = detail;
    ELSIF hint <> '' THEN
        RAISE EXCEPTION USING ERRCODE = code, MESSAGE = message, HINT = hint;
    ELSE
        RAISE EXCEPTION USING ERRCODE = code, MESSAGE = message;
    END IF;
END
$function$;
COMMENT ON FUNCTION @extschema@.raise_again(text, text, text, text) IS
    'part of import(): raises an error anew';

CREATE FUNCTION @extschema@.create_workspace_import() RETURNS void
LANGUAGE plpgsql
AS $create$
BEGIN

CREATE OR REPLACE FUNCTION import(document jsonb, up_to @extschema@.status DEFAULT NULL,
                                  OUT handover_id bigint, OUT unknown text[])
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET timezone = 'UTC'
SET datestyle = 'ISO'
AS $function$
DECLARE
    header_columns jsonb := @extschema@.document_columns('handover',
        '{id,status,remark,returns,created_by,created_at,updated_at,submitted_by,submitted_at,returned_by,returned_at,accepted_by,accepted_at,closed_by,closed_at,cancelled_by,cancelled_at,restored_status,tally}');
    item_columns jsonb := @extschema@.document_columns('item',
        '{handover_id,element,created_at,origin_handover,origin_item}');
    goal @extschema@.status := coalesce(up_to, (document ->> 'status')::@extschema@.status, 'draft');
    header jsonb;
    section record;
    entry record;
    part record;
    place text;
    ids bigint[];
    waiting bigint;
    awaited bigint;
    message text;
    detail text;
    hint text;
BEGIN
    IF jsonb_typeof(document) IS DISTINCT FROM 'object' THEN
        RAISE EXCEPTION 'a document must be a JSON object'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;

    -- the header: what is no section of items
    SELECT coalesce(jsonb_object_agg(member.key, member.value), '{}') INTO header
      FROM jsonb_each(document) AS member (key, value)
     WHERE member.key <> 'status'
       AND NOT EXISTS (SELECT
                         FROM @extschema@.element AS e
                        WHERE e.name = member.key
                          AND e.name NOT IN ('handover', 'item'));
    SELECT coalesce(array_agg(k), '{}') INTO unknown
      FROM @extschema@.unknown_keys(header, 'handover', header_columns, '') AS k;
    place := 'header';
    SELECT * INTO part FROM @extschema@.split_object(header, header_columns);
    EXECUTE format('INSERT INTO handover (attributes%s) SELECT $2%s FROM jsonb_populate_record(NULL::handover, $1) AS r RETURNING id',
                   (SELECT string_agg(', ' || quote_ident(k), '' ORDER BY k) FROM jsonb_object_keys(part.filled) AS k),
                   (SELECT string_agg(', r.' || quote_ident(k), '' ORDER BY k) FROM jsonb_object_keys(part.filled) AS k))
       INTO handover_id
      USING part.filled, part.attributes;

    -- the items; dependencies last, since they name others
    FOR section IN
        SELECT member.key AS element,
               CASE jsonb_typeof(member.value) WHEN 'array' THEN member.value
                                               ELSE jsonb_build_array(member.value) END AS entries
          FROM jsonb_each(document) WITH ORDINALITY AS member (key, value, place)
         WHERE member.key NOT IN ('handover', 'item')
           AND EXISTS (SELECT FROM @extschema@.element AS e WHERE e.name = member.key)
         ORDER BY member.key = 'dependency', member.place
    LOOP
        FOR entry IN
            SELECT e.value, e.place
              FROM jsonb_array_elements(section.entries) WITH ORDINALITY AS e (value, place)
        LOOP
            place := format('%s[%s]', section.element, entry.place);
            CASE jsonb_typeof(entry.value)
                WHEN 'null' THEN
                    CONTINUE;
                WHEN 'object' THEN
                    unknown := unknown || ARRAY(SELECT @extschema@.unknown_keys(entry.value, section.element, item_columns, place || '.'));
                WHEN 'string' THEN
                    unknown := unknown || (place || ' is a text and no object; taken as a title');
                    entry.value := jsonb_build_object('title', entry.value);
                ELSE
                    RAISE EXCEPTION 'an item must be a JSON object, not %', jsonb_typeof(entry.value)
                        USING ERRCODE = 'invalid_parameter_value';
            END CASE;

            -- what says nothing is no item, as in a document
            IF NOT @extschema@.complete('require task', jsonb_build_object('task', jsonb_build_array(entry.value)), 'submitted') THEN
                unknown := unknown || (place || ' is empty; left out');
                CONTINUE;
            END IF;

            IF section.element = 'dependency' THEN
                -- a title that no item has, or several, is kept as it is
                SELECT array_agg(i.id) INTO ids
                  FROM item AS i
                 WHERE i.handover_id = import.handover_id AND i.title = entry.value ->> 'item';
                waiting := CASE cardinality(ids) WHEN 1 THEN ids[1] END;
                SELECT array_agg(i.id) INTO ids
                  FROM item AS i
                 WHERE i.handover_id = import.handover_id AND i.title = entry.value ->> 'waits_for';
                awaited := CASE cardinality(ids) WHEN 1 THEN ids[1] END;
                IF waiting IS NOT NULL
                   AND (awaited IS NOT NULL) = (coalesce(jsonb_typeof(entry.value -> 'waits_for'), 'null') <> 'null')
                   AND (awaited IS NOT NULL OR jsonb_typeof(entry.value -> 'outside') = 'string')
                   AND NOT EXISTS (SELECT
                                     FROM jsonb_each(entry.value) AS member (key, value)
                                    WHERE jsonb_typeof(member.value) <> 'null'
                                      AND (member.key NOT IN ('item', 'waits_for', 'outside', 'details')
                                           OR jsonb_typeof(member.value) <> 'string')) THEN
                    INSERT INTO dependency (handover_id, item, waits_for, outside, details)
                    VALUES (import.handover_id, waiting, awaited, entry.value ->> 'outside', entry.value ->> 'details');
                    CONTINUE;
                END IF;
            END IF;

            SELECT * INTO part FROM @extschema@.split_object(entry.value, item_columns);
            EXECUTE format('INSERT INTO item (handover_id, element, attributes%s) SELECT $2, $3, $4%s FROM jsonb_populate_record(NULL::item, $1) AS r',
                           (SELECT string_agg(', ' || quote_ident(k), '' ORDER BY k) FROM jsonb_object_keys(part.filled) AS k),
                           (SELECT string_agg(', r.' || quote_ident(k), '' ORDER BY k) FROM jsonb_object_keys(part.filled) AS k))
              USING part.filled, import.handover_id, section.element, part.attributes;
        END LOOP;
    END LOOP;

    -- as far as the document claims, one move after the other
    place := 'status';
    IF goal IN ('submitted', 'accepted', 'closed') THEN
        UPDATE handover SET status = 'submitted' WHERE id = import.handover_id;
    END IF;
    IF goal IN ('accepted', 'closed') THEN
        UPDATE handover SET status = 'accepted' WHERE id = import.handover_id;
    END IF;
    IF goal IN ('closed', 'cancelled') THEN
        UPDATE handover SET status = goal WHERE id = import.handover_id;
    END IF;

EXCEPTION
    -- nothing is left behind; say what part of the document it was
    WHEN others THEN
        GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
        IF place IS NULL THEN
            RAISE;
        END IF;
        PERFORM @extschema@.raise_again(SQLSTATE,
            CASE place WHEN 'status' THEN message ELSE place || ': ' || message END, detail,
            CASE place WHEN 'status' THEN 'Pass ''draft'' as second argument to store the document as a draft.'
                       ELSE hint END);
END
$function$;
COMMENT ON FUNCTION import(jsonb, @extschema@.status) IS
    'stores a document as a handover with its items, or nothing; says which keys are not in the catalogue';

CREATE OR REPLACE FUNCTION carry_forward(source bigint, target bigint DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $function$
DECLARE
    before handover;
    columns text;
BEGIN
    SELECT * INTO before FROM handover AS h WHERE h.id = source;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'handover % does not exist', source USING ERRCODE = 'no_data_found';
    END IF;
    IF target = source THEN
        RAISE EXCEPTION 'handover % cannot be carried forward into itself', source
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF before.status NOT IN ('accepted', 'closed') THEN
        RAISE EXCEPTION 'handover % is %', source, before.status
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = 'Only what was accepted is carried forward: until then its items are not the new owner''s.';
    END IF;

    -- who took over hands over next
    IF target IS NULL THEN
        INSERT INTO handover (title, role, industries, outgoing, outgoing_team, checklist)
        VALUES (before.title, before.role, before.industries, before.incoming, before.incoming_team, before.checklist)
        RETURNING id INTO target;
    ELSE
        UPDATE handover AS h
           SET outgoing = coalesce(h.outgoing, before.incoming),
               outgoing_team = coalesce(h.outgoing_team, before.incoming_team)
         WHERE h.id = target;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'handover % does not exist', target USING ERRCODE = 'no_data_found';
        END IF;
    END IF;

    -- columns of the user's own, too; what the new owner has confirmed is to be confirmed again
    SELECT string_agg(quote_ident(k), ', ' ORDER BY k) INTO columns
      FROM jsonb_object_keys(@extschema@.document_columns('item',
               '{handover_id,created_at,origin_handover,origin_item,owner,new_owner,acknowledged_by,acknowledged_at,read_back,attributes}')) AS k;
    EXECUTE format('INSERT INTO item (handover_id, owner, attributes, created_at, origin_handover, origin_item, %1$s) '
                   'SELECT $2, coalesce(i.new_owner, i.owner), i.attributes - ARRAY(SELECT f.name FROM @extschema@.field AS f WHERE f.element IN (''item'', i.element) AND NOT f.carried), i.created_at, i.handover_id, i.id, %2$s '
                   'FROM item AS i '
                   'WHERE i.handover_id = $1 AND (i.state IS NULL OR i.state NOT IN (''done'', ''none'')) '
                   'AND NOT EXISTS (SELECT FROM @extschema@.element AS e WHERE e.name = i.element AND NOT e.carried) '
                   'ORDER BY i.id '
                   'ON CONFLICT (handover_id, origin_handover, origin_item) WHERE origin_item IS NOT NULL DO NOTHING',
                   columns, (SELECT string_agg('i.' || c, ', ') FROM unnest(string_to_array(columns, ', ')) AS c))
      USING source, target;

    INSERT INTO dependency (handover_id, item, waits_for, outside, details)
    SELECT target, waiting.id, awaited.id, d.outside, d.details
      FROM dependency AS d
           JOIN item AS waiting
             ON waiting.handover_id = target AND waiting.origin_handover = source AND waiting.origin_item = d.item
           LEFT JOIN item AS awaited
             ON awaited.handover_id = target AND awaited.origin_handover = source AND awaited.origin_item = d.waits_for
     WHERE d.handover_id = source
       AND (awaited.id IS NOT NULL OR d.outside IS NOT NULL)
       AND NOT EXISTS (SELECT
                         FROM dependency AS present
                        WHERE present.handover_id = target
                          AND present.item = waiting.id
                          AND present.waits_for IS NOT DISTINCT FROM awaited.id
                          AND present.outside IS NOT DISTINCT FROM d.outside);
    RETURN target;
END
$function$;
COMMENT ON FUNCTION carry_forward(bigint, bigint) IS
    'takes the open items of an accepted handover into the next one, each once; makes that if none is given';

END
$create$;
COMMENT ON FUNCTION @extschema@.create_workspace_import() IS
    'part of create_workspace(): makes import() and carry_forward() in the first schema of the search_path';
