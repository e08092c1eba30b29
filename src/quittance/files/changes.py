"""What changed between two versions of a list, whether or not its rows were numbered anew."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field

from quittance.files.lists import RawRow

_COMMON = 20
"""A cell that stands in more rows than this says nothing about which row is which."""


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """One row before and after, and the headings of the columns that say something else."""

    before: RawRow
    after: RawRow
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """The rows that came, went and changed, how many say the same, and how many of the kept rows have another pid."""

    added: tuple[RawRow, ...]
    removed: tuple[RawRow, ...]
    changed: tuple[ChangedRow, ...]
    same: int
    renumbered: int

    def summary(self) -> tuple[str, ...]:
        """Lines for people and logs: numbers and headings of columns, nothing of what a cell says."""
        columns = Counter(column for row in self.changed for column in row.columns)
        each = ", ".join(
            f"{column} {count}" for column, count in sorted(columns.items(), key=lambda one: (-one[1], one))
        )
        lines = [f"{len(self.added)} added", f"{len(self.removed)} removed"]
        lines.append(f"{len(self.changed)} changed" + (f" ({each})" if each else ""))
        lines.append(f"{self.same} the same")
        if self.renumbered:
            lines.append(f"{self.renumbered} with another number")
        return tuple(lines)


@dataclass(frozen=True, slots=True)
class _Line:
    """A row with its content: heading and text of each filled cell but the pid."""

    row: RawRow
    content: frozenset[tuple[str, str]] = field(repr=False)


def changes(before: Sequence[RawRow], after: Sequence[RawRow]) -> Changes:
    """What changed from one version of a list to the next; which row is which is told by `paired`."""
    old, new = _lines(before), _lines(after)
    pairs = _paired(old, new)
    changed = [ChangedRow(one.row, two.row, _columns(one, two)) for one, two in pairs if one.content != two.content]
    return Changes(
        added=tuple(line.row for line in new),
        removed=tuple(line.row for line in old),
        changed=tuple(sorted(changed, key=lambda row: row.after.row)),
        same=len(pairs) - len(changed),
        renumbered=sum(one.row.pid != two.row.pid for one, two in pairs),
    )


def paired(before: Sequence[RawRow], after: Sequence[RawRow]) -> list[tuple[RawRow, RawRow]]:
    """The rows of a list that are one row in both versions.

    Rows are paired by pid and content; then by content alone; then, where the numbers held for most rows, by pid alone;
    then by the most cells in common, at least half. What is left came or went.
    """
    return [(one.row, two.row) for one, two in _paired(_lines(before), _lines(after))]


def _paired(old: list[_Line], new: list[_Line]) -> list[tuple[_Line, _Line]]:
    """The pairs; what is left of `old` and `new` came or went."""
    pairs: list[tuple[_Line, _Line]] = []
    _pair(old, new, pairs, lambda line: (line.row.pid, line.content))
    kept = len(pairs)
    _pair(old, new, pairs, lambda line: line.content)
    # Numbers that moved for as many rows as they held are no longer those of the same people.
    if 2 * kept >= len(pairs):
        _pair(old, new, pairs, lambda line: line.row.pid)
    _pair_alike(old, new, pairs)
    return pairs


def _lines(rows: Sequence[RawRow]) -> list[_Line]:
    """The rows without the cell that is their pid; a pid that is the row number stands in no cell."""
    headings = {heading for row in rows for heading in row.headings}
    numbered = {
        heading for heading in headings if rows and all(row.cells.get(heading, "").strip() == row.pid for row in rows)
    }
    return [
        _Line(row, frozenset((heading, text.strip()) for heading, text in row.cells.items() if heading not in numbered))
        for row in rows
    ]


def _pair(
    old: list[_Line], new: list[_Line], pairs: list[tuple[_Line, _Line]], key: Callable[[_Line], Hashable]
) -> None:
    """Move lines with the same key from both sides to `pairs`, in their order."""
    waiting: defaultdict[Hashable, list[_Line]] = defaultdict(list)
    for line in reversed(old):
        waiting[key(line)].append(line)
    left = []
    taken: set[int] = set()
    for line in new:
        found = waiting.get(key(line))
        if found:
            partner = found.pop()
            taken.add(id(partner))
            pairs.append((partner, line))
        else:
            left.append(line)
    old[:] = [line for line in old if id(line) not in taken]
    new[:] = left


def _pair_alike(old: list[_Line], new: list[_Line], pairs: list[tuple[_Line, _Line]]) -> None:
    """Move lines that share at least half of their cells to `pairs`, the most alike first."""
    holders: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for at, line in enumerate(old):
        for cell in line.content:
            holders[cell].append(at)
    alike = []
    for index, line in enumerate(new):
        near = {at for cell in line.content if len(holders.get(cell, ())) <= _COMMON for at in holders.get(cell, ())}
        for at in near:
            shared, most = len(line.content & old[at].content), max(len(line.content), len(old[at].content))
            if 2 * shared >= most:
                alike.append((-shared / most, index, at))
    used_new: set[int] = set()
    used_old: set[int] = set()
    for _, index, at in sorted(alike):
        if index not in used_new and at not in used_old:
            used_new.add(index)
            used_old.add(at)
            pairs.append((old[at], new[index]))
    new[:] = [line for index, line in enumerate(new) if index not in used_new]
    old[:] = [line for at, line in enumerate(old) if at not in used_old]


def _columns(one: _Line, two: _Line) -> tuple[str, ...]:
    """The headings of the cells that differ, in the order of the later version."""
    differ = {heading for heading, _ in one.content ^ two.content}
    order = (*two.row.headings, *(heading for heading in one.row.headings if heading not in two.row.headings))
    return tuple(heading for heading in order if heading in differ)
