"""Database and published files make each other again, and damage in what is left is refused."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing

import pytest
from tests.published import (
    KEY,
    ORIGIN,
    POLICIES,
    SIGNER,
    answer,
    files_of,
    grow,
    leaf,
    publisher,
    require_published,
)
from tests.signing import SignedLog, seen_of
from tests.stores import FormMemory, FormSqlite

from quittance.errors import RecordError
from quittance.files.publish import recover, write_tiles
from quittance.files.published import extent, head_in
from quittance.files.rebuild import rebuild_sqlite, rebuild_store, rebuild_tiles
from quittance.record import DamagedError, MemoryStore
from quittance.record.note import NoteError
from quittance.record.sqlite import SqliteStore
from quittance.record.store import Head
from quittance.record.tree import Tree, leaf_hash


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "log"


@pytest.fixture
def store(tmp_path):
    with closing(FormSqlite.create(tmp_path / "record.sqlite", ORIGIN)) as made:
        yield made


def refused(act, *args) -> str:
    with pytest.raises(RecordError) as caught:
        act(*args)
    return caught.value.code


@pytest.mark.parametrize("size", [0, 1, 256, 700])
def test_each_from_the_other(tmp_path, folder, store, size):
    """From the files a database, from that the files: same bytes, same head, same note, and the record verifies."""
    grow(store, size)
    publisher(store, folder).publish()
    note = publisher(store, folder).cosign(answer(store.checkpoint(), "a.example/w", "b.example/w"))
    other = tmp_path / "other"
    other.mkdir()
    assert store.head() == rebuild_sqlite(folder, other / "record.sqlite", POLICIES, FormSqlite)
    assert sorted(path.name for path in other.iterdir()) == ["record.sqlite", "record.sqlite.lock"]
    with closing(FormSqlite.open(other / "record.sqlite")) as again:
        assert store.head() == again.check()
        assert list(store.read()) == list(again.read())
        assert note == again.checkpoint()
        assert store.head() == rebuild_tiles(again, other / "log")
        recover(again, folder, SIGNER)
    assert files_of(folder) == files_of(other / "log")


def test_a_real_log(tmp_path, folder):
    """A signed log comes back from its files with all it knows, and goes on."""
    made = SignedLog(ORIGIN)
    with closing(SqliteStore.create(tmp_path / "record.sqlite", ORIGIN)) as store:
        store.append(made.case(batches=2), store.head())
        publisher(store, folder).publish()
        made.seen = seen_of(store)
        store.append(made.facts(3), store.head())
        publisher(store, folder).publish()
        head = store.head()
    (tmp_path / "record.sqlite").unlink()
    assert head == rebuild_sqlite(folder, tmp_path / "record.sqlite", KEY)
    with closing(SqliteStore.open(tmp_path / "record.sqlite")) as store:
        assert head == store.check()
        before = files_of(folder)
        shutil.rmtree(folder / "tile")
        (folder / "checkpoint").unlink()
        rebuild_tiles(store, folder)
        assert before == files_of(folder)
        store.append(made.facts(3), store.head())
        recover(store, folder, SIGNER)
        require_published(store, folder)


def test_earlier_heads(folder, store):
    """Partial tiles of earlier heads come back for the notes that are still there, and are lost with them."""
    for count in (100, 200, 300):
        grow(store, count)
        publisher(store, folder).publish()
    before = files_of(folder)
    shutil.rmtree(folder / "tile")
    rebuild_tiles(store, folder)
    assert before == files_of(folder)
    shutil.rmtree(folder)
    rebuild_tiles(store, folder)
    rebuilt = files_of(folder)
    assert before.items() > rebuilt.items()
    assert {"notes/100", "notes/300", "tile/0/000.p/100", "tile/0/001.p/44", "tile/1/000.p/1"} == {
        name for name in before.keys() - rebuilt.keys() if "entries" not in name
    }
    require_published(store, folder)


def test_only_what_was_signed(folder, store):
    """Entries that were never published are not shown by a rebuild; without a signed head there is nothing to show."""
    grow(store, 5)
    assert rebuild_tiles(store, folder).size == 0
    assert not folder.exists()
    publisher(store, folder).publish()
    grow(store, 5)
    shutil.rmtree(folder)
    assert rebuild_tiles(store, folder).size == 5
    recover(store, folder, SIGNER)
    require_published(store, folder)


def test_files_that_must_not_be_kept(folder, store):
    """A damaged tile, a note of another history and one under another's name stop a rebuild; nothing is changed."""
    grow(store, 300)
    publisher(store, folder).publish()
    good = files_of(folder)
    other = FormMemory(ORIGIN)
    grow(other, 7, first=900)
    foreign = publisher(other, folder.with_name("other")).publish()
    for name, data, code in (
        ("tile/0/000", b"x" * 8192, "record.file_differs"),
        ("notes/7", foreign, "record.other_note"),
        ("notes/8", good["notes/300"], "record.other_note"),
        ("notes/9", b"", "note.format"),
        ("checkpoint", foreign, "record.old_copy"),
    ):
        (folder / name).write_bytes(data)
        changed = files_of(folder)
        assert code == refused(rebuild_tiles, store, folder), name
        assert changed == files_of(folder)
        (folder / name).unlink() if name not in good else (folder / name).write_bytes(good[name])


