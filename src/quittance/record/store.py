"""What every store of the record promises, and the rules that each applies before a leaf may enter.

A store holds one log. It appends all the leaves of a call or none, only to the head the caller has seen, and never
changes or removes one. The rules are pure and shared: what `append` refuses, `check` refuses in a stored record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from quittance.errors import Problem, QuittanceError, RecordError
from quittance.record.entry import Entry, Leaf
from quittance.record.tree import Tree


@dataclass(frozen=True, slots=True)
class Head:
    """Where the record ends: how many entries it has and the RFC 6962 root over them."""

    size: int
    root: bytes


class DuplicateError(RecordError):
    """The record holds this statement already; `index` says where, so that a sender who was cut off can go on."""

    code = "record.duplicate"

    def __init__(self, message: str, index: int | None) -> None:
        super().__init__(message)
        self.index = index


class DamagedError(RecordError):
    """The stored record is not what was appended; `index` is the first bad entry, where one can be named."""

    code = "record.damaged"

    def __init__(self, what: str, index: int | None = None) -> None:
        super().__init__(f"{what} Write nothing more; compare with a mirror or restore a backup, and keep this copy.")
        self.index = index


class AppendRefused(RecordError):
    """Some leaves of a call may not enter, so none did; `refusals` gives each reason by the place in the call."""

    def __init__(self, refusals: Mapping[int, RecordError]) -> None:
        first = next(iter(refusals.values()))
        super().__init__(
            f"Nothing was appended. {first.message}"
            + (f" ({len(refusals) - 1} more were refused.)" if len(refusals) > 1 else ""),
            code=first.code,
            problems=tuple(Problem(error.code, error.message, path=f"[{at}]") for at, error in refusals.items()),
        )
        self.refusals = refusals


class Store(Protocol):
    """One log: its entries in order, its head, and nothing that could change them."""

    @property
    def origin(self) -> str:
        """The name of the log that this store holds; statements for any other are refused."""
        ...

    def head(self) -> Head:
        """Where the record ends now."""
        ...

    def append(self, leaves: Sequence[Leaf], expected: Head) -> Head:
        """Append all leaves durably and give the new head; when this returns, they are safe.

        Raises `RecordError` `record.conflict` if the head is not `expected`, and `AppendRefused` if a leaf may not
        enter (`record.duplicate`, `record.nonce_used`, `record.wrong_log`, `record.unknown_ref`, `record.seen`).
        """
        ...

    def read(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The leaf bytes from `start` up to before `stop`; raises `record.range` beyond the head."""
        ...

    def find(self, sid: str) -> int | None:
        """The index of the statement with this id."""
        ...

    def tree(self) -> Tree:
        """The tree over all entries, for roots at earlier sizes and for proofs; not to be appended to."""
        ...

    def check(self) -> Head:
        """Read all entries again, apply the rules, rebuild the tree; raises `DamagedError` with the first bad index."""
        ...

    def close(self) -> None:
        """Let go of files and locks."""
        ...


def entries(store: Store, start: int = 0, stop: int | None = None) -> Iterator[Entry]:
    """The parsed entries of `store` from `start` up to before `stop`."""
    for index, data in enumerate(store.read(start, stop), start):
        yield Entry.parse(index, data)


def require_range(start: int, stop: int, size: int) -> None:
    """Raise `RecordError` (`record.range`) unless start <= stop lie within a record of `size` entries."""
    if not 0 <= start <= stop <= size:
        raise RecordError(f"Entries {start} to {stop} were asked for; the record has {size}.", code="record.range")


def require_head(actual: Head, expected: Head) -> None:
    """Raise `RecordError` (`record.conflict`) unless the record still ends where the caller believes."""
    if actual != expected:
        raise RecordError(
            f"The record has {actual.size} entries, not the {expected.size} this was decided on; nothing was appended. "
            "Read the new entries and decide again.",
            code="record.conflict",
        )


def refusals(
    leaves: Sequence[Leaf],
    origin: str,
    tree: Tree,
    find: Callable[[str], int | None],
    has_nonce: Callable[[str], bool],
) -> dict[int, RecordError]:
    """Which of `leaves` may not follow the record that `tree`, `find` and `has_nonce` describe, and why."""
    refused: dict[int, RecordError] = {}
    fresh: set[str] = set()
    nonces: set[str] = set()
    for at, leaf in enumerate(leaves):
        statement = leaf.statement
        error = (
            DuplicateError(f"Statement {statement.sid} comes twice in one call. Send it once.", None)
            if statement.sid in fresh
            else objection(
                leaf,
                origin,
                tree,
                lambda sid: tree.size if sid in fresh else find(sid),
                lambda nonce: nonce in nonces or has_nonce(nonce),
            )
        )
        if error is None:
            fresh.add(statement.sid)
            nonces.add(statement.nonce)
        else:
            refused[at] = error
    return refused


def objection(
    leaf: Leaf,
    origin: str,
    tree: Tree,
    find: Callable[[str], int | None],
    has_nonce: Callable[[str], bool],
) -> RecordError | None:
    """Why `leaf` may not be the next entry, or None: the rules that need no keys."""
    statement = leaf.statement
    name = f"Statement {statement.sid}"
    if statement.log != origin:
        return RecordError(f"{name} is meant for another log than {origin}. Send it there.", code="record.wrong_log")
    if (index := find(statement.sid)) is not None:
        return DuplicateError(f"{name} is already entry {index}. Nothing more needs to be sent.", index)
    if has_nonce(statement.nonce):
        return RecordError(f"{name} uses the nonce of an earlier entry. Draw a new one.", code="record.nonce_used")
    for ref in statement.refs:
        if find(ref.sid) is None:
            return RecordError(
                f"{name} refers to {ref.sid}, which is not in the record. Enter that one first.",
                code="record.unknown_ref",
            )
    seen = statement.seen
    if seen is not None and (seen.size > tree.size or tree.root(seen.size) != seen.root):
        return RecordError(
            f"{name} was drafted on a checkpoint of {seen.size} entries that is not the beginning of this record. "
            "Keep it: it may show a second history.",
            code="record.seen",
        )
    return None


class Replay:
    """The record rebuilt leaf by leaf from stored bytes, trusting nothing that was stored beside them."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.tree = Tree()
        self._places: dict[str, int] = {}
        self._nonces: set[str] = set()

    def add(self, data: bytes) -> Leaf:
        """Take the next leaf; raises `DamagedError` with its index if it cannot be read or may not stand here."""
        index = self.tree.size
        try:
            leaf = Leaf.parse(data)
        except QuittanceError as error:
            raise DamagedError(f"Entry {index} cannot be read: {error.message}", index) from error
        reason = objection(leaf, self.origin, self.tree, self._places.get, self._nonces.__contains__)
        if reason is not None:
            raise DamagedError(f"Entry {index} may not stand where it does: {reason.message}", index)
        self._places[leaf.statement.sid] = index
        self._nonces.add(leaf.statement.nonce)
        self.tree.append(leaf.hash)
        return leaf

    def finish(self, stored: Head) -> Head:
        """The head that was rebuilt; raises `DamagedError` if it is not the stored one."""
        rebuilt = Head(self.tree.size, self.tree.root())
        if rebuilt.size != stored.size:
            raise DamagedError(
                f"The head says {stored.size} entries, but {rebuilt.size} are there.", min(rebuilt.size, stored.size)
            )
        if rebuilt != stored:
            raise DamagedError(f"The {rebuilt.size} entries do not hash to the root in the head.")
        return rebuilt
