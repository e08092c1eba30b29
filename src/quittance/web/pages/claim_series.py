"""The series: what each side claims of one side's releases, beside what is verified, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi, gettext

from quittance.claims.desk import code_in
from quittance.claims.model import OUTLET
from quittance.claims.reconcile.model import Gap, Published, Reconciliation, Series
from quittance.files.claim_exports import series_csv
from quittance.views.claims_wording import WHO_WORDS, Word, tell, words_of
from quittance.views.sentence import Id, Name, Sentence, count_text
from quittance.views.wording import MONTHS
from quittance.visibility import OPERATOR
from quittance.web.charts.claims import Bar, Disputed, Dot, claims_chart
from quittance.web.charts.steps import Curve
from quittance.web.charts.svg import standalone
from quittance.web.pages.chart import NARROW, WIDE, KeyLine
from quittance.web.pages.claims import claims_of, verdict_tag
from quittance.web.pages.frame import Present, answer, asked
from quittance.web.pages.person import Tag
from quittance.web.templatetags.figures import plain
from quittance.web.tokens import BRAND, DASHES, MUTED, SIDES

MOST_ROWS, MOST_DISPUTES, MOST_IN_ROW = 60, 25, 12
"""Rows, disputes, and claims or sums of each, that are shown: the newest; the CSV file has them all."""

CONFLICTS = ("conflicting", "impossible")

MOST_ABREAST = 8
"""Dots of one figure and day, side by side; the table has every claim."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One series as it is offered: its name in addresses, its sides in words."""

    name: str
    actor: Name
    who: Sentence
    series: Series


@dataclass(frozen=True, slots=True)
class Row:
    """One day of a series: its figures, the verdicts as tags, and the claims by their places."""

    of: Published
    kind: Sentence
    tags: list[Tag]
    claims: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Chart:
    """What `claim_series.html` shows of a chart."""

    title: Sentence
    wide: SafeString
    narrow: SafeString
    key: list[KeyLine]


def page(request: HttpRequest) -> HttpResponse:
    """One series: its chart, its days, its gaps and open disputes; the others to choose from."""
    _, _, claims = claims_of(request)
    case, question = asked(request)
    found = claims.reconciliation(OPERATOR, question.as_of, question.known_by)
    offered = _offered(found, case.agreement(OPERATOR).parties)
    chosen = _chosen(offered, question.typed.get("of", ""))
    if question.typed.get("of") and chosen is None:
        raise Http404
    places = {one.doc: one.sha256 for one in claims.inbox(OPERATOR)}
    rows = [_row(one, places) for one in chosen.series.rows] if chosen else []
    return answer(
        request,
        "quittance/claim_series.html",
        question,
        Present(case.agreement(OPERATOR).title, found.as_of.isoformat(), found.known_by.isoformat()),
        with_readings=False,
        place="claims",
        here="series",
        hidden_fields=[("of", chosen.name)] if chosen else [],
        found=found,
        offered=offered,
        chosen=chosen,
        chart=chart_of(chosen, found) if chosen and _days(chosen.series) else None,
        rows=rows[-MOST_ROWS:],
        shortened=len(rows) > MOST_ROWS,
        disputes=[one for one in rows if one.of.dispute][-MOST_DISPUTES:],
        most=f":{MOST_IN_ROW}",
        gaps=[_gap(one) for one in chosen.series.gaps] if chosen else [],
    )


