"""Extraction over many files: the same bytes however it is run, stopped and gone on with; what is wrong is told."""

from __future__ import annotations

import fcntl
import json
from functools import partial
from pathlib import Path

import msgspec
import pytest
from tests.extracted import VERSION, make_reports, make_stand_in

from quittance.claims.model import read_claim
from quittance.engines import extraction, settling
from quittance.engines.extraction import extract_files
from quittance.engines.report_claims import Settings, grounded, read_files
from quittance.errors import QuittanceError, UsageError
from quittance.files.reports import find_reports, text_report

PLAIN = Settings(series=False, conflict="ukraine-2020")


@pytest.fixture
def folder(tmp_path):
    """200 reports."""
    return make_reports(tmp_path / "in", 200)


def run(folder: Path, out: Path, settings: Settings = PLAIN, version: str = VERSION, **more):
    find = partial(find_reports, [folder])
    return extract_files(find, out, settings, version=version, make=make_stand_in, **more)


class Stop(Exception):
    """A run that ends in the middle, as a kill would end it."""


def stop_after(files: int):
    """Stops a run once so many files are done."""

    def show(done: int, _: int) -> None:
        if done >= files:
            raise Stop

    return show


def test_every_claim_once_in_the_order_of_the_files(folder, tmp_path):
    """Each report's claims are there, folders and files in the order of their names, and nothing is left beside."""
    tally = run(folder, tmp_path / "out.jsonl")
    claims = [read_claim(line) for line in (tmp_path / "out.jsonl").read_bytes().splitlines()]
    docs = [source.doc for source in find_reports([folder])]
    assert [claim.id for claim in claims] == [
        f"{doc}#{number}" for doc in docs for number in range(1, int(doc[-5:]) % 3 + 1)
    ]
    assert (tally.files, tally.reports, tally.claims, tally.unread) == (200, 200, len(claims), 0)
    assert {path.name for path in tmp_path.iterdir()} == {"in", "out.jsonl"}


def test_processes_change_no_byte(folder, tmp_path):
    """One, two or three processes write the same."""
    for jobs in (1, 2, 3):
        run(folder, tmp_path / f"{jobs}.jsonl", jobs=jobs)
    assert len({(tmp_path / f"{jobs}.jsonl").read_bytes() for jobs in (1, 2, 3)}) == 1


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("torn", [b"", b'ukraine-2020\t{"id":"r00'])
def test_it_goes_on_where_it_stopped(folder, tmp_path, jobs, torn):
    """Stopped twice, with a torn line at the end of what it wrote: the same bytes, and no file is read again."""
    run(folder, tmp_path / "whole.jsonl")
    out = tmp_path / "out.jsonl"
    for files in (64, 128):
        with pytest.raises(Stop):
            run(folder, out, jobs=jobs, show=stop_after(files), seconds=0)
        with (tmp_path / "out.jsonl.part").open("ab") as part:
            part.write(torn)
        assert not out.exists()
    shown = []
    tally = run(folder, out, jobs=jobs, show=lambda done, total: shown.append((done, total)))
    assert shown[0][0] >= 96
    assert shown[-1] == (200, 200)
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert tally.claims == len(out.read_bytes().splitlines())


