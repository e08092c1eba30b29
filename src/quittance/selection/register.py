"""The register: one row per listed person, frozen and kept by columns (section 12).

A column holds each distinct value once and a code per person, so that checking, typing and weighing a value happens
once however many people have it. Columns that the rules do not declare, names among them, are never kept.
"""

from __future__ import annotations

import dataclasses
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from quittance.errors import Problem, UnreadableError
from quittance.selection.canonical import snapshot_sha256
from quittance.selection.conditions import Value

if TYPE_CHECKING:
    from quittance.selection.rules import Field, Rules

PID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

MAX_PROBLEMS = 200
"""Rows of the report of a refused register."""

_INTEGER = re.compile(r"-?[1-9][0-9]{0,15}|0")
# Characters that do not show would make two classes of what reads as one.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]|^\s|\s$")
_FLAGS: Mapping[str, bool] = {"yes": True, "no": False}


class RegisterRefused(UnreadableError):
    """The register has at least one error; `problems` has a row for each, up to 200. Nothing was taken."""

    code = "selection.register"


@dataclass(frozen=True, eq=False)
class Column:
    """A declared field over all people: `values` are the distinct typed cells, None for an empty one."""

    field: Field
    values: tuple[Value, ...]
    codes: NDArray[np.int32] = dataclasses.field(repr=False)

    @cached_property
    def known(self) -> tuple[Value, ...]:
        """The values with `unknown` in the place of an empty cell; an empty flag stays None."""
        return tuple(self.field.unknown if value is None else value for value in self.values)

    def raw(self, person: int) -> Value:
        """The cell of a person as the snapshot has it."""
        return self.values[int(self.codes[person])]

    def at(self, person: int) -> Value:
        """The value of a person with `unknown` applied."""
        return self.known[int(self.codes[person])]

    def each(self, function: Callable[[Value], Any], dtype: DTypeLike) -> NDArray[Any]:
        """`function` of every person's value with `unknown` applied, as an array in the order of the register."""
        return np.array([function(value) for value in self.known], dtype)[self.codes]

    @staticmethod
    def class_of(value: Value) -> str:
        """The class of a value in a quota by this field: its text; `yes` or `no` for a flag, `no` for an empty one."""
        return ("yes" if value else "no") if value is None or isinstance(value, bool) else str(value)


@dataclass(frozen=True, eq=False)
class Register:
    """All people in the order of their pids, and the declared columns by name of the field."""

    pids: tuple[str, ...] = dataclasses.field(repr=False)
    columns: Mapping[str, Column]

    def __len__(self) -> int:
        return len(self.pids)

    @cached_property
    def _index(self) -> dict[str, int]:
        return {pid: at for at, pid in enumerate(self.pids)}

    def index_of(self, pid: str) -> int:
        """Where a person stands in the register; raises KeyError for a pid that is not there."""
        return self._index[pid]

    def only(self, person: int) -> Register:
        """A register of one person alone."""
        columns = {
            name: Column(column.field, column.values, column.codes[person : person + 1])
            for name, column in self.columns.items()
        }
        return Register((self.pids[person],), columns)

    @cached_property
    def snapshot_sha256(self) -> str:
        """The hash of the snapshot (section 9), bare hex."""
        names = sorted(self.columns)
        cells = [map(self.columns[name].values.__getitem__, self.columns[name].codes.tolist()) for name in names]
        return snapshot_sha256(names, zip(self.pids, *cells, strict=True))


def register_of(rows: Iterable[Mapping[str, str]], rules: Rules) -> Register:
    """The register of rows as a file would have them: cells by column name, the person's number under `pid`.

    Raises `RegisterRefused` with a problem for every row that is wrong; row 2 is the first, as under a heading.
    """
    intake = Intake(rules)
    given = list(rows)
    intake.take({column: [row.get(column, "") for row in given] for column in intake.columns}, range(2, len(given) + 2))
    return intake.register()


