"""Fills in a workbook with LibreOffice, as an official would: opens it, types into cells, saves it as .xlsx.

usage: fill.py IN.xlsx OUT.xlsx CELLS.json     CELLS: [["F7", "text"|"number"|"date", "value"], ...] of the first sheet
Prints, a line each, what the cells named by "show" hold once they are calculated. It never touches the file that it opens.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException


def option(name, value):
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


def desktop(pipe):
    """The running program, as soon as it answers."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    until = time.monotonic() + 120
    while True:
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except NoConnectException:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def fill(sheet, cells):
    for name, kind, value in cells:
        cell = sheet.getCellRangeByName(name)
        if kind == "show":
            print(f"{name} {cell.getString()}")
        elif kind == "number":
            cell.setValue(float(value))
        elif kind == "date":
            # As it is typed: the program makes a day of it, or a text.
            cell.setFormula(value)
        else:
            cell.setString(value)


def main(source, target, cells):
    url = lambda path: pathlib.Path(path).resolve().as_uri()
    with tempfile.TemporaryDirectory() as home:
        pipe = f"parindex-{pathlib.Path(home).name}"
        arguments = ["soffice", "--headless", "--norestore", "--nologo", f"-env:UserInstallation={url(home)}"]
        program = subprocess.Popen([*arguments, f"--accept=pipe,name={pipe};urp"])
        try:
            office = desktop(pipe)
            document = office.loadComponentFromURL(url(source), "_blank", 0, (option("Hidden", True),))
            fill(document.Sheets.getByIndex(0), json.loads(pathlib.Path(cells).read_text()))
            document.storeToURL(url(target), (option("FilterName", "Calc MS Excel 2007 XML"),))
            document.close(True)
            office.terminate()
        finally:
            program.wait(timeout=120)


main(*sys.argv[1:])
