"""Sealing binds a value to its place; wrapped keys and blind indexes are bound to theirs."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quittance.vault.seal import (
    Cell,
    VaultError,
    blind,
    blind_key,
    index_aad,
    key_aad,
    key_fingerprint,
    seal,
    unseal,
    value_aad,
)

KEY = bytes(range(32))
NONCE = bytes(12)


@given(st.binary(max_size=300), st.binary(min_size=12, max_size=12), st.binary(max_size=50))
def test_what_was_sealed_comes_back(plain, nonce, aad):
    """Sealed bytes are nonce, cipher text and tag, and give back what went in."""
    sealed = seal(KEY, nonce, plain, aad)
    assert (nonce, len(plain) + 28) == (sealed[:12], len(sealed))
    assert plain == unseal(KEY, sealed, aad)


@given(st.integers(min_value=0))
def test_any_changed_bit_is_noticed(place):
    """A single flipped bit in nonce, cipher text or tag is refused."""
    sealed = bytearray(seal(KEY, NONCE, b"TEST PERSON 1", b"aad"))
    place %= len(sealed) * 8
    sealed[place // 8] ^= 1 << place % 8
    with pytest.raises(VaultError) as caught:
        unseal(KEY, bytes(sealed), b"aad")
    assert caught.value.code == "vault.sealed"


@pytest.mark.parametrize("length", [0, 11, 12, 27, 28])
def test_cut_bytes_are_refused(length):
    """Too few bytes are the domain's error, never another one."""
    with pytest.raises(VaultError, match="does not open"):
        unseal(KEY, seal(KEY, NONCE, b"TEST PERSON 1", b"")[:length], b"")


def test_a_value_opens_in_its_place_only():
    """Agreement, table, row, column and version each belong to the place; any other one is refused."""
    places = [
        (agreement, Cell(table, row, column, version))
        for agreement, table, row, column, version in product(
            ("a", "b"), ("person", "list_entry"), ("0" * 32, "1" * 32), ("surname", "sex"), (1, 2)
        )
    ]
    for home in places:
        sealed = seal(KEY, NONCE, b"TEST PERSON 1", value_aad(*home))
        for place in places:
            if place == home:
                assert unseal(KEY, sealed, value_aad(*place)) == b"TEST PERSON 1"
            else:
                with pytest.raises(VaultError):
                    unseal(KEY, sealed, value_aad(*place))


def test_the_three_uses_of_a_key_never_mix():
    """What is bound to a value, to a person's key and to the index key differs for any arguments."""
    aads = {
        value_aad("a", Cell("person", "p", "c", 1)),
        key_aad("a", "p"),
        key_aad("a", "q"),
        key_aad("b", "p"),
        index_aad("a"),
        index_aad("b"),
    }
    assert len(aads) == 6


@pytest.mark.parametrize(("key", "nonce"), [(KEY[:16], NONCE), (KEY + b"x", NONCE), (KEY, b""), (KEY, bytes(16))])
def test_other_lengths_are_refused(key, nonce):
    """A weaker key or another nonce length, which AES-GCM would take, is refused."""
    with pytest.raises(VaultError) as caught:
        seal(key, nonce, b"x", b"")
    assert caught.value.code == "vault.key_length"


def test_equal_values_show_as_equal_only_within_one_column():
    """The same value in another column, table or agreement, or under another index key, is found elsewhere."""
    places = list(product((KEY, KEY[::-1]), ("a", "b"), ("person", "list_entry"), ("surname", "first_names")))
    assert len(places) == len({blind_key(key, *where) for key, *where in places})
    tags = {blind(blind_key(key, *where), *where, "test person 1") for key, *where in places}
    assert len(places) == len(tags)


def test_the_fingerprint_of_a_vault_key():
    """It is the SHA-256 of the prefix and the key, as published."""
    assert key_fingerprint(KEY) == "5ab6029b589cb45724375b1bbd636c2aa5097783d2e6c6eb886ddf9da27f5869"
