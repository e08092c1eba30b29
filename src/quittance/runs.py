"""Runs of matching over the lists of a case, in memory: what they propose, and the questions that follow from it.

A run is made when it is first asked for, and again when a list has changed. Nothing of it is stored.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from quittance.people.judgements import Pair, pair_of
from quittance.people.matching import (
    Calibration,
    Candidate,
    Judged,
    Matching,
    Settings,
    match,
    refit,
    reliability,
)
from quittance.people.matching.calibration import ENOUGH, Band
from quittance.people.matching.context import Progress
from quittance.people.matching.explaining import Explanation, explain, explain_entries
from quittance.people.matching.review import queue
from quittance.people.matching.run import duplicates
from quittance.people.model import ListEntry
from quittance.shelf import Shelf

AROUND = 2_000
"""Entries that say how rare words are, where two entries are compared outside a run."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run: whose lists, the places on the shelf of the entries given, and what came of it."""

    left_side: str
    right_side: str
    left: tuple[int, ...] = dataclasses.field(repr=False)
    right: tuple[int, ...] = dataclasses.field(repr=False)
    matching: Matching = dataclasses.field(repr=False)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pair that a run proposes: the places of its entries on the shelf, and the candidate of that run."""

    pair: Pair
    left: int
    right: int
    candidate: Candidate
    run: Run = dataclasses.field(repr=False)


@dataclass(frozen=True, slots=True)
class Fitted:
    """How often pairs of each band of probability were right: as shipped, and after fitting to the `answers`."""

    answers: int
    before: tuple[Band, ...]
    after: tuple[Band, ...]
    curve: Calibration


@dataclass(slots=True)
class _Memory:
    """What was made of one state of the shelf; None for what was not asked for yet."""

    of: int
    between: tuple[Run, ...] | None = None
    fitted: Fitted | None = None
    proposals: dict[Pair, Proposal] | None = None
    twins: dict[Pair, Proposal] | None = None
    groups: tuple[tuple[Proposal, ...], ...] | None = None


class Runs:
    """The runs over what lies on one shelf. Whoever asks holds its lock."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._memory = _Memory(shelf.times_read)

    def between(self, progress: Progress | None = None) -> tuple[Run, ...]:
        """One run for each two sides that have lists; the side with fewer entries is the right one.

        Where enough pairs were judged, the probabilities are those of the curve fitted to them.
        """
        memory = self._fresh()
        if memory.between is None:
            runs = self._all(None, progress)
            memory.fitted = self._fit(runs)
            memory.between = self._all(memory.fitted.curve, progress) if memory.fitted else runs
        return memory.between

    def fitted(self) -> Fitted | None:
        """How the curve held against the judgements recorded, before and after; None where there are too few."""
        self.between()
        return self._memory.fitted

    def proposals(self) -> dict[Pair, Proposal]:
        """Every pair that a run between sides proposes, in the order of the runs."""
        memory = self._fresh()
        if memory.proposals is None:
            memory.proposals = {one.pair: one for run in self.between() for one in self._proposed(run)}
        return memory.proposals

    def twins(self) -> dict[Pair, Proposal]:
        """Every pair of entries of one list that may be one person."""
        memory = self._fresh()
        if memory.twins is None:
            lists: dict[str, list[int]] = {}
            for index, one in enumerate(self._shelf.listed):
                if not one.gone:
                    lists.setdefault(one.list, []).append(index)
            runs = (
                Run(name, name, tuple(held), tuple(held), duplicates(self._entries(held), self._settings))
                for name, held in lists.items()
                if len(held) > 1
            )
            memory.twins = {
                one.pair: one for run in runs for one in self._proposed(run) if one.candidate.decision != "no"
            }
        return memory.twins

    def proposed(self, pair: Pair) -> Proposal | None:
        """What a run makes of a pair, between sides or, if that was asked for, within a list."""
        return self.proposals().get(pair) or (self._fresh().twins or {}).get(pair)

    def questions(self) -> tuple[tuple[Proposal, ...], ...]:
        """What people are asked, in order, before anybody has answered: pairs, and groups that hang together."""
        memory = self._fresh()
        if memory.groups is None:
            asked = [(run, question) for run in self.between() for question in queue(run.matching)]
            asked.sort(key=lambda one: -one[1].gain)
            memory.groups = tuple(tuple(self._proposal(run, one) for one in question.pairs) for run, question in asked)
        return memory.groups

    def certain(self) -> tuple[tuple[Proposal, ...], ...]:
        """The pairs above the upper threshold without an alert, each alone."""
        return tuple((one,) for one in self.proposals().values() if one.candidate.decision == "auto")

    def explanation(self, pair: Pair) -> tuple[int, int, Explanation]:
        """The places of two entries, the left one first, and why their score is what it is."""
        one, other = (self._place(handle) for handle in pair)
        for run in self.between():
            for left, right in ((one, other), (other, one)):
                if left in run.left and right in run.right:
                    return left, right, explain(run.matching, run.left.index(left), run.right.index(right))
        listed = self._shelf.listed
        left, right = sorted((one, other))
        around = [each.entry for each in listed[:AROUND]]
        return left, right, explain_entries(listed[left].entry, listed[right].entry, around)

    @property
    def _settings(self) -> Settings:
        """The thresholds of the agreement."""
        rules = self._shelf.agreement.matching
        return Settings(auto=float(rules.auto), review=float(rules.review))

    def _fresh(self) -> _Memory:
        """What was made of the shelf as it is now."""
        _ = self._shelf.listed
        if self._memory.of != self._shelf.times_read:
            self._memory = _Memory(self._shelf.times_read)
        return self._memory

    def _all(self, curve: Calibration | None, progress: Progress | None) -> tuple[Run, ...]:
        sides: dict[str, list[int]] = {}
        for index, one in enumerate(self._shelf.listed):
            if not one.gone:
                sides.setdefault(one.side, []).append(index)
        names = sorted(sides, key=lambda side: (-len(sides[side]), side))
        return tuple(self._run(x, sides[x], y, sides[y], curve, progress) for x, y in combinations(names, 2))

    def _run(
        self,
        x: str,
        left: Sequence[int],
        y: str,
        right: Sequence[int],
        curve: Calibration | None,
        progress: Progress | None,
    ) -> Run:
        found = match(self._entries(left), self._entries(right), self._settings, curve, progress)
        return Run(x, y, tuple(left), tuple(right), found)

    def _fit(self, runs: Sequence[Run]) -> Fitted | None:
        """The shipped curve fitted to what was judged of the pairs that these runs propose."""
        pairs = self._shelf.recorded.pairs
        known = [
            (one.candidate, state.linked)
            for run in runs
            for one in self._proposed(run)
            if (state := pairs.state(*one.pair)).linked or state.state == "different"
        ]
        if len(known) < ENOUGH:
            return None
        curve = refit(runs[0].matching.calibration, [Judged(one.signs, same) for one, same in known])
        before = reliability((one.probability, same) for one, same in known)
        return Fitted(len(known), before, curve.reliability, curve)

    def _entries(self, places: Iterable[int]) -> list[ListEntry]:
        return [self._shelf.listed[index].entry for index in places]

    def _proposed(self, run: Run) -> Iterable[Proposal]:
        return (self._proposal(run, one) for one in run.matching.candidates)

    def _proposal(self, run: Run, one: Candidate) -> Proposal:
        left, right = run.left[one.a], run.right[one.b]
        listed = self._shelf.listed
        return Proposal(pair_of(listed[left].handle, listed[right].handle), left, right, one, run)

    def _place(self, handle: str) -> int:
        return self._shelf.entry_at(handle)
