"""ODS sheets as text. (OpenDocument 1.3, part 3: 9 tables, 19.385 office:value-type.)"""

from __future__ import annotations

from quittance.files.number_formats import Format, shown
from quittance.files.sheets_packed import MAX_DEPTH, Attributes, Package, broken, local_name, refuse_active
from quittance.files.tables import Limits, Remark, Sheet, Sheets, letters, require_text, trimmed

_REPORTED = 100
_PLAIN = Format()
_DAY_ZERO = 693_594


def read_ods(package: Package, limits: Limits) -> Sheets:
    """The sheets of an ODS file in their order; raises `TableRefused`."""
    if package.starts("basic/", "scripts/"):
        refuse_active("macros")
    reading = _Reading(limits)
    package.parse("content.xml", reading.start, reading.end, reading.text)
    if not reading.sheets:
        broken()
    return Sheets("ods", tuple(reading.sheets))


class _Reading:
    """The sheets of a file on their way from XML to text: the state between the tags."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.sheets: list[Sheet] = []
        self.inside: list[str] = []
        self.style = ""
        self.from_right: set[str] = set()
        self.aside = 0
        self.begin_table({})

    def begin_table(self, attributes: Attributes) -> None:
        """An empty sheet."""
        self.name, self.table_style = attributes.get("name", ""), attributes.get("style-name", "")
        self.hidden = attributes.get("display") == "false"
        self.rows: list[list[str]] = []
        self.empty = self.size = 0
        self.remarks: list[Remark] = []
        self.counts: dict[str, int] = {}
        self.merged: list[tuple[int, int, int, int]] = []
        self.times, self.blank, self.length = 1, 0, 0
        self.cells: list[str] = []
        self.lines: list[str] = []

    def start(self, written: str, attributes: Attributes) -> None:
        """A tag begins."""
        local = local_name(written)
        self.inside.append(local)
        if len(self.inside) > MAX_DEPTH or not self.is_placed(local):
            broken()
        attributes = {local_name(name): value for name, value in attributes.items()}
        match local:
            case "style":
                self.style = attributes.get("name", "")
            case "table-properties" if attributes.get("writing-mode", "").startswith("rl"):
                self.from_right.add(self.style)
            case "table":
                self.begin_table(attributes)
            case "table-row":
                self.times = _times(attributes, "number-rows-repeated")
                self.cells, self.blank = [], 0
            case "table-cell" | "covered-table-cell":
                self.cell = attributes
                self.lines, self.length = [], 0
            case "p" if not self.aside and "table-cell" in self.inside[-3:]:
                self.lines.append("")
            case "s" | "tab" | "line-break":
                spaces = min(1_000, _times(attributes, "c"))
                self.text({"s": " " * spaces, "tab": "\t"}.get(local, "\n"))
            case "annotation":
                self.aside += 1
            case "dde-link" | "dde-source" | "table-source":
                refuse_active("links to other files")

    def is_placed(self, local: str) -> bool:
        """Whether the parts of a table stand in each other as they should: no table or row in another."""
        around = self.inside[:-1]
        match local:
            case "table":
                return "table" not in around
            case "table-row":
                return "table" in around and "table-row" not in around
            case "table-cell" | "covered-table-cell":
                return around[-1:] == ["table-row"]
        return True

    def end(self, _: str) -> None:
        """A tag ends."""
        local = self.inside.pop()
        match local:
            case "annotation":
                self.aside -= 1
            case "table-cell" | "covered-table-cell":
                self.end_cell()
            case "table-row":
                self.end_row()
            case "table":
                rows, remarks = trimmed(self.rows), tuple(self.remarks)
                merged = tuple(one for one in self.merged if one[0] < len(rows))
                right = self.table_style in self.from_right
                self.sheets.append(Sheet(self.name, rows, right, 1, self.hidden, merged, remarks))

    def text(self, data: str) -> None:
        """Characters between tags: kept where they are a paragraph of a cell, notes of others left out."""
        if not self.aside and "p" in self.inside and "table-cell" in self.inside and self.lines:
            self.length += len(data)
            if self.length > self.limits.cell:
                self.limits.require_cell(self.length, self.number, self.at)
            self.lines[-1] += data

    @property
    def number(self) -> int:
        """The number of the row that is being read, from 1."""
        return len(self.rows) + self.empty + 1

    @property
    def at(self) -> int:
        """The column of the cell that is being read, from 0."""
        return len(self.cells) + self.blank

    def end_cell(self) -> None:
        """Put what people see in a cell in its place, as often as it is repeated."""
        repeated = _times(self.cell, "number-columns-repeated")
        across, down = _times(self.cell, "number-columns-spanned"), _times(self.cell, "number-rows-spanned")
        if (across > 1 or down > 1) and len(self.merged) < self.limits.sheet_rows:
            self.merged.append((self.number - 1, self.at, self.number + down - 2, self.at + across - 1))
        text = self.seen("\n".join(self.lines))
        self.lines = []
        if not text:
            self.blank += repeated
            return
        self.limits.require_column(self.at + repeated - 1, self.number)
        self.limits.require_row(self.number + self.times - 1)
        self.cells += [""] * self.blank + [text] * repeated
        self.blank = 0
        self.size += len(text) * repeated * self.times
        require_text(self.size)

    def end_row(self) -> None:
        """Keep a row as often as it is repeated; empty ones are only counted until a filled one follows."""
        if not self.cells:
            self.empty += self.times
            return
        self.rows += [[] for _ in range(self.empty)]
        self.rows += [list(self.cells) for _ in range(self.times)]
        self.empty = 0

    def seen(self, written: str) -> str:
        """The text of a cell, with numbers whole and days in ISO form."""
        kind = self.cell.get("value-type")
        if "formula" in self.cell:
            self.say("table.formula", "the cell is a formula; the value stored with it was taken")
        if kind in ("float", "percentage", "currency"):
            text = shown(self.cell.get("value", ""), _PLAIN, _DAY_ZERO)
            if text is None:
                broken()
            if len(text) > 15 and sum(map(str.isdigit, text)) > 15:
                self.say("table.digits_lost", "the number has more than 15 digits; the office program lost some")
            zeros = written.isdecimal() and written.isascii() and written.lstrip("0") == text
            return written if zeros else text
        if kind == "date":
            return self.cell.get("date-value", "")[:40].replace("T00:00:00", "").replace("T", " ")
        return written

    def say(self, code: str, message: str) -> None:
        """Keep a remark on the cell; of many of one kind, the first."""
        self.counts[code] = self.counts.get(code, 0) + 1
        if self.counts[code] <= _REPORTED:
            self.remarks.append(Remark(code, message, self.number, letters(self.at)))


def _times(attributes: Attributes, name: str) -> int:
    """A count that an element carries, 1 without it."""
    written = attributes.get(name, "1")
    if not written.isdecimal() or len(written) > 9:
        broken()
    return max(1, int(written))
