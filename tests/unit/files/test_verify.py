"""A published log checked from end to end: what is accepted, what is flagged, each damage with its first bad index."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import islice
from pathlib import Path

import pytest
from tests.interop.logs import mini_log
from tests.signing import SignedLog, key_id, refer, seen_of, signer

from quittance.errors import QuittanceError, RecordError, UnreadableError
from quittance.files import verify
from quittance.files.publish import Publisher
from quittance.files.published import CHECKPOINT, note_path
from quittance.files.verify import ForkError, Verified, verify_log
from quittance.record import bracket
from quittance.record.checkpoint import Checkpoint, cosign, sign
from quittance.record.entry import Leaf
from quittance.record.memory import MemoryStore
from quittance.record.note import COSIGNATURE, ED25519, Note, NoteError, VerifierKey, format_signature
from quittance.record.policy import Policies, Trust
from quittance.record.statement import Ref
from quittance.record.store import DamagedError
from quittance.record.tiles import (
    TILE_WIDTH,
    bundle_path,
    decode_bundle,
    encode_bundle,
    tile_bytes,
    tile_path,
    tiles_of,
)
from quittance.record.tree import Tree, leaf_hash

ORIGIN = "quittance.example/test-2020/case"
KEY = VerifierKey(ORIGIN, ED25519, signer("log").public)
WITNESSES = ("a.example/witness", "b.example/witness")
TIME = 1_586_325_600
"""The time at which the first statements of `SignedLog` are claimed to be made."""

SIZE = 600
"""Entries of the log that is damaged here: two full bundles and one of 88."""

RAIN = {"id": "x", "kind": "event", "at": "2020-04-08", "name": "rain"}
"""A fact such as a journal holds."""


def policy(quorum: str) -> bytes:
    lines = [f"log {KEY}"]
    lines += [f"witness w{name[0]} {VerifierKey(name, COSIGNATURE, signer(name).public)}" for name in WITNESSES]
    return "\n".join([*lines, f"group both {quorum} wa wb", "quorum both", ""]).encode()


POLICIES = Policies.of_texts({"joint": policy("all"), "recorded": policy("any")})


def note_of(size: int, root: bytes, witnesses: Iterable[str] = (), time: int = TIME, origin: str = ORIGIN) -> bytes:
    """The note of a head, signed by the log and cosigned."""
    checkpoint = Checkpoint(origin, size, root)
    lines = [cosign(checkpoint, name, signer(name), time) for name in witnesses]
    return Note(checkpoint.text, (sign(checkpoint, signer("log")), *lines)).encode()


class Published:
    """A log that is published step by step, each step cosigned if witnesses are named."""

    def __init__(self, folder: Path, leaves: Sequence[Leaf] = ()) -> None:
        self.folder = folder
        self.store = MemoryStore(ORIGIN)
        self.publisher = Publisher(self.store, folder, signer("log"), POLICIES)
        if leaves:
            self.add(leaves)

    def add(self, leaves: Sequence[Leaf], witnesses: Iterable[str] = (), time: int = TIME) -> bytes:
        """Append and publish; the note."""
        self.store.append(leaves, self.store.head())
        note = self.publisher.publish()
        for name in witnesses:
            line = cosign(Checkpoint.parse(Note.parse(note).text), name, signer(name), time)
            note = self.publisher.cosign(f"{format_signature(line)}\n".encode())
        return note

    def check(self, **options: object) -> Verified:
        """The result of a check by the policies."""
        return verify_log(self.folder, POLICIES, **options)


def write_log(folder: Path, leaves: Sequence[bytes], origin: str = ORIGIN) -> Path:
    """Publish any bytes as a log of this operator, which judges nothing."""
    tree, left = Tree(map(leaf_hash, leaves)), iter(leaves)
    files = {CHECKPOINT: note_of(tree.size, tree.root(), origin=origin)}
    for tile in tiles_of(tree.size):
        files[tile.path] = tile_bytes(tree, tile)
        if tile.level == 0:
            files[bundle_path(tile.n, tile.width)] = encode_bundle(islice(left, tile.width))
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def sound_leaves(count: int) -> list[Leaf]:
    """A strict founding, a batch handed over and counted, then reports."""
    log = SignedLog(ORIGIN)
    leaves = [*log.founding(strict=True), *log.batch("b1", 2), *log.handover("b1", 2), log.count("b1", 2)]
    return leaves + log.facts(count - len(leaves))


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Published:
    """A log of 600 entries without any fault, published at 300 and at 600, both cosigned."""
    leaves = sound_leaves(SIZE)
    made = Published(tmp_path_factory.mktemp("sound") / "log")
    made.add(leaves[:300], WITNESSES[:1], TIME + 300)
    made.add(leaves[300:], WITNESSES, TIME + 700)
    return made


@pytest.fixture
def copy(sound, tmp_path) -> Path:
    """Such a log, to be damaged."""
    return Path(shutil.copytree(sound.folder, tmp_path / "copy"))


def refused(folder: Path, trust: Trust = POLICIES, **options: object) -> QuittanceError:
    """The refusal of a check."""
    with pytest.raises(QuittanceError) as caught:
        verify_log(folder, trust, **options)
    return caught.value


# What is sound


def test_a_sound_log(sound):
    """Everything is checked, and nothing flagged."""
    found = sound.check(origin=ORIGIN)
    assert found.as_json() == {
        "ok": True,
        "origin": ORIGIN,
        "size": SIZE,
        "root": sound.store.head().root.hex(),
        "grade": "joint",
        "cosigners": [{"name": name, "time": TIME + 700} for name in WITNESSES],
        "entries_checked": SIZE,
        "signatures_checked": sum(len(Leaf.parse(data).signatures) for data in sound.store.read()),
        "first_bad_index": None,
        "reason": None,
        "flags": [],
        "not_checked": [],
    }
    assert found.operator_keys == {key_id(signer("operator").public): signer("operator").public}
    assert found.places(Leaf.parse(next(sound.store.read(17))).statement.sid) == 17
    assert found.places("0" * 64) is None


@pytest.mark.parametrize("structure_only", [False, True])
def test_processes_find_the_same(sound, monkeypatch, structure_only):
    """One process, and two that share the bundles, give the same result."""
    alone = sound.check(structure_only=structure_only, processes=1)
    monkeypatch.setattr(verify, "ALONE", 0)
    monkeypatch.setattr(verify, "CHUNK", 1)
    assert sound.check(structure_only=structure_only, processes=2).as_json() == alone.as_json()


def test_processes_find_the_same_damage(copy, monkeypatch):
    """What another process finds is told with its index; of several faults the first is named."""
    change(copy, bundle_path(1), lambda data: flipped(data, offset(data, 70)))
    change(copy, bundle_path(2, 88), lambda data: data[:-1])
    alone = refused(copy)
    monkeypatch.setattr(verify, "ALONE", 0)
    monkeypatch.setattr(verify, "CHUNK", 1)
    shared = refused(copy, processes=2)
    assert isinstance(shared, DamagedError)
    assert (shared.message, shared.code, shared.index) == (alone.message, alone.code, 256 + 70)
    (copy / bundle_path(0)).unlink()
    assert refused(copy, processes=2).code == "tile.missing"


def test_the_structure_alone(sound):
    """Without signatures and rules the result says so."""
    found = sound.check(structure_only=True)
    assert (found.entries_checked, found.signatures_checked, found.flags) == (SIZE, 0, ())
    assert found.not_checked == ("signatures", "rules", "time_brackets")
    assert not found.operator_keys
    assert found.places(Leaf.parse(next(sound.store.read(17))).statement.sid) is None


@pytest.mark.parametrize("size", [1, 255, 256, 257, 512])
def test_sizes_at_the_edge_of_a_tile(tmp_path, size):
    """Full tiles and partial ones, with and without a level above."""
    made = Published(tmp_path / "log", sound_leaves(600)[:size])
    assert made.check().entries_checked == size
    assert made.check(structure_only=True).entries_checked == size


def test_an_empty_log(tmp_path):
    """A head over nothing is true, and nothing is under it."""
    write_log(tmp_path, [])
    assert verify_log(tmp_path, KEY).entries_checked == 0
    assert verify_log(tmp_path, KEY, structure_only=True).entries_checked == 0


def test_a_log_made_elsewhere(tmp_path):
    """The seven entries of the vectors, whose founding was not countersigned."""
    mini = mini_log(tmp_path / "log")
    found = verify_log(tmp_path / "log", VerifierKey.parse(mini.log_key), since=mini.older)
    assert (found.entries_checked, found.signatures_checked) == (7, 11)
    assert found.flags == ((None, "founding_not_countersigned"),)
    assert found.grade == "signed"


# Whose log, and who has cosigned


@pytest.mark.parametrize(("witnesses", "grade"), [((), "signed"), (WITNESSES[:1], "recorded"), (WITNESSES, "joint")])
def test_grades(tmp_path, witnesses, grade):
    """The quorum of cosigners decides; by the key of the log alone nobody's cosignature counts."""
    made = Published(tmp_path / "log")
    made.add(sound_leaves(30), witnesses)
    assert made.check().grade == grade
    assert [one.key.name for one in made.check().opened.cosigned] == list(witnesses)
    alone = verify_log(made.folder, KEY)
    assert (alone.grade, alone.opened.cosigned) == ("signed", ())


