"""Two parties lay their checkpoints of one log side by side: one history, or the proof that there are two.

The proof is a file that convinces anybody who has the log's key: the signed notes, and for notes of unequal size also
the consistency proof that leads from another beginning to the larger one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from quittance.errors import RecordError, RefusedError
from quittance.record.checkpoint import Checkpoint, OpenedCheckpoint, open_checkpoint
from quittance.record.envelope import EntryError, decode64, encode64
from quittance.record.note import VerifierKey
from quittance.record.tree import HASH_BYTES, ProofError, verify_consistency
from quittance.witness.request import MAX_PROOF

FIRST_LINE = "quittance-fork/1"

Outcome = Literal["same", "extends", "unproven", "fork"]
"""`extends`: the larger one continues the smaller. `unproven`: nobody can say without the tree of the larger one."""


class CompareError(RefusedError):
    """Two checkpoints cannot be compared, or a file is no proof of a fork; codes `compare.*`."""

    code = "compare.evidence"


class Mirror(Protocol):
    """The tree behind a checkpoint, in memory or in tiles."""

    def root(self, size: int) -> bytes:
        """The root over the first `size` entries."""
        ...

    def consistency(self, old: int, new: int) -> Sequence[bytes]:
        """The proof that the first `old` of `new` entries are kept."""
        ...


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two checkpoints say about each other, the smaller first; `evidence` is the file, for a fork only."""

    outcome: Outcome
    smaller: Checkpoint
    larger: Checkpoint
    evidence: bytes | None = None


def compare(one: bytes, other: bytes, logs: Sequence[VerifierKey], mirror: Mirror | None = None) -> Comparison:
    """Compare two signed notes. `mirror` is the tree of the larger one, needed only where the sizes differ.

    Raises `NoteError` if a note is not signed by one of `logs`, `CompareError` if they are of two logs
    (`compare.other_log`), `RecordError` (`compare.mirror`) if the mirror is not the tree of the larger note.
    """
    small, large = _opened(one, other, logs)
    old, new = small.checkpoint, large.checkpoint
    if old.size == new.size:
        if old.root == new.root:
            return Comparison("same", old, new)
        return Comparison("fork", old, new, _evidence(small, large))
    if mirror is None:
        # Nothing is the beginning of everything.
        return Comparison("unproven" if old.size else "extends", old, new)
    beginning, proof = mirror.root(old.size), tuple(mirror.consistency(old.size, new.size))
    try:
        # This ties `beginning` to the larger note by hashes alone, so that a damaged mirror cannot raise an alarm.
        verify_consistency(beginning, old.size, new.root, new.size, proof)
    except ProofError:
        raise RecordError(
            f"The tree given is not that of the checkpoint of size {new.size}, or it is damaged. Nothing can be said "
            "about the checkpoints; get the tiles again from whoever gave that checkpoint.",
            code="compare.mirror",
        ) from None
    if beginning == old.root:
        return Comparison("extends", old, new)
    return Comparison("fork", old, new, _evidence(small, large, (beginning, *proof)))


def check_evidence(data: bytes, logs: Sequence[VerifierKey]) -> Comparison:
    """The fork that an evidence file proves; raises `CompareError` (`compare.evidence`) or `NoteError` if it does not.

    A file of this form: the line `quittance-fork/1`; for notes of unequal size the root that the larger tree has at the
    smaller size, and the consistency proof from there, one base64 hash a line; an empty line; the smaller note, whole;
    an empty line; the larger note, whole.
    """
    head, gap, notes = data.partition(b"\n\n")
    middle = notes.find(b"\n\n", notes.find(b"\n\n") + 1)
    lines = head.split(b"\n")
    if not gap or middle < 0 or lines[0] != FIRST_LINE.encode() or len(lines) > 2 + MAX_PROOF:
        raise _no_evidence("it is not a file of that kind")
    try:
        hashes = tuple(decode64(line.decode("ascii", "replace"), "A hash") for line in lines[1:])
    except EntryError:
        raise _no_evidence("a hash in it is not base64") from None
    small, large = _opened(notes[: middle + 1], notes[middle + 2 :], logs)
    old, new = small.checkpoint, large.checkpoint
    if old.size == new.size:
        if hashes or old.root == new.root:
            raise _no_evidence("both notes carry one root")
    else:
        if not hashes or any(len(one) != HASH_BYTES for one in hashes) or hashes[0] == old.root:
            raise _no_evidence("it does not show another beginning")
        try:
            verify_consistency(hashes[0], old.size, new.root, new.size, hashes[1:])
        except ProofError:
            raise _no_evidence("its proof does not lead to the larger note") from None
    return Comparison("fork", old, new, data)


def _opened(one: bytes, other: bytes, logs: Sequence[VerifierKey]) -> tuple[OpenedCheckpoint, OpenedCheckpoint]:
    opened = sorted((open_checkpoint(note, logs, ()) for note in (one, other)), key=lambda note: note.checkpoint.size)
    small, large = opened
    if small.checkpoint.origin != large.checkpoint.origin:
        raise CompareError(
            f"One checkpoint is of {small.checkpoint.origin}, the other of {large.checkpoint.origin}. Compare two of "
            "the same log.",
            code="compare.other_log",
        )
    return small, large


def _evidence(small: OpenedCheckpoint, large: OpenedCheckpoint, hashes: Sequence[bytes] = ()) -> bytes:
    head = "\n".join((FIRST_LINE, *map(encode64, hashes), "", ""))
    return head.encode() + small.note.encode() + b"\n" + large.note.encode()


def _no_evidence(why: str) -> CompareError:
    return CompareError(f"The file does not prove a fork: {why}. Ask whoever gave it for the whole file, unchanged.")
