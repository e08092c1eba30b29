"""Exposure: by how many points one side has given more than it got, what lead it can bear, what a stop would mean.

A point is what the ratio table says a person of a *verified* class counts; who is not verified counts nothing until
both sides or the neutral attest to it. What is claimed is counted beside it, never instead of it. People released
outside the ratio enter nothing, and whoever dropped out was not given. All arithmetic is in integers and fractions.

With T points to be given by each side, G given so far, c the cost of giving a point and v the value of getting one,
rho = (v - c) / c, and s what a side loses by stopping, in points: a side goes on if and only if what it has left to
give is at most (1 + rho) times what it has left to receive, plus s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from quittance.errors import Problem, UnreadableError

VERIFIED, CLAIMED = "verified", "claimed"
"""The two readings of what was given; a third kind is `told_by(party)`: both sides as one party tells it."""

Sides = tuple[str, str]
"""Who gives first in every pair of figures, and who second."""


def told_by(party: str) -> str:
    """The reading that takes one party's word for what both sides gave."""
    return f"by:{party}"


@dataclass(frozen=True, slots=True)
class Reciprocity:
    """How many points a person of each class counts, and the lead above which a pause is advised (None: never)."""

    ratio: Mapping[str, int]
    max_lead: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """So many people of one class that one side gave on a day: verified, claimed by the giver, told by each party.

    Counts are what was added that day and below zero where a figure was taken back. `entries` are ids of what says so.
    """

    day: date
    side: str
    class_: str | None
    verified: int = 0
    claimed: int = 0
    told: Mapping[str, int] = field(default_factory=dict)
    entries: tuple[str, ...] = ()
    outside_ratio: bool = False

    def count(self, reading: str) -> int:
        """How many people, in one reading; what a party says nothing of is nothing said."""
        if reading == VERIFIED:
            return self.verified
        return self.claimed if reading == CLAIMED else self.told.get(reading.removeprefix("by:"), 0)


@dataclass(frozen=True, slots=True)
class Standing:
    """The points that both sides have given by the end of a day."""

    day: date
    first: int
    second: int

    @property
    def lead(self) -> int:
        """What the first side is ahead by; below zero the second is."""
        return self.first - self.second


@dataclass(frozen=True, slots=True)
class Advice:
    """Advice to the side that is ahead to pause: its lead is above the agreed largest one. Nothing stops by itself."""

    leader: str
    lead: int
    max_lead: int


@dataclass(frozen=True, slots=True)
class Stop:
    """What happens if one side stops now and everything ends there; figures in points.

    It keeps from giving `saves` and never gets `forgoes`; the other side has given `unreturned` more than it got. Its
    gain is `saves - (1 + rho) * forgoes`, so that it goes on if it would lose at least that much by stopping.
    """

    side: str
    saves: int
    forgoes: int
    unreturned: int
    gain: Fraction
    stake: Fraction

    @property
    def pays(self) -> bool:
        """Whether stopping is worth more to this side than what it loses by it."""
        return self.gain > self.stake


def reciprocity_of(mapping: Mapping[str, object]) -> Reciprocity:
    """The settings under `selection.reciprocity`: `{ratio: {class: points}, max_lead: points}`.

    Raises `UnreadableError` (`selection.reciprocity`) with a row for each thing that is wrong.
    """
    problems = [f"`{key}` is no key here" for key in mapping if key not in ("ratio", "max_lead")]
    ratio, max_lead = mapping.get("ratio"), mapping.get("max_lead")
    if not isinstance(ratio, Mapping) or not ratio:
        problems.append("`ratio` is a table of classes and the points of one person of each")
        ratio = {}
    problems += [f"`ratio.{name}` is 0 or a whole number of points" for name, n in ratio.items() if not _is_count(n)]
    if max_lead is not None and not _is_count(max_lead):
        problems.append("`max_lead` is 0 or a whole number of points")
    if problems:
        code = "selection.reciprocity"
        rows = tuple(Problem(code, text) for text in problems)
        raise UnreadableError(
            "The reciprocity of the selection cannot be read. Write it as {ratio: {fighter: 1, servicemember: 5}, "
            "max_lead: 100}.",
            code=code,
            problems=rows,
        )
    assert max_lead is None or isinstance(max_lead, int)
    return Reciprocity(dict(ratio), max_lead)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


# --- what was given --------------------------------------------------------------------------------------------------


def counted(given: Iterable[Given], reciprocity: Reciprocity) -> tuple[Given, ...]:
    """What enters exposure: people of a class that the ratio table names, none released outside the ratio."""
    return tuple(one for one in given if not one.outside_ratio and one.class_ in reciprocity.ratio)


def points(given: Given, reciprocity: Reciprocity, reading: str) -> int:
    """What one row of `counted` brings in a reading."""
    return reciprocity.ratio[given.class_ or ""] * given.count(reading)


def standings(
    given: Iterable[Given], sides: Sides, reciprocity: Reciprocity, reading: str = VERIFIED
) -> tuple[Standing, ...]:
    """The points of both sides on every day on which somebody was given, in any reading, so that readings compare."""
    rows = sorted(counted(given, reciprocity), key=lambda one: one.day)
    sums = dict.fromkeys(sides, 0)
    found: dict[date, Standing] = {}
    for one in rows:
        sums[one.side] += points(one, reciprocity, reading)
        found[one.day] = Standing(one.day, sums[sides[0]], sums[sides[1]])
    return tuple(found.values())


def advice(standing: Standing, sides: Sides, max_lead: int | None) -> Advice | None:
    """Advice to pause, if somebody's lead is above the largest one agreed."""
    if max_lead is None or abs(standing.lead) <= max_lead:
        return None
    return Advice(sides[0] if standing.lead > 0 else sides[1], abs(standing.lead), max_lead)


# --- what may follow -------------------------------------------------------------------------------------------------


def gain_by_stopping(left_to_give: int, left_to_receive: int, rho: Fraction = Fraction(0)) -> Fraction:
    """What a side would gain by stopping now, in points, before what it loses by it."""
    return left_to_give - (1 + rho) * left_to_receive


def goes_on(left_to_give: int, left_to_receive: int, stake: Fraction | int = 0, rho: Fraction = Fraction(0)) -> bool:
    """Whether a side has no reason to stop: the condition at the head of this module."""
    return gain_by_stopping(left_to_give, left_to_receive, rho) <= stake


def permitted_lead(
    left_of_leader: int, stake: Fraction | int, rho: Fraction = Fraction(0), more_to_give: int = 0
) -> Fraction:
    """The lead at which the side behind still goes on: rho times what the leader has left to give, plus the stake.

    `stake` is what the side behind loses by stopping; `more_to_give` is the leader's whole total less the other's,
    0 where totals match.
    """
    return rho * left_of_leader + stake + more_to_give


def if_stops(
    side: str,
    totals: tuple[int, int],
    given: tuple[int, int],
    stake: Fraction | int = 0,
    rho: Fraction = Fraction(0),
) -> Stop:
    """What a stop by `side` now would mean; `totals` and `given` are points, its own first and the other's second."""
    saves, forgoes = (max(0, whole - done) for whole, done in zip(totals, given, strict=True))
    return Stop(
        side=side,
        saves=saves,
        forgoes=forgoes,
        unreturned=max(0, given[1] - given[0]),
        gain=gain_by_stopping(saves, forgoes, rho),
        stake=Fraction(stake),
    )
