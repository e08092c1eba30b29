"""Keys: both libraries give the same answer everywhere, above all at the edges of the curve."""

from __future__ import annotations

import sys
from hashlib import sha256, sha512

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quittance.record import keys
from quittance.record.envelope import pae
from quittance.record.keys import KeyRefused, SeedSigner, key_id, require_public_key, sign_statement, verify
from quittance.record.statement import PAYLOAD_TYPE

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
BASE = (15112221349535400772501151409588531511454012693041857206046113283949847762202, 4 * pow(5, -1, P) % P)

CHECKS = {"cryptography": keys._check_with_cryptography, "pynacl": keys._nacl_check()}


@pytest.fixture(params=CHECKS)
def library(request, monkeypatch) -> str:
    """Each library in turn does the arithmetic of `verify`."""
    if CHECKS[request.param] is None:
        pytest.skip("PyNaCl is not installed")
    monkeypatch.setattr(keys, "_check", CHECKS[request.param])
    return request.param


def add(one, other):
    """The sum of two points (RFC 8032, 5.1.4, in affine coordinates)."""
    (a, b), (c, d) = one, other
    cross = D * a * c * b * d % P
    return (a * d + b * c) * pow(1 + cross, -1, P) % P, (b * d + a * c) * pow(1 - cross, -1, P) % P


def times(number, point):
    total = (0, 1)
    while number:
        if number & 1:
            total = add(total, point)
        point = add(point, point)
        number >>= 1
    return total


def encode(point) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def spelled(y: int, sign: int) -> bytes:
    return (y | sign << 255).to_bytes(32, "little")


