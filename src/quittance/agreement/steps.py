"""Step functions of time, the one form in which everything about a commitment is held.

A `Steps` has a value before its first tick and a new value from each tick on. Only changes are kept, so a commitment
that is completed once is one tick, however many entries led to it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")


class Steps(Generic[T]):
    """Ticks in rising order, the value from each on, and the value before the first."""

    __slots__ = ("before", "ticks", "values")

    def __init__(self, before: T, ticks: Sequence[int] = (), values: Sequence[T] = ()) -> None:
        self.before = before
        self.ticks = ticks
        self.values = values

    @classmethod
    def of(cls, before: T, ticks: Iterable[int], values: Iterable[T]) -> Steps[T]:
        """A step function from parallel ticks and values, keeping only the ticks where the value changes."""
        kept_ticks: list[int] = []
        kept: list[T] = []
        last = before
        for tick, value in zip(ticks, values, strict=True):
            if value != last:
                kept_ticks.append(tick)
                kept.append(value)
                last = value
        return cls(before, kept_ticks, kept)

    @classmethod
    def from_changes(cls, before: T, changes: Iterable[tuple[int, T]]) -> Steps[T]:
        """A step function from (tick, value) pairs in rising order; of pairs at one tick the last wins."""
        merged: dict[int, T] = dict(changes)
        return cls.of(before, merged.keys(), merged.values())

    def at(self, tick: int) -> T:
        """The value at a tick."""
        if not self.ticks:
            return self.before
        index = bisect_right(self.ticks, tick)
        return self.values[index - 1] if index else self.before

    def __iter__(self) -> Iterator[tuple[int, T]]:
        return iter(zip(self.ticks, self.values, strict=True))

    def map(self, change: Callable[[T], U]) -> Steps[U]:
        """The function with every value changed."""
        return Steps.of(change(self.before), self.ticks, [change(value) for value in self.values])

    def first(self, test: Callable[[T], bool], start: int | None = None) -> int | None:
        """The first tick, not before `start`, at which the value passes a test; None when it never does.

        Without `start`, a value that passes before the first tick has no first tick: the result is then the first
        tick at which it passes again or anew, and callers ask `before` themselves.
        """
        if start is not None:
            if test(self.at(start)):
                return start
            index = bisect_right(self.ticks, start)
        else:
            index = 0
        for position in range(index, len(self.ticks)):
            if test(self.values[position]):
                return self.ticks[position]
        return None

    def since(self, test: Callable[[T], bool], tick: int) -> int | None:
        """The tick since when, without a break up to `tick`, the value has passed a test; None where it does not.

        A value that has passed since before the first tick has no such tick either.
        """
        found = None
        for index in range(bisect_right(self.ticks, tick) - 1, -1, -1):
            if not test(self.values[index]):
                break
            found = self.ticks[index]
        return found


FALSE: Steps[bool] = Steps(False)
TRUE: Steps[bool] = Steps(True)


def since(tick: int | None) -> Steps[bool]:
    """False before a tick and true from it on; always false for None."""
    return FALSE if tick is None else Steps(False, (tick,), (True,))


def negated(steps: Steps[bool]) -> Steps[bool]:
    """True where the other is false."""
    if not steps.ticks:
        return FALSE if steps.before else TRUE
    return Steps(not steps.before, steps.ticks, [not value for value in steps.values])


def combine(parts: Sequence[Steps[T]], join: Callable[[Sequence[T]], U]) -> Steps[U]:
    """The pointwise combination of several step functions."""
    if not parts:
        return Steps(join(()))
    if all(not part.ticks for part in parts):
        return Steps(join([part.before for part in parts]))
    ticks = sorted({tick for part in parts for tick in part.ticks})
    return Steps.of(
        join([part.before for part in parts]), ticks, (join([part.at(tick) for part in parts]) for tick in ticks)
    )


def all_of(parts: Sequence[Steps[bool]]) -> Steps[bool]:
    """True where all are true (everywhere, for none)."""
    parts = [part for part in parts if part is not TRUE]
    return (parts[0] if len(parts) == 1 else combine(parts, all)) if parts else TRUE


def any_of(parts: Sequence[Steps[bool]]) -> Steps[bool]:
    """True where any is true (nowhere, for none)."""
    parts = [part for part in parts if part is not FALSE]
    return (parts[0] if len(parts) == 1 else combine(parts, any)) if parts else FALSE
