"""The pages of batches, of the day at the door and of the sums: what they show, take, and must not let out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pytest
from django.test import Client
from tests.unit.web.batches import CLEARANCES, NAME, SELECTION, Batches, Days, code
from tests.unit.web.conftest import AGREEMENT, JOURNAL, make_case
from tests.unit.web.people import REVIEWER, Listbook, Reviewbook
from tests.unit.web.test_people_pages import post, same

from quittance.casebook import Casebook
from quittance.views.batch import LimitLine
from quittance.views.day import ANSWERS, CHECKS, DISCREPANCIES, REASONS
from quittance.web.case import KEY
from quittance.web.desk import DESK, Desk
from quittance.web.server import application
from quittance.web.visits import Visits

PAGES = (
    "/batches", "/draft", "/batches/b1", "/batches/b1/list", "/batches/b1/day", f"/batches/b1/day/{code(9)}", "/sums",
)  # fmt: skip
DAY = f"/batches/b1/day/{code(9)}"


@pytest.fixture(scope="module")
def case() -> Casebook:
    """The small case, with rules for choosing people."""
    return make_case(JOURNAL, AGREEMENT + f"selection: {json.dumps(SELECTION)}\n" + CLEARANCES)


class Bench:
    """A desk with batches, and a browser within a visit."""

    def __init__(self, case: Casebook, batches: Batches | None = None, days: Days | None = None) -> None:
        self.batches, self.days = batches or Batches(), days or Days()
        self.tokens: list[str] = []
        self.desk = Desk(
            Listbook(), Reviewbook(), REVIEWER, Visits(), self.tokens.append, self.batches, self.days  # type: ignore[arg-type]
        )  # fmt: skip
        self.desk.open_door()
        application(case)
        self.environ = {KEY: case, DESK: self.desk}
        self.client = self.browser()
        self.client.get("/en/enter", {"token": self.tokens[-1]})

    def browser(self) -> Client:
        """A browser that nobody let in."""
        return Client(headers={"host": "localhost"}, raise_request_exception=False, **self.environ)  # type: ignore[arg-type]

    def page(self, path: str, status: int = 200, language: str = "en") -> str:
        """The page at an address, as text."""
        response = self.client.get(f"/{language}{path}")
        assert response.status_code == status, path
        return response.content.decode()

    def form(self, path: str = "/day", **fields: str):
        """A form of this visit, sent."""
        visit = self.desk.visits._visit
        assert visit is not None
        return post(self.client, f"/en{path}", form=visit.form_token, **fields)


@pytest.fixture
def bench(case: Casebook) -> Bench:
    """Batch b1 and its day."""
    return Bench(case)


def words(page: str) -> str:
    """What a page says, without its markup and white space."""
    text = re.sub(r"<[^>]+>", " ", re.sub(r"</?(?:bdi|b|a|time)\b[^>]*>", "", page))
    return re.sub(r" +([,.:])", r"\1", " ".join(unescape(text).split()))


# --- who may come in -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*PAGES, "/batches/b1/day/sheet", "/day"])
def test_without_a_visit_no_batch_exists(bench, path):
    """GET and POST answer like an address that never was, and nothing is asked."""
    outside = bench.browser()
    assert same(outside.get(f"/en{path}"), outside.get("/en/nowhere"))
    assert same(outside.post(f"/en{path}"), outside.post("/en/nowhere"))
    assert bench.batches.asked == []
    assert "/batches" not in outside.get("/en/").content.decode()


def test_a_desk_without_batches_has_no_such_pages(case):
    """Nor entries in the navigation."""
    bench = Bench(case)
    desk = Desk(Listbook(), Reviewbook(), REVIEWER, bench.desk.visits, print)  # type: ignore[arg-type]
    bench.environ[DESK] = desk
    client = bench.browser()
    client.cookies = bench.client.cookies
    assert client.get("/en/register").status_code == 200
    assert "/en/batches" not in client.get("/en/register").content.decode()
    assert [client.get(f"/en{path}").status_code for path in PAGES] == [404] * len(PAGES)


@pytest.mark.parametrize("language", ["en", "ps"])
@pytest.mark.parametrize("path", PAGES)
def test_no_name_stands_in_an_address_or_a_title(bench, path, language):
    """Codes only; the page is found, and a name stands on the pages of the day alone."""
    page = bench.page(path, language=language)
    title = re.search(r"<title>(.*?)</title>", page, re.S)
    assert title is not None
    assert NAME not in title[1]
    assert not [link for link in re.findall(r'(?:href|action)="([^"]*)"', page) if "Zz" in link or "%D8" in link]
    assert (NAME in page) == ("/day" in path)
    assert "{" not in words(re.sub(r"<pre.*?</pre>", "", page, flags=re.S))


@pytest.mark.parametrize(
    "path",
    [
        "/batches/b2", "/batches/b2/list", "/batches/b2/day", "/batches/b1/day/AAAAA-00000", "/batches/b2/day/sheet",
        f"/batches/b2/day/{code(9)}", "/batches/.", "/day",
    ],
)  # fmt: skip
def test_what_does_not_exist_is_not_found(bench, path):
    """404, as for any address."""
    assert bench.client.get(f"/en{path}").status_code == 404


# --- batches and drafts ----------------------------------------------------------------------------------------------


def test_the_list_of_batches_leads_on(bench):
    """Each with its step; the form drafts the next."""
    page = bench.page("/batches")
    assert 'href="/en/batches/b1"' in page
    assert 'href="/en/batches/b0.old-1/day"' in page
    assert 'action="/en/draft"' in page
    assert "authorised" in words(page)


@pytest.mark.parametrize("lack", ["rules", "list", "traits", "something-new"])
def test_where_no_draft_can_be_made_the_reason_stands(case, lack):
    """And what to do; the draft itself is then no page."""
    bench = Bench(case, Batches((lack,)))
    page = bench.page("/batches")
    assert "/en/draft" not in page
    assert re.search(r'<ul class="gap"><li>.{10,}', page)
    assert bench.client.get("/en/draft").status_code == 404


def test_a_draft_says_that_it_is_one(bench):
    """It asks for the size given, warns that no seed is drawn, and names the command that proposes."""
    said = words(bench.page("/draft?size=30&list=a/main"))
    assert bench.batches.asked == [(None, "a/main", 30, None)]
    assert "recorded nowhere" in said
    assert "No seed is drawn yet" in said
    assert "quittance batch propose" in said
    assert "The draw, and what was frozen" not in said


@pytest.mark.parametrize("query", ["size=0", "size=x", "size=٣", "size=99999999", "size=-1", "list=c/none", "with=1e3",
                                   "limit=province:Kabul", "limit=a:b:max", "limit=province:Kabul:max&to=no",
                                   "as=nobody", "page=77"])  # fmt: skip
def test_an_address_that_cannot_be_read_is_answered_in_part(bench, query):
    """400 with a message, and the page as if the field had been left empty."""
    page = bench.page(f"/draft?{query}", 400)
    assert 'role="alert"' in page
    assert bench.batches.asked[0] == (None, "b/main", None, None)


def test_what_if_runs_again_and_says_who_changes(bench):
    """One limit loosened by one seat or to a number; marked as recorded nowhere."""
    said = words(bench.page("/batches/b1?limit=province:Kabul:max"))
    assert bench.batches.asked[-1][:3] == ("b1", None, None)
    assert bench.batches.asked[-1][3].value == 7
    assert "not proposed, recorded nowhere" in said
    assert "1 person comes in, 1 goes out" in said
    bench.page("/batches/b1?limit=province:Kunduz:min")
    assert bench.batches.asked[-1][3].value == 3
    bench.page("/batches/b1?limit=province:Kunduz:min&to=1&with=25")
    assert (bench.batches.asked[-1][2], bench.batches.asked[-1][3].value) == (25, 1)


def test_two_drafts_stand_beside_each_other(bench):
    """In and out by number; more seats that put somebody out are warned of."""
    page = bench.page("/draft?size=20&with=24&limit=province:Kabul:max")
    assert bench.batches.asked == [(None, "b/main", 20, None), (None, "b/main", 24, bench.batches.asked[1][3])]
    assert code(4) in page[page.index("h-whatif") :]
    assert "never show a longer draft" in words(page)
    assert "No batch of this size keeps all limits." in words(bench.page("/draft?with=501"))
    infeasible = words(bench.page("/draft?size=501"))
    assert "These cannot hold together: province, Kabul: 6 at most, province, Kunduz: 4 at least" in infeasible


def test_the_builder_has_its_three_parts(bench):
    """The criteria with their clause, everybody with a reason, the batch with its limits and what a seat costs."""
    page = bench.page("/batches/b1")
    said = words(page)
    assert "tier 1: whoever has age 65 or more" in said
    assert "selection: {&quot;tiers&quot;" in page
    assert "these limits together leave no seat: province, Kabul: 6 at most" in said
    assert "33 points" in said
    assert "upper limit reached" in said
    assert page.count('<svg class="bar"') >= 6 + 8
    assert f'href="/en/people/{code(1)}"' in page
    assert "Add up these limits" in said
    for hash_ in ("a1" * 32, "b2" * 32, "c3" * 32, "d4" * 32, "e5" * 32):
        assert hash_ in page
    assert "withheld" in said
    assert "1 seat stays empty: nobody fits." in said
    assert page.count("<tbody>") >= 6


def test_fifty_people_stand_on_a_page(bench):
    """The kinds of line can be chosen and paged, and the counts stand beside them."""
    page = bench.page("/batches/b1?show=gate")
    assert page.count('<td data-label="Rank">') == 27
    assert "not cleared 27" in words(page)
    assert bench.page("/batches/b1").count('<td data-label="Rank">') == 50
    assert bench.page("/batches/b1?page=3").count('<td data-label="Rank">') == 20


def test_the_reason_of_a_refusal_reaches_no_side(bench):
    """Seen by either side and by the public, the page names no sealed gate, no reason and nobody else's people."""
    for eyes in ("a", "b", "public"):
        for show in ("all", "gate", "outside"):
            page = bench.page(f"/batches/b1?as={eyes}&show={show}")
            start = page.index('id="h-people"') if 'id="h-people"' in page else page.index("</div>\n", 2000)
            said = words(page[start:])
            assert "declined" not in said
            assert "what the neutral and the doctor clear" not in said
            assert not re.search(r"not yet: [^.]*(fit to travel|wish to go)", said)
            assert "What if" not in words(page)
            assert "/en/people/" not in page
    assert "not available" in words(bench.page("/batches/b1?as=a&show=gate"))
    assert code(3) not in bench.page("/batches/b1?as=a")
    assert code(3) in bench.page("/batches/b1?as=b")


