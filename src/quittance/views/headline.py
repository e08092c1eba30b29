"""The one sentence that answers "where does it stand?"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from quittance.dates import parse_moment
from quittance.views.rows import CommitmentRow
from quittance.views.sentence import Id, Sentence
from quittance.views.wording import Say, say


def headline(rows: tuple[CommitmentRow, ...], as_of: date) -> Sentence:
    """What is late and what waits for it; else what is due next; else what is blocked; else what is open at all."""
    if not rows:
        return say(Say.NO_COMMITMENTS)
    if late := late_by_weight(rows):
        return _late(late[0], late[1:], rows)
    ahead = [row for row in rows if _is_ahead(row, as_of)]
    if ahead:
        row = min(ahead, key=lambda row: (row.deadline or "")[:10])
        return say(Say.HEADLINE_NEXT, commitment=Id(row.id), day=parse_moment(row.deadline or ""), figure=row.figure)
    for row in rows:
        if row.class_ == "blocked":
            conditions = tuple(wait.words for wait in row.waits)
            return say(Say.HEADLINE_BLOCKED, commitment=Id(row.id), status=row.label, conditions=conditions)
    for row in rows:
        if row.class_ == "open" and row.begun:
            return say(Say.HEADLINE_OPEN, commitment=Id(row.id), figure=row.figure, status=row.label)
    waiting = sum(row.class_ == "open" and row.status == "pending" for row in rows)
    return say(Say.HEADLINE_PENDING, n=waiting) if waiting else say(Say.HEADLINE_SETTLED)


def _is_ahead(row: CommitmentRow, as_of: date) -> bool:
    return (
        row.begun and row.class_ == "open" and row.endeavour != "met" and (row.deadline or "")[:10] >= as_of.isoformat()
    )


def waiting_for(row: CommitmentRow, rows: Sequence[CommitmentRow]) -> tuple[CommitmentRow, ...]:
    """The blocked commitments that wait for one, in file order."""
    return tuple(
        other for other in rows if other.class_ == "blocked" and any(row.id in wait.commitments for wait in other.waits)
    )


def late_by_weight(rows: Sequence[CommitmentRow]) -> list[CommitmentRow]:
    """The late commitments, those that most blocked ones wait for first; then a whole before its parts, file order."""
    late = [row for row in rows if row.class_ == "late"]
    return sorted(late, key=lambda row: (-len(waiting_for(row, rows)), row.counts_toward is not None))


def _late(first: CommitmentRow, others: Sequence[CommitmentRow], rows: Sequence[CommitmentRow]) -> Sentence:
    words = say(Say.HEADLINE_LATE, commitment=Id(first.id), figure=first.figure, status=first.label)
    waiting = waiting_for(first, rows)
    if waiting:
        words = say(Say.HEADLINE_WAITING, late=words, waiting=tuple(Id(row.id) for row in waiting))
    # The others stand in file order, as in the table below the sentence.
    more = tuple(Id(row.id) for row in rows if row in others)
    return say(Say.HEADLINE_MORE, late=words, others=more) if more else words
