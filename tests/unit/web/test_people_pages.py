"""The pages with people: who may see them, what they show, and what they must not let out."""

from __future__ import annotations

import logging
import re
from urllib.parse import urlencode

import pytest
from django.test import Client
from tests.unit.web.people import ARABIC, CODES, MARK, PAYLOAD, PEOPLE, REVIEWER, Listbook, Reviewbook, line

from quittance.web.case import KEY
from quittance.web.desk import COOKIE, DESK, Desk
from quittance.web.server import application
from quittance.web.visits import LONGEST_SECONDS, Visits

PAGES = ["/register", f"/people/{CODES[1]}", "/lists", "/review", f"/review/{CODES[0]}/{CODES[1]}"]
ABSENT = ["/people/ZZZZZ-99999", "/people/no", f"/review/{CODES[0]}/ZZZZZ-99999", f"/review/{CODES[0]}/no"]


class Door:
    """A desk on the invented people, and browsers before it."""

    def __init__(self, casebook, people=PEOPLE, reviewer: str | None = REVIEWER) -> None:
        self.casebook = casebook
        self.tokens: list[str] = []
        self.listbook, self.reviewbook = Listbook(people), Reviewbook()
        self.desk = Desk(self.listbook, self.reviewbook, reviewer, Visits(), self.tokens.append)  # type: ignore[arg-type]
        self.desk.open_door()
        application(casebook)

    def outside(self, **more: object) -> Client:
        """A browser that nobody let in."""
        environ = {KEY: self.casebook, DESK: self.desk}
        return Client(headers={"host": "localhost"}, raise_request_exception=False, **environ, **more)  # type: ignore[arg-type]

    def inside(self) -> Client:
        """A browser that has brought the newest token."""
        client = self.outside()
        assert client.get("/en/enter", {"token": self.tokens[-1]}).status_code == 303
        return client

    def form(self) -> str:
        """The token that stands in the forms of the open visit."""
        visit = self.desk.visits._visit
        assert visit is not None
        return visit.form_token


@pytest.fixture
def door(casebook):
    """A fresh desk."""
    return Door(casebook)


@pytest.fixture
def inside(door):
    """A browser within a visit."""
    return door.inside()


def same(one, other) -> bool:
    """Whether two answers cannot be told apart."""
    return (one.status_code, one.content, dict(one.headers)) == (other.status_code, other.content, dict(other.headers))


def post(client, path: str, **fields: str):
    """A form as a browser sends it."""
    return client.post(path, urlencode(fields), content_type="application/x-www-form-urlencoded")


# --- who may come in -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ps"])
@pytest.mark.parametrize("path", [*PAGES, *ABSENT, "/leave", "/review/answers"])
def test_without_a_visit_no_page_with_people_exists(door, language, path):
    """GET, HEAD and POST answer like an address that never was, byte for byte, and nothing is looked up."""
    client = door.outside()
    nowhere = client.get(f"/{language}/nowhere")
    assert nowhere.status_code == 404
    assert same(client.get(f"/{language}{path}"), nowhere)
    assert same(client.head(f"/{language}{path}"), client.head(f"/{language}/nowhere"))
    assert same(client.post(f"/{language}{path}"), client.post(f"/{language}/nowhere"))
    assert same(client.get(path), client.get("/nowhere"))
    assert door.listbook.asked == []


@pytest.mark.parametrize("cookie", ["", "x", "é", "A" * 43, "A" * 5000])
def test_another_cookie_opens_nothing(door, inside, cookie):
    """Also while a visit is open."""
    client = door.outside()
    client.cookies[COOKIE] = cookie
    assert same(client.get("/en/register"), client.get("/en/nowhere"))


def test_a_server_without_a_listbook_has_no_door(client):
    """Then even the door is an address that never was."""
    assert same(client.get("/en/enter"), client.get("/en/nowhere"))
    assert same(client.get("/en/register"), client.get("/en/nowhere"))
    assert same(client.post("/en/enter", {"token": "x"}), client.post("/en/nowhere", {"token": "x"}))


