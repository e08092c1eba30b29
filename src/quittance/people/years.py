"""Years and days of birth or capture as lists write them, in three calendars, as intervals of days.

`gregorian`, `sh` (Solar Hijri, of Iran and Afghanistan) and `ah` (lunar Hijri) are read from digits of any script, with
words and month names of the languages that lists come in. A bare year is an interval; a year that two calendars can
claim keeps both readings until the file's calendar is declared; what cannot be read is missing, never guessed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from itertools import chain, product

from quittance.people.year_words import Mark, Month, Word, words_of

CALENDARS = ("gregorian", "sh", "ah", "unknown")

ABOUT_YEARS = 2
"""What `about` widens a year by, on either side."""

AH_DAYS = 2
"""Tabular and observed lunar calendars differ by up to this many days."""

GREGORIAN_YEARS = range(1880, 2051)
HIJRI_YEARS = range(1270, 1500)
"""A year in the one range is never of the other calendars; a year in neither is not read."""

EARLIEST = date(1895, 1, 1).toordinal()
LATEST = date(2035, 12, 31).toordinal()
"""A year that does not say its calendar is read only in those that put it between these days."""

OLDEST = 120
_YEAR_DAYS = 365.2425

Span = tuple[int, int]
"""First and last possible day, both included, as `date.toordinal` counts."""


@dataclass(frozen=True, slots=True)
class Birth:
    """The days on which somebody may have been born, or something happened: `spans` in order, none touching another.

    `about` says that the list itself calls the value approximate, or that it comes from an age.
    """

    spans: tuple[Span, ...] = field(repr=False)
    about: bool = False


def parse_birth(text: str, calendar: str = "unknown", listed_on: date | None = None) -> Birth | None:
    """The birth in a cell: `1966`, `1966~`, `1963/1968`, `1963/1965|1970`, `SH1366`, `age:35@2020-03-10`, or a date.

    `calendar` is that of the file, for years that do not name theirs; `listed_on` bounds the births and dates the ages
    that come without a day. None for anything else.

    >>> [date.fromordinal(day).isoformat() for day in parse_birth("SH1366").spans[0]]
    ['1987-03-21', '1988-03-20']
    """
    return _read(text, calendar, listed_on, True) if len(text) <= _LONGEST else None


def parse_day(text: str, calendar: str = "unknown") -> Birth | None:
    """The day or days on which something happened, as `parse_birth` reads them but without ages; None for others."""
    return _read(text, calendar, None, False) if len(text) <= _LONGEST else None


def gap_years(x: Birth, y: Birth) -> float:
    """How many years lie between two births where they are nearest; 0.0 when any of their days are the same."""
    days = min(max(a[0] - b[1], b[0] - a[1]) for a in x.spans for b in y.spans)
    return max(0, days) / _YEAR_DAYS


def infer_calendar(texts: Iterable[str], listed_on: date | None = None) -> str:
    """The calendar of a file, from all its years together; `unknown` where they leave a doubt.

    Years that name their calendar decide. Otherwise years 1880-2050 are Gregorian; earlier ones are Solar or lunar
    Hijri, whichever makes the people of the file adults of ordinary ages on `listed_on` (or, without it, at some time
    between 2000 and 2030) a thousand times more likely than the other.
    """
    named = {"gregorian": 0, "sh": 0, "ah": 0}
    hijri: list[int] = []
    for text in texts:
        for words in words_of(text) or () if len(text) <= _LONGEST else ():
            calendars = {word.calendar for word in words if isinstance(word, Mark) and word.calendar in named}
            calendars |= {word.calendar for word in words if isinstance(word, Month)}
            years = [word for word in words if isinstance(word, int) and word >= 1000]
            for year in years:
                if year in GREGORIAN_YEARS:
                    named["gregorian"] += 1
                elif year in HIJRI_YEARS and len(calendars) == 1:
                    named[next(iter(calendars))] += 1
                elif year in HIJRI_YEARS:
                    hijri.append(year)
    if named["sh"] + named["ah"] + len(hijri) <= 0.02 * named["gregorian"]:
        return "gregorian" if named["gregorian"] else "unknown"
    if bool(named["sh"]) != bool(named["ah"]):
        return "sh" if named["sh"] else "ah"
    if not hijri:
        return "unknown"
    when = [listed_on.year + listed_on.timetuple().tm_yday / 366] if listed_on else [2000.0 + 5 * i for i in range(7)]
    solar = max(_likelihood([then - (year + 621.7) for year in hijri]) for then in when)
    lunar = max(_likelihood([then - (year * 0.970229 + 622) for year in hijri]) for then in when)
    if abs(solar - lunar) < math.log(1000):
        return "unknown"
    return "sh" if solar > lunar else "ah"


_AGES = ((0, 1e-6), (12, 0.001), (18, 0.01), (50, 0.026), (65, 0.006), (90, 0.001))
"""Share of the people of a list at each year of age up to a bound: few children, few old people. A judgement."""


def _likelihood(ages: Iterable[float]) -> float:
    """Logarithm of how likely the ages of a list are."""
    return sum(math.log(next((share for end, share in _AGES if age < end), 1e-6)) for age in ages)


_LONGEST = 200
"""No cell that gives a birth is longer; a longer one is not read, so that nobody can make reading slow."""


@lru_cache(maxsize=1 << 16)
def _read(text: str, calendar: str, listed_on: date | None, birth: bool) -> Birth | None:
    alternatives = words_of(text)
    if not alternatives:
        return None
    spans: list[Span] = []
    about = False
    for words in alternatives:
        marks = {word for word in words if isinstance(word, Mark)}
        about = about or Mark.ABOUT in marks or Mark.AGE in marks
        given: list[Word] = [word for word in words if not isinstance(word, Mark)]
        if Mark.AGE in marks:
            found = _born_at_age(given, Mark.ABOUT in marks, listed_on) if birth else []
        else:
            found = _dated(given, marks, calendar)
        if not found:
            return None
        spans += found
    if listed_on is not None and birth:
        spans = [span for span in spans if span[0] <= listed_on.toordinal()]
    return Birth(_merged(spans), about) if spans else None


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same days, in order, in as few spans as possible."""
    merged: list[Span] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


