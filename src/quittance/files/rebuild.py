"""Database and published files make each other again, byte for byte, when one of them is lost.

What only the lost one had is gone. The files alone know policies, heads before the last and their cosignatures; the
database alone knows entries that were never published.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from quittance.canon import CanonError
from quittance.errors import RecordError
from quittance.files.discrepancy import require_current
from quittance.files.durable import (
    disk_errors,
    flush_folders,
    make_folder,
    read_whole,
    remove_drafts,
    replace,
)
from quittance.files.keylist import KEYS_FILE, key_list
from quittance.files.publish import write_tiles
from quittance.files.published import (
    CHECKPOINT,
    MAX_NOTE,
    authenticate,
    checkpoint_in,
    folder_fetch,
    head_in,
    note_path,
    widest,
)
from quittance.record.entry import Leaf
from quittance.record.envelope import EntryError
from quittance.record.lock import WriterLock
from quittance.record.policy import Trust, open_trusted
from quittance.record.sqlite import SqliteStore
from quittance.record.store import AppendRefused, DamagedError, Head, Store
from quittance.record.tiles import TILE_WIDTH, TileError, bundle_path, decode_bundle, tile_path
from quittance.record.tree import leaf_hash

GROUP = 1000
"""How many leaves are appended in one transaction."""

MakeStore = Callable[[str], Store]
"""Makes a new, empty store for the log of a name."""


def rebuild_tiles(store: Store, folder: Path) -> Head:
    """Write all published files of the last signed head again, from the database alone; gives that head.

    Files that are still there stay and must be right. The notes of earlier heads are not in the database: of those that
    lie in `notes/` (put back what a mirror has) the partial tiles are written too. Without them these notes, their
    cosignatures and the partial tiles of their sizes are lost, as are the policy files.

    Raises `RecordError`: `record.file_differs` for a damaged file (move it away), `record.other_note` for a note that
    is not of this log, and as `require_current`.
    """
    require_current(store, folder)
    note = store.checkpoint()
    signed = head_in(note)
    if note is None:
        return signed
    make_folder(folder)
    remove_drafts(folder)
    before = 0
    for size in sorted({*_kept_sizes(store, folder, signed.size), signed.size}):
        write_tiles(store, folder, size, before)
        before = size
    for _ in authenticate(folder_fetch(folder), signed):
        pass
    if keys := key_list(store):
        replace(folder / KEYS_FILE, keys, top=folder)
    for path in (note_path(signed.size), CHECKPOINT):
        replace(folder / path, note, top=folder)
    return signed


def rebuild_store(folder: Path, make_store: MakeStore, trust: Trust) -> Store:
    """A store made from the published files alone, open, with the head and the signed note that they have.

    Every file is held against the shown checkpoint, which must bear the log's signature, and every leaf passes the
    rules again. Entries beyond that checkpoint, which a crash left between tiles and signature, follow: they had been
    acknowledged; nobody has signed a head over them, so their bytes are taken as they lie there.

    Raises `NoteError`, `RecordError` (`tile.*`, `DamagedError` for an entry that may not stand where it does), and what
    `make_store` raises.
    """
    fetch = folder_fetch(folder)
    note = fetch(CHECKPOINT)
    checkpoint = open_trusted(trust, note).checkpoint
    head = Head(checkpoint.size, checkpoint.root)
    store = make_store(checkpoint.origin)
    try:
        pieces = authenticate(fetch, head)
        _append(store, (leaf for piece in pieces for leaf in piece.leaves))
        store.sign(note, head, None)
        _append(store, _unsigned(store, folder, head.size))
    except BaseException:
        store.close()
        raise
    return store


def rebuild_sqlite(folder: Path, path: Path, trust: Trust, kind: type[SqliteStore] = SqliteStore) -> Head:
    """Make the database at `path` from the published files; it gets its name when it is whole.

    Raises `RecordError`: `record.exists` if there is a database (move it away, and keep it), `record.locked`, and as
    `rebuild_store`.
    """
    lock = WriterLock(path)
    try:
        if any(one.exists() for one in _files_of(path)):
            raise RecordError(
                f"{path.name} is still there. Move it away with the files beside it, keep them, and rebuild then.",
                code="record.exists",
            )
        draft = path.with_name(f"{path.name}.rebuilt")
        _remove(draft)
        try:
            store = rebuild_store(folder, lambda origin: kind.create(draft, origin), trust)
            head = store.head()
            store.close()  # the last connection takes the write-ahead log into the file
            with disk_errors(path.name):
                if draft.with_name(f"{draft.name}-wal").exists():
                    raise OSError(errno.EIO, "the write-ahead log was not taken in")
                draft.rename(path)
            flush_folders([path.parent], path.parent)
        finally:
            _remove(draft)
        return head
    finally:
        lock.release()


def _kept_sizes(store: Store, folder: Path, signed: int) -> Iterator[int]:
    """The sizes of the heads whose notes lie in the folder, up to the one signed last."""
    place, tree = folder / "notes", store.tree()
    with disk_errors("notes"):
        names = sorted(one.name for one in place.iterdir()) if place.is_dir() else []
    for name in names:
        data = read_whole(place / name, MAX_NOTE, top=folder) or b""
        checkpoint = checkpoint_in(data, f"notes/{name}")
        size = checkpoint.size
        named = (checkpoint.origin, note_path(size)) == (store.origin, f"notes/{name}")
        if not named or size > signed or tree.root(size) != checkpoint.root:
            raise RecordError(
                f"notes/{name} is not a head of this record. Move it away and keep it: it may show a second history.",
                code="record.other_note",
            )
        yield size


def _append(store: Store, leaves: Iterable[bytes]) -> None:
    """Append leaves in groups; raises `DamagedError` with the index of the first that may not stand where it does."""
    size = store.head().size
    group: list[Leaf] = []
    for data in leaves:
        try:
            leaf = Leaf.parse(data)
        except (EntryError, CanonError) as error:
            index = size + len(group)
            raise DamagedError(f"Entry {index} cannot be read: {error.message}", index) from error
        seen = leaf.statement.seen
        if len(group) == GROUP or (seen is not None and seen.size > size):  # a head is seen in the store only
            size = _append_group(store, group)
            group = []
        group.append(leaf)
    _append_group(store, group)


def _append_group(store: Store, group: list[Leaf]) -> int:
    head = store.head()
    try:
        return store.append(group, head).size
    except AppendRefused as error:
        at, first = next(iter(error.refusals.items()))
        raise DamagedError(f"Entry {head.size + at} may not stand there: {first.message}", head.size + at) from error


def _unsigned(store: Store, folder: Path, size: int) -> Iterator[bytes]:
    """The leaves in bundles beyond the signed head, as far as they go without a gap."""
    fetch = folder_fetch(folder)
    n, known = divmod(size, TILE_WIDTH)
    before = list(store.read(size - known, size))
    while width := widest(folder, n):
        path = bundle_path(n, width)
        leaves = decode_bundle(fetch(path), width)
        hashes = b"".join(map(leaf_hash, leaves))
        if leaves[: len(before)] != before or _tile(fetch, n, width) not in (None, hashes):
            raise TileError(
                f"{path}, beyond the signed head, is damaged. Move it away, and ask the senders of the last entries, "
                "which were never published, for them again.",
                code="tile.leaf",
            )
        yield from leaves[len(before) :]
        if width < TILE_WIDTH:
            return
        n, before = n + 1, []


def _tile(fetch: Callable[[str], bytes], n: int, width: int) -> bytes | None:
    """The tile beside a bundle, if it was written before the crash."""
    try:
        return fetch(tile_path(0, n, width))
    except RecordError as error:
        if error.code != "tile.missing":
            raise
        return None


def _files_of(database: Path) -> list[Path]:
    return [database.with_name(database.name + end) for end in ("", "-wal", "-shm")]


def _remove(database: Path) -> None:
    for one in (*_files_of(database), database.with_name(f"{database.name}.lock")):
        with disk_errors(one.name):
            one.unlink(missing_ok=True)
