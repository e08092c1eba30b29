"""What became of everybody on a list: exactly one outcome a person at every date, and sums that always close.

An outcome comes from the record; a correction is a newer entry, and none disappears. To everybody but the neutral a
refusal, a wish put off and a gate that is not yes are one outcome, `not_available`. The public sees no small number,
and none that can be reckoned from the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from quittance.agreement.model import Handovers
from quittance.dates import parse_instant
from quittance.handover.clearances import (
    DEFERRED,
    Flags,
    flags,
    is_cleared,
    is_vetoed,
    opened_flags,
    veto_gates,
)
from quittance.handover.events import Event
from quittance.handover.model import NEUTRAL, NOT_AVAILABLE, NOT_PRIVATE, PUBLIC, Audience, Handover, Sealed, Stated
from quittance.handover.quorum import released_by
from quittance.handover.state import Proceedings

STATED = ("transferred", "died", "escaped", "not_held", "already_released", "substituted")
"""Outcomes that somebody must state."""

OUTCOMES = (
    *("released", "declined", "withheld", "substituted", "transferred", "died", "escaped"),
    *("not_held", "already_released", NOT_AVAILABLE, "remaining"),
)
"""All outcomes in the order in which they are shown; `declined` is for the neutral, `not_available` for all others."""

SPLIT = ("available", DEFERRED, "not_cleared", "in_batch", "in_handover")
"""What the neutral knows of those who remain."""

SMALL = 10
"""No number below this, and none from which such a one follows, is shown to the public."""

DELAY = timedelta(hours=6)
"""Nothing of a batch is public before everybody has arrived and this time is over."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one person, and the entries of the record that say so.

    `part` is one of `SPLIT` for whoever remains, empty for other audiences than the neutral. `disputed`: another office
    says otherwise, or a side denies the handover.
    """

    handle: str
    outcome: str
    part: str = ""
    indexes: tuple[int, ...] = ()
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Sums:
    """The outcomes of a list for one audience, counted; None where the public may not know a number.

    `split` are those who remain, for the neutral only.
    """

    list: str
    audience: Audience
    listed: int
    counts: Mapping[str, int | None]
    split: Mapping[str, int]

    @property
    def closes(self) -> bool:
        """Whether everybody is counted once: exactly, or, with numbers withheld, with room for these."""
        shown = sum(n for n in self.counts.values() if n is not None)
        return shown <= self.listed if None in self.counts.values() else shown == self.listed


def outcome_of(
    handle: str,
    proceedings: Proceedings,
    handovers: Handovers,
    sealed: Sealed | None,
    now: datetime,
    audience: Audience,
) -> Outcome:
    """What became of a person, as an audience may know it."""
    observed = proceedings.handovers_of(handle)
    stated = proceedings.stated(handle)
    seen = tuple(sorted(index for one in observed for index in _entries_of(one, handle)))
    disputed = any(one.denied_by(handle) for one in observed)
    if released_by(handle, proceedings, handovers.quorum):
        return Outcome(handle, "released", "", seen, disputed or bool(stated))
    if stated:
        disputed = bool(observed) or len({one.outcome for one in _newest(stated).values()}) > 1
        return Outcome(handle, _counting(stated).outcome, "", tuple(one.index for one in stated), disputed)
    if observed:
        return Outcome(handle, "remaining", "in_handover" if audience == NEUTRAL else "", seen, disputed)
    if is_vetoed(handle, proceedings, handovers.clearances, now):
        names = veto_gates(handovers.clearances)
        said = (one.index for one in proceedings.clearings(handle) if one.gate in names and one.outcome == "refused")
        return Outcome(handle, "withheld", "", tuple(index for index in said if index is not None))
    batch = proceedings.batch_of(handle)
    about = proceedings.indexes_of(handle)
    if audience != NEUTRAL:
        folded = flags(handle, proceedings, handovers.clearances, sealed, now)
        return Outcome(handle, "remaining" if batch or is_cleared(folded) else NOT_AVAILABLE, "", about)
    part = _part_of(handle, opened_flags(handle, proceedings, handovers.clearances, sealed, now), handovers, sealed)
    if part == "declined":
        return Outcome(handle, "declined", "", about)
    return Outcome(handle, "remaining", "in_batch" if batch and part != DEFERRED else part, about)


def _part_of(handle: str, found: Flags, handovers: Handovers, sealed: Sealed | None) -> str:
    """What the neutral knows of somebody of whom the record says nothing yet: `declined`, or one of `SPLIT`."""
    wishes = [name for name, gate in handovers.clearances.items() if gate.about == "wish" and found[name] is False]
    reasons = {(sealed or {})[handle][name].reason for name in wishes} - {NOT_PRIVATE}
    if reasons - {DEFERRED}:
        return "declined"
    if reasons:
        return DEFERRED
    return "available" if is_cleared(found) else "not_cleared"


def _entries_of(handover: Handover, handle: str) -> tuple[int, ...]:
    """The entries of the record that say what became of a person in a handover."""
    answers = [one.index for one in (handover.delivered, handover.received) if one is not None]
    return (handover.index, *answers, *(one.index for one in handover.denials if one.handle == handle))


def _newest(stated: Sequence[Stated]) -> dict[str, Stated]:
    """The last word of each office."""
    return {one.office: one for one in stated}


def _counting(stated: Sequence[Stated]) -> Stated:
    """The statement that counts: the neutral's last word, else the last of all."""
    neutral = [one for one in stated if one.office.startswith(f"{NEUTRAL}:")]
    return (neutral or list(stated))[-1]


