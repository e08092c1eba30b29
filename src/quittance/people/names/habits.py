"""Habits of writing that the training words hardly show, and the signs of names of a region. Our own work.

Sources of the facts: common knowledge of French, Turkish, Somali, Malay and Slavic spelling; the Ukrainian
official table of 2010 and the Belarusian one of 2007 for passports. Names of no person stand here.
"""

from __future__ import annotations

import re
from typing import Final

REGIONAL: Final = re.compile("[عحقصضطظ]")
"""Letters that hardly occur in foreign names written in Arabic script, where vowels are written out."""
SLAVIC: Final = re.compile(
    " "
    "..(?:[оеа]в|[иы]н|[оеа]ва|[иы]на|ск[иі]й|ская|цк[иі]й|[иі]ч|[оеа]вна"
    "|енко|чук|юк|ец|ик|ко|ый|ий|ая|слав|мир)$|[ыщъ]"
)
"""A Cyrillic word that ends so or holds this is perhaps a Slavic name; forms of such are made (`eastern_pairs`)."""
FOREIGN: Final = re.compile(
    "p|v|x|sch|ck|tz|cz|sz|son$|sky$|berg|mann|[^aeiou]e$|[^aeioukyhn]s$|es$|ic$|gg|nn$|ll$|^mc|^ch"
)
"""A Latin word that holds this is seldom the spelling of an Arabic name."""


def regional_signs(word: str, latin: str) -> float:
    """How likely an Arabic-script word and its Latin form are a name of the region, by single letters alone."""
    sure = 0.97 if REGIONAL.search(word) else 0.25
    return sure * 0.3 if FOREIGN.search(latin) else sure


SPELLINGS: Final[dict[str, tuple[tuple[str, str, float], ...]]] = {
    "ar-la": (
        ("ح", "x", 0.006), ("ع", "c", 0.006), ("ج", "c", 0.01), ("چ", "c", 0.03), ("ش", "s", 0.03), ("ش", "sy", 0.01),
        ("ش", "sj", 0.005), ("ج", "dj", 0.03), ("چ", "tj", 0.01),
        ("و", "oe", 0.01), ("خ", "x", 0.01), ("خ", "ch", 0.01),
        ("ق", "g", 0.02), ("ی", "j", 0.01), ("و", "v", 0.02), ("ث", "s", 0.05), ("ذ", "z", 0.05), ("ض", "z", 0.04),
        ("ض", "dh", 0.03), ("ظ", "dh", 0.03), ("ع", "", 0.05), ("ب", "p", 0.01), ("ت", "d", 0.005), ("د", "t", 0.003),
        ("ص", "c", 0.003), ("غ", "g", 0.03), ("غ", "r", 0.003),
        ("پ", "b", 0.01), ("گ", "k", 0.005), ("ک", "g", 0.005),
        ("ف", "p", 0.004), ("ز", "s", 0.005), ("س", "z", 0.003),
    ),
    "la-la": (
        ("x", "h", 0.05), ("h", "x", 0.003), ("c", "", 0.01), ("c", "j", 0.02), ("j", "c", 0.004), ("j", "dj", 0.02),
        ("c", "ch", 0.02), ("s", "sh", 0.01), ("c", "s", 0.02), ("s", "c", 0.01),
        ("u", "oe", 0.003), ("u", "ou", 0.01), ("w", "v", 0.02), ("v", "w", 0.02),
        ("q", "k", 0.05), ("k", "q", 0.01), ("z", "dh", 0.01), ("y", "j", 0.003), ("j", "y", 0.01), ("s", "z", 0.003),
        ("z", "s", 0.006), ("p", "b", 0.004), ("b", "p", 0.002),
        ("g", "k", 0.003), ("f", "p", 0.003), ("t", "d", 0.003),
        ("d", "t", 0.002), ("d", "z", 0.004), ("z", "d", 0.004),
    ),
    "ar-ar": (
        ("گ", "ک", 0.03), ("ک", "گ", 0.004), ("گ", "ج", 0.01), ("ج", "گ", 0.002), ("پ", "ب", 0.05), ("ب", "پ", 0.004),
        ("گ", "غ", 0.01), ("چ", "ج", 0.02), ("ج", "چ", 0.003), ("چ", "ش", 0.004), ("ژ", "ز", 0.02), ("ز", "ژ", 0.002),
        ("ژ", "ج", 0.02), ("ق", "غ", 0.008), ("غ", "ق", 0.008),
        ("ق", "ک", 0.006), ("ک", "ق", 0.003), ("س", "ص", 0.004),
        ("ص", "س", 0.008), ("ث", "س", 0.01), ("س", "ث", 0.002),
        ("ذ", "ز", 0.01), ("ز", "ذ", 0.004), ("ض", "ز", 0.005),
        ("ظ", "ز", 0.005), ("ز", "ظ", 0.002), ("ض", "ظ", 0.008),
        ("ظ", "ض", 0.008), ("ت", "ط", 0.004), ("ط", "ت", 0.008),
        ("ح", "ه", 0.006), ("ه", "ح", 0.004), ("ا", "ع", 0.003), ("ع", "ا", 0.006), ("آ", "ا", 0.3), ("ا", "آ", 0.02),
        ("و", "", 0.002), ("ی", "", 0.002), ("ا", "", 0.003),
        ("ه", "", 0.004), ("ع", "", 0.003), ("ز", "ر", 0.002), ("ر", "ز", 0.001),
        ("خ", "ح", 0.002), ("ح", "خ", 0.002), ("ج", "ح", 0.002),
        ("د", "ذ", 0.002), ("ذ", "د", 0.006), ("ن", "ت", 0.001),
        ("ب", "ن", 0.001), ("ف", "ق", 0.001), ("ش", "س", 0.002),
        ("س", "ش", 0.002), ("و", "ف", 0.002), ("ف", "و", 0.002),
    ),
    "cy-cy": (
        ("и", "і", 0.06), ("і", "и", 0.5), ("ы", "и", 0.2), ("и", "ы", 0.02), ("е", "є", 0.02), ("є", "е", 0.5),
        ("э", "е", 0.15), ("е", "э", 0.02), ("ї", "и", 0.4), ("и", "ї", 0.01), ("ў", "в", 0.6), ("в", "ў", 0.03),
        ("ў", "у", 0.2), ("у", "ў", 0.02), ("ґ", "г", 0.7), ("г", "ґ", 0.01), ("о", "а", 0.03), ("а", "о", 0.03),
        ("ь", "", 0.3), ("ц", "т", 0.04), ("т", "ц", 0.03), ("і", "е", 0.05), ("е", "і", 0.02), ("і", "о", 0.05),
        ("о", "і", 0.02), ("и", "", 0.02), ("я", "е", 0.01),
        ("е", "я", 0.02), ("й", "", 0.05), ("г", "х", 0.01), ("х", "г", 0.01),
    ),
    "ar-cy": (
        ("ح", "х", 0.1), ("ه", "х", 0.1), ("ه", "г", 0.03), ("ج", "дж", 0.1), ("و", "ў", 0.005), ("ی", "і", 0.01),
    ),
    "cy-la": (("г", "h", 0.03), ("х", "h", 0.03), ("х", "kh", 0.03), ("е", "ie", 0.01), ("я", "ia", 0.01),
              ("ю", "iu", 0.01), ("и", "y", 0.03),
              ("й", "", 0.02), ("ч", "c", 0.01), ("ш", "s", 0.01), ("ж", "z", 0.01)),
}  # fmt: skip
"""Model to (source letter, what is written for it, share of that letter's writing)."""

