"""Whoever may answer "can this be completed to a legal batch?". Each gives the same batch; none chooses people."""

from __future__ import annotations

from importlib.util import find_spec

from quittance.errors import UsageError
from quittance.selection.limits import Seats
from quittance.selection.walk import Checker

CHECKERS = ("exact", "lp", "cpsat")

SMALL_SIZE = 12
SMALL_SIGNATURES = 60
"""Up to here the search in plain Python answers at once, and no solver is loaded."""


def checker_for(seats: Seats, name: str | None = None) -> Checker:
    """The checker of that name; without one, the LP where its extra is installed and the seats are not few.

    Raises `UsageError` for a name that there is not, `CheckerError` when the checker needs an extra that is missing.
    """
    # Each is imported where it is used: solvers take long to load.
    if name is None:
        few = seats.size <= SMALL_SIZE and len(seats.signatures) <= SMALL_SIGNATURES
        name = "exact" if few or not find_spec("highspy") else "lp"
    match name:
        case "exact":
            from quittance.selection.checkers.exact import ExactChecker

            return ExactChecker()
        case "lp":
            from quittance.selection.checkers.lp import LpChecker

            return LpChecker()
        case "cpsat":
            from quittance.selection.checkers.cpsat import CpSatChecker

            return CpSatChecker()
    raise UsageError(
        f"There is no checker `{name[:32]}`. Checkers: {', '.join(CHECKERS)}.", code="selection.checker_name"
    )
