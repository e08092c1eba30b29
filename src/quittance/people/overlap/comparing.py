"""Two encodings compared by Dice: which rows pair one to one, and how many people the lists share.

The weight of a name says how many rows would be as alike by chance, counted in the two lists themselves; the other
fields add or take away by what their likeness was worth between lists whose truth was known. Nothing here needs, or
could find, a name.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quittance.people.overlap.encoding import FIELDS, Encoding, Filters, OverlapError

NAME_FLOOR = 0.6
"""Rows whose names are less alike than this are not looked at."""

LEVELS = (0.35, 0.6, 0.8, 0.95)
"""Where the likeness of a field changes its weight."""

LIKELY, POSSIBLE = 2.0, 0.0
"""Scores (natural logarithm of the odds) from which a pair counts as likely, and as possible."""

_TRUE = {
    "name": (0.01, 0.06, 0.20, 0.10, 0.63),
    "father": (0.01, 0.06, 0.06, 0.01, 0.86),
    "grandfather": (0.01, 0.06, 0.06, 0.01, 0.86),
    "birth": (0.31, 0.15, 0.45, 0.03, 0.40),
    "district": (0.06, 0.10, 0.05, 0.02, 0.80),
}
"""Field -> shares of the levels among pairs that are one person, in invented lists with the standard noise.

Years in two calendars overlap at other levels than years in one; of the two shares the larger stands here.
"""

_SAMPLE = 500
_CHUNK = 4_000_000

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two row numbers that may be one person, how alike their names are (Dice), and the score of all fields."""

    a_row: int
    b_row: int
    likeness: float
    score: float

    @property
    def likely(self) -> bool:
        """Whether the pair counts in the lower end of the overlap."""
        return self.score >= LIKELY


@dataclass(frozen=True, slots=True)
class Overlap:
    """The pairs, best first, and how many rows each side had."""

    pairs: tuple[Pair, ...]
    a_rows: int
    b_rows: int
    fields: tuple[str, ...]

    @property
    def size(self) -> tuple[int, int]:
        """The number of likely pairs, and of likely and possible pairs."""
        return sum(pair.likely for pair in self.pairs), len(self.pairs)


def compare(a: Encoding, b: Encoding) -> Overlap:
    """The rows of `a` and `b` that pair, each row once.

    Raises `OverlapError`: `overlap.key_differs` if the two were not made under one secret, `overlap.fields_differ` if
    they do not hold the same fields.
    """
    if a.check != b.check:
        raise OverlapError(
            "The two encodings were made under different secrets and cannot be compared. Let both sides encode again "
            "with the same secret.",
            code="overlap.key_differs",
        )
    if a.fields != b.fields:
        raise OverlapError(
            f"One encoding holds {', '.join(a.fields)}, the other {', '.join(b.fields)}. Encode both with the same "
            "--fields.",
            code="overlap.fields_differ",
        )
    if not len(a.rows) or not len(b.rows):
        return Overlap((), len(a.rows), len(b.rows), a.fields)
    left, right = _sorted(a), _sorted(b)
    x, y, likeness = _candidates(left.filters[:, 0], right.filters[:, 0])
    score = _name_weight(x, y, likeness, len(left.rows), len(right.rows))
    for at, name in enumerate(a.fields):
        if name != "name":
            score += _field_weight(left.filters[:, at], right.filters[:, at], x, y, name)
    pairs = _one_to_one(x, y, score, _ties(left, right, x, y))
    found = tuple(
        Pair(int(left.rows[x[at]]), int(right.rows[y[at]]), float(likeness[at]), float(score[at])) for at in pairs
    )
    return Overlap(found, len(left.rows), len(right.rows), a.fields)


def _sorted(encoding: Encoding) -> Encoding:
    """The lines in the order of their filters, so that the order of the file plays no part."""
    order = np.lexsort((encoding.rows, *encoding.filters.reshape(len(encoding.rows), -1).T))
    return Encoding(encoding.check, encoding.fields, encoding.rows[order], encoding.filters[order])


