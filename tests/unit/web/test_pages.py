"""The pages through Django's test client: what is answered, and with which status and headers."""

from __future__ import annotations

import re

import pytest
from tests.unit.web.conftest import AGREEMENT, HOSTILE, JOURNAL, make_case, many

PATHS = [
    "/",
    "/timeline",
    "/weeks",
    "/commitments/first",
    "/commitments/second",
    "/entries/a1",
    "/entries/a2%2Fodd%20id%3F",
]


@pytest.mark.parametrize("language", ["en", "ps"])
@pytest.mark.parametrize("path", PATHS)
def test_every_page_answers_in_its_language(client, path, language):
    """200, with the language, its direction, one h1, and both dates."""
    response = client.get(f"/{language}{path}?as_of=2025-01-09")
    text = response.content.decode()
    assert response.status_code == 200
    assert f'<html lang="{language}" dir="{"rtl" if language == "ps" else "ltr"}">' in text
    assert text.count("<h1") == 1
    assert 'datetime="2025-01-09"' in text


@pytest.mark.parametrize("path", PATHS)
def test_nothing_of_the_case_is_taken_as_markup(client, path):
    """Titles, names, notes and sources are shown as text, and only web addresses become links."""
    text = client.get(f"/en{path}?as_of=2025-01-09").content.decode()
    assert HOSTILE not in text
    assert "<script" not in text
    assert 'href="javascript:' not in text
    assert 'example.org/"' not in text
    assert " style=" not in text


def test_a_link_to_a_source_tells_nobody_where_it_was_found(client):
    """Links that leave the machine carry no referrer."""
    text = client.get("/en/entries/a2%2Fodd%20id%3F").content.decode()
    (link,) = re.findall(r"<a [^>]*https?://[^>]*>", text)
    assert 'rel="noreferrer noopener external"' in link
    assert "javascript:alert(1)" in text
    assert "http://[broken" in text


def test_the_status_page_says_the_interval_and_leads_to_its_evidence(client):
    """The figure is 361..850 of 1,500 and a link to the commitment's evidence."""
    text = client.get("/en/?as_of=2025-01-09").content.decode()
    link = '<a href="/en/commitments/first?as_of=2025-01-09#evidence">'
    figure = '<bdi dir="ltr" class="figure"><b>361..850</b> of <span>1,500</span></bdi></a>'
    assert link + figure in text


def test_the_past_is_answered_as_it_was_known_then(client):
    """On 7 January nobody had heard of the 850 of the 6th; from the 9th, it was known."""
    then = client.get("/en/?as_of=2025-01-07").content.decode()
    now = client.get("/en/?as_of=2025-01-07&known_by=2025-01-09").content.decode()
    assert "<b>361</b>" in then
    assert "<b>361..850</b>" in now


@pytest.mark.parametrize("path", ["/", "/timeline", "/weeks", "/commitments/first", "/entries/a1"])
@pytest.mark.parametrize("value", ["31/3/2020", "2025-02-30", "today", "<b>", "9" * 500])
def test_a_bad_date_is_said_beside_the_field_and_the_page_still_answers(client, path, value):
    """400, the message beside the field and in the summary, the rest of the page as if nothing had been asked."""
    response = client.get(f"/en{path}", {"as_of": value})
    text = response.content.decode()
    assert response.status_code == 400
    assert 'id="as_of-error"' in text
    assert 'aria-invalid="true"' in text
    assert '<a href="#as_of">This is not a date' in text
    assert 'value="2025-01-10"' in text


def test_an_unknown_reading_is_refused_beside_the_field(client):
    """400 with a message; the answer is the text's."""
    response = client.get("/en/?party=nobody")
    assert response.status_code == 400
    assert 'id="party-error"' in response.content.decode()


def test_a_reading_is_asked_and_said(client):
    """200, and the page says whose reading it is."""
    response = client.get("/en/?party=a")
    assert response.status_code == 200
    assert "In the reading of <bdi>Republic of A</bdi>" in response.content.decode()


@pytest.mark.parametrize(
    "path",
    ["/en/commitments/third", "/en/entries/nothing", "/en/nowhere", "/nowhere", "/fr/", "/en/timeline.csv?of=nothing"],
)
def test_what_is_not_there_is_404_with_a_way_back(client, path):
    """A careful page, and a link to the status."""
    response = client.get(path)
    assert response.status_code == 404
    assert "<h1>Not found</h1>" in response.content.decode()
    assert 'href="/en/"' in response.content.decode()


