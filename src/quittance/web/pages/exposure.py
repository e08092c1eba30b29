"""Exposure: who has given how much more than it got, against the largest lead agreed; and plans of steps compared.

Open to whoever sees the status: it is made of the same figures, and of no person's.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from io import StringIO

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi, gettext

from quittance.casebook import Casebook
from quittance.errors import UsageError
from quittance.exposurebook import exposure, plans
from quittance.selection.plans import Shape
from quittance.views.exposure import ExposureDay, ExposureView
from quittance.views.plans import PlansView
from quittance.views.sentence import count_text
from quittance.views.timeline import Steps
from quittance.views.wording import MONTHS
from quittance.visibility import OPERATOR
from quittance.web.charts.lead import HEIGHT as LEAD_HEIGHT
from quittance.web.charts.lead import Words, lead_chart
from quittance.web.charts.steps import HEIGHT, Curve, step_chart
from quittance.web.charts.svg import standalone
from quittance.web.pages.frame import answer, asked, present
from quittance.web.question import Question
from quittance.web.templatetags.figures import plain
from quittance.web.tokens import BRAND, DASHES, MUTED, SIDES

WIDE, NARROW = 720, 350
MOST_LINES = 120
"""Days of the table on the page; the CSV file has them all."""

LETTERS = ("A", "B")
HAZARD = Fraction(1, 100)
MOST_STEP = 1_000_000

COLUMNS = (
    *("day", "verified_first", "verified_second", "verified_lead"),
    *("claimed_first", "claimed_second", "claimed_lead", "above_max_lead", "entries"),
)


@dataclass(frozen=True, slots=True)
class KeyLine:
    """How one curve is drawn, and what it stands for."""

    letter: str
    words: str
    colour: str
    dash: str | None
    width: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart at two widths with its key; `id` is what the SVG file is asked for by."""

    id: str
    title: str
    wide: SafeString
    narrow: SafeString
    key: tuple[KeyLine, ...]


def _view(case: Casebook, question: Question) -> ExposureView:
    return exposure(case, OPERATOR, question.as_of, question.known_by)


def page(request: HttpRequest) -> HttpResponse:
    """Both charts with their table, the advice and its reason, what a stop would mean, and plans beside each other."""
    case, question = asked(request)
    try:
        view = _view(case, question)
    except UsageError as error:
        return _nothing(request, case, question, error)
    shape, question = _shape(question, case, view)
    return answer(
        request,
        "quittance/exposure.html",
        question,
        view,
        with_readings=False,
        place="exposure",
        letters=tuple(zip(LETTERS, view.sides, strict=True)),
        charts=[_drawn(view, one) for one in DRAWINGS] if view.days else [],
        days=view.days[-MOST_LINES:],
        shortened=len(view.days) > MOST_LINES,
        permitted=tuple(zip(view.sides, view.permitted, strict=True)) if view.permitted else (),
        plans=_plans(case, shape) if shape else None,
        shape=shape,
    )


def _nothing(request: HttpRequest, case: Casebook, question: Question, error: UsageError) -> HttpResponse:
    """The page where the agreement does not say what is set against what; the reason stands in the error."""
    view = present(case)
    return answer(
        request, "quittance/exposure.html", question, view, with_readings=False, place="exposure", lacking=error
    )


# --- the figures -----------------------------------------------------------------------------------------------------


def csv_file(request: HttpRequest) -> HttpResponse:
    """A row for each day on which a figure changed."""
    view = _view_or_404(request)
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(
        (
            one.day, one.verified.first, one.verified.second, one.verified.lead, one.claimed.first,
            one.claimed.second, one.claimed.lead, int(one.above), " ".join(one.entries),
        )
        for one in view.days
    )  # fmt: skip
    return _file(text.getvalue(), "text/csv; charset=utf-8", view, "csv")


def svg_file(request: HttpRequest) -> HttpResponse:
    """One of the charts as a file, on white paper; `of` names it, and without it stands the lead."""
    view = _view_or_404(request)
    wanted = request.GET.get("of", "lead")
    if wanted not in DRAWINGS or not view.days:
        raise Http404
    height = LEAD_HEIGHT if wanted == "lead" else HEIGHT
    return _file(standalone(_svg(view, wanted, WIDE), WIDE, height), "image/svg+xml; charset=utf-8", view, "svg")


def _view_or_404(request: HttpRequest) -> ExposureView:
    case, question = asked(request)
    try:
        return _view(case, question)
    except UsageError:
        raise Http404 from None


