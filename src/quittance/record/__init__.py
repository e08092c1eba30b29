"""The record: an append-only log of statements that parties who do not trust each other can each check.

A `Statement` is what somebody says; its canonical payload is what is signed, its `sid` names it. A `Leaf` adds the time
of acceptance and is what the Merkle tree (`tree`) hashes; an `Entry` is a leaf with its index. A `Store` (`memory`,
`sqlite`) keeps leaves in order and moves its `Head` by compare-and-swap; the `Writer` turns submissions from many
threads into few durable transactions. No name of a person is ever in the record.

Everything but `sqlite`, `lock` and `writer` is pure: times, nonces and keys are arguments.
"""

from quittance.record.entry import Entry, Leaf
from quittance.record.envelope import EntryError, Signature
from quittance.record.memory import MemoryStore
from quittance.record.statement import Blob, Ref, Seen, Span, Statement
from quittance.record.store import AppendRefused, DamagedError, DuplicateError, Head, Store, entries
from quittance.record.tree import Tree, verify_consistency, verify_inclusion

__all__ = [
    "AppendRefused",
    "Blob",
    "DamagedError",
    "DuplicateError",
    "Entry",
    "EntryError",
    "Head",
    "Leaf",
    "MemoryStore",
    "Ref",
    "Seen",
    "Signature",
    "Span",
    "Statement",
    "Store",
    "Tree",
    "entries",
    "verify_consistency",
    "verify_inclusion",
]
