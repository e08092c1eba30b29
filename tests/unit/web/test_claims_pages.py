"""The claims desk in the pages: who sees it, what it shows and keeps, and what a report cannot do to it."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import pytest
from tests.unit.web.claims import MARK, REVIEWER, SECOND, Claims, code_in
from tests.unit.web.test_people_pages import Door, post, same

from quittance.claims import decisions
from quittance.views.claim_marks import parts, stretches

BASE = ("/claims", "/claims/series", "/claims/series.csv", "/claims/series.svg", "/claims/origins",
        "/claims/origins.csv", "/claims/agreement")  # fmt: skip
REPORTS = {one.doc: sha256 for sha256, one in Claims().kept.items()}
HOSTILE = f"/claims/{REPORTS['r4']}"
FIRST = f"/claims/{REPORTS['r1']}"


class ClaimsDoor(Door):
    """A desk with claims."""

    def __init__(self, casebook, reviewer: str | None = REVIEWER, claims: Claims | None = None) -> None:
        super().__init__(casebook, reviewer=reviewer)
        self.claims = claims or Claims()
        self.desk = replace(self.desk, claims=self.claims)

    def codes(self, doc: str) -> list[str]:
        """The codes of the claims of a report, in the order of its text."""
        lines = [one for one in self.claims.claims(None) if one.claim.doc == doc]
        return [one.code for one in sorted(lines, key=lambda one: one.claim.span)]


@pytest.fixture
def door(casebook):
    """A fresh desk."""
    return ClaimsDoor(casebook)


@pytest.fixture
def inside(door):
    """A browser within a visit."""
    return door.inside()


def decide(door, client, doc: str, n: int, answer: str, **fields: str):
    """A decision on the nth claim of a report, as its form sends it."""
    given = {"form": door.form(), "code": door.codes(doc)[n], "report": REPORTS[doc], "answer": answer, **fields}
    return post(client, "/en/claims", **given)


# --- who may see it --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*BASE, FIRST, HOSTILE, f"/claims/{'0' * 64}"])
def test_without_a_visit_there_are_no_claims(door, path):
    """GET and POST answer like an address that never was, and nothing is looked up."""
    client = door.outside()
    assert same(client.get(f"/en{path}"), client.get("/en/nowhere"))
    assert same(client.post(f"/ps{path}"), client.post("/ps/nowhere"))
    assert door.claims.asked == []


def test_a_desk_without_claims_has_no_pages_of_them(casebook):
    """Neither addresses nor a word of them in the navigation."""
    client = Door(casebook).inside()
    assert all(client.get(f"/en{path}").status_code == 404 for path in (*BASE, FIRST))
    assert "/en/claims" not in client.get("/en/register").content.decode()


@pytest.mark.parametrize("path", ["/claims/xyz", f"/claims/{'0' * 64}", f"{FIRST}?c=000000000000"])
def test_what_is_not_there_is_not_found(inside, path):
    """A name that is none, a report of none, a claim of another report."""
    assert inside.get(f"/en{path}").status_code == 404


@pytest.mark.parametrize("language", ["en", "ps"])
@pytest.mark.parametrize("path", [*BASE, FIRST, HOSTILE])
def test_every_page_answers(inside, language, path):
    """In both languages, never to be stored; only a page with keys may run the server's own script."""
    response = inside.get(f"/{language}{path}")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    scripts = re.search(r"script-src ([^;]*)", response.headers["Content-Security-Policy"])
    assert scripts is not None
    assert scripts[1] == ("'self'" if len(path) > 60 else "'none'")


# --- what a report cannot do -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*BASE, HOSTILE])
def test_a_report_cannot_break_out(door, inside, path):
    """No element and no attribute of a report reaches the page; marks of direction and of terminals stand by number."""
    door.claims.others = {code: {SECOND: (), "ef" * 32: ()} for code in door.codes("r4")}
    text = inside.get(f"/en{path}").content.decode()
    assert "<script>alert" not in text
    assert "<img" not in text
    assert not set("\u202e\u2066\u200f\x1b") & set(text)


def test_the_text_stands_sign_for_sign(inside):
    """Escaped, in its own direction, with what cannot be seen by its number; two signs for a line end are one."""
    text = inside.get(f"/en{HOSTILE}").content.decode()
    told = text.split('class="told-text"', 1)[1].split("</div>", 1)[0]
    assert 'dir="auto"' in told
    assert f"{MARK} &lt;script&gt;" in told
    for number in ("202E", "2066", "200F", "001B"):
        assert f'<span class="unseen">[U+{number}]</span>' in told
    assert "[U+000D]" not in told
    assert "پښتو" in told


