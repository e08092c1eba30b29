"""XLSX workbooks: their sheets in order, their shared texts and the formats of their numbers.

(ECMA-376, part 1: 18.2 workbook, 18.4 shared strings, 18.8 styles. The sheets themselves: `worksheet`.)
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from quittance.files.number_formats import Format, format_of
from quittance.files.sheets_packed import Attributes, Package, broken, local_name, refuse_active
from quittance.files.tables import Limits, Sheets
from quittance.files.worksheet import Book, Worksheet, unescaped


def read_xlsx(package: Package, limits: Limits) -> Sheets:
    """The sheets of a workbook in their order; raises `TableRefused`."""
    if package.starts("xl/vbaproject", "xl/macrosheets", "xl/activex"):
        refuse_active("macros")
    if package.starts("xl/externallinks", "xl/connections", "xl/querytables"):
        refuse_active("links to other files")
    places = list(_places(package))
    if not places:
        broken()
    book = Book(_strings(package, limits), _formats(package), _days_from(package), limits)
    sheets = (Worksheet(book).read(package, name, part, hidden) for name, part, hidden in places)
    return Sheets("xlsx", tuple(sheets))


def _places(package: Package) -> Iterator[tuple[str, str, bool]]:
    """Name, part and hiddenness of each worksheet, in the order of the workbook."""
    targets = {
        link.attributes.get("Id", ""): link.attributes
        for link in package.nodes("xl/_rels/workbook.xml.rels")
        if link.attributes.get("TargetMode") != "External"
    }
    for node in package.nodes("xl/workbook.xml"):
        if node.local != "sheet" or node.parent != "sheets":
            continue
        link = targets.get(node.attributes.get("id", ""), {})
        part = posixpath.normpath(posixpath.join("/xl", link.get("Target", ""))).lstrip("/")
        if link.get("Type", "").endswith("/worksheet") and part in package.names:
            yield node.attributes.get("name", ""), part, node.attributes.get("state", "visible") != "visible"


def _days_from(package: Package) -> int:
    """The day, as `date.toordinal` counts, that the workbook numbers 0."""
    settings = (node.attributes for node in package.nodes("xl/workbook.xml") if node.local == "workbookPr")
    return 695_056 if any(one.get("date1904") in ("1", "true") for one in settings) else 693_594


def _formats(package: Package) -> list[Format]:
    """The format of numbers for each style of a cell."""
    nodes = package.nodes("xl/styles.xml")
    own = {
        node.attributes.get("numFmtId", ""): node.attributes.get("formatCode", "")
        for node in nodes
        if node.local == "numFmt"
    }
    ids = [node.attributes.get("numFmtId", "0") for node in nodes if (node.parent, node.local) == ("cellXfs", "xf")]
    return [format_of(number, own.get(number)) for number in ids]


def _strings(package: Package, limits: Limits) -> list[str]:
    """The texts that cells share, their runs joined, without the guides to their pronunciation."""
    strings: list[str] = []
    pieces: list[str] = []
    inside: list[str] = []
    size = 0

    def start(written: str, _: Attributes) -> None:
        inside.append(local_name(written))
        if len(inside) > 10:
            broken()

    def end(_: str) -> None:
        nonlocal size
        if inside.pop() == "si":
            strings.append(unescaped("".join(pieces)))
            pieces.clear()
            size = 0

    def text(data: str) -> None:
        nonlocal size
        if inside[-1] == "t" and "rPh" not in inside:
            size += len(data)
            # A cell that shows the text is refused by its place; here is only kept what that takes.
            if size <= limits.cell + 1 + len(data):
                pieces.append(data)

    package.parse("xl/sharedStrings.xml", start, end, text)
    return strings
