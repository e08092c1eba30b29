"""Every example case, in every view, on days throughout its story."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from quittance.casebook import Casebook
from quittance.testing import OFFICE, counting_nonce, standing_clock
from quittance.views.sentence import identity
from quittance.views.text import Page, brief_lines, plain, status_lines
from quittance.visibility import OPERATOR

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
NAMES = sorted(
    path.parent.name for path in EXAMPLES.glob("*/agreement.yaml") if (path.parent / "journal.jsonl").exists()
)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_in_every_view(name: str) -> None:
    """It is taken whole; every number opens to entries that are there; low is never said alone when high is larger."""
    folder = EXAMPLES / name
    casebook = Casebook.in_memory(
        (folder / "agreement.yaml").read_bytes(), OFFICE, clock=standing_clock(), nonce=counting_nonce()
    )
    casebook.import_journal(OPERATOR, (folder / "journal.jsonl").read_bytes())
    known = {entry.id for entry in casebook.journal(OPERATOR)}
    days = [date.fromisoformat(entry.at[:10]) for entry in casebook.journal(OPERATOR)]
    first, last = min(days), max(days)
    for day in [first + timedelta(days=(last - first).days * part // 4) for part in range(5)]:
        status = casebook.status(OPERATOR, day)
        page = Page(identity)
        assert plain(status_lines(status, page))
        assert plain(brief_lines(casebook.brief(OPERATOR, day), page))
        assert casebook.timeline(OPERATOR, day).last == day
        assert casebook.csv(OPERATOR, day).count("\n") == len(status.rows) + 2
        for row in status.rows:
            assert set(row.evidence) <= known
            assert casebook.commitment(OPERATOR, row.id, day).row == row
            if row.high and row.low is not None and row.high > row.low:
                assert f"{row.high:,}" in str(row.figure)
            if row.low:
                assert row.evidence
