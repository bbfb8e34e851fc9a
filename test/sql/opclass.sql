--
-- Every operator class is complete and every object is documented.
--
SELECT opcname, amvalidate(opc.oid)
FROM pg_opclass opc JOIN pg_namespace n ON n.oid = opcnamespace
WHERE nspname = 'handover'
ORDER BY opcname;

-- nothing of the extension is without a comment
SELECT pg_describe_object(classid, objid, objsubid) AS uncommented
FROM pg_depend
WHERE refclassid = 'pg_extension'::regclass
  AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'handover')
  AND deptype = 'e'
  AND obj_description(objid, classid::regclass::name) IS NULL
  -- made by the server with the object they belong to
  AND classid <> 'pg_opfamily'::regclass
  AND NOT (classid = 'pg_type'::regclass
           AND (SELECT typtype = 'c' OR typcategory = 'A' FROM pg_type WHERE oid = objid))
ORDER BY 1;

-- so is every column
SELECT attrelid::regclass, attname AS uncommented
FROM pg_attribute
WHERE attrelid IN ('handover.element'::regclass, 'handover.field'::regclass, 'handover.template'::regclass)
  AND attnum > 0 AND NOT attisdropped
  AND col_description(attrelid, attnum) IS NULL;

-- functions are parallel safe, unless they are said not to be; and none is VOLATILE by oversight
SELECT p.oid::regprocedure AS function, provolatile, proparallel
FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
WHERE nspname = 'handover' AND (proparallel <> 's' OR provolatile = 'v')
ORDER BY p.oid::regprocedure::text;

-- every symbol that C exports and SQL calls begins with handover_
SELECT count(*) > 0 AS some, count(*) FILTER (WHERE prosrc NOT LIKE 'handover\_%') AS others
FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace JOIN pg_language l ON l.oid = prolang
WHERE nspname = 'handover' AND lanname = 'c';
