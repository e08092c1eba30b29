"""What a phrase of time means: days, as far as the report's date, the tense and the case's anchors say.

Nothing is computed that the text does not give: without the day of the report a weekday stays a phrase, and a feast is
a day only if the case names it.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

import msgspec

from quittance.claims.day_phrase import DayPhrase, DaySort, Granularity
from quittance.claims.day_phrases import find_days

__all__ = ["DayPhrase", "DaySort", "Granularity", "Resolved", "Tense", "find_days", "resolve"]

Tense = Literal["past", "future", "none"]

_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEK = 7
_EARLIEST, _LATEST = date(1000, 1, 1), date(2999, 12, 31)
_DEFAULT = ""
_THIRDS = ("early", "mid", "late", "earlier", "later")


class Resolved(msgspec.Struct, frozen=True, kw_only=True):
    """The days of a phrase: `first` to `last`, both included, the same for one day.

    `text` is the ISO day, `YYYY-MM` for a month, `YYYY` for a year, `first/last` for other periods. `flags` name what
    disagrees in the words: "weekday: 2020-04-07 is a Tuesday, not a Wednesday".
    """

    text: str
    first: date
    last: date
    granularity: Granularity = "day"
    flags: tuple[str, ...] = ()


def resolve(
    phrase: DayPhrase,
    published: date | None,
    tense: Tense = "none",
    last: date | None = None,
    anchors: Mapping[str, date] | None = None,
) -> Resolved | None:
    """The days that `phrase` means, or None where the words and the anchors do not say.

    `published` is the day of the report, `last` the day resolved before in the same report ("a day earlier" counts
    from it). `anchors` are days of the case by name, in lower case ("signing", "eid"); the name "" is the anchor of a
    period that names none ("within 14 months").
    """
    try:
        found = _days(phrase, published, tense, last, anchors or {})
    except OverflowError:
        return None
    if found is None or not _EARLIEST <= found.first <= found.last <= _LATEST:
        return None
    if phrase.joined == "beside" and phrase.other is not None:
        return _beside(phrase.other, found, published, tense)
    if phrase.joined == "to" and phrase.other is not None:
        return _to(phrase.other, found, published, tense, anchors or {})
    return found


def _one(day: date) -> Resolved:
    """One day."""
    return Resolved(text=day.isoformat(), first=day, last=day)


def _span(first: date, last: date, granularity: Granularity = "day") -> Resolved:
    """The days from first to last."""
    if first == last:
        return _one(first)
    return Resolved(text=f"{first.isoformat()}/{last.isoformat()}", first=first, last=last, granularity=granularity)


def _beside(other: DayPhrase, found: Resolved, published: date | None, tense: Tense) -> Resolved:
    """The day with a flag if the weekday or the date that stands beside it is another day."""
    if other.form == "weekday" and other.weekday is not None:
        if found.first.weekday() == other.weekday:
            return found
        said = _NAMES[other.weekday]
        flag = f"weekday: {found.text} is a {_NAMES[found.first.weekday()]}, not a {said}"
        return msgspec.structs.replace(found, flags=(*found.flags, flag))
    second = _days(other, published, tense, None, {})
    if second is None or second.first == found.first:
        return found
    if other.form == "date":  # the date says more than the weekday or the word before it
        printed = f"a {_NAMES[found.first.weekday()]}"
        if second.first.weekday() == found.first.weekday():
            return second
        flag = f"weekday: {second.text} is a {_NAMES[second.first.weekday()]}, not {printed}"
        return msgspec.structs.replace(second, flags=(*second.flags, flag))
    flag = f"day: {found.text} and {second.text} are printed for one day"
    return msgspec.structs.replace(second, flags=(*second.flags, flag))


def _to(
    other: DayPhrase, found: Resolved, published: date | None, tense: Tense, anchors: Mapping[str, date]
) -> Resolved | None:
    """The days between two phrases: "Saturday night and Sunday morning", "Monday and the day before"."""
    second = _days(other, published, tense, found.first, anchors)
    if second is None:
        return None
    first, last = found.first, second.last
    if last < first:
        if other.form == "weekday" and found.first.weekday() != other.weekday and tense != "future":
            first -= timedelta(days=_WEEK)  # Saturday and Sunday of a Saturday: the last whole pair
        if last < first:
            first, last = last, first
    return _span(first, last)


def _days(
    phrase: DayPhrase, published: date | None, tense: Tense, last: date | None, anchors: Mapping[str, date]
) -> Resolved | None:
    """The days of one phrase, what stands beside it left out."""
    if phrase.form == "date":
        return _date(phrase, published or last, tense)
    if phrase.form == "year" and phrase.year is not None:
        return _part_of(date(phrase.year, 1, 1), date(phrase.year, 12, 31), phrase.part, str(phrase.year), "year")
    if phrase.form == "month":
        return _month(phrase, published or last, tense)
    if phrase.form == "event":
        day = _anchor(phrase.anchor, anchors)
        return _one(day) if day is not None else None
    if phrase.form == "within":
        return _within(phrase, published, anchors)
    if phrase.form == "offset":
        base = published if phrase.word in ("ago", "from now", "hence") else last or published
        return _offset(phrase, base)
    if phrase.form == "same":
        base = last or published
        return _one(base) if base is not None else None
    if phrase.form == "quarter":
        return _quarter(phrase, published)
    if published is None:
        return None
    if phrase.form == "word":
        days = {"yesterday": -1, "tomorrow": 1}.get(phrase.word, 0) + (phrase.count or 0)
        return _one(published + timedelta(days=days))
    if phrase.form == "weekday" and phrase.weekday is not None:
        return _one(_weekday(phrase, phrase.weekday, published, tense))
    if phrase.form == "weekend":
        return _weekend(phrase, published, tense)
    if phrase.form == "past":
        return _past(phrase, published)
    if phrase.form == "unit":
        return _unit(phrase, published)
    return None


def _date(phrase: DayPhrase, near: date | None, tense: Tense) -> Resolved | None:
    """A day and a month; a missing year is the one that puts the date nearest to the report, the tense decides ties."""
    month, day = phrase.month or 1, phrase.day or 1
    if phrase.year is not None:
        found = _real(phrase.year, month, day)
        return _one(found) if found is not None else None
    if near is None:
        return None
    if phrase.which.endswith(" year"):
        found = _real(near.year + _step(phrase.which), month, day)
        return _one(found) if found is not None else None
    years = range(near.year - 4, near.year + 5)
    days = [found for year in years if (found := _real(year, month, day)) is not None]
    sign = -1 if tense == "future" else 1
    return _one(min(days, key=lambda found: (abs((found - near).days), sign * (found - near).days))) if days else None


def _real(year: int, month: int, day: int) -> date | None:
    """The day, if the calendar has it."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _step(which: str) -> int:
    """-1 for last, 1 for next, 0 for this."""
    return -1 if which.startswith("last") else 1 if which.startswith("next") else 0


