"""What a number in its place counts, by the words before and after it: people, or days, money, a place in a row."""

from __future__ import annotations

import re

from quittance.claims.figure import Figure, bare_figure, interval
from quittance.claims.model import Modality
from quittance.claims.number_context import (
    AFTER_CUE,
    AFTER_SORT,
    BEFORE_WORDS,
    CURRENCY_BEFORE,
    DASH_WORDS,
    MONTHS,
    PERSONS_FOLLOW,
    PRONOUN_AFTER,
    PRONOUN_BEFORE,
    RELEASE_BEFORE,
    SEQUENCE_AFTER,
    SEQUENCE_BEFORE,
    YEAR_BEFORE,
    Cue,
    Sort,
    before,
    word_before,
)

NEXT = re.compile(
    r" ((?:more|others?|further|additional|extra|remaining|last|first)\b ?)?"
    r"(?:of (?:the |its |their |those |these |whom )?)?([^\W\d_][\w'.]*)?"
)
_TAIL = re.compile(r" or (?:so|more|fewer|less|thereabouts)\b|[ -]odd\b|[ -]plus\b|\+")
_TAIL_MODALITY: dict[str, Modality] = {
    "so": "about", "thereabouts": "about", "odd": "about", "more": "at_least", "plus": "at_least", "+": "at_least",
    "fewer": "up_to", "less": "up_to",
}  # fmt: skip
_DAY_AFTER = re.compile(r"(?:st|nd|rd|th)?(?: of)? ([^\W\d_]{3,9})\b")
COMPOUND = re.compile(r"-([^\W\d_]+)")
_YEARS_OLD = re.compile(r"(?:-| )years?(?:-| )old\b")
_LAST_TOKEN = re.compile(r"[^\w]")
_PASSED = frozenset(("passed", "crossed"))
_AGES = frozenset(("aged", "age", "ages"))


def counted(plain: str, low: str, start: int, end: int, value: int, *, digits: bool) -> tuple[Figure, int]:
    """The figure of a number at `start:end`: what it counts by the words right before and after it."""
    char = low[end : end + 1]
    following = NEXT.match(low, end) if char == " " else None
    hint, unit = following.groups("") if following is not None else ("", "")
    unit = unit.rstrip(".")
    previous = word_before(low, start)
    sort = _sort(plain, low, start, end, value, previous, hint, unit, digits=digits)
    if sort != "count" and sort != "year":
        return bare_figure(low, start, end, value, sort, unit), end
    context = None if previous and previous not in BEFORE_WORDS else before(low, start, previous)
    modality: Modality = "exact" if context is None else context.modality
    cue: Cue = "" if context is None else context.cue
    if not cue and unit:
        cue = AFTER_CUE.get(hint.strip() or unit, "")
    elif not cue and hint:
        cue = AFTER_CUE.get(hint.strip(), "")
    if previous == "under" and unit and value < 20 and not _may_be_people(plain, low, end):
        modality, context = "exact", None  # "under two decrees"
    if previous in _PASSED and not unit:
        modality = "more_than"  # "the number has passed 4,000"
    if sort == "year":
        sort = _year_or_count(low, end, previous, modality)
    elif context is not None and context.word in _AGES:
        sort = "age"
    elif char and char in " -+":
        tail = _TAIL.match(low, end) if modality == "exact" else None
        if tail is not None:
            modality = _TAIL_MODALITY[tail[0].lstrip(" -").removeprefix("or ")]
        elif char == "-":
            compound = COMPOUND.match(low, end)
            if compound is not None and low.startswith("-for-", end):
                cue = "each"
            elif compound is not None and compound[1] not in DASH_WORDS:
                sort = "age" if _YEARS_OLD.match(low, end) else "hyphen"
                unit = compound[1]
    lowest, highest = interval(value, modality)
    return (
        Figure(
            start=start, end=end, value=value, low=lowest, high=highest, modality=modality,
            modality_start=start if context is None else context.start, sort=sort, cue=cue, zero=value == 0,
            unit_word=unit,
        ),
        end,
    )  # fmt: skip


