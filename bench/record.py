"""How fast the record is, each figure beside its peers of the same round: durable statements, receipts, whole checks.

Each round first measures what disk and cores can do by themselves at that moment; goals and scaled figures follow from
it. Run: python -m bench record [--million] [--runs N] [--entries N] [--folder DIR]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import appending, logs, machine, reading
from bench.machine import FILE, FLUSH, HASH, PROCESSOR, REFERENCE, SODIUM, VERIFY, percentile

MILLION = 1_000_000


@dataclass(frozen=True)
class Line:
    """One line of the table: what is measured, the peer it is set against, and the goal on the reference machine."""

    name: str
    peer: str = ""
    goal: float | None = None


RATES = (
    Line(appending.SQLITE_ONE, FLUSH),
    Line(appending.SQLITE_MANY, FLUSH),
    Line(appending.ONE, appending.SQLITE_ONE),
    Line(appending.GROUP, appending.SQLITE_MANY, 10_000),
    Line(appending.IMPORT, appending.SQLITE_MANY),
    Line(appending.POSTGRES_ONE, FLUSH),
    Line(appending.POSTGRES_GROUP, appending.POSTGRES_ONE),
    Line(reading.TREE, reading.PYMERKLE_TREE),
    Line(reading.PYMERKLE_TREE),
    Line(reading.PYMERKLE_SQLITE),
    Line(reading.PROOF_MEMORY, reading.PYMERKLE_PROOF),
    Line(reading.PYMERKLE_PROOF),
    Line(reading.PYMERKLE_SQLITE_PROOF),
)
"""What is printed a second."""

TIMES = (
    Line(appending.ALONE, FLUSH, 0.050),
    Line(appending.ALONE_PUBLISHED, FILE, 0.050),
    Line(reading.PROOF_DISK, VERIFY, 0.005),
    Line(reading.PROOF_KEPT, VERIFY),
    Line(reading.RECEIPT, VERIFY, 0.300),
    Line(reading.PYTHON, VERIFY),
)
"""What is printed in milliseconds of one act; the peer is what the machine does by itself, and its goal scales by."""

CHECKS = (Line(reading.STRUCTURE, HASH, 10), Line(reading.DEEP, SODIUM, 60))
"""Whole checks of a log; the goal is in seconds for a million entries."""

PROCESSOR_TIMES = (
    Line(appending.GROUP, "a statement; two cores have 0.2 ms for each of 10,000 a second", 0.0002),
    Line(reading.RECEIPT, "the command", 0.300),
    Line(reading.STRUCTURE, f"1,000,000 entries, by {reading.CORES} cores", 10),
    Line(reading.DEEP, f"1,000,000 entries, by {reading.CORES} cores", 60),
)


@dataclass(frozen=True)
class Round:
    """What one round found: the machine, acts a second, seconds of single acts and of processors, whole checks, and MiB
    of the deep one."""

    machine: Mapping[str, float]
    rates: Mapping[str, float]
    times: Mapping[str, Sequence[float]]
    processor: Mapping[str, float]
    checks: Mapping[tuple[str, int], reading.Check]
    memory: tuple[float, float]

    def known(self, peer: str) -> float | None:
        """What a peer reached in this round, if it was there."""
        return self.rates.get(peer) or self.machine.get(peer)

    def scale(self, of: str) -> float:
        """How many times faster the reference machine is than this one was, by what both do by themselves."""
        known = of if of in REFERENCE else FLUSH
        return REFERENCE[known] / self.machine[known]


def main(argv: list[str]) -> int:
    """Measure and print the tables; exit code 0 whether or not the goals are reached."""
    parser = argparse.ArgumentParser(prog="python -m bench record", description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="rounds; medians are printed")
    parser.add_argument("--statements", type=int, default=3000, help="statements of each line of appending")
    parser.add_argument("--entries", type=int, default=16_000, help="entries of the log that is checked")
    parser.add_argument("--million", action="store_true", help="check a log of 1,000,000 entries, one round")
    parser.add_argument("--quick", action="store_true", help="one small round, to see that every line works")
    parser.add_argument("--folder", type=Path, default=None, help="where to write, to choose the disk")
    options = parser.parse_args(argv)
    if options.million:
        options.entries, options.runs = MILLION, 1
    if options.quick:
        options.runs, options.statements, options.entries = 1, 300, 2 * reading.SMALL
    with tempfile.TemporaryDirectory(dir=options.folder) as top, ExitStack() as ending:
        rounds, leaf_bytes = measure(Path(top), options, ending)
        print(f"{options.runs} rounds: medians of all, percentiles over all acts. {machine.described(Path(top))}\n")
        print_machine(rounds)
        print_rates(rounds, options.statements)
        print_times(rounds, options.entries)
        print_checks(rounds, options.entries, leaf_bytes)
        print_memory(rounds, options.entries)
        print_processor(rounds)
    return 0


def measure(top: Path, options: argparse.Namespace, ending: ExitStack) -> tuple[list[Round], float]:
    """All rounds, and the mean bytes of a leaf of the log that was checked."""
    sizes = {reading.SMALL: top / "small", options.entries: top / "log"}
    leaf_bytes = {size: logs.publish(folder, size) for size, folder in sizes.items()}
    made = appending.Submissions(options.statements)
    if (server := appending.postgres()) is not None:
        ending.callback(server.stop)
    rounds = []
    for _ in range(options.runs):
        with tempfile.TemporaryDirectory(dir=top) as name:
            folder, singles = Path(name), options.statements // 20
            before = machine.measure(folder, options.statements // 3)
            rates, group = appending.measure(folder, made, singles)
            if server is not None:
                rates |= appending.measure_postgres(server, made, singles)
            rates |= reading.trees(folder, options.entries, singles)
            times = appending.alone(folder, options.statements // 60)
            times |= reading.proofs(sizes[options.entries], options.statements // 10)
            started, receipt = reading.receipts(sizes[options.entries], folder, 2)
            checks = {
                (line.name, size): reading.check(log, structure_only=line.name == reading.STRUCTURE)
                for line in CHECKS
                for size, log in sizes.items()
                if (line.name, size) != (reading.DEEP, options.entries)
            }
            checks[reading.DEEP, options.entries], memory = reading.deep_check(sizes[options.entries])
            after = machine.measure(folder, options.statements // 3)
        found = {name: (rate + after[name]) / 2 for name, rate in before.items()}
        spent = {appending.GROUP: group, reading.RECEIPT: receipt}
        for line in CHECKS:
            large, small = (checks[line.name, size].processor for size in (options.entries, reading.SMALL))
            spent[line.name] = extrapolated(options.entries, large, small) / reading.CORES
        rounds.append(Round(found, rates, times | started, spent, checks, memory))
    return rounds, leaf_bytes[options.entries]


def extrapolated(entries: int, large: float, small: float) -> float:
    """Seconds of a check of a million entries, from those of `entries` and of `reading.SMALL`."""
    return large + max(0.0, large - small) / (entries - reading.SMALL) * (MILLION - entries)


def print_machine(rounds: Sequence[Round]) -> None:
    """What the machine does by itself, at the beginning and the end of each round."""
    print(f"{'the machine by itself':44} {'a second':>11} {'reference':>11}")
    for name in rounds[0].machine:
        rate = median(one.machine[name] for one in rounds)
        known = f"{REFERENCE[name]:11,.0f} {rate / REFERENCE[name]:8.2f} x" if name in REFERENCE else ""
        print(f"{name:44} {rate:11,.0f} {known}".rstrip())


def print_rates(rounds: Sequence[Round], statements: int) -> None:
    """Acts a second, as measured and as the reference machine would have them by its rate of Ed25519."""
    print(
        f"\n{f'{statements:,} statements, {appending.THREADS} senders':44} {'a second':>11} {'scaled':>11} {'goal':>8}"
    )
    for line in RATES:
        if line.name not in rounds[0].rates:
            print(f"{line.name:44} not installed")
            continue
        rate = median(one.rates[line.name] for one in rounds)
        scaled = median(one.rates[line.name] * one.scale(VERIFY) for one in rounds)
        goal = f"{line.goal:8,.0f}" if line.goal else f"{'':8}"
        ratios = [one.rates[line.name] / peer for one in rounds if (peer := one.known(line.peer))]
        ratio = f"{median(ratios):7.2f} x {line.peer}" if ratios else ""
        print(f"{line.name:44} {rate:11,.0f} {scaled:11,.0f} {goal} {ratio}".rstrip())
    print(f"Scaled: by {VERIFY}, {REFERENCE[VERIFY]:,.0f} a second on the reference machine.")


def print_times(rounds: Sequence[Round], entries: int) -> None:
    """Milliseconds of single acts; `here` is the goal on this machine, at the speed that it had."""
    print(f"\n{f'log of {entries:,} entries':44} {'p50 ms':>11} {'p99 ms':>11} {'goal':>8} {'here':>8}")
    for line in TIMES:
        values = [value for one in rounds for value in one.times[line.name]]
        row = f"{line.name:44} {1000 * median(values):11.2f} {1000 * percentile(values, 0.99):11.2f}"
        slower = median(max(1.0, one.scale(line.peer)) for one in rounds)
        row += f" {1000 * line.goal:8.0f} {1000 * line.goal * slower:8.0f}" if line.goal else f"{'':18}"
        acts = median(one.machine[line.peer] * median(one.times[line.name]) for one in rounds)
        print(f"{row} {acts:7.1f} x {line.peer}")


def print_checks(rounds: Sequence[Round], entries: int, leaf_bytes: float) -> None:
    """Seconds of whole checks, and of one of a million entries where that was not measured but extrapolated."""
    names = ("seconds", "1 M here", "1 M scaled", "goal")
    print(f"\n{f'{entries:,} entries, {leaf_bytes:,.0f} bytes each':44} " + " ".join(f"{name:>10}" for name in names))
    for line in CHECKS:
        large, small = (
            median(one.checks[line.name, size].seconds for one in rounds) for size in (entries, reading.SMALL)
        )
        million = extrapolated(entries, large, small)
        scaled = million / median(one.scale(VERIFY) for one in rounds)
        ratio = entries / large / median(one.known(line.peer) or 0 for one in rounds)
        print(
            f"{line.name:44} {large:10.2f} {million:10.1f} {scaled:10.1f} {line.goal:10.0f} {ratio:7.2f} x {line.peer}"
        )
    if entries < MILLION:
        print(
            f"1 M: extrapolated, from {entries:,} entries and from {reading.SMALL:,}, which mostly take the start of "
            "processes. Measured with --million."
        )


def print_memory(rounds: Sequence[Round], entries: int) -> None:
    """The most memory of a deep check, and what the tree holds."""
    own, worker = (median(one.memory[at] for one in rounds) for at in (0, 1))
    print(f"Memory of the deep check, at most: {own:.0f} MiB, and {worker:.0f} MiB in the largest further process.")
    print(f"Tree in memory: {reading.tree_memory(min(entries, 100_000)):.0f} bytes an entry.")


def print_processor(rounds: Sequence[Round]) -> None:
    """Milliseconds of processor time, which other load on the machine hardly changes."""
    print(f"\n{'processor time':44} {'ms':>12} {'scaled':>12} {'goal':>12}")
    for line in PROCESSOR_TIMES:
        spent = 1000 * median(one.processor[line.name] for one in rounds)
        scaled = 1000 * median(one.processor[line.name] / one.scale(PROCESSOR) for one in rounds)
        print(f"{line.name:44} {spent:12,.2f} {scaled:12,.2f} {1000 * (line.goal or 0):12,.2f}  {line.peer}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
