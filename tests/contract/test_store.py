"""One body of promises for every store: whatever is appended, all stores answer as the naive reference does."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.postgres import FormPostgres, shared_server
from tests.signing import SignedLog, digest, fingerprint, person, refer, seen_of
from tests.stores import FormMemory, FormSqlite

from quittance.errors import RecordError
from quittance.record import AppendRefused, DamagedError, Head, Leaf, MemoryStore, Seen, Statement, Store, entries
from quittance.record.known import Admitted, Known, Proven
from quittance.record.postgres import PostgresStore
from quittance.record.rules import admit
from quittance.record.sqlite import SqliteStore
from quittance.record.store import Replay
from quittance.record.tree import leaf_hash, verify_consistency, verify_inclusion

ORIGIN = "quittance.example/test-2020/case"
SIGNERS = ("holding", "receiving", "guarantor")


def leaf(number: int) -> Leaf:
    body = {"count": number, "note": "x" * (number % 7 * 50)}
    said = Statement("count.asserted", "test-2020", ORIGIN, f"{number:032x}", "2020-04-08T06:00:00Z", body)
    return Leaf(said, "2020-04-08T06:00:01Z")


def mth(leaves: list[bytes]) -> bytes:
    """The Merkle Tree Hash, word for word from RFC 6962, 2.1."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = max(2**e for e in range(len(leaves)) if 2**e < len(leaves))
    return sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path_of(index: int, leaves: list[bytes]) -> list[bytes]:
    """The audit path, word for word from RFC 6962, 2.1.1."""
    if len(leaves) == 1:
        return []
    k = max(2**e for e in range(len(leaves)) if 2**e < len(leaves))
    if index < k:
        return [*path_of(index, leaves[:k]), mth(leaves[k:])]
    return [*path_of(index - k, leaves[k:]), mth(leaves[:k])]


@dataclass(frozen=True)
class Kind:
    """A kind of store: the class for any leaves and the one with all rules, and where a record of it is kept."""

    form: type[FormMemory | FormSqlite | FormPostgres]
    full: type[MemoryStore | SqliteStore | PostgresStore]
    place: Callable[[Path], tuple[object, ...]]

    def again(self, store: Store, place: tuple[object, ...]) -> Store:
        """The same record closed and opened again, where it outlives its store."""
        if isinstance(store, MemoryStore):
            return store
        store.close()
        return type(store).open(*place)


KINDS = {
    "memory": Kind(FormMemory, MemoryStore, lambda folder: ()),
    "sqlite": Kind(FormSqlite, SqliteStore, lambda folder: (folder / "record.sqlite",)),
    "postgres": Kind(FormPostgres, PostgresStore, lambda folder: (shared_server().database(),)),
}


def make(cls: type, place: tuple[object, ...]) -> Store:
    """A new, empty store of a class."""
    return cls(ORIGIN) if issubclass(cls, MemoryStore) else cls.create(*place, ORIGIN)


@pytest.fixture(params=KINDS)
def kind(request) -> Kind:
    """Each kind of store in turn."""
    return KINDS[request.param]


@pytest.fixture
def place(kind, tmp_path) -> tuple[object, ...]:
    return kind.place(tmp_path)


@pytest.fixture
def store(kind, place) -> Iterator[Store]:
    """A store that takes unsigned leaves."""
    with closing(make(kind.form, place)) as store:
        yield store


@pytest.fixture
def signed(kind, place) -> Iterator[Store]:
    """A store with all rules; it may be closed and opened again by a test."""
    with closing(make(kind.full, place)) as store:
        yield store


@pytest.fixture
def log() -> SignedLog:
    return SignedLog(ORIGIN)


def refusals(store: Store, leaves: list[Leaf]) -> dict[int, str]:
    """The codes with which a call is refused, by place; nothing may have entered."""
    before = store.head()
    with pytest.raises(AppendRefused) as caught:
        store.append(leaves, before)
    assert before == store.head()
    return {at: error.code for at, error in caught.value.refusals.items()}


def test_a_new_store_is_empty(store):
    """No entries, the empty root, nothing to find, and a sound record."""
    assert Head(0, mth([])) == store.head() == store.check()
    assert list(store.read()) == []
    assert store.find("0" * 64) is None
    assert store.tree().size == 0
    assert store.origin == ORIGIN


def test_appending_gives_the_new_head(store):
    """The head after an append is that of the leaves in order; appending nothing changes nothing."""
    leaves = [leaf(number) for number in range(3)]
    head = store.append(leaves, store.head())
    assert Head(3, mth([one.data for one in leaves])) == head == store.head()
    assert head == store.append([], head) == store.head()


