"""Checkpoints: three lines and no more, and a note in which every signature of a known key must hold."""

from __future__ import annotations

import sys

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from quittance.record.checkpoint import (
    MAX_SIZE,
    MAX_TIME,
    Checkpoint,
    Cosigned,
    cosign,
    cosigned_message,
    open_checkpoint,
    parse_decimal,
    sign,
)
from quittance.record.envelope import encode64
from quittance.record.keys import SeedSigner
from quittance.record.note import COSIGNATURE, ED25519, ML_DSA_COSIGNATURE, Note, NoteError, NoteSignature, VerifierKey
from quittance.record.tree import EMPTY_ROOT

ORIGIN = "log.example/case"
LOG, NEXT_LOG, OTHER_LOG, A, B = (SeedSigner(bytes((number,)) * 32) for number in range(1, 6))
LOG_KEY = VerifierKey(ORIGIN, ED25519, LOG.public)
NEXT_LOG_KEY = VerifierKey(ORIGIN, ED25519, NEXT_LOG.public)
OTHER_LOG_KEY = VerifierKey("other.example/case", ED25519, OTHER_LOG.public)
A_KEY = VerifierKey("a.example/w", COSIGNATURE, A.public)
B_KEY = VerifierKey("b.example/w", COSIGNATURE, B.public)
HEAD = Checkpoint(ORIGIN, 7, b"r" * 32)
LOG_LINE = sign(HEAD, LOG)
A_LINE = cosign(HEAD, A_KEY.name, A, 1586326200)
B_LINE = cosign(HEAD, B_KEY.name, B, 1586326300)


def opened(*lines: NoteSignature, logs=(LOG_KEY,), witnesses=(A_KEY, B_KEY), head=HEAD):
    return open_checkpoint(Note(head.text, lines).encode(), logs, witnesses)


def refused(*lines: NoteSignature, **settings) -> str:
    with pytest.raises(NoteError) as caught:
        opened(*lines, **settings)
    return caught.value.code


def broken(line: NoteSignature, at: int = -1) -> NoteSignature:
    signature = bytearray(line.signature)
    signature[at] ^= 1
    return NoteSignature(line.name, line.key_id, bytes(signature))


@given(st.integers(1, MAX_SIZE), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_reads_back(size, root):
    """Origin, size and root come back from the three lines."""
    head = Checkpoint(ORIGIN, size, root)
    assert head == Checkpoint.parse(head.text)


def test_an_empty_log_has_the_empty_root():
    """Size 0 is written 0, and goes with the root of nothing only."""
    head = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    assert head.text == f"{ORIGIN}\n0\n{encode64(EMPTY_ROOT)}\n"
    assert head == Checkpoint.parse(head.text)
    with pytest.raises(NoteError):
        Checkpoint.parse(f"{ORIGIN}\n0\n{encode64(b'r' * 32)}\n")


ROOT = encode64(b"r" * 32)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n\n",
        f"{ORIGIN}\n7\n{ROOT}",
        f"{ORIGIN}\n7\n{ROOT}\nextension\n",
        f"{ORIGIN}\n7\n{ROOT}\nextension",
        f"{ORIGIN}\n7\n{ROOT}\n\n",
        f"{ORIGIN}\n7\n",
        f"\n7\n{ROOT}\n",
        f"log example\n7\n{ROOT}\n",
        f"log+example\n7\n{ROOT}\n",
        f"{ORIGIN}\n07\n{ROOT}\n",
        f"{ORIGIN}\n+7\n{ROOT}\n",
        f"{ORIGIN}\n-7\n{ROOT}\n",
        f"{ORIGIN}\n7 \n{ROOT}\n",
        f"{ORIGIN}\n٧\n{ROOT}\n",
        f"{ORIGIN}\n1_0\n{ROOT}\n",
        f"{ORIGIN}\n\n{ROOT}\n",
        f"{ORIGIN}\n{2**63}\n{ROOT}\n",
        f"{ORIGIN}\n{'9' * 5000}\n{ROOT}\n",
        f"{ORIGIN}\n7\n{encode64(b'r' * 31)}\n",
        f"{ORIGIN}\n7\n{encode64(b'r' * 33)}\n",
        f"{ORIGIN}\n7\n{ROOT[:-1]}\n",
        f"{ORIGIN}\n7\n{ROOT[:-2]}J=\n",
    ],
)
def test_any_other_text_is_no_checkpoint(text):
    """Extension lines, other numbers, other roots and other base64 are refused."""
    with pytest.raises(NoteError) as caught:
        Checkpoint.parse(text)
    assert caught.value.code == "note.checkpoint"