def test_an_entry_is_not_shown_before_it_was_recorded(client):
    """The total of the 6th was recorded on the 8th: 404 on the 7th."""
    assert client.get("/en/entries/a2%2Fodd%20id%3F?as_of=2025-01-07").status_code == 404
    assert client.get("/en/entries/a2%2Fodd%20id%3F?as_of=2025-01-08").status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
def test_nothing_can_be_written(client, method):
    """Everything but GET and HEAD is 405."""
    assert getattr(client, method)("/en/").status_code == 405


def test_head_answers_like_get(client):
    """HEAD has the status of GET and no body."""
    response = client.head("/en/")
    assert response.status_code == 200
    assert response.content == b""


@pytest.mark.parametrize("path", ["/", "/en/", "/en/nowhere", "/en/?as_of=x", "/en/timeline.csv"])
def test_every_answer_carries_the_security_headers_and_no_cookie(client, path):
    """The policy allows nothing from elsewhere and no script at all."""
    response = client.get(path)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "script-src 'none'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"
    assert not response.cookies


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1.example.org", "192.168.0.7:8000"])
def test_another_host_name_is_refused(client, host):
    """A page of somebody else that points its name at this machine gets nothing of the case."""
    response = client.get("/en/", headers={"host": host})
    assert response.status_code == 400
    assert "Republic" not in response.content.decode()


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_this_machine_is_answered(client, host):
    """The names of this machine are answered."""
    assert client.get("/en/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    ("accepted", "expected"), [("ps", "/ps/"), ("ps-AF,ps;q=0.9", "/ps/"), ("fr", "/en/"), ("", "/en/")]
)
def test_the_root_follows_the_languages_of_the_browser(client, accepted, expected):
    """Without a language in the address the browser's is taken; the question is kept."""
    response = client.get("/?as_of=2025-01-05", headers={"accept-language": accepted})
    assert response.status_code == 302
    assert response.headers["Location"] == f"{expected}?as_of=2025-01-05"


def test_the_other_language_is_the_same_question(client):
    """The switch keeps path and question."""
    text = client.get("/en/commitments/first?as_of=2025-01-05&party=a").content.decode()
    assert 'href="/ps/commitments/first?as_of=2025-01-05&amp;party=a" lang="ps"' in text


def test_the_days_move_together_until_known_by_is_set(client):
    """Next day drops a known-by that is the same day, and keeps one that is not."""
    together = client.get("/en/?as_of=2025-01-05&known_by=2025-01-05").content.decode()
    apart = client.get("/en/?as_of=2025-01-05&known_by=2025-01-09").content.decode()
    assert '<a href="?as_of=2025-01-06">Next day</a>' in together
    assert '<a href="?as_of=2025-01-06&amp;known_by=2025-01-09">Next day</a>' in apart


@pytest.mark.parametrize("day", ["1000-01-01", "2999-12-31"])
def test_the_ends_of_the_calendar_are_days_like_others(client, day):
    """No page fails on the first or the last day there is."""
    for path in ("/en/", "/en/timeline", "/en/weeks", "/en/commitments/first"):
        assert client.get(path, {"as_of": day}).status_code == 200


def test_a_case_without_entries_says_what_to_do(client_for):
    """Every page answers, and names the command that brings entries."""
    client = client_for(make_case([]))
    assert "quittance import journal" in client.get("/en/timeline").content.decode()
    assert "quittance import journal" in client.get("/en/commitments/first").content.decode()
    for path in ("/en/", "/en/weeks"):
        assert client.get(path).status_code == 200


def test_an_agreement_without_commitments_says_what_to_do(client_for):
    """Every page answers, and names the command that makes a case."""
    agreement = AGREEMENT.split("commitments:")[0] + "commitments: []\n"
    client = client_for(make_case([], agreement))
    for path in ("/en/", "/en/weeks"):
        response = client.get(path)
        assert response.status_code == 200
        assert "quittance init" in response.content.decode()
    assert client.get("/en/timeline").status_code == 200


def test_the_lanes_filter_the_entries(client):
    """Only claims, or a sentence that there are none."""
    claims = client.get("/en/timeline?lane=claims&as_of=2025-01-09").content.decode()
    disputes = client.get("/en/timeline?lane=disputes&as_of=2025-01-09").content.decode()
    assert 'says <bdi dir="ltr">850</bdi> in all' in claims
    assert "reports" not in claims.split('id="h-days"')[1]
    assert "No entry of this kind" in disputes


