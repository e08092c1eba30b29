"""A store in memory: for tests, trials and what-if questions. Nothing survives the process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from quittance.record.entry import Leaf
from quittance.record.known import Admit, Known
from quittance.record.rules import admit
from quittance.record.store import Head, Proofs, Replay, admit_all, require_head, require_range, require_signing
from quittance.record.tree import Tree


class MemoryStore:
    """The store protocol over lists and dictionaries, for the log named `origin`."""

    judge: ClassVar[Admit] = staticmethod(admit)

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self.proofs = Proofs()
        self._leaves: list[bytes] = []
        self._log = Replay(origin, type(self).judge)
        self._note: bytes | None = None
        self._signed: Head | None = None

    @property
    def origin(self) -> str:
        """The name of the log."""
        return self._origin

    def head(self) -> Head:
        """Where the record ends now."""
        return Head(self._log.size, self._log.root(self._log.size))

    def append(self, leaves: Sequence[Leaf], expected: Head) -> Head:
        """Append all leaves or none; raises `record.conflict` or `AppendRefused`."""
        require_head(self.head(), expected)
        pending = admit_all(leaves, self._log, self._log.tree, type(self).judge, self.proofs)
        for leaf, (kind, offices) in zip(leaves, pending.said_now, strict=True):
            self._leaves.append(leaf.data)
            self._log.keep(leaf, kind, offices)
        self._log.states.update(pending.changes)
        return self.head()

    def known(self) -> Known:
        """What the log knows now."""
        return self._log

    def read(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The leaf bytes from `start` up to before `stop`; raises `record.range`."""
        stop = len(self._leaves) if stop is None else stop
        require_range(start, stop, len(self._leaves))
        return iter(self._leaves[start:stop])

    def find(self, sid: str) -> int | None:
        """The index of the statement with this id."""
        return self._log.find(sid)

    def said(self, index: int) -> tuple[str, str]:
        """The kind of an entry, and the offices that signed it; raises `record.range`."""
        require_range(index, index + 1, len(self._leaves))
        return self._log.said(index)

    def tree(self) -> Tree:
        """The tree over all entries."""
        return self._log.tree

    def checkpoint(self) -> bytes | None:
        """The note of the last checkpoint that was signed."""
        return self._note

    def sign(self, note: bytes, head: Head, previous: bytes | None) -> None:
        """Keep the note of a new checkpoint; raises `record.signed`."""
        require_signing(self._note, previous, self._signed, head, self._log.tree)
        self._note, self._signed = note, head

    def check(self) -> Head:
        """Read every entry again and rebuild the tree; raises `DamagedError`."""
        replay = Replay(self._origin, type(self).judge)
        for data in self._leaves:
            replay.add(data)
        return replay.finish(self.head())

    def close(self) -> None:
        """Nothing to let go of."""
