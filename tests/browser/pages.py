"""The pages under test: the Afghan case of 2020 on a free port of this machine, and the address of each page.

Its people are invented, and come from memory; whoever opens a page with people brings the token first.
"""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.browser.people import LIST, Batches, Days, Lists, Pairs
from tests.browser.reports import LONG, SHORT, Reports, first_code
from tests.signed_case import VECTORS, cosign_head, signed_case
from tests.unit.web.batches import CLEARANCES, SELECTION, code
from tests.unit.web.people import CODES, REVIEWER

from quittance.casebook import Casebook
from quittance.visibility import OPERATOR
from quittance.web.desk import Desk
from quittance.web.server import HOST, bind
from quittance.web.visits import Visits

if TYPE_CHECKING:
    from playwright.sync_api import Page

CASE = Path(__file__).parents[2] / "examples" / "afghanistan-2020"
LANGUAGES = ("en", "ps")
WIDTHS = (1280, 390)
DAY = "as_of=2020-05-05"
PAGES = {
    "exposure": f"/exposure?{DAY}",
    "status": f"/?{DAY}",
    "bad-date": "/?as_of=31/3/2020",
    "timeline": f"/timeline?{DAY}",
    "weeks": "/weeks?as_of=2020-09-11&known=now",
    "commitment": f"/commitments/release-goa?{DAY}",
    "ring": f"/commitments/talks?{DAY}",
    "entry": f"/entries/taliban-20-kandahar?{DAY}",
    "record": "/record",
    "record-filtered": "/record?kind=key.enrolled&as_of=yesterday",
    "verify": "/verify",
    "not-found": "/nowhere",
}
PEOPLE_PAGES = {
    "register": "/register",
    "register-filtered": "/register?state=matched&province=nowhere",
    "person": f"/people/{CODES[0]}",
    "person-unclear": "/people/00004-MESA1",
    "lists": "/lists",
    "review": "/review",
    "question": f"/review/{CODES[0]}/{CODES[1]}",
    "batches": "/batches",
    "draft": "/draft?size=100",
    "draft-compared": "/draft?size=100&with=120&limit=province:Kabul:max&show=passed",
    "draft-infeasible": "/draft?size=100&with=600",
    "batch": "/batches/b1",
    "batch-gate": "/batches/b1?show=gate&page=2",
    "batch-party": "/batches/b1?as=taliban&show=gate",
    "batch-public": "/batches/b0.old-1?as=public",
    "batch-hidden": "/batches/b1?as=public",
    "batch-wrong": "/batches/b1?with=many&limit=no&as=nobody",
    "batch-heavy": "/batches/b1?quota=region&with=250&limit=region:V00:max",
    "batch-list": "/batches/b1/list",
    "day": "/batches/b1/day",
    "day-open": "/batches/b1/day?show=open&page=2",
    "day-person": f"/batches/b1/day/{code(9)}",
    "day-conflict": f"/batches/b1/day/{code(8)}",
    "claims": "/claims",
    "claims-filtered": "/claims?show=conflicting&outlet=nowhere",
    "claim-series": "/claims/series",
    "claim-origins": "/claims/origins",
    "claim-agreement": "/claims/agreement",
    "claim-report": f"/claims/{LONG}",
    "claim-blind": f"/claims/{SHORT}?c={first_code(SHORT)}&blind=yes",
    "sums": "/sums",
    "sums-public": f"/sums?as=public&{DAY}",
}
VARIANTS = {
    *("bad-date", "ring", "record-filtered", "not-found", "register-filtered", "person-unclear", "draft-compared"),
    *("draft-infeasible", "batch-gate", "batch-party", "batch-public", "batch-hidden", "batch-wrong", "batch-list"),
    *("day-open", "day-conflict", "sums-public", "claims-filtered", "claim-blind"),
}
"""Pages that differ from another one in a part only: seen in Pashto on a phone, and in all other ways by `test-all`."""

HEAVY = {"batch-heavy"}
"""Pages that take axe half a minute: seen by `test-all` alone."""


def follow(page: Page, selector: str) -> None:
    """Click, and wait for the page that answers: it may have the address of the one before."""
    with page.expect_navigation():
        page.click(selector)


def ways(names: Iterable[str]) -> list[Any]:
    """Each page by name, language and width, as parameters of a test."""
    return [
        pytest.param(name, language, width, marks=() if is_quick(name, language, width) else pytest.mark.slow)
        for name in names
        for language in LANGUAGES
        for width in WIDTHS
    ]


def is_quick(name: str, language: str, width: int) -> bool:
    """Whether a page is looked at in this way by `make test`; `test-all` looks at all four."""
    looked = {("ps", 390)} if name in VARIANTS else {("ps", 390), ("en", 1280)}
    return name not in HEAVY and (language, width) in looked


TODAY = datetime(2020, 9, 12, 12, tzinfo=UTC)
OFFICES = {"holding": "goa", "receiving": "taliban", "neutral": "icrc"}
REFUSED = next(
    one["receipt_utf8"].encode() for one in VECTORS["receipt_negative"] if one["name"] == "leaf byte changed"
)
FORKED: bytes = VECTORS["mini_log"]["receipt_index_4_utf8"].encode()
"""A receipt of another history of the log: its keys have signed both."""


def afghan_case(folder: Path) -> Casebook:
    """The example case in a folder; three witnesses have cosigned its last head, and one side only an earlier one."""
    agreement = (CASE / "agreement.yaml").read_text("utf-8")
    if "\nselection:" not in agreement:
        agreement += f"\nselection: {json.dumps(SELECTION)}\n"
    if "\nhandovers:" not in agreement:
        agreement += CLEARANCES.replace("b/main", LIST)
    case = signed_case(folder, agreement.encode(), OFFICES, TODAY)
    cosign_head(case, {"B": 1599900000})
    case.import_journal(OPERATOR, (CASE / "journal.jsonl").read_bytes())
    cosign_head(case, {"A": 1599912600, "N": 1599912000, "X": 1599913800})
    return case


class Workbench(str):
    """The address of the workbench, the tokens that its terminal has shown, the pairs to be judged, and the claims."""

    tokens: list[str]
    pairs: Pairs
    claims: Reports

    def enter(self, page: Page, language: str = "en") -> None:
        """Let the browser of a page in to the pages with people; whoever was in is out."""
        door = page.context.new_page()
        door.goto(f"{self}/{language}/enter?token={self.tokens[-1]}")
        door.close()


@contextmanager
def workbench() -> Iterator[Workbench]:
    """The workbench on the example case, at the address given."""
    tokens: list[str] = []
    pairs, claims = Pairs(), Reports()
    desk = Desk(Lists(), pairs, REVIEWER, Visits(), tokens.append, Batches(), Days(), claims)  # type: ignore[arg-type]
    with (
        tempfile.TemporaryDirectory() as folder,
        afghan_case(Path(folder) / "case") as case,
        bind(case, 0, desk) as server,
    ):
        desk.open_door()
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            address = Workbench(f"http://{HOST}:{server.server_port}")
            address.tokens, address.pairs, address.claims = tokens, pairs, claims
            yield address
        finally:
            server.shutdown()
            thread.join()
