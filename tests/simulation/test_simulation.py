"""The record among liars: what must hold holds after every step, and every attack is tried and noticed."""

from __future__ import annotations

import pytest
from tests.simulation import runs
from tests.simulation.setting import Violation
from tests.simulation.table import WHO, faults, text
from tests.simulation.watch import Watch
from tests.simulation.world import World

SEEDS = range(1, 71)
"""About 18,000 steps."""


def test_every_attack_is_tried_and_noticed():
    """Over many seeds nothing breaks, and each attack was tried, noticed wherever it took effect, and never more."""
    tally = runs.run_steps(1, SEEDS[0])
    for seed in SEEDS[1:]:
        tally.add(runs.run(seed))
    assert faults(tally, at_least=1) == [], text(tally)


@pytest.mark.slow
def test_a_hundred_thousand_steps():
    """The same over 100,000 steps, each attack at least ten times."""
    tally = runs.run_steps(100_000, 1000)
    assert faults(tally, at_least=10) == [], text(tally)


def test_one_seed_is_one_run():
    """The same seed gives the same run, step for step; another one another."""
    one, again, other = World(8), World(8), World(9)
    for world in (one, again, other):
        world.run()
    assert one.journal == again.journal
    assert one.operator.true.store.head() == again.operator.true.store.head()
    assert one.journal != other.journal


def test_a_prefix_is_the_beginning_of_its_run():
    """A run that is cut short took the same first steps."""
    whole, short = World(8), World(8, 60)
    whole.run()
    short.run()
    assert short.journal[:60] == whole.journal[:60]


def test_a_failure_names_seed_prefix_and_last_steps(monkeypatch):
    """A failure can be had again from what it prints: the fewest steps that fail, and not one fewer."""

    def hold(self: Watch, step: int) -> None:
        if self.world.operator.true.store.head().size >= 20:
            raise Violation("the log has twenty entries")

    monkeypatch.setattr(Watch, "hold", hold)
    with pytest.raises(Violation, match="the log has twenty entries") as caught:
        runs.run(8)
    steps = runs.smallest_prefix(8)
    assert f"--seed 8 --prefix {steps}" in str(caught.value)
    assert f"step {steps - 1} at" in str(caught.value)
    assert runs.fails(World(8, steps)) is not None
    assert runs.fails(World(8, steps - 1)) is None


def test_the_counts_are_judged():
    """A table with an attack that was not tried, was never noticed, or noticed by whoever cannot know, is refused."""
    tally = runs.run(8)
    for name in WHO:
        row = tally.row(name)
        row.tried, row.idle, row.noticed = 1, 0, 1
        row.by.clear()
    tally.row("nobody's signature").tried = 0
    tally.row("fork at one size").noticed = 0
    tally.noticed("a genuine key states a falsehood", "operator", "record.false")
    tally.tried("something else")
    wrong = faults(tally, at_least=1)
    assert [line.partition(":")[0] for line in wrong] == [
        "something else",
        "nobody's signature",
        "nobody's signature",
        "fork at one size",
        "a genuine key states a falsehood",
    ]
