"""Importing a journal, told as: given what is recorded, when this is imported, then just that was added."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from quittance.testing import importing, scenario

AGREEMENT = (Path(__file__).resolve().parents[1] / "data/two-lists/agreement.yaml").read_bytes()

A1 = {"id": "a1", "at": "2025-01-05", "kind": "perform", "of": ["first"], "n": 6, "by": "a"}
N1 = {"id": "n1", "at": "2025-01-05", "kind": "attest", "ref": "a1", "verdict": "verified", "by": "icrc"}
LATER = {"id": "a2", "at": "2025-01-06", "kind": "perform", "of": ["first"], "n": 4, "by": "a"}


def test_entries_are_recorded_in_their_order() -> None:
    """Every line becomes one entry, as it was written."""
    scenario(AGREEMENT).when(importing(A1, N1)).then(A1, N1)


def test_an_attestation_may_come_in_a_later_file() -> None:
    """A reference to an entry that the case holds already is good."""
    scenario(AGREEMENT).given(A1).when(importing(N1)).then(N1)


def test_a_dry_run_records_nothing() -> None:
    """Everything is checked and nothing is added."""
    scenario(AGREEMENT).given(A1).when(importing(N1, dry_run=True)).then()


def test_an_entry_that_is_there_already_is_refused() -> None:
    """Without a word about it the whole file is refused, and the line is named."""
    refusal = scenario(AGREEMENT).given(A1).when(importing(A1, N1)).then_refused("journal.refused", 2)
    assert refusal.problems[0].code == "journal.recorded"


def test_an_entry_that_is_there_already_may_be_skipped() -> None:
    """With `skip_recorded` the same file can be imported again when it has grown."""
    scenario(AGREEMENT).given(A1, N1).when(importing(A1, N1, LATER, skip_recorded=True)).then(LATER)


def test_nothing_new_is_nothing() -> None:
    """A file that holds nothing new adds nothing."""
    scenario(AGREEMENT).given(A1).when(importing(A1, skip_recorded=True)).then()


def test_the_same_id_with_other_content_is_refused() -> None:
    """An id is never used again, whether known entries are skipped or not."""
    other = {**A1, "n": 7}
    refusal = (
        scenario(AGREEMENT).given(A1).when(importing(other, skip_recorded=True)).then_refused("journal.refused", 2)
    )
    assert refusal.problems[0].code == "journal.id_taken"


BAD: list[tuple[dict[str, Any], str]] = [
    ({**A1, "of": ["frist"]}, "unknown commitment `frist`; did you mean `first`?"),
    ({**A1, "by": "c"}, "unknown party `c`"),
    ({**A1, "cat": "nobody"}, "unknown category `nobody`"),
    ({**A1, "same_as": "zz"}, "unknown entry `zz`"),
    ({**N1, "ref": "a9"}, "unknown entry `a9`"),
    ({"id": "l", "at": "2025-01-05", "kind": "list_give", "list": "nmaes", "by": "b"}, "unknown list `nmaes`"),
    ({"id": "e", "at": "2025-01-05", "kind": "exercise", "power": "stop", "by": "icrc"}, "unknown power `stop`"),
    ({"id": "r", "at": "2025-01-05", "kind": "reject", "instrument": "pakt", "by": "b"}, "unknown instrument `pakt`"),
    (
        {"id": "p", "at": "2025-01-05", "kind": "position", "by": "b", "from": "2025-01-05",
         "reads": {"second": {"requires": [{"complete": "frist", "clock": "run"}]}}},
        "second: unknown commitment `frist`",
    ),
    (
        {"id": "p", "at": "2025-01-05", "kind": "position", "by": "b", "from": "2025-01-05",
         "reads": {"second": {"when": {"by": "start + 2 months"}}}},
        "the calendar has no month_end",
    ),
    (
        {"id": "p", "at": "2025-01-05", "kind": "position", "by": "b", "from": "2025-01-05",
         "reads": {"second": {"when": {"by": "started:first + 2 hours"}}}},
        "the calendar counts days",
    ),
    (
        {"id": "p", "at": "2025-01-05", "kind": "position", "by": "b", "from": "2025-01-05",
         "reads": {"second": {"amount": None}}},
        "null",
    ),
    ({**A1, "note": "x" * 50_000}, "blobs"),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "message"), BAD, ids=[message[:30] for _, message in BAD])
def test_a_reference_to_nothing_refuses_the_whole_file(entry: dict[str, Any], message: str) -> None:
    """One bad line, named with its number and what is wrong with it; the good lines are not taken either."""
    refusal = (
        scenario(AGREEMENT).given(LATER).when(importing({**A1, "id": "good"}, entry)).then_refused("journal.refused", 3)
    )
    assert message in refusal.problems[0].message


def test_every_bad_line_is_named() -> None:
    """The report has a row for each line that cannot be taken."""
    bad = [{**A1, "id": f"x{number}", "by": "nobody"} for number in range(3)]
    scenario(AGREEMENT).when(importing(bad[0], A1, bad[1], bad[2])).then_refused("journal.refused", 2, 4, 5)


def test_a_retraction_of_a_retraction_is_taken() -> None:
    """Corrections are entries like others."""
    taken_back = {"id": "r1", "at": "2025-01-07", "kind": "retract", "ref": "a1", "by": "a", "reason": "typing error"}
    again = {"id": "r2", "at": "2025-01-08", "kind": "retract", "ref": "r1", "by": "a"}
    scenario(AGREEMENT).given(A1).when(importing(taken_back, again)).then(taken_back, again)
