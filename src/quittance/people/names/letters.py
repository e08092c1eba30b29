"""Tables of letters: which script a letter belongs to, which letters are one, which look alike. Our own work.

Sources of the facts: Unicode (code charts, UTS 39 confusables) and the spellings of Arabic, Dari, Persian,
Pashto, Urdu.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final, Literal

Script = Literal["arabic", "latin", "cyrillic", "other"]

LOST: Final = "\ufffd"
"""Stands for a letter that a file lost; it agrees with any letter."""

ARABIC: Final = "اآبپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
"""The letters an Arabic-script token is folded to."""
LATIN: Final = "abcdefghijklmnopqrstuvwxyz"
"""The letters a Latin token is folded to."""
CYRILLIC: Final = "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґў"
"""The letters a Cyrillic token is folded to."""


@lru_cache(maxsize=4096)
def letter_script(letter: str) -> Script | None:
    """The script of one character, or None for a character that is no letter."""
    code = ord(letter)
    if code < 0x80:
        return "latin" if letter.isalpha() else None
    if not unicodedata.category(letter).startswith("L"):
        return None
    if 0x600 <= code <= 0x8FF or 0xFB50 <= code <= 0xFEFF:
        return "arabic"
    if 0x400 <= code <= 0x52F or 0x1C80 <= code <= 0x1C8F:
        return "cyrillic"
    return "latin" if unicodedata.name(letter, "").startswith(("LATIN", "MODIFIER LETTER SMALL")) else "other"


APOSTROPHES: Final = "'’‘ʻʼʽʾʿ`´′‵＇‛ˈˊˋʹ՚ꞌ"
"""Every sign that is written for ayn, hamza, a soft sign or an omitted letter."""

ARABIC_MARKS: Final = "".join(
    map(chr, [*range(0x610, 0x61B), *range(0x64B, 0x660), 0x670, 0x640, *range(0x6D6, 0x6EE)])
)
"""Vowel signs, the long stroke and reading marks: deleted."""

_ARABIC_SAME: Final = {
    "ی": "يىئېۍےۓݐؽؾێ",
    "ک": "كڪګڬڭ",
    "ه": "ہھةۀەۂۃۿ",
    "ا": "أإٱٲٳ",
    "و": "ؤۇۆۈۋۏ",
    "ت": "ټٹٺ",
    "د": "ډڈڊ",
    "ر": "ړڑڕ",
    "ش": "ښڜ",
    "س": "څ",
    "ز": "ځ",
    "ن": "ڼںڻ",
    "گ": "ږڳ",
    "ف": "ڤڥ",
    "ل": "ڵ",
}
ARABIC_FOLD: Final = str.maketrans(
    {variant: base for base, variants in _ARABIC_SAME.items() for variant in variants}
    | dict.fromkeys("ءٔٴ" + ARABIC_MARKS, "")
    | {"ګ": "گ"}
)
"""Letters of Arabic, Persian, Pashto and Urdu keyboards to the letters of `ARABIC`; alef with madda stays."""

LATIN_FOLD: Final = str.maketrans(
    {
        "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ħ": "h",
        "ŧ": "t", "ə": "a", "ɑ": "a", "ɛ": "e", "ŋ": "ng", "ĸ": "k", "ƙ": "k", "ɓ": "b", "ɗ": "d", "ƴ": "y",
        "ŀ": "l", "ſ": "s",
    }
)  # fmt: skip
"""Latin letters that do not decompose into a base letter and a mark."""

LATIN_SOUNDS: Final = str.maketrans({"š": "sh", "ş": "sh", "ș": "sh", "č": "ch", "ć": "ch", "ç": "ch", "ž": "zh"})
"""Marked letters whose sound differs from that of the bare letter: a second reading."""

CYRILLIC_FOLD: Final = str.maketrans({"ё": "е", "ѐ": "е", "ѝ": "и", "ѓ": "г", "ќ": "к", "ј": "й", "ђ": "д", "ћ": "ч",
                                      "љ": "л", "њ": "н", "џ": "ж", "ѕ": "з", "ѣ": "е", "ғ": "г", "қ": "к", "ң": "н",
                                      "ө": "о", "ү": "у", "ұ": "у", "һ": "х", "ә": "а", "ҳ": "х", "ҷ": "ж", "ӣ": "и",
                                      "ӯ": "у", "ѵ": "и", "ӏ": "", "ѳ": "ф"})  # fmt: skip
"""Cyrillic letters of other languages to those of Russian, Ukrainian and Belarusian."""

_LOOKS: Final = ("ABCEHIKMOPTXaceiopxyĸ", "АВСЕНІКМОРТХасеіорхук")
TO_CYRILLIC: Final = str.maketrans(*_LOOKS)
"""Latin letters that stand in a Cyrillic word to the Cyrillic ones that they look like."""
TO_LATIN: Final = str.maketrans(_LOOKS[1] + "кј", _LOOKS[0][:-1] + "kkj")
"""Cyrillic letters that stand in a Latin word to the Latin ones that they look like."""
