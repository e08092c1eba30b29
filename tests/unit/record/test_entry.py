"""Leaves and entries: the bytes that the tree hashes, and their way back."""

from __future__ import annotations

import json

import pytest

from quittance.canon import canonical
from quittance.record import Entry, EntryError, Leaf, Signature
from quittance.record.entry import MAX_LEAF_BYTES
from quittance.record.envelope import encode64
from quittance.record.tree import Tree, leaf_hash

SIGNATURES = (Signature("0" * 64, b"first"), Signature("f" * 64, b"second"))


def test_an_unsigned_leaf_is_reported(statement):
    """The leaf of a statement nobody signed has an empty list of signatures and says so."""
    made = Leaf(statement(7), "2020-04-08T06:00:01Z")
    assert made.is_reported
    assert {
        "accepted_at": "2020-04-08T06:00:01Z",
        "envelope": {
            "payload": encode64(statement(7).payload),
            "payloadType": "application/vnd.quittance.statement.v1+json",
            "signatures": [],
        },
        "kind": "count.asserted",
        "log": "quittance.example/test-2020/case",
        "v": 1,
    } == json.loads(made.data)
    assert made.data == canonical(json.loads(made.data))
    assert leaf_hash(made.data) == made.hash


def test_an_entry_comes_back_from_its_bytes(statement):
    """Index, statement, time and signatures come back from index and bytes."""
    made = Leaf(statement(7), "2020-04-08T06:00:01Z", SIGNATURES)
    entry = Entry.parse(3, made.data)
    assert Entry(3, made) == entry
    assert (3, statement(7), statement(7).sid, "2020-04-08T06:00:01Z", SIGNATURES) == (
        entry.index,
        entry.statement,
        entry.sid,
        entry.accepted_at,
        entry.leaf.signatures,
    )
    assert not entry.leaf.is_reported


def test_the_reference_log_is_read(reference):
    """The seven real entries give their kinds, payloads, ids and hashes, their leaves the root of the checkpoint."""
    tree = Tree()
    log = reference["mini_log"]
    for case in log["entries"]:
        data = case["leaf_utf8"].encode()
        entry = Entry.parse(case["index"], data)
        assert case["kind"] == entry.statement.kind
        assert case["payload_utf8"].encode() == entry.statement.payload
        assert case["sid_hex"] == entry.sid
        assert case["leaf_bytes"] == len(data)
        assert case["leaf_hash_hex"] == entry.leaf.hash.hex()
        assert len(case["signers"]) == len(entry.leaf.signatures)
        assert data == Leaf(entry.statement, entry.accepted_at, entry.leaf.signatures[::-1]).data
        tree.append(entry.leaf.hash)
    assert log["checkpoint_size_7_utf8"].split("\n")[2] == encode64(tree.root())
    assert log["consistency_4_7_hex"] == [value.hex() for value in tree.consistency(4)]


def test_a_leaf_of_sixty_thousand_bytes_is_the_largest(statement):
    """A leaf of exactly 60,000 bytes is taken; the next larger one is refused, when made and when read."""
    empty = len(Leaf(statement(7, body={"list": ""}), "2020-04-08T06:00:01Z").data)
    room = (MAX_LEAF_BYTES - empty) // 4 * 3  # base64 turns 3 bytes into 4
    largest = Leaf(statement(7, body={"list": "x" * room}), "2020-04-08T06:00:01Z")
    assert MAX_LEAF_BYTES - 4 < len(largest.data) <= MAX_LEAF_BYTES
    assert largest == Leaf.parse(largest.data)
    with pytest.raises(EntryError) as caught:
        Leaf(statement(7, body={"list": "x" * (room + 3)}), "2020-04-08T06:00:01Z")
    assert caught.value.code == "entry.too_large"
    with pytest.raises(EntryError) as caught:
        Leaf.parse(b"[" + b" " * MAX_LEAF_BYTES)
    assert caught.value.code == "entry.too_large"


def change(data: bytes, **members) -> bytes:
    return canonical({**json.loads(data), **members})


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"kind": "batch.cleared"}, "entry.kind_differs"),
        ({"log": "x/y/z"}, "entry.log_differs"),
        ({"v": 2}, "entry.version"),
        ({"more": 1}, "entry.leaf"),
        ({"accepted_at": "2020-04-08"}, "entry.accepted_at"),
        ({"accepted_at": None}, "entry.accepted_at"),
        ({"envelope": None}, "entry.envelope"),
    ],
)
def test_leaves_out_of_form_are_refused(leaf, members, code):
    """A leaf whose members are not those of its statement, or malformed, is refused with its own code."""
    with pytest.raises(EntryError) as caught:
        Leaf.parse(change(leaf(7).data, **members))
    assert caught.value.code == code


def test_a_payload_under_another_type_is_refused(leaf):
    """The same bytes under another payload type are another message."""
    envelope = {**json.loads(leaf(7).data)["envelope"], "payloadType": "application/json"}
    with pytest.raises(EntryError) as caught:
        Leaf.parse(change(leaf(7).data, envelope=envelope))
    assert caught.value.code == "entry.payload_type"


def test_unsorted_signatures_are_refused(statement):
    """In a leaf, signatures stand sorted by key id: one leaf has one spelling."""
    made = Leaf(statement(7), "2020-04-08T06:00:01Z", SIGNATURES)
    envelope = json.loads(made.data)["envelope"]
    envelope["signatures"].reverse()
    with pytest.raises(EntryError) as caught:
        Leaf.parse(change(made.data, envelope=envelope))
    assert caught.value.code == "entry.signature"
