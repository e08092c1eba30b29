"""The pages with people in a real browser: sound in every language and width, by keyboard, and without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.browser.pages import LANGUAGES, PEOPLE_PAGES, WIDTHS, Workbench, follow, ways
from tests.browser.test_pages import FAILING, PageFactory, require_sound
from tests.unit.web.people import CODES

if TYPE_CHECKING:
    from playwright.sync_api import Page

A, B, C, D = CODES
"""The entries of the three pairs: A and B, A and C, D and C."""


@pytest.fixture
def bench(address: Workbench) -> Workbench:
    """The workbench when nothing is answered yet."""
    address.pairs.given.clear()
    return address


@pytest.mark.parametrize(("name", "language", "width"), ways(PEOPLE_PAGES))
def test_every_page_with_people_is_sound(
    page_factory: PageFactory, address: Workbench, name: str, language: str, width: int
) -> None:
    """Status, language, direction; no complaint, no foreign request, few bytes, no sideways scroll, nothing for axe."""
    page = page_factory(language=language, width=width)
    address.enter(page, language)
    require_sound(page, address, f"/{language}{PEOPLE_PAGES[name]}", FAILING.get(name, 200), language)
    (cookie,) = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_door_is_sound_and_lets_in_without_a_script(
    page_factory: PageFactory, address: Workbench, language: str, width: int
) -> None:
    """The token is typed; a wrong one is refused first."""
    require_sound(page_factory(language=language, width=width), address, f"/{language}/enter", 200, language)
    page = page_factory(language=language, width=width, javascript=False)
    page.goto(f"{address}/{language}/enter")
    page.fill("#token", "wrong")
    follow(page, "main button")
    assert page.locator("[role=alert]").is_visible()
    page.fill("#token", address.tokens[-1])
    follow(page, "main button")
    assert page.url == f"{address}/{language}/register"
    follow(page, "nav.pages button")
    page.goto(f"{address}/{language}/register")
    assert page.locator("table.people").count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_somebody_is_found_without_a_script_and_without_a_name_in_the_address(
    page_factory: PageFactory, address: Workbench, language: str
) -> None:
    """Search, open, come back, filter; the address never holds what was searched."""
    page = page_factory(language=language, javascript=False)
    address.enter(page, language)
    page.goto(f"{address}/{language}/register")
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.fill("#text", "جاوید")
    follow(page, "form[role=search] button")
    assert page.locator("table.people tbody tr").count() == 20
    follow(page, "table.people a")
    assert page.url.endswith(f"/{language}/people/{A}")
    page.go_back()
    assert page.input_value("#text") == "جاوید"
    page.select_option("#state", "matched")
    follow(page, "form[method=get] button")
    assert page.locator("table.people tbody tr").count() == 20
    assert [url for url in seen if "%D8" in url or "جاوید" in url] == []


def answered(page: Page, bench: Workbench, language: str) -> int:
    """How many answers wait for the signature."""
    page.goto(f"{bench}/{language}/review")
    return page.locator("table.cards tbody tr").count()


@pytest.mark.parametrize("language", LANGUAGES)
def test_pairs_are_answered_without_a_script(page_factory: PageFactory, bench: Workbench, language: str) -> None:
    """Buttons only; an answer against the score is asked for its reason, and the last one is taken back."""
    page = page_factory(language=language, width=390, javascript=False)
    bench.enter(page, language)
    page.goto(f"{bench}/{language}/review")
    follow(page, "a.button")
    assert page.url.endswith(f"/review/{A}/{B}")
    follow(page, "button[value=different]")
    assert page.locator("#reason-error").is_visible()
    page.select_option("#reason", "interview")
    follow(page, "button[value=different]")
    assert page.url.endswith(f"/review/{A}/{C}")
    follow(page, "button[value=unsure]")
    assert page.url.endswith(f"/review/{D}/{C}")
    follow(page, "form[action$='/review/answers'] button")
    assert page.url.endswith(f"/review/{A}/{C}")
    assert answered(page, bench, language) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_pairs_are_answered_with_one_key(page_factory: PageFactory, bench: Workbench, language: str) -> None:
    """s, u and k in any keyboard; ? shows the keys; nothing happens while something is typed or chosen."""
    page = page_factory(language=language)
    bench.enter(page, language)
    page.goto(f"{bench}/{language}/review/{A}/{B}")
    page.focus("#reason")
    page.keyboard.press("s")
    page.keyboard.press("Escape")
    assert page.url.endswith(f"/review/{A}/{B}")
    page.locator("h1").click()
    page.keyboard.press("?")
    assert page.locator("#keys").get_attribute("open") is not None
    page.locator("h1").click()
    page.keyboard.press("Alt+u")  # with another key it is no answer
    page.keyboard.press("Shift+ArrowDown")
    assert page.url.endswith(f"/review/{A}/{B}")
    with page.expect_navigation():
        page.keyboard.press("s")
    assert page.url.endswith(f"/review/{A}/{C}")
    with page.expect_navigation():  # as a Pashto keyboard sends the key that stands at u
        page.evaluate(
            "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'ع', code: 'KeyU', bubbles: true}))"
        )
    assert page.url.endswith(f"/review/{D}/{C}")
    with page.expect_navigation():
        page.keyboard.press("k")
    assert page.url.endswith("/review")
    assert page.locator("table.cards tbody tr").count() == 2


def test_single_keys_can_be_switched_off(page_factory: PageFactory, bench: Workbench) -> None:
    """Then s is nothing but a letter (WCAG 2.2, 2.1.4)."""
    page = page_factory()
    bench.enter(page)
    page.goto(f"{bench}/en/review/{A}/{B}")
    page.click("#keys summary")
    with page.expect_navigation():
        page.click("#keys button")
    page.keyboard.press("s")
    page.keyboard.press("u")
    page.wait_for_timeout(200)
    assert page.url.endswith(f"/review/{A}/{B}")
    assert answered(page, bench, "en") == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_keyboard_reaches_every_answer(page_factory: PageFactory, address: Workbench, language: str) -> None:
    """Tab goes through the reason and the four buttons in their order, and the focus can be seen on each."""
    page = page_factory(language=language)
    address.enter(page, language)
    page.goto(f"{address}/{language}{PEOPLE_PAGES['question']}")
    page.focus("#reason")
    seen = []
    for _ in range(4):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.value"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert seen == ["same", "different", "unsure", "skip"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_targets_with_people_are_large_enough(page_factory: PageFactory, address: Workbench, language: str) -> None:
    """Buttons, fields and links of lists are at least 24 by 24; the answers at least 44 high (WCAG 2.2, 2.5.8)."""
    page = page_factory(language=language, width=390)
    address.enter(page, language)
    for name, selector, least in (
        ("register", "nav a, button, .tally a, .check input", 24),
        ("question", ".buttons button", 44),
        ("review", "nav a, button, a.button", 24),
    ):
        page.goto(f"{address}/{language}{PEOPLE_PAGES[name]}")
        boxes = page.evaluate(
            "selector => [...document.querySelectorAll(selector)].map(one => one.getBoundingClientRect())"
            ".map(box => [box.width, box.height])",
            selector,
        )
        assert boxes
        assert [box for box in boxes if box[0] < 24 or box[1] < least] == []


def test_a_name_cannot_turn_its_neighbours(page_factory: PageFactory, address: Workbench) -> None:
    """Code, name and state of each row stand in the order of the columns, whatever script the name is in."""
    page = page_factory(language="ps")
    address.enter(page, "ps")
    page.goto(f"{address}/ps/register")
    for row in page.locator("table.people tbody tr").all()[:12]:
        places = [box["x"] for box in (cell.bounding_box() for cell in row.locator("th, td").all()) if box is not None]
        assert places == sorted(places, reverse=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_register_on_paper_says_what_was_asked(
    page_factory: PageFactory, address: Workbench, language: str
) -> None:
    """The forms are gone, the filter stands in words, the head of the record at the top."""
    page = page_factory(language=language)
    address.enter(page, language)
    page.goto(f"{address}/{language}/register?state=matched")
    page.emulate_media(media="print")
    assert not page.locator(".finders").is_visible()
    assert page.locator(".asked").inner_text().strip()
    assert page.locator(".running").is_visible()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


@pytest.mark.parametrize("name", PEOPLE_PAGES)
def test_no_form_is_printed(page_factory: PageFactory, address: Workbench, name: str) -> None:
    """Paper takes no answer."""
    page = page_factory()
    address.enter(page)
    page.goto(f"{address}/en{PEOPLE_PAGES[name]}")
    page.emulate_media(media="print")
    assert [one for one in page.locator("button, input, select").all() if one.is_visible()] == []
