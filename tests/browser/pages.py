"""The pages under test: the Afghan case of 2020 on a free port of this machine, and the address of each page."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from quittance.casebook import Casebook
from quittance.testing import OFFICE
from quittance.visibility import OPERATOR
from quittance.web.server import HOST, bind

CASE = Path(__file__).parents[2] / "examples" / "afghanistan-2020"
LANGUAGES = ("en", "ps")
WIDTHS = (1280, 390)
DAY = "as_of=2020-05-05"
PAGES = {
    "status": f"/?{DAY}",
    "bad-date": "/?as_of=31/3/2020",
    "timeline": f"/timeline?{DAY}",
    "weeks": "/weeks?as_of=2020-09-11&known=now",
    "commitment": f"/commitments/release-goa?{DAY}",
    "ring": f"/commitments/talks?{DAY}",
    "entry": f"/entries/taliban-20-kandahar?{DAY}",
    "not-found": "/nowhere",
}


def afghan_case() -> Casebook:
    """The example case in memory."""
    case = Casebook.in_memory((CASE / "agreement.yaml").read_bytes(), OFFICE)
    case.import_journal(OPERATOR, (CASE / "journal.jsonl").read_bytes())
    return case


@contextmanager
def workbench() -> Iterator[str]:
    """The workbench on the example case, at the address given."""
    with bind(afghan_case(), 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
