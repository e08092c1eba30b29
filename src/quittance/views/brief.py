"""A briefing of two pages: where it stands, what changed, what comes, what is disputed, from which sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from quittance.agreement.journal import moment_of
from quittance.agreement.rings import Rings
from quittance.agreement.verdict import Evaluation
from quittance.views.accounts import Accounts
from quittance.views.entry import EntryLine, entry_line, sources_of
from quittance.views.figures import amount
from quittance.views.rows import CommitmentRow, commitment_rows
from quittance.views.sentence import Id, Interval, Name, Sentence
from quittance.views.status import Due, StatusView, status_view
from quittance.views.wording import DISPUTE_WORDS, Say, say


@dataclass(frozen=True, slots=True)
class Change:
    """A commitment whose status, figure or disputes differ from those of `BriefView.since`, as known now."""

    commitment: str
    words: Sentence


@dataclass(frozen=True, slots=True)
class DisputeLine:
    """A disputed commitment: which words apply, and what each side holds."""

    commitment: str
    words: tuple[Sentence, ...]
    held: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class BriefView:
    """The briefing as data. `since` and `until` bound the 14 days before and after `status.as_of`.

    `changed` are commitments that changed, `happened` the entries of those days, `coming` the deadlines ahead,
    `sources` the distinct sources of the evidence, in order of first use.
    """

    status: StatusView
    since: str
    until: str
    table: tuple[CommitmentRow, ...]
    changed: tuple[Change, ...]
    happened: tuple[EntryLine, ...]
    coming: tuple[Due, ...]
    disputes: tuple[DisputeLine, ...]
    sources: tuple[str, ...]


SPAN_DAYS = 14


def brief_view(evaluation: Evaluation, accounts: Accounts, rings: Rings | None = None) -> BriefView:
    """The briefing of a day. What changed is against 14 days before, both as known by the same day."""
    status = status_view(evaluation, accounts, rings)
    book, known_by = accounts.book, accounts.end_of(evaluation.known_by)
    as_of = accounts.clockwork.local_day(evaluation.as_of)
    since, until = _shifted(as_of, -SPAN_DAYS), _shifted(as_of, SPAN_DAYS)
    before = commitment_rows(accounts.evaluator.at(since, evaluation.known_by, evaluation.party), accounts)
    happened = sorted(
        (
            entry
            for entry in book.journal
            if book.known(entry) <= known_by
            and since < accounts.clockwork.local_day(moment_of(entry.at)) <= as_of
            and book.tick(entry, low=True) <= accounts.end_of(evaluation.as_of)
        ),
        key=book.order,
    )
    return BriefView(
        status=status,
        since=since.isoformat(),
        until=until.isoformat(),
        table=tuple(row for row in status.rows if row.class_ != "off"),
        changed=tuple(change for old, new in zip(before, status.rows, strict=True) for change in _changes(old, new)),
        happened=tuple(entry_line(entry, book, known_by) for entry in happened),
        coming=tuple(due for due in status.next_due if due.day[:10] <= until.isoformat()),
        disputes=tuple(_dispute(row) for row in status.rows if row.disputed),
        sources=tuple(
            dict.fromkeys(
                source
                for row in status.rows
                for name in row.evidence
                if name in book.by_id
                for source in sources_of(book.by_id[name])
            )
        ),
    )


def _shifted(day: date, days: int) -> date:
    """A day some days before or after; the ends of the calendar stay where they are."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def _changes(old: CommitmentRow, new: CommitmentRow) -> Iterator[Change]:
    if old.status != new.status:
        yield Change(new.id, say(Say.CHANGED, commitment=Id(new.id), before=old.label, after=new.label))
    if (old.low, old.high) != (new.low, new.high) and new.low is not None and new.high is not None:
        figures = [Interval(row.low or 0, row.high or 0) for row in (old, new)]
        before, after = figures[0], amount(figures[1], new.total, new.unit)
        yield Change(new.id, say(Say.CHANGED, commitment=Id(new.id), before=before, after=after))
    if set(old.disputed) != set(new.disputed) and new.disputed:
        fresh = tuple(say(DISPUTE_WORDS[one]) for one in new.disputed if one not in old.disputed)
        if fresh:
            yield Change(new.id, say(Say.CHANGED_DISPUTE, commitment=Id(new.id), words=fresh))


def _dispute(row: CommitmentRow) -> DisputeLine:
    """What each side holds: figures where the facts are disputed, readings where the terms are."""
    held: list[Sentence] = []
    if "facts" in row.disputed or "unverified" in row.disputed:
        for one in row.speakers:
            figure = amount(one.figure, row.total, row.unit, about=one.about)
            held.append(say(Say.HOLDS, who=Name(one.speaker.name), value=figure))
    if "terms" in row.disputed:
        for reading in row.readings:
            read = (
                (reading.words, say(Say.TOTAL_OF, total=reading.total))
                if reading.total is not None
                else (reading.words,)
            )
            held.append(say(Say.HOLDS, who=Name(reading.party.name), value=read))
    return DisputeLine(row.id, row.disputed_words, tuple(held))
