"""The claims desk in the terminal: keys, what they write, and what a report cannot do to the terminal."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
import typer
from typer.testing import CliRunner

from quittance.claims.decisions import decided, read_decision
from quittance.claims.model import Claim, Claimant, Quantity, Report, claim_line
from quittance.cli import claims_desk
from quittance.cli.claims_terminal import marked, shown
from quittance.errors import QuittanceError
from quittance.files.claim_decisions import DecisionFile, read_decisions

NSC = Claimant(key="NSC", name="Security Council", surface="the council", side="AF_GOV")
FIRST = "The council said 98 prisoners and 4 soldiers left jail. A total of 748 are home.\n"
SECOND = "The group freed 20 people.\n"


def claim(doc: str, text: str, words: str, number: str, **more: object) -> Claim:
    """A claim of some words."""
    start = text.index(words)
    at = text.index(number, start)
    value, day = int(number), "2020-05-04" if doc == "two" else "2020-05-03"
    plain: dict[str, object] = {
        "published": day, "event_date": day,
        "event_type": "done", "claimant": NSC, "actor": "AF_GOV", "object": "TALIBAN", "kind": "batch",
        "quantity": Quantity(value=value, low=value, high=value, modality="exact", surface=number),
    }  # fmt: skip
    return Claim(
        doc=doc, span=(start, start + len(words)), text=words, quantity_span=(at, at + len(number)), **{**plain, **more}
    )  # type: ignore[arg-type]


CLAIMS = (
    claim("one", FIRST, "The council said 98 prisoners and 4 soldiers left jail", "98", id="one#1"),
    claim("one", FIRST, "A total of 748 are home", "748", id="one#2"),
    claim("two", SECOND, "The group freed 20 people", "20", id="two#1", actor="TALIBAN", object="AF_GOV"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two reports with their days, and the claims found in them."""
    for doc, text, day in (("one", FIRST, "2020-05-03"), ("two", SECOND, "2020-05-04")):
        (tmp_path / f"{doc}.txt").write_text(text, "utf-8")
        (tmp_path / f"{doc}.json").write_text(json.dumps({"published": day, "outlet": "Paper"}), "utf-8")
    (tmp_path / "claims.jsonl").write_bytes(b"\n".join(map(claim_line, CLAIMS)))
    return tmp_path


def desk(folder: Path, keys: str, *more: str, out: str = "out.jsonl", by: str = "R", command: str = "review"):
    """One sitting, its keys line by line."""
    app = typer.Typer()
    app.command()(getattr(claims_desk, command))
    arguments = [
        *(str(folder / f"{doc}.txt") for doc in ("one", "two")),
        *("--claims", str(folder / "claims.jsonl"), "--out", str(folder / out), "--by", by, *more),
    ]
    return CliRunner().invoke(app, arguments, input=keys)


def kept(folder: Path, out: str = "out.jsonl") -> dict[str, str]:
    """The decisions that hold."""
    return {name: one.answer for name, one in decided(read_decisions(folder / out)).items()}


def test_one_key_decides_and_is_kept(folder):
    """Accept, doubtful, reject: three lines, each with the claims that stand in the place of the machine's."""
    result = desk(folder, "a\nd\nr\n")
    assert result.exit_code == 0, result.output
    assert kept(folder) == {"one#1": "accepted", "one#2": "doubtful", "two#1": "rejected"}
    lines = (folder / "out.jsonl").read_bytes().splitlines()
    results = [read_decision(line).results for line in lines]
    assert [[(one.id, one.review.state, one.review.by) for one in each if one.review] for each in results] == [
        [("one#1", "accepted", "R")],
        [("one#2", "doubtful", "R")],
        [],
    ]
    assert "Decided: 3 claims; open: 0." in result.output


def test_the_desk_goes_on_where_it_was_left(folder):
    """Also after a line was cut off by a crash: it is taken away, and its claim is asked again."""
    desk(folder, "a\nq\n")
    path = folder / "out.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"format":"quittance-claim-dec')
    result = desk(folder, "r\nq\n")
    assert "claim 2 of 2, 2 open in all" in result.output
    assert "claim 1 of 2" not in result.output
    assert kept(folder) == {"one#1": "accepted", "one#2": "rejected"}
    assert path.read_bytes().startswith(whole)


def test_a_line_without_its_end_is_whole(folder):
    """A decision that lacks only the line end counts, and the next one begins on its own line."""
    desk(folder, "a\nq\n")
    path = folder / "out.jsonl"
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    file = DecisionFile(path)
    file.add(read_decision(path.read_bytes().strip()))
    file.close()
    assert len(read_decisions(path)) == 2


