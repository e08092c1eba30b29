"""How much is owed over time: totals, what is excused, what accrues, and whose clock has started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quittance.agreement.accrual import Owed, price, spoken_handovers, verified_handovers
from quittance.agreement.journal import Choice
from quittance.agreement.persons import PersonClock, Persons, counted
from quittance.agreement.steps import Steps, combine

if TYPE_CHECKING:
    from quittance.agreement.world import World

NOBODY: Steps[int] = Steps(0)


class Owing:
    """The amounts owed in one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.persons = Persons(world.agreement, world.book, world.judge, world.known_by, low=world.low)

    def total(self, name: str) -> Steps[int | None]:
        """How much is owed over time; None while it is unknown, and for what has no amount."""
        return self.world.once(("total", name), lambda: self._total(name), Steps(None))

    def _total(self, name: str) -> Steps[int | None]:
        commitment = self.world.commitment(name)
        if commitment.for_each is not None:
            return _optional(counted(self.clocks(name), lambda clock: clock.started))
        base, excused = self.whole(name), self.excused(name)
        if not excused.ticks:
            return base
        return combine(
            [base, _optional(excused)], lambda now: None if now[0] is None else max(0, now[0] - (now[1] or 0))
        )

    def whole(self, name: str) -> Steps[int | None]:
        """How much is owed before anybody is excused."""
        amount = self.world.commitment(name).amount
        if amount is None:
            return Steps(None)
        for number in (amount.exactly, amount.at_least, amount.up_to):
            if number is not None:
                return Steps(number)
        if amount.level_at_most is not None and amount.from_level is not None:
            return Steps(amount.from_level - amount.level_at_most)
        if amount.all_of is not None:
            parts = [self.persons.category_size(amount.all_of), *(self.total(other) for other in amount.after)]
            return combine(parts, _less)
        assert amount.accrues is not None
        settled, owed = self.world.settled(amount.accrues.from_), self.owed(name).total
        known = settled.map(lambda value: int(value))
        return combine([known, owed], lambda now: now[1] if now[0] else None)

    def withheld(self, name: str, counts: str) -> Steps[int]:
        """How many persons are out of reach under powers that count them so (`owed`, `excused`, `performed`)."""
        if not self.world.agreement.powers:
            return NOBODY
        total, changes = 0, []
        for use in self.world.uses("withhold_named", name):
            if use.power.counts == counts:
                total += use.count
                changes.append((use.effective, total))
        return Steps.from_changes(0, changes)

    def excused(self, name: str) -> Steps[int]:
        """How many persons have left the total: by their own choice, or withheld under a power that excuses."""
        if not self.world.agreement.powers and not self.world.book.of_kind(Choice):
            return NOBODY
        return self.world.once(("excused", name), lambda: self._excused(name), NOBODY)

    def _excused(self, name: str) -> Steps[int]:
        chosen = self.persons.excused(self.world.commitment(name), lambda: self._window(name))
        withheld = self.withheld(name, "excused")
        return combine([chosen, withheld], sum) if chosen.ticks or withheld.ticks else Steps(0)

    def _window(self, name: str) -> int | None:
        """The last tick on which a choice can be taken back."""
        agreement = self.world.agreement
        list_name = self.persons.list_of(self.world.commitment(name).what)
        due = agreement.lists[list_name].due if list_name is not None else None
        if due is not None:
            return self.world.last_tick(due)
        ends = [
            self.world.last_tick(power.until)
            for power in agreement.powers
            if name in power.over and power.until is not None and power.effect in ("choose_names", "replace_name")
        ]
        return min((end for end in ends if end is not None), default=None)

    def clocks(self, name: str) -> list[PersonClock]:
        """The persons' clocks of a `for_each` commitment."""
        return self.world.once(("clocks", name), lambda: self._clocks(name), [])

    def _clocks(self, name: str) -> list[PersonClock]:
        commitment = self.world.commitment(name)
        away: dict[str, list[tuple[int, bool]]] = {}
        done: dict[str, int] = {}
        for use in self.world.uses("withhold_named", name):
            for person in use.entry.persons or ():
                if use.power.counts == "excused":
                    away.setdefault(person, []).append((use.effective, True))
                elif use.power.counts == "performed":
                    done.setdefault(person, use.effective)
        for tick, person, gone in self.persons.choices(commitment, lambda: self._window(name)):
            away.setdefault(person, []).append((tick, gone))
        return self.persons.clocks(commitment, away, done)

    def owed(self, name: str) -> Owed:
        """What an accruing commitment owes for the other's handovers, in this world."""
        return self.world.once(("owed", name), lambda: self._owed(name), Owed(Steps(0), (), ()))

    def _owed(self, name: str) -> Owed:
        world = self.world
        amount = world.commitment(name).amount
        assert amount is not None
        assert amount.accrues is not None
        account, table = world.ledger.accounts[amount.accrues.from_][0], amount.accrues.price
        ask = (world.book, world.judge, account, world.known_by)
        verified = price(world.agreement, verified_handovers(*ask, low=world.low), table)
        if world.low:
            return verified
        # The largest single speaker at each time, and never below what is verified.
        spoken = [price(world.agreement, said, table).total for said in spoken_handovers(*ask, low=False).values()]
        return Owed(combine([verified.total, *spoken], max), verified.by_category, ())


def _optional(steps: Steps[int]) -> Steps[int | None]:
    return Steps(steps.before, steps.ticks, steps.values)


def _less(now: object) -> int | None:
    """The size of a list less what other commitments take from it; unknown while any of them is."""
    assert isinstance(now, list)
    return None if None in now else max(0, now[0] - sum(now[1:]))
