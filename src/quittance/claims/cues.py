"""Small readings over the items of a sentence: what may stand between subject and verb, what follows a verb, where an
attribution ends, and the channel and day that are told with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from quittance.claims.model import Span
from quittance.claims.sources import Saying
from quittance.claims.speech_items import Item, Row
from quittance.claims.speech_words import CHANNELS, MOODS
from quittance.claims.subjects import phrase_after

_CHANNELS: Final = {word: rank for rank, (_, names) in reversed(list(enumerate(CHANNELS))) for word in names}
_HEARD: Final = frozenset(("told", "tells", "informed"))
_NUMBER: Final = frozenset(["number", "numbers", "figure", "total", "count", "tally"])
ONLY_WITH: Final[dict[str, frozenset[str]]] = {
    "made": frozenset(("announcement", "statement", "remarks", "comments", "claim")),
    "put": _NUMBER,
    "puts": _NUMBER,
    "gave": _NUMBER,
    "signed": frozenset(("decree", "decrees", "order", "law", "pardon", "pardons")),
    "gives": _NUMBER,
    "spoke": frozenset(("of",)),
    "speaks": frozenset(("of",)),
    "ruled": frozenset(("out",)),
    "called": frozenset(("for", "on", "it", "a", "an")),
    "calls": frozenset(("for", "on", "it")),
    "read": frozenset((",", ";", ":", ".", "that")),
    "reads": frozenset((",", ";", ":", ".", "that")),
    "pointed": frozenset(("out", "to")),
    **dict.fromkeys(MOODS, frozenset(("that",))),
}  # fmt: skip
"""Words that report only with one of these words after them."""
_END: Final = re.compile(r"[,.q)b]")
_TOLD: Final = re.compile("[VxHtG]")
_CHANNEL_END: Final = re.compile("[t,q]")
_LEAD: Final = re.compile("[^xynpd]")
_DAY_AFTER: Final = re.compile(r"(?:[pd]*[COR]+)*[pdwx]{0,3}(n?y+(?:,?n)?(?:,n)?)")
_DAY_BEFORE: Final = re.compile(r"(n?y+(?:,?n)?),?d?$")
_DAY_WITHIN: Final = re.compile(r"(n?y+n?)")


def goes_with(items: Sequence[Item], at: int) -> bool:
    """Whether one of the words that a word needs to report stands right after it."""
    wanted = ONLY_WITH[items[at].low]
    return any(item.low in wanted for item in items[at + 1 : at + 4])


def skip_back(items: Sequence[Item], at: int) -> int:
    """The index of the last item that is no adverb, auxiliary, day or "in a statement"."""
    while at >= 0:
        cls = items[at].cls
        following = items[at + 1].cls if at + 1 < len(items) else ""
        if (
            cls in "xyC"
            or (cls == "w" and items[at].low.endswith("ly"))
            or (cls in "ndp" and following in "ynCd" and following and items[at].low not in ("of", "for"))
            or (cls == "w" and following in "yC" and at and items[at - 1].cls in "dpw")
        ):
            at -= 1
        else:
            break
    return at


def past_day(items: Row, at: int) -> int:
    """The index after the day, the channel and the hearer that follow a verb."""
    verb = items[at - 1].low if at else ""
    found = _END.search(items.kinds, at, at + 14)
    stop = found.start() if found else len(items) if len(items) - at < 14 else at
    if stop > at and items[at].low != "of" and not _tells(items.kinds[at:stop], verb):
        return stop
    while at < len(items):
        cls = items[at].cls
        following = items[at + 1].cls if at + 1 < len(items) else ""
        if cls == "y" or (cls == "n" and items[at - 1].cls == "y") or cls == "C":
            at += 1
        elif (
            cls == "p"
            and following
            and (following in "yCd" or (following == "n" and "y" in items.kinds[max(0, at - 1) : at + 4]))
        ):
            at += 2
            while at < len(items) and items[at].cls in "wCyn" and items[at - 1].cls in "dwCy":
                at += 1
        elif verb in _HEARD and (after := phrase_after(items, at)) > at:
            at, verb = after, ""
        else:
            break
    return at


def _tells(kinds: str, verb: str) -> bool:
    """Whether the words after a verb hold something that is told, and not only day, channel and hearer."""
    if _TOLD.search(kinds) or (verb not in _HEARD and kinds[0] not in "py"):
        return True
    return any("y" not in kinds[max(0, at - 2) : at + 3] for at, cls in enumerate(kinds) if cls == "n")


def ends_sentence(items: Row, first: int, after: int) -> bool:
    """Whether the subject and verb stand behind what is reported: something precedes, and nothing of it follows."""
    if first < 2 or (items[first - 1].cls not in ",q)-" and items[first - 1].low != ";"):
        return False
    if after < len(items) and items[after].cls not in ",.q;)b":
        return False
    lead = _LEAD.findall(items.kinds, 0, first - 1)
    return len(lead) > 1 or (bool(lead) and "n" in items.kinds[:first])


def stands_free(items: Sequence[Item], one: Saying, here: Sequence[Saying]) -> bool:
    """Whether an attribution stands beside those before it and not inside what one of them reports.

    "X said the government thinks" belongs to X; "X said 200, while Y said 100" has two; whom the press relays is free.
    """
    leading = [other for other in here if not other.trailing]
    if not leading or leading[-1].subject.sort == "outlet":
        return True
    at = next((place for place, item in enumerate(items) if item.start >= one.cue[0]), len(items))
    return any(item.cls in "ba" or (item.cls == "," and not one.wills) for item in items[max(0, at - 2) : at])


def part(here: list[Saying], items: Sequence[Item]) -> None:
    """Set where each attribution of a sentence ends: the next one, the main clause after "although", the last word."""
    for semicolon in items if len(here) > 1 else ():
        if semicolon.low == ";" and any(one.cue[1] <= semicolon.start and not one.wills for one in here):
            for one in here:
                if one.trailing and one.cue[0] > semicolon.start:
                    one.start = max(one.start, semicolon.end)
    leading = [one for one in here if not one.trailing]
    for one, following in pairwise(leading):
        one.end = min(one.end, following.start)
    if not leading or not any(one.trailing for one in here):
        return
    first = leading[0]
    opening = items[0].low in ("although", "though", "while", "even")
    if opening:
        at = next((place for place, item in enumerate(items) if item.start > first.cue[1] and item.cls == ","), None)
        if at is not None:
            first.end = items[at].end


def channel_of(items: Row, first: int, verb: int, trailing: bool) -> str | None:
    """The channel that the words about a verb name."""
    low = items[verb].low
    near = {item.low for item in items[max(0, first - 6) : first]}
    found = _CHANNEL_END.search(items.kinds, verb + 2, verb + 9)
    cut = found.start() if found else verb + 9
    words = {item.low for item in items[first:cut]}
    if low in ("told", "tells") and verb + 1 < len(items):
        hearer = items[verb + 1 : verb + 4]
        if any(item.cls == "O" for item in hearer):
            return "interview"
    if near & {"twitter", "statement", "tweet", "interview"}:
        words |= near
    if "anonymity" in words or words >= {"not", "named"}:
        return "anonymous"
    ranks = [rank for word in words if (rank := _CHANNELS.get(word)) is not None]
    return CHANNELS[min(ranks)][0] if ranks else None


def day_of(items: Row, first: int, verb: int) -> Span | None:
    """The words of the day right after a verb, between it and its subject, or before the subject."""
    kinds = items.kinds
    if "y" not in kinds:
        return None
    found = _DAY_AFTER.match(kinds[verb + 1 : verb + 16])
    offset = verb + 1
    if found is None:
        offset = max(0, first - 8)
        found = _DAY_BEFORE.search(kinds[offset:first])
    if found is None:
        offset = first
        found = _DAY_WITHIN.search(kinds[first:verb])
    if found is None:
        return None
    return items[offset + found.start(1)].start, items[offset + found.end(1) - 1].end
