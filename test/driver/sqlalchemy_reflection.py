#!/usr/bin/python3
# SQLAlchemy, which Superset uses: what it finds out about the reports, and asks of them then.

import sqlalchemy
from sqlalchemy import types

from report_tap import *

print(f'# SQLAlchemy {sqlalchemy.__version__}')
engine = sqlalchemy.create_engine(f'postgresql+psycopg2://{USER}:{PASSWORD}@{HOST}:{PORT}/{DATABASE}')
inspector = sqlalchemy.inspect(engine)
connection = engine.connect()

reports = catalogue(lambda sql: connection.execute(sqlalchemy.text(sql)))
found = set(inspector.get_view_names(schema=SCHEMA))
none(sorted(set(reports) - found), 'every report is found')

metadata = sqlalchemy.MetaData()
for view in reports:
    columns = inspector.get_columns(view, schema=SCHEMA)
    none([c['name'] for c in columns if isinstance(c['type'], types.NullType)], f'{view}: no column of an unknown type')
    none([c['name'] for c in columns if not c['comment']], f'{view}: each column has its comment')
    none([c['name'] for c in columns if isinstance(c['type'], types.Numeric) and not (c['type'].precision and c['type'].scale is not None)],
         f'{view}: each numeric has its precision')
    none([c['name'] for c in columns if isinstance(c['type'], types.VARCHAR) and not isinstance(c['type'], types.TEXT) and not c['type'].length],
         f'{view}: each varchar has its length')
    ok(inspector.get_table_comment(view, schema=SCHEMA)['text'], f'{view}: has a comment')
    table = sqlalchemy.Table(view, metadata, schema=SCHEMA, autoload_with=engine)
    error = None
    for column in table.columns:
        count = sqlalchemy.func.count()
        query = sqlalchemy.select(column, count).group_by(column).limit(1)
        if isinstance(column.type, types.String):
            query = query.where(column.in_(['x', "O'Hara"]) | column.like('%a%') | column.is_(None))
        elif isinstance(column.type, types.Boolean):
            query = query.where(column.is_(True))
        error = error or tried(lambda: connection.execute(query).fetchall())
    ok(error is None, f'{view}: each column is filtered and grouped by', error)
done()
