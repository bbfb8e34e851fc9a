#!/usr/bin/python3
# psqlODBC, by way of pyodbc: what the driver tells of the reports, and what it makes of them.  It tells no
# comments, of whatever column.

import pyodbc

from report_tap import *

LONG = (pyodbc.SQL_LONGVARCHAR, pyodbc.SQL_WLONGVARCHAR)

connection = pyodbc.connect(f'Driver={{PostgreSQL Unicode}};Servername={HOST};Port={PORT};Database={DATABASE};Username={USER};Password={PASSWORD}',
                            autocommit=True)
print(f'# {connection.getinfo(pyodbc.SQL_DRIVER_NAME)} {connection.getinfo(pyodbc.SQL_DRIVER_VER)}, pyodbc {pyodbc.version}')


def run(sql, *parameters):
    return connection.execute(sql, *parameters).fetchall()


reports = catalogue(run)
found = {row.table_name: row for row in connection.cursor().tables(schema=SCHEMA, tableType='VIEW')}
none(sorted(set(reports) - set(found)), 'every report is found')
for view, columns in reports.items():
    told = {row.column_name: row for row in connection.cursor().columns(table=view, schema=SCHEMA)}
    none(sorted(set(columns) - set(told)), f'{view}: every column is found')
    none([f'{name} {columns[name]}' for name, c in told.items() if (c.data_type in LONG) != (columns[name] == 'text')],
         f'{view}: no column is a memo but text')
    none([f'{name} {c.column_size}' for name, c in told.items()
          if c.data_type in (pyodbc.SQL_VARCHAR, pyodbc.SQL_WVARCHAR) and not 0 < c.column_size <= 255], f'{view}: each varchar has its length')
    none([f'{name} {c.column_size},{c.decimal_digits}' for name, c in told.items()
          if c.data_type == pyodbc.SQL_NUMERIC and columns[name] != f'numeric({c.column_size},{c.decimal_digits})'], f'{view}: each numeric has its precision')
    error = tried(run, f'SELECT * FROM {SCHEMA}.{view}')
    ok(error is None, f'{view}: is read', error)
check_queries(reports, '?', run)
check_refusals(run)
done()