def test_the_public_sees_the_rules_before_and_totals_after(bench):
    """Nothing of a batch that is under way; of one that has arrived no person and no hour."""
    before = bench.page("/batches/b1?as=public")
    assert "Nothing about this batch is public" in words(before)
    assert "The criteria, as agreed" in words(before)
    assert not re.findall(r"[0-9A-Z]{5}-[0-9]{5}", before)
    assert "2025-01-0" not in before
    after = bench.page("/batches/b0.old-1?as=public")
    assert not re.findall(r"[0-9A-Z]{5}-[0-9]{5}", after)
    assert "20 people of 20 were handed over" in words(after)
    assert "10:00" not in after
    assert "hidden, because small" in words(after)


def test_a_quota_of_many_classes_is_cut(bench):
    """Those at a bound stand first, the rest is counted and can be asked for whole; so can a limit at its bound."""
    many = tuple(LimitLine("region", f"V{n:02}", 1, 9, 60, 9 if n == 33 else 5, "max" if n == 33 else None)
                 for n in range(34))  # fmt: skip
    plain = bench.batches.batch
    bench.batches.batch = lambda viewer, name: replace(plain(viewer, name), limits=many)  # type: ignore[method-assign]
    page = bench.page("/batches/b1")
    assert "24 more within their bounds" in page
    assert page.count('<svg class="bar"') < 25
    assert "V33" in page
    assert re.findall(r'<option value="region:([^"]+)"', page) == ["V33:max"]
    assert "V20" not in page
    whole = bench.page("/batches/b1?quota=region")
    assert "V20" in whole
    assert "more within" not in whole


