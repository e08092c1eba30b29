"""The SQLite file of a vault: its tables, how it is made and opened, its one writer, its transactions, its errors.

Nothing in it is readable but random ids, handles, names of columns and version numbers. Deleted content is overwritten
(`secure_delete`), and SQLite's own temporary files stay in memory.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

from quittance.vault.seal import VaultError

APPLICATION_ID = int.from_bytes(b"QUIV", "big")
"""Marks the file as a vault (`pragma application_id`)."""

SCHEMA_VERSION = 1
BUSY_SECONDS = 2.0
OWNER_FILE = 0o600

SCHEMA = (
    """CREATE TABLE meta (id integer primary key check (id = 1), agreement text not null,
 key_fingerprint text not null, index_key blob not null, scrub_pending integer not null) strict""",
    """CREATE TABLE persons (id blob primary key, handle blob not null unique, wrapped_key blob not null)
 strict, without rowid""",
    # One row per commitment ever made about a person; number 0 is the handle's.
    """CREATE TABLE salts (person blob not null, number integer not null, sealed blob not null,
 primary key (person, number)) strict, without rowid""",
    """CREATE TABLE fields (person blob not null, table_id text not null, row_id text not null,
 column_id text not null, version integer not null, sealed blob not null,
 primary key (person, table_id, row_id, column_id, version)) strict, without rowid""",
    # The newest version of each searchable value.
    """CREATE TABLE blind (person blob not null, table_id text not null, row_id text not null,
 column_id text not null, tag blob not null,
 primary key (person, table_id, row_id, column_id)) strict, without rowid""",
    "CREATE INDEX blind_tag on blind (table_id, column_id, tag)",
    # Keyed by the handle alone, which the log shows anyway, so that no row tells which id a handle had.
    "CREATE TABLE erased (handle blob primary key, salts integer not null) strict, without rowid",
)


class VaultLock:
    """An advisory lock beside the file, held from construction to `release` or the death of the process."""

    def __init__(self, vault: Path) -> None:
        self._file = os.open(vault.with_name(vault.name + ".lock"), os.O_RDWR | os.O_CREAT, OWNER_FILE)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            raise VaultError(
                f"{vault.name} is open in another program. Close it there and try again.", code="vault.locked"
            ) from None

    def release(self) -> None:
        """Let another writer in."""
        os.close(self._file)


class VaultFile:
    """The open file, the only one of its path: its connection `db`, its transactions, and the work after an erasure.

    Raises `VaultError` for a file that is missing, foreign, damaged or open elsewhere. Finishes an erasure that a crash
    has interrupted, for which no key is needed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._blocks = 0
        with ExitStack() as undo, domain_errors(path):
            require_vault(path)
            undo.callback(VaultLock(path).release)
            self.db = connect(path, "rw")
            undo.callback(self.db.close)
            require_schema(path, self.db)
            (self._scrub_due,) = self.db.execute("select scrub_pending from meta").fetchone()
            if self._scrub_due:
                self._scrub()
            self._open = undo.pop_all()

    def close(self) -> None:
        """Close the file and let another program in."""
        with suppress(sqlite3.Error):
            self._open.close()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """No other thread writes meanwhile."""
        with self._lock, database_errors(self._path):
            yield

    @contextmanager
    def together(self) -> Iterator[None]:
        """One flushed transaction or nothing; a block within a block is taken back alone if it alone fails."""
        with self._lock, database_errors(self._path):
            inner = self._blocks > 0
            if inner and not self.db.in_transaction:  # a full disk makes SQLite take everything back at once
                raise VaultError("An earlier error ended this transaction. Begin it again.", code="vault.ended")
            due_before = self._scrub_due
            self.db.execute("savepoint inner" if inner else "begin immediate")
            self._blocks += 1
            try:
                yield
                self.db.execute("release inner" if inner else "commit")
            except BaseException:
                self._scrub_due = due_before
                if self.db.in_transaction:
                    self.db.execute("rollback to inner" if inner else "rollback")
                    if inner:
                        self.db.execute("release inner")
                raise
            finally:
                self._blocks -= 1
            if self._scrub_due and not inner:
                self._scrub()

    def require_scrub(self) -> None:
        """Inside a transaction that deletes: have the bytes of deleted rows removed once it is committed."""
        self.db.execute("update meta set scrub_pending = 1")
        self._scrub_due = True

    def _scrub(self) -> None:
        """Rewrite the file without the bytes of deleted rows and empty the write-ahead log.

        Deleting overwrites a row where it lies, but older copies can remain where pages were split or joined, and in
        the log. The flag is taken back last, so that an interrupted scrub is done again on opening.
        """
        self.db.execute("vacuum")
        (busy, *_) = self.db.execute("pragma wal_checkpoint(truncate)").fetchone()
        if busy:
            raise VaultError(
                f"The people are erased, but another program that reads {self._path.name} keeps old bytes of it alive. "
                "Close that program and open the vault again, which finishes the work.",
                code="vault.scrub",
            )
        self.db.execute("update meta set scrub_pending = 0")
        self._scrub_due = False


