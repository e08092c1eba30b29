"""From an accepted claim to a fact: which entry it becomes, and why others stay claims."""

from __future__ import annotations

from datetime import date

import pytest
from tests.reported import AGREEMENT, GOA, OUTLET, TALIBAN, claim_in

from quittance.agreement.journal import Attest, ListGive, Perform, Total
from quittance.agreement.load import load_agreement
from quittance.claims.facts import (
    STAYS,
    UNDATED,
    Case,
    commitments_of,
    fact_of,
    same_handover,
    same_report,
    sources_of,
    whole_of,
)
from quittance.claims.model import Claimant, Definition, Extra, Quantity

DOHA = load_agreement(AGREEMENT)
CASE = Case.of(DOHA)
TEXT = "They say that 850 are free."
KNOWN = date(2020, 5, 5)


def fact(of=None, known=KNOWN, **fields):
    return fact_of(claim_in(TEXT, "850 are free", "850", **fields), CASE, "claim-1", ["report:x"], known, of)


def counted(modality, value=850, low=850, high=850):
    return {"quantity": Quantity(value=value, low=low, high=high, modality=modality, surface="850")}


def test_a_total_and_a_batch_are_what_a_party_reports():
    """A running total is a total, a batch a handover; both say who says it, when, when it was public, and where."""
    total = fact()
    assert total == Total(
        id="claim-1", at="2020-05-04", known="2020-05-05", source=["report:x"], of=["release-taliban"], n=850, by="goa"
    )
    batch = fact(kind="batch", claimant=TALIBAN)
    assert isinstance(batch, Perform)
    assert (batch.by, batch.party, batch.n, batch.of) == ("taliban", "goa", 850, ["release-taliban"])
    assert fact(actor="taliban", object="goa").of == ["release-goa"]


@pytest.mark.parametrize(
    ("why", "fields"),
    [
        *(("event", {"event_type": one}) for one in ("plan", "demand", "term", "reject", "held", "dispute", "cond")),
        *(("kind", {"kind": one}) for one in ("target", "remaining", "component", "rate", "other", "none", "list")),
        ("number", {"quantity": None}),
        *(("interval", counted(one)) for one in ("up_to", "less_than")),
        *(("interval", counted(one, None, None, None)) for one in ("range", "vague")),
        ("speaker", {"claimant": OUTLET}),
        ("speaker", {"claimant": Claimant(key="doha", role="document", side="AGREEMENT")}),
        ("speaker", {"claimant": Claimant(key="X_A_MAN", name="A Man")}),
        *(("actor", {"actor": one}) for one in ("BOTH", "OTHER")),
        ("commitment", {"actor": "france", "object": "goa"}),
        ("definition", {"definition": Definition(who="civilians")}),
        ("definition", {"definition": Definition(who="security_forces")}),
        ("list", {"event_type": "list", "kind": "list"}),
        ("list", {"event_type": "list", "kind": "list", "extra": Extra(to="us")}),
        ("day", {"event_date": "2020-05"}),
        ("day", {"event_date": None, "kind": "batch"}),
        ("future", {"event_date": "2020-05-06"}),
    ],
)
def test_what_stays_a_claim(why, fields):
    """Each with the reason that a reader is shown."""
    assert fact(**fields) == why
    assert STAYS[why]


def test_every_reason_is_tried():
    """No reason stands in the table that no claim can have."""
    marks = test_what_stays_a_claim.pytestmark[0].args[1]
    assert {why for why, _ in marks} == set(STAYS)


@pytest.mark.parametrize(
    ("modality", "note"),
    [
        ("exact", ""),
        ("at_least", "at least"),
        ("more_than", "more than"),
        ("nearly", "inferred"),
        ("about", "inferred"),
    ],
)
def test_a_number_with_a_word_before_it_says_so(modality, note):
    """The figure is the printed one, and the note says how it was printed; "about" is shown as an inferred figure."""
    found = fact(**counted(modality))
    assert found.n == 850
    assert note in found.note
    assert bool(found.note) == bool(note)


def test_the_day_of_a_fact():
    """Of an interval the last day; of an undated total that of the statement or the report, and the note says so."""
    assert fact(event_date="2020-05-01/2020-05-03").at == "2020-05-03"
    found = fact(event_date=None)
    assert (found.at, found.note) == ("2020-05-05", UNDATED)
    assert fact(event_date=None, statement_date="2020-05-02").at == "2020-05-02"
    assert fact(event_date=None, statement_date="2020-05-09").at == "2020-05-05"


