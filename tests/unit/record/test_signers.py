"""Who must sign what: for every kind exactly the sets of keys that the record format names, and no other."""

from __future__ import annotations

from functools import cache
from itertools import combinations, permutations

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
    seed_number,
    signer,
)

from quittance.record import MemoryStore
from quittance.record.keys import sign_statement
from quittance.record.kinds import KINDS

OFFICES = ("holding", "receiving", "neutral", "medical", "guarantor", "protection", "server")
KEYS = ("operator", *OFFICES)
DIGEST = digest("file")
BATCH = {"batch": "open", "count": 1, "rules_sha256": DIGEST}
READ = {"reader": DIGEST, "purpose": "duty", "rows": 1}

# Kind -> its body, its persons, whom it refers to (a name in `world`), and the keys that make it valid.
# H holding, R receiving, N neutral, M medical, G guarantor, P protection, W server, O operator.
CASE = {
    "policy.set": ({"policy_sha256": DIGEST}, 0, None, ["HRO"]),
    "agreement.adopted": ({"agreement_sha256": DIGEST, "version": 1}, 0, None, ["HR", "HRG"]),
    "agreement.amended": ({"agreement_sha256": DIGEST, "version": 2}, 0, None, ["HR", "HRG"]),
    "fact.reported": ({"id": "f"}, 0, None, ["O"]),
    "fact.stated": ({"id": "f", "by": "side-b"}, 0, None, ["R"]),
    "list.submitted": ({"list": "l2", "count": 1}, 1, None, ["H", "R"]),
    "list.withdrawn": ({"list": "l1"}, 0, None, ["H"]),
    "match.judged": ({"judgement": "same", "grade": "p97"}, 2, None, ["N"]),
    "match.confirmed": ({"grade": "g"}, 1, None, ["HR"]),
    "match.disputed": ({"grade": "g"}, 1, None, ["H", "R"]),
    "match.undone": ({"grade": "g"}, 1, None, ["N"]),
    "batch.proposed": ({"batch": "new", "count": 1, "rules_sha256": DIGEST}, 0, None, ["O"]),
    "batch.cleared": ({"batch": "proposed"}, 0, None, ["NM"]),
    "batch.authorised": ({"batch": "cleared"}, 0, None, ["H"]),
    "batch.changed": (
        {"batch": "named", "round": 1, "count": 1, "batch_sha256": DIGEST, "before_sha256": DIGEST, "skipped": []},
        1, None, ["O"],
    ),
    "batch.closed": ({"batch": "proposed", "count": 0, "skipped": 1}, 0, None, ["N"]),
    "clearance.given": ({"gate": "veto", "outcome": "granted"}, 1, None, ["H", "R"]),
    "clearance.sealed": ({"round": 1}, 1, None, ["N", "M"]),
    "handover.denied": ({"batch": "free", "reason": "other"}, [person(0)], ("answers", "observed"), ["H", "R"]),
    "outcome.stated": ({"outcome": "died"}, 1, None, ["H", "R", "N"]),
    "seed.requested": (
        {"batch": "new", "request_sha256": DIGEST, "snapshot_sha256": DIGEST, "rules_sha256": DIGEST, "size": 1},
        0, None, ["O"],
    ),
    "seed.committed": ({"batch": "drawn", "commit": DIGEST}, 0, ("answers", "request"), ["H", "R", "N"]),
    "seed.revealed": (
        {"batch": "bound", "nonce": seed_number("holding")}, 0, ("answers", "commit"), ["H"]
    ),
    "person.cleared": ({"reason": "fit"}, 1, None, ["M", "N"]),
    "person.held_back": ({"reason": "unfit"}, 1, None, ["M", "N"]),
    "wish.recorded": ({}, 1, None, ["N"]),
    "handover.observed": ({"batch": "b", "from": "a", "to": "b", "place": "p", "count": 1}, 1, None, ["N"]),
    "handover.delivered": ({"batch": "free", "count": 2}, 0, ("answers", "observed"), ["H"]),
    "handover.received": ({"batch": "free", "count": 2}, 0, ("answers", "observed"), ["R"]),
    "count.asserted": ({"commitment": "c", "batch": "b", "count": 1}, 0, None, ["HR", "H", "R"]),
    "count.contested": ({"commitment": "c", "batch": "b", "count": 1}, 0, None, ["HR", "H", "R"]),
    "pledge.recorded": ({"form": "f"}, 1, None, ["N", "H", "R"]),
    "claim.judged": ({"claim": "c", "judgement": "accepted", "report_sha256": DIGEST}, 0, None, ["N"]),
    "record.corrected": ({"body": {"grade": "h"}}, 0, ("corrects", "match"), ["HR"]),
    "record.withdrawn": ({}, 0, ("withdraws", "cleared"), ["M"]),
    "record.countersigned": ({}, 0, ("countersigns", "match"), [*"OHRNMGPW"]),
    "erasure.done": ({"salts": 1, "keys": 1}, 1, None, ["OP"]),
    "key.enrolled": ({"role": "neutral", "public_key": public("new"), "fingerprint": fingerprint("new")}, 0, None, []),
    "key.rotated": (
        {"old": fingerprint("holding"), "public_key": public("new"), "fingerprint": fingerprint("new")}, 0, None, []
    ),
    "key.revoked": ({"fingerprint": fingerprint("holding"), "reason": "lost"}, 0, None, ["O", "H"]),
}  # fmt: skip
ACCESS = {f"access.{act}": (READ, 0, None, ["W"]) for act in ("read", "export", "print", "refused")}
PUBLIC = {
    "claim.captured": ({"evidence_sha256": DIGEST}, 0, None, ["O"]),
    "claim.verdict": ({"claim": "c", "verdict": "v"}, 0, None, ["O"]),
    "aggregate.published": (
        {"table_sha256": DIGEST, "rules_sha256": DIGEST, "suppressed": 0}, 0, None, ["O", "OHR"]
    ),
    "checkpoint.linked": ({"log": ORIGIN, "note_sha256": DIGEST}, 0, None, ["O"]),
}  # fmt: skip
LETTERS = dict(zip("OHRNMGPW", KEYS, strict=True))
KINDS_OF = {"case": CASE, "access": ACCESS, "public": PUBLIC}
ALL = [(last, kind) for last, kinds in KINDS_OF.items() for kind in kinds] + [("case", "claim.captured")]


