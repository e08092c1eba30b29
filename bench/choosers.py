"""Choosers of a batch, each run in a process of its own: python -m bench.choosers METHOD REGISTER RULES OUT.

The product is run as its command, from the CSV to the JSON. The others get what the product's reader and order give
them, so that they are not measured by their reading: who is ranked, in which order, with which points and limits. They
are given every ranked person, solvers in the order of the file, as somebody would who writes the model by hand.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import process_time

OURS = "quittance batch select"
SORT = "spreadsheet: sort"
CAPS = "spreadsheet: sort + caps"
HIGHS = "HiGHS, one 0/1 a person"
CPSAT = "CP-SAT, one 0/1 a person"
LEGACY = "sortition-algorithms, legacy"
MAXIMIN = "sortition-algorithms, maximin"

PACKAGES = {HIGHS: "highspy", CPSAT: "ortools", LEGACY: "sortition-algorithms", MAXIMIN: "sortition-algorithms"}
"""What each peer needs; the spreadsheets need nothing."""

SEED = "11" * 32
JUDGE, STAGES = "judge", "stages"


@dataclass(frozen=True)
class Problem:
    """A batch to be chosen: ids and points by rank, classes by quota, the limits of each class, the seats."""

    pids: Sequence[str]
    points: Sequence[int]
    classes: dict[str, list[str]]
    limits: dict[str, dict[str, tuple[int, int]]]
    size: int

    def in_order(self, pids: Sequence[str]) -> Problem:
        """The same problem with its people in another order; ids that are not ranked are passed over."""
        place = {pid: at for at, pid in enumerate(self.pids)}
        ranks = [place[pid] for pid in pids if pid in place]
        return replace(
            self,
            pids=[self.pids[rank] for rank in ranks],
            points=[self.points[rank] for rank in ranks],
            classes={quota: [classes[rank] for rank in ranks] for quota, classes in self.classes.items()},
        )

    def faults(self, chosen: Sequence[str]) -> list[str]:
        """What is wrong with a set of people: their number, who is not ranked, each limit that is broken."""
        place = {pid: at for at, pid in enumerate(self.pids)}
        ranks = [place[pid] for pid in dict.fromkeys(chosen) if pid in place]
        found = [] if len(ranks) == len(chosen) == self.size else [f"{len(ranks)} of {self.size} ranked people"]
        for quota, limits in self.limits.items():
            counts = dict.fromkeys(limits, 0)
            for rank in ranks:
                counts[self.classes[quota][rank]] += 1
            found += [
                f"{quota} {name}: {n}" for name, n in counts.items() if not limits[name][0] <= n <= limits[name][1]
            ]
        return found

    def points_of(self, chosen: Sequence[str]) -> int:
        """The points of a set of people; who is not ranked has none."""
        points = dict(zip(self.pids, self.points, strict=True))
        return sum(points.get(pid, 0) for pid in chosen)


def problem_of(register: str, rules: str) -> Problem:
    """The problem in a register and rules, read and ranked by the product."""
    from quittance.files.registers import read_register
    from quittance.files.rules import read_rules
    from quittance.selection.limits import seats_of
    from quittance.selection.order import rank

    read = read_rules(Path(rules).read_bytes()).rules
    ranking = rank(read_register(Path(register).read_bytes(), read), read, bytes.fromhex(SEED))
    seats = seats_of(ranking, read.size)
    quotas = list(dict.fromkeys(row.quota for row in seats.rows))
    return Problem(
        pids=[ranking.pid(at + 1) for at in range(len(ranking))],
        points=[int(n) for n in ranking.points],
        classes={
            quota: [seats.signatures[int(one)][at] for one in seats.signature_of] for at, quota in enumerate(quotas)
        },
        limits={quota: {row.class_: (row.lo, row.hi) for row in seats.rows if row.quota == quota} for quota in quotas},
        size=read.size,
    )


def pids_of(register: str) -> list[str]:
    """The ids in a register, in the order of its rows."""
    return [line.partition(",")[0] for line in Path(register).read_text("utf-8").splitlines()[1:]]


def select(register: str, rules: str) -> str:
    """What the command prints as JSON."""
    from quittance.cli.main import run

    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        code = run(
            [
                "batch",
                "select",
                register,
                "--rules",
                rules,
                "--seed",
                SEED,
                "--agreement",
                "bench",
                "--batch",
                "1",
                "--json",
            ]
        )
    if code:
        raise SystemExit(code)
    return text.getvalue()


def by_sorting(problem: Problem) -> list[str]:
    """The first by rank."""
    return list(problem.pids[: problem.size])


def by_caps(problem: Problem) -> list[str]:
    """The first by rank, leaving out whoever would break an upper limit; minima are forgotten."""
    counts = {quota: dict.fromkeys(limits, 0) for quota, limits in problem.limits.items()}
    chosen: list[str] = []
    for rank, pid in enumerate(problem.pids):
        mine = [(quota, classes[rank]) for quota, classes in problem.classes.items()]
        if all(counts[quota][name] < problem.limits[quota][name][1] for quota, name in mine):
            chosen.append(pid)
            for quota, name in mine:
                counts[quota][name] += 1
            if len(chosen) == problem.size:
                break
    return chosen


def _rows(problem: Problem) -> list[tuple[int, int, list[int]]]:
    """Every limit as (low, high, ranks), and the number of seats as the last."""
    rows = []
    for quota, limits in problem.limits.items():
        members: dict[str, list[int]] = {name: [] for name in limits}
        for rank, name in enumerate(problem.classes[quota]):
            members[name].append(rank)
        rows += [(*limits[name], ranks) for name, ranks in members.items()]
    return [*rows, (problem.size, problem.size, list(range(len(problem.pids))))]


def by_highs(problem: Problem) -> list[str]:
    """The most points under all limits, by HiGHS as it is installed."""
    import highspy
    import numpy as np

    rows = _rows(problem)
    count = len(problem.pids)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = count, len(rows)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = np.asarray(problem.points, np.float64)
    model.col_lower_, model.col_upper_ = np.zeros(count), np.ones(count)
    model.row_lower_ = np.array([low for low, _, _ in rows], np.float64)
    model.row_upper_ = np.array([high for _, high, _ in rows], np.float64)
    model.integrality_ = [highspy.HighsVarType.kInteger] * count
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.cumsum([0, *(len(ranks) for _, _, ranks in rows)])
    model.a_matrix_.index_ = np.concatenate([np.asarray(ranks, np.int32) for _, _, ranks in rows])
    model.a_matrix_.value_ = np.ones(sum(len(ranks) for _, _, ranks in rows))
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.passModel(model)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise SystemExit("not solved")
    return [problem.pids[rank] for rank, value in enumerate(solver.getSolution().col_value) if value > 0.5]


def by_cpsat(problem: Problem) -> list[str]:
    """The most points under all limits, by CP-SAT as it is installed."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    taken = [model.new_bool_var("") for _ in problem.pids]
    for low, high, ranks in _rows(problem):
        model.add_linear_constraint(cp_model.LinearExpr.sum([taken[rank] for rank in ranks]), low, high)
    model.maximize(cp_model.LinearExpr.weighted_sum(taken, list(problem.points)))
    solver = cp_model.CpSolver()
    if solver.solve(model) != cp_model.OPTIMAL:
        raise SystemExit("not solved")
    return [pid for pid, one in zip(problem.pids, taken, strict=True) if solver.value(one)]


