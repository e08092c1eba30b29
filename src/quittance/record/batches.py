"""Batches and handovers: who may be handed over under which batch, once, and who may answer or deny it.

A batch that names its persons is *named*: its manifest says who may go, changes in numbered rounds, and never loses
anybody who has gone already.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from quittance.record.draws import require_drawn
from quittance.record.known import (
    BatchState,
    HandoverState,
    KeyState,
    Known,
    Step,
    read_batch,
    read_handover,
    refuse,
    write,
)
from quittance.record.statement import Statement

STEPS = {"batch.proposed": ("", "proposed"), "batch.cleared": ("proposed", "cleared"),
         "batch.authorised": ("cleared", "authorised")}  # fmt: skip
"""Kind -> the state that the batch must be in, and the one that it enters."""


def _acts_for(key: KeyState, party: str, role: str) -> bool:
    """Whether a side's key speaks for `party`; where key or statement names no party, its role decides."""
    return key.party == party if key.party and party else key.role == role


def batch_of(step: Step) -> BatchState:
    """The batch that a statement names, as the log knows it."""
    held = step.held(f"batch:{step.text('batch')}")
    return read_batch(held) if held else BatchState()


def advanced(step: Step) -> dict[str, str]:
    """A batch takes its steps in order."""
    name, batch = step.text("batch"), batch_of(step)
    before, after = STEPS[step.statement.kind]
    if batch.step != before:
        refuse(
            f"Batch {name} is {batch.step or 'not proposed'}; {step.statement.kind} needs it to be {before or 'new'}.",
            "batch_state",
        )
    if not before:
        return _proposed(step, name, batch)
    if after == "authorised" and not all(_acts_for(key, batch.giver, "holding") for key in step.signers.values()):
        refuse(f"Batch {name} is authorised by the side that holds the persons, and by no other.", "signers")
    return {f"batch:{name}": write(msgspec.structs.replace(batch, step=after))}


def _proposed(step: Step, name: str, batch: BatchState) -> dict[str, str]:
    """A batch made of what its seed was requested for; the persons it names are those who may be handed over."""
    require_drawn(step)
    if step.handles and batch.done:
        refuse(f"Persons were handed over under batch {name} before it named any. Take another id.", "batch_state")
    made = BatchState(
        "proposed",
        int(step.text("count")),
        batch.done,
        step.text("commitment"),
        step.text("from"),
        step.text("to"),
        bool(step.handles),
        0,
        len(step.handles),
        step.text("batch_sha256"),
    )
    return {f"batch:{name}": write(made)} | dict.fromkeys(_places(name, step.handles), "0")


def changed(step: Step) -> dict[str, str]:
    """A round of replacements: another manifest, in which everybody stands who has gone already."""
    name, batch, body = step.text("batch"), batch_of(step), step.statement.body
    count, number = int(step.text("count")), int(step.text("round"))
    if not batch.named or batch.step == "closed":
        refuse(f"Batch {name} is closed, or was not proposed with the handles of its persons.", "batch_state")
    if number != batch.round + 1 or (batch.sha256 and body["before_sha256"] != batch.sha256):
        refuse(
            f"Round {number} of batch {name} does not follow on round {batch.round} as it stands. Draw it up again.",
            "batch_state",
        )
    if count > batch.count:
        refuse(f"Batch {name} was proposed with {batch.count} persons, not with {count}.", "batch_state")
    if sum(step.held(mark) != "" for mark in _gone(name, step.handles)) != batch.done:
        refuse(f"Round {number} of batch {name} leaves out a person who was handed over under it.", "batch_state")
    after = msgspec.structs.replace(batch, round=number, size=count, sha256=step.text("batch_sha256"))
    return {f"batch:{name}": write(after)} | dict.fromkeys(_places(name, step.handles), str(number))


def closed(step: Step) -> dict[str, str]:
    """The end of a batch, with the number of those who were handed over under it."""
    name, batch = step.text("batch"), batch_of(step)
    if batch.step in ("", "closed"):
        refuse(f"Batch {name} is {batch.step or 'not proposed'}, so it cannot be closed.", "batch_state")
    if int(step.text("count")) != batch.done:
        refuse(f"Under batch {name} {batch.done} persons were handed over, not {step.text('count')}.", "batch_state")
    return {f"batch:{name}": write(msgspec.structs.replace(batch, step="closed"))}