def test_the_printed_list_has_numbers_only(bench):
    """In order of rank, without whoever dropped out, with the reserve and the hashes."""
    page = bench.page("/batches/b1/list")
    codes = re.findall(r"<li>([0-9A-Z]{5}-[0-9]{5})</li>", page)
    assert len(codes) == 20 + 4
    assert codes[:3] == [code(1), code(2), code(3)]
    assert NAME not in page
    assert "d4" * 32 in page


# --- the day ---------------------------------------------------------------------------------------------------------


def test_the_day_shows_what_is_outstanding(bench):
    """By office; nobody is released but those whom all have attested; the conflict and the discrepancies stand."""
    page = bench.page("/batches/b1/day")
    said = words(page)
    assert "Attestations outstanding the receiving side received 3" in said
    assert "Nobody is released until these have attested: the holding side, the receiving side, the neutral" in said
    assert "released 2" in said
    assert "in handover 2" in said
    assert f"{code(8)}: Identity" in said
    assert "the count is not right the receiving side" in said
    assert page.count('class="target" href="/en/batches/b1/day/') == 25 + 1
    assert len(re.findall('<li><a class="target"', bench.page("/batches/b1/day?show=open"))) == 19


def test_the_wish_and_the_doctors_word_are_not_read_over_a_shoulder(bench):
    """Neither list nor person shows what was answered, only that it was asked; other answers stand."""
    for path in ("/batches/b1/day", f"/batches/b1/day/{code(12)}", f"/batches/b1/day/{code(6)}"):
        page = re.sub(r"<(button|option).*?</\1>", "", bench.page(path), flags=re.S)
        assert not re.search("wishes to stay|declined|not fit", words(page))
    person = bench.page(f"/batches/b1/day/{code(12)}")
    assert "something is missing" in words(person)
    assert words(person).count("asked") >= 2
    assert not re.search(r'aria-pressed="true">(wishes|not fit)', person)


