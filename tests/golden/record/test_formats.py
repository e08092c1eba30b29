"""All formats of the record against formats.json, whose values other programs have computed or accepted as well."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from quittance.canon import CanonError, canonical, parse_canonical
from quittance.errors import QuittanceError, RecordError
from quittance.record.checkpoint import (
    Checkpoint,
    OpenedCheckpoint,
    cosign,
    cosigned_message,
    open_checkpoint,
    sign,
)
from quittance.record.commitment import commit
from quittance.record.entry import Entry, Leaf
from quittance.record.envelope import decode64, encode64, pae, statement_id
from quittance.record.keys import SeedSigner, key_id, require_public_key, sign_statement, verify
from quittance.record.note import COSIGNATURE, Note, NoteSignature, VerifierKey
from quittance.record.policy import Policies, Policy, PolicyError
from quittance.record.receipt import Receipt, check_receipt
from quittance.record.statement import Statement
from quittance.record.tiles import TileTree, bundle_path, encode_bundle, index_path, tile_bytes, tiles_of
from quittance.record.tree import Tree, leaf_hash, verify_consistency, verify_inclusion

VECTORS = json.loads(Path(__file__).with_name("formats.json").read_text("utf-8"))
KEYS = {name: VerifierKey.parse(case["vkey"]) for name, case in VECTORS["keys"].items()}
WITNESSES = [key for key in KEYS.values() if key.kind == COSIGNATURE]
LOG = VECTORS["mini_log"]
LEAVES = [entry["leaf_utf8"].encode() for entry in LOG["entries"]]
POLICIES = Policies.of_texts({grade: VECTORS["policy"][f"{grade}_utf8"].encode() for grade in ("joint", "recorded")})
STEPS = {
    "parse": {"receipt.format"},
    "parse note": {"note.format"},
    "parse checkpoint": {"note.checkpoint"},
    "origin not accepted": {"note.origin"},
    "log signature": {"note.log_signature"},
    "note: a signature from a known key fails, the whole note is rejected": {"note.signature"},
    "inclusion": {"proof.inclusion"},
    "parse or inclusion": {"receipt.format", "proof.inclusion"},
}


def hexes(hashes: tuple[bytes, ...]) -> list[str]:
    return [value.hex() for value in hashes]


def opened(text: str) -> OpenedCheckpoint:
    return open_checkpoint(text.encode(), [KEYS["log"]], WITNESSES)


@pytest.fixture(scope="module")
def generated() -> list[bytes]:
    """The leaves of the generated log."""
    return [b"quittance test leaf %d" % index for index in range(70_000)]


@pytest.fixture(scope="module")
def tree(generated) -> Tree:
    return Tree(map(leaf_hash, generated))


@pytest.fixture(scope="module")
def tiled(tree) -> TileTree:
    """The generated log as its tiles have it."""
    files = {tile.path: tile_bytes(tree, tile) for tile in tiles_of(tree.size)}
    assert len(files) == 277
    return TileTree(tree.size, files.__getitem__)


def test_the_well_known_leaves():
    """Hashes, roots and proofs over eight leaves of Certificate Transparency's tests, from memory and from tiles."""
    known = VECTORS["rfc6962"]
    leaves = list(map(bytes.fromhex, known["leaves_hex"]))
    tree = Tree(map(leaf_hash, leaves))
    assert known["leaf_hash_hex"] == [leaf_hash(data).hex() for data in leaves]
    for size, root in known["root_hex_by_size"].items():
        files = {tile.path: tile_bytes(tree, tile) for tile in tiles_of(int(size))}
        assert root == tree.root(int(size)).hex() == TileTree(int(size), files.__getitem__).root().hex()
    files = {tile.path: tile_bytes(tree, tile) for tile in tiles_of(8)}
    for made in (tree, TileTree(8, files.__getitem__)):
        for case in known["inclusion"]:
            assert case["proof_hex"] == hexes(made.inclusion(case["index"], case["size"]))
        for case in known["consistency"]:
            assert case["proof_hex"] == hexes(made.consistency(case["old"], case["new"]))