def _born_at_age(given: list[Word], about: bool, listed_on: date | None) -> list[Span]:
    """The births of somebody of an age on a day, one year wider on either side for habits of counting."""
    if not given or not isinstance(given[0], int) or given[0] > OLDEST:
        return []
    if len(given) > 1:
        days = _dated(given[1:], set(), "gregorian")
        if len(days) != 1:
            return []
        first, last = days[0]
    elif listed_on is not None:
        first = last = listed_on.toordinal()
    else:
        return []
    wider = 1 + (ABOUT_YEARS if about else 0)
    youngest = _years_before(date.fromordinal(last), given[0] - wider)
    oldest = _years_before(date.fromordinal(first), given[0] + 1 + wider) + timedelta(days=1)
    return [(oldest.toordinal(), youngest.toordinal())]


def _years_before(day: date, years: int) -> date:
    """The same day `years` earlier; 28 February where there is no 29th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _dated(given: list[Word], marks: set[Mark], calendar: str) -> list[Span]:
    """The spans of one alternative: a year, a month, a day, a range of them, or one day written in two calendars."""
    at = [index for index, word in enumerate(given) if isinstance(word, int) and word >= 1000]
    if not at or len(at) > 2:
        return []
    read = [_readings(words, marks, calendar) for words in _split(given, at)]
    if not all(read):
        return []
    every = [span for one in read for spans in one.values() for span in spans]
    if len(read) == 1:
        return every
    first, second = read
    if (given[at[0]] in GREGORIAN_YEARS) != (given[at[1]] in GREGORIAN_YEARS):  # one date in two calendars
        pairs = product(chain(*first.values()), chain(*second.values()))
        both = [(max(a[0], b[0]), min(a[1], b[1])) for a, b in pairs]
        return [span for span in both if span[0] <= span[1]] or every
    ranges = [(min(a for a, _ in first[kind]), max(b for _, b in second[kind])) for kind in first if kind in second]
    return [span for span in ranges if span[0] <= span[1]]


def _split(given: list[Word], at: list[int]) -> list[list[Word]]:
    """The words of each of the one or two dates: after the year where the day comes first, before it otherwise."""
    if len(at) == 1:
        return [given]
    cut = at[1] if at[0] == 0 else at[0] + 1
    return [given[:cut], given[cut:]]


def _readings(words: list[Word], marks: set[Mark], calendar: str) -> dict[str, list[Span]]:
    """Calendar -> the spans of one year, month or day in it, one for each order of day and month that is possible."""
    year = next(word for word in words if isinstance(word, int) and word >= 1000)
    months = [word for word in words if isinstance(word, Month)]
    small = [word for word in words if isinstance(word, int) and word < 1000]
    if len(months) > 1 or len(small) > 2 - len(months) or (year not in HIJRI_YEARS and year not in GREGORIAN_YEARS):
        return {}
    kinds = _calendars(year, months, marks, calendar)
    orders = _orders(months, small, words[0] == year, Mark.DAY_FIRST in marks)
    readings = {}
    for kind in kinds:
        spans = (_span(kind, year, month, day, ABOUT_YEARS * (Mark.ABOUT in marks)) for month, day in orders)
        if possible := [span for span in spans if span]:
            readings[kind] = possible
    if len(readings) > 1:  # nothing says which calendar: only those that make it somebody who can be alive
        alive = {kind: spans for kind, spans in readings.items() if spans[0][0] >= EARLIEST and spans[0][1] <= LATEST}
        return alive or readings
    return readings


def _named(marks: set[Mark]) -> set[str]:
    """The calendars that the text itself names."""
    return {mark.calendar for mark in marks if mark.calendar in ("gregorian", "sh", "ah")}


def _calendars(year: int, months: list[Month], marks: set[Mark], calendar: str) -> tuple[str, ...]:
    """The calendars in which a year can be meant."""
    if year in GREGORIAN_YEARS:
        return ("gregorian",) if all(month.calendar == "gregorian" for month in months) else ()
    if months:
        return tuple({month.calendar for month in months} - {"gregorian"})
    named = _named(marks) - {"gregorian"}
    if len(named) == 1:
        return tuple(named)
    return (calendar,) if calendar in ("sh", "ah") and not named else ("sh", "ah")


def _orders(
    months: list[Month], small: list[int], year_first: bool, day_first: bool
) -> list[tuple[int | None, int | None]]:
    """The month and day that the numbers beside the year can mean: both orders where nothing decides."""
    if months:
        return [(months[0].number, small[0] if small else None)]
    if len(small) < 2:
        return [(small[0] if small else None, None)]
    if year_first:
        return [(small[0], small[1])] if small[0] <= 12 else [(small[1], small[0])]
    if day_first:
        return [(small[1], small[0])]
    return [(small[1], small[0]), (small[0], small[1])]


def _span(kind: str, year: int, month: int | None, day: int | None, around: int) -> Span | None:
    """The days of a year, month or day, `around` years wider on either side; None for a date that does not exist.

    The first day of a year stands for the year: lists write it for an unknown day.
    """
    wider = AH_DAYS if kind == "ah" else 0
    if month is None or (month, day) == (1, 1):
        return _start(kind, year - around, 1) - wider, _start(kind, year + around + 1, 1) - 1 + wider
    wider += round(around * _YEAR_DAYS)
    if not 1 <= month <= 12:
        return None
    first, following = _start(kind, year, month), _start(kind, year + month // 12, month % 12 + 1)
    if day is None:
        return first - wider, following - 1 + wider
    found = first + day - 1
    return (found - wider, found + wider) if first <= found < following else None


@lru_cache(maxsize=1 << 14)
def _start(kind: str, year: int, month: int) -> int:
    """The first day of a month of a calendar.

    The lunar one is that of Umm al-Qura where it is known, the tabular one before and after.
    """
    if kind == "gregorian":
        return date(year, month, 1).toordinal()
    if kind == "sh":
        import jdatetime  # type: ignore[import-untyped]

        return int(jdatetime.date(year, month, 1).togregorian().toordinal())
    import hijridate

    try:
        return int(hijridate.Hijri(year, month, 1).to_gregorian().toordinal())
    except OverflowError:
        from convertdate import islamic  # type: ignore[import-untyped]

        return date(*islamic.to_gregorian(year, month, 1)).toordinal()
