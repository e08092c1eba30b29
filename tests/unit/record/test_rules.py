"""What may be the next entry of a log, rule by rule of the record format: each allowed case beside the refused ones."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest
from tests.signing import (
    ORIGIN,
    SignedLog,
    digest,
    fingerprint,
    person,
    public,
    refer,
    refusal,
    seen_of,
    signer,
)

from quittance.record import AppendRefused, EntryError, Leaf, MemoryStore, Seen, Signature
from quittance.record.keys import sign_statement
from quittance.record.tree import EMPTY_ROOT

SMALL_ORDER = "00" * 31 + "80"
"""A point of order 4, for which anybody can make signatures."""


@pytest.fixture
def log() -> SignedLog:
    return SignedLog()


@pytest.fixture
def store(log) -> MemoryStore:
    """A log that is founded and not strict."""
    return log.store(*log.founding())


_facts = count(1)


def fact(log: SignedLog, /, **members) -> Leaf:
    """A report that any log in its founding takes, with an id of its own."""
    return log.leaf("fact.reported", {"id": f"f{next(_facts)}"}, **members)


# 2. The log


def test_a_statement_is_for_one_log(log, store):
    """A statement meant for another log is refused, and the same words meant for this one are taken."""
    assert refusal(store, fact(log)) is None
    for other in ("quittance.example/test-2020/public", "quittance.example/other/case", ORIGIN + "/"):
        assert refusal(store, fact(log, log=other)) == "record.wrong_log"


@pytest.mark.parametrize(
    ("last", "kind", "code"),
    [
        ("case", "fact.reported", None),
        ("public", "fact.reported", "record.wrong_log"),
        ("access", "fact.reported", "record.wrong_log"),
        ("public", "checkpoint.linked", None),
        ("access", "checkpoint.linked", None),
        ("case", "checkpoint.linked", "record.wrong_log"),
        ("elsewhere", "checkpoint.linked", None),
        ("elsewhere", "fact.reported", None),
    ],
)
def test_a_kind_belongs_to_a_log(last, kind, code):
    """The last part of the origin says which kinds a log takes; another name takes all."""
    log = SignedLog(f"quittance.example/test-2020/{last}")
    body = {"log": ORIGIN, "note_sha256": digest("note")} if kind == "checkpoint.linked" else {}
    assert refusal(log.store(log.genesis()), log.leaf(kind, body)) == code


# 3. Once only


def test_a_statement_enters_once(log, store):
    """The same statement is refused again, whoever signs it and whenever it is accepted; another is not."""
    one = fact(log)
    store.append([one], store.head())
    assert refusal(store, one) == "record.duplicate"
    assert refusal(store, replace(one, accepted_at="2021-01-01T00:00:00Z")) == "record.duplicate"
    assert refusal(store, log.signed(one.statement, "neutral")) == "record.duplicate"
    assert refusal(store, fact(log)) is None


def test_a_nonce_is_used_once(log, store):
    """Another statement with the nonce of an earlier one is refused, also of another kind."""
    nonce = fact(log).statement.nonce
    assert refusal(store, fact(log, nonce=nonce)) is None
    store.append([fact(log, nonce=nonce)], store.head())
    assert refusal(store, log.leaf("fact.reported", {"id": "other"}, nonce=nonce)) == "record.nonce_used"
    assert refusal(store, log.leaf("wish.recorded", {}, ("neutral",), people=1, nonce=nonce)) == "record.nonce_used"


# 4. References


@pytest.mark.parametrize("rel", ["answers", "rests_on", "corrects", "withdraws", "countersigns", "contests"])
def test_a_reference_names_an_earlier_entry(log, store, rel):
    """Every reference, of any relation and beside others, must be to a statement that is there."""
    earlier, missing = log.enrolments["neutral"], digest("nothing")
    assert refusal(store, fact(log, refs=refer(rel, earlier))) is None
    assert refusal(store, fact(log, refs=refer(rel, missing))) == "record.unknown_ref"
    assert refusal(store, fact(log, refs=refer(rel, earlier, missing))) == "record.unknown_ref"


# 5. What was seen


def test_what_was_seen(log, store):
    """A statement may have seen any beginning of this log, the empty one too, and nothing else."""
    tree = store.tree()
    for size in range(tree.size + 1):
        assert refusal(store, fact(log, seen=Seen(size, tree.root(size), digest("note")))) is None
    for size, root in ((7, tree.root()), (6, tree.root(5)), (6, bytes(32)), (0, bytes(32)), (2**53 - 1, EMPTY_ROOT)):
        assert refusal(store, fact(log, seen=Seen(size, root, digest("note")))) == "record.seen"


def test_nobody_may_have_seen_nothing_once_somebody_has(log, store):
    """Without `seen` only as long as no earlier entry has one."""
    store.append([fact(log)], store.head())
    assert refusal(store, fact(log)) is None
    store.append([fact(log, seen=seen_of(store))], store.head())
    assert refusal(store, fact(log)) == "record.seen_missing"
    assert refusal(store, fact(log, seen=seen_of(store))) is None


# 7. Persons


@pytest.mark.parametrize(
    ("kind", "body", "by", "people", "code"),
    [
        ("wish.recorded", {}, ("neutral",), 1, None),
        ("wish.recorded", {}, ("neutral",), 0, "record.people"),
        ("wish.recorded", {}, ("neutral",), 2, "record.people"),
        ("wish.recorded", {}, ("neutral",), [person(1), person(1)], "record.people"),
        ("list.submitted", {"list": "l1", "count": 2}, ("holding",), 2, None),
        ("list.submitted", {"list": "l1", "count": 0}, ("holding",), 0, None),
        ("list.submitted", {"list": "l1", "count": 2}, ("holding",), 1, "record.people"),
        ("list.submitted", {"list": "l1", "count": 2}, ("holding",), 3, "record.people"),
        ("list.submitted", {"list": "l1", "count": 2}, ("holding",), [person(1), person(1)], "record.people"),
        ("match.disputed", {"grade": "g"}, ("holding",), 1, None),
        ("match.disputed", {"grade": "g"}, ("holding",), 5, None),
        ("match.disputed", {"grade": "g"}, ("holding",), 0, "record.people"),
        ("match.judged", {"judgement": "same", "grade": "none"}, ("neutral",), 2, None),
        ("match.judged", {"judgement": "same", "grade": "none"}, ("neutral",), 1, "record.people"),
        ("match.judged", {"judgement": "same", "grade": "none"}, ("neutral",), 3, "record.people"),
        ("match.judged", {"judgement": "same", "grade": "none"}, ("neutral",), 0, "record.people"),
        ("match.judged", {"judgement": "same", "grade": "none"}, ("neutral",), [person(1)] * 2, "record.people"),
        ("batch.proposed", {"batch": "b", "count": 1, "rules_sha256": digest("r")}, ("operator",), 0, None),
        ("batch.proposed", {"batch": "b", "count": 1, "rules_sha256": digest("r")}, ("operator",), 1, None),
        ("batch.proposed", {"batch": "b", "count": 1, "rules_sha256": digest("r")}, ("operator",), 2, "record.people"),
        ("batch.proposed", {"batch": "b", "count": 0, "rules_sha256": digest("r")}, ("operator",), 1, "record.people"),
        (
            "batch.proposed",
            {"batch": "b", "count": 2, "rules_sha256": digest("r")},
            ("operator",),
            [person(1)] * 2,
            "record.people",
        ),
        ("clearance.given", {"gate": "veto", "outcome": "granted"}, ("holding",), 2, None),
        ("clearance.given", {"gate": "veto", "outcome": "granted"}, ("holding",), 0, "record.people"),
        ("outcome.stated", {"outcome": "died"}, ("neutral",), 0, "record.people"),
        ("batch.closed", {"batch": "b", "count": 0, "skipped": 0}, ("neutral",), 1, "record.people"),
        ("fact.reported", {"id": "f", "count": 1}, ("operator",), 1, "record.people"),
    ],
)
def test_person_handles(log, store, kind, body, by, people, code):
    """None, one, or as many as `count`, each once, as the kind has it."""
    assert refusal(store, log.leaf(kind, body, by, people=people)) == code


# 8. The genesis


def test_a_log_begins_with_its_genesis(log):
    """The genesis comes first and only there."""
    assert refusal(log.store(), log.genesis()) is None
    assert refusal(log.store(), fact(log)) == "record.genesis"
    assert refusal(log.store(), log.enrol("neutral")) == "record.genesis"
    assert refusal(log.store(log.genesis()), log.genesis()) == "record.genesis"


ONE, TWO = public("operator"), public("operator-2")


@pytest.mark.parametrize(
    ("body", "by", "code"),
    [
        ({"operator_key": ONE}, 1, None),
        ({"operator_key": ONE, "operator_threshold": 1}, 1, None),
        ({"operator_keys": [ONE]}, 1, None),
        ({"operator_keys": [ONE, TWO]}, 1, None),
        ({"operator_keys": [ONE, TWO], "operator_threshold": 2}, 2, None),
        ({"operator_keys": [ONE, TWO], "operator_threshold": 2, "founding": [digest("a")]}, 2, None),
        ({}, 1, "record.genesis"),
        ({"operator_keys": []}, 1, "record.genesis"),
        ({"operator_key": ONE, "operator_keys": [TWO]}, 1, "record.genesis"),
        ({"operator_key": ONE, "operator_keys": [ONE]}, 1, "record.genesis"),
        ({"operator_key": ONE, "operator_keys": []}, 1, "record.genesis"),
        ({"operator_key": ONE, "operator_threshold": 0}, 1, "record.genesis"),
        ({"operator_key": ONE, "operator_threshold": 2}, 1, "record.genesis"),
        ({"operator_keys": [ONE, TWO], "operator_threshold": 3}, 2, "record.genesis"),
        ({"operator_keys": [ONE, ONE], "operator_threshold": 2}, 1, "entry.body"),
        ({"operator_keys": [ONE, TWO], "operator_threshold": 2}, 1, "record.signers"),
        ({"operator_keys": [ONE, TWO]}, 2, "record.signers"),
        ({"operator_key": TWO}, 1, "record.signer_unknown"),
        ({"operator_key": SMALL_ORDER}, 1, "key.public"),
        ({"operator_keys": [ONE, SMALL_ORDER]}, 1, "key.public"),
    ],
)
def test_what_a_genesis_says_of_the_operator(log, body, by, code):
    """One key or several with a threshold, not both; as many of them sign as it takes to act for the operator."""
    assert refusal(log.store(), log.leaf("log.genesis", body, ("operator", "operator-2")[:by])) == code


def test_a_log_has_one_agreement(log, store):
    """A statement of another agreement is refused."""
    assert refusal(store, fact(log, agreement="test-2020")) is None
    assert refusal(store, fact(log, agreement="test-2021")) == "record.other_agreement"


# 9. Signatures


def test_a_statement_is_signed(log, store):
    """A statement that nobody signed is refused, in the genesis too."""
    assert refusal(store, fact(log, by=())) == "record.unsigned"
    assert refusal(log.store(), log.with_signatures(log.genesis().statement, ())) == "record.unsigned"


def test_signatures_belong_to_one_statement(log, store):
    """A signature moved from another statement is not valid, even if the two differ in the nonce or batch only."""
    good = log.observed("b1", 1)
    body = dict(good.statement.body)
    for other in (
        log.observed("b1", 1),
        log.observed("b1", 1, good.statement.commitments["person"]),
        log.leaf("handover.observed", body | {"batch": "b2"}, ("neutral",), nonce=good.statement.nonce, people=1),
    ):
        assert refusal(store, other) is None
        assert refusal(store, log.with_signatures(other.statement, good.signatures)) == "record.signature"


def test_a_statement_is_not_moved_to_another_batch_agreement_or_log(log, store):
    """With the signatures it has, what was said for one batch, agreement and log cannot be said for another."""
    good = log.observed("b1", 1)
    parts = {
        "people": good.statement.commitments["person"],
        "nonce": good.statement.nonce,
        "claimed_at": good.statement.claimed_at,
    }
    body = dict(good.statement.body)
    same = log.statement("handover.observed", body, **parts)
    assert same == good.statement
    assert refusal(store, log.with_signatures(same, good.signatures)) is None
    moved = log.statement("handover.observed", body | {"batch": "b2"}, **parts)
    assert refusal(store, log.with_signatures(moved, good.signatures)) == "record.signature"
    moved = log.statement("handover.observed", body, agreement="other", **parts)
    assert refusal(store, log.with_signatures(moved, good.signatures)) == "record.other_agreement"
    there = SignedLog("quittance.example/other/case")
    other = there.store(*there.founding())
    assert refusal(other, good) == "record.wrong_log"
    moved = there.statement("handover.observed", body, **parts)
    assert refusal(other, there.with_signatures(moved, good.signatures)) == "record.signature"


def test_every_signature_is_checked(log, store):
    """One that is not valid refuses the statement, however many good ones stand beside it."""
    good = log.count("b1", 2)
    assert refusal(store, good) is None
    for at, bad in enumerate(good.signatures):
        for wrong in (bytes(64), bad.sig[:-1], bad.sig[:32] + bytes(32), good.signatures[1 - at].sig):
            changed = [one for one in good.signatures if one is not bad]
            leaf = log.with_signatures(good.statement, [*changed, Signature(bad.keyid, wrong)])
            assert refusal(store, leaf) == "record.signature"


def test_the_key_id_does_not_decide(log, store):
    """A signature under the key id of another key is not that key's, and under an unknown one it is nobody's."""
    statement = log.statement("wish.recorded", people=1)
    (operator,) = sign_statement(statement, signer("operator"))
    forged = Signature(fingerprint("neutral"), operator.sig)
    assert refusal(store, log.signed(statement, "neutral")) is None
    assert refusal(store, log.with_signatures(statement, [forged])) == "record.signature"
    unknown = log.with_signatures(statement, [Signature(digest("no key"), operator.sig)])
    assert refusal(store, unknown) == "record.signer_unknown"


def test_a_key_signs_from_the_entry_after_its_enrolment(log, store):
    """A key not enrolled yet does not count, one enrolled does, from the next entry on."""
    early, enrolment = log.count("b1", 1, by=("holding-2",)), log.enrol("holding-2", "neutral")
    assert refusal(store, early) == "record.signer_unknown"
    store.append([enrolment, early], store.head())
    assert store.check().size == 8


def test_a_key_that_has_ended_signs_nothing_more(log, store):
    """What a key signed before its end stays; after it nothing counts, also what it claims to have said before."""
    clear = [log.leaf("person.cleared", {"reason": "fit"}, ("medical",), people=1) for _ in range(2)]
    store.append([clear[0], log.revoke("medical", compromised_since=0)], store.head())
    assert refusal(store, clear[1]) == "record.signer_revoked"
    assert refusal(store, log.countersign("medical", clear[0])) == "record.signer_revoked"
    assert store.check().size == 8
    assert store.said(6) == ("person.cleared", "medical:")


def test_a_key_signs_the_kinds_it_was_enrolled_for(log):
    """An enrolment that lists kinds limits its key to them; one that lists none does not."""
    limited = log.enrol("neutral", kinds=["wish.recorded", "handover.observed"])
    store = log.store(log.genesis(), log.enrol("medical"), limited)
    assert refusal(store, log.leaf("wish.recorded", {}, ("neutral",), people=1)) is None
    assert refusal(store, log.observed("b1", 1)) is None
    held = ("person.held_back", {"reason": "unfit"})
    assert refusal(store, log.leaf(*held, ("neutral",), people=1)) == "record.signer_scope"
    assert refusal(store, log.leaf(*held, ("medical",), people=1)) is None


def test_the_new_key_of_an_enrolment_is_the_one_named(log, store):
    """Fingerprint and public key of an enrolment belong together, the key is a sound one, and it signs."""
    assert refusal(store, log.enrol("guarantor", "neutral")) is None
    assert refusal(store, log.enrol("guarantor", "neutral", fingerprint=digest("x"))) == "record.fingerprint"
    assert refusal(store, log.enrol("guarantor", "neutral", public_key=public("other"))) == "record.fingerprint"
    assert refusal(store, log.enrol("guarantor", "neutral", public_key=SMALL_ORDER)) == "key.public"
    unproven = log.signed(log.enrol("guarantor", "neutral").statement, "operator", "neutral")
    assert refusal(store, unproven) == "record.signers"
    body = {"old": fingerprint("neutral"), "public_key": public("neutral-2"), "fingerprint": fingerprint("neutral")}
    by = ("operator", "neutral", "neutral-2")
    assert refusal(store, log.leaf("key.rotated", body, by)) == "record.fingerprint"


def test_one_key_twice_is_one_key(log):
    """Two signatures of one key do not make two of three: neither in one envelope nor under another key id."""
    log = SignedLog(operators=3, threshold=2)
    store = log.store(*log.founding())
    made = log.leaf("fact.reported", {"id": "f"}, log.operator)
    assert refusal(store, made) is None
    (own,) = sign_statement(made.statement, signer("operator"))
    with pytest.raises(EntryError, match="two signatures of one key"):
        log.with_signatures(made.statement, [own, own])
    for keyid, code in ((fingerprint("operator-2"), "record.signature"), (digest("x"), "record.signer_unknown")):
        assert refusal(store, log.with_signatures(made.statement, [own, Signature(keyid, own.sig)])) == code


def test_all_refusals_of_a_call_are_told(log, store):
    """A call with several leaves that may not enter names each, by its place and code."""
    leaves = [fact(log), fact(log, by=()), fact(log, agreement="x"), fact(log)]
    with pytest.raises(AppendRefused) as caught:
        store.append(leaves, store.head())
    codes = {problem.path: problem.code for problem in caught.value.problems}
    assert codes == {"[1]": "record.unsigned", "[2]": "record.other_agreement"}
    assert store.head().size == 6
