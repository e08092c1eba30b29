"""Who says what: for every place of a report the claimant, the channel, and the words that say so.

Attribution is read sentence by sentence: "X said that ...", "..., X said", "said X", "according to X", a paper that
"calls for", an act of will ("rejected", "promised"). Then the report as a whole binds titles to people, continues
quotations, and gives what is left to the outlet.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from quittance.claims.binding import Binding
from quittance.claims.lexicon import Lexicon, Mention, claimant, pieces
from quittance.claims.model import Claimant, Report, Span
from quittance.claims.paper_cues import PaperCues
from quittance.claims.profile import AGREEMENT
from quittance.claims.sayings import Sayings
from quittance.claims.sources import Attribution, Saying, Source
from quittance.claims.speech_items import items_of, words_of
from quittance.claims.speech_words import COUNTS, ELABORATES, FURTHER, SAYING, SAYS, SPOKEN, WILLS
from quittance.claims.subjects import Naming
from quittance.claims.text import plain

__all__ = ["Attribution", "Source", "attribute"]

_CUES: Final = SAYS | WILLS | SAYING | {"according", "quoted", "per", "citing"} | COUNTS
_PLAIN_CHANNELS: Final = {"side": "statement", "outlet": "report", "source": "anonymous", "paper": "agreement"}
_INDIRECT: Final = re.compile(r"(?:it|they|he|she|this|these|those) (?:had|would|was to|were to)\b")
"""How a sentence begins that tells on in indirect speech."""
_STOPS: Final = frozenset((".", "!", "?", '"'))
_HEADS: Final = frozenset((":", "-"))


def attribute(
    plain: str, sentences: Sequence[Span], mentions: Sequence[Mention], report: Report, lexicon: Lexicon
) -> Attribution:
    """The sources of a report. `plain` is its normalised text, `sentences` their spans, `mentions` the lexicon's."""
    return _Reader(plain, sentences, mentions, report, lexicon).run()