@pytest.mark.parametrize("check", CHECKS)
def test_every_answer_is_a_button(bench, check):
    """Each is written down with a form of this visit and leads to the next check."""
    page = bench.page(DAY)
    for given in ANSWERS[check]:
        assert f'value="{check} {given}"' in page
        response = bench.form(batch="b1", code=code(9), check=f"{check} {given}")
        assert response.status_code == 303
        assert bench.days.written[-1] == ("check", "b1", code(9), check, given)
    following = [*CHECKS, CHECKS[-1]][CHECKS.index(check) + 1]
    assert response.headers["Location"] == f"/en{DAY}#{following}"


def test_an_answer_is_taken_back(bench):
    """An empty one; only where there is one."""
    assert 'value="identity "' in bench.page(f"/batches/b1/day/{code(10)}")
    assert 'value="identity "' not in bench.page(DAY)
    response = bench.form(batch="b1", code=code(10), check="identity ")
    assert response.headers["Location"] == f"/en/batches/b1/day/{code(10)}#identity"
    assert bench.days.written == [("check", "b1", code(10), "identity", "")]


def test_a_conflict_is_decided_by_a_person(bench):
    """Both answers stand as buttons, and no others for that check."""
    page = bench.page(f"/batches/b1/day/{code(8)}")
    assert 'name="settle" value="identity confirmed"' in page
    assert 'name="settle" value="identity failed"' in page
    assert 'name="check" value="identity confirmed"' not in page
    bench.form(batch="b1", code=code(8), settle="identity failed")
    assert bench.days.written == [("settle", "b1", code(8), "identity", "failed")]


def test_a_drop_out_and_a_discrepancy_are_written_down(bench):
    """With their codes; a discrepancy may be about nobody in particular."""
    for reason in REASONS:
        if reason != "vetoed":
            assert bench.form(batch="b1", code=code(9), reason=reason).status_code == 303
            assert bench.days.written[-1] == ("out", "b1", code(9), reason)
    for kind in DISCREPANCIES:
        assert bench.form(batch="b1", kind=kind).headers["Location"] == "/en/batches/b1/day#main"
        assert bench.days.written[-1] == ("wrong", "b1", kind, "")
    bench.form(batch="b1", code=code(9), kind="count")
    assert bench.days.written[-1] == ("wrong", "b1", "count", code(9))