def _candidates(a: Filters, b: Filters) -> tuple[Ints, Ints, Floats]:
    """The pairs of lines whose names are alike, by line of `b`, and how alike."""
    ones_a, ones_b = _ones(a), _ones(b)
    step = max(1, _CHUNK // len(a))
    found: list[tuple[Ints, Ints, Floats]] = []
    columns = np.ascontiguousarray(a.T)
    for start in range(0, len(b), step):
        part = b[start : start + step]
        shared = np.zeros((len(part), len(a)), dtype=np.uint16)
        for word in range(a.shape[1]):
            shared += np.bitwise_count(part[:, word, None] & columns[word])
        total = ones_b[start : start + step, None] + ones_a
        y, x = np.nonzero(2.0 * shared >= np.maximum(NAME_FLOOR * total, 1))
        found.append((x, y + start, 2.0 * shared[y, x] / total[y, x]))
    xs, ys, likenesses = zip(*found, strict=True)
    return np.concatenate(xs), np.concatenate(ys), np.concatenate(likenesses)


def _ones(filters: Filters) -> Ints:
    ones: Ints = np.bitwise_count(filters).sum(axis=1, dtype=np.int64)
    return ones


def _dice(a: Filters, b: Filters) -> Floats:
    """The likeness of line by line; -1 where one of them is not given."""
    ones = _ones(a), _ones(b)
    given = (ones[0] > 0) & (ones[1] > 0)
    return np.where(given, 2.0 * _ones(a & b) / np.maximum(ones[0] + ones[1], 1), -1.0)


def _name_weight(x: Ints, y: Ints, likeness: Floats, rows_a: int, rows_b: int) -> Floats:
    """What the names tell: the odds of one person against as many rows as are at least as alike to either."""
    rivals = np.maximum(_rank(y, likeness), _rank(x, likeness)) - 1
    true = np.log(np.array(_TRUE["name"]))[np.searchsorted(LEVELS, likeness, side="right")]
    chance = np.exp(-9.0 * (likeness - NAME_FLOOR)) * 0.5  # rows that would be so alike, were there no such homonym
    weight: Floats = true - np.log(rivals + chance)
    return weight


def _rank(line: Ints, likeness: Floats) -> Floats:
    """For each pair, how many pairs of the same line are at least as alike; 1 for the best."""
    order = np.lexsort((-likeness, line))
    lines, values = line[order], likeness[order]
    starts = np.searchsorted(lines, lines)
    new = np.append((lines[1:] != lines[:-1]) | (values[1:] != values[:-1]), True)
    last = np.flatnonzero(new)[np.searchsorted(np.flatnonzero(new), np.arange(len(lines)))]
    rank = np.empty(len(lines))
    rank[order] = last - starts + 1
    return rank


def _field_weight(a: Filters, b: Filters, x: Ints, y: Ints, name: str) -> Floats:
    """What another field tells of each pair: the share of its level among true pairs over that among any pairs."""
    some_a, some_b = (one[:: len(one) // _SAMPLE + 1] for one in (a, b))
    any_pairs = _levels(_dice(np.repeat(some_a, len(some_b), axis=0), np.tile(some_b, (len(some_a), 1))))
    seen = np.bincount(any_pairs[any_pairs >= 0], minlength=len(LEVELS) + 1) + 1.0
    weight = np.log(np.array(_TRUE[name]) / (seen / seen.sum()))
    found = np.zeros(len(x))
    for start in range(0, len(x), _CHUNK):
        part = slice(start, start + _CHUNK)
        level = _levels(_dice(a[x[part]], b[y[part]]))
        found[part] = np.where(level >= 0, weight[level], 0.0)
    return found


def _levels(dice: Floats) -> Ints:
    return np.where(dice < 0, -1, np.searchsorted(LEVELS, dice, side="right"))


def _ties(a: Encoding, b: Encoding, x: Ints, y: Ints) -> list[Ints]:
    """Keys that order pairs of one score alike whichever list is called A: by what is in the lines, then by rows."""
    lines = np.concatenate((a.filters, b.filters)).reshape(len(a.rows) + len(b.rows), -1)
    rank = np.unique(lines, axis=0, return_inverse=True)[1].reshape(-1)
    sides = ((rank[: len(a.rows)][x], rank[len(a.rows) :][y]), (a.rows[x], b.rows[y]))
    return [which(*one) for one in reversed(sides) for which in (np.maximum, np.minimum)]


def _one_to_one(x: Ints, y: Ints, score: Floats, ties: list[Ints]) -> list[int]:
    """The pairs taken greedily from the best down to the last possible one, each line once."""
    order = np.lexsort((*ties, -score))
    used_x, used_y, taken = set(), set(), []
    for at in order[score[order] >= POSSIBLE].tolist():
        if x[at] not in used_x and y[at] not in used_y:
            used_x.add(x[at])
            used_y.add(y[at])
            taken.append(at)
    return taken


assert set(_TRUE) == set(FIELDS)
