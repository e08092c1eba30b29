"""Named batches, denials, clearances in rounds and seeds: what the state of a log refuses, and what it lets in."""

from __future__ import annotations

from hashlib import sha256
from itertools import permutations

import pytest
from tests.signing import SignedLog, append, digest, fingerprint, person, refer, refusal, seed_number

from quittance.record import MemoryStore
from quittance.record.batches import asked
from quittance.record.draws import commitment, label_of
from quittance.record.entry import MAX_LEAF_BYTES
from quittance.record.kinds import CLEARED, PART_HANDLES, SEALED_HANDLES
from quittance.record.known import read_batch

PEOPLE = tuple(sorted(person(number) for number in range(100, 108)))


@pytest.fixture
def log() -> SignedLog:
    return SignedLog()


@pytest.fixture
def store(log) -> MemoryStore:
    """A founded log with a named batch of four, authorised."""
    return log.store(*log.founding(), *log.batch("b1", 4, PEOPLE[:4], commitment="c", batch_sha256=digest("b1 0")))


def batch(store, name="b1"):
    return read_batch(store.known().state(f"batch:{name}"))


# Who may be handed over


def test_only_who_is_named_is_handed_over(log, store):
    """Under a named batch nobody goes who is not on its manifest, alone or among others; those who are go once."""
    for people in (PEOPLE[4:5], PEOPLE[3:5], PEOPLE[4:]):
        assert refusal(store, log.observed("b1", len(people), people)) == "record.manifest"
    append(store, log.observed("b1", 2, PEOPLE[:2]))
    assert refusal(store, log.observed("b1", 2, PEOPLE[1:3])) == "record.delivered_twice"
    append(store, log.observed("b1", 2, PEOPLE[2:4]))
    assert (batch(store).done, batch(store).named, batch(store).size) == (4, True, 4)


def test_a_person_goes_once_under_a_batch_whatever_it_counts_for(log):
    """Where the batch names no commitment, handing a person over a second time for another one is refused too."""
    store = log.store(*log.founding(), *log.batch("b1", 2, PEOPLE[:2]))
    append(store, log.observed("b1", 1, PEOPLE[:1], commitment="x"))
    assert refusal(store, log.observed("b1", 1, PEOPLE[:1], commitment="y")) == "record.delivered_twice"
    assert refusal(store, log.observed("b1", 1, PEOPLE[1:2], commitment="y")) is None


def test_a_batch_without_names_takes_whom_it_took(log):
    """A proposal without handles leaves everything as it was: anybody, up to its count, and no rounds."""
    store = log.store(*log.founding(), *log.batch("b1", 2))
    assert not batch(store).named
    assert refusal(store, log.changed("b1", 1, PEOPLE[:2])) == "record.batch_state"
    assert refusal(store, log.observed("b1", 1, PEOPLE[5:6], asked=1)) is None
    append(store, log.observed("b1", 1, PEOPLE[5:6]), log.closed("b1", 1))
    assert refusal(store, log.observed("b1", 1, PEOPLE[6:7])) == "record.batch_state"


def test_a_batch_is_not_named_after_somebody_has_gone_under_its_id(log):
    """Handovers that stand under the id of a batch forbid naming it; withdrawn ones do not."""
    store = log.store(*log.founding())
    early = append(store, log.observed("b1", 1, PEOPLE[:1]))
    proposal = log.batch("b1", 2, PEOPLE[:2])[0]
    assert refusal(store, proposal) == "record.batch_state"
    assert refusal(store, log.batch("b1", 2)[0]) is None
    append(store, log.withdraw(early, "neutral"))
    assert refusal(store, proposal) is None


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, None),
        ({"asked": 2, "wish_affirmed": 2}, None),
        ({"asked": 2}, "record.people"),
        ({"wish_affirmed": 2}, "record.people"),
        ({"asked": 2, "wish_affirmed": 1}, "record.people"),
        ({"asked": 1, "wish_affirmed": 1}, "record.people"),
        ({"asked": 0, "wish_affirmed": 0}, "record.people"),
    ],
)
def test_nobody_learns_who_was_not_asked(log, store, said, code):
    """Under a named batch the numbers asked and affirmed are that of those handed over, or are not there."""
    assert refusal(store, log.observed("b1", 2, PEOPLE[:2], **said)) == code


