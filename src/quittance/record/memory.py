"""A store in memory: for tests, trials and what-if questions. Nothing survives the process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quittance.record.entry import Leaf
from quittance.record.store import AppendRefused, Head, Replay, refusals, require_head, require_range
from quittance.record.tree import Tree


class MemoryStore:
    """The store protocol over lists and dictionaries, for the log named `origin`."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._leaves: list[bytes] = []
        self._places: dict[str, int] = {}
        self._nonces: set[str] = set()
        self._tree = Tree()

    @property
    def origin(self) -> str:
        """The name of the log."""
        return self._origin

    def head(self) -> Head:
        """Where the record ends now."""
        return Head(self._tree.size, self._tree.root())

    def append(self, leaves: Sequence[Leaf], expected: Head) -> Head:
        """Append all leaves or none; raises `record.conflict` or `AppendRefused`."""
        require_head(self.head(), expected)
        if refused := refusals(leaves, self._origin, self._tree, self.find, self._nonces.__contains__):
            raise AppendRefused(refused)
        for leaf in leaves:
            self._places[leaf.statement.sid] = len(self._leaves)
            self._nonces.add(leaf.statement.nonce)
            self._leaves.append(leaf.data)
            self._tree.append(leaf.hash)
        return self.head()

    def read(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The leaf bytes from `start` up to before `stop`; raises `record.range`."""
        stop = len(self._leaves) if stop is None else stop
        require_range(start, stop, len(self._leaves))
        return iter(self._leaves[start:stop])

    def find(self, sid: str) -> int | None:
        """The index of the statement with this id."""
        return self._places.get(sid)

    def tree(self) -> Tree:
        """The tree over all entries."""
        return self._tree

    def check(self) -> Head:
        """Read every entry again and rebuild the tree; raises `DamagedError`."""
        replay = Replay(self._origin)
        for data in self._leaves:
            replay.add(data)
        return replay.finish(self.head())

    def close(self) -> None:
        """Nothing to let go of."""
