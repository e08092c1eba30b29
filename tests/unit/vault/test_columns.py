"""Which columns there are, and which of them may be searched."""

from __future__ import annotations

import pytest

from quittance.vault.columns import IDENTITY, TOO_FEW_VALUES, folded, require_columns
from quittance.vault.seal import VaultError


def test_the_identity_columns_are_sound():
    """The columns that come with the program pass their own rules; some can be searched, some cannot."""
    require_columns(IDENTITY)
    searchable = {name for name, normalise in IDENTITY["person"].items() if normalise is not None}
    assert {"surname", "register_number"} <= searchable
    assert not searchable & TOO_FEW_VALUES


@pytest.mark.parametrize("name", sorted(TOO_FEW_VALUES))
def test_columns_with_few_values_are_never_searchable(name):
    """Sex, party, province and the like cannot be declared searchable in any table."""
    require_columns({"person": {name: None}})
    with pytest.raises(VaultError, match="frequencies") as caught:
        require_columns({"other": {name: folded}})
    assert caught.value.code == "vault.columns"


@pytest.mark.parametrize(("table", "name"), [("person", "person"), ("person", "Name"), ("per son", "x"), ("x", "")])
def test_ids_of_columns_are_plain(table, name):
    """A column is an id, and `person` is taken: it is the field of the handle."""
    with pytest.raises(VaultError) as caught:
        require_columns({table: {name: None}})
    assert caught.value.code == "vault.columns"


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("Test Person", " test  PERSON\t", True),
        ("straße", "STRASSE", True),
        ("e\u0301", "\u00e9", True),
        ("\ufb8e", "\u06a9", True),
        ("\u06a9\u0627\u0628\u0644", "\u0643\u0627\u0628\u0644", False),
        ("test", "tests", False),
    ],
)
def test_the_form_for_searching(one, other, equal):
    """Case, spaces and compatibility forms do not count; letters that only look alike do."""
    assert equal == (folded(one) == folded(other))
