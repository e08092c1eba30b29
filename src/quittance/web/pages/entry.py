"""One entry of the journal: every field, both dates, its sources, what was said of it, and its place in the record."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from quittance.visibility import OPERATOR
from quittance.web.pages.frame import answer, asked
from quittance.web.pages.timeline import lane_words


def page(request: HttpRequest, name: str) -> HttpResponse:
    """One entry. 404 when the record holds none of this id, or none that was known by the day asked."""
    case, question = asked(request)
    view = case.entry(OPERATOR, name, question.as_of, question.known_by)
    if view is None:
        raise Http404
    return answer(
        request,
        "quittance/entry.html",
        question,
        view,
        entries=[view.entry, *view.findings],
        with_readings=False,
        place="entry",
        line=view.entry,
        lane_words=lane_words(view.entry.lane),
    )
