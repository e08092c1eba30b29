"""The checker of the extra `solver`: OR-Tools, with GLOP for proofs and CP-SAT for whole batches.

GLOP measures how far the lines must be broken; the prices of that gap, rounded to whole numbers, are the certificate.
Where there is no gap CP-SAT proposes a batch. Its word for "none" is no proof: then the search by parts closes every
part.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np

from quittance.selection.certificate import Line, bounds, lines_of
from quittance.selection.checkers.branch import search
from quittance.selection.checkers.relaxation import WHOLE, Matrix, Point, Ray, same_people
from quittance.selection.limits import Seats
from quittance.selection.walk import CheckerError, Refusal, Witness


def available() -> bool:
    """Whether OR-Tools is installed (the extra `solver`)."""
    return find_spec("ortools") is not None


class CpSatChecker:
    """Completes batches with CP-SAT: one thread, a fixed seed, no clock."""

    name = "cp-sat"

    def __init__(self) -> None:
        if not available():
            raise CheckerError(
                "The checker `cpsat` needs OR-Tools, which is not installed. Install the extra `solver`, or use "
                "--checker lp or --checker exact.",
                code="selection.solver_missing",
            )
        self._seats: Seats | None = None
        self._lines: tuple[Line, ...] = ()
        self._gap: _Gap | None = None

    def complete(self, seats: Seats, accepted: Sequence[int], adding: int | None) -> Witness | Refusal:
        """A legal batch with everybody of `accepted` and one more of `adding`, or the proof that there is none.

        Raises `CheckerError` when neither is found.
        """
        least, most = bounds(seats, accepted, adding)
        if any(low > high for low, high in zip(least, most, strict=True)):
            return Refusal(None)
        gap, lines = self._fitted(seats), self._lines
        answer = gap.solve(lines, least, most)
        if isinstance(answer, Ray):
            certificate = gap.matrix.certificate(lines, least, most, answer.multipliers)
            if certificate is not None:
                return Refusal(certificate)
        counts = _proposed(lines, least, most) or search(gap.matrix, lines, least, most, gap.solve)
        return Refusal(None) if counts is None else Witness(counts)

    def _fitted(self, seats: Seats) -> _Gap:
        """The linear program of these seats: the one at hand if at most the limits have changed."""
        old, self._seats = self._seats, seats
        if old is not seats:
            self._lines = lines_of(seats)
        if self._gap is None or old is None or not same_people(old, seats):
            self._gap = _Gap(self._lines, len(seats.signatures))
        return self._gap


def _proposed(lines: Sequence[Line], least: Sequence[int], most: Sequence[int]) -> list[int] | None:
    """The counts that CP-SAT finds; None when it says that there are none. Raises `CheckerError` for other answers."""
    from ortools.sat.python import cp_model

    model: Any = cp_model.CpModel()
    counts = [model.new_int_var(low, high, "") for low, high in zip(least, most, strict=True)]
    for line in lines:
        weights = [1] * len(line.members) if line.weights is None else [line.weights[at] for at in line.members]
        total = cp_model.LinearExpr.weighted_sum([counts[at] for at in line.members], weights)
        model.add_linear_constraint(total, line.lo, line.hi)
    solver: Any = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.cp_model_presolve = False
    status = solver.solve(model)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return [solver.value(count) for count in counts]
    if status == cp_model.INFEASIBLE:
        return None
    raise CheckerError(
        f"CP-SAT did not say whether the batch can be completed ({solver.status_name(status)}). Nobody was refused on "
        "that. Use --checker lp."
    )


class _Gap:
    """The linear program of how far the lines must be broken, in GLOP. Its prices refute, if anything does."""

    def __init__(self, lines: Sequence[Line], signatures: int) -> None:
        from ortools.linear_solver import pywraplp  # type: ignore[import-untyped]

        self.matrix = Matrix(lines, signatures)
        self._solver: Any = pywraplp.Solver.CreateSolver("GLOP")
        self._optimal = pywraplp.Solver.OPTIMAL
        self._counts = [self._solver.NumVar(0, 0, "") for _ in range(signatures)]
        self._lines = []
        for line in lines:
            row = self._solver.Constraint(0, 0, "")
            for at in line.members:
                row.SetCoefficient(self._counts[at], 1 if line.weights is None else line.weights[at])
            for sign in (1, -1):
                slack = self._solver.NumVar(0, self._solver.infinity(), "")
                row.SetCoefficient(slack, sign)
                self._solver.Objective().SetCoefficient(slack, 1)
            self._lines.append(row)
        self._solver.Objective().SetMinimization()

    def solve(self, lines: Sequence[Line], least: Sequence[int], most: Sequence[int]) -> Point | Ray | None:
        """A point of the lines within the bounds, or the prices of the gap; None when GLOP does not know."""
        for count, low, high in zip(self._counts, least, most, strict=True):
            count.SetBounds(low, high)
        for row, line in zip(self._lines, lines, strict=True):
            row.SetBounds(line.lo, line.hi)
        if self._solver.Solve() != self._optimal:
            return None
        if self._solver.Objective().Value() > WHOLE:
            return Ray(tuple(row.dual_value() for row in self._lines))
        return Point(np.array([count.solution_value() for count in self._counts]))
