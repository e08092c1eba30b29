"""A sentence as a row of classed items, so that who speaks can be read by short patterns over their classes.

One letter per item: P known person, I office, S side, D its adjective, O medium, K paper, L place, T title, R noun of
an office, N other capitalised word, H pronoun, V reporting verb, G its participle, C noun of a channel, d article,
p preposition, a and, b border of clauses, r relative, t that, x auxiliary or adverb, y day word, n number, q quotation
mark, ' possessive, the marks themselves, and w for any other word.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from operator import sub
from typing import Final

import msgspec

from quittance.claims.lexicon import Mention
from quittance.claims.speech_words import (
    ABBREVIATED,
    AROUND,
    DAYS,
    OFFICES,
    SAYING,
    SAYS,
    SMALL,
    TITLES_ALL,
    WILLS,
    word_set,
)

_MENTIONS: Final = {
    "speaker": "P", "institution": "I", "neutral": "I", "mediator": "S", "side": "S", "demonym": "D", "people": "w",
    "outlet": "O", "document": "K", "place": "L",
}  # fmt: skip
_WORDS: Final[dict[str, str]] = {
    **dict.fromkeys(SAYING, "G"),
    **dict.fromkeys(AROUND, "x"),
    **dict.fromkeys(DAYS, "y"),
    **dict.fromkeys(OFFICES, "R"),
    **dict.fromkeys(TITLES_ALL | ABBREVIATED, "T"),
    **dict.fromkeys(SAYS | WILLS, "V"),
    **dict.fromkeys(("he", "she", "they", "it", "him", "them"), "H"),
    **dict.fromkeys(("al", "el", "ul", "bin", "ibn", "bint", "de", "la", "del", "von", "van"), "N"),
    **dict.fromkeys(("the", "a", "an", "his", "her", "their", "its", "another", "one", "some", "this"), "d"),
    **dict.fromkeys(
        ("of", "for", "in", "from", "at", "with", "to", "near", "inside", "by", "on", "within", "into", "about"), "p"
    ),
    **dict.fromkeys(("while", "but", "although", "whereas", "though", ";", "however"), "b"),
    **dict.fromkeys(("who", "which", "whom", "whose", "where"), "r"),
    **dict.fromkeys(("statement", "tweet", "tweets", "twitter", "interview", "letter", "post", "message", "report",
                     "figures", "numbers", "count", "tally", "data", "account", "facebook", "telegram", "video",
                     "address", "speech", "communique", "announcement", "briefing", "conference", "release"), "C"),
    "and": "a", "according": "A", "per": "A", "quoted": "Q", "cited": "Q", "citing": "A",
    '"': "q", "'s": "'", "'": "'",
    "also": "x",
}  # fmt: skip
_AMBIGUOUS: Final = word_set(
    "report reports claim claims promise demand demands plan plans count release lists read reads note notes"
    " orders offer offers post comments"
)
NUMBERS: Final = word_set(
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen"
    " nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand dozen"
)
"""Number words that may open a phrase of people."""


class Item(msgspec.Struct, gc=False):
    """One word, mark or mention of a sentence."""

    cls: str
    start: int
    end: int
    word: str
    low: str
    mention: Mention | None = None


class Row(list[Item]):
    """The items of one sentence; `kinds` has the class of each, one letter an item."""

    kinds: str = ""


def words_of(words: Sequence[str], lower: Sequence[str], ends: Sequence[int]) -> list[Item]:
    """The words of a whole text as items, each classed by itself."""
    return [*map(Item, map(_class, words), map(sub, ends, map(len, words)), ends, words, lower)]


def items_of(
    plain: str, every: Sequence[Item], ends: Sequence[int], first: int, after: int, mentions: Sequence[Mention]
) -> Row:
    """The items of the words `first` up to `after` of `every` one; `mentions` are those of the sentence, in order."""
    row = Row()
    begin = first
    for mention in mentions:
        at = bisect_right(ends, mention.start, begin, after)
        row += every[begin:at]
        cls = "S" if mention.sort == "people" and mention.voice else _MENTIONS[mention.sort]
        name = plain[mention.start : mention.end]
        row.append(Item(cls, mention.start, mention.end, name, name.lower(), mention))
        begin = bisect_left(ends, mention.end, at, after) + 1
    row += every[begin:after]
    _by_place(row)
    return row


def _by_place(row: Row) -> None:
    """Decide the classes that depend on the word before, and note them all."""
    gone = 0
    kinds = "".join([item.cls for item in row])
    for found in _PLACED.finditer(kinds):
        place = found.start() - gone
        item, before = row[place], row[place - 1].cls if place else ""
        if item.cls == "X":
            item.cls = "N" if before else "x"
        elif item.cls == "B" and item.low == "that":
            item.cls = "t" if before and before in "Vy,q" else "d"
        elif item.cls == "B":
            known = _WORDS[item.low]
            item.cls = "C" if known == "V" and before and before in "d'DV" else known
        else:
            item.cls = "T" if item.low in ABBREVIATED else "N"
            if place + 1 < len(row) and row[place + 1].word == "." and row[place + 1].start == item.end:
                del row[place + 1]  # "Gen. Miller"
                gone += 1
    row.kinds = kinds if _PLACED.search(kinds) is None else "".join([item.cls for item in row])


_PLACED: Final = re.compile("[XBM]")
"""Classes that are decided by the word before: X a capitalised adverb, B a word of two kinds, M an abbreviation."""


@lru_cache(maxsize=65536)
def _class(word: str) -> str:
    """The class of a word by itself."""
    low = word.lower()
    if low in ABBREVIATED or (len(word) == 1 and word.isalpha() and word.isupper() and word != "A"):
        return "M"
    known = "B" if low in _AMBIGUOUS or low == "that" else _WORDS.get(low)
    if known is not None:
        return "X" if known == "x" and word[0].isupper() else known
    letter = word[0]
    if letter.isdigit() or low in NUMBERS:
        return "n"
    if letter.isupper() and low not in SMALL:
        return "N"
    return "w" if letter.isalpha() else "." if letter in "?!" else letter
