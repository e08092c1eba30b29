"""The single writer: acknowledged only after the commit, grouped, and stopped by the first failed commit."""

from __future__ import annotations

import threading
from concurrent.futures import wait

import pytest
from tests.stores import FormMemory

from quittance.errors import RecordError
from quittance.record import AppendRefused, DuplicateError, Head
from quittance.record.writer import Writer

ORIGIN = "quittance.example/test-2020/case"


class Recording(FormMemory):
    """A memory store that keeps the size of every append, can be held up, and can be made to fail."""

    def __init__(self) -> None:
        super().__init__(ORIGIN)
        self.sizes: list[int] = []
        self.may_commit = threading.Event()
        self.may_commit.set()
        self.started = threading.Event()
        self.error: BaseException | None = None

    def append(self, leaves, expected):
        self.started.set()
        assert self.may_commit.wait(10)
        if self.error is not None:
            raise self.error
        head = super().append(leaves, expected)
        self.sizes.append(len(leaves))
        return head


@pytest.fixture
def store() -> Recording:
    return Recording()


def test_a_leaf_is_acknowledged_after_its_commit(store, leaf):
    """The future is open while the commit is under way, and gives the index after it."""
    store.may_commit.clear()
    with Writer(store, group_seconds=0) as writer:
        future = writer.submit(leaf(1))
        assert store.started.wait(10)
        assert not future.done()
        store.may_commit.set()
        assert future.result(10) == 0
    assert store.find(leaf(1).statement.sid) == 0


def test_many_threads_share_transactions(store, leaf):
    """Leaves of eight threads get dense, distinct indexes in far fewer transactions, each within the group size."""
    with Writer(store, group_size=50, group_seconds=0.05) as writer:
        results: dict[int, int] = {}

        def send(first: int) -> None:
            futures = {number: writer.submit(leaf(number)) for number in range(first, first + 40)}
            results.update({number: future.result(10) for number, future in futures.items()})

        threads = [threading.Thread(target=send, args=(first,)) for first in range(0, 320, 40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert list(range(320)) == sorted(results.values())
    assert results == {number: store.find(leaf(number).statement.sid) for number in range(320)}
    assert max(store.sizes) <= 50
    assert len(store.sizes) < 100
    assert store.check().size == 320


def test_a_full_group_is_closed_at_once(store, leaf):
    """With a closing time of an hour, a full group is committed without waiting for it."""
    with Writer(store, group_size=3, group_seconds=3600) as writer:
        futures = [writer.submit(leaf(number)) for number in range(3)]
        assert [future.result(10) for future in futures] == [0, 1, 2]
    assert store.sizes == [3]


def test_leaves_beyond_a_full_group_wait_for_no_one(store, leaf):
    """What arrives during a commit goes with the next ones, in order and in groups of the full size."""
    store.may_commit.clear()
    with Writer(store, group_size=3, group_seconds=0) as writer:
        first = writer.submit(leaf(0))
        assert store.started.wait(10)
        rest = [writer.submit(leaf(number)) for number in range(1, 8)]
        store.may_commit.set()
        assert list(range(8)) == [future.result(10) for future in [first, *rest]]
    assert store.sizes == [1, 3, 3, 1]


def test_closing_commits_what_is_waiting(store, leaf):
    """`close` does not wait for the group to fill, loses nothing, and refuses what comes later."""
    writer = Writer(store, group_seconds=3600)
    futures = [writer.submit(leaf(number)) for number in range(5)]
    writer.close()
    assert list(range(5)) == [future.result(0) for future in futures]
    for late in (writer.submit, lambda one: writer.append_all([one])):
        with pytest.raises(RecordError) as caught:
            late(leaf(9))
        assert caught.value.code == "record.stopped"


def test_a_refused_leaf_does_not_take_its_group_with_it(store, leaf):
    """In one group, the duplicate and the one for another log are refused; the rest are recorded."""
    with Writer(store, group_size=5, group_seconds=3600) as writer:
        writer.append_all([leaf(0)])
        sent = [leaf(1), leaf(0), leaf(2), leaf(3, log="x/y/z"), leaf(4)]
        futures = [writer.submit(one) for one in sent]
        wait(futures, 10)
        errors = [future.exception() for future in futures]
        assert isinstance(errors[1], DuplicateError)
        assert errors[1].index == 0
        assert [error and error.code for error in errors] == [None, "record.duplicate", None, "record.wrong_log", None]
        assert [futures[at].result() for at in (0, 2, 4)] == [1, 2, 3]


def test_an_import_is_all_or_nothing(store, leaf):
    """`append_all` takes one transaction; with one refused leaf nothing enters, and the writer goes on."""
    with Writer(store) as writer:
        assert range(3) == writer.append_all([leaf(number) for number in range(3)])
        with pytest.raises(AppendRefused):
            writer.append_all([leaf(3), leaf(1)])
        assert store.head().size == 3
        assert range(3, 3) == writer.append_all([])
        assert range(3, 5) == writer.append_all([leaf(3), leaf(4)])
        assert writer.submit(leaf(5)).result(10) == 5


def test_a_failed_commit_acknowledges_nobody_and_stops_the_writer(store, leaf):
    """Each waiter gets the error, so does whoever waits behind, and later submissions are refused."""
    store.may_commit.clear()
    store.error = RecordError("The disk is gone.", code="record.io")
    writer = Writer(store, group_size=2, group_seconds=3600)
    group = [writer.submit(leaf(number)) for number in range(2)]
    assert store.started.wait(10)
    behind = [writer.submit(leaf(number)) for number in range(2, 4)]
    store.may_commit.set()
    wait(group + behind, 10)
    assert [f.exception().code for f in group + behind] == [
        "record.io",
        "record.io",
        "record.stopped",
        "record.stopped",
    ]
    with pytest.raises(RecordError, match="The disk is gone") as caught:
        writer.submit(leaf(9))
    assert caught.value.code == "record.stopped"
    with pytest.raises(RecordError):
        writer.append_all([leaf(9)])
    writer.close()
    assert store.head().size == 0


def test_an_unexpected_error_stops_the_writer_too(store, leaf):
    """An error that is none of the record's own reaches the waiter and stops the writer."""
    store.error = MemoryError()
    with Writer(store, group_seconds=0) as writer:
        assert isinstance(writer.submit(leaf(0)).exception(10), MemoryError)
        with pytest.raises(RecordError) as caught:
            writer.submit(leaf(1))
        assert caught.value.code == "record.stopped"


def test_another_writer_is_noticed(store, leaf):
    """If the head moved under the writer, it stops with `record.conflict` and appends nothing."""
    with Writer(store, group_seconds=0) as writer:
        store.append([leaf(0)], store.head())
        assert writer.submit(leaf(1)).exception(10).code == "record.conflict"
        assert Head(1, store.tree().root()) == store.head()


def test_a_cancelled_submission_is_not_recorded(store, leaf):
    """A future cancelled before its group closes takes its leaf with it."""
    with Writer(store, group_size=2, group_seconds=3600) as writer:
        first = writer.submit(leaf(0))
        assert first.cancel()
        assert writer.submit(leaf(1)).result(10) == 0
    assert store.find(leaf(0).statement.sid) is None
