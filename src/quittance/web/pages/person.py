"""One person: what each list says side by side, the lines as they came, and what was judged of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse

from quittance.errors import UsageError
from quittance.views.people_wording import (
    ANSWER_WORDS,
    FIELD_WORDS,
    JUDGEMENT_WORDS,
    REASON_WORDS,
    STATE_WORDS,
    alert_words,
    compared_words,
    tell,
)  # fmt: skip
from quittance.views.register import JudgementLine, PersonView
from quittance.views.sentence import Sentence
from quittance.visibility import NEUTRAL, OPERATOR
from quittance.web.desk import desk_of
from quittance.web.pages.frame import answer, asked, present
from quittance.web.pages.record import record_page

STATE_TAGS = {
    "alone": ("unverified", "unverified"),
    "waiting": ("blocked", "progress"),
    "matched": ("ok", "met"),
    "confirmed": ("ok", "metlate"),
    "unclear": ("late", "late"),
    "disputed": ("facts", "facts"),
}
"""For each state the class of its tag and the shape that stands beside its colour."""

COMPARED_TAGS = {
    "agree": ("ok", "met"),
    "close": ("open", "progress"),
    "differ": ("facts", "facts"),
    "missing": ("off", "off"),
    "one": ("off", "off"),
    "in_name": ("open", "progress"),
    "none": ("off", "off"),
}


@dataclass(frozen=True, slots=True)
class Tag:
    """A word with its class of colour and its shape."""

    class_: str
    shape: str
    words: Sentence


@dataclass(frozen=True, slots=True)
class Row:
    """One field across the lists: its name, the values as written, whether they agree."""

    words: Sentence
    values: tuple[str, ...]
    tag: Tag


@dataclass(frozen=True, slots=True)
class Judged:
    """One recorded judgement in words."""

    line: JudgementLine
    kind: Sentence
    answer: Sentence | None
    reason: Sentence | None
    page: int
    """The page of the record on which its entry stands."""


def state_tag(state: str) -> Tag:
    """The tag of a person's state."""
    return Tag(*STATE_TAGS[state], tell(STATE_WORDS[state]))


def compared_tag(state: str) -> Tag:
    """The tag that says how the values of one field compare."""
    return Tag(*COMPARED_TAGS[state], compared_words(state))


def page(request: HttpRequest, code: str) -> HttpResponse:
    """The person of a code. 404 for a code of nobody and for one that is no code."""
    desk, _ = desk_of(request)
    case, question = asked(request)
    try:
        view = desk.listbook.person(NEUTRAL, code)
    except UsageError:
        raise Http404 from None
    return answer(
        request,
        "quittance/person.html",
        question,
        present(case),
        with_readings=False,
        place="person",
        person=view,
        tag=state_tag(view.line.state),
        undecided=view.line.state in ("waiting", "unclear", "disputed"),
        alerts=[alert_words(one) for one in view.alerts],
        rows=_rows(view),
        history=[_judged(one, case.head(OPERATOR).size) for one in view.history],
    )


def _rows(view: PersonView) -> list[Row]:
    return [Row(tell(FIELD_WORDS[one.field]), one.values, compared_tag(one.state)) for one in view.rows]


def _judged(line: JudgementLine, size: int) -> Judged:
    return Judged(
        line,
        tell(JUDGEMENT_WORDS[line.kind]),
        tell(ANSWER_WORDS[line.answer]) if line.answer else None,
        tell(REASON_WORDS[line.reason]) if line.reason else None,
        record_page(line.index, size),
    )
