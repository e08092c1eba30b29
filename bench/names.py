"""How well names alone are matched, beside rapidfuzz, nomenklatura's logic-v2 and Splink on the same lists.

The lists are published development sets where those lie beside the repository, invented ones otherwise. Marks are taken
at the best threshold of each set. Run: python -m bench names [--quick] [--sample N]
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from bench import peers
from bench.judging import Answers, Marks, mark
from quittance.people.matching import Settings, match
from quittance.people.model import ListEntry
from quittance.people.synthetic import TwoLists, Wanted, two_lists

DEVELOPMENT = Path(__file__).resolve().parents[2] / "shared" / "data" / "names"
SETS = {"a2": "Latin and Arabic script, persons listed by one issuer", "b2v": "Latin, name and alias"}
OURS = "Quittance"
SEED = 2020

GOALS = {"a2": ("F1 .95", "recall at 1 .95"), "b2v": ("F1 .84", "at p >= .97 right .97")}
"""Under these the build fails (tests/unit/people/matching); printed for the reader."""


@dataclass(frozen=True)
class Case:
    """Two lists and the truth: place in B -> the places in A that are the same person."""

    name: str
    about: str
    a: Sequence[ListEntry]
    b: Sequence[ListEntry]
    truth: Mapping[int, frozenset[int]]


def ours(a: Sequence[ListEntry], b: Sequence[ListEntry], settings: Settings | None = None) -> Answers:
    """The product itself: reading of names, weighing of words, candidates, probabilities and decisions."""
    start = perf_counter()
    found = match(a, b, settings or Settings())
    seconds = perf_counter() - start
    best = {one.b: (one.a, one.probability) for one in found.candidates if one.rank == 1}
    return Answers(best, len(a) * len(b), seconds, {b: score for b, (_, score) in best.items()})


def case_of(name: str, about: str, made: TwoLists) -> Case:
    """Invented lists with their truth."""
    at = [{entry.pid: place for place, entry in enumerate(one.entries)} for one in (made.a, made.b)]
    truth = defaultdict(set)
    for a_pid, b_pid in made.truth():
        truth[at[1][b_pid]].add(at[0][a_pid])
    return Case(name, about, made.a.entries, made.b.entries, {b: frozenset(group) for b, group in truth.items()})


def read_case(name: str, folder: Path) -> Case:
    """A development set from its three files."""
    tables = []
    for part in ("A", "B", "truth"):
        with (folder / f"{name}_{part}.csv").open(encoding="utf-8", newline="") as file:
            tables.append(list(csv.DictReader(file)))
    a, b = ([ListEntry(row["pid"], row["name"]) for row in table] for table in tables[:2])
    at = [{entry.pid: place for place, entry in enumerate(side)} for side in (a, b)]
    truth = defaultdict(set)
    for row in tables[2]:
        truth[at[1][row["b_pid"]]].add(at[0][row["a_pid"]])
    return Case(name, SETS[name], a, b, {b: frozenset(group) for b, group in truth.items()})


def cases(*, quick: bool) -> list[Case]:
    """The development sets, or invented lists of about their size; small invented lists when it must be quick."""
    if DEVELOPMENT.is_dir() and not quick:
        return [read_case(name, DEVELOPMENT) for name in SETS]
    a, b = (60, 40) if quick else (1000, 600)
    made = [two_lists(Wanted(a, b, script_b=script, people=3 * a), SEED) for script in ("arabic", "latin")]
    bare = [_names_only(one) for one in made]
    return [
        case_of("invented, Arabic", "Latin and Arabic script, names only", bare[0]),
        case_of("invented, Latin", "Latin on both sides, names only", bare[1]),
    ]


def _names_only(made: TwoLists) -> TwoLists:
    a, b = (
        replace(one, entries=tuple(ListEntry(entry.pid, entry.name) for entry in one.entries))
        for one in (made.a, made.b)
    )
    return replace(made, a=a, b=b)


def methods(sample: int) -> dict[str, tuple[str, Callable[[Case], Answers]]]:
    """Method -> the package it needs, and how it is run."""
    return {
        peers.TOKEN_SORT: ("rapidfuzz", lambda case: peers.token_sort(case.a, case.b)),
        peers.LOGIC: ("nomenklatura", lambda case: peers.logic_v2(case.a, case.b, sample)),
        peers.SPLINK: ("splink", lambda case: peers.splink(case.a, case.b, names_only=True)),
        OURS: ("numpy", lambda case: ours(case.a, case.b)),
    }


def main(argv: list[str]) -> int:
    """Measure and print a table for each set; exit code 0 whether or not the goals are reached."""
    parser = argparse.ArgumentParser(prog="python -m bench names", description=__doc__.splitlines()[0])
    parser.add_argument("--sample", type=int, default=60, help="entries of list B that logic-v2 is asked about")
    parser.add_argument("--quick", action="store_true", help="tiny invented lists, to see that every line works")
    options = parser.parse_args(argv)
    if options.quick:
        options.sample = 5
    ours(*warm())
    for case in cases(quick=options.quick):
        print_case(case, options.sample)
    print(machine_line())
    return 0


def warm() -> tuple[Sequence[ListEntry], Sequence[ListEntry]]:
    """Two tiny lists, so that compiling is not measured."""
    made = two_lists(Wanted(30, 20), SEED)
    return made.a.entries, made.b.entries


def print_case(case: Case, sample: int) -> None:
    """One table: marks and speed of each method on one set."""
    print(f"{case.name}: {len(case.a):,} and {len(case.b):,} names, {len(case.truth):,} links; {case.about}")
    heads = ("F1", "rec@1", "R@P99", "ECE", "p>=.97 right", "pairs/s", "ratio")
    print(
        f"{'':38} {heads[0]:>6} {heads[1]:>6} {heads[2]:>6} {heads[3]:>6} {heads[4]:>15} {heads[5]:>12} {heads[6]:>8}"
    )
    base = None
    for name, (package, run) in methods(sample).items():
        if peers.installed(package) is None:
            print(f"{name:38} not installed")
            continue
        answers = run(case)
        rate = answers.pairs / answers.seconds
        base = base or rate
        print(f"{name:38} {marks_text(mark(answers, case.truth))} {rate:12,.0f} {rate / base:8.5f}{sampled(answers)}")
    print(f"Ratio: to the first method of the same run. Goals: {', '.join(GOALS.get(case.name, ('none',)))}.")
    if case.name in GOALS:
        print("The curve that is shipped was fitted on this set too: its ECE here is no test of it, the cross-fit is.")
    print()


def marks_text(marks: Marks) -> str:
    """The marks in columns; nothing where a method gives no probability."""
    error = f"{marks.error:6.3f}" if marks.error is not None else f"{'':6}"
    top = f"{marks.top_right:.3f} of {marks.top_rows:,}" if marks.top_right is not None else ""
    return f"{marks.f1:6.3f} {marks.recall_at_1:6.3f} {marks.recall_at_99:6.3f} {error} {top:>15}"


def sampled(answers: Answers) -> str:
    """What is to be said about a method that was asked about some entries only."""
    return "" if answers.sampled is None else f"  asked about {len(answers.sampled)} of B"


def machine_line() -> str:
    """Machine, load and versions, in one line."""
    known = [f"{package} {peers.installed(package) or 'not installed'}" for package in peers.PACKAGES]
    return ", ".join(
        [
            f"{os.cpu_count()} cores at a load of {os.getloadavg()[0]:.1f}",
            platform.machine(),
            f"{platform.system()} {platform.release()}",
            f"Python {platform.python_version()}",
            *known,
        ]
    )
