"""How fast an agreement is evaluated: a long journal opened, one status, a year of days, a year seen from its weeks.

The plain evaluator of the tests, which has no index, is measured in the same run on a shorter journal; its figures for
the long one are extrapolated in proportion to the entries, in its favour. Run: python -m bench agreement [--quick]
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import random
import sys
import tracemalloc
from collections.abc import Callable
from datetime import date, timedelta
from time import process_time

from tests.oracle.plain import evaluate as plainly

from quittance.agreement.evaluate import Evaluator
from quittance.agreement.journal import Journal, load_journal
from quittance.agreement.load import load_agreement
from quittance.agreement.model import Agreement

START = date(2025, 1, 1)
DAYS = 365
COMMITMENTS = 50
GOALS = {"decode and index": 1.0, "one status": 0.2, "a year of days": 5.0, "a year seen from each of its weeks": 60.0}
"""Seconds on two cores, for 100,000 entries over 50 commitments."""

FRAME = """\
format: quittance-agreement/1
id: bench
title: Fifty promises between two sides
parties:
  a: {name: A, standing: signatory}
  b: {name: B, standing: signatory}
  watch: {name: Watch, standing: intermediary}
instruments:
  pact: {kind: agreement, between: [a, b], in_force: 2025-01-01, source: pact}
calendar: {timezone: UTC, start: 2025-01-01, day_count: exclude_first}
verification: {rules: [{verified_when: {any: [{attested_by: watch}, {attested_by: receiving_party}]}}]}
positions:
  - {id: pa, by: a, from: 2025-04-01, reads: {c1: {amount: {exactly: 4000, unit: persons}}}, source: a}
  - {id: pb, by: b, from: 2025-06-01, reads: {c2: {amount: {exactly: 4000, unit: persons}}}, source: b}