# Rounds


def test_rounds_follow_on_each_other(log, store):
    """Rounds come one after the other, each on the batch as the one before left it, also where nothing changed."""
    for number in (0, 2, 3):
        leaf = log.changed("b1", 1, PEOPLE[:4], round=number)
        assert refusal(store, leaf) == ("entry.body" if number == 0 else "record.batch_state")
    assert refusal(store, log.changed("b1", 1, PEOPLE[:4], before_sha256=digest("x"))) == "record.batch_state"
    append(store, log.changed("b1", 1, PEOPLE[:4]))
    assert refusal(store, log.changed("b1", 1, PEOPLE[:4])) == "record.batch_state"
    assert refusal(store, log.changed("b1", 2, PEOPLE[:3], before_sha256=digest("b1 0"))) == "record.batch_state"
    append(store, log.changed("b1", 2, PEOPLE[:3], skipped=["not_available"]))
    assert (batch(store).round, batch(store).size, batch(store).step) == (2, 3, "authorised")


def test_the_first_round_of_a_batch_without_a_digest(log):
    """Where the proposal gave no digest of the batch, the first round names any, and the second follows on it."""
    store = log.store(*log.founding(), log.batch("b1", 2, PEOPLE[:2])[0])
    append(store, log.changed("b1", 1, PEOPLE[1:3], before_sha256=digest("anything")))
    assert refusal(store, log.changed("b1", 2, PEOPLE[1:3], before_sha256=digest("anything"))) == "record.batch_state"
    assert refusal(store, log.changed("b1", 2, PEOPLE[1:3])) is None


def test_a_round_keeps_those_who_have_gone_and_adds_nobody_beyond_the_proposal(log, store):
    """Of all manifests those are taken that hold everybody who has gone and have at most the proposed number."""
    append(store, log.observed("b1", 2, PEOPLE[:2]))
    for people in (PEOPLE[1:5], PEOPLE[2:6], PEOPLE[:1], (), PEOPLE[:5]):
        assert refusal(store, log.changed("b1", 1, people)) == "record.batch_state"
    for people in (PEOPLE[:2], PEOPLE[:4], (*PEOPLE[:2], *PEOPLE[6:])):
        assert refusal(store, log.changed("b1", 1, people)) is None
    append(store, log.changed("b1", 1, (*PEOPLE[:2], *PEOPLE[6:])))
    assert refusal(store, log.observed("b1", 1, PEOPLE[2:3])) == "record.manifest"
    assert refusal(store, log.observed("b1", 2, PEOPLE[6:])) is None


def test_who_was_taken_back_need_not_stay(log, store):
    """After a handover was withdrawn, its persons may be replaced or go again."""
    seen = append(store, log.observed("b1", 2, PEOPLE[:2]))
    append(store, log.withdraw(seen, "neutral"))
    assert refusal(store, log.observed("b1", 1, PEOPLE[:1])) is None
    append(store, log.changed("b1", 1, PEOPLE[2:6]))
    assert refusal(store, log.observed("b1", 1, PEOPLE[:1])) == "record.manifest"
    append(store, log.changed("b1", 2, PEOPLE[:4]), log.observed("b1", 4, PEOPLE[:4]))
    assert batch(store).done == 4


@pytest.mark.parametrize("steps", range(4))
def test_rounds_come_from_the_proposal_to_the_end(log, steps):
    """A named batch changes in every step and not before its proposal; the step stays."""
    store = log.store(*log.founding(), *log.batch("b1", 2, PEOPLE[:2])[:steps])
    expected = None if steps else "record.batch_state"
    assert refusal(store, log.changed("b1", 1, PEOPLE[:2])) == expected
    if steps:
        before = batch(store).step
        append(store, log.changed("b1", 1, PEOPLE[:2]))
        assert batch(store).step == before


# The end


