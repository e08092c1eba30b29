"""How fast a batch is chosen, and whether the answer is legal, the same again, and explained: beside other ways.

Every way runs in a process of its own, from the register's CSV to the set of people; the product to its JSON with all
reasons. Registers are invented and the same on every machine; their hashes are checked before anything is measured.
Run: python -m bench selection [--cases 1,3] [--alone] [--limit SECONDS] [--quick]
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from bench.choosers import CHOOSERS, JUDGE, MAXIMIN, OURS, PACKAGES, STAGES
from bench.names import machine_line
from bench.peers import installed
from quittance.selection.synthetic import register_csv, rules_mapping

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Case:
    """A register and its rules: people, quotas, seats; the hashes of CSV and batch; goals in seconds."""

    people: int
    dims: int
    size: int
    csv: str
    batch: str
    goal: float | None = None
    walk: float | None = None
    methods: tuple[str, ...] = tuple(name for name in CHOOSERS if name != MAXIMIN)

    @property
    def name(self) -> str:
        """As printed."""
        return f"{self.people:,} people, {self.dims} crossing quotas, {self.size:,} seats"


CASES = (
    Case(
        5_000, 4, 100,
        "b99cef4e497274136d687f7b44bcbc0ea22c7656f4a50a6c1f82f8c8b0620bc4",
        "486af9570006e911ff0f120e7791ac38fbe68c20f96d24a7544ef6c3f81336f8",
        1, 0.16, tuple(CHOOSERS),
    ),
    Case(
        50_000, 4, 1_500,
        "0864ae99a0e35cb17cc0ca906657dc746809990890b96c306d3acbd4768924e3",
        "3dbbb35ce34543b6c5e6aca679a4d8efa2a4f7ca088b763dc8fa9237677a7191",
        5, 0.57,
    ),
    Case(
        500_000, 4, 100,
        "7bfe9e3f2bffdef269fa5bd8b9ecb73fa1eb01edc757bf24b80ed3af25995b31",
        "37f08cf3a577d31c1601b2307ce82b67577a311bbe946f2ecb43ee580854fcd9",
        10, 3.2,
    ),
)  # fmt: skip
QUICK = (
    Case(
        200, 3, 20,
        "c7b7259f208d61686e45e60bbd0b207cb32cf0ef1afb27652c629b3b1e88026a",
        "12fe90aa5019196e6c65537fb146c7d684b9a96f5735dc5f64f40d60502b3ebb",
    ),
)  # fmt: skip

REASONS = {OURS: "yes, each with its limits and a certificate"}
"""Which ways can say why somebody is not in the batch; the others say nothing of persons."""


@dataclass
class Runs:
    """What the runs of one way gave: seconds, processor seconds, memory in MiB, the sets; or why it did not end."""

    seconds: list[float] = field(default_factory=list)
    processor: float = 0
    memory: float = 0
    sets: list[list[str]] = field(default_factory=list)
    ended: str = ""
    batch: str = ""


def run(method: str, register: Path, rules: Path, out: Path, limit: float) -> tuple[float, float, str]:
    """Run one method in a process of its own: seconds, memory if it had to be stopped, and why it did not end."""
    start = perf_counter()
    arguments = [sys.executable, "-m", "bench.choosers", method, str(register), str(rules), str(out)]
    process = subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        _, errors = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        memory = _peak(process.pid)
        process.kill()
        process.communicate()
        return limit, memory, f"not finished in {limit:.0f} s"
    seconds = perf_counter() - start
    if process.returncode:
        return seconds, 0.0, (errors.strip().splitlines() or ["failed"])[-1][:60]
    return seconds, 0.0, ""


def _peak(pid: int) -> float:
    """The largest memory of a running process, in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def runs_of(method: str, registers: list[Path], rules: Path, folder: Path, limit: float) -> Runs:
    """Run a method on each of several spellings of one register, until it does not end."""
    found = Runs()
    for register in registers:
        out = folder / "answer.json"
        seconds, memory, ended = run(method, register, rules, out, limit)
        if ended:
            found.ended, found.memory = found.ended or ended, max(found.memory, memory)
            return found
        answer = json.loads(out.read_text("utf-8"))
        found.seconds.append(seconds)
        found.sets.append(answer["pids"])
        found.processor = max(found.processor, answer["processor"])
        found.memory = max(found.memory, answer["memory"])
        found.batch = answer.get("batch_hash", "")
    return found


def shuffled(data: bytes) -> bytes:
    """The same register with its rows in another order."""
    heading, *rows = data.splitlines(keepends=True)
    random.Random(1).shuffle(rows)
    return b"".join([heading, *rows])


HEADS = ("way", "seconds", "proc. s", "x ours", "MiB", "x ours", "points", "legal", "again", "shuffled", "why not")