def test_the_generated_log(tree, tiled):
    """Roots at all sizes to 70,000, and proofs, are the same from memory and from tiles, and verify."""
    known = VECTORS["generated_log"]
    for size, root in known["root_hex_by_size"].items():
        assert root == tree.root(int(size)).hex() == tiled.root(int(size)).hex()
    for case in known["inclusion"]:
        index, size = case["index"], case["size"]
        proof = tiled.inclusion(index, size)
        assert case["proof_hex"] == hexes(proof) == hexes(tree.inclusion(index, size))
        verify_inclusion(tree.root(size), size, index, tiled.leaf_hash(index), proof)
    for case in known["consistency"]:
        old, new = case["old"], case["new"]
        proof = tiled.consistency(old, new)
        assert case["proof_hex"] == hexes(proof) == hexes(tree.consistency(old, new))
        verify_consistency(tree.root(old), old, tree.root(new), new, proof)


@pytest.mark.parametrize("size", VECTORS["generated_log"]["tiles_by_size"])
def test_the_shape_of_tiles(size):
    """At each size every level has so many full tiles and a partial one of that width, and there are no more levels."""
    found: dict[int, dict[str, int]] = {}
    for tile in tiles_of(int(size)):
        level = found.setdefault(tile.level, {"level": tile.level, "full": 0, "partial_width": 0})
        level["full"] += tile.width == 256
        level["partial_width"] += tile.width % 256
    assert VECTORS["generated_log"]["tiles_by_size"][size] == list(found.values())


def test_the_files_at_size_300(tree, generated):
    """Tiles and bundles have these paths, lengths and bytes, and there are no others."""
    files = {tile.path: tile_bytes(tree, tile) for tile in tiles_of(300)}
    files |= {
        bundle_path(tile.n, tile.width): encode_bundle(generated[tile.n * 256 : tile.n * 256 + tile.width])
        for tile in tiles_of(300)
        if tile.level == 0
    }
    found = {path: {"bytes": len(data), "sha256_hex": sha256(data).hexdigest()} for path, data in files.items()}
    assert VECTORS["generated_log"]["files_at_size_300"] == found


def test_paths_of_tiles():
    """Each number has its path."""
    assert VECTORS["tile_index_path"] == {n: index_path(int(n)) for n in VECTORS["tile_index_path"]}


@pytest.mark.parametrize("name", VECTORS["keys"])
def test_keys_of_logs_and_witnesses(name):
    """Public key, key id and vkey follow from seed, name and type."""
    case = VECTORS["keys"][name]
    signer = SeedSigner(bytes.fromhex(case["seed_hex"]))
    key = VerifierKey(case["name"], case["type"], signer.public)
    assert case["public_hex"] == signer.public.hex()
    assert case["key_id_hex"] == key.id.hex()
    assert case["vkey"] == str(key)
    assert key == KEYS[name]


@pytest.mark.parametrize("case", VECTORS["statement_keys"], ids=lambda case: case["name"])
def test_keys_of_people(case):
    """Public key and fingerprint follow from the seed, and the key may be enrolled."""
    public = SeedSigner(bytes.fromhex(case["seed_hex"])).public
    require_public_key(public)
    assert (case["public_hex"], case["keyid"]) == (public.hex(), key_id(public))


def test_the_example_of_the_signed_note_specification():
    """Its note parses, prints again, and its signature verifies under its key."""
    case = VECTORS["signed_note_spec_example"]
    key = VerifierKey.parse(case["vkey"])
    note = Note.parse(case["note_utf8"].encode())
    assert case["vkey"] == str(key)
    assert case["note_utf8"].encode() == note.encode()
    (line,) = note.signatures
    assert (key.name, key.id) == (line.name, line.key_id)
    assert verify(key.public, line.signature, note.text.encode())


@pytest.mark.parametrize("case", VECTORS["commitment"]["cases"], ids=lambda case: case["field"])
def test_commitments(case):
    """Canonical bytes and commitment follow from agreement, field, value and salt."""
    parts = case["agreement"], case["field"], case["value"]
    assert case["jcs_hex"] == canonical(list(parts)).hex()
    assert case["commitment_b64"] == encode64(commit(*parts, bytes.fromhex(case["salt_hex"])))


def test_no_commitment_is_an_unsalted_digest():
    """The digest of the bare value is none of the commitments."""
    guess = VECTORS["commitment"]["unsalted_guess_must_not_match"]
    digest = sha256(str(guess["value"]).encode()).hexdigest()
    assert guess["sha256_of_value_utf8_hex"] == digest
    assert digest not in {decode64(case["commitment_b64"], "It").hex() for case in VECTORS["commitment"]["cases"]}


