"""What a case may set about matching; every run writes its settings beside its links."""

from __future__ import annotations

import math
from dataclasses import dataclass

from quittance.errors import UsageError


@dataclass(frozen=True, slots=True)
class Settings:
    """Thresholds and limits of a run. Raises `UsageError` (`matching.settings`) for values outside their range."""

    auto: float = 0.97
    """Probability from which a pair may be confirmed in bulk, where no alert speaks against it."""
    review: float = 0.03
    """Probability from which a pair is put before people."""
    candidates: int = 5
    """How many candidates are kept for each entry of list B."""
    one_to_one: bool = False
    """Whether each entry is given at most one partner, by the best assignment over all."""
    exhaustive: int = 20_000_000
    """Up to so many pairs every pair that shares a similar word is scored; above, pairs are found by keys."""
    key_pairs: int = 5_000
    """A key that brings more pairs than this is narrowed by a second key."""
    threads: int = 2
    """How many threads score; the results do not depend on it."""

    def __post_init__(self) -> None:
        probabilities = (self.auto, self.review)
        if not all(math.isfinite(one) and 0 <= one <= 1 for one in probabilities) or self.review > self.auto:
            raise UsageError(
                f"The thresholds of matching cannot be auto {self.auto} and review {self.review}. Give two "
                "probabilities between 0 and 1, review not above auto.",
                code="matching.settings",
            )
        if min(self.candidates, self.exhaustive, self.key_pairs, self.threads) < 1:
            raise UsageError(
                "Candidates, limits of pairs and threads must be at least 1.",
                code="matching.settings",
            )
