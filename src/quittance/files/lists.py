"""Lists as they were handed over: every cell kept as it stands, and entries derived from it by a confirmed mapping.

All of a list is taken or none of it. What was cleaned, passed over or not understood is reported by row and column,
never with a name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256

from quittance import dates
from quittance.errors import UsageError
from quittance.files.entries import EntryReader
from quittance.files.header_words import fold_heading
from quittance.files.mapping import ListMapping, ListRefused, guess, parse_given, sheet_for
from quittance.files.sheets_csv import SEPARATOR_NAMES
from quittance.files.tables import DEFAULT, Limits, Remark, Sheets, letters, read_table
from quittance.people.model import ListEntry

REPORTED = 100
"""Remarks of one kind that are reported one by one; of the rest only the number."""

MAX_PROBLEMS = 1_000

_TOTALS = frozenset(("total", "totals", "المجموع", "مجموع", "جمله", "ټول", "ټولټال", "итого", "всего"))


@dataclass(frozen=True, slots=True)
class RawRow:
    """A line of a list as it stands: its sheet, its row from 1, its cells untouched, and the pid it goes by."""

    sheet: str
    row: int
    pid: str
    headings: tuple[str, ...] = field(repr=False)
    values: tuple[str, ...] = field(repr=False)

    @property
    def cells(self) -> dict[str, str]:
        """Heading -> exact text, empty cells left out."""
        return {heading: value for heading, value in zip(self.headings, self.values, strict=False) if value}

    @classmethod
    def from_cells(cls, sheet: str, row: int, pid: str, cells: Mapping[str, str]) -> RawRow:
        """The row that `cells` were taken from."""
        return cls(sheet, row, pid, tuple(cells), tuple(cells.values()))


@dataclass(frozen=True, slots=True)
class ReadList:
    """A list that was read: one entry and one raw row for each line, how it was read, and what is to be said of it."""

    entries: tuple[ListEntry, ...] = field(repr=False)
    raw: tuple[RawRow, ...] = field(repr=False)
    mapping: ListMapping = field(repr=False)
    report: tuple[Remark, ...]
    counts: Mapping[str, int]
    """Code of a remark -> how often it applies."""
    sha256: str


def propose(
    data: bytes,
    name: str = "",
    given: Iterable[str] = (),
    listed_on: date | None = None,
    limits: Limits = DEFAULT,
) -> tuple[ListMapping, Sheets]:
    """How a list would be read, for people to confirm: `given` are their corrections, as `field=Heading` or `field=B`.

    Raises `TableRefused`, `ListRefused` and `UsageError`.
    """
    options = parse_given(given)
    separator = _separator(options.get("separator"))
    sheets = read_table(data, name, encoding=options.get("encoding"), separator=separator, limits=limits)
    return guess(sheets, options, _listed_on(options, listed_on)), sheets


def _separator(given: str | None) -> str | None:
    """The separator that people gave by its name or as itself; raises `UsageError`."""
    named = {name: sign for sign, name in SEPARATOR_NAMES.items()} | {sign: sign for sign in SEPARATOR_NAMES}
    if given is not None and given not in named:
        raise UsageError(f"separator= takes one of {', '.join(SEPARATOR_NAMES.values())}.", code="list.option")
    return named[given] if given else None


def _listed_on(options: Mapping[str, str], listed_on: date | None) -> date | None:
    """The day of the list that people gave, else the caller's; raises `UsageError`."""
    if "listed_on" not in options:
        return listed_on
    try:
        return dates.parse_day(options["listed_on"])
    except dates.DateError:
        raise UsageError("listed_on= takes the day of the list, as 2020-03-31.", code="list.option") from None


def read_list(
    data: bytes,
    mapping: ListMapping | None = None,
    name: str = "",
    given: Iterable[str] = (),
    listed_on: date | None = None,
    limits: Limits = DEFAULT,
) -> ReadList:
    """The entries of a list, by a `mapping` that people have confirmed or, where everything is clear, by the guess.

    Raises `TableRefused` if the file is no table, and `ListRefused` with every problem of every row if any of it cannot
    be taken; its code is `list.confirm` if only the confirmation of a guess is missing.
    """
    if mapping is None:
        mapping, sheets = propose(data, name, given, listed_on, limits)
        if mapping.questions:
            raise ListRefused(
                "The list is not read before you confirm how: "
                + "; ".join(one.message for one in mapping.questions)
                + ".",
                code="list.confirm",
                problems=mapping.questions,
            )
    else:
        sheets = read_table(
            data, name, encoding=mapping.encoding or None, separator=mapping.separator or None, limits=limits
        )
    return _Reading(mapping, sheets, limits).read(sha256(data).hexdigest())


def rebuild(mapping: ListMapping, rows: Iterable[RawRow]) -> tuple[ListEntry, ...]:
    """The entries of a list again, from the rows that were kept of it: the same as when it was read."""
    reader = EntryReader(mapping)
    entries = []
    for row in rows:
        cells = {} if row.headings == mapping.headings else row.cells
        values = tuple(cells.get(heading, "") for heading in mapping.headings) if cells else row.values
        entry = reader.entry(values, row.row)
        entries.append(entry if entry.pid == row.pid else replace(entry, pid=row.pid))
    return tuple(entries)


def _is_total(row: tuple[str, ...]) -> bool:
    """Whether a row says `total` and numbers, and nothing else."""
    cells = [cell.strip() for cell in row if cell.strip()]
    if len(cells) > 4 or cells[0][0].isdigit() or len(cells[0]) > 40:
        return False
    words = [word for cell in cells for word in fold_heading(cell) if not word.isdecimal()]
    return bool(words) and _TOTALS.issuperset(words) and len(words) < sum(map(len, map(fold_heading, cells)))


