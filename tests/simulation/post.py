"""Network and courier: messages are late, lost, doubled and out of order; the courier may lie about what he carries."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.simulation.history import Shelf, flipped

if TYPE_CHECKING:
    from tests.simulation.world import World

LOSS, DOUBLE, LATE_SECONDS = 0.08, 0.05, 12
CARRIED = ("request", "answer", "files", "receipt")
"""What goes on a stick, and so through the courier's hands."""

LIES = ("courier: drops", "courier: doubles", "courier: alters", "courier: swaps")


@dataclass(order=True)
class Parcel:
    """A message on its way; `lie` names what the courier did to it."""

    due: int
    number: int
    to: str = field(compare=False)
    kind: str = field(compare=False)
    content: tuple[Any, ...] = field(compare=False)
    lie: str = field(default="", compare=False)


class Post:
    """All messages under way."""

    def __init__(self, world: World, *, courier_lies: bool) -> None:
        self.world = world
        self.courier_lies = courier_lies
        self.reliable = False
        self._parcels: list[Parcel] = []
        self._last: dict[str, tuple[Any, ...]] = {}

    def __len__(self) -> int:
        return len(self._parcels)

    def send(self, to: str, kind: str, *content: Any) -> None:
        """Send a message; it may never arrive, or more than once."""
        chance = self.world.rng
        lie = ""
        if self.courier_lies and kind in CARRIED and not self.reliable and chance.random() < 0.25:
            lie = chance.choice(LIES)
            content, lie = self._spoil(kind, content, lie)
            if lie == LIES[0]:
                self.world.tally.tried(lie)
                self.world.watch.lost(lie)
                return
        if kind in CARRIED:
            self._last[kind] = content
        if not self.reliable and not lie and chance.random() < LOSS:
            return
        copies = 2 if lie == LIES[1] or (not self.reliable and chance.random() < DOUBLE) else 1
        if lie == LIES[1]:
            self.world.tally.tried(lie)
            self.world.watch.lost(lie)
            lie = ""
        for _ in range(copies):
            late = 0 if self.reliable else chance.randrange(LATE_SECONDS)
            parcel = Parcel(self.world.now + late, self.world.number(), to, kind, content, lie)
            heapq.heappush(self._parcels, parcel)
            if lie:
                self.world.tally.tried(lie)

    def next(self) -> Parcel:
        """The message that arrives first; there must be one."""
        return heapq.heappop(self._parcels)

    def _spoil(self, kind: str, content: tuple[Any, ...], lie: str) -> tuple[tuple[Any, ...], str]:
        """What the courier hands over instead, and the lie, empty if he could not."""
        chance = self.world.rng
        if lie == LIES[2]:
            place = chance.random()
            if kind == "files":
                note, shelf, asked = content
                spoilt = chance.choice(("", "tile/0", "tile/entries", "tile/entries"))
                if spoilt:
                    # The end of a file is what its reader does not have yet.
                    return (note, Shelf(shelf.files, spoilt, 1 - place**3 / 2), asked), lie
                return (flipped(note, place), shelf, asked), lie
            at = {"request": 1, "answer": 2, "receipt": 0}[kind]
            return (*content[:at], flipped(content[at], place), *content[at + 1 :]), lie
        if lie == LIES[3]:
            if kind == "files":
                return (self.world.note_elsewhere(), *content[1:]), lie
            other = self._last.get(kind)
            at = {"request": 1, "answer": 2, "receipt": 0}[kind]
            if other is None or other[at] == content[at]:
                return content, ""
            return (*content[:at], other[at], *content[at + 1 :]), lie
        return content, lie
