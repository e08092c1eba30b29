"""The numbers of a text, as intervals: digits and words, ranges, fractions, nought, and numbers that count no one.

`find_figures` reads the plain copy of a text (`claims.text.plain`) and returns every number in order; the caller
decides which of them count persons. Each pattern is anchored and bounded, so the time is linear in the text.
"""

from __future__ import annotations

import re
import unicodedata

import msgspec

from quittance.claims.digit_numbers import read_digits
from quittance.claims.figure import Figure, interval
from quittance.claims.number_context import Cue, Sort
from quittance.claims.number_words import value_of, words_of
from quittance.claims.word_numbers import SEEDS, read_words
from quittance.claims.words import lowered

__all__ = ["Cue", "Figure", "Sort", "find_figures", "interval", "value_of", "words_of"]

_SEED = re.compile(rf"[^0-9a-z_](?:{SEEDS}\b|\d+)")
_SHARE = 20  # "one in five" is a share, "one in 400" may be a place
_RANGE_GAPS = frozenset((" to ", "-", " or "))
_DAY_GAPS = frozenset(("-", " and ", ", ", " to ", " or ", "/"))
_MARKS = re.compile(
    r"[\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061c\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u093c\u094d"
    r"\u180e\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff]+"
)
_SEPARATORS = frozenset(",.'\u066c\u066b")


def find_figures(plain: str) -> list[Figure]:
    """Every number of the plain text, in order and without overlap; see `Figure`."""
    low = lowered(plain)
    seeds = [found.span() for found in _SEED.finditer(" " + low)]  # a seed is known by the character before it
    broken = [] if low.isascii() else _broken(low)[::-1]
    found: list[Figure] = []
    past = 0
    for start, end in seeds:  # the seed is `end - 1` in `low`: the leading space shifts it back by one
        end -= 1
        if start < past or (start and low[start - 1].isalnum()):
            continue
        while broken and broken[-1][1] <= start:
            broken.pop()
        if broken and broken[-1][0] < end:
            continue
        figure, past = (read_digits if low[start].isdecimal() else read_words)(plain, low, start, end)
        if figure is not None:
            found.append(figure)
    return _joined(low, found)


def _broken(low: str) -> list[tuple[int, int]]:
    """Where signs stand inside or on digits and number words, so that a reader sees another number than the digits.

    A combining mark breaks the digits and the word it stands on; a sign without width breaks the digits around it.
    """
    spans: list[tuple[int, int]] = []
    past = 0
    for mark in _MARKS.finditer(low):
        if mark.start() < past:
            continue
        begin, end = mark.span()
        left, right = low[begin - 1 : begin], low[end : end + 1]
        standing = any(unicodedata.category(char) != "Cf" for char in mark[0])
        if not (standing and left.isalnum()) and not (left.isdecimal() and right.isdecimal()):
            continue
        while begin > past and (low[begin - 1].isalnum() or low[begin - 1] in _SEPARATORS):
            begin -= 1
        while end < len(low) and (low[end].isalnum() or low[end] in _SEPARATORS or _MARKS.match(low, end)):
            end += 1
        spans.append((begin, end))
        past = end
    return spans


