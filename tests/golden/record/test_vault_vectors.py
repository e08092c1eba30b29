"""The vault's sealing and blind index against values that another program has computed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from quittance.vault.seal import Cell, VaultError, blind, seal, unseal, value_aad

VECTORS = json.loads(Path(__file__).with_name("formats.json").read_text("utf-8"))["vault"]
GCM = VECTORS["aes_256_gcm"]
BLIND = VECTORS["blind_index"]

KEY = bytes.fromhex(GCM["key_hex"])
PLACE = ("doha-2020", Cell("person", "P-000123", "place_of_birth", 1))
SEALED = bytes.fromhex(GCM["nonce_hex"] + GCM["ciphertext_and_tag_hex"])


def test_associated_data():
    """The place of a value gives exactly the published associated data."""
    assert GCM["aad_utf8"].encode() == value_aad(*PLACE)


def test_sealing():
    """Key, nonce, place and text give the published bytes, which open to the text again."""
    plain = GCM["plaintext_utf8"].encode()
    assert seal(KEY, bytes.fromhex(GCM["nonce_hex"]), plain, value_aad(*PLACE)) == SEALED
    assert plain == unseal(KEY, SEALED, value_aad(*PLACE))


@pytest.mark.parametrize("aad", GCM["must_fail_with_aad_utf8"])
def test_moved_values(aad):
    """In another row, another column and another version the published bytes do not open."""
    with pytest.raises(VaultError) as caught:
        unseal(KEY, SEALED, aad.encode())
    assert caught.value.code == "vault.sealed"


def test_blind_index():
    """A normalised value gives the published index entry."""
    column = ("doha-2020", "person", "place_of_birth")
    assert BLIND["hmac_sha256_hex"] == blind(bytes.fromhex(BLIND["key_hex"]), *column, BLIND["value_utf8"]).hex()
