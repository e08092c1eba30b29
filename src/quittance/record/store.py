"""What every store of the record promises, and how each asks the judge of the log before a leaf may enter.

A store holds one log. It appends all the leaves of a call or none, only to the head the caller has seen, and never
changes or removes one. The judge is pure and shared: what `append` refuses, `check` refuses in a stored record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Protocol

from quittance.errors import Problem, QuittanceError, RecordError
from quittance.record.entry import Entry, Leaf
from quittance.record.envelope import Signature, pae
from quittance.record.keys import verify
from quittance.record.known import Admit, Admitted, DuplicateError, Known, Proven, read_key
from quittance.record.rules import admit
from quittance.record.statement import PAYLOAD_TYPE
from quittance.record.tree import Tree

__all__ = [
    "AppendRefused",
    "DamagedError",
    "DuplicateError",
    "Head",
    "Pending",
    "Proofs",
    "Replay",
    "Store",
    "admit_all",
    "entries",
    "require_head",
    "require_range",
    "require_signing",
]

_ROOTS_KEPT = 64
_PAIRS_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Head:
    """Where the record ends: how many entries it has and the RFC 6962 root over them."""

    size: int
    root: bytes


class DamagedError(RecordError):
    """The stored record is not what was appended; `index` is the first bad entry, where one can be named."""

    code = "record.damaged"

    def __init__(self, what: str, index: int | None = None) -> None:
        self.what = what
        super().__init__(f"{what} Write nothing more; compare with a mirror or restore a backup, and keep this copy.")
        self.index = index


class AppendRefused(RecordError):
    """Some leaves of a call may not enter, so none did; `refusals` gives each reason by the place in the call."""

    def __init__(self, refusals: Mapping[int, QuittanceError]) -> None:
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

    judge: ClassVar[Admit]
    """What decides whether a leaf may enter; every store of the product has `rules.admit`."""

    @property
    def proofs(self) -> Proofs:
        """Signatures found valid before their leaves are appended."""
        ...

    @property
    def origin(self) -> str:
        """The name of the log that this store holds; statements for any other are refused."""
        ...

    def head(self) -> Head:
        """Where the record ends now."""
        ...

    def append(self, leaves: Sequence[Leaf], expected: Head) -> Head:
        """Append all leaves durably and give the new head; when this returns, they are safe.

        They are judged in order, so one may rest on an earlier one of the call; none can have seen a head over them.

        Raises `RecordError` `record.conflict` if the head is not `expected`, and `AppendRefused` with the refusal of
        each leaf that the judge of this log (`admit`) does not let in.
        """
        ...

    def known(self) -> Known:
        """What the log knows now, to judge a leaf before it is sent to be appended."""
        ...

    def said(self, index: int) -> tuple[str, str]:
        """The kind of an entry, and the offices that signed it."""
        ...

    def checkpoint(self) -> bytes | None:
        """The note of the last checkpoint that was signed, None before the first."""
        ...

    def sign(self, note: bytes, head: Head, previous: bytes | None) -> None:
        """Keep the note of a new checkpoint at `head`, durably, if the last one is still `previous`.

        Raises `record.signed` if it is not, if the head is not one of this record, or if it is no later one: whoever
        is refused must not publish. A note with more signatures for the same head replaces the last one.
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


def require_signing(note: bytes | None, previous: bytes | None, signed: Head | None, head: Head, tree: Tree) -> None:
    """Raise `RecordError` (`record.signed`) unless a checkpoint at `head` may follow the last one, at `signed`."""
    if note != previous:
        raise RecordError(
            "Another checkpoint was signed meanwhile. Read it, and sign on top of it.", code="record.signed"
        )
    if head.size > tree.size or tree.root(head.size) != head.root:
        raise RecordError("The checkpoint is not of this record. Do not publish it.", code="record.signed")
    if signed is not None and head.size < signed.size:
        raise RecordError(
            f"A checkpoint of {signed.size} entries is signed already; none of {head.size} may follow.",
            code="record.signed",
        )


class Pending:
    """What a log will know once the leaves admitted so far are in it: an overlay over what it knows."""

    def __init__(self, known: Known, tree: Tree) -> None:
        self._known = known
        self._tree = tree
        self._sids: dict[str, int] = {}
        self._nonces: set[str] = set()
        self.said_now: list[tuple[str, str]] = []
        self.changes: dict[str, str] = {}

    @property
    def origin(self) -> str:
        """The name of the log."""
        return self._known.origin

    @property
    def size(self) -> int:
        """The size with the leaves admitted."""
        return self._tree.size + len(self.said_now)

    def root(self, size: int) -> bytes:
        """The root at a size; nobody can have seen a checkpoint of leaves that are not appended yet."""
        if size > self._tree.size:
            raise RecordError(f"No checkpoint of {size} entries was signed yet.", code="record.seen")
        return self._tree.root(size)

    def find(self, sid: str) -> int | None:
        """The index of a statement."""
        here = self._sids.get(sid)
        return self._known.find(sid) if here is None else here

    def said(self, index: int) -> tuple[str, str]:
        """The kind of an entry, and the offices that signed it."""
        return self._known.said(index) if index < self._tree.size else self.said_now[index - self._tree.size]

    def has_nonce(self, nonce: str) -> bool:
        """Whether an entry used this nonce."""
        return nonce in self._nonces or self._known.has_nonce(nonce)

    def state(self, name: str) -> str | None:
        """The text last written under a name."""
        here = self.changes.get(name)
        return self._known.state(name) if here is None else here

    def add(self, leaf: Leaf, admitted: Admitted) -> None:
        """Take a leaf as admitted."""
        self._sids[leaf.statement.sid] = self.size
        self._nonces.add(leaf.statement.nonce)
        self.said_now.append((leaf.statement.kind, admitted.offices))
        self.changes.update(admitted.changes)