def _joined(low: str, figures: list[Figure]) -> list[Figure]:
    """The figures with ranges made one, days of one list marked, and parts joined to their whole."""
    joined: list[Figure] = []
    for figure in figures:
        last = joined[-1] if joined else None
        if last is not None and figure.start - last.end <= 90:
            gap = low[last.end : figure.start]
            if gap == " " and last.sort == "ordinal" and figure.sort != "ordinal":
                joined.pop()  # "the first 15": a cue of the number
            elif _is_day_list(low, last, figure, gap):
                figure = msgspec.structs.replace(figure, sort="day")
            elif gap in _DAY_GAPS and figure.sort == "day" and _may_be_day(last):
                _mark_days(low, joined)
            elif gap == " in " and last.value == 1 and figure.sort == "count" and 1 < (figure.value or 0) <= _SHARE:
                joined[-1] = msgspec.structs.replace(last, sort="fraction")
                figure = msgspec.structs.replace(figure, sort="fraction")  # "one in five"
            elif gap == "-" and last.sort == "year" and figure.sort == "count":
                figure = msgspec.structs.replace(figure, sort="year")
            elif gap == "-" and _is_ratio(low, last, figure):
                joined[-1] = msgspec.structs.replace(last, sort="code")
                figure = msgspec.structs.replace(figure, sort="code")
            elif gap in _RANGE_GAPS or gap in (" and ", " - "):
                spread = _range(low, last, figure, gap)
                if spread is not None:
                    joined[-1] = spread
                    continue
            elif gap == "-for-":
                joined[-1] = msgspec.structs.replace(last, cue="each")
                figure = msgspec.structs.replace(figure, cue="each")
        joined.append(figure)
    return joined


def _mark_days(low: str, joined: list[Figure]) -> None:
    """Mark the last figure, and those of its list before it, as days: "12, 14 and 16 March"."""
    for at in range(len(joined) - 1, -1, -1):
        joined[at] = msgspec.structs.replace(joined[at], sort="day")
        if at == 0 or low[joined[at - 1].end : joined[at].start] != ", " or not _may_be_day(joined[at - 1]):
            return


def _may_be_day(figure: Figure) -> bool:
    """Whether a bare number can be the day of a month."""
    return figure.sort == "count" and figure.value is not None and 1 <= figure.value <= 31 and (
        figure.end - figure.start <= 2 and figure.modality == "exact"
    )  # fmt: skip


def _is_day_list(low: str, last: Figure, figure: Figure, gap: str) -> bool:
    """Whether `figure` goes on with a list of days: "March 25-26", "March 25 and 26", not "March 25, 20 people"."""
    if last.sort != "day" or not _may_be_day(figure) or figure.sort == "day" or gap not in _DAY_GAPS:
        return False
    return gap in ("-", "/", " to ") or not figure.unit_word


def _is_ratio(low: str, last: Figure, figure: Figure) -> bool:
    """Whether two numbers with a hyphen between them are a score or a reference: 2-1, 555-1234-99."""
    if not (low[last.end - 1].isdecimal() and low[figure.start].isdecimal()) or figure.sort not in ("count", "hyphen"):
        return False
    if last.sort != "count":
        return last.sort == "code"
    return last.modality == "range" or (last.value or 0) >= (figure.value or 0)


def _range(low: str, first: Figure, second: Figure, gap: str) -> Figure | None:
    """The range of two neighbouring numbers, or None where they are two statements: "from 12,000 to 8,600"."""
    if first.value is None or second.value is None or second.sort != first.sort or first.modality == "range":
        return None
    if first.sort not in ("count", "age", "duration", "percent", "money") and second.sort != "hyphen":
        return None
    if first.value >= second.value or second.modality_start != second.start or first.zero:
        return None
    begin = first.modality_start
    lead = low[max(0, begin - 14) : begin].rstrip(" ")
    if gap == " and ":
        if not lead.endswith("between"):
            return None
        begin = low.rindex("between", 0, begin)
    elif gap == " to " and lead.endswith("from"):
        if not lead.endswith(("ranging from", "anywhere from", "range from")):
            return None
    elif gap == " - ":  # one dash of a range, not two of a parenthesis
        if first.unit_word or not second.unit_word or second.value > 3 * first.value:
            return None
    elif gap == " or " and second.value > first.value + 3 and 2 * second.value > 3 * first.value:
        return None
    aged = low[max(0, begin - 5) : begin] in ("aged ", "ages ")
    return Figure(
        start=first.start, end=second.end, value=None, low=first.value, high=second.value, modality="range",
        modality_start=begin, sort="age" if aged else second.sort, cue=first.cue or second.cue,
        unit_word=second.unit_word,
    )  # fmt: skip
