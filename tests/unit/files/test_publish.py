"""Publishing: what lies on disk after any sequence of appends and publications, and what is refused."""

from __future__ import annotations

import errno
import json
import os
from contextlib import closing
from dataclasses import replace as with_members
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.published import (
    KEY,
    ORIGIN,
    OTHER_SIGNER,
    POLICIES,
    POLICY,
    SIGNER,
    answer,
    cosignature,
    expected_files,
    files_of,
    grow,
    publisher,
    require_published,
)
from tests.signing import SignedLog, fingerprint
from tests.stores import FormMemory, FormSqlite

from quittance.errors import RecordError
from quittance.files import durable
from quittance.files.discrepancy import require_agreement
from quittance.files.publish import Publisher, recover, write_tiles
from quittance.files.published import authenticate, extent, folder_fetch, head_in
from quittance.record import MemoryStore
from quittance.record.checkpoint import open_checkpoint
from quittance.record.note import ED25519, Note, NoteError, VerifierKey
from quittance.record.policy import PolicyError
from quittance.record.sqlite import SqliteStore
from quittance.record.store import Head
from quittance.record.tiles import index_path


@pytest.fixture
def store():
    return FormMemory(ORIGIN)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "log"


def refused(act, *args) -> str:
    with pytest.raises(RecordError) as caught:
        act(*args)
    assert str(Path("/")) + "tmp" not in caught.value.message
    return caught.value.code


# What lies there


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 700])
def test_one_publication(store, folder, size):
    """The files are those of tlog-tiles for this size, the note, and its copy under notes/; the log has signed it."""
    grow(store, size)
    note = publisher(store, folder).publish()
    expected = {**expected_files(store, size), "checkpoint": note, f"notes/{size}": note}
    assert expected == files_of(folder)
    opened = open_checkpoint(note, [KEY], ())
    assert (opened.checkpoint.size, opened.checkpoint.root) == (size, store.tree().root())
    assert note == store.checkpoint()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(st.sampled_from([0, 1, 2, 3, 100, 200, 255, 256, 257, 300]), min_size=1, max_size=6))
def test_any_sequence_of_appends_and_publications(tmp_path_factory, steps):
    """The tiles are those of one publication at the end, and the partial ones of each size that was signed."""
    store, folder = FormMemory(ORIGIN), tmp_path_factory.mktemp("log")
    sizes, notes = [], {}
    for count in steps:
        grow(store, count)
        sizes.append(store.head().size)
        notes[f"notes/{sizes[-1]}"] = publisher(store, folder).publish()
    expected = {**expected_files(store, *sizes), **notes, "checkpoint": store.checkpoint()}
    assert expected == files_of(folder)


@pytest.mark.slow
def test_three_levels(store, folder):
    """70,000 entries have 277 tiles and 274 bundles, on three levels."""
    grow(store, 70_000)
    publisher(store, folder).publish()
    names = [name for name in files_of(folder) if name.startswith("tile/")]
    bundles = [name for name in names if name.startswith("tile/entries/")]
    assert (len(names) - len(bundles), len(bundles)) == (277, 274)
    require_published(store, folder)


def test_nothing_new(store, folder):
    """A second publication of the same head writes nothing and gives the same note, from another publisher too."""
    grow(store, 300)
    note = publisher(store, folder).publish()
    before = {path: path.stat() for path in folder.rglob("*")}
    assert note == publisher(store, folder).publish() == publisher(store, folder).publish()
    assert before == {path: path.stat() for path in folder.rglob("*")}


def test_the_order_of_what_reaches_the_disk(store, folder, monkeypatch):
    """Each file is flushed before it gets its name, all folders before the head is signed, and that before it shows."""
    events = []
    sync, rename, sign = durable._sync, Path.replace, store.sign

    def flushed(descriptor):
        place = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
        events.append(("flush", place.name.removeprefix(".quittance-").removesuffix(".new"), place.parent.name))
        sync(descriptor)

    def renamed(path, target):
        events.append(("name", target.name, target.parent.name))
        return rename(path, target)

    def signed(*args):
        events.append(("sign", "", ""))
        sign(*args)

    monkeypatch.setattr(durable, "_sync", flushed)
    monkeypatch.setattr(Path, "replace", renamed)
    monkeypatch.setattr(store, "sign", signed)
    grow(store, 300)
    publisher(store, folder).publish()
    at = events.index(("sign", "", ""))
    before, after = events[:at], events[at + 1 :]
    named = [(name, place) for act, name, place in before if act == "name"]
    assert len(named) == 5
    for name, place in named:
        flush, named_at = before.index(("flush", name, place)), before.index(("name", name, place))
        folders = [index for index, (act, name, _) in enumerate(before) if act == "flush" and name == place]
        assert flush < named_at < max(folders)
    assert {"tile", "0", "1", "entries", "log"} <= {name for act, name, _ in before if act == "flush"}
    assert [name for act, name, _ in after if act == "name"] == ["300", "checkpoint"]
    assert after[-1] == ("flush", "log", folder.parent.name)


