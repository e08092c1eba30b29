"""The loops of matching, compiled where numba is there: similarity of consonant strings, tables, word assignment.

Forms of two lists are compared by number. Evidence is kept in multiples of 2^-16, so that sums of it are exact and do
not depend on the order in which they are taken. A form has at most eight words.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from quittance.people.names.jit import jit

MAX_TOKENS = 8
MAX_JOINED = 60

U8 = npt.NDArray[np.uint8]
I8 = npt.NDArray[np.int8]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]
F64 = npt.NDArray[np.float64]


class Strings(NamedTuple):
    """Many short strings of small codes (0-31): string i is `codes[first[i]:first[i + 1]]`."""

    first: I32
    codes: U8


class Forms(NamedTuple):
    """Names as numbers. Form f has the words `token[first[f]:first[f + 1]]`."""

    first: I32
    token: I32
    join: I32
    """At the place of a word: the token of this word and the next one written together, or -1."""
    joined: Strings
    """The skeletons of the words joined, in the order written."""
    ordered: Strings
    """The same with the skeletons sorted."""
    gram_first: I32
    gram: I32
    """Sorted numbers of the padded bigrams and whole skeletons of a form."""
    pair_first: I32
    pair: I32
    """Sorted numbers of the bigrams of the joined skeletons."""


class Table(NamedTuple):
    """An open hash table of a power of two places: pair of tokens (`x << 32 | y`) -> evidence."""

    keys: U64
    values: F64


EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)


@jit
def slot(keys: U64, key: Any) -> Any:
    """Where `key` is in an open hash table, or the empty place where it belongs."""
    mask = len(keys) - 1
    at = np.int64((key * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(20)) & mask
    while keys[at] != key and keys[at] != np.uint64(0xFFFFFFFFFFFFFFFF):
        at = (at + 1) & mask
    return at


@jit
def fill_table(keys: U64, values: F64, pairs: U64, evidence: F64) -> None:
    """Put evidence under its pairs; of several for one pair the largest stays."""
    for i in range(len(pairs)):
        at = slot(keys, pairs[i])
        if keys[at] == pairs[i]:
            values[at] = max(values[at], evidence[i])
        else:
            keys[at] = pairs[i]
            values[at] = evidence[i]


@jit
def bits(word: Any) -> Any:
    """How many bits of a 64-bit number are set."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@jit
def mark(masks: U64, codes: Any, begin: int, end: int) -> None:
    """Write where each code stands in a string of at most 63 codes: the pattern of `common`."""
    for at in range(begin, end):
        masks[codes[at]] |= np.uint64(1) << np.uint64(at - begin)


@jit
def unmark(masks: U64, codes: Any, begin: int, end: int) -> None:
    """Take back what `mark` wrote."""
    for at in range(begin, end):
        masks[codes[at]] = np.uint64(0)


@jit
def common(masks: U64, size: int, codes: Any, begin: int, end: int) -> Any:
    """Length of the longest common subsequence with the string of `size` codes that is marked (Hyyro 2004)."""
    row = ~np.uint64(0)
    for at in range(begin, end):
        met = row & masks[codes[at]]
        row = (row + met) | (row - met)
    return bits(~row & ((np.uint64(1) << np.uint64(size)) - np.uint64(1)))


@jit
def dice(x: I32, x0: int, x1: int, y: I32, y0: int, y1: int) -> float:
    """Dice coefficient of two sorted sets."""
    i, j, both = x0, y0, 0
    while i < x1 and j < y1:
        if x[i] == y[j]:
            both += 1
            i += 1
            j += 1
        elif x[i] < y[j]:
            i += 1
        else:
            j += 1
    total = x1 - x0 + y1 - y0
    return 2.0 * both / total if total else 0.0


class Side(NamedTuple):
    """One list as the loops see it: few arrays, as each costs time in every call. `at[X]` is where part X of `ints`
    begins.

    Parts: 0 FIRST, 1 TOKEN, 2 JOIN, 3 JOINED_FIRST, 4 JOINED, 5 ORDERED, 6 GRAM_FIRST, 7 GRAM, 8 PAIR_FIRST, 9 PAIR
    (all as in `Forms`); 10 NAME_FIRST, 11 KUNYA, 12 FATHER, 13 GRANDFATHER (forms of each entry); 14-16 BIRTH, 17-19
    CAPTURE (first, low, high); 20 SEX; 21-22 ID_NO, 23-24 PRISONER_NO (first, signs).
    """

    ints: I32
    at: I64
    rarity: F64
    """Of each token: the most that an agreement on it can weigh; 0 for what carries no weight."""
    codes: U64
    """[entry] province, district, village, tribe, facility, authority, and a hash of the whole content."""