class _Reading:
    """One list on its way from cells to entries."""

    def __init__(self, mapping: ListMapping, sheets: Sheets, limits: Limits) -> None:
        self.mapping, self.limits = mapping, limits
        self.sheet, self.table = sheet_for(sheets, mapping)
        self.columns = mapping.columns
        self.remarks: list[Remark] = []
        self.counts: Counter[str] = Counter()
        used = {letters(at) for at in self.columns.values()}
        for remark in (*sheets.remarks, *self.sheet.remarks):
            # A field whose value was not stored would be missing without anybody's wish.
            missing = remark.code == "table.formula_empty" and remark.column in used
            self.say(replace(remark, wrong=True) if missing else remark)
        for number, other in enumerate(sheets.sheets, 1):
            if other is not self.sheet and other.rows:
                hidden = "hidden " if other.hidden else ""
                self.say(Remark("list.other_sheet", f"{hidden}sheet {number} was not read"))
        if self.table.start > len(self.table.header) and self.table.header:
            self.say(Remark("list.above", f"{self.table.header[0]} rows above the headings were passed over"))
        self.reader = EntryReader(mapping, self.say)
        if "surname" in self.columns or "patronymic" in self.columns:
            self.say(Remark("list.joined_name", "the name is joined from its columns, the surname last"))
        if "pid" not in self.columns:
            self.say(Remark("list.pid_by_row", "no column numbers the rows: the row number is taken as pid"))

    def say(self, remark: Remark) -> None:
        self.counts[remark.code] += 1
        if self.counts[remark.code] <= REPORTED or (remark.wrong and self.counts[remark.code] <= MAX_PROBLEMS):
            self.remarks.append(remark)

    def read(self, digest: str) -> ReadList:
        entries: list[ListEntry] = []
        raw: list[RawRow] = []
        header = {tuple(fold_heading(cell) for cell in line) for line in self.table.lines}
        own = [at for field, at in self.columns.items() if field != "pid"]
        for index in range(self.table.start, len(self.sheet.rows)):
            row, number = self.sheet.rows[index], self.sheet.number(index)
            if not any(map(str.strip, row)) or self.is_passed_over(row, number, header, own):
                continue
            entry = self.reader.entry(row, number)
            entries.append(entry)
            raw.append(RawRow(self.sheet.name, number, entry.pid, self.mapping.headings, row))
        self.check_together(entries, raw)
        if len(entries) > self.limits.rows:
            self.limits.require_row(self.limits.sheet_rows + 1)
        if not entries:
            raise ListRefused("The list is refused: it has headings and no line below them.", code="list.empty")
        self.refuse_if_wrong()
        return ReadList(tuple(entries), tuple(raw), self.mapping, self.summed_up(), dict(self.counts), digest)

    def is_passed_over(
        self, row: tuple[str, ...], number: int, header: set[tuple[tuple[str, ...], ...]], own: list[int]
    ) -> bool:
        """Whether a row is no entry: numbered and empty, the headings again, or a total."""
        filled = [at for at in own if at < len(row) and row[at].strip()]
        if not filled and sum(map(bool, map(str.strip, row))) == 1:
            message = "the row is empty but for one cell, its number or a remark; it was passed over"
            self.say(Remark("list.blank", message, number))
            return True
        if _is_total(row):
            self.say(Remark("list.total", "the row is a total; it was passed over", number))
            return True
        if header and len(row) > 1 and row[0] in self.table.lines[-1][:1]:
            padded = (*row, *[""] * (len(self.mapping.headings) - len(row)))
            if tuple(map(fold_heading, padded)) in header:
                self.say(Remark("list.headings_again", "the row repeats the headings; it was passed over", number))
                return True
        return False

    def check_together(self, entries: list[ListEntry], raw: list[RawRow]) -> None:
        """Report pids that are there twice, and rows that say the same as an earlier one."""
        pids: dict[str, int] = {}
        said: dict[tuple[str, ...], int] = {}
        at = self.columns.get("pid")
        for entry, row in zip(entries, raw, strict=True):
            if (first := pids.setdefault(entry.pid, row.row)) != row.row and entry.pid:
                message = f"the pid is that of row {first}; give each row its own, or let rows go by their number"
                self.reader.wrong("list.pid_twice", message, row.row, "pid")
            content = row.values if at is None else row.values[:at] + row.values[at + 1 :]
            if (first := said.setdefault(content, row.row)) != row.row:
                self.say(Remark("list.repeated", f"the row says the same as row {first}; both are kept", row.row))

    def refuse_if_wrong(self) -> None:
        problems = [remark.problem() for remark in self.remarks if remark.wrong]
        if problems:
            count = sum(self.counts[code] for code in {one.code for one in problems})
            rows = f"{count:,} things are" if count > 1 else "one thing is"
            raise ListRefused(
                f"The list is refused: {rows} wrong with its rows. Nothing was taken. Mend what is listed.",
                problems=tuple(sorted(problems, key=lambda one: one.line or 0)[:MAX_PROBLEMS]),
            )

    def summed_up(self) -> tuple[Remark, ...]:
        """The report in the order of the rows, with one line for each kind that has more."""
        more = [
            Remark(code, f"{count - REPORTED:,} more rows with the same remark")
            for code, count in sorted(self.counts.items())
            if count > REPORTED
        ]
        return (*sorted(self.remarks, key=lambda one: (one.row or 0, one.column, one.code)), *more)
