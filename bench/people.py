"""How well and how fast lists with all their fields are matched and searched, beside Splink on the same lists.

The lists are invented, by a fixed seed; the noise is the generator's standard noise, then its harsh one. Each line runs
in a process of its own, whose largest memory is given, lists included.
Run: python -m bench people [--million] [--sizes N,N] [--quick]
"""

from __future__ import annotations

import argparse
import resource
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from statistics import median
from time import perf_counter

from bench import peers
from bench.judging import Marks, mark
from bench.machine import percentile
from bench.names import OURS, SEED, case_of, machine_line, marks_text, ours, warm
from quittance.people.search import SearchIndex
from quittance.people.synthetic import HARSH, STANDARD, Wanted, two_lists

MILLION = 1_000_000
SIZES = (5_000, 100_000)
SEARCHED = 100_000
NOISES = {"standard": STANDARD, "harsh": HARSH}
SPLINK_MOST = 100_000
"""Splink is not run on larger lists unless it is asked for: it would take hours on this class of machine."""

GOALS = (
    "100,000 x 100,000 in 20 s and 1.5 GB, .97 of the links at precision .99 under the standard noise; "
    "1,000,000 x 1,000,000 to its end in 24 GiB; search p95 50 ms."
)


@dataclass(frozen=True)
class Line:
    """What one process found."""

    marks: Marks
    seconds: float
    memory: float


def measure(method: str, size: int, noise: str) -> Line:
    """Match two invented lists of one size in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_measure, method, size, noise).result()


def _measure(method: str, size: int, noise: str) -> Line:
    case = case_of("", "", two_lists(Wanted(size, size, noise=NOISES[noise]), SEED))
    if method == OURS:
        ours(*warm())
        answers = ours(case.a, case.b)
    else:
        answers = peers.splink(case.a, case.b, names_only=False)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Line(mark(answers, case.truth), answers.seconds, memory)


def search(count: int, asked: int) -> tuple[float, float, float, float]:
    """Seconds to index so many entries; p50 and p95 of a search; and how often the person was among the first ten."""
    made = two_lists(Wanted(count, max(asked, 2), overlap=1.0), SEED)
    start = perf_counter()
    index = SearchIndex(made.a.entries)
    indexed = perf_counter() - start
    index.search(made.b.entries[-1].name)  # compiled and warm before anything is counted
    spent, found = [], 0
    for entry, person in zip(made.b.entries[:asked], made.b.people[:asked], strict=True):
        start = perf_counter()
        hits = index.search(entry.name)
        spent.append(perf_counter() - start)
        found += person in {made.a.people[hit.entry] for hit in hits[:10]}
    return indexed, median(spent), percentile(spent, 0.95), found / asked


def main(argv: list[str]) -> int:
    """Measure and print the tables; exit code 0 whether or not the goals are reached."""
    parser = argparse.ArgumentParser(prog="python -m bench people", description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="rows of each list, one table line each")
    parser.add_argument("--noises", default=",".join(NOISES), help="standard, harsh or both")
    parser.add_argument("--million", action="store_true", help="1,000,000 x 1,000,000 as well, standard noise only")
    parser.add_argument("--splink-most", type=int, default=SPLINK_MOST, help="the largest lists that Splink is given")
    parser.add_argument("--quick", action="store_true", help="tiny lists, to see that every line works")
    options = parser.parse_args(argv)
    sizes = [300] if options.quick else [int(size) for size in options.sizes.split(",")]
    heads = ("F1", "rec@1", "R@P99", "ECE", "p>=.97 right", "seconds", "pairs/s", "MiB")
    print(
        f"{'invented lists, all fields':38} {heads[0]:>6} {heads[1]:>6} {heads[2]:>6} {heads[3]:>6} {heads[4]:>15} "
        f"{heads[5]:>9} {heads[6]:>15} {heads[7]:>8}"
    )
    for noise in options.noises.split(","):
        for size in sizes:
            print_size(size, noise, options.splink_most)
    if options.million:
        print_size(MILLION, "standard", options.splink_most)
    count, asked = (500, 20) if options.quick else (SEARCHED, 500)
    indexed, middle, high, share = search(count, asked)
    print(
        f"\nsearch over {count:,} entries by {asked} names as the other list has them: p50 {1000 * middle:.1f} ms, p95 "
        f"{1000 * high:.1f} ms; the person among the first ten {share:.2f}; index made in {indexed:.1f} s"
    )
    print(f"Goals: {GOALS}")
    print(machine_line())
    return 0


def print_size(size: int, noise: str, splink_most: int) -> None:
    """The lines of one size: the product, and Splink where it is there and the lists are not too large for it."""
    for method in (OURS, peers.SPLINK):
        label = f"{size:,} x {size:,}, {noise}: {'ours' if method == OURS else 'Splink'}"
        if method == peers.SPLINK and peers.installed("splink") is None:
            print(f"{label:38} not installed")
        elif method == OURS or size <= splink_most:
            line = measure(method, size, noise)
            rate = size * size / line.seconds
            print(
                f"{label:38} {marks_text(line.marks)} {line.seconds:9.1f} {rate:15,.0f} {line.memory:8,.0f}", flush=True
            )