def point_with(y: int):
    """A point with this y, or None."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return None if (x * x - square) % P else (x, y)


def torsion():
    """A point of order 8."""
    for y in range(2, 100):
        point = point_with(y)
        if point is not None and times(4, found := times(L, point)) != (0, 1):
            return found
    raise AssertionError


EIGHT = torsion()
SMALL = [times(number, EIGHT) for number in range(8)]
SMALL_SPELLINGS = sorted(
    {spelled(y, sign) for _, least in SMALL for y in (least, least + P) if y < 2**255 for sign in (0, 1)}
)


def forge(secret: int, public, commitment, nonce: int, message: bytes) -> tuple[bytes, bytes]:
    """Key and signature whose S fits `secret` and `nonce`, for any points that are given out as A and R."""
    a, r = encode(public), encode(commitment)
    challenge = int.from_bytes(sha512(r + a + message).digest(), "little") % L
    return a, r + ((nonce + challenge * secret) % L).to_bytes(32, "little")


def test_the_point_of_order_8_is_one():
    """The curve of this test is the right one: eight small points, whose spellings include those that are too long."""
    assert len(set(SMALL)) == 8
    assert (0, 1) == times(8, EIGHT) == times(L, BASE)
    assert len(SMALL_SPELLINGS) == 14


# RFC 8032, 7.1: seed, public key, message, signature.
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24"
        "655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aee"
        "b00d291612bb0c00",
    ),
]


@pytest.mark.parametrize(("seed", "public", "message", "signature"), RFC_8032)
def test_the_vectors_of_the_standard(library, seed, public, message, signature):
    """Key and signature follow from the seed, and the signature verifies."""
    signer = SeedSigner(bytes.fromhex(seed))
    assert public == signer.public.hex()
    assert signature == signer.sign(bytes.fromhex(message)).hex()
    assert verify(signer.public, bytes.fromhex(signature), bytes.fromhex(message))


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=400), st.integers(0, 95), st.integers(1, 255))
def test_any_changed_byte_of_key_or_signature_fails_in_both(seed, message, at, change):
    """A signature verifies in both libraries, and in neither once a byte of key, signature or message is another."""
    signer = SeedSigner(seed)
    signature = signer.sign(message)
    changed = bytearray(signer.public + signature)
    changed[at] ^= change
    for check in filter(None, CHECKS.values()):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(keys, "_check", check)
            assert verify(signer.public, signature, message)
            assert not verify(bytes(changed[:32]), bytes(changed[32:]), message)
            assert not verify(signer.public, signature, message + b"\0")


def test_the_faster_library_is_used_where_it_is_installed():
    """With PyNaCl present `verify` does not go through cryptography, and without it, it does."""
    assert (keys._check is keys._check_with_cryptography) == (CHECKS["pynacl"] is None)


def test_without_pynacl_there_is_no_faster_check(monkeypatch):
    """PyNaCl is optional: where it cannot be imported, nothing fails."""
    monkeypatch.setitem(sys.modules, "nacl.bindings", None)
    assert keys._nacl_check() is None


def test_lengths(library):
    """A key that has not 32 bytes and a signature that has not 64 are no errors of the caller: they do not verify."""
    signer = SeedSigner(b"\1" * 32)
    signature = signer.sign(b"x")
    for public, signed in (
        (signer.public[:-1], signature),
        (signer.public + b"\0", signature),
        (b"", signature),
        (signer.public, signature[:-1]),
        (signer.public, signature + b"\0"),
        (signer.public, b""),
    ):
        assert not verify(public, signed, b"x")
    # Bytes that move between signature and message leave the two together as they were.
    assert not verify(signer.public, signature[:-1], signature[-1:] + b"x")
    assert not verify(signer.public, signature + b"x", b"")


def test_a_small_key_signs_nothing(library):
    """With a key of small order, R = S·B fits one message in eight for any S; no spelling of such a key verifies."""
    for public in SMALL:
        for nonce in range(1, 9):
            for message in (b"a", b"b"):
                assert not verify(*forge(0, public, times(nonce, BASE), nonce, message), message)
    for spelling in SMALL_SPELLINGS:
        signed = encode(times(5, BASE)) + (5).to_bytes(32, "little")
        assert not any(verify(spelling, signed, b"%d" % number) for number in range(16))


def test_a_small_r_is_refused(library):
    """R of small order, in every spelling, is refused, also where the equation holds."""
    secret = 7**40
    public = times(secret, BASE)
    for spelling in SMALL_SPELLINGS:
        challenge = int.from_bytes(sha512(spelling + encode(public) + b"x").digest(), "little") % L
        assert not verify(encode(public), spelling + (challenge * secret % L).to_bytes(32, "little"), b"x")


def test_an_s_not_below_the_order_is_refused(library):
    """S + L solves the same equation and would be a second signature made by somebody else."""
    signer = SeedSigner(b"\2" * 32)
    signature = signer.sign(b"x")
    s = int.from_bytes(signature[32:], "little")
    for more in range(1, 8):
        assert not verify(signer.public, signature[:32] + (s + more * L).to_bytes(32, "little"), b"x")


def test_points_of_mixed_order_are_judged_alike():
    """A key or R with a part of small order passes or fails in both libraries together: both use no cofactor."""
    if CHECKS["pynacl"] is None:
        pytest.skip("PyNaCl is not installed")
    secret, nonce = 11**30, 13**30
    mixed_key, mixed_r = add(times(secret, BASE), EIGHT), add(times(nonce, BASE), EIGHT)
    answers = []
    for number in range(24):
        message = b"%d" % number
        for public, commitment in (
            (mixed_key, times(nonce, BASE)),
            (times(secret, BASE), mixed_r),
            (mixed_key, mixed_r),
        ):
            forged = forge(secret, public, commitment, nonce, message)
            answers.append([check(*forged, message) for check in CHECKS.values()])
    assert all(one == other for one, other in answers)
    assert [True, True] in answers
    assert [False, False] in answers


@pytest.mark.parametrize("spelling", SMALL_SPELLINGS)
def test_keys_of_small_order_may_not_be_enrolled(spelling):
    """None of the 14 spellings of the eight points is a key."""
    with pytest.raises(KeyRefused) as caught:
        require_public_key(spelling)
    assert caught.value.code == "key.public"


def test_other_keys_that_may_not_be_enrolled():
    """A y that is not reduced, a y without a point, and a wrong length are refused."""
    without = [y for y in range(2, 60) if point_with(y) is None]
    reducible = [y for y in range(2, 19) if point_with(y) is not None]
    assert without
    assert reducible
    for public in (
        *(spelled(y, 0) for y in without),
        *(spelled(y + P, sign) for y in reducible for sign in (0, 1)),
        b"",
        b"\1" * 31,
        b"\1" * 33,
    ):
        with pytest.raises(KeyRefused) as caught:
            require_public_key(public)
        assert caught.value.code == "key.public"


@given(st.binary(min_size=32, max_size=32))
def test_every_generated_key_may_be_enrolled(seed):
    """What follows from a seed is a sound key; its id is the SHA-256 of its bytes."""
    public = SeedSigner(seed).public
    require_public_key(public)
    assert sha256(public).hexdigest() == key_id(public)


@pytest.mark.parametrize("seed", [b"", b"\1" * 31, b"\1" * 64])
def test_a_seed_has_32_bytes(seed):
    """A seed of another length is refused."""
    with pytest.raises(KeyRefused) as caught:
        SeedSigner(seed)
    assert caught.value.code == "key.seed"


def test_statements_are_signed_over_their_pae(statement, library):
    """Each signature is over the PAE, under the fingerprint of its key, and they are sorted by fingerprint."""
    said = statement(1)
    signers = {key_id(signer.public): signer for signer in (SeedSigner(bytes((n,)) * 32) for n in range(1, 6))}
    signatures = sign_statement(said, *signers.values())
    assert sorted(signers) == [one.keyid for one in signatures]
    assert all(verify(signers[one.keyid].public, one.sig, pae(PAYLOAD_TYPE, said.payload)) for one in signatures)
