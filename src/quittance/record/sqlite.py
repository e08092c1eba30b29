"""A store in one SQLite file: write-ahead log, every commit flushed to disk, one writer, any number of readers.

Triggers refuse UPDATE and DELETE; they stop accidents, not the owner of the file. What stops the owner is that others
keep roots: `check` rebuilds the tree from the leaf bytes and believes no other column.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, ClassVar, Self

from quittance.errors import RecordError, UnreadableError
from quittance.record.entry import Leaf
from quittance.record.known import Admit, Known
from quittance.record.lock import WriterLock
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
from quittance.record.tree import EMPTY_ROOT, HASH_BYTES, Tree

APPLICATION_ID = int.from_bytes(b"QUIT", "big")
"""Marks the file as a record (`pragma application_id`)."""

SCHEMA_VERSION = 2
BUSY_SECONDS = 2.0
PAGE_ROWS = 500
REMEMBERED = ("key:", "log", "seen", "batch:")
"""Names of the log's state that one writer asks for again and again; it keeps them in memory."""

SCHEMA = (
    """CREATE TABLE head (id integer primary key check (id = 1),
 origin text not null, size integer not null, root blob not null) strict""",
    """CREATE TABLE entries (position integer primary key, sid blob not null unique, nonce blob not null unique,
 kind text not null, offices text not null, leaf_hash blob not null, leaf blob not null) strict""",
    # What the log knows beyond its leaves; made from them, and changed only in the transaction that appends.
    "CREATE TABLE state (name text primary key, value text not null) strict, without rowid",
    """CREATE TABLE checkpoint (id integer primary key check (id = 1),
 size integer not null, root blob not null, note blob not null) strict""",
    # Read in order when the tree is loaded, without touching the pages that hold the leaves.
    "CREATE INDEX entries_hash on entries (position, leaf_hash)",
    # Also stops `insert or replace`, which would remove the older row without a DELETE trigger.
    """CREATE TRIGGER entries_insert before insert on entries
 when new.position <> (select coalesce(max(position) + 1, 0) from entries)
 or exists (select 1 from entries where sid = new.sid) or exists (select 1 from entries where nonce = new.nonce)
 begin select raise(abort, 'entries are only ever added at the end'); end""",
    """CREATE TRIGGER entries_update before update on entries
 begin select raise(abort, 'entries are never changed'); end""",
    """CREATE TRIGGER entries_delete before delete on entries
 begin select raise(abort, 'entries are never removed'); end""",
    """CREATE TRIGGER checkpoint_update before update on checkpoint
 when new.size < old.size or (new.size = old.size and new.root <> old.root)
 begin select raise(abort, 'one tree is signed for one size'); end""",
    """CREATE TRIGGER checkpoint_delete before delete on checkpoint
 begin select raise(abort, 'a signed checkpoint is never removed'); end""",
    """CREATE TRIGGER head_insert before insert on head when exists (select 1 from head)
 begin select raise(abort, 'a record has one head'); end""",
    """CREATE TRIGGER head_update before update on head
 when new.size < old.size or new.origin <> old.origin or new.id <> old.id
 begin select raise(abort, 'the head only moves forward'); end""",
    """CREATE TRIGGER head_delete before delete on head
 begin select raise(abort, 'the head is never removed'); end""",
)


