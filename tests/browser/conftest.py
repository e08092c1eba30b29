"""A real browser for the tests in this folder: the machine's own Chromium, driven by Playwright.

Without one the whole group is skipped with one line at the end of the run; with CI=true it fails instead.
Test modules take `page_factory` or `browser` and import Playwright only under TYPE_CHECKING, so that they can be
collected on a machine without it.
"""

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from tests.browser.pages import Workbench

# Playwright's synchronous interface runs an event loop in this thread, and Django refuses its database there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

HERE = Path(__file__).parent
LAUNCH_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """The path of the Chromium to use: QUITTANCE_CHROMIUM where it is set, else the first on the PATH."""
    chosen = os.environ.get("QUITTANCE_CHROMIUM")
    names = [chosen] if chosen else ["chromium", "chromium-browser", "google-chrome"]
    return next(filter(None, map(shutil.which, names)), None)


def what_is_missing() -> str | None:
    """Why no browser can be started here and what to do, as one line; None when all is there."""
    if importlib.util.find_spec("playwright") is None:
        return "Playwright is not installed; run `make setup`."
    if find_chromium() is None:
        chosen = os.environ.get("QUITTANCE_CHROMIUM")
        if chosen:
            return f"QUITTANCE_CHROMIUM names {chosen}, which is not a program."
        return "no Chromium was found; install chromium and fonts-noto-core, or set QUITTANCE_CHROMIUM."
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, so that `-m "not browser"` leaves them all out."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once, at the end of the run, why the browser tests were skipped."""
    skipped = terminalreporter.stats.get("skipped", [])
    missing = what_is_missing()
    if missing and any("browser" in report.keywords for report in skipped):
        terminalreporter.write_line(f"Browser tests skipped: {missing}")


@pytest.fixture(scope="session", autouse=True)
def chromium() -> str:
    """The path of a Chromium that can be started; skips the group without one, or fails it when CI=true."""
    missing = what_is_missing()
    path = find_chromium()
    if missing or path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"Browser tests cannot run: {missing}", pytrace=False)
        pytest.skip(f"Browser tests skipped: {missing}")
    return path


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator["Browser"]:
    """One Chromium for the whole run."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=LAUNCH_ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def page_factory(browser: "Browser") -> Iterator[Callable[..., "Page"]]:
    """Opens pages: page_factory(language="ps", width=390, javascript=False). Each has its own cookies."""
    contexts = []

    def open_page(language: str = "en", width: int = 1280, javascript: bool = True) -> "Page":
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            extra_http_headers={"Accept-Language": language},
        )
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def address(chromium: str) -> Iterator["Workbench"]:
    """Where the workbench listens."""
    from tests.browser.pages import workbench

    with workbench() as found:
        yield found
