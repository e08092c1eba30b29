"""Why somebody is in a batch or is not, said from the rule itself and never from a solver (section 7).

Why not is exactly one of five: a gate, the order, a cap, seats owed to minima, or limits that jointly leave no room.
Each limit named comes with what happens when it is loosened by one: the whole walk again, with the same seed.
"""

from __future__ import annotations

from dataclasses import replace

from quittance.errors import UsageError
from quittance.selection.audiences import Audience, fold, require_own
from quittance.selection.checkers import checker_for
from quittance.selection.conflicts import Conflicts, relaxed
from quittance.selection.explanation import Closest, Counterfactual, Explanation, Needed
from quittance.selection.gates import missing_gates, outside_rule
from quittance.selection.limits import Limit, Seats
from quittance.selection.order import Ranking
from quittance.selection.result import Selection
from quittance.selection.walk import Checker, Passed, Refusal, Walked, ask
from quittance.selection.what_if import chosen, loosened, with_limits


def explain(
    selection: Selection, pid: str, audience: Audience = "neutral", checker: Checker | None = None
) -> Explanation:
    """Why the person `pid` is in the batch or not, as far as the audience may know.

    Raises `DeniedError` where it may not know anything, `UsageError` (`selection.no_person`) for a pid that the
    register does not have, `CheckerError` when a checker does not know.
    """
    require_own(pid, audience)
    register = selection.register
    try:
        person = register.index_of(pid)
    except KeyError:
        raise UsageError(
            f"The register has nobody with the number `{pid[:64]}`. Copy the number from the register.",
            code="selection.no_person",
        ) from None
    rank = selection.ranking.rank_of(person)
    if rank is None:
        outside = outside_rule(register, selection.rules, person)
        missing = missing_gates(register, selection.rules, person)
        name = None if outside is None else outside.id
        return fold(Explanation(pid, False, "gate", gates_missing=missing, outside=name), audience, selection.rules)
    told = _Telling(selection, checker).of(rank)
    return fold(told, audience, selection.rules)


class _Telling:
    """The explanations of one selection for the neutral."""

    def __init__(self, selection: Selection, checker: Checker | None) -> None:
        self.selection = selection
        self.ranking = selection.ranking
        self.checker = checker or checker_for(selection.seats)
        self.seats = selection.seats if selection.walked is None else selection.walked.seats

    def of(self, rank: int) -> Explanation:
        """The explanation of the ranked person at `rank`."""
        ranking, walked = self.ranking, self.selection.walked
        known = Explanation(
            ranking.pid(rank),
            in_batch=False,
            reason="order",
            rank=rank,
            tier=int(ranking.tiers[rank - 1]),
            points=int(ranking.points[rank - 1]),
            lines=ranking.line_points(rank),
            tie_key=ranking.tie_key(rank),
        )
        if walked is None:
            limits = self.selection.conflict or ()
            return replace(known, reason="jointly", limits=limits, counterfactuals=self._loosened(limits, rank))
        if rank in walked.taken:
            return replace(known, in_batch=True, reason=None, closest=self._closest(walked, rank))
        passed = next((one for one in self.selection.passed_over if one.rank == rank), None)
        needed = self._needed(walked, rank, self.selection.size if passed is None else passed.taken)
        if passed is None:
            return replace(known, needed=needed)
        if passed.reason == "jointly" and not passed.limits:
            accepted = walked.accepted_at(passed.taken)
            limits = Conflicts(self.seats, self.checker).of(accepted, self._signature(rank), passed.certificate)
            passed = replace(passed, limits=limits)
        return replace(
            known,
            reason=passed.reason,
            limits=passed.limits,
            also=self._also(walked, passed),
            counterfactuals=self._loosened(passed.limits, rank),
            needed=needed,
        )

    def _signature(self, rank: int) -> int:
        return int(self.seats.signature_of[rank - 1])

    def _has_room(self, walked: Walked, taken: int, rank: int, seats: Seats) -> bool:
        """Whether the person at `rank` could have been taken after the first `taken`."""
        answer = ask(self.checker, seats, walked.accepted_at(taken), self._signature(rank))
        return not isinstance(answer, Refusal)

    def _also(self, walked: Walked, passed: Passed) -> tuple[Limit, ...]:
        """The limits that still leave no room when those of the reason are gone, one conflict set after the other."""
        also: list[Limit] = []
        accepted, signature = walked.accepted_at(passed.taken), self._signature(passed.rank)
        while True:
            seats = relaxed(self.seats, [*passed.limits, *also])
            answer = ask(self.checker, seats, accepted, signature)
            if not isinstance(answer, Refusal):
                return tuple(also)
            also += Conflicts(seats, self.checker).of(accepted, signature, answer.certificate)

    def _loosened(self, limits: tuple[Limit, ...], rank: int) -> tuple[Counterfactual, ...]:
        """For each limit the whole walk with that limit one wider. The sums of a points-first batch are no limits."""
        found = []
        for limit in limits:
            if not limit.quota:
                continue
            name, value = loosened(limit)
            walked = chosen(self.ranking, with_limits(self.selection.seats, {name: value}), self.checker)
            taken = set() if walked is None else set(walked.taken)
            leaves = tuple(self.ranking.pid(one) for one in self.selection.ranks if one not in taken)
            if walked is None:
                leaves = ()
            found.append(Counterfactual(limit, value, rank in taken, leaves))
        return tuple(found)

    def _closest(self, walked: Walked, rank: int) -> Closest | None:
        """The upper limit of his classes with the fewest seats left once he was taken; None if none is limited."""
        signature = self._signature(rank)
        counts = self.seats.counts_by_row(walked.accepted_at(walked.taken.index(rank) + 1))
        rooms = [
            Closest(Limit(row.quota, row.class_, "max", row.hi), row.hi - counts[at])
            for at in self.seats.rows_of[signature]
            for row in [self.seats.rows[at]]
            if row.hi < self.seats.size
        ]
        return min(rooms, key=lambda one: one.room, default=None)

    def _needed(self, walked: Walked, rank: int, taken: int) -> Needed | None:
        """Before whom the person would have had to stand: the last one taken before whom there was room for him.

        Whoever has room at one place has it at every earlier one, for fewer have been taken there.
        """
        if self.ranking.rules.method == "points_first":  # other points make other totals, and so another batch
            return None
        room, none = -1, taken
        while none - room > 1:
            middle = (room + none) // 2
            if self._has_room(walked, middle, rank, self.seats):
                room = middle
            else:
                none = middle
        if room < 0:
            return None
        before = walked.taken[room]
        tier = int(self.ranking.tiers[before - 1])
        points: int | None = None
        if self.ranking.rules.method == "serial" and tier == self.ranking.tiers[rank - 1]:
            ahead = _after_points(self.ranking, rank) < _after_points(self.ranking, before)
            points = int(self.ranking.points[before - 1]) + (0 if ahead else 1)
        return Needed(before, tier, points)


def _after_points(ranking: Ranking, rank: int) -> tuple[object, ...]:
    """What orders people of equal tier and points."""
    person = int(ranking.people[rank - 1])
    keys: list[int] = []
    for then in ranking.rules.then:
        column = ranking.register.columns[then.field]
        measure = column.field.measure(column.at(person))
        keys.append(-measure if then.descending else measure)
    return (*keys, ranking.tie_key(rank), ranking.pid(rank).encode())
