"""Which pairs of entries are scored: all that share a similar word, are alike as a whole, or have a number in
common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from quittance.people.matching.context import Context
from quittance.people.matching.kernels import EMPTY, I32, I64, U64, Side
from quittance.people.matching.prepared import Prepared
from quittance.people.matching.words import joined_likeness
from quittance.people.names.jit import jit

Partners = Callable[[int, int], tuple[I64, I32]]
"""For rows `begin` to `end` of b: where each row's partners begin, and the partners, entries of a in ascending
order."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """Lists by number: number n has `item[first[n]:first[n + 1]]`."""

    first: I64 = field(repr=False)
    item: I32 = field(repr=False)


def lookup(number: I64, item: I32, size: int) -> Lookup:
    """Gather items by number, each list in ascending order and without doubles."""
    pairs = np.unique(np.stack([number.astype(np.int64), item.astype(np.int64)], axis=1), axis=0)
    first = np.searchsorted(pairs[:, 0], np.arange(size + 1))
    return Lookup(first.astype(np.int64), pairs[:, 1].astype(np.int32))


def sharing(context: Context) -> Partners:
    """All pairs of two lists worth scoring, whatever their number."""
    a, b = context.a, context.b
    keys = context.shared.keys[context.shared.keys != EMPTY]
    similar = lookup(
        (keys & np.uint64(0xFFFFFFFF)).astype(np.int64), (keys >> np.uint64(32)).astype(np.int32), len(b.words)
    )
    holders = lookup(*tokens_of(context.side_a, a), len(a.words))
    numbers = same_numbers(a, b)
    token_b, entry_b = tokens_of(context.side_b, b)
    words = lookup(entry_b.astype(np.int64), token_b.astype(np.int32), len(b))

    def partners(begin: int, end: int) -> tuple[I64, I32]:
        with np.errstate(over="ignore"):
            return _sharing(
                context.side_a, len(a), context.side_b, begin, end, words.first, words.item, similar.first,
                similar.item, holders.first, holders.item, numbers.first, numbers.item,
            )  # fmt: skip

    return partners


def tokens_of(side: Side, prepared: Prepared) -> tuple[I64, I32]:
    """The tokens of names, singly and joined, with the entry of each."""
    forms = prepared.name_first[-1]
    entry = np.repeat(np.arange(len(prepared), dtype=np.int32), np.diff(prepared.name_first))
    sizes = np.diff(prepared.forms.first)[:forms]
    of_form = np.repeat(entry, sizes)
    count = prepared.forms.first[forms]
    join = side.ints[side.at[2] : side.at[2] + count]
    token = np.concatenate([prepared.forms.token[:count], join[join >= 0]])
    return token.astype(np.int64), np.concatenate([of_form, of_form[join >= 0]])


def same_numbers(a: Prepared, b: Prepared) -> Lookup:
    """For each entry of b the entries of a with an equal document or prisoner's number."""
    rows: list[tuple[int, int]] = []
    for numbers_a, numbers_b in ((a.fields.id_no, b.fields.id_no), (a.fields.prisoner_no, b.fields.prisoner_no)):
        known: dict[bytes, list[int]] = {}
        for i in np.flatnonzero(np.diff(numbers_a.first)).tolist():
            known.setdefault(numbers_a.signs[numbers_a.first[i] : numbers_a.first[i + 1]].tobytes(), []).append(i)
        for j in np.flatnonzero(np.diff(numbers_b.first)).tolist():
            number = numbers_b.signs[numbers_b.first[j] : numbers_b.first[j + 1]].tobytes()
            rows += [(j, i) for i in known.get(number, ())]
    found = np.array(rows, np.int64).reshape(-1, 2)
    return lookup(found[:, 0], found[:, 1].astype(np.int32), len(b))


@jit
def _sharing(
    a: Side,
    size_a: int,
    b: Side,
    begin: int,
    end: int,
    words_first: I64,
    words: I32,
    similar_first: I64,
    similar: I32,
    holders_first: I64,
    holders: I32,
    numbers_first: I64,
    numbers: I32,
) -> tuple[I64, I32]:
    first = np.zeros(end - begin + 1, np.int64)
    found = np.empty(1024, np.int32)
    stamp = np.full(size_a, -1, np.int32)
    masks = np.zeros(32, np.uint64)
    count = 0
    for j in range(begin, end):
        for w in range(words_first[j], words_first[j + 1]):
            y = words[w]
            for s in range(similar_first[y], similar_first[y + 1]):
                x = similar[s]
                for h in range(holders_first[x], holders_first[x + 1]):
                    stamp[holders[h]] = j
        for n in range(numbers_first[j], numbers_first[j + 1]):
            stamp[numbers[n]] = j
        for i in range(size_a):
            if stamp[i] != j and not _alike_whole(a, i, b, j, masks):
                continue
            if count == len(found):
                grown = np.empty(2 * count, np.int32)
                grown[:count] = found
                found = grown
            found[count] = i
            count += 1
        first[j - begin + 1] = count
    return first, found[:count].copy()


@jit
def _alike_whole(a: Side, i: int, b: Side, j: int, masks: U64) -> bool:
    """Whether some form of the one and some form of the other are alike by .9 as joined strings."""
    for fa in range(a.ints[a.at[10] + i], a.ints[a.at[10] + i + 1]):
        size_a = a.ints[a.at[3] + fa + 1] - a.ints[a.at[3] + fa]
        for fb in range(b.ints[b.at[10] + j], b.ints[b.at[10] + j + 1]):
            size_b = b.ints[b.at[3] + fb + 1] - b.ints[b.at[3] + fb]
            if 2 * min(size_a, size_b) < 0.9 * (size_a + size_b):
                continue
            if size_a > 2 and joined_likeness(a, fa, b, fb, masks) >= 0.9:
                return True
    return False
