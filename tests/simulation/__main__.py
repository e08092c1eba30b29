"""Run the simulation: `python -m tests.simulation --steps 100000 --seed 1`; prints the table of attacks."""

from __future__ import annotations

import argparse
import sys

from tests.simulation.runs import fails, run_steps
from tests.simulation.setting import Violation
from tests.simulation.table import faults, text
from tests.simulation.world import World


def main() -> int:
    """Exit code 1 if something that must hold does not, or an attack was not tried or not noticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--steps", type=int, default=20_000, help="how many steps in all, one run after the other")
    parser.add_argument("--seed", type=int, default=1, help="the seed of the first run; the others follow it")
    parser.add_argument("--at-least", type=int, default=1, help="how often each attack must have been tried")
    parser.add_argument("--prefix", type=int, help="only so many steps of the run of this seed, with its journal")
    chosen = parser.parse_args()
    if chosen.prefix is not None:
        world = World(chosen.seed, chosen.prefix, thorough=True)
        failure = fails(world)
        print("\n".join(world.journal))
        print(f"{type(failure).__name__}: {failure}" if failure else "Everything holds.")
        return int(failure is not None)
    try:
        tally = run_steps(chosen.steps, chosen.seed)
    except Violation as violation:
        print(violation)
        return 1
    print(text(tally))
    print(f"\n{tally.steps} steps in {tally.counts['runs']} runs from seed {chosen.seed}.")
    wrong = faults(tally, chosen.at_least)
    print("\n".join(wrong) or "Every attack was tried, and noticed wherever it took effect.")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
