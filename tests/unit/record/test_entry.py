"""Leaves and entries: the bytes that the tree hashes, and their way back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import msgspec
import pytest

from quittance.canon import CanonError, canonical
from quittance.record import Blob, Entry, EntryError, Leaf, Ref, Seen, Signature, Span, Statement
from quittance.record.entry import MAX_LEAF_BYTES, LeafForm, check_form
from quittance.record.envelope import encode64
from quittance.record.tree import Tree, leaf_hash

NEAR_MISSES: tuple[Any, ...] = (
    *(None, True, 0, 1, -1, 2, 2**53 - 1, 2**53, 1.0, 1.5, [], {}, [1], [None], [[[[[[1]]]]]], [[[[[[None]]]]]]),
    *({"a": None}, {"a": {"b": 1.0}}, {"\ufb33": 1, "😀": 2}, {"x": []}, {"x": [encode64(bytes(32))]}, {"x": ["A"]}),
    *("", "a", "é", "x-y", "x-y\n", "X Y", "a+b", "a\u00a0b", "a.b", "a.b\n", "answers", "likes", "text/plain"),
    *("a" * 32, "A" * 32, "a" * 32 + "\n", "a" * 64, "A" * 64, "a" * 63, "a" * 64 + "\n", "f" * 64, "e" * 64),
    *("2020-04-08T06:00:01Z", "2020-02-30T06:00:00Z", "2020-04-08T06:00:01Z\n", "2020-04-08T24:00:00Z"),
    *(
        "2020-04-08T06:00:01+00:00",
        "２020-04-08T06:00:01Z",
        {"from": "2020-04-08T06:00:00Z", "to": "2020-04-08T06:00:00Z"},
    ),
    *({"from": "2020-04-08T06:00:01Z", "to": "2020-04-08T06:00:00Z"}, "YQ==", "YR==", "YQ", "_-8=", "A" * 43 + "=\n"),
    *(encode64(bytes(31)), encode64(bytes(32)), encode64(bytes(33)), "_" * 43 + "=", "A" * 42 + "B="),
)
SIGNATURES = (Signature("0" * 64, b"first"), Signature("f" * 64, b"second"))


def test_an_unsigned_leaf(statement):
    """The leaf of a statement nobody signed has an empty list of signatures."""
    made = Leaf(statement(7), "2020-04-08T06:00:01Z")
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


def variants(value: Any) -> Iterator[Any]:
    """`value` with one of its members or items, at any depth, left out or replaced by each near miss."""
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        shorter = value.copy()
        del shorter[key]
        yield shorter
        inner = variants(value[key]) if isinstance(value[key], dict | list) else ()
        for other in (*NEAR_MISSES, *inner):
            changed = value.copy()
            changed[key] = other
            yield changed


def spelled(value: Any) -> bytes:
    """`value` as JSON without spaces and with sorted keys, also where it has no canonical form."""
    return msgspec.json.encode(value, order="sorted")


def outcome(data: bytes) -> object:
    """The leaf that `data` gives, with all its members, or the code of the refusal; `check_form` must agree."""
    try:
        leaf = Leaf.parse(data)
    except (CanonError, EntryError) as refusal:
        with pytest.raises(type(refusal), match=re.escape(refusal.message)):
            check_form(data)
        return refusal.code
    check_form(data)
    return leaf, {name: getattr(leaf.statement, name) for name in Statement.__slots__}


def test_the_quick_reader_takes_nothing_that_the_slow_one_refuses(statement):
    """Every member of a full leaf and its payload, replaced by near misses: both readers give one leaf or one code."""
    full = statement(
        7,
        body={"a": [1, {"b": "c"}]},
        seen=Seen(4, bytes(32), "a" * 64),
        event_at=Span("2020-04-07T06:00:00Z", "2020-04-08T06:00:00Z"),
        commitments={"person": (encode64(bytes(32)),)},
        refs=(Ref("answers", "b" * 64),),
        blobs=(Blob("c" * 64, 120, "application/age"),),
    )
    leaf = json.loads(Leaf(full, "2020-04-08T06:00:01Z", SIGNATURES).data)
    payloads = [
        {
            **leaf,
            "kind": said.get("kind"),
            "log": said.get("log"),
            "envelope": {**leaf["envelope"], "payload": encode64(spelled(said))},
        }
        for said in variants(json.loads(full.payload))
    ]
    taken = 0
    for value in (*variants(leaf), *payloads):
        data = spelled(value)
        quick = outcome(data)
        with (
            patch("quittance.record.statement.read_canonical", return_value=None),
            patch("quittance.record.entry.read_canonical", return_value=None),
        ):
            assert quick == outcome(data)
        taken += not isinstance(quick, str)
    assert 100 < taken < len(payloads) / 2


def test_the_quick_reader_takes_ordinary_leaves(leaf, statement):
    """Unsigned, signed once or twice: a leaf in form is read without a second look, member by member."""
    with patch("quittance.record.entry.parse_canonical", side_effect=AssertionError):
        for signatures in ((), SIGNATURES[:1], SIGNATURES):
            data = Leaf(statement(7), "2020-04-08T06:00:01Z", signatures).data
            assert signatures == LeafForm.parse(data).envelope.signatures


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


@pytest.mark.parametrize("order", [(1, 0), (0, 0), (0, 1, 1)])
def test_unsorted_signatures_are_refused(statement, order):
    """In a leaf, signatures stand sorted by key id, one for each key: one leaf has one spelling."""
    made = Leaf(statement(7), "2020-04-08T06:00:01Z", SIGNATURES)
    envelope = json.loads(made.data)["envelope"]
    envelope["signatures"] = [envelope["signatures"][at] for at in order]
    with pytest.raises(EntryError) as caught:
        Leaf.parse(change(made.data, envelope=envelope))
    assert caught.value.code == "entry.signature"
