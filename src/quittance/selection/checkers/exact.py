"""The checker without a solver, for small registers: a search that tries every way, in plain integers.

It gives a seat at a time to the class that can least wait, and turns back as soon as a quota alone, or two together,
cannot be kept. What it refuses it has tried to the end; when that takes too many steps it says so and refuses nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from quittance.selection.checkers.flow import crossing
from quittance.selection.limits import Seats
from quittance.selection.walk import CheckerError, Refusal, Witness

MOST_STEPS = 20_000
"""Seats given by trial in one check, before the search gives up. A count and no time, so that every machine agrees."""


class ExactChecker:
    """Completes small batches by trying; needs no package."""

    name = "exact"

    def complete(self, seats: Seats, accepted: Sequence[int], adding: int | None) -> Witness | Refusal:
        """A legal batch with everybody of `accepted` and one more of `adding`, or a refusal after every way was tried.

        Raises `CheckerError` (`selection.solver_missing`) when there are too many ways.
        """
        kept = list(accepted)
        if adding is not None:
            kept[adding] += 1
        if sum(kept) > seats.size or any(count > people for count, people in zip(kept, seats.sizes, strict=True)):
            return Refusal(None)
        counts = _Search(seats, kept).counts()
        return Refusal(None) if counts is None else Witness(counts)


class _Search:
    """Seats still free, what each row still needs and takes, and how many people each signature still has."""

    def __init__(self, seats: Seats, kept: list[int]) -> None:
        self.seats = seats
        self.kept = kept
        self.left = seats.size - sum(kept)
        names = list(dict.fromkeys(row.quota for row in seats.rows))
        self.quotas = [[at for at, row in enumerate(seats.rows) if row.quota == name] for name in names]
        given = seats.counts_by_row(kept)
        self.rows_of = np.array(seats.rows_of, np.int64).reshape(len(kept), len(self.quotas))
        self.needs = np.array([row.lo - count for row, count in zip(seats.rows, given, strict=True)], np.int64)
        self.takes = np.array([row.hi - count for row, count in zip(seats.rows, given, strict=True)], np.int64)
        self.people = np.array(seats.sizes, np.int64) - np.array(kept, np.int64)
        self.owes = [
            total.value - sum(weight * count for weight, count in zip(total.weights, kept, strict=True))
            for total in seats.sums
        ]

    def counts(self) -> list[int] | None:
        """A legal batch by signature, or None when there is none."""
        if len(self.quotas) == 2 and not self.seats.sums:
            return self._two_quotas()
        # A frame holds the signatures to try for one seat, and the one that has it now. A signature that failed is
        # closed for the rest of the frame: every batch with one of it has been tried.
        frames: list[tuple[list[int], list[tuple[int, int]]]] = []
        steps = 0
        choices = self._choices(0)
        while True:
            if choices is not None and not self.left:
                return self.kept
            if choices:
                frames.append((choices[::-1], []))
            elif not frames:
                return None
            while frames and not self._next(*frames[-1]):
                frames.pop()
            if not frames:
                return None
            steps += 1
            if steps > MOST_STEPS:
                raise CheckerError(
                    f"This register is too large for the search without a solver ({MOST_STEPS:,} steps in one check). "
                    'Install a solver: pip install "quittance[select]". Nobody was refused.',
                    code="selection.solver_missing",
                )
            choices = self._choices(steps)

    def _next(self, untried: list[int], tried: list[tuple[int, int]]) -> bool:
        """Take the seat of a frame from who has it and give it to the next; False when all have been tried."""
        if tried:
            signature, _ = tried[-1]
            self._give(signature, -1)
            tried[-1] = (signature, int(self.people[signature]))
            self.people[signature] = 0
        if not untried:
            for signature, people in tried:
                self.people[signature] = people
            return False
        tried.append((untried[-1], 0))
        self._give(untried.pop(), 1)
        return True

    def _give(self, signature: int, seats: int) -> None:
        self.kept[signature] += seats
        self.people[signature] -= seats
        self.left -= seats
        rows = self.rows_of[signature]
        self.needs[rows] -= seats
        self.takes[rows] -= seats
        for at, total in enumerate(self.seats.sums):
            self.owes[at] -= seats * total.weights[signature]

    def _choices(self, steps: int) -> list[int] | None:
        """The signatures of which one must have the next seat; None when the batch cannot be completed from here."""
        if self.takes.min(initial=0) < 0:
            return None
        able = np.flatnonzero((self.people > 0) & (self.takes > 0)[self.rows_of].all(axis=1))
        if self.people[able].sum() < self.left:
            return None
        reach = np.zeros_like(self.takes)
        np.add.at(reach, self.rows_of[able], self.people[able, None])
        reach = np.minimum(reach, self.takes)
        if (self.needs > reach).any():
            return None
        owed = np.maximum(self.needs, 0)
        for quota in self.quotas:
            if not owed[quota].sum() <= self.left <= reach[quota].sum():
                return None
        if not self._sums_reachable(able.tolist()) or (steps % 64 == 0 and not self._pairs_agree(able.tolist())):
            return None
        needy = np.flatnonzero(owed)
        served = (owed > 0)[self.rows_of].sum(axis=1)
        if len(needy):
            members = [able[(self.rows_of[able] == at).any(axis=1)] for at in needy]
            able = min(members, key=len)
        order: list[int] = able[np.lexsort((able, -self.people[able], -served[able]))].tolist()
        return order

    def _sums_reachable(self, able: list[int]) -> bool:
        """Whether the seats left can bring every sum to its value, each signature weighed alone."""
        for owed, total in zip(self.owes, self.seats.sums, strict=True):
            weights = sorted(
                weight for at in able for weight in [total.weights[at]] * min(int(self.people[at]), self.left)
            )
            least, most = sum(weights[: self.left]), sum(weights[len(weights) - self.left :])
            if not least <= owed <= most:
                return False
        return True

    def _pairs_agree(self, able: list[int]) -> bool:
        """Whether every two quotas can be kept together, the others left aside."""
        return all(
            self._crossing(one, other, able) is not None for one, other in combinations(range(len(self.quotas)), 2)
        )

    def _crossing(self, one: int, other: int, able: list[int]) -> dict[tuple[int, int], int] | None:
        people: dict[tuple[int, int], int] = {}
        for signature in able:
            pair = self.seats.rows_of[signature][one], self.seats.rows_of[signature][other]
            people[pair] = people.get(pair, 0) + int(self.people[signature])
        place = {at: number for quota in (one, other) for number, at in enumerate(self.quotas[quota])}
        bounds = [
            [(max(0, int(self.needs[at])), int(self.takes[at])) for at in self.quotas[quota]] for quota in (one, other)
        ]
        numbered = {(place[a], place[b]): count for (a, b), count in people.items()}
        return crossing(bounds[0], bounds[1], numbered, self.left)

    def _two_quotas(self) -> list[int] | None:
        """The whole answer where only two quotas cross: a flow."""
        able: list[int] = np.flatnonzero(self.people > 0).tolist()
        found = self._crossing(0, 1, able)
        if found is None:
            return None
        place = [{at: number for number, at in enumerate(quota)} for quota in self.quotas]
        for signature in able:
            one, other = self.seats.rows_of[signature]
            # Signatures of a points-first batch may share their classes; they part the seats of the pair.
            pair = place[0][one], place[1][other]
            seats = min(found[pair], int(self.people[signature]))
            self.kept[signature] += seats
            found[pair] -= seats
        return self.kept
