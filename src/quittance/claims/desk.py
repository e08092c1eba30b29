"""Claims on a case's desk: names that outlive the program that found them, and what several readers' words amount to.

A claim of a case is called by the place where it stands. So a better program may read the same place differently, and
what was decided about it still belongs to it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from quittance.canon import canonical
from quittance.claims.decisions import Decision
from quittance.claims.model import Claim, Report, Span

Judgement = Literal["accepted", "corrected", "rejected", "doubtful"]
State = Literal["unreviewed", "accepted", "corrected", "rejected", "doubtful", "differing"]

CODE_DIGITS = 12

JUDGEMENT_OF: Mapping[str, Judgement] = {
    "accepted": "accepted", "corrected": "corrected", "split": "corrected", "merged": "corrected", "added": "corrected",
    "rejected": "rejected", "doubtful": "doubtful",
}  # fmt: skip
"""What a reader answers -> the word for it in the record."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reader says of a claim: the word of the record, and his decision where its words are still kept."""

    by: str
    judgement: Judgement
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class Settled:
    """What all readers together say: a state, and the claims that count; None where the program's own does."""

    state: State
    claims: tuple[Claim, ...] | None = None


def code_of(sha256: str, place: Span, n: int) -> str:
    """The code of the `n`th claim, from 0, at a place in the report with this SHA-256 (record format, "Claims")."""
    return hashlib.sha256(canonical([sha256, list(place), n])).hexdigest()[:CODE_DIGITS]


def place_of(claim: Claim) -> Span:
    """Where a claim stands: its number, or for one without a number its words."""
    return claim.quantity_span or claim.span


def coded(report: Report, claims: Iterable[Claim]) -> list[Claim]:
    """The claims of one report under the ids that they have in a case: `DOC#CODE`, also where they name each other."""
    claims, taken = list(claims), Counter[Span]()
    names: dict[str, str] = {}
    for claim in claims:
        place = place_of(claim)
        names[claim.id] = f"{report.doc}#{code_of(report.sha256, place, taken[place])}"
        taken[place] += 1
    return [
        msgspec.structs.replace(
            claim, id=names[claim.id], doc=report.doc, same_event=names.get(claim.same_event or "", claim.same_event)
        )
        for claim in claims
    ]


def code_in(name: str) -> str:
    """The code in the id of a claim, or the code itself; of a part of a claim that was split that of the whole."""
    return name.rpartition("#")[2].partition(".")[0]


def content(claim: Claim) -> bytes:
    """What a claim says, without its name, who found it and who looked at it: equal for equal readings."""
    members: dict[str, object] = msgspec.to_builtins(claim)
    for name in ("id", "kind_basis", "extractor", "review", "origin"):
        members.pop(name)
    return canonical(members)


def settled(readings: Sequence[Reading]) -> Settled:
    """What holds of a claim: what all its readers say, or more than half of them, at least two; else they differ.

    A third decision therefore settles a difference of two.
    """
    if not readings:
        return Settled("unreviewed")
    said = [(one.judgement, _outcome(one)) for one in readings]
    counts = Counter(outcome for _, outcome in said)
    (outcome, count), *_ = counts.most_common(1)
    if 2 * count <= len(readings):
        return Settled("differing")
    chosen = next(one for one, (_, found) in zip(readings, said, strict=True) if found == outcome)
    if chosen.decision is None or chosen.judgement in ("rejected", "doubtful"):
        return Settled(chosen.judgement)
    return Settled(chosen.judgement, chosen.decision.results)


def _outcome(one: Reading) -> tuple[bytes, ...] | str:
    """What two readings have in common if they say the same."""
    if one.decision is None or one.judgement in ("rejected", "doubtful"):
        return one.judgement
    return tuple(map(content, one.decision.results))


RANKS = ("conflicting", "impossible", "differing", "tie", "refused", "weak")
"""Why a claim is looked at before others, in this order (claims, section 10); the rest follow as they were printed."""


def in_order(claims: Iterable[tuple[Claim, Sequence[str]]]) -> list[Claim]:
    """Claims in the order in which a reader is asked about them, by the reasons given with each."""

    def rank(one: tuple[Claim, Sequence[str]]) -> tuple[int, str, str, Span]:
        claim, reasons = one
        first = min((RANKS.index(reason) for reason in reasons if reason in RANKS), default=len(RANKS))
        return max(first, 1), claim.published or "", claim.doc, claim.span

    return [claim for claim, _ in sorted(claims, key=rank)]
