"""What a witness remembers, in one SQLite file: flushed to disk before any answer, shared by threads and processes.

The last head of each log moves by compare-and-swap in one transaction. Triggers keep heads from going back, and the
history and the proofs of a false log from being removed; they stop accidents, not the owner of the file.

Never put an older copy of this file back into service: the witness would cosign a second history. Start a new witness
with a new key instead.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from quittance.errors import RecordError, UnreadableError
from quittance.record.checkpoint import Checkpoint
from quittance.record.lock import WriterLock
from quittance.record.note import VerifierKey
from quittance.witness.decide import CosignedHead

APPLICATION_ID = int.from_bytes(b"QUIW", "big")
"""Marks the file as a witness's memory (`pragma application_id`)."""

SCHEMA_VERSION = 1
BUSY_SECONDS = 10.0

MAX_FORKS = 16
"""How many proofs of a false log are kept for one origin; the first of them stays for ever."""

MAX_UNPROVEN = 48
"""How many other refused checkpoints are kept for one origin, the newest."""

Grounds = Literal["fork", "unproven"]
"""Why a refused checkpoint is kept: it proves a false log, or it was signed and never joined to the history."""

SCHEMA = (
    "CREATE TABLE witness (id integer primary key check (id = 1), vkey text not null) strict",
    """CREATE TABLE heads (origin text primary key, size integer not null, root blob not null, time integer not null,
 note blob not null) strict""",
    """CREATE TABLE history (origin text not null, size integer not null, root blob not null, time integer not null,
 note blob not null, primary key (origin, size)) strict""",
    """CREATE TABLE kept (id integer primary key, origin text not null, size integer not null, root blob not null,
 grounds text not null, note blob not null, unique (origin, size, root)) strict""",
    """CREATE TRIGGER witness_insert before insert on witness when exists (select 1 from witness)
 begin select raise(abort, 'a store has one witness'); end""",
    """CREATE TRIGGER witness_update before update on witness
 begin select raise(abort, 'a store has one witness'); end""",
    # Also stops `insert or replace`, which would take the head away without a DELETE trigger.
    """CREATE TRIGGER heads_insert before insert on heads when exists (select 1 from heads where origin = new.origin)
 begin select raise(abort, 'a log has one head'); end""",
    """CREATE TRIGGER heads_update before update on heads when new.origin <> old.origin or new.size < old.size
 or (new.size = old.size and new.root <> old.root) or new.time < old.time
 begin select raise(abort, 'a head only moves forward'); end""",
    """CREATE TRIGGER heads_delete before delete on heads
 begin select raise(abort, 'a head is never removed'); end""",
    """CREATE TRIGGER history_insert before insert on history
 when exists (select 1 from history where origin = new.origin and size >= new.size)
 begin select raise(abort, 'a history only grows'); end""",
    """CREATE TRIGGER history_update before update on history
 begin select raise(abort, 'a history is never changed'); end""",
    """CREATE TRIGGER history_delete before delete on history
 begin select raise(abort, 'a history is never shortened'); end""",
    """CREATE TRIGGER kept_delete before delete on kept when old.grounds = 'fork'
 begin select raise(abort, 'a proof is never removed'); end""",
)


Cosigner = Callable[[], CosignedHead]


class WitnessStoreError(RecordError):
    """The memory of a witness cannot be used; nothing may be cosigned. Codes `witness.store_*`."""

    code = "witness.store_damaged"


@dataclass(frozen=True, slots=True)
class Kept:
    """A refused checkpoint that a trusted log key has signed: its text, why it is kept, and the note as it came."""

    checkpoint: Checkpoint
    grounds: Grounds
    note: bytes