def test_a_claim_is_marked_in_its_report(door, inside):
    """A label with its number and event, its words in colour and line, its number underlined, a place to link to."""
    code = door.codes("r1")[0]
    text = inside.get(f"/en{FIRST}?c={code}").content.decode()
    assert f'id="c-{code}"' in text
    assert '<mark class="told-done here">The NSC says it has released </mark>' in text
    assert '<mark class="told-done here"><u>748</u></mark>' in text
    assert re.search(r'class="told-label here"[^>]*><bdi dir="auto">1 release stated as done</bdi>', text)


def test_a_report_whose_text_is_gone_says_so(inside):
    """What was read in it stays."""
    text = inside.get(f"/en/claims/{REPORTS['r5']}").content.decode()
    assert "not kept here" in text
    assert "told-text" not in text


# --- the inbox -------------------------------------------------------------------------------------------------------


def test_the_inbox_counts_reports_and_origins(inside):
    """Six reports may have one origin: both numbers stand there."""
    text = inside.get("/en/claims").content.decode()
    rows = re.findall(r"<tr><th scope=.row.>.*?</tr>", text, re.S)
    assert len(rows) == 5
    first = next(row for row in rows if "The Daily Example" in row)
    assert re.sub("<[^>]*>", "", first).count("3 reports, 1 origin") == 1
    assert "2 in conflict" in first


@pytest.mark.parametrize(
    ("query", "rows", "status"),
    [
        ("", 5, 200), ("?show=open", 4, 200), ("?show=conflicting", 4, 200), ("?outlet=Beispiel+Zeitung", 1, 200),
        ("?origin=source%3ANSC", 3, 200), ("?show=some", 5, 400), ("?outlet=Nobody", 5, 400),
    ],
)  # fmt: skip
def test_the_inbox_is_narrowed(inside, query, rows, status):
    """By what is open, by outlet, by origin; what names nothing is said, and everything is shown."""
    response = inside.get(f"/en/claims{query}")
    assert response.status_code == status
    table = response.content.decode().split("<tbody>", 1)[1].split("</tbody>", 1)[0]
    assert table.count("<tr>") == rows


def test_a_long_inbox_has_pages(casebook):
    """Fifty reports on each."""
    client = ClaimsDoor(casebook, claims=Claims(more=120)).inside()
    text = client.get("/en/claims?page=3").content.decode()
    assert "Page 3 of 3" in text
    assert text.split("<tbody>", 1)[1].split("</tbody>", 1)[0].count("<tr>") == 25
    assert client.get("/en/claims?page=4").status_code == 400


# --- decisions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["accepted", "doubtful", "rejected"])
def test_a_decision_is_kept_and_leads_to_the_next(door, inside, answer):
    """As a draft; nothing is signed here, and the page says with which command it is."""
    response = decide(door, inside, "r1", 0, answer)
    assert response.status_code == 303
    assert re.fullmatch(r"/en/claims/[0-9a-f]{64}\?c=[0-9a-f]{12}#answer", response.headers["Location"])
    code = door.codes("r1")[0]
    assert door.claims.given[REVIEWER, code].answer == answer
    text = inside.get("/en/claims").content.decode()
    assert "quittance claims sign CASE --as KEYFILE" in text
    assert code in text.split("h-unsigned", 1)[1]


def test_only_what_was_changed_is_a_correction(door, inside):
    """The form brings every field; the claim keeps what is the same."""
    fields = {
        "event_type": "done", "kind": "batch", "actor": "a", "object": "b", "value": "750", "modality": "about",
        "claimant": "NSC", "statement_date": "2025-01-03", "event_date": "2025-01-03", "deadline": "",
        "definition": "unstated", "comment": "so",
    }  # fmt: skip
    decide(door, inside, "r1", 0, "corrected", **fields)
    kept = door.claims.given[REVIEWER, door.codes("r1")[0]]
    assert kept.changes == {"kind": "batch", "value": "750", "modality": "about"}
    assert kept.comment == "so"
    (result,) = kept.results
    assert result.quantity is not None
    assert (result.quantity.low, result.quantity.high) == (675, 825)


