"""Figures against what is fixed: promises and lists, the calendar, the instrument's own words, the verified record."""

from __future__ import annotations

from datetime import date

import msgspec
from tests.unit.claims.reconcile.saying import LATE, PACT, failing, flagged, say, told, verdicts

from quittance.claims.model import OUTLET, Report
from quittance.claims.promises import Known, Promise
from quittance.claims.reconcile import reconcile

DECREE = Promise(actor="NORTH", value=150, instrument="DECREE", kind="decree", signed=date(2031, 1, 5))


def test_bound_fails_above_every_promise():
    """A total above the highest number promised is impossible, a soft one conflicting."""
    assert verdicts(told(say("a", 600, 3), promises=(PACT, DECREE)))["a"] == "impossible"
    assert verdicts(told(say("a", 700, 3, modality="about"), promises=(PACT,)))["a"] == "conflicting"


def test_bound_passes_within_the_highest():
    """A first stage of 150 does not bound what is promised as 500; a list of 700 raises the bound."""
    assert failing(told(say("a", 400, 3), promises=(PACT, DECREE)), "bound") == set()
    listed = say("l", 700, 1, "SOUTH", event="list", kind="list")
    assert failing(told(say("a", 600, 3), listed, promises=(PACT,)), "bound") == set()


def test_bound_needs_a_promise_older_than_the_series():
    """Releases that began before the agreement count from another start."""
    old = say("o", 40, 1, happened="2030-11-01", kind="batch")
    assert failing(told(old, say("a", 600, 3), promises=(PACT,)), "bound") == set()


def test_bound_of_one_list():
    """More released and remaining than one list names is impossible; fewer is not."""
    listed = say("l", 100, 1, "SOUTH", event="list", kind="list", who="on_agreed_list", on_list="L1")
    done = say("d", 90, 5, who="on_agreed_list", on_list="L1")

    def left(n: int):
        return say("r", n, 5, event="held", kind="remaining", who="on_agreed_list", on_list="L1")

    assert failing(told(listed, done, left(20)), "bound") == {"d", "r"}
    assert failing(told(listed, done, left(10)), "bound") == set()


def test_done_in_the_future_is_impossible():
    """What was reported done before its day is impossible; a plan for that day is not."""
    said = told(say("a", 20, 9, said=3, kind="batch"), say("b", 20, 9, said=3, kind="batch", event="plan"))
    assert verdicts(said) == {"a": "impossible", "b": "consistent"}
    assert flagged(said, "date") == {"a"}


def test_dates_of_the_agreement():
    """A signing day or a deadline that is not the agreement's is flagged, the right ones are not."""
    text = "the deal signed on February 2"
    wrong = say(
        "a", 500, None, event="term", kind="target", text=text, deadline="2031-07-01", key="PACT", by="AGREEMENT"
    )
    right = say("b", 500, None, event="term", kind="target", text="the deal signed on 1 January", deadline="2031-06-01")
    said = told(wrong, right, promises=(PACT,))
    assert flagged(said, "date") == {"a"}
    words = said.of("a#a").arithmetic
    assert "2 February for the signing; the agreement: 1 January 2031" in words
    assert "2031-07-01 as deadline; the agreement: 1 June 2031" in words


def test_instrument_is_quoted_with_its_own_number():
    """A decree's number ascribed to the deal is misattributed, in words or by a note; the deal's number is not."""
    wrong = say("a", 150, None, event="plan", kind="target", text="the 150 agreed under the deal")
    noted = say("b", 150, None, event="plan", kind="target", note="ascribed to PACT")
    right = say("c", 500, None, event="demand", kind="target", text="500 on the basis of the deal")
    plain = say("d", 150, None, event="plan", kind="target", text="will free 150")
    said = told(wrong, noted, right, plain, promises=(PACT, DECREE))
    assert flagged(said, "misattributed") == {"a", "b"}
    assert said.of("a#a").arithmetic == ("the document says 500, not 150; 150 is in DECREE",)


def test_record_verifies_in_its_definition():
    """A figure in which the verified total lies is verified, an open one too; another definition is not compared."""
    known = (Known(actor="NORTH", day=date(2031, 3, 3), total=100),)
    said = told(
        say("a", 100, 5, "SOUTH"),
        say("b", 90, 5, modality="more_than"),
        say("c", 60, 5, who="civilians"),
        say("d", 100, 3, kind="batch"),
        verified=known,
    )
    assert {claim: verdicts(said)[claim] for claim in "abd"} == {"a": "verified", "b": "verified", "d": "verified"}
    assert failing(said, "record") == set()
    assert said.series[1].rows[-1].best == 100


def test_record_contradicts():
    """A figure without the verified total is conflicting; below what was verified days before, impossible."""
    known = (Known(actor="NORTH", day=date(2031, 3, 3), total=100),)
    assert verdicts(told(say("a", 130, 3), verified=known))["a"] == "conflicting"
    assert verdicts(told(say("a", 80, 6), verified=known))["a"] == "impossible"
    assert verdicts(told(say("a", 120, 3, kind="batch"), verified=known))["a"] == "conflicting"


def test_record_is_silent_before_its_first_point():
    """Nothing is verified or contradicted before anything was attested."""
    known = (Known(actor="NORTH", day=date(2031, 3, 9), total=100),)
    assert verdicts(told(say("a", 130, 3, OUTLET), say("b", 130, 3), verified=known)) == {
        "a": "consistent",
        "b": "consistent",
    }


def test_reports_say_what_stands_beside_a_claim():
    """With the report at hand, the rest of the sentence ascribes a number, and another sentence dates the signing."""
    text = "Talks go on until 150 are free, the number agreed in the deal. The deal signed on 3 January names 500."
    free = text.index("150")
    claims = [
        msgspec.structs.replace(
            say("a", 150, None, event="plan", kind="target", doc="r", text=text[:30]), quantity_span=(free, free + 3)
        ),
        say("b", 500, None, "AGREEMENT", event="term", kind="target", doc="r", key="PACT"),
    ]
    report = Report(doc="r", text=text)
    said = reconcile(claims, {}, (PACT, DECREE), (), LATE, LATE, reports=[report])
    assert flagged(said, "misattributed") == {"a"}
    assert flagged(said, "date") == {"b"}
    assert flagged(reconcile(claims, {}, (PACT, DECREE), (), LATE, LATE), "date") == set()


def test_the_signing_of_a_decree_is_not_that_of_the_deal():
    """A sentence that dates a decree is not set against the agreement's day."""
    decree = say("a", 150, None, event="plan", kind="target", text="the decree signed on January 5 frees 150")
    assert flagged(told(decree, promises=(PACT, DECREE)), "date") == set()