def print_case(case: Case, folder: Path, limit: float) -> bool:
    """Measure every way on one register and print its table; whether the product gave what it must."""
    data = register_csv(case.people, 1)
    if sha256(data).hexdigest() != case.csv:
        print(f"{case.name}: the register made here is another than the one that is measured elsewhere")
        return False
    registers = [folder / "register.csv", folder / "register.csv", folder / "shuffled.csv"]
    registers[0].write_bytes(data)
    registers[2].write_bytes(shuffled(data))
    rules = folder / "rules.yaml"
    rules.write_text(json.dumps({"selection": rules_mapping(case.dims, case.size)}), "utf-8")
    found: dict[str, Runs] = {}
    for method in (OURS, *case.methods):
        print(f"{case.name}: {method}", file=sys.stderr)
        if (package := PACKAGES.get(method)) and installed(package) is None:
            found[method] = Runs(ended="not installed")
        else:
            found[method] = runs_of(method, registers, rules, folder, limit)
    marks = judged(found, registers[0], rules, folder)
    ours = found[OURS]
    print(f"{case.name} (register {case.csv[:12]})")
    print(_row(HEADS))
    for method, runs in found.items():
        print(_row(cells(method, runs, ours, marks.get(method))), flush=True)
    same = ours.batch == case.batch
    print(
        f"The batch of the product is {'' if same else 'NOT '}the one that everybody gets: {ours.batch[:12] or 'none'}"
    )
    if case.goal is not None and ours.seconds:
        print(f"Goal: {case.goal:.0f} s from CSV to JSON; {median(ours.seconds) / case.goal:.2f} of it")
    print_stages(case, registers[0], rules, folder, limit)
    print()
    return same


def judged(found: dict[str, Runs], register: Path, rules: Path, folder: Path) -> dict[str, tuple[int, list[str]]]:
    """The points of each way's first set and what is wrong with it, by one judge for all."""
    out = folder / "judged.json"
    out.write_text(json.dumps({name: runs.sets[0] for name, runs in found.items() if runs.sets}), "utf-8")
    _, _, ended = run(JUDGE, register, rules, out, 600)
    return {} if ended else {name: tuple(one) for name, one in json.loads(out.read_text("utf-8")).items()}


def print_stages(case: Case, register: Path, rules: Path, folder: Path, limit: float) -> None:
    """The seconds of each stage of the product; of the walk, beside what an earlier one took."""
    out = folder / "stages.json"
    if run(STAGES, register, rules, out, limit)[2]:
        return
    found = json.loads(out.read_text("utf-8"))
    print("Stages, processor seconds: " + ", ".join(f"{name} {seconds:.2f}" for name, seconds in found.items()))
    if case.walk is not None:
        print(f"Goal of the walk: {case.walk:.2f} s; {found['walk'] / case.walk:.2f} of it")


def cells(method: str, runs: Runs, ours: Runs, marks: tuple[int, list[str]] | None) -> tuple[str, ...]:
    """One line of the table."""
    if runs.ended and not runs.sets:
        return (method, runs.ended, *[""] * 2, f"{runs.memory:,.0f}" if runs.memory else "")
    points, faults = marks or (0, ["not judged"])
    first = set(runs.sets[0])

    def same(at: int) -> str:
        if len(runs.sets) <= at:
            return runs.ended or "?"
        others = len(first.symmetric_difference(runs.sets[at])) // 2
        return "same" if not others else f"{others} differ"

    return (
        method,
        f"{median(runs.seconds):.2f}",
        f"{runs.processor:.2f}",
        f"{runs.processor / ours.processor:.1f}" if ours.processor else "?",
        f"{runs.memory:,.0f}",
        f"{runs.memory / ours.memory:.1f}" if ours.memory else "?",
        f"{points:,}",
        "yes" if not faults else f"no ({len(faults)})",
        same(1),
        same(2),
        REASONS.get(method, "no"),
    )


def _row(texts: tuple[str, ...]) -> str:
    widths = (31, 8, 7, 8, 7, 7, 8, 8, 9, 9, 8)
    first, *others = texts
    return " ".join(
        [f"{first:{widths[0]}}", *(f"{text:>{width}}" for text, width in zip(others, widths[1:], strict=False))]
    ).rstrip()


def main(argv: list[str]) -> int:
    """Measure and print the tables; exit code 1 if the product chose another batch than it must."""
    parser = argparse.ArgumentParser(prog="python -m bench selection", description=__doc__.splitlines()[0])
    parser.add_argument("--cases", default="1,2,3", help="which registers: 5,000, 50,000, 500,000 people")
    parser.add_argument("--alone", action="store_true", help="the product without its peers")
    parser.add_argument("--limit", type=float, default=120, help="seconds after which a way is stopped")
    parser.add_argument("--quick", action="store_true", help="a tiny register, to see that every line works")
    options = parser.parse_args(argv)
    good = True
    with TemporaryDirectory() as folder:
        for case in QUICK if options.quick else [CASES[int(number) - 1] for number in options.cases.split(",")]:
            wanted = replace(case, methods=()) if options.alone else case
            good &= print_case(wanted, Path(folder), options.limit)
    print(
        "again: the same input a second time; shuffled: the same rows in another order; legal: limits that are broken"
    )
    print(
        f"{machine_line()}; peers: "
        + ", ".join(f"{one} {installed(one) or 'none'}" for one in dict.fromkeys(PACKAGES.values()))
    )
    return 0 if good else 1
