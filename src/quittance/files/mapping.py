"""Which column of a list is which field: guessed from headings or content, shown, confirmed or changed by people."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from quittance.errors import Problem, UnreadableError, UsageError
from quittance.files import columns
from quittance.files.columns import Table
from quittance.files.header_words import PARTS
from quittance.files.sheets_csv import SEPARATOR_NAMES
from quittance.files.tables import Sheet, Sheets, letters
from quittance.people.model import FIELDS
from quittance.people.years import CALENDARS, infer_calendar

COLUMN_FIELDS = (*(name for name in FIELDS if name != "calendar"), *PARTS)
"""What a column can be: a field of an entry, or a part of its name or birth."""

OPTIONS = (*COLUMN_FIELDS, "sheet", "header", "calendar", "listed_on", "encoding", "separator")

_SAMPLE = 5_000
"""Births from which the calendar is told, evenly over the list."""

BY_ROW = "row"
NOTHING = "-"


class ListRefused(UnreadableError):
    """A list cannot be taken; `problems` says why, by row and column, and nothing of it was."""

    code = "list.refused"


@dataclass(frozen=True, slots=True)
class ListMapping:
    """How one list is read. Rows are numbers from 1 as the office program shows them, columns count from 0.

    `columns` holds field -> column. `pid` in it is the list's own number; without it the row number stands for it.
    `unsure` are the fields that were told from content, or from a part of a heading.
    """

    kind: str
    sheet: str
    sheet_index: int
    header_rows: tuple[int, ...]
    first_row: int
    headings: tuple[str, ...] = dataclasses.field(repr=False)
    columns: Mapping[str, int]
    unsure: tuple[str, ...] = ()
    calendar: str = "unknown"
    calendar_sure: bool = False
    encoding: str = ""
    encoding_sure: bool = True
    separator: str = ""
    other_lists: int = 0
    listed_on: str | None = None

    @property
    def questions(self) -> tuple[Problem, ...]:
        """What people have to confirm before the list is read; empty where everything is clear."""
        asked = []
        if not self.encoding_sure:
            asked.append(
                Problem("list.confirm_encoding", f"the encoding looks like {self.encoding}: confirm or name another")
            )
        if self.other_lists:
            asked.append(
                Problem(
                    "list.confirm_sheet",
                    f"sheet {self.sheet_index + 1} was taken; {self.other_lists} more look like lists",
                )
            )
        if not self.header_rows:
            asked.append(Problem("list.confirm_columns", "no row of headings was found: confirm the columns"))
        elif unsure := [field for field in self.unsure if field in ("name", "father", "birth", "pid")]:
            asked.append(Problem("list.confirm_columns", f"confirm the column of {', '.join(unsure)}"))
        return tuple(asked)

    def describe(self) -> tuple[str, ...]:
        """What people are shown to confirm, line by line. Headings are quoted: not for logs."""
        lines = []
        if self.kind == "csv":
            sure = "" if self.encoding_sure else " (a guess: confirm it)"
            lines.append(f"text in {self.encoding}{sure}, separated by {SEPARATOR_NAMES[self.separator]}")
        else:
            lines.append(f'sheet {self.sheet_index + 1} "{self.sheet}" of an {self.kind} file')
        if self.other_lists:
            lines.append(f"{self.other_lists} more sheets look like lists: confirm the sheet")
        rows = " and ".join(map(str, self.header_rows))
        lines.append(f"headings in row {rows}, entries from row {self.first_row}" if rows else
                     f"no headings, entries from row {self.first_row}")  # fmt: skip
        for field in COLUMN_FIELDS:
            if field in self.columns:
                at = self.columns[field]
                sure = " (a guess: confirm it)" if field in self.unsure else ""
                lines.append(f'{field} = column {letters(at)} "{self.headings[at]}"{sure}')
        if "pid" not in self.columns:
            lines.append("pid = the row number, since no column numbers the rows")
        used = set(self.columns.values())
        left = [f'{letters(at)} "{heading}"' for at, heading in enumerate(self.headings) if at not in used]
        if left:
            lines.append(f"kept as they stand: {', '.join(left)}")
        if "birth" in self.columns or "capture_date" in self.columns:
            sure = "" if self.calendar_sure else " (a year that two calendars can mean keeps both)"
            lines.append(f"calendar = {self.calendar}{sure}")
        return tuple(lines)

    def as_json(self) -> dict[str, Any]:
        """The mapping as JSON values, for keeping with the list."""
        return asdict(self) | {"columns": dict(self.columns)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> ListMapping:
        """The mapping that `as_json` gave."""
        listed = {name: tuple(value[name]) for name in ("header_rows", "headings", "unsure")}
        return cls(**{**value, **listed, "columns": dict(value["columns"])})


def parse_given(texts: Iterable[str]) -> dict[str, str]:
    """What people gave as `field=Heading or column letter`; raises `UsageError` (`list.option`)."""
    given: dict[str, str] = {}
    for text in texts:
        field, equals, value = text.partition("=")
        field = field.strip().replace("-", "_")
        if not equals or field not in OPTIONS or not value.strip():
            raise UsageError(
                "A column is given as field=Heading or field=B (column letter), field=- for none; the fields are "
                f"{', '.join(OPTIONS)}.",
                code="list.option",
            )
        given[field] = value.strip()
    return given


def guess(sheets: Sheets, given: Mapping[str, str] | None = None, listed_on: date | None = None) -> ListMapping:
    """How the list in a file is to be read, with what people have `given` in place of guesses.

    Raises `ListRefused` if no sheet has a column of names, or if what was given is not in the file.
    """
    given = given or {}
    tables = [columns.table_of(sheet, _header_given(given)) for sheet in sheets.sheets]
    index, others = _choose(sheets, tables, given.get("sheet"))
    sheet, table = sheets.sheets[index], tables[index]
    fields, unsure = columns.fields_of(table)
    for field in COLUMN_FIELDS:
        if field in given:
            at = _column_given(field, given[field], table)
            fields = {one: column for one, column in fields.items() if one != field and column != at}
            unsure = unsure - {field}
            if at is not None:
                fields[field] = at
    if "name" not in fields:
        raise ListRefused(
            "The list is refused: no column of names was found. Say which it is with name=Heading or name=B.",
            code="list.no_name",
        )
    calendar, sure = _calendar(given.get("calendar"), table, fields, listed_on)
    return ListMapping(
        kind=sheets.kind,
        sheet=sheet.name,
        sheet_index=index,
        header_rows=tuple(sheet.number(row) for row in table.header),
        first_row=sheet.number(table.start),
        headings=table.headings,
        columns=fields,
        unsure=tuple(sorted(unsure & fields.keys())),
        calendar=calendar,
        calendar_sure=sure,
        encoding=sheets.encoding,
        encoding_sure=sheets.encoding_sure,
        separator=sheets.separator,
        other_lists=0 if "sheet" in given else others,
        listed_on=listed_on.isoformat() if listed_on else None,
    )


def _header_given(given: Mapping[str, str]) -> int | None:
    """The number of the row of headings that people gave, 0 for none."""
    if "header" not in given:
        return None
    text = given["header"]
    if text == NOTHING:
        return 0
    if not text.isdecimal() or len(text) > 7:
        raise UsageError("header= takes the number of the row of headings, or - for none.", code="list.option")
    return int(text)


def _choose(sheets: Sheets, tables: list[Table], wanted: str | None) -> tuple[int, int]:
    """The index of the sheet that is the list, and how many other visible ones look like lists."""
    if wanted is not None:
        for index, sheet in enumerate(sheets.sheets):
            if wanted in (sheet.name, str(index + 1)):
                return index, 0
        raise ListRefused("The file has no sheet of that name or number. Say which, from 1.", code="list.sheet")
    scores = [
        (not sheet.hidden, table.has_names, table.score, len(sheet.rows), -index)
        for index, (sheet, table) in enumerate(zip(sheets.sheets, tables, strict=True))
    ]
    best = max(range(len(scores)), key=scores.__getitem__)
    alike = [score for score in scores if score[0] and score[1] and score[2] >= columns.HEADER_SCORE and score[3] > 1]
    return best, max(0, len(alike) - 1)


def _column_given(field: str, text: str, table: Table) -> int | None:
    """The column that people gave for a field; None for none of them."""
    if text == NOTHING or (field == "pid" and text.lower() == BY_ROW):
        return None
    at = columns.find_column(text, table)
    if at is None:
        raise ListRefused(
            f"The list has no column of the heading or letter that was given for {field}; it has columns A to "
            f"{letters(max(0, len(table.headings) - 1))}.",
            code="list.column",
        )
    return at


def _calendar(given: str | None, table: Table, fields: Mapping[str, int], listed_on: date | None) -> tuple[str, bool]:
    """The calendar of the file, and whether that is sure."""
    if given is not None:
        if given not in CALENDARS:
            raise UsageError(f"calendar= takes one of {', '.join(CALENDARS)}.", code="list.option")
        return given, True
    texts = list(table.column(fields["birth"])) if "birth" in fields else []
    calendar = infer_calendar(texts[:: len(texts) // _SAMPLE + 1], listed_on)
    return calendar, calendar != "unknown"


def sheet_for(sheets: Sheets, mapping: ListMapping) -> tuple[Sheet, Table]:
    """The sheet and table that a confirmed mapping speaks of; raises `ListRefused` if the file has other headings."""
    if mapping.sheet_index < len(sheets.sheets):
        sheet = sheets.sheets[mapping.sheet_index]
        header = mapping.header_rows[0] if mapping.header_rows else 0
        table = columns.table_of(sheet, header, len(mapping.header_rows))
        if table.headings == mapping.headings and sheet.number(table.start) == mapping.first_row:
            return sheet, table
    raise ListRefused(
        "The list is refused: its sheet or its headings are not those that were confirmed. Confirm them anew.",
        code="list.headings",
    )
