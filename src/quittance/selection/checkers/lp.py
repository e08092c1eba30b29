"""The fast checker: one linear program over the counts by signature, of which only bounds change between checks.

No point and a certificate in whole numbers: refused. A whole point: accepted. Else whole counts are sought among the
few signatures that the point and the last witness use, then among all; if there are none, the search by parts proves
it (reference: selection, section 4, "weak spot and its cure").
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np

from quittance.selection.certificate import Line, lines_of, most_of
from quittance.selection.checkers.branch import search
from quittance.selection.checkers.relaxation import Floats, Point, Ray, Relaxation, same_people
from quittance.selection.limits import Seats
from quittance.selection.walk import CheckerError, Refusal, Witness


def available() -> bool:
    """Whether HiGHS is installed (the extra `select`)."""
    return find_spec("highspy") is not None


class LpChecker:
    """Completes batches with HiGHS. It keeps one linear program, of the register that it was asked about last."""

    name = "lp+pool"

    def __init__(self) -> None:
        if not available():
            raise CheckerError(
                "The checker `lp` needs HiGHS, which is not installed. Install the extra `select`, or use "
                "--checker exact for small registers.",
                code="selection.solver_missing",
            )
        self._seats: Seats | None = None
        self._lines: tuple[Line, ...] = ()
        self._most: list[int] = []
        self._relaxation: Relaxation | None = None
        self._witness: list[int] = []

    def complete(self, seats: Seats, accepted: Sequence[int], adding: int | None) -> Witness | Refusal:
        """A legal batch with everybody of `accepted` and one more of `adding`, or the proof that there is none.

        Raises `CheckerError` when neither is found.
        """
        relaxation = self._fitted(seats)
        least, most = list(accepted), self._most
        if adding is not None:
            least[adding] += 1
        if bool((np.array(least) > np.array(most)).any()):
            return Refusal(None)
        answer = relaxation.solve(self._lines, least, most)
        if isinstance(answer, Ray):
            certificate = relaxation.matrix.certificate(self._lines, least, most, answer.multipliers)
            if certificate is not None:
                return Refusal(certificate)
        counts = self._counts(relaxation, answer, least, most) if isinstance(answer, Point) else None
        if counts is None:
            counts = search(relaxation.matrix, self._lines, least, most, relaxation.solve)
        if counts is None:
            return Refusal(None)
        self._witness = counts
        return Witness(counts)

    def _counts(self, relaxation: Relaxation, point: Point, least: list[int], most: list[int]) -> list[int] | None:
        """Whole counts near the point: its own, or those of a small program, or of the full one."""
        used = (np.array(least) > 0) | (point.counts > 0) | (np.array(self._witness or least) > 0)
        pool = np.nonzero(used)[0].tolist()
        if (counts := point.whole()) is not None and relaxation.matrix.fits(self._lines, least, most, counts):
            return counts
        for among in (pool, range(len(least))):
            counts = relaxation.propose(self._lines, least, most, among)
            if counts is not None and relaxation.matrix.fits(self._lines, least, most, counts):
                return counts
        return None

    def _fitted(self, seats: Seats) -> Relaxation:
        """The linear program of these seats: the one at hand if at most the limits have changed."""
        old, self._seats = self._seats, seats
        if old is not seats:
            self._lines, self._most = lines_of(seats), most_of(seats)
        if self._relaxation is None or old is None or not same_people(old, seats):
            self._relaxation = Relaxation(self._lines, self._most, _early(seats))
            self._witness = []
        return self._relaxation


def _early(seats: Seats) -> Floats:
    """Costs that lead to batches of people who come early, so that the next ones of the order are often in already."""
    first = np.full(len(seats.signatures), len(seats.signature_of), np.int64)
    signature_of = np.asarray(seats.signature_of, np.int64)
    first[signature_of[::-1]] = np.arange(len(signature_of) - 1, -1, -1)
    costs: Floats = np.log1p(first.astype(np.float64))
    return costs
