"""A party's mirror: it takes what is proven, fetches only what it lacks, and keeps the evidence of anything else."""

from __future__ import annotations

import shutil
from functools import partial

import pytest
from tests.published import (
    KEY,
    ORIGIN,
    OTHER_SIGNER,
    POLICIES,
    SIGNER,
    answer,
    files_of,
    grow,
    publisher,
    require_published,
)
from tests.signing import SignedLog
from tests.stores import FormMemory

from quittance.errors import RecordError
from quittance.files.mirror import head_of, mirror, tile_tree
from quittance.files.publish import Publisher
from quittance.files.published import folder_fetch, head_in
from quittance.files.rebuild import rebuild_store
from quittance.record import MemoryStore
from quittance.record.bracket import seen_of
from quittance.record.lock import WriterLock
from quittance.record.note import ED25519, NoteError, VerifierKey
from quittance.witness.compare import check_evidence


class Source:
    """A published log, and which of its files were fetched."""

    def __init__(self, folder, origin=ORIGIN):
        self.folder, self.store, self.fetched = folder, FormMemory(origin), []

    def publish(self, count, first=None):
        grow(self.store, count, first)
        return publisher(self.store, self.folder).publish()

    def __call__(self, path):
        self.fetched.append(path)
        return folder_fetch(self.folder)(path)

    def fork(self, at, count, folder):
        """Another history that begins with the first `at` entries of this one."""
        other = Source(folder)
        other.publish(at)
        other.publish(count, first=5000)
        return other


@pytest.fixture
def source(tmp_path):
    return Source(tmp_path / "log")


@pytest.fixture
def target(tmp_path):
    return tmp_path / "mirror"


def refused(act, *args) -> str:
    with pytest.raises(RecordError) as caught:
        act(*args)
    return caught.value.code


@pytest.mark.parametrize("sizes", [(0,), (1, 5), (300, 600), (256, 256, 0, 1), (700,)])
def test_it_follows(source, target, sizes):
    """After every publication the mirror has the same head and all files for it, and can stand in for the log."""
    for size in sizes:
        note = source.publish(size)
        assert mirror(source, target, POLICIES).fresh == size
        assert note == (target / "checkpoint").read_bytes()
        require_published(source.store, target)
    assert head_of(target).root == source.store.head().root == rebuild_store(target, FormMemory, KEY).head().root
    assert files_of(source.folder) == files_of(target)


def test_only_what_is_missing(source, target):
    """A mirror that is up to date asks for the checkpoint; one that is behind does not ask for full files again."""
    source.publish(600)
    mirror(source, target, KEY)
    source.fetched.clear()
    assert mirror(source, target, KEY).fresh == 0
    assert source.fetched == ["checkpoint"]
    source.publish(1)
    source.fetched.clear()
    assert mirror(source, target, KEY).fresh == 1
    assert not [path for path in source.fetched if path in ("tile/0/000", "tile/entries/000", "tile/1/000.p/2")]


def test_a_mirror_of_a_mirror_without_partial_files(tmp_path, source, target):
    """Where a partial file is gone, it is cut from the full one; the mirror's is the one that was published."""
    old = source.publish(300)
    source.publish(300)
    (source.folder / "checkpoint").write_bytes(old)
    for path in ("tile/0/001.p/44", "tile/entries/001.p/44"):
        (source.folder / path).unlink()
    mirror(source, target, KEY)
    assert (target / "tile/0/001.p/44").read_bytes() == (target / "tile/0/001.p/44").read_bytes()
    again = FormMemory(ORIGIN)
    grow(again, 300)
    publisher(again, tmp_path / "again").publish()
    assert files_of(tmp_path / "again") == files_of(target)


