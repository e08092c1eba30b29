"""Reports in a case folder: kept to the byte, and noticed when they are not what came."""

from __future__ import annotations

import hashlib

import pytest

from quittance.claims.model import Report
from quittance.errors import QuittanceError
from quittance.files.reportfolder import ReportFolder, digest_of, lookup

REPORT = Report(
    doc="r1", text="One\u00a0text.\r\n", sha256="ab" * 32, published="2020-05-05", page_dates=("2020-05-04",)
)
TAKEN = "2020-05-06T09:00:00Z"


@pytest.fixture
def folder(tmp_path):
    made = ReportFolder(tmp_path)
    made.take(REPORT, TAKEN)
    return made


def code_of(act, *arguments) -> str:
    with pytest.raises(QuittanceError) as refused:
        act(*arguments)
    return refused.value.code


def test_a_report_comes_back_whole(tmp_path, folder):
    """Text, every date and every other field, by whoever opens the folder next."""
    again = ReportFolder(tmp_path)
    assert again.read("ab" * 32) == REPORT
    (kept,) = again.all().values()
    assert (kept.taken, kept.report.text) == (TAKEN, "")
    assert kept.text_sha256 == hashlib.sha256(REPORT.text.encode()).hexdigest()
    assert again.state("ab" * 32, kept.sheet_sha256) == "here"


def test_what_is_not_what_came(tmp_path, folder):
    """Another text, another sheet, a sheet under another name, one that is no sheet, and one that the record denies."""
    (kept,) = folder.all().values()
    text, sheet = (tmp_path / f"reports/{'ab' * 32}.{ending}" for ending in ("txt", "json"))
    whole = {path: path.read_bytes() for path in (text, sheet)}
    assert folder.state("ab" * 32, "cd" * 32) == "changed"
    for path, data in (
        (text, whole[text] + b" "),
        (text, b""),
        (sheet, whole[sheet].replace(b"r1", b"r2")),
        (sheet, whole[sheet] + b"\n"),
        (sheet, b"{}"),
        (sheet, b""),
        (sheet, whole[sheet].replace(b'"quittance-report/1"', b'"quittance-report/2"')),
    ):
        path.write_bytes(data)
        assert ReportFolder(tmp_path).state("ab" * 32, kept.sheet_sha256) == "changed", data
        path.write_bytes(whole[path])
    assert ReportFolder(tmp_path).state("ab" * 32, kept.sheet_sha256) == "here"
    sheet.write_bytes(b"no sheet")
    again = ReportFolder(tmp_path)
    assert again.all() == {}
    sheet.write_bytes(whole[sheet])
    assert list(again.all()) == ["ab" * 32]
    sheet.write_bytes(b"no sheet")
    sheet.rename(sheet.with_name(f"{'cd' * 32}.json"))
    assert folder.state("ab" * 32) == "missing"
    assert code_of(folder.read, "ab" * 32) == "claims.report_missing"


def test_a_text_that_cannot_be_kept(folder):
    """Half a character has no UTF-8; it is refused and nothing of it is there."""
    assert code_of(folder.take, Report(doc="bad", text="\ud800", sha256="cd" * 32), TAKEN) == "claims.text"
    assert len(folder.all()) == 1
    assert len(digest_of(Report(doc="bad", text="\ud800"))) == 64


def test_the_report_behind_a_source(tmp_path, folder):
    """Found by its digest; a case in memory has none, and what was changed is not shown."""
    find = lookup(tmp_path)
    assert find("ab" * 32) == REPORT
    assert find("cd" * 32) == "missing"
    assert lookup(None)("ab" * 32) == "missing"
    (tmp_path / f"reports/{'ab' * 32}.txt").write_bytes(b"x")
    assert find("ab" * 32) == "changed"
