"""What every command of these tests is given: a passphrase, and scrypt at a cost that tests can bear."""

import pytest

from quittance.files import keyfile

PASSPHRASE = "test passphrase, known to everybody"


@pytest.fixture(autouse=True)
def passphrase(monkeypatch):
    """The passphrase of all key files that a test makes."""
    monkeypatch.setenv("QUITTANCE_PASSPHRASE", PASSPHRASE)
    monkeypatch.setattr(keyfile, "COST", 2**4)
    return PASSPHRASE