@pytest.mark.parametrize(
    "parts", [(ORIGIN, -1, b"r" * 32), (ORIGIN, 2**63, b"r" * 32), (ORIGIN, 7, b""), ("", 7, ROOT)]
)
def test_no_checkpoint_can_be_made_that_could_not_be_read(parts):
    """The same rules hold for one that is put together here."""
    with pytest.raises(NoteError) as caught:
        Checkpoint(*parts)
    assert caught.value.code == "note.checkpoint"


def test_decimals():
    """Numbers up to 2^63-1 have one spelling."""
    assert [parse_decimal(text) for text in ("0", "10", str(MAX_SIZE))] == [0, 10, MAX_SIZE]
    for text in ("", "00", "-0", str(MAX_SIZE + 1), "1\n", "१"):
        with pytest.raises(ValueError, match="2\\^63"):
            parse_decimal(text)


def test_who_signed_is_told():
    """The log's keys, the witnesses with their times, and the number of unknown lines."""
    stranger = cosign(HEAD, "x.example/w", SeedSigner(b"x" * 32), 5)
    found = opened(LOG_LINE, B_LINE, stranger, A_LINE)
    assert found.checkpoint == HEAD
    assert found.log_keys == (LOG_KEY,)
    assert {Cosigned(A_KEY, 1586326200), Cosigned(B_KEY, 1586326300)} == set(found.cosigned)
    assert found.unknown == 1
    assert Note(HEAD.text, (LOG_LINE, B_LINE, stranger, A_LINE)) == found.note


def test_a_key_that_is_known_by_name_or_id_only_is_unknown():
    """Sharing a name or an id with a known key makes nobody known, whatever the signature says."""
    same_name = NoteSignature(A_KEY.name, b"\0\0\0\0", A_LINE.signature)
    same_id = NoteSignature("z.example/w", A_KEY.id, A_LINE.signature)
    found = opened(LOG_LINE, same_name, same_id)
    assert found.cosigned == ()
    assert found.unknown == 2


def test_a_log_may_sign_with_two_keys():
    """While a log changes its key, both are told; one of them is enough, and a failing one refuses the note."""
    both = opened(LOG_LINE, sign(HEAD, NEXT_LOG), logs=(LOG_KEY, NEXT_LOG_KEY))
    assert {LOG_KEY, NEXT_LOG_KEY} == set(both.log_keys)
    assert opened(sign(HEAD, NEXT_LOG), logs=(LOG_KEY, NEXT_LOG_KEY)).log_keys == (NEXT_LOG_KEY,)
    assert refused(LOG_LINE, broken(sign(HEAD, NEXT_LOG)), logs=(LOG_KEY, NEXT_LOG_KEY)) == "note.log_signature"


def test_without_a_signature_of_the_log_itself_nothing_is_opened():
    """No line of the log, a broken one, and a valid one of another known log are all refused."""
    other = NoteSignature(OTHER_LOG_KEY.name, OTHER_LOG_KEY.id, OTHER_LOG.sign(HEAD.text.encode()))
    assert refused(A_LINE, B_LINE) == "note.log_signature"
    assert refused(broken(LOG_LINE), A_LINE) == "note.log_signature"
    assert refused(other, logs=(LOG_KEY, OTHER_LOG_KEY)) == "note.log_signature"
    assert refused(LOG_LINE, broken(other), logs=(LOG_KEY, OTHER_LOG_KEY)) == "note.log_signature"
    found = opened(LOG_LINE, other, logs=(LOG_KEY, OTHER_LOG_KEY))
    assert found.log_keys == (LOG_KEY,)
    assert found.unknown == 0


def test_a_log_that_nobody_knows():
    """An origin for which no key is given is refused, also if a known key has signed it."""
    head = Checkpoint("foreign.example/case", 7, b"r" * 32)
    forged = NoteSignature(ORIGIN, LOG_KEY.id, LOG.sign(head.text.encode()))
    assert refused(forged, head=head) == "note.origin"
    assert refused(sign(head, LOG), head=head, logs=()) == "note.origin"


@pytest.mark.parametrize("at", [0, 7, 8, 39, 71])
def test_one_broken_cosignature_of_a_known_witness_refuses_the_note(at):
    """Time, R or S changed: the note is refused although the log and another witness have signed."""
    assert refused(LOG_LINE, broken(A_LINE, at), B_LINE) in ("note.signature", "note.time")


def test_a_cosignature_of_another_length_is_refused():
    """A byte less or more fails as a signature does."""
    for signature in (A_LINE.signature[:-1], A_LINE.signature + b"\0", A_LINE.signature[:8]):
        assert refused(LOG_LINE, NoteSignature(A_KEY.name, A_KEY.id, signature)) == "note.signature"


def test_a_cosignature_over_something_else_fails():
    """One for another size, and one that is a plain signature of the text, are refused."""
    elsewhere = cosign(Checkpoint(ORIGIN, 8, b"r" * 32), A_KEY.name, A, 5)
    plain = NoteSignature(A_KEY.name, A_KEY.id, (5).to_bytes(8, "big") + A.sign(HEAD.text.encode()))
    assert refused(LOG_LINE, elsewhere) == "note.signature"
    assert refused(LOG_LINE, plain) == "note.signature"


