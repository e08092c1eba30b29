"""What had gone wrong by a day: one sentence without the agreement's ids."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from quittance.casebook import Casebook
from quittance.testing import casebook_of, journal_bytes
from quittance.views.troubles import troubles
from quittance.visibility import OPERATOR

ROOT = Path(__file__).resolve().parents[3]

SAID = {
    "2020-03-09": "nothing had gone wrong yet",
    "2020-03-11": (
        "United States of America promised that Government of the Islamic Republic of Afghanistan would release up to "
        "5,000 persons (taliban prisoner) by 2020-03-10, with none reported, terms disputed; waiting for it: start "
        "talks (set for 2020-03-10); Taliban likewise up to 1,000 persons (goa prisoner), with none reported; "
        "3 commitments wait for one another in a circle"
    ),
    "2020-04-09": (
        "United States of America promised that Government of the Islamic Republic of Afghanistan would release up to "
        "5,000 persons (taliban prisoner) by 2020-03-10, with 200 claimed, none confirmed, terms disputed; waiting for "
        "it: start talks (set for 2020-03-10); Taliban likewise up to 1,000 persons (goa prisoner), with none "
        "reported; also late: 3 more; 3 commitments wait for one another in a circle"
    ),
    "2020-05-05": (
        "United States of America promised that Government of the Islamic Republic of Afghanistan would release up to "
        "5,000 persons (taliban prisoner) by 2020-03-10, with 850 claimed, none confirmed, terms disputed; waiting for "
        "it: start talks (set for 2020-03-10); Taliban likewise up to 1,000 persons (goa prisoner), with 106 "
        "confirmed, 112 claimed; also late: 2 more; 3 commitments wait for one another in a circle"
    ),
    "2020-09-12": (
        "United States of America promised to reduce forces (3,400 troops) by 2020-07-13, with 3,400 claimed, none "
        "confirmed; waiting for it: reduce forces (8,600 troops); United States of America promised to leave bases "
        "(5 bases) by 2020-07-13, with about 5 claimed, none confirmed; settled late: release up to 5,000 persons "
        "(taliban prisoner), release up to 1,000 persons (goa prisoner), start talks"
    ),
}


@pytest.mark.parametrize("day", SAID)
def test_the_four_days_of_2020(afghanistan: Casebook, day: str) -> None:
    """Who promised what by when, how far it got on both accounts, what is disputed, what waits: the heaviest first."""
    view = afghanistan.status(OPERATOR, date.fromisoformat(day))
    said = str(troubles(view.rows, view.rings))
    assert said == SAID[day]
    assert len(said.split()) <= 68


def test_the_sentence_has_no_ids(afghanistan: Casebook) -> None:
    """A reader who does not know the file meets no id, on any day of half a year."""
    commitments = [one.id for one in afghanistan.agreement(OPERATOR).commitments if "-" in one.id]
    for ordinal in range(date(2020, 3, 1).toordinal(), date(2020, 9, 20).toordinal(), 5):
        view = afghanistan.status(OPERATOR, date.fromordinal(ordinal))
        said = str(troubles(view.rows, view.rings))
        assert not [name for name in commitments if name in said]
        assert "_" not in said
        assert ".." not in said


def test_at_most_three_are_named() -> None:
    """Of five late ones three are named and two counted; what waits for several of them is named once."""
    agreement = (ROOT / "tests/data/two-lists/agreement.yaml").read_text("utf-8")
    head, _, _ = agreement.partition("commitments:")
    text = head + "commitments:\n" + "".join(
        f"  - {{id: part-{number}, of: pact, by: a, to: b, mode: achieve, act: clear_road, "
        f"amount: {{exactly: {number}, unit: roads}}, when: {{by: day {number}}}, source: the pact}}\n"
        for number in range(2, 7)
    ) + (
        "  - {id: last, of: pact, by: b, to: a, mode: achieve, act: open_gate, amount: {exactly: 1, unit: gate}, "
        "when: {by: day 6}, requires: [{complete: part-2, clock: run}, {complete: part-3, clock: run}], "
        "source: the pact}\n"
    )  # fmt: skip
    view = casebook_of(text.encode()).status(OPERATOR, date(2025, 1, 20))
    assert str(troubles(view.rows, view.rings)) == (
        "A promised to clear road (2 roads) by 2025-01-03, with none reported; waiting for it: open gate (set for "
        "2025-01-07); A promised to clear road (3 roads) by 2025-01-04, with none reported; A promised to clear road "
        "(4 roads) by 2025-01-05, with none reported; also late: 2 more"
    )


def test_behind_a_pace(afghanistan: Casebook) -> None:
    """Late before the last day: what had to be done by now is said instead of a day."""
    view = afghanistan.status(OPERATOR, date(2020, 3, 20))
    rows = [row for row in view.rows if row.id == "decree-first-1500"]
    assert str(troubles(rows, ())) == (
        "Government of the Islamic Republic of Afghanistan promised to release 1,500 persons (decree priority) "
        "(600 required by now), with none reported, terms disputed"
    )


def test_a_promise_to_refrain() -> None:
    """Where nothing is counted, the violation is said."""
    casebook = casebook_of((ROOT / "tests/data/two-lists/agreement.yaml").read_bytes())
    casebook.import_journal(OPERATOR, (ROOT / "tests/data/two-lists/journal.jsonl").read_bytes())
    day = date(2025, 1, 12)
    view = casebook.status(OPERATOR, day)
    others = "B promised to release 30 persons (10 required by now), with none reported, terms disputed"
    assert str(troubles(view.rows, view.rings)) == f"{others}; settled late: release 10 persons (person)"
    found = {"id": "v2", "at": "2025-01-11", "kind": "attest", "ref": "v1", "verdict": "verified", "by": "icrc"}
    casebook.import_journal(OPERATOR, journal_bytes("two-lists", found))
    view = casebook.status(OPERATOR, day)
    assert str(troubles(view.rows, view.rings)) == (
        f"{others}; A, B promised not to attack: a violation is verified; settled late: release 10 persons (person)"
    )