@cache
def world(last: str) -> tuple[SignedLog, MemoryStore, dict[str, str]]:
    """A log with a key of every office and, in the case log, something of each kind to answer, correct and withdraw."""
    log = SignedLog(f"quittance.example/test-2020/{last}")
    leaves, named = log.founding(*OFFICES), {}
    if last == "case":
        proposed, cleared = log.batch("proposed", 1)[:1], log.batch("cleared", 1)[:2]
        request, other, observed = log.seed_request("drawn"), log.seed_request("bound"), log.observed("free", 2)
        named = {
            "observed": observed,
            "request": request,
            "other request": other,
            "commit": log.seed_commit(other),
            "named": log.batch("named", 1, [person(90)])[0],
            "match": log.leaf("match.confirmed", {"grade": "g"}, ("holding", "receiving"), people=1),
            "cleared": log.leaf("person.cleared", {"reason": "fit"}, ("medical",), people=1),
            "list": log.leaf("list.submitted", {"list": "l1", "count": 0}, ("holding",)),
        }
        leaves += [*proposed, *cleared, *named.values()]
    return log, log.store(*leaves), {name: leaf.statement.sid for name, leaf in named.items()}


def test_every_kind_is_tried():
    """No kind of the table is missing here but the genesis, which stands alone."""
    assert {kind for _, kind in ALL} == set(KINDS) - {"log.genesis"}


@pytest.mark.parametrize(("last", "kind"), ALL, ids=lambda value: str(value))
def test_exactly_the_signers_of_the_kind(last, kind):
    """Of all sets of one to three keys of the eight offices, a statement is taken with those of its kind and no other.

    So no key can be left out, added or replaced; the operator alone makes nothing that is not its own.
    """
    log, store, named = world(last)
    body, people, target, allowed = (KINDS_OF[last] | {"claim.captured": PUBLIC["claim.captured"]})[kind]
    refs = refer(target[0], named[target[1]]) if target else ()
    statement = log.statement(kind, body, people=people, refs=refs)
    if kind == "clearance.sealed":
        both = {"person": statement.commitments["person"], "cleared": (person(99),)}
        statement = log.statement(kind, body, commitments=both)
    if kind == "claim.judged":
        statement = log.statement(kind, body, commitments={"claim": (person(99),)})
    signatures = {name: sign_statement(statement, signer(name)) for name in KEYS}
    taken, codes = set(), set()
    for size in (1, 2, 3):
        for names in combinations(KEYS, size):
            leaf = log.with_signatures(statement, [one for name in names for one in signatures[name]])
            code = refusal(store, leaf)
            if code is None:
                taken.add(frozenset(names))
            else:
                codes.add(code)
    assert taken == {frozenset(LETTERS[letter] for letter in letters) for letters in allowed}
    assert codes <= {"record.signers", "record.list_state" if kind == "list.withdrawn" else ""}