def require_present(step: Step, name: str, batch: BatchState) -> None:
    """Raise `record.manifest` unless everybody in a statement stands on the manifest of a named batch as it is now."""
    now = str(batch.round)
    if batch.named and any(step.held(place) != now for place in _places(name, step.handles)):
        refuse(
            f"Statement {step.sid} names a person who is not in batch {name} as it stands. Check the batch; if it has "
            "changed, draw the statement up again.",
            "manifest",
        )


def said_of(step: Step) -> dict[str, str]:
    """What is said of persons as members of a batch is said of those who are in it, or were."""
    name, batch = step.text("batch"), batch_of(step)
    if name and not batch.step:
        refuse(f"Batch {name} is not proposed. Leave it out, or wait for the proposal.", "batch_state")
    if batch.named and not all(map(step.held, _places(name, step.handles))):
        refuse(f"Statement {step.sid} names a person who never was in batch {name}.", "manifest")
    return {}


def _marks(commitment: str, handles: Iterable[str]) -> list[str]:
    """Under which names it stands that these persons were delivered for a commitment."""
    return [f"delivered:{commitment}:{handle}" for handle in handles]


def _places(batch: str, handles: Iterable[str]) -> list[str]:
    """Under which names it stands in which round these persons were last on the manifest of a batch."""
    return [f"manifest:{batch}:{handle}" for handle in handles]


def _gone(batch: str, handles: Iterable[str]) -> list[str]:
    """Under which names it stands that these persons were handed over under a named batch."""
    return [f"gone:{batch}:{handle}" for handle in handles]


def observed(step: Step) -> dict[str, str]:
    """No person is delivered twice for one commitment; a batch of the log is authorised first and not exceeded."""
    name, count, giver, taker = step.text("batch"), int(step.text("count")), step.text("from"), step.text("to")
    batch, commitment = batch_of(step), step.text("commitment")
    if any(int(step.text(member) or 0) > count for member in ("asked", "wish_affirmed")):
        refuse(f"Statement {step.sid} counts more persons asked or affirmed than handed over.", "people")
    if batch.step:
        if batch.step != "authorised":
            refuse(f"Batch {name} is {batch.step}; a handover needs it to be authorised.", "batch_state")
        pairs = ((commitment, batch.commitment), (giver, batch.giver), (taker, batch.taker))
        if any(said and meant and said != meant for said, meant in pairs):
            refuse(f"Batch {name} was proposed for another commitment or between others.", "batch_state")
        if batch.done + count > batch.count:
            refuse(
                f"Batch {name} was proposed with {batch.count} persons; this would make {batch.done + count}.",
                "batch_state",
            )
        commitment = commitment or batch.commitment
    marks = dict.fromkeys(_marks(commitment, step.handles), step.sid)
    if any(step.held(mark) for mark in marks):
        refuse(
            f"Statement {step.sid} hands over a person who was handed over already for the same commitment.",
            "delivered_twice",
        )
    after = msgspec.structs.replace(batch, done=batch.done + count)
    handover = HandoverState(name, count, commitment, giver, taker)
    return {f"handover:{step.sid}": write(handover), f"batch:{name}": write(after)} | marks | _left(step, name, batch)


def _left(step: Step, name: str, batch: BatchState) -> dict[str, str]:
    """Who has gone under a named batch: only those on its manifest, each once, whatever it counts for.

    All were asked and affirmed, or nothing is said of it: a smaller number would tell that somebody declined.
    """
    if not batch.named:
        return {}
    require_present(step, name, batch)
    gone = dict.fromkeys(_gone(name, step.handles), step.sid)
    if any(step.held(mark) for mark in gone):
        refuse(f"Statement {step.sid} hands over a person who has gone under batch {name} already.", "delivered_twice")
    said = [step.text(member) for member in ("asked", "wish_affirmed")]
    if said not in (["", ""], [step.text("count")] * 2):
        refuse(
            f"Statement {step.sid}: asked and wish_affirmed are the number of those handed over under batch {name}, "
            "or both are left out.",
            "people",
        )
    return gone


