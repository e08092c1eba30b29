"""Plans of steps side by side: how many steps, who leads by how much, what stake it takes, what a stop may cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from quittance.selection.plans import ASSUMPTIONS, Exchange, Mode, Plan, PlanStep, Shape
from quittance.views.entry import PartyRef
from quittance.views.exposure import worth
from quittance.views.exposure_wording import ASSUMPTION_WORDS, CAUTION_WORDS, MODE_WORDS, tell
from quittance.views.sentence import Id, Sentence


@dataclass(frozen=True, slots=True)
class PlanStepLine:
    """One step: persons that each side gives, persons given so far, the lead in points, and the leads permitted."""

    number: int
    gives: tuple[int, int]
    given: tuple[int, int]
    lead: int
    permitted: tuple[int, int]
    bearable: bool


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One plan in the table; leads, stakes and loss in points, completion in percent, both rounded for show.

    `max_leads` and `stakes` are of the first and of the second side; `bearable` says that at the stakes given nobody
    ever has a reason to stop.
    """

    mode: Mode
    words: Sentence
    count: int
    max_leads: tuple[int, int]
    stakes: tuple[int, int]
    expected_loss: int
    completion_percent: int
    bearable: bool
    cautions: tuple[Sentence, ...]
    steps: tuple[PlanStepLine, ...]


@dataclass(frozen=True, slots=True)
class PlansView:
    """Plans for one exchange, with what is assumed of all of them; sides in the order of the question."""

    sides: tuple[PartyRef, PartyRef]
    persons: tuple[int, int]
    points: tuple[int, int]
    plans: tuple[PlanLine, ...]
    assumptions: tuple[Sentence, ...]


def plans_view(
    plans: Iterable[Plan],
    exchange: Exchange,
    shape: Shape,
    sides: tuple[PartyRef, PartyRef],
    hazard: Fraction,
    *,
    with_steps: bool = False,
) -> PlansView:
    """A line for each plan, and its steps if they are wanted; `hazard` is the chance that a step is the last."""
    return PlansView(
        sides=sides,
        persons=exchange.persons,
        points=exchange.points,
        plans=tuple(_line(plan, shape, sides, hazard, with_steps=with_steps) for plan in plans),
        assumptions=(
            *(tell(ASSUMPTION_WORDS[one], percent=round(hazard * 100)) for one in ASSUMPTIONS),
            *worth(exchange.rho),
        ),
    )


def _line(
    plan: Plan, shape: Shape, sides: tuple[PartyRef, PartyRef], hazard: Fraction, *, with_steps: bool
) -> PlanLine:
    whole = plan.exchange.totals
    sizes = [step.gives[0] * plan.exchange.points[0] for step in plan.steps if step.gives[0]]
    words = tell(
        MODE_WORDS[plan.mode],
        first=Id(sides[0].id),
        second=Id(sides[1].id),
        n=shape.first,
        step=shape.step,
        largest=max(sizes),
        smallest=sizes[-1],
    )
    return PlanLine(
        mode=plan.mode,
        words=words,
        count=len(plan.steps),
        max_leads=plan.max_leads,
        stakes=(ceil(plan.stakes[0]), ceil(plan.stakes[1])),
        expected_loss=round(plan.expected_loss(hazard)),
        completion_percent=round(100 * plan.completion(hazard)),
        bearable="above_permitted" not in plan.cautions,
        cautions=tuple(tell(CAUTION_WORDS[one], first=whole[0], second=whole[1]) for one in plan.cautions),
        steps=tuple(map(_step, plan.steps)) if with_steps else (),
    )


def _step(step: PlanStep) -> PlanStepLine:
    permitted = (floor(step.permitted[0]), floor(step.permitted[1]))
    return PlanStepLine(step.number, step.gives, step.given, step.lead, permitted, step.bearable)
