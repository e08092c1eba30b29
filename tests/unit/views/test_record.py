"""Where the record stands, folded from a store and the heads beside it."""

from __future__ import annotations

import string
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.signed_case import SEEDS, cosign_head, signed_case
from tests.unit.views.conftest import ROOT, TWO_LISTS
from tests.unit.views.test_wording import sentences

from quittance.casebook import Casebook
from quittance.record.keys import SeedSigner, key_id, sign_statement
from quittance.testing import OFFICE
from quittance.views.record import Contents, contents, moment_text
from quittance.views.record_wording import FAILURES, RECORD_MESSAGES, STEPS, Tell, role_words
from quittance.views.sentence import Name
from quittance.visibility import OPERATOR

AGREEMENT = (TWO_LISTS / "agreement.yaml").read_bytes()
JOURNAL = (TWO_LISTS / "journal.jsonl").read_bytes()
NOW = datetime(2025, 1, 20, 12, tzinfo=UTC)
SECONDS = int(NOW.timestamp())


@pytest.fixture
def case(tmp_path: Path) -> Casebook:
    """Two sides and a neutral body are enrolled; B cosigned that, and A and N what came after it as well."""
    made = signed_case(tmp_path / "case", AGREEMENT, {"holding": "a", "receiving": "b", "neutral": "icrc"}, NOW)
    cosign_head(made, {"B": SECONDS})
    made.import_journal(OPERATOR, JOURNAL)
    cosign_head(made, {"A": SECONDS + 60, "N": SECONDS + 120})
    return made


def test_the_head_and_its_grade(case: Casebook) -> None:
    """A third body and one side make `recorded`; every entry is under the head; the note is there word for word."""
    view = case.record(OPERATOR)
    assert view.signed is not None
    assert view.signed.grade == "recorded"
    assert (view.signed.size, view.unpublished) == (view.size, 0)
    assert view.signed.note.encode() == case.signed_head(OPERATOR)
    assert view.signed.root == view.root == case.head(OPERATOR).root
    assert view.signed.by_policy


def test_a_missing_cosignature_has_an_age(case: Casebook) -> None:
    """B has not cosigned from entry 4 on, X nothing; A and N lack nothing; those whom `joint` needs come first."""
    lines = case.record(OPERATOR).witnesses
    assert [(one.name, one.needed) for one in lines] == [("A", True), ("B", True), ("N", False), ("X", False)]
    by_name = {one.name: one for one in lines}
    assert by_name["A"].gap is by_name["N"].gap is None
    assert by_name["A"].cosigned_at == "2025-01-20T12:01:00Z"
    assert by_name["B"].gap is not None
    assert (by_name["B"].gap.since, by_name["B"].gap.days) == (4, 0)
    assert by_name["X"].gap is not None
    assert by_name["X"].gap.since == 0


def test_the_age_grows_with_the_clock(case: Casebook) -> None:
    """Eight days later the same gap is eight days old."""
    case._clock = lambda: datetime(2025, 1, 28, 13, tzinfo=UTC)
    assert {one.name: one.gap.days for one in case.record(OPERATOR).witnesses if one.gap} == {"B": 8, "X": 8}


def test_a_cosignature_of_another_history_is_no_cosignature_of_this_one(case: Casebook) -> None:
    """A kept head that is not of this record, or does not hold, says nothing of how far a witness has seen."""
    assert case.folder is not None
    notes = case.folder / "tiles/notes"
    kept = (notes / "4").read_bytes()
    (notes / "4").write_bytes(kept.replace(b"\n4\n", b"\n3\n"))
    gaps = {one.name: one.gap.since for one in case.record(OPERATOR).witnesses if one.gap}
    assert gaps == {"B": 0, "X": 0}


def test_when_both_sides_have_cosigned_nothing_is_missing(case: Casebook) -> None:
    """The grade is joint, and no gap is left to those it needs."""
    cosign_head(case, {"B": SECONDS + 180})
    view = case.record(OPERATOR)
    assert view.signed is not None
    assert view.signed.grade == "joint"
    assert [one.gap for one in view.witnesses if one.needed] == [None, None]


def test_the_keys_with_their_terms(case: Casebook) -> None:
    """Each key once, with its office, since when, and from where on it has ended or is in doubt."""
    key = key_id(SeedSigner(SEEDS["neutral"]).public)
    body = {"fingerprint": key, "reason": "lost", "compromised_since": 5}
    statement = case.draft(OPERATOR, "key.revoked", body)
    case.submit(OPERATOR, [(statement, sign_statement(statement, OFFICE.statement))])
    view = case.record(OPERATOR)
    assert [str(one.office) for one in view.keys[:1]] == ["operator"]
    assert [one.since for one in view.keys] == [0, 1, 2, 3]
    last = view.keys[3]
    assert (last.fingerprint, last.until, last.doubted) == (key, view.size - 1, 5)
    assert str(last.office).startswith("neutral body (")


