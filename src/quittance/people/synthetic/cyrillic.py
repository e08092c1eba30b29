"""Latin spellings in Cyrillic letters, as a Russian-speaking clerk writes them by ear."""

from __future__ import annotations

import re

_LETTERS = {
    "que": "к", "kh": "х", "gh": "г", "sh": "ш", "ch": "ч", "zh": "ж", "dj": "дж", "th": "т", "dh": "з", "ou": "у",
    "oo": "у", "ee": "и", "ya": "я", "yu": "ю", "ay": "ай", "ai": "ай", "ey": "ей", "aa": "а", "a": "а", "b": "б",
    "c": "к", "d": "д", "e": "е", "f": "ф", "g": "г", "h": "х", "i": "и", "j": "дж", "k": "к", "l": "л", "m": "м",
    "n": "н", "o": "о", "p": "п", "q": "к", "r": "р", "s": "с", "t": "т", "u": "у", "v": "в", "w": "в", "x": "кс",
    "y": "й", "z": "з", "ï": "и", "ç": "с", "'": "",
}  # fmt: skip
_SPELLED = re.compile("|".join(sorted(map(re.escape, _LETTERS), key=len, reverse=True)), re.IGNORECASE)


def cyrillic(latin: str) -> str:
    """The word in Cyrillic letters, with its capitals.

    >>> cyrillic("Mohammad Karim")
    'Мохаммад Карим'
    """
    return _SPELLED.sub(_letter, latin)


def _letter(match: re.Match[str]) -> str:
    found = _LETTERS[match[0].casefold()]
    return found[:1].upper() + found[1:] if match[0][0].isupper() else found
