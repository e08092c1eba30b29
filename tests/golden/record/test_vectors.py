"""The record against its own small vectors: stored bytes keep their meaning from version to version."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

from quittance.canon import canonical, parse_canonical
from quittance.record import Entry, Leaf, Ref, Statement, Tree
from quittance.record.tree import leaf_hash

HERE = Path(__file__).parent
VECTORS = json.loads((HERE / "vectors.json").read_text("utf-8"))


def test_the_file_is_what_its_program_makes():
    """vectors.json was made by make.py as it stands."""
    assert runpy.run_path(str(HERE / "make.py"))["text"]() == (HERE / "vectors.json").read_text("utf-8")


def test_canonical_texts():
    """Each value has exactly its canonical text."""
    for case in VECTORS["canonical"]:
        expected = case["canonical_utf8"].encode()
        assert expected == canonical(json.loads(case["json"]))
        assert json.loads(case["json"]) == parse_canonical(expected)


def test_roots_and_proofs():
    """Roots, audit paths and consistency proofs are those of the definition."""
    wanted = VECTORS["tree"]
    tree = Tree(leaf_hash(b"quittance golden leaf %d" % index) for index in range(100))
    sizes = wanted["root_hex_by_size"]
    assert sizes == {size: tree.root(int(size)).hex() for size in sizes}
    for case in wanted["inclusion"]:
        assert case["proof_hex"] == [value.hex() for value in tree.inclusion(case["index"], case["size"])]
    for case in wanted["consistency"]:
        assert case["proof_hex"] == [value.hex() for value in tree.consistency(case["old"], case["new"])]


def test_a_leaf_of_version_1():
    """A statement of version 1 gives the stored payload, id, leaf and hash, and the leaf reads back as it."""
    wanted = VECTORS["entry"]
    said = Statement(
        kind="count.asserted",
        agreement="test-2020",
        log="quittance.example/test-2020/case",
        nonce="000102030405060708090a0b0c0d0e0f",
        claimed_at="2020-04-08T06:00:00Z",
        event_at="2020-04-07T12:00:00Z",
        body={"count": 100, "batch": "B-01"},
        refs=(Ref("rests_on", "78e370b587b145920213731b7c7c725e512b3b6577c51c800218a7c764c532ae"),),
    )
    leaf = Leaf(said, "2020-04-08T06:00:07Z")
    assert wanted["payload_utf8"].encode() == said.payload
    assert wanted["sid"] == said.sid
    assert wanted["leaf_utf8"].encode() == leaf.data
    assert wanted["leaf_hash_hex"] == leaf.hash.hex()
    assert Entry(0, leaf) == Entry.parse(0, wanted["leaf_utf8"].encode())