def test_another_log(sound):
    """The log expected is another one, or the reader trusts another key."""
    assert refused(sound.folder, origin="quittance.example/other/case").code == "record.wrong_log"
    other = VerifierKey(ORIGIN, ED25519, signer("other").public)
    assert isinstance(refused(sound.folder, other), NoteError)


@pytest.mark.parametrize("at", [10, 40, 110, -40])
def test_a_changed_head(copy, at):
    """No byte of the head can change: its text is signed, and so are its cosignatures."""
    change(copy, CHECKPOINT, lambda data: flipped(data, at % len(data)))
    assert isinstance(refused(copy), NoteError)


# Damage


def change(folder: Path, path: str, act: Callable[[bytes], bytes]) -> None:
    """Replace a file by what `act` makes of it."""
    (folder / path).write_bytes(act((folder / path).read_bytes()))


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def offset(bundle: bytes, number: int) -> int:
    """A place in the middle of one entry of a full bundle, which a reader of JSON does not notice."""
    before = encode_bundle(decode_bundle(bundle, TILE_WIDTH)[:number])
    return len(before) + 2 + len(b'{"accepted_at":"2020-04-08T06:00:0')


def swapped(data: bytes) -> bytes:
    leaves = decode_bundle(data, TILE_WIDTH)
    leaves[100], leaves[200] = leaves[200], leaves[100]
    return encode_bundle(leaves)