commitments:
"""
WHEN = (
    "{by: day 200}",
    "{pace: {count: 20, every: 7 days, from: day 1}}",
    "{schedule: [{at: day 60, total: 1000}, {at: day 120, total: 2000}, {at: day 300, total: 5000}]}",
)


def agreement_text() -> bytes:
    """Fifty linked commitments: dates, paces and schedules; conditions that toll and run; parts of wholes."""
    lines = []
    for number in range(COMMITMENTS):
        by, to = ("a", "b") if number % 2 == 0 else ("b", "a")
        line = f"id: c{number}, of: pact, by: {by}, to: {to}, mode: achieve, act: release, source: pact"
        line += f", amount: {{exactly: 5000, unit: persons}}, when: {WHEN[number % 3]}"
        if number % 5 == 1:
            line += f", requires: [{{started: c{number - 1}, clock: toll}}]"
        if number % 5 == 3:
            line += f", requires: [{{complete: c{number - 1}, clock: run}}]"
        if number % 10 == 2:
            line += f", counts_toward: c{number - 2}"
        lines.append(f"  - {{{line}}}\n")
    return (FRAME + "".join(lines)).encode()


def journal_text(count: int) -> bytes:
    """A journal of a year, in order of knowledge: handovers, totals, attestations, some of them rejections."""
    source, lines, handed = random.Random(1), [], []
    for number in range(count):
        day = START + timedelta(days=number * DAYS // count)
        commitment = source.randrange(COMMITMENTS)
        debtor, creditor = ("a", "b") if commitment % 2 == 0 else ("b", "a")
        kind = source.random()
        entry: dict[str, object] = {"id": f"e{number}", "at": str(day), "of": [f"c{commitment}"]}
        entry["known"] = str(day + timedelta(days=source.randrange(3)))
        if kind < 0.6:
            entry |= {
                "kind": "perform",
                "n": source.randrange(1, 5),
                "by": debtor if source.random() < 0.7 else creditor,
            }
            handed.append(entry["id"])
        elif kind < 0.65:
            entry |= {"kind": "total", "n": number * 4000 // count, "by": debtor}
        elif kind < 0.95 and handed:
            del entry["of"]
            verdict = "verified" if source.random() < 0.95 else "rejected"
            entry |= {"kind": "attest", "ref": source.choice(handed[-200:]), "verdict": verdict, "by": "watch"}
        else:
            del entry["of"]
            entry |= {"kind": "event", "name": "something", "by": "a"}
        lines.append(entry)
    lines.sort(key=lambda entry: str(entry["known"]))
    header = {"format": "quittance-journal/1", "agreement": "bench"}
    return b"\n".join(json.dumps(line).encode() for line in (header, *lines))


def timed(act: Callable[[], object]) -> float:
    """Processor seconds of `act`, begun with the garbage collected."""
    gc.collect()
    start = process_time()
    act()
    return process_time() - start


def day(number: int) -> date:
    """A day of the year."""
    return START + timedelta(days=number)


def measure(agreement: Agreement, data: bytes, days: int, weeks: int) -> dict[str, float]:
    """Seconds of each task on the indexed evaluator; those of a year from so many of its days and weeks."""
    found: dict[str, float] = {}
    held: list[Evaluator] = []

    def open_journal() -> None:
        held.append(Evaluator(agreement, load_journal(data)))
        held[0].at(START)

    found["decode and index"] = timed(open_journal)
    evaluator = held[0]
    found["one status"] = timed(lambda: evaluator.at(day(DAYS - 1)))
    found["the same as JSON, with evidence"] = timed(lambda: evaluator.at(day(DAYS - 1)).as_json())
    evaluator.at(START)
    asked = [day(number * DAYS // days) for number in range(days)]
    seen_from = [day(7 * (week * 52 // weeks)) for week in range(weeks)]
    found["a year of days"] = timed(lambda: [evaluator.at(one) for one in asked]) * DAYS / days

    def grid() -> None:
        for known_by in seen_from:
            for one in asked:
                evaluator.at(one, known_by)

    found["a year seen from each of its weeks"] = timed(grid) * DAYS / days * 52 / weeks
    return found


def measure_plain(agreement: Agreement, journal: Journal, dates: int) -> float:
    """Seconds of one status of the plain evaluator, the mean of some days."""
    days = [day((number + 1) * (DAYS - 1) // dates) for number in range(dates)]
    return timed(lambda: [plainly(agreement, journal, one) for one in days]) / dates


def peak_memory(agreement: Agreement, data: bytes) -> int:
    """The most bytes held at once while a journal is opened and asked once."""
    tracemalloc.start()
    Evaluator(agreement, load_journal(data)).at(day(DAYS - 1))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def main(argv: list[str]) -> int:
    """Measure and print a table; exit code 0 whether or not the goals are reached."""
    parser = argparse.ArgumentParser(prog="python -m bench agreement", description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=100_000, help="entries of the journal")
    parser.add_argument("--days", type=int, default=DAYS, help="days measured of the year; extrapolated to all")
    parser.add_argument("--weeks", type=int, default=52, help="weeks measured of the last task; extrapolated to 52")
    parser.add_argument("--plain", type=int, default=1000, help="entries for the plain evaluator")
    parser.add_argument("--quick", action="store_true", help="2,000 entries, 20 days, 2 weeks; 50 for the plain one")
    options = parser.parse_args(argv)
    if options.quick:
        options.entries, options.days, options.weeks, options.plain = 2000, 20, 2, 50
    agreement = load_agreement(agreement_text())
    data = journal_text(options.entries)
    found = measure(agreement, data, options.days, options.weeks)
    plain = measure_plain(agreement, load_journal(journal_text(options.plain)), 1 if options.quick else 3)
    plain *= options.entries / options.plain
    tasks = {"one status": 1, "a year of days": DAYS, "a year seen from each of its weeks": 52 * DAYS}
    print(f"{options.entries:,} entries, {COMMITMENTS} commitments; processor seconds")
    print(f"{'':38} {'seconds':>9} {'goal':>6}  {'plain':>12} {'ratio':>9}")
    for task, seconds in found.items():
        goal = f"{GOALS[task]:6.1f}" if task in GOALS else f"{'':6}"
        row = f"{task:38} {seconds:9.3f} {goal}"
        if task in tasks:
            slow = plain * tasks[task]
            row += f"  {slow:12,.0f} {slow / seconds:8,.0f}x"
        print(row)
    print(f"{'memory, at most, opening and one status':38} {peak_memory(agreement, data) / 2**20:8.0f} MiB")
    print(
        f"\nThe goals are for 100,000 entries. Plain: measured on {options.plain:,} entries a status, extrapolated in"
        f" proportion to {options.entries:,} and to the number of dates."
    )
    if options.days < DAYS or options.weeks < 52:
        print(
            f"Measured on {options.days} days and from {options.weeks} weeks of the year, extrapolated to all of them."
        )
    print(f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
