"""In which order people are asked about pairs: first what is least certain and settles most, kin together.

Of the pairs for confirmation in bulk one in twenty is asked about as well, chosen by a hash of both entries, or a curve
fitted to the answers would see hard cases only.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from quittance.people.matching.result import Candidate, Matching

ONE_IN = 20


@dataclass(frozen=True, slots=True)
class Question:
    """Pairs to be shown on one screen: one, or a group whose answers depend on each other. `gain` orders the queue."""

    pairs: tuple[Candidate, ...]
    gain: float


def queue(matching: Matching, judged: Collection[tuple[int, int]] = ()) -> tuple[Question, ...]:
    """The questions that are open; `judged` holds the pairs (place in A, place in B) that are settled.

    Pairs with an alert are shown with all that compete with them for the same entries. Gain: p(1 - p) for each pair
    times the rows that the group settles.
    """
    settled = set(judged)
    open_ = [one for one in matching.candidates if (one.a, one.b) not in settled and is_asked(matching, one)]
    groups = _groups(open_)
    questions = [
        Question(
            tuple(sorted(group, key=lambda one: (one.rank, -one.probability, _content(matching, one)))),
            sum(one.probability * (1 - one.probability) for one in group) * len({one.b for one in group}),
        )
        for group in groups
    ]
    return tuple(sorted(questions, key=lambda one: (-one.gain, _content(matching, one.pairs[0]))))


def is_asked(matching: Matching, one: Candidate) -> bool:
    """Whether people are asked about a candidate: those for review, and one in twenty of those for bulk
    confirmation."""
    if one.decision == "review":
        return one.rank == 1 or one.probability >= matching.settings.review
    return one.decision == "auto" and _content(matching, one) % ONE_IN == 0


def _content(matching: Matching, one: Candidate) -> int:
    """A number of the content of a pair, the same whatever its ids and place."""
    a, b = matching.context.a, matching.context.b
    return ((int(a.key[a.place(one.a)]) ^ int(b.key[b.place(one.b)])) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF) >> 17


def _groups(candidates: list[Candidate]) -> list[list[Candidate]]:
    """Candidates that compete and of which one has an alert go together; all others stand alone."""
    leader: dict[tuple[str, int], tuple[str, int]] = {}

    def find(node: tuple[str, int]) -> tuple[str, int]:
        while leader.setdefault(node, node) != node:
            leader[node] = leader[leader[node]]
            node = leader[node]
        return node

    for one in candidates:
        if one.alerts:
            leader[find(("b", one.b))] = find(("a", one.a))
    groups: dict[tuple[str, int], list[Candidate]] = {}
    for one in candidates:
        left, right = find(("a", one.a)), find(("b", one.b))
        together = left if left == right and one.alerts else right
        groups.setdefault(together, []).append(one)
    return list(groups.values())
