"""Words of a text that speak of time, as a value, and the words they are made of."""

from __future__ import annotations

from typing import Literal

import msgspec

from quittance.claims.number_context import MONTHS
from quittance.claims.words import listed

DaySort = Literal["point", "since", "deadline", "period", "duration", "vague"]
Form = Literal[
    "date", "month", "year", "weekday", "word", "offset", "same", "unit", "weekend", "past", "within", "length",
    "event", "quarter",
]  # fmt: skip
Granularity = Literal["day", "week", "month", "year", "none"]


class DayPhrase(msgspec.Struct, frozen=True, kw_only=True):
    """Words of a text that speak of time, as printed, with what they say.

    `sort` is what they are to an event: its day ("point"), the start of a count ("since"), the latest day allowed
    ("deadline"), days from first to last ("period"), a length without a place in time ("duration"), or "vague" ("in
    the coming days"). `lead` is the preposition; `word` a bare day word (today, that day, yesterday); `count` and
    `unit` belong to offsets and lengths, negative `count` is earlier; `part` is early, mid, late, start or end of
    what follows; `which` is last, this or next. `other` is the second end of a period, or the day that stands beside
    ("yesterday, Tuesday"), as `joined` says.
    """

    start: int
    end: int
    sort: DaySort
    form: Form
    granularity: Granularity = "day"
    lead: str = ""
    word: str = ""
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    count: int | None = None
    unit: str = ""
    part: str = ""
    which: str = ""
    anchor: str = ""
    other: DayPhrase | None = None
    joined: Literal["", "to", "beside"] = ""


_DAYS = (
    "monday mon",
    "tuesday tue tues",
    "wednesday wed weds",
    "thursday thu thur thurs",
    "friday fri",
    "saturday sat",
)
WEEKDAYS = {name: number for number, names in enumerate((*_DAYS, "sunday sun")) for name in listed(names)}
DAY_WORDS = ("today", "tonight", "yesterday", "tomorrow")
UNITS = {
    unit + ending: unit
    for unit in ("hour", "day", "week", "fortnight", "month", "year", "night")
    for ending in ("", "s")
} | dict.fromkeys(("morning", "afternoon", "evening"), "daytime")
TIME_WORDS = frozenset((*WEEKDAYS, *MONTHS, *DAY_WORDS, *UNITS, "weekend"))
