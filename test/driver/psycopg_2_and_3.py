#!/usr/bin/python3
# psycopg 2 and 3: each report comes as plain values of Python.

import datetime
import decimal

import psycopg
import psycopg2

from report_tap import *

PYTHON = {'bigint': int, 'integer': int, 'smallint': int, 'boolean': bool, 'date': datetime.date, 'text': str,
          'timestamp with time zone': datetime.datetime}


def python_type(type_name):
    return str if type_name.startswith('character varying') else decimal.Decimal if type_name.startswith('numeric') else PYTHON[type_name]


for module in (psycopg2, psycopg):
    print(f'# {module.__name__} {module.__version__.split()[0]}')
    connection = module.connect(host=HOST, port=PORT, user=USER, password=PASSWORD, dbname=DATABASE)
    connection.autocommit = True
    cursor = connection.cursor()

    def run(sql, *parameters):
        cursor.execute(sql, *parameters)
        return cursor.fetchall()

    reports = catalogue(run)
    ok(len(reports) > 30, f'{module.__name__}: there are {len(reports)} reports')
    filled = 0
    for view, columns in reports.items():
        rows = run(f'SELECT * FROM {SCHEMA}.{view}')
        filled += bool(rows)
        none([f'{name}: {value!r}' for row in rows for (name, type_name), value in zip(columns.items(), row)
              if value is not None and type(value) is not python_type(type_name)], f'{module.__name__}: {view}: values are of plain types')
    ok(filled > 25, f'{module.__name__}: {filled} reports have rows')
    check_queries(reports, '%s', run)
    check_refusals(run)
    connection.close()
done()
