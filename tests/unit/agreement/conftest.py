"""A small invented agreement to change, and the reference case where its files stand beside the repository."""

import copy
import json
from pathlib import Path

import pytest

from quittance.agreement.load import load_agreement

REPOSITORY = Path(__file__).resolve().parents[3]
DATA = REPOSITORY / "tests" / "data"
REFERENCE_CASES = REPOSITORY.parent / "shared" / "data" / "agreements"

SMALL = {
    "format": "quittance-agreement/1",
    "id": "small",
    "title": "Two lists",
    "parties": {
        "a": {"name": "A", "standing": "signatory"},
        "b": {"name": "B", "standing": "signatory"},
        "watch": {"name": "Watch", "standing": "intermediary"},
    },
    "instruments": {"pact": {"kind": "agreement", "between": ["a", "b"], "in_force": "2025-01-01", "source": "pact"}},
    "calendar": {"timezone": "UTC", "start": "2025-01-01", "day_count": "exclude_first"},
    "verification": {"rules": [{"verified_when": {"attested_by": "watch"}}]},
    "commitments": [
        {
            "id": name,
            "of": "pact",
            "by": debtor,
            "to": creditor,
            "mode": "achieve",
            "act": "release",
            "amount": {"exactly": n, "unit": "persons"},
            "when": {"by": "day 5"},
            "source": "pact",
        }
        for name, debtor, creditor, n in (("first", "a", "b", 10), ("second", "b", "a", 30))
    ],
}


@pytest.fixture
def document():
    """A fresh copy of an agreement about which lint has nothing to say."""
    return copy.deepcopy(SMALL)


@pytest.fixture
def written():
    """How a document becomes the bytes of a file: JSON is YAML."""
    return lambda document: json.dumps(document, indent=1).encode()


@pytest.fixture
def bridge():
    """The invented agreement of the tests that has a ring and a clash."""
    return load_agreement((DATA / "bridge.yaml").read_bytes())


@pytest.fixture
def doha():
    """The bytes of the reference case; its tests are skipped where the file does not stand beside the repository."""
    path = REFERENCE_CASES / "doha-2020.yaml"
    if not path.is_file():
        pytest.skip("the reference case doha-2020.yaml does not stand beside the repository")
    return path.read_bytes()
