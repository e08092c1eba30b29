"""Every `when` as one curve: steps of (last good tick, cumulative amount), and where tolling moves them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import accumulate

from quittance.agreement.steps import Steps

ALWAYS = -(2**62)


@dataclass(frozen=True, slots=True)
class Step:
    """`amount` in all is due by the end of `tick`; the step is on the curve from `since` on (None: amount unknown)."""

    tick: int
    amount: int | None
    since: int = ALWAYS


def merged(steps: Iterable[Step]) -> list[Step]:
    """Steps in order of time, those of one tick merged to the largest."""
    found: dict[int, Step] = {}
    for step in sorted(steps, key=lambda one: (one.tick, one.since, one.amount or 0)):
        before = found.get(step.tick)
        since = step.since if before is None else min(step.since, before.since)
        amounts = [one for one in (step.amount, before.amount if before else None) if one is not None]
        found[step.tick] = Step(step.tick, max(amounts, default=None), since)
    return list(found.values())


class Curve:
    """The steps of one commitment in one world, asked by day.

    `opens` says when every tolling condition holds: a step moves to the first tick, not before its own, on which it does.
    `low` and `total` are the amounts performed and owed over time, against which steps are missed or met.
    """

    def __init__(
        self,
        steps: Iterable[Step],
        opens: Steps[bool],
        low: Steps[int],
        total: Steps[int | None],
        day_end: Callable[[int], int],
    ) -> None:
        self.steps = merged(steps)
        self.opens = opens
        self.total = total
        self._sinces = list(accumulate((step.since for step in self.steps), max))
        self._moved = [self._first_open(step.tick, day_end) for step in self.steps]
        fallen: dict[int, int] = {}
        for step, tick in zip(self.steps, self._moved, strict=True):
            if tick is not None:
                fallen[tick] = max(fallen.get(tick, 0), step.amount or 0)
        self._fallen = sorted(fallen)
        self._required = list(accumulate((fallen[tick] for tick in self._fallen), max, initial=0))
        self._missed = list(
            accumulate((int(low.at(tick) < self._capped(fallen[tick], tick)) for tick in self._fallen), initial=0)
        )

    def _first_open(self, tick: int, day_end: Callable[[int], int]) -> int | None:
        moved = self.opens.first(bool, tick)
        # A deadline that is a day stays a day: it moves to the end of the day on which the way opened.
        return day_end(moved) if moved is not None and moved != tick and day_end(tick) == tick else moved

    def _capped(self, amount: int, tick: int) -> int:
        total = self.total.at(tick)
        return amount if total is None else min(amount, total)

    def required(self, tick: int) -> int:
        """The largest amount whose last good tick is before this one."""
        return self._capped(self._required[bisect_left(self._fallen, tick)], tick)

    def missed(self, tick: int) -> int:
        """How many steps before this tick were not reached by their last good tick."""
        return self._missed[bisect_left(self._fallen, tick)]

    def nominal(self, tick: int) -> int | None:
        """The last step's tick without tolling, of the steps on the curve by now."""
        count = bisect_right(self._sinces, tick)
        return self.steps[count - 1].tick if count else None

    def deadline(self, tick: int) -> int | None:
        """The last step's tick as things stand; None where it is unknown or has left the curve."""
        count = bisect_right(self._sinces, tick)
        if not count:
            return None
        moved, own = self._moved[count - 1], self.steps[count - 1].tick
        if moved is not None and moved <= tick:
            return moved
        return own if own > tick and self.opens.at(tick) else None

    def rows(self, tick: int) -> list[tuple[int, int | None, int | None]]:
        """(own tick, tick as moved by now or None, amount) of every step on the curve by now."""
        count = bisect_right(self._sinces, tick)
        shown = []
        for step, moved in zip(self.steps[:count], self._moved[:count], strict=True):
            now = moved if moved is not None and moved <= tick else step.tick if step.tick > tick and self.opens.at(tick) else None
            shown.append((step.tick, now, step.amount))
        return shown
