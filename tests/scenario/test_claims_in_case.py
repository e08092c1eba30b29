"""From a report to a number in the status that opens to its sentence, through every step at which a process may die.

Reports come in, a reader decides and signs; the status shows what is claimed beside what is verified. Of the words of a
report nothing stands in any byte of the record, of what is published, or of what is logged.
"""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import date, timedelta

import pytest
from tests.reported import FIRST, KEYS, NOW, ReportedCase, claim_in
from tests.sought import found_below, needles, search

from quittance.casebook import Casebook
from quittance.claims.model import Claimant
from quittance.errors import QuittanceError
from quittance.files.publish import Publisher
from quittance.files.reportfolder import ReportFolder
from quittance.record.keys import sign_statement
from quittance.record.store import entries
from quittance.record.writer import Writer
from quittance.testing import OFFICE, journal_bytes
from quittance.views.text import Page, status_lines, timeline_lines
from quittance.visibility import OPERATOR

AS_OF = date(2020, 5, 6)
TEXT = "KABUL - ZQ PLANTED NAME Xj said that 850 prisoners ZQ PLANTED WORDS Xj were let go so far."
WORDS = "said that 850 prisoners ZQ PLANTED WORDS Xj were let go so far"
PLANTED = {
    "1.words": "ZQ PLANTED WORDS Xj",
    "1.name": "ZQ PLANTED NAME Xj",
    "1.title": "ZQ PLANTED TITLE Xj",
    "1.outlet": "ZQ PLANTED OUTLET Xj",
    "1.comment": "ZQ PLANTED COMMENT Xj",
    "1.slug": "zq-planted-slug-xj",
    "1.sentence": WORDS,
}


class DiedError(Exception):
    """The process ends here."""


@pytest.fixture
def case(tmp_path):
    """A case in which the neutral has seen 800 go, and both sides say so."""
    made = ReportedCase(tmp_path)
    handed = {"id": "h1", "at": "2020-05-03", "kind": "perform", "of": ["release-taliban"], "n": 800, "by": "goa"}
    seen = {"id": "h2", "at": "2020-05-03", "kind": "attest", "ref": "h1", "verdict": "verified", "by": "icrc"}
    made.casebook.import_journal(OPERATOR, journal_bytes("afghanistan-2020", handed, seen))
    yield made
    made.close()


def take(case, **named):
    who = Claimant(key="GOA_SPOKESMAN", name=PLANTED["1.name"], surface=PLANTED["1.name"], side="goa")
    claim = claim_in(TEXT, WORDS, "850", claimant=who)
    return case.take(
        "r1", TEXT, claim, title=PLANTED["1.title"], outlet=PLANTED["1.outlet"],
        url=f"https://news.example/2020/{PLANTED['1.slug']}.html", **named,
    )  # fmt: skip


def reopened(case) -> None:
    """The process is gone; another opens the case, as its writer and as its desk."""
    case.close()
    case.casebook = Casebook.open(case.folder, office=OFFICE, clock=lambda: NOW, nonce=case.nonce)
    case.book = case.open()


def sign(case):
    return case.book.sign(OPERATOR, KEYS["neutral-1"], case.casebook)


def accepted(case):
    code = case.code("r1")
    case.book.decide(OPERATOR, FIRST, code, "accepted", comment=PLANTED["1.comment"])
    return code


def kinds(case):
    return [one.statement.kind for one in entries(case.casebook._store)]


def test_from_a_report_to_the_status(case):
    """850 are claimed beside 800 verified, and the 850 opens to the sentence in which somebody says it."""
    take(case, record=True)
    code = accepted(case)
    before = case.casebook.status(OPERATOR, AS_OF)
    sign(case)
    after = case.casebook.status(OPERATOR, AS_OF)
    verdict = case.casebook.evaluation(OPERATOR, AS_OF)["release-taliban"]
    assert (verdict.verified, verdict.claimed, verdict.low, verdict.high) == (800, 850, 800, 850)
    assert f"claim-{code}" in verdict.evidence.entries
    assert before != after
    (quote,) = case.casebook.entry(OPERATOR, f"claim-{code}").quotes
    assert (quote.text, quote.parts[1]) == (WORDS, "850")
    known_before = case.casebook.evaluation(OPERATOR, AS_OF, date(2020, 5, 4))["release-taliban"]
    assert known_before.claimed == 800
    found = case.book.reconciliation(OPERATOR).of(f"r1#{code}")
    assert (found.verdict, "record" in found.checks) == ("conflicting", True)
    case.casebook.check(OPERATOR)


def test_in_lists_a_source_stays_short(case):
    """Status and timeline name the report by the first digits of its digest; no line is wider than the page."""
    take(case)
    accepted(case)
    sign(case)
    lines = [one.text for one in timeline_lines(case.casebook.timeline(OPERATOR, AS_OF), Page())]
    (sha256,) = (one.sha256 for one in case.book.reports(OPERATOR))
    assert any(f"report {sha256[:12]}" in one for one in lines)
    assert not any(sha256 in one for one in lines)
    assert max(map(len, lines)) <= 80
    assert max(len(one.text) for one in status_lines(case.casebook.status(OPERATOR, AS_OF), Page())) <= 80


