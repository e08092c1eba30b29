"""Commands on a case: right output, wrong input, and that a refusal changes nothing."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import sqlite3
from io import StringIO
from pathlib import Path

import pytest

from quittance.casebook import Casebook
from quittance.cli.main import run
from quittance.testing import OFFICE

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT / "tests/data/two-lists"
AGREEMENT, JOURNAL = str(DATA / "agreement.yaml"), str(DATA / "journal.jsonl")


@pytest.fixture
def case(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """The small case, made and filled through the commands."""
    folder = str(tmp_path / "case")
    assert run(["init", folder, "--agreement", AGREEMENT]) == 0
    assert run(["import", "journal", folder, JOURNAL]) == 0
    capsys.readouterr()
    return folder


def contents(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file that holds something; SQLite's own side files come and go."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in (".sqlite-wal", ".sqlite-shm")
    }


def test_init_says_what_comes_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The case is made, and the next command is named."""
    folder = str(tmp_path / "case")
    assert run(["init", folder, "--agreement", AGREEMENT]) == 0
    said = capsys.readouterr().out
    assert "Two lists (two-lists), 4 commitments" in said
    assert f"quittance import journal {folder} FILE" in said


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_import_reports(case: str, capsys: pytest.CaptureFixture[str], arguments: list[str], tmp_path: Path) -> None:
    """How many entries were taken, and under which numbers."""
    more = tmp_path / "more.jsonl"
    more.write_text(
        '{"format":"quittance-journal/1","agreement":"two-lists"}\n'
        '{"id":"a3","at":"2025-01-14","kind":"perform","of":["first"],"n":1,"by":"a"}\n'
    )
    assert run(["import", "journal", case, str(more), *arguments]) == 0
    said = capsys.readouterr().out
    if arguments:
        found = json.loads(said)
        assert (found["taken"], found["first"], found["last"]) == (1, 8, 8)
    else:
        assert said == "Entries recorded: 1, numbers 8 to 8.\n"


