"""Who says something at a place of a report, as values: an attribution found, a source given, and all of a report."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

import msgspec

from quittance.claims.model import NARRATION, OUTLET, Claimant, Span
from quittance.claims.profile import Voice
from quittance.claims.subjects import Subject


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Who says what stands at a place of a report.

    `evidence` names the rule; `cue` is the span of the attribution with subject and verb, `reported` the span that it
    governs, `said` the words of the day on which it was said, `verb` the reporting verb. `document` is a paper that the
    sentence leans on without being said by it: the claimant of what is owed, if nobody else is.
    """

    claimant: Claimant = NARRATION
    channel: str = "report"
    evidence: str = "narration"
    reported: Span = (0, 0)
    cue: Span | None = None
    said: Span | None = None
    verb: str = ""
    wills: bool = False
    trailing: bool = False
    document: Claimant | None = None


class Saying(msgspec.Struct, kw_only=True):
    """One attribution in a sentence while the report is being read."""

    sentence: int
    start: int
    end: int
    cue: Span
    subject: Subject
    verb: str
    rule: str
    trailing: bool
    wills: bool = False
    channel: str | None = None
    said: Span | None = None
    earlier: bool = False
    voice: Voice | None = None
    surface: str | None = None


class Attribution:
    """The sources of one report, by place."""

    def __init__(self, found: Sequence[Source], narration: Callable[[int], Source], starts: Sequence[int]) -> None:
        self.sources = tuple(found)
        self._narration = narration
        self._starts = tuple(starts)
        self._at = [source.reported[0] for source in self.sources]

    def at(self, place: int) -> Source:
        """Who says what stands at this code point; narration of the outlet where nobody is named."""
        sentence = max(0, bisect_right(self._starts, place) - 1)
        first = bisect_left(self._at, self._starts[sentence]) if self._starts else 0
        best: Source | None = None
        for index in range(first, len(self.sources)):
            source = self.sources[index]
            if source.reported[0] > place:
                break
            if source.reported[0] <= place < source.reported[1] and (best is None or _beats(source, best)):
                best = source
        own = self._narration(sentence) if self._starts else Source()
        if best is None:
            return own
        return best if best.document or own.document is None else msgspec.structs.replace(best, document=own.document)


def _beats(new: Source, old: Source) -> bool:
    """Whether of two attributions over one place the new is the more direct: anybody before the press that relays
    him, somebody said to speak before an act of will, else the one that begins later."""
    if (new.claimant.side == OUTLET) != (old.claimant.side == OUTLET):
        return old.claimant.side == OUTLET
    if new.wills != old.wills and (old if new.wills else new).trailing:
        return old.wills
    return new.reported[0] >= old.reported[0]