def test_a_token_is_exchanged_for_a_cookie_once(door):
    """303 to the register; the cookie is for this server alone, for no script, and for twelve hours at most."""
    client = door.outside()
    response = client.get("/en/enter", {"token": door.tokens[-1]})
    assert (response.status_code, response.headers["Location"]) == (303, "/en/register")
    cookie = response.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Strict", "/", "")
    assert int(cookie["max-age"]) == LONGEST_SECONDS
    assert len(cookie.value) >= 43
    assert client.get("/en/register").status_code == 200
    again = door.outside()
    refused = again.get("/en/enter", {"token": door.tokens[0]})
    assert refused.status_code == 403
    assert not refused.cookies
    assert again.get("/en/register").status_code == 404
    assert client.get("/en/register").status_code == 200


def test_each_token_that_was_used_is_followed_by_a_new_one(door):
    """The terminal always shows one that is good, and never twice the same."""
    for _ in range(3):
        door.inside()
    assert len(door.tokens) == len(set(door.tokens)) == 4


def test_a_token_can_be_typed_into_the_door(door):
    """So that it need not stand in an address; white space around it does no harm."""
    client = door.outside()
    page = client.get("/en/enter")
    assert page.status_code == 200
    assert 'name="token"' in page.content.decode()
    assert client.post("/en/enter", {"token": door.tokens[-1]}).status_code == 200
    response = post(client, "/en/enter", token=f" {door.tokens[-1]}\n")
    assert response.status_code == 303
    assert client.get("/en/register").status_code == 200


@pytest.mark.parametrize("token", ["x", "x" * 10_000, "\x00", "é"])
def test_a_wrong_token_is_refused_at_the_door(door, token):
    """403 with the form, no cookie, and the right one still good."""
    client = door.outside()
    for response in (client.get("/en/enter", {"token": token}), post(client, "/en/enter", token=token)):
        assert response.status_code == 403
        assert not response.cookies
    assert client.head("/en/enter", {"token": door.tokens[-1]}).status_code == 200
    assert client.get("/en/enter", {"token": door.tokens[-1]}).status_code == 303


def test_a_new_visit_ends_the_one_before(door):
    """The older browser is outside again."""
    first = door.inside()
    second = door.inside()
    assert first.get("/en/register").status_code == 404
    assert second.get("/en/register").status_code == 200


def test_leaving_ends_the_visit(door, inside):
    """The cookie is good no more, and the browser is told to forget it."""
    response = post(inside, "/en/leave", form=door.form())
    assert (response.status_code, response.headers["Location"]) == (303, "/en/")
    assert response.cookies[COOKIE]["max-age"] == 0
    assert inside.get("/en/register").status_code == 404


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_request_that_another_origin_caused_belongs_to_no_visit(inside, site):
    """Also one from another port of this machine, whose pages the browser gives the same cookies."""
    asked = {"Sec-Fetch-Site": site}
    assert same(inside.get("/en/register", headers=asked), inside.get("/en/nowhere", headers=asked))
    assert inside.get("/en/register", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200


# --- forms -----------------------------------------------------------------------------------------------------------

POSTED = ["/register", "/review", "/review/answers", "/leave"]


@pytest.mark.parametrize("path", POSTED)
@pytest.mark.parametrize("form", [None, "", "x", "é"])
def test_a_form_of_nobody_is_refused(door, inside, path, form):
    """403 without the token of this visit, and nothing is done."""
    fields = {"text": "x", "a": CODES[0], "b": CODES[1], "answer": "same"} | ({} if form is None else {"form": form})
    response = post(inside, f"/en{path}", **fields)
    assert response.status_code == 403
    assert door.reviewbook.given == {}
    assert inside.get("/en/register").status_code == 200


@pytest.mark.parametrize("path", POSTED)
def test_a_form_of_the_visit_before_is_refused(door, path):
    """A form token is bound to its cookie."""
    door.inside()
    old = door.form()
    client = door.inside()
    assert post(client, f"/en{path}", form=old).status_code == 403


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "multipart/form-data; boundary=x", ""])
def test_a_form_of_another_kind_is_refused(door, inside, kind):
    """403: a page elsewhere could send some of these without asking."""
    assert inside.post("/en/register", b"x", content_type=kind).status_code == 403


def test_a_form_that_is_too_large_is_refused(door, inside):
    """400, whatever stands in it."""
    assert post(inside, "/en/register", form=door.form(), text="x" * 70_000).status_code == 400