def test_what_the_operator_makes_alone():
    """With its key only, the operator reports, proposes, ends keys, countersigns, and speaks in the public log."""
    alone = {kind for _, kind in ALL if "O" in KINDS_OF[next(last for last, k in ALL if k == kind)][kind][3]}
    assert alone == {
        "fact.reported",
        "batch.proposed",
        "batch.changed",
        "seed.requested",
        "key.revoked",
        "record.countersigned",
        "claim.captured",
        "claim.verdict",
        "aggregate.published",
        "checkpoint.linked",
    }


# Keys: the slots NEW, OLD, OTHER, SELF


@pytest.mark.parametrize(
    ("name", "role", "party", "by", "code"),
    [
        ("guarantor", "guarantor", "", ("neutral",), None),
        ("guarantor", "guarantor", "", ("holding",), None),
        ("holding-2", "holding", "side-a", ("neutral",), None),
        ("holding-2", "holding", "side-c", ("holding",), None),
        ("operator-2", "operator", "", ("neutral",), None),
        ("holding-2", "holding", "side-a", ("holding",), "record.signers"),
        ("neutral-2", "neutral", "", ("neutral",), "record.signers"),
        ("guarantor", "guarantor", "", (), "record.founding"),
        ("guarantor", "guarantor", "", ("neutral", "medical"), "record.signers"),
    ],
)
def test_a_later_enrolment_needs_another_office(name, role, party, by, code):
    """Operator and new key do not suffice after the founding: one key of another office, and only one, signs too."""
    log = SignedLog()
    store = log.store(*log.founding(), *log.facts(1), log.leaf("wish.recorded", {}, ("neutral",), people=1))
    assert refusal(store, log.enrol(name, *by, role=role, party=party)) == code


def test_an_enrolment_needs_the_operator():
    """Other offices cannot enrol a key without the operator, nor the operator one whose holder does not sign."""
    log = SignedLog()
    store = log.store(*log.founding())
    made = log.enrol("guarantor").statement
    assert refusal(store, log.signed(made, "operator", "guarantor")) is None
    for by in (
        ("guarantor",),
        ("guarantor", "neutral"),
        ("operator", "neutral"),
        ("operator",),
        ("neutral", "medical"),
    ):
        assert refusal(store, log.signed(made, *by)) == "record.signers"


def test_a_rotation_is_signed_by_old_and_new_key_and_operator():
    """Only the operator, where it acts alone, rotates its own key with two signatures."""
    log = SignedLog()
    store = log.store(*log.founding())
    assert refusal(store, log.rotate("holding", "holding-2", "operator")) is None
    assert refusal(store, log.rotate("operator", "operator-2")) is None
    assert refusal(store, log.rotate("holding", "holding-2")) == "record.signers"
    assert refusal(store, log.rotate("holding", "holding-2", "neutral")) == "record.signers"
    assert refusal(store, log.rotate("operator", "operator-2", "neutral")) == "record.signers"
    stolen = log.rotate("holding", "holding-2", "operator").statement
    for by in (("operator", "holding-2"), ("operator", "holding"), ("operator", "holding-2", "receiving")):
        assert refusal(store, log.signed(stolen, *by)) == "record.signers"


@pytest.mark.parametrize(
    ("name", "by", "code"),
    [
        ("holding", ("operator",), None),
        ("holding", ("holding",), None),
        ("holding", ("holding-2",), None),
        ("holding", ("holding-3",), "record.signers"),
        ("holding", ("receiving",), "record.signers"),
        ("holding", ("operator", "holding"), "record.signers"),
        ("operator-2", ("operator",), None),
        ("operator-2", ("operator-2",), None),
        ("operator-2", ("neutral",), "record.signers"),
    ],
)
def test_a_key_is_revoked_by_the_operator_or_its_own_office(name, by, code):
    """Its own office is a key of the same role and party, that key itself too."""
    log = SignedLog()
    keys = [log.enrol("holding-2"), log.enrol("holding-3", party="side-c"), log.enrol("operator-2")]
    store = log.store(*log.founding(), *keys)
    assert refusal(store, log.revoke(name, *by)) == code


# The operator's threshold


def test_the_operator_acts_with_its_threshold():
    """Two of three keys, whichever two: one is too few, three are one left over."""
    log = SignedLog(operators=3, threshold=2)
    store = log.store(*log.founding())
    made = log.statement("batch.proposed", BATCH)
    for count, code in ((1, "record.signers"), (2, None), (3, "record.signers")):
        for names in combinations(log.operators, count):
            assert refusal(store, log.signed(made, *names)) == code
    assert refusal(store, log.signed(made, "operator", "neutral")) == "record.signers"


