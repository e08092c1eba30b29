"""People as a file: JSON Lines, one person a line, each member a column of the vault. All of it is taken or none.

A refusal names lines and columns and never quotes anything else from the file, not even a member's name: where columns
were shifted, that name is somebody's.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from quittance.errors import Problem, UnreadableError
from quittance.vault.columns import IDENTITY, PERSON

MAX_PEOPLE_BYTES = 20 * 1024 * 1024
MAX_PEOPLE = 100_000
MAX_VALUE = 32_767
MAX_PROBLEMS = 1_000

COLUMNS = IDENTITY[PERSON]

NAMING = tuple(column for column, normalise in COLUMNS.items() if normalise is not None)
"""Of these columns a person needs at least one, to be told from others."""


class PeopleRefused(UnreadableError):
    """A file of people cannot be taken; `problems` names each line at fault, and its column where there is one."""

    code = "people.refused"


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person of a file: the number of the line, from 1, and its values by column, exactly as they stand there."""

    number: int
    values: Mapping[str, str] = dataclasses.field(repr=False)


def read_people(data: bytes) -> list[PersonLine]:
    """The people in a file of UTF-8 lines, empty lines passed over; raises `PeopleRefused`."""
    lines: list[PersonLine] = []
    problems: list[Problem] = []
    first_with: dict[frozenset[tuple[str, str]], int] = {}
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if not line.strip():
            continue
        members = _members(line)
        values = {column: value for column, value in members or () if isinstance(value, str)}
        if members is None:
            found = [Problem("people.line", "this is not one JSON object", number)]
        else:
            found = list(_problems(members, number)) or list(_problems_together(values, number, first_with))
        problems += found
        lines.append(PersonLine(number, values))
    if len(lines) > MAX_PEOPLE:
        raise PeopleRefused(f"The file has more than {MAX_PEOPLE:,} people. Nobody was added; send it in parts.")
    if not lines:
        raise PeopleRefused("Nobody is in the file: it has no line. Nobody was added; check that it is the right file.")
    if problems:
        wrong = len({problem.line for problem in problems})
        raise PeopleRefused(
            f"The people are refused: {'one line' if wrong == 1 else f'{wrong} lines'} cannot be taken. Nobody was "
            f"added. Mend what is listed; the columns are {', '.join(COLUMNS)}.",
            problems=tuple(problems[:MAX_PROBLEMS]),
        )
    return lines


class _Members(list[tuple[str, object]]):
    """The members of one JSON object in their order, also those that repeat a name."""


def _members(line: bytes) -> _Members | None:
    """The members of the object on a line; None for anything else."""
    try:
        value = json.loads(line.decode(), object_pairs_hook=_Members)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, _Members) else None


def _problems(members: list[tuple[str, object]], number: int) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, (column, value) in enumerate(members, 1):
        if column not in COLUMNS:
            yield Problem("people.column", f"member {place} is no column", number)
        elif column in seen:
            yield Problem("people.column", f"the column {column} is there twice", number, column)
        elif not isinstance(value, str) or not value.strip() or len(value) > MAX_VALUE or not _is_whole(value):
            yield Problem(
                "people.value",
                f"the column {column} is no text of 1 to {MAX_VALUE:,} characters; leave out what is not known",
                number,
                column,
            )
        seen.add(column)


def _problems_together(
    values: dict[str, str], number: int, first_with: dict[frozenset[tuple[str, str]], int]
) -> Iterator[Problem]:
    """What is wrong with a line whose every member is good."""
    if values.keys().isdisjoint(NAMING):
        yield Problem("people.unnamed", f"none of the columns {', '.join(NAMING)} is there", number)
    elif (same := first_with.setdefault(frozenset(values.items()), number)) != number:
        yield Problem("people.repeated", f"this says the same as line {same}; tell the two apart", number)


def _is_whole(value: str) -> bool:
    """Whether a text has no half of a surrogate pair, so that it can be written."""
    return not any("\ud800" <= letter <= "\udfff" for letter in value)