def test_a_stale_head_is_refused(store):
    """Who decided on an older head, or another root, appends nothing."""
    old = store.head()
    new = store.append([leaf(0)], old)
    for expected in (old, Head(1, bytes(32)), Head(2, new.root)):
        with pytest.raises(RecordError) as caught:
            store.append([leaf(1)], expected)
        assert caught.value.code == "record.conflict"
    assert new == store.head()


def test_one_refused_leaf_refuses_the_call(store):
    """Of a call with a duplicate nothing enters, and the next call goes through."""
    head = store.append([leaf(0)], store.head())
    with pytest.raises(AppendRefused) as caught:
        store.append([leaf(1), leaf(0), leaf(2)], head)
    assert {at: error.code for at, error in caught.value.refusals.items()} == {1: "record.duplicate"}
    assert head == store.head()
    assert store.find(leaf(1).statement.sid) is None
    assert store.append([leaf(1), leaf(2)], head).size == 3


def test_reading_a_part(store):
    """Any range of entries comes back as appended; a range that is not there is refused before anything is read."""
    leaves = [leaf(number) for number in range(5)]
    store.append(leaves, store.head())
    assert [one.data for one in leaves[1:4]] == list(store.read(1, 4))
    assert [one.data for one in leaves[3:]] == list(store.read(3))
    assert list(store.read(5)) == []
    assert [(4, leaves[4])] == [(entry.index, entry.leaf) for entry in entries(store, 4)]
    for start, stop in ((0, 6), (6, None), (-1, 2), (3, 2)):
        with pytest.raises(RecordError) as caught:
            store.read(start, stop)
        assert caught.value.code == "record.range"


def test_a_signed_log_enters_in_one_call(signed, log):
    """Leaves of one call may rest on each other: keys enrolled, batches authorised and handovers answered in it."""
    leaves = log.case(batches=2, people=3)
    head = signed.append(leaves, signed.head())
    assert Head(len(leaves), mth([one.data for one in leaves])) == head == signed.check()
    assert leaves == [entry.leaf for entry in entries(signed)]


def test_what_was_said_and_by_whom(signed, log):
    """For each entry the kind and the offices that signed it, sorted; beyond the head nothing."""
    signed.append([*log.founding(), log.count("b1", 2)], signed.head())
    assert signed.said(0) == signed.known().said(0) == ("log.genesis", "operator:")
    assert signed.said(1) == ("key.enrolled", "holding:side-a,operator:")
    assert signed.said(6) == signed.known().said(6) == ("count.asserted", "holding:side-a,receiving:side-b")
    with pytest.raises(RecordError) as caught:
        signed.said(7)
    assert caught.value.code == "record.range"


def require_same_knowledge(known: Known, leaves: list[Leaf]) -> None:
    """What a store knows is what follows from its leaves alone."""
    replay = Replay(ORIGIN)
    for one in leaves:
        replay.add(one.data)
    assert (known.origin, known.size) == (ORIGIN, len(leaves))
    assert [known.root(size) for size in range(len(leaves) + 1)] == [replay.root(n) for n in range(len(leaves) + 1)]
    assert {name: known.state(name) for name in replay.states} == replay.states
    assert [known.find(one.statement.sid) for one in leaves] == list(range(len(leaves)))
    assert [known.said(index) for index in range(len(leaves))] == [replay.said(n) for n in range(len(leaves))]
    assert all(known.has_nonce(one.statement.nonce) for one in leaves)
    assert known.state("key:" + "0" * 64) is known.state("batch:other") is known.find("0" * 64) is None
    assert not known.has_nonce("f" * 32)


def test_what_a_log_knows(signed, log):
    """After each call a store knows exactly what its leaves say: keys, batches, persons, counts, withdrawals."""
    observed = log.observed("b1", 2)
    calls = [
        log.founding(strict=True),
        [*log.batch("b1", 4, commitment="release"), observed],
        [log.delivered(observed), log.count("b1", 2), log.rotate("medical", "medical-2", "operator")],
        [log.withdraw(observed, "neutral"), log.revoke("protection", compromised_since=3)],
        [],
    ]
    done: list[Leaf] = []
    for call in calls:
        signed.append(call, signed.head())
        done += call
        require_same_knowledge(signed.known(), done)
    assert signed.check().size == len(done)


def test_what_a_log_knows_outlives_its_store(kind, place, signed, log):
    """Closed and opened again, a store knows the same, refuses the same, and has the checkpoint it signed."""
    leaves = [*log.founding(), *log.batch("b1", 4), *log.handover("b1", 2), log.revoke("medical")]
    head = signed.append(leaves, signed.head())
    signed.sign(b"note", head, None)
    again = kind.again(signed, place)
    with closing(again):
        require_same_knowledge(again.known(), leaves)
        assert (head, b"note") == (again.head(), again.checkpoint())
        refused = [
            log.observed("b1", 1, [person(1)]),
            log.leaf("person.cleared", {"reason": "fit"}, ("medical",), people=1),
            log.leaf("batch.cleared", {"batch": "b1"}, ("neutral", "medical")),
            log.observed("b1", 3),
            *log.facts(1),
        ]
        assert refusals(again, refused) == {
            0: "record.delivered_twice",
            1: "record.signer_revoked",
            2: "record.signer_revoked",
            3: "record.batch_state",
        }
        assert again.append(log.facts(3), head) == again.check()


