"""The measurements of selection run to their end, judge alike, and tell what is missing or does not end."""

import json
from dataclasses import replace

import pytest
from bench import choosers, selection
from bench.__main__ import main

from quittance.selection.synthetic import register_csv, rules_mapping

LEGAL = ["a", "c"]
SMALL = choosers.Problem(
    pids=["a", "b", "c", "d"],
    points=[9, 8, 2, 1],
    classes={"prison": ["north", "north", "south", "south"]},
    limits={"prison": {"north": (0, 2), "south": (1, 2)}},
    size=2,
)


@pytest.fixture
def files(tmp_path):
    """A register of a hundred people and its rules."""
    register, rules = tmp_path / "register.csv", tmp_path / "rules.yaml"
    register.write_bytes(register_csv(100, 1))
    rules.write_text(json.dumps({"selection": rules_mapping(2, 10)}))
    return register, rules


def test_the_quick_variant_prints_every_line(capsys, monkeypatch):
    """Each way with its seconds, memory, points and whether its set is legal and the same again; goals; the machine."""
    (case,) = selection.QUICK
    monkeypatch.setattr(selection, "QUICK", (replace(case, goal=1, walk=1, methods=(choosers.SORT,)),))
    assert main(["selection", "--quick"]) == 0
    said = capsys.readouterr().out
    for words in (
        choosers.OURS,
        choosers.SORT,
        *selection.HEADS,
        "Goal",
        "Stages",
        "load",
        "is the one that everybody",
    ):
        assert words in said
    ours = next(line for line in said.splitlines() if line.startswith(choosers.OURS))
    assert "735" in ours
    assert ours.count("same") == 2


def test_which_registers_are_measured(monkeypatch):
    """By their numbers; the product alone where that is asked for."""
    asked = []
    monkeypatch.setattr(selection, "print_case", lambda case, *_: not asked.append(case))
    assert main(["selection", "--cases", "3,1", "--alone"]) == 0
    assert [case.people for case in asked] == [500_000, 5_000]
    assert [case.methods for case in asked] == [(), ()]
    assert main(["selection"]) == 0
    assert tuple(asked[2:]) == selection.CASES


def test_another_register_is_not_measured(capsys, monkeypatch):
    """Figures are for one register only: its hash is asked first."""
    monkeypatch.setattr(selection, "QUICK", (selection.Case(3, 1, 2, "0" * 64, ""),))
    assert main(["selection", "--quick"]) == 1
    assert "another than the one" in capsys.readouterr().out


def test_peers_that_are_missing_are_told(capsys, monkeypatch):
    """And nothing of them is run."""
    (case,) = selection.QUICK
    monkeypatch.setattr(selection, "QUICK", (replace(case, methods=(choosers.CPSAT,)),))
    monkeypatch.setattr(selection, "installed", lambda package: None)
    monkeypatch.setattr(selection, "runs_of", lambda *_: selection.Runs(ended="left out"))
    monkeypatch.setattr(selection, "judged", lambda *_: {})
    monkeypatch.setattr(selection, "print_stages", lambda *_: None)
    assert main(["selection", "--quick"]) == 1
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith(choosers.CPSAT))
    assert line.split() == [*choosers.CPSAT.split(), "not", "installed"]


def test_what_does_not_end_is_stopped(files, tmp_path):
    """With the limit it had; it is asked no second time."""
    found = selection.runs_of(choosers.SORT, [files[0]] * 3, files[1], tmp_path, 0.02)
    assert found.ended == "not finished in 0 s"
    assert found.sets == []
    assert found.ended in selection.cells("way", found, found, None)


def test_what_fails_says_why(tmp_path):
    """The last line of its complaint stands in the table."""
    found = selection.runs_of(choosers.SORT, [tmp_path / "none.csv"], tmp_path / "none.yaml", tmp_path, 60)
    assert "FileNotFoundError" in found.ended


def test_a_shuffled_register_has_the_same_rows():
    """In another order, under the same heading."""
    data = register_csv(50, 1)
    other = selection.shuffled(data)
    assert other != data
    assert other.splitlines()[0] == data.splitlines()[0]
    assert sorted(other.splitlines()) == sorted(data.splitlines())


def test_sets_are_judged_alike():
    """Number, membership and limits are counted by hand here."""
    assert SMALL.faults(LEGAL) == []
    assert SMALL.points_of(LEGAL) == 11
    assert SMALL.faults(["a", "b"]) == ["prison south: 0"]
    assert SMALL.faults(["a"]) == ["1 of 2 ranked people", "prison south: 0"]
    assert SMALL.faults(["a", "x"]) == ["1 of 2 ranked people", "prison south: 0"]
    assert SMALL.faults(["c", "c"]) == ["1 of 2 ranked people"]


def test_solvers_get_people_in_the_order_of_the_file():
    """The same problem, so that another order of rows is another model."""
    turned = SMALL.in_order(["d", "x", "c", "b", "a"])
    assert turned.pids == ["d", "c", "b", "a"]
    assert turned.points == [1, 2, 8, 9]
    assert turned.classes == {"prison": ["south", "south", "north", "north"]}
    assert turned.faults(LEGAL) == SMALL.faults(LEGAL)


def test_sorting():
    """The first by rank break the minimum; caps are kept where there are some."""
    assert choosers.by_sorting(SMALL) == ["a", "b"]
    assert choosers.by_caps(SMALL) == ["a", "b"]
    capped = replace(SMALL, limits={"prison": {"north": (0, 1), "south": (0, 2)}})
    assert choosers.by_caps(capped) == ["a", "c"]


@pytest.mark.parametrize("method", [choosers.HIGHS, choosers.CPSAT])
def test_solvers_find_the_most_points(method):
    """The best legal pair."""
    pytest.importorskip(choosers.PACKAGES[method])
    assert choosers.CHOOSERS[method](SMALL) == LEGAL


@pytest.mark.parametrize("method", [choosers.LEGACY, choosers.MAXIMIN])
def test_a_lottery_finds_something_legal(method):
    """Whoever it is; it knows no order."""
    pytest.importorskip("sortition_algorithms")
    assert SMALL.faults(choosers.CHOOSERS[method](SMALL)) == []


def test_the_problem_is_the_product_s(files):
    """Who is ranked, in which order, with which points and limits, as the product has it; its own batch is legal."""
    problem = choosers.problem_of(*map(str, files))
    said = json.loads(choosers.select(*map(str, files)))
    assert len(problem.pids) == said["funnel"]["ranked"]
    assert [one["points"] for one in said["people"]] == [
        problem.points[problem.pids.index(one["pid"])] for one in said["people"]
    ]
    assert problem.faults([one["pid"] for one in said["people"]]) == []
    assert problem.points_of([one["pid"] for one in said["people"]]) == said["points_total"]


def test_stages(files):
    """Each with its seconds."""
    assert list(choosers.stages(*map(str, files)))[:4] == ["reading", "ranking", "seats", "walk"]
