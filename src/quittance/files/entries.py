"""One row of a list as an entry: its fields as written, cleaned only of what nobody can see."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from quittance.files.mapping import ListMapping
from quittance.files.tables import Remark, letters
from quittance.people.model import FIELDS, ListEntry
from quittance.people.years import parse_birth, parse_day

LONG_CELL = 200
"""A cell of more characters is kept and reported: no name and no place is so long."""

_PLAIN = tuple(name for name in FIELDS if name not in ("pid", "name", "birth", "calendar"))
_SIGNS = "\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff\x00-\x08\x0e-\x1f\x7f-\x9f\ufff9-\ufffb"
_GAPS = "\t\r\n\v\f\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_HIDDEN = re.compile(f"[{_SIGNS}]")
_SPACES = re.compile(f"[ {_GAPS}]+")
_UNCLEAN = re.compile(f"[{_SIGNS}{_GAPS}\ufffd]|  ")


class EntryReader:
    """Makes entries of the rows of one list; what is to be said of a row goes to `say`, where there is one."""

    def __init__(self, mapping: ListMapping, say: Callable[[Remark], None] | None = None) -> None:
        self.mapping = mapping
        self.columns = mapping.columns
        self.listed_on = date.fromisoformat(mapping.listed_on) if mapping.listed_on else None
        self._say = say
        self._fields = [name for name in _PLAIN if name in mapping.columns]

    def entry(self, row: tuple[str, ...], number: int) -> ListEntry:
        """The entry of one row."""
        values = {name: self.cell(row, name, number) for name in self._fields}
        parts = [self.cell(row, part, number) for part in ("name", "patronymic", "surname")]
        name = " ".join(filter(None, parts))
        if not name:
            self.wrong("list.empty_name", "there is no name; fill it in or remove the row", number, "name")
        birth = self._birth(row, number)
        if when := values.get("capture_date"):
            self._check(when, "capture_date", number)
        pid = self.cell(row, "pid", number) if "pid" in self.columns else str(number)
        if not pid:
            message = "there is no pid; number the row, or let rows go by their number"
            self.wrong("list.pid_empty", message, number, "pid")
        return ListEntry(pid=pid, name=name, birth=birth, calendar=self.mapping.calendar, **values)

    def cell(self, row: tuple[str, ...], field: str, number: int) -> str:
        """The text of a field, without hidden direction marks and controls, in single spaces; the raw row keeps all."""
        at = self.columns.get(field)
        if at is None or at >= len(row) or not row[at]:
            return ""
        text = row[at]
        if _UNCLEAN.search(text):
            shown = _HIDDEN.sub("", text)
            if shown != text:
                self._note("list.hidden_signs", "hidden signs were left out of what is read", number, at)
            if "\ufffd" in shown:
                self._note("list.lost_letter", "a letter was lost before the list came here", number, at)
            text = _SPACES.sub(" ", shown)
        if len(text) > LONG_CELL:
            self._note(
                "list.long_cell", f"the cell has {len(text):,} characters: kept, and hardly one {field}", number, at
            )
        return text.strip()

    def wrong(self, code: str, message: str, number: int, field: str) -> None:
        """Say what the list cannot be taken with."""
        at = self.columns.get(field)
        if self._say is not None:
            self._say(Remark(code, message, number, "" if at is None else letters(at), wrong=True))

    def _note(self, code: str, message: str, number: int, at: int) -> None:
        if self._say is not None:
            self._say(Remark(code, message, number, letters(at)))

    def _birth(self, row: tuple[str, ...], number: int) -> str:
        """What is read as the birth: its column, or the age with the day of the list."""
        field = "birth" if "birth" in self.columns else "age"
        text = self.cell(row, field, number)
        if field == "age" and text.rstrip("~").isdecimal():
            text = f"age:{text}" + (f"@{self.listed_on}" if self.listed_on else "")
        if text:
            self._check(text, field, number)
        return text

    def _check(self, text: str, field: str, number: int) -> None:
        """Say so when a date is not understood."""
        if self._say is None:
            return
        if field == "capture_date":
            readable = parse_day(text, self.mapping.calendar) is not None
        else:
            # An age is understood whether or not the day of the list is known.
            day = _ANY_DAY if field == "age" and self.listed_on is None else self.listed_on
            readable = parse_birth(text, self.mapping.calendar, day) is not None
        if not readable:
            code = "list.date_unread" if field == "capture_date" else "list.birth_unread"
            message = "the date is not understood: kept as it stands, treated as missing"
            self._note(code, message, number, self.columns[field])


_ANY_DAY = date(2020, 1, 1)
