#!/usr/bin/python3
# LibreOffice: its own driver reads a report into a sheet of Calc, and a pivot table of that says what SQL says.

import os
import shutil
import signal
import subprocess
import tempfile
import time

import psycopg2
import uno
from com.sun.star.sheet.DataPilotFieldOrientation import COLUMN, DATA, ROW
from com.sun.star.sheet.GeneralFunction import SUM
from com.sun.star.table import CellAddress, CellRangeAddress

from report_tap import *

home = tempfile.mkdtemp(prefix='handover-office.')
pipe = f'handover{os.getpid()}'
office = subprocess.Popen(['soffice', '--headless', '--norestore', '--nologo', f'-env:UserInstallation=file://{home}', f'--accept=pipe,name={pipe};urp;'],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
try:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext('com.sun.star.bridge.UnoUrlResolver', local)
    context = None
    for _ in range(240):
        try:
            context = resolver.resolve(f'uno:pipe,name={pipe};urp;StarOffice.ComponentContext')
            break
        except Exception:  # not listening yet
            time.sleep(0.25)
    ok(context is not None, 'LibreOffice starts')
    service = context.ServiceManager

    database = service.createInstanceWithContext('com.sun.star.sdbc.DriverManager', context).getConnection(
        f"sdbc:postgresql:dbname={DATABASE} host={HOST} port={PORT} user={USER} password={PASSWORD}")
    tables = database.getMetaData().getTables(None, SCHEMA, '%', ('VIEW',))
    views = set()
    while tables.next():
        views.add(tables.getString(3))
    server = psycopg2.connect(host=HOST, port=PORT, user=USER, password=PASSWORD, dbname=DATABASE)
    cursor = server.cursor()

    def run(sql):
        cursor.execute(sql)
        return cursor.fetchall()

    none(sorted(set(catalogue(run)) - views), 'every report is found')

    query = f"SELECT element, coalesce(band, 'none'), open_count FROM {SCHEMA}.item"
    result = database.createStatement().executeQuery(query)
    rows = [('element', 'band', 'open')]
    while result.next():
        rows.append((result.getString(1), result.getString(2), result.getInt(3)))
    ok(len(rows) > 50, f'{len(rows) - 1} items are read')

    sheet = service.createInstanceWithContext('com.sun.star.frame.Desktop', context).loadComponentFromURL(
        'private:factory/scalc', '_blank', 0, (uno.createUnoStruct('com.sun.star.beans.PropertyValue', Name='Hidden', Value=True),)).Sheets.getByIndex(0)
    sheet.getCellRangeByPosition(0, 0, 2, len(rows) - 1).setDataArray(tuple(rows))
    pilots = sheet.getDataPilotTables()
    descriptor = pilots.createDataPilotDescriptor()
    descriptor.setSourceRange(CellRangeAddress(0, 0, 0, 2, len(rows) - 1))
    descriptor.ShowFilterButton = False
    fields = descriptor.getDataPilotFields()
    for index, orientation in ((0, ROW), (1, COLUMN), (2, DATA)):
        fields.getByIndex(index).Orientation = orientation
    fields.getByIndex(2).Function = SUM
    pilots.insertNewByName('pivot', CellAddress(0, 5, 0), descriptor)

    output = pilots.getByName('pivot').getOutputRange()
    cells = sheet.getCellRangeByPosition(output.StartColumn, output.StartRow, output.EndColumn, output.EndRow).getDataArray()
    head = next(i for i, row in enumerate(cells) if row[0] == 'element')
    bands = cells[head][1:-1]
    pivot = {(row[0], band): int(value) for row in cells[head + 1:-1] for band, value in zip(bands, row[1:-1]) if value != ''}
    expected = {(element, band): int(total) for element, band, total in run(
        f"SELECT element, coalesce(band, 'none'), sum(open_count) FROM {SCHEMA}.item GROUP BY 1, 2")}
    ok(pivot == expected, f'a pivot table of {len(expected)} cells says what SQL says', pivot, expected)
    ok(int(cells[-1][-1]) == sum(expected.values()), 'so does its total', cells[-1])
    ok('permission denied' in (tried(database.createStatement().executeQuery, 'SELECT * FROM ops.handover') or ''), 'tables are refused')
finally:
    # asked to end, it would wait for its document to be closed
    os.killpg(office.pid, signal.SIGKILL)
    office.wait()
    shutil.rmtree(home, ignore_errors=True)
done()
