"""Whether the rules leave any batch at all, before anybody is ranked in public: which limits clash, and what helps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from quittance.selection.checkers import checker_for
from quittance.selection.conflicts import Conflicts
from quittance.selection.limits import Limit, Seats, seats_of
from quittance.selection.order import Ranking
from quittance.selection.walk import Checker, Refusal, ask
from quittance.selection.what_if import with_limits


@dataclass(frozen=True, slots=True)
class Remedy:
    """The nearest value of one limit of the conflict that, alone, leaves a batch; None if no value of it alone does."""

    limit: Limit
    value: int | None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What stands against a batch of `size`: too few ranked people, or limits that cannot hold together."""

    status: Literal["feasible", "infeasible", "too_few_ranked"]
    size: int
    ranked: int
    conflict: tuple[Limit, ...] = ()
    remedies: tuple[Remedy, ...] = ()


def diagnose(ranking: Ranking, size: int | None = None, checker: Checker | None = None) -> Diagnosis:
    """Whether a legal batch of `size` (that of the rules if None) exists; if not, why, and which limit would help.

    Raises `CheckerError` when a checker does not know.
    """
    size = ranking.rules.size if size is None else size
    ranked = len(ranking)
    if ranked < size:
        return Diagnosis("too_few_ranked", size, ranked)
    seats = seats_of(ranking, size)
    checker = checker or checker_for(seats)
    nobody = [0] * len(seats.signatures)
    answer = ask(checker, seats, nobody, None)
    if not isinstance(answer, Refusal):
        return Diagnosis("feasible", size, ranked)
    conflict = Conflicts(seats, checker).of(nobody, None, answer.certificate)
    remedies = tuple(Remedy(limit, _enough(seats, limit, checker)) for limit in conflict)
    return Diagnosis("infeasible", size, ranked, conflict, remedies)


def _enough(seats: Seats, limit: Limit, checker: Checker) -> int | None:
    """The value nearest to the limit's own that leaves a batch; wider values leave it too, so halving finds it."""
    steps = limit.value if limit.bound == "min" else seats.size - limit.value
    sign = -1 if limit.bound == "min" else 1

    def leaves_a_batch(by: int) -> bool:
        wider = with_limits(seats, {(limit.quota, limit.class_, limit.bound): limit.value + sign * by})
        return not isinstance(ask(checker, wider, [0] * len(seats.signatures), None), Refusal)

    if not leaves_a_batch(steps):
        return None
    too_few, enough = 0, steps
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        if leaves_a_batch(middle):
            enough = middle
        else:
            too_few = middle
    return limit.value + sign * enough
