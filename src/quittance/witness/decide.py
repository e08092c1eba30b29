"""What a witness decides about a request: pure, in the order of C2SP tlog-witness v1.0.0.

A witness that keeps to this never cosigns two roots for one size, nor a tree that does not continue the last one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quittance.record.checkpoint import Checkpoint, OpenedCheckpoint, open_checkpoint
from quittance.record.note import NoteError, VerifierKey
from quittance.record.tree import EMPTY_ROOT, ProofError, verify_consistency
from quittance.witness.request import AddCheckpoint

TrustedLogs = Mapping[str, Sequence[VerifierKey]]
"""Origin -> the keys that may sign for it; two of them while a log changes its key."""


@dataclass(frozen=True, slots=True)
class CosignedHead:
    """The last checkpoint cosigned for an origin: its text, the time of the cosignature, and the note with both."""

    checkpoint: Checkpoint
    time: int
    note: bytes


@dataclass(frozen=True, slots=True)
class Cosign:
    """Yes: the checkpoint continues what was cosigned last."""

    opened: OpenedCheckpoint


@dataclass(frozen=True, slots=True)
class Refusal:
    """No, and why: the HTTP status of the protocol, a stable code, a sentence.

    `signed` says that a trusted log key signed the checkpoint, so that it must be kept. `size` is the size cosigned
    last, for status 409.
    """

    status: int
    code: str
    message: str
    signed: bool = True
    size: int = 0


def decide(request: AddCheckpoint, logs: TrustedLogs, last: CosignedHead | None) -> Cosign | Refusal:
    """Whether to cosign. `last` is what was cosigned last for the request's origin, None for nothing yet.

    That a checkpoint of size 0 carries the empty root is part of its form: another one cannot be parsed.
    """
    new = request.checkpoint
    if new.origin not in logs:
        return Refusal(404, "witness.unknown_log", "This witness does not know the log.", signed=False)
    try:
        opened = open_checkpoint(request.note.encode(), logs[new.origin], ())
    except NoteError:
        return Refusal(
            403, "witness.signature", "No key that this witness trusts has signed the checkpoint.", signed=False
        )
    if request.old > new.size:
        return Refusal(400, "witness.old_size", "The old size is more than the size of the checkpoint.")
    size, root = (last.checkpoint.size, last.checkpoint.root) if last else (0, EMPTY_ROOT)
    if request.old != size:
        return Refusal(409, "witness.conflict", f"The size cosigned last is {size}.", size=size)
    if new.size == size and new.root != root:
        return Refusal(422, "witness.fork", "The root is not the one cosigned for this size: there are two histories.")
    try:
        verify_consistency(root, size, new.root, new.size, request.proof)
    except ProofError:
        return Refusal(422, "witness.proof", "The proof does not show that the tree continues the one cosigned last.")
    return Cosign(opened)
