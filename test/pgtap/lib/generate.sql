--
-- generate: random checklists and documents, aimed at the edges of doc/checklist.md
--
-- Texts of checklists come from the grammar.  Values of both are drawn from small pools, so that
-- they often meet.  Reproducible after setseed().  Included by the tests; it is not a test.
--

CREATE SCHEMA generate;

CREATE FUNCTION generate.any_of(pool anyarray) RETURNS anyelement LANGUAGE plpgsql AS $$
BEGIN
    RETURN pool[1 + floor(random() * cardinality(pool))];
END $$;

CREATE FUNCTION generate.one_of(VARIADIC pool text[]) RETURNS text LANGUAGE sql AS $$
    SELECT generate.any_of(pool)
$$;

CREATE FUNCTION generate.chance(probability double precision) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RETURN random() < probability;
END $$;

-- Names of the language and others, as they stand between the double quotes.
CREATE FUNCTION generate.elements() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT '{task,task,risk,contact,document,handover,item,"Open Task","where"}'::text[]
$$;

CREATE FUNCTION generate.fields() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT '{a,a,b,urgency,state,"Due At","ü","and","x\"y",attributes}'::text[]
$$;

CREATE FUNCTION generate.texts() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT ARRAY[
        '', ' ', E'\t\n', U&'\00A0', U&'\200B', U&'\3000', U&'\2060\FEFF \0085', U&'\00A0x', U&'\200B0',
        'low', 'medium', 'high', 'critical', 'High', ' high', 'highest', 'med',
        'none', 'None', 'done', 'do', 'true', 'false', 'null', '0', '1', '10', '9', '1.0', '-1',
        'a', 'A', 'ä', 'z', 'Z', 'it''s', '"', '\', '2026-01-31', '2026-02-01', '2026-02-01T00:00:00+00:00',
        'one two', ' one  two ', U&'one\00A0two\3000three', U&'one\200Btwo', U&'\200C\200D', U&'one \200E two', 'one,two', U&'\+01F600']
$$;

CREATE FUNCTION generate.numbers() RETURNS numeric[] LANGUAGE sql IMMUTABLE AS $$
    SELECT '{0,0,1,1.0,-1,2,3,9,10,0.1,0.10000000000000001,1.5,100,1000000,-0.5,
             12345678901234567890,12345678901234567890.5,12345678901234567891}'::numeric[]
$$;

-- Values that are neither text nor number.
CREATE FUNCTION generate.others() RETURNS jsonb[] LANGUAGE sql IMMUTABLE AS $$
    SELECT ARRAY['null', 'null', 'true', 'false', '[]', '{}', '[null]', '[[], {}]', '[""]', '["\u00a0", false]',
                 '{"a": [""]}', '{"a": {"b": [null, " "]}}', '[0]', '["high"]', '[[[["x"]]]]', '{"a": 0}',
                 '{"a": "high", "state": "none"}', '{"": true}', '[false, [true]]']::jsonb[]
$$;

CREATE FUNCTION generate.value() RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    RETURN CASE floor(random() * 5)
        WHEN 0 THEN to_jsonb(generate.any_of(generate.numbers()))
        WHEN 1 THEN to_jsonb(generate.one_of('low', 'medium', 'high', 'critical', 'High'))
        WHEN 2 THEN generate.any_of(generate.others())
        ELSE to_jsonb(generate.any_of(generate.texts()))
    END;
END $$;

-- An object with some of the fields, some of them in its attributes.
CREATE FUNCTION generate.item(depth integer DEFAULT 0) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    item jsonb := '{}';
    field text;
BEGIN
    FOREACH field IN ARRAY generate.fields() LOOP
        IF field <> 'attributes' AND generate.chance(0.4) THEN
            item := item || jsonb_build_object(field,
                CASE WHEN field = 'state' AND generate.chance(0.5) THEN '"none"' ELSE generate.value() END);
        END IF;
    END LOOP;
    IF generate.chance(0.3) THEN
        item := item || jsonb_build_object('attributes',
            CASE WHEN depth = 0 AND generate.chance(0.8) THEN generate.item(1) ELSE generate.value() END);
    END IF;
    RETURN item;
END $$;

-- What stands below the key of an element: most often a list of objects.
CREATE FUNCTION generate.section() RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    section jsonb := '[]';
BEGIN
    IF generate.chance(0.1) THEN
        RETURN generate.value();
    ELSIF generate.chance(0.1) THEN
        RETURN generate.item();
    END IF;
    FOR i IN 1 .. floor(random() * 5) LOOP
        section := section || jsonb_build_array(
            CASE WHEN generate.chance(0.2) THEN generate.value()
                 WHEN generate.chance(0.1) THEN '{"state": "none"}'
                 ELSE generate.item() END);
    END LOOP;
    RETURN section;
END $$;

CREATE FUNCTION generate.document() RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    document jsonb := '{}';
    element text;
