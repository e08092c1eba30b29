"""Where claims come from: which reports repeat which source, as a graph and as tables."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi, gettext

from quittance.claims.graph import Edge, Node
from quittance.claims.origins import Count, Origins
from quittance.files.claim_exports import origin_edges_csv
from quittance.views.claims_wording import (
    EVENT_WORDS,
    EVIDENCE_WORDS,
    KIND_WORDS,
    RELATION_WORDS,
    SORT_WORDS,
    tell,
    words_of,
)
from quittance.views.sentence import Interval, Sentence
from quittance.visibility import OPERATOR
from quittance.web.charts.origins import COLUMNS, STYLES, origins_chart
from quittance.web.pages.chart import NARROW, KeyLine
from quittance.web.pages.claims import claims_of
from quittance.web.pages.frame import Present, answer, asked
from quittance.web.question import paging
from quittance.web.templatetags.figures import plain

FIGURES_PER_PAGE = 25
MOST_NODES = 45
"""Reports that are drawn at once; the tables have them all."""

WIDE = 760


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what it is, how many reports give it, and how many origins they have."""

    n: int
    of: Count
    event: Sentence
    kind: Sentence
    value: Sentence | None
    labels: list[str]


@dataclass(frozen=True, slots=True)
class Line:
    """One edge in words: who repeats whom, and what shows it."""

    of: Edge
    start: str
    end: str
    relation: Sentence
    evidence: list[Sentence]


def page(request: HttpRequest) -> HttpResponse:
    """The graph of one figure, or of all of them where these are few; the figures, the most repeated first."""
    _, _, claims = claims_of(request)
    case, question = asked(request)
    found = claims.origins(OPERATOR, question.as_of, question.known_by)
    as_of = question.as_of or case.today(OPERATOR)
    figures = _figures(found)
    place, question = paging(question, len(figures), FIGURES_PER_PAGE)
    chosen = next((one for one in figures if str(one.n) == question.typed.get("of", "")), None)
    if chosen is None and len(found.nodes) > MOST_NODES:
        chosen = figures[0] if figures else None
    nodes, edges = _part(found, chosen)
    names = {one.id: one.label for one in found.nodes}
    start = (place.page - 1) * FIGURES_PER_PAGE
    return answer(
        request,
        "quittance/claim_origins.html",
        question,
        Present(case.agreement(OPERATOR).title, as_of.isoformat(), (question.known_by or as_of).isoformat()),
        with_readings=False,
        place="claims",
        here="origins",
        origins=found,
        groups=[(one, [words_of(EVIDENCE_WORDS, each) for each in one.evidence]) for one in found.groups],
        chosen=chosen,
        drawn=[_drawing(nodes, edges, chosen, width) for width in (WIDE, NARROW)] if edges else [],
        key=_key(),
        figures=figures[start : start + FIGURES_PER_PAGE],
        lines=[_line(one, names) for one in edges],
        sides=_sorts(nodes),
        paging=place,
    )


def csv_file(request: HttpRequest) -> HttpResponse:
    """Every edge of the graph, guarded against formulas."""
    _, _, claims = claims_of(request)
    _, question = asked(request)
    return HttpResponse(
        origin_edges_csv(claims.origins(OPERATOR, question.as_of, question.known_by)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="origins.csv"'},
    )


def _figures(found: Origins) -> list[Figure]:
    """The figures, those in the most reports first."""
    names = {one.id: one.label for one in found.nodes}
    numbered = sorted(
        enumerate(found.counts), key=lambda one: (-len(one[1].reports), len(one[1].origins), one[1].first or "")
    )
    return [_figure(n, one, names) for n, one in numbered]


def _figure(n: int, one: Count, names: dict[str, str]) -> Figure:
    value = None
    if one.value is not None:
        value = Sentence("{n}", {"n": one.value})
    elif one.low is not None and one.high is not None:
        value = Sentence("{n}", {"n": Interval(one.low, one.high)})
    labels = [names.get(each, each.partition(":")[2]) for each in one.origins]
    return Figure(n, one, words_of(EVENT_WORDS, one.event_type), words_of(KIND_WORDS, one.kind), value, labels)


def _part(found: Origins, chosen: Figure | None) -> tuple[list[Node], list[Edge]]:
    """The nodes and edges to draw: those of the figure chosen and what they lead to, or all where they are few."""
    if chosen is None:
        nodes = [one for one in found.nodes if any(one.id in (edge.start, edge.end) for edge in found.edges)]
        return nodes, list(found.edges)
    reports = {f"report:{one}" for one in islice(chosen.of.reports, MOST_NODES)}
    claims = set(chosen.of.claims)
    edges = [
        one
        for one in found.edges
        if one.start in reports and (one.end in reports or not one.claims or claims & set(one.claims))
    ]
    wanted = {end for one in edges for end in (one.start, one.end)} | reports | set(chosen.of.origins)
    return [one for one in found.nodes if one.id in wanted], edges


def _drawing(nodes: list[Node], edges: list[Edge], chosen: Figure | None, width: int) -> SafeString:
    svg = origins_chart(
        nodes,
        edges,
        [plain(tell(SORT_WORDS[one])) for one in COLUMNS],
        title=gettext("Who repeats whom"),
        description=gettext("Lines lead from a report to the agency, outlet or source that it repeats or cites."),
        name=f"origins-{width}",
        width=width,
        mirrored=get_language_bidi(),
        class_="wide" if width == WIDE else "narrow",
    )
    return mark_safe(svg)  # noqa: S308  every text in it is escaped


def _key() -> list[KeyLine]:
    return [
        KeyLine(
            "",
            plain(words_of(RELATION_WORDS, relation)),
            str(style["stroke"]),
            str(style["stroke_dasharray"]) if "stroke_dasharray" in style else None,
            2,
        )
        for relation, style in STYLES.items()
    ]


def _line(edge: Edge, names: dict[str, str]) -> Line:
    return Line(
        edge,
        names.get(edge.start, edge.start),
        names.get(edge.end, edge.end),
        words_of(RELATION_WORDS, edge.relation),
        [words_of(EVIDENCE_WORDS, one) for one in edge.evidence],
    )


def _sorts(nodes: list[Node]) -> list[tuple[Sentence, list[Node]]]:
    """The nodes drawn, by what they are."""
    return [(tell(SORT_WORDS[sort]), [one for one in nodes if one.sort == sort]) for sort in COLUMNS]