def test_each_leaf_of_a_call_is_judged_after_those_before_it(signed, log):
    """Within one call: nothing may refer to a later leaf, come twice, or contradict an earlier leaf."""
    signed.append(log.founding(), signed.head())
    first, second = log.observed("b1", 1), log.observed("b1", 1)
    twice = replace(first, accepted_at="2020-04-09T00:00:00Z")
    same_nonce = log.leaf("fact.reported", {"id": "x"}, nonce=first.statement.nonce)
    same_person = log.observed("b2", 1, first.statement.commitments["person"])
    answer = log.delivered(second)
    assert refusals(signed, [first, answer, twice, same_nonce, same_person, second]) == {
        1: "record.unknown_ref",
        2: "record.duplicate",
        3: "record.nonce_used",
        4: "record.delivered_twice",
    }
    assert signed.append([first, second, answer], signed.head()).size == 9


def test_a_key_ended_in_a_call_signs_no_later_leaf_of_it(signed, log):
    """An enrolment or revocation counts from the next leaf on, not from the next call."""
    signed.append(log.founding(), signed.head())
    clear = ("person.cleared", {"reason": "fit"}, ("medical",))
    early = log.leaf("person.cleared", {"reason": "fit"}, ("medical-2",), people=1)
    call = [early, log.enrol("medical-2", "neutral"), log.leaf(*clear, people=1), log.revoke("medical")]
    late = log.leaf(*clear, people=1)
    assert refusals(signed, [*call, late]) == {0: "record.signer_unknown", 4: "record.signer_revoked"}
    new = log.leaf("person.cleared", {"reason": "fit"}, ("medical-2",), people=1)
    assert signed.append([*call[1:], new], signed.head()) == signed.check()


def test_nothing_is_remembered_of_a_refused_call(signed, log):
    """What the admitted leaves of a refused call would have changed is not there for the next call."""
    signed.append(log.founding(), signed.head())
    enrolment, proposal = log.enrol("guarantor", "neutral"), log.batch("b1", 1)[0]
    assert refusals(signed, [enrolment, proposal, log.leaf("fact.reported", by=("holding",))]) == {2: "record.signers"}
    assert signed.known().state("batch:b1") is signed.known().state(f"key:{fingerprint('guarantor')}") is None
    assert refusals(
        signed, [log.leaf("record.countersigned", by=("guarantor",), refs=refer("countersigns", enrolment))]
    )
    assert signed.append([enrolment, proposal], signed.head()) == signed.check()


def test_what_was_seen_must_be_stored(signed, log):
    """Nobody can have seen a checkpoint over leaves of the same call, nor another root; a stored one is taken."""
    head = signed.append(log.founding(), signed.head())
    facts = log.facts(2)
    future = mth([*signed.read(), facts[0].data])
    unseen = [Seen(head.size + 1, future, digest("note")), Seen(head.size, bytes(32), digest("note"))]
    late = [log.leaf("fact.reported", {"id": f"s{n}"}, seen=seen) for n, seen in enumerate(unseen)]
    assert refusals(signed, [*facts, *late]) == {2: "record.seen", 3: "record.seen"}
    signed.append(facts, head)
    log.seen = seen_of(signed)
    signed.append([late[0], *log.facts(1)], signed.head())
    log.seen = None
    assert refusals(signed, log.facts(1)) == {0: "record.seen_missing"}


def test_signed_checkpoints(signed, log):
    """A checkpoint follows only the one it was drafted on, at a head of this record that is not an earlier one."""
    early = signed.append(log.founding(), signed.head())
    head = signed.append(log.facts(3), early)
    assert signed.checkpoint() is None
    signed.sign(b"first", early, None)
    assert signed.checkpoint() == b"first"
    signed.sign(b"first, cosigned", early, b"first")
    signed.sign(b"second", head, b"first, cosigned")
    later = Head(head.size + 1, mth([*signed.read(), b"x"]))
    refused = [
        (head, None),
        (head, b"first"),
        (early, b"second"),
        (Head(head.size, early.root), b"second"),
        (Head(early.size, head.root), b"second"),
        (later, b"second"),
        (Head(0, mth([])), b"second"),
    ]
    for other, previous in refused:
        with pytest.raises(RecordError) as caught:
            signed.sign(b"other", other, previous)
        assert caught.value.code == "record.signed"
        assert signed.checkpoint() == b"second"
    signed.sign(b"second, cosigned", head, b"second")
    assert signed.checkpoint() == b"second, cosigned"
    assert head == signed.check()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"], indirect=True)
