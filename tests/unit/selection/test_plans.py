"""Plans of steps: the table of the reference, tapering, sums that are right, and what is warned of."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quittance.errors import UsageError
from quittance.selection.plans import MODES, Exchange, Shape, compare, plan_steps, taper, taper_between

REFERENCE = Path(__file__).parents[4] / "shared/data/selection/vectors.json"

AFGHAN = Exchange((5000, 1000), (1, 5))
HAZARD = Fraction(1, 100)

TABLE = [
    # mode, sizes, exchange -> steps, lead of each side, stake the second needs, expected loss, completion
    ("all_first", Shape(100), AFGHAN, 2, (5000, 0), 5000, 50, 0.99),
    ("first_then_step", Shape(500, 1500, 100), AFGHAN, 29, (2000, 0), 2000, 224, 0.75),
    ("first_then_together", Shape(175, 1500, 100), AFGHAN, 35, (1500, 0), 1500, 225, 0.71),
    ("alternate", Shape(100), AFGHAN, 100, (100, 0), 100, 32, 0.37),
    ("half_step_first", Shape(100), AFGHAN, 101, (50, 50), 50, 16, 0.37),
    ("taper", Shape(100, largest=250, smallest=20), Exchange((5000, 5000)), 110, (250, 0), 250, 37, 0.33),
    ("simultaneous", Shape(100), AFGHAN, 50, (0, 0), 0, 0, 0.61),
]
"""Section 10 of the reference. Its taper is counted in points, so that steps are no multiples of five."""

STEPS = [915, 760, 635, 530, 440, 370, 305, 255, 215, 175, 150, 125, 100, 25]

exchanges = st.builds(
    Exchange,
    persons=st.tuples(st.integers(1, 300), st.integers(1, 300)),
    points=st.tuples(st.integers(1, 6), st.integers(1, 6)),
    stakes=st.tuples(st.fractions(0, 200), st.fractions(0, 200)),
    rho=st.fractions(0, 2, max_denominator=20),
)
shapes = st.builds(
    Shape,
    step=st.integers(1, 80),
    first=st.integers(0, 320),
    pace=st.integers(0, 50),
)
modes = st.sampled_from(sorted(MODES))


@pytest.mark.parametrize(("mode", "shape", "exchange", "steps", "leads", "stake", "loss", "completion"), TABLE)
def test_the_table_of_the_reference(mode, shape, exchange, steps, leads, stake, loss, completion):
    """Steps, largest lead of either side, the stake the second needs, expected loss and chance, to the digits given."""
    plan = plan_steps(mode, exchange, shape)
    assert len(plan.steps) == steps
    assert plan.max_leads == leads
    assert plan.stakes[1] == stake
    assert round(plan.expected_loss(HAZARD)) == loss
    assert round(plan.completion(HAZARD), 2) == completion


def test_the_taper_in_whole_persons():
    """With five points to a person of the other side, steps are multiples of five, and there are four more of them."""
    plan = plan_steps("taper", AFGHAN, Shape(100, largest=250, smallest=20))
    assert len(plan.steps) == 114
    assert plan.max_leads == (250, 0)


def test_steps_of_500_are_answered_by_143():
    """The second side keeps pace in whole persons, rounded up, and ends with what is left."""
    plan = plan_steps("first_then_step", AFGHAN, Shape(500, 1500, 100))
    assert [step.gives[1] for step in plan.steps if step.gives[1]] == [143] * 6 + [142]


def test_tapering_by_the_permitted_lead():
    """rho 1/5 and a stake of 100: fourteen shrinking rounds instead of fifty equal ones."""
    assert list(taper(5000, 100, Fraction(1, 5), 5)) == STEPS
    assert taper(5000, 100, Fraction(0), 5) == (100,) * 50


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference data are not here")
def test_the_reference_data():
    """Every taper of the reference."""
    for case in json.loads(REFERENCE.read_text("utf-8"))["taper"]:
        found = taper(case["total_points"], case["stake_points"], Fraction(case["rho"]), case["unit"])
        assert list(found) == case["steps"]


def test_a_taper_is_bearable_but_for_nothing():
    """Each step leaves the other side a reason to go on, the last one too, because it is within the stake."""
    exchange = Exchange((5000, 1000), (1, 5), (Fraction(0), Fraction(100)), Fraction(1, 5))
    plan = plan_steps("taper", exchange, Shape(100))
    assert [step.gives[0] for step in plan.steps if step.gives[0]] == STEPS
    assert all(step.bearable for step in plan.steps)
    assert plan.cautions == ()
    assert plan.stakes == (0, 100)


@given(st.integers(1, 20_000), st.integers(1, 500), st.fractions(0, 2, max_denominator=50))
def test_a_taper_never_asks_for_more_than_is_permitted(total, stake, rho):
    """In points, with a stake of at least one: after each step the other side still goes on, and nothing is left."""
    if total / stake > 10_000:
        stake = 10
    sizes = taper(total, stake, rho, 1)
    left = total
    for size in sizes:
        assert 0 < size <= rho * (left - size) + stake
        left -= size
    assert left == 0


@given(st.integers(1, 50), st.integers(1, 20), st.integers(0, 100), st.fractions(0, 1, max_denominator=9))
def test_a_compliant_plan_never_leads_by_more_than_permitted(persons, points, more, rho):
    """A taper of an exchange with a stake of at least one unit."""
    stake = Fraction(points + more)
    exchange = Exchange((persons * points, persons), (1, points), (Fraction(0), stake), rho)
    plan = plan_steps("taper", exchange, Shape(1))
    assert all(step.lead <= step.permitted[0] and step.bearable for step in plan.steps)
    assert plan.stakes[1] <= stake
    assert "above_permitted" not in plan.cautions


@given(modes, exchanges, shapes)
def test_sums(mode, exchange, shape):
    """Whatever the plan: nobody gives a negative number, each step does something, all are given in the end."""
    plan = plan_steps(mode, exchange, shape)
    assert plan.steps[-1].given == exchange.persons
    assert [step.number for step in plan.steps] == list(range(1, len(plan.steps) + 1))
    for before, after in zip([None, *plan.steps], plan.steps, strict=False):
        given = before.given if before else (0, 0)
        assert after.given == (given[0] + after.gives[0], given[1] + after.gives[1])
        assert min(after.gives) >= 0
        assert sum(after.gives) > 0
        assert after.lead == after.given[0] * exchange.points[0] - after.given[1] * exchange.points[1]
    assert plan.max_leads == (max(0, *(s.lead for s in plan.steps)), max(0, *(-s.lead for s in plan.steps)))


@given(modes, exchanges, shapes)
def test_the_stakes_that_are_needed_suffice(mode, exchange, shape):
    """With the stakes that a plan asks for nobody ever has a reason to stop; with less of one somebody has."""
    plan = plan_steps(mode, exchange, shape)
    enough = plan_steps(mode, Exchange(exchange.persons, exchange.points, plan.stakes, exchange.rho), shape)
    if mode != "taper":  # whose steps grow with the stake
        assert all(step.bearable for step in enough.steps)
        assert "last_step" not in enough.cautions
        for side in (0, 1):
            if plan.stakes[side] > 0:
                less = [stake - (Fraction(1, 7) if at == side else 0) for at, stake in enumerate(plan.stakes)]
                start = exchange.totals[side] - (1 + exchange.rho) * exchange.totals[1 - side]
                short = plan_steps(
                    mode, Exchange(exchange.persons, exchange.points, _positive(less), exchange.rho), shape
                )
                assert not all(step.bearable for step in short.steps) or start == plan.stakes[side]


def _positive(stakes: list[Fraction]) -> tuple[Fraction, Fraction]:
    return max(Fraction(0), stakes[0]), max(Fraction(0), stakes[1])


@given(exchanges, shapes)
def test_a_hazard_only_costs(exchange, shape):
    """No hazard: no loss and certain; the more hazard, the less likely to end well."""
    for plan in compare(exchange, shape):
        assert plan.expected_loss(Fraction(0)) == 0
        assert plan.completion(Fraction(0)) == 1
        assert plan.completion(Fraction(1, 2)) <= plan.completion(HAZARD) <= 1


def test_every_mode_is_compared():
    """Plans with a first part only where one is asked for, a taper where its sizes or a stake are given."""

    def names(exchange, shape):
        return [plan.mode for plan in compare(exchange, shape)]

    rich = Exchange((5000, 1000), (1, 5), (Fraction(0), Fraction(100)))
    without_first = [mode for mode in MODES if not mode.startswith("first_")]
    assert names(rich, Shape(100, 1500, 100)) == list(MODES)
    assert names(rich, Shape(100)) == without_first
    assert names(AFGHAN, Shape(100, largest=250, smallest=20)) == without_first
    assert names(AFGHAN, Shape(100)) == [mode for mode in without_first if mode != "taper"]
    assert [plan.mode for plan in compare(AFGHAN, Shape(100), ["taper"])] == ["taper"]


def test_a_first_part_of_everything_is_all_first():
    """The rest is nothing, and the other side gives all at once."""
    plan = plan_steps("first_then_step", AFGHAN, Shape(100, 9000))
    assert [step.gives for step in plan.steps] == [(5000, 0), (0, 1000)]


# --- cautions --------------------------------------------------------------------------------------------------------


def test_the_last_step_must_be_within_the_stake():
    """Nothing is left to receive then: the last giver must lose that much by stopping, or give together."""
    poor = Exchange((5000, 1000), (1, 5), (Fraction(0), Fraction(99)))
    rich = Exchange((5000, 1000), (1, 5), (Fraction(0), Fraction(100)))
    assert "last_step" in plan_steps("alternate", poor, Shape(100)).cautions
    assert plan_steps("alternate", rich, Shape(100)).cautions == ()
    assert plan_steps("simultaneous", poor, Shape(100)).cautions == ()


def test_totals_that_differ_are_told():
    """A ratio that does not bring both sides to one sum of points."""
    plan = plan_steps("simultaneous", Exchange((4900, 1000), (1, 5)), Shape(100))
    assert "totals_differ" in plan.cautions
    assert plan.stakes == (0, 100)


# --- wrong use -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "act",
    [
        lambda: Exchange((0, 1)),
        lambda: Exchange((1, 1), (0, 1)),
        lambda: Exchange((1, 1), (1, 1), (Fraction(-1), Fraction(0))),
        lambda: Exchange((1, 1), rho=Fraction(-1, 2)),
        lambda: Shape(0),
        lambda: Shape(1, -1),
        lambda: Shape(1, largest=5),
        lambda: Shape(1, largest=5, smallest=-1),
    ],
)
def test_terms_that_make_no_plan(act):
    """Told before anything is computed."""
    with pytest.raises(UsageError) as refused:
        act()
    assert refused.value.code == "plan.terms"


@pytest.mark.parametrize("mode", ["alternate", "simultaneous", "half_step_first", "taper"])
def test_too_many_steps(mode):
    """A plan of more than 20,000 steps is nobody's plan."""
    with pytest.raises(UsageError) as refused:
        plan_steps(mode, Exchange((50_000, 50_000)), Shape(1))
    assert refused.value.code == "plan.steps"


def test_a_taper_between_two_sizes():
    """In proportion to what is left, never above the largest, ending with what is left."""
    sizes = taper_between(5000, 250, 20, 5)
    assert sizes[0] == 250
    assert sum(sizes) == 5000
    assert list(sizes) == sorted(sizes, reverse=True)