DAMAGES: dict[str, tuple[str, Callable[[bytes], bytes], int]] = {
    "a byte of an entry": (bundle_path(1), lambda data: flipped(data, offset(data, 44)), 300),
    "entries change places": (bundle_path(1), swapped, 356),
    "an entry left out": (bundle_path(1), lambda data: encode_bundle(decode_bundle(data, TILE_WIDTH)[:-1]), 256),
    "a bundle cut off": (bundle_path(2, 88), lambda data: data[:-1], 512),
    "a bundle emptied": (bundle_path(1), lambda data: b"", 256),
    "a bundle with one byte more": (bundle_path(0), lambda data: data + b"\x00", 0),
    "a bundle with one entry more": (bundle_path(1), lambda data: data + encode_bundle([b"{}"]), 256),
    "an entry that is no JSON": (
        bundle_path(1),
        lambda data: encode_bundle([b"x", *decode_bundle(data, TILE_WIDTH)[1:]]),
        256,
    ),
    "a hash of a full tile": (tile_path(0, 1), lambda data: flipped(data, 44 * 32 + 5), 300),
    "a hash of a partial tile": (tile_path(0, 2, 88), lambda data: flipped(data, 87 * 32), 599),
    "a tile cut off": (tile_path(0, 1), lambda data: data[:-32], 511),
    "a full tile with one byte more": (tile_path(0, 1), lambda data: data + b"\x00", 256),
    "a partial tile with one byte more": (tile_path(0, 2, 88), lambda data: data + b"\x00", 599),
    "an upper tile": (tile_path(1, 0, 2), lambda data: flipped(data, 40), 256),
    "an upper tile cut off": (tile_path(1, 0, 2), lambda data: data[:-32], 256),
    "an upper tile with one byte more": (tile_path(1, 0, 2), lambda data: data + b"\x00", 256),
}


@pytest.mark.parametrize("structure_only", [False, True])
@pytest.mark.parametrize("name", DAMAGES)
def test_damage(copy, name, structure_only):
    """Whatever is changed in a file, the check names the first entry that is not as it was signed."""
    path, act, index = DAMAGES[name]
    change(copy, path, act)
    error = refused(copy, structure_only=structure_only)
    assert isinstance(error, DamagedError)
    assert error.index == index


@pytest.mark.parametrize("structure_only", [False, True])
@pytest.mark.parametrize(
    "path", [CHECKPOINT, bundle_path(0), bundle_path(2, 88), tile_path(0, 1), tile_path(0, 2, 88), tile_path(1, 0, 2)]
)
def test_a_missing_file(copy, path, structure_only):
    """A file that is not there is named."""
    (copy / path).unlink()
    error = refused(copy, structure_only=structure_only)
    assert error.code == "tile.missing"
    assert path in error.message


