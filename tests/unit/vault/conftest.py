"""A vault of invented people, with chance that repeats itself."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from quittance.vault.columns import IDENTITY, PERSON, Columns, folded
from quittance.vault.store import Vault

KEK = bytes(range(32))

COLUMNS: Columns = {
    PERSON: {**IDENTITY[PERSON], "photo": None},
    "list_entry": {"surname": folded, "province": None},
}


@pytest.fixture
def kek() -> bytes:
    return KEK


@pytest.fixture
def columns() -> Columns:
    return COLUMNS


@pytest.fixture
def chance() -> Callable[[int], bytes]:
    return random.Random(10).randbytes


@pytest.fixture
def path(tmp_path) -> Path:
    folder = tmp_path / "case"
    folder.mkdir()
    return folder / "vault.sqlite"


@pytest.fixture
def vault(path, chance) -> Iterator[Vault]:
    vault = Vault.create(path, "test-2020", KEK, columns=COLUMNS, random=chance)
    yield vault
    vault.close()


@pytest.fixture
def reopen(path, chance) -> Callable[[Vault], Vault]:
    """Close a vault and open its file again."""

    def close_and_open(vault: Vault) -> Vault:
        vault.close()
        return Vault.open(path, KEK, columns=COLUMNS, random=chance)

    return close_and_open
