"""How fast claims are found in reports, on one core, beside general tools on the same texts; and in how much memory.

The texts are invented, as long as the five reports of 2020 (about 2,700 characters); those are measured as well where
they lie beside the repository. The others do less: spaCy's blank pipeline cuts sentences, finds the parties' names and
numbers with a noun; dateparser and quantulum3 find dates and quantities. None of them says who claims what.
Run: python -m bench claims [--quick] [--texts N] [--reports N]
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

from bench.claim_peers import PACKAGES, dates_and_quantities, spacy_rules
from bench.peers import installed
from quittance.claims.model import Report
from quittance.engines.report_claims import Settings, reader_of
from quittance.files.reports import find_reports, read_source, text_report

SEEDS = Path(__file__).resolve().parents[2] / "shared" / "seeds"
LENGTH = 2_700
SHORT = 400
CONFLICT = "afghanistan-2020"
OURS = "Quittance"
GOAL = 500
"""Texts of the seeds' length in a second, on one core."""

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MANY = ("at least", "more than", "nearly", "about", "up to", "a total of", "", "", "", "another")
_WHO = ("government spokesman Daud Karim", "the National Security Council", "Taliban spokesman Suhail Shaheen",
        "a senior official", "the Taliban", "the Afghan government",
        "the International Committee of the Red Cross")  # fmt: skip
_SAID = (
    "{who} said on {day} that {many} {number} Taliban prisoners had been released from Bagram prison.",
    "{who} announced that the government would free {many} {number} prisoners by April {date}.",
    "The Taliban released {number} members of the Afghan security forces in Kandahar on {day}, {who} said.",
    "According to the agreement the government has to release up to 5,000 prisoners before talks begin.",
    "With the latest batch the total of prisoners freed so far reached {many} {number}, {who} wrote on Twitter.",
    "{who} rejected the offer and demanded that all {number} people on the list be freed first.",
)
_PADDING = (
    "The talks took place by video and lasted for two hours, a person who knows of them said.",
    "Relatives waited outside of the gate since the early morning, some of them with children.",
    "Nobody could be reached for comment in the ministry, and the office did not answer a letter.",
    "Violence has gone on in several provinces, and each side blames the other for it.",
    "The virus has made the meetings of delegations more difficult, diplomats in the region said.",
    "The road to the capital was closed for most of the week because of snow in the passes.",
)


@dataclass(frozen=True)
class Speed:
    """Texts that a method has read in so many seconds of processor time, and what it found in them."""

    texts: int
    seconds: float
    found: int

    @property
    def rate(self) -> float:
        """Texts a second."""
        return self.texts / self.seconds


def invented(count: int, length: int = LENGTH, seed: int = 2020) -> list[Report]:
    """Invented reports of about so many characters, each of them another one."""
    chance = random.Random(seed)
    made = []
    for number in range(count):
        text = f"KABUL, {chance.choice(_DAYS)} (Agency): " + _sentence(chance)
        while len(text) < length:
            mark = "\n" if chance.random() < 0.3 else " "
            text += mark + (_sentence(chance) if chance.random() < 0.15 else chance.choice(_PADDING))
        made.append(text_report(f"date 2020-04-{number % 28 + 1:02} {text}\n", f"made-{number:06}"))
    return [_placed(report) for report in made]


def _placed(report: Report) -> Report:
    from msgspec.structs import replace

    return replace(report, conflict=CONFLICT)


def _sentence(chance: random.Random) -> str:
    text = chance.choice(_SAID).format(
        who=chance.choice(_WHO), day=chance.choice(_DAYS), many=chance.choice(_MANY),
        number=f"{chance.choice((20, 98, 100, 102, 361, 748, 1_500)):,}", date=chance.randrange(2, 29),
    )  # fmt: skip
    return " ".join(text.split())


def seeds() -> list[Report]:
    """The five reports of 2020, where they lie beside the repository."""
    if not SEEDS.is_dir():
        return []
    return [_placed(one) for source in find_reports([SEEDS]) for one in read_source(source)]


def measured(read: Callable[[Report], int], reports: Sequence[Report]) -> Speed:
    """Run one method over the reports, by the clock of the processor: the machine may do other things as well."""
    start = process_time()
    found = sum(read(report) for report in reports)
    return Speed(len(reports), process_time() - start, found)