def _month(phrase: DayPhrase, near: date | None, tense: Tense) -> Resolved | None:
    """A month, or its beginning, middle, end."""
    month, year = phrase.month or 1, phrase.year
    if year is None:
        if near is None:
            return None
        gap = month - near.month
        if phrase.which.endswith(" year"):
            year = near.year + _step(phrase.which)
        elif phrase.which in ("last", "next"):
            year = near.year + (-(gap >= 0) if phrase.which == "last" else gap <= 0)
        else:
            sign = -1 if tense == "future" else 1
            year = min(
                (near.year + step for step in (-1, 0, 1)),
                key=lambda each: (abs(12 * (each - near.year) + gap), sign * (12 * (each - near.year) + gap)),
            )
    return _part_of(_real(year, month, 1), _month_end(year, month), phrase.part, f"{year:04d}-{month:02d}", "month")


def _month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def _part_of(first: date | None, last: date, part: str, text: str, granularity: Granularity) -> Resolved | None:
    """A month or a year, or the part of it that the words say: a third for early, mid, late; a day for start, end."""
    if first is None:
        return None
    if part == "start":
        return _one(first)
    if part == "end":
        return _one(last)
    if part in _THIRDS:
        part = {"earlier": "early", "later": "late"}.get(part, part)
        if granularity == "month":
            begin, end = {"early": (1, 10), "mid": (11, 20), "late": (21, last.day)}[part]
            return _span(first.replace(day=begin), first.replace(day=end))
        begin, end = {"early": (1, 4), "mid": (5, 8), "late": (9, 12)}[part]
        return _span(first.replace(month=begin), _month_end(first.year, end))
    return Resolved(text=text, first=first, last=last, granularity=granularity)


def _anchor(words: str, anchors: Mapping[str, date]) -> date | None:
    """The case's day whose name stands in the words; the longest name wins, then the first by name."""
    found = [name for name in anchors if name and name in words]
    return anchors[min(found, key=lambda name: (-len(name), name))] if found else None


def _within(phrase: DayPhrase, published: date | None, anchors: Mapping[str, date]) -> Resolved | None:
    """So many days or months from an anchor: calendar months, clipped to the month's end."""
    base = _anchor(phrase.anchor, anchors) if phrase.anchor else None
    if base is None and phrase.lead == "within":
        base = anchors.get(_DEFAULT, None if phrase.anchor else published)
    return _offset(phrase, base)


