"""The steps of each `when`, in one world: by, schedule, pace, keeping pace, accrual, and a clock for each person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

from quittance.agreement.checks import MOST_STEPS
from quittance.agreement.deadlines import ALL, ALWAYS, NEVER, Course, Step
from quittance.agreement.powers import Use
from quittance.dates import Duration

if TYPE_CHECKING:
    from quittance.agreement.world import World

FAR = 2**62
FURTHEST = 36_525
"""The most days by which anything is moved at once: a hundred years."""


def totals_at(world: World, name: str, tick: int) -> tuple[int | None, int | None]:
    """What a course is laid out for: the whole as it was at a tick, and that of the other one it keeps pace with."""
    pace = world.commitment(name).when.keeps_pace_with
    return world.owing.whole(name).at(tick), world.owing.total(pace.of).at(tick) if pace is not None else None


def course_of(world: World, name: str, moves: list[Use], tick: int) -> Course:
    """The course of one commitment as things stood at a tick; `moves` are the extensions exercised by then."""
    commitment = world.commitment(name)
    if commitment.for_each is not None:
        steps = list(_person_steps(world, name))
    else:
        known = world.terms.courses.get(name)
        if known is not None and not moves:
            return known
        steps = list(_own_steps(world, name, tick))
    for use in moves:
        last = max((step.tick for step in steps), default=0)
        steps = [
            Step(pushed(world, use, step.tick, last), step.amount, step.since) if step.tick >= use.effective else step
            for step in steps
        ]
    course = Course(steps, _laid(world, name))
    if not moves and name in world.terms.fixed:
        world.terms.courses[name] = course
    return course


def _laid(world: World, name: str) -> int:
    """From when on every time that the text states for a commitment's steps is known."""
    when = world.commitment(name).when
    times = [when.by, *(step.at for step in when.schedule), when.pace.from_ if when.pace is not None else None]
    waiting = [time for time in times if time is not None and time.waits and time.base != "that"]
    found = [world.resolve(time, name) for time in waiting]
    return max((NEVER if one is None else one[1] for one in found), default=ALWAYS)


def pushed(world: World, use: Use, tick: int, last: int) -> int:
    """Where an `extend` moves a last good tick: by its number of days, or as far as moves the last one to its date."""
    moment = world.clockwork.moment_at(tick)
    days = use.entry.n
    if days is None:
        until = use.until
        days = (world.clockwork.local_day(until) - world.clockwork.date_of(last)).days if until is not None else 0
    return world.clockwork.span(moment + timedelta(days=min(max(0, days), FURTHEST))).last


def _person_steps(world: World, name: str) -> Iterator[Step]:
    """One unit for each person at the end of his own time."""
    by = world.commitment(name).when.by
    due = []
    for clock in world.owing.clocks(name) if by is not None else ():
        assert by is not None
        tick = world.last_tick(by, name, clock.started)
        if tick is not None and clock.stands.at(tick):
            due.append((tick, clock.started))
    for number, (tick, started) in enumerate(sorted(due), 1):
        yield Step(tick, number, started)


def _own_steps(world: World, name: str, asked: int) -> Iterator[Step]:
    commitment, clockwork = world.commitment(name), world.clockwork
    when, amount = commitment.when, commitment.amount
    if amount is None or commitment.mode in ("refrain", "maintain"):
        return
    if when.by is not None and (found := world.resolve(when.by, name)) is not None:
        yield Step(clockwork.span(found[0]).last, ALL, found[1])
    final = world.owing.whole(name).at(asked)
    for one in when.schedule:
        if (found := world.resolve(one.at, name)) is not None:
            yield Step(clockwork.span(found[0]).last, one.total, found[1])
    if when.pace is not None and final is not None and (found := world.resolve(when.pace.from_, name)) is not None:
        origin = clockwork.local_day(found[0])
        for number in range(1, min(ceil(final / when.pace.count), MOST_STEPS) + 1):
            day = origin + timedelta(days=number * when.pace.every.count - 1)
            yield Step(clockwork.span(day).last, min(final, number * when.pace.count), found[1])
    if when.keeps_pace_with is not None and final is not None:
        then = after(world, when.keeps_pace_with.within)
        yield from _pace_steps(world, when.keeps_pace_with.of, then, final, asked)
    if amount.accrues is not None and amount.accrues.within is not None:
        then = after(world, amount.accrues.within)
        for tick, number in world.owing.owed(name).total:
            yield Step(then(tick), number, tick)


def after(world: World, duration: Duration) -> Callable[[int], int]:
    """The last good tick some time after a tick: hours from the instant, days and months from its day."""
    exact = duration.unit == "hours"
    return lambda tick: world.clockwork.span(world.clockwork.add(world.moment(tick, exact=exact), duration)).last


def _pace_steps(world: World, other: str, then: Callable[[int], int], total: int, asked: int) -> Iterator[Step]:
    whole = world.owing.total(other).at(asked)
    most = 0
    for tick, value in world.amount(other) if whole else ():
        if value > most:
            most = value
            yield Step(then(tick), ceil(total * min(value, whole or 1) / (whole or 1)), tick)