def _file(text: str, kind: str, view: ExposureView, ending: str) -> HttpResponse:
    name = f"exposure-as-of-{view.as_of[:10]}-known-by-{view.known_by[:10]}.{ending}"
    return HttpResponse(text, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


# --- the charts ------------------------------------------------------------------------------------------------------

DRAWINGS = ("lead", "given")


def _drawn(view: ExposureView, which: str) -> Drawn:
    curves = _lead_curves(view) if which == "lead" else _given_curves(view)
    title = gettext("Lead, in points") if which == "lead" else gettext("Points given by each side")
    return Drawn(
        which,
        title,
        mark_safe(_svg(view, which, WIDE)),  # noqa: S308  every text in it is escaped
        mark_safe(_svg(view, which, NARROW)),  # noqa: S308
        tuple(KeyLine(letter, words, one.colour, one.dash, one.width) for letter, words, one in curves),
    )


def _svg(view: ExposureView, which: str, width: int) -> str:
    first = date.fromisoformat(view.days[0].day) - timedelta(1)
    last = max(date.fromisoformat(view.as_of[:10]), date.fromisoformat(view.days[-1].day))
    name, class_ = f"{which}-{width}", "wide" if width == WIDE else "narrow"
    title, mirrored = plain(view.headline), get_language_bidi()
    if which == "given":
        return step_chart(
            [one for _, _, one in _given_curves(view)], first, last, _short_day, count_text, title=title,
            description=gettext("Steps over time: credited solid, claimed dashed, side A long, side B short."),
            name=name, width=width, mirrored=mirrored, class_=class_,
        )  # fmt: skip
    ahead = gettext("%(letter)s is ahead")
    words = Words(ahead % {"letter": "A"}, ahead % {"letter": "B"}, gettext("largest lead agreed"))
    return lead_chart(
        [one for _, _, one in _lead_curves(view)], view.max_lead, first, last, _short_day, count_text, words,
        title=title,
        description=gettext("Steps around zero: credited solid, claimed dashed; the band is the largest lead agreed."),
        name=name, width=width, mirrored=mirrored, class_=class_,
    )  # fmt: skip


Named = tuple[str, str, Curve]
"""The letter of a curve, its words in the key, and how it is drawn."""


def _lead_curves(view: ExposureView) -> list[Named]:
    credited, claimed = gettext("credited"), gettext("claimed")
    return [
        ("", claimed, Curve(claimed, _steps(view, lambda day: day.claimed.lead), MUTED, "6 3 1 3")),
        ("", credited, Curve(credited, _steps(view, lambda day: day.verified.lead), BRAND, width=3)),
    ]


def _given_curves(view: ExposureView) -> list[Named]:
    given = (
        (0, lambda day: day.claimed.first, lambda day: day.verified.first),
        (1, lambda day: day.claimed.second, lambda day: day.verified.second),
    )
    found: list[Named] = []
    for side, of_claimed, of_verified in given:
        letter, name = LETTERS[side], view.sides[side].party.name
        dashed = Curve(f"{letter}?", _steps(view, of_claimed), SIDES[side], DASHES[side])
        solid = Curve(letter, _steps(view, of_verified), SIDES[side], width=3)
        found.append((f"{letter}?", gettext("%(side)s, claimed") % {"side": name}, dashed))
        found.append((letter, gettext("%(side)s, credited") % {"side": name}, solid))
    return found


def _steps(view: ExposureView, value: Callable[[ExposureDay], int]) -> Steps:
    return tuple((date.fromisoformat(one.day), value(one)) for one in view.days)


def _short_day(day: date) -> str:
    return f"{day.day} {gettext(MONTHS[day.month - 1])}"


# --- plans -----------------------------------------------------------------------------------------------------------


def _shape(question: Question, case: Casebook, view: ExposureView) -> tuple[Shape | None, Question]:
    """How plans are cut: so many people of the first side in a step, and so many before the other begins."""
    found: dict[str, int] = {}
    for field in ("step", "first"):
        text = question.typed.get(field, "")
        if text.isascii() and text.isdecimal() and len(text) < 8 and int(text) <= MOST_STEP:
            found[field] = int(text)
        elif text:
            message = gettext("This is not a number of people. Write it in digits.")
            question = replace(question, errors={**question.errors, field: message})
    whole = view.sides[0].total
    if whole is None:
        return None, question
    return Shape(found.get("step") or max(1, whole // 50), found.get("first", 0)), question


def _plans(case: Casebook, shape: Shape) -> PlansView | None:
    """Plans side by side; None where the promises do not give both totals."""
    try:
        return plans(case.agreement(OPERATOR), shape, hazard=HAZARD)
    except UsageError:
        return None