def test_a_batch_is_closed_once_with_the_number_of_those_who_went(log, store):
    """Closing needs the exact number; afterwards nothing of the batch moves, and answers and denials still come."""
    seen = append(store, log.observed("b1", 3, PEOPLE[:3]))
    for count in (0, 2, 4):
        assert refusal(store, log.closed("b1", count)) == "record.batch_state"
    append(store, log.closed("b1", 3, skipped=1))
    for leaf in (
        log.closed("b1", 3),
        log.changed("b1", 1, PEOPLE[:4]),
        log.observed("b1", 1, PEOPLE[3:4]),
        *log.batch("b1", 4),
    ):
        assert refusal(store, leaf) == "record.batch_state"
    assert refusal(store, log.withdraw(seen, "neutral")) == "record.final"
    for leaf in (log.delivered(seen), log.received(seen), log.denied(seen, PEOPLE[:1])):
        append(store, leaf)
    assert refusal(store, log.observed("b2", 1, PEOPLE[:1], commitment="c")) == "record.delivered_twice"


def test_a_batch_nobody_went_under_is_closed_too(log):
    """A batch may end in any step; one that was never proposed has no end."""
    store = log.store(*log.founding(), *log.batch("b1", 2, PEOPLE[:2])[:1])
    assert refusal(store, log.closed("b2", 0)) == "record.batch_state"
    append(store, log.closed("b1", 0))
    assert refusal(store, log.leaf("batch.cleared", {"batch": "b1"}, ("neutral", "medical"))) == "record.batch_state"


# Clearances and outcomes


@pytest.mark.parametrize(
    ("kind", "body"),
    [("clearance.given", {"gate": "g", "outcome": "granted"}), ("outcome.stated", {"outcome": "died"})],
)
def test_what_is_said_of_members_is_said_of_members(log, store, kind, body):
    """Under a named batch it is about those who are in it or were; without a batch about anybody."""
    append(store, log.changed("b1", 1, PEOPLE[2:6]))
    for people, code in ((PEOPLE[:6], None), (PEOPLE[5:7], "record.manifest"), (PEOPLE[7:], "record.manifest")):
        assert refusal(store, log.leaf(kind, body | {"batch": "b1"}, ("holding",), people=people)) == code
        assert refusal(store, log.leaf(kind, body, ("holding",), people=people)) is None
    assert refusal(store, log.leaf(kind, body | {"batch": "b9"}, ("holding",), people=1)) == "record.batch_state"
    append(store, *log.batch("b2", 1)[:1])
    assert refusal(store, log.leaf(kind, body | {"batch": "b2"}, ("holding",), people=PEOPLE[7:])) is None
    said = append(store, log.leaf(kind, body, ("holding",), people=PEOPLE[:1]))
    correction = log.leaf("record.corrected", {"body": body}, ("holding",), refs=refer("corrects", said))
    assert refusal(store, correction) == "record.final"
    append(store, log.withdraw(said, "holding"))
    assert refusal(store, log.withdraw(said, "holding")) == "record.final"


def test_a_sealed_round_covers_the_whole_batch(log, store):
    """A round over a named batch is about everybody on its manifest, those gone included, and about nobody else."""
    append(store, log.observed("b1", 1, PEOPLE[:1]))
    for people, code in (
        (PEOPLE[:4], None),
        (PEOPLE[1:4], "record.people"),
        (PEOPLE[2:3], "record.people"),
        (PEOPLE[:5], "record.manifest"),
    ):
        assert refusal(store, log.sealed(1, people, batch="b1")) == code
    append(store, log.changed("b1", 1, PEOPLE[:3]))
    assert refusal(store, log.sealed(1, PEOPLE[:4], batch="b1")) == "record.manifest"
    assert refusal(store, log.sealed(1, PEOPLE[:3], batch="b1")) is None
    assert refusal(store, log.sealed(1, PEOPLE[:1], batch="b9")) == "record.batch_state"


