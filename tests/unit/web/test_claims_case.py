"""The claims desk on a real case: what the pages ask of it, what they keep there, and a desk without people."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.reported import FIRST, KEYS, OUTLET, TALIBAN, ReportedCase, claim_in
from tests.unit.web.test_people_pages import post

from quittance.visibility import OPERATOR
from quittance.web.case import KEY
from quittance.web.desk import DESK, Desk
from quittance.web.server import application
from quittance.web.visits import Visits

TEXT = "The government has freed 850 prisoners so far, its spokesman said. The movement counts 700."
COPY = "An outlet says that 850 prisoners are free."


class Pages:
    """A browser within a visit to the claims of a case; there is no vault."""

    def __init__(self, case: ReportedCase) -> None:
        tokens: list[str] = []
        self.case = case
        self.desk = Desk(None, None, FIRST, Visits(), tokens.append, claims=case.book)
        application(case.casebook)
        environ = {KEY: case.casebook, DESK: self.desk}
        self.client = Client(headers={"host": "localhost"}, raise_request_exception=False, **environ)  # type: ignore[arg-type]
        self.desk.open_door()
        self.entered = self.client.get("/en/enter", {"token": tokens[0]})

    def decide(self, code: str, report: str, answer: str, **fields: str):
        """A decision as its form sends it."""
        visit = self.desk.visits._visit
        assert visit is not None
        given = {"form": visit.form_token, "code": code, "report": report, "answer": answer, **fields}
        return post(self.client, "/en/claims", **given)


@pytest.fixture
def pages(tmp_path):
    """Two reports with three claims."""
    case = ReportedCase(tmp_path)
    case.take(
        "r1",
        TEXT,
        claim_in(TEXT, "The government has freed 850 prisoners so far", "850"),
        claim_in(TEXT, "The movement counts 700", "700", claimant=TALIBAN),
        record=True,
    )
    case.take("r2", COPY, claim_in(COPY, "850 prisoners are free", "850", claimant=OUTLET), published="2020-05-06")
    yield Pages(case)
    case.close()


def test_a_desk_without_people_opens_at_the_claims(pages):
    """Nothing of people stands in the navigation, and none of their pages is there."""
    assert pages.entered.headers["Location"] == "/en/claims"
    text = pages.client.get("/en/claims").content.decode()
    assert "2 reports" in text
    assert "/en/register" not in text
    for path in ("/register", "/review", "/lists", "/batches", "/sums", "/people/AAAAA-00001"):
        assert pages.client.get(f"/en{path}").status_code == 404


@pytest.mark.parametrize("language", ["en", "ps"])
def test_every_page_answers(pages, language):
    """Inbox, reports, series, origins, agreement."""
    reports = [f"claims/{one.sha256}" for one in pages.case.book.reports(OPERATOR)]
    for path in ("claims", "claims/series", "claims/origins", "claims/agreement", *reports):
        assert pages.client.get(f"/{language}/{path}").status_code == 200


def test_a_decision_made_here_is_signed_on_the_command_line_and_opens_from_its_figure(pages):
    """The draft is in the case; once signed, its entry links to the words in the report."""
    code = pages.case.code("r1")
    (line,) = [one for one in pages.case.book.claims(OPERATOR) if one.code == code]
    response = pages.decide(code, line.report, "accepted")
    assert response.status_code == 303
    (draft,) = pages.case.book.unsigned(OPERATOR, FIRST)
    assert (draft.code, draft.answer) == (code, "accepted")
    assert code in pages.client.get("/en/claims").content.decode().split("h-unsigned", 1)[1]
    signed = pages.case.book.sign(OPERATOR, KEYS["neutral-1"], pages.case.casebook)
    assert signed.judged == 1
    page = pages.client.get(f"/en/claims/{line.report}?c={code}").content.decode()
    assert f'id="c-{code}"' in page
    entry = pages.client.get(f"/en/entries/{signed.facts[0]}").content.decode()
    assert f"/en/claims/{line.report}?at=0#told-here" in entry
    words = pages.client.get(f"/en/claims/{line.report}?at=0").content.decode()
    assert re.search(f'id="told-here"></span><a class="told-label here" id="c-{code}"', words)
    assert "850" in entry.split("<blockquote", 1)[1]
    outside = Client(headers={"host": "localhost"}, **{KEY: pages.case.casebook})  # type: ignore[arg-type]
    told = outside.get(f"/en/entries/{signed.facts[0]}").content.decode()
    assert "<blockquote" not in told
    assert "token of this workbench" in told


def test_what_is_typed_is_corrected_split_merged_and_added(pages):
    """Each through its form, into the drafts of the case."""
    book = pages.case.book
    first, second = pages.case.code("r1", 1), pages.case.code("r1", 2)
    sha256 = next(one.sha256 for one in book.reports(OPERATOR) if one.doc == "r1")
    other = next(one for one in book.reports(OPERATOR) if one.doc == "r2")
    assert pages.decide(first, sha256, "corrected", value="851", modality="at_least").status_code == 303
    assert pages.decide(second, sha256, "merged", into=first).status_code == 303
    added = pages.decide(
        "", other.sha256, "added", words="An outlet says", number="", event_type="dispute", kind="none"
    )
    assert added.status_code == 303
    kept = {one.answer: one for one in book.unsigned(OPERATOR, FIRST)}
    assert set(kept) == {"corrected", "merged", "added"}
    assert "value" in kept["corrected"].changed
    assert pages.decide(first, sha256, "split", numbers="850 | 900").status_code == 400


@pytest.mark.parametrize("place", ["series", "origins"])
def test_a_day_is_asked_about(pages, place):
    """Before the reports came there was nothing to compare; the links of the page keep the day."""
    later = pages.client.get(f"/en/claims/{place}", {"as_of": "2020-05-20"})
    text = later.content.decode()
    assert (later.status_code, "850" in text) == (200, True)
    assert 'name="as_of" value="2020-05-20"' in text
    assert "csv?as_of=2020-05-20" in text
    before = pages.client.get(f"/en/claims/{place}", {"as_of": "2020-03-01"})
    assert (before.status_code, "850" in before.content.decode()) == (200, False)
    assert pages.client.get(f"/en/claims/{place}", {"as_of": "1/5/2020"}).status_code == 400