def ordinal_figure(low: str, start: int, end: int, value: int) -> Figure:
    """An ordinal: a place in a sequence if a round, an exchange, a batch follows."""
    following = NEXT.match(low, end)
    word = (following[2] or "").rstrip(".") if following else ""
    return Figure(
        start=start,
        end=end,
        value=value,
        low=value,
        high=value,
        modality="exact",
        modality_start=start,
        sort="sequence" if word in SEQUENCE_AFTER else "ordinal",
        unit_word=word,
    )


def month_after(plain: str, low: str, end: int) -> bool:
    """Whether a month follows a day number; "may" and "march" only with their capital."""
    found = _DAY_AFTER.match(low, end)
    if found is None or found[1] not in MONTHS:
        return False
    return found[1] not in ("may", "march", "mar", "dec", "sec") or plain[found.start(1)].isupper()


def month_before(plain: str, low: str, start: int, end: int) -> bool:
    """Whether a month stands right before what may be its day number."""
    if end - start > 2 or start < 4:
        return False
    word = low[max(0, start - 14) : start - 1].rpartition(" ")[2]
    name = word.strip(".(\"'\n")
    if name not in MONTHS or low[start - 1] != " ":
        return False
    at = start - 1 - len(word) + word.index(name)
    return plain[at].isupper() or name not in ("may", "march", "mar", "dec")


def _may_be_people(plain: str, low: str, end: int) -> bool:
    """Whether a noun of persons or a name of people follows a number."""
    return plain[end + 1 : end + 2].isupper() or PERSONS_FOLLOW.match(low, end) is not None


def _sort(
    plain: str, low: str, start: int, end: int, value: int, previous: str, hint: str, unit: str, *, digits: bool
) -> Sort:
    """What sort of number stands at `start:end`, by the words before and after it; "year" is only a possibility."""
    left = low[start - 1] if start else " "
    if (left != " " and left in "$\u20ac\u00a3\u00a5\u20b9") or previous in CURRENCY_BEFORE:
        return "money"
    if unit and not hint:
        after = AFTER_SORT.get(unit)
        if after is not None and (after != "clock" or value <= 24 or end - start == 4):
            return "age" if after == "duration" and _YEARS_OLD.match(low, end) else after
        if unit == "per" and low.startswith(" per cent", end):
            return "percent"
    if digits:
        if low.startswith("%", end) or low.startswith(" %", end):
            return "percent"
        if end - start <= 2 and 0 < value <= 31:
            if (unit in MONTHS and month_after(plain, low, end)) or month_before(plain, low, start, end):
                return "day"
        elif end - start == 4 and 1900 <= value <= 2099:
            return "year"
        if left == "-" and start > 1 and low[start - 2].isalpha() and _is_code(plain, start, end, value):
            return "code"
    elif value == 1 and (
        not unit or previous in PRONOUN_BEFORE or unit in PRONOUN_AFTER or low.startswith((" of ", "'"), end)
    ):
        return "pronoun"
    if previous in _AGES or low[max(0, start - 7) : start] == "age of ":
        return "age"
    if previous in SEQUENCE_BEFORE or (previous == "number" and value < 100):
        return "count" if _may_be_people(plain, low, end) else "sequence"
    return "count"


def _is_code(plain: str, start: int, end: int, value: int) -> bool:
    """Whether the number behind a hyphen belongs to a name: Covid-19, F-16; not "the militants-100 of them"."""
    name = _LAST_TOKEN.split(plain[max(0, start - 16) : start - 1])[-1]
    if name == "for" or "," in plain[start:end]:
        return False
    return name in ("covid", "cov") or len(name) <= 3 or (not name.islower() and value < 100)


def _year_or_count(low: str, end: int, previous: str, modality: Modality) -> Sort:
    """Whether four digits from 1900 to 2099 are a year: yes, unless the words say that they count someone."""
    previous = previous.strip(".,")
    if previous in YEAR_BEFORE or previous in MONTHS or (previous.isdecimal() and len(previous) <= 2):
        return "year"
    if low.startswith("-", end) and low[end + 1 : end + 2].isdecimal():
        return "year"
    if modality not in ("exact", "about") or previous in RELEASE_BEFORE or PERSONS_FOLLOW.match(low, end):
        return "count"
    return "count" if previous == "the" and low.startswith((" agreed", " promised", " pledged"), end) else "year"
