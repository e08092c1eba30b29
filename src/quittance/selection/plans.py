"""Plans of steps for an exchange, compared: how far each side is ahead, what stake each needs, what a stop would cost.

Plans are counted in persons and judged in points. The second side keeps pace with the first in proportion to the
totals, rounded up to whole persons. The comparison assumes what `ASSUMPTIONS` lists; it is printed beside every plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import pairwise
from math import lcm
from typing import Literal, TypeAlias

from quittance.errors import UsageError
from quittance.selection.exposure import gain_by_stopping, permitted_lead

Mode: TypeAlias = Literal[
    "all_first", "first_then_step", "first_then_together", "alternate", "half_step_first", "taper", "simultaneous"
]
Assumption: TypeAlias = Literal["totals_match", "verified_in_time", "stop_ends_all", "constant_hazard"]
Caution: TypeAlias = Literal["totals_differ", "above_permitted", "last_step"]

ASSUMPTIONS: tuple[Assumption, ...] = ("totals_match", "verified_in_time", "stop_ends_all", "constant_hazard")

MAX_STEPS = 20_000
NO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Exchange:
    """What is to be exchanged: persons of each side, points of one, what a side loses by stopping, in points.

    `rho` is by how much a point received is worth more than a point given costs: (v - c) / c, the same for both sides.
    """

    persons: tuple[int, int]
    points: tuple[int, int] = (1, 1)
    stakes: tuple[Fraction, Fraction] = (NO, NO)
    rho: Fraction = NO

    def __post_init__(self) -> None:
        if min(self.persons) < 1 or min(self.points) < 1 or min(*self.stakes, self.rho) < 0:
            raise UsageError(
                "A plan needs at least one person and one point on each side, and no stake or rho below zero.",
                code="plan.terms",
            )

    @property
    def totals(self) -> tuple[int, int]:
        """The points that each side gives in all."""
        return (self.persons[0] * self.points[0], self.persons[1] * self.points[1])


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step: the persons that each side gives in it, those given so far, and the lead in points after it.

    `permitted` is the lead at which the other side still goes on: of the first side, and of the second.
    """

    number: int
    gives: tuple[int, int]
    given: tuple[int, int]
    lead: int
    permitted: tuple[Fraction, Fraction]

    @property
    def bearable(self) -> bool:
        """Whether nobody has a reason to stop after this step."""
        return self.lead <= self.permitted[0] and -self.lead <= self.permitted[1]


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan of steps and what follows from it; leads and stakes in points.

    `stakes` are the least that each side must stand to lose by stopping, so that it never has a reason to.
    """

    mode: Mode
    exchange: Exchange
    steps: tuple[PlanStep, ...]
    max_leads: tuple[int, int]
    stakes: tuple[Fraction, Fraction]
    cautions: tuple[Caution, ...]

    def expected_loss(self, hazard: Fraction) -> float:
        """The points that the first side can expect to give for nothing, if each step but the last may be the end."""
        loss, survival, stop = 0.0, 1.0, float(hazard)
        for step in self.steps[:-1]:
            loss += survival * stop * max(step.lead, 0)
            survival *= 1 - stop
        return loss

    def completion(self, hazard: Fraction) -> float:
        """The chance that the plan is carried out to its end."""
        return float((1 - hazard) ** (len(self.steps) - 1))


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes that plans are made of, in persons of the first side.

    `step` in every step; `first` before the other side gives anything, `pace` a day; a taper falls from `largest` to
    `smallest` points, or, where these are left out, by the permitted lead.
    """

    step: int
    first: int = 0
    pace: int = 0
    largest: int | None = None
    smallest: int | None = None

    def __post_init__(self) -> None:
        sizes = [n for n in (self.largest, self.smallest) if n is not None]
        if self.step < 1 or min(self.first, self.pace, *sizes, 0) < 0 or len(sizes) == 1:
            raise UsageError(
                "A step has at least one person, no size is below zero, and a taper has both its largest and its "
                "smallest step or neither.",
                code="plan.terms",
            )


