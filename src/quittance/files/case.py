"""The folder of a case: the agreement file, the record, the operator's keys, the published log, and the first entry.

A case is built under another name and renamed when it is whole, so that a crash leaves a case or none. The draft is
locked while it is built, by which the next attempt at the same place knows a draft that a crash has left, and removes
it. Folder and files are for their owner only.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from quittance.agreement.model import Agreement
from quittance.errors import UnreadableError, UsageError
from quittance.files.office import KEYS
from quittance.record.entry import Leaf
from quittance.record.keys import Signer, sign_statement
from quittance.record.sqlite import SqliteStore
from quittance.record.statement import Statement
from quittance.record.store import Store

AGREEMENT_FILE = "agreement.yaml"
RECORD_FILE = "record.sqlite"

TILES = "tiles"
"""The folder that anybody may copy: the published log."""

GENESIS = "log.genesis"

OWNER_FILE = 0o600
OWNER_FOLDER = 0o700


def create_case(
    folder: Path, agreement: bytes, origin: str, keys: Mapping[str, bytes], begin: Callable[[Store, Path], None]
) -> None:
    """Make a case folder with `agreement`, the key files `keys`, and a record of the log `origin` that `begin` begins.

    `begin` is given the record and the folder of the published log.

    Raises `UsageError` (`case.exists`) if the folder is a file or not empty; what `begin` raises leaves nothing.
    """
    folder = folder.absolute()
    if folder.is_symlink():
        folder = folder.resolve()
    require_free(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _remove_left_drafts(folder)
        draft, lock = _new_draft(folder)
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be made ({error.strerror}). Choose another place.", code="case.place"
        ) from None
    try:
        _write(draft / AGREEMENT_FILE, agreement)
        (draft / KEYS).mkdir(OWNER_FOLDER)
        for name, data in keys.items():
            _write(draft / KEYS / name, data)
        _flush(draft / KEYS)
        (draft / TILES).mkdir(OWNER_FOLDER)
        store = SqliteStore.create(draft / RECORD_FILE, origin)
        try:
            begin(store, draft / TILES)
        finally:
            store.close()
        for path in draft.iterdir():
            path.chmod(OWNER_FOLDER if path.is_dir() else OWNER_FILE)
        _flush(draft)
        draft.rename(folder)
        _flush(folder.parent)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        raise UsageError(f"{folder} cannot be made ({error.strerror}). Nothing was made.", code="case.place") from None
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    finally:
        os.close(lock)


def _new_draft(folder: Path) -> tuple[Path, int]:
    """A new folder beside `folder` to build it in, and the descriptor that holds its lock."""
    while True:
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".draft", dir=folder.parent))
        lock = _locked(draft)
        if lock is not None and draft.exists():
            return draft, lock
        if lock is not None:  # taken for a left one and removed between making and locking it
            os.close(lock)


def _remove_left_drafts(folder: Path) -> None:
    """Remove drafts of `folder` that nobody is building and that hold nothing but the files of a case."""
    drafts = re.compile(re.escape(f".{folder.name}.") + r"[a-z0-9_]{8}\.draft")
    for draft in folder.parent.iterdir():
        if not drafts.fullmatch(draft.name) or draft.is_symlink() or not draft.is_dir():
            continue
        lock = _locked(draft)
        if lock is None:
            continue
        try:
            if all(
                path.name in (AGREEMENT_FILE, KEYS, TILES) or path.name.startswith(RECORD_FILE)
                for path in draft.iterdir()
            ):
                shutil.rmtree(draft, ignore_errors=True)
        finally:
            os.close(lock)


def _locked(draft: Path) -> int | None:
    """A descriptor that holds the lock of a draft until it is closed; None if another has it or the draft is gone."""
    try:
        descriptor = os.open(draft, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def require_free(folder: Path) -> None:
    """Raise `UsageError` (`case.exists`) unless `folder` does not exist or is an empty folder."""
    if folder.is_dir():
        if any(folder.iterdir()):
            what = "is a case already" if (folder / RECORD_FILE).exists() else "is not empty"
            raise UsageError(
                f"{folder} {what}. Nothing was changed; choose a new or an empty folder.", code="case.exists"
            )
    elif folder.exists():
        raise UsageError(f"{folder} is a file. Choose a new or an empty folder.", code="case.exists")


def require_case(folder: Path) -> Path:
    """The record of a case; raises `UnreadableError` (`case.missing`, `case.unreadable`) for a folder that is none."""
    record = folder / RECORD_FILE
    try:
        found = record.is_file()
    except OSError as error:
        raise UnreadableError(
            f"{folder} cannot be read ({error.strerror}). Ask its owner, or check the disk.", code="case.unreadable"
        ) from None
    if not found:
        raise UnreadableError(
            f'{folder} is not a case: it holds no {RECORD_FILE}. Check the place, or make one with "quittance init".',
            code="case.missing",
        )
    return record


def open_case(folder: Path, *, writable: bool) -> tuple[bytes, Store]:
    """The agreement file that a case began with, as it lies there, and its record.

    Raises as `require_case`, `UnreadableError` (`case.agreement_missing`), and what opening the record raises.
    """
    record = require_case(folder)
    try:
        agreement = (folder / AGREEMENT_FILE).read_bytes()
    except OSError as error:
        raise UnreadableError(
            f"The {AGREEMENT_FILE} of {folder} cannot be read ({error.strerror}). Put the adopted file back.",
            code="case.agreement_missing",
        ) from None
    return agreement, SqliteStore.open(record) if writable else SqliteStore.open_read_only(record)


def default_origin(agreement: Agreement) -> str:
    """The name of a case's log where none is given."""
    return f"quittance.local/{agreement.id}/case"


def begin_record(
    store: Store,
    agreement: Agreement,
    operator: Signer,
    now: str,
    nonce: Callable[[], str],
    founding: Sequence[str] = (),
    policy_sha256: str | None = None,
) -> None:
    """The first entry of a record, signed by the operator: which agreement file, whose key, which keys may found it."""
    body: dict[str, object] = {
        "agreement_sha256": agreement.sha256,
        "operator_key": operator.public.hex(),
        "founding": list(founding),
    }
    if policy_sha256 is not None:
        body["policy_sha256"] = policy_sha256
    statement = Statement(GENESIS, agreement.id, store.origin, nonce(), now, body)
    store.append([Leaf(statement, now, sign_statement(statement, operator))], store.head())


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_FILE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _flush(folder: Path) -> None:
    """Make names in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