class _Reader:
    """One report."""

    def __init__(
        self, plain: str, sentences: Sequence[Span], mentions: Sequence[Mention], report: Report, lexicon: Lexicon
    ) -> None:
        self.plain = plain
        self.sentences = sentences
        self.mentions = mentions
        self.report = report
        self.lexicon = lexicon
        self.naming = Naming(lexicon)
        self.sayings = Sayings(lexicon, self.naming)
        self.papers = PaperCues(lexicon)
        self.words, self.lower, self.ends = pieces(plain)
        self.starts = [mention.start for mention in mentions]
        self.found: list[Saying] = []

    def run(self) -> Attribution:
        """All sources."""
        documents: list[Claimant | None] = []
        every = words_of(self.words, self.lower, self.ends)
        for number, (start, end) in enumerate(self.sentences):
            first, after = bisect_left(self.ends, start + 1), bisect_left(self.ends, end)
            after = min(after + 1, len(self.words)) if after < len(self.ends) and self.ends[after] <= end else after
            low = self.lower[first:after]
            documents.append(None)
            if not low:
                continue
            cued = not _CUES.isdisjoint(low) or (low[-1] not in _STOPS and not _HEADS.isdisjoint(low[-8:]))
            inside = self.mentions[bisect_left(self.starts, start) : bisect_left(self.starts, end)]
            papers = [mention for mention in inside if mention.sort == "document"]
            if not cued and not papers:
                documents[number] = self.papers.owed(low)
                continue
            items = items_of(self.plain, every, self.ends, first, after, inside)
            known = len(self.found)
            if cued:
                self.found.extend(self.sayings.read(number, items, start, end))
            if not papers:
                documents[number] = self.papers.owed(low)
                continue
            documents[number] = self.papers.read(
                number, items, low, start, end, papers, len(self.found) > known, self.found
            )
        self.found = Binding(self.lexicon, self.naming, self.mentions).bind(self.found)
        self._quotations()
        found = sorted((self._source(one) for one in self.found), key=lambda source: source.reported)
        narration = self._narration(documents)
        return Attribution(found, narration, [start for start, _ in self.sentences])

    def _narration(self, documents: Sequence[Claimant | None]) -> Callable[[int], Source]:
        """What is said in a sentence outside all attributions: by the outlet, or an office whose report it is."""
        teller = self._teller()
        by_sentence = {one.sentence: one for one in self.found}

        def told(number: int) -> Source:
            start, end = self.sentences[number]
            before = by_sentence.get(number - 1)
            if before and number not in by_sentence and self._goes_on(before, start, end):
                return msgspec.structs.replace(self._source(before), reported=(start, end), evidence="continued",
                                               document=documents[number])  # fmt: skip
            if teller:
                return Source(claimant=teller, channel="statement", evidence="own-report", reported=(start, end),
                              document=documents[number])  # fmt: skip
            return Source(reported=(start, end), document=documents[number])

        return told

    def _goes_on(self, before: Saying, start: int, end: int) -> bool:
        """Whether a sentence without attribution goes on with the one before: "Among them are ...", "alone"."""
        text = self.plain[start:end].lower()
        if before.subject.sort == "paper" and before.voice and before.voice.side != AGREEMENT:
            return text.startswith(FURTHER)
        return text.startswith(ELABORATES) or " alone " in text[:80] or bool(_INDIRECT.match(text))

    def _teller(self) -> Claimant | None:
        """The office that tells the whole: in the brackets of the dateline, or because the outlet is that office."""
        begin = self.sentences[0][0] if self.sentences else 0
        for mention in self.mentions[:3]:
            start, end = mention.start, mention.end
            credited = self.plain[max(0, start - 1) : start] == "(" and self.plain[end : end + 1] == ")"
            if not credited or end > begin + 90 or mention.sort not in ("institution", "neutral"):
                continue
            if self.plain[end + 1 : end + 4].strip()[:1] in ("-", ":"):
                return self.lexicon.claimant_of(mention, self.plain[start:end])
        outlet = plain(self.report.outlet or "")
        for mention in self.lexicon.mentions(outlet) if outlet else ():
            if mention.start == 0 and mention.end == len(outlet) and mention.sort in ("institution", "neutral"):
                return self.lexicon.claimant_of(mention, self.report.outlet)
        return None

    def _quotations(self) -> None:
        """A sentence inside a quotation that runs over several belongs to whoever is quoted."""
        open_, spoken = False, None
        cited = {one.sentence: one for one in self.found}
        for number, (start, end) in enumerate(self.sentences):
            own = cited.get(number)
            was_open = open_
            if self.plain.count('"', start, end) % 2:
                open_ = not open_
            if was_open and own is None and spoken is not None:
                self.found.append(_copy(spoken, number, start, end, "quotation"))
            elif own is None and spoken is not None and self.plain[start] == '"' and self._quotes(spoken):
                self.found.append(_copy(spoken, number, start, end, "quotation"))
                continue
            elif open_ and not was_open and own is None and number + 1 < len(self.sentences):
                following = cited.get(number + 1)
                if following is not None and following.trailing:
                    self.found.append(_copy(following, number, start, end, "quotation"))
            spoken = own or (spoken if was_open else None)
            if number and "\n" in self.plain[self.sentences[number - 1][1] : start] and not was_open:
                open_ = bool(self.plain.count('"', start, end) % 2)

    def _quotes(self, one: Saying) -> bool:
        """Whether the sentence of an attribution holds a quotation."""
        start, end = self.sentences[one.sentence]
        return '"' in self.plain[start:end]

    def _source(self, one: Saying) -> Source:
        assert one.voice is not None
        author = self.papers.author(one.voice) if one.subject.sort == "paper" else None
        channel = one.channel or _PLAIN_CHANNELS.get(one.subject.sort, "statement")
        if one.wills and one.channel is None and one.subject.sort in ("side", "office") and one.verb not in SPOKEN:
            channel = "report"
        if one.subject.sort == "paper":
            channel = "agreement" if one.voice.side == "AGREEMENT" else "decree"
        return Source(claimant=claimant(author or one.voice, one.surface or None), channel=channel, evidence=one.rule,
                      reported=(one.start, one.end), cue=one.cue, said=one.said, verb=one.verb, wills=one.wills,
                      trailing=one.trailing)  # fmt: skip


def _copy(one: Saying, number: int, start: int, end: int, rule: str) -> Saying:
    return msgspec.structs.replace(one, sentence=number, start=start, end=end, rule=rule)
