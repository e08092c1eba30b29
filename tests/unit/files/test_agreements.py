"""Which agreement file counts: the first, or the last new version that the offices named in it have signed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from tests.batched import RULES
from tests.life import Life
from tests.listed import AGREEMENT, KEK, KEYS, ListedCase

from quittance.agreement.journal import JournalRefused
from quittance.casebook import Casebook
from quittance.errors import QuittanceError
from quittance.files import keyfile
from quittance.files.agreements import FOLDER
from quittance.listbook import Listbook
from quittance.record.keys import SeedSigner, sign_statement
from quittance.testing import OFFICE
from quittance.visibility import OPERATOR

NEW = AGREEMENT + RULES
THIRD = NEW.replace(b"title: Two lists", b"title: Two lists, agreed anew")
GUARANTOR = SeedSigner(b"\x51" * 32)


@pytest.fixture
def case(tmp_path):
    """A case under the first file."""
    made = ListedCase(tmp_path)
    yield made
    made.close()


def sign(case: ListedCase, statement, *names: str) -> None:
    """A statement signed by offices and submitted."""
    signers = [GUARANTOR if name == "guarantor" else KEYS[name] for name in names]
    case.casebook.submit(OPERATOR, [(statement, sign_statement(statement, *signers))])


def title(case: ListedCase) -> str:
    """The title of the agreement in force, as the case says it when it is opened anew."""
    case.close()
    case.casebook = Casebook.open(case.folder, office=OFFICE, clock=case.clock, nonce=case.nonce)
    case.book = Listbook.open(case.folder, KEK, clock=case.clock, nonce=case.nonce)
    assert case.book.shelf.agreement.sha256 == case.casebook.agreement(OPERATOR).sha256
    found = case.casebook.agreement(OPERATOR)
    return f"{found.title}{', rules' if found.selection else ''}"


def test_a_new_version_counts_once_it_is_signed(case):
    """Laid beside it changes nothing; with both sides' signatures in the record it is in force for every reader."""
    statement = case.casebook.amend(OPERATOR, NEW)
    assert statement.body == {"agreement_sha256": hashlib.sha256(NEW).hexdigest(), "version": 2}
    assert title(case) == "Two lists"
    sign(case, statement, "holding", "receiving")
    assert title(case) == "Two lists, rules"
    third = case.casebook.amend(OPERATOR, THIRD)
    assert third.body["version"] == 3
    sign(case, third, "holding", "receiving")
    assert title(case) == "Two lists, agreed anew, rules"
    assert (case.folder / "agreement.yaml").read_bytes() == AGREEMENT
    assert case.casebook.check(OPERATOR).size > 0


def test_laying_the_same_file_beside_again_changes_nothing(case):
    """A crash between the file and the signatures is mended by doing it again."""
    first, again = (case.casebook.amend(OPERATOR, NEW) for _ in range(2))
    assert first.body == again.body
    assert len(list((case.folder / FOLDER).iterdir())) == 1
    assert title(case) == "Two lists"


def refusal(case: ListedCase, act) -> str:
    """The code with which an act is refused; the record is as it was."""
    before = case.casebook.head(OPERATOR)
    with pytest.raises(QuittanceError) as refused:
        act()
    assert case.casebook.head(OPERATOR) == before
    return refused.value.code


def test_what_may_be_no_new_version(case):
    """The same file, another agreement, a broken file, an older version, one that is not there."""
    assert refusal(case, lambda: case.casebook.amend(OPERATOR, AGREEMENT)) == "agreement.same"
    other = NEW.replace(b"id: two-lists", b"id: others")
    assert refusal(case, lambda: case.casebook.amend(OPERATOR, other)) == "agreement.id"
    assert refusal(case, lambda: case.casebook.amend(OPERATOR, NEW + b"nonsense: 1\n")).startswith("agreement")
    statement = case.casebook.amend(OPERATOR, NEW)
    late = case.casebook.draft(OPERATOR, statement.kind, dict(statement.body) | {"version": 1})
    assert refusal(case, lambda: sign(case, late, "holding", "receiving")) == "agreement.version"
    absent = case.casebook.draft(OPERATOR, statement.kind, {"agreement_sha256": "0" * 64, "version": 2})
    assert refusal(case, lambda: sign(case, absent, "holding", "receiving")) == "agreement.absent"
    assert not (case.folder / FOLDER / f"{hashlib.sha256(other).hexdigest()}.yaml").exists()