def ours() -> Callable[[Report], int]:
    """The product: all claims of a report."""
    read = reader_of(Settings())
    return lambda report: len(read(report))


def main(argv: list[str]) -> int:
    """Measure and print the tables; exit code 0 whether or not the goal is reached."""
    parser = argparse.ArgumentParser(prog="python -m bench claims", description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=int, default=2_000, help="invented texts that the product reads")
    parser.add_argument("--reports", type=int, default=100_000, help="short reports whose memory is measured")
    parser.add_argument("--quick", action="store_true", help="few texts, to see that every line works")
    options = parser.parse_args(argv)
    if options.quick:
        options.texts, options.reports = 10, 100
    reports = invented(options.texts)
    print_speeds("invented texts", reports)
    if given := seeds():
        print_speeds("the five reports of 2020, again and again", given * max(1, options.texts // len(given)))
    else:
        print("The five reports of 2020 do not lie beside the repository.\n")
    print_memory(options.reports)
    print(machine_line())
    return 0


def print_speeds(what: str, reports: Sequence[Report]) -> None:
    """One table: texts a second of each method on the same texts; slow ones get the first of them only."""
    mean = sum(len(report.text) for report in reports) / len(reports)
    print(f"{len(reports):,} {what}, {mean:,.0f} characters on average, one core")
    print(f"{'':44} {'texts/s':>10} {'ratio':>8} {'texts':>7} {'found':>8}")
    read = ours()
    measured(read, reports[:20])  # what is made ready once is not measured
    base = measured(read, reports)
    _print_row(OURS, base, base, "claims")
    for name, packages, make, share, found in (
        ("spaCy blank, sentencizer, EntityRuler, Matcher", ("spacy",), spacy_rules, 5, "names and numbers"),
        ("dateparser + quantulum3", ("dateparser", "quantulum3"), dates_and_quantities, 100, "dates and quantities"),
    ):
        if any(installed(package) is None for package in packages):
            print(f"{name:44} not installed")
            continue
        part = reports[: max(1, len(reports) // share)]
        other = make()
        measured(other, part[:1])
        _print_row(name, measured(other, part), base, found)
    print(f"Ratio: to {OURS} of the same run. Goal: {GOAL:,} texts a second of {LENGTH:,} characters.\n")


def _print_row(name: str, speed: Speed, base: Speed, found: str) -> None:
    ratio = speed.rate / base.rate
    print(f"{name:44} {speed.rate:10,.1f} {ratio:8.4f} {speed.texts:7,} {speed.found:8,} {found}")


def print_memory(count: int) -> None:
    """Memory of the extraction of many short reports from files, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="quittance-") as folder:
        different = [report.text for report in invented(min(count, 500), SHORT)]
        place = Path(folder, "in")
        place.mkdir()
        for number in range(count):
            path = place / f"r{number:07}.txt"
            if number < len(different):
                path.write_text(different[number], encoding="utf-8")
            else:
                os.link(place / f"r{number % len(different):07}.txt", path)
        command = [sys.executable, "-m", "bench.claims_memory", str(place), str(Path(folder, "out.jsonl")), CONFLICT]
        start = perf_counter()
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        seconds = perf_counter() - start
    first, middle, last = (int(part) / 1024 for part in said[:3])
    print(f"Memory of the extraction of {count:,} reports of {SHORT} characters from files, one process:")
    print(f"  {first:,.0f} MiB at the start, {middle:,.0f} MiB in the middle, {last:,.0f} MiB at the end;")
    print(f"  {count / seconds:,.0f} files/s with the marks in the journal, {int(said[3]):,} claims.\n")


def machine_line() -> str:
    """Machine, load and versions, in one line."""
    known = [f"{package} {installed(package) or 'not installed'}" for package in PACKAGES]
    return ", ".join(
        [
            f"{os.cpu_count()} cores at a load of {os.getloadavg()[0]:.1f}",
            platform.machine(),
            f"{platform.system()} {platform.release()}",
            f"Python {platform.python_version()}",
            *known,
        ]
    )