def test_dry_run_and_skip(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is there already: nothing to record when skipped, and a dry run changes no byte."""
    before = contents(Path(case))
    assert run(["import", "journal", case, JOURNAL, "--skip-recorded", "--dry-run"]) == 0
    assert "Entries that would be recorded: 0" in capsys.readouterr().out
    assert contents(Path(case)) == before
    assert run(["import", "journal", case, JOURNAL, "--skip-recorded"]) == 0
    assert capsys.readouterr().out.startswith("Nothing was recorded")


WRONG = [
    (["status", "{case}", "--as-of", "10 January"], 2, "usage.date"),
    (["status", "{case}", "--as-of", "2025-02-30"], 2, "usage.date"),
    (["status", "{case}", "--as-of", "2025-01-10", "--known-by", "soon"], 2, "usage.date"),
    (["status", "{case}", "--party", "c"], 2, "case.no_party"),
    (["status", "{case}", "--json", "--csv"], 2, "usage.form"),
    (["status", "{case}", "--ocds", "--party", "b"], 2, "usage.form"),
    (["status", "{tmp}/nowhere"], 2, "case.missing"),
    (["timeline", "{case}", "--party", "c"], 2, "case.no_party"),
    (["brief", "{case}", "--party", "c"], 2, "case.no_party"),
    (["timeline", "{tmp}"], 2, "case.missing"),
    (["brief", "{tmp}/nowhere"], 2, "case.missing"),
    (["serve", "{tmp}/nowhere", "--no-open"], 2, "case.missing"),
    (["record", "verify", "{tmp}/nowhere"], 2, "case.missing"),
    (["init", "{case}", "--agreement", AGREEMENT], 2, "case.exists"),
    (["init", "{tmp}/new", "--agreement", JOURNAL], 2, "agreement.not_yaml"),
    (["init", "{tmp}/new", "--agreement", "{tmp}/none.yaml"], 2, "file.missing"),
    (["import", "journal", "{case}", "{tmp}/none.jsonl"], 2, "file.missing"),
    (["import", "journal", "{case}", AGREEMENT], 2, "journal.refused"),
    (["import", "journal", "{case}", JOURNAL], 2, "journal.refused"),
    (["import", "journal", "{tmp}/nowhere", JOURNAL], 2, "case.missing"),
    (["demo", "--no-serve", "--folder", "{case}"], 2, "case.exists"),
]


@pytest.mark.parametrize(("arguments", "code", "reason"), WRONG, ids=lambda value: str(value)[:40])
def test_wrong_use(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, reason: str
) -> None:
    """One line on stderr with a stable code, nothing on stdout, and no byte changed or added."""
    before = contents(tmp_path)
    assert run([argument.format(case=case, tmp=tmp_path) for argument in arguments]) == code
    captured = capsys.readouterr()
    assert f"[{reason}]" in captured.err
    assert captured.out == ""
    assert contents(tmp_path) == before


def test_a_refused_import_names_its_lines(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The line, the reason and the code of each; the record is as it was."""
    bad = tmp_path / "bad.jsonl"
    bad.write_text(Path(JOURNAL).read_text().replace('"id":"', '"id":"x').replace('"by":"icrc"', '"by":"icrs"'))
    before = contents(Path(case))
    assert run(["import", "journal", case, str(bad)]) == 2
    said = capsys.readouterr().err
    assert "line 3: entry `xn1`: unknown party `icrs`" in said
    assert contents(Path(case)) == before


def test_status_states_both_dates(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Given or not, both dates stand in the answer; a date that was left out is said on stderr."""
    assert run(["status", case, "--as-of", "2025-01-10", "--known-by", "2025-01-12"]) == 0
    captured = capsys.readouterr()
    assert "As of 10 January 2025, known by 12 January 2025" in captured.out
    assert captured.err == ""
    assert run(["status", case]) == 0
    captured = capsys.readouterr()
    assert "--as-of was left out" in captured.err
    assert "today in UTC" in captured.err


def test_status_as_json_is_the_evaluation(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`quittance-status/1`, as `quittance agreement status` prints it for the same files and dates."""
    dates = ["--as-of", "2025-01-10", "--known-by", "2025-01-12"]
    assert run(["status", case, *dates, "--json"]) == 0
    of_case = json.loads(capsys.readouterr().out)
    assert run(["agreement", "status", AGREEMENT, "--journal", JOURNAL, *dates, "--json"]) == 0
    assert of_case == json.loads(capsys.readouterr().out)
    assert of_case["format"] == "quittance-status/1"


def test_status_for_other_programs(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    """CSV with its row of tags, and milestones."""
    assert run(["status", case, "--as-of", "2025-01-10", "--csv"]) == 0
    rows = list(csv.reader(StringIO(capsys.readouterr().out)))
    assert rows[1][0] == "#meta+agreement"
    assert run(["status", case, "--as-of", "2025-01-10", "--ocds"]) == 0
    assert json.loads(capsys.readouterr().out)["milestones"][0]["status"] == "partiallyMet"


@pytest.mark.parametrize("command", ["status", "brief", "timeline"])
def test_the_printed_text(case: str, capsys: pytest.CaptureFixture[str], command: str) -> None:
    """The text is the committed one to the letter. With QUITTANCE_WRITE_GOLDEN=1 it is written anew."""
    assert run([command, case, "--as-of", "2025-01-10", "--known-by", "2025-01-12"]) == 0
    said = capsys.readouterr().out
    golden = DATA / f"{command}.txt"
    if os.environ.get("QUITTANCE_WRITE_GOLDEN"):
        golden.write_text(said)
    assert said == golden.read_text()
    assert all(len(line) <= 80 for line in said.splitlines())


@pytest.mark.parametrize("command", ["status", "brief", "timeline"])
def test_in_one_partys_reading(case: str, capsys: pytest.CaptureFixture[str], command: str) -> None:
    """B reads eight for thirty: the answer says whose reading it is in, and its figures are of that reading."""
    asked = [command, case, "--as-of", "2025-01-10", "--known-by", "2025-01-12", "--party", "b"]
    assert run(asked) == 0
    said = capsys.readouterr().out
    assert "As of 10 January 2025, known by 12 January 2025; as B reads the terms\n" in said
    assert "0 of 8 persons" in said
    assert "of 30 persons" not in said
    assert run([*asked, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    party = found["status"]["party"] if command == "brief" else found["party"]
    assert party == ("b" if command == "status" else {"id": "b", "name": "B"})


@pytest.mark.parametrize("party", [None, "taliban"])
def test_the_example_as_json_is_the_evaluation(capsys: pytest.CaptureFixture[str], tmp_path: Path, party: str) -> None:
    """The case of 2020 and its two files give the same `quittance-status/1`, its documented keys in their order."""
    folder, example = str(tmp_path / "case"), ROOT / "examples/afghanistan-2020"
    agreement, journal = str(example / "agreement.yaml"), str(example / "journal.jsonl")
    assert run(["init", folder, "--agreement", agreement]) == 0
    assert run(["import", "journal", folder, journal]) == 0
    capsys.readouterr()
    asked = ["--as-of", "2020-07-31", "--known-by", "2020-08-05", "--json", *(["--party", party] if party else [])]
    assert run(["status", folder, *asked]) == 0
    of_case = capsys.readouterr().out
    assert run(["agreement", "status", agreement, "--journal", journal, *asked]) == 0
    assert of_case == capsys.readouterr().out
    found = json.loads(of_case)
    assert list(found) == [
        "format", "agreement", "as_of", "known_by", "party", "agreement_sha256", "journal_entries", "warnings",
        "balances", "classification_disputes", "commitments",
    ]  # fmt: skip
    keys = [
        "id", "status", "class", "disputed", "low", "high", "verified", "conceded", "claimed", "total", "unit",
        "required", "deadline", "nominal_deadline", "past_nominal_days", "late_steps", "blocked_by",
        "blocked_by_doubtful", "closed", "done_on", "readings", "evidence", "last_evidence",
    ]  # fmt: skip
    assert [row["id"] for row in found["commitments"] if list(row)[: len(keys)] != keys] == []
    assert (found["party"], found["journal_entries"], len(found["commitments"])) == (party, 134, 23)


@pytest.mark.parametrize("command", ["timeline", "brief"])
def test_views_as_json(case: str, capsys: pytest.CaptureFixture[str], command: str) -> None:
    """The whole view, under its own format."""
    assert run([command, case, "--as-of", "2025-01-12", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["format"] == f"quittance-{command}/1"


def test_verify_a_whole_record(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Everything was recomputed, every signature too."""
    assert run(["record", "verify", case]) == 0
    assert "is whole: 8 entries" in capsys.readouterr().out
    assert run(["record", "verify", case, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["ok"], found["size"], found["signatures_checked"]) == (True, 8, 8)
    assert (found["grade"], found["not_checked"]) == ("signed", [])


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_verify_a_damaged_record(case: str, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """Exit code 1, and the first bad entry is named."""
    with sqlite3.connect(Path(case) / "record.sqlite") as connection:
        sql = connection.execute("select sql from sqlite_schema where name = 'entries_update'").fetchone()[0]
        connection.execute("drop trigger entries_update")
        ((leaf,),) = connection.execute("select leaf from entries where position = 5")
        connection.execute("update entries set leaf = ? where position = 5", (leaf.replace(b"a", b"b", 1),))
        connection.execute(sql)
    assert run(["record", "verify", case, *arguments]) == 1
    captured = capsys.readouterr()
    if arguments:
        found = json.loads(captured.out)
        assert (found["ok"], found["first_bad_index"], found["reason"]) == (False, 5, "record.damaged")
    else:
        assert "Entry 5" in captured.err
        assert captured.out == ""


def test_verify_a_changed_agreement(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The agreement file is part of what is verified."""
    (Path(case) / "agreement.yaml").write_bytes((DATA / "agreement.yaml").read_bytes() + b"\n")
    assert run(["record", "verify", case]) == 1
    assert "[case.agreement_differs]" in capsys.readouterr().err


def test_a_second_writer_is_refused(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    """While one program writes, an import waits its turn by being refused, and questions are answered."""
    with Casebook.open(Path(case), office=OFFICE):
        assert run(["import", "journal", case, JOURNAL, "--skip-recorded"]) == 1
        assert "[record.locked]" in capsys.readouterr().err
        assert run(["status", case, "--as-of", "2025-01-10"]) == 0


def test_the_demo_says_what_had_gone_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Four days of 2020, one sentence each, from the views; the case is there afterwards."""
    folder = tmp_path / "demo"
    assert run(["demo", "--no-serve", "--no-lists", "--folder", str(folder)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    for day in ("11 March", "9 April", "5 May", "12 September"):
        assert f"As of {day} 2020, known by {day} 2020" in said
    assert said.count("What had gone wrong:") == 4
    assert said.count("; 3 commitments wait for one another in a circle.") == 3
    assert run(["record", "verify", str(folder)]) == 0


def test_a_demo_without_a_folder_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The temporary case is removed again."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert run(["demo", "--no-serve", "--no-lists"]) == 0
    assert "removed again" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []
