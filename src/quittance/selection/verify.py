"""Check a printed batch against the register, the rules and the seed, with no solver and no trust (section 17).

Gates, order and limits are computed anew; every acceptance and every refusal is checked in plain integers. Each person
taken could be completed, for the batch itself is legal; each one passed over could not, by a limit counted again or by
a proof. So the batch is the one batch of the rule: the legal one that comes first by rank.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quittance.canon import CanonError
from quittance.selection.certificate import Certificate, certify
from quittance.selection.checkers import checker_for
from quittance.selection.checkers.exact import ExactChecker
from quittance.selection.document import Document, DocumentRefused, Said, read_document
from quittance.selection.limits import Bound, Limit, Row, Seats, faults, seats_of
from quittance.selection.order import Ranking, rank
from quittance.selection.points_first import points_first
from quittance.selection.projection import only, projected
from quittance.selection.register import Register
from quittance.selection.reserve import reserves
from quittance.selection.result import Selection
from quittance.selection.rules import Rules
from quittance.selection.walk import Checker, CheckerError, Passed, Reason, Refusal, Walked

NOT_COMPARED = {"explanations", "warnings", "checker"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold, or could not be checked (`verify.unproven`). Codes are stable."""

    code: str
    message: str
    pid: str | None = None


def verify_batch(
    document: Mapping[str, object],
    register: Register,
    rules: Rules,
    seed: bytes | None = None,
    checker: Checker | None = None,
) -> tuple[Finding, ...]:
    """What is wrong with a result in the form of section 14; empty when everything holds.

    `seed` is compared with that of the document if given. A checker is used only for the totals of a points-first
    batch, and its answers are proven like all others.
    """
    try:
        given = read_document(document)
    except DocumentRefused as error:
        return (Finding("verify.form", error.message),)
    return tuple(_Check(given, register, rules, seed, checker).findings())


class _Check:
    """The findings about one document."""

    def __init__(
        self, given: Document, register: Register, rules: Rules, seed: bytes | None, checker: Checker | None
    ) -> None:
        self.given = given
        self.found: list[Finding] = []
        if seed is not None and seed != given.seed:
            self._find("verify.seed", "The seed of the document is not the one given. Nothing else can be compared.")
        self.ranking: Ranking = rank(register, rules, given.seed)
        self.base: Seats = seats_of(self.ranking, given.size)
        self.checker = checker

    def _find(self, code: str, message: str, pid: str | None = None) -> None:
        self.found.append(Finding(code, message, pid))

    def findings(self) -> list[Finding]:
        """Everything that does not hold."""
        if self.given.conflict is not None:
            self._conflict(self.given.conflict)
            self._figures(None, ())
            return self.found
        seats = self._seats()
        if seats is None:
            return self.found
        taken = self._taken()
        if len(taken) != self.given.size:
            self._find(
                "verify.batch", f"{len(taken)} ranked people have {self.given.size} seats. Nothing else is compared."
            )
            return self.found
        passed = self._replay(seats, taken)
        counts = [0] * len(seats.signatures)
        for one in taken:
            counts[int(seats.signature_of[one - 1])] += 1
        for fault in faults(seats, [0] * len(counts), counts):
            self._find("verify.batch", f"The batch is not legal: {fault}.")
        self._figures(Walked(seats, tuple(taken), tuple(passed), tuple(counts), 0), tuple(passed))
        return self.found

    def _seats(self) -> Seats | None:
        """The seats that decide: by `points_first` with the best totals, proven again."""
        if self.ranking.rules.method != "points_first":
            return self.base
        checker = self.checker or checker_for(self.base)
        try:
            seats = points_first(self.base, self.ranking.tiers.tolist(), self.ranking.points.tolist(), checker)
        except CheckerError as error:
            self._find("verify.unproven", f"The best totals could not be proven: {error.message}")
            return None
        if seats is None:
            self._find("verify.batch", "No legal batch exists under these limits.")
        return seats

    def _taken(self) -> list[int]:
        """The ranks of the people of the document, as far as they are ranked."""
        taken: list[int] = []
        for pid in self.given.people:
            rank_ = self._rank_of(pid)
            if rank_ is None:
                self._find(
                    "verify.gate", "A person of the batch did not pass every gate, or is not in the register.", pid
                )
            elif taken and rank_ <= taken[-1]:
                self._find(
                    "verify.order", "A person stands in the batch after somebody who ranks lower, or twice.", pid
                )
            else:
                taken.append(rank_)
        return taken

    def _rank_of(self, pid: str) -> int | None:
        try:
            return self.ranking.rank_of(self.ranking.register.index_of(pid))
        except KeyError:
            return None

    def _replay(self, seats: Seats, taken: Sequence[int]) -> list[Passed]:
        """Everybody up to the last one taken, in order: whoever is not in the batch must have been refused rightly."""
        tally = _Tally(seats)
        passed: list[Passed] = []
        members = set(taken)
        for rank_ in range(1, max(taken, default=0) + 1):
            signature = int(seats.signature_of[rank_ - 1])
            single = tally.forbidden(signature)
            if rank_ in members:
                if single:
                    self._find("verify.accepted", "A person was taken against a limit.", self.ranking.pid(rank_))
                tally.take(signature)
                continue
            pid = self.ranking.pid(rank_)
            said = self.given.passed.get(pid, Said("", (), None))
            if single:
                if (said.reason, said.limits) != single:
                    self._find("verify.refused", f"A person was passed over by `{single[0]}`, not as it is said.", pid)
                passed.append(Passed(rank_, *single, None, tally.count))
                continue
            if said.reason != "jointly":
                self._find("verify.refused", "A person was passed over although no limit alone forbade him.", pid)
            else:
                self._jointly(seats, tally.accepted, signature, said, pid)
            passed.append(Passed(rank_, "jointly", said.limits, said.certificate, tally.count))
        return passed

    def _jointly(
        self, seats: Seats, accepted: Sequence[int], signature: int | None, said: Said, pid: str | None
    ) -> None:
        """The limits named leave no room, by their certificate or by trying every way; and none of them is idle."""
        if said.certificate is not None and not certify(seats, accepted, signature, said.certificate):
            self._find("verify.refused", "The certificate of a refusal does not hold.", pid)
            return
        try:
            if not _prove(only(seats, said.limits), accepted, signature, said.certificate) and _leave_room(
                seats, said.limits, accepted, signature
            ):
                self._find("verify.limits", "The limits named for a refusal leave room.", pid)
            for limit in said.limits:
                others = [one for one in said.limits if one != limit]
                if not _leave_room(seats, others, accepted, signature):
                    self._find("verify.limits", "A limit named for a refusal is not needed for it.", pid)
        except CheckerError:
            self._find("verify.unproven", "The limits of a refusal are too many to be tried without a solver.", pid)

    def _conflict(self, conflict: tuple[Limit, ...]) -> None:
        """The limits of the conflict leave no batch; without any, too few people are ranked."""
        if self.given.people:
            self._find("verify.batch", "The document has both a batch and a conflict.")
        if len(self.ranking) < self.given.size:
            if conflict:
                self._find("verify.limits", "Too few people are ranked, and the document names limits for it.")
            return
        self._jointly(self.base, [0] * len(self.base.signatures), None, Said("jointly", conflict, None), None)

    def _figures(self, walked: Walked | None, passed: tuple[Passed, ...]) -> None:
        """Every figure, line and hash of the document, against what is computed here."""
        given, ranking = self.given, self.ranking
        expected = Selection(
            ranking=ranking,
            seats=self.base,
            size=given.size,
            agreement=given.agreement,
            batch=given.batch,
            walked=walked,
            passed_over=passed,
            reserve=() if walked is None else reserves(self.base, walked.taken, ranking.rules.reserve),
            conflict=given.conflict,
            warnings=(),
            checker="",
            checks=0,
        )
        try:
            computed = expected.as_json()
        except CanonError as error:
            self._find(
                "verify.form", f"The agreement or the batch is named in a form that has no hash: {error.message}"
            )
            return
        for key in sorted({*computed, *given.text} - NOT_COMPARED):
            if computed.get(key) != given.text.get(key):
                code = "verify.hash" if key.endswith("_hash") else "verify.figure"
                self._find(code, f"`{key}` is not what the register, the rules and the seed give.")


