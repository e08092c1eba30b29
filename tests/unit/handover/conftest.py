"""An agreement by which handovers are cleared and attested as in `tests.proceedings`."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.proceedings import HANDOVERS

from quittance.agreement.load import load_agreement
from quittance.agreement.model import Agreement

FILE = Path(__file__).resolve().parents[2] / "data/two-lists/agreement.yaml"


@pytest.fixture(scope="session")
def rules() -> Agreement:
    """The agreement of the two lists, with these gates."""
    return load_agreement(FILE.read_bytes()).model_copy(update={"handovers": HANDOVERS})
