"""A source that is a place in a report, opened to its words."""

from __future__ import annotations

import pytest

from quittance.claims.model import Report
from quittance.views.quotes import AROUND, is_place, place_in, quote, quotes, short

SHA = "ab" * 32
TEXT = "First line.\nKabul says \u2068850\u2069 are free, and more.\nLast line."
REPORT = Report(doc="r1", text=TEXT, sha256=SHA, outlet="An Outlet", published="2020-05-05", url="https://x.example/y")


def test_words_stand_in_their_line():
    """What is shown around them ends with the line; the number is found inside the words."""
    start, end = TEXT.index("says"), TEXT.index(", and")
    number = (TEXT.index("850"), TEXT.index("850") + 3)
    found = quote(REPORT, (start, end), number)
    assert (found.before, found.text, found.after) == ("Kabul ", TEXT[start:end], ", and more.")
    assert found.parts == ("says \u2068", "850", "\u2069 are free")
    assert quote(REPORT, (start, end), None).parts == (TEXT[start:end], "", "")


@pytest.mark.parametrize("span", [(0, 10_000), (10_000, 20_000), (20, 5)])
def test_a_place_outside_the_text_shows_nothing_wrong(span):
    """A source that somebody wrote by hand may name a place that is none; it is cut to the text."""
    found = quote(REPORT, span, (30_000, 40_000))
    assert found.number is None
    assert found.text in TEXT


def test_a_long_line_is_cut():
    """No more than so many characters before and after the words."""
    report = Report(doc="r", text="x" * 5_000, sha256=SHA)
    found = quote(report, (2_000, 2_010), None)
    assert (len(found.before), len(found.after)) == (AROUND, AROUND)


def test_sources_and_their_words():
    """Only places in reports have words; one that cannot be shown says why."""
    sources = ("https://x.example/", f"report:{SHA}#0-5,0-5", f"report:{'cd' * 32}#1-2", "report:short#1-2")
    reports = {SHA: REPORT}
    found = quotes(sources, lambda sha256: reports.get(sha256, "missing"))
    assert [(one.state, one.text) for one in found] == [("here", "First"), ("missing", "")]
    assert [one.state for one in quotes(sources, lambda _: "changed")] == ["changed", "changed"]
    assert [one.state for one in quotes(sources, None)] == ["missing", "missing"]


@pytest.mark.parametrize(
    "source", ["", "x", f"report:{SHA}", f"report:{SHA}#1", f"report:{SHA.upper()}#1-2", f"report:{SHA}#1-2,3"]
)
def test_what_is_no_place(source):
    """It is shown as it is."""
    assert not is_place(source)
    assert place_in(source) is None
    assert short(source) == source


def test_a_place_among_other_sources_is_short():
    """The first digits of the report, and where in it."""
    assert short(f"report:{SHA}#12-80,20-23") == "report abababababab, characters 12 to 80"
    assert place_in(f"report:{SHA}#12-80,20-23") == (SHA, (12, 80), (20, 23))
