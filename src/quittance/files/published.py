"""Reading a published log: from its folder, and with every hash checked up to the root before a byte is believed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from quittance.errors import RecordError
from quittance.files.durable import disk_errors, read_whole
from quittance.record.checkpoint import Checkpoint
from quittance.record.note import Note, NoteError
from quittance.record.store import Head
from quittance.record.tiles import (
    MAX_ENTRY_BYTES,
    TILE_WIDTH,
    Fetch,
    Tile,
    TileError,
    TileTree,
    bundle_path,
    decode_bundle,
    encode_bundle,
    tile_path,
    tiles_of,
)
from quittance.record.tree import EMPTY_ROOT, HASH_BYTES, Tree, leaf_hash, verify_consistency

CHECKPOINT = "checkpoint"
NOTHING = Head(0, EMPTY_ROOT)
"""Where every log begins."""

MAX_TILE = TILE_WIDTH * HASH_BYTES
MAX_BUNDLE = TILE_WIDTH * (MAX_ENTRY_BYTES + 2)
MAX_NOTE = 64 * 1024

_NAME = re.compile(r"[0-9A-Za-z_-][0-9A-Za-z._-]*")
_NUMBER = re.compile(r"[0-9]{3}(\.p)?")
_DEEPER = re.compile(r"x[0-9]{3}")
_WIDTH = re.compile(r"[1-9][0-9]{0,2}")


class Piece(NamedTuple):
    """One checked file of a log: its path, its bytes, and the leaves if it is a bundle."""

    path: str
    data: bytes
    leaves: tuple[bytes, ...] = ()


def note_path(size: int) -> str:
    """Where the checkpoint of this size is kept."""
    return f"notes/{size}"


def limit_of(path: str) -> int:
    """The most bytes that the file at `path` of a log may have."""
    if path.startswith("tile/"):
        return MAX_BUNDLE if path.startswith("tile/entries/") else MAX_TILE
    return MAX_NOTE


def checkpoint_in(data: bytes, name: str = CHECKPOINT) -> Checkpoint:
    """The checkpoint in a note whose signatures nobody asks for; raises `NoteError` that says which file it is."""
    try:
        return Checkpoint.parse(Note.parse(data).text)
    except NoteError as error:
        raise NoteError(f"{name} cannot be read: {error.message} Compare it with a copy.", code=error.code) from error


def head_in(data: bytes | None) -> Head:
    """Where a log ends by its own note, at nothing without one; raises `NoteError`."""
    if data is None:
        return NOTHING
    checkpoint = checkpoint_in(data)
    return Head(checkpoint.size, checkpoint.root)


def missing(path: str) -> RecordError:
    """There is no file at this path of a log."""
    return RecordError(f"The published log has no {path}. Fetch it again, or from another mirror.", code="tile.missing")


def require_limit(path: str, data: bytes) -> bytes:
    """The data; raises `TileError` (`tile.too_large`) if it has more bytes than a file at `path` may have."""
    if len(data) > limit_of(path):
        raise TileError(f"{path} has more than the {limit_of(path):,} bytes it may have.", code="tile.too_large")
    return data


def folder_fetch(folder: Path) -> Fetch:
    """Reads from the folder of a log, and from nowhere else: no path and no symbolic link leads out of it.

    Raises `RecordError`: `tile.missing`, `tile.too_large`, `record.io`.
    """
    top = folder.resolve()

    def fetch(path: str) -> bytes:
        place = top.joinpath(path)
        with disk_errors(path):
            inside = all(map(_NAME.fullmatch, path.split("/"))) and place.resolve().is_relative_to(top)
        data = read_whole(place, limit_of(path), top=top) if inside else None
        if data is None:
            raise missing(path)
        return require_limit(path, data)

    return fetch


def extent(folder: Path, kind: str) -> int:
    """How many entries the tiles at level 0 (`kind` "0") or the bundles ("entries") in a folder reach to."""
    with disk_errors(f"tile/{kind}"):
        return _extent(folder / "tile" / kind, 0)


def widest(folder: Path, n: int) -> int:
    """How many leaves the widest bundle with the number `n` in a folder has, 0 if there is none."""
    with disk_errors(bundle_path(n)):
        return TILE_WIDTH if folder.joinpath(bundle_path(n)).is_file() else _widest(folder / f"{bundle_path(n)}.p")


def authenticate(fetch: Fetch, head: Head, since: Head = NOTHING) -> Iterator[Piece]:
    """Every file that a log at `head` has beyond those at `since`, each checked before it is given.

    First the right edge of the tree is held against both roots, then from the top down each full tile against its slot
    in the tile above, and each bundle against its tile. So nothing that is given can be other than what `head` says,
    wherever it comes from; a partial file that is gone is cut from the full one.

    Raises `TileError` (`tile.root`, `tile.hash`, `tile.leaf`, `tile.format`, `tile.bundle`), `ProofError`
    (`proof.consistency`) if `head` does not continue `since`, and what `fetch` raises.
    """
    edge: dict[str, bytes] = {}

    def remember(path: str) -> bytes:
        if path not in edge:
            edge[path] = fetch(path)
        return edge[path]

    tree = TileTree(head.size, remember)
    if tree.root() != head.root:
        raise TileError(
            f"The tiles do not lead to the root of the checkpoint of {head.size} entries: they are damaged, or of "
            "another log. Fetch them again.",
            code="tile.root",
        )
    verify_consistency(since.root, since.size, head.root, head.size, tree.consistency(since.size))

    def again(path: str) -> bytes:
        return edge[path] if path in edge else fetch(path)

    above: dict[int, bytes] = {}
    tiles = sorted(tiles_of(head.size, since.size), key=lambda tile: (-tile.level, tile.n))
    for level, row in groupby(tiles, key=lambda tile: tile.level):
        here: dict[int, bytes] = {}
        for tile in row:
            data = _tile(again, tile)
            if tile.width == TILE_WIDTH:  # a partial one is on the edge, and every slot of it went into the root
                slot = tile.n % TILE_WIDTH * HASH_BYTES
                if Tree((data,)).root() != above[tile.n // TILE_WIDTH][slot : slot + HASH_BYTES]:
                    raise TileError(f"{tile.path} does not have the hash in the tile above it.", code="tile.hash")
            yield Piece(tile.path, data)
            if level:
                here[tile.n] = data
            else:
                yield _bundle(again, tile, data)
        above = here


def _tile(fetch: Fetch, tile: Tile) -> bytes:
    data, held = _read(fetch, tile.path, tile_path(tile.level, tile.n), tile.width)
    if len(data) != held * HASH_BYTES:
        raise TileError(f"{tile.path} has {len(data)} bytes, not {held * HASH_BYTES}.")
    return data[: tile.width * HASH_BYTES]


def _bundle(fetch: Fetch, tile: Tile, hashes: bytes) -> Piece:
    """The bundle beside a tile of level 0 whose hashes are known."""
    path = bundle_path(tile.n, tile.width)
    data, held = _read(fetch, path, bundle_path(tile.n), tile.width)
    leaves = tuple(decode_bundle(data, held)[: tile.width])
    if b"".join(map(leaf_hash, leaves)) != hashes:
        raise TileError(f"An entry in {path} does not have the hash that its tile holds.", code="tile.leaf")
    return Piece(path, data if held == tile.width else encode_bundle(leaves), leaves)


def _read(fetch: Fetch, path: str, full: str, width: int) -> tuple[bytes, int]:
    """The file of this width, or the full one if it is gone, and how many hashes or entries it should hold."""
    try:
        return fetch(path), width
    except RecordError as error:
        if error.code != "tile.missing" or path == full:
            raise
        return fetch(full), TILE_WIDTH


def _extent(place: Path, before: int) -> int:
    names = [one.name for one in place.iterdir()] if place.is_dir() else []
    for name in sorted(filter(_DEEPER.fullmatch, names), reverse=True):
        if found := _extent(place / name, (before + int(name[1:])) * 1000):
            return found
    # A full file sorts before the folder of partial ones with its number, and reaches as far as any of them.
    numbered = sorted(filter(_NUMBER.fullmatch, names), key=lambda name: (-int(name[:3]), len(name)))
    for name in numbered:
        width = _widest(place / name) if name.endswith(".p") else TILE_WIDTH
        if width:
            return (before + int(name[:3])) * TILE_WIDTH + width
    return 0


def _widest(place: Path) -> int:
    names = [one.name for one in place.iterdir()] if place.is_dir() else []
    return max((int(name) for name in names if _WIDTH.fullmatch(name)), default=0)
