"""Whether a number rests on an agreement between the sides, by the words of its own sentence."""

from __future__ import annotations

from quittance.claims.clauses import Sentence
from quittance.claims.reading import Reading
from quittance.claims.words import listed

_LEANS = frozenset(["under", "per", "by", "following"])
_BASED = frozenset(["according", "based", "accordance", "line", "terms", "basis", "part", "stipulated"])
_SCHEMES = frozenset(listed("deal agreement accord pact truce ceasefire plan arrangement roadmap accords treaty"))
_PASSED = frozenset(
    listed(", which that signed struck reached concluded in on with between and by brokered the also at of agreed")
)
_SAYS = ("op:say", "op:calls", "op:must")
_STATES = frozenset(
    listed(
        "says said stated states included includes include has gives grants sets commits obliges covers envisions "
        "envisages requires required committed obliged meant means is was freed frees foresees"
    )
)


def leans_on_paper(sentence: Sentence, reading: Reading) -> bool:
    """Whether a paper of both sides is the subject ("the deal calls for"), the ground ("under the deal", "based on the
    agreement") or the noun that a clause belongs to ("the agreement to swap 1,000")."""
    low = sentence.words.low
    start = reading.clause.start
    for at in range(reading.first):
        if (
            low[at] == "under"
            and any(word in _SCHEMES for word in low[at + 1 : at + 9])
            and not _crossed(sentence, at, reading.first)
        ):
            return True
    if any(low[at : at + 2] == ["under", "which"] for at in range(start, reading.first)):
        return True
    for mention in sentence.mentions:
        if mention.sort != "document" or mention.code not in ("AGREEMENT", ""):
            continue
        begin = sentence.words.first_at(mention.start)
        if begin >= len(low) or sentence.mention_at[begin] is not mention or begin > reading.last:
            continue
        if any(one.opener in ("while", "semicolon") and begin < one.start <= reading.first for one in sentence.clauses):
            continue
        end = sentence.mention_end(begin)
        at = begin - 1
        while at >= 0 and (low[at] in ("the", "a", "this", "that", "so-called") or sentence.mention_at[at] is not None):
            at -= 1
        before = low[at] if at >= 0 else ""
        if before in _LEANS or (before in ("to", "on", "with", "of") and at and low[at - 1] in _BASED):
            return True
        if end < len(low) and low[end] in ("to", "on", "for", "that"):
            return True
        if _subject(sentence, end, reading.first):
            return True
    return False


def _crossed(sentence: Sentence, start: int, end: int) -> bool:
    """Whether a contrast stands between two tokens."""
    return any(one.opener in ("while", "semicolon") and start < one.start <= end for one in sentence.clauses)


def _subject(sentence: Sentence, end: int, limit: int) -> bool:
    """Whether a verb of papers follows, a participle or a day between: "the agreement signed in Doha stipulates"."""
    low = sentence.words.low
    at = end
    while at < min(limit, end + 12):
        word, tag = low[at], sentence.tag[at]
        if tag.startswith(_SAYS) or (word in _STATES and tag != "op:confirm:X"):
            return True
        if word in _PASSED or sentence.mention_at[at] or sentence.day_at[at] or tag in ("adv", "~"):
            at += 1
            continue
        if (
            tag.startswith("aux:")
            or word[0].isdigit()
            or (word[0].isalpha() and low[at - 1] in ("in", "at", "by", "the"))
        ):
            at += 1
            continue
        return False
    return False
