"""C2SP tlog-tiles: the tree as files of up to 256 hashes, the entries as bundles, and proofs read from such files.

A tile at level L holds subtree hashes of 256^L leaves. A file with fewer than 256 is partial and says so in its path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from hashlib import sha256
from struct import iter_unpack
from typing import NamedTuple

from quittance.errors import RecordError
from quittance.record.tree import EMPTY_ROOT, HASH_BYTES, Tree, leaf_hash, node_hash

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
MAX_ENTRY_BYTES = 0xFFFF
TILES_KEPT = 512
"""Tiles that a `TileTree` holds in memory, about 16 kB each."""
BUNDLES_KEPT = 16

_LENGTH_BYTES = 2
_PAIR_BYTES = 2 * HASH_BYTES

Fetch = Callable[[str], bytes]
"""Reads the file at a path below the log's prefix; raises `RecordError` with code `tile.missing` if there is none."""


class TileError(RecordError):
    """A tile or bundle is not what its path promises."""

    code = "tile.format"


class Tile(NamedTuple):
    """The place of one tile: its level, its number in that level, and how many hashes it holds, 1 to 256."""

    level: int
    n: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """Where the tile lies below the log's prefix."""
        return tile_path(*self)


def index_path(n: int) -> str:
    """The number of a tile as a path.

    >>> index_path(1234067)
    'x001/x234/067'
    """
    path = f"{n % 1000:03}"
    while n := n // 1000:
        path = f"x{n % 1000:03}/{path}"
    return path


def tile_path(level: int, n: int, width: int = TILE_WIDTH) -> str:
    """Where the tile with these hashes lies below the log's prefix."""
    return f"tile/{level}/{_suffixed(n, width)}"


def bundle_path(n: int, width: int = TILE_WIDTH) -> str:
    """Where the entries of the tile at level 0 with this number lie below the log's prefix."""
    return f"tile/entries/{_suffixed(n, width)}"


