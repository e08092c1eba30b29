"""Figures in public words: low is never said alone when high is larger."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from quittance.casebook import Casebook
from quittance.testing import casebook_of
from quittance.visibility import OPERATOR

AGREEMENT = (Path(__file__).resolve().parents[2] / "data/two-lists/agreement.yaml").read_bytes()

A6 = {"id": "a1", "at": "2025-01-05", "kind": "perform", "of": ["first"], "n": 6, "by": "a"}
SEEN = {"id": "n1", "at": "2025-01-05", "kind": "attest", "ref": "a1", "verdict": "verified", "by": "icrc"}
B4 = {"id": "b1", "at": "2025-01-05", "kind": "total", "of": ["first"], "n": 4, "by": "b"}
A9 = {"id": "a9", "at": "2025-01-06", "kind": "total", "of": ["first"], "n": 9, "by": "a"}


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([], "0 of 10 persons verified; nobody gives a figure"),
        ([{**B4, "n": 0}], "B says 0 of 10 persons"),
        ([A6, SEEN], "6 of 10 persons, verified by ICRC"),
        ([{**A6, "n": 12}, SEEN], "12 persons, 10 owed, verified by ICRC"),
        ([A6, {**B4, "n": 6}], "6 of 10 persons: both sides say at least this"),
        ([A6], "A says 6 of 10 persons; not confirmed by B or by a body that the agreement names"),
        ([B4], "B says 4 of 10 persons; not confirmed by A or by a body that the agreement names"),
        ([A6, B4], "between 4 (B) and 6 of 10 persons (A)"),
        ([A6, {**B4, "n": 0}], "between 0 (B) and 6 of 10 persons (A)"),
        ([A6, SEEN, A9], "6 persons verified; A says 9 of 10 persons"),
        (
            [{**A9, "note": "number inferred from the size of the plane"}],
            "A says about 9 of 10 persons; not confirmed by B or by a body that the agreement names",
        ),
        (
            [{**A9, "note": "date inferred from the weekday"}],
            "A says 9 of 10 persons; not confirmed by B or by a body that the agreement names",
        ),
    ],
)
def test_words(entries: list[dict[str, Any]], words: str) -> None:
    """Verified, conceded, one side's word, two sides' figures, inferred figures, and nobody's."""
    assert str(casebook_of(AGREEMENT, *entries).status(OPERATOR, date(2025, 1, 7)).row("first").figure) == words


def test_speakers_carry_their_entries() -> None:
    """Each speaker's own figure, cumulative, with the entries behind it and the newest day among them."""
    more = {"id": "a2", "at": "2025-01-07", "kind": "perform", "of": ["first"], "n": 1, "by": "a"}
    row = casebook_of(AGREEMENT, A6, A9, more, B4).status(OPERATOR, date(2025, 1, 8)).row("first")
    found = {one.speaker.id: (one.figure, one.entries, one.day) for one in row.speakers}
    assert found == {"a": (10, ("a9", "a2"), "2025-01-07"), "b": (4, ("b1",), "2025-01-05")}


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([], "no violation verified"),
        (
            [{"id": "v", "at": "2025-01-08", "kind": "violate", "of": ["quiet"], "by": "a", "party": "b"}],
            "a violation is reported and not verified",
        ),
        (
            [{"id": "v", "at": "2025-01-08", "kind": "violate", "of": ["quiet"], "by": "icrc", "party": "b"}],
            "a violation is verified",
        ),
    ],
)
def test_a_promise_to_refrain_has_no_count(entries: list[dict[str, Any]], words: str) -> None:
    """What is said of violations stands in place of a figure."""
    assert str(casebook_of(AGREEMENT, *entries).status(OPERATOR, date(2025, 1, 9)).row("quiet").figure) == words


def test_an_older_figure_of_the_same_side_makes_no_interval(afghanistan: Casebook) -> None:
    """On 9 April the promising party's zero of March is no second side to the performing party's 200."""
    words = str(afghanistan.status(OPERATOR, date(2020, 4, 9)).row("release-taliban").figure)
    assert words.startswith(
        "Government of the Islamic Republic of Afghanistan says 200 of 5,000 persons; not confirmed"
    )
