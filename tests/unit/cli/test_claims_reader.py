"""`claims second-read`: nothing is sent unconfirmed, what holds is written, what differs shown, the key nowhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.canned import Answering, Canned, reply, said
from typer.testing import CliRunner

from quittance.claims.extract import extract
from quittance.claims.lexicon import lexicon_for
from quittance.claims.model import claim_line, read_claim
from quittance.claims.profile import profile_for
from quittance.cli.claims_reader import KEY, second_read
from quittance.errors import QuittanceError
from quittance.files.reports import read_report

SECRET = "sk-very-secret-7Q"
TEXT = (
    "The Afghan government set free 140 Taliban prisoners on Monday. The Taliban freed 31 soldiers on Sunday. "
    "Kabul freed 7 Taliban prisoners on Tuesday."
)
FREED: dict[str, Any] = {
    "quote": "The Afghan government set free 140 Taliban prisoners on Monday",
    "event_type": "done",
    "claimant": {},
    "actor": "AF_GOV",
    "object": "TALIBAN",
    "quantity": {"value": 140, "modality": "exact"},
    "kind": "batch",
    "event_day": "on Monday",
}
OTHERS = FREED | {
    "quote": "The Taliban freed 31 soldiers on Sunday",
    "actor": "TALIBAN",
    "object": "AF_GOV",
    "quantity": {"value": 31, "modality": "exact"},
    "kind": "cumulative",
    "event_day": None,
}

app = typer.Typer()
app.command("second-read")(second_read)


@pytest.fixture
def serve() -> Iterator[Callable[..., Canned]]:
    servers: list[Canned] = []

    def start(*answers: Answering) -> Canned:
        servers.append(Canned(*answers))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(KEY, SECRET)
    path = tmp_path / "r1.txt"
    path.write_text(TEXT)
    path.with_suffix(".json").write_text(json.dumps({"published": "2020-05-06", "conflict": "afghanistan-2020"}))
    return path


def run(server: Canned, report: Path, *more: str) -> tuple[str, QuittanceError | None]:
    out = report.parent / "out.jsonl"
    words = [str(report), "--base-url", server.url, "--model", "m-1", "--jsonl", str(out), *more]
    found = CliRunner().invoke(app, words)
    assert found.exception is None or isinstance(found.exception, QuittanceError | SystemExit), found.exception
    assert SECRET not in f"{found.output}{found.exception}"
    return found.output, found.exception if isinstance(found.exception, QuittanceError) else None


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_nothing_is_sent_unless_it_is_confirmed(serve, report):
    """Without the confirmation the command says what would go where, sends nothing and writes nothing."""
    server = serve(said({"claims": []}))
    _, error = run(server, report)
    assert error is not None
    assert (error.code, error.exit_code) == ("reader.not_confirmed", 2)
    assert f"1 reports with {len(TEXT)} characters would be sent to 127.0.0.1" in error.message
    assert not server.asked
    assert not (report.parent / "out.jsonl").exists()


def test_what_holds_is_written_and_what_differs_is_shown(serve, report):
    """Claims that hold, refusals with reasons, and both readings where they are not alike."""
    program = extract(read_report(report), lexicon_for(profile_for("afghanistan-2020")))
    assert [claim.kind for claim in program] == ["batch"] * 3
    first = report.parent / "first.jsonl"
    first.write_bytes(b"".join(claim_line(claim) + b"\n" for claim in program))
    server = serve(said({"claims": [FREED, OTHERS, FREED | {"kind": "sum"}]}))
    output, error = run(server, report, "--text-leaves-this-machine", "--first", str(first))
    assert error is None
    out = report.parent / "out.jsonl"
    claims = [read_claim(line) for line in out.read_bytes().splitlines()]
    assert [claim.quantity and claim.quantity.value for claim in claims] == [140, 31]
    assert [one["code"] for one in lines(report.parent / "out.jsonl.refused")] == ["item.choice"]
    shown = lines(report.parent / "out.jsonl.differences")
    assert [(one["what"], one.get("fields")) for one in shown] == [("differ", ["kind"]), ("only first", None)]
    assert "2 claims of the model hold, in 1 reports: 1 agree with the program's, 1 differ" in output
    assert "[item.choice]" in output
    for file in report.parent.iterdir():
        assert SECRET not in file.read_text()


def test_as_json(serve, report):
    """The sums as JSON."""
    output, _ = run(serve(said({"claims": [FREED, {}]})), report, "--text-leaves-this-machine", "--json")
    sums = json.loads(output)
    assert (sums["claims"], sums["only_second"], sums["refused"]) == (1, 1, {"item.form": 1})


def test_a_model_that_fails_is_told_and_logged(serve, report):
    """Files are written all the same, the refusal has the code, and the command fails."""
    output, error = run(serve(reply(SECRET.encode(), "401 No")), report, "--text-leaves-this-machine")
    assert error is not None
    assert (error.code, error.exit_code) == ("reader.some_unanswered", 1)
    assert (report.parent / "out.jsonl").read_bytes() == b""
    assert [one["code"] for one in lines(report.parent / "out.jsonl.refused")] == ["reader.key_echoed"]
    assert "0 claims" in output


@pytest.mark.parametrize(
    ("more", "code"), [(("--base-url", "http://models.example/v1"), "reader.url"), (("--model", ""), "reader.model")]
)
def test_wrong_use_is_told_before_anything_is_read(serve, report, more, code):
    """An address without TLS and a model without a name are wrong use."""
    _, error = run(serve(said("x")), report, "--text-leaves-this-machine", *more)
    assert error is not None
    assert (error.code, error.exit_code) == (code, 2)


def test_out_must_be_a_file(serve, report, tmp_path):
    """A folder that is not there is told before anything is sent."""
    server = serve(said("x"))
    _, error = run(server, report, "--text-leaves-this-machine", "--jsonl", str(tmp_path / "gone" / "x.jsonl"))
    assert error is not None
    assert error.code == "claims.out"
    assert not server.asked
