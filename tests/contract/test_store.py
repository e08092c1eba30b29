"""One body of promises for every store: whatever is appended, all stores answer as the naive reference does."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.stores import FormMemory, FormSqlite

from quittance.errors import RecordError
from quittance.record import AppendRefused, Head, Leaf, Statement, Store, entries
from quittance.record.tree import leaf_hash, verify_consistency, verify_inclusion

ORIGIN = "quittance.example/test-2020/case"


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


def memory(folder: Path) -> Store:
    return FormMemory(ORIGIN)


def sqlite(folder: Path) -> Store:
    return FormSqlite.create(folder / "record.sqlite", ORIGIN)


STORES = [memory, sqlite]


@pytest.fixture(params=STORES, ids=lambda make: make.__name__)
def store(request, tmp_path) -> Iterator[Store]:
    with closing(request.param(tmp_path)) as store:
        yield store


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


def machine(make: Callable[[Path], Store]) -> type[RuleBasedStateMachine]:
    """Any sequence of appends to the store of `make`, against a list of leaf bytes hashed by the definition."""

    class Appends(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            self.folder = tempfile.TemporaryDirectory()
            self.store = make(Path(self.folder.name))
            self.leaves: list[bytes] = []
            self.next = 0

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
            """Close and open again what lives in a file."""
            if isinstance(self.store, FormSqlite):
                self.store.close()
                self.store = FormSqlite.open(Path(self.folder.name) / "record.sqlite")

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
            """Head, leaves and lookups are those of the list."""
            if hasattr(self, "store"):
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


class TestMemory(machine(memory).TestCase):
    """Any sequence of appends in memory equals the naive reference."""

    settings = settings(max_examples=15, stateful_step_count=12, deadline=None)


class TestSqlite(machine(sqlite).TestCase):
    """Any sequence of appends and reopenings of a file equals the naive reference."""

    settings = settings(
        max_examples=10, stateful_step_count=12, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
