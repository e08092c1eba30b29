"""The limits that together leave no room: an irreducible set, always the same one (reference: selection, section 7).

The limits are tried in canonical order (rules order, class bytes, minimum before maximum); each is dropped for good if
the rest still leaves no room. Irreducible does not mean smallest: drop any one limit of the set and room appears.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from quittance.selection.certificate import Certificate, candidates, certify, limits_used
from quittance.selection.limits import Limit, Seats
from quittance.selection.walk import Checker, Refusal, ask


def conflict(seats: Seats, accepted: Sequence[int], adding: int | None, checker: Checker) -> tuple[Limit, ...]:
    """The limits against one more of `adding` after `accepted`; with nobody accepted or added, against any batch.

    The caller knows that there is no room. Raises `CheckerError` when the checker does not know.
    """
    return Conflicts(seats, checker).of(accepted, adding)


def relaxed(seats: Seats, dropped: Collection[Limit]) -> Seats:
    """The same seats without some of their limits."""
    gone = {(limit.quota, limit.class_, limit.bound) for limit in dropped}
    rows = tuple(
        replace(
            row,
            lo=0 if (row.quota, row.class_, "min") in gone else row.lo,
            hi=max(row.hi, seats.size) if (row.quota, row.class_, "max") in gone else row.hi,
        )
        for row in seats.rows
    )
    sums = tuple(total for total in seats.sums if ("", total.name, "min") not in gone)
    return seats.under(rows, sums)


class Conflicts:
    """The conflict sets of one register. It remembers batches and proofs, so that a second question costs little."""

    def __init__(self, seats: Seats, checker: Checker) -> None:
        self._seats = seats
        self._checker = checker
        self._limits = candidates(seats)
        self._place = {limit: at for at, limit in enumerate(self._limits)}
        self._broken: dict[int | None, list[tuple[Sequence[int], frozenset[int]]]] = {}
        self._proof: dict[int | None, tuple[Seats, Certificate, frozenset[int]]] = {}
        self.checks = 0
        self.certificate: Certificate | None = None
        """The proof of the last answer from the limits of that answer alone, where there is one in multipliers."""

    def of(
        self, accepted: Sequence[int], adding: int | None, certificate: Certificate | None = None
    ) -> tuple[Limit, ...]:
        """The canonical irreducible set against one more of `adding` after `accepted`; a certificate saves a check.

        The caller knows that there is no room. Raises `CheckerError` when the checker does not know.
        """
        least = list(accepted)
        if adding is not None:
            least[adding] += 1
        kept = [
            (counts, broken)
            for counts, broken in self._broken.get(adding, [])
            if all(count >= low for count, low in zip(counts, least, strict=True))
        ]
        rooms = self._broken[adding] = kept
        proofs = self._remembered(accepted, adding)
        if certificate is not None and not proofs:
            proofs.append((self._used(self._seats, certificate), certificate))
        needed: set[int] = set()
        decided = 0
        while True:
            # Without the limits from `decided` up to `still` there is no room either; without `open_` ones there is.
            still = max([decided, *(min(used - needed, default=len(self._limits)) for used, _ in proofs)])
            if still == len(self._limits):
                self.certificate = next((proof for used, proof in reversed(proofs) if used <= needed), None)
                return tuple(self._limits[at] for at in sorted(needed))
            open_ = min([len(self._limits) + 1, *(1 + max(gone, default=-1) for _, gone in rooms if not gone & needed)])
            if open_ == still + 1:
                needed.add(still)
                decided = still + 1
                continue
            self._ask(accepted, adding, needed, still + 1, rooms, proofs)

    def _ask(
        self,
        accepted: Sequence[int],
        adding: int | None,
        needed: set[int],
        first: int,
        rooms: list[tuple[Sequence[int], frozenset[int]]],
        proofs: list[tuple[frozenset[int], Certificate | None]],
    ) -> None:
        """Ask whether there is room under the limits needed and those from `first` on; keep what the answer shows."""
        left = needed | set(range(first, len(self._limits)))
        seats = relaxed(self._seats, [limit for at, limit in enumerate(self._limits) if at not in left])
        self.checks += 1
        answer = ask(self._checker, seats, accepted, adding)
        if isinstance(answer, Refusal):
            used = frozenset(left)
            if answer.certificate is not None:
                used = self._used(seats, answer.certificate)
                self._proof[adding] = seats, answer.certificate, used
            proofs.append((used, answer.certificate))
        else:
            rooms.append((answer.counts, self._gone(answer.counts)))

    def _remembered(
        self, accepted: Sequence[int], adding: int | None
    ) -> list[tuple[frozenset[int], Certificate | None]]:
        """The last proof against this signature: whoever was taken since then has made it stronger."""
        if adding not in self._proof:
            return []
        seats, certificate, used = self._proof[adding]
        return [(used, certificate)] if certify(seats, accepted, adding, certificate) else []

    def _used(self, seats: Seats, certificate: Certificate) -> frozenset[int]:
        return frozenset(self._place[limit] for limit in limits_used(seats, certificate))

    def _gone(self, counts: Sequence[int]) -> frozenset[int]:
        """The places of the limits that a batch breaks."""
        seats = self._seats
        broken: set[int] = set()
        for row, count in zip(seats.rows, seats.counts_by_row(counts), strict=True):
            if count < row.lo:
                broken.add(self._place[Limit(row.quota, row.class_, "min", row.lo)])
            elif count > row.hi:
                broken.add(self._place[Limit(row.quota, row.class_, "max", row.hi)])
        for total in seats.sums:
            if sum(weight * count for weight, count in zip(total.weights, counts, strict=True)) != total.value:
                broken.add(self._place[Limit("", total.name, "min", total.value)])
        return frozenset(broken)