def test_an_entry_let_in_against_the_rules_is_found(kind, place, log):
    """Reading everything again applies the rules again: the first entry that may not stand where it does is named."""

    def lenient(leaf: Leaf, known: Known, proven: Proven) -> Admitted:
        return Admitted({}, "operator:") if leaf.statement.kind == "handover.observed" else admit(leaf, known, proven)

    with closing(make(type("Lenient", (kind.full,), {"judge": staticmethod(lenient)}), place)) as store:
        forged = log.leaf("handover.observed", log.observed("b1", 1).statement.body, people=1)
        store.append([*log.founding(), forged, *log.facts(1)], store.head())
        assert store.check().size == 8
    with closing(kind.full.open(*place)) as strict, pytest.raises(DamagedError) as caught:
        strict.check()
    assert caught.value.index == 6


def machine(kind: Kind) -> type[RuleBasedStateMachine]:
    """Any sequence of acts on a store of `kind`, against a list of leaf bytes hashed by the definition."""

    class Appends(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            self.folder = tempfile.TemporaryDirectory()
            self.place = kind.place(Path(self.folder.name))
            self.store = make(kind.form, self.place)
            self.leaves: list[bytes] = []
            self.next = 0
            self.note: bytes | None = None
            self.signed = 0

        @rule(count=st.integers(0, 9))
        def append(self, count: int) -> None:
            """Some new leaves in one call."""
            new = [leaf(self.next + number) for number in range(count)]
            self.next += count
            self.store.append(new, self.store.head())
            self.leaves += [one.data for one in new]

        @rule(number=st.integers(0, 60))
        def append_again(self, number: int) -> None:
            """A leaf that is there already, if it is, behind a new one: neither may enter."""
            if number < self.next:
                with pytest.raises(AppendRefused):
                    self.store.append([leaf(self.next), leaf(number)], self.store.head())

        @rule()
        def reopen(self) -> None:
            """Close and open again what outlives its store."""
            self.store = kind.again(self.store, self.place)

        @rule(data=st.data())
        def sign(self, data: st.DataObject) -> None:
            """Sign any head there was, on the last note or on another: kept only if nothing else was signed later."""
            size = data.draw(st.integers(0, len(self.leaves)))
            note, head = b"note %d" % data.draw(st.integers(0, 9)), Head(size, mth(self.leaves[:size]))
            previous = data.draw(st.sampled_from([self.note, None, b"note 0"]))
            if previous == self.note and size >= self.signed:
                self.store.sign(note, head, previous)
                self.note, self.signed = note, size
            else:
                with pytest.raises(RecordError, match="signed"):
                    self.store.sign(note, head, previous)

        @rule(data=st.data())
        def prove(self, data: st.DataObject) -> None:
            """A proof of any entry at any size, and between any two sizes."""
            if self.leaves:
                new = data.draw(st.integers(1, len(self.leaves)))
                index = data.draw(st.integers(0, new - 1))
                tree = self.store.tree()
                proof = tree.inclusion(index, new)
                assert path_of(index, self.leaves[:new]) == list(proof)
                verify_inclusion(mth(self.leaves[:new]), new, index, leaf_hash(self.leaves[index]), proof)
                old_root, new_root = mth(self.leaves[:index]), mth(self.leaves[:new])
                verify_consistency(old_root, index, new_root, new, tree.consistency(index, new))

        @invariant()
        def equals_the_reference(self) -> None:
            """Head, leaves, lookups and the signed note are those of the model."""
            if hasattr(self, "store"):
                assert self.note == self.store.checkpoint()
                assert Head(len(self.leaves), mth(self.leaves)) == self.store.head()
                assert self.leaves == list(self.store.read())
                assert list(range(self.next)) == [self.store.find(leaf(n).statement.sid) for n in range(self.next)]

        def teardown(self) -> None:
            """The record passes its own check at the end."""
            if hasattr(self, "store"):
                assert self.store.head() == self.store.check()
                self.store.close()
                self.folder.cleanup()

    return Appends


class TestMemory(machine(KINDS["memory"]).TestCase):
    """Any sequence of acts in memory equals the naive reference."""

    settings = settings(max_examples=15, stateful_step_count=12, deadline=None)


class TestSqlite(machine(KINDS["sqlite"]).TestCase):
    """Any sequence of acts and reopenings of a file equals the naive reference."""

    settings = settings(
        max_examples=10, stateful_step_count=12, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )


class TestPostgres(machine(KINDS["postgres"]).TestCase):
    """Any sequence of acts and reopenings in PostgreSQL equals the naive reference."""

    settings = settings(
        max_examples=6, stateful_step_count=12, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