@pytest.mark.parametrize(
    "path", ["/", "/lists", f"/people/{CODES[0]}", f"/review/{CODES[0]}/{CODES[1]}", "/register/", "/nowhere"]
)
def test_no_other_page_takes_a_post_in_a_visit(door, inside, path):
    """405: the list of addresses is closed."""
    response = post(inside, f"/en{path}", form=door.form())
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
@pytest.mark.parametrize("path", POSTED)
def test_no_other_method_is_taken(inside, path, method):
    """405."""
    assert getattr(inside, method)(f"/en{path}").status_code == 405


# --- what every page keeps to ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ps"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_in_its_language(inside, path, language):
    """200, one h1, the language and its direction, nothing kept by the browser, and a policy without inline code."""
    response = inside.get(f"/{language}{path}")
    text = response.content.decode()
    assert response.status_code == 200
    assert f'<html lang="{language}" dir="{"rtl" if language == "ps" else "ltr"}">' in text
    assert text.count("<h1") == 1
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert " style=" not in text
    assert " onclick=" not in text


@pytest.mark.parametrize("path", PAGES)
def test_only_the_pair_asked_about_runs_a_script(inside, path):
    """And there only a file of this server."""
    response = inside.get(f"/en{path}")
    policy = re.search(r"script-src ([^;]*);", response.headers["Content-Security-Policy"])
    scripts = re.findall(r"<script[^>]*>", response.content.decode())
    is_question = path.count("/") == 3
    assert policy is not None
    assert policy[1] == ("'self'" if is_question else "'none'")
    assert scripts == (['<script src="/static/review.js" defer>'] if is_question else [])


@pytest.mark.parametrize("path", [*PAGES, "/register?s=1"])
def test_a_name_is_text_and_its_controls_are_seen(door, inside, path):
    """No markup of a name is markup here, and no control of direction reaches the page."""
    post(inside, "/en/register", form=door.form(), text=PAYLOAD)
    text = inside.get(f"/en{path}").content.decode()
    assert "<script>" not in text
    assert "<img" not in text
    assert "onerror=alert(2)&gt;" in text or MARK not in text or "<b" in text or path.startswith("/register?s")
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f]", text)


@pytest.mark.parametrize("path", PAGES)
def test_no_title_and_no_link_holds_a_name(door, inside, path):
    """Titles, addresses and the fields of forms that stand in addresses know codes only."""
    text = inside.get(f"/en{path}").content.decode()
    (title,) = re.findall("<title>(.*?)</title>", text, re.S)
    links = re.findall(r'(?:href|action|src|id|name)="([^"]*)"', text)
    for one in (title, *links):
        assert MARK not in one
        assert ARABIC not in one


def test_a_search_stands_in_no_address(door, inside):
    """The text is posted, kept in the visit, and named by a number."""
    response = post(inside, "/en/register", form=door.form(), text=ARABIC)
    assert (response.status_code, response.headers["Location"]) == (303, "/en/register?s=1")
    page = inside.get("/en/register?s=1").content.decode()
    assert CODES[0] in page
    assert CODES[1] not in page
    assert f'value="{ARABIC}"' in page
    assert 'href="/ps/register?s=1"' in page
    assert door.listbook.asked[-1] != "search"
    assert f"search {ARABIC}" in door.listbook.asked


def test_a_search_of_another_visit_is_not_known(door, inside):
    """Its number shows everybody, as if nothing had been searched."""
    post(inside, "/en/register", form=door.form(), text=ARABIC)
    later = door.inside()
    text = later.get("/en/register?s=1").content.decode()
    assert f'value="{ARABIC}"' not in text
    assert CODES[1] in text


def test_nothing_personal_is_logged(door, inside, caplog, capsys, monkeypatch):
    """Neither by Django nor by the server, also when a page fails while it holds names."""

    def fault(*_: object) -> None:
        raise KeyError(MARK)

    with caplog.at_level(logging.DEBUG):
        for path in [*PAGES, *ABSENT]:
            inside.get(f"/en{path}")
        post(inside, "/en/register", form=door.form(), text=PAYLOAD)
        inside.get("/en/register?s=1")
        post(inside, "/en/review", form=door.form(), a=CODES[0], b=CODES[1], answer="same")
    said = capsys.readouterr()
    assert MARK not in caplog.text + said.out + said.err
    monkeypatch.setattr(door.listbook, "register", fault)
    response = inside.get("/en/register")
    assert response.status_code == 500
    assert MARK not in response.content.decode()


