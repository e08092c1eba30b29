"""Tiles: the paths and contents of the format, and the same roots and proofs from files as from the tree in memory."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quittance.errors import RecordError
from quittance.record import tiles
from quittance.record.tiles import (
    Tile,
    TileError,
    TileTree,
    bundle_path,
    decode_bundle,
    encode_bundle,
    index_path,
    tile_bytes,
    tile_path,
    tiles_of,
)
from quittance.record.tree import Tree, leaf_hash, verify_consistency, verify_inclusion

MOST = 600


def leaf(index: int) -> bytes:
    return b"quittance test leaf %d" % index


TREE = Tree(leaf_hash(leaf(index)) for index in range(1300))


def files_for(size: int, since: int = 0, tree: Tree = TREE) -> dict[str, bytes]:
    """The files that a log of `size` entries adds to those it had at `since`."""
    files = {}
    for tile in tiles_of(size, since):
        files[tile.path] = tile_bytes(tree, tile)
        if tile.level == 0:
            first = tile.n * 256
            files[bundle_path(tile.n, tile.width)] = encode_bundle(map(leaf, range(first, first + tile.width)))
    return files


def reader(files: dict[str, bytes], reads: list[str] | None = None) -> Callable[[str], bytes]:
    def fetch(path: str) -> bytes:
        if reads is not None:
            reads.append(path)
        if path not in files:
            raise RecordError(f"{path} is not there.", code="tile.missing")
        return files[path]

    return fetch


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(RecordError) as caught:
        act()
    return caught.value.code


def test_paths():
    """Numbers are cut into groups of three digits, and a partial width is told."""
    assert [index_path(n) for n in (0, 999, 1000, 1234067)] == ["000", "999", "x001/000", "x001/x234/067"]
    assert tile_path(1, 1000) == "tile/1/x001/000"
    assert tile_path(0, 3, 7) == "tile/0/003.p/7"
    assert bundle_path(3) == "tile/entries/003"
    assert bundle_path(3, 255) == "tile/entries/003.p/255"
    assert Tile(2, 5).path == "tile/2/005"


@given(st.integers(0, 10**13))
def test_a_path_names_one_number(n):
    """Without its marks the path is the number with leading zeros, three digits to a group."""
    groups = index_path(n).split("/")
    assert n == int("".join(group.removeprefix("x") for group in groups))
    assert all(group.startswith("x") for group in groups[:-1])
    assert {3} == {len(group.removeprefix("x")) for group in groups}


@given(st.integers(0, 300_000))
def test_the_tiles_of_a_size(size):
    """Every level has its full tiles and one partial, of the width that the format gives, and never an empty one."""
    found = set(tiles_of(size))
    expected = set()
    for level in range(9):
        hashes = size >> 8 * level
        expected |= {Tile(level, n, 256) for n in range(hashes // 256)}
        expected |= {Tile(level, hashes // 256, hashes % 256)} if hashes % 256 else set()
    assert expected == found


@given(st.integers(0, 200_000), st.integers(0, 3000))
def test_the_tiles_that_are_new(since, more):
    """What a larger size needs is what an earlier one had, as far as it still needs it, and what is new."""
    before, after, new = set(tiles_of(since)), set(tiles_of(since + more)), list(tiles_of(since + more, since))
    assert after - before == set(new)
    assert len(set(new)) == len(new)
    assert not list(tiles_of(since, since + more))


def test_roots_and_proofs_are_those_of_the_tree_at_every_size():
    """Up to 600 leaves, files written size by size give the tree's roots and proofs, which verify."""
    files: dict[str, bytes] = {}
    for size in range(MOST + 1):
        files |= files_for(size, max(size - 1, 0))
        tree = TileTree(size, reader(files))
        assert TREE.root(size) == tree.root()
        for index in {0, size // 3, size // 2, size - 2, size - 1} & set(range(size)):
            proof = tree.inclusion(index)
            assert TREE.inclusion(index, size) == proof
            verify_inclusion(tree.root(), size, index, tree.leaf_hash(index), proof)
        for old in {0, 1, size // 3, size // 2, size & 256, size - 1, size} & set(range(size + 1)):
            assert TREE.root(old) == tree.root(old)
            proof = tree.consistency(old)
            assert TREE.consistency(old, size) == proof
            verify_consistency(TREE.root(old), old, tree.root(), size, proof)
    assert files_for(MOST).items() <= files.items()


@pytest.mark.parametrize("size", [5, 255, 256, 257, 600])
def test_every_leaf_and_every_earlier_size(size):
    """From the tiles of one size come all its leaves, and proofs within all earlier sizes."""
    tree = TileTree(size, reader(files_for(size)))
    assert [leaf(index) for index in range(size)] == [tree.leaf(index) for index in range(size)]
    assert all(TREE.inclusion(index, size) == tree.inclusion(index) for index in range(size))
    for old in range(0, size, 7):
        assert TREE.root(old) == tree.root(old)
        assert TREE.consistency(old // 2, old) == tree.consistency(old // 2, old)
        assert all(TREE.inclusion(index, old) == tree.inclusion(index, old) for index in range(0, old, 31))


def test_each_file_is_read_once():
    """Proofs for all leaves read each tile and each bundle of the size once, and no other."""
    reads: list[str] = []
    files = files_for(600)
    tree = TileTree(600, reader(files, reads))
    for _ in range(2):
        for index in range(600):
            tree.inclusion(index)
            tree.leaf(index)
    assert sorted(files) == sorted(reads)


def test_one_proof_reads_few_files():
    """An inclusion proof needs its own tile, those above it and those at the right edge."""
    reads: list[str] = []
    TileTree(1300, reader(files_for(1300), reads)).inclusion(300)
    assert {"tile/0/001", "tile/0/005.p/20", "tile/1/000.p/5"} == set(reads)


def test_the_cache_is_bounded(monkeypatch):
    """With room for one tile the answers are the same, though files are read again."""
    monkeypatch.setattr(tiles, "TILES_KEPT", 1)
    reads: list[str] = []
    tree = TileTree(600, reader(files_for(600), reads))
    assert TREE.inclusion(300, 600) == tree.inclusion(300)
    assert TREE.inclusion(300, 600) == tree.inclusion(300)
    assert len(reads) > len(set(reads))


def test_a_full_tile_stands_in_for_a_partial_one():
    """When the partial tile and bundle of a size are gone, the full ones are read as far as the size goes."""
    for size in (300, 511, 700):
        files = files_for(1300) | {f"tile/1/000.p/{size // 256}": files_for(size)[f"tile/1/000.p/{size // 256}"]}
        kept = {path: data for path, data in files.items() if path.startswith("tile/1/") or ".p/" not in path}
        tree = TileTree(size, reader(kept))
        assert TREE.root(size) == tree.root()
        assert TREE.inclusion(size - 1, size) == tree.inclusion(size - 1)
        assert leaf(size - 1) == tree.leaf(size - 1)
        with pytest.raises(RecordError):
            tree.leaf(size)


def test_a_missing_tile_is_told():
    """With neither partial nor full tile, with a full one gone, and with another failure, the reader's error comes."""
    files = files_for(300)
    for gone, act in (
        ("tile/0/001.p/44", lambda tree: tree.root()),
        ("tile/0/000", lambda tree: tree.inclusion(3)),
        ("tile/1/000.p/1", lambda tree: tree.root()),
        ("tile/entries/001.p/44", lambda tree: tree.leaf(299)),
    ):
        tree = TileTree(300, reader({path: data for path, data in files.items() if path != gone}))
        assert refused(lambda tree=tree, act=act: act(tree)) == "tile.missing"

    reads: list[str] = []
    assert refused(lambda: TileTree(300, reader({}, reads)).leaf_hash(0)) == "tile.missing"
    assert reads == ["tile/0/000"]


def test_only_a_missing_tile_is_replaced():
    """Another failure than that a partial tile is not there is not covered up by the full one."""
    files = files_for(512)

    def half_broken(path: str) -> bytes:
        if ".p/" in path:
            raise RecordError("The disk is broken.", code="record.damaged")
        return files[path]

    assert refused(TileTree(300, half_broken).root) == "record.damaged"


@pytest.mark.parametrize(
    "change", [lambda data: data[:-1], lambda data: data + b"\0", lambda data: data[:-32], lambda _: b""]
)
def test_a_tile_of_another_length_is_refused(change):
    """A tile holds as many hashes as its path says, also a full one that stands in for a partial one."""
    files = files_for(300)
    files["tile/0/001.p/44"] = change(files["tile/0/001.p/44"])
    assert refused(TileTree(300, reader(files)).root) == "tile.format"
    stand_in = {path: data for path, data in files_for(512).items() if ".p/" not in path}
    stand_in["tile/0/001"] = change(stand_in["tile/0/001"])
    stand_in["tile/1/000.p/1"] = files["tile/1/000.p/1"]
    assert refused(TileTree(300, reader(stand_in)).root) == "tile.format"


def test_a_changed_tile_changes_the_root_or_fails_the_proof():
    """Nothing from a tile is true by itself: against the signed root every changed byte is found."""
    for path, index in (("tile/0/000", 0), ("tile/0/001.p/44", 256), ("tile/1/000.p/1", 299)):
        files = files_for(300)
        files[path] = bytes((files[path][0] ^ 1,)) + files[path][1:]
        tree = TileTree(300, reader(files))
        with pytest.raises(RecordError):
            verify_inclusion(TREE.root(300), 300, index, tree.leaf_hash(index), tree.inclusion(index))


def test_a_leaf_must_have_the_hash_in_its_tile():
    """A bundle with another entry than the tile says is refused."""
    files = files_for(300)
    files["tile/entries/000"] = files["tile/entries/000"].replace(b"leaf 7", b"leaf 8", 1)
    tree = TileTree(300, reader(files))
    assert leaf(8) == tree.leaf(8)
    assert refused(lambda: tree.leaf(7)) == "tile.leaf"


@pytest.mark.parametrize(
    "act",
    [
        lambda tree: tree.root(301),
        lambda tree: tree.root(-1),
        lambda tree: tree.inclusion(300),
        lambda tree: tree.inclusion(-1),
        lambda tree: tree.inclusion(5, 5),
        lambda tree: tree.inclusion(5, 301),
        lambda tree: tree.consistency(301),
        lambda tree: tree.consistency(-1),
        lambda tree: tree.consistency(6, 5),
        lambda tree: tree.consistency(6, 301),
        lambda tree: tree.leaf_hash(300),
        lambda tree: tree.leaf(300),
        lambda tree: tree.leaf(-1),
    ],
)
def test_places_beyond_the_size_are_refused(act):
    """What the tree does not have is refused before any file is read."""
    reads: list[str] = []
    assert refused(lambda: act(TileTree(300, reader(files_for(300), reads)))) == "record.range"
    assert not reads


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_reads_back(leaves):
    """Every list of leaves comes back, for its own width and for no other."""
    data = encode_bundle(leaves)
    assert leaves == decode_bundle(data, len(leaves))
    for width in {0, len(leaves) - 1, len(leaves) + 1} - {len(leaves), -1}:
        assert refused(lambda width=width: decode_bundle(data, width)) == "tile.bundle"


@given(st.lists(st.binary(max_size=9), min_size=1, max_size=5), st.data())
def test_a_bundle_that_was_cut_or_grew_is_refused(leaves, data):
    """Missing and further bytes are found."""
    whole = encode_bundle(leaves)
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(TileError):
        decode_bundle(whole[:cut], len(leaves))
    with pytest.raises(TileError):
        decode_bundle(whole + b"\0", len(leaves))


def test_how_large_an_entry_may_be():
    """A length of two bytes holds 65,535 and no more."""
    assert decode_bundle(encode_bundle([b"x" * 65_535]), 1) == [b"x" * 65_535]
    assert refused(lambda: encode_bundle([b"x" * 65_536])) == "tile.bundle"