def answered(step: Step) -> dict[str, str]:
    """Each side answers one observed handover once, for the same batch; its count is its own word."""
    sid, kind = step.target("answers"), step.statement.kind
    handover = _target(step, sid)
    is_giver = kind == "handover.delivered"
    (key,) = step.signers.values()
    if not _acts_for(key, handover.giver if is_giver else handover.taker, "holding" if is_giver else "receiving"):
        refuse(f"Statement {step.sid} ({kind}) is signed by the other side.", "signers")
    if step.held(f"{kind}:{sid}"):
        refuse(f"This side has answered handover {sid} already.", "answered_twice")
    return {f"{kind}:{sid}": step.sid}


def denied(step: Step) -> dict[str, str]:
    """Giver or taker denies persons of one handover, each of them once until the denial is withdrawn."""
    sid = step.target("answers")
    handover = _target(step, sid)
    (key,) = step.signers.values()
    ends = (("giver", handover.giver, "holding"), ("taker", handover.taker, "receiving"))
    end = next((end for end, party, role in ends if _acts_for(key, party, role)), "")
    if not end:
        refuse(f"Statement {step.sid} is signed by neither side of handover {sid}.", "signers")
    if any(step.held(mark) != sid for mark in _marks(handover.commitment, step.handles)):
        refuse(f"Statement {step.sid} denies a person who is not in handover {sid}.", "people")
    names = _denials(end, sid, step.handles)
    if any(map(step.held, names)):
        refuse(f"This side has denied one of these persons of handover {sid} already.", "denied_twice")
    return dict.fromkeys(names, step.sid) | {f"denial:{step.sid}": f"{end}:{sid}:{len(names)}"}


def _target(step: Step, sid: str) -> HandoverState:
    """The handover that an answer or a denial is about."""
    held = step.held(f"handover:{sid}")
    if not held:
        refuse(f"The handover that statement {step.sid} answers was withdrawn.", "no_ref")
    handover = read_handover(held)
    if handover.batch != step.text("batch") or step.statement.body.get("observed", sid) != sid:
        refuse(f"Statement {step.sid} names another batch or handover than the one it answers.", "batch_state")
    return handover


def _denials(end: str, sid: str, handles: Iterable[str]) -> list[str]:
    """Under which names it stands that one end of a handover denies these persons."""
    return [f"denied:{end}:{sid}:{handle}" for handle in handles]


def handover_withdrawn(step: Step, sid: str) -> dict[str, str]:
    """The persons of a handover that is withdrawn are free again, and so are their places in the batch."""
    held = step.held(f"handover:{sid}")
    if not held:
        return {}
    handover = read_handover(held)
    marks = _marks(handover.commitment, step.handles)
    if len(marks) != handover.count or any(step.held(mark) != sid for mark in marks):
        refuse(f"Statement {step.sid} must carry the same person handles as the handover it withdraws.", "people")
    name = handover.batch
    batch = read_batch(step.held(f"batch:{name}"))
    if batch.step == "closed":
        refuse(f"Batch {name} is closed with handover {sid} in it. State what holds now.", "final")
    after = msgspec.structs.replace(batch, done=batch.done - handover.count)
    marks += _gone(name, step.handles) if batch.named else []
    return {f"handover:{sid}": "", f"batch:{name}": write(after)} | dict.fromkeys(marks, "")


def denial_withdrawn(step: Step, sid: str) -> dict[str, str]:
    """A denial that is withdrawn may be stated again."""
    held = step.held(f"denial:{sid}")
    if not held:
        return {}
    end, handover, count = held.split(":")
    names = _denials(end, handover, step.handles)
    if len(names) != int(count) or any(step.held(name) != sid for name in names):
        refuse(f"Statement {step.sid} must carry the same person handles as the denial it withdraws.", "people")
    return dict.fromkeys(names, "")


def asked(statement: Statement, known: Known) -> list[str]:
    """Names that the effects above will ask for; some may be missing or too many."""
    kind, handles = statement.kind, statement.commitments.get("person", ())
    name = str(statement.body.get("batch", ""))
    if kind == "handover.observed":
        batch = read_batch(known.state(f"batch:{name}") or "{}")
        marks = _marks(str(statement.body.get("commitment") or batch.commitment), handles)
        return marks + ([*_places(name, handles), *_gone(name, handles)] if batch.named else [])
    if kind == "batch.changed":
        return _gone(name, handles)
    if kind in ("handover.delivered", "handover.received"):
        return [f"{one}:{ref.sid}" for ref in statement.refs for one in ("handover", kind)]
    return _places(name, handles) if kind in ("clearance.given", "clearance.sealed", "outcome.stated") else []