@pytest.mark.parametrize("case", VECTORS["pae"], ids=lambda case: case["note"])
def test_signed_bytes(case):
    """Type and body give these bytes and this id."""
    body = case["body_utf8"].encode()
    assert case["pae_hex"] == pae(case["type"], body).hex()
    assert case["pae_sha256_hex"] == statement_id(case["type"], body)


@pytest.mark.parametrize("case", VECTORS["jcs"], ids=lambda case: case["json"])
def test_canonical_json(case):
    """The value has these bytes, and they read back as it."""
    value = json.loads(case["json"])
    assert case["canonical_hex"] == canonical(value).hex()
    assert value == parse_canonical(bytes.fromhex(case["canonical_hex"]))


@pytest.mark.parametrize("case", VECTORS["jcs_must_refuse"], ids=lambda case: case["why"])
def test_json_that_is_refused(case):
    """None of these texts is canonical."""
    with pytest.raises(CanonError):
        parse_canonical(case["json"].encode())


@pytest.mark.parametrize("entry", LOG["entries"], ids=lambda entry: entry["kind"])
def test_entries(entry):
    """Payload, id, signatures, leaf and leaf hash of each entry are those that this program makes."""
    payload, data = entry["payload_utf8"].encode(), entry["leaf_utf8"].encode()
    said = Statement.parse(payload)
    found = Entry.parse(entry["index"], data)
    assert entry["sid_hex"] == said.sid == found.sid
    assert (entry["kind"], LOG["origin"]) == (said.kind, said.log)
    assert said == found.statement
    assert entry["leaf_bytes"] == len(data)
    assert entry["leaf_hash_hex"] == found.leaf.hash.hex()
    seeds = {case["keyid"]: SeedSigner(bytes.fromhex(case["seed_hex"])) for case in VECTORS["statement_keys"]}
    signers = [seeds.get(one.keyid) for one in found.leaf.signatures]
    assert len(entry["signers"]) == len(signers)
    assert found.leaf.signatures == sign_statement(said, *filter(None, signers))
    assert data == Leaf(said, found.accepted_at, found.leaf.signatures).data


def test_the_small_log_as_files():
    """Tile and bundle of the seven entries have these paths and bytes; each leaf can be had from them."""
    tree = Tree(map(leaf_hash, LEAVES))
    (tile,) = tiles_of(len(LEAVES))
    bundle = encode_bundle(LEAVES)
    assert (LOG["level0_partial_tile_path"], LOG["level0_partial_tile_hex"]) == (
        tile.path,
        tile_bytes(tree, tile).hex(),
    )
    assert LOG["entry_bundle_path"] == bundle_path(tile.n, tile.width)
    assert LOG["entry_bundle_sha256_hex"] == sha256(bundle).hexdigest()
    files = {tile.path: tile_bytes(tree, tile), bundle_path(tile.n, tile.width): bundle}
    tiled = TileTree(len(LEAVES), files.__getitem__)
    assert [tiled.leaf(index) for index in range(len(LEAVES))] == LEAVES
    assert LOG["consistency_4_7_hex"] == hexes(tiled.consistency(4))


@pytest.mark.parametrize("size", [4, 7])
def test_the_checkpoints_of_the_small_log(size):
    """Each is signed by the log and cosigned by three; signing and cosigning again gives the same bytes."""
    text = LOG[f"checkpoint_size_{size}_utf8"]
    found = opened(text)
    head = found.checkpoint
    assert Checkpoint(LOG["origin"], size, Tree(map(leaf_hash, LEAVES)).root(size)) == head
    assert (KEYS["log"],) == found.log_keys
    assert [KEYS[f"witness_{name}"] for name in ("a", "b", "neutral")] == [one.key for one in found.cosigned]
    assert found.unknown == 0
    seeds = {case["name"]: SeedSigner(bytes.fromhex(case["seed_hex"])) for case in VECTORS["keys"].values()}
    lines = [cosign(head, one.key.name, seeds[one.key.name], one.time) for one in found.cosigned]
    note = Note(head.text, (sign(head, seeds[LOG["origin"]]),)).with_signatures(lines)
    assert text.encode() == note.encode()
    assert POLICIES.grade(found) == "joint"


