"""Logs to measure with: signed statements of handovers as a mission makes them, and such a log published as files."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, count, islice
from math import ceil
from pathlib import Path

from tests.signing import START, SignedLog, signer

from quittance.files.published import CHECKPOINT, note_path
from quittance.record.bracket import seen_of
from quittance.record.checkpoint import Checkpoint, cosign, sign
from quittance.record.entry import Leaf
from quittance.record.note import COSIGNATURE, ED25519, Note, VerifierKey
from quittance.record.policy import Policies
from quittance.record.tiles import TILE_WIDTH, bundle_path, encode_bundle, tile_bytes, tiles_of
from quittance.record.tree import Tree, leaf_hash

ORIGIN = "quittance.example/bench-2020/case"
LOG_KEY = VerifierKey(ORIGIN, ED25519, signer("log").public)
WITNESS = "witness.example/neutral"
WITNESS_KEY = VerifierKey(WITNESS, COSIGNATURE, signer("witness").public)
HANDOVERS = 10
PERSONS = 3
PER_BATCH = 3 + 3 * HANDOVERS + 1
"""Statements about one batch: proposed, cleared by two, authorised; each handover three; one count, by two."""

CHECKPOINTS = 8
"""How often such a log was signed and cosigned on its way; its statements name these checkpoints as seen."""


def batches(log: SignedLog) -> Iterator[list[Leaf]]:
    """The statements about one batch after the other, without end, each list in the order in which it may enter."""
    for number in count(1):
        name = f"b{number}"
        handed = [leaf for _ in range(HANDOVERS) for leaf in log.handover(name, PERSONS)]
        yield [*log.batch(name, HANDOVERS * PERSONS), *handed, log.count(name, HANDOVERS * PERSONS)]


def policies() -> Policies:
    """The policies of a reader who trusts the log's key and one witness."""
    text = f"log {LOG_KEY}\nwitness w {WITNESS_KEY}\nquorum w\n".encode()
    return Policies.of_texts({"joint": text, "recorded": text})


def note_of(tree: Tree, size: int) -> Note:
    """The checkpoint at a size, signed and cosigned."""
    checkpoint = Checkpoint(ORIGIN, size, tree.root(size))
    lines = (
        sign(checkpoint, signer("log")),
        cosign(checkpoint, WITNESS, signer("witness"), int(START.timestamp()) + size),
    )
    return Note(checkpoint.text, lines)


def publish(folder: Path, entries: int) -> float:
    """Write the folder of a log of so many entries, quickly and without flushing; gives the mean bytes of a leaf."""
    log, tree = SignedLog(ORIGIN), Tree()
    leaves = chain(log.founding(), chain.from_iterable(batches(log)))
    step = ceil(entries / CHECKPOINTS / TILE_WIDTH) * TILE_WIDTH
    total = 0
    for since in range(0, entries, step):
        size = min(since + step, entries)
        data = [leaf.data for leaf in islice(leaves, size - since)]
        total += sum(map(len, data))
        tree.extend(map(leaf_hash, data))
        left = iter(data)
        for tile in tiles_of(size, since):
            _write(folder / tile.path, tile_bytes(tree, tile))
            if tile.level == 0:
                _write(folder / bundle_path(tile.n, tile.width), encode_bundle(islice(left, tile.width)))
        note = note_of(tree, size).encode()
        _write(folder / note_path(size), note)
        _write(folder / CHECKPOINT, note)
        log.seen = seen_of(note)
    return total / entries


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
