"""Demands that cannot be met together, found as cycles of positive weight among difference constraints.

Each commitment has two unknown days: S, its start, and C, its completion. Every demand has the form `y >= x + days`; a
cycle whose days add up to more than nothing would need some day to come after itself, and its demands are the clash.
Agreed deadlines are left out unless asked for, since they can be moved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

from quittance.agreement.calendar import Clockwork
from quittance.agreement.expressions import TimeExpression
from quittance.agreement.model import Agreement, Amount, Commitment, Condition
from quittance.dates import DateError, Moment

if TYPE_CHECKING:
    from quittance.agreement.rings import Edge

MAX_CLASHES = 20
MAX_SEARCHES = 300


@dataclass(frozen=True, slots=True)
class Clause:
    """One demand: the commitment it is about, its content in words, and who holds it."""

    commitment: str
    text: str
    held_by: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The clause as printed."""
        return {"commitment": self.commitment, "text": self.text, "held_by": list(self.held_by)}


@dataclass(frozen=True, slots=True)
class Clash:
    """A smallest set of demands that cannot be met together, and the days by which they miss one another."""

    days_short: int
    clauses: tuple[Clause, ...]

    def as_json(self) -> dict[str, Any]:
        """The clash as printed."""
        return {"days_short": self.days_short, "clauses": [clause.as_json() for clause in self.clauses]}


class Point(NamedTuple):
    """S or C of a commitment; the origin, day 0 of the calendar, has neither."""

    commitment: str
    end: str


ORIGIN = Point("", "")


@dataclass(frozen=True, slots=True)
class Constraint:
    """`later` is at least `days` after `earlier`; no clause where it holds by itself, as C >= S does."""

    earlier: Point
    later: Point
    days: int
    clause: Clause | None = None


@dataclass(frozen=True, slots=True)
class Demands:
    """What constraints are made from: the open commitments, on whose word each stands, and which conditions are met."""

    agreement: Agreement
    clockwork: Clockwork
    nodes: Mapping[str, Commitment]
    holders: Mapping[str, tuple[str, ...]]
    meets: Callable[[Condition], bool]


def find_clashes(demands: Demands, edges: Iterable[Edge], *, with_deadlines: bool) -> tuple[tuple[Clash, ...], bool]:
    """Every smallest set of demands that cannot be met together, the worst first; and whether there may be more.

    From each set found, one demand after the other is left out and the rest is searched again. At most 20 are returned.
    """
    everything = [*_own_order(demands), *(one for edge in edges for one in _of_edge(demands, edge)), *_paces(demands)]
    if with_deadlines:
        everything += [*_begins(demands), *_deadlines(demands)]
    found: dict[frozenset[Constraint], Clash] = {}
    left_out: list[frozenset[Constraint]] = [frozenset()]
    tried = set(left_out)
    for searches, missing in enumerate(left_out):
        if searches == MAX_SEARCHES or len(found) > MAX_CLASHES:
            return _worst_first(found.values()), True
        cycle = positive_cycle([one for one in everything if one not in missing])
        stated = [one for one in cycle or () if one.clause is not None]
        if not stated:
            continue
        found.setdefault(frozenset(stated), _clash(cycle or ()))
        for one in stated:
            if (fewer := missing | {one}) not in tried:
                tried.add(fewer)
                left_out.append(fewer)
    return _worst_first(found.values()), False


def _worst_first(clashes: Iterable[Clash]) -> tuple[Clash, ...]:
    ranked = sorted(clashes, key=lambda one: (-one.days_short, [clause.text for clause in one.clauses]))
    return tuple(ranked[:MAX_CLASHES])


def _clash(cycle: Sequence[Constraint]) -> Clash:
    """A cycle read in the direction of waiting, from the demand that takes the most days."""
    longest = max(range(len(cycle)), key=lambda index: (cycle[index].days, -index))
    waiting = [*reversed(cycle[: longest + 1]), *reversed(cycle[longest + 1 :])]
    return Clash(sum(one.days for one in cycle), tuple(one.clause for one in waiting if one.clause is not None))


