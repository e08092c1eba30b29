"""Every page in a real browser, in every language, at the width of a desk and of a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from tests.browser.pages import FORKED, LANGUAGES, PAGES, REFUSED, follow, ways

from quittance.web.settings import LANGUAGES_BIDI

if TYPE_CHECKING:
    from playwright.sync_api import Page, Response

MOST_BYTES = 150_000
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
FAILING = {
    "claims-filtered": 400,
    "bad-date": 400,
    "record-filtered": 400,
    "not-found": 404,
    "register-filtered": 400,
    "batch-wrong": 400,
}

PageFactory = Callable[..., "Page"]


class Visit:
    """A page that was opened: its answers, and what the console said."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.answers: list[Response] = []
        self.complaints: list[str] = []
        page.on("response", lambda answer: self.answers.append(answer))
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.first = page.goto(url)
        page.evaluate("document.fonts.ready")

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def bytes(self) -> int:
        """The bytes of every answer together."""
        return sum(len(answer.body()) for answer in self.answers)


@pytest.mark.parametrize(("name", "language", "width"), ways(PAGES))
def test_every_page_is_sound(page_factory: PageFactory, address: str, name: str, language: str, width: int) -> None:
    """Status, language, direction; no complaint, no foreign request, few bytes, no sideways scroll, nothing for axe."""
    page = page_factory(language=language, width=width)
    require_sound(page, address, f"/{language}{PAGES[name]}", FAILING.get(name, 200), language)
    assert page.context.cookies() == []


def require_sound(page: Page, address: str, path: str, status: int, language: str) -> None:
    """What every page keeps to."""
    from axe_playwright_python.sync_playwright import Axe

    visit = Visit(page, f"{address}{path}")
    assert visit.first is not None
    assert visit.first.status == status
    assert page.get_attribute("html", "lang") == language
    assert page.get_attribute("html", "dir") == ("rtl" if language in LANGUAGES_BIDI else "ltr")
    assert visit.complaints == []
    assert {answer.url.startswith(address) for answer in visit.answers if not answer.url.startswith("data:")} == {True}
    assert visit.bytes() < MOST_BYTES
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert page.locator("h1").count() == 1
    found = Axe().run(page, options=AXE).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_figure_keeps_its_order(page_factory: PageFactory, address: str, language: str) -> None:
    """0..850 stands to the left of 5,000, also where the page runs from right to left."""
    page = page_factory()
    page.goto(f"{address}/{language}{PAGES['status']}")
    figure = page.locator("#release-taliban .figure")
    low, total = figure.locator("b").bounding_box(), figure.locator("span").bounding_box()
    assert figure.inner_text().startswith("0..850")
    assert figure.inner_text().endswith("5,000")
    assert low is not None
    assert total is not None
    assert low["x"] + low["width"] <= total["x"]


@pytest.mark.parametrize("name", ["status", "ring", "commitment"])
def test_a_ring_is_drawn_closed(page_factory: PageFactory, address: str, name: str) -> None:
    """Three commitments wait for one another: three thick arcs, on the status page and on the page of each."""
    page = page_factory()
    page.goto(f"{address}/en{PAGES[name]}".replace("release-goa", "release-taliban"))
    assert page.locator("figure.ring path[stroke-width='3']").count() == 3


def test_the_page_is_mirrored(page_factory: PageFactory, address: str) -> None:
    """In Pashto the first column is at the right, and time in the chart runs to the left."""
    page = page_factory(language="ps")
    page.goto(f"{address}/ps{PAGES['status']}")
    heads = [head.bounding_box() for head in page.locator("table.cards thead th").all()]
    places = [box["x"] for box in heads if box is not None]
    assert places == sorted(places, reverse=True)
    page.goto(f"{address}/ps{PAGES['timeline']}")
    texts = page.locator("figure.chart svg.wide text[text-anchor=middle]").all()
    months = [box["x"] for box in (text.bounding_box() for text in texts) if box is not None]
    assert len(months) >= 2
    assert months == sorted(months, reverse=True)


