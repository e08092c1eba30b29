"""The score of a pair of entries as a sum of parts, each in nats, and the best partners of each entry.

Parts are rounded to four decimals, as they are shown, and summed in one order: the figures shown add up to the score
shown, the same in either direction and on any number of threads.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from quittance.people.matching.fields import compare
from quittance.people.matching.kernels import F64, I32, I64, U64, Side, Table
from quittance.people.matching.words import Room, likeness, make_room, measure
from quittance.people.names.jit import jit

PARTS = (
    "words",
    "short_of",
    "differ",
    "excess",
    "joined",
    "bigrams",
    "aliases",
    "kunya",
    "father",
    "grandfather",
    "birth",
    "sex",
    "place",
    "village",
    "tribe",
    "id_no",
    "prisoner_no",
    "capture",
    "facility",
)
"""What a score is the sum of. The first seven are the name."""

N_PARTS = 19
NAME_PARTS = 7
KUNYA, FATHER, GRANDFATHER, FIELDS_AT = 7, 8, 9, 10
FOUND_IN_NAME = 1
"""State of father and grandfather that one side gives as a field and the other among the words of the name."""


class Shared(NamedTuple):
    """What the comparison of two lists rests on beside the lists."""

    keys: U64
    values: F64
    """The table of words (`kernels.Table`)."""
    theta: F64
    """Weights of the features of names (`words.FEATURES`), then father low, father high and kunya high."""
    levels: F64
    """[field, level] weight in nats."""
    neighbours: U64
    """A sorted number for each pair of provinces that border on each other."""


@jit
def exact(weight: float) -> Any:
    """A weight to four decimals."""
    return np.floor(weight * 10000.0 + 0.5) / 10000.0


@jit
def name_parts(features: F64, theta: F64, parts: F64) -> Any:
    """Write the six parts of a name that its features make; gives their sum."""
    parts[0] = exact(theta[0] * features[0])
    parts[1] = exact(theta[1] * features[1])
    parts[2] = exact(theta[2] * features[2] + theta[7] * features[7])
    parts[3] = exact(theta[3] * features[3] + theta[8] * features[8])
    parts[4] = exact(theta[4] * features[4])
    parts[5] = exact(theta[5] * features[5] + theta[6] * features[6])
    return parts[0] + parts[1] + parts[2] + parts[3] + parts[4] + parts[5]


@jit
def compare_forms(
    a: Side, fa: int, b: Side, fb: int, used_a: int, used_b: int, shared: Shared, room: Room
) -> tuple[float, int, int]:
    """Weight of two forms, features left in `room.features`, and the words used of each side.

    Writes over the name parts of `room.parts`.
    """
    table = Table(shared.keys, shared.values)
    _, met_a, met_b = measure(a, fa, b, fb, used_a, used_b, table, room)
    if used_a == 0 and used_b == 0:
        likeness(a, fa, b, fb, room.masks, room.features)
    return name_parts(room.features, shared.theta, room.parts), met_a, met_b


@jit
def words_left(side: Side, f: int, used: int) -> bool:
    """Whether form f has words whose bit in `used` is not set."""
    return f >= 0 and used != (1 << (side.ints[f + 1] - side.ints[f])) - 1


@jit
def relative(
    a: Side, fa: int, name_a: int, met_a: int, b: Side, fb: int, name_b: int, met_b: int, shared: Shared, room: Room
) -> tuple[float, int, int, int]:
    """Weight of father or grandfather, its state, and the words of the names used so far.

    Where one side has not got the field, it is looked for among the words that its name left unused; only finding it
    counts there, as an unused word may as well be a family name.
    """
    low, high = shared.theta[9], shared.theta[10]
    if fa >= 0 and fb >= 0:
        weight, _, _ = compare_forms(a, fa, b, fb, 0, 0, shared, room)
        return exact(min(high, max(low, weight))), 0, met_a, met_b
    of_a, of_b = met_a, met_b
    if fa >= 0 and words_left(b, name_b, met_b):
        _, _, of_b = compare_forms(a, fa, b, name_b, 0, met_b, shared, room)
    elif fb >= 0 and words_left(a, name_a, met_a):
        _, of_a, _ = compare_forms(a, name_a, b, fb, met_a, 0, shared, room)
    if of_a == met_a and of_b == met_b:
        return 0.0, -1, met_a, met_b
    return exact(min(high, shared.theta[0] * room.features[0])), 1, of_a, of_b


@jit
def best_forms(a: Side, i: int, b: Side, j: int, shared: Shared, room: Room) -> tuple[int, int, int, int]:
    """The forms of two entries that fit best and the words they use; -1 where an entry has no form.

    The features of the best are left in `room.chosen`.
    """
    best, form_a, form_b, met_a, met_b = -1e9, -1, -1, 0, 0
    for fa in range(a.ints[a.at[10] + i], a.ints[a.at[10] + i + 1]):
        for fb in range(b.ints[b.at[10] + j], b.ints[b.at[10] + j + 1]):
            weight, of_a, of_b = compare_forms(a, fa, b, fb, 0, 0, shared, room)
            if weight > best:
                best, form_a, form_b, met_a, met_b = weight, fa, fb, of_a, of_b
                for k in range(9):
                    room.chosen[k] = room.features[k]
    return form_a, form_b, met_a, met_b


@jit
def score_pair(a: Side, i: int, b: Side, j: int, shared: Shared, room: Room) -> tuple[float, int, int]:
    """Score of entry i of a with entry j of b, and the forms compared; parts and states are left in `room`."""
    parts, states = room.parts, room.states
    compare(a, i, b, j, shared.neighbours, room.levels)
    form_a, form_b, met_a, met_b = best_forms(a, i, b, j, shared, room)
    kunya, of_kunya = 0.0, -1
    kunya_a, kunya_b = a.ints[a.at[11] + i], b.ints[b.at[11] + j]
    if kunya_a >= 0 and kunya_b >= 0:
        weight, _, _ = compare_forms(a, kunya_a, b, kunya_b, 0, 0, shared, room)
        if weight > 0.0:
            kunya, of_kunya = exact(min(weight, shared.theta[11])), 0
    father, of_father, met_a, met_b = relative(
        a, a.ints[a.at[12] + i], form_a, met_a, b, b.ints[b.at[12] + j], form_b, met_b, shared, room
    )
    grandfather, of_grandfather, met_a, met_b = relative(
        a, a.ints[a.at[13] + i], form_a, met_a, b, b.ints[b.at[13] + j], form_b, met_b, shared, room
    )
    for k in range(19):
        parts[k] = 0.0
        states[k] = 0
    if form_a >= 0 and form_b >= 0:
        name_parts(room.chosen, shared.theta, parts)
    tried = (a.ints[a.at[10] + i + 1] - a.ints[a.at[10] + i]) * (b.ints[b.at[10] + j + 1] - b.ints[b.at[10] + j])
    if tried > 1:
        parts[6] = exact(-np.log(tried))
    parts[7], states[7] = kunya, of_kunya
    parts[8], states[8] = father, of_father
    parts[9], states[9] = grandfather, of_grandfather
    for k in range(9):
        states[10 + k] = room.levels[k]
        if room.levels[k] >= 0:
            parts[10 + k] = shared.levels[k, room.levels[k]]
    total = 0.0
    for k in range(19):
        total += parts[k]
    return exact(total), form_a, form_b


@jit
def goes_before(score: float, i: int, other: float, of: int, a: Side, b: Side, j: int) -> bool:
    """Whether partner i goes before one that is held: by score, then by a hash of both contents, then by place."""
    if of < 0 or score != other:
        return of < 0 or score > other
    x, y = tie_key(a, i, b, j), tie_key(a, of, b, j)
    return x < y or (x == y and i < of)


@jit
def tie_key(a: Side, i: int, b: Side, j: int) -> Any:
    """A number of the content of two entries, the same in either direction."""
    x = (a.codes[i, 6] ^ b.codes[j, 6]) * np.uint64(0x9E3779B97F4A7C15)
    return (x ^ (x >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)


@jit
def rank_rows(
    a: Side,
    b: Side,
    shared: Shared,
    begin: int,
    end: int,
    first: I64,
    partner: I32,
    top: I32,
    top_score: F64,
    rival: F64,
) -> None:
    """Score the rows `begin` to `end` of b with their partners, `partner[first[j - begin]:first[j - begin + 1]]`, and
    keep the best of each.

    `top[j]` receives entries of a, best first, ties by `tie_key`; `rival[i]` the best and second best score of each
    entry of a with any of b.
    """
    room = make_room()
    keep = top.shape[1]
    for j in range(begin, end):
        for at in range(first[j - begin], first[j - begin + 1]):
            i = partner[at]
            score, _, _ = score_pair(a, i, b, j, shared, room)
            place = keep
            while place > 0 and goes_before(score, i, top_score[j, place - 1], top[j, place - 1], a, b, j):
                if place < keep:
                    top[j, place], top_score[j, place] = top[j, place - 1], top_score[j, place - 1]
                place -= 1
            if place < keep:
                top[j, place], top_score[j, place] = i, score
            if score > rival[i, 0]:
                rival[i, 1], rival[i, 0] = rival[i, 0], score
            elif score > rival[i, 1]:
                rival[i, 1] = score


@jit
def score_listed(
    a: Side, b: Side, shared: Shared, ia: I32, ib: I32, parts: F64, states: I64, forms: I32, features: F64
) -> None:
    """Write parts, states, the forms compared and their features for each pair (ia[k], ib[k])."""
    room = make_room()
    for k in range(len(ia)):
        _, forms[k, 0], forms[k, 1] = score_pair(a, ia[k], b, ib[k], shared, room)
        parts[k] = room.parts
        states[k] = room.states
        features[k] = room.chosen
