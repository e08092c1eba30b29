"""What the state of a log refuses of keys: their terms, and the founding of a log."""

from __future__ import annotations

from itertools import pairwise

import pytest
from tests.signing import PARTIES, SignedLog, append, digest, fingerprint, person, public, refusal

from quittance.record import Leaf, MemoryStore
from quittance.record.known import read_key, read_log
from quittance.record.rules import NEEDS_FOUNDING

CLEAR = ("person.cleared", {"reason": "fit"})


@pytest.fixture
def log() -> SignedLog:
    return SignedLog()


@pytest.fixture
def store(log) -> MemoryStore:
    """A log that is founded and not strict, with something in it."""
    return log.store(*log.founding(), log.leaf("wish.recorded", {}, ("neutral",), people=1))


def key(store: MemoryStore, name: str):
    return read_key(store.known().state(f"key:{fingerprint(name)}"))


# Keys


def test_a_key_has_one_term(log, store):
    """A key that was enrolled, rotated out or revoked is not enrolled again, nor rotated in."""
    append(store, log.rotate("medical", "medical-2", "operator"), log.revoke("protection"))
    for name in ("holding", "medical", "medical-2", "protection"):
        assert refusal(store, log.enrol(name, "neutral", role="guarantor", party="")) == "record.key_used"
        if name != "holding":
            assert refusal(store, log.rotate("holding", name, "operator")) == "record.key_used"
    assert refusal(store, log.enrol("guarantor", "neutral")) is None


def test_a_rotation_hands_on_the_office(log, store):
    """The new key has role, party and kinds of the old one from the next entry on, and the old one has nothing."""
    append(store, log.enrol("medical-2", "neutral", kinds=["person.cleared", "key.rotated"]))
    append(store, log.rotate("medical-2", "medical-3", "operator"))
    after = key(store, "medical-3")
    assert (after.role, after.kinds, after.since, after.until) == (
        "medical",
        ("person.cleared", "key.rotated"),
        8,
        None,
    )
    assert key(store, "medical-2").until == 8
    assert refusal(store, log.leaf(*CLEAR, ("medical-3",), people=1)) is None
    assert refusal(store, log.leaf("batch.cleared", {"batch": "b"}, ("medical-3", "neutral"))) == "record.signer_scope"
    assert refusal(store, log.leaf(*CLEAR, ("medical-2",), people=1)) == "record.signer_revoked"


def test_a_chain_of_rotations(log, store):
    """Each key of a chain counts in its term only; what it signed stays, and only the last can be rotated again."""
    names = ["holding", "holding-2", "holding-3", "holding-4"]
    for number, (old, new) in enumerate(pairwise(names)):
        append(store, log.count(f"b{number}", 1, by=(old,)), log.rotate(old, new, "operator"))
    assert [(key(store, name).since, key(store, name).until) for name in names] == [
        (1, 8),
        (8, 10),
        (10, 12),
        (12, None),
    ]
    assert {key(store, name).party for name in names} == {"side-a"}
    for name in names[:-1]:
        assert refusal(store, log.rotate(name, "holding-5", "operator")) == "record.signer_revoked"
        assert refusal(store, log.count("b9", 1, by=(name,))) == "record.signer_revoked"
    assert refusal(store, log.rotate("holding-4", "holding-5", "operator")) is None
    assert store.check().size == 13


def test_a_revocation_ends_a_key_once(log, store):
    """Only an enrolled key ends, and once; afterwards it is revoked once more only to say since when it is doubtful."""
    assert refusal(store, log.revoke("guarantor")) == "record.key_state"
    append(store, log.revoke("medical"))
    assert key(store, "medical").until == 7
    assert refusal(store, log.revoke("medical")) == "record.key_state"
    append(store, log.revoke("medical", compromised_since=3))
    assert (key(store, "medical").until, key(store, "medical").doubted) == (7, 3)
    for body in ({}, {"compromised_since": 3}, {"compromised_since": 1}):
        assert refusal(store, log.revoke("medical", **body)) == "record.key_state"
    append(store, log.revoke("protection", compromised_since=9))
    assert (key(store, "protection").until, key(store, "protection").doubted) == (9, 9)
    append(store, log.revoke("protection", compromised_since=8))
    assert (key(store, "protection").until, key(store, "protection").doubted) == (9, 8)
    assert refusal(store, log.revoke("protection", compromised_since=7)) == "record.key_state"


@pytest.mark.parametrize(
    ("since", "code"), [(0, None), (7, None), (8, "record.key_state"), (2**40, "record.key_state")]
)
def test_a_key_is_doubted_from_an_entry_that_is_there(log, store, since, code):
    """`compromised_since` is at most the index of the revocation itself."""
    assert refusal(store, log.revoke("medical", compromised_since=since)) == code


