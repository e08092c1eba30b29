"""The day of a handover on one page: each person's checks, who has attested what, and what does not agree.

A person counts as released only when the quorum of the agreement has attested; until then as in handover. Names stand
beside codes here, because people are called by name at the door; they are shown to the neutral's staff and to no other.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Check = Literal["identity", "medical", "pledge", "wish", "family", "property", "receipt"]
CHECKS: tuple[str, ...] = get_args(Check)
"""What is looked at for each person, in the order of the day: who it is, fit to travel, the pledge, the wish (asked in
private), family informed, property handed back, receipt signed."""

ANSWERS: Mapping[str, tuple[str, ...]] = {
    "identity": ("confirmed", "failed"),
    "medical": ("fit", "escort", "unfit"),
    "pledge": ("signed", "refused"),
    "wish": ("affirmed", "deferred", "declined", "not_private"),
    "family": ("informed", "later"),
    "property": ("returned", "missing"),
    "receipt": ("signed", "refused"),
}
"""What can be answered to each check, what lets somebody go first. Whoever could not be asked in private about the wish
was not asked: `not_private`. An empty answer takes one back."""

GOOD = frozenset({"confirmed", "fit", "escort", "signed", "affirmed", "informed", "returned"})
"""Answers that hold nobody back."""

Going = Literal["expected", "in_handover", "released", "disputed", "out"]
"""Of a person on the day: still expected; handed over without the quorum; released; one side denies; dropped out."""

REASONS = (
    *("declined", "deferred", "unfit", "identity_failed", "vetoed", "legal_order_missing"),
    *("not_held", "died", "escaped", "already_released", "transferred", "other_attested"),
)
"""Why somebody does not leave, in the order of the form."""

DISCREPANCIES = ("not_listed", "not_received", "not_delivered", "wrong_person", "count", "other")
"""What may not agree at the door, in the order of the form."""


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check of one person: what was answered, when, and by which office."""

    check: Check
    answer: str
    at: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class DayPerson:
    """A person of the manifest on the day; `seat` is the place in the manifest, from 1.

    `reason` is why somebody dropped out, as the neutral knows it. `conflicts` are checks whose answers differ between
    this machine and a bundle that came back.
    """

    seat: int
    code: str
    going: Going
    checks: tuple[CheckLine, ...]
    name: str = dataclasses.field(default="", repr=False)
    father: str = dataclasses.field(default="", repr=False)
    reason: str = ""
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attesting:
    """What an office has to say of a handover, and whether it has; `index` is the entry of the record."""

    office: str
    what: Literal["delivered", "received", "observed"]
    signed: bool
    count: int | None = None
    at: str = ""
    index: int | None = None


@dataclass(frozen=True, slots=True)
class DayHandover:
    """One handover of the batch: how many, when and where, who has attested, whether the quorum is complete."""

    number: int
    count: int
    at: str
    place: str
    attesting: tuple[Attesting, ...]
    grade: Literal["joint", "recorded", "denied"]
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A check that a returned bundle answers otherwise than this machine; nothing of either is thrown away."""

    code: str
    check: Check
    here: str
    here_at: str
    there: str
    there_at: str
    bundle: str


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Something that did not agree, as it was written down; `code` is empty where it is about nobody in particular."""

    kind: str
    at: str
    code: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class DayView:
    """The day of one batch. `quorum` are the offices of which `at_least` must attest before anybody is released."""

    batch: str
    list: str
    giver: str
    taker: str
    step: str
    people: tuple[DayPerson, ...]
    handovers: tuple[DayHandover, ...]
    quorum: tuple[str, ...]
    at_least: int
    outstanding: tuple[Attesting, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    discrepancies: tuple[Discrepancy, ...] = ()
    bundles_out: int = 0
    bundles_back: int = 0

    def number(self, going: Going) -> int:
        """How many persons are at one point of the day."""
        return sum(one.going == going for one in self.people)

    def person(self, code: str) -> DayPerson | None:
        """The person of a code, if on the manifest."""
        return next((one for one in self.people if one.code == code), None)
