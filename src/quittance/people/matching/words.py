"""Comparison of two names word by word: the best assignment of words, and what it shows, as features.

Each word is used once; one word may stand against two adjacent words of the other name written together. The
assignment is exact. Features are plain numbers of which the name score is a weighted sum (`weights.py`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from quittance.people.matching.kernels import F64, I64, U64, Side, Table, common, dice, mark, slot, unmark
from quittance.people.names.jit import jit

FEATURES = (
    "words",
    "short_of",
    "differ",
    "excess",
    "joined",
    "grams",
    "pairs",
    "differ_rarity",
    "excess_rarity",
)
"""What is measured of two names: evidence of the words assigned; how much of their rarity that evidence lacks; words
left on both sides, and left on one side only, as counts (2, 3) and as rarity (7, 8); three likenesses of the whole
above their thresholds."""

N_FEATURES = 9


class Room(NamedTuple):
    """Scratch of one thread."""

    single: F64
    """[kind, i, j] evidence: kind 0 word i of a against word j of b, 1 words i and i + 1 against j, 2 i against j and
    j + 1."""
    best: F64
    choice: I64
    found: I64
    """Rows (i, j, kind) of the assignment."""
    masks: U64
    features: F64
    chosen: F64
    """Features of the best forms of two entries."""
    levels: I64
    parts: F64
    states: I64


@jit
def make_room() -> Room:
    """Fresh scratch for one thread."""
    return Room(
        np.zeros((3, 8, 8)),
        np.zeros((10, 256)),
        np.zeros((10, 256), np.int64),
        np.zeros((8, 3), np.int64),
        np.zeros(32, np.uint64),
        np.zeros(9),
        np.zeros(9),
        np.zeros(9, np.int64),
        np.zeros(19),
        np.zeros(19, np.int64),
    )


@jit
def look_up(table: Table, x: int, y: int) -> float:
    """Evidence of a pair of tokens; 0 where it is not in the table."""
    at = slot(table.keys, (np.uint64(x) << np.uint64(32)) | np.uint64(y))
    return table.values[at] if table.keys[at] != np.uint64(0xFFFFFFFFFFFFFFFF) else 0.0


@jit
def collect(
    a: Side, fa: int, b: Side, fb: int, used_a: int, used_b: int, table: Table, evidence: F64
) -> tuple[int, bool]:
    """Fill `evidence`; gives how much of it is above 0, and whether no two of these clash."""
    a0, b0 = a.ints[fa], b.ints[fb]
    na, nb = a.ints[fa + 1] - a0, b.ints[fb + 1] - b0
    token_a, join_a, token_b, join_b = a.at[1] + a0, a.at[2] + a0, b.at[1] + b0, b.at[2] + b0
    count, columns, free = 0, 0, True
    for i in range(na):
        in_row = 0
        join_x = a.ints[join_a + i] if i + 1 < na and not (used_a >> (i + 1)) & 1 else -1
        for j in range(nb):
            evidence[0, i, j] = evidence[1, i, j] = evidence[2, i, j] = 0.0
            if (used_a >> i) & 1 or (used_b >> j) & 1:
                continue
            t = look_up(table, a.ints[token_a + i], b.ints[token_b + j])
            if t > 0.0:
                evidence[0, i, j] = t
                in_row += 1
                free = free and not (columns >> j) & 1
                columns |= 1 << j
            if join_x >= 0:
                t = look_up(table, join_x, b.ints[token_b + j])
                if t > 0.0:
                    evidence[1, i, j] = t
                    in_row += 1
                    free = False
            if j + 1 < nb and b.ints[join_b + j] >= 0 and not (used_b >> (j + 1)) & 1:
                t = look_up(table, a.ints[token_a + i], b.ints[join_b + j])
                if t > 0.0:
                    evidence[2, i, j] = t
                    in_row += 1
                    free = False
        count += in_row
        free = free and in_row <= 1
    return count, free


@jit
def assign(a: Side, a0: int, na: int, b: Side, b0: int, nb: int, free: bool, room: Room) -> int:
    """Assign words to words for the greatest sum of evidence and relief; gives the number of rows in `room.found`."""
    evidence, best, choice, found = room.single, room.best, room.choice, room.found
    count = 0
    if free:
        for i in range(na):
            for j in range(nb):
                if evidence[0, i, j] > 0.0:
                    found[count, 0], found[count, 1], found[count, 2] = i, j, 0
                    count += 1
        return count
    full = 1 << nb
    for used in range(full):
        best[na, used] = best[na + 1, used] = 0.0
    for i in range(na - 1, -1, -1):
        for used in range(full):
            highest, chosen = best[i + 1, used], -1
            for j in range(nb):
                if (used >> j) & 1:
                    continue
                for kind in range(3):
                    t = evidence[kind, i, j]
                    if t <= 0.0 or (kind == 2 and (used >> (j + 1)) & 1):
                        continue
                    taken = (3 << j) if kind == 2 else (1 << j)
                    # Of assignments worth the same the one that uses the rarer words, the same in either direction.
                    rare = a.rarity[a.ints[a.at[2 if kind == 1 else 1] + a0 + i]]
                    rare += b.rarity[b.ints[b.at[2 if kind == 2 else 1] + b0 + j]]
                    total = t + 2.0 + rare / 1024.0 + best[i + (2 if kind == 1 else 1), used | taken]
                    if total > highest:
                        highest, chosen = total, kind * 8 + j
            best[i, used] = highest
            choice[i, used] = chosen
    i, used = 0, 0
    while i < na:
        chosen = choice[i, used]
        if chosen < 0:
            i += 1
            continue
        j, kind = chosen % 8, chosen // 8
        found[count, 0], found[count, 1], found[count, 2] = i, j, kind
        count += 1
        used |= (3 << j) if kind == 2 else (1 << j)
        i += 2 if kind == 1 else 1
    return count


@jit
def measure(
    a: Side, fa: int, b: Side, fb: int, used_a: int, used_b: int, table: Table, room: Room
) -> tuple[int, int, int]:
    """Measure two forms word by word, leaving out the words whose bit is set in `used_a` and `used_b`.

    Writes to `room.features` and gives the number of rows of the assignment and the words used of each side, those left
    out among them. Feature 0 is 0 where no words meet.
    """
    out = room.features
    a0, b0 = a.ints[fa], b.ints[fb]
    na, nb = a.ints[fa + 1] - a0, b.ints[fb + 1] - b0
    for k in range(9):
        out[k] = 0.0
    count, free = collect(a, fa, b, fb, used_a, used_b, table, room.single)
    rows = assign(a, a0, na, b, b0, nb, free, room) if count else 0
    met_a, met_b = used_a, used_b
    for row in range(rows):
        i, j, kind = room.found[row, 0], room.found[row, 1], room.found[row, 2]
        met_a |= (3 << i) if kind == 1 else (1 << i)
        met_b |= (3 << j) if kind == 2 else (1 << j)
        t = room.single[kind, i, j]
        rarity_a = a.rarity[a.ints[a.at[2 if kind == 1 else 1] + a0 + i]]
        rarity_b = b.rarity[b.ints[b.at[2 if kind == 2 else 1] + b0 + j]]
        out[0] += t
        out[1] += max(0.0, min(rarity_a, rarity_b) - t)
    left_a, left_b, rare_a, rare_b = 0, 0, 0.0, 0.0
    for i in range(na):
        rarity = a.rarity[a.ints[a.at[1] + a0 + i]]
        if not (met_a >> i) & 1 and rarity > 0.0:
            left_a += 1
            rare_a += rarity
    for j in range(nb):
        rarity = b.rarity[b.ints[b.at[1] + b0 + j]]
        if not (met_b >> j) & 1 and rarity > 0.0:
            left_b += 1
            rare_b += rarity
    out[2] = min(left_a, left_b)
    out[3] = abs(left_a - left_b)
    out[7] = min(rare_a, rare_b)
    out[8] = abs(rare_a - rare_b)
    return rows, met_a, met_b


@jit
def joined_likeness(a: Side, fa: int, b: Side, fb: int, masks: U64) -> Any:
    """Indel similarity of the skeletons joined, the larger of as written and sorted; 0 where one is empty."""
    a0, a1 = a.ints[a.at[3] + fa], a.ints[a.at[3] + fa + 1]
    b0, b1 = b.ints[b.at[3] + fb], b.ints[b.at[3] + fb + 1]
    if a0 == a1 or b0 == b1:
        return 0.0
    most = 0
    for part in range(4, 6):
        x, y = a.at[part], b.at[part]
        mark(masks, a.ints, x + a0, x + a1)
        most = max(most, common(masks, a1 - a0, b.ints, y + b0, y + b1))
        unmark(masks, a.ints, x + a0, x + a1)
    return 2.0 * most / (a1 - a0 + b1 - b0)


@jit
def likeness(a: Side, fa: int, b: Side, fb: int, masks: U64, out: F64) -> None:
    """Write the three likenesses of whole names to `out`: joined skeletons, bigrams of words, bigrams of the whole."""
    out[4] = max(0.0, joined_likeness(a, fa, b, fb, masks) - 0.7)
    for k in range(2):
        x, y, first = a.at[7 + 2 * k], b.at[7 + 2 * k], 6 + 2 * k
        x0, x1 = a.ints[a.at[first] + fa], a.ints[a.at[first] + fa + 1]
        y0, y1 = b.ints[b.at[first] + fb], b.ints[b.at[first] + fb + 1]
        out[5 + k] = max(0.0, dice(a.ints, x + x0, x + x1, b.ints, y + y0, y + y1) - 0.5)
