"""For tests: a clock that stands still, nonces that count, journals from plain values, and given-when-then on a case.

scenario(agreement).given(entry, ...).when(importing(entry, ...)).then(entry, ...)
scenario(agreement).given(entry, ...).when(importing(entry, ...)).then_refused("journal.refused")
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Self

from quittance.agreement.load import load_agreement
from quittance.casebook import Casebook
from quittance.errors import QuittanceError
from quittance.files.intake import body_of
from quittance.files.office import Office
from quittance.record.keys import SeedSigner
from quittance.views.history import RecordHead
from quittance.visibility import OPERATOR

NOON = datetime(2025, 1, 20, 12, tzinfo=UTC)
"""What a standing clock shows unless told otherwise."""

OFFICE = Office(SeedSigner(b"\x0b" * 32), SeedSigner(b"\x01" * 32))
"""TEST KEYS, known to everybody: what signs for the operator in tests."""

Command = Callable[[Casebook], object]
"""Something done to a case."""


def standing_clock(instant: datetime = NOON) -> Callable[[], datetime]:
    """A clock that always shows one instant."""
    return lambda: instant


def counting_nonce() -> Callable[[], str]:
    """Nonces 1, 2, 3 ... as 32 hex digits."""
    numbers = itertools.count(1)
    return lambda: f"{next(numbers):032x}"


def journal_bytes(agreement: str, *entries: Mapping[str, Any]) -> bytes:
    """A journal of an agreement id, from plain values."""
    lines: list[Mapping[str, Any]] = [{"format": "quittance-journal/1", "agreement": agreement}, *entries]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def casebook_of(agreement: bytes, *entries: Mapping[str, Any], now: datetime = NOON) -> Casebook:
    """A case in memory with these entries, at a standing clock."""
    casebook = Casebook.in_memory(agreement, OFFICE, clock=standing_clock(now), nonce=counting_nonce())
    if entries:
        casebook.import_journal(OPERATOR, journal_bytes(load_agreement(agreement).id, *entries))
    return casebook


def importing(*entries: Mapping[str, Any], skip_recorded: bool = False, dry_run: bool = False) -> Command:
    """The command that imports these entries as a journal of the case's own agreement."""

    def command(casebook: Casebook) -> object:
        data = journal_bytes(casebook.agreement(OPERATOR).id, *entries)
        return casebook.import_journal(OPERATOR, data, skip_recorded=skip_recorded, dry_run=dry_run)

    return command


class Scenario:
    """One case, brought to a state, given one command, and compared with what was to come of it."""

    def __init__(self, agreement: bytes) -> None:
        self.casebook = casebook_of(agreement)
        self._before: RecordHead = self.casebook.head(OPERATOR)
        self._said_before = 0
        self._error: QuittanceError | None = None

    def given(self, *entries: Mapping[str, Any]) -> Self:
        """These entries are recorded already."""
        importing(*entries)(self.casebook)
        return self

    def when(self, command: Command) -> Self:
        """The command is run; an error that it raises on purpose is kept for `then_refused`."""
        self._before = self.casebook.head(OPERATOR)
        self._said_before = len(self.casebook.journal(OPERATOR))
        try:
            command(self.casebook)
        except QuittanceError as error:
            self._error = error
        return self

    def then(self, *entries: Mapping[str, Any]) -> Self:
        """Just these entries were added, in this order, and nothing else; raises `AssertionError` otherwise."""
        if self._error is not None:
            raise AssertionError(f"refused: {self._error.message} {[str(row) for row in self._error.problems]}")
        journal = self.casebook.journal(OPERATOR).entries
        size = self._before.size
        added = [dict(body_of(entry, entry.seq)) for entry in journal[self._said_before :]]
        assert added == [dict(entry) for entry in entries], added
        assert self.casebook.check(OPERATOR).size == size + len(entries)
        return self

    def then_refused(self, code: str, *lines: int) -> QuittanceError:
        """The command was refused with this code, for these lines where any are given, and the record is as it was."""
        assert self._error is not None, "the command was not refused"
        assert self._error.code == code, f"{self._error.code}: {self._error.message}"
        if lines:
            assert tuple(dict.fromkeys(problem.line for problem in self._error.problems)) == lines
        assert self.casebook.check(OPERATOR) == self._before
        return self._error


def scenario(agreement: bytes) -> Scenario:
    """Begin a scenario on an agreement."""
    return Scenario(agreement)
