"""What a log knows more with a statement of each kind, and what that knowledge refuses.

Each function takes one step and gives the names it writes; it raises `RecordError` for what the log cannot follow on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

import msgspec

from quittance.record import batches, draws, rounds
from quittance.record.kinds import SIDES
from quittance.record.known import (
    Known,
    ListState,
    LogState,
    Step,
    read_key,
    read_list,
    read_log,
    refuse,
    write,
    write_list,
)
from quittance.record.signers import offered_keys
from quittance.record.statement import Statement

BOOTSTRAP = frozenset({"log.genesis", "key.enrolled", "fact.reported", "claim.captured", "record.countersigned"})
"""Kinds that leave a log in its founding phase, in which operator and new key suffice to enrol."""


def _genesis(step: Step) -> dict[str, str]:
    keys = offered_keys(step.statement, step.known.size)
    return {"log": write(step.log)} | {f"key:{name}": write(key) for name, key in keys.items()}


def _enrolled(step: Step) -> dict[str, str]:
    log, fingerprint = step.log, step.text("fingerprint")
    _require_fresh(step, fingerprint)
    if len(step.signers) == 1 + log.threshold:  # operator and new key only
        named = log.founding is not None and fingerprint in log.founding
        if not named and not (log.founding is None and log.open):
            refuse(
                f"Key {fingerprint[:16]} is no founding key: its enrolment needs the signature of one more office.",
                "founding",
            )
    return {f"key:{fingerprint}": write(step.signers[fingerprint])}


def _rotated(step: Step) -> dict[str, str]:
    old, new, index = step.text("old"), step.text("fingerprint"), step.known.size
    _require_fresh(step, new)
    before = step.signers[old]
    after = msgspec.structs.replace(before, public=step.signers[new].public, since=index)
    return {
        f"key:{old}": write(msgspec.structs.replace(before, until=index)),
        f"key:{new}": write(after),
    }


def _require_fresh(step: Step, fingerprint: str) -> None:
    if step.held(f"key:{fingerprint}"):
        refuse(f"Key {fingerprint[:16]} was enrolled before; a key has one term. Make a new one.", "key_used")


def _revoked(step: Step) -> dict[str, str]:
    fingerprint, log, index = step.text("fingerprint"), step.log, step.known.size
    stored = step.held(f"key:{fingerprint}")
    key = read_key(stored) if stored else None
    doubted = step.statement.body.get("compromised_since")
    if key is None or (key.until is not None and (doubted is None or key.again)):
        refuse(f"Key {fingerprint[:16]} is not in its term, so it cannot be revoked.", "key_state")
    if any(
        other.role != "operator" and (other.role, other.party) != (key.role, key.party)
        for other in step.signers.values()
    ):
        refuse(f"Key {fingerprint[:16]} can be revoked by its own office or by the operator.", "signers")
    if isinstance(doubted, int) and doubted > index:
        refuse("A key cannot be doubted from an entry on that is not there yet.", "key_state")
    since = min((one for one in (key.doubted, doubted) if isinstance(one, int)), default=None)
    until = index if key.until is None else key.until
    ended = msgspec.structs.replace(key, until=until, doubted=since, again=key.until is not None)
    changes = {f"key:{fingerprint}": write(ended)}
    if key.role == "operator" and key.until is None:
        if log.operators <= log.threshold:
            refuse("The operator would have too few keys left to act. Enrol or rotate one first.", "key_state")
        changes["log"] = write(msgspec.structs.replace(log, operators=log.operators - 1))
    return changes


def _submitted(step: Step) -> dict[str, str]:
    """A list comes in versions, one after the other, and each version in its parts."""
    name, body = _list_name(step), step.statement.body
    version, part, parts = (int(str(body.get(member, 1))) for member in ("version", "part", "parts"))
    stored = step.known.state(name)
    before = None if stored is None else read_list(stored)
    if not _may_follow(before, version, part, parts):
        refuse(
            f"List {step.text('list')}: part {part} of {parts} of version {version} cannot come {_place(before)}. "
            "Parts come in their order, and a new version after the last part of the one before.",
            "list_state",
        )
    sid, last = (before.sid, before.last) if before and part > 1 else (step.sid, "")
    if parts > 1:
        handles = (last, *step.handles)
        if any(one >= other for one, other in pairwise(handles)):
            refuse(
                f"Statement {step.sid} is a part of a list, and its handles are not in ascending order over all parts, "
                "each once. Sort the handles of the whole version, then cut it into parts.",
                "people",
            )
        last = handles[-1]
    return {name: write_list(ListState(sid, version, part, parts, last))}


def _may_follow(before: ListState | None, version: int, part: int, parts: int) -> bool:
    """Whether a part may be the next of a list; `before` is None for one that its side has not submitted yet."""
    if before is None:
        return (version, part) == (1, 1)
    if part > 1:
        return before.sid != "" and (version, part, parts) == (before.version, before.part + 1, before.parts)
    if before.sid:
        return before.part == before.parts and version == before.version + 1
    return version > before.version or version == 1 == before.version


def _place(before: ListState | None) -> str:
    """Where a list stands, in words that follow "cannot come"."""
    if before is None:
        return "first"
    if not before.sid:
        return f"after version {before.version} was withdrawn"
    return f"after part {before.part} of {before.parts} of version {before.version}"


def _list_withdrawn(step: Step) -> dict[str, str]:
    """A side withdraws a list that it submitted, in whatever version and however much of it is there."""
    name = _list_name(step)
    before = read_list(step.held(name))
    if not before.sid:
        refuse(f"List {step.text('list')} was not submitted by this side, or is withdrawn.", "list_state")
    return {name: write_list(ListState(version=before.version))}


def _list_name(step: Step) -> str:
    (key,) = step.signers.values()
    return f"list:{key.role}:{key.party}:{step.text('list')}"


def _counted(step: Step) -> dict[str, str]:
    """A side asserts the number of a batch under a commitment once, until it withdraws it."""
    commitment, batch = step.text("commitment"), step.text("batch")
    names = sorted(f"counted:{commitment}:{batch}:{key.role}:{key.party}" for key in step.signers.values())
    if any(step.held(name) for name in names):
        refuse(f"Batch {batch} is counted under {commitment} already. Withdraw that statement first.", "counted_twice")
    return dict.fromkeys(names, step.sid) | {f"count:{step.sid}": "\n".join(names)}


def _withdrawn(step: Step) -> dict[str, str]:
    """What is taken back no longer stands in the way of stating it rightly."""
    sid = step.target("withdraws")
    if step.held(f"withdrawn:{sid}"):
        refuse(f"Statement {sid} is withdrawn already.", "final")
    changes = {f"withdrawn:{sid}": step.sid}
    if counted := step.held(f"count:{sid}"):
        return changes | dict.fromkeys(counted.split("\n"), "")
    return changes | batches.handover_withdrawn(step, sid) | batches.denial_withdrawn(step, sid)


def _fact(step: Step) -> dict[str, str]:
    """Every entry of the journal has an id of its own, by which others refer to it."""
    name = f"fact:{step.text('id')}"
    if step.held(name):
        refuse(f"Statement {step.sid} is an entry of the journal whose id is taken. Give it one of its own.", "fact_id")
    return {name: step.sid}


def _claim_judged(step: Step) -> dict[str, str]:
    """The claim itself stands in the record as one salted commitment, and nowhere else."""
    if len(step.statement.commitments.get("claim", ())) != 1:
        refuse(f"Statement {step.sid} judges a claim and does not hold exactly one commitment to it.", "claim")
    return {}


EFFECTS: Mapping[str, Callable[[Step], dict[str, str]]] = {
    "log.genesis": _genesis,
    "key.enrolled": _enrolled,
    "key.rotated": _rotated,
    "key.revoked": _revoked,
    "fact.reported": _fact,
    "fact.stated": _fact,
    "list.submitted": _submitted,
    "list.withdrawn": _list_withdrawn,
    "batch.proposed": batches.advanced,
    "batch.cleared": batches.advanced,
    "batch.authorised": batches.advanced,
    "batch.changed": batches.changed,
    "batch.closed": batches.closed,
    "clearance.given": batches.said_of,
    "clearance.sealed": rounds.sealed,
    "handover.observed": batches.observed,
    "handover.delivered": batches.answered,
    "handover.received": batches.answered,
    "handover.denied": batches.denied,
    "outcome.stated": batches.said_of,
    "claim.judged": _claim_judged,
    "count.asserted": _counted,
    "seed.requested": draws.requested,
    "seed.committed": draws.committed,
    "seed.revealed": draws.revealed,
    "record.withdrawn": _withdrawn,
}
"""Kind -> what the log knows more with a statement of it."""


def asked(statement: Statement, known: Known) -> list[str]:
    """Names that the effect of a statement will ask for, so that a store can read those of many statements at once.

    Some may be missing or too many: the effect is what counts.
    """
    return batches.asked(statement, known)


def phase(step: Step, changes: Mapping[str, str]) -> dict[str, str]:
    """The founding phase, on top of what the statement itself changes: countersignatures awaited, and its end."""
    statement = step.statement
    log = after = read_log(changes["log"]) if "log" in changes else step.log
    is_founding = len(step.signers) == 1 + log.threshold or step.text("fingerprint") in (log.founding or ())
    if statement.kind == "key.enrolled" and is_founding:
        after = _awaiting(statement, log)
    elif statement.kind == "record.countersigned":
        after = _countersigned(step, log)
    if statement.kind == "key.enrolled" and statement.body["role"] == "operator":
        after = msgspec.structs.replace(after, operators=after.operators + 1)
    if log.open and statement.kind not in BOOTSTRAP:
        after = msgspec.structs.replace(after, open=False)
    return {} if after is log else {"log": write(after)}


def _countersigned(step: Step, log: LogState) -> LogState:
    """The log after a countersignature: one of a founding enrolment is remembered, also for keys still to come."""
    founding = {sid for sid, _, _ in log.enrolled}
    sids = {ref.sid for ref in step.statement.refs if ref.rel == "countersigns"} & founding
    met = {f"{sid} {key.role} {key.party}" for sid in sids for key in step.signers.values()}
    if met <= set(log.met):
        return log
    awaited = tuple(one for one in log.awaited if one not in met)
    return msgspec.structs.replace(log, awaited=awaited, met=tuple(sorted({*log.met, *met})))


def _awaiting(statement: Statement, log: LogState) -> LogState:
    """The log after a founding enrolment: every side must countersign the key of every other office."""
    mine = (statement.sid, str(statement.body["role"]), str(statement.body.get("party", "")))
    pairs = [(mine, other) for other in log.enrolled] + [(other, mine) for other in log.enrolled]
    wanted = [
        f"{sid} {role} {party}"
        for (sid, *office), (_, role, party) in pairs
        if role in SIDES and [role, party] != office
    ]
    awaited = [one for one in wanted if one not in log.met]
    return msgspec.structs.replace(log, enrolled=(*log.enrolled, mine), awaited=(*log.awaited, *awaited))
