"""The query string: what is read from it, and what is written back."""

from __future__ import annotations

from datetime import date

import pytest

from quittance.web.question import ask, paging, step


@pytest.fixture(autouse=True)
def _django(client):
    """Messages need Django's translations."""


def test_an_empty_query_asks_nothing():
    """No dates, no reading, no errors."""
    question = ask({})
    assert (question.as_of, question.known_by, question.party, question.status) == (None, None, None, 200)


def test_a_good_query_is_read_and_written_back_in_one_order():
    """Whatever the order in which it came; unknown fields are dropped."""
    question = ask({"party": "a", "x": "1", "known_by": "2020-05-06", "as_of": "2020-05-05"}, ["a"])
    assert (question.as_of, question.known_by, question.party) == (date(2020, 5, 5), date(2020, 5, 6), "a")
    assert question.query() == "?as_of=2020-05-05&known_by=2020-05-06&party=a"


def test_a_change_replaces_one_field_and_forgets_the_page():
    """The page number belongs to the old question."""
    question = ask({"as_of": "2020-05-05", "page": "3"})
    assert question.query(as_of="2020-05-06") == "?as_of=2020-05-06"
    assert question.query(as_of="") == "?"
    assert question.query(page="2") == "?as_of=2020-05-05&page=2"


def test_a_bad_value_is_not_carried_on():
    """It stands in `errors`, and no link repeats it."""
    question = ask({"as_of": "31/3/2020", "known_by": "2020-05-05", "party": "x"}, ["a"])
    assert set(question.errors) == {"as_of", "party"}
    assert question.status == 400
    assert question.query() == "?known_by=2020-05-05"


@pytest.mark.parametrize(("text", "number", "status"), [("1", 1, 200), ("3", 3, 200), ("4", 1, 400), ("0", 1, 400)])
def test_a_page_is_one_that_exists(text, number, status):
    """Any other is page one, with 400."""
    place, question = paging(ask({"page": text}), 101, 50)
    assert (place.page, place.pages, question.status) == (number, 3, status)


@pytest.mark.parametrize("text", ["-1", "x", "１", "1e3", "9" * 200])
def test_a_page_that_is_no_number_is_page_one(text):
    """With 400, and without an exception."""
    assert paging(ask({"page": text}), 101, 50)[0].page == 1


def test_the_pages_beside_a_page():
    """Nothing is newer than the first and older than the last; no things make one page."""
    beside = [(place.newer, place.older) for place in (paging(ask({"page": n}), 101, 50)[0] for n in "123")]
    assert beside == [(0, 2), (1, 3), (2, 0)]
    assert paging(ask({}), 0, 50)[0].pages == 1


def test_the_calendar_has_ends():
    """The day after the last day is the last day."""
    assert step(date.max, 1) == date.max
    assert step(date.min, -1) == date.min
    assert step(date(2020, 2, 28), 1) == date(2020, 2, 29)
