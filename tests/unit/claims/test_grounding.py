"""Whatever a text is, the extractor neither breaks nor says what does not stand in it, and does not take for ever."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fuzz.limits import in_time
from tests.fuzz.reports import DAY, TEXTS, is_grounded, lexicon

from quittance.claims.extract import extract
from quittance.claims.model import Claim, Report, claim_line, read_claim
from quittance.claims.numbers import find_figures
from quittance.claims.text import plain, sentences

ODD = [
    "\u00a0",
    "\u202f",
    "\u201c",
    "\u201d",
    "\u00ab",
    "'",
    '"',
    "\U0001f600",
    "e\u0301",
    "\u202e",
    "\u05d0",
    "\u0130",
    "\u2014",
]
PIECES = [
    *(
        "The Taliban ",
        "freed ",
        "100 ",
        "5 147 ",
        "prisoners ",
        "said ",
        "not one ",
        "of whom ",
        "the deal ",
        "on Monday ",
    ),
    *(
        "between 1 and ",
        "half of ",
        "Faisal ",
        ". ",
        "; ",
        ", ",
        "\n",
        "(AFP) - ",
        "1,000 each ",
        "so far ",
        "last ",
        "40%",
    ),
    *("Afghan government ", "another ", "two-hundred fifty ", "1,0", "00", "2020 ", "March 31 ", "-", "9" * 30),
]


def grounded(text: str, day: str | None = DAY) -> list[Claim]:
    """The claims of a text, each held against it."""
    report = Report(doc="d", text=text, published=day)
    found = extract(report, lexicon())
    for claim in found:
        is_grounded(claim, report)
        assert read_claim(claim_line(claim)) == claim
    assert len({claim.id for claim in found}) == len(found)
    return found


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text(text):
    """Random text of any script is read without breaking."""
    grounded(text)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes(data):
    """Random bytes, as they come out of decoding, are read without breaking."""
    grounded(data.decode("utf-8", "replace"))
    grounded(data.decode("latin-1"))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.sampled_from(ODD), max_size=40))
def test_words_of_reports_in_any_order(pieces):
    """What reports are made of, thrown together, gives grounded claims only."""
    grounded("".join(pieces))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(TEXTS), st.lists(st.tuples(st.floats(0, 1), st.sampled_from(ODD)), max_size=6))
def test_odd_characters_anywhere(text, marks):
    """Odd blanks, curly quotes, emoji, combining and right-to-left marks put anywhere keep offsets right."""
    for where, mark in marks:
        at = int(where * len(text))
        text = text[:at] + mark + text[at:]
    grounded(text)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(TEXTS), st.sampled_from(["\u00a0", "\u202f", "\u2009", " "]))
def test_blanks_of_any_kind_are_one(text, blank):
    """Which kind of blank stands between words changes no claim but its words."""
    plainly = [(claim.span, claim.quantity_span, claim.kind, claim.actor) for claim in grounded(plain(text))]
    other = [
        (claim.span, claim.quantity_span, claim.kind, claim.actor)
        for claim in grounded(plain(text).replace(" ", blank))
    ]
    assert other == plainly


@pytest.mark.parametrize("day", [None, "", "yesterday", "2020-13-45", "0001-01-01", "9999-12-31"])
def test_a_report_of_any_day(day):
    """Without a day of publication, or with one that is none or at the end of the calendar, nothing breaks."""
    for text in TEXTS:
        grounded(text, day)


LONG = {
    "stops": f"{TEXTS[0]} ",
    "no stop": TEXTS[0].replace(".", ","),
    "quotation marks": "\u201c\"'(\u00ab",
    "numbers": "1,000 ",
    "digits": "9",
    "number words": "hundred and ",
    "blanks": " ",
    "breaks": "\n",
    "letters": "a",
    "names": "Davud Amiri ",
    "releases": "freed 100 prisoners ",
    "parts": "100 of ",
    "ranges": "between 1 and ",
    "days": "on Monday and ",
}


@pytest.mark.parametrize("unit", LONG.values(), ids=LONG)
def test_a_long_line_takes_linear_time(unit):
    """Thirty thousand characters of anything in one line, or in very many, come to an end."""
    with in_time(20):
        grounded((unit * (30_000 // len(unit) + 1))[:30_000])


def test_a_megabyte_in_one_line():
    """A line of a megabyte is cut into figures and sentences."""
    text = (TEXTS[0].replace(".", ",") * 4_000)[:1_000_000]
    with in_time(60):
        assert find_figures(plain(text))
        assert all(start < end for start, end in sentences(plain(text)))
