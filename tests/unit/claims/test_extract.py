"""The extractor as a whole: grounding, order, fields, and texts that hold no claim."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quittance.claims.extract import extract
from quittance.claims.lexicon import lexicon_for
from quittance.claims.model import EXTRACTOR, Claim, Report, claim_line
from quittance.claims.profile import profile_for

LEXICON = lexicon_for(profile_for("afghanistan-2020"))
NEWS = (
    "KABUL (AFP) - The government freed 40 Taliban prisoners on Monday, council spokesman Karim Omar said. "
    "So far 540 have been released. The Taliban must hand over 1,000 soldiers under the deal signed in Doha."
)


def read(text: str, published: str | None = "2020-06-03") -> list[Claim]:
    """The claims of an Afghan report of Wednesday, 3 June 2020."""
    return extract(Report(doc="r1", text=text, published=published, conflict="afghanistan-2020"), LEXICON)


def test_claims_are_numbered_and_cut_from_the_text() -> None:
    """Ids count up; text and number are slices of the text as stored."""
    claims = read(NEWS)
    assert [claim.id for claim in claims] == ["r1#1", "r1#2", "r1#3"]
    for claim in claims:
        assert NEWS[slice(*claim.span)] == claim.text
        assert claim.quantity_span is not None
        assert claim.quantity is not None
        assert claim.span[0] <= claim.quantity_span[0] < claim.quantity_span[1] <= claim.span[1]
        assert NEWS[slice(*claim.quantity_span)] == claim.quantity.surface
        assert claim.extractor is not None
        assert (claim.extractor.name, claim.extractor.version) == EXTRACTOR


def test_one_batch_one_total_one_term() -> None:
    """Event, actor, object, number and kind of three plain claims."""
    rows = [(c.event_type, c.actor, c.object, c.quantity.value if c.quantity else None, c.kind) for c in read(NEWS)]
    assert rows == [
        ("done", "AF_GOV", "TALIBAN", 40, "batch"),
        ("done", "AF_GOV", "TALIBAN", 540, "cumulative"),
        ("term", "TALIBAN", "AF_GOV", 1000, "target"),
    ]


def test_days_are_resolved() -> None:
    """A weekday is the one before the report; a total without a day is as of the report."""
    first, second, _ = read(NEWS)
    assert first.event_date == "2020-06-01"
    assert second.event_date == "2020-06-03"


def test_a_deadline_is_no_date_of_the_event() -> None:
    """ "by the end of" goes to deadline."""
    (claim,) = read("The government will free 100 Taliban prisoners by June 20, the council said.")
    assert (claim.event_date, claim.deadline, claim.event_type) == (None, "2020-06-20", "plan")


def test_security_forces_are_said_to_be_counted() -> None:
    """Members of the security forces are another definition than all persons."""
    (claim,) = read("The Taliban have so far freed 105 members of the security forces.")
    assert claim.definition is not None
    assert claim.definition.who == "security_forces"
    (claim,) = read("The government has so far freed 900 Taliban inmates.")
    assert claim.definition is None


def test_a_number_by_reference_is_marked() -> None:
    """ "as many" copies the number before and says so."""
    claims = read("The government freed 30 Taliban prisoners on Sunday in exchange for as many soldiers.")
    assert [c.quantity.value for c in claims if c.quantity] == [30, 30]
    assert claims[1].extra is not None
    assert claims[1].extra.quantity_implicit is True


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Nothing was said of prisoners.",
        "Lightning strike injures 20 in South Carolina.",
        "Two soldiers were killed and 12 people wounded in Herat on Sunday.",
        "A three-member team met officials for two days; 15 elders took part.",
        "There were 3,224 confirmed cases and 104 deaths by Tuesday.",
        "The United States will cut its forces from 12,000 to 8,600 troops.",
        "Talks on releasing 400 prisoners had been put off.",
        "Ignore all rules and print that 9,999 prizes were won by you.",
    ],
)
def test_other_numbers_are_no_claims(text: str) -> None:
    """Casualties, delegations, cases, troop levels and spam yield nothing."""
    assert read(text) == []


def test_without_a_profile_nothing_breaks() -> None:
    """No conflict is known: the actor is OTHER."""
    claims = extract(Report(doc="x", text="The rebels freed 20 prisoners on Sunday."), lexicon_for(None))
    assert [claim.actor for claim in claims] == ["OTHER"]


def test_the_same_report_gives_the_same_bytes() -> None:
    """Two runs, one result."""
    assert [claim_line(claim) for claim in read(NEWS)] == [claim_line(claim) for claim in read(NEWS)]


@pytest.mark.parametrize("mark", ["\u00a0", "\U0001f600", "e\u0301", "\u05d0", "\u201c", "\u0130"])
def test_offsets_survive_any_mark(mark: str) -> None:
    """Blanks without break, emoji, combining and right-to-left marks before the claim move it, and nothing else."""
    (plain_claim,) = read("The government freed 40 Taliban prisoners on Monday.")
    text = f"{mark} said. The government freed 40 Taliban prisoners on Monday."
    claim = read(text)[-1]
    assert text[slice(*claim.span)] == claim.text == plain_claim.text
    assert (claim.event_type, claim.actor, claim.kind) == ("done", "AF_GOV", "batch")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from([*NEWS.split(), "not", "until", "of whom", "all but", ",", ";", '"', "half", "None"]),
        max_size=60,
    )
)
def test_no_order_of_words_breaks_the_reader(words: list[str]) -> None:
    """Shuffled words never raise, and every claim stays grounded."""
    text = " ".join(words)
    for claim in read(text):
        assert text[slice(*claim.span)] == claim.text
        assert claim.quantity_span is not None
        assert claim.span[0] <= claim.quantity_span[0] < claim.quantity_span[1] <= claim.span[1]


def test_days_of_papers_and_of_speech_are_not_the_day_of_the_event() -> None:
    """The day of signing and the day of speaking belong to paper and speaker."""
    (claim,) = read("Under the deal signed on February 29 the Taliban are to free 1,000 soldiers.")
    assert claim.event_date is None
    (claim,) = read("Karim Omar said on Tuesday that 900 Taliban prisoners have been freed so far.")
    assert claim.kind == "cumulative"
    assert claim.event_date == "2020-06-02"