def test_entries_that_arrive_meanwhile(store, folder, monkeypatch):
    """What is appended while a head is published waits for the next one."""
    grow(store, 10)
    real = write_tiles

    def appended(*args):
        grow(store, 5)
        return real(*args)

    monkeypatch.setattr("quittance.files.publish.write_tiles", appended)
    first = publisher(store, folder).publish()
    monkeypatch.undo()
    assert head_in(first).size == 10
    assert head_in(publisher(store, folder).publish()).size == 15
    require_published(store, folder)


def test_a_real_log(tmp_path):
    """A signed log in SQLite is published with its keys; its bundles hold the leaf bytes."""
    made = SignedLog(ORIGIN)
    with closing(SqliteStore.create(tmp_path / "record.sqlite", ORIGIN)) as store:
        store.append(made.case(batches=3), store.head())
        publisher(store, tmp_path / "log").publish()
        require_published(store, tmp_path / "log")
    keys = [json.loads(line) for line in (tmp_path / "log/keys.jsonl").read_text().splitlines()]
    assert [key["role"] for key in keys] == ["operator", "holding", "receiving", "neutral", "medical", "protection"]
    assert {"fingerprint": fingerprint("holding"), "party": "side-a", "since": 1}.items() <= keys[1].items()


def test_keys_that_end(tmp_path):
    """keys.jsonl follows the entries about keys: a revoked key has the index of its end, and where doubt begins."""
    made, store = SignedLog(ORIGIN), MemoryStore(ORIGIN)
    store.append(made.founding(), store.head())
    publisher(store, tmp_path).publish()
    before = (tmp_path / "keys.jsonl").read_bytes()
    store.append(made.facts(2), store.head())
    publisher(store, tmp_path).publish()
    assert before == (tmp_path / "keys.jsonl").read_bytes()
    store.append([made.revoke("neutral", compromised_since=4)], store.head())
    publisher(store, tmp_path).publish()
    keys = [json.loads(line) for line in (tmp_path / "keys.jsonl").read_text().splitlines()]
    assert [(key["doubtful_since"], key["until"]) for key in keys if key["role"] == "neutral"] == [(4, 8)]
    (tmp_path / "keys.jsonl").unlink()
    publisher(store, tmp_path).write_keys()
    assert keys == [json.loads(line) for line in (tmp_path / "keys.jsonl").read_text().splitlines()]


def test_two_keys_while_one_is_replaced(store, folder):
    """With `overlap` the log signs with both keys, and readers who know either accept the head."""
    grow(store, 3)
    note = Publisher(store, folder, OTHER_SIGNER, overlap=SIGNER).publish()
    for key in (KEY, VerifierKey(ORIGIN, ED25519, OTHER_SIGNER.public)):
        assert (key,) == open_checkpoint(note, [key], ()).log_keys


# Refusals


def test_a_published_file_with_other_bytes(store, folder):
    """A tile that is there with other content stops the publication by name; nothing is signed."""
    grow(store, 256)
    publisher(store, folder).publish()
    grow(store, 10)
    foreign = folder / "tile/entries/001.p/10"
    foreign.parent.mkdir()
    foreign.write_bytes(b"foreign")
    note = store.checkpoint()
    with pytest.raises(RecordError, match=r"tile/entries/001\.p/10") as caught:
        publisher(store, folder).publish()
    assert caught.value.code == "record.file_differs"
    assert note == store.checkpoint() == (folder / "checkpoint").read_bytes()
    assert foreign.read_bytes() == b"foreign"


@pytest.mark.parametrize(("path", "code"), [("tile/0/000", "proof.consistency"), ("tile/1/000.p/1", "tile.root")])
def test_a_tile_that_does_not_read_back(store, folder, path, code, monkeypatch):
    """If what was written reads back otherwise, nothing is signed."""
    grow(store, 200)
    note = publisher(store, folder).publish()
    grow(store, 100)

    def damaged(*args):
        write_tiles(*args)
        data = (folder / path).read_bytes()
        (folder / path).write_bytes(bytes([data[0] ^ 1]) + data[1:])

    monkeypatch.setattr("quittance.files.publish.write_tiles", damaged)
    assert code == refused(publisher(store, folder).publish)
    assert note == store.checkpoint() == (folder / "checkpoint").read_bytes()


