"""The day phrase of a release: not the day on which somebody spoke of it, nor that on which a paper was signed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from quittance.claims.attribution import Attribution, Source
from quittance.claims.clauses import Sentence
from quittance.claims.days import DayPhrase
from quittance.claims.reading import Reading
from quittance.claims.words import listed

_SUPERLATIVES = frozenset(listed("largest biggest first single greatest highest smallest longest"))
_SAID = frozenset(
    listed("said says told announced tweeted wrote reported claimed added confirmed declared stated insisted denied")
)
_PAPERS = frozenset(listed("deal agreement accord pact decree order truce ceasefire accords treaty"))
_SIGNED = frozenset(listed("in of on signed struck reached concluded made dated late the from at early issued , peace"))


class Occasion(NamedTuple):
    """A day phrase, its sort as kinds need it (empty where there is none), and the day on which somebody spoke."""

    day: DayPhrase | None
    sort: str
    said: DayPhrase | None


def occasion_of(sentence: Sentence, reading: Reading, attribution: Attribution, source: Source) -> Occasion:
    """The nearest day phrase among the words of a number, and its sort; months and years are one sort."""
    (start, end), low = reading.scope, sentence.words.low
    nearest: tuple[int, DayPhrase] | None = None
    said: DayPhrase | None = None
    for at in range(start, end):
        day = sentence.day_at[at]
        if day is None or (at > start and sentence.day_at[at - 1] is day):
            continue
        if day.lead == "the" or _of_speech(day, attribution) or _of_paper(sentence, day):
            continue
        if day.sort == "since" and any(word in _SUPERLATIVES for word in low[max(start, at - 6) : at]):
            continue
        if source.said is not None and source.said[0] <= day.start < source.said[1]:
            said = day
            continue
        before = at - 1 if at and low[at - 1] not in ("on", "late", "early") else at - 2
        if before >= 0 and low[before] in _SAID:
            said = day
            continue
        distance = abs(at - reading.first)
        if nearest is None or distance < nearest[0]:
            nearest = distance, day
    if nearest is None and reading.clause.opener == "when":
        told = [one for one in sentence.day_at[max(0, start - 3) : start] if one is not None and one.sort == "point"]
        nearest = (0, told[-1]) if told else None
    if nearest is None:
        return Occasion(None, "", said)
    day = nearest[1]
    if day.sort in ("point", "period") and day.granularity in ("month", "year") and day.which != "last":
        return Occasion(day, "month", said)
    return Occasion(day, day.sort, said)


def day_of_speech(source: Source, days: Sequence[DayPhrase]) -> DayPhrase | None:
    """The day phrase by which an attribution says when it was said; `days` are those of the sentence."""
    if source.said is None:
        return None
    start, end = source.said
    return next((day for day in days if start <= day.start < end), None)


def _of_speech(day: DayPhrase, attribution: Attribution) -> bool:
    """Whether a day phrase tells when something was said."""
    said = attribution.at(day.start).said
    return said is not None and said[0] <= day.start < said[1]


def _of_paper(sentence: Sentence, day: DayPhrase) -> bool:
    """Whether a day belongs to a paper: "the deal signed on 28 February", "under the decree of March 11"."""
    low = sentence.words.low
    at = sentence.words.first_at(day.start) - 1
    for _ in range(6):
        if at < 0:
            return False
        mention = sentence.mention_at[at]
        if low[at] in _PAPERS or (mention is not None and mention.sort == "document"):
            return True
        if low[at] not in _SIGNED and mention is None:
            return False
        at -= 1
    return False