def build(path: Path, fill: Callable[[sqlite3.Connection], object]) -> None:
    """A new vault file whose rows `fill` inserts, made under another name and renamed when it is whole.

    Raises `VaultError` (`vault.exists`) if anything is there already; what `fill` raises leaves nothing behind.
    """
    with domain_errors(path):
        lock = VaultLock(path)
        draft = path.with_name(path.name + ".new")
        try:
            if path.exists() or beside(path, "-wal").exists():
                raise VaultError(
                    f"{path.name} or its write-ahead log is already there; nothing was changed. Choose another place.",
                    code="vault.exists",
                )
            _remove(draft)
            os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_FILE))
            with closing(connect(draft, "rw")) as connection:
                connection.execute("pragma journal_mode = wal")
                connection.execute("begin immediate")
                for statement in SCHEMA:
                    connection.execute(statement)
                fill(connection)
                connection.execute(f"pragma application_id = {APPLICATION_ID}")
                connection.execute(f"pragma user_version = {SCHEMA_VERSION}")
                connection.execute("commit")
            draft.rename(path)
            flush_folder(path.parent)
        finally:
            _remove(draft)
            lock.release()


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """A connection that flushes every commit, overwrites what is deleted and keeps temporary data in memory."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=BUSY_SECONDS,
    )
    try:
        for pragma in (
            "synchronous = full",
            "fullfsync = on",
            "secure_delete = on",
            "temp_store = memory",
            "trusted_schema = off",
            "cell_size_check = on",
        ):
            connection.execute(f"pragma {pragma}")
        connection.execute("select 1 from sqlite_schema")  # fails here rather than later if the file cannot be read
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def require_vault(path: Path) -> None:
    """Look at the first bytes only: opening a foreign database with SQLite could already change it."""
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        raise VaultError(
            f"There is no vault at {path.name}. Check the place, or make or restore one.", code="vault.missing"
        ) from None
    if header[:16] != b"SQLite format 3\x00" or int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise VaultError(
            f"{path.name} is not a vault of Quittance; it was left as it is. Check the file name.",
            code="vault.foreign",
        )
    if (version := int.from_bytes(header[60:64], "big")) != SCHEMA_VERSION:
        raise VaultError(
            f"{path.name} has file version {version}, this program reads {SCHEMA_VERSION}. Use the one that wrote it.",
            code="vault.version",
        )


def require_schema(path: Path, connection: sqlite3.Connection) -> None:
    """Raise `VaultError` (`vault.damaged`) unless the tables are those a vault is made with."""
    found = {sql for (sql,) in connection.execute("select sql from sqlite_schema where sql is not null")}
    if found != set(SCHEMA) or connection.execute("select count(*) from meta").fetchone() != (1,):
        raise VaultError(
            f"The tables of {path.name} are not those it was made with. Restore a backup.", code="vault.damaged"
        )


@contextmanager
def domain_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite and the system raise into `VaultError`, each with what to do."""
    try:
        with database_errors(path):
            yield
    except OSError as error:
        raise VaultError(
            f"{path.name} could not be reached ({error.strerror}). Check place and rights.", code="vault.io"
        ) from error


@contextmanager
def database_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite raises into `VaultError`; the system's own errors belong to whoever runs inside."""
    try:
        yield
    except sqlite3.Error as error:
        raise _database_error(path.name, error) from error


def _database_error(name: str, error: sqlite3.Error) -> VaultError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return VaultError(f"{name} is not a whole database ({error}). Restore a backup.", code="vault.damaged")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return VaultError(f"{name} is held by another program. Close that and try again.", code="vault.locked")
    if code == sqlite3.SQLITE_FULL:
        return VaultError(
            f"There is no room to write to {name}; nothing was changed. Free some space and try again.",
            code="vault.full",
        )
    if isinstance(error, sqlite3.ProgrammingError):
        return VaultError(f"{name} is closed. Open it again.", code="vault.closed")
    return VaultError(
        f"{name} could not be read or written ({error}). Check the disk, and open it again.", code="vault.io"
    )


def write_private(path: Path, data: bytes) -> None:
    """Write a new file for its owner only, flushed with its name; raises `VaultError` (`vault.exists`, `vault.io`)."""
    with domain_errors(path):
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_FILE)
        except FileExistsError:
            raise exists(path) from None
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(descriptor)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        flush_folder(path.parent)


def exists(path: Path) -> VaultError:
    """The refusal to write where something lies already."""
    return VaultError(f"{path.name} is already there; nothing was changed. Choose another place.", code="vault.exists")


def beside(path: Path, suffix: str) -> Path:
    """A file that belongs to `path`: its write-ahead log `-wal`, that log's index `-shm`."""
    return path.with_name(path.name + suffix)


def flush_folder(folder: Path) -> None:
    """Make names in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(draft: Path) -> None:
    for leftover in (draft, beside(draft, "-wal"), beside(draft, "-shm")):
        leftover.unlink(missing_ok=True)
