/*
 * document: rows of a workspace as a document, and a document as Markdown.
 */

CREATE FUNCTION @extschema@.to_document("row" record, skip text[]) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'handover_to_document' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.to_document(record, text[]) IS
    'a row as an object of a document: columns but those to skip, without NULLs, times in UTC, attributes beside them';

-- A value in a line of Markdown: nothing in it may be taken for markup or end the line.
CREATE FUNCTION @extschema@.markdown_text(value jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT pg_catalog.regexp_replace(
               pg_catalog.regexp_replace(
                   CASE pg_catalog.jsonb_typeof(markdown_text.value)
                       WHEN 'string' THEN markdown_text.value #>> '{}'
                       WHEN 'array' THEN (SELECT pg_catalog.string_agg(CASE pg_catalog.jsonb_typeof(entry.value)
                                                                           WHEN 'string' THEN entry.value #>> '{}'
                                                                           ELSE entry.value::text END,
                                                                       '; ' ORDER BY entry.place)
                                            FROM pg_catalog.jsonb_array_elements(markdown_text.value)
                                                 WITH ORDINALITY AS entry (value, place))
                       WHEN 'boolean' THEN CASE WHEN markdown_text.value::boolean THEN 'yes' ELSE 'no' END
                       ELSE markdown_text.value::text
                   END,
                   '\s+', ' ', 'g'),
               -- within a word, an underscore is none
               '([\\`*\[\]<>#|]|(?<![[:alnum:]])_|_(?![[:alnum:]]))', '\\\1', 'g');
END;
COMMENT ON FUNCTION @extschema@.markdown_text(jsonb) IS
    'a value as text within a line of Markdown';

CREATE FUNCTION @extschema@.markdown_fields(fields jsonb, indent text, skip text[]) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(pg_catalog.string_agg(
               markdown_fields.indent || '- ' || @extschema@.markdown_text(pg_catalog.to_jsonb(pg_catalog.replace(field.key, '_', ' '))) || ': '
                   || @extschema@.markdown_text(field.value) || E'\n',
               '' ORDER BY field.place), '')
      FROM pg_catalog.jsonb_each(markdown_fields.fields) WITH ORDINALITY AS field (key, value, place)
     WHERE field.key <> ALL (markdown_fields.skip);
END;
COMMENT ON FUNCTION @extschema@.markdown_fields(jsonb, text, text[]) IS
    'an object as a list in Markdown, without the keys to skip';

CREATE FUNCTION @extschema@.markdown(document jsonb) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    WITH section AS (
        SELECT key.name, element.title, key.value,
               pg_catalog.row_number() OVER (ORDER BY element.builtin DESC, element.ctid) AS place
          FROM pg_catalog.jsonb_each(CASE WHEN pg_catalog.jsonb_typeof(markdown.document) = 'object'
                                          THEN markdown.document ELSE '{}' END) AS key (name, value)
               JOIN @extschema@.element ON element.name = key.name
         WHERE pg_catalog.jsonb_typeof(key.value) = 'array'
    ),
    entry AS (
        SELECT section.place AS section, item.place,
               CASE WHEN pg_catalog.jsonb_typeof(item.value) <> 'object'
                    THEN '- ' || @extschema@.markdown_text(item.value) || E'\n'
                    WHEN item.value ->> 'state' = 'none'
                    THEN '- none' || coalesce(': ' || @extschema@.markdown_text(item.value -> 'details'), '') || E'\n'
                    ELSE '- **' || coalesce(@extschema@.markdown_text(item.value -> 'title'),
                                            @extschema@.markdown_text(item.value -> 'name'),
                                            section.title) || E'**\n'
                         || @extschema@.markdown_fields(item.value, '  ',
                                CASE WHEN item.value ? 'title' THEN '{title}'::text[] ELSE '{name}' END)
               END AS text
          FROM section
               CROSS JOIN LATERAL pg_catalog.jsonb_array_elements(section.value)
                   WITH ORDINALITY AS item (value, place)
    )
    SELECT '# ' || coalesce(@extschema@.markdown_text(markdown.document -> 'title'), 'Handover') || E'\n\n'
           || @extschema@.markdown_fields(markdown.document,
                  '', ARRAY['title'] || ARRAY(SELECT section.name FROM section))
           || coalesce((SELECT pg_catalog.string_agg(part.text, '' ORDER BY part.place)
                          FROM (SELECT section.place,
                                       E'\n## ' || section.title || E'\n\n'
                                       || pg_catalog.string_agg(entry.text, '' ORDER BY entry.place) AS text
                                  FROM section JOIN entry ON entry.section = section.place
                                 GROUP BY section.place, section.title) AS part), '');
END;
COMMENT ON FUNCTION @extschema@.markdown(jsonb) IS
    'a document as Markdown, for people: its header, then a section an element';
