"""What the database of a log and its published folder must agree on before anything more is written.

Entries are in the database before their tiles are on disk, and a head is in the database before it is shown. So
whatever is published and not in the database says that the database is an older copy; writing to it would make a second
history.
"""

from __future__ import annotations

from pathlib import Path

from quittance.errors import RecordError
from quittance.files.durable import read_whole
from quittance.files.published import CHECKPOINT, MAX_NOTE, checkpoint_in, extent, folder_fetch, head_in
from quittance.record.store import DamagedError, Head, Store
from quittance.record.tiles import TILE_WIDTH, Tile, TileTree, bundle_path, encode_bundle, tile_bytes
from quittance.record.tree import Tree

REBUILD = (
    "Nothing was written. Put the newest copy of the database back, or rebuild it with "
    '"quittance record rebuild --from tiles", and keep this one.'
)


def require_current(store: Store, folder: Path) -> None:
    """Return if the checkpoint that is shown, where there is one, is one that the database has signed.

    Raises `RecordError`: `record.old_copy`, `record.other_log`, and `NoteError` for a file that cannot be read.
    """
    shown = read_whole(folder / CHECKPOINT, MAX_NOTE, top=folder)
    if shown is None:
        return
    checkpoint, note = checkpoint_in(shown), store.checkpoint()
    if checkpoint.origin != store.origin:
        raise RecordError(
            f"The folder is that of the log {checkpoint.origin}, the database that of {store.origin}. Nothing was "
            "written; publish each log into a folder of its own.",
            code="record.other_log",
        )
    size = head_in(note).size
    # Cosignatures are only ever added at the end, so an older note of one head is the beginning of the newer.
    if note is None or checkpoint.size > size or (checkpoint.size == size and not note.startswith(shown)):
        raise _old_copy(f"The checkpoint published at {checkpoint.size} entries is not known to the database.")
    if checkpoint.size < size and store.tree().root(checkpoint.size) != checkpoint.root:
        raise _old_copy(f"The checkpoint published at {checkpoint.size} entries is of another history.")


def require_agreement(store: Store, folder: Path) -> None:
    """Return if entries, signed head, shown checkpoint and tiles are of one history, with the database ahead.

    Raises as `require_current`, and `DamagedError`, `record.tiles_missing`, `TileError` (`tile.root`) for tiles that
    do not lead to the signed head.
    """
    require_current(store, folder)
    head, signed, tree = store.head(), head_in(store.checkpoint()), store.tree()
    if signed.size > head.size or tree.root(signed.size) != signed.root:
        raise DamagedError(f"The entries are not those of the checkpoint signed at {signed.size} entries.")
    for kind in ("entries", "0"):
        reach = extent(folder, kind)
        if reach > head.size:
            raise _old_copy(f"The published files reach to {reach} entries, the database to {head.size}.")
        if reach > signed.size and not _is_of(store, tree, folder, kind, reach):
            raise _old_copy(f"Of the {reach} entries in the published files, the last are not in the database.")
    _require_tiles(folder, signed)


def _is_of(store: Store, tree: Tree, folder: Path, kind: str, reach: int) -> bool:
    """Whether the last file, which was written and not signed before a crash, holds what the database holds."""
    n = (reach - 1) // TILE_WIDTH
    width = reach - n * TILE_WIDTH
    if kind == "0":
        path, expected = Tile(0, n, width).path, tile_bytes(tree, Tile(0, n, width))
    else:
        path, expected = bundle_path(n, width), encode_bundle(store.read(n * TILE_WIDTH, reach))
    return folder_fetch(folder)(path) == expected


def _require_tiles(folder: Path, signed: Head) -> None:
    try:
        root = TileTree(signed.size, folder_fetch(folder)).root()
    except RecordError as error:
        if error.code != "tile.missing":
            raise
        raise RecordError(
            f"Published files are missing: {error.message} The database has what is in them: rebuild them with "
            '"quittance record rebuild --from database".',
            code="record.tiles_missing",
        ) from error
    if root != signed.root:
        raise RecordError(
            f"The published tiles do not lead to the head signed at {signed.size} entries: a file was changed. Find it "
            'with "quittance record verify", move it away, and rebuild it with "quittance record rebuild --from '
            'database".',
            code="tile.root",
        )


def _old_copy(what: str) -> RecordError:
    return RecordError(f"{what} It is an older copy, or was written to as one. {REBUILD}", code="record.old_copy")
