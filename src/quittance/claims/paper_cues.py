"""Papers that speak: "the deal calls for", "under the agreement ... is to", "the decree says"."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from quittance.claims.lexicon import Lexicon, Mention, claimant
from quittance.claims.model import Claimant
from quittance.claims.profile import AGREEMENT, Voice
from quittance.claims.sources import Saying
from quittance.claims.speech_items import Item
from quittance.claims.speech_words import DOCUMENT_VERBS, OBLIGES
from quittance.claims.subjects import Subject

_SIGNED: Final = frozenset(
    ["signed", "reached", "struck", "concluded", "brokered", "agreed", "made", "sealed", "announced"]
)
_OBLIGED: Final = frozenset(("obliged", "obligated"))
_TO: Final = frozenset(("supposed", "required", "bound", "has", "have", "due"))
_AGREED: Final = frozenset(("was", "were"))
_PAIRED: Final = _TO | _AGREED


class PaperCues:
    """Reads where papers speak or are leant on."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon

    def owed(self, low: Sequence[str]) -> Claimant | None:
        """The agreement, where a sentence tells an obligation, or what both agreed, without naming a paper."""
        if _OBLIGED.isdisjoint(low):
            pairs = pairwise(low) if not _PAIRED.isdisjoint(low) else ()
            if not any((b == "to" and a in _TO) or (b == "agreed" and a in _AGREED) for a, b in pairs):
                return None
        paper = next((paper for paper in self.lexicon.papers if paper.side == AGREEMENT), None)
        return claimant(paper.voice) if paper else None

    def read(
        self, number: int, items: list[Item], low: Sequence[str], start: int, end: int, papers: Sequence[Mention],
        spoken: bool,
        found: list[Saying],
    ) -> Claimant | None:  # fmt: skip
        """The paper that a sentence leans on; a source of its own where the paper is what speaks."""
        if not papers:
            return self.owed(low)
        lean = self.owed(low)
        for at, item in enumerate(items):
            if item.cls != "K" or item.mention is None or item.mention.voice is None:
                continue
            following = _skip_forward(items, at + 1)
            verb = items[following].low if following < len(items) else ""
            voice = item.mention.voice
            said = verb in DOCUMENT_VERBS
            under = at and any(
                other.low in ("under", "to", "on", "with", "by", "in", "per", "after")
                for other in items[max(0, at - 3) : at]
            )
            ahead = [other.low for other in items[at + 1 : at + 8]]
            under = under or any(b == "which" and a in ("under", "by", "in") for a, b in pairwise(ahead))
            if (not said and not under) or _is_channel(items, at):
                continue
            surface = item.word
            lean = claimant(voice, surface)
            if spoken or (under and not said and OBLIGES.isdisjoint(low) and not _is_to(low)):
                continue
            subject = Subject(sort="paper", voice=voice, surface=surface, start=item.start, end=item.end)
            found.append(Saying(sentence=number, start=start if under and not said else item.start, end=end,
                                     cue=(item.start, items[following].end if said else item.end), subject=subject,
                                     verb=verb if said else "under", rule="paper", trailing=False))  # fmt: skip
            break
        return lean

    def author(self, voice: Voice) -> Voice | None:
        """Who speaks in a paper of one side: the president in his decree."""
        paper = next((paper for paper in self.lexicon.papers if paper.key == voice.key), None)
        return self.lexicon.registry.get(paper.speaker) if paper and paper.speaker else None


def _is_channel(items: Sequence[Item], at: int) -> bool:
    """Whether a paper is only how somebody speaks: "said in a joint statement"."""
    return any(item.cls == "V" for item in items[max(0, at - 4) : at]) and any(
        item.low == "in" for item in items[max(0, at - 3) : at]
    )


def _is_to(low: Sequence[str]) -> bool:
    """Whether the words hold "is to", "are to", "has to", "have to"."""
    pairs = pairwise(low)
    return any(a in ("is", "are", "has", "have", "was", "were", "had") and b == "to" for a, b in pairs)


def _skip_forward(items: Sequence[Item], at: int) -> int:
    """The index of the verb of a paper: past adverbs, days, brackets, "signed in Doha", "between X and Y", "that"."""
    for place in range(at, min(at + 10, len(items))):
        item = items[place]
        if item.low in DOCUMENT_VERBS and item.low not in _SIGNED:
            return place
        passed = item.cls in "xynp(L)wr," or item.low in _SIGNED or item.low == "that"
        if not passed and not (item.cls in "SDdaN" and _governed(items, place)):
            return place
    return min(at + 10, len(items))


def _governed(items: Sequence[Item], at: int) -> bool:
    """Whether a party stands after a preposition, or is joined to one that does."""
    before = items[at - 1]
    if items[at].cls == "a":
        return before.cls in "SNLD"
    article = before.cls == "d" and at > 1 and (items[at - 2].cls in "pa" or items[at - 2].low == "between")
    return before.cls in "paD" or before.low == "between" or article
