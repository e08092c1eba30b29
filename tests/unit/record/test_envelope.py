"""DSSE: exact signed bytes, strict base64, and envelopes that carry signatures as data."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quittance.record.envelope import EntryError, Signature, decode64, encode64, pae, seal, statement_id, unseal

KIND = "application/vnd.quittance.statement.v1+json"
FIRST, SECOND = Signature("0" * 64, b"first"), Signature("f" * 64, b"second")


def test_the_signed_bytes_are_those_of_the_reference(reference):
    """Every `pae` vector gives exactly its bytes and their SHA-256 as id."""
    for case in reference["pae"]:
        body = case["body_utf8"].encode()
        assert bytes.fromhex(case["pae_hex"]) == pae(case["type"], body)
        assert case["pae_sha256_hex"] == statement_id(case["type"], body)


@given(st.text(max_size=9), st.binary(max_size=9), st.text(max_size=9), st.binary(max_size=9))
def test_two_different_pairs_never_share_signed_bytes(kind, body, other_kind, other_body):
    """The lengths keep type and body apart, whatever they contain."""
    assert ((kind, body) == (other_kind, other_body)) == (pae(kind, body) == pae(other_kind, other_body))


@given(st.binary(max_size=60))
def test_base64_round_trip(data):
    """Every byte string comes back from its one spelling."""
    assert data == decode64(encode64(data), "It")


@pytest.mark.parametrize(
    "text", ["YQ", "YQ=", "YR==", "YQ==\n", " YQ==", "YQ==YQ==", "_-8=", "é", None, 7, "=", "YQ==="]
)
def test_any_other_base64_is_refused(text):
    """Missing padding, spare bits, white space, the URL alphabet and anything that is not text are refused."""
    with pytest.raises(EntryError) as caught:
        decode64(text, "It")
    assert caught.value.code == "entry.base64"


def test_an_unsigned_envelope_has_an_empty_list():
    """Nobody has signed: the list is there and empty."""
    sealed = seal(b"{}", KIND, ())
    assert sealed == {"payload": "e30=", "payloadType": KIND, "signatures": []}
    assert unseal(sealed, KIND) == (b"{}", ())


def test_signatures_are_sorted_by_key_id():
    """The order in which signatures arrive leaves no trace."""
    assert seal(b"", KIND, (FIRST, SECOND)) == seal(b"", KIND, (SECOND, FIRST))
    assert unseal(seal(b"", KIND, (SECOND, FIRST)), KIND) == (b"", (FIRST, SECOND))


@pytest.mark.parametrize("signatures", [(FIRST, FIRST), (Signature("0" * 63, b""),), (Signature("F" * 64, b""),)])
def test_one_signature_for_each_key(signatures):
    """A key that comes twice, or a key id that is not 64 lower-case hex digits, is refused."""
    with pytest.raises(EntryError) as caught:
        seal(b"", KIND, signatures)
    assert caught.value.code == "entry.signature"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"payloadType": "text/plain"}, "entry.payload_type"),
        ({"payload": "e30"}, "entry.base64"),
        ({"payload": None}, "entry.base64"),
        ({"signatures": None}, "entry.envelope"),
        ({"more": 1}, "entry.envelope"),
        ({"signatures": ["x"]}, "entry.signature"),
        ({"signatures": [{"keyid": "0" * 64}]}, "entry.signature"),
        ({"signatures": [{"keyid": 1, "sig": ""}]}, "entry.signature"),
        ({"signatures": [{"keyid": "0" * 64, "sig": "x"}]}, "entry.base64"),
    ],
)
def test_malformed_envelopes_are_refused(change, code):
    """Each malformed member is refused with its own code."""
    with pytest.raises(EntryError) as caught:
        unseal({**seal(b"{}", KIND, ()), **change}, KIND)
    assert caught.value.code == code


def test_an_envelope_is_an_object():
    """A list is no envelope."""
    with pytest.raises(EntryError):
        unseal([], KIND)