def tiles_of(size: int, since: int = 0) -> Iterator[Tile]:
    """The tiles, full and partial, that a log of `size` entries needs beyond those for its first `since`.

    Each tile at level 0 has a bundle of the same number and width.
    """
    level = 0
    while size > since:
        for n in range(since // TILE_WIDTH, -(-size // TILE_WIDTH)):
            yield Tile(level, n, min(TILE_WIDTH, size - n * TILE_WIDTH))
        level, size, since = level + 1, size // TILE_WIDTH, since // TILE_WIDTH


def tile_bytes(tree: Tree, tile: Tile) -> bytes:
    """The content of a tile of `tree`, which must have grown that far."""
    return tree.subtrees(TILE_HEIGHT * tile.level, tile.n * TILE_WIDTH, tile.width)


def encode_bundle(leaves: Iterable[bytes]) -> bytes:
    """The bundle of these leaf bytes; raises `TileError` (`tile.bundle`) for a leaf of more than 65,535 bytes."""
    parts: list[bytes] = []
    for data in leaves:
        if len(data) > MAX_ENTRY_BYTES:
            raise TileError(f"An entry of {len(data)} bytes does not fit into a bundle.", code="tile.bundle")
        parts += (len(data).to_bytes(_LENGTH_BYTES, "big"), data)
    return b"".join(parts)


def decode_bundle(data: bytes, width: int) -> list[bytes]:
    """The leaf bytes in a bundle of exactly `width` entries; raises `TileError` (`tile.bundle`) for any other."""
    leaves, at = [], 0
    for _ in range(width):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(data[at:start], "big")
        leaves.append(data[start:at])
    if at != len(data):
        raise TileError(f"A bundle is cut off, or does not hold exactly {width} entries.", code="tile.bundle")
    return leaves


class TileTree:
    """The tree of `size` leaves as its tiles have it; each tile is read once while it stays in a bounded cache.

    Nothing here is to be believed by itself: the files may be anybody's. Compare `root()` with that of a checkpoint,
    and verify every proof against it; a proof vouches for its leaf, `leaf` and `leaf_hash` alone do not. If a partial
    tile or bundle is missing, the full one is read in its place, as a log may remove the partial one by then.

    Methods raise `RecordError`: `tile.missing`, `tile.format`, `tile.bundle`, `tile.leaf`, `record.range`.
    """

    def __init__(self, size: int, fetch: Fetch) -> None:
        self.size = size
        self._fetch = fetch
        self._tile = lru_cache(TILES_KEPT)(self._read_tile)
        self._bundle = lru_cache(BUNDLES_KEPT)(self._read_bundle)

    def root(self, size: int | None = None) -> bytes:
        """The root at `size` leaves, by default at all of them."""
        size = self._sized(size)
        return self._range(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """The audit path of leaf `index` in the tree of `size` leaves, lowest first (RFC 6962, 2.1.1)."""
        size = self._sized(size)
        _require_leaf(index, size)
        return self._path(index, index + 1, size)

    def consistency(self, old: int, new: int | None = None) -> tuple[bytes, ...]:
        """The proof that the first `old` of `new` leaves are kept (RFC 6962, 2.1.2); empty if `old` is 0 or `new`."""
        new = self._sized(new)
        if not 0 <= old <= new:
            raise RecordError(f"Size {old} does not come before size {new}.", code="record.range")
        if old in (0, new):
            return ()
        # Both trees have the last complete subtree of the old one; if that is all of it, the verifier holds its hash.
        low = old & (old - 1)
        path = self._path(low, old, new)
        return (self._range(low, old), *path) if low else path

    def leaf_hash(self, index: int) -> bytes:
        """The hash of the leaf at `index`."""
        _require_leaf(index, self.size)
        return self._node(0, index)

    def leaf(self, index: int) -> bytes:
        """The bytes of the leaf at `index`; raises `tile.leaf` if they do not have the hash in the tile."""
        expected = self.leaf_hash(index)
        data = self._bundle(index // TILE_WIDTH)[index % TILE_WIDTH]
        if leaf_hash(data) != expected:
            raise TileError(f"Entry {index} does not have the hash that its tile holds.", code="tile.leaf")
        return data

    def _path(self, low: int, high: int, size: int) -> tuple[bytes, ...]:
        """The hashes beside the way from the complete subtree of leaves low..high-1 to the root, lowest first."""
        proof = []
        start, stop = 0, size
        while stop - start > high - low:
            middle = start + (1 << (stop - start - 1).bit_length() - 1)
            if low < middle:
                proof.append(self._range(middle, stop))
                stop = middle
            else:
                proof.append(self._range(start, middle))
                start = middle
        return tuple(reversed(proof))

    def _range(self, low: int, high: int) -> bytes:
        """The hash over leaves low..high-1, where `low` is a multiple of a power of two not below the width."""
        root = b""
        for height in range((high - low).bit_length()):
            if (high - low) >> height & 1:
                node = self._node(height, (high >> height) - 1)
                root = node_hash(node, root) if root else node
        return root

    def _node(self, height: int, index: int) -> bytes:
        """The hash of the complete subtree with this number among those of 2^height leaves."""
        level, height = divmod(height, TILE_HEIGHT)
        n, at = divmod(index << height, TILE_WIDTH)
        at = (at >> height) * HASH_BYTES
        return self._tile(level, n)[height][at : at + HASH_BYTES]

    def _read_tile(self, level: int, n: int) -> list[bytes]:
        """The hashes of a tile and, above them, those of the complete subtrees inside it, height by height."""
        width = min(TILE_WIDTH, (self.size >> TILE_HEIGHT * level) - n * TILE_WIDTH)
        data, held = self._read(partial(tile_path, level), n, width)
        if len(data) != held * HASH_BYTES:
            raise TileError(f"{tile_path(level, n, held)} has {len(data)} bytes, not {held * HASH_BYTES}.")
        heights = [data]
        while len(below := heights[-1]) > HASH_BYTES:
            pairs = below[: len(below) // _PAIR_BYTES * _PAIR_BYTES]
            heights.append(b"".join([sha256(b"\x01" + pair).digest() for (pair,) in iter_unpack("64s", pairs)]))
        return heights

    def _read_bundle(self, n: int) -> list[bytes]:
        return decode_bundle(*self._read(bundle_path, n, min(TILE_WIDTH, self.size - n * TILE_WIDTH)))

    def _read(self, path: Callable[[int, int], str], n: int, width: int) -> tuple[bytes, int]:
        """The file of this width, or the full one if it is gone, and how many hashes or entries it should hold."""
        try:
            return self._fetch(path(n, width)), width
        except RecordError as error:
            if error.code != "tile.missing" or width == TILE_WIDTH:
                raise
            return self._fetch(path(n, TILE_WIDTH)), TILE_WIDTH

    def _sized(self, size: int | None) -> int:
        size = self.size if size is None else size
        if not 0 <= size <= self.size:
            raise RecordError(f"The record has {self.size} entries; size {size} is not reached.", code="record.range")
        return size


def _require_leaf(index: int, size: int) -> None:
    if not 0 <= index < size:
        raise RecordError(f"Entry {index} is not in a record of {size} entries.", code="record.range")


def _suffixed(n: int, width: int) -> str:
    return index_path(n) if width == TILE_WIDTH else f"{index_path(n)}.p/{width}"
