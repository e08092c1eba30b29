"""What a selection found, and the one JSON form in which it is printed, kept and checked again (section 14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

from quittance.selection.canonical import batch_sha256, request_sha256
from quittance.selection.limits import Limit, Row, Seats
from quittance.selection.order import Ranking
from quittance.selection.register import Register
from quittance.selection.reserve import Reserve
from quittance.selection.rules import Rules
from quittance.selection.walk import Passed, Walked

Status: TypeAlias = Literal["proposed", "infeasible"]


@dataclass(frozen=True, eq=False)
class Selection:
    """A proposed batch, or the limits that no batch can keep together. It is a proposal until it is signed.

    `conflict` is None for a proposed batch; `limits_of` holds the limits of each person passed over, by rank.
    """

    ranking: Ranking = field(repr=False)
    seats: Seats = field(repr=False)
    size: int
    agreement: str | None
    batch: int | str | None
    walked: Walked | None = field(repr=False)
    passed_over: tuple[Passed, ...] = field(repr=False)
    reserve: tuple[Reserve, ...]
    conflict: tuple[Limit, ...] | None
    warnings: tuple[str, ...]
    checker: str
    checks: int

    @property
    def register(self) -> Register:
        """The register of people that was selected from."""
        return self.ranking.register

    @property
    def rules(self) -> Rules:
        """The rules by which it was selected."""
        return self.ranking.rules

    @property
    def seed(self) -> bytes:
        """The 32 bytes that decided between people alike."""
        return self.ranking.seed

    @property
    def status(self) -> Status:
        """Whether there is a batch."""
        return "infeasible" if self.walked is None else "proposed"

    @property
    def ranks(self) -> tuple[int, ...]:
        """The ranks of the people taken, ascending; empty without a batch."""
        return () if self.walked is None else self.walked.taken

    @cached_property
    def people(self) -> tuple[str, ...]:
        """The pids of the people taken, in order of rank."""
        return tuple(self.ranking.pid(rank) for rank in self.ranks)

    @cached_property
    def outside_ratio(self) -> tuple[str, ...]:
        """The sorted pids of those released outside the ratio."""
        return tuple(sorted(self.register.pids[person] for person in self.ranking.gated.outside))

    @property
    def last_rank(self) -> int | None:
        """The rank of the last person taken."""
        return self.ranks[-1] if self.ranks else None

    @property
    def points_total(self) -> int:
        """The points of the batch."""
        return sum(int(self.ranking.points[rank - 1]) for rank in self.ranks)

    @property
    def snapshot_sha256(self) -> str:
        """The hash of the register, bare hex."""
        return self.register.snapshot_sha256

    @property
    def rules_sha256(self) -> str:
        """The hash of the rules, bare hex."""
        return self.rules.sha256

    @cached_property
    def request_sha256(self) -> str:
        """The hash of the request, bare hex."""
        return request_sha256(self.agreement, self.batch, self.size, self.snapshot_sha256, self.rules_sha256)

    @cached_property
    def batch_sha256(self) -> str | None:
        """The hash of the batch, bare hex; None when there is none."""
        if self.walked is None:
            return None
        hashes = self.snapshot_sha256, self.rules_sha256
        return batch_sha256(self.agreement, self.batch, self.size, *hashes, self.seed, self.people, self.outside_ratio)

    def counts_by_row(self) -> list[int]:
        """How many seats of the batch each limit row has."""
        counts = [0] * len(self.seats.rows)
        for rank in self.ranks:
            for at in self.seats.rows_of[self.seats.signature_of[rank - 1]]:
                counts[at] += 1
        return counts

    def as_json(self, explanations: Sequence[Mapping[str, object]] = ()) -> dict[str, object]:
        """The result in the form of section 14; `explanations` are put in as they are."""
        hashed = self.batch_sha256
        return {
            "kind": "quittance/batch-result/v1",
            "status": self.status,
            "method": self.rules.method,
            "agreement": self.agreement,
            "batch": self.batch,
            "size": self.size,
            "snapshot_hash": f"sha256:{self.snapshot_sha256}",
            "rules_hash": f"sha256:{self.rules_sha256}",
            "request_hash": f"sha256:{self.request_sha256}",
            "seed": self.seed.hex(),
            "batch_hash": None if hashed is None else f"sha256:{hashed}",
            "funnel": self._funnel(),
            "people": [self._person(rank) for rank in self.ranks],
            "outside_ratio": list(self.outside_ratio),
            "points_total": self.points_total,
            "last_rank": self.last_rank,
            "passed_over": [self._passed(one) for one in self.passed_over],
            "reserve": [
                {"pid": self.ranking.pid(one.rank), "rank": one.rank, "can_replace": one.can_replace}
                for one in self.reserve
            ],
            "limits": self._limits(),
            "explanations": list(explanations),
            "conflict": None if self.conflict is None else [limit.as_json() for limit in self.conflict],
            "warnings": list(self.warnings),
            "checker": {"name": self.checker, "checks": self.checks},
        }

    def _funnel(self) -> dict[str, object]:
        gated = self.ranking.gated
        return {
            "register": len(self.register),
            "outside_ratio": len(gated.outside),
            "outside_ratio_pending": len(gated.pending),
            "gates": [{"gate": loss.gate, "passed": loss.passed, "lost": loss.lost} for loss in gated.funnel],
            "ranked": len(self.ranking),
            "batch": len(self.ranks),
        }

    def _person(self, rank: int) -> dict[str, object]:
        ranking, seats = self.ranking, self.seats
        classes = seats.signatures[seats.signature_of[rank - 1]]
        return {
            "pid": ranking.pid(rank),
            "rank": rank,
            "tier": int(ranking.tiers[rank - 1]),
            "points": int(ranking.points[rank - 1]),
            "lines": ranking.line_points(rank),
            "tie_key": ranking.tie_key(rank),
            "signature": dict(zip((quota.id for quota in self.rules.quotas), classes, strict=True)),
        }

    def _passed(self, one: Passed) -> dict[str, object]:
        return {
            "pid": self.ranking.pid(one.rank),
            "rank": one.rank,
            "reason": one.reason,
            "limits": [limit.as_json() for limit in one.limits],
            "certificate": None if one.certificate is None else [list(line) for line in one.certificate],
        }

    def _limits(self) -> list[dict[str, object]]:
        rows = zip(self.seats.rows, self.seats.available(), self.counts_by_row(), strict=True)
        proposed = self.walked is not None
        return [
            {
                "quota": row.quota,
                "class": row.class_,
                "min": row.lo,
                "max": row.hi,
                "available": available,
                "count": count,
                "binding": _binding(row, count) if proposed else None,
            }
            for row, available, count in rows
        ]


def _binding(row: Row, count: int) -> str | None:
    """Which bound the count has reached; the lower one if both."""
    return "min" if count == row.lo else "max" if count == row.hi else None
