"""Finding pairs by keys, for lists so large that not all pairs that share a word can be scored.

Each entry has keys: its numbers; the skeletons of its names, and the three rarest with one letter left out; the
4-grams of its joined skeletons; and, narrower, two of its skeletons together, or one with its district, its province
or a word of its father's name. A key that would bring too many pairs brings none, and leaves it to the narrower ones.
Entries that meet are weighed by how rare the keys are in which they do, and the best of each entry are scored. What
is left out is counted and reported.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from quittance.people.matching.candidates import Lookup, Partners, lookup
from quittance.people.matching.evidence import JOIN_BONES, SAME_BONES, SAME_LETTERS, alike_readings, signatures
from quittance.people.matching.kernels import F64, I32, I64, U8, U64, Strings, bits, slot
from quittance.people.matching.prepared import Prepared
from quittance.people.matching.vocabulary import Vocabulary
from quittance.people.names.jit import jit

PER_ENTRY = 80
"""Of the entries that meet an entry of b, so many are scored, those with the rarest keys in common."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a list in ascending order, and the entry of each; `first[e]` to `first[e + 1]` in `own` are those
    of e."""

    sorted: U64 = field(repr=False)
    entry: I32 = field(repr=False)
    first: I64 = field(repr=False)
    own: U64 = field(repr=False)


@jit
def mixed(x: Any, y: Any) -> Any:
    """A number for two numbers in this order."""
    h = (np.uint64(x) ^ np.uint64(0x9E3779B97F4A7C15)) * np.uint64(0xBF58476D1CE4E5B9)
    h = (h ^ (h >> np.uint64(27)) ^ np.uint64(y)) * np.uint64(0x94D049BB133111EB)
    return h ^ (h >> np.uint64(31))


@jit
def _spelt(codes: U8, begin: int, end: int, without: int) -> Any:
    """A number for a string of codes, one of its places left out."""
    h = np.uint64(0xCBF29CE484222325)
    for at in range(begin, end):
        if at != without:
            h = (h ^ np.uint64(codes[at])) * np.uint64(0x100000001B3)
    return h


@jit
def _emit(
    name_first: I32,
    first: I32,
    token: I32,
    joined: Strings,
    father: I32,
    code: U64,
    bones: Strings,
    rarity: F64,
    fixed: U64,
    extra: U64,
    size: int,
) -> tuple[I64, U64]:
    """The keys of all entries: where those of each begin, and the keys."""
    starts = np.zeros(size + 1, np.int64)
    out = np.empty(size * 32 + 1024, np.uint64)
    best, best_rarity = np.zeros(3, np.int64), np.zeros(3)
    found = np.zeros(400, np.uint64)
    total = 0
    for e in range(size):
        count = 0
        for k in range(fixed.shape[1]):
            if fixed[e, k] != 0:
                found[count] = mixed(fixed[e, k], np.uint64(1 + k))
                count += 1
        held = 0
        for f in range(name_first[e], name_first[e + 1]):
            for at in range(first[f], first[f + 1]):
                t = token[at]
                known = False
                for k in range(held):
                    known = known or code[best[k]] == code[t]
                if known or code[t] == 0:
                    continue
                if count < 64:
                    found[count] = mixed(_spelt(bones.codes, bones.first[t], bones.first[t + 1], -1), np.uint64(10))
                    count += 1
                place = held
                while place > 0 and (
                    rarity[t] > best_rarity[place - 1]
                    or (rarity[t] == best_rarity[place - 1] and code[t] < code[best[place - 1]])
                ):
                    if place < 3:
                        best[place], best_rarity[place] = best[place - 1], best_rarity[place - 1]
                    place -= 1
                if place < 3:
                    best[place], best_rarity[place] = t, rarity[t]
                    held = min(held + 1, 3)
        for k in range(held):
            t = best[k]
            b0, b1 = bones.first[t], bones.first[t + 1]
            if b1 - b0 >= 3:
                for at in range(b0, b1):
                    found[count] = mixed(_spelt(bones.codes, b0, b1, at), np.uint64(10))
                    count += 1
        for k in range(held):
            one = code[best[k]]
            for other in range(k + 1, held):
                low, high = min(one, code[best[other]]), max(one, code[best[other]])
                found[count] = mixed(mixed(low, high), np.uint64(11))
                count += 1
            for column in range(extra.shape[1]):
                if extra[e, column] != 0:
                    found[count] = mixed(mixed(one, extra[e, column]), np.uint64(12 + column))
                    count += 1
            if father[e] >= 0:
                for at in range(first[father[e]], min(first[father[e]] + 3, first[father[e] + 1])):
                    found[count] = mixed(mixed(one, code[token[at]]), np.uint64(20))
                    count += 1
        for f in range(name_first[e], name_first[e + 1]):
            for at in range(joined.first[f], joined.first[f + 1] - 3):
                if count < 400:
                    found[count] = mixed(_spelt(joined.codes, at, at + 4, -1), np.uint64(21))
                    count += 1
        kept = 0
        for i in range(count):
            twice = False
            for k in range(kept):
                twice = twice or found[k] == found[i]
            if not twice:
                found[kept] = found[i]
                kept += 1
        if total + kept > len(out):
            grown = np.empty(2 * len(out) + 400, np.uint64)
            grown[:total] = out[:total]
            out = grown
        out[total : total + kept] = found[:kept]
        total += kept
        starts[e + 1] = total
    return starts, out[:total].copy()


def numbers_of(prepared: Prepared) -> U64:
    """[entry, 2] a number for each document's number, 0 where not given."""
    columns = []
    for signs in (prepared.fields.id_no, prepared.fields.prisoner_no):
        column = np.zeros(len(prepared), np.uint64)
        for e in np.flatnonzero(np.diff(signs.first)).tolist():
            h = 0xCBF29CE484222325
            for sign in signs.signs[signs.first[e] : signs.first[e + 1]].tolist():
                h = ((h ^ sign) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
            column[e] = h | 1
        columns.append(column)
    return np.stack(columns, axis=1)


def keys_of(prepared: Prepared, rarity: F64) -> Keys:
    """The keys of a list; `rarity` is that of its tokens beside the other list (`evidence.rarities`)."""
    forms, words, fields = prepared.forms, prepared.words, prepared.fields
    with np.errstate(over="ignore"):
        first, own = _emit(
            prepared.name_first, forms.first, forms.token, forms.joined, prepared.father, words.code, words.skeleton,
            rarity, numbers_of(prepared), np.stack([fields.district, fields.province], axis=1), len(prepared),
        )  # fmt: skip
    entry = np.repeat(np.arange(len(prepared), dtype=np.int32), np.diff(first))
    order = np.argsort(own, kind="stable")
    return Keys(own[order], entry[order], first, own)


def key_weights(size: int, shared: I64) -> I64:
    """What it weighs that two entries meet in a key which `shared` of `size` entries have, in units of 2^-16 nats.

    Whole numbers, so that a sum of them is the same in any order.
    """
    weights: I64 = np.floor(np.log(1.0 + size / np.maximum(shared, 1)) * 65536.0 + 0.5).astype(np.int64)
    return weights


@dataclass(frozen=True, slots=True)
class Met:
    """Which entries meet: row j of b is to be scored with the entries `partner[first[j]:first[j + 1]]` of a, ascending.

    `lost` counts the pairs that share a key and are not among them: an upper bound, as another key may have brought
    them.
    """

    first: I64 = field(repr=False)
    partner: I32 = field(repr=False)
    lost: int

    def partners(self, begin: int, end: int) -> tuple[I64, I32]:
        """For rows `begin` to `end` of b: where the partners of each begin, and the partners."""
        first = self.first[begin : end + 1]
        return first - first[0], self.partner[first[0] : first[-1]]


Finder = Callable[[Keys, Keys, int], Met]
"""What finds the meetings of two lists by their keys, a key that brings more than so many pairs left out; as `meet`."""


def meet(a: Keys, b: Keys, key_pairs: int, threads: int = 2) -> Met:
    """The meetings of two lists, found over arrays in memory."""
    begin_a = np.searchsorted(a.sorted, b.own, "left")
    in_a = np.searchsorted(a.sorted, b.own, "right") - begin_a
    in_b = np.searchsorted(b.sorted, b.own, "right") - np.searchsorted(b.sorted, b.own, "left")
    fits = in_a * in_b <= key_pairs
    lost = int(in_a[~fits].sum())
    in_a[~fits] = 0
    a_size, rows = len(a.first) - 1, len(b.first) - 1
    weight = key_weights(a_size + rows, in_a + in_b).astype(np.float64)
    bounds = np.linspace(0, rows, max(2 * threads, rows // 5_000) + 1).astype(int).tolist()

    def find(between: tuple[int, int]) -> tuple[I64, I32, int]:
        return _meeting(*between, b.first, begin_a, begin_a + in_a, weight, a.entry, a_size, PER_ENTRY)

    with ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(find, pairwise(bounds)))
    sizes = np.concatenate([np.zeros(1, np.int64), *(np.diff(first) for first, _, _ in found)])
    partner = np.concatenate([np.zeros(0, np.int32), *(partner for _, partner, _ in found)])
    return Met(np.cumsum(sizes), partner, lost + sum(dropped for _, _, dropped in found))


@jit
def _meeting(
    begin: int, end: int, first: I64, begin_a: I64, end_a: I64, weight: F64, entry: I32, size_a: int, keep: int
) -> tuple[I64, I32, int]:
    """For rows of b the entries of a that share the rarest keys, at most `keep`, ascending; and how many were
    dropped."""
    starts = np.zeros(end - begin + 1, np.int64)
    out = np.empty((end - begin) * keep, np.int32)
    total, met = np.zeros(size_a), np.empty(size_a, np.int32)
    held, held_weight = np.empty(keep, np.int32), np.empty(keep)
    count, dropped = 0, 0
    for j in range(begin, end):
        found = 0
        for k in range(first[j], first[j + 1]):
            for at in range(begin_a[k], end_a[k]):
                i = entry[at]
                if total[i] == 0.0:
                    met[found] = i
                    found += 1
                total[i] += weight[k]
        kept = 0
        for m in range(found):
            i, w = met[m], total[met[m]]
            total[i] = 0.0
            place = kept
            while place > 0 and (w > held_weight[place - 1] or (w == held_weight[place - 1] and i < held[place - 1])):
                if place < keep:
                    held[place], held_weight[place] = held[place - 1], held_weight[place - 1]
                place -= 1
            if place < keep:
                held[place], held_weight[place] = i, w
                kept = min(kept + 1, keep)
        dropped += found - kept
        for m in range(kept):
            one, at = held[m], count + m
            while at > count and out[at - 1] > one:
                out[at] = out[at - 1]
                at -= 1
            out[at] = one
        count += kept
        starts[j - begin + 1] = count
    return starts, out[:count].copy(), dropped


@jit
def _may_share(x: Any, y: Any, wanted: float) -> Any:
    """Whether two tokens with these signatures may have a common subsequence of `wanted` signs."""
    low, high = np.uint64((1 << 52) - 1), np.uint64(52)
    return bits(x & y & low) + min(np.int64(x >> high), np.int64(y >> high)) >= wanted


@jit
def _words_met(
    begin: int,
    end: int,
    first: I64,
    partner: I32,
    words_a: I64,
    word_a: I32,
    joined_a: I32,
    signs_a: tuple[U64, U64, I32],
    words_b: I64,
    word_b: I32,
    joined_b: I32,
    signs_b: tuple[U64, U64, I32],
) -> U64:
    """The pairs of tokens, as `x << 32 | y`, that may be alike of all pairs of entries given; two joins never meet."""
    empty = np.uint64(0xFFFFFFFFFFFFFFFF)
    keys = np.full(1 << 16, empty)
    recent = np.full(1 << 15, empty)  # most pairs of words come again and again
    count = 0
    bones_a, letters_a, least_a = signs_a
    bones_b, letters_b, least_b = signs_b
    for j in range(begin, end):
        for at in range(first[j - begin], first[j - begin + 1]):
            i = partner[at]
            for p in range(words_a[i], words_a[i + 1]):
                x = word_a[p]
                join_x, bones_x, letters_x = joined_a[x] >= 0, bones_a[x], letters_a[x]
                for q in range(words_b[j], words_b[j + 1]):
                    y = word_b[q]
                    either = join_x or joined_b[y] >= 0
                    if join_x and joined_b[y] >= 0:
                        continue
                    share = JOIN_BONES if either else SAME_BONES
                    fits = _may_share(bones_x, bones_b[y], share / 2 * (least_a[x, 0] + least_b[y, 0]) - 1e-9)
                    if not fits and (
                        either
                        or not _may_share(
                            letters_x, letters_b[y], SAME_LETTERS / 2 * (least_a[x, 1] + least_b[y, 1]) - 1e-9
                        )
                    ):
                        continue
                    key = (np.uint64(x) << np.uint64(32)) | np.uint64(y)
                    near = np.int64((key * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(49))
                    if recent[near] == key:
                        continue
                    recent[near] = key
                    place = slot(keys, key)
                    if keys[place] == empty:
                        keys[place] = key
                        count += 1
                        if 2 * count > len(keys):
                            grown = np.full(2 * len(keys), empty)
                            for k in range(len(keys)):
                                if keys[k] != empty:
                                    grown[slot(grown, keys[k])] = keys[k]
                            keys = grown
    out = np.empty(count, np.uint64)
    count = 0
    for k in range(len(keys)):
        if keys[k] != empty:
            out[count] = keys[k]
            count += 1
    return out


def _signs_of(words: Vocabulary) -> tuple[U64, U64, I32]:
    return signatures(words.reading_first, words.reading_skeleton, words.reading_latin)


def readings_met(a: Prepared, b: Prepared, partners: Partners, threads: int = 2) -> I32:
    """The pairs of readings that are alike among the words of the pairs of entries given (`evidence.weigh` takes
    them)."""
    lists_a, lists_b = all_tokens(a), all_tokens(b)
    joined_a, joined_b = a.words.parts[:, 0].copy(), b.words.parts[:, 0].copy()
    signs_a, signs_b = _signs_of(a.words), _signs_of(b.words)
    chunks = max(2 * threads, len(b) // 5_000)
    bounds = np.linspace(0, len(b), chunks + 1).astype(int).tolist()

    def collect(k: int) -> U64:
        first, partner = partners(bounds[k], bounds[k + 1])
        with np.errstate(over="ignore"):
            return _words_met(
                bounds[k], bounds[k + 1], first, partner, lists_a.first, lists_a.item, joined_a, signs_a,
                lists_b.first, lists_b.item, joined_b, signs_b,
            )  # fmt: skip

    met = np.zeros(0, np.uint64)
    with ThreadPoolExecutor(threads) as pool:
        for begin in range(0, chunks, threads):
            found = pool.map(collect, range(begin, min(begin + threads, chunks)))
            met = np.unique(np.concatenate([met, *found]))
    return alike_readings(a.words, b.words, met, threads)


def all_tokens(prepared: Prepared) -> Lookup:
    """Of each entry all tokens, singly and joined: of names, kunya, father and grandfather."""
    forms = prepared.forms
    names = prepared.name_first[-1]
    owner = np.full(len(forms.first) - 1, -1, np.int64)
    owner[:names] = np.repeat(np.arange(len(prepared)), np.diff(prepared.name_first))
    for column in (prepared.kunya, prepared.father, prepared.grandfather):
        owner[column[column >= 0]] = np.flatnonzero(column >= 0)
    of_word = np.repeat(owner, np.diff(forms.first))
    joined = forms.join >= 0
    return lookup(
        np.concatenate([of_word, of_word[joined]]), np.concatenate([forms.token, forms.join[joined]]), len(prepared)
    )
