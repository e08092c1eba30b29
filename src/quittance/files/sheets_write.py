"""Tables for people and for machines: CSV and XLSX whose bytes follow from their content and that run nothing.

What `read_table` reads again is what was written, in every script. (ECMA-376, part 1: 18.3.1.4 inline strings.)
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from quittance.errors import UsageError
from quittance.files.guard import FLAG, guard
from quittance.files.tables import MAX_CELL, Sheet, letters

_QUOTED = re.compile('[",;|\t\r\n\ufeff]|^\\s|\\s$')
_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_HALF = re.compile("[\ud800-\udfff]")
_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]|^'|'$")
_MADE = (1980, 1, 1, 0, 0, 0)


def write_csv(rows: Iterable[Sequence[str]], people: bool = True) -> bytes:
    """Rows of texts as CSV, separated by commas, short rows filled up.

    For people: UTF-8 with its mark and CRLF, and cells that an office program would run are written as text, which the
    last column says. For machines: neither mark nor guard, LF. Raises `UsageError` (`export.cell`).
    """
    rows, lines = list(rows), []
    width = max(map(len, rows), default=0)
    for number, row in enumerate(rows):
        cells = [require_writable(cell, number, at) for at, cell in enumerate(row)]
        cells += [""] * (width - len(cells))
        if people:
            cells = [*map(guard, cells), FLAG if number == 0 else ""]
        line = ",".join(_quoted(cell) for cell in cells)
        lines.append('""' if len(cells) == 1 and not line else line)
    end, mark = ("\r\n", "\ufeff") if people else ("\n", "")
    return "".join([mark, *(line + end for line in lines)]).encode()


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _QUOTED.search(cell) else cell


def require_writable(cell: str, row: int, column: int) -> str:
    """The cell, or `UsageError` (`export.cell`) if no file can hold it; `row` and `column` count from 0."""
    if len(cell) > MAX_CELL or "\x00" in cell or _HALF.search(cell):
        raise UsageError(
            f"Row {row + 1}, column {letters(column)} cannot be written: it has more than {MAX_CELL:,} characters, or "
            "a sign that is no text. Nothing was written.",
            code="export.cell",
        )
    return cell


def write_xlsx(sheets: Sequence[Sheet], print_line: str = "") -> bytes:
    """Sheets as a workbook in which every cell is a text; `print_line` stands above every printed page.

    The rows of a sheet begin in its first row. Raises `UsageError`: `export.cell`, `export.sheet_name`.
    """
    names = [sheet.name for sheet in sheets]
    if len({name.casefold() for name in names}) < len(names) or any(
        not 1 <= len(name) <= 31 or _SHEET_NAME.search(name) or _HALF.search(name) for name in names
    ):
        raise UsageError(
            "A sheet cannot be written: names of sheets have 1 to 31 characters, none of [ ] : * ? / \\, and no two "
            "are the same.",
            code="export.sheet_name",
        )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in _parts(sheets, print_line):
            package.writestr(zipfile.ZipInfo(name, _MADE), _DECLARATION + text, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _parts(sheets: Sequence[Sheet], print_line: str) -> Iterable[tuple[str, str]]:
    """Name and XML of every part of a workbook."""
    numbers = range(1, len(sheets) + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_KIND}.worksheet+xml"/>' for n in numbers
    )
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{_KIND}.sheet.main+xml"/><Override PartName="/xl/styles.xml" '
        f'ContentType="{_KIND}.styles+xml"/>{overrides}</Types>',
    )
    yield "_rels/.rels", _relationships([("officeDocument", "xl/workbook.xml")])
    links = [("worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    yield "xl/_rels/workbook.xml.rels", _relationships([*links, ("styles", "styles.xml")])
    listed = "".join(
        f'<sheet name={quoteattr(sheet.name)} sheetId="{n}" r:id="r{n}"/>'
        for n, sheet in zip(numbers, sheets, strict=True)
    )
    yield "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>{listed}</sheets></workbook>'
    yield "xl/styles.xml", _STYLES
    for number, sheet in zip(numbers, sheets, strict=True):
        yield f"xl/worksheets/sheet{number}.xml", _worksheet(sheet, print_line)


def _relationships(links: Sequence[tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="r{n}" Type="{_LINKS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(links, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" xfId="0"/><xf numFmtId="49" xfId="0" applyNumberFormat="1" quotePrefix="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
"""Style 1 is text that stays text when somebody edits the cell."""


def _worksheet(sheet: Sheet, print_line: str) -> str:
    """The XML of one sheet."""
    rows = []
    for number, row in enumerate(sheet.rows, 1):
        cells = "".join(
            f'<c r="{letters(at)}{number}" s="1" t="inlineStr"><is><t xml:space="preserve">'
            f"{_escaped(require_writable(cell, number - 1, at))}</t></is></c>"
            for at, cell in enumerate(row)
            if cell
        )
        rows.append(f'<row r="{number}">{cells}</row>')
    right = ' rightToLeft="1"' if sheet.right_to_left else ""
    line = _escaped(print_line.replace("&", "&&"))
    header = f"<headerFooter><oddHeader>&amp;C{line}</oddHeader></headerFooter>" if print_line else ""
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView{right} workbookViewId="0"/></sheetViews>'
        f"<sheetData>{''.join(rows)}</sheetData>{header}</worksheet>"
    )


def _escaped(text: str) -> str:
    """Text for XML, with what XML cannot hold in the notation of spreadsheets (ECMA-376 22.9.2.19)."""
    return escape(_ILLEGAL.sub(lambda found: f"_x{ord(found.group()):04X}_", text)).replace("\r", "_x000D_")
