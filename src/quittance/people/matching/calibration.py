"""From a score to a probability: a logistic curve over the score and how it stands against its rivals, and its record.

The curve that ships was fitted on labelled lists named in `calibration.json`; a case fits it again from its own answers
(`refit`). The reliability table says how often pairs of each band of probability were right where they were judged.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.optimize import minimize  # type: ignore[import-untyped]

from quittance.errors import UsageError
from quittance.people.matching.kernels import F64
from quittance.people.matching.weights import shipped

BANDS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 1.0)
"""Bounds of the bands of probability; the last band holds 1."""

NAME_SIGNS = ("score", "margin", "rival", "near_margin", "near_rival", "low_score", "differ")
"""What the curve is over for pairs of names alone, 0 for others. `score` is less the logarithm of the size of the
lists; `margin` is the lead over the next candidate of b, `rival` that over the best other b of a, both cut at 15 and,
as `near`, at 3; `low_score` is the score cut at 2; `differ` the number of words that the two names do not share."""

FIELD_SIGNS = (
    "fields",
    "sum",
    "low_sum",
    "negative_sum",
    "high_sum",
    "sum_margin",
    "sum_near_margin",
    "sum_rival",
    "sum_near_rival",
)
"""What it is over for pairs with fields, 0 for others: 1, the sum of the parts together (`together.py`) as it is, cut
at 2, below 0 and above 6, and its lead over the next candidate of b and the best other b of a."""

SIGNS = NAME_SIGNS + FIELD_SIGNS

FAR, NEAR, LOW, HIGH = 15.0, 3.0, 2.0, 6.0
FLOOR = -2.0
"""Score that stands for a next candidate or rival that is not there."""
SHIFT_FREE = 0.7
"""So far, in log-odds, the overlap of two lists may lie from that of the lists fitted on before the curve is moved."""


@dataclass(frozen=True, slots=True)
class Band:
    """One line of a reliability table: `right` of `count` judged pairs were one person; `mean` is what was said."""

    low: float
    high: float
    count: int
    mean: float
    right: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic curve over `SIGNS`, standardised, with what it was fitted on and its reliability table."""

    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    weight: tuple[float, ...]
    intercept: float
    base: float
    """Share of best candidates that were right where it was fitted."""
    even: float
    """Score less the logarithm of size at which a pair is as likely as nobody, for one-to-one assignment."""
    provenance: str
    reliability: tuple[Band, ...] = field(default=())

    def log_odds(self, signs: F64) -> F64:
        """Log-odds of rows of signs."""
        scaled = (signs - np.array(self.mean)) / np.array(self.deviation)
        # Sums in a fixed order, so that each row is the same in any batch.
        total = np.full(len(signs), self.intercept)
        for at, weight in enumerate(self.weight):
            total = total + weight * scaled[:, at]
        return total

    def as_json(self) -> dict[str, Any]:
        """The curve as written beside links."""
        return {
            "signs": list(SIGNS),
            "mean": list(self.mean),
            "deviation": list(self.deviation),
            "weight": list(self.weight),
            "intercept": self.intercept,
            "base": self.base,
            "even": self.even,
            "provenance": self.provenance,
            "reliability": [
                {"low": one.low, "high": one.high, "count": one.count, "mean": one.mean, "right": one.right}
                for one in self.reliability
            ],
        }

    @staticmethod
    def from_json(value: Any) -> Calibration:
        """The curve that `as_json` wrote. Raises `UsageError` (`matching.calibration`) for anything else."""
        curve = None
        with suppress(KeyError, TypeError, ValueError):
            mean, deviation, weight = (
                tuple(float(number) for number in value[name]) for name in ("mean", "deviation", "weight")
            )
            intercept, base, even = (float(value[name]) for name in ("intercept", "base", "even"))
            table = tuple(
                Band(float(row["low"]), float(row["high"]), int(row["count"]), float(row["mean"]), float(row["right"]))
                for row in value["reliability"]
            )
            curve = Calibration(mean, deviation, weight, intercept, base, even, str(value["provenance"]), table)
        if curve is None or not all(len(row) == len(SIGNS) for row in (curve.mean, curve.deviation, curve.weight)):
            raise UsageError(
                "The calibration cannot be used: it is not what an earlier run wrote. Leave it out to use the one that "
                "ships, or write it again.",
                code="matching.calibration",
            )
        return curve


