"""Axes: a few round ticks for counts, with zero; a few days for time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta


def count_ticks(highest: int, most: int = 5) -> list[int]:
    """Three to six round counts from zero, evenly spaced, the last one at or above `highest`.

    >>> count_ticks(1500)
    [0, 500, 1000, 1500]
    >>> count_ticks(1)
    [0, 1, 2]
    """
    highest = max(highest, 2)
    step, scale = 1, 1
    while True:
        for factor in (1, 2, 5):
            step = factor * scale
            if -(-highest // step) <= most:
                return [step * index for index in range(-(-highest // step) + 1)]
        scale *= 10


def day_ticks(first: date, last: date, most: int = 6) -> list[date]:
    """At most `most` days between `first` and `last`: firsts of months where these are enough, else evenly spaced.

    >>> [str(day) for day in day_ticks(date(2020, 2, 29), date(2020, 5, 5))]
    ['2020-03-01', '2020-04-01', '2020-05-01']
    """
    start, end = _month(first) + (first.day > 1), _month(last)
    if end - start >= 2:
        return [date(month // 12, month % 12 + 1, 1) for month in range(start, end + 1, -(-(end - start + 1) // most))]
    span = (last - first).days
    step = max(1, -(-span // (most - 1)))
    return [first + timedelta(days) for days in range(0, span + 1, step)]


def _month(day: date) -> int:
    """Months since the beginning of the calendar."""
    return day.year * 12 + day.month - 1


def scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    """The straight map that takes `low` to `start` and `high` to `end`; everything to `start` where `low` is `high`."""
    ratio = (end - start) / (high - low) if high > low else 0.0
    return lambda value: start + (value - low) * ratio
