"""The claims desk in a real browser: decided by keyboard and without a script; a figure opens its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.browser.pages import LANGUAGES, PEOPLE_PAGES, Workbench, follow
from tests.browser.reports import SHORT, first_code
from tests.browser.test_pages import PageFactory
from tests.unit.web.people import REVIEWER

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def bench(address: Workbench) -> Workbench:
    """The workbench when nothing is decided yet."""
    address.claims.given.clear()
    return address


def at_a_claim(page: Page, bench: Workbench, language: str) -> str:
    """The first claim of a report, in the browser; its code."""
    bench.enter(page, language)
    code = first_code(SHORT)
    page.goto(f"{bench}/{language}/claims/{SHORT}?c={code}")
    return code


@pytest.mark.parametrize("language", LANGUAGES)
def test_claims_are_decided_with_one_key(page_factory: PageFactory, bench: Workbench, language: str) -> None:
    """a accepts; c opens the form and stands in its first field, where letters are letters; ? shows the keys."""
    page = page_factory(language=language)
    code = at_a_claim(page, bench, language)
    page.keyboard.press("?")
    assert page.locator("#keys").get_attribute("open") is not None
    page.locator("h1").click()
    page.keyboard.press("c")
    assert page.evaluate("document.activeElement.id") == "f-event_type"
    page.keyboard.press("a")
    assert page.url.endswith(f"?c={code}")
    page.select_option("#f-kind", "target")
    follow(page, "button[value=corrected]")
    assert bench.claims.given[REVIEWER, code].changes == {"kind": "target"}
    with page.expect_navigation():  # as a Pashto keyboard sends the key that stands at a
        page.evaluate(
            "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'ش', code: 'KeyA', bubbles: true}))"
        )
    assert len(bench.claims.given) == 2


def test_single_keys_can_be_switched_off(page_factory: PageFactory, bench: Workbench) -> None:
    """Then a is nothing but a letter (WCAG 2.2, 2.1.4)."""
    page = page_factory()
    at_a_claim(page, bench, "en")
    page.click("#keys summary")
    follow(page, "#keys button")
    page.keyboard.press("a")
    page.keyboard.press("r")
    page.wait_for_timeout(200)
    assert bench.claims.given == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_claims_are_decided_without_a_script(page_factory: PageFactory, bench: Workbench, language: str) -> None:
    """From the inbox to a claim, a decision, and back again."""
    page = page_factory(language=language, width=390, javascript=False)
    bench.enter(page, language)
    page.goto(f"{bench}/{language}/claims")
    follow(page, "a.button")
    follow(page, "button[value=doubtful]")
    assert [one.answer for one in bench.claims.given.values()] == ["doubtful"]
    page.goto(f"{bench}/{language}/claims")
    follow(page, "form[action$='/claims/answers'] button")
    assert bench.claims.given == {}


def test_targets_of_the_desk_are_large_enough(page_factory: PageFactory, address: Workbench) -> None:
    """Buttons, fields and links of lists at least 24 by 24; the decisions at least 44 high (WCAG 2.2, 2.5.8)."""
    page = page_factory(language="ps", width=390)
    address.enter(page, "ps")
    for name, selector, least in (
        ("claims", "nav a, button, select, table a", 24),
        ("claim-report", ".buttons button", 44),
        ("claim-report", "summary, .target", 24),
        ("claim-series", "table a, .choices a", 24),
    ):
        page.goto(f"{address}/ps{PEOPLE_PAGES[name]}")
        boxes = page.evaluate(
            "selector => [...document.querySelectorAll(selector)].map(one => one.getBoundingClientRect())"
            ".map(box => [box.width, box.height])",
            selector,
        )
        assert boxes
        assert [box for box in boxes if box[0] < 24 or box[1] < least] == []


def test_a_number_opens_its_words(page_factory: PageFactory, address: Workbench) -> None:
    """The place of a claim in its report: its label is in view and marked, its number underlined."""
    page = page_factory()
    code = at_a_claim(page, address, "en")
    page.goto(f"{address}/en/claims/{SHORT}?c={code}#c-{code}")
    label = page.locator(f"#c-{code}")
    assert label.is_visible()
    assert page.locator("mark.here u").count() == 1
    assert page.locator("mark.here u").evaluate("one => getComputedStyle(one).textDecorationLine") == "underline"
