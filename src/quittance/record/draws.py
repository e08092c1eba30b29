"""The seed of a batch: requested, committed to by each party, revealed; before the batch is proposed and only then.

A number that a party has bound itself to cannot be another one later, and nobody binds himself after he has seen one.
"""

from __future__ import annotations

from hashlib import sha256

import msgspec

from quittance.record.known import (
    DrawState,
    NumberState,
    Step,
    offices_of,
    read_batch,
    read_draw,
    read_number,
    refuse,
    write,
)

_TAG = b"quittance/commit/v1"


def label_of(role: str, party: str) -> str:
    """Under which name an office takes part in a draw: that of its party, or its role where its key names none."""
    return party or role


def commitment(request_sha256: str, label: str, nonce: str) -> str:
    """The hex SHA-256 that binds `label` to a number of 32 bytes, in hex, for a request.

    Each part is preceded by its length, 8 bytes big-endian, so that no two lists of parts have the same bytes.
    """
    parts = (_TAG, bytes.fromhex(request_sha256), label.encode(), bytes.fromhex(nonce))
    return sha256(b"".join(len(part).to_bytes(8) + part for part in parts)).hexdigest()


def requested(step: Step) -> dict[str, str]:
    """A seed is requested once for a batch, as long as that is not proposed."""
    name = step.text("batch")
    if step.held(f"seed:{name}"):
        refuse(f"A seed for batch {name} was requested already. Take another id for another draw.", "seed")
    _require_open(step, name)
    request, snapshot, rules = (step.text(f"{one}_sha256") for one in ("request", "snapshot", "rules"))
    return {f"seed:{name}": write(DrawState(step.sid, request, snapshot, rules, int(step.text("size"))))}


def committed(step: Step) -> dict[str, str]:
    """A party binds itself to a number once, before anybody has revealed one."""
    name, draw = step.text("batch"), _draw(step)
    if draw is None or draw.sid != step.target("answers"):
        refuse(f"Statement {step.sid} names another batch than the request that it answers.", "seed")
    _require_open(step, name)
    if draw.revealed:
        refuse(f"A number for the seed of batch {name} is revealed already: nobody may commit after that.", "seed")
    (key,) = step.signers.values()
    mark = f"number:{name}:{label_of(key.role, key.party)}"
    if step.held(mark):
        refuse(f"This party has bound itself to a number for batch {name} already.", "seed")
    number = NumberState(name, offices_of(step.signers.values()), step.text("commit"))
    return {mark: step.sid, f"number:{step.sid}": write(number)}


def revealed(step: Step) -> dict[str, str]:
    """An office reveals the number that it has bound itself to, and no other."""
    name, draw, sid = step.text("batch"), _draw(step), step.target("answers")
    number = read_number(step.held(f"number:{sid}"))
    if draw is None or number.batch != name:
        refuse(f"Statement {step.sid} names another batch than the commitment that it answers.", "seed")
    if number.office != offices_of(step.signers.values()):
        refuse(f"Statement {step.sid} reveals a number that another office is bound to.", "signers")
    _require_open(step, name)
    if number.revealed:
        refuse(f"The number behind statement {sid} is revealed already.", "seed")
    (key,) = step.signers.values()
    if commitment(draw.request, label_of(key.role, key.party), step.text("nonce")) != number.commit:
        refuse(f"Statement {step.sid} reveals another number than the one that {sid} is bound to.", "seed")
    return {
        f"number:{sid}": write(msgspec.structs.replace(number, revealed=True)),
        f"seed:{name}": write(msgspec.structs.replace(draw, revealed=True)),
    }


def require_drawn(step: Step) -> None:
    """Raise `record.seed` where a seed was requested and the batch proposed is made of something else."""
    draw = _draw(step)
    if draw is None:
        return
    asked = {"request_sha256": draw.request, "snapshot_sha256": draw.snapshot, "rules_sha256": draw.rules}
    if any(step.statement.body.get(member, digest) != digest for member, digest in asked.items()):
        refuse(f"Batch {step.text('batch')} is proposed on another register or rules than its seed was for.", "seed")
    if int(step.text("count")) > draw.size:
        refuse(f"The seed of batch {step.text('batch')} was requested for {draw.size} persons at most.", "seed")


def _draw(step: Step) -> DrawState | None:
    held = step.held(f"seed:{step.text('batch')}")
    return read_draw(held) if held else None


def _require_open(step: Step, batch: str) -> None:
    held = step.held(f"batch:{batch}")
    if held and read_batch(held).step:
        refuse(f"Batch {batch} is proposed already: its seed is settled.", "seed")
