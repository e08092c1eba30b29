"""Every `when` as one curve: steps of (last good tick, cumulative amount), and where tolling moves them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from quittance.agreement.steps import TRUE, Steps

ALWAYS = -(2**62)
NEVER = 2**62
ALL = 2**62
"""The amount of a step at which everything is due, however much that is then."""


@dataclass(frozen=True, slots=True)
class Step:
    """`amount` in all is due by the end of `tick`; the step is on the curve from `since` on."""

    tick: int
    amount: int
    since: int = ALWAYS


class Course:
    """Steps in order of time, those of one tick merged to the largest, without those that ask for no more than before.

    `laid` is the tick from which every time that the text states is known; until then there is no last step.
    """

    def __init__(self, steps: Iterable[Step], laid: int = ALWAYS) -> None:
        self.laid = laid
        merged: dict[int, Step] = {}
        for step in sorted(steps, key=lambda one: (one.tick, one.since)):
            before = merged.get(step.tick)
            if before is None:
                merged[step.tick] = step
            elif step.amount > before.amount:
                merged[step.tick] = Step(step.tick, step.amount, before.since)
        self.steps: list[Step] = []
        most = -1
        for step in merged.values():
            if step.amount > most:
                self.steps.append(step)
                most = step.amount
        self.ticks = [step.tick for step in self.steps]
        self.amounts = [step.amount for step in self.steps]

    def last(self, tick: int) -> int:
        """The place of the last step that is on the curve by a tick, while there is one to speak of; else -1."""
        if tick < self.laid:
            return -1
        place = len(self.steps) - 1
        while place >= 0 and self.steps[place].since > tick:
            place -= 1
        return place


class Curve:
    """A course in one world, asked by day.

    `opens` says when every tolling condition holds: a step moves to the first tick on which it does, if not its own.
    `low` and `total` are the amounts performed and owed over time, against which steps are missed or met; a total that
    `grows` with another's performance is known only in the end, while its steps are due as they come.
    """

    def __init__(
        self,
        course: Course,
        opens: Steps[bool],
        low: Steps[int],
        total: Steps[int | None],
        day_end: Callable[[int], int],
        *,
        grows: bool = False,
    ) -> None:
        self.course = course
        self.opens = opens
        self.low = low
        self.total = total
        self.grows = grows
        self._missed = [0]
        self.moved: list[int | None] = list(course.ticks)
        if opens is TRUE:
            self._fallen, amounts = course.ticks, course.amounts
        else:
            self._close(day_end)
            fallen: dict[int, int] = {}
            for tick, amount in zip(self.moved, course.amounts, strict=True):
                if tick is not None:
                    fallen[tick] = amount if tick not in fallen else max(fallen[tick], amount)
            self._fallen, amounts = list(fallen), list(fallen.values())
        # A total that never changes caps the amounts once, where the last of them is above it.
        self._cap_moves = bool(total.ticks)
        if not self._cap_moves and amounts and self._capped(amounts[-1], 0) != amounts[-1]:
            amounts = [self._capped(amount, 0) for amount in amounts]
        self._required = amounts

    def _close(self, day_end: Callable[[int], int]) -> None:
        """Move steps that fall while the way is closed to the end of the day of its opening; None: it never opens."""
        closed_at = None if self.opens.before else ALWAYS
        for tick, is_open in [*self.opens, (NEVER, True)]:
            if is_open and closed_at is not None:
                first, last = bisect_left(self.course.ticks, closed_at), bisect_left(self.course.ticks, tick)
                self.moved[first:last] = [day_end(tick) if tick != NEVER else None] * (last - first)
                closed_at = None
            elif not is_open and closed_at is None:
                closed_at = tick

    def _capped(self, amount: int, tick: int) -> int:
        """An amount due, never more than is owed; of an unknown total nothing is due yet, unless it grows by itself."""
        total = self.total.at(tick)
        if total is None:
            return amount if self.grows and amount != ALL else 0
        return min(amount, total)

    def required(self, tick: int) -> int:
        """The largest amount whose last good tick is before this one."""
        count = bisect_left(self._fallen, tick)
        if not count:
            return 0
        amount = self._required[count - 1]
        return self._capped(amount, tick) if self._cap_moves else amount

    def missed(self, tick: int) -> int:
        """How many steps before this tick were not reached by their last good tick."""
        count = bisect_left(self._fallen, tick)
        missed, low = self._missed, self.low
        for due, amount in zip(
            self._fallen[len(missed) - 1 : count], self._required[len(missed) - 1 : count], strict=True
        ):
            missed.append(missed[-1] + (low.at(due) < (self._capped(amount, due) if self._cap_moves else amount)))
        return missed[count]

    def nominal(self, tick: int) -> int | None:
        """The last step's tick without tolling, of the steps on the curve by now."""
        place = self.course.last(tick)
        return self.course.ticks[place] if place >= 0 else None

    def deadline(self, tick: int) -> int | None:
        """The last step's tick as things stand; None where it is unknown or has left the curve."""
        place = self.course.last(tick)
        return self._stands_at(place, tick) if place >= 0 else None

    def _stands_at(self, index: int, tick: int) -> int | None:
        moved, own = self.moved[index], self.course.ticks[index]
        if moved is not None and moved <= tick:
            return moved
        # Within the day on which the way opened, the step is good until that day's end.
        return (own if own > tick else moved) if self.opens.at(tick) else None

    def rows(self, tick: int) -> list[tuple[int, int | None, int]]:
        """(own tick, tick as moved by now or None, amount) of every step on the curve by now."""
        return [
            (step.tick, self._stands_at(place, tick), self._capped(step.amount, tick))
            for place, step in enumerate(self.course.steps)
            if step.since <= tick
        ]