def by_sortition(problem: Problem, algorithm: str) -> list[str]:
    """A panel within the quotas, by a lottery that knows no order of people, as its makers mean it."""
    from sortition_algorithms.adapters import CSVStringDataSource, SelectionData
    from sortition_algorithms.core import find_random_sample
    from sortition_algorithms.settings import Settings

    features, people = io.StringIO(), io.StringIO()
    writer = csv.writer(features)
    writer.writerow(("feature", "value", "min", "max"))
    for quota, limits in problem.limits.items():
        writer.writerows((quota, name, low, high) for name, (low, high) in limits.items())
    writer = csv.writer(people)
    writer.writerow(("pid", *problem.classes))
    writer.writerows(zip(problem.pids, *problem.classes.values(), strict=True))
    settings = Settings(id_column="pid", columns_to_keep=[])
    data = SelectionData(CSVStringDataSource(features.getvalue(), people.getvalue()))
    found, _ = data.load_features(problem.size)
    pool, _ = data.load_people(settings, found)
    panels, _ = find_random_sample(
        found, pool, problem.size, [], selection_algorithm=algorithm, max_seconds=600, max_attempts=100
    )
    return sorted(panels[0])


CHOOSERS: dict[str, Callable[[Problem], list[str]]] = {
    SORT: by_sorting,
    CAPS: by_caps,
    HIGHS: by_highs,
    CPSAT: by_cpsat,
    LEGACY: lambda problem: by_sortition(problem, "legacy"),
    MAXIMIN: lambda problem: by_sortition(problem, "maximin"),
}


