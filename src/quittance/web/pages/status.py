"""The status page: one sentence, the commitments, what blocks the next step, what is late and what comes."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi, gettext

from quittance.views.sentence import Sentence
from quittance.views.status import RingView, StatusView
from quittance.visibility import OPERATOR
from quittance.web.charts.arcs import Arc, Name, arcs
from quittance.web.pages.frame import answer, asked, disputes
from quittance.web.templatetags.figures import plain

CLASSES = ("late", "blocked", "open", "ok", "off")
CLASS_SHAPES = {"late": "late", "blocked": "blocked", "open": "due", "ok": "met", "off": "off"}


@dataclass(frozen=True, slots=True)
class RingFigure:
    """A ring in words and drawn."""

    words: Sentence
    svg: SafeString


def class_words(class_: str) -> str:
    """The word of a class of statuses."""
    return {
        "late": gettext("late"),
        "blocked": gettext("blocked"),
        "open": gettext("open"),
        "ok": gettext("settled"),
        "off": gettext("no longer owed"),
    }[class_]


def page(request: HttpRequest) -> HttpResponse:
    """Where the agreement stands at two dates, in the text or in one party's reading."""
    case, question = asked(request)
    view = case.status(OPERATOR, question.as_of, question.known_by, question.party)
    return answer(
        request,
        "quittance/status.html",
        question,
        view,
        entries=view.outside,
        place="status",
        lines=[(row, disputes(row.disputed)) for row in view.rows],
        counts=[
            {"class_": name, "shape": CLASS_SHAPES[name], "words": class_words(name), "n": view.counts[name]}
            for name in CLASSES
            if view.counts.get(name)
        ],
        late=[view.row(name) for name in view.late],
        rings=[ring_figure(view, ring, index) for index, ring in enumerate(view.rings)],
    )


def csv_file(request: HttpRequest) -> HttpResponse:
    """The commitments as CSV, with a row of HXL tags under the header."""
    case, question = asked(request)
    text = case.csv(OPERATOR, question.as_of, question.known_by)
    name = f"{case.agreement(OPERATOR).id}-status.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


def ring_figure(view: StatusView, ring: RingView, index: int) -> RingFigure:
    """A ring with its commitments one under another and an arc for each edge."""
    names = [Name(name, name, view.row(name).class_) for name in ring.commitments]
    edges = [Arc(edge.waiting, edge.awaited, "ring") for edge in ring.edges]
    words = plain(ring.words)
    title, mirrored = gettext("A ring"), get_language_bidi()
    svg = arcs(names, edges, title=title, description=words, name=f"ring-{index}", mirrored=mirrored)
    return RingFigure(ring.words, mark_safe(svg))  # noqa: S308  every text in it is escaped
