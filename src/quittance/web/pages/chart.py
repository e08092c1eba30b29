"""The figure "done against owed" of one commitment: drawn twice (wide and narrow), with its key and its table."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi, gettext

from quittance.agreement.model import Agreement
from quittance.views.sentence import Sentence, count_text
from quittance.views.timeline import Series, Steps
from quittance.views.wording import MONTHS
from quittance.web.charts.steps import HEIGHT, Curve, curves, letters, step_chart
from quittance.web.templatetags.figures import plain

WIDE, NARROW = 720, 350
MOST_LINES = 120
"""Rows of the table on the page; the CSV file has them all."""

__all__ = ["HEIGHT", "NARROW", "WIDE", "Chart", "chart_of", "columns", "drawing", "table"]


@dataclass(frozen=True, slots=True)
class Column:
    """One curve of a series: its id in files, its words on the page, its letter in the chart."""

    id: str
    words: str
    letter: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One day of the table and the value of each curve; None before a curve begins."""

    day: str
    values: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class KeyLine:
    """How one curve is drawn, and what it stands for."""

    letter: str
    words: str
    colour: str
    dash: str | None
    width: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that `chart.html` shows."""

    commitment: str
    title: Sentence
    unit: str
    wide: SafeString
    narrow: SafeString
    key: list[KeyLine]
    columns: list[str]
    lines: list[Line]
    shortened: bool


def columns(series: Series, agreement: Agreement) -> list[Column]:
    """The curves in the order of the table: required (where there is one), the speakers, verified."""
    letter_of = _letters(series, agreement)
    first = [Column("required", gettext("required"))] if series.required else []
    speakers = [
        Column(f"claimed_by_{one.speaker.id}", one.speaker.name, letter_of[one.speaker.id]) for one in series.speakers
    ]
    return [*first, *speakers, Column("verified", gettext("verified"))]


def _steps(series: Series) -> list[Steps]:
    first = [series.required] if series.required else []
    return [*first, *(one.steps for one in series.speakers), series.verified]


def table(series: Series, last: date) -> list[Line]:
    """A line for each day up to `last` on which a curve changed, earliest first."""
    every = _steps(series)
    days = sorted({day for steps in every for day, _ in steps if day <= last})
    starts = [[day for day, _ in steps] for steps in every]
    lines = []
    for day in days:
        places = [bisect_right(known, day) for known in starts]
        values = tuple(steps[place - 1][1] if place else None for steps, place in zip(every, places, strict=True))
        lines.append(Line(day.isoformat(), values))
    return lines


def chart_of(series: Series, first: date, last: date, agreement: Agreement) -> Chart:
    """The chart of a series between two days, with key and table."""
    lines = table(series, last)
    named = columns(series, agreement)
    drawn = _curves(series, first, agreement)
    return Chart(
        commitment=series.commitment,
        title=series.title,
        unit=series.unit,
        wide=mark_safe(drawing(series, first, last, agreement, WIDE)),  # noqa: S308  every text in it is escaped
        narrow=mark_safe(drawing(series, first, last, agreement, NARROW)),  # noqa: S308
        key=[
            KeyLine(column.letter, column.words, curve.colour, curve.dash, curve.width)
            for column, curve in zip(named, drawn, strict=True)
        ],
        columns=[column.words for column in named],
        lines=lines[-MOST_LINES:],
        shortened=len(lines) > MOST_LINES,
    )


def drawing(series: Series, first: date, last: date, agreement: Agreement, width: int) -> str:
    """The SVG of a series at one width."""
    title = plain(series.title)
    return step_chart(
        _curves(series, first, agreement),
        first,
        last,
        _short_day,
        count_text,
        title=title,
        description=gettext("Steps over time: verified solid, each side's figure dashed, what was required dotted."),
        name=f"chart-{width}",
        width=width,
        mirrored=get_language_bidi(),
        class_="wide" if width == WIDE else "narrow",
    )


def _short_day(day: date) -> str:
    return f"{day.day} {gettext(MONTHS[day.month - 1])}"


def _letters(series: Series, agreement: Agreement) -> dict[str, str]:
    commitment = agreement.commitment(series.commitment)
    return letters(series, [*commitment.performers, *commitment.by], commitment.to)


def _curves(series: Series, first: date, agreement: Agreement) -> list[Curve]:
    return curves(series, first, _letters(series, agreement), gettext("verified"), gettext("required"))
