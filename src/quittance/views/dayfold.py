"""The page of a day, made from what the record says and from the acts at the door; for the neutral alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from quittance.agreement.model import Quorum
from quittance.codes import code_of
from quittance.handover.day import Act, DayState
from quittance.handover.model import Answer as Signed
from quittance.handover.model import Batch, Handover
from quittance.handover.quorum import SIDES, attested, grade_of
from quittance.handover.state import Proceedings
from quittance.views.day import (
    CHECKS,
    Attesting,
    Check,
    CheckLine,
    Conflict,
    DayHandover,
    DayPerson,
    DayView,
    Discrepancy,
    Going,
)

NOT_ASKED = "not_private"
"""The answer of who could not be asked alone: an act without a value, with this reason."""


def day_view(
    batch: Batch,
    state: DayState,
    proceedings: Proceedings,
    quorum: Quorum,
    names: Mapping[str, tuple[str, str]],
    bundles: tuple[int, int],
) -> DayView:
    """The day of a batch; `names` are name and father by handle, `bundles` how many went out and how many came back."""
    handovers = [one for one in proceedings.handovers.values() if one.batch == batch.id]
    handles = dict.fromkeys([*batch.manifest, *(handle for one in handovers for handle in one.handles)])
    conflicts, not_asked = state.conflicts, _not_asked(state)
    differing: dict[str, list[str]] = defaultdict(list)
    for one in conflicts:
        differing[one.handle].append(one.kind)
    people = []
    for seat, handle in enumerate(handles, 1):
        dropped = state.of(handle, "dropped")
        name, father = names.get(handle, ("", ""))
        person = DayPerson(
            seat=seat,
            code=code_of(handle),
            going=_going(handle, dropped, handovers, quorum, proceedings),
            checks=tuple(_check(handle, kind, state, not_asked) for kind in get_args(Check)),
            name=name,
            father=father,
            reason="" if dropped is None else dropped.value,
            conflicts=tuple(differing[handle]),
        )
        people.append(person)
    made = tuple(_handover(number, one, quorum, proceedings) for number, one in enumerate(handovers, 1))
    return DayView(
        batch=batch.id,
        list=batch.list,
        giver=batch.giver,
        taker=batch.taker,
        step=batch.step,
        people=tuple(people),
        handovers=made,
        quorum=tuple(quorum.of),
        at_least=quorum.needed,
        outstanding=tuple(one for handover in made for one in handover.attesting if not one.signed),
        conflicts=tuple(_conflict(one.handle, one.kind, one.acts) for one in conflicts if one.kind in CHECKS),
        discrepancies=tuple(
            Discrepancy(one.value, one.at, code_of(one.handle) if one.handle else "", one.by)
            for one in state.discrepancies
        ),
        bundles_out=bundles[0],
        bundles_back=bundles[1],
    )


def _not_asked(state: DayState) -> dict[tuple[str, str], Act]:
    """The acts that stand and say that somebody could not be asked alone, by person and kind."""
    settled = {id_ for one in state.acts for id_ in one.settles}
    found = sorted(one for one in state.acts if one.reason == NOT_ASKED and one.id not in settled)
    return {(one.handle, one.kind): one for one in found}


def _check(handle: str, kind: Check, state: DayState, not_asked: Mapping[tuple[str, str], Act]) -> CheckLine:
    act = state.of(handle, kind)
    if act is not None:
        return CheckLine(kind, act.value, act.at, act.by)
    open_ = not_asked.get((handle, kind))
    return CheckLine(kind, "") if open_ is None else CheckLine(kind, NOT_ASKED, open_.at, open_.by)


def _going(
    handle: str, dropped: Act | None, handovers: Sequence[Handover], quorum: Quorum, proceedings: Proceedings
) -> Going:
    """Where a person is: by the record where it says so, else as noted at the door."""
    for one in reversed(handovers):
        if handle in one.handles:
            standing = attested(one, handle, quorum, proceedings).state
            return "disputed" if standing == "denied" else standing
    return "expected" if dropped is None else "out"


def _conflict(handle: str, kind: str, acts: Sequence[Act]) -> Conflict:
    """Two answers side by side: what was entered here, or the first, and the latest other."""
    here = next((one for one in acts if not one.device), acts[0])
    there = next(one for one in reversed(acts) if (one.value, one.reason) != (here.value, here.reason))
    check = next(one for one in get_args(Check) if one == kind)
    said = [one.value or one.reason for one in (here, there)]
    return Conflict(code_of(handle), check, said[0], here.at, said[1], there.at, there.device)


def _handover(number: int, one: Handover, quorum: Quorum, proceedings: Proceedings) -> DayHandover:
    sides = tuple(_attesting(side, one.answer(side)) for side in SIDES)
    saw = Attesting("neutral", "observed", signed=True, count=one.count, at=one.at, index=one.index)
    grade = grade_of(one, quorum, proceedings)
    return DayHandover(number, one.count, one.at, one.place, (*sides, saw), grade, one.index)


def _attesting(side: str, answer: Signed | None) -> Attesting:
    what: Literal["delivered", "received"] = "delivered" if side == "holding" else "received"
    if answer is None:
        return Attesting(side, what, signed=False)
    return Attesting(side, what, signed=True, count=answer.count, at=answer.at, index=answer.index)