def signs_of(score: F64, margin: F64, rival: F64, differ: F64) -> F64:
    """Rows of `NAME_SIGNS`. Scores are less the logarithm of the size of the lists."""
    margin, rival = np.clip(margin, -FAR, FAR), np.clip(rival, -FAR, FAR)
    near = np.clip(margin, -NEAR, NEAR), np.clip(rival, -NEAR, NEAR)
    return np.stack([score, margin, rival, *near, np.minimum(score, LOW), differ], axis=1)


def field_signs(worth: F64, margin: F64, rival: F64) -> F64:
    """Rows of `FIELD_SIGNS` but the first."""
    margin, rival = np.clip(margin, -FAR, FAR), np.clip(rival, -FAR, FAR)
    near = np.clip(margin, -NEAR, NEAR), np.clip(rival, -NEAR, NEAR)
    return np.stack(
        [worth, np.minimum(worth, LOW), np.minimum(worth, 0.0), np.maximum(worth, HIGH), margin, near[0], rival,
         near[1]],
        axis=1,
    )  # fmt: skip


def chance(log_odds: F64) -> F64:
    """Probability of log-odds."""
    result: F64 = 1.0 / (1.0 + np.exp(-np.clip(log_odds, -700, 700)))
    return result


def overlap_shift(log_odds: F64, base: float) -> float:
    """How far to move the curve for lists that overlap more or less than those it was fitted on, in log-odds.

    The share of right best candidates is estimated from their own probabilities (Saerens, Latinne and Decaestecker
    2002) and held near `base`; only what goes beyond `SHIFT_FREE` counts, as the estimate is rough.
    """
    if not len(log_odds):
        return 0.0
    share, strength = base, 20.0
    for _ in range(100):
        moved = chance(log_odds + _logit(share) - _logit(base))
        share = (float(np.sum(moved)) + strength * base) / (len(moved) + strength)
    shift = _logit(share) - _logit(base)
    return math.copysign(max(0.0, abs(shift) - SHIFT_FREE), shift)


def _logit(share: float) -> float:
    return math.log(share / (1 - share))


def reliability(rows: Iterable[tuple[float, bool]]) -> tuple[Band, ...]:
    """The table of judged pairs (probability shown, whether it was one person); bands without pairs are left out."""
    rows = list(rows)
    table = []
    for low, high in pairwise(BANDS):
        mine = [(p, right) for p, right in rows if low <= p < high or (high == 1.0 and p == 1.0)]
        if mine:
            mean, share = (sum(column) / len(mine) for column in zip(*mine, strict=True))
            table.append(Band(low, high, len(mine), mean, share))
    return tuple(table)


@cache
def shipped_calibration() -> Calibration:
    """The calibration that ships with the program."""
    return Calibration.from_json(shipped("calibration.json"))


@dataclass(frozen=True, slots=True)
class Judged:
    """An answered pair: its signs as they were when it was shown, and whether people found one person."""

    signs: tuple[float, ...]
    same: bool


PRIOR_STRENGTH = 50.0
ENOUGH = 50


def refit(default: Calibration, answers: Sequence[Judged]) -> Calibration:
    """The curve fitted again from answers, with `default` counting as 50 of them; its table is theirs from 50 answers
    on.

    The curve is moved and stretched as a whole: two numbers, as answers are few.
    """
    if not answers:
        return default
    signs = np.array([one.signs for one in answers], np.float64)
    same = np.array([one.same for one in answers], np.float64)
    before = default.log_odds(signs)

    def loss(moves: F64) -> tuple[float, F64]:
        odds = moves[0] + moves[1] * before
        held = PRIOR_STRENGTH * np.array([moves[0] / 4, moves[1] - 1])
        value = np.sum(np.logaddexp(0, odds) - same * odds) + held @ (moves - [0, 1]) / 2
        miss = chance(odds) - same
        return float(value), np.array([np.sum(miss), np.sum(miss * before)]) + held

    # Log-odds after are shift + slope x log-odds before; the prior is shift 0, slope 1. A slope never turns around.
    shift, slope = minimize(
        loss, [0.0, 1.0], jac=True, method="L-BFGS-B", bounds=[(None, None), (0.1, 10.0)]
    ).x.tolist()
    shown = chance(shift + slope * before)
    table = reliability(zip(shown.tolist(), (same > 0).tolist(), strict=True))
    return replace(
        default,
        weight=tuple(slope * one for one in default.weight),
        intercept=shift + slope * default.intercept,
        provenance=f"{default.provenance} Fitted again from {len(answers)} answers of this case.",
        reliability=table if len(answers) >= ENOUGH else default.reliability,
    )