class SqliteStore:
    """The store protocol over a file; made by `create`, `open` or `open_read_only`.

    Reading and appending use separate connections, so that no reader sees a transaction that is not committed.
    After a failed write the store closes itself: what reached the disk is known only after opening it again.
    """

    judge: ClassVar[Admit] = staticmethod(admit)

    def __init__(self, path: Path, *, writable: bool) -> None:
        self._path = path
        self.proofs = Proofs()
        self._states: dict[str, str | None] = {}
        self._tree = Tree()
        self._appending = threading.Lock()
        # One statement at a time: while one is open, another on this connection would see its older snapshot.
        self._reading = threading.RLock()
        self._writer: sqlite3.Connection | None = None
        with ExitStack() as undo, _domain_errors(path):
            _require_record(path)
            if writable:
                undo.callback(WriterLock(path).release)
                self._writer = _connect(path, "rw")
                undo.callback(self._writer.close)
            self._reader = _connect_read_only(path)
            undo.callback(self._reader.close)
            self._origin = self._require_sound(self._reader)
            self._open = undo.pop_all()

    @classmethod
    def create(cls, path: Path, origin: str) -> Self:
        """A new, empty record of the log `origin`, open for writing; raises `record.exists` if the file is there.

        It is built under another name and renamed, so that a crash leaves a whole record or none.
        """
        with _domain_errors(path):
            lock = WriterLock(path)
            try:
                if path.exists():
                    raise RecordError(
                        f"{path.name} is already there. Open it, or choose another place.", code="record.exists"
                    )
                draft = path.with_name(path.name + ".new")
                for leftover in (draft, draft.with_name(draft.name + "-wal"), draft.with_name(draft.name + "-shm")):
                    leftover.unlink(missing_ok=True)
                with closing(_connect(draft, "rwc")) as connection:
                    connection.execute("pragma journal_mode = wal")
                    connection.execute("begin immediate")
                    for statement in SCHEMA:
                        connection.execute(statement)
                    connection.execute("insert into head values (1, ?, 0, ?)", (origin, EMPTY_ROOT))
                    connection.execute(f"pragma application_id = {APPLICATION_ID}")
                    connection.execute(f"pragma user_version = {SCHEMA_VERSION}")
                    connection.execute("commit")
                draft.replace(path)
                _flush_folder(path.parent)
            finally:
                lock.release()
        return cls(path, writable=True)

    @classmethod
    def open(cls, path: Path) -> Self:
        """The record for writing; raises `record.locked` if another writer has it, and as `open_read_only`."""
        return cls(path, writable=True)

    @classmethod
    def open_read_only(cls, path: Path) -> Self:
        """The record for reading, beside any writer.

        Raises `UnreadableError` if the file is missing, not a record or of a later version, `DamagedError` if head,
        rows and schema do not agree.
        """
        return cls(path, writable=False)

    @property
    def origin(self) -> str:
        """The name of the log."""
        return self._origin

    def head(self) -> Head:
        """Where the record ends now, as committed."""
        with self._reading, _domain_errors(self._path):
            return _head(self._reader)

    def append(self, leaves: Sequence[Leaf], expected: Head) -> Head:
        """Append all leaves in one flushed transaction, or none; raises `record.conflict`, `AppendRefused`.

        After `record.full` and `record.io` the store has closed itself; opening it again shows what is there.
        """
        if self._writer is None:
            raise RecordError("The record is open for reading only. Open it for writing.", code="record.read_only")
        with self._appending, _domain_errors(self._path):
            with self._transaction(self._writer):
                new, hashes, changes = self._insert(self._writer, leaves, expected)
            self._states.update((name, value) for name, value in changes.items() if name.startswith(REMEMBERED))
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
        with self._reading, _domain_errors(self._path):
            return _find(self._reader, sid)

    def tree(self) -> Tree:
        """The tree over all committed entries, loaded from the stored leaf hashes and held against the head.

        Raises `DamagedError` if they do not agree.
        """
        with self._reading, _domain_errors(self._path):
            head = _head(self._reader)
            rows = self._reader.execute(
                "select leaf_hash from entries indexed by entries_hash"
                " where position >= ? and position < ? order by position",
                (self._tree.size, head.size),
            )
            for (value,) in rows:
                if len(value) != HASH_BYTES:
                    raise DamagedError(f"Entry {self._tree.size} has no leaf hash.", self._tree.size)
                self._tree.append(value)
            if self._tree.size < head.size or self._tree.root(head.size) != head.root:
                raise DamagedError(f"The stored hashes do not give the root of the head at {head.size} entries.")
            return self._tree

    def check(self) -> Head:
        """Rebuild everything from the leaf bytes in one snapshot and compare with every column and index.

        Raises `DamagedError` with the first bad index where one can be named.
        """
        with _domain_errors(self._path), closing(_connect_read_only(self._path)) as connection:
            connection.execute("begin")
            replay = Replay(self._require_sound(connection), type(self).judge)
            rows = connection.execute(
                "select position, sid, nonce, kind, offices, leaf_hash, leaf from entries order by position"
            )
            while (row := self._next(rows, replay.tree.size)) is not None:
                index = replay.tree.size
                if row[0] != index:
                    raise DamagedError(f"Entry {index} is missing.", index)
                leaf = replay.add(row[-1])
                if row != _row(index, leaf, replay.said(index)[1], leaf.hash):
                    raise DamagedError(f"Entry {index} is filed under values that are not its own.", index)
            head = replay.finish(_head(connection))
            if dict(connection.execute("select name, value from state")) != replay.states:
                raise DamagedError("What the log knows is not what follows from its entries.")
            _require_signed(connection, replay)
            (verdict,) = connection.execute("pragma integrity_check(1)").fetchone()
            if verdict != "ok":
                raise DamagedError(f"The entries are whole, but the file is not ({verdict}).")
            return head

    def known(self) -> Known:
        """What the log knows now, as committed."""
        return _Rows(self._reader, self._origin, self.tree(), None, self._reading)

    def said(self, index: int) -> tuple[str, str]:
        """The kind of an entry, and the offices that signed it; raises `record.range`."""
        with self._reading, _domain_errors(self._path):
            return _said(self._reader, index)

    def checkpoint(self) -> bytes | None:
        """The note of the last checkpoint that was signed."""
        with self._reading, _domain_errors(self._path):
            return _signed(self._reader)[0]

    def sign(self, note: bytes, head: Head, previous: bytes | None) -> None:
        """Keep the note of a new checkpoint, flushed; raises `record.signed`."""
        if self._writer is None:
            raise RecordError("The record is open for reading only. Open it for writing.", code="record.read_only")
        with self._appending, _domain_errors(self._path), self._transaction(self._writer):
            last, signed = _signed(self._writer)
            require_signing(last, previous, signed, head, self.tree())
            self._writer.execute(
                "insert into checkpoint values (1, ?, ?, ?)"
                " on conflict (id) do update set size = excluded.size, root = excluded.root, note = excluded.note",
                (head.size, head.root, note),
            )

    def close(self) -> None:
        """Close the file and let another writer in."""
        with suppress(sqlite3.Error):
            self._open.close()

    @contextmanager
    def _transaction(self, writer: sqlite3.Connection) -> Iterator[None]:
        """One flushed transaction; after a failed write the store closes itself, any other error rolls back."""
        writer.execute("begin immediate")
        try:
            yield
            writer.execute("commit")
        except sqlite3.Error:
            self.close()
            raise
        except BaseException:
            writer.execute("rollback")
            raise

    def _insert(
        self, writer: sqlite3.Connection, leaves: Sequence[Leaf], expected: Head
    ) -> tuple[Head, list[bytes], dict[str, str]]:
        """The rows, what the log then knows, and the new head, inside the caller's transaction."""
        require_head(_head(writer), expected)
        tree = self.tree()
        known = _Rows(writer, self._origin, tree, self._states)
        pending = admit_all(leaves, known, tree, type(self).judge, self.proofs)
        hashes = [leaf.hash for leaf in leaves]
        rows = [
            _row(position, leaf, offices, value)
            for position, (leaf, (_, offices), value) in enumerate(
                zip(leaves, pending.said_now, hashes, strict=True), expected.size
            )
        ]
        writer.executemany("insert into entries values (?, ?, ?, ?, ?, ?, ?)", rows)
        writer.executemany("insert or replace into state values (?, ?)", pending.changes.items())
        new = Head(expected.size + len(leaves), tree.root_after(hashes))
        moved = writer.execute(
            "update head set size = ?, root = ? where id = 1 and size = ? and root = ?",
            (new.size, new.root, expected.size, expected.root),
        )
        if moved.rowcount != 1:
            raise DamagedError("The head moved inside a transaction.")
        return new, hashes, pending.changes

    def _read(self, start: int, stop: int) -> Iterator[bytes]:
        for first in range(start, stop, PAGE_ROWS):
            yield from self._page(first, min(first + PAGE_ROWS, stop))

    def _page(self, start: int, stop: int) -> list[bytes]:
        """The leaf bytes of a few entries, read at once so that no statement stays open between them."""
        page: list[bytes] = []
        with self._reading, _domain_errors(self._path):
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

    def _next(self, rows: sqlite3.Cursor, index: int) -> tuple[Any, ...] | None:
        """The next row, or None; a page that cannot be read becomes damage at `index`."""
        try:
            row: tuple[Any, ...] | None = rows.fetchone()
        except sqlite3.DatabaseError as error:
            if _is_damage(error):
                raise DamagedError(f"Entry {index} cannot be read from the file ({error}).", index) from error
            raise
        return row

    def _require_sound(self, connection: sqlite3.Connection) -> str:
        """The origin, after schema, head and rows were found to agree; the entries themselves are not read."""
        found = {sql for (sql,) in connection.execute("select sql from sqlite_schema where sql is not null")}
        if found != set(SCHEMA):
            raise DamagedError(f"The tables or triggers of {self._path.name} are not those it was made with.")
        size, last, rows = connection.execute(
            "select (select size from head), (select max(position) from entries), count(*) from entries"
        ).fetchone()
        if size is None:
            raise DamagedError(f"{self._path.name} has no head.")
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
        (origin,) = connection.execute("select origin from head").fetchone()
        return str(origin)


