"""Exposure and plans as lines of plain text, for terminals and mails."""

from __future__ import annotations

from collections.abc import Iterator

from quittance.dates import parse_moment
from quittance.views.exposure import ExposureView
from quittance.views.exposure_wording import Word, tell
from quittance.views.plans import PlansView
from quittance.views.sentence import Name
from quittance.views.text import Line, Page, dates_sentence

DAY_HEADS = ("day", "credited", "lead", "claimed", "lead", "above the largest lead")
STEP_HEADS = ("step", "gives", "given", "lead", "permitted", "reason to stop")
PLAN_HEADS = ("plan", "steps", "largest lead", "stake needed", "exp. loss", "completes")


def exposure_lines(view: ExposureView, page: Page) -> Iterator[Line]:
    """Who leads by how much, in every reading; the advice; what a stop would mean; points, and what is assumed."""
    yield from (Line(line, "heading") for line in page.wrapped(view.title))
    yield from (Line(line) for line in page.wrapped(page.text(dates_sentence(view.as_of, view.known_by))))
    yield Line("")
    yield from (Line(line) for line in page.wrapped(page.text(view.headline)))
    yield Line("")
    above = view.advice_code == "above_max_lead"
    for words in view.advice:
        yield from (Line(line, "late" if above else None) for line in page.wrapped(page.text(words)))
    yield Line("")
    for reading in view.readings:
        said = f"{page.text(reading.words)}: {page.text(reading.points.words)}"
        yield from (Line(line) for line in page.wrapped(said, "- ", "  "))
    if view.stops:
        yield Line("")
        for stop in view.stops:
            said = " ".join(page.text(words) for words in stop.words)
            yield from (Line(line) for line in page.wrapped(said, "- ", "  "))
    if view.limits is not None:
        yield from page.bullets((view.limits,))
    yield Line("")
    yield from (Line(line) for line in page.wrapped(page.text(view.source)))
    points = dict.fromkeys(one for side in view.sides for one in side.ratio)
    yield from page.bullets(tell(Word.ONE_COUNTS, class_name=Name(class_), n=n) for class_, n in points)
    if view.not_counted:
        yield from page.bullets(one.words for one in view.not_counted)
    yield Line("")
    yield from page.bullets(view.assumptions)


def day_rows(view: ExposureView, page: Page) -> list[tuple[str, ...]]:
    """The days of the chart as a table: credited and claimed of both sides, with the lead of the first in each."""
    return [
        (
            page.day(parse_moment(one.day)),
            f"{one.verified.first:,} to {one.verified.second:,}",
            f"{one.verified.lead:+,}",
            f"{one.claimed.first:,} to {one.claimed.second:,}",
            f"{one.claimed.lead:+,}",
            "yes" if one.above else "",
        )
        for one in view.days
    ]


def plan_rows(view: PlansView, page: Page) -> list[tuple[str, ...]]:
    """The plans as a table: of leads and stakes the first side's, then the second's."""
    return [
        (
            page.text(plan.words),
            f"{plan.count:,}",
            "{:,} / {:,}".format(*plan.max_leads),
            "{:,} / {:,}".format(*plan.stakes),
            f"{plan.expected_loss:,}",
            f"{plan.completion_percent}%",
        )
        for plan in view.plans
    ]


def step_rows(view: PlansView) -> list[tuple[str, ...]]:
    """Every step of the plans: persons given in it and so far, the lead of the first side, and what is permitted."""
    return [
        (
            str(step.number),
            "{:,} / {:,}".format(*step.gives),
            "{:,} / {:,}".format(*step.given),
            f"{step.lead:+,}",
            "{:,} / {:,}".format(*step.permitted),
            "" if step.bearable else "yes",
        )
        for plan in view.plans
        for step in plan.steps
    ]


def plan_lines(view: PlansView, page: Page) -> Iterator[Line]:
    """What to be careful about in each plan, and what is assumed of all."""
    for plan in view.plans:
        for caution in plan.cautions:
            said = f"{page.text(plan.words)}: {page.text(caution)}"
            yield from (Line(line) for line in page.wrapped(said, "- ", "  "))
    yield Line("")
    yield from page.bullets(view.assumptions)