def test_another_publisher_was_faster(store, folder, monkeypatch):
    """If another head was signed in between, nothing is shown."""
    grow(store, 5)

    def overtaken(*args):
        monkeypatch.undo()
        publisher(store, folder.with_name("other")).publish()
        return write_tiles(*args)

    monkeypatch.setattr("quittance.files.publish.write_tiles", overtaken)
    assert refused(publisher(store, folder).publish) == "record.signed"
    assert not (folder / "checkpoint").exists()


def test_the_folder_of_another_log(store, folder):
    """A folder that shows another log is refused before anything is written."""
    other = FormMemory("quittance.example/test-2020/public")
    Publisher(other, folder, SIGNER).publish()
    before = files_of(folder)
    grow(store, 3)
    assert refused(publisher(store, folder).publish) == "record.other_log"
    assert before == files_of(folder)


@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, "record.full"), (errno.EIO, "record.io")])
def test_an_error_of_the_disk(store, folder, number, code, monkeypatch):
    """A failed flush is not repeated: the publisher stops, and whoever opens the record again gets it published."""
    grow(store, 5)
    failing = publisher(store, folder)
    with monkeypatch.context() as patched:

        def fail(descriptor):
            raise OSError(number, os.strerror(number))

        patched.setattr(durable, "_sync", fail)
        assert code == refused(failing.publish)
    assert refused(failing.publish) == "record.stopped"
    assert store.checkpoint() is None
    recover(store, folder, SIGNER)
    require_published(store, folder)


# Cosignatures


def test_cosignatures(store, folder):
    """Lines of witnesses go behind those that are there, in the database and in both files."""
    grow(store, 5)
    first = publisher(store, folder).publish()
    second = publisher(store, folder).cosign(answer(first, "a.example/w"))
    third = publisher(store, folder).cosign(answer(first, "b.example/w"))
    assert third.startswith(second)
    assert second.startswith(first)
    assert third == store.checkpoint() == (folder / "checkpoint").read_bytes() == (folder / "notes/5").read_bytes()
    assert POLICIES.grade(POLICIES.open(third)) == "joint"
    assert third == publisher(store, folder).publish()


def test_a_whole_note_as_answer(store, folder):
    """A note that somebody cosigned is taken apart; lines of unknown keys are left out."""
    grow(store, 5)
    note = Note.parse(publisher(store, folder).publish())
    known = cosignature(note.encode(), "a.example/w")
    stranger = with_members(known, name="stranger.example/w")
    given = note.with_signatures([stranger, known]).encode()
    assert note.with_signatures([known]).encode() == publisher(store, folder).cosign(given)


def test_a_cosignature_is_kept_before_it_is_shown(store, folder, monkeypatch):
    """Like a head: what the database did not take is not shown."""
    grow(store, 5)
    note = publisher(store, folder).publish()

    def fail(*args):
        raise RecordError("no", code="record.signed")

    monkeypatch.setattr(store, "sign", fail)
    assert refused(publisher(store, folder).cosign, answer(note, "a.example/w")) == "record.signed"
    assert note == (folder / "checkpoint").read_bytes() == (folder / "notes/5").read_bytes()


def test_the_same_witness_again(store, folder):
    """A witness that cosigns the same head again changes nothing: its first time is the one that counts."""
    grow(store, 5)
    first = publisher(store, folder).publish()
    second = publisher(store, folder).cosign(answer(first, "a.example/w"))
    assert second == publisher(store, folder).cosign(answer(first, "a.example/w", time=1_700_000_000))


def test_a_late_cosignature_of_an_earlier_head(store, folder):
    """What a courier brings back late goes into notes/ alone, by the size or with the whole note."""
    grow(store, 5)
    old = publisher(store, folder).publish()
    grow(store, 5)
    new = publisher(store, folder).publish()
    cosigned = publisher(store, folder).cosign(answer(old, "a.example/w"), 5)
    assert cosigned == (folder / "notes/5").read_bytes() == old + answer(old, "a.example/w")
    whole = Note.parse(old).with_signatures([cosignature(old, "b.example/w")]).encode()
    assert cosigned + answer(old, "b.example/w") == publisher(store, folder).cosign(whole)
    assert new == store.checkpoint() == (folder / "checkpoint").read_bytes()


