"""How a number of a spreadsheet looks: whole, with its zeros, or as a day in ISO form (ECMA-376, part 1, 18.8.30)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache

_BUILT_IN = {14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm", 19: "h:mm:ss", 20: "h:mm"}
_BUILT_IN |= {21: "h:mm:ss", 22: "yyyy-mm-dd h:mm", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss"}
_BUILT_IN |= dict.fromkeys((*range(27, 37), *range(50, 59)), "yyyy-mm-dd")

_QUIET = re.compile(r'"[^"]*"|\\.|_.|\*.')
_BRACKETS = re.compile(r"\[(\$[^\]]*|[^\]]*)\]")
_ZEROS = re.compile(r"0+")
_CALENDARS = re.compile(r"b2|\$[^\]]*-(?:[0-9a-f]*(?:06|0b|16|17)[0-9a-f]{4}|[a-z-]+,(?:6|b|16|17))", re.IGNORECASE)

LEAST_DAY = 61
"""Numbers below this are times, or days of 1900 that programs count in different ways."""

MOST_DAY = 2_958_465


@dataclass(frozen=True, slots=True)
class Format:
    """What a format of numbers shows: a `day` ("", "year", "month" or "day"), a time, or at least so many digits.

    `other_calendar` says that the day is shown in a calendar that is not the Gregorian.
    """

    day: str = ""
    time: bool = False
    zeros: int = 0
    other_calendar: bool = False


@lru_cache(maxsize=1 << 12)
def format_of(number: str, code: str | None) -> Format:
    """The format of an id, with the code that the file gives it."""
    if code is None:
        code = _BUILT_IN.get(int(number), "") if number.isdecimal() and len(number) < 6 else ""
    section = _QUIET.sub("", code[:255]).lower().partition(";")[0]
    calendar = _CALENDARS.search(section) is not None
    elapsed = re.search(r"\[(h+|m+|s+)\]", section) is not None
    plain = _BRACKETS.sub("", section).replace("general", "").replace("am/pm", "").replace("a/p", "")
    if not re.search(r"[ymdhs]", plain) and not elapsed:
        return Format(zeros=len(plain) if _ZEROS.fullmatch(plain) else 0)
    time = elapsed or "h" in plain or "s" in plain
    day = "day" if "d" in plain else "year" if "y" in plain and "m" not in plain else "month" if "y" in plain else ""
    if not day and not time:
        day = "day"  # months alone: the whole day says no less
    return Format(day, time, 0, calendar)


@lru_cache(maxsize=1 << 14)
def shown(value: str, form: Format, days_from: int) -> str | None:
    """A stored number as text; None if it is none. Days are counted from `days_from`, as `date.toordinal` counts."""
    if value.isdecimal() and value.isascii() and not form.day and not form.time and len(value) < 400:
        return value.lstrip("0").rjust(max(1, form.zeros), "0")
    try:
        number = Decimal(value.strip())
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number.adjusted()) > 400:
        return None
    if form.day or form.time:
        return _moment(number, form, days_from)
    if number == number.to_integral_value():
        text = str(int(number))
        return text if number < 0 else text.rjust(form.zeros, "0")
    # Binary fractions come with seventeen digits; fifteen are what the program shows.
    short = Decimal(f"{float(number):.15g}")
    return format(short.normalize(), "f")


def _moment(number: Decimal, form: Format, days_from: int) -> str:
    """A day, with the time of day where it is shown."""
    days, seconds = divmod(round(number * 86_400), 86_400)
    hours, rest = divmod(seconds, 3_600)
    time = f"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}"
    if not LEAST_DAY <= days <= MOST_DAY - (days_from - 693_594):
        return time if form.time and 0 <= days < LEAST_DAY else format(number.normalize(), "f")
    text = date.fromordinal(days_from + days).isoformat()
    if not form.day:
        return time
    text = text[: {"year": 4, "month": 7, "day": 10}[form.day]]
    return f"{text} {time}" if form.time and seconds else text
