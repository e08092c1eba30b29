"""How far two readers of the same reports agree: on where claims stand, and on what each claim says.

Spans are compared by F1, fields of claims that both found by Cohen's kappa (Cohen 1960): (observed - expected) /
(1 - expected), where expected is the agreement of two readers who gave the same answers as often, but at random.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from quittance.claims.model import Claim, Span

FIELDS = ("event_type", "kind", "actor", "claimant")
"""The fields whose agreement is told."""

LEAST_SHARED = 0.5
"""Two spans are one claim when at least this share of what either covers is covered by both."""


@dataclass(frozen=True, slots=True)
class FieldAgreement:
    """One field over the claims that both found: how many, on how many the readers agree, and kappa.

    `kappa` is None where it says nothing: without claims, and where both gave one and the same answer throughout.
    """

    field: str
    pairs: int
    agreed: int
    kappa: float | None


@dataclass(frozen=True, slots=True)
class SpanAgreement:
    """How many claims each reader found, how many of them both did, and F1; None where neither found any."""

    first: int
    second: int
    both: int
    f1: float | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A claim on which the readers differ: the claims of each, one of them None where only one reader found it.

    `fields` are those of `FIELDS` that differ, and `value` where the numbers do.
    """

    doc: str
    first: Claim | None
    second: Claim | None
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TwoReaders:
    """The agreement of two readers over the reports that both have read."""

    docs: tuple[str, ...]
    spans: SpanAgreement
    fields: tuple[FieldAgreement, ...]
    differences: tuple[Difference, ...]


def compare(first: Iterable[Claim], second: Iterable[Claim], docs: Collection[str] | None = None) -> TwoReaders:
    """Two readings side by side; `docs` are the reports that both have read, by default every one with a claim."""
    left, right = _by_doc(first), _by_doc(second)
    read = sorted(docs if docs is not None else {*left, *right})
    pairs: list[tuple[Claim, Claim]] = []
    differences: list[Difference] = []
    counts = [0, 0]
    for doc in read:
        mine, theirs = left.get(doc, []), right.get(doc, [])
        counts = [counts[0] + len(mine), counts[1] + len(theirs)]
        together = paired(mine, theirs)
        pairs += [(a, b) for a, b in together if a is not None and b is not None]
        for a, b in together:
            fields = differing(a, b)
            if a is None or b is None or fields:
                differences.append(Difference(doc, a, b, fields))
    found = sum(counts)
    spans = SpanAgreement(counts[0], counts[1], len(pairs), 2 * len(pairs) / found if found else None)
    fields_of = tuple(_field(name, [(answer_of(a, name), answer_of(b, name)) for a, b in pairs]) for name in FIELDS)
    return TwoReaders(tuple(read), spans, fields_of, tuple(differences))


def kappa(answers: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa of pairs of answers; None without pairs, and where chance alone would agree always.

    >>> kappa([("a", "a"), ("a", "a"), ("b", "b"), ("a", "b")])
    0.5
    """
    if not answers:
        return None
    n = len(answers)
    one, other = Counter(a for a, _ in answers), Counter(b for _, b in answers)
    agreed = sum(a == b for a, b in answers)
    # Counted in whole numbers, so that two readers without a choice are told apart from rounding.
    by_chance = sum(count * other[answer] for answer, count in one.items())
    return None if by_chance == n * n else (agreed * n - by_chance) / (n * n - by_chance)


def paired(first: Sequence[Claim], second: Sequence[Claim]) -> list[tuple[Claim | None, Claim | None]]:
    """The claims of two readings of one report, those that are one claim together, in the order of the text.

    The closest spans find each other first; two claims whose numbers stand apart are never one.
    """
    close = sorted(
        ((-shared(a, b), i, j) for i, a in enumerate(first) for j, b in enumerate(second) if shared(a, b)),
    )
    of: dict[int, int] = {}
    for _, i, j in close:
        if i not in of and j not in of.values():
            of[i] = j
    taken = set(of.values())
    result: list[tuple[Claim | None, Claim | None]] = [
        (claim, second[of[i]] if i in of else None) for i, claim in enumerate(first)
    ]
    result += [(None, claim) for j, claim in enumerate(second) if j not in taken]
    return sorted(result, key=lambda pair: next(one.span for one in pair if one is not None))


def shared(a: Claim, b: Claim) -> float:
    """How much two claims cover together of what either covers, 2 for the same number; 0 if they are not one claim."""
    if a.quantity_span and b.quantity_span:
        if a.quantity_span == b.quantity_span:
            return 2.0
        if not _overlap(a.quantity_span, b.quantity_span):
            return 0.0
    common = _overlap(a.span, b.span)
    union = (a.span[1] - a.span[0]) + (b.span[1] - b.span[0]) - common
    share = common / union if union else 0.0
    return share if share >= LEAST_SHARED else 0.0


def differing(a: Claim | None, b: Claim | None) -> tuple[str, ...]:
    """The fields in which two readings of one claim differ; none where there is only one."""
    if a is None or b is None:
        return ()
    return tuple(name for name in (*FIELDS, "value") if answer_of(a, name) != answer_of(b, name))


def answer_of(claim: Claim, field: str) -> str:
    """What a claim says in a field, as a text that can be compared and shown."""
    if field == "claimant":
        return claim.claimant.key
    if field == "value":
        quantity = claim.quantity
        return "" if quantity is None else f"{quantity.modality} {quantity.low}..{quantity.high}"
    return str(getattr(claim, field))


def _field(name: str, answers: Sequence[tuple[str, str]]) -> FieldAgreement:
    return FieldAgreement(name, len(answers), sum(a == b for a, b in answers), kappa(answers))


def _by_doc(claims: Iterable[Claim]) -> dict[str, list[Claim]]:
    found: dict[str, list[Claim]] = {}
    for claim in claims:
        found.setdefault(claim.doc, []).append(claim)
    return found


def _overlap(a: Span, b: Span) -> int:
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))
