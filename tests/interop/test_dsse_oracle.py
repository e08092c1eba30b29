"""The product's DSSE envelopes against securesystemslib: what one signs the other verifies, and refuses if changed."""

from __future__ import annotations

import json
from copy import deepcopy
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey

from quittance.record import Statement
from quittance.record.envelope import pae, seal, unseal
from quittance.record.keys import SeedSigner, key_id, sign_statement, verify
from quittance.record.statement import PAYLOAD_TYPE

SEEDS = [bytes([number]) * 32 for number in (11, 12, 13)]
SIGNERS = [SeedSigner(seed) for seed in SEEDS]
STATEMENT = Statement(
    kind="handover.observed",
    agreement="test-2020",
    log="quittance.example/test-2020/case",
    nonce="0" * 31 + "7",
    claimed_at="2020-04-08T06:00:00Z",
    body={"batch": "B-01", "count": 100, "place": "کابل"},
)
CHANGES = 60


def their_key(signer: SeedSigner) -> SSlibKey:
    return SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(signer.public), keyid=key_id(signer.public))


def their_signer(seed: bytes) -> CryptoSigner:
    return CryptoSigner(Ed25519PrivateKey.from_private_bytes(seed), their_key(SeedSigner(seed)))


def their_envelope(envelope: dict[str, object]) -> Envelope:
    """The envelope as it arrives elsewhere: through JSON text. Their reader changes what it is given."""
    return Envelope.from_dict(json.loads(json.dumps(envelope)))


def our_envelope() -> dict[str, object]:
    return seal(STATEMENT.payload, PAYLOAD_TYPE, sign_statement(STATEMENT, *SIGNERS))


def accepted_by_us(envelope: object) -> bool:
    """Whether every signature of the envelope is that of one of the three keys, over the payload and its type."""
    payload, signatures = unseal(envelope, PAYLOAD_TYPE)
    keys = {key_id(signer.public): signer.public for signer in SIGNERS}
    return len(signatures) == len(keys) and all(
        one.keyid in keys and verify(keys[one.keyid], one.sig, pae(PAYLOAD_TYPE, payload)) for one in signatures
    )


@given(st.text(), st.binary())
def test_the_signed_bytes_are_equal(payload_type: str, payload: bytes):
    """The pre-authentication encoding of any type and payload."""
    assert pae(payload_type, payload) == Envelope(payload, payload_type, {}).pae()


def test_they_verify_what_we_sign():
    """Three signatures of three keys."""
    keys = [their_key(signer) for signer in SIGNERS]
    assert their_envelope(our_envelope()).verify(keys, 3).keys() == {key.keyid for key in keys}


def test_we_verify_what_they_sign():
    """Their signatures have our key ids and verify here; Ed25519 gives the same bytes, so the envelopes are equal."""
    theirs = Envelope(STATEMENT.payload, PAYLOAD_TYPE, {})
    for seed in SEEDS:
        theirs.sign(their_signer(seed))
    envelope = theirs.to_dict()
    assert accepted_by_us(envelope)
    payload, signatures = unseal(envelope, PAYLOAD_TYPE)
    assert our_envelope() == seal(payload, PAYLOAD_TYPE, signatures)


def test_both_refuse_a_changed_payload_or_signature():
    """One bit of the payload or of a signature, in an envelope that is otherwise well formed."""
    random = Random(20200229)
    keys = [their_key(signer) for signer in SIGNERS]
    for _ in range(CHANGES):
        envelope = their_envelope(our_envelope())
        target = random.choice([None, *envelope.signatures.values()])
        data = bytearray(envelope.payload if target is None else bytes.fromhex(target.signature))
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
        if target is None:
            envelope.payload = bytes(data)
        else:
            target.signature = data.hex()
        assert not accepted_by_us(envelope.to_dict())
        with pytest.raises(VerificationError):
            envelope.verify(keys, 3)


def test_both_refuse_signatures_under_each_others_key_id():
    """Two signatures that have changed places."""
    envelope = our_envelope()
    signatures = envelope["signatures"]
    signatures[0]["sig"], signatures[1]["sig"] = signatures[1]["sig"], signatures[0]["sig"]
    assert not accepted_by_us(deepcopy(envelope))
    with pytest.raises(VerificationError):
        their_envelope(envelope).verify([their_key(signer) for signer in SIGNERS], 2)


def test_both_refuse_another_payload_type():
    """The signatures bind the type: under another one they are worth nothing."""
    envelope = {**our_envelope(), "payloadType": "application/vnd.quittance.acceptance.v1+json"}
    payload, signatures = unseal(envelope, envelope["payloadType"])
    for signer, one in zip(sorted(SIGNERS, key=lambda signer: key_id(signer.public)), signatures, strict=True):
        assert not verify(signer.public, one.sig, pae(envelope["payloadType"], payload))
    with pytest.raises(VerificationError):
        their_envelope(envelope).verify([their_key(signer) for signer in SIGNERS], 1)
