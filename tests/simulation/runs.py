"""Runs by seed, and the smallest beginning of a run that shows what is wrong with it."""

from __future__ import annotations

from tests.simulation.setting import Tally, Violation
from tests.simulation.world import LENGTH, World

TAIL = 12
"""Lines of the journal that are printed with a failure."""


def run(seed: int) -> Tally:
    """One run; raises `Violation` with its seed, the smallest number of steps that fails, and the last steps."""
    try:
        return World(seed).run()
    except Exception as error:
        steps = smallest_prefix(seed)
        world = World(seed, steps, thorough=True)
        failure = fails(world)
        said = f"{type(failure or error).__name__}: {failure or error}"
        journal = "\n".join(world.journal[-TAIL:])
        raise Violation(
            f"{said}\nseed {seed}: fails after {steps} steps\n"
            f"again: python -m tests.simulation --seed {seed} --prefix {steps}\n{journal}"
        ) from error


def fails(world: World) -> Exception | None:
    """What is wrong with this run."""
    try:
        world.run()
    except Exception as error:
        return error
    return None


def smallest_prefix(seed: int) -> int:
    """The fewest steps after which this seed fails, every check being made after every step and at the end.

    A failure that shows only at the end is looked for by halving, which takes it that more steps do not hide it.
    """
    low, high = 0, LENGTH
    world = World(seed, thorough=True)
    if fails(world) is not None:
        high = max(1, world.tally.steps)
    while low + 1 < high:
        middle = (low + high) // 2
        if fails(World(seed, middle, thorough=True)) is None:
            low = middle
        else:
            high = middle
    return high


def run_steps(steps: int, seed: int) -> Tally:
    """Runs with this seed and those that follow, until so many steps are done."""
    tally = Tally()
    while tally.steps < steps:
        tally.add(run(seed))
        seed += 1
    return tally
