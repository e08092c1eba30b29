"""Dates of a page, as against dates told in its text: where they stand, which one is used, and what contradicts it.

A page shows the day of publication, of an update, of the crawl, and sometimes of its template. All of them are kept;
the one that is used is chosen by its place alone, and a page that contradicts itself says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from quittance.claims.text import plain
from quittance.files.report_page import PageDate

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
         "september sept sep", "october oct", "november nov", "december dec"), 1
    )
    for name in names.split()
}  # fmt: skip
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        ("monday mon", "tuesday tues tue", "wednesday wed", "thursday thurs thu", "friday fri", "saturday sat",
         "sunday sun")
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:19|20)\d\d"
DATE = (
    rf"(?:(?P<iso>{_YEAR}[-/.](?:0?[1-9]|1[0-2])[-/.]{_DAY})(?!\d)"
    rf"|(?P<month>{_MONTH})\s{{0,2}}(?P<day>{_DAY})(?:st|nd|rd|th)?\s?,?\s?(?P<year>{_YEAR})\b"
    rf"|(?P<day2>{_DAY})(?:st|nd|rd|th)?(?:\sof)?[\s-](?P<month2>{_MONTH})[\s,-]{{0,2}}(?P<year2>{_YEAR})\b)"
)
"""A date with its year. `4/12/2020` is none: which of both numbers is the month cannot be told."""

_WEEKDAY = "(?:" + "|".join(sorted(_WEEKDAYS, key=len, reverse=True)) + r")\b\.?"
_FULL_WEEKDAY = "(?P<weekday>" + "|".join(name for name in _WEEKDAYS if name.endswith("day")) + r")\b"
_YEARS = re.compile(_YEAR)
_LABEL = re.compile(
    rf"\b(?P<label>(?:first |originally )?(?:published|posted)|(?:last )?(?:updated|modified|edited)|date)"
    rf"(?: on| at| date)?\s?[:|-]?\s?(?:\d?\d:\d\d(?: ?[ap]m)?,? )?(?:{_WEEKDAY},?\s)?{DATE}",
    re.IGNORECASE,
)
_DATELINE = re.compile(rf"^[^\W\d_][\w .'/-]{{1,40}},\s(?:{_WEEKDAY},?\s)?{DATE}(?=\s?[.:(-]|$)", re.IGNORECASE)
_ALONE = re.compile(rf"^(?:{_WEEKDAY},?\s)?{DATE}[\s,|-]*(?:\d?\d:\d\d[\w :+-]{{0,20}})?$", re.IGNORECASE)
_TODAY = re.compile(rf"\b(?P<word>today|yesterday|tomorrow|tonight)\b(?:,\s?|\s?\(){_FULL_WEEKDAY}", re.IGNORECASE)
_NAMED = re.compile(rf"\b{_FULL_WEEKDAY},?\s{DATE}", re.IGNORECASE)
_PATH = re.compile(rf"/({_YEAR})[/-](0?[1-9]|1[0-2])[/-]({_DAY})(?=[/_-]|$)")

_SHIFT = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1}

_ORDER = (
    "sidecar",
    "JSON-LD datePublished",
    "meta published",
    "time published",
    "feed published",
    "visible date",
    "visible published",
    "dateline",
    "line",
    "visible updated",
    "address",
    "JSON-LD dateModified",
    "meta modified",
    "feed updated",
    "time",
    "PDF",
)
"""Places of a date, in the order in which they are believed; the first words of `PageDate.source`."""

_OF_PUBLICATION = _ORDER.index("line")
"""Up to this place a date says when the report was published, not when its page was changed."""

HEAD = 3_000
TAIL = 600
"""Code points at the start and at the end of a text in which a page shows its dates."""


class Chosen(NamedTuple):
    """The day used as that of publication, why that one, and what speaks against it."""

    published: str | None
    because: str
    warnings: tuple[str, ...]


def iso_day(text: str) -> str | None:
    """The day that a text begins with, written in ISO 8601 or in words with its year; None if there is none.

    >>> iso_day("2020-04-12T18:45:00+05:30"), iso_day("April 12, 2020 18:45 IST"), iso_day("4/12/2020")
    ('2020-04-12', '2020-04-12', None)
    """
    text = plain(text[:80]).strip()
    compact = re.match(r"(\d{4})(\d\d)(\d\d)(?:T|Z|$)", text)
    if compact:
        return _iso(*compact.groups())
    found = re.match(rf"(?:{_WEEKDAY},?\s)?{DATE}", text, re.IGNORECASE)
    return _day_of(found) if found else None


def address_day(url: str | None) -> str | None:
    """The day in the path of a web address."""
    found = _PATH.search(url or "")
    return _iso(*found.groups()) if found else None


def visible_dates(text: str) -> list[PageDate]:
    """The days that the first lines and the last ones of a text show beside its story, in their order."""
    head, tail = plain(text[:HEAD]), plain(text[max(HEAD, len(text) - TAIL) :])
    found = []
    for line in [*head.split("\n")[:12], *tail.split("\n")[-4:]]:
        if _YEARS.search(line):
            found += _of_line(line[:300].strip("\ufeff \t\r"))
    return list(dict.fromkeys(found))


def _of_line(line: str) -> list[PageDate]:
    found = []
    for one in _LABEL.finditer(line):
        label = one["label"].lower()
        if label == "date" and one.start():
            continue  # "set a date, 12 May 2020" is part of the story
        kind = (
            "date"
            if label == "date"
            else "updated"
            if label.endswith(("updated", "modified", "edited"))
            else "published"
        )
        found.append((_day_of(one), f"visible {kind}"))
    if not found:
        for pattern, source in ((_ALONE, "line"), (_DATELINE, "dateline")):
            if whole := pattern.match(line):
                found.append((_day_of(whole), source))
                break
    return [PageDate(day, source) for day, source in found if day]


def choose(dates: Iterable[PageDate]) -> Chosen:
    """The date to use: of the place that is believed most, and there the first; the others are told if they differ."""
    ranked = [(place(one), one) for one in dates]
    if not ranked:
        return Chosen(
            None, "", ("report.no_date: no date was found; weekdays and days without a year stay unresolved",)
        )
    best = min(ranked, key=lambda pair: pair[0])[1]
    others = sorted({one.day for rank, one in ranked if rank <= _OF_PUBLICATION and _apart(one.day, best.day) > 1})
    warnings = []
    if others:
        warnings.append(f"report.dates_differ: {best.source} says {best.day}; the page also shows {', '.join(others)}")
    return Chosen(best.day, best.source, tuple(warnings))


def place(one: PageDate) -> int:
    """How much the place of a date is believed: 0 is most."""
    return next((at for at, start in enumerate(_ORDER) if one.source.startswith(start)), len(_ORDER))


def weekday_warnings(text: str, published: str | None) -> tuple[str, ...]:
    """Where a weekday in the text contradicts the day used, or the date beside it; nothing is corrected."""
    copy, found = plain(text), dict[str, None]()
    for one in _NAMED.finditer(copy):
        day = _day_of(one)
        if day and date.fromisoformat(day).weekday() != _WEEKDAYS[one["weekday"].lower()]:
            found[f"report.weekday: {day} was no {one['weekday'].capitalize()}, at {one.start()}"] = None
    for one in _TODAY.finditer(copy) if published else ():
        day_ = date.fromisoformat(published or "") + timedelta(days=_SHIFT[one["word"].lower()])
        if day_.weekday() != _WEEKDAYS[one["weekday"].lower()]:
            said = f'"{one["word"].lower()}" is called {one["weekday"].capitalize()}'
            found[f"report.weekday: {said} at {one.start()}, and {day_.isoformat()} is none"] = None
    return tuple(found)[:5]


def _apart(one: str, other: str) -> int:
    return abs((date.fromisoformat(one) - date.fromisoformat(other)).days)


def _day_of(found: re.Match[str]) -> str | None:
    """The day of a match of `DATE`; None for the 31st of April."""
    if found["iso"]:
        return _iso(*re.split(r"[-/.]", found["iso"]))
    year, day = found["year"] or found["year2"], found["day"] or found["day2"]
    return _iso(year, str(_MONTHS[(found["month"] or found["month2"]).rstrip(".").lower()]), day)


def _iso(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
