"""Public claims of a case at the command line: taken in, judged, signed, shown beside what is verified."""

from __future__ import annotations

import json

import pytest
from tests.life import Life

from quittance.cli import case as case_commands
from quittance.cli import claims as commands

TEXT = "Side A has released 7 prisoners of Side B so far, Side A said on Monday.\nNobody \x1b[31melse was freed.\n"
SIDECAR = {"published": "2025-01-14", "outlet": "An\x1b Outlet", "url": "https://news.example/a-planted-slug"}


@pytest.fixture
def life(tmp_path, monkeypatch):
    """A founded case, and one invented report beside it."""
    made = Life(tmp_path)
    made.found(monkeypatch)
    (made.out / "r1.txt").write_text(TEXT, "utf-8")
    (made.out / "r1.json").write_text(json.dumps(SIDECAR), "utf-8")
    return made


def neutral(life):
    return life.keys / "neutral.key"


def only(life):
    (found,) = life.json("claims", "list", life.case)["claims"]
    return found


def test_from_a_file_to_the_status(life):
    """A report is taken in and its claim accepted and signed; the status then claims 7 and verifies none."""
    said = life.json("import", "report", life.case, life.out / "r1.txt")
    assert (len(said["taken"]), said["claims"], len(said["entries"])) == (1, 1, 1)
    assert "there already: 1" in life.call("claims", "import", life.case, life.out)
    claim = only(life)
    assert (claim["state"], claim["claim"]["quantity"]["value"], claim["fact"]) == ("unreviewed", 7, None)
    shown = life.call("claims", "show", life.case, claim["code"])
    assert ">7<" in shown
    assert "\x1b" not in shown
    kept = life.call("claims", "accept", life.case, claim["code"], "--as", neutral(life), "--comment", "clear")
    assert f"reported as claim-{claim['code']}" in kept
    assert "status" not in life.call("claims", "sign", life.case, "--as", neutral(life), code=2)
    signed = life.json("claims", "sign", life.case, "--as", neutral(life), "--yes")
    assert (signed["judged"], signed["captured"], signed["facts"]) == (1, 0, [f"claim-{claim['code']}"])
    assert life.json("claims", "sign", life.case, "--as", neutral(life), "--yes")["entries"] == []
    status = life.json("status", life.case, "--as-of", "2025-01-20")
    (first,) = (one for one in status["commitments"] if one["id"] == "first")
    assert (first["claimed"], first["verified"]) == (7, 0)
    assert only(life)["fact"] == f"claim-{claim['code']}"
    life.call("record", "verify", life.case)
    timeline = life.call("timeline", life.case, "--as-of", "2025-01-20")
    assert "characters 0 to" in timeline
    assert "a-planted-slug" not in timeline


def test_the_other_answers(life):
    """Each is kept and says what signing it would do; what is no answer is refused with a code and kept nowhere."""
    life.call("import", "report", life.case, life.out / "r1.txt", "--no-record")
    code = only(life)["code"]
    who = ("--as", neutral(life))
    assert life.json("claims", "reject", life.case, code, *who)["stays"] == "rejected"
    assert life.json("claims", "doubtful", life.case, code, *who)["judgement"] == "doubtful"
    corrected = life.json("claims", "correct", life.case, code, *who, "--set", "kind=batch", "--set", "value=8")
    assert (corrected["changed"], corrected["fact"]) == (["kind", "value"], f"claim-{code}")
    rate = life.call("claims", "correct", life.case, code, *who, "--set", "kind=rate")
    assert "no fact: the journal has no kind of entry" in rate
    life.call("claims", "correct", life.case, code, *who, "--set", "kind", code=2)
    life.call("claims", "correct", life.case, code, *who, "--set", "kind=heap", code=2)
    life.call("claims", "accept", life.case, code, "--as", life.keys / "holding.key", code=2)
    life.call("claims", "accept", life.case, code, *who, "--of", "third", code=2)
    assert life.json("claims", "accept", life.case, code, *who, "--of", "first")["fact"] == f"claim-{code}"
    life.call("claims", "merge", life.case, code, *who, "--into", code, code=2)
    life.call("claims", "split", life.case, code, *who, "--number", "7", code=2)
    assert life.call("claims", "list", life.case, "--state", "accepted").startswith("Claims: 0.")
    assert life.call("claims", "list", life.case, "--report", "r1", "--as-of", "2025-01-13").startswith("Claims: 0.")
    assert life.call("claims", "enter", life.case).startswith("In the record")


def test_envelopes_for_a_machine_elsewhere(life):
    """What is signed is written as envelopes; submitted where the operator's keys are, it still owes its fact."""
    life.call("import", "report", life.case, life.out / "r1.txt", "--no-record")
    code = only(life)["code"]
    life.call("claims", "accept", life.case, code, "--as", neutral(life))
    folder = life.out / "signed"
    (file,) = life.json("claims", "sign", life.case, "--as", neutral(life), "--yes", "--out", folder)["files"]
    assert only(life)["state"] == "unreviewed"
    life.call("record", "submit", life.case, file)
    assert (only(life)["state"], only(life)["fact"]) == ("accepted", None)
    entered = life.json("claims", "enter", life.case)
    assert (entered["captured"], entered["facts"]) == (1, [f"claim-{code}"])
    assert life.call("claims", "enter", life.case) == "Nothing was entered.\n"


def test_a_speaker_is_taught_and_a_settled_report_written(life):
    """The name is kept with who taught it; a report of which every claim is settled becomes a case to try."""
    life.call("import", "report", life.case, life.out / "r1.txt", "--no-record")
    code = only(life)["code"]
    who = ("--as", neutral(life))
    learned = life.json(
        "claims", "learn", life.case, "Side A", "--key", "A_OFFICE", "--side", "a", "--claim", code, *who
    )
    assert (learned["surface"], learned["side"]) == ("Side A", "a")
    assert "Learned: Side B is B_OFFICE" in life.call(
        "claims", "learn", life.case, "Side B", "--key", "B_OFFICE", "--side", "b", *who
    )
    life.call("claims", "accept", life.case, code, *who)
    life.call("claims", "sign", life.case, *who, "--yes")
    out = life.out / "cases.jsonl"
    assert "Claims written" in life.call("claims", "export-cases", life.case, out)
    (line,) = out.read_text("utf-8").splitlines()
    assert (json.loads(line)["id"], json.loads(line)["review"]["state"]) == ("r1#1", "accepted")


def test_the_commands_are_registered():
    """Those of a case stand among the others of their group, and reports come in where lists and journals do."""
    names = {one.name for one in commands.app.registered_commands}
    assert {"import", "list", "show", "accept", "correct", "reject", "doubtful", "merge", "split", "sign", "enter",
            "learn", "export-cases"} <= names  # fmt: skip
    assert "report" in {one.name for one in case_commands.imports.registered_commands}
