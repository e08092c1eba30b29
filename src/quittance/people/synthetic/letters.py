"""Slips of the hand: letters lost, wrong, doubled or swapped, and what keyboards and PDFs do to Arabic script."""

from __future__ import annotations

from quittance.people.synthetic.chance import Chance, Flags
from quittance.people.synthetic.stock import Texts

_NEAR = {
    "latin": ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "arabic": ("بپتثن", "جچحخ", "دذ", "رزژ", "سش", "صض", "طظ", "عغ", "فق", "کگ", "وه", "یئ"),
    "cyrillic": ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"),
}
"""Letters that stand beside each other on a keyboard, or differ by their dots."""

_BESIDE = {
    script: {
        letter: "".join(row[max(0, at - 1) : at] + row[at + 1 : at + 2])
        for row in rows
        for at, letter in enumerate(row)
    }
    for script, rows in _NEAR.items()
}
_KEYBOARD = str.maketrans("یک", "يك")


def slipped(texts: Texts, rate: float, script: str, chance: Chance) -> Texts:
    """The texts, with a slip in so many of their words; words of one or two letters have none."""
    words = [text.count(" ") + 1 if text else 0 for text in texts]
    hit = chance.shares(len(texts)) < [rate * count for count in words]
    where, how, what = (chance.shares(len(texts)) for _ in range(3))
    beside = _BESIDE[script]
    for row in hit.nonzero()[0]:
        texts[row] = _slip(texts[row], where[row], how[row], what[row], beside)
    return texts


def _slip(text: str, where: float, how: float, what: float, beside: dict[str, str]) -> str:
    inside = [at for at in range(1, len(text)) if text[at].isalpha() and text[at - 1].isalpha()]
    if len(text) < 4 or not inside:
        return text
    at = inside[int(where * len(inside))]
    letter, rest = text[at], text[at + 1 :]
    if how < 0.5:
        return text[:at] + rest
    if how < 0.8:
        near = beside.get(letter, "")
        return text[:at] + (near[int(what * len(near))] if near else "") + rest
    if how < 0.9:
        return text[:at] + letter + letter + rest
    return text[: at - 1] + letter + text[at - 1] + rest


def on_arabic_keyboard(texts: Texts, hit: Flags) -> Texts:
    """These texts typed with the Arabic letters for yeh and kaf."""
    for row in hit.nonzero()[0]:
        texts[row] = texts[row].translate(_KEYBOARD)
    return texts


def lam_alef_turned(texts: Texts, hit: Flags) -> Texts:
    """These texts with each lam-alef the wrong way round, as some PDF files give it."""
    for row in hit.nonzero()[0]:
        texts[row] = texts[row].replace("لا", "ال")
    return texts
