"""Which words two names do not share: brothers, father and son, and names that are part of a longer one."""

from __future__ import annotations

import numpy as np

from quittance.people.matching.kernels import F64, I32, I64, Side, Table
from quittance.people.matching.pairs import Shared
from quittance.people.matching.words import Room, make_room, measure
from quittance.people.names.jit import jit

KIN, PART, UNLED = 1, 2, 4
"""Bits of a shape. KIN: all words agree but a leading one. PART: one name is part of the other, and common. UNLED:
each side has a word that the other lacks, or lacks the word that the other begins with, as with brothers whose family
agrees."""


@jit
def unshared(side: Side, f: int, agreed: int) -> tuple[int, bool, float]:
    """How many words of weight are not in `agreed`, whether the first of the name is one, and the rarity of the
    rest."""
    begin, end = side.ints[f], side.ints[f + 1]
    count, leading, rest = 0, False, 0.0
    for at in range(end - begin):
        rarity = side.rarity[side.ints[side.at[1] + begin + at]]
        if rarity <= 0.0:
            continue
        if (agreed >> at) & 1:
            rest += rarity - 1.0
        else:
            count += 1
            leading = leading or at == 0
    return count, leading, rest


@jit
def shape(a: Side, fa: int, b: Side, fb: int, shared: Shared, crowd: float, room: Room) -> int:
    """What the unshared words of two forms look like, as bits; `crowd` is the logarithm of the lists' size."""
    rows, _, _ = measure(a, fa, b, fb, 0, 0, Table(shared.keys, shared.values), room)
    agreed_a, agreed_b, agree = 0, 0, 0
    for row in range(rows):
        i, j, kind = room.found[row, 0], room.found[row, 1], room.found[row, 2]
        rarity_a = a.rarity[a.ints[a.at[2 if kind == 1 else 1] + a.ints[fa] + i]]
        rarity_b = b.rarity[b.ints[b.at[2 if kind == 2 else 1] + b.ints[fb] + j]]
        if room.single[kind, i, j] >= 0.5 * min(rarity_a, rarity_b):
            agreed_a |= (3 << i) if kind == 1 else (1 << i)
            agreed_b |= (3 << j) if kind == 2 else (1 << j)
            agree += 1
    count_a, leading_a, rest_a = unshared(a, fa, agreed_a)
    count_b, leading_b, rest_b = unshared(b, fb, agreed_b)
    found = 4 if leading_a or leading_b or (count_a and count_b) else 0
    one_each = count_a == 1 and count_b == 1 and (agree >= 2 or leading_a or leading_b)
    if agree and (one_each or (agree >= 2 and count_a + count_b == 1 and (leading_a or leading_b))):
        found |= 1
    elif agree and (count_a == 0) != (count_b == 0) and min(rest_a, rest_b) < crowd + 4.6:
        found |= 2
    return found


@jit
def shapes(a: Side, b: Side, shared: Shared, forms: I32, crowd: float, out: I64) -> None:
    """Write the shape of each pair of forms; 0 where one is -1."""
    room = make_room()
    for k in range(len(forms)):
        out[k] = shape(a, forms[k, 0], b, forms[k, 1], shared, crowd, room) if min(forms[k, 0], forms[k, 1]) >= 0 else 0


def shapes_of(a: Side, b: Side, shared: Shared, forms: I32, crowd: float) -> I64:
    """The shape of each pair of forms [pair, 2]."""
    out = np.zeros(len(forms), np.int64)
    with np.errstate(over="ignore"):
        shapes(a, b, shared, forms, crowd, out)
    return out


def names_agree(parts: F64) -> F64:
    """The sum of the name's parts of rows of parts."""
    total: F64 = parts[:, :7].sum(axis=1)
    return total