def outcomes(
    name: str,
    proceedings: Proceedings,
    handovers: Handovers,
    sealed: Sealed | None,
    now: datetime,
    audience: Audience,
) -> tuple[Outcome, ...]:
    """One outcome for everybody of a list, in ascending order of handles."""
    return tuple(
        outcome_of(handle, proceedings, handovers, sealed, now, audience) for handle in proceedings.members(name)
    )


def sums(
    name: str,
    proceedings: Proceedings,
    handovers: Handovers,
    sealed: Sealed | None,
    now: datetime,
    audience: Audience,
) -> Sums:
    """The outcomes of a list, counted for an audience; for the public give what `public_events` leaves."""
    return counted(name, audience, outcomes(name, proceedings, handovers, sealed, now, audience))


def counted(name: str, audience: Audience, found: Sequence[Outcome]) -> Sums:
    """The sums of outcomes that are known already."""
    by_outcome = Counter(one.outcome for one in found)
    hidden = NOT_AVAILABLE if audience == NEUTRAL else "declined"
    counts: dict[str, int | None] = {name: by_outcome[name] for name in OUTCOMES if name != hidden}
    split: dict[str, int] = {}
    if audience == NEUTRAL:
        parts = Counter(one.part for one in found if one.part)
        split = {part: parts[part] for part in SPLIT}
    elif audience == PUBLIC:
        rest = suppress({name: by_outcome[name] for name in counts if name != "released"})
        counts = {name: rest.get(name, by_outcome[name]) for name in counts}
    return Sums(name, audience, len(found), counts, split)


def suppress(counts: Mapping[str, int], least: int = SMALL) -> dict[str, int | None]:
    """A breakdown whose total is known, without its small cells; None for what is withheld.

    Cells below `least` are withheld, zero too, and with them others from the last on, until every withheld cell could
    have any of `least` values: even for somebody who knows this rule. Where all together are too few, none is shown.
    """
    held = [name for name, n in counts.items() if n < least]
    total = sum(counts[name] for name in held)
    bound = len(held) * (least - 1)
    for name in reversed(tuple(counts)):
        if not held or total > bound:
            break
        if name not in held:
            held.append(name)
            total += counts[name]
            bound += least
    return {name: None if name in held else n for name, n in counts.items()}


def public_events(events: Iterable[Event], now: datetime, delay: timedelta = DELAY) -> tuple[Event, ...]:
    """What the public may know by now: up to the last batch that was closed, and in which everybody had arrived.

    Nothing shows before an arrival, and a breakdown changes at the steps of batches only: batches under way are left
    out, and `delay` runs from the operator's time of the closing, and of the arrival signed last.
    """
    known = tuple(events)
    proceedings = Proceedings(events=known)
    accepted = {event.index: event.accepted or event.at for event in known}
    ends = {}
    for batch in proceedings.batches.values():
        arrivals = [one.received for one in proceedings.handovers.values() if one.batch == batch.id]
        if batch.closed and None not in arrivals:
            indexes = [batch.entries["closed"][0], *(one.index for one in arrivals if one)]
            if all(parse_instant(accepted[index]) + delay <= now for index in indexes):
                ends[batch.id] = max(indexes)
    end = max(ends.values(), default=-1)
    under_way = proceedings.batches.keys() - ends.keys()
    return tuple(
        event
        for event in known
        if event.index <= end
        and (event.kind.partition(".")[0] not in ("batch", "handover") or event.text("batch") not in under_way)
    )
