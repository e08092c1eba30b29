"""Batches and the day at the door in a real browser: without scripts, with a thumb, on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.browser.pages import LANGUAGES, PEOPLE_PAGES, Workbench, follow
from tests.browser.test_pages import PageFactory
from tests.unit.web.batches import code

if TYPE_CHECKING:
    from playwright.sync_api import Page

DOOR = ("day", "day-person", "day-conflict")


def too_small(page: Page, selector: str, least: int) -> list[list[float]]:
    """What can be tapped and is less than so many pixels high or 24 wide."""
    found: list[list[float]] = page.evaluate(
        "([selector, least]) => [...document.querySelectorAll(selector)].filter(one => one.checkVisibility())"
        ".map(one => one.getBoundingClientRect()).filter(box => box.height < least || box.width < 24)"
        ".map(box => [box.width, box.height])",
        [selector, least],
    )
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_batch_is_looked_through_without_a_script(
    page_factory: PageFactory, address: Workbench, language: str
) -> None:
    """Draft, look at who was passed over, ask what if, see it as a side does; nothing but links and forms."""
    page = page_factory(language=language, javascript=False)
    address.enter(page, language)
    page.goto(f"{address}/{language}/batches")
    page.fill("#size", "60")
    follow(page, "main form button")
    assert page.url.endswith("size=60")
    assert page.locator("table.ranked tbody tr.in").count() > 40
    follow(page, "section.candidates nav li:nth-child(3) a")
    assert page.locator("table.ranked tbody tr").count() == 4
    page.select_option("#limit", "province:Kabul:max")
    follow(page, "section.whatif button")
    assert page.locator("section.whatif ol.codes li").count() == 2
    assert "size=60" in page.url
    follow(page, "nav[aria-label] a[href*='as=taliban']")
    assert page.locator("section.whatif").count() == 0
    assert page.locator("table.ranked a").count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_pass_the_door_without_a_script(page_factory: PageFactory, address: Workbench, language: str) -> None:
    """Next person, an answer by its button, the next person after that; a discrepancy with a choice."""
    page = page_factory(language=language, width=390, javascript=False)
    address.enter(page, language)
    page.goto(f"{address}/{language}/batches/b1/day")
    follow(page, "a.button.big")
    assert page.url.endswith(f"/day/{code(8)}")
    page.goto(f"{address}/{language}/batches/b1/day/{code(9)}")
    follow(page, "button[value='identity confirmed']")
    assert page.url.endswith(f"/day/{code(9)}#medical")
    follow(page, "a.button.big")
    assert page.url.endswith(f"/day/{code(10)}")
    page.click("details.fold:last-of-type summary")
    page.select_option("#kind", "wrong_person")
    follow(page, "details.fold:last-of-type button")
    assert page.url.endswith(f"/day/{code(10)}#main")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", DOOR)
def test_a_thumb_finds_everything_at_the_door(
    page_factory: PageFactory, address: Workbench, name: str, language: str
) -> None:
    """Buttons, choices and links of one column are at least 44 pixels high; those within a line of text 24."""
    page = page_factory(language=language, width=390)
    address.enter(page, language)
    page.goto(f"{address}/{language}{PEOPLE_PAGES[name]}")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert too_small(page, ".door button, .door select, .door summary, .door .target, .door .button", 44) == []
    assert too_small(page, ".door a, nav a", 24) == []


@pytest.mark.parametrize("name", ["draft", "batch", "sums"])
def test_links_of_the_builder_are_large_enough(page_factory: PageFactory, address: Workbench, name: str) -> None:
    """At least 24 pixels (WCAG 2.2, 2.5.8) wherever they stand in a table or a list."""
    page = page_factory(width=390)
    address.enter(page)
    page.goto(f"{address}/en{PEOPLE_PAGES[name]}")
    assert too_small(page, "nav a, table th a, .codes a, .sum a, button, summary", 24) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_on_paper_has_every_number(page_factory: PageFactory, address: Workbench, language: str) -> None:
    """In columns, with the head of the record, and no form."""
    page = page_factory(language=language)
    address.enter(page, language)
    page.goto(f"{address}/{language}/batches/b1/list")
    page.emulate_media(media="print")
    assert page.locator(".running").is_visible()
    assert page.locator("ol.codes").first.locator("li").count() == 100
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sum_is_read_from_its_start(page_factory: PageFactory, address: Workbench, language: str) -> None:
    """Listed stands before its parts in the direction of reading, and each part opens its entries."""
    page = page_factory(language=language)
    address.enter(page, language)
    page.goto(f"{address}/{language}/sums")
    places = [box["x"] for box in (one.bounding_box() for one in page.locator(".sum > span").all()) if box is not None]
    assert places == sorted(places, reverse=language == "ps")
    follow(page, ".sum a")
    assert "#s-0-released" in page.url
    page.click("#s-0-released summary")
    assert page.locator("#s-0-released a[href*='/record?page=']").first.is_visible()
