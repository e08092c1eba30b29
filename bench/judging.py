"""How well the answers of a matcher are: one candidate for each entry of list B, set against the truth.

The definitions are those of record linkage with one candidate a row: recall at 1 is the share of the entries with a
partner whose candidate is right; F1 and the recall at a precision are taken at the best threshold of the set itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

BANDS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 1.0)


@dataclass(frozen=True)
class Answers:
    """What a matcher says: for each b (index) its best a and the score, with the probability where there is one.

    `pairs` is the number of pairs that were looked at, or stand behind the answers; `seconds` the time that took.
    """

    best: Mapping[int, tuple[int, float]]
    pairs: int
    seconds: float
    probability: Mapping[int, float] | None = None
    sampled: Sequence[int] | None = None
    """The b that were asked about, where not all were."""


@dataclass(frozen=True)
class Marks:
    """The marks of a matcher; None where it gives no probability."""

    f1: float
    recall_at_1: float
    recall_at_99: float
    error: float | None
    top_right: float | None
    top_rows: int


def mark(answers: Answers, truth: Mapping[int, frozenset[int]]) -> Marks:
    """Marks against the truth: b -> the a that are the same person; b without a partner are not in it."""
    asked = None if answers.sampled is None else set(answers.sampled)
    links = sum(asked is None or b in asked for b in truth)
    judged = [(score, a in truth.get(b, ()), b) for b, (a, score) in answers.best.items()]
    ordered = sorted(judged, key=lambda one: -one[0])
    best_f1 = at_99 = 0.0
    right = 0
    for rank, (score, is_right, _) in enumerate(ordered, 1):
        right += is_right
        if rank < len(ordered) and ordered[rank][0] == score:
            continue  # a threshold cannot part equal scores
        best_f1 = max(best_f1, 2 * right / (rank + links))
        if right / rank >= 0.99:
            at_99 = max(at_99, right / links)
    error, top_right, top_rows = _calibration(answers.probability, {b: is_right for _, is_right, b in judged})
    return Marks(best_f1, right / links if links else 0.0, at_99, error, top_right, top_rows)


def _calibration(
    probability: Mapping[int, float] | None, right: Mapping[int, bool]
) -> tuple[float | None, float | None, int]:
    """Expected calibration error, and the share that is right and the number of rows in the highest band."""
    if probability is None or not right:
        return None, None, 0
    error, top, rows = 0.0, None, 0
    for low, high in pairwise(BANDS):
        inside = [b for b in right if low <= probability[b] < high or (high == 1.0 and probability[b] == 1.0)]
        if inside:
            share = sum(right[b] for b in inside) / len(inside)
            mean = sum(probability[b] for b in inside) / len(inside)
            error += len(inside) / len(right) * abs(share - mean)
            if high == 1.0:
                top, rows = share, len(inside)
    return error, top, rows
