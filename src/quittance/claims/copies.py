"""How much of one text stands in another: word 3-grams of the shorter one found in the longer, exact, for all pairs.

The index holds only 3-grams that stand in two texts. They are counted from the rarest on, and only pairs that have
enough of those in common are compared as wholes.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import ceil

from quittance.claims.text import plain

FEWEST = 12
"""A text with fewer 3-grams is too short to say anything about copying."""

_WORD = re.compile(r"\w+(?:'\w+)?")
_BITS = 21
_MASK = (1 << _BITS) - 1


def containment(texts: Sequence[str], least: float) -> dict[tuple[int, int], float]:
    """For each pair of texts (smaller index first) how much of the shorter stands in the longer, where `least` or more.

    The share is that of distinct 3-grams of words in lower case; `least` is above 0. Texts of fewer than `FEWEST`
    3-grams have no pair.
    """
    grams, sizes = _numbered([array("Q", sorted(set(each))) for each in _trigrams(texts)])
    holding: defaultdict[int, list[int]] = defaultdict(list)
    found = {}
    for text in sorted(range(len(texts)), key=lambda text: (-sizes[text], text)):
        mine, needed = grams[text], _needed(least, sizes[text])
        if sizes[text] < FEWEST:
            break
        # The most common ones are not counted; if all of them were shared too, the rest must still be so many.
        uncounted = needed // 2
        meetings: Counter[int] = Counter()
        for gram in mine[: max(0, len(mine) - uncounted)]:
            meetings.update(holding[gram])
        all_mine = set(mine)
        for other, met in meetings.items():
            if met >= needed - uncounted and (same := len(all_mine.intersection(grams[other]))) >= needed:
                found[min(text, other), max(text, other)] = same / sizes[text]
        for gram in mine:
            holding[gram].append(text)
    return found


def _needed(least: float, size: int) -> int:
    """How many 3-grams of the shorter text make up the share; a product such as 3.0000000000000004 is 3."""
    return ceil(least * size - 1e-9)


def _trigrams(texts: Sequence[str]) -> Iterator[Iterator[int]]:
    """Each text's 3-grams as numbers, one number for one 3-gram in all texts."""
    vocabulary: dict[str, int] = {}
    for text in texts:
        # Beyond two million different words some share a number: the 3-grams of three such words are too rare to count.
        words = [vocabulary.setdefault(word, len(vocabulary) & _MASK) for word in _WORD.findall(plain(text).lower())]
        yield (a << 2 * _BITS | b << _BITS | c for a, b, c in zip(words, words[1:], words[2:], strict=False))


def _numbered(grams: list[array[int]]) -> tuple[list[array[int]], list[int]]:
    """The 3-grams that stand in several texts, numbered from the rarest on, ascending; and how many each text has."""
    # One byte for each slot says which 3-grams may stand in two texts; most stand in one, and are never counted.
    slots = 1 << max(16, sum(map(len, grams)).bit_length())
    seen = bytearray(slots)
    for mine in grams:
        for gram in mine:
            slot = _slot(gram, slots)
            seen[slot] = min(2, seen[slot] + 1)
    often = Counter(gram for mine in grams for gram in mine if seen[_slot(gram, slots)] == 2)
    ordered = sorted((gram for gram in often if often[gram] > 1), key=lambda gram: (often[gram], gram))
    number = {gram: at for at, gram in enumerate(ordered)}
    shared = [array("I", sorted(number[gram] for gram in mine if gram in number)) for mine in grams]
    return shared, [len(mine) for mine in grams]


def _slot(gram: int, slots: int) -> int:
    return (gram * 0x9E3779B97F4A7C15 >> 24) % slots