def test_pashto_is_set_in_the_font_that_is_shipped(page_factory: PageFactory, address: str) -> None:
    """The letters of the heading come from Vazirmatn, which has all of Pashto's."""
    page = page_factory(language="ps")
    page.goto(f"{address}/ps{PAGES['status']}")
    page.evaluate("document.fonts.ready")
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    heading = session.send("DOM.querySelector", {"nodeId": root, "selector": "h1"})["nodeId"]
    fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": heading})["fonts"]
    shipped = [font for font in fonts if font["isCustomFont"]]
    assert sum(font["glyphCount"] for font in shipped) > sum(font["glyphCount"] for font in fonts) / 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_works_without_javascript(page_factory: PageFactory, address: str, language: str) -> None:
    """Ask another day, open a commitment's evidence, open an entry, come back in the other language."""
    page = page_factory(language=language, javascript=False)
    page.goto(f"{address}/{language}{PAGES['status']}")
    page.fill("#as_of", "2020-04-12")
    follow(page, "form button")
    assert "as_of=2020-04-12" in page.url
    follow(page, "#release-goa .done a")
    assert "/commitments/release-goa?" in page.url
    assert page.url.endswith("#evidence")
    follow(page, "#evidence ~ .entries li a[href*='/entries/']")
    assert f"/{language}/entries/" in page.url
    assert "as_of=2020-04-12" in page.url
    other = next(one for one in LANGUAGES if one != language)
    follow(page, f".languages a[hreflang={other}]")
    assert f"/{other}/entries/" in page.url
    assert page.get_attribute("html", "lang") == other


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_keyboard_reaches_the_answer(page_factory: PageFactory, address: str, language: str) -> None:
    """The first stop skips to the content; the next ones are the dates; the focus can be seen on each."""
    page = page_factory(language=language)
    page.goto(f"{address}/{language}{PAGES['status']}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    seen = []
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert [name for name in dict.fromkeys(seen) if name] == ["as_of", "known_by", "party"]


RECEIPT = "/en/record/entries/4.tlog-proof"


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("ps", 390)])
@pytest.mark.parametrize(("given", "look"), [("own", "ok"), ("refused", "breached"), ("forked", "breached")])
def test_a_receipt_is_answered_without_javascript(
    page_factory: PageFactory, address: str, given: str, look: str, language: str, width: int
) -> None:
    """The file is dropped into the form; the sentence stands in the status, and there is nothing for axe."""
    from axe_playwright_python.sync_playwright import Axe

    page = page_factory(language=language, width=width, javascript=False)
    page.goto(f"{address}/{language}/verify")
    data = {"refused": REFUSED, "forked": FORKED}.get(given) or page.request.get(f"{address}{RECEIPT}").body()
    page.set_input_files("#file", files=[{"name": "r.tlog-proof", "mimeType": "text/plain", "buffer": data}])
    follow(page, "main form[method=post] button")
    assert page.url == f"{address}/{language}/verify"
    assert page.locator(f"[role=status] .verdict.{look}").is_visible()
    text = page.locator("[role=status]").inner_text()
    markup = page.content()
    assert len(text) > 40
    assert page.context.cookies() == []
    shown = page_factory(language=language, width=width)
    shown.route("**/answer", lambda route: route.fulfill(body=markup, content_type="text/html; charset=utf-8"))
    shown.goto(f"{address}/answer")
    assert shown.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    found = Axe().run(shown, options=AXE).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []


def test_a_pasted_receipt_survives_the_browser(page_factory: PageFactory, address: str) -> None:
    """The browser sends other line ends than the file has; the receipt still holds."""
    page = page_factory()
    page.goto(f"{address}/en/verify")
    page.fill("#text", page.request.get(f"{address}{RECEIPT}").body().decode())
    follow(page, "main form[method=post] button")
    assert (
        page.locator("[role=status]").inner_text()
        == "Entry 4 is in the record signed on 12 September 2020 and unchanged."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_entries_are_chosen_and_taken_away(page_factory: PageFactory, address: str, language: str) -> None:
    """Choose an office, show, download the receipt of the entry that is left."""
    page = page_factory(language=language, javascript=False)
    page.goto(f"{address}/{language}{PAGES['record']}")
    page.select_option("#office", "receiving:taliban")
    follow(page, "form.filters button")
    assert page.locator("table.record tbody tr").count() == 1
    with page.expect_download() as download:
        page.click("table.record a[href$='.tlog-proof']")
    assert download.value.suggested_filename == "entry-2.tlog-proof"


@pytest.mark.parametrize("language", LANGUAGES)
def test_targets_are_large_enough(page_factory: PageFactory, address: str, language: str) -> None:
    """Every cell of the matrix and every link of the navigation is at least 24 by 24 (WCAG 2.2, 2.5.8)."""
    page = page_factory(language=language, width=390)
    page.goto(f"{address}/{language}{PAGES['weeks']}")
    boxes = page.evaluate(
        "[...document.querySelectorAll('.matrix td a, nav a, .moves a, button')]"
        ".map(one => [one.innerText, one.getBoundingClientRect()]).map(([text, box]) => [text, box.width, box.height])"
    )
    assert len(boxes) > 100
    assert [box for box in boxes if box[1] < 24 or box[2] < 24] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_printed_page_says_what_it_answers(page_factory: PageFactory, address: str, language: str) -> None:
    """On paper the navigation is gone, and the two dates and the record head stand at the top."""
    page = page_factory(language=language)
    page.goto(f"{address}/{language}{PAGES['commitment']}")
    page.emulate_media(media="print")
    assert not page.locator("nav.pages").is_visible()
    assert not page.locator("form.dates").is_visible()
    running = page.locator(".running")
    assert running.is_visible()
    assert running.inner_text().count("2020-05-05") == 2
    sources = page.locator(".print-only li").all_inner_texts()
    assert len(sources) == len(set(sources)) > 5
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