@pytest.mark.parametrize("structure_only", [False, True])
def test_files_of_another_log(copy, tmp_path, structure_only):
    """A bundle and its tile from another log agree with each other, but with no tile above them."""
    log = SignedLog(ORIGIN.replace("2020", "2021"))
    other = write_log(tmp_path / "other", [leaf.data for leaf in (*log.founding(), *log.facts(594))])
    for path in (bundle_path(1), tile_path(0, 1)):
        shutil.copy(other / path, copy / path)
    error = refused(copy, structure_only=structure_only)
    assert isinstance(error, DamagedError)
    assert error.index == 256


@pytest.mark.parametrize("structure_only", [False, True])
def test_another_history_under_an_old_head(sound, copy, structure_only):
    """Files that agree with each other in everything but the signed root."""
    leaves = list(sound.store.read())
    note = (copy / CHECKPOINT).read_bytes()
    write_log(copy, [*leaves[:-2], leaves[-1], leaves[-2]])
    (copy / CHECKPOINT).write_bytes(note)
    error = refused(copy, structure_only=structure_only)
    assert isinstance(error, DamagedError)
    assert error.index is None
    assert "root" in error.message


@pytest.mark.parametrize("structure_only", [False, True])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"{}",
        lambda data: data.replace(b'"kind":"fact.reported"', b'"kind":"fact.stated"'),
        lambda data: data.replace(b'{"accepted_at"', b'{ "accepted_at"'),
        lambda data: data.replace(b"Z", b"z", 1),
    ],
)
def test_an_entry_out_of_form_that_was_signed(tmp_path, spoil, structure_only):
    """The operator's own signature does not make an entry readable: the structure check finds it too."""
    leaves = [leaf.data for leaf in sound_leaves(270)]
    leaves[260] = spoil(leaves[260])
    error = refused(write_log(tmp_path, leaves), KEY, structure_only=structure_only)
    assert isinstance(error, DamagedError)
    assert error.index == 260
    assert "cannot be read" in error.message


def unsigned(log: SignedLog) -> Leaf:
    return replace(log.facts(1)[0], signatures=())


def wrongly_signed(log: SignedLog) -> Leaf:
    one, other = log.facts(2)
    return replace(one, signatures=other.signatures)


def unknown_key(log: SignedLog) -> Leaf:
    return log.leaf("fact.reported", RAIN, ["stranger"])


def wrong_office(log: SignedLog) -> Leaf:
    return log.leaf("fact.reported", RAIN, ["holding"])


def rests_on_nothing(log: SignedLog) -> Leaf:
    return log.countersign("holding", log.facts(1)[0])


@pytest.mark.parametrize("made", [unsigned, wrongly_signed, unknown_key, wrong_office, rests_on_nothing])
def test_an_entry_that_breaks_a_rule_though_it_was_signed(tmp_path, made):
    """The operator's own signature does not make an entry valid; a check of the structure says that it did not look."""
    log = SignedLog(ORIGIN)
    leaves = [*log.founding(), *log.facts(300)]
    leaves.insert(280, made(log))
    folder = write_log(tmp_path, [leaf.data for leaf in leaves])
    error = refused(folder, KEY)
    assert isinstance(error, DamagedError)
    assert error.index == 280
    assert "may not stand" in error.message
    assert "rules" in verify_log(folder, KEY, structure_only=True).not_checked


def test_a_fact_that_no_journal_would_be_taken_with(tmp_path):
    """The body of a fact is the entry of a journal, and read as strictly."""
    log = SignedLog(ORIGIN)
    leaves = [*log.founding(), *log.facts(10), log.leaf("fact.reported", RAIN | {"weather": "rain"}), *log.facts(5)]
    error = refused(write_log(tmp_path, [leaf.data for leaf in leaves]), KEY)
    assert isinstance(error, DamagedError)
    assert error.index == 16


def test_the_same_entry_twice(tmp_path):
    """The second is the bad one."""
    leaves = [leaf.data for leaf in sound_leaves(40)]
    error = refused(write_log(tmp_path, [*leaves, leaves[30]]), KEY)
    assert isinstance(error, DamagedError)
    assert error.index == 40


# Other heads


