"""What a member of a statement's body may be: codes, numbers, digests, and the words that stand for things.

Words about a person have no place in the record, so every reason is a code, and most are one of a few.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date
from itertools import pairwise

from quittance.ids import is_id
from quittance.record.envelope import HEX_256

Check = Callable[[object], bool]
"""Whether a value has the form."""

ROLES = ("operator", "holding", "receiving", "neutral", "medical", "guarantor", "protection", "server")
"""The offices that a key can be enrolled for; `protection` is the data-protection officer."""

JUDGEMENTS = ("same", "different", "unsure")

READINGS = ("accepted", "corrected", "rejected", "doubtful")
"""What a reviewer says of a public claim as a program read it."""

BANDS = ("p00", "p10", "p30", "p50", "p70", "p90", "p97")
"""Bands of the probability that a reviewer was shown, by their lower bound in hundredths."""

GROUNDS = (
    *("father", "year", "place", "number", "document", "interview", "relative", "family", "spelling"),
    "other",
)
"""Why a reviewer judges as he does."""

CLEARANCES = ("granted", "refused", "withdrawn")
"""What an office says at its gate."""

DENIALS = ("not_listed", "not_received", "not_delivered", "wrong_person", "other")
"""Why a side denies that a person was handed over."""

OUTCOMES = ("transferred", "died", "escaped", "not_held", "already_released", "substituted")
"""What became of a person who is not handed over."""

UNTOLD = ("declined", "deferred", "unfit")
"""What only the neutral and the medical officer may know of a person: never why somebody left a batch."""

REVOCATIONS = ("lost", "stolen", "left", "replaced", "ended", "other")

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_BEACON = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")
_ORIGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,255}")
_PLAIN = re.compile(r"[a-z0-9_.]{1,64}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def code(value: object) -> bool:
    """A code of 1 to 128 characters."""
    return isinstance(value, str) and _CODE.fullmatch(value) is not None


def beacon(value: object) -> bool:
    """The round of a public source of random numbers, such as `drand:quicknet:1234567`."""
    return isinstance(value, str) and _BEACON.fullmatch(value) is not None


def origin(value: object) -> bool:
    """The origin of a log."""
    return isinstance(value, str) and _ORIGIN.fullmatch(value) is not None


def count(value: object) -> bool:
    """An integer from 0; true and false are none."""
    return type(value) is int and value >= 0


def number(value: object) -> bool:
    """An integer from 1."""
    return type(value) is int and value >= 1


def day(value: object) -> bool:
    """A day of the calendar, `YYYY-MM-DD`."""
    if not isinstance(value, str) or _DAY.fullmatch(value) is None:
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def digest(value: object) -> bool:
    """A SHA-256, or anything else of 32 bytes, in lower-case hex."""
    return isinstance(value, str) and HEX_256.fullmatch(value) is not None


def digests(value: object) -> bool:
    """At most 32 digests, each once."""
    return isinstance(value, list) and len(value) <= 32 and all(map(digest, value)) and len(set(value)) == len(value)


def plain_names(value: object) -> bool:
    """Names of kinds or fields, 1 to 64 of them."""
    return isinstance(value, list) and 0 < len(value) <= 64 and all(map(_is_plain, value))


def _is_plain(value: object) -> bool:
    return isinstance(value, str) and _PLAIN.fullmatch(value) is not None


def reasons(value: object) -> bool:
    """Codes in ascending order, one for each person, none of which tells what only the neutral may know."""
    if not isinstance(value, list) or not all(map(code, value)):
        return False
    return all(one <= other for one, other in pairwise(value)) and not set(value) & set(UNTOLD)


def party(value: object) -> bool:
    """The id of a party, as in the agreement file."""
    return isinstance(value, str) and is_id(value)


def members(value: object) -> bool:
    """A JSON object."""
    return isinstance(value, dict)


def one_of(words: Collection[str]) -> Check:
    """The check for one of a few words."""
    return lambda value: isinstance(value, str) and value in words
