"""Invented claims about releases by two sides, NORTH and SOUTH, for the tests of reconciliation."""

from __future__ import annotations

from datetime import date, timedelta

from quittance.claims.model import (
    OUTLET,
    Claim,
    Claimant,
    Definition,
    EventType,
    Extra,
    Kind,
    Modality,
    Quantity,
    Who,
)
from quittance.claims.promises import Known, Promise
from quittance.claims.reconcile import Reconciliation, reconcile

OTHER_SIDE = {"NORTH": "SOUTH", "SOUTH": "NORTH", "BOTH": "BOTH"}
LATE = date(2031, 12, 31)
PACT = Promise(actor="NORTH", value=500, instrument="PACT", signed=date(2031, 1, 1), deadline=date(2031, 6, 1))


def bounds(value: int, modality: Modality) -> tuple[int | None, int | None]:
    """The interval of a printed number."""
    tenth = value // 10
    return {
        "exact": (value, value),
        "at_least": (value, None),
        "more_than": (value + 1, None),
        "up_to": (None, value),
        "less_than": (None, value - 1),
        "nearly": (value - tenth, value - 1),
        "about": (value - tenth, value + tenth),
    }.get(modality, (None, None))


def say(
    claim: str,
    value: int,
    day: int | None = None,
    by: str = "NORTH",
    *,
    actor: str = "NORTH",
    event: EventType = "done",
    kind: Kind = "cumulative",
    modality: Modality = "exact",
    said: int | None = None,
    doc: str | None = None,
    who: Who | None = None,
    on_list: str | None = None,
    channel: str = "statement",
    role: str = "spokesman",
    key: str | None = None,
    place: str | None = None,
    note: str | None = None,
    text: str = "as said",
    happened: str | None = None,
    deadline: str | None = None,
    outlet: str | None = None,
) -> Claim:
    """A claim: `value` people by `actor`, as of day `day` of March 2031, said (and printed) on day `said`."""
    low, high = bounds(value, modality)
    spoken = (date(2031, 3, 1) + timedelta(days=(said or day or 1) - 1)).isoformat()
    event_day = (date(2031, 3, 1) + timedelta(days=day - 1)).isoformat() if day is not None else None
    return Claim(
        id=f"{doc or claim}#{claim}",
        doc=doc or claim,
        event_type=event,
        claimant=Claimant(key=key or (OUTLET if by == OUTLET else f"{by}_VOICE"), role=role, side=by),
        outlet=outlet or doc or claim,
        channel=channel,
        statement_date=spoken,
        published=spoken,
        actor=actor,
        object=OTHER_SIDE.get(actor, "SOUTH"),
        quantity=Quantity(value=value, low=low, high=high, modality=modality),
        kind=kind,
        event_date=happened or event_day,
        deadline=deadline,
        place=place,
        definition=Definition(who=who, list=on_list) if who else None,
        extra=Extra(note=note) if note else None,
        span=(0, len(text)),
        text=text,
    )


def told(*claims: Claim, promises: tuple[Promise, ...] = (), verified: tuple[Known, ...] = ()) -> Reconciliation:
    """The claims reconciled when all of them are known."""
    return reconcile(claims, {}, promises, verified, LATE, LATE)


def verdicts(said: Reconciliation) -> dict[str, str]:
    """Verdict by the last part of the claim's id."""
    return {j.claim.rpartition("#")[2]: j.verdict for j in said.judged}


def failing(said: Reconciliation, check: str) -> set[str]:
    """The claims for which a check fails."""
    at = [f.at for f in said.findings if f.check == check and f.outcome == "fails"]
    return {claim.rpartition("#")[2] for claims in at for claim in claims}


def flagged(said: Reconciliation, flag: str) -> set[str]:
    """The claims with a flag."""
    return {j.claim.rpartition("#")[2] for j in said.judged if flag in j.flags}