@pytest.mark.parametrize(
    ("kind", "by", "code"),
    [
        ("erasure.done", ("operator", "operator-2", "protection"), None),
        ("erasure.done", ("operator", "protection"), "record.signers"),
        ("policy.set", ("operator-2", "operator-3", "holding", "receiving"), None),
        ("policy.set", ("operator-2", "holding", "receiving"), "record.signers"),
    ],
)
def test_the_threshold_holds_beside_others(kind, by, code):
    """Where the operator signs with others, it signs with as many keys."""
    log = SignedLog(operators=3, threshold=2)
    body, people, _, _ = CASE[kind]
    assert refusal(log.store(*log.founding()), log.leaf(kind, body, by, people=people)) == code


def test_the_threshold_holds_for_keys():
    """Enrolments, rotations and revocations too take as many operator keys; a rotation its old key besides."""
    log = SignedLog(operators=3, threshold=2)
    store = log.store(*log.founding())
    one = log.enrol("guarantor").statement
    assert refusal(store, log.signed(one, "operator", "operator-3", "guarantor")) is None
    assert refusal(store, log.signed(one, "operator", "guarantor")) == "record.signers"
    assert refusal(store, log.rotate("neutral", "neutral-2", *log.operator)) is None
    assert refusal(store, log.rotate("neutral", "neutral-2", "operator")) == "record.signers"
    assert refusal(store, log.revoke("neutral")) is None
    assert refusal(store, log.revoke("neutral", "operator")) == "record.signers"


@pytest.mark.parametrize("operators", [2, 3])
def test_an_operator_rotates_a_key_with_its_threshold(operators):
    """The key that is given up is one of the two that act for the operator: neither alone, nor a third beside them."""
    log = SignedLog(operators=operators, threshold=2)
    store = log.store(*log.founding())
    for old, *others in permutations(log.operators):
        made = log.rotate(old, "operator-9").statement
        assert refusal(store, log.signed(made, old, "operator-9")) == "record.signers"
        assert refusal(store, log.signed(made, *others, "operator-9")) == "record.signers"
        assert refusal(store, log.signed(made, old, "neutral", "operator-9")) == "record.signers"
        for other in others:
            assert refusal(store, log.signed(made, old, other, "operator-9")) is None
            assert refusal(store, log.signed(made, old, other, "neutral", "operator-9")) == "record.signers"
        if operators == 3:
            assert refusal(store, log.signed(made, old, *others, "operator-9")) == "record.signers"


def test_many_keys_are_told_apart_quickly():
    """Thirty-one of thirty-two operator keys and a stranger to the office are refused without trying all orders."""
    log = SignedLog(operators=32, threshold=32)
    store = log.store(*log.founding("neutral"))
    made = log.statement("fact.reported", {"id": "f"})
    assert refusal(store, log.signed(made, *log.operators)) is None
    assert refusal(store, log.signed(made, *log.operators[1:], "neutral")) == "record.signers"


# BY, SAME


def test_what_a_party_states_is_signed_by_that_party():
    """A stated fact is signed by a key of the party in `by`, of any role; a key without a party speaks for none."""
    log = SignedLog()
    store = log.store(*log.founding(), log.enrol("guarantor", party="side-g"))
    for by, name, code in (
        ("side-a", "holding", None),
        ("side-g", "guarantor", None),
        ("side-b", "holding", "record.signers"),
        ("side-a", "operator", "record.signers"),
        ("", "neutral", "record.signers"),
        (1, "neutral", "record.signers"),
    ):
        assert refusal(store, log.leaf("fact.stated", {"id": "f", "by": by}, (name,))) == code
    assert refusal(store, log.leaf("fact.stated", {"id": "f"}, ("neutral",))) == "record.signers"


def test_taking_back_is_for_the_offices_that_spoke():
    """Corrections and withdrawals are signed by the offices of the original, by other keys of theirs too."""
    log = SignedLog()
    new = [log.enrol("holding-2"), log.enrol("holding-3", party="side-c")]
    match = log.leaf("match.confirmed", {"grade": "g"}, ("holding", "receiving"), people=[person(1)])
    store = log.store(*log.founding(), *new, match)
    correction = log.statement("record.corrected", {"body": {"grade": "h"}}, refs=refer("corrects", match))
    withdrawal = log.statement("record.withdrawn", refs=refer("withdraws", match))
    for made in (correction, withdrawal):
        assert refusal(store, log.signed(made, "holding", "receiving")) is None
        assert refusal(store, log.signed(made, "holding-2", "receiving")) is None
        others = ["H", "R", "O", "N", "HRN"]
        wrong = [tuple(LETTERS[letter] for letter in letters) for letters in others]
        wrong += [("holding-3", "receiving"), ("holding", "holding-2"), ("holding", "holding-2", "receiving")]
        for by in wrong:
            assert refusal(store, log.signed(made, *by)) == "record.signers"
