"""The page of exposure: both charts, the advice and its reason, the same figures as a table and as files."""

from __future__ import annotations

import csv
import re
from io import StringIO
from xml.etree import ElementTree

import pytest
from tests.unit.web.conftest import AGREEMENT, JOURNAL, make_case
from tests.unit.web.test_batch_pages import words

ATTESTED = {"id": "n2", "at": "2025-01-07", "kind": "attest", "ref": "a2/odd id?", "verdict": "verified", "by": "icrc"}


@pytest.fixture(scope="module")
def page(client_for):
    """The page of the small case as of a day, as text."""
    client = client_for(make_case([*JOURNAL, ATTESTED]))

    def read(query: str = "as_of=2025-01-10", status: int = 200, language: str = "en") -> str:
        response = client.get(f"/{language}/exposure?{query}")
        assert response.status_code == status
        return response.content.decode()

    read.client = client  # type: ignore[attr-defined]
    return read


def test_anybody_who_sees_the_status_sees_the_exposure(page):
    """Without a visit; it stands in the navigation and says who is ahead, credited and claimed."""
    text = page()
    assert 'href="/en/exposure' in page.client.get("/en/").content.decode()
    assert re.search(r"Credited: .*ahead by \d+ points", words(text))
    assert "Claimed: " in words(text)
    assert "No largest lead is agreed" in words(text)


def test_both_charts_are_drawn_and_key_their_lines(page):
    """Wide and narrow; credited solid, claimed dashed, A long and B short, with the letters in the key."""
    text = page()
    svgs = re.findall(r"<svg xmlns.*?</svg>", text, re.S)
    assert len(svgs) == 4
    for svg in svgs:
        ElementTree.fromstring(svg)
        assert "<title" in svg
        assert "<desc" in svg
    given = next(svg for svg in svgs if 'id="given-720-t"' in svg)
    assert 'stroke-dasharray="9 4"' in given
    assert 'stroke-dasharray="3 3"' in given
    assert text.count('<b><bdi dir="ltr">A?</bdi></b>') == 1


def test_the_table_the_file_and_the_picture_say_the_same(page):
    """A row for each day on which a figure changed; the lead is the difference."""
    response = page.client.get("/en/exposure.csv?as_of=2025-01-10")
    rows = list(csv.DictReader(StringIO(response.content.decode())))
    assert rows
    for row in rows:
        assert int(row["verified_lead"]) == int(row["verified_first"]) - int(row["verified_second"])
        assert f'datetime="{row["day"]}"' in page()
    assert response.headers["Content-Disposition"].endswith('known-by-2025-01-10.csv"')
    for which in ("lead", "given"):
        picture = page.client.get(f"/en/exposure.svg?of={which}&as_of=2025-01-10")
        assert picture.status_code == 200
        ElementTree.fromstring(picture.content)
    assert page.client.get("/en/exposure.svg?of=else").status_code == 404


def test_plans_are_compared(page):
    """With steps as asked for; a step that cannot be read is answered with the default."""
    text = words(page("step=75"))
    assert "75 at a time in turns" in text
    assert "in 100" in text
    assert "flatters plans of few steps" in text
    assert 'aria-invalid="true"' in page("step=many", 400)
    assert 'value="30"' in page("step=many", 400)


def test_before_anything_was_given_there_is_no_chart(page):
    """The page says what to do."""
    text = page("as_of=2024-12-01")
    assert "<svg xmlns" not in text
    assert "quittance import journal" in text
    assert page.client.get("/en/exposure.svg?as_of=2024-12-01").status_code == 404


def test_an_agreement_of_one_promise_has_no_exposure(client_for):
    """The page says what is missing, in the agreement's own words; the files are not found."""
    alone = AGREEMENT.split("  - {id: second")[0]
    client = client_for(make_case([], alone))
    text = client.get("/en/exposure")
    assert text.status_code == 200
    assert "[exposure." in text.content.decode()
    assert "quittance exposure --points" in text.content.decode()
    assert client.get("/en/exposure.csv").status_code == 404


@pytest.mark.parametrize("language", ["en", "ps"])
def test_nothing_of_the_agreement_gets_out_as_markup(page, language):
    """Names and titles stay text, in the charts as well."""
    assert "<script>alert" not in page(language=language)
