"""Fifteen faults, put one at a time into a copy of the source: the tests must notice each.

    python -m tests.mutants [ARGUMENT OF PYTEST ...]

Prints a table. Exits with 1 if the tests fail without any fault, if a fault survives, or if its place is not found.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).resolve().parents[1]
QUICK = ("tests/golden/test_cases.py", "tests/golden/test_expected.py")
"""The tests that are asked; each run takes a few seconds."""


class Mutant(NamedTuple):
    """One fault: in `file`, `right` stands exactly once and becomes `wrong`."""

    name: str
    file: str
    right: str
    wrong: str


MUTANTS = (
    Mutant("the filter of what is known is dropped", "book.py", "if self.known(entry) > known_by:", "if False:"),
    Mutant(
        "the last good day is late already", "deadlines.py",
        "count = bisect_left(self._fallen, tick)\n        if not",
        "count = bisect_right(self._fallen, tick)\n        if not",
    ),
    Mutant("what is rejected still counts", "ledger.py", 'if state == "rejected":\n', 'if state == "never":\n'),
    Mutant("a tolling clock runs", "world.py", 'one.clock == "toll"', 'one.clock == "never"'),
    Mutant("a running clock tolls", "world.py", 'one.clock == "toll"', 'one.clock in ("toll", "run")'),
    Mutant(
        "the larger of two figures is conceded", "account.py",
        "map(min, largest(debtors), largest(creditors))", "map(max, largest(debtors), largest(creditors))",
    ),
    Mutant(
        "anybody waives", "world.py",
        "all_of([since(said.get(creditor)) for creditor in account.unit.creditors])", "since(min(said.values()))",
    ),
    Mutant(
        "what has not happened yet counts", "account.py",
        "return min(bisect_right(self.ticks, tick), len(self._low)) - 1", "return len(self._low) - 1",
    ),
    Mutant("a position counts before its date", "terms.py", "if stance.since > as_of or ", "if "),
    Mutant(
        "a pace is one period early", "course.py",
        "number * when.pace.every.count - 1", "(number - 1) * when.pace.every.count - 1",
    ),
    Mutant("the remainder of a group price is lost", "accrual.py", " + (n % priced.size if last else 0)", ""),
    Mutant(
        "two reports of one handover are two", "book.py",
        "if entry.same_as is not None and ", "if entry.same_as == '' and ",
    ),
    Mutant(
        "arithmetic finds a breach", "labels.py",
        'return "overdue"\n        return "in_progress"', 'return "breached"\n        return "in_progress"',
    ),
    Mutant(
        "a total does not take in the rest of its day", "account.py",
        "sums[min(self.account.day_end[index], len(sums) - 1)]", "sums[min(index, len(sums) - 1)]",
    ),
    Mutant(
        "an instrument replaces what it was not accepted for", "world.py",
        "bound <= self.readings.agreed_by(name, paper, tick, self.known_by)", "tick >= start",
    ),
)  # fmt: skip


def source_with(folder: Path, mutant: Mutant | None) -> Path:
    """A copy of the source, with one fault in it. Raises `LookupError` where its place is not found just once."""
    copy = folder / (re.sub(r"\W+", "-", mutant.name) if mutant else "as-it-is")
    shutil.copytree(REPOSITORY / "src", copy, ignore=shutil.ignore_patterns("__pycache__"))
    if mutant is not None:
        path = copy / "quittance" / "agreement" / mutant.file
        text = path.read_text("utf-8")
        if text.count(mutant.right) != 1:
            raise LookupError(f"{mutant.file} has {text.count(mutant.right)} times {mutant.right!r}")
        path.write_text(text.replace(mutant.right, mutant.wrong), "utf-8")
    return copy


def failing_test(source: Path, arguments: list[str]) -> str | None:
    """The first test that fails on a copy of the source; None when all pass. Raises `RuntimeError` when none ran."""
    environment = os.environ | {"PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", "--tb=no", "-rfE", *QUICK, *arguments]
    run = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    if run.returncode == 0:
        return None
    found = re.search(r"^(?:FAILED|ERROR) (?:.*?::)?(.*?)(?: - .*)?$", run.stdout, re.MULTILINE)
    if run.returncode != 1 and found is None:
        raise RuntimeError(run.stdout[-2000:] + run.stderr[-2000:])
    return found.group(1) if found else "a test"


def main(arguments: list[str]) -> int:
    """Run the tests on the source as it is, then on each fault."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if (failed := failing_test(source_with(folder, None), arguments)) is not None:
            print(f"The tests fail without any fault: {failed}. Mend that first; nothing was tried.")
            return 1

        def attempt(mutant: Mutant) -> tuple[bool, str]:
            try:
                failed = failing_test(source_with(folder, mutant), arguments)
            except LookupError as error:
                return False, f"NOT TRIED: {error.args[0]}"
            return failed is not None, f"killed by {failed}" if failed is not None else "SURVIVED"

        with ThreadPoolExecutor(max_workers=2) as pool:
            results = list(pool.map(attempt, MUTANTS))
    for mutant, (_, said) in zip(MUTANTS, results, strict=True):
        print(f"{mutant.name:52}  {said}")
    killed = sum(is_killed for is_killed, _ in results)
    print(f"\n{killed} of {len(MUTANTS)} faults killed.")
    return 0 if killed == len(MUTANTS) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
