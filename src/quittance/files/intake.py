"""A journal on its way into a case: every line against the agreement and against what the case already holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from quittance.agreement.journal import (
    FORMAT,
    MAX_PROBLEMS,
    Entry,
    Journal,
    JournalRefused,
    PositionTaken,
    load_journal,
)
from quittance.agreement.journal_lint import lint_journal
from quittance.agreement.load import expressions_of
from quittance.agreement.model import Agreement, Patch
from quittance.canon import CanonError, canonical
from quittance.errors import Problem
from quittance.ids import did_you_mean

Body = Mapping[str, Any]
"""An entry of the journal as plain values."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a journal file that is to be recorded: its number, its entry, and the entry as plain values."""

    number: int
    entry: Entry
    body: Body


@dataclass(frozen=True, slots=True)
class Intake:
    """A journal that may be recorded: the lines that are new, how many were there already, and warnings."""

    lines: tuple[Line, ...]
    skipped: int
    findings: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or with `dry_run` would do: entries taken, entries left out because they were there already.

    `first` and `last` are their indexes in the record, None where nothing was written. `findings` are warnings.
    """

    taken: int
    skipped: int
    dry_run: bool
    first: int | None
    last: int | None
    findings: tuple[Problem, ...]


def read_intake(
    agreement: Agreement, data: bytes, recorded: Journal, bodies: Mapping[str, bytes], *, skip_recorded: bool
) -> Intake:
    """Read a journal and hold it against the agreement and the entries already recorded (`bodies` by id).

    An entry that the case holds already, word for word, is refused or, with `skip_recorded`, left out. Raises
    `JournalRefused` with a problem for each line that cannot be taken.
    """
    journal = load_journal(data)
    if journal.header.agreement != agreement.id:
        found = journal.header.agreement[:64]
        raise refused(
            [Problem("journal.agreement", f"the journal belongs to `{found}`, this case to `{agreement.id}`", 1)]
        )
    problems: list[Problem] = []
    fresh: list[Line] = []
    for number, entry in zip(_line_numbers(data), journal, strict=True):
        line = Line(number, entry, body_of(entry, number))
        known = bodies.get(entry.id)
        if known is None:
            fresh.append(line)
            problems += _unknown_in_reading(agreement, line)
        elif not _is_same(known, line.body):
            problems.append(
                Problem(
                    "journal.id_taken", f"the case holds another entry `{entry.id}`; give this one its own id", number
                )
            )
        elif not skip_recorded:
            problems.append(
                Problem(
                    "journal.recorded",
                    f"the case holds entry `{entry.id}` already; leave it out, or use --skip-recorded",
                    number,
                )
            )
    findings = _lint(agreement, recorded, journal, fresh)
    problems += [problem for level, problem in findings if level == "error"]
    if problems:
        raise refused(problems)
    return Intake(
        tuple(fresh),
        len(journal) - len(fresh),
        tuple(problem for level, problem in findings if level == "warn"),
    )


def journal_of(agreement: str, bodies: Iterable[Body]) -> bytes:
    """A journal file of these entries, so that facts that come signed are read as strictly as a file."""
    lines = [{"format": FORMAT, "agreement": agreement}, *bodies]
    return b"".join(msgspec.json.encode(line) + b"\n" for line in lines)


def refused(problems: Iterable[Problem]) -> JournalRefused:
    """The refusal of a whole journal, with its problems in the order of the lines."""
    rows = sorted(dict.fromkeys(problems), key=lambda problem: problem.line or 0)
    lines = len({problem.line for problem in rows})
    what = "one line" if lines == 1 else f"{lines} lines"
    return JournalRefused(
        f"The journal is refused: {what} cannot be taken. Nothing was recorded.", problems=tuple(rows[:MAX_PROBLEMS])
    )


def body_of(entry: Entry, number: int | None = None) -> Body:
    """An entry as plain values, without what was left out; a position that is only its line number is left out too."""
    body: dict[str, Any] = msgspec.to_builtins(entry)
    if entry.seq == number:
        body.pop("seq", None)
    return body


def _is_same(recorded: bytes, body: Body) -> bool:
    """Whether a line says word for word what was recorded; a value without a canonical form was never recorded."""
    try:
        return canonical(dict(body)) == recorded
    except CanonError:
        return False


def _line_numbers(data: bytes) -> Iterator[int]:
    filled = (number for number, line in enumerate(data.split(b"\n"), 1) if line.strip())
    next(filled, None)
    return filled


def _lint(agreement: Agreement, recorded: Journal, journal: Journal, fresh: list[Line]) -> list[tuple[str, Problem]]:
    """The findings on the new entries, seen together with those that the case holds."""
    new = {line.entry.id: line.number for line in fresh}
    together = Journal(journal.header, (*recorded, *(line.entry for line in fresh)), journal.findings)
    found: list[tuple[str, Problem]] = []
    for finding in lint_journal(agreement, together):
        name = finding.path if finding.path in new else finding.path.rpartition(".")[0]
        if name in new:
            found.append((finding.level, Problem(finding.code, finding.message, new[name], finding.path)))
        elif finding.code == "J02":
            found.append((finding.level, Problem(finding.code, finding.message, finding.line, finding.path)))
    return found


def _unknown_in_reading(agreement: Agreement, line: Line) -> Iterator[Problem]:
    """Ids inside the readings of a position that nobody defined, and months without a rule for them."""
    if not isinstance(line.entry, PositionTaken):
        return
    commitments = {commitment.id for commitment in agreement.commitments}
    for target, plain in line.entry.reads.items():
        patch = Patch.model_validate(plain)
        named: list[tuple[str, Iterable[str | None], Iterable[str]]] = [
            ("party", [*(patch.by or ()), *(patch.to or ()), *(patch.performed_by or ())], agreement.parties),
            ("commitment", _commitments_in(patch), commitments),
            ("category", [patch.what, *([patch.amount.all_of] if patch.amount else [])], agreement.categories),
        ]
        for what, used, known in named:
            for name in dict.fromkeys(used):
                if name is not None and name not in known:
                    hint = did_you_mean(name, known)
                    yield Problem(
                        "E04", f"entry `{line.entry.id}`, {target}: unknown {what} `{name}`{hint}", line.number
                    )
        for _, expression in expressions_of(patch):
            if expression.uses("months") and agreement.calendar.month_end is None:
                yield Problem(
                    "E08", f"entry `{line.entry.id}`, {target}: months, and the calendar has no month_end", line.number
                )
            if expression.uses("hours") and agreement.calendar.granularity == "day":
                yield Problem(
                    "E08", f"entry `{line.entry.id}`, {target}: hours, and the calendar counts days", line.number
                )


def _commitments_in(patch: Patch) -> Iterator[str | None]:
    yield patch.counts_toward
    for condition in patch.requires:
        yield from condition.commitments
    for _, expression in expressions_of(patch):
        yield expression.commitment
    if patch.amount is not None:
        yield from patch.amount.after
        yield patch.amount.accrues.from_ if patch.amount.accrues else None
    yield patch.when.keeps_pace_with.of if patch.when.keeps_pace_with else None
    yield patch.when.extends.of if patch.when.extends else None
