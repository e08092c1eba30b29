"""Spreadsheets for tests: ordinary ones by openpyxl, and packages of any parts, good or hostile."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import openpyxl

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BOOK = f'<workbook {MAIN} xmlns:r="{LINKS}"><sheets><sheet name="People" sheetId="1" r:id="r1"/></sheets></workbook>'
BOOK_LINKS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{LINKS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)


def workbook(fill: Callable[[openpyxl.Workbook], object]) -> bytes:
    """The bytes of a workbook of one sheet that `fill` changes."""
    book = openpyxl.Workbook()
    fill(book)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def sheet_of(*rows, **cells) -> bytes:
    """A workbook with rows of values, then single cells."""

    def fill(book):
        for row in rows:
            book.active.append(row)
        for place, value in cells.items():
            book.active[place] = value

    return workbook(fill)


def package(parts: dict[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A packed file of these parts."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return packed.getvalue()


def xlsx(sheet: str, **parts: str) -> bytes:
    """A workbook with one sheet of this XML, and further parts of `xl/` by their names with `_` for `/`."""
    named = {"xl/" + name.replace("__", "/") + ".xml": content for name, content in parts.items()}
    head = {"xl/workbook.xml": BOOK, "xl/_rels/workbook.xml.rels": BOOK_LINKS, "xl/worksheets/sheet1.xml": sheet}
    return package(head | named)


def rows_xml(inner: str) -> str:
    """A worksheet around rows of XML."""
    return f"<worksheet {MAIN}><sheetData>{inner}</sheetData></worksheet>"


def ods(tables: str, styles: str = "", **more: str) -> bytes:
    """An ODS file of these tables."""
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"))
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:automatic-styles>{styles}'
        f"</office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return package({"mimetype": kind, "content.xml": content} | {k.replace("__", "/"): v for k, v in more.items()})