def test_parts_of_a_sealed_round(log, store):
    """Parts come in order, handles ascend over them, and with the last everybody is there; offices do not mix."""
    first, second = PEOPLE[:2], PEOPLE[2:4]
    append(store, log.sealed(3, first, batch="b1", parts=2))
    for leaf, code in (
        (log.sealed(3, second, batch="b1", part=2, parts=2), None),
        (log.sealed(4, PEOPLE[:4], batch="b1"), None),
        (log.sealed(3, PEOPLE[:4], batch="b1"), "record.round"),
        (log.sealed(2, PEOPLE[:4], batch="b1"), "record.round"),
        (log.sealed(3, second, batch="b1", part=2, parts=3), "record.round"),
        (log.sealed(4, second, batch="b1", part=2, parts=2), "record.round"),
        (log.sealed(3, second, part=2, parts=2), "record.round"),
        (log.sealed(3, second, "medical", batch="b1", part=2, parts=2), "record.round"),
        (log.sealed(1, PEOPLE[:4], "medical", batch="b1"), None),
        (log.sealed(1, PEOPLE[:4]), None),
        (log.sealed(3, PEOPLE[1:3], batch="b1", part=2, parts=2), "record.people"),
        (log.sealed(3, PEOPLE[3:4], batch="b1", part=2, parts=2), "record.people"),
    ):
        assert refusal(store, leaf) == code
    append(store, log.sealed(3, second, batch="b1", part=2, parts=2))
    assert refusal(store, log.sealed(3, PEOPLE[3:4], batch="b1", part=3, parts=3)) == "record.round"
    append(store, log.sealed(4, first, batch="b1", parts=2), log.changed("b1", 1, PEOPLE[:4]))
    assert refusal(store, log.sealed(4, second, batch="b1", part=2, parts=2)) == "record.round"


def test_sealed_outcomes_belong_to_no_handle(log, store):
    """There is one outcome for each person, in ascending order and each once: their order tells nothing."""
    people, sealed = PEOPLE[:3], tuple(sorted(person(number) for number in range(200, 204)))

    def leaf(handles, outcomes):
        both = {"person": handles, CLEARED: outcomes}
        return log.leaf(
            "clearance.sealed", {"round": 1}, ("neutral",), commitments={k: v for k, v in both.items() if v}
        )

    taken = {order for order in permutations(sealed[:3]) if refusal(store, leaf(people, order)) is None}
    assert taken == {sealed[:3]}
    taken = {order for order in permutations(people) if refusal(store, leaf(order, sealed[:3])) is None}
    assert taken == {people}
    for outcomes in ((), sealed[:2], sealed, (sealed[0], sealed[0], sealed[1])):
        assert refusal(store, leaf(people, outcomes)) == "record.people"


# Denials


def test_who_may_deny_whom(log, store):
    """Giver and taker deny persons of that handover, each person once; nobody else, and nobody who was not in it."""
    seen = append(store, log.observed("b1", 3, PEOPLE[:3]))
    other = append(store, log.observed("h9", 1, PEOPLE[7:]))
    append(store, log.enrol("holding-2", "neutral", party="side-c"), log.enrol("receiving-2", "neutral", party=""))
    for people in (PEOPLE[3:4], PEOPLE[2:4], PEOPLE[7:]):
        assert refusal(store, log.denied(seen, people)) == "record.people"
    for by in ("neutral", "medical", "operator", "holding-2"):
        assert refusal(store, log.denied(seen, PEOPLE[:1], by)) == "record.signers"
    assert refusal(store, log.denied(seen, PEOPLE[:1], "receiving-2")) is None
    assert refusal(store, log.denied(seen, PEOPLE[:1], batch="h9")) == "record.batch_state"
    assert refusal(store, log.denied(other, PEOPLE[7:], batch="b1")) == "record.batch_state"
    append(store, log.denied(seen, PEOPLE[:2]))
    assert refusal(store, log.denied(seen, PEOPLE[1:3])) == "record.denied_twice"
    assert refusal(store, log.denied(seen, PEOPLE[:1], "receiving-2")) == "record.denied_twice"
    assert refusal(store, log.denied(seen, PEOPLE[:2], "holding")) is None
    assert refusal(store, log.denied(seen, PEOPLE[2:3])) is None