class WitnessStore:
    """The memory of one witness; made by `create`, used after `open`. Safe for threads and for several processes.

    After a write that failed, the store closes itself: what reached the disk is known only after opening it again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        with _domain_errors(path):
            _require_store(path)
            self._db = _connect(path, "rw")
        try:
            with _domain_errors(path):
                self.key = self._require_sound()
        except BaseException:
            self._db.close()
            raise

    @classmethod
    def create(cls, path: Path, key: VerifierKey) -> Self:
        """A new memory for the witness with this key, readable by its owner only; raises `witness.store_exists`.

        It is built under another name and renamed, so that a crash leaves a whole store or none.
        """
        with _domain_errors(path):
            lock = WriterLock(path)
            try:
                if path.exists():
                    raise WitnessStoreError(
                        f"{path.name} is already there. A witness keeps its memory; choose another place for a new.",
                        code="witness.store_exists",
                    )
                draft = path.with_name(path.name + ".new")
                for leftover in (draft, draft.with_name(draft.name + "-wal"), draft.with_name(draft.name + "-shm")):
                    leftover.unlink(missing_ok=True)
                os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
                with closing(_connect(draft, "rw")) as db:
                    db.execute("pragma journal_mode = wal")
                    db.execute("begin immediate")
                    for statement in SCHEMA:
                        db.execute(statement)
                    db.execute("insert into witness values (1, ?)", (str(key),))
                    db.execute(f"pragma application_id = {APPLICATION_ID}")
                    db.execute(f"pragma user_version = {SCHEMA_VERSION}")
                    db.execute("commit")
                draft.replace(path)
                _flush_folder(path.parent)
            finally:
                lock.release()
        return cls(path)

    @classmethod
    def open(cls, path: Path) -> Self:
        """The memory at `path`; `key` says whose it is.

        Raises `UnreadableError` (`witness.store_missing`, `witness.store_foreign`) and `WitnessStoreError`.
        """
        return cls(path)

    def head(self, origin: str) -> CosignedHead | None:
        """What was cosigned last for a log, None for nothing yet."""
        with self._lock, _domain_errors(self._path):
            return self._head(origin)

    def history(self, origin: str) -> list[CosignedHead]:
        """The first cosignature of every size cosigned for a log, smallest first."""
        with self._lock, _domain_errors(self._path):
            rows = self._db.execute(
                "select size, root, time, note from history where origin = ? order by size", (origin,)
            ).fetchall()
        return [CosignedHead(Checkpoint(origin, size, root), time, note) for size, root, time, note in rows]

    def kept(self, origin: str) -> list[Kept]:
        """The refused checkpoints of a log that are kept, in the order in which they came."""
        with self._lock, _domain_errors(self._path):
            rows = self._db.execute(
                "select size, root, grounds, note from kept where origin = ? order by id", (origin,)
            ).fetchall()
        return [Kept(Checkpoint(origin, size, root), grounds, note) for size, root, grounds, note in rows]

    def advance(self, checkpoint: Checkpoint, expected: CosignedHead | None, cosign: Cosigner) -> CosignedHead | None:
        """Store `checkpoint`, as `cosign` signs it, as the head of its log if `expected` is still that head, else None.

        `cosign` is called inside the transaction, after the comparison: nothing is signed for a request that is late.
        """
        origin, size, root = checkpoint.origin, checkpoint.size, checkpoint.root
        with self._transaction():
            if self._head(origin) != expected:
                return None
            new = cosign()
            if expected is None:
                self._db.execute("insert into heads values (?, ?, ?, ?, ?)", (origin, size, root, new.time, new.note))
            else:
                self._db.execute(
                    "update heads set size = ?, root = ?, time = ?, note = ? where origin = ?",
                    (size, root, new.time, new.note, origin),
                )
            if expected is None or expected.checkpoint.size != size:
                self._db.execute("insert into history values (?, ?, ?, ?, ?)", (origin, size, root, new.time, new.note))
                # What was kept of this size is now either in the history or against it.
                self._db.execute(
                    "delete from kept where origin = ? and size = ? and root = ? and grounds = 'unproven'",
                    (origin, size, root),
                )
                self._db.execute(
                    "update kept set grounds = 'fork' where origin = ? and size = ? and root <> ?",
                    (origin, size, root),
                )
        return new

    def keep(self, checkpoint: Checkpoint, note: bytes) -> Grounds | None:
        """Keep a refused checkpoint that its log has signed, and say on which grounds; None if that changes nothing.

        A root other than the one cosigned for the same size is a proof: the log has signed both.
        """
        origin, size, root = checkpoint.origin, checkpoint.size, checkpoint.root
        with self._transaction():
            cosigned = self._db.execute(
                "select root from history where origin = ? and size = ?", (origin, size)
            ).fetchone()
            if cosigned == (root,):
                return None
            grounds: Grounds = "fork" if cosigned else "unproven"
            (forks,) = self._db.execute(
                "select count(*) from kept where origin = ? and grounds = 'fork'", (origin,)
            ).fetchone()
            if grounds == "fork" and forks >= MAX_FORKS:
                return None
            changed = self._db.execute(
                "insert into kept (origin, size, root, grounds, note) values (?, ?, ?, ?, ?) on conflict do nothing",
                (origin, size, root, grounds, note),
            ).rowcount
            self._db.execute(
                "delete from kept where grounds = 'unproven' and origin = ?1 and id not in (select id from kept"
                " where grounds = 'unproven' and origin = ?1 order by id desc limit ?2)",
                (origin, MAX_UNPROVEN),
            )
        return grounds if changed else None

    def close(self) -> None:
        """Close the file."""
        with suppress(sqlite3.Error):
            self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """One writing transaction, flushed at its end; whatever is raised inside undoes it."""
        with self._lock, _domain_errors(self._path):
            self._db.execute("begin immediate")
            try:
                yield
                self._db.execute("commit")
            except sqlite3.Error:
                self.close()
                raise
            except BaseException:
                self._db.execute("rollback")
                raise

    def _head(self, origin: str) -> CosignedHead | None:
        row = self._db.execute("select size, root, time, note from heads where origin = ?", (origin,)).fetchone()
        return None if row is None else CosignedHead(Checkpoint(origin, row[0], row[1]), row[2], row[3])

    def _require_sound(self) -> VerifierKey:
        """The witness's key, once schema, heads and history were found as this program leaves them."""
        found = {sql for (sql,) in self._db.execute("select sql from sqlite_schema where sql is not null")}
        (verdict,) = self._db.execute("pragma quick_check(1)").fetchone()
        # A bare column beside max() is that row's: each log's head must be the last of its history, and no other.
        if (
            found != set(SCHEMA)
            or verdict != "ok"
            or self._rows("select origin, size, root from heads")
            != self._rows("select origin, max(size), root from history group by origin")
            or len(holders := self._rows("select vkey from witness")) != 1
        ):
            raise WitnessStoreError(
                f"{self._path.name} is damaged or was changed by hand. Do not cosign with it: keep the file, and start "
                "a new witness with a new key."
            )
        return VerifierKey.parse(str(*holders.pop()))

    def _rows(self, query: str) -> set[tuple[object, ...]]:
        return set(self._db.execute(query).fetchall())


