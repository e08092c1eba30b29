"""The words that lists write above their columns, in eight languages: `header_words.json`, field -> headings."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from importlib import resources

PASSED_OVER = (
    "remarks",
    "birth_place",
    "nationality",
    "mother",
    "phone",
    "photo",
    "rank",
    "status",
    "address",
    "crime",
)
"""Columns that are known and belong to no field of an entry: they stay in the raw row."""

PARTS = ("surname", "patronymic", "age")
"""Columns that become part of a field: of the name, and of the birth."""

_LETTERS = str.maketrans(
    {"ي": "ی", "ى": "ی", "ې": "ی", "ۍ": "ی", "ك": "ک", "ګ": "گ", "ة": "ه", "ۀ": "ه", "ہ": "ه", "ھ": "ه", "ڼ": "ن"}
    | dict.fromkeys("أإآٱ", "ا")
)
_PIECES = re.compile(r"[^\W_]+|[#№]")


def fold_heading(text: str) -> tuple[str, ...]:
    """The words of a heading: lower case, no marks or signs, one letter for those that clerks exchange."""
    text = unicodedata.normalize("NFKD", text.replace("№", " # ").replace("\u200c", " ")).casefold()
    text = "".join(one for one in text if unicodedata.category(one) not in ("Mn", "Cf") and one != "ـ")
    return tuple(_PIECES.findall(text.translate(_LETTERS)))


@cache
def _phrases() -> dict[tuple[str, ...], str]:
    words = json.loads((resources.files("quittance.files") / "header_words.json").read_text("utf-8"))
    return {fold_heading(heading): field for field, headings in words.items() for heading in headings}


@cache
def _longest() -> int:
    return max(map(len, _phrases()))


def field_of(heading: str) -> tuple[str, bool] | None:
    """The field that a heading names, and whether all its words say so; None if none of them is known.

    Of several known phrases in a heading the longest counts, then the one that says more than `name` or a number.

    >>> field_of("Father's name"), field_of("نام پدر کلان"), field_of("Name (as on list)"), field_of("Blood")
    (('father', True), ('grandfather', True), ('name', False), None)
    """
    words = fold_heading(heading)[:40]
    phrases = _phrases()
    if words in phrases:
        return phrases[words], True
    found: list[tuple[int, bool, int, str]] = []
    for at in range(len(words)):
        for length in range(1, min(_longest(), len(words) - at) + 1):
            field = phrases.get(words[at : at + length])
            if field is not None and (length > 1 or len(words[at]) > 2):
                found.append((length, field not in ("name", "pid"), -at, field))
    return (max(found)[3], False) if found else None
