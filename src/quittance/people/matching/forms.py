"""Names as arrays: which words a form has, its skeletons joined, and the bigrams of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np

from quittance.people.matching.kernels import I32, MAX_JOINED, U8, U64, Forms, Strings
from quittance.people.names.jit import jit

START, END = 30, 31
MAX_GRAMS = 256


@jit
def _before(skeletons: Strings, x: int, y: int) -> Any:
    """Whether the skeleton of token x sorts before that of y."""
    i, j = skeletons.first[x], skeletons.first[y]
    while i < skeletons.first[x + 1] and j < skeletons.first[y + 1]:
        if skeletons.codes[i] != skeletons.codes[j]:
            return skeletons.codes[i] < skeletons.codes[j]
        i += 1
        j += 1
    return skeletons.first[x + 1] - i < skeletons.first[y + 1] - j


@jit
def _sorted_set(values: I32, count: int) -> int:
    """Sort the first `count` values and drop what is there twice; gives how many are left."""
    kept = 0
    for i in range(count):
        one, at = values[i], kept
        while at > 0 and values[at - 1] > one:
            at -= 1
        if at > 0 and values[at - 1] == one:
            continue
        for k in range(kept, at, -1):
            values[k] = values[k - 1]
        values[at] = one
        kept += 1
    return kept


@jit
def _join(skeletons: Strings, tokens: I32, count: int, out: U8, at: int) -> int:
    """Write the skeletons of the tokens one after the other, at most 60 codes; gives where they end."""
    start = at
    for k in range(count):
        for i in range(skeletons.first[tokens[k]], skeletons.first[tokens[k] + 1]):
            if at - start < MAX_JOINED:
                out[at] = skeletons.codes[i]
                at += 1
    return at


@jit
def _build(first: I32, token: I32, skeletons: Strings, code: U64) -> tuple[I32, U8, U8, I32, I32, I32, I32]:
    """The arrays of `Forms` beside words and joins."""
    forms = len(first) - 1
    length, grams = 0, 0
    for f in range(forms):
        size = 0
        for k in range(first[f], first[f + 1]):
            signs = skeletons.first[token[k] + 1] - skeletons.first[token[k]]
            size += signs
            grams += signs + 2
        length += min(size, MAX_JOINED)
    joined_first = np.zeros(forms + 1, np.int32)
    whole, ordered = np.zeros(length, np.uint8), np.zeros(length, np.uint8)
    gram_first, pair_first = np.zeros(forms + 1, np.int32), np.zeros(forms + 1, np.int32)
    gram, pair = np.zeros(grams, np.int32), np.zeros(length, np.int32)
    order, values = np.zeros(64, np.int32), np.zeros(MAX_GRAMS, np.int32)
    at, at_gram, at_pair = 0, 0, 0
    for f in range(forms):
        count = first[f + 1] - first[f]
        for k in range(count):
            order[k] = token[first[f] + k]
        end = _join(skeletons, order, count, whole, at)
        for k in range(1, count):
            one, i = order[k], k
            while i > 0 and _before(skeletons, one, order[i - 1]):
                order[i] = order[i - 1]
                i -= 1
            order[i] = one
        _join(skeletons, order, count, ordered, at)
        found = 0
        for k in range(count):
            before = START
            i0, i1 = skeletons.first[order[k]], skeletons.first[order[k] + 1]
            if i0 == i1:
                continue
            for i in range(i0, i1):
                values[found] = before * 32 + skeletons.codes[i]
                before = skeletons.codes[i]
                found += 1
            values[found] = before * 32 + END
            values[found + 1] = 1024 + np.int32(code[order[k]] & np.uint64(0x3FFFFFFF))
            found += 2
        kept = _sorted_set(values, found)
        gram[at_gram : at_gram + kept] = values[:kept]
        at_gram += kept
        found = 0
        for i in range(at + 1, end):
            values[found] = whole[i - 1] * 32 + whole[i]
            found += 1
        kept = _sorted_set(values, found)
        pair[at_pair : at_pair + kept] = values[:kept]
        at_pair += kept
        at = end
        joined_first[f + 1], gram_first[f + 1], pair_first[f + 1] = at, at_gram, at_pair
    return joined_first, whole, ordered, gram_first, gram[:at_gram].copy(), pair_first, pair[:at_pair].copy()


def build_forms(words: Sequence[Sequence[int]], joins: Sequence[Sequence[int]], skeletons: Strings, code: U64) -> Forms:
    """The arrays of forms given as token numbers and, of the same shape, numbers of joins (-1 for none)."""
    first = np.zeros(len(words) + 1, np.int32)
    first[1:] = np.cumsum(np.fromiter(map(len, words), np.int64, len(words)))
    token = np.fromiter(chain.from_iterable(words), np.int32, int(first[-1]))
    join = np.fromiter(chain.from_iterable(joins), np.int32, int(first[-1]))
    joined_first, joined, ordered, gram_first, gram, pair_first, pair = _build(first, token, skeletons, code)
    return Forms(
        first,
        token,
        join,
        Strings(joined_first, joined),
        Strings(joined_first, ordered),
        gram_first,
        gram,
        pair_first,
        pair,
    )
