"""Invented registers for measuring and testing (section 15): every cell comes from a hash.

Nobody in them exists. The same number of people and seed give the same bytes on every machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import accumulate

COLUMNS = (
    "pid",
    "prison",
    "province",
    "list",
    "faction",
    "age",
    "health",
    "remaining_days",
    *("listed", "not_vetoed", "decree", "pledge", "medical", "consent"),
)
"""The columns of a register, in order."""

_PRISONS = (("Bagram", 40), ("Pul-e-Charkhi", 22), ("P3", 10), ("P4", 7), ("P5", 6), ("P6", 6), ("P7", 5), ("P8", 4))
_PROVINCES = tuple((f"V{k + 1:02}", 700 - 20 * k) for k in range(34))
_LISTS = (("L1", 35), ("L2", 25), ("L3", 20), ("L4", 15), ("L5", 5))
_FACTIONS = (("F1", 40), ("F2", 20), ("F3", 15), ("F4", 10), ("F5", 10), ("F6", 5))
_FLAGS = (("listed", 85), ("not_vetoed", 92), ("decree", 95), ("pledge", 90), ("medical", 88), ("consent", 97))
_AGES = (
    *((18, 24, 14), (25, 29, 18), (30, 34, 19), (35, 39, 16), (40, 44, 12), (45, 49, 8)),
    *((50, 54, 5), (55, 59, 3), (60, 64, 2), (65, 74, 2), (75, 88, 1)),
)
_REMAINING = ((0, 89, 8), (90, 179, 7), (180, 364, 13), (365, 729, 22), (730, 1824, 32), (1825, 3650, 18))
_PRISON_SHIFT = (0, 4, -6, 8, -3, 10, -8, 2)
_LIST_SHIFT = (0, 3, -4, 5, -2)


class _Person:
    """The numbers of one invented person: one for each purpose."""

    def __init__(self, seed: int, number: int) -> None:
        self.prefix = f"quittance/synth/v1|{seed}|{number}|"

    def number(self, purpose: str) -> int:
        return int.from_bytes(hashlib.sha256(f"{self.prefix}{purpose}".encode()).digest()[:8], "big")

    def pick(self, purpose: str, bounds: Sequence[int]) -> int:
        """The first place whose cumulative weight exceeds the number."""
        rest = self.number(purpose) % bounds[-1]
        return next(place for place, bound in enumerate(bounds) if bound > rest)

    def banded(self, purpose: str, bands: Sequence[tuple[int, int, int]], bounds: Sequence[int]) -> int:
        """A number of the band that is picked by weight."""
        low, high, _ = bands[self.pick(purpose, bounds)]
        return low + self.number(f"{purpose}2") % (high - low + 1)


def register_csv(people: int, seed: int, *, correlated: bool = False) -> bytes:
    """A register of so many people as CSV; `correlated` ages depend on prison and list."""
    bounds = {
        name: list(accumulate(weight for *_, weight in table))
        for name, table in (
            ("prison", _PRISONS),
            ("province", _PROVINCES),
            ("list", _LISTS),
            ("faction", _FACTIONS),
            ("age", _AGES),
            ("remaining", _REMAINING),
        )
    }
    lines = [",".join(COLUMNS)]
    for number in range(1, people + 1):
        person = _Person(seed, number)
        prison, province, on_list, faction = (
            person.pick(name, bounds[name]) for name in ("prison", "province", "list", "faction")
        )
        age = person.banded("age", _AGES, bounds["age"])
        if correlated:
            age = min(max(age + _PRISON_SHIFT[prison] + _LIST_SHIFT[on_list], 18), 88)
        cells = (
            f"P{number:06}",
            *(_PRISONS[prison][0], _PROVINCES[province][0], _LISTS[on_list][0], _FACTIONS[faction][0]),
            str(age),
            _health(person.number("health") % 100, age),
            str(person.banded("remaining", _REMAINING, bounds["remaining"])),
            *(_flag(person, name, weight) for name, weight in _FLAGS),
        )
        lines.append(",".join(cells))
    return ("\n".join(lines) + "\n").encode()


def _health(rest: int, age: int) -> str:
    """The state of health: the older, the worse."""
    grave = 1 + max(0, age - 50) // 10
    serious = grave + 4 + max(0, age - 40) // 4
    chronic = serious + 12 + max(0, age - 30) // 3
    return "grave" if rest < grave else "serious" if rest < serious else "chronic" if rest < chronic else "well"


def _flag(person: _Person, name: str, weight: int) -> str:
    if person.number(name) % 100 < weight:
        return "yes"
    return "no" if person.number(f"{name}2") % 2 else ""


_CATEGORIES = ("prison", "province", "list", "faction")
_SLACK = (("prison", 15), ("province", 40), ("list", 10), ("faction", 10))


def rules_mapping(dims: int, size: int) -> dict[str, object]:
    """Rules for such a register, with the first `dims` of prison, province, list, faction, medical seats as quotas."""
    quotas: list[dict[str, object]] = [
        {"id": name, "by": name, "share": "proportional", "slack_percent": slack} for name, slack in _SLACK[:dims]
    ]
    if dims > len(_SLACK):
        condition = {"field": "health", "at_least": "serious"}
        quotas.append({"id": "medical_seats", "when": condition, "max": size * 12 // 100})
    return {
        "version": 1,
        "method": "serial",
        "size": size,
        "fields": {
            **{name: {"type": "category"} for name in _CATEGORIES},
            "age": {"type": "integer"},
            "remaining_days": {"type": "integer"},
            "health": {"type": "scale", "levels": ["well", "chronic", "serious", "grave"]},
            **{name: {"type": "flag"} for name, _ in _FLAGS},
        },
        "gates": [name for name, _ in _FLAGS],
        "points": [
            {"id": "health", "field": "health", "levels": {"chronic": 15, "serious": 30, "grave": 50}},
            {"id": "age", "field": "age", "per": {"above": 50, "each": 1, "points": 2, "cap": 40}},
            {"id": "sentence", "field": "remaining_days", "below": [[90, 25], [180, 20], [365, 12], [730, 6]]},
        ],
        "then": [{"field": "age", "order": "desc"}],
        "quotas": quotas,
    }