def _offset(phrase: DayPhrase, base: date | None) -> Resolved | None:
    """So many days, weeks, months or years from a day."""
    if base is None or phrase.count is None:
        return None
    count = phrase.count
    if phrase.unit in ("month", "year"):
        months = base.year * 12 + base.month - 1 + count * (12 if phrase.unit == "year" else 1)
        year, month = divmod(months, 12)
        if not _EARLIEST.year <= year <= _LATEST.year:
            return None
        return _one(date(year, month + 1, min(base.day, calendar.monthrange(year, month + 1)[1])))
    days = {"day": 1, "night": 1, "week": _WEEK, "fortnight": 2 * _WEEK}.get(phrase.unit)
    if days is None:
        return _one(base + timedelta(hours=count)) if abs(count) % 24 == 0 else _one(base)
    return _one(base + timedelta(days=count * days))


def _quarter(phrase: DayPhrase, published: date | None) -> Resolved | None:
    """The first three months of the year."""
    year = phrase.year or (published.year if published is not None else None)
    if year is None or phrase.count is None or not 1 <= phrase.count <= 12:
        return None
    return _span(date(year, 1, 1), _month_end(year, phrase.count))


def _weekday(phrase: DayPhrase, weekday: int, published: date, tense: Tense) -> date:
    """The weekday that is meant: the latest not after the report, or the earliest not before it for what is to come."""
    this = published + timedelta(days=weekday - published.weekday())
    if phrase.which in ("last", "next"):
        return this + timedelta(days=_WEEK * _step(phrase.which))
    if phrase.which == "this":
        return this
    back = (published.weekday() - weekday) % _WEEK
    if phrase.which == "past":
        return published - timedelta(days=back or _WEEK)
    ahead = (weekday - published.weekday()) % _WEEK
    if phrase.which == "coming":
        return published + timedelta(days=ahead or _WEEK)
    future = tense == "future" or (tense == "none" and phrase.lead in _AHEAD)
    return published + timedelta(days=ahead) if future else published - timedelta(days=back)


_AHEAD = frozenset(("by", "until", "till", "starting", "beginning", "no later than", "not later than"))


def _weekend(phrase: DayPhrase, published: date, tense: Tense) -> Resolved:
    """Saturday and Sunday: the latest that has begun, or the one to come."""
    back = (published.weekday() - 5) % _WEEK
    saturday = published - timedelta(days=back)
    if phrase.which in ("next", "coming") or (tense == "future" and phrase.which != "last"):
        saturday = saturday if back <= 1 and phrase.which == "" else saturday + timedelta(days=_WEEK)
    elif phrase.which == "last" and back <= 1:
        saturday -= timedelta(days=_WEEK)
    return _span(saturday, saturday + timedelta(days=1))


def _past(phrase: DayPhrase, published: date) -> Resolved | None:
    """The past two days are the report's day and the one before; the past week are the seven days up to it."""
    if phrase.count is None:
        return None
    if phrase.unit == "hour":
        days = -(-abs(phrase.count) // 24)
    elif phrase.unit in ("month", "year"):
        edge = _offset(phrase, published)
        return None if edge is None else _span(min(edge.first, published), max(edge.first, published))
    else:
        days = abs(phrase.count) * {"week": _WEEK, "fortnight": 2 * _WEEK}.get(phrase.unit, 1) - 1
    if phrase.count < 0:
        return _span(published - timedelta(days=days), published)
    return _span(published, published + timedelta(days=days + 1))


def _unit(phrase: DayPhrase, published: date) -> Resolved | None:
    """Last, this or next week, month or year, or a part of it."""
    step = _step(phrase.which)
    if phrase.unit == "week":
        monday = published + timedelta(days=_WEEK * step - published.weekday())
        first, last = monday, monday + timedelta(days=_WEEK - 1)
        if phrase.part in ("start", "end"):
            return _one(first if phrase.part == "start" else last)
        if phrase.part in ("early", "earlier"):
            last = published if step == 0 else monday + timedelta(days=2)
        elif phrase.part in ("late", "later"):
            first = published if step == 0 else monday + timedelta(days=4)
        return _span(first, last, "week")
    if step == 0 and phrase.part in ("earlier", "later"):
        if phrase.unit == "month":
            first, last = published.replace(day=1), _month_end(published.year, published.month)
        else:
            first, last = date(published.year, 1, 1), date(published.year, 12, 31)
        return _span(first, published) if phrase.part == "earlier" else _span(published, last)
    if phrase.unit == "month":
        year, month = divmod(published.year * 12 + published.month - 1 + step, 12)
        return _part_of(
            date(year, month + 1, 1), _month_end(year, month + 1), phrase.part, f"{year:04d}-{month + 1:02d}", "month"
        )
    year = published.year + step
    return _part_of(date(year, 1, 1), date(year, 12, 31), phrase.part, f"{year:04d}", "year")
