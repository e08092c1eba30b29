"""Days, instants and durations, and the one month rule that no library is left to choose.

A *day* is `datetime.date`, an *instant* an aware `datetime.datetime`. Nothing here knows what today is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, TypeAlias

Moment: TypeAlias = date | datetime
"""A day, or an instant with its offset. (`datetime` is a subclass of `date`: ask `is_instant` first.)"""

MonthEnd: TypeAlias = Literal["clamp", "next_day", "error"]
Unit: TypeAlias = Literal["days", "months", "hours"]

YEARS = (1000, 2999)
"""Days are taken from these years."""

LONGEST: dict[Unit, int] = {"days": 99_999, "months": 3_600, "hours": 999_999}
"""No duration is longer, so that no sum leaves the calendar."""

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})", re.ASCII)
_DURATION = re.compile(r"(\d{1,6}) (day|month|hour)s?", re.ASCII)


class DateError(ValueError):
    """Text that is not a day, an instant or a duration, or a month step that the month rule refuses."""


@dataclass(frozen=True, slots=True)
class Duration:
    """`count` days, months or hours; never negative."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        """As written in an agreement: `1 day`, `14 months`."""
        return f"{self.count} {self.unit[:-1] if self.count == 1 else self.unit}"


def is_instant(moment: Moment) -> bool:
    """Whether `moment` is a point in time rather than a day."""
    return isinstance(moment, datetime)


def parse_day(text: str) -> date:
    """The day written as `2020-03-31`. Raises `DateError` for any other form and for days that do not exist."""
    found = _DAY.fullmatch(text)
    if found is None:
        raise DateError(f'"{text[:40]}" is not a date. Write 2020-03-31.')
    try:
        return _within_reach(date(*(int(part) for part in found.groups())))
    except ValueError as error:
        raise error if isinstance(error, DateError) else DateError(f'"{text}" is a date that does not exist.') from None


def parse_instant(text: str) -> datetime:
    """The instant written as RFC 3339 with an offset, `2025-10-10T12:00:00+03:00`. Raises `DateError` otherwise."""
    if _INSTANT.fullmatch(text) is None:
        raise DateError(f'"{text[:40]}" is not an instant. Write 2025-10-10T12:00:00+03:00, with the offset.')
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise DateError(f'"{text}" is an instant that does not exist.') from None
    _within_reach(instant.date())
    return instant


def _within_reach(day: date) -> date:
    """`day`, if it is far enough from both ends of the calendar that every duration can be added to it."""
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise DateError(f"{day} is outside the years {YEARS[0]} to {YEARS[1]}.")
    return day


def parse_moment(text: str) -> Moment:
    """A day or an instant, by the look of the text. Raises `DateError`."""
    return parse_instant(text) if "T" in text else parse_day(text)


def parse_duration(text: str) -> Duration:
    """A duration written as `15 days`, `14 months`, `72 hours`. Raises `DateError` otherwise."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise DateError(f'"{text[:40]}" is not a duration. Write "15 days", "14 months" or "72 hours".')
    unit: Unit = {"day": "days", "month": "months", "hour": "hours"}[found.group(2)]  # type: ignore[assignment]
    count = int(found.group(1))
    if count > LONGEST[unit]:
        raise DateError(f'"{text}" is longer than {LONGEST[unit]:,} {unit}.')
    return Duration(count, unit)


def add_months(day: date, months: int, rule: MonthEnd) -> date:
    """`day` plus `months`, keeping the day number; where the month lacks it the agreement's own rule decides.

    Raises `DateError` under the rule `error`, and past the year 9999.

    >>> add_months(date(2020, 2, 29), 14, "clamp")
    datetime.date(2021, 4, 29)
    >>> add_months(date(2021, 1, 31), 1, "next_day")
    datetime.date(2021, 3, 1)
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if year > 9999:
        raise DateError(f"{day} + {months} months is past the year 9999")
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        if rule == "error":
            raise DateError(f"{day} + {months} months: that month has no day {day.day}") from None
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return first_of_next if rule == "next_day" else first_of_next - timedelta(days=1)
