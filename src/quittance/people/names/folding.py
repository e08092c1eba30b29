"""Folding: what keyboards, files and fonts did to the letters of a name is undone, and each rule that fired is
named.

`clean` works on a whole cell (forms, controls, spaces), `fold_word` on one word of it (letters of its script). A
repair that may be wrong, such as lam-alef, is never forced: it stands beside the word as another reading.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from quittance.people.names.letters import (
    APOSTROPHES,
    ARABIC_FOLD,
    ARABIC_MARKS,
    CYRILLIC_FOLD,
    LATIN_FOLD,
    LATIN_SOUNDS,
    LOST,
    TO_CYRILLIC,
    TO_LATIN,
    Script,
    letter_script,
)

CELL_LETTERS: Final = 600
"""A cell is read up to this many characters; what follows is kept raw and not compared."""
WORD_LETTERS: Final = 40
"""A word is compared by its first letters, up to this many."""
READINGS: Final = 8
"""At most so many readings of one word."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word as folded: `readings` are the spellings it may stand for, `text` first; `rules` the ids that fired."""

    text: str = field(repr=False)
    script: Script
    readings: tuple[str, ...] = field(repr=False)
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Folded:
    """A text as folded: its words joined by spaces, the readings of all of it, and the rules that fired anywhere."""

    text: str = field(repr=False)
    words: tuple[Word, ...]
    readings: tuple[str, ...] = field(repr=False)
    rules: tuple[str, ...] = ()


_PLAIN: Final = re.compile(
    r"[A-Za-z0-9 .,;()/'\-\u0621-\u063a\u0641-\u064a\u067e\u0686\u0698\u06a9\u06af\u06cc\u0410-\u044f]*"
)
"""Cells of which every letter is composed and stands for itself, so that nothing is to be cleaned but spaces."""
_CONTROL: Final = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
_SPACE: Final = re.compile(r"[\s\x1c-\x1f\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_FORMULA: Final = re.compile(
    "[\ufdfa\ufdfb\ufdfd\ufdf5\ufdf6\ufdf8\ufdf9]"
)  # written after holy names; no part of a name
_SIGNS: Final = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))
_DASHES: Final = str.maketrans(dict.fromkeys("‐‑‒–—―−﹘﹣－⁃", "-"))
_EDGES: Final = " ,;-"


def clean(raw: str) -> tuple[str, tuple[str, ...]]:
    """The cell as plain characters, and the rules that fired: composed, without controls, one space between words."""
    if len(raw) <= CELL_LETTERS and _PLAIN.fullmatch(raw):
        return " ".join(raw.split()).strip(_EDGES), ()
    rules = []
    text = raw[:CELL_LETTERS]
    text = _SURROGATE.sub(LOST, text)
    text = _FORMULA.sub(" ", text).translate(_SIGNS).translate(_DASHES)
    composed = unicodedata.normalize("NFKC", text)[:CELL_LETTERS].translate(_SIGNS)
    if composed != text:
        rules.append("forms")
    if len(raw) > CELL_LETTERS:
        rules.append("cut")
    shown = _CONTROL.sub("", composed)
    if shown != composed:
        rules.append("controls")
    text = _SPACE.sub(" ", shown).strip(_EDGES)
    if LOST in text:
        rules.append("lost")
    return text, tuple(rules)


@lru_cache(maxsize=65536)
def script_of(token: str) -> Script:
    """The script of most letters of a token; the first letter decides a tie; `other` where no letter is known."""
    if token.isascii():
        return "latin" if any(map(str.isalpha, token)) else "other"
    counts: dict[Script, int] = {}
    for letter in token:
        if (script := letter_script(letter)) is not None:
            counts[script] = counts.get(script, 0) + 1
    return max(counts, key=counts.__getitem__) if counts else "other"


def _distinct(readings: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reading for reading in readings if reading))[:READINGS]


_ALLAH_END: Final = re.compile(f"(?:اهلل|هللا|(?<=.)لله|الل{LOST})$")
_LATE_ALEF: Final = re.compile("(?<=.)ال")