def test_who_is_counted_decides_what_it_counts_toward():
    """A batch of a category goes under it; all, and those on the agreed list, are whom the commitment is about."""
    own = {"actor": "taliban", "object": "goa", "claimant": TALIBAN, "kind": "batch"}
    assert fact(**own, definition=Definition(who="security_forces")).cat == "security_forces"
    for who in ("unstated", "all_persons", "on_agreed_list"):
        assert fact(**own, definition=Definition(who=who)).cat is None


def test_a_reader_names_the_commitment():
    """What he names is taken, also a part of a promise, and none at all."""
    assert fact(of=["decree-first-1500"]).of == ["decree-first-1500"]
    assert fact(of=[], actor="france", claimant=GOA).of == []


def test_a_list_that_was_handed_over():
    """The list that the claim names, else the only one that its speaker gave to whom it says."""
    given = {"event_type": "list", "kind": "list", "extra": Extra(to="taliban"), "claimant": GOA}
    found = fact(**given)
    assert isinstance(found, ListGive)
    assert (found.list_, found.n, found.by) == ("list-goa", 850, "goa")
    theirs = given | {"claimant": TALIBAN, "extra": Extra(to="us")}
    for name in ("list-taliban-5000", "list-goa", "no-list"):
        named = theirs | {"definition": Definition(who="on_agreed_list", list=name)}
        assert fact(**named).list_ == "list-taliban-5000"
    assert fact(**theirs | {"extra": Extra(to="nobody")}) == "list"


def test_the_whole_that_a_side_owes():
    """One whole promise for each side on a day; none before it began, and none for a side that owes nothing."""
    assert commitments_of(DOHA, "goa", "taliban", KNOWN) == ["release-taliban"]
    assert commitments_of(DOHA, "taliban", "goa", KNOWN) == ["release-goa"]
    assert commitments_of(DOHA, "goa", "taliban", date(2020, 2, 1)) == []
    assert commitments_of(DOHA, "goa", "france", KNOWN) == []
    by_id = {one.id: one for one in DOHA.commitments}
    assert whole_of(by_id, "decree-first-1500") == "release-taliban"
    assert whole_of(by_id, "nothing") == "nothing"


def test_a_claimant_speaks_for_a_party():
    """By the side of a spokesman, or by the key of a voice of a party whose side is only called neutral."""
    assert CASE.speaker(GOA) == "goa"
    assert CASE.speaker(Claimant(key="ICRC", side="NEUTRAL")) == "icrc"
    assert CASE.speaker(Claimant(key="UN_SOMEBODY", side="NEUTRAL")) is None
    assert CASE.speaker(OUTLET) is None


def test_sources_name_the_host_and_the_place():
    """Of an address only the host: the rest is often the headline. The place is words and number in the kept text."""
    claim = claim_in(TEXT, "850 are free", "850")
    place = f"report:{'ab' * 32}#14-26,14-17"
    assert sources_of("ab" * 32, claim, "https://www.news.example:8443/a/secret-slug?q=1") == [
        "https://www.news.example/", place
    ]  # fmt: skip
    for address in (None, "", "ftp://x.example/y", "javascript:alert(1)", "not an address"):
        assert sources_of("ab" * 32, claim, address) == [place]
    assert sources_of("ab" * 32, claim_in(TEXT, "They say", ""), None) == [f"report:{'ab' * 32}#0-8"]


def test_one_thing_reported_twice():
    """The same party's same number of one day and whole is the same report; another party's is the same handover."""
    batch, total = fact(kind="batch"), fact()
    part = Perform(id="old", at="2020-05-04", of=["decree-first-1500"], n=850, by="goa")
    assert same_report(DOHA, batch, [part]) is part
    assert same_report(DOHA, total, [part]) is None
    for changed in ({"n": 851}, {"by": "taliban"}, {"at": "2020-05-03"}, {"of": ["release-goa"]}):
        given = {"id": "o", "at": "2020-05-04", "of": ["release-taliban"], "n": 850, "by": "goa"} | changed
        assert same_report(DOHA, batch, [Perform(**given)]) is None
        assert (same_handover(DOHA, batch, [Perform(**given)]) is not None) == ("by" in changed)
    linked = Perform(id="l", at="2020-05-04", of=["release-taliban"], n=850, by="taliban", same_as="old")
    assert same_handover(DOHA, batch, [linked]) is None
    assert same_handover(DOHA, total, [part]) is None
    assert same_report(DOHA, batch, [Attest(id="a", at="2020-05-04", ref="old", verdict="verified", by="goa")]) is None
