"""A score in short, without names: what each part weighs and the alerts, as the `reasons` column of LINKS.csv holds
it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from quittance.people.matching.pairs import FATHER, FIELDS_AT, FOUND_IN_NAME, GRANDFATHER, KUNYA, PARTS

GROUPS: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("name", (0, 1, 2, 3)),
    ("joined", (4,)),
    ("bigrams", (5,)),
    ("aliases", (6,)),
    *((name, (at,)) for at, name in enumerate(PARTS) if at >= KUNYA),
)
"""What is shown as one figure -> the parts it is the sum of. Kept whole, so that the figures add up to the score."""


def compact(parts: Sequence[float], states: Sequence[int], given: Iterable[int], alerts: Sequence[str]) -> str:
    """The reasons of one pair: `name:+14.2;father:0:missing;birth:+2.6;alert:kin`.

    `given` are the parts whose field at least one of the two lists has at all; of these a missing one is named.
    """
    given = set(given)
    pieces = []
    for name, of in GROUPS:
        weight = sum(parts[at] for at in of)
        at = of[0]
        if at >= KUNYA and states[at] < 0:
            if at in given:
                pieces.append(f"{name}:0:missing")
        elif at in (FATHER, GRANDFATHER) and states[at] == FOUND_IN_NAME:
            pieces.append(f"{name}:{figure(weight)}:in_name")
        elif weight or at == 0 or at >= FIELDS_AT:
            pieces.append(f"{name}:{figure(weight)}")
    return ";".join([*pieces, *(f"alert:{alert}" for alert in alerts)])


def figure(weight: float) -> str:
    """A weight with its sign and four decimals, without idle zeros; 0 is written 0."""
    text = f"{weight:+.4f}".rstrip("0").rstrip(".")
    return "0" if text in ("+0", "-0") else text
