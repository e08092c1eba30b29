"""What happened day by day, and the figures as steps: the gaps are the story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from quittance.agreement.verdict import Evaluation, Verdict, moment_text
from quittance.views.accounts import Accounts
from quittance.views.accounts import SpeakerSeries as SpeakerSeries
from quittance.views.accounts import Steps as Steps
from quittance.views.entry import LANES, EntryLine, PartyRef, entry_line, party_ref
from quittance.views.figures import figure_words
from quittance.views.sentence import Id, Sentence
from quittance.views.wording import Say, say


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day (`2020-04-08`) and its entries in order of happening; `gap` counts the days since the last."""

    day: str
    gap: int
    entries: tuple[EntryLine, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """The curves of one commitment, in `unit`: verified (solid), each speaker's figure (dashed), required (dotted).

    `total` is the promised amount, None where it is not known. `title` states what the chart shows.
    """

    commitment: str
    title: Sentence
    unit: str
    total: int | None
    verified: Steps
    speakers: tuple[SpeakerSeries, ...]
    required: Steps


@dataclass(frozen=True, slots=True)
class TimelineView:
    """Days in order, earliest first, and the curves; `first` and `last` are the days of the time axis.

    `headline` is one sentence: how many days have entries, and the longest gap between two. `party` is the one in whose
    reading the curves are drawn, None for the text.
    """

    agreement: str
    title: str
    as_of: str
    known_by: str
    party: PartyRef | None
    headline: Sentence
    first: date
    last: date
    lanes: tuple[str, ...]
    days: tuple[Day, ...]
    series: tuple[Series, ...]


def timeline_view(evaluation: Evaluation, accounts: Accounts) -> TimelineView:
    """Fold the journal as known by one day and as of another into days and curves."""
    accounts = accounts.read_by(evaluation.party)
    book = accounts.book
    agreement, clockwork = book.agreement, accounts.clockwork
    as_of, known_by = accounts.end_of(evaluation.as_of), accounts.end_of(evaluation.known_by)
    seen = sorted(
        (one for one in book.journal if book.known(one) <= known_by and book.tick(one, low=True) <= as_of),
        key=book.order,
    )
    days = _days([entry_line(entry, book, known_by) for entry in seen])
    last = clockwork.local_day(evaluation.as_of)
    start = clockwork.local_day(agreement.calendar.start)
    first = min([start, *(date.fromisoformat(day.day) for day in days[:1]), last])
    return TimelineView(
        agreement=agreement.id,
        title=agreement.title,
        as_of=moment_text(evaluation.as_of),
        known_by=moment_text(evaluation.known_by),
        party=party_ref(agreement, evaluation.party) if evaluation.party else None,
        headline=_headline(days),
        first=first,
        last=last,
        lanes=LANES,
        days=days,
        series=tuple(
            _series(verdict, evaluation, accounts) for verdict in evaluation.verdicts if verdict.low is not None
        ),
    )


def _days(lines: list[EntryLine]) -> tuple[Day, ...]:
    found: list[Day] = []
    for day, group in groupby(lines, key=lambda line: line.day):
        gap = (date.fromisoformat(day) - date.fromisoformat(found[-1].day)).days if found else 0
        found.append(Day(day, gap, tuple(group)))
    return tuple(found)


def _headline(days: tuple[Day, ...]) -> Sentence:
    if not days:
        return say(Say.TIMELINE_EMPTY)
    longest = max(range(len(days)), key=lambda index: days[index].gap)
    if days[longest].gap < 2:
        return say(Say.TIMELINE_SHORT, days=len(days))
    before, after = date.fromisoformat(days[longest - 1].day), date.fromisoformat(days[longest].day)
    return say(Say.TIMELINE, days=len(days), gap=days[longest].gap - 1, first=before, last=after)


def _series(verdict: Verdict, evaluation: Evaluation, accounts: Accounts) -> Series:
    when = (verdict.id, evaluation.as_of, evaluation.known_by)
    terms = accounts.book.agreement.commitment(verdict.id)
    figure = figure_words(verdict, terms, accounts.speakers(*when), accounts.evaluator.judge)
    return Series(
        commitment=verdict.id,
        title=say(Say.SERIES, commitment=Id(verdict.id), figure=figure),
        unit=verdict.unit or "",
        total=verdict.total,
        verified=accounts.verified(*when),
        speakers=accounts.speaker_series(*when),
        required=accounts.required(*when),
    )
