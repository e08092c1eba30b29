"""What a page or the terminal shows of the reports of a case, the claims in them, and what readers said of these."""

from __future__ import annotations

from dataclasses import dataclass

from quittance.claims.desk import Judgement, State
from quittance.claims.model import Claim
from quittance.views.quotes import Quote
from quittance.views.quotes import State as Kept


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One report: where and when it was printed, when it was taken in, and how many of its claims nobody has looked at.

    `entry` is the index of `claim.captured`, None before it is in the record; `origin` and `copies` are the origin of
    its claims and how many reports share it; `conflicting` counts claims that are conflicting or impossible.
    """

    sha256: str
    doc: str
    outlet: str | None
    agency: str | None
    published: str | None
    url: str | None
    title: str | None
    language: str | None
    taken: str
    entry: int | None
    state: Kept
    warnings: tuple[str, ...]
    claims: int = 0
    open: int = 0
    conflicting: int = 0
    origin: str = ""
    copies: int = 1


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reader said: his word, the claims that come out of it (None where its words are no longer kept).

    `entry` is the index in the record, None for a draft that he has not signed; `of` the commitments he named.
    """

    by: str
    judgement: Judgement
    answer: str
    claims: tuple[Claim, ...] | None
    changes: tuple[tuple[str, str], ...]
    comment: str | None
    at: str
    entry: int | None
    of: tuple[str, ...] | None
    second: bool = False


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One claim as it counts now, beside the program's own reading.

    `machine` is None for a claim that a reader added. `verdict`, `flags` and `arithmetic` are those of the
    reconciliation, empty where it says nothing; "`reports` reports, `origins` origins" is of its figure. `fact` is the
    entry of the journal that reports it, else `stays` the key that says why none does (`claims.facts.STAYS`, or the
    state). `reasons` are why it is asked about early; `group` is the code of the first claim about its event.
    """

    code: str
    claim: Claim
    machine: Claim | None
    report: str
    state: State
    verdict: str = ""
    flags: tuple[str, ...] = ()
    arithmetic: tuple[str, ...] = ()
    reports: int = 1
    origins: int = 1
    fact: str | None = None
    stays: str = ""
    reasons: tuple[str, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class ClaimView:
    """One claim in full: where it stands, what its readers said, what he who asks has drafted, and how it was found.

    `parts` are the claims of a split besides that of the line.
    """

    line: ClaimLine
    report: ReportLine
    quote: Quote
    readings: tuple[Reading, ...]
    draft: Reading | None
    parts: tuple[Claim, ...]
    same_event: tuple[ClaimLine, ...]
    trace: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QueueView:
    """What one reader is asked, in order, and how many of his decisions wait for his signature."""

    reviewer: str
    open: int
    unsigned: int
    lines: tuple[ClaimLine, ...]


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One decision that is not signed: what was said, which fields changed, and what signing it would do.

    `fact` is the entry that would be made, or the one that reports the same already; else `stays` says why none is.
    """

    code: str
    report: str
    judgement: Judgement
    answer: str
    at: str
    comment: str | None
    changed: tuple[str, ...]
    fact: str | None
    stays: str


@dataclass(frozen=True, slots=True)
class TakenView:
    """What came of reports that were handed in, by SHA-256.

    `again` were there already; `differs` were there with another date or outlet, which stay as they first came;
    `entries` are the indexes in the record, none where it was not open for writing.
    """

    taken: tuple[str, ...]
    again: tuple[str, ...]
    differs: tuple[str, ...]
    claims: int
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SignedView:
    """What a signature brought into the record: judgements, reports captured, facts reported and taken back."""

    judged: int
    captured: int
    facts: tuple[str, ...]
    retracted: tuple[str, ...]
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LearnedLine:
    """A speaker that a reviewer has taught: the name as printed, who that is, for whom he speaks, and who says so."""

    surface: str
    key: str
    name: str
    org: str | None
    role: str
    side: str | None
    by: str | None
    at: str | None
    source: str | None