def test_details_of_the_checkpoints():
    """The text without signatures, the digest of the note, and what a witness signs."""
    assert LOG["checkpoint_size_4_note_sha256_hex"] == opened(LOG["checkpoint_size_4_utf8"]).note.sha256
    found = opened(LOG["checkpoint_size_7_utf8"])
    assert LOG["checkpoint_size_7_text_utf8"] == found.checkpoint.text == found.note.text
    first = found.cosigned[0]
    message = cosigned_message(found.checkpoint, first.key, first.time)
    assert LOG["cosigned_message_witness_a_size_7_utf8"].encode() == message


def test_the_request_to_a_witness():
    """It is the old size, the proof, an empty line and the checkpoint with the log's signature; the proof holds."""
    head, _, note = LOG["witness_request_4_to_7_utf8"].partition("\n\n")
    old, *proof = head.split("\n")
    before, after = opened(LOG["checkpoint_size_4_utf8"]).checkpoint, opened(note).checkpoint
    assert old == f"old {before.size}"
    hashes = [decode64(one, "It") for one in proof]
    assert LOG["consistency_4_7_hex"] == hexes(tuple(hashes))
    verify_consistency(before.root, before.size, after.root, after.size, hashes)


def test_the_receipt():
    """It parses, prints again, and proves entry 4 with the grade joint."""
    data = LOG["receipt_index_4_utf8"].encode()
    receipt = Receipt.parse(data)
    assert data == receipt.encode()
    assert LEAVES[4] == receipt.leaf
    assert receipt.proof == Tree(map(leaf_hash, LEAVES)).inclusion(4)
    checked = check_receipt(receipt, POLICIES, LOG["origin"])
    assert (checked.index, checked.grade) == (4, "joint")
    assert LOG["entries"][4]["sid_hex"] == checked.entry.sid
    assert [one.keyid for one in Leaf.parse(LEAVES[4]).signatures] == list(checked.signatures)


@pytest.mark.parametrize("case", VECTORS["receipt_negative"], ids=lambda case: case["name"])
def test_broken_receipts(case):
    """Each is refused, at the step that must fail."""
    with pytest.raises(QuittanceError) as caught:
        check_receipt(Receipt.parse(case["receipt_utf8"].encode()), POLICIES)
    assert caught.value.code in STEPS[case["fails_at"]]


@pytest.mark.parametrize("case", VECTORS["policy"]["cases"], ids=lambda case: "".join(case["cosigners"]) or "nobody")
def test_grades(case):
    """Each set of cosigners has its grade."""
    joint = POLICIES.grades["joint"]
    keys = [joint.witnesses[name] for name in case["cosigners"]]
    seeds = {one["name"]: SeedSigner(bytes.fromhex(one["seed_hex"])) for one in VECTORS["keys"].values()}
    head = Checkpoint(LOG["origin"], 7, b"r" * 32)
    lines: list[NoteSignature] = [cosign(head, key.name, seeds[key.name], 1586326200) for key in keys]
    note = Note(head.text, (sign(head, seeds[LOG["origin"]]), *lines))
    assert case["grade"] == POLICIES.grade(POLICIES.open(note.encode()))


@pytest.mark.parametrize("number", range(len(VECTORS["policy"]["must_refuse_utf8"])))
def test_broken_policies(number):
    """Each is refused; with a line feed at its end as well, so that it is refused for its own reason."""
    text = VECTORS["policy"]["must_refuse_utf8"][number]
    for data in {text, text.rstrip("\n") + "\n"}:
        with pytest.raises(PolicyError):
            Policy.parse(data.encode())


def test_the_fork():
    """Two heads of one size are both signed by the log; both continue size 4, and neither continues the other."""
    fork = VECTORS["fork"]
    before = opened(LOG["checkpoint_size_4_utf8"]).checkpoint
    one, other = (
        opened(LOG["checkpoint_size_7_utf8"]).checkpoint,
        opened(fork["checkpoint_size_7_other_utf8"]).checkpoint,
    )
    assert (one.origin, one.size) == (other.origin, other.size)
    assert one.root != other.root
    for head, proof in ((one, LOG["consistency_4_7_hex"]), (other, fork["consistency_4_7_other_hex"])):
        verify_consistency(before.root, 4, head.root, 7, list(map(bytes.fromhex, proof)))
    with pytest.raises(RecordError):
        verify_consistency(one.root, 7, other.root, 7, [])