def test_entries_are_chosen_by_kind_and_office(case: Casebook) -> None:
    """Newest first; the choices count what there is; an unknown one matches nothing."""
    view = case.record(OPERATOR)
    assert list(view.matching) == list(range(view.size - 1, -1, -1))
    assert {one.id: one.count for one in view.kinds} == {
        "fact.reported": view.size - 4,
        "key.enrolled": 3,
        "log.genesis": 1,
    }
    assert {one.id: one.count for one in view.offices}["receiving:b"] == 1
    assert list(case.record(OPERATOR, "key.enrolled").matching) == [3, 2, 1]
    assert list(case.record(OPERATOR, "key.enrolled", "receiving:b").matching) == [2]
    assert list(case.record(OPERATOR, "nothing.such").matching) == []


def test_a_line_says_who_signed_and_leads_to_its_fact(case: Casebook) -> None:
    """Genesis carries no fact; a reported one carries the id of its journal entry."""
    first, fact = case.record_entries(OPERATOR, [0, 4])
    assert (first.kind, first.fact) == ("log.genesis", None)
    assert fact.kind == "fact.reported"
    entry = case.entry(OPERATOR, fact.fact or "")
    assert entry is not None
    assert (entry.place.index, entry.place.leaf_hash) == (4, fact.leaf_hash)
    assert fact.leaf_hash.startswith(fact.short_hash)
    assert [str(one) for one in case.record_entries(OPERATOR, [1])[0].offices][-1] == "operator"


def test_contents_are_read_on_from_where_they_ended(case: Casebook) -> None:
    """The same as reading all of it."""
    store = case._store
    whole = contents(store)
    before = Contents(whole.kinds[:2], whole.offices[:2], whole.keys[:2])
    assert contents(store, before) == whole
    assert len(whole.keys) == 4


def test_without_a_policy_nobody_counts(tmp_path: Path) -> None:
    """The grade is `signed` by the log's own key, and there are no witnesses."""
    with signed_case(tmp_path / "case", AGREEMENT, {}, NOW, policy=None) as case:
        view = case.record(OPERATOR)
        assert view.signed is not None
        assert (view.signed.grade, view.has_policy, view.witnesses) == ("signed", False, ())
        assert not view.signed.by_policy


def test_a_case_that_was_not_published_has_no_head(empty: Casebook) -> None:
    """In memory nothing is signed."""
    view = empty.record(OPERATOR)
    assert view.signed is None
    assert empty.signed(OPERATOR) is None
    assert (view.published, view.unpublished) == (0, 1)


def test_a_head_whose_keys_are_not_known_is_shown_with_the_reason(tmp_path: Path) -> None:
    """A copy without policy and key files: no grade, and the code says why."""
    with signed_case(tmp_path / "case", AGREEMENT, {}, NOW, policy=None):
        pass
    with Casebook.open(tmp_path / "case") as case:
        signed = case.signed(OPERATOR)
        assert signed is not None
        assert (signed.grade, signed.code, signed.grade_words) == (None, "key.missing", None)
        assert case.record(OPERATOR).signed == signed


def test_every_word_is_in_the_catalogue(case: Casebook) -> None:
    """Every sentence of the view stands in RECORD_MESSAGES with the fields that it was given."""
    found = [*sentences(case.record(OPERATOR)), *sentences(case.record_entries(OPERATOR, range(6)))]
    signed = case.signed(OPERATOR)
    assert signed is not None
    found += [one for one in (signed.grade_words, signed.grade_means) if one]
    assert len(found) > 10
    for sentence in found:
        assert sentence.msgid in RECORD_MESSAGES
        assert {name for _, name, _, _ in string.Formatter().parse(sentence.msgid) if name} == set(sentence.values)


def test_every_failure_names_a_step_and_a_reason() -> None:
    """The steps are those of the table, every reason is used, and a role nobody knows stands as it is."""
    steps = {step for step, _ in FAILURES.values()}
    assert steps == set(STEPS)
    reasons = {one for one in Tell if one.name.startswith("WHY_")}
    assert reasons - {why for _, why in FAILURES.values()} == {Tell.WHY_OTHER}
    assert role_words("gardener") == Name("gardener")


@pytest.mark.parametrize(("seconds", "text"), [(1586326200, "2020-04-08T06:10:00Z"), (2**62, str(2**62))])
def test_times(seconds: int, text: str) -> None:
    """A time that no calendar reaches is shown as the number."""
    assert moment_text(seconds) == text


def test_the_how_to_explains_every_failure() -> None:
    """Each code that a receipt can be refused with stands in the page for its readers."""
    page = (ROOT / "docs/how-to/verify-a-receipt.md").read_text("utf-8")
    assert [code for code in FAILURES if not code.startswith("upload.") and f"`{code}`" not in page] == []