def test_what_is_refused_is_said_and_changes_nothing(bench):
    """409 with the message and its code."""
    response = bench.form(batch="b1", code=code(9), reason="vetoed")
    assert response.status_code == 409
    assert "[handover.vetoes]" in response.content.decode()
    assert bench.days.written == []


@pytest.mark.parametrize("fields", [
    {}, {"batch": "b1"}, {"batch": "b1", "code": code(9), "check": "identity maybe"}, {"check": "x y", "batch": "b1"},
    {"batch": "b1", "code": code(9), "reason": "because"}, {"batch": "b1", "kind": "nothing"},
    {"batch": "b1", "code": code(9), "settle": "identity "}, {"batch": "b2", "kind": "count"},
    {"batch": "b1", "code": "AAAAA-00000", "check": "identity confirmed"},
    {"batch": "b1", "code": "../x", "kind": "count"},
])  # fmt: skip
def test_a_form_that_nobody_gave_out_is_not_found(bench, fields):
    """404, and nothing is written down."""
    assert bench.form(**fields).status_code == 404
    assert bench.days.written == []


def test_a_form_of_another_visit_is_refused(bench):
    """403; GET is no page, and another method is not allowed."""
    response = post(bench.client, "/en/day", form="x" * 43, batch="b1", kind="count")
    assert response.status_code == 403
    assert bench.client.put("/en/day").status_code == 405
    assert bench.client.post("/en/batches/b1/day").status_code == 405
    assert bench.days.written == []


def test_the_sheet_is_a_file_in_the_language_of_the_page(bench):
    """It brings its own style, so it is not shown within these pages."""
    response = bench.client.get("/ps/batches/b1/day/sheet")
    assert response.status_code == 200
    assert response.headers["Content-Disposition"] == 'attachment; filename="day-b1.html"'
    assert b"<title>ps" in response.content


# --- sums ------------------------------------------------------------------------------------------------------------


def sums_written(page: str) -> Iterator[tuple[int, list[int]]]:
    """Each sum written out: what is listed, and its parts."""
    for line in re.findall(r'<p class="sum">(.*?)</p>', page, re.S):
        first, *others = (int(one.replace(",", "")) for one in re.findall(r"([\d,]+)\s", words(line).replace("+", "")))
        yield first, others


@pytest.mark.parametrize("eyes", ["neutral", "a", "b"])
def test_the_sum_is_written_out_and_closes(bench, eyes):
    """Listed equals the parts, each of which leads to its line on the page."""
    page = bench.page(f"/sums?as={eyes}")
    for listed, parts in sums_written(page):
        assert listed == sum(parts) == 1000
    anchors = re.findall(r'<a href="#(s-[\w-]+)"', page)
    assert anchors
    assert all(f'id="{one}"' in page for one in anchors)
    assert "the sum closes" in words(page)


def test_sums_are_those_of_two_dates(bench):
    """Asked of the case, and said on the page."""
    page = bench.page("/sums?as_of=2025-01-04&known_by=2025-01-06")
    assert [str(one) for one in bench.batches.asked[-1][1:]] == ["2025-01-04", "2025-01-06"]
    assert "4 January 2025" in words(page)


def test_only_the_neutral_reads_who_declined(bench):
    """Others read one word, and no codes; the table beside has every reader's numbers."""
    neutral = bench.page("/sums")
    assert "12 declined" in words(neutral)
    assert code(300) in neutral
    for eyes in ("a", "public"):
        page = bench.page(f"/sums?as={eyes}")
        written = re.findall(r'<p class="sum">.*?</p>', page, re.S)
        assert "declined" not in words("".join(written))
    public = words(bench.page("/sums?as=public"))
    assert "hidden, because small" in public
    assert "the sum closes" in public