def test_an_unknown_code_is_404_like_any_other_address(inside):
    """For who may see people too."""
    nowhere = inside.get("/en/nowhere")
    for path in ABSENT:
        assert same(inside.get(f"/en{path}"), nowhere)


def test_the_pages_of_the_agreement_stay_as_they_are(door, inside):
    """They answer, lead to the pages with people within a visit only, and take no form."""
    assert "/en/register" in inside.get("/en/").content.decode()
    assert "/en/register" not in door.outside().get("/en/").content.decode()
    assert not door.outside().get("/en/").cookies


# --- the register ----------------------------------------------------------------------------------------------------


def test_a_row_of_the_register_says_who_it_is(inside):
    """Code, name in its own script and in Latin letters, father, lists and state, each in its own direction."""
    text = inside.get("/en/register").content.decode()
    row = text[text.index(f'<a href="/en/people/{CODES[0]}">') :].split("</tr>")[0]
    assert f'<bdi class="written" dir="rtl" lang="und-Arab">{ARABIC} خان</bdi>' in row
    assert f'<bdi class="written" dir="ltr" lang="und-Latn">{MARK} latin</bdi>' in row
    assert '<bdi class="written" dir="ltr">۱۳۶۷</bdi>' in row
    assert "a/main</bdi>" in row
    assert "b/main</bdi>" in row
    assert "matched" in row
    assert "health" not in text.lower()


def test_the_counts_open_to_their_rows(inside):
    """Each count of a list, a province, a state is a link that shows just those."""
    text = inside.get("/en/register").content.decode()
    for query, code, absent in (("list=b%2Fmain", 0, 1), ("province=Kabul", 0, 2), ("state=unclear", 1, 0)):
        assert f'href="?{query}"' in text
        shown = inside.get(f"/en/register?{query}").content.decode()
        assert f"/people/{CODES[code]}" in shown
        assert f"/people/{CODES[absent]}" not in shown


@pytest.mark.parametrize("query", ["list=nobody/none", "province=%3Cb%3E", "state=released", "page=99", "page=x"])
def test_a_filter_that_names_nothing_is_said(inside, query):
    """400 with a message; the rows are those without it."""
    response = inside.get(f"/en/register?{query}")
    assert response.status_code == 400
    assert CODES[3] in response.content.decode()
    assert '<div class="errors"' in response.content.decode()


def test_whoever_is_on_no_list_any_more_is_found_by_any_filter(inside):
    """Also by a list that nobody stands on now: 200, and a sentence where there is nobody."""
    response = inside.get("/en/register?list=b%2Fold&gone=yes")
    assert response.status_code == 200
    assert "Nobody of this kind stands on the lists." in response.content.decode()


def test_the_register_is_shown_fifty_at_a_time(casebook):
    """The links keep the filters; the last page has the rest."""
    many = tuple(line(f"AAAAA-{n:05}", f"{MARK} {n}") for n in range(120))
    client = Door(casebook, many).inside()
    first = client.get("/en/register?state=alone").content.decode()
    assert first.count('<th scope="row">') == 50
    assert 'href="?state=alone&amp;page=2"' in first
    assert client.get("/en/register?page=3").content.decode().count('<th scope="row">') == 20


def test_an_empty_register_says_what_to_do(casebook):
    """And so does the page of lists."""
    client = Door(casebook, ()).inside()
    assert "quittance import list" in client.get("/en/register").content.decode()
    assert "quittance import list" in client.get("/en/lists").content.decode()


def test_a_search_without_a_hit_says_what_to_do(door, inside):
    """And leads back to everybody."""
    post(inside, "/en/register", form=door.form(), text="nobody at all")
    assert "Nobody is found under this name." in inside.get("/en/register?s=1").content.decode()
    assert post(inside, "/en/register", form=door.form(), text="  ").headers["Location"] == "/en/register"


def test_a_long_name_does_not_make_a_long_page(casebook):
    """A line among many shows its beginning."""
    people = tuple(line(f"AAAAA-{n:05}", "a" * 10_000, latin="b" * 10_000, father="c" * 10_000) for n in range(50))
    assert len(Door(casebook, people).inside().get("/en/register").content) < 100_000


# --- one person ------------------------------------------------------------------------------------------------------


