"""What the witness tests share: a log, and a witness with a store on disk and a clock to set."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from tests.unit.witness.logs import KEY, LOG_KEY, NAME, ORIGIN, SIGNER, START, Log

from quittance.witness.store import WitnessStore
from quittance.witness.witness import Witness


@pytest.fixture
def log():
    """A log of ten entries."""
    return Log().grow(10)


@pytest.fixture
def store(tmp_path):
    """An empty store of the witness."""
    made = WitnessStore.create(tmp_path / "witness.sqlite", KEY)
    yield made
    made.close()


@pytest.fixture
def clock():
    """A clock to set: `clock.now`."""
    return SimpleNamespace(now=START)


@pytest.fixture
def alarms():
    """What the witness raised the alarm about."""
    return []


@pytest.fixture
def witness(store, clock, alarms):
    """The witness of party A, which knows the one log."""
    return Witness(store, NAME, SIGNER, {ORIGIN: (LOG_KEY,)}, lambda: clock.now, lambda *told: alarms.append(told))
