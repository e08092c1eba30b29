"""Matches invented lists that nothing was fitted on, and prints how well, with counts.

    python -m tests.golden.names.unseen [--quick]

Seeds from 7000 on; three scripts, three calendars, overlaps from .1 to .9, the standard and the harsh noise, homonyms
and brothers left in. Best candidate of each b, ordered by probability.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from tests.golden.names.together import plans

from quittance.people.matching import match, reliability
from quittance.people.synthetic import HARSH, STANDARD, Wanted, two_lists

UNSEEN = 7000
LARGE = ((Wanted(5000, 5000, noise=STANDARD), 7100), (Wanted(5000, 5000, noise=HARSH), 7101))
SMALL = ((Wanted(500, 500, 0.5, noise=STANDARD), 7200), (Wanted(500, 500, 0.5, noise=HARSH), 7201))


@dataclass
class Judged:
    """Best candidates: probability and whether right; how many b have a partner."""

    rows: list[tuple[float, bool]]
    links: int

    def line(self) -> str:
        """F1, recall at 1 and at precision .99, shares right of the two upper bands with their counts, ECE."""
        ordered = sorted(self.rows, key=lambda row: -row[0])
        right = f1 = at_99 = 0.0
        for count, (p, is_right) in enumerate(ordered, 1):
            right += is_right
            if count < len(ordered) and ordered[count][0] == p:
                continue  # a threshold cannot part equal probabilities
            f1 = max(f1, 2 * right / (count + self.links))
            at_99 = max(at_99, right / self.links) if right >= 0.99 * count else at_99
        bands = {band.low: band for band in reliability(self.rows)}
        error = sum(band.count * abs(band.mean - band.right) for band in bands.values()) / max(len(self.rows), 1)
        upper = [
            f"{bands[low].right:.3f} of {bands[low].count:5}" if low in bands else f"{'none':>14}"
            for low in (0.97, 0.9)
        ]
        return (
            f"{self.links:6} {f1:6.3f} {right / max(self.links, 1):6.3f} {at_99:6.3f} {error:6.3f}  {upper[0]}  "
            f"{upper[1]}"
        )


def judged(wanted: Wanted, seed: int) -> Judged:
    """Match two invented lists with what ships, and judge the best candidate of each b."""
    made = two_lists(wanted, seed)
    found = match(made.a.entries, made.b.entries)
    rows = [
        (one.probability, made.a.people[one.a] == made.b.people[one.b]) for one in found.candidates if one.rank == 1
    ]
    on_a = set(made.a.people)
    return Judged(rows, sum(person in on_a for person in made.b.people))


def main() -> None:
    """Print a line for each pair of lists, then those of all standard and all harsh ones together."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="leave the large lists out")
    given = options.parse_args()
    print(
        f"{'lists':52} {'links':>6} {'F1':>6} {'rec@1':>6} {'R@P99':>6} {'ECE':>6}  {'p>=.97 right':>14}  .90-.97 right"
    )
    pooled: dict[str, Judged] = {}
    for wanted, seed in (*plans(UNSEEN), *SMALL, *(() if given.quick else LARGE)):
        noise = "standard" if wanted.noise == STANDARD else "harsh"
        one = judged(wanted, seed)
        label = (
            f"{wanted.a} x {wanted.b}, {noise}, overlap {wanted.overlap}, {wanted.script_a[:2]} {wanted.calendar_a[:2]}"
            f"-{wanted.script_b[:2]} {wanted.calendar_b[:2]}"
        )
        print(f"{label:52} {one.line()}", flush=True)
        every = pooled.setdefault(noise, Judged([], 0))
        pooled[noise] = Judged(every.rows + one.rows, every.links + one.links)
    for noise, one in pooled.items():
        print(f"{'all of the ' + noise + ' noise':52} {one.line()}")


if __name__ == "__main__":
    main()