def test_a_long_journal_is_shown_fifty_at_a_time(client_for):
    """Page one has the newest fifty, the last page the rest; a page that is not there is 400 with page one."""
    client = client_for(make_case(many(120)))
    first = client.get("/en/timeline")
    last = client.get("/en/timeline?page=3")
    assert first.content.decode().count('<li id="e-') == 50
    assert 'id="e-m119"' in first.content.decode()
    assert last.content.decode().count('<li id="e-') == 20
    assert client.get("/en/timeline?page=4").status_code == 400
    assert client.get("/en/timeline?page=x").content.decode().count('<li id="e-') == 50


def test_a_commitment_with_much_evidence_shows_fifty_entries_of_it(client_for):
    """The newest first; the others are a page further."""
    client = client_for(make_case(many(120)))
    first = client.get("/en/commitments/first")
    last = client.get("/en/commitments/first?page=3")
    assert first.content.decode().count('<li id="e-') == 50
    assert 'id="e-m119"' in first.content.decode()
    assert 'page=2#evidence">Older</a>' in first.content.decode()
    assert last.content.decode().count('<li id="e-') == 20


def test_the_matrix_shows_half_a_year_at_a_time(client):
    """Twenty-six weeks and a link to the older ones."""
    text = client.get("/en/weeks?as_of=2025-12-31").content.decode()
    assert text.count('<th scope="col"><time') == 26
    assert "page=2" in text
    assert client.get("/en/weeks?as_of=2025-12-31&page=2").status_code == 200


def test_the_matrix_names_every_cell(client):
    """Each cell is a link whose name holds the week and the status, to its commitment in that week."""
    text = client.get("/en/weeks?as_of=2025-01-15").content.decode()
    assert 'href="commitments/first?as_of=2025-01-08" aria-label="2025-01-08 overdue"' in text


def test_known_now_and_known_then_are_two_questions(client):
    """The switch is part of the address, and the two answers differ where something was learnt later."""
    then = client.get("/en/weeks?as_of=2025-01-14").content.decode()
    now = client.get("/en/weeks?as_of=2025-01-14&known=now").content.decode()
    cell = re.compile(r'href="commitments/second[^"]*" aria-label="2025-01-07 ([^"]*)"')
    assert cell.findall(then) == ["blocked"]
    assert cell.findall(now) == ["fulfilled"]


def test_the_curves_are_downloaded_as_csv(client):
    """A row for each day on which a curve changed: required, each speaker, verified."""
    response = client.get("/en/timeline.csv?of=first&as_of=2025-01-09")
    rows = response.content.decode().splitlines()
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="first-as-of-2025-01-09-known-by-2025-01-09.csv"' in response.headers["Content-Disposition"]
    assert rows[0] == "day,required,claimed_by_a,verified"
    assert rows[-1].startswith("2025-01-0")
    assert rows[-1].endswith(",361")


def test_the_chart_is_downloaded_as_svg(client):
    """A file that stands alone: its own namespace, its own colours, no script."""
    response = client.get("/en/timeline.svg?of=first&as_of=2025-01-09")
    text = response.content.decode()
    assert response.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg"')
    assert 'direction="ltr"' in text


def test_the_status_is_downloaded_as_csv(client):
    """The commitments with their row of HXL tags."""
    rows = client.get("/en/status.csv?as_of=2025-01-09").content.decode().splitlines()
    assert rows[1].startswith("#meta+agreement")
    assert len(rows) == 4


def test_the_record_head_stands_on_every_page(client, casebook):
    """Size and the first digits of the root."""
    from quittance.visibility import OPERATOR

    head = casebook.head(OPERATOR)
    assert head.size == len(JOURNAL) + 1
    for path in PATHS:
        assert f">{head.root[:12]}</bdi>" in client.get(f"/ps{path}").content.decode()


def test_a_refusal_of_the_case_is_a_page_with_its_code(client, casebook, monkeypatch):
    """A `QuittanceError` is shown with its message and code; nothing else of it."""
    from quittance.errors import RecordError

    def damaged(*_: object) -> None:
        raise RecordError("The record is damaged at entry 3. Restore a backup.")

    monkeypatch.setattr(casebook, "status", damaged)
    response = client.get("/en/")
    assert response.status_code == 500
    assert "The record is damaged at entry 3. Restore a backup." in response.content.decode()
    assert "[record.damaged]" in response.content.decode()


def test_a_fault_of_the_program_shows_nothing_of_the_program(client, casebook, monkeypatch):
    """Any other exception is a page without a trace."""

    def fault(*_: object) -> None:
        raise KeyError("secret detail")

    monkeypatch.setattr(casebook, "status", fault)
    response = client.get("/en/")
    assert response.status_code == 500
    assert "secret detail" not in response.content.decode()
