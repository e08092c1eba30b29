"""What would be otherwise: a full walk again with the same seed and one thing changed, and who comes in and goes out.

A larger batch need not hold the smaller one: limits grow in steps, so that somebody may lose a seat. The answer says
so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from quittance.errors import UsageError
from quittance.selection.checkers import checker_for
from quittance.selection.conflicts import Conflicts
from quittance.selection.limits import Bound, Limit, Seats, seats_of
from quittance.selection.order import Ranking, rank
from quittance.selection.points_first import points_first
from quittance.selection.register import Register
from quittance.selection.result import Selection
from quittance.selection.rules import MAX_SIZE, Rules
from quittance.selection.walk import Checker, Walked, walk

NOT_MONOTONE = "not_monotone"
"""The batch grew and somebody lost a seat, or it shrank and somebody gained one. Never publish a longer draft."""

LimitName: TypeAlias = tuple[str, str, Bound]
Reason: TypeAlias = Literal["gate", "order", "cap", "owed", "jointly"]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Who is in and who is out under the change, in order of rank; `conflict` is None where there is a batch."""

    size: int
    people: tuple[str, ...]
    entering: tuple[str, ...]
    leaving: tuple[str, ...]
    reasons: Mapping[str, Reason]
    """Why each of those leaving is not taken under the change."""
    points_total: int
    conflict: tuple[Limit, ...] | None
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """The answer as it is printed."""
        return {
            "size": self.size,
            "status": "proposed" if self.conflict is None else "infeasible",
            "entering": list(self.entering),
            "leaving": [{"pid": pid, "reason": self.reasons[pid]} for pid in self.leaving],
            "points_total": self.points_total,
            "conflict": None if self.conflict is None else [limit.as_json() for limit in self.conflict],
            "warnings": list(self.warnings),
        }


def what_if(
    before: Selection,
    *,
    size: int | None = None,
    limits: Mapping[LimitName, int] | None = None,
    rules: Rules | None = None,
    register: Register | None = None,
    without: Collection[str] = (),
    checker: Checker | None = None,
) -> WhatIf:
    """The batch with another size, other values of limits, other rules, another register, or without some people.

    Nothing is kept, and the seed stays. Raises `UsageError` (`selection.size`, `selection.no_limit`), `CheckerError`.
    """
    rules = before.rules if rules is None else rules
    register = before.register if register is None else register
    size = before.size if size is None else size
    if not 1 <= size <= MAX_SIZE:
        raise UsageError(f"A batch has between 1 and {MAX_SIZE:,} seats, not {size}.", code="selection.size")
    ranking = before.ranking
    if rules is not before.rules or register is not before.register or without:
        ranking = rank(_without(register, without), rules, before.seed)
    seats = with_limits(seats_of(ranking, size), limits or {})
    checker = checker or checker_for(seats)
    walked = chosen(ranking, seats, checker) if len(ranking) >= size else None
    people = () if walked is None else tuple(ranking.pid(one) for one in walked.taken)
    was, now = set(before.people), set(people)
    entering = tuple(pid for pid in people if pid not in was)
    leaving = tuple(pid for pid in before.people if pid not in now)
    conflict: tuple[Limit, ...] | None = None
    if walked is None:
        nobody = [0] * len(seats.signatures)
        conflict = () if len(ranking) < size else Conflicts(seats, checker).of(nobody, None)
    against_size = (size > before.size and leaving) or (size < before.size and entering)
    return WhatIf(
        size,
        people,
        entering,
        leaving,
        _reasons(ranking, walked, leaving),
        sum(int(ranking.points[one - 1]) for one in walked.taken) if walked is not None else 0,
        conflict,
        (NOT_MONOTONE,) if walked is not None and against_size else (),
    )


def chosen(ranking: Ranking, seats: Seats, checker: Checker) -> Walked | None:
    """The walk over the seats by the method of the rules; None when there is no legal batch."""
    if ranking.rules.method != "points_first":
        return walk(seats, checker)
    refined = points_first(seats, ranking.tiers.tolist(), ranking.points.tolist(), checker)
    return None if refined is None else walk(refined, checker)


def with_limits(seats: Seats, values: Mapping[LimitName, int]) -> Seats:
    """The seats with other values of some limits. Raises `UsageError` (`selection.no_limit`) for one they lack."""
    known = {(row.quota, row.class_) for row in seats.rows}
    for quota, class_, bound in values:
        if (quota, class_) not in known or bound not in ("min", "max"):
            raise UsageError(
                f"There is no limit `{bound}` of class `{class_[:64]}` in a quota `{quota[:64]}`. "
                "Name a limit as the result lists it.",
                code="selection.no_limit",
            )
    rows = tuple(
        replace(
            row,
            lo=max(0, values.get((row.quota, row.class_, "min"), row.lo)),
            hi=max(0, values.get((row.quota, row.class_, "max"), row.hi)),
        )
        for row in seats.rows
    )
    return seats.under(rows)


def loosened(limit: Limit) -> tuple[LimitName, int]:
    """The limit one wider: a minimum one lower, a maximum one higher."""
    value = limit.value - 1 if limit.bound == "min" else limit.value + 1
    return (limit.quota, limit.class_, limit.bound), value


def _without(register: Register, pids: Collection[str]) -> Register:
    gone = set(pids)
    kept = [at for at, pid in enumerate(register.pids) if pid not in gone]
    columns = {name: replace(column, codes=column.codes[kept]) for name, column in register.columns.items()}
    return Register(tuple(register.pids[at] for at in kept), columns)


def _reasons(ranking: Ranking, walked: Walked | None, pids: Collection[str]) -> dict[str, Reason]:
    """Why each of these people is not taken: of those who are no longer in the register or ranked, `gate`."""
    passed = {} if walked is None else {one.rank: one.reason for one in walked.passed_over}
    known = set(ranking.register.pids)
    reasons: dict[str, Reason] = {}
    for pid in pids:
        place = ranking.rank_of(ranking.register.index_of(pid)) if pid in known else None
        if place is None:
            reasons[pid] = "gate"
        elif walked is None:
            reasons[pid] = "jointly"
        else:
            reasons[pid] = passed.get(place, "order")
    return reasons
