"""A log as the product writes it: real signed entries, its tiles, bundles, checkpoints, cosignatures and receipts."""

from __future__ import annotations

from pathlib import Path

from tests.interop.logs import PublishedLog, put
from tests.signing import SignedLog, signer

from quittance.record import checkpoint as checkpoints
from quittance.record.note import COSIGNATURE, ED25519, Note, VerifierKey
from quittance.record.receipt import Receipt
from quittance.record.tiles import TileTree, bundle_path, encode_bundle, tile_bytes, tiles_of
from quittance.record.tree import Tree, leaf_hash

SIZES = (200, 300)
WITNESSES = ("side-a.example/witness", "side-b.example/witness", "neutral.example/witness")
TIME = 1_586_326_200


def product_log(folder: Path) -> PublishedLog:
    """300 entries, published at 200 and 300."""
    made = SignedLog()
    leaves = made.case(batches=2, people=3)
    leaves += made.facts(SIZES[-1] - len(leaves))
    data = [leaf.data for leaf in leaves]
    tree, notes = Tree(), {}
    for size in SIZES:
        since = tree.size
        tree.extend(map(leaf_hash, data[since:size]))
        for tile in tiles_of(size, since):
            put(folder / tile.path, tile_bytes(tree, tile))
            if tile.level == 0:
                entries = data[tile.n * 256 : tile.n * 256 + tile.width]
                put(folder / bundle_path(tile.n, tile.width), encode_bundle(entries))
        checkpoint = checkpoints.Checkpoint(made.origin, size, tree.root())
        note = Note(checkpoint.text, (checkpoints.sign(checkpoint, signer("log")),))
        notes[size] = note.with_signatures(
            checkpoints.cosign(checkpoint, name, signer(name), TIME + size) for name in WITNESSES
        )
        put(folder / f"notes/{size}", notes[size].encode())
        put(folder / "checkpoint", notes[size].encode())
    read = TileTree(SIZES[-1], lambda path: (folder / path).read_bytes())
    return PublishedLog(
        folder,
        str(VerifierKey(made.origin, ED25519, signer("log").public)),
        tuple(str(VerifierKey(name, COSIGNATURE, signer(name).public)) for name in WITNESSES),
        notes[SIZES[0]].encode(),
        tuple(
            Receipt(index, data[index], read.inclusion(index), notes[SIZES[-1]]).encode() for index in range(SIZES[-1])
        ),
    )