def test_cosignatures_that_are_refused(store, folder):
    """Signatures that fail, of strangers, for other heads, and answers that are none change nothing."""
    grow(store, 5)
    note = publisher(store, folder).publish()
    other = FormMemory(ORIGIN)
    grow(other, 5, first=100)
    forked = publisher(other, folder.with_name("other")).publish()
    act = publisher(store, folder)
    for said, code in (
        (answer(forked, "a.example/w"), "note.signature"),
        (forked, "record.other_checkpoint"),
        (note, "record.no_witness"),
        (b"", "note.format"),
        ("\u2014 a.example/w AAAA\n".encode(), "record.no_witness"),
        ("\u2014 a.example/w\n".encode(), "note.format"),
    ):
        assert refused(act.cosign, said) == code, said
    assert refused(act.cosign, answer(note, "a.example/w"), 4) == "record.other_checkpoint"
    assert refused(publisher(store, folder, None).cosign, answer(note, "a.example/w")) == "record.no_witness"
    assert note == store.checkpoint() == (folder / "checkpoint").read_bytes()


def test_nothing_to_cosign(store, folder):
    """Without a published head there is nothing to cosign."""
    assert refused(publisher(store, folder).cosign, "\u2014 a.example/w AAAA\n".encode()) == "record.other_checkpoint"


def test_policies(store, folder):
    """Policy files are shown as given, and cosignatures taken by them; those of another log are refused."""
    grow(store, 5)
    act = publisher(store, folder, None)
    note = act.publish()
    act.write_policies(POLICY["joint"], POLICY["recorded"])
    assert {name: (folder / "policy" / name).read_bytes() for name in POLICY} == POLICY
    assert POLICIES.grade(POLICIES.open(act.cosign(answer(note, "a.example/w", "b.example/w")))) == "joint"
    with pytest.raises(PolicyError) as caught:
        Publisher(store, folder, OTHER_SIGNER).write_policies(POLICY["joint"], POLICY["recorded"])
    assert caught.value.code == "policy.other_log"
    with pytest.raises(PolicyError):
        act.write_policies(b"quorum\n", POLICY["recorded"])


# Start-up


def test_recover_shows_what_is_signed(store, folder):
    """A head that was signed and not shown is shown, cosignatures too, and a left draft removed; no other file is."""
    grow(store, 5)
    publisher(store, folder).publish()
    grow(store, 300)
    publisher(store, folder).publish()
    before = files_of(folder)
    (folder / "checkpoint").write_bytes(before["notes/5"])
    (folder / "notes/305").unlink()
    (folder / "tile/0/.quittance-002.new").write_bytes(b"half")
    (folder / "tile/0/.foreign.new").write_bytes(b"foreign")
    recover(store, folder, SIGNER)
    assert {**before, "tile/0/.foreign.new": b"foreign"} == files_of(folder)


def test_recover_publishes_what_is_recorded(store, folder):
    """Entries beyond the signed head are published, also where their tiles were written before the crash."""
    grow(store, 5)
    publisher(store, folder).publish()
    grow(store, 300)
    write_tiles(store, folder, 290, 5)
    recover(store, folder, SIGNER)
    assert head_in(store.checkpoint()).size == 305
    require_published(store, folder)


@pytest.mark.parametrize("kind", [FormMemory, FormSqlite])
@pytest.mark.parametrize("more", [0, 3, 10, 600])
@pytest.mark.parametrize("known", [0, 250, 256])
@pytest.mark.parametrize("stage", ["tiles", "signed", "shown"])
def test_an_old_copy_of_the_database(tmp_path, kind, more, known, stage):
    """A database that knows less than is published is refused, also if it was written to as if nothing were amiss."""
    folder = tmp_path / "log"
    full, old = (
        kind(ORIGIN) if kind is FormMemory else kind.create(tmp_path / name, ORIGIN) for name in ("full", "old")
    )
    with closing(full), closing(old):
        for store in (full, old):
            grow(store, known)
            if known:
                publisher(store, folder if store is full else tmp_path / "copy").publish()
        grow(full, 10)
        if stage == "tiles":
            write_tiles(full, folder, known + 10, known)
        else:
            publisher(full, folder).publish()
        if stage == "signed":
            (folder / "checkpoint").unlink()
            (folder / f"notes/{known + 10}").unlink()
        grow(old, more, first=5000)
        before, note = files_of(folder), old.checkpoint()
        assert refused(recover, old, folder, SIGNER) == "record.old_copy"
        if stage == "shown":
            assert refused(publisher(old, folder).publish) == "record.old_copy"
            assert (
                refused(publisher(old, folder).cosign, answer(note or before["checkpoint"], "a.example/w"))
                == "record.old_copy"
            )
        assert (before, note) == (files_of(folder), old.checkpoint())


