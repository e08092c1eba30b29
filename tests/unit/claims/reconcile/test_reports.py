"""Inside one report, and what a side takes back: headline, inside, premature."""

from __future__ import annotations

from tests.unit.claims.reconcile.saying import failing, flagged, say, told, verdicts

from quittance.claims.model import OUTLET


def test_headline_gives_way_to_the_text():
    """A headline that says done over a text that says begun is superseded; the text's number is the plan."""
    said = told(
        say("h", 400, None, OUTLET, kind="remaining", channel="headline", doc="r"),
        say("p", 400, None, event="plan", kind="remaining", doc="r"),
        say("b", 80, 3, kind="batch", doc="r", said=4),
    )
    assert failing(said, "headline") == {"h"}
    assert verdicts(said) == {"h": "superseded", "p": "consistent", "b": "consistent"}
    assert said.of("r#h").arithmetic == ("headline: 400 done; text: 400 begun or planned, 80 of 400 done",)


def test_headline_with_another_number():
    """A headline with a number that its text does not give is superseded."""
    head = say("h", 40, 3, OUTLET, kind="batch", channel="headline", doc="r")
    assert failing(told(head, say("b", 16, 3, kind="batch", doc="r")), "headline") == {"h"}


def test_headline_that_its_text_bears_out():
    """A headline with the text's number passes, rounded or not."""
    head = say("h", 400, 3, OUTLET, kind="batch", channel="headline", doc="r")
    assert failing(told(head, say("b", 402, 3, kind="batch", doc="r")), "headline") == set()


def test_inside_keeps_and_flags_both():
    """Two totals in one report are kept and flagged; the one with a source is consistent, the other unattributed."""
    said = told(say("s", 4019, 9), say("a", 4080, 12, OUTLET, doc="r", said=13), say("b", 4019, 13, OUTLET, doc="r"))
    assert flagged(said, "inside") == {"a", "b"}
    assert verdicts(said) == {"s": "consistent", "a": "unattributed", "b": "consistent"}


def test_inside_passes_for_totals_of_two_days():
    """Totals of two stated days in one report are a course of events."""
    said = told(say("a", 100, 3, doc="r", said=9), say("b", 140, 9, doc="r"))
    assert flagged(said, "inside") == set()


def test_premature_total():
    """A total that the same side later dates to the next day is superseded, and the sum is named."""
    said = told(
        say("t", 2710, 30, said=31),
        say("d", 3000, 31),
        say("p", 3000, 32, event="plan", said=32),
        say("b", 290, 32, event="plan", kind="batch", said=32),
    )
    assert failing(said, "premature") == {"d"}
    assert verdicts(said)["p"] == "consistent"
    assert any("2,710 + 290 = 3,000" in words for words in said.of("p#p").arithmetic)


def test_premature_batch_and_what_contains_it():
    """A batch that the same side denies is superseded, and so is the whole that is the sum with it."""
    said = told(
        say("a", 290, 31, kind="batch"),
        say("b", 710, 31, kind="batch"),
        say("w", 1000, 31, kind="batch"),
        say("n", 290, None, event="reject", kind="batch", said=32),
    )
    assert failing(said, "premature") == {"a", "w"}
    assert verdicts(said)["b"] == "consistent"


def test_premature_needs_the_same_side_and_number():
    """The other side's denial, or a plan for another batch, takes nothing back."""
    denied = told(say("a", 290, 31, kind="batch"), say("n", 290, None, "SOUTH", event="reject", kind="batch", said=32))
    assert failing(denied, "premature") == set()
    planned = told(say("a", 100, 8, kind="batch"), say("p", 100, 9, event="plan", kind="batch", said=9))
    assert failing(planned, "premature") == set()


def test_headline_that_sums_its_text():
    """A headline with the sum of the text's numbers is borne out."""
    head = say("h", 16, 3, OUTLET, kind="batch", channel="headline", doc="r")
    body = [say("a", 15, 3, kind="batch", doc="r"), say("b", 1, 3, kind="batch", doc="r")]
    assert failing(told(head, *body), "headline") == set()