def test_a_rotated_key_may_still_be_doubted(log, store):
    """A key that a rotation ended can be revoked once, to say since when it is doubtful."""
    append(store, log.rotate("medical", "medical-2", "operator"))
    assert refusal(store, log.revoke("medical")) == "record.key_state"
    assert refusal(store, log.revoke("medical", compromised_since=2)) is None


@pytest.mark.parametrize(("operators", "threshold"), [(1, 1), (2, 2), (3, 2), (3, 1)])
@pytest.mark.parametrize("begun", [False, True])
def test_the_operator_keeps_enough_keys(operators, threshold, begun):
    """Operator keys are revoked down to the threshold and no further, from the first entry on; one more makes room."""
    log = SignedLog(operators=operators, threshold=threshold)
    store = log.store(*log.founding(), *log.facts(1))
    if begun:
        append(store, log.leaf("wish.recorded", {}, ("neutral",), people=1))
    spare = list(log.operators[threshold:])
    for name in spare:
        append(store, log.revoke(name))
    last = log.operators[threshold - 1]
    assert refusal(store, log.revoke(last)) == "record.key_state"
    assert read_log(store.known().state("log")).operators == threshold
    append(store, log.enrol("operator-9", "neutral"))
    assert refusal(store, log.revoke(last)) is None


# Founding


def test_a_founding_enrolment_without_a_list(log):
    """Operator and new key suffice as long as nothing but the founding's kinds is in the log."""
    first = log.enrol("neutral")
    store = log.store(log.genesis(), first, *log.facts(1), log.countersign("neutral", first))
    assert refusal(store, log.enrol("holding")) is None
    append(store, log.leaf("wish.recorded", {}, ("neutral",), people=1))
    assert refusal(store, log.enrol("holding")) == "record.founding"
    assert refusal(store, log.enrol("holding", "neutral")) is None


@pytest.mark.parametrize("ender", ["revoke", "rotate", "statement"])
def test_what_ends_the_founding(log, ender):
    """Revocations, rotations and whatever is stated end it."""
    store = log.store(*log.founding())
    leaf = {
        "revoke": lambda: log.revoke("medical"),
        "rotate": lambda: log.rotate("medical", "medical-2", "operator"),
        "statement": lambda: log.count("b1", 1),
    }[ender]()
    assert refusal(store, log.enrol("guarantor")) is None
    append(store, leaf)
    assert refusal(store, log.enrol("guarantor")) == "record.founding"


def test_a_founding_enrolment_with_a_list(log):
    """Where the genesis lists fingerprints, two signatures suffice for those and no others, at any time."""
    genesis = log.genesis(founding=[fingerprint("neutral"), fingerprint("medical")])
    store = log.store(genesis, log.enrol("neutral"))
    assert refusal(store, log.enrol("medical")) is None
    assert refusal(store, log.enrol("holding")) == "record.founding"
    assert refusal(store, log.enrol("holding", "neutral")) is None
    append(store, log.rotate("neutral", "neutral-2", "operator"))
    assert refusal(store, log.enrol("medical")) is None


def awaited(store: MemoryStore) -> set[str]:
    return set(read_log(store.known().state("log")).awaited)


def statements(log: SignedLog) -> list[Leaf]:
    """One of each family of kinds that waits for the founding, valid otherwise."""
    return [
        log.batch("b1", 1)[0],
        log.observed("b1", 1),
        log.leaf("match.disputed", {"grade": "g"}, ("holding",), people=1),
        log.leaf("list.submitted", {"list": "l1", "count": 0}, ("holding",)),
        log.count("b1", 1),
        log.leaf(*CLEAR, ("medical",), people=1),
        log.leaf("wish.recorded", {}, ("neutral",), people=1),
        log.leaf("pledge.recorded", {"form": "f"}, ("holding",), people=1),
        log.leaf("policy.set", {"policy_sha256": digest("p")}, ("holding", "receiving", "operator")),
        log.leaf("clearance.given", {"gate": "veto", "outcome": "granted"}, ("holding",), people=1),
        log.leaf("outcome.stated", {"outcome": "died"}, ("neutral",), people=1),
        log.seed_request("b9"),
        log.leaf(
            "claim.judged",
            {"claim": "c", "judgement": "accepted", "report_sha256": digest("r")},
            ("neutral",),
            commitments={"claim": (person(1),)},
        ),
    ]


