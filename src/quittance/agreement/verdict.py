"""What an evaluation says: one verdict for each commitment, and their JSON shape (`quittance-status/1`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from quittance.dates import Moment

Status = Literal[
    "superseded", "waived", "not_owed", "pending", "breached", "overdue", "in_progress", "due", "blocked", "fulfilled",
    "fulfilled_late",
]  # fmt: skip
Class = Literal["ok", "open", "blocked", "late", "off"]

CLASS_OF: dict[str, Class] = {
    "fulfilled": "ok", "fulfilled_late": "ok",
    "pending": "open", "due": "open", "in_progress": "open",
    "blocked": "blocked",
    "overdue": "late", "breached": "late",
    "superseded": "off", "waived": "off", "not_owed": "off",
}  # fmt: skip

DISPUTES = ("terms", "facts", "unverified", "declared")
FORMAT = "quittance-status/1"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The entries behind a verdict's figures, and the newest `at` among them."""

    entries: tuple[str, ...] = ()
    newest: str | None = None


@dataclass(frozen=True, slots=True)
class Warning:
    """Something in the journal that changed nothing, and why."""

    code: str
    subject: str
    message: str
    about: Literal["entry", "commitment"] = "entry"

    def as_json(self) -> dict[str, Any]:
        """The warning as printed: code, the id under `entry` or `commitment`, message."""
        return {"code": self.code, self.about: self.subject, "message": self.message}


@dataclass(frozen=True, slots=True)
class Read:
    """The verdict on one commitment in one party's reading, in short."""

    status: Status
    total: int | None
    deadline: str | None
    blocked_by: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """As printed under `readings`."""
        return {
            "status": self.status,
            "total": self.total,
            "deadline": self.deadline,
            "blocked_by": list(self.blocked_by),
        }


@dataclass
class Verdict:
    """Where one commitment stands. Counts are in `unit`; days are texts; `low..high` is the interval always printed."""

    id: str
    status: Status
    disputed: tuple[str, ...]
    low: int | None
    high: int | None
    verified: int | None
    conceded: int | None
    claimed: int | None
    total: int | None
    unit: str | None
    required: int | None
    deadline: str | None
    nominal_deadline: str | None
    past_nominal_days: int
    late_steps: int
    blocked_by: tuple[str, ...]
    blocked_by_doubtful: tuple[str, ...]
    closed: bool
    done_on: str | None
    readings: dict[str, Read]
    find_evidence: Callable[[], Evidence] = field(repr=False, default=Evidence)
    optional: dict[str, Any] = field(default_factory=dict)
    """Keys that stand only where they apply: endeavour, owed_by_category, unreported_periods, excused, persons_late,
    order_breaks, parties, violations, until."""

    @property
    def class_(self) -> Class:
        """ok, open, blocked, late or off."""
        return CLASS_OF[self.status]

    @cached_property
    def evidence(self) -> Evidence:
        """The entries behind the figures; looked up only when asked for."""
        return self.find_evidence()

    def as_json(self) -> dict[str, Any]:
        """The verdict with every key of `quittance-status/1`."""
        return {
            "id": self.id,
            "status": self.status,
            "class": self.class_,
            "disputed": list(self.disputed),
            "low": self.low,
            "high": self.high,
            "verified": self.verified,
            "conceded": self.conceded,
            "claimed": self.claimed,
            "total": self.total,
            "unit": self.unit,
            "required": self.required,
            "deadline": self.deadline,
            "nominal_deadline": self.nominal_deadline,
            "past_nominal_days": self.past_nominal_days,
            "late_steps": self.late_steps,
            "blocked_by": list(self.blocked_by),
            "blocked_by_doubtful": list(self.blocked_by_doubtful),
            "closed": self.closed,
            "done_on": self.done_on,
            "readings": {party: read.as_json() for party, read in self.readings.items()},
            "evidence": list(self.evidence.entries),
            "last_evidence": self.evidence.newest,
            **self.optional,
        }


@dataclass
class Evaluation:
    """All verdicts of one agreement, as of one moment, known by another, in the text or in one party's reading."""

    agreement: str
    agreement_sha256: str
    as_of: Moment
    known_by: Moment
    party: str | None
    journal_entries: int
    verdicts: tuple[Verdict, ...]
    warnings: tuple[Warning, ...] = ()
    balances: tuple[dict[str, Any], ...] = ()
    classification_disputes: tuple[dict[str, Any], ...] = ()

    def __getitem__(self, commitment: str) -> Verdict:
        """The verdict on one commitment. Raises `KeyError`."""
        for verdict in self.verdicts:
            if verdict.id == commitment:
                return verdict
        raise KeyError(commitment)

    def as_json(self) -> dict[str, Any]:
        """The whole as `quittance-status/1`."""
        return {
            "format": FORMAT,
            "agreement": self.agreement,
            "as_of": moment_text(self.as_of),
            "known_by": moment_text(self.known_by),
            "party": self.party,
            "agreement_sha256": self.agreement_sha256,
            "journal_entries": self.journal_entries,
            "warnings": [warning.as_json() for warning in self.warnings],
            "balances": list(self.balances),
            "classification_disputes": list(self.classification_disputes),
            "commitments": [verdict.as_json() for verdict in self.verdicts],
        }


def moment_text(moment: Moment) -> str:
    """A day as `2020-03-11`, an instant in RFC 3339."""
    return moment.isoformat() if not isinstance(moment, datetime) else moment.isoformat(timespec="seconds")


def newest(texts: Iterable[str]) -> str | None:
    """The latest of some days and instants written as text, by day and then by text; None when there is none."""
    return max(texts, key=lambda text: (text[:10], text), default=None)
