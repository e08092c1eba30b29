"""The product's answer beside the plain evaluator's: where they differ."""

from __future__ import annotations

from tests.oracle.plain import evaluate as plainly

from quittance.agreement.evaluate import Evaluator

EXACT = (
    "status", "low", "high", "verified", "conceded", "claimed", "total", "required", "deadline", "nominal_deadline",
    "past_nominal_days", "late_steps", "blocked_by", "blocked_by_doubtful", "closed", "done_on", "disputed", "readings",
    "evidence",
)  # fmt: skip
"""Keys that every verdict has."""

WHERE_THEY_APPLY = (
    "endeavour", "excused", "unreported_periods", "until", "owed_by_category", "order_breaks", "persons_late",
    "violations",
)  # fmt: skip
"""Keys that may be left out when they are empty or nought."""


def differences(agreement, journal, as_of, known_by=None, party=None):
    """[(commitment, key, plain value, product's value)]; lists are compared as sets."""
    product = Evaluator(agreement, journal).at(as_of, known_by, party).as_json()["commitments"]
    plain = plainly(agreement, journal, as_of, known_by, party)["commitments"]
    assert [one["id"] for one in plain] == [one["id"] for one in product]
    found = []
    for ours, theirs in zip(plain, product, strict=True):
        found += [(ours["id"], key, ours[key], theirs[key]) for key in EXACT if not alike(ours[key], theirs[key])]
        for key in WHERE_THEY_APPLY:
            if not alike(ours.get(key) or None, theirs.get(key) or None):
                found.append((ours["id"], key, ours.get(key), theirs.get(key)))
    return found


def alike(one, other):
    """Whether two values are equal, lists taken as sets."""
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(str, one)) == sorted(map(str, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    return one == other