def test_a_person_is_shown_side_by_side(inside):
    """Fields as rows, lists as columns, the difference in words, every sign as it came, and what was judged."""
    text = inside.get(f"/en/people/{CODES[1].lower()}").content.decode()
    assert "differs</span>" in text
    assert "agrees</span>" in text
    assert "given once</span>" in text
    assert "This is not decided." in text
    assert "[U+202E]" in text
    assert 'href="/en/record?page=' in text
    assert "#r-2" in text
    assert "taken apart again" in text
    assert "(the father&#x27;s name)" in text
    assert '<dt><bdi class="written" dir="rtl" lang="und-Arab">نوم</bdi></dt>' in text
    assert "taken apart again" in text


def test_what_is_decided_is_not_called_undecided(inside):
    """A matched person has no such notice."""
    assert "This is not decided." not in inside.get(f"/en/people/{CODES[0]}").content.decode()


# --- review ----------------------------------------------------------------------------------------------------------


def answer(client, door, a: int, b: int, given: str, **more: str):
    """Answer one pair."""
    return post(client, "/en/review", form=door.form(), a=CODES[a], b=CODES[b], answer=given, **more)


def test_a_pair_stands_side_by_side_with_its_reasons(inside):
    """Fields, how they compare, the score and its parts, the words of the name, in words and not by colour alone."""
    text = inside.get(f"/en/review/{CODES[0]}/{CODES[1]}").content.decode()
    assert "close</span>" in text
    assert "differs</span>" in text
    assert "nothing to compare</span>" in text
    assert '<bdi dir="ltr">+9.0</bdi>, speaks strongly for it' in text
    assert '<bdi dir="ltr">−1.0</bdi>, speaks a little against it' in text
    assert '<b><bdi dir="ltr">70</bdi> to <bdi dir="ltr">90</bdi> in 100</b>' in text
    assert "needed here for: Different people" in text
    for key in "sduk":
        assert f'accesskey="{key}" data-key="{key}"' in text


def test_relatives_are_shown_together(inside):
    """Everybody of the group, and every pair of it."""
    text = inside.get(f"/en/review/{CODES[0]}/{CODES[2]}").content.decode()
    group = text[text.index('id="h-group"') :]
    for code in CODES[:3]:
        assert f'href="/en/people/{code}"' in group
    assert f'href="/en/review/{CODES[0]}/{CODES[1]}"' in group
    assert "These may be relatives" in text
    assert 'id="h-group"' not in inside.get(f"/en/review/{CODES[3]}/{CODES[2]}").content.decode()


def test_an_answer_is_kept_and_leads_to_the_next_pair(door, inside):
    """First to what shares an entry with it, at the end to the overview, which names the command that signs."""
    steps = [
        answer(inside, door, 0, 1, "same"),
        answer(inside, door, 0, 2, "different"),
        answer(inside, door, 3, 2, "unsure"),
    ]
    assert [one.headers["Location"] for one in steps] == [
        f"/en/review/{CODES[0]}/{CODES[2]}",
        f"/en/review/{CODES[3]}/{CODES[2]}",
        "/en/review",
    ]
    assert [one.answer for one in door.reviewbook.given.values()] == ["same", "different", "unsure"]
    text = inside.get("/en/review").content.decode()
    assert "No pair waits for your answer." in text
    assert "quittance people sign CASE --key VAULTKEY --as KEYFILE" in text
    assert text.count("Take it back</button>") == 3


def test_an_answer_against_the_score_needs_a_reason(door, inside):
    """400, a summary and a message beside the field; with a reason it is kept."""
    refused = answer(inside, door, 0, 2, "same")
    text = refused.content.decode()
    assert refused.status_code == 400
    assert '<a href="#reason">' in text
    assert 'id="reason-error"' in text
    assert 'aria-invalid="true"' in text
    assert refused.headers["Content-Security-Policy"].count("script-src 'self'") == 1
    assert door.reviewbook.given == {}
    assert answer(inside, door, 0, 2, "same", reason="document").status_code == 303
    assert door.reviewbook.given[CODES[0], CODES[2]].reason == "document"


