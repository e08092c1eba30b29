"""The small case of the tests, and the example cases, in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from quittance.casebook import Casebook
from quittance.testing import OFFICE, casebook_of, counting_nonce, standing_clock
from quittance.visibility import OPERATOR

ROOT = Path(__file__).resolve().parents[3]
TWO_LISTS = ROOT / "tests/data/two-lists"


def loaded(folder: Path) -> Casebook:
    """A case in memory from a folder with an agreement and a journal."""
    casebook = Casebook.in_memory(
        (folder / "agreement.yaml").read_bytes(), OFFICE, clock=standing_clock(), nonce=counting_nonce()
    )
    casebook.import_journal(OPERATOR, (folder / "journal.jsonl").read_bytes())
    return casebook


@pytest.fixture(scope="session")
def two_lists() -> Casebook:
    """The small case with its journal."""
    return loaded(TWO_LISTS)


@pytest.fixture(scope="session")
def afghanistan() -> Casebook:
    """The example case of 2020."""
    return loaded(ROOT / "examples/afghanistan-2020")


@pytest.fixture(scope="session")
def empty() -> Casebook:
    """The small case before anything is known of it."""
    return casebook_of((TWO_LISTS / "agreement.yaml").read_bytes())
