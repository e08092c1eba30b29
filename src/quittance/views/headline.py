"""The one sentence that answers "where does it stand?"."""

from __future__ import annotations

from datetime import date

from quittance.dates import parse_moment
from quittance.views.rows import CommitmentRow, RingView
from quittance.views.sentence import Id, Sentence
from quittance.views.wording import Say, say


def headline(rows: tuple[CommitmentRow, ...], as_of: date) -> Sentence:
    """What is late and what waits for it; else what is due next; else what is blocked; else that nothing is open."""
    if not rows:
        return say(Say.NO_COMMITMENTS)
    late = [row for row in rows if row.class_ == "late"]
    if late:
        return _late(late, rows)
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
    return say(Say.HEADLINE_SETTLED)


def _is_ahead(row: CommitmentRow, as_of: date) -> bool:
    return (
        row.begun and row.class_ == "open" and row.endeavour != "met" and (row.deadline or "")[:10] >= as_of.isoformat()
    )


def _late(late: list[CommitmentRow], rows: tuple[CommitmentRow, ...]) -> Sentence:
    """The late commitment that most blocked ones wait for; among equals a whole before its parts, then file order."""
    waiting = {
        row.id: tuple(
            other.id
            for other in rows
            if other.class_ == "blocked" and any(row.id in wait.commitments for wait in other.waits)
        )
        for row in late
    }
    first = max(late, key=lambda row: (len(waiting[row.id]), row.counts_toward is None))
    words = say(Say.HEADLINE_LATE, commitment=Id(first.id), figure=first.figure, status=first.label)
    if waiting[first.id]:
        words = say(Say.HEADLINE_WAITING, late=words, waiting=tuple(Id(name) for name in waiting[first.id]))
    others = tuple(Id(row.id) for row in late if row is not first)
    return say(Say.HEADLINE_MORE, late=words, others=others) if others else words


def troubles(rows: tuple[CommitmentRow, ...], rings: tuple[RingView, ...]) -> Sentence:
    """What had gone wrong by a day, in one sentence: late, blocked past its date, done late, or waiting in a circle.

    Parts that count toward a larger commitment are left to it.
    """
    whole = [row for row in rows if row.counts_toward is None]
    found = [
        say(Say.WRONG_STATUS, commitment=Id(row.id), status=row.label)
        for late in (True, False)
        for row in whole
        if (row.class_ == "late") == late
        if late or (row.class_ == "blocked" and row.past_nominal_days > 0) or row.status == "fulfilled_late"
    ]
    found += [say(Say.WRONG_RING, commitments=tuple(Id(name) for name in ring.commitments)) for ring in rings]
    if not found:
        return say(Say.WRONG_NOTHING)
    words = found.pop()
    while found:
        words = say(Say.AND, first=found.pop(), rest=words)
    return words
