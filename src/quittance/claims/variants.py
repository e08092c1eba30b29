"""One name in its many romanised spellings: what is left of a word when the letters that vary are taken for one.

Suhail and Suheil, Javid, Javed and Jawed, Zelensky and Zelenskiy have the same skeleton. A slip of the pen beyond that
(one letter more, less, other, or two exchanged) is `near`, and counts only where something else confirms the person.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

PARTICLES: Final = frozenset(("al", "el", "ul", "ad", "as", "ash", "an", "ar", "at", "az", "bin", "ibn", "bint", "abu"))
"""Words inside a name which are written or left out, joined or not. `abu` counts only as a part of a longer name."""

_SPECIAL: Final = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "ə": "a"})
_ALIKE: Final = str.maketrans({"e": "i", "y": "i", "o": "u", "w": "v", "q": "k", "h": None, "'": None, "-": None})
_DOUBLED: Final = re.compile(r"(.)\1+")
_LEAST: Final = 5


@lru_cache(maxsize=65536)
def bare(word: str) -> str:
    """The word in small letters without accents."""
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", word.lower().translate(_SPECIAL))
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


@lru_cache(maxsize=65536)
def skeleton(word: str) -> str:
    """What all spellings of one romanised word share; two words with one skeleton are taken for the same."""
    letters = bare(word).replace("ph", "f").replace("ck", "k").replace("dj", "j").replace("tch", "ch")
    letters = letters.translate(_ALIKE).replace("ai", "i").replace("iu", "u").replace("ia", "a").replace("au", "u")
    letters = _DOUBLED.sub(r"\1", letters)
    return letters.replace("abdil", "abdul")


def joined(words: Sequence[str]) -> str:
    """The skeleton of a name of several words, however they are parted: Abdul Qader al-Murtada, Abdulqader Murtada."""
    kept = [word for word in words if bare(word) not in PARTICLES and word not in ("-", "'", "'s")]
    return _DOUBLED.sub(r"\1", "".join(map(skeleton, kept or words)))


def near(word: str, other: str) -> bool:
    """Whether two words of five letters or more differ by one letter, or by two neighbours exchanged."""
    a, b = skeleton(word), skeleton(other)
    if a == b:
        return True
    if min(len(bare(word)), len(bare(other))) < _LEAST:
        return False
    return _one_edit(a, b) or _one_edit(bare(word), bare(other))


def _one_edit(a: str, b: str) -> bool:
    if len(a) > len(b):
        a, b = b, a
    if len(b) - len(a) > 1:
        return False
    at = next((place for place, letter in enumerate(a) if letter != b[place]), len(a))
    if len(a) < len(b):
        return a[at:] == b[at + 1 :]
    return a[at + 1 :] == b[at + 1 :] or (a[at : at + 2] == b[at : at + 2][::-1] and a[at + 2 :] == b[at + 2 :])


_SWAPS: Final = (
    ("i", "e"), ("e", "i"), ("v", "w"), ("w", "v"), ("u", "o"), ("o", "u"), ("ai", "ei"), ("ei", "ai"), ("h", ""),
    ("q", "k"), ("k", "q"), ("ye", "ie"), ("iy", "ii"), ("ey", "ei"), ("ou", "u"), ("dd", "d"), ("d", "dd"),
)  # fmt: skip
_ENDINGS: Final = (("sky", "skiy"), ("sky", "skyy"), ("sky", "ski"), ("iy", "y"), ("ii", "y"), ("i", "y"), ("y", "i"))


def spellings(word: str) -> Iterator[str]:
    """Spellings of a word by one change each of the letters that vary, each once, the word itself first."""
    seen = {word}
    yield word
    made = [
        word[:at] + new + word[at + len(old) :]
        for old, new in _SWAPS
        for at in range(1, len(word))
        if word.startswith(old, at)
    ]
    made += [word[: -len(old)] + new for old, new in _ENDINGS if word.endswith(old)]
    for other in made:
        if other not in seen and len(other) > 1:
            seen.add(other)
            yield other
