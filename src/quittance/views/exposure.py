"""Exposure: by how many points a side leads, credited and claimed, the advice that follows, and what a stop would mean.

Made from plain rows of what was given (`Given`) and the points that persons count; what happened later than the dates
asked about is left out by whoever makes the rows (`views.credits` makes them from an agreement's accounts).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Literal

from quittance.agreement.model import Agreement
from quittance.agreement.verdict import moment_text
from quittance.dates import Moment
from quittance.selection.exposure import (
    CLAIMED,
    VERIFIED,
    Given,
    Standing,
    Stop,
    advice,
    if_stops,
    permitted_lead,
    standings,
    told_by,
)
from quittance.views.credits import Credits
from quittance.views.entry import PartyRef, party_refs
from quittance.views.exposure_wording import SOURCE_WORDS, Word, tell
from quittance.views.sentence import Name, Sentence

AdviceCode = Literal["above_max_lead", "claimed_above_max_lead", "within", "no_max_lead"]


@dataclass(frozen=True, slots=True)
class Points:
    """The points that both sides have given in one reading; `lead` is what the first gave more, below zero less."""

    first: int
    second: int
    lead: int
    words: Sentence


@dataclass(frozen=True, slots=True)
class ExposureDay:
    """One day of the chart: both readings by its end, whether what is credited is above the largest lead, and why.

    `entries` are the ids of what was said to have happened that day; several days may lie between two of these.
    """

    day: str
    verified: Points
    claimed: Points
    above: bool
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Where it stands in one reading: `verified`, `claimed`, or `by:PARTY`; `words` say which that is."""

    id: str
    words: Sentence
    points: Points


@dataclass(frozen=True, slots=True)
class ExposureSide:
    """One side: its promise, the points of one person by class, and what it promised in points where that is known."""

    party: PartyRef
    commitment: str
    ratio: tuple[tuple[str, int], ...]
    total: int | None


@dataclass(frozen=True, slots=True)
class NotCounted:
    """People that a side gave of a class without points, and those released outside the ratio."""

    party: PartyRef
    class_: str
    verified: int
    claimed: int
    words: Sentence


@dataclass(frozen=True, slots=True)
class StopLine:
    """What a stop by one side now would mean, by what is credited; `pays` if it has a reason to, at its stake."""

    party: PartyRef
    saves: int
    forgoes: int
    unreturned: int
    gain: int
    pays: bool
    words: tuple[Sentence, Sentence]


@dataclass(frozen=True, slots=True)
class ExposureView:
    """Who has given more than it got, in points, at two dates; sides in the order of the question.

    `permitted` is the lead that each side can take, by what is credited, before the other has a reason to stop, and
    `limits` its words (None where the totals are not known). `advice_code` is stable, `advice` its words.
    """

    agreement: str
    title: str
    as_of: str
    known_by: str
    headline: Sentence
    sides: tuple[ExposureSide, ExposureSide]
    source: Sentence
    max_lead: int | None
    advice_code: AdviceCode
    advice: tuple[Sentence, ...]
    readings: tuple[Reading, ...]
    days: tuple[ExposureDay, ...]
    permitted: tuple[int, int] | None
    limits: Sentence | None
    stops: tuple[StopLine, ...]
    not_counted: tuple[NotCounted, ...]
    assumptions: tuple[Sentence, ...]


def exposure_view(
    given: Sequence[Given],
    credits: Credits,
    agreement: Agreement,
    as_of: Moment,
    known_by: Moment,
    *,
    stakes: tuple[Fraction, Fraction] = (Fraction(0), Fraction(0)),
    rho: Fraction = Fraction(0),
) -> ExposureView:
    """Where both sides stand. `stakes` are the points that each loses by stopping, `rho` as in `selection.exposure`."""
    return _Maker(given, credits, agreement, stakes, rho).view(as_of, known_by)


