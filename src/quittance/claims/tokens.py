"""Sentences as tokens: lower-cased words with their places, and phrases looked up among them in one pass."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence

_TOKEN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|'s?(?!\w)|\d+(?:[.,]\d+)*|[^\w\s]|_+")


class Tokens:
    """The tokens of one sentence: `low` in lower case, with `start` and `end` as offsets into the whole text.

    Letters joined by hyphens are one token; `'s` is a token of its own, and so is every mark of punctuation.
    """

    __slots__ = ("end", "low", "start")

    def __init__(self, plain: str, start: int, end: int) -> None:
        found = [match.span() for match in _TOKEN.finditer(plain, start, end)]
        self.start = [a for a, _ in found]
        self.end = [b for _, b in found]
        self.low = [plain[a:b].lower() for a, b in found]

    def __len__(self) -> int:
        return len(self.low)

    def first_at(self, offset: int) -> int:
        """The index of the first token that ends after an offset."""
        return bisect_left(self.end, offset + 1)

    def after(self, offset: int) -> int:
        """The index of the first token that starts at an offset or later."""
        return bisect_left(self.start, offset)


Phrases = Mapping[str, Sequence[tuple[tuple[str, ...], str]]]
"""First word -> the rest of each phrase, longest first, with its tag."""


def phrase_table(tagged: Iterable[tuple[str, str]]) -> Phrases:
    """Phrases by first word from pairs of words and tag; a phrase given twice keeps the later tag."""
    table: dict[str, dict[tuple[str, ...], str]] = {}
    for phrase, tag in tagged:
        first, *rest = _TOKEN.findall(phrase)
        table.setdefault(first, {})[tuple(rest)] = tag
    return {first: sorted(rests.items(), key=lambda row: (-len(row[0]), row[0])) for first, rests in table.items()}


def phrases_in(low: Sequence[str], table: Phrases) -> Iterator[tuple[int, int, str]]:
    """From, up to and tag of every phrase that stands in the tokens: the longest first, none overlapping."""
    at, count = 0, len(low)
    while at < count:
        step = 1
        for rest, tag in table.get(low[at], ()):
            size = len(rest)
            if not size or tuple(low[at + 1 : at + 1 + size]) == rest:
                yield at, at + 1 + size, tag
                step = 1 + size
                break
        at += step