def test_a_spoilt_line_in_the_middle_is_refused(folder):
    """Nothing is passed over in silence."""
    desk(folder, "a\nr\nq\n")
    path = folder / "out.jsonl"
    path.write_bytes(b"broken\n" + path.read_bytes())
    result = desk(folder, "a\n")
    assert isinstance(result.exception, QuittanceError)
    assert result.exception.code == "claims.decisions"


def test_next_passes_over_and_back_returns(folder):
    """What was passed over stays open; a claim decided before may be decided again."""
    result = desk(folder, "n\na\nb\nr\nq\n")
    assert kept(folder) == {"one#2": "rejected"}
    assert "You have decided: accepted." in result.output


def test_fields_are_corrected_by_menu(folder):
    """By number or in full; what is no value is said, and asked again."""
    result = desk(folder, "c\n5\nmany\n2\ncumulative\n5\n750\n\nc\n\nq\n")
    (one,) = read_decisions(folder / "out.jsonl")
    assert "`value` cannot be this" in result.output
    assert "Not kept: No field was corrected." in result.output
    assert one.changes == {"kind": "cumulative", "value": "750"}


def test_a_correction_is_kept_with_what_was_typed(folder):
    """The claim that comes out has the new fields, and says that review decided."""
    desk(folder, "c\n2\n2\n8\n2020-05-02\n\nq\n")
    (one,) = read_decisions(folder / "out.jsonl")
    assert (one.answer, one.changes) == ("corrected", {"kind": "cumulative", "statement_date": "2020-05-02"})
    (result,) = one.results
    assert (result.kind, result.kind_basis, result.statement_date) == ("cumulative", "review", "2020-05-02")


def test_a_sentence_is_split_and_two_are_merged(folder):
    """Each number a claim; a later claim names an earlier one about the same event."""
    desk(folder, "s\n98 | 4\nm\none#1\nm\nnone\nq\n")
    first, second = read_decisions(folder / "out.jsonl")
    assert [one.quantity.value for one in first.results if one.quantity] == [98, 4]
    assert (second.answer, second.same_event) == ("merged", "one#1")


def test_a_claim_that_was_missed_is_added(folder):
    """Its words are copied from the text; event, kind, actor and claimant are chosen."""
    result = desk(folder, "+\n4 soldiers left jail\n4\ndone\nbatch\nAF_GOV\nNSC\nq\n")
    (one,) = read_decisions(folder / "out.jsonl")
    assert (one.answer, one.claim) == ("added", "one#r1")
    assert [(each.text, each.quantity and each.quantity.value) for each in one.results] == [
        ("4 soldiers left jail", 4)
    ], result.output


def test_a_second_reader_sees_no_field(folder):
    """Only where something may stand; event, kind, actor and claimant are asked one by one."""
    result = desk(folder, "y\nplan\nbatch\nTALIBAN\nNSC\nr\nq\n", "--second")
    shown_first = result.output.split("y a claim")[0]
    for word in ("done", "batch", "AF_GOV", "Security Council"):
        assert word not in shown_first
    one, other = read_decisions(folder / "out.jsonl")
    assert (one.second, one.answer, other.answer) == (True, "corrected", "rejected")
    assert [(each.event_type, each.actor) for each in one.results] == [("plan", "TALIBAN")]


@pytest.mark.parametrize(
    ("more", "by", "code"), [((), "S", "claims.other_reader"), (("--second",), "R", "claims.other_reading")]
)
def test_every_reader_has_a_file_of_his_own(folder, more, by, code):
    """Two readers in one file could not be compared."""
    desk(folder, "a\nq\n")
    result = desk(folder, "a\n", *more, by=by)
    assert isinstance(result.exception, QuittanceError)
    assert result.exception.code == code


def test_without_a_terminal_it_says_so(folder):
    """Nothing to read from: nothing is decided, and the reader is told where to run it."""
    result = desk(folder, "")
    assert isinstance(result.exception, QuittanceError)
    assert (result.exception.code, result.exception.exit_code) == ("claims.no_terminal", 2)


def test_claims_of_another_text_are_refused(folder):
    """They would be shown at the wrong words."""
    (folder / "one.txt").write_text("x" + FIRST, "utf-8")
    result = desk(folder, "a\n")
    assert isinstance(result.exception, QuittanceError)
    assert result.exception.code == "claims.other_text"


def test_a_sample_is_the_same_for_every_reader(folder):
    """Chosen by the content of the reports."""
    outputs = [desk(folder, "q\n", "--sample", "1", out=f"{n}.jsonl", by=str(n)).output for n in range(2)]
    assert outputs[0].replace("0.jsonl", "") == outputs[1].replace("1.jsonl", "")
    assert outputs[0].count("open in all") == 1


