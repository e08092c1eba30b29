"""Numbers that are printed with digits: separators of thousands, decimals, dates, clock times, 10th and 18s."""

from __future__ import annotations

import re

from quittance.claims.counted import counted, month_after, month_before, ordinal_figure
from quittance.claims.figure import Figure, bare_figure
from quittance.claims.number_context import AFTER_SORT, Sort
from quittance.claims.number_words import SCALES, digits_of

_LETTERS = re.compile(r"[a-z]+")

_GROUPED = re.compile(
    r"(?:\d{1,3}(?:[,'\u066c]\d{3}){1,4}|\d{1,2}(?:,\d\d){1,4},\d{3}|\d{1,3}(?: \d{3}){1,4})(?![\d\u066c])(?![,']\d)"
)
_POINTED = re.compile(r"\d{1,3}(?:\.\d{3}){1,4}(?![\d.]\d|\d| ?(?:million|billion|thousand|%|per))")
_DATED = re.compile(r"\d{4}-\d\d-\d\d(?!\w)|\d\d?([./])\d\d?\1\d{2,4}(?!\w)")
_CLOCK = re.compile(r"\d\d?(?::\d\d){1,2}(?!\d)|\d\d?[.:]?\d{0,2} ?(?:a\.m|p\.m|am|pm|o'clock)(?!\w)")
_DECIMAL = re.compile(r"\d{1,9}\.\d{1,4}(?!\d)")
SCALE = re.compile(r"[ -](thousand|million|billion|hundred|dozen)\b(?!-)|(k|m|mn|bn)\b")
_ORDINAL_TAIL = re.compile(r"(?:st|nd|rd|th)\b")
_HALVES_OF_A_DAY = ("a", "p", "o")  # am, pm, o'clock
_LONGEST = 12  # digits; more are a reference, a telephone or an account


def read_digits(plain: str, low: str, start: int, end: int) -> tuple[Figure | None, int]:
    """The number that begins with a digit at `start`, and where to go on."""
    left = low[start - 1] if start else " "
    if left in "/=#@_&" or (left in ".,:'" and start > 1 and low[start - 2].isdecimal()):
        return None, end
    if end - start > _LONGEST:
        return bare_figure(low, start, end, None, "code"), end
    after, beyond = low[end : end + 1], low[end + 1 : end + 2]
    if after.isalpha():
        return _lettered(plain, low, start, end)
    if beyond.isdecimal() or (after == " " and beyond in _HALVES_OF_A_DAY):
        special = _punctuated(plain, low, start, end)
        if special is not None:
            return special
        if after in "/:":
            return bare_figure(low, start, end, None, "code"), end  # 24/7, 1000:1
        grouped = _GROUPED.match(low, start) or (_POINTED.match(low, start) if after == "." else None)
        if grouped is not None and not (after == " " and month_before(plain, low, start, end)):
            end = grouped.end()
            if low[end : end + 1].isalpha():
                return None, end
    value = digits_of(low[start:end])
    if value is None:
        return None, end
    scale = SCALE.match(low, end) if low[end : end + 1] in " -" else None
    if scale is not None and value:
        value, end = value * (SCALES.get(scale[1]) or 12), scale.end()
    return counted(plain, low, start, end, value, digits=True)


def _punctuated(plain: str, low: str, start: int, end: int) -> tuple[Figure | None, int] | None:
    """Dates, clock times and decimals; None if the digits at `start` begin none of them."""
    dated = _DATED.match(low, start)
    if dated is not None:
        return bare_figure(low, start, dated.end(), None, "day"), dated.end()
    if end - start <= 2:
        clock = _CLOCK.match(low, start)
        if clock is not None:
            return bare_figure(low, start, clock.end(), None, "clock"), clock.end()
    if low[end] == "." and _POINTED.match(low, start) is None:
        decimal = _DECIMAL.match(low, start)
        if decimal is not None:
            stop = decimal.end()
            scale = SCALE.match(low, stop)
            if scale is not None and low[stop] == " ":
                value = _scaled(low[start:stop], SCALES.get(scale[1]) or 12)
                return counted(plain, low, start, scale.end(), value, digits=True)
            sort: Sort = "percent" if low[stop : stop + 1] == "%" or low.startswith(" per", stop) else "decimal"
            return bare_figure(low, start, stop, None, sort), stop
    return None


def _scaled(printed: str, scale: int) -> int:
    """A decimal such as 1.5 times a scale, without binary fractions."""
    units, _, parts = printed.partition(".")
    return (digits_of(units + parts) or 0) * scale // int(f"1{len(parts) * '0'}")


def _lettered(plain: str, low: str, start: int, end: int) -> tuple[Figure | None, int]:
    """Digits with letters right behind them: 10th, 18s, 9am, 5k; any other mixture is no number."""
    value = digits_of(low[start:end])
    ordinal = _ORDINAL_TAIL.match(low, end)
    if value is None:
        return None, end
    if ordinal is not None:
        stop = ordinal.end()
        if month_after(plain, low, end) or month_before(plain, low, start, end):
            return bare_figure(low, start, end, value, "day"), stop
        return ordinal_figure(low, start, stop, value), stop
    clock = _CLOCK.match(low, start) if end - start <= 2 else None
    if clock is not None:
        return bare_figure(low, start, clock.end(), None, "clock"), clock.end()
    if low.startswith("s", end) and not low[end + 1 : end + 2].isalnum():
        return bare_figure(low, start, end, value, "year" if end - start == 4 else "age"), end + 1
    scale = SCALE.match(low, end)
    if scale is not None and scale[2] == "k":
        return counted(plain, low, start, scale.end(), value * 1000, digits=True)
    if scale is not None:
        return bare_figure(low, start, end, value, "money"), scale.end()
    word = _LETTERS.match(low, end)
    if word is not None and AFTER_SORT.get(word[0]) in ("measure", "money", "clock"):
        return bare_figure(low, start, end, value, AFTER_SORT[word[0]]), word.end()
    return None, end
