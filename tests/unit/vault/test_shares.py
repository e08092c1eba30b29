"""A vault key in words: any k of n bring it back, anything else is refused without quoting a word."""

from __future__ import annotations

from itertools import combinations

import pytest

from quittance.vault.seal import VaultError
from quittance.vault.shares import join, split

KEY = bytes(range(32))


@pytest.fixture(scope="module")
def shares() -> list[str]:
    return split(KEY, 3, 5)


def test_any_three_of_five(shares):
    """Each choice of three gives the key, in any order, and with other spacing and case."""
    assert [len(share.split()) for share in shares] == [33] * 5
    for chosen in combinations(shares, 3):
        assert join(chosen) == KEY
    assert join([shares[4].upper(), f"  {shares[0]}\n", shares[2].replace(" ", "  ")]) == KEY


def test_what_does_not_give_the_key(shares):
    """Too few, too many, one twice, another set's and mistyped words are refused; the words are not repeated."""
    words = shares[0].split()
    mistyped = " ".join([words[1], *words[1:]])
    others = split(KEY, 3, 5)
    for given in (
        [],
        shares[:2],
        shares[:4],
        [shares[0], shares[0], shares[1]],
        [*shares[:2], others[2]],
        [*shares[1:3], mistyped],
        [*shares[:2], "test person"],
    ):
        with pytest.raises(VaultError) as caught:
            join(given)
        assert caught.value.code == "vault.shares"
        assert not any(f" {word} " in str(caught.value) for share in shares for word in share.split()[4:30])


@pytest.mark.parametrize(("needed", "holders"), [(1, 1), (1, 3), (4, 3), (0, 0), (2, 17)])
def test_ways_of_sharing_that_are_refused(needed, holders):
    """One holder alone never suffices, and more cannot be needed than there are."""
    with pytest.raises(VaultError) as caught:
        split(KEY, needed, holders)
    assert caught.value.code == "vault.shares"


def test_other_keys_are_refused():
    """Only a whole key is shared."""
    with pytest.raises(VaultError):
        split(KEY[:16], 2, 3)


def test_shares_of_a_shorter_secret_are_refused():
    """A secret of another length, shared by another program, is no vault key."""
    from shamir_mnemonic.shamir import generate_mnemonics

    (shares,) = generate_mnemonics(1, [(2, 3)], bytes(16), iteration_exponent=0)
    with pytest.raises(VaultError):
        join(shares[:2])
