"""What had gone wrong by a day, in one sentence for somebody who does not know the agreement's ids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quittance.dates import parse_moment
from quittance.views.entry import names
from quittance.views.headline import late_by_weight, waiting_for
from quittance.views.rows import CommitmentRow, RingView, act_words, in_words
from quittance.views.sentence import Name, Sentence, Value
from quittance.views.wording import Say, say

MOST = 3
"""Commitments that one part of the sentence names; the others are counted."""

LONG = 68
"""Words above which the sentence names fewer late commitments, but not fewer than two."""

IN_DISPUTE = {"terms": Say.TERMS_OF_IT, "facts": Say.FACTS_OF_IT, "declared": Say.DECLARED_OF_IT}
"""What of a late commitment is in dispute; that a figure is unverified, the figure itself says."""


def troubles(rows: Sequence[CommitmentRow], rings: Sequence[RingView]) -> Sentence:
    """What is late and what waits for it, what is blocked past its date, what was done late, and who waits in a circle.

    The heaviest comes first. Parts that count toward a larger commitment are left to it, or only counted.
    """
    words = _sentence(rows, rings, MOST)
    return words if len(str(words).split()) <= LONG else _sentence(rows, rings, MOST - 1)


def _sentence(rows: Sequence[CommitmentRow], rings: Sequence[RingView], most: int) -> Sentence:
    late = late_by_weight(rows)
    named = [row for row in late if row.counts_toward is None][:most] or late[:most]
    found = list(_late(named, rows))
    if len(late) > len(named):
        found.append(say(Say.WRONG_MORE, acts=say(Say.MORE, n=len(late) - len(named))))
    waited_for = {row.id for first in named for row in waiting_for(first, rows)}
    whole = [row for row in rows if row.counts_toward is None and row.id not in waited_for]
    if blocked := [row for row in whole if row.class_ == "blocked" and row.past_nominal_days > 0]:
        found.append(say(Say.WRONG_BLOCKED, acts=_acts(blocked)))
    if done := [row for row in whole if row.status == "fulfilled_late"]:
        found.append(say(Say.WRONG_DONE, acts=_acts(done)))
    if rings:
        found.append(say(Say.WRONG_RING, n=len({name for ring in rings for name in ring.commitments})))
    if not found:
        return say(Say.WRONG_NOTHING)
    words = found.pop()
    while found:
        words = say(Say.AND, first=found.pop(), rest=words)
    return words


def _late(late: Sequence[CommitmentRow], rows: Sequence[CommitmentRow]) -> Iterator[Sentence]:
    """A late commitment each, and what waits for it; what waits is named once."""
    said: set[str] = set()
    for number, row in enumerate(late):
        words = _promised(row, late[number - 1] if number else None)
        waiting = [one for one in waiting_for(row, rows) if one.id not in said]
        said |= {one.id for one in waiting}
        yield say(Say.HEADLINE_WAITING, late=words, waiting=_acts(waiting)) if waiting else words


def _promised(row: CommitmentRow, before: CommitmentRow | None) -> Sentence:
    """Who promised what by when, how far it got, and what of it is disputed; in short after one like it."""
    debtor, performer = names(row.debtors), names(row.performers)
    got = (_got(row), *(say(IN_DISPUTE[reason]) for reason in row.disputed if reason in IN_DISPUTE))
    if row.high is None:
        return say(Say.PROMISED_KEPT, debtor=debtor, act=act_words(row.mode, row.act), got=got)
    amount = _amount(row)
    same = before is not None and (before.act, before.deadline) == (row.act, row.deadline)
    if same and amount is not None and debtor == performer:
        return say(Say.PROMISED_LIKEWISE, debtor=debtor, amount=amount, got=got)
    when = say(Say.WHEN_NOW, n=row.required or 0)
    if row.deadline is not None and row.late_days > 0:
        when = say(Say.WHEN_BY, day=parse_moment(row.deadline))
    if debtor == performer:
        return say(Say.PROMISED, debtor=debtor, act=_task(row), when=when, got=got)
    return say(Say.PROMISED_THROUGH, debtor=debtor, performer=performer, act=_task(row), when=when, got=got)


def _amount(row: CommitmentRow) -> Sentence | None:
    """How much of what was promised; what is required by now, where the whole is not known."""
    amount = row.promised
    if amount is None and row.required:
        amount = say(Say.AMOUNT, n=row.required, unit=Name(row.unit or ""))
    if amount is None or row.what is None:
        return amount
    return say(Say.AMOUNT_WHAT, amount=amount, what=Name(in_words(row.what)))


def _task(row: CommitmentRow) -> Sentence:
    """The act with its amount; an act that is done once needs none."""
    act, amount = act_words("achieve", row.act), _amount(row)
    if amount is None:
        return act if row.what is None else say(Say.TASK, act=act, amount=Name(in_words(row.what)))
    if row.what is None and row.total == 1:
        return act
    # "release 30 persons", but "reduce forces (3,400 troops)": an act of several words has its object already.
    alone = row.what is None and " " in in_words(row.act)
    return say(Say.TASK if alone else Say.TASK_OF, act=act, amount=amount)


def _acts(rows: Sequence[CommitmentRow]) -> tuple[Sentence, ...]:
    """What is to be done, each with the day that it was set for where that has passed; at most three of them."""
    acts = tuple(
        say(Say.SET_FOR, act=_task(row), day=parse_moment(row.nominal_deadline))
        if row.past_nominal_days > 0 and row.nominal_deadline is not None
        else _task(row)
        for row in rows[:MOST]
    )
    return (*acts, say(Say.MORE, n=len(rows) - MOST)) if len(rows) > MOST else acts


def _got(row: CommitmentRow) -> Sentence:
    """How far it got, both ends of the interval; a violation or a breach instead where nothing is counted."""
    if row.low is None or row.high is None:
        return row.figure
    if not row.high:
        return say(Say.GOT_NONE)
    top = [one for one in row.speakers if one.figure == row.high]
    high: Value = say(Say.ABOUT, amount=row.high) if top and all(one.about for one in top) else row.high
    if not row.low:
        return say(Say.GOT_CLAIMED, high=high)
    return say(Say.GOT, n=row.low) if row.low == row.high else say(Say.GOT_BETWEEN, low=row.low, high=high)
