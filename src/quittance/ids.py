"""The shapes of identifiers: of the agreement's own things, and of persons in a register."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

ID_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,63}$"
"""Ids of parties, instruments, commitments, categories, lists, powers, positions and balances."""

PERSON_ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
"""Ids of persons: register numbers, never names, so no space and no script but ASCII."""

_ID = re.compile(ID_PATTERN)
_PERSON = re.compile(PERSON_ID_PATTERN)


def is_id(text: str) -> bool:
    """Whether `text` may name a thing of an agreement."""
    return _ID.fullmatch(text) is not None


def is_person_id(text: str) -> bool:
    """Whether `text` may stand for a person: a register number of up to 64 ASCII letters, digits, `_`, `.` and `-`."""
    return _PERSON.fullmatch(text) is not None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown word: `; did you mean x?`, or nothing when no known word is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean `{near[0]}`?" if near else ""