@pytest.mark.parametrize("part", [".txt", ".json"])
def test_a_process_that_dies_while_a_report_is_kept(case, monkeypatch, part):
    """The report is there whole or not at all, and comes in whole the next time."""
    original = ReportFolder._put

    def dies(self, name, data):
        if name.endswith(part):
            raise DiedError
        original(self, name, data)

    with monkeypatch.context() as patch:
        patch.setattr(ReportFolder, "_put", dies)
        with pytest.raises(DiedError):
            take(case)
    reopened(case)
    assert case.book.reports(OPERATOR) == ()
    assert len(take(case).taken) == 1
    assert case.book.report(OPERATOR, "r1").text == TEXT


def test_a_process_that_dies_between_files_and_record(case, monkeypatch):
    """The report is kept and not in the record; signing the first judgement about it enters it as well."""
    with monkeypatch.context() as patch:
        patch.setattr(Writer, "append_all", _dies)
        with pytest.raises(DiedError):
            take(case, record=True)
    reopened(case)
    assert [one.entry for one in case.book.reports(OPERATOR)] == [None]
    accepted(case)
    view = sign(case)
    assert (view.captured, view.judged, len(view.facts)) == (1, 1, 1)


def test_a_process_that_dies_before_the_record_has_it(case, monkeypatch):
    """Nothing was entered, the decision is still there to be signed, and then all of it enters together."""
    take(case)
    code = accepted(case)
    size = len(kinds(case))
    with monkeypatch.context() as patch:
        patch.setattr(Writer, "append_all", _dies)
        with pytest.raises(DiedError):
            sign(case)
    reopened(case)
    assert len(kinds(case)) == size
    assert [one.code for one in case.book.unsigned(OPERATOR, FIRST)] == [code]
    assert sign(case).judged == 1
    assert kinds(case)[size:] == ["claim.captured", "claim.judged", "fact.reported"]


def test_a_process_that_dies_after_the_record_has_it(case, monkeypatch):
    """What is in the record counts: nothing is left to sign, and signing again enters nothing twice."""
    take(case)
    accepted(case)
    with monkeypatch.context() as patch:
        patch.setattr(Publisher, "publish", _dies)
        with pytest.raises(DiedError):
            sign(case)
    reopened(case)
    assert case.book.unsigned(OPERATOR, FIRST) == ()
    assert sign(case).entries == ()
    assert [one for one in kinds(case) if one.startswith(("claim", "fact"))][2:] == [
        "claim.captured", "claim.judged", "fact.reported"
    ]  # fmt: skip
    assert case.casebook.evaluation(OPERATOR, AS_OF)["release-taliban"].claimed == 850
    assert case.casebook.check(OPERATOR).size == len(kinds(case))


def test_a_decision_signed_in_two_places_enters_once(case):
    """Two desks with one draft: the same statement is answered with its place, one drawn up later is refused."""
    take(case)
    accepted(case)
    with case.open() as other:
        statements = other.statements(OPERATOR, FIRST, case.casebook)
        case.now += timedelta(minutes=1)
        (later,) = other.statements(OPERATOR, FIRST, case.casebook)
        case.now = NOW
        sign(case)
        size = len(kinds(case))
        assert other.unsigned(OPERATOR, FIRST) == ()
        assert other.sign(OPERATOR, KEYS["neutral-1"], case.casebook).entries == ()
    (again,) = case.casebook.submit(OPERATOR, [(one, sign_statement(one, KEYS["neutral-1"])) for one in statements])
    assert kinds(case)[again.index] == "claim.judged"
    with pytest.raises(QuittanceError) as refused:
        case.casebook.submit(OPERATOR, [(later, sign_statement(later, KEYS["neutral-1"]))])
    assert "record.nonce_used" in {refused.value.code, *(problem.code for problem in refused.value.problems)}
    assert len(kinds(case)) == size


def test_no_word_of_a_report_leaves_its_place(case, caplog, capsys):
    """Record, tiles, logs and what is printed hold none of it, in no spelling; the reports and the decisions do."""
    sought = needles(PLANTED, "afghanistan-2020")
    with caplog.at_level(logging.DEBUG):
        take(case, record=True)
        code = accepted(case)
        case.book.decide(
            OPERATOR, FIRST, code, "corrected", changes={"modality": "more_than"}, comment=PLANTED["1.comment"]
        )
        sign(case)
        case.book.decide(OPERATOR, FIRST, code, "rejected", comment=PLANTED["1.comment"])
        sign(case)
        view = case.casebook.timeline(OPERATOR, AS_OF)
        printed = "\n".join(one.text for one in timeline_lines(view, Page())) + repr(asdict(view))
    hits = found_below(case.folder, sought)
    assert hits
    assert {name.partition("/")[0] for name in hits} == {"reports", "claims"}
    assert search(printed.encode(), sought) == set()
    assert search(caplog.text.encode(), sought) == set()
    output = capsys.readouterr()
    assert search((output.out + output.err).encode(), sought) == set()
    payloads = b"".join(one.statement.payload for one in entries(case.casebook._store))
    assert search(payloads, sought) == set()
    assert b"news.example" in payloads


def _dies(*_: object, **__: object) -> None:
    raise DiedError