@pytest.mark.parametrize(
    ("size", "more", "tiles"), [(5, 10, True), (250, 300, True), (256, 600, False), (300, 3, False)]
)
def test_entries_beyond_the_head(tmp_path, folder, store, size, more, tiles):
    """What a crash left between bundles and signature was acknowledged, so it comes back too, unsigned."""
    grow(store, size)
    publisher(store, folder).publish()
    grow(store, more)
    write_tiles(store, folder, size + more, size)
    if not tiles:
        for path in list((folder / "tile").rglob("*")):
            if path.is_file() and "entries" not in path.parts:
                path.unlink()
        write_tiles(store, folder, size, 0)
    with closing(rebuild_store(folder, FormMemory, KEY)) as again:
        assert store.head() == again.head()
        assert size == head_in(again.checkpoint()).size
        recover(again, folder, SIGNER)
        require_published(again, folder)
    assert size + more == extent(folder, "0")


def test_damage_beyond_the_head(folder, store):
    """Bundles beyond the head that do not fit are named, not taken."""
    grow(store, 250)
    publisher(store, folder).publish()
    grow(store, 2)
    write_tiles(store, folder, 252, 250)
    path = folder / "tile/entries/000.p/252"
    data = path.read_bytes()
    for at in (10, len(data) - 1):
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert refused(rebuild_store, folder, FormMemory, KEY) == "tile.leaf"


def test_files_that_do_not_lead_to_a_head(folder, store):
    """A damaged or missing file, a head of another key and one that a witness did not sign make no database."""
    grow(store, 300)
    publisher(store, folder).publish()
    good = files_of(folder)
    for name, data in good.items():
        if name == "notes/300":
            continue
        (folder / name).write_bytes(data[:-2] + bytes([data[-2] ^ 1]) + data[-1:])
        code = refused(rebuild_store, folder, FormMemory, KEY)
        assert code.startswith(("tile.", "note.")), name
        (folder / name).unlink()
        assert refused(rebuild_store, folder, FormMemory, KEY) == "tile.missing"
        (folder / name).write_bytes(data)


def test_a_log_that_breaks_the_rules(tmp_path, folder):
    """Leaves that nobody signed make no database of a log that asks for signatures, and leave no draft."""
    unsigned = FormMemory(ORIGIN)
    grow(unsigned, 3)
    publisher(unsigned, folder).publish()
    with pytest.raises(DamagedError) as caught:
        rebuild_store(folder, MemoryStore, KEY)
    assert caught.value.index == 0
    with pytest.raises(DamagedError):
        rebuild_sqlite(folder, tmp_path / "record.sqlite", KEY)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log", "record.sqlite.lock"]


class Careless(FormMemory):
    """A log that has taken any bytes at all."""

    def __init__(self, leaves: list[bytes]) -> None:
        super().__init__(ORIGIN)
        self._all, self._whole = leaves, Tree(map(leaf_hash, leaves))

    def head(self) -> Head:
        return Head(self._whole.size, self._whole.root())

    def tree(self) -> Tree:
        return self._whole

    def read(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        return iter(self._all[start:stop])

    def sign(self, note: bytes, head: Head, previous: bytes | None) -> None:
        self._note = note


@pytest.mark.parametrize("bad", [b"no leaf", leaf(1).data])
def test_a_leaf_that_may_not_stand(folder, bad):
    """The index of a leaf that cannot be read, and of one that is there twice, is named."""
    leaves = [leaf(number).data for number in range(1200)]
    leaves[1100] = bad
    publisher(Careless(leaves), folder).publish()
    with pytest.raises(DamagedError) as caught:
        rebuild_store(folder, FormMemory, KEY)
    assert caught.value.index == 1100


def test_a_database_in_the_way(tmp_path, folder, store):
    """An old database is never written over, nor one that is open, nor what is left beside it."""
    grow(store, 5)
    publisher(store, folder).publish()
    assert refused(rebuild_sqlite, folder, tmp_path / "record.sqlite", KEY, FormSqlite) == "record.locked"
    store.close()
    assert refused(rebuild_sqlite, folder, tmp_path / "record.sqlite", KEY, FormSqlite) == "record.exists"
    (tmp_path / "record.sqlite").rename(tmp_path / "old.sqlite")
    (tmp_path / "record.sqlite-wal").write_bytes(b"left")
    assert refused(rebuild_sqlite, folder, tmp_path / "record.sqlite", KEY, FormSqlite) == "record.exists"
    (tmp_path / "record.sqlite-wal").unlink()
    (tmp_path / "record.sqlite.rebuilt").write_bytes(b"left by a crash")
    assert rebuild_sqlite(folder, tmp_path / "record.sqlite", KEY, FormSqlite).size == 5


def test_an_old_copy_is_replaced(tmp_path, folder, store):
    """The way out of a refused old copy: rebuild from the files, and go on."""
    grow(store, 5)
    publisher(store, folder).publish()
    store.close()
    shutil.copy(tmp_path / "record.sqlite", tmp_path / "old.sqlite")
    with closing(FormSqlite.open(tmp_path / "record.sqlite")) as full:
        grow(full, 300)
        publisher(full, folder).publish()
    (tmp_path / "record.sqlite").unlink()
    with closing(FormSqlite.open(tmp_path / "old.sqlite")) as old:
        assert refused(recover, old, folder, SIGNER) == "record.old_copy"
    rebuild_sqlite(folder, tmp_path / "record.sqlite", KEY, FormSqlite)
    with closing(FormSqlite.open(tmp_path / "record.sqlite")) as again:
        recover(again, folder, SIGNER)
        grow(again, 2)
        publisher(again, folder).publish()
        require_published(again, folder)


def test_a_head_without_the_log_s_signature(folder, store):
    """A checkpoint that the log's key did not sign is not believed."""
    grow(store, 5)
    publisher(store, folder).publish()
    data = (folder / "checkpoint").read_bytes()
    (folder / "checkpoint").write_bytes(data.replace(b"\n5\n", b"\n4\n"))
    with pytest.raises(NoteError):
        rebuild_store(folder, FormMemory, KEY)