class Intake:
    """Takes the columns of a register piece by piece, and gives the register, or everything that is wrong with it."""

    def __init__(self, rules: Rules) -> None:
        self.fields = tuple(rules.fields.values())
        self.columns = ("pid", *dict.fromkeys(declared.column for declared in self.fields))
        self._pids: list[str] = []
        self._numbers: list[tuple[int, Sequence[int]]] = []
        self._codes: list[list[NDArray[np.int32]]] = [[] for _ in self.columns[1:]]
        self._texts: list[dict[str, int]] = [{} for _ in self.columns[1:]]
        self.problems: list[Problem] = []
        self.count = 0

    def take(self, columns: Mapping[str, Sequence[str]], numbers: Sequence[int]) -> None:
        """Take the next rows: for every name of `columns` as many cells, and the numbers of the rows in their file."""
        self._numbers.append((len(self._pids), numbers))
        self._pids.extend(columns["pid"])
        for name, codes, texts in zip(self.columns[1:], self._codes, self._texts, strict=True):
            cells = columns[name]
            try:
                codes.append(np.fromiter(map(texts.__getitem__, cells), np.int32, len(cells)))
            except KeyError:  # seldom after the first rows, so that looking for new texts first would cost more
                for text in set(cells).difference(texts):
                    texts[text] = len(texts)
                codes.append(np.fromiter(map(texts.__getitem__, cells), np.int32, len(cells)))

    def _row_of(self, at: int) -> int:
        """The number in its file of the row that was taken as `at`."""
        first, numbers = self._numbers[bisect_right(self._numbers, at, key=lambda piece: piece[0]) - 1]
        return numbers[at - first]

    def refuse(self, row: int, message: str) -> None:
        """Note what is wrong with a row; only the first problems are kept, all are counted."""
        self.count += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem("selection.register", message, row))

    def register(self) -> Register:
        """The register of all that was taken. Raises `RegisterRefused`."""
        empty = np.zeros(0, np.int32)
        codes = {
            name: np.concatenate([empty, *codes]) for name, codes in zip(self.columns[1:], self._codes, strict=True)
        }
        texts = {name: list(texts) for name, texts in zip(self.columns[1:], self._texts, strict=True)}
        order = self._order()
        columns = {
            declared.name: self._column(declared, texts[declared.column], codes[declared.column])
            for declared in self.fields
        }
        if self.problems:
            self.problems.sort(key=lambda problem: problem.line or 0)
            raise RegisterRefused(
                f"The register is refused: {self.count:,} error{'s' if self.count != 1 else ''}. Nothing was taken.",
                problems=tuple(self.problems),
            )
        return Register(
            tuple([self._pids[at] for at in order.tolist()]),
            {name: Column(column.field, column.values, column.codes[order]) for name, column in columns.items()},
        )

    def _order(self) -> NDArray[np.int64]:
        """The rows in the order of their pids; notes pids that are missing, malformed or not unique."""
        pids, good = self._pids, PID.fullmatch
        for at in [at for at, pid in enumerate(pids) if not good(pid)]:
            what = "holds no register number: up to 64 letters, digits, `.`, `_` and `-`" if pids[at] else "is empty"
            self.refuse(self._row_of(at), f"column pid {what}")
        if len(set(pids)) < len(pids):
            first: dict[str, int] = {}
            for at, pid in enumerate(pids):
                if first.setdefault(pid, at) != at and good(pid):
                    self.refuse(
                        self._row_of(at), f"person {pid} stands here again (first in row {self._row_of(first[pid])})"
                    )
        return np.array(sorted(range(len(pids)), key=pids.__getitem__), np.int64)

    def _column(self, declared: Field, texts: list[str], codes: NDArray[np.int32]) -> Column:
        """One typed column; notes the cells that the field cannot have."""
        read = [_typed(declared, text) for text in texts]
        wrong = np.array([bool(what) for _, what in read], np.bool_)
        for at in np.flatnonzero(wrong[codes]).tolist() if wrong.any() else ():
            self.refuse(self._row_of(at), f"column {declared.column} {read[codes[at]][1]}")
        # Codes were given as cells came; sorted values make the same column of the same cells.
        order = sorted(range(len(read)), key=lambda code: _sorting(read[code][0]))
        place = np.empty(len(read), np.int32)
        place[order] = np.arange(len(read), dtype=np.int32)
        return Column(declared, tuple(read[code][0] for code in order), place[codes])


def _sorting(value: Value) -> tuple[bool, Value]:
    """None before all others; the values of one field are of one type."""
    return value is not None, value if value is not None else 0


def _typed(declared: Field, text: str) -> tuple[Value, str]:
    """The value of a cell, or what is wrong with it."""
    if not text:
        if declared.type != "flag" and declared.unknown is None:
            return None, "is empty, and the rules give no `unknown` for it"
        return None, ""
    if declared.type == "flag":
        return _FLAGS.get(text), "" if text in _FLAGS else "is not yes, no or empty"
    if declared.type == "scale":
        return text, "" if text in declared.levels else f"is none of {', '.join(declared.levels)}"
    if declared.type == "integer":
        if _INTEGER.fullmatch(text) and abs(int(text)) < 2**53:
            return int(text), ""
        return None, "is not a plain decimal integer"
    return text, "has a space at its edge or a character that does not show" if _UNSEEN.search(text) else ""
