"""The timeline: the figures as steps, and the entries day by day; also as CSV and SVG files."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext

from quittance.agreement.model import Agreement
from quittance.views.entry import LANES, EntryLine
from quittance.views.timeline import Series, TimelineView
from quittance.visibility import OPERATOR
from quittance.web.charts.svg import standalone
from quittance.web.pages.chart import HEIGHT, WIDE, Chart, chart_of, columns, drawing, table
from quittance.web.pages.frame import answer, asked
from quittance.web.question import Question, paging

ENTRIES_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Group:
    """The entries of one day that stand on this page; `gap` counts the days since the day before it that has any."""

    day: str
    entries: tuple[EntryLine, ...]
    gap: int

    @property
    def silence(self) -> int:
        """Days without an entry between this day and the one before it."""
        return self.gap - 1


def lane_words(lane: str) -> str:
    """The word of a lane."""
    return {
        "terms": gettext("terms"),
        "handovers": gettext("handovers"),
        "claims": gettext("claims"),
        "disputes": gettext("disputes"),
    }.get(lane, lane)


def read(request: HttpRequest) -> tuple[Agreement, Question, TimelineView]:
    """The agreement, the question and the timeline of a request."""
    case, question = asked(request)
    return (
        case.agreement(OPERATOR),
        question,
        case.timeline(OPERATOR, question.as_of, question.known_by, question.party),
    )


def chosen(view: TimelineView, question: Question) -> Series | None:
    """The curves asked for by `of`, else those with the most to show; None when there are none."""
    wanted = question.typed.get("of")
    for series in view.series:
        if series.commitment == wanted:
            return series
    return max(view.series, key=_points, default=None)


def _points(series: Series) -> int:
    return len(series.verified) + sum(len(one.steps) for one in series.speakers)


def groups(view: TimelineView, lane: str) -> list[Group]:
    """The days of the view, newest first, with the entries of one lane or of all."""
    kept = []
    for one in reversed(view.days):
        entries = tuple(entry for entry in one.entries if not lane or entry.lane == lane)
        if entries:
            kept.append(Group(one.day, entries, one.gap if not lane else 0))
    return kept


def paged(all_groups: Iterable[Group], page: int) -> list[Group]:
    """The groups of one page of entries; a day that runs over the end of a page goes on on the next."""
    flat = [(group, entry) for group in all_groups for entry in group.entries]
    start = (page - 1) * ENTRIES_PER_PAGE
    shown = flat[start : start + ENTRIES_PER_PAGE]
    result = []
    for _, pairs in groupby(shown, key=lambda pair: pair[0].day):
        of_day = list(pairs)
        group = of_day[0][0]
        entries = tuple(entry for _, entry in of_day)
        ends_here = entries[-1] is group.entries[-1]
        result.append(Group(group.day, entries, group.gap if ends_here else 0))
    return result


def page(request: HttpRequest) -> HttpResponse:
    """The chart of one commitment and fifty entries, newest first."""
    agreement, question, view = read(request)
    lane = question.typed.get("lane", "")
    lane = lane if lane in LANES else ""
    kept = groups(view, lane)
    count = sum(len(group.entries) for group in kept)
    place, question = paging(question, count, ENTRIES_PER_PAGE)
    shown = paged(kept, place.page)
    series = chosen(view, question)
    chart: Chart | None = chart_of(series, view.first, view.last, agreement) if series is not None else None
    return answer(
        request,
        "quittance/timeline.html",
        question,
        view,
        entries=[entry for group in shown for entry in group.entries],
        with_readings=False,
        place="timeline",
        groups=shown,
        lane=lane,
        lanes=[{"id": one, "words": lane_words(one)} for one in LANES],
        chart=chart,
        charts=[one.commitment for one in view.series],
        paging=place,
        hidden_fields=[(name, question.typed[name]) for name in ("party", "of", "lane") if name in question.typed],
    )


def _series_or_404(request: HttpRequest) -> tuple[TimelineView, Series, Agreement]:
    agreement, question, view = read(request)
    series = chosen(view, question)
    if series is None or question.typed.get("of", series.commitment) != series.commitment:
        raise Http404
    return view, series, agreement


def csv_file(request: HttpRequest) -> HttpResponse:
    """The curves of one commitment: a row for each day on which one of them changed."""
    view, series, agreement = _series_or_404(request)
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["day", *(column.id for column in columns(series, agreement))])
    writer.writerows([line.day, *line.values] for line in table(series, view.last))
    return _file(text.getvalue(), "text/csv; charset=utf-8", series, view, "csv")


def svg_file(request: HttpRequest) -> HttpResponse:
    """The chart of one commitment as a file, on white paper."""
    view, series, agreement = _series_or_404(request)
    svg = drawing(series, view.first, view.last, agreement, WIDE)
    return _file(standalone(svg, WIDE, HEIGHT), "image/svg+xml; charset=utf-8", series, view, "svg")


def _file(text: str, kind: str, series: Series, view: TimelineView, ending: str) -> HttpResponse:
    name = f"{series.commitment}-as-of-{view.as_of[:10]}-known-by-{view.known_by[:10]}.{ending}"
    return HttpResponse(text, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