def positive_cycle(constraints: Sequence[Constraint]) -> list[Constraint] | None:
    """A cycle of constraints that no days can satisfy, in the order of time; None when all can be met.

    Bellman-Ford: every point starts at day 0 and is moved to the earliest day that its constraints allow.
    """
    earliest: dict[Point, int] = {}
    because: dict[Point, Constraint] = {}
    while True:
        moved = False
        for one in constraints:
            if (day := earliest.get(one.earlier, 0) + one.days) > earliest.get(one.later, 0):
                earliest[one.later] = day
                because[one.later] = one
                moved = True
        if not moved:
            return None
        if cycle := _cycle_in(because):
            return cycle


def _cycle_in(because: Mapping[Point, Constraint]) -> list[Constraint] | None:
    """A cycle among the constraints that last moved each point; only a cycle of positive weight can close itself."""
    done: set[Point] = set()
    for start in because:
        trail: dict[Point, int] = {}
        point = start
        while point in because and point not in done:
            if point in trail:
                points = list(trail)[trail[point] :]
                return [because[one] for one in reversed(points)]
            trail[point] = len(trail)
            point = because[point].earlier
        done.update(trail)
    return None


def _start(name: str) -> Point:
    return Point(name, "S")


def _completion(name: str) -> Point:
    return Point(name, "C")


def _own_order(demands: Demands) -> Iterator[Constraint]:
    for name in demands.nodes:
        yield Constraint(_start(name), _completion(name), 0)


def _of_edge(demands: Demands, edge: Edge) -> Iterator[Constraint]:
    """A condition or a part-whole edge as a constraint: what is waited for comes no later than what waits."""
    waiting, awaited = edge.waiting, edge.awaited
    how_much = _how_much(demands.nodes[awaited])
    if edge.kind == "counts_toward":
        clause = Clause(awaited, _plan_text(demands, waiting, awaited), edge.held_by)
        yield Constraint(_completion(awaited), _completion(waiting), 0, clause)
        return
    if edge.kind == "complete":
        point, text = _completion(awaited), f"{waiting} only after {awaited} is complete{how_much}"
    elif edge.kind == "started":
        point, text = _start(awaited), f"{waiting} only after {awaited} has started"
    else:
        total, wanted = total_of(demands.nodes[awaited].amount), edge.at_least or 0
        point = _completion(awaited) if total is not None and wanted >= total else _start(awaited)
        text = f"{waiting} only after {wanted:,} of {awaited}{how_much}"
    yield Constraint(point, _start(waiting), 0, Clause(waiting, text, edge.held_by))


def _plan_text(demands: Demands, larger: str, part: str) -> str:
    whole = total_of(demands.nodes[larger].amount)
    paper = demands.nodes[part].of
    siblings = [one for one in demands.agreement.commitments if one.counts_toward == larger and one.of == paper]
    sizes = [total_of(one.amount) for one in siblings]
    text = f"{part}{_how_much(demands.nodes[part])} is part of {larger}, which is not complete before it"
    if whole is None or len(sizes) < 2 or None in sizes:
        return text
    return f"{text}: {whole:,} {'=' if sum(filter(None, sizes)) == whole else 'out of'} " + " + ".join(
        f"{size:,}" for size in sizes
    )


def _paces(demands: Demands) -> Iterator[Constraint]:
    """The pace of a unilateral instrument is its author's plan: completion comes when the last period ends or later."""
    for name, commitment in demands.nodes.items():
        pace, total = commitment.when.pace, total_of(commitment.amount)
        paper = demands.agreement.instruments[commitment.of]
        if pace is None or not total or paper.kind != "unilateral" or not demands.holders[name]:
            continue
        periods = ceil(total / pace.count)
        days = periods * pace.every.count - 1
        text = (
            f"{name}: {pace.count:,} every {pace.every} from {pace.from_}; "
            f"{total:,} take {periods} period{'s' if periods != 1 else ''}, the last ends {days} days on"
        )
        for point, shift in _anchors(demands, pace.from_, commitment, latest=False):
            yield Constraint(point, _completion(name), shift + days, Clause(name, text, demands.holders[name]))


