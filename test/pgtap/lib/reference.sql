--
-- reference: what a checklist asks of a document, a second time
--
-- Slow and obvious, written from doc/checklist.md alone, over checklist::jsonb.  The tests compare
-- the C code with it.  Included by them within a transaction; it is not a test.
--

CREATE SCHEMA reference;

-- A text that has only characters without width and white space is blank; words are what white space
-- separates, if they are not.
CREATE FUNCTION reference.words(value text) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    spaces CONSTANT text := U&'\0009\000A\000B\000C\000D\0020\0085\00A0\1680\2000\2001\2002\2003\2004\2005\2006\2007'
        || U&'\2008\2009\200A\2028\2029\202F\205F\3000';
    invisible CONSTANT text := U&'\200B\200C\200D\200E\200F\2060\FEFF';
BEGIN
    value := translate(value, invisible, '');
    value := translate(value, spaces, repeat(' ', length(spaces)));
    RETURN (SELECT count(*) FROM string_to_table(value, ' ') AS word WHERE word <> '');
END $$;

CREATE FUNCTION reference.words(value jsonb) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN CASE jsonb_typeof(value) WHEN 'string' THEN reference.words(value #>> '{}') ELSE 0 END;
END $$;

-- At any depth, a scalar that is not null, not false and not blank text.
CREATE FUNCTION reference.filled(value jsonb) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN EXISTS (
        SELECT
        FROM jsonb_path_query(value, 'strict $.**') AS scalar
        WHERE CASE jsonb_typeof(scalar)
                  WHEN 'number' THEN true
                  WHEN 'boolean' THEN scalar = 'true'
                  WHEN 'string' THEN reference.words(scalar) > 0
                  ELSE false
              END);
END $$;

-- Absent or null is NULL.
CREATE FUNCTION reference.field(item jsonb, name text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF jsonb_typeof(item) IS DISTINCT FROM 'object' THEN
        RETURN NULL;
    ELSIF item -> name <> 'null' THEN
        RETURN item -> name;
    ELSIF jsonb_typeof(item -> 'attributes') = 'object' THEN
        RETURN nullif(item -> 'attributes' -> name, 'null');
    END IF;
    RETURN NULL;
END $$;

-- Negative, zero or positive; NULL if the two do not compare.
CREATE FUNCTION reference.compare(value jsonb, term jsonb) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    wanted CONSTANT jsonb := term -> 'value';
    levels CONSTANT jsonb[] := '{"\"low\"","\"medium\"","\"high\"","\"critical\""}';
    a text COLLATE "C" := value #>> '{}';
    b text COLLATE "C" := wanted #>> '{}';
BEGIN
    IF jsonb_typeof(value) IS DISTINCT FROM jsonb_typeof(wanted) THEN
        RETURN NULL;
    END IF;
    RETURN CASE
        WHEN term ? 'level' THEN array_position(levels, value) - array_position(levels, wanted)
        WHEN jsonb_typeof(value) = 'number' THEN sign(a::numeric - b::numeric)
        WHEN a < b THEN -1
        WHEN a > b THEN 1
        ELSE 0
    END;
END $$;

CREATE FUNCTION reference.term_holds(term jsonb, item jsonb) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    value CONSTANT jsonb := reference.field(item, term ->> 'field');
    difference integer;
    holds boolean;
BEGIN
    IF NOT term ? 'op' THEN
        holds := reference.filled(value);
    ELSE
        difference := CASE WHEN (term -> 'words')::boolean
                           THEN reference.words(value) - (term -> 'value')::bigint
                           ELSE reference.compare(value, term) END;
        holds := CASE term ->> 'op'
            WHEN '=' THEN difference IS NOT DISTINCT FROM 0
            WHEN '<>' THEN difference IS DISTINCT FROM 0
            WHEN '<' THEN coalesce(difference < 0, false)
            WHEN '<=' THEN coalesce(difference <= 0, false)
            WHEN '>' THEN coalesce(difference > 0, false)
            WHEN '>=' THEN coalesce(difference >= 0, false)
        END;
    END IF;
    RETURN holds <> (term -> 'not')::boolean;
END $$;

CREATE FUNCTION reference.terms_hold(terms jsonb, item jsonb) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN coalesce((SELECT bool_and(reference.term_holds(term, item)) FROM jsonb_array_elements(terms) AS term), true);
END $$;

-- Does the rule itself compare state with none?
CREATE FUNCTION reference.asks_for_none(rule jsonb) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN EXISTS (
        SELECT
        FROM jsonb_array_elements(rule -> 'where' || coalesce(rule -> 'has', '[]')) AS term
        WHERE term ->> 'field' = 'state' AND NOT (term -> 'words')::boolean AND term -> 'value' = '"none"');
END $$;

-- The items of an element.  A list of texts may well be a field of the header, so the element item has
-- objects in lists alone.
CREATE FUNCTION reference.items(document jsonb, element text) RETURNS SETOF jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF jsonb_typeof(document) IS DISTINCT FROM 'object' THEN
        document := '{}';
    END IF;
    IF element = 'handover' THEN
        RETURN NEXT document;
    ELSIF element = 'item' THEN
        RETURN QUERY
            SELECT entry
            FROM jsonb_each(document) AS section,
                 jsonb_array_elements(CASE jsonb_typeof(section.value) WHEN 'array' THEN section.value ELSE '[]' END) AS entry
            WHERE section.key <> 'handover' AND jsonb_typeof(entry) = 'object' AND reference.filled(entry);
    ELSIF jsonb_typeof(document -> element) = 'array' THEN
        RETURN QUERY SELECT entry FROM jsonb_array_elements(document -> element) AS entry WHERE reference.filled(entry);
    ELSIF reference.filled(document -> element) THEN
        RETURN NEXT '"a section that is not a list"'::jsonb;
    END IF;
END $$;

-- What one item adds to the counts of a rule for its element.
CREATE FUNCTION reference.count_item(rule jsonb, item jsonb, OUT hits integer, OUT population integer)
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    element CONSTANT text := rule ->> 'element';
    is_object CONSTANT boolean := jsonb_typeof(item) = 'object';
    -- nothing passes a misfit by
    matches CONSTANT boolean := NOT is_object OR reference.terms_hold(rule -> 'where', item);
BEGIN
    hits := 0;
    population := 0;

    -- The header is there, whatever it says of itself.
    IF reference.field(item, 'state') = '"none"' AND element <> 'handover' AND NOT reference.asks_for_none(rule) THEN
        IF rule ->> 'kind' = 'at least' AND element NOT IN ('contact', 'document', 'item') THEN
            population := 1;
        END IF;
        RETURN;
    END IF;

    CASE rule ->> 'kind'
        WHEN 'at least' THEN
            hits := (matches AND is_object AND reference.filled(item))::integer;
        WHEN 'no' THEN
            hits := matches::integer;
        WHEN 'every' THEN
            hits := (matches AND is_object AND reference.term_holds(rule -> 'has', item))::integer;
            population := matches::integer;
    END CASE;
END $$;

-- The rules with their counts, each {"rule": …, …, "hits": n, "population": n}.
CREATE FUNCTION reference.counts(checklist jsonb, document jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN coalesce((
        SELECT jsonb_agg(rule || jsonb_build_object('hits', hits, 'population', population) ORDER BY number)
        FROM jsonb_array_elements(checklist) WITH ORDINALITY AS r (rule, number),
             LATERAL (SELECT coalesce(sum(n.hits), 0) AS hits, coalesce(sum(n.population), 0) AS population
                      FROM reference.items(document, rule ->> 'element') AS item,
                           reference.count_item(rule, item) AS n) AS counted
        ), '[]');
END $$;

-- As the text of a tally has them, but for the fingerprint.
CREATE FUNCTION reference.counts_text(counts jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(string_agg(format('%s/%s', rule -> 'hits', rule -> 'population'), ', ' ORDER BY number), '')
    FROM jsonb_array_elements(counts) WITH ORDINALITY AS r (rule, number)
$$;

-- How far a rule is met, 0 to 1.
CREATE FUNCTION reference.degree(rule jsonb) RETURNS double precision LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    hits CONSTANT double precision := rule -> 'hits';
    population CONSTANT double precision := rule -> 'population';
BEGIN
    RETURN CASE rule ->> 'kind'
        WHEN 'at least' THEN CASE WHEN population > 0 THEN 1 ELSE least(1, hits / (rule -> 'count')::integer) END
        WHEN 'no' THEN CASE WHEN hits = 0 THEN 1 ELSE 0 END
        WHEN 'every' THEN CASE WHEN population = 0 THEN 1 ELSE hits / population END
    END;
END $$;

-- What a person is told: the label, else the claim.
CREATE FUNCTION reference.label(rule jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(rule ->> 'label',
        CASE WHEN rule ->> 'kind' <> 'at least' THEN rule ->> 'claim'
             WHEN (rule -> 'count')::integer = 1 THEN 'at least 1 ' || (rule ->> 'claim')
             ELSE 'at least ' || (rule ->> 'claim') END)
$$;

-- Labels of the rules that a handover of this status must satisfy and does not, each label once.
CREATE FUNCTION reference.missing(counts jsonb, status text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    due CONSTANT text[] := CASE status
        WHEN 'submitted' THEN '{submit}'
        WHEN 'accepted' THEN '{submit,accept}'
        WHEN 'closed' THEN '{submit,accept,close}'
        ELSE '{}' END;
    result text[] := '{}';
    rule jsonb;
BEGIN
    FOR rule IN SELECT jsonb_array_elements(counts) LOOP
        IF rule ->> 'verb' = 'require' AND rule ->> 'stage' = ANY (due) AND reference.degree(rule) < 1
            AND reference.label(rule) <> ALL (result)
        THEN
            result := result || reference.label(rule);
        END IF;
    END LOOP;
    RETURN result;
END $$;

-- Complete is what lacks nothing.
CREATE FUNCTION reference.complete(counts jsonb, status text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT reference.missing(counts, status) = '{}'
$$;

-- How far the rules are met by weight, 0 to 100; nothing asked is met.
CREATE FUNCTION reference.completeness(counts jsonb) RETURNS double precision LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(100 * sum((rule -> 'weight')::double precision * reference.degree(rule))
                    / nullif(sum((rule -> 'weight')::double precision), 0), 100)
    FROM jsonb_array_elements(counts) AS rule
$$;