def _fold_arabic(word: str) -> Word:
    rules = []
    bare = word.replace("\u200c", "").replace("\u200d", "")
    if bare != word:
        rules.append("zwnj")
    if any(mark in ARABIC_MARKS for mark in bare):
        rules.append("marks")
    text = bare.translate(ARABIC_FOLD)
    if text != bare and "marks" not in rules:
        rules.append("letters")
    text = "".join(letter for letter in text if letter == LOST or letter_script(letter) == "arabic")[:WORD_LETTERS]
    readings = [text]
    repaired = _ALLAH_END.sub("الله", text)
    if repaired != text and not (text.endswith("لله") and text.endswith("الله")):
        rules.append("allah")
        readings.insert(0, repaired)
    head = readings[0]
    stem = head.removesuffix("الله")
    tail = head[len(stem) :]
    places = [place.start() for place in _LATE_ALEF.finditer(stem)]
    if places:
        readings.append(_LATE_ALEF.sub("لا", stem) + tail)
        if len(places) > 1:
            readings += [stem[:at] + "لا" + stem[at + 2 :] + tail for at in places]
    if "لا" in stem:
        readings.append(stem.replace("لا", "ال") + tail)
    if len(readings) > 1:
        rules.append("lam-alef")
    return Word(readings[0], "arabic", _distinct(readings), tuple(rules))


def _strip_marks(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def _latin_base(letter: str) -> str:
    """The plain letter inside a Latin letter that no table holds, by its Unicode name; nothing if there is none."""
    words = unicodedata.name(letter, "").split()
    return words[3].lower() if words[:3] == ["LATIN", "SMALL", "LETTER"] and len(words[3]) == 1 else ""


def _fold_latin(word: str) -> Word:
    rules = []
    if "'" in word:
        rules.append("apostrophe")
        word = word.replace("'", "")
    if word.isascii():
        text = word.lower()
        if not text.isalpha():
            text = "".join(filter(str.isalpha, text))
        return Word(text[:WORD_LETTERS], "latin", (text[:WORD_LETTERS],), tuple(rules))
    if any(letter_script(letter) == "cyrillic" for letter in word):
        rules.append("homoglyph")
        word = word.translate(TO_LATIN)
    lower = word.replace("İ", "i").casefold()
    readings = [_latin_letters(lower), _latin_letters(unicodedata.normalize("NFC", lower).translate(LATIN_SOUNDS))]
    if not lower.isascii():
        rules.append("marks")
    return Word(readings[0], "latin", _distinct(readings), tuple(rules))


def _latin_letters(lower: str) -> str:
    plain = _strip_marks(lower.translate(LATIN_FOLD)).translate(LATIN_FOLD)
    letters = [letter if letter == LOST or "a" <= letter <= "z" else _latin_base(letter) for letter in plain]
    return "".join(letters)[:WORD_LETTERS]


def _fold_cyrillic(word: str) -> Word:
    rules = []
    if "'" in word:
        rules.append("apostrophe")
        word = word.replace("'", "")
    if any(letter_script(letter) == "latin" for letter in word):
        rules.append("homoglyph")
        word = word.translate(TO_CYRILLIC)
    # й, ё, ї and ў are composed letters of their own: what is still a combining mark is a stress or a stray sign.
    lower = unicodedata.normalize("NFC", word.lower())
    plain = "".join(letter for letter in lower if not unicodedata.combining(letter))
    if plain != lower:
        rules.append("stress")
    text = plain.translate(CYRILLIC_FOLD)
    if text != plain:
        rules.append("letters")
    text = "".join(letter for letter in text if letter == LOST or letter_script(letter) == "cyrillic")[:WORD_LETTERS]
    return Word(text, "cyrillic", _distinct([text]), tuple(rules))


@lru_cache(maxsize=65536)
def fold_word(word: str) -> Word:
    """One word of a cleaned cell in the letters of its script; a word without a known letter is only casefolded."""
    script = script_of(word)
    if script == "arabic":
        return _fold_arabic(word)
    if script == "latin":
        return _fold_latin(word)
    if script == "cyrillic":
        return _fold_cyrillic(word)
    text = "".join(letter for letter in word.casefold() if letter == LOST or letter.isalpha())[:WORD_LETTERS]
    return Word(text, "other", (text,) if text else ())


_BREAK: Final = re.compile(r"[\s,;/\-_.\"()\[\]]+")


def fold(text: str) -> Folded:
    """Any text folded word by word; never raises. `readings` exchange one word at a time for its alternatives."""
    cleaned, rules = clean(text)
    words = tuple(word for part in _BREAK.split(cleaned) if part and (word := fold_word(part)).text)
    texts = [word.text for word in words]
    readings = [" ".join(texts)]
    for place, word in enumerate(words):
        readings += [" ".join([*texts[:place], reading, *texts[place + 1 :]]) for reading in word.readings[1:]]
    fired = dict.fromkeys([*rules, *(rule for word in words for rule in word.rules)])
    return Folded(readings[0], words, _distinct(readings), tuple(fired))