BEGIN
    IF generate.chance(0.04) THEN
        RETURN generate.any_of(ARRAY[NULL, 'null', 'true', '0', '"x"', '[]', '[{"a": 1}]', '{}',
                                              '{"a": [null, {"b": " "}]}', '{"state": "none"}']::jsonb[]);
    END IF;
    IF generate.chance(0.8) THEN
        document := generate.item();
    END IF;
    FOREACH element IN ARRAY generate.elements() LOOP
        IF generate.chance(0.5) THEN
            document := document || jsonb_build_object(element, generate.section());
        END IF;
    END LOOP;
    RETURN document;
END $$;

-- A name as it may be written: quoted if it must be, else sometimes quoted or in upper case.
CREATE FUNCTION generate.name(name text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN CASE
        WHEN name !~ '^[a-z]+$' OR name IN ('and', 'where') OR generate.chance(0.1)
            THEN '"' || replace(name, '"', '""') || '"'
        WHEN generate.chance(0.1) THEN upper(name)
        ELSE name END;
END $$;

CREATE FUNCTION generate.string(value text) RETURNS text LANGUAGE sql AS $$
    SELECT '''' || replace(value, '''', '''''') || ''''
$$;

-- A term.  State is often compared with none.
CREATE FUNCTION generate.term(field text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    negated CONSTANT text := generate.one_of('', '', '', 'not ');
    operator CONSTANT text := generate.one_of('=', '=', '<>', '<', '<=', '>', '>=');
    name CONSTANT text := generate.name(field);
    value text;
BEGIN
    IF field = 'state' AND generate.chance(0.4) THEN
        RETURN format('%s%s %s %s', negated, name, operator, generate.one_of('none', '''none'''));
    END IF;
    CASE floor(random() * 6)
        WHEN 0, 1 THEN
            RETURN negated || name;
        WHEN 2 THEN
            RETURN format('%swords(%s) %s %s', negated, name, operator, generate.any_of(ARRAY[0, 1, 2, 3]));
        WHEN 3 THEN
            value := generate.one_of('low', 'medium', 'high', 'critical');
        WHEN 4 THEN
            value := generate.any_of(generate.numbers());
        WHEN 5 THEN
            IF operator IN ('=', '<>') AND generate.chance(0.2) THEN
                value := generate.one_of('true', 'false', 'done', 'Done');
            ELSE
                value := generate.string(generate.any_of(generate.texts()));
            END IF;
    END CASE;
    RETURN format('%s%s %s %s', negated, name, operator, value);
END $$;

-- What may follow a claim.
CREATE FUNCTION generate.tail() RETURNS text LANGUAGE sql AS $$
    SELECT generate.one_of('', '', ' to submit', ' to accept', ' to close')
        || generate.one_of('', '', ' weight 0', ' weight 2', ' weight 0.25', ' weight 1000000')
        || generate.one_of('', '', ' ''a label''', ' ''another, it''''s "odd"; -- so''')
$$;

CREATE FUNCTION generate.rule(elements text[], fields text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    element CONSTANT text := generate.name(generate.any_of(elements));
    verb CONSTANT text := generate.one_of('require', 'require', 'suggest', 'REQUIRE');
    wheres text := '';
    has text;
    rule text;
BEGIN
    FOR i IN 1 .. generate.any_of(ARRAY[0, 0, 1, 1, 2, 3]) LOOP
        wheres := wheres || CASE i WHEN 1 THEN ' where ' ELSE ' and ' END
            || generate.term(generate.any_of(fields));
    END LOOP;
    CASE floor(random() * 3)
        WHEN 0 THEN
            rule := verb || generate.one_of(' ', ' ', ' 1 ', ' 2 ', ' 3 ') || element || wheres;
        WHEN 1 THEN
            rule := generate.one_of('', verb || ' ') || 'no ' || element || wheres;
        WHEN 2 THEN
            has := generate.term(generate.any_of(fields));
            IF generate.chance(0.3) THEN
                has := has || ', ' || generate.term(generate.any_of(fields));
            END IF;
            rule := generate.one_of('', verb || ' ') || 'every ' || element || wheres || ' has ' || has;
    END CASE;
    RETURN rule || generate.tail();
END $$;

CREATE FUNCTION generate.checklist(elements text[] DEFAULT generate.elements(),
                                   fields text[] DEFAULT generate.fields(),
                                   most integer DEFAULT 8) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    checklist text := '';
BEGIN
    FOR i IN 1 .. floor(random() * (most + 1)) LOOP
        checklist := checklist || CASE i WHEN 1 THEN '' ELSE generate.one_of(';', E';\n', E' -- so; it''s\n;\t') END
            || generate.rule(elements, fields);
    END LOOP;
    RETURN checklist || CASE WHEN checklist <> '' AND generate.chance(0.2) THEN ';' ELSE '' END;
END $$;
