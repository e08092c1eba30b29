"""The form of an explanation: what is said of one person and one batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from quittance.selection.limits import Limit
from quittance.selection.what_if import Reason


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """What the whole walk gives with one limit at `value`: whether the person enters, and who leaves then."""

    limit: Limit
    value: int
    enters: bool
    leaves: tuple[str, ...]
    others: int = 0
    """How many more leave whom the reader may not be told of."""

    def as_json(self) -> dict[str, object]:
        """The counterfactual as section 14 has it, with the count of others where there are any."""
        others = {"others": self.others} if self.others else {}
        limit = self.limit.as_json()
        return {"limit": limit, "value": self.value, "enters": self.enters, "leaves": list(self.leaves), **others}


@dataclass(frozen=True, slots=True)
class Closest:
    """The upper limit with the fewest seats left after the person had taken one, and how many."""

    limit: Limit
    room: int


@dataclass(frozen=True, slots=True)
class Needed:
    """With what a person not taken would have been: before whom he must stand, and what brings him there.

    `points` are the least that do, in his tier; None where only the tier would, or where points do not order.
    """

    before_rank: int
    tier: int
    points: int | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one person is in a batch, or the one reason why not.

    `limits` are those of the reason. `also` are the limits that would still have left no room at his turn with `limits`
    gone; without all of them he would have been taken then. `needed` is None where no place in the order would do.
    """

    pid: str
    in_batch: bool
    reason: Reason | None
    rank: int | None = None
    tier: int | None = None
    points: int | None = None
    lines: Mapping[str, int] = field(default_factory=dict)
    tie_key: str | None = None
    gates_missing: tuple[str, ...] = ()
    outside: str | None = None
    """The rule outside the ratio that holds for the person, whether or not he is released by it yet."""
    limits: tuple[Limit, ...] = ()
    also: tuple[Limit, ...] = ()
    counterfactuals: tuple[Counterfactual, ...] = ()
    closest: Closest | None = None
    needed: Needed | None = None

    def as_json(self) -> dict[str, object]:
        """The explanation in the form of section 14."""
        return {
            "pid": self.pid,
            "in_batch": self.in_batch,
            "reason": self.reason,
            "rank": self.rank,
            "gates_missing": list(self.gates_missing),
            "limits": [limit.as_json() for limit in self.limits],
            "counterfactuals": [one.as_json() for one in self.counterfactuals],
        }

    def details(self) -> dict[str, object]:
        """The form of section 14 and everything else that is known: the place in the order and what would change it."""
        return {
            **self.as_json(),
            "tier": self.tier,
            "points": self.points,
            "lines": dict(self.lines),
            "tie_key": self.tie_key,
            "outside": self.outside,
            "also": [limit.as_json() for limit in self.also],
            "closest": None if self.closest is None else {**self.closest.limit.as_json(), "room": self.closest.room},
            "needed": None
            if self.needed is None
            else {"before_rank": self.needed.before_rank, "tier": self.needed.tier, "points": self.needed.points},
        }
