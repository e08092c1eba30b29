"""Checking and proving: whole checks of a published log, receipts, inclusion proofs, and the tree beside pymerkle's."""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import tracemalloc
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

from bench import logs
from bench.machine import each, timed
from quittance.files.published import CHECKPOINT, checkpoint_in, folder_fetch
from quittance.files.verify import CHUNK, verify_log
from quittance.record.note import Note
from quittance.record.receipt import Receipt
from quittance.record.tiles import TILE_WIDTH, TileTree
from quittance.record.tree import Tree, leaf_hash, verify_inclusion

STRUCTURE = "check of the structure"
DEEP = "deep check: signatures and rules too"
TREE = "tree in memory, append"
PROOF_MEMORY = "tree in memory, inclusion proof"
PYMERKLE_TREE = "pymerkle in memory, append"
PYMERKLE_PROOF = "pymerkle in memory, inclusion proof"
PYMERKLE_SQLITE = "pymerkle in SQLite, append"
PYMERKLE_SQLITE_PROOF = "pymerkle in SQLite, inclusion proof"
PROOF_DISK = "inclusion proof from tiles, read anew"
PROOF_KEPT = "inclusion proof from tiles, tiles kept"
RECEIPT = "check-receipt, with its start"
PYTHON = "Python's own start"

CORES = 2
"""Of the reference machine: so many processes check a log."""

SMALL = ((CORES - 1) * CHUNK + 1) * TILE_WIDTH
"""Entries of a log just large enough to give each process something: what its check takes is mostly their start."""


class Check(NamedTuple):
    """One check of a log: its seconds by the clock, and those of all processors together."""

    seconds: float
    processor: float


def check(folder: Path, *, structure_only: bool) -> Check:
    """A check by as many processes as the reference machine has cores; what their start takes is counted."""
    start, spent = perf_counter(), process_time() + _children()
    verified = verify_log(folder, logs.policies(), structure_only=structure_only, processes=CORES)
    found = Check(perf_counter() - start, process_time() + _children() - spent)
    if verified.grade != "joint":
        raise RuntimeError("The log does not have the grade that it was made with.")
    return found


def deep_check(folder: Path) -> tuple[Check, tuple[float, float]]:
    """A deep check in a fresh process, and the most MiB that this one takes and the largest of those that it starts."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_deep_check, folder).result()


def _deep_check(folder: Path) -> tuple[Check, tuple[float, float]]:
    found = check(folder, structure_only=False)
    own, children = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return found, (own / 1024, children / 1024)


def tree_memory(entries: int) -> float:
    """Bytes that the tree in memory holds for each entry."""
    hashes = [leaf_hash(number.to_bytes(8)) for number in range(entries)]
    tracemalloc.start()
    tree = Tree(hashes)
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return held / tree.size


def trees(folder: Path, entries: int, stored: int) -> dict[str, float]:
    """Leaves appended and proofs made, a second: our tree in memory, pymerkle's, and pymerkle's in SQLite."""
    data = [b"bench leaf %d" % number for number in range(entries)]
    asked = random.Random(1).sample(range(entries), min(entries, 500))
    tree = Tree()

    def append() -> None:
        for one in data:
            tree.append(leaf_hash(one))

    found = {
        TREE: timed(entries, append),
        PROOF_MEMORY: timed(len(asked), lambda: [tree.inclusion(index) for index in asked]),
    }
    try:
        from pymerkle import InmemoryTree, SqliteTree
    except ImportError:
        return found
    theirs = InmemoryTree(algorithm="sha256")
    found[PYMERKLE_TREE] = timed(entries, lambda: [theirs.append_entry(one) for one in data])
    found[PYMERKLE_PROOF] = timed(len(asked), lambda: [theirs.prove_inclusion(index + 1) for index in asked])
    with SqliteTree(str(folder / "pymerkle"), algorithm="sha256") as on_disk:
        found[PYMERKLE_SQLITE] = timed(stored, lambda: [on_disk.append_entry(one) for one in data[:stored]])
        few = range(1, 11)
        found[PYMERKLE_SQLITE_PROOF] = timed(len(few), lambda: [on_disk.prove_inclusion(index) for index in few])
    return found


def proofs(folder: Path, number: int) -> dict[str, list[float]]:
    """The seconds of each of `number` inclusion proofs of random entries from the files of a log."""
    head = checkpoint_in((folder / CHECKPOINT).read_bytes())
    indexes = random.Random(1).choices(range(head.size), k=number)
    kept = TileTree(head.size, folder_fetch(folder))
    for index in indexes[:3]:
        verify_inclusion(head.root, head.size, index, kept.leaf_hash(index), kept.inclusion(index))

    def anew(at: int) -> None:
        TileTree(head.size, folder_fetch(folder)).inclusion(indexes[at])

    return {PROOF_DISK: each(number, anew), PROOF_KEPT: each(number, lambda at: kept.inclusion(indexes[at]))}


def receipts(log: Path, folder: Path, number: int) -> tuple[dict[str, list[float]], float]:
    """The seconds of the command that checks a receipt, from start to end, beside an empty Python's.

    Also the processor seconds of that command.
    """
    note = (log / CHECKPOINT).read_bytes()
    size = checkpoint_in(note).size
    tree = TileTree(size, folder_fetch(log))
    receipt = folder / "receipt.tlog-proof"
    receipt.write_bytes(Receipt(size // 2, tree.leaf(size // 2), tree.inclusion(size // 2), Note.parse(note)).encode())
    command = [str(Path(sys.executable).with_name("quittance")), "record", "check-receipt", str(receipt)]
    command += ["--log", str(logs.LOG_KEY)]

    def run(arguments: list[str]) -> None:
        subprocess.run(arguments, check=True, capture_output=True)

    before = _children()
    times = {RECEIPT: each(number, lambda _: run(command))}
    spent = (_children() - before) / number
    return times | {PYTHON: each(number, lambda _: run([sys.executable, "-c", ""]))}, spent


def _children() -> float:
    """Processor seconds of all processes that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
