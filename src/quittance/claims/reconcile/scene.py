"""What a check is given: the board, its sums and the claims behind it. A check takes a scene and yields findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from quittance.claims.model import Claim, Who
from quittance.claims.reconcile.figures import Figure
from quittance.claims.reconcile.ledger import Board
from quittance.claims.reconcile.model import Check, Finding, Flag, Outcome, Verdict
from quittance.claims.reconcile.sums import Sums, Window, window


@dataclass(frozen=True)
class Scene:
    """A board with its claims; windows and sums are computed when a check first asks for them.

    `texts` are the reports' texts by their short name, where they are at hand; `borrowed` are the sums of a wider
    board, where those of this one need not be found again.
    """

    board: Board
    claims: Mapping[str, Claim]
    texts: Mapping[str, str] = field(default_factory=dict)
    borrowed: Sums | None = None

    @cached_property
    def windows(self) -> Mapping[tuple[str, Who], Window]:
        """The batches of every ledger as terms of sums."""
        return {key: window(ledger) for key, ledger in self.board.ledgers.items()}

    @cached_property
    def sums(self) -> Sums:
        """All sums of the board."""
        return self.borrowed or Sums(self.board, self.windows)

    def without(self, dead: set[str], sums: Sums | None = None) -> Scene:
        """The scene without some claims, with the sums of a wider one if they are given."""
        return Scene(self.board.without(dead), self.claims, self.texts, sums) if dead else self


Checking = Callable[[Scene], Iterator[Finding]]
"""The one form of every check."""


def found(
    check: Check,
    outcome: Outcome,
    at: Iterable[Figure | str],
    others: Iterable[Figure | str],
    arithmetic: str,
    verdict: Verdict | None = None,
    flag: Flag = "",
) -> Finding:
    """A finding on the claims `at`, with the other operands, each list sorted and without repetition."""
    concerned = tuple(sorted({f if isinstance(f, str) else f.id for f in at}))
    rest = {f if isinstance(f, str) else f.id for f in others}
    return Finding(check, outcome, concerned, tuple(sorted(rest | set(concerned))), arithmetic, verdict, flag)