class _Maker:
    """The parts of one view, which share the rows, the sides and the terms."""

    def __init__(
        self,
        given: Sequence[Given],
        credits: Credits,
        agreement: Agreement,
        stakes: tuple[Fraction, Fraction],
        rho: Fraction,
    ) -> None:
        self.given, self.credits, self.agreement = given, credits, agreement
        self.stakes, self.rho = stakes, rho
        first, second = party_refs(agreement, credits.sides)
        self.parties = (first, second)
        self.verified = self._standings(VERIFIED)
        self.claimed = self._standings(CLAIMED)

    def view(self, as_of: Moment, known_by: Moment) -> ExposureView:
        verified, claimed = self._last(self.verified), self._last(self.claimed)
        code, words = self._advice(verified, claimed)
        permitted = self._permitted(verified)
        return ExposureView(
            agreement=self.agreement.id,
            title=self.agreement.title,
            as_of=moment_text(as_of),
            known_by=moment_text(known_by),
            headline=tell(Word.BOTH, verified=verified.words, claimed=claimed.words),
            sides=(self._side(0), self._side(1)),
            source=self._source(),
            max_lead=self.credits.reciprocity.max_lead,
            advice_code=code,
            advice=words,
            readings=tuple(self._readings(verified, claimed)),
            days=tuple(self._days()),
            permitted=permitted,
            limits=None if permitted is None else self._limits(permitted),
            stops=tuple(self._stops(verified)),
            not_counted=tuple(self._not_counted()),
            assumptions=(*worth(self.rho), *map(tell, (Word.STOP_ENDS_ALL, Word.UNSAID, Word.OUTSIDE))),
        )

    def _standings(self, reading: str) -> tuple[Standing, ...]:
        return standings(self.given, self.credits.sides, self.credits.reciprocity, reading)

    def _last(self, found: tuple[Standing, ...]) -> Points:
        return self._points(found[-1].first, found[-1].second) if found else self._points(0, 0)

    def _points(self, first: int, second: int) -> Points:
        lead = first - second
        if not lead:
            return Points(first, second, lead, tell(Word.EVEN, first=first, second=second))
        who = Name(self.parties[0 if lead > 0 else 1].name)
        return Points(first, second, lead, tell(Word.AHEAD, who=who, n=abs(lead), first=first, second=second))

    def _side(self, at: int) -> ExposureSide:
        whole = self.credits.total_points
        only = self.credits.classes[at]
        ratio = self.credits.reciprocity.ratio
        return ExposureSide(
            party=self.parties[at],
            commitment=self.credits.commitments[at],
            ratio=tuple(ratio.items()) if only is None else ((only, ratio[only]),),
            total=None if whole is None else whole[at],
        )

    def _source(self) -> Sentence:
        first, second = self.credits.totals
        word = SOURCE_WORDS[self.credits.source]
        return tell(word, first=first or 0, second=second or 0) if word is Word.AMOUNTS else tell(word)

    def _readings(self, verified: Points, claimed: Points) -> Iterator[Reading]:
        """Credited and claimed; then each side's own word for what both gave."""
        yield Reading(VERIFIED, tell(Word.VERIFIED), verified)
        yield Reading(CLAIMED, tell(Word.CLAIMED), claimed)
        for party in self.parties:
            told = self._last(self._standings(told_by(party.id)))
            yield Reading(told_by(party.id), tell(Word.TOLD, who=Name(party.name)), told)

    def _days(self) -> Iterator[ExposureDay]:
        most = self.credits.reciprocity.max_lead
        for verified, claimed in zip(self.verified, self.claimed, strict=True):
            yield ExposureDay(
                day=verified.day.isoformat(),
                verified=self._points(verified.first, verified.second),
                claimed=self._points(claimed.first, claimed.second),
                above=advice(verified, self.credits.sides, most) is not None,
                entries=tuple(
                    dict.fromkeys(entry for one in self.given if one.day == verified.day for entry in one.entries)
                ),
            )

    def _advice(self, verified: Points, claimed: Points) -> tuple[AdviceCode, tuple[Sentence, ...]]:
        most = self.credits.reciprocity.max_lead
        if most is None:
            return "no_max_lead", (tell(Word.NO_MAX_LEAD),)
        found: list[Sentence] = []
        code: AdviceCode = "within"
        if abs(verified.lead) > most:
            code = "above_max_lead"
            found += [self._above(Word.PAUSE, verified, most), tell(Word.ADVICE_ONLY)]
        else:
            found.append(tell(Word.WITHIN, max_lead=most))
        if abs(claimed.lead) > most:
            code = code if code == "above_max_lead" else "claimed_above_max_lead"
            found.append(self._above(Word.PAUSE_CLAIMED, claimed, most))
        return code, tuple(found)

    def _above(self, word: Word, points: Points, most: int) -> Sentence:
        who = Name(self.parties[0 if points.lead > 0 else 1].name)
        return tell(word, who=who, n=abs(points.lead), max_lead=most)

    def _permitted(self, points: Points) -> tuple[int, int] | None:
        """The whole points by which each side may lead, at the stakes and rho given."""
        totals = self.credits.total_points
        if totals is None:
            return None
        more = totals[0] - totals[1]
        first = permitted_lead(max(0, totals[0] - points.first), self.stakes[1], self.rho, more)
        second = permitted_lead(max(0, totals[1] - points.second), self.stakes[0], self.rho, -more)
        return floor(first), floor(second)

    def _limits(self, permitted: tuple[int, int]) -> Sentence:
        first, second = (Name(party.name) for party in self.parties)
        return tell(Word.PERMITTED, first=first, second=second, n=max(0, permitted[0]), m=max(0, permitted[1]))

    def _stops(self, points: Points) -> Iterator[StopLine]:
        totals = self.credits.total_points
        if totals is None:
            return
        given = (points.first, points.second)
        for at in (0, 1):
            stop = if_stops(
                self.credits.sides[at],
                (totals[at], totals[1 - at]),
                (given[at], given[1 - at]),
                self.stakes[at],
                self.rho,
            )
            gain = ceil(stop.gain)
            yield StopLine(
                self.parties[at], stop.saves, stop.forgoes, stop.unreturned, gain, stop.pays, self._stop_words(stop, at)
            )

    def _stop_words(self, stop: Stop, at: int) -> tuple[Sentence, Sentence]:
        """What a stop would leave, and what the side that stops would gain or lose by it."""
        who, other = Name(self.parties[at].name), Name(self.parties[1 - at].name)
        left = tell(Word.STOP, who=who, saves=stop.saves, forgoes=stop.forgoes, other=other, unreturned=stop.unreturned)
        gain = ceil(stop.gain)
        if gain > 0:
            return left, tell(Word.STOP_PAYS, n=gain)
        return left, tell(Word.STOP_COSTS, n=-gain) if gain else tell(Word.STOP_EVEN)

    def _not_counted(self) -> Iterator[NotCounted]:
        ratio = self.credits.reciprocity.ratio
        verified: Counter[tuple[str, str]] = Counter()
        claimed: Counter[tuple[str, str]] = Counter()
        for one in self.given:
            if one.outside_ratio or one.class_ not in ratio:
                key = (one.side, one.class_ or "")
                verified[key] += one.verified
                claimed[key] += one.claimed
        for side, class_ in sorted(key for key in {*verified, *claimed} if verified[key] or claimed[key]):
            party = self.parties[self.credits.sides.index(side)]
            most = max(verified[side, class_], claimed[side, class_])
            words = tell(Word.NOT_COUNTED, n=most, class_name=Name(class_ or "?"), who=Name(party.name))
            yield NotCounted(party, class_, verified[side, class_], claimed[side, class_], words)


def worth(rho: Fraction) -> Iterable[Sentence]:
    """What a point received is assumed to be worth against a point given."""
    if not rho:
        return (tell(Word.WORTH_EQUAL),)
    return (tell(Word.WORTH_MORE, percent=round(rho * 100)),)
