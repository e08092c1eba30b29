"""English number words up to 999,999 and back, and the digits of any script as a number.

Only what is unambiguous is a number: "two-hundred fifty" is, "four six" is not, and neither is a mixture of scripts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from quittance.claims.words import listed

_UNITS = listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = listed("twenty thirty forty fifty sixty seventy eighty ninety")
_TEN_OF = {word: 10 * ten for ten, word in enumerate(_TENS, start=2)}
SMALL = {word: number for number, word in enumerate(_UNITS)} | _TEN_OF
"""The words for 0 to 19 and the tens."""

SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
"""The words that multiply what stands before them."""

_DOZEN = {"dozen": 12}
CARDINALS = frozenset(SMALL) | frozenset(SCALES) | frozenset(_DOZEN)
"""Every word that a number in words is made of."""

_IRREGULAR = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}


def _ordinal(word: str) -> str:
    """The ordinal of a cardinal word."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    return word[:-1] + "ieth" if word.endswith("y") else word + "th"


ORDINALS = {_ordinal(word): number for word, number in SMALL.items() if number}
ORDINALS |= {
    f"{ten}-{_ordinal(unit)}": number + SMALL[unit] for ten, number in _TEN_OF.items() for unit in _UNITS[1:10]
}
ORDINALS["hundredth"] = 100
"""First to ninety-ninth, and hundredth."""

_HUNDRED = 100
_THOUSAND = 1_000
_LIMIT = 999_999
_GAP = re.compile(r"[ \u00a0\u202f\u2009-]+")


def words_of(number: int) -> str:
    """A number from 0 to 999,999 in words. Raises `ValueError` beyond."""
    if not 0 <= number <= _LIMIT:
        raise ValueError(f"{number} is not between 0 and {_LIMIT}.")
    if number < len(_UNITS):
        return _UNITS[number]
    if number < _HUNDRED:
        ten, unit = divmod(number, 10)
        return _TENS[ten - 2] + (f"-{_UNITS[unit]}" if unit else "")
    scale, name = (_HUNDRED, "hundred") if number < _THOUSAND else (_THOUSAND, "thousand")
    count, rest = divmod(number, scale)
    return f"{words_of(count)} {name}" + (f" {words_of(rest)}" if rest else "")


def value_of(words: str) -> int | None:
    """The number that the whole of `words` says, in any letter case, with spaces or hyphens; None if it says none."""
    parts = [part for part in _GAP.split(words.strip().lower()) if part]
    if parts[:1] in (["a"], ["an"]) and parts[1:2] and (parts[1] in SCALES or parts[1] in _DOZEN):
        del parts[0]
    value, used = longest(parts)
    return value if used == len(parts) and used else None


def longest(parts: Sequence[str]) -> tuple[int, int]:
    """The number that the longest possible beginning of `parts` (lower case) says, and how many parts that takes."""
    total = group = used = 0  # `group` is below 1,000 and waits for its thousand
    room = 0  # what a following small number has to stay below: 0 = nothing fits
    last_scale = SCALES["billion"] * _THOUSAND
    begun = False
    for at, part in enumerate(parts):
        small = SMALL.get(part)
        if part == "and":
            if used != at or room < _HUNDRED or not begun:
                break
            continue
        if small is not None:
            if begun and not 0 < small < room:
                break
            group += small
            room = 10 if small in _TEN_OF.values() else 0
        elif part == "hundred":
            if group >= _HUNDRED or (group == 0 and begun) or parts[at - 1 : at] == ["and"]:
                break
            group = (group or 1) * _HUNDRED
            room = _HUNDRED
        elif part in SCALES:
            scale = SCALES[part]
            if scale >= last_scale or (group == 0 and begun) or parts[at - 1 : at] == ["and"]:
                break
            total += (group or 1) * scale
            group, room, last_scale = 0, _THOUSAND, scale
        elif part in _DOZEN:
            if total or group >= _HUNDRED:
                break
            return (group or 1) * 12, at + 1
        else:
            break
        begun, used = True, at + 1
    return total + group, used


def digits_of(printed: str) -> int | None:
    """The number of a run of digits of one script, its separators left out; None if two scripts are mixed."""
    if printed.isascii() and printed.isdecimal():
        return int(printed)
    digits = [char for char in printed if char.isdecimal()]
    if not digits:
        return None
    if not printed.isascii():
        zeros = {ord(char) - unicodedata.decimal(char) for char in digits}
        if len(zeros) > 1:
            return None
    return int("".join(digits))
