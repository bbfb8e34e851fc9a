# What the drivers' tests in Python share: TAP, and the reports as the server's catalogue has them.

import os
import re
import sys

SCHEMA = 'ops_report'
HOST, PORT, USER, PASSWORD, DATABASE = (os.environ[name] for name in ('PGHOST', 'PGPORT', 'PGUSER', 'PGPASSWORD', 'PGDATABASE'))

_count = 0
_failed = 0


def ok(good, name, *why):
    global _count, _failed
    _count += 1
    _failed += not good
    print(f"{'ok' if good else 'not ok'} {_count} - {name}")
    if not good:
        for line in why:
            print(f'# {line}')
    sys.stdout.flush()


def none(wrong, name):
    """Nothing is wrong: the list of what is, is empty."""
    ok(not wrong, name, *wrong[:20])


def done():
    print(f'1..{_count}')
    sys.exit(1 if _failed else 0)


def tried(function, *argument):
    """The error that a call ends with, or None."""
    try:
        function(*argument)
    except Exception as error:  # whatever the driver calls it
        return ' '.join(str(error).split())
    return None


def catalogue(execute):
    """Views and their columns, as {view: {column: type}}; execute runs SQL and gives its rows."""
    reports = {}
    for view, column, type_name in execute(
            "SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod) FROM pg_class AS c"
            " JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
            f" WHERE c.relnamespace = '{SCHEMA}'::regnamespace AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1, a.attnum"):
        reports.setdefault(view, {})[column] = type_name
    return reports


# What a reader may not do, each with a part of the message. A view that nobody could update is refused as such.
REFUSED = [('SELECT * FROM ops.handover', 'permission denied for schema ops'),
           ('SELECT * FROM handover.audit_log', 'permission denied'),
           (f'SELECT * FROM {SCHEMA}.contact', 'permission denied for view contact'),
           (f"UPDATE {SCHEMA}.overview SET title = 'x'", 'cannot update view|permission denied for view'),
           (f"UPDATE {SCHEMA}.dependency SET title = 'x'", 'cannot update|permission denied for view'),
           (f'DELETE FROM {SCHEMA}.waiting', 'cannot delete from view|permission denied for view'),
           (f"INSERT INTO {SCHEMA}.team (team) VALUES ('x')", 'cannot insert into view|permission denied for view'),
           (f'CREATE TABLE {SCHEMA}.mine (a integer)', f'permission denied for schema {SCHEMA}')]


def plain_queries(reports, mark):
    """Statements that tools make of a column, as (view, column, SQL with a parameter or not, whether it has one)."""
    for view, columns in reports.items():
        for column, type_name in columns.items():
            if type_name.startswith('character varying'):
                yield view, column, f'SELECT {column}, count(*) FROM {SCHEMA}.{view} GROUP BY {column} ORDER BY 2 DESC', None
                yield view, column, f'SELECT count(*) FROM {SCHEMA}.{view} WHERE {column} = {mark}', "O'Hara"
                yield view, column, f'SELECT count(*) FROM {SCHEMA}.{view} WHERE {column} LIKE {mark}', "%a%"
            elif type_name.startswith('numeric') or type_name in ('integer', 'bigint', 'smallint'):
                yield view, column, f'SELECT min({column}), max({column}), avg({column}) FROM {SCHEMA}.{view}', None
            elif type_name == 'date' or type_name.startswith('timestamp'):
                yield view, column, f'SELECT min({column}), max({column}) FROM {SCHEMA}.{view}', None


def check_queries(reports, mark, run):
    wrong, count = {view: [] for view in reports}, 0
    for view, column, sql, parameter in plain_queries(reports, mark):
        count += 1
        error = tried(run, sql, *([] if parameter is None else [(parameter,)]))
        if error:
            wrong[view].append(f'{column}: {error}')
    for view in reports:
        none(wrong[view], f'{view}: each column by =, LIKE, GROUP BY, min, max, avg, whichever it has')
    ok(count > 500, f'{count} statements have been run')


def check_refusals(run):
    for sql, message in REFUSED:
        error = tried(run, sql)
        ok(error is not None and re.search(message, error), f'refused: {sql}', error)