def test_a_denial_is_taken_back_with_its_persons(log, store):
    """A withdrawn denial may be stated again; its withdrawal has the same persons, is the side's own, comes once."""
    seen = append(store, log.observed("b1", 3, PEOPLE[:3]))
    denial = append(store, log.denied(seen, PEOPLE[:2]))
    for people in ((), PEOPLE[:1], PEOPLE[:3], PEOPLE[1:3]):
        assert refusal(store, log.withdraw(denial, "receiving", people=people)) == "record.people"
    for by in ("holding", "neutral", "operator"):
        assert refusal(store, log.withdraw(denial, by)) == "record.signers"
    append(store, log.withdraw(denial, "receiving"))
    assert refusal(store, log.withdraw(denial, "receiving")) == "record.final"
    append(store, log.denied(seen, PEOPLE[:3]))
    assert batch(store).done == 3


def test_nobody_denies_what_was_withdrawn(log, store):
    """A denial needs a handover that stands; one made before may be taken back all the same."""
    seen = append(store, log.observed("b1", 1, PEOPLE[:1]))
    denial = append(store, log.denied(seen, PEOPLE[:1]))
    append(store, log.withdraw(seen, "neutral"))
    assert refusal(store, log.denied(seen, PEOPLE[:1], "holding")) == "record.no_ref"
    assert refusal(store, log.withdraw(denial, "receiving")) is None
    again = append(store, log.observed("b1", 1, PEOPLE[:1]))
    assert refusal(store, log.denied(again, PEOPLE[:1])) is None


# Seeds


def test_a_commitment_by_hand():
    """The bytes that a party binds itself to are those that the format spells out, whatever the label's length."""
    request, nonce = "11" * 32, "22" * 32
    by_hand = (
        b"\0\0\0\0\0\0\0\x13quittance/commit/v1" + b"\0\0\0\0\0\0\0\x20" + b"\x11" * 32
        + b"\0\0\0\0\0\0\0\x06side-a" + b"\0\0\0\0\0\0\0\x20" + b"\x22" * 32
    )  # fmt: skip
    assert commitment(request, "side-a", nonce) == sha256(by_hand).hexdigest()
    assert commitment(request, "side-b", nonce) != commitment(request, "side-a", nonce)
    assert (label_of("holding", "side-a"), label_of("neutral", "")) == ("side-a", "neutral")


def test_a_seed_is_drawn_before_its_batch(log):
    """Requested once, bound to once by each party, revealed once; all of it before the proposal and in this order."""
    store = log.store(*log.founding())
    request = append(store, log.seed_request("b1", beacon="drand:quicknet:1"))
    assert refusal(store, log.seed_request("b1")) == "record.seed"
    bound = {by: append(store, log.seed_commit(request, by)) for by in ("holding", "neutral")}
    assert refusal(store, log.seed_commit(request, "holding")) == "record.seed"
    late = log.seed_commit(request, "receiving")
    assert refusal(store, late) is None
    append(store, log.seed_reveal(bound["neutral"], "neutral"))
    assert refusal(store, late) == "record.seed"
    assert refusal(store, log.seed_reveal(bound["neutral"], "neutral")) == "record.seed"
    reveal = log.seed_reveal(bound["holding"], "holding")
    assert refusal(store, reveal) is None
    append(store, log.batch("b1", 2)[0])
    assert refusal(store, reveal) == "record.seed"
    assert refusal(store, log.seed_request("b1")) == "record.seed"


def test_a_number_is_the_one_that_was_bound(log):
    """Another number, another office, another batch and another party's commitment are each refused."""
    store = log.store(*log.founding())
    request, other = append(store, log.seed_request("b1")), append(store, log.seed_request("b2"))
    said = ("seed.committed", {"batch": "b1", "commit": digest("x")}, ("neutral",))
    bound = append(store, log.seed_commit(request, "holding"))
    copied = append(store, log.seed_commit(request, "receiving", commit=bound.statement.body["commit"]))
    assert refusal(store, log.seed_reveal(bound, "holding", nonce="00" * 32)) == "record.seed"
    assert refusal(store, log.seed_reveal(bound, "receiving")) == "record.signers"
    assert refusal(store, log.seed_reveal(bound, "holding", batch="b2")) == "record.seed"
    assert refusal(store, log.seed_reveal(copied, "receiving", nonce=seed_number("holding"))) == "record.seed"
    assert refusal(store, log.seed_reveal(request, "holding")) == "record.no_ref"
    assert refusal(store, log.seed_commit(other, "neutral", batch="b1")) == "record.seed"
    assert refusal(store, log.leaf(*said, refs=refer("answers", bound))) == "record.no_ref"
    append(store, log.rotate("holding", "holding-2", "operator"))
    assert refusal(store, log.seed_reveal(bound, "holding-2")) is None


