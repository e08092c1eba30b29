"""The pages of batches on a real case: drafted, proposed, changed, handed over, with every book behind them."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.batched import BatchedCase
from tests.unit.web.test_people_pages import post

from quittance.daybook import Daybook
from quittance.reviewbook import Reviewbook
from quittance.web.case import KEY
from quittance.web.desk import DESK, Desk
from quittance.web.server import application
from quittance.web.visits import Visits


class Bench:
    """A browser within a visit on a case of ten invented people, all of whom are cleared."""

    def __init__(self, case: BatchedCase) -> None:
        tokens: list[str] = []
        self.case = case
        self.days = Daybook(case.book)
        self.visits = Visits()
        desk = Desk(
            case.book, Reviewbook(case.book), None, self.visits, tokens.append, case.batches, self.days
        )  # fmt: skip
        desk.open_door()
        application(case.casebook)
        environ = {KEY: case.casebook, DESK: desk}
        self.client = Client(headers={"host": "localhost"}, raise_request_exception=False, **environ)  # type: ignore[arg-type]
        self.client.get("/en/enter", {"token": tokens[-1]})

    def page(self, path: str, status: int = 200) -> str:
        """A page as text."""
        response = self.client.get(f"/en{path}")
        assert response.status_code == status, (path, response.content.decode()[-600:])
        return response.content.decode()

    def write(self, **fields: str):
        """A form of the day."""
        visit = self.visits._visit
        assert visit is not None
        return post(self.client, "/en/day", form=visit.form_token, **fields)


@pytest.fixture
def bench(tmp_path):
    """Nothing is proposed yet."""
    case = BatchedCase(tmp_path)
    case.clear_all()
    yield Bench(case)
    case.close()


def test_a_draft_becomes_a_batch(bench):
    """Drafted without a seed, proposed with one, and every reader's page can be made at every step."""
    draft = bench.page("/draft?with=3")
    assert "No seed is drawn yet" in draft
    assert len(re.findall(r'<tr class="in">', draft)) == 4
    assert "No batch stands in the record yet." in bench.page("/batches")
    bench.case.propose("1")
    assert 'href="/en/batches/1"' in bench.page("/batches")
    for eyes in ("neutral", "a", "b", "public"):
        bench.page(f"/batches/1?as={eyes}")
    page = bench.page("/batches/1?show=in")
    codes = re.findall(r'href="/en/people/([0-9A-Z-]{11})"', page)
    assert len(codes) == 4
    assert set(codes) == set(re.findall(r"<li>([0-9A-Z-]{11})</li>", bench.page("/batches/1/list"))[:4])
    assert "withheld" not in page
    assert "Bawar" not in page


def test_what_if_is_run_on_the_register_of_the_batch(bench):
    """More seats, and a limit loosened by one."""
    bench.case.propose("1")
    page = bench.page("/batches/1?with=5")
    assert "4 → 5" in page
    choice = re.search(r'<option value="(prison:[^"]+)"', page)
    assert choice is not None
    assert "What if" in bench.page(f"/batches/1?limit={choice[1]}")


def test_the_day_is_written_down_and_added_up(bench):
    """Answers are kept, a drop-out leaves with the next round, and the sums close at every step."""
    case = bench.case
    case.propose("1")
    case.confirm("1")
    day = bench.page("/batches/1/day")
    codes = re.findall(r'class="target" href="/en/batches/1/day/([0-9A-Z-]{11})"', day)
    assert len(codes) == 4
    first, second = codes[:2]
    assert bench.write(batch="1", code=first, check="identity confirmed").status_code == 303
    assert 'aria-pressed="true">it is this person' in bench.page(f"/batches/1/day/{first}")
    assert bench.write(batch="1", code=first, check="identity ").status_code == 303
    assert 'aria-pressed="true"' not in bench.page(f"/batches/1/day/{first}")
    assert bench.write(batch="1", code=first, check="wish affirmed").status_code == 303
    assert bench.write(batch="1", code=first, kind="wrong_person").status_code == 303
    assert bench.write(batch="1", kind="count").status_code == 303
    assert "the count is not right" in bench.page("/batches/1/day")
    assert bench.write(batch="1", code=second, reason="declined").status_code == 303
    case.change("1")
    for eyes in ("a", "b"):
        assert "declined" not in bench.page(f"/batches/1?as={eyes}&show=in")
    assert f">{second}<" not in bench.page("/batches/1/list")
    sheet = bench.client.get("/ps/batches/1/day/sheet")
    assert sheet.status_code == 200
    assert first in sheet.content.decode()
    assert second not in sheet.content.decode()
    page = bench.page("/sums")
    assert "the sum closes" in page
    assert "does not close" not in page
    for eyes in ("a", "b", "public"):
        assert "does not close" not in bench.page(f"/sums?as={eyes}")


def test_nobody_is_released_before_the_quorum(bench):
    """Seen by the neutral alone, they are in handover; with both sides' word, released."""
    case = bench.case
    case.propose("1")
    case.confirm("1")
    sid = case.observe("1")
    page = bench.page("/batches/1/day")
    assert "in handover" in page
    assert "outstanding" in page
    case.answer(sid, "a", "b")
    page = bench.page("/batches/1/day")
    assert "Everybody who must has attested." in page
    assert "outstanding</span>" not in page