def test_cosignatures_are_taken(source, target):
    """New cosignatures of the same head are added; a copy that lacks some takes none away."""
    first = source.publish(5)
    mirror(source, target, POLICIES)
    both = publisher(source.store, source.folder).cosign(answer(first, "a.example/w", "b.example/w"))
    assert len(mirror(source, target, POLICIES).opened.cosigned) == 2
    assert both == (target / "checkpoint").read_bytes() == (target / "notes/5").read_bytes()
    (source.folder / "checkpoint").write_bytes(first)
    assert len(mirror(source, target, POLICIES).opened.cosigned) == 2
    (target / "checkpoint").write_bytes(first + answer(first, "b.example/w"))
    (source.folder / "checkpoint").write_bytes(first + answer(first, "a.example/w"))
    mirror(source, target, POLICIES)
    assert first + answer(first, "b.example/w", "a.example/w") == (target / "checkpoint").read_bytes()


def test_heads_that_entries_have_seen(tmp_path, target):
    """The notes that statements were drawn up on are mirrored too, so that their time brackets can be checked."""
    made, store, folder = SignedLog(ORIGIN), MemoryStore(ORIGIN), tmp_path / "log"
    for make in (made.founding, partial(made.facts, 2), partial(made.facts, 3)):
        store.append(make(), store.head())
        made.seen = seen_of(publisher(store, folder).publish())
    seen = (folder / "notes/6").read_bytes()
    mirror(folder_fetch(folder), target, KEY)
    assert {"6", "8", "11"} == {path.name for path in (target / "notes").iterdir()}
    assert seen == (target / "notes/6").read_bytes()
    for data in (None, b"no note"):
        shutil.rmtree(target)
        (folder / "notes/6").unlink() if data is None else (folder / "notes/6").write_bytes(data)
        mirror(folder_fetch(folder), target, KEY)
        assert {"8", "11"} == {path.name for path in (target / "notes").iterdir()}
    other = FormMemory(ORIGIN)
    grow(other, 6)
    (folder / "notes/6").write_bytes(publisher(other, tmp_path / "other").publish())
    shutil.rmtree(target)
    assert refused(mirror, folder_fetch(folder), target, KEY) == "record.fork"
    assert not (target / "checkpoint").exists()


@pytest.mark.parametrize(
    ("at", "held", "shown"),
    [(3, 2, 2), (3, 2, 6), (0, 5, 5), (255, 10, 10), (200, 100, 200), (300, 50, 600), (100, 300, 200), (256, 256, 512)],
)
def test_another_history(tmp_path, source, target, at, held, shown):
    """A fork of the same and of a larger size is refused, with both notes and a proof that convinces a third person."""
    source.publish(at)
    source.publish(held)
    other = source.fork(at, shown, tmp_path / "other")
    mirror(source, target, KEY)
    before = files_of(target)
    assert refused(mirror, other, target, KEY) == "record.fork"
    kept = files_of(target / "evidence")
    notes = {data for name, data in kept.items() if name.endswith(".note")}
    assert notes == {before["checkpoint"], (other.folder / "checkpoint").read_bytes()}
    (proof,) = (data for name, data in kept.items() if name.endswith(".fork"))
    found = check_evidence(proof, [KEY])
    assert {found.smaller.size, found.larger.size} == {at + held, at + shown}
    shutil.rmtree(target / "evidence")
    assert before == files_of(target)


def test_a_smaller_head_of_another_history(tmp_path, source, target):
    """An older head that is not the beginning of what is kept is a fork, one that is, a rollback; both are kept."""
    source.publish(100)
    source.publish(200)
    other = source.fork(100, 50, tmp_path / "other")
    mirror(source, target, KEY)
    assert refused(mirror, other, target, KEY) == "record.fork"
    (source.folder / "checkpoint").write_bytes((source.folder / "notes/100").read_bytes())
    assert refused(mirror, source, target, KEY) == "record.rollback"
    kept = files_of(target / "evidence")
    assert sum(name.endswith(".note") for name in kept) == 3
    assert (source.folder / "notes/100").read_bytes() in kept.values()
    assert head_in((target / "checkpoint").read_bytes()).size == 300