class _Tally:
    """Who was taken so far, by signature and by row: steps 1 and 2 of the rule, counted here once more."""

    def __init__(self, seats: Seats) -> None:
        self.seats = seats
        self.accepted = [0] * len(seats.signatures)
        self.by_row = [0] * len(seats.rows)
        self.count = 0

    def take(self, signature: int) -> None:
        """One more of `signature` has a seat."""
        self.accepted[signature] += 1
        self.count += 1
        for at in self.seats.rows_of[signature]:
            self.by_row[at] += 1

    def forbidden(self, signature: int) -> tuple[Reason, tuple[Limit, ...]] | None:
        """The reason by which one limit alone forbids one more of `signature`, with the limits."""
        mine = [(self.seats.rows[at], self.by_row[at]) for at in self.seats.rows_of[signature]]
        full = tuple(_limit(row, "max") for row, count in mine if count >= row.hi)
        if full:
            return "cap", full
        left = self.seats.size - self.count
        owed: list[Limit] = []
        for mine_row, count in mine:
            unmet = [
                (row, row.lo - have)
                for row, have in zip(self.seats.rows, self.by_row, strict=True)
                if row.quota == mine_row.quota and have < row.lo
            ]
            if count >= mine_row.lo and sum(lacking for _, lacking in unmet) >= left:
                owed += [_limit(row, "min") for row, _ in unmet]
        return ("owed", tuple(owed)) if owed else None


def _prove(seats: Seats, accepted: Sequence[int], signature: int | None, certificate: Certificate | None) -> bool:
    return certificate is not None and certify(seats, accepted, signature, certificate)


def _leave_room(seats: Seats, limits: Sequence[Limit], accepted: Sequence[int], signature: int | None) -> bool:
    """Whether these limits alone leave room, by trying every way in plain integers."""
    short, into = projected(seats, limits)
    taken = [0] * len(short.signatures)
    for at, to in enumerate(into):
        taken[to] += accepted[at]
    answer = ExactChecker().complete(short, taken, None if signature is None else into[signature])
    return not isinstance(answer, Refusal)


def _limit(row: Row, bound: Bound) -> Limit:
    return Limit(row.quota, row.class_, bound, row.lo if bound == "min" else row.hi)
