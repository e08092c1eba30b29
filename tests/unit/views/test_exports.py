"""The status for other programs."""

from __future__ import annotations

import csv
import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest

from quittance.casebook import Casebook
from quittance.testing import casebook_of
from quittance.views.exports import indicator, view_json
from quittance.visibility import OPERATOR

HXL = (
    "#meta+agreement,#date+asof,#date+known,#activity+id,#activity+type,#org+debtor,#org+creditor,#date+end,#targeted,"
    "#reached+verified,#reached+claimed,#status,#status+disputed,#status+readings,#indicator+implementation+num,#meta+source"
)


def test_csv_has_a_header_and_a_row_of_hxl_tags(two_lists: Casebook) -> None:
    """The tags are those of the reference, and low and high stand in their own columns."""
    header, tags, *rows = csv.reader(StringIO(two_lists.csv(OPERATOR, date(2025, 1, 10))))
    assert ",".join(tags) == HXL
    first = dict(zip(header, rows[0], strict=True))
    assert (first["low"], first["high"], first["status"], first["total"]) == ("8", "10", "overdue", "10")
    assert (first["as_of"], first["known_by"]) == ("2025-01-10", "2025-01-10")
    assert len(rows) == 4


@pytest.mark.parametrize(
    ("day", "commitment", "implementation"),
    [
        (date(2024, 12, 1), "first", ""),
        (date(2025, 1, 2), "first", "0"),
        (date(2025, 1, 5), "first", "2"),
        (date(2025, 1, 7), "first", "1"),
        (date(2025, 1, 12), "first", "3"),
    ],
)
def test_the_indicator(two_lists: Casebook, day: date, commitment: str, implementation: str) -> None:
    """3 settled, 2 begun and not behind, 1 begun and behind, 0 nothing; empty when pending."""
    header, _, *rows = csv.reader(StringIO(two_lists.csv(OPERATOR, day)))
    found = {row[header.index("commitment")]: row[header.index("implementation")] for row in rows}
    assert found[commitment] == implementation


def test_milestones_in_the_words_of_ocds(two_lists: Casebook) -> None:
    """Partly done is partiallyMet, done is met with its day, and the interval is kept."""
    found = {one["id"]: one for one in two_lists.ocds(OPERATOR, date(2025, 1, 10))["milestones"]}  # type: ignore[attr-defined]
    assert (found["first"]["status"], found["second"]["status"]) == ("partiallyMet", "scheduled")
    assert (found["first"]["low"], found["first"]["high"]) == (8, 10)
    later = {one["id"]: one for one in two_lists.ocds(OPERATOR, date(2025, 1, 12))["milestones"]}  # type: ignore[attr-defined]
    assert (later["first"]["status"], later["first"]["dateMet"]) == ("met", "2025-01-10")
    assert later["first"]["dateModified"] == "2025-01-12"


def test_a_view_as_json(two_lists: Casebook) -> None:
    """Sentences become text and days ISO, so that any program can read the view."""
    found = view_json("timeline", two_lists.timeline(OPERATOR, date(2025, 1, 12)))
    assert json.loads(json.dumps(found)) == found
    assert found["format"] == "quittance-timeline/1"
    assert found["last"] == "2025-01-12"


def test_just_enough_is_not_behind() -> None:
    """Ten done where ten were required by now counts as begun and not behind."""
    folder = Path(__file__).resolve().parents[2] / "data/two-lists"
    done = [
        {"id": "a", "at": "2025-01-05", "kind": "perform", "of": ["first"], "n": 10, "by": "icrc"},
        {"id": "b", "at": "2025-01-06", "kind": "perform", "of": ["second"], "n": 10, "by": "icrc"},
    ]
    row = casebook_of((folder / "agreement.yaml").read_bytes(), *done).status(OPERATOR, date(2025, 1, 9)).row("second")
    assert (row.low, row.required, indicator(row)) == (10, 10, 2)
