"""The timeline: days, silences, and curves."""

from __future__ import annotations

from datetime import date

import pytest

from quittance.casebook import Casebook
from quittance.visibility import OPERATOR


def test_days_and_silences(two_lists: Casebook) -> None:
    """Days in order, each with its entries and the days since the one before."""
    view = two_lists.timeline(OPERATOR, date(2025, 1, 12))
    assert [(day.day, day.gap, [line.id for line in day.entries]) for day in view.days] == [
        ("2025-01-05", 0, ["a1", "n1"]),
        ("2025-01-08", 3, ["v1"]),
        ("2025-01-09", 1, ["b1"]),
        ("2025-01-10", 1, ["a2", "x1", "n2"]),
    ]
    assert (view.first, view.last) == (date(2025, 1, 1), date(2025, 1, 12))


def test_what_was_not_known_is_not_shown(two_lists: Casebook) -> None:
    """Seen from the 10th, the attestation recorded on the 12th does not exist."""
    shown = [line.id for day in two_lists.timeline(OPERATOR, date(2025, 1, 10)).days for line in day.entries]
    assert "a2" in shown
    assert "n2" not in shown


def test_an_entry_carries_its_findings_and_its_delay(two_lists: Casebook) -> None:
    """The attestation stands beside what it attests; the days to its recording are counted."""
    lines = {line.id: line for day in two_lists.timeline(OPERATOR, date(2025, 1, 12)).days for line in day.entries}
    assert lines["a2"].findings == ("n2",)
    assert (lines["n2"].delay, lines["a2"].delay) == (2, 0)
    assert lines["b1"].about
    assert not lines["a1"].about
    assert [lines[name].lane for name in ("a1", "b1", "v1")] == ["handovers", "claims", "disputes"]


def test_curves(two_lists: Casebook) -> None:
    """Verified, each speaker's own figure, and what is required from the day after the last good day."""
    view = two_lists.timeline(OPERATOR, date(2025, 1, 12))
    first = next(series for series in view.series if series.commitment == "first")
    assert first.verified == ((date(2025, 1, 5), 6), (date(2025, 1, 10), 10))
    assert {one.speaker.id: one.steps for one in first.speakers} == {
        "a": ((date(2025, 1, 5), 6), (date(2025, 1, 10), 10)),
        "b": ((date(2025, 1, 9), 8),),
    }
    assert first.required == ((date(2025, 1, 7), 10),)


def test_curves_in_one_partys_reading(two_lists: Casebook) -> None:
    """B reads eight for thirty, by day 14 alone: the required curve is B's, what was handed over is everyone's."""
    day = date(2025, 1, 20)
    text, read = two_lists.timeline(OPERATOR, day), two_lists.timeline(OPERATOR, day, party="b")
    assert text.party is None
    assert read.party is not None
    assert read.party.name == "B"
    curves = {series.commitment: series for series in text.series}
    curves_of_b = {series.commitment: series for series in read.series}
    assert curves["second"].required == ((date(2025, 1, 11), 10), (date(2025, 1, 16), 30))
    assert curves_of_b["second"].required == ((date(2025, 1, 16), 8),)
    assert (curves["second"].total, curves_of_b["second"].total) == (30, 8)
    assert curves_of_b["first"] == curves["first"]
    assert read.days == text.days


def test_a_promise_without_a_count_has_no_curve(two_lists: Casebook) -> None:
    """Promises to refrain are not drawn."""
    view = two_lists.timeline(OPERATOR, date(2025, 1, 12))
    assert "quiet" not in [series.commitment for series in view.series]


@pytest.mark.parametrize("party", [None, "taliban", "goa"])
@pytest.mark.parametrize("day", [date(2020, 4, 9), date(2020, 8, 1), date(2020, 9, 12)])
def test_curves_end_at_the_verdict(afghanistan: Casebook, day: date, party: str | None) -> None:
    """The last value of every curve is the figure of the same day's status."""
    view, status = afghanistan.timeline(OPERATOR, day, party=party), afghanistan.status(OPERATOR, day, party=party)
    for series in view.series:
        row = status.row(series.commitment)
        assert (series.verified[-1][1] if series.verified else 0) == row.verified
        assert {one.speaker.id: one.steps[-1][1] for one in series.speakers} == {
            one.speaker.id: one.figure for one in row.speakers
        }
        for steps in (series.verified, series.required, *(one.steps for one in series.speakers)):
            assert list(steps) == sorted(dict(steps).items())


def test_nothing_yet(empty: Casebook) -> None:
    """An empty journal says what to do."""
    view = empty.timeline(OPERATOR, date(2025, 1, 2))
    assert str(view.headline) == "No entries yet. Import a journal."
    assert view.days == ()