def test_a_pair_can_be_skipped_and_asked_again(door, inside):
    """A skipped pair is not asked again in this visit, until the reviewer wants it."""
    assert answer(inside, door, 0, 1, "skip").headers["Location"] == f"/en/review/{CODES[0]}/{CODES[2]}"
    assert answer(inside, door, 0, 2, "skip").headers["Location"] == f"/en/review/{CODES[3]}/{CODES[2]}"
    assert answer(inside, door, 3, 2, "skip").headers["Location"] == "/en/review"
    assert "Only pairs that you skipped are left." in inside.get("/en/review").content.decode()
    assert (
        post(inside, "/en/review", form=door.form(), answer="again").headers["Location"]
        == f"/en/review/{CODES[0]}/{CODES[1]}"
    )
    assert door.reviewbook.given == {}


def test_an_answer_can_be_taken_back_until_it_is_signed(door, inside):
    """The page shows the last one, and its pair is asked again."""
    answer(inside, door, 0, 1, "same")
    assert "Your last answer" in inside.get(f"/en/review/{CODES[0]}/{CODES[2]}").content.decode()
    assert "Your answer so far" in inside.get(f"/en/review/{CODES[0]}/{CODES[1]}").content.decode()
    response = post(inside, "/en/review/answers", form=door.form(), a=CODES[0], b=CODES[1])
    assert (response.status_code, response.headers["Location"]) == (303, f"/en/review/{CODES[0]}/{CODES[1]}")
    assert door.reviewbook.given == {}


def test_the_keys_can_be_switched_off(door, inside):
    """For this visit (WCAG 2.2, 2.1.4); the buttons and their access keys stay."""
    path = f"/en/review/{CODES[0]}/{CODES[1]}"
    assert 'data-keys="on"' in inside.get(path).content.decode()
    assert answer(inside, door, 0, 1, "keys-off").headers["Location"] == path
    assert 'data-keys=""' in inside.get(path).content.decode()
    answer(inside, door, 0, 1, "keys-on")
    assert 'data-keys="on"' in inside.get(path).content.decode()


@pytest.mark.parametrize("given", ["", "yes", "confirmed", "SAME"])
def test_another_answer_is_not_taken(door, inside, given):
    """404, and nothing is kept."""
    assert answer(inside, door, 0, 1, given).status_code == 404
    assert door.reviewbook.given == {}


def test_an_answer_about_nobody_is_not_taken(door, inside):
    """404, for an answer and for one to take back; codes that are none do not break the redirect."""
    assert post(inside, "/en/review", form=door.form(), a=CODES[0], b="nobody", answer="same").status_code == 404
    assert post(inside, "/en/review/answers", form=door.form(), a="nobody", b=CODES[0]).status_code == 404
    assert post(inside, "/en/review", form=door.form(), a="../x", b="", answer="keys-off").status_code == 404


def test_without_a_reviewer_nobody_answers(casebook):
    """The overview says how to start with one; the pairs are not there."""
    door = Door(casebook, reviewer=None)
    client = door.inside()
    assert "--as KEYFILE" in client.get("/en/review").content.decode()
    assert client.get(f"/en/review/{CODES[0]}/{CODES[1]}").status_code == 404
    assert answer(client, door, 0, 1, "same").status_code == 404
    assert post(client, "/en/review/answers", form=door.form(), a=CODES[0], b=CODES[1]).status_code == 404


def test_what_the_record_holds_cannot_be_answered_again(door, inside, monkeypatch):
    """409 with the message and its code."""
    from quittance.errors import RefusedError

    def refuse(*_: object) -> None:
        raise RefusedError("This answer stands in the record.", code="judgement.repeated")

    monkeypatch.setattr(door.reviewbook, "answer", refuse)
    response = answer(inside, door, 0, 1, "same")
    assert response.status_code == 409
    assert "[judgement.repeated]" in response.content.decode()


# --- lists -----------------------------------------------------------------------------------------------------------


def test_lists_say_their_version_and_whether_the_record_holds_it(inside):
    """And lead to their people."""
    text = inside.get("/en/lists").content.decode()
    assert "this version stands in the record" in text
    assert "this version is not in the record yet" in text
    assert "withdrawn" in text
    assert 'href="/en/register?list=a%2Fmain"' in text
    assert "Solar Hijri" in text


def test_the_script_is_small_and_loads_nothing():
    """Below three kilobytes, without a request, a store or a string that is run."""
    from quittance.web.settings import STATIC_ROOT

    script = (STATIC_ROOT / "review.js").read_text("utf-8")
    assert len(script.encode()) < 3_000
    for word in ("fetch", "XMLHttp", "Storage", "cookie", "eval", "innerHTML", "import", "http"):
        assert word not in script