def admit_all(leaves: Sequence[Leaf], known: Known, tree: Tree, admit: Admit, proven: Proven) -> Pending:
    """Admit leaves one after the other; raises `AppendRefused` with the reason of every leaf that may not follow."""
    pending = Pending(known, tree)
    refused: dict[int, QuittanceError] = {}
    for at, leaf in enumerate(leaves):
        try:
            pending.add(leaf, admit(leaf, pending, proven))
        except QuittanceError as error:
            refused[at] = error
    if refused:
        raise AppendRefused(refused)
    return pending


class Proofs:
    """Which signatures have been found valid already, so that a slow check can run before the one writer is held.

    A signature that was not checked beforehand is checked when it is asked for.
    """

    def __init__(self) -> None:
        self._found: set[tuple[str, str, bytes]] = set()
        self._publics: dict[str, bytes] = {}

    def prove(self, leaf: Leaf, state: Callable[[str], str | None]) -> None:
        """Check the signatures of a leaf by keys that are enrolled already; whatever is not valid is left to later."""
        for signature in leaf.signatures:
            public = self._public(signature.keyid, state)
            if public is not None and _is_valid(leaf, signature, public):
                self._found.add((leaf.statement.sid, signature.keyid, signature.sig))

    def _public(self, name: str, state: Callable[[str], str | None]) -> bytes | None:
        """The public key called `name`; remembered, as no other can ever have its hash for a name."""
        if name not in self._publics:
            stored = state(f"key:{name}")
            if not stored:
                return None
            self._publics[name] = bytes.fromhex(read_key(stored).public)
        return self._publics[name]

    def __call__(self, leaf: Leaf, signature: Signature, public: bytes) -> bool:
        """Whether the signature is that of `public`, whose key id the caller has compared."""
        found = (leaf.statement.sid, signature.keyid, signature.sig)
        if found in self._found:
            self._found.discard(found)
            return True
        return _is_valid(leaf, signature, public)


@lru_cache(_PAIRS_KEPT)
def _pair(kind: str, offices: str) -> tuple[str, str]:
    """One object for all entries alike, of which there are many."""
    return kind, offices


def _is_valid(leaf: Leaf, signature: Signature, public: bytes) -> bool:
    return verify(public, signature.sig, pae(PAYLOAD_TYPE, leaf.statement.payload))


class Replay:
    """The record rebuilt leaf by leaf from stored bytes, trusting nothing that was stored beside them."""

    def __init__(self, origin: str, admit: Admit = admit, proven: Proven | None = None) -> None:
        self.origin = origin
        self.tree = Tree()
        self.states: dict[str, str] = {}
        self._admit = admit
        self.proven = proven or Proofs()
        self._places: dict[str, int] = {}
        self._nonces: set[str] = set()
        self._said: list[tuple[str, str]] = []
        self._root = lru_cache(_ROOTS_KEPT)(self.tree.root)

    @property
    def size(self) -> int:
        """How many leaves were taken."""
        return len(self._said)

    def root(self, size: int) -> bytes:
        """The root at a size; remembered, as many statements name the same checkpoint."""
        return self._root(size)

    def find(self, sid: str) -> int | None:
        """The index of a statement."""
        return self._places.get(sid)

    def said(self, index: int) -> tuple[str, str]:
        """The kind of an entry, and the offices that signed it."""
        return self._said[index]

    def has_nonce(self, nonce: str) -> bool:
        """Whether an entry used this nonce."""
        return nonce in self._nonces

    def state(self, name: str) -> str | None:
        """The text last written under a name."""
        return self.states.get(name)

    def foresee(self, hashes: bytes) -> None:
        """Take the hashes of the next leaves, end to end, which the caller has computed and will now `add`."""
        self.tree.extend([hashes])

    def add(self, data: bytes) -> Leaf:
        """Take the next leaf; raises `DamagedError` with its index if it cannot be read or may not stand here."""
        index = self.size
        try:
            leaf = Leaf.parse(data)
        except QuittanceError as error:
            raise DamagedError(f"Entry {index} cannot be read: {error.message}", index) from error
        try:
            admitted = self._admit(leaf, self, self.proven)
        except QuittanceError as error:
            raise DamagedError(f"Entry {index} may not stand where it does: {error.message}", index) from error
        self.keep(leaf, leaf.statement.kind, admitted.offices)
        self.states.update(admitted.changes)
        return leaf

    def keep(self, leaf: Leaf, kind: str, offices: str) -> None:
        """Add a leaf that was admitted, signed by `offices`."""
        index = self.size
        self._places[leaf.statement.sid] = index
        self._nonces.add(leaf.statement.nonce)
        if self.tree.size == index:
            self.tree.append(leaf.hash)
        self._said.append(_pair(kind, offices))

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
