"""A register as it is handed over: what it says of the entries of a list, taken into the vault whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from quittance.batchshelf import BatchShelf
from quittance.codes import code_of
from quittance.errors import Problem, QuittanceError
from quittance.files.rows import RowsRefused, Table, read_rows

if TYPE_CHECKING:
    from quittance.selection.rules import Rules


@dataclass(frozen=True, slots=True)
class RegisterReport:
    """What a register did: rows, entries whose fields are new or changed, and those of which it says the same.

    `passed_over` are columns that no rule declares, `gates` columns of gates: these are granted by their offices and
    not taken from a register.
    """

    rows: int
    changed: int
    same: int
    passed_over: tuple[str, ...]
    gates: tuple[str, ...]


def take_register(shelf: BatchShelf, rules: Rules, data: bytes, list_name: str, name: str = "") -> RegisterReport:
    """Keep what a register says of the entries of a list, beside what earlier ones said in other columns.

    A row names its entry by `code`, or by `pid`, the number that the list itself gives it; an empty cell takes back
    what was there. Raises `TableRefused`, and `RowsRefused` with a report by row.
    """
    table = read_rows(data, (), name)
    columns = {one.column.lower(): one.column for at, one in rules.fields.items() if at not in rules.gates}
    gates = {rules.fields[one].column.lower() for one in rules.gates}
    found = _named(shelf, table, list_name)
    given = [heading for heading in table.headings if heading in columns]
    fields = {
        handle: {columns[heading]: cells.get(heading, "") for heading in given} for handle, (_, cells) in found.items()
    }
    problems = [
        Problem("rows.field", problem, found[handle][0])
        for handle, cells in fields.items()
        for problem in _unknown(cells, rules)
    ]
    if problems:
        raise RowsRefused.of(problems)
    before = shelf.store.traits()
    after = {handle: _filled(before.get(handle, {}) | cells) for handle, cells in fields.items()}
    fresh = {handle: cells for handle, cells in after.items() if before.get(handle, {}) != cells}
    shelf.store.put_traits(fresh)
    passed = tuple(one for one in table.headings if one not in {*columns, *gates, "code", "pid"})
    mine = tuple(one for one in table.headings if one in gates)
    return RegisterReport(len(fields), len(fresh), len(fields) - len(fresh), passed, mine)


def _filled(cells: Mapping[str, str]) -> dict[str, str]:
    return {column: cell for column, cell in cells.items() if cell}


def _named(shelf: BatchShelf, table: Table, list_name: str) -> dict[str, tuple[int, Mapping[str, str]]]:
    """The row and cells of each entry, by handle."""
    column = next((one for one in ("code", "pid") if one in table.headings), None)
    if column is None:
        raise RowsRefused(
            "The table has neither a column code nor a column pid, so nobody can be found. Nothing was changed.",
            code="rows.column_missing",
        )
    present = set(shelf.present(list_name))
    if column == "pid":
        here = (one for one in shelf.lists.listed if one.list == list_name and one.handle in present)
        known = {one.pid: one.handle for one in here}
    else:
        known = {code_of(one): one for one in present}
    problems: list[Problem] = []
    found: dict[str, tuple[int, Mapping[str, str]]] = {}
    for row in table.rows:
        text = row.cells.get(column, "")
        handle = known.get(text.upper() if column == "code" else text)
        if handle is None:
            problems.append(Problem("rows.nobody", f"the {column} is of no entry of {list_name}", row.number))
        elif handle in found:
            problems.append(Problem("rows.repeated", f"row {found[handle][0]} is of the same entry", row.number))
        else:
            found[handle] = row.number, row.cells
    if problems:
        raise RowsRefused.of(problems)
    return found


def _unknown(cells: Mapping[str, str], rules: Rules) -> Sequence[str]:
    """What is wrong with the filled cells of one row, as the register of the rules would say it; empty for nothing."""
    from quittance.selection.register import register_of

    fields = {name: one for name, one in rules.fields.items() if cells.get(one.column)}
    try:
        register_of([{"pid": "x", **cells}], replace(rules, fields=fields))
    except QuittanceError as error:
        return [one.message for one in error.problems] or [error.message]
    return ()
