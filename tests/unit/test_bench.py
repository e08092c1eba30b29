"""The measurements run to their end; what they measure is nobody's business here."""

import sys

import pytest
from bench import agreement, judging, logs, machine, names, peers, reading, record
from bench.__main__ import main

from quittance.agreement.journal import load_journal
from quittance.agreement.load import load_agreement
from quittance.files.verify import verify_log


def test_the_quick_variant_prints_every_line(capsys):
    """A table with goals, the plain evaluator beside, the machine, and that figures were extrapolated."""
    assert main(["agreement", "--quick"]) == 0
    said = capsys.readouterr().out
    for words in (*agreement.GOALS, "memory", "cores", "Python", "extrapolated", "goal", "ratio"):
        assert words in said


def test_the_journal_is_what_it_says():
    """So many entries, over fifty commitments, of several kinds, none refused."""
    journal = load_journal(agreement.journal_text(2000))
    assert len(journal) == 2000
    assert not journal.findings
    assert {"perform", "total", "attest", "event"} == {entry.kind for entry in journal}
    assert len(load_agreement(agreement.agreement_text()).commitments) == 50


def test_the_quick_variant_of_the_record_prints_every_line(capsys, monkeypatch):
    """Tables of the machine, of rates, times and whole checks, with their peers, goals and what was extrapolated."""
    monkeypatch.setattr(reading, "SMALL", 300)
    assert main(["record", "--quick"]) == 0
    said = capsys.readouterr().out
    lines = (*record.RATES, *record.TIMES, *record.CHECKS, *record.PROCESSOR_TIMES)
    for words in (*(line.name for line in lines), *machine.REFERENCE, machine.FILE):
        assert words in said
    for words in ("p50 ms", "p99 ms", "scaled", "goal", "extrapolated", "file system", "Python", "SQLite", "load"):
        assert words in said
    assert "Memory of the deep check" in said
    assert "bytes an entry" in said


def test_what_is_not_installed_is_told(capsys, monkeypatch):
    """Peers that are missing are named, and the rest is measured."""
    monkeypatch.setattr(record.appending, "postgres", lambda: None)
    monkeypatch.setitem(sys.modules, "pymerkle", None)
    monkeypatch.setattr(reading, "check", lambda *_, **__: reading.Check(1.0, 1.0))
    monkeypatch.setattr(reading, "deep_check", lambda _: (reading.Check(1.0, 1.0), (1.0, 1.0)))
    monkeypatch.setattr(reading, "SMALL", 300)
    assert main(["record", "--quick"]) == 0
    told = [line for line in capsys.readouterr().out.splitlines() if line.endswith("not installed")]
    assert len(told) == 6


def test_the_log_is_what_it_says(tmp_path):
    """A log that a check accepts: founded, then signed statements that name cosigned heads."""
    mean = logs.publish(tmp_path, 700)
    found = verify_log(tmp_path, logs.policies())
    assert found.entries_checked == 700
    assert found.signatures_checked > 700
    assert found.grade == "joint"
    assert found.flags == ((None, "founding_not_countersigned"),)
    assert 700 < mean < 2000
    assert {path.name for path in (tmp_path / "notes").iterdir()} == {"256", "512", "700"}


def test_percentiles():
    """The nearest rank: the smallest value that so many do not exceed."""
    values = list(range(1, 101))
    assert [machine.percentile(values, share) for share in (0.5, 0.99, 1.0)] == [50, 99, 100]
    assert machine.percentile([7.0], 0.99) == 7.0


HEADS = ("F1", "rec@1", "R@P99", "ECE", "p>=.97 right", "pairs/s")


@pytest.mark.slow
def test_the_quick_variant_of_names_prints_every_line(capsys):
    """A table for each set, every method in it, what logic-v2 was asked where it is installed, machine and versions."""
    assert main(["names", "--quick"]) == 0
    said = capsys.readouterr().out
    asked = ["asked about 5 of B"] if peers.installed("nomenklatura") else []
    for words in (*HEADS, *names.methods(1), *peers.PACKAGES, "invented", *asked, "ratio", "load"):
        assert words in said


@pytest.mark.slow
def test_the_quick_variant_of_people_prints_every_line(capsys):
    """Both noises, ours and Splink's, memory and time, the search with its percentile, and the goals."""
    assert main(["people", "--quick"]) == 0
    said = capsys.readouterr().out
    for words in (*HEADS, "standard: ours", "standard: Splink", "harsh: ours", "MiB", "p95", "Goals", "load"):
        assert words in said


def test_matchers_that_are_missing_are_told(capsys, monkeypatch):
    """Each one not installed is named; the product is measured."""
    monkeypatch.setattr(peers, "installed", lambda package: "1" if package == "numpy" else None)
    assert main(["names", "--quick"]) == 0
    told = [line for line in capsys.readouterr().out.splitlines() if line.endswith("not installed")]
    assert len(told) >= 6


def test_marks():
    """Counted by hand: three of four right, the wrong one third by score, two equal scores not parted."""
    answers = judging.Answers({0: (10, 0.9), 1: (11, 0.8), 2: (99, 0.7), 3: (13, 0.7)}, 4, 1.0)
    truth = {0: frozenset({10}), 1: frozenset({11, 12}), 3: frozenset({13}), 4: frozenset({14})}
    found = judging.mark(answers, truth)
    assert found.recall_at_1 == 3 / 4
    assert found.recall_at_99 == 2 / 4
    assert found.f1 == 6 / 8
    assert found.error is None


def test_calibration_is_the_mean_distance_from_the_truth():
    """Two rows said to be sure, one of them wrong, are off by a half; the band of the sure has two rows."""
    answers = judging.Answers({0: (1, 1.0), 1: (2, 1.0)}, 2, 1.0, {0: 1.0, 1: 1.0})
    found = judging.mark(answers, {0: frozenset({1})})
    assert (found.error, found.top_right, found.top_rows) == (0.5, 0.5, 2)


def test_the_development_sets_are_read(tmp_path):
    """Places instead of ids, and a b may have several partners."""
    for part, text in (
        ("A", "pid,name\nx,One\ny,Two\n"),
        ("B", "pid,name\nq,Uno\n"),
        ("truth", "a_pid,b_pid\nx,q\ny,q\n"),
    ):
        (tmp_path / f"a2_{part}.csv").write_text(text)
    case = names.read_case("a2", tmp_path)
    assert [entry.name for entry in case.a] == ["One", "Two"]
    assert case.truth == {0: frozenset({0, 1})}


def test_an_unknown_part(capsys):
    """Wrong use is told."""
    assert main(["nothing"]) == 2
    assert "Parts: agreement, record" in capsys.readouterr().err


@pytest.mark.parametrize("argument", ["agreement", "record", "names", "people"])
def test_help(argument):
    """Each part explains its arguments."""
    with pytest.raises(SystemExit) as stopped:
        main([argument, "--help"])
    assert stopped.value.code == 0
