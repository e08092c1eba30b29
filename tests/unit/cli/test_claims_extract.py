"""`quittance claims extract`, `origins` and `reconcile` over files: what is written, told and refused."""

from __future__ import annotations

import json

import pytest

from quittance.claims.model import read_claim
from quittance.cli.main import run

TEXT = "KABUL (AFP) - The Afghan government released 100 Taliban prisoners on Sunday, its spokesman said.\n"
CONFLICT = "afghanistan-2020"
TOLD = {"published": "2020-04-12", "outlet": "Example Post", "conflict": CONFLICT}


@pytest.fixture
def folder(tmp_path):
    """Two reports of one figure, with sidecars."""
    for name, outlet in (("one", "Example Post"), ("two", "Other Post")):
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / f"{name}.txt").write_text(TEXT)
        (tmp_path / "in" / f"{name}.json").write_text(json.dumps(TOLD | {"outlet": outlet}))
    return tmp_path / "in"


@pytest.fixture
def call(capsys):
    """Runs a command of the group: its exit code is expected; standard output and error."""

    def run_it(*arguments: object, code: int = 0) -> tuple[str, str]:
        found = run(["claims", *map(str, arguments)])
        said = capsys.readouterr()
        assert found == code, said.err
        return said.out, said.err

    return run_it


def claims(path):
    return [read_claim(line) for line in path.read_bytes().splitlines()]


def test_claims_are_written(folder, tmp_path, call):
    """One object a line, with words that stand in the report; a second run gives the same bytes."""
    out, err = call("extract", folder, "--jsonl", tmp_path / "out.jsonl")
    assert "2 reports in 2 files: 2 claims" in out
    assert err == ""
    found = claims(tmp_path / "out.jsonl")
    assert [claim.doc for claim in found] == ["one", "two"]
    for claim in found:
        assert TEXT[slice(*claim.span)] == claim.text
        assert TEXT[slice(*claim.quantity_span)] == "100"
        assert (claim.published, claim.actor, claim.quantity.value) == ("2020-04-12", "AF_GOV", 100)
    call("extract", folder / "one.txt", folder / "two.txt", "--jsonl", tmp_path / "again.jsonl", "--jobs", "2")
    assert (tmp_path / "again.jsonl").read_bytes() == (tmp_path / "out.jsonl").read_bytes()


def test_the_summary_as_json(folder, tmp_path, call):
    """Counts, and warnings by their code."""
    (folder / "three.txt").write_text("Somewhere 100 prisoners were released on Sunday, somebody said.\n")
    out, _ = call("extract", folder, "--jsonl", tmp_path / "out.jsonl", "--json")
    assert json.loads(out) == {
        "claims_file": str(tmp_path / "out.jsonl"),
        **{"files": 3, "reports": 3, "claims": 3, "unread": 0},
        "warnings": {"claims.no_parties": 1, "report.no_date": 1},
    }


def test_a_conflict_for_reports_that_name_none(tmp_path, call):
    """Its parties are known then."""
    (tmp_path / "one.txt").write_text(TEXT)
    call("extract", tmp_path / "one.txt", "--jsonl", tmp_path / "out.jsonl", "--conflict", "afghanistan-2020")
    (claim,) = claims(tmp_path / "out.jsonl")
    assert (claim.actor, claim.published) == ("AF_GOV", None)


def test_a_report_without_parties_is_warned_of(tmp_path, call):
    """It is read all the same; nobody is taken for a side."""
    (tmp_path / "one.txt").write_text("Somewhere 100 prisoners were released on Sunday, somebody said.\n")
    _, err = call("extract", tmp_path / "one.txt", "--jsonl", tmp_path / "out.jsonl")
    assert "claims.no_parties" in err
    assert {claim.actor for claim in claims(tmp_path / "out.jsonl")} <= {"OTHER"}


def test_a_conflict_is_told_from_the_sides_that_are_named(tmp_path, call):
    """Where nobody says which it is; and that is told."""
    (tmp_path / "one.txt").write_text(TEXT)
    _, err = call("extract", tmp_path / "one.txt", "--jsonl", tmp_path / "out.jsonl")
    assert "report.conflict_guessed: its sides are taken for those of afghanistan" in err
    assert {claim.actor for claim in claims(tmp_path / "out.jsonl")} == {"AF_GOV"}


def test_sidecars_from_another_folder(tmp_path, call):
    """Date and parties come from there."""
    for name in ("texts", "told"):
        (tmp_path / name).mkdir()
    (tmp_path / "texts" / "one.txt").write_text(TEXT)
    (tmp_path / "told" / "one.json").write_text(json.dumps(TOLD))
    call("extract", tmp_path / "texts", "--sidecars", tmp_path / "told", "--jsonl", tmp_path / "out.jsonl")
    (claim,) = claims(tmp_path / "out.jsonl")
    assert (claim.actor, claim.published) == ("AF_GOV", "2020-04-12")


