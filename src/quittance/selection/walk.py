"""The serial rule with look-ahead: accept a person if and only if the batch can still be completed (section 4).

For a strict order the result is unique: the legal batch that is lexicographically first by rank. A checker is asked
only where the cheap exact steps do not decide, and is never trusted: witness and certificate are added up again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from quittance.errors import QuittanceError
from quittance.selection.certificate import Certificate, certify
from quittance.selection.limits import Limit, Row, Seats, faults

Reason: TypeAlias = Literal["cap", "owed", "jointly"]
Progress: TypeAlias = Callable[[str, float], None]


class CheckerError(QuittanceError):
    """A checker could not answer, or its answer did not hold. Nobody is chosen or refused on such an answer."""

    code = "selection.checker"
    exit_code = 2


@dataclass(frozen=True, slots=True)
class Witness:
    """A legal batch, as counts by signature."""

    counts: Sequence[int]


@dataclass(frozen=True, slots=True)
class Refusal:
    """No legal batch is possible: proven by multipliers of the limits, or without them by exhaustive search."""

    certificate: Certificate | None


class Checker(Protocol):
    """Whoever can say whether a batch can be completed."""

    name: str

    def complete(self, seats: Seats, accepted: Sequence[int], adding: int | None) -> Witness | Refusal:
        """A legal batch with everybody of `accepted` and one more of signature `adding`, or the proof that none exists.

        Raises `CheckerError` when it does not know.
        """
        ...


@dataclass(frozen=True, slots=True)
class Passed:
    """A person not taken at his turn. `limits` are empty for `jointly`; `taken` says how many had been taken before."""

    rank: int
    reason: Reason
    limits: tuple[Limit, ...]
    certificate: Certificate | None
    taken: int


@dataclass(frozen=True, eq=False)
class Walked:
    """A whole walk: who was taken, by rank, who was passed over and why, and how often the checker was asked."""

    seats: Seats
    taken: tuple[int, ...]
    passed_over: tuple[Passed, ...]
    counts: tuple[int, ...]
    checks: int

    def accepted_at(self, taken: int) -> list[int]:
        """The counts by signature when the first `taken` people had been taken."""
        counts = [0] * len(self.seats.signatures)
        for rank in self.taken[:taken]:
            counts[self.seats.signature_of[rank - 1]] += 1
        return counts


def ask(checker: Checker, seats: Seats, accepted: Sequence[int], adding: int | None) -> Witness | Refusal:
    """The answer of `checker`, checked in plain integers. Raises `CheckerError` when it does not hold."""
    answer = checker.complete(seats, accepted, adding)
    kept = list(accepted)
    if adding is not None:
        kept[adding] += 1
    if isinstance(answer, Witness):
        counts = list(map(int, answer.counts))
        if wrong := faults(seats, kept, counts):
            raise CheckerError(
                f"The checker {checker.name} answered with a batch that is not legal: {wrong[0]}. Nobody was chosen. "
                "Run again with another checker (--checker exact, or the extras `select` and `solver`)."
            )
        return Witness(counts)
    if answer.certificate is not None and not certify(seats, accepted, adding, answer.certificate):
        raise CheckerError(
            f"The checker {checker.name} refused with a certificate that does not hold. Nobody was chosen. "
            "Run again with another checker (--checker exact, or the extras `select` and `solver`)."
        )
    return answer


def walk(seats: Seats, checker: Checker, progress: Progress | None = None) -> Walked | None:
    """Walk the ranked people in order until every seat is taken; None when no legal batch exists.

    Raises `CheckerError` when a checker does not know or its answer does not hold.
    """
    answer = ask(checker, seats, [0] * len(seats.signatures), None)
    if isinstance(answer, Refusal):
        return None
    state = _State(seats, answer.counts)
    taken: list[int] = []
    passed_over: list[Passed] = []
    refused: dict[int, Certificate | None] = {}
    checks = 1
    for rank, signature in enumerate(seats.signature_of, 1):
        if len(taken) == seats.size:
            break
        if found := state.forbidden(signature):
            reason, limits = found
            passed_over.append(Passed(rank, reason, limits, None, len(taken)))
            continue
        if signature not in refused and not state.repair(signature):
            checks += 1
            answer = ask(checker, seats, state.accepted, signature)
            if isinstance(answer, Refusal):
                refused[signature] = answer.certificate
            else:
                state.hold(answer.counts)
        if signature in refused:
            passed_over.append(Passed(rank, "jointly", (), refused[signature], len(taken)))
            continue
        state.accept(signature)
        taken.append(rank)
        if progress is not None:
            progress("seats", len(taken) / seats.size)
    return Walked(seats, tuple(taken), tuple(passed_over), tuple(state.accepted), checks)


class _State:
    """What has been taken, by signature and by row, and a witness that the rest can be completed."""

    def __init__(self, seats: Seats, witness: Sequence[int]) -> None:
        self.seats = seats
        self.accepted = [0] * len(witness)
        self.hold(witness)
        self.left = seats.size
        self.taken = [0] * len(seats.rows)
        self.quota_of = _quotas(seats.rows)
        self.unmet = [0] * (max(self.quota_of, default=-1) + 1)
        for quota, row in zip(self.quota_of, seats.rows, strict=True):
            self.unmet[quota] += row.lo
        self.known: dict[int, tuple[Reason, tuple[Limit, ...]] | None] = {}

    def forbidden(self, signature: int) -> tuple[Reason, tuple[Limit, ...]] | None:
        """Steps 1 and 2: why one limit alone forbids one more of `signature`, with the limits; None if none does."""
        if signature in self.known:
            return self.known[signature]
        rows, mine = self.seats.rows, self.seats.rows_of[signature]
        found: tuple[Reason, tuple[Limit, ...]] | None = None
        full = [rows[at] for at in mine if self.taken[at] >= rows[at].hi]
        if full:
            found = "cap", tuple(Limit(row.quota, row.class_, "max", row.hi) for row in full)
        else:
            owed = {
                self.quota_of[at]
                for at in mine
                if self.taken[at] >= rows[at].lo and self.unmet[self.quota_of[at]] >= self.left
            }
            if owed:
                unmet = (row for at, row in enumerate(rows) if self.quota_of[at] in owed and self.taken[at] < row.lo)
                found = "owed", tuple(Limit(row.quota, row.class_, "min", row.lo) for row in unmet)
        self.known[signature] = found
        return found

    def hold(self, witness: Sequence[int]) -> None:
        """Take over a witness that has been checked."""
        self.witness = list(witness)
        self.by_row = self.seats.counts_by_row(self.witness)
        pairs = zip(self.witness, self.accepted, strict=True)
        self.free = {signature for signature, (count, kept) in enumerate(pairs) if count > kept}

    def repair(self, signature: int) -> bool:
        """Steps 4 and 5: whether the witness has a seat left for `signature`, or gets one by a single swap."""
        if signature in self.free:
            return True
        if self.witness[signature] == self.seats.sizes[signature]:
            return False
        rows, rows_of, by_row = self.seats.rows, self.seats.rows_of, self.by_row
        mine = rows_of[signature]
        full = {at for at in mine if by_row[at] == rows[at].hi}
        for other in self.free:
            theirs = rows_of[other]
            if not full.issubset(theirs):
                continue
            left = [at for at in theirs if at not in mine]
            if all(by_row[at] > rows[at].lo for at in left) and self._weighs_alike(signature, other):
                self.witness[other] -= 1
                self.witness[signature] += 1
                for at in left:
                    by_row[at] -= 1
                for at in set(mine).difference(theirs):
                    by_row[at] += 1
                self.free.add(signature)
                if self.witness[other] == self.accepted[other]:
                    self.free.remove(other)
                return True
        return False

    def _weighs_alike(self, one: int, other: int) -> bool:
        return all(total.weights[one] == total.weights[other] for total in self.seats.sums)

    def accept(self, signature: int) -> None:
        """Take one of `signature`."""
        self.accepted[signature] += 1
        if self.witness[signature] == self.accepted[signature]:
            self.free.remove(signature)
        self.left -= 1
        for at in self.seats.rows_of[signature]:
            if self.taken[at] < self.seats.rows[at].lo:
                self.unmet[self.quota_of[at]] -= 1
            self.taken[at] += 1
        self.known.clear()


def _quotas(rows: Sequence[Row]) -> list[int]:
    """For each row the place of its quota among the quotas."""
    places: dict[str, int] = {}
    return [places.setdefault(row.quota, len(places)) for row in rows]
