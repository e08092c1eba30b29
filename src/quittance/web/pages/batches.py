"""The batches of a case: what is under way, how far, and where a new one begins."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse

from quittance.views.batch import BatchLine
from quittance.views.batch_wording import LACK_WORDS, STEP_WORDS, known_words
from quittance.views.sentence import Sentence
from quittance.visibility import NEUTRAL
from quittance.web.desk import Batches, desk_of
from quittance.web.pages.frame import answer, asked, present
from quittance.web.pages.person import Tag

STEP_TAGS = {
    "draft": ("unverified", "unverified"),
    "proposed": ("blocked", "pending"),
    "cleared": ("open", "progress"),
    "authorised": ("open", "due"),
    "closed": ("ok", "met"),
}
"""For each step the class of its tag and the shape that stands beside its colour."""


@dataclass(frozen=True, slots=True)
class Line:
    """A batch with the tag of its step."""

    of: BatchLine
    tag: Tag


def batches_of(request: HttpRequest) -> Batches:
    """Where the batches come from. Raises `Http404` without a visit, and where this server has none."""
    desk, _ = desk_of(request)
    if desk.batches is None:
        raise Http404
    return desk.batches


def step_tag(step: str) -> Tag:
    """A step as a tag."""
    return Tag(*STEP_TAGS[step], known_words(STEP_WORDS, step))


def page(request: HttpRequest) -> HttpResponse:
    """Every batch, the newest first, and the form that drafts the next one."""
    source = batches_of(request)
    case, question = asked(request)
    view = source.batches(NEUTRAL)
    lacking: list[Sentence] = [known_words(LACK_WORDS, one) for one in view.lacking]
    return answer(
        request,
        "quittance/batches.html",
        question,
        present(case),
        with_readings=False,
        place="batches",
        batches=view,
        lines=[Line(one, step_tag(one.step)) for one in view.batches],
        lacking=lacking,
    )