def test_bad_files_are_told_and_the_others_done(folder, tmp_path, call):
    """Exit code 2, each bad file with its code, nothing of any text, and the claims of the others."""
    (folder / "bad.txt").write_bytes(b"\x00secret")
    (folder / "bad.rss").write_text("<!DOCTYPE rss><rss>secret</rss>")
    (folder / "bad2.txt").write_text("secret")
    (folder / "bad2.json").write_text("secret")
    (folder / "bad.rss").rename(folder / "feed.rss")
    out, err = call("extract", folder, "--jsonl", tmp_path / "out.jsonl", code=2)
    assert "[claims.some_unread]" in err
    for code in ("report.not_text", "report.feed_doctype", "report.sidecar"):
        assert f"[{code}]" in err
    assert "secret" not in out + err
    assert len(claims(tmp_path / "out.jsonl")) == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("nothing.txt", "--jsonl", "OUT"), "file.missing"),
        (("IN", "--jsonl", "no/such/folder.jsonl"), "claims.out"),
        (("IN", "--jsonl", "OUT", "--conflict", "afganistan"), "claims.conflict"),
        (("IN", "--jsonl", "OUT", "--conflict", "../x"), "claims.conflict"),
        (("IN", "--jsonl", "OUT", "--sidecars", "nowhere"), "claims.sidecars"),
        (("IN", "--jsonl", "OUT", "--agreement", "nothing.yaml"), "file.missing"),
        (("IN", "--jsonl", "OUT", "--registry", "SIDECAR"), "claims.speakers"),
        (("IN", "COPY", "--jsonl", "OUT"), "report.doc_twice"),
    ],
)
def test_wrong_use(folder, tmp_path, call, arguments, code):
    """Is told, with exit code 2, and nothing is written."""
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "one.txt").write_text(TEXT)
    places = {"IN": folder, "OUT": tmp_path / "out.jsonl", "COPY": tmp_path / "copy", "SIDECAR": folder / "one.json"}
    _, err = call("extract", *(places.get(one, one) for one in arguments), code=2)
    assert f"[{code}]" in err
    assert not list(tmp_path.glob("out.jsonl*"))


def test_figures_and_their_origins(folder, tmp_path, call):
    """Two outlets with one agency's copy are one origin; from reports, or from claims found before."""
    out, _ = call("origins", folder)
    assert "2 reports, 1 origin" in out
    call("extract", folder, "--jsonl", tmp_path / "out.jsonl")
    view = json.loads(call("origins", folder, tmp_path / "out.jsonl", "--json")[0])
    assert [one["sentence"] for one in view["counts"]] == ["2 reports, 1 origin"]


def test_claims_are_set_against_each_other(folder, tmp_path, call):
    """By day of publication, with verdicts and sums; what changed since another day."""
    (folder / "three.txt").write_text("So far the Afghan government has released 300 Taliban prisoners, Kabul said.\n")
    (folder / "three.json").write_text(json.dumps(TOLD | {"published": "2020-04-14"}))
    out, _ = call("reconcile", folder, "--as-of", "2020-04-13", "--all")
    assert "one#1" in out
    assert "three#1" not in out
    view = json.loads(call("reconcile", folder, "--as-of", "2020-04-14", "--since", "2020-04-13", "--json")[0])[
        "conflicts"
    ][CONFLICT]
    assert {one["claim"] for one in view["judged"]} == {"one#1", "two#1", "three#1"}
    assert "three#1" in {one["claim"] for one in view["changed"]}


@pytest.mark.parametrize("line", [b"[]", b"{}", b"\xff", b'{"id": 7}'])
def test_lines_that_are_no_claims(folder, tmp_path, call, line):
    """Are told by their numbers, without their content."""
    call("extract", folder, "--jsonl", tmp_path / "out.jsonl")
    with (tmp_path / "out.jsonl").open("ab") as file:
        file.write(b"\n" + line + b"\n")
    _, err = call("reconcile", tmp_path / "out.jsonl", "--as-of", "2020-04-14", code=2)
    assert "line 4: " in err
    assert "[claims.line]" in err


def test_a_case_is_named_alone(tmp_path, folder, call):
    """Its own reports and parties are used."""
    from quittance.files.case import RECORD_FILE

    (tmp_path / "case").mkdir()
    (tmp_path / "case" / RECORD_FILE).write_bytes(b"")
    _, err = call("reconcile", tmp_path / "case", folder, "--as-of", "2020-04-14", code=2)
    assert "[claims.case_alone]" in err