def test_a_head_kept_from_before(sound):
    """Every earlier head that is of this log is continued; so is the same one."""
    for size in (0, 1, 300, SIZE):
        note = note_of(size, sound.store.tree().root(size))
        assert sound.check(since=note).entries_checked == SIZE
        assert sound.check(since=note, structure_only=True).entries_checked == SIZE


@pytest.mark.parametrize("structure_only", [False, True])
@pytest.mark.parametrize("size", [1, 299, SIZE])
def test_a_fork(sound, size, structure_only):
    """A signed head with another root: both notes are handed out."""
    kept = note_of(size, b"\x07" * 32)
    error = refused(sound.folder, since=kept, structure_only=structure_only)
    assert isinstance(error, ForkError)
    assert error.code == "record.fork"
    assert error.evidence == kept + b"\n" + (sound.folder / CHECKPOINT).read_bytes()


@pytest.mark.parametrize("structure_only", [False, True])
def test_a_rollback(sound, structure_only):
    """A signed head of more entries than are shown now."""
    kept = note_of(SIZE + 1, b"\x07" * 32)
    error = refused(sound.folder, since=kept, structure_only=structure_only)
    assert isinstance(error, ForkError)
    assert error.code == "record.rollback"
    assert kept in error.evidence


@pytest.mark.parametrize(("size", "code"), [(200, "record.fork"), (700, "record.rollback")])
def test_heads_in_the_folder(copy, size, code):
    """The same holds for every head under notes/."""
    (copy / note_path(size)).write_bytes(note_of(size, b"\x07" * 32))
    assert refused(copy).code == code


def test_a_kept_head_that_is_none(sound):
    """A head that the log did not sign proves nothing against it, and is refused by itself."""
    other = note_of(1, b"\x07" * 32, origin="quittance.example/other/case")
    stranger = Checkpoint(ORIGIN, 1, b"\x07" * 32)
    for note in (other, Note(stranger.text, (sign(stranger, signer("stranger")),)).encode(), b"x"):
        assert isinstance(refused(sound.folder, since=note), NoteError)


def test_a_head_of_another_log_of_the_same_operator(sound):
    """One that the policies know, but of another name."""
    origin = "quittance.example/test-2020/public"
    both = policy("any") + f"log {VerifierKey(origin, ED25519, signer('other').public)}\n".encode()
    checkpoint = Checkpoint(origin, 1, b"\x07" * 32)
    kept = Note(checkpoint.text, (sign(checkpoint, signer("other")),)).encode()
    error = refused(sound.folder, Policies.of_texts({"joint": both}), since=kept)
    assert isinstance(error, RecordError)
    assert error.code == "record.wrong_log"


def test_a_foreign_file_among_the_heads(copy):
    """Whatever is there must be a head; what a writer left unfinished is no reason to refuse."""
    (copy / "notes" / ".quittance-600.new").write_bytes(b"x")
    assert verify_log(copy, POLICIES).entries_checked == SIZE
    (copy / "notes" / "readme").write_bytes(b"x")
    error = refused(copy)
    assert isinstance(error, UnreadableError)
    assert error.code == "record.foreign"


# Flags


def test_counts_that_differ(tmp_path):
    """A side's own count is its word; that it is another one is shown."""
    log = SignedLog(ORIGIN)
    leaves = [*log.founding(strict=True), *log.batch("b1", 3)]
    observed = log.observed("b1", 3)
    leaves += [observed, log.delivered(observed, count=2), log.received(observed)]
    made = Published(tmp_path / "log", leaves)
    assert made.check().flags == ((len(leaves) - 2, "count_differs"),)
    assert made.check(structure_only=True).flags == ()


def test_a_founding_that_nobody_countersigned(tmp_path):
    """Said of the whole log, until the last countersignature is there."""
    log = SignedLog(ORIGIN)
    made = Published(tmp_path / "log", log.founding())
    assert made.check().flags == ((None, "founding_not_countersigned"),)
    *all_but_one, last = log.countersignatures("holding", "receiving", "neutral", "medical", "protection")
    made.add(all_but_one)
    assert made.check().flags == ((None, "founding_not_countersigned"),)
    made.add([last])
    assert made.check().flags == ()


