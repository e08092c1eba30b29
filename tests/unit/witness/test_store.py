"""The memory of a witness: heads that only move forward, a history and proofs that stay, and no trust in odd files."""

from __future__ import annotations

import sqlite3
import stat

import pytest
from tests.unit.witness.logs import KEY, ORIGIN, START, Log

from quittance.errors import QuittanceError
from quittance.record.keys import SeedSigner
from quittance.record.note import COSIGNATURE, VerifierKey
from quittance.witness.decide import CosignedHead
from quittance.witness.store import MAX_FORKS, MAX_UNPROVEN, WitnessStore, WitnessStoreError


def advance(store, log, size, time=START):
    """Move the head of the log to `size` from wherever it is."""
    new = CosignedHead(log.checkpoint(size), time, b"note %d" % size)
    return store.advance(new.checkpoint, store.head(log.origin), lambda: new)


def raw(store, statement):
    """Run SQL past the store, as a hand at the file would."""
    with sqlite3.connect(store._path) as db:
        db.execute(statement)
    db.close()


def test_a_head_is_there_after_opening_again(store, log, tmp_path):
    """What was stored is read back by another opening of the file, with the key of the witness."""
    assert store.head(ORIGIN) is None
    made = advance(store, log, 4)
    again = WitnessStore.open(tmp_path / "witness.sqlite")
    assert (again.head(ORIGIN), again.history(ORIGIN), again.key) == (made, [made], KEY)
    again.close()


def test_every_commit_is_flushed(store):
    """A write-ahead log with full synchronisation: an answer must survive a power cut."""
    assert [store._db.execute(f"pragma {name}").fetchone()[0] for name in ("synchronous", "journal_mode")] == [2, "wal"]


def test_the_head_moves_only_from_what_was_expected(store, log):
    """A late request changes nothing, and the signer is not called for it."""
    first = advance(store, log, 4)
    second = advance(store, log, 7)

    def never():
        raise AssertionError("signed for a late request")

    for expected in (None, first):
        assert store.advance(log.checkpoint(9), expected, never) is None
    assert store.head(ORIGIN) == second


def test_a_signer_that_fails_leaves_no_trace(store, log):
    """An error while signing undoes the transaction, and the store goes on."""

    def fail():
        raise OSError("no token")

    with pytest.raises(WitnessStoreError):
        store.advance(log.checkpoint(4), None, fail)
    assert (store.head(ORIGIN), store.history(ORIGIN)) == (None, [])
    assert advance(store, log, 4) == store.head(ORIGIN)


def test_cosigning_the_same_head_again_moves_the_time_and_adds_no_history(store, log):
    """The history has one row a size, so that asking often cannot fill the disk."""
    first = advance(store, log, 4)
    later = advance(store, log, 4, START + 60)
    assert (store.head(ORIGIN), store.history(ORIGIN)) == (later, [first])


@pytest.mark.parametrize("change", ["size", "root", "time"])
def test_triggers_refuse_a_head_that_goes_back(store, log, change):
    """A smaller size, another root at the same size, an earlier time: the file itself refuses, and the store stops."""
    last = advance(store, log, 7)
    worse = {
        "size": CosignedHead(log.checkpoint(4), START, b""),
        "root": CosignedHead(log.fork(2).checkpoint(7), START, b""),
        "time": CosignedHead(log.checkpoint(7), START - 1, b""),
    }[change]
    with pytest.raises(WitnessStoreError) as caught:
        store.advance(worse.checkpoint, last, lambda: worse)
    assert caught.value.code == "witness.store_io"
    with pytest.raises(WitnessStoreError):
        store.head(ORIGIN)
    assert WitnessStore.open(store._path).head(ORIGIN) == last


@pytest.mark.parametrize(
    "statement",
    [
        "delete from heads",
        "update heads set size = 3",
        "update heads set root = zeroblob(32)",
        "insert or replace into heads select origin, 3, root, time, note from heads",
        "update history set root = zeroblob(32)",
        "delete from history",
        "insert into history select origin, 3, root, time, note from heads",
        "delete from kept",
        "update witness set vkey = ''",
        "insert or replace into witness values (1, '')",
        "insert into witness values (2, '')",
    ],
)
def test_triggers_refuse_what_the_program_never_does(store, log, statement):
    """An accident with the file is stopped; the owner of the file can still do anything to it."""
    advance(store, log, 7)
    other = log.fork(2)
    store.keep(other.checkpoint(7), b"other")
    with pytest.raises(sqlite3.IntegrityError):
        raw(store, statement)


@pytest.mark.parametrize(
    "statements",
    [
        ("drop trigger heads_delete",),
        ("drop trigger heads_delete", "delete from heads"),
        ("create table more (x)",),
    ],
)
def test_a_changed_schema_is_refused(store, log, statements):
    """A file whose tables or triggers are not those it was made with is not used."""
    advance(store, log, 7)
    for statement in statements:
        raw(store, statement)
    with pytest.raises(WitnessStoreError) as caught:
        WitnessStore.open(store._path)
    assert caught.value.code == "witness.store_damaged"


def test_a_removed_head_is_refused_even_with_its_triggers_back(store, log):
    """Head and history must end alike: a witness that forgot its head would cosign a second history."""
    advance(store, log, 7)
    with sqlite3.connect(store._path) as db:
        (trigger,) = db.execute("select sql from sqlite_schema where name = 'heads_delete'").fetchone()
        db.execute("drop trigger heads_delete")
        db.execute("delete from heads")
        db.execute(trigger)
    db.close()
    with pytest.raises(WitnessStoreError):
        WitnessStore.open(store._path)