def test_who_must_sign_stands_in_the_file_in_force(case):
    """A file that asks for the guarantor too is changed with that signature only; the next may ask for less again."""
    strict = NEW + b"\namendments: {signed_by: [holding, receiving, guarantor]}\n"
    sign(case, case.casebook.amend(OPERATOR, strict), "holding", "receiving")
    assert title(case) == "Two lists, rules"
    statement = case.casebook.amend(OPERATOR, THIRD)
    assert refusal(case, lambda: sign(case, statement, "holding", "receiving")) == "agreement.signers"
    case.enrol("guarantor", GUARANTOR, KEYS["neutral-1"])
    sign(case, statement, "holding", "receiving", "guarantor")
    assert title(case) == "Two lists, agreed anew, rules"


def test_a_journal_that_could_not_be_read_any_more(case):
    """A new file without a commitment that the journal speaks of is refused before anything is laid beside."""
    fact = {"id": "f1", "at": "2025-01-05", "kind": "perform", "of": ["first"], "n": 6, "by": "a"}
    lines = [{"format": "quittance-journal/1", "agreement": "two-lists"}, fact]
    case.casebook.import_journal(OPERATOR, "\n".join(map(json.dumps, lines)).encode())
    start, end = NEW.index(b"  - id: first"), NEW.index(b"  - id: second")
    without = NEW[:start] + NEW[end:].replace(b"    requires:\n      - {complete: first, clock: toll}\n", b"")
    without = without.replace(b"  commitment: first\n", b"")
    with pytest.raises(JournalRefused):
        case.casebook.amend(OPERATOR, without)
    assert not (case.folder / FOLDER).exists()


def test_a_version_that_is_lost_or_changed(case):
    """The case says what is missing and opens again with the file put back; it never goes on with the older one."""
    sign(case, case.casebook.amend(OPERATOR, NEW), "holding", "receiving")
    (path,) = (case.folder / FOLDER).iterdir()
    for damage, code in (
        (path.unlink, "case.agreement_missing"),
        (lambda: path.write_bytes(AGREEMENT), "case.agreement_differs"),
    ):
        damage()
        for opened in (lambda: Casebook.open(case.folder), lambda: Listbook.open(case.folder, b"x" * 32)):
            with pytest.raises(QuittanceError) as refused:
                opened()
            assert refused.value.code == code
    path.write_bytes(NEW)
    assert title(case) == "Two lists, rules"


def test_the_first_file_changed(case):
    """It stays what the case began with."""
    (case.folder / "agreement.yaml").write_bytes(NEW)
    with pytest.raises(QuittanceError) as refused:
        Casebook.open(case.folder)
    assert refused.value.code == "case.agreement_differs"


def test_by_the_command(tmp_path, monkeypatch):
    """The command lays the file beside and writes what the sides sign; they sign, submit, and the case is under it."""
    monkeypatch.setattr(keyfile, "COST", 2**4)
    life = Life(tmp_path / "life")
    life.found(monkeypatch)
    new, out = tmp_path / "new.yaml", life.out / "amended.json"
    new.write_bytes(NEW)
    done = life.json("agreement", "amend", life.case, "--agreement", new, "--out", out)
    assert (done["version"], done["signed_by"], Path(done["file"])) == (2, ["holding", "receiving"], out)
    for side in ("holding", "receiving"):
        life.call("sign", out, "--key", life.keys / f"{side}.key", "--yes")
    life.call("record", "submit", life.case, out)
    with Casebook.open(life.case) as casebook:
        assert casebook.agreement(OPERATOR).selection is not None
    assert life.json("record", "verify", life.case)["ok"]
