"""Who has attested a handover, person by person: released only with the agreed quorum, and with nobody of it denying.

A side signs a number, and names whom it denies. A number that its own denials do not explain names nobody, so it
attests nobody until more is denied. What is signed late, or by a key in doubt, counts and is shown as such.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, TypeAlias

from quittance.agreement.model import Attesting, Quorum
from quittance.dates import parse_instant
from quittance.handover.model import Answer, Handover, Side
from quittance.handover.state import Proceedings

Grade: TypeAlias = Literal["joint", "recorded", "denied"]
"""Both sides have signed and the neutral saw it; somebody has not signed yet; a side denies."""

Standing: TypeAlias = Literal["released", "in_handover", "denied"]

PROMPT = timedelta(hours=24)
"""A side that signs later than this after the handover signs late."""

SIDES: tuple[Side, ...] = ("holding", "receiving")


@dataclass(frozen=True, slots=True)
class Attested:
    """What is attested of one person of a handover.

    `signed` and `missing` are offices of the quorum, `denied_by` sides, whether of the quorum or not; `late`,
    `doubtful` and `differs` the offices whose word came late, by a key in doubt, or with another number.
    """

    handle: str
    state: Standing
    grade: Grade
    signed: tuple[Attesting, ...]
    missing: tuple[Attesting, ...]
    denied_by: tuple[Side, ...]
    late: tuple[Attesting, ...] = ()
    doubtful: tuple[Attesting, ...] = ()
    differs: tuple[Attesting, ...] = ()


def attested(handover: Handover, handle: str, quorum: Quorum, proceedings: Proceedings) -> Attested:
    """What is attested of a person of `handover`; see the record format, "Handovers"."""
    denied = handover.denied_by(handle)
    answers = {side: answer for side in SIDES if (answer := handover.answer(side))}
    signing = signing_of(handover)
    sids: dict[str, str] = {side: answer.sid for side, answer in answers.items()} | {"neutral": handover.sid}
    offices: tuple[Attesting, ...] = (*answers, "neutral")
    return Attested(
        handle,
        state_of(handover, handle, quorum),
        "denied" if denied else "joint" if len(signing) == 3 else "recorded",
        tuple(office for office in quorum.of if office in signing and office not in denied),
        tuple(office for office in quorum.of if office not in signing),
        denied,
        tuple(side for side, answer in answers.items() if is_late(handover, answer, proceedings)),
        tuple(office for office in offices if proceedings.is_doubtful(sids[office])),
        tuple(side for side, answer in answers.items() if differs(handover, answer)),
    )


def signing_of(handover: Handover) -> tuple[Attesting, ...]:
    """The offices whose word is about everybody of a handover: the neutral, and sides that have signed for all."""
    sides = (side for side in SIDES if (answer := handover.answer(side)) and covers(handover, answer))
    return (*sides, "neutral")


def state_of(handover: Handover, handle: str, quorum: Quorum) -> Standing:
    """Whether a person of a handover is released by it: enough of the quorum have signed, and none of it denies."""
    denied = handover.denied_by(handle)
    if any(side in quorum.of for side in denied):
        return "denied"
    signed = [office for office in signing_of(handover) if office in quorum.of and office not in denied]
    return "released" if len(signed) >= quorum.needed else "in_handover"


def denied_of(handover: Handover, side: Side) -> int:
    """How many persons of a handover a side denies."""
    return len({one.handle for one in handover.denials if one.side == side})


def covers(handover: Handover, answer: Answer) -> bool:
    """Whether a side's number, with the persons it denies, leaves nobody out."""
    return answer.count + denied_of(handover, answer.side) >= handover.count


def differs(handover: Handover, answer: Answer) -> bool:
    """Whether a side's number is neither everybody nor everybody but those it denies."""
    return answer.count not in (handover.count, handover.count - denied_of(handover, answer.side))


def is_late(handover: Handover, answer: Answer, proceedings: Proceedings) -> bool:
    """Whether a side signed more than `PROMPT` after the handover, or after its batch was closed."""
    batch = proceedings.batches.get(handover.batch)
    closed = batch.entries.get("closed") if batch else None
    if closed is not None and answer.index > closed[0]:
        return True
    return parse_instant(answer.at) - parse_instant(handover.at) > PROMPT


def grade_of(handover: Handover, quorum: Quorum, proceedings: Proceedings) -> Grade:
    """The grade of a handover as a whole: the lowest of its persons."""
    grades = {attested(handover, handle, quorum, proceedings).grade for handle in handover.handles}
    return next(grade for grade in _LOWEST if grade in grades)


_LOWEST: tuple[Grade, ...] = ("denied", "recorded", "joint")


def released_by(handle: str, proceedings: Proceedings, quorum: Quorum) -> Handover | None:
    """The handover by which a person is released; None while no quorum is complete."""
    for handover in proceedings.handovers_of(handle):
        if state_of(handover, handle, quorum) == "released":
            return handover
    return None
