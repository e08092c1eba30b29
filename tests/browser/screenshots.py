"""Pictures of every page for people to look at: `python -m tests.browser.screenshots OUTDIR [PAGE...]`.

Each page in each language at 1280 and 390 pixels, and the printed form as PDF and PNG (with `pdftoppm`).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright
from tests.browser.conftest import LAUNCH_ARGUMENTS, find_chromium
from tests.browser.pages import FORKED, LANGUAGES, PAGES, PEOPLE_PAGES, REFUSED, follow, workbench

if TYPE_CHECKING:
    from playwright.sync_api import Page


FILES = {"verify-right": b"", "verify-refused": REFUSED, "verify-fork": FORKED}
"""Answers to a file: of the case itself where it is empty, else to these bytes."""

RIGHT = "/en/record/entries/4.tlog-proof"


def post(page: Page, data: bytes) -> None:
    """Drop a file into the form and wait for the answer."""
    page.set_input_files("#file", files=[{"name": "receipt.tlog-proof", "mimeType": "text/plain", "buffer": data}])
    follow(page, "main form[method=post] button")


def main(out: Path, wanted: list[str]) -> None:
    """Write the pictures of the pages named, or of all of them."""
    out.mkdir(parents=True, exist_ok=True)
    with workbench() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=LAUNCH_ARGUMENTS)
        inside = browser.new_context()
        address.enter(inside.new_page())
        for name, path in (PAGES | PEOPLE_PAGES | dict.fromkeys(FILES, "/verify")).items():
            for language in LANGUAGES if not wanted or name in wanted else ():
                for width in (1280, 390):
                    page = (inside if name in PEOPLE_PAGES else browser).new_page()
                    page.set_viewport_size({"width": width, "height": 900})
                    page.goto(f"{address}/{language}{path}")
                    if name in FILES:
                        post(page, FILES[name] or page.request.get(f"{address}{RIGHT}").body())
                    page.screenshot(path=out / f"{name}-{language}-{width}.png", full_page=True)
                    if width == 1280:
                        printed = out / f"{name}-{language}.pdf"
                        page.pdf(path=printed, prefer_css_page_size=True)
                        if shutil.which("pdftoppm"):
                            command = ["pdftoppm", "-r", "60", "-png", str(printed), str(printed.with_suffix(""))]
                            subprocess.run(command, check=True)
                    page.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
