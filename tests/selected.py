"""Small random selections, the brute-force answer to them, and the published vectors where they lie beside the tree."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from quittance.selection.limits import Limit, Row, Seats, faults, seats_of
from quittance.selection.order import Ranking, rank
from quittance.selection.register import Register, register_of
from quittance.selection.rules import Rules, parse_rules

VECTORS = Path(__file__).parents[2] / "shared" / "data" / "selection" / "vectors.json"
SEED = bytes(range(32))


@dataclass(frozen=True)
class Small:
    """A register of a few people and its rules."""

    register: Register
    rules: Rules

    @property
    def ranking(self) -> Ranking:
        return rank(self.register, self.rules, SEED)

    @property
    def seats(self) -> Seats:
        return seats_of(self.ranking, self.rules.size)


def vectors() -> dict[str, Any]:
    """The published vectors; skips the test where they are not."""
    if not VECTORS.exists():
        pytest.skip(f"The published vectors of selection are not at {VECTORS.name} next to this tree.")
    return json.loads(VECTORS.read_text("utf-8"))


def case(name: str) -> tuple[dict[str, Any], Small]:
    """A published case and what it selects from."""
    found = next(one for one in vectors()["cases"] if one["name"] == name)
    rules = parse_rules(found["rules"])
    return found, Small(register_of(csv.DictReader(io.StringIO(found["register_csv"])), rules), rules)


@st.composite
def smalls(draw: st.DrawFn, *, method: str = "serial", tiers: bool = False, gates: bool = False) -> Small:
    """Up to nine people with up to three classes each of three crossing quotas, a score, and limits at random."""
    size = draw(st.integers(1, 4))
    people = draw(st.integers(size, 9))
    quotas = draw(st.integers(1, 3))
    names = "abc"[:quotas]
    rows = [
        {
            "pid": f"P{number}",
            "score": str(draw(st.integers(0, 4))),
            "gate": draw(st.sampled_from(["yes", "yes", "yes", "no", ""])) if gates else "yes",
            **{name: name + str(draw(st.integers(1, 3))) for name in names},
        }
        for number in range(people)
    ]
    mapping: dict[str, object] = {
        "version": 1,
        "method": method,
        "size": size,
        "fields": {
            "score": {"type": "integer"},
            "gate": {"type": "flag"},
            **{name: {"type": "category"} for name in names},
        },
        "gates": ["gate"] if gates else [],
        "points": [{"id": "score", "field": "score", "per": {"above": 0, "each": 1, "points": 1, "cap": 9}}],
        "quotas": [
            {
                "id": name,
                "by": name,
                "min": {name + str(at): draw(st.integers(0, 2)) for at in draw(st.sets(st.integers(1, 3)))},
                "default_max": draw(st.integers(1, size)),
            }
            for name in names
        ],
    }
    for quota in mapping["quotas"]:
        quota["min"] = {class_: min(least, quota["default_max"]) for class_, least in quota["min"].items()}
    if tiers:
        mapping["tiers"] = [{"id": "first", "when": {"field": "score", "at_most": draw(st.integers(0, 3))}}]
    rules = parse_rules(mapping)
    return Small(register_of(rows, rules), rules)


def legal(seats: Seats, accepted: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    """Every legal batch, as ranks, that holds the ranks `accepted`; the first one by rank comes first."""
    signature_of = [int(one) for one in seats.signature_of]
    nobody = [0] * len(seats.signatures)
    for ranks in combinations(range(1, len(signature_of) + 1), seats.size):
        if set(accepted) <= set(ranks):
            counts = list(nobody)
            for one in ranks:
                counts[signature_of[one - 1]] += 1
            if not faults(seats, nobody, counts):
                yield ranks


def has_room(seats: Seats, accepted: list[int], adding: int | None) -> bool:
    """Whether some legal batch has at least these counts by signature, found by trying every batch."""
    least = list(accepted)
    if adding is not None:
        least[adding] += 1
    for ranks in legal(seats):
        counts = [0] * len(least)
        for one in ranks:
            counts[int(seats.signature_of[one - 1])] += 1
        if all(count >= low for count, low in zip(counts, least, strict=True)):
            return True
    return False


def half_whole() -> Seats:
    """Seats that halves of people could fill and whole people cannot: a point, and no batch."""
    signatures = (("1", "1", "2"), ("1", "2", "1"), ("2", "1", "1"), ("2", "2", "2"))
    rows = tuple(
        Row(quota, class_, 1, 1, tuple(at for at, one in enumerate(signatures) if one[place] == class_))
        for place, quota in enumerate("abc")
        for class_ in "12"
    )
    return Seats(2, signatures, (1, 1, 1, 1), rows, (), (0, 1, 2, 3))


def as_limits(found: list[Mapping[str, Any]]) -> list[Limit]:
    """The limits of a printed result."""
    return [Limit(one["quota"], one["class"], one["bound"], one["value"]) for one in found]
