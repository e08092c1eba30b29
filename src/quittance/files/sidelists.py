"""The file that goes back to a side: the row numbers of its own lists, each with its state. No name is in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quittance.files.sheets_write import write_csv

HEADER = ("list", "version", "sheet", "row", "number", "state")


@dataclass(frozen=True, slots=True)
class SideRow:
    """One row of a side's list: the list, version of its file, sheet, line, its own number, whether it is matched."""

    list: str
    version: int
    sheet: str
    row: int
    pid: str
    matched: bool


def side_csv(rows: Sequence[SideRow], *, party: str, export: str, at: str, purpose: str) -> bytes:
    """The rows as CSV for people: UTF-8 with a mark, CRLF, guarded against formulas, the watermark in the first line.

    The watermark names the recipient, the export, its time and its purpose.
    """
    mark = "\ufeff".encode()
    states = ("matched" if one.matched else "pending" for one in rows)
    told = [
        (one.list, str(one.version), one.sheet, str(one.row), one.pid, state)
        for one, state in zip(rows, states, strict=True)
    ]
    watermark = f"For {party} only. Export {export} of {at}. Purpose: {purpose}.\r\n"
    return mark + watermark.encode() + write_csv([HEADER, *told]).removeprefix(mark)
