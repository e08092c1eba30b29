"""Pictures of every page for people to look at: `python -m tests.browser.screenshots OUTDIR [PAGE...]`.

Each page in each language at 1280 and 390 pixels, and the printed form as PDF and PNG (with `pdftoppm`).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright
from tests.browser.conftest import LAUNCH_ARGUMENTS, find_chromium
from tests.browser.pages import LANGUAGES, PAGES, workbench


def main(out: Path, wanted: list[str]) -> None:
    """Write the pictures of the pages named, or of all of them."""
    out.mkdir(parents=True, exist_ok=True)
    with workbench() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=LAUNCH_ARGUMENTS)
        for name, path in PAGES.items():
            for language in LANGUAGES if not wanted or name in wanted else ():
                for width in (1280, 390):
                    page = browser.new_page(viewport={"width": width, "height": 900})
                    page.goto(f"{address}/{language}{path}")
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
