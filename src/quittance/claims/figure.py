"""One number of a text as a value: its place, its interval, and what sort of number it is."""

from __future__ import annotations

import msgspec

from quittance.claims.model import Modality
from quittance.claims.number_context import Cue, Sort


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One number of a text: where it stands, its interval by the words around it, and what it may count.

    `start:end` covers the number alone as printed (of a range both numbers, "a hundred" with its article, "not one"
    both words); `modality_start` is where "at least", "another", "the" before it begin. `cue` is the hint beside it:
    "more" (another, further, 102 more), "first", "last" (last, final), "remaining", "each", "except" (all but), "part"
    (of whom, among them). `implicit` says that the value is computed or not printed as a number, `whole` the number
    that a fraction was computed from, `unit_word` the word that follows, in lower case.
    """

    start: int
    end: int
    value: int | None
    low: int | None
    high: int | None
    modality: Modality
    modality_start: int
    sort: Sort = "count"
    cue: Cue = ""
    implicit: bool = False
    zero: bool = False
    vague: bool = False
    whole: Figure | None = None
    unit_word: str = ""


def interval(value: int, modality: Modality) -> tuple[int | None, int | None]:
    """The lowest and the highest number that `value` with these words can mean, inclusive; half rounds up."""
    if modality == "exact":
        return value, value
    if modality == "about":
        return (value * 9 + 5) // 10, (value * 11 + 5) // 10
    if modality == "nearly":
        return (value * 9 + 5) // 10, max(value - 1, 0)
    if modality == "at_least":
        return value, None
    if modality == "more_than":
        return value + 1, None
    if modality == "up_to":
        return None, value
    return (None, max(value - 1, 0)) if modality == "less_than" else (None, None)


def bare_figure(low: str, start: int, end: int, value: int | None, sort: Sort, unit: str = "") -> Figure:
    """A figure of a sort that counts no one: the words before it do not matter."""
    return Figure(
        start=start, end=end, value=value, low=value, high=value, modality="exact", modality_start=start, sort=sort,
        unit_word=unit,
    )  # fmt: skip