# --- tapering --------------------------------------------------------------------------------------------------------


def taper(total: int, stake: int, rho: Fraction, unit: int) -> tuple[int, ...]:
    """The largest steps, in points, after each of which the other side still goes on: they shrink towards the end.

    q = floor((a * left + b * stake) / (a + b)) for rho = a / b, down to a multiple of `unit`, at least one unit.
    """
    a, b = rho.numerator, rho.denominator
    return _falling(total, unit, lambda left: (a * left + b * stake) // (a + b))


def taper_between(total: int, largest: int, smallest: int, unit: int) -> tuple[int, ...]:
    """Steps in points that fall in proportion to what is left, from `largest` to about `smallest`."""
    return _falling(total, unit, lambda left: (smallest * total + (largest - smallest) * left) // total)


def _falling(total: int, unit: int, size: Callable[[int], int]) -> tuple[int, ...]:
    left, steps = total, list[int]()
    while left > 0:
        steps.append(min(max(size(left) // unit * unit, unit), left))
        left -= steps[-1]
        _require_few(len(steps))
    return tuple(steps)


# --- the plans -------------------------------------------------------------------------------------------------------


def plan_steps(mode: Mode, exchange: Exchange, shape: Shape) -> Plan:
    """The plan of one mode. Raises `UsageError`: `plan.terms`, and `plan.steps` for more than 20,000 of them."""
    moves = MODES[mode](exchange, shape)
    given, steps = (0, 0), list[PlanStep]()
    for gives in (move for move in moves if move != (0, 0)):
        given = (given[0] + gives[0], given[1] + gives[1])
        steps.append(_step(len(steps) + 1, gives, given, exchange))
        _require_few(len(steps))
    leads = [step.lead for step in steps]
    return Plan(
        mode, exchange, tuple(steps), (max(0, *leads), max(0, *(-lead for lead in leads))),
        (_stake(exchange, steps, 0), _stake(exchange, steps, 1)), tuple(_cautions(exchange, steps)),
    )  # fmt: skip


def compare(exchange: Exchange, shape: Shape, modes: Iterable[Mode] | None = None) -> tuple[Plan, ...]:
    """The plans of several modes, by default of all that the sizes allow.

    First parts need `first`; a taper needs its sizes, or a stake that lets its steps be larger than one person.
    """
    left_out: set[Mode] = set() if shape.first else {"first_then_step", "first_then_together"}
    if shape.largest is None and not exchange.stakes[1]:
        left_out.add("taper")
    wanted = [mode for mode in MODES if mode not in left_out] if modes is None else modes
    return tuple(plan_steps(mode, exchange, shape) for mode in wanted)


def _step(number: int, gives: tuple[int, int], given: tuple[int, int], exchange: Exchange) -> PlanStep:
    done = (given[0] * exchange.points[0], given[1] * exchange.points[1])
    more = exchange.totals[0] - exchange.totals[1]
    permitted = (
        permitted_lead(exchange.totals[0] - done[0], exchange.stakes[1], exchange.rho, more),
        permitted_lead(exchange.totals[1] - done[1], exchange.stakes[0], exchange.rho, -more),
    )
    return PlanStep(number, gives, given, done[0] - done[1], permitted)


def _stake(exchange: Exchange, steps: list[PlanStep], side: int) -> Fraction:
    """The least stake at which a side goes on before the first step and after every one."""
    totals, points, other = exchange.totals, exchange.points, 1 - side
    found = NO
    for given in ((0, 0), *(step.given for step in steps)):
        left = [totals[at] - given[at] * points[at] for at in (side, other)]
        found = max(found, gain_by_stopping(left[0], left[1], exchange.rho))
    return found


def _cautions(exchange: Exchange, steps: list[PlanStep]) -> Iterator[Caution]:
    if exchange.totals[0] != exchange.totals[1]:
        yield "totals_differ"
    if not all(step.bearable for step in steps):
        yield "above_permitted"
    last = [gives * points for gives, points in zip(steps[-1].gives, exchange.points, strict=True)]
    # Where one side alone gives last, nothing that it still receives keeps it from stopping before.
    if any(last[side] > exchange.stakes[side] and not last[1 - side] for side in (0, 1)):
        yield "last_step"


def _require_few(count: int) -> None:
    if count > MAX_STEPS:
        raise UsageError(f"The plan has more than {MAX_STEPS:,} steps. Choose larger ones.", code="plan.steps")


Moves: TypeAlias = Iterator[tuple[int, int]]


def _keeping_pace(persons: tuple[int, int], done: int, ahead: int = 0) -> int:
    """How many the second side has given when the first has given `done`: its share, rounded up, and what it is ahead.

    >>> _keeping_pace((3500, 1000), 500)
    143
    """
    return min(persons[1], -(-persons[1] * done // persons[0]) + ahead)


def _chunks(total: int, size: int) -> Iterator[int]:
    """How many are given in all after each step of a size."""
    _require_few(-(-total // size))
    yield from range(size, total, size)
    yield total


def _turns(persons: tuple[int, int], marks: Iterable[int], *, together: bool, ahead: int = 0) -> Moves:
    """The first side goes from mark to mark; the second keeps pace with it in the same step, or in the one after."""
    second = ahead
    for before, mark in pairwise((0, *marks)):
        after = _keeping_pace(persons, mark, ahead)
        if together:
            yield mark - before, after - second
        else:
            yield mark - before, 0
            yield 0, after - second
        second = after


def _all_first(exchange: Exchange, shape: Shape) -> Moves:
    yield exchange.persons[0], 0
    yield 0, exchange.persons[1]


def _first_then(exchange: Exchange, shape: Shape, *, together: bool) -> Moves:
    first = min(shape.first, exchange.persons[0])
    if first:
        yield from ((mark - before, 0) for before, mark in pairwise((0, *_chunks(first, shape.pace or first))))
    rest = (exchange.persons[0] - first, exchange.persons[1])
    if rest[0]:
        yield from _turns(rest, _chunks(rest[0], shape.step), together=together)
    else:
        yield 0, rest[1]


def _steps(exchange: Exchange, shape: Shape, *, together: bool) -> Moves:
    return _turns(exchange.persons, _chunks(exchange.persons[0], shape.step), together=together)


def _half_step_first(exchange: Exchange, shape: Shape) -> Moves:
    half = -(-_keeping_pace(exchange.persons, min(shape.step, exchange.persons[0])) // 2)
    yield 0, half
    yield from _turns(exchange.persons, _chunks(exchange.persons[0], shape.step), together=False, ahead=half)


def _taper(exchange: Exchange, shape: Shape) -> Moves:
    total, unit = exchange.totals[0], lcm(*exchange.points)
    if shape.largest is not None and shape.smallest is not None:
        sizes = taper_between(total, shape.largest, shape.smallest, unit)
    else:
        sizes = taper(total, int(exchange.stakes[1]), exchange.rho, unit)
    marks, done = [], 0
    for size in sizes:
        done += size
        marks.append(-(-done // exchange.points[0]))
    return _turns(exchange.persons, marks, together=False)


MODES: dict[Mode, Callable[[Exchange, Shape], Moves]] = {
    "all_first": _all_first,
    "first_then_step": partial(_first_then, together=False),
    "first_then_together": partial(_first_then, together=True),
    "alternate": partial(_steps, together=False),
    "half_step_first": _half_step_first,
    "taper": _taper,
    "simultaneous": partial(_steps, together=True),
}
"""The modes in the order of the table, and what makes the moves of each: (persons of the first side, of the second)."""
