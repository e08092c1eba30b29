"""The rules of entry that every store shares, and the replay that finds where a stored record breaks them."""

from __future__ import annotations

import pytest
from tests.stores import FormMemory

from quittance.record import AppendRefused, DamagedError, DuplicateError, Head, Ref, Seen, entries
from quittance.record.rules import admit_form
from quittance.record.store import Replay

ORIGIN = "quittance.example/test-2020/case"


@pytest.fixture
def store(leaf) -> FormMemory:
    store = FormMemory(ORIGIN)
    store.append([leaf(number) for number in range(5)], store.head())
    return store


def replayed(leaves: list[bytes], head: Head) -> Head:
    replay = Replay(ORIGIN, admit_form)
    for data in leaves:
        replay.add(data)
    return replay.finish(head)


def refused(store: FormMemory, *leaves) -> dict[int, str]:
    """The codes by place in the call, after checking that nothing was appended."""
    before = store.head()
    with pytest.raises(AppendRefused) as caught:
        store.append(leaves, before)
    assert before == store.head()
    assert [f"[{at}]" for at in caught.value.refusals] == [problem.path for problem in caught.value.problems]
    return {at: error.code for at, error in caught.value.refusals.items()}


def test_a_statement_enters_once(store, leaf, statement):
    """The same statement is refused with the index it has, also when it was accepted at another time."""
    with pytest.raises(AppendRefused) as caught:
        store.append([type(leaf(0))(statement(3), "2021-01-01T00:00:00Z")], store.head())
    error = caught.value.refusals[0]
    assert isinstance(error, DuplicateError)
    assert (caught.value.code, error.index) == ("record.duplicate", 3)


def test_a_statement_comes_once_in_a_call(store, leaf):
    """The second of two equal statements in one call is refused."""
    assert refused(store, leaf(9), leaf(9)) == {1: "record.duplicate"}


def test_a_nonce_is_used_once(store, leaf):
    """Another statement with a used nonce is refused, whether used before or in the same call."""
    expected = {0: "record.nonce_used", 2: "record.nonce_used"}
    assert expected == refused(store, leaf(3, body={}), leaf(9), leaf(9, body={}))


def test_another_log_is_refused(store, leaf):
    """A statement that names another log is not taken by this one."""
    assert refused(store, leaf(9, log="quittance.example/other-2020/case")) == {0: "record.wrong_log"}


def test_references_point_backwards(store, leaf, statement):
    """A statement may refer to an entry or to an earlier one of the call, not to itself, a later or an unknown one."""
    forward = leaf(9, refs=(Ref("answers", statement(10).sid),))
    assert refused(store, forward, leaf(10)) == {0: "record.unknown_ref"}
    known = leaf(11, refs=(Ref("corrects", statement(2).sid), Ref("answers", statement(10).sid)))
    assert store.append([leaf(10), known], store.head()).size == 7


def test_what_was_seen_must_be_the_beginning_of_this_record(store, leaf):
    """A checkpoint of this record is taken; one not yet reached, or with another root, is refused."""
    earlier = Seen(4, store.tree().root(4), "a" * 64)
    later = Seen(6, store.tree().root(4), "a" * 64)
    forked = Seen(3, store.tree().root(4), "a" * 64)
    assert refused(store, leaf(9, seen=later), leaf(10, seen=forked)) == {0: "record.seen", 1: "record.seen"}
    assert store.append([leaf(11, seen=earlier)], store.head()).size == 6


def test_the_message_counts_the_others(store, leaf):
    """One message names the first refused statement and how many more there are."""
    with pytest.raises(AppendRefused) as caught:
        store.append([leaf(1), leaf(2), leaf(9)], store.head())
    assert caught.value.message.startswith("Nothing was appended. Statement ")
    assert caught.value.message.endswith("(1 more were refused.)")


def test_entries_come_parsed(store, statement):
    """`entries` gives each entry with its own index."""
    assert [(2, statement(2)), (3, statement(3))] == [(e.index, e.statement) for e in entries(store, 2, 4)]


@pytest.mark.parametrize(
    ("damage", "index"),
    [
        (lambda leaves: [*leaves[:2], leaves[2].replace(b"v", b"w", 1), *leaves[3:]], 2),
        (lambda leaves: [*leaves[:3], leaves[1], *leaves[3:]], 3),
        (lambda leaves: [*leaves[:1], b"", *leaves[2:]], 1),
        (lambda leaves: leaves[:4], 4),
        (lambda leaves: [*leaves, b"{}"], 5),
    ],
)
def test_replay_names_the_first_bad_entry(store, damage, index):
    """A changed, repeated, emptied, missing or added leaf is damage at its index."""
    with pytest.raises(DamagedError) as caught:
        replayed(damage(list(store.read())), store.head())
    assert caught.value.index == index
    assert caught.value.code == "record.damaged"


@pytest.mark.parametrize("order", [(1, 0, 2, 3, 4), (0, 1, 2, 4, 3)])
def test_replay_refuses_another_order(store, order):
    """The same leaves in another order have another root."""
    leaves = list(store.read())
    with pytest.raises(DamagedError, match="do not hash to the root"):
        replayed([leaves[at] for at in order], store.head())


def test_replay_applies_the_rules_of_entry(leaf, statement):
    """A stored leaf that refers forward is damage, although it can be read."""
    replay = Replay(ORIGIN, admit_form)
    with pytest.raises(DamagedError, match="may not stand where it does"):
        replay.add(leaf(1, refs=(Ref("answers", statement(2).sid),)).data)
    assert replay.finish(Head(0, replay.tree.root())).size == 0