def test_what_a_report_says_is_never_obeyed():
    """Escape sequences, marks of direction and line separators stand there by their number; markup is text."""
    assert shown("a\x1b[31m\u202eb\u2028c\r\n[bold]") == "a[U+001B][31m[U+202E]b[U+2028]c[U+000D]\n[bold]"
    report = Report(doc="d", text="\x1b]0;x\x07[red]98[/red]")
    found = claim("d", report.text, "[red]98[/red]", "98", id="d#1")
    text = marked(report, [found], found).plain
    assert "\x1b" not in text
    assert text == "[U+001B]]0;x[U+0007][>1 done: [red]98[/red]]"


def test_claims_within_claims_are_closed_in_their_place():
    """Brackets of two claims that share words."""
    report = Report(doc="d", text="aa 10 bb 20 cc")
    outer = claim("d", report.text, "aa 10 bb 20", "10", id="1")
    inner = claim("d", report.text, "bb 20 cc", "20", id="2")
    assert marked(report, [outer, inner], None).plain == "[1 done: aa 10 [2 done: bb 20] cc]"
    assert marked(report, [outer, inner], inner, blind=True).plain == "[1: aa 10 [>2: bb 20] cc]"


def test_two_readers_are_compared(folder):
    """Files of decisions, read as far as both have come; what differs is for a third."""
    desk(folder, "a\na\na\n")
    desk(folder, "a\nc\n2\ncumulative\n\nr\n", out="other.jsonl", by="S")
    app = typer.Typer()
    app.command()(claims_desk.agreement)
    files = [str(folder / name) for name in ("out.jsonl", "other.jsonl")]
    words = CliRunner().invoke(app, files).output
    assert "Claims: 3 and 2, 2 found by both; F1 0.800." in words
    assert "kind        1 of 2 alike" in words
    assert "For a third reader: 2." in words
    data = json.loads(CliRunner().invoke(app, [*files, "--json"]).output)
    assert data["spans"] == {"first": 3, "second": 2, "both": 2, "f1": 0.8}
    assert [one["fields"] for one in data["differences"]] == [["kind"], []]


def test_what_was_decided_becomes_test_material(folder):
    """In the form of labelled claims, of reports decided throughout; what is open or doubtful keeps its report out."""
    desk(folder, "a\nc\n2\ncumulative\n\nd\n")
    app = typer.Typer()
    app.command()(claims_desk.cases)
    out = folder / "cases.jsonl"
    result = CliRunner().invoke(
        app, [str(folder / "out.jsonl"), "--claims", str(folder / "claims.jsonl"), "--out", str(out)]
    )
    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in out.read_bytes().splitlines()]
    assert [(one["id"], one["kind"]) for one in lines] == [("one#1", "batch"), ("one#2", "cumulative")]
    assert "review" not in lines[0]
    assert "left out, because a claim is open or doubtful: 1." in result.output
    msgspec.convert(lines, list[Claim])


def test_everything_is_exported_as_of_a_day(folder):
    """Claims, annotations, origins, series, verdicts and disputes; what was published later is left out."""
    app = typer.Typer()
    app.command()(claims_desk.export)
    out = folder / "out"
    files = [str(folder / name) for name in ("one.txt", "two.txt", "claims.jsonl")]
    result = CliRunner().invoke(app, [*files, "--as-of", "2020-05-03", "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert {path.name for path in out.iterdir()} == {
        "claims.jsonl", "annotations.jsonld", "origin-nodes.csv", "origin-edges.csv", "series.csv", "verdicts.csv",
        "disputes.txt",
    }  # fmt: skip
    assert [json.loads(line)["doc"] for line in (out / "claims.jsonl").read_bytes().splitlines()] == ["one", "one"]
    assert b"two#1" not in (out / "verdicts.csv").read_bytes()
    assert "748" in (out / "series.csv").read_text("utf-8-sig")


def test_a_key_needs_no_enter_on_a_terminal(folder):
    """In a terminal of its own: a key of another script is none, a accepts, c asks for lines, q ends it."""
    master, terminal = os.openpty()
    given = [str(folder / "one.txt"), "--claims", str(folder / "claims.jsonl"), "--out", str(folder / "out.jsonl")]
    command = [sys.executable, "-m", "quittance.cli.main", "claims", "review", *given, "--by", "R"]
    desk_process = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, close_fds=True)
    os.close(terminal)
    said = b""
    for awaited, typed in (
        (b"q quit:", "ش"), (b"q quit:", "a"), (b"q quit:", "c"), (b"all is right:", "2\n"), (b"leaves it:", "2\n"),
        (b"all is right:", "\n"), (b"Decided: 2 claims; open: 0.", ""),
    ):  # fmt: skip
        while awaited not in said:
            assert select.select([master], [], [], 120)[0], said
            said += os.read(master, 4096)
        said = said.rpartition(awaited)[2]
        os.write(master, typed.encode())
    assert desk_process.wait(30) == 0
    os.close(master)
    assert kept(folder) == {"one#1": "accepted", "one#2": "corrected"}