def _require_store(path: Path) -> None:
    """Look at the first bytes only: opening a foreign database with SQLite could already change it."""
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        raise UnreadableError(
            f"There is no memory of a witness at {path.name}. Check the place. A witness that has lost its memory must "
            'not go on under its old key: make a new key, then "quittance record witness init".',
            code="witness.store_missing",
        ) from None
    marks = header[:16], int.from_bytes(header[68:72], "big"), int.from_bytes(header[60:64], "big")
    if marks != (b"SQLite format 3\x00", APPLICATION_ID, SCHEMA_VERSION):
        raise UnreadableError(
            f"{path.name} is not the memory of a witness, or is one of another version; it was left as it is. Check "
            "the file name.",
            code="witness.store_foreign",
        )


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=BUSY_SECONDS,
    )
    try:
        db.execute("pragma synchronous = full")
        db.execute("pragma fullfsync = on")  # where fsync alone does not reach the disk (macOS)
        db.execute("pragma trusted_schema = off")
    except sqlite3.Error:
        db.close()
        raise
    return db


def _flush_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut."""
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


@contextmanager
def _domain_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite and the system raise into `WitnessStoreError`, each with what to do."""
    try:
        yield
    except sqlite3.ProgrammingError as error:
        raise WitnessStoreError(f"{path.name} is closed. Start the witness again.", code="witness.store_io") from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise WitnessStoreError(
                f"{path.name} is not a whole database ({error}). Keep it, and start a new witness with a new key."
            ) from error
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise WitnessStoreError(
                f"{path.name} is held by another program. Close that and try again.", code="witness.store_busy"
            ) from error
        raise WitnessStoreError(
            f"{path.name} could not be read or written ({error}); nothing was cosigned. Free some space or repair the "
            "disk, then start the witness again.",
            code="witness.store_io",
        ) from error
    except OSError as error:
        raise WitnessStoreError(
            f"{path.name} could not be reached ({error.strerror}). Check place and rights.", code="witness.store_io"
        ) from error