@pytest.mark.parametrize("time", [0, MAX_TIME + 1])
def test_a_cosignature_has_a_time(time):
    """Zero and times beyond 2^63-1 are neither signed nor accepted, even with a valid signature."""
    with pytest.raises(NoteError) as caught:
        cosign(HEAD, A_KEY.name, A, time)
    assert caught.value.code == "note.time"
    signed = A.sign(cosigned_message(HEAD, A_KEY, time))
    assert refused(LOG_LINE, NoteSignature(A_KEY.name, A_KEY.id, time.to_bytes(8, "big") + signed)) == "note.time"


def test_two_lines_of_one_key_count_once_and_must_both_hold():
    """A witness counts once, with its earliest time; a broken second line refuses the note."""
    earlier = cosign(HEAD, A_KEY.name, A, 1586326100)
    found = opened(LOG_LINE, LOG_LINE, A_LINE, earlier, A_LINE)
    assert found.log_keys == (LOG_KEY,)
    assert (Cosigned(A_KEY, 1586326100),) == found.cosigned
    assert refused(LOG_LINE, A_LINE, broken(earlier)) == "note.signature"
    assert refused(LOG_LINE, broken(LOG_LINE), A_LINE) == "note.log_signature"


def test_a_log_key_is_no_witness_key():
    """Keys given for the wrong use are refused, not ignored."""
    assert refused(LOG_LINE, logs=(LOG_KEY, A_KEY)) == "note.key_kind"
    assert refused(LOG_LINE, witnesses=(A_KEY, OTHER_LOG_KEY)) == "note.key_kind"


def test_two_known_keys_with_one_name_and_id_are_refused():
    """A collision of ids would let one key's signature stand for another's."""
    twin = VerifierKey(A_KEY.name, COSIGNATURE, B.public)
    object.__setattr__(twin, "id", A_KEY.id)
    assert refused(LOG_LINE, witnesses=(A_KEY, twin)) == "note.key_conflict"
    assert opened(LOG_LINE, logs=(LOG_KEY, LOG_KEY), witnesses=(A_KEY, A_KEY)).log_keys == (LOG_KEY,)


def ml_dsa_line(key: MLDSA44PrivateKey, verifier: VerifierKey, time: int, head=HEAD) -> NoteSignature:
    signed = key.sign(cosigned_message(head, verifier, time))
    return NoteSignature(verifier.name, verifier.id, time.to_bytes(8, "big") + signed)


def test_a_witness_may_use_ml_dsa():
    """Its cosignature is verified over name, time and tree head, and a changed one refuses the note."""
    key = MLDSA44PrivateKey.generate()
    verifier = VerifierKey("pq.example/w", ML_DSA_COSIGNATURE, key.public_key().public_bytes_raw())
    line = ml_dsa_line(key, verifier, 1586326200)
    found = opened(LOG_LINE, line, witnesses=(A_KEY, verifier))
    assert (Cosigned(verifier, 1586326200),) == found.cosigned
    assert refused(LOG_LINE, broken(line), witnesses=(verifier,)) == "note.signature"
    assert refused(LOG_LINE, broken(line, 7), witnesses=(verifier,)) == "note.signature"
    short = NoteSignature(line.name, line.key_id, line.signature[:80])
    assert refused(LOG_LINE, short, witnesses=(verifier,)) == "note.signature"
    renamed = VerifierKey("qq.example/w", ML_DSA_COSIGNATURE, verifier.public)
    moved = NoteSignature(renamed.name, renamed.id, line.signature)
    assert refused(LOG_LINE, moved, witnesses=(renamed,)) == "note.signature"
    assert found.checkpoint.size == 7


def test_the_message_that_ml_dsa_signs():
    """Label, name, time, origin, start 0, end and hash, in the order and widths of the format."""
    verifier = VerifierKey("pq.example/w", ML_DSA_COSIGNATURE, b"k" * 1312)
    expected = (
        b"subtree/v1\n\0\x0cpq.example/w\0\0\0\0\0\0\0\x05\x10log.example/case"
        b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x07" + b"r" * 32
    )
    assert expected == cosigned_message(HEAD, verifier, 5)


def test_ml_dsa_without_a_library_that_knows_it(monkeypatch):
    """A note with such a cosignature is refused with a reason, not counted as if it were unknown."""
    key = MLDSA44PrivateKey.generate()
    verifier = VerifierKey("pq.example/w", ML_DSA_COSIGNATURE, key.public_key().public_bytes_raw())
    line = ml_dsa_line(key, verifier, 5)
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric.mldsa", None)
    assert refused(LOG_LINE, line, witnesses=(verifier,)) == "note.unsupported"
