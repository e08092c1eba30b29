"""The order: tier, points, the declared fields, the tie key, the pid (section 3). Integers only.

The tie key of a person is the SHA-256 of the seed and his pid, so that nobody can choose it and everybody can check it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from quittance.selection.conditions import holds
from quittance.selection.gates import Gated, evaluate_gates
from quittance.selection.register import Register
from quittance.selection.rules import Rules

SEED_BYTES = 32
ZERO_SEED = bytes(SEED_BYTES)

IntArray = NDArray[np.int64]


def tie_key(seed: bytes, pid: str) -> bytes:
    """The 32 bytes by which people of equal tier, points and fields are ordered."""
    return hashlib.sha256(seed + pid.encode()).digest()


@dataclass(frozen=True, eq=False)
class Ranking:
    """The people who passed every gate, by rank. A rank counts from 1; arrays hold the person of rank r at r - 1.

    `people` are indexes into the register; `lines` are the points of each line by its id.
    """

    register: Register = field(repr=False)
    rules: Rules = field(repr=False)
    seed: bytes
    gated: Gated = field(repr=False)
    people: IntArray = field(repr=False)
    tiers: IntArray = field(repr=False)
    points: IntArray = field(repr=False)
    lines: Mapping[str, IntArray] = field(repr=False)

    def __len__(self) -> int:
        return len(self.people)

    def pid(self, rank: int) -> str:
        """The register number of the person at a rank."""
        return self.register.pids[int(self.people[rank - 1])]

    def line_points(self, rank: int) -> dict[str, int]:
        """The points of the person at a rank, line by line."""
        return {name: int(points[rank - 1]) for name, points in self.lines.items()}

    def tie_key(self, rank: int) -> str:
        """The tie key of the person at a rank, in hex."""
        return tie_key(self.seed, self.pid(rank)).hex()

    @cached_property
    def _ranks(self) -> IntArray:
        ranks = np.zeros(len(self.register), np.int64)
        ranks[self.people] = np.arange(1, len(self.people) + 1)
        return ranks

    def rank_of(self, person: int) -> int | None:
        """The rank of a person of the register; None for one who is not ranked."""
        return int(self._ranks[person]) or None


def rank(register: Register, rules: Rules, seed: bytes = ZERO_SEED) -> Ranking:
    """Rank everybody who passes the gates, by the method of the rules; `seed` has 32 bytes."""
    gated = evaluate_gates(register, rules)
    people = gated.ranked
    tiers = np.full(len(people), len(rules.tiers) + 1, np.int64)
    for place in range(len(rules.tiers), 0, -1):
        tiers[holds(rules.tiers[place - 1].when, register)[people]] = place
    lines = {line.id: register.columns[line.field].each(line.points_of, np.int64)[people] for line in rules.points}
    points = sum(lines.values(), np.zeros(len(people), np.int64))
    keys = [tiers]
    if rules.method != "draw":
        keys.append(-points)
        for then in rules.then:
            column = register.columns[then.field]
            measure = column.each(column.field.measure, np.int64)[people]
            keys.append(-measure if then.descending else measure)
    order = _order(keys, register, people, seed)
    in_order = {name: points[order] for name, points in lines.items()}
    return Ranking(register, rules, seed, gated, people[order], tiers[order], points[order], in_order)


def _order(keys: list[IntArray], register: Register, people: IntArray, seed: bytes) -> IntArray:
    """Places of `people` in order of the keys, the first weighing most, then of tie key and pid."""
    order = np.lexsort(keys[::-1])
    alike = np.zeros(len(order), np.bool_)
    if len(order) > 1:
        same = np.logical_and.reduce([key[order][1:] == key[order][:-1] for key in keys])
        alike[1:] = same
        alike[:-1] |= same
    # Only people who are alike so far need keys; they stand side by side and change places among themselves.
    tied = order[alike]
    if not len(tied):
        return order
    pids = register.pids
    digest = hashlib.sha256
    hashed = b"".join([digest(seed + pids[at].encode()).digest() for at in people[tied].tolist()])
    words = np.frombuffer(hashed, ">u8").reshape(-1, 4).astype(np.uint64)
    by_pid = people[tied]
    again = np.lexsort([by_pid, *(words[:, at] for at in (3, 2, 1, 0)), *(key[tied] for key in keys[::-1])])
    order[alike] = tied[again]
    return order
