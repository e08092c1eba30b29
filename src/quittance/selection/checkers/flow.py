"""Two quotas alone are a network: whether they can be kept together is a flow of whole people."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

Bounds: TypeAlias = Sequence[tuple[int, int]]
"""Least and most of each class of a quota."""


def crossing(
    ones: Bounds, others: Bounds, people: Mapping[tuple[int, int], int], seats: int
) -> dict[tuple[int, int], int] | None:
    """How many of `people` by (class of one quota, class of the other) fill exactly `seats` within all bounds.

    None is a proof that no such numbers exist: the flow found is a greatest one.
    """
    if any(low > high for low, high in (*ones, *others)):
        return None
    network = _Network()
    owed = 0
    for place, (low, high) in enumerate(ones):
        network.edge("source", ("one", place), high - low)
        network.edge("more", ("one", place), low)
        owed += low
    network.edge("source", "less", owed)
    for place, (low, high) in enumerate(others):
        network.edge(("other", place), "sink", high - low)
        network.edge(("other", place), "less", low)
        network.edge("more", "sink", low)
        owed += low
    # Exactly `seats` go round from the sink to the source, as a bound that is least and most at once.
    network.edge("sink", "less", seats)
    network.edge("more", "source", seats)
    owed += seats
    for (one, other), count in people.items():
        network.edge(("one", one), ("other", other), count)
    if network.fill("more", "less") < owed:
        return None
    return {pair: network.through(("one", pair[0]), ("other", pair[1])) for pair in people}


class _Network:
    """Capacities between places, and what is left of them once a greatest flow runs."""

    def __init__(self) -> None:
        self.left: dict[object, dict[object, int]] = {}
        self.flow: dict[tuple[object, object], int] = {}

    def edge(self, start: object, end: object, capacity: int) -> None:
        """Allow `capacity` more from `start` to `end`."""
        forth = self.left.setdefault(start, {})
        forth[end] = forth.get(end, 0) + capacity
        self.left.setdefault(end, {}).setdefault(start, 0)

    def fill(self, source: object, sink: object) -> int:
        """Send as much as can go from `source` to `sink`, by shortest ways; returns how much went."""
        self.capacity = {start: dict(ends) for start, ends in self.left.items()}
        total = 0
        while way := self._way(source, sink):
            steps = list(pairwise(way))
            amount = min(self.left[start][end] for start, end in steps)
            for start, end in steps:
                self.left[start][end] -= amount
                self.left[end][start] += amount
            total += amount
        return total

    def through(self, start: object, end: object) -> int:
        """How much runs from `start` to `end`."""
        return self.capacity[start][end] - self.left[start][end]

    def _way(self, source: object, sink: object) -> list[object]:
        """A shortest way with something left on every step; empty when there is none."""
        came: dict[object, object] = {source: source}
        queue = deque([source])
        while queue:
            place = queue.popleft()
            for end, left in self.left.get(place, {}).items():
                if left and end not in came:
                    came[end] = place
                    if end == sink:
                        way = [end]
                        while way[-1] != source:
                            way.append(came[way[-1]])
                        return way[::-1]
                    queue.append(end)
        return []
