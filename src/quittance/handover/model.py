"""Batches, clearances, handovers and outcomes as frozen values.

A person is one entry of one recorded list, called by the handle of that entry; times are RFC 3339 texts in UTC as the
record holds them; an office is "role:party" as the record keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from quittance.errors import RefusedError

Audience: TypeAlias = str
"""Who looks: `neutral`, `public`, or the id of a party."""

NEUTRAL, PUBLIC = "neutral", "public"

NOT_AVAILABLE = "not_available"
"""The one word for everything that only the neutral and the medical officer may tell apart."""

NOT_PRIVATE = "not_private"
"""The reason of a wish that was asked while others listened: it was not asked."""

Side: TypeAlias = Literal["holding", "receiving"]

Step: TypeAlias = Literal["proposed", "cleared", "authorised", "closed"]


class HandoverRefused(RefusedError):
    """An act on a batch, clearance or handover that may not be done as it stands; nothing was recorded."""

    code = "handover.form"


@dataclass(frozen=True, slots=True)
class Clearing:
    """What one office said of one gate of one person, at `at`; it holds through the day `until` where that is given.

    `outcome` is granted, refused or withdrawn; whatever is not granted has a reason code.
    """

    gate: str
    outcome: str
    office: str
    at: str
    reason: str | None = None
    until: str | None = None
    index: int | None = None
    sid: str = ""
    batch: str | None = None


Sealed: TypeAlias = Mapping[str, Mapping[str, Clearing]]
"""Handle -> gate -> the sealed clearance, opened from the vault: of complete recorded rounds, and nothing newer."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """A complete round of sealed clearances by one office, over a list or over `batch`; what it says is sealed."""

    office: str
    batch: str
    number: int
    handles: tuple[str, ...]
    indexes: tuple[int, ...]
    sids: tuple[str, ...]
    at: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A list that stands, named "SIDE/ID": its last complete version, that one's handles and entries of the record."""

    name: str
    version: int = 0
    handles: frozenset[str] = field(default=frozenset(), repr=False)
    indexes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Round:
    """One round of drop-outs and substitutes; it may change nothing. `reasons` are folded codes, one a drop-out."""

    number: int
    index: int
    sid: str
    at: str
    handles: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    reasons: tuple[str, ...]
    sha256: str
    before_sha256: str


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as the record has it: what it is of, who is on its manifest, how far it got.

    `size` is as proposed; `manifest` everybody still to go and gone, empty where the batch names nobody; `done` how
    many were handed over; `entries` the (index, claimed time) of each step.
    """

    id: str
    sid: str
    list: str
    commitment: str
    giver: str
    taker: str
    size: int
    rules_sha256: str
    step: Step = "proposed"
    manifest: tuple[str, ...] = ()
    named: bool = False
    gone: frozenset[str] = frozenset()
    done: int = 0
    rounds: tuple[Round, ...] = ()
    batch_sha256: str = ""
    snapshot_sha256: str = ""
    request_sha256: str = ""
    seed_sha256: str = ""
    entries: Mapping[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def closed(self) -> bool:
        """Whether nobody goes under it any more."""
        return self.step == "closed"

    @property
    def to_go(self) -> tuple[str, ...]:
        """The persons still to be handed over, in the order of the manifest."""
        return tuple(handle for handle in self.manifest if handle not in self.gone)

    @property
    def short(self) -> int:
        """How many seats stayed empty because nobody fits."""
        return self.size - len(self.manifest) if self.named else 0

    @property
    def reasons(self) -> tuple[str, ...]:
        """The folded reason codes of all drop-outs, one each."""
        return tuple(reason for one in self.rounds for reason in one.reasons)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a side signed of a handover: so many delivered, or received."""

    side: Side
    office: str
    sid: str
    index: int
    at: str
    count: int


@dataclass(frozen=True, slots=True)
class Denial:
    """A side denies that a person of a handover was handed over as seen."""

    handle: str
    side: Side
    office: str
    reason: str
    sid: str
    index: int
    at: str


@dataclass(frozen=True, slots=True)
class Handover:
    """What the neutral saw, and what each side answered. `at` is when it took place, `claimed` when it was signed."""

    sid: str
    index: int
    batch: str
    commitment: str
    giver: str
    taker: str
    handles: tuple[str, ...]
    at: str
    claimed: str
    accepted: str
    office: str
    place: str = ""
    to_place: str = ""
    fact: str = ""
    delivered: Answer | None = None
    received: Answer | None = None
    denials: tuple[Denial, ...] = ()

    @property
    def count(self) -> int:
        """How many persons were seen handed over."""
        return len(self.handles)

    def answer(self, side: Side) -> Answer | None:
        """What the side that holds, or the one that receives, has signed."""
        return self.delivered if side == "holding" else self.received

    def denied_by(self, handle: str) -> tuple[Side, ...]:
        """The sides that deny a person of it."""
        return tuple(sorted({one.side for one in self.denials if one.handle == handle}))


@dataclass(frozen=True, slots=True)
class Stated:
    """An outcome that somebody has stated of a person."""

    handle: str
    outcome: str
    office: str
    at: str
    index: int
    sid: str
    batch: str | None = None
