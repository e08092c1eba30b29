"""The status view on the small case and on the example of 2020."""

from __future__ import annotations

from datetime import date

from quittance.casebook import Casebook
from quittance.visibility import OPERATOR


def test_before_anything_is_known(empty: Casebook) -> None:
    """Rows in file order, nothing late, the nearest deadline is what is next."""
    view = empty.status(OPERATOR, date(2025, 1, 2))
    assert [row.id for row in view.rows] == ["first", "second", "quiet", "office"]
    assert view.late == ()
    assert str(view.headline) == (
        "Nothing is late; next due: first, 2025-01-06; 0 of 10 persons verified; nobody gives a figure"
    )
    assert [(due.commitment, due.day, due.days_left) for due in view.next_due] == [
        ("first", "2025-01-06", 4),
        ("office", "2025-01-11", 9),
    ]


def test_before_the_instrument_begins(empty: Casebook) -> None:
    """A commitment of a paper that has not begun is pending, and its deadline is nobody's next deadline."""
    view = empty.status(OPERATOR, date(2024, 12, 1))
    assert {row.status for row in view.rows} == {"pending"}
    assert not any(row.begun for row in view.rows)
    assert view.next_due == ()
    assert str(view.headline) == "Nothing is late or due; commitments that have not begun: 4"


def test_late_and_waiting(two_lists: Casebook) -> None:
    """The late commitment leads, with its figure, and with what waits for it."""
    view = two_lists.status(OPERATOR, date(2025, 1, 7))
    assert str(view.headline) == (
        "first: 6 of 10 persons, verified by ICRC; overdue since 2025-01-06; waiting for it: second"
    )
    assert view.late == ("first",)
    assert view.row("first").late_days == 1
    assert [wait.label for wait in view.row("second").waits] == ["complete:first"]
    assert [(chain.commitments, chain.ends_in_ring) for chain in view.chains] == [(("second", "first"), False)]
    assert view.row("first").last_evidence_age == 2


def test_two_dates_give_two_answers(two_lists: Casebook) -> None:
    """The attestation that became known on the 12th changes the 10th for whoever asks from the 12th on."""
    day = date(2025, 1, 10)
    then, now = two_lists.status(OPERATOR, day), two_lists.status(OPERATOR, day, date(2025, 1, 12))
    assert (then.row("first").status, now.row("first").status) == ("overdue", "fulfilled_late")
    assert (then.as_of, then.known_by) == ("2025-01-10", "2025-01-10")
    assert (now.as_of, now.known_by) == ("2025-01-10", "2025-01-12")


def test_in_one_partys_reading(two_lists: Casebook) -> None:
    """B reads eight for thirty; the view says whose reading it is in."""
    view = two_lists.status(OPERATOR, date(2025, 1, 12), party="b")
    assert view.party is not None
    assert view.party.name == "B"
    assert view.row("second").total == 8


def test_what_belongs_to_no_commitment(two_lists: Casebook) -> None:
    """A handover that names no commitment is shown, and counted nowhere."""
    assert two_lists.status(OPERATOR, date(2025, 1, 9)).outside == ()
    outside = two_lists.status(OPERATOR, date(2025, 1, 10)).outside
    assert [(line.id, str(line.words)) for line in outside] == [("x1", "A reports 2, under no commitment")]


def test_the_ring_of_march_2020(afghanistan: Casebook) -> None:
    """On 11 March three commitments wait for one another, and what two sides ask for cannot be met together."""
    view = afghanistan.status(OPERATOR, date(2020, 3, 11))
    assert [ring.commitments for ring in view.rings] == [("decree-next-3500", "talks", "release-taliban")]
    assert view.clashes[0].days_short == 97
