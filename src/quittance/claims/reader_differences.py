"""Two readings of one report beside each other: what both found alike, what only one found, and where they differ.

Neither wins: whatever is not alike goes to the review desk.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from quittance.claims.model import Claim

FIELDS = (
    *("event_type", "actor", "object", "kind", "value", "modality", "claimant"),
    *("statement_date", "event_date", "deadline", "definition"),
)
"""What is compared. The last four only where both readings say something."""

_WHERE_SAID = FIELDS[-4:]


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """One place read twice: the claim of either reading, and the fields in which they differ."""

    first: Claim
    second: Claim
    fields: tuple[str, ...] = ()


class Merged(msgspec.Struct, frozen=True, kw_only=True):
    """Two readings of one report, in the order of the text."""

    agreed: tuple[Pair, ...]
    differ: tuple[Pair, ...]
    only_first: tuple[Claim, ...]
    only_second: tuple[Claim, ...]


def merge(first: Sequence[Claim], second: Sequence[Claim]) -> Merged:
    """Pair the claims of two readings that stand at one place: the same number, or overlapping words if it has none.

    Of several that could be paired, those that differ least are, then those that overlap most.
    """
    order = sorted(
        (len(differing(one, other)), -_overlap(one, other), one.span, other.span, here, there)
        for here, one in enumerate(first)
        for there, other in enumerate(second)
        if _one_place(one, other)
    )
    taken: dict[int, int] = {}
    for *_, here, there in order:
        if here not in taken and there not in taken.values():
            taken[here] = there
    pairs = sorted(
        (
            Pair(first=first[here], second=second[there], fields=differing(first[here], second[there]))
            for here, there in taken.items()
        ),
        key=lambda pair: (pair.first.span, pair.first.id),
    )
    return Merged(
        agreed=tuple(pair for pair in pairs if not pair.fields),
        differ=tuple(pair for pair in pairs if pair.fields),
        only_first=_in_order([one for here, one in enumerate(first) if here not in taken]),
        only_second=_in_order([one for there, one in enumerate(second) if there not in taken.values()]),
    )


def differing(one: Claim, other: Claim) -> tuple[str, ...]:
    """The fields in which two claims differ."""
    mine, its = _said(one), _said(other)
    return tuple(
        field
        for field in FIELDS
        if mine[field] != its[field] and not (field in _WHERE_SAID and (mine[field] is None or its[field] is None))
    )


def _said(claim: Claim) -> dict[str, object]:
    number = claim.quantity
    return {
        "event_type": claim.event_type,
        "actor": claim.actor,
        "object": claim.object,
        "kind": claim.kind,
        "value": number and (number.value, number.low, number.high),
        "modality": number and number.modality,
        "claimant": claim.claimant.key,
        "statement_date": claim.statement_date,
        "event_date": claim.event_date,
        "deadline": claim.deadline,
        "definition": claim.definition.who if claim.definition and claim.definition.who != "unstated" else None,
    }


def _one_place(one: Claim, other: Claim) -> bool:
    if one.doc != other.doc or _overlap(one, other) <= 0:
        return False
    if one.quantity_span and other.quantity_span:
        return one.quantity_span[0] < other.quantity_span[1] and other.quantity_span[0] < one.quantity_span[1]
    return (one.quantity is None) == (other.quantity is None)


def _overlap(one: Claim, other: Claim) -> int:
    return min(one.span[1], other.span[1]) - max(one.span[0], other.span[0])


def _in_order(claims: list[Claim]) -> tuple[Claim, ...]:
    return tuple(sorted(claims, key=lambda claim: (claim.span, claim.id)))
