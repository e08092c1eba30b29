"""Skeletons: the consonants of a token in eighteen classes, equal across scripts for most spellings of one name.

A skeleton is a key, not a score: it serves blocking, rarity, private comparison and the large engines. Wanted
losses: b and p, t and its emphatic form, and k, g, q, kh are one. Known loss: French `ch` for `sh`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from quittance.people.names.letters import LOST, Script

_ARABIC: Final = str.maketrans(
    dict.fromkeys("بپ", "B")
    | dict.fromkeys("تط", "T")
    | dict.fromkeys("ثسص", "S")
    | dict.fromkeys("ذزظض", "Z")
    | dict.fromkeys("کگقغخ", "K")
    | dict.fromkeys("حه", "H")
    | dict.fromkeys("جژ", "J")
    | dict.fromkeys("اآعءوی", "")
    | {"د": "D", "ر": "R", "ن": "N", "ش": "X", "چ": "C", "ف": "F", "ل": "L", "م": "M"}
)
_DIGRAPHS: Final = tuple(
    (letters, letter)
    for group, letter in (
        ("shch sch sh", "X"), ("tch ch", "C"), ("kh gh ck", "K"), ("th ts", "S"), ("dh dz", "Z"), ("zh dj", "J"),
        ("ph", "F"),
    )
    for letters in group.split()
)  # fmt: skip
_LATIN: Final = str.maketrans(
    dict.fromkeys("bp", "B")
    | dict.fromkeys("kqgc", "K")
    | {letter: letter.upper() for letter in "tszdrnhjflm"}
    | {"x": "KS"}
    | dict.fromkeys("aeiouwvy", ".")
)
_ROMAN: Final = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "й": "y", "к": "k",
        "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh",
        "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
        "і": "i", "ї": "yi", "є": "ye", "ґ": "g", "ў": "u",
    }
)  # fmt: skip
_ROMAN_ARABIC: Final = str.maketrans(
    {
        "ا": "a", "آ": "a", "ب": "b", "پ": "p", "ت": "t", "ث": "th", "ج": "j", "چ": "ch", "ح": "h", "خ": "kh", "د": "d",
        "ذ": "dh", "ر": "r", "ز": "z", "ژ": "zh", "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a",
        "غ": "gh", "ف": "f", "ق": "q", "ک": "k", "گ": "g", "ل": "l", "م": "m", "ن": "n", "و": "u", "ه": "h", "ی": "i",
    }
)  # fmt: skip
_RUN: Final = re.compile(r"([A-Z])\1+")


@lru_cache(maxsize=65536)
def skeleton(token_text: str, script: Script) -> str:
    """The consonant classes of a folded token, such as `MHMD`; empty where it holds no consonant.

    A lost letter is left out: it may be any.
    """
    if not token_text:
        return ""
    if script == "arabic":
        head = {"و": "W", "ی": "Y"}.get(token_text[0], "")
        # Gemination is not written in Arabic script: two equal letters are two, save in Allah.
        body = token_text.replace("لله", "له").translate(_ARABIC)
    elif script in ("latin", "cyrillic"):
        roman = token_text.translate(_ROMAN) if script == "cyrillic" else token_text
        head = "Y" if roman[:1] == "y" else "W" if roman[:1] in ("w", "v") else ""
        for letters, letter in _DIGRAPHS:
            roman = roman.replace(letters, letter)
        body = _RUN.sub(r"\1", roman.translate(_LATIN)).replace(".", "")
    else:
        return ""
    key = head + body.replace(LOST, "")
    return key.rstrip("H") or key[:1]


@lru_cache(maxsize=65536)
def latin_form(token_text: str, script: Script) -> str:
    """The token in Latin letters for a prefilter and for display: letter by letter, short vowels not restored."""
    if script == "latin":
        return token_text
    if script == "cyrillic":
        return token_text.translate(_ROMAN)
    if script == "arabic":
        head = {"و": "w", "ی": "y"}.get(token_text[:1])
        return (head + token_text[1:] if head else token_text).translate(_ROMAN_ARABIC)
    return _any_latin(token_text)


def _any_latin(token_text: str) -> str:
    from anyascii import anyascii

    return "".join(filter(str.isalpha, anyascii(token_text).lower()))
