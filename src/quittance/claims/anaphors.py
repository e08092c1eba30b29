"""Numbers given by other words: "as many", "the same number" have the value of the number before; "nobody", and "a
single" one behind a negation, are nought.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from quittance.claims.numbers import Figure

_AS_MANY = re.compile(r"\b(?:as many(?! as\b)|(?:the|an) (?:same|equal) number)\b", re.IGNORECASE)

_FREED = r"(?:freed?|releas(?:ed?|ing)|exchanged|swapped|let go|set free|handed over)"
_NOBODY = re.compile(
    rf"\b(?:no one|no-one|nobody)(?= (?:has|had|was|is|will|would) (?:\w+ )?(?:been |be )?{_FREED}\b)"
    rf"|\b{_FREED} (no one|no-one|nobody)\b"
    r"|\b(?:not|never|neither|nor|yet to|without|failed to|n't)\b [^.;:\n\"]{1,80}?\b(a single)(?= [a-z])",
    re.IGNORECASE,
)


def _nought(found: re.Match[str]) -> Figure:
    """Nobody, as a number."""
    start, end = found.span(found.lastindex or 0)
    return Figure(
        start=start, end=end, value=0, low=0, high=0, modality="exact", modality_start=start, implicit=True, zero=True
    )


def counts_of(figures: Sequence[Figure], plain: str) -> list[Figure]:
    """The numbers of a text that count something, in order, those given by reference among them."""
    counts = [figure for figure in figures if figure.sort == "count"]
    starts = [figure.start for figure in figures]
    added = []
    for anaphor in _AS_MANY.finditer(plain):
        start, end = anaphor.span()
        at = bisect_right(starts, start)
        covered = (at < len(figures) and figures[at].start < end) or (at > 0 and figures[at - 1].end > start)
        before = next((one for one in reversed(figures[max(0, at - 6) : at]) if one.sort == "count"), None)
        if covered or before is None or before.value is None:
            continue
        value = before.value
        added.append(
            Figure(
                start=start,
                end=end,
                value=value,
                low=value,
                high=value,
                modality="exact",
                modality_start=start,
                implicit=True,
            )
        )
    added += [
        nought
        for nought in map(_nought, _NOBODY.finditer(plain))
        if not any(one.start < nought.end and nought.start < one.end for one in counts)
    ]
    return sorted([*counts, *added], key=lambda one: one.start) if added else counts
