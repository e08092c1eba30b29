"""A store in one SQLite file: write-ahead log, every commit flushed to disk, one writer, any number of readers.

Triggers refuse UPDATE and DELETE; they stop accidents, not the owner of the file. What stops the owner is that others
keep roots: `check` rebuilds the tree from the leaf bytes and believes no other column.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from quittance.errors import RecordError, UnreadableError
from quittance.record.lock import WriterLock
from quittance.record.sql import Connection, Row, SqlStore
from quittance.record.store import DamagedError
from quittance.record.tree import EMPTY_ROOT

APPLICATION_ID = int.from_bytes(b"QUIT", "big")
"""Marks the file as a record (`pragma application_id`)."""

SCHEMA_VERSION = 2
BUSY_SECONDS = 2.0
PIECE = 64
"""Rows that one statement writes, or values that it asks for, at most."""

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


class SqliteStore(SqlStore):
    """The store protocol over a file; made by `create`, `open` or `open_read_only`."""

    failure = sqlite3.Error
    hashes = (
        "select leaf_hash from entries indexed by entries_hash where position >= ? and position < ? order by position"
    )

    def __init__(self, path: Path, *, writable: bool) -> None:
        super().__init__()
        self._path = path
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

    def close(self) -> None:
        """Close the file and let another writer in."""
        with suppress(sqlite3.Error):
            self._open.close()

    def _domain_errors(self) -> AbstractContextManager[None]:
        return _domain_errors(self._path)

    def _begin(self, writer: Connection) -> None:
        writer.execute("begin immediate")

    @contextmanager
    def _snapshot(self) -> Iterator[Connection]:
        with closing(_connect_read_only(self._path)) as connection:
            connection.execute("begin")
            yield connection

    def _require_schema(self, connection: Connection) -> None:
        found = {sql for (sql,) in connection.execute("select sql from sqlite_schema where sql is not null")}
        if found != set(SCHEMA):
            raise DamagedError(f"The tables or triggers of {self._path.name} are not those it was made with.")

    def _require_whole(self, connection: Connection) -> None:
        (verdict,) = connection.execute("pragma integrity_check(1)").fetchone()
        if verdict != "ok":
            raise DamagedError(f"The entries are whole, but the file is not ({verdict}).")

    def _among(self, connection: Connection, question: str, values: Collection[object]) -> Iterator[Any]:
        for some in _pieces(list(values)):
            yield from connection.execute(f"{question} in ({_marks(len(some))})", some)

    def _write_rows(self, writer: Connection, rows: Sequence[Row], changes: Mapping[str, str]) -> None:
        for some in _pieces(rows):
            _insert_rows(writer, "insert into entries values", some)
        known = "on conflict (name) do update set value = excluded.value"
        for changed in _pieces(list(changes.items())):
            _insert_rows(writer, "insert into state values", changed, known)

    def _damage(self, error: Exception) -> bool:
        return _is_damage(error)


def _pieces(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """All values in a few pieces whose sizes are powers of two: few different statements, which SQLite keeps ready.

    Each statement lets other threads run and then has to wait for them, so a few are quicker than one for each value.
    """
    at, size = 0, PIECE
    while at < len(values):
        while size > len(values) - at:
            size //= 2
        yield values[at : at + size]
        at += size


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _insert_rows(writer: Connection, words: str, rows: Sequence[Row], then: str = "") -> None:
    row = f"({_marks(len(rows[0]))})"
    writer.execute(f"{words} {', '.join([row] * len(rows))} {then}", [value for one in rows for value in one])


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


def _is_damage(error: Exception) -> bool:
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
