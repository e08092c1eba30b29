"""Registers as CSV files (section 12 of the rules' format): UTF-8, comma, a heading, LF or CRLF; whole or not at all.

Only the columns that the rules declare are kept. What is refused is named by row and column, never by its content.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from quittance.errors import Problem, UnreadableError
from quittance.selection.register import Intake, Register, RegisterRefused
from quittance.selection.rules import Rules

REGISTER_LIMIT = 1 << 30
"""The most bytes that a register may have."""

_ROWS = 20_000
"""Rows read at a time; their texts are then dropped for codes."""


def read_register(data: bytes, rules: Rules) -> Register:
    """The register in `data`. Raises `RegisterRefused` (`selection.register`) with a problem per row that is wrong."""
    text = _text(data)
    pieces = _quoted(text) if '"' in text else _plain(text)
    intake = Intake(rules)
    heading = next(pieces)[0]
    places = _places(heading, intake.columns)
    first = 2
    for rows in pieces:
        numbers: Sequence[int] = range(first, first + len(rows))
        first += len(rows)
        if isinstance(rows, _Lines) and rows.even(len(heading)):
            columns = rows.columns(places, len(heading))
        else:
            kept, numbers = _even(rows, len(heading), numbers, intake)
            columns = {name: [row[place] for row in kept] for name, place in places.items()}
        intake.take(columns, numbers)
    return intake.register()


class _Lines(Sequence[list[str]]):
    """Rows without quotation marks, still as lines: most registers, and several times quicker to take apart."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    def __len__(self) -> int:
        return len(self._lines)

    def __getitem__(self, at: Any) -> Any:
        return self._lines[at].split(",") if self._lines[at] else []

    def even(self, width: int) -> bool:
        """Whether every row has `width` cells."""
        return all(self._lines) and {line.count(",") for line in self._lines} == {width - 1}

    def columns(self, places: Mapping[str, int], width: int) -> dict[str, Sequence[str]]:
        """The cells of the columns at `places`, of rows that are even."""
        cells = ",".join(self._lines).split(",")
        return {name: cells[place::width] for name, place in places.items()}


def _plain(text: str) -> Iterator[Sequence[list[str]]]:
    """The heading and then the rows, a piece at a time, of a text without quotation marks."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.removesuffix("\n").split("\n")
    yield _Lines(lines[:1])
    for first in range(1, len(lines), _ROWS):
        yield _Lines(lines[first : first + _ROWS])


def _quoted(text: str) -> Iterator[Sequence[list[str]]]:
    """The heading and then the rows, a piece at a time, of any CSV. Raises `RegisterRefused` for what is none."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        yield [next(reader, [])]
        while rows := list(islice(reader, _ROWS)):
            yield rows
    except csv.Error:
        raise RegisterRefused(
            f"The register is not CSV near line {reader.line_num}: a quotation mark is not closed, or a cell is too "
            "long. Nothing was taken.",
        ) from None


def _text(data: bytes) -> str:
    """The text of the file. Raises `UnreadableError` (`selection.register_text`) for what is not UTF-8."""
    if len(data) > REGISTER_LIMIT:
        raise UnreadableError(
            f"The register has {len(data):,} bytes; it may have {REGISTER_LIMIT:,}. Nothing was taken.",
            code="selection.register_text",
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableError(
            f"The register is not UTF-8 text (line {line}). Save it as UTF-8. Nothing was taken.",
            code="selection.register_text",
        ) from None


def _places(heading: list[str], wanted: tuple[str, ...]) -> dict[str, int]:
    """Where each wanted column stands. Raises `RegisterRefused` for one that is missing or stands twice."""
    problems = []
    for name in wanted:
        if (count := heading.count(name)) != 1:
            what = "is missing from the heading" if not count else f"stands {count} times in the heading"
            problems.append(Problem("selection.register", f"column {name} {what}", 1))
    if problems:
        raise RegisterRefused(
            "The register is refused: its heading lacks columns of the rules or repeats them. Nothing was taken.",
            problems=tuple(problems),
        )
    return {name: heading.index(name) for name in wanted}


def _even(
    rows: Sequence[list[str]], width: int, numbers: Sequence[int], intake: Intake
) -> tuple[list[list[str]], list[int]]:
    """The rows that have `width` cells, with their numbers; empty rows are passed over, others are noted."""
    kept, kept_numbers = [], []
    for number, row in zip(numbers, rows, strict=True):
        if len(row) == width:
            kept.append(row)
            kept_numbers.append(number)
        elif row:
            intake.refuse(number, f"has {len(row):,} cells where the heading has {width:,}")
    return kept, kept_numbers
