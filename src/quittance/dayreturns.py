"""What came back from a place: whether it is unusual, and of which device each act is. Nothing is kept here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from msgspec.structs import replace

from quittance.daystore import Issue, Kept, KeptAct
from quittance.files.daybundle import DayAct

TOLERANCE = timedelta(minutes=10)
"""By how much a device's clock may be ahead before its acts are flagged."""

BY = "neutral:"
"""The office whose acts these are."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of one statement of a return: its index in the record, or the code and reason of the refusal."""

    kind: str
    sid: str
    index: int | None
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a return brought. `flags` say what is unusual about it, in the words of the table of answers:
    again, superseded, closed, expired, clock, rollback, forked, copies, unsubmitted.
    """

    batch: str
    bundle: str
    issue: int
    device: str
    acts: int
    new: int
    conflicts: int
    flags: tuple[str, ...]
    statements: tuple[Entered, ...]


def flags_of(
    issue: Issue, kept: Kept, copy: str, acts: Sequence[KeptAct], *, again: bool, closed: bool, latest: str
) -> list[str]:
    """What is unusual about the acts of the folder `copy`; no act should be later than `latest`."""
    before, there, same = kept.last_of(copy), kept.of_copy(copy), {one.seq: one.id for one in acts}
    forked = any(not there.get(seq, {id_}) >= {id_} for seq, id_ in same.items())
    if before is not None and before.acts:
        forked = forked or same.get(before.acts, before.last) != before.last
    found = {
        "again": again,
        "superseded": any(one.issue > issue.issue for one in kept.issues.values()),
        "closed": closed,
        "expired": any(one.at > issue.expires_at for one in acts),
        "clock": any(one.at > latest or one.at < issue.made_at for one in acts),
        "rollback": before is not None and len(acts) < before.acts,
        "forked": forked,
        "copies": any(one.copy != copy for one in kept.returns[issue.bundle]),
    }
    return [name for name, holds in found.items() if holds]


def kept_act(issue: Issue, act: DayAct, id_: str) -> KeptAct:
    """An act as the vault keeps it, of a device that is called as its folder."""
    said = (act.at, act.handle, act.kind, act.value, act.reason, BY, act.copy[:16], act.settles)
    return KeptAct(issue.batch, issue.bundle, act.copy, act.seq, id_, *said)


def branched(kept: Kept, acts: Sequence[KeptAct]) -> list[KeptAct]:
    """The acts of one chain, each with the device it is of: a folder that was copied is two devices from where the
    copies part, so that neither takes the place of what the other says.
    """
    found: list[KeptAct] = []
    taken = {(one.copy, one.seq, one.device) for one in kept.acts.values()}
    label = acts[0].device if acts else ""
    for one in acts:
        known = kept.acts.get(one.id)
        if known is not None:
            label = known.device
        elif (one.copy, one.seq, label) in taken:
            label = f"{one.device}-{one.id[:8]}"
        found.append(replace(one, device=label))
    return found
