"""One tree of errors. Each carries a stable code; each message says what failed, on which record, why, and what to do.

No message carries a person's name, a fact about health, or a key.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one place of an input: the row of a report."""

    code: str
    message: str
    line: int | None = None
    path: str = ""

    def __str__(self) -> str:
        """The problem as one line of a report, led by its line number where it has one."""
        where = f"line {self.line}: " if self.line is not None else ""
        return f"{where}{self.message} [{self.code}]"


class QuittanceError(Exception):
    """Base of every error that Quittance raises on purpose; `code` is stable, `exit_code` is what a command returns."""

    code = "quittance.error"
    exit_code = 1

    def __init__(self, message: str, *, code: str | None = None, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.problems = problems
        if code is not None:
            self.code = code


class UsageError(QuittanceError):
    """A command was asked for something it cannot do; nothing was read or written."""

    code = "usage"
    exit_code = 2


class UnreadableError(QuittanceError):
    """An input is refused as a whole: not there, not text, too large, or broken."""

    code = "input.unreadable"
    exit_code = 2


class RefusedError(QuittanceError):
    """A rule refuses the act; nothing was changed."""

    code = "refused"
    exit_code = 1


class DeniedError(QuittanceError):
    """The viewer may not see or do this. The message is the same whether or not the thing exists."""

    code = "visibility.denied"
    exit_code = 1


class RecordError(QuittanceError):
    """The record is damaged, held by another writer, or not what its head says."""

    code = "record.damaged"
    exit_code = 1