class _Rows:
    """What the log knows, read from a connection; names that the one writer has read or written are remembered."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        origin: str,
        tree: Tree,
        remembered: dict[str, str | None] | None = None,
        lock: AbstractContextManager[object] | None = None,
    ) -> None:
        self.origin = origin
        self._connection = connection
        self._tree = tree
        self._remembered = remembered
        self._lock = lock or nullcontext()

    @property
    def size(self) -> int:
        """How many entries it has."""
        return self._tree.size

    def root(self, size: int) -> bytes:
        """The root at a size."""
        return self._tree.root(size)

    def find(self, sid: str) -> int | None:
        """The index of a statement."""
        with self._lock:
            return _find(self._connection, sid)

    def said(self, index: int) -> tuple[str, str]:
        """The kind of an entry, and the offices that signed it."""
        with self._lock:
            return _said(self._connection, index)

    def has_nonce(self, nonce: str) -> bool:
        """Whether an entry used this nonce."""
        with self._lock:
            return _has(self._connection, nonce)

    def state(self, name: str) -> str | None:
        """The text last written under a name."""
        if self._remembered is not None and name in self._remembered:
            return self._remembered[name]
        with self._lock:
            row = self._connection.execute("select value from state where name = ?", (name,)).fetchone()
        value = None if row is None else str(row[0])
        if self._remembered is not None and name.startswith(REMEMBERED):
            self._remembered[name] = value
        return value


def _row(position: int, leaf: Leaf, offices: str, hash_of_leaf: bytes) -> tuple[object, ...]:
    said = leaf.statement
    return position, bytes.fromhex(said.sid), bytes.fromhex(said.nonce), said.kind, offices, hash_of_leaf, leaf.data


def _said(connection: sqlite3.Connection, index: int) -> tuple[str, str]:
    row = connection.execute("select kind, offices from entries where position = ?", (index,)).fetchone()
    if row is None:
        raise RecordError(f"There is no entry {index}.", code="record.range")
    return str(row[0]), str(row[1])


def _signed(connection: sqlite3.Connection) -> tuple[bytes | None, Head | None]:
    """The last signed note and its head."""
    row = connection.execute("select note, size, root from checkpoint").fetchone()
    return (None, None) if row is None else (bytes(row[0]), Head(int(row[1]), bytes(row[2])))


def _require_signed(connection: sqlite3.Connection, replay: Replay) -> None:
    """Raise `DamagedError` if the signed checkpoint is not of a beginning of this record."""
    _, signed = _signed(connection)
    if signed is not None and (signed.size > replay.size or replay.root(signed.size) != signed.root):
        raise DamagedError(
            f"The signed checkpoint of {signed.size} entries is of another record: entries are missing or other."
        )


def _head(connection: sqlite3.Connection) -> Head:
    row = connection.execute("select size, root from head").fetchone()
    if row is None:
        raise DamagedError("The record has no head.")
    return Head(*row)


def _find(connection: sqlite3.Connection, sid: str) -> int | None:
    row = connection.execute("select position from entries where sid = ?", (bytes.fromhex(sid),)).fetchone()
    return None if row is None else int(row[0])


def _has(connection: sqlite3.Connection, nonce: str) -> bool:
    row = connection.execute("select 1 from entries where nonce = ?", (bytes.fromhex(nonce),)).fetchone()
    return row is not None


def _require_record(path: Path) -> None:
    """Look at the first bytes only: opening a foreign database with SQLite could already change it."""
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        raise UnreadableError(
            f"There is no record at {path.name}. Check the place, or make one.", code="record.missing"
        ) from None
    if header[:16] != b"SQLite format 3\x00" or int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise UnreadableError(
            f"{path.name} is not a record of Quittance; it was left as it is. Check the file name.",
            code="record.foreign",
        )
    if (version := int.from_bytes(header[60:64], "big")) != SCHEMA_VERSION:
        raise UnreadableError(
            f"{path.name} has file version {version}, this program reads {SCHEMA_VERSION}. Use the one that wrote it.",
            code="record.version",
        )


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=BUSY_SECONDS,
    )
    try:
        connection.execute("pragma synchronous = full")
        connection.execute("pragma fullfsync = on")  # where fsync alone does not reach the disk (macOS)
        connection.execute("pragma trusted_schema = off")
        connection.execute("pragma cell_size_check = on")
        connection.execute("select 1 from sqlite_schema")  # fails here rather than later if the file cannot be read
    except BaseException:
        connection.close()
        raise
    return connection


def _connect_read_only(path: Path) -> sqlite3.Connection:
    """A connection that cannot write; in a folder that cannot be written either, a closed record is read as it lies."""
    try:
        return _connect(path, "ro")
    except sqlite3.OperationalError:
        log = path.with_name(path.name + "-wal")
        if os.access(path.parent, os.W_OK) or (log.exists() and log.stat().st_size):
            raise
        return _connect(path, "ro&immutable=1")


def _flush_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut."""
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _is_damage(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@contextmanager
def _domain_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite and the system raise into `RecordError`, each with what to do."""
    try:
        yield
    except sqlite3.Error as error:
        name = path.name
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if _is_damage(error):
            raise DamagedError(f"{name} is not a whole database ({error}).") from error
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise RecordError(
                f"{name} is held by another program. Close that and try again.", code="record.locked"
            ) from error
        if code == sqlite3.SQLITE_FULL:
            raise RecordError(
                f"There is no room to write to {name}; nothing was added. Free some space and open it again.",
                code="record.full",
            ) from error
        if isinstance(error, sqlite3.ProgrammingError):
            raise RecordError(f"{name} is closed. Open it again.", code="record.closed") from error
        raise RecordError(
            f"{name} could not be read or written ({error}). Open it again to see which entries are there.",
            code="record.io",
        ) from error
    except UnicodeDecodeError as error:  # the schema or a text column of a damaged file
        raise DamagedError(f"{path.name} holds text that is not UTF-8.") from error
    except OSError as error:
        raise RecordError(
            f"{path.name} could not be reached ({error.strerror}). Check place and rights.", code="record.io"
        ) from error