def test_a_party_has_one_number(log):
    """Two offices of one party bind themselves to one number only; a key without a party counts as its role."""
    store = log.store(*log.founding(), log.enrol("guarantor"))
    append(
        store, log.enrol("receiving-2", "neutral", party="side-a"), log.enrol("neutral-2", "medical", party="side-a")
    )
    request = append(store, log.seed_request("b1"))
    append(store, log.seed_commit(request, "holding"))
    for by in ("receiving-2", "neutral-2"):
        assert refusal(store, log.seed_commit(request, by, label="side-a")) == "record.seed"
    append(store, log.seed_reveal(append(store, log.seed_commit(request, "neutral")), "neutral"))


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, None),
        ({"request_sha256": digest("request_sha256 b1"), "snapshot_sha256": digest("snapshot_sha256 b1")}, None),
        ({"count": 10}, None),
        ({"count": 11}, "record.seed"),
        ({"request_sha256": digest("other")}, "record.seed"),
        ({"snapshot_sha256": digest("other")}, "record.seed"),
        ({"rules_sha256": digest("other")}, "record.seed"),
    ],
)
def test_a_batch_is_what_its_seed_was_for(log, said, code):
    """Nobody requests a seed for one register and proposes a batch from another, with other rules, or a larger one."""
    store = log.store(*log.founding(), log.seed_request("b1"))
    for name, expected in (("b1", code), ("b2", None)):
        body = {"batch": name, "count": 2, "rules_sha256": digest("rules"), **said}
        assert refusal(store, log.leaf("batch.proposed", body)) == expected


# Room, and what a store reads ahead


def test_a_leaf_has_room_for_a_whole_batch(log):
    """A batch of 900 with every member, and a part of a round of 450, fit into one entry of the log."""
    store = log.store(*log.founding())
    code, people = "x" * 128, sorted(person(number) for number in range(PART_HANDLES))
    members = dict.fromkeys(("commitment", "from", "to", "list"), code)
    digests = {f"{name}_sha256": digest(name) for name in ("seed", "batch", "snapshot", "request")}
    leaf = append(store, log.batch(code, PART_HANDLES, people, **members, **digests)[0])
    assert MAX_LEAF_BYTES - 3000 < len(leaf.data) <= MAX_LEAF_BYTES
    reasons = ["not_available"] * 50
    change = log.changed(code, 1, people, skipped=reasons, before_sha256=digest("batch"))
    assert len(append(store, change).data) <= MAX_LEAF_BYTES
    part = log.sealed(1, people[:SEALED_HANDLES], batch=code, parts=2)
    assert MAX_LEAF_BYTES - 3000 < len(append(store, part).data) <= MAX_LEAF_BYTES


def test_what_is_asked_is_read_ahead(log, store):
    """The names that a store reads ahead hold those that the effect writes for each person."""
    known = store.known()
    for leaf in (
        log.observed("b1", 2, PEOPLE[:2]),
        log.changed("b1", 1, PEOPLE[:2]),
        log.sealed(1, PEOPLE[:4], batch="b1"),
    ):
        written = set(type(store).judge(leaf, known, store.proofs).changes)
        names = set(asked(leaf.statement, known))
        per_person = {name for name in written if name.startswith(("delivered:", "gone:"))}
        assert per_person <= names
        assert {f"manifest:b1:{one}" for one in PEOPLE[:2]} <= names or leaf.statement.kind == "batch.changed"
    assert fingerprint("holding") not in asked(log.closed("b1", 0).statement, known)