def test_an_old_copy_without_the_cosignatures(store, folder):
    """A database that lacks cosignatures that are shown is an old copy too."""
    grow(store, 5)
    note = publisher(store, folder).publish()
    publisher(store, folder).cosign(answer(note, "a.example/w"))
    store._note = note
    assert refused(recover, store, folder, SIGNER) == "record.old_copy"


def test_a_shown_head_of_another_history(store, folder):
    """A smaller shown head that is no beginning of the record is refused."""
    other = FormMemory(ORIGIN)
    grow(other, 3, first=100)
    publisher(other, folder).publish()
    shown = (folder / "checkpoint").read_bytes()
    grow(store, 5)
    publisher(store, folder.with_name("own")).publish()
    folder = folder.with_name("own")
    (folder / "checkpoint").write_bytes(shown)
    assert refused(recover, store, folder, SIGNER) == "record.old_copy"


def test_published_files_are_lost_or_damaged(store, folder):
    """A missing file and one that was changed are told apart from an old copy, with what to do."""
    grow(store, 300)
    publisher(store, folder).publish()
    path = folder / "tile/1/000.p/1"
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert refused(recover, store, folder, SIGNER) == "tile.root"
    path.unlink()
    assert refused(recover, store, folder, SIGNER) == "record.tiles_missing"
    (folder / "checkpoint").write_bytes(b"x")
    with pytest.raises(NoteError, match="checkpoint cannot be read"):
        recover(store, folder, SIGNER)


def test_recover_on_an_empty_log(store, folder):
    """A log without entries is published as such."""
    recover(store, folder, SIGNER)
    require_agreement(store, folder)
    assert {"checkpoint", "notes/0"} == set(files_of(folder))


# Reading


@pytest.mark.parametrize("reach", [1, 256, 257, 999 * 256 + 1, 1000 * 256, 1000 * 256 + 1, 1_001_000 * 256 + 7])
def test_extent(tmp_path, reach):
    """The furthest file is found by its name, however deep."""
    for entries in (1, min(256, reach), min(257, reach), reach):
        n, width = divmod(entries - 1, 256)
        path = tmp_path / (f"tile/0/{index_path(n)}" + (f".p/{width + 1}" if width < 255 else ""))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "tile/0/x999").mkdir()
    (tmp_path / "tile/0/x999/999.p").mkdir()
    assert reach == extent(tmp_path, "0")
    assert extent(tmp_path, "entries") == 0


def test_a_folder_gives_nothing_from_outside(tmp_path):
    """Neither a path nor a symbolic link nor a device leads out of the folder of a log."""
    inside, outside = tmp_path / "log", tmp_path / "outside"
    (inside / "tile").mkdir(parents=True)
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    (inside / "checkpoint").symlink_to(outside / "secret")
    (inside / "notes").symlink_to(outside)
    (inside / "keys.jsonl").write_bytes(b"x" * 100_000)
    os.mkfifo(inside / "pipe")
    fetch = folder_fetch(inside)
    for path in ("checkpoint", "notes/secret", "../outside/secret", "/etc/passwd", "tile/../../outside/secret", ""):
        assert refused(fetch, path) == "tile.missing", path
    assert refused(fetch, "tile") == "record.io"
    assert refused(fetch, "pipe") == "record.io"
    assert refused(fetch, "keys.jsonl") == "tile.too_large"


@pytest.mark.parametrize(
    ("size", "since"), [(700, 0), (700, 300), (512, 256), pytest.param(66_000, 65_000, marks=pytest.mark.slow)]
)
def test_every_changed_byte_is_noticed(tmp_path, size, since):
    """Whichever file of a larger head is changed, `authenticate` refuses it before it gives it."""
    store = FormMemory(ORIGIN)
    grow(store, size)
    write_tiles(store, tmp_path, size, 0)
    head, old = store.head(), Head(since, store.tree().root(since))
    fetch = folder_fetch(tmp_path)
    good = {piece.path: piece.data for piece in authenticate(fetch, head, old)}
    assert {path: data for path, data in files_of(tmp_path).items() if path in good} == good
    for changed in good:

        def damaged(path, changed=changed):
            data = fetch(path)
            return data[:-1] + bytes([data[-1] ^ 1]) if path == changed else data

        given = []
        with pytest.raises(RecordError):
            given.extend(piece.path for piece in authenticate(damaged, head, old))
        assert changed not in given