def test_killed_before_the_first_mark(folder, tmp_path):
    """What was written without a mark is written anew, not twice."""
    run(folder, tmp_path / "whole.jsonl")
    with pytest.raises(Stop):
        run(folder, tmp_path / "out.jsonl", show=stop_after(32), seconds=1e9)
    run(folder, tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def other_file(folder: Path) -> None:
    (folder / "r99999.txt").write_text("freed 3")


def changed_file(folder: Path) -> None:
    (folder / "r00001.txt").write_text("They freed 7 people, and more.")


def sidecar(folder: Path) -> None:
    (folder / "r00001.json").write_text("{}")


@pytest.mark.parametrize("change", [other_file, changed_file, sidecar])
def test_other_files_are_not_gone_on_with(folder, tmp_path, change):
    """A file more, another content, a sidecar more: refused until --fresh is given, then begun anew."""
    with pytest.raises(Stop):
        run(folder, tmp_path / "out.jsonl", show=stop_after(64), seconds=0)
    change(folder)
    with pytest.raises(UsageError, match="--fresh") as refused:
        run(folder, tmp_path / "out.jsonl")
    assert refused.value.code == "claims.other_run"
    run(folder, tmp_path / "out.jsonl", fresh=True)
    run(folder, tmp_path / "whole.jsonl")
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


@pytest.mark.parametrize(
    "other",
    [
        {"settings": Settings(series=False, conflict="yemen")},
        {"settings": Settings(series=False, conflict="ukraine-2020", speakers=b"{}")},
        {"version": "stand-in 2"},
    ],
)
def test_other_options_are_not_gone_on_with(folder, tmp_path, other):
    """Nor with another conflict, other speakers or another version of the reader."""
    with pytest.raises(Stop):
        run(folder, tmp_path / "out.jsonl", show=stop_after(64), seconds=0)
    with pytest.raises(UsageError) as refused:
        run(folder, tmp_path / "out.jsonl", **other)
    assert refused.value.code == "claims.other_run"


@pytest.mark.parametrize("journal", [b"no json", b"{}", b'{"format":"quittance-extraction/1"}'])
def test_a_damaged_journal_is_told(folder, tmp_path, journal):
    """It is never taken for the start of a run."""
    (tmp_path / "out.jsonl.journal").write_bytes(journal)
    with pytest.raises(UsageError) as refused:
        run(folder, tmp_path / "out.jsonl")
    assert refused.value.code == "claims.other_run"


def test_a_part_shorter_than_its_journal_is_told(folder, tmp_path):
    """What the journal counts must be there."""
    with pytest.raises(Stop):
        run(folder, tmp_path / "out.jsonl", show=stop_after(64), seconds=0)
    (tmp_path / "out.jsonl.part").write_bytes(b"")
    with pytest.raises(UsageError) as refused:
        run(folder, tmp_path / "out.jsonl")
    assert refused.value.code == "claims.other_run"


def test_two_runs_do_not_write_to_one_file(folder, tmp_path):
    """The second is refused."""
    with (tmp_path / "out.jsonl.part").open("wb") as part:
        fcntl.flock(part, fcntl.LOCK_EX)
        with pytest.raises(UsageError) as refused:
            run(folder, tmp_path / "out.jsonl")
    assert refused.value.code == "claims.busy"


def test_files_that_change_meanwhile(folder, tmp_path):
    """Nothing is written of files that are not those which were counted."""

    def show(done: int, _: int) -> None:
        if done == 64:
            (folder / "sub" / "zzz.txt").write_text("They freed 5 people.")

    with pytest.raises(UsageError) as refused:
        run(folder, tmp_path / "out.jsonl", show=show)
    assert refused.value.code == "claims.inputs_changed"
    assert not (tmp_path / "out.jsonl").exists()


def test_bad_files_do_not_end_a_run(folder, tmp_path):
    """A file that is no text and a report on which the reader fails are told without their text; the rest is done."""
    (folder / "r00001.txt").write_bytes(b"\x00" * 9)
    (folder / "r00002.txt").write_text("FAIL with the secret of somebody; freed 5")
    tally = run(folder, tmp_path / "out.jsonl")
    assert [code for code, _ in tally.problems] == ["report.not_text", "claims.reader_failed"]
    assert tally.unread == 2
    assert "secret" not in repr(tally)
    assert b'"r00004#1"' in (tmp_path / "out.jsonl").read_bytes()


def test_a_claim_that_is_not_in_the_text_is_left_out(folder, tmp_path):
    """Whatever a reader gives, the words of a claim stand in its report."""
    report = text_report("They freed 12 people.", "one")
    (claim,) = make_stand_in(PLAIN)(report)
    assert grounded(claim, report)
    for wrong in (
        {"text": "freed 13"},
        {"span": (0, 400)},
        {"span": (5, 5)},
        {"quantity_span": (0, 2)},
        {"doc": "two"},
    ):
        assert not grounded(msgspec.structs.replace(claim, **wrong), report)
    (path,) = [source for source in find_reports([folder]) if source.doc == "r00001"]
    wrong = msgspec.structs.replace(claim, doc="r00001", text="nothing")
    data, tally = read_files([path], PLAIN, lambda _: [wrong])
    assert (data, [code for code, _ in tally.problems]) == (b"", ["claims.ungrounded"])


def turned(claims, group, _):
    """A second pass that makes the last claim of a group a total, with what it has seen."""
    note = msgspec.structs.replace(claims[-1], kind="cumulative", criteria=f"{group}: {len(claims)}")
    return [*claims[:-1], note]


def test_the_second_pass_goes_over_all_reports_of_a_conflict(tmp_path, monkeypatch):
    """Each group is settled by itself, only what it changes changes, and the order of the lines stays."""
    lines = []
    for number in range(9):
        report = text_report("They freed 12 people.", f"d{number}")
        (claim,) = make_stand_in(PLAIN)(report)
        lines.append(f"{'ab'[number % 2] if number else ''}\t".encode() + msgspec.json.encode(claim) + b"\n")
    part = tmp_path / "part"
    part.write_bytes(b"".join(lines))

    def settle(settings):
        with part.open("rb") as file:
            settling.settled(file, tmp_path / "out", settings, settle=turned)
        return [json.loads(line) for line in (tmp_path / "out").read_bytes().splitlines()]

    found = settle(Settings())
    assert [one["doc"] for one in found] == [f"d{number}" for number in range(9)]
    assert {one["doc"]: one["criteria"] for one in found if one["criteria"]} == {"d7": "b: 4", "d8": "a: 4"}
    assert not [one for one in settle(Settings(series=False)) if one["criteria"]]
    monkeypatch.setattr(settling, "TOGETHER", 3)
    assert {one["doc"]: one["criteria"] for one in settle(Settings()) if one["criteria"]} == {
        **{"d6": "a: 3", "d8": "a: 1"},
        **{"d5": "b: 3", "d7": "b: 1"},
    }


def test_no_file_is_written_for_settings_that_cannot_be_read(folder, tmp_path):
    """What is wrong with the speakers is told before anything is made."""
    with pytest.raises(QuittanceError):
        extraction.extract_files(
            partial(find_reports, [folder]), tmp_path / "out.jsonl", Settings(speakers=b"{"), version="1"
        )
    assert not list(tmp_path.glob("out.jsonl*"))
