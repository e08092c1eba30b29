"""What the stores in SQL databases do alike: entries, what the log knows, head and last signed checkpoint as rows.

A store reads through one connection and appends through another, so that no reader sees a transaction that is not
committed. Questions are written with `?` for values.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any, ClassVar, Protocol, TypeAlias

from quittance.errors import RecordError
from quittance.record.effects import asked
from quittance.record.entry import Leaf
from quittance.record.known import Admit, Known
from quittance.record.rules import admit
from quittance.record.store import (
    DamagedError,
    Head,
    Proofs,
    Replay,
    admit_all,
    require_head,
    require_range,
    require_signing,
)
from quittance.record.tree import HASH_BYTES, Tree

PAGE_ROWS = 500
REMEMBERED = ("key:", "log", "seen", "batch:")
"""Names of the log's state that one writer asks for again and again; it keeps them in memory."""

Row: TypeAlias = tuple[Any, ...]
"""One row of a table or an answer."""


class Answer(Protocol):
    """What came of a question or a change."""

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        ...

    def fetchone(self) -> Any:
        """The next row as a tuple, None after the last."""
        ...

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """A connection to a database, without a transaction of its own accord."""

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Answer:
        """Ask or change something."""
        ...

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> object:
        """Change something once for each row of values."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class SqlStore(ABC):
    """The store protocol over two connections; what differs between databases is left to the classes below it.

    After a failed write the store closes itself: what reached the disk is known only after opening it again.
    """

    judge: ClassVar[Admit] = staticmethod(admit)
    failure: ClassVar[type[Exception]]
    """What the database's library raises."""

    hashes: ClassVar[str]
    """The leaf hashes in order, from one position up to before another."""

    def __init__(self) -> None:
        self.proofs = Proofs()
        self._states: dict[str, str | None] = {}
        self._states_at: Head | None = None
        self._tree = Tree()
        self._appending = threading.Lock()
        # One question at a time: while one is open, another on this connection could see its older snapshot.
        self._reading = threading.RLock()
        self._origin: str
        self._reader: Connection
        self._writer: Connection | None = None

    @property
    def origin(self) -> str:
        """The name of the log."""
        return self._origin

    def head(self) -> Head:
        """Where the record ends now, as committed."""
        with self._reading, self._domain_errors():
            return _head(self._reader)

    def append(self, leaves: Sequence[Leaf], expected: Head) -> Head:
        """Append all leaves in one flushed transaction, or none; raises `record.conflict`, `AppendRefused`.

        After `record.full` and `record.io` the store has closed itself; opening it again shows what is there.
        """
        with self._transaction() as writer:
            new, hashes, changes = self._insert(writer, leaves, expected)
        self._states.update((name, value) for name, value in changes.items() if name.startswith(REMEMBERED))
        self._states_at = new
        with self._reading:
            if self._tree.size == expected.size:  # else another thread has loaded the new entries already
                self._tree.extend(hashes)
        return new

    def read(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The leaf bytes from `start` up to before `stop`; raises `record.range`."""
        size = self.head().size
        stop = size if stop is None else stop
        require_range(start, stop, size)
        return self._read(start, stop)

    def find(self, sid: str) -> int | None:
        """The index of the statement with this id, as committed."""
        with self._reading, self._domain_errors():
            return _find(self._reader, sid)

    def tree(self) -> Tree:
        """The tree over all committed entries, loaded from the stored leaf hashes and held against the head.

        Raises `DamagedError` if they do not agree.
        """
        with self._reading, self._domain_errors():
            head = _head(self._reader)
            if self._tree.size < head.size:
                self._tree.extend(self._load_hashes(self._tree.size, head.size))
            if self._tree.size < head.size or self._tree.root(head.size) != head.root:
                raise DamagedError(f"The stored hashes do not give the root of the head at {head.size} entries.")
            return self._tree

    def check(self) -> Head:
        """Rebuild everything from the leaf bytes in one snapshot and compare with every column and index.

        Raises `DamagedError` with the first bad index where one can be named.
        """
        with self._domain_errors(), self._snapshot() as connection:
            replay = Replay(self._require_sound(connection), type(self).judge)
            rows = self._scan(
                connection, "select position, sid, nonce, kind, offices, leaf_hash, leaf from entries order by position"
            )
            while (row := self._next(rows, replay.tree.size)) is not None:
                index = replay.tree.size
                if row[0] != index:
                    raise DamagedError(f"Entry {index} is missing.", index)
                leaf = replay.add(row[-1])
                if row != _row(index, leaf, replay.said(index)[1], leaf.hash):
                    raise DamagedError(f"Entry {index} is filed under values that are not its own.", index)
            head = replay.finish(_head(connection))
            if dict(self._scan(connection, "select name, value from state")) != replay.states:
                raise DamagedError("What the log knows is not what follows from its entries.")
            _require_signed(connection, replay)
            self._require_whole(connection)
            return head

    def known(self) -> Known:
        """What the log knows now, as committed."""
        return _Rows(self._reader, self._origin, self.tree(), lock=self._reading)

    def said(self, index: int) -> tuple[str, str]:
        """The kind of an entry, and the offices that signed it; raises `record.range`."""
        with self._reading, self._domain_errors():
            return _said(self._reader, index)

    def checkpoint(self) -> bytes | None:
        """The note of the last checkpoint that was signed."""
        with self._reading, self._domain_errors():
            return _signed(self._reader)[0]

    def sign(self, note: bytes, head: Head, previous: bytes | None) -> None:
        """Keep the note of a new checkpoint, flushed; raises `record.signed`."""
        with self._transaction() as writer:
            last, signed = _signed(writer)
            require_signing(last, previous, signed, head, self.tree())
            writer.execute(
                "insert into checkpoint values (1, ?, ?, ?)"
                " on conflict (id) do update set size = excluded.size, root = excluded.root, note = excluded.note",
                (head.size, head.root, note),
            )

    @abstractmethod
    def close(self) -> None:
        """Let go of connections and locks."""

    @abstractmethod
    def _domain_errors(self) -> AbstractContextManager[None]:
        """Turn what the database raises into `RecordError`, each with what to do."""

    @abstractmethod
    def _begin(self, writer: Connection) -> None:
        """Begin a transaction that no other writer can come between; leaves none behind where it raises."""

    @abstractmethod
    def _snapshot(self) -> AbstractContextManager[Connection]:
        """A connection of its own on which everything stays as it is now."""

    @abstractmethod
    def _require_schema(self, connection: Connection) -> None:
        """Raise `DamagedError` unless tables and triggers are those that the record was made with."""

    @abstractmethod
    def _require_whole(self, connection: Connection) -> None:
        """Raise `DamagedError` if the database finds itself damaged."""

    @abstractmethod
    def _damage(self, error: Exception) -> bool:
        """Whether an error of the database says that what it stored cannot be read."""

    def _write_rows(self, writer: Connection, rows: Sequence[Row], changes: Mapping[str, str]) -> None:
        """Add entries and what the log then knows."""
        writer.executemany("insert into entries values (?, ?, ?, ?, ?, ?, ?)", rows)
        writer.executemany(
            "insert into state values (?, ?) on conflict (name) do update set value = excluded.value", changes.items()
        )

    def _scan(self, connection: Connection, sql: str) -> Answer:
        """The rows of a question too large to be held at once."""
        return connection.execute(sql)

    @abstractmethod
    def _among(self, connection: Connection, question: str, values: Collection[object]) -> Iterable[Any]:
        """The rows of a question that ends in the name of a column, where that has one of `values`."""

    def _foresee(self, known: _Rows, leaves: Sequence[Leaf]) -> None:
        """Ask three questions for all leaves instead of some for each, and tell `known` the answers.

        A journey to a server takes longer than its answer, and one into SQLite lets other threads run.
        """
        said = [leaf.statement for leaf in leaves]
        places: dict[str, int | None] = {one.sid: None for one in said}
        places.update((ref.sid, None) for one in said for ref in one.refs)
        sids = list(map(bytes.fromhex, places))
        found = self._among(known.connection, "select sid, position from entries where sid", sids)
        places.update((sid.hex(), position) for sid, position in found)
        nonces = {one.nonce for one in said}
        values = list(map(bytes.fromhex, nonces))
        used = self._among(known.connection, "select nonce from entries where nonce", values)
        states: dict[str, str | None] = dict.fromkeys(name for one in said for name in asked(one, known))
        states.update(self._among(known.connection, "select name, value from state where name", states.keys()))
        known.foresee(places, nonces.difference(nonce.hex() for (nonce,) in used), states)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """One flushed transaction of one thread; if writing fails the store closes itself, else it is undone."""
        if self._writer is None:
            raise RecordError("The record is open for reading only. Open it for writing.", code="record.read_only")
        with self._appending, self._domain_errors():
            self._begin(self._writer)
            try:
                yield self._writer
                self._writer.execute("commit")
            except self.failure:
                self.close()
                raise
            except BaseException:
                with suppress(self.failure):
                    self._writer.execute("rollback")
                raise

    def _insert(
        self, writer: Connection, leaves: Sequence[Leaf], expected: Head
    ) -> tuple[Head, list[bytes], dict[str, str]]:
        """The rows, what the log then knows, and the new head, inside the caller's transaction."""
        require_head(_head(writer), expected)
        if self._states_at != expected:  # another writer was here
            self._states.clear()
            self._states_at = expected
        tree = self.tree()
        known = _Rows(writer, self._origin, tree, self._states)
        self._foresee(known, leaves)
        pending = admit_all(leaves, known, tree, type(self).judge, self.proofs)
        hashes = [leaf.hash for leaf in leaves]
        rows = [
            _row(position, leaf, offices, value)
            for position, (leaf, (_, offices), value) in enumerate(
                zip(leaves, pending.said_now, hashes, strict=True), expected.size
            )
        ]
        new = Head(expected.size + len(leaves), tree.root_after(hashes))
        self._write_rows(writer, rows, pending.changes)
        moved = writer.execute(
            "update head set size = ?, root = ? where id = 1 and size = ? and root = ?",
            (new.size, new.root, expected.size, expected.root),
        )
        if moved.rowcount != 1:
            raise DamagedError("The head moved inside a transaction.")
        return new, hashes, pending.changes

    def _load_hashes(self, start: int, stop: int) -> Iterable[bytes]:
        for index, (value,) in enumerate(self._reader.execute(self.hashes, (start, stop)), start):
            if len(value) != HASH_BYTES:
                raise DamagedError(f"Entry {index} has no leaf hash.", index)
            yield value

    def _read(self, start: int, stop: int) -> Iterator[bytes]:
        for first in range(start, stop, PAGE_ROWS):
            yield from self._page(first, min(first + PAGE_ROWS, stop))

    def _page(self, start: int, stop: int) -> list[bytes]:
        """The leaf bytes of a few entries, read at once so that no statement stays open between them."""
        page: list[bytes] = []
        with self._reading, self._domain_errors():
            rows = self._reader.execute(
                "select position, leaf from entries where position >= ? and position < ? order by position",
                (start, stop),
            )
            for index in range(start, stop):
                row = self._next(rows, index)
                if row is None or row[0] != index:
                    raise DamagedError(f"Entry {index} is missing.", index)
                page.append(row[1])
        return page

    def _next(self, rows: Answer, index: int) -> Row | None:
        """The next row, or None; a page that cannot be read becomes damage at `index`."""
        try:
            row: Row | None = rows.fetchone()
        except self.failure as error:
            if self._damage(error):
                raise DamagedError(f"Entry {index} cannot be read from the database.", index) from error
            raise
        return row

    def _require_sound(self, connection: Connection) -> str:
        """The origin, after schema, head and rows were found to agree; the entries themselves are not read."""
        self._require_schema(connection)
        origin, size, last, rows = connection.execute(
            "select (select origin from head), (select size from head), (select max(position) from entries), count(*)"
            " from entries"
        ).fetchone()
        if size is None:
            raise DamagedError("The record has no head.")
        _, signed = _signed(connection)
        if signed is not None and signed.size > size:
            raise DamagedError(
                f"A checkpoint of {signed.size} entries was signed, but {size} are there: this is an old copy.", size
            )
        if rows != size or (last is not None and last != rows - 1):
            cause = (
                "entries were added or removed by hand"
                if rows > size
                else "entries are missing from an old or cut copy"
            )
            raise DamagedError(f"The head says {size} entries, but {rows} are there: {cause}.", min(rows, size))
        return str(origin)


class _Rows:
    """What the log knows, read from a connection; names that the one writer has read or written are remembered."""

    def __init__(
        self,
        connection: Connection,
        origin: str,
        tree: Tree,
        remembered: dict[str, str | None] | None = None,
        lock: AbstractContextManager[object] | None = None,
    ) -> None:
        self.origin = origin
        self.connection = connection
        self._tree = tree
        self._remembered = remembered
        self._lock = lock or nullcontext()
        self.foresee({}, frozenset(), {})

    def foresee(
        self, places: Mapping[str, int | None], free_nonces: AbstractSet[str], states: Mapping[str, str | None]
    ) -> None:
        """Take answers that were read beforehand: indexes by statement, nonces not used, texts by name."""
        self._places, self._free_nonces, self._foreseen = places, free_nonces, states

    @property
    def size(self) -> int:
        """How many entries it has."""
        return self._tree.size

    def root(self, size: int) -> bytes:
        """The root at a size."""
        return self._tree.root(size)

    def find(self, sid: str) -> int | None:
        """The index of a statement."""
        if sid in self._places:
            return self._places[sid]
        with self._lock:
            return _find(self.connection, sid)

    def said(self, index: int) -> tuple[str, str]:
        """The kind of an entry, and the offices that signed it."""
        with self._lock:
            return _said(self.connection, index)

    def has_nonce(self, nonce: str) -> bool:
        """Whether an entry used this nonce."""
        if nonce in self._free_nonces:
            return False
        with self._lock:
            row = self.connection.execute("select 1 from entries where nonce = ?", (bytes.fromhex(nonce),)).fetchone()
        return row is not None

    def state(self, name: str) -> str | None:
        """The text last written under a name."""
        for known in (self._remembered, self._foreseen):
            if known is not None and name in known:
                return known[name]
        with self._lock:
            row = self.connection.execute("select value from state where name = ?", (name,)).fetchone()
        value = None if row is None else str(row[0])
        if self._remembered is not None and name.startswith(REMEMBERED):
            self._remembered[name] = value
        return value


def _row(position: int, leaf: Leaf, offices: str, hash_of_leaf: bytes) -> Row:
    said = leaf.statement
    return position, bytes.fromhex(said.sid), bytes.fromhex(said.nonce), said.kind, offices, hash_of_leaf, leaf.data


def _said(connection: Connection, index: int) -> tuple[str, str]:
    row = connection.execute("select kind, offices from entries where position = ?", (index,)).fetchone()
    if row is None:
        raise RecordError(f"There is no entry {index}.", code="record.range")
    return str(row[0]), str(row[1])


def _signed(connection: Connection) -> tuple[bytes | None, Head | None]:
    """The last signed note and its head."""
    row = connection.execute("select note, size, root from checkpoint").fetchone()
    return (None, None) if row is None else (bytes(row[0]), Head(int(row[1]), bytes(row[2])))


def _require_signed(connection: Connection, replay: Replay) -> None:
    """Raise `DamagedError` if the signed checkpoint is not of a beginning of this record."""
    _, signed = _signed(connection)
    if signed is not None and (signed.size > replay.size or replay.root(signed.size) != signed.root):
        raise DamagedError(
            f"The signed checkpoint of {signed.size} entries is of another record: entries are missing or other."
        )


def _head(connection: Connection) -> Head:
    row = connection.execute("select size, root from head").fetchone()
    if row is None:
        raise DamagedError("The record has no head.")
    return Head(*row)


def _find(connection: Connection, sid: str) -> int | None:
    row = connection.execute("select position from entries where sid = ?", (bytes.fromhex(sid),)).fetchone()
    return None if row is None else int(row[0])
