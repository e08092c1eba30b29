"""The decision: each refusal with its status, in the order of the protocol."""

from __future__ import annotations

import pytest
from tests.unit.witness.logs import (
    CHECKPOINT_4,
    LOG_KEY,
    ORIGIN,
    OTHER_7,
    OTHER_PROOF,
    REQUEST_4_TO_7,
    START,
    Log,
)

from quittance.record.checkpoint import sign
from quittance.record.keys import SeedSigner
from quittance.record.note import ED25519, Note, NoteSignature, VerifierKey
from quittance.record.tree import EMPTY_ROOT
from quittance.witness.decide import Cosign, CosignedHead, decide
from quittance.witness.request import AddCheckpoint, RequestError

LOGS = {ORIGIN: (LOG_KEY,)}


def head(log, size):
    """What a witness remembers that has cosigned `size` entries of `log`."""
    return CosignedHead(log.checkpoint(size), START, b"")


def verdict(body, last=None, logs=LOGS):
    """Status and code, (200, "") for yes."""
    decision = decide(AddCheckpoint.parse(body), logs, last)
    return (200, "") if isinstance(decision, Cosign) else (decision.status, decision.code)


def ask(log, old, size, proof=None):
    """A request with any proof."""
    return AddCheckpoint.of(old, log.tree.consistency(old, size) if proof is None else proof, log.note(size)).encode()


def test_an_honest_log_is_cosigned(log):
    """From nothing, onward, and again at the same size."""
    assert verdict(log.request(0, 4)) == (200, "")
    assert verdict(log.request(4, 7), head(log, 4)) == (200, "")
    assert verdict(log.request(7, 7), head(log, 7)) == (200, "")


def test_an_empty_log_is_cosigned_and_may_grow(log):
    """Size 0 carries the empty root; what comes after it needs no proof."""
    assert log.checkpoint(0).root == EMPTY_ROOT
    assert verdict(log.request(0, 0)) == (200, "")
    assert verdict(log.request(0, 0), head(log, 0)) == (200, "")
    assert verdict(log.request(0, 7), head(log, 0)) == (200, "")


def test_size_0_with_another_root_is_no_checkpoint(log):
    """Such a request cannot be read, so nothing of it reaches a signer."""
    body = log.request(0, 0).replace(b"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", b"A" * 43 + b"=")
    assert body != log.request(0, 0)
    with pytest.raises(RequestError):
        AddCheckpoint.parse(body)


def test_the_reference_request_is_cosigned_and_its_fork_refused():
    """At size 4 of the reference log its size 7 is cosigned; once it is, the other size 7 is refused, proof or not."""
    four = Note.parse(CHECKPOINT_4)
    last = CosignedHead(AddCheckpoint.of(0, (), four).checkpoint, START, CHECKPOINT_4)
    request = AddCheckpoint.parse(REQUEST_4_TO_7)
    assert verdict(REQUEST_4_TO_7, last) == (200, "")
    seven = CosignedHead(request.checkpoint, START, request.note.encode())
    other = Note.parse(OTHER_7)
    assert verdict(AddCheckpoint.of(4, (OTHER_PROOF,), other).encode(), seven) == (409, "witness.conflict")
    assert verdict(AddCheckpoint.of(7, (), other).encode(), seven) == (422, "witness.fork")


def test_the_order_of_the_checks(log):
    """A request that breaks all rules is refused by the first; each repair uncovers the next."""
    stranger = SeedSigner(b"\x09" * 32)
    fork = log.fork(2)
    last = head(log, 4)
    unknown = Log(list(fork.words), "elsewhere.example/log", stranger)
    assert verdict(ask(unknown, 9, 4, ()), last) == (404, "witness.unknown_log")
    forged = Log(list(fork.words), ORIGIN, stranger)
    assert verdict(ask(forged, 9, 4, ()), last) == (403, "witness.signature")
    assert verdict(ask(fork, 9, 4, ()), last) == (400, "witness.old_size")
    assert verdict(ask(fork, 3, 4, ()), last) == (409, "witness.conflict")
    assert verdict(ask(fork, 4, 4, (b"x" * 32,)), last) == (422, "witness.fork")
    assert verdict(ask(log, 4, 4, (b"x" * 32,)), last) == (422, "witness.proof")
    assert verdict(ask(log, 4, 4, ()), last) == (200, "")


def test_409_tells_the_size(log):
    """Also when nothing was cosigned yet, where it is 0."""
    assert decide(AddCheckpoint.parse(log.request(3)), LOGS, head(log, 4)).size == 4
    refusal = decide(AddCheckpoint.parse(log.request(3)), LOGS, None)
    assert (refusal.status, refusal.size) == (409, 0)


@pytest.mark.parametrize(
    ("old", "size", "proof"),
    [(0, 7, (b"x" * 32,)), (4, 7, ()), (4, 7, (b"x" * 32,)), (7, 7, (b"x" * 32,))],
)
def test_a_wrong_proof_is_422(log, old, size, proof):
    """Also a proof where none belongs: from size 0, and at the same size."""
    assert verdict(ask(log, old, size, proof), head(log, old) if old else None) == (422, "witness.proof")


@pytest.mark.parametrize(
    "change", [lambda p: p[:-1], lambda p: (*p, p[0]), lambda p: p[::-1], lambda p: (p[1], *p[1:])]
)
def test_a_proof_too_short_too_long_or_out_of_order_is_422(log, change):
    """Nothing but the one proof between two sizes is taken."""
    proof = log.tree.consistency(3, 10)
    assert change(proof) != proof
    assert verdict(ask(log, 3, 10, change(proof)), head(log, 3)) == (422, "witness.proof")


def test_a_fork_below_the_last_size_is_422(log):
    """A larger tree with another beginning, with its own honest proof, does not continue what was cosigned."""
    fork = log.fork(3)
    assert verdict(fork.request(4, 10), head(log, 4)) == (422, "witness.proof")
    assert verdict(fork.request(3, 10), head(log, 3)) == (200, "")


def test_any_trusted_key_of_the_log_will_do_and_a_failing_one_refuses(log):
    """While a log changes its key both are trusted; one failing signature of a trusted key refuses the whole note."""
    new = SeedSigner(b"\x07" * 32)
    logs = {ORIGIN: (LOG_KEY, VerifierKey(ORIGIN, ED25519, new.public))}
    rolled = Log(list(log.words), ORIGIN, new)
    assert verdict(rolled.request(0), logs=logs) == (200, "")
    both = log.note().with_signatures([sign(log.checkpoint(), new)])
    assert verdict(AddCheckpoint.of(0, (), both).encode(), logs=logs) == (200, "")
    broken = NoteSignature(ORIGIN, sign(log.checkpoint(), new).key_id, b"\0" * 64)
    note = log.note().with_signatures([broken])
    assert verdict(AddCheckpoint.of(0, (), note).encode(), logs=logs) == (403, "witness.signature")
    assert verdict(AddCheckpoint.of(0, (), note).encode()) == (200, "")  # to this witness that key is unknown


def test_a_log_is_not_signed_for_by_another_trusted_log(log):
    """A key trusted for one origin says nothing about another."""
    other = SeedSigner(b"\x08" * 32)
    name = "quittance.example/doha-2020/public"
    logs = {ORIGIN: (LOG_KEY,), name: (VerifierKey(name, ED25519, other.public),)}
    note = Note(log.note().text, (sign(Log(list(log.words), name, other).checkpoint(), other),))
    assert verdict(AddCheckpoint.of(0, (), note).encode(), logs=logs) == (403, "witness.signature")