def csv_file(request: HttpRequest) -> HttpResponse:
    """Every row of every series, guarded against formulas."""
    _, _, claims = claims_of(request)
    _, question = asked(request)
    found = claims.reconciliation(OPERATOR, question.as_of, question.known_by)
    name = f"claims-as-of-{found.as_of.isoformat()}-known-by-{found.known_by.isoformat()}.csv"
    return HttpResponse(
        series_csv(found),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def svg_file(request: HttpRequest) -> HttpResponse:
    """The chart of one series as a file, on white paper."""
    _, _, claims = claims_of(request)
    case, question = asked(request)
    found = claims.reconciliation(OPERATOR, question.as_of, question.known_by)
    chosen = _chosen(_offered(found, case.agreement(OPERATOR).parties), question.typed.get("of", ""))
    if chosen is None or not _days(chosen.series):
        raise Http404
    svg = _drawing(chosen, found, WIDE)
    height = int(svg.split('height="', 1)[1].split('"', 1)[0])
    name = f"claims-{chosen.name}-as-of-{found.as_of.isoformat()}.svg"
    return HttpResponse(
        standalone(svg, WIDE, height),
        content_type="image/svg+xml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def chart_of(chosen: Shown, found: Reconciliation) -> Chart:
    """The chart of a series, at two widths, with its key."""
    return Chart(
        title=_title(chosen, found),
        wide=mark_safe(_drawing(chosen, found, WIDE)),  # noqa: S308  every text in it is escaped
        narrow=mark_safe(_drawing(chosen, found, NARROW)),  # noqa: S308
        key=[KeyLine("", words, curve.colour, curve.dash, curve.width) for words, curve in _curves(chosen.series)],
    )


def _offered(found: Reconciliation, parties: object) -> list[Shown]:
    """The series of a case, each under a name of its own."""
    known: dict[str, str] = {key: one.name for key, one in parties.items()} if isinstance(parties, dict) else {}
    return [
        Shown(f"{one.actor}.{one.who}", Name(known.get(one.actor, one.actor)), words_of(WHO_WORDS, one.who), one)
        for one in found.series
    ]


def _chosen(offered: Sequence[Shown], name: str) -> Shown | None:
    """The series of this name; without one the longest."""
    if name:
        return next((one for one in offered if one.name == name), None)
    return max(offered, key=lambda one: len(one.series.rows), default=None)


def _title(chosen: Shown, found: Reconciliation) -> Sentence:
    """A sentence that says what stands at the end of the series."""
    totals = [one for one in chosen.series.rows if one.kind == "total"]
    who, last = chosen.actor, totals[-1] if totals else None
    if last is None:
        return tell(Word.TITLE_NONE, who=who, day=found.as_of)
    if last.best is not None:
        return tell(Word.TITLE_BEST, who=who, n=last.best, day=last.day)
    if last.low is not None and last.high is not None:
        return tell(Word.TITLE_SPAN, who=who, low=last.low, high=last.high, day=last.day)
    if last.low is not None:
        return tell(Word.TITLE_FROM, who=who, low=last.low, day=last.day)
    return tell(Word.TITLE_NONE, who=who, day=last.day)


def _row(row: Published, places: dict[str, str]) -> Row:
    claims = [
        (code_in(one), f"{places[doc]}?c={code_in(one)}#c-{code_in(one)}")
        for one in row.claims
        if (doc := one.rpartition("#")[0]) in places
    ]
    kind = tell(Word.TOTAL if row.kind == "total" else Word.BATCH)
    return Row(row, kind, [verdict_tag(one) for one in dict.fromkeys(row.verdicts)], claims)


def _gap(gap: Gap) -> tuple[Sentence, str]:
    return tell(Word.GAP_LINE, n=gap.missing, since=gap.since, until=gap.until), gap.arithmetic


def _days(series: Series) -> list[date]:
    """Every day that a chart of this series has something on."""
    return sorted({one.day for one in series.rows} | {day for gap in series.gaps for day in (gap.since, gap.until)})


def _sides(series: Series) -> list[str]:
    """The claimant sides in the order of the chart: the releasing side first, outlets last."""
    every = {side.side for row in series.rows for side in row.sides}
    return sorted(every, key=lambda one: (one != series.actor, one == OUTLET, one))


def _style(series: Series, side: str) -> tuple[str, str]:
    """Colour and dashes of a side: A long for who releases, B short for the next, grey for everybody else."""
    place = _sides(series).index(side)
    return (SIDES[place], DASHES[place]) if place < len(SIDES) and side != OUTLET else (MUTED, "6 3 1 3")


def _curves(series: Series) -> list[tuple[str, Curve]]:
    """The lines of the running total with their words: each side's claims dashed, the verified line solid."""
    totals = [one for one in series.rows if one.kind == "total"]
    found = []
    for side in _sides(series):
        steps = [
            (row.day, figure)
            for row in totals
            for one in row.sides
            if one.side == side and (figure := one.low if one.low is not None else one.high) is not None
        ]
        if steps:
            colour, dash = _style(series, side)
            words = plain(tell(Word.CLAIMED_BY, who=Id(side)))
            found.append((words, Curve(side, tuple(steps), colour, dash)))
    verified = tuple((row.day, row.verified) for row in totals if row.verified is not None)
    days = _days(series)
    if days:
        shown = verified or ((days[0], 0),)
        found.append((gettext("verified"), Curve(gettext("verified"), shown, BRAND, width=3)))
    return found


def _dots(series: Series) -> list[Dot]:
    """One dot a claim of a running total, at its side's figure of the day."""
    found = []
    for row in series.rows:
        if row.kind == "total":
            for side in row.sides:
                colour, _ = _style(series, side.side)
                dots = [Dot(row.day, side.low, side.high, colour, side.origins, n) for n in range(len(side.claims))]
                found += dots[:MOST_ABREAST]
    return found


def _disputed(series: Series, last: date) -> list[Disputed]:
    """Stretches over which figures of the running total conflict, up to the next figure."""
    totals = [one for one in series.rows if one.kind == "total"]
    found = []
    for row, following in zip(totals, [*totals[1:], None], strict=True):
        ends = [one for side in row.sides for one in (side.low, side.high) if one is not None]
        if ends and any(one in CONFLICTS for one in row.verdicts):
            found.append(Disputed(row.day, following.day if following else last, min(ends), max(ends)))
    return found


def _drawing(chosen: Shown, found: Reconciliation, width: int) -> str:
    """The SVG of a series at one width."""
    days = _days(chosen.series)
    last = max(days[-1], min(found.as_of, days[-1]))
    return claims_chart(
        [curve for _, curve in _curves(chosen.series)],
        _dots(chosen.series),
        _disputed(chosen.series, last),
        [Bar(one.since, one.until, one.missing) for one in chosen.series.gaps],
        days[0],
        last,
        _short_day,
        count_text,
        title=plain(_title(chosen, found)),
        description=gettext(
            "Steps over time: verified solid, what each side claims dashed, conflicting figures hatched, one dot a "
            "claim; below, people whom no stated batch covers."
        ),
        name=f"claims-{width}",
        width=width,
        mirrored=get_language_bidi(),
        class_="wide" if width == WIDE else "narrow",
    )


def _short_day(day: date) -> str:
    return f"{day.day} {gettext(MONTHS[day.month - 1])}"
