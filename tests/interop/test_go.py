"""golang.org/x/mod accepts what is published, and refuses it after any change: of a byte, of a file, of the history."""

from __future__ import annotations

import base64
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from tests.interop.logs import (
    KEYS,
    LEAVES,
    OLDER,
    NoteKey,
    PublishedLog,
    b64,
    checkpoint,
    generated_log,
    leaf_hash,
    one_byte_changed,
    publish,
    put,
    receipt,
    root,
    sign,
    tiles,
)

MUTATIONS = 200
RECEIPTS = 40
HASHES = list(map(leaf_hash, LEAVES))
SIZE = len(LEAVES)
GoVerify = Callable[[list[list[str]]], list[str]]
Files = dict[str, Path]


def test_a_published_log_is_accepted(log: PublishedLog, go_program: Path, tmp_path: Path):
    """Exit code 0: every key signed, every entry is in its tile, the older checkpoint and a receipt belong to it."""
    log.stage(tmp_path)
    done = subprocess.run(
        [go_program, *log.arguments(tmp_path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout.split(":")[0]) == (0, "accepted"), done.stdout


def test_a_refusal_has_exit_code_1_and_one_line(log: PublishedLog, go_program: Path, tmp_path: Path):
    """A damaged tile: exit code 1, and one line says why. No arguments: 2."""
    files = log.stage(tmp_path)
    name = next(name for name in files if name.startswith("tile/0/"))
    put(files[name], one_byte_changed(files[name].read_bytes(), Random(1)))
    done = subprocess.run(
        [go_program, *log.arguments(tmp_path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stdout.startswith("refused: ")
    assert done.stdout.count("\n") == 1
    assert subprocess.run([go_program], capture_output=True, timeout=60, check=False).returncode == 2


def test_receipts_are_accepted(log: PublishedLog, go_verify: GoVerify, tmp_path: Path):
    """Receipts from the whole log are accepted."""
    calls = []
    for number in range(0, len(log.receipts), 1 + len(log.receipts) // RECEIPTS):
        log.stage(tmp_path / str(number), number)
        calls.append(log.arguments(tmp_path / str(number)))
    assert all(answer.startswith("accepted: ") for answer in go_verify(calls))


def test_every_changed_byte_is_refused(log: PublishedLog, go_verify: GoVerify, tmp_path: Path):
    """200 times one bit or one byte in any file of the folder, the older checkpoint or the receipt: none unnoticed."""
    random = Random(20200229)
    changes, calls = [], []
    for number in range(MUTATIONS):
        target = tmp_path / str(number)
        files = log.stage(target)
        name = random.choice(sorted(files))
        before = files[name].read_bytes()
        put(files[name], one_byte_changed(before, random))
        changes.append((number, name))
        calls.append(log.arguments(target))
    answers = go_verify(calls)
    assert len(answers) == MUTATIONS
    assert [change for change, answer in zip(changes, answers, strict=True) if not answer.startswith("refused: ")] == []


def test_every_shorter_longer_or_missing_file_is_refused(log: PublishedLog, go_verify: GoVerify, tmp_path: Path):
    """Each file without its last byte, with a newline more, empty; and removed, if the published size needs it."""
    needed = {name for name, _ in tiles([b""] * int((log.folder / "checkpoint").read_bytes().split(b"\n")[1]))}
    edits: dict[str, Callable[[Path], object]] = {
        "shorter": lambda path: put(path, path.read_bytes()[:-1]),
        "longer": lambda path: put(path, path.read_bytes() + b"\n"),
        "empty": lambda path: put(path, b""),
        "missing": Path.unlink,
    }
    changes, calls = [], []
    for what, edit in edits.items():
        for name in sorted(log.stage(tmp_path / what / "names")):
            if what == "missing" and name not in needed | {"checkpoint", "older", "receipt"}:
                continue  # a tile of an earlier size, or a kept note: its absence changes nothing
            target = tmp_path / what / str(len(calls))
            edit(log.stage(target)[name])
            changes.append((what, name))
            calls.append(log.arguments(target))
    answers = go_verify(calls)
    assert len(answers) == len(changes) > 20
    assert [change for change, answer in zip(changes, answers, strict=True) if not answer.startswith("refused: ")] == []


# A history or a spelling that is wrong although hashes and signatures may be right: each with the expected reason.

CASES: dict[str, tuple[Callable[[Files], None], str]] = {}


def case(reason: str) -> Callable[[Callable[[Files], None]], Callable[[Files], None]]:
    def add(edit: Callable[[Files], None]) -> Callable[[Files], None]:
        CASES[edit.__name__] = edit, reason
        return edit

    return add


def republish(files: Files, leaves: list[bytes], notes: tuple[int, ...]) -> None:
    """Another history in the place of the log, signed by the same keys."""
    folder = files["checkpoint"].parent
    shutil.rmtree(folder)
    hashes = list(map(leaf_hash, leaves))
    publish(folder, leaves, {size: checkpoint(hashes[:size], KEYS) for size in notes})


def text_of(hashes: list[bytes]) -> str:
    return f"{KEYS[0].name}\n{len(hashes)}\n{b64(root(hashes))}\n"


def resign(files: Files, text: str) -> None:
    """The checkpoint with another text, signed by every key."""
    put(files["checkpoint"], sign(text, KEYS))


def in_file(files: Files, name: str, old: bytes, new: bytes) -> None:
    data = files[name].read_bytes()
    assert old in data
    put(files[name], data.replace(old, new, 1))


def loosened(spelling: str) -> str:
    """Base64 with one of the unused bits behind the last byte set, which lenient decoders ignore."""
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    body = spelling.rstrip("=")
    changed = body[:-1] + digits[digits.index(body[-1]) + 1] + spelling[len(body) :]
    assert changed != spelling
    assert base64.b64decode(changed) == base64.b64decode(spelling)
    return changed


@case("is older than size")
def rollback(files: Files) -> None:
    """The log shows an earlier checkpoint than the reader has kept."""
    republish(files, list(LEAVES), (OLDER,))
    put(files["older"], checkpoint(HASHES, KEYS))
    put(files["receipt"], receipt(5, LEAVES[:OLDER], checkpoint(HASHES[:OLDER], KEYS)))


@case("is not the beginning of")
def fork_of_equal_size(files: Files) -> None:
    republish(files, [*LEAVES[:OLDER], b"another leaf"], (OLDER + 1,))
    put(files["older"], checkpoint(HASHES[: OLDER + 1], KEYS))
    put(files["receipt"], receipt(5, LEAVES[:OLDER], checkpoint(HASHES[:OLDER], KEYS)))


@case("is not the beginning of")
def fork_of_unequal_size(files: Files) -> None:
    republish(files, [*LEAVES[:7], b"another leaf", *LEAVES[8:]], (SIZE,))
    put(files["receipt"], receipt(5, LEAVES[:7], checkpoint(HASHES[:7], KEYS)))


@case("is not the beginning of")
def receipt_of_another_history(files: Files) -> None:
    leaves = [*LEAVES[:7], b"another leaf", *LEAVES[8:]]
    put(files["receipt"], receipt(7, leaves, checkpoint(list(map(leaf_hash, leaves)), KEYS)))


@case("does not match the entries")
def entries_swapped(files: Files) -> None:
    leaves = [LEAVES[1], LEAVES[0], *LEAVES[2:]]
    put(files["tile/entries/000"], dict(tiles(leaves))["tile/entries/000"])


@case("does not match the entries")
def entry_doubled(files: Files) -> None:
    leaves = [LEAVES[0], LEAVES[0], *LEAVES[2:]]
    put(files["tile/entries/000"], dict(tiles(leaves))["tile/entries/000"])


@case("does not match the entries")
def entry_removed(files: Files) -> None:
    put(files["tile/entries/000"], dict(tiles(LEAVES[1:]))["tile/entries/000"])


@case("goes on behind its last entry")
def entry_added_to_a_bundle(files: Files) -> None:
    put(files["tile/entries/000"], files["tile/entries/000"].read_bytes() + b"\x00\x01x")


@case("tile/0/000 does not match the entries at position 0")
def tile_of_another_log(files: Files) -> None:
    put(files["tile/0/000"], dict(tiles([b"x" + leaf for leaf in LEAVES]))["tile/0/000"])


@case("goes beyond the tree")
def tile_beyond_the_checkpoint(files: Files) -> None:
    put(files["checkpoint"].parent / "tile/0/002.p/89", files["tile/0/002.p/88"].read_bytes() + bytes(32))


@case("malformed tile path")
def tile_under_a_second_name(files: Files) -> None:
    put(files["checkpoint"].parent / "tile/00/000", files["tile/0/000"].read_bytes())


@case("is no file of a log")
def file_that_nobody_reads(files: Files) -> None:
    put(files["checkpoint"].parent / "checkpoint.copy", files["checkpoint"].read_bytes())


@case("holds the note of size")
def kept_note_under_a_wrong_size(files: Files) -> None:
    put(files["checkpoint"].parent / "notes/299", files["notes/300"].read_bytes())


@case("1 of 3 keys have signed")
def kept_note_without_the_log(files: Files) -> None:
    put(files["notes/300"], sign(text_of(HASHES[:OLDER]), KEYS[1:2]))


@case("do not hash to the root")
def root_of_another_tree(files: Files) -> None:
    resign(files, text_of([HASHES[1], *HASHES[1:]]))


@case("not a plain number")
def size_with_a_leading_zero(files: Files) -> None:
    resign(files, text_of(HASHES).replace("\n600\n", "\n0600\n"))


@case("not a hash in plain base64")
def root_with_unused_bits(files: Files) -> None:
    right = b64(root(HASHES))
    resign(files, text_of(HASHES).replace(right, loosened(right)))


@case("not three lines")
def another_origin_of_the_same_key(files: Files) -> None:
    resign(files, text_of(HASHES).replace("generated-600", "generated-601"))


@case("not three lines")
def extension_line(files: Files) -> None:
    resign(files, text_of(HASHES) + "more\n")


@case("malformed note")
def lines_with_carriage_returns(files: Files) -> None:
    put(files["checkpoint"], files["checkpoint"].read_bytes().replace(b"\n", b"\r\n"))


@case("malformed note")
def hyphen_for_the_dash(files: Files) -> None:
    put(files["checkpoint"], files["checkpoint"].read_bytes().replace("—".encode(), b"-"))


@case("2 of 3 keys have signed")
def witness_missing(files: Files) -> None:
    put(files["checkpoint"], checkpoint(HASHES, KEYS[:2]))


@case("2 of 3 keys have signed")
def log_signature_missing(files: Files) -> None:
    put(files["checkpoint"], sign(text_of(HASHES), KEYS[1:]))


@case("invalid signature")
def signed_at_no_time(files: Files) -> None:
    put(files["checkpoint"], sign(text_of(HASHES), KEYS, time=0))


@case("double or of an unknown key")
def signature_line_doubled(files: Files) -> None:
    put(files["checkpoint"], files["checkpoint"].read_bytes() + KEYS[1].line(text_of(HASHES), 1).encode())


@case("double or of an unknown key")
def unknown_witness(files: Files) -> None:
    stranger = NoteKey("stranger.example/witness", KEYS[1].kind, bytes([9]) * 32)
    put(files["checkpoint"], files["checkpoint"].read_bytes() + stranger.line(text_of(HASHES), 1).encode())


@case("not plain base64")
def signature_with_unused_bits(files: Files) -> None:
    line = KEYS[1].line(text_of(HASHES), 1_586_326_200).split(" ")[2].strip()
    in_file(files, "checkpoint", line.encode(), loosened(line).encode())


@case("not plain base64")
def leaf_with_unused_bits(files: Files) -> None:
    put(files["receipt"], receipt(10, LEAVES, files["checkpoint"].read_bytes()))
    leaf = b64(LEAVES[10])
    in_file(files, "receipt", leaf.encode(), loosened(leaf).encode())


@case("not a hash in plain base64")
def proof_hash_with_unused_bits(files: Files) -> None:
    value = b64(HASHES[1])
    in_file(files, "receipt", value.encode(), loosened(value).encode())


@case("not a plain number")
def index_with_a_leading_zero(files: Files) -> None:
    in_file(files, "receipt", b"index 0\n", b"index 00\n")


@case("invalid inputs")
def index_not_below_the_size(files: Files) -> None:
    in_file(files, "receipt", b"index 0\n", b"index 600\n")


@case("invalid transparency proof")
def proof_hash_too_many(files: Files) -> None:
    in_file(files, "receipt", b"\n\n", b"\n" + b64(HASHES[0]).encode() + b"\n\n")


@case("invalid transparency proof")
def proof_hash_missing(files: Files) -> None:
    in_file(files, "receipt", b64(HASHES[1]).encode() + b"\n", b"")


@case("not a receipt")
def receipt_with_carriage_returns(files: Files) -> None:
    in_file(files, "receipt", b"v1\n", b"v1\r\n")


@case("not a receipt")
def receipt_of_another_version(files: Files) -> None:
    in_file(files, "receipt", b"proof@v1", b"proof@v2")


@pytest.mark.parametrize("name", CASES)
def test_a_wrong_history_or_spelling_is_refused(name: str, go_verify: GoVerify, tmp_path: Path, other: PublishedLog):
    """Each case is refused for its own reason, although whoever made it holds every key."""
    edit, reason = CASES[name]
    edit(other.stage(tmp_path))
    (answer,) = go_verify([other.arguments(tmp_path)])
    assert answer.startswith("refused: ")
    assert reason in answer


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> PublishedLog:
    """The generated log, whose keys we hold."""
    return generated_log(tmp_path_factory.mktemp("other"))


def with_another_id(vkey: str) -> str:
    name, _, key = vkey.split("+", 2)
    return f"{name}+00000000+{key}"


def test_another_key_is_refused(go_verify: GoVerify, tmp_path: Path, other: PublishedLog):
    """A log key or a witness key that did not sign, or whose id is not its own, is not good enough."""
    other.stage(tmp_path)
    stranger = NoteKey(KEYS[0].name, KEYS[0].kind, bytes([9]) * 32).vkey
    witness = NoteKey("party-a.example/witness", KEYS[1].kind, bytes([9]) * 32).vkey
    folder, _, *rest = other.arguments(tmp_path)
    calls = [
        [folder, stranger, *rest],
        [folder, with_another_id(other.log_key), *rest],
        [folder, other.log_key, *rest[:-1], witness],
        [folder, other.log_key, *rest[:-1], with_another_id(rest[-1])],
    ]
    assert all(answer.startswith("refused: ") for answer in go_verify(calls))
