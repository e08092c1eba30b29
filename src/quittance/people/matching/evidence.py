"""What an agreement of two words weighs: the evidence of the letter channel, capped by how rare both words are.

Each pair of distinct words is weighed once, whatever the number of people who have them. Pairs that cannot be one word
by their consonants and letters are not weighed at all.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from quittance.people.matching.kernels import (
    EMPTY,
    F64,
    I32,
    I64,
    U64,
    Forms,
    Strings,
    Table,
    common,
    fill_table,
    mark,
    unmark,
)
from quittance.people.matching.prepared import Prepared
from quittance.people.matching.vocabulary import INITIAL as INITIAL_KIND
from quittance.people.matching.vocabulary import PLAIN, SCRIPTS, Vocabulary
from quittance.people.names.channel import Channel, Words
from quittance.people.names.channel import words as channel_words
from quittance.people.names.jit import jit

Groups = dict[int, tuple[I32, Words]]
"""Script -> the row of each reading among those of this script, and these as codes of the channel."""

SAME_BONES = 0.5
"""Two words are weighed from this likeness of their skeletons,"""
SAME_LETTERS = 0.62
"""or from this likeness of their Latin letters."""
JOIN_BONES = 0.8
"""Two words together against one are weighed from this likeness of skeletons."""
INITIAL = 1.0
"""What an initial weighs against a word that begins with it."""
RARITY_ABOVE = 1.0
"""How much more an agreement may weigh than the rarity of the word."""
LEAST = 0.7
"""Evidence below this is none."""
SIGNS, BEYOND = np.uint64((1 << 52) - 1), np.uint64(52)
"""The bits of a signature that say which signs there are, and where the number of those beyond twice begins."""


def holders(prepared: Prepared, forms_of: list[I32]) -> tuple[U64, I64]:
    """The numbers of skeletons that the given forms of entries hold, sorted, and how many entries hold each."""
    forms, code = prepared.forms, prepared.words.code
    pieces = []
    for form in forms_of:
        entry = np.flatnonzero(form >= 0)
        form = form[entry]
        sizes = forms.first[form + 1] - forms.first[form]
        at = np.repeat(forms.first[form] - np.concatenate(([0], np.cumsum(sizes)[:-1])), sizes) + np.arange(sizes.sum())
        pieces.append(np.stack([np.repeat(entry, sizes).astype(np.uint64), code[forms.token[at]]], axis=1))
    found = np.unique(np.concatenate(pieces), axis=0)
    codes, counts = np.unique(found[:, 1], return_counts=True)
    return codes, counts.astype(np.int64)


def name_holders(prepared: Prepared) -> tuple[U64, I64]:
    """Skeletons of names and aliases, and how many entries hold each."""
    widths = np.diff(prepared.name_first)
    layers = [
        np.where(widths > k, prepared.name_first[:-1] + k, -1).astype(np.int32)
        for k in range(int(widths.max(initial=0)))
    ]
    if not layers:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    return holders(prepared, layers)


def father_holders(prepared: Prepared) -> tuple[U64, I64]:
    """Skeletons of fathers and grandfathers, and how many entries hold each."""
    return holders(prepared, [prepared.father, prepared.grandfather])


def rarities(a: Prepared, b: Prepared, share: Callable[[Vocabulary], F64] | None = None) -> tuple[F64, F64]:
    """For the tokens of two lists, the most that an agreement on each may weigh.

    It is the logarithm of (N + 1) / (d + .5), plus 1, where d of the N entries of both lists have the skeleton; `share`
    gives the share of a background population that has it, which counts where it is larger. A token made of two has
    the sum of theirs; an initial has 0.
    """
    size = len(a) + len(b)
    found: dict[int, int] = {}
    for count in (name_holders, father_holders):
        both: dict[int, int] = {}
        for side in (a, b):
            for code, number in zip(*(part.tolist() for part in count(side)), strict=True):
                both[code] = both.get(code, 0) + number
        for code, number in both.items():
            found[code] = max(found.get(code, 0), number)
    codes = np.array(sorted(found), np.uint64)
    counts = np.array([found[code] for code in codes.tolist()], np.float64)
    return tuple(_rarity(side.words, codes, counts, size, share) for side in (a, b))  # type: ignore[return-value]


def _rarity(words: Vocabulary, codes: U64, counts: F64, size: int, share: Callable[[Vocabulary], F64] | None) -> F64:
    at = np.minimum(np.searchsorted(codes, words.code), max(len(codes) - 1, 0))
    held = np.where(codes[at] == words.code, counts[at], 0.0) if len(codes) else np.zeros(len(words))
    if share is not None:
        held = np.maximum(held, size * share(words))
    rarity = np.maximum(np.log((size + 1) / (held + 0.5)), 0.0) + RARITY_ABOVE
    rarity[words.kind != PLAIN] = 0.0
    joined = words.parts[:, 0] >= 0
    rarity[joined] = rarity[words.parts[joined, 0]] + rarity[words.parts[joined, 1]]
    return np.floor(rarity * 65536 + 0.5) / 65536


@jit
def _likeness(masks: U64, size: int, strings: Strings, y: int) -> Any:
    begin, end = strings.first[y], strings.first[y + 1]
    if size == 0 or begin == end:
        return 0.0
    return 2.0 * common(masks, size, strings.codes, begin, end) / (size + end - begin)


@jit
def alike_pairs(
    rows: I32, least: float, bones_a: Strings, letters_a: Strings, others: I32, bones_b: Strings, letters_b: Strings
) -> I32:
    """Pairs of readings (rows of a, others of b) whose skeletons are alike by `least`, or letters by .62.

    Letters count only where `least` is below .62.
    """
    bones, letters = np.zeros(32, np.uint64), np.zeros(32, np.uint64)
    found = np.empty((1024, 2), np.int32)
    count = 0
    for x in rows:
        b0, b1 = bones_a.first[x], bones_a.first[x + 1]
        l0, l1 = letters_a.first[x], letters_a.first[x + 1]
        mark(bones, bones_a.codes, b0, b1)
        mark(letters, letters_a.codes, l0, l1)
        for y in others:
            size = bones_b.first[y + 1] - bones_b.first[y]
            fits = 2 * min(b1 - b0, size) >= least * (b1 - b0 + size) and _likeness(bones, b1 - b0, bones_b, y) >= least
            if fits or (least < 0.62 and _likeness(letters, l1 - l0, letters_b, y) >= 0.62):
                if count == len(found):
                    grown = np.empty((2 * count, 2), np.int32)
                    grown[:count] = found
                    found = grown
                found[count, 0], found[count, 1] = x, y
                count += 1
        unmark(bones, bones_a.codes, b0, b1)
        unmark(letters, letters_a.codes, l0, l1)
    return found[:count].copy()


@jit
def signatures(words: I32, bones: Strings, letters: Strings) -> tuple[U64, U64, I32]:
    """Of each token what an alike token must share: its signs over all readings, twice each at most, as bits.

    Skeletons, Latin letters (above bit 52 the most signs that go beyond twice), and the shortest length of either.
    """
    size = len(words) - 1
    of_bones, of_letters = np.zeros(size, np.uint64), np.zeros(size, np.uint64)
    least = np.zeros((size, 2), np.int32)
    for t in range(size):
        for kind in range(2):
            strings = bones if kind == 0 else letters
            found, beyond, shortest = np.uint64(0), 0, 64
            for r in range(words[t], words[t + 1]):
                own, more = np.uint64(0), 0
                for at in range(strings.first[r], strings.first[r + 1]):
                    bit = np.uint64(1) << np.uint64(2 * (strings.codes[at] % 26))
                    if not own & bit:
                        own |= bit
                    elif not own & (bit << np.uint64(1)):
                        own |= bit << np.uint64(1)
                    else:
                        more += 1
                found |= own
                beyond = max(beyond, more)
                shortest = min(shortest, strings.first[r + 1] - strings.first[r])
            found |= np.uint64(beyond) << np.uint64(52)
            least[t, kind] = shortest
            if kind == 0:
                of_bones[t] = found
            else:
                of_letters[t] = found
    return of_bones, of_letters, least


def owners(words: Vocabulary) -> I32:
    """The token of each reading."""
    return np.repeat(np.arange(len(words), dtype=np.int32), np.diff(words.reading_first)).astype(np.int32)


def similar_readings(a: Vocabulary, b: Vocabulary, threads: int = 2) -> I32:
    """All pairs of readings of two vocabularies that are alike enough to be weighed: rows (reading a, reading b)."""
    single_a, joined_a = _kinds(a)
    single_b, joined_b = _kinds(b)
    work = [
        (part, least, others)
        for rows, others, least in (
            (single_a, single_b, SAME_BONES),
            (single_a, joined_b, JOIN_BONES),
            (joined_a, single_b, JOIN_BONES),
        )
        for part in np.array_split(rows, 8 * threads)
    ]

    def find(one: tuple[I32, float, I32]) -> I32:
        rows, least, others = one
        with np.errstate(over="ignore"):
            return alike_pairs(
                rows, least, a.reading_skeleton, a.reading_latin, others, b.reading_skeleton, b.reading_latin
            )

    with ThreadPoolExecutor(threads) as pool:
        return np.concatenate(list(pool.map(find, work)))


@jit
def _alike_listed(
    x: I32, y: I32, least: F64, bones_a: Strings, letters_a: Strings, bones_b: Strings, letters_b: Strings, out: I32
) -> None:
    """Write 1 for each pair of readings (x[k], y[k]) that `alike_pairs` would give with `least[k]`."""
    masks = np.zeros(32, np.uint64)
    for k in range(len(x)):
        b0, b1 = bones_a.first[x[k]], bones_a.first[x[k] + 1]
        mark(masks, bones_a.codes, b0, b1)
        fits = _likeness(masks, b1 - b0, bones_b, y[k]) >= least[k]
        unmark(masks, bones_a.codes, b0, b1)
        if not fits and least[k] < 0.62:
            l0, l1 = letters_a.first[x[k]], letters_a.first[x[k] + 1]
            mark(masks, letters_a.codes, l0, l1)
            fits = _likeness(masks, l1 - l0, letters_b, y[k]) >= 0.62
            unmark(masks, letters_a.codes, l0, l1)
        out[k] = fits


def alike_readings(a: Vocabulary, b: Vocabulary, pairs: U64, threads: int = 2) -> I32:
    """The readings that are alike enough of the pairs of tokens given as `x << 32 | y`: rows (reading a, reading b)."""
    x, y = (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)
    joined = (a.parts[x, 0] >= 0) | (b.parts[y, 0] >= 0)
    count_a, count_b = np.diff(a.reading_first)[x], np.diff(b.reading_first)[y]
    many = (count_a * count_b).astype(np.int64)
    of = np.repeat(np.arange(len(x)), many)
    nth = np.arange(len(of)) - np.repeat(np.cumsum(many) - many, many)
    rx = (a.reading_first[x[of]] + nth // count_b[of]).astype(np.int32)
    ry = (b.reading_first[y[of]] + nth % count_b[of]).astype(np.int32)
    least = np.where(joined[of], JOIN_BONES, SAME_BONES)
    kept = np.zeros(len(of), np.int32)
    steps = np.linspace(0, len(of), threads + 1).astype(int).tolist()

    def check(k: int) -> None:
        part = slice(steps[k], steps[k + 1])
        with np.errstate(over="ignore"):
            _alike_listed(
                rx[part], ry[part], least[part], a.reading_skeleton, a.reading_latin, b.reading_skeleton,
                b.reading_latin, kept[part],
            )  # fmt: skip

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(check, range(threads)))
    return np.stack([rx[kept == 1], ry[kept == 1]], axis=1)


def _kinds(words: Vocabulary) -> tuple[I32, I32]:
    """Readings of single tokens, and of tokens made of two."""
    joined = words.parts[owners(words), 0] >= 0
    return np.flatnonzero(~joined).astype(np.int32), np.flatnonzero(joined).astype(np.int32)


def weigh(
    a: Vocabulary, b: Vocabulary, readings: I32, rarity_a: F64, rarity_b: F64, channel: Channel, threads: int = 2
) -> Table:
    """The table of the pairs of tokens whose readings are given, weighed by the letter channel."""
    owner_a, owner_b = owners(a), owners(b)
    cap = np.minimum(rarity_a[owner_a[readings[:, 0]]], rarity_b[owner_b[readings[:, 1]]])
    readings, cap = readings[cap > 0], cap[cap > 0]
    weights = np.minimum(
        channel_evidence(by_script(a, readings[:, 0]), by_script(b, readings[:, 1]), a, b, readings, channel, threads),
        cap,
    )
    kept = weights >= LEAST
    x, y = owner_a[readings[kept, 0]], owner_b[readings[kept, 1]]
    initial_x, initial_y = _initial_pairs(a, b)
    return table_of(
        np.concatenate([x, initial_x]),
        np.concatenate([y, initial_y]),
        np.concatenate([weights[kept], np.full(len(initial_x), INITIAL)]),
    )


def channel_evidence(
    groups_a: Groups, groups_b: Groups, a: Vocabulary, b: Vocabulary, readings: I32, channel: Channel, threads: int
) -> F64:
    """Evidence of the letter channel for pairs of readings; the groups are those of `by_script`."""
    weights = np.zeros(len(readings))
    scripts_a, scripts_b = a.reading_script[readings[:, 0]], b.reading_script[readings[:, 1]]
    with ThreadPoolExecutor(threads) as pool:
        for one, (place_a, words_a) in groups_a.items():
            for other, (place_b, words_b) in groups_b.items():
                at = np.flatnonzero((scripts_a == one) & (scripts_b == other))
                rows = np.stack([place_a[readings[at, 0]], place_b[readings[at, 1]]], axis=1)
                steps = np.array_split(np.arange(len(at)), max(1, min(len(at) // 5_000, 4 * threads)))
                found = pool.map(lambda step, x=words_a, y=words_b, r=rows: channel.weigh(x, y, r[step]), steps)
                weights[at] = np.concatenate(list(found))
    return weights


def by_script(words: Vocabulary, readings: I32 | None = None) -> Groups:
    """Script -> the row of each reading among those of this script, and these as codes of the channel.

    Of all readings, or of those given only.
    """
    wanted = np.full(len(words.reading), readings is None)
    if readings is not None:
        wanted[readings] = True
    groups = {}
    for script in np.unique(words.reading_script).tolist():
        mine = (words.reading_script == script) & wanted
        texts = [words.reading[at] for at in np.flatnonzero(mine).tolist()]
        groups[script] = ((np.cumsum(mine) - 1).astype(np.int32), channel_words(texts, SCRIPTS[script]))
    return groups


def table_of(x: I32, y: I32, weights: F64) -> Table:
    """A hash table of weights by pair of tokens."""
    keys = (x.astype(np.uint64) << np.uint64(32)) | y.astype(np.uint64)
    size = 1 << max(4, int(len(keys) * 2).bit_length())
    table = Table(np.full(size, EMPTY), np.zeros(size))
    with np.errstate(over="ignore"):
        fill_table(table.keys, table.values, keys, np.floor(weights * 65536 + 0.5) / 65536)
    return table


def _initial_pairs(a: Vocabulary, b: Vocabulary) -> tuple[I32, I32]:
    """Pairs of tokens of which one is an initial and the other begins with its letter."""
    letters = [_heads(words) for words in (a, b)]
    rows: list[tuple[int, int]] = []
    for x in np.flatnonzero(a.kind == INITIAL_KIND).tolist():
        rows += [(x, int(y)) for y in np.flatnonzero(letters[1] == letters[0][x])]
    for y in np.flatnonzero(b.kind == INITIAL_KIND).tolist():
        rows += [(int(x), y) for x in np.flatnonzero((letters[0] == letters[1][y]) & (a.kind == PLAIN))]
    found = np.array(rows, np.int32).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _heads(words: Vocabulary) -> I64:
    """Code of the first Latin letter of each token; unlike any other for joins and for tokens without."""
    strings, first = words.reading_latin, words.reading_first[:-1]
    empty = strings.first[first] == strings.first[first + 1]
    codes = np.append(strings.codes, 0)[strings.first[first]].astype(np.int64)
    return np.where(empty | (words.parts[:, 0] >= 0), -1 - np.arange(len(words)), codes)


@jit
def _drop_idle(join: I32, busy: I32) -> None:
    for at in range(len(join)):
        if join[at] >= 0 and not busy[join[at]]:
            join[at] = -1


def without_idle_joins(forms: Forms, table: Table, tokens: int, right: bool) -> Forms:
    """The forms with those joins dropped that the table has no evidence for; `right` for the second list."""
    keys = table.keys[table.keys != EMPTY]
    met = (keys & np.uint64(0xFFFFFFFF)) if right else (keys >> np.uint64(32))
    busy = np.zeros(tokens, np.int32)
    busy[met.astype(np.int64)] = 1
    join = forms.join.copy()
    _drop_idle(join, busy)
    return forms._replace(join=join)
