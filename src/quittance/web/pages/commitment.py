"""One commitment: its text, its figures, each party's reading, what it waits for, and the entries behind all of it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi, gettext, gettext_noop

from quittance.views.commitment import CommitmentView, Edge, Node
from quittance.views.sentence import Id, Sentence
from quittance.views.wording import Say, condition_words, say
from quittance.visibility import OPERATOR
from quittance.web.charts.arcs import Arc, Name, Style, arcs
from quittance.web.pages.chart import chart_of
from quittance.web.pages.frame import answer, asked, disputes
from quittance.web.question import paging
from quittance.web.templatetags.figures import plain
from quittance.web.templatetags.figures import say as said

EVIDENCE_PER_PAGE = 50
MOST_OTHERS = 100
"""Entries shown that are not behind a figure, newest first; the timeline has them all."""


def page(request: HttpRequest, name: str) -> HttpResponse:
    """One commitment at two dates. 404 when the agreement has none of this id."""
    case, question = asked(request)
    agreement = case.agreement(OPERATOR)
    if all(commitment.id != name for commitment in agreement.commitments):
        raise Http404
    view = case.commitment(OPERATOR, name, question.as_of, question.known_by, question.party)
    timeline = case.timeline(OPERATOR, question.as_of, question.known_by, question.party)
    series = next((one for one in timeline.series if one.commitment == name), None)
    others = list(reversed(view.other))[:MOST_OTHERS]
    place, question = paging(question, len(view.evidence), EVIDENCE_PER_PAGE)
    end = len(view.evidence) - (place.page - 1) * EVIDENCE_PER_PAGE
    evidence = list(reversed(view.evidence[max(0, end - EVIDENCE_PER_PAGE) : end]))
    return answer(
        request,
        "quittance/commitment.html",
        question,
        view,
        entries=[*evidence, *others],
        evidence=evidence,
        paging=place,
        place="commitment",
        disputes=disputes(view.row.disputed),
        figures=_figures(view),
        chart=chart_of(series, timeline.first, timeline.last, agreement) if series is not None else None,
        graph=_graph(view) if view.edges else "",
        edges=[_edge(edge) for edge in view.edges],
        others=others,
        others_count=len(view.other),
    )


def _figures(view: CommitmentView) -> list[dict[str, object]]:
    row = view.row
    every = [
        (gettext("Verified"), row.verified),
        (gettext("Said by both sides"), row.conceded),
        (gettext("Claimed by anyone"), row.claimed),
        (gettext("Required by now"), row.required),
        (gettext("Total"), row.total),
    ]
    return [{"name": name, "value": value} for name, value in every if value is not None]


def _graph(view: CommitmentView) -> SafeString:
    """This commitment first, then the other nodes of the view; an arc for each condition and each edge of a ring."""
    nodes = sorted(view.nodes, key=lambda node: node.id != view.row.id)
    names = [Name(node.id, _shown(node), node.class_, node.id == view.row.id) for node in nodes]
    drawn = {(edge.waiting, edge.awaited): Arc(edge.waiting, edge.awaited, _style(edge)) for edge in view.edges}
    for ring in view.rings:
        names += [Name(one, one) for one in ring.commitments if one not in {name.id for name in names}]
        drawn |= {(edge.waiting, edge.awaited): Arc(edge.waiting, edge.awaited, "ring") for edge in ring.edges}
    title = gettext("What waits for what")
    words = "; ".join(plain(_words(edge)) for edge in view.edges)
    svg = arcs(names, list(drawn.values()), title=title, description=words, name="graph", mirrored=get_language_bidi())
    return mark_safe(svg)  # noqa: S308  every text in it is escaped


def _shown(node: Node) -> str:
    return node.id if node.kind == "commitment" else plain(node.words)


def _style(edge: Edge) -> Style:
    return "ring" if edge.in_ring else "held" if edge.holds else "doubtful" if edge.doubtful else "open"


PART_OF = gettext_noop("{part} counts toward {whole}")


def _words(edge: Edge) -> Sentence:
    if edge.label.startswith("counts_toward:"):
        return Sentence(PART_OF, {"part": Id(edge.awaited), "whole": Id(edge.waiting)})
    return say(Say.CHAIN, commitment=Id(edge.waiting), conditions=condition_words(edge.label))


def _edge(edge: Edge) -> dict[str, SafeString]:
    """One edge as a line of the list beside the figure: it says in words what the figure says by its lines."""
    remarks = [gettext("met") if edge.holds else gettext("not met")]
    if edge.doubtful:
        remarks.append(gettext("implied, not stated"))
    if edge.in_ring:
        remarks.append(gettext("part of a ring"))
    return {"html": format_html('{} <span class="aside">({})</span>', said(_words(edge)), gettext(", ").join(remarks))}
