"""Which of the shipped conflicts a report is about, by the names of the sides in it; for reports that nobody placed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache

from quittance.claims.profile import CONFLICTS, profile_for
from quittance.claims.text import plain

WINDOW = 20_000
"""Code points of a text that are looked at."""

_NAME = re.compile(r"\b[A-Z][\w.]*\w")


@cache
def _names() -> Mapping[str, tuple[frozenset[str], ...]]:
    """Conflict -> the names in one word of each of its sides, demonyms among them."""
    found = {}
    for conflict in CONFLICTS:
        profile = profile_for(conflict)
        sides = profile.actors if profile else ()
        found[conflict] = tuple(
            frozenset(name for name in (*side.names, *side.demonyms) if _NAME.fullmatch(name)) for side in sides
        )
    return found


def conflict_of(text: str) -> str | None:
    """The conflict whose sides a text names: most sides if two or more, then most often; None where that is not clear.

    >>> conflict_of("The Taliban said that Kabul had freed 100 men."), conflict_of("They freed 100 men.")
    ('afghanistan', None)
    """
    counted = Counter(_NAME.findall(plain(text[:WINDOW])))
    ranked = []
    for conflict, sides in _names().items():
        counts = [sum(counted[name] for name in side) for side in sides]
        ranked.append((sum(count > 0 for count in counts) > 1, sum(counts), conflict))
    (several, count, best), (*second, _) = sorted(ranked, reverse=True)[:2]
    return best if count > 1 and [several, count] > second else None
