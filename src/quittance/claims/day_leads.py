"""The words before a day or a month: prepositions, last and next, late and early, the end of."""

from __future__ import annotations

import re

from quittance.claims.day_phrase import DayPhrase, DaySort, Form
from quittance.claims.words import listed

_PART_BEFORE = re.compile(
    r"(?:in |at |by |of )?(?:the )?(?P<part>late|early|mid|end|start|beginning|middle|close)"
    r"(?: of |-| in | )(?:the )?(?:month of )?\Z"
)
_WHICH_BEFORE = re.compile(
    r"(?:(?:the|this) )?(?P<which>last|next|this|past|previous|coming|following)(?P<past> past)? \Z"
)
_LEAD_BEFORE = re.compile(
    r"(?<!\w)(?:(?P<lead>since|by|before|until|till|no later than|not later than|ahead of|prior to|after|from|starting"
    r"|beginning|between|as of|on|during|late|early)"
    r"(?: (?:on|at|the|about|around|late|early|only|late on|early on|from|this))?"
    r"|(?P<in>in|over|for|within|through)(?: (?:the|about|around|only|just))?) \Z"
)
_DEADLINES = frozenset(("by", "before", "until", "till", "no later than", "not later than", "ahead of", "prior to"))
_LEAD_WORDS = frozenset(
    listed(
        "since by before until till than of to after from starting beginning between on during late early in over for "
        "within through at the about around only just this"
    )
)
_WHICH_WORDS = frozenset(("last", "next", "this", "past", "previous", "coming", "following"))
_PART_WORDS = frozenset(("late", "early", "mid", "of", "in", "the"))


def last_word(low: str, start: int) -> str:
    """The word that ends one space before `start`; nothing if no space stands there."""
    if low[start - 1 : start] != " ":
        return ""
    return low[max(0, start - 14) : start - 1].rpartition(" ")[2].rpartition("\n")[2]


def lead_before(low: str, past: int, start: int) -> tuple[str, int]:
    """The preposition before a phrase, and where it begins; `start` if there is none."""
    if last_word(low, start) not in _LEAD_WORDS:
        return "", start
    found = _LEAD_BEFORE.search(low[max(past, start - 24) : start])
    if found is None:
        return "", start
    return found["lead"] or found["in"], max(past, start - 24) + found.start()


def led(
    low: str, past: int, start: int, end: int, *, form: Form, sort: DaySort = "point", **fields: object
) -> DayPhrase:
    """A phrase with the preposition before it, which decides whether it is a day, a start or a deadline."""
    lead, begin = lead_before(low, past, start)
    if lead in _DEADLINES:
        sort = "deadline"
    elif lead == "since":
        sort = "since"
    if lead in ("late", "early"):
        lead = ""
    return DayPhrase(start=begin, end=end, sort=sort, form=form, lead=lead, **fields)  # type: ignore[arg-type]


def which_before(low: str, past: int, start: int) -> tuple[str, int]:
    """Last, this or next before a day or a month, and where it begins."""
    if last_word(low, start) not in _WHICH_WORDS:
        return "", start
    found = _WHICH_BEFORE.search(low[max(past, start - 24) : start])
    if found is None:
        return "", start
    at = max(past, start - 24) + found.start()
    if at and low[at - 1].isalnum():
        return "", start
    which = "past" if found["past"] else {"previous": "last", "following": "next"}.get(found["which"], found["which"])
    return which, at


def part_before(low: str, past: int, start: int) -> tuple[str, int]:
    """Early, mid, late, start or end of what follows at `start`, and where those words begin."""
    if low[start - 1 : start] != "-" and last_word(low, start) not in _PART_WORDS:
        return "", start
    window = max(past, start - 24)
    found = _PART_BEFORE.search(low[window:start])
    if found is None:
        return "", start
    begin = window + found.start("part")
    if begin and low[begin - 1].isalnum():
        return "", start
    if low[max(0, begin - 4) : begin] == "the ":
        begin -= 4
    part = found["part"]
    return {"beginning": "start", "middle": "mid", "close": "end"}.get(part, part), begin


def time_before(before: str) -> bool:
    """Whether the words before "May" or "March" make it the month."""
    return _LEAD_BEFORE.search(before) is not None or _PART_BEFORE.search(before) is not None or before.endswith(
        ("last ", "next ", "this ", "of ", "and ", "to ")
    )  # fmt: skip