UKRAINIAN: Final[dict[str, str]] = {
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "є": "ie", "ж": "zh", "з": "z", "и": "y",
    "і": "i", "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ь": "", "ю": "iu",
    "я": "ia",
}  # fmt: skip
"""The official Ukrainian romanisation inside a word."""
BELARUSIAN: Final = UKRAINIAN | {"ы": "y", "э": "e", "ў": "u", "е": "e", "ё": "io"}
"""The Belarusian passport romanisation inside a word."""
OPENING: Final = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya", "е": "ye", "ё": "yo"}
"""How both write a letter at the start of a word; Ukrainian е stays e."""

_TO_UKRAINIAN: Final = str.maketrans({"ы": "и", "и": "і", "э": "е", "ъ": ""})
_TO_BELARUSIAN: Final = str.maketrans({"и": "і", "щ": "ш", "ъ": ""})


def eastern_pairs(word: str) -> list[tuple[str, str]]:
    """A word in Russian letters as Ukrainian and Belarusian would spell it, each with its official romanisation.

    A synthetic pair: it teaches which Latin letters stand for which Cyrillic ones, not how a name is translated.
    """
    ukrainian = word.translate(_TO_UKRAINIAN)
    belarusian = re.sub("(?<=[аеыоуяюіэ])в(?![аеыоуяюіэ])", "ў", word.translate(_TO_BELARUSIAN))
    return [(ukrainian, _roman(ukrainian, UKRAINIAN, "")), (belarusian, _roman(belarusian, BELARUSIAN, "е"))]


def _roman(word: str, table: dict[str, str], softened: str) -> str:
    first = word[:1]
    opening = OPENING[first] if first in OPENING and (first != "е" or softened) else table.get(first, "")
    return opening + "".join(table.get(letter, "") for letter in word[1:])