def _begins(demands: Demands) -> Iterator[Constraint]:
    for name, commitment in demands.nodes.items():
        begin = demands.agreement.instruments[commitment.of].begin
        if begin is None or not demands.holders[name]:
            continue
        day = demands.clockwork.local_day(begin)
        text = f"{name} not before {commitment.of} begins on {day}"
        yield Constraint(ORIGIN, _start(name), _day_number(demands, day), Clause(name, text, demands.holders[name]))


def _deadlines(demands: Demands) -> Iterator[Constraint]:
    """The day on which the whole is due, unless it waits for a condition, is only a goal, or can never be overdue."""
    for name, commitment in demands.nodes.items():
        amount, when = commitment.amount, commitment.when
        waits = any(one.clock == "toll" and not demands.meets(one) for one in commitment.requires)
        ceiling = amount is not None and amount.reading == "ceiling"
        if commitment.mode != "achieve" or waits or ceiling or not demands.holders[name]:
            continue
        due = [(when.by, 0)] if when.by is not None else []
        due += [(when.schedule[-1].at, 0)] if when.schedule else []
        if when.pace is not None and (total := total_of(amount)):
            due.append((when.pace.from_, ceil(total / when.pace.count) * when.pace.every.count - 1))
        for expression, more in due:
            for point, shift in _anchors(demands, expression, commitment, latest=True):
                last = f"{expression}{f' + {more} days' if more else ''}"
                if point == ORIGIN:
                    last = date.fromordinal(_zero(demands) + shift + more).isoformat()
                clause = Clause(name, f"{name}{_how_much(commitment)} is due by {last}", demands.holders[name])
                yield Constraint(_completion(name), point, -(shift + more), clause)


def _anchors(
    demands: Demands, expression: TimeExpression, commitment: Commitment, *, latest: bool
) -> Iterator[tuple[Point, int]]:
    """The point that a time is counted from and the days added to it, or nothing where that cannot be known.

    Months and hours after an unknown day are taken at their longest for a deadline and at their shortest otherwise, so
    that no clash is reported that a calendar could resolve.
    """
    if expression.commitment in demands.nodes:
        assert expression.commitment is not None
        point = _start(expression.commitment) if expression.base == "started" else _completion(expression.commitment)
        days = {"days": 1.0, "months": 31.0 if latest else 28.0, "hours": 1 / 24}
        shift = sum(part.count * days[part.unit] for part in expression.plus)
        yield point, ceil(shift) if latest else int(shift)
    elif (moment := fixed(expression, commitment, demands.agreement, demands.clockwork)) is not None:
        yield ORIGIN, _day_number(demands, moment)


def _zero(demands: Demands) -> int:
    return demands.clockwork.local_day(demands.agreement.calendar.start).toordinal()


def _day_number(demands: Demands, moment: Moment) -> int:
    return demands.clockwork.local_day(moment).toordinal() - _zero(demands)


def fixed(
    expression: TimeExpression, of: Commitment | None, agreement: Agreement, clockwork: Clockwork
) -> Moment | None:
    """The moment of a time expression that waits for nothing; None for one that does, or that has no date."""
    moment: Moment | None = None
    if expression.base == "moment":
        moment = expression.moment
    elif expression.base == "start":
        moment = agreement.calendar.start
    elif expression.base == "day":
        moment = clockwork.day_number(expression.day or 0)
    elif expression.base == "in_force" and of is not None:
        moment = agreement.instruments[of.of].begin
    try:
        for duration in expression.plus if moment is not None else ():
            assert moment is not None
            moment = clockwork.add(moment, duration)
    except DateError:
        return None
    return moment


def total_of(amount: Amount | None) -> int | None:
    """How much an amount is in all where the text alone says so, else None."""
    if amount is None:
        return None
    if amount.level_at_most is not None and amount.from_level is not None:
        return amount.from_level - amount.level_at_most
    return next((n for n in (amount.exactly, amount.at_least, amount.up_to) if n is not None), None)


def _how_much(commitment: Commitment) -> str:
    total = total_of(commitment.amount)
    return "" if total is None or commitment.amount is None else f" ({total:,} {commitment.amount.unit})"