def test_a_file_is_for_its_owner_only_and_never_overwritten(store, tmp_path):
    """Mode 0600 whatever the umask, also for SQLite's files beside it; making it again is refused."""
    for path in tmp_path.glob("witness.sqlite*"):
        if not path.name.endswith(".lock"):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    with pytest.raises(WitnessStoreError) as caught:
        WitnessStore.create(tmp_path / "witness.sqlite", KEY)
    assert caught.value.code == "witness.store_exists"


def test_what_a_crash_left_of_a_new_store_is_no_hindrance(tmp_path):
    """A draft that was never renamed is removed, and the store made."""
    (tmp_path / "w.sqlite.new").write_bytes(b"half")
    WitnessStore.create(tmp_path / "w.sqlite", KEY).close()
    assert not (tmp_path / "w.sqlite.new").exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "witness.store_missing"),
        (b"", "witness.store_foreign"),
        (b"SQLite format 3\x00" + b"\0" * 84, "witness.store_foreign"),
    ],
)
def test_other_files_are_left_alone(tmp_path, content, code):
    """A missing file is not made anew, and a foreign one is not touched."""
    path = tmp_path / "w.sqlite"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(QuittanceError) as caught:
        WitnessStore.open(path)
    assert caught.value.code == code
    assert (path.read_bytes() if path.exists() else None) == content


def test_a_later_version_is_left_alone(store):
    """A file of another version of this program is not guessed at."""
    store.close()
    raw(store, "pragma user_version = 2")
    with pytest.raises(QuittanceError) as caught:
        WitnessStore.open(store._path)
    assert caught.value.code == "witness.store_foreign"


def test_a_damaged_file_is_refused(store, log):
    """A file with a page overwritten raises the store's error, whether at opening or at reading."""
    advance(store, log, 7)
    store.close()
    data = bytearray(store._path.read_bytes())
    data[4096:] = b"\x55" * (len(data) - 4096)
    store._path.write_bytes(data)
    with pytest.raises(WitnessStoreError):
        WitnessStore.open(store._path)


def test_a_store_held_by_another_program_says_so(store, log):
    """When the file stays locked beyond the patience, the error says what to do; nothing is closed."""
    holder = sqlite3.connect(store._path, isolation_level=None)
    holder.execute("begin immediate")
    store._db.execute("pragma busy_timeout = 1")
    with pytest.raises(WitnessStoreError) as caught:
        advance(store, log, 4)
    assert caught.value.code == "witness.store_busy"
    holder.execute("rollback")
    holder.close()
    assert advance(store, log, 4) == store.head(ORIGIN)


# --- what is kept -----------------------------------------------------------------------------------------------------


def kept(store):
    """Size and grounds of what is kept."""
    return [(one.checkpoint.size, one.grounds) for one in store.kept(ORIGIN)]


def test_another_root_for_a_size_in_the_history_is_a_proof(store, log):
    """Also when the head has gone on since."""
    advance(store, log, 4)
    advance(store, log, 7)
    other = log.fork(2)
    assert store.keep(log.checkpoint(4), b"") is None
    assert store.keep(other.checkpoint(4), b"other") == "fork"
    assert store.keep(other.checkpoint(4), b"again") is None
    assert [(one.checkpoint, one.note) for one in store.kept(ORIGIN)] == [(other.checkpoint(4), b"other")]


def test_what_was_unproven_is_settled_by_the_history(store, log):
    """A kept checkpoint that is cosigned later is dropped; one with another root becomes a proof."""
    other = log.fork(2)
    for one in (log, other):
        assert store.keep(one.checkpoint(7), b"") == "unproven"
    assert store.keep(log.checkpoint(9), b"") == "unproven"
    advance(store, log, 7)
    assert kept(store) == [(7, "fork"), (9, "unproven")]


def test_a_hostile_log_cannot_fill_the_disk_nor_wash_the_proof_away(store):
    """Of many refused checkpoints a bounded number is kept; the first proof is among them whatever follows."""
    log = Log().grow(MAX_FORKS + MAX_UNPROVEN + 40)
    advance(store, log, 4)
    first = log.fork(1, "first").checkpoint(4)
    assert store.keep(first, b"first") == "fork"
    for number in range(MAX_FORKS + 20):
        store.keep(log.fork(1, f"x{number}").checkpoint(4), b"")
    for size in range(5, 5 + MAX_UNPROVEN + 20):
        store.keep(log.checkpoint(size), b"")
    found = store.kept(ORIGIN)
    assert found[0].checkpoint == first
    assert [one.grounds for one in found] == ["fork"] * MAX_FORKS + ["unproven"] * MAX_UNPROVEN
    assert found[-1].checkpoint.size == 4 + MAX_UNPROVEN + 20


def test_logs_do_not_push_out_each_others_checkpoints(store, log):
    """The bounds are for each log."""
    other = Log().grow(MAX_UNPROVEN + 10)
    store.keep(log.checkpoint(3), b"")
    other.origin = "quittance.example/doha-2020/public"
    for size in range(1, MAX_UNPROVEN + 10):
        store.keep(other.checkpoint(size), b"")
    assert kept(store) == [(3, "unproven")]


def test_the_key_is_read_back_as_a_key(tmp_path):
    """Two witnesses have two stores, each with its own key."""
    other = VerifierKey("other.example/witness", COSIGNATURE, SeedSigner(b"\x05" * 32).public)
    store = WitnessStore.create(tmp_path / "other.sqlite", other)
    assert store.key == other != KEY
    store.close()
