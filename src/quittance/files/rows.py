"""Small tables with a header that name people by code or number: what a register or an office says of them.

All of a table is taken or none. A refusal names rows and columns and never quotes a cell.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from quittance.errors import Problem, UnreadableError
from quittance.files.tables import read_table

MAX_PROBLEMS = 1_000


class RowsRefused(UnreadableError):
    """A table of people cannot be taken; `problems` names each row at fault."""

    code = "rows.refused"

    @classmethod
    def of(cls, problems: Collection[Problem]) -> RowsRefused:
        """The refusal of a whole table, with its first problems."""
        wrong = len({one.line for one in problems})
        return cls(
            f"The table is refused: {'one row' if wrong == 1 else f'{wrong:,} rows'} cannot be taken. Nothing was "
            "changed; mend what is listed.",
            problems=tuple(problems)[:MAX_PROBLEMS],
        )


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its number as an office program shows it, and its cells by heading, without white space around."""

    number: int
    cells: dict[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Table:
    """The headings in their order, in small letters, and the rows that are not empty."""

    headings: tuple[str, ...]
    rows: tuple[TableRow, ...] = field(repr=False)


def read_rows(data: bytes, needed: Collection[str], name: str = "") -> Table:
    """The first sheet of a CSV, XLSX or ODS file with a header in its first row, which has the columns `needed`.

    Raises `TableRefused`, and `RowsRefused` for a missing or repeated heading and a cell beyond the headings.
    """
    sheet = read_table(data, name).sheets[0]
    headings = tuple(cell.strip().lower() for cell in sheet.rows[0]) if sheet.rows else ()
    lacking = [one for one in needed if one not in headings]
    if lacking:
        raise RowsRefused(
            f"The table lacks the column {', '.join(lacking)}. Give each column its heading in the first row; nothing "
            "was changed.",
            code="rows.column_missing",
        )
    if len(set(headings)) != len(headings):
        raise RowsRefused(
            "Two columns have one heading. Give each its own; nothing was changed.", code="rows.column_repeated"
        )
    problems = [
        Problem("rows.too_long", "the row has more cells than there are headings", sheet.number(index))
        for index, cells in enumerate(sheet.rows)
        if len(cells) > len(headings)
    ]
    if problems:
        raise RowsRefused.of(problems)
    rows = (
        TableRow(sheet.number(index), dict(zip(headings, (cell.strip() for cell in cells), strict=False)))
        for index, cells in enumerate(sheet.rows)
        if index and any(cells)
    )
    return Table(headings, tuple(rows))