@pytest.mark.parametrize(
    ("answer", "fields", "words"),
    [
        ("corrected", {"value": "many"}, "`value` cannot be this"),
        ("corrected", {"event_date": "31/12"}, "`event_date` cannot be this"),
        ("corrected", {"kind": "cumulative"}, "No field was corrected"),
        ("split", {"numbers": "748"}, "split into two or more"),
        ("merged", {"into": ""}, None),
    ],
)
def test_a_decision_that_says_nothing_is_not_kept(door, inside, answer, fields, words):
    """400, the reason, the form open with what was typed; nothing is kept."""
    response = decide(door, inside, "r1", 0, answer, **fields)
    assert response.status_code == (404 if words is None else 400)
    assert door.claims.given == {}
    if words:
        text = response.content.decode()
        assert words in text.replace("&#x27;", "'")
        assert re.search(r"<details [^>]*open", text)


def test_a_claim_is_split_merged_and_added(door, inside):
    """Numbers in the words of the report; another claim's code; words that the program passed over."""
    decide(door, inside, "r1", 1, "merged", into=door.codes("r2")[0])
    assert door.claims.given[REVIEWER, door.codes("r1")[1]].results[0].same_event is not None
    response = post(
        inside, "/en/claims", form=door.form(), report=REPORTS["r3"], answer="added", words="B wants 500 more",
        number="500", event_type="demand", kind="batch", actor="a", claimant="SPOKESMAN_B",
    )  # fmt: skip
    assert response.status_code == 303
    (added,) = [one for one in door.claims.given.values() if one.answer == "added"]
    assert added.results[0].text == "B wants 500 more"


def test_a_decision_is_taken_back(door, inside):
    """Its claim is shown again."""
    decide(door, inside, "r1", 0, "rejected")
    code = door.codes("r1")[0]
    response = post(inside, "/en/claims/answers", form=door.form(), code=code, report=REPORTS["r1"])
    assert (response.status_code, response.headers["Location"]) == (303, f"/en{FIRST}?c={code}#answer")
    assert door.claims.given == {}


def test_what_is_passed_over_waits(door, inside):
    """It is not asked again in this visit, until the reader wants it."""
    first = door.claims.queue(None, REVIEWER).lines[0]
    response = decide(door, inside, first.claim.doc, door.codes(first.claim.doc).index(first.code), "next")
    assert first.code not in response.headers["Location"]
    assert "You have passed over" in inside.get("/en/claims").content.decode()
    post(inside, "/en/claims", form=door.form(), answer="again")
    assert "You have passed over" not in inside.get("/en/claims").content.decode()


def test_single_keys_can_be_switched_off(door, inside):
    """WCAG 2.2, 2.1.4."""
    assert 'data-keys="on"' in inside.get(f"/en{FIRST}").content.decode()
    decide(door, inside, "r1", 0, "keys-off")
    assert 'data-keys=""' in inside.get(f"/en{FIRST}").content.decode()


@pytest.mark.parametrize("answer", ["", "signed", "approve", "accepted "])
def test_no_other_button_does_anything(door, inside, answer):
    """404, and nothing is kept."""
    assert decide(door, inside, "r1", 0, answer).status_code == 404
    assert door.claims.given == {}


def test_a_form_of_another_visit_is_refused(door, inside):
    """403, and nothing is kept."""
    assert decide(door, inside, "r1", 0, "accepted", form="x").status_code == 403
    assert door.claims.given == {}


def test_without_a_reviewer_nobody_decides(casebook):
    """The claims can be read; there is no button, and a POST is not found."""
    door = ClaimsDoor(casebook, reviewer=None)
    client = door.inside()
    text = client.get(f"/en{FIRST}").content.decode()
    assert 'value="accepted"' not in text
    assert "nobody can decide" in text
    assert decide(door, client, "r1", 0, "accepted").status_code == 404


# --- a second reading ------------------------------------------------------------------------------------------------


def test_a_second_reader_sees_neither_program_nor_reader(door, inside):
    """No event, kind, claimant or verdict of the claim is in the page; he is asked for all four fields."""
    codes = door.codes("r1")
    door.claims.others = {codes[1]: {SECOND: ()}}
    text = inside.get(f"/en{FIRST}?c={codes[1]}&blind=yes").content.decode()
    shown = re.sub(r"<(select|datalist).*?</\1>", "", text.split('id="h-text"', 1)[1], flags=re.S)
    for word in ("release stated as done", "running total", "conflicting", "SPOKESMAN_B", "spokesman,", "accepted"):
        assert word not in shown
    assert 'value="doubtful"' not in text
    decide(door, inside, "r1", 1, "corrected", blind="yes", event_type="plan", kind="batch", actor="b", claimant="NSC")
    kept = door.claims.given[REVIEWER, codes[1]]
    assert kept.second
    assert set(kept.changes) == {"event_type", "kind", "actor", "claimant"}


