"""The attributions of one sentence: "X said that ...", "..., X said", "said X", "according to X", acts of will."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from quittance.claims.cues import (
    ONLY_WITH,
    channel_of,
    day_of,
    ends_sentence,
    goes_with,
    part,
    past_day,
    skip_back,
    stands_free,
)  # fmt: skip
from quittance.claims.lexicon import Lexicon
from quittance.claims.model import BOTH
from quittance.claims.profile import AGREEMENT
from quittance.claims.sources import Saying
from quittance.claims.speech_items import Item, Row
from quittance.claims.speech_words import ADDRESSES, COUNTS, MOODS, NAMED_AFTER, WILLS
from quittance.claims.subjects import Naming, Subject, phrase_after, phrase_before

_CUE: Final = re.compile("[VAGQp]")
_CLAUSE: Final = re.compile("[Vb]")


class Sayings:
    """Reads sentences with one lexicon."""

    def __init__(self, lexicon: Lexicon, naming: Naming) -> None:
        self.lexicon = lexicon
        self.naming = naming

    def read(self, number: int, items: Row, start: int, end: int) -> list[Saying]:
        """The attributions of the sentence with this number, from `start` up to `end`."""
        taken = -1
        for item in items:
            if item.mention is not None and item.mention.code and item.cls in "SI":
                self.naming.context = item.mention.code
                break
        here: list[Saying] = []
        for cue in _CUE.finditer(items.kinds):
            at = cue.start()
            item = items[at]
            one: Saying | None = None
            if at <= taken:
                continue
            if item.cls == "V":
                one = self._verb(number, items, at, start, end)
            elif item.cls == "A":
                one = self._according(number, items, at, start, end)
            elif item.cls == "G":
                one = self._saying(number, items, at, start, end, here)
            elif item.cls == "Q":
                one = self._quoted(number, items, at, start, end)
            elif item.low == "by":
                one = self._by_count(number, items, at, start, end)
            if one is None:
                continue
            if one.rule == "wills-on" and here:
                one.subject = here[-1].subject
            if here and not one.trailing and not stands_free(items, one, here):
                continue
            here.append(one)
            taken = max(taken, at)
        if not here and (one := self._headline(number, items, start, end)):
            here.append(one)
        if here and here[-1].wills and (one := self._elided(items, here[-1], end)):
            here.append(one)
        part(here, items)
        return here

    def _verb(self, number: int, items: Row, at: int, start: int, end: int) -> Saying | None:
        item = items[at]
        wills = item.low in WILLS
        following = items[at + 1].low if at + 1 < len(items) else ""
        if item.low in ONLY_WITH and not goes_with(items, at):
            return None
        if wills and following == "by" and (done := self._done_by(number, items, at, start, end)):
            return done
        if item.low in ("called", "termed", "described") and at > 1 and items[at - 2].low == "what":
            return self._what_it_called(number, items, at, start, end)
        subject, first = self._before(items, at)
        if subject is None or items[at - 1].cls in "q":
            inverted = self._inverted(number, items, at, start, end) if item.low not in WILLS | ADDRESSES else None
            if inverted:
                return inverted
        elided = subject is None and wills and at > 0 and items[at - 1].cls in "ba"
        if elided:
            subject, first = self._main_subject(items[:at]), at
        if subject is None:
            return None
        if (
            first
            and items[first - 1].cls == "a"
            and any(other.cls == "K" for other in items[max(0, first - 8) : first])
        ):
            return None  # "The agreement between A and B says"
        if subject.sort == "paper" and subject.voice and subject.voice.side == AGREEMENT:
            return None
        if item.low in ("agreed", "agree") and self._together(items, first, at):
            return self._agreed(number, items, first, at, start, end)
        passive = items[at - 1].low in ("was", "were", "been", "be", "is", "are", "being") and item.low not in MOODS
        if passive:
            return None
        after = past_day(items, at + 1)
        trailing = not wills and ends_sentence(items, first, after)
        rule = "wills-on" if elided else "wills" if wills else "says-after" if trailing else "says"
        span = (start, end) if trailing else (items[first].start, end)
        if wills and first and items[first - 1].low in ("that", "which", "whom", "whose", "release"):
            if item.low not in NAMED_AFTER:
                return None
            heads = [other.start for other in items[:first] if other.cls == "n"]
            span = (heads[-1] if heads else start, item.end)  # "the 1,000 that the movement promised"
        cue = items[first].start, items[min(after, len(items)) - 1].end
        before = {word.low for word in items[first:at]}
        return Saying(sentence=number, start=span[0], end=span[1], cue=cue,
                      subject=subject, verb=item.low, rule=rule, trailing=trailing, wills=wills,
                      channel=channel_of(items, first, at, trailing), said=day_of(items, first, at),
                      earlier=not before.isdisjoint(("had", "earlier", "previously")))  # fmt: skip

    def _what_it_called(self, number: int, items: Row, at: int, start: int, end: int) -> Saying | None:
        """ "freed 112 in what it called a gesture": the sentence is its subject's."""
        subject = self._main_subject(items[:at])
        if subject is None:
            return None
        return Saying(sentence=number, start=start, end=end, cue=(items[at - 1].start, items[at].end),
                      subject=subject, verb=items[at].low, rule="what-it-called", trailing=True)  # fmt: skip

    def _together(self, items: Sequence[Item], first: int, at: int) -> bool:
        """Whether both sides are the subject: what they agreed is a term of their agreement."""
        sides = {item.mention.code for item in items[max(0, first - 3) : at] if item.cls in "SD" and item.mention}
        return len(sides & self.lexicon.actor_codes) > 1 or BOTH in sides

    def _agreed(self, number: int, items: Row, first: int, at: int, start: int, end: int) -> Saying | None:
        """What both agreed, as said by their agreement, where the profile has one."""
        paper = next((paper for paper in self.lexicon.papers if paper.side == AGREEMENT), None)
        if paper is None:
            return None
        subject = Subject(sort="paper", voice=paper.voice, surface="", start=items[at].start, end=items[at].end)
        return Saying(sentence=number, start=start, end=end, cue=(items[first].start, items[at].end), subject=subject,
                      verb=items[at].low, rule="paper", trailing=False)  # fmt: skip

    def _done_by(self, number: int, items: Row, at: int, start: int, end: int) -> Saying | None:
        """ "the 5,000 demanded by X"."""
        after = phrase_after(items, at + 2)
        subject = self.naming.subject(items[at + 2 : after]) if after > at + 2 else None
        if subject is None or subject.sort == "paper":
            return None
        return Saying(sentence=number, start=start, end=end, cue=(items[at].start, items[after - 1].end),
                      subject=subject, verb=items[at].low, rule="wills-by", trailing=False, wills=True)  # fmt: skip

    def _before(self, items: Row, at: int) -> tuple[Subject | None, int]:
        """The subject left of a verb and the index where its words begin."""
        right = skip_back(items, at - 1)
        if at and items[at - 1].cls == "C" and (right < 0 or items[right].cls not in "PISHTRN)"):
            right = at - 1  # "A statement said"
        if right < 0:
            return None, 0
        aside: list[Item] = []
        if items[right].cls == "r" and right > 0:  # "The Taliban, who insist on"
            right -= 2 if items[right - 1].cls == "," else 1
            if right < 0:
                return None, 0
        elif items[right].cls == ",":
            opening = items.kinds.rfind(",", max(0, right - 31), right)
            if opening <= 0 or (items[opening + 1].cls != "r" and _CLAUSE.search(items.kinds, opening + 1, right)):
                return None, 0
            aside = items[opening + 1 : right]
            right = skip_back(items, opening - 1)
        elif items[right].cls == ")":
            opening = next((place for place in range(right, max(-1, right - 8), -1) if items[place].cls == "("), right)
            right = opening - 1
        if right < 0:
            return None, 0
        first = phrase_before(items, right)
        if first > right:
            return None, 0
        phrase = items[first : right + 1]
        subject = self.naming.subject(phrase, aside)
        if subject is None and any(item.cls in "PI" for item in aside):
            subject = self.naming.subject(aside)  # "Their armed wing, the Brigades, said"
        return subject, first

    def _inverted(self, number: int, items: Row, at: int, start: int, end: int) -> Saying | None:
        """ "..., said X": the verb stands after a comma or a quotation, and nothing but the subject follows."""
        if at == 0 or items[at - 1].cls not in ",q" or at + 1 >= len(items):
            return None
        first = past_day(items, at + 1)
        after = phrase_after(items, first)
        if after == first:
            return None
        if after < len(items) and items[after].cls in "wxVH" and items[after].low != "also":
            return None
        phrase, aside = items[first:after], []
        if after < len(items) and items[after].cls == ",":
            stop = next((place for place in range(after + 1, len(items)) if items[place].cls in ",.q;b"), len(items))
            aside = items[after + 1 : stop]
            if any(item.cls in "xV" for item in aside) and aside[0].cls != "r":
                aside = []
        subject = self.naming.subject(phrase, aside)
        if subject is None or subject.sort == "paper":
            return None
        return Saying(sentence=number, start=start, end=end, cue=(items[at].start, items[after - 1].end),
                      subject=subject, verb=items[at].low, rule="says-inverted", trailing=True,
                      channel=channel_of(items, at, at, True), said=day_of(items, at, after - 1))  # fmt: skip

    def _according(self, number: int, items: Row, at: int, start: int, end: int) -> Saying | None:
        first = at + 1
        if first < len(items) and items[first].low == "to":
            first += 1
        elif items[at].low == "according":
            return None
        after = phrase_after(items, first)
        if after == first:
            return None
        aside: list[Item] = []
        if after < len(items) and items[after].cls == ",":
            stop = next((place for place in range(after + 1, len(items)) if items[place].cls in ",.q;b"), len(items))
            aside = items[after + 1 : stop] if not any(item.cls in "xVH" for item in items[after + 1 : stop]) else []
        subject = self.naming.subject(items[first:after], aside)
        if subject is None:
            return None
        if at and items[at - 1].low == ";":
            start = items[at].start
        return Saying(sentence=number, start=start, end=end, cue=(items[at].start, items[after - 1].end),
                      subject=subject, verb="according", rule="according", trailing=True,
                      channel=channel_of(items, at, after - 1, True), said=day_of(items, at, after - 1))  # fmt: skip

    def _quoted(self, number: int, items: Row, at: int, start: int, end: int) -> Saying | None:
        """ "X was quoted as saying", "Y quoted X as saying"; "X, quoted by Y" leaves X to his own verb."""
        after = named = phrase_after(items, at + 1)
        if after > at + 1 and after < len(items) and items[after].cls == ",":
            stop = next(
                (place for place in range(after + 1, len(items)) if items[place].cls in ",.q;b"), len(items) - 1
            )
            after = stop + 1 if items[stop].cls == "," else after
        if after > at + 1 and after < len(items) and items[after].low == "as":
            subject = self.naming.subject(items[at + 1 : named], items[named + 1 : max(named + 1, after - 1)])
            if subject is None:
                return None
            tail = after + 2 >= len(items) or items[after + 2].cls in ".,q"
            return Saying(sentence=number, start=start if tail else items[at].start, end=end,
                          cue=(items[at].start, items[after].end), subject=subject, verb="quoted", rule="quoted",
                          trailing=tail, channel=None)  # fmt: skip
        if (at + 2 < len(items) and items[at + 1].low == "as") or (at and items[at - 1].low in ("was", "were", "is")):
            subject, first = self._before(items, at)
            if subject is None or subject.sort == "paper":
                return None
            trailing = first > 2 and items[first - 1].cls in ",q"
            return Saying(sentence=number, start=start if trailing else items[first].start, end=end,
                          cue=(items[first].start, items[min(at + 2, len(items) - 1)].end), subject=subject,
                          verb="quoted", rule="quoted", trailing=trailing,
                          channel=channel_of(items, first, at, trailing), said=day_of(items, first, at))  # fmt: skip
        return None

    def _by_count(self, number: int, items: Row, at: int, start: int, end: int) -> Saying | None:
        """ "By NSA figures", "by the government's count"."""
        after = at + 1
        while after < len(items) and after - at < 9 and items[after].cls in "dISPORTNDC'":
            after += 1
        last = items[after - 1]
        if after - at < 3 or last.low not in COUNTS:
            return None
        subject = self.naming.subject(items[at + 1 : after])
        if subject is None or subject.voice is None:
            return None
        end = next((item.start for item in items[after:] if item.low == ";"), end)
        return Saying(sentence=number, start=start, end=end, cue=(items[at].start, last.end), subject=subject,
                      verb="by", rule="by-count", trailing=True)  # fmt: skip

    def _saying(self, number: int, items: Row, at: int, start: int, end: int, here: Sequence[Saying]) -> Saying | None:
        """ "..., saying that": the subject of the sentence, or of the attribution before it, goes on."""
        if here:
            return None
        if at == 0:
            comma = next((place for place, item in enumerate(items) if item.cls == ","), None)
            if comma is None or comma + 1 >= len(items):
                return None
            after = phrase_after(items, comma + 1)
            subject = self.naming.subject(items[comma + 1 : after]) if after > comma + 1 else None
        elif items[at - 1].cls == ",":
            subject = self._main_subject(items[:at])
        else:
            return None
        if subject is None or subject.sort == "paper":
            return None
        begin = items[at].start
        return Saying(sentence=number, start=start if at == 0 else begin, end=end, cue=(begin, items[at].end),
                      subject=subject, verb=items[at].low, rule="saying", trailing=at == 0,
                      channel=channel_of(items, at, at, False))  # fmt: skip

    def _main_subject(self, items: Sequence[Item]) -> Subject | None:
        for at, item in enumerate(items):
            if item.cls in "PIS" and (at == 0 or items[at - 1].cls not in "p'"):
                before = items[at - 1] if at else None
                if before is not None and before.cls == "d" and at > 1 and items[at - 2].cls == "p":
                    continue
                return self.naming.subject(items[phrase_before(items, at) : max(at + 1, phrase_after(items, at))])
        after = phrase_after(items, 0)
        return self.naming.subject(items[:after]) if after else None

    def _elided(self, items: Row, one: Saying, end: int) -> Saying | None:
        """ "Baku promised to free 32, Yerevan two": after an act of one side the verb is left out for the other."""
        for at in range(2, len(items) - 1):
            item = items[at]
            comma = items[at - 2] if items[at - 1].cls == "d" else items[at - 1]
            if item.start <= one.cue[1] or item.cls != "S" or comma.cls != "," or item.mention is None:
                continue
            if (
                items[at + 1].cls == "n"
                and item.mention.code != one.subject.code
                and item.mention.code in self.lexicon.actor_codes
            ):
                subject = self.naming.subject(items[at - 1 : at + 1] if items[at - 1].cls == "d" else [item])
                if subject is None:
                    return None
                one.end = item.start
                return msgspec.structs.replace(one, start=item.start, end=end, subject=subject,
                                               cue=(item.start, item.end), rule="elided")  # fmt: skip
        return None

    def _headline(self, number: int, items: Row, start: int, end: int) -> Saying | None:
        """ "Taliban free 16 - spokesman": a headline ends with who says it."""
        if items[-1].cls in ".q!?":
            return None
        at = next((place for place in range(len(items) - 1, 0, -1) if items[place].cls in ":-"), 0)
        if at < 2 or len(items) - at > 8 or (items[at].start == items[at - 1].end and items[at].cls == "-"):
            return None
        first = at + 1
        if phrase_after(items, first) != len(items):
            return None
        subject = self.naming.subject(items[first:])
        if subject is None or subject.sort in ("it", "they", "he", "she", "paper", "side"):
            return None
        return Saying(sentence=number, start=start, end=end, cue=(items[first].start, end), subject=subject,
                      verb=":", rule="headline-tail", trailing=True)  # fmt: skip
