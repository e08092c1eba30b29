"""One XLSX sheet as text: what people see in a cell, without the harm that office programs do to numbers.

Integers stay whole, numbers keep the zeros that their format shows, days are ISO. A formula gives the value that was
stored with it. (ECMA-376, part 1, 18.3.)
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from quittance.files.number_formats import Format, shown
from quittance.files.sheets_packed import MAX_DEPTH, Attributes, Package, broken, local_name
from quittance.files.tables import Limits, Remark, Sheet, column_number, letters, require_text, trimmed

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REF = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_REPORTED = 100
_PLAIN = Format()


@dataclass(frozen=True)
class Book:
    """What the sheets of a workbook share: texts, formats, the day that is numbered 0, and the limits."""

    strings: list[str]
    formats: list[Format]
    days_from: int
    limits: Limits


def unescaped(text: str) -> str:
    """`_xHHHH_` as the character that it stands for (ECMA-376 22.9.2.19, ST_Xstring)."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    code = int(found.group(1), 16)
    return found.group() if 0xD800 <= code < 0xE000 or not code else chr(code)


class Worksheet:
    """A sheet on its way from XML to text: the state between the tags."""

    def __init__(self, book: Book) -> None:
        self.book, self.limits = book, book.limits
        self.locals: dict[str, str] = {}
        self.columns: dict[str, int] = {}
        self.depth = self.size = 0
        self.rows: list[list[str]] = []
        self.remarks: list[Remark] = []
        self.counts: dict[str, int] = {}
        self.right_to_left = False
        self.merged: list[tuple[int, int, int, int]] = []
        self.row, self.row_text, self.cells = 0, "", list[str]()
        self.in_row = self.in_cell = self.formula = self.collects = self.phonetic = False
        self.at, self.kind, self.style = -1, "n", ""
        self.pieces: list[str] = []
        self.length = 0

    def read(self, package: Package, name: str, part: str, hidden: bool) -> Sheet:
        """The sheet in a part; raises `TableRefused`."""
        package.parse(part, self.start, self.end, self.text)
        table = trimmed(self.rows)
        merged = tuple(one for one in self.merged if one[0] < len(table))
        return Sheet(name, table, self.right_to_left, 1, hidden, merged, tuple(self.remarks))

    def start(self, written: str, attributes: Attributes) -> None:
        """A tag begins."""
        self.depth += 1
        local = self.locals.get(written)
        if local is None:
            local = self.locals[written] = local_name(written)
        if self.in_cell:
            if local == "v" or (local == "t" and not self.phonetic):
                self.collects = True
            elif local == "f":
                self.formula = True
            elif local == "rPh":
                self.phonetic = True
        elif self.in_row:
            if local == "c":
                self.in_cell = True
                self.start_cell(attributes)
        elif local == "row":
            self.in_row = True
            self.start_row(attributes)
        elif local == "sheetView":
            self.right_to_left = self.right_to_left or attributes.get("rightToLeft") in ("1", "true")
        elif local == "mergeCell" and len(self.merged) < self.limits.sheet_rows:
            self.merge(attributes.get("ref", ""))
        if self.depth > MAX_DEPTH:
            broken()

    def end(self, written: str) -> None:
        """A tag ends."""
        self.depth -= 1
        local = self.locals[written]
        if self.in_cell:
            if local in ("v", "t"):
                self.collects = False
            elif local == "rPh":
                self.phonetic = False
            elif local == "c":
                self.in_cell = False
                self.end_cell()
        elif self.in_row and local == "row":
            self.in_row = False
            self.end_row()

    def text(self, data: str) -> None:
        """Characters between tags: kept where they are what a cell holds."""
        if self.collects:
            self.pieces.append(data)
            self.length += len(data)
            if self.length > 7 * self.limits.cell:  # every character could be written as _xHHHH_
                self.limits.require_cell(self.length, self.row, self.at)

    def start_row(self, attributes: Attributes) -> None:
        """A row is where its number says, else below the one before."""
        written = attributes.get("r")
        if written is None:
            self.row += 1
        elif written.isdecimal() and len(written) < 8 and int(written) > self.row:
            self.row = int(written)
        else:
            broken()
        self.row_text = str(self.row)
        self.cells, self.at = [], -1

    def end_row(self) -> None:
        """The cells of a row are kept if one of them is filled."""
        if self.cells:
            self.limits.require_row(self.row)
            self.rows += [[] for _ in range(self.row - 1 - len(self.rows))]
            self.rows.append(self.cells)
        require_text(self.size)

    def start_cell(self, attributes: Attributes) -> None:
        """A cell is where its reference says, else beside the one before."""
        written = attributes.get("r")
        if written is None:
            self.at += 1
        else:
            name = written.rstrip("0123456789")
            if written[len(name) :] != self.row_text:
                broken()
            at = self.columns.get(name)
            if at is None:
                found = column_number(name)
                if found is None:
                    broken()
                at = self.columns[name] = found
            self.at = at
        self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "0")
        self.formula = self.phonetic = False
        self.length = 0

    def end_cell(self) -> None:
        """What people see in a cell is put in its place."""
        value = "".join(self.pieces)
        self.pieces.clear()
        if self.formula:
            self.say_formula(value)
        if not value:
            return
        text = self.seen(value)
        if not text:
            return
        self.size += len(text)
        if self.at >= self.limits.columns:
            self.limits.require_column(self.at, self.row)
        if len(text) > self.limits.cell:
            self.limits.require_cell(len(text), self.row, self.at)
        missing = self.at - len(self.cells)
        if missing < 0:
            broken()
        if missing:
            self.cells += [""] * missing
        self.cells.append(text)

    def seen(self, value: str) -> str:
        """The text of a stored value."""
        match self.kind:
            case "s":
                if not value.isdecimal() or len(value) > 9 or int(value) >= len(self.book.strings):
                    broken()
                return self.book.strings[int(value)]
            case "inlineStr" | "str" | "d":
                return unescaped(value)
            case "b":
                return "TRUE" if value == "1" else "FALSE"
            case "e":
                self.say("table.error_value", "the cell shows an error of the office program; it is empty here")
                return ""
        return self.number(value)

    def number(self, value: str) -> str:
        """A number as its format shows it."""
        style = int(self.style) if self.style.isdecimal() and len(self.style) < 7 else 0
        form = self.book.formats[style] if style < len(self.book.formats) else _PLAIN
        text = shown(value, form, self.book.days_from)
        if text is None:
            broken()
        if form.other_calendar and form.day:
            self.say("table.other_calendar", "the cell shows a day in another calendar; it is read as ISO")
        if not form.day and len(text) > 15 and sum(map(str.isdigit, text)) > 15:
            self.say("table.digits_lost", "the number has more than 15 digits; the office program lost some")
        return text

    def say_formula(self, value: str) -> None:
        """Remark that a cell is a formula, with or without a value."""
        if value:
            self.say("table.formula", "the cell is a formula; the value stored with it was taken")
        else:
            message = "the cell is a formula without a stored value; save the file in an office program and send that"
            self.say("table.formula_empty", message)

    def say(self, code: str, message: str) -> None:
        """Keep a remark on the cell; of many of one kind, the first."""
        self.counts[code] = self.counts.get(code, 0) + 1
        if self.counts[code] <= _REPORTED:
            self.remarks.append(Remark(code, message, self.row, letters(self.at)))

    def merge(self, text: str) -> None:
        """Keep a range of merged cells: first row, first column, last row, last column, counted from 0."""
        ends = [_REF.fullmatch(end) for end in text.split(":")]
        if len(ends) == 2 and ends[0] and ends[1]:
            (left, top), (right, bottom) = (
                (column_number(end.group(1)) or 0, int(end.group(2)) - 1) for end in ends if end
            )
            self.merged.append((top, left, bottom, right))