def test_a_blind_reader_cannot_just_accept(door, inside):
    """There is nothing that he could accept; and what he leaves out would be the program's."""
    assert decide(door, inside, "r1", 1, "accepted", blind="yes").status_code == 404
    half = decide(door, inside, "r1", 1, "corrected", blind="yes", event_type="plan", kind="batch")
    assert half.status_code == 400
    assert "all four fields" in half.content.decode()
    assert door.claims.given == {}


def test_the_agreement_of_two_readers_is_shown(door, inside):
    """Kappa and F1 of what both have decided, and what a third has to decide."""
    lines = [one for one in door.claims.claims(None) if one.claim.doc in ("r1", "r2")]
    for n, line in enumerate(lines):
        kind = "target" if n == 0 else line.claim.kind
        other = decisions.corrected(line.claim, {"kind": kind}, SECOND, "2025-01-10T12:00:00Z")
        door.claims.others[line.code] = {SECOND: () if n == 1 else (other,), "ef" * 32: (line.claim,)}
    text = inside.get("/en/claims/agreement").content.decode()
    assert "4 claims were read by both." in text
    assert "2 wait for a third reader." in text
    assert "0.86" in text
    assert "only the second reader sees a claim here" in text
    assert "Kind of number: target / running total" in re.sub("<[^>]*>", "", text)


# --- series and origins ----------------------------------------------------------------------------------------------


def test_a_series_is_drawn_and_told(inside):
    """Verified solid, claims dashed, conflicts hatched, one open dot a claim; the table has the same figures."""
    text = inside.get("/en/claims/series").content.decode()
    svg = text.split("<svg xmlns", 1)[1].split("</svg>", 1)[0]
    assert svg.count("stroke-dasharray") == 3
    assert "url(#claims-720-h)" in svg
    assert len(re.findall(r'<(circle|path|rect)[^>]*fill="#ffffff"', svg)) == 5
    assert "700 and 748 differ by 48" in text
    assert "claims/series.svg?of=a.unstated" in text


def test_the_series_as_a_file_is_guarded(inside):
    """CSV for people, one row a day and one a side."""
    response = inside.get("/en/claims/series.csv")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["date", "side", "definition"]
    assert [row[4] for row in rows[1:4]] == ["", "a", "b"]
    assert "attachment" in response.headers["Content-Disposition"]


def test_a_series_of_none_is_not_found(inside):
    """Neither as a page nor as a picture."""
    assert inside.get("/en/claims/series?of=nobody").status_code == 404
    assert inside.get("/en/claims/series.svg?of=nobody").status_code == 404


def test_origins_are_drawn_and_counted(inside):
    """The figure in the most reports first, with how many origins it has."""
    text = inside.get("/en/claims/origins").content.decode()
    assert text.count("<svg xmlns") == 2
    assert "National Security Council" in text
    table = text.split("h-figures", 1)[1]
    assert "2 reports, 1 origin" in table
    assert inside.get("/en/claims/origins?of=0").status_code == 200


def test_an_empty_case_says_what_to_do(casebook):
    """On each page."""
    client = ClaimsDoor(casebook, claims=Claims(texts=(), found=())).inside()
    for path in ("/claims", "/claims/series", "/claims/origins"):
        assert "quittance import report" in client.get(f"/en{path}").content.decode()


# --- stretches -------------------------------------------------------------------------------------------------------


def test_stretches_lose_nothing():
    """Put together they are the text, whatever claims cover it."""
    desk = Claims()
    for sha256, report in desk.kept.items():
        claims = [one.claim for one in desk.claims(None) if one.report == sha256]
        assert "".join(one.text for one in stretches(report.text, claims)) == report.text


def test_parts_of_a_long_report_lose_nothing():
    """They follow one another, none is long, and none has many claims."""
    desk = Claims()
    claim = next(one for one in desk.machine if code_in(one.id))
    text = "0123456789\n" * 4000
    many = [replace_span(claim, n * 50) for n in range(400)]
    found = parts(text, many)
    assert "".join(text[low:high] for low, high in found) == text
    assert max(high - low for low, high in found) <= 10_000
    assert max(sum(low <= one.span[0] < high for one in many) for low, high in found) <= 30
    assert parts("", []) == [(0, 0)]
    assert len(parts("\n" * 1000, [])) == 4


def replace_span(claim, start: int):
    """The claim at another place."""
    import msgspec

    return msgspec.structs.replace(claim, span=(start, start + 20), quantity_span=None)
