"""The lists as they were handed over: versions, counts, which column is what, and whether the record holds them."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from quittance.views.people_wording import CALENDAR_WORDS, FIELD_WORDS, tell
from quittance.views.register import ListView, VersionView
from quittance.views.sentence import Sentence
from quittance.visibility import NEUTRAL, OPERATOR
from quittance.web.desk import desk_of
from quittance.web.pages.frame import answer, asked, present
from quittance.web.pages.record import record_page


@dataclass(frozen=True, slots=True)
class Shown:
    """A list with the words that go with it."""

    of: ListView
    calendar: Sentence
    columns: list[tuple[Sentence, str]]
    versions: list[tuple[VersionView, list[tuple[int, int]]]]
    """Each version with its entries of the record, and the page of the record that each stands on."""


def page(request: HttpRequest) -> HttpResponse:
    """Every list of the case."""
    desk, _ = desk_of(request)
    case, question = asked(request)
    size = case.head(OPERATOR).size
    return answer(
        request,
        "quittance/lists.html",
        question,
        present(case),
        with_readings=False,
        place="lists",
        lists=[_shown(one, size) for one in desk.listbook.lists(NEUTRAL)],
    )


def _shown(one: ListView, size: int) -> Shown:
    columns = [(tell(FIELD_WORDS[name]), header) for name, header in one.columns.items()]
    versions = [(each, [(index, record_page(index, size)) for index in each.recorded]) for each in one.versions]
    return Shown(one, tell(CALENDAR_WORDS[one.calendar]), columns, versions)
