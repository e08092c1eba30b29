"""CSV in the forms that people send: any encoding of `encodings`, four separators, quotes, any line ends.

What the export's formula guard added is taken away again, if the file says that it was added.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from itertools import islice

from quittance.files.encodings import decode
from quittance.files.guard import FLAG, unguard
from quittance.files.tables import Limits, Remark, Sheet, Sheets, TableRefused, letters, trimmed

SEPARATORS = (",", ";", "\t", "|")

SEPARATOR_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}

_LOOKED_AT = 200
"""Rows from which the separator is told."""

_MOST_RAGGED = 100
"""How many ragged rows are reported one by one."""


def read_csv(data: bytes, encoding: str | None, separator: str | None, limits: Limits) -> Sheets:
    """The one sheet of a CSV file; raises `TableRefused`."""
    decoded = decode(data, encoding)
    text, first_row = decoded.text, 1
    if text[:4].lower() == "sep=" and text[4:5] in SEPARATORS and text[5:6] in ("\r", "\n"):
        separator = separator or text[4]
        text, first_row = text[5:].lstrip("\r").removeprefix("\n"), 2
    separator = separator or _separator(text)
    rows = _rows(text, separator, first_row, limits)
    remarks = tuple(_ragged(rows, first_row))
    if rows and rows[0] and rows[0][-1] == FLAG:
        rows = [[unguard(cell) for cell in row[: len(rows[0]) - 1]] for row in rows]
    sheet = Sheet("", trimmed(rows), first_row=first_row, remarks=remarks)
    if not sheet.rows:
        raise TableRefused("The table has no row. Check that it is the right file.", code="table.empty")
    return Sheets("csv", (sheet,), decoded.encoding, decoded.sure, separator)


def _rows(text: str, separator: str, first_row: int, limits: Limits) -> list[list[str]]:
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for number, row in enumerate(reader, first_row):
            if len(row) > limits.columns:
                filled = max((at for at, cell in enumerate(row) if cell.strip()), default=0)
                # The flag of the formula guard is a column of its own.
                limits.require_column(filled - (row[filled] == FLAG), number)
            limits.require_row(number)
            if sum(map(len, row)) > limits.cell:
                for column, cell in enumerate(row):
                    limits.require_cell(len(cell), number, column)
            rows.append(row)
    except csv.Error as error:
        number = first_row + len(rows)
        if "field larger" in str(error):
            limits.require_cell(csv.field_size_limit(), number, 0)
        raise TableRefused(
            f'Row {number} has a quotation mark (") that is not closed, or text behind a closed one. Mend the row; '
            "inside quotes a mark is written twice.",
            code="table.quotes",
        ) from None
    return rows


def _separator(text: str) -> str:
    """The separator that cuts the first rows most evenly into more than one column; a comma where none does."""
    at = text.find(FLAG)
    before = text[:at].rstrip('"')[-1:] if at > 0 else ""
    if before in SEPARATORS and before:
        return before
    scores = []
    for order, separator in enumerate(SEPARATORS):
        reader = csv.reader(io.StringIO(text[: 1 << 20], newline=""), delimiter=separator)
        try:
            widths = Counter(len(row) for row in islice(reader, _LOOKED_AT) if row)
        except csv.Error:
            continue
        wide = {width: count for width, count in widths.items() if width > 1}
        if wide:
            width = max(wide, key=lambda width: (wide[width], width))
            scores.append((wide[width] / widths.total(), width, -order, separator))
    return max(scores)[-1] if scores else ","


def _ragged(rows: list[list[str]], first_row: int) -> list[Remark]:
    """A remark for each row that is longer than the commonest width, and how many there are beyond the first."""
    widths = Counter(len(row) for row in rows if any(row))
    if len(widths) < 2:
        return []
    usual = max(widths, key=lambda width: (widths[width], width))
    found = []
    ragged = [at for at, row in enumerate(rows) if any(row) and len(row) != usual and _filled(row) > usual]
    short = sum(count for width, count in widths.items() if width < usual)
    for at in ragged[:_MOST_RAGGED]:
        column = letters(_filled(rows[at]) - 1)
        message = f"the row has {_filled(rows[at])} cells where others have {usual}; a cell may hold the separator"
        found.append(Remark("table.ragged", message, first_row + at, column))
    if len(ragged) > _MOST_RAGGED:
        found.append(Remark("table.ragged", f"{len(ragged) - _MOST_RAGGED} more rows have too many cells"))
    if short:
        found.append(Remark("table.ragged", f"{short} rows have fewer cells than the others; the rest is empty"))
    return found


def _filled(row: list[str]) -> int:
    return max((at + 1 for at, cell in enumerate(row) if cell.strip()), default=0)
