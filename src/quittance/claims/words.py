"""Lower case with the same length, and patterns for many words: what the grammars of numbers and days share."""

from __future__ import annotations

from collections.abc import Iterable


def listed(text: str) -> tuple[str, ...]:
    """The words of a list that is written as one text."""
    return tuple(text.split())


def lowered(plain: str) -> str:
    """The text in lower case with the same length: the one letter that would grow is replaced first."""
    return plain.replace("\u0130", "i").lower()


def tree(words: Iterable[str]) -> str:
    """A pattern that tells many words apart letter by letter: in a plain list they would be tried one by one."""
    words = sorted(set(words))
    branches = [
        first + tree(word[1:] for word in words if word.startswith(first))
        for first in sorted({word[0] for word in words if word})
    ]
    if not branches:
        return ""
    pattern = branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
    return f"(?:{pattern})?" if "" in words else pattern
