"""Ticks: the one number line on which an agreement's days and instants are compared.

With granularity `day` a tick is the ordinal of a local calendar day. With granularity `instant` it is a second since
1970 in UTC, a day is the span of its local hours, and a deadline given as a day is good until its last second.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from quittance.agreement.model import Calendar
from quittance.dates import DateError, Duration, Moment, add_months, is_instant


class Span(NamedTuple):
    """First and last tick of a day; the same tick twice for an instant, and for every day at granularity `day`."""

    first: int
    last: int


class Clockwork:
    """The calendar of one agreement, ready to count with. Raises `DateError` for an unknown timezone."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.instants = calendar.granularity == "instant"
        try:
            self.zone = ZoneInfo(calendar.timezone)
        except (KeyError, ValueError, OSError):
            raise DateError(
                f'"{calendar.timezone[:60]}" is not a timezone. Write one like Asia/Kabul or UTC.'
            ) from None
        self.span = lru_cache(maxsize=200_000)(self._span)
        self.day_of = lru_cache(maxsize=200_000)(self._day_of)

    def local_day(self, moment: Moment) -> date:
        """The local calendar day of a day or an instant."""
        if isinstance(moment, datetime):
            return moment.astimezone(self.zone).date()
        return moment

    def _span(self, moment: Moment) -> Span:
        if not self.instants:
            tick = self.local_day(moment).toordinal()
            return Span(tick, tick)
        if isinstance(moment, datetime):
            tick = int(moment.timestamp())
            return Span(tick, tick)
        return Span(self._midnight(moment), self._midnight(moment + timedelta(days=1)) - 1)

    def _midnight(self, day: date) -> int:
        return int(datetime.combine(day, time.min, self.zone).timestamp())

    def _day_of(self, tick: int) -> int:
        if not self.instants:
            return tick
        return datetime.fromtimestamp(tick, self.zone).date().toordinal()

    def date_of(self, tick: int) -> date:
        """The local calendar day that holds this tick."""
        return date.fromordinal(self.day_of(tick))

    def end_of_day(self, tick: int) -> int:
        """The last tick of the local day that holds this tick."""
        return self.span(self.date_of(tick)).last

    def moment_at(self, tick: int) -> Moment:
        """The day that ends at this tick, else the instant."""
        day = self.date_of(tick)
        if not self.instants or self.span(day).last == tick:
            return day
        return datetime.fromtimestamp(tick, UTC).astimezone(self.zone)

    def text(self, tick: int | None) -> str | None:
        """A tick as printed: `2020-03-10`, or RFC 3339 in local time for an instant that is not a day's end."""
        return None if tick is None else self.moment_at(tick).isoformat()

    def day_text(self, tick: int | None) -> str | None:
        """The local calendar day of a tick, as printed."""
        return None if tick is None else self.date_of(tick).isoformat()

    def day_number(self, number: int) -> Moment:
        """Day N of the agreement: start + N days, or start + N - 1 where the start is day 1."""
        shift = number - 1 if self.calendar.day_count == "start_is_day_1" else number
        return self.local_day(self.calendar.start) + timedelta(days=shift)

    def add(self, moment: Moment, duration: Duration) -> Moment:
        """`moment` plus a duration. An instant keeps its local hour when days or months are added.

        Raises `DateError` for hours added to a day, and where the month rule refuses.
        """
        if duration.unit == "hours":
            if not is_instant(moment):
                raise DateError(f"{moment} + {duration}: hours are counted from an instant, not from a day")
            assert isinstance(moment, datetime)
            return (moment.astimezone(UTC) + timedelta(hours=duration.count)).astimezone(self.zone)
        if isinstance(moment, datetime):
            local = moment.astimezone(self.zone)
            return datetime.combine(self._add_days(local.date(), duration), local.time(), self.zone)
        return self._add_days(moment, duration)

    def _add_days(self, day: date, duration: Duration) -> date:
        if duration.unit == "days":
            try:
                return day + timedelta(days=duration.count)
            except OverflowError:
                raise DateError(f"{day} + {duration} is past the year 9999") from None
        return add_months(day, duration.count, self.calendar.month_end or "error")
