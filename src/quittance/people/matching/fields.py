"""The other fields of two entries: at which level they agree, and what each level weighs.

A field that either side left out has no level and no weight. Levels and their first weights stand in `levels.json`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from quittance.people.matching.kernels import F64, I8, I32, I64, U8, U64, Side
from quittance.people.names.jit import jit

LEVELS: dict[str, tuple[str, ...]] = {
    "birth": ("overlap", "near", "apart"),
    "sex": ("same", "other"),
    "place": ("district", "province", "neighbour", "other"),
    "village": ("same", "other"),
    "tribe": ("same", "other"),
    "id_no": ("equal", "one_edit", "other"),
    "prisoner_no": ("equal", "one_edit", "other"),
    "capture": ("week", "month", "apart"),
    "facility": ("same", "other"),
}
"""Field -> its levels, best first. `birth`: the days overlap, lie within two years, or further apart. `place`: by
district and province. `capture`: the days lie within a week, a month, or further apart."""

BIRTH, SEX, PLACE, VILLAGE, TRIBE, ID_NO, PRISONER_NO, CAPTURE, FACILITY = range(9)
N_FIELDS = 9
N_LEVELS = 4
WEEK, MONTH = 7, 30


class Spans(NamedTuple):
    """Intervals of days: value i has `low[first[i]:first[i + 1]]` with `high`, both days included."""

    first: I32
    low: I32
    high: I32


class Signs(NamedTuple):
    """Numbers of documents as bytes: value i is `signs[first[i]:first[i + 1]]`; empty where not given."""

    first: I32
    signs: U8


class FieldArrays(NamedTuple):
    """The other fields of the entries of one list. Codes are the same in every list; 0 is not given."""

    birth: Spans
    capture: Spans
    sex: I8
    province: U64
    district: U64
    village: U64
    tribe: U64
    facility: U64
    authority: U64
    prisoner_no: Signs
    id_no: Signs


@jit
def gap_days(x: I32, x_at: I64, i: int, y: I32, y_at: I64, j: int, what: int) -> int:
    """Days between the nearest spans of two values (`what` is where spans begin in a side); 0 where they overlap.

    -1 where one is missing.
    """
    best = -1
    for k in range(x[x_at[what] + i], x[x_at[what] + i + 1]):
        for m in range(y[y_at[what] + j], y[y_at[what] + j + 1]):
            low = max(x[x_at[what + 1] + k], y[y_at[what + 1] + m])
            high = min(x[x_at[what + 2] + k], y[y_at[what + 2] + m])
            gap = max(0, low - high)
            if best < 0 or gap < best:
                best = gap
    return best


@jit
def number_level(x: I32, x_at: I64, i: int, y: I32, y_at: I64, j: int, what: int) -> int:
    """0 for equal numbers, 1 for one edit apart, 2 for others, -1 where one is missing."""
    x0, x1 = x_at[what + 1] + x[x_at[what] + i], x_at[what + 1] + x[x_at[what] + i + 1]
    y0, y1 = y_at[what + 1] + y[y_at[what] + j], y_at[what + 1] + y[y_at[what] + j + 1]
    nx, ny = x1 - x0, y1 - y0
    if nx == 0 or ny == 0:
        return -1
    if abs(nx - ny) > 1:
        return 2
    same = 0
    while same < nx and same < ny and x[x0 + same] == y[y0 + same]:
        same += 1
    if same == nx and same == ny:
        return 0
    tail = 0
    while tail < nx - same and tail < ny - same and x[x1 - 1 - tail] == y[y1 - 1 - tail]:
        tail += 1
    return 1 if max(nx, ny) - same - tail <= 1 else 2


@jit
def same_code(x: U64, i: int, y: U64, j: int, column: int) -> int:
    """0 for the same code, 1 for another, -1 where one is missing."""
    if x[i, column] == 0 or y[j, column] == 0:
        return -1
    return 0 if x[i, column] == y[j, column] else 1


@jit
def place_level(x: U64, i: int, y: U64, j: int, neighbours: U64) -> int:
    """0 same district, 1 same province, 2 neighbouring province, 3 other; -1 where nothing can be compared."""
    province, district = same_code(x, i, y, j, 0), same_code(x, i, y, j, 1)
    if district == 0 and province != 1:
        return 0
    if province == 0:
        return 1
    if province == 1:
        key, low, high = x[i, 0] ^ y[j, 0], 0, len(neighbours)
        while low < high:
            middle = (low + high) // 2
            if neighbours[middle] < key:
                low = middle + 1
            else:
                high = middle
        return 2 if low < len(neighbours) and neighbours[low] == key else 3
    return 3 if district == 1 else -1


@jit
def compare(a: Side, i: int, b: Side, j: int, neighbours: U64, out: I64) -> None:
    """Write the level of each field of two entries to `out`; -1 for a field that either side left out."""
    gap = gap_days(a.ints, a.at, i, b.ints, b.at, j, 14)
    out[0] = -1 if gap < 0 else (0 if gap == 0 else (1 if gap <= 731 else 2))
    sex_a, sex_b = a.ints[a.at[20] + i], b.ints[b.at[20] + j]
    out[1] = -1 if sex_a == 0 or sex_b == 0 else (0 if sex_a == sex_b else 1)
    out[2] = place_level(a.codes, i, b.codes, j, neighbours)
    out[3] = same_code(a.codes, i, b.codes, j, 2)
    out[4] = same_code(a.codes, i, b.codes, j, 3)
    out[5] = number_level(a.ints, a.at, i, b.ints, b.at, j, 21)
    out[6] = number_level(a.ints, a.at, i, b.ints, b.at, j, 23)
    known = same_code(a.codes, i, b.codes, j, 5)
    if known == 1 or (known == -1 and out[6] > 0):
        out[6] = -1
    gap = gap_days(a.ints, a.at, i, b.ints, b.at, j, 17)
    out[7] = -1 if gap < 0 else (0 if gap <= 7 else (1 if gap <= 30 else 2))
    out[8] = same_code(a.codes, i, b.codes, j, 4)


@jit
def count_levels(a: Side, rows_a: int, b: Side, rows_b: int, neighbours: U64) -> F64:
    """How many pairs of the first rows of two lists stand at each level of each field."""
    counts, levels = np.zeros((9, 4)), np.zeros(9, np.int64)
    for i in range(rows_a):
        for j in range(rows_b):
            compare(a, i, b, j, neighbours, levels)
            for k in range(9):
                if levels[k] >= 0:
                    counts[k, levels[k]] += 1.0
    return counts