def stages(register: str, rules: str) -> dict[str, float]:
    """The processor seconds of each stage of the product, one after the other in this process."""
    from quittance.files.registers import read_register
    from quittance.files.rules import read_rules
    from quittance.selection.checkers import checker_for
    from quittance.selection.limits import seats_of
    from quittance.selection.order import rank
    from quittance.selection.select import select_batch
    from quittance.selection.walk import walk

    start, found = process_time(), {}

    def lap(name: str) -> None:
        nonlocal start
        found[name] = process_time() - start
        start = process_time()

    read = read_rules(Path(rules).read_bytes()).rules
    people = read_register(Path(register).read_bytes(), read)
    lap("reading")
    ranking = rank(people, read, bytes.fromhex(SEED))
    lap("ranking")
    seats = seats_of(ranking, read.size)
    checker = checker_for(seats)
    lap("seats")
    walk(seats, checker)
    lap("walk")
    json.dumps(select_batch(people, read, seed=bytes.fromhex(SEED)).as_json())
    lap("all but reading, reasons and JSON included")
    return found


def measured(method: str, register: str, rules: str) -> dict[str, object]:
    """What one method chooses, with the processor seconds and the memory of this process until then."""
    if method == OURS:
        text = select(register, rules)
        spent = {"processor": process_time(), "memory": peak_memory()}
        said = json.loads(text)
        pids = [one["pid"] for one in said["people"]]
        return {**spent, "pids": pids, "batch_hash": said["batch_hash"].removeprefix("sha256:")}
    problem = problem_of(register, rules)
    if method not in (SORT, CAPS):
        problem = problem.in_order(pids_of(register))
    pids = CHOOSERS[method](problem)
    return {"processor": process_time(), "memory": peak_memory(), "pids": pids}


def peak_memory() -> float:
    """The largest memory of this process so far, in MiB; that of whoever started it is not in it."""
    for line in Path("/proc/self/status").read_text("utf-8").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def main(argv: list[str]) -> int:
    """Run one method and write what it chose, with processor seconds and memory; or judge, or time the stages."""
    method, register, rules, out = argv[:4]
    answer: dict[str, object]
    if method == JUDGE:
        problem = problem_of(register, rules)
        sets: dict[str, list[str]] = json.loads(Path(out).read_text("utf-8"))
        answer = {name: [problem.points_of(one), problem.faults(one)] for name, one in sets.items()}
    elif method == STAGES:
        answer = dict(stages(register, rules))
    else:
        answer = measured(method, register, rules)
    Path(out).write_text(json.dumps(answer), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
