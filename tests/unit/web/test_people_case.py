"""The pages with people on a real case: two lists taken in, found, judged on the pages, signed, and joined."""

from __future__ import annotations

import re

import pytest
from tests.listed import ASKED, HELD, KEYS, ListedCase
from tests.unit.web.test_people_pages import post

from quittance.record.keys import key_id
from quittance.reviewbook import Reviewbook
from quittance.visibility import NEUTRAL
from quittance.web.case import KEY
from quittance.web.desk import DESK, Desk
from quittance.web.server import application
from quittance.web.visits import Visits

REVIEWER = KEYS["neutral-1"]
PAIR = re.compile(r"/en/review/([0-9A-Z-]{11})/([0-9A-Z-]{11})")


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """Two lists of invented people, in the vault and in the record."""
    made = ListedCase(tmp_path_factory.mktemp("people"))
    made.take("a", "held", HELD)
    made.take("b", "asked", ASKED)
    yield made
    made.close()


@pytest.fixture(scope="module")
def desk(case):
    """A desk on it."""
    tokens: list[str] = []
    found = Desk(case.book, Reviewbook(case.book), key_id(REVIEWER.public), Visits(), tokens.append)
    found.open_door()
    return found, tokens


@pytest.fixture(scope="module")
def inside(case, desk):
    """A browser within a visit."""
    from django.test import Client

    found, tokens = desk
    application(case.casebook)
    environ = {KEY: case.casebook, DESK: found}
    client = Client(headers={"host": "localhost"}, raise_request_exception=False, **environ)
    client.get("/en/enter", {"token": tokens[-1]})
    return client


def form_of(desk) -> str:
    """The token of the forms of the open visit."""
    return desk[0].visits._visit.form_token


def test_the_register_has_everybody_of_both_lists(inside):
    """Seven people from seven entries, counted by list and province, each count opening to its rows."""
    text = inside.get("/en/register").content.decode()
    assert "7 people stand on the lists." in text
    for row in (*HELD, *ASKED):
        assert row[1] in text
    for query in re.findall(r'<li><a href="(\?[^"]+)"', text):
        response = inside.get(f"/en/register{query}")
        assert response.status_code == 200
        assert '<th scope="row">' in response.content.decode()


def test_a_name_is_found_in_another_script(inside, desk):
    """Latin letters find the entry in Arabic script as well."""
    where = post(inside, "/en/register", form=form_of(desk), text="Javed Faisal").headers["Location"]
    text = inside.get(where).content.decode()
    assert "جاوید فیصل" in text
    assert "Javed Faisal</bdi>" in text


def test_the_lists_lead_into_the_record(inside, case):
    """Each version names its entry, and the link leads to a page that has it."""
    text = inside.get("/en/lists").content.decode()
    links = re.findall(r'href="(/en/record\?page=\d+)#(r-\d+)"', text)
    assert len(links) == 2
    for href, anchor in links:
        assert f'id="{anchor}"' in inside.get(href).content.decode()


def test_a_pair_is_judged_signed_and_joined(inside, desk, case):
    """The answer waits, sealed; signed by two reviewers the two entries are one person, who shows why."""
    text = inside.get("/ps/review").content.decode() and inside.get("/en/review").content.decode()
    (a, b) = PAIR.search(text).groups()
    question = inside.get(f"/en/review/{a}/{b}")
    assert question.status_code == 200
    assert inside.get(f"/ps/review/{b}/{a}").status_code == 200
    answered = post(inside, "/en/review", form=form_of(desk), a=a, b=b, answer="same", reason="other")
    assert answered.status_code == 303
    assert "quittance people sign" in inside.get("/en/review").content.decode()
    assert "no match recorded" in inside.get(f"/en/people/{a}").content.decode()
    for name in ("neutral-1", "neutral-2"):
        if name != "neutral-1":
            desk[0].reviewbook.answer(NEUTRAL, key_id(KEYS[name].public), a, b, "same", "other")
        desk[0].reviewbook.sign_answers(NEUTRAL, KEYS[name], case.casebook)
    person = inside.get(f"/en/people/{b}").content.decode()
    assert "matched</span>" in person
    assert person.count("<b>judged</b>: the same person") == 2
    assert "6 people stand on the lists." in inside.get("/en/register").content.decode()
    assert "No entry" not in person
    refused = post(inside, "/en/review", form=form_of(desk), a=a, b=b, answer="same", reason="other")
    assert refused.status_code == 409


def test_every_word_of_the_register_and_of_matching_has_a_name_here():
    """States, alerts, parts of a score, reasons, fields and grades: none is shown by its code."""
    from quittance.people.judgements import ANSWERS, GRADES, REASONS
    from quittance.people.matching import ALERTS as OF_PAIRS
    from quittance.people.matching.pairs import PARTS
    from quittance.people.model import FIELDS
    from quittance.views import people_wording as words
    from quittance.views.register import ALERTS, NOT_GIVEN, NOT_RECOGNISED, STATES
    from quittance.views.review import OVERALL
    from quittance.web.pages.person import COMPARED_TAGS, STATE_TAGS

    assert set(words.ALERT_WORDS) == {*ALERTS, *OF_PAIRS}
    assert set(words.PART_WORDS) >= {*PARTS, *OVERALL, *FIELDS}
    assert set(words.STATE_WORDS) == set(STATE_TAGS) == set(STATES)
    assert set(words.COMPARED_WORDS) == set(COMPARED_TAGS)
    assert set(words.REASON_WORDS) == set(REASONS)
    assert set(words.ANSWER_WORDS) == set(ANSWERS)
    assert set(words.FIELD_WORDS) == set(FIELDS)
    assert set(words.PLACE_WORDS) == {NOT_GIVEN[0], NOT_RECOGNISED[0]}
    assert [str(words.band_words(one)) for one in GRADES] == [
        *("0 to 10 in 100", "10 to 30 in 100", "30 to 50 in 100", "50 to 70 in 100", "70 to 90 in 100"),
        *("90 to 97 in 100", "97 in 100 or more", "no score"),
    ]


def test_a_code_of_nobody_and_a_text_that_is_none_are_404(inside):
    """As is a pair of an entry with itself."""
    for path in ("/people/00000-00000", "/people/x", "/review/00000-00000/00000-00001", "/review/x/y"):
        assert inside.get(f"/en{path}").status_code == 404
    text = inside.get("/en/register").content.decode()
    code = re.search(r"/en/people/([0-9A-Z-]{11})", text)[1]
    assert inside.get(f"/en/review/{code}/{code}").status_code == 404
