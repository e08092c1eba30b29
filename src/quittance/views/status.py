"""Where the agreement stands: one sentence, a row for each commitment, what waits, what is late, what comes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from quittance.agreement.rings import Rings
from quittance.agreement.verdict import Evaluation, moment_text
from quittance.dates import parse_moment
from quittance.views.accounts import Accounts
from quittance.views.accounts import SpeakerFigure as SpeakerFigure
from quittance.views.entry import EntryLine, PartyRef, commitments_of, entry_line, party_ref
from quittance.views.headline import headline
from quittance.views.rows import ClashView as ClashView
from quittance.views.rows import CommitmentRow as CommitmentRow
from quittance.views.rows import ReadingLine as ReadingLine
from quittance.views.rows import RingEdge as RingEdge
from quittance.views.rows import RingView as RingView
from quittance.views.rows import Wait as Wait
from quittance.views.rows import clash_views, commitment_rows, ring_views
from quittance.views.sentence import Id, Sentence
from quittance.views.wording import Say, say


@dataclass(frozen=True, slots=True)
class Chain:
    """A blocked commitment and what it waits for, step by step, down to something that is not itself blocked.

    `commitments` starts with the blocked one; `ends_in_ring` when the chain comes back to itself.
    """

    commitments: tuple[str, ...]
    ends_in_ring: bool
    words: Sentence


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline that is still to come, with the days left."""

    commitment: str
    day: str
    days_left: int
    words: Sentence


@dataclass(frozen=True, slots=True)
class WarningLine:
    """Something in the journal that changed nothing, and why."""

    code: str
    subject: str
    message: str


@dataclass(frozen=True, slots=True)
class StatusView:
    """The whole answer to "where does it stand?", at two dates, in the text or in one party's reading.

    `as_of` and `known_by` are texts; `late` are ids in file order; `outside` are handovers and figures that belong to
    no commitment (`of: []`). `counts` maps a class (ok, open, blocked, late, off) to how many commitments are in it.
    """

    agreement: str
    title: str
    agreement_sha256: str
    as_of: str
    known_by: str
    party: PartyRef | None
    headline: Sentence
    rows: tuple[CommitmentRow, ...]
    counts: dict[str, int]
    late: tuple[str, ...]
    chains: tuple[Chain, ...]
    rings: tuple[RingView, ...]
    clashes: tuple[ClashView, ...]
    next_due: tuple[Due, ...]
    outside: tuple[EntryLine, ...]
    warnings: tuple[WarningLine, ...]
    balances: tuple[dict[str, Any], ...]
    journal_entries: int

    def row(self, commitment: str) -> CommitmentRow:
        """The row of one commitment. Raises `KeyError`."""
        for row in self.rows:
            if row.id == commitment:
                return row
        raise KeyError(commitment)


def status_view(evaluation: Evaluation, accounts: Accounts, rings: Rings | None = None) -> StatusView:
    """Fold an evaluation, the figures behind it and the rings of the same day into the answer."""
    book = accounts.book
    agreement = book.agreement
    as_of = accounts.clockwork.local_day(evaluation.as_of)
    known_by = accounts.end_of(evaluation.known_by)
    rows = commitment_rows(evaluation, accounts)
    ring_lines = ring_views(rings)
    return StatusView(
        agreement=agreement.id,
        title=agreement.title,
        agreement_sha256=evaluation.agreement_sha256,
        as_of=moment_text(evaluation.as_of),
        known_by=moment_text(evaluation.known_by),
        party=party_ref(agreement, evaluation.party) if evaluation.party else None,
        headline=headline(rows, as_of),
        rows=rows,
        counts=dict(Counter(row.class_ for row in rows)),
        late=tuple(row.id for row in rows if row.class_ == "late"),
        chains=_chains(rows),
        rings=ring_lines,
        clashes=clash_views(rings),
        next_due=_next_due(rows, as_of),
        outside=tuple(
            entry_line(entry, book, known_by)
            for entry in book.journal
            if entry.kind in ("perform", "total", "level") and not commitments_of(entry)
            if book.stands(entry, known_by) and book.tick(entry, low=True) <= accounts.end_of(evaluation.as_of)
        ),
        warnings=tuple(WarningLine(one.code, one.subject, one.message) for one in evaluation.warnings),
        balances=evaluation.balances,
        journal_entries=evaluation.journal_entries,
    )


def _next_due(rows: tuple[CommitmentRow, ...], as_of: date) -> tuple[Due, ...]:
    """Deadlines from the day asked about on, nearest first, of what is not settled."""
    found = [
        Due(row.id, row.deadline, (parse_moment(row.deadline[:10]) - as_of).days, _due_words(row.id, row.deadline))
        for row in rows
        if row.deadline is not None
        and row.class_ in ("open", "blocked", "late")
        and row.deadline[:10] >= as_of.isoformat()
        if row.begun and row.endeavour != "met"
    ]
    return tuple(sorted(found, key=lambda due: due.day[:10]))


def _due_words(commitment: str, day: str) -> Sentence:
    return say(Say.DUE_LINE, commitment=Id(commitment), day=parse_moment(day))


def _chains(rows: tuple[CommitmentRow, ...]) -> tuple[Chain, ...]:
    """For each blocked commitment, what it waits for, down to something that is not blocked itself."""
    waits = {row.id: row.waits for row in rows if row.class_ == "blocked"}
    found = []
    for row in rows:
        if row.id not in waits:
            continue
        path, name = [row.id], row.id
        while name in waits:
            awaited = [one for wait in waits[name] for one in wait.commitments]
            if not awaited:
                break
            name = awaited[0]
            if name in path:
                break
            path.append(name)
        circle = len(path) > 1 and path[-1] in waits and any(
            one in path for wait in waits[path[-1]] for one in wait.commitments
        )  # fmt: skip
        words = say(
            Say.CHAIN_RING if circle else Say.CHAIN,
            commitment=Id(row.id),
            conditions=tuple(wait.words for wait in row.waits),
        )
        found.append(Chain(tuple(path), circle, words))
    return tuple(found)
