"""What a run of matching gives: candidates with their probability, decision and alerts, and what was counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from quittance.people.matching.calibration import Calibration
from quittance.people.matching.context import Context
from quittance.people.matching.settings import Settings

Decision = Literal["auto", "review", "no"]

ALERTS = ("kin", "subset", "conflict", "number", "many", "tie")
"""Why a pair is never confirmed in bulk. kin: all words agree but a leading one, as with brothers, father and son.
subset: the shorter name is part of the longer and common. conflict: sex, birth or a document's number differ. number:
a number is equal and the names are not. many: several entries have the same best partner. tie: another partner scores
the same."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Entry `b` of list B may be entry `a` of list A (places in the lists as given).

    `score` is the sum of weights in nats, `probability` the calibrated chance that this pair is right, `rank` 1 for the
    best candidate of b. `signs` are what the curve was over, for a later `refit`.
    """

    a: int
    b: int
    score: float
    probability: float
    decision: Decision
    rank: int
    alerts: tuple[str, ...] = ()
    reasons: str = ""
    signs: tuple[float, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Matching:
    """The candidates of two lists in the order of b's pid and rank, and how they were found."""

    candidates: tuple[Candidate, ...]
    settings: Settings
    calibration: Calibration
    a_size: int
    b_size: int
    compared: int
    """Pairs scored."""
    lost: int
    """Pairs of a key that was too common and were not brought by any other; 0 unless keys were needed."""
    shift: float
    """By how much the curve was moved for the overlap of these lists, in log-odds."""
    tables_sha256: str
    context: Context = field(repr=False, compare=False)

    @property
    def skipped(self) -> int:
        """Pairs that share nothing worth scoring, or were lost."""
        return self.a_size * self.b_size - self.compared

    def counts(self) -> dict[Decision, int]:
        """How many entries of b have a best candidate of each decision."""
        best = [one.decision for one in self.candidates if one.rank == 1]
        return {decision: best.count(decision) for decision in ("auto", "review", "no")}