def test_a_strict_log_waits_for_the_sides(log):
    """Until each side has countersigned the founding key of every other office, nothing but the founding is stated."""
    names = ("holding", "receiving", "neutral", "medical")
    store = log.store(*log.founding(*names, strict=True)[:5])
    kinds = [leaf.statement.kind for leaf in statements(log)]
    assert all(any(kind.startswith(start) for kind in kinds) for start in NEEDS_FOUNDING)
    assert all(kind.startswith(NEEDS_FOUNDING) for kind in kinds)
    sids = {name: log.enrolments[name].statement.sid for name in names}
    missing = {
        f"{sids[name]} {side} {PARTIES[side]}" for side in ("holding", "receiving") for name in names if name != side
    }
    assert missing == awaited(store)
    others = [
        log.leaf("fact.stated", {"id": "f", "by": "side-a"}, ("holding",)),
        log.leaf("agreement.adopted", {"agreement_sha256": digest("a"), "version": 1}, ("holding", "receiving")),
        *log.facts(1),
        log.leaf("claim.captured", {"evidence_sha256": digest("e")}),
    ]
    for side in ("holding", "receiving"):
        for name in names:
            if name != side:
                assert {refusal(store, leaf) for leaf in statements(log)} == {"record.founding"}
                assert {refusal(store, leaf) for leaf in others} == {None}
                append(store, log.countersign(side, log.enrolments[name]))
                missing.discard(f"{sids[name]} {side} {PARTIES[side]}")
                assert missing == awaited(store)
    assert {refusal(store, leaf) for leaf in statements(log)} == {None}


def test_a_strict_log_waits_for_every_key_it_lists(log):
    """A key that is listed and not enrolled yet is missing; it is a founding key also when a third office signs it."""
    listed = [fingerprint(name) for name in ("neutral", "medical", "holding")]
    store = log.store(log.genesis(founding=listed), log.enrol("neutral"), log.enrol("holding", "neutral"))
    append(store, log.countersign("holding", log.enrolments["neutral"]))
    wish = log.leaf("wish.recorded", {}, ("neutral",), people=1)
    assert awaited(store) == set()
    assert refusal(store, wish) == "record.founding"
    append(store, log.enrol("medical"))
    assert len(awaited(store)) == 1
    assert refusal(store, wish) == "record.founding"
    append(store, log.countersign("holding", log.enrolments["medical"]))
    assert refusal(store, wish) is None


def test_only_the_sides_own_countersignatures_count(log):
    """Neither another office's countersignature nor a side's under another entry replaces a missing one."""
    store = log.store(*log.founding("holding", "receiving", "neutral", strict=True)[:4])
    missing = awaited(store)
    others = [log.enrolments[name] for name in ("holding", "receiving", "neutral")]
    append(store, log.countersign("neutral", *others), log.countersign("operator", *others))
    append(store, log.countersign("holding", log.enrolments["holding"]), log.countersign("receiving", *others[1:2]))
    assert missing == awaited(store)
    append(store, log.countersign("holding", *others), log.countersign("receiving", *others))
    assert awaited(store) == set()


def test_another_key_of_a_side_countersigns_for_it(log):
    """It is the office that countersigns: two founding keys of one side need not countersign each other."""
    names = ("holding", "holding-2", "receiving")
    store = log.store(*log.founding(*names, strict=True)[:4])
    append(store, log.countersign("holding-2", log.enrolments["receiving"]))
    assert refusal(store, log.count("b1", 1, by=("holding",))) == "record.founding"
    append(store, log.countersign("receiving", log.enrolments["holding"], log.enrolments["holding-2"]))
    assert refusal(store, log.count("b1", 1, by=("holding",))) is None


def test_an_empty_list_makes_a_log_strict_too(log):
    """`founding: []` lists none: anybody may be enrolled at the beginning, but the sides must countersign."""
    store = log.store(log.genesis(founding=[]), log.enrol("holding"), log.enrol("neutral"))
    wish = log.leaf("wish.recorded", {}, ("neutral",), people=1)
    assert refusal(store, wish) == "record.founding"
    append(store, log.countersign("holding", log.enrolments["neutral"]))
    assert refusal(store, wish) is None


def test_a_log_that_is_not_strict_waits_for_nobody(log):
    """Without `founding` in the genesis the statements may come at once."""
    store = log.store(*log.founding())
    assert {refusal(store, leaf) for leaf in statements(log)} == {None}
    assert awaited(store)


def test_the_genesis_keys_are_the_operators(log):
    """The keys in the genesis speak for the operator from the first entry on, and are in their term."""
    store = log.store(log.genesis())
    assert (key(store, "operator").role, key(store, "operator").public) == ("operator", public("operator"))
    assert refusal(store, log.leaf("fact.reported", {"id": "f"}, ("neutral",))) == "record.signer_unknown"