def test_damage_is_no_fork(source, target):
    """Whatever file of the source is changed, nothing of it is taken, and no alarm of a fork is raised."""
    source.publish(300)
    mirror(source, target, KEY)
    before = files_of(target)
    source.publish(400)
    good = files_of(source.folder)
    wanted = sorted(name for name in good.keys() - before.keys() if name.startswith("tile/"))
    assert len(wanted) == 5
    for name in wanted:
        for data in (good[name][:-1] + bytes([good[name][-1] ^ 1]), good[name][:-1], b"", good[name] + b"x", None):
            path = source.folder / name
            path.unlink() if data is None else path.write_bytes(data)
            code = refused(mirror, source, target, KEY)
            assert code.startswith("tile.") or code == "proof.consistency", (name, code)
            path.write_bytes(good[name])
            assert before["checkpoint"] == (target / "checkpoint").read_bytes()
            assert all(good[path] == data for path, data in files_of(target).items() if path.startswith("tile/"))
    assert not (target / "evidence").exists()
    mirror(source, target, KEY)
    require_published(source.store, target)


def test_its_own_damage(source, target):
    """A mirror whose own file was changed says so; with that file moved away it is whole again."""
    source.publish(300)
    mirror(source, target, KEY)
    source.publish(1)
    (target / "tile/1/000.p/1").write_bytes(b"x" * 32)
    assert refused(mirror, source, target, KEY) == "tile.root"
    assert not (target / "evidence").exists()
    (target / "tile/1/000.p/1").unlink()
    (target / "tile/entries/000").unlink()
    mirror(source, target, KEY, whole=True)
    require_published(source.store, target)
    (target / "tile/0/000").write_bytes(b"x")
    mirror(source, target, KEY)
    assert refused(partial(mirror, whole=True), source, target, KEY) == "tile.format"
    (target / "checkpoint").write_bytes(b"x")
    with pytest.raises(NoteError):
        mirror(source, target, KEY)


def test_after_a_crash(source, target):
    """What was fetched before a crash is used, what was half written removed."""
    source.publish(600)

    def cut(path):
        if path == "tile/entries/001":
            raise KeyboardInterrupt
        return source(path)

    with pytest.raises(KeyboardInterrupt):
        mirror(cut, target, KEY)
    (target / "tile/entries/.quittance-001.new").write_bytes(b"half")
    source.fetched.clear()
    mirror(source, target, KEY)
    assert "tile/entries/000" not in source.fetched
    assert files_of(source.folder) == files_of(target)


def test_what_is_not_believed(tmp_path, source, target):
    """A head without the log's signature, of another log, or too large, is refused; two mirrors take turns."""
    source.publish(5)
    with pytest.raises(NoteError):
        mirror(source, target, VerifierKey(ORIGIN, ED25519, OTHER_SIGNER.public))
    assert refused(mirror, source, target, KEY, "quittance.example/test-2020/public") == "record.other_log"
    mirror(source, target, KEY, ORIGIN)
    name = "quittance.example/test-2020/public"
    Publisher(FormMemory(name), tmp_path / "public", SIGNER).publish()
    other = VerifierKey(name, ED25519, SIGNER.public)
    assert refused(mirror, folder_fetch(tmp_path / "public"), target, other) == "record.other_log"
    assert refused(mirror, lambda path: b"x" * 70_000, target, KEY) == "tile.too_large"
    lock = WriterLock(target)
    assert refused(mirror, source, target, KEY) == "record.locked"
    lock.release()


def test_a_new_key_of_the_log(tmp_path, source, target):
    """A mirror goes on after the log has changed its key, and finds a fork across the two keys."""
    source.publish(5)
    mirror(source, target, KEY)
    grow(source.store, 5)
    Publisher(source.store, source.folder, OTHER_SIGNER).publish()
    new = VerifierKey(ORIGIN, ED25519, OTHER_SIGNER.public)
    other = FormMemory(ORIGIN)
    grow(other, 20, first=700)
    Publisher(other, tmp_path / "other", OTHER_SIGNER).publish()
    assert refused(mirror, folder_fetch(tmp_path / "other"), target, new) == "record.fork"
    assert sorted(path.suffix for path in (target / "evidence").iterdir()) == [".note", ".note"]
    assert mirror(source, target, new).fresh == 5
    assert tile_tree(target, head_of(target)).root(5) == source.store.tree().root(5)
