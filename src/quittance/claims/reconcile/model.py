"""What a reconciliation says: findings, verdicts, series by date, gaps and changes, as values that become JSON.

Nothing here says who tells the truth. A finding names the claims it used and its sum in words; a verdict is computed
again each time and is never stored as truth.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from quittance.claims.model import Who

Check = Literal[
    "mono",
    "sum",
    "same",
    "double",
    "own",
    "bound",
    "parts",
    "cross",
    "def",
    "twice",
    "headline",
    "inside",
    "date",
    "premature",
    "record",
    "form",
    "instrument",
]
"""The checks; `form` recognises one figure in two forms, `instrument` a number ascribed to another document."""

Verdict = Literal[
    "superseded", "verified", "impossible", "other_definition", "conflicting", "unattributed", "consistent"
]
"""The verdicts, in the order in which the first that applies is taken."""

VERDICTS: tuple[Verdict, ...] = (
    "superseded",
    "verified",
    "impossible",
    "other_definition",
    "conflicting",
    "unattributed",
    "consistent",
)

Outcome = Literal["closes", "fails", "flag", "gap", "verified"]
"""An equation closes exactly, a check fails, something is worth a look, a series has a gap, or the record agrees."""

Flag = Literal[
    "",
    "modality_shift",
    "rounded",
    "double",
    "definition",
    "anonymous",
    "inside",
    "twice",
    "misattributed",
    "date",
    "announced",
    "gap",
    "restated",
]

Sort = Literal["total", "batch"]


class Finding(msgspec.Struct, frozen=True, order=True):
    """What one check found: `claims` are the operands, `at` those whom the finding concerns, `arithmetic` its sum.

    `verdict` is what the finding asks for the claims in `at`, if anything.
    """

    check: Check
    outcome: Outcome
    at: tuple[str, ...]
    claims: tuple[str, ...]
    arithmetic: str
    verdict: Verdict | None = None
    flag: Flag = ""


class Judged(msgspec.Struct, frozen=True):
    """The verdict on one claim: why, by which checks, with which other claims and which sums.

    `support` counts the sums that close exactly on its number; `origin` is where it comes from.
    """

    claim: str
    verdict: Verdict
    checks: tuple[Check, ...]
    used: tuple[str, ...]
    arithmetic: tuple[str, ...]
    flags: tuple[Flag, ...]
    support: int
    origin: str


class SideFigure(msgspec.Struct, frozen=True):
    """What one claimant side says for one series and day: its figures, their interval, its claims and origins."""

    side: str
    said: tuple[str, ...]
    low: int | None
    high: int | None
    claims: tuple[str, ...]
    origins: int


class Published(msgspec.Struct, frozen=True):
    """One row of a series: the figures for one releasing side, definition, kind and day.

    `best` is the verified figure, or the figure in which all sides meet, or none; `low` and `high` span the live claims
    (none where a live claim has no such bound); `others` are claims that count other people, and are left out of both.
    """

    actor: str
    who: Who
    kind: Sort
    day: date
    best: int | None
    low: int | None
    high: int | None
    verified: int | None
    sides: tuple[SideFigure, ...]
    claims: tuple[str, ...]
    others: tuple[str, ...]
    origins: int
    verdicts: tuple[Verdict, ...]
    arithmetic: tuple[str, ...]
    dispute: str = ""


class Gap(msgspec.Struct, frozen=True):
    """People whom a series counts but no stated batch covers: at least `missing`, after `since` up to `until`."""

    actor: str
    who: Who
    since: date
    until: date
    missing: int
    claims: tuple[str, ...]
    arithmetic: str


class Series(msgspec.Struct, frozen=True):
    """All rows of one releasing side and definition; `closes` says whether every step is covered by stated batches.

    `batches_low` and `batches_high` sum the stated batches to date: a possible double report counts once in the first
    and twice in the second.
    """

    actor: str
    who: Who
    rows: tuple[Published, ...]
    gaps: tuple[Gap, ...]
    closes: bool
    batches_low: int
    batches_high: int
    origins: int
    note: str


class Reconciliation(msgspec.Struct, frozen=True):
    """Claims set against each other and against the verified record, as of one day and known by another."""

    as_of: date
    known_by: date
    judged: tuple[Judged, ...]
    series: tuple[Series, ...]
    findings: tuple[Finding, ...]
    left_out: tuple[str, ...]

    def of(self, claim: str) -> Judged:
        """The verdict on one claim. Raises `KeyError` if the claim was not judged."""
        for judged in self.judged:
            if judged.claim == claim:
                return judged
        raise KeyError(claim)


class Change(msgspec.Struct, frozen=True):
    """One claim whose verdict differs between two reconciliations, and the arithmetic that changed it."""

    claim: str
    was: Verdict | None
    now: Verdict | None
    because: tuple[str, ...]
