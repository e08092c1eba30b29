"""The linear programs behind the fast checker, in HiGHS: one that is kept and only changes its bounds, and small ones
over whole numbers. What they answer are proposals; nothing here decides.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quittance.selection.certificate import Certificate, Line, named, proves, rounded
from quittance.selection.limits import Seats

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

WHOLE = 1e-6
"""How far a count may lie from a whole number and still be rounded; the rounded counts are added up afterwards."""


@dataclass(frozen=True, slots=True)
class Point:
    """Counts by signature that satisfy every line, not always whole."""

    counts: Floats

    def whole(self) -> list[int] | None:
        """The counts as integers, if they are."""
        nearest = np.rint(self.counts)
        if not bool((np.abs(self.counts - nearest) <= WHOLE).all()):  # a count that is no number is not whole either
            return None
        return [int(count) for count in nearest.tolist()]


@dataclass(frozen=True, slots=True)
class Ray:
    """A direction that may show that no point exists: one number for each line; empty if the solver gave none."""

    multipliers: tuple[float, ...]


class Matrix:
    """The weights of lines over signatures, one line after the other. It adds up whole numbers, quickly and exactly."""

    def __init__(self, lines: Sequence[Line], signatures: int) -> None:
        members = [np.asarray(line.members, np.int64) for line in lines]
        weights = [
            np.ones(len(at), np.int64) if line.weights is None else np.array(line.weights, np.int64)[at]
            for at, line in zip(members, lines, strict=True)
        ]
        self.signatures = signatures
        self.index = np.concatenate(members)
        self.weights = np.concatenate(weights)
        self.lengths = np.array([len(at) for at in members], np.int64)
        self.starts = np.concatenate(([0], np.cumsum(self.lengths)))

    def totals(self, counts: Ints) -> Ints:
        """What each line adds up to."""
        return self._sums(counts[self.index] * self.weights)

    def _sums(self, parts: Ints) -> Ints:
        added = np.concatenate(([0], np.cumsum(parts)))
        sums: Ints = added[self.starts[1:]] - added[self.starts[:-1]]
        return sums

    def fits(self, lines: Sequence[Line], least: Sequence[int], most: Sequence[int], counts: Sequence[int]) -> bool:
        """Whether whole counts lie within their bounds and satisfy every line."""
        have = np.array(counts, np.int64)
        if bool((have < np.array(least)).any() or (have > np.array(most)).any()):
            return False
        totals = self.totals(have).tolist()
        return all(line.lo <= total <= line.hi for line, total in zip(lines, totals, strict=True))

    def excludes(self, lines: Sequence[Line], least: Sequence[int], most: Sequence[int]) -> bool:
        """Whether some line alone cannot be satisfied within the bounds."""
        low, high = np.array(least, np.int64)[self.index], np.array(most, np.int64)[self.index]
        smallest = self._sums(np.where(self.weights > 0, low, high) * self.weights)
        largest = self._sums(np.where(self.weights > 0, high, low) * self.weights)
        ends = zip(lines, smallest.tolist(), largest.tolist(), strict=True)
        return any(bottom > line.hi or top < line.lo for line, bottom, top in ends)

    def certificate(
        self, lines: Sequence[Line], least: Sequence[int], most: Sequence[int], ray: Sequence[float]
    ) -> Certificate | None:
        """The certificate that `ray` rounds to, if one of its roundings is a proof (in plain integers)."""
        low, high = np.array(least, np.float64), np.array(most, np.float64)
        for multipliers in rounded(ray):
            times = np.repeat(np.array(multipliers, np.float64), self.lengths)
            weights = np.bincount(self.index, times * self.weights, self.signatures)
            left = np.where(weights > 0, weights * low, weights * high).sum()
            right = sum(max(m * line.lo, m * line.hi) for m, line in zip(multipliers, lines, strict=True))
            if left > right and proves(lines, least, most, multipliers):
                return named(lines, multipliers)
        return None


class Relaxation:
    """The linear program over all signatures. `costs` only lead it to one of many equally legal points."""

    def __init__(self, lines: Sequence[Line], most: Sequence[int], costs: Floats | None = None) -> None:
        self.matrix = Matrix(lines, len(most))
        self._least = np.zeros(len(most))
        self._most = np.array(most, np.float64)
        self._low, self._high = _sides(lines)
        self._highs = solver()
        self._highs.setOptionValue("presolve", "off")  # without it there is no ray
        self._highs.setOptionValue("solver", "simplex")
        everybody = np.arange(len(most))
        self._highs.passModel(program(self.matrix, lines, self._least, self._most, everybody, costs))

    def solve(self, lines: Sequence[Line], least: Sequence[int], most: Sequence[int]) -> Point | Ray | None:
        """A point of the lines within the bounds, or why there is none; None when the solver does not know.

        `lines` may differ from those of the start in `lo` and `hi` only.
        """
        self._move(lines, np.array(least, np.float64), np.array(most, np.float64))
        for fresh in (False, True):
            if fresh:
                self._highs.clearSolver()
            self._highs.run()
            answer = self._answer()
            if answer is not None:
                return answer
        return None

    def price(self) -> Floats:
        """What one seat more of each line would change in the costs of the last point."""
        return np.array(self._highs.getSolution().row_dual, np.float64)

    def _move(self, lines: Sequence[Line], least: Floats, most: Floats) -> None:
        changed = np.nonzero((least != self._least) | (most != self._most))[0].astype(np.int32)
        if len(changed):
            self._highs.changeColsBounds(len(changed), changed, least[changed], most[changed])
            self._least, self._most = least, most
        low, high = _sides(lines)
        for at in np.nonzero((low != self._low) | (high != self._high))[0].tolist():
            self._highs.changeRowBounds(at, low[at], high[at])
        self._low, self._high = low, high

    def _answer(self) -> Point | Ray | None:
        import highspy  # type: ignore[import-untyped]

        status = self._highs.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            return Point(np.array(self._highs.getSolution().col_value, np.float64))
        if status == highspy.HighsModelStatus.kInfeasible:
            found = self._highs.getDualRay()
            return Ray(tuple(np.array(found[2]).tolist()) if found[1] else ())
        return None

    def propose(
        self, lines: Sequence[Line], least: Sequence[int], most: Sequence[int], among: Collection[int]
    ) -> list[int] | None:
        """Whole counts that satisfy the lines with only the signatures `among` above 0, as HiGHS finds them, or None.

        None proves nothing. Whoever takes the counts adds them up.
        """
        import highspy

        highs = solver()
        columns = np.array(sorted(among), np.int64)
        low, high = np.array(least, np.float64)[columns], np.array(most, np.float64)[columns]
        whole = program(self.matrix, lines, low, high, columns)
        whole.integrality_ = [highspy.HighsVarType.kInteger] * len(columns)
        highs.passModel(whole)
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        counts = np.zeros(len(least), np.int64)
        counts[columns] = np.rint(np.array(highs.getSolution().col_value))
        return list(map(int, counts.tolist()))


def program(
    matrix: Matrix, lines: Sequence[Line], low: Floats, high: Floats, columns: Ints, costs: Floats | None = None
) -> Any:
    """The lines over the signatures `columns`, as HiGHS takes them."""
    import highspy

    place = np.full(matrix.signatures, -1)
    place[columns] = np.arange(len(columns))
    kept = place[matrix.index] >= 0
    made = highspy.HighsLp()
    made.num_col_, made.num_row_ = len(columns), len(lines)
    made.col_cost_ = np.zeros(len(columns)) if costs is None else costs
    made.col_lower_, made.col_upper_ = low, high
    made.row_lower_, made.row_upper_ = _sides(lines)
    made.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    made.a_matrix_.start_ = np.concatenate(([0], np.cumsum(kept)))[matrix.starts].astype(np.int32)
    made.a_matrix_.index_ = place[matrix.index[kept]].astype(np.int32)
    made.a_matrix_.value_ = matrix.weights[kept].astype(np.float64)
    return made


def solver() -> Any:
    """A silent HiGHS with one thread and a fixed seed; no clock stops it."""
    import highspy

    highs = highspy.Highs()
    for option, setting in {"output_flag": False, "threads": 1, "parallel": "off", "random_seed": 0}.items():
        highs.setOptionValue(option, setting)
    return highs


def same_people(one: Seats, other: Seats) -> bool:
    """Whether two seats differ in their limits only."""
    return (
        one.signatures is other.signatures
        and one.sizes is other.sizes
        and len(one.rows) == len(other.rows)
        and all(a.members is b.members for a, b in zip(one.rows, other.rows, strict=True))
        and len(one.sums) == len(other.sums)
        and all(a.weights is b.weights for a, b in zip(one.sums, other.sums, strict=True))
    )


def _sides(lines: Sequence[Line]) -> tuple[Floats, Floats]:
    return np.array([line.lo for line in lines], np.float64), np.array([line.hi for line in lines], np.float64)
