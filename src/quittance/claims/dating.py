"""The days of a claim: when it was said, when it happened or is to happen, the latest day allowed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

import msgspec

from quittance.claims.days import DayPhrase, resolve
from quittance.claims.model import EventType, Kind, Report
from quittance.claims.profile import Profile


class Days(msgspec.Struct, frozen=True):
    """What a claim says of days: ISO texts, or None where the words do not say; `window` is from/to of a count."""

    event: str | None = None
    deadline: str | None = None
    said: str | None = None
    window: str | None = None


class Calendar:
    """The days of one report: its own day, the days of the papers, and the last day that was resolved."""

    def __init__(self, report: Report, profile: Profile | None) -> None:
        self.published = day_of(report.published)
        self.last: date | None = None
        self.speech: date | None = None
        self.anchors: Mapping[str, date] = {}
        for paper in profile.papers if profile is not None else ():
            signed = day_of(paper.signed)
            if signed is not None and paper.side == "AGREEMENT":
                self.anchors = {"": signed, "signing": signed, "signature": signed, "deal": signed, "agreement": signed}
                break

    def days(self, event: EventType, kind: Kind, phrase: DayPhrase | None, said: DayPhrase | None) -> Days:
        """The days of one claim, from the day phrase of its clause and the one of its attribution."""
        spoken = resolve(said, self.published, "past") if said is not None else None
        if spoken is not None and spoken.granularity == "day":
            self.speech = spoken.last
        spoken_day = self.speech if self._near(self.speech) else self.published
        spoken_text = spoken.text if spoken is not None else None
        tense: Literal["past", "future"] = "past" if event in ("done", "held", "reject") else "future"
        found = None
        if phrase is not None:
            anchors = self.anchors if event == "term" else {}
            last = spoken_day if said is not None or self.last is None else self.last
            found = resolve(phrase, spoken_day if said is not None else self.published, tense, last, anchors)
        if phrase is None or found is None:
            return Days(self._unsaid(event, kind, spoken_day), None, spoken_text)
        if phrase.sort == "deadline" and event == "done":
            return Days(found.last.isoformat(), None, spoken_text)
        if phrase.sort == "deadline":
            return Days(None, found.text if found.granularity != "day" else found.last.isoformat(), spoken_text)
        if found.granularity == "day" and found.first == found.last:
            self.last = found.last
        if phrase.sort == "since" and event in ("done", "held"):
            as_of = spoken_day.isoformat() if spoken_day is not None else None
            return Days(as_of, None, spoken_text, f"{found.first.isoformat()}/{as_of}" if as_of else None)
        if found.granularity == "day" and found.first != found.last:
            return Days(found.last.isoformat(), None, spoken_text, found.text)
        return Days(found.text, None, spoken_text)

    def _near(self, day: date | None) -> bool:
        """Whether a day told in the report lies within three days before it was printed."""
        return day is not None and self.published is not None and 0 <= (self.published - day).days <= 3

    def _unsaid(self, event: EventType, kind: Kind, spoken: date | None) -> str | None:
        """The day where the clause names none: of a release the last one told or that of speaking."""
        if event == "done" and kind in ("batch", "component") and self.last is not None and self._near(self.last):
            return self.last.isoformat()
        if event == "done" and spoken is not None:
            return spoken.isoformat()
        if event == "plan" and kind == "cumulative" and self.last is not None:
            return self.last.isoformat()
        return None


def day_of(text: str | None) -> date | None:
    """A day from its ISO text; None where it is none."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