def test_keys_in_doubt(tmp_path):
    """What a key signed from the doubted entry on, unless it was countersigned; what it signed before stands."""
    log = SignedLog(ORIGIN)
    leaves = [*log.founding(strict=True), *log.batch("b1", 9)]
    before, *doubted = (log.observed("b1", 1) for _ in range(3))
    since = len(leaves) + 1
    leaves += [before, *doubted, log.received(doubted[0])]
    leaves.append(log.revoke("neutral", reason="stolen", compromised_since=since))
    made = Published(tmp_path / "log", leaves)
    assert made.check().flags == ((since, "doubtful"), (since + 1, "doubtful"))
    made.add([log.countersign("holding", doubted[0])])
    assert made.check().flags == ((since + 1, "doubtful"),)


def test_claims_outside_their_bracket(tmp_path):
    """A claim older than the head it names, or younger than one it stands under, by more than a clock may be off."""
    log = SignedLog(ORIGIN)
    made = Published(tmp_path / "log")
    first = made.add(log.founding(strict=True), WITNESSES, TIME + 3600)
    log.seen = bracket.seen_of(first)
    size = made.store.head().size
    times = ("2020-04-08T06:49:59Z", "2020-04-08T06:50:00Z", "2020-04-08T08:10:00Z", "2020-04-08T08:10:01Z")
    made.add([report(log, at, claimed_at=time) for at, time in enumerate(times)], WITNESSES, TIME + 7200)
    assert made.check().flags == (
        (size, "backdated"),
        (size + 3, "postdated"),
    )


@pytest.mark.parametrize(("time", "flags"), [(1, ("postdated",) * 2), (2**40, ("backdated",))])
def test_a_witness_with_an_absurd_clock(tmp_path, time, flags):
    """A cosignature of 1970, or of a year that no claim can name, is taken as it is."""
    log = SignedLog(ORIGIN)
    made = Published(tmp_path / "log")
    founding = log.founding("holding")
    log.seen = bracket.seen_of(made.add(founding, WITNESSES, time))
    made.add([report(log, 1)], WITNESSES, time)
    assert [flag for index, flag in made.check().flags if index is not None and index >= len(founding) - 1] == [*flags]


def test_claims_in_an_open_bracket(tmp_path):
    """While nobody has cosigned, no claim is too late or too early."""
    log = SignedLog(ORIGIN)
    made = Published(tmp_path / "log", log.founding(strict=True))
    made.add([report(log, 1, claimed_at="2001-01-01T00:00:00Z"), report(log, 2, claimed_at="2099-01-01T00:00:00Z")])
    assert made.check().flags == ()


def test_a_head_that_was_seen_but_not_kept(tmp_path):
    """Its note is not among notes/, so that it gives no lower bound."""
    log = SignedLog(ORIGIN)
    made = Published(tmp_path / "log")
    note = made.add(log.founding(strict=True))
    size = made.store.head().size
    log.seen = seen_of(made.store)
    made.add([report(log, 1)])
    log.seen = bracket.seen_of(note)
    made.add([report(log, 2)])
    assert made.check().flags == ((size, "seen_note_missing"),)
    assert log.seen.note_sha256 == sha256(note).hexdigest()


def test_flags_are_in_the_order_of_the_log(tmp_path):
    """Those of the whole log first, then by index, then by name."""
    log = SignedLog(ORIGIN)
    made = Published(tmp_path / "log", log.founding())
    log.seen = seen_of(made.store)
    observed = log.observed("b1", 1)
    made.add([observed, log.delivered(observed, count=7), log.received(observed, count=9)])
    assert made.check().flags == (
        (None, "founding_not_countersigned"),
        (6, "seen_note_missing"),
        (7, "count_differs"),
        (7, "seen_note_missing"),
        (8, "count_differs"),
        (8, "seen_note_missing"),
    )


def report(log: SignedLog, number: int, **members: object) -> Leaf:
    return log.leaf("fact.reported", RAIN | {"id": f"r{number}"}, **members)


def test_references_are_read_for_what_they_are(tmp_path):
    """A reference that does not countersign takes no doubt away."""
    log = SignedLog(ORIGIN)
    leaves = [*log.founding(strict=True), *log.batch("b1", 9)]
    observed = log.observed("b1", 1)
    index = len(leaves)
    rests = log.leaf("fact.reported", RAIN, refs=(Ref("rests_on", observed.statement.sid),))
    other = log.leaf(
        "record.countersigned",
        by=["holding"],
        refs=(*refer("countersigns", leaves[0]), *refer("rests_on", observed)),
    )
    leaves += [observed, rests, other, log.revoke("neutral", reason="stolen", compromised_since=0)]
    flags = Published(tmp_path / "log", leaves).check().flags
    assert (index, "doubtful") in flags
